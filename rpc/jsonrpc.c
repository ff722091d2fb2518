#include "rpc/jsonrpc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "rpc/plain.h"
#include "rpc/server.h"
#include "rpc/write.h"

#define METHOD_WORDS_MAX 100 /* bytes of an unknown method's name that the error repeats */

/* ---- errors ---- */

bool rpc_fail(struct rpc_ctx *c, int code, const char *fmt, ...)
{
    va_list ap;

    c->code = code;
    va_start(ap, fmt);
    vsnprintf(c->em.text, sizeof c->em.text, fmt, ap);
    va_end(ap);
    return false;
}

bool rpc_fail_port(struct rpc_ctx *c, enum mc_err err)
{
    if (c->em.text[0] == '\0')
        mc_errf(&c->em, "%s", mc_err_text(err));
    c->code = RPC_REFUSED;
    if (err == MC_ENOMEM || err == MC_EIO || err == MC_ECORRUPT)
        c->code = RPC_INTERNAL;
    return false;
}

bool rpc_fail_state(struct rpc_ctx *c, enum mc_err err)
{
    if (err == MC_ENOTFOUND)
        return rpc_fail(c, RPC_REFUSED, "header not found");
    return rpc_fail_port(c, err);
}

bool rpc_fail_memory(struct rpc_ctx *c)
{
    return rpc_fail(c, RPC_INTERNAL, "out of memory for this request");
}

bool rpc_room(struct rpc_ctx *c)
{
    if (c->out->n <= c->out_max)
        return true;
    return rpc_fail(c, RPC_REFUSED, "response exceeds the limit of %zu bytes",
                    c->server->cfg.response_bytes_max);
}

bool rpc_null(struct rpc_ctx *c)
{
    mc_buf_put_str(c->out, "null");
    return true;
}

bool rpc_null_or_fail(struct rpc_ctx *c, enum mc_err err)
{
    return err == MC_ENOTFOUND ? rpc_null(c) : rpc_fail_port(c, err);
}

/* An id as it came: a value of the tree, or its text where no tree was made. */
struct id {
    const struct mc_json *value;
    struct mc_slice text; /* .p NULL: value counts */
};

static void head_put(struct mc_buf *out, struct id id)
{
    mc_buf_put_str(out, "{\"jsonrpc\":\"2.0\",\"id\":");
    if (id.text.p != NULL)
        mc_buf_put_slice(out, id.text);
    else
        mc_json_put(out, id.value);
}

static void error_put(struct mc_buf *out, struct id id, int code, const char *words,
                      struct mc_slice data)
{
    head_put(out, id);
    mc_buf_putf(out, ",\"error\":{\"code\":%d,\"message\":", code);
    mc_json_put_str(out, mc_slice_str(words));
    if (data.p != NULL) {
        mc_buf_put_str(out, ",\"data\":");
        mc_json_put_hex(out, data);
    }
    mc_buf_put_str(out, "}}");
}

void rpc_error_put(struct mc_buf *out, const struct mc_json *id, int code, const char *words,
                   struct mc_slice data)
{
    error_put(out, (struct id){.value = id}, code, words, data);
}

static void invalid_put(struct rpc_run *run, const struct mc_json *id, int code, const char *words)
{
    atomic_fetch_add_explicit(&run->server->invalid_requests, 1, memory_order_relaxed);
    rpc_error_put(run->out, id, code, words, mc_slice(NULL, 0));
}

/* ---- one call ---- */

struct call {
    const struct mc_json *version, *id, *method, *params;
    bool has_id;
    struct rpc_plain plain; /* .id.p NULL: the above counts */
};

static bool member_take(void *arg, struct mc_slice key, const struct mc_json *val)
{
    struct call *call = arg;

    if (mc_slice_eq(key, mc_slice_str("jsonrpc"))) {
        call->version = val;
    } else if (mc_slice_eq(key, mc_slice_str("id"))) {
        call->id = val;
        call->has_id = true;
    } else if (mc_slice_eq(key, mc_slice_str("method"))) {
        call->method = val;
    } else if (mc_slice_eq(key, mc_slice_str("params"))) {
        call->params = val;
    }
    return true;
}

/* Reads the envelope.  NULL, or what is wrong with it; call->id is a valid id or NULL then. */
static const char *call_read(struct call *call, const struct mc_json *v)
{
    enum mc_json_type id;

    *call = (struct call){0};
    if (mc_json_type(v) != MC_JSON_OBJECT)
        return "invalid request: not a JSON object";
    mc_json_each(v, member_take, call);
    id = mc_json_type(call->id);
    if (id == MC_JSON_BOOL || id == MC_JSON_ARRAY || id == MC_JSON_OBJECT) {
        call->id = NULL;
        return "invalid request: id must be a string, a number or null";
    }
    if (!mc_slice_eq(mc_json_str(call->version), mc_slice_str("2.0")))
        return "invalid request: jsonrpc must be \"2.0\"";
    if (mc_json_type(call->method) != MC_JSON_STRING)
        return "invalid request: method must be a string";
    return NULL;
}

static bool params_check(struct rpc_ctx *c, const struct rpc_method *m,
                         const struct mc_json *params)
{
    if (mc_json_type(params) == MC_JSON_NULL)
        params = NULL;
    if (params != NULL && mc_json_type(params) != MC_JSON_ARRAY)
        return rpc_fail(c, RPC_INVALID_PARAMS, "params must be an array");
    if (c->plain.p != NULL)
        return true;
    c->params = params;
    c->param_cnt = mc_json_len(params);
    if (c->param_cnt > m->param_max)
        return rpc_fail(c, RPC_INVALID_PARAMS, "too many arguments, want at most %u", m->param_max);
    for (size_t i = 0; i < m->param_min; i++) {
        if (mc_json_type(mc_json_at(params, i)) == MC_JSON_NULL)
            return rpc_fail(c, RPC_INVALID_PARAMS, "missing value for required argument %zu", i);
    }
    return true;
}

static uint64_t clock_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void stat_add(struct rpc_stat *st, bool ok, uint64_t ns)
{
    atomic_fetch_add_explicit(&st->calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&st->time_ns, ns, memory_order_relaxed);
    if (!ok)
        atomic_fetch_add_explicit(&st->errors, 1, memory_order_relaxed);
}

/* Runs the method and appends its answer.  False: it waits, and nothing was appended. */
static bool method_run(struct rpc_run *run, struct call *call, int row, bool last_chance)
{
    const struct rpc_method *m = &rpc_methods[row];
    struct rpc_ctx c = {.server = run->server,
                        .ports = &run->server->ports,
                        .arena = &run->arena,
                        .out = run->out,
                        .out_max = run->start + run->server->cfg.response_bytes_max,
                        .plain = call->plain.param,
                        .wait = &run->wait,
                        .last_chance = last_chance};
    struct id id = {call->id, call->plain.id};
    size_t mark = run->out->n;
    uint64_t begin = clock_ns();
    bool ok;

    head_put(run->out, id);
    mc_buf_put_str(run->out, ",\"result\":");
    ok = params_check(&c, m, call->params) && m->fn(&c) && rpc_room(&c);
    if (ok)
        mc_buf_put_u8(run->out, '}');
    else
        run->out->n = mark;
    if (c.again)
        return false;
    if (!ok)
        error_put(run->out, id, c.code, c.em.text, c.data);
    stat_add(&run->server->stats[row], ok, clock_ns() - begin);
    return true;
}

/* False: the call waits.  A notification runs too, but its answer is dropped. */
static bool call_run(struct rpc_run *run, const struct mc_json *v, bool last_chance)
{
    struct call call;
    size_t mark = run->out->n;
    const char *why = call_read(&call, v);
    struct mc_errmsg em;
    int row;

    if (why != NULL) {
        invalid_put(run, call.id, RPC_INVALID_REQUEST, why);
        return true;
    }
    row = rpc_server_method(run->server, mc_json_str(call.method));
    if (row < 0) {
        struct mc_slice name = mc_json_str(call.method);
        size_t n = name.n > METHOD_WORDS_MAX ? METHOD_WORDS_MAX : name.n;
        mc_errf(&em, "the method %.*s does not exist/is not available", (int)n,
                (const char *)name.p);
        invalid_put(run, call.id, RPC_NO_METHOD, em.text);
    } else if (!method_run(run, &call, row, last_chance)) {
        return false;
    }
    if (!call.has_id)
        run->out->n = mark;
    return true;
}

/* ---- the whole text ---- */

/* The call that comes by the million, without a tree.  False: the text has another form. */
static bool plain_run(struct rpc_run *run, struct mc_slice text)
{
    struct call call = {0};
    int row;

    if (!rpc_plain_read(&call.plain, text))
        return false;
    row = rpc_server_method(run->server, mc_slice_str(RPC_PLAIN_METHOD));
    return row >= 0 && method_run(run, &call, row, false);
}

static void batch_open(struct rpc_run *run, const struct mc_json *root)
{
    struct mc_errmsg em;

    run->batch = true;
    run->cnt = mc_json_len(root);
    if (run->cnt == 0) {
        invalid_put(run, NULL, RPC_INVALID_REQUEST, "invalid request: empty batch");
    } else if (run->cnt > run->server->cfg.batch_max) {
        mc_errf(&em, "batch of %zu requests exceeds the limit of %u", run->cnt,
                run->server->cfg.batch_max);
        invalid_put(run, NULL, RPC_REFUSED, em.text);
        run->cnt = 0;
    }
}

void rpc_run_begin(struct rpc_run *run, struct rpc_server *s, struct mc_slice text,
                   struct mc_buf *out)
{
    struct mc_errmsg em = {""};
    enum mc_err err;

    *run = (struct rpc_run){.server = s, .out = out, .start = out->n};
    mc_arena_init(&run->arena, 0);
    if (plain_run(run, text))
        return;
    err = mc_json_parse(&run->doc, text, MC_JSON_DEPTH_MAX, &em);
    if (err != MC_OK) {
        mc_errwrap(&em, "parse error");
        run->doc = NULL;
        invalid_put(run, NULL,
                    err == MC_ENOMEM   ? RPC_INTERNAL
                    : err == MC_ELIMIT ? RPC_REFUSED
                                       : RPC_PARSE_ERROR,
                    em.text);
        return;
    }
    run->cnt = 1;
    if (mc_json_type(mc_json_root(run->doc)) == MC_JSON_ARRAY)
        batch_open(run, mc_json_root(run->doc));
}

/* The answer of a batch so far is "[a,b," or nothing; its end becomes the closing bracket. */
static bool batch_call_run(struct rpc_run *run, const struct mc_json *v, bool last_chance)
{
    size_t mark = run->out->n;
    bool full = mark - run->start > run->server->cfg.response_bytes_max;
    size_t body;

    if (mark == run->start)
        mc_buf_put_u8(run->out, '[');
    body = run->out->n;
    if (full) {
        struct call call;
        struct mc_errmsg em;
        mc_errf(&em, "batch response exceeds the limit of %zu bytes",
                run->server->cfg.response_bytes_max);
        if (call_read(&call, v) != NULL || call.has_id)
            rpc_error_put(run->out, call.id, RPC_REFUSED, em.text, mc_slice(NULL, 0));
    } else if (!call_run(run, v, last_chance)) {
        run->out->n = mark;
        return false;
    }
    if (run->out->n == body)
        run->out->n = mark;
    else
        rpc_comma(run->out);
    return true;
}

/* Out of memory while answering: what is there is cut off, so a short error takes its place. */
static void memory_check(struct rpc_run *run)
{
    if (!run->out->oom)
        return;
    run->out->oom = false;
    run->out->n = run->start;
    rpc_error_put(run->out, NULL, RPC_INTERNAL, "out of memory for this answer", mc_slice(NULL, 0));
}

enum rpc_job_state rpc_run_step(struct rpc_run *run, bool last_chance)
{
    while (run->next < run->cnt) {
        const struct mc_json *root = mc_json_root(run->doc);
        bool done = run->batch ? batch_call_run(run, mc_json_at(root, run->next), last_chance)
                               : call_run(run, root, last_chance);
        if (!done) {
            mc_arena_free(
                &run->arena); /* a sleeping request holds no memory that it can do without */
            return RPC_JOB_WAIT;
        }
        mc_arena_reset(&run->arena);
        run->wait = (struct rpc_wait){0};
        run->next++;
        if (run->next == run->cnt && run->batch && run->out->n > run->start)
            rpc_close(run->out, ']');
    }
    memory_check(run);
    return RPC_JOB_DONE;
}

void rpc_run_end(struct rpc_run *run)
{
    mc_json_free(run->doc);
    run->doc = NULL;
    mc_arena_free(&run->arena);
}

void rpc_handle(struct rpc_server *s, struct mc_slice request, struct mc_buf *response)
{
    struct rpc_run run;

    rpc_run_begin(&run, s, request, response);
    MC_ASSERT(rpc_run_step(&run, true) == RPC_JOB_DONE);
    rpc_run_end(&run);
}
