/* Keccak-256 as a sponge over nettle's permutation, SHA-256 straight from nettle.
 *
 * nettle's sha3_256_* is the NIST function (padding 0x06); Ethereum uses Keccak as it was submitted (padding 0x01),
 * so only the permutation is shared. */
#include <endian.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>

#include "base/hash.h"

#define RATE  136u        /* bytes absorbed by one permutation: 200 - 2 * 32 */
#define LANES (RATE / 8u) /* of 64 bits, little endian */

const struct mc_hash MC_KECCAK_EMPTY = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c,
                                         0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
                                         0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b,
                                         0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};
const struct mc_hash MC_KECCAK_EMPTY_LIST = {{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a,
                                              0xab, 0x85, 0xb5, 0x67, 0xb6, 0xcc, 0xd4, 0x1a,
                                              0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a, 0x74, 0x13,
                                              0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};
const struct mc_hash MC_KECCAK_EMPTY_TRIE = {{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6,
                                              0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8, 0x6e,
                                              0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0,
                                              0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct mc_sha256), "nettle's context fits");
_Static_assert(_Alignof(struct sha256_ctx) <= _Alignof(struct mc_sha256), "and is aligned");

static inline void absorb_lanes(struct sha3_state *st, const uint8_t *p, size_t lanes)
{
    for (size_t i = 0; i < lanes; i++) {
        uint64_t w;
        memcpy(&w, p + 8 * i, 8);
        st->a[i] ^= le64toh(w);
    }
}

/* Absorbs the last n < RATE bytes with their padding and squeezes one digest. */
static inline void finish(struct mc_hash *out, struct sha3_state *st, const uint8_t *p, size_t n)
{
    size_t lanes = n / 8, odd = n % 8;
    uint64_t last = 1; /* the padding's first bit, pushed up by the odd bytes below it */

    absorb_lanes(st, p, lanes);
    for (size_t i = odd; i-- > 0;)
        last = last << 8 | p[8 * lanes + i];
    st->a[lanes] ^= last;
    st->a[LANES - 1] ^= UINT64_C(1) << 63; /* and its last bit, which may share the lane */
    sha3_permute(st);
    for (size_t i = 0; i < sizeof out->b / 8; i++) {
        uint64_t w = htole64(st->a[i]);
        memcpy(out->b + 8 * i, &w, 8);
    }
}

void mc_keccak256(struct mc_hash *out, struct mc_slice s)
{
    struct sha3_state st = {{0}};
    const uint8_t *p = s.p;
    size_t n = s.n;

    for (; n >= RATE; p += RATE, n -= RATE) {
        absorb_lanes(&st, p, LANES);
        sha3_permute(&st);
    }
    finish(out, &st, p, n);
}

void mc_keccak256v(struct mc_hash *out, const struct mc_slice *parts, size_t cnt)
{
    struct sha3_state st = {{0}};
    uint8_t block[RATE]; /* bytes of parts that do not fill a block yet */
    size_t fill = 0;

    for (size_t i = 0; i < cnt; i++) {
        const uint8_t *p = parts[i].p;
        size_t n = parts[i].n;
        while (n > 0) {
            size_t take = n < RATE - fill ? n : RATE - fill;
            memcpy(block + fill, p, take);
            fill += take;
            p += take;
            n -= take;
            if (fill == RATE) {
                absorb_lanes(&st, block, LANES);
                sha3_permute(&st);
                fill = 0;
            }
        }
    }
    finish(out, &st, block, fill);
}

void mc_sha256_init(struct mc_sha256 *c)
{
    sha256_init((struct sha256_ctx *)c->opaque);
}

void mc_sha256_add(struct mc_sha256 *c, struct mc_slice s)
{
    if (s.n > 0)
        sha256_update((struct sha256_ctx *)c->opaque, s.n, s.p);
}

void mc_sha256_end(struct mc_sha256 *c, struct mc_hash *out)
{
    sha256_digest((struct sha256_ctx *)c->opaque, sizeof out->b, out->b);
}

void mc_sha256(struct mc_hash *out, struct mc_slice s)
{
    struct mc_sha256 c;
    mc_sha256_init(&c);
    mc_sha256_add(&c, s);
    mc_sha256_end(&c, out);
}
