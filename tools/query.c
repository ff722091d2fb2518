/* Questions to a node: views, blocks, its state. */
#include <inttypes.h>
#include <stdio.h>

#include "tools/contract.h"
#include "tools/say.h"

/* "latest", "0x1a" or a decimal number as JSON-RPC wants it; false for anything else. */
static bool block_tag(char out[24], const char *text)
{
    static const char *const tags[] = {"latest", "earliest", "pending", "safe", "finalized"};
    struct mc_u256 v;
    for (size_t i = 0; i < MC_COUNT(tags); i++) {
        if (strcmp(text, tags[i]) == 0) {
            snprintf(out, 24, "%s", text);
            return true;
        }
    }
    if (mc_u256_from_dec(&v, mc_slice_str(text), NULL) != MC_OK &&
        mc_u256_from_hex(&v, mc_slice_str(text), NULL) != MC_OK)
        return false;
    if (!mc_u256_fits_u64(&v))
        return false;
    snprintf(out, 24, "0x%" PRIx64, v.w[0]);
    return true;
}

int tool_call(int argc, char **argv)
{
    struct tool_link link = TOOL_LINK_PRESET;
    const char *at = NULL, *from = NULL, *block = "latest";
    bool json = false;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--at", &at, "ADDRESS", "another instance than the well-known one"),
        TOOL_TEXT("--from", &from, "WHO", "caller: address, or number of a devnet account"),
        TOOL_TEXT("--block", &block, "N", "read the state at the end of this block"),
        TOOL_FLAG("--json", &json, "compact JSON on one line"),
        TOOL_LINK_OPTS(&link),
    };
    const struct tool_usage u = {"medichain call MODULE METHOD [ARGUMENT...]",
                                 "Asks a module; nothing is signed or changed.  The answer is JSON "
                                 "with the names of the ABI.",
                                 "medichain call MedicalRecordHash getRecord rec-1",
                                 opts,
                                 MC_COUNT(opts),
                                 2,
                                 64};
    struct mc_errmsg em = {{0}};
    struct mc_addr to, caller;
    struct mc_json_doc *doc = NULL;
    struct tool_rpc *rpc = NULL;
    const struct vm_module *m;
    struct mc_buf args = {0};
    char tag[24];
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (!block_tag(tag, block))
        return tool_bad_usage("--block %s: neither a number nor latest", block);
    enum mc_err err = tool_module(&m, argv[0], &em);
    if (err == MC_OK && at != NULL)
        err = tool_address(&to, at, &em);
    if (err == MC_OK && from != NULL)
        err = tool_address(&caller, from, &em);
    if (err == MC_OK)
        err = tool_rpc_open(&rpc, &link, &em);
    tool_args_json(&args, argc - 2, argv + 2);
    if (err == MC_OK)
        err = tool_view(&doc, rpc, m, at != NULL ? &to : NULL, argv[1], mc_buf_slice(&args), tag,
                        from != NULL ? &caller : NULL, &em);
    rc = err == MC_OK ? tool_put_json(mc_json_root(doc), !json) : tool_error("%s", em.text);
    mc_buf_free(&args);
    mc_json_free(doc);
    tool_rpc_close(rpc);
    return rc;
}

static void print_block(const struct mc_json *b)
{
    static const char *const texts[][2] = {
        {"hash", "hash"},
        {"parent", "parentHash"},
        {"proposer", "miner"},
        {"state root", "stateRoot"},
        {"tx root", "transactionsRoot"},
        {"receipts", "receiptsRoot"},
    };
    const struct mc_json *txs = mc_json_get(b, "transactions");
    char when[32];
    tool_time_text(when, tool_json_quantity(mc_json_get(b, "timestamp")));
    printf("block         %" PRIu64 "\n", tool_json_quantity(mc_json_get(b, "number")));
    printf("time          %s\n", when);
    for (size_t i = 0; i < MC_COUNT(texts); i++) {
        struct mc_slice s = mc_json_str(mc_json_get(b, texts[i][1]));
        printf("%-13s %.*s\n", texts[i][0], (int)s.n, (const char *)s.p);
    }
    printf("gas           %" PRIu64 " of %" PRIu64 "\n",
           tool_json_quantity(mc_json_get(b, "gasUsed")),
           tool_json_quantity(mc_json_get(b, "gasLimit")));
    printf("size          %" PRIu64 " bytes\n", tool_json_quantity(mc_json_get(b, "size")));
    printf("transactions  %zu\n", mc_json_len(txs));
    for (size_t i = 0; i < mc_json_len(txs); i++) {
        struct mc_slice s = mc_json_str(mc_json_at(txs, i));
        printf("  %.*s\n", (int)s.n, (const char *)s.p);
    }
}

int tool_block(int argc, char **argv)
{
    struct tool_link link = TOOL_LINK_PRESET;
    bool json = false, full = false;
    const struct tool_opt opts[] = {
        TOOL_FLAG("--full", &full, "with --json: whole transactions instead of hashes"),
        TOOL_FLAG("--json", &json, "the node's answer as JSON"),
        TOOL_LINK_OPTS(&link),
    };
    const struct tool_usage u = {"medichain block [N|latest|HASH]",
                                 "Shows one block.",
                                 "medichain block latest",
                                 opts,
                                 MC_COUNT(opts),
                                 0,
                                 1};
    struct mc_errmsg em = {{0}};
    struct tool_rpc *rpc = NULL;
    const struct mc_json *b = NULL;
    struct mc_hash hash;
    char tag[24];
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    const char *which = argc > 0 ? argv[0] : "latest", *objects = json && full ? "true" : "false";
    bool by_hash =
        strlen(which) == 66 && mc_hex_fixed(hash.b, 32, mc_slice_str(which), NULL) == MC_OK;
    if (!by_hash && !block_tag(tag, which))
        return tool_bad_usage("%.80s is neither a block number, a block hash nor latest", which);
    enum mc_err err = tool_rpc_open(&rpc, &link, &em);
    if (err == MC_OK && by_hash)
        err = tool_rpc_callf(rpc, &b, &em, "eth_getBlockByHash", "[\"%s\",%s]", which, objects);
    else if (err == MC_OK)
        err = tool_rpc_callf(rpc, &b, &em, "eth_getBlockByNumber", "[\"%s\",%s]", tag, objects);
    if (err != MC_OK)
        rc = tool_error("%s", em.text);
    else if (mc_json_type(b) != MC_JSON_OBJECT)
        rc = tool_error("there is no block %s; `medichain status` says how long the chain is",
                        which);
    else if (json)
        rc = tool_put_json(b, false);
    else
        print_block(b), rc = TOOL_OK;
    tool_rpc_close(rpc);
    return rc;
}

/* ------------------------------------------------------------------ status */

struct node_status {
    bool ready;
    char why[256];
    char version[128];
    uint64_t chain_id, head, time_s, pending, queued, peers;
    char hash[67];
};

static void copy_text(char *to, size_t cap, struct mc_slice s)
{
    size_t n = s.n < cap - 1 ? s.n : cap - 1;
    if (n > 0)
        memcpy(to, s.p, n);
    to[n] = 0;
}

/* GET /ready answers JSON with "why", or another server anything at all. */
static enum mc_err ask_ready(struct node_status *s, struct tool_rpc *rpc, struct mc_errmsg *em)
{
    uint32_t status = 0;
    struct mc_slice body;
    struct mc_json_doc *doc = NULL;
    enum mc_err err = tool_rpc_get(rpc, "/ready", &status, &body, em);
    if (err != MC_OK)
        return err;
    s->ready = status == 200;
    copy_text(s->why, sizeof s->why, body);
    if (mc_json_parse(&doc, body, MC_JSON_DEPTH_MAX, NULL) == MC_OK) {
        struct mc_slice v = mc_json_str(mc_json_get(mc_json_root(doc), "why"));
        if (v.n > 0)
            copy_text(s->why, sizeof s->why, v);
    }
    mc_json_free(doc);
    return MC_OK;
}

static enum mc_err ask_status(struct node_status *s, struct tool_rpc *rpc, struct mc_errmsg *em)
{
    const struct mc_json *v = NULL;
    enum mc_err err = ask_ready(s, rpc, em);
    if (err == MC_OK)
        err = tool_rpc_callf(rpc, &v, em, "web3_clientVersion", "[]");
    if (err == MC_OK) {
        copy_text(s->version, sizeof s->version, mc_json_str(v));
        err = tool_rpc_quantity(rpc, "eth_chainId", "[]", &s->chain_id, em);
    }
    if (err == MC_OK)
        err = tool_rpc_callf(rpc, &v, em, "eth_getBlockByNumber", "[\"latest\",false]");
    if (err == MC_OK) {
        s->head = tool_json_quantity(mc_json_get(v, "number"));
        s->time_s = tool_json_quantity(mc_json_get(v, "timestamp"));
        copy_text(s->hash, sizeof s->hash, mc_json_str(mc_json_get(v, "hash")));
        err = tool_rpc_callf(rpc, &v, em, "txpool_status", "[]");
    }
    if (err == MC_OK) {
        s->pending = tool_json_quantity(mc_json_get(v, "pending"));
        s->queued = tool_json_quantity(mc_json_get(v, "queued"));
        err = tool_rpc_quantity(rpc, "net_peerCount", "[]", &s->peers, em);
    }
    return err;
}

static int print_status(const struct node_status *s, const char *url, bool json)
{
    struct mc_buf b = {0};
    char when[32];
    tool_time_text(when, s->time_s);
    if (json) {
        mc_buf_putf(&b, "{\"ready\":%s,\"why\":", s->ready ? "true" : "false");
        mc_json_put_str(&b, mc_slice_str(s->ready ? "" : s->why));
        mc_buf_put_str(&b, ",\"rpc\":");
        mc_json_put_str(&b, mc_slice_str(url));
        mc_buf_put_str(&b, ",\"version\":");
        mc_json_put_str(&b, mc_slice_str(s->version));
        mc_buf_putf(&b,
                    ",\"chainId\":%" PRIu64 ",\"head\":%" PRIu64
                    ",\"hash\":\"%s\",\"timeS\":%" PRIu64 ",\"pool\":{\"pending\":%" PRIu64
                    ",\"queued\":%" PRIu64 "},\"peers\":%" PRIu64 ",\"toolVersion\":\"" MC_VERSION
                    "\"}",
                    s->chain_id, s->head, s->hash, s->time_s, s->pending, s->queued, s->peers);
    } else {
        mc_buf_putf(&b, "ready         %s%s%s\n", s->ready ? "yes" : "no", s->ready ? "" : ": ",
                    s->ready ? "" : s->why);
        mc_buf_putf(&b, "node          %s at %s\n", s->version, url);
        mc_buf_putf(&b, "this program  medichain " MC_VERSION "\n");
        mc_buf_putf(&b, "chain id      %" PRIu64 "\n", s->chain_id);
        mc_buf_putf(&b, "head          %" PRIu64 "  %s\n", s->head, s->hash);
        mc_buf_putf(&b, "last block    %s\n", when);
        mc_buf_putf(&b, "pool          %" PRIu64 " ready, %" PRIu64 " waiting for a nonce\n",
                    s->pending, s->queued);
        mc_buf_putf(&b, "peers         %" PRIu64 "\n", s->peers);
    }
    int rc = tool_put(&b);
    mc_buf_free(&b);
    return rc != TOOL_OK ? rc : s->ready ? TOOL_OK : TOOL_NO;
}

int tool_status(int argc, char **argv)
{
    struct tool_link link = TOOL_LINK_PRESET;
    bool json = false;
    const struct tool_opt opts[] = {
        TOOL_FLAG("--json", &json, "as JSON"),
        TOOL_LINK_OPTS(&link),
    };
    const struct tool_usage u = {"medichain status",
                                 "Says whether a node is ready, which chain it follows and how far "
                                 "it is; exit status 1 when\n"
                                 "it is not ready.",
                                 "medichain status --rpc http://127.0.0.1:8545",
                                 opts,
                                 MC_COUNT(opts),
                                 0,
                                 0};
    struct mc_errmsg em = {{0}};
    struct tool_rpc *rpc = NULL;
    struct node_status s = {0};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = tool_rpc_open(&rpc, &link, &em);
    if (err == MC_OK)
        err = ask_status(&s, rpc, &em);
    rc = err == MC_OK ? print_status(&s, tool_rpc_url(rpc), json) : tool_error("%s", em.text);
    tool_rpc_close(rpc);
    return rc;
}
