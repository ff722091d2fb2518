/* What the files of ledger/ share about the chain; nobody outside includes it (tests may). */
#ifndef MC_LEDGER_INTERNAL_H
#define MC_LEDGER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "ledger/chain.h"
#include "ledger/forest.h"
#include "ledger/machine.h"

/* Committed blocks kept decoded for readers that come right after a commit. */
#define KEPT_BLOCKS_MAX 16u
#define KEPT_BYTES_MAX  (4u * 1024u * 1024u)

/* One block with transactions and receipts, immutable once sealed; shared by reference. */
struct kept_block {
    atomic_uint refs;
    struct ledger_header header;
    struct mc_hash hash;
    struct mc_slice header_rlp;
    uint32_t tx_cnt, tx_cap;
    struct ledger_tx **txs;          /* a reference each; malloc */
    struct ledger_receipt *receipts; /* malloc; what they point to is in the arena */
    uint32_t *log_first;             /* of each transaction, in the block; malloc */
    struct mc_arena arena;
    size_t bytes; /* of memory, about */
};
struct kept_block *ledger_kept_new(void); /* one reference; NULL when memory is short */
struct kept_block *ledger_kept_ref(struct kept_block *k);
void ledger_kept_unref(struct kept_block *k); /* NULL is allowed */

struct ledger {
    struct store *store; /* NULL only while the hash of block 0 is computed */
    const struct ledger_cfg *cfg;
    struct cell_cache *cache;  /* chain thread */
    struct forest forest;      /* chain thread */
    struct ledger_exec *grown; /* the sealed block whose changes the forest holds, or NULL */
    bool broken;               /* a commit failed */
    pthread_mutex_t mu;        /* guards what follows */
    struct ledger_head head;
    struct ledger_header head_header;
    struct kept_block *kept[KEPT_BLOCKS_MAX]; /* newest first */
    size_t kept_bytes;
};

/* A node of a trie as the block leaves it. */
struct node_write {
    uint8_t key[KEY_NODE_LEN];
    struct mc_slice rlp; /* empty: gone */
};

struct ledger_exec {
    struct ledger *l;
    struct machine m;
    struct mc_arena cells; /* state cells and other work of this block */
    struct kept_block *blk;
    struct ledger_block_env env;
    uint64_t number;
    uint64_t gas_used;
    size_t body_bytes;
    uint32_t log_cnt;
    bool sealed;
    bool has_event; /* the three that follow are set: the last log's address and first topic */
    struct mc_addr event_addr;
    struct mc_hash event;
    struct ledger_bloom event_bloom; /* bits of both */
    struct cell **dirty;
    size_t dirty_cnt;
    struct node_write *nodes;
    size_t node_cnt, node_cap;
    const struct mc_addr *emit_owner; /* of the trie that is being committed */
};

/* Block 0's start: nothing below, no parent. */
MC_NODISCARD enum mc_err ledger_exec_new_genesis(struct ledger_exec **out, struct ledger *l,
                                                 const struct ledger_genesis *g,
                                                 struct mc_errmsg *em);
/* Roots of state, transactions and receipts into the header (seal.c). */
MC_NODISCARD enum mc_err ledger_exec_state_root(struct ledger_exec *x, struct mc_errmsg *em);
MC_NODISCARD enum mc_err ledger_exec_list_roots(struct ledger_exec *x, struct mc_errmsg *em);
/* Everything of the sealed block, put into a batch (commit.c). */
MC_NODISCARD enum mc_err ledger_exec_write(struct ledger_exec *x, struct store_batch *b,
                                           struct mc_slice certificate, struct mc_errmsg *em);
/* ledger_create without a store of its own to open: runs block 0 and commits it when l->store is
 * set (chain.c). */
MC_NODISCARD enum mc_err ledger_run_genesis(struct ledger *l, const struct ledger_genesis *g,
                                            struct mc_hash *genesis_hash, struct mc_errmsg *em);
/* A ledger without head over a store; takes the store on success. */
MC_NODISCARD enum mc_err ledger_new(struct ledger **out, struct store *store,
                                    const struct ledger_cfg *cfg, struct mc_errmsg *em);
/* The kept block of that number with a reference for the caller, or NULL. */
struct kept_block *ledger_kept(struct ledger *l, uint64_t number);
/* Header, hash and transaction count of a block by number. */
MC_NODISCARD enum mc_err ledger_header_read(struct ledger *l, uint64_t number,
                                            struct ledger_block *out, struct mc_arena *arena,
                                            struct mc_errmsg *em);
/* chain.gasLimit for the block after `number`, by the machine's state; fallback when the parameter
 * is unknown. */
MC_NODISCARD enum mc_err ledger_next_gas_limit(uint64_t *out, struct machine *m, uint64_t number,
                                               uint64_t fallback, struct mc_errmsg *em);

#endif
