#include "vm/modules/ranked.h"

#include "vm/modules/args.h"

#define FAN_BITS  6u
#define FAN_OUT   64u
#define COUNT_LEN 4u /* bytes of one count in a node, big endian */
/* A root at level 4 counts 64^5 = 2^30 entries, which still fit a count. */
#define LEVEL_MAX 4u

/* One node of a level: a bitmap (level 0) or counts; children past child_cnt are empty. */
struct node {
    uint32_t level;
    uint64_t i;
    bool fresh; /* not yet stored */
    uint64_t bits;
    uint32_t count[FAN_OUT];
    uint32_t child_cnt;
};

static struct vm_key node_key(const struct vm_key *key, uint32_t level, uint64_t i)
{
    struct vm_key k = *key;
    uint8_t b[9];
    b[0] = (uint8_t)level;
    mc_be64_put(b + 1, i);
    vm_key_add(&k, mc_slice(b, sizeof b));
    return k;
}

/* The root's level over a list of `len` entries. */
static uint32_t root_level(uint64_t len)
{
    uint32_t level = 0;
    for (uint64_t last = len == 0 ? 0 : (len - 1) >> FAN_BITS; last != 0; last >>= FAN_BITS)
        level++;
    return level;
}

static uint32_t bit_cnt(uint64_t v)
{
    uint32_t n = 0;
    for (; v != 0; v &= v - 1)
        n++;
    return n;
}

static uint64_t node_sum(const struct node *n)
{
    uint64_t sum = bit_cnt(n->bits);
    for (uint32_t j = 0; j < n->child_cnt; j++)
        sum += n->count[j];
    return sum;
}

static enum mc_err node_read(struct vm_call *c, struct node *n, const struct vm_key *key,
                             uint32_t level, uint64_t i)
{
    struct mc_slice s;
    struct vm_key k = node_key(key, level, i);

    *n = (struct node){.level = level, .i = i};
    VM_TRY(vm_list_at(c, &k, 0, &s));
    n->fresh = s.n == 0;
    if (level == 0) {
        n->bits = s.n == 8 ? mc_be64_get(s.p) : 0;
        return MC_OK;
    }
    n->child_cnt = (uint32_t)(s.n / COUNT_LEN);
    if (n->child_cnt > FAN_OUT)
        return MC_ECORRUPT;
    for (uint32_t j = 0; j < n->child_cnt; j++)
        n->count[j] = mc_be32_get(s.p + j * COUNT_LEN);
    return MC_OK;
}

/* The list may have grown by levels since the set changed: a leftmost node that is not there counts what the highest
 * one below it counts, which was the root when it was written. */
static enum mc_err node_load(struct vm_call *c, struct node *n, const struct vm_key *key,
                             uint32_t level, uint64_t i)
{
    VM_TRY(node_read(c, n, key, level, i));
    for (uint32_t below = level; n->fresh && i == 0 && below-- > 0;) {
        struct node old;
        VM_TRY(node_read(c, &old, key, below, 0));
        if (old.fresh)
            continue;
        n->count[0] = (uint32_t)node_sum(&old);
        n->child_cnt = 1;
        break;
    }
    return MC_OK;
}

static enum mc_err node_save(struct vm_call *c, const struct node *n, const struct vm_key *key)
{
    uint8_t b[FAN_OUT * COUNT_LEN];
    size_t len = 8;
    struct vm_key k = node_key(key, n->level, n->i);

    if (n->level == 0) {
        mc_be64_put(b, n->bits);
    } else {
        len = (size_t)n->child_cnt * COUNT_LEN;
        for (uint32_t j = 0; j < n->child_cnt; j++)
            mc_be32_put(b + j * COUNT_LEN, n->count[j]);
    }
    if (n->fresh)
        return vm_list_push(c, &k, mc_slice(b, len));
    return vm_list_set(c, &k, 0, mc_slice(b, len));
}

/* The node of the level over pos counts one entry more or less. */
static enum mc_err node_change(struct vm_call *c, const struct vm_key *key, uint32_t level,
                               uint64_t pos, bool there)
{
    struct node n;
    uint64_t child = pos >> (FAN_BITS * level);
    uint32_t j = (uint32_t)(child % FAN_OUT);

    VM_TRY(node_load(c, &n, key, level, child / FAN_OUT));
    if (level == 0) {
        MC_ASSERT(((n.bits >> j & 1) != 0) != there);
        n.bits ^= UINT64_C(1) << j;
        return node_save(c, &n, key);
    }
    if (n.child_cnt <= j)
        n.child_cnt = j + 1;
    n.count[j] += there ? 1u : UINT32_MAX; /* modulo 2^32: minus one */
    return node_save(c, &n, key);
}

static enum mc_err change(struct vm_call *c, const struct vm_key *key, uint64_t len, uint64_t pos,
                          bool there)
{
    uint32_t root = root_level(len);
    MC_ASSERT(pos < len);
    VM_REQUIRE(c, root <= LEVEL_MAX, "Result too large");
    /* From the root down: a new root copies the old one's sum before that changes. */
    for (uint32_t level = root + 1; level-- > 0;)
        VM_TRY(node_change(c, key, level, pos, there));
    return MC_OK;
}

enum mc_err vm_ranked_add(struct vm_call *c, const struct vm_key *key, uint64_t len, uint64_t pos)
{
    return change(c, key, len, pos, true);
}

enum mc_err vm_ranked_remove(struct vm_call *c, const struct vm_key *key, uint64_t len,
                             uint64_t pos)
{
    return change(c, key, len, pos, false);
}

/* Position of the entry that has `rank` entries of the set before it; rank is below the root's sum. */
static enum mc_err select_pos(struct vm_call *c, const struct vm_key *key, const struct node *root,
                              uint64_t rank, uint64_t *pos)
{
    struct node n = *root;
    while (n.level != 0) {
        uint32_t j = 0;
        while (j < n.child_cnt && rank >= n.count[j])
            rank -= n.count[j++];
        if (j == n.child_cnt)
            return MC_ECORRUPT; /* the counts contradict each other */
        VM_TRY(node_load(c, &n, key, n.level - 1, n.i * FAN_OUT + j));
    }
    if (rank >= bit_cnt(n.bits))
        return MC_ECORRUPT;
    uint64_t bits = n.bits;
    for (; rank != 0; rank--)
        bits &= bits - 1;
    uint32_t bit = 0;
    while ((bits >> bit & 1) == 0)
        bit++;
    *pos = n.i * FAN_OUT + bit;
    return MC_OK;
}

enum mc_err vm_ranked_ret_page(struct vm_call *c, struct vm_val *out, const struct vm_key *key,
                               const struct vm_key *base, uint64_t offset, uint64_t limit)
{
    struct node root;
    uint64_t len;
    VM_TRY(vm_list_len(c, base, &len));
    VM_TRY(node_load(c, &root, key, root_level(len), 0));
    uint64_t total = node_sum(&root);
    out[0] = vm_list(c, vm_page_cnt(total, offset, limit));
    out[1] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        uint64_t pos = 0;
        struct mc_slice entry;
        VM_TRY(select_pos(c, key, &root, offset + i, &pos));
        VM_TRY(vm_list_at(c, base, pos, &entry));
        out[0].list.v[i] = vm_str(entry);
    }
    return MC_OK;
}
