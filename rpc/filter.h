/* The table of installed filters: what each wants and how far its client has read; private to rpc/.
 *
 * Any thread may call any function.  A filter that nobody asked for during idle_ms is gone. */
#ifndef MC_RPC_FILTER_H
#define MC_RPC_FILTER_H

#include "rpc/params.h"

enum rpc_filter_kind { RPC_FILTER_LOGS, RPC_FILTER_BLOCKS, RPC_FILTER_TXS };

#define RPC_FILTER_ID_LEN                                                                          \
    34 /* 0x and 32 digits, the first not 0: some clients send it back as a number */

/* A filter as it stands: copied out, in the caller's arena. */
struct rpc_filter {
    enum rpc_filter_kind kind;
    struct rpc_criteria criteria; /* of RPC_FILTER_LOGS */
    uint64_t position; /* first block not yet told; for RPC_FILTER_TXS the pool's cursor */
};

struct rpc_filters;

/* Returned table: rpc_filters_free.  NULL: out of memory. */
struct rpc_filters *rpc_filters_new(uint32_t cnt_max, uint64_t idle_ms);
void rpc_filters_free(struct rpc_filters *t);
/* Copies the filter and writes its id with a NUL.  MC_ELIMIT: the table is full. */
MC_NODISCARD enum mc_err rpc_filters_add(struct rpc_filters *t, char id[RPC_FILTER_ID_LEN + 1],
                                         const struct rpc_filter *f, uint64_t now_ms);
/* MC_ENOTFOUND: never there, removed or expired.  Its idle time starts again. */
MC_NODISCARD enum mc_err rpc_filters_get(struct rpc_filters *t, struct rpc_filter *out,
                                         struct mc_slice id, uint64_t now_ms,
                                         struct mc_arena *arena);
/* Moves the position on, unless another call has moved it since it was `from`. */
void rpc_filters_advance(struct rpc_filters *t, struct mc_slice id, uint64_t from, uint64_t to);
bool rpc_filters_remove(struct rpc_filters *t, struct mc_slice id, uint64_t now_ms);

#endif
