/* Catch-up: which decided blocks to ask of whom, and which to import next.  Pure: no socket, disk, clock or thread.
 *
 *     heights that peers claim ──> sync_next: "ask peer p for n blocks from h"     one request at a time, peers in turn
 *     their answers            ──> sync_import: the next block ──> chain thread: certificate, execution, commit
 *     its verdict              ──> sync_imported: go on, or ban the peer that sent it
 *
 * A claimed height is only a hint where to ask; what counts is a certificate against the validator set of its height.
 * A peer that sends what does not verify, claims blocks that it does not give, or does not answer is left alone for a
 * while.  Memory is bounded: SYNC_QUEUE_BYTES and one answer more. */
#ifndef MC_NODE_SYNC_H
#define MC_NODE_SYNC_H

#include "node/peer_msg.h"

#define SYNC_PEERS_MAX   256u
#define SYNC_QUEUE_MAX   (2u * PEER_BLOCKS_MAX)
#define SYNC_QUEUE_BYTES (16u * 1024u * 1024u)
#define SYNC_TIMEOUT_MS  10000u
#define SYNC_BAN_MS      30000u
#define SYNC_FAR         8u /* blocks behind from which there is no waiting for consensus to bring them */

struct sync_peer {
    bool up, told;
    uint64_t height; /* claimed */
    uint64_t banned_until_ms;
};

struct sync_block {
    uint64_t height;
    uint32_t peer;
    struct mc_buf body, cert;
};

struct sync {
    uint32_t grace_ms; /* how long consensus gets to bring the next block by itself */
    uint64_t head;
    uint64_t head_ms; /* when it moved, or when we first were behind */
    bool behind;
    struct sync_peer peer[SYNC_PEERS_MAX];
    struct sync_block queue[SYNC_QUEUE_MAX]; /* a ring of consecutive heights */
    uint32_t first, cnt;
    size_t bytes;
    bool importing; /* the block of head + 1 is with the chain thread */
    uint32_t import_peer;
    bool asking;
    uint32_t ask_peer, ask_cnt, turn;
    uint64_t ask_from, ask_ms;
    uint64_t requests, imported, bans; /* counters */
};

void sync_init(struct sync *s, uint64_t head, uint32_t grace_ms, uint64_t now_ms);
void sync_free(struct sync *s);

void sync_peer_up(struct sync *s, uint32_t peer);
void sync_peer_down(struct sync *s, uint32_t peer);
void sync_peer_height(struct sync *s, uint32_t peer, uint64_t height, uint64_t now_ms);
/* The head moved, by consensus or by import. */
void sync_head(struct sync *s, uint64_t head, uint64_t now_ms);

/* Something is to be asked now: out.peer, out.from, out.cnt.  Also notices a request that timed out: *late is that
 * peer, else UINT32_MAX. */
struct sync_want {
    uint32_t peer;
    uint64_t from;
    uint32_t cnt;
};
bool sync_next(struct sync *s, struct sync_want *out, uint32_t *late, uint64_t now_ms);
/* An answer.  MC_EMALFORM: not what this peer was asked for; MC_ENOTFOUND: it claimed blocks that it does not give
 * (banned); MC_ENOMEM.  An answer that came too late is dropped: MC_OK. */
MC_NODISCARD enum mc_err sync_blocks(struct sync *s, uint32_t peer, uint64_t from,
                                     const struct peer_block *blocks, uint32_t cnt,
                                     uint64_t now_ms);
/* The next block to import, or NULL; its buffers may be taken.  sync_imported() must follow. */
struct sync_block *sync_import(struct sync *s);
/* good: the block is in the chain, or was already.  Else the peer that sent it is banned and returned in *liar. */
void sync_imported(struct sync *s, bool good, uint32_t *liar, uint64_t now_ms);

/* A peer that is not banned claims more than we have. */
bool sync_is_behind(const struct sync *s, uint64_t now_ms);

#endif
