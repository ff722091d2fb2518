/* The engine: drives the consensus core on the loop thread.
 *
 *     pool has work, timer, job result, ──> event ──> cons_step ──> outputs ──> vote records, own messages back,
 *     message of a peer                                                       jobs for the chain thread, one timer
 *
 * It owns the core, the vote log and the chain thread.  Own messages are signed here, through one function that signs
 * nothing but votes.  With other validators, messages leave only after a job of the chain thread has made the vote
 * records before them durable; a validator alone sends nothing, and its records ride on the commit.
 *
 * A validator of several whose vote log is empty does not know what it said: it follows silently until engine_settle()
 * tells that it has caught up with the others, and abstains from two more heights.  A fatal error (store, vote log, diverged state) stops the node: cfg.fatal is called once. */
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
    bool amnesia; /* the operator confirms that the vote log was lost */
    uint64_t (*wall_ms)(void);
    void (*wake)(void *arg); /* from the chain thread: call engine_results() */
    void (*committed)(void *arg, uint64_t height); /* a block is readable */
    void (*fatal)(void *arg, const char *why);     /* the node must stop, with failure */
    /* With peers; all NULL without.  A signed message for all validators; a wanted body; a height was opened, its
     * validator set is engine_valset(); what became of engine_import(). */
    void (*broadcast)(void *arg, struct mc_slice wire);
    void (*fetch)(void *arg, const struct mc_hash *hash);
    void (*opened)(void *arg, uint64_t height);
    void (*imported)(void *arg, uint64_t height, bool good, const char *why);
    /* A validator contradicted itself; borrowed.  NULL: nobody wants to know. */
    void (*evidence)(void *arg, const struct cons_evidence *ev);
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

/* A message of a peer, decoded and verified against engine_valset() at its height.  MC_EMALFORM: its sender breaks the
 * rules. */
MC_NODISCARD enum mc_err engine_message(struct engine *e, const struct cons_msg *msg,
                                        uint64_t now_ms);
/* A body that cfg.fetch asked for; hash is that of its header. */
void engine_body(struct engine *e, const struct mc_hash *hash, struct mc_slice body,
                 uint64_t now_ms);
/* The body of a proposal of the open height, to answer a peer; borrowed until the next call. */
bool engine_body_get(const struct engine *e, const struct mc_hash *hash, struct mc_slice *body);
/* Has a decided block verified, executed and committed; both buffers are taken.  Answer: cfg.imported. */
void engine_import(struct engine *e, uint64_t height, struct mc_buf *body, struct mc_buf *cert);
/* This node has caught up with enough of the others: a silent validator may decide when to vote again. */
void engine_settle(struct engine *e, uint64_t now_ms);

const struct cons_valset *engine_valset(const struct engine *e); /* of the open height */
struct cons_chain engine_chain(const struct engine *e);
uint64_t engine_height(const struct engine *e); /* open height: the head's and one */

enum engine_voice {
    ENGINE_SPEAKS,   /* votes when it is in the set */
    ENGINE_SETTLING, /* an empty log among several validators: waits for engine_settle() */
    ENGINE_REFUSES, /* the log was lost on a chain that has blocks, and no operator has confirmed it */
};

struct engine_status {
    uint64_t height;
    uint32_t round;
    uint32_t validator_cnt, quorum;
    bool voting, member; /* member: this node's key is in the set */
    enum engine_voice voice;
    uint64_t last_block_ms; /* monotonic time of the newest commit, or of the start */
    uint64_t blocks, txs, evidence;
    struct chain_times times;
};
void engine_status(const struct engine *e, struct engine_status *out);
/* The core's view of the open height. */
void engine_round(const struct engine *e, struct cons_status *out);

#endif
