/* Transactions against envelopes, hashes and gas computed by ethers 6.17 and @ethereumjs/tx 10.1
 * with the key 0x4646...46 of EIP-155's example, and the refusals field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/ledger.h"

#define ALL(b) b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b
#define SENDER "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"

static const uint8_t marker[] = {0x00, 0xef, 0x4e, 0x4d, 0x01, 0x00, 0xff};
static const uint8_t one_byte[] = {0x7f};
static const uint8_t init_code[] = {0x60, 0x00};
static const uint8_t zeros[60];
/* [[0x11.., [0x01.., 0x..02]], [0x22.., []]] without the outer header */
static const uint8_t access_list[] = {
    0xf8, 0x59, 0x94, ALL(0x11), 0xf8, 0x42, 0xa0, ALL(1), 1,      1,    1,         1,   1,
    1,    1,    1,    1,         1,    1,    1,    0xa0,   ALL(0), 0,    0,         0,   0,
    0,    0,    0,    0,         0,    0,    0,    2,      0xd6,   0x94, ALL(0x22), 0xc0};

struct known {
    const char *name;
    struct ledger_tx_fields fields;
    const char *raw, *hash, *signing_hash;
    uint64_t intrinsic_gas;
    uint32_t access_addr_cnt, access_key_cnt;
};

static const struct known known[] = {
    {"eip155",
     {.type = LEDGER_TX_LEGACY,
      .chain_id = 1,
      .nonce = 9,
      .max_fee = {{20000000000u}},
      .max_priority_fee = {{20000000000u}},
      .gas = 21000,
      .has_to = true,
      .to = {{ALL(0x35)}},
      .value = {{1000000000000000000u}}},
     "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764"
     "00008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cb"
     "e9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
     "33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788",
     "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53",
     21000,
     0,
     0},
    {"bigchain",
     {.type = LEDGER_TX_LEGACY,
      .chain_id = 20250715,
      .gas = 300000,
      .data = {marker, sizeof marker}},
     "f8578080830493e080808700ef4e4d0100ff84026a00daa0de3842e708ccf0b0b8249c25016954d3"
     "ba8dff2251a1f93430728289e1521049a059df9f0adb39a28883eb7c7a2787f4cc6fac7f8d859b82"
     "c8677b76c277ec4ad7",
     "0ee0f6d5fa14a482cd98565630a2126dce02853e2ceae8021b8800e5445e85f5",
     "ff3e1feb19bb6c898ef94b0152e3199a3b0defdf5df7e3bbd58d47c4ba2fdf5e",
     53088,
     0,
     0},
    {"access",
     {.type = LEDGER_TX_ACCESS_LIST,
      .chain_id = 1337,
      .nonce = 300,
      .max_fee = {{7}},
      .max_priority_fee = {{7}},
      .gas = 90000,
      .has_to = true,
      .to = {{ALL(0xab)}},
      .value = {{1}},
      .data = {one_byte, sizeof one_byte},
      .access_list = {access_list, sizeof access_list}},
     "01f8d982053982012c0783015f9094abababababababababababababababababababab017ff872f8"
     "59941111111111111111111111111111111111111111f842a0010101010101010101010101010101"
     "0101010101010101010101010101010101a000000000000000000000000000000000000000000000"
     "00000000000000000002d6942222222222222222222222222222222222222222c080a0d5b682d1b2"
     "808bf93be8e95dc3aecf9d2ef7caac2d6b63c3e0569d50615b2c13a069048337ef05b6e8525ca070"
     "237f1021df4645418bed0c992d28115d967b71a7",
     "2d997c17384109dacfe93af2c5507af990f82d483e229308b07fccb4ad38a54f",
     "9da3e175495fac7fa91486ae91bb7b33142132774ce6e3dd3c855011e988fc4c",
     29616,
     2,
     2},
    {"dynamic",
     {.type = LEDGER_TX_DYNAMIC_FEE,
      .chain_id = 1337,
      .max_fee = {{0, 0, 0, 256}},
      .gas = 3000000000u,
      .has_to = true,
      .to = {{ALL(0xcd)}},
      .value = {{0, 0, 0, 0x8000000000000000u}},
      .data = {zeros, sizeof zeros}},
     "02f8dd82053980809a010000000000000000000000000000000000000000000000000084b2d05e00"
     "94cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcda0800000000000000000000000000000000000"
     "0000000000000000000000000000b83c000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000c080a003"
     "f5d8c5c8b05492674664bb1296057c863c755ae59b157807188ebc7d48a265a0508f6fdf879b98bb"
     "f6b58360b3a4d9af9bc7e4777720dae36bc26545e357e2dc",
     "9113084293ca4217eb8cc748a46dcc51ea69cf8951b60b207daa118f8b9cd15f",
     "d9a45fef3139119483f7c64b986fb823f6c6c69e6ecae35ed3938eb1dc11cac9",
     21240,
     0,
     0},
    {"creation",
     {.type = LEDGER_TX_DYNAMIC_FEE,
      .chain_id = 1337,
      .nonce = 127,
      .max_fee = {{128}},
      .max_priority_fee = {{1}},
      .gas = 100000,
      .data = {init_code, sizeof init_code},
      .access_list = {access_list, sizeof access_list}},
     "02f8c78205397f018180830186a08080826000f872f8599411111111111111111111111111111111"
     "11111111f842a00101010101010101010101010101010101010101010101010101010101010101a0"
     "0000000000000000000000000000000000000000000000000000000000000002d694222222222222"
     "2222222222222222222222222222c001a0ecb88af81ca5cce71d062f1b22421522ef9e4907166540"
     "39c025c1eed93fd793a02e67c1df96bbcebef7da59f1673585e03972bf8c73ad3dd1b4f3b427d3b1"
     "c2f8",
     "3c5f63b454a4e234f6eee225d7f0602b4d8a9090a55c9f9bb82392e7692fd578",
     "3d33833d811a4a1564c0a51c4fd88fd93a6b9bab4e9d3268c064798d03b5d1f8",
     61620,
     2,
     2},
};

static struct ledger_tx *decode_hex(const char *hex)
{
    struct mc_buf raw = {0};
    struct mc_errmsg em = {{0}};
    struct ledger_tx *tx = NULL;
    size_t n = strlen(hex) / 2;

    assert_true(mc_buf_reserve(&raw, n));
    assert_true(mc_hex_decode(raw.p, hex, n));
    raw.n = n;
    if (ledger_tx_decode(&tx, mc_buf_slice(&raw), &em) != MC_OK)
        fail_msg("%s", em.text);
    mc_buf_free(&raw); /* the transaction has a copy */
    return tx;
}

static void assert_hex(struct mc_slice s, const char *hex)
{
    struct mc_buf text = {0};

    mc_buf_put_hex(&text, s);
    mc_buf_put_u8(&text, 0);
    assert_false(text.oom);
    assert_string_equal((const char *)text.p, hex);
    mc_buf_free(&text);
}

static void known_envelopes_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_COUNT(known); i++) {
        const struct known *k = &known[i];
        const struct ledger_tx_fields *f = &k->fields;
        struct ledger_tx *tx = decode_hex(k->raw);
        assert_int_equal(tx->type, f->type);
        assert_int_equal(tx->chain_id, f->chain_id);
        assert_int_equal(tx->nonce, f->nonce);
        assert_int_equal(mc_u256_cmp(&tx->max_fee, &f->max_fee), 0);
        assert_int_equal(mc_u256_cmp(&tx->max_priority_fee, &f->max_priority_fee), 0);
        assert_int_equal(mc_u256_cmp(&tx->gas_price, &f->max_fee), 0);
        assert_int_equal(tx->gas, f->gas);
        assert_int_equal(tx->has_to, f->has_to);
        assert_true(mc_addr_eq(&tx->to, &f->to));
        assert_int_equal(mc_u256_cmp(&tx->value, &f->value), 0);
        assert_true(mc_slice_eq(tx->data, f->data));
        assert_true(mc_slice_eq(tx->access_list, f->access_list));
        assert_int_equal(tx->access_addr_cnt, k->access_addr_cnt);
        assert_int_equal(tx->access_key_cnt, k->access_key_cnt);
        assert_hex(mc_hash_slice(&tx->hash), k->hash);
        assert_hex(mc_hash_slice(&tx->signing_hash), k->signing_hash);
        assert_hex(tx->raw, k->raw);
        ledger_tx_unref(tx);
    }
}

static void the_sender_is_recovered_once_and_kept(void **state)
{
    struct mc_errmsg em = {{0}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(known); i++) {
        struct ledger_tx *tx = decode_hex(known[i].raw);
        assert_false(tx->recovered);
        assert_true(mc_addr_is_zero(&tx->sender));
        assert_int_equal(ledger_tx_recover(tx, &em), MC_OK);
        assert_true(tx->recovered);
        assert_hex(mc_addr_slice(&tx->sender), SENDER);
        tx->sig.r[0] ^= 1; /* a second recovery would find another sender */
        assert_int_equal(ledger_tx_recover(tx, &em), MC_OK);
        assert_hex(mc_addr_slice(&tx->sender), SENDER);
        ledger_tx_unref(tx);
    }
}

static void a_point_off_the_curve_has_no_sender(void **state)
{
    struct ledger_tx *tx = decode_hex(known[0].raw);
    struct mc_errmsg em = {{0}};

    (void)state;
    memset(tx->sig.r, 0, sizeof tx->sig.r);
    tx->sig.r[31] = 5; /* x = 5 is no abscissa of secp256k1 */
    assert_int_equal(ledger_tx_recover(tx, &em), MC_EAUTH);
    assert_string_equal(em.text, "invalid sender");
    assert_false(tx->recovered);
    assert_true(mc_addr_is_zero(&tx->sender));
    ledger_tx_unref(tx);
}

static void signing_gives_the_known_envelopes(void **state)
{
    uint8_t secret[32];

    (void)state;
    memset(secret, 0x46, sizeof secret);
    for (size_t i = 0; i < MC_COUNT(known); i++) {
        struct mc_errmsg em = {{0}};
        struct mc_buf out = {0};
        mc_buf_put_str(&out, "kept");
        assert_int_equal(ledger_tx_sign(&out, &known[i].fields, secret, &em), MC_OK);
        assert_memory_equal(out.p, "kept", 4);
        assert_hex(mc_slice_skip(mc_buf_slice(&out), 4), known[i].raw);
        mc_buf_free(&out);
    }
}

static void an_unprotected_transaction_has_v_27_or_28(void **state)
{
    struct ledger_tx_fields f = known[0].fields;
    struct mc_errmsg em = {{0}};
    struct mc_buf out = {0};
    struct ledger_tx *tx = NULL;
    uint8_t secret[32];

    (void)state;
    memset(secret, 0x46, sizeof secret);
    f.chain_id = 0;
    assert_int_equal(ledger_tx_sign(&out, &f, secret, &em), MC_OK);
    assert_int_equal(ledger_tx_decode(&tx, mc_buf_slice(&out), &em), MC_OK);
    assert_int_equal(tx->chain_id, 0);
    assert_in_range(tx->v, 27, 28);
    assert_int_equal(ledger_tx_recover(tx, &em), MC_OK);
    assert_hex(mc_addr_slice(&tx->sender), SENDER);
    ledger_tx_unref(tx);
    mc_buf_free(&out);
}

static void signing_refuses_what_it_cannot_write(void **state)
{
    struct ledger_tx_fields f = known[0].fields;
    struct mc_errmsg em = {{0}};
    struct mc_buf out = {0};
    uint8_t secret[32] = {0};

    (void)state;
    assert_int_equal(ledger_tx_sign(&out, &f, secret, &em), MC_EINVAL);
    assert_string_equal(em.text, "transaction: the secret key is not valid");
    f.chain_id = UINT64_MAX;
    assert_int_equal(ledger_tx_sign(&out, &f, secret, &em), MC_EINVAL);
    assert_string_equal(em.text, "chain id: too large for a legacy transaction");
    f = known[0].fields;
    f.access_list = mc_slice(access_list, sizeof access_list);
    assert_int_equal(ledger_tx_sign(&out, &f, secret, &em), MC_EINVAL);
    assert_string_equal(em.text, "access list: a legacy transaction has none");
    assert_int_equal(out.n, 0);
    mc_buf_free(&out);
}

/* ---- refusals: one item of a good envelope is replaced ---- */

#define R32 "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
#define S32 "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
#define N32 "a0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
#define H32 "a07fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"
#define H33 "a07fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1"
#define TO  "943535353535353535353535353535353535353535"

static const char *const legacy_items[] = {"09", "8504a817c800", "825208", TO, "01",
                                           "80", "25",           R32,      S32};
static const char *const dynamic_items[] = {"01", "09", "02", "03", "825208", TO,
                                            "01", "80", "c0", "80", R32,      S32};

struct refusal {
    enum ledger_tx_type type;
    uint32_t at;
    const char *item; /* "" leaves it out */
    enum mc_err err;
    const char *text;
};

static const struct refusal refusals[] = {
    {LEDGER_TX_LEGACY, 0, "00", MC_EMALFORM, "nonce: RLP: integer has a leading zero"},
    {LEDGER_TX_LEGACY, 0, "88ffffffffffffffff", MC_EREJECT, "nonce has max value"},
    {LEDGER_TX_LEGACY, 0, "89010000000000000000", MC_EMALFORM,
     "nonce: RLP: integer of 9 bytes is larger than 64 bits"},
    {LEDGER_TX_LEGACY, 0, "c0", MC_EMALFORM, "nonce: RLP: a list where a string is due"},
    {LEDGER_TX_LEGACY, 1, "820001", MC_EMALFORM, "gas price: RLP: integer has a leading zero"},
    {LEDGER_TX_LEGACY, 1, N32, MC_EREJECT, "gas * price exceeds 256 bits"},
    {LEDGER_TX_LEGACY, 2, "89010000000000000000", MC_EMALFORM,
     "gas: RLP: integer of 9 bytes is larger than 64 bits"},
    {LEDGER_TX_LEGACY, 3, "9335353535353535353535353535353535353535", MC_EMALFORM,
     "to: 19 bytes where 20 or none are due"},
    {LEDGER_TX_LEGACY, 3, "95353535353535353535353535353535353535353535", MC_EMALFORM,
     "to: 21 bytes where 20 or none are due"},
    {LEDGER_TX_LEGACY, 4, "820001", MC_EMALFORM, "value: RLP: integer has a leading zero"},
    {LEDGER_TX_LEGACY, 5, "8101", MC_EMALFORM, "data: RLP: a byte below 0x80 has a header"},
    {LEDGER_TX_LEGACY, 5, "c101", MC_EMALFORM, "data: RLP: a list where a string is due"},
    {LEDGER_TX_LEGACY, 6, "80", MC_EREJECT,
     "invalid signature values: v is neither 27, 28 nor EIP-155"},
    {LEDGER_TX_LEGACY, 6, "1d", MC_EREJECT,
     "invalid signature values: v is neither 27, 28 nor EIP-155"},
    {LEDGER_TX_LEGACY, 6, "24", MC_EREJECT,
     "invalid signature values: v is neither 27, 28 nor EIP-155"},
    {LEDGER_TX_LEGACY, 7, "80", MC_EREJECT, "invalid signature values: r or s is out of range"},
    {LEDGER_TX_LEGACY, 7, N32, MC_EREJECT, "invalid signature values: r or s is out of range"},
    {LEDGER_TX_LEGACY, 8, "80", MC_EREJECT, "invalid signature values: r or s is out of range"},
    {LEDGER_TX_LEGACY, 8, H33, MC_EREJECT, "invalid signature values: r or s is out of range"},
    {LEDGER_TX_LEGACY, 8, "", MC_EMALFORM, "s: RLP: an item is missing"},
    {LEDGER_TX_LEGACY, 8, S32 "01", MC_EMALFORM, "RLP: 1 bytes too many"},
    {LEDGER_TX_DYNAMIC_FEE, 0, "00", MC_EMALFORM, "chain id: RLP: integer has a leading zero"},
    {LEDGER_TX_DYNAMIC_FEE, 2, "04", MC_EREJECT,
     "max priority fee per gas higher than max fee per gas"},
    {LEDGER_TX_DYNAMIC_FEE, 3, "820001", MC_EMALFORM, "max fee: RLP: integer has a leading zero"},
    {LEDGER_TX_DYNAMIC_FEE, 8, "80", MC_EMALFORM, "access list: RLP: a string where a list is due"},
    {LEDGER_TX_DYNAMIC_FEE, 8, "c180", MC_EMALFORM,
     "access list: RLP: a string where a list is due"},
    {LEDGER_TX_DYNAMIC_FEE, 8, "c3c201c0", MC_EMALFORM,
     "access list: address: RLP: string of 1 bytes where 20 are due"},
    {LEDGER_TX_DYNAMIC_FEE, 8, "d7d6" TO "80", MC_EMALFORM,
     "access list: storage keys: RLP: a string where a list is due"},
    {LEDGER_TX_DYNAMIC_FEE, 8, "d8d7" TO "c101", MC_EMALFORM,
     "access list: storage key: RLP: string of 1 bytes where 32 are due"},
    {LEDGER_TX_DYNAMIC_FEE, 8, "d8d7" TO "c080", MC_EMALFORM, "access list: RLP: 1 bytes too many"},
    {LEDGER_TX_DYNAMIC_FEE, 9, "02", MC_EREJECT, "invalid signature values: y parity is above 1"},
};

static void put_hex(struct mc_buf *b, const char *hex)
{
    size_t n = strlen(hex) / 2;

    assert_true(mc_buf_reserve(b, n));
    assert_true(mc_hex_decode(b->p + b->n, hex, n));
    b->n += n;
}

/* The envelope with the item at `at` replaced. */
static void build(struct mc_buf *b, enum ledger_tx_type type, uint32_t at, const char *item)
{
    const char *const *items = type == LEDGER_TX_LEGACY ? legacy_items : dynamic_items;
    uint32_t cnt = type == LEDGER_TX_LEGACY ? MC_COUNT(legacy_items) : MC_COUNT(dynamic_items);
    size_t mark = type != LEDGER_TX_LEGACY;

    if (type != LEDGER_TX_LEGACY)
        mc_buf_put_u8(b, (uint8_t)type);
    for (uint32_t i = 0; i < cnt; i++)
        put_hex(b, i == at ? item : items[i]);
    mc_rlp_wrap_list(b, mark);
}

static void refusals_name_the_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_COUNT(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct mc_errmsg em = {{0}};
        struct mc_buf raw = {0};
        struct ledger_tx *tx = (struct ledger_tx *)&em;
        build(&raw, r->type, r->at, r->item);
        if (ledger_tx_decode(&tx, mc_buf_slice(&raw), &em) != r->err ||
            strcmp(em.text, r->text) != 0)
            fail_msg("row %zu: \"%s\", not \"%s\"", i, em.text, r->text);
        assert_null(tx);
        mc_buf_free(&raw);
    }
}

static void the_edges_of_the_rules_are_accepted(void **state)
{
    static const struct refusal edges[] = {
        {LEDGER_TX_LEGACY, 0, "88fffffffffffffffe", MC_OK, ""},
        {LEDGER_TX_LEGACY, 2, "88ffffffffffffffff", MC_OK, ""},
        {LEDGER_TX_LEGACY, 8, H32, MC_OK, ""},
        {LEDGER_TX_LEGACY, 6, "1b", MC_OK, ""},
        {LEDGER_TX_LEGACY, 6, "88ffffffffffffffff", MC_OK, ""},
        {LEDGER_TX_DYNAMIC_FEE, 2, "03", MC_OK, ""},
        {LEDGER_TX_DYNAMIC_FEE, 0, "80", MC_OK, ""},
        {LEDGER_TX_DYNAMIC_FEE, 8, "d7d6" TO "c0", MC_OK, ""},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(edges); i++) {
        struct mc_errmsg em = {{0}};
        struct mc_buf raw = {0};
        struct ledger_tx *tx = NULL;
        build(&raw, edges[i].type, edges[i].at, edges[i].item);
        if (ledger_tx_decode(&tx, mc_buf_slice(&raw), &em) != MC_OK)
            fail_msg("row %zu: %s", i, em.text);
        ledger_tx_unref(tx);
        mc_buf_free(&raw);
    }
}

static void other_envelopes_are_refused(void **state)
{
    static const struct {
        const char *hex;
        enum mc_err err;
        const char *text;
    } rows[] = {
        {"", MC_EMALFORM, "transaction: no bytes"},
        {"00c0", MC_EUNSUPPORTED, "transaction type not supported"},
        {"03c0", MC_EUNSUPPORTED, "transaction type not supported"},
        {"04c0", MC_EUNSUPPORTED, "transaction type not supported"},
        {"7fc0", MC_EUNSUPPORTED, "transaction type not supported"},
        {"80", MC_EMALFORM, "an RLP string where a transaction is due"},
        {"b802c0c0", MC_EMALFORM, "an RLP string where a transaction is due"},
        {"02", MC_EMALFORM, "RLP: an item is missing"},
        {"0280", MC_EMALFORM, "RLP: a string where a list is due"},
        {"c0", MC_EMALFORM, "nonce: RLP: an item is missing"},
        {"c000", MC_EMALFORM, "RLP: 1 bytes too many"},
        {"c1", MC_EMALFORM, "RLP: item is longer than its container"},
        {"f8", MC_EMALFORM, "RLP: input ends inside a length"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_errmsg em = {{0}};
        struct mc_buf raw = {0};
        struct ledger_tx *tx = NULL;
        put_hex(&raw, rows[i].hex);
        if (ledger_tx_decode(&tx, mc_buf_slice(&raw), &em) != rows[i].err ||
            strcmp(em.text, rows[i].text) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].hex, em.text, rows[i].text);
        mc_buf_free(&raw);
    }
}

static void a_transaction_above_the_cap_is_refused(void **state)
{
    struct mc_errmsg em = {{0}};
    struct mc_buf raw = {0};
    struct ledger_tx *tx = NULL;

    (void)state;
    mc_buf_put_zeros(&raw, MC_TX_BYTES_MAX + 1);
    assert_int_equal(ledger_tx_decode(&tx, mc_buf_slice(&raw), &em), MC_EMALFORM);
    assert_string_equal(em.text, "oversized data: transaction size 262145, limit 262144");
    mc_buf_free(&raw);
}

/* ---- the rest ---- */

static void intrinsic_gas_is_londons(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_COUNT(known); i++) {
        struct ledger_tx *tx = decode_hex(known[i].raw);
        uint64_t gas = 0;
        assert_true(ledger_tx_intrinsic_gas(&gas, tx));
        assert_int_equal(gas, known[i].intrinsic_gas);
        ledger_tx_unref(tx);
    }
}

static void the_effective_price_is_capped_by_max_fee(void **state)
{
    static const struct {
        struct mc_u256 max_fee, tip, base, want;
    } rows[] = {
        {{{100}}, {{2}}, {{10}}, {{12}}},
        {{{100}}, {{2}}, {{98}}, {{100}}},
        {{{100}}, {{2}}, {{99}}, {{100}}},
        {{{7}}, {{7}}, {{0}}, {{7}}},
        {{{~0ull, ~0ull, ~0ull, ~0ull}},
         {{9}},
         {{~0ull, ~0ull, ~0ull, ~0ull}},
         {{~0ull, ~0ull, ~0ull, ~0ull}}},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct ledger_tx tx = {.max_fee = rows[i].max_fee, .max_priority_fee = rows[i].tip};
        struct mc_u256 got = ledger_tx_effective_price(&tx, &rows[i].base);
        assert_int_equal(mc_u256_cmp(&got, &rows[i].want), 0);
    }
}

static void references_are_counted(void **state)
{
    struct ledger_tx *tx = decode_hex(known[0].raw);

    (void)state;
    assert_ptr_equal(ledger_tx_ref(tx), tx);
    ledger_tx_unref(tx);
    assert_int_equal(tx->nonce, 9); /* still there; the sanitizer would object */
    ledger_tx_unref(tx);
    ledger_tx_unref(NULL);
}

static const char *const json[] = {
    "{\"hash\":\"0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788\","
    "\"from\":\"0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F\",\"type\":\"0x0\",\"chainId\":\"0x1\","
    "\"nonce\":\"0x9\",\"to\":\"0x3535353535353535353535353535353535353535\","
    "\"value\":\"0xde0b6b3a7640000\",\"gas\":\"0x5208\",\"gasPrice\":\"0x4a817c800\","
    "\"input\":\"0x\",\"v\":\"0x25\","
    "\"r\":\"0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276\","
    "\"s\":\"0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83\"}",
    "{\"hash\":\"0x3c5f63b454a4e234f6eee225d7f0602b4d8a9090a55c9f9bb82392e7692fd578\","
    "\"type\":\"0x2\",\"chainId\":\"0x539\",\"nonce\":\"0x7f\",\"to\":null,\"value\":\"0x0\","
    "\"gas\":\"0x186a0\",\"maxFeePerGas\":\"0x80\",\"maxPriorityFeePerGas\":\"0x1\","
    "\"input\":\"0x6000\",\"accessList\":["
    "{\"address\":\"0x1111111111111111111111111111111111111111\",\"storageKeys\":["
    "\"0x0101010101010101010101010101010101010101010101010101010101010101\","
    "\"0x0000000000000000000000000000000000000000000000000000000000000002\"]},"
    "{\"address\":\"0x2222222222222222222222222222222222222222\",\"storageKeys\":[]}],"
    "\"v\":\"0x1\",\"yParity\":\"0x1\","
    "\"r\":\"0xecb88af81ca5cce71d062f1b22421522ef9e490716654039c025c1eed93fd793\","
    "\"s\":\"0x2e67c1df96bbcebef7da59f1673585e03972bf8c73ad3dd1b4f3b427d3b1c2f8\"}",
};

static void json_has_the_names_of_the_rpc(void **state)
{
    static const size_t rows[] = {0, 4};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct ledger_tx *tx = decode_hex(known[rows[i]].raw);
        struct mc_errmsg em = {{0}};
        struct mc_buf out = {0};
        if (i == 0)
            assert_int_equal(ledger_tx_recover(tx, &em), MC_OK);
        ledger_tx_json(&out, tx);
        mc_buf_put_u8(&out, 0);
        assert_string_equal((const char *)out.p, json[i]);
        mc_buf_free(&out);
        ledger_tx_unref(tx);
    }
}

static int crypto_up(void **state)
{
    (void)state;
    return mc_crypto_init(NULL) == MC_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_envelopes_decode),
        cmocka_unit_test(the_sender_is_recovered_once_and_kept),
        cmocka_unit_test(a_point_off_the_curve_has_no_sender),
        cmocka_unit_test(signing_gives_the_known_envelopes),
        cmocka_unit_test(an_unprotected_transaction_has_v_27_or_28),
        cmocka_unit_test(signing_refuses_what_it_cannot_write),
        cmocka_unit_test(refusals_name_the_field),
        cmocka_unit_test(the_edges_of_the_rules_are_accepted),
        cmocka_unit_test(other_envelopes_are_refused),
        cmocka_unit_test(a_transaction_above_the_cap_is_refused),
        cmocka_unit_test(intrinsic_gas_is_londons),
        cmocka_unit_test(the_effective_price_is_capped_by_max_fee),
        cmocka_unit_test(references_are_counted),
        cmocka_unit_test(json_has_the_names_of_the_rpc),
    };

    return cmocka_run_group_tests(tests, crypto_up, NULL);
}
