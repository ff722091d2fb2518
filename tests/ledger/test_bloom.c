/* Blooms against @ethereumjs/vm 10.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/ledger.h"

static struct ledger_bloom sample(void)
{
    struct ledger_bloom bloom = {{0}};
    uint8_t item[32];

    memset(item, 0x11, 20);
    ledger_bloom_add(&bloom, mc_slice(item, 20));
    memset(item, 0x22, 32);
    ledger_bloom_add(&bloom, mc_slice(item, 32));
    ledger_bloom_add(&bloom, mc_slice(item, 0));
    return bloom;
}

static void a_bloom_has_the_bits_of_another_library(void **state)
{
    static const char *const want =
        "00000000000000000000000000000000000000000000000000000000000000000080000000000000"
        "00000000000000000000000000000000000000000000000200000000000400000000000000000000"
        "00000000000000000000000000000000000000000000000020000000000000000000000000000000"
        "00000000000000100000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000010000000000000000000000000000000000000000000000000000000200000000"
        "00000000000000000000000000000080000000000000000000000000000000020000000000000000"
        "00000000000000000000000000000000";
    struct ledger_bloom bloom = sample();
    char text[513];

    (void)state;
    mc_hex_encode(text, bloom.b, sizeof bloom.b);
    assert_string_equal(text, want);
}

static void what_was_added_is_found(void **state)
{
    struct ledger_bloom bloom = {{0}};

    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        ledger_bloom_add(&bloom, mc_slice(&i, sizeof i));
        for (uint32_t k = 0; k <= i; k++)
            assert_true(ledger_bloom_has(&bloom, mc_slice(&k, sizeof k)));
    }
}

static void an_empty_bloom_has_nothing_and_a_small_one_little(void **state)
{
    struct ledger_bloom none = {{0}}, bloom = sample();
    uint32_t hits = 0;

    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        assert_false(ledger_bloom_has(&none, mc_slice(&i, sizeof i)));
        hits += ledger_bloom_has(&bloom, mc_slice(&i, sizeof i));
    }
    assert_true(hits < 5);
}

static void joined_blooms_have_what_either_has(void **state)
{
    struct ledger_bloom a = {{0}}, b = sample(), c;
    uint8_t topic[32] = {1};

    (void)state;
    ledger_bloom_add(&a, mc_slice(topic, 32));
    c = a;
    ledger_bloom_or(&c, &b);
    for (size_t i = 0; i < sizeof c.b; i++)
        assert_int_equal(c.b[i], a.b[i] | b.b[i]);
    assert_true(ledger_bloom_has(&c, mc_slice(topic, 32)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bloom_has_the_bits_of_another_library),
        cmocka_unit_test(what_was_added_is_found),
        cmocka_unit_test(an_empty_bloom_has_nothing_and_a_small_one_little),
        cmocka_unit_test(joined_blooms_have_what_either_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
