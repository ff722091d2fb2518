#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/bench.h"
#include "tools/http_client.h"
#include "tools/say.h"

#define ANSWER_BYTES_MAX (32u * 1024u * 1024u)
#define POLL_NS          (4u * 1000000u) /* how often the next block is asked for */
#define IDLE_WAIT_MS     1

struct conn {
    int fd;
    struct http_parser *parser;
    /* The request that is out: its bytes and how many are written; n 0: none. */
    const uint8_t *p;
    size_t n, sent;
    bool waiting;
    uint32_t next;                    /* of the lane's requests */
    uint32_t open[BENCH_SENDERS_MAX]; /* of each sender of the lane: sent, and in no block yet */
    uint32_t last_i;                  /* request that is out */
};

struct load {
    struct bench_plan *p;
    const struct bench_cfg *cfg;
    struct bench_result *r;
    struct http_url url;
    int epoll_fd;
    struct conn lanes[BENCH_SENDERS_MAX];
    struct conn watch; /* asks for blocks */
    struct mc_buf ask;
    uint64_t next_block, next_poll_ns;
    uint64_t start_ns, end_ns, progress_ns;
    uint64_t requests_started;
};

/* ------------------------------------------------------------------ bytes */

static enum mc_err conn_open(struct load *ld, struct conn *c, uint32_t id, struct mc_errmsg *em)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = id};
    c->parser = http_parser_new(ANSWER_BYTES_MAX);
    if (c->parser == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    c->fd = http_connect(&ld->url, 5000, em);
    if (c->fd < 0)
        return MC_EIO;
    if (epoll_ctl(ld->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) != 0)
        return mc_fail(em, MC_EIO, "epoll: %s", strerror(errno));
    return MC_OK;
}

static void conn_close(struct conn *c)
{
    if (c->fd >= 0)
        close(c->fd);
    http_parser_free(c->parser);
}

static enum mc_err conn_write(struct conn *c, struct mc_errmsg *em)
{
    while (c->sent < c->n) {
        ssize_t n = send(c->fd, c->p + c->sent, c->n - c->sent, MSG_NOSIGNAL);
        if (n >= 0)
            c->sent += (size_t)n;
        else if (errno == EAGAIN)
            return MC_OK;
        else if (errno != EINTR)
            return mc_fail(em, MC_EIO, "the node closed a connection (%s)", strerror(errno));
    }
    return MC_OK;
}

static enum mc_err conn_begin(struct conn *c, const void *p, size_t n, struct mc_errmsg *em)
{
    http_parser_reset(c->parser);
    c->p = p;
    c->n = n;
    c->sent = 0;
    c->waiting = true;
    return conn_write(c, em);
}

/* Reads what is there; c->waiting becomes false with a whole answer. */
static enum mc_err conn_read(struct conn *c, struct mc_errmsg *em)
{
    static uint8_t chunk[256 * 1024];
    while (c->waiting) {
        size_t used;
        ssize_t n = recv(c->fd, chunk, sizeof chunk, 0);
        if (n < 0 && errno == EAGAIN)
            return MC_OK;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return mc_fail(em, MC_EIO, "the node closed a connection");
        enum mc_err err = http_parser_feed(c->parser, mc_slice(chunk, (size_t)n), &used, em);
        if (err != MC_OK)
            return err;
        if (http_parser_done(c->parser))
            c->waiting = false;
    }
    return MC_OK;
}

/* ------------------------------------------------------------------ lanes */

static void refuse(struct load *ld, const struct bench_lane *lane, struct conn *c,
                   const struct mc_json *answer)
{
    const struct mc_json *error = mc_json_get(answer, "error");
    struct mc_slice words = mc_json_str(mc_json_get(error, "message"));
    uint64_t i;
    if (error == NULL)
        return;
    if (ld->r->refusal[0] == 0)
        snprintf(ld->r->refusal, sizeof ld->r->refusal, "%.*s", (int)words.n,
                 (const char *)words.p);
    if (mc_json_u64(mc_json_get(answer, "id"), &i) && i < ld->p->tx_cnt && !ld->p->txs[i].refused) {
        ld->p->txs[i].refused = true;
        ld->r->refused++;
        c->open[i % lane->sender_cnt]--;
    }
}

/* Almost always every transaction was taken: one search through the text, and no parsing. */
static enum mc_err lane_answer(struct load *ld, const struct bench_lane *lane, struct conn *c,
                               struct mc_errmsg *em)
{
    struct mc_slice body = http_parser_body(c->parser);
    const struct bench_request *req = &lane->requests[c->last_i];
    struct mc_json_doc *doc = NULL;
    ld->progress_ns = tool_now_ns();
    if (http_parser_status(c->parser) != 200)
        return mc_fail(em, MC_EIO, "the node answers HTTP status %u: %.*s",
                       http_parser_status(c->parser), (int)(body.n > 200 ? 200 : body.n),
                       (const char *)body.p);
    if (body.n > 0 && memmem(body.p, body.n, "\"error\"", 7) == NULL)
        return MC_OK;
    enum mc_err err = mc_json_parse(&doc, body, MC_JSON_DEPTH_MAX, em);
    const struct mc_json *root = mc_json_root(doc);
    if (err == MC_OK && mc_json_type(root) == MC_JSON_OBJECT && req->cnt > 1)
        err = mc_fail(em, MC_EREJECT, "the node refuses the batch: %.*s", (int)body.n,
                      (const char *)body.p);
    else if (err == MC_OK && mc_json_type(root) == MC_JSON_OBJECT)
        refuse(ld, lane, c, root);
    for (size_t i = 0; err == MC_OK && mc_json_type(root) == MC_JSON_ARRAY && i < mc_json_len(root);
         i++)
        refuse(ld, lane, c, mc_json_at(root, i));
    mc_json_free(doc);
    return err;
}

static bool may_send(const struct load *ld, const struct bench_lane *lane, const struct conn *c,
                     uint64_t now)
{
    if (c->waiting || c->next >= lane->request_cnt || now >= ld->end_ns)
        return false;
    /* Blocks need not take the senders evenly, so each has its own window. */
    uint32_t more = (lane->requests[c->next].cnt + lane->sender_cnt - 1) / lane->sender_cnt;
    for (uint32_t s = 0; s < lane->sender_cnt; s++) {
        if (c->open[s] + more > ld->cfg->window)
            return false;
    }
    if (ld->cfg->rate == 0)
        return true;
    return now - ld->start_ns >=
           ld->requests_started * ld->cfg->batch * 1000000000u / ld->cfg->rate;
}

static enum mc_err lane_step(struct load *ld, uint32_t l, struct mc_errmsg *em)
{
    const struct bench_lane *lane = &ld->p->lanes[l];
    struct conn *c = &ld->lanes[l];
    enum mc_err err = MC_OK;
    if (c->waiting) {
        err = conn_write(c, em);
        if (err == MC_OK)
            err = conn_read(c, em);
        if (err == MC_OK && !c->waiting)
            err = lane_answer(ld, lane, c, em);
    }
    uint64_t now = tool_now_ns();
    if (err != MC_OK || !may_send(ld, lane, c, now))
        return err;
    const struct bench_request *r = &lane->requests[c->next];
    for (uint32_t i = r->first; i < r->first + r->cnt; i++) {
        ld->p->txs[i].sent_ns = now;
        c->open[i % lane->sender_cnt]++;
    }
    c->last_i = c->next++;
    ld->r->sent += r->cnt;
    ld->requests_started++;
    return conn_begin(c, lane->text.p + r->at, r->n, em);
}

/* ------------------------------------------------------------------ blocks */

static uint32_t lane_of(const struct bench_plan *p, uint32_t tx_i)
{
    uint32_t l = 0;
    while (l + 1 < p->lane_cnt && (uint64_t)p->tx_cnt * (l + 1) / p->lane_cnt <= tx_i)
        l++;
    return l;
}

/* Hashes of ours in a block's text mark their transactions as done. */
static void take_block(struct load *ld, struct mc_slice body)
{
    static const char key[] = "\"transactions\"";
    const uint8_t *at = memmem(body.p, body.n, key, sizeof key - 1), *end = body.p + body.n;
    uint64_t now = tool_now_ns(), ours = 0;
    at = at != NULL ? memchr(at, '[', (size_t)(end - at)) : NULL;
    const uint8_t *stop = at != NULL ? memchr(at, ']', (size_t)(end - at)) : NULL;
    while (at != NULL && stop != NULL && (at = memchr(at, '"', (size_t)(stop - at))) != NULL &&
           stop - at >= 68) {
        struct mc_hash h;
        uint32_t i =
            mc_hex_decode(h.b, (const char *)at + 3, 32) ? bench_plan_find(ld->p, &h) : UINT32_MAX;
        if (i != UINT32_MAX && ld->p->txs[i].done_ns == 0) {
            ld->p->txs[i].done_ns = now;
            uint32_t l = lane_of(ld->p, i);
            ld->lanes[l].open[i % ld->p->lanes[l].sender_cnt]--;
            ours++;
        }
        at += 68;
    }
    if (ours == 0)
        return;
    ld->r->confirmed += (uint32_t)ours;
    ld->r->last_done_ns = now;
    ld->r->block_cnt++;
    if (ours > ld->r->block_txs_max)
        ld->r->block_txs_max = ours;
    ld->progress_ns = now;
}

static enum mc_err watch_step(struct load *ld, struct mc_errmsg *em)
{
    struct conn *c = &ld->watch;
    uint64_t now = tool_now_ns();
    enum mc_err err = MC_OK;
    if (c->waiting) {
        err = conn_write(c, em);
        if (err == MC_OK)
            err = conn_read(c, em);
        if (err != MC_OK || c->waiting)
            return err;
        struct mc_slice body = http_parser_body(c->parser);
        if (memmem(body.p, body.n, "\"result\":null", 13) != NULL) {
            ld->next_poll_ns = now + POLL_NS;
        } else {
            take_block(ld, body);
            ld->next_block++;
        }
    }
    if (tool_now_ns() < ld->next_poll_ns)
        return MC_OK;
    char params[64];
    struct mc_buf body = {0};
    snprintf(params, sizeof params, "[\"0x%" PRIx64 "\",false]", ld->next_block);
    tool_rpc_request(&body, 0, "eth_getBlockByNumber", mc_slice_str(params));
    mc_buf_reset(&ld->ask);
    http_put_head(&ld->ask, &ld->url, "POST", NULL, body.n);
    mc_buf_put_slice(&ld->ask, mc_buf_slice(&body));
    mc_buf_free(&body);
    err = mc_buf_check(&ld->ask, "request", em);
    return err == MC_OK ? conn_begin(c, ld->ask.p, ld->ask.n, em) : err;
}

/* ------------------------------------------------------------------ the loop */

static bool all_sent(const struct load *ld, uint64_t now)
{
    for (uint32_t l = 0; l < ld->p->lane_cnt; l++) {
        if (ld->lanes[l].waiting)
            return false;
        if (ld->lanes[l].next < ld->p->lanes[l].request_cnt && now < ld->end_ns)
            return false;
    }
    return true;
}

static enum mc_err run(struct load *ld, struct mc_errmsg *em)
{
    struct epoll_event events[BENCH_SENDERS_MAX + 1];
    enum mc_err err = MC_OK;
    ld->start_ns = ld->progress_ns = tool_now_ns();
    ld->end_ns =
        ld->cfg->duration_s == 0 ? UINT64_MAX : ld->start_ns + ld->cfg->duration_s * 1000000000u;
    ld->r->first_send_ns = ld->start_ns;
    while (err == MC_OK) {
        uint64_t now = tool_now_ns();
        if (all_sent(ld, now) && ld->r->confirmed + ld->r->refused >= ld->r->sent)
            return MC_OK;
        if (now - ld->progress_ns > ld->cfg->timeout_s * 1000000000u)
            return mc_fail(em, MC_EBUSY,
                           "no progress for %" PRIu64 " s: %u of %u transactions are in blocks",
                           ld->cfg->timeout_s, ld->r->confirmed, ld->r->sent);
        for (uint32_t l = 0; l < ld->p->lane_cnt && err == MC_OK; l++)
            err = lane_step(ld, l, em);
        if (err == MC_OK)
            err = watch_step(ld, em);
        if (err == MC_OK &&
            epoll_wait(ld->epoll_fd, events, (int)MC_COUNT(events), IDLE_WAIT_MS) < 0 &&
            errno != EINTR)
            err = mc_fail(em, MC_EIO, "epoll: %s", strerror(errno));
    }
    return err;
}

static uint64_t own_cpu_ns(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return ((uint64_t)u.ru_utime.tv_sec + (uint64_t)u.ru_stime.tv_sec) * 1000000000u +
           ((uint64_t)u.ru_utime.tv_usec + (uint64_t)u.ru_stime.tv_usec) * 1000u;
}

static enum mc_err head_of(uint64_t *head, const char *url, struct mc_errmsg *em)
{
    struct tool_rpc *rpc = NULL;
    enum mc_err err = tool_rpc_open_url(&rpc, url, 10000, em);
    if (err == MC_OK)
        err = tool_rpc_quantity(rpc, "eth_blockNumber", "[]", head, em);
    tool_rpc_close(rpc);
    return err;
}

enum mc_err bench_load(struct bench_result *out, struct bench_plan *p, const struct bench_cfg *cfg,
                       struct mc_errmsg *em)
{
    struct load *ld = calloc(1, sizeof *ld);
    uint64_t head = 0, cpu;
    memset(out, 0, sizeof *out);
    if (ld == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    ld->p = p;
    ld->cfg = cfg;
    ld->r = out;
    ld->watch.fd = -1;
    for (uint32_t l = 0; l < BENCH_SENDERS_MAX; l++)
        ld->lanes[l].fd = -1;
    ld->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    enum mc_err err = ld->epoll_fd < 0 ? mc_fail(em, MC_EIO, "epoll: %s", strerror(errno)) : MC_OK;
    if (err == MC_OK)
        err = http_url_parse(&ld->url, cfg->url, em);
    if (err == MC_OK)
        err = head_of(&head, cfg->url, em);
    ld->next_block = head + 1;
    for (uint32_t l = 0; l < p->lane_cnt && err == MC_OK; l++)
        err = conn_open(ld, &ld->lanes[l], l, em);
    if (err == MC_OK)
        err = conn_open(ld, &ld->watch, p->lane_cnt, em);
    cpu = own_cpu_ns();
    if (err == MC_OK)
        err = run(ld, em);
    out->cpu_ns = own_cpu_ns() - cpu;
    for (uint32_t l = 0; l < p->lane_cnt; l++)
        conn_close(&ld->lanes[l]);
    conn_close(&ld->watch);
    if (ld->epoll_fd >= 0)
        close(ld->epoll_fd);
    mc_buf_free(&ld->ask);
    free(ld);
    return err;
}
