/* Typed reading of parameters; private to rpc/.
 *
 * rpc_val_* read one JSON value and on failure write what was wrong with it into em.  rpc_arg_* read the parameter at
 * position i and on failure set the error -32602 "invalid argument i: ...".  All return false on failure.  Bytes go
 * to the arena. */
#ifndef MC_RPC_PARAMS_H
#define MC_RPC_PARAMS_H

#include "rpc/methods.h"

#define RPC_LIST_MAX                                                                               \
    1000u /* addresses of a filter, alternatives of a topic, entries of an access list */
#define RPC_SLOTS_MAX 1024u /* keys of one eth_getProof */

bool rpc_val_u64(uint64_t *out, const struct mc_json *v, struct mc_errmsg *em);
bool rpc_val_u256(struct mc_u256 *out, const struct mc_json *v, struct mc_errmsg *em);
bool rpc_val_addr(struct mc_addr *out, const struct mc_json *v, struct mc_errmsg *em);
bool rpc_val_hash(struct mc_hash *out, const struct mc_json *v, struct mc_errmsg *em);
bool rpc_val_data(struct mc_slice *out, const struct mc_json *v, struct mc_arena *arena,
                  struct mc_errmsg *em);
/* A storage slot: 1 to 64 hex digits, with or without leading zeros. */
bool rpc_val_slot(struct mc_hash *out, const struct mc_json *v, struct mc_errmsg *em);
/* "latest" and its like, or a quantity. */
bool rpc_val_block_number(struct rpc_block_id *out, const struct mc_json *v, struct mc_errmsg *em);
/* The same, a block hash, or an EIP-1898 object. */
bool rpc_val_block(struct rpc_block_id *out, const struct mc_json *v, struct mc_errmsg *em);

/* The parameter, or NULL when it is missing or null. */
const struct mc_json *rpc_arg(const struct rpc_ctx *c, size_t i);
/* Sets -32602 "invalid argument i: <c->em>". */
bool rpc_arg_bad(struct rpc_ctx *c, size_t i);

bool rpc_arg_u64(struct rpc_ctx *c, size_t i, uint64_t *out);
bool rpc_arg_addr(struct rpc_ctx *c, size_t i, struct mc_addr *out);
bool rpc_arg_hash(struct rpc_ctx *c, size_t i, struct mc_hash *out);
bool rpc_arg_data(struct rpc_ctx *c, size_t i, struct mc_slice *out);
bool rpc_arg_bool(struct rpc_ctx *c, size_t i, bool *out);
bool rpc_arg_block_number(struct rpc_ctx *c, size_t i, struct rpc_block_id *out);
/* A missing one is latest. */
bool rpc_arg_block(struct rpc_ctx *c, size_t i, struct rpc_block_id *out);

/* A transaction or call object. */
struct rpc_tx_args {
    struct rpc_call call;
    bool has_gas_price, has_max_fee, has_tip;
};
bool rpc_arg_tx(struct rpc_ctx *c, size_t i, struct rpc_tx_args *out);

/* A filter object.  With by_hash the range is that one block. */
struct rpc_criteria {
    bool by_hash;
    struct mc_hash block_hash;
    struct rpc_block_id from, to; /* latest when missing */
    struct rpc_log_query query;   /* without its range */
};
bool rpc_arg_criteria(struct rpc_ctx *c, size_t i, struct rpc_criteria *out);

#endif
