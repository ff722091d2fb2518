#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"

static void every_byte_goes_to_hex_and_back(void **state)
{
    uint8_t bytes[256], back[256];
    char text[513];

    (void)state;
    for (size_t i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    mc_hex_encode(text, bytes, 256);
    assert_int_equal(strlen(text), 512);
    assert_memory_equal(text, "000102030405060708090a0b0c0d0e0f10", 34);
    assert_true(mc_hex_decode(back, text, 256));
    assert_memory_equal(back, bytes, 256);
    for (char *c = text; *c != '\0'; c++)
        *c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
    assert_true(mc_hex_decode(back, text, 256));
    assert_memory_equal(back, bytes, 256);
}

static void only_the_22_digits_decode(void **state)
{
    int good = 0;

    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[2] = {(char)c, '0'}, swapped[2] = {'0', (char)c};
        uint8_t out = 0x5a;
        bool ok = mc_hex_decode(&out, text, 1);
        good += ok;
        if (!ok)
            assert_int_equal(out, 0x5a);
        assert_int_equal(mc_hex_decode(&out, swapped, 1), ok);
    }
    assert_int_equal(good, 22);
}

static void data_text_is_judged(void **state)
{
    static const struct {
        const char *text;
        enum mc_err err;
        size_t n;
    } rows[] = {
        {"0x", MC_OK, 0},          {"0x00", MC_OK, 1},
        {"0xABcd", MC_OK, 2},      {"", MC_EMALFORM, 0},
        {"0", MC_EMALFORM, 0},     {"00", MC_EMALFORM, 0},
        {"0x0", MC_EMALFORM, 0},   {"0x0g", MC_EMALFORM, 0},
        {"0x 1", MC_EMALFORM, 0},  {" 0x11", MC_EMALFORM, 0},
        {"0x111", MC_EMALFORM, 0}, {"0x11223344", MC_OK, 4},
        {"0x-1", MC_EMALFORM, 0},  {"0x1122334455", MC_ELIMIT, 0},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_buf b = {0};
        struct mc_errmsg em = {{0}};
        mc_buf_put_u8(&b, 9);
        assert_int_equal(mc_hex_data(&b, mc_slice_str(rows[i].text), 4, &em), rows[i].err);
        assert_int_equal(b.n, 1 + rows[i].n);
        assert_int_equal(em.text[0] == '\0', rows[i].err == MC_OK);
        mc_buf_free(&b);
    }
}

static void a_bad_digit_is_named_by_its_place(void **state)
{
    struct mc_buf b = {0};
    struct mc_errmsg em;

    (void)state;
    assert_int_equal(mc_hex_data(&b, mc_slice_str("0x00z0"), 4, &em), MC_EMALFORM);
    assert_string_equal(em.text, "not a hex digit at position 4");
    mc_buf_free(&b);
}

static void fixed_text_has_exactly_its_size(void **state)
{
    uint8_t out[2] = {7, 7};

    (void)state;
    assert_int_equal(mc_hex_fixed(out, 2, mc_slice_str("0x11"), NULL), MC_EMALFORM);
    assert_int_equal(mc_hex_fixed(out, 2, mc_slice_str("0x112"), NULL), MC_EMALFORM);
    assert_int_equal(mc_hex_fixed(out, 2, mc_slice_str("0x112233"), NULL), MC_EMALFORM);
    assert_int_equal(mc_hex_fixed(out, 2, mc_slice_str("0x11zz"), NULL), MC_EMALFORM);
    assert_int_equal(mc_hex_fixed(out, 2, mc_slice_str("1122"), NULL), MC_EMALFORM);
    assert_int_equal(out[0], 7);
    assert_int_equal(mc_hex_fixed(out, 2, mc_slice_str("0x11fe"), NULL), MC_OK);
    assert_int_equal(out[1], 0xfe);
}

static void quantity_text_is_judged(void **state)
{
    static const struct {
        const char *text;
        enum mc_err err;
        uint64_t v;
    } rows[] = {
        {"0x0", MC_OK, 0},
        {"0x1", MC_OK, 1},
        {"0xaBc", MC_OK, 0xabc},
        {"0xffffffffffffffff", MC_OK, UINT64_MAX},
        {"0x10000000000000000", MC_EMALFORM, 0},
        {"0x", MC_EMALFORM, 0},
        {"0x00", MC_EMALFORM, 0},
        {"0x01", MC_EMALFORM, 0},
        {"1", MC_EMALFORM, 0},
        {"", MC_EMALFORM, 0},
        {"0xg", MC_EMALFORM, 0},
        {"0x1 ", MC_EMALFORM, 0},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        uint64_t v = 0;
        assert_int_equal(mc_hex_quantity(&v, mc_slice_str(rows[i].text), NULL), rows[i].err);
        assert_true(v == rows[i].v);
    }
}

/* The examples of EIP-55. */
static void addresses_are_written_as_eip55_says(void **state)
{
    static const char *const rows[] = {
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77"};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_addr a;
        char text[43];
        assert_int_equal(mc_hex_fixed(a.b, sizeof a.b, mc_slice_str(rows[i]), NULL), MC_OK);
        mc_addr_checksum(text, &a);
        assert_string_equal(text, rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_goes_to_hex_and_back),
        cmocka_unit_test(only_the_22_digits_decode),
        cmocka_unit_test(data_text_is_judged),
        cmocka_unit_test(a_bad_digit_is_named_by_its_place),
        cmocka_unit_test(fixed_text_has_exactly_its_size),
        cmocka_unit_test(quantity_text_is_judged),
        cmocka_unit_test(addresses_are_written_as_eip55_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
