/* Filters: what a client polls for.  A poll answers what is new since the last one. */
#include "rpc/filter.h"
#include "rpc/logs.h"
#include "rpc/render.h"
#include "rpc/server.h"
#include "rpc/write.h"

#define BLOCKS_PER_POLL 10000u /* hashes of one answer; the rest comes with the next poll */

static bool filter_add(struct rpc_ctx *c, const struct rpc_filter *f)
{
    char id[RPC_FILTER_ID_LEN + 1];
    enum mc_err err = rpc_filters_add(c->server->filters, id, f, rpc_server_now(c->server));

    if (err == MC_ELIMIT)
        return rpc_fail(c, RPC_REFUSED, "too many filters are open, the limit is %u",
                        c->server->cfg.filters_max);
    if (err != MC_OK)
        return rpc_fail_port(c, err);
    mc_json_put_str(c->out, mc_slice_str(id));
    return true;
}

bool eth_new_filter(struct rpc_ctx *c)
{
    struct rpc_filter f = {.kind = RPC_FILTER_LOGS};

    if (!rpc_arg_criteria(c, 0, &f.criteria))
        return false;
    if (f.criteria.by_hash) {
        mc_errf(&c->em, "blockHash: a filter is for blocks to come; use eth_getLogs");
        return rpc_arg_bad(c, 0);
    }
    f.position = c->ports->head(c->ports->ctx) + 1;
    if (f.criteria.from.tag == RPC_TAG_NUMBER && f.criteria.from.number > f.position)
        f.position = f.criteria.from.number;
    return filter_add(c, &f);
}

bool eth_new_block_filter(struct rpc_ctx *c)
{
    struct rpc_filter f = {.kind = RPC_FILTER_BLOCKS};

    f.position = c->ports->head(c->ports->ctx) + 1;
    return filter_add(c, &f);
}

/* The cursor's own arrivals are of no interest: only what comes later. */
bool eth_new_pending_filter(struct rpc_ctx *c)
{
    struct rpc_filter f = {.kind = RPC_FILTER_TXS};
    struct mc_hash *list = NULL;
    uint32_t cnt = 0;
    enum mc_err err =
        c->ports->pool_arrivals(c->ports->ctx, &f.position, &list, &cnt, c->arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_port(c, err);
    return filter_add(c, &f);
}

/* ---- polling ---- */

/* The logs of [from, *to].  Too many for one answer: the range is halved until they fit. */
static enum mc_err logs_read(struct rpc_ctx *c, struct rpc_log_query *q, struct rpc_log **logs,
                             uint32_t *cnt)
{
    for (;;) {
        enum mc_err err = c->ports->logs(c->ports->ctx, q, logs, cnt, c->arena, &c->em);
        if (err != MC_ELIMIT || q->from == q->to)
            return err;
        q->to = q->from + (q->to - q->from) / 2;
        c->em.text[0] = '\0';
    }
}

static bool log_changes(struct rpc_ctx *c, const struct rpc_filter *f, uint64_t *next)
{
    struct rpc_log_query q = f->criteria.query;
    struct rpc_log *logs = NULL;
    uint32_t cnt = 0;
    enum mc_err err;

    q.from = f->position;
    q.to = c->ports->head(c->ports->ctx);
    if (f->criteria.to.tag == RPC_TAG_NUMBER && f->criteria.to.number < q.to)
        q.to = f->criteria.to.number;
    if (q.from > q.to)
        return rpc_render_logs(c, NULL, 0);
    err = logs_read(c, &q, &logs, &cnt);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    *next = q.to + 1;
    return rpc_render_logs(c, logs, cnt);
}

static bool block_changes(struct rpc_ctx *c, const struct rpc_filter *f, uint64_t *next)
{
    uint64_t head = c->ports->head(c->ports->ctx);

    rpc_open(c->out, '[');
    for (*next = f->position; *next <= head && *next - f->position < BLOCKS_PER_POLL; (*next)++) {
        struct rpc_block_id id = {.tag = RPC_TAG_NUMBER, .number = *next};
        struct rpc_block block;
        enum mc_err err =
            c->ports->block(c->ports->ctx, &id, RPC_BLOCK_HEADER, &block, c->arena, &c->em);
        if (err != MC_OK)
            return rpc_fail_state(c, err);
        mc_json_put_hex(c->out, mc_hash_slice(&block.hash));
        rpc_comma(c->out);
    }
    rpc_close(c->out, ']');
    return true;
}

static bool tx_changes(struct rpc_ctx *c, uint64_t *next)
{
    struct mc_hash *list = NULL;
    uint32_t cnt = 0;
    enum mc_err err = c->ports->pool_arrivals(c->ports->ctx, next, &list, &cnt, c->arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_port(c, err);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        mc_json_put_hex(c->out, mc_hash_slice(&list[i]));
        rpc_comma(c->out);
        if (!rpc_room(c))
            return false;
    }
    rpc_close(c->out, ']');
    return true;
}

static bool changes(struct rpc_ctx *c, const struct rpc_filter *f, uint64_t *next)
{
    switch (f->kind) {
    case RPC_FILTER_LOGS:
        return log_changes(c, f, next);
    case RPC_FILTER_BLOCKS:
        return block_changes(c, f, next);
    case RPC_FILTER_TXS:
        return tx_changes(c, next);
    }
    return rpc_fail(c, RPC_REFUSED, "filter not found");
}

static bool filter_get(struct rpc_ctx *c, struct rpc_filter *f, struct mc_slice *id)
{
    enum mc_err err;

    if (mc_json_type(rpc_arg(c, 0)) != MC_JSON_STRING) {
        mc_errf(&c->em, "want a filter id");
        return rpc_arg_bad(c, 0);
    }
    *id = mc_json_str(rpc_arg(c, 0));
    err = rpc_filters_get(c->server->filters, f, *id, rpc_server_now(c->server), c->arena);
    if (err == MC_ENOTFOUND)
        return rpc_fail(c, RPC_REFUSED, "filter not found");
    return err == MC_OK || rpc_fail_port(c, err);
}

bool eth_get_filter_changes(struct rpc_ctx *c)
{
    struct rpc_filter f = {0};
    struct mc_slice id;
    uint64_t next;

    if (!filter_get(c, &f, &id))
        return false;
    next = f.position;
    /* A poll that fails moves nothing: the client gets its events with the next one. */
    if (!changes(c, &f, &next) || !rpc_room(c))
        return false;
    rpc_filters_advance(c->server->filters, id, f.position, next);
    return true;
}

bool eth_get_filter_logs(struct rpc_ctx *c)
{
    struct rpc_filter f = {0};
    struct mc_slice id;

    if (!filter_get(c, &f, &id))
        return false;
    if (f.kind != RPC_FILTER_LOGS)
        return rpc_fail(c, RPC_REFUSED, "filter not found");
    return rpc_logs_answer(c, &f.criteria);
}

bool eth_uninstall_filter(struct rpc_ctx *c)
{
    struct mc_slice id = mc_json_str(rpc_arg(c, 0));

    if (mc_json_type(rpc_arg(c, 0)) != MC_JSON_STRING) {
        mc_errf(&c->em, "want a filter id");
        return rpc_arg_bad(c, 0);
    }
    mc_buf_put_str(c->out, rpc_filters_remove(c->server->filters, id, rpc_server_now(c->server))
                               ? "true"
                               : "false");
    return true;
}
