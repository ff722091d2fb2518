#include <stdlib.h>

#include "ledger/rlp_head.h"
#include "ledger/tx.h"

/* EIP-2, EIP-2028, EIP-2930. */
#define GAS_TX           21000u
#define GAS_CREATE       32000u
#define GAS_DATA_ZERO    4u
#define GAS_DATA_NONZERO 16u
#define GAS_ACCESS_ADDR  2400u
#define GAS_ACCESS_KEY   1900u
#define EIP155_V_BASE    35u
#define UNPROTECTED_V    27u
#define SIGNING_HEAD_MAX (1u + RLP_HEAD_MAX)
#define SIGNING_TAIL_MAX 11u /* EIP-155: chain id as RLP, then two empty strings */

/* Order of the secp256k1 group and its half (EIP-2: s above the half is refused). */
static const struct mc_u256 SECP_ORDER = {
    {0xbfd25e8cd0364141u, 0xbaaedce6af48a03bu, 0xfffffffffffffffeu, 0xffffffffffffffffu}};
static const struct mc_u256 SECP_HALF = {
    {0xdfe92f46681b20a0u, 0x5d576e7357a4501du, 0xffffffffffffffffu, 0x7fffffffffffffffu}};

static enum mc_err field(enum mc_err err, const char *name, struct mc_errmsg *em)
{
    if (err != MC_OK)
        mc_errwrap(em, "%s", name);
    return err;
}

static enum mc_err read_u64(struct mc_rlp *r, uint64_t *out, const char *name, struct mc_errmsg *em)
{
    return field(mc_rlp_u64(r, out, em), name, em);
}

static enum mc_err read_u256(struct mc_rlp *r, struct mc_u256 *out, const char *name,
                             struct mc_errmsg *em)
{
    return field(mc_rlp_u256(r, out, em), name, em);
}

/* The recipient is 20 bytes, or empty for a creation. */
static enum mc_err read_to(struct mc_rlp *r, struct ledger_tx *tx, struct mc_errmsg *em)
{
    struct mc_slice s;
    enum mc_err err = mc_rlp_bytes(r, &s, em);

    if (err == MC_OK && s.n != 0 && s.n != sizeof tx->to.b)
        err = mc_fail(em, MC_EMALFORM, "%zu bytes where 20 or none are due", s.n);
    if (err != MC_OK)
        return field(err, "to", em);
    tx->has_to = s.n != 0;
    if (tx->has_to)
        memcpy(tx->to.b, s.p, sizeof tx->to.b);
    return MC_OK;
}

static enum mc_err read_access_entry(struct mc_rlp *list, struct ledger_tx *tx,
                                     struct mc_errmsg *em)
{
    struct mc_rlp entry, keys;
    uint8_t word[32];
    enum mc_err err = mc_rlp_list(list, &entry, em);

    if (err == MC_OK)
        err = field(mc_rlp_fixed(&entry, word, 20, em), "address", em);
    if (err == MC_OK)
        err = field(mc_rlp_list(&entry, &keys, em), "storage keys", em);
    while (err == MC_OK && !mc_rlp_done(&keys)) {
        err = field(mc_rlp_fixed(&keys, word, 32, em), "storage key", em);
        tx->access_key_cnt++;
    }
    if (err == MC_OK)
        err = mc_rlp_end(&entry, em);
    tx->access_addr_cnt++;
    return err;
}

/* EIP-2930: [[address, [key, ...]], ...] */
static enum mc_err read_access_list(struct mc_rlp *r, struct ledger_tx *tx, struct mc_errmsg *em)
{
    struct mc_rlp list;
    enum mc_err err = mc_rlp_list(r, &list, em);

    if (err == MC_OK)
        tx->access_list = list.rest;
    while (err == MC_OK && !mc_rlp_done(&list))
        err = read_access_entry(&list, tx, em);
    return field(err, "access list", em);
}

static enum mc_err read_prices(struct mc_rlp *r, struct ledger_tx *tx, struct mc_errmsg *em)
{
    enum mc_err err;

    if (tx->type == LEDGER_TX_DYNAMIC_FEE) {
        err = read_u256(r, &tx->max_priority_fee, "max priority fee", em);
        if (err == MC_OK)
            err = read_u256(r, &tx->max_fee, "max fee", em);
        tx->gas_price = tx->max_fee;
        return err;
    }
    err = read_u256(r, &tx->gas_price, "gas price", em);
    tx->max_fee = tx->max_priority_fee = tx->gas_price;
    return err;
}

/* Everything the sender signs, in the order of the envelope. */
static enum mc_err read_payload(struct mc_rlp *r, struct ledger_tx *tx, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;

    if (tx->type != LEDGER_TX_LEGACY)
        err = read_u64(r, &tx->chain_id, "chain id", em);
    if (err == MC_OK)
        err = read_u64(r, &tx->nonce, "nonce", em);
    if (err == MC_OK)
        err = read_prices(r, tx, em);
    if (err == MC_OK)
        err = read_u64(r, &tx->gas, "gas", em);
    if (err == MC_OK)
        err = read_to(r, tx, em);
    if (err == MC_OK)
        err = read_u256(r, &tx->value, "value", em);
    if (err == MC_OK)
        err = field(mc_rlp_bytes(r, &tx->data, em), "data", em);
    if (err == MC_OK && tx->type != LEDGER_TX_LEGACY)
        err = read_access_list(r, tx, em);
    return err;
}

static enum mc_err read_signature(struct mc_rlp *r, struct ledger_tx *tx, struct mc_errmsg *em)
{
    struct mc_u256 rv, sv;
    enum mc_err err = read_u64(r, &tx->v, "v", em);

    if (err == MC_OK)
        err = read_u256(r, &rv, "r", em);
    if (err == MC_OK)
        err = read_u256(r, &sv, "s", em);
    if (err == MC_OK)
        err = mc_rlp_end(r, em);
    if (err != MC_OK)
        return err;
    if (mc_u256_is_zero(&rv) || mc_u256_cmp(&rv, &SECP_ORDER) >= 0 || mc_u256_is_zero(&sv) ||
        mc_u256_cmp(&sv, &SECP_HALF) > 0)
        return mc_fail(em, MC_EREJECT, "invalid signature values: r or s is out of range");
    mc_u256_to_be(tx->sig.r, &rv);
    mc_u256_to_be(tx->sig.s, &sv);
    return MC_OK;
}

/* v carries the parity, and for a legacy envelope the chain id as well (EIP-155). */
static enum mc_err check_v(struct ledger_tx *tx, struct mc_errmsg *em)
{
    uint64_t v = tx->v;

    if (tx->type != LEDGER_TX_LEGACY) {
        if (v > 1)
            return mc_fail(em, MC_EREJECT, "invalid signature values: y parity is above 1");
        tx->sig.recid = (uint8_t)v;
        return MC_OK;
    }
    if (v == UNPROTECTED_V || v == UNPROTECTED_V + 1) {
        tx->sig.recid = (uint8_t)(v - UNPROTECTED_V);
        return MC_OK;
    }
    /* 35 and 36 would be chain id 0, which no chain has. */
    if (v < EIP155_V_BASE + 2)
        return mc_fail(em, MC_EREJECT, "invalid signature values: v is neither 27, 28 nor EIP-155");
    tx->chain_id = (v - EIP155_V_BASE) / 2;
    tx->sig.recid = (uint8_t)((v - EIP155_V_BASE) % 2);
    return MC_OK;
}

/* What no state could make valid; geth's words, which clients match on. */
static enum mc_err check_values(const struct ledger_tx *tx, struct mc_errmsg *em)
{
    struct mc_u256 gas = mc_u256_u64(tx->gas), cost;

    if (tx->nonce == UINT64_MAX) /* EIP-2681 */
        return mc_fail(em, MC_EREJECT, "nonce has max value");
    if (mc_u256_cmp(&tx->max_priority_fee, &tx->max_fee) > 0)
        return mc_fail(em, MC_EREJECT, "max priority fee per gas higher than max fee per gas");
    if (!mc_u256_mul(&cost, &gas, &tx->max_fee))
        return mc_fail(em, MC_EREJECT, "gas * price exceeds 256 bits");
    return MC_OK;
}

/* The signed bytes are the fields as they stand on the wire, under a list header of their own: a
 * canonical encoding is unique, so nothing needs to be encoded again. */
static void hash_for_signing(struct ledger_tx *tx, struct mc_slice fields)
{
    uint8_t head[SIGNING_HEAD_MAX], tail[SIGNING_TAIL_MAX];
    size_t head_len = 0, tail_len = 0;

    if (tx->type != LEDGER_TX_LEGACY) {
        head[head_len++] = (uint8_t)tx->type;
    } else if (tx->chain_id != 0) { /* EIP-155 */
        struct mc_buf b = {.p = tail, .cap = sizeof tail};
        mc_rlp_put_u64(&b, tx->chain_id);
        mc_buf_put(&b, "\x80\x80", 2);
        tail_len = b.n;
    }
    head_len += rlp_head_put(head + head_len, RLP_BASE_LIST, fields.n + tail_len);
    const struct mc_slice parts[] = {mc_slice(head, head_len), fields, mc_slice(tail, tail_len)};
    mc_keccak256v(&tx->signing_hash, parts, MC_COUNT(parts));
}

static enum mc_err decode_type(struct ledger_tx *tx, struct mc_slice *body, struct mc_errmsg *em)
{
    uint8_t first = tx->raw.p[0];

    *body = tx->raw;
    tx->type = LEDGER_TX_LEGACY;
    if (first >= RLP_BASE_LIST)
        return MC_OK;
    if (first >= RLP_BASE_STRING)
        return mc_fail(em, MC_EMALFORM, "an RLP string where a transaction is due");
    if (first != LEDGER_TX_ACCESS_LIST && first != LEDGER_TX_DYNAMIC_FEE) /* EIP-2718 */
        return mc_fail(em, MC_EUNSUPPORTED, "transaction type not supported");
    tx->type = (enum ledger_tx_type)first;
    *body = mc_slice_skip(tx->raw, 1);
    return MC_OK;
}

static enum mc_err decode(struct ledger_tx *tx, struct mc_errmsg *em)
{
    struct mc_slice body, fields;
    struct mc_rlp outer, r;
    enum mc_err err = decode_type(tx, &body, em);

    if (err != MC_OK)
        return err;
    outer = mc_rlp_open(body);
    err = mc_rlp_list(&outer, &r, em);
    if (err == MC_OK)
        err = mc_rlp_end(&outer, em);
    if (err != MC_OK)
        return err;
    fields = r.rest;
    err = read_payload(&r, tx, em);
    fields.n -= r.rest.n;
    if (err == MC_OK)
        err = read_signature(&r, tx, em);
    if (err == MC_OK)
        err = check_v(tx, em);
    if (err == MC_OK)
        err = check_values(tx, em);
    if (err != MC_OK)
        return err;
    mc_keccak256(&tx->hash, tx->raw);
    hash_for_signing(tx, fields);
    return MC_OK;
}

enum mc_err ledger_tx_decode(struct ledger_tx **out, struct mc_slice raw, struct mc_errmsg *em)
{
    struct ledger_tx *tx;
    uint8_t *copy;
    enum mc_err err;

    *out = NULL;
    if (raw.n == 0)
        return mc_fail(em, MC_EMALFORM, "transaction: no bytes");
    if (raw.n > MC_TX_BYTES_MAX)
        return mc_fail(em, MC_EMALFORM, "oversized data: transaction size %zu, limit %u", raw.n,
                       MC_TX_BYTES_MAX);
    tx = malloc(sizeof *tx + raw.n);
    if (tx == NULL)
        return mc_fail(em, MC_ENOMEM, "transaction of %zu bytes: out of memory", raw.n);
    memset(tx, 0, sizeof *tx);
    copy = (uint8_t *)(tx + 1);
    memcpy(copy, raw.p, raw.n);
    tx->raw = mc_slice(copy, raw.n);
    tx->refs = 1;
    err = decode(tx, em);
    if (err != MC_OK) {
        free(tx);
        return err;
    }
    *out = tx;
    return MC_OK;
}

enum mc_err ledger_tx_recover(struct ledger_tx *tx, struct mc_errmsg *em)
{
    if (tx->recovered)
        return MC_OK;
    if (mc_secp_recover(&tx->sender, &tx->signing_hash, &tx->sig) != MC_OK) {
        tx->sender = MC_ADDR_ZERO;
        return mc_fail(em, MC_EAUTH, "invalid sender");
    }
    tx->recovered = true;
    return MC_OK;
}

struct ledger_tx *ledger_tx_ref(const struct ledger_tx *tx)
{
    /* Counting is not a change that a reader could see: the object stays const for everybody
     * else. */
    struct ledger_tx *counted = (struct ledger_tx *)(uintptr_t)tx;

    __atomic_add_fetch(&counted->refs, 1, __ATOMIC_RELAXED);
    return counted;
}

void ledger_tx_unref(struct ledger_tx *tx)
{
    if (tx != NULL && __atomic_sub_fetch(&tx->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(tx);
}

static bool gas_add(uint64_t *gas, uint64_t cnt, uint64_t each)
{
    uint64_t cost;

    return !__builtin_mul_overflow(cnt, each, &cost) && !__builtin_add_overflow(*gas, cost, gas);
}

bool ledger_tx_intrinsic_gas(uint64_t *out, const struct ledger_tx *tx)
{
    uint64_t gas = tx->has_to ? GAS_TX : GAS_TX + GAS_CREATE, zero_cnt = 0;

    for (size_t i = 0; i < tx->data.n; i++)
        zero_cnt += tx->data.p[i] == 0;
    if (!gas_add(&gas, zero_cnt, GAS_DATA_ZERO) ||
        !gas_add(&gas, tx->data.n - zero_cnt, GAS_DATA_NONZERO) ||
        !gas_add(&gas, tx->access_addr_cnt, GAS_ACCESS_ADDR) ||
        !gas_add(&gas, tx->access_key_cnt, GAS_ACCESS_KEY))
        return false;
    *out = gas;
    return true;
}

struct mc_u256 ledger_tx_effective_price(const struct ledger_tx *tx, const struct mc_u256 *base_fee)
{
    struct mc_u256 price;

    /* A sum beyond 256 bits is above max_fee as well. */
    if (!mc_u256_add(&price, base_fee, &tx->max_priority_fee) ||
        mc_u256_cmp(&price, &tx->max_fee) > 0)
        return tx->max_fee;
    return price;
}
