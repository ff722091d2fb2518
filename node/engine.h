/* The engine: drives the consensus core on the loop thread.
 *
 *     pool has work, timer, job result ──> event ──> cons_step ──> outputs ──> vote records, own messages back,
 *                                                                             jobs for the chain thread, one timer
 *
 * It owns the core, the vote log and the chain thread.  Own messages are signed here, through one function that signs
 * nothing but votes.  A fatal error (store, vote log, diverged state) stops the node: cfg.fatal is called once. */
#ifndef MC_NODE_ENGINE_H
#define MC_NODE_ENGINE_H

#include "consensus/consensus.h"
#include "node/chain_thread.h"

struct engine;

struct engine_cfg {
    struct ledger *ledger;
    struct pool *pool;
    uint64_t chain_id;
    const struct mc_ed25519_key *key; /* guarded memory; NULL: an observer */
    const char *data_dir;             /* vote logs live in votes-a/ and votes-b/ under it */
    uint64_t min_block_ms;
    uint64_t heartbeat_ms; /* 0: no empty blocks */
    uint32_t round_timeout_ms;
    uint64_t (*wall_ms)(void);
    void (*wake)(void *arg); /* from the chain thread: call engine_results() */
    void (*committed)(void *arg, uint64_t height); /* a block is readable */
    void (*fatal)(void *arg, const char *why);     /* the node must stop, with failure */
    void *arg;
};

/* Opens the vote log, starts the chain thread and replays.  now_ms is monotonic, here and below. */
MC_NODISCARD enum mc_err engine_new(struct engine **out, const struct engine_cfg *cfg,
                                    uint64_t now_ms, struct mc_errmsg *em);
/* Ends the job in work; a block that was committed stays, one that was not is as if never proposed. */
void engine_free(struct engine *e);

void engine_results(struct engine *e, uint64_t now_ms); /* chain jobs finished */
void engine_work(struct engine *e, uint64_t now_ms);    /* the pool got a transaction */
void engine_timer(struct engine *e, uint64_t now_ms);   /* the deadline was reached */
uint64_t engine_deadline(const struct engine *e);       /* 0: none */

struct engine_status {
    uint64_t height;
    uint32_t round;
    uint32_t validator_cnt, quorum;
    bool voting;
    uint64_t last_block_ms; /* monotonic time of the newest commit, or of the start */
    uint64_t blocks, txs, evidence;
    struct chain_times times;
};
void engine_status(const struct engine *e, struct engine_status *out);

#endif
