#include "node/chain_thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define CANDIDATES_MAX 4u
#define COLLECT_CNT    4096u

struct candidate {
    struct ledger_exec *exec;
    struct mc_hash hash;
    struct ledger_tx **txs; /* references */
    uint32_t tx_cnt;
};

struct chain_thread {
    struct chain_thread_cfg cfg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct chain_job *todo, **todo_end;
    struct chain_job *done, **done_end;
    bool stop;
    struct chain_times times; /* under lock */
    /* The chain thread's own: */
    struct candidate cand[CANDIDATES_MAX];
    uint32_t cand_cnt;
    struct ledger_tx **collected;
    struct mc_arena arena;
};

struct chain_job *chain_job_new(enum chain_job_kind kind)
{
    struct chain_job *job = calloc(1, sizeof *job);
    if (job != NULL)
        job->kind = kind;
    return job;
}

void chain_job_free(struct chain_job *job)
{
    if (job == NULL)
        return;
    mc_buf_free(&job->body);
    mc_buf_free(&job->cert);
    mc_buf_free(&job->recs);
    mc_buf_free(&job->wires);
    free(job);
}

/* ------------------------------------------------------------------ candidates */

static void free_candidate(struct candidate *c)
{
    ledger_exec_free(c->exec);
    for (uint32_t i = 0; i < c->tx_cnt; i++)
        ledger_tx_unref(c->txs[i]);
    free(c->txs);
    memset(c, 0, sizeof *c);
}

static void forget_candidates(struct chain_thread *t)
{
    for (uint32_t i = 0; i < t->cand_cnt; i++)
        free_candidate(&t->cand[i]);
    t->cand_cnt = 0;
}

static struct candidate *find_candidate(struct chain_thread *t, const struct mc_hash *hash)
{
    for (uint32_t i = 0; i < t->cand_cnt; i++) {
        if (mc_hash_eq(&t->cand[i].hash, hash))
            return &t->cand[i];
    }
    return NULL;
}

static struct candidate *keep_candidate(struct chain_thread *t, const struct candidate *c)
{
    if (t->cand_cnt == CANDIDATES_MAX) { /* the oldest goes; it would be executed again if needed */
        free_candidate(&t->cand[0]);
        memmove(&t->cand[0], &t->cand[1], (CANDIDATES_MAX - 1) * sizeof t->cand[0]);
        t->cand_cnt--;
    }
    t->cand[t->cand_cnt] = *c;
    return &t->cand[t->cand_cnt++];
}

static bool add_tx(struct candidate *c, struct ledger_tx *tx)
{
    if ((c->tx_cnt & (c->tx_cnt + 1)) == 0) { /* full at 0, 1, 3, 7, ...: grow to twice and one */
        struct ledger_tx **more =
            realloc(c->txs, (c->tx_cnt * 2u + 1u) * sizeof(struct ledger_tx *));
        if (more == NULL)
            return false;
        c->txs = more;
    }
    c->txs[c->tx_cnt++] = ledger_tx_ref(tx);
    return true;
}

/* ------------------------------------------------------------------ validator sets */

static enum mc_err to_valset(struct cons_valset *out, const struct vm_genesis_validator *v,
                             uint32_t cnt, struct mc_errmsg *em)
{
    memset(out, 0, sizeof *out);
    out->cnt = cnt;
    for (uint32_t i = 0; i < cnt; i++) {
        memcpy(out->v[i].pub, v[i].public_key, sizeof out->v[i].pub);
        out->v[i].addr = v[i].account;
    }
    return cons_valset_seal(out, em);
}

enum mc_err chain_valset_next(struct cons_valset *out, struct ledger *l, struct mc_errmsg *em)
{
    struct vm_genesis_validator v[MC_VALIDATORS_MAX];
    struct ledger_view *view = NULL;
    uint32_t cnt = 0;
    enum mc_err err = ledger_view_latest(&view, l, em);
    if (err != MC_OK)
        return err;
    err = vm_validators_at(v, MC_VALIDATORS_MAX, &cnt, ledger_view_env(view));
    ledger_view_close(view);
    return err == MC_OK ? to_valset(out, v, cnt, em)
                        : mc_fail(em, err, "validator set: %s", mc_err_text(err));
}

/* Sets the header's promise of who decides the next block, and seals. */
static enum mc_err seal(struct candidate *c, const struct ledger_header **header,
                        struct mc_errmsg *em)
{
    struct vm_genesis_validator v[MC_VALIDATORS_MAX];
    struct cons_valset set;
    uint32_t cnt = 0;
    enum mc_err err = ledger_exec_validators(c->exec, v, MC_VALIDATORS_MAX, &cnt);
    if (err == MC_OK)
        err = to_valset(&set, v, cnt, em);
    if (err == MC_OK) {
        ledger_exec_set_mix_hash(c->exec, &set.hash);
        err = ledger_exec_seal(c->exec, header, &c->hash, em);
    }
    return err;
}

/* ------------------------------------------------------------------ build */

/* Executes what the pool has until the block is full.  A transaction that cannot be in this block leaves the pool. */
static enum mc_err fill(struct chain_thread *t, struct candidate *c, uint64_t gas_limit,
                        struct mc_errmsg *em)
{
    size_t bytes = 0;
    bool again = false;
    for (;;) {
        uint64_t gas_left = gas_limit - ledger_exec_gas_used(c->exec);
        uint32_t cnt = pool_collect(t->cfg.pool, t->collected, COLLECT_CNT, gas_left,
                                    MC_BLOCK_BYTES_MAX - bytes, again);
        enum mc_err err = MC_OK;
        if (cnt == 0)
            return MC_OK;
        for (uint32_t i = 0; i < cnt; i++) {
            struct ledger_tx *tx = t->collected[i];
            if (err == MC_OK && c->tx_cnt < MC_BLOCK_TXS_MAX) {
                err = ledger_exec_tx(c->exec, tx, em);
                if (err == MC_EREJECT) {
                    MC_LOG(DEBUG, "chain.tx_dropped", "why=%s", em->text);
                    pool_drop(t->cfg.pool, tx);
                    err = MC_OK;
                } else if (err == MC_OK) {
                    bytes += tx->raw.n;
                    err = add_tx(c, tx) ? MC_OK : mc_fail(em, MC_ENOMEM, "block: out of memory");
                }
            }
            ledger_tx_unref(tx);
        }
        if (err != MC_OK || c->tx_cnt >= MC_BLOCK_TXS_MAX)
            return err;
        again = true;
    }
}

static void encode_body(struct mc_buf *out, const struct ledger_header *header,
                        const struct candidate *c, struct mc_arena *arena)
{
    struct mc_buf rlp = {0};
    struct mc_slice *raws = mc_arena_calloc(arena, c->tx_cnt + 1u, sizeof *raws);
    if (raws == NULL) {
        out->oom = true;
        return;
    }
    for (uint32_t i = 0; i < c->tx_cnt; i++)
        raws[i] = c->txs[i]->raw;
    ledger_header_encode(&rlp, header);
    ledger_block_encode(out, mc_buf_slice(&rlp), raws, c->tx_cnt);
    out->oom = out->oom || rlp.oom;
    mc_buf_free(&rlp);
}

static enum mc_err build(struct chain_thread *t, struct chain_job *job)
{
    struct ledger_head head;
    struct candidate c = {0};
    const struct ledger_header *header = NULL;
    uint64_t now = t->cfg.wall_ms();
    enum mc_err err;

    ledger_head(t->cfg.ledger, &head);
    if (head.number + 1 != job->height) { /* decided by the others meanwhile */
        job->stale = true;
        return MC_OK;
    }
    struct ledger_block_env env = {.time_ms = now > head.time_ms ? now : head.time_ms + 1,
                                   .miner = job->miner,
                                   .gas_limit = head.gas_limit};
    err = ledger_exec_new(&c.exec, t->cfg.ledger, &env, &job->em);
    if (err == MC_OK)
        err = fill(t, &c, head.gas_limit, &job->em);
    /* What made the block due may have left the pool meanwhile; an empty block is not worth a slot. */
    if (err == MC_OK && (c.tx_cnt > 0 || job->allow_empty))
        err = seal(&c, &header, &job->em);
    if (err == MC_OK && header != NULL) {
        encode_body(&job->body, header, &c, &t->arena);
        err = mc_buf_check(&job->body, "block body", &job->em);
    }
    if (err != MC_OK || header == NULL) {
        free_candidate(&c);
        return err;
    }
    job->hash = c.hash;
    job->tx_cnt = c.tx_cnt;
    keep_candidate(t, &c);
    return MC_OK;
}

/* ------------------------------------------------------------------ validate */

/* The transaction as the pool knows it (its sender is recovered already), or decoded here. */
static enum mc_err take_tx(struct chain_thread *t, struct ledger_tx **out, struct mc_slice raw,
                           struct mc_errmsg *em)
{
    struct mc_hash hash;
    mc_keccak256(&hash, raw);
    *out = pool_find(t->cfg.pool, &hash);
    if (*out != NULL)
        return MC_OK;
    enum mc_err err = ledger_tx_decode(out, raw, em);
    if (err == MC_OK)
        err = ledger_tx_recover(*out, em);
    return err;
}

/* One item of the body's transaction list: a string for typed ones (EIP-2718), a list for legacy ones. */
static enum mc_err next_raw(struct mc_rlp *txs, struct mc_slice *raw, struct mc_errmsg *em)
{
    return mc_rlp_next_is_list(txs) ? mc_rlp_raw(txs, raw, em) : mc_rlp_bytes(txs, raw, em);
}

static enum mc_err execute_list(struct chain_thread *t, struct candidate *c, struct mc_rlp txs,
                                struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    while (err == MC_OK && !mc_rlp_done(&txs)) {
        struct mc_slice raw;
        struct ledger_tx *tx = NULL;
        if (c->tx_cnt >= MC_BLOCK_TXS_MAX)
            return mc_fail(em, MC_ELIMIT, "more than %u transactions", MC_BLOCK_TXS_MAX);
        err = next_raw(&txs, &raw, em);
        if (err == MC_OK)
            err = take_tx(t, &tx, raw, em);
        if (err == MC_OK)
            err = ledger_exec_tx(c->exec, tx, em);
        if (err == MC_OK)
            err = add_tx(c, tx) ? MC_OK : MC_ENOMEM;
        ledger_tx_unref(tx);
        if (err != MC_OK)
            mc_errwrap(em, "transaction %u", c->tx_cnt);
    }
    return err;
}

static enum mc_err open_body(struct mc_slice body, struct mc_slice *header_rlp, struct mc_rlp *txs,
                             struct mc_errmsg *em)
{
    struct mc_rlp top = mc_rlp_open(body), block, uncles;
    enum mc_err err = mc_rlp_list(&top, &block, em);
    if (err == MC_OK)
        err = mc_rlp_end(&top, em);
    if (err == MC_OK)
        err = mc_rlp_raw(&block, header_rlp, em);
    if (err == MC_OK)
        err = mc_rlp_list(&block, txs, em);
    if (err == MC_OK)
        err = mc_rlp_list(&block, &uncles, em);
    if (err == MC_OK)
        err = mc_rlp_end(&uncles, em);
    if (err == MC_OK)
        err = mc_rlp_end(&block, em);
    return err;
}

static enum mc_err check_header(struct chain_thread *t, const struct chain_job *job,
                                const struct ledger_header *h, const struct ledger_head *head,
                                struct mc_errmsg *em)
{
    uint64_t time_ms = ledger_header_time_ms(h);
    if (h->number != head->number + 1 || h->number != job->height)
        return mc_fail(em, MC_EREJECT, "number %llu on head %llu", (unsigned long long)h->number,
                       (unsigned long long)head->number);
    if (!mc_hash_eq(&h->parent_hash, &head->hash))
        return mc_fail(em, MC_EREJECT, "another parent");
    if (time_ms <= head->time_ms)
        return mc_fail(em, MC_EREJECT, "time not above the parent's");
    if (job->fresh && time_ms > t->cfg.wall_ms() + t->cfg.drift_ms)
        return mc_fail(em, MC_EREJECT, "time %llu ms ahead of this node's clock",
                       (unsigned long long)(time_ms - t->cfg.wall_ms()));
    if (h->gas_limit != head->gas_limit)
        return mc_fail(em, MC_EREJECT, "gas limit %llu, the rules say %llu",
                       (unsigned long long)h->gas_limit, (unsigned long long)head->gas_limit);
    return MC_OK;
}

enum mc_err chain_body_hash(struct mc_hash *out, struct mc_slice body, struct mc_errmsg *em)
{
    struct mc_slice header_rlp;
    struct mc_rlp txs;
    enum mc_err err = open_body(body, &header_rlp, &txs, em);
    if (err == MC_OK)
        mc_keccak256(out, header_rlp);
    return err;
}

/* True for errors that a proposer can cause; everything else is this machine's. */
static bool blames_block(enum mc_err err)
{
    return err == MC_EREJECT || err == MC_EMALFORM || err == MC_EUNSUPPORTED || err == MC_EAUTH ||
           err == MC_ELIMIT;
}

/* Whether the transactions are those that the header, and so the hash, covers. */
static bool has_its_txs(struct chain_thread *t, const struct ledger_header *h, struct mc_rlp txs)
{
    struct mc_hash root;
    struct mc_rlp rest = txs;
    struct mc_slice *raws, skip;
    uint32_t cnt = 0;
    for (; !mc_rlp_done(&rest) && cnt <= MC_BLOCK_TXS_MAX; cnt++) {
        if (next_raw(&rest, &skip, NULL) != MC_OK)
            return false;
    }
    raws = mc_arena_calloc(&t->arena, cnt + 1u, sizeof *raws);
    if (raws == NULL || cnt > MC_BLOCK_TXS_MAX)
        return false;
    for (uint32_t i = 0; i < cnt; i++) {
        if (next_raw(&txs, &raws[i], NULL) != MC_OK)
            return false;
    }
    return ledger_list_root(&root, raws, cnt, &t->arena) == MC_OK &&
           mc_hash_eq(&root, &h->txs_root);
}

static enum mc_err execute_on_head(struct chain_thread *t, struct chain_job *job,
                                   struct candidate *c, const struct ledger_header *h,
                                   struct mc_rlp txs)
{
    const struct ledger_header *mine = NULL;
    struct ledger_block_env env = {
        .time_ms = ledger_header_time_ms(h), .miner = h->miner, .gas_limit = h->gas_limit};
    enum mc_err err = ledger_exec_new(&c->exec, t->cfg.ledger, &env, &job->em);
    if (err == MC_OK)
        err = execute_list(t, c, txs, &job->em);
    if (err == MC_OK)
        err = seal(c, &mine, &job->em);
    if (err == MC_OK && !mc_hash_eq(&c->hash, &job->hash))
        err = mc_fail(&job->em, MC_EREJECT, "execution here gives another header");
    return err;
}

/* Executes a body on the head and compares the whole header.  MC_EREJECT: the block breaks a rule, or with verdict
 * CONS_WRONG_BODY these bytes are not the block of the hash: then only who sent them is at fault. */
static enum mc_err execute(struct chain_thread *t, struct chain_job *job, struct candidate *c)
{
    struct mc_slice header_rlp;
    struct mc_rlp txs;
    struct ledger_header h;
    struct ledger_head head;
    struct mc_hash hash;

    ledger_head(t->cfg.ledger, &head);
    enum mc_err err = open_body(mc_buf_slice(&job->body), &header_rlp, &txs, &job->em);
    if (err == MC_OK)
        mc_keccak256(&hash, header_rlp);
    if (err != MC_OK || !mc_hash_eq(&hash, &job->hash)) {
        job->verdict = CONS_WRONG_BODY;
        return err != MC_OK ? err
                            : mc_fail(&job->em, MC_EREJECT, "the body is not that of the hash");
    }
    err = ledger_header_decode(&h, header_rlp, &job->em);
    if (err == MC_OK)
        err = check_header(t, job, &h, &head, &job->em);
    if (err != MC_OK)
        return err;
    err = execute_on_head(t, job, c, &h, txs);
    if (blames_block(err) && !has_its_txs(t, &h, txs))
        job->verdict = CONS_WRONG_BODY;
    return err;
}
static enum mc_err validate(struct chain_thread *t, struct chain_job *job)
{
    struct candidate c = {0};
    enum mc_err err;

    struct ledger_head head;

    job->verdict = CONS_VALID;
    if (find_candidate(t, &job->hash) != NULL)
        return MC_OK;
    ledger_head(t->cfg.ledger, &head);
    if (head.number >= job->height) { /* decided meanwhile; nobody waits for this verdict */
        job->stale = true;
        return MC_OK;
    }
    err = execute(t, job, &c);
    if (err == MC_OK) {
        keep_candidate(t, &c);
        return MC_OK;
    }
    free_candidate(&c);
    if (!blames_block(err))
        return err;
    if (job->verdict == CONS_VALID)
        job->verdict = CONS_INVALID;
    MC_LOG(WARN, "chain.block_refused", "height=%llu why=%s", (unsigned long long)job->height,
           job->em.text);
    return MC_OK;
}

/* ------------------------------------------------------------------ commit */

static uint64_t clock_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* Our votes for this block are on disk before anybody can see it. */
static enum mc_err sync_votes(struct chain_thread *t, struct chain_job *job)
{
    struct mc_slice rest = mc_buf_slice(&job->recs);
    enum mc_err err = MC_OK;
    if (t->cfg.votes == NULL)
        return MC_OK;
    while (err == MC_OK && rest.n > 0) {
        uint32_t n = mc_be32_get(rest.p);
        err = node_vote_log_append(t->cfg.votes, mc_slice(rest.p + 4, n), &job->em);
        rest = mc_slice_skip(rest, 4 + (size_t)n);
    }
    return err == MC_OK ? node_vote_log_sync(t->cfg.votes, &job->em) : err;
}

/* Once the block is durable the votes for it are history. */
static enum mc_err rotate_votes(struct chain_thread *t, struct chain_job *job)
{
    struct cons_rec mark = {.type = CONS_REC_MARK, .height = job->height};
    struct mc_buf b = {0};
    if (t->cfg.votes == NULL || node_vote_log_bytes(t->cfg.votes) < NODE_VOTE_LOG_ROTATE_BYTES)
        return MC_OK;
    cons_rec_encode(&b, &mark);
    enum mc_err err = mc_buf_check(&b, "vote log mark", &job->em);
    if (err == MC_OK)
        err = node_vote_log_rotate(t->cfg.votes, mc_buf_slice(&b), &job->em);
    mc_buf_free(&b);
    return err;
}

/* Writes a candidate: votes first, then the block. */
static enum mc_err commit_candidate(struct chain_thread *t, struct chain_job *job,
                                    struct candidate *c)
{
    struct ledger_head head;
    uint64_t start = clock_us();
    enum mc_err err = sync_votes(t, job);
    uint64_t synced = clock_us();
    if (err == MC_OK)
        err = ledger_commit(t->cfg.ledger, c->exec, mc_buf_slice(&job->cert), &job->em);
    if (err != MC_OK)
        return err;
    pool_committed(t->cfg.pool, c->txs, c->tx_cnt);
    job->tx_cnt = c->tx_cnt;
    forget_candidates(t);
    ledger_head(t->cfg.ledger, &head);
    job->time_ms = head.time_ms;
    pthread_mutex_lock(&t->lock);
    t->times.sync_us += synced - start;
    t->times.commit_us += clock_us() - synced;
    pthread_mutex_unlock(&t->lock);
    err = rotate_votes(t, job);
    return err == MC_OK ? chain_valset_next(&job->valset, t->cfg.ledger, &job->em) : err;
}

/* The candidate of the job's hash, executed now when it is not at hand: decided by the others, or forgotten. */
static enum mc_err get_candidate(struct chain_thread *t, struct chain_job *job,
                                 struct candidate **out)
{
    struct candidate fresh = {0};
    *out = find_candidate(t, &job->hash);
    if (*out != NULL)
        return MC_OK;
    enum mc_err err = execute(t, job, &fresh);
    if (err == MC_OK)
        *out = keep_candidate(t, &fresh);
    else
        free_candidate(&fresh);
    return err;
}

static enum mc_err commit(struct chain_thread *t, struct chain_job *job)
{
    struct candidate *c = NULL;
    struct ledger_head head;
    ledger_head(t->cfg.ledger, &head);
    if (head.number >= job->height) { /* an import was faster */
        job->stale = true;
        return sync_votes(t, job);
    }
    enum mc_err err = get_candidate(t, job, &c);
    return err == MC_OK ? commit_candidate(t, job, c) : err;
}

/* A certificate of the set that the state after the parent names; fills in job->hash. */
static enum mc_err check_certificate(struct chain_thread *t, struct chain_job *job)
{
    struct cons_valset set;
    struct cons_cert *cert = calloc(1, sizeof *cert);
    enum mc_err err = cert != NULL ? MC_OK : mc_fail(&job->em, MC_ENOMEM, "out of memory");
    if (err == MC_OK)
        err = cons_cert_decode(cert, mc_buf_slice(&job->cert), &job->em);
    if (err == MC_OK && (cert->type != CONS_COMMIT || cert->height != job->height))
        err = mc_fail(&job->em, MC_EREJECT, "the certificate is not one of this height");
    if (err == MC_OK)
        err = chain_valset_next(&set, t->cfg.ledger, &job->em);
    if (err == MC_OK)
        err = cons_cert_verify(cert, &t->cfg.chain, &set, &job->em);
    if (err == MC_OK)
        job->hash = cert->digest;
    free(cert);
    return err;
}

static enum mc_err import(struct chain_thread *t, struct chain_job *job)
{
    struct candidate *c = NULL;
    struct ledger_head head;
    ledger_head(t->cfg.ledger, &head);
    job->verdict = CONS_VALID;
    if (head.number + 1 != job->height) {
        job->stale = true;
        return MC_OK;
    }
    enum mc_err err = check_certificate(t, job);
    if (err != MC_OK) {
        job->verdict = CONS_WRONG_BODY;
        return blames_block(err) ? MC_OK : err;
    }
    err = get_candidate(t, job, &c);
    if (err == MC_OK)
        return commit_candidate(t, job, c);
    if (!blames_block(err))
        return err;
    if (job->verdict == CONS_VALID)
        job->verdict = CONS_INVALID;
    return MC_OK;
}

/* ------------------------------------------------------------------ thread and queues */

static void run(struct chain_thread *t, struct chain_job *job)
{
    uint64_t start = clock_us();
    mc_arena_reset(&t->arena);
    switch (job->kind) {
    case CHAIN_BUILD:
        job->err = build(t, job);
        break;
    case CHAIN_VALIDATE:
        job->err = validate(t, job);
        break;
    case CHAIN_COMMIT:
        job->err = commit(t, job);
        break;
    case CHAIN_VOTES:
        job->err = sync_votes(t, job);
        break;
    case CHAIN_IMPORT:
        job->err = import(t, job);
        break;
    }
    pthread_mutex_lock(&t->lock);
    if (job->kind == CHAIN_BUILD)
        t->times.build_us += clock_us() - start;
    if (job->kind == CHAIN_VALIDATE)
        t->times.validate_us += clock_us() - start;
    pthread_mutex_unlock(&t->lock);
}

static void *thread_main(void *arg)
{
    struct chain_thread *t = arg;
    pthread_setname_np(pthread_self(), "mc-chain"); /* for top -H and profiles */
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (t->todo == NULL && !t->stop)
            pthread_cond_wait(&t->more, &t->lock);
        if (t->stop)
            break;
        struct chain_job *job = t->todo;
        t->todo = job->next;
        if (t->todo == NULL)
            t->todo_end = &t->todo;
        job->next = NULL;
        pthread_mutex_unlock(&t->lock);
        run(t, job);
        pthread_mutex_lock(&t->lock);
        *t->done_end = job;
        t->done_end = &job->next;
        t->cfg.wake(t->cfg.wake_arg);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

enum mc_err chain_thread_start(struct chain_thread **out, const struct chain_thread_cfg *cfg,
                               struct mc_errmsg *em)
{
    struct chain_thread *t = calloc(1, sizeof *t);
    if (t == NULL)
        return mc_fail(em, MC_ENOMEM, "chain thread: out of memory");
    t->cfg = *cfg;
    t->todo_end = &t->todo;
    t->done_end = &t->done;
    t->collected = calloc(COLLECT_CNT, sizeof(struct ledger_tx *));
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->more, NULL);
    if (t->collected == NULL || pthread_create(&t->thread, NULL, thread_main, t) != 0) {
        free(t->collected);
        free(t);
        return mc_fail(em, MC_ENOMEM, "chain thread: cannot be started");
    }
    *out = t;
    return MC_OK;
}

void chain_thread_stop(struct chain_thread *t)
{
    if (t == NULL)
        return;
    pthread_mutex_lock(&t->lock);
    t->stop = true;
    pthread_cond_signal(&t->more);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    forget_candidates(t);
    for (struct chain_job *job = t->todo, *next; job != NULL; job = next) {
        next = job->next;
        chain_job_free(job);
    }
    for (struct chain_job *job; (job = chain_thread_take(t)) != NULL;)
        chain_job_free(job);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->more);
    mc_arena_free(&t->arena);
    free(t->collected);
    free(t);
}

void chain_thread_put(struct chain_thread *t, struct chain_job *job)
{
    pthread_mutex_lock(&t->lock);
    *t->todo_end = job;
    t->todo_end = &job->next;
    pthread_cond_signal(&t->more);
    pthread_mutex_unlock(&t->lock);
}

struct chain_job *chain_thread_take(struct chain_thread *t)
{
    pthread_mutex_lock(&t->lock);
    struct chain_job *job = t->done;
    if (job != NULL) {
        t->done = job->next;
        if (t->done == NULL)
            t->done_end = &t->done;
        job->next = NULL;
    }
    pthread_mutex_unlock(&t->lock);
    return job;
}

void chain_thread_times(struct chain_thread *t, struct chain_times *out)
{
    pthread_mutex_lock(&t->lock);
    *out = t->times;
    pthread_mutex_unlock(&t->lock);
}
