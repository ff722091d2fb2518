/* Validator key files: an Ed25519 seed under Argon2id and XChaCha20-Poly1305, its public key in clear. */
#include <inttypes.h>

#include "base/crypto.h"
#include "base/keyfile.h"
#include "base/keystore.h"

#define ARGON2_PASSES_MAX 16u
#define ARGON2_MEM_MIN    8192u
#define ARGON2_MEM_MAX    (UINT64_C(1) << 30)
#define ARGON2_WORK_MAX   (UINT64_C(1) << 32) /* passes * bytes */
/* RFC 9106, 4: three passes over 64 MiB, its choice for machines that have other work. */
#define ARGON2_PASSES  3u
#define ARGON2_MEM     (64u << 20)
#define VALKEY_KIND    "medichain validator key"
#define VALKEY_BOX_LEN (32 + MC_AEAD_TAG_LEN)

struct valkey_file {
    uint64_t passes;
    uint64_t mem_bytes;
    uint8_t pub[32];
    uint8_t salt[MC_ARGON2_SALT_LEN];
    uint8_t nonce[MC_AEAD_NONCE_LEN];
    uint8_t box[VALKEY_BOX_LEN];
};

static enum mc_err read_argon2(struct valkey_file *f, const struct mc_json *kdf,
                               struct mc_errmsg *em)
{
    enum mc_err err = mc_keyfile_text(kdf, "name", "kdf.name", "argon2id", em);

    if (err == MC_OK)
        err = mc_keyfile_int(kdf, "passes", "kdf.passes", 1, ARGON2_PASSES_MAX, MC_ELIMIT,
                             &f->passes, em);
    if (err == MC_OK)
        err = mc_keyfile_int(kdf, "memBytes", "kdf.memBytes", ARGON2_MEM_MIN, ARGON2_MEM_MAX,
                             MC_ELIMIT, &f->mem_bytes, em);
    if (err == MC_OK && f->passes * f->mem_bytes > ARGON2_WORK_MAX)
        err = mc_fail(em, MC_ELIMIT, "kdf: argon2id would take too long");
    return err;
}

static enum mc_err read_valkey_file(struct valkey_file *f, const struct mc_json *root,
                                    struct mc_errmsg *em)
{
    uint64_t format;
    size_t n;

    enum mc_err err = mc_keyfile_text(root, "kind", "kind", VALKEY_KIND, em);
    if (err != MC_OK)
        return err;
    if (!mc_json_u64(mc_json_get(root, "format"), &format))
        return mc_fail(em, MC_EMALFORM, "format: missing or not a whole number");
    if (format != 1)
        return mc_fail(em, MC_EUNSUPPORTED, "format: only 1 is supported");
    err = mc_keyfile_text(root, "cipher", "cipher", "xchacha20-poly1305", em);
    if (err == MC_OK)
        err = read_argon2(f, mc_json_get(root, "kdf"), em);
    if (err == MC_OK)
        err = mc_keyfile_hex(root, "publicKey", "publicKey", f->pub, 32, 32, &n, em);
    if (err == MC_OK)
        err = mc_keyfile_hex(root, "salt", "salt", f->salt, sizeof f->salt, sizeof f->salt, &n, em);
    if (err == MC_OK)
        err = mc_keyfile_hex(root, "nonce", "nonce", f->nonce, sizeof f->nonce, sizeof f->nonce, &n,
                             em);
    if (err == MC_OK)
        err = mc_keyfile_hex(root, "ciphertext", "ciphertext", f->box, sizeof f->box, sizeof f->box,
                             &n, em);
    return err;
}

static enum mc_err derive_valkey(uint8_t key[MC_AEAD_KEY_LEN], const struct valkey_file *f,
                                 struct mc_slice passphrase, struct mc_errmsg *em)
{
    enum mc_err err =
        mc_argon2id(key, MC_AEAD_KEY_LEN, passphrase, f->salt, f->passes, (size_t)f->mem_bytes);

    return err == MC_OK ? MC_OK : mc_fail(em, err, "argon2id: %s", mc_err_text(err));
}

static enum mc_err seed_public(uint8_t pub[32], const uint8_t seed[32], struct mc_errmsg *em)
{
    struct mc_ed25519_key *key = mc_secret_new(sizeof *key);

    if (key == NULL)
        return mc_fail(em, MC_ENOMEM, "guarded memory: out of memory");
    mc_ed25519_from_seed(key, seed);
    memcpy(pub, key->pub, 32);
    mc_secret_free(key);
    return MC_OK;
}

static enum mc_err open_valkey_file(uint8_t seed[32], const struct valkey_file *f,
                                    struct mc_slice passphrase, struct mc_errmsg *em)
{
    uint8_t key[MC_AEAD_KEY_LEN], plain[32], pub[32];
    enum mc_err err = derive_valkey(key, f, passphrase, em);

    if (err != MC_OK)
        return err;
    if (mc_aead_open(plain, mc_slice(f->box, sizeof f->box), f->nonce, key) != MC_OK)
        err = mc_fail(em, MC_EAUTH, "wrong passphrase, or the file is damaged");
    if (err == MC_OK)
        err = seed_public(pub, plain, em);
    if (err == MC_OK && memcmp(pub, f->pub, sizeof pub) != 0)
        err = mc_fail(em, MC_EMALFORM, "publicKey: does not belong to the key inside");
    if (err == MC_OK)
        memcpy(seed, plain, sizeof plain);
    mc_secret_wipe(key, sizeof key);
    mc_secret_wipe(plain, sizeof plain);
    return err;
}

enum mc_err mc_valkey_open(uint8_t seed[32], struct mc_slice json, struct mc_slice passphrase,
                           struct mc_errmsg *em)
{
    struct valkey_file f = {0};
    struct mc_json_doc *doc = NULL;
    enum mc_err err = mc_keyfile_parse(&doc, json, em);

    if (err == MC_OK) {
        err = read_valkey_file(&f, mc_json_root(doc), em);
        mc_json_free(doc);
    }
    if (err == MC_OK)
        err = open_valkey_file(seed, &f, passphrase, em);
    if (err != MC_OK)
        mc_errwrap(em, "validator key");
    return err;
}

static void put_valkey_file(struct mc_buf *out, const struct valkey_file *f)
{
    mc_keyfile_put_hex(out, "{\"format\":1,\"kind\":\"" VALKEY_KIND "\",\"publicKey\":\"0x", f->pub,
                       sizeof f->pub);
    mc_buf_putf(out,
                "\",\"kdf\":{\"name\":\"argon2id\",\"passes\":%" PRIu64 ",\"memBytes\":%" PRIu64
                "},\"cipher\":\"xchacha20-poly1305\"",
                f->passes, f->mem_bytes);
    mc_keyfile_put_hex(out, ",\"salt\":\"0x", f->salt, sizeof f->salt);
    mc_keyfile_put_hex(out, "\",\"nonce\":\"0x", f->nonce, sizeof f->nonce);
    mc_keyfile_put_hex(out, "\",\"ciphertext\":\"0x", f->box, sizeof f->box);
    mc_buf_put_str(out, "\"}\n");
}

enum mc_err mc_valkey_seal(struct mc_buf *out, const uint8_t seed[32], struct mc_slice passphrase,
                           struct mc_errmsg *em)
{
    /* No cost makes an empty passphrase harder to guess. */
    bool bare = passphrase.n == 0;
    struct valkey_file f = {.passes = bare ? 1 : ARGON2_PASSES,
                            .mem_bytes = bare ? ARGON2_MEM_MIN : ARGON2_MEM};
    uint8_t key[MC_AEAD_KEY_LEN];
    enum mc_err err = seed_public(f.pub, seed, em);

    mc_random(f.salt, sizeof f.salt);
    mc_random(f.nonce, sizeof f.nonce);
    if (err == MC_OK)
        err = derive_valkey(key, &f, passphrase, em);
    if (err != MC_OK) {
        mc_errwrap(em, "validator key");
        return err;
    }
    mc_aead_seal(f.box, mc_slice(seed, 32), f.nonce, key);
    mc_secret_wipe(key, sizeof key);
    put_valkey_file(out, &f);
    return mc_buf_check(out, "validator key", em);
}
