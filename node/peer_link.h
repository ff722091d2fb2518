/* The encrypted channel between two nodes: handshake and sealed frames as bytes in, bytes out.  No sockets here.
 *
 *     dialer                                              listener
 *       hello (plain: versions, chain, ephemeral key) ──>
 *                                                <── hello, then sealed: static key, signature
 *       sealed: static key, signature ──>
 *     ── from here on frames, each direction with its own key and counter ──
 *
 * Both sides prove their Ed25519 identity by a signature over role, both hellos and the static keys, so that an edited
 * hello, a reflected or a replayed one ends the handshake.  The keys come from an X25519 exchange of keys that exist
 * for this connection only: a static key stolen later opens nothing recorded before.  Bytes: docs/formats.md.
 *
 *   peer_link_new -> (peer_link_take: send) -> peer_link_feed, peer_link_next until MORE -> peer_link_seal ...
 *
 * Any error is final: close the connection. */
#ifndef MC_NODE_PEER_LINK_H
#define MC_NODE_PEER_LINK_H

#include "consensus/consensus.h"

#define PEER_LINK_VERSION   1u
#define PEER_LINK_HELLO_LEN 84u
/* A frame before the other side is known, and after: the largest proposal, or one block with its certificate. */
#define PEER_LINK_EARLY_MAX 1024u
#define PEER_LINK_FRAME_MAX (CONS_BODY_BYTES_MAX + CONS_MSG_OVERHEAD_MAX + 4096u)
/* Each direction takes a new key after so many frames or bytes. */
#define PEER_LINK_REKEY_FRAMES 65536u
#define PEER_LINK_REKEY_BYTES  (UINT64_C(1) << 30)

struct peer_link;

struct peer_link_cfg {
    bool dialer;
    struct cons_chain chain;
    const struct mc_ed25519_key *key;  /* borrowed for the link's life */
    const uint8_t *expect;             /* dialer: the key that must answer; NULL: any */
    uint16_t version_min, version_max; /* 0: PEER_LINK_VERSION */
    uint32_t rekey_frames;             /* 0: PEER_LINK_REKEY_FRAMES; both sides alike */
};

enum peer_link_event {
    PEER_LINK_MORE,  /* feed more bytes */
    PEER_LINK_UP,    /* once: the other side is peer_link_peer(); decide whether it may stay */
    PEER_LINK_FRAME, /* a payload */
};

MC_NODISCARD enum mc_err peer_link_new(struct peer_link **out, const struct peer_link_cfg *cfg,
                                       struct mc_errmsg *em);
void peer_link_free(struct peer_link *l); /* NULL is allowed; keys are wiped */

/* Takes bytes from the socket, in order; copied.  MC_ENOMEM only. */
MC_NODISCARD enum mc_err peer_link_feed(struct peer_link *l, struct mc_slice bytes,
                                        struct mc_errmsg *em);
/* The next thing that happened.  payload is borrowed until the next call of feed or next.
 * MC_EMALFORM: not this protocol; MC_EMISMATCH: another chain or no common version; MC_EAUTH: a proof or a frame is
 * not genuine; MC_ELIMIT: a frame too long. */
MC_NODISCARD enum mc_err peer_link_next(struct peer_link *l, enum peer_link_event *ev,
                                        struct mc_slice *payload, struct mc_errmsg *em);
/* Appends handshake bytes that wait to be sent; call after new and after each next. */
void peer_link_take(struct peer_link *l, struct mc_buf *out);
/* Appends one sealed frame; only once up.  Frames must be sent in the order sealed.  MC_ELIMIT, MC_ENOMEM. */
MC_NODISCARD enum mc_err peer_link_seal(struct peer_link *l, struct mc_buf *out,
                                        struct mc_slice payload);
bool peer_link_is_up(const struct peer_link *l);
const uint8_t *peer_link_peer(const struct peer_link *l); /* 32 bytes, once up */

#endif
