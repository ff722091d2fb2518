#include "tools/devnet_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "vm/vm.h"

enum mc_err devnet_account(uint8_t secret[32], struct mc_addr *addr, uint32_t i,
                           struct mc_errmsg *em)
{
    enum mc_err err = mc_mnemonic_secret(secret, DEVNET_MNEMONIC, i);
    if (err == MC_OK)
        err = mc_secp_address(addr, secret);
    if (err != MC_OK)
        mc_errf(em, "account %u: %s", i, mc_err_text(err));
    return err;
}

/* A string member into a fixed text; false when missing or too long. */
static bool text_member(char *to, size_t cap, const struct mc_json *v)
{
    struct mc_slice s = mc_json_str(v);
    if (s.n == 0 || s.n >= cap || memchr(s.p, 0, s.n) != NULL)
        return false;
    memcpy(to, s.p, s.n);
    to[s.n] = 0;
    return true;
}

/* D/node0/data -> D/node0/node.json */
static bool derive_config(struct devnet_node *n)
{
    const char *slash = strrchr(n->data_dir, '/');
    size_t len = slash != NULL ? (size_t)(slash - n->data_dir) : 0;
    if (slash == NULL || len + sizeof "/node.json" > sizeof n->config)
        return false;
    memcpy(n->config, n->data_dir, len);
    memcpy(n->config + len, "/node.json", sizeof "/node.json");
    return true;
}

static enum mc_err read_node(struct devnet_node *n, const struct mc_json *v,
                             const struct mc_json *url, struct mc_errmsg *em)
{
    if (!mc_json_i64(mc_json_get(v, "pid"), &n->pid) || n->pid < 0 || n->pid > INT32_MAX)
        return mc_fail(em, MC_EMALFORM, "\"pid\": not a process number");
    if (!text_member(n->data_dir, sizeof n->data_dir, mc_json_get(v, "dataDir")) ||
        !derive_config(n))
        return mc_fail(em, MC_EMALFORM, "\"dataDir\": missing");
    if (!text_member(n->log, sizeof n->log, mc_json_get(v, "log")))
        return mc_fail(em, MC_EMALFORM, "\"log\": missing");
    if (!text_member(n->rpc, sizeof n->rpc, url))
        return mc_fail(em, MC_EMALFORM, "\"rpc\": no URL for this node");
    return MC_OK;
}

static enum mc_err read_root(struct devnet *out, const struct mc_json *root, struct mc_errmsg *em)
{
    const struct mc_json *nodes = mc_json_get(root, "nodes"), *urls = mc_json_get(root, "rpc");
    size_t cnt = mc_json_len(nodes);
    enum mc_err err = MC_OK;
    memset(out, 0, sizeof *out);
    if (!mc_json_u64(mc_json_get(root, "chainId"), &out->chain_id))
        return mc_fail(em, MC_EMALFORM, "\"chainId\": missing");
    if (mc_json_type(nodes) != MC_JSON_ARRAY || cnt == 0 || cnt > DEVNET_NODES_MAX)
        return mc_fail(em, MC_EMALFORM, "\"nodes\": not an array of 1 to %u", DEVNET_NODES_MAX);
    for (; out->node_cnt < cnt && err == MC_OK; out->node_cnt++) {
        uint32_t i = out->node_cnt;
        err = read_node(&out->nodes[i], mc_json_at(nodes, i), mc_json_at(urls, i), em);
        if (err != MC_OK)
            mc_errwrap(em, "\"nodes\"[%u]", i);
    }
    return err;
}

enum mc_err devnet_file_read(struct devnet *out, const char *dir, struct mc_errmsg *em)
{
    char path[DEVNET_PATH_MAX];
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    snprintf(path, sizeof path, "%s/" DEVNET_FILE_NAME, dir);
    enum mc_err err = mc_file_read(&text, path, MC_CONFIG_BYTES_MAX, em);
    if (err == MC_ENOTFOUND)
        err = mc_fail(em, err,
                      "%s: no devnet in this directory; start one with `medichain devnet --dir %s`",
                      path, dir);
    if (err == MC_OK) {
        err = mc_json_parse(&doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, em);
        if (err == MC_OK)
            err = read_root(out, mc_json_root(doc), em);
        if (err != MC_OK)
            mc_errwrap(em, "%s", path);
    }
    mc_json_free(doc);
    mc_buf_free(&text);
    return err;
}

static void put_roles(struct mc_buf *b, uint32_t i)
{
    const char *comma = "";
    for (uint32_t r = 0; i < DEVNET_ROLED_CNT && r < VM_ROLE_CNT; r++) {
        if ((1u << r) == (uint32_t)VM_DEFAULT_ADMIN)
            continue;
        mc_buf_putf(b, "%s\"%s\"", comma, vm_role_name(1u << r));
        comma = ", ";
    }
}

static enum mc_err put_accounts(struct mc_buf *b, struct mc_errmsg *em)
{
    for (uint32_t i = 0; i < DEVNET_ACCOUNT_CNT; i++) {
        uint8_t secret[32];
        struct mc_addr addr;
        char text[43];
        enum mc_err err = devnet_account(secret, &addr, i, em);
        if (err != MC_OK)
            return err;
        mc_addr_checksum(text, &addr);
        mc_buf_putf(b, "%s\n    { \"address\": \"%s\", \"privateKey\": ", i == 0 ? "" : ",", text);
        mc_json_put_hex(b, mc_slice(secret, 32));
        mc_buf_put_str(b, ", \"roles\": [");
        put_roles(b, i);
        mc_buf_put_str(b, "] }");
    }
    return MC_OK;
}

static void put_contracts(struct mc_buf *b)
{
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        char text[43];
        mc_addr_checksum(text, vm_module_well_known(m));
        mc_buf_putf(b, "%s\n    \"%s\": { \"address\": \"%s\", \"abi\": ", i == 0 ? "" : ",",
                    m->name, text);
        vm_abi_json(b, m);
        mc_buf_put_str(b, " }");
    }
}

static void put_urls(struct mc_buf *b, const struct devnet *d, const char *scheme)
{
    for (uint32_t i = 0; i < d->node_cnt; i++) {
        const char *rest = strstr(d->nodes[i].rpc, "://");
        mc_buf_putf(b, "%s\"%s%s\"", i == 0 ? "" : ", ", scheme, rest != NULL ? rest : "");
    }
}

static void put_nodes(struct mc_buf *b, const struct devnet *d)
{
    for (uint32_t i = 0; i < d->node_cnt; i++) {
        const struct devnet_node *n = &d->nodes[i];
        mc_buf_putf(b, "%s\n    { \"pid\": %" PRId64 ", \"dataDir\": ", i == 0 ? "" : ",", n->pid);
        mc_json_put_str(b, mc_slice_str(n->data_dir));
        mc_buf_put_str(b, ", \"log\": ");
        mc_json_put_str(b, mc_slice_str(n->log));
        mc_buf_put_str(b, " }");
    }
}

enum mc_err devnet_file_write(const struct devnet *d, const char *dir, struct mc_errmsg *em)
{
    char path[DEVNET_PATH_MAX];
    struct mc_buf b = {0};
    snprintf(path, sizeof path, "%s/" DEVNET_FILE_NAME, dir);
    mc_buf_putf(&b, "{\n  \"chainId\": %" PRIu64 ",\n  \"rpc\": [", d->chain_id);
    put_urls(&b, d, "http");
    mc_buf_put_str(&b, "],\n  \"ws\": [");
    put_urls(&b, d, "ws");
    mc_buf_put_str(&b, "],\n  \"accounts\": [");
    enum mc_err err = put_accounts(&b, em);
    mc_buf_put_str(&b, "\n  ],\n  \"contracts\": {");
    put_contracts(&b);
    mc_buf_put_str(&b, "\n  },\n  \"nodes\": [");
    put_nodes(&b, d);
    mc_buf_put_str(&b, "\n  ]\n}\n");
    if (err == MC_OK)
        err = mc_buf_check(&b, DEVNET_FILE_NAME, em);
    if (err == MC_OK)
        err = mc_file_write(path, mc_buf_slice(&b), 0644, em);
    mc_buf_free(&b);
    return err;
}

enum mc_err devnet_file_url(char *out, size_t cap, const char *dir, struct mc_errmsg *em)
{
    struct devnet *d = calloc(1, sizeof *d);
    if (d == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    enum mc_err err = devnet_file_read(d, dir, em);
    if (err == MC_OK)
        snprintf(out, cap, "%s", d->nodes[0].rpc);
    free(d);
    return err;
}

bool devnet_node_alive(const struct devnet_node *n)
{
    char path[64], args[3 * DEVNET_PATH_MAX];
    size_t got, at = 0;
    FILE *f;
    if (n->pid <= 0)
        return false;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/cmdline", n->pid);
    f = fopen(path, "re");
    if (f == NULL)
        return false;
    got = fread(args, 1, sizeof args - 1, f);
    fclose(f);
    args[got] = 0;
    /* Our node is the process that was given this node's own configuration. */
    while (at < got) {
        if (strcmp(args + at, n->config) == 0)
            return true;
        at += strlen(args + at) + 1;
    }
    return false;
}
