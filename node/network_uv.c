#include "node/network_uv.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "node/peer_msg.h"
#include "node/serve_uv.h"
#include "node/sync.h"
#include "node/verify.h"

#define TICK_MS        50u
#define PING_MS        1000u
#define GOSSIP_MS      5u   /* a batch waits so long for more */
#define GOSSIP_CNT     512u /* transactions of one message */
#define GOSSIP_BYTES   (1024u * 1024u)
#define GOSSIP_NEW_MAX 4096u /* of the pool, to a validator that just came */
#define AGAIN_MS       2000u /* without a block: what waits is told again */
#define HELD_MAX       8u    /* messages of the next height kept for one peer */
#define CHECKS_MAX     64u   /* messages of one peer with the verify thread: then it is not read */
#define CHECKS_LOW     16u
#define BATCHES_MAX    8u /* batches of one peer with the workers */
#define REMIND_MS      200u
#define LIAR_MS        30000u
#define SKEW_WARN_MS   2000

struct member {
    uint32_t checks, batches;
    bool serving;
    uint64_t told_ms; /* when we last told it our head because it was behind */
    uint64_t heard_ms;
    int64_t skew_ms;
    bool skew_told;
    struct verify_job *held[HELD_MAX]; /* of the next height */
    uint32_t held_cnt;
    size_t held_bytes;
};

struct network {
    struct network_cfg cfg;
    uv_loop_t *loop;
    struct peers *peers;
    struct peer_addr *list;
    uint32_t list_cnt;
    struct verify *verify;
    uv_async_t verify_async, gossip_async;
    uv_timer_t tick, gossip_timer;
    uint32_t busy; /* handles open, and workers' jobs */
    bool stopping;
    void (*done)(void *arg);
    void *done_arg;
    struct sync sync;
    struct member member[PEERS_MAX];
    struct mc_arena arena;
    struct mc_hash set_hash; /* of the open height's validators */
    uint64_t ping_ms, again_ms, block_ms, gossip_ms;
    uint32_t fetch_turn;
    struct network_status stats;

    pthread_mutex_t lock; /* the two below */
    struct ledger_tx **out;
    uint32_t out_cnt, out_cap;
};

_Static_assert(PEERS_MAX <= SYNC_PEERS_MAX, "every peer has a place in sync");

static void check_message(struct network *n, struct verify_job *job);

static uint64_t now_ms(const struct network *n)
{
    return n->cfg.mono_ms();
}

static bool is_validator(const struct network *n, const uint8_t pub[32])
{
    return cons_valset_find(engine_valset(n->cfg.engine), pub) >= 0;
}

static void maybe_done(struct network *n)
{
    if (n->stopping && n->busy == 0 && n->done != NULL) {
        void (*done)(void *) = n->done;
        n->done = NULL;
        done(n->done_arg);
    }
}

/* ------------------------------------------------------------------ sending */

static void send_msg(struct network *n, uint32_t peer, const struct peer_msg *m)
{
    struct mc_buf b = {0};
    peer_msg_encode(&b, m);
    if (!b.oom)
        peers_send(n->peers, peer, mc_buf_slice(&b));
    mc_buf_free(&b);
}

static void send_validators(struct network *n, const struct peer_msg *m)
{
    struct mc_buf b = {0};
    peer_msg_encode(&b, m);
    for (uint32_t i = 0; i < PEERS_MAX && !b.oom; i++) {
        if (peers_is_up(n->peers, i) && is_validator(n, peers_pub(n->peers, i)))
            peers_send(n->peers, i, mc_buf_slice(&b));
    }
    mc_buf_free(&b);
}

static void send_hello(struct network *n, uint32_t peer)
{
    struct ledger_head head;
    ledger_head(n->cfg.ledger, &head);
    struct peer_msg m = {.type = PEER_HELLO,
                         .height = head.number,
                         .hash = head.hash,
                         .time_ms = n->cfg.wall_ms(),
                         .bytes = mc_slice_str(n->cfg.client)};
    send_msg(n, peer, &m);
}

void network_broadcast(struct network *n, struct mc_slice wire)
{
    struct peer_msg m = {.type = PEER_CONS, .bytes = wire};
    if (!n->stopping)
        send_validators(n, &m);
}

/* One validator at a time, in turn: the core asks again while nothing came. */
void network_fetch(struct network *n, const struct mc_hash *hash)
{
    struct peer_msg m = {.type = PEER_GET_BODY, .hash = *hash};
    for (uint32_t k = 1; k <= PEERS_MAX && !n->stopping; k++) {
        uint32_t i = (n->fetch_turn + k) % PEERS_MAX;
        if (!peers_is_up(n->peers, i) || !is_validator(n, peers_pub(n->peers, i)))
            continue;
        n->fetch_turn = i;
        send_msg(n, i, &m);
        return;
    }
}

/* ------------------------------------------------------------------ gossip of transactions */

/* Sends to one peer, or with PEERS_NONE to all validators, in messages of bounded size. */
static void send_txs(struct network *n, uint32_t peer, struct ledger_tx *const *txs, uint32_t cnt)
{
    struct mc_slice raws[GOSSIP_CNT];
    for (uint32_t i = 0; i < cnt;) {
        struct peer_msg m = {.type = PEER_TXS, .txs = raws};
        size_t bytes = 0;
        for (;
             i < cnt && m.cnt < GOSSIP_CNT && (m.cnt == 0 || bytes + txs[i]->raw.n <= GOSSIP_BYTES);
             i++) {
            bytes += txs[i]->raw.n;
            raws[m.cnt++] = txs[i]->raw;
        }
        n->stats.txs_out += m.cnt;
        if (peer == PEERS_NONE)
            send_validators(n, &m);
        else
            send_msg(n, peer, &m);
    }
}

void network_submitted(struct network *n, struct ledger_tx *tx)
{
    pthread_mutex_lock(&n->lock);
    if (n->out_cnt == n->out_cap) {
        uint32_t cap = n->out_cap == 0 ? 256 : n->out_cap * 2;
        struct ledger_tx **more = realloc(n->out, cap * sizeof(struct ledger_tx *));
        if (more != NULL) {
            n->out = more;
            n->out_cap = cap;
        }
    }
    bool first = n->out_cnt == 0;
    if (n->out_cnt < n->out_cap) /* else it is told again later, from the pool */
        n->out[n->out_cnt++] = ledger_tx_ref(tx);
    pthread_mutex_unlock(&n->lock);
    if (first)
        uv_async_send(&n->gossip_async);
}

static void flush_gossip(struct network *n)
{
    pthread_mutex_lock(&n->lock);
    struct ledger_tx **txs = n->out;
    uint32_t cnt = n->out_cnt;
    n->out = NULL;
    n->out_cnt = n->out_cap = 0;
    pthread_mutex_unlock(&n->lock);
    n->gossip_ms = now_ms(n);
    if (!n->stopping)
        send_txs(n, PEERS_NONE, txs, cnt);
    for (uint32_t i = 0; i < cnt; i++)
        ledger_tx_unref(txs[i]);
    free(txs);
}

static void on_gossip_timer(uv_timer_t *timer)
{
    flush_gossip(timer->data);
}

/* The first transaction after a pause leaves at once; under load they leave in batches. */
static void on_gossip_async(uv_async_t *async)
{
    struct network *n = async->data;
    uint64_t now = now_ms(n);
    if (n->stopping)
        return;
    if (now >= n->gossip_ms + GOSSIP_MS)
        flush_gossip(n);
    else
        uv_timer_start(&n->gossip_timer, on_gossip_timer, GOSSIP_MS, 0);
}

/* What the pool holds, for one who may have missed it. */
static void tell_pool(struct network *n, uint32_t peer, uint32_t cnt_max)
{
    struct pool_item *items = NULL;
    uint32_t cnt = 0, kept = 0;
    if (pool_list(n->cfg.pool, NULL, &items, &cnt) != MC_OK)
        return;
    struct ledger_tx **txs = calloc(cnt + 1u, sizeof(struct ledger_tx *));
    for (uint32_t i = 0; i < cnt && txs != NULL; i++) {
        if (!items[i].queued && kept < cnt_max)
            txs[kept++] = items[i].tx;
    }
    if (txs != NULL)
        send_txs(n, peer, txs, kept);
    for (uint32_t i = 0; i < cnt; i++)
        ledger_tx_unref(items[i].tx);
    free(txs);
    free(items);
}

static void on_batch(void *arg, uint32_t peer, uint64_t link, struct serve_txs *b)
{
    struct network *n = arg;
    struct member *m = &n->member[peer];
    n->busy--;
    if (n->stopping) {
        maybe_done(n);
        return;
    }
    n->stats.txs_in += b->tx_cnt;
    if (b->tx_cnt > 0) {
        if (!is_validator(n, peers_pub(n->peers, peer)))
            send_txs(n, PEERS_NONE, b->txs, b->tx_cnt);
        n->cfg.pool_grew(n->cfg.arg);
    }
    if (link != peers_link(n->peers, peer))
        return;
    m->batches--;
    if (b->bad)
        peers_close(n->peers, peer, "sent what is no transaction", LIAR_MS);
    else if (m->batches < BATCHES_MAX && m->checks < CHECKS_MAX)
        peers_resume(n->peers, peer);
}

static enum mc_err on_txs(struct network *n, uint32_t peer, const struct peer_msg *msg,
                          struct mc_errmsg *em)
{
    struct member *m = &n->member[peer];
    enum mc_err err = serve_txs_start(n->loop, n->cfg.pool, n->cfg.ledger, n->cfg.mono_ms, peer,
                                      peers_link(n->peers, peer), msg->txs, msg->cnt, on_batch, n);
    if (err != MC_OK)
        return mc_fail(em, err, "transactions: %s", mc_err_text(err));
    n->busy++;
    if (++m->batches >= BATCHES_MAX)
        peers_pause(n->peers, peer);
    return MC_OK;
}

/* ------------------------------------------------------------------ consensus messages */

static void drop_held(struct member *m, uint32_t i)
{
    m->held_bytes -= m->held[i]->wire.n;
    verify_job_free(m->held[i]);
    m->held[i] = m->held[--m->held_cnt];
}

static bool is_held(const struct member *m, const struct verify_job *job)
{
    for (uint32_t i = 0; i < m->held_cnt; i++) {
        if (mc_slice_eq(mc_buf_slice(&m->held[i]->wire), mc_buf_slice(&job->wire)))
            return true;
    }
    return false;
}

/* Kept until its height opens; a resend replaces what has no place. */
static void hold(struct network *n, struct verify_job *job)
{
    struct member *m = &n->member[job->peer];
    if (m->held_cnt == HELD_MAX || m->held_bytes + job->wire.n > PEER_LINK_FRAME_MAX ||
        is_held(m, job)) {
        verify_job_free(job);
        return;
    }
    m->held_bytes += job->wire.n;
    m->held[m->held_cnt++] = job;
}

/* A height opened: what came early for it is handled now, by the new set if that changed. */
static void release_held(struct network *n, uint64_t height)
{
    for (uint32_t p = 0; p < PEERS_MAX; p++) {
        struct member *m = &n->member[p];
        for (uint32_t i = 0; i < m->held_cnt;) {
            struct verify_job *job = m->held[i];
            if (job->msg.vote.height > height) {
                i++;
                continue;
            }
            m->held_bytes -= job->wire.n;
            m->held[i] = m->held[--m->held_cnt];
            check_message(n, job);
        }
    }
}

static void put_check(struct network *n, struct verify_job *job)
{
    job->height = engine_height(n->cfg.engine);
    job->set = *engine_valset(n->cfg.engine);
    n->member[job->peer].checks++;
    verify_put(n->verify, job);
}

static void remind(struct network *n, uint32_t peer)
{
    uint64_t now = now_ms(n);
    if (now < n->member[peer].told_ms + REMIND_MS)
        return;
    n->member[peer].told_ms = now;
    send_hello(n, peer);
}

/* A peer that speaks at a height has decided the one before. */
static void note_height(struct network *n, const struct verify_job *job)
{
    uint64_t claimed = job->msg.vote.height - 1;
    if (claimed > n->sync.peer[job->peer].height)
        sync_peer_height(&n->sync, job->peer, claimed, now_ms(n));
}

static void close_sender(struct network *n, const struct verify_job *job, const char *why)
{
    n->stats.cons_bad++;
    MC_LOG(WARN, "peer.bad_vote", "why=%s", why);
    peers_close(n->peers, job->peer, "broke the protocol", LIAR_MS);
}

/* Decides what a decoded message is worth now; takes the job. */
static void check_message(struct network *n, struct verify_job *job)
{
    uint64_t open = engine_height(n->cfg.engine), h = job->msg.vote.height;
    bool same_set = job->checked && mc_hash_eq(&job->set.hash, &engine_valset(n->cfg.engine)->hash);
    if (h < open) {
        remind(n, job->peer);
    } else if (h > open + 1) {
        note_height(n, job);
    } else if (!same_set) { /* the height or the set moved while it was on its way */
        put_check(n, job);
        return;
    } else if (h == open + 1) {
        note_height(n, job);
        if (job->err == MC_OK) {
            hold(n, job);
            return;
        }
    } else if (job->err != MC_OK) {
        close_sender(n, job, job->em.text);
    } else if (engine_message(n->cfg.engine, &job->msg, now_ms(n)) == MC_EMALFORM) {
        close_sender(n, job, "a message that contradicts itself or the rules");
    }
    verify_job_free(job);
}

static void on_verify_async(uv_async_t *async)
{
    struct network *n = async->data;
    struct verify_job *job;
    if (n->stopping)
        return;
    while ((job = verify_take(n->verify)) != NULL) {
        struct member *m = &n->member[job->peer];
        uint32_t peer = job->peer;
        m->checks--;
        n->stats.cons_in++;
        if (job->link != peers_link(n->peers, peer)) { /* its sender is gone, or came anew */
            verify_job_free(job);
        } else if (job->err != MC_OK && !job->checked) {
            close_sender(n, job, job->em.text);
            verify_job_free(job);
        } else {
            check_message(n, job);
        }
        if (m->checks <= CHECKS_LOW && m->batches < BATCHES_MAX)
            peers_resume(n->peers, peer);
    }
    n->cfg.acted(n->cfg.arg);
}

static enum mc_err on_cons(struct network *n, uint32_t peer, const struct peer_msg *msg,
                           struct mc_errmsg *em)
{
    if (!is_validator(n, peers_pub(n->peers, peer)))
        return MC_OK; /* not any more, or not yet: it will say it again */
    struct verify_job *job = verify_job_new();
    if (job != NULL)
        mc_buf_put_slice(&job->wire, msg->bytes);
    if (job == NULL || job->wire.oom) {
        verify_job_free(job);
        return mc_fail(em, MC_ENOMEM, "consensus message: out of memory");
    }
    job->peer = peer;
    job->link = peers_link(n->peers, peer);
    put_check(n, job);
    if (n->member[peer].checks >= CHECKS_MAX)
        peers_pause(n->peers, peer);
    return MC_OK;
}

/* ------------------------------------------------------------------ bodies and blocks */

static enum mc_err on_get_body(struct network *n, uint32_t peer, const struct peer_msg *msg)
{
    struct peer_msg m = {.type = PEER_BODY, .hash = msg->hash};
    if (engine_body_get(n->cfg.engine, &msg->hash, &m.bytes))
        send_msg(n, peer, &m);
    return MC_OK;
}

static enum mc_err on_body(struct network *n, const struct peer_msg *msg, struct mc_errmsg *em)
{
    struct mc_hash hash;
    enum mc_err err = chain_body_hash(&hash, msg->bytes, em);
    if (err == MC_OK && !mc_hash_eq(&hash, &msg->hash))
        err = mc_fail(em, MC_EMALFORM, "a body of another block than it says");
    if (err == MC_OK)
        engine_body(n->cfg.engine, &hash, msg->bytes, now_ms(n));
    return err;
}

static void on_served(void *arg, uint32_t peer, uint64_t link, const struct mc_buf *payload)
{
    struct network *n = arg;
    n->busy--;
    if (n->stopping) {
        maybe_done(n);
        return;
    }
    if (link != peers_link(n->peers, peer))
        return;
    n->member[peer].serving = false;
    if (!payload->oom && payload->n > 0)
        peers_send(n->peers, peer, mc_buf_slice(payload));
}

/* One answer at a time for each peer, read by a worker: a peer that catches up costs the loop nothing. */
static enum mc_err on_get_blocks(struct network *n, uint32_t peer, const struct peer_msg *msg,
                                 struct mc_errmsg *em)
{
    if (n->member[peer].serving)
        return MC_OK;
    enum mc_err err = serve_blocks_start(n->loop, n->cfg.ledger, peer, peers_link(n->peers, peer),
                                         msg->height, msg->cnt, on_served, n);
    if (err != MC_OK)
        return mc_fail(em, err, "blocks: %s", mc_err_text(err));
    n->member[peer].serving = true;
    n->busy++;
    return MC_OK;
}

static void push_import(struct network *n)
{
    struct sync_block *b = sync_import(&n->sync);
    if (b != NULL)
        engine_import(n->cfg.engine, b->height, &b->body, &b->cert);
}

static void ask_blocks(struct network *n)
{
    struct sync_want want;
    uint32_t late = PEERS_NONE;
    while (sync_next(&n->sync, &want, &late, now_ms(n))) {
        struct peer_msg m = {.type = PEER_GET_BLOCKS, .height = want.from, .cnt = want.cnt};
        send_msg(n, want.peer, &m);
    }
    if (late != PEERS_NONE)
        peers_close(n->peers, late, "did not answer for blocks", 0);
}

static enum mc_err on_blocks(struct network *n, uint32_t peer, const struct peer_msg *msg,
                             struct mc_errmsg *em)
{
    enum mc_err err = sync_blocks(&n->sync, peer, msg->height, msg->blocks, msg->cnt, now_ms(n));
    if (err == MC_EMALFORM)
        return mc_fail(em, err, "blocks that nobody asked for");
    if (err == MC_ENOTFOUND)
        MC_LOG(WARN, "sync.empty", "height=%" PRIu64 " why=a peer claims it and does not give it",
               msg->height);
    push_import(n);
    ask_blocks(n);
    return MC_OK;
}

void network_imported(struct network *n, uint64_t height, bool good, const char *why)
{
    uint32_t liar = PEERS_NONE;
    sync_imported(&n->sync, good, &liar, now_ms(n));
    if (n->stopping)
        return;
    if (liar != PEERS_NONE) {
        MC_LOG(WARN, "sync.liar", "height=%" PRIu64 " why=%s", height, why);
        peers_close(n->peers, liar, "sent a block that does not verify", LIAR_MS);
    }
    push_import(n);
    ask_blocks(n);
}

/* ------------------------------------------------------------------ events of connections */

static bool on_admit(void *arg, const uint8_t pub[32])
{
    return is_validator(arg, pub);
}

static void on_up(void *arg, uint32_t peer)
{
    struct network *n = arg;
    struct member *m = &n->member[peer];
    uint32_t checks = m->checks; /* the former connection's are still on their way */
    while (m->held_cnt > 0)
        drop_held(m, 0);
    memset(m, 0, sizeof *m);
    m->checks = checks;
    sync_peer_up(&n->sync, peer);
    send_hello(n, peer);
    if (is_validator(n, peers_pub(n->peers, peer)))
        tell_pool(n, peer, GOSSIP_NEW_MAX);
}

static void on_down(void *arg, uint32_t peer)
{
    struct network *n = arg;
    while (n->member[peer].held_cnt > 0)
        drop_held(&n->member[peer], 0);
    sync_peer_down(&n->sync, peer);
}

static enum mc_err on_hello(struct network *n, uint32_t peer, const struct peer_msg *msg)
{
    int64_t skew = (int64_t)(msg->time_ms - n->cfg.wall_ms());
    n->member[peer].skew_ms = skew;
    if ((skew > SKEW_WARN_MS || skew < -SKEW_WARN_MS) && !n->member[peer].skew_told) {
        n->member[peer].skew_told = true; /* once a connection */
        MC_LOG(WARN, "peer.clock", "difference_ms=%" PRId64, skew);
    }
    sync_peer_height(&n->sync, peer, msg->height, now_ms(n));
    ask_blocks(n);
    return MC_OK;
}

static enum mc_err on_ping(struct network *n, uint32_t peer, const struct peer_msg *msg)
{
    struct ledger_head head;
    ledger_head(n->cfg.ledger, &head);
    sync_peer_height(&n->sync, peer, msg->height, now_ms(n));
    struct peer_msg m = {.type = PEER_PONG, .height = head.number, .time_ms = msg->time_ms};
    send_msg(n, peer, &m);
    return MC_OK;
}

static enum mc_err handle(struct network *n, uint32_t peer, const struct peer_msg *msg,
                          struct mc_errmsg *em)
{
    switch (msg->type) {
    case PEER_HELLO:
        return on_hello(n, peer, msg);
    case PEER_CONS:
        return on_cons(n, peer, msg, em);
    case PEER_TXS:
        return on_txs(n, peer, msg, em);
    case PEER_GET_BODY:
        return on_get_body(n, peer, msg);
    case PEER_BODY:
        return on_body(n, msg, em);
    case PEER_GET_BLOCKS:
        return on_get_blocks(n, peer, msg, em);
    case PEER_BLOCKS:
        return on_blocks(n, peer, msg, em);
    case PEER_PING:
        return on_ping(n, peer, msg);
    case PEER_PONG:
        sync_peer_height(&n->sync, peer, msg->height, now_ms(n));
        return MC_OK;
    }
    return MC_EMALFORM;
}

static enum mc_err on_payload(void *arg, uint32_t peer, struct mc_slice payload,
                              struct mc_errmsg *em)
{
    struct network *n = arg;
    struct peer_msg msg;
    if (n->stopping)
        return MC_OK;
    n->member[peer].heard_ms = now_ms(n);
    mc_arena_reset(&n->arena);
    enum mc_err err = peer_msg_decode(&msg, &n->arena, payload, em);
    if (err == MC_OK)
        err = handle(n, peer, &msg, em);
    n->cfg.acted(n->cfg.arg);
    return err;
}

/* ------------------------------------------------------------------ heights and the clock */

/* To a validator consensus brings the next block; who only follows asks for it at once. */
static void set_grace(struct network *n)
{
    n->sync.grace_ms = is_validator(n, n->cfg.key->pub) ? n->cfg.round_timeout_ms / 2 : 0;
}

void network_opened(struct network *n, uint64_t height)
{
    const struct cons_valset *set = engine_valset(n->cfg.engine);
    if (n->stopping)
        return;
    n->block_ms = now_ms(n);
    sync_head(&n->sync, height - 1, n->block_ms);
    if (!mc_hash_eq(&n->set_hash, &set->hash)) {
        n->set_hash = set->hash;
        set_grace(n);
        peers_recheck(n->peers);
    }
    /* Validators hear of it by themselves; who only follows waits for this. */
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        if (peers_is_up(n->peers, i) && !is_validator(n, peers_pub(n->peers, i)))
            send_hello(n, i);
    }
    release_held(n, height);
}

/* Enough of the others have told where they are, and none is ahead: what we forgot lies behind us. */
static void consider_settling(struct network *n)
{
    const struct cons_valset *set = engine_valset(n->cfg.engine);
    uint64_t now = now_ms(n);
    uint32_t told = 0;
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        const struct sync_peer *p = &n->sync.peer[i];
        told += p->up && p->told && now >= p->banned_until_ms &&
                is_validator(n, peers_pub(n->peers, i));
    }
    if (told + 1 >= cons_quorum(set->cnt) && !sync_is_behind(&n->sync, now) && !n->sync.importing)
        engine_settle(n->cfg.engine, now);
}

static void ping_all(struct network *n)
{
    struct ledger_head head;
    ledger_head(n->cfg.ledger, &head);
    struct peer_msg m = {.type = PEER_PING, .height = head.number, .time_ms = n->cfg.wall_ms()};
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        if (peers_is_up(n->peers, i))
            send_msg(n, i, &m);
    }
}

static void on_tick(uv_timer_t *timer)
{
    struct network *n = timer->data;
    uint64_t now = now_ms(n);
    ask_blocks(n);
    push_import(n);
    consider_settling(n);
    if (now >= n->ping_ms + PING_MS) {
        n->ping_ms = now;
        ping_all(n);
    }
    if (now >= n->block_ms + AGAIN_MS && now >= n->again_ms + AGAIN_MS &&
        pool_has_ready(n->cfg.pool)) {
        n->again_ms = now;
        tell_pool(n, PEERS_NONE, GOSSIP_CNT);
    }
    n->cfg.acted(n->cfg.arg);
}

void network_status(const struct network *n, struct network_status *out)
{
    *out = n->stats;
    out->peers = peers_up_cnt(n->peers);
    out->requests = n->sync.requests;
    out->imported = n->sync.imported;
    out->bans = n->sync.bans;
    out->validators = is_validator(n, n->cfg.key->pub) ? 1 : 0;
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        if (!peers_is_up(n->peers, i))
            continue;
        int64_t skew = n->member[i].skew_ms;
        out->validators += is_validator(n, peers_pub(n->peers, i));
        if (n->sync.peer[i].height > out->best)
            out->best = n->sync.peer[i].height;
        if (llabs(skew) > llabs(out->skew_ms))
            out->skew_ms = skew;
    }
}

bool network_peer_get(const struct network *n, uint32_t i, struct network_peer *out)
{
    *out = (struct network_peer){0};
    if (i >= PEERS_MAX || !peers_info_get(n->peers, i, &out->info))
        return false;
    out->has_head = n->sync.peer[i].up && n->sync.peer[i].told;
    out->head = n->sync.peer[i].height;
    out->skew_ms = n->member[i].skew_ms;
    out->heard_ms = n->member[i].heard_ms;
    return true;
}

/* ------------------------------------------------------------------ start and stop */

static void wake_verify(void *arg)
{
    struct network *n = arg;
    uv_async_send(&n->verify_async);
}

static void open_handles(struct network *n)
{
    uv_async_init(n->loop, &n->verify_async, on_verify_async);
    uv_async_init(n->loop, &n->gossip_async, on_gossip_async);
    uv_timer_init(n->loop, &n->tick);
    uv_timer_init(n->loop, &n->gossip_timer);
    n->verify_async.data = n->gossip_async.data = n->tick.data = n->gossip_timer.data = n;
    uv_timer_start(&n->tick, on_tick, TICK_MS, TICK_MS);
    n->busy = 4;
}

enum mc_err network_start(struct network **out, uv_loop_t *loop, const struct network_cfg *cfg,
                          struct mc_errmsg *em)
{
    struct network *n = calloc(1, sizeof *n);
    if (n != NULL)
        n->list = calloc(PEER_LIST_MAX, sizeof *n->list);
    if (n == NULL || n->list == NULL) {
        free(n);
        return mc_fail(em, MC_ENOMEM, "network: out of memory");
    }
    enum mc_err err = peer_list_parse(n->list, &n->list_cnt, cfg->peers, em);
    if (err != MC_OK) {
        free(n->list);
        free(n);
        return err;
    }
    n->cfg = *cfg;
    n->loop = loop;
    pthread_mutex_init(&n->lock, NULL);
    n->block_ms = now_ms(n);
    n->set_hash = engine_valset(cfg->engine)->hash;
    sync_init(&n->sync, engine_height(cfg->engine) - 1, 0, n->block_ms);
    set_grace(n);
    open_handles(n);
    *out = n;
    struct cons_chain chain = engine_chain(cfg->engine);
    err = verify_start(&n->verify, &chain, wake_verify, n, em);
    if (err != MC_OK)
        return err;
    struct peers_cfg pc = {.host = cfg->host,
                           .port = cfg->port,
                           .chain = chain,
                           .key = cfg->key,
                           .list = n->list,
                           .list_cnt = n->list_cnt,
                           .admit = on_admit,
                           .up = on_up,
                           .down = on_down,
                           .message = on_payload,
                           .arg = n};
    return peers_start(&n->peers, loop, &pc, em);
}

static void on_handle_closed(uv_handle_t *h)
{
    struct network *n = h->data;
    n->busy--;
    maybe_done(n);
}

static void on_peers_done(void *arg)
{
    struct network *n = arg;
    n->busy--;
    maybe_done(n);
}

void network_stop(struct network *n, void (*done)(void *arg), void *arg)
{
    n->stopping = true;
    n->done = done;
    n->done_arg = arg;
    uv_close((uv_handle_t *)&n->tick, on_handle_closed);
    uv_close((uv_handle_t *)&n->gossip_timer, on_handle_closed);
    /* The verify thread must not wake a closed handle. */
    verify_stop(n->verify);
    n->verify = NULL;
    uv_close((uv_handle_t *)&n->verify_async, on_handle_closed);
    uv_close((uv_handle_t *)&n->gossip_async, on_handle_closed);
    if (n->peers != NULL) {
        n->busy++;
        peers_stop(n->peers, on_peers_done, n);
    }
}

void network_free(struct network *n)
{
    if (n == NULL)
        return;
    for (uint32_t i = 0; i < PEERS_MAX; i++) {
        while (n->member[i].held_cnt > 0)
            drop_held(&n->member[i], 0);
    }
    for (uint32_t i = 0; i < n->out_cnt; i++)
        ledger_tx_unref(n->out[i]);
    free(n->out);
    sync_free(&n->sync);
    peers_free(n->peers);
    mc_arena_free(&n->arena);
    pthread_mutex_destroy(&n->lock);
    free(n->list);
    free(n);
}

uint16_t network_port(const struct network *n)
{
    return peers_port(n->peers);
}
