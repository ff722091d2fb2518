/* Ledger structures as rpc/ports.h wants them; memory from the request's arena. */
#ifndef MC_NODE_PORTS_CONVERT_H
#define MC_NODE_PORTS_CONVERT_H

#include "ledger/ledger.h"
#include "rpc/ports.h"

/* Where a transaction stands; NULL for one that waits in the pool. */
struct tx_at {
    uint64_t number;
    struct mc_hash block_hash;
    uint32_t index;
    struct mc_u256 base_fee;
};

/* The transaction's bytes are copied when `copy`, else borrowed from tx. */
MC_NODISCARD enum mc_err convert_tx(struct rpc_tx *out, const struct ledger_tx *tx,
                                    const struct tx_at *at, bool copy, struct mc_arena *arena,
                                    struct mc_errmsg *em);
MC_NODISCARD enum mc_err convert_receipt(struct rpc_receipt *out, const struct ledger_tx *tx,
                                         const struct ledger_receipt *r, const struct tx_at *at,
                                         uint64_t time_s, uint32_t log_first_i,
                                         struct mc_arena *arena, struct mc_errmsg *em);
void convert_log(struct rpc_log *out, const struct ledger_log_row *row);
MC_NODISCARD enum mc_err convert_block(struct rpc_block *out, const struct ledger_block *b,
                                       uint32_t what, struct mc_arena *arena, struct mc_errmsg *em);
/* The access list of a call back into RLP: what ledger_call and ledger_tx_sign take. */
MC_NODISCARD enum mc_err convert_access(struct mc_buf *out, const struct rpc_access *access,
                                        uint32_t cnt, uint32_t *key_cnt, struct mc_errmsg *em);

#endif
