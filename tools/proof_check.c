/* Checking a bundle from the genesis file alone.  Each step uses only what an earlier step has proven; the order and the
 * reasons are those of docs/proof-format.md. */
#include <inttypes.h>
#include <stdlib.h>

#include "tools/events.h"
#include "tools/proof.h"

/* A validator set that the chain of sets has proven, and the height after which it decides. */
struct known_set {
    uint64_t after;
    struct cons_valset *set;
};
struct checking {
    const struct proof_bundle *b;
    struct proof_facts *f;
    struct known_set sets[PROOF_LINKS_MAX + 1];
    uint32_t set_cnt;
    const struct vm_module *module;
    struct mc_errmsg *em;
};

static void *take(struct checking *k, size_t n)
{
    void *p = mc_arena_calloc(&k->f->arena, 1, n);
    if (p == NULL)
        mc_errf(k->em, "out of memory");
    return p;
}

/* ------------------------------------------------------------------ sets and certificates */

static int by_account(const void *a, const void *b)
{
    const struct cons_validator *x = a, *y = b;
    return memcmp(x->addr.b, y->addr.b, sizeof x->addr.b);
}

/* The set of block 1, in the order that the chain keeps: ascending by account. */
static enum mc_err first_set(struct checking *k, const struct gen_spec *s)
{
    struct cons_valset *set = take(k, sizeof *set);
    if (set == NULL)
        return MC_ENOMEM;
    if (s->validator_cnt > MC_VALIDATORS_MAX)
        return mc_fail(k->em, MC_EINVAL, "the genesis file names too many validators");
    set->cnt = s->validator_cnt;
    for (uint32_t i = 0; i < set->cnt; i++) {
        set->v[i].addr = s->validators[i].account;
        memcpy(set->v[i].pub, s->validators[i].public_key, sizeof set->v[i].pub);
    }
    qsort(set->v, set->cnt, sizeof set->v[0], by_account);
    k->sets[k->set_cnt++] = (struct known_set){.after = 0, .set = set};
    return cons_valset_seal(set, k->em);
}

/* The newest proven set that decides this height. */
static const struct cons_valset *set_of(const struct checking *k, uint64_t height)
{
    uint32_t i = k->set_cnt - 1;
    while (i > 0 && k->sets[i].after >= height)
        i--;
    return k->sets[i].set;
}

/* The certificate must be a quorum's votes for exactly this header. */
static enum mc_err check_certificate(struct checking *k, struct proof_decided *out,
                                     struct mc_slice wire)
{
    struct cons_cert *cert = take(k, sizeof *cert);
    if (cert == NULL)
        return MC_ENOMEM;
    enum mc_err err = cons_cert_decode(cert, wire, k->em);
    if (err != MC_OK)
        return err;
    if (cert->type != CONS_COMMIT || cert->height != out->header.number ||
        !mc_hash_eq(&cert->digest, &out->hash))
        return mc_fail(k->em, MC_EAUTH, "the votes are not for this block");
    out->set = set_of(k, cert->height);
    out->cert = cert;
    return cons_cert_verify(cert, &k->f->chain, out->set, k->em);
}

static enum mc_err check_block(struct checking *k, struct proof_decided *out,
                               const struct proof_block *block, const char *what)
{
    enum mc_err err = ledger_header_decode(&out->header, block->header, k->em);
    if (err == MC_OK && out->header.number == 0)
        err = mc_fail(k->em, MC_EINVAL, "block 0 was decided by nobody");
    if (err == MC_OK) {
        mc_keccak256(&out->hash, block->header);
        err = check_certificate(k, out, block->certificate);
    }
    if (err != MC_OK)
        mc_errwrap(k->em, "%s", what);
    return err;
}

static enum mc_err check_link(struct checking *k, const struct proof_link *link)
{
    struct proof_decided at = {0};
    struct cons_valset *set = take(k, sizeof *set);
    enum mc_err err =
        set != NULL ? check_block(k, &at, &link->block, "a change of validators") : MC_ENOMEM;
    if (err == MC_OK)
        err = cons_valset_from_rlp(set, link->validators, k->em);
    if (err != MC_OK)
        return err;
    if (!mc_hash_eq(&set->hash, &at.header.mix_hash))
        return mc_fail(k->em, MC_EAUTH,
                       "the validators after block %" PRIu64 " are not those that its header names",
                       at.header.number);
    if (at.header.number <= k->sets[k->set_cnt - 1].after)
        return mc_fail(k->em, MC_EINVAL, "the changes of validators are not in order");
    k->sets[k->set_cnt++] = (struct known_set){.after = at.header.number, .set = set};
    return MC_OK;
}

/* ------------------------------------------------------------------ the record */

static enum mc_err follow(struct checking *k, struct mc_slice *value, const struct mc_hash *root,
                          struct mc_slice key, const struct proof_path *path, const char *what)
{
    enum mc_err err = trie_verify(value, root, key, path->nodes, path->cnt, k->em);
    if (err == MC_OK && value->n == 0)
        err = mc_fail(k->em, MC_EAUTH, "it is not there");
    if (err != MC_OK)
        mc_errwrap(k->em, "%s", what);
    return err;
}

/* State root -> the module's account -> its storage root. */
static enum mc_err check_account(struct checking *k, struct mc_hash *storage_root)
{
    struct mc_hash key, code;
    struct mc_slice value, skipped;
    struct mc_rlp r, fields;
    mc_keccak256(&key, mc_addr_slice(vm_module_well_known(k->module)));
    enum mc_err err = follow(k, &value, &k->f->state.header.state_root, mc_hash_slice(&key),
                             &k->b->account, "the module's account");
    if (err != MC_OK)
        return err;
    r = mc_rlp_open(value);
    err = mc_rlp_list(&r, &fields, k->em);
    for (int i = 0; i < 2 && err == MC_OK; i++) /* nonce, balance */
        err = mc_rlp_bytes(&fields, &skipped, k->em);
    if (err == MC_OK)
        err = mc_rlp_fixed(&fields, storage_root->b, sizeof storage_root->b, k->em);
    if (err == MC_OK)
        err = mc_rlp_fixed(&fields, code.b, sizeof code.b, k->em);
    if (err == MC_OK && !mc_hash_eq(&code, vm_module_code_hash(k->module)))
        err = mc_fail(k->em, MC_EAUTH, "the account is not that of %s", k->module->name);
    return err;
}

/* Storage root -> word -> the record's bytes -> its fields. */
static enum mc_err check_record(struct checking *k)
{
    struct mc_hash root, slot, key, word = {{0}}, want;
    struct mc_slice value, digits;
    struct mc_buf text = {0};
    struct mc_rlp r;
    enum mc_err err = check_account(k, &root);
    if (err == MC_OK)
        err = vm_proof_slot(&slot, k->module, k->b->id, k->em);
    if (err != MC_OK)
        return err;
    mc_keccak256(&key, mc_hash_slice(&slot));
    err = follow(k, &value, &root, mc_hash_slice(&key), &k->b->storage, "the record");
    if (err != MC_OK)
        return err;
    r = mc_rlp_open(value);
    err = mc_rlp_bytes(&r, &digits, k->em);
    if (err != MC_OK || digits.n > sizeof word.b)
        return mc_fail(k->em, MC_EAUTH, "the record's word is none");
    memcpy(word.b + sizeof word.b - digits.n, digits.p, digits.n);
    mc_keccak256(&want, k->b->record);
    if (!mc_hash_eq(&word, &want))
        return mc_fail(k->em, MC_EAUTH, "the record is not the one that the chain holds");
    err = vm_proof_record_json(&text, k->module, k->b->record, k->em);
    if (err == MC_OK)
        err = mc_buf_check(&text, "record", k->em);
    if (err == MC_OK)
        err = mc_json_parse(&k->f->record, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, k->em);
    if (err == MC_OK)
        k->f->hash = mc_json_str(mc_json_get(mc_json_root(k->f->record), "hashValue"));
    mc_buf_free(&text);
    return err;
}

/* ------------------------------------------------------------------ the transaction */

static enum mc_err check_tx(struct checking *k, struct mc_slice key)
{
    struct mc_slice raw;
    struct ledger_tx *tx = NULL;
    enum mc_err err =
        follow(k, &raw, &k->f->anchor.header.txs_root, key, &k->b->tx, "the transaction");
    if (err == MC_OK)
        err = ledger_tx_decode(&tx, raw, k->em);
    if (err == MC_OK)
        err = ledger_tx_recover(tx, k->em);
    if (err == MC_OK) {
        k->f->sender = tx->sender;
        k->f->tx_hash = tx->hash;
    }
    ledger_tx_unref(tx);
    return err;
}

/* True when a decoded event says that the record has its present hash. */
static bool says_hash(struct checking *k, const struct mc_json *event)
{
    const struct mc_json *args = mc_json_get(event, "args");
    bool modified =
        mc_slice_eq(mc_json_str(mc_json_get(event, "event")), mc_slice_str("RecordModified"));
    struct mc_slice hash = mc_json_str(mc_json_get(args, modified ? "newHash" : "hashValue"));
    if (hash.n == 0 || !mc_slice_eq(hash, k->f->hash))
        return false;
    k->f->modified = modified;
    return true;
}

/* Is this log RecordCreated or RecordModified of the module, of this record and with its hash? */
static bool is_ours(struct checking *k, struct mc_rlp log)
{
    struct mc_hash topics[2], created, changed, id;
    struct mc_addr at;
    struct mc_rlp list;
    struct mc_slice data;
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    if (mc_rlp_fixed(&log, at.b, sizeof at.b, NULL) != MC_OK ||
        !mc_addr_eq(&at, vm_module_well_known(k->module)) ||
        mc_rlp_list(&log, &list, NULL) != MC_OK || mc_rlp_bytes(&log, &data, NULL) != MC_OK ||
        mc_rlp_fixed(&list, topics[0].b, 32, NULL) != MC_OK ||
        mc_rlp_fixed(&list, topics[1].b, 32, NULL) != MC_OK || !mc_rlp_done(&list))
        return false;
    mc_keccak256(&id, k->b->id);
    if (!mc_hash_eq(&topics[1], &id) ||
        tool_event_topic(&created, k->module, "RecordCreated", NULL) != MC_OK ||
        tool_event_topic(&changed, k->module, "RecordModified", NULL) != MC_OK ||
        (!mc_hash_eq(&topics[0], &created) && !mc_hash_eq(&topics[0], &changed)))
        return false;
    bool yes = vm_log_to_json(&text, k->module, topics, 2, data, NULL) == MC_OK && !text.oom &&
               mc_json_parse(&doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, NULL) == MC_OK &&
               says_hash(k, mc_json_root(doc));
    mc_json_free(doc);
    mc_buf_free(&text);
    return yes;
}

/* The receipt of that transaction: it succeeded, and its logs say that it wrote the hash. */
static enum mc_err check_receipt(struct checking *k, struct mc_slice key)
{
    struct mc_slice raw, bloom;
    struct mc_rlp r, fields, logs, log;
    uint64_t status = 0, gas;
    enum mc_err err =
        follow(k, &raw, &k->f->anchor.header.receipts_root, key, &k->b->receipt, "the receipt");
    if (err != MC_OK)
        return err;
    r = mc_rlp_open(raw.p[0] < 0xc0 ? mc_slice_skip(raw, 1) : raw); /* EIP-2718 */
    err = mc_rlp_list(&r, &fields, k->em);
    if (err == MC_OK)
        err = mc_rlp_u64(&fields, &status, k->em);
    if (err == MC_OK)
        err = mc_rlp_u64(&fields, &gas, k->em);
    if (err == MC_OK)
        err = mc_rlp_bytes(&fields, &bloom, k->em);
    if (err == MC_OK)
        err = mc_rlp_list(&fields, &logs, k->em);
    while (err == MC_OK && status == 1 && !mc_rlp_done(&logs)) {
        err = mc_rlp_list(&logs, &log, k->em);
        if (err == MC_OK && is_ours(k, log))
            return MC_OK;
    }
    return err != MC_OK ? err : mc_fail(k->em, MC_EAUTH, "the transaction did not write this hash");
}

static enum mc_err check_anchor(struct checking *k)
{
    const struct mc_json *record = mc_json_root(k->f->record);
    struct mc_buf key = {0};
    uint64_t block = 0;
    enum mc_err err =
        check_block(k, &k->f->anchor, &k->b->anchor, "the block that anchored the document");
    if (err != MC_OK)
        return err;
    if (!mc_json_u64(mc_json_get(record, "block"), &block) || block != k->f->anchor.header.number)
        return mc_fail(k->em, MC_EAUTH, "the record's hash is not from the block shown for it");
    mc_rlp_put_u64(&key, k->b->tx_i);
    err = mc_buf_check(&key, "proof", k->em);
    if (err == MC_OK)
        err = check_tx(k, mc_buf_slice(&key));
    if (err == MC_OK)
        err = check_receipt(k, mc_buf_slice(&key));
    mc_buf_free(&key);
    return err;
}

enum mc_err proof_check(struct proof_facts *out, const struct proof_bundle *b,
                        const struct gen *genesis, struct mc_errmsg *em)
{
    struct checking *k = calloc(1, sizeof *k);
    memset(out, 0, sizeof *out);
    mc_arena_init(&out->arena, 16u * PROOF_FILE_BYTES_MAX);
    if (k == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    *k = (struct checking){.b = b, .f = out, .em = em};
    k->module = vm_module_by_name(b->module);
    enum mc_err err = k->module != NULL ? MC_OK
                                        : mc_fail(em, MC_EMISMATCH,
                                                  "the bundle names a module that this "
                                                  "program does not know");
    out->chain.chain_id = gen_spec(genesis)->chain_id;
    if (err == MC_OK)
        err = gen_hash(&out->chain.genesis, genesis, em);
    if (err == MC_OK)
        err = first_set(k, gen_spec(genesis));
    for (uint32_t i = 0; i < b->link_cnt && err == MC_OK; i++)
        err = check_link(k, &b->links[i]);
    if (err == MC_OK)
        err = check_block(k, &out->state, &b->state, "the block that shows the record");
    if (err == MC_OK)
        err = check_record(k);
    if (err == MC_OK)
        err = check_anchor(k);
    free(k);
    return err;
}

void proof_facts_free(struct proof_facts *f)
{
    mc_json_free(f->record);
    mc_arena_free(&f->arena);
}
