/* The doorway to libsecp256k1 and libsodium, and to nettle's ciphers and key derivation. */
#include <errno.h>
#include <nettle/aes.h>
#include <nettle/ctr.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <sodium.h>

#include "base/crypto.h"
#include "base/hash.h"

_Static_assert(MC_AEAD_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(MC_AEAD_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(MC_AEAD_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(MC_ARGON2_SALT_LEN == crypto_pwhash_argon2id_SALTBYTES, "salt");
_Static_assert(MC_ED25519_SIG_LEN == crypto_sign_ed25519_BYTES, "signature");

/* Written once by mc_crypto_init(), only read afterwards: every use below takes it as const. */
static secp256k1_context *secp;

enum mc_err mc_crypto_init(struct mc_errmsg *em)
{
    uint8_t seed[32];

    if (secp != NULL)
        return MC_OK;
    if (sodium_init() < 0)
        return mc_fail(em, MC_EIO, "libsodium does not start: no source of randomness");
    secp256k1_context *ctx =
        secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
    if (ctx == NULL)
        return mc_fail(em, MC_ENOMEM, "secp256k1 context: out of memory");
    /* Blinds the signing multiplications against side channels; results stay the same. */
    randombytes_buf(seed, sizeof seed);
    int ok = secp256k1_context_randomize(ctx, seed);
    sodium_memzero(seed, sizeof seed);
    if (!ok) {
        secp256k1_context_destroy(ctx);
        return mc_fail(em, MC_EIO, "secp256k1 context cannot be randomized");
    }
    secp = ctx;
    return MC_OK;
}

/* ---- secret memory ---- */

void *mc_secret_new(size_t n)
{
    /* sodium_malloc() puts the end of the block against the guard page; whole multiples of 16 keep the start
     * aligned for any type. */
    if (n > SIZE_MAX - 15)
        return NULL;
    size_t size = (n + 15) / 16 * 16;
    void *p = sodium_malloc(size);
    if (p != NULL)
        sodium_memzero(p, size);
    return p;
}

void mc_secret_free(void *p)
{
    sodium_free(p);
}

void mc_secret_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}

bool mc_secret_eq(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

void mc_random(void *p, size_t n)
{
    randombytes_buf(p, n);
}

/* ---- secp256k1 ---- */

bool mc_secp_secret_ok(const uint8_t secret[32])
{
    MC_ASSERT(secp != NULL);
    return secp256k1_ec_seckey_verify(secp, secret) == 1;
}

static void pubkey_bytes(uint8_t out[64], const secp256k1_pubkey *pub)
{
    uint8_t raw[65];
    size_t n = sizeof raw;

    secp256k1_ec_pubkey_serialize(secp, raw, &n, pub, SECP256K1_EC_UNCOMPRESSED);
    memcpy(out, raw + 1, 64);
}

static void pubkey_address(struct mc_addr *out, const uint8_t pub[64])
{
    struct mc_hash h;

    mc_keccak256(&h, mc_slice(pub, 64));
    memcpy(out->b, h.b + 12, sizeof out->b);
}

enum mc_err mc_secp_pubkey(uint8_t out[64], const uint8_t secret[32])
{
    secp256k1_pubkey pub;

    MC_ASSERT(secp != NULL);
    if (!secp256k1_ec_pubkey_create(secp, &pub, secret))
        return MC_EINVAL;
    pubkey_bytes(out, &pub);
    return MC_OK;
}

enum mc_err mc_secp_address(struct mc_addr *out, const uint8_t secret[32])
{
    uint8_t pub[64];
    enum mc_err err = mc_secp_pubkey(pub, secret);

    if (err == MC_OK)
        pubkey_address(out, pub);
    return err;
}

enum mc_err mc_secp_sign(struct mc_secp_sig *out, const struct mc_hash *digest,
                         const uint8_t secret[32])
{
    secp256k1_ecdsa_recoverable_signature sig;
    uint8_t rs[64];
    int recid = 0;

    MC_ASSERT(secp != NULL);
    /* The library's default nonce is RFC 6979 and its s is the lower one already. */
    if (!secp256k1_ecdsa_sign_recoverable(secp, &sig, digest->b, secret, NULL, NULL))
        return MC_EINVAL;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(secp, rs, &recid, &sig);
    if (recid > 1)
        return MC_EINVAL; /* r above the order: one digest in 2^127 */
    memcpy(out->r, rs, 32);
    memcpy(out->s, rs + 32, 32);
    out->recid = (uint8_t)recid;
    return MC_OK;
}

/* EIP-2: s above half the order is refused, so that nobody can turn a signature into its twin. */
static bool s_is_low(const uint8_t s[32])
{
    static const uint8_t half_order[32] = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                           0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                           0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d,
                                           0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

    return memcmp(s, half_order, sizeof half_order) <= 0;
}

enum mc_err mc_secp_recover(struct mc_addr *out, const struct mc_hash *digest,
                            const struct mc_secp_sig *sig)
{
    secp256k1_ecdsa_recoverable_signature rsig;
    secp256k1_pubkey pub;
    uint8_t rs[64], raw[64];

    MC_ASSERT(secp != NULL);
    if (sig->recid > 1 || !s_is_low(sig->s))
        return MC_EAUTH;
    memcpy(rs, sig->r, 32);
    memcpy(rs + 32, sig->s, 32);
    /* Parsing refuses r and s from the order on, recovering refuses zero. */
    if (!secp256k1_ecdsa_recoverable_signature_parse_compact(secp, &rsig, rs, sig->recid))
        return MC_EAUTH;
    if (!secp256k1_ecdsa_recover(secp, &pub, &rsig, digest->b))
        return MC_EAUTH;
    pubkey_bytes(raw, &pub);
    pubkey_address(out, raw);
    return MC_OK;
}

/* ---- Ed25519 ---- */

void mc_ed25519_from_seed(struct mc_ed25519_key *out, const uint8_t seed[32])
{
    memmove(out->seed, seed, sizeof out->seed);
    crypto_sign_ed25519_seed_keypair(out->pub, out->secret, out->seed);
}

void mc_ed25519_sign(uint8_t sig[64], struct mc_slice msg, const struct mc_ed25519_key *key)
{
    crypto_sign_ed25519_detached(sig, NULL, msg.p, msg.n, key->secret);
}

bool mc_ed25519_verify(const uint8_t sig[64], struct mc_slice msg, const uint8_t pub[32])
{
    return crypto_sign_ed25519_verify_detached(sig, msg.p, msg.n, pub) == 0;
}

bool mc_ed25519_pub_ok(const uint8_t pub[32])
{
    /* The order of the prime subgroup less one, little endian (RFC 8032, 5.1). */
    static const uint8_t order_less_one[32] = {0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                               0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                               0,    0,    0,    0,    0,    0,    0,    0,
                                               0,    0,    0,    0,    0,    0,    0,    0x10};
    uint8_t product[32], negated[32];

    if (!crypto_core_ed25519_is_valid_point(pub))
        return false;
    /* That test looks at one coordinate of order * pub in libsodium up to 1.0.20, and so lets a point through that
     * has a part of order two.  (order - 1) * pub == -pub holds in the prime subgroup only. */
    if (crypto_scalarmult_ed25519_noclamp(product, order_less_one, pub) != 0)
        return false;
    memcpy(negated, pub, sizeof negated);
    negated[31] ^= 0x80; /* the sign of x */
    return memcmp(product, negated, sizeof negated) == 0;
}

/* ---- BIP-39 and BIP-32 ---- */

#define BIP32_HARDENED 0x80000000u

struct bip32_node {
    uint8_t key[32];
    uint8_t chain[32];
};

static void hmac_sha512(uint8_t out[64], struct mc_slice key, struct mc_slice data)
{
    struct hmac_sha512_ctx c;

    hmac_sha512_set_key(&c, key.n, key.p);
    hmac_sha512_update(&c, data.n, data.p);
    hmac_sha512_digest(&c, 64, out);
    sodium_memzero(&c, sizeof c);
}

/* BIP-32, CKDpriv: replaces the node by its child. */
static bool bip32_child(struct bip32_node *node, uint32_t index)
{
    uint8_t data[37], out[64];
    secp256k1_pubkey pub;
    size_t n = 33;
    bool ok = true;

    if ((index & BIP32_HARDENED) != 0) {
        data[0] = 0;
        memcpy(data + 1, node->key, 32);
    } else {
        ok = secp256k1_ec_pubkey_create(secp, &pub, node->key) &&
             secp256k1_ec_pubkey_serialize(secp, data, &n, &pub, SECP256K1_EC_COMPRESSED);
    }
    if (ok) {
        mc_be32_put(data + 33, index);
        hmac_sha512(out, mc_slice(node->chain, 32), mc_slice(data, sizeof data));
        ok = secp256k1_ec_seckey_tweak_add(secp, node->key, out) == 1;
        memcpy(node->chain, out + 32, 32);
    }
    sodium_memzero(data, sizeof data);
    sodium_memzero(out, sizeof out);
    return ok;
}

/* BIP-32, master key of the BIP-39 seed of a mnemonic without passphrase. */
static bool bip32_master(struct bip32_node *node, struct mc_slice mnemonic)
{
    static const char salt[] = "mnemonic", master[] = "Bitcoin seed";
    uint8_t seed[64], out[64];

    pbkdf2_hmac_sha512(mnemonic.n, mnemonic.p, 2048, strlen(salt), (const uint8_t *)salt,
                       sizeof seed, seed);
    hmac_sha512(out, mc_slice(master, strlen(master)), mc_slice(seed, sizeof seed));
    memcpy(node->key, out, 32);
    memcpy(node->chain, out + 32, 32);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(out, sizeof out);
    return secp256k1_ec_seckey_verify(secp, node->key) == 1;
}

enum mc_err mc_mnemonic_secret(uint8_t secret[32], const char *mnemonic, uint32_t index)
{
    const uint32_t path[] = {44 | BIP32_HARDENED, 60 | BIP32_HARDENED, BIP32_HARDENED, 0, index};
    struct bip32_node node;

    MC_ASSERT(secp != NULL);
    if (index >= BIP32_HARDENED || *mnemonic == '\0')
        return MC_EINVAL;
    for (const char *c = mnemonic; *c != '\0'; c++) {
        if ((unsigned char)*c >= 0x80) /* BIP-39 would want it normalized (NFKD) first */
            return MC_EINVAL;
    }
    bool ok = bip32_master(&node, mc_slice(mnemonic, strlen(mnemonic)));
    for (size_t i = 0; ok && i < MC_COUNT(path); i++)
        ok = bip32_child(&node, path[i]);
    if (ok)
        memcpy(secret, node.key, 32);
    sodium_memzero(&node, sizeof node);
    return ok ? MC_OK : MC_EINVAL;
}

/* ---- key files ---- */

/* The libraries want a pointer even to no bytes. */
static const uint8_t *bytes_of(struct mc_slice s)
{
    static const uint8_t none;

    return s.p != NULL ? s.p : &none;
}

enum mc_err mc_scrypt(uint8_t *out, size_t out_len, struct mc_slice passphrase,
                      struct mc_slice salt, uint64_t n, uint32_t r, uint32_t p)
{
    errno = 0;
    if (crypto_pwhash_scryptsalsa208sha256_ll(bytes_of(passphrase), passphrase.n, bytes_of(salt),
                                              salt.n, n, r, p, out, out_len) == 0)
        return MC_OK;
    return errno == ENOMEM ? MC_ENOMEM : MC_EINVAL;
}

void mc_pbkdf2_sha256(uint8_t *out, size_t out_len, struct mc_slice passphrase,
                      struct mc_slice salt, uint32_t rounds)
{
    MC_ASSERT(rounds > 0);
    pbkdf2_hmac_sha256(passphrase.n, bytes_of(passphrase), rounds, salt.n, bytes_of(salt), out_len,
                       out);
}

enum mc_err mc_argon2id(uint8_t *out, size_t out_len, struct mc_slice passphrase,
                        const uint8_t salt[MC_ARGON2_SALT_LEN], uint64_t passes, size_t mem_bytes)
{
    const char *text = (const char *)bytes_of(passphrase);

    errno = 0;
    if (crypto_pwhash_argon2id(out, out_len, text, passphrase.n, salt, passes, mem_bytes,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0)
        return MC_OK;
    return errno == EINVAL || errno == EFBIG ? MC_EINVAL : MC_ENOMEM;
}

void mc_aes128_ctr(uint8_t *out, struct mc_slice in, const uint8_t key[16], const uint8_t iv[16])
{
    struct CTR_CTX(struct aes128_ctx, AES_BLOCK_SIZE) c;

    aes128_set_encrypt_key(&c.ctx, key);
    CTR_SET_COUNTER(&c, iv);
    CTR_CRYPT(&c, aes128_encrypt, in.n, out, in.p);
    sodium_memzero(&c, sizeof c);
}

void mc_aead_seal(uint8_t *out, struct mc_slice in, const uint8_t nonce[MC_AEAD_NONCE_LEN],
                  const uint8_t key[MC_AEAD_KEY_LEN])
{
    crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, in.p, in.n, NULL, 0, NULL, nonce, key);
}

enum mc_err mc_aead_open(uint8_t *out, struct mc_slice in, const uint8_t nonce[MC_AEAD_NONCE_LEN],
                         const uint8_t key[MC_AEAD_KEY_LEN])
{
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in.p, in.n, NULL, 0, nonce,
                                                   key) != 0)
        return MC_EAUTH;
    return MC_OK;
}

void mc_x25519_keypair(uint8_t pub[MC_X25519_LEN], uint8_t secret[MC_X25519_LEN])
{
    randombytes_buf(secret, MC_X25519_LEN);
    (void)crypto_scalarmult_curve25519_base(pub, secret);
}

enum mc_err mc_x25519_shared(uint8_t out[32], const uint8_t secret[MC_X25519_LEN],
                             const uint8_t pub[MC_X25519_LEN])
{
    return crypto_scalarmult_curve25519(out, secret, pub) == 0 ? MC_OK : MC_EAUTH;
}

void mc_blake2b_keyed(uint8_t out[32], const uint8_t key[32], const struct mc_slice *parts,
                      size_t cnt)
{
    crypto_generichash_blake2b_state st;
    (void)crypto_generichash_blake2b_init(&st, key, 32, 32);
    for (size_t i = 0; i < cnt; i++) {
        if (parts[i].n > 0)
            (void)crypto_generichash_blake2b_update(&st, parts[i].p, parts[i].n);
    }
    (void)crypto_generichash_blake2b_final(&st, out, 32);
    sodium_memzero(&st, sizeof st);
}
