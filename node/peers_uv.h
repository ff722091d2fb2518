/* Connections to other nodes: listener, dialler, handshakes, bounded queues.  Loop thread only.
 *
 * A peer is an identity (its Ed25519 key) with at most one connection; it keeps its number while it is connected or
 * configured.  Configured peers are dialled again and again, with a growing, jittered pause.  When two nodes dial each
 * other, both keep the connection that the lower key dialled.  Who proves a key is asked for by cfg.admit; everybody
 * else is closed.  A peer that does not take what it is sent, or stays silent, is closed. */
#ifndef MC_NODE_PEERS_UV_H
#define MC_NODE_PEERS_UV_H

#include <uv.h>

#include "node/peer_link.h"
#include "node/peer_list.h"

#define PEERS_MAX           256u
#define PEERS_QUEUE_MAX     (4u * PEER_LINK_FRAME_MAX) /* bytes that wait for one peer */
#define PEERS_STRANGERS_MAX 64u                        /* connections in their handshake */
#define PEERS_HANDSHAKE_MS  5000u
#define PEERS_SILENCE_MS    8000u /* pings come each second */
#define PEERS_DIAL_MIN_MS   200u
#define PEERS_DIAL_MAX_MS   10000u
#define PEERS_NONE          UINT32_MAX

struct peers;

struct peers_cfg {
    const char *host; /* to listen on; empty: only dial */
    uint16_t port;    /* 0: any free one */
    struct cons_chain chain;
    const struct mc_ed25519_key *key;
    const struct peer_addr *list; /* copied */
    uint32_t list_cnt;
    bool (*admit)(void *arg, const uint8_t pub[32]); /* one that is not in the list */
    void (*up)(void *arg, uint32_t peer);
    void (*down)(void *arg, uint32_t peer);
    /* A payload, borrowed.  An error closes the connection; em says why. */
    enum mc_err (*message)(void *arg, uint32_t peer, struct mc_slice payload, struct mc_errmsg *em);
    void *arg;
};

MC_NODISCARD enum mc_err peers_start(struct peers **out, uv_loop_t *loop,
                                     const struct peers_cfg *cfg, struct mc_errmsg *em);
/* Closes everything; done is called when the loop holds nothing of it any more. */
void peers_stop(struct peers *p, void (*done)(void *arg), void *arg);
void peers_free(struct peers *p);           /* after done; NULL is allowed */
uint16_t peers_port(const struct peers *p); /* 0: not listening */

bool peers_is_up(const struct peers *p, uint32_t peer);
/* Names one connection of a peer: differs after a reconnect.  0: not connected. */
uint64_t peers_link(const struct peers *p, uint32_t peer);
const uint8_t *peers_pub(const struct peers *p, uint32_t peer);
uint32_t peers_up_cnt(const struct peers *p);

/* Seals and queues; a peer that is not connected or whose queue is full gets nothing (the latter is closed). */
void peers_send(struct peers *p, uint32_t peer, struct mc_slice payload);
/* Closes a connection; a configured peer is not dialled again, nor admitted, for pause_ms. */
void peers_close(struct peers *p, uint32_t peer, const char *why, uint64_t pause_ms);
/* Stops and resumes reading from a peer: the way to be not overrun. */
void peers_pause(struct peers *p, uint32_t peer);
void peers_resume(struct peers *p, uint32_t peer);
/* Asks admit again for everybody who is connected; after the validator set has changed. */
void peers_recheck(struct peers *p);

struct peers_info {
    uint8_t pub[32];
    bool up, dialled;  /* dialled: by us */
    char addr[64];     /* of the other end */
    uint64_t since_ms; /* loop time of the connection's start */
    uint64_t frames_in, frames_out, bytes_in, bytes_out, drops; /* since the start of the node */
};
/* False: no such peer. */
bool peers_info_get(const struct peers *p, uint32_t peer, struct peers_info *out);

#endif
