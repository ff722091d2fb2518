/* Chunks of a block's body in the store: transactions with their receipts, so that one receipt is
 * read without the rest of the block (docs/formats.md).
 *
 *   be32 first transaction, be32 count, be32 index in the block of the first log,
 *   then for each transaction: sender 20 | be32 n | envelope n | be32 n | receipt n
 *   receipt: flags 1 (1 success, 2 contract) | be64 gas used | be64 cumulative gas |
 *            contract 20 if flagged | be32 n | revert data n | be32 logs, then for each
 *            address 20 | topics 1 | 32 each | be32 n | data n */
#ifndef MC_LEDGER_BODY_H
#define MC_LEDGER_BODY_H

#include "ledger/block.h"

#define BODY_CHUNK_TXS   16u
#define BODY_CHUNK_BYTES (16u * 1024u) /* a chunk is closed when it reaches this */

struct body_chunk {
    uint32_t first_i; /* of the block's transactions */
    uint32_t cnt;
    uint32_t log_first; /* of the block's logs */
};

void ledger_body_chunk_begin(struct mc_buf *out, uint32_t first_i, uint32_t log_first);
/* Appends one transaction; the count in the head follows. */
void ledger_body_chunk_add(struct mc_buf *out, const struct ledger_tx *tx,
                           const struct ledger_receipt *r);

/* Reader: one chunk, transaction by transaction.  All errors are MC_ECORRUPT. */
struct body_reader {
    struct body_chunk head;
    uint32_t next_i;   /* of the block's transactions */
    uint32_t next_log; /* of the block's logs */
    struct mc_slice rest;
};
MC_NODISCARD enum mc_err ledger_body_open(struct body_reader *r, struct mc_slice chunk,
                                          struct mc_errmsg *em);
/* Takes the next transaction.  tx (when not NULL) is returned, sender filled; receipt (when not
 * NULL) has its memory in the arena, bloom included. */
MC_NODISCARD enum mc_err ledger_body_next(struct body_reader *r, struct ledger_tx **tx,
                                          struct ledger_receipt *receipt, struct mc_arena *arena,
                                          struct mc_errmsg *em);
#endif
