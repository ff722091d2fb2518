/* A store in memory that fails on demand: for tests without a disk, and for failing-store tests. 
 * One thread only. */
#ifndef MC_TESTS_LIB_STORE_MEM_H
#define MC_TESTS_LIB_STORE_MEM_H

#include "ledger/store.h"

/* An empty store; closing it frees everything unless it was made to survive. */
struct store *store_mem_new(void);
/* After this, close() keeps the contents, as a disk does; store_mem_free() frees them.  After a
 * failed commit the store refuses writes until store_mem_reopen(). */
void store_mem_survive(struct store *s);
void store_mem_reopen(struct store *s);
void store_mem_free(struct store *s);

/* The k-th get, seek, step or commit from now on (1: the next) fails with MC_EIO, once; 0: none
 * does. */
void store_mem_fail_at(struct store *s, uint64_t k);
/* Operations counted since the last store_mem_fail_at. */
uint64_t store_mem_ops(const struct store *s);
/* Entries of a family. */
size_t store_mem_cnt(const struct store *s, enum store_cf cf);
/* Flips a bit in the value of the i-th entry of a family. */
void store_mem_damage(struct store *s, enum store_cf cf, size_t i);
/* Puts one entry directly. */
void store_mem_put(struct store *s, enum store_cf cf, struct mc_slice key, struct mc_slice value);
/* Removes the i-th entry of a family. */
void store_mem_del(struct store *s, enum store_cf cf, size_t i);

#endif
