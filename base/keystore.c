/* Web3 Secret Storage 3: read every field and check its cost first, derive the key after that. */
#include <inttypes.h>

#include "base/crypto.h"
#include "base/hash.h"
#include "base/keyfile.h"
#include "base/keystore.h"

#define SALT_BYTES_MAX 256u
#define DKLEN_MAX      1024u
/* scrypt works through blocks of 128 * r bytes: it holds n + p of them and mixes each 2 * n * p times.  In units
 * of 128 bytes: 1 GiB of memory, and sixteen times the work of the usual n = 2^18, r = 8, p = 1. */
#define SCRYPT_MEM_MAX    (UINT64_C(1) << 23)
#define SCRYPT_WORK_MAX   (UINT64_C(1) << 25)
#define SCRYPT_LOG2_N_MAX 19u
#define PBKDF2_ROUNDS_MAX 10000000u

struct kdf {
    uint64_t n;      /* scrypt; 0: PBKDF2 */
    uint64_t r, p;   /* scrypt */
    uint64_t rounds; /* PBKDF2 */
    size_t salt_len;
    uint8_t salt[SALT_BYTES_MAX];
};

struct account_file {
    struct kdf kdf;
    uint8_t iv[16];
    uint8_t text[32]; /* ciphertext */
    size_t text_len;  /* 1..32: some writers drop the secret's leading zeros */
    uint8_t mac[32];
    struct mc_addr addr;
    bool has_addr;
};

static enum mc_err read_scrypt(struct kdf *k, const struct mc_json *params, struct mc_errmsg *em)
{
    enum mc_err err =
        mc_keyfile_int(params, "n", "crypto.kdfparams.n", 2, SCRYPT_MEM_MAX, MC_ELIMIT, &k->n, em);
    if (err == MC_OK && (k->n & (k->n - 1)) != 0)
        err = mc_fail(em, MC_EMALFORM, "crypto.kdfparams.n: not a power of two");
    if (err == MC_OK)
        err = mc_keyfile_int(params, "r", "crypto.kdfparams.r", 1, SCRYPT_MEM_MAX, MC_ELIMIT, &k->r,
                             em);
    if (err == MC_OK)
        err = mc_keyfile_int(params, "p", "crypto.kdfparams.p", 1, SCRYPT_MEM_MAX, MC_ELIMIT, &k->p,
                             em);
    if (err != MC_OK)
        return err;
    /* Each factor is at most 2^23, and the second product is at most 2^23 times 2^23. */
    if (k->r * (k->n + k->p) > SCRYPT_MEM_MAX)
        return mc_fail(em, MC_ELIMIT, "crypto.kdfparams: scrypt would take more than 1 GiB");
    if (k->n * k->r * k->p > SCRYPT_WORK_MAX)
        return mc_fail(em, MC_ELIMIT, "crypto.kdfparams: scrypt would take too long");
    return MC_OK;
}

static enum mc_err read_kdf(struct kdf *k, const struct mc_json *crypto, struct mc_errmsg *em)
{
    const struct mc_json *params = mc_json_get(crypto, "kdfparams");
    const struct mc_json *name = mc_json_get(crypto, "kdf");
    uint64_t dklen;
    enum mc_err err;

    if (mc_json_type(name) != MC_JSON_STRING)
        return mc_fail(em, MC_EMALFORM, "crypto.kdf: missing or not a string");
    if (mc_keyfile_is_text(name, "scrypt")) {
        err = read_scrypt(k, params, em);
    } else if (mc_keyfile_is_text(name, "pbkdf2")) {
        err = mc_keyfile_text(params, "prf", "crypto.kdfparams.prf", "hmac-sha256", em);
        if (err == MC_OK)
            err = mc_keyfile_int(params, "c", "crypto.kdfparams.c", 1, PBKDF2_ROUNDS_MAX, MC_ELIMIT,
                                 &k->rounds, em);
    } else {
        err = mc_fail(em, MC_EUNSUPPORTED, "crypto.kdf: only scrypt and pbkdf2 are supported");
    }
    /* Both functions give the same first 32 bytes for every greater length, and no more are used. */
    if (err == MC_OK)
        err = mc_keyfile_int(params, "dklen", "crypto.kdfparams.dklen", 32, DKLEN_MAX, MC_EMALFORM,
                             &dklen, em);
    if (err == MC_OK)
        err = mc_keyfile_hex(params, "salt", "crypto.kdfparams.salt", k->salt, 0, sizeof k->salt,
                             &k->salt_len, em);
    return err;
}

/* Some writers treat the IV as a number and drop its leading zeros, odd digits included. */
static enum mc_err read_iv(uint8_t iv[16], const struct mc_json *params, struct mc_errmsg *em)
{
    const struct mc_json *v = mc_json_get(params, "iv");
    struct mc_slice s = mc_json_str(v);
    char digits[32];

    if (mc_json_type(v) != MC_JSON_STRING)
        return mc_fail(em, MC_EMALFORM, "crypto.cipherparams.iv: missing or not a string");
    if (s.n >= 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'X'))
        s = mc_slice_skip(s, 2);
    if (s.n == 0 || s.n > sizeof digits)
        return mc_fail(em, MC_EMALFORM, "crypto.cipherparams.iv: not 1 to 16 bytes");
    memset(digits, '0', sizeof digits);
    memcpy(digits + sizeof digits - s.n, s.p, s.n);
    if (!mc_hex_decode(iv, digits, 16))
        return mc_fail(em, MC_EMALFORM, "crypto.cipherparams.iv: not a hex digit");
    return MC_OK;
}

static enum mc_err read_address(struct account_file *f, const struct mc_json *root,
                                struct mc_errmsg *em)
{
    const struct mc_json *v = mc_json_get(root, "address");
    size_t n;

    f->has_addr = mc_json_type(v) != MC_JSON_NULL &&
                  !(mc_json_type(v) == MC_JSON_STRING && mc_json_str(v).n == 0);
    if (!f->has_addr) /* left out by those who do not want to show it */
        return MC_OK;
    return mc_keyfile_hex(root, "address", "address", f->addr.b, 20, 20, &n, em);
}

static enum mc_err read_account_file(struct account_file *f, const struct mc_json *root,
                                     struct mc_errmsg *em)
{
    const struct mc_json *crypto = mc_json_get(root, "crypto");
    uint64_t version;
    size_t n;

    if (!mc_json_u64(mc_json_get(root, "version"), &version))
        return mc_fail(em, MC_EMALFORM, "version: missing or not a whole number");
    if (version != 3)
        return mc_fail(em, MC_EUNSUPPORTED, "version: only 3 is supported");
    if (crypto == NULL)
        crypto = mc_json_get(root, "Crypto"); /* older wallets */
    if (mc_json_type(crypto) != MC_JSON_OBJECT)
        return mc_fail(em, MC_EMALFORM, "crypto: missing or not an object");

    enum mc_err err = mc_keyfile_text(crypto, "cipher", "crypto.cipher", "aes-128-ctr", em);
    if (err == MC_OK)
        err = read_iv(f->iv, mc_json_get(crypto, "cipherparams"), em);
    if (err == MC_OK)
        err = mc_keyfile_hex(crypto, "ciphertext", "crypto.ciphertext", f->text, 1, sizeof f->text,
                             &f->text_len, em);
    if (err == MC_OK)
        err = mc_keyfile_hex(crypto, "mac", "crypto.mac", f->mac, 32, 32, &n, em);
    if (err == MC_OK)
        err = read_kdf(&f->kdf, crypto, em);
    if (err == MC_OK)
        err = read_address(f, root, em);
    return err;
}

static enum mc_err derive(uint8_t dk[32], const struct kdf *k, struct mc_slice passphrase,
                          struct mc_errmsg *em)
{
    struct mc_slice salt = mc_slice(k->salt, k->salt_len);

    if (k->n == 0) {
        mc_pbkdf2_sha256(dk, 32, passphrase, salt, (uint32_t)k->rounds);
        return MC_OK;
    }
    enum mc_err err = mc_scrypt(dk, 32, passphrase, salt, k->n, (uint32_t)k->r, (uint32_t)k->p);
    return err == MC_OK ? MC_OK : mc_fail(em, err, "scrypt: %s", mc_err_text(err));
}

static void mac_of(struct mc_hash *mac, const uint8_t dk[32], struct mc_slice text)
{
    const struct mc_slice parts[] = {mc_slice(dk + 16, 16), text};

    mc_keccak256v(mac, parts, MC_COUNT(parts));
}

/* The MAC does not cover the IV: a damaged one shows only in a key that is not the address's. */
static enum mc_err check_secret(const struct account_file *f, const uint8_t secret[32],
                                struct mc_errmsg *em)
{
    struct mc_addr addr;
    char text[43];

    if (mc_secp_address(&addr, secret) != MC_OK)
        return mc_fail(em, MC_EMALFORM, "the secret inside is not a key of an account");
    if (f->has_addr && !mc_addr_eq(&addr, &f->addr)) {
        mc_addr_checksum(text, &f->addr);
        return mc_fail(em, MC_EMALFORM,
                       "address or crypto.cipherparams.iv: the key inside is not that of %s", text);
    }
    return MC_OK;
}

static enum mc_err open_account_file(uint8_t secret[32], const struct account_file *f,
                                     struct mc_slice passphrase, struct mc_errmsg *em)
{
    struct mc_slice text = mc_slice(f->text, f->text_len);
    uint8_t dk[32], plain[32] = {0};
    struct mc_hash mac;
    enum mc_err err = derive(dk, &f->kdf, passphrase, em);

    if (err != MC_OK)
        return err;
    mac_of(&mac, dk, text);
    if (!mc_secret_eq(mac.b, f->mac, sizeof mac.b)) {
        err = mc_fail(em, MC_EAUTH, "wrong passphrase, or crypto.mac or what it covers is damaged");
    } else {
        mc_aes128_ctr(plain + sizeof plain - text.n, text, dk, f->iv);
        err = check_secret(f, plain, em);
    }
    if (err == MC_OK)
        memcpy(secret, plain, sizeof plain);
    mc_secret_wipe(dk, sizeof dk);
    mc_secret_wipe(plain, sizeof plain);
    return err;
}

enum mc_err mc_keystore_open(uint8_t secret[32], struct mc_slice json, struct mc_slice passphrase,
                             struct mc_errmsg *em)
{
    struct account_file f = {0};
    struct mc_json_doc *doc = NULL;
    enum mc_err err = mc_keyfile_parse(&doc, json, em);

    if (err == MC_OK) {
        err = read_account_file(&f, mc_json_root(doc), em);
        mc_json_free(doc);
    }
    if (err == MC_OK)
        err = open_account_file(secret, &f, passphrase, em);
    if (err != MC_OK)
        mc_errwrap(em, "keystore");
    return err;
}

/* A random UUID (RFC 9562, version 4), which the format wants and nobody reads. */
static void put_uuid(struct mc_buf *out)
{
    static const size_t group_end[] = {4, 6, 8, 10, 16};
    uint8_t id[16];

    mc_random(id, sizeof id);
    id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);
    id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
    for (size_t i = 0, at = 0; i < MC_COUNT(group_end); at = group_end[i++]) {
        if (i > 0)
            mc_buf_put_str(out, "-");
        mc_buf_put_hex(out, mc_slice(id + at, group_end[i] - at));
    }
}

static void put_account_file(struct mc_buf *out, const struct account_file *f)
{
    mc_buf_put_str(out, "{\"version\":3,\"id\":\"");
    put_uuid(out);
    mc_keyfile_put_hex(out, "\",\"address\":\"", f->addr.b, sizeof f->addr.b);
    mc_keyfile_put_hex(out, "\",\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"",
                       f->iv, sizeof f->iv);
    mc_keyfile_put_hex(out, "\"},\"ciphertext\":\"", f->text, f->text_len);
    mc_buf_putf(out,
                "\",\"kdf\":\"scrypt\",\"kdfparams\":{\"dklen\":32,\"n\":%" PRIu64 ",\"r\":%" PRIu64
                ",\"p\":%" PRIu64,
                f->kdf.n, f->kdf.r, f->kdf.p);
    mc_keyfile_put_hex(out, ",\"salt\":\"", f->kdf.salt, f->kdf.salt_len);
    mc_keyfile_put_hex(out, "\"},\"mac\":\"", f->mac, sizeof f->mac);
    mc_buf_put_str(out, "\"}}\n");
}

enum mc_err mc_keystore_seal(struct mc_buf *out, const uint8_t secret[32],
                             struct mc_slice passphrase, uint32_t log2_n, struct mc_errmsg *em)
{
    struct account_file f = {.text_len = 32, .kdf = {.r = 8, .p = 1, .salt_len = 32}};
    struct mc_hash mac;
    uint8_t dk[32];

    if (log2_n < 1 || log2_n > SCRYPT_LOG2_N_MAX)
        return mc_fail(em, MC_EINVAL, "keystore: scrypt n = 2^%u is outside 2^1 to 2^%u", log2_n,
                       SCRYPT_LOG2_N_MAX);
    if (mc_secp_address(&f.addr, secret) != MC_OK)
        return mc_fail(em, MC_EINVAL, "keystore: the secret is not a key of an account");
    f.kdf.n = UINT64_C(1) << log2_n;
    mc_random(f.kdf.salt, f.kdf.salt_len);
    mc_random(f.iv, sizeof f.iv);
    enum mc_err err = derive(dk, &f.kdf, passphrase, em);
    if (err != MC_OK) {
        mc_errwrap(em, "keystore");
        return err;
    }
    mc_aes128_ctr(f.text, mc_slice(secret, 32), dk, f.iv);
    mac_of(&mac, dk, mc_slice(f.text, sizeof f.text));
    memcpy(f.mac, mac.b, sizeof f.mac);
    mc_secret_wipe(dk, sizeof dk);
    put_account_file(out, &f);
    return mc_buf_check(out, "keystore", em);
}
