/* The log index: under (address) and under (position, topic), for each block the places of the logs
 * that have it.
 *
 * value = LEB128 pairs, each the difference to the pair before: transaction index, log index in the
 * block. */
#ifndef MC_LEDGER_LOGINDEX_H
#define MC_LEDGER_LOGINDEX_H

#include "ledger/internal.h"

struct log_place {
    uint32_t tx_i;
    uint32_t log_i; /* in the block */
};

/* Puts all index entries of the block into the batch, in key order. */
MC_NODISCARD enum mc_err ledger_log_index_write(const struct kept_block *k, struct store_batch *b,
                                                const struct store_ops *ops, struct mc_arena *arena,
                                                struct mc_errmsg *em);
/* Number of places in a stored value. */
MC_NODISCARD enum mc_err ledger_log_places_decode(struct mc_slice value, struct log_place **out,
                                                  uint32_t *cnt, struct mc_arena *arena,
                                                  struct mc_errmsg *em);

#endif
