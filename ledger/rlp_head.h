/* RLP headers written straight into memory the caller has sized: for hot paths that must not
 * grow a buffer. */
#ifndef MC_LEDGER_RLP_HEAD_H
#define MC_LEDGER_RLP_HEAD_H

#include "base/base.h"

#define RLP_HEAD_MAX    9u /* bytes of the longest header */
#define RLP_BASE_STRING 0x80u
#define RLP_BASE_LIST   0xc0u

/* Bytes of the header of a list, or of a string other than a single byte below 0x80, of n
 * payload bytes. */
static inline size_t rlp_head_len(size_t n)
{
    size_t len = 1;

    if (n > 55)
        for (size_t v = n; v != 0; v >>= 8)
            len++;
    return len;
}

/* Writes that header and returns its length, at most RLP_HEAD_MAX. */
static inline size_t rlp_head_put(uint8_t *p, uint8_t base, size_t n)
{
    size_t len;

    if (n <= 55) {
        p[0] = (uint8_t)(base + n);
        return 1;
    }
    len = rlp_head_len(n);
    p[0] = (uint8_t)(base + 55 + len - 1);
    for (size_t i = len - 1; i > 0; i--, n >>= 8)
        p[i] = (uint8_t)n;
    return len;
}

/* Bytes of a whole string item. */
static inline size_t rlp_string_len(struct mc_slice s)
{
    return s.n == 1 && s.p[0] < 0x80 ? 1 : rlp_head_len(s.n) + s.n;
}

/* Writes a whole string item and returns its length. */
static inline size_t rlp_string_put(uint8_t *p, struct mc_slice s)
{
    size_t head;

    if (s.n == 1 && s.p[0] < 0x80) {
        p[0] = s.p[0];
        return 1;
    }
    head = rlp_head_put(p, RLP_BASE_STRING, s.n);
    if (s.n > 0)
        memcpy(p + head, s.p, s.n);
    return head + s.n;
}

#endif
