/* States of a record, and its erasure. */
#include "vm/modules/medical_record.h"
#include "vm/modules/patient_consent.h"

static enum mc_err emit_state(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r,
                              struct mc_slice reason)
{
    struct vm_val ev[] = {vm_str(id), vm_addr(&r->patient), vm_addr(&c->caller),
                          vm_str(id), vm_u64(r->state),     vm_str(reason)};
    return vm_emit(c, VM_MR_STATE_CHANGED, ev);
}

/* in: recordId, state, reason. */
VM_HANDLER(vm_mr_set_record_state)
{
    struct vm_mr_record r;
    uint64_t state = vm_arg_u64(&in[1]);
    uint32_t admin;

    (void)out;
    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN, &admin));
    VM_REQUIRE(c, admin != 0 || mc_addr_eq(&r.author, &c->caller), "Caller is not the author");
    VM_REQUIRE(c, state >= VM_MR_IS_ACTIVE && state <= VM_MR_IS_WITHDRAWN, "Invalid state");
    VM_REQUIRE(c, state != r.state, "State unchanged");
    VM_REQUIRE(c, r.state != VM_MR_IS_SHREDDED, "Record is shredded");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Reason cannot be empty");
    r.state = (uint8_t)state;
    r.updated_s = c->time_s;
    VM_TRY(vm_mr_save(c, in[0].bytes, &r));
    return emit_state(c, in[0].bytes, &r, in[2].bytes);
}

/* ------------------------------------------------------------------ erasure */

enum party { NO_PARTY, PATIENT_SIDE, ADMINISTRATION, AUDIT };

/* The first party that the caller is. */
static enum mc_err party_of(struct vm_call *c, const struct vm_mr_record *r, enum party *out)
{
    uint32_t held;
    bool side;
    *out = PATIENT_SIDE;
    VM_TRY(vm_pc_patient_side(c, &r->patient, &c->caller, &side));
    if (side)
        return MC_OK;
    VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN | VM_AUDITOR, &held));
    if ((held & VM_ADMIN) != 0)
        *out = ADMINISTRATION;
    else
        *out = held != 0 ? AUDIT : NO_PARTY;
    return MC_OK;
}

static enum mc_err fingerprints_erase(struct vm_call *c, struct mc_slice id, struct vm_mr_record *r)
{
    for (uint64_t i = 1; i < r->version; i++) {
        struct vm_mr_version v;
        VM_TRY(vm_mr_version(c, id, r, i, &v));
        v.commitment = MC_HASH_ZERO;
        v.ciphertext_hash = MC_HASH_ZERO;
        VM_TRY(vm_mr_version_save(c, id, &v));
    }
    r->commitment = MC_HASH_ZERO;
    r->ciphertext_hash = MC_HASH_ZERO;
    return MC_OK;
}

static enum mc_err record_shred(struct vm_call *c, struct mc_slice id, struct vm_mr_record *r)
{
    VM_TRY(fingerprints_erase(c, id, r));
    VM_TRY(vm_mr_keys_end(c, id));
    VM_TRY(vm_mr_payload_save(c, id, mc_slice(NULL, 0)));
    r->uri = mc_slice(NULL, 0);
    r->state = VM_MR_IS_SHREDDED;
    r->updated_s = c->time_s;
    return vm_mr_save(c, id, r);
}

static enum mc_err shred_request(struct vm_call *c, struct mc_slice id, struct vm_mr_record *r,
                                 enum party party, struct mc_slice reason)
{
    struct vm_val ev[] = {vm_str(id), vm_addr(&r->patient), vm_addr(&c->caller), vm_str(id),
                          vm_str(reason)};
    r->shred_party = (uint8_t)party;
    r->shred_by = c->caller;
    r->shred_s = c->time_s;
    VM_TRY(vm_mr_save(c, id, r));
    return vm_emit(c, VM_MR_SHRED_REQUESTED, ev);
}

VM_HANDLER(vm_mr_shred_record)
{
    struct mc_slice id = in[0].bytes, reason = in[1].bytes;
    struct vm_mr_record r;
    enum party party;

    (void)out;
    VM_TRY(vm_mr_require(c, id, &r));
    VM_REQUIRE(c, r.state != VM_MR_IS_SHREDDED, "Record is shredded");
    VM_TRY(party_of(c, &r, &party));
    VM_REQUIRE(c, party != NO_PARTY, "Caller may not shred");
    bool second = r.shred_party != NO_PARTY && c->time_s < r.shred_s + VM_MR_LAPSE_S;
    VM_REQUIRE(c, !second || (r.shred_party != party && !mc_addr_eq(&r.shred_by, &c->caller)),
               "Party already asked");
    VM_REQUIRE(c, reason.n != 0, "Reason cannot be empty");
    if (!second)
        return shred_request(c, id, &r, party, reason);
    VM_TRY(record_shred(c, id, &r));
    return emit_state(c, id, &r, reason);
}
