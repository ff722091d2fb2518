#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rlp.h"

/* A whole item from a string literal; LIT is the same inside an initialiser. */
#define LIT(text)                                                                                  \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define BYTES(text) ((struct mc_slice)LIT(text))

static void strings_and_lists_are_written_as_the_yellow_paper_says(void **state)
{
    struct mc_buf b = {0};
    static const char want[] = "\xcd\x83"
                               "dog\x80\x0f\x82\x04\x00\xc1\xc0\x81\x80";

    (void)state;
    mc_rlp_put_bytes(&b, mc_slice_str("dog"));
    mc_rlp_put_u64(&b, 0);
    mc_rlp_put_u64(&b, 15);
    mc_rlp_put_u64(&b, 1024);
    size_t inner = b.n;
    mc_rlp_put_list_header(&b, 0);
    mc_rlp_wrap_list(&b, inner);
    mc_rlp_put_u64(&b, 128);
    mc_rlp_wrap_list(&b, 0);
    assert_true(mc_slice_eq(mc_buf_slice(&b), BYTES(want)));
    mc_buf_free(&b);
}

static void lengths_around_each_border_come_back(void **state)
{
    static const size_t sizes[] = {0,   1,   2,   54,  55,    56,    57,
                                   254, 255, 256, 257, 65535, 65536, 70000};
    static uint8_t zeros[70000];

    (void)state;
    for (size_t i = 0; i < MC_COUNT(sizes); i++) {
        struct mc_buf b = {0};
        struct mc_slice s = {0};
        struct mc_rlp r, items = {{0}};
        mc_rlp_put_bytes(&b, mc_slice(zeros, sizes[i]));
        size_t n = b.n;
        mc_rlp_wrap_list(&b, 0);
        assert_int_equal(b.n, n + mc_rlp_list_header_len(n));
        assert_int_equal(mc_rlp_check(mc_buf_slice(&b), 1, NULL), MC_OK);
        r = mc_rlp_open(mc_buf_slice(&b));
        assert_true(mc_rlp_next_is_list(&r));
        assert_int_equal(mc_rlp_list(&r, &items, NULL), MC_OK);
        assert_int_equal(mc_rlp_bytes(&items, &s, NULL), MC_OK);
        assert_int_equal(s.n, sizes[i]);
        assert_int_equal(mc_rlp_end(&items, NULL), MC_OK);
        assert_int_equal(mc_rlp_end(&r, NULL), MC_OK);
        /* Every shorter input is refused. */
        for (size_t cut = b.n - 1; cut + 70 > b.n && cut != SIZE_MAX; cut--)
            assert_int_equal(mc_rlp_check(mc_slice(b.p, cut), 1, NULL), MC_EMALFORM);
        mc_buf_free(&b);
    }
}

static void other_forms_of_a_value_are_refused(void **state)
{
    static const struct {
        struct mc_slice s;
        const char *words;
    } rows[] = {
        {LIT(""), "RLP: an item is missing"},
        {LIT("\x81\x7f"), "RLP: a byte below 0x80 has a header"},
        {LIT("\xb8\x01\x80"), "RLP: length 1 is not in its shortest form"},
        {LIT("\xf8\x00"), "RLP: length has a leading zero"},
        {LIT("\xb9\x00\xff"), "RLP: length has a leading zero"},
        {LIT("\xb9\x01"), "RLP: input ends inside a length"},
        {LIT("\x83\x01\x02"), "RLP: item is longer than its container"},
        {LIT("\xc2\x83\x01\x02\x03"), "RLP: item is longer than its container"},
        {LIT("\xbf\xff\xff\xff\xff\xff\xff\xff\xff"), "RLP: item is longer than its container"},
        {LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff"), "RLP: item is longer than its container"},
        {LIT("\xc0\x01"), "RLP: 1 bytes too many"},
        {LIT("\xc1\xc1\xc0"), "RLP: item is longer than its container"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_errmsg em = {{0}};
        assert_int_equal(mc_rlp_check(rows[i].s, 8, &em), MC_EMALFORM);
        assert_string_equal(em.text, rows[i].words);
    }
}

static void integers_have_no_leading_zero_and_fit(void **state)
{
    static const struct {
        struct mc_slice s;
        enum mc_err err64, err256;
        uint64_t v;
    } rows[] = {
        {LIT("\x80"), MC_OK, MC_OK, 0},
        {LIT("\x01"), MC_OK, MC_OK, 1},
        {LIT("\x7f"), MC_OK, MC_OK, 127},
        {LIT("\x88\xff\xff\xff\xff\xff\xff\xff\xff"), MC_OK, MC_OK, UINT64_MAX},
        {LIT("\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00"), MC_EMALFORM, MC_OK, UINT64_MAX},
        {LIT("\x00"), MC_EMALFORM, MC_EMALFORM, 0},
        {LIT("\x82\x00\x01"), MC_EMALFORM, MC_EMALFORM, 0},
        {LIT("\xc0"), MC_EMALFORM, MC_EMALFORM, 0},
        {LIT(""), MC_EMALFORM, MC_EMALFORM, 0},
        {LIT("\xa1\x01"
             "12345678901234567890123456789012"),
         MC_EMALFORM, MC_EMALFORM, 0},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_rlp r = mc_rlp_open(rows[i].s);
        struct mc_u256 big = MC_U256_ZERO;
        uint64_t v = 0;
        assert_int_equal(mc_rlp_u64(&r, &v, NULL), rows[i].err64);
        assert_int_equal(r.rest.n, rows[i].err64 == MC_OK ? 0 : rows[i].s.n);
        if (rows[i].err64 == MC_OK)
            assert_true(v == rows[i].v);
        r = mc_rlp_open(rows[i].s);
        assert_int_equal(mc_rlp_u256(&r, &big, NULL), rows[i].err256);
        assert_int_equal(r.rest.n, rows[i].err256 == MC_OK ? 0 : rows[i].s.n);
        assert_true(mc_u256_u64_sat(&big) == rows[i].v || rows[i].err256 != MC_OK);
    }
}

static void integers_of_every_width_come_back(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 256; bit++) {
        struct mc_u256 v = {{0}}, back = MC_U256_ZERO;
        struct mc_buf b = {0};
        v.w[bit / 64] = (uint64_t)1 << bit % 64;
        v.w[0] |= 1;
        mc_rlp_put_u256(&b, &v);
        struct mc_rlp r = mc_rlp_open(mc_buf_slice(&b));
        assert_int_equal(mc_rlp_u256(&r, &back, NULL), MC_OK);
        assert_int_equal(mc_u256_cmp(&v, &back), 0);
        assert_true(mc_rlp_done(&r));
        if (bit < 64) {
            struct mc_buf b64 = {0};
            mc_rlp_put_u64(&b64, v.w[0]);
            assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&b64)));
            mc_buf_free(&b64);
        }
        mc_buf_free(&b);
    }
}

static void a_wrong_kind_leaves_the_cursor(void **state)
{
    struct mc_rlp r = mc_rlp_open(BYTES("\xc1\x05\x83"
                                        "abc")),
                  items = {{0}};
    struct mc_slice s = {0};
    uint8_t fixed[4];

    (void)state;
    assert_int_equal(mc_rlp_bytes(&r, &s, NULL), MC_EMALFORM);
    assert_int_equal(mc_rlp_fixed(&r, fixed, 1, NULL), MC_EMALFORM);
    assert_int_equal(r.rest.n, 6);
    assert_int_equal(mc_rlp_raw(&r, &s, NULL), MC_OK);
    assert_true(mc_slice_eq(s, BYTES("\xc1\x05")));
    assert_false(mc_rlp_next_is_list(&r));
    assert_int_equal(mc_rlp_list(&r, &items, NULL), MC_EMALFORM);
    assert_int_equal(mc_rlp_fixed(&r, fixed, 4, NULL), MC_EMALFORM);
    assert_int_equal(mc_rlp_fixed(&r, fixed, 2, NULL), MC_EMALFORM);
    assert_int_equal(mc_rlp_end(&r, NULL), MC_EMALFORM);
    assert_int_equal(mc_rlp_fixed(&r, fixed, 3, NULL), MC_OK);
    assert_memory_equal(fixed, "abc", 3);
    assert_int_equal(mc_rlp_end(&r, NULL), MC_OK);
    assert_false(mc_rlp_next_is_list(&r));
    assert_int_equal(mc_rlp_raw(&r, &s, NULL), MC_EMALFORM);
}

static void nesting_is_bounded(void **state)
{
    struct mc_buf b = {0};

    (void)state;
    for (uint32_t depth = 0; depth < 40; depth++) {
        mc_rlp_wrap_list(&b, 0);
        assert_int_equal(mc_rlp_check(mc_buf_slice(&b), depth + 1, NULL), MC_OK);
        assert_int_equal(mc_rlp_check(mc_buf_slice(&b), depth, NULL), MC_EMALFORM);
    }
    mc_buf_free(&b);
    assert_int_equal(mc_rlp_check(BYTES("\x01"), 0, NULL), MC_OK);
    assert_int_equal(mc_rlp_check(BYTES("\x01"), 1000000, NULL), MC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_and_lists_are_written_as_the_yellow_paper_says),
        cmocka_unit_test(lengths_around_each_border_come_back),
        cmocka_unit_test(other_forms_of_a_value_are_refused),
        cmocka_unit_test(integers_have_no_leading_zero_and_fit),
        cmocka_unit_test(integers_of_every_width_come_back),
        cmocka_unit_test(a_wrong_kind_leaves_the_cursor),
        cmocka_unit_test(nesting_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
