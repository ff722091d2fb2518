/* JSON-RPC 2.0: one request text, single call or batch, to one answer text; private to rpc/. */
#ifndef MC_RPC_JSONRPC_H
#define MC_RPC_JSONRPC_H

#include "rpc/methods.h"

/* A request text on its way.  begin, step until it answers RPC_JOB_DONE, end. */
struct rpc_run {
    struct rpc_server *server;
    struct mc_buf *out; /* borrowed: the answer is appended */
    size_t start;       /* out->n at the beginning */
    struct mc_json_doc *doc;
    struct mc_arena arena;
    size_t next, cnt; /* the call that is due, of how many */
    bool batch;
    struct rpc_wait wait;
};

/* text: borrowed for this call only. */
void rpc_run_begin(struct rpc_run *run, struct rpc_server *s, struct mc_slice text,
                   struct mc_buf *out);
/* last_chance: waits end now, as at their deadline; the answer is RPC_JOB_DONE then. */
enum rpc_job_state rpc_run_step(struct rpc_run *run, bool last_chance);
void rpc_run_end(struct rpc_run *run);

/* Appends a whole error answer; id NULL is null.  data: bytes, or .p NULL for none. */
void rpc_error_put(struct mc_buf *out, const struct mc_json *id, int code, const char *words,
                   struct mc_slice data);

#endif
