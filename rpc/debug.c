/* The bytes behind the JSON, for who wants to hash them. */
#include "rpc/params.h"
#include "rpc/write.h"

static bool raw_block_read(struct rpc_ctx *c, struct rpc_block *out, bool *found)
{
    struct rpc_block_id id;
    enum mc_err err;

    *found = false;
    if (!rpc_arg_block(c, 0, &id))
        return false;
    err = c->ports->block(c->ports->ctx, &id, RPC_BLOCK_RAW, out, c->arena, &c->em);
    *found = err == MC_OK;
    return err == MC_OK || rpc_null_or_fail(c, err);
}

bool debug_get_raw_header(struct rpc_ctx *c)
{
    struct rpc_block block;
    bool found;

    if (!raw_block_read(c, &block, &found))
        return false;
    if (found)
        mc_json_put_hex(c->out, block.raw_header);
    return true;
}

bool debug_get_raw_block(struct rpc_ctx *c)
{
    struct rpc_block block;
    bool found;

    if (!raw_block_read(c, &block, &found))
        return false;
    if (found)
        mc_json_put_hex(c->out, block.raw_block);
    return true;
}

bool debug_get_raw_receipts(struct rpc_ctx *c)
{
    struct rpc_block_id id;
    struct rpc_receipt *list = NULL;
    uint32_t cnt = 0;
    enum mc_err err;

    if (!rpc_arg_block(c, 0, &id))
        return false;
    err = c->ports->receipts(c->ports->ctx, &id, &list, &cnt, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        mc_json_put_hex(c->out, list[i].raw);
        rpc_comma(c->out);
        if (!rpc_room(c))
            return false;
    }
    rpc_close(c->out, ']');
    return true;
}

bool debug_get_raw_tx(struct rpc_ctx *c)
{
    struct mc_hash hash;
    struct rpc_tx tx;
    enum mc_err err;

    if (!rpc_arg_hash(c, 0, &hash))
        return false;
    err = c->ports->tx(c->ports->ctx, &hash, &tx, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    mc_json_put_hex(c->out, tx.raw);
    return true;
}
