/* Transactions: decode, send, and calling a module in one. */
#include <inttypes.h>
#include <stdio.h>

#include "ledger/ledger.h"
#include "tools/contract.h"
#include "tools/say.h"

/* {"error": WORDS} on stdout: what tests of other implementations expect of a decoder. */
static int decode_failed(const struct mc_errmsg *em)
{
    struct mc_buf b = {0};
    mc_buf_put_str(&b, "{\"error\":");
    mc_json_put_str(&b, mc_slice_str(em->text));
    mc_buf_put_u8(&b, '}');
    tool_put(&b);
    mc_buf_free(&b);
    return TOOL_NO;
}

static enum mc_err check_chain(const struct ledger_tx *tx, uint64_t chain_id, struct mc_errmsg *em)
{
    if (chain_id == UINT64_MAX || tx->chain_id == chain_id)
        return MC_OK;
    return mc_fail(em, MC_EMISMATCH, "invalid chain id for signer: have %" PRIu64 " want %" PRIu64,
                   tx->chain_id, chain_id);
}

/* The argument with or without 0x; "-" reads the standard input, for what is longer than a command line takes. */
static enum mc_err read_hex(struct mc_buf *raw, const char *arg, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    enum mc_err err = MC_OK;
    if (strcmp(arg, "-") == 0)
        err = mc_file_read(&text, "/dev/stdin", 2 * MC_TX_BYTES_MAX + 16, em);
    else
        mc_buf_put_str(&text, arg);
    while (text.n > 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
        text.n--;
    if (err == MC_OK && (text.n < 2 || memcmp(text.p, "0x", 2) != 0)) {
        struct mc_buf prefixed = {0};
        mc_buf_put_str(&prefixed, "0x");
        mc_buf_put_slice(&prefixed, mc_buf_slice(&text));
        mc_buf_free(&text);
        text = prefixed;
    }
    if (err == MC_OK)
        err = mc_buf_check(&text, "hex", em);
    if (err == MC_OK)
        err = mc_hex_data(raw, mc_buf_slice(&text), MC_TX_BYTES_MAX, em);
    mc_buf_free(&text);
    return err;
}

int tool_tx_decode(int argc, char **argv)
{
    uint64_t chain_id = UINT64_MAX;
    bool json = false;
    const struct tool_opt opts[] = {
        TOOL_UINT("--chain-id", &chain_id, 0, UINT64_MAX - 1, "C", "it must be for this chain"),
        TOOL_FLAG("--json", &json, "compact JSON on one line"),
    };
    const struct tool_usage u = {
        "medichain tx decode HEX [--chain-id C] [--json]",
        "Decodes a signed transaction (legacy, EIP-2930 or EIP-1559), recovers its sender and "
        "prints\n"
        "both with the hash as JSON; {\"error\": ...} and exit status 1 when it is not valid.\n"
        "HEX is - for the standard input.",
        "medichain tx decode 0xf86c...",
        opts,
        MC_COUNT(opts),
        1,
        1};
    struct mc_errmsg em = {{0}};
    struct mc_buf raw = {0}, out = {0};
    struct ledger_tx *tx = NULL;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = read_hex(&raw, argv[0], &em);
    if (err == MC_OK)
        err = ledger_tx_decode(&tx, mc_buf_slice(&raw), &em);
    if (err == MC_OK)
        err = check_chain(tx, chain_id, &em);
    if (err == MC_OK)
        err = ledger_tx_recover(tx, &em);
    if (err == MC_OK) {
        ledger_tx_json(&out, tx);
        rc = tool_put_json_text(mc_buf_slice(&out), !json);
    } else {
        rc = decode_failed(&em);
    }
    ledger_tx_unref(tx);
    mc_buf_free(&raw);
    mc_buf_free(&out);
    return rc;
}

/* ------------------------------------------------------------------ sending */

struct sending {
    struct tool_link link;
    struct tool_signer_src src;
    uint64_t gas, nonce, wait_s;
    bool json;
};
#define SENDING_PRESET                                                                             \
    {                                                                                              \
        TOOL_LINK_PRESET, TOOL_SIGNER_PRESET, UINT64_MAX, UINT64_MAX, 30, false                    \
    }
#define SENDING_OPTS(s)                                                                            \
    TOOL_LINK_OPTS(&(s)->link), TOOL_SIGNER_OPTS(&(s)->src),                                       \
        TOOL_UINT("--gas", &(s)->gas, 0, UINT64_MAX - 1, "GAS", "gas limit, else an estimate"),    \
        TOOL_UINT("--nonce", &(s)->nonce, 0, UINT64_MAX - 1, "N", "nonce, else the next one"),     \
        TOOL_UINT("--wait", &(s)->wait_s, 0, 3600, "S", "seconds to wait for the receipt"),        \
        TOOL_FLAG("--json", &(s)->json, "print the receipt as JSON")

static void print_log(const struct mc_json *log)
{
    struct mc_hash topics[LEDGER_TOPICS_MAX];
    const struct mc_json *list = mc_json_get(log, "topics");
    struct mc_buf data = {0}, out = {0};
    struct mc_addr at;
    const struct vm_module *m = NULL;
    uint32_t cnt = (uint32_t)mc_json_len(list);
    bool ok = cnt <= LEDGER_TOPICS_MAX;
    for (uint32_t i = 0; ok && i < cnt; i++)
        ok = tool_json_hash(&topics[i], mc_json_at(list, i));
    if (ok && mc_hex_fixed(at.b, 20, mc_json_str(mc_json_get(log, "address")), NULL) == MC_OK)
        m = tool_module_at(&at);
    if (m != NULL && tool_json_bytes(&data, mc_json_get(log, "data")) &&
        vm_log_to_json(&out, m, topics, cnt, mc_buf_slice(&data), NULL) == MC_OK)
        printf("event         %.*s\n", (int)out.n, (const char *)out.p);
    mc_buf_free(&data);
    mc_buf_free(&out);
}

static int print_receipt(const struct mc_json *r, bool json)
{
    bool ok = tool_json_quantity(mc_json_get(r, "status")) == 1;
    struct mc_slice hash = mc_json_str(mc_json_get(r, "transactionHash"));
    struct mc_slice made = mc_json_str(mc_json_get(r, "contractAddress"));
    struct mc_slice why = mc_json_str(mc_json_get(r, "revertReason"));
    const struct mc_json *logs = mc_json_get(r, "logs");
    if (json) {
        int rc = tool_put_json(r, false);
        return rc != TOOL_OK ? rc : ok ? TOOL_OK : TOOL_NO;
    }
    printf("transaction   %.*s\n", (int)hash.n, (const char *)hash.p);
    printf("block         %" PRIu64 "\n", tool_json_quantity(mc_json_get(r, "blockNumber")));
    printf("gas used      %" PRIu64 "\n", tool_json_quantity(mc_json_get(r, "gasUsed")));
    if (made.n > 0)
        printf("contract      %.*s\n", (int)made.n, (const char *)made.p);
    for (size_t i = 0; i < mc_json_len(logs); i++)
        print_log(mc_json_at(logs, i));
    printf("status        %s\n", ok ? "done" : "failed, nothing was changed");
    if (!ok && why.n > 0)
        return tool_error("the transaction failed: %.*s", (int)why.n, (const char *)why.p);
    return ok ? TOOL_OK : tool_error("the transaction failed without a reason (out of gas?)");
}

/* Signs, submits, waits and prints. */
static int send_tx(const struct sending *s, struct tool_tx *tx)
{
    struct mc_errmsg em = {{0}};
    struct tool_signer who = {0};
    struct tool_rpc *rpc = NULL;
    struct mc_hash hash;
    const struct mc_json *receipt = NULL;
    int rc;
    tx->gas = s->gas;
    tx->nonce = s->nonce;
    enum mc_err err = tool_rpc_open(&rpc, &s->link, &em);
    if (err == MC_OK)
        err = tool_signer_open(&who, &s->src, &em);
    if (err == MC_OK)
        err = tool_tx_submit(&hash, rpc, &who, tx, &em);
    if (err == MC_OK && s->wait_s == 0) {
        char text[65];
        mc_hex_encode(text, hash.b, 32);
        printf(s->json ? "{\"transactionHash\":\"0x%s\"}\n" : "0x%s\n", text);
        rc = TOOL_OK;
    } else {
        if (err == MC_OK)
            err = tool_receipt(&receipt, rpc, &hash, s->wait_s * 1000, &em);
        rc = err == MC_OK ? print_receipt(receipt, s->json) : tool_error("%s", em.text);
    }
    tool_signer_free(&who);
    tool_rpc_close(rpc);
    return rc;
}

int tool_tx_send(int argc, char **argv)
{
    struct sending s = SENDING_PRESET;
    const char *to = NULL, *value = "0", *data = "0x";
    const struct tool_opt opts[] = {
        TOOL_TEXT("--to", &to, "WHO", "receiver: address, or number of a devnet account"),
        TOOL_TEXT("--value", &value, "WEI", "amount in wei, decimal or 0x hex"),
        TOOL_TEXT("--data", &data, "HEX", "call data, or without --to creation data"),
        SENDING_OPTS(&s),
    };
    const struct tool_usage u = {
        "medichain tx send --to WHO [--value WEI] [--data HEX] [--from WHO | --keystore FILE]",
        "Signs a transaction here, sends it and waits for its receipt.  Without --to it creates "
        "an\n"
        "instance of a module: --data 0xef4e4d01 followed by the module's name in hex.",
        "medichain tx send --from 0 --to 1 --value 1000000000000000000",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    struct tool_tx tx = {0};
    struct mc_buf bytes = {0};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = mc_hex_data(&bytes, mc_slice_str(data), MC_TX_BYTES_MAX, &em);
    if (err != MC_OK)
        mc_errwrap(&em, "--data");
    if (err == MC_OK) {
        struct mc_slice v = mc_slice_str(value);
        err = v.n > 1 && v.p[1] == 'x' ? mc_u256_from_hex(&tx.value, v, &em)
                                       : mc_u256_from_dec(&tx.value, v, &em);
        if (err != MC_OK)
            mc_errwrap(&em, "--value");
    }
    if (err == MC_OK && to != NULL)
        err = tool_address(&tx.to, to, &em);
    if (err != MC_OK) {
        mc_buf_free(&bytes);
        return tool_bad_usage("%s", em.text);
    }
    if (to == NULL && bytes.n == 0) {
        mc_buf_free(&bytes);
        return tool_bad_usage("neither --to nor --data: say where the transaction goes");
    }
    tx.has_to = to != NULL;
    tx.data = mc_buf_slice(&bytes);
    rc = send_tx(&s, &tx);
    mc_buf_free(&bytes);
    return rc;
}

int tool_send(int argc, char **argv)
{
    struct sending s = SENDING_PRESET;
    const char *at = NULL;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--at", &at, "ADDRESS", "another instance than the well-known one"),
        SENDING_OPTS(&s),
    };
    const struct tool_usage u = {
        "medichain send MODULE METHOD [ARGUMENT...] [--from WHO | --keystore FILE]",
        "Calls a module's method in a transaction, waits for the receipt and prints the events.  "
        "An\n"
        "argument is a text, a number, 0x hex, true, false, or JSON for lists and structs.",
        "medichain send MedicalRecordHash createRecord rec-1 pat-1 doc-1 Report 9f86d081...",
        opts,
        MC_COUNT(opts),
        2,
        64};
    struct mc_errmsg em = {{0}};
    struct tool_tx tx = {.has_to = true};
    struct mc_buf data = {0}, args = {0};
    const struct vm_module *m;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = tool_module(&m, argv[0], &em);
    tool_args_json(&args, argc - 2, argv + 2);
    if (err == MC_OK)
        err = tool_call_data(&data, m, argv[1], mc_buf_slice(&args), &em);
    if (err == MC_OK && at != NULL)
        err = tool_address(&tx.to, at, &em);
    else if (err == MC_OK)
        tx.to = *vm_module_well_known(m);
    tx.data = mc_buf_slice(&data);
    rc = err == MC_OK ? send_tx(&s, &tx) : tool_bad_usage("%s", em.text);
    mc_buf_free(&args);
    mc_buf_free(&data);
    return rc;
}
