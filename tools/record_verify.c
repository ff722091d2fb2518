/* medichain record verify: is this file the one that was anchored, when, by whom, and what was changed since? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/events.h"
#include "tools/record_file.h"
#include "tools/say.h"

#define PAGE 100u

/* One state of the record's hash. */
struct version {
    char hash[257];
    char author[43];
    char reason[256];
    char tx[67]; /* empty when the log was not found */
    uint64_t block, time_s;
};

struct verifying {
    struct tool_link link;
    bool json;
    const char *path, *id;
    char hash[65]; /* of the file */
    struct tool_rpc *rpc;
    const struct vm_module *module;
    bool known, active;
    struct version *versions;
    size_t cnt;
    size_t match;        /* index of the version that is the file; cnt: none */
    char elsewhere[129]; /* another record that carries this file's hash */
    char superseded[129];
    char withdrawn_tx[67];
    uint64_t withdrawn_block;
};

static void copy(char *to, size_t cap, struct mc_slice s)
{
    size_t n = s.n < cap - 1 ? s.n : cap - 1;
    if (n > 0)
        memcpy(to, s.p, n);
    to[n] = 0;
}

/* Numbers of 256 bits come as decimal text. */
static uint64_t dec_u64(const struct mc_json *v)
{
    struct mc_u256 out;
    uint64_t small;
    if (mc_json_u64(v, &small))
        return small;
    return mc_u256_from_dec(&out, mc_json_str(v), NULL) == MC_OK ? mc_u256_u64_sat(&out) : 0;
}

static enum mc_err view(struct verifying *v, struct mc_json_doc **doc, const char *method,
                        const char *text, const char *more, struct mc_errmsg *em)
{
    struct mc_buf args = {0};
    mc_buf_put_u8(&args, '[');
    mc_json_put_str(&args, mc_slice_str(text));
    mc_buf_put_str(&args, more);
    mc_buf_put_u8(&args, ']');
    enum mc_err err =
        tool_view(doc, v->rpc, v->module, NULL, method, mc_buf_slice(&args), "latest", NULL, em);
    mc_buf_free(&args);
    return err;
}

static enum mc_err read_record(struct verifying *v, struct mc_errmsg *em)
{
    struct mc_json_doc *doc = NULL;
    enum mc_err err = view(v, &doc, "medicalRecords", v->id, "", em);
    if (err == MC_OK) {
        const struct mc_json *root = mc_json_root(doc);
        v->known = mc_json_str(mc_json_get(root, "hashValue")).n > 0;
        v->active = mc_json_bool(mc_json_get(root, "isActive"));
    }
    mc_json_free(doc);
    return err;
}

static enum mc_err add_version(struct verifying *v, const struct mc_json *row, struct mc_errmsg *em)
{
    struct version *grown = realloc(v->versions, (v->cnt + 1) * sizeof *grown), *w;
    if (grown == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    v->versions = grown;
    w = &grown[v->cnt++];
    memset(w, 0, sizeof *w);
    copy(w->hash, sizeof w->hash, mc_json_str(mc_json_get(row, "hashValue")));
    copy(w->author, sizeof w->author, mc_json_str(mc_json_get(row, "author")));
    copy(w->reason, sizeof w->reason, mc_json_str(mc_json_get(row, "reason")));
    w->block = dec_u64(mc_json_get(row, "blockNumber"));
    w->time_s = dec_u64(mc_json_get(row, "timestamp"));
    return MC_OK;
}

static enum mc_err read_versions(struct verifying *v, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    for (bool more = true; more && err == MC_OK;) {
        struct mc_json_doc *doc = NULL;
        char page[64];
        snprintf(page, sizeof page, ",\"%zu\",\"%u\"", v->cnt, PAGE);
        err = view(v, &doc, "getVersions", v->id, page, em);
        const struct mc_json *rows =
            err == MC_OK ? mc_json_get(mc_json_root(doc), "versions") : NULL;
        for (size_t i = 0; i < mc_json_len(rows) && err == MC_OK; i++)
            err = add_version(v, mc_json_at(rows, i), em);
        more = mc_json_len(rows) == PAGE;
        mc_json_free(doc);
    }
    return err;
}

/* The newest version with the file's hash: what is current counts before what was. */
static void find_match(struct verifying *v)
{
    v->match = v->cnt;
    for (size_t i = 0; i < v->cnt; i++) {
        if (record_hash_eq(mc_slice_str(v->versions[i].hash), v->hash))
            v->match = i;
    }
}

/* Transaction of an event of this record; from and to are block numbers. */
static enum mc_err find_event(struct verifying *v, const char *event, uint64_t from, uint64_t to,
                              size_t nth, char tx[67], uint64_t *block, struct mc_errmsg *em)
{
    struct mc_hash topic, key;
    char topic_hex[65], key_hex[65], addr[41];
    const struct mc_json *rows = NULL;
    enum mc_err err = tool_event_topic(&topic, v->module, event, em);
    if (err != MC_OK)
        return err;
    mc_keccak256(&key, mc_slice_str(v->id)); /* an indexed string is kept as its hash */
    mc_hex_encode(topic_hex, topic.b, 32);
    mc_hex_encode(key_hex, key.b, 32);
    mc_hex_encode(addr, vm_module_well_known(v->module)->b, 20);
    err = tool_rpc_callf(v->rpc, &rows, em, "eth_getLogs",
                         "[{\"address\":\"0x%s\",\"fromBlock\":\"0x%" PRIx64
                         "\",\"toBlock\":\"0x%" PRIx64 "\",\"topics\":[\"0x%s\",\"0x%s\"]}]",
                         addr, from, to, topic_hex, key_hex);
    if (err == MC_OK && mc_json_len(rows) > nth) {
        const struct mc_json *row = mc_json_at(rows, nth);
        copy(tx, 67, mc_json_str(mc_json_get(row, "transactionHash")));
        *block = tool_json_quantity(mc_json_get(row, "blockNumber"));
    }
    return err;
}

static enum mc_err find_transactions(struct verifying *v, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    uint64_t block, head = 0;
    size_t nth = 0;
    for (size_t i = 0; i < v->cnt && err == MC_OK; i++) {
        struct version *w = &v->versions[i];
        /* Several changes in one block are logged in their order; version 0 is the creation. */
        nth = i >= 2 && v->versions[i - 1].block == w->block ? nth + 1 : 0;
        err = find_event(v, i == 0 ? "RecordCreated" : "RecordModified", w->block, w->block, nth,
                         w->tx, &block, em);
    }
    if (err == MC_OK && !v->active)
        err = tool_rpc_quantity(v->rpc, "eth_blockNumber", "[]", &head, em);
    if (err == MC_OK && !v->active)
        err = find_event(v, "RecordDeactivated", v->versions[0].block, head, 0, v->withdrawn_tx,
                         &v->withdrawn_block, em);
    return err;
}

static enum mc_err find_others(struct verifying *v, struct mc_errmsg *em)
{
    struct mc_json_doc *doc = NULL;
    enum mc_err err = MC_OK;
    if (v->match == v->cnt) {
        err = view(v, &doc, "getRecordsByHash", v->hash, ",\"0\",\"1\"", em);
        if (err == MC_OK)
            copy(v->elsewhere, sizeof v->elsewhere,
                 mc_json_str(mc_json_at(mc_json_get(mc_json_root(doc), "ids"), 0)));
    } else if (!v->active) {
        err = view(v, &doc, "getSupersession", v->id, "", em);
        if (err == MC_OK)
            copy(v->superseded, sizeof v->superseded,
                 mc_json_str(mc_json_get(mc_json_root(doc), "supersededBy")));
    }
    mc_json_free(doc);
    return err;
}

static enum mc_err ask(struct verifying *v, struct mc_errmsg *em)
{
    enum mc_err err = tool_module(&v->module, "MedicalRecordHash", em);
    if (err == MC_OK)
        err = tool_rpc_open(&v->rpc, &v->link, em);
    if (err == MC_OK)
        err = read_record(v, em);
    if (err == MC_OK && v->known)
        err = read_versions(v, em);
    find_match(v);
    if (err == MC_OK && v->cnt > 0)
        err = find_transactions(v, em);
    return err == MC_OK ? find_others(v, em) : err;
}

static bool is_yes(const struct verifying *v)
{
    return v->known && v->active && v->match < v->cnt && v->match + 1 == v->cnt;
}

/* Why the answer is no, in one sentence. */
static void put_why(struct mc_buf *b, const struct verifying *v)
{
    if (!v->known)
        mc_buf_putf(b, "no record \"%s\" is anchored on this chain", v->id);
    else if (v->match == v->cnt)
        mc_buf_putf(b,
                    "its content is not what was anchored as \"%s\": the file's SHA-256 is %s, the "
                    "anchored one is %s",
                    v->id, v->hash, v->versions[v->cnt - 1].hash);
    else if (v->match + 1 < v->cnt)
        mc_buf_putf(b,
                    "it is an earlier version (%zu of 0 to %zu) of \"%s\"; the current hash is %s",
                    v->match, v->cnt - 1, v->id, v->versions[v->cnt - 1].hash);
    else if (v->superseded[0] != 0)
        mc_buf_putf(b, "the record \"%s\" was replaced by \"%s\"", v->id, v->superseded);
    else
        mc_buf_putf(b, "the record \"%s\" was withdrawn in block %" PRIu64, v->id,
                    v->withdrawn_block);
    if (v->elsewhere[0] != 0)
        mc_buf_putf(b, "; this very file is anchored as \"%s\"", v->elsewhere);
}

static void put_version_text(struct mc_buf *b, const struct verifying *v, size_t i)
{
    const struct version *w = &v->versions[i];
    char when[32];
    tool_time_text(when, w->time_s);
    mc_buf_putf(b, "  version %zu  %s  block %" PRIu64 "  by %s%s\n", i, when, w->block, w->author,
                i == v->match ? "  <- this file" : "");
    mc_buf_putf(b, "             SHA-256 %s\n", w->hash);
    if (w->tx[0] != 0)
        mc_buf_putf(b, "             transaction %s\n", w->tx);
    if (i > 0)
        mc_buf_putf(b, "             reason: %s\n", w->reason);
}

static void put_text(struct mc_buf *b, const struct verifying *v)
{
    if (is_yes(v)) {
        mc_buf_putf(b, "yes: %s is the document that was anchored as \"%s\"\n", v->path, v->id);
    } else {
        mc_buf_putf(b, "no: %s: ", v->path);
        put_why(b, v);
        mc_buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < v->cnt; i++)
        put_version_text(b, v, i);
    if (v->known && v->cnt == 1 && v->active)
        mc_buf_put_str(b, "  the record was not changed since it was anchored\n");
    if (v->known && !v->active)
        mc_buf_putf(b, "  withdrawn   block %" PRIu64 "  transaction %s\n", v->withdrawn_block,
                    v->withdrawn_tx);
}

static void put_json(struct mc_buf *b, const struct verifying *v)
{
    struct mc_buf why = {0};
    if (!is_yes(v))
        put_why(&why, v);
    mc_buf_putf(b, "{\"verified\":%s,\"why\":", is_yes(v) ? "true" : "false");
    mc_json_put_str(b, mc_buf_slice(&why));
    mc_buf_put_str(b, ",\"id\":");
    mc_json_put_str(b, mc_slice_str(v->id));
    mc_buf_putf(b, ",\"sha256\":\"%s\",\"known\":%s,\"active\":%s,\"matchedVersion\":", v->hash,
                v->known ? "true" : "false", v->active ? "true" : "false");
    if (v->match < v->cnt)
        mc_buf_putf(b, "%zu", v->match);
    else
        mc_buf_put_str(b, "null");
    mc_buf_put_str(b, ",\"versions\":[");
    for (size_t i = 0; i < v->cnt; i++) {
        const struct version *w = &v->versions[i];
        mc_buf_put_str(b, i == 0 ? "{\"hash\":" : ",{\"hash\":");
        mc_json_put_str(b, mc_slice_str(w->hash));
        mc_buf_putf(b,
                    ",\"timeS\":%" PRIu64 ",\"block\":%" PRIu64 ",\"author\":\"%s\",\"tx\":\"%s\"",
                    w->time_s, w->block, w->author, w->tx);
        mc_buf_put_str(b, ",\"reason\":");
        mc_json_put_str(b, mc_slice_str(w->reason));
        mc_buf_put_u8(b, '}');
    }
    mc_buf_put_str(b, "],\"alsoAnchoredAs\":");
    mc_json_put_str(b, mc_slice_str(v->elsewhere));
    mc_buf_put_u8(b, '}');
    b->oom = b->oom || why.oom;
    mc_buf_free(&why);
}

int tool_record_verify(int argc, char **argv)
{
    struct verifying v = {.link = TOOL_LINK_PRESET};
    char id[RECORD_ID_MAX + 1];
    const struct tool_opt opts[] = {
        TOOL_TEXT("--id", &v.id, "ID", "record id, else the file's name"),
        TOOL_FLAG("--json", &v.json, "the answer as JSON"),
        TOOL_LINK_OPTS(&v.link),
    };
    const struct tool_usage u = {
        "medichain record verify FILE --id ID [--json]",
        "Says whether the file is the one that was anchored, when and by whom, and what was "
        "changed\n"
        "since.  Exit status 0 only for yes.",
        "medichain record verify tests/data/fhir/observation-1.json --id observation-1",
        opts,
        MC_COUNT(opts),
        1,
        1};
    struct mc_errmsg em = {{0}};
    struct mc_buf b = {0};
    enum mc_err err = MC_OK;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    v.path = argv[0];
    if (v.id == NULL) {
        err = record_id_of_path(id, v.path, &em);
        v.id = id;
    }
    if (err == MC_OK)
        err = record_hash_file(v.hash, v.path, &em);
    if (err == MC_OK)
        err = ask(&v, &em);
    if (err == MC_OK) {
        if (v.json)
            put_json(&b, &v);
        else
            put_text(&b, &v);
        rc = tool_put(&b);
        rc = rc != TOOL_OK ? rc : is_yes(&v) ? TOOL_OK : TOOL_NO;
    } else {
        rc = tool_error("%s", em.text);
    }
    mc_buf_free(&b);
    free(v.versions);
    tool_rpc_close(v.rpc);
    return rc;
}
