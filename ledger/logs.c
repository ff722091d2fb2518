/* Logs by address and topic.  Each condition (the addresses; each topic position) is a set of index
 * keys; blocks that have an entry for every condition are found by leaping:
 *
 *     address   . . 3 . . . 7 8 9 . . 12        the condition that is behind seeks to the block of
 * the one
 *     topic 1   . . . . . . 7 . . . . 12        ahead; where all agree, places are intersected and
 * the logs
 *                           ^         ^         are read and checked in full
 *
 * so the cost follows the rarest condition, whatever the length of the chain. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/body.h"
#include "ledger/logindex.h"

#define NO_BLOCK UINT64_MAX

struct cursor {
    struct mc_slice what;     /* address or topic */
    uint64_t number;          /* of its first entry at or after the last seek; NO_BLOCK: none */
    struct log_place *places; /* of that entry; filled when the block matches */
    uint32_t cnt;
    char tag;
};

struct condition {
    struct cursor *cursors;
    uint32_t cnt;
    uint64_t number; /* least of its cursors' */
};

struct search {
    struct ledger *l;
    const struct ledger_log_query *q;
    struct store_iter *it;
    struct condition conds[1 + LEDGER_TOPICS_MAX];
    uint32_t cond_cnt;
    struct mc_arena *arena;
    struct mc_arena block; /* reset for each block */
    struct ledger_log_row *rows;
    uint32_t row_cnt, row_cap;
};

static enum mc_err no_memory(struct mc_errmsg *em)
{
    return mc_fail(em, MC_ENOMEM, "logs: out of memory");
}

/* ------------------------------------------------------------------ does a log match? */

static bool address_fits(const struct ledger_log_query *q, const struct ledger_log *log)
{
    for (uint32_t i = 0; i < q->address_cnt; i++)
        if (mc_addr_eq(&q->addresses[i], &log->address))
            return true;
    return q->address_cnt == 0;
}

static bool topic_fits(const struct ledger_log_query *q, uint32_t pos, const struct ledger_log *log)
{
    for (uint32_t i = 0; i < q->topics[pos].cnt; i++)
        if (mc_hash_eq(&q->topics[pos].any[i], &log->topics[pos]))
            return true;
    return q->topics[pos].cnt == 0;
}

static bool log_fits(const struct ledger_log_query *q, const struct ledger_log *log)
{
    if (log->topic_cnt < q->topic_cnt || !address_fits(q, log))
        return false;
    for (uint32_t i = 0; i < q->topic_cnt; i++)
        if (!topic_fits(q, i, log))
            return false;
    return true;
}

/* ------------------------------------------------------------------ rows */

static enum mc_err row_add(struct search *s, const struct ledger_log *log,
                           const struct ledger_block *b, const struct mc_hash *tx_hash,
                           struct log_place place, struct mc_errmsg *em)
{
    struct ledger_log_row *row;

    if (s->row_cnt >= s->q->rows_max)
        return mc_fail(em, MC_ELIMIT, "query returned more than %u results", s->q->rows_max);
    if (s->row_cnt == s->row_cap) {
        uint32_t cap = s->row_cap == 0 ? 16 : s->row_cap * 2;
        struct ledger_log_row *p = mc_arena_alloc(s->arena, cap * sizeof *p);

        if (p == NULL)
            return no_memory(em);
        if (s->row_cnt > 0)
            memcpy(p, s->rows, s->row_cnt * sizeof *p);
        s->rows = p;
        s->row_cap = cap;
    }
    row = &s->rows[s->row_cnt];
    *row = (struct ledger_log_row){.log = *log,
                                   .number = b->header.number,
                                   .block_hash = b->hash,
                                   .tx_hash = *tx_hash,
                                   .tx_i = place.tx_i,
                                   .log_i = place.log_i,
                                   .time_s = b->header.time_s};
    row->log.data = mc_arena_copy(s->arena, log->data);
    if (row->log.data.p == NULL)
        return no_memory(em);
    s->row_cnt++;
    return MC_OK;
}

/* All fitting logs of one transaction. */
static enum mc_err tx_rows(struct search *s, const struct ledger_block *b, uint32_t tx_i,
                           struct mc_errmsg *em)
{
    const struct ledger_tx_place place = {b->header.number, tx_i};
    struct ledger_tx_read r;
    enum mc_err err = ledger_tx_read(s->l, &place, &r, &s->block, em);

    for (uint32_t j = 0; err == MC_OK && j < r.receipt.log_cnt; j++) {
        const struct log_place at = {tx_i, r.log_first_i + j};

        if (log_fits(s->q, &r.receipt.logs[j]))
            err = row_add(s, &r.receipt.logs[j], b, &r.tx->hash, at, em);
    }
    ledger_tx_unref(r.tx);
    return err;
}

/* ------------------------------------------------------------------ without a condition: block by
 * block */

static enum mc_err block_rows(struct search *s, uint64_t number, struct mc_errmsg *em)
{
    static const struct ledger_bloom empty;
    struct ledger_block b;
    enum mc_err err;
    uint32_t log_i = 0;

    mc_arena_reset(&s->block);
    err = ledger_block_read(s->l, number, LEDGER_BLOCK_HEADER, &b, &s->block, em);
    if (err != MC_OK || memcmp(&b.header.bloom, &empty, sizeof empty) == 0)
        return err;
    err = ledger_block_read(s->l, number, LEDGER_BLOCK_TXS | LEDGER_BLOCK_RECEIPTS, &b, &s->block,
                            em);
    for (uint32_t i = 0; err == MC_OK && i < b.tx_cnt; i++)
        for (uint32_t j = 0; err == MC_OK && j < b.receipts[i].log_cnt; j++, log_i++)
            if (log_fits(s->q, &b.receipts[i].logs[j]))
                err = row_add(s, &b.receipts[i].logs[j], &b, &b.txs[i]->hash,
                              (struct log_place){i, log_i}, em);
    ledger_block_release(&b);
    return err;
}

static enum mc_err scan_blocks(struct search *s, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;

    for (uint64_t n = s->q->from; err == MC_OK && n <= s->q->to; n++)
        err = block_rows(s, n, em);
    return err;
}

/* ------------------------------------------------------------------ with conditions: leap */

static enum mc_err cursor_seek(struct search *s, struct cursor *c, uint64_t number,
                               struct mc_errmsg *em)
{
    const struct store_ops *ops = s->l->store->ops;
    uint8_t key[KEY_LOG_MAX];
    struct mc_slice found;

    c->number = NO_BLOCK;
    if (!ops->iter_seek(s->it, key_log(key, c->tag, c->what, number), false))
        return ops->iter_error(s->it, em);
    found = ops->iter_key(s->it);
    if (found.n == 1 + c->what.n + 8 && memcmp(found.p, key, 1 + c->what.n) == 0)
        c->number = mc_be64_get(found.p + 1 + c->what.n);
    if (c->number > s->q->to)
        c->number = NO_BLOCK;
    return MC_OK;
}

static enum mc_err cond_seek(struct search *s, struct condition *cond, uint64_t number,
                             struct mc_errmsg *em)
{
    cond->number = NO_BLOCK;
    for (uint32_t i = 0; i < cond->cnt; i++) {
        struct cursor *c = &cond->cursors[i];
        enum mc_err err = c->number < number ? cursor_seek(s, c, number, em) : MC_OK;

        if (err != MC_OK)
            return err;
        if (c->number < cond->number)
            cond->number = c->number;
    }
    return MC_OK;
}

static enum mc_err cursor_places(struct search *s, struct cursor *c, struct mc_errmsg *em)
{
    struct mc_buf value = {NULL, 0, 0, false};
    uint8_t key[KEY_LOG_MAX];
    enum mc_err err = s->l->store->ops->get(s->l->store, NULL, STORE_LOG,
                                            key_log(key, c->tag, c->what, c->number), &value, em);

    if (err == MC_ENOTFOUND)
        err = mc_fail(em, MC_ECORRUPT, "log index: an entry vanished");
    if (err == MC_OK)
        err = ledger_log_places_decode(mc_buf_slice(&value), &c->places, &c->cnt, &s->block, em);
    mc_buf_free(&value);
    return err;
}

static bool cursor_has(const struct cursor *c, uint32_t log_i)
{
    uint32_t lo = 0, hi = c->cnt;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (c->places[mid].log_i < log_i)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < c->cnt && c->places[lo].log_i == log_i;
}

static bool cond_has(const struct condition *cond, uint64_t number, uint32_t log_i)
{
    for (uint32_t i = 0; i < cond->cnt; i++)
        if (cond->cursors[i].number == number && cursor_has(&cond->cursors[i], log_i))
            return true;
    return false;
}

static int place_order(const void *a, const void *b)
{
    const struct log_place *x = a, *y = b;

    return x->log_i < y->log_i ? -1 : x->log_i > y->log_i;
}

/* Places of the condition with the fewest, in order. */
static enum mc_err fewest_places(struct search *s, uint64_t number, struct log_place **out,
                                 uint32_t *cnt, struct mc_errmsg *em)
{
    const struct condition *best = NULL;
    uint32_t least = UINT32_MAX, n;

    for (uint32_t i = 0; i < s->cond_cnt; i++) {
        n = 0;
        for (uint32_t j = 0; j < s->conds[i].cnt; j++)
            if (s->conds[i].cursors[j].number == number)
                n += s->conds[i].cursors[j].cnt;
        if (n < least) {
            least = n;
            best = &s->conds[i];
        }
    }
    MC_ASSERT(best != NULL);
    *out = mc_arena_alloc(&s->block, least * sizeof **out);
    if (*out == NULL)
        return no_memory(em);
    n = 0;
    for (uint32_t j = 0; j < best->cnt; j++) {
        if (best->cursors[j].number != number || best->cursors[j].cnt == 0)
            continue;
        memcpy(*out + n, best->cursors[j].places, best->cursors[j].cnt * sizeof **out);
        n += best->cursors[j].cnt;
    }
    qsort(*out, n, sizeof **out, place_order);
    *cnt = n;
    return MC_OK;
}

/* The block has every condition somewhere: read the transactions whose logs have them all. */
static enum mc_err match_block(struct search *s, uint64_t number, struct mc_errmsg *em)
{
    struct log_place *places = NULL;
    uint32_t cnt = 0, tx_done = UINT32_MAX;
    struct ledger_block b;
    enum mc_err err = MC_OK;

    mc_arena_reset(&s->block);
    for (uint32_t i = 0; i < s->cond_cnt; i++)
        for (uint32_t j = 0; err == MC_OK && j < s->conds[i].cnt; j++)
            if (s->conds[i].cursors[j].number == number)
                err = cursor_places(s, &s->conds[i].cursors[j], em);
    if (err == MC_OK)
        err = fewest_places(s, number, &places, &cnt, em);
    if (err == MC_OK)
        err = ledger_block_read(s->l, number, LEDGER_BLOCK_HEADER, &b, &s->block, em);
    if (err == MC_OK && (uint64_t)cnt * 4 > b.tx_cnt && b.tx_cnt > 4)
        return block_rows(s, number, em); /* much of the block: one walk is cheaper */
    for (uint32_t p = 0; err == MC_OK && p < cnt; p++) {
        bool all = places[p].tx_i != tx_done;

        for (uint32_t i = 0; all && i < s->cond_cnt; i++)
            all = cond_has(&s->conds[i], number, places[p].log_i);
        if (!all)
            continue;
        tx_done = places[p].tx_i;
        err = tx_rows(s, &b, tx_done, em);
    }
    return err;
}

static enum mc_err leap(struct search *s, struct mc_errmsg *em)
{
    uint64_t number = s->q->from;

    while (number <= s->q->to) {
        uint64_t furthest = number;
        bool agree = true;
        enum mc_err err;

        for (uint32_t i = 0; i < s->cond_cnt; i++) {
            err = cond_seek(s, &s->conds[i], furthest, em);
            if (err != MC_OK)
                return err;
            if (s->conds[i].number == NO_BLOCK)
                return MC_OK;
            if (s->conds[i].number > furthest) {
                agree = agree && i == 0;
                furthest = s->conds[i].number;
            }
        }
        if (agree) {
            err = match_block(s, furthest, em);
            if (err != MC_OK)
                return err;
            furthest++;
        }
        number = furthest;
    }
    return MC_OK;
}

/* ------------------------------------------------------------------ setting up */

static struct cursor *cond_add(struct search *s, uint32_t cnt)
{
    struct condition *cond = &s->conds[s->cond_cnt++];

    cond->cursors = mc_arena_calloc(s->arena, cnt, sizeof *cond->cursors);
    cond->cnt = cnt;
    return cond->cursors;
}

static enum mc_err conds_make(struct search *s, struct mc_errmsg *em)
{
    const struct ledger_log_query *q = s->q;
    struct cursor *c;

    for (uint32_t t = 0; t < q->topic_cnt; t++) {
        if (q->topics[t].cnt == 0)
            continue;
        c = cond_add(s, q->topics[t].cnt);
        if (c == NULL)
            return no_memory(em);
        for (uint32_t i = 0; i < q->topics[t].cnt; i++)
            c[i] = (struct cursor){.what = mc_hash_slice(&q->topics[t].any[i]),
                                   .tag = (char)('0' + t)};
    }
    if (q->address_cnt == 0)
        return MC_OK;
    c = cond_add(s, q->address_cnt);
    if (c == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < q->address_cnt; i++)
        c[i] = (struct cursor){.what = mc_addr_slice(&q->addresses[i]), .tag = 'a'};
    return MC_OK;
}

static enum mc_err search_run(struct search *s, struct mc_errmsg *em)
{
    enum mc_err err = conds_make(s, em);

    if (err != MC_OK)
        return err;
    if (s->cond_cnt == 0)
        return scan_blocks(s, em);
    for (uint32_t i = 0; i < s->cond_cnt; i++)
        for (uint32_t j = 0; j < s->conds[i].cnt; j++) {
            err = cursor_seek(s, &s->conds[i].cursors[j], s->q->from, em);
            if (err != MC_OK)
                return err;
        }
    return leap(s, em);
}

enum mc_err ledger_logs(struct ledger *l, const struct ledger_log_query *q,
                        struct ledger_log_row **rows, uint32_t *row_cnt, struct mc_arena *arena,
                        struct mc_errmsg *em)
{
    struct ledger_log_query bounded = *q;
    struct search s = {.l = l, .q = &bounded, .arena = arena};
    struct ledger_head head;
    enum mc_err err;

    *rows = NULL;
    *row_cnt = 0;
    if (q->topic_cnt > LEDGER_TOPICS_MAX)
        return MC_OK; /* no log has so many */
    ledger_head(l, &head);
    if (bounded.to > head.number)
        bounded.to = head.number;
    if (bounded.from > bounded.to)
        return MC_OK;
    s.it = l->store->ops->iter_new(l->store, NULL, STORE_LOG, false);
    if (s.it == NULL)
        return no_memory(em);
    err = search_run(&s, em);
    l->store->ops->iter_free(s.it);
    mc_arena_free(&s.block);
    *rows = s.rows;
    *row_cnt = s.row_cnt;
    return err;
}
