/* HTTP answers as bytes; private to rpc/. */
#ifndef MC_RPC_REPLY_H
#define MC_RPC_REPLY_H

#include "base/base.h"

struct rpc_reply {
    int status;
    const char *type;   /* Content-Type; NULL: none */
    const char *allow;  /* Allow; NULL: none */
    const char *origin; /* Access-Control-Allow-Origin; NULL or "": none */
    bool preflight;     /* answer of a CORS preflight */
    bool keep_alive;
    uint8_t minor; /* of the request's HTTP version */
};

/* Writes the head for a body of body_len bytes.  Returns its length; 0: it does not fit. */
size_t rpc_reply_head(char *out, size_t cap, const struct rpc_reply *r, size_t body_len);
void rpc_reply_put(struct mc_buf *out, const struct rpc_reply *r, struct mc_slice body);

#endif
