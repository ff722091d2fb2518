/* Reading blocks, transactions and receipts: from the blocks kept after their commit, else from the
 * store. */
#include <inttypes.h>

#include "ledger/body.h"
#include "ledger/internal.h"

static enum mc_err no_memory(struct mc_errmsg *em)
{
    return mc_fail(em, MC_ENOMEM, "read block: out of memory");
}

static enum mc_err not_there(uint64_t number, struct mc_errmsg *em)
{
    return mc_fail(em, MC_ENOTFOUND, "block %" PRIu64 " is not there", number);
}

/* ------------------------------------------------------------------ headers */

enum mc_err ledger_header_read(struct ledger *l, uint64_t number, struct ledger_block *out,
                               struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_buf found = {NULL, 0, 0, false};
    uint8_t key[KEY_NUMBER_LEN];
    enum mc_err err;

    *out = (struct ledger_block){.tx_cnt = 0};
    err =
        l->store->ops->get(l->store, NULL, STORE_HEADER, key_number(key, 'n', number), &found, em);
    if (err == MC_ENOTFOUND)
        return not_there(number, em);
    if (err == MC_OK && found.n < 37)
        err = mc_fail(em, MC_ECORRUPT, "block %" PRIu64 ": stored header is too short", number);
    if (err == MC_OK) {
        memcpy(out->hash.b, found.p, 32);
        out->tx_cnt = mc_be32_get(found.p + 32);
        out->header_rlp = mc_arena_copy(arena, mc_slice(found.p + 36, found.n - 36));
        err = out->header_rlp.p == NULL ? no_memory(em)
                                        : ledger_header_decode(&out->header, out->header_rlp, em);
        if (err == MC_EMALFORM || (err == MC_OK && out->header.number != number))
            err = mc_fail(em, MC_ECORRUPT, "block %" PRIu64 ": stored header is wrong", number);
    }
    mc_buf_free(&found);
    return err;
}

enum mc_err ledger_block_number(struct ledger *l, const struct mc_hash *hash, uint64_t *number,
                                struct mc_errmsg *em)
{
    struct mc_buf found = {NULL, 0, 0, false};
    uint8_t key[KEY_HASH_LEN];
    struct ledger_head head;
    enum mc_err err;

    err = l->store->ops->get(l->store, NULL, STORE_HEADER, key_hash(key, hash), &found, em);
    if (err == MC_OK && found.n != 8)
        err = mc_fail(em, MC_ECORRUPT, "block hash index: entry has %zu bytes", found.n);
    if (err == MC_OK) {
        *number = mc_be64_get(found.p);
        ledger_head(l, &head); /* a block that is stored but not yet the head is not there yet */
        if (*number > head.number)
            err = MC_ENOTFOUND;
    }
    mc_buf_free(&found);
    return err == MC_ENOTFOUND ? mc_fail(em, MC_ENOTFOUND, "no block with this hash") : err;
}

enum mc_err ledger_certificate(struct ledger *l, uint64_t number, struct mc_buf *out,
                               struct mc_errmsg *em)
{
    uint8_t key[KEY_NUMBER_LEN];
    struct ledger_head head;
    enum mc_err err;

    ledger_head(l, &head);
    if (number > head.number)
        return not_there(number, em);
    err = l->store->ops->get(l->store, NULL, STORE_HEADER, key_number(key, 'c', number), out, em);
    return err == MC_ENOTFOUND ? MC_OK : err; /* committed without one */
}

/* ------------------------------------------------------------------ copies out of kept blocks */

static enum mc_err receipt_copy(struct ledger_receipt *out, const struct ledger_receipt *r,
                                struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_slice logs = mc_arena_copy(arena, mc_slice(r->logs, r->log_cnt * sizeof *r->logs));

    *out = *r;
    out->logs = (struct ledger_log *)logs.p;
    out->revert_data = mc_arena_copy(arena, r->revert_data);
    if (logs.p == NULL || out->revert_data.p == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < out->log_cnt; i++) {
        out->logs[i].data = mc_arena_copy(arena, r->logs[i].data);
        if (out->logs[i].data.p == NULL)
            return no_memory(em);
    }
    return MC_OK;
}

static enum mc_err kept_block_read(const struct kept_block *k, uint32_t what,
                                   struct ledger_block *out, struct mc_arena *arena,
                                   struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;

    *out = (struct ledger_block){.header = k->header, .hash = k->hash, .tx_cnt = k->tx_cnt};
    out->header_rlp = mc_arena_copy(arena, k->header_rlp);
    if (out->header_rlp.p == NULL)
        return no_memory(em);
    if ((what & LEDGER_BLOCK_RECEIPTS) != 0) {
        out->receipts = mc_arena_calloc(arena, k->tx_cnt, sizeof *out->receipts);
        if (out->receipts == NULL)
            return no_memory(em);
        for (uint32_t i = 0; i < k->tx_cnt && err == MC_OK; i++)
            err = receipt_copy(&out->receipts[i], &k->receipts[i], arena, em);
    }
    if (err != MC_OK || (what & LEDGER_BLOCK_TXS) == 0)
        return err;
    out->txs = mc_arena_calloc(arena, k->tx_cnt, sizeof(struct ledger_tx *));
    if (out->txs == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < k->tx_cnt; i++)
        out->txs[i] = ledger_tx_ref(k->txs[i]);
    return MC_OK;
}

/* ------------------------------------------------------------------ bodies from the store */

static enum mc_err chunk_take(struct ledger_block *out, uint32_t what, struct mc_slice chunk,
                              uint32_t *i, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct body_reader r;
    enum mc_err err = ledger_body_open(&r, chunk, em);

    if (err == MC_OK && (r.head.first_i != *i || r.head.cnt > out->tx_cnt - *i))
        err = mc_fail(em, MC_ECORRUPT, "body chunk: out of order");
    for (uint32_t n = 0; err == MC_OK && n < r.head.cnt; n++, (*i)++)
        err = ledger_body_next(&r, (what & LEDGER_BLOCK_TXS) != 0 ? &out->txs[*i] : NULL,
                               (what & LEDGER_BLOCK_RECEIPTS) != 0 ? &out->receipts[*i] : NULL,
                               arena, em);
    return err;
}

static enum mc_err bodies_read(struct ledger *l, uint64_t number, uint32_t what,
                               struct ledger_block *out, struct mc_arena *arena,
                               struct mc_errmsg *em)
{
    const struct store_ops *ops = l->store->ops;
    struct store_iter *it = ops->iter_new(l->store, NULL, STORE_BODY, false);
    uint8_t key[KEY_BODY_LEN];
    enum mc_err err = MC_OK;
    uint32_t i = 0;
    bool more;

    if (it == NULL)
        return no_memory(em);
    more = ops->iter_seek(it, key_body(key, number, 0), false);
    while (err == MC_OK && i < out->tx_cnt && more) {
        struct mc_slice k = ops->iter_key(it);

        if (k.n != KEY_BODY_LEN || mc_be64_get(k.p) != number)
            break;
        err = chunk_take(out, what, ops->iter_value(it), &i, arena, em);
        more = err == MC_OK && ops->iter_step(it, false);
    }
    if (err == MC_OK)
        err = ops->iter_error(it, em);
    if (err == MC_OK && i != out->tx_cnt)
        err = mc_fail(em, MC_ECORRUPT, "transactions are missing");
    ops->iter_free(it);
    if (err != MC_OK)
        mc_errwrap(em, "block %" PRIu64, number);
    return err;
}

enum mc_err ledger_block_read(struct ledger *l, uint64_t number, uint32_t what,
                              struct ledger_block *out, struct mc_arena *arena,
                              struct mc_errmsg *em)
{
    struct kept_block *k = ledger_kept(l, number);
    struct ledger_head head;
    enum mc_err err;

    *out = (struct ledger_block){.tx_cnt = 0};
    if (k != NULL) {
        err = kept_block_read(k, what, out, arena, em);
        ledger_kept_unref(k);
        return err;
    }
    ledger_head(l, &head);
    if (number > head.number)
        return not_there(number, em);
    err = ledger_header_read(l, number, out, arena, em);
    if (err == MC_ENOTFOUND)
        return mc_fail(em, MC_ECORRUPT, "block %" PRIu64 " is missing in the database", number);
    if (err != MC_OK || what == LEDGER_BLOCK_HEADER)
        return err;
    if ((what & LEDGER_BLOCK_TXS) != 0)
        out->txs = mc_arena_calloc(arena, out->tx_cnt, sizeof(struct ledger_tx *));
    if ((what & LEDGER_BLOCK_RECEIPTS) != 0)
        out->receipts = mc_arena_calloc(arena, out->tx_cnt, sizeof *out->receipts);
    if (((what & LEDGER_BLOCK_TXS) != 0 && out->txs == NULL) ||
        ((what & LEDGER_BLOCK_RECEIPTS) != 0 && out->receipts == NULL))
        return no_memory(em);
    err = bodies_read(l, number, what, out, arena, em);
    if (err != MC_OK)
        ledger_block_release(out);
    return err;
}

void ledger_block_release(struct ledger_block *b)
{
    for (uint32_t i = 0; b->txs != NULL && i < b->tx_cnt; i++)
        ledger_tx_unref(b->txs[i]);
    b->txs = NULL;
}

/* ------------------------------------------------------------------ one transaction */

enum mc_err ledger_tx_find(struct ledger *l, const struct mc_hash *tx_hash,
                           struct ledger_tx_place *out, struct mc_errmsg *em)
{
    struct mc_buf found = {NULL, 0, 0, false};
    struct ledger_head head;
    enum mc_err err;

    err = l->store->ops->get(l->store, NULL, STORE_TXHASH, mc_hash_slice(tx_hash), &found, em);
    if (err == MC_OK && found.n != 12)
        err = mc_fail(em, MC_ECORRUPT, "transaction index: entry has %zu bytes", found.n);
    if (err == MC_OK) {
        *out = (struct ledger_tx_place){mc_be64_get(found.p), mc_be32_get(found.p + 8)};
        ledger_head(l, &head);
        if (out->number > head.number) /* stored, but not yet the head */
            err = MC_ENOTFOUND;
    }
    mc_buf_free(&found);
    return err == MC_ENOTFOUND ? mc_fail(em, MC_ENOTFOUND, "no transaction with this hash") : err;
}

static enum mc_err chunk_tx(struct mc_slice chunk, uint32_t index, struct ledger_tx_read *out,
                            struct mc_arena *arena, struct mc_errmsg *em)
{
    struct body_reader r;
    enum mc_err err = ledger_body_open(&r, chunk, em);

    if (err == MC_OK && (index < r.head.first_i || index - r.head.first_i >= r.head.cnt))
        err = mc_fail(em, MC_ECORRUPT, "body chunk: transaction %u is missing", index);
    while (err == MC_OK && r.next_i < index)
        err = ledger_body_next(&r, NULL, NULL, arena, em);
    if (err != MC_OK)
        return err;
    out->log_first_i = r.next_log;
    return ledger_body_next(&r, &out->tx, &out->receipt, arena, em);
}

static enum mc_err stored_tx_read(struct ledger *l, const struct ledger_tx_place *place,
                                  struct ledger_tx_read *out, struct mc_arena *arena,
                                  struct mc_errmsg *em)
{
    const struct store_ops *ops = l->store->ops;
    struct ledger_block b;
    uint8_t key[KEY_BODY_LEN];
    struct store_iter *it;
    enum mc_err err = ledger_block_read(l, place->number, LEDGER_BLOCK_HEADER, &b, arena, em);

    if (err != MC_OK)
        return err;
    if (place->index >= b.tx_cnt)
        return mc_fail(em, MC_ENOTFOUND, "block %" PRIu64 " has no transaction %u", place->number,
                       place->index);
    out->header = b.header;
    out->block_hash = b.hash;
    it = ops->iter_new(l->store, NULL, STORE_BODY, false);
    if (it == NULL)
        return no_memory(em);
    /* The chunk that holds it is the last one that starts at or before it. */
    if (!ops->iter_seek(it, key_body(key, place->number, place->index), true)) {
        err = ops->iter_error(it, em);
        if (err == MC_OK)
            err = mc_fail(em, MC_ECORRUPT, "body chunk: transaction %u is missing", place->index);
    } else if (mc_be64_get(ops->iter_key(it).p) != place->number) {
        err = mc_fail(em, MC_ECORRUPT, "body chunk: transaction %u is missing", place->index);
    } else {
        err = chunk_tx(ops->iter_value(it), place->index, out, arena, em);
    }
    ops->iter_free(it);
    if (err != MC_OK)
        mc_errwrap(em, "block %" PRIu64, place->number);
    return err;
}

enum mc_err ledger_tx_read(struct ledger *l, const struct ledger_tx_place *place,
                           struct ledger_tx_read *out, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct kept_block *k = ledger_kept(l, place->number);
    enum mc_err err;

    *out = (struct ledger_tx_read){.place = *place};
    if (k == NULL)
        return stored_tx_read(l, place, out, arena, em);
    if (place->index >= k->tx_cnt) {
        err = mc_fail(em, MC_ENOTFOUND, "block %" PRIu64 " has no transaction %u", place->number,
                      place->index);
    } else {
        err = receipt_copy(&out->receipt, &k->receipts[place->index], arena, em);
        out->header = k->header;
        out->block_hash = k->hash;
        out->log_first_i = k->log_first[place->index];
        if (err == MC_OK)
            out->tx = ledger_tx_ref(k->txs[place->index]);
    }
    ledger_kept_unref(k);
    return err;
}
