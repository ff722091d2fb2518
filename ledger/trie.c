#include <stdlib.h>

#include "ledger/trie_node.h"

enum mc_err trie_new(struct trie **out, const struct mc_hash *root, trie_load_fn load,
                     void *load_arg)
{
    struct trie *t = calloc(1, sizeof *t);

    *out = t;
    if (t == NULL)
        return MC_ENOMEM;
    t->load = load;
    t->load_arg = load_arg;
    if (!mc_hash_eq(root, &MC_KECCAK_EMPTY_TRIE)) {
        memcpy(t->root.bytes, root->b, sizeof t->root.bytes);
        t->root.len = sizeof t->root.bytes;
        t->root.flags = TRIE_STORED;
    }
    return MC_OK;
}

void trie_free(struct trie *t)
{
    if (t == NULL)
        return;
    trie_ref_free(t, &t->root);
    mc_buf_free(&t->scratch);
    free(t->gone);
    free(t);
}

bool trie_key_nibbles(uint8_t out[TRIE_PATH_MAX], struct mc_slice key)
{
    if (key.n > TRIE_PATH_MAX / 2)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        out[2 * i] = key.p[i] >> 4;
        out[2 * i + 1] = key.p[i] & 15;
    }
    return true;
}

static enum mc_err key_too_long(struct mc_slice key, struct mc_errmsg *em)
{
    return mc_fail(em, MC_EINVAL, "trie: a key of %zu bytes, %u are the most", key.n,
                   TRIE_PATH_MAX / 2);
}

/* Whether the path of a leaf or extension is what comes next in the key. */
static bool path_follows(struct trie_node *n, const uint8_t *key, uint32_t rest)
{
    const uint8_t *hp = trie_node_hp(n);

    if (n->path_n > rest)
        return false;
    for (uint32_t i = 0; i < n->path_n; i++) {
        if (trie_hp_nibble(hp, n->path_n, i) != key[i])
            return false;
    }
    return true;
}

/* One step towards the key: the next ref, or NULL at the end with what the key holds in *value. */
static struct trie_ref *step(struct trie_node *n, const uint8_t *key, uint32_t key_n, uint32_t *pos,
                             struct mc_slice *value)
{
    *value = mc_slice(NULL, 0);
    if (n->kind == TRIE_BRANCH) {
        if (*pos < key_n)
            return trie_kid(n, key[(*pos)++]);
        *value = mc_slice(trie_branch_of(n)->value, n->value_n);
        return NULL;
    }
    if (!path_follows(n, key + *pos, key_n - *pos))
        return NULL;
    *pos += n->path_n;
    if (n->kind == TRIE_EXT)
        return &trie_ext_of(n)->child;
    if (*pos == key_n)
        *value = trie_leaf_value(n);
    return NULL;
}

enum mc_err trie_get(struct trie *t, struct mc_slice key, struct mc_slice *out,
                     struct mc_errmsg *em)
{
    struct trie_ref *r = trie_ref_absent(&t->root) ? NULL : &t->root;
    uint8_t nibbles[TRIE_PATH_MAX];
    uint32_t pos = 0;

    *out = mc_slice(NULL, 0);
    if (!trie_key_nibbles(nibbles, key))
        return key_too_long(key, em);
    while (r != NULL) {
        enum mc_err err = trie_ref_load(t, r, nibbles, pos, em);
        if (err != MC_OK)
            return err;
        r = step(r->node, nibbles, (uint32_t)(2 * key.n), &pos, out);
    }
    return MC_OK;
}

enum mc_err trie_put(struct trie *t, struct mc_slice key, struct mc_slice value,
                     struct mc_errmsg *em)
{
    uint8_t nibbles[TRIE_PATH_MAX];

    if (!trie_key_nibbles(nibbles, key))
        return key_too_long(key, em);
    if (value.n > UINT32_MAX)
        return mc_fail(em, MC_EINVAL, "trie: a value of %zu bytes", value.n);
    if (value.n == 0)
        return trie_remove(t, nibbles, (uint32_t)(2 * key.n), em);
    return trie_insert(t, nibbles, (uint32_t)(2 * key.n), value, em);
}

size_t trie_bytes(const struct trie *t)
{
    return t->bytes;
}

/* A clean node's whole subtree is clean: changes mark everything above them. */
static void trim_ref(struct trie *t, struct trie_ref *r, uint32_t pos, uint32_t depth)
{
    struct trie_node *n = r->node;

    if (n == NULL)
        return;
    if ((r->flags & (TRIE_DIRTY | TRIE_UNSAVED)) == 0 && pos >= depth) {
        trie_ref_free(t, r);
        return;
    }
    if (n->kind == TRIE_EXT)
        trim_ref(t, &trie_ext_of(n)->child, pos + n->path_n, depth);
    if (n->kind == TRIE_BRANCH) {
        uint32_t cnt = (uint32_t)__builtin_popcount(n->mask);
        for (uint32_t i = 0; i < cnt; i++)
            trim_ref(t, &trie_branch_of(n)->kids[i], pos + 1, depth);
    }
}

void trie_trim(struct trie *t, uint32_t depth)
{
    if (t->load != NULL)
        trim_ref(t, &t->root, 0, depth);
}

/* ---- making a proof ---- */

static enum mc_err proof_add(struct trie *t, struct trie_node *n, struct mc_buf *nodes,
                             struct mc_buf *ends, struct mc_errmsg *em)
{
    uint32_t end;
    enum mc_err err;

    if (!trie_node_encode(t, n))
        return mc_fail(em, MC_ENOMEM, "proof: out of memory");
    mc_buf_put_slice(nodes, mc_buf_slice(&t->scratch));
    end = (uint32_t)nodes->n;
    mc_buf_put(ends, &end, sizeof end);
    err = mc_buf_check(nodes, "proof", em);
    return err != MC_OK ? err : mc_buf_check(ends, "proof", em);
}

enum mc_err trie_prove(struct trie *t, struct mc_slice key, struct mc_buf *nodes,
                       struct mc_buf *ends, struct mc_errmsg *em)
{
    struct trie_ref *r = trie_ref_absent(&t->root) ? NULL : &t->root;
    uint8_t nibbles[TRIE_PATH_MAX];
    struct mc_slice value;
    uint32_t pos = 0;
    enum mc_err err;

    if (!trie_key_nibbles(nibbles, key))
        return key_too_long(key, em);
    err = trie_hash(t, em);
    while (err == MC_OK && r != NULL) {
        err = trie_ref_load(t, r, nibbles, pos, em);
        /* A node below 32 bytes is part of its parent already. */
        if (err == MC_OK && r->len == sizeof r->bytes)
            err = proof_add(t, r->node, nodes, ends, em);
        if (err == MC_OK)
            r = step(r->node, nibbles, (uint32_t)(2 * key.n), &pos, &value);
    }
    return err;
}
