#include "node/peers_uv.h"

#include <stdio.h>
#include <stdlib.h>

#define READ_BYTES 65536u
#define TICK_MS    100u

struct conn {
    struct peers *p;
    uv_tcp_t tcp;
    uv_connect_t connect;
    struct peer_link *link;
    uint32_t peer; /* dialled: whom; listener's: known once up */
    bool dialer, up, closing, paused;
    uint64_t opened_ms, heard_ms;
    struct conn *prev, *next;
};

struct peer {
    bool used, listed;
    uint8_t pub[32];
    struct peer_addr addr; /* listed ones */
    struct conn *conn;     /* the one that is up */
    struct conn *dial;     /* on its way */
    bool resolving;
    uint64_t dial_ms, backoff_ms; /* when to dial next, pause after that */
    uint64_t shut_until_ms;
    uint64_t link;
    uint64_t frames_in, frames_out, bytes_in, bytes_out, drops;
};

struct write {
    uv_write_t req;
    struct conn *conn;
    struct mc_buf bytes;
};

struct resolve {
    uv_getaddrinfo_t req;
    struct peers *p;
    uint32_t peer;
};

struct peers {
    uv_loop_t *loop;
    struct peers_cfg cfg;
    char host[PEER_HOST_MAX];
    uv_tcp_t listener;
    uv_timer_t timer;
    struct conn *conns;
    uint32_t conn_cnt, stranger_cnt, up_cnt,
        busy; /* busy: handles and requests of ours in the loop */
    bool listening, stopping;
    uint64_t link_cnt, refused_ms;
    void (*done)(void *arg);
    void *done_arg;
    struct peer peer[PEERS_MAX];
    char read_buf[READ_BYTES];
};

static void pump(struct conn *c);

static void maybe_done(struct peers *p)
{
    if (p->stopping && p->busy == 0 && p->conn_cnt == 0 && p->done != NULL) {
        void (*done)(void *) = p->done;
        p->done = NULL;
        done(p->done_arg);
    }
}

/* ------------------------------------------------------------------ names */

static void key_text(char out[17], const uint8_t pub[32])
{
    mc_hex_encode(out, pub, 8);
}

static void addr_text(char *out, size_t cap, const struct conn *c)
{
    struct sockaddr_storage a;
    int len = sizeof a;
    char ip[48] = "?";
    if (uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&a, &len) == 0)
        (void)uv_ip_name((struct sockaddr *)&a, ip, sizeof ip);
    else
        memset(&a, 0, sizeof a);
    snprintf(out, cap, "%s:%u", ip, ntohs(((struct sockaddr_in *)&a)->sin_port));
}

/* ------------------------------------------------------------------ closing */

static void on_conn_closed(uv_handle_t *h)
{
    struct conn *c = h->data;
    struct peers *p = c->p;
    *(c->prev != NULL ? &c->prev->next : &p->conns) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    p->conn_cnt--;
    peer_link_free(c->link);
    free(c);
    maybe_done(p);
}

/* The next dial waits twice as long as the last, and a random part more, so that a whole site does not dial in step. */
static void plan_dial(struct peers *p, struct peer *who)
{
    uint32_t jitter;
    if (who->addr.host[0] == 0)
        return;
    mc_random(&jitter, sizeof jitter);
    if (who->backoff_ms < PEERS_DIAL_MIN_MS)
        who->backoff_ms = PEERS_DIAL_MIN_MS;
    who->dial_ms = uv_now(p->loop) + who->backoff_ms + jitter % (who->backoff_ms / 2 + 1);
    who->backoff_ms =
        who->backoff_ms * 2 > PEERS_DIAL_MAX_MS ? PEERS_DIAL_MAX_MS : who->backoff_ms * 2;
}

static void close_conn(struct conn *c, const char *why)
{
    struct peers *p = c->p;
    struct peer *who = c->peer != PEERS_NONE ? &p->peer[c->peer] : NULL;
    char key[17] = "?", addr[64];
    if (c->closing)
        return;
    c->closing = true;
    addr_text(addr, sizeof addr, c);
    if (who != NULL)
        key_text(key, who->pub);
    if (!c->up)
        p->stranger_cnt--;
    if (who != NULL && who->dial == c)
        who->dial = NULL;
    uv_close((uv_handle_t *)&c->tcp, on_conn_closed);
    if (c->up && who->conn == c) {
        who->conn = NULL;
        p->up_cnt--;
        MC_LOG(INFO, "peer.down", "peer=%s at=%s why=%s", key, addr, why);
        plan_dial(p, who);
        p->cfg.down(p->cfg.arg, c->peer);
    } else if (who != NULL && who->conn == NULL && c->dialer) {
        MC_LOG(DEBUG, "peer.dial_failed", "peer=%s host=%s:%u why=%s", key, who->addr.host,
               who->addr.port, why);
        plan_dial(p, who);
    }
}

/* Strangers may come as often as they like; the log hears of one a second. */
static void refuse(struct conn *c, const char *why)
{
    struct peers *p = c->p;
    char addr[64];
    if (!c->closing && uv_now(p->loop) >= p->refused_ms + 1000) {
        p->refused_ms = uv_now(p->loop);
        addr_text(addr, sizeof addr, c);
        MC_LOG(WARN, "peer.refused", "at=%s dialled=%d why=the other node %s", addr, c->dialer,
               why);
    }
    close_conn(c, why);
}

/* ------------------------------------------------------------------ sending */

static void on_written(uv_write_t *req, int status)
{
    struct write *w = (struct write *)req;
    struct conn *c = w->conn;
    mc_buf_free(&w->bytes);
    free(w);
    if (status < 0 && !c->closing)
        close_conn(c, uv_strerror(status));
}

/* Takes the bytes. */
static void send_bytes(struct conn *c, struct mc_buf *bytes)
{
    uv_buf_t buf = uv_buf_init((char *)bytes->p, (unsigned)bytes->n);
    int sent = bytes->oom ? UV_ENOMEM : uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
        mc_buf_free(bytes);
        close_conn(c, uv_strerror(sent));
        return;
    }
    size_t from = sent > 0 ? (size_t)sent : 0;
    if (from == bytes->n) {
        mc_buf_free(bytes);
        return;
    }
    struct write *w = calloc(1, sizeof *w);
    if (w == NULL) {
        mc_buf_free(bytes);
        close_conn(c, "out of memory");
        return;
    }
    w->conn = c;
    w->bytes = *bytes;
    memset(bytes, 0, sizeof *bytes);
    buf = uv_buf_init((char *)w->bytes.p + from, (unsigned)(w->bytes.n - from));
    int rc = uv_write(&w->req, (uv_stream_t *)&c->tcp, &buf, 1, on_written);
    if (rc != 0) {
        mc_buf_free(&w->bytes);
        free(w);
        close_conn(c, uv_strerror(rc));
    }
}

static void send_handshake(struct conn *c)
{
    struct mc_buf b = {0};
    peer_link_take(c->link, &b);
    if (b.n > 0 || b.oom)
        send_bytes(c, &b);
}

void peers_send(struct peers *p, uint32_t peer, struct mc_slice payload)
{
    struct conn *c = p->peer[peer].conn;
    struct mc_buf b = {0};
    if (c == NULL || c->closing)
        return;
    if (uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp) + payload.n > PEERS_QUEUE_MAX) {
        p->peer[peer].drops++;
        close_conn(c, "takes what it is sent too slowly");
        return;
    }
    enum mc_err err = peer_link_seal(c->link, &b, payload);
    if (err != MC_OK) {
        mc_buf_free(&b);
        close_conn(c, mc_err_text(err));
        return;
    }
    p->peer[peer].frames_out++;
    p->peer[peer].bytes_out += b.n;
    send_bytes(c, &b);
}

/* ------------------------------------------------------------------ identities */

static uint32_t find_peer(const struct peers *p, const uint8_t pub[32])
{
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        if (p->peer[i].used && memcmp(p->peer[i].pub, pub, 32) == 0)
            return i;
    }
    return PEERS_NONE;
}

static uint32_t take_peer(struct peers *p, const uint8_t pub[32])
{
    uint32_t at = find_peer(p, pub);
    for (uint32_t i = 0; i < PEERS_MAX && at == PEERS_NONE; i++) {
        struct peer *who = &p->peer[i];
        if (who->used && (who->listed || who->conn != NULL))
            continue;
        memset(who, 0, sizeof *who);
        who->used = true;
        memcpy(who->pub, pub, 32);
        at = i;
    }
    return at;
}

static bool is_welcome(struct peers *p, uint32_t i, const uint8_t pub[32])
{
    bool listed = i != PEERS_NONE && p->peer[i].listed;
    if (i != PEERS_NONE && uv_now(p->loop) < p->peer[i].shut_until_ms)
        return false;
    return listed || p->cfg.admit(p->cfg.arg, pub);
}

/* Both ends judge alike: the connection that the lower key dialled stays.  Of two from the same end the newer one: the
 * older is a leftover of a crash. */
static bool wins(const struct peers *p, const struct conn *old, const struct conn *fresh,
                 const uint8_t pub[32])
{
    bool we_are_lower = memcmp(p->cfg.key->pub, pub, 32) < 0;
    return old->dialer == fresh->dialer || fresh->dialer == we_are_lower;
}

static void on_up(struct conn *c)
{
    struct peers *p = c->p;
    const uint8_t *pub = peer_link_peer(c->link);
    char key[17], addr[64];
    uint32_t i = find_peer(p, pub);
    if (!is_welcome(p, i, pub)) {
        refuse(c, "is neither a validator nor configured as a peer here, or was shut out");
        return;
    }
    i = take_peer(p, pub);
    if (i == PEERS_NONE) {
        refuse(c, "comes when no place is left");
        return;
    }
    struct peer *who = &p->peer[i];
    if (who->dial == c)
        who->dial = NULL;
    if (who->conn != NULL && !wins(p, who->conn, c, pub)) {
        close_conn(c, "a second connection");
        return;
    }
    if (who->conn != NULL)
        close_conn(who->conn, "replaced by another connection");
    p->stranger_cnt--;
    p->up_cnt++;
    c->up = true;
    c->peer = i;
    who->conn = c;
    who->backoff_ms = 0;
    who->link = ++p->link_cnt;
    key_text(key, pub);
    addr_text(addr, sizeof addr, c);
    MC_LOG(INFO, "peer.up", "peer=%s at=%s dialled=%d", key, addr, c->dialer);
    p->cfg.up(p->cfg.arg, i);
}

/* ------------------------------------------------------------------ receiving */

static void on_frame(struct conn *c, struct mc_slice payload)
{
    struct peers *p = c->p;
    struct mc_errmsg em = {{0}};
    p->peer[c->peer].frames_in++;
    if (p->cfg.message(p->cfg.arg, c->peer, payload, &em) == MC_OK || c->closing)
        return;
    MC_LOG(WARN, "peer.bad_message", "why=%s", em.text);
    peers_close(p, c->peer, "broke the protocol", PEERS_DIAL_MAX_MS);
}

static void pump(struct conn *c)
{
    while (!c->closing && !c->paused) {
        enum peer_link_event ev;
        struct mc_slice payload;
        struct mc_errmsg em = {{0}};
        enum mc_err err = peer_link_next(c->link, &ev, &payload, &em);
        send_handshake(c);
        if (c->closing)
            return;
        if (err != MC_OK && c->up)
            close_conn(c, em.text);
        else if (err != MC_OK)
            refuse(c, em.text);
        else if (ev == PEER_LINK_UP)
            on_up(c);
        else if (ev == PEER_LINK_FRAME)
            on_frame(c, payload);
        else
            return;
    }
}

static void on_alloc(uv_handle_t *h, size_t want, uv_buf_t *buf)
{
    struct conn *c = h->data;
    (void)want;
    *buf = uv_buf_init(c->p->read_buf, READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *c = stream->data;
    if (n < 0) {
        close_conn(c, n == UV_EOF ? "closed by the other end" : uv_strerror((int)n));
        return;
    }
    if (n == 0)
        return;
    c->heard_ms = uv_now(c->p->loop);
    if (c->up)
        c->p->peer[c->peer].bytes_in += (uint64_t)n;
    if (peer_link_feed(c->link, mc_slice(buf->base, (size_t)n), NULL) != MC_OK) {
        close_conn(c, "out of memory");
        return;
    }
    pump(c);
}

void peers_pause(struct peers *p, uint32_t peer)
{
    struct conn *c = p->peer[peer].conn;
    if (c == NULL || c->closing || c->paused)
        return;
    c->paused = true;
    uv_read_stop((uv_stream_t *)&c->tcp);
}

void peers_resume(struct peers *p, uint32_t peer)
{
    struct conn *c = p->peer[peer].conn;
    if (c == NULL || c->closing || !c->paused)
        return;
    c->paused = false;
    c->heard_ms = uv_now(p->loop);
    uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
    pump(c);
}

/* ------------------------------------------------------------------ connecting */

static struct conn *conn_new(struct peers *p, uint32_t peer, bool dialer)
{
    struct conn *c = calloc(1, sizeof *c);
    struct peer_link_cfg lc = {.dialer = dialer,
                               .chain = p->cfg.chain,
                               .key = p->cfg.key,
                               .expect = peer != PEERS_NONE ? p->peer[peer].pub : NULL};
    if (c == NULL || peer_link_new(&c->link, &lc, NULL) != MC_OK) {
        free(c);
        return NULL;
    }
    c->p = p;
    c->peer = peer;
    c->dialer = dialer;
    c->opened_ms = c->heard_ms = uv_now(p->loop);
    uv_tcp_init(p->loop, &c->tcp);
    c->tcp.data = c;
    c->connect.data = c;
    c->next = p->conns;
    if (p->conns != NULL)
        p->conns->prev = c;
    p->conns = c;
    p->conn_cnt++;
    p->stranger_cnt++;
    return c;
}

static void begin(struct conn *c)
{
    uv_tcp_nodelay(&c->tcp, 1);
    send_handshake(c);
    if (!c->closing)
        uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct peers *p = listener->data;
    if (status < 0 || p->stopping)
        return;
    struct conn *c = conn_new(p, PEERS_NONE, false);
    if (c == NULL)
        return;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0)
        close_conn(c, "cannot be accepted");
    else if (p->stranger_cnt > PEERS_STRANGERS_MAX)
        close_conn(c, "too many connections in their handshake");
    else
        begin(c);
}

static void on_connected(uv_connect_t *req, int status)
{
    struct conn *c = req->data;
    if (c->closing)
        return;
    if (status < 0)
        close_conn(c, uv_strerror(status));
    else
        begin(c);
}

static void dial_addr(struct peers *p, uint32_t i, const struct sockaddr *addr)
{
    struct peer *who = &p->peer[i];
    struct conn *c = conn_new(p, i, true);
    if (c == NULL) {
        plan_dial(p, who);
        return;
    }
    who->dial = c;
    int rc = uv_tcp_connect(&c->connect, &c->tcp, addr, on_connected);
    if (rc != 0)
        close_conn(c, uv_strerror(rc));
}

static void on_resolved(uv_getaddrinfo_t *req, int status, struct addrinfo *res)
{
    struct resolve *r = (struct resolve *)req;
    struct peers *p = r->p;
    struct peer *who = &p->peer[r->peer];
    who->resolving = false;
    p->busy--;
    if (p->stopping) {
        maybe_done(p);
    } else if (status < 0 || res == NULL) {
        MC_LOG(DEBUG, "peer.name_unknown", "host=%s why=%s", who->addr.host, uv_strerror(status));
        plan_dial(p, who);
    } else if (who->conn == NULL && who->dial == NULL) {
        dial_addr(p, r->peer, res->ai_addr);
    }
    if (res != NULL)
        uv_freeaddrinfo(res);
    free(r);
}

static void resolve(struct peers *p, uint32_t i)
{
    struct peer *who = &p->peer[i];
    struct resolve *r = calloc(1, sizeof *r);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    char port[8];
    snprintf(port, sizeof port, "%u", who->addr.port);
    if (r != NULL) {
        r->p = p;
        r->peer = i;
        if (uv_getaddrinfo(p->loop, &r->req, on_resolved, who->addr.host, port, &hints) == 0) {
            who->resolving = true;
            p->busy++;
            return;
        }
    }
    free(r);
    plan_dial(p, who);
}

static void dial(struct peers *p, uint32_t i)
{
    struct sockaddr_storage a;
    const struct peer_addr *to = &p->peer[i].addr;
    if (uv_ip4_addr(to->host, to->port, (struct sockaddr_in *)&a) == 0 ||
        uv_ip6_addr(to->host, to->port, (struct sockaddr_in6 *)&a) == 0)
        dial_addr(p, i, (const struct sockaddr *)&a);
    else
        resolve(p, i);
}

/* ------------------------------------------------------------------ the clock */

static void check_conn(struct conn *c, uint64_t now)
{
    if (c->closing || c->paused)
        return;
    if (!c->up && now - c->opened_ms > PEERS_HANDSHAKE_MS)
        close_conn(c, "the handshake takes too long");
    else if (c->up && now - c->heard_ms > PEERS_SILENCE_MS)
        close_conn(c, "silent for too long");
}

static void on_tick(uv_timer_t *timer)
{
    struct peers *p = timer->data;
    uint64_t now = uv_now(p->loop);
    for (struct conn *c = p->conns; c != NULL; c = c->next)
        check_conn(c, now);
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        struct peer *who = &p->peer[i];
        if (who->used && who->addr.host[0] != 0 && who->conn == NULL && who->dial == NULL &&
            !who->resolving && now >= who->dial_ms && now >= who->shut_until_ms)
            dial(p, i);
    }
}

/* ------------------------------------------------------------------ asked from outside */

bool peers_is_up(const struct peers *p, uint32_t peer)
{
    return p->peer[peer].conn != NULL;
}

uint64_t peers_link(const struct peers *p, uint32_t peer)
{
    return p->peer[peer].conn != NULL ? p->peer[peer].link : 0;
}

const uint8_t *peers_pub(const struct peers *p, uint32_t peer)
{
    return p->peer[peer].pub;
}

uint32_t peers_up_cnt(const struct peers *p)
{
    return p->up_cnt;
}

void peers_close(struct peers *p, uint32_t peer, const char *why, uint64_t pause_ms)
{
    struct peer *who = &p->peer[peer];
    who->shut_until_ms = uv_now(p->loop) + pause_ms;
    if (who->conn != NULL)
        close_conn(who->conn, why);
}

void peers_recheck(struct peers *p)
{
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        if (p->peer[i].conn != NULL && !is_welcome(p, i, p->peer[i].pub))
            close_conn(p->peer[i].conn, "is no validator any more");
    }
}

bool peers_info_get(const struct peers *p, uint32_t peer, struct peers_info *out)
{
    const struct peer *who = peer < PEERS_MAX ? &p->peer[peer] : NULL;
    if (who == NULL || !who->used)
        return false;
    *out = (struct peers_info){.up = who->conn != NULL,
                               .frames_in = who->frames_in,
                               .frames_out = who->frames_out,
                               .bytes_in = who->bytes_in,
                               .bytes_out = who->bytes_out,
                               .drops = who->drops};
    memcpy(out->pub, who->pub, sizeof out->pub);
    if (who->conn != NULL) {
        out->dialled = who->conn->dialer;
        out->since_ms = who->conn->opened_ms;
        addr_text(out->addr, sizeof out->addr, who->conn);
    }
    return true;
}

/* ------------------------------------------------------------------ start and stop */

static enum mc_err listen_on(struct peers *p, struct mc_errmsg *em)
{
    struct sockaddr_storage a;
    const char *host = strcmp(p->host, "localhost") == 0 ? "127.0.0.1" : p->host;
    if (uv_ip4_addr(host, p->cfg.port, (struct sockaddr_in *)&a) != 0 &&
        uv_ip6_addr(host, p->cfg.port, (struct sockaddr_in6 *)&a) != 0)
        return mc_fail(em, MC_EINVAL, "peerHost %s: not an IP address", p->host);
    int rc = uv_tcp_bind(&p->listener, (struct sockaddr *)&a, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&p->listener, 128, on_connection);
    if (rc == UV_EADDRINUSE)
        return mc_fail(em, MC_EBUSY,
                       "peers: port %u of %s is in use; choose another with --peer-port",
                       p->cfg.port, p->host);
    if (rc != 0)
        return mc_fail(em, MC_EIO, "peers: listen on %s port %u: %s", p->host, p->cfg.port,
                       uv_strerror(rc));
    p->listening = true;
    return MC_OK;
}

static void add_listed(struct peers *p, const struct peer_addr *a)
{
    uint32_t i = memcmp(a->pub, p->cfg.key->pub, 32) == 0 ? PEERS_NONE : take_peer(p, a->pub);
    if (i == PEERS_NONE)
        return; /* one list may serve all nodes: each leaves itself out */
    struct peer *who = &p->peer[i];
    who->listed = true;
    who->addr = *a;
    /* The lower key dials first: that connection would stay anyway. */
    who->dial_ms = uv_now(p->loop) + (memcmp(p->cfg.key->pub, a->pub, 32) < 0 ? 0 : 700);
}

enum mc_err peers_start(struct peers **out, uv_loop_t *loop, const struct peers_cfg *cfg,
                        struct mc_errmsg *em)
{
    struct peers *p = calloc(1, sizeof *p);
    if (p == NULL)
        return mc_fail(em, MC_ENOMEM, "peers: out of memory");
    p->loop = loop;
    p->cfg = *cfg;
    snprintf(p->host, sizeof p->host, "%s", cfg->host);
    p->cfg.host = p->host;
    uv_tcp_init(loop, &p->listener);
    uv_timer_init(loop, &p->timer);
    p->listener.data = p->timer.data = p;
    p->busy = 2;
    *out = p;
    for (uint32_t i = 0; i < cfg->list_cnt; i++)
        add_listed(p, &cfg->list[i]);
    uv_timer_start(&p->timer, on_tick, 1, TICK_MS);
    return p->host[0] != 0 ? listen_on(p, em) : MC_OK;
}

uint16_t peers_port(const struct peers *p)
{
    struct sockaddr_storage a;
    int len = sizeof a;
    if (!p->listening || uv_tcp_getsockname(&p->listener, (struct sockaddr *)&a, &len) != 0)
        return 0;
    return ntohs(((struct sockaddr_in *)&a)->sin_port);
}

static void on_handle_closed(uv_handle_t *h)
{
    struct peers *p = h->data;
    p->busy--;
    maybe_done(p);
}

void peers_stop(struct peers *p, void (*done)(void *arg), void *arg)
{
    p->stopping = true;
    p->done = done;
    p->done_arg = arg;
    uv_close((uv_handle_t *)&p->listener, on_handle_closed);
    uv_close((uv_handle_t *)&p->timer, on_handle_closed);
    for (struct conn *c = p->conns; c != NULL; c = c->next)
        close_conn(c, "this node ends");
}

void peers_free(struct peers *p)
{
    free(p);
}
