/* Transaction pool: recovered transactions in per-sender nonce queues, waiting for a block.
 *
 *     sender A   state nonce 7:  [7][8][9]      ready: contiguous from the state nonce
 *     sender B   state nonce 2:  [2] . [4]      4 is queued: behind a gap
 *
 * One lock inside; every function may be called from any thread.  Bounded in transactions, bytes and per sender, so
 * that no sender can push out another's.  Refusals use geth's words, since client libraries match on them. */
#ifndef MC_NODE_POOL_H
#define MC_NODE_POOL_H

#include "ledger/ledger.h"

struct pool;

/* What the pool needs to know of an account and of the chain at its head.  Called with the pool's lock held. */
struct pool_account {
    uint64_t nonce;
    struct mc_u256 balance;
    bool permitted; /* to send, or to deploy when asked so */
};
struct pool_source {
    void *ctx;
    enum mc_err (*account)(void *ctx, const struct mc_addr *a, bool deploy,
                           struct pool_account *out, struct mc_errmsg *em);
    /* May a creation carry this data? */
    bool (*deployable)(void *ctx, struct mc_slice data);
    /* Gas limit of the next block, lowest price per gas that is admitted. */
    void (*limits)(void *ctx, uint64_t *block_gas, struct mc_u256 *min_price);
};

struct pool_cfg {
    uint64_t chain_id;
    struct mc_u256 base_fee;
    uint32_t tx_max;         /* transactions in all; 0: 50000 */
    size_t bytes_max;        /* of raw envelopes in all; 0: 64 MiB */
    uint32_t per_sender_max; /* 0: 1024 */
    uint64_t nonce_gap_max;  /* how far ahead of the state a nonce may be; 0: 1024 */
    uint64_t expiry_ms;      /* 0: three hours */
    uint32_t price_bump_pct; /* a replacement pays so much more; 0: 10 */
    bool allow_unprotected;  /* legacy transactions without chain id */
};

MC_NODISCARD enum mc_err pool_new(struct pool **out, const struct pool_cfg *cfg,
                                  const struct pool_source *src);
void pool_free(struct pool *p);

/* Admits a recovered transaction; takes a reference on MC_OK.
 * MC_EREJECT with words: "nonce too low", "nonce too high", "already known", "replacement transaction underpriced",
 * "insufficient funds for gas * price + value", "intrinsic gas too low", "exceeds block gas limit", "invalid chain id",
 * "account not permitted", "unsupported contract code", "transaction underpriced", "txpool is full". */
MC_NODISCARD enum mc_err pool_add(struct pool *p, struct ledger_tx *tx, uint64_t now_ms,
                                  struct mc_errmsg *em);

/* Ready transactions in order of arrival, each sender's in nonce order, up to the limits: references in out[].
 * The gas limit counts what transactions ask for, not what they will use; so a builder with room left asks `again` and
 * gets those that follow.  One builder at a time. */
uint32_t pool_collect(struct pool *p, struct ledger_tx **out, uint32_t cap, uint64_t gas_max,
                      size_t bytes_max, bool again);
/* Ready transactions exist. */
bool pool_has_ready(struct pool *p);

/* A block is in the chain: its transactions leave, their senders' nonces move on. */
void pool_committed(struct pool *p, struct ledger_tx *const *txs, uint32_t cnt);
/* A transaction that execution refused: it leaves, and the sender's account is read anew. */
void pool_drop(struct pool *p, const struct ledger_tx *tx);
/* Drops what is older than the expiry; returns how many. */
uint32_t pool_expire(struct pool *p, uint64_t now_ms);

/* A reference, or NULL. */
struct ledger_tx *pool_find(struct pool *p, const struct mc_hash *hash);
/* First nonce that the sender has not used in the chain or contiguously in the pool. */
MC_NODISCARD enum mc_err pool_next_nonce(struct pool *p, const struct mc_addr *a, uint64_t *out,
                                         struct mc_errmsg *em);

struct pool_stats {
    uint64_t pending, queued; /* ready, behind a gap */
    uint64_t bytes;
    uint64_t added, refused, replaced, expired; /* since the start */
};
void pool_stats(struct pool *p, struct pool_stats *out);

struct pool_item {
    struct ledger_tx *tx; /* a reference */
    bool queued;
};
/* Everything, or one sender's, in (sender, nonce) order; *out is malloc'ed, cnt items. */
MC_NODISCARD enum mc_err pool_list(struct pool *p, const struct mc_addr *from,
                                   struct pool_item **out, uint32_t *cnt);
/* Hashes that arrived since *cursor (kept for the last 65536 arrivals); fills up to cap, moves *cursor. */
uint32_t pool_arrivals(struct pool *p, uint64_t *cursor, struct mc_hash *out, uint32_t cap);

#endif
