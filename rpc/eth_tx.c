#include "rpc/lookup.h"
#include "rpc/render.h"

bool eth_get_tx_by_hash(struct rpc_ctx *c)
{
    struct mc_hash hash;
    struct rpc_tx tx;
    enum mc_err err;

    if (!rpc_arg_hash(c, 0, &hash))
        return false;
    err = c->ports->tx(c->ports->ctx, &hash, &tx, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    rpc_render_tx(c->out, &tx);
    return true;
}

static bool tx_in_block_answer(struct rpc_ctx *c, const struct rpc_block_id *id)
{
    struct rpc_block block;
    uint64_t index;
    enum mc_err err;

    if (!rpc_arg_u64(c, 1, &index))
        return false;
    err = rpc_block_find(c, id, RPC_BLOCK_TXS, &block);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    if (index >= block.tx_cnt)
        return rpc_null(c);
    rpc_render_tx(c->out, &block.txs[index]);
    return true;
}

bool eth_get_tx_by_block_number(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_number(c, 0, &id) && tx_in_block_answer(c, &id);
}

bool eth_get_tx_by_block_hash(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_hash(c, 0, &id) && tx_in_block_answer(c, &id);
}

bool eth_get_tx_receipt(struct rpc_ctx *c)
{
    struct mc_hash hash;
    struct rpc_receipt receipt;
    enum mc_err err;

    if (!rpc_arg_hash(c, 0, &hash))
        return false;
    err = c->ports->receipt(c->ports->ctx, &hash, &receipt, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    return rpc_render_receipt(c, &receipt);
}
