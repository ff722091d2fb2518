/* State: versioned cells as one block, or one view, sees them.
 *
 * A cell is (address, slot, position).  The store keeps each version under (cell, ~block), so that
 * reading at block B is one seek.  On top of that lies a table of the cells that were read or
 * written here; writes keep a journal for undoing one transaction.  Values live in the owner's
 * arena until the block ends.
 *
 *     ledger_state_load ─> table ─> head cache (chain thread) ─> store, newest version <= block
 *
 * An account is the cell with slot zero and position zero of its own address; its value is the
 * account's RLP, which is also the leaf of the account trie.  Other values are one kind byte and
 * the bytes; a removed cell keeps the kind byte only. */
#ifndef MC_LEDGER_STATE_H
#define MC_LEDGER_STATE_H

#include "ledger/cache.h"
#include "ledger/chain.h"

enum cell_kind {
    CELL_HASH = VM_WORD_HASH,
    CELL_INT = VM_WORD_INT,
    CELL_NONE = VM_WORD_NONE,
    CELL_ACCOUNT = 3
};

struct cell {
    uint8_t key[KEY_CELL_LEN];
    uint8_t kind;          /* enum cell_kind */
    bool dirty;            /* written in this block by a transaction that stands */
    bool known;            /* value is right; else it is still to be fetched */
    bool fetched;          /* came from below at least once: worth caching */
    struct mc_slice value; /* bytes without the kind byte; empty: absent */
    const struct ledger_account
        *account; /* of an account cell; value is made when the block is sealed */
};

struct cell_undo;

struct state {
    struct store *store;      /* NULL: nothing below (block 0) */
    struct store_iter *it;    /* made on the first miss */
    struct cell_cache *cache; /* NULL, or the head's */
    uint64_t block;           /* newest version that is visible */
    struct mc_arena *arena;
    struct cell **table;
    size_t cap, cnt; /* cap is a power of two */
    struct cell_undo *journal;
    size_t undo_cnt, undo_cap;
};

/* Everything starts empty; store NULL for block 0.  The arena is borrowed. */
void ledger_state_init(struct state *s, struct store *store, uint64_t block,
                       struct cell_cache *cache, struct mc_arena *arena);
void ledger_state_free(struct state *s);

void ledger_cell_key(uint8_t out[KEY_CELL_LEN], const struct mc_addr *a, const struct mc_hash *slot,
                     uint64_t pos);
void ledger_cell_key_account(uint8_t out[KEY_CELL_LEN], const struct mc_addr *a);

/* The cell's bytes, valid as long as the arena; empty when absent. */
MC_NODISCARD enum mc_err ledger_state_load(struct state *s, const uint8_t key[KEY_CELL_LEN],
                                           struct mc_slice *out, enum cell_kind *kind,
                                           struct mc_errmsg *em);
/* Sets the cell; empty removes it.  The bytes are copied. */
MC_NODISCARD enum mc_err ledger_state_save(struct state *s, const uint8_t key[KEY_CELL_LEN],
                                           enum cell_kind kind, struct mc_slice value,
                                           struct mc_errmsg *em);
/* An absent account has nonce 0, balance 0, the empty roots and exists false. */
MC_NODISCARD enum mc_err ledger_state_account(struct state *s, const struct mc_addr *a,
                                              struct ledger_account *out, struct mc_errmsg *em);
MC_NODISCARD enum mc_err ledger_state_account_save(struct state *s, const struct mc_addr *a,
                                                   const struct ledger_account *acct,
                                                   struct mc_errmsg *em);

/* Undo: everything since the mark is as before.  Settle forgets the journal (the transaction
 * stands). */
size_t ledger_state_mark(const struct state *s);
void ledger_state_rollback(struct state *s, size_t mark);
void ledger_state_settle(struct state *s);

/* The written cells in key order; memory from the arena.  NULL when it is exhausted. */
struct cell **ledger_state_dirty(struct state *s, size_t *cnt);
/* The cell's entry, made when it is new, its value perhaps unknown; NULL when memory is short. */
struct cell *ledger_state_cell(struct state *s, const uint8_t key[KEY_CELL_LEN]);
/* Orders pointers to cells by key, for qsort. */
int ledger_cell_order(const void *a, const void *b);
/* Stored form of a cell (kind byte and bytes, or the account's RLP), appended. */
void ledger_cell_encode(struct mc_buf *out, const struct cell *c);
void ledger_account_encode(struct mc_buf *out, const struct ledger_account *a);
MC_NODISCARD enum mc_err ledger_account_decode(struct ledger_account *out, struct mc_slice rlp,
                                               struct mc_errmsg *em);

#endif
