/* A request on its way from a connection to a worker and back; private to rpc/. */
#ifndef MC_RPC_JOB_H
#define MC_RPC_JOB_H

#include "rpc/jsonrpc.h"

/* Room before the answer for its HTTP head, so that both leave in one piece without a copy. */
#define RPC_HEAD_ROOM 512u

struct rpc_job {
    struct rpc_server *server;
    struct mc_buf body; /* the request text */
    struct mc_buf out;  /* RPC_HEAD_ROOM bytes, then the answer */
    struct rpc_run run;
    bool begun;
    /* For the head of the answer. */
    bool keep_alive;
    uint8_t minor;
    char origin[128]; /* to allow, "" for none */
};

/* Takes the body's bytes (body is empty then).  NULL: out of memory. */
struct rpc_job *rpc_job_new(struct rpc_server *s, struct mc_buf *body);

#endif
