/* Committing: everything of a sealed block in one synced batch, then the head moves and readers see
 * it.
 *
 * Each family is put in key order: RocksDB's memtable then walks forward instead of searching. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/body.h"
#include "ledger/internal.h"
#include "ledger/logindex.h"

static void put(struct ledger_exec *x, struct store_batch *b, enum store_cf cf, struct mc_slice key,
                struct mc_slice value)
{
    x->l->store->ops->batch_put(b, cf, key, value);
}

static enum mc_err write_header(struct ledger_exec *x, struct store_batch *b, struct mc_buf *text,
                                struct mc_slice certificate, struct mc_errmsg *em)
{
    const struct kept_block *k = x->blk;
    uint8_t key[KEY_HASH_LEN], number[8], head[40];
    enum mc_err err;

    mc_buf_reset(text);
    mc_buf_put_slice(text, mc_hash_slice(&k->hash));
    mc_buf_put_be32(text, k->tx_cnt);
    mc_buf_put_slice(text, k->header_rlp);
    err = mc_buf_check(text, "header", em);
    if (err != MC_OK)
        return err;
    mc_be64_put(number, x->number);
    put(x, b, STORE_HEADER, key_number(key, 'n', x->number), mc_buf_slice(text));
    put(x, b, STORE_HEADER, key_hash(key, &k->hash), mc_slice(number, sizeof number));
    if (certificate.n > 0)
        put(x, b, STORE_HEADER, key_number(key, 'c', x->number), certificate);
    mc_be64_put(head, x->number);
    memcpy(head + 8, k->hash.b, 32);
    put(x, b, STORE_META, mc_slice_str(KEY_HEAD), mc_slice(head, sizeof head));
    return MC_OK;
}

static enum mc_err write_chain_identity(struct ledger_exec *x, struct store_batch *b)
{
    uint8_t format[4], chain[40];

    mc_be32_put(format, LEDGER_FORMAT);
    mc_be64_put(chain, x->l->cfg->chain_id);
    memcpy(chain + 8, x->blk->hash.b, 32);
    put(x, b, STORE_META, mc_slice_str(KEY_FORMAT), mc_slice(format, sizeof format));
    put(x, b, STORE_META, mc_slice_str(KEY_CHAIN), mc_slice(chain, sizeof chain));
    return MC_OK;
}

static enum mc_err write_bodies(struct ledger_exec *x, struct store_batch *b, struct mc_buf *text,
                                struct mc_errmsg *em)
{
    const struct kept_block *k = x->blk;
    uint8_t key[KEY_BODY_LEN];
    enum mc_err err = MC_OK;

    for (uint32_t i = 0; i < k->tx_cnt && err == MC_OK;) {
        uint32_t first = i;

        ledger_body_chunk_begin(text, first, k->log_first[first]);
        do {
            ledger_body_chunk_add(text, k->txs[i], &k->receipts[i]);
            i++;
        } while (i < k->tx_cnt && i - first < BODY_CHUNK_TXS && text->n < BODY_CHUNK_BYTES);
        err = mc_buf_check(text, "block body", em);
        if (err == MC_OK)
            put(x, b, STORE_BODY, key_body(key, x->number, first), mc_buf_slice(text));
    }
    return err;
}

static enum mc_err write_cells(struct ledger_exec *x, struct store_batch *b, struct mc_buf *text,
                               struct mc_errmsg *em)
{
    uint8_t key[KEY_STATE_LEN];
    enum mc_err err = MC_OK;

    mc_be64_put(key + KEY_CELL_LEN, ~x->number);
    for (size_t i = 0; i < x->dirty_cnt && err == MC_OK; i++) {
        memcpy(key, x->dirty[i]->key, KEY_CELL_LEN);
        mc_buf_reset(text);
        ledger_cell_encode(text, x->dirty[i]);
        err = mc_buf_check(text, "state cell", em);
        if (err == MC_OK)
            put(x, b, STORE_STATE, mc_slice(key, sizeof key), mc_buf_slice(text));
    }
    return err;
}

static int node_order(const void *a, const void *b)
{
    const struct node_write *x = a, *y = b;

    return memcmp(x->key, y->key, KEY_NODE_LEN);
}

static void write_nodes(struct ledger_exec *x, struct store_batch *b)
{
    uint8_t key[KEY_TRIE_LEN];

    mc_be64_put(key + KEY_NODE_LEN, ~x->number);
    if (x->node_cnt > 0)
        qsort(x->nodes, x->node_cnt, sizeof *x->nodes, node_order);
    for (size_t i = 0; i < x->node_cnt; i++) {
        memcpy(key, x->nodes[i].key, KEY_NODE_LEN);
        put(x, b, STORE_TRIE, mc_slice(key, sizeof key), x->nodes[i].rlp);
    }
}

struct tx_entry {
    uint64_t head; /* first eight bytes of the hash */
    const uint8_t *hash;
    uint32_t i;
};

static int tx_entry_order(const void *a, const void *b)
{
    const struct tx_entry *x = a, *y = b;

    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    return memcmp(x->hash, y->hash, 32);
}

static enum mc_err write_tx_hashes(struct ledger_exec *x, struct store_batch *b,
                                   struct mc_errmsg *em)
{
    const struct kept_block *k = x->blk;
    struct tx_entry *list = mc_arena_alloc(&x->m.tx_arena, k->tx_cnt * sizeof *list);
    uint8_t place[12];

    if (list == NULL)
        return mc_fail(em, MC_ENOMEM, "transaction index: out of memory");
    for (uint32_t i = 0; i < k->tx_cnt; i++)
        list[i] = (struct tx_entry){mc_be64_get(k->txs[i]->hash.b), k->txs[i]->hash.b, i};
    qsort(list, k->tx_cnt, sizeof *list, tx_entry_order);
    mc_be64_put(place, x->number);
    for (uint32_t i = 0; i < k->tx_cnt; i++) {
        mc_be32_put(place + 8, list[i].i);
        put(x, b, STORE_TXHASH, mc_slice(list[i].hash, 32), mc_slice(place, sizeof place));
    }
    return MC_OK;
}

enum mc_err ledger_exec_write(struct ledger_exec *x, struct store_batch *b,
                              struct mc_slice certificate, struct mc_errmsg *em)
{
    struct mc_buf text = {NULL, 0, 0, false};
    enum mc_err err = write_header(x, b, &text, certificate, em);

    mc_arena_reset(&x->m.tx_arena);
    if (err == MC_OK && x->number == 0)
        err = write_chain_identity(x, b);
    if (err == MC_OK)
        err = write_bodies(x, b, &text, em);
    if (err == MC_OK)
        err = write_cells(x, b, &text, em);
    if (err == MC_OK)
        write_nodes(x, b);
    if (err == MC_OK)
        err = write_tx_hashes(x, b, em);
    if (err == MC_OK)
        err = ledger_log_index_write(x->blk, b, x->l->store->ops, &x->m.tx_arena, em);
    mc_buf_free(&text);
    return err;
}

/* ------------------------------------------------------------------ the head moves */

/* Brings the cache of head cells up to the block: cached cells always, others when the block read
 * them. */
static void cache_follow(struct ledger_exec *x)
{
    struct mc_buf text = {NULL, 0, 0, false};

    for (size_t i = 0; i < x->dirty_cnt; i++) {
        const struct cell *c = x->dirty[i];

        mc_buf_reset(&text);
        ledger_cell_encode(&text, c);
        if (text.oom) /* the block stands already; the cache must not show the state before it */
            ledger_cell_cache_drop(x->l->cache, c->key);
        else if (c->fetched)
            ledger_cell_cache_put(x->l->cache, c->key, mc_buf_slice(&text));
        else
            ledger_cell_cache_update(x->l->cache, c->key, mc_buf_slice(&text));
    }
    mc_buf_free(&text);
}

static size_t kept_size(const struct kept_block *k, size_t body_bytes)
{
    return sizeof *k + k->arena.total + body_bytes +
           k->tx_cnt * (sizeof(struct ledger_tx) + sizeof(struct ledger_receipt));
}

/* Puts the block in front of the kept ones; returns those that fell out, for unref outside the
 * lock. */
static uint32_t kept_push(struct ledger *l, struct kept_block *k, struct kept_block **out)
{
    uint32_t out_cnt = 0, n = KEPT_BLOCKS_MAX;

    if (l->kept[n - 1] != NULL) {
        l->kept_bytes -= l->kept[n - 1]->bytes;
        out[out_cnt++] = l->kept[n - 1];
    }
    memmove(&l->kept[1], &l->kept[0], (n - 1) * sizeof(struct kept_block *));
    l->kept[0] = ledger_kept_ref(k);
    l->kept_bytes += k->bytes;
    while (n > 1 && l->kept_bytes > KEPT_BYTES_MAX) {
        n--;
        if (l->kept[n] == NULL)
            continue;
        l->kept_bytes -= l->kept[n]->bytes;
        out[out_cnt++] = l->kept[n];
        l->kept[n] = NULL;
    }
    return out_cnt;
}

static void head_move(struct ledger *l, struct ledger_exec *x, uint64_t next_limit)
{
    struct kept_block *old[KEPT_BLOCKS_MAX];
    struct kept_block *k = x->blk;
    uint32_t cnt;

    k->bytes = kept_size(k, x->body_bytes);
    pthread_mutex_lock(&l->mu);
    l->head.number = x->number;
    l->head.hash = k->hash;
    if (x->number == 0)
        l->head.genesis_hash = k->hash;
    l->head.time_ms = x->env.time_ms;
    l->head.gas_limit = next_limit;
    l->head_header = k->header;
    cnt = kept_push(l, k, old);
    pthread_mutex_unlock(&l->mu);
    for (uint32_t i = 0; i < cnt; i++)
        ledger_kept_unref(old[i]);
}

static enum mc_err batch_make(struct ledger *l, struct ledger_exec *x, struct mc_slice certificate,
                              struct mc_errmsg *em)
{
    const struct store_ops *ops = l->store->ops;
    struct store_batch *b = ops->batch_new(l->store);
    enum mc_err err;

    if (b == NULL)
        return mc_fail(em, MC_ENOMEM, "write batch: out of memory");
    err = ledger_exec_write(x, b, certificate, em);
    if (err == MC_OK)
        err = ops->batch_commit(l->store, b, em);
    ops->batch_free(b);
    return err;
}

/* Tries in memory: the block's changes stay when they are its own, else they are read again. */
static void forest_follow(struct ledger *l, struct ledger_exec *x)
{
    if (l->grown == x) {
        ledger_forest_settle(&l->forest);
    } else {
        ledger_forest_forget(&l->forest);
        for (size_t i = 0; i < x->dirty_cnt; i++) {
            struct mc_addr owner;

            memcpy(owner.b, x->dirty[i]->key, sizeof owner.b);
            if (i == 0 || memcmp(x->dirty[i - 1]->key, owner.b, sizeof owner.b) != 0)
                ledger_forest_drop(&l->forest, &owner);
        }
        ledger_forest_drop(&l->forest, &MC_ADDR_ZERO);
    }
    l->grown = NULL;
}

enum mc_err ledger_commit(struct ledger *l, struct ledger_exec *x, struct mc_slice certificate,
                          struct mc_errmsg *em)
{
    uint64_t next_limit;
    enum mc_err err;

    MC_ASSERT(x->l == l);
    MC_ASSERT(x->sealed);
    if (l->broken)
        return mc_fail(em, MC_EIO, "an earlier block could not be stored: restart the node");
    if (x->number != 0 && (x->number != l->head.number + 1 ||
                           !mc_hash_eq(&x->blk->header.parent_hash, &l->head.hash)))
        return mc_fail(em, MC_EREJECT, "block %" PRIu64 " does not follow the head", x->number);
    err = ledger_next_gas_limit(&next_limit, &x->m, x->number, x->env.gas_limit, em);
    if (err == MC_OK)
        err = batch_make(l, x, certificate, em);
    if (err != MC_OK) {
        l->broken = true;
        mc_errwrap(em, "store block %" PRIu64, x->number);
        return err;
    }
    cache_follow(x);
    forest_follow(l, x);
    head_move(l, x, next_limit);
    return MC_OK;
}
