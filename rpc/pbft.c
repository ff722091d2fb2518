/* Who decides, and the proof that they did. */
#include "rpc/params.h"
#include "rpc/write.h"

/* Reads the block of parameter 0.  *found false with true: unknown, null was answered. */
static bool number_read(struct rpc_ctx *c, uint64_t *number, bool *found)
{
    struct rpc_block_id id;
    enum mc_err err;

    *found = false;
    if (!rpc_arg_block(c, 0, &id))
        return false;
    err = c->ports->resolve(c->ports->ctx, &id, number, &c->em);
    *found = err == MC_OK;
    return err == MC_OK || rpc_null_or_fail(c, err);
}

bool pbft_get_validators(struct rpc_ctx *c)
{
    struct rpc_validator *list = NULL;
    uint32_t cnt = 0;
    uint64_t number;
    bool found;
    enum mc_err err;

    if (!number_read(c, &number, &found))
        return false;
    if (!found)
        return true;
    err = c->ports->validators(c->ports->ctx, number, &list, &cnt, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        rpc_open(c->out, '{');
        rpc_put_addr(c->out, "account", &list[i].account);
        rpc_put_data(c->out, "publicKey", mc_slice(list[i].public_key, sizeof list[i].public_key));
        rpc_close(c->out, '}');
        rpc_comma(c->out);
    }
    rpc_close(c->out, ']');
    return true;
}

bool pbft_get_certificate(struct rpc_ctx *c)
{
    size_t mark = c->out->n;
    uint64_t number;
    bool found;
    enum mc_err err;

    if (!number_read(c, &number, &found))
        return false;
    if (!found)
        return true;
    err = c->ports->certificate_json(c->ports->ctx, number, c->out, &c->em);
    if (err == MC_OK)
        return true;
    c->out->n = mark;
    return rpc_null_or_fail(c, err);
}
