/* Facts about the chain and this node that need no block. */
#include "rpc/server.h"
#include "rpc/write.h"

#define PROTOCOL_VERSION 1u    /* of the peer protocol */
#define DEV_ACCOUNTS_MAX 1024u /* a devnet has a few */

bool eth_chain_id(struct rpc_ctx *c)
{
    mc_json_put_quantity(c->out, c->ports->chain_id);
    return true;
}

bool eth_block_number(struct rpc_ctx *c)
{
    mc_json_put_quantity(c->out, c->ports->head(c->ports->ctx));
    return true;
}

/* A node serves only what it has whole; how far it is behind is the business of /ready. */
bool eth_syncing(struct rpc_ctx *c)
{
    mc_buf_put_str(c->out, "false");
    return true;
}

bool eth_accounts(struct rpc_ctx *c)
{
    struct mc_addr *list = mc_arena_alloc(c->arena, DEV_ACCOUNTS_MAX * sizeof *list);
    uint32_t n = 0;

    if (list == NULL)
        return rpc_fail_memory(c);
    if (c->server->cfg.devnet)
        n = c->ports->dev_accounts(c->ports->ctx, list, DEV_ACCOUNTS_MAX);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < n; i++) {
        mc_json_put_hex(c->out, mc_addr_slice(&list[i]));
        rpc_comma(c->out);
    }
    rpc_close(c->out, ']');
    return true;
}

bool eth_coinbase(struct rpc_ctx *c)
{
    mc_json_put_hex(c->out, mc_addr_slice(&c->ports->coinbase));
    return true;
}

/* A validator has an account to propose with; an observer has none. */
bool eth_mining(struct rpc_ctx *c)
{
    mc_buf_put_str(c->out, mc_addr_is_zero(&c->ports->coinbase) ? "false" : "true");
    return true;
}

/* Nobody searches for a nonce here. */
bool eth_hashrate(struct rpc_ctx *c)
{
    mc_json_put_quantity(c->out, 0);
    return true;
}

bool eth_protocol_version(struct rpc_ctx *c)
{
    mc_json_put_quantity(c->out, PROTOCOL_VERSION);
    return true;
}
