/* Keys, signatures and the building blocks of key files against published answers. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/base.h"

#define HEX_BYTES_MAX 128

static size_t unhex(uint8_t *out, const char *hex)
{
    size_t n = strlen(hex) / 2;
    assert_true(n <= HEX_BYTES_MAX);
    assert_true(mc_hex_decode(out, hex, n));
    return n;
}

static void assert_bytes(const uint8_t *p, size_t n, const char *want, const char *what)
{
    char text[2 * HEX_BYTES_MAX + 1];
    assert_true(n <= HEX_BYTES_MAX);
    mc_hex_encode(text, p, n);
    if (strcmp(text, want) != 0)
        fail_msg("%s: %s instead of %s", what, text, want);
}

static int setup(void **state)
{
    (void)state;
    return mc_crypto_init(NULL) == MC_OK ? 0 : -1;
}

/* ---- secp256k1 ---- */

#define ORDER      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
#define ORDER_LESS "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"
#define HALF       "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"
#define HALF_MORE  "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1"
#define ZERO       "0000000000000000000000000000000000000000000000000000000000000000"
#define ONE        "0000000000000000000000000000000000000000000000000000000000000001"

/* The example of EIP-155: its key, signing hash, r and s. */
#define EIP155_KEY     "4646464646464646464646464646464646464646464646464646464646464646"
#define EIP155_DIGEST  "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
#define EIP155_R       "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
#define EIP155_S       "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
#define EIP155_ADDRESS "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"

static struct mc_secp_sig sig_of(const char *r, const char *s, uint8_t recid)
{
    struct mc_secp_sig sig = {.recid = recid};
    unhex(sig.r, r);
    unhex(sig.s, s);
    return sig;
}

static void starting_twice_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(mc_crypto_init(NULL), MC_OK);
    assert_int_equal(mc_crypto_init(NULL), MC_OK);
}

static void secrets_lie_within_the_order(void **state)
{
    static const struct {
        const char *secret;
        bool ok;
    } rows[] = {{ZERO, false}, {ONE, true}, {ORDER_LESS, true}, {ORDER, false}};
    uint8_t secret[32], pub[64];
    struct mc_addr addr;

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        enum mc_err want = rows[i].ok ? MC_OK : MC_EINVAL;
        unhex(secret, rows[i].secret);
        assert_int_equal(mc_secp_secret_ok(secret), rows[i].ok);
        assert_int_equal(mc_secp_address(&addr, secret), want);
        assert_int_equal(mc_secp_pubkey(pub, secret), want);
    }
}

static void the_key_one_is_the_generator(void **state)
{
    uint8_t secret[32], pub[64];
    struct mc_addr addr;

    (void)state;
    unhex(secret, ONE);
    assert_int_equal(mc_secp_pubkey(pub, secret), MC_OK);
    assert_bytes(pub, 64,
                 "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                 "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
                 "public key");
    assert_int_equal(mc_secp_address(&addr, secret), MC_OK);
    assert_bytes(addr.b, 20, "7e5f4552091a69125d5dfcb7b8c2659029395bdf", "address");
}

static void the_example_of_eip_155_signs_and_recovers(void **state)
{
    uint8_t secret[32];
    struct mc_hash digest;
    struct mc_secp_sig sig;
    struct mc_addr addr;

    (void)state;
    unhex(secret, EIP155_KEY);
    unhex(digest.b, EIP155_DIGEST);
    assert_int_equal(mc_secp_sign(&sig, &digest, secret), MC_OK);
    assert_bytes(sig.r, 32, EIP155_R, "r");
    assert_bytes(sig.s, 32, EIP155_S, "s");
    assert_int_equal(sig.recid, 0); /* v is 37 */
    assert_int_equal(mc_secp_recover(&addr, &digest, &sig), MC_OK);
    assert_bytes(addr.b, 20, EIP155_ADDRESS, "sender");
}

static void what_is_signed_is_recovered(void **state)
{
    struct mc_secp_sig sig, again;
    struct mc_addr signer, got;
    struct mc_hash digest;
    uint8_t secret[32], half[32];

    (void)state;
    unhex(half, HALF);
    for (uint32_t i = 0; i < 200; i++) {
        mc_keccak256(&digest, mc_slice(&i, sizeof i));
        mc_sha256((struct mc_hash *)secret, mc_hash_slice(&digest));
        assert_int_equal(mc_secp_address(&signer, secret), MC_OK);
        assert_int_equal(mc_secp_sign(&sig, &digest, secret), MC_OK);
        assert_int_equal(mc_secp_sign(&again, &digest, secret), MC_OK);
        assert_memory_equal(&sig, &again, sizeof sig);
        assert_true(memcmp(sig.s, half, 32) <= 0);
        assert_int_equal(mc_secp_recover(&got, &digest, &sig), MC_OK);
        assert_true(mc_addr_eq(&got, &signer));
        sig.recid ^= 1;
        if (mc_secp_recover(&got, &digest, &sig) == MC_OK)
            assert_false(mc_addr_eq(&got, &signer));
        sig.recid ^= 1;
        digest.b[i % 32] ^= 1;
        if (mc_secp_recover(&got, &digest, &sig) == MC_OK)
            assert_false(mc_addr_eq(&got, &signer));
    }
}

static void signatures_outside_their_range_are_refused(void **state)
{
    static const struct {
        const char *what, *r, *s;
        uint8_t recid;
        enum mc_err want;
    } rows[] = {
        {"as signed", EIP155_R, EIP155_S, 0, MC_OK},
        {"r zero", ZERO, EIP155_S, 0, MC_EAUTH},
        {"r the order", ORDER, EIP155_S, 0, MC_EAUTH},
        {"s zero", EIP155_R, ZERO, 0, MC_EAUTH},
        {"s one", EIP155_R, ONE, 0, MC_OK},
        {"s at half the order", EIP155_R, HALF, 0, MC_OK},
        {"s above half the order", EIP155_R, HALF_MORE, 0, MC_EAUTH},
        {"s the order less one", EIP155_R, ORDER_LESS, 0, MC_EAUTH},
        {"s the order", EIP155_R, ORDER, 0, MC_EAUTH},
        {"recovery id 2", EIP155_R, EIP155_S, 2, MC_EAUTH},
        {"recovery id 3", EIP155_R, EIP155_S, 3, MC_EAUTH},
        {"recovery id 255", EIP155_R, EIP155_S, 255, MC_EAUTH},
        /* No point of the curve has x = 5. */
        {"r of no point", "0000000000000000000000000000000000000000000000000000000000000005",
         EIP155_S, 0, MC_EAUTH},
    };
    struct mc_hash digest;
    struct mc_addr addr;

    (void)state;
    unhex(digest.b, EIP155_DIGEST);
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_secp_sig sig = sig_of(rows[i].r, rows[i].s, rows[i].recid);
        if (mc_secp_recover(&addr, &digest, &sig) != rows[i].want)
            fail_msg("%s: not as expected", rows[i].what);
    }
}

/* s and order - s verify alike; EIP-2 lets only the lower one pass. */
static void the_high_twin_of_a_good_signature_is_refused(void **state)
{
    struct mc_secp_sig sig = sig_of(EIP155_R, EIP155_S, 1);
    uint8_t order[32];
    struct mc_hash digest;
    struct mc_addr addr;
    int borrow = 0;

    (void)state;
    unhex(order, ORDER);
    unhex(digest.b, EIP155_DIGEST);
    for (int i = 31; i >= 0; i--) {
        int d = order[i] - sig.s[i] - borrow;
        borrow = d < 0;
        sig.s[i] = (uint8_t)(d + (borrow ? 256 : 0));
    }
    assert_int_equal(mc_secp_recover(&addr, &digest, &sig), MC_EAUTH);
}

static void *recover_many(void *arg)
{
    size_t *good = arg;
    struct mc_secp_sig sig = sig_of(EIP155_R, EIP155_S, 0);
    struct mc_addr want, got;
    struct mc_hash digest;

    unhex(digest.b, EIP155_DIGEST);
    unhex(want.b, EIP155_ADDRESS);
    for (int i = 0; i < 100; i++) {
        if (mc_secp_recover(&got, &digest, &sig) == MC_OK && mc_addr_eq(&got, &want))
            *good += 1;
    }
    return NULL;
}

static void threads_recover_side_by_side(void **state)
{
    pthread_t threads[4];
    size_t good[4] = {0};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, recover_many, &good[i]), 0);
    for (size_t i = 0; i < MC_COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(good[i], 100);
    }
}

/* ---- Ed25519 ---- */

static void ed25519_gives_the_answers_of_rfc_8032(void **state)
{
    static const struct {
        const char *seed, *pub, *msg, *sig;
    } rows[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
         "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
         "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_ed25519_key *key = mc_secret_new(sizeof *key);
        uint8_t seed[32], msg[HEX_BYTES_MAX], sig[64];
        assert_non_null(key);
        unhex(seed, rows[i].seed);
        size_t n = unhex(msg, rows[i].msg);
        mc_ed25519_from_seed(key, seed);
        assert_bytes(key->pub, 32, rows[i].pub, "public key");
        assert_memory_equal(key->seed, seed, 32);
        mc_ed25519_sign(sig, mc_slice(msg, n), key);
        assert_bytes(sig, 64, rows[i].sig, "signature");
        assert_true(mc_ed25519_verify(sig, mc_slice(msg, n), key->pub));
        assert_true(mc_ed25519_pub_ok(key->pub));
        for (size_t at = 0; at < sizeof sig; at++) {
            sig[at] ^= 1;
            assert_false(mc_ed25519_verify(sig, mc_slice(msg, n), key->pub));
            sig[at] ^= 1;
        }
        msg[n] = 0;
        assert_false(mc_ed25519_verify(sig, mc_slice(msg, n + 1), key->pub));
        mc_secret_free(key);
    }
}

static void bad_ed25519_public_keys_are_refused(void **state)
{
    static const struct {
        const char *what, *pub;
    } rows[] = {
        {"y = 0", "0000000000000000000000000000000000000000000000000000000000000000"},
        {"the identity", "0100000000000000000000000000000000000000000000000000000000000000"},
        {"the identity with a sign",
         "0100000000000000000000000000000000000000000000000000000000000080"},
        {"order two", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"order eight", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"},
        {"y = p, not canonical",
         "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"y = p + 1, not canonical",
         "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"y = 2, not on the curve",
         "0200000000000000000000000000000000000000000000000000000000000000"},
    };
    uint8_t pub[32];

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        unhex(pub, rows[i].pub);
        if (mc_ed25519_pub_ok(pub))
            fail_msg("%s is let through", rows[i].what);
    }
}

/* (x, y) + (0, -1) = (-x, -y): a good key with the point of order two added to it. */
static void a_key_with_a_part_of_order_two_is_refused(void **state)
{
    struct mc_ed25519_key key;
    uint8_t mixed[32], seed[32];
    int borrow = 0;

    (void)state;
    for (int k = 0; k < 8; k++) {
        memset(seed, k, sizeof seed);
        mc_ed25519_from_seed(&key, seed);
        assert_true(mc_ed25519_pub_ok(key.pub));
        for (int i = 0; i < 32; i++) {
            int p = i == 0 ? 0xed : i == 31 ? 0x7f : 0xff; /* 2^255 - 19 */
            int y = i == 31 ? key.pub[i] & 0x7f : key.pub[i];
            int d = p - y - borrow;
            borrow = d < 0;
            mixed[i] = (uint8_t)(d + (borrow ? 256 : 0));
        }
        mixed[31] |= (key.pub[31] & 0x80) ^ 0x80;
        assert_false(mc_ed25519_pub_ok(mixed));
    }
}

/* ---- mnemonics ---- */

static void the_well_known_mnemonic_gives_its_accounts(void **state)
{
    static const struct {
        uint32_t index;
        const char *secret, *addr;
    } rows[] = {
        {0, "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
         "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"},
        {1, "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
         "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"},
        {19, "df57089febbacf7ba0bc227dafbffa9fc08a93fdc68e1e42411a14efcf23656e",
         "0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199"},
    };
    uint8_t secret[32];
    struct mc_addr addr;
    char text[43];

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        assert_int_equal(mc_mnemonic_secret(
                             secret, "test test test test test test test test test test test junk",
                             rows[i].index),
                         MC_OK);
        assert_bytes(secret, 32, rows[i].secret, "secret");
        assert_int_equal(mc_secp_address(&addr, secret), MC_OK);
        mc_addr_checksum(text, &addr);
        assert_string_equal(text, rows[i].addr);
    }
}

static void a_mnemonic_that_cannot_be_used_is_refused(void **state)
{
    uint8_t secret[32];

    (void)state;
    assert_int_equal(mc_mnemonic_secret(secret, "", 0), MC_EINVAL);
    assert_int_equal(mc_mnemonic_secret(secret,
                                        "\xc3\xa1"
                                        "baco",
                                        0),
                     MC_EINVAL);
    assert_int_equal(mc_mnemonic_secret(secret, "test junk", 0x80000000u), MC_EINVAL);
    assert_int_equal(mc_mnemonic_secret(secret, "test junk", 0x7fffffffu), MC_OK);
}

/* ---- key files ---- */

static void scrypt_gives_the_answers_of_rfc_7914(void **state)
{
    uint8_t out[64];

    (void)state;
    assert_int_equal(mc_scrypt(out, 64, mc_slice(NULL, 0), mc_slice(NULL, 0), 16, 1, 1), MC_OK);
    assert_bytes(out, 64,
                 "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                 "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
                 "n 16");
    assert_int_equal(
        mc_scrypt(out, 64, mc_slice_str("password"), mc_slice_str("NaCl"), 1024, 8, 16), MC_OK);
    assert_bytes(out, 64,
                 "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                 "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
                 "n 1024");
    assert_int_equal(mc_scrypt(out, 64, mc_slice_str("a"), mc_slice_str("b"), 1000, 8, 1),
                     MC_EINVAL);
}

static void pbkdf2_gives_the_answers_of_rfc_7914(void **state)
{
    uint8_t out[64], again[64];

    (void)state;
    mc_pbkdf2_sha256(out, 64, mc_slice_str("passwd"), mc_slice_str("salt"), 1);
    assert_bytes(out, 64,
                 "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                 "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
                 "one round");
    mc_pbkdf2_sha256(out, 64, mc_slice(NULL, 0), mc_slice(NULL, 0), 1);
    mc_pbkdf2_sha256(again, 64, mc_slice_str(""), mc_slice_str(""), 1);
    assert_memory_equal(out, again, 64);
    mc_pbkdf2_sha256(out, 64, mc_slice_str("Password"), mc_slice_str("NaCl"), 80000);
    assert_bytes(out, 64,
                 "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
                 "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
                 "80000 rounds");
}

/* NIST SP 800-38A, F.5.1; a second run over the output gives the input back. */
static void aes_ctr_gives_the_answers_of_nist(void **state)
{
    uint8_t key[16], iv[16], in[32], out[32];

    (void)state;
    unhex(key, "2b7e151628aed2a6abf7158809cf4f3c");
    unhex(iv, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    unhex(in, "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    mc_aes128_ctr(out, mc_slice(in, 32), key, iv);
    assert_bytes(out, 32, "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff",
                 "ciphertext");
    mc_aes128_ctr(out, mc_slice(out, 32), key, iv);
    assert_memory_equal(out, in, 32);
}

static void argon2id_depends_on_every_input(void **state)
{
    uint8_t salt[MC_ARGON2_SALT_LEN] = {1}, first[32], again[32];
    const struct mc_slice a = mc_slice_str("a"), b = mc_slice_str("b");

    (void)state;
    assert_int_equal(mc_argon2id(first, 32, a, salt, 1, 8192), MC_OK);
    assert_int_equal(mc_argon2id(again, 32, a, salt, 1, 8192), MC_OK);
    assert_memory_equal(first, again, 32);
    assert_int_equal(mc_argon2id(again, 32, b, salt, 1, 8192), MC_OK);
    assert_memory_not_equal(first, again, 32);
    assert_int_equal(mc_argon2id(again, 32, a, salt, 2, 8192), MC_OK);
    assert_memory_not_equal(first, again, 32);
    assert_int_equal(mc_argon2id(again, 32, a, salt, 1, 16384), MC_OK);
    assert_memory_not_equal(first, again, 32);
    salt[15] = 1;
    assert_int_equal(mc_argon2id(again, 32, a, salt, 1, 8192), MC_OK);
    assert_memory_not_equal(first, again, 32);
    assert_int_equal(mc_argon2id(again, 32, mc_slice(NULL, 0), salt, 1, 8192), MC_OK);
    assert_int_equal(mc_argon2id(again, 32, a, salt, 0, 8192), MC_EINVAL);
    assert_int_equal(mc_argon2id(again, 32, a, salt, 1, 8191), MC_EINVAL);
}

static void a_sealed_box_opens_only_undamaged(void **state)
{
    static const char text[] = "a seed of thirty-two bytes, say";
    uint8_t key[MC_AEAD_KEY_LEN] = {7}, nonce[MC_AEAD_NONCE_LEN] = {9};
    uint8_t box[sizeof text + MC_AEAD_TAG_LEN], got[sizeof text];

    (void)state;
    mc_aead_seal(box, mc_slice(text, sizeof text), nonce, key);
    assert_int_equal(mc_aead_open(got, mc_slice(box, sizeof box), nonce, key), MC_OK);
    assert_memory_equal(got, text, sizeof text);
    for (size_t i = 0; i < sizeof box; i++) {
        box[i] ^= 0x40;
        assert_int_equal(mc_aead_open(got, mc_slice(box, sizeof box), nonce, key), MC_EAUTH);
        box[i] ^= 0x40;
    }
    assert_int_equal(mc_aead_open(got, mc_slice(box, MC_AEAD_TAG_LEN - 1), nonce, key), MC_EAUTH);
    key[31] ^= 1;
    assert_int_equal(mc_aead_open(got, mc_slice(box, sizeof box), nonce, key), MC_EAUTH);
    key[31] ^= 1;
    nonce[23] ^= 1;
    assert_int_equal(mc_aead_open(got, mc_slice(box, sizeof box), nonce, key), MC_EAUTH);
}

/* ---- secret memory ---- */

static void secret_memory_is_zeroed_aligned_and_wiped(void **state)
{
    static const uint8_t zeros[100];

    (void)state;
    for (size_t n = 1; n <= sizeof zeros; n++) {
        uint8_t *p = mc_secret_new(n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_memory_equal(p, zeros, n);
        memset(p, 0xaa, n);
        assert_false(mc_secret_eq(p, zeros, n));
        mc_secret_wipe(p, n);
        assert_true(mc_secret_eq(p, zeros, n));
        mc_secret_free(p);
    }
    mc_secret_free(NULL);
    assert_null(mc_secret_new(SIZE_MAX));
}

static void random_bytes_do_not_repeat(void **state)
{
    uint8_t a[32] = {0}, b[32] = {0};

    (void)state;
    mc_random(a, sizeof a);
    mc_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starting_twice_changes_nothing),
        cmocka_unit_test(secrets_lie_within_the_order),
        cmocka_unit_test(the_key_one_is_the_generator),
        cmocka_unit_test(the_example_of_eip_155_signs_and_recovers),
        cmocka_unit_test(what_is_signed_is_recovered),
        cmocka_unit_test(signatures_outside_their_range_are_refused),
        cmocka_unit_test(the_high_twin_of_a_good_signature_is_refused),
        cmocka_unit_test(threads_recover_side_by_side),
        cmocka_unit_test(ed25519_gives_the_answers_of_rfc_8032),
        cmocka_unit_test(bad_ed25519_public_keys_are_refused),
        cmocka_unit_test(a_key_with_a_part_of_order_two_is_refused),
        cmocka_unit_test(the_well_known_mnemonic_gives_its_accounts),
        cmocka_unit_test(a_mnemonic_that_cannot_be_used_is_refused),
        cmocka_unit_test(scrypt_gives_the_answers_of_rfc_7914),
        cmocka_unit_test(pbkdf2_gives_the_answers_of_rfc_7914),
        cmocka_unit_test(aes_ctr_gives_the_answers_of_nist),
        cmocka_unit_test(argon2id_depends_on_every_input),
        cmocka_unit_test(a_sealed_box_opens_only_undamaged),
        cmocka_unit_test(secret_memory_is_zeroed_aligned_and_wiped),
        cmocka_unit_test(random_bytes_do_not_repeat),
    };
    return cmocka_run_group_tests_name("crypto", tests, setup, NULL);
}
