#include "tools/contract.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger/ledger.h"
#include "tools/say.h"

enum mc_err tool_module(const struct vm_module **out, const char *name, struct mc_errmsg *em)
{
    struct mc_buf names = {0};
    *out = vm_module_by_name(mc_slice_str(name));
    if (*out != NULL)
        return MC_OK;
    for (uint32_t i = 0; i < vm_module_cnt(); i++)
        mc_buf_putf(&names, "%s%s", i == 0 ? "" : ", ", vm_module_at(i)->name);
    mc_errf(em, "there is no module \"%.40s\"; these exist: %.*s", name, (int)names.n,
            (const char *)names.p);
    mc_buf_free(&names);
    return MC_ENOTFOUND;
}

const struct vm_module *tool_module_at(const struct mc_addr *addr)
{
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        if (mc_addr_eq(vm_module_well_known(vm_module_at(i)), addr))
            return vm_module_at(i);
    }
    return NULL;
}

/* Lists, objects, quoted texts and truth values; numbers stay text, which the codec reads to 256 bits. */
static bool is_json(const char *arg)
{
    struct mc_json_doc *doc = NULL;
    if (strcmp(arg, "true") == 0 || strcmp(arg, "false") == 0)
        return true;
    if (arg[0] != '[' && arg[0] != '{' && arg[0] != '"')
        return false;
    bool yes = mc_json_parse(&doc, mc_slice_str(arg), MC_JSON_DEPTH_MAX, NULL) == MC_OK;
    mc_json_free(doc);
    return yes;
}

void tool_args_json(struct mc_buf *out, int argc, char **argv)
{
    mc_buf_put_u8(out, '[');
    for (int i = 0; i < argc; i++) {
        if (i > 0)
            mc_buf_put_u8(out, ',');
        if (is_json(argv[i]))
            mc_buf_put_str(out, argv[i]);
        else
            mc_json_put_str(out, mc_slice_str(argv[i]));
    }
    mc_buf_put_u8(out, ']');
}

enum mc_err tool_call_data(struct mc_buf *out, const struct vm_module *m, const char *method,
                           struct mc_slice args_json, struct mc_errmsg *em)
{
    struct mc_json_doc *doc = NULL;
    enum mc_err err = mc_json_parse(&doc, args_json, MC_JSON_DEPTH_MAX, em);
    if (err == MC_OK)
        err = vm_call_data_from_json(out, m, method, mc_json_root(doc), em);
    if (err != MC_OK)
        mc_errwrap(em, "%s.%s", m->name, method);
    mc_json_free(doc);
    return err;
}

static void put_addr_member(struct mc_buf *b, const char *name, const struct mc_addr *a)
{
    mc_buf_putf(b, "\"%s\":", name);
    mc_json_put_hex(b, mc_addr_slice(a));
    mc_buf_put_u8(b, ',');
}

static enum mc_err view_raw(struct mc_buf *out, struct tool_rpc *r, const struct mc_addr *to,
                            const struct mc_addr *from, struct mc_slice data, const char *tag,
                            struct mc_errmsg *em)
{
    struct mc_buf params = {0};
    const struct mc_json *result = NULL;
    mc_buf_put_str(&params, "[{");
    put_addr_member(&params, "to", to);
    if (from != NULL)
        put_addr_member(&params, "from", from);
    mc_buf_put_str(&params, "\"data\":");
    mc_json_put_hex(&params, data);
    mc_buf_putf(&params, "},\"%s\"]", tag);
    enum mc_err err = mc_buf_check(&params, "eth_call", em);
    if (err == MC_OK)
        err = tool_rpc_call(r, "eth_call", mc_buf_slice(&params), &result, em);
    if (err == MC_OK && !tool_json_bytes(out, result))
        err = mc_fail(em, MC_EMALFORM, "eth_call: the node's answer is not hex data");
    mc_buf_free(&params);
    return err;
}

enum mc_err tool_view(struct mc_json_doc **doc, struct tool_rpc *r, const struct vm_module *m,
                      const struct mc_addr *at, const char *method, struct mc_slice args_json,
                      const char *tag, const struct mc_addr *from, struct mc_errmsg *em)
{
    struct mc_buf data = {0}, answer = {0}, text = {0};
    enum mc_err err = tool_call_data(&data, m, method, args_json, em);
    if (err == MC_OK)
        err = view_raw(&answer, r, at != NULL ? at : vm_module_well_known(m), from,
                       mc_buf_slice(&data), tag, em);
    if (err == MC_OK)
        err = vm_result_to_json(&text, m, method, mc_buf_slice(&answer), em);
    if (err == MC_OK)
        err = mc_buf_check(&text, method, em);
    if (err == MC_OK)
        err = mc_json_parse(doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, em);
    mc_buf_free(&data);
    mc_buf_free(&answer);
    mc_buf_free(&text);
    return err;
}

static enum mc_err estimate(uint64_t *gas, struct tool_rpc *r, const struct tool_signer *who,
                            const struct tool_tx *tx, struct mc_errmsg *em)
{
    struct mc_buf params = {0};
    const struct mc_json *result = NULL;
    char value[67];
    mc_u256_to_hex(value, &tx->value);
    mc_buf_put_str(&params, "[{");
    put_addr_member(&params, "from", &who->addr);
    if (tx->has_to)
        put_addr_member(&params, "to", &tx->to);
    mc_buf_putf(&params, "\"value\":\"%s\",\"data\":", value);
    mc_json_put_hex(&params, tx->data);
    mc_buf_put_str(&params, "}]");
    enum mc_err err = mc_buf_check(&params, "eth_estimateGas", em);
    if (err == MC_OK)
        err = tool_rpc_call(r, "eth_estimateGas", mc_buf_slice(&params), &result, em);
    mc_buf_free(&params);
    if (err != MC_OK)
        return err;
    err = mc_hex_quantity(gas, mc_json_str(result), em);
    *gas += *gas / 8; /* the state may be another by the time of execution */
    return err;
}

static enum mc_err fill(struct ledger_tx_fields *f, struct tool_rpc *r,
                        const struct tool_signer *who, const struct tool_tx *tx,
                        struct mc_errmsg *em)
{
    uint64_t price = 0;
    char params[96] = "[\"0x", *at = params + 4;
    mc_hex_encode(at, who->addr.b, 20);
    snprintf(at + 40, sizeof params - 44, "\",\"pending\"]");
    *f = (struct ledger_tx_fields){.type = LEDGER_TX_DYNAMIC_FEE,
                                   .nonce = tx->nonce,
                                   .gas = tx->gas,
                                   .has_to = tx->has_to,
                                   .to = tx->to,
                                   .value = tx->value,
                                   .data = tx->data};
    enum mc_err err = tool_rpc_quantity(r, "eth_chainId", "[]", &f->chain_id, em);
    if (err == MC_OK && tx->nonce == UINT64_MAX)
        err = tool_rpc_quantity(r, "eth_getTransactionCount", params, &f->nonce, em);
    if (err == MC_OK)
        err = tool_rpc_quantity(r, "eth_gasPrice", "[]", &price, em);
    f->max_fee = mc_u256_u64(price);
    if (err == MC_OK && tx->gas == UINT64_MAX)
        err = estimate(&f->gas, r, who, tx, em);
    return err;
}

enum mc_err tool_tx_submit(struct mc_hash *hash, struct tool_rpc *r, const struct tool_signer *who,
                           const struct tool_tx *tx, struct mc_errmsg *em)
{
    struct ledger_tx_fields f;
    struct mc_buf raw = {0}, params = {0};
    const struct mc_json *result = NULL;
    enum mc_err err = fill(&f, r, who, tx, em);
    if (err == MC_OK)
        err = ledger_tx_sign(&raw, &f, who->secret, em);
    if (err == MC_OK) {
        mc_buf_put_u8(&params, '[');
        mc_json_put_hex(&params, mc_buf_slice(&raw));
        mc_buf_put_u8(&params, ']');
        err = mc_buf_check(&params, "eth_sendRawTransaction", em);
    }
    if (err == MC_OK)
        err = tool_rpc_call(r, "eth_sendRawTransaction", mc_buf_slice(&params), &result, em);
    if (err == MC_OK && !tool_json_hash(hash, result))
        err = mc_fail(em, MC_EMALFORM, "eth_sendRawTransaction: the answer is not a hash");
    mc_buf_free(&raw);
    mc_buf_free(&params);
    return err;
}

enum mc_err tool_receipt(const struct mc_json **out, struct tool_rpc *r, const struct mc_hash *hash,
                         uint64_t timeout_ms, struct mc_errmsg *em)
{
    char text[65];
    uint64_t deadline = tool_now_ms() + timeout_ms, pause_ms = 2;
    mc_hex_encode(text, hash->b, 32);
    for (;;) {
        enum mc_err err =
            tool_rpc_callf(r, out, em, "eth_getTransactionReceipt", "[\"0x%s\"]", text);
        if (err != MC_OK || mc_json_type(*out) == MC_JSON_OBJECT)
            return err;
        if (tool_now_ms() >= deadline)
            return mc_fail(em, MC_EBUSY,
                           "transaction 0x%s was accepted, but is in no block yet; look at it "
                           "again later (`medichain status` says how the chain is)",
                           text);
        tool_sleep_ms(pause_ms);
        pause_ms = pause_ms < 100 ? pause_ms * 2 : 100;
    }
}
