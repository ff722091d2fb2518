/* Headers against @ethereumjs/block 10.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/ledger.h"

static const char *const known_rlp =
    "f90207a0a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a01dcc4d"
    "e8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d4934794c2c2c2c2c2c2c2c2c2c2"
    "c2c2c2c2c2c2c2c2c2c2a0a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3"
    "a3a3a3a0a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a0a5a5a5"
    "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5b901000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000080000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000007f000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000008084012345678401c9c380808468c815058901000001994d921c03a0a6a6a6a6"
    "a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6880000000000000000843b9a"
    "ca07";
static const char *const known_hash =
    "21f1c1bba06ec2641d32cd19d4ce41e6ddbea3a03f17063c45de54a8494b0136";

static struct ledger_header known_header(void)
{
    struct ledger_header h = {.uncles_hash = MC_KECCAK_EMPTY_LIST,
                              .number = 0x1234567,
                              .gas_limit = 30000000,
                              .base_fee = {{1000000007}}};

    memset(h.parent_hash.b, 0xa1, 32);
    memset(h.miner.b, 0xc2, 20);
    memset(h.state_root.b, 0xa3, 32);
    memset(h.txs_root.b, 0xa4, 32);
    memset(h.receipts_root.b, 0xa5, 32);
    memset(h.mix_hash.b, 0xa6, 32);
    h.bloom.b[100] = 0x80;
    h.bloom.b[201] = 0x7f;
    ledger_header_set_time_ms(&h, 1757943045123);
    return h;
}

static void assert_hex(struct mc_slice s, const char *hex)
{
    struct mc_buf text = {0};

    mc_buf_put_hex(&text, s);
    mc_buf_put_u8(&text, 0);
    assert_string_equal((const char *)text.p, hex);
    mc_buf_free(&text);
}

static void put_known(struct mc_buf *b)
{
    size_t n = strlen(known_rlp) / 2;

    assert_true(mc_buf_reserve(b, n));
    assert_true(mc_hex_decode(b->p, known_rlp, n));
    b->n = n;
}

static void a_header_has_the_bytes_and_hash_of_another_library(void **state)
{
    struct ledger_header h = known_header();
    struct mc_buf b = {0};
    struct mc_hash hash;

    (void)state;
    ledger_header_encode(&b, &h);
    assert_hex(mc_buf_slice(&b), known_rlp);
    assert_int_equal(ledger_header_hash(&hash, &h), MC_OK);
    assert_hex(mc_hash_slice(&hash), known_hash);
    mc_buf_free(&b);
}

static void a_header_of_zeros_has_the_known_hash(void **state)
{
    struct ledger_header h = {.uncles_hash = MC_KECCAK_EMPTY_LIST,
                              .txs_root = MC_KECCAK_EMPTY_TRIE,
                              .receipts_root = MC_KECCAK_EMPTY_TRIE};
    struct mc_hash hash;

    (void)state;
    assert_int_equal(ledger_header_hash(&hash, &h), MC_OK);
    assert_hex(mc_hash_slice(&hash),
               "3638e86a19ceaec55fbc2f26532a2369e48b9059968a95ddcc0a2f0d7ec3eb89");
}

static void a_header_decodes_to_what_was_encoded(void **state)
{
    struct ledger_header want = known_header(), got;
    struct mc_errmsg em = {{0}};
    struct mc_buf b = {0}, again = {0};

    (void)state;
    put_known(&b);
    assert_int_equal(ledger_header_decode(&got, mc_buf_slice(&b), &em), MC_OK);
    assert_int_equal(got.number, want.number);
    assert_int_equal(got.time_s, 1757943045);
    assert_int_equal(ledger_header_time_ms(&got), 1757943045123);
    assert_int_equal(got.extra_len, LEDGER_EXTRA_LEN);
    assert_int_equal(mc_u256_cmp(&got.base_fee, &want.base_fee), 0);
    ledger_header_encode(&again, &got);
    assert_true(mc_slice_eq(mc_buf_slice(&again), mc_buf_slice(&b)));
    mc_buf_free(&b);
    mc_buf_free(&again);
}

static void every_shorter_header_is_refused(void **state)
{
    struct ledger_header h;
    struct mc_buf b = {0};

    (void)state;
    put_known(&b);
    for (size_t n = 0; n < b.n; n++)
        assert_int_equal(ledger_header_decode(&h, mc_slice(b.p, n), NULL), MC_EMALFORM);
    mc_buf_put_u8(&b, 0);
    assert_int_equal(ledger_header_decode(&h, mc_buf_slice(&b), NULL), MC_EMALFORM);
    mc_buf_free(&b);
}

/* The items are written one by one, so that one of them can be wrong. */
static void refusals_name_the_field(void **state)
{
    static const struct {
        uint32_t at;
        const char *hex; /* "" leaves it out */
        const char *text;
    } rows[] = {
        {0, "80", "header: parent hash: RLP: string of 0 bytes where 32 are due"},
        {2, "80", "header: miner: RLP: string of 0 bytes where 20 are due"},
        {6, "80", "header: logs bloom: RLP: string of 0 bytes where 256 are due"},
        {7, "00", "header: difficulty: RLP: integer has a leading zero"},
        {8, "89010000000000000000",
         "header: number: RLP: integer of 9 bytes is larger than 64 bits"},
        {9, "c0", "header: gas limit: RLP: a list where a string is due"},
        {11, "820001", "header: time: RLP: integer has a leading zero"},
        {12, "a1010101010101010101010101010101010101010101010101010101010101010101",
         "header: extra data: 33 bytes where 32 are the most"},
        {14, "80", "header: nonce: RLP: string of 0 bytes where 8 are due"},
        {15, "", "header: base fee: RLP: an item is missing"},
        {15, "8080", "header: fields beyond London's: RLP: 1 bytes too many"},
    };
    struct mc_buf known = {0};

    (void)state;
    put_known(&known);
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_rlp outer = mc_rlp_open(mc_buf_slice(&known)), r;
        struct mc_errmsg em = {{0}};
        struct mc_buf b = {0};
        struct ledger_header h;
        struct mc_slice item;
        assert_int_equal(mc_rlp_list(&outer, &r, NULL), MC_OK);
        for (uint32_t k = 0; mc_rlp_raw(&r, &item, NULL) == MC_OK; k++) {
            uint8_t bytes[64];
            size_t n = strlen(rows[i].hex) / 2;
            assert_true(mc_hex_decode(bytes, rows[i].hex, n));
            mc_buf_put_slice(&b, k == rows[i].at ? mc_slice(bytes, n) : item);
        }
        mc_rlp_wrap_list(&b, 0);
        assert_int_equal(ledger_header_decode(&h, mc_buf_slice(&b), &em), MC_EMALFORM);
        assert_string_equal(em.text, rows[i].text);
        mc_buf_free(&b);
    }
    mc_buf_free(&known);
}

static void milliseconds_need_our_layout(void **state)
{
    struct ledger_header h = known_header();

    (void)state;
    assert_int_equal(ledger_header_time_ms(&h), 1757943045123);
    h.extra[0] = 2;
    assert_int_equal(ledger_header_time_ms(&h), 0);
    h.extra[0] = 1;
    h.extra_len = 8;
    assert_int_equal(ledger_header_time_ms(&h), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_the_bytes_and_hash_of_another_library),
        cmocka_unit_test(a_header_of_zeros_has_the_known_hash),
        cmocka_unit_test(a_header_decodes_to_what_was_encoded),
        cmocka_unit_test(every_shorter_header_is_refused),
        cmocka_unit_test(refusals_name_the_field),
        cmocka_unit_test(milliseconds_need_our_layout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
