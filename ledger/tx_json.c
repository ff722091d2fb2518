/* A decoded transaction as JSON, with the member names of Ethereum's JSON-RPC. */
#include "ledger/tx.h"

static void put_name(struct mc_buf *out, const char *name)
{
    mc_buf_putf(out, ",\"%s\":", name);
}

static void put_u256(struct mc_buf *out, const char *name, const struct mc_u256 *v)
{
    char text[67];

    mc_u256_to_hex(text, v);
    mc_buf_putf(out, ",\"%s\":\"%s\"", name, text);
}

static void put_u64(struct mc_buf *out, const char *name, uint64_t v)
{
    put_name(out, name);
    mc_json_put_quantity(out, v);
}

static void put_addr(struct mc_buf *out, const char *name, const struct mc_addr *a)
{
    char text[43];

    mc_addr_checksum(text, a);
    mc_buf_putf(out, ",\"%s\":\"%s\"", name, text);
}

static void put_hex(struct mc_buf *out, const char *name, struct mc_slice s)
{
    put_name(out, name);
    mc_json_put_hex(out, s);
}

static void put_access_entry(struct mc_buf *out, struct mc_rlp *list)
{
    struct mc_rlp entry, keys;
    struct mc_slice s;
    const char *comma = "";

    /* The shape was checked when the transaction was decoded. */
    if (mc_rlp_list(list, &entry, NULL) != MC_OK || mc_rlp_bytes(&entry, &s, NULL) != MC_OK ||
        mc_rlp_list(&entry, &keys, NULL) != MC_OK)
        MC_ASSERT(!"access list of a decoded transaction");
    mc_buf_put_str(out, "{\"address\":");
    mc_json_put_hex(out, s);
    mc_buf_put_str(out, ",\"storageKeys\":[");
    while (mc_rlp_bytes(&keys, &s, NULL) == MC_OK) {
        mc_buf_put_str(out, comma);
        mc_json_put_hex(out, s);
        comma = ",";
    }
    mc_buf_put_str(out, "]}");
}

static void put_access_list(struct mc_buf *out, const struct ledger_tx *tx)
{
    struct mc_rlp list = mc_rlp_open(tx->access_list);
    const char *comma = "";

    put_name(out, "accessList");
    mc_buf_put_str(out, "[");
    while (!mc_rlp_done(&list)) {
        mc_buf_put_str(out, comma);
        put_access_entry(out, &list);
        comma = ",";
    }
    mc_buf_put_str(out, "]");
}

static void put_signature(struct mc_buf *out, const struct ledger_tx *tx)
{
    struct mc_u256 r = mc_u256_from_be(tx->sig.r), s = mc_u256_from_be(tx->sig.s);

    put_u64(out, "v", tx->v);
    if (tx->type != LEDGER_TX_LEGACY)
        put_u64(out, "yParity", tx->v);
    put_u256(out, "r", &r);
    put_u256(out, "s", &s);
}

void ledger_tx_json(struct mc_buf *out, const struct ledger_tx *tx)
{
    mc_buf_put_str(out, "{\"hash\":");
    mc_json_put_hex(out, mc_hash_slice(&tx->hash));
    if (tx->recovered)
        put_addr(out, "from", &tx->sender);
    put_u64(out, "type", tx->type);
    if (tx->chain_id != 0 || tx->type != LEDGER_TX_LEGACY)
        put_u64(out, "chainId", tx->chain_id);
    put_u64(out, "nonce", tx->nonce);
    if (tx->has_to) {
        put_addr(out, "to", &tx->to);
    } else {
        put_name(out, "to");
        mc_buf_put_str(out, "null");
    }
    put_u256(out, "value", &tx->value);
    put_u64(out, "gas", tx->gas);
    if (tx->type == LEDGER_TX_DYNAMIC_FEE) {
        put_u256(out, "maxFeePerGas", &tx->max_fee);
        put_u256(out, "maxPriorityFeePerGas", &tx->max_priority_fee);
    } else {
        put_u256(out, "gasPrice", &tx->gas_price);
    }
    put_hex(out, "input", tx->data);
    if (tx->type != LEDGER_TX_LEGACY)
        put_access_list(out, tx);
    put_signature(out, tx);
    mc_buf_put_str(out, "}");
}
