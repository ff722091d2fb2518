#include "vm/modules/sequence.h"

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
    bool fresh; /* not yet in its list */
    uint64_t bits;
    uint32_t count[FAN_OUT];
    uint32_t child_cnt;
};

static struct vm_key level_key(const struct vm_key *key, uint32_t level)
{
    struct vm_key k = *key;
    uint8_t b = (uint8_t)level;
    vm_key_add(&k, mc_slice(&b, 1));
    return k;
}

/* The root's level for a sequence that ever had `cnt` entries (at least 1). */
static uint32_t root_level(uint64_t cnt)
{
    uint32_t level = 0;
    for (uint64_t last = (cnt - 1) >> FAN_BITS; last != 0; last >>= FAN_BITS)
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

static enum mc_err node_load(struct vm_call *c, struct node *n, const struct vm_key *key,
                             uint32_t level, uint64_t i)
{
    struct mc_slice s = {NULL, 0};
    struct vm_key k = level_key(key, level);
    uint64_t len = 0;

    *n = (struct node){.level = level, .i = i};
    VM_TRY(vm_list_len(c, &k, &len));
    n->fresh = i >= len;
    if (!n->fresh)
        VM_TRY(vm_list_at(c, &k, i, &s));
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

static enum mc_err node_save(struct vm_call *c, const struct node *n, const struct vm_key *key)
{
    uint8_t b[FAN_OUT * COUNT_LEN];
    size_t len = 8;
    struct vm_key k = level_key(key, n->level);

    if (n->level == 0) {
        mc_be64_put(b, n->bits);
    } else {
        len = (size_t)n->child_cnt * COUNT_LEN;
        for (uint32_t j = 0; j < n->child_cnt; j++)
            mc_be32_put(b + j * COUNT_LEN, n->count[j]);
    }
    if (n->fresh)
        return vm_list_push(c, &k, mc_slice(b, len));
    return vm_list_set(c, &k, n->i, mc_slice(b, len));
}

static uint64_t node_sum(const struct node *n)
{
    uint64_t sum = bit_cnt(n->bits);
    for (uint32_t j = 0; j < n->child_cnt; j++)
        sum += n->count[j];
    return sum;
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
    if (n.fresh && n.i == 0) {
        /* The tree grows by a level: its first child is the old root, whose entries all count. */
        struct node old;
        VM_TRY(node_load(c, &old, key, level - 1, 0));
        n.count[0] = (uint32_t)node_sum(&old);
        n.child_cnt = 1;
    }
    if (n.child_cnt <= j)
        n.child_cnt = j + 1;
    n.count[j] += there ? 1u : UINT32_MAX; /* modulo 2^32: minus one */
    return node_save(c, &n, key);
}

enum mc_err vm_seq_add(struct vm_call *c, const struct vm_key *key, struct mc_slice entry,
                       uint64_t *pos)
{
    MC_ASSERT(entry.n != 0);
    VM_TRY(vm_list_len(c, key, pos));
    uint32_t root = root_level(*pos + 1);
    VM_REQUIRE(c, root <= LEVEL_MAX, "Result too large");
    VM_TRY(vm_list_push(c, key, entry));
    /* From the root down: a new root copies the old one's sum before that changes. */
    for (uint32_t level = root + 1; level-- > 0;)
        VM_TRY(node_change(c, key, level, *pos, true));
    return MC_OK;
}

enum mc_err vm_seq_remove(struct vm_call *c, const struct vm_key *key, uint64_t pos)
{
    uint64_t cnt;
    VM_TRY(vm_list_len(c, key, &cnt));
    MC_ASSERT(pos < cnt);
    VM_TRY(vm_list_set(c, key, pos, mc_slice(NULL, 0)));
    for (uint32_t level = root_level(cnt) + 1; level-- > 0;)
        VM_TRY(node_change(c, key, level, pos, false));
    return MC_OK;
}

static enum mc_err root_load(struct vm_call *c, struct node *n, const struct vm_key *key)
{
    uint64_t cnt;
    *n = (struct node){0};
    VM_TRY(vm_list_len(c, key, &cnt));
    return cnt == 0 ? MC_OK : node_load(c, n, key, root_level(cnt), 0);
}

enum mc_err vm_seq_len(struct vm_call *c, const struct vm_key *key, uint64_t *len)
{
    struct node root;
    *len = 0;
    VM_TRY(root_load(c, &root, key));
    *len = node_sum(&root);
    return MC_OK;
}

/* Position of the entry that has `rank` entries before it; rank is below the root's sum. */
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

enum mc_err vm_seq_ret_page(struct vm_call *c, struct vm_val *out, const struct vm_key *key,
                            uint64_t offset, uint64_t limit)
{
    struct node root;
    VM_TRY(root_load(c, &root, key));
    uint64_t total = node_sum(&root);
    out[0] = vm_list(c, vm_page_cnt(total, offset, limit));
    out[1] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        uint64_t pos = 0;
        struct mc_slice entry;
        VM_TRY(select_pos(c, key, &root, offset + i, &pos));
        VM_TRY(vm_list_at(c, key, pos, &entry));
        out[0].list.v[i] = vm_str(entry);
    }
    return MC_OK;
}
