/* Running a call without a transaction, and how its failure is told; private to rpc/. */
#ifndef MC_RPC_EXECUTE_H
#define MC_RPC_EXECUTE_H

#include "rpc/params.h"

/* The error of a result whose err is not MC_OK: a revert is code 3 with its data, all else -32000.
 * Returns false, as rpc_fail(). */
bool rpc_fail_call(struct rpc_ctx *c, const struct rpc_call_result *r);
/* Gas that the call needs at the block, or the error set. */
bool rpc_estimate(struct rpc_ctx *c, const struct rpc_block_id *id, const struct rpc_call *call,
                  uint64_t *gas);

#endif
