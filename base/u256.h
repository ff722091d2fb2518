/* Unsigned 256-bit integers with checked arithmetic: amounts, fees, Solidity's uint256.
 *
 * add, sub and mul return false on overflow and leave *out unchanged then; the result may alias an operand. */
#ifndef MC_BASE_U256_H
#define MC_BASE_U256_H

#include "base/bytes.h"

struct mc_u256 {
    uint64_t w[4]; /* w[0] is least significant */
};

extern const struct mc_u256 MC_U256_ZERO;
extern const struct mc_u256 MC_U256_MAX;

struct mc_u256 mc_u256_u64(uint64_t v);
bool mc_u256_is_zero(const struct mc_u256 *a);
int mc_u256_cmp(const struct mc_u256 *a, const struct mc_u256 *b); /* -1, 0, 1 */
bool mc_u256_fits_u64(const struct mc_u256 *a);
/* The value when it fits, else UINT64_MAX. */
uint64_t mc_u256_u64_sat(const struct mc_u256 *a);

MC_NODISCARD bool mc_u256_add(struct mc_u256 *out, const struct mc_u256 *a,
                              const struct mc_u256 *b);
MC_NODISCARD bool mc_u256_sub(struct mc_u256 *out, const struct mc_u256 *a,
                              const struct mc_u256 *b);
MC_NODISCARD bool mc_u256_mul(struct mc_u256 *out, const struct mc_u256 *a,
                              const struct mc_u256 *b);
/* Quotient and remainder, rounding down; either output may be NULL.  False when b is 0. */
MC_NODISCARD bool mc_u256_divmod(struct mc_u256 *quot, struct mc_u256 *rem, const struct mc_u256 *a,
                                 const struct mc_u256 *b);

/* 32 big-endian bytes. */
void mc_u256_to_be(uint8_t out[32], const struct mc_u256 *a);
struct mc_u256 mc_u256_from_be(const uint8_t in[32]);
/* Up to 32 big-endian bytes, leading zeros allowed.  False when longer than 32. */
MC_NODISCARD bool mc_u256_from_be_n(struct mc_u256 *out, struct mc_slice s);
/* Number of bytes without leading zeros: 0 for zero. */
size_t mc_u256_byte_len(const struct mc_u256 *a);

/* Quantity text as in JSON-RPC: "0x0", "0x1a" (no leading zeros), NUL-terminated. */
void mc_u256_to_hex(char out[67], const struct mc_u256 *a);
void mc_u256_to_dec(char out[79], const struct mc_u256 *a);
/* Quantity from JSON-RPC: 0x, at least one digit, no leading zero except "0x0"; at most 256 bits. */
MC_NODISCARD enum mc_err mc_u256_from_hex(struct mc_u256 *out, struct mc_slice text,
                                          struct mc_errmsg *em);
/* Decimal digits only. */
MC_NODISCARD enum mc_err mc_u256_from_dec(struct mc_u256 *out, struct mc_slice text,
                                          struct mc_errmsg *em);

#endif
