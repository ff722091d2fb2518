/* The one person who may act for a patient. */
#include "vm/frame.h"
#include "vm/guard.h"
#include "vm/modules/patient_consent.h"

struct representative {
    struct mc_addr account;
    struct mc_u256 until; /* seconds, exclusive */
};
static const struct vm_field representative_fields[] = {
    VM_FIELD_STORED(struct representative, account, VM_T_ADDR),
    VM_FIELD_STORED(struct representative, until, VM_T_U256),
};
static const struct vm_layout representative_layout =
    VM_LAYOUT(NULL, struct representative, representative_fields);

static bool in_future(const struct vm_call *c, const struct mc_u256 *time)
{
    return mc_u256_u64_sat(time) > c->time_s;
}

/* The current one; zeros for none.  c is at PatientConsent. */
static enum mc_err representative_load(struct vm_call *c, const struct mc_addr *patient,
                                       struct representative *r)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_REPRESENTATIVE, patient);
    bool found;
    VM_TRY(vm_get(c, &k, &representative_layout, r, &found));
    if (found && !in_future(c, &r->until))
        *r = (struct representative){.until = MC_U256_ZERO};
    return MC_OK;
}

enum mc_err vm_pc_represents(struct vm_call *c, const struct mc_addr *patient,
                             const struct mc_addr *account, bool *out)
{
    struct vm_call at = vm_call_at(c, "PatientConsent");
    struct representative r;
    *out = false;
    VM_TRY(representative_load(&at, patient, &r));
    *out = !mc_addr_is_zero(&r.account) && mc_addr_eq(&r.account, account);
    return MC_OK;
}

/* ------------------------------------------------------------------ who may name one */

/* ADMIN of the patient's member; a patient under no member has none. */
static enum mc_err is_admin_of(struct vm_call *c, const struct mc_addr *patient, bool *out)
{
    struct mc_addr mine, its;
    bool found;
    uint32_t held;
    *out = false;
    VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN, &held));
    if (held == 0)
        return MC_OK;
    VM_TRY(vm_gov_member_of(c, patient, &its, &found));
    if (!found)
        return MC_OK;
    VM_TRY(vm_gov_member_of(c, &c->caller, &mine, &found));
    *out = found && mc_addr_eq(&mine, &its);
    return MC_OK;
}

/* in: patient, representative, validUntil, documentHash. */
static enum mc_err set_check(struct vm_call *c, const struct vm_val *in)
{
    bool self = mc_addr_eq(&in[0].addr, &c->caller), admin;
    uint32_t held = 0;

    VM_REQUIRE(c, !mc_addr_is_zero(&in[0].addr), "Zero address");
    if (self)
        VM_TRY(vm_roles_held(c, &c->caller, VM_PATIENT, &held));
    if (held == 0) {
        VM_TRY(is_admin_of(c, &in[0].addr, &admin));
        VM_REQUIRE(c, admin, "Caller is not the patient");
        VM_REQUIRE(c, !mc_hash_is_zero(&in[3].word), "Document required");
    }
    VM_REQUIRE(c, !mc_addr_eq(&in[0].addr, &in[1].addr), "Cannot represent self");
    VM_REQUIRE(c, mc_addr_is_zero(&in[1].addr) || in_future(c, &in[2].num), "Invalid dates");
    return MC_OK;
}

VM_HANDLER(vm_pc_set_representative)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_REPRESENTATIVE, &in[0].addr);
    struct representative r = {in[1].addr, in[2].num};

    (void)out;
    VM_TRY(set_check(c, in));
    if (mc_addr_is_zero(&r.account)) {
        r.until = MC_U256_ZERO;
        VM_TRY(vm_del(c, &k));
    } else {
        VM_TRY(vm_put(c, &k, &representative_layout, &r));
    }
    struct vm_val ev[] = {in[0], in[1], vm_addr(&c->caller), vm_u256(&r.until), in[3]};
    return vm_emit(c, VM_PC_REPRESENTATIVE, ev);
}

VM_HANDLER(vm_pc_get_representative)
{
    struct representative r;
    VM_TRY(representative_load(c, &in[0].addr, &r));
    out[0] = vm_addr(&r.account);
    out[1] = vm_u256(&r.until);
    return MC_OK;
}
