#include "node/config.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "node/peer_list.h"

enum kind { KIND_TEXT, KIND_UINT, KIND_BOOL };

struct key {
    const char *name; /* camelCase: file; MEDICHAIN_CAMEL_CASE: environment; --camel-case: flag */
    enum kind kind;
    size_t offset;
    size_t size; /* of a text */
    uint64_t min, max;
    const char *preset;
    const char *help;
};

#define TEXT(name, member, preset, help)                                                           \
    {                                                                                              \
        name, KIND_TEXT, offsetof(struct node_cfg, member),                                        \
            sizeof(((struct node_cfg *)0)->member), 0, 0, preset, help                             \
    }
#define UINT(name, member, min, max, preset, help)                                                 \
    {                                                                                              \
        name, KIND_UINT, offsetof(struct node_cfg, member), 0, min, max, preset, help              \
    }
#define BOOL(name, member, help)                                                                   \
    {                                                                                              \
        name, KIND_BOOL, offsetof(struct node_cfg, member), 0, 0, 0, "false", help                 \
    }

static const struct key keys[] = {
    TEXT("dataDir", data_dir, "", "directory of this node's data; made when absent (required)"),
    TEXT("genesis", genesis, "", "the consortium's genesis file (required)"),
    TEXT("validatorKey", validator_key, "",
         "validator key file; without one the node only observes"),
    TEXT("passphraseFile", passphrase_file, "", "file whose first line opens the validator key"),
    TEXT("rpcHost", rpc_host, "127.0.0.1", "address that JSON-RPC listens on"),
    UINT("rpcPort", rpc_port, 0, 65535, "8545",
         "its port; 0 takes a free one, see <dataDir>/rpc.port"),
    TEXT("rpcCors", rpc_cors, "",
         "origins that browsers may call from, comma-separated, * for any"),
    TEXT("rpcHosts", rpc_hosts, "localhost,127.0.0.1,[::1]", "Host names that requests may carry"),
    TEXT("rpcMethods", rpc_methods, "",
         "allowed methods or namespaces, comma-separated; empty for all"),
    UINT("rpcConnectionsMax", rpc_connections_max, 1, 100000, "1000", "open connections"),
    UINT("rpcThreads", rpc_threads, 1, 128, "4", "threads that answer requests"),
    UINT("rpcLogRowsMax", rpc_log_rows_max, 1, 1000000, "10000",
         "rows that one eth_getLogs answers"),
    UINT("rpcCallGasMax", rpc_call_gas_max, 1000000, 10000000000, "100000000",
         "gas of one eth_call"),
    TEXT("peerHost", peer_host, "", "address to listen on for other nodes; empty: only dial"),
    UINT("peerPort", peer_port, 0, 65535, "30303",
         "its port; 0 takes a free one, see <dataDir>/peer.port"),
    TEXT("peers", peers, "",
         "other nodes, comma-separated: KEY@HOST:PORT is dialled, KEY alone only admitted"),
    TEXT("peerKey", peer_key, "",
         "key file of a node without validatorKey; made as <dataDir>/peer.json when not set"),
    BOOL("amnesia", amnesia,
         "confirms that this validator's vote log is lost: it votes again after a safe pause"),
    UINT("minBlockMs", min_block_ms, 0, 60000, "50", "milliseconds between two blocks at least"),
    UINT("heartbeatS", heartbeat_s, 0, 86400, "0",
         "seconds after which an idle chain makes an empty block; 0 never"),
    UINT("roundTimeoutMs", round_timeout_ms, 50, 600000, "1000",
         "consensus round 0 ends after this"),
    UINT("poolTxMax", pool_tx_max, 1, 1000000, "50000", "transactions that wait for a block"),
    UINT("poolPerSenderMax", pool_per_sender_max, 1, 100000, "1024", "of one account"),
    UINT("poolExpiryS", pool_expiry_s, 1, 604800, "10800", "seconds a transaction may wait"),
    BOOL("poolAllowUnprotected", pool_allow_unprotected, "admit transactions without chain id"),
    TEXT("logLevel", log_level, "info", "error, warn, info or debug"),
    BOOL("logJson", log_json, "log lines as JSON objects"),
    BOOL("devnet", devnet, "development only: unlocks the publicly known test accounts"),
};

/* "rpcPort" -> "--rpc-port" or "MEDICHAIN_RPC_PORT". */
static void spell(char *out, size_t cap, const char *prefix, const char *name, char gap, bool upper)
{
    size_t n = (size_t)snprintf(out, cap, "%s", prefix);
    for (; *name != 0 && n + 2 < cap; name++) {
        if (isupper((unsigned char)*name))
            out[n++] = gap;
        out[n++] = (char)(upper ? toupper((unsigned char)*name) : tolower((unsigned char)*name));
    }
    out[n] = 0;
}

static enum mc_err set_text(struct node_cfg *cfg, const struct key *k, struct mc_slice v,
                            struct mc_errmsg *em)
{
    char *to = (char *)cfg + k->offset;
    if (v.n >= k->size || memchr(v.p, 0, v.n) != NULL)
        return mc_fail(em, MC_EINVAL, "%s: longer than %zu bytes", k->name, k->size - 1);
    if (v.n > 0)
        memcpy(to, v.p, v.n);
    to[v.n] = 0;
    return MC_OK;
}

static enum mc_err set_uint(struct node_cfg *cfg, const struct key *k, uint64_t v,
                            struct mc_errmsg *em)
{
    if (v < k->min || v > k->max)
        return mc_fail(em, MC_EINVAL, "%s: %" PRIu64 " is outside %" PRIu64 "..%" PRIu64, k->name,
                       v, k->min, k->max);
    memcpy((char *)cfg + k->offset, &v, sizeof v);
    return MC_OK;
}

static enum mc_err set_bool(struct node_cfg *cfg, const struct key *k, bool v)
{
    memcpy((char *)cfg + k->offset, &v, sizeof v);
    return MC_OK;
}

/* From a flag or the environment: everything is text there. */
static enum mc_err set_from_text(struct node_cfg *cfg, const struct key *k, const char *v,
                                 struct mc_errmsg *em)
{
    struct mc_u256 num;
    switch (k->kind) {
    case KIND_TEXT:
        return set_text(cfg, k, mc_slice_str(v), em);
    case KIND_UINT:
        if (mc_u256_from_dec(&num, mc_slice_str(v), NULL) != MC_OK || !mc_u256_fits_u64(&num))
            return mc_fail(em, MC_EINVAL, "%s: \"%.40s\" is not a whole number", k->name, v);
        return set_uint(cfg, k, num.w[0], em);
    case KIND_BOOL:
        if (strcmp(v, "true") != 0 && strcmp(v, "false") != 0)
            return mc_fail(em, MC_EINVAL, "%s: neither true nor false", k->name);
        return set_bool(cfg, k, strcmp(v, "true") == 0);
    }
    return MC_EINVAL;
}

static enum mc_err set_from_json(struct node_cfg *cfg, const struct key *k, const struct mc_json *v,
                                 struct mc_errmsg *em)
{
    uint64_t num = 0;
    switch (k->kind) {
    case KIND_TEXT:
        if (mc_json_type(v) != MC_JSON_STRING)
            return mc_fail(em, MC_EMALFORM, "%s: not a string", k->name);
        return set_text(cfg, k, mc_json_str(v), em);
    case KIND_UINT:
        if (!mc_json_u64(v, &num))
            return mc_fail(em, MC_EMALFORM, "%s: not a whole number", k->name);
        return set_uint(cfg, k, num, em);
    case KIND_BOOL:
        if (mc_json_type(v) != MC_JSON_BOOL)
            return mc_fail(em, MC_EMALFORM, "%s: neither true nor false", k->name);
        return set_bool(cfg, k, mc_json_bool(v));
    }
    return MC_EINVAL;
}

struct file_walk {
    struct node_cfg *cfg;
    struct mc_errmsg *em;
    enum mc_err err;
};

static bool read_member(void *arg, struct mc_slice name, const struct mc_json *v)
{
    struct file_walk *w = arg;
    for (size_t i = 0; i < MC_COUNT(keys); i++) {
        if (mc_slice_eq(name, mc_slice_str(keys[i].name))) {
            w->err = set_from_json(w->cfg, &keys[i], v, w->em);
            return w->err == MC_OK;
        }
    }
    w->err = mc_fail(w->em, MC_EMALFORM, "unknown key \"%.*s\"; `medichaind --help` lists them",
                     (int)(name.n > 64 ? 64 : name.n), (const char *)name.p);
    return false;
}

static enum mc_err read_file(struct node_cfg *cfg, const char *path, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    struct file_walk w = {cfg, em, MC_OK};
    enum mc_err err = mc_file_read(&text, path, MC_CONFIG_BYTES_MAX, em);
    if (err != MC_OK)
        goto out;
    err = mc_json_parse(&doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, em);
    if (err == MC_OK && mc_json_type(mc_json_root(doc)) != MC_JSON_OBJECT)
        err = mc_fail(em, MC_EMALFORM, "not a JSON object");
    if (err == MC_OK) {
        mc_json_each(mc_json_root(doc), read_member, &w);
        err = w.err;
    }
    if (err != MC_OK)
        mc_errwrap(em, "configuration %s", path);
out:
    mc_json_free(doc);
    mc_buf_free(&text);
    return err;
}

static enum mc_err read_environment(struct node_cfg *cfg, struct mc_errmsg *em)
{
    for (size_t i = 0; i < MC_COUNT(keys); i++) {
        char name[128];
        spell(name, sizeof name, "MEDICHAIN_", keys[i].name, '_', true);
        const char *v = getenv(name);
        if (v == NULL)
            continue;
        enum mc_err err = set_from_text(cfg, &keys[i], v, em);
        if (err != MC_OK) {
            mc_errwrap(em, "environment variable %s", name);
            return err;
        }
    }
    return MC_OK;
}

static const struct key *find_flag(const char *flag)
{
    for (size_t i = 0; i < MC_COUNT(keys); i++) {
        char name[128];
        spell(name, sizeof name, "--", keys[i].name, '-', false);
        if (strcmp(flag, name) == 0)
            return &keys[i];
    }
    return NULL;
}

static enum mc_err read_flags(struct node_cfg *cfg, int argc, char **argv, struct mc_errmsg *em)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--check-config") == 0) {
            cfg->check_only = true;
            continue;
        }
        const struct key *k = find_flag(argv[i]);
        if (strcmp(argv[i], "--config") != 0 && k == NULL)
            return mc_fail(em, MC_EINVAL, "unknown flag %.64s; see medichaind --help", argv[i]);
        if (i + 1 >= argc)
            return mc_fail(em, MC_EINVAL, "%s needs a value", argv[i]);
        i++;
        enum mc_err err = k != NULL ? set_from_text(cfg, k, argv[i], em) : MC_OK;
        if (err != MC_OK)
            return err;
    }
    return MC_OK;
}

static void print_help(void)
{
    puts("medichaind - a MediChain node\n\n"
         "usage: medichaind --config FILE [--check-config] [--KEY VALUE ...]\n\n"
         "Every key of the file is also a flag and an environment variable; a flag beats the\n"
         "environment, which beats the file.  Example:\n\n"
         "    medichaind --config /etc/medichain/node.json --rpc-port 8546\n\n"
         "--check-config   reads configuration, genesis and keys, says what is wrong and exits\n\n"
         "file key, flag, environment variable, default:");
    for (size_t i = 0; i < MC_COUNT(keys); i++) {
        char flag[128], env[128];
        spell(flag, sizeof flag, "--", keys[i].name, '-', false);
        spell(env, sizeof env, "MEDICHAIN_", keys[i].name, '_', true);
        printf("  %-21s %-26s %-34s %s\n      %s\n", keys[i].name, flag, env,
               keys[i].preset[0] == 0 ? "-" : keys[i].preset, keys[i].help);
    }
}

bool node_host_is_local(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "localhost") == 0;
}

static enum mc_err check(const struct node_cfg *cfg, struct mc_errmsg *em)
{
    if (cfg->data_dir[0] == 0)
        return mc_fail(em, MC_EINVAL, "dataDir is not set: say where this node keeps its data");
    if (cfg->genesis[0] == 0)
        return mc_fail(em, MC_EINVAL, "genesis is not set: give the consortium's genesis file");
    if (cfg->devnet && !node_host_is_local(cfg->rpc_host))
        return mc_fail(em, MC_EINVAL,
                       "devnet unlocks publicly known keys, so rpcHost must be 127.0.0.1, not %s",
                       cfg->rpc_host);
    struct peer_addr *list = calloc(PEER_LIST_MAX, sizeof *list);
    uint32_t cnt;
    enum mc_err err = list == NULL ? mc_fail(em, MC_ENOMEM, "out of memory")
                                   : peer_list_parse(list, &cnt, cfg->peers, em);
    free(list);
    if (err != MC_OK)
        return err;
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    for (size_t i = 0; i < MC_COUNT(levels); i++) {
        if (strcmp(cfg->log_level, levels[i]) == 0)
            return MC_OK;
    }
    return mc_fail(em, MC_EINVAL, "logLevel: not one of error, warn, info, debug");
}

enum node_cfg_result node_cfg_read(struct node_cfg *out, int argc, char **argv,
                                   struct mc_errmsg *em)
{
    const char *file = getenv("MEDICHAIN_CONFIG");
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < MC_COUNT(keys); i++) {
        if (set_from_text(out, &keys[i], keys[i].preset, em) != MC_OK)
            return NODE_CFG_EXIT_BAD;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help();
            return NODE_CFG_EXIT_OK;
        }
        if (strcmp(argv[i], "--version") == 0) {
            puts("medichaind " MC_VERSION);
            return NODE_CFG_EXIT_OK;
        }
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            file = argv[++i];
    }
    if (file != NULL && read_file(out, file, em) != MC_OK)
        return NODE_CFG_EXIT_BAD;
    if (read_environment(out, em) != MC_OK)
        return NODE_CFG_EXIT_BAD;
    if (read_flags(out, argc, argv, em) != MC_OK)
        return NODE_CFG_EXIT_USAGE;
    return check(out, em) == MC_OK ? NODE_CFG_RUN : NODE_CFG_EXIT_BAD;
}
