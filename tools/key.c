/* Keys in encrypted files: accounts (Web3 Secret Storage v3) and validators (--validator, Ed25519). */
#include <stdio.h>
#include <unistd.h>

#include "tools/passphrase.h"
#include "tools/say.h"

#define KEY_FILE_BYTES_MAX (64u * 1024u)
#define SCRYPT_LOG2_N      18u

struct keying {
    struct tool_pass_src pass;
    const char *out, *secret_file, *message, *hex;
    bool validator, json;
};
#define KEYING_PRESET                                                                              \
    {                                                                                              \
        .pass = TOOL_PASS_PRESET                                                                   \
    }

/* Public side of a secret: the account's address, or the validator's key. */
static void put_public(struct mc_buf *b, const uint8_t secret[32], bool validator)
{
    struct mc_addr addr = MC_ADDR_ZERO;
    if (validator) {
        struct mc_ed25519_key *key = mc_secret_new(sizeof *key);
        if (key == NULL) {
            b->oom = true;
            return;
        }
        mc_ed25519_from_seed(key, secret);
        mc_buf_put_str(b, "0x");
        mc_buf_put_hex(b, mc_slice(key->pub, 32));
        mc_secret_free(key);
    } else if (mc_secp_address(&addr, secret) == MC_OK) {
        char text[43];
        mc_addr_checksum(text, &addr);
        mc_buf_put_str(b, text);
    }
}

static int print_public(struct mc_slice pub, bool validator, const char *file, bool json)
{
    struct mc_buf b = {0};
    const char *name = validator ? "publicKey" : "address";
    if (json) {
        mc_buf_putf(&b, "{\"%s\":\"%.*s\",\"file\":", name, (int)pub.n, (const char *)pub.p);
        mc_json_put_str(&b, mc_slice_str(file));
        mc_buf_put_u8(&b, '}');
    } else {
        mc_buf_putf(&b, "%s %.*s\nfile %s\n", validator ? "public key" : "address", (int)pub.n,
                    (const char *)pub.p, file);
    }
    int rc = tool_put(&b);
    mc_buf_free(&b);
    return rc;
}

/* Encrypts a secret and writes the file, never over another one. */
static int store(const struct keying *k, const uint8_t secret[32])
{
    struct mc_errmsg em = {{0}};
    struct mc_buf text = {0}, pub = {0};
    char *pass = NULL;
    int rc;
    if (access(k->out, F_OK) == 0)
        return tool_error("%s exists already; choose another --out, or move it away first", k->out);
    enum mc_err err =
        tool_passphrase(&pass, &k->pass, "passphrase for the new key file", true, &em);
    if (err == MC_OK && k->validator)
        err = mc_valkey_seal(&text, secret, mc_slice_str(pass), &em);
    else if (err == MC_OK)
        err = mc_keystore_seal(&text, secret, mc_slice_str(pass), SCRYPT_LOG2_N, &em);
    if (err == MC_OK)
        err = mc_file_write(k->out, mc_buf_slice(&text), 0600, &em);
    put_public(&pub, secret, k->validator);
    rc = err == MC_OK ? print_public(mc_buf_slice(&pub), k->validator, k->out, k->json)
                      : tool_error("%s", em.text);
    mc_secret_free(pass);
    mc_buf_free(&pub);
    mc_buf_free(&text);
    return rc;
}

int tool_key_new(int argc, char **argv)
{
    struct keying k = KEYING_PRESET;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--out", &k.out, "FILE", "where to write it (required)"),
        TOOL_FLAG("--validator", &k.validator, "an Ed25519 key for a validator's votes"),
        TOOL_FLAG("--json", &k.json, "the result as JSON"),
        TOOL_PASS_OPTS(&k.pass),
    };
    const struct tool_usage u = {
        "medichain key new --out FILE [--validator] [--passphrase-file FILE]",
        "Makes a new random key and writes it encrypted.  Without a passphrase file it asks for "
        "the\n"
        "passphrase; there is no way to recover a lost one.",
        "medichain key new --out account.json",
        opts,
        MC_COUNT(opts),
        0,
        0};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (k.out == NULL)
        return tool_bad_usage("--out FILE is missing: where should the key go?");
    uint8_t *secret = mc_secret_new(32);
    if (secret == NULL)
        return tool_error("out of memory");
    do
        mc_random(secret, 32);
    while (!k.validator && !mc_secp_secret_ok(secret));
    rc = store(&k, secret);
    mc_secret_free(secret);
    return rc;
}

/* 64 hex digits with or without 0x, on the first line. */
static enum mc_err read_secret(uint8_t secret[32], const char *path, struct mc_errmsg *em)
{
    char *line = NULL;
    struct tool_pass_src src = {path, UINT64_MAX};
    enum mc_err err = tool_passphrase(&line, &src, "", false, em);
    if (err == MC_OK) {
        const char *digits = line[0] == '0' && line[1] == 'x' ? line + 2 : line;
        if (strlen(digits) != 64 || !mc_hex_decode(secret, digits, 32))
            err =
                mc_fail(em, MC_EMALFORM, "%s: its first line is not a key of 64 hex digits", path);
    }
    mc_secret_free(line);
    return err;
}

int tool_key_import(int argc, char **argv)
{
    struct keying k = KEYING_PRESET;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--secret-file", &k.secret_file, "FILE", "64 hex digits on its first line"),
        TOOL_TEXT("--out", &k.out, "FILE", "where to write the encrypted key (required)"),
        TOOL_FLAG("--validator", &k.validator, "it is the Ed25519 seed of a validator"),
        TOOL_FLAG("--json", &k.json, "the result as JSON"),
        TOOL_PASS_OPTS(&k.pass),
    };
    const struct tool_usage u = {"medichain key import --secret-file FILE --out FILE [--validator]",
                                 "Encrypts a key that exists already.  The key comes from a file, "
                                 "never from the command line.",
                                 "medichain key import --secret-file key.hex --out account.json",
                                 opts,
                                 MC_COUNT(opts),
                                 0,
                                 0};
    struct mc_errmsg em = {{0}};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (k.out == NULL || k.secret_file == NULL)
        return tool_bad_usage("--secret-file FILE and --out FILE are both needed");
    uint8_t *secret = mc_secret_new(32);
    if (secret == NULL)
        return tool_error("out of memory");
    enum mc_err err = read_secret(secret, k.secret_file, &em);
    if (err == MC_OK && !k.validator && !mc_secp_secret_ok(secret))
        err = mc_fail(&em, MC_EINVAL, "%s: the number is not a key of this curve", k.secret_file);
    rc = err == MC_OK ? store(&k, secret) : tool_error("%s", em.text);
    mc_secret_free(secret);
    return rc;
}

/* An account's file says "crypto", a validator's "publicKey". */
static enum mc_err read_file(struct mc_buf *text, struct mc_json_doc **doc, bool *validator,
                             const char *path, struct mc_errmsg *em)
{
    enum mc_err err = mc_file_read(text, path, KEY_FILE_BYTES_MAX, em);
    if (err != MC_OK)
        return err;
    err = mc_json_parse(doc, mc_buf_slice(text), MC_JSON_DEPTH_MAX, em);
    if (err != MC_OK) {
        mc_errwrap(em, "%s is not a key file", path);
        return err;
    }
    *validator = mc_json_get(mc_json_root(*doc), "publicKey") != NULL;
    return MC_OK;
}

static enum mc_err open_key(uint8_t secret[32], bool *validator, const char *path,
                            const struct tool_pass_src *src, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    char *pass = NULL;
    enum mc_err err = read_file(&text, &doc, validator, path, em);
    if (err == MC_OK)
        err = tool_passphrase(&pass, src, "passphrase", false, em);
    if (err == MC_OK) {
        err = *validator ? mc_valkey_open(secret, mc_buf_slice(&text), mc_slice_str(pass), em)
                         : mc_keystore_open(secret, mc_buf_slice(&text), mc_slice_str(pass), em);
        if (err != MC_OK)
            mc_errwrap(em, "%s", path);
    }
    mc_secret_free(pass);
    mc_json_free(doc);
    mc_buf_free(&text);
    return err;
}

int tool_key_export(int argc, char **argv)
{
    struct keying k = KEYING_PRESET;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--out", &k.out, "FILE", "where to write the key in hex (required, mode 0600)"),
        TOOL_PASS_OPTS(&k.pass),
    };
    const struct tool_usage u = {
        "medichain key export FILE --out FILE",
        "Decrypts a key into a file that only you can read.  Whoever has that file is the account.",
        "medichain key export account.json --out key.hex",
        opts,
        MC_COUNT(opts),
        1,
        1};
    struct mc_errmsg em = {{0}};
    bool validator = false;
    char hex[66];
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (k.out == NULL)
        return tool_bad_usage("--out FILE is missing: a key is not printed on a terminal");
    if (access(k.out, F_OK) == 0)
        return tool_error("%s exists already; choose another --out", k.out);
    uint8_t *secret = mc_secret_new(32);
    if (secret == NULL)
        return tool_error("out of memory");
    enum mc_err err = open_key(secret, &validator, argv[0], &k.pass, &em);
    if (err == MC_OK) {
        mc_hex_encode(hex, secret, 32);
        hex[64] = '\n';
        err = mc_file_write(k.out, mc_slice(hex, 65), 0600, &em);
        mc_secret_wipe(hex, sizeof hex);
    }
    mc_secret_free(secret);
    if (err != MC_OK)
        return tool_error("%s", em.text);
    printf("%s\n", k.out);
    return TOOL_OK;
}

int tool_key_show(int argc, char **argv)
{
    bool json = false, validator = false;
    const struct tool_opt opts[] = {TOOL_FLAG("--json", &json, "as JSON")};
    const struct tool_usage u = {
        "medichain key show FILE",
        "Shows the address or public key of a key file; needs no passphrase.",
        "medichain key show account.json",
        opts,
        MC_COUNT(opts),
        1,
        1};
    struct mc_errmsg em = {{0}};
    struct mc_buf text = {0}, pub = {0};
    struct mc_json_doc *doc = NULL;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = read_file(&text, &doc, &validator, argv[0], &em);
    struct mc_slice s =
        err != MC_OK
            ? mc_slice(NULL, 0)
            : mc_json_str(mc_json_get(mc_json_root(doc), validator ? "publicKey" : "address"));
    struct mc_addr addr;
    /* The address stands in the file without 0x. */
    if (err == MC_OK && !validator && s.n == 40 && mc_hex_decode(addr.b, (const char *)s.p, 20)) {
        char words[43];
        mc_addr_checksum(words, &addr);
        mc_buf_put_str(&pub, words);
    } else if (err == MC_OK && validator && s.n == 66) {
        mc_buf_put_slice(&pub, s);
    } else if (err == MC_OK) {
        err = mc_fail(&em, MC_EMALFORM,
                      "%s: no \"address\" and no \"publicKey\": this is not a key file", argv[0]);
    }
    rc = err == MC_OK ? print_public(mc_buf_slice(&pub), validator, argv[0], json)
                      : tool_error("%s", em.text);
    mc_json_free(doc);
    mc_buf_free(&pub);
    mc_buf_free(&text);
    return rc;
}

/* Accounts sign as wallets do (EIP-191, "personal_sign"), validators the bytes themselves. */
static enum mc_err sign(struct mc_buf *out, const uint8_t secret[32], bool validator,
                        struct mc_slice msg, struct mc_errmsg *em)
{
    if (validator) {
        uint8_t sig[MC_ED25519_SIG_LEN];
        struct mc_ed25519_key *key = mc_secret_new(sizeof *key);
        if (key == NULL)
            return mc_fail(em, MC_ENOMEM, "out of memory");
        mc_ed25519_from_seed(key, secret);
        mc_ed25519_sign(sig, msg, key);
        mc_secret_free(key);
        mc_json_put_hex(out, mc_slice(sig, sizeof sig));
        return mc_buf_check(out, "signature", em);
    }
    char head[64];
    struct mc_hash digest;
    struct mc_secp_sig sig;
    uint8_t bytes[65];
    snprintf(head, sizeof head,
             "\x19"
             "Ethereum Signed Message:\n%zu",
             msg.n);
    const struct mc_slice parts[] = {mc_slice_str(head), msg};
    mc_keccak256v(&digest, parts, 2);
    enum mc_err err = mc_secp_sign(&sig, &digest, secret);
    if (err != MC_OK)
        return mc_fail(em, err, "the key cannot sign: %s", mc_err_text(err));
    memcpy(bytes, sig.r, 32);
    memcpy(bytes + 32, sig.s, 32);
    bytes[64] = (uint8_t)(27 + sig.recid);
    mc_json_put_hex(out, mc_slice(bytes, sizeof bytes));
    return mc_buf_check(out, "signature", em);
}

int tool_key_sign(int argc, char **argv)
{
    struct keying k = KEYING_PRESET;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--message", &k.message, "TEXT", "what to sign"),
        TOOL_TEXT("--hex", &k.hex, "HEX", "bytes to sign instead"),
        TOOL_FLAG("--json", &k.json, "signer and signature as JSON"),
        TOOL_PASS_OPTS(&k.pass),
    };
    const struct tool_usage u = {"medichain key sign FILE --message TEXT",
                                 "Signs a message: with an account as wallets do (EIP-191), with a "
                                 "validator key the bytes as\n"
                                 "they are (Ed25519).",
                                 "medichain key sign account.json --message hello",
                                 opts,
                                 MC_COUNT(opts),
                                 1,
                                 1};
    struct mc_errmsg em = {{0}};
    struct mc_buf msg = {0}, sig = {0}, b = {0};
    bool validator = false;
    enum mc_err err = MC_OK;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if ((k.message == NULL) == (k.hex == NULL))
        return tool_bad_usage("give either --message TEXT or --hex HEX");
    uint8_t *secret = mc_secret_new(32);
    if (secret == NULL)
        return tool_error("out of memory");
    if (k.hex != NULL)
        err = mc_hex_data(&msg, mc_slice_str(k.hex), KEY_FILE_BYTES_MAX, &em);
    else
        mc_buf_put_str(&msg, k.message);
    if (err == MC_OK)
        err = open_key(secret, &validator, argv[0], &k.pass, &em);
    if (err == MC_OK)
        err = sign(&sig, secret, validator, mc_buf_slice(&msg), &em);
    if (err == MC_OK && k.json) {
        mc_buf_putf(&b, "{\"%s\":\"", validator ? "publicKey" : "address");
        put_public(&b, secret, validator);
        mc_buf_putf(&b, "\",\"signature\":%.*s}", (int)sig.n, (const char *)sig.p);
    } else if (err == MC_OK) {
        mc_buf_put(&b, sig.p + 1, sig.n - 2);
    }
    rc = err == MC_OK ? tool_put(&b) : tool_error("%s", em.text);
    mc_secret_free(secret);
    mc_buf_free(&b);
    mc_buf_free(&sig);
    mc_buf_free(&msg);
    return rc;
}
