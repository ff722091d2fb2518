#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/u256.h"

typedef unsigned __int128 u128;

static uint64_t seed = 88172645463325252u;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Words that are often 0 or all ones and of every width: carries and estimates fail there first. */
static struct mc_u256 any(void)
{
    struct mc_u256 v = {{0}};
    unsigned words = (unsigned)(next() % 5);

    for (unsigned i = 0; i < words; i++) {
        uint64_t kind = next() % 8;
        v.w[i] = kind == 0 ? 0 : kind == 1 ? UINT64_MAX : kind == 2 ? (uint64_t)1 << 63 : next();
        if (kind == 3)
            v.w[i] >>= next() % 64;
        if (kind == 4)
            v.w[i] |= (uint64_t)UINT32_MAX << 32;
    }
    return v;
}

static struct mc_u256 small(u128 v)
{
    return (struct mc_u256){{(uint64_t)v, (uint64_t)(v >> 64), 0, 0}};
}

static void assert_same(const struct mc_u256 *a, const struct mc_u256 *b)
{
    assert_int_equal(mc_u256_cmp(a, b), 0);
    assert_memory_equal(a, b, sizeof *a);
}

static void small_numbers_agree_with_the_compiler(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        u128 x = ((u128)next() << 64 | next()) >> (next() % 128);
        u128 y = ((u128)next() << 64 | next()) >> (next() % 128);
        struct mc_u256 a = small(x), b = small(y), got, rem, want;
        u128 sum = x + y;
        assert_int_equal(mc_u256_cmp(&a, &b), (x > y) - (x < y));
        assert_true(mc_u256_add(&got, &a, &b));
        want = small(sum);
        want.w[2] = sum < x;
        assert_same(&got, &want);
        assert_int_equal(mc_u256_sub(&got, &a, &b), x >= y);
        want = small(x - y);
        if (x >= y)
            assert_same(&got, &want);
        if (y == 0)
            continue;
        assert_true(mc_u256_divmod(&got, &rem, &a, &b));
        want = small(x / y);
        assert_same(&got, &want);
        want = small(x % y);
        assert_same(&rem, &want);
    }
}

static void a_quotient_times_its_divisor_plus_the_rest_is_the_number(void **state)
{
    int checked = 0;

    (void)state;
    for (int i = 0; i < 300000; i++) {
        struct mc_u256 a = any(), b = any(), q, r, back;
        if (mc_u256_is_zero(&b))
            continue;
        assert_true(mc_u256_divmod(&q, &r, &a, &b));
        assert_true(mc_u256_cmp(&r, &b) < 0);
        assert_true(mc_u256_mul(&back, &q, &b));
        assert_true(mc_u256_add(&back, &back, &r));
        assert_same(&back, &a);
        checked++;
    }
    assert_true(checked > 200000);
}

static void sums_and_products_that_overflow_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct mc_u256 a = any(), b = any(), room, got = MC_U256_MAX, q;
        assert_true(mc_u256_sub(&room, &MC_U256_MAX, &a));
        assert_int_equal(mc_u256_add(&got, &a, &b), mc_u256_cmp(&b, &room) <= 0);
        if (mc_u256_is_zero(&a))
            continue;
        assert_true(mc_u256_divmod(&q, NULL, &MC_U256_MAX, &a));
        assert_int_equal(mc_u256_mul(&got, &a, &b), mc_u256_cmp(&b, &q) <= 0);
    }
}

static void a_refused_operation_leaves_its_output(void **state)
{
    struct mc_u256 out = mc_u256_u64(5), one = mc_u256_u64(1), two = mc_u256_u64(2);

    (void)state;
    assert_false(mc_u256_add(&out, &MC_U256_MAX, &one));
    assert_false(mc_u256_sub(&out, &one, &two));
    assert_false(mc_u256_mul(&out, &MC_U256_MAX, &two));
    assert_false(mc_u256_divmod(&out, &out, &one, &MC_U256_ZERO));
    assert_true(mc_u256_u64_sat(&out) == 5);
}

static void the_result_may_be_an_operand(void **state)
{
    struct mc_u256 a = {{1, 2, 3, 4}}, b = {{5, 6, 7, 0}}, c, d = a, e = b;

    (void)state;
    assert_true(mc_u256_add(&c, &a, &b));
    assert_true(mc_u256_add(&d, &d, &e));
    assert_same(&c, &d);
    assert_true(mc_u256_sub(&d, &d, &e));
    assert_same(&d, &a);
    assert_true(mc_u256_divmod(&d, &e, &d, &e));
    assert_true(mc_u256_mul(&c, &d, &b));
    assert_true(mc_u256_add(&c, &c, &e));
    assert_same(&c, &a);
}

static void bytes_and_texts_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct mc_u256 a = any(), back;
        uint8_t be[32];
        char text[79];
        mc_u256_to_be(be, &a);
        back = mc_u256_from_be(be);
        assert_same(&back, &a);
        size_t n = mc_u256_byte_len(&a);
        assert_true(mc_u256_from_be_n(&back, mc_slice(be + 32 - n, n)));
        assert_same(&back, &a);
        assert_true(n == 0 || be[32 - n] != 0);
        mc_u256_to_hex(text, &a);
        assert_int_equal(mc_u256_from_hex(&back, mc_slice_str(text), NULL), MC_OK);
        assert_same(&back, &a);
        mc_u256_to_dec(text, &a);
        assert_int_equal(mc_u256_from_dec(&back, mc_slice_str(text), NULL), MC_OK);
        assert_same(&back, &a);
        assert_true(text[0] != '0' || text[1] == '\0');
    }
}

static void known_numbers_have_their_texts(void **state)
{
    static const struct {
        struct mc_u256 v;
        const char *hex, *dec;
    } rows[] = {
        {{{0}}, "0x0", "0"},
        {{{26}}, "0x1a", "26"},
        {{{UINT64_MAX}}, "0xffffffffffffffff", "18446744073709551615"},
        {{{0, 1}}, "0x10000000000000000", "18446744073709551616"},
        {{{10000000000000000000u}}, "0x8ac7230489e80000", "10000000000000000000"},
        {{{0x6bc75e2d63100000, 5}}, "0x56bc75e2d63100000", "100000000000000000000"},
        {{{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}},
         "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "115792089237316195423570985008687907853269984665640564039457584007913129639935"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char text[79];
        mc_u256_to_hex(text, &rows[i].v);
        assert_string_equal(text, rows[i].hex);
        mc_u256_to_dec(text, &rows[i].v);
        assert_string_equal(text, rows[i].dec);
    }
}

static void texts_that_are_no_number_are_refused(void **state)
{
    static const char *const hex[] = {
        "",     "0",
        "0x",   "0x00",
        "0x01", "1a",
        "0xg",  "0x1 ",
        "-0x1", "0x10000000000000000000000000000000000000000000000000000000000000000"};
    static const char *const dec[] = {
        "",
        "-1",
        "+1",
        "1 ",
        "0x1",
        "1a",
        "115792089237316195423570985008687907853269984665640564039457584007913129639936",
        "9999999999999999999999999999999999999999999999999999999999999999999999999999999"};
    struct mc_u256 v = mc_u256_u64(3);
    static const uint8_t long_be[33] = {0};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(hex); i++)
        assert_int_equal(mc_u256_from_hex(&v, mc_slice_str(hex[i]), NULL), MC_EMALFORM);
    for (size_t i = 0; i < MC_COUNT(dec); i++)
        assert_int_equal(mc_u256_from_dec(&v, mc_slice_str(dec[i]), NULL), MC_EMALFORM);
    assert_false(mc_u256_from_be_n(&v, mc_slice(long_be, sizeof long_be)));
    assert_true(mc_u256_u64_sat(&v) == 3);
}

static void what_does_not_fit_64_bits_saturates(void **state)
{
    struct mc_u256 big = {{7, 0, 0, 1}}, fits = mc_u256_u64(UINT64_MAX - 1);

    (void)state;
    assert_false(mc_u256_fits_u64(&big));
    assert_true(mc_u256_u64_sat(&big) == UINT64_MAX);
    assert_true(mc_u256_fits_u64(&fits));
    assert_true(mc_u256_u64_sat(&fits) == UINT64_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_numbers_agree_with_the_compiler),
        cmocka_unit_test(a_quotient_times_its_divisor_plus_the_rest_is_the_number),
        cmocka_unit_test(sums_and_products_that_overflow_are_refused),
        cmocka_unit_test(a_refused_operation_leaves_its_output),
        cmocka_unit_test(the_result_may_be_an_operand),
        cmocka_unit_test(bytes_and_texts_round_trip),
        cmocka_unit_test(known_numbers_have_their_texts),
        cmocka_unit_test(texts_that_are_no_number_are_refused),
        cmocka_unit_test(what_does_not_fit_64_bits_saturates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
