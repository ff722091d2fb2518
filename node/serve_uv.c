#include "node/serve_uv.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ transactions */

struct txs_job {
    uv_work_t req;
    struct pool *pool;
    struct ledger *ledger;
    uint64_t (*mono_ms)(void);
    uint32_t peer;
    uint64_t link;
    serve_txs_cb cb;
    void *arg;
    struct mc_buf bytes; /* length 4, envelope; ... */
    struct serve_txs out;
    struct ledger_tx *txs[];
};

/* A refusal by the pool is nobody's fault: the peer's pool may be older, fuller or emptier than ours. */
static void take_one(struct txs_job *job, struct mc_slice raw)
{
    struct mc_hash hash;
    struct mc_errmsg em;
    struct ledger_tx_place place;
    mc_keccak256(&hash, raw);
    struct ledger_tx *tx = pool_find(job->pool, &hash);
    if (tx != NULL || ledger_tx_find(job->ledger, &hash, &place, NULL) == MC_OK) {
        ledger_tx_unref(tx); /* known; or the block was faster, and recovered its sender */
        return;
    }
    enum mc_err err = ledger_tx_decode(&tx, raw, &em);
    if (err == MC_OK)
        err = ledger_tx_recover(tx, &em);
    if (err != MC_OK && err != MC_ENOMEM)
        job->out.bad = true;
    if (err == MC_OK)
        err = pool_add(job->pool, tx, job->mono_ms(), &em);
    if (err == MC_OK)
        job->txs[job->out.tx_cnt++] = tx;
    else
        ledger_tx_unref(tx);
}

static void on_txs(uv_work_t *req)
{
    struct txs_job *job = (struct txs_job *)req;
    struct mc_slice rest = mc_buf_slice(&job->bytes);
    while (rest.n > 0 && !job->out.bad) {
        uint32_t n = mc_be32_get(rest.p);
        take_one(job, mc_slice(rest.p + 4, n));
        rest = mc_slice_skip(rest, 4 + (size_t)n);
    }
}

static void on_txs_done(uv_work_t *req, int status)
{
    struct txs_job *job = (struct txs_job *)req;
    (void)status;
    job->out.txs = job->txs;
    job->cb(job->arg, job->peer, job->link, &job->out);
    for (uint32_t i = 0; i < job->out.tx_cnt; i++)
        ledger_tx_unref(job->txs[i]);
    mc_buf_free(&job->bytes);
    free(job);
}

enum mc_err serve_txs_start(uv_loop_t *loop, struct pool *pool, struct ledger *ledger,
                            uint64_t (*mono_ms)(void), uint32_t peer, uint64_t link,
                            const struct mc_slice *raws, uint32_t cnt, serve_txs_cb cb, void *arg)
{
    struct txs_job *job = calloc(1, sizeof *job + cnt * sizeof(struct ledger_tx *));
    if (job == NULL)
        return MC_ENOMEM;
    job->pool = pool;
    job->ledger = ledger;
    job->mono_ms = mono_ms;
    job->peer = peer;
    job->link = link;
    job->cb = cb;
    job->arg = arg;
    for (uint32_t i = 0; i < cnt; i++) {
        mc_buf_put_be32(&job->bytes, (uint32_t)raws[i].n);
        mc_buf_put_slice(&job->bytes, raws[i]);
    }
    if (job->bytes.oom || uv_queue_work(loop, &job->req, on_txs, on_txs_done) != 0) {
        mc_buf_free(&job->bytes);
        free(job);
        return MC_ENOMEM;
    }
    return MC_OK;
}

/* ------------------------------------------------------------------ blocks */

struct blocks_job {
    uv_work_t req;
    struct ledger *ledger;
    uint32_t peer;
    uint64_t link, from;
    uint32_t cnt;
    serve_blocks_cb cb;
    void *arg;
    struct mc_arena arena;
    struct mc_buf body[PEER_BLOCKS_MAX], cert[PEER_BLOCKS_MAX];
    struct mc_buf payload;
};

static enum mc_err read_block(struct blocks_job *job, uint32_t i)
{
    struct ledger_block b;
    mc_arena_reset(&job->arena);
    enum mc_err err =
        ledger_block_read(job->ledger, job->from + i, LEDGER_BLOCK_TXS, &b, &job->arena, NULL);
    if (err != MC_OK)
        return err;
    struct mc_slice *raws = mc_arena_calloc(&job->arena, b.tx_cnt + 1u, sizeof *raws);
    for (uint32_t k = 0; k < b.tx_cnt && raws != NULL; k++)
        raws[k] = b.txs[k]->raw;
    if (raws != NULL)
        ledger_block_encode(&job->body[i], b.header_rlp, raws, b.tx_cnt);
    ledger_block_release(&b);
    if (raws == NULL || job->body[i].oom)
        return MC_ENOMEM;
    return ledger_certificate(job->ledger, job->from + i, &job->cert[i], NULL);
}

static void on_blocks(uv_work_t *req)
{
    struct blocks_job *job = (struct blocks_job *)req;
    struct peer_block blocks[PEER_BLOCKS_MAX];
    struct peer_msg m = {.type = PEER_BLOCKS, .height = job->from, .blocks = blocks};
    size_t bytes = 0;
    enum mc_err err = MC_OK;
    while (m.cnt < job->cnt && bytes < PEER_BLOCKS_BYTES) {
        err = read_block(job, m.cnt);
        if (err != MC_OK)
            break;
        size_t more = job->body[m.cnt].n + job->cert[m.cnt].n;
        if (m.cnt > 0 && bytes + more > PEER_BLOCKS_BYTES)
            break;
        bytes += more;
        blocks[m.cnt] =
            (struct peer_block){mc_buf_slice(&job->body[m.cnt]), mc_buf_slice(&job->cert[m.cnt])};
        m.cnt++;
    }
    if (m.cnt > 0 || err == MC_OK || err == MC_ENOTFOUND)
        peer_msg_encode(&job->payload, &m);
}

static void on_blocks_done(uv_work_t *req, int status)
{
    struct blocks_job *job = (struct blocks_job *)req;
    (void)status;
    job->cb(job->arg, job->peer, job->link, &job->payload);
    for (uint32_t i = 0; i < PEER_BLOCKS_MAX; i++) {
        mc_buf_free(&job->body[i]);
        mc_buf_free(&job->cert[i]);
    }
    mc_buf_free(&job->payload);
    mc_arena_free(&job->arena);
    free(job);
}

enum mc_err serve_blocks_start(uv_loop_t *loop, struct ledger *ledger, uint32_t peer, uint64_t link,
                               uint64_t from, uint32_t cnt, serve_blocks_cb cb, void *arg)
{
    struct blocks_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return MC_ENOMEM;
    job->ledger = ledger;
    job->peer = peer;
    job->link = link;
    job->from = from;
    job->cnt = cnt;
    job->cb = cb;
    job->arg = arg;
    if (uv_queue_work(loop, &job->req, on_blocks, on_blocks_done) != 0) {
        free(job);
        return MC_ENOMEM;
    }
    return MC_OK;
}
