/* The filter object of eth_getLogs and eth_newFilter. */
#include "rpc/params.h"

static bool bad(struct rpc_ctx *c, const char *words)
{
    mc_errf(&c->em, "%s", words);
    return false;
}

static bool in_field(struct rpc_ctx *c, bool ok, const char *key)
{
    if (!ok)
        mc_errwrap(&c->em, "%s", key);
    return ok;
}

/* One address, a list of them, or null for any. */
static bool addresses_read(struct rpc_ctx *c, struct rpc_log_query *q, const struct mc_json *v)
{
    bool single = mc_json_type(v) == MC_JSON_STRING;
    size_t n = single ? 1 : mc_json_len(v);
    struct mc_addr *list;

    if (v == NULL)
        return true;
    if (!single && mc_json_type(v) != MC_JSON_ARRAY)
        return bad(c, "want an address or a list of addresses");
    if (n > RPC_LIST_MAX)
        return bad(c, "exceed max addresses");
    list = mc_arena_calloc(c->arena, n, sizeof *list);
    if (list == NULL)
        return bad(c, "out of memory");
    for (size_t i = 0; i < n; i++) {
        if (!rpc_val_addr(&list[i], single ? v : mc_json_at(v, i), &c->em))
            return false;
    }
    q->addresses = list;
    q->address_cnt = (uint32_t)n;
    return true;
}

/* One topic position: null for any, a hash, or a list of alternatives; a null among those is any, too. */
static bool topic_read(struct rpc_ctx *c, struct rpc_log_query *q, size_t pos,
                       const struct mc_json *v)
{
    bool single = mc_json_type(v) == MC_JSON_STRING;
    size_t n = single ? 1 : mc_json_len(v);
    struct mc_hash *list;

    if (v == NULL)
        return true;
    if (!single && mc_json_type(v) != MC_JSON_ARRAY)
        return bad(c, "want a hash, a list of hashes or null");
    if (n > RPC_LIST_MAX)
        return bad(c, "exceed max topics");
    list = mc_arena_calloc(c->arena, n, sizeof *list);
    if (list == NULL)
        return bad(c, "out of memory");
    for (size_t i = 0; i < n; i++) {
        const struct mc_json *e = single ? v : mc_json_at(v, i);
        if (e == NULL)
            return true;
        if (!rpc_val_hash(&list[i], e, &c->em))
            return false;
    }
    q->topics[pos].any = list;
    q->topics[pos].cnt = (uint32_t)n;
    return true;
}

static bool topics_read(struct rpc_ctx *c, struct rpc_log_query *q, const struct mc_json *v)
{
    size_t n = mc_json_len(v);

    if (v == NULL)
        return true;
    if (mc_json_type(v) != MC_JSON_ARRAY)
        return bad(c, "want an array");
    if (n > MC_COUNT(q->topics))
        return bad(c, "exceed max topics");
    for (size_t i = 0; i < n; i++) {
        if (!topic_read(c, q, i, mc_json_at(v, i)))
            return false;
    }
    q->topic_cnt = (uint32_t)n;
    return true;
}

static bool range_read(struct rpc_ctx *c, struct rpc_criteria *out, const struct mc_json *v)
{
    const struct mc_json *hash = mc_json_get(v, "blockHash");
    const struct mc_json *from = mc_json_get(v, "fromBlock");
    const struct mc_json *to = mc_json_get(v, "toBlock");

    out->from.tag = out->to.tag = RPC_TAG_LATEST;
    if (hash != NULL) {
        if (from != NULL || to != NULL)
            return bad(c, "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the "
                          "other");
        out->by_hash = true;
        return in_field(c, rpc_val_hash(&out->block_hash, hash, &c->em), "blockHash");
    }
    if (from != NULL && !in_field(c, rpc_val_block_number(&out->from, from, &c->em), "fromBlock"))
        return false;
    return to == NULL || in_field(c, rpc_val_block_number(&out->to, to, &c->em), "toBlock");
}

static bool object_read(struct rpc_ctx *c, struct rpc_criteria *out, const struct mc_json *v)
{
    if (mc_json_type(v) != MC_JSON_OBJECT)
        return bad(c, "want a filter object");
    return range_read(c, out, v) &&
           in_field(c, addresses_read(c, &out->query, mc_json_get(v, "address")), "address") &&
           in_field(c, topics_read(c, &out->query, mc_json_get(v, "topics")), "topics");
}

bool rpc_arg_criteria(struct rpc_ctx *c, size_t i, struct rpc_criteria *out)
{
    *out = (struct rpc_criteria){0};
    if (!object_read(c, out, rpc_arg(c, i)))
        return rpc_arg_bad(c, i);
    /* geth's words without a prefix: clients show them as they are. */
    if (!out->by_hash && out->from.tag == RPC_TAG_NUMBER && out->to.tag == RPC_TAG_NUMBER &&
        out->from.number > out->to.number)
        return rpc_fail(c, RPC_INVALID_PARAMS, "invalid block range params");
    return true;
}
