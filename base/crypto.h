/* Keys, signatures, randomness and secret memory; secp256k1.h and sodium.h are included in crypto.c only.
 *
 * Call mc_crypto_init() once before anything else, from one thread.  All other functions may be called from any
 * thread.  Secret keys live in guarded memory from mc_secret_new() and are wiped by mc_secret_free(). */
#ifndef MC_BASE_CRYPTO_H
#define MC_BASE_CRYPTO_H

#include "base/bytes.h"

MC_NODISCARD enum mc_err mc_crypto_init(struct mc_errmsg *em);

/* ---- secret memory and comparison (libsodium) ---- */
void *mc_secret_new(size_t n); /* guarded, locked, zeroed; NULL when memory is short */
void mc_secret_free(void *p);  /* wiped first; NULL is allowed */
void mc_secret_wipe(void *p, size_t n);
bool mc_secret_eq(const void *a, const void *b, size_t n); /* constant time */
void mc_random(void *p, size_t n);

/* ---- secp256k1: accounts and transactions ---- */
#define MC_SECP_SECRET_LEN 32

/* r, s big endian and recovery id 0..1 (2 and 3 are refused: such a signature is never met in practice). */
struct mc_secp_sig {
    uint8_t r[32];
    uint8_t s[32];
    uint8_t recid;
};

bool mc_secp_secret_ok(const uint8_t secret[32]); /* within 1 .. order-1 */
/* Address of the account: last 20 bytes of keccak256 of the public key.  MC_EINVAL for a bad secret. */
MC_NODISCARD enum mc_err mc_secp_address(struct mc_addr *out, const uint8_t secret[32]);
/* Uncompressed public key without its 0x04 prefix. */
MC_NODISCARD enum mc_err mc_secp_pubkey(uint8_t out[64], const uint8_t secret[32]);
/* Deterministic (RFC 6979), s low (EIP-2). */
MC_NODISCARD enum mc_err mc_secp_sign(struct mc_secp_sig *out, const struct mc_hash *digest,
                                      const uint8_t secret[32]);
/* Sender of a digest.  MC_EAUTH when r or s is zero or not below the order, s is high, or nothing recovers. */
MC_NODISCARD enum mc_err mc_secp_recover(struct mc_addr *out, const struct mc_hash *digest,
                                         const struct mc_secp_sig *sig);

/* ---- Ed25519: validators (libsodium) ---- */
#define MC_ED25519_SIG_LEN 64
struct mc_ed25519_key {
    uint8_t seed[32];
    uint8_t pub[32];
    uint8_t secret[64]; /* libsodium's expanded form; belongs into guarded memory */
};
void mc_ed25519_from_seed(struct mc_ed25519_key *out, const uint8_t seed[32]);
void mc_ed25519_sign(uint8_t sig[64], struct mc_slice msg, const struct mc_ed25519_key *key);
bool mc_ed25519_verify(const uint8_t sig[64], struct mc_slice msg, const uint8_t pub[32]);
/* Canonical encoding of a point of the prime-order subgroup other than the identity. */
bool mc_ed25519_pub_ok(const uint8_t pub[32]);

/* ---- BIP-32 path m/44'/60'/0'/0/index of a BIP-39 mnemonic without passphrase (devnet accounts) ----
 * The words are taken as they stand (not looked up in a word list).  MC_EINVAL: text that is empty or not ASCII,
 * an index from 2^31, or the one path in 2^127 that has no key. */
MC_NODISCARD enum mc_err mc_mnemonic_secret(uint8_t secret[32], const char *mnemonic,
                                            uint32_t index);

/* ---- X25519 and keyed BLAKE2b: channels between nodes ---- */
#define MC_X25519_LEN 32

/* A new ephemeral key pair; the secret belongs into memory that is wiped after use. */
void mc_x25519_keypair(uint8_t pub[MC_X25519_LEN], uint8_t secret[MC_X25519_LEN]);
/* The secret shared with the owner of pub.  MC_EAUTH for a point of low order, which would make it public. */
MC_NODISCARD enum mc_err mc_x25519_shared(uint8_t out[32], const uint8_t secret[MC_X25519_LEN],
                                          const uint8_t pub[MC_X25519_LEN]);
/* Keyed BLAKE2b-256 of the concatenation of the parts: key derivation. */
void mc_blake2b_keyed(uint8_t out[32], const uint8_t key[32], const struct mc_slice *parts,
                      size_t cnt);

/* ---- building blocks of the key files (keystore.h); out may hold a secret: wipe it ---- */
#define MC_AEAD_KEY_LEN    32
#define MC_AEAD_NONCE_LEN  24
#define MC_AEAD_TAG_LEN    16
#define MC_ARGON2_SALT_LEN 16

/* The caller bounds the cost before these run.  scrypt: n a power of two above 1; takes 128 * r * (n + p) bytes.
 * MC_EINVAL for other parameters, MC_ENOMEM when the memory cannot be had. */
MC_NODISCARD enum mc_err mc_scrypt(uint8_t *out, size_t out_len, struct mc_slice passphrase,
                                   struct mc_slice salt, uint64_t n, uint32_t r, uint32_t p);
/* PBKDF2-HMAC-SHA-256 with at least one round. */
void mc_pbkdf2_sha256(uint8_t *out, size_t out_len, struct mc_slice passphrase,
                      struct mc_slice salt, uint32_t rounds);
/* Argon2id 1.3 with one lane: passes >= 1, mem_bytes >= 8192.  Errors as for mc_scrypt. */
MC_NODISCARD enum mc_err mc_argon2id(uint8_t *out, size_t out_len, struct mc_slice passphrase,
                                     const uint8_t salt[MC_ARGON2_SALT_LEN], uint64_t passes,
                                     size_t mem_bytes);
/* Writes in.n bytes; encrypts and decrypts.  iv is the first value of the 128-bit big-endian counter. */
void mc_aes128_ctr(uint8_t *out, struct mc_slice in, const uint8_t key[16], const uint8_t iv[16]);
/* XChaCha20-Poly1305: seal writes in.n + MC_AEAD_TAG_LEN bytes; open writes that much less than in.n,
 * and nothing with MC_EAUTH when the bytes are not what this key sealed. */
void mc_aead_seal(uint8_t *out, struct mc_slice in, const uint8_t nonce[MC_AEAD_NONCE_LEN],
                  const uint8_t key[MC_AEAD_KEY_LEN]);
MC_NODISCARD enum mc_err mc_aead_open(uint8_t *out, struct mc_slice in,
                                      const uint8_t nonce[MC_AEAD_NONCE_LEN],
                                      const uint8_t key[MC_AEAD_KEY_LEN]);

#endif
