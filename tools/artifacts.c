/* medichain artifacts: what deploy scripts and front ends load instead of compiled Solidity. */
#include <stdio.h>

#include "genesis/genesis.h"
#include "tools/opts.h"
#include "tools/say.h"

/* Writes DIR/<Module><ending> with what `make` derives from the module's tables; the file ends with a line end. */
static enum mc_err write_text(const struct vm_module *m, const char *dir, const char *ending,
                              void (*make)(struct mc_buf *out, const struct vm_module *m),
                              struct mc_errmsg *em)
{
    char path[2048];
    struct mc_buf text = {0};
    snprintf(path, sizeof path, "%s/%s%s", dir, m->name, ending);
    make(&text, m);
    if (text.n == 0 || text.p[text.n - 1] != '\n')
        mc_buf_put_u8(&text, '\n');
    enum mc_err err = mc_buf_check(&text, path, em);
    if (err == MC_OK)
        err = mc_file_write(path, mc_buf_slice(&text), 0644, em);
    mc_buf_free(&text);
    return err;
}

int tool_artifacts(int argc, char **argv)
{
    const char *out = NULL;
    bool json = false;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--out", &out, "DIR", "where to write them (required)"),
        TOOL_FLAG("--json", &json, "list what was written as JSON"),
    };
    const struct tool_usage u = {
        "medichain artifacts --out DIR",
        "Writes NAME.json (Hardhat artifact) and NAME.abi.json (the ABI alone) of every module.",
        "medichain artifacts --out artifacts",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    struct mc_buf b = {0};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (out == NULL || strlen(out) > 1024)
        return tool_bad_usage("--out DIR is missing, or too long: where should the files go?");
    enum mc_err err = mc_dir_make(out, 0755, &em);
    for (uint32_t i = 0; i < vm_module_cnt() && err == MC_OK; i++) {
        const struct vm_module *m = vm_module_at(i);
        char addr[43];
        err = write_text(m, out, ".json", vm_artifact_json, &em);
        if (err == MC_OK)
            err = write_text(m, out, ".abi.json", vm_abi_json, &em);
        mc_addr_checksum(addr, vm_module_well_known(m));
        if (json)
            mc_buf_putf(&b, "%s{\"module\":\"%s\",\"address\":\"%s\"}", i == 0 ? "[" : ",", m->name,
                        addr);
        else
            mc_buf_putf(&b, "%s  %s/%s.json\n", addr, out, m->name);
    }
    if (json)
        mc_buf_put_u8(&b, ']');
    rc = err == MC_OK ? tool_put(&b) : tool_error("%s", em.text);
    mc_buf_free(&b);
    return rc;
}

/* ------------------------------------------------------------------ docs */

int tool_artifacts_docs(int argc, char **argv)
{
    const char *out = NULL;
    bool json = false;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--out", &out, "DIR", "where to write them (required)"),
        TOOL_FLAG("--json", &json, "list what was written as JSON"),
    };
    const struct tool_usage u = {
        "medichain artifacts docs --out DIR",
        "Writes NAME.md of every module: functions, who may call them, limits, events, types, gas.",
        "medichain artifacts docs --out docs/modules",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    struct mc_buf b = {0};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (out == NULL || strlen(out) > 1024)
        return tool_bad_usage("--out DIR is missing, or too long: where should the pages go?");
    enum mc_err err = mc_dir_make(out, 0755, &em);
    for (uint32_t i = 0; i < vm_module_cnt() && err == MC_OK; i++) {
        const char *name = vm_module_at(i)->name;
        err = write_text(vm_module_at(i), out, ".md", vm_module_doc, &em);
        if (json)
            mc_buf_putf(&b, "%s\"%s.md\"", i == 0 ? "[" : ",", name);
        else
            mc_buf_putf(&b, "%s/%s.md\n", out, name);
    }
    if (json)
        mc_buf_put_u8(&b, ']');
    rc = err == MC_OK ? tool_put(&b) : tool_error("%s", em.text);
    mc_buf_free(&b);
    return rc;
}

/* ------------------------------------------------------------------ fingerprint */

/* Creation code in a Hardhat artifact ("bytecode"), a Foundry one ("bytecode"."object"), or bare hex. */
static enum mc_err read_code(struct mc_buf *code, const char *path, struct mc_errmsg *em)
{
    struct mc_buf text = {0}, hex = {0};
    struct mc_json_doc *doc = NULL;
    enum mc_err err = mc_file_read(&text, path, MC_CONFIG_BYTES_MAX, em);
    if (err != MC_OK)
        return err;
    struct mc_slice s = mc_buf_slice(&text);
    if (mc_json_parse(&doc, s, MC_JSON_DEPTH_MAX, NULL) == MC_OK) {
        const struct mc_json *v = mc_json_get(mc_json_root(doc), "bytecode");
        s = mc_json_str(mc_json_type(v) == MC_JSON_OBJECT ? mc_json_get(v, "object") : v);
        if (s.n == 0)
            err = mc_fail(em, MC_EMALFORM, "%s: no \"bytecode\": not a compiled artifact", path);
    }
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' '))
        s.n--;
    if (s.n < 2 || s.p[0] != '0' || s.p[1] != 'x')
        mc_buf_put_str(&hex, "0x");
    mc_buf_put_slice(&hex, s);
    if (err == MC_OK)
        err = mc_buf_check(&hex, path, em);
    if (err == MC_OK) {
        err = mc_hex_data(code, mc_buf_slice(&hex), MC_CONFIG_BYTES_MAX, em);
        if (err != MC_OK)
            mc_errwrap(em, "%s: creation code (is a library not linked yet?)", path);
    }
    if (err == MC_OK && code->n == 0)
        err = mc_fail(em, MC_EINVAL, "%s: the creation code is empty (an interface?)", path);
    mc_json_free(doc);
    mc_buf_free(&hex);
    mc_buf_free(&text);
    return err;
}

static const char *known_as(const struct mc_hash *h)
{
    struct ledger_fingerprint known[3];
    uint32_t cnt = gen_known_fingerprints(known);
    for (uint32_t i = 0; i < cnt; i++) {
        if (mc_hash_eq(&known[i].code_hash, h))
            return known[i].module->name;
    }
    return NULL;
}

int tool_artifacts_fingerprint(int argc, char **argv)
{
    bool json = false;
    const struct tool_opt opts[] = {TOOL_FLAG("--json", &json, "as JSON")};
    const struct tool_usage u = {
        "medichain artifacts fingerprint FILE",
        "Prints keccak256 of the creation code in a compiled artifact (Hardhat, Foundry or hex)\n"
        "without its metadata trailer: the key of \"fingerprints\" in a genesis file.  Says which\n"
        "module deploys for it on a devnet.",
        "medichain artifacts fingerprint artifacts/contracts/DrugTrace.sol/DrugTrace.json",
        opts,
        MC_COUNT(opts),
        1,
        1};
    struct mc_errmsg em = {{0}};
    struct mc_buf code = {0}, b = {0};
    struct mc_hash h;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = read_code(&code, argv[0], &em);
    if (err == MC_OK) {
        ledger_creation_fingerprint(&h, mc_buf_slice(&code));
        const char *name = known_as(&h);
        const struct vm_module *native = vm_module_of_init_code(mc_buf_slice(&code));
        name = name == NULL && native != NULL ? native->name : name;
        mc_buf_put_str(&b, json ? "{\"fingerprint\":\"0x" : "0x");
        mc_buf_put_hex(&b, mc_hash_slice(&h));
        if (json && name != NULL)
            mc_buf_putf(&b, "\",\"module\":\"%s\"}", name);
        else if (json)
            mc_buf_put_str(&b, "\",\"module\":null}");
        else
            mc_buf_putf(&b, "  %s", name != NULL ? name : "(no module of the devnet)");
        rc = tool_put(&b);
    } else {
        rc = tool_error("%s", em.text);
    }
    mc_buf_free(&b);
    mc_buf_free(&code);
    return rc;
}
