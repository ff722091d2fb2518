#include "tools/devnet_plan.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/consortium.h"

/* An idle chain still makes a block now and then, since some client libraries wait for confirmations. */
#define HEARTBEAT_S  5u
#define MIN_BLOCK_MS 50u

static void path_of(char out[DEVNET_PATH_MAX], const char *dir, const char *name)
{
    int n = snprintf(out, DEVNET_PATH_MAX, "%s/%s", dir, name);
    MC_ASSERT(n > 0 && n < (int)DEVNET_PATH_MAX); /* devnet.c leaves room for these names */
}

bool devnet_plan_exists(const char *dir)
{
    char path[DEVNET_PATH_MAX];
    path_of(path, dir, "genesis.json");
    return access(path, F_OK) == 0;
}

static bool has_peers(const struct devnet_plan *p)
{
    return p->validators + p->observers > 1;
}

/* Peers listen beyond the range of the RPC ports. */
static uint64_t peer_port(const struct devnet_plan *p, uint64_t i)
{
    return p->rpc_port + 100 + i;
}

/* Of a validator its voting key; an observer has one to be known by. */
static const char *key_name(const struct devnet_plan *p, uint64_t i)
{
    return i < p->validators ? "validator.json" : "peer.json";
}

/* A new key without passphrase: its file's permissions protect it, as befits a devnet. */
static enum mc_err make_key(const char *node_dir, const char *name, uint8_t public_key[32],
                            struct mc_errmsg *em)
{
    char path[DEVNET_PATH_MAX];
    struct mc_buf text = {0};
    uint8_t *seed = mc_secret_new(32);
    struct mc_ed25519_key *key = mc_secret_new(sizeof *key);
    enum mc_err err = seed == NULL || key == NULL ? mc_fail(em, MC_ENOMEM, "out of memory") : MC_OK;
    if (err == MC_OK) {
        mc_random(seed, 32);
        mc_ed25519_from_seed(key, seed);
        memcpy(public_key, key->pub, 32);
        err = mc_valkey_seal(&text, seed, mc_slice(NULL, 0), em);
    }
    path_of(path, node_dir, name);
    if (err == MC_OK)
        err = mc_file_write(path, mc_buf_slice(&text), 0600, em);
    mc_secret_free(seed);
    mc_secret_free(key);
    mc_buf_free(&text);
    return err;
}

static enum mc_err add_validators(struct consortium *c, const struct devnet_plan *p,
                                  struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    for (uint32_t i = 0; i < p->validators && err == MC_OK; i++) {
        char dir[DEVNET_PATH_MAX], name[32];
        uint8_t secret[32], public_key[32];
        struct mc_addr account;
        snprintf(dir, sizeof dir, "%s/node%u", p->dir, i);
        snprintf(name, sizeof name, "Hospital %u", i + 1);
        err = mc_dir_make(dir, 0700, em);
        if (err == MC_OK)
            err = make_key(dir, key_name(p, i), public_key, em);
        if (err == MC_OK)
            err = devnet_account(secret, &account, i, em);
        if (err == MC_OK)
            err = consortium_add_member(c, name, &account, public_key, em);
    }
    return err;
}

/* Accounts 0 to 9 hold every role but DEFAULT_ADMIN, which belongs to Governance, and belong to the hospitals in turn. */
static enum mc_err add_accounts(struct consortium *c, const struct devnet_plan *p,
                                struct mc_errmsg *em)
{
    const uint32_t all = ((1u << VM_ROLE_CNT) - 1u) & ~(uint32_t)VM_DEFAULT_ADMIN;
    struct mc_u256 balance;
    enum mc_err err = mc_u256_from_dec(&balance, mc_slice_str(GEN_DEVNET_BALANCE), em);
    for (uint32_t i = 0; i < DEVNET_ACCOUNT_CNT && err == MC_OK; i++) {
        uint8_t secret[32];
        struct mc_addr account;
        bool roled = i < DEVNET_ROLED_CNT;
        err = devnet_account(secret, &account, i, em);
        if (err == MC_OK)
            err = consortium_add_account(c, &account,
                                         roled ? i % (uint32_t)p->validators : UINT32_MAX,
                                         roled ? all : 0, &balance, em);
    }
    return err;
}

enum mc_err devnet_plan_make(const struct devnet_plan *p, struct mc_errmsg *em)
{
    char path[DEVNET_PATH_MAX];
    struct mc_hash hash;
    struct consortium *c = malloc(sizeof *c);
    if (c == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    consortium_init(c, p->chain_id);
    enum mc_err err = mc_dir_make(p->dir, 0755, em);
    if (err == MC_OK)
        err = add_validators(c, p, em);
    if (err == MC_OK)
        err = add_accounts(c, p, em);
    if (err == MC_OK)
        err = consortium_add_param(c, "chain.permissioned", 0, em);
    path_of(path, p->dir, "genesis.json");
    if (err == MC_OK)
        err = consortium_write(c, path, &hash, em);
    free(c);
    return err;
}

static uint64_t count_nodes(const char *dir, uint64_t validators)
{
    char path[DEVNET_PATH_MAX];
    uint64_t n = validators;
    for (; n < DEVNET_NODES_MAX; n++) {
        snprintf(path, sizeof path, "%s/node%" PRIu64, dir, n);
        if (access(path, F_OK) != 0)
            break;
    }
    return n - validators;
}

static enum mc_err same(uint64_t *asked, uint64_t there, const char *what, const char *dir,
                        struct mc_errmsg *em)
{
    if (*asked != 0 && *asked != there)
        return mc_fail(em, MC_EMISMATCH,
                       "%s already holds a devnet with %s %" PRIu64
                       "; leave that flag out, or give --fresh to throw the old chain away",
                       dir, what, there);
    *asked = there;
    return MC_OK;
}

enum mc_err devnet_plan_check(struct devnet_plan *p, struct mc_errmsg *em)
{
    char path[DEVNET_PATH_MAX];
    struct gen *g = NULL;
    path_of(path, p->dir, "genesis.json");
    enum mc_err err = gen_load(&g, path, em);
    if (err != MC_OK) {
        mc_errwrap(em, "the devnet in %s cannot be used (--fresh makes a new one)", p->dir);
        return err;
    }
    const struct gen_spec *s = gen_spec(g);
    err = same(&p->validators, s->validator_cnt, "--validators", p->dir, em);
    if (err == MC_OK)
        err = same(&p->chain_id, s->chain_id, "--chain-id", p->dir, em);
    if (err == MC_OK)
        err = same(&p->observers, count_nodes(p->dir, s->validator_cnt), "--observers", p->dir, em);
    gen_free(g);
    return err;
}

static void put_path(struct mc_buf *b, const char *key, const char *path)
{
    mc_buf_putf(b, "  \"%s\": ", key);
    mc_json_put_str(b, mc_slice_str(path));
    mc_buf_put_str(b, ",\n");
}

/* The public key that stands in node i's key file; an observer's is made when absent. */
static enum mc_err read_key(char hex[65], const struct devnet_plan *p, uint64_t i,
                            struct mc_errmsg *em)
{
    char dir[DEVNET_PATH_MAX - 32], path[DEVNET_PATH_MAX];
    uint8_t key[32];
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    enum mc_err err = MC_OK;
    snprintf(dir, sizeof dir, "%s/node%" PRIu64, p->dir, i);
    path_of(path, dir, key_name(p, i));
    if (i >= p->validators && access(path, F_OK) != 0) {
        err = mc_dir_make(dir, 0700, em);
        if (err == MC_OK)
            err = make_key(dir, key_name(p, i), key, em);
    }
    if (err == MC_OK)
        err = mc_file_read(&text, path, MC_CONFIG_BYTES_MAX, em);
    if (err == MC_OK)
        err = mc_json_parse(&doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, em);
    struct mc_slice pub =
        mc_json_str(err == MC_OK ? mc_json_get(mc_json_root(doc), "publicKey") : NULL);
    if (err == MC_OK && mc_hex_fixed(key, sizeof key, pub, em) != MC_OK)
        err = mc_fail(em, MC_EMALFORM, "%s: no publicKey", path);
    if (err == MC_OK)
        mc_hex_encode(hex, key, sizeof key);
    mc_json_free(doc);
    mc_buf_free(&text);
    return err;
}

/* One list for all: each node leaves itself out of it.  Nobody dials an observer. */
static enum mc_err list_peers(struct mc_buf *out, const struct devnet_plan *p, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    for (uint64_t i = 0; i < p->validators + p->observers && err == MC_OK; i++) {
        char hex[65];
        err = read_key(hex, p, i, em);
        if (err == MC_OK)
            mc_buf_putf(out, "%s%s", i == 0 ? "" : ",", hex);
        if (err == MC_OK && i < p->validators)
            mc_buf_putf(out, "@127.0.0.1:%" PRIu64, peer_port(p, i));
    }
    return err == MC_OK ? mc_buf_check(out, "peers", em) : err;
}

static enum mc_err write_config(const struct devnet_node *n, const struct devnet_plan *p,
                                uint64_t i, const struct mc_buf *peers, struct mc_errmsg *em)
{
    char genesis[DEVNET_PATH_MAX], key[DEVNET_PATH_MAX + 16];
    struct mc_buf b = {0};
    path_of(genesis, p->dir, "genesis.json");
    mc_buf_put_str(&b, "{\n");
    put_path(&b, "dataDir", n->data_dir);
    put_path(&b, "genesis", genesis);
    size_t len = strlen(n->config) - strlen("node.json");
    snprintf(key, sizeof key, "%.*s%s", (int)len, n->config, key_name(p, i));
    put_path(&b, n->observer ? "peerKey" : "validatorKey", key);
    if (has_peers(p)) {
        mc_buf_putf(&b, "  \"peerHost\": \"127.0.0.1\",\n  \"peerPort\": %" PRIu64 ",\n",
                    peer_port(p, i));
        mc_buf_put_str(&b, "  \"peers\": \"");
        mc_buf_put_slice(&b, mc_buf_slice(peers));
        mc_buf_put_str(&b, "\",\n");
    }
    mc_buf_putf(&b,
                "  \"rpcPort\": %" PRIu64 ",\n  \"minBlockMs\": %u,\n  \"heartbeatS\": %u,\n"
                "  \"devnet\": true,\n  \"logLevel\": \"info\"\n}\n",
                p->rpc_port + i, MIN_BLOCK_MS, HEARTBEAT_S);
    enum mc_err err = mc_buf_check(&b, n->config, em);
    if (err == MC_OK)
        err = mc_file_write(n->config, mc_buf_slice(&b), 0644, em);
    mc_buf_free(&b);
    return err;
}

enum mc_err devnet_plan_nodes(struct devnet *out, const struct devnet_plan *p, struct mc_errmsg *em)
{
    struct mc_buf peers = {0};
    enum mc_err err = has_peers(p) ? list_peers(&peers, p, em) : MC_OK;
    memset(out, 0, sizeof *out);
    out->chain_id = p->chain_id;
    out->node_cnt = (uint32_t)(p->validators + p->observers);
    MC_ASSERT(out->node_cnt <= DEVNET_NODES_MAX);
    for (uint32_t i = 0; i < out->node_cnt && err == MC_OK; i++) {
        struct devnet_node *n = &out->nodes[i];
        char dir[DEVNET_PATH_MAX - 32];
        snprintf(dir, sizeof dir, "%s/node%u", p->dir, i);
        snprintf(n->data_dir, sizeof n->data_dir, "%s/data", dir);
        snprintf(n->log, sizeof n->log, "%s/log", dir);
        snprintf(n->config, sizeof n->config, "%s/node.json", dir);
        snprintf(n->rpc, sizeof n->rpc, "http://127.0.0.1:%" PRIu64, p->rpc_port + i);
        n->observer = i >= p->validators;
        err = mc_dir_make(dir, 0700, em);
        if (err == MC_OK)
            err = write_config(n, p, i, &peers, em);
    }
    mc_buf_free(&peers);
    return err;
}

static bool is_ours(const char *name)
{
    size_t digits = strncmp(name, "node", 4) == 0 ? strspn(name + 4, "0123456789") : 0;
    return strcmp(name, "genesis.json") == 0 || strcmp(name, DEVNET_FILE_NAME) == 0 ||
           (digits > 0 && name[4 + digits] == 0);
}

enum mc_err devnet_plan_remove(const char *dir, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    bool empty = true;
    DIR *d = opendir(dir);
    if (d == NULL)
        return MC_OK; /* nothing there yet */
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
    if (!empty && !devnet_plan_exists(dir)) {
        closedir(d);
        return mc_fail(em, MC_EINVAL,
                       "%s is not empty and holds no devnet; choose another directory with --dir",
                       dir);
    }
    rewinddir(d);
    for (struct dirent *e; err == MC_OK && (e = readdir(d)) != NULL;) {
        char path[DEVNET_PATH_MAX + 300];
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (is_ours(e->d_name))
            err = mc_dir_remove(path, em);
    }
    closedir(d);
    return err;
}
