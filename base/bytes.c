#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUF_CAP_MIN 64u

const struct mc_hash MC_HASH_ZERO = {{0}};
const struct mc_addr MC_ADDR_ZERO = {{0}};

/* ---- slices and words ---- */

struct mc_slice mc_slice_str(const char *s)
{
    return mc_slice(s, strlen(s));
}

struct mc_slice mc_slice_skip(struct mc_slice s, size_t n)
{
    MC_ASSERT(n <= s.n);
    if (n == 0)
        return s;
    return mc_slice(s.p + n, s.n - n);
}

bool mc_slice_eq(struct mc_slice a, struct mc_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int mc_slice_cmp(struct mc_slice a, struct mc_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

    if (order != 0)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool mc_hash_eq(const struct mc_hash *a, const struct mc_hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool mc_hash_is_zero(const struct mc_hash *h)
{
    return mc_hash_eq(h, &MC_HASH_ZERO);
}

bool mc_addr_eq(const struct mc_addr *a, const struct mc_addr *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool mc_addr_is_zero(const struct mc_addr *a)
{
    return mc_addr_eq(a, &MC_ADDR_ZERO);
}

/* ---- buffers ---- */

void mc_buf_free(struct mc_buf *b)
{
    free(b->p);
    *b = (struct mc_buf){0};
}

void mc_buf_reset(struct mc_buf *b)
{
    b->n = 0;
    b->oom = false;
}

static bool buf_grow(struct mc_buf *b, size_t more)
{
    size_t need, cap;
    uint8_t *p;

    if (b->oom)
        return false;
    if (more > SIZE_MAX / 2 - b->n) {
        b->oom = true;
        return false;
    }
    need = b->n + more;
    cap = b->cap < BUF_CAP_MIN ? BUF_CAP_MIN : b->cap;
    while (cap < need)
        cap *= 2;
    p = realloc(b->p, cap);
    if (p == NULL) {
        b->oom = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

bool mc_buf_reserve(struct mc_buf *b, size_t more)
{
    if (!b->oom && more <= b->cap - b->n)
        return true;
    return buf_grow(b, more);
}

void mc_buf_put(struct mc_buf *b, const void *p, size_t n)
{
    if (n == 0 || !mc_buf_reserve(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void mc_buf_put_slice(struct mc_buf *b, struct mc_slice s)
{
    mc_buf_put(b, s.p, s.n);
}

void mc_buf_put_u8(struct mc_buf *b, uint8_t v)
{
    if (mc_buf_reserve(b, 1))
        b->p[b->n++] = v;
}

void mc_buf_put_be32(struct mc_buf *b, uint32_t v)
{
    if (!mc_buf_reserve(b, 4))
        return;
    mc_be32_put(b->p + b->n, v);
    b->n += 4;
}

void mc_buf_put_be64(struct mc_buf *b, uint64_t v)
{
    if (!mc_buf_reserve(b, 8))
        return;
    mc_be64_put(b->p + b->n, v);
    b->n += 8;
}

void mc_buf_put_zeros(struct mc_buf *b, size_t n)
{
    if (n == 0 || !mc_buf_reserve(b, n))
        return;
    memset(b->p + b->n, 0, n);
    b->n += n;
}

void mc_buf_put_str(struct mc_buf *b, const char *s)
{
    mc_buf_put(b, s, strlen(s));
}

void mc_buf_putf(struct mc_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    MC_ASSERT(n >= 0);
    /* One byte more for the NUL that vsnprintf writes; it is not counted. */
    if (!mc_buf_reserve(b, (size_t)n + 1))
        return;
    va_start(ap, fmt);
    vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

enum mc_err mc_buf_check(const struct mc_buf *b, const char *what, struct mc_errmsg *em)
{
    if (b->oom)
        return mc_fail(em, MC_ENOMEM, "%s: out of memory", what);
    return MC_OK;
}
