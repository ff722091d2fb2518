/* Nodes of the trie in memory, private to trie*.c.
 *
 * A node is one block of memory.  Its parent holds a trie_ref to it: the bytes that the parent's
 * RLP contains for it (a hash, or the child's own RLP below 32 bytes), and a pointer when it is
 * loaded.  Paths are kept hex-prefix encoded, as they are hashed. */
#ifndef MC_LEDGER_TRIE_NODE_H
#define MC_LEDGER_TRIE_NODE_H

#include "ledger/trie.h"

enum trie_kind { TRIE_LEAF, TRIE_EXT, TRIE_BRANCH };

struct trie_node {
    uint8_t kind;     /* enum trie_kind */
    uint8_t path_n;   /* nibbles, 0..64: leaf, extension */
    uint16_t mask;    /* branch: bit i set when child i is present */
    uint32_t value_n; /* bytes: leaf; branch, 0 for no value */
};

enum {
    TRIE_DIRTY = 1,   /* bytes and len are stale */
    TRIE_UNSAVED = 2, /* the node was not yet handed to an emitter */
    TRIE_STORED = 4   /* the store holds a node under this ref's path */
};

struct trie_ref {
    struct trie_node *node; /* NULL: absent (len 0) or not loaded */
    uint8_t bytes[32];      /* hash when len is 32, else the node's own RLP */
    uint8_t len;            /* 0 with a node only while TRIE_DIRTY */
    uint8_t flags;
};

struct trie_leaf {
    struct trie_node n;
    uint8_t bytes[]; /* hex-prefix path, then the value */
};

struct trie_ext {
    struct trie_node n;
    struct trie_ref child;
    uint8_t hp[];
};

struct trie_branch {
    struct trie_node n;
    uint8_t *value;         /* NULL for none; only keys of unequal length need it */
    struct trie_ref kids[]; /* the present ones, in nibble order */
};

struct trie {
    struct trie_ref root;
    trie_load_fn load;
    void *load_arg;
    size_t bytes;           /* of all nodes */
    struct mc_buf scratch;  /* RLP of the node at hand */
    struct trie_path *gone; /* paths that lost a stored node since the last emitting commit */
    size_t gone_cnt, gone_cap;
    bool broken; /* a change stopped half way for want of memory */
};

static inline struct trie_leaf *trie_leaf_of(struct trie_node *n)
{
    return (struct trie_leaf *)n;
}
static inline struct trie_ext *trie_ext_of(struct trie_node *n)
{
    return (struct trie_ext *)n;
}
static inline struct trie_branch *trie_branch_of(struct trie_node *n)
{
    return (struct trie_branch *)n;
}
static inline bool trie_ref_absent(const struct trie_ref *r)
{
    return r->node == NULL && r->len == 0;
}
static inline uint32_t trie_hp_len(uint32_t nibbles)
{
    return nibbles / 2 + 1;
}
static inline struct mc_slice trie_leaf_value(struct trie_node *n)
{
    return mc_slice(trie_leaf_of(n)->bytes + trie_hp_len(n->path_n), n->value_n);
}
/* The hex-prefix bytes of a leaf or an extension. */
static inline const uint8_t *trie_node_hp(struct trie_node *n)
{
    return n->kind == TRIE_LEAF ? trie_leaf_of(n)->bytes : trie_ext_of(n)->hp;
}
/* Nibble i of a hex-prefix path of n nibbles. */
static inline uint8_t trie_hp_nibble(const uint8_t *hp, uint32_t n, uint32_t i)
{
    uint32_t at = i + 2 - (n & 1);

    return (at & 1) != 0 ? hp[at >> 1] & 15 : hp[at >> 1] >> 4;
}
/* Index into kids of the child at this nibble; for an absent one, where it would go. */
static inline uint32_t trie_kid_index(const struct trie_node *n, uint32_t nibble)
{
    return (uint32_t)__builtin_popcount(n->mask & ((1u << nibble) - 1u));
}
/* The child of a branch at this nibble, or NULL. */
static inline struct trie_ref *trie_kid(struct trie_node *n, uint32_t nibble)
{
    if ((n->mask >> nibble & 1) == 0)
        return NULL;
    return &trie_branch_of(n)->kids[trie_kid_index(n, nibble)];
}

/* ---- trie_node.c ---- */
/* New nodes; NULL when memory is short.  The extension's child and the branch's kids (one for
 * each bit of mask) start absent. */
struct trie_node *trie_leaf_new(struct trie *t, const uint8_t *nibbles, uint32_t n,
                                struct mc_slice value);
struct trie_node *trie_ext_new(struct trie *t, const uint8_t *nibbles, uint32_t n);
struct trie_node *trie_branch_new(struct trie *t, uint16_t mask);
/* Sets or clears a branch's value. */
MC_NODISCARD bool trie_branch_set_value(struct trie *t, struct trie_node *n, struct mc_slice value);
/* Makes room for an absent child, or closes the room of one; the branch may move.  NULL: out of
 * memory, unchanged. Removing never fails. */
struct trie_node *trie_branch_add(struct trie *t, struct trie_node *n, uint32_t nibble);
struct trie_node *trie_branch_remove(struct trie *t, struct trie_node *n, uint32_t nibble);
/* The node alone, and the node with everything below it. */
void trie_node_free(struct trie *t, struct trie_node *n);
void trie_ref_free(struct trie *t, struct trie_ref *r);
/* The nibbles of a leaf's or extension's path, into out. */
void trie_node_path(uint8_t *out, struct trie_node *n);
/* Brings in the node of a present ref; pos nibbles of path lead to it. */
MC_NODISCARD enum mc_err trie_ref_load(struct trie *t, struct trie_ref *r, const uint8_t *path,
                                       uint32_t pos, struct mc_errmsg *em);
/* Decodes one node.  MC_EMALFORM says what is wrong. */
MC_NODISCARD enum mc_err trie_node_decode(struct trie *t, struct trie_node **out,
                                          struct mc_slice rlp, struct mc_errmsg *em);
/* The path as text, for errors: hex digits, "root" for none. */
const char *trie_path_text(char out[TRIE_PATH_MAX + 5], const uint8_t *path, uint32_t n);

/* ---- trie_hash.c ---- */
/* RLP of a loaded node whose children are hashed, into t->scratch (replacing it).  False: out of
 * memory. */
MC_NODISCARD bool trie_node_encode(struct trie *t, struct trie_node *n);
/* Hashes what changed without handing anything out. */
MC_NODISCARD enum mc_err trie_hash(struct trie *t, struct mc_errmsg *em);

/* ---- trie_edit.c ---- */
MC_NODISCARD enum mc_err trie_insert(struct trie *t, const uint8_t *key, uint32_t key_n,
                                     struct mc_slice value, struct mc_errmsg *em);
MC_NODISCARD enum mc_err trie_remove(struct trie *t, const uint8_t *key, uint32_t key_n,
                                     struct mc_errmsg *em);

/* ---- trie.c ---- */
/* Unpacks a key; false when it is longer than TRIE_PATH_MAX nibbles. */
MC_NODISCARD bool trie_key_nibbles(uint8_t out[TRIE_PATH_MAX], struct mc_slice key);

#endif
