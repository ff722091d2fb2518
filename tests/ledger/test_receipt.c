/* Receipts and their root against @ethereumjs/vm 10.1 and @ethereumjs/mpt 10.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/ledger.h"

static const char *const known_rlp =
    "01f901c0018401234567b90100000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000200000000000000000000"
    "00000000000000000000000000000000000000001000000000000000000000000000000000200000"
    "00000000000000000000000000080000000000001000000000000000000800000000000000000000"
    "00000000000000000000000000000000000000100100000000000000000000000000000000000000"
    "00000000000000000200000000000000000000000000000000000000800000000000000000000000"
    "0000080002000000000000000000000000000000000000000000000000f8b5f89b94111111111111"
    "1111111111111111111111111111f842a02222222222222222222222222222222222222222222222"
    "222222222222222222a0333333333333333333333333333333333333333333333333333333333333"
    "3333b840444444444444444444444444444444444444444444444444444444444444444444444444"
    "44444444444444444444444444444444444444444444444444444444d79455555555555555555555"
    "55555555555555555555c005";

static struct ledger_log logs[2];
static uint8_t data[64];

static struct ledger_receipt known_receipt(uint32_t i)
{
    static const uint64_t gas[] = {21000, 0x1234567, 0x1240000};
    struct ledger_receipt r = {
        .type = (enum ledger_tx_type)i, .success = i != 2, .cumulative_gas = gas[i]};

    if (i != 1)
        return r;
    memset(logs, 0, sizeof logs);
    memset(data, 0x44, sizeof data);
    memset(logs[0].address.b, 0x11, 20);
    memset(logs[0].topics[0].b, 0x22, 32);
    memset(logs[0].topics[1].b, 0x33, 32);
    logs[0].topic_cnt = 2;
    logs[0].data = mc_slice(data, sizeof data);
    memset(logs[1].address.b, 0x55, 20);
    logs[1].data = mc_slice("\5", 1);
    r.logs = logs;
    r.log_cnt = 2;
    for (size_t l = 0; l < 2; l++) {
        ledger_bloom_add(&r.bloom, mc_addr_slice(&logs[l].address));
        for (uint32_t t = 0; t < logs[l].topic_cnt; t++)
            ledger_bloom_add(&r.bloom, mc_hash_slice(&logs[l].topics[t]));
    }
    return r;
}

static void assert_hex(struct mc_slice s, const char *hex)
{
    struct mc_buf text = {0};

    mc_buf_put_hex(&text, s);
    mc_buf_put_u8(&text, 0);
    assert_string_equal((const char *)text.p, hex);
    mc_buf_free(&text);
}

static void receipts_have_the_bytes_of_another_library(void **state)
{
    static const char *const hashes[] = {
        "e38e5532717f12f769b07ea016014bd39b74fb72def4de8442114cc2728609f2",
        "5a8e72eb1063d543dbbb97ffe028a18b775eec35350bd3d1c69e499630c13fb3",
        "f8ddab536e2e0ed992521e54748a560047c96b09f8423e60749279829e747002"};

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        struct ledger_receipt r = known_receipt(i);
        struct mc_buf b = {0};
        struct mc_hash h;
        ledger_receipt_encode(&b, &r);
        if (i == 1)
            assert_hex(mc_buf_slice(&b), known_rlp);
        mc_keccak256(&h, mc_buf_slice(&b));
        assert_hex(mc_hash_slice(&h), hashes[i]);
        mc_buf_free(&b);
    }
}

static void their_root_is_that_of_another_library(void **state)
{
    struct mc_buf b[3] = {{0}};
    struct mc_slice items[3];
    struct mc_arena arena = {0};
    struct mc_hash root;

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        struct ledger_receipt r = known_receipt(i);
        ledger_receipt_encode(&b[i], &r);
        items[i] = mc_buf_slice(&b[i]);
    }
    assert_int_equal(ledger_list_root(&root, items, 3, &arena), MC_OK);
    assert_hex(mc_hash_slice(&root),
               "887bec98a0988f6a84c7864623c0879da32896d422944e895698845268639296");
    for (uint32_t i = 0; i < 3; i++)
        mc_buf_free(&b[i]);
    mc_arena_free(&arena);
}

/* The header is written before the payload: at every length around a step it must fit. */
static void every_payload_length_is_well_formed(void **state)
{
    static const uint64_t gas[] = {0, 0x7f, 0x80, 0xff, 0x100, 0xffffff, UINT64_MAX};
    uint8_t bytes[400] = {0};

    (void)state;
    for (size_t n = 0; n < sizeof bytes; n++) {
        struct ledger_log log = {.topic_cnt = (uint32_t)(n % 5), .data = mc_slice(bytes, n)};
        struct ledger_receipt r = {
            .cumulative_gas = gas[n % MC_COUNT(gas)], .logs = &log, .log_cnt = n % 3 != 0};
        struct mc_errmsg em = {{0}};
        struct mc_buf b = {0};
        struct mc_rlp outer, list;
        uint64_t status = 9, used = 9;
        ledger_receipt_encode(&b, &r);
        if (mc_rlp_check(mc_buf_slice(&b), 4, &em) != MC_OK)
            fail_msg("%zu bytes of data: %s", n, em.text);
        outer = mc_rlp_open(mc_buf_slice(&b));
        assert_int_equal(mc_rlp_list(&outer, &list, NULL), MC_OK);
        assert_int_equal(mc_rlp_u64(&list, &status, NULL), MC_OK);
        assert_int_equal(mc_rlp_u64(&list, &used, NULL), MC_OK);
        assert_int_equal(status, 0);
        assert_true(used == r.cumulative_gas);
        mc_buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_have_the_bytes_of_another_library),
        cmocka_unit_test(their_root_is_that_of_another_library),
        cmocka_unit_test(every_payload_length_is_well_formed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
