/* The RPC listener: sockets and worker threads for rpc/, on libuv.
 *
 *     listen ─> connection ─> rpc_conn_feed ─> job ─> thread pool ─> rpc_conn_answer ─> socket
 *                                               └─ waits for a block: rpc_uv_block() runs it again
 *
 * A reader that does not take its answer within RPC_UV_WRITE_MS is dropped; an idle connection after
 * RPC_UV_IDLE_MS; one whose request is not complete RPC_UV_REQUEST_MS after its first byte, however it drips in.  A client
 * that closed only its sending half still gets its answers. */
#ifndef MC_NODE_RPC_UV_H
#define MC_NODE_RPC_UV_H

#include <uv.h>

#include "rpc/rpc.h"

#define RPC_UV_IDLE_MS    120000u
#define RPC_UV_REQUEST_MS 30000u
#define RPC_UV_WRITE_MS   30000u
#define RPC_UV_LINGER_MS  2000u /* for the client to read a last answer and close */

struct rpc_uv;

struct rpc_uv_cfg {
    const char *host;
    uint16_t port; /* 0: any */
    uint32_t connections_max;
};

/* Listens.  The server is borrowed.  MC_EBUSY with a sentence when the port is taken. */
MC_NODISCARD enum mc_err rpc_uv_start(struct rpc_uv **out, uv_loop_t *loop,
                                      struct rpc_server *server, const struct rpc_uv_cfg *cfg,
                                      struct mc_errmsg *em);
uint16_t rpc_uv_port(const struct rpc_uv *u);
uint32_t rpc_uv_connection_cnt(const struct rpc_uv *u);
/* A block was committed: jobs that wait for one run again. */
void rpc_uv_block(struct rpc_uv *u);
/* Stops listening and closes every connection; jobs in work end first.  done() is called when all is closed; then
 * rpc_uv_free(). */
void rpc_uv_stop(struct rpc_uv *u, void (*done)(void *arg), void *arg);
void rpc_uv_free(struct rpc_uv *u);

#endif
