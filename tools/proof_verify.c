/* medichain proof verify: what a proof bundle proves, in words, from the genesis file alone. */
#include <inttypes.h>
#include <stdio.h>

#include "tools/opts.h"
#include "tools/proof.h"
#include "tools/record_file.h"
#include "tools/say.h"

struct verifying {
    const char *path, *genesis_path, *document;
    bool json;
    struct gen *genesis;
    struct proof_bundle b;
    struct proof_facts f;
    char document_hash[65];
};

/* ------------------------------------------------------------------ names */

/* Name of a validator's hospital by the genesis file; NULL when it came later. */
static const char *hospital(const struct verifying *v, const struct cons_validator *who)
{
    const struct gen_spec *s = gen_spec(v->genesis);
    for (uint32_t i = 0; i < s->validator_cnt; i++) {
        const struct vm_genesis_validator *g = &s->validators[i];
        if (mc_addr_eq(&g->account, &who->addr) && memcmp(g->public_key, who->pub, 32) == 0 &&
            g->member_i < s->member_cnt)
            return s->members[g->member_i].name;
    }
    return NULL;
}

/* Name of the hospital that an account belonged to at the start. */
static const char *employer(const struct verifying *v, const struct mc_addr *who)
{
    const struct gen_spec *s = gen_spec(v->genesis);
    for (uint32_t i = 0; i < s->account_cnt; i++) {
        const struct vm_genesis_account *a = &s->accounts[i];
        if (mc_addr_eq(&a->account, who) && a->member_i < s->member_cnt)
            return s->members[a->member_i].name;
    }
    return NULL;
}

static const struct mc_json *field(const struct verifying *v, const char *name)
{
    return mc_json_get(mc_json_root(v->f.record), name);
}

static void put_str(struct mc_buf *b, struct mc_slice s)
{
    mc_json_put_str(b, s);
}

/* A fingerprint is letters and digits; any other text is shown so that it cannot pass for words of ours. */
static void put_hash(struct mc_buf *b, struct mc_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (strchr("0123456789abcdefABCDEFx", s.p[i]) == NULL || s.p[i] == 0) {
            put_str(b, s);
            return;
        }
    }
    mc_buf_put_slice(b, s);
}

/* ------------------------------------------------------------------ as JSON */

static void put_block_json(struct mc_buf *b, const struct verifying *v,
                           const struct proof_decided *d)
{
    mc_buf_putf(b, "{\"number\":%" PRIu64 ",\"timeMs\":%" PRIu64 ",\"hash\":", d->header.number,
                ledger_header_time_ms(&d->header));
    mc_json_put_hex(b, mc_hash_slice(&d->hash));
    mc_buf_putf(b, ",\"validators\":%u,\"quorum\":%u,\"decidedBy\":[", d->set->cnt,
                cons_quorum(d->set->cnt));
    for (uint32_t i = 0, n = 0; i < d->set->cnt; i++) {
        const char *name = hospital(v, &d->set->v[i]);
        if (!cons_cert_has(d->cert, i))
            continue;
        mc_buf_put_str(b, n++ == 0 ? "{\"account\":" : ",{\"account\":");
        mc_json_put_hex(b, mc_addr_slice(&d->set->v[i].addr));
        mc_buf_put_str(b, ",\"name\":");
        if (name != NULL)
            put_str(b, mc_slice_str(name));
        else
            mc_buf_put_str(b, "null");
        mc_buf_put_u8(b, '}');
    }
    mc_buf_put_str(b, "]}");
}

static void put_json(struct mc_buf *b, const struct verifying *v)
{
    const struct proof_facts *f = &v->f;
    mc_buf_put_str(b, "{\"verified\":true,\"why\":\"\",\"chainId\":");
    mc_buf_putf(b, "%" PRIu64 ",\"genesisHash\":", f->chain.chain_id);
    mc_json_put_hex(b, mc_hash_slice(&f->chain.genesis));
    mc_buf_put_str(b, ",\"module\":");
    put_str(b, v->b.module);
    mc_buf_put_str(b, ",\"id\":");
    put_str(b, v->b.id);
    mc_buf_put_str(b, ",\"hash\":");
    put_str(b, f->hash);
    mc_buf_put_str(b, ",\"record\":");
    mc_json_put(b, mc_json_root(f->record));
    mc_buf_put_str(b, ",\"anchoredBy\":");
    mc_json_put_hex(b, mc_addr_slice(&f->sender));
    mc_buf_put_str(b, ",\"transaction\":");
    mc_json_put_hex(b, mc_hash_slice(&f->tx_hash));
    mc_buf_putf(b, ",\"modified\":%s,\"anchored\":", f->modified ? "true" : "false");
    put_block_json(b, v, &f->anchor);
    mc_buf_put_str(b, ",\"asOf\":");
    put_block_json(b, v, &f->state);
    mc_buf_put_str(b, ",\"document\":");
    if (v->document != NULL)
        put_str(b, mc_slice_str(v->document));
    else
        mc_buf_put_str(b, "null");
    mc_buf_put_u8(b, '}');
}

/* ------------------------------------------------------------------ in words */

static void put_when(struct mc_buf *b, const struct proof_decided *d)
{
    char when[32];
    uint64_t ms = ledger_header_time_ms(&d->header);
    tool_time_text(when, ms / 1000);
    mc_buf_putf(b, "%.19s.%03u UTC, block %" PRIu64, when, (unsigned)(ms % 1000), d->header.number);
}

static void put_addr(struct mc_buf *b, const struct verifying *v, const struct mc_addr *a)
{
    char text[43];
    const char *name = employer(v, a);
    mc_addr_checksum(text, a);
    mc_buf_put_str(b, text);
    if (name != NULL) {
        mc_buf_put_str(b, ", at the start an account of ");
        put_str(b, mc_slice_str(name));
    }
}

static void put_deciders(struct mc_buf *b, const struct verifying *v, const struct proof_decided *d)
{
    mc_buf_putf(b, "%u of %u validators (%u needed):\n", d->cert->sig_cnt, d->set->cnt,
                cons_quorum(d->set->cnt));
    for (uint32_t i = 0; i < d->set->cnt; i++) {
        char text[43];
        const char *name = hospital(v, &d->set->v[i]);
        if (!cons_cert_has(d->cert, i))
            continue;
        mc_addr_checksum(text, &d->set->v[i].addr);
        mc_buf_putf(b, "               %s  ", text);
        put_str(b, mc_slice_str(name != NULL ? name : "joined later"));
        mc_buf_put_u8(b, '\n');
    }
}

static void put_status(struct mc_buf *b, const struct verifying *v)
{
    struct mc_slice next = mc_json_str(field(v, "superseded_by"));
    if (mc_json_bool(field(v, "isActive"))) {
        mc_buf_put_str(b, "valid, neither withdrawn nor replaced");
    } else if (next.n > 0) {
        mc_buf_put_str(b, "REPLACED by the record ");
        put_str(b, next);
    } else {
        mc_buf_put_str(b, "WITHDRAWN");
    }
}

static void put_proven(struct mc_buf *b, const struct verifying *v)
{
    const struct proof_facts *f = &v->f;
    uint64_t changes = 0;
    mc_buf_put_str(b, "Proven:\n  record       ");
    put_str(b, v->b.id);
    mc_buf_put_str(b, ", type ");
    put_str(b, mc_json_str(field(v, "recordType")));
    mc_buf_put_str(b, "\n  document     SHA-256 ");
    put_hash(b, f->hash);
    if (v->document != NULL)
        mc_buf_putf(b, "\n               which is the fingerprint of %s", v->document);
    mc_buf_put_str(b, "\n  anchored     ");
    put_when(b, &f->anchor);
    mc_buf_put_str(b, f->modified ? "\n  changed by   " : "\n  anchored by  ");
    put_addr(b, v, &f->sender);
    mc_buf_put_str(b, "\n  transaction  0x");
    mc_buf_put_hex(b, mc_hash_slice(&f->tx_hash));
    mc_buf_put_str(b, "\n  decided by   ");
    put_deciders(b, v, &f->anchor);
    if (mc_json_u64(field(v, "change_cnt"), &changes) && changes > 0)
        mc_buf_putf(b, "  versions     %" PRIu64 " earlier, which this file does not show\n",
                    changes);
    mc_buf_put_str(b, "  status       ");
    put_status(b, v);
    mc_buf_put_str(b, "\n  as of        ");
    put_when(b, &f->state);
    mc_buf_put_str(b, "\n  decided by   ");
    put_deciders(b, v, &f->state);
}

static void put_text(struct mc_buf *b, const struct verifying *v)
{
    mc_buf_putf(b, "yes: %s holds, by the chain %" PRIu64 " of ", v->path, v->f.chain.chain_id);
    mc_buf_putf(b, "%s\n", v->genesis_path);
    put_proven(b, v);
    mc_buf_put_str(b, "Not proven:\n"
                      "  that what the document says is true: only that it is this document, "
                      "unchanged since then;\n"
                      "  which person used the account that signed: the hospital knows;\n"
                      "  what happened to the record after the block named last;\n");
    if (v->document == NULL)
        mc_buf_put_str(b,
                       "  which file the fingerprint is of: compare one with --document FILE;\n");
    mc_buf_put_str(b, "  anything, should a third or more of the validators named have given "
                      "false votes.\n");
}

/* ------------------------------------------------------------------ the command */

static enum mc_err check_document(struct verifying *v, struct mc_errmsg *em)
{
    enum mc_err err = record_hash_file(v->document_hash, v->document, em);
    if (err == MC_OK && !record_hash_eq(v->f.hash, v->document_hash))
        err = mc_fail(em, MC_EAUTH,
                      "%s is not the document of this proof: its SHA-256 is %s, the "
                      "proven one is %.*s",
                      v->document, v->document_hash, (int)(v->f.hash.n < 128 ? v->f.hash.n : 128),
                      (const char *)v->f.hash.p);
    return err;
}

static enum mc_err verify(struct verifying *v, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    enum mc_err err = gen_load(&v->genesis, v->genesis_path, em);
    if (err == MC_OK)
        err = mc_file_read(&text, v->path, PROOF_FILE_BYTES_MAX, em);
    if (err == MC_OK) {
        err = proof_read(&v->b, mc_buf_slice(&text), em);
        if (err == MC_OK)
            err = proof_check(&v->f, &v->b, v->genesis, em);
        if (err != MC_OK)
            mc_errwrap(em, "%s", v->path);
    }
    mc_buf_free(&text);
    return err == MC_OK && v->document != NULL ? check_document(v, em) : err;
}

/* The answer on stdout, as for a yes; the reason is part of it. */
static int say_no(const struct verifying *v, const char *why)
{
    struct mc_buf b = {0};
    mc_buf_put_str(&b, v->json ? "{\"verified\":false,\"why\":" : "no: ");
    if (v->json)
        mc_json_put_str(&b, mc_slice_str(why));
    else
        mc_buf_put_str(&b, why);
    mc_buf_put_str(&b, v->json ? "}" : "\n");
    (void)tool_put(&b);
    mc_buf_free(&b);
    return TOOL_NO;
}

int tool_proof_verify(int argc, char **argv)
{
    struct verifying v = {0};
    struct mc_errmsg em = {{0}};
    const struct tool_opt opts[] = {
        TOOL_TEXT("--genesis", &v.genesis_path, "FILE", "genesis file of the chain"),
        TOOL_TEXT("--document", &v.document, "FILE", "say whether this is the document"),
        TOOL_FLAG("--json", &v.json, "the answer as JSON"),
    };
    const struct tool_usage u = {
        "medichain proof verify FILE --genesis FILE [--document FILE] [--json]",
        "Checks a proof bundle without any node and says what it proves.  Get the genesis file "
        "from a\nsource you trust: everything rests on it.  Exit status 0 only for yes.",
        "medichain proof verify observation-1.proof --genesis devnet/genesis.json",
        opts,
        MC_COUNT(opts),
        1,
        1};
    struct mc_buf b = {0};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (v.genesis_path == NULL)
        return tool_bad_usage("name the chain's genesis file with --genesis FILE");
    v.path = argv[0];
    enum mc_err err = verify(&v, &em);
    if (err == MC_OK) {
        if (v.json)
            put_json(&b, &v);
        else
            put_text(&b, &v);
        rc = tool_put(&b);
    } else {
        rc = say_no(&v, em.text[0] != 0 ? em.text : mc_err_text(err));
    }
    mc_buf_free(&b);
    proof_facts_free(&v.f);
    proof_free(&v.b);
    gen_free(v.genesis);
    return rc;
}
