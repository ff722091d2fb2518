#include "tools/http_client.h"

#include <errno.h>
#include <llhttp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/say.h"

struct http_parser {
    llhttp_t ll;
    llhttp_settings_t settings;
    struct mc_buf body;
    size_t body_bytes_max;
    bool done, keep_alive, too_long;
};

static int on_body(llhttp_t *ll, const char *at, size_t n)
{
    struct http_parser *p = ll->data;
    if (p->body.n + n > p->body_bytes_max) {
        p->too_long = true;
        return -1;
    }
    mc_buf_put(&p->body, at, n);
    return p->body.oom ? -1 : 0;
}

static int on_complete(llhttp_t *ll)
{
    struct http_parser *p = ll->data;
    p->done = true;
    p->keep_alive = llhttp_should_keep_alive(ll);
    return HPE_PAUSED; /* what follows belongs to the next response */
}

struct http_parser *http_parser_new(size_t body_bytes_max)
{
    struct http_parser *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    llhttp_settings_init(&p->settings);
    p->settings.on_body = on_body;
    p->settings.on_message_complete = on_complete;
    p->body_bytes_max = body_bytes_max;
    http_parser_reset(p);
    return p;
}

void http_parser_free(struct http_parser *p)
{
    if (p == NULL)
        return;
    mc_buf_free(&p->body);
    free(p);
}

void http_parser_reset(struct http_parser *p)
{
    llhttp_init(&p->ll, HTTP_RESPONSE, &p->settings);
    p->ll.data = p;
    mc_buf_reset(&p->body);
    p->done = p->keep_alive = p->too_long = false;
}

static enum mc_err parse_failed(const struct http_parser *p, struct mc_errmsg *em)
{
    if (p->body.oom)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    if (p->too_long)
        return mc_fail(em, MC_ELIMIT, "the answer is longer than %zu bytes", p->body_bytes_max);
    const char *reason = llhttp_get_error_reason(&p->ll);
    return mc_fail(em, MC_EMALFORM, "the answer is not HTTP (%s)",
                   reason != NULL && reason[0] != 0 ? reason : "it stops in the middle");
}

enum mc_err http_parser_feed(struct http_parser *p, struct mc_slice bytes, size_t *used,
                             struct mc_errmsg *em)
{
    *used = 0;
    if (p->done || bytes.n == 0)
        return MC_OK;
    llhttp_errno_t rc = llhttp_execute(&p->ll, (const char *)bytes.p, bytes.n);
    if (rc == HPE_OK) {
        *used = bytes.n;
        return MC_OK;
    }
    if (!p->done || rc != HPE_PAUSED)
        return parse_failed(p, em);
    *used = (size_t)((const uint8_t *)llhttp_get_error_pos(&p->ll) - bytes.p);
    return MC_OK;
}

enum mc_err http_parser_eof(struct http_parser *p, struct mc_errmsg *em)
{
    if (!p->done && p->ll.http_major != 0)
        (void)llhttp_finish(&p->ll);
    return p->done ? MC_OK : parse_failed(p, em);
}

bool http_parser_done(const struct http_parser *p)
{
    return p->done;
}

bool http_parser_keep_alive(const struct http_parser *p)
{
    return p->keep_alive;
}

uint32_t http_parser_status(const struct http_parser *p)
{
    return p->ll.status_code;
}

struct mc_slice http_parser_body(const struct http_parser *p)
{
    return mc_buf_slice(&p->body);
}

/* ---- URLs ---- */

static bool copy_part(char *to, size_t cap, const char *from, size_t n)
{
    if (n == 0 || n >= cap)
        return false;
    memcpy(to, from, n);
    to[n] = 0;
    return true;
}

uint16_t http_url_port(const struct http_url *url)
{
    struct mc_u256 v;
    if (mc_u256_from_dec(&v, mc_slice_str(url->port), NULL) != MC_OK ||
        mc_u256_u64_sat(&v) > UINT16_MAX)
        return 0;
    return (uint16_t)v.w[0];
}

enum mc_err http_url_parse(struct http_url *out, const char *text, struct mc_errmsg *em)
{
    static const char scheme[] = "http://";
    const char *at = text, *host, *end;
    memset(out, 0, sizeof *out);
    if (strncmp(at, scheme, sizeof scheme - 1) != 0) {
        if (strstr(at, "://") != NULL)
            return mc_fail(em, MC_EUNSUPPORTED, "%.100s: only http:// URLs are supported", text);
        return mc_fail(em, MC_EMALFORM, "%.100s: not a URL such as http://127.0.0.1:8545", text);
    }
    host = at + sizeof scheme - 1;
    end = host + strcspn(host, "/:");
    if (*host == '[') {
        host++;
        end = host + strcspn(host, "]/");
        if (*end != ']')
            return mc_fail(em, MC_EMALFORM, "%.100s: the bracket is not closed", text);
    }
    if (!copy_part(out->host, sizeof out->host, host, (size_t)(end - host)))
        return mc_fail(em, MC_EMALFORM, "%.100s: no host, or too long a one", text);
    end += *end == ']';
    memcpy(out->port, "80", 3);
    if (*end == ':') {
        size_t n = strcspn(end + 1, "/");
        if (!copy_part(out->port, sizeof out->port, end + 1, n) || http_url_port(out) == 0)
            return mc_fail(em, MC_EMALFORM, "%.100s: the port is not 1 to 65535", text);
        end += 1 + n;
    }
    memcpy(out->path, "/", 2);
    if (*end == '/' && !copy_part(out->path, sizeof out->path, end, strlen(end)))
        return mc_fail(em, MC_EMALFORM, "%.100s: the path is too long", text);
    if (*end != '/' && *end != 0)
        return mc_fail(em, MC_EMALFORM, "%.100s: not a URL such as http://127.0.0.1:8545", text);
    return MC_OK;
}

static bool connect_in_time(int fd, const struct addrinfo *ai, uint64_t timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int bad = 0;
    socklen_t n = sizeof bad;
    if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
        return true;
    if (errno != EINPROGRESS)
        return false;
    if (poll(&p, 1, (int)timeout_ms) != 1) {
        errno = ETIMEDOUT;
        return false;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &bad, &n) != 0)
        return false;
    errno = bad;
    return bad == 0;
}

int http_connect(const struct http_url *url, uint64_t timeout_ms, struct mc_errmsg *em)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    int rc = getaddrinfo(url->host, url->port, &hints, &list), fd = -1, one = 1, why = 0;
    if (rc != 0) {
        mc_errf(em, "%s: %s", url->host, gai_strerror(rc));
        return -1;
    }
    for (const struct addrinfo *ai = list; ai != NULL && fd < 0; ai = ai->ai_next) {
        fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && !connect_in_time(fd, ai, timeout_ms)) {
            why = errno;
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (fd < 0) {
        mc_errf(em,
                "no node answers at http://%s:%s (%s); start one with `medichain devnet`, or name "
                "another with --rpc URL",
                url->host, url->port, strerror(why));
        return -1;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

void http_put_head(struct mc_buf *out, const struct http_url *url, const char *method,
                   const char *path, size_t n)
{
    bool v6 = strchr(url->host, ':') != NULL;
    mc_buf_putf(out, "%s %s HTTP/1.1\r\nHost: %s%s%s:%s\r\n", method,
                path != NULL ? path : url->path, v6 ? "[" : "", url->host, v6 ? "]" : "",
                url->port);
    if (strcmp(method, "GET") != 0)
        mc_buf_putf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", n);
    mc_buf_put_str(out, "\r\n");
}

/* ---- client ---- */

/* Longer than any answer a node gives (its own limit is 25 MiB). */
#define ANSWER_BYTES_MAX (64u * 1024u * 1024u)

struct http_client {
    struct http_url url;
    uint64_t timeout_ms;
    int fd;
    struct http_parser *parser;
    struct mc_buf out;
};

enum mc_err http_client_new(struct http_client **out, const char *url, uint64_t timeout_ms,
                            struct mc_errmsg *em)
{
    struct http_url parsed;
    enum mc_err err = http_url_parse(&parsed, url, em);
    if (err != MC_OK)
        return err;
    struct http_client *c = calloc(1, sizeof *c);
    if (c != NULL)
        c->parser = http_parser_new(ANSWER_BYTES_MAX);
    if (c == NULL || c->parser == NULL) {
        free(c);
        return mc_fail(em, MC_ENOMEM, "out of memory");
    }
    c->url = parsed;
    c->timeout_ms = timeout_ms;
    c->fd = -1;
    *out = c;
    return MC_OK;
}

static void hang_up(struct http_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

void http_client_free(struct http_client *c)
{
    if (c == NULL)
        return;
    hang_up(c);
    http_parser_free(c->parser);
    mc_buf_free(&c->out);
    free(c);
}

static enum mc_err wait_for(struct http_client *c, short events, uint64_t deadline,
                            struct mc_errmsg *em)
{
    struct pollfd p = {.fd = c->fd, .events = events};
    for (;;) {
        uint64_t now = tool_now_ms();
        int rc = now >= deadline ? 0 : poll(&p, 1, (int)(deadline - now));
        if (rc > 0)
            return MC_OK;
        if (rc == 0)
            return mc_fail(em, MC_EIO, "no answer from http://%s:%s within %u seconds", c->url.host,
                           c->url.port, (unsigned)(c->timeout_ms / 1000));
        if (errno != EINTR)
            return mc_fail(em, MC_EIO, "poll: %s", strerror(errno));
    }
}

static enum mc_err send_all(struct http_client *c, uint64_t deadline, struct mc_errmsg *em)
{
    for (size_t sent = 0; sent < c->out.n;) {
        ssize_t n = send(c->fd, c->out.p + sent, c->out.n - sent, MSG_NOSIGNAL);
        if (n >= 0) {
            sent += (size_t)n;
        } else if (errno == EAGAIN) {
            enum mc_err err = wait_for(c, POLLOUT, deadline, em);
            if (err != MC_OK)
                return err;
        } else if (errno != EINTR) {
            return mc_fail(em, MC_EIO, "the node closed the connection (%s)", strerror(errno));
        }
    }
    return MC_OK;
}

/* *got tells whether anything of an answer came: a request that may have been read is not sent twice. */
static enum mc_err receive(struct http_client *c, uint64_t deadline, bool *got,
                           struct mc_errmsg *em)
{
    uint8_t chunk[65536];
    http_parser_reset(c->parser);
    while (!http_parser_done(c->parser)) {
        ssize_t n = recv(c->fd, chunk, sizeof chunk, 0);
        enum mc_err err = MC_OK;
        size_t used;
        if (n > 0) {
            *got = true;
            err = http_parser_feed(c->parser, mc_slice(chunk, (size_t)n), &used, em);
        } else if (n == 0 && !*got) {
            err = mc_fail(em, MC_EIO, "the node closed the connection without an answer");
        } else if (n == 0) {
            err = http_parser_eof(c->parser, em);
        } else if (errno == EAGAIN) {
            err = wait_for(c, POLLIN, deadline, em);
            *got = *got || err != MC_OK;
        } else if (errno != EINTR) {
            err = mc_fail(em, MC_EIO, "the node closed the connection (%s)", strerror(errno));
        }
        if (err != MC_OK)
            return err;
    }
    return MC_OK;
}

enum mc_err http_client_request(struct http_client *c, const char *method, const char *path,
                                struct mc_slice body, uint32_t *status, struct mc_slice *answer,
                                struct mc_errmsg *em)
{
    uint64_t deadline = tool_now_ms() + c->timeout_ms;
    bool reused = c->fd >= 0, got = false;
    enum mc_err err;

    mc_buf_reset(&c->out);
    http_put_head(&c->out, &c->url, method, path, body.n);
    mc_buf_put_slice(&c->out, body);
    if (c->out.oom)
        return mc_fail(em, MC_ENOMEM, "out of memory");
again:
    if (c->fd < 0)
        c->fd = http_connect(&c->url, c->timeout_ms, em);
    if (c->fd < 0)
        return MC_EIO;
    err = send_all(c, deadline, em);
    if (err == MC_OK)
        err = receive(c, deadline, &got, em);
    if (err != MC_OK || !http_parser_keep_alive(c->parser))
        hang_up(c);
    /* A kept connection may have timed out at the node between two requests. */
    if (err != MC_OK && reused && !got) {
        reused = false;
        goto again;
    }
    if (err != MC_OK)
        return err;
    *status = http_parser_status(c->parser);
    *answer = http_parser_body(c->parser);
    return MC_OK;
}
