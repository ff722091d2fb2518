/* What nodes say to each other inside the channel: one msgpack array a message, one form a value.
 *
 * Decoding is bounded before anything is allocated: counts and lengths have caps here, lists come from the caller's
 * arena, bytes stay where they are.  Tables: docs/formats.md. */
#ifndef MC_NODE_PEER_MSG_H
#define MC_NODE_PEER_MSG_H

#include "consensus/consensus.h"

#define PEER_TXS_MAX       1024u                /* transactions of one batch */
#define PEER_TXS_BYTES_MAX (2u * 1024u * 1024u) /* their bytes; one transaction always fits */
#define PEER_BLOCKS_MAX    128u                 /* blocks of one answer */
#define PEER_BLOCKS_BYTES  (1024u * 1024u) /* an answer stops growing here; one block always fits */
#define PEER_CERT_MAX      (16u * 1024u)
#define PEER_CLIENT_MAX    64u

enum peer_msg_type {
    PEER_HELLO = 1,      /* first, and when our head moved: where we are */
    PEER_CONS = 2,       /* a consensus message */
    PEER_TXS = 3,        /* transactions that may be new to the other */
    PEER_GET_BODY = 4,   /* the body of a proposed block */
    PEER_BODY = 5,       /* the answer; nothing when it is not held */
    PEER_GET_BLOCKS = 6, /* decided blocks */
    PEER_BLOCKS = 7,     /* the answer: from the height asked for, as many as fit, perhaps none */
    PEER_PING = 8,
    PEER_PONG = 9,
};

struct peer_block {
    struct mc_slice body; /* RLP of the block */
    struct mc_slice cert; /* its commit certificate */
};

struct peer_msg {
    enum peer_msg_type type;
    uint64_t height;       /* HELLO, PING, PONG: the sender's head; GET_BLOCKS, BLOCKS: the first */
    struct mc_hash hash;   /* HELLO: of that head; GET_BODY, BODY */
    uint64_t time_ms;      /* HELLO: the sender's clock; PING, PONG: the pinger's, given back */
    uint32_t cnt;          /* TXS, BLOCKS: entries; GET_BLOCKS: at most so many */
    struct mc_slice bytes; /* HELLO: name of the program; CONS: the message; BODY: the block */
    const struct mc_slice *txs;
    const struct peer_block *blocks;
};

/* Appends the message.  Memory failure: out->oom. */
void peer_msg_encode(struct mc_buf *out, const struct peer_msg *m);
/* Decodes one whole message; lists from the arena, bytes borrowed from wire.  MC_EMALFORM, MC_ENOMEM. */
MC_NODISCARD enum mc_err peer_msg_decode(struct peer_msg *out, struct mc_arena *a,
                                         struct mc_slice wire, struct mc_errmsg *em);

#endif
