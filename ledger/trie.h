/* Merkle Patricia trie (yellow paper, appendix D), held in memory as far as it was touched.
 *
 * Nodes that were never touched stay behind as a hash; they come in through a loader, addressed
 * by the path from the root, and are checked against that hash.  trie_commit() hashes what
 * changed, once, and hands each new node to an emitter, by path; a path whose node vanished is
 * handed over with empty bytes.  The caller stores nodes under (owner, path, block), so that any
 * past root stays readable.
 *
 *        root -> branch -> extension -> branch -> leaf        in memory: dirty or recently used
 *                   └─ hash only (path "a") ── loader ──> store
 *
 * Keys are 32 bytes (already hashed by the caller: "secure" trie) or any bytes for list tries.
 * One thread at a time. */
#ifndef MC_LEDGER_TRIE_H
#define MC_LEDGER_TRIE_H

#include "base/base.h"

struct trie;

/* A path: one nibble a byte. */
#define TRIE_PATH_MAX 64u
struct trie_path {
    uint8_t nibbles[TRIE_PATH_MAX];
    uint8_t n;
};

/* Appends the stored RLP of the node at this path.  MC_ENOTFOUND when the store has none. */
typedef enum mc_err (*trie_load_fn)(void *arg, struct mc_buf *out, const struct trie_path *path,
                                    struct mc_errmsg *em);
/* A changed node; empty rlp: the node at this path is gone.  Only nodes that are referenced by
 * hash are handed over (32 bytes of RLP or more, and the root). */
typedef enum mc_err (*trie_emit_fn)(void *arg, const struct trie_path *path, struct mc_slice rlp);

/* A trie with the given root (MC_KECCAK_EMPTY_TRIE for none).  load may be NULL for a trie that
 * starts empty. */
MC_NODISCARD enum mc_err trie_new(struct trie **out, const struct mc_hash *root, trie_load_fn load,
                                  void *load_arg);
void trie_free(struct trie *t);

/* *out is borrowed until the next change or trim; empty when absent.  A key is at most 32 bytes,
 * else MC_EINVAL. MC_ECORRUPT names the path of a node that is missing in the store or does not
 * fit the hash it is known by. */
MC_NODISCARD enum mc_err trie_get(struct trie *t, struct mc_slice key, struct mc_slice *out,
                                  struct mc_errmsg *em);
/* An empty value removes the key.  Values are copied.  After an error the trie holds what it
 * held before; only when memory ran out half way through a removal does trie_commit() refuse
 * from then on. */
MC_NODISCARD enum mc_err trie_put(struct trie *t, struct mc_slice key, struct mc_slice value,
                                  struct mc_errmsg *em);
/* Hashes everything that changed; emit may be NULL: root only, the changed nodes wait for a
 * later call with an emitter. Children come before their parents, vanished paths last, in
 * order.  The trie stays usable. trie_commit is all or nothing for the caller: after an error
 * the trie is to be freed. */
MC_NODISCARD enum mc_err trie_commit(struct trie *t, struct mc_hash *root, trie_emit_fn emit,
                                     void *emit_arg, struct mc_errmsg *em);
/* Memory held by nodes, in bytes. */
size_t trie_bytes(const struct trie *t);
/* Forgets clean nodes deeper than `depth` nibbles (0: everything but the root's hash); dirty
 * ones stay, and so do those no emitter has seen.  Without a loader nothing is forgotten. */
void trie_trim(struct trie *t, uint32_t depth);

/* The nodes from the root to the key (or to where it ends), appended one by one as RLP with an
 * end offset each in `ends` (native uint32_t): eth_getProof's lists.  Uncommitted changes are
 * hashed and counted in. */
MC_NODISCARD enum mc_err trie_prove(struct trie *t, struct mc_slice key, struct mc_buf *nodes,
                                    struct mc_buf *ends, struct mc_errmsg *em);
/* Checks a proof; *value is borrowed from the nodes, empty for a proof of absence.  MC_EAUTH:
 * proves neither. */
MC_NODISCARD enum mc_err trie_verify(struct mc_slice *value, const struct mc_hash *root,
                                     struct mc_slice key, const struct mc_slice *nodes,
                                     uint32_t node_cnt, struct mc_errmsg *em);

#endif
