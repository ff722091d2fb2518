#include "rpc/lookup.h"

bool rpc_arg_block_by_number(struct rpc_ctx *c, size_t i, struct rpc_block_id *out)
{
    return rpc_arg_block_number(c, i, out);
}

bool rpc_arg_block_by_hash(struct rpc_ctx *c, size_t i, struct rpc_block_id *out)
{
    *out = (struct rpc_block_id){.tag = RPC_TAG_HASH};
    return rpc_arg_hash(c, i, &out->hash);
}

static enum mc_err pool_take(struct rpc_ctx *c, struct rpc_block *out)
{
    struct rpc_pool_tx *pool = NULL;
    uint32_t cnt = 0, n = 0;
    struct rpc_tx *txs;
    enum mc_err err = c->ports->pool_content(c->ports->ctx, NULL, &pool, &cnt, c->arena, &c->em);

    if (err != MC_OK)
        return err;
    txs = mc_arena_calloc(c->arena, cnt, sizeof *txs);
    if (txs == NULL)
        return mc_fail(&c->em, MC_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < cnt; i++) {
        if (!pool[i].queued)
            txs[n++] = pool[i].tx;
    }
    out->txs = txs;
    out->tx_cnt = n;
    return MC_OK;
}

enum mc_err rpc_pending_block(struct rpc_ctx *c, struct rpc_block *out)
{
    static const uint8_t no_bloom[256];
    struct rpc_block_id latest = {.tag = RPC_TAG_LATEST};
    struct rpc_block parent;
    enum mc_err err =
        c->ports->block(c->ports->ctx, &latest, RPC_BLOCK_HEADER, &parent, c->arena, &c->em);

    if (err != MC_OK)
        return err;
    *out = (struct rpc_block){.number = parent.number + 1,
                              .parent_hash = parent.hash,
                              .uncles_hash = parent.uncles_hash,
                              .state_root = parent.state_root,
                              .mix_hash = parent.mix_hash,
                              .bloom = no_bloom,
                              .gas_limit = parent.gas_limit,
                              .time_s = parent.time_s,
                              .base_fee = parent.base_fee};
    return pool_take(c, out);
}

enum mc_err rpc_block_find(struct rpc_ctx *c, const struct rpc_block_id *id, uint32_t what,
                           struct rpc_block *out)
{
    if (id->tag == RPC_TAG_PENDING)
        return rpc_pending_block(c, out);
    return c->ports->block(c->ports->ctx, id, what, out, c->arena, &c->em);
}
