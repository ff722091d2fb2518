/* Jobs that peers cause and that libuv's workers do: recovering transactions, reading blocks.  Callbacks run on the loop
 * thread, once for each job that was started. */
#ifndef MC_NODE_SERVE_UV_H
#define MC_NODE_SERVE_UV_H

#include <uv.h>

#include "node/peer_msg.h"
#include "node/pool.h"

struct serve_txs {
    struct ledger_tx **txs; /* those that were new to the pool and admitted; borrowed */
    uint32_t tx_cnt;
    bool bad; /* one was no transaction at all, or bears no valid signature */
};
typedef void (*serve_txs_cb)(void *arg, uint32_t peer, uint64_t link, struct serve_txs *batch);

/* Recovers each transaction that neither the pool nor the chain has, once, and offers it to the pool; raws are copied.
 * MC_ENOMEM: cb will not be called. */
MC_NODISCARD enum mc_err serve_txs_start(uv_loop_t *loop, struct pool *pool, struct ledger *ledger,
                                         uint64_t (*mono_ms)(void), uint32_t peer, uint64_t link,
                                         const struct mc_slice *raws, uint32_t cnt, serve_txs_cb cb,
                                         void *arg);

typedef void (*serve_blocks_cb)(void *arg, uint32_t peer, uint64_t link,
                                const struct mc_buf *payload);

/* Encodes a PEER_BLOCKS message with up to cnt blocks from `from`, as many as fit; none when they are not here.
 * payload is empty when the store failed. */
MC_NODISCARD enum mc_err serve_blocks_start(uv_loop_t *loop, struct ledger *ledger, uint32_t peer,
                                            uint64_t link, uint64_t from, uint32_t cnt,
                                            serve_blocks_cb cb, void *arg);

#endif
