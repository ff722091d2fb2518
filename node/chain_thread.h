/* The chain thread: builds, executes and commits blocks, one job after the other, away from the main loop.
 * It also makes votes durable before they are sent, and imports blocks that other validators decided.
 *
 *     loop thread:  chain_thread_put(job) ──> [queue] ──> chain thread: build | validate | commit |
 *                                                                votes | import
 *                   chain_thread_take()   <── [queue] <── results, wake() called for each
 *
 * It alone calls ledger_exec_* and ledger_commit.  Candidates that it executed are kept by hash until a block of their
 * height is committed, so that nothing is executed twice. */
#ifndef MC_NODE_CHAIN_THREAD_H
#define MC_NODE_CHAIN_THREAD_H

#include "consensus/consensus.h"
#include "ledger/ledger.h"
#include "node/pool.h"
#include "node/vote_log.h"

struct chain_thread;

struct chain_thread_cfg {
    struct ledger *ledger;
    struct pool *pool;
    struct cons_chain chain;     /* what certificates are bound to */
    struct node_vote_log *votes; /* synced before each commit; NULL for an observer */
    uint64_t drift_ms;           /* how far a fresh block's time may be ahead of our clock */
    /* Wall clock in milliseconds since 1970, and a monotonic one. */
    uint64_t (*wall_ms)(void);
    void (*wake)(void *arg); /* a result waits; called in the chain thread */
    void *wake_arg;
};

enum chain_job_kind {
    CHAIN_BUILD,
    CHAIN_VALIDATE,
    CHAIN_COMMIT,
    CHAIN_VOTES,  /* only makes recs durable; wires may leave then */
    CHAIN_IMPORT, /* a block and its certificate from a peer: verify, execute, commit */
};

struct chain_job {
    enum chain_job_kind kind;
    uint64_t height;
    uint32_t round;
    struct mc_hash hash;
    bool fresh;           /* VALIDATE: check the time against our clock */
    bool allow_empty;     /* BUILD: a heartbeat block may be empty */
    struct mc_addr miner; /* BUILD */
    struct mc_buf body;   /* VALIDATE, COMMIT, IMPORT: the block; BUILD: filled by the job */
    struct mc_buf cert;   /* COMMIT, IMPORT: encoded certificate */
    struct mc_buf wires;  /* VOTES: messages to send, 4 bytes of length each; not read by the job */
    struct mc_buf
        recs; /* vote records to make durable first: 4 bytes of length each, then the record */

    /* Results. */
    enum mc_err err; /* anything but MC_OK is fatal, except for VALIDATE's verdicts */
    struct mc_errmsg em;
    bool
        stale; /* the head is past this height, or for IMPORT not at the one before: nothing was done */
    enum cons_verdict
        verdict; /* VALIDATE; IMPORT: CONS_WRONG_BODY blames the peer, CONS_INVALID means that a
                                  quorum decided what this node finds invalid */
    struct cons_valset valset; /* COMMIT, IMPORT: of the next height, sealed */
    uint64_t time_ms;          /* COMMIT, IMPORT: of the block */
    uint32_t tx_cnt;           /* BUILD, COMMIT, IMPORT */
    struct chain_job *next;
};

MC_NODISCARD enum mc_err chain_thread_start(struct chain_thread **out,
                                            const struct chain_thread_cfg *cfg,
                                            struct mc_errmsg *em);
/* Finishes the job in work, drops the others, joins the thread. */
void chain_thread_stop(struct chain_thread *t);
struct chain_job *chain_job_new(enum chain_job_kind kind); /* NULL: no memory */
void chain_job_free(struct chain_job *job);
void chain_thread_put(struct chain_thread *t, struct chain_job *job); /* taken */
struct chain_job *
chain_thread_take(struct chain_thread *t); /* a finished job, or NULL; chain_job_free */

/* The validator set that decides the block after the ledger's head. */
MC_NODISCARD enum mc_err chain_valset_next(struct cons_valset *out, struct ledger *l,
                                           struct mc_errmsg *em);

/* Hash of the header that a block's bytes begin with.  MC_EMALFORM. */
MC_NODISCARD enum mc_err chain_body_hash(struct mc_hash *out, struct mc_slice body,
                                         struct mc_errmsg *em);

/* Seconds spent, for /metrics. */
struct chain_times {
    uint64_t build_us, validate_us, sync_us, commit_us;
};
void chain_thread_times(struct chain_thread *t, struct chain_times *out);

#endif
