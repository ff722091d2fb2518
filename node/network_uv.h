/* This node among others: joins connections, messages, signature checks, transaction gossip and catch-up to the engine.
 *
 *     peers_uv ──> payload ──> consensus message ──> verify thread ──> engine
 *                              transactions      ──> worker: recover once, pool ──> relay for nodes without a vote
 *                              blocks            ──> sync ──> engine_import
 *     engine   ──> network_broadcast, network_fetch, network_opened, network_imported
 *     RPC      ──> network_submitted (any thread) ──> batches to the validators
 *
 * Everything but network_submitted() belongs to the loop thread. */
#ifndef MC_NODE_NETWORK_UV_H
#define MC_NODE_NETWORK_UV_H

#include "node/engine.h"
#include "node/peers_uv.h"

struct network;

struct network_cfg {
    struct engine *engine;
    struct ledger *ledger;
    struct pool *pool;
    const struct mc_ed25519_key *key; /* this node's identity */
    const char *host;                 /* empty: does not listen */
    uint16_t port;
    const char *peers; /* list, see peer_list.h */
    uint32_t round_timeout_ms;
    const char *client; /* name and version of this program */
    uint64_t (*mono_ms)(void);
    uint64_t (*wall_ms)(void);
    void (*pool_grew)(void *arg); /* peers brought transactions */
    void (*acted)(void *arg);     /* the engine was given something: arm its timer anew */
    void *arg;
};

MC_NODISCARD enum mc_err network_start(struct network **out, uv_loop_t *loop,
                                       const struct network_cfg *cfg, struct mc_errmsg *em);
void network_stop(struct network *n, void (*done)(void *arg), void *arg);
void network_free(struct network *n); /* after done, before the engine; NULL is allowed */
uint16_t network_port(const struct network *n);

/* The engine's calls. */
void network_broadcast(struct network *n, struct mc_slice wire);
void network_fetch(struct network *n, const struct mc_hash *hash);
void network_opened(struct network *n, uint64_t height);
void network_imported(struct network *n, uint64_t height, bool good, const char *why);

/* A client's transaction was admitted: the validators shall have it.  Any thread; a reference is taken. */
void network_submitted(struct network *n, struct ledger_tx *tx);

struct network_status {
    uint32_t peers; /* connected */
    uint32_t
        validators; /* of the open height that are connected, this node included when it is one */
    uint64_t best;  /* highest block that a peer claims to have */
    uint64_t imported, requests, bans;
    uint64_t cons_in, cons_bad, txs_in, txs_out;
    int64_t skew_ms; /* largest difference of a peer's clock to ours, with its sign */
};
void network_status(const struct network *n, struct network_status *out);

struct network_peer {
    struct peers_info info;
    bool has_head;
    uint64_t head;     /* newest block it claims to have */
    int64_t skew_ms;   /* its clock minus ours */
    uint64_t heard_ms; /* monotonic time of its last message; 0: none */
};
/* Peer i of 0 .. PEERS_MAX - 1.  False: there is none. */
bool network_peer_get(const struct network *n, uint32_t i, struct network_peer *out);

#endif
