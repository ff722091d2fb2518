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

/* {"kind", "value", "word"} of what a module keeps under a storage slot; null when there is nothing.  eth_getStorageAt
 * and eth_getProof know the word only, and of a record that is the keccak256 of the bytes given here. */
bool medichain_get_record_cell(struct rpc_ctx *c)
{
    static const char *const kinds[] = {
        [RPC_CELL_RECORD] = "record", [RPC_CELL_INTEGER] = "integer", [RPC_CELL_INDEX] = "index"};
    struct rpc_block_id id;
    struct mc_addr a;
    struct mc_hash slot;
    struct rpc_cell cell = {0};
    enum mc_err err;

    if (!rpc_arg_addr(c, 0, &a))
        return false;
    if (!rpc_val_slot(&slot, rpc_arg(c, 1), &c->em))
        return rpc_arg_bad(c, 1);
    if (!rpc_arg_block(c, 2, &id))
        return false;
    err = c->ports->cell(c->ports->ctx, &id, &a, &slot, &cell, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    if (cell.value.n == 0)
        return rpc_null(c);
    rpc_open(c->out, '{');
    rpc_put_text(c->out, "kind", mc_slice_str(kinds[cell.kind]));
    rpc_put_data(c->out, "value", cell.value);
    rpc_put_hash(c->out, "word", &cell.word);
    rpc_close(c->out, '}');
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
