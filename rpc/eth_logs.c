#include "rpc/logs.h"
#include "rpc/render.h"

/* Fills the query's range.  False with *empty: nothing can be in it; false without: the error is set. */
static bool range_resolve(struct rpc_ctx *c, const struct rpc_criteria *k, struct rpc_log_query *q,
                          bool *empty)
{
    struct rpc_block_id by_hash = {.tag = RPC_TAG_HASH, .hash = k->block_hash};
    uint64_t head = c->ports->head(c->ports->ctx);
    enum mc_err err;

    *empty = false;
    if (k->by_hash) {
        err = c->ports->resolve(c->ports->ctx, &by_hash, &q->from, &c->em);
        q->to = q->from;
        if (err == MC_ENOTFOUND)
            return rpc_fail(c, RPC_REFUSED, "unknown block");
        return err == MC_OK || rpc_fail_port(c, err);
    }
    q->from = k->from.tag == RPC_TAG_EARLIEST ? 0
              : k->from.tag == RPC_TAG_NUMBER ? k->from.number
                                              : head;
    q->to = k->to.tag == RPC_TAG_EARLIEST ? 0 : k->to.tag == RPC_TAG_NUMBER ? k->to.number : head;
    if (q->to > head)
        q->to = head;
    if (q->from > head) {
        *empty = true;
        return false;
    }
    if (q->from > q->to)
        return rpc_fail(c, RPC_INVALID_PARAMS, "invalid block range params");
    return true;
}

bool rpc_logs_answer(struct rpc_ctx *c, const struct rpc_criteria *criteria)
{
    struct rpc_log_query q = criteria->query;
    struct rpc_log *logs = NULL;
    uint32_t cnt = 0;
    enum mc_err err;
    bool empty;

    if (!range_resolve(c, criteria, &q, &empty))
        return empty && rpc_render_logs(c, NULL, 0);
    err = c->ports->logs(c->ports->ctx, &q, &logs, &cnt, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    return rpc_render_logs(c, logs, cnt);
}

bool eth_get_logs(struct rpc_ctx *c)
{
    struct rpc_criteria criteria;

    return rpc_arg_criteria(c, 0, &criteria) && rpc_logs_answer(c, &criteria);
}
