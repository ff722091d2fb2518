/* medichain genesis init: a genesis file and one directory for each validator. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/consortium.h"
#include "tools/passphrase.h"
#include "tools/say.h"

#define SCRYPT_LOG2_N 18u

struct init {
    const char *validators, *out;
    uint64_t chain_id;
    struct tool_pass_src pass;
    bool json;
    char *passphrase;
    struct consortium *c;
};

static enum mc_err write_in(const char *dir, const char *name, struct mc_slice text, uint32_t mode,
                            struct mc_errmsg *em)
{
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return mc_file_write(path, text, mode, em);
}

/* Paths in node.json are relative to the directory in which the operator starts the node. */
static enum mc_err write_config(const char *dir, struct mc_errmsg *em)
{
    struct mc_buf b = {0};
    mc_buf_put_str(&b, "{\n"
                       "  \"dataDir\": \"data\",\n"
                       "  \"genesis\": \"../genesis.json\",\n"
                       "  \"validatorKey\": \"validator.json\",\n"
                       "  \"passphraseFile\": \"passphrase\",\n"
                       "  \"rpcHost\": \"127.0.0.1\",\n"
                       "  \"rpcPort\": 8545,\n"
                       "  \"minBlockMs\": 250,\n"
                       "  \"heartbeatS\": 15\n"
                       "}\n");
    enum mc_err err = mc_buf_check(&b, "node.json", em);
    if (err == MC_OK)
        err = write_in(dir, "node.json", mc_buf_slice(&b), 0644, em);
    mc_buf_free(&b);
    return err;
}

/* New keys of one validator, written encrypted; the public sides are answered. */
static enum mc_err make_keys(const struct init *in, const char *dir, struct mc_addr *account,
                             uint8_t public_key[32], struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    struct mc_slice pass = mc_slice_str(in->passphrase);
    uint8_t *secret = mc_secret_new(32);
    struct mc_ed25519_key *key = mc_secret_new(sizeof *key);
    enum mc_err err =
        secret == NULL || key == NULL ? mc_fail(em, MC_ENOMEM, "out of memory") : MC_OK;
    if (err == MC_OK) {
        do
            mc_random(secret, 32);
        while (!mc_secp_secret_ok(secret));
        err = mc_secp_address(account, secret);
    }
    if (err == MC_OK)
        err = mc_keystore_seal(&text, secret, pass, SCRYPT_LOG2_N, em);
    if (err == MC_OK)
        err = write_in(dir, "account.json", mc_buf_slice(&text), 0600, em);
    mc_buf_reset(&text);
    if (err == MC_OK) {
        mc_random(secret, 32);
        mc_ed25519_from_seed(key, secret);
        memcpy(public_key, key->pub, 32);
        err = mc_valkey_seal(&text, secret, pass, em);
    }
    if (err == MC_OK)
        err = write_in(dir, "validator.json", mc_buf_slice(&text), 0600, em);
    mc_secret_free(secret);
    mc_secret_free(key);
    mc_buf_free(&text);
    return err;
}

static enum mc_err make_dir(const struct init *in, uint32_t i, char *dir, size_t cap,
                            struct mc_errmsg *em)
{
    snprintf(dir, cap, "%s/validator%u", in->out, i);
    enum mc_err err = mc_dir_make(dir, 0700, em);
    return err == MC_OK ? write_config(dir, em) : err;
}

static enum mc_err make_new(struct init *in, uint32_t cnt, struct mc_errmsg *em)
{
    struct tool_progress progress = {.what = "validator keys"};
    enum mc_err err =
        tool_passphrase(&in->passphrase, &in->pass, "passphrase for all new key files", true, em);
    for (uint32_t i = 0; i < cnt && err == MC_OK; i++) {
        char dir[1536], name[32];
        struct mc_addr account;
        uint8_t public_key[32];
        err = make_dir(in, i, dir, sizeof dir, em);
        if (err == MC_OK)
            err = make_keys(in, dir, &account, public_key, em);
        snprintf(name, sizeof name, "Hospital %u", i + 1);
        if (err == MC_OK)
            err = consortium_add_member(in->c, name, &account, public_key, em);
        tool_progress(&progress, i + 1, cnt);
    }
    return err;
}

static enum mc_err add_listed(struct init *in, const struct mc_json *v, uint32_t i,
                              struct mc_errmsg *em)
{
    struct mc_slice name = mc_json_str(mc_json_get(v, "name"));
    struct mc_addr account;
    uint8_t public_key[32];
    char text[CONSORTIUM_NAME_MAX + 1], dir[1536];
    enum mc_err err = MC_OK;
    if (name.n == 0 || name.n >= CONSORTIUM_NAME_MAX || memchr(name.p, 0, name.n) != NULL)
        return mc_fail(em, MC_EINVAL, "\"name\": 1 to %u bytes of text", CONSORTIUM_NAME_MAX - 1);
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    err = mc_hex_fixed(account.b, 20, mc_json_str(mc_json_get(v, "account")), em);
    if (err != MC_OK) {
        mc_errwrap(em, "\"account\"");
        return err;
    }
    err = mc_hex_fixed(public_key, 32, mc_json_str(mc_json_get(v, "publicKey")), em);
    if (err == MC_OK && !mc_ed25519_pub_ok(public_key))
        err = mc_fail(em, MC_EINVAL, "not a valid Ed25519 key");
    if (err != MC_OK) {
        mc_errwrap(em, "\"publicKey\"");
        return err;
    }
    err = make_dir(in, i, dir, sizeof dir, em);
    return err == MC_OK ? consortium_add_member(in->c, text, &account, public_key, em) : err;
}

static enum mc_err read_list(struct init *in, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    enum mc_err err = mc_file_read(&text, in->validators, MC_CONFIG_BYTES_MAX, em);
    if (err == MC_OK) {
        err = mc_json_parse(&doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, em);
        const struct mc_json *root = mc_json_root(doc);
        if (err == MC_OK && (mc_json_type(root) != MC_JSON_ARRAY || mc_json_len(root) == 0))
            err =
                mc_fail(em, MC_EMALFORM, "not an array of {\"name\", \"account\", \"publicKey\"}");
        for (uint32_t i = 0; err == MC_OK && i < mc_json_len(root); i++) {
            err = add_listed(in, mc_json_at(root, i), i, em);
            if (err != MC_OK)
                mc_errwrap(em, "[%u]", i);
        }
        if (err != MC_OK)
            mc_errwrap(em, "%s", in->validators);
    }
    mc_json_free(doc);
    mc_buf_free(&text);
    return err;
}

static enum mc_err run(struct init *in, struct mc_hash *hash, struct mc_errmsg *em)
{
    char path[2048];
    struct mc_u256 cnt;
    snprintf(path, sizeof path, "%s/genesis.json", in->out);
    if (access(path, F_OK) == 0)
        return mc_fail(em, MC_EEXIST, "%s exists already; choose another --out", path);
    bool number = mc_u256_from_dec(&cnt, mc_slice_str(in->validators), NULL) == MC_OK;
    if (number && (mc_u256_is_zero(&cnt) || mc_u256_u64_sat(&cnt) > MC_VALIDATORS_MAX))
        return mc_fail(em, MC_EINVAL, "--validators: 1 to %u, or a file", MC_VALIDATORS_MAX);
    in->c = malloc(sizeof *in->c);
    if (in->c == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    consortium_init(in->c, in->chain_id);
    enum mc_err err = mc_dir_make(in->out, 0755, em);
    if (err == MC_OK)
        err = number ? make_new(in, (uint32_t)cnt.w[0], em) : read_list(in, em);
    return err == MC_OK ? consortium_write(in->c, path, hash, em) : err;
}

int tool_genesis_init(int argc, char **argv)
{
    struct init in = {.chain_id = 0, .pass = TOOL_PASS_PRESET};
    const struct tool_opt opts[] = {
        TOOL_TEXT("--validators", &in.validators, "FILE|N",
                  "N new ones, or a file that lists them"),
        TOOL_TEXT("--out", &in.out, "DIR", "where genesis.json goes (required)"),
        TOOL_UINT("--chain-id", &in.chain_id, 1, (UINT64_C(1) << 53) - 1, "C", "required"),
        TOOL_FLAG("--json", &in.json, "the result as JSON"),
        TOOL_PASS_OPTS(&in.pass),
    };
    const struct tool_usage u = {
        "medichain genesis init --validators FILE|N --out DIR --chain-id C",
        "Makes DIR/genesis.json and DIR/validator0, validator1, ... with a node.json each.  For N "
        "it\n"
        "makes new keys there too, encrypted with one passphrase; FILE is a JSON array of\n"
        "{\"name\", \"account\", \"publicKey\"}, and each hospital keeps its own keys.  In each\n"
        "directory put the passphrase into a file \"passphrase\" (mode 0600) and start:\n"
        "medichaind --config node.json",
        "medichain genesis init --validators 4 --out net --chain-id 4711 --passphrase-file pw",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    struct mc_hash hash;
    char hex[65];
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (in.validators == NULL || in.out == NULL || in.chain_id == 0)
        return tool_bad_usage("--validators, --out and --chain-id are all needed\nusage: %s",
                              u.line);
    if (strlen(in.out) > 1024)
        return tool_bad_usage("--out: the path is too long");
    enum mc_err err = run(&in, &hash, &em);
    if (err == MC_OK) {
        mc_hex_encode(hex, hash.b, 32);
        if (in.json)
            printf("{\"hash\":\"0x%s\",\"validators\":%u}\n", hex, in.c->spec.validator_cnt);
        else
            printf("%s/genesis.json: %u validators, block 0 is 0x%s\n"
                   "look at it with: medichain genesis inspect %s/genesis.json\n",
                   in.out, in.c->spec.validator_cnt, hex, in.out);
        rc = TOOL_OK;
    } else {
        rc = tool_error("%s", em.text);
    }
    mc_secret_free(in.passphrase);
    free(in.c);
    return rc;
}
