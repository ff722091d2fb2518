/* Forest: the account trie and one storage trie for each instance, kept in memory as far as they
 * were touched and written to the store node by node under (owner, path, ~block), so that every
 * past root can be read.
 *
 * Sealing a block changes tries in memory before the block is committed.  The changes belong to
 * that block; when another one is committed or sealed instead, ledger_forest_forget() throws
 * the touched tries away and they come back from the store.  Chain thread only. */
#ifndef MC_LEDGER_FOREST_H
#define MC_LEDGER_FOREST_H

#include "ledger/keys.h"
#include "ledger/store.h"
#include "ledger/trie.h"

struct grove; /* one trie with its owner */

struct forest {
    struct store *store; /* NULL: all tries start empty */
    struct store_iter *it;
    uint64_t block; /* newest version that loads may see */
    struct grove **groves;
    uint32_t cnt, cap;
    uint64_t tick;
    size_t bytes_max;
};

void ledger_forest_init(struct forest *f, struct store *store, size_t bytes_max);
void ledger_forest_free(struct forest *f);

/* Between begin and end tries may be used; block is the parent's number. */
void ledger_forest_begin(struct forest *f, uint64_t block);
void ledger_forest_end(struct forest *f);
/* The owner's trie at `root` (owner zero: accounts); borrowed until ledger_forest_end.  It counts as
 * changed by the block in work. */
MC_NODISCARD enum mc_err ledger_forest_trie(struct forest *f, struct trie **out,
                                            const struct mc_addr *owner, const struct mc_hash *root,
                                            struct mc_errmsg *em);
/* The changes became part of the head: keep them, and trim to the bound. */
void ledger_forest_settle(struct forest *f);
/* Drops every trie that was changed since the last settle. */
void ledger_forest_forget(struct forest *f);
/* Drops the owner's trie, if present. */
void ledger_forest_drop(struct forest *f, const struct mc_addr *owner);

/* First 53 bytes of a node's key. */
void ledger_node_key(uint8_t out[KEY_NODE_LEN], const struct mc_addr *owner,
                     const struct trie_path *path);
/* Reads the newest version of a node at or below a block; for tries over a view too.  it is of
 * STORE_TRIE. */
MC_NODISCARD enum mc_err ledger_node_read(struct store *store, struct store_iter *it,
                                          struct mc_buf *out, const struct mc_addr *owner,
                                          const struct trie_path *path, uint64_t block,
                                          struct mc_errmsg *em);

#endif
