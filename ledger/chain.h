/* The chain: head, state, execution of blocks, and everything a reader may ask.
 *
 * One thread (the chain thread) owns building, executing and committing:
 *
 *     ledger_exec_new ─> ledger_exec_tx * n ─> ledger_exec_seal ─> ledger_commit ─> (head moves, readers see it)
 *                              (builds or re-executes)   roots          one synced batch
 *
 * Readers in any thread open a view: a snapshot at one block, latest or past.  A view never mixes two blocks. */
#ifndef MC_LEDGER_CHAIN_H
#define MC_LEDGER_CHAIN_H

#include "ledger/block.h"
#include "ledger/store.h"
#include "vm/vm.h"

struct ledger;
struct ledger_exec;
struct ledger_view;

struct ledger_fingerprint {
    struct mc_hash code_hash; /* keccak256 of creation code without its metadata trailer */
    const struct vm_module *module;
};

/* That hash: what a genesis file lists under "fingerprints", and what a creation transaction is compared by. */
void ledger_creation_fingerprint(struct mc_hash *out, struct mc_slice code);

/* What the genesis file fixes for the chain's life; borrowed for the ledger's life. */
struct ledger_cfg {
    uint64_t chain_id;
    struct mc_u256 base_fee; /* per gas, of every block */
    struct vm_gas gas;
    const struct ledger_fingerprint *fingerprints;
    uint32_t fingerprint_cnt;
    size_t state_cache_bytes; /* 0: default; hot state cells and trie nodes */
};

struct ledger_genesis_account {
    struct mc_addr account;
    struct mc_u256 balance;
};
struct ledger_genesis {
    uint64_t time_ms;
    uint64_t gas_limit;
    const struct ledger_genesis_account *balances;
    uint32_t balance_cnt;
    struct vm_genesis vm;
    struct mc_hash validator_set_hash; /* mixHash of block 0: the set that decides block 1 */
};

/* Opens an existing chain: checks format, chain id and genesis hash.  Takes the store on success.
 * MC_ENOTFOUND: the store is empty (make block 0 first); MC_EMISMATCH: another chain or a newer format. */
MC_NODISCARD enum mc_err ledger_open(struct ledger **out, struct store *store,
                                     const struct ledger_cfg *cfg,
                                     const struct mc_hash *genesis_hash, struct mc_errmsg *em);
/* Writes block 0 into an empty store and opens it; *genesis_hash is filled.  With store NULL only computes the hash
 * and leaves *out NULL. */
MC_NODISCARD enum mc_err ledger_create(struct ledger **out, struct store *store,
                                       const struct ledger_cfg *cfg, const struct ledger_genesis *g,
                                       struct mc_hash *genesis_hash, struct mc_errmsg *em);
void ledger_close(struct ledger *l); /* closes the store too; all views must be closed */

struct ledger_head {
    uint64_t number;
    struct mc_hash hash;
    struct mc_hash genesis_hash;
    uint64_t time_ms;
    uint64_t gas_limit; /* that the next block must have */
};
void ledger_head(struct ledger *l, struct ledger_head *out); /* any thread */
/* Would a creation with this data make an instance: native marker or a fingerprint of the genesis file.  Any thread. */
bool ledger_deployable(const struct ledger *l, struct mc_slice data);

/* ------------------------------------------------------------------ execution (chain thread) */

struct ledger_block_env {
    uint64_t time_ms; /* strictly above the parent's */
    struct mc_addr miner;
    struct mc_hash mix_hash;
    uint64_t gas_limit;
};
/* Starts a block on top of the head.  Several may exist at once; only one can be committed. */
MC_NODISCARD enum mc_err ledger_exec_new(struct ledger_exec **out, struct ledger *l,
                                         const struct ledger_block_env *env, struct mc_errmsg *em);
void ledger_exec_free(struct ledger_exec *x);
/* Executes one recovered transaction and includes it.  Takes a reference.
 * MC_EREJECT with geth's words: it cannot be part of this block (nonce, funds, permission, gas left); the state is as
 * before.  A reverting transaction is included (MC_OK).  Fatal errors otherwise. */
MC_NODISCARD enum mc_err ledger_exec_tx(struct ledger_exec *x, const struct ledger_tx *tx,
                                        struct mc_errmsg *em);
uint32_t ledger_exec_tx_cnt(const struct ledger_exec *x);
uint64_t ledger_exec_gas_used(const struct ledger_exec *x);
/* The validator set that decides the block after this one, by the state so far (for mix_hash); before seal. */
MC_NODISCARD enum mc_err ledger_exec_validators(struct ledger_exec *x,
                                                struct vm_genesis_validator *out, uint32_t cap,
                                                uint32_t *cnt);
void ledger_exec_set_mix_hash(struct ledger_exec *x, const struct mc_hash *mix_hash);
/* Computes all roots; no transaction can follow.  Borrowed until the block is freed. */
MC_NODISCARD enum mc_err ledger_exec_seal(struct ledger_exec *x,
                                          const struct ledger_header **header, struct mc_hash *hash,
                                          struct mc_errmsg *em);
/* Writes block, receipts, state, trie nodes, indexes and certificate in one synced batch and moves the head.
 * After an error the ledger must be closed. */
MC_NODISCARD enum mc_err ledger_commit(struct ledger *l, struct ledger_exec *x,
                                       struct mc_slice certificate, struct mc_errmsg *em);

/* ------------------------------------------------------------------ reading (any thread) */

/* Opens a view of the newest block, or of a past one.  MC_ENOTFOUND beyond the head. */
MC_NODISCARD enum mc_err ledger_view_latest(struct ledger_view **out, struct ledger *l,
                                            struct mc_errmsg *em);
MC_NODISCARD enum mc_err ledger_view_at(struct ledger_view **out, struct ledger *l, uint64_t number,
                                        struct mc_errmsg *em);
void ledger_view_close(struct ledger_view *v);
uint64_t ledger_view_number(const struct ledger_view *v);

struct ledger_account {
    bool exists;
    uint64_t nonce;
    struct mc_u256 balance;
    struct mc_hash storage_root;
    struct mc_hash code_hash;
};
MC_NODISCARD enum mc_err ledger_view_account(struct ledger_view *v, const struct mc_addr *a,
                                             struct ledger_account *out, struct mc_errmsg *em);
/* The 32-byte word of a storage slot (slot as clients give it: the trie key is its keccak256). */
MC_NODISCARD enum mc_err ledger_view_storage(struct ledger_view *v, const struct mc_addr *a,
                                             const struct mc_hash *slot, struct mc_hash *word,
                                             struct mc_errmsg *em);

/* What a module keeps under a slot, position 0. */
struct ledger_cell {
    enum vm_word kind;
    struct mc_slice value; /* the record's bytes, or the integer's, or index data; empty: absent */
    struct mc_hash word;   /* as ledger_view_storage */
};
/* The value behind the word; memory from the arena. */
MC_NODISCARD enum mc_err ledger_view_cell(struct ledger_view *v, const struct mc_addr *a,
                                          const struct mc_hash *slot, struct ledger_cell *out,
                                          struct mc_arena *arena, struct mc_errmsg *em);

struct ledger_proof {
    struct mc_slice *nodes;
    uint32_t node_cnt;
    struct mc_slice value; /* RLP of the account, or of the word; empty when absent */
};
/* Merkle proofs of an account, and of slots of it; memory from the arena. */
MC_NODISCARD enum mc_err ledger_view_prove_account(struct ledger_view *v, const struct mc_addr *a,
                                                   struct ledger_proof *out, struct mc_arena *arena,
                                                   struct mc_errmsg *em);
MC_NODISCARD enum mc_err ledger_view_prove_slot(struct ledger_view *v, const struct mc_addr *a,
                                                const struct mc_hash *slot,
                                                struct ledger_proof *out, struct mc_arena *arena,
                                                struct mc_errmsg *em);

/* eth_call and eth_estimateGas: runs on a scratch copy of the view's state. */
struct ledger_call {
    struct mc_addr from;
    bool has_to;
    struct mc_addr to;
    uint64_t gas; /* limit; capped by the caller */
    struct mc_u256 gas_price;
    struct mc_u256 value;
    struct mc_slice data;
    struct mc_slice access_list;
    uint32_t access_addr_cnt, access_key_cnt;
};
struct ledger_call_result {
    enum mc_err
        err; /* MC_OK, MC_EREVERT, MC_EOUTOFGAS, or MC_EREJECT with em's words (funds, code) */
    uint64_t gas_used;      /* intrinsic included */
    struct mc_slice output; /* in the arena */
    struct ledger_log *logs;
    uint32_t log_cnt;
};
MC_NODISCARD enum mc_err ledger_view_call(struct ledger_view *v, const struct ledger_call *call,
                                          struct ledger_call_result *out, struct mc_arena *arena,
                                          struct mc_errmsg *em);
/* The least gas limit with which the call succeeds; *out->err tells otherwise. */
MC_NODISCARD enum mc_err ledger_view_estimate(struct ledger_view *v, const struct ledger_call *call,
                                              uint64_t *gas, struct ledger_call_result *out,
                                              struct mc_arena *arena, struct mc_errmsg *em);
/* A vm environment over the view, for vm_account_permitted(), vm_param_at() and the like.  The pointer lives as long
 * as the view. */
const struct vm_env *ledger_view_env(struct ledger_view *v);

/* ------------------------------------------------------------------ blocks, transactions, logs (any thread) */

struct ledger_block {
    struct ledger_header header;
    struct mc_hash hash;
    struct mc_slice header_rlp;
    uint32_t tx_cnt;
    struct ledger_tx *
        *txs; /* recovered; references held by the arena's owner: call ledger_block_release */
    struct ledger_receipt *receipts; /* tx_cnt of them when asked for, else NULL */
    uint32_t log_first_i;            /* unused for whole blocks: 0 */
};
enum { LEDGER_BLOCK_HEADER = 0, LEDGER_BLOCK_TXS = 1, LEDGER_BLOCK_RECEIPTS = 2 };
/* Reads by number; `what` is an or of LEDGER_BLOCK_ bits.  MC_ENOTFOUND.  Memory from the arena. */
MC_NODISCARD enum mc_err ledger_block_read(struct ledger *l, uint64_t number, uint32_t what,
                                           struct ledger_block *out, struct mc_arena *arena,
                                           struct mc_errmsg *em);
void ledger_block_release(struct ledger_block *b);
MC_NODISCARD enum mc_err ledger_block_number(struct ledger *l, const struct mc_hash *hash,
                                             uint64_t *number, struct mc_errmsg *em);
/* Commit certificate bytes of a block as given to ledger_commit; empty for block 0. */
MC_NODISCARD enum mc_err ledger_certificate(struct ledger *l, uint64_t number, struct mc_buf *out,
                                            struct mc_errmsg *em);

struct ledger_tx_place {
    uint64_t number;
    uint32_t index;
};
MC_NODISCARD enum mc_err ledger_tx_find(struct ledger *l, const struct mc_hash *tx_hash,
                                        struct ledger_tx_place *out, struct mc_errmsg *em);
/* One transaction with its receipt, without reading the whole block. */
struct ledger_tx_read {
    struct ledger_tx *tx; /* recovered; caller unrefs */
    struct ledger_receipt receipt;
    struct ledger_header header;
    struct mc_hash block_hash;
    struct ledger_tx_place place;
    uint32_t log_first_i; /* index in the block of its first log */
};
MC_NODISCARD enum mc_err ledger_tx_read(struct ledger *l, const struct ledger_tx_place *place,
                                        struct ledger_tx_read *out, struct mc_arena *arena,
                                        struct mc_errmsg *em);

/* Logs by address and topic through the index: cost grows with the answer, not with the chain. */
struct ledger_log_query {
    uint64_t from, to;               /* block numbers, inclusive */
    const struct mc_addr *addresses; /* any of these; none: all */
    uint32_t address_cnt;
    struct {
        const struct mc_hash *any; /* any of these at this position; none: wildcard */
        uint32_t cnt;
    } topics[LEDGER_TOPICS_MAX];
    uint32_t topic_cnt; /* positions given */
    uint32_t rows_max;  /* MC_ELIMIT beyond, with words naming the limit */
};
struct ledger_log_row {
    struct ledger_log log;
    uint64_t number;
    struct mc_hash block_hash;
    struct mc_hash tx_hash;
    uint32_t tx_i;
    uint32_t log_i; /* in the block */
    uint64_t time_s;
};
MC_NODISCARD enum mc_err ledger_logs(struct ledger *l, const struct ledger_log_query *q,
                                     struct ledger_log_row **rows, uint32_t *row_cnt,
                                     struct mc_arena *arena, struct mc_errmsg *em);

/* Re-derives roots and indexes from blocks by executing the whole chain in a scratch store and compares with what is
 * stored.  progress may be NULL.  MC_ECORRUPT names the first difference. */
typedef void (*ledger_check_cb)(void *arg, uint64_t number, uint64_t head);
MC_NODISCARD enum mc_err ledger_check(struct ledger *l, const struct ledger_genesis *g,
                                      ledger_check_cb progress, void *arg, struct mc_errmsg *em);

#endif
