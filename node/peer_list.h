/* The `peers` key of the configuration: "KEY@HOST:PORT" is dialled and admitted, "KEY" alone is admitted only.
 * KEY is the other node's Ed25519 key in hex, with or without 0x; HOST a name or an address, IPv6 in brackets. */
#ifndef MC_NODE_PEER_LIST_H
#define MC_NODE_PEER_LIST_H

#include "base/base.h"

#define PEER_HOST_MAX 256u
#define PEER_LIST_MAX 128u

struct peer_addr {
    uint8_t pub[32];
    char host[PEER_HOST_MAX]; /* empty: not dialled */
    uint16_t port;
};

/* Reads a comma-separated list.  MC_EINVAL names the entry that is wrong, or that stands there twice. */
MC_NODISCARD enum mc_err peer_list_parse(struct peer_addr out[PEER_LIST_MAX], uint32_t *cnt,
                                         const char *text, struct mc_errmsg *em);

#endif
