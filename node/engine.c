#include "node/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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
    struct mc_buf recs; /* records not yet with the chain thread */
    struct own_msg *inbox, **inbox_end;
    uint64_t core_deadline_ms;
    uint64_t last_block_ms;
    bool working; /* the core knows that a block is due */
    struct cons_want
        want; /* what the core asked us to propose and has not got; height 0: nothing */
    bool dead;
    struct engine_status status;
};

static void feed(struct engine *e, const struct cons_event *ev);

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
    }
}

static struct chain_job *new_job(struct engine *e, enum chain_job_kind kind)
{
    struct chain_job *job = chain_job_new(kind);
    if (job == NULL)
        die(e, "chain job: out of memory");
    return job;
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
    if (out->commit != NULL)
        ask_commit(e, out->commit, out->commit_cert);
    note_trouble(e, out);
}

static void feed(struct engine *e, const struct cons_event *ev)
{
    struct cons_out out = {0};
    if (e->dead)
        return;
    enum mc_err err = cons_step(e->core, &out, ev);
    if (err == MC_OK)
        act(e, &out, ev->now_ms);
    else
        MC_LOG(WARN, "cons.refused", "event=%d why=%s", (int)ev->type, mc_err_text(err));
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
            feed(e, &ev);
        } else {
            die(e, em.text);
        }
        mc_buf_free(&own->wire);
        free(own);
    }
}

static void tell(struct engine *e, const struct cons_event *ev)
{
    feed(e, ev);
    pump(e, ev->now_ms);
}

/* ------------------------------------------------------------------ when is a block due? */

static void consider_work(struct engine *e, uint64_t now_ms)
{
    if (e->working || e->dead || now_ms < e->last_block_ms + e->cfg.min_block_ms)
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
    tell(e, &ev);
}

uint64_t engine_deadline(const struct engine *e)
{
    uint64_t at = e->core_deadline_ms;
    uint64_t due = 0;
    if (!e->working && !e->dead) {
        if (pool_has_ready(e->cfg.pool))
            due = e->last_block_ms + e->cfg.min_block_ms;
        else if (e->cfg.heartbeat_ms != 0)
            due = e->last_block_ms + e->cfg.heartbeat_ms;
    }
    return at == 0 || (due != 0 && due < at) ? due : at;
}

void engine_work(struct engine *e, uint64_t now_ms)
{
    consider_work(e, now_ms);
}

void engine_timer(struct engine *e, uint64_t now_ms)
{
    if (e->core_deadline_ms != 0 && now_ms >= e->core_deadline_ms) {
        struct cons_event ev = {.type = CONS_EV_TIMER, .now_ms = now_ms};
        e->core_deadline_ms = 0;
        tell(e, &ev);
    }
    consider_work(e, now_ms);
}

/* ------------------------------------------------------------------ results of the chain thread */

static void open_height(struct engine *e, uint64_t height, uint64_t now_ms)
{
    struct cons_event ev = {.type = CONS_EV_COMMITTED, .now_ms = now_ms};
    ev.u.committed.height = height;
    ev.u.committed.valset = &e->valset;
    tell(e, &ev);
}

static void on_built(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
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
    tell(e, &ev);
}

static void on_validated(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
    struct cons_event ev = {.type = CONS_EV_VALIDATED, .now_ms = now_ms};
    ev.u.validated.hash = job->hash;
    ev.u.validated.fresh = job->fresh;
    ev.u.validated.verdict = job->verdict;
    tell(e, &ev);
}

static void on_committed(struct engine *e, struct chain_job *job, uint64_t now_ms)
{
    MC_LOG(DEBUG, "chain.block", "height=%" PRIu64 " txs=%u", job->height, job->tx_cnt);
    e->status.blocks++;
    e->status.txs += job->tx_cnt;
    e->last_block_ms = now_ms;
    e->working = false;
    e->want.height = 0;
    e->valset = job->valset;
    e->cfg.committed(e->cfg.arg, job->height);
    open_height(e, job->height, now_ms);
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
        }
    }
    consider_work(e, now_ms);
}

/* ------------------------------------------------------------------ start and end */

static enum mc_err open_votes(struct engine *e, struct mc_errmsg *em)
{
    char dir[1200], path[2][1300];
    struct node_vote_log_info info = {0};
    struct mc_hash identity;
    const struct mc_slice parts[] = {mc_hash_slice(&e->chain.genesis),
                                     mc_slice(e->cfg.key->pub, 32)};

    mc_keccak256v(&identity, parts, MC_COUNT(parts));
    for (int i = 0; i < 2; i++) {
        snprintf(dir, sizeof dir, "%s/votes-%c", e->cfg.data_dir, "ab"[i]);
        snprintf(path[i], sizeof path[i], "%s/log", dir);
        enum mc_err err = mc_dir_make(dir, 0700, em);
        if (err != MC_OK)
            return err;
    }
    enum mc_err err = node_vote_log_open(&e->votes, &info, path[0], path[1], &identity, em);
    if (err != MC_OK) {
        mc_errwrap(em, "vote log");
        return err;
    }
    MC_LOG(INFO, "votes.open", "created=%d records=%" PRIu64 " repaired=%u", info.created,
           info.rec_cnt, info.repaired);
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
        tell(e, &ev);
    }
    return MC_OK;
}

static enum mc_err start(struct engine *e, uint64_t now_ms, struct mc_errmsg *em)
{
    struct ledger_head head;
    ledger_head(e->cfg.ledger, &head);
    e->chain = (struct cons_chain){.chain_id = e->cfg.chain_id, .genesis = head.genesis_hash};
    enum mc_err err = chain_valset_next(&e->valset, e->cfg.ledger, em);
    if (err == MC_OK && e->cfg.key != NULL)
        err = open_votes(e, em);
    if (err != MC_OK)
        return err;
    struct chain_thread_cfg tc = {.ledger = e->cfg.ledger,
                                  .pool = e->cfg.pool,
                                  .votes = e->votes,
                                  .drift_ms = DRIFT_MS,
                                  .wall_ms = e->cfg.wall_ms,
                                  .wake = e->cfg.wake,
                                  .wake_arg = e->cfg.arg};
    err = chain_thread_start(&e->thread, &tc, em);
    if (err == MC_OK)
        err = replay_votes(e, now_ms, em);
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
    struct cons_cfg cc = {.timeout_ms = cfg->round_timeout_ms,
                          .timeout_max_ms = cfg->round_timeout_ms > ROUND_TIMEOUT_MAX_MS
                                                ? cfg->round_timeout_ms
                                                : ROUND_TIMEOUT_MAX_MS};
    if (cfg->key != NULL)
        memcpy(cc.self_pub, cfg->key->pub, sizeof cc.self_pub);
    e->core = cons_new(&cc);
    enum mc_err err =
        e->core != NULL ? start(e, now_ms, em) : mc_fail(em, MC_ENOMEM, "consensus: out of memory");
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
    mc_arena_free(&e->arena);
    free(e);
}

void engine_status(const struct engine *e, struct engine_status *out)
{
    struct cons_status *s = calloc(1, sizeof *s);
    *out = e->status;
    out->last_block_ms = e->last_block_ms;
    chain_thread_times(e->thread, &out->times);
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
