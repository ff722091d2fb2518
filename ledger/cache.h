/* Cache of head cells across blocks: what the last committed block left in a cell, absence
 * included, so that roles, parameters, nonces and list lengths cost no seek.  Bounded; the least
 * recently used goes first.  Chain thread only. */
#ifndef MC_LEDGER_CACHE_H
#define MC_LEDGER_CACHE_H

#include "ledger/keys.h"

struct cell_cache;

/* NULL when memory is short. */
struct cell_cache *ledger_cell_cache_new(size_t bytes_max);
void ledger_cell_cache_free(struct cell_cache *c);
/* True when the cell is known; *value (empty: known absent) is borrowed until the next put. */
bool ledger_cell_cache_get(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN],
                           struct mc_slice *value);
/* Sets or replaces a cell's stored value.  Short memory drops the cell instead: the cache never
 * lies. */
void ledger_cell_cache_put(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN],
                           struct mc_slice value);
/* Replaces the value only when the cell is cached. */
void ledger_cell_cache_update(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN],
                              struct mc_slice value);
/* Forgets a cell; needs no memory. */
void ledger_cell_cache_drop(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN]);
/* Hash of a cell key, seeded for each process so that nobody can aim at one bucket. */
uint64_t ledger_cell_hash(const uint8_t key[KEY_CELL_LEN]);

#endif
