#include "rpc/params.h"
#include "rpc/render.h"
#include "rpc/server.h"

static bool raw_submit(struct rpc_ctx *c, struct mc_hash *hash)
{
    struct mc_slice raw;
    enum mc_err err;

    if (!rpc_arg_data(c, 0, &raw))
        return false;
    err = c->ports->submit(c->ports->ctx, raw, hash, &c->em);
    return err == MC_OK || rpc_fail_port(c, err);
}

bool eth_send_raw_tx(struct rpc_ctx *c)
{
    struct mc_hash hash;

    if (!raw_submit(c, &hash))
        return false;
    mc_json_put_hex(c->out, mc_hash_slice(&hash));
    return true;
}

/* The second parameter: milliseconds, as a number (EIP-7966) or as a quantity. */
static bool timeout_read(struct rpc_ctx *c, uint64_t *out)
{
    const struct mc_json *v = rpc_arg(c, 1);
    uint64_t ms;

    *out = c->server->cfg.sync_timeout_ms;
    if (v == NULL)
        return true;
    if (!mc_json_u64(v, &ms) && !rpc_val_u64(&ms, v, &c->em))
        return rpc_arg_bad(c, 1);
    if (ms < *out)
        *out = ms;
    return true;
}

static bool wait_start(struct rpc_ctx *c)
{
    struct rpc_wait *w = c->wait;

    if (!timeout_read(c, &w->timeout_ms) || !raw_submit(c, &w->tx_hash))
        return false;
    w->deadline_ms = rpc_server_now(c->server) + w->timeout_ms;
    w->armed = true;
    return true;
}

/* EIP-7966: the receipt once the transaction is in a block, else error 4 with the transaction's hash. */
bool eth_send_raw_tx_sync(struct rpc_ctx *c)
{
    struct rpc_receipt receipt;
    enum mc_err err;

    if (!c->wait->armed && !wait_start(c))
        return false;
    err = c->ports->receipt(c->ports->ctx, &c->wait->tx_hash, &receipt, c->arena, &c->em);
    if (err == MC_OK)
        return rpc_render_receipt(c, &receipt);
    if (err != MC_ENOTFOUND)
        return rpc_fail_port(c, err);
    if (!c->last_chance && rpc_server_now(c->server) < c->wait->deadline_ms) {
        c->again = true;
        return false;
    }
    c->data = mc_hash_slice(&c->wait->tx_hash);
    return rpc_fail(c, RPC_SYNC_TIMEOUT,
                    "the transaction was added to the pool but was not processed within %llu ms",
                    (unsigned long long)c->wait->timeout_ms);
}
