/* Encoding and hashing what changed, and handing it out by path. */
#include <stdlib.h>

#include "ledger/rlp_head.h"
#include "ledger/trie_node.h"

#define REF_BYTES_MAX    33u /* a hash with its header */
#define BRANCH_KIDS_MAX  16u
#define NODE_SLACK_BYTES (3u * RLP_HEAD_MAX + BRANCH_KIDS_MAX * REF_BYTES_MAX)

struct settle {
    struct trie *t;
    trie_emit_fn emit; /* NULL: hash only */
    void *arg;
    struct mc_errmsg *em;
    struct trie_path path; /* of the node at hand; n is set when it is handed out */
    uint8_t todo;          /* flags that are to be cleared */
};

static size_t ref_put(uint8_t *p, const struct trie_ref *r)
{
    if (r->len < sizeof r->bytes) {
        memcpy(p, r->bytes, r->len);
        return r->len;
    }
    p[0] = RLP_BASE_STRING + sizeof r->bytes;
    memcpy(p + 1, r->bytes, sizeof r->bytes);
    return 1 + sizeof r->bytes;
}

static size_t branch_put(uint8_t *p, struct trie_node *n)
{
    const struct trie_branch *b = trie_branch_of(n);
    const struct trie_ref *kid = b->kids;
    uint8_t *end = p;

    for (uint32_t i = 0; i < BRANCH_KIDS_MAX; i++) {
        if ((n->mask >> i & 1) != 0)
            end += ref_put(end, kid++);
        else
            *end++ = RLP_BASE_STRING;
    }
    end += rlp_string_put(end, mc_slice(b->value, n->value_n));
    return (size_t)(end - p);
}

bool trie_node_encode(struct trie *t, struct trie_node *n)
{
    struct mc_buf *b = &t->scratch;
    uint8_t head[RLP_HEAD_MAX], *p;
    size_t len = 0, head_len;

    mc_buf_reset(b);
    if (!mc_buf_reserve(b, NODE_SLACK_BYTES + TRIE_PATH_MAX + n->value_n))
        return false;
    p = b->p + RLP_HEAD_MAX; /* the header is as long as it turns out to be */
    switch ((enum trie_kind)n->kind) {
    case TRIE_LEAF:
        len = rlp_string_put(p, mc_slice(trie_leaf_of(n)->bytes, trie_hp_len(n->path_n)));
        len += rlp_string_put(p + len, trie_leaf_value(n));
        break;
    case TRIE_EXT:
        len = rlp_string_put(p, mc_slice(trie_ext_of(n)->hp, trie_hp_len(n->path_n)));
        len += ref_put(p + len, &trie_ext_of(n)->child);
        break;
    case TRIE_BRANCH:
        len = branch_put(p, n);
        break;
    }
    head_len = rlp_head_put(head, RLP_BASE_LIST, len);
    memmove(b->p + head_len, p, len);
    memcpy(b->p, head, head_len);
    b->n = head_len + len;
    return true;
}

/* The ref's bytes from the RLP in scratch.  The root is a hash whatever its length. */
static void ref_update(struct trie_ref *r, struct mc_slice rlp, bool root)
{
    struct mc_hash h;

    if (rlp.n < sizeof r->bytes && !root) {
        memcpy(r->bytes, rlp.p, rlp.n);
        r->len = (uint8_t)rlp.n;
        return;
    }
    mc_keccak256(&h, rlp);
    memcpy(r->bytes, h.b, sizeof r->bytes);
    r->len = sizeof r->bytes;
}

static enum mc_err emit(struct settle *s, const struct trie_path *path, struct mc_slice rlp)
{
    enum mc_err err = s->emit(s->arg, path, rlp);
    char text[TRIE_PATH_MAX + 5];

    if (err != MC_OK)
        mc_errf(s->em, "trie node %s: cannot be handed out: %s",
                trie_path_text(text, path->nibbles, path->n), mc_err_text(err));
    return err;
}

static enum mc_err hand_out(struct settle *s, struct trie_ref *r, uint32_t pos)
{
    bool hashed = r->len == sizeof r->bytes;

    s->path.n = (uint8_t)pos;
    if (!hashed && (r->flags & TRIE_STORED) == 0)
        return MC_OK;
    r->flags = (uint8_t)(hashed ? r->flags | TRIE_STORED : r->flags & ~TRIE_STORED);
    return emit(s, &s->path, hashed ? mc_buf_slice(&s->t->scratch) : mc_slice(NULL, 0));
}

static enum mc_err settle_ref(struct settle *s, struct trie_ref *r, uint32_t pos);

static enum mc_err settle_kids(struct settle *s, struct trie_node *n, uint32_t pos)
{
    struct trie_ref *kid;
    enum mc_err err = MC_OK;

    if (n->kind == TRIE_EXT) {
        trie_node_path(s->path.nibbles + pos, n);
        return settle_ref(s, &trie_ext_of(n)->child, pos + n->path_n);
    }
    if (n->kind == TRIE_LEAF)
        return MC_OK;
    kid = trie_branch_of(n)->kids;
    for (uint32_t mask = n->mask; mask != 0 && err == MC_OK; mask &= mask - 1, kid++) {
        s->path.nibbles[pos] = (uint8_t)__builtin_ctz(mask);
        err = settle_ref(s, kid, pos + 1);
    }
    return err;
}

/* Children first: a node's RLP holds their hashes.  A node with work to do is loaded, and so are
 * those above it. */
static enum mc_err settle_ref(struct settle *s, struct trie_ref *r, uint32_t pos)
{
    enum mc_err err;

    if ((r->flags & s->todo) == 0)
        return MC_OK;
    err = settle_kids(s, r->node, pos);
    if (err != MC_OK)
        return err;
    if (!trie_node_encode(s->t, r->node))
        return mc_fail(s->em, MC_ENOMEM, "trie: out of memory");
    if ((r->flags & TRIE_DIRTY) != 0)
        ref_update(r, mc_buf_slice(&s->t->scratch), pos == 0);
    if (s->emit != NULL)
        err = hand_out(s, r, pos);
    r->flags = (uint8_t)(r->flags & ~s->todo);
    return err;
}

/* ---- paths whose node is gone ---- */

/* True when a node stands at this path under its own hash. */
static bool stands(struct trie *t, const struct trie_path *path)
{
    const struct trie_ref *r = &t->root;
    uint32_t pos = 0;

    while (r != NULL && r->node != NULL && pos < path->n) {
        struct trie_node *n = r->node;
        if (n->kind == TRIE_BRANCH) {
            r = trie_kid(n, path->nibbles[pos++]);
        } else if (n->kind == TRIE_EXT) {
            for (uint32_t i = 0; i < n->path_n; i++, pos++) {
                if (pos == path->n ||
                    path->nibbles[pos] != trie_hp_nibble(trie_ext_of(n)->hp, n->path_n, i))
                    return false;
            }
            r = &trie_ext_of(n)->child;
        } else {
            return false;
        }
    }
    return r != NULL && pos == path->n && r->len == sizeof r->bytes;
}

static int path_cmp(const void *a, const void *b)
{
    const struct trie_path *x = a, *y = b;

    return mc_slice_cmp(mc_slice(x->nibbles, x->n), mc_slice(y->nibbles, y->n));
}

static enum mc_err hand_out_gone(struct settle *s)
{
    struct trie *t = s->t;
    enum mc_err err = MC_OK;

    if (t->gone_cnt > 1)
        qsort(t->gone, t->gone_cnt, sizeof *t->gone, path_cmp);
    for (size_t i = 0; i < t->gone_cnt && err == MC_OK; i++) {
        if ((i > 0 && path_cmp(&t->gone[i - 1], &t->gone[i]) == 0) || stands(t, &t->gone[i]))
            continue;
        err = emit(s, &t->gone[i], mc_slice(NULL, 0));
    }
    t->gone_cnt = 0;
    return err;
}

/* The empty trie has no node; its former root goes when it was stored. */
static enum mc_err settle_empty(struct settle *s)
{
    struct trie_ref *root = &s->t->root;
    enum mc_err err = MC_OK;

    if (s->emit != NULL && (root->flags & TRIE_STORED) != 0) {
        s->path.n = 0;
        err = emit(s, &s->path, mc_slice(NULL, 0));
        root->flags = 0;
    }
    root->flags = (uint8_t)(root->flags & ~s->todo);
    return err;
}

enum mc_err trie_commit(struct trie *t, struct mc_hash *root, trie_emit_fn emit_fn, void *emit_arg,
                        struct mc_errmsg *em)
{
    struct settle s = {.t = t, .emit = emit_fn, .arg = emit_arg, .em = em, .todo = TRIE_DIRTY};
    enum mc_err err;

    if (t->broken)
        return mc_fail(em, MC_ENOMEM, "trie: a change ran out of memory half way");
    if (emit_fn != NULL)
        s.todo |= TRIE_UNSAVED;
    err = trie_ref_absent(&t->root) ? settle_empty(&s) : settle_ref(&s, &t->root, 0);
    if (err == MC_OK && emit_fn != NULL)
        err = hand_out_gone(&s);
    if (err != MC_OK)
        return err;
    if (trie_ref_absent(&t->root))
        *root = MC_KECCAK_EMPTY_TRIE;
    else
        memcpy(root->b, t->root.bytes, sizeof root->b);
    return MC_OK;
}

enum mc_err trie_hash(struct trie *t, struct mc_errmsg *em)
{
    struct mc_hash root;

    return trie_commit(t, &root, NULL, NULL, em);
}
