/* Sealing: from what a block's transactions left behind to its roots, header and hash.
 *
 * The storage trie of an instance holds a word for each record: keccak256 of its bytes, or the
 * integer itself.  List elements and lengths (VM_WORD_NONE) have no word of their own; what a block
 * changed of them in one instance goes into that instance's index digest,
 *
 *     digest' = keccak256(digest || for each changed cell by (slot, pos):
 *                                   slot 32, pos be64, length be32, bytes)
 *
 * which is a record cell under slot keccak256(00 "index") (no module key starts with 00).  So a
 * node whose lists differ anywhere has another state root, at the price of one word for each
 * instance and block. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/internal.h"

static const uint8_t index_key[] = {0, 'i', 'n', 'd', 'e', 'x'};

/* Cells that sealing itself writes: an index digest and an account for each instance at most. */
struct extras {
    struct cell **v;
    size_t cnt;
};

static enum mc_err no_memory(struct mc_errmsg *em)
{
    return mc_fail(em, MC_ENOMEM, "seal block: out of memory");
}

/* ------------------------------------------------------------------ index digests */

static struct mc_addr cell_addr(const struct cell *c)
{
    struct mc_addr a;

    memcpy(a.b, c->key, sizeof a.b);
    return a;
}

static bool same_owner(const struct cell *a, const struct cell *b)
{
    return memcmp(a->key, b->key, 20) == 0;
}

/* The digest after the list cells among group[0..cnt); false when there are none. */
static bool digest_next(struct mc_buf *text, struct mc_slice before, struct cell *const *group,
                        size_t cnt)
{
    bool any = false;

    mc_buf_reset(text);
    mc_buf_put_slice(text, before);
    for (size_t i = 0; i < cnt; i++) {
        if (group[i]->kind != CELL_NONE)
            continue;
        any = true;
        mc_buf_put(text, group[i]->key + 20, KEY_CELL_LEN - 20);
        mc_buf_put_be32(text, (uint32_t)group[i]->value.n);
        mc_buf_put_slice(text, group[i]->value);
    }
    return any;
}

static bool has_list_cells(struct cell *const *group, size_t cnt)
{
    for (size_t i = 0; i < cnt; i++)
        if (group[i]->kind == CELL_NONE)
            return true;
    return false;
}

static enum mc_err digest_group(struct ledger_exec *x, struct extras *extra, struct mc_buf *text,
                                struct cell *const *group, size_t cnt, struct mc_errmsg *em)
{
    struct mc_addr owner = cell_addr(group[0]);
    struct mc_hash slot, digest;
    uint8_t key[KEY_CELL_LEN];
    struct mc_slice before;
    enum mc_err err;

    if (!has_list_cells(group, cnt))
        return MC_OK;
    mc_keccak256(&slot, mc_slice(index_key, sizeof index_key));
    ledger_cell_key(key, &owner, &slot, 0);
    err = ledger_state_load(&x->m.st, key, &before, NULL, em);
    if (err != MC_OK)
        return err;
    digest_next(text, before, group, cnt);
    err = mc_buf_check(text, "index digest", em);
    if (err != MC_OK)
        return err;
    mc_keccak256(&digest, mc_buf_slice(text));
    err = ledger_state_save(&x->m.st, key, CELL_HASH, mc_hash_slice(&digest), em);
    if (err == MC_OK)
        extra->v[extra->cnt++] = ledger_state_cell(&x->m.st, key);
    return err;
}

/* ------------------------------------------------------------------ tries */

static enum mc_err emit(void *arg, const struct trie_path *path, struct mc_slice rlp)
{
    struct ledger_exec *x = arg;
    struct node_write *w;

    if (x->node_cnt == x->node_cap) {
        size_t cap = x->node_cap == 0 ? 256 : x->node_cap * 2;
        struct node_write *p = realloc(x->nodes, cap * sizeof *p);

        if (p == NULL)
            return MC_ENOMEM;
        x->nodes = p;
        x->node_cap = cap;
    }
    w = &x->nodes[x->node_cnt];
    ledger_node_key(w->key, x->emit_owner, path);
    w->rlp = mc_arena_copy(&x->cells, rlp);
    if (w->rlp.p == NULL)
        return MC_ENOMEM;
    x->node_cnt++;
    return MC_OK;
}

/* What the trie holds for a cell: RLP of its word without leading zeros; empty when there is
 * nothing. */
static void leaf_value(struct mc_buf *out, const struct cell *c)
{
    struct mc_slice word = c->value;
    struct mc_hash h;

    mc_buf_reset(out);
    if (c->value.n == 0)
        return;
    if (c->kind == CELL_HASH) {
        mc_keccak256(&h, c->value);
        word = mc_hash_slice(&h);
    }
    MC_ASSERT(word.n <= 32);
    while (word.n > 0 && word.p[0] == 0)
        word = mc_slice_skip(word, 1);
    mc_rlp_put_bytes(out, word);
}

static enum mc_err words_put(struct trie *t, struct mc_buf *text, struct cell *const *group,
                             size_t cnt, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;

    for (size_t i = 0; i < cnt && err == MC_OK; i++) {
        struct mc_hash path;

        if (group[i]->kind == CELL_NONE || group[i]->kind == CELL_ACCOUNT)
            continue;
        leaf_value(text, group[i]);
        err = mc_buf_check(text, "trie leaf", em);
        mc_keccak256(&path, mc_slice(group[i]->key + 20, 32));
        if (err == MC_OK)
            err = trie_put(t, mc_hash_slice(&path), mc_buf_slice(text), em);
    }
    return err;
}

static enum mc_err trie_end(struct ledger_exec *x, struct trie *t, const struct mc_addr *owner,
                            struct mc_hash *root, struct mc_errmsg *em)
{
    enum mc_err err;

    x->emit_owner = owner;
    err = trie_commit(t, root, emit, x, em);
    x->emit_owner = NULL;
    return err;
}

/* Storage root of one instance into its account. */
static enum mc_err storage_group(struct ledger_exec *x, struct extras *extra, struct mc_buf *text,
                                 struct cell *const *group, size_t cnt, struct mc_errmsg *em)
{
    struct mc_addr owner = cell_addr(group[0]);
    struct ledger_account a;
    uint8_t key[KEY_CELL_LEN];
    struct mc_hash root;
    struct cell *acct;
    struct trie *t;
    enum mc_err err;

    if (cnt == 1 && group[0]->kind == CELL_ACCOUNT)
        return MC_OK;
    err = ledger_state_account(&x->m.st, &owner, &a, em);
    if (err == MC_OK)
        err = ledger_forest_trie(&x->l->forest, &t, &owner, &a.storage_root, em);
    if (err == MC_OK)
        err = words_put(t, text, group, cnt, em);
    if (err == MC_OK)
        err = trie_end(x, t, &owner, &root, em);
    if (err != MC_OK || mc_hash_eq(&root, &a.storage_root))
        return err;
    ledger_cell_key_account(key, &owner);
    acct = ledger_state_cell(&x->m.st, key);
    if (acct == NULL)
        return no_memory(em);
    if (!acct->dirty)
        extra->v[extra->cnt++] = acct;
    a.storage_root = root;
    return ledger_state_account_save(&x->m.st, &owner, &a, em);
}

typedef enum mc_err (*group_fn)(struct ledger_exec *x, struct extras *extra, struct mc_buf *text,
                                struct cell *const *group, size_t cnt, struct mc_errmsg *em);

/* Adds the extras to the sorted list of written cells. */
static enum mc_err dirty_merge(struct ledger_exec *x, struct extras *extra, struct mc_errmsg *em)
{
    struct cell **all;
    size_t i = 0, j = 0, n = 0;

    if (extra->cnt == 0)
        return MC_OK;
    all = mc_arena_alloc(&x->cells, (x->dirty_cnt + extra->cnt) * sizeof(struct cell *));
    if (all == NULL)
        return no_memory(em);
    qsort(extra->v, extra->cnt, sizeof(struct cell *), ledger_cell_order);
    while (i < x->dirty_cnt || j < extra->cnt) {
        bool first = j == extra->cnt ||
                     (i < x->dirty_cnt && ledger_cell_order(&x->dirty[i], &extra->v[j]) <= 0);

        all[n++] = first ? x->dirty[i++] : extra->v[j++];
    }
    x->dirty = all;
    x->dirty_cnt = n;
    return MC_OK;
}

/* Calls fn for the cells of each address in turn. */
static enum mc_err each_owner(struct ledger_exec *x, group_fn fn, struct mc_buf *text,
                              struct mc_errmsg *em)
{
    struct extras extra = {.cnt = 0};
    enum mc_err err = MC_OK;

    /* At most one cell for each owner, so for each cell. */
    extra.v = mc_arena_alloc(&x->cells, (x->dirty_cnt + 1) * sizeof(struct cell *));
    if (extra.v == NULL)
        return no_memory(em);
    for (size_t i = 0, n; i < x->dirty_cnt && err == MC_OK; i += n) {
        for (n = 1; i + n < x->dirty_cnt && same_owner(x->dirty[i], x->dirty[i + n]); n++)
            ;
        err = fn(x, &extra, text, &x->dirty[i], n, em);
    }
    return err == MC_OK ? dirty_merge(x, &extra, em) : err;
}

static enum mc_err accounts_root(struct ledger_exec *x, struct mc_buf *text, struct mc_errmsg *em)
{
    const struct mc_hash *before =
        x->number == 0 ? &MC_KECCAK_EMPTY_TRIE : &x->l->head_header.state_root;
    struct trie *t;
    enum mc_err err = ledger_forest_trie(&x->l->forest, &t, &MC_ADDR_ZERO, before, em);

    for (size_t i = 0; i < x->dirty_cnt && err == MC_OK; i++) {
        struct cell *c = x->dirty[i];
        struct mc_hash path;

        if (c->kind != CELL_ACCOUNT)
            continue;
        mc_buf_reset(text);
        ledger_account_encode(text, c->account);
        err = mc_buf_check(text, "account", em);
        mc_keccak256(&path, mc_slice(c->key, 20));
        if (err == MC_OK)
            err = trie_put(t, mc_hash_slice(&path), mc_buf_slice(text), em);
    }
    if (err == MC_OK)
        err = trie_end(x, t, &MC_ADDR_ZERO, &x->blk->header.state_root, em);
    return err;
}

enum mc_err ledger_exec_state_root(struct ledger_exec *x, struct mc_errmsg *em)
{
    struct ledger *l = x->l;
    struct mc_buf text = {NULL, 0, 0, false};
    enum mc_err err = MC_OK;

    if (l->grown != NULL) /* another candidate was sealed and is not the one that counts now */
        ledger_forest_forget(&l->forest);
    l->grown = x;
    ledger_forest_begin(&l->forest, x->number == 0 ? 0 : x->number - 1);
    x->dirty = ledger_state_dirty(&x->m.st, &x->dirty_cnt);
    if (x->dirty == NULL)
        err = no_memory(em);
    if (err == MC_OK)
        err = each_owner(x, digest_group, &text, em);
    if (err == MC_OK)
        err = each_owner(x, storage_group, &text, em);
    if (err == MC_OK)
        err = accounts_root(x, &text, em);
    ledger_forest_end(&l->forest);
    mc_buf_free(&text);
    ledger_state_settle(&x->m.st);
    if (err != MC_OK) {
        ledger_forest_forget(&l->forest);
        l->grown = NULL;
    }
    return err;
}

/* ------------------------------------------------------------------ lists and header */

static enum mc_err receipts_root(struct ledger_exec *x, struct mc_slice *items,
                                 struct mc_errmsg *em)
{
    const struct kept_block *k = x->blk;
    size_t *ends = mc_arena_alloc(&x->m.tx_arena, (k->tx_cnt + 1) * sizeof *ends);
    struct mc_buf all = {NULL, 0, 0, false};
    enum mc_err err;

    if (ends == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < k->tx_cnt; i++) {
        ledger_receipt_encode(&all, &k->receipts[i]);
        ends[i] = all.n;
    }
    err = mc_buf_check(&all, "receipts", em);
    for (uint32_t i = 0; i < k->tx_cnt && err == MC_OK; i++) {
        size_t from = i == 0 ? 0 : ends[i - 1];

        items[i] = mc_slice(all.p + from, ends[i] - from);
    }
    if (err == MC_OK)
        err = ledger_list_root(&x->blk->header.receipts_root, items, k->tx_cnt, &x->m.tx_arena);
    mc_buf_free(&all);
    return err;
}

enum mc_err ledger_exec_list_roots(struct ledger_exec *x, struct mc_errmsg *em)
{
    struct kept_block *k = x->blk;
    struct mc_slice *items;
    enum mc_err err;

    mc_arena_reset(&x->m.tx_arena);
    items = mc_arena_alloc(&x->m.tx_arena, (k->tx_cnt + 1) * sizeof *items);
    if (items == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < k->tx_cnt; i++) {
        items[i] = k->txs[i]->raw;
        ledger_bloom_or(&k->header.bloom, &k->receipts[i].bloom);
    }
    err = ledger_list_root(&k->header.txs_root, items, k->tx_cnt, &x->m.tx_arena);
    if (err == MC_OK)
        err = receipts_root(x, items, em);
    return err == MC_OK ? MC_OK : mc_fail(em, err, "seal block: %s", mc_err_text(err));
}

static enum mc_err header_hash(struct kept_block *k, struct mc_errmsg *em)
{
    struct mc_buf rlp = {NULL, 0, 0, false};
    enum mc_err err;

    ledger_header_encode(&rlp, &k->header);
    err = mc_buf_check(&rlp, "header", em);
    if (err == MC_OK) {
        mc_keccak256(&k->hash, mc_buf_slice(&rlp));
        k->header_rlp = mc_arena_copy(&k->arena, mc_buf_slice(&rlp));
        if (k->header_rlp.p == NULL)
            err = no_memory(em);
    }
    mc_buf_free(&rlp);
    return err;
}

enum mc_err ledger_exec_seal(struct ledger_exec *x, const struct ledger_header **header,
                             struct mc_hash *hash, struct mc_errmsg *em)
{
    struct ledger_header *h = &x->blk->header;
    struct ledger *l = x->l;
    enum mc_err err;

    MC_ASSERT(!x->sealed);
    if (x->number != 0 && x->number != l->head.number + 1)
        return mc_fail(em, MC_EREJECT, "block %" PRIu64 " is decided already", x->number);
    *h = (struct ledger_header){.uncles_hash = MC_KECCAK_EMPTY_LIST,
                                .miner = x->env.miner,
                                .number = x->number,
                                .gas_limit = x->env.gas_limit,
                                .gas_used = x->gas_used,
                                .mix_hash = x->env.mix_hash,
                                .base_fee = l->cfg->base_fee};
    if (x->number != 0)
        h->parent_hash = l->head.hash;
    ledger_header_set_time_ms(h, x->env.time_ms);
    err = ledger_exec_state_root(x, em);
    if (err == MC_OK)
        err = ledger_exec_list_roots(x, em);
    if (err == MC_OK)
        err = header_hash(x->blk, em);
    if (err != MC_OK) {
        mc_errwrap(em, "block %" PRIu64, x->number);
        return err;
    }
    x->sealed = true;
    *header = h;
    *hash = x->blk->hash;
    return MC_OK;
}
