#include "rpc/lookup.h"
#include "rpc/render.h"
#include "rpc/write.h"

static bool block_answer(struct rpc_ctx *c, const struct rpc_block_id *id)
{
    struct rpc_block block;
    enum mc_err err;
    bool full;

    if (!rpc_arg_bool(c, 1, &full))
        return false;
    err = rpc_block_find(c, id, RPC_BLOCK_TXS, &block);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    return rpc_render_block(c, &block, full, id->tag == RPC_TAG_PENDING);
}

bool eth_get_block_by_number(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_number(c, 0, &id) && block_answer(c, &id);
}

bool eth_get_block_by_hash(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_hash(c, 0, &id) && block_answer(c, &id);
}

bool eth_get_block_receipts(struct rpc_ctx *c)
{
    struct rpc_block_id id;
    struct rpc_receipt *list = NULL;
    uint32_t cnt = 0;
    enum mc_err err;

    if (!rpc_arg_block(c, 0, &id))
        return false;
    if (id.tag == RPC_TAG_PENDING)
        return rpc_null(c); /* what has not run has no receipts */
    err = c->ports->receipts(c->ports->ctx, &id, &list, &cnt, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        if (!rpc_render_receipt(c, &list[i]))
            return false;
        rpc_comma(c->out);
    }
    rpc_close(c->out, ']');
    return true;
}

static bool tx_count_answer(struct rpc_ctx *c, const struct rpc_block_id *id)
{
    struct rpc_block block;
    enum mc_err err = rpc_block_find(c, id, RPC_BLOCK_TXS, &block);

    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    mc_json_put_quantity(c->out, block.tx_cnt);
    return true;
}

bool eth_get_block_tx_count_by_number(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_number(c, 0, &id) && tx_count_answer(c, &id);
}

bool eth_get_block_tx_count_by_hash(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_hash(c, 0, &id) && tx_count_answer(c, &id);
}

/* Finality is immediate, so there are never uncles; only whether the block is known counts. */
static bool uncle_count_answer(struct rpc_ctx *c, const struct rpc_block_id *id)
{
    uint64_t number;
    enum mc_err err = c->ports->resolve(c->ports->ctx, id, &number, &c->em);

    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    mc_json_put_quantity(c->out, 0);
    return true;
}

bool eth_get_uncle_count_by_number(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_number(c, 0, &id) && uncle_count_answer(c, &id);
}

bool eth_get_uncle_count_by_hash(struct rpc_ctx *c)
{
    struct rpc_block_id id;

    return rpc_arg_block_by_hash(c, 0, &id) && uncle_count_answer(c, &id);
}

bool eth_get_uncle_by_number(struct rpc_ctx *c)
{
    struct rpc_block_id id;
    uint64_t index;

    return rpc_arg_block_by_number(c, 0, &id) && rpc_arg_u64(c, 1, &index) && rpc_null(c);
}

bool eth_get_uncle_by_hash(struct rpc_ctx *c)
{
    struct rpc_block_id id;
    uint64_t index;

    return rpc_arg_block_by_hash(c, 0, &id) && rpc_arg_u64(c, 1, &index) && rpc_null(c);
}
