/* Hash functions: Keccak-256 (Ethereum's, padding 0x01, not SHA3-256) and SHA-256; libraries behind hash.c. */
#ifndef MC_BASE_HASH_H
#define MC_BASE_HASH_H

#include "base/bytes.h"

void mc_keccak256(struct mc_hash *out, struct mc_slice s);
/* Hash of the concatenation of the parts. */
void mc_keccak256v(struct mc_hash *out, const struct mc_slice *parts, size_t cnt);
void mc_sha256(struct mc_hash *out, struct mc_slice s);

/* Incremental SHA-256 for files. */
struct mc_sha256 {
    uint64_t opaque[16]; /* holds nettle's context */
};
void mc_sha256_init(struct mc_sha256 *c);
void mc_sha256_add(struct mc_sha256 *c, struct mc_slice s);
void mc_sha256_end(struct mc_sha256 *c, struct mc_hash *out);

/* keccak256 of the empty string, and of RLP's empty list and empty string: used all over Ethereum. */
extern const struct mc_hash MC_KECCAK_EMPTY; /* c5d2..a470: codeHash of an account without code */
extern const struct mc_hash MC_KECCAK_EMPTY_LIST; /* 1dcc..9347: sha3Uncles */
extern const struct mc_hash MC_KECCAK_EMPTY_TRIE; /* 56e8..b421: root of an empty trie */

#endif
