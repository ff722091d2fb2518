/* Bytes: borrowed slices, growing buffers, fixed words, big-endian integers and hex.
 *
 * A slice is a pointer and a length and owns nothing.  A buffer owns its bytes; it grows by doubling and
 * remembers a failed allocation, so that a writer may append many times and test `oom` once at the end. */
#ifndef MC_BASE_BYTES_H
#define MC_BASE_BYTES_H

#include <string.h>

#include "base/err.h"

/* Borrowed bytes.  p may be NULL only when n is 0. */
struct mc_slice {
    const uint8_t *p;
    size_t n; /* bytes */
};

/* 32 bytes: Keccak-256 and SHA-256 digests, storage slots and words, public keys. */
struct mc_hash {
    uint8_t b[32];
};

/* 20 bytes: an Ethereum account or contract address. */
struct mc_addr {
    uint8_t b[20];
};

extern const struct mc_hash MC_HASH_ZERO;
extern const struct mc_addr MC_ADDR_ZERO;

static inline struct mc_slice mc_slice(const void *p, size_t n)
{
    return (struct mc_slice){(const uint8_t *)p, n};
}
/* The bytes of a C string without its NUL. */
struct mc_slice mc_slice_str(const char *s);
/* The rest of s after n bytes; n must not exceed s.n. */
struct mc_slice mc_slice_skip(struct mc_slice s, size_t n);
bool mc_slice_eq(struct mc_slice a, struct mc_slice b);
/* Lexicographic by byte, the shorter first on a tie: negative, 0 or positive. */
int mc_slice_cmp(struct mc_slice a, struct mc_slice b);

static inline struct mc_slice mc_hash_slice(const struct mc_hash *h)
{
    return mc_slice(h->b, sizeof h->b);
}
static inline struct mc_slice mc_addr_slice(const struct mc_addr *a)
{
    return mc_slice(a->b, sizeof a->b);
}
bool mc_hash_eq(const struct mc_hash *a, const struct mc_hash *b);
bool mc_hash_is_zero(const struct mc_hash *h);
bool mc_addr_eq(const struct mc_addr *a, const struct mc_addr *b);
bool mc_addr_is_zero(const struct mc_addr *a);

/* A growing byte buffer.  All zero is a valid empty buffer.  `oom` is set by the first append that
 * could not get memory and stays set; nothing is appended after that. */
struct mc_buf {
    uint8_t *p;
    size_t n;   /* bytes in use */
    size_t cap; /* bytes allocated */
    bool oom;
};

void mc_buf_free(struct mc_buf *b);  /* releases the bytes; the buffer is empty and usable again */
void mc_buf_reset(struct mc_buf *b); /* keeps the memory, forgets the bytes and a former oom */
bool mc_buf_reserve(struct mc_buf *b, size_t more); /* room for `more` bytes; false sets oom */
void mc_buf_put(struct mc_buf *b, const void *p, size_t n);
void mc_buf_put_slice(struct mc_buf *b, struct mc_slice s);
void mc_buf_put_u8(struct mc_buf *b, uint8_t v);
void mc_buf_put_be32(struct mc_buf *b, uint32_t v);
void mc_buf_put_be64(struct mc_buf *b, uint64_t v);
void mc_buf_put_zeros(struct mc_buf *b, size_t n);
void mc_buf_put_str(struct mc_buf *b, const char *s);
void mc_buf_putf(struct mc_buf *b, const char *fmt, ...) MC_PRINTF(2, 3);
/* Lower-case hex without prefix. */
void mc_buf_put_hex(struct mc_buf *b, struct mc_slice s);
static inline struct mc_slice mc_buf_slice(const struct mc_buf *b)
{
    return mc_slice(b->p, b->n);
}
/* MC_ENOMEM with a sentence naming `what` when b->oom, else MC_OK. */
MC_NODISCARD enum mc_err mc_buf_check(const struct mc_buf *b, const char *what,
                                      struct mc_errmsg *em);

static inline void mc_be32_put(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}
static inline uint32_t mc_be32_get(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void mc_be64_put(uint8_t *p, uint64_t v)
{
    mc_be32_put(p, (uint32_t)(v >> 32));
    mc_be32_put(p + 4, (uint32_t)v);
}
static inline uint64_t mc_be64_get(const uint8_t *p)
{
    return (uint64_t)mc_be32_get(p) << 32 | mc_be32_get(p + 4);
}

/* Writes 2*n lower-case hex digits and a NUL. */
void mc_hex_encode(char *out, const uint8_t *p, size_t n);
/* Decodes exactly 2*n hex digits (any case, no prefix) from s, which need not end there.
 * Returns false, out untouched, on another character. */
MC_NODISCARD bool mc_hex_decode(uint8_t *out, const char *s, size_t n);

/* Ethereum JSON "data": 0x and an even number of digits, any length up to bytes_max.  Appends the bytes.
 * Errors: MC_EMALFORM with the reason (no 0x, odd length, bad digit), MC_ELIMIT when longer. */
MC_NODISCARD enum mc_err mc_hex_data(struct mc_buf *out, struct mc_slice text, size_t bytes_max,
                                     struct mc_errmsg *em);
/* The same for a fixed size of n bytes (address 20, hash 32). */
MC_NODISCARD enum mc_err mc_hex_fixed(uint8_t *out, size_t n, struct mc_slice text,
                                      struct mc_errmsg *em);
/* Ethereum JSON "quantity" up to 64 bits: 0x and at least one digit, no leading zero except "0x0". */
MC_NODISCARD enum mc_err mc_hex_quantity(uint64_t *out, struct mc_slice text, struct mc_errmsg *em);
/* EIP-55 mixed-case text of an address: 0x, 40 digits, NUL. */
void mc_addr_checksum(char out[43], const struct mc_addr *a);

#endif
