/* Arena: memory for one job (a block, a request), taken piecewise and given back all at once.
 *
 * Not thread safe: one arena belongs to one job.  Memory comes in blocks; mc_arena_reset() keeps the
 * first one, so a long-lived arena settles.  Total size is bounded by bytes_max. */
#ifndef MC_BASE_ARENA_H
#define MC_BASE_ARENA_H

#include "base/bytes.h"

struct mc_arena_block;

struct mc_arena {
    struct mc_arena_block *head; /* newest block */
    size_t used;                 /* bytes used in head */
    size_t total;                /* bytes allocated over all blocks */
    size_t bytes_max;            /* 0: MC_ARENA_BYTES_MAX */
};

/* A zeroed struct mc_arena is valid and empty. */
void mc_arena_init(struct mc_arena *a, size_t bytes_max);
void mc_arena_reset(
    struct mc_arena *a); /* everything handed out is gone; memory is kept for reuse */
void mc_arena_free(struct mc_arena *a);

/* n bytes aligned to 16, uninitialised.  NULL when memory or the bound is exhausted.  n may be 0. */
void *mc_arena_alloc(struct mc_arena *a, size_t n);
/* Zeroed array; NULL also when cnt * size overflows. */
void *mc_arena_calloc(struct mc_arena *a, size_t cnt, size_t size);
/* A copy of the bytes; .p is NULL on failure (never for n == 0). */
struct mc_slice mc_arena_copy(struct mc_arena *a, struct mc_slice s);
/* Text, NUL-terminated; NULL on failure. */
char *mc_arena_printf(struct mc_arena *a, const char *fmt, ...) MC_PRINTF(2, 3);

#endif
