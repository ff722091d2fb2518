#include "tools/doctor.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "tools/rpc_client.h"

static void copy(char *to, size_t cap, struct mc_slice s)
{
    size_t n = s.n < cap - 1 ? s.n : cap - 1;
    if (n > 0)
        memcpy(to, s.p, n);
    to[n] = 0;
}

static void copy_member(char *to, size_t cap, const struct mc_json *v, const char *key)
{
    copy(to, cap, mc_json_str(mc_json_get(v, key)));
}

static uint64_t number(const struct mc_json *v, const char *key)
{
    return tool_json_quantity(mc_json_get(v, key));
}

static bool is_text(const struct mc_json *v, const char *key)
{
    return mc_json_type(mc_json_get(v, key)) == MC_JSON_STRING;
}

static uint64_t wall_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

static void take_seats(struct doctor_node *n, const struct mc_json *list)
{
    size_t cnt = mc_json_len(list);
    n->seat_cnt = cnt < MC_VALIDATORS_MAX ? (uint32_t)cnt : MC_VALIDATORS_MAX;
    for (uint32_t i = 0; i < n->seat_cnt; i++) {
        const struct mc_json *v = mc_json_at(list, i);
        struct doctor_seat *s = &n->seats[i];
        copy_member(s->account, sizeof s->account, v, "account");
        s->connected = mc_json_bool(mc_json_get(v, "connected"));
        s->seen = mc_json_bool(mc_json_get(v, "seen"));
        s->asked_round = (uint32_t)number(v, "askedRound");
        s->has_head = is_text(v, "head");
        s->heard = is_text(v, "silentSeconds");
        s->silent_s = number(v, "silentSeconds");
    }
}

/* The node's clock is compared with the middle of the time that the question took. */
static void take_round(struct doctor_node *n, const struct mc_json *v, uint64_t before_ms,
                       uint64_t after_ms)
{
    n->has_round = true;
    n->height = number(v, "height");
    n->round = (uint32_t)number(v, "round");
    n->proposer = (uint32_t)number(v, "proposer");
    n->quorum = (uint32_t)number(v, "quorum");
    n->reachable = (uint32_t)number(v, "reachable");
    n->self = is_text(v, "index") ? (int32_t)number(v, "index") : -1;
    n->voting = mc_json_bool(mc_json_get(v, "voting"));
    n->active = mc_json_bool(mc_json_get(v, "active"));
    n->since_block_s = number(v, "secondsSinceBlock");
    n->skew_ms = (int64_t)(number(v, "timeMs") - (before_ms + (after_ms - before_ms) / 2));
    copy_member(n->why, sizeof n->why, v, "why");
    n->ready = n->why[0] == 0;
    take_seats(n, mc_json_get(v, "validators"));
}

/* A node that hides a method is not ill: MC_EREJECT leaves the fields as they are. */
static enum mc_err ask_round(struct doctor_node *n, struct tool_rpc *rpc, struct mc_errmsg *em)
{
    const struct mc_json *v = NULL;
    uint64_t before = wall_ms();
    enum mc_err err = tool_rpc_callf(rpc, &v, em, "pbft_getRoundStatus", "[]");
    if (err == MC_OK)
        take_round(n, v, before, wall_ms());
    return err == MC_EREJECT ? MC_OK : err;
}

static enum mc_err ask_more(struct doctor_node *n, struct tool_rpc *rpc, struct mc_errmsg *em)
{
    const struct mc_json *v = NULL;
    enum mc_err err = tool_rpc_callf(rpc, &v, em, "txpool_status", "[]");
    if (err == MC_OK)
        n->pending = number(v, "pending");
    if (err == MC_OK || err == MC_EREJECT)
        err = tool_rpc_callf(rpc, &v, em, "admin_nodeInfo", "[]");
    if (err == MC_OK) {
        n->has_disk = true;
        n->disk_free_bytes = number(v, "diskFreeBytes");
    }
    return err == MC_EREJECT ? MC_OK : err;
}

static enum mc_err ask(struct doctor_node *n, struct tool_rpc *rpc, struct mc_errmsg *em)
{
    const struct mc_json *v = NULL;
    enum mc_err err = tool_rpc_callf(rpc, &v, em, "web3_clientVersion", "[]");
    if (err == MC_OK) {
        copy(n->version, sizeof n->version, mc_json_str(v));
        err = tool_rpc_quantity(rpc, "eth_chainId", "[]", &n->chain_id, em);
    }
    if (err == MC_OK)
        err = tool_rpc_callf(rpc, &v, em, "eth_getBlockByNumber", "[\"0x0\",false]");
    if (err == MC_OK) {
        copy_member(n->genesis, sizeof n->genesis, v, "hash");
        err = tool_rpc_callf(rpc, &v, em, "eth_getBlockByNumber", "[\"latest\",false]");
    }
    if (err == MC_OK) {
        n->head = number(v, "number");
        n->time_s = number(v, "timestamp");
        err = ask_round(n, rpc, em);
    }
    return err == MC_OK ? ask_more(n, rpc, em) : err;
}

void doctor_ask(struct doctor_node *n, uint64_t timeout_ms)
{
    struct mc_errmsg em = {{0}};
    struct tool_rpc *rpc = NULL;
    n->self = -1;
    n->ready = true;
    enum mc_err err = tool_rpc_open_url(&rpc, n->url, timeout_ms, &em);
    if (err == MC_OK)
        err = ask(n, rpc, &em);
    n->answers = err == MC_OK;
    if (err != MC_OK)
        snprintf(n->silence, sizeof n->silence, "%.250s", em.text);
    tool_rpc_close(rpc);
}

void doctor_ask_again(struct doctor_node *n, uint64_t common, uint64_t timeout_ms)
{
    struct mc_errmsg em = {{0}};
    struct tool_rpc *rpc = NULL;
    const struct mc_json *v = NULL;
    enum mc_err err = tool_rpc_open_url(&rpc, n->url, timeout_ms, &em);
    if (err == MC_OK)
        err = tool_rpc_callf(rpc, &v, &em, "eth_getBlockByNumber", "[\"0x%" PRIx64 "\",false]",
                             common);
    if (err == MC_OK) {
        copy_member(n->common_hash, sizeof n->common_hash, v, "hash");
        copy_member(n->common_root, sizeof n->common_root, v, "stateRoot");
        err = tool_rpc_quantity(rpc, "eth_blockNumber", "[]", &n->head_later, &em);
    }
    if (err != MC_OK) {
        n->answers = false;
        snprintf(n->silence, sizeof n->silence, "%.250s", em.text);
    }
    tool_rpc_close(rpc);
}
