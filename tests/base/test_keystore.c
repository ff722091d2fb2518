/* Account and validator key files: round trips, every field damaged in turn, costs refused before they are paid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/base.h"

static const uint8_t SECRET[32] = {0x7a, 0x28, 0xb5, 0xba, 0x57, 0xc5, 0x36, 0x03, 0xb0, 0xb0, 0x7b,
                                   0x56, 0xbb, 0xa7, 0x52, 0xf7, 0x78, 0x4b, 0xf5, 0x06, 0xfa, 0x95,
                                   0xed, 0xc3, 0x95, 0xf5, 0xcf, 0x6c, 0x75, 0x14, 0xfe, 0x9d};

static int setup(void **state)
{
    (void)state;
    return mc_crypto_init(NULL) == MC_OK ? 0 : -1;
}

/* The text with the first `from` replaced by `to`; NUL-terminated, freed by the caller. */
static char *edited(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    if (at == NULL)
        fail_msg("no %s in %s", from, text);
    size_t before = (size_t)(at - text), n = strlen(text) + strlen(to) + 1;
    char *out = malloc(n);
    assert_non_null(out);
    memcpy(out, text, before);
    snprintf(out + before, n - before, "%s%s", to, at + strlen(from));
    return out;
}

/* A sealed account file as a C string, freed by the caller. */
static char *sealed(uint32_t log2_n, const char *passphrase)
{
    struct mc_buf b = {0};
    struct mc_errmsg em;
    if (mc_keystore_seal(&b, SECRET, mc_slice_str(passphrase), log2_n, &em) != MC_OK)
        fail_msg("%s", em.text);
    mc_buf_put_u8(&b, 0);
    assert_false(b.oom);
    return (char *)b.p;
}

static char *sealed_valkey(const uint8_t seed[32], const char *passphrase)
{
    struct mc_buf b = {0};
    struct mc_errmsg em;
    if (mc_valkey_seal(&b, seed, mc_slice_str(passphrase), &em) != MC_OK)
        fail_msg("%s", em.text);
    mc_buf_put_u8(&b, 0);
    assert_false(b.oom);
    return (char *)b.p;
}

typedef enum mc_err (*open_cb)(uint8_t out[32], struct mc_slice json, struct mc_slice passphrase,
                               struct mc_errmsg *em);

/* Opens and checks: the error, a word in its text, and that a failed opening gives nothing away. */
static void expect(open_cb open, const char *text, const char *passphrase, enum mc_err want,
                   const char *word)
{
    static const uint8_t untouched[32] = {0};
    uint8_t got[32] = {0};
    struct mc_errmsg em = {""};
    enum mc_err err = open(got, mc_slice_str(text), mc_slice_str(passphrase), &em);

    if (err != want)
        fail_msg("%s: error %d (%s) instead of %d", text, err, em.text, want);
    if (err != MC_OK && strstr(em.text, word) == NULL)
        fail_msg("%s: \"%s\" does not name %s", text, em.text, word);
    if (err != MC_OK)
        assert_memory_equal(got, untouched, sizeof got);
}

/* Replaces the value of a member, whatever it is, by other text. */
static char *with_value(const char *text, const char *key, const char *value)
{
    char member[64];
    snprintf(member, sizeof member, "\"%s\":", key);
    const char *at = strstr(text, member);
    assert_non_null(at);
    at += strlen(member);
    size_t n = 0;
    if (at[0] == '{') {
        n = strcspn(at, "}") + 1;
    } else {
        n = strcspn(at, ",}");
    }
    char old[512];
    assert_true(strlen(member) + n < sizeof old);
    snprintf(old, sizeof old, "%s%.*s", member, (int)n, at);
    char new[512];
    snprintf(new, sizeof new, "%s%s", member, value);
    return edited(text, old, new);
}

/* Changes the first hex digit of a member's string. */
static char *with_flipped_digit(const char *text, const char *key)
{
    char member[64];
    snprintf(member, sizeof member, "\"%s\":\"", key);
    char *out = edited(text, member, member);
    char *digit = strstr(out, member) + strlen(member);
    if (digit[0] == '0' && digit[1] == 'x')
        digit += 2;
    *digit = *digit == 'a' ? 'b' : 'a';
    return out;
}

/* ---- account keys ---- */

static void a_sealed_account_opens_with_its_passphrase_only(void **state)
{
    static const char *const passphrases[] = {"", "testpassword", "p\xc3\xa4ss \xf0\x9f\x94\x91"};
    uint8_t got[32];

    (void)state;
    for (size_t i = 0; i < MC_COUNT(passphrases); i++) {
        char *text = sealed(4, passphrases[i]);
        assert_int_equal(
            mc_keystore_open(got, mc_slice_str(text), mc_slice_str(passphrases[i]), NULL), MC_OK);
        assert_memory_equal(got, SECRET, 32);
        expect(mc_keystore_open, text, "another", MC_EAUTH, "passphrase");
        free(text);
    }
}

static void two_seals_share_no_salt_iv_or_id(void **state)
{
    static const char *const keys[] = {"\"salt\":\"", "\"iv\":\"", "\"id\":\""};
    char *a = sealed(2, "x"), *b = sealed(2, "x");

    (void)state;
    for (size_t i = 0; i < MC_COUNT(keys); i++)
        assert_memory_not_equal(strstr(a, keys[i]) + strlen(keys[i]),
                                strstr(b, keys[i]) + strlen(keys[i]), 16);
    free(a);
    free(b);
}

static void sealing_refuses_what_cannot_be_opened(void **state)
{
    static const uint8_t zero[32] = {0};
    struct mc_buf b = {0};

    (void)state;
    assert_int_equal(mc_keystore_seal(&b, SECRET, mc_slice_str("x"), 0, NULL), MC_EINVAL);
    assert_int_equal(mc_keystore_seal(&b, SECRET, mc_slice_str("x"), 20, NULL), MC_EINVAL);
    assert_int_equal(mc_keystore_seal(&b, SECRET, mc_slice_str("x"), 64, NULL), MC_EINVAL);
    assert_int_equal(mc_keystore_seal(&b, zero, mc_slice_str("x"), 2, NULL), MC_EINVAL);
    assert_int_equal(b.n, 0);
}

static void one_flipped_digit_anywhere_is_noticed(void **state)
{
    static const struct {
        const char *key;
        enum mc_err want;
        const char *word;
    } rows[] = {
        {"ciphertext", MC_EAUTH, "mac"},     {"mac", MC_EAUTH, "mac"},
        {"salt", MC_EAUTH, "mac"},           {"iv", MC_EMALFORM, "iv"},
        {"address", MC_EMALFORM, "address"},
    };
    char *text = sealed(2, "x");

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char *bad = with_flipped_digit(text, rows[i].key);
        expect(mc_keystore_open, bad, "x", rows[i].want, rows[i].word);
        free(bad);
    }
    free(text);
}

static void each_malformed_member_is_named(void **state)
{
    static const struct {
        const char *key, *value;
        enum mc_err want;
        const char *word;
    } rows[] = {
        {"version", "1", MC_EUNSUPPORTED, "version"},
        {"version", "\"3\"", MC_EMALFORM, "version"},
        {"version", "null", MC_EMALFORM, "version"},
        {"version", "3.5", MC_EMALFORM, "version"},
        {"address", "\"00\"", MC_EMALFORM, "address"},
        {"address", "7", MC_EMALFORM, "address"},
        {"cipher", "\"aes-256-ctr\"", MC_EUNSUPPORTED, "crypto.cipher"},
        {"cipher", "null", MC_EMALFORM, "crypto.cipher"},
        {"cipherparams", "null", MC_EMALFORM, "crypto.cipherparams.iv"},
        {"cipherparams", "[]", MC_EMALFORM, "crypto.cipherparams.iv"},
        {"iv", "\"\"", MC_EMALFORM, "crypto.cipherparams.iv"},
        {"iv", "\"zz\"", MC_EMALFORM, "crypto.cipherparams.iv"},
        {"iv", "\"000102030405060708090a0b0c0d0e0f10\"", MC_EMALFORM, "crypto.cipherparams.iv"},
        {"ciphertext", "\"\"", MC_EMALFORM, "crypto.ciphertext"},
        {"ciphertext", "\"0\"", MC_EMALFORM, "crypto.ciphertext"},
        {"ciphertext", "\"0g\"", MC_EMALFORM, "crypto.ciphertext"},
        {"ciphertext", "{}", MC_EMALFORM, "crypto.ciphertext"},
        {"kdf", "\"argon2id\"", MC_EUNSUPPORTED, "crypto.kdf"},
        {"kdf", "\"pbkdf2\"", MC_EMALFORM, "crypto.kdfparams.prf"},
        {"kdf", "7", MC_EMALFORM, "crypto.kdf"},
        {"kdfparams", "null", MC_EMALFORM, "crypto.kdfparams.n"},
        {"dklen", "31", MC_EMALFORM, "crypto.kdfparams.dklen"},
        {"dklen", "-32", MC_EMALFORM, "crypto.kdfparams.dklen"},
        {"dklen", "4294967328", MC_EMALFORM, "crypto.kdfparams.dklen"},
        {"n", "0", MC_EMALFORM, "crypto.kdfparams.n"},
        {"n", "1", MC_EMALFORM, "crypto.kdfparams.n"},
        {"n", "12", MC_EMALFORM, "crypto.kdfparams.n"},
        {"n", "\"4\"", MC_EMALFORM, "crypto.kdfparams.n"},
        {"r", "0", MC_EMALFORM, "crypto.kdfparams.r"},
        {"p", "0", MC_EMALFORM, "crypto.kdfparams.p"},
        {"p", "null", MC_EMALFORM, "crypto.kdfparams.p"},
        {"salt", "12", MC_EMALFORM, "crypto.kdfparams.salt"},
        {"salt", "\"123\"", MC_EMALFORM, "crypto.kdfparams.salt"},
        {"mac", "\"00\"", MC_EMALFORM, "crypto.mac"},
        {"mac", "null", MC_EMALFORM, "crypto.mac"},
    };
    char *text = sealed(2, "x");

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char *bad = with_value(text, rows[i].key, rows[i].value);
        expect(mc_keystore_open, bad, "x", rows[i].want, rows[i].word);
        free(bad);
    }
    free(text);
}

static void text_that_is_no_key_file_is_refused(void **state)
{
    static const char *const rows[] = {
        "", "{", "[]", "null", "\"key\"", "{}x", "{\"version\":3,\"version\":3}"};
    char *text = sealed(2, "x");

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        expect(mc_keystore_open, rows[i], "x", MC_EMALFORM, "keystore: ");
    expect(mc_keystore_open, "{\"version\":3}", "x", MC_EMALFORM, "crypto");
    for (size_t n = 0; n < strlen(text) - 2; n++) { /* a brace and a newline end it */
        uint8_t got[32];
        assert_int_equal(mc_keystore_open(got, mc_slice(text, n), mc_slice_str("x"), NULL),
                         MC_EMALFORM);
    }
    size_t big = 70000;
    char *spaces = malloc(big + 1);
    assert_non_null(spaces);
    memset(spaces, ' ', big);
    spaces[big] = '\0';
    expect(mc_keystore_open, spaces, "x", MC_ELIMIT, "70000");
    free(spaces);
    free(text);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void costs_are_refused_before_they_are_paid(void **state)
{
    static const char *const params[] = {
        "\"n\":16777216,\"r\":8,\"p\":1",            /* 16 GiB */
        "\"n\":1048576,\"r\":8,\"p\":1",             /* 1 GiB and the p blocks */
        "\"n\":9223372036854775808,\"r\":8,\"p\":1", /* n * r overflows */
        "\"n\":2,\"r\":4194304,\"p\":4",             /* large blocks */
        "\"n\":2,\"r\":4294967295,\"p\":4294967295", /* everything overflows */
        "\"n\":2,\"r\":1,\"p\":8388608",             /* many blocks */
        "\"n\":262144,\"r\":8,\"p\":17",             /* little memory, much time */
    };
    char *text = sealed(2, "x");
    double start = seconds();

    (void)state;
    for (size_t i = 0; i < MC_COUNT(params); i++) {
        char *bad = edited(text, "\"n\":4,\"r\":8,\"p\":1", params[i]);
        expect(mc_keystore_open, bad, "x", MC_ELIMIT, "crypto.kdfparams");
        free(bad);
    }
    char *pbkdf2 =
        edited(text, "\"n\":4,\"r\":8,\"p\":1", "\"prf\":\"hmac-sha256\",\"c\":10000001");
    char *bad = with_value(pbkdf2, "kdf", "\"pbkdf2\"");
    expect(mc_keystore_open, bad, "x", MC_ELIMIT, "crypto.kdfparams.c");
    assert_true(seconds() - start < 1.0);
    free(bad);
    free(pbkdf2);
    free(text);
}

static void the_spellings_of_other_wallets_are_read(void **state)
{
    uint8_t got[32];
    char *text = sealed(2, "x");
    const struct {
        const char *from, *to;
    } rows[] = {
        {"\"crypto\":", "\"Crypto\":"},   {"\"address\":\"", "\"address\":\"0x"},
        {"\"salt\":\"", "\"salt\":\"0x"}, {"\"mac\":\"", "\"mac\":\"0X"},
        {"\"dklen\":32", "\"dklen\":64"}, {"{\"version\"", "{\"extra\":[1,{}],\"version\""},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char *other = edited(text, rows[i].from, rows[i].to);
        expect(mc_keystore_open, other, "x", MC_OK, "");
        free(other);
    }
    char *hidden = with_value(text, "address", "null");
    assert_int_equal(mc_keystore_open(got, mc_slice_str(hidden), mc_slice_str("x"), NULL), MC_OK);
    assert_memory_equal(got, SECRET, 32);
    free(hidden);
    free(text);
}

/* Made for this test with another implementation: scrypt n = 2, ciphertext of 31 bytes, IV without its leading
 * zeros. */
static void short_ciphertexts_and_ivs_are_padded(void **state)
{
    static const char short_file[] =
        "{\"version\":3,\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"5f"
        "0f1f2f3f4f5f6f7f8f9fafbfcfd\"},\"ciphertext\":\"c741cf3460c771fe36b806ca41"
        "13e5b913ea75e9a37073c1493d309892f21d\",\"kdf\":\"scrypt\",\"kdfparams\":{\"dkl"
        "en\":32,\"n\":2,\"r\":8,\"p\":1,\"salt\":\"6465666768696a6b6c6d6e6f70717273\"},\"m"
        "ac\":\"5e213a9bcadb99427263f2695ec35b3b3efe9e8586a2969904d213412f7755a4\""
        "}}";
    static const uint8_t want[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                     11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                     22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    uint8_t got[32];
    struct mc_errmsg em;

    (void)state;
    if (mc_keystore_open(got, mc_slice_str(short_file), mc_slice_str("short"), &em) != MC_OK)
        fail_msg("%s", em.text);
    assert_memory_equal(got, want, 32);
}

/* The MAC holds, but what is inside is the order of the curve: no key. */
static void a_secret_outside_the_order_is_refused(void **state)
{
    (void)state;
    expect(mc_keystore_open,
           "{\"version\":3,\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"00"
           "05f0f1f2f3f4f5f6f7f8f9fafbfcfd\"},\"ciphertext\":\"c08c396b53bcbd4f5458dfb"
           "0217a80fab6d13f360475fa2ba2b219eaa495e9b6\",\"kdf\":\"pbkdf2\",\"kdfparams\":"
           "{\"dklen\":32,\"c\":3,\"prf\":\"hmac-sha256\",\"salt\":\"6465666768696a6b6c6d6e6f"
           "70717273\"},\"mac\":\"0930ba906e0824f07022117e87ebc247fe0e22295a7557e8ba81"
           "44c3649be696\"}}",
           "order", MC_EMALFORM, "not a key");
}

/* ---- validator keys ---- */

static void a_sealed_validator_key_opens_with_its_passphrase_only(void **state)
{
    static const uint8_t seed[32] = {1, 2, 3};
    static const char *const passphrases[] = {"", "a guarded one"};
    struct mc_ed25519_key key;
    char pub[65];
    uint8_t got[32];

    (void)state;
    mc_ed25519_from_seed(&key, seed);
    mc_hex_encode(pub, key.pub, 32);
    for (size_t i = 0; i < MC_COUNT(passphrases); i++) {
        char *text = sealed_valkey(seed, passphrases[i]);
        assert_non_null(strstr(text, pub));
        assert_int_equal(
            mc_valkey_open(got, mc_slice_str(text), mc_slice_str(passphrases[i]), NULL), MC_OK);
        assert_memory_equal(got, seed, 32);
        expect(mc_valkey_open, text, "another", MC_EAUTH, "passphrase");
        free(text);
    }
}

static void each_damaged_member_of_a_validator_key_is_named(void **state)
{
    static const struct {
        const char *key, *value;
        enum mc_err want;
        const char *word;
    } rows[] = {
        {"format", "2", MC_EUNSUPPORTED, "format"},
        {"format", "null", MC_EMALFORM, "format"},
        {"kind", "\"another\"", MC_EUNSUPPORTED, "kind"},
        {"kind", "null", MC_EMALFORM, "kind"},
        {"publicKey", "\"0x00\"", MC_EMALFORM, "publicKey"},
        {"kdf", "null", MC_EMALFORM, "kdf.name"},
        {"name", "\"scrypt\"", MC_EUNSUPPORTED, "kdf.name"},
        {"passes", "0", MC_EMALFORM, "kdf.passes"},
        {"passes", "17", MC_ELIMIT, "kdf.passes"},
        {"passes", "18446744073709551615", MC_ELIMIT, "kdf.passes"},
        {"memBytes", "8191", MC_EMALFORM, "kdf.memBytes"},
        {"memBytes", "1073741825", MC_ELIMIT, "kdf.memBytes"},
        {"memBytes", "1073741824,\"passes\":5", MC_EMALFORM, "validator key"}, /* twice */
        {"kdf", "{\"name\":\"argon2id\",\"passes\":5,\"memBytes\":1073741824}", MC_ELIMIT, "kdf"},
        {"cipher", "\"aes\"", MC_EUNSUPPORTED, "cipher"},
        {"salt", "\"0x00\"", MC_EMALFORM, "salt"},
        {"nonce", "\"\"", MC_EMALFORM, "nonce"},
        {"ciphertext", "\"0x0\"", MC_EMALFORM, "ciphertext"},
        {"ciphertext", "null", MC_EMALFORM, "ciphertext"},
    };
    static const struct {
        const char *key;
        enum mc_err want;
        const char *word;
    } flips[] = {{"salt", MC_EAUTH, "damaged"},
                 {"nonce", MC_EAUTH, "damaged"},
                 {"ciphertext", MC_EAUTH, "damaged"},
                 {"publicKey", MC_EMALFORM, "publicKey"}};
    static const uint8_t seed[32] = {4};
    char *text = sealed_valkey(seed, "");

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char *bad = with_value(text, rows[i].key, rows[i].value);
        expect(mc_valkey_open, bad, "", rows[i].want, rows[i].word);
        free(bad);
    }
    for (size_t i = 0; i < MC_COUNT(flips); i++) {
        char *bad = with_flipped_digit(text, flips[i].key);
        expect(mc_valkey_open, bad, "", flips[i].want, flips[i].word);
        free(bad);
    }
    char *passes = with_value(text, "passes", "2"); /* a cheaper or dearer key is another key */
    expect(mc_valkey_open, passes, "", MC_EAUTH, "damaged");
    free(passes);
    free(text);
}

static void the_two_kinds_of_files_are_not_mixed_up(void **state)
{
    static const uint8_t seed[32] = {5};
    char *account = sealed(2, "x"), *validator = sealed_valkey(seed, "");

    (void)state;
    expect(mc_valkey_open, account, "x", MC_EMALFORM, "kind");
    expect(mc_keystore_open, validator, "", MC_EMALFORM, "version");
    free(account);
    free(validator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_account_opens_with_its_passphrase_only),
        cmocka_unit_test(two_seals_share_no_salt_iv_or_id),
        cmocka_unit_test(sealing_refuses_what_cannot_be_opened),
        cmocka_unit_test(one_flipped_digit_anywhere_is_noticed),
        cmocka_unit_test(each_malformed_member_is_named),
        cmocka_unit_test(text_that_is_no_key_file_is_refused),
        cmocka_unit_test(costs_are_refused_before_they_are_paid),
        cmocka_unit_test(the_spellings_of_other_wallets_are_read),
        cmocka_unit_test(short_ciphertexts_and_ivs_are_padded),
        cmocka_unit_test(a_secret_outside_the_order_is_refused),
        cmocka_unit_test(a_sealed_validator_key_opens_with_its_passphrase_only),
        cmocka_unit_test(each_damaged_member_of_a_validator_key_is_named),
        cmocka_unit_test(the_two_kinds_of_files_are_not_mixed_up),
    };
    return cmocka_run_group_tests_name("keystore", tests, setup, NULL);
}
