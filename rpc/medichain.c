/* What Ethereum has no word for: the native modules, and why a transaction failed. */
#include "rpc/params.h"
#include "rpc/write.h"

#define MODULES_MAX 256u

static bool module_put(struct rpc_ctx *c, const struct rpc_module *m)
{
    rpc_open(c->out, '{');
    rpc_put_text(c->out, "name", m->name);
    rpc_put_addr(c->out, "address", &m->address);
    rpc_put_u64(c->out, "version", m->version);
    rpc_key(c->out, "abi");
    mc_buf_put_slice(c->out, m->abi_json); /* JSON already */
    rpc_close(c->out, '}');
    rpc_comma(c->out);
    return rpc_room(c);
}

bool medichain_get_modules(struct rpc_ctx *c)
{
    struct rpc_module *list = mc_arena_calloc(c->arena, MODULES_MAX, sizeof *list);
    uint32_t n;

    if (list == NULL)
        return rpc_fail_memory(c);
    n = c->ports->modules(c->ports->ctx, list, MODULES_MAX, c->arena);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (!module_put(c, &list[i]))
            return false;
    }
    rpc_close(c->out, ']');
    return true;
}

/* {"reason": words or null, "data": what was returned}; null for an unknown or a successful transaction. */
bool medichain_get_revert_reason(struct rpc_ctx *c)
{
    struct mc_hash hash;
    struct rpc_receipt r;
    enum mc_err err;

    if (!rpc_arg_hash(c, 0, &hash))
        return false;
    err = c->ports->receipt(c->ports->ctx, &hash, &r, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    if (r.success)
        return rpc_null(c);
    rpc_open(c->out, '{');
    if (r.revert_reason.n > 0)
        rpc_put_text(c->out, "reason", r.revert_reason);
    else
        rpc_put_null(c->out, "reason");
    rpc_put_data(c->out, "data", r.revert_data);
    rpc_close(c->out, '}');
    return true;
}
