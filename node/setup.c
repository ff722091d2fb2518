#include "node/setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#define KEY_FILE_BYTES_MAX   65536u
#define PASSPHRASE_BYTES_MAX 4096u

enum mc_err setup_genesis(struct gen **out, struct mc_hash *hash, const struct node_cfg *cfg,
                          struct mc_errmsg *em)
{
    enum mc_err err = gen_load(out, cfg->genesis, em);
    if (err != MC_OK)
        return err;
    err = gen_hash(hash, *out, em);
    if (err != MC_OK) {
        mc_errwrap(em, "%s", cfg->genesis);
        gen_free(*out);
        *out = NULL;
    }
    return err;
}

/* A key that others can read is a key that others have. */
static enum mc_err check_private(const char *path, struct mc_errmsg *em)
{
    struct stat st;
    if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
        return mc_fail(em, MC_EAUTH, "%s can be read by others (mode %03o): run chmod 600 %s", path,
                       (unsigned)st.st_mode & 0777u, path);
    return MC_OK;
}

static enum mc_err read_passphrase(struct mc_buf *out, const char *path, struct mc_errmsg *em)
{
    if (path[0] == 0)
        return MC_OK;
    enum mc_err err = check_private(path, em);
    if (err == MC_OK)
        err = mc_file_read(out, path, PASSPHRASE_BYTES_MAX, em);
    if (err != MC_OK)
        return err;
    const uint8_t *end = out->n > 0 ? memchr(out->p, '\n', out->n) : NULL;
    if (end != NULL)
        out->n = (size_t)(end - out->p);
    return MC_OK;
}

static enum mc_err open_key(struct mc_ed25519_key **out, const char *path,
                            const char *passphrase_file, struct mc_errmsg *em)
{
    struct mc_buf json = {0}, pass = {0};
    struct mc_ed25519_key *key = NULL;
    uint8_t *seed = NULL;

    enum mc_err err = check_private(path, em);
    if (err == MC_OK)
        err = mc_file_read(&json, path, KEY_FILE_BYTES_MAX, em);
    if (err == MC_OK)
        err = read_passphrase(&pass, passphrase_file, em);
    key = mc_secret_new(sizeof *key);
    seed = mc_secret_new(32);
    if (err == MC_OK && (key == NULL || seed == NULL))
        err = mc_fail(em, MC_ENOMEM, "no locked memory for the key; raise the memlock limit");
    if (err == MC_OK) {
        err = mc_valkey_open(seed, mc_buf_slice(&json), mc_buf_slice(&pass), em);
        if (err != MC_OK)
            mc_errwrap(em, "%s", path);
    }
    if (err == MC_OK) {
        mc_ed25519_from_seed(key, seed);
        *out = key;
        key = NULL;
    }
    if (pass.p != NULL)
        mc_secret_wipe(pass.p, pass.cap);
    mc_secret_free(seed);
    mc_secret_free(key);
    mc_buf_free(&pass);
    mc_buf_free(&json);
    return err;
}

enum mc_err setup_key(struct mc_ed25519_key **out, const struct node_cfg *cfg, struct mc_errmsg *em)
{
    *out = NULL;
    if (cfg->validator_key[0] == 0)
        return MC_OK;
    return open_key(out, cfg->validator_key, cfg->passphrase_file, em);
}

/* Without passphrase: it names this node to its peers, and can sign nothing that binds anybody. */
static enum mc_err make_peer_key(const char *path, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    uint8_t *seed = mc_secret_new(32);
    if (seed == NULL)
        return mc_fail(em, MC_ENOMEM, "no locked memory for the key; raise the memlock limit");
    mc_random(seed, 32);
    enum mc_err err = mc_valkey_seal(&text, seed, mc_slice(NULL, 0), em);
    if (err == MC_OK)
        err = mc_file_write(path, mc_buf_slice(&text), 0600, em);
    mc_secret_free(seed);
    mc_buf_free(&text);
    return err;
}

enum mc_err setup_peer_key(struct mc_ed25519_key **out, const struct node_cfg *cfg,
                           struct mc_errmsg *em)
{
    char path[NODE_PATH_MAX + 16];
    struct stat st;
    enum mc_err err = MC_OK;
    if (cfg->peer_key[0] != 0)
        return open_key(out, cfg->peer_key, "", em);
    snprintf(path, sizeof path, "%s/peer.json", cfg->data_dir);
    if (stat(path, &st) != 0)
        err = make_peer_key(path, em);
    return err == MC_OK ? open_key(out, path, "", em) : err;
}

enum mc_err setup_ledger(struct ledger **out, const struct gen *g, const struct mc_hash *hash,
                         const struct node_cfg *cfg, struct mc_errmsg *em)
{
    char path[NODE_PATH_MAX + 8];
    struct store *store = NULL;
    struct mc_hash made;
    enum mc_err err = mc_dir_make(cfg->data_dir, 0700, em);
    if (err != MC_OK)
        return err;
    snprintf(path, sizeof path, "%s/db", cfg->data_dir);
    struct store_cfg sc = {.path = path, .create = true};
    err = store_rocksdb_open(&store, &sc, em);
    if (err != MC_OK)
        return err;
    err = ledger_open(out, store, gen_ledger_cfg(g), hash, em);
    if (err == MC_ENOTFOUND)
        err = ledger_create(out, store, gen_ledger_cfg(g), gen_ledger_genesis(g), &made, em);
    if (err != MC_OK) {
        store->ops->close(store);
        mc_errwrap(em, "data directory %s", cfg->data_dir);
    }
    return err;
}

enum mc_err setup_note(const struct node_cfg *cfg, const char *name, uint64_t value,
                       struct mc_errmsg *em)
{
    char path[NODE_PATH_MAX + 64], text[32];
    snprintf(path, sizeof path, "%s/%s", cfg->data_dir, name);
    snprintf(text, sizeof text, "%" PRIu64 "\n", value);
    return mc_file_write(path, mc_slice_str(text), 0644, em);
}
