/* medichain proof export: asks a node for the pieces of a proof bundle and puts them into one file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/contract.h"
#include "tools/events.h"
#include "tools/proof.h"
#include "tools/say.h"

#define HEX_BYTES_MAX (64u * 1024u * 1024u)

struct exporting {
    struct tool_link link;
    const char *module_name, *id, *out;
    uint64_t number; /* of the block whose state is shown; UINT64_MAX: the newest */
    const struct vm_module *module;
    struct tool_rpc *rpc;
    struct proof_bundle b;
    char addr[41], slot[65];
    struct mc_errmsg *em;
};

/* ------------------------------------------------------------------ answers into the bundle */

static enum mc_err no_answer(struct exporting *x, const char *what)
{
    return mc_fail(x->em, MC_EMALFORM, "%s answers no %s", tool_rpc_url(x->rpc), what);
}

/* A hex string of the node, copied. */
static enum mc_err keep(struct exporting *x, struct mc_slice *out, const struct mc_json *v,
                        const char *what)
{
    struct mc_buf b = {0};
    enum mc_err err = MC_OK;
    if (mc_hex_data(&b, mc_json_str(v), HEX_BYTES_MAX, NULL) != MC_OK || b.oom || b.n == 0)
        err = no_answer(x, what);
    else if ((*out = mc_arena_copy(&x->b.arena, mc_buf_slice(&b))).p == NULL)
        err = mc_fail(x->em, MC_ENOMEM, "out of memory");
    mc_buf_free(&b);
    return err;
}

static enum mc_err keep_path(struct exporting *x, struct proof_path *out, const struct mc_json *v,
                             const char *what)
{
    enum mc_err err = MC_OK;
    size_t n = mc_json_len(v);
    if (n == 0 || n > PROOF_NODES_MAX)
        return no_answer(x, what);
    for (out->cnt = 0; out->cnt < n && err == MC_OK; out->cnt++)
        err = keep(x, &out->nodes[out->cnt], mc_json_at(v, out->cnt), what);
    return err;
}

static enum mc_err read_header(struct exporting *x, struct mc_slice *raw, struct ledger_header *h,
                               uint64_t number)
{
    const struct mc_json *v;
    enum mc_err err =
        tool_rpc_callf(x->rpc, &v, x->em, "debug_getRawHeader", "[\"0x%" PRIx64 "\"]", number);
    if (err == MC_OK)
        err = keep(x, raw, v, "header");
    return err == MC_OK ? ledger_header_decode(h, *raw, x->em) : err;
}

static enum mc_err read_block(struct exporting *x, struct proof_block *out, uint64_t number)
{
    struct ledger_header h;
    const struct mc_json *v;
    enum mc_err err = read_header(x, &out->header, &h, number);
    if (err == MC_OK)
        err = tool_rpc_callf(x->rpc, &v, x->em, "pbft_getCommitCertificate", "[\"0x%" PRIx64 "\"]",
                             number);
    return err == MC_OK ? keep(x, &out->certificate, mc_json_get(v, "raw"), "commit certificate")
                        : err;
}

/* ------------------------------------------------------------------ the chain of validator sets */

/* Name of the set that decides the block after `number`: for block 0 what decided block 1 says, since the genesis file
 * knows that set itself. */
static enum mc_err set_after(struct exporting *x, struct mc_hash *out, struct mc_slice *rlp,
                             uint64_t number)
{
    const struct mc_json *v;
    struct cons_valset *set = calloc(1, sizeof *set);
    struct mc_buf b = {0};
    enum mc_err err = set != NULL
                          ? tool_rpc_callf(x->rpc, &v, x->em, "pbft_getValidatorsByBlockNumber",
                                           "[\"0x%" PRIx64 "\"]", number + 1)
                          : MC_ENOMEM;
    if (err == MC_OK && (mc_json_len(v) == 0 || mc_json_len(v) > MC_VALIDATORS_MAX))
        err = no_answer(x, "validators");
    for (size_t i = 0; err == MC_OK && i < mc_json_len(v); i++) {
        const struct mc_json *one = mc_json_at(v, i);
        set->cnt++;
        err = mc_hex_fixed(set->v[i].addr.b, 20, mc_json_str(mc_json_get(one, "account")), x->em);
        if (err == MC_OK)
            err =
                mc_hex_fixed(set->v[i].pub, 32, mc_json_str(mc_json_get(one, "publicKey")), x->em);
    }
    if (err == MC_OK)
        err = cons_valset_seal(set, x->em);
    if (err == MC_OK) {
        *out = set->hash;
        cons_valset_rlp(&b, set);
        *rlp = mc_arena_copy(&x->b.arena, mc_buf_slice(&b));
        err = b.oom || rlp->p == NULL ? mc_fail(x->em, MC_ENOMEM, "out of memory") : MC_OK;
    }
    mc_buf_free(&b);
    free(set);
    return err;
}

/* Hash of the set after a block.  Headers tell, but for block 0. */
static enum mc_err mix(struct exporting *x, struct mc_hash *out, uint64_t number)
{
    struct ledger_header h;
    struct mc_slice raw;
    if (number == 0)
        return set_after(x, out, &raw, 0);
    enum mc_err err = read_header(x, &raw, &h, number);
    if (err == MC_OK)
        *out = h.mix_hash;
    return err;
}

static enum mc_err add_link(struct exporting *x, uint64_t number)
{
    struct mc_hash hash;
    if (x->b.link_cnt == PROOF_LINKS_MAX)
        return mc_fail(x->em, MC_ELIMIT, "the validators changed more than %u times",
                       PROOF_LINKS_MAX);
    struct proof_link *l = &x->b.links[x->b.link_cnt++];
    enum mc_err err = read_block(x, &l->block, number);
    return err == MC_OK ? set_after(x, &hash, &l->validators, number) : err;
}

/* Links from the set after block lo to the set after block hi.  Equal ends need none, even when the set went away and
 * came back in between: a certificate names the set that made it.  So the cost grows with the changes, not the chain. */
static enum mc_err add_links(struct exporting *x, uint64_t lo, const struct mc_hash *at_lo,
                             uint64_t hi, const struct mc_hash *at_hi)
{
    struct mc_hash at_mid;
    if (mc_hash_eq(at_lo, at_hi))
        return MC_OK;
    if (hi - lo == 1)
        return add_link(x, hi);
    uint64_t mid = lo + (hi - lo) / 2;
    enum mc_err err = mix(x, &at_mid, mid);
    if (err == MC_OK)
        err = add_links(x, lo, at_lo, mid, &at_mid);
    return err == MC_OK ? add_links(x, mid, &at_mid, hi, at_hi) : err;
}

/* From the genesis file to the set that decided the anchoring block, and on to that of the block shown. */
static enum mc_err read_links(struct exporting *x, uint64_t anchor)
{
    struct mc_hash first, there, here;
    x->b.links = mc_arena_calloc(&x->b.arena, PROOF_LINKS_MAX, sizeof *x->b.links);
    if (x->b.links == NULL)
        return mc_fail(x->em, MC_ENOMEM, "out of memory");
    enum mc_err err = mix(x, &first, 0);
    if (err == MC_OK)
        err = mix(x, &there, anchor - 1);
    if (err == MC_OK)
        err = mix(x, &here, x->number - 1);
    if (err == MC_OK)
        err = add_links(x, 0, &first, anchor - 1, &there);
    return err == MC_OK ? add_links(x, anchor - 1, &there, x->number - 1, &here) : err;
}

/* ------------------------------------------------------------------ the record */

static enum mc_err read_record(struct exporting *x, uint64_t *anchor)
{
    const struct mc_json *v;
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    enum mc_err err =
        tool_rpc_callf(x->rpc, &v, x->em, "medichain_getRecordCell",
                       "[\"0x%s\",\"0x%s\",\"0x%" PRIx64 "\"]", x->addr, x->slot, x->number);
    if (err == MC_OK && mc_json_type(v) == MC_JSON_NULL)
        err = mc_fail(x->em, MC_ENOTFOUND, "no record \"%s\" in %s at block %" PRIu64, x->id,
                      x->module->name, x->number);
    if (err == MC_OK)
        err = keep(x, &x->b.record, mc_json_get(v, "value"), "record");
    if (err == MC_OK)
        err = vm_proof_record_json(&text, x->module, x->b.record, x->em);
    if (err == MC_OK)
        err = mc_json_parse(&doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, x->em);
    if (err == MC_OK && (!mc_json_u64(mc_json_get(mc_json_root(doc), "block"), anchor) ||
                         *anchor == 0 || *anchor > x->number))
        err = no_answer(x, "block of the record");
    mc_json_free(doc);
    mc_buf_free(&text);
    return err;
}

static enum mc_err read_state_proof(struct exporting *x)
{
    const struct mc_json *v;
    enum mc_err err =
        tool_rpc_callf(x->rpc, &v, x->em, "eth_getProof", "[\"0x%s\",[\"0x%s\"],\"0x%" PRIx64 "\"]",
                       x->addr, x->slot, x->number);
    if (err == MC_OK)
        err = keep_path(x, &x->b.account, mc_json_get(v, "accountProof"), "account proof");
    if (err == MC_OK)
        err = keep_path(x, &x->b.storage,
                        mc_json_get(mc_json_at(mc_json_get(v, "storageProof"), 0), "proof"),
                        "storage proof");
    return err;
}

/* ------------------------------------------------------------------ the transaction */

/* The last change of the record's hash in that block. */
static enum mc_err find_tx(struct exporting *x, uint64_t anchor)
{
    const struct mc_json *rows;
    struct mc_hash topics[3];
    char hex[3][65];
    enum mc_err err = tool_event_topic(&topics[0], x->module, "RecordCreated", x->em);
    if (err == MC_OK)
        err = tool_event_topic(&topics[1], x->module, "RecordModified", x->em);
    mc_keccak256(&topics[2], mc_slice_str(x->id));
    if (err != MC_OK)
        return err;
    for (int i = 0; i < 3; i++)
        mc_hex_encode(hex[i], topics[i].b, 32);
    err = tool_rpc_callf(x->rpc, &rows, x->em, "eth_getLogs",
                         "[{\"address\":\"0x%s\",\"fromBlock\":\"0x%" PRIx64
                         "\",\"toBlock\":\"0x%" PRIx64
                         "\",\"topics\":[[\"0x%s\",\"0x%s\"],\"0x%s\"]}]",
                         x->addr, anchor, anchor, hex[0], hex[1], hex[2]);
    if (err == MC_OK && mc_json_len(rows) == 0)
        err = no_answer(x, "event of the record");
    if (err == MC_OK)
        x->b.tx_i = tool_json_quantity(
            mc_json_get(mc_json_at(rows, mc_json_len(rows) - 1), "transactionIndex"));
    return err;
}

/* Room for another item of a block's list; items are borrowed from what they were read from. */
static enum mc_err add_item(struct exporting *x, struct mc_slice **items, uint32_t *cnt,
                            struct mc_slice item)
{
    struct mc_slice *grown = realloc(*items, (*cnt + 1u) * sizeof *grown);
    if (grown == NULL)
        return mc_fail(x->em, MC_ENOMEM, "out of memory");
    *items = grown;
    grown[(*cnt)++] = item;
    return MC_OK;
}

static enum mc_err prove_tx(struct exporting *x, uint64_t anchor)
{
    const struct mc_json *v;
    struct mc_slice raw, item, *items = NULL;
    struct mc_rlp block, parts, txs;
    uint32_t cnt = 0;
    enum mc_err err =
        tool_rpc_callf(x->rpc, &v, x->em, "debug_getRawBlock", "[\"0x%" PRIx64 "\"]", anchor);
    if (err == MC_OK)
        err = keep(x, &raw, v, "block");
    if (err != MC_OK)
        return err;
    block = mc_rlp_open(raw);
    err = mc_rlp_list(&block, &parts, x->em);
    if (err == MC_OK)
        err = mc_rlp_raw(&parts, &item, x->em); /* the header */
    if (err == MC_OK)
        err = mc_rlp_list(&parts, &txs, x->em);
    while (err == MC_OK && !mc_rlp_done(&txs)) {
        err = mc_rlp_next_is_list(&txs) ? mc_rlp_raw(&txs, &item, x->em)    /* legacy */
                                        : mc_rlp_bytes(&txs, &item, x->em); /* EIP-2718 */
        if (err == MC_OK)
            err = add_item(x, &items, &cnt, item);
    }
    if (err == MC_OK)
        err = proof_list_path(&x->b.tx, &x->b.arena, items, cnt, x->b.tx_i, x->em);
    free(items);
    return err;
}

static enum mc_err prove_receipt(struct exporting *x, uint64_t anchor)
{
    const struct mc_json *v;
    struct mc_slice item, *items = NULL;
    uint32_t cnt = 0;
    enum mc_err err =
        tool_rpc_callf(x->rpc, &v, x->em, "debug_getRawReceipts", "[\"0x%" PRIx64 "\"]", anchor);
    for (size_t i = 0; err == MC_OK && i < mc_json_len(v); i++) {
        err = keep(x, &item, mc_json_at(v, i), "receipt");
        if (err == MC_OK)
            err = add_item(x, &items, &cnt, item);
    }
    if (err == MC_OK)
        err = proof_list_path(&x->b.receipt, &x->b.arena, items, cnt, x->b.tx_i, x->em);
    free(items);
    return err;
}

/* ------------------------------------------------------------------ the command */

static enum mc_err prepare(struct exporting *x)
{
    struct mc_hash slot;
    enum mc_err err = tool_module(&x->module, x->module_name, x->em);
    if (err == MC_OK)
        err = vm_proof_slot(&slot, x->module, mc_slice_str(x->id), x->em);
    if (err != MC_OK)
        return err;
    mc_hex_encode(x->slot, slot.b, 32);
    mc_hex_encode(x->addr, vm_module_well_known(x->module)->b, 20);
    x->b.module = mc_slice_str(x->module->name);
    x->b.id = mc_slice_str(x->id);
    mc_arena_init(&x->b.arena, 4u * HEX_BYTES_MAX);
    err = tool_rpc_open(&x->rpc, &x->link, x->em);
    if (err == MC_OK && x->number == UINT64_MAX)
        err = tool_rpc_quantity(x->rpc, "eth_blockNumber", "[]", &x->number, x->em);
    return err;
}

static enum mc_err collect(struct exporting *x)
{
    uint64_t anchor = 0;
    enum mc_err err = prepare(x);
    if (err == MC_OK)
        err = read_record(x, &anchor);
    if (err == MC_OK)
        err = read_block(x, &x->b.state, x->number);
    if (err == MC_OK)
        err = read_state_proof(x);
    if (err == MC_OK)
        err = read_block(x, &x->b.anchor, anchor);
    if (err == MC_OK)
        err = find_tx(x, anchor);
    if (err == MC_OK)
        err = prove_tx(x, anchor);
    if (err == MC_OK)
        err = prove_receipt(x, anchor);
    return err == MC_OK ? read_links(x, anchor) : err;
}

static enum mc_err write_file(struct exporting *x, size_t *bytes)
{
    struct mc_buf text = {0};
    proof_write(&text, &x->b);
    enum mc_err err = mc_buf_check(&text, "proof bundle", x->em);
    if (err == MC_OK)
        err = mc_file_write(x->out, mc_buf_slice(&text), 0644, x->em);
    *bytes = text.n;
    mc_buf_free(&text);
    return err;
}

int tool_proof_export(int argc, char **argv)
{
    struct mc_errmsg em = {{0}};
    struct exporting x = {.link = TOOL_LINK_PRESET,
                          .module_name = "MedicalRecordHash",
                          .number = UINT64_MAX,
                          .em = &em};
    const struct tool_opt opts[] = {
        TOOL_TEXT("--record", &x.id, "ID", "the record to prove"),
        TOOL_TEXT("--module", &x.module_name, "NAME", "the module that keeps it"),
        TOOL_UINT("--block", &x.number, 1, UINT64_MAX, "N", "state to show, else the newest"),
        TOOL_TEXT("-o", &x.out, "FILE", "the file to write"),
        TOOL_LINK_OPTS(&x.link),
    };
    const struct tool_usage u = {
        "medichain proof export --record ID -o FILE",
        "Writes one file that proves what a record says, when and by whom its hash was anchored, "
        "and\nwhich validators decided it.  Anybody with the genesis file checks it without a "
        "node.",
        "medichain proof export --record observation-1 -o observation-1.proof",
        opts,
        MC_COUNT(opts),
        0,
        0};
    size_t bytes = 0;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (x.id == NULL || x.out == NULL)
        return tool_bad_usage("say which record with --record ID, and where to with -o FILE");
    enum mc_err err = collect(&x);
    if (err == MC_OK)
        err = write_file(&x, &bytes);
    if (err == MC_OK) {
        struct mc_buf b = {0};
        mc_buf_putf(&b,
                    "%s: record \"%s\" as of block %" PRIu64 ", %zu bytes\ncheck it without a "
                    "node: %s proof verify %s --genesis GENESIS.json\n",
                    x.out, x.id, x.number, bytes, tool_self(), x.out);
        rc = tool_put(&b);
        mc_buf_free(&b);
    } else {
        rc = tool_error("%s", em.text[0] != 0 ? em.text : mc_err_text(err));
    }
    tool_rpc_close(x.rpc);
    proof_free(&x.b);
    return rc;
}
