/* Blocks, transactions, receipts and logs as the JSON that Ethereum's execution-apis describe; private to rpc/. */
#ifndef MC_RPC_RENDER_H
#define MC_RPC_RENDER_H

#include "rpc/methods.h"

void rpc_render_tx(struct mc_buf *b, const struct rpc_tx *tx);
void rpc_render_log(struct mc_buf *b, const struct rpc_log *log);
void rpc_render_access(struct mc_buf *b, const struct rpc_access *list, uint32_t cnt);
/* These append as long as there is room; false as rpc_room(). */
bool rpc_render_receipt(struct rpc_ctx *c, const struct rpc_receipt *r);
bool rpc_render_logs(struct rpc_ctx *c, const struct rpc_log *logs, uint32_t cnt);
/* full: whole transactions instead of their hashes.  pending: hash, nonce and miner are null. */
bool rpc_render_block(struct rpc_ctx *c, const struct rpc_block *block, bool full, bool pending);

#endif
