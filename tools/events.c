#include "tools/events.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger/ledger.h"

/* Lines "  0x<64 digits>  Name(types)" are events; a function has a selector of 8 digits. */
static bool event_line(const char *line, size_t n, struct mc_slice *name, const char **topic)
{
    static const size_t name_at = 2 + 66 + 2;
    if (n <= name_at || memcmp(line, "  0x", 4) != 0 || line[name_at - 1] != ' ')
        return false;
    const char *open = memchr(line + name_at, '(', n - name_at);
    if (open == NULL)
        return false;
    *name = mc_slice(line + name_at, (size_t)(open - line) - name_at);
    *topic = line + 4;
    return true;
}

enum mc_err tool_event_topic(struct mc_hash *out, const struct vm_module *m, const char *name,
                             struct mc_errmsg *em)
{
    struct mc_buf text = {0}, names = {0};
    enum mc_err err = MC_ENOTFOUND;
    vm_selectors_text(&text, m);
    for (size_t at = 0; at < text.n && err != MC_OK;) {
        const char *line = (const char *)text.p + at, *topic;
        const char *end = memchr(line, '\n', text.n - at);
        size_t n = end != NULL ? (size_t)(end - line) : text.n - at;
        struct mc_slice event;
        at += n + 1;
        if (!event_line(line, n, &event, &topic))
            continue;
        mc_buf_putf(&names, "%s%.*s", names.n == 0 ? "" : ", ", (int)event.n,
                    (const char *)event.p);
        if (mc_slice_eq(event, mc_slice_str(name)) && mc_hex_decode(out->b, topic, 32))
            err = MC_OK;
    }
    if (err != MC_OK)
        mc_errf(em, "%s has no event \"%.40s\"; these exist: %.*s", m->name, name, (int)names.n,
                (const char *)names.p);
    mc_buf_free(&text);
    mc_buf_free(&names);
    return err;
}

static bool decode(struct mc_buf *out, const struct mc_json *log)
{
    struct mc_hash topics[LEDGER_TOPICS_MAX];
    const struct mc_json *list = mc_json_get(log, "topics");
    size_t cnt = mc_json_len(list);
    struct mc_addr at;
    struct mc_buf data = {0}, text = {0};
    const struct vm_module *m;
    bool ok = cnt <= LEDGER_TOPICS_MAX &&
              mc_hex_fixed(at.b, 20, mc_json_str(mc_json_get(log, "address")), NULL) == MC_OK;
    for (size_t i = 0; ok && i < cnt; i++)
        ok = tool_json_hash(&topics[i], mc_json_at(list, i));
    m = ok ? tool_module_at(&at) : NULL;
    ok = m != NULL && tool_json_bytes(&data, mc_json_get(log, "data")) &&
         vm_log_to_json(&text, m, topics, (uint32_t)cnt, mc_buf_slice(&data), NULL) == MC_OK;
    if (ok) {
        mc_buf_putf(out, ",\"module\":\"%s\",", m->name);
        mc_buf_put(out, text.p + 1, text.n - 2); /* "event" and "args" without their braces */
    }
    mc_buf_free(&data);
    mc_buf_free(&text);
    return ok;
}

void tool_event_json(struct mc_buf *out, const struct mc_json *log)
{
    static const char *const copied[] = {"address", "transactionHash", "blockHash"};
    mc_buf_putf(out, "{\"blockNumber\":%" PRIu64 ",\"logIndex\":%" PRIu64,
                tool_json_quantity(mc_json_get(log, "blockNumber")),
                tool_json_quantity(mc_json_get(log, "logIndex")));
    for (size_t i = 0; i < MC_COUNT(copied); i++) {
        mc_buf_putf(out, ",\"%s\":", copied[i]);
        mc_json_put(out, mc_json_get(log, copied[i]));
    }
    if (!decode(out, log)) {
        mc_buf_put_str(out, ",\"topics\":");
        mc_json_put(out, mc_json_get(log, "topics"));
        mc_buf_put_str(out, ",\"data\":");
        mc_json_put(out, mc_json_get(log, "data"));
    }
    mc_buf_put_u8(out, '}');
}
