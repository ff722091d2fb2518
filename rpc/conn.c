/* A connection: requests in, answers out in their order.  One job at a time; what comes meanwhile is held back. */
#include <inttypes.h>
#include <stdlib.h>

#include "rpc/http.h"
#include "rpc/job.h"
#include "rpc/jsonrpc.h"
#include "rpc/reply.h"
#include "rpc/server.h"

#define HELD_BYTES_EXTRA                                                                           \
    (64u * 1024u) /* beyond one whole body, for heads and small requests behind it */
#define READY_BYTES_MAX                                                                            \
    (256u * 1024u) /* ready-made answers of one read; more is no honest client */

struct rpc_conn {
    struct rpc_server *server;
    struct rpc_http_parser *parser;
    struct mc_buf held; /* arrived while a job was out */
    struct mc_buf send; /* what rpc_conn_out.send points into */
    size_t send_at;     /* the first byte to send there */
    bool busy;          /* a job is out */
    bool overrun;       /* held more than allowed: close after the answer */
    bool closing;       /* nothing more is read */
};

enum mc_err rpc_conn_new(struct rpc_conn **out, struct rpc_server *s)
{
    struct rpc_conn *c = calloc(1, sizeof *c);

    if (c == NULL)
        return MC_ENOMEM;
    c->server = s;
    c->parser = rpc_http_parser_new(s->cfg.body_bytes_max);
    if (c->parser == NULL) {
        free(c);
        return MC_ENOMEM;
    }
    *out = c;
    return MC_OK;
}

void rpc_conn_free(struct rpc_conn *c)
{
    if (c == NULL)
        return;
    rpc_http_parser_free(c->parser);
    mc_buf_free(&c->held);
    mc_buf_free(&c->send);
    free(c);
}

bool rpc_conn_idle(const struct rpc_conn *c)
{
    return !c->busy && c->held.n == 0 && rpc_http_parser_idle(c->parser);
}

/* ---- ready-made answers ---- */

static const struct rpc_http_request *request_of(const struct rpc_conn *c)
{
    return rpc_http_parser_request(c->parser);
}

/* The origin to allow for this request; "" for none. */
static const char *origin_of(const struct rpc_conn *c)
{
    const struct rpc_http_text *o = &request_of(c)->origin;

    if (o->n == 0 || o->cut || o->cnt != 1 || o->n >= sizeof((struct rpc_job *)0)->origin)
        return "";
    return rpc_list_has(c->server->cfg.cors_origins, mc_slice(o->s, o->n)) ? o->s : "";
}

static void answer_put(struct rpc_conn *c, int status, const char *type, struct mc_slice body)
{
    const struct rpc_http_request *q = request_of(c);
    struct rpc_reply r = {.status = status,
                          .type = type,
                          .origin = origin_of(c),
                          .keep_alive = q->keep_alive && !c->closing,
                          .minor = q->minor};

    if (status == 405)
        r.allow = "POST, OPTIONS";
    if (status >= 400)
        atomic_fetch_add_explicit(&c->server->http_refused, 1, memory_order_relaxed);
    rpc_reply_put(&c->send, &r, body);
    if (!r.keep_alive)
        c->closing = true;
}

/* A refusal is told as a JSON-RPC error, which clients show, whatever the status. */
static void refusal_put(struct rpc_conn *c, int status, const char *words)
{
    struct mc_buf body = {0};

    rpc_error_put(&body, NULL, status == 400 || status == 415 ? RPC_INVALID_REQUEST : RPC_REFUSED,
                  words, mc_slice(NULL, 0));
    answer_put(c, status, "application/json", mc_buf_slice(&body));
    mc_buf_free(&body);
}

static void ready_put(struct rpc_conn *c)
{
    const struct rpc_ports *ports = &c->server->ports;
    struct rpc_health h = {0};
    struct mc_buf body = {0};

    ports->health(ports->ctx, &h);
    mc_buf_putf(&body, "{\"ready\":%s,\"why\":", h.ready ? "true" : "false");
    if (h.ready || h.why == NULL)
        mc_buf_put_str(&body, "null");
    else
        mc_json_put_str(&body, mc_slice_str(h.why));
    mc_buf_putf(&body,
                ",\"head\":%" PRIu64 ",\"peers\":%" PRIu64 ",\"secondsSinceBlock\":%" PRIu64 "}\n",
                h.head, h.peers, h.seconds_since_block);
    answer_put(c, h.ready ? 200 : 503, "application/json", mc_buf_slice(&body));
    mc_buf_free(&body);
}

static void metrics_put(struct rpc_conn *c)
{
    struct mc_buf body = {0};

    c->server->ports.metrics(c->server->ports.ctx, &body);
    rpc_server_metrics(c->server, &body);
    answer_put(c, 200, "text/plain; version=0.0.4", mc_buf_slice(&body));
    mc_buf_free(&body);
}

static bool path_is(const struct rpc_http_request *q, const char *path)
{
    size_t n = strcspn(q->path.s, "?");

    return n == strlen(path) && memcmp(q->path.s, path, n) == 0;
}

static void get_answer(struct rpc_conn *c)
{
    const struct rpc_http_request *q = request_of(c);

    if (path_is(q, "/health")) {
        answer_put(c, 200, "application/json", mc_slice_str("{\"status\":\"ok\"}\n"));
    } else if (path_is(q, "/ready")) {
        ready_put(c);
    } else if (path_is(q, "/metrics")) {
        metrics_put(c);
    } else if (q->upgrade.cnt > 0) {
        c->closing = true; /* what follows may be frames */
        refusal_put(c, 501, "WebSocket is not offered on this port; use HTTP POST");
    } else if (path_is(q, "/")) {
        refusal_put(c, 405, "method not allowed; JSON-RPC requests come with POST");
    } else {
        refusal_put(c, 404, "no such path; there are /, /health, /ready and /metrics");
    }
}

static void preflight_answer(struct rpc_conn *c)
{
    const struct rpc_http_request *q = request_of(c);
    struct rpc_reply r = {.status = 204,
                          .allow = "POST, OPTIONS",
                          .origin = origin_of(c),
                          .preflight = true,
                          .keep_alive = q->keep_alive,
                          .minor = q->minor};

    if (q->preflight.cnt > 0 && r.origin[0] == '\0') {
        refusal_put(c, 403, "this origin is not allowed here");
        return;
    }
    r.preflight = q->preflight.cnt > 0;
    rpc_reply_put(&c->send, &r, mc_slice(NULL, 0));
    if (!r.keep_alive)
        c->closing = true;
}

/* ---- checks ---- */

/* The name without its port: "localhost:8545", "[::1]:8545". */
static struct mc_slice host_name(const struct rpc_http_text *host)
{
    const char *end = host->s[0] == '[' ? strchr(host->s, ']') : strchr(host->s, ':');
    size_t n = host->n;

    if (end != NULL)
        n = (size_t)(end - host->s) + (host->s[0] == '[');
    return mc_slice(host->s, n);
}

/* A name that leads here but is not ours is how a web page reaches past the browser's rules (DNS rebinding). */
static bool host_allowed(const struct rpc_conn *c)
{
    const struct rpc_http_request *q = request_of(c);

    if (q->host.cnt == 0) /* HTTP/1.0 without the header: no browser */
        return true;
    /* Probes come by whatever address the machine has, and learn nothing from these two. */
    if (q->method == RPC_HTTP_GET && (path_is(q, "/health") || path_is(q, "/ready")))
        return true;
    return rpc_list_has(c->server->cfg.hosts, host_name(&q->host));
}

/* "application/json" and its two older names, with or without parameters. */
static bool type_allowed(const struct rpc_http_text *t)
{
    size_t n = strcspn(t->s, "; \t");

    return t->cnt == 1 &&
           rpc_list_has("application/json,application/json-rpc,application/jsonrequest",
                        mc_slice(t->s, n));
}

/* ---- requests ---- */

/* The job of a POST, or NULL with an answer put. */
static struct rpc_job *post_take(struct rpc_conn *c)
{
    struct rpc_http_request *q = rpc_http_parser_request(c->parser);
    struct rpc_job *job;

    if (!path_is(q, "/")) {
        refusal_put(c, 404, "no such path; JSON-RPC requests go to /");
        return NULL;
    }
    if (!type_allowed(&q->content_type)) {
        refusal_put(c, 415, "content type must be application/json");
        return NULL;
    }
    job = rpc_job_new(c->server, &q->body);
    if (job == NULL) {
        c->closing = true;
        refusal_put(c, 503, "out of memory");
        return NULL;
    }
    job->keep_alive = q->keep_alive;
    job->minor = q->minor;
    memcpy(job->origin, origin_of(c), strlen(origin_of(c)) + 1);
    return job;
}

static struct rpc_job *request_take(struct rpc_conn *c)
{
    const struct rpc_http_request *q = request_of(c);

    atomic_fetch_add_explicit(&c->server->http_requests, 1, memory_order_relaxed);
    if (!host_allowed(c)) {
        refusal_put(c, 403, "invalid host specified");
        return NULL;
    }
    switch (q->method) {
    case RPC_HTTP_POST:
        return post_take(c);
    case RPC_HTTP_GET:
        get_answer(c);
        return NULL;
    case RPC_HTTP_OPTIONS:
        preflight_answer(c);
        return NULL;
    case RPC_HTTP_OTHER:
        c->closing = true; /* it may be HEAD, whose answer has no body: let nobody count bytes */
        refusal_put(c, 405, "method not allowed; JSON-RPC requests come with POST");
        return NULL;
    }
    return NULL;
}

/* Reads requests until one makes a job, the bytes end or the connection does.  Returns the bytes taken. */
static size_t bytes_read(struct rpc_conn *c, struct mc_slice bytes, struct rpc_job **job)
{
    size_t at = 0;

    while (!c->closing && *job == NULL && at < bytes.n) {
        struct mc_errmsg em;
        size_t used;
        int status;
        enum rpc_http_event ev =
            rpc_http_parser_feed(c->parser, &used, &status, mc_slice_skip(bytes, at), &em);
        at += used;
        if (ev == RPC_HTTP_BAD) {
            c->closing = true;
            refusal_put(c, status, em.text);
        } else if (ev == RPC_HTTP_REQUEST) {
            *job = request_take(c);
            mc_buf_free(&rpc_http_parser_request(c->parser)->body); /* of a refused request */
        } else if (rpc_http_parser_wants_continue(c->parser)) {
            mc_buf_put_str(&c->send, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        if (c->send.n - c->send_at > READY_BYTES_MAX && *job == NULL && at < bytes.n)
            c->closing = true;
    }
    return at;
}

static void hold(struct rpc_conn *c, struct mc_slice bytes)
{
    if (c->overrun)
        return;
    if (bytes.n > c->server->cfg.body_bytes_max + HELD_BYTES_EXTRA - c->held.n) {
        c->overrun = true;
        mc_buf_free(&c->held);
        return;
    }
    mc_buf_put_slice(&c->held, bytes);
    if (c->held.oom) {
        c->overrun = true;
        mc_buf_free(&c->held);
    }
}

static void out_fill(struct rpc_conn *c, struct rpc_conn_out *out, struct rpc_job *job)
{
    if (c->send.oom) {
        c->closing = true;
        mc_buf_free(&c->send);
        c->send_at = 0;
    }
    c->busy = job != NULL;
    *out = (struct rpc_conn_out){.job = job, .close = c->closing && job == NULL};
    if (c->send.n > c->send_at)
        out->send = mc_slice(c->send.p + c->send_at, c->send.n - c->send_at);
}

void rpc_conn_feed(struct rpc_conn *c, struct mc_slice bytes, struct rpc_conn_out *out)
{
    struct rpc_job *job = NULL;
    size_t used;

    *out = (struct rpc_conn_out){0};
    if (c->busy) {
        hold(c, bytes);
        return;
    }
    rpc_conn_sent(c);
    used = bytes_read(c, bytes, &job);
    if (job != NULL && used < bytes.n)
        hold(c, mc_slice_skip(bytes, used));
    out_fill(c, out, job);
}

void rpc_conn_sent(struct rpc_conn *c)
{
    mc_buf_free(&c->send);
    c->send_at = 0;
}

/* Puts the head in front of the answer, in the room left for it. */
static void head_fit(struct rpc_conn *c, struct rpc_job *job)
{
    struct rpc_reply r = {.status = 200,
                          .type = "application/json",
                          .origin = job->origin,
                          .keep_alive = job->keep_alive && !c->overrun,
                          .minor = job->minor};
    char head[RPC_HEAD_ROOM];
    size_t n = rpc_reply_head(head, sizeof head, &r, job->out.n - RPC_HEAD_ROOM);

    MC_ASSERT(n > 0);
    c->send_at = RPC_HEAD_ROOM - n;
    memcpy(job->out.p + c->send_at, head, n);
}

static void answer_take(struct rpc_conn *c, struct rpc_job *job)
{
    rpc_conn_sent(c);
    if (!job->keep_alive || c->overrun)
        c->closing = true;
    if (job->out.n < RPC_HEAD_ROOM || job->out.oom) {
        c->closing = true; /* not even memory for an error text */
    } else {
        head_fit(c, job);
        c->send = job->out;
        job->out = (struct mc_buf){0};
    }
    rpc_job_free(job);
}

void rpc_conn_answer(struct rpc_conn *c, struct rpc_job *job, struct rpc_conn_out *out)
{
    struct rpc_job *next = NULL;
    size_t used;

    answer_take(c, job);
    used = bytes_read(c, mc_buf_slice(&c->held), &next);
    if (c->closing || used == c->held.n) {
        mc_buf_free(&c->held);
    } else {
        memmove(c->held.p, c->held.p + used, c->held.n - used);
        c->held.n -= used;
    }
    out_fill(c, out, next);
}
