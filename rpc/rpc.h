/* rpc: Ethereum-compatible JSON-RPC over HTTP, bytes in and bytes out.
 *
 * node/ owns sockets and threads.  For each connection it keeps a struct rpc_conn and feeds it what arrived (loop thread);
 * a complete request comes back as a job, which any worker thread runs against rpc/ports.h; the finished job's bytes go to
 * the connection.  One request of a connection is in work at a time; the next is held back until it was answered, so
 * answers keep their order.
 *
 *     socket ─> rpc_conn_feed ─> job ─> [worker] rpc_job_run ─> rpc_conn_answer ─> socket
 *                    │                        └─ RPC_JOB_WAIT: run it again after the next block or at its deadline
 *                    └─> ready-made answer (bad HTTP, /health, CORS preflight)
 *
 * Methods are rows of methods.def; one file a method group. */
#ifndef MC_RPC_RPC_H
#define MC_RPC_RPC_H

#include "rpc/ports.h"

struct rpc_server;
struct rpc_conn;
struct rpc_job;

struct rpc_cfg {
    size_t body_bytes_max;     /* 0: MC_RPC_BODY_BYTES_MAX */
    uint32_t batch_max;        /* 0: MC_RPC_BATCH_MAX */
    size_t response_bytes_max; /* 0: MC_RPC_RESPONSE_BYTES_MAX */
    uint32_t filters_max;      /* 0: 1000 */
    uint64_t filter_idle_ms;   /* 0: one hour */
    uint64_t sync_timeout_ms;  /* of eth_sendRawTransactionSync; 0: 20 s */
    const char *cors_origins;  /* comma-separated, "*" for any, NULL or "" for none */
    const char *
        hosts; /* allowed Host names without port, comma-separated; NULL: localhost, 127.0.0.1, [::1] */
    /* Allowed methods or namespaces ("net,web3,eth_call"); one with a minus is not ("eth,-eth_newFilter": no filters
     * behind a load balancer; "*,-debug_getRawBlock"); NULL: all. */
    const char *methods;
    bool devnet; /* unlocked accounts and their methods */
    bool local;  /* the listener is reached from this machine only: admin_ methods */
};

/* Returned server: rpc_server_free after all connections and jobs are gone. */
MC_NODISCARD enum mc_err rpc_server_new(struct rpc_server **out, const struct rpc_cfg *cfg,
                                        const struct rpc_ports *ports, struct mc_errmsg *em);
void rpc_server_free(struct rpc_server *s);
/* Milliseconds of a monotonic clock, set by the loop now and then: filter expiry and deadlines go by it. */
void rpc_server_tick(struct rpc_server *s, uint64_t now_ms);
/* Appends Prometheus text: requests, errors, seconds by method. */
void rpc_server_metrics(struct rpc_server *s, struct mc_buf *out);

/* ---- connection (loop thread) ---- */
MC_NODISCARD enum mc_err rpc_conn_new(struct rpc_conn **out, struct rpc_server *s);
void rpc_conn_free(struct rpc_conn *c); /* a job of it that still runs is discarded when it ends */

struct rpc_conn_out {
    struct mc_slice send; /* bytes to write now; borrowed until the next call for this connection */
    struct rpc_job *job; /* to run on a worker, or NULL; taken by rpc_conn_answer or rpc_job_free */
    bool close;          /* close after sending */
    bool upgrade;        /* asked for WebSocket: reserved, never set in this version */
};
/* Feeds n bytes.  While a job of this connection is out, bytes are kept (bounded) and looked at later. */
void rpc_conn_feed(struct rpc_conn *c, struct mc_slice bytes, struct rpc_conn_out *out);
/* Gives a finished job back: its answer is in out->send; out->job may be the next pipelined request. */
void rpc_conn_answer(struct rpc_conn *c, struct rpc_job *job, struct rpc_conn_out *out);
/* What out->send pointed to has been written and may go: an idle connection then holds no large answer.  Optional. */
void rpc_conn_sent(struct rpc_conn *c);
/* True when no request is half read or in work: may be closed for idleness at once. */
bool rpc_conn_idle(const struct rpc_conn *c);

/* ---- job (worker thread) ---- */
enum rpc_job_state { RPC_JOB_DONE, RPC_JOB_WAIT };
enum rpc_job_state rpc_job_run(struct rpc_job *job);
uint64_t rpc_job_deadline_ms(
    const struct rpc_job *job); /* of a waiting job, on the clock of rpc_server_tick */
void rpc_job_free(struct rpc_job *job);

/* The whole path without HTTP: request text in, response text out (empty for notifications).  For tests, fuzzing and
 * jobs; waits are answered as a timeout. */
void rpc_handle(struct rpc_server *s, struct mc_slice request, struct mc_buf *response);

#endif
