/* medichain record anchor: fingerprints of files into MedicalRecordHash, a hundred in a transaction. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/contract.h"
#include "tools/record_file.h"
#include "tools/say.h"

#define BATCH_MAX 100u /* of createRecords */

enum fate { FATE_NEW, FATE_SAME, FATE_OTHER };

struct anchoring {
    struct tool_link link;
    struct tool_signer_src src;
    const char *id, *type, *patient, *doctor;
    bool json;
    struct record_file *files;
    enum fate *fates;
    size_t cnt;
    char doctor_text[43];
    struct tool_rpc *rpc;
    const struct vm_module *module;
    struct tool_signer who;
    uint64_t new_cnt, same_cnt, other_cnt, tx_cnt, gas;
    uint64_t first_block, last_block;
};

/* Is the id taken already, and by this very file?  The raw getter answers empty fields for an unknown id. */
static enum mc_err look_up(struct anchoring *a, size_t i, struct mc_errmsg *em)
{
    struct mc_buf args = {0};
    struct mc_json_doc *doc = NULL;
    mc_buf_put_u8(&args, '[');
    mc_json_put_str(&args, mc_slice_str(a->files[i].id));
    mc_buf_put_u8(&args, ']');
    enum mc_err err = tool_view(&doc, a->rpc, a->module, NULL, "medicalRecords",
                                mc_buf_slice(&args), "latest", NULL, em);
    if (err == MC_OK) {
        struct mc_slice stored = mc_json_str(mc_json_get(mc_json_root(doc), "hashValue"));
        a->fates[i] = stored.n == 0                              ? FATE_NEW
                      : record_hash_eq(stored, a->files[i].hash) ? FATE_SAME
                                                                 : FATE_OTHER;
        a->new_cnt += a->fates[i] == FATE_NEW;
        a->same_cnt += a->fates[i] == FATE_SAME;
        a->other_cnt += a->fates[i] == FATE_OTHER;
    }
    mc_json_free(doc);
    mc_buf_free(&args);
    return err;
}

static void put_input(struct mc_buf *b, const struct anchoring *a, const struct record_file *f)
{
    const char *const texts[] = {f->id, a->patient, a->doctor, f->type, f->hash};
    for (size_t i = 0; i < MC_COUNT(texts); i++) {
        mc_buf_put_u8(b, i == 0 ? '[' : ',');
        mc_json_put_str(b, mc_slice_str(texts[i]));
    }
    mc_buf_put_u8(b, ']');
}

static enum mc_err send_batch(struct anchoring *a, struct mc_slice inputs, struct mc_errmsg *em)
{
    struct tool_tx tx = {.has_to = true,
                         .to = *vm_module_well_known(a->module),
                         .gas = UINT64_MAX,
                         .nonce = UINT64_MAX};
    struct mc_buf data = {0};
    struct mc_hash hash;
    const struct mc_json *receipt = NULL;
    enum mc_err err = tool_call_data(&data, a->module, "createRecords", inputs, em);
    tx.data = mc_buf_slice(&data);
    if (err == MC_OK)
        err = tool_tx_submit(&hash, a->rpc, &a->who, &tx, em);
    if (err == MC_OK)
        err = tool_receipt(&receipt, a->rpc, &hash, a->link.timeout_s * 1000, em);
    if (err == MC_OK && tool_json_quantity(mc_json_get(receipt, "status")) != 1) {
        struct mc_slice why = mc_json_str(mc_json_get(receipt, "revertReason"));
        err = mc_fail(em, MC_EREVERT, "the transaction failed: %.*s", (int)why.n,
                      (const char *)why.p);
    }
    if (err == MC_OK) {
        a->last_block = tool_json_quantity(mc_json_get(receipt, "blockNumber"));
        a->first_block = a->tx_cnt == 0 ? a->last_block : a->first_block;
        a->gas += tool_json_quantity(mc_json_get(receipt, "gasUsed"));
        a->tx_cnt++;
    }
    mc_buf_free(&data);
    return err;
}

static enum mc_err anchor_new(struct anchoring *a, struct mc_errmsg *em)
{
    struct tool_progress progress = {.what = "anchored"};
    enum mc_err err = MC_OK;
    uint64_t done = 0;
    for (size_t i = 0; i < a->cnt && err == MC_OK;) {
        struct mc_buf inputs = {0};
        uint32_t n = 0;
        mc_buf_put_str(&inputs, "[[");
        for (; i < a->cnt && n < BATCH_MAX; i++) {
            if (a->fates[i] != FATE_NEW)
                continue;
            if (n++ > 0)
                mc_buf_put_u8(&inputs, ',');
            put_input(&inputs, a, &a->files[i]);
        }
        mc_buf_put_str(&inputs, "]]");
        err = mc_buf_check(&inputs, "createRecords", em);
        if (err == MC_OK && n > 0)
            err = send_batch(a, mc_buf_slice(&inputs), em);
        mc_buf_free(&inputs);
        done += n;
        if (err == MC_OK && a->new_cnt > BATCH_MAX)
            tool_progress(&progress, done, a->new_cnt);
    }
    return err;
}

static const char *fate_text(enum fate f)
{
    switch (f) {
    case FATE_NEW:
        return "anchored";
    case FATE_SAME:
        return "was anchored already";
    case FATE_OTHER:
        return "NOT anchored: this id belongs to other content";
    }
    return "";
}

static int report(const struct anchoring *a)
{
    struct mc_buf b = {0};
    if (a->json)
        mc_buf_put_str(&b, "{\"records\":[");
    for (size_t i = 0; i < a->cnt; i++) {
        const struct record_file *f = &a->files[i];
        if (!a->json) {
            mc_buf_putf(&b, "%s  %s  %s\n", f->hash, f->id, fate_text(a->fates[i]));
            continue;
        }
        mc_buf_put_str(&b, i == 0 ? "{\"id\":" : ",{\"id\":");
        mc_json_put_str(&b, mc_slice_str(f->id));
        mc_buf_put_str(&b, ",\"file\":");
        mc_json_put_str(&b, mc_slice_str(f->path));
        mc_buf_putf(&b, ",\"sha256\":\"%s\",\"result\":\"%s\"}", f->hash,
                    a->fates[i] == FATE_NEW    ? "anchored"
                    : a->fates[i] == FATE_SAME ? "already"
                                               : "conflict");
    }
    if (a->json)
        mc_buf_putf(&b,
                    "],\"anchored\":%" PRIu64 ",\"already\":%" PRIu64 ",\"conflicts\":%" PRIu64
                    ",\"transactions\":%" PRIu64 ",\"gasUsed\":%" PRIu64 "}",
                    a->new_cnt, a->same_cnt, a->other_cnt, a->tx_cnt, a->gas);
    else if (a->tx_cnt > 0)
        mc_buf_putf(&b,
                    "%" PRIu64 " anchored in %" PRIu64 " transaction%s, blocks %" PRIu64
                    " to %" PRIu64 ", %" PRIu64 " gas\n",
                    a->new_cnt, a->tx_cnt, a->tx_cnt == 1 ? "" : "s", a->first_block, a->last_block,
                    a->gas);
    else
        mc_buf_put_str(&b, "nothing new to anchor\n");
    int rc = tool_put(&b);
    mc_buf_free(&b);
    if (rc == TOOL_OK && a->other_cnt > 0)
        rc = tool_error("%" PRIu64
                        " file%s not anchored: the id is taken by other content.  Record a "
                        "new version with `medichain send MedicalRecordHash modifyRecord ID HASH "
                        "REASON`, or choose another --id",
                        a->other_cnt, a->other_cnt == 1 ? " was" : "s were");
    return rc;
}

/* Two files with one name from two folders would be one record. */
static enum mc_err check_ids(const struct anchoring *a, struct mc_errmsg *em)
{
    for (size_t i = 0; i < a->cnt; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(a->files[i].id, a->files[k].id) == 0)
                return mc_fail(em, MC_EINVAL,
                               "%s and %s would both be the record \"%s\"; anchor them one by one "
                               "with --id",
                               a->files[k].path, a->files[i].path, a->files[i].id);
        }
    }
    return MC_OK;
}

static enum mc_err run(struct anchoring *a, struct mc_errmsg *em)
{
    enum mc_err err = tool_module(&a->module, "MedicalRecordHash", em);
    if (err == MC_OK)
        err = check_ids(a, em);
    if (err == MC_OK)
        err = tool_rpc_open(&a->rpc, &a->link, em);
    if (err == MC_OK)
        err = tool_signer_open(&a->who, &a->src, em);
    if (err == MC_OK && a->doctor == NULL) {
        mc_addr_checksum(a->doctor_text, &a->who.addr);
        a->doctor = a->doctor_text;
    }
    a->fates = calloc(a->cnt + 1, sizeof *a->fates);
    if (err == MC_OK && a->fates == NULL)
        err = mc_fail(em, MC_ENOMEM, "out of memory");
    for (size_t i = 0; i < a->cnt && err == MC_OK; i++)
        err = look_up(a, i, em);
    return err == MC_OK ? anchor_new(a, em) : err;
}

int tool_record_anchor(int argc, char **argv)
{
    struct anchoring a = {
        .link = TOOL_LINK_PRESET, .src = TOOL_SIGNER_PRESET, .patient = "unassigned"};
    const struct tool_opt opts[] = {
        TOOL_TEXT("--id", &a.id, "ID", "record id of a single file, else the file's name"),
        TOOL_TEXT("--patient", &a.patient, "ID", "opaque patient id, never a name or number"),
        TOOL_TEXT("--doctor", &a.doctor, "ID", "opaque author id, else the sender's address"),
        TOOL_TEXT("--type", &a.type, "TYPE", "kind of record, else FHIR's resourceType"),
        TOOL_FLAG("--json", &a.json, "the result as JSON"),
        TOOL_LINK_OPTS(&a.link),
        TOOL_SIGNER_OPTS(&a.src),
    };
    const struct tool_usage u = {
        "medichain record anchor FILE... [--id ID] [--from WHO | --keystore FILE]",
        "Hashes files (SHA-256) and anchors the hashes in MedicalRecordHash, up to 100 in one\n"
        "transaction; a folder stands for its files.  The contents never leave this machine.",
        "medichain record anchor tests/data/fhir",
        opts,
        MC_COUNT(opts),
        1,
        100000};
    struct mc_errmsg em = {{0}};
    enum mc_err err = MC_OK;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (argc > 1 && a.id != NULL)
        return tool_bad_usage(
            "--id names one file; leave it out and each file's own name is its id");
    for (int i = 0; i < argc && err == MC_OK; i++)
        err = record_files_add(&a.files, &a.cnt, argv[i], a.id, a.type, &em);
    if (err == MC_OK)
        err = run(&a, &em);
    rc = err == MC_OK ? report(&a) : tool_error("%s", em.text);
    if (err != MC_OK && a.tx_cnt > 0)
        tool_error("%" PRIu64 " transactions before that one did go through; run the same command "
                   "again for the rest",
                   a.tx_cnt);
    free(a.files);
    free(a.fates);
    tool_signer_free(&a.who);
    tool_rpc_close(a.rpc);
    return rc;
}
