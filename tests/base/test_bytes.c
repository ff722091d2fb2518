#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

static void slices_compare_by_byte_and_then_by_length(void **state)
{
    static const struct {
        const char *a, *b;
        int sign;
    } rows[] = {{"", "", 0},    {"", "a", -1},   {"a", "", 1},      {"a", "ab", -1},
                {"b", "ab", 1}, {"ab", "ab", 0}, {"a\xff", "ab", 1}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_slice a = mc_slice_str(rows[i].a), b = mc_slice_str(rows[i].b);
        int order = mc_slice_cmp(a, b);
        assert_int_equal((order > 0) - (order < 0), rows[i].sign);
        assert_int_equal(mc_slice_eq(a, b), rows[i].sign == 0);
    }
    assert_true(mc_slice_eq(mc_slice(NULL, 0), mc_slice_str("")));
    assert_int_equal(mc_slice_cmp(mc_slice(NULL, 0), mc_slice_str("")), 0);
}

static void a_skipped_slice_is_the_rest(void **state)
{
    (void)state;
    assert_true(mc_slice_eq(mc_slice_skip(mc_slice_str("abc"), 1), mc_slice_str("bc")));
    assert_int_equal(mc_slice_skip(mc_slice_str("abc"), 3).n, 0);
    assert_int_equal(mc_slice_skip(mc_slice(NULL, 0), 0).n, 0);
}

static void words_know_zero_and_equal(void **state)
{
    struct mc_hash h = MC_HASH_ZERO;
    struct mc_addr a = MC_ADDR_ZERO;

    (void)state;
    assert_true(mc_hash_is_zero(&h));
    assert_true(mc_addr_is_zero(&a));
    h.b[31] = 1;
    a.b[19] = 1;
    assert_false(mc_hash_is_zero(&h));
    assert_false(mc_hash_eq(&h, &MC_HASH_ZERO));
    assert_false(mc_addr_is_zero(&a));
    assert_false(mc_addr_eq(&a, &MC_ADDR_ZERO));
}

static void a_buffer_holds_what_was_put_in_order(void **state)
{
    struct mc_buf b = {0};
    static const uint8_t want[] =
        "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\0\0xy7z00ff";

    (void)state;
    mc_buf_put_u8(&b, 1);
    mc_buf_put_be32(&b, 0x02030405);
    mc_buf_put_be64(&b, 0x060708090a0b0c0d);
    mc_buf_put_zeros(&b, 2);
    mc_buf_put_str(&b, "xy");
    mc_buf_putf(&b, "%d%s", 7, "z");
    mc_buf_put_hex(&b, mc_slice("\0\xff", 2));
    mc_buf_put(&b, NULL, 0);
    assert_true(mc_slice_eq(mc_buf_slice(&b), mc_slice(want, sizeof want - 1)));
    assert_int_equal(mc_buf_check(&b, "test", NULL), MC_OK);
    mc_buf_reset(&b);
    assert_int_equal(b.n, 0);
    mc_buf_free(&b);
    assert_null(b.p);
}

static void a_buffer_grows_over_many_sizes(void **state)
{
    struct mc_buf b = {0};
    size_t n = 0;

    (void)state;
    for (size_t step = 1; step < 3000; step += 7) {
        assert_true(mc_buf_reserve(&b, step));
        for (size_t i = 0; i < step; i++, n++)
            mc_buf_put_u8(&b, (uint8_t)(n % 251));
    }
    assert_int_equal(b.n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(b.p[i], i % 251);
    mc_buf_free(&b);
}

static void a_buffer_without_memory_remembers_it_and_appends_nothing(void **state)
{
    struct mc_buf b = {0};
    struct mc_errmsg em;

    (void)state;
    mc_buf_put_str(&b, "kept");
    assert_false(mc_buf_reserve(&b, SIZE_MAX));
    assert_true(b.oom);
    mc_buf_put_str(&b, "lost");
    mc_buf_put_u8(&b, 1);
    mc_buf_put_zeros(&b, 1);
    mc_buf_putf(&b, "x");
    assert_int_equal(b.n, 4);
    assert_int_equal(mc_buf_check(&b, "block body", &em), MC_ENOMEM);
    assert_string_equal(em.text, "block body: out of memory");
    mc_buf_reset(&b);
    mc_buf_put_str(&b, "again");
    assert_int_equal(b.n, 5);
    mc_buf_free(&b);
}

static void big_endian_integers_come_back(void **state)
{
    uint8_t p[8];

    (void)state;
    mc_be64_put(p, 0x0123456789abcdef);
    assert_int_equal(p[0], 0x01);
    assert_int_equal(p[7], 0xef);
    assert_true(mc_be64_get(p) == 0x0123456789abcdef);
    mc_be32_put(p, 0xfedcba98);
    assert_true(mc_be32_get(p) == 0xfedcba98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_compare_by_byte_and_then_by_length),
        cmocka_unit_test(a_skipped_slice_is_the_rest),
        cmocka_unit_test(words_know_zero_and_equal),
        cmocka_unit_test(a_buffer_holds_what_was_put_in_order),
        cmocka_unit_test(a_buffer_grows_over_many_sizes),
        cmocka_unit_test(a_buffer_without_memory_remembers_it_and_appends_nothing),
        cmocka_unit_test(big_endian_integers_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
