/* Blocks and pool transactions as several methods need them; private to rpc/. */
#ifndef MC_RPC_LOOKUP_H
#define MC_RPC_LOOKUP_H

#include "rpc/params.h"

/* Reads parameter i, a block number or tag, or a block hash. */
bool rpc_arg_block_by_number(struct rpc_ctx *c, size_t i, struct rpc_block_id *out);
bool rpc_arg_block_by_hash(struct rpc_ctx *c, size_t i, struct rpc_block_id *out);

/* The block that the pool's transactions would make on top of the latest one: its roots, bloom and gas are not known
 * yet and zero, its state root is the parent's. */
MC_NODISCARD enum mc_err rpc_pending_block(struct rpc_ctx *c, struct rpc_block *out);
/* The named block; RPC_TAG_PENDING gives the one above. */
MC_NODISCARD enum mc_err rpc_block_find(struct rpc_ctx *c, const struct rpc_block_id *id,
                                        uint32_t what, struct rpc_block *out);

#endif
