#include "rpc/reply.h"

#include <stdarg.h>
#include <stdio.h>

static const char *status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {{200, "OK"},
                {204, "No Content"},
                {400, "Bad Request"},
                {403, "Forbidden"},
                {404, "Not Found"},
                {405, "Method Not Allowed"},
                {413, "Content Too Large"},
                {414, "URI Too Long"},
                {415, "Unsupported Media Type"},
                {431, "Request Header Fields Too Large"},
                {501, "Not Implemented"},
                {503, "Service Unavailable"},
                {505, "HTTP Version Not Supported"}};

    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        if (rows[i].status == status)
            return rows[i].text;
    }
    return "Error";
}

struct head {
    char *p;
    size_t n, cap;
    bool cut;
};

static void put(struct head *h, const char *fmt, ...) MC_PRINTF(2, 3);

static void put(struct head *h, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(h->p + h->n, h->cap - h->n, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= h->cap - h->n)
        h->cut = true;
    else
        h->n += (size_t)n;
}

size_t rpc_reply_head(char *out, size_t cap, const struct rpc_reply *r, size_t body_len)
{
    struct head h = {out, 0, cap, false};

    put(&h, "HTTP/1.1 %d %s\r\n", r->status, status_text(r->status));
    if (r->status != 204)
        put(&h, "Content-Length: %zu\r\n", body_len);
    if (r->type != NULL)
        put(&h, "Content-Type: %s\r\n", r->type);
    if (r->allow != NULL)
        put(&h, "Allow: %s\r\n", r->allow);
    if (r->origin != NULL && r->origin[0] != '\0')
        put(&h, "Access-Control-Allow-Origin: %s\r\nVary: Origin\r\n", r->origin);
    if (r->preflight)
        put(&h, "Access-Control-Allow-Methods: POST, GET, OPTIONS\r\n"
                "Access-Control-Allow-Headers: Content-Type\r\nAccess-Control-Max-Age: 600\r\n");
    if (!r->keep_alive)
        put(&h, "Connection: close\r\n");
    else if (r->minor == 0)
        put(&h, "Connection: keep-alive\r\n");
    put(&h, "\r\n");
    return h.cut ? 0 : h.n;
}

void rpc_reply_put(struct mc_buf *out, const struct rpc_reply *r, struct mc_slice body)
{
    char head[1024];
    size_t n = rpc_reply_head(head, sizeof head, r, body.n);

    MC_ASSERT(n > 0); /* the origin is bounded by whoever set it */
    mc_buf_put(out, head, n);
    mc_buf_put_slice(out, body);
}
