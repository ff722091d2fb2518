/* Making, releasing, loading and decoding nodes. */
#include <stdlib.h>

#include "ledger/rlp_head.h"
#include "ledger/trie_node.h"

#define MALLOC_OVERHEAD 16u /* what the allocator adds to a block, about */

static size_t branch_size(uint16_t mask)
{
    return sizeof(struct trie_branch) + (size_t)__builtin_popcount(mask) * sizeof(struct trie_ref);
}

static size_t node_size(const struct trie_node *n)
{
    switch ((enum trie_kind)n->kind) {
    case TRIE_LEAF:
        return sizeof(struct trie_leaf) + trie_hp_len(n->path_n) + n->value_n;
    case TRIE_EXT:
        return sizeof(struct trie_ext) + trie_hp_len(n->path_n);
    case TRIE_BRANCH:
        return branch_size(n->mask);
    }
    return 0;
}

static struct trie_node *node_new(struct trie *t, enum trie_kind kind, size_t size)
{
    struct trie_node *n = malloc(size);

    if (n == NULL)
        return NULL;
    memset(n, 0, sizeof *n);
    n->kind = (uint8_t)kind;
    t->bytes += size + MALLOC_OVERHEAD;
    return n;
}

/* Yellow paper, appendix C. */
static void hp_put(uint8_t *hp, const uint8_t *nibbles, uint32_t n, bool leaf)
{
    uint32_t odd = n & 1;

    hp[0] = (uint8_t)((leaf ? 0x20 : 0) | (odd != 0 ? 0x10 | nibbles[0] : 0));
    for (uint32_t i = 0; i < n / 2; i++)
        hp[1 + i] = (uint8_t)(nibbles[odd + 2 * i] << 4 | nibbles[odd + 2 * i + 1]);
}

struct trie_node *trie_leaf_new(struct trie *t, const uint8_t *nibbles, uint32_t n,
                                struct mc_slice value)
{
    uint32_t hp_n = trie_hp_len(n);
    struct trie_node *leaf = node_new(t, TRIE_LEAF, sizeof(struct trie_leaf) + hp_n + value.n);

    if (leaf == NULL)
        return NULL;
    leaf->path_n = (uint8_t)n;
    leaf->value_n = (uint32_t)value.n;
    hp_put(trie_leaf_of(leaf)->bytes, nibbles, n, true);
    memcpy(trie_leaf_of(leaf)->bytes + hp_n, value.p, value.n);
    return leaf;
}

struct trie_node *trie_ext_new(struct trie *t, const uint8_t *nibbles, uint32_t n)
{
    struct trie_node *ext = node_new(t, TRIE_EXT, sizeof(struct trie_ext) + trie_hp_len(n));

    if (ext == NULL)
        return NULL;
    ext->path_n = (uint8_t)n;
    trie_ext_of(ext)->child = (struct trie_ref){0};
    hp_put(trie_ext_of(ext)->hp, nibbles, n, false);
    return ext;
}

struct trie_node *trie_branch_new(struct trie *t, uint16_t mask)
{
    struct trie_node *n = node_new(t, TRIE_BRANCH, branch_size(mask));

    if (n == NULL)
        return NULL;
    n->mask = mask;
    trie_branch_of(n)->value = NULL;
    memset(trie_branch_of(n)->kids, 0, (size_t)__builtin_popcount(mask) * sizeof(struct trie_ref));
    return n;
}

bool trie_branch_set_value(struct trie *t, struct trie_node *n, struct mc_slice value)
{
    struct trie_branch *b = trie_branch_of(n);
    uint8_t *copy = NULL;

    if (value.n > 0) {
        copy = malloc(value.n);
        if (copy == NULL)
            return false;
        memcpy(copy, value.p, value.n);
    }
    free(b->value);
    t->bytes = t->bytes - n->value_n + value.n;
    b->value = copy;
    n->value_n = (uint32_t)value.n;
    return true;
}

struct trie_node *trie_branch_add(struct trie *t, struct trie_node *n, uint32_t nibble)
{
    uint32_t at = trie_kid_index(n, nibble), cnt = (uint32_t)__builtin_popcount(n->mask);
    struct trie_branch *b = realloc(n, branch_size(n->mask) + sizeof(struct trie_ref));

    if (b == NULL)
        return NULL;
    memmove(&b->kids[at + 1], &b->kids[at], (cnt - at) * sizeof b->kids[0]);
    b->kids[at] = (struct trie_ref){0};
    b->n.mask |= (uint16_t)(1u << nibble);
    t->bytes += sizeof b->kids[0];
    return &b->n;
}

struct trie_node *trie_branch_remove(struct trie *t, struct trie_node *n, uint32_t nibble)
{
    struct trie_branch *b = trie_branch_of(n), *smaller;
    uint32_t at = trie_kid_index(n, nibble), cnt = (uint32_t)__builtin_popcount(n->mask);

    memmove(&b->kids[at], &b->kids[at + 1], (cnt - at - 1) * sizeof b->kids[0]);
    n->mask &= (uint16_t) ~(1u << nibble);
    t->bytes -= sizeof b->kids[0];
    smaller = realloc(b, branch_size(n->mask));
    return smaller != NULL ? &smaller->n : n;
}

void trie_node_free(struct trie *t, struct trie_node *n)
{
    t->bytes -= node_size(n) + MALLOC_OVERHEAD;
    if (n->kind == TRIE_BRANCH) {
        t->bytes -= n->value_n;
        free(trie_branch_of(n)->value);
    }
    free(n);
}

/* Recursion ends after TRIE_PATH_MAX levels: each but a leaf takes at least one nibble. */
void trie_ref_free(struct trie *t, struct trie_ref *r)
{
    struct trie_node *n = r->node;

    if (n == NULL)
        return;
    if (n->kind == TRIE_EXT)
        trie_ref_free(t, &trie_ext_of(n)->child);
    if (n->kind == TRIE_BRANCH) {
        uint32_t cnt = (uint32_t)__builtin_popcount(n->mask);
        for (uint32_t i = 0; i < cnt; i++)
            trie_ref_free(t, &trie_branch_of(n)->kids[i]);
    }
    trie_node_free(t, n);
    r->node = NULL;
}

void trie_node_path(uint8_t *out, struct trie_node *n)
{
    const uint8_t *hp = trie_node_hp(n);

    for (uint32_t i = 0; i < n->path_n; i++)
        out[i] = trie_hp_nibble(hp, n->path_n, i);
}

const char *trie_path_text(char out[TRIE_PATH_MAX + 5], const uint8_t *path, uint32_t n)
{
    if (n == 0)
        memcpy(out, "root", 5);
    for (uint32_t i = 0; i < n; i++)
        out[i] = "0123456789abcdef"[path[i]];
    if (n != 0)
        out[n] = '\0';
    return out;
}

/* ---- decoding ---- */

/* A child as its parent's RLP holds it: empty, a hash, or a node below 32 bytes. */
static enum mc_err decode_ref(struct mc_rlp *r, struct trie_ref *out, struct mc_errmsg *em)
{
    struct mc_slice s;
    enum mc_err err;

    *out = (struct trie_ref){0};
    if (mc_rlp_next_is_list(r)) {
        err = mc_rlp_raw(r, &s, em);
        if (err == MC_OK && s.n >= sizeof out->bytes)
            err = mc_fail(em, MC_EMALFORM, "an embedded node of %zu bytes", s.n);
    } else {
        err = mc_rlp_bytes(r, &s, em);
        if (err == MC_OK && s.n == 0)
            return MC_OK;
        if (err == MC_OK && s.n != sizeof out->bytes)
            err = mc_fail(em, MC_EMALFORM, "a child reference of %zu bytes", s.n);
        out->flags = TRIE_STORED;
    }
    if (err != MC_OK)
        return err;
    memcpy(out->bytes, s.p, s.n);
    out->len = (uint8_t)s.n;
    return MC_OK;
}

/* Hex-prefix text of a short node: 1 to 33 bytes, flag 0 to 3, padding zero. */
static enum mc_err decode_path(struct mc_rlp *r, uint8_t *nibbles, uint32_t *n, bool *leaf,
                               struct mc_errmsg *em)
{
    struct mc_slice hp;
    enum mc_err err = mc_rlp_bytes(r, &hp, em);

    if (err != MC_OK)
        return err;
    if (hp.n == 0 || hp.n > 1 + TRIE_PATH_MAX / 2 || hp.p[0] > 0x3f ||
        ((hp.p[0] & 0x10) == 0 && (hp.p[0] & 0x0f) != 0))
        return mc_fail(em, MC_EMALFORM, "a path that is not hex-prefix encoded");
    *leaf = (hp.p[0] & 0x20) != 0;
    *n = (uint32_t)(2 * (hp.n - 1) + ((hp.p[0] & 0x10) != 0));
    if (*n > TRIE_PATH_MAX)
        return mc_fail(em, MC_EMALFORM, "a path of %u nibbles", (unsigned)*n);
    for (uint32_t i = 0; i < *n; i++)
        nibbles[i] = trie_hp_nibble(hp.p, *n, i);
    return MC_OK;
}

static enum mc_err decode_short(struct trie *t, struct trie_node **out, struct mc_rlp *r,
                                struct mc_errmsg *em)
{
    uint8_t nibbles[TRIE_PATH_MAX] = {0};
    struct mc_slice value;
    struct trie_ref child;
    uint32_t n = 0;
    bool leaf = false;
    enum mc_err err = decode_path(r, nibbles, &n, &leaf, em);

    if (err == MC_OK)
        err = leaf ? mc_rlp_bytes(r, &value, em) : decode_ref(r, &child, em);
    if (err != MC_OK)
        return err;
    if (leaf ? value.n == 0 : n == 0 || child.len == 0)
        return mc_fail(em, MC_EMALFORM, "%s", leaf ? "a leaf without value" : "an empty extension");
    *out = leaf ? trie_leaf_new(t, nibbles, n, value) : trie_ext_new(t, nibbles, n);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    if (!leaf)
        trie_ext_of(*out)->child = child;
    return MC_OK;
}

static enum mc_err decode_branch(struct trie *t, struct trie_node **out, struct mc_rlp *r,
                                 struct mc_errmsg *em)
{
    struct trie_ref kids[16];
    struct mc_slice value;
    uint16_t mask = 0;
    uint32_t cnt = 0;

    for (uint32_t i = 0; i < 16; i++) {
        enum mc_err err = decode_ref(r, &kids[cnt], em);
        if (err != MC_OK)
            return err;
        if (kids[cnt].len == 0)
            continue;
        mask |= (uint16_t)(1u << i);
        cnt++;
    }
    if (mc_rlp_bytes(r, &value, em) != MC_OK)
        return MC_EMALFORM;
    if (cnt + (value.n != 0) < 2)
        return mc_fail(em, MC_EMALFORM, "a branch that does not branch");
    *out = trie_branch_new(t, mask);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    memcpy(trie_branch_of(*out)->kids, kids, cnt * sizeof kids[0]);
    if (value.n > 0 && !trie_branch_set_value(t, *out, value)) {
        trie_node_free(t, *out);
        *out = NULL; /* the caller's ref must not lead there */
        return mc_fail(em, MC_ENOMEM, "out of memory");
    }
    return MC_OK;
}

static enum mc_err count_items(struct mc_rlp r, uint32_t *cnt, struct mc_errmsg *em)
{
    struct mc_slice s;

    for (*cnt = 0; !mc_rlp_done(&r); ++*cnt) {
        enum mc_err err = mc_rlp_raw(&r, &s, em);
        if (err != MC_OK)
            return err;
    }
    return MC_OK;
}

enum mc_err trie_node_decode(struct trie *t, struct trie_node **out, struct mc_slice rlp,
                             struct mc_errmsg *em)
{
    struct mc_rlp outer = mc_rlp_open(rlp), r;
    uint32_t cnt = 0;
    enum mc_err err = mc_rlp_list(&outer, &r, em);

    if (err == MC_OK)
        err = mc_rlp_end(&outer, em);
    if (err == MC_OK)
        err = count_items(r, &cnt, em);
    if (err != MC_OK)
        return err;
    if (cnt == 2)
        return decode_short(t, out, &r, em);
    if (cnt == 17)
        return decode_branch(t, out, &r, em);
    return mc_fail(em, MC_EMALFORM, "a node of %u items", (unsigned)cnt);
}

/* ---- loading ---- */

static enum mc_err fetch(struct trie *t, const struct trie_ref *r, const uint8_t *path,
                         uint32_t pos, struct mc_errmsg *em)
{
    struct trie_path at = {.n = (uint8_t)pos};
    struct mc_hash h;
    enum mc_err err;

    if (t->load == NULL)
        return mc_fail(em, MC_ECORRUPT, "only its hash is known");
    memcpy(at.nibbles, path, pos);
    mc_buf_reset(&t->scratch);
    err = t->load(t->load_arg, &t->scratch, &at, em);
    if (err == MC_ENOTFOUND)
        return mc_fail(em, MC_ECORRUPT, "missing in the store");
    if (err == MC_OK)
        err = mc_buf_check(&t->scratch, "node", em);
    if (err != MC_OK)
        return err;
    mc_keccak256(&h, mc_buf_slice(&t->scratch));
    if (memcmp(h.b, r->bytes, sizeof h.b) != 0)
        return mc_fail(em, MC_ECORRUPT, "the stored node does not have the hash of its reference");
    return MC_OK;
}

/* No key is longer than TRIE_PATH_MAX nibbles, so no node may reach deeper: this bounds every
 * recursion. */
static enum mc_err depth_check(const struct trie_node *n, uint32_t pos, struct mc_errmsg *em)
{
    uint32_t end = pos + n->path_n + (n->kind == TRIE_LEAF ? 0 : 1);

    if (end > TRIE_PATH_MAX)
        return mc_fail(em, MC_ECORRUPT, "it reaches deeper than any key");
    return MC_OK;
}

enum mc_err trie_ref_load(struct trie *t, struct trie_ref *r, const uint8_t *path, uint32_t pos,
                          struct mc_errmsg *em)
{
    struct mc_slice rlp = mc_slice(r->bytes, r->len);
    char text[TRIE_PATH_MAX + 5];
    enum mc_err err = MC_OK;

    if (r->node != NULL)
        return MC_OK;
    if (r->len == sizeof r->bytes) {
        err = fetch(t, r, path, pos, em);
        rlp = mc_buf_slice(&t->scratch);
    }
    if (err == MC_OK)
        err = trie_node_decode(t, &r->node, rlp, em);
    /* Its hash is right, so these bytes were stored as they are. */
    if (err == MC_EMALFORM)
        err = MC_ECORRUPT;
    if (err == MC_OK)
        err = depth_check(r->node, pos, em);
    if (err != MC_OK) {
        trie_ref_free(t, r);
        mc_errwrap(em, "trie node %s", trie_path_text(text, path, pos));
    }
    return err;
}
