/* Checking proofs.  The nodes come from anywhere: they are read in place, nothing is built. */
#include "ledger/trie_node.h"

struct check {
    uint8_t key[TRIE_PATH_MAX];
    uint32_t key_n, pos;
    struct mc_slice value; /* found at the end; empty: absent */
    struct mc_slice child; /* what the next node is: 32 bytes of hash, or a list itself */
    bool child_is_list;
    bool done;
};

static enum mc_err wrong(struct mc_errmsg *em, const char *why)
{
    return mc_fail(em, MC_EAUTH, "%s", why);
}

/* An item that refers to a child; sets done for an empty one. */
static enum mc_err take_child(struct check *c, struct mc_rlp *r, struct mc_errmsg *em)
{
    c->child_is_list = mc_rlp_next_is_list(r);
    if (c->child_is_list) {
        if (mc_rlp_raw(r, &c->child, em) != MC_OK || c->child.n >= sizeof(struct mc_hash))
            return wrong(em, "an embedded node of 32 bytes or more");
        return MC_OK;
    }
    if (mc_rlp_bytes(r, &c->child, em) != MC_OK ||
        (c->child.n != 0 && c->child.n != sizeof(struct mc_hash)))
        return wrong(em, "a child reference that is no hash");
    c->done = c->child.n == 0;
    return MC_OK;
}

static enum mc_err read_branch(struct check *c, struct mc_rlp r, struct mc_errmsg *em)
{
    struct mc_slice skipped;
    uint32_t at = c->pos < c->key_n ? c->key[c->pos] : 16;

    for (uint32_t i = 0; i < at; i++) {
        if (mc_rlp_raw(&r, &skipped, em) != MC_OK)
            return wrong(em, "a branch that does not decode");
    }
    if (at < 16) {
        c->pos++;
        return take_child(c, &r, em);
    }
    c->done = true;
    if (mc_rlp_bytes(&r, &c->value, em) != MC_OK)
        return wrong(em, "a branch value that is a list");
    return MC_OK;
}

/* Advances over the node's path; false when the key takes another way. */
static bool follow(struct check *c, struct mc_slice hp, uint32_t n)
{
    if (n > c->key_n - c->pos)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (trie_hp_nibble(hp.p, n, i) != c->key[c->pos + i])
            return false;
    }
    c->pos += n;
    return true;
}

static enum mc_err read_short(struct check *c, struct mc_rlp r, struct mc_errmsg *em)
{
    struct mc_slice hp;
    uint32_t n;

    if (mc_rlp_bytes(&r, &hp, em) != MC_OK || hp.n == 0 || hp.n > 1 + TRIE_PATH_MAX / 2 ||
        hp.p[0] > 0x3f || ((hp.p[0] & 0x10) == 0 && (hp.p[0] & 0x0f) != 0))
        return wrong(em, "a path that is not hex-prefix encoded");
    n = (uint32_t)(2 * (hp.n - 1) + ((hp.p[0] & 0x10) != 0));
    if (!follow(c, hp, n)) {
        c->done = true;
        return MC_OK;
    }
    if ((hp.p[0] & 0x20) == 0) {
        enum mc_err err = n == 0 ? wrong(em, "an extension without path") : take_child(c, &r, em);
        return err == MC_OK && c->done ? wrong(em, "an extension to nothing") : err;
    }
    c->done = true;
    if (c->pos < c->key_n)
        return MC_OK; /* the leaf of a shorter key */
    if (mc_rlp_bytes(&r, &c->value, em) != MC_OK || c->value.n == 0)
        return wrong(em, "a leaf without value");
    return MC_OK;
}

static enum mc_err read_node(struct check *c, struct mc_slice rlp, struct mc_errmsg *em)
{
    struct mc_rlp outer = mc_rlp_open(rlp), r, count;
    struct mc_slice item;
    uint32_t cnt = 0;

    if (mc_rlp_list(&outer, &r, em) != MC_OK || !mc_rlp_done(&outer))
        return wrong(em, "a node that is not one list");
    for (count = r; !mc_rlp_done(&count); cnt++) {
        if (mc_rlp_raw(&count, &item, em) != MC_OK)
            return wrong(em, "a node that does not decode");
    }
    if (cnt == 17)
        return read_branch(c, r, em);
    if (cnt == 2)
        return read_short(c, r, em);
    return wrong(em, "a node of neither 2 nor 17 items");
}

/* One node of the proof, and those embedded in it. */
static enum mc_err check_node(struct check *c, struct mc_slice rlp, struct mc_errmsg *em)
{
    struct mc_hash h;
    enum mc_err err;

    mc_keccak256(&h, rlp);
    if (memcmp(h.b, c->child.p, sizeof h.b) != 0)
        return wrong(em, "the node does not have the hash that is due");
    err = read_node(c, rlp, em);
    while (err == MC_OK && !c->done && c->child_is_list)
        err = read_node(c, c->child, em); /* shorter each time, so this ends */
    return err;
}

enum mc_err trie_verify(struct mc_slice *value, const struct mc_hash *root, struct mc_slice key,
                        const struct mc_slice *nodes, uint32_t node_cnt, struct mc_errmsg *em)
{
    struct check c = {.key_n = (uint32_t)(2 * key.n), .child = mc_hash_slice(root)};

    *value = mc_slice(NULL, 0);
    if (!trie_key_nibbles(c.key, key))
        return mc_fail(em, MC_EINVAL, "proof: a key of %zu bytes", key.n);
    c.done = mc_hash_eq(root, &MC_KECCAK_EMPTY_TRIE);
    for (uint32_t i = 0; i < node_cnt; i++) {
        enum mc_err err = c.done ? wrong(em, "it follows the end") : check_node(&c, nodes[i], em);
        if (err != MC_OK) {
            mc_errwrap(em, "proof node %u", (unsigned)i);
            return err;
        }
    }
    if (!c.done)
        return mc_fail(em, MC_EAUTH, "proof: ends after %u nodes, before the key does",
                       (unsigned)node_cnt);
    *value = c.value;
    return MC_OK;
}
