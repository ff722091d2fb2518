/* medichain logs: events of a range of blocks, decoded. */
#include <inttypes.h>
#include <stdio.h>

#include "tools/events.h"
#include "tools/say.h"

struct query {
    struct tool_link link;
    const char *module, *event, *address, *topics[3];
    uint64_t from, to;
    bool json;
};

/* Topic 1 to 3: a hash as it stands, anything else by its keccak256, which is how an indexed string is kept. */
static void put_topic(struct mc_buf *b, const char *text)
{
    struct mc_hash h;
    if (mc_hex_fixed(h.b, 32, mc_slice_str(text), NULL) != MC_OK) {
        struct mc_addr a;
        if (mc_hex_fixed(a.b, 20, mc_slice_str(text), NULL) == MC_OK) {
            memset(h.b, 0, 12);
            memcpy(h.b + 12, a.b, 20);
        } else {
            mc_keccak256(&h, mc_slice_str(text));
        }
    }
    mc_json_put_hex(b, mc_hash_slice(&h));
}

static void put_topics(struct mc_buf *b, const struct query *q, const struct mc_hash *event)
{
    uint32_t last = event != NULL ? 1 : 0;
    for (uint32_t i = 0; i < MC_COUNT(q->topics); i++) {
        if (q->topics[i] != NULL)
            last = i + 2;
    }
    mc_buf_put_str(b, ",\"topics\":[");
    for (uint32_t i = 0; i < last; i++) {
        if (i > 0)
            mc_buf_put_u8(b, ',');
        if (i == 0 && event != NULL)
            mc_json_put_hex(b, mc_hash_slice(event));
        else if (i > 0 && q->topics[i - 1] != NULL)
            put_topic(b, q->topics[i - 1]);
        else
            mc_buf_put_str(b, "null");
    }
    mc_buf_put_u8(b, ']');
}

static enum mc_err build(struct mc_buf *params, const struct query *q, struct mc_errmsg *em)
{
    const struct vm_module *m = NULL;
    struct mc_addr at;
    struct mc_hash event;
    enum mc_err err = q->module != NULL ? tool_module(&m, q->module, em) : MC_OK;
    if (err == MC_OK && q->event != NULL && m == NULL)
        err = mc_fail(em, MC_EINVAL, "--event needs --module, which has the event");
    if (err == MC_OK && q->event != NULL)
        err = tool_event_topic(&event, m, q->event, em);
    if (err == MC_OK && q->address != NULL)
        err = tool_address(&at, q->address, em);
    else if (err == MC_OK && m != NULL)
        at = *vm_module_well_known(m);
    if (err != MC_OK)
        return err;
    mc_buf_putf(params, "[{\"fromBlock\":\"0x%" PRIx64 "\"", q->from);
    if (q->to != UINT64_MAX)
        mc_buf_putf(params, ",\"toBlock\":\"0x%" PRIx64 "\"", q->to);
    if (q->address != NULL || m != NULL) {
        mc_buf_put_str(params, ",\"address\":");
        mc_json_put_hex(params, mc_addr_slice(&at));
    }
    put_topics(params, q, q->event != NULL ? &event : NULL);
    mc_buf_put_str(params, "}]");
    return mc_buf_check(params, "eth_getLogs", em);
}

static int print(const struct mc_json *rows, bool json)
{
    struct mc_buf b = {0};
    size_t cnt = mc_json_len(rows);
    if (json)
        mc_buf_put_u8(&b, '[');
    for (size_t i = 0; i < cnt; i++) {
        if (json && i > 0)
            mc_buf_put_u8(&b, ',');
        tool_event_json(&b, mc_json_at(rows, i));
        if (!json)
            mc_buf_put_u8(&b, '\n');
    }
    if (json)
        mc_buf_put_u8(&b, ']');
    else if (cnt == 0)
        mc_buf_put_str(&b, "no events\n");
    int rc = tool_put(&b);
    mc_buf_free(&b);
    return rc;
}

int tool_logs(int argc, char **argv)
{
    struct query q = {.link = TOOL_LINK_PRESET, .to = UINT64_MAX};
    const struct tool_opt opts[] = {
        TOOL_TEXT("--module", &q.module, "NAME", "only events of this module"),
        TOOL_TEXT("--event", &q.event, "NAME", "only this event of it"),
        TOOL_TEXT("--address", &q.address, "ADDRESS", "another instance than the well-known one"),
        TOOL_TEXT("--topic1", &q.topics[0], "T", "first indexed argument: text, address or hash"),
        TOOL_TEXT("--topic2", &q.topics[1], "T", "second one"),
        TOOL_TEXT("--topic3", &q.topics[2], "T", "third one"),
        TOOL_UINT("--from-block", &q.from, 0, UINT64_MAX - 1, "N", "first block"),
        TOOL_UINT("--to-block", &q.to, 0, UINT64_MAX - 1, "N", "last block, else the newest"),
        TOOL_FLAG("--json", &q.json, "one JSON array instead of a JSON object a line"),
        TOOL_LINK_OPTS(&q.link),
    };
    const struct tool_usage u = {
        "medichain logs [--module NAME [--event NAME]] [--topic1 T] [--from-block N] [--to-block "
        "N]",
        "Lists events with their decoded arguments.  A text given as a topic is hashed first, as "
        "an\n"
        "indexed string is: --topic1 rec-1 finds the events of that record.",
        "medichain logs --module MedicalRecordHash --event RecordCreated --topic1 rec-1",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    struct mc_buf params = {0};
    struct tool_rpc *rpc = NULL;
    const struct mc_json *rows = NULL;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = build(&params, &q, &em);
    if (err != MC_OK) {
        mc_buf_free(&params);
        return tool_bad_usage("%s", em.text);
    }
    err = tool_rpc_open(&rpc, &q.link, &em);
    if (err == MC_OK)
        err = tool_rpc_call(rpc, "eth_getLogs", mc_buf_slice(&params), &rows, &em);
    rc = err == MC_OK ? print(rows, q.json) : tool_error("%s", em.text);
    mc_buf_free(&params);
    tool_rpc_close(rpc);
    return rc;
}
