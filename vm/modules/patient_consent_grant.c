/* Consent from proposal to end. */
#include "vm/modules/patient_consent.h"

/* ------------------------------------------------------------------ storing */

static enum mc_err dates_check(struct vm_call *c, uint64_t after_s, uint64_t until_s)
{
    struct mc_u256 longest;
    VM_TRY(vm_param(c, "consent.maxSeconds", &longest));
    /* A date beyond uint64 reads as the largest one, which is later than any that is allowed. */
    VM_REQUIRE(c,
               until_s > after_s && until_s > c->time_s &&
                   until_s <= c->time_s + mc_u256_u64_sat(&longest),
               "Invalid dates");
    return MC_OK;
}

/* in: consentId, patient, terms, documentHash. */
static enum mc_err consent_check(struct vm_call *c, const struct vm_val *in,
                                 struct vm_pc_consent *r)
{
    struct vm_pc_terms *t = &r->terms;
    bool found;

    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(vm_pc_load(c, in[0].bytes, r, &found));
    VM_REQUIRE(c, !found, "Consent already exists");
    VM_REQUIRE(c, !mc_addr_is_zero(&in[1].addr), "Zero address");
    vm_arg_tuple(c, t, &VM_PC_TERMS, &in[2]);
    VM_REQUIRE(c, !mc_addr_is_zero(&t->grantee) || !mc_hash_is_zero(&t->role), "No grantee");
    VM_REQUIRE(c, t->category.n != 0, "Empty category");
    VM_REQUIRE(c, t->purpose.n != 0, "Empty purpose");
    VM_REQUIRE(c, t->actions >= 1 && t->actions <= 7, "Invalid actions");
    if (t->from_s == 0)
        t->from_s = c->time_s;
    VM_TRY(dates_check(c, t->from_s, t->until_s));
    r->patient = in[1].addr;
    r->document = in[3].word;
    r->proposer = c->caller;
    r->created_s = c->time_s;
    return MC_OK;
}

/* Numbers, indexes and saves a checked consent. */
static enum mc_err consent_store(struct vm_call *c, struct mc_slice id, struct vm_pc_consent *r)
{
    struct vm_key cnt = vm_key(VM_PC_TAG_CNT);
    struct vm_key patient = vm_pc_addr_key(VM_PC_TAG_BY_PATIENT, &r->patient);
    struct vm_key grantee = vm_pc_addr_key(VM_PC_TAG_BY_GRANTEE, &r->terms.grantee);
    VM_TRY(vm_get_u64(c, &cnt, &r->no));
    VM_TRY(vm_put_u64(c, &cnt, r->no + 1));
    VM_TRY(vm_list_push(c, &patient, id));
    VM_TRY(vm_list_push(c, &grantee, id));
    return vm_pc_save(c, id, r);
}

static enum mc_err emit_granted(struct vm_call *c, struct mc_slice id,
                                const struct vm_pc_consent *r)
{
    struct vm_val ev[] = {
        vm_str(id), vm_addr(&r->patient),   vm_addr(&r->terms.grantee),
        vm_str(id), vm_bool(r->terms.deny), vm_u64(r->terms.until_s),
    };
    return vm_emit(c, VM_PC_GRANTED, ev);
}

VM_HANDLER(vm_pc_propose_consent)
{
    struct vm_pc_consent r;
    (void)out;
    VM_TRY(consent_check(c, in, &r));
    r.state = VM_PC_IS_PROPOSED;
    VM_TRY(consent_store(c, in[0].bytes, &r));
    struct vm_val ev[] = {in[0], in[1], vm_addr(&c->caller), in[0], vm_addr(&r.terms.grantee)};
    return vm_emit(c, VM_PC_PROPOSED, ev);
}

VM_HANDLER(vm_pc_grant_consent)
{
    struct vm_pc_consent r;
    (void)out;
    VM_TRY(consent_check(c, in, &r));
    VM_TRY(vm_pc_require_side(c, &r.patient));
    VM_TRY(vm_pc_rule_add(c, in[0].bytes, &r));
    r.state = VM_PC_IS_ACTIVE;
    r.decided_s = c->time_s;
    VM_TRY(consent_store(c, in[0].bytes, &r));
    return emit_granted(c, in[0].bytes, &r);
}

/* ------------------------------------------------------------------ answer and end */

/* Saves the consent as ended now and emits ConsentEnded. */
static enum mc_err consent_end(struct vm_call *c, struct mc_slice id, struct vm_pc_consent *r,
                               enum vm_pc_state state, struct mc_slice reason)
{
    r->state = (uint8_t)state;
    r->ended_s = c->time_s;
    VM_TRY(vm_pc_save(c, id, r));
    struct vm_val ev[] = {vm_str(id), vm_addr(&r->patient), vm_addr(&c->caller),
                          vm_str(id), vm_u64(r->state),     vm_str(reason)};
    return vm_emit(c, VM_PC_ENDED, ev);
}

VM_HANDLER(vm_pc_decide_consent)
{
    struct vm_pc_consent r;
    struct mc_slice id = in[0].bytes;

    (void)out;
    VM_TRY(vm_pc_require(c, id, &r));
    VM_TRY(vm_pc_require_side(c, &r.patient));
    VM_REQUIRE(c, r.state == VM_PC_IS_PROPOSED, "Consent is not proposed");
    r.decided_s = c->time_s;
    if (!vm_arg_bool(&in[1]))
        return consent_end(c, id, &r, VM_PC_IS_DECLINED, in[2].bytes);
    VM_REQUIRE(c, c->time_s < r.terms.until_s, "Invalid dates");
    VM_TRY(vm_pc_rule_add(c, id, &r));
    r.state = VM_PC_IS_ACTIVE;
    VM_TRY(vm_pc_save(c, id, &r));
    return emit_granted(c, id, &r);
}

VM_HANDLER(vm_pc_revoke_consent)
{
    struct vm_pc_consent r;
    struct mc_slice id = in[0].bytes;

    (void)out;
    VM_TRY(vm_pc_require(c, id, &r));
    if (r.state != VM_PC_IS_PROPOSED || !mc_addr_eq(&r.proposer, &c->caller))
        VM_TRY(vm_pc_require_side(c, &r.patient));
    VM_REQUIRE(c, r.state == VM_PC_IS_ACTIVE || r.state == VM_PC_IS_PROPOSED,
               "Consent is not active");
    if (r.state == VM_PC_IS_ACTIVE)
        VM_TRY(vm_pc_rule_remove(c, id, &r));
    return consent_end(c, id, &r, VM_PC_IS_REVOKED, in[1].bytes);
}

VM_HANDLER(vm_pc_extend_consent)
{
    struct vm_pc_consent r;
    uint64_t until_s = vm_arg_u64(&in[1]);

    (void)out;
    VM_TRY(vm_pc_require(c, in[0].bytes, &r));
    VM_TRY(vm_pc_require_side(c, &r.patient));
    VM_REQUIRE(c, r.state == VM_PC_IS_ACTIVE, "Consent is not active");
    VM_TRY(dates_check(c, r.terms.until_s, until_s));
    r.terms.until_s = until_s;
    VM_TRY(vm_pc_save(c, in[0].bytes, &r));
    struct vm_val ev[] = {in[0], vm_addr(&r.patient), in[0], in[1]};
    return vm_emit(c, VM_PC_EXTENDED, ev);
}

/* ------------------------------------------------------------------ views */

VM_HANDLER(vm_pc_get_consent)
{
    struct vm_pc_consent r;
    VM_TRY(vm_pc_require(c, in[0].bytes, &r));
    vm_ret_tuple(c, out, &VM_PC_CONSENT, &r);
    return MC_OK;
}

VM_HANDLER(vm_pc_get_consents_by_patient)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_BY_PATIENT, &in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_pc_get_consents_by_grantee)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_BY_GRANTEE, &in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_pc_get_total_consents)
{
    struct vm_key k = vm_key(VM_PC_TAG_CNT);
    uint64_t total;
    (void)in;
    VM_TRY(vm_get_u64(c, &k, &total));
    out[0] = vm_u64(total);
    return MC_OK;
}
