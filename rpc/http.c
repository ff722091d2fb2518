#include "rpc/http.h"

#include <llhttp.h>
#include <stdlib.h>
#include <strings.h>

#define FRAMING_BYTES_MIN (64u * 1024u) /* chunk headers and trailers of a small body */

struct rpc_http_parser {
    llhttp_t ll;
    llhttp_settings_t settings;
    struct rpc_http_request req;
    size_t body_bytes_max;
    struct rpc_http_text name;   /* of the header being read */
    struct rpc_http_text *value; /* where its value goes; NULL: nobody wants it */
    size_t head_bytes;           /* of the request line and headers */
    size_t raw_bytes;            /* of the whole request so far */
    uint32_t header_cnt;
    bool begun, head_done, whole, told_continue;
    int status; /* set with em when we refuse, not llhttp */
    struct mc_errmsg em;
};

static struct rpc_http_parser *of(llhttp_t *ll)
{
    return ll->data;
}

static int refuse(struct rpc_http_parser *p, int status, const char *words)
{
    p->status = status;
    mc_errf(&p->em, "%s", words);
    return -1;
}

static void text_add(struct rpc_http_text *t, const char *at, size_t n)
{
    size_t room = sizeof t->s - 1 - t->n;

    if (n > room) {
        t->cut = true;
        n = room;
    }
    memcpy(t->s + t->n, at, n);
    t->n = (uint16_t)(t->n + n);
    t->s[t->n] = '\0';
}

static int head_count(struct rpc_http_parser *p, size_t n)
{
    p->head_bytes += n;
    if (p->head_bytes > RPC_HTTP_HEAD_BYTES_MAX)
        return refuse(p, 431, "request head exceeds the limit of 16384 bytes");
    return 0;
}

/* ---- llhttp's callbacks ---- */

static int on_message_begin(llhttp_t *ll)
{
    struct rpc_http_parser *p = of(ll);
    struct mc_buf body = p->req.body;

    mc_buf_reset(&body);
    p->req = (struct rpc_http_request){.body = body};
    p->head_bytes = p->raw_bytes = 0;
    p->header_cnt = 0;
    p->begun = true;
    p->head_done = p->whole = p->told_continue = false;
    return 0;
}

static int on_url(llhttp_t *ll, const char *at, size_t n)
{
    text_add(&of(ll)->req.path, at, n);
    return head_count(of(ll), n);
}

static int on_header_field(llhttp_t *ll, const char *at, size_t n)
{
    text_add(&of(ll)->name, at, n);
    return head_count(of(ll), n);
}

static int on_header_field_complete(llhttp_t *ll)
{
    struct rpc_http_parser *p = of(ll);
    struct rpc_http_request *r = &p->req;
    const struct {
        const char *name;
        struct rpc_http_text *value;
    } wanted[] = {{"host", &r->host},
                  {"origin", &r->origin},
                  {"content-type", &r->content_type},
                  {"upgrade", &r->upgrade},
                  {"expect", &r->expect},
                  {"transfer-encoding", &r->transfer},
                  {"access-control-request-method", &r->preflight}};

    p->value = NULL;
    /* Trailers come after the body; nothing in them may change what the head said. */
    for (size_t i = 0; !p->head_done && i < MC_COUNT(wanted); i++) {
        if (strcasecmp(p->name.s, wanted[i].name) == 0 && strlen(p->name.s) == p->name.n) {
            p->value = wanted[i].value;
            if (p->value->cnt < UINT8_MAX)
                p->value->cnt++;
        }
    }
    p->name = (struct rpc_http_text){0};
    if (++p->header_cnt > RPC_HTTP_HEADERS_MAX)
        return refuse(p, 431, "more than 100 headers");
    return 0;
}

static int on_header_value(llhttp_t *ll, const char *at, size_t n)
{
    struct rpc_http_parser *p = of(ll);

    if (p->value != NULL)
        text_add(p->value, at, n);
    return head_count(p, n);
}

static enum rpc_http_method method_of(const llhttp_t *ll)
{
    switch (ll->method) {
    case HTTP_POST:
        return RPC_HTTP_POST;
    case HTTP_GET:
        return RPC_HTTP_GET;
    case HTTP_OPTIONS:
        return RPC_HTTP_OPTIONS;
    default: /* llhttp's number, not an enum of ours */
        return RPC_HTTP_OTHER;
    }
}

/* What would let two readers of the same bytes see different requests is refused (RFC 9112, sections 3.2 and 6.3). */
static int on_headers_complete(llhttp_t *ll)
{
    struct rpc_http_parser *p = of(ll);
    struct rpc_http_request *r = &p->req;

    p->head_done = true;
    r->method = method_of(ll);
    r->minor = ll->http_minor;
    if (ll->method == HTTP_CONNECT)
        return refuse(p, 405, "method not allowed; use POST");
    if (ll->http_major != 1 || ll->http_minor > 1)
        return refuse(p, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    if (r->path.cut)
        return refuse(p, 414, "request target is too long");
    if (r->host.cnt > 1 || r->host.cut || (r->host.cnt == 0 && ll->http_minor == 1))
        return refuse(p, 400, "want exactly one Host header");
    if (r->transfer.cnt > 0 && (ll->flags & F_CONTENT_LENGTH) != 0)
        return refuse(p, 400, "both Content-Length and Transfer-Encoding are given");
    if (r->transfer.cnt > 0 && (r->transfer.cnt > 1 || strcasecmp(r->transfer.s, "chunked") != 0))
        return refuse(p, 400, "the only Transfer-Encoding known here is chunked");
    if (ll->content_length > p->body_bytes_max && (ll->flags & F_CHUNKED) == 0)
        return refuse(p, 413, "request body is too large");
    /* An offer to change the protocol (h2c, websocket) is not taken up: the request stands for itself. */
    ll->upgrade = 0;
    return 0;
}

static int on_body(llhttp_t *ll, const char *at, size_t n)
{
    struct rpc_http_parser *p = of(ll);

    if (n > p->body_bytes_max - p->req.body.n)
        return refuse(p, 413, "request body is too large");
    mc_buf_put(&p->req.body, at, n);
    if (p->req.body.oom)
        return refuse(p, 503, "out of memory");
    return 0;
}

static int on_message_complete(llhttp_t *ll)
{
    struct rpc_http_parser *p = of(ll);

    p->req.keep_alive = llhttp_should_keep_alive(ll) != 0;
    p->whole = true;
    return HPE_PAUSED; /* the next request waits until this one is answered */
}

/* ---- the parser ---- */

struct rpc_http_parser *rpc_http_parser_new(size_t body_bytes_max)
{
    struct rpc_http_parser *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->body_bytes_max = body_bytes_max;
    llhttp_settings_init(&p->settings);
    p->settings.on_message_begin = on_message_begin;
    p->settings.on_url = on_url;
    p->settings.on_header_field = on_header_field;
    p->settings.on_header_field_complete = on_header_field_complete;
    p->settings.on_header_value = on_header_value;
    p->settings.on_headers_complete = on_headers_complete;
    p->settings.on_body = on_body;
    p->settings.on_message_complete = on_message_complete;
    llhttp_init(&p->ll, HTTP_REQUEST, &p->settings);
    p->ll.data = p;
    return p;
}

void rpc_http_parser_free(struct rpc_http_parser *p)
{
    if (p == NULL)
        return;
    mc_buf_free(&p->req.body);
    free(p);
}

struct rpc_http_request *rpc_http_parser_request(struct rpc_http_parser *p)
{
    return &p->req;
}

bool rpc_http_parser_wants_continue(struct rpc_http_parser *p)
{
    if (!p->head_done || p->whole || p->told_continue || p->req.minor == 0 || p->req.body.n > 0 ||
        strcasecmp(p->req.expect.s, "100-continue") != 0)
        return false;
    p->told_continue = true;
    return true;
}

bool rpc_http_parser_idle(const struct rpc_http_parser *p)
{
    return !p->begun || p->whole;
}

/* Bytes that no callback sees (white space, chunk headers) count, too. */
static bool within_limits(struct rpc_http_parser *p, size_t taken)
{
    p->raw_bytes += taken;
    if (!p->head_done && p->raw_bytes > RPC_HTTP_HEAD_BYTES_MAX + FRAMING_BYTES_MIN)
        return refuse(p, 431, "request head exceeds the limit of 16384 bytes") == 0;
    /* A byte in a chunk of its own takes six. */
    if (p->raw_bytes > 6 * p->body_bytes_max + FRAMING_BYTES_MIN + RPC_HTTP_HEAD_BYTES_MAX)
        return refuse(p, 413, "request body is too large") == 0;
    return true;
}

enum rpc_http_event rpc_http_parser_feed(struct rpc_http_parser *p, size_t *used, int *status,
                                         struct mc_slice bytes, struct mc_errmsg *em)
{
    llhttp_errno_t rc;

    *used = bytes.n;
    if (bytes.n == 0)
        return RPC_HTTP_MORE;
    if (p->whole) {
        p->whole = p->begun = false;
        llhttp_resume(&p->ll);
    }
    rc = llhttp_execute(&p->ll, (const char *)bytes.p, bytes.n);
    if (rc == HPE_PAUSED && p->whole) {
        *used = (size_t)(llhttp_get_error_pos(&p->ll) - (const char *)bytes.p);
        return RPC_HTTP_REQUEST;
    }
    if (rc == HPE_OK && within_limits(p, bytes.n))
        return RPC_HTTP_MORE;
    if (p->status == 0) {
        const char *why = llhttp_get_error_reason(&p->ll);
        p->status = 400;
        mc_errf(&p->em, "malformed HTTP request: %s", why == NULL ? "not HTTP" : why);
    }
    *status = p->status;
    *em = p->em;
    return RPC_HTTP_BAD;
}
