#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mp.h"

#define LIT(text)                                                                                  \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define BYTES(text) ((struct mc_slice)LIT(text))

static void a_record_comes_back_in_order(void **state)
{
    struct mc_buf b = {0};
    struct mc_mp m = {{0}};
    struct mc_slice s = {0};
    enum mc_mp_type type = MC_MP_NIL;
    uint8_t word[32], back[32];
    uint32_t cnt = 0;
    uint64_t v = 0;
    bool yes = false;

    (void)state;
    memset(word, 7, sizeof word);
    mc_mp_put_array(&b, 6);
    mc_mp_put_uint(&b, 1700000000);
    mc_mp_put_bin(&b, mc_slice(word, sizeof word));
    mc_mp_put_str(&b, mc_slice_str("ward 3"));
    mc_mp_put_bool(&b, true);
    mc_mp_put_nil(&b);
    mc_mp_put_map(&b, 1);
    mc_mp_put_str(&b, mc_slice_str("k"));
    mc_mp_put_bin(&b, mc_slice(NULL, 0));

    assert_int_equal(mc_mp_open(&m, mc_buf_slice(&b), NULL), MC_OK);
    assert_int_equal(mc_mp_peek(&m, &type, NULL), MC_OK);
    assert_int_equal(type, MC_MP_ARRAY);
    assert_int_equal(mc_mp_array(&m, &cnt, 6, NULL), MC_OK);
    assert_int_equal(cnt, 6);
    assert_int_equal(mc_mp_uint(&m, &v, UINT64_MAX, NULL), MC_OK);
    assert_int_equal(v, 1700000000);
    assert_int_equal(mc_mp_fixed(&m, back, sizeof back, NULL), MC_OK);
    assert_memory_equal(word, back, sizeof back);
    assert_int_equal(mc_mp_str(&m, &s, 6, NULL), MC_OK);
    assert_true(mc_slice_eq(s, mc_slice_str("ward 3")));
    assert_int_equal(mc_mp_bool(&m, &yes, NULL), MC_OK);
    assert_true(yes);
    assert_int_equal(mc_mp_nil(&m, NULL), MC_OK);
    assert_int_equal(mc_mp_map(&m, &cnt, 1, NULL), MC_OK);
    assert_int_equal(mc_mp_skip(&m, NULL), MC_OK);
    assert_int_equal(mc_mp_end(&m, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_bin(&m, &s, 0, NULL), MC_OK);
    assert_int_equal(s.n, 0);
    assert_true(mc_mp_done(&m));
    assert_int_equal(mc_mp_end(&m, NULL), MC_OK);
    assert_int_equal(mc_mp_peek(&m, &type, NULL), MC_EMALFORM);
    mc_buf_free(&b);
}

static void integers_of_every_width_come_back_in_their_shortest_form(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t edges[] = {((uint64_t)1 << bit) - 1, (uint64_t)1 << bit, UINT64_MAX >> bit};
        for (size_t i = 0; i < MC_COUNT(edges); i++) {
            struct mc_buf b = {0};
            struct mc_mp m = {{0}};
            uint64_t v = 0, e = edges[i];
            mc_mp_put_uint(&b, e);
            assert_int_equal(b.n, e < 0x80          ? 1
                                  : e < 0x100       ? 2
                                  : e < 0x10000     ? 3
                                  : e <= UINT32_MAX ? 5
                                                    : 9);
            assert_int_equal(mc_mp_open(&m, mc_buf_slice(&b), NULL), MC_OK);
            if (e > 0)
                assert_int_equal(mc_mp_uint(&m, &v, e - 1, NULL), MC_EMALFORM);
            assert_int_equal(mc_mp_uint(&m, &v, e, NULL), MC_OK);
            assert_true(v == e);
            mc_buf_free(&b);
        }
    }
}

static void lengths_around_each_border_come_back(void **state)
{
    static const uint32_t sizes[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536};
    static uint8_t zeros[65536];

    (void)state;
    for (size_t i = 0; i < MC_COUNT(sizes); i++) {
        struct mc_buf b = {0};
        struct mc_mp m = {{0}};
        struct mc_slice s = {0};
        uint32_t cnt = 0;
        mc_mp_put_array(&b, 4);
        mc_mp_put_bin(&b, mc_slice(zeros, sizes[i]));
        mc_mp_put_str(&b, mc_slice(zeros, sizes[i]));
        mc_mp_put_array(&b, sizes[i]);
        mc_buf_put(&b, zeros, sizes[i]);
        mc_mp_put_map(&b, sizes[i] / 2);
        mc_buf_put(&b, zeros, sizes[i] / 2 * 2);
        assert_int_equal(mc_mp_open(&m, mc_buf_slice(&b), NULL), MC_OK);
        assert_int_equal(mc_mp_array(&m, &cnt, 4, NULL), MC_OK);
        assert_int_equal(mc_mp_bin(&m, &s, sizes[i], NULL), MC_OK);
        assert_int_equal(s.n, sizes[i]);
        if (sizes[i] > 0)
            assert_int_equal(mc_mp_str(&m, &s, sizes[i] - 1, NULL), MC_EMALFORM);
        assert_int_equal(mc_mp_str(&m, &s, sizes[i], NULL), MC_OK);
        assert_int_equal(s.n, sizes[i]);
        assert_int_equal(mc_mp_skip(&m, NULL), MC_OK);
        assert_int_equal(mc_mp_map(&m, &cnt, UINT32_MAX, NULL), MC_OK);
        assert_int_equal(cnt, sizes[i] / 2);
        mc_buf_free(&b);
    }
}

static void hostile_bytes_are_refused_with_a_reason(void **state)
{
    static const struct {
        struct mc_slice s;
        const char *words;
    } rows[] = {
        {LIT(""), "msgpack: a value is missing, at byte 0"},
        {LIT("\x01\x02"), "msgpack: 1 bytes too many"},
        {LIT("\x92\x01"), "msgpack: an array is longer than the input, at byte 0"},
        {LIT("\x92\x01\xc4"), "msgpack: input ends inside a value, at byte 2"},
        {LIT("\x92\xa1\x61"), "msgpack: a value is missing, at byte 3"},
        {LIT("\xdd\xff\xff\xff\xff"), "msgpack: an array is longer than the input, at byte 0"},
        {LIT("\xdf\xff\xff\xff\xff\x01"), "msgpack: a map is longer than the input, at byte 0"},
        {LIT("\xc6\xff\xff\xff\xff\x01"), "msgpack: a string is longer than the input, at byte 0"},
        {LIT("\xa2\x61"), "msgpack: a string is longer than the input, at byte 0"},
        {LIT("\xcc\x7f"), "msgpack: not the shortest form, at byte 0"},
        {LIT("\xcd\x00\xff"), "msgpack: not the shortest form, at byte 0"},
        {LIT("\xce\x00\x00\xff\xff"), "msgpack: not the shortest form, at byte 0"},
        {LIT("\xcf\x00\x00\x00\x00\xff\xff\xff\xff"), "msgpack: not the shortest form, at byte 0"},
        {LIT("\xd9\x01\x61"), "msgpack: not the shortest form, at byte 0"},
        {LIT("\xc5\x00\x01\x61"), "msgpack: not the shortest form, at byte 0"},
        {LIT("\xdc\x00\x01\x61"), "msgpack: not the shortest form, at byte 0"},
        {LIT("\xde\x00\x01\x61\x61"), "msgpack: not the shortest form, at byte 0"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_errmsg em = {{0}};
        struct mc_mp m = {{0}};
        assert_int_equal(mc_mp_open(&m, rows[i].s, &em), MC_EMALFORM);
        assert_string_equal(em.text, rows[i].words);
    }
}

static void floats_extensions_and_negative_numbers_are_refused(void **state)
{
    static const uint8_t firsts[] = {0xc1, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xd0, 0xd1, 0xd2,
                                     0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xe0, 0xff};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(firsts); i++) {
        uint8_t bytes[20] = {firsts[i], 0x7f};
        struct mc_mp m = {{0}};
        for (size_t n = 1; n <= sizeof bytes; n++)
            assert_int_equal(mc_mp_open(&m, mc_slice(bytes, n), NULL), MC_EMALFORM);
    }
}

static void nesting_is_bounded(void **state)
{
    uint8_t bytes[100];
    struct mc_mp m = {{0}};

    (void)state;
    memset(bytes, 0x91, sizeof bytes);
    for (size_t depth = 0; depth < 40; depth++) {
        enum mc_err want = depth <= MC_MP_DEPTH_MAX ? MC_OK : MC_EMALFORM;
        bytes[depth] = 0x01;
        assert_int_equal(mc_mp_open(&m, mc_slice(bytes, depth + 1), NULL), want);
        bytes[depth] = 0x91;
    }
}

static void a_wrong_type_leaves_the_cursor(void **state)
{
    struct mc_mp m = {{0}};
    struct mc_errmsg em = {{0}};
    struct mc_slice s = {0};
    uint8_t out[4];
    uint32_t cnt = 0;
    uint64_t v = 0;
    bool yes = false;

    (void)state;
    assert_int_equal(mc_mp_open(&m,
                                BYTES("\xc4\x03"
                                      "abc"),
                                NULL),
                     MC_OK);
    assert_int_equal(mc_mp_uint(&m, &v, UINT64_MAX, &em), MC_EMALFORM);
    assert_string_equal(em.text, "msgpack: bin where uint is due");
    assert_int_equal(mc_mp_nil(&m, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_bool(&m, &yes, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_str(&m, &s, 100, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_array(&m, &cnt, 100, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_map(&m, &cnt, 100, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_fixed(&m, out, 4, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_fixed(&m, out, 2, NULL), MC_EMALFORM);
    assert_int_equal(mc_mp_bin(&m, &s, 2, NULL), MC_EMALFORM);
    assert_int_equal(m.rest.n, 5);
    assert_int_equal(mc_mp_fixed(&m, out, 3, NULL), MC_OK);
    assert_true(mc_mp_done(&m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_comes_back_in_order),
        cmocka_unit_test(integers_of_every_width_come_back_in_their_shortest_form),
        cmocka_unit_test(lengths_around_each_border_come_back),
        cmocka_unit_test(hostile_bytes_are_refused_with_a_reason),
        cmocka_unit_test(floats_extensions_and_negative_numbers_are_refused),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(a_wrong_type_leaves_the_cursor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
