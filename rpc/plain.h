/* A short way for the request that comes by the million; private to rpc/.
 *
 * A JSON tree of a raw transaction costs more than everything else that happens to the request.  This reads the one
 * form that client libraries write, in one pass and without memory of its own; every other form, and every wrong one,
 * is left to the parser, so that no rule is written twice. */
#ifndef MC_RPC_PLAIN_H
#define MC_RPC_PLAIN_H

#include "base/base.h"

#define RPC_PLAIN_METHOD "eth_sendRawTransaction"

/* Borrowed from the text. */
struct rpc_plain {
    struct mc_slice id;    /* as it stands there: a whole number, or a string with its quotes */
    struct mc_slice param; /* the only parameter, without its quotes */
};

/* True when the text is an object of exactly jsonrpc "2.0", id, method and params, in any order: the method above
 * with one string, no escapes or control characters, a number of at most 18 digits. */
bool rpc_plain_read(struct rpc_plain *out, struct mc_slice text);

#endif
