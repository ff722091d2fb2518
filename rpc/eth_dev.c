/* Signing with the accounts whose keys a devnet's node holds.  Its rows in methods.def exist on a devnet only. */
#include <inttypes.h>
#include <stdio.h>

#include "rpc/eip712.h"
#include "rpc/execute.h"
#include "rpc/render.h"
#include "rpc/server.h"
#include "rpc/write.h"

static bool fail_sign(struct rpc_ctx *c, enum mc_err err)
{
    if (err == MC_ENOTFOUND)
        return rpc_fail(c, RPC_REFUSED, "unknown account");
    return rpc_fail_port(c, err);
}

/* ---- messages ---- */

static bool digest_sign(struct rpc_ctx *c, const struct mc_addr *a, const struct mc_hash *digest)
{
    struct mc_secp_sig sig;
    uint8_t text[65];
    enum mc_err err = c->ports->dev_sign(c->ports->ctx, a, digest, &sig, &c->em);

    if (err != MC_OK)
        return fail_sign(c, err);
    memcpy(text, sig.r, 32);
    memcpy(text + 32, sig.s, 32);
    text[64] = (uint8_t)(27 + sig.recid);
    mc_json_put_hex(c->out, mc_slice(text, sizeof text));
    return true;
}

/* EIP-191, version 0x45: a prefix, so that a message can never be a transaction. */
static bool message_sign(struct rpc_ctx *c, size_t addr_i, size_t data_i)
{
    struct mc_addr a;
    struct mc_slice data;
    struct mc_hash digest;
    char head[64];
    int n;

    if (!rpc_arg_addr(c, addr_i, &a) || !rpc_arg_data(c, data_i, &data))
        return false;
    n = snprintf(head, sizeof head,
                 "\x19"
                 "Ethereum Signed Message:\n%zu",
                 data.n);
    mc_keccak256v(&digest, (struct mc_slice[]){mc_slice(head, (size_t)n), data}, 2);
    return digest_sign(c, &a, &digest);
}

bool eth_sign(struct rpc_ctx *c)
{
    return message_sign(c, 0, 1);
}

/* The older order; a third parameter, the passphrase, opens nothing here. */
bool personal_sign(struct rpc_ctx *c)
{
    return message_sign(c, 1, 0);
}

/* The typed data come as an object or as its text. */
static bool typed_data_hash(struct rpc_ctx *c, struct mc_hash *digest)
{
    const struct mc_json *v = rpc_arg(c, 1);
    struct mc_json_doc *doc = NULL;
    enum mc_err err = MC_OK;

    if (mc_json_type(v) == MC_JSON_STRING) {
        err = mc_json_parse(&doc, mc_json_str(v), MC_JSON_DEPTH_MAX, &c->em);
        v = err == MC_OK ? mc_json_root(doc) : NULL;
    }
    if (err == MC_OK)
        err = rpc_eip712_digest(digest, v, c->arena, &c->em);
    mc_json_free(doc);
    return err == MC_OK || rpc_arg_bad(c, 1);
}

bool eth_sign_typed_data(struct rpc_ctx *c)
{
    struct mc_addr a;
    struct mc_hash digest;

    return rpc_arg_addr(c, 0, &a) && typed_data_hash(c, &digest) && digest_sign(c, &a, &digest);
}

/* ---- transactions ---- */

/* What the client left out, except the nonce. */
static bool tx_fill(struct rpc_ctx *c, struct rpc_tx_args *args)
{
    struct rpc_block_id pending = {.tag = RPC_TAG_PENDING}, latest = {.tag = RPC_TAG_LATEST};
    struct rpc_call *call = &args->call;
    struct rpc_block block;

    if (!call->has_from) {
        mc_errf(&c->em, "from: is missing");
        return rpc_arg_bad(c, 0);
    }
    if (!call->has_gas) {
        if (!rpc_estimate(c, &pending, call, &call->gas))
            return false;
        call->has_gas = true;
    }
    if (!args->has_gas_price && !args->has_max_fee) {
        enum mc_err err =
            c->ports->block(c->ports->ctx, &latest, RPC_BLOCK_HEADER, &block, c->arena, &c->em);
        if (err != MC_OK)
            return rpc_fail_state(c, err);
        if (!mc_u256_add(&call->gas_price, &block.base_fee, &call->max_priority_fee))
            return rpc_fail(c, RPC_REFUSED, "maxPriorityFeePerGas is too large");
    }
    return true;
}

static bool nonce_fill(struct rpc_ctx *c, struct rpc_call *call)
{
    enum mc_err err;

    if (call->has_nonce)
        return true;
    err = c->ports->pending_nonce(c->ports->ctx, &call->from, &call->nonce, &c->em);
    call->has_nonce = err == MC_OK;
    return err == MC_OK || rpc_fail_state(c, err);
}

static bool tx_sign(struct rpc_ctx *c, const struct rpc_call *call, struct mc_buf *raw)
{
    enum mc_err err = c->ports->dev_sign_tx(c->ports->ctx, call, raw, &c->em);

    if (err == MC_OK)
        err = mc_buf_check(raw, "transaction", &c->em);
    return err == MC_OK || fail_sign(c, err);
}

static bool tx_send(struct rpc_ctx *c, struct rpc_call *call, struct mc_hash *hash)
{
    struct mc_buf raw = {0};
    bool ok = nonce_fill(c, call) && tx_sign(c, call, &raw);
    enum mc_err err;

    if (ok) {
        err = c->ports->submit(c->ports->ctx, mc_buf_slice(&raw), hash, &c->em);
        ok = err == MC_OK || rpc_fail_port(c, err);
    }
    mc_buf_free(&raw);
    return ok;
}

/* The lock spans the choice of a nonce and its use: two calls at once would choose the same otherwise. */
bool eth_send_tx(struct rpc_ctx *c)
{
    struct rpc_tx_args args;
    struct mc_hash hash;
    bool ok;

    if (!rpc_arg_tx(c, 0, &args) || !tx_fill(c, &args))
        return false;
    pthread_mutex_lock(&c->server->send_lock);
    ok = tx_send(c, &args.call, &hash);
    pthread_mutex_unlock(&c->server->send_lock);
    if (ok)
        mc_json_put_hex(c->out, mc_hash_slice(&hash));
    return ok;
}

/* Reads v, r and s: the last three items of a signed envelope's list. */
static bool signature_read(struct rpc_tx *tx, struct mc_slice raw)
{
    struct mc_rlp outer = mc_rlp_open(tx->type == 0 ? raw : mc_slice_skip(raw, 1)), list;
    struct mc_slice last[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}}, item;
    struct mc_rlp v;

    if (mc_rlp_list(&outer, &list, NULL) != MC_OK)
        return false;
    while (!mc_rlp_done(&list)) {
        if (mc_rlp_raw(&list, &item, NULL) != MC_OK)
            return false;
        last[0] = last[1];
        last[1] = last[2];
        last[2] = item;
    }
    v = mc_rlp_open(last[0]);
    if (mc_rlp_u64(&v, &tx->v, NULL) != MC_OK)
        return false;
    for (size_t i = 1; i < 3; i++) {
        struct mc_rlp word = mc_rlp_open(last[i]);
        struct mc_u256 value;
        if (mc_rlp_u256(&word, &value, NULL) != MC_OK)
            return false;
        mc_u256_to_be(i == 1 ? tx->r : tx->s, &value);
    }
    tx->y_parity =
        (uint8_t)(tx->type == 0 ? (tx->v + 1) % 2 : tx->v & 1); /* EIP-155: 35 + parity */
    return true;
}

static void tx_of_call(struct rpc_ctx *c, struct rpc_tx *tx, const struct rpc_call *call)
{
    *tx = (struct rpc_tx){.type = call->type,
                          .chain_id = c->ports->chain_id,
                          .has_chain_id = true,
                          .nonce = call->nonce,
                          .gas_price = call->gas_price,
                          .max_fee = call->gas_price,
                          .max_priority_fee = call->max_priority_fee,
                          .gas = call->gas,
                          .from = call->from,
                          .has_to = call->has_to,
                          .to = call->to,
                          .value = call->value,
                          .input = call->data,
                          .access = call->access,
                          .access_cnt = call->access_cnt};
}

static bool signed_put(struct rpc_ctx *c, const struct rpc_call *call, struct mc_slice raw)
{
    struct rpc_tx tx;

    tx_of_call(c, &tx, call);
    if (raw.n == 0 || !signature_read(&tx, raw))
        return rpc_fail(c, RPC_INTERNAL, "the signed transaction cannot be read back");
    mc_keccak256(&tx.hash, raw);
    rpc_open(c->out, '{');
    rpc_put_data(c->out, "raw", raw);
    rpc_key(c->out, "tx");
    rpc_render_tx(c->out, &tx);
    rpc_close(c->out, '}');
    return true;
}

bool eth_sign_tx(struct rpc_ctx *c)
{
    struct rpc_tx_args args;
    struct mc_buf raw = {0};
    bool ok;

    if (!rpc_arg_tx(c, 0, &args) || !tx_fill(c, &args) || !nonce_fill(c, &args.call))
        return false;
    ok = tx_sign(c, &args.call, &raw) && signed_put(c, &args.call, mc_buf_slice(&raw));
    mc_buf_free(&raw);
    return ok;
}
