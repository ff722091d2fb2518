/* A request text against every method: the answer is empty or JSON, with a result or an error but never both. */
#include <stdlib.h>

#include "../lib/fakeports.c"
#include "rpc/rpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fake_ports node;
static struct rpc_server *server;

static void setup(void)
{
    struct rpc_cfg cfg = {.devnet = true, .filters_max = 20, .response_bytes_max = 65536};

    if (server != NULL)
        return;
    if (mc_crypto_init(NULL) != MC_OK)
        abort();
    fake_ports_init(&node);
    if (rpc_server_new(&server, &cfg, &node.ports, NULL) != MC_OK)
        abort();
}

struct members {
    size_t ids, results, errors, versions, others;
};

static bool count(void *arg, struct mc_slice key, const struct mc_json *val)
{
    struct members *m = arg;

    if (mc_slice_eq(key, mc_slice_str("id")))
        m->ids++;
    else if (mc_slice_eq(key, mc_slice_str("result")))
        m->results++;
    else if (mc_slice_eq(key, mc_slice_str("error")) && mc_json_type(val) == MC_JSON_OBJECT)
        m->errors++;
    else if (mc_slice_eq(key, mc_slice_str("jsonrpc")))
        m->versions++;
    else
        m->others++;
    return true;
}

static void answer_check(const struct mc_json *v)
{
    struct members m = {0};

    mc_json_each(v, count, &m);
    if (m.ids != 1 || m.versions != 1 || m.results + m.errors != 1 || m.others != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mc_buf out = {0};
    struct mc_json_doc *doc;

    if (size > 65536)
        return 0;
    setup();
    rpc_handle(server, mc_slice(data, size), &out);
    /* The limit, the item that crossed it, and a short error for each of the others. */
    if (out.n > 65536 + 300 * size + 65536)
        abort();
    if (out.n > 0) {
        if (mc_json_parse(&doc, mc_buf_slice(&out), 64, NULL) != MC_OK)
            abort();
        if (mc_json_type(mc_json_root(doc)) == MC_JSON_ARRAY) {
            for (size_t i = 0; i < mc_json_len(mc_json_root(doc)); i++)
                answer_check(mc_json_at(mc_json_root(doc), i));
        } else {
            answer_check(mc_json_root(doc));
        }
        mc_json_free(doc);
    }
    mc_buf_free(&out);
    return 0;
}
