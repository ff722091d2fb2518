#include "tools/rpc_client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/devnet_file.h"
#include "tools/http_client.h"

#define URL_PRESET "http://127.0.0.1:8545"

struct tool_rpc {
    struct http_client *http;
    char url[512];
    uint64_t next_id;
    struct mc_buf request;
    struct mc_json_doc *answer;
};

enum mc_err tool_rpc_open_url(struct tool_rpc **out, const char *url, uint64_t timeout_ms,
                              struct mc_errmsg *em)
{
    struct tool_rpc *r = calloc(1, sizeof *r);
    if (r == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    enum mc_err err = http_client_new(&r->http, url, timeout_ms, em);
    if (err != MC_OK) {
        free(r);
        return err;
    }
    snprintf(r->url, sizeof r->url, "%s", url);
    r->next_id = 1;
    *out = r;
    return MC_OK;
}

enum mc_err tool_rpc_open(struct tool_rpc **out, const struct tool_link *link, struct mc_errmsg *em)
{
    char url[512] = URL_PRESET;
    enum mc_err err = MC_OK;
    if (link->rpc != NULL)
        snprintf(url, sizeof url, "%s", link->rpc);
    else if (link->dir != NULL)
        err = devnet_file_url(url, sizeof url, link->dir, em);
    else if (access("devnet/" DEVNET_FILE_NAME, R_OK) == 0)
        err = devnet_file_url(url, sizeof url, "devnet", em);
    if (err != MC_OK)
        return err;
    return tool_rpc_open_url(out, url, link->timeout_s * 1000, em);
}

void tool_rpc_close(struct tool_rpc *r)
{
    if (r == NULL)
        return;
    http_client_free(r->http);
    mc_buf_free(&r->request);
    mc_json_free(r->answer);
    free(r);
}

const char *tool_rpc_url(const struct tool_rpc *r)
{
    return r->url;
}

void tool_rpc_request(struct mc_buf *out, uint64_t id, const char *method, struct mc_slice params)
{
    mc_buf_putf(out, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"%s\",\"params\":",
                (unsigned long long)id, method);
    mc_buf_put_slice(out, params);
    mc_buf_put_u8(out, '}');
}

static enum mc_err refusal(const struct mc_json *error, struct mc_errmsg *em)
{
    int64_t code = 0;
    struct mc_slice words = mc_json_str(mc_json_get(error, "message"));
    enum mc_err err = MC_EREJECT;
    if (mc_json_i64(mc_json_get(error, "code"), &code) && code == 3)
        err = MC_EREVERT;
    return mc_fail(em, err, "%.*s", (int)(words.n > 400 ? 400 : words.n), (const char *)words.p);
}

enum mc_err tool_rpc_answer(struct mc_json_doc **doc, const struct mc_json **result,
                            struct mc_slice text, struct mc_errmsg *em)
{
    const struct mc_json *root, *error;
    enum mc_err err = mc_json_parse(doc, text, MC_JSON_DEPTH_MAX, em);
    if (err != MC_OK) {
        mc_errwrap(em, "the answer is not JSON");
        return err;
    }
    root = mc_json_root(*doc);
    error = mc_json_get(root, "error");
    if (mc_json_type(error) == MC_JSON_OBJECT)
        return refusal(error, em);
    if (mc_json_type(root) != MC_JSON_OBJECT ||
        mc_json_type(mc_json_get(root, "jsonrpc")) != MC_JSON_STRING)
        return mc_fail(em, MC_EMALFORM, "the answer is not JSON-RPC: is this a MediChain node?");
    *result = mc_json_get(root, "result");
    return MC_OK;
}

enum mc_err tool_rpc_call(struct tool_rpc *r, const char *method, struct mc_slice params,
                          const struct mc_json **result, struct mc_errmsg *em)
{
    uint32_t status;
    struct mc_slice body;
    mc_buf_reset(&r->request);
    tool_rpc_request(&r->request, r->next_id++, method, params);
    if (r->request.oom)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    enum mc_err err =
        http_client_request(r->http, "POST", NULL, mc_buf_slice(&r->request), &status, &body, em);
    if (err != MC_OK)
        return err;
    mc_json_free(r->answer);
    r->answer = NULL;
    err = tool_rpc_answer(&r->answer, result, body, em);
    if (err == MC_EMALFORM && status != 200)
        return mc_fail(em, MC_EIO, "%s answers HTTP status %u: is this a MediChain node?", r->url,
                       status);
    return err;
}

enum mc_err tool_rpc_callf(struct tool_rpc *r, const struct mc_json **result, struct mc_errmsg *em,
                           const char *method, const char *fmt, ...)
{
    char params[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(params, sizeof params, fmt, ap);
    va_end(ap);
    MC_ASSERT(n >= 0 && (size_t)n < sizeof params);
    return tool_rpc_call(r, method, mc_slice_str(params), result, em);
}

enum mc_err tool_rpc_quantity(struct tool_rpc *r, const char *method, const char *params,
                              uint64_t *out, struct mc_errmsg *em)
{
    const struct mc_json *v;
    enum mc_err err = tool_rpc_call(r, method, mc_slice_str(params), &v, em);
    if (err == MC_OK)
        err = mc_hex_quantity(out, mc_json_str(v), em);
    if (err != MC_OK)
        mc_errwrap(em, "%s", method);
    return err;
}

enum mc_err tool_rpc_get(struct tool_rpc *r, const char *path, uint32_t *status,
                         struct mc_slice *body, struct mc_errmsg *em)
{
    return http_client_request(r->http, "GET", path, mc_slice(NULL, 0), status, body, em);
}

uint64_t tool_json_quantity(const struct mc_json *v)
{
    uint64_t out = 0;
    return mc_hex_quantity(&out, mc_json_str(v), NULL) == MC_OK ? out : 0;
}

bool tool_json_bytes(struct mc_buf *out, const struct mc_json *v)
{
    return mc_hex_data(out, mc_json_str(v), MC_CONFIG_BYTES_MAX, NULL) == MC_OK;
}

bool tool_json_hash(struct mc_hash *out, const struct mc_json *v)
{
    return mc_hex_fixed(out->b, 32, mc_json_str(v), NULL) == MC_OK;
}
