/* Changing the trie: insertion splits nodes, removal joins them again.
 *
 * A ref that stays under its path keeps its flags, so that commit knows what the store holds
 * there; a stored node whose path ceases to be a node is noted in `gone`.  Memory is taken
 * before anything changes. */
#include <stdlib.h>

#include "ledger/trie_node.h"

#define GONE_PER_REMOVAL 3u /* the leaf, its sibling, the child of an extension above */

struct edit {
    struct trie *t;
    const uint8_t *key;
    uint32_t n; /* nibbles in key */
    struct mc_slice value;
    struct mc_errmsg *em;
    bool changed;
};

static enum mc_err no_memory(struct mc_errmsg *em)
{
    return mc_fail(em, MC_ENOMEM, "trie: out of memory");
}

static void mark(struct trie_ref *r)
{
    r->flags |= TRIE_DIRTY | TRIE_UNSAVED;
}

static void set_node(struct trie_ref *r, struct trie_node *n)
{
    r->node = n;
    mark(r);
}

/* Nibbles that the node's path and the rest of the key share. */
static uint32_t shared(struct trie_node *n, const struct edit *e, uint32_t pos)
{
    const uint8_t *hp = trie_node_hp(n);
    uint32_t i = 0, max = n->path_n < e->n - pos ? n->path_n : e->n - pos;

    while (i < max && trie_hp_nibble(hp, n->path_n, i) == e->key[pos + i])
        i++;
    return i;
}

/* ---- insertion ---- */

/* Puts a value below a fresh branch that has room for it; path is what is left at the branch. */
static bool branch_fill(struct trie *t, struct trie_node *branch, const uint8_t *path, uint32_t n,
                        struct mc_slice value)
{
    struct trie_ref *kid;

    if (n == 0)
        return trie_branch_set_value(t, branch, value);
    kid = trie_kid(branch, path[0]);
    set_node(kid, trie_leaf_new(t, path + 1, n - 1, value));
    return kid->node != NULL;
}

static uint16_t bit_of(const uint8_t *path, uint32_t n)
{
    return n == 0 ? 0 : (uint16_t)(1u << path[0]);
}

/* The branch that separates the key from an old path of n nibbles, its own side filled in; under
 * an extension when both share their first nibbles.  Both are returned; NULL: out of memory. */
static struct trie_node *fork_new(struct edit *e, uint32_t pos, uint32_t common, const uint8_t *old,
                                  uint32_t n, struct trie_node **branch)
{
    struct trie_node *ext;
    const uint8_t *mine = e->key + pos + common;
    uint32_t mine_n = e->n - pos - common;
    struct trie_ref r = {0};

    r.node = *branch = trie_branch_new(e->t, bit_of(old, n) | bit_of(mine, mine_n));
    if (r.node == NULL)
        return NULL;
    if (!branch_fill(e->t, *branch, mine, mine_n, e->value)) {
        trie_ref_free(e->t, &r);
        return NULL;
    }
    if (common == 0)
        return *branch;
    ext = trie_ext_new(e->t, e->key + pos, common);
    if (ext == NULL) {
        trie_ref_free(e->t, &r);
        return NULL;
    }
    set_node(&trie_ext_of(ext)->child, *branch);
    return ext;
}

static enum mc_err split_leaf(struct edit *e, struct trie_ref *r, uint32_t pos, uint32_t common)
{
    struct trie_node *leaf = r->node, *branch;
    uint8_t path[TRIE_PATH_MAX];
    struct trie_ref top = {0};

    trie_node_path(path, leaf);
    top.node = fork_new(e, pos, common, path + common, leaf->path_n - common, &branch);
    if (top.node == NULL)
        return no_memory(e->em);
    if (!branch_fill(e->t, branch, path + common, leaf->path_n - common, trie_leaf_value(leaf))) {
        trie_ref_free(e->t, &top);
        return no_memory(e->em);
    }
    trie_node_free(e->t, leaf);
    set_node(r, top.node);
    e->changed = true;
    return MC_OK;
}

static enum mc_err insert_leaf(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    struct trie_node *leaf = r->node, *fresh;
    struct mc_slice old = trie_leaf_value(leaf);
    uint32_t common = shared(leaf, e, pos);

    if (common < leaf->path_n || common < e->n - pos)
        return split_leaf(e, r, pos, common);
    if (mc_slice_eq(old, e->value))
        return MC_OK;
    e->changed = true;
    if (old.n == e->value.n) {
        memcpy(trie_leaf_of(leaf)->bytes + trie_hp_len(leaf->path_n), e->value.p, old.n);
        mark(r);
        return MC_OK;
    }
    fresh = trie_leaf_new(e->t, e->key + pos, e->n - pos, e->value);
    if (fresh == NULL)
        return no_memory(e->em);
    trie_node_free(e->t, leaf);
    set_node(r, fresh);
    return MC_OK;
}

/* The extension's child keeps its path, whether it hangs from the new branch or from what is
 * left of the extension. */
static enum mc_err split_ext(struct edit *e, struct trie_ref *r, uint32_t pos, uint32_t common)
{
    struct trie_node *ext = r->node, *branch, *rest = NULL;
    uint32_t rest_n = ext->path_n - common - 1;
    uint8_t path[TRIE_PATH_MAX];
    struct trie_node *top;
    struct trie_ref *kid;

    trie_node_path(path, ext);
    if (rest_n > 0) {
        rest = trie_ext_new(e->t, path + common + 1, rest_n);
        if (rest == NULL)
            return no_memory(e->em);
    }
    top = fork_new(e, pos, common, path + common, rest_n + 1, &branch);
    if (top == NULL) {
        if (rest != NULL)
            trie_node_free(e->t, rest);
        return no_memory(e->em);
    }
    kid = trie_kid(branch, path[common]);
    if (rest != NULL) {
        trie_ext_of(rest)->child = trie_ext_of(ext)->child;
        set_node(kid, rest);
    } else {
        *kid = trie_ext_of(ext)->child;
    }
    trie_node_free(e->t, ext);
    set_node(r, top);
    e->changed = true;
    return MC_OK;
}

static enum mc_err insert_at(struct edit *e, struct trie_ref *r, uint32_t pos);

static enum mc_err insert_branch(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    struct trie_node *leaf, *grown, *n = r->node;
    struct trie_ref *kid;

    if (pos == e->n) {
        if (mc_slice_eq(mc_slice(trie_branch_of(n)->value, n->value_n), e->value))
            return MC_OK;
        if (!trie_branch_set_value(e->t, n, e->value))
            return no_memory(e->em);
        e->changed = true;
        return MC_OK;
    }
    kid = trie_kid(n, e->key[pos]);
    if (kid != NULL)
        return insert_at(e, kid, pos + 1);
    leaf = trie_leaf_new(e->t, e->key + pos + 1, e->n - pos - 1, e->value);
    if (leaf == NULL)
        return no_memory(e->em);
    grown = trie_branch_add(e->t, n, e->key[pos]);
    if (grown == NULL) {
        trie_node_free(e->t, leaf);
        return no_memory(e->em);
    }
    r->node = grown;
    set_node(trie_kid(grown, e->key[pos]), leaf);
    e->changed = true;
    return MC_OK;
}

static enum mc_err insert_ext(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    uint32_t common = shared(r->node, e, pos);

    if (common < r->node->path_n)
        return split_ext(e, r, pos, common);
    return insert_at(e, &trie_ext_of(r->node)->child, pos + common);
}

static enum mc_err insert_at(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    enum mc_err err;

    if (trie_ref_absent(r)) {
        struct trie_node *leaf = trie_leaf_new(e->t, e->key + pos, e->n - pos, e->value);
        if (leaf == NULL)
            return no_memory(e->em);
        set_node(r, leaf);
        e->changed = true;
        return MC_OK;
    }
    err = trie_ref_load(e->t, r, e->key, pos, e->em);
    if (err != MC_OK)
        return err;
    switch ((enum trie_kind)r->node->kind) {
    case TRIE_LEAF:
        return insert_leaf(e, r, pos);
    case TRIE_EXT:
        err = insert_ext(e, r, pos);
        break;
    case TRIE_BRANCH:
        err = insert_branch(e, r, pos);
        break;
    }
    if (e->changed)
        mark(r);
    return err;
}

enum mc_err trie_insert(struct trie *t, const uint8_t *key, uint32_t key_n, struct mc_slice value,
                        struct mc_errmsg *em)
{
    struct edit e = {t, key, key_n, value, em, false};

    return insert_at(&e, &t->root, 0);
}

/* ---- removal ---- */

static bool gone_reserve(struct trie *t)
{
    size_t cap = t->gone_cap == 0 ? 16 : 2 * t->gone_cap;
    struct trie_path *more;

    if (t->gone_cap - t->gone_cnt >= GONE_PER_REMOVAL)
        return true;
    more = realloc(t->gone, cap * sizeof *more);
    if (more == NULL)
        return false;
    t->gone = more;
    t->gone_cap = cap;
    return true;
}

/* The ref at this path is given up. */
static void leave(struct trie *t, const struct trie_ref *r, const uint8_t *path, uint32_t n)
{
    struct trie_path *p;

    if ((r->flags & TRIE_STORED) == 0)
        return;
    p = &t->gone[t->gone_cnt++];
    *p = (struct trie_path){.n = (uint8_t)n};
    memcpy(p->nibbles, path, n);
}

/* A leaf or extension with `before` in front of its path; a branch gets an extension of
 * `before`.  The old leaf or extension is released.  NULL: out of memory, nothing changed. */
static struct trie_node *joined(struct trie *t, const uint8_t *before, uint32_t before_n,
                                struct trie_ref *child)
{
    struct trie_node *n, *old = child->node;
    uint8_t path[TRIE_PATH_MAX];
    uint32_t path_n = before_n;

    memcpy(path, before, before_n);
    if (old->kind != TRIE_BRANCH) {
        trie_node_path(path + before_n, old);
        path_n += old->path_n;
    }
    n = old->kind == TRIE_LEAF ? trie_leaf_new(t, path, path_n, trie_leaf_value(old))
                               : trie_ext_new(t, path, path_n);
    if (n == NULL)
        return NULL;
    if (old->kind == TRIE_BRANCH) {
        trie_ext_of(n)->child = *child;
        return n;
    }
    if (old->kind == TRIE_EXT)
        trie_ext_of(n)->child = trie_ext_of(old)->child;
    trie_node_free(t, old);
    return n;
}

/* Frees the leaf of the key below a branch at pos. */
static void drop_leaf(struct edit *e, struct trie_ref *kid, uint32_t pos)
{
    leave(e->t, kid, e->key, pos + 1);
    trie_node_free(e->t, kid->node);
}

/* A branch of two children loses the key's: what is left takes its place. */
static enum mc_err collapse(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    struct trie_node *branch = r->node, *n;
    uint16_t left = pos < e->n ? branch->mask & (uint16_t) ~(1u << e->key[pos]) : branch->mask;
    uint8_t nibble = (uint8_t)__builtin_ctz(left);
    uint8_t path[TRIE_PATH_MAX];
    struct trie_ref *sibling = trie_kid(branch, nibble);
    struct trie_ref before;
    bool moves_up;
    enum mc_err err;

    memcpy(path, e->key, pos);
    path[pos] = nibble;
    err = trie_ref_load(e->t, sibling, path, pos + 1, e->em);
    if (err != MC_OK)
        return err;
    before = *sibling;
    moves_up = sibling->node->kind != TRIE_BRANCH; /* a branch stays, below the new extension */
    n = joined(e->t, &nibble, 1, sibling);
    if (n == NULL)
        return no_memory(e->em);
    if (moves_up)
        leave(e->t, &before, path, pos + 1);
    if (pos < e->n)
        drop_leaf(e, trie_kid(branch, e->key[pos]), pos);
    trie_node_free(e->t, branch);
    set_node(r, n);
    return MC_OK;
}

/* A branch with a value and one child loses the child. */
static enum mc_err collapse_to_value(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    struct trie_node *branch = r->node;
    struct trie_node *leaf =
        trie_leaf_new(e->t, NULL, 0, mc_slice(trie_branch_of(branch)->value, branch->value_n));

    if (leaf == NULL)
        return no_memory(e->em);
    drop_leaf(e, trie_kid(branch, e->key[pos]), pos);
    trie_node_free(e->t, branch);
    set_node(r, leaf);
    return MC_OK;
}

/* Takes the key's own entry, leaf or value, out of the branch. */
static enum mc_err branch_drop(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    struct trie_node *branch = r->node;
    uint32_t kid_cnt = (uint32_t)__builtin_popcount(branch->mask);
    enum mc_err err = MC_OK;

    if (kid_cnt + (branch->value_n != 0) == 2) {
        err =
            pos < e->n && branch->value_n != 0 ? collapse_to_value(e, r, pos) : collapse(e, r, pos);
    } else if (pos == e->n) {
        (void)!trie_branch_set_value(e->t, branch, mc_slice(NULL, 0)); /* clearing cannot fail */
    } else {
        drop_leaf(e, trie_kid(branch, e->key[pos]), pos);
        r->node = trie_branch_remove(e->t, branch, e->key[pos]);
    }
    e->changed = err == MC_OK;
    return err;
}

static enum mc_err remove_at(struct edit *e, struct trie_ref *r, uint32_t pos);

static bool is_leaf_of_key(struct trie_node *n, const struct edit *e, uint32_t pos)
{
    return n->kind == TRIE_LEAF && n->path_n == e->n - pos && shared(n, e, pos) == n->path_n;
}

static enum mc_err remove_branch(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    struct trie_ref *kid;
    enum mc_err err;

    if (pos == e->n)
        return r->node->value_n == 0 ? MC_OK : branch_drop(e, r, pos);
    kid = trie_kid(r->node, e->key[pos]);
    if (kid == NULL)
        return MC_OK;
    err = trie_ref_load(e->t, kid, e->key, pos + 1, e->em);
    if (err != MC_OK)
        return err;
    if (is_leaf_of_key(kid->node, e, pos + 1))
        return branch_drop(e, r, pos);
    return remove_at(e, kid, pos + 1);
}

static enum mc_err remove_ext(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    struct trie_node *ext = r->node, *n;
    struct trie_ref *child = &trie_ext_of(ext)->child, before;
    uint32_t path_n = ext->path_n;
    enum mc_err err;

    if (shared(ext, e, pos) < path_n)
        return MC_OK;
    err = remove_at(e, child, pos + path_n);
    if (err != MC_OK || !e->changed || child->node->kind == TRIE_BRANCH)
        return err;
    before = *child;
    n = joined(e->t, e->key + pos, path_n, child);
    if (n == NULL) {
        e->t->broken =
            true; /* an extension now leads to a short node: no root may be made of this */
        return no_memory(e->em);
    }
    leave(e->t, &before, e->key, pos + path_n);
    trie_node_free(e->t, ext);
    set_node(r, n);
    return MC_OK;
}

static enum mc_err remove_at(struct edit *e, struct trie_ref *r, uint32_t pos)
{
    enum mc_err err = trie_ref_load(e->t, r, e->key, pos, e->em);

    if (err != MC_OK)
        return err;
    switch ((enum trie_kind)r->node->kind) {
    case TRIE_LEAF: /* a branch removes its own leaves, so this is the root or another key */
        break;
    case TRIE_EXT:
        err = remove_ext(e, r, pos);
        break;
    case TRIE_BRANCH:
        err = remove_branch(e, r, pos);
        break;
    }
    if (e->changed)
        mark(r);
    return err;
}

enum mc_err trie_remove(struct trie *t, const uint8_t *key, uint32_t key_n, struct mc_errmsg *em)
{
    struct edit e = {t, key, key_n, {0}, em, false};
    enum mc_err err;

    if (trie_ref_absent(&t->root))
        return MC_OK;
    if (!gone_reserve(t))
        return no_memory(em);
    err = remove_at(&e, &t->root, 0);
    if (err != MC_OK || e.changed || !is_leaf_of_key(t->root.node, &e, 0))
        return err;
    trie_node_free(t, t->root.node);
    t->root.node = NULL;
    t->root.len = 0;
    mark(&t->root);
    return MC_OK;
}
