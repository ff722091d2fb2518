#include "rpc/execute.h"
#include "rpc/render.h"
#include "rpc/write.h"

#define REASON_WORDS_MAX 400 /* bytes of a reason that the message repeats; the data has them all */

bool rpc_fail_call(struct rpc_ctx *c, const struct rpc_call_result *r)
{
    static const uint8_t nothing[1];

    if (r->err != MC_EREVERT) {
        if (r->err == MC_EOUTOFGAS)
            return rpc_fail(c, RPC_REFUSED, "out of gas");
        return rpc_fail_port(c, r->err);
    }
    c->data = r->output.p == NULL ? mc_slice(nothing, 0) : r->output;
    if (r->reason.n == 0)
        return rpc_fail(c, RPC_REVERTED, "execution reverted");
    return rpc_fail(c, RPC_REVERTED, "execution reverted: %.*s",
                    (int)(r->reason.n > REASON_WORDS_MAX ? REASON_WORDS_MAX : r->reason.n),
                    (const char *)r->reason.p);
}

bool rpc_estimate(struct rpc_ctx *c, const struct rpc_block_id *id, const struct rpc_call *call,
                  uint64_t *gas)
{
    struct rpc_call_result result = {.err = MC_OK};
    enum mc_err err = c->ports->estimate(c->ports->ctx, id, call, gas, &result, c->arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_state(c, err);
    if (result.err == MC_EOUTOFGAS) {
        uint64_t allowed = c->ports->call_gas_max;
        if (call->has_gas && call->gas < allowed)
            allowed = call->gas;
        return rpc_fail(c, RPC_REFUSED, "gas required exceeds allowance (%llu)",
                        (unsigned long long)allowed);
    }
    return result.err == MC_OK || rpc_fail_call(c, &result);
}

bool eth_call(struct rpc_ctx *c)
{
    struct rpc_tx_args args;
    struct rpc_block_id id;
    struct rpc_call_result result = {.err = MC_OK};
    enum mc_err err;

    if (!rpc_arg_tx(c, 0, &args) || !rpc_arg_block(c, 1, &id))
        return false;
    err = c->ports->call(c->ports->ctx, &id, &args.call, &result, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    if (result.err != MC_OK)
        return rpc_fail_call(c, &result);
    mc_json_put_hex(c->out, result.output);
    return true;
}

bool eth_estimate_gas(struct rpc_ctx *c)
{
    struct rpc_tx_args args;
    struct rpc_block_id id;
    uint64_t gas;

    if (!rpc_arg_tx(c, 0, &args) || !rpc_arg_block(c, 1, &id) ||
        !rpc_estimate(c, &id, &args.call, &gas))
        return false;
    mc_json_put_quantity(c->out, gas);
    return true;
}

/* Native modules load no slots by number, so a list saves nothing: the answer is the list that was given, with the
 * gas of the call. */
bool eth_create_access_list(struct rpc_ctx *c)
{
    struct rpc_tx_args args;
    struct rpc_block_id id;
    struct rpc_call_result result = {.err = MC_OK};
    enum mc_err err;

    if (!rpc_arg_tx(c, 0, &args) || !rpc_arg_block(c, 1, &id))
        return false;
    err = c->ports->call(c->ports->ctx, &id, &args.call, &result, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    rpc_open(c->out, '{');
    rpc_key(c->out, "accessList");
    rpc_render_access(c->out, args.call.access, args.call.access_cnt);
    rpc_comma(c->out);
    if (result.err != MC_OK) {
        (void)rpc_fail_call(c, &result); /* for its words: a failing call is told in the answer */
        rpc_put_text(c->out, "error", mc_slice_str(c->em.text));
    }
    rpc_put_u64(c->out, "gasUsed", result.gas_used);
    rpc_close(c->out, '}');
    return true;
}
