/* Web3 Secret Storage version 3 for account keys: scrypt or PBKDF2-HMAC-SHA-256, AES-128-CTR, Keccak MAC.
 *
 * Anything in the file is hostile until checked: KDF costs are bounded (scrypt memory at most 1 GiB, PBKDF2 at most
 * 10,000,000 rounds) before any work is done. */
#ifndef MC_BASE_KEYSTORE_H
#define MC_BASE_KEYSTORE_H

#include "base/bytes.h"

/* Reads the secret; left alone on failure.  MC_EAUTH: wrong passphrase; MC_EMALFORM names the field; MC_ELIMIT the
 * cost; MC_EUNSUPPORTED another version, cipher or key derivation. */
MC_NODISCARD enum mc_err mc_keystore_open(uint8_t secret[32], struct mc_slice json,
                                          struct mc_slice passphrase, struct mc_errmsg *em);
/* Appends the JSON text, with scrypt n = 2^log2_n (18 is the usual, 12 for tests, at most 19), r = 8, p = 1. */
MC_NODISCARD enum mc_err mc_keystore_seal(struct mc_buf *out, const uint8_t secret[32],
                                          struct mc_slice passphrase, uint32_t log2_n,
                                          struct mc_errmsg *em);

/* Validator keys (Ed25519 seed): libsodium's Argon2id and XChaCha20-Poly1305 in a JSON file of our own.
 * Errors as for accounts; the public key in the file is checked against the seed. */
MC_NODISCARD enum mc_err mc_valkey_open(uint8_t seed[32], struct mc_slice json,
                                        struct mc_slice passphrase, struct mc_errmsg *em);
/* An empty passphrase is allowed and means: the file's permissions are the only protection (devnet). */
MC_NODISCARD enum mc_err mc_valkey_seal(struct mc_buf *out, const uint8_t seed[32],
                                        struct mc_slice passphrase, struct mc_errmsg *em);

#endif
