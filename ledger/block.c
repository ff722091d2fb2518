#include "ledger/block.h"
#include "ledger/rlp_head.h"

/* ---- the trie over rlp(index) (yellow paper 4.3.2) ----
 *
 * The keys are known and sorted, so no trie is built: a node is the range of keys that share its
 * path, and its reference is computed from the references of its sub-ranges. */

#define LIST_KEY_MAX     5u /* bytes of rlp(a 32-bit index) */
#define LIST_NIBBLES_MAX (2u * LIST_KEY_MAX)
#define BRANCH_BYTES_MAX (RLP_HEAD_MAX + 16u * 33u + 1u)

struct list_key {
    uint8_t nibbles[LIST_NIBBLES_MAX];
    uint8_t n;
    uint32_t item;
};

struct list {
    const struct mc_slice *items;
    const struct list_key *keys; /* in lexicographic order */
};

/* What a parent holds of a child: the hash as a string, or the child itself when it is shorter
 * than 32 bytes. */
struct list_ref {
    uint8_t b[33];
    uint8_t n;
};

static void key_fill(struct list_key *k, uint32_t item)
{
    uint8_t enc[RLP_HEAD_MAX + 4];
    uint8_t be[4];
    size_t skip = 0, n;

    mc_be32_put(be, item);
    while (skip < sizeof be && be[skip] == 0)
        skip++;
    n = rlp_string_put(enc, mc_slice(be + skip, sizeof be - skip));
    for (size_t i = 0; i < n; i++) {
        k->nibbles[2 * i] = enc[i] >> 4;
        k->nibbles[2 * i + 1] = enc[i] & 15;
    }
    k->n = (uint8_t)(2 * n);
    k->item = item;
}

/* rlp(0) is 0x80: it sorts behind 1 to 127 and in front of 128, which is 0x8180. */
static void keys_fill(struct list_key *keys, uint32_t cnt)
{
    uint32_t low = cnt < 128 ? cnt : 128;

    for (uint32_t i = 1; i < low; i++)
        key_fill(&keys[i - 1], i);
    key_fill(&keys[low - 1], 0);
    for (uint32_t i = low; i < cnt; i++)
        key_fill(&keys[i], i);
}

/* Hex-prefix encoding (yellow paper, appendix C) as an RLP string; returns its length, at most
 * LIST_KEY_MAX + 2. */
static size_t path_put(uint8_t *out, const uint8_t *nibbles, uint32_t n, bool leaf)
{
    uint8_t hp[LIST_KEY_MAX + 1];
    uint32_t odd = n & 1;

    hp[0] = (uint8_t)((leaf ? 0x20 : 0) | (odd != 0 ? 0x10 | nibbles[0] : 0));
    for (uint32_t i = 0; i < n / 2; i++)
        hp[1 + i] = (uint8_t)(nibbles[odd + 2 * i] << 4 | nibbles[odd + 2 * i + 1]);
    return rlp_string_put(out, mc_slice(hp, 1 + n / 2));
}

static void ref_hash(struct list_ref *ref, const struct mc_slice *parts, size_t cnt)
{
    struct mc_hash h;

    mc_keccak256v(&h, parts, cnt);
    ref->b[0] = RLP_BASE_STRING + sizeof h.b;
    memcpy(ref->b + 1, h.b, sizeof h.b);
    ref->n = 1 + sizeof h.b;
}

/* The reference to a node that is given in parts; the root is hashed whatever its length. */
static void ref_make(struct list_ref *ref, const struct mc_slice *parts, size_t cnt, bool root)
{
    size_t n = 0;

    for (size_t i = 0; i < cnt; i++)
        n += parts[i].n;
    if (n >= sizeof(struct mc_hash) || root) {
        ref_hash(ref, parts, cnt);
        return;
    }
    ref->n = 0;
    for (size_t i = 0; i < cnt; i++) {
        memcpy(ref->b + ref->n, parts[i].p, parts[i].n);
        ref->n = (uint8_t)(ref->n + parts[i].n);
    }
}

static void leaf_ref(struct list_ref *ref, const struct list *l, uint32_t at, uint32_t depth)
{
    const struct list_key *k = &l->keys[at];
    struct mc_slice value = l->items[k->item];
    uint8_t head[2 * RLP_HEAD_MAX + LIST_KEY_MAX + 2], path[LIST_KEY_MAX + 2];
    size_t path_len = path_put(path, k->nibbles + depth, k->n - depth, true), n;
    size_t value_len = rlp_string_len(value);

    n = rlp_head_put(head, RLP_BASE_LIST, path_len + value_len);
    memcpy(head + n, path, path_len);
    n += path_len;
    if (value_len > value.n) /* a byte below 0x80 stands for itself */
        n += rlp_head_put(head + n, RLP_BASE_STRING, value.n);
    const struct mc_slice parts[] = {mc_slice(head, n), value};
    ref_make(ref, parts, MC_COUNT(parts), depth == 0);
}

static void range_ref(struct list_ref *ref, const struct list *l, uint32_t lo, uint32_t hi,
                      uint32_t depth);

/* Keys lo to hi differ at this depth.  No key of the list is the beginning of another, so
 * branches hold no value. */
static void branch_ref(struct list_ref *ref, const struct list *l, uint32_t lo, uint32_t hi,
                       uint32_t depth, bool root)
{
    uint8_t node[BRANCH_BYTES_MAX], *body = node + RLP_HEAD_MAX, head[RLP_HEAD_MAX];
    size_t n = 0, head_len;

    for (uint8_t nibble = 0; nibble < 16; nibble++) {
        struct list_ref child;
        uint32_t end = lo;
        while (end < hi && l->keys[end].nibbles[depth] == nibble)
            end++;
        if (end == lo) {
            body[n++] = RLP_BASE_STRING;
            continue;
        }
        range_ref(&child, l, lo, end, depth + 1);
        memcpy(body + n, child.b, child.n);
        n += child.n;
        lo = end;
    }
    body[n++] = RLP_BASE_STRING;
    head_len = rlp_head_put(head, RLP_BASE_LIST, n);
    memcpy(body - head_len, head, head_len);
    const struct mc_slice whole = mc_slice(body - head_len, head_len + n);
    ref_make(ref, &whole, 1, root);
}

/* Keys lo to hi share the first `depth` nibbles.  Recursion ends after LIST_NIBBLES_MAX levels. */
static void range_ref(struct list_ref *ref, const struct list *l, uint32_t lo, uint32_t hi,
                      uint32_t depth)
{
    const uint8_t *first = l->keys[lo].nibbles, *last = l->keys[hi - 1].nibbles;
    uint8_t head[RLP_HEAD_MAX], path[LIST_KEY_MAX + 2];
    uint32_t end = depth;
    struct list_ref child;
    size_t path_len;

    if (hi - lo == 1) {
        leaf_ref(ref, l, lo, depth);
        return;
    }
    while (first[end] == last[end]) /* sorted: what these two share, all share */
        end++;
    branch_ref(end == depth ? ref : &child, l, lo, hi, end, depth == 0 && end == depth);
    if (end == depth)
        return;
    path_len = path_put(path, first + depth, end - depth, false);
    const struct mc_slice parts[] = {
        mc_slice(head, rlp_head_put(head, RLP_BASE_LIST, path_len + child.n)),
        mc_slice(path, path_len), mc_slice(child.b, child.n)};
    ref_make(ref, parts, MC_COUNT(parts), depth == 0);
}

enum mc_err ledger_list_root(struct mc_hash *out, const struct mc_slice *items, uint32_t cnt,
                             struct mc_arena *arena)
{
    struct list_key *keys;
    struct list_ref root;

    if (cnt == 0) {
        *out = MC_KECCAK_EMPTY_TRIE;
        return MC_OK;
    }
    keys = mc_arena_calloc(arena, cnt, sizeof *keys);
    if (keys == NULL)
        return MC_ENOMEM;
    keys_fill(keys, cnt);
    const struct list l = {items, keys};
    range_ref(&root, &l, 0, cnt, 0);
    memcpy(out->b, root.b + 1, sizeof out->b);
    return MC_OK;
}

/* ---- blocks and addresses ---- */

/* EIP-2718: in a block's list a typed transaction is a string, a legacy one the list that it is. */
static bool is_typed(struct mc_slice raw_tx)
{
    return raw_tx.n > 0 && raw_tx.p[0] < RLP_BASE_LIST;
}

void ledger_block_encode(struct mc_buf *out, struct mc_slice header_rlp,
                         const struct mc_slice *raw_txs, uint32_t cnt)
{
    size_t txs = 0, payload;

    for (uint32_t i = 0; i < cnt; i++)
        txs += is_typed(raw_txs[i]) ? rlp_string_len(raw_txs[i]) : raw_txs[i].n;
    payload = header_rlp.n + rlp_head_len(txs) + txs + 1;
    if (!mc_buf_reserve(out, RLP_HEAD_MAX + payload))
        return;
    mc_rlp_put_list_header(out, payload);
    mc_buf_put_slice(out, header_rlp);
    mc_rlp_put_list_header(out, txs);
    for (uint32_t i = 0; i < cnt; i++) {
        if (is_typed(raw_txs[i]))
            mc_rlp_put_bytes(out, raw_txs[i]);
        else
            mc_buf_put_slice(out, raw_txs[i]);
    }
    mc_rlp_put_list_header(out, 0); /* uncles */
}

void ledger_create_address(struct mc_addr *out, const struct mc_addr *sender, uint64_t nonce)
{
    uint8_t be[8], enc[1 + 21 + 9];
    size_t skip = 0, n = 1;
    struct mc_hash h;

    mc_be64_put(be, nonce);
    while (skip < sizeof be && be[skip] == 0)
        skip++;
    n += rlp_string_put(enc + n, mc_addr_slice(sender));
    n += rlp_string_put(enc + n, mc_slice(be + skip, sizeof be - skip));
    enc[0] = (uint8_t)(RLP_BASE_LIST + n - 1);
    mc_keccak256(&h, mc_slice(enc, n));
    memcpy(out->b, h.b + 12, sizeof out->b);
}
