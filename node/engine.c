#include "node/engine.h"

#include <inttypes.h>
#include <stdlib.h>

#include "node/votes.h"

#define ROUND_TIMEOUT_MAX_MS 30000u
#define BODY_ARENA_BYTES_MAX (64u * 1024u * 1024u)
#define DRIFT_MS             5000u /* clocks of hospitals with NTP agree within this */

/* A message of ours on its way back into the core. */
struct own_msg {
    struct mc_buf wire;
    struct own_msg *next;
};

struct engine {
    struct engine_cfg cfg;
    struct cons *core;
    struct cons_chain chain;
    struct cons_valset valset; /* of the open height */
    struct node_vote_log *votes;
    struct chain_thread *thread;
    struct mc_arena arena;
    struct mc_buf recs;  /* records not yet with the chain thread */
    struct mc_buf wires; /* our messages that wait for those records, 4 bytes of length each */
    uint32_t votes_jobs; /* CHAIN_VOTES in work */
    enum engine_voice voice;
    bool settled;         /* the mark of engine_settle() is with the chain thread */
    bool mark_due;        /* keep_mark() once the chain thread runs */
    uint64_t height;      /* open height */
    uint64_t told_height; /* the last round that was explained in the log */
    uint32_t told_round;
    struct own_msg *inbox, **inbox_end;
    uint64_t core_deadline_ms;
    uint64_t last_block_ms;
    uint64_t
        last_cut_ms; /* when the newest block was cut: the interval counts from there, not from its commit */
    bool working; /* the core knows that a block is due */
    struct cons_want
        want; /* what the core asked us to propose and has not got; height 0: nothing */
    bool dead;
    struct engine_status status;
};

static void die(struct engine *e, const char *why)
{
    if (e->dead)
        return;
    e->dead = true;
    e->core_deadline_ms = 0;
    MC_LOG(ERROR, "engine.stopped", "why=%s", why);
    e->cfg.fatal(e->cfg.arg, why);
}

/* ------------------------------------------------------------------ outputs of the core */

static void keep_records(struct engine *e, const struct cons_out *out)
{
    for (uint32_t i = 0; i < out->persist_cnt; i++) {
        size_t mark = e->recs.n;
        mc_buf_put_be32(&e->recs, 0);
        cons_rec_encode(&e->recs, &out->persist[i]);
        if (!e->recs.oom)
            mc_be32_put(e->recs.p + mark, (uint32_t)(e->recs.n - mark - 4));
    }
    if (e->recs.oom)
        die(e, "vote record: out of memory");
}

/* Signs a vote and nothing else: the only use of the validator's key. */
static void sign_vote(struct engine *e, struct cons_vote *vote)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    cons_sign_bytes(bytes, &e->chain, &e->valset.hash, vote);
    mc_ed25519_sign(vote->sig, mc_slice(bytes, sizeof bytes), e->cfg.key);
}

/* Other validators wait for our messages. */
static bool has_others(const struct engine *e)
{
    return e->cfg.broadcast != NULL && e->valset.cnt > 1;
}

static void send_messages(struct engine *e, const struct cons_out *out)
{
    for (uint32_t i = 0; i < out->send_cnt; i++) {
        struct cons_msg msg = out->send[i];
        struct own_msg *own = calloc(1, sizeof *own);
        if (own == NULL) {
            die(e, "message: out of memory");
            return;
        }
        if (!msg.is_signed)
            sign_vote(e, &msg.vote);
        cons_msg_encode(&own->wire, &msg);
        *e->inbox_end = own;
        e->inbox_end = &own->next;
        if (has_others(e)) {
            mc_buf_put_be32(&e->wires, (uint32_t)own->wire.n);
            mc_buf_put_slice(&e->wires, mc_buf_slice(&own->wire));
        }
    }
}

static struct chain_job *new_job(struct engine *e, enum chain_job_kind kind)
{
    struct chain_job *job = chain_job_new(kind);
    if (job == NULL)
        die(e, "chain job: out of memory");
    return job;
}

static void broadcast(struct engine *e, const struct mc_buf *wires)
{
    for (struct mc_slice rest = mc_buf_slice(wires); rest.n > 0;) {
        uint32_t n = mc_be32_get(rest.p);
        e->cfg.broadcast(e->cfg.arg, mc_slice(rest.p + 4, n));
        rest = mc_slice_skip(rest, 4 + (size_t)n);
    }
}

/* What we said leaves once the records that stand before it are durable, and in the order in which it was said. */
static void flush_votes(struct engine *e)
{
    if (e->dead || !has_others(e) || (e->recs.n == 0 && e->wires.n == 0))
        return;
    if (e->wires.oom) {
        die(e, "message: out of memory");
        return;
    }
    if (e->recs.n == 0 && e->votes_jobs == 0) { /* a resend: durable long since */
        broadcast(e, &e->wires);
        mc_buf_reset(&e->wires);
        return;
    }
    struct chain_job *job = new_job(e, CHAIN_VOTES);
    if (job == NULL)
        return;
    job->recs = e->recs;
    job->wires = e->wires;
    memset(&e->recs, 0, sizeof e->recs);
    memset(&e->wires, 0, sizeof e->wires);
    e->votes_jobs++;
    chain_thread_put(e->thread, job);
}

static bool heartbeat_due(const struct engine *e, uint64_t now_ms)
{
    return e->cfg.heartbeat_ms != 0 && now_ms >= e->last_block_ms + e->cfg.heartbeat_ms;
}

static void ask_build(struct engine *e, const struct cons_want *want, uint64_t now_ms)
{
    e->want = *want;
    struct chain_job *job = new_job(e, CHAIN_BUILD);
    int32_t self = e->cfg.key != NULL ? cons_valset_find(&e->valset, e->cfg.key->pub) : -1;
    if (job == NULL)
        return;
    MC_ASSERT(self >= 0);
    job->height = want->height;
    job->round = want->round;
    job->miner = e->valset.v[self].addr;
    job->allow_empty = heartbeat_due(e, now_ms) || want->round > 0;
    chain_thread_put(e->thread, job);
}

static void ask_validate(struct engine *e, const struct cons_block *b)
{
    struct chain_job *job = new_job(e, CHAIN_VALIDATE);
    if (job == NULL)
        return;
    job->height = b->height;
    job->round = b->round;
    job->hash = b->hash;
    job->fresh = b->fresh;
    mc_buf_put_slice(&job->body, b->body);
    if (job->body.oom)
        die(e, "block body: out of memory");
    chain_thread_put(e->thread, job);
}

static void ask_commit(struct engine *e, const struct cons_block *b, const struct cons_cert *cert)
{
    flush_votes(e); /* others may wait for our COMMIT; it need not wait for our own commit */
    struct chain_job *job = new_job(e, CHAIN_COMMIT);
    if (job == NULL)
        return;
    job->height = b->height;
    job->round = b->round;
    job->hash = b->hash;
    mc_buf_put_slice(&job->body, b->body);
    cons_cert_encode(&job->cert, cert);
    job->recs = e->recs;
    memset(&e->recs, 0, sizeof e->recs);
    if (job->body.oom || job->cert.oom)
        die(e, "commit: out of memory");
    chain_thread_put(e->thread, job);
}

static void note_trouble(struct engine *e, const struct cons_out *out)
{
    if (out->evidence != NULL) {
        e->status.evidence++;
        MC_LOG(WARN, "cons.evidence", "height=%" PRIu64 " validator=%u", out->evidence->a.height,
               out->evidence->a.signer);
        if (e->cfg.evidence != NULL)
            e->cfg.evidence(e->cfg.arg, out->evidence);
    }
    if (out->alarm == CONS_ALARM_DIVERGED)
        die(e, "the validators decided a block that this node finds invalid; its data is kept as "
               "it is");
    if (out->alarm == CONS_ALARM_KEY_TWICE)
        MC_LOG(ERROR, "cons.key_twice",
               "this validator's key signed elsewhere: another node uses it, or the vote "
               "log was rolled back; this node no longer votes");
}

static void act(struct engine *e, const struct cons_out *out, uint64_t now_ms)
{
    e->core_deadline_ms = out->deadline_ms;
    keep_records(e, out);
    send_messages(e, out);
    if (out->propose != NULL)
        ask_build(e, out->propose, now_ms);
    if (out->validate != NULL)
        ask_validate(e, out->validate);
    if (out->fetch != NULL && e->cfg.fetch != NULL)
        e->cfg.fetch(e->cfg.arg, &out->fetch->hash);
    if (out->commit != NULL)
        ask_commit(e, out->commit, out->commit_cert);
    note_trouble(e, out);
}

static enum mc_err feed(struct engine *e, const struct cons_event *ev)
{
    struct cons_out out = {0};
    if (e->dead)
        return MC_OK;
    enum mc_err err = cons_step(e->core, &out, ev);
    if (err == MC_OK)
        act(e, &out, ev->now_ms);
    else
        MC_LOG(WARN, "cons.refused", "event=%d why=%s", (int)ev->type, mc_err_text(err));
    return err;
}

/* Our own messages go back in the order in which they were made. */
static void pump(struct engine *e, uint64_t now_ms)
{
    while (e->inbox != NULL) {
        struct own_msg *own = e->inbox;
        struct cons_msg msg;
        struct mc_errmsg em = {{0}};
        e->inbox = own->next;
        if (e->inbox == NULL)
            e->inbox_end = &e->inbox;
        mc_arena_reset(&e->arena);
        enum mc_err err =
            cons_msg_decode(&msg, &e->arena, mc_buf_slice(&own->wire), CONS_BODY_BYTES_MAX, &em);
        if (err == MC_OK) {
            struct cons_event ev = {.type = CONS_EV_MSG, .now_ms = now_ms};
            ev.u.msg = &msg;
            (void)feed(e, &ev);
        } else {
            die(e, em.text);
        }
        mc_buf_free(&own->wire);
        free(own);
    }
}

static enum mc_err tell(struct engine *e, const struct cons_event *ev)
{
    enum mc_err err = feed(e, ev);
    pump(e, ev->now_ms);
    flush_votes(e);
    return err;
}

/* ------------------------------------------------------------------ when is a block due? */

static void consider_work(struct engine *e, uint64_t now_ms)
{
    if (e->working || e->dead || now_ms < e->last_cut_ms + e->cfg.min_block_ms)
        return;
    if (!heartbeat_due(e, now_ms) && !pool_has_ready(e->cfg.pool))
        return;
    e->working = true;
    if (e->want.height != 0) { /* asked before; the pool had nothing then */
        const struct cons_want want = e->want;
        ask_build(e, &want, now_ms);
        return;
    }
    struct cons_event ev = {.type = CONS_EV_WORK, .now_ms = now_ms};
    (void)tell(e, &ev);
}

uint64_t engine_deadline(const struct engine *e)
{
    uint64_t at = e->core_deadline_ms;
    uint64_t due = 0;
    if (!e->working && !e->dead) {
        if (pool_has_ready(e->cfg.pool))
            due = e->last_cut_ms + e->cfg.min_block_ms;
        else if (e->cfg.heartbeat_ms != 0)
            due = e->last_block_ms + e->cfg.heartbeat_ms;
    }
    return at == 0 || (due != 0 && due < at) ? due : at;
}

void engine_work(struct engine *e, uint64_t now_ms)
{
    consider_work(e, now_ms);
}

/* Says once a round why the one before it gave no block: who is to propose, and from whom nothing was heard. */
static void explain_round(struct engine *e)
{
    struct cons_status *s = calloc(1, sizeof *s);
    struct mc_buf silent = {0};
    if (s != NULL)
        cons_status_get(e->core, s);
    if (s == NULL || s->round == 0 || (s->height == e->told_height && s->round == e->told_round)) {
        free(s);
        return;
    }
    e->told_height = s->height;
    e->told_round = s->round;
    for (uint32_t i = 0; i < s->n; i++) {
        if ((int32_t)i != s->self && !s->peer[i].seen) {
            mc_buf_put_str(&silent, silent.n > 0 ? "," : "");
            mc_buf_put_hex(&silent, mc_slice(e->valset.v[i].pub, 8));
        }
    }
    mc_buf_put_u8(&silent, 0);
    MC_LOG(WARN, "cons.round",
           "height=%" PRIu64 " round=%u proposer=%u prepares=%u commits=%u silent=%s", s->height,
           s->round, s->proposer, s->prepare_cnt, s->commit_cnt,
           silent.oom ? "?" : (const char *)silent.p);
    mc_buf_free(&silent);
    free(s);
}

void engine_timer(struct engine *e, uint64_t now_ms)
{
    if (e->core_deadline_ms != 0 && now_ms >= e->core_deadline_ms) {
        struct cons_event ev = {.type = CONS_EV_TIMER, .now_ms = now_ms};
        e->core_deadline_ms = 0;
        (void)tell(e, &ev);
        explain_round(e);
    }
    consider_work(e, now_ms);
}

/* ------------------------------------------------------------------ results of the chain thread */

static void open_height(struct engine *e, uint64_t height, uint64_t now_ms)
{
    struct cons_event ev = {.type = CONS_EV_COMMITTED, .now_ms = now_ms};
    ev.u.committed.height = height;
    ev.u.committed.valset = &e->valset;
    e->height = height + 1;
    (void)tell(e, &ev);
    if (e->cfg.opened != NULL && !e->dead)
        e->cfg.opened(e->cfg.arg, e->height);
}

static void on_built(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
    if (job->stale)
        return;
    if (job->body.n == 0) { /* the pool ran dry: nothing is due any more */
        e->working = false;
        return;
    }
    e->want.height = 0;
    struct cons_event ev = {.type = CONS_EV_PROPOSAL, .now_ms = now_ms};
    ev.u.proposal.height = job->height;
    ev.u.proposal.round = job->round;
    ev.u.proposal.hash = job->hash;
    ev.u.proposal.body = mc_buf_slice(&job->body);
    (void)tell(e, &ev);
}

static void on_validated(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
    struct cons_event ev = {.type = CONS_EV_VALIDATED, .now_ms = now_ms};
    ev.u.validated.hash = job->hash;
    ev.u.validated.fresh = job->fresh;
    ev.u.validated.verdict = job->verdict;
    (void)tell(e, &ev);
}

/* The block's own time on our monotonic clock; a clock ahead of ours counts as now. */
static uint64_t cut_ms(const struct engine *e, uint64_t block_ms, uint64_t now_ms)
{
    uint64_t wall = e->cfg.wall_ms();
    uint64_t age = wall > block_ms ? wall - block_ms : 0;
    return age < now_ms ? now_ms - age : 0;
}

static void on_committed(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
    if (job->stale)
        return;
    MC_LOG(DEBUG, "chain.block", "height=%" PRIu64 " txs=%u", job->height, job->tx_cnt);
    e->status.blocks++;
    e->status.txs += job->tx_cnt;
    e->last_block_ms = now_ms;
    e->last_cut_ms = cut_ms(e, job->time_ms, now_ms);
    e->working = false;
    e->want.height = 0;
    e->valset = job->valset;
    e->cfg.committed(e->cfg.arg, job->height);
    open_height(e, job->height, now_ms);
}

static void on_votes(struct engine *e, const struct chain_job *job)
{
    e->votes_jobs--;
    if (e->settled) { /* the mark is durable now */
        e->settled = false;
        votes_settling_end(e->cfg.data_dir);
    }
    if (e->cfg.broadcast != NULL)
        broadcast(e, &job->wires);
}

static void on_imported(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
    if (!job->stale && job->verdict == CONS_INVALID) {
        mc_errwrap(&job->em,
                   "the validators decided block %" PRIu64 ", which this node finds "
                   "invalid; its data is kept as it is",
                   job->height);
        die(e, job->em.text);
        return;
    }
    bool good = job->stale || job->verdict == CONS_VALID;
    if (good)
        on_committed(e, job, now_ms);
    e->cfg.imported(e->cfg.arg, job->height, good, job->em.text);
}

static void on_result(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
    switch (job->kind) {
    case CHAIN_BUILD:
        on_built(e, job, now_ms);
        break;
    case CHAIN_VALIDATE:
        on_validated(e, job, now_ms);
        break;
    case CHAIN_COMMIT:
        on_committed(e, job, now_ms);
        break;
    case CHAIN_VOTES:
        on_votes(e, job);
        break;
    case CHAIN_IMPORT:
        on_imported(e, job, now_ms);
        break;
    }
}

void engine_results(struct engine *e, uint64_t now_ms)
{
    for (struct chain_job *job; (job = chain_thread_take(e->thread)) != NULL; chain_job_free(job)) {
        if (e->dead)
            continue;
        if (job->err != MC_OK) {
            if (job->em.text[0] == 0)
                mc_errf(&job->em, "%s", mc_err_text(job->err));
            die(e, job->em.text);
            continue;
        }
        on_result(e, job, now_ms);
    }
    consider_work(e, now_ms);
}

/* ------------------------------------------------------------------ peers */

enum mc_err engine_message(struct engine *e, const struct cons_msg *msg, uint64_t now_ms)
{
    struct cons_event ev = {.type = CONS_EV_MSG, .now_ms = now_ms};
    ev.u.msg = msg;
    return tell(e, &ev);
}

void engine_body(struct engine *e, const struct mc_hash *hash, struct mc_slice body,
                 uint64_t now_ms)
{
    struct cons_event ev = {.type = CONS_EV_BODY, .now_ms = now_ms};
    ev.u.body.hash = *hash;
    ev.u.body.body = body;
    (void)tell(e, &ev);
}

bool engine_body_get(const struct engine *e, const struct mc_hash *hash, struct mc_slice *body)
{
    return cons_body_get(e->core, hash, body);
}

void engine_import(struct engine *e, uint64_t height, struct mc_buf *body, struct mc_buf *cert)
{
    struct chain_job *job = e->dead ? NULL : new_job(e, CHAIN_IMPORT);
    if (job == NULL) {
        mc_buf_free(body);
        mc_buf_free(cert);
        return;
    }
    job->height = height;
    job->body = *body;
    job->cert = *cert;
    memset(body, 0, sizeof *body);
    memset(cert, 0, sizeof *cert);
    chain_thread_put(e->thread, job);
}

const struct cons_valset *engine_valset(const struct engine *e)
{
    return &e->valset;
}

struct cons_chain engine_chain(const struct engine *e)
{
    return e->chain;
}

uint64_t engine_height(const struct engine *e)
{
    return e->height;
}

/* ------------------------------------------------------------------ start and end */

static enum mc_err make_core(struct engine *e, bool speaks, uint64_t abstain_height,
                             struct mc_errmsg *em)
{
    uint32_t t = e->cfg.round_timeout_ms;
    struct cons_cfg cc = {.timeout_ms = t,
                          .timeout_max_ms = t > ROUND_TIMEOUT_MAX_MS ? t : ROUND_TIMEOUT_MAX_MS,
                          .abstain_height = abstain_height};
    if (speaks && e->cfg.key != NULL)
        memcpy(cc.self_pub, e->cfg.key->pub, sizeof cc.self_pub);
    cons_free(e->core);
    e->core = cons_new(&cc);
    return e->core != NULL ? MC_OK : mc_fail(em, MC_ENOMEM, "consensus: out of memory");
}

/* The log says from now on up to where we keep silent, so that it is not taken for a lost one after a restart. */
static void keep_mark(struct engine *e, uint64_t height)
{
    struct cons_rec mark = {.type = CONS_REC_MARK, .height = height};
    struct cons_out out = {.persist = &mark, .persist_cnt = 1};
    keep_records(e, &out);
    flush_votes(e);
}

/* Any vote that we forgot was for a height at most one above what q - 1 others with this head had decided when they
 * answered (reliability.md 4.3 counts two): beyond that, nothing said before can contradict what we say now. */
void engine_settle(struct engine *e, uint64_t now_ms)
{
    struct mc_errmsg em = {{0}};
    if (e->voice != ENGINE_SETTLING || e->dead)
        return;
    uint64_t head = e->height - 1, floor = head == 0 ? 0 : head + 2;
    if (make_core(e, true, floor, &em) != MC_OK) {
        die(e, em.text);
        return;
    }
    e->voice = ENGINE_SPEAKS;
    e->working = false;
    if (floor > 0)
        MC_LOG(WARN, "votes.settled", "the vote log was empty; silent up to height=%" PRIu64,
               floor);
    e->settled = true;
    keep_mark(e, floor);
    open_height(e, head, now_ms);
}

static enum mc_err open_votes(struct engine *e, uint64_t head, struct mc_errmsg *em)
{
    struct votes_cfg vc = {.data_dir = e->cfg.data_dir,
                           .chain = e->chain,
                           .pub = e->cfg.key->pub,
                           .amnesia = e->cfg.amnesia};
    bool empty = false;
    enum mc_err err = votes_open(&e->votes, &empty, &vc, em);
    if (err != MC_OK || !empty || !has_others(e))
        return err;
    /* At block 0 nobody can tell a first start from a wiped disk, nor who will be a validator by the newest block. */
    if (head == 0 || e->cfg.amnesia || votes_is_settling(e->cfg.data_dir)) {
        e->voice = ENGINE_SETTLING;
        return votes_settling_begin(e->cfg.data_dir, em);
    }
    if (cons_valset_find(&e->valset, e->cfg.key->pub) < 0) {
        e->mark_due = true; /* nothing was said yet: a later restart as a member shall know it */
        return MC_OK;
    }
    e->voice = ENGINE_REFUSES;
    MC_LOG(ERROR, "votes.lost",
           "this validator's vote log is empty though the chain is at height %" PRIu64
           ": it does not vote, lest it contradict what it said.  When the log is lost for good, "
           "or this key never voted, restart with amnesia set",
           head);
    return MC_OK;
}

static enum mc_err replay_votes(struct engine *e, uint64_t now_ms, struct mc_errmsg *em)
{
    struct mc_slice payload;
    while (e->votes != NULL && node_vote_log_next(e->votes, &payload)) {
        struct cons_event ev = {.type = CONS_EV_RECORD, .now_ms = now_ms};
        mc_arena_reset(&e->arena);
        enum mc_err err = cons_rec_decode(&ev.u.record, &e->arena, payload, em);
        if (err != MC_OK) {
            mc_errwrap(em, "vote log record");
            return err;
        }
        (void)tell(e, &ev);
    }
    return MC_OK;
}

static enum mc_err start(struct engine *e, uint64_t now_ms, struct mc_errmsg *em)
{
    struct ledger_head head;
    ledger_head(e->cfg.ledger, &head);
    e->chain = (struct cons_chain){.chain_id = e->cfg.chain_id, .genesis = head.genesis_hash};
    e->height = head.number + 1;
    enum mc_err err = chain_valset_next(&e->valset, e->cfg.ledger, em);
    if (err == MC_OK && e->cfg.key != NULL)
        err = open_votes(e, head.number, em);
    if (err == MC_OK)
        err = make_core(e, e->voice == ENGINE_SPEAKS, 0, em);
    if (err != MC_OK)
        return err;
    struct chain_thread_cfg tc = {.ledger = e->cfg.ledger,
                                  .pool = e->cfg.pool,
                                  .chain = e->chain,
                                  .votes = e->votes,
                                  .drift_ms = DRIFT_MS,
                                  .wall_ms = e->cfg.wall_ms,
                                  .wake = e->cfg.wake,
                                  .wake_arg = e->cfg.arg};
    err = chain_thread_start(&e->thread, &tc, em);
    if (err == MC_OK)
        err = replay_votes(e, now_ms, em);
    if (err == MC_OK && e->mark_due)
        keep_mark(e, head.number);
    if (err == MC_OK)
        open_height(e, head.number, now_ms);
    return err;
}

enum mc_err engine_new(struct engine **out, const struct engine_cfg *cfg, uint64_t now_ms,
                       struct mc_errmsg *em)
{
    struct engine *e = calloc(1, sizeof *e);
    if (e == NULL)
        return mc_fail(em, MC_ENOMEM, "engine: out of memory");
    e->cfg = *cfg;
    e->inbox_end = &e->inbox;
    e->last_block_ms = now_ms;
    mc_arena_init(&e->arena, BODY_ARENA_BYTES_MAX);
    enum mc_err err = start(e, now_ms, em);
    if (err != MC_OK) {
        engine_free(e);
        return err;
    }
    *out = e;
    return MC_OK;
}

void engine_free(struct engine *e)
{
    if (e == NULL)
        return;
    chain_thread_stop(e->thread);
    while (e->inbox != NULL) {
        struct own_msg *own = e->inbox;
        e->inbox = own->next;
        mc_buf_free(&own->wire);
        free(own);
    }
    node_vote_log_close(e->votes);
    cons_free(e->core);
    mc_buf_free(&e->recs);
    mc_buf_free(&e->wires);
    mc_arena_free(&e->arena);
    free(e);
}

void engine_status(const struct engine *e, struct engine_status *out)
{
    struct cons_status *s = calloc(1, sizeof *s);
    *out = e->status;
    out->last_block_ms = e->last_block_ms;
    chain_thread_times(e->thread, &out->times);
    out->voice = e->voice;
    out->member = e->cfg.key != NULL && cons_valset_find(&e->valset, e->cfg.key->pub) >= 0;
    if (s == NULL)
        return;
    cons_status_get(e->core, s);
    out->height = s->height;
    out->round = s->round;
    out->validator_cnt = s->n;
    out->quorum = s->q;
    out->voting = s->voting;
    free(s);
}

void engine_round(const struct engine *e, struct cons_status *out)
{
    cons_status_get(e->core, out);
}
