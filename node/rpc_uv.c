#include "node/rpc_uv.h"

#include <pthread.h>
#include <stdlib.h>

#define READ_BYTES 65536u
#define TICK_MS    1000u

struct conn;

/* A job on its way through the pool; outlives its connection. */
struct work {
    uv_work_t req;
    struct rpc_uv *u;
    struct conn *conn; /* NULL: closed meanwhile */
    struct rpc_job *job;
    enum rpc_job_state state;
    struct work *next; /* of the waiting list */
};

struct conn {
    struct rpc_uv *u;
    uv_tcp_t tcp;
    struct rpc_conn *rpc;
    struct work *work;  /* its job, on a worker or waiting; NULL: none */
    uint64_t active_ms; /* last byte read, or last answer handed over */
    uint64_t write_ms;  /* since when bytes are waiting to be taken; 0: none are */
    uint64_t begun_ms;  /* since when a request is half read; 0: none is */
    bool peer_ended;    /* the client sends no more, but may still read its answer */
    bool ending;        /* we send no more: what still comes is thrown away */
    bool ended;         /* and all we had to send went out */
    bool closing;
    uv_shutdown_t shutdown;
    struct conn *prev, *next;
};

struct write {
    uv_write_t req;
    struct conn *conn;
    uint8_t bytes[];
};

struct rpc_uv {
    uv_loop_t *loop;
    struct rpc_server *server;
    struct rpc_uv_cfg cfg;
    uv_tcp_t listener;
    uv_timer_t timer;
    struct conn *conns;
    uint32_t conn_cnt;
    uint32_t work_cnt;
    struct work *waiting;
    uint32_t handles; /* listener and timer still open */
    bool stopping;
    void (*done)(void *arg);
    void *done_arg;
    char read_buf[READ_BYTES];
};

static void handle_out(struct conn *c, struct rpc_conn_out *out);

static void maybe_done(struct rpc_uv *u)
{
    if (u->stopping && u->handles == 0 && u->conn_cnt == 0 && u->work_cnt == 0 && u->done != NULL) {
        void (*done)(void *) = u->done;
        u->done = NULL;
        done(u->done_arg);
    }
}

/* ------------------------------------------------------------------ connections */

static void on_conn_closed(uv_handle_t *h)
{
    struct conn *c = h->data;
    struct rpc_uv *u = c->u;
    *(c->prev != NULL ? &c->prev->next : &u->conns) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    u->conn_cnt--;
    rpc_conn_free(c->rpc);
    free(c);
    maybe_done(u);
}

static void close_conn(struct conn *c)
{
    if (c->closing)
        return;
    c->closing = true;
    if (c->work != NULL)
        c->work->conn = NULL;
    uv_close((uv_handle_t *)&c->tcp, on_conn_closed);
}

static void on_written(uv_write_t *req, int status)
{
    struct write *w = (struct write *)req;
    struct conn *c = w->conn;
    free(w);
    if (c->closing)
        return;
    if (status < 0) {
        close_conn(c);
        return;
    }
    if (uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp) == 0) {
        c->write_ms = 0;
        rpc_conn_sent(c->rpc);
    }
}

static void send_bytes(struct conn *c, struct mc_slice s)
{
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)s.p, (unsigned)s.n);
    int sent = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
    size_t from = sent > 0 ? (size_t)sent : 0;

    if (from == s.n) {
        rpc_conn_sent(c->rpc);
        return;
    }
    struct write *w = malloc(sizeof *w + (s.n - from));
    if (w == NULL || (sent < 0 && sent != UV_EAGAIN)) {
        free(w);
        close_conn(c);
        return;
    }
    memcpy(w->bytes, s.p + from, s.n - from);
    w->conn = c;
    buf = uv_buf_init((char *)w->bytes, (unsigned)(s.n - from));
    if (uv_write(&w->req, (uv_stream_t *)&c->tcp, &buf, 1, on_written) != 0) {
        free(w);
        close_conn(c);
        return;
    }
    if (c->write_ms == 0)
        c->write_ms = uv_now(c->u->loop);
}

static void on_alloc(uv_handle_t *h, size_t want, uv_buf_t *buf)
{
    struct conn *c = h->data;
    (void)want;
    *buf = uv_buf_init(c->u->read_buf, READ_BYTES);
}

static void on_ended(uv_shutdown_t *req, int status)
{
    struct conn *c = req->data;
    c->ended = true;
    if (status < 0 || c->peer_ended)
        close_conn(c);
}

/* Sends what is queued, then the end.  A close at once, with bytes of the client unread, would reset the connection and
 * could take the answer away before it was read; so the rest of its request is read and thrown away for a while. */
static void end_conn(struct conn *c)
{
    if (c->ending || c->closing)
        return;
    c->ending = true;
    c->active_ms = uv_now(c->u->loop);
    c->shutdown.data = c;
    if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_ended) != 0)
        close_conn(c);
}

/* The client has said all it wants to say: the connection stays until that is answered. */
static void on_peer_end(struct conn *c)
{
    c->peer_ended = true;
    if (c->ended || (!c->ending && c->work == NULL && c->write_ms == 0))
        close_conn(c);
    else if (c->work == NULL)
        end_conn(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *c = stream->data;
    struct rpc_conn_out out = {0};
    if (n == UV_EOF) {
        on_peer_end(c);
        return;
    }
    if (n < 0) {
        close_conn(c);
        return;
    }
    if (n == 0 || c->ending)
        return;
    c->active_ms = uv_now(c->u->loop);
    rpc_conn_feed(c->rpc, mc_slice(buf->base, (size_t)n), &out);
    handle_out(c, &out);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct rpc_uv *u = listener->data;
    struct conn *c;

    if (status < 0 || u->stopping)
        return;
    c = calloc(1, sizeof *c);
    if (c == NULL)
        return; /* stays in the backlog; the next event tries again */
    c->u = u;
    uv_tcp_init(u->loop, &c->tcp);
    c->tcp.data = c;
    c->active_ms = uv_now(u->loop);
    c->next = u->conns;
    if (u->conns != NULL)
        u->conns->prev = c;
    u->conns = c;
    u->conn_cnt++;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 ||
        rpc_conn_new(&c->rpc, u->server) != MC_OK) {
        close_conn(c);
        return;
    }
    if (u->conn_cnt > u->cfg.connections_max) {
        static const char text[] =
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 27\r\n\r\n"
            "too many open connections\r\n";
        uv_buf_t buf = uv_buf_init((char *)(uintptr_t)text, sizeof text - 1);
        (void)uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
        close_conn(c);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

/* ------------------------------------------------------------------ jobs */

static void on_work(uv_work_t *req)
{
    static _Thread_local bool named;
    struct work *w = (struct work *)req;
    if (!named) { /* for top -H and profiles */
        pthread_setname_np(pthread_self(), "mc-worker");
        named = true;
    }
    w->state = rpc_job_run(w->job);
}

static void on_work_done(uv_work_t *req, int status);

static void run_work(struct work *w)
{
    if (uv_queue_work(w->u->loop, &w->req, on_work, on_work_done) != 0)
        MC_ASSERT(!"uv_queue_work takes every request");
}

static void on_work_done(uv_work_t *req, int status)
{
    struct work *w = (struct work *)req;
    struct rpc_uv *u = w->u;
    struct conn *c = w->conn;
    struct rpc_conn_out out = {0};
    (void)status;

    if (w->state == RPC_JOB_WAIT && c != NULL && !u->stopping) {
        w->next = u->waiting;
        u->waiting = w;
        return;
    }
    if (c != NULL) {
        c->work = NULL;
        c->active_ms = uv_now(u->loop);
        rpc_conn_answer(c->rpc, w->job, &out);
    } else {
        rpc_job_free(w->job);
    }
    u->work_cnt--;
    free(w);
    if (c != NULL)
        handle_out(c, &out);
    maybe_done(u);
}

static void start_job(struct conn *c, struct rpc_job *job)
{
    struct work *w = calloc(1, sizeof *w);
    if (w == NULL) {
        rpc_job_free(job);
        close_conn(c);
        return;
    }
    w->u = c->u;
    w->conn = c;
    w->job = job;
    c->work = w;
    c->u->work_cnt++;
    run_work(w);
}

static void handle_out(struct conn *c, struct rpc_conn_out *out)
{
    if (out->send.n > 0)
        send_bytes(c, out->send);
    if (out->job != NULL) {
        if (c->closing)
            rpc_job_free(out->job);
        else
            start_job(c, out->job);
    }
    if (c->work != NULL || rpc_conn_idle(c->rpc))
        c->begun_ms = 0;
    else if (c->begun_ms == 0 || out->send.n > 0)
        c->begun_ms = uv_now(c->u->loop);
    if (out->close || (c->peer_ended && c->work == NULL))
        end_conn(c);
}

/* Takes the waiting jobs whose time has come, or all of them after a block, and runs them again. */
static void wake_waiting(struct rpc_uv *u, bool all)
{
    struct work *list = u->waiting, *next;
    uint64_t now = uv_now(u->loop);
    u->waiting = NULL;
    for (; list != NULL; list = next) {
        next = list->next;
        list->next = NULL;
        if (all || list->conn == NULL || rpc_job_deadline_ms(list->job) <= now) {
            run_work(list);
        } else {
            list->next = u->waiting;
            u->waiting = list;
        }
    }
}

void rpc_uv_block(struct rpc_uv *u)
{
    rpc_server_tick(u->server, uv_now(u->loop));
    wake_waiting(u, true);
}

static void on_tick(uv_timer_t *timer)
{
    struct rpc_uv *u = timer->data;
    uint64_t now = uv_now(u->loop);
    struct conn *next;

    rpc_server_tick(u->server, now);
    wake_waiting(u, false);
    for (struct conn *c = u->conns; c != NULL; c = next) {
        next = c->next;
        if (c->closing)
            continue;
        bool stuck = c->write_ms != 0 && now - c->write_ms > RPC_UV_WRITE_MS;
        bool slow = c->begun_ms != 0 && now - c->begun_ms > RPC_UV_REQUEST_MS;
        uint64_t quiet_max = c->ended ? RPC_UV_LINGER_MS : RPC_UV_IDLE_MS;
        bool quiet = c->work == NULL && c->write_ms == 0 && now - c->active_ms > quiet_max;
        if (stuck || slow || quiet)
            close_conn(c);
    }
}

/* ------------------------------------------------------------------ start and stop */

static enum mc_err listen_on(struct rpc_uv *u, struct mc_errmsg *em)
{
    struct sockaddr_storage addr;
    const char *host = strcmp(u->cfg.host, "localhost") == 0 ? "127.0.0.1" : u->cfg.host;
    if (uv_ip4_addr(host, u->cfg.port, (struct sockaddr_in *)&addr) != 0 &&
        uv_ip6_addr(host, u->cfg.port, (struct sockaddr_in6 *)&addr) != 0)
        return mc_fail(em, MC_EINVAL, "rpcHost %s: not an IP address", u->cfg.host);
    int rc = uv_tcp_bind(&u->listener, (struct sockaddr *)&addr, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&u->listener, 511, on_connection);
    if (rc == UV_EADDRINUSE)
        return mc_fail(em, MC_EBUSY, "rpc: port %u of %s is in use; choose another with --rpc-port",
                       u->cfg.port, u->cfg.host);
    if (rc != 0)
        return mc_fail(em, MC_EIO, "rpc: listen on %s port %u: %s", u->cfg.host, u->cfg.port,
                       uv_strerror(rc));
    return MC_OK;
}

enum mc_err rpc_uv_start(struct rpc_uv **out, uv_loop_t *loop, struct rpc_server *server,
                         const struct rpc_uv_cfg *cfg, struct mc_errmsg *em)
{
    struct rpc_uv *u = calloc(1, sizeof *u);
    if (u == NULL)
        return mc_fail(em, MC_ENOMEM, "rpc: out of memory");
    u->loop = loop;
    u->server = server;
    u->cfg = *cfg;
    uv_tcp_init(loop, &u->listener);
    u->listener.data = u;
    uv_timer_init(loop, &u->timer);
    u->timer.data = u;
    u->handles = 2;
    *out = u;
    rpc_server_tick(server, uv_now(loop));
    uv_timer_start(&u->timer, on_tick, TICK_MS, TICK_MS);
    return listen_on(u, em);
}

uint16_t rpc_uv_port(const struct rpc_uv *u)
{
    struct sockaddr_storage addr;
    int len = sizeof addr;
    if (uv_tcp_getsockname(&u->listener, (struct sockaddr *)&addr, &len) != 0)
        return 0;
    /* sin_port and sin6_port stand at the same place. */
    return ntohs(((struct sockaddr_in *)&addr)->sin_port);
}

uint32_t rpc_uv_connection_cnt(const struct rpc_uv *u)
{
    return u->conn_cnt;
}

static void on_handle_closed(uv_handle_t *h)
{
    struct rpc_uv *u = h->data;
    u->handles--;
    maybe_done(u);
}

void rpc_uv_stop(struct rpc_uv *u, void (*done)(void *arg), void *arg)
{
    u->stopping = true;
    u->done = done;
    u->done_arg = arg;
    uv_close((uv_handle_t *)&u->listener, on_handle_closed);
    uv_close((uv_handle_t *)&u->timer, on_handle_closed);
    for (struct conn *c = u->conns; c != NULL; c = c->next)
        close_conn(c);
    wake_waiting(u, true);
}

void rpc_uv_free(struct rpc_uv *u)
{
    free(u);
}
