#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

#define ARENA_ALIGN       16u
#define ARENA_FIRST_BYTES (64u * 1024u) /* one request or a small block fits the kept block */
#define ARENA_GROW_BYTES  (4u * 1024u * 1024u) /* blocks double up to this size */

struct mc_arena_block {
    struct mc_arena_block *prev; /* older block, or NULL in the first */
    size_t size;                 /* bytes in data */
    _Alignas(ARENA_ALIGN) uint8_t data[];
};

void mc_arena_init(struct mc_arena *a, size_t bytes_max)
{
    *a = (struct mc_arena){.bytes_max = bytes_max};
}

static void blocks_free(struct mc_arena *a, bool keep_first)
{
    while (a->head != NULL && !(keep_first && a->head->prev == NULL)) {
        struct mc_arena_block *prev = a->head->prev;
        a->total -= sizeof *a->head + a->head->size;
        free(a->head);
        a->head = prev;
    }
    a->used = 0;
}

void mc_arena_reset(struct mc_arena *a)
{
    blocks_free(a, true);
}

void mc_arena_free(struct mc_arena *a)
{
    blocks_free(a, false);
}

/* A new head with room for n bytes; false when memory or the bound is exhausted. */
static bool block_add(struct mc_arena *a, size_t n)
{
    size_t bytes_max = a->bytes_max == 0 ? MC_ARENA_BYTES_MAX : a->bytes_max;
    size_t size = a->head == NULL ? ARENA_FIRST_BYTES : a->head->size * 2;
    struct mc_arena_block *b;
    size_t room;

    if (bytes_max - a->total <= sizeof *b)
        return false;
    room = bytes_max - a->total - sizeof *b;
    if (n > room)
        return false;
    if (size > ARENA_GROW_BYTES)
        size = ARENA_GROW_BYTES;
    if (size < n)
        size = n;
    if (size > room)
        size = room;
    b = malloc(sizeof *b + size);
    if (b == NULL)
        return false;
    b->prev = a->head;
    b->size = size;
    a->head = b;
    a->used = 0;
    a->total += sizeof *b + size;
    return true;
}

void *mc_arena_alloc(struct mc_arena *a, size_t n)
{
    void *p;

    if (n > SIZE_MAX - ARENA_ALIGN)
        return NULL;
    /* Even n = 0 takes a step, so that every answer is an address of its own. */
    n = n == 0 ? ARENA_ALIGN : (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (a->head == NULL || a->head->size - a->used < n) {
        if (!block_add(a, n))
            return NULL;
    }
    p = a->head->data + a->used;
    a->used += n;
    return p;
}

void *mc_arena_calloc(struct mc_arena *a, size_t cnt, size_t size)
{
    void *p;

    if (size != 0 && cnt > SIZE_MAX / size)
        return NULL;
    p = mc_arena_alloc(a, cnt * size);
    if (p != NULL)
        memset(p, 0, cnt * size);
    return p;
}

struct mc_slice mc_arena_copy(struct mc_arena *a, struct mc_slice s)
{
    static const uint8_t nothing[1];
    uint8_t *p;

    if (s.n == 0)
        return mc_slice(nothing, 0);
    p = mc_arena_alloc(a, s.n);
    if (p == NULL)
        return mc_slice(NULL, 0);
    memcpy(p, s.p, s.n);
    return mc_slice(p, s.n);
}

char *mc_arena_printf(struct mc_arena *a, const char *fmt, ...)
{
    va_list ap;
    char *text;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return NULL;
    text = mc_arena_alloc(a, (size_t)n + 1);
    if (text == NULL)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}
