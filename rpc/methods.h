/* What a method's handler gets, and the table of all methods; private to rpc/.
 *
 * A handler reads its parameters with rpc/params.h, asks c->ports and appends the JSON of the result to c->out.
 * It returns true then.  It returns false after rpc_fail() or a relative of it; what it appended is dropped. */
#ifndef MC_RPC_METHODS_H
#define MC_RPC_METHODS_H

#include "rpc/rpc.h"

/* JSON-RPC 2.0 section 5.1, and geth's numbers where that is silent. */
enum rpc_code {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_NO_METHOD = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL = -32603, /* clients try again: only what that may cure */
    RPC_REFUSED = -32000,
    RPC_REVERTED = 3,
    RPC_SYNC_TIMEOUT = 4 /* EIP-7966 */
};

/* What a waiting call keeps between two runs. */
struct rpc_wait {
    bool armed; /* submitted; the rest counts */
    struct mc_hash tx_hash;
    uint64_t timeout_ms;
    uint64_t deadline_ms; /* on the clock of rpc_server_tick */
};

struct rpc_ctx {
    struct rpc_server *server;
    const struct rpc_ports *ports;
    const struct mc_json *params; /* array, or NULL: none */
    size_t param_cnt;
    struct mc_slice
        plain; /* the only parameter's text, where no tree was made (rpc/plain.h); .p NULL */
    struct mc_arena *arena; /* reset after the call */
    struct mc_buf *out;
    size_t out_max;        /* c->out->n beyond which the answer is too large */
    struct rpc_wait *wait; /* zeroed before the first run of a call */
    bool last_chance;      /* a wait ends now: answer as at the deadline */
    bool again;            /* set with a false return: run the call again later */
    int code;              /* of the error: enum rpc_code */
    struct mc_errmsg em;   /* its words */
    struct mc_slice data;  /* its data as bytes; .p NULL: none */
};

typedef bool (*rpc_method_fn)(struct rpc_ctx *c);

struct rpc_method {
    const char *name;
    uint8_t param_min, param_max;
    bool dev; /* on a devnet only */
    rpc_method_fn fn;
};

#define RPC_METHOD(name, min, max, handler)     bool handler(struct rpc_ctx *c);
#define RPC_METHOD_DEV(name, min, max, handler) bool handler(struct rpc_ctx *c);
#include "rpc/methods.def"
#undef RPC_METHOD
#undef RPC_METHOD_DEV

#define RPC_METHOD(name, min, max, handler)     +1
#define RPC_METHOD_DEV(name, min, max, handler) +1
enum {
    RPC_METHOD_CNT = 0
#include "rpc/methods.def"
};
#undef RPC_METHOD
#undef RPC_METHOD_DEV

extern const struct rpc_method rpc_methods[RPC_METHOD_CNT];

/* All return false, so that a handler may `return rpc_fail(...)`. */
bool rpc_fail(struct rpc_ctx *c, int code, const char *fmt, ...) MC_PRINTF(3, 4);
/* An error that a port answered; its words are in c->em. */
bool rpc_fail_port(struct rpc_ctx *c, enum mc_err err);
/* The same for state at a block: MC_ENOTFOUND is "header not found". */
bool rpc_fail_state(struct rpc_ctx *c, enum mc_err err);
bool rpc_fail_memory(struct rpc_ctx *c);
/* True while the answer is below its limit; else the error is set.  For loops that append. */
bool rpc_room(struct rpc_ctx *c);
/* Appends null; returns true. */
bool rpc_null(struct rpc_ctx *c);
/* For a port that answers "not there" with null: appends it, or fails. */
bool rpc_null_or_fail(struct rpc_ctx *c, enum mc_err err);

#endif
