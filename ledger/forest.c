#include "ledger/forest.h"

#include <stdlib.h>

#define TRIES_MAX 256u /* that stay in memory */

struct grove {
    struct mc_addr owner;
    struct forest *f;
    struct trie *t;
    uint64_t used;
    bool changed;
};

void ledger_node_key(uint8_t out[KEY_NODE_LEN], const struct mc_addr *owner,
                     const struct trie_path *path)
{
    memcpy(out, owner->b, 20);
    out[20] = path->n;
    memset(out + 21, 0, 32);
    for (uint32_t i = 0; i < path->n; i++)
        out[21 + i / 2] |= (uint8_t)(i % 2 == 0 ? path->nibbles[i] << 4 : path->nibbles[i]);
}

enum mc_err ledger_node_read(struct store *store, struct store_iter *it, struct mc_buf *out,
                             const struct mc_addr *owner, const struct trie_path *path,
                             uint64_t block, struct mc_errmsg *em)
{
    const struct store_ops *ops = store->ops;
    uint8_t key[KEY_TRIE_LEN];
    struct mc_slice found;
    enum mc_err err;

    ledger_node_key(key, owner, path);
    mc_be64_put(key + KEY_NODE_LEN, ~block);
    if (!ops->iter_seek(it, mc_slice(key, sizeof key), false)) {
        err = ops->iter_error(it, em);
        return err == MC_OK ? MC_ENOTFOUND : err;
    }
    found = ops->iter_key(it);
    if (found.n != KEY_TRIE_LEN || memcmp(found.p, key, KEY_NODE_LEN) != 0)
        return MC_ENOTFOUND;
    if (ops->iter_value(it).n == 0) /* the node was gone at that block */
        return MC_ENOTFOUND;
    mc_buf_put_slice(out, ops->iter_value(it));
    return mc_buf_check(out, "trie node", em);
}

static enum mc_err grove_load(void *arg, struct mc_buf *out, const struct trie_path *path,
                              struct mc_errmsg *em)
{
    struct grove *g = arg;
    struct forest *f = g->f;

    if (f->store == NULL)
        return MC_ENOTFOUND;
    if (f->it == NULL)
        f->it = f->store->ops->iter_new(f->store, NULL, STORE_TRIE, true);
    if (f->it == NULL)
        return mc_fail(em, MC_ENOMEM, "trie: out of memory");
    return ledger_node_read(f->store, f->it, out, &g->owner, path, f->block, em);
}

void ledger_forest_init(struct forest *f, struct store *store, size_t bytes_max)
{
    *f = (struct forest){.store = store, .bytes_max = bytes_max};
}

static void grove_free(struct grove *g)
{
    trie_free(g->t);
    free(g);
}

void ledger_forest_free(struct forest *f)
{
    ledger_forest_end(f);
    for (uint32_t i = 0; i < f->cnt; i++)
        grove_free(f->groves[i]);
    free(f->groves);
    f->groves = NULL;
    f->cnt = f->cap = 0;
}

void ledger_forest_begin(struct forest *f, uint64_t block)
{
    f->block = block;
}

void ledger_forest_end(struct forest *f)
{
    if (f->it != NULL)
        f->store->ops->iter_free(f->it);
    f->it = NULL;
}

static void remove_at(struct forest *f, uint32_t i)
{
    grove_free(f->groves[i]);
    f->groves[i] = f->groves[--f->cnt];
}

static enum mc_err grove_add(struct forest *f, struct grove **out, const struct mc_addr *owner,
                             const struct mc_hash *root, struct mc_errmsg *em)
{
    struct grove *g;
    enum mc_err err;

    if (f->cnt == f->cap) {
        uint32_t cap = f->cap == 0 ? 16 : f->cap * 2;
        struct grove **p = realloc(f->groves, cap * sizeof(struct grove *));

        if (p == NULL)
            return mc_fail(em, MC_ENOMEM, "trie: out of memory");
        f->groves = p;
        f->cap = cap;
    }
    g = calloc(1, sizeof *g);
    if (g == NULL)
        return mc_fail(em, MC_ENOMEM, "trie: out of memory");
    g->owner = *owner;
    g->f = f;
    err = trie_new(&g->t, root, grove_load, g);
    if (err != MC_OK) {
        free(g);
        return mc_fail(em, err, "trie: out of memory");
    }
    f->groves[f->cnt++] = g;
    *out = g;
    return MC_OK;
}

enum mc_err ledger_forest_trie(struct forest *f, struct trie **out, const struct mc_addr *owner,
                               const struct mc_hash *root, struct mc_errmsg *em)
{
    struct grove *g = NULL;
    enum mc_err err;

    for (uint32_t i = 0; i < f->cnt && g == NULL; i++)
        if (mc_addr_eq(&f->groves[i]->owner, owner))
            g = f->groves[i];
    if (g == NULL) {
        err = grove_add(f, &g, owner, root, em);
        if (err != MC_OK)
            return err;
        MC_ASSERT(g != NULL);
    }
    g->changed = true;
    g->used = ++f->tick;
    *out = g->t;
    return MC_OK;
}

void ledger_forest_settle(struct forest *f)
{
    size_t bytes = 0;

    for (uint32_t i = 0; i < f->cnt; i++) {
        f->groves[i]->changed = false;
        bytes += trie_bytes(f->groves[i]->t);
    }
    while (f->cnt > TRIES_MAX) {
        uint32_t oldest = 0;

        for (uint32_t i = 1; i < f->cnt; i++)
            if (f->groves[i]->used < f->groves[oldest]->used)
                oldest = i;
        bytes -= trie_bytes(f->groves[oldest]->t);
        remove_at(f, oldest);
    }
    /* The top of each trie is hot whatever the keys; cut the leaves first. */
    for (uint32_t depth = 5; bytes > f->bytes_max && depth > 0; depth--) {
        bytes = 0;
        for (uint32_t i = 0; i < f->cnt; i++) {
            trie_trim(f->groves[i]->t, depth - 1);
            bytes += trie_bytes(f->groves[i]->t);
        }
    }
}

void ledger_forest_forget(struct forest *f)
{
    for (uint32_t i = f->cnt; i > 0; i--)
        if (f->groves[i - 1]->changed)
            remove_at(f, i - 1);
}

void ledger_forest_drop(struct forest *f, const struct mc_addr *owner)
{
    for (uint32_t i = f->cnt; i > 0; i--)
        if (mc_addr_eq(&f->groves[i - 1]->owner, owner))
            remove_at(f, i - 1);
}
