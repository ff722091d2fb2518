/* Storing records and their versions. */
#include "vm/modules/medical_record.h"
#include "vm/modules/patient_consent.h"

#define KEYS_MAX 50u /* in one call */

static const struct vm_field content_fields[] = {
    VM_FIELD_ABI(struct vm_mr_content, commitment, "commitment", VM_T_HASH),
    VM_FIELD_ABI(struct vm_mr_content, ciphertext_hash, "ciphertextHash", VM_T_HASH),
    VM_FIELD_ABI(struct vm_mr_content, encoding, "encoding", VM_T_STR),
    VM_FIELD_ABI(struct vm_mr_content, uri, "uri", VM_T_STR),
    VM_FIELD_ABI(struct vm_mr_content, size, "size", VM_T_U256),
    VM_FIELD_ABI(struct vm_mr_content, payload, "payload", VM_T_BYTES),
};
const struct vm_layout VM_MR_CONTENT = VM_LAYOUT("Content", struct vm_mr_content, content_fields);

static const struct vm_field grant_fields[] = {
    VM_FIELD_ABI(struct vm_mr_grant, grantee, "grantee", VM_T_ADDR),
    VM_FIELD_ABI(struct vm_mr_grant, expires, "expiresAt", VM_T_U256),
    VM_FIELD_ABI(struct vm_mr_grant, wrapped, "wrappedKey", VM_T_BYTES),
};
const struct vm_layout VM_MR_GRANT = VM_LAYOUT("KeyGrant", struct vm_mr_grant, grant_fields);

/* ------------------------------------------------------------------ checks */

/* A payload proves what is said about the ciphertext; behind a URI nothing can be checked. */
static enum mc_err payload_check(struct vm_call *c, const struct vm_mr_content *t)
{
    struct mc_u256 longest, size = mc_u256_u64(t->payload.n);
    struct mc_hash hash;
    if (t->payload.n == 0)
        return MC_OK;
    VM_TRY(vm_param(c, "record.maxPayloadBytes", &longest));
    VM_REQUIRE(c, mc_u256_cmp(&size, &longest) <= 0, "Payload too large");
    mc_sha256(&hash, t->payload);
    VM_REQUIRE(c, mc_hash_eq(&hash, &t->ciphertext_hash), "Ciphertext hash mismatch");
    VM_REQUIRE(c, mc_u256_cmp(&size, &t->size) == 0, "Size mismatch");
    return MC_OK;
}

static enum mc_err content_check(struct vm_call *c, const struct vm_mr_content *t)
{
    VM_REQUIRE(c, !mc_hash_is_zero(&t->commitment), "Commitment cannot be zero");
    VM_REQUIRE(c, t->encoding.n != 0, "Empty encoding");
    VM_REQUIRE(c, (t->payload.n == 0) != (t->uri.n == 0), "Payload or URI required");
    return payload_check(c, t);
}

/* The keys of one call. */
struct grants {
    struct vm_mr_grant v[KEYS_MAX];
    uint32_t cnt;
};

static bool granted_to(const struct grants *g, uint32_t cnt, const struct mc_addr *grantee)
{
    for (uint32_t i = 0; i < cnt; i++) {
        if (mc_addr_eq(&g->v[i].grantee, grantee))
            return true;
    }
    return false;
}

/* Takes and checks the keys of a record of this patient. */
static enum mc_err grants_check(struct vm_call *c, struct grants *g, const struct vm_val *in,
                                const struct mc_addr *patient)
{
    bool published;
    VM_REQUIRE(c, in->list.cnt <= KEYS_MAX, "Too many keys");
    g->cnt = in->list.cnt;
    for (uint32_t i = 0; i < g->cnt; i++) {
        vm_arg_tuple(c, &g->v[i], &VM_MR_GRANT, &in->list.v[i]);
        VM_REQUIRE(c, !mc_addr_is_zero(&g->v[i].grantee), "Zero address");
        VM_TRY(vm_mr_wrapped_check(c, g->v[i].wrapped));
        VM_REQUIRE(c, !granted_to(g, i, &g->v[i].grantee), "Duplicate grantee");
        VM_TRY(vm_mr_expiry_check(c, &g->v[i].expires));
    }
    VM_TRY(vm_mr_has_public_key(c, patient, &published));
    VM_REQUIRE(c, !published || granted_to(g, g->cnt, patient), "Patient key missing");
    return MC_OK;
}

/* ------------------------------------------------------------------ writing */

/* Makes the checked content the record's current version, written now by the caller. */
static void version_begin(const struct vm_call *c, struct vm_mr_record *r,
                          const struct vm_mr_content *t, struct mc_slice reason)
{
    r->version++;
    r->commitment = t->commitment;
    r->ciphertext_hash = t->ciphertext_hash;
    r->encoding = t->encoding;
    r->uri = t->uri;
    r->size = t->size;
    r->updated_s = c->time_s;
    r->ver_author = c->caller;
    r->ver_time_s = c->time_s;
    r->ver_block = c->block_number;
    r->ver_reason = reason;
}

/* Saves the record with its payload and its keys, and tells of them. */
static enum mc_err version_store(struct vm_call *c, struct mc_slice id,
                                 const struct vm_mr_record *r, struct mc_slice payload,
                                 const struct grants *g)
{
    struct vm_val ev[] = {vm_str(id), vm_addr(&r->patient), vm_addr(&c->caller),
                          vm_str(id), vm_str(r->category),  vm_u64(r->version)};
    VM_TRY(vm_mr_payload_save(c, id, payload));
    VM_TRY(vm_mr_save(c, id, r));
    VM_TRY(vm_emit(c, VM_MR_STORED, ev));
    for (uint32_t i = 0; i < g->cnt; i++)
        VM_TRY(vm_mr_key_grant(c, id, r, &g->v[i]));
    return MC_OK;
}

/* in: recordId, patient, category. */
static enum mc_err store_check(struct vm_call *c, const struct vm_val *in)
{
    struct vm_mr_record r;
    uint32_t held;
    bool found;

    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(vm_mr_load(c, in[0].bytes, &r, &found));
    VM_REQUIRE(c, !found, "Record already exists");
    VM_REQUIRE(c, !mc_addr_is_zero(&in[1].addr), "Zero address");
    VM_TRY(vm_roles_held(c, &c->caller, VM_CLINICAL | VM_ADMIN, &held));
    /* Whoever came here with PATIENT alone may store for itself only. */
    VM_REQUIRE(c, held != 0 || mc_addr_eq(&in[1].addr, &c->caller), "Caller is not the patient");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Empty category");
    return MC_OK;
}

static enum mc_err record_index(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r)
{
    struct vm_key cnt = vm_key(VM_MR_TAG_CNT);
    struct vm_key patient = vm_mr_addr_key(VM_MR_TAG_BY_PATIENT, &r->patient);
    struct vm_key author = vm_mr_addr_key(VM_MR_TAG_BY_AUTHOR, &r->author);
    uint64_t total;
    VM_TRY(vm_get_u64(c, &cnt, &total));
    VM_TRY(vm_put_u64(c, &cnt, total + 1));
    VM_TRY(vm_list_push(c, &patient, id));
    return vm_list_push(c, &author, id);
}

/* in: recordId, patient, category, content, keys. */
VM_HANDLER(vm_mr_store_record)
{
    struct vm_mr_content t;
    struct grants g;

    (void)out;
    VM_TRY(store_check(c, in));
    vm_arg_tuple(c, &t, &VM_MR_CONTENT, &in[3]);
    VM_TRY(content_check(c, &t));
    VM_TRY(grants_check(c, &g, &in[4], &in[1].addr));
    struct vm_mr_record r = {.patient = in[1].addr,
                             .author = c->caller,
                             .category = in[2].bytes,
                             .created_s = c->time_s,
                             .state = VM_MR_IS_ACTIVE};
    version_begin(c, &r, &t, mc_slice(NULL, 0));
    VM_TRY(record_index(c, in[0].bytes, &r));
    return version_store(c, in[0].bytes, &r, t.payload, &g);
}

/* ------------------------------------------------------------------ versions */

/* A clinical account that PatientConsent lets MODIFY this record. */
static enum mc_err is_consented(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r,
                                bool *out)
{
    struct vm_pc_question q = {.patient = r->patient,
                               .accessor = c->caller,
                               .category = r->category,
                               .data_id = id,
                               .purpose = mc_slice_str("TREAT"),
                               .action = VM_PC_MODIFY};
    struct vm_pc_answer a;
    uint32_t held;
    *out = false;
    VM_TRY(vm_roles_held(c, &c->caller, VM_CLINICAL, &held));
    if (held == 0)
        return MC_OK;
    VM_TRY(vm_pc_decide(c, &q, &a));
    *out = a.allowed;
    return MC_OK;
}

/* "No consent" and "Patient may only re-encrypt". */
static enum mc_err may_update(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r,
                              const struct vm_mr_content *t)
{
    bool side, consented = false;
    if (mc_addr_eq(&r->author, &c->caller))
        return MC_OK;
    VM_TRY(vm_pc_patient_side(c, &r->patient, &c->caller, &side));
    /* The patient and the representative would always be permitted; here they count as PATIENT-SIDE or not at all. */
    if (!side && !mc_addr_eq(&r->patient, &c->caller))
        VM_TRY(is_consented(c, id, r, &consented));
    VM_REQUIRE(c, side || consented, "No consent");
    VM_REQUIRE(c, consented || mc_hash_eq(&r->commitment, &t->commitment),
               "Patient may only re-encrypt");
    return MC_OK;
}

/* in: recordId, content, keys, reason. */
VM_HANDLER(vm_mr_update_record)
{
    struct mc_slice id = in[0].bytes;
    struct vm_mr_record r;
    struct vm_mr_version old;
    struct vm_mr_content t;
    struct grants g;

    (void)out;
    VM_TRY(vm_mr_require_active(c, id, &r));
    vm_arg_tuple(c, &t, &VM_MR_CONTENT, &in[1]);
    VM_TRY(may_update(c, id, &r, &t));
    VM_REQUIRE(c, in[3].bytes.n != 0, "Reason cannot be empty");
    VM_TRY(content_check(c, &t));
    VM_TRY(grants_check(c, &g, &in[2], &r.patient));
    VM_TRY(vm_mr_version(c, id, &r, r.version, &old));
    VM_TRY(vm_mr_version_save(c, id, &old));
    VM_TRY(vm_mr_keys_end(c, id));
    version_begin(c, &r, &t, in[3].bytes);
    return version_store(c, id, &r, t.payload, &g);
}
