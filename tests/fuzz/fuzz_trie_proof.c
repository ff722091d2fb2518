/* Trie nodes from anywhere, taken two ways that must agree: as a proof, and as the store of a
 * trie.
 *
 * Input: one byte of key length, the key, then nodes, each behind two bytes of length.  The
 * first node's hash is the root, and every later 32 bytes of 0xee in a node are replaced by the
 * next node's hash: otherwise no input would ever get past the first check. */
#include <stdlib.h>

#include "ledger/ledger.h"

#define NODES_MAX 70u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct nodes {
    struct mc_slice list[NODES_MAX];
    struct mc_hash hashes[NODES_MAX];
    uint8_t bytes[8192];
    uint32_t cnt;
};

static void link_next(uint8_t *p, size_t n, const struct mc_hash *next)
{
    static const uint8_t mark[32] = {0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
                                     0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
                                     0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
                                     0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee};
    uint8_t *at = n < sizeof mark ? NULL : memmem(p, n, mark, sizeof mark);

    if (at != NULL)
        memcpy(at, next->b, sizeof next->b);
}

static void nodes_read(struct nodes *ns, const uint8_t *p, size_t n)
{
    size_t used = 0;

    ns->cnt = 0;
    while (n >= 2 && ns->cnt < NODES_MAX) {
        size_t len = (size_t)p[0] << 8 | p[1];
        len = len > n - 2 ? n - 2 : len;
        if (len > sizeof ns->bytes - used)
            break;
        memcpy(ns->bytes + used, p + 2, len);
        ns->list[ns->cnt++] = mc_slice(ns->bytes + used, len);
        used += len;
        p += 2 + len;
        n -= 2 + len;
    }
    for (uint32_t i = ns->cnt; i-- > 0;) {
        if (i + 1 < ns->cnt)
            link_next((uint8_t *)(uintptr_t)ns->list[i].p, ns->list[i].n, &ns->hashes[i + 1]);
        mc_keccak256(&ns->hashes[i], ns->list[i]);
    }
}

/* The walk to the key loads the nodes in the proof's order. */
struct feed {
    struct nodes *ns;
    uint32_t next;
};

static enum mc_err load(void *arg, struct mc_buf *out, const struct trie_path *path,
                        struct mc_errmsg *em)
{
    struct feed *f = arg;

    (void)path;
    (void)em;
    if (f->next == f->ns->cnt)
        return MC_ENOTFOUND;
    mc_buf_put_slice(out, f->ns->list[f->next++]);
    return MC_OK;
}

/* Changes on top of hostile nodes may fail, but not break. */
static void change(struct nodes *ns, struct mc_slice key)
{
    struct feed f = {ns, 0};
    struct trie *t = NULL;
    struct mc_hash root;

    if (trie_new(&t, &ns->hashes[0], load, &f) != MC_OK)
        abort();
    if (trie_put(t, key, mc_slice_str("value"), NULL) == MC_OK &&
        trie_commit(t, &root, NULL, NULL, NULL) == MC_OK &&
        trie_put(t, key, mc_slice(NULL, 0), NULL) == MC_OK)
        (void)!trie_commit(t, &root, NULL, NULL, NULL);
    trie_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nodes ns;
    struct mc_slice key, value, proved;
    struct feed f = {&ns, 0};
    struct trie *t = NULL;
    enum mc_err err;
    size_t key_n;

    if (size < 1)
        return 0;
    key_n = data[0] % 34;
    if (key_n > size - 1)
        return 0;
    key = mc_slice(data + 1, key_n);
    nodes_read(&ns, data + 1 + key_n, size - 1 - key_n);
    if (ns.cnt == 0)
        return 0;
    err = trie_verify(&proved, &ns.hashes[0], key, ns.list, ns.cnt, NULL);
    if (trie_new(&t, &ns.hashes[0], load, &f) != MC_OK)
        abort();
    /* The trie checks whole nodes, the proof only the way to the key: what the trie reads is
     * proved by the same nodes, unless some are left over. */
    if (trie_get(t, key, &value, NULL) == MC_OK && f.next == ns.cnt &&
        (err != MC_OK || !mc_slice_eq(value, proved)))
        abort();
    trie_free(t);
    change(&ns, key);
    return 0;
}
