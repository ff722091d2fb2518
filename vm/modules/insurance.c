/* Insurance: its table, and the views. */
#include "vm/modules/insurance.h"
#include "vm/modules/ranked.h"

/* ------------------------------------------------------------------ views */

static enum mc_err get_policy(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_ins_policy p;
    VM_TRY(vm_ins_policy_require(c, in[0].bytes, &p));
    vm_ret_tuple(c, out, &VM_INS_POLICY, &p);
    return MC_OK;
}

static enum mc_err get_claim(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_ins_claim m;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    vm_ret_tuple(c, out, &VM_INS_CLAIM, &m);
    return MC_OK;
}

static enum mc_err get_adjudication(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_ins_claim m;
    struct vm_ins_decision d;
    bool found;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    struct vm_key k =
        m.state == INS_AWAITING ? vm_ins_waiting_key(m.id) : vm_ins_decision_key(m.id);
    VM_TRY(vm_get(c, &k, &VM_INS_DECISION, &d, &found));
    vm_ret_tuple(c, out, &VM_INS_DECISION, &d);
    return MC_OK;
}

static enum mc_err get_history(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_ins_claim m;
    struct vm_ins_step step;
    uint64_t offset = vm_arg_u64(&in[1]);
    bool found;

    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    out[0] = vm_list(c, vm_page_cnt(m.step_cnt, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(m.step_cnt);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        struct vm_key k = vm_ins_step_key(m.id, offset + i);
        VM_TRY(vm_get(c, &k, &VM_INS_STEP, &step, &found));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_INS_STEP, &step);
    }
    return MC_OK;
}

static enum mc_err policies_by_holder(struct vm_call *c, const struct vm_val *in,
                                      struct vm_val *out)
{
    struct vm_key k = vm_ins_holder_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

static enum mc_err claims_by_policy(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_ins_by_policy_key(in[0].bytes);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

static enum mc_err claims_by_insurer(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key all = vm_ins_insurer_key(&in[0].addr);
    uint64_t offset = vm_arg_u64(&in[2]), limit = vm_arg_u64(&in[3]);
    uint8_t state = (uint8_t)in[1].num.w[0];
    if (state == INS_NONE)
        return vm_ret_page(c, out, &all, offset, limit, false);
    struct vm_key k = vm_ins_state_key(&in[0].addr, state);
    return vm_ranked_ret_page(c, out, &k, &all, offset, limit);
}

static enum mc_err claims_by_provider(struct vm_call *c, const struct vm_val *in,
                                      struct vm_val *out)
{
    struct vm_key k = vm_ins_provider_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

static enum mc_err total_claims(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_ins_cnt_key();
    uint64_t cnt;
    (void)in;
    VM_TRY(vm_get_u64(c, &k, &cnt));
    *out = vm_u64(cnt);
    return MC_OK;
}

/* ------------------------------------------------------------------ the table */

static const struct vm_method methods[] = {
    {"function registerPolicy(string policyId, PolicyInput input)", "I", VM_INSURER,
     vm_ins_register},
    {"function updatePolicy(string policyId, uint256 coverageLimit, uint256 validUntil, bytes32 "
     "termsHash)",
     "I", VM_INSURER, vm_ins_update},
    {"function setPolicyState(string policyId, uint8 state)", "I", VM_INSURER, vm_ins_set_state},
    {"function checkEligibility(string policyId, uint256 amount) view returns (bool eligible, "
     "uint256 remainingCover, uint256 openDeductible, uint256 estimate)",
     NULL, 0, vm_ins_eligibility},
    {"function submitClaim(string claimId, ClaimInput input)", "IIII", VM_ADMIN, vm_ins_submit},
    {"function answerClaim(string claimId, bytes32 detailsHash, string notes)", "IT", VM_ADMIN,
     vm_ins_answer},
    {"function appealClaim(string claimId, string reason)", "IT", 0, vm_ins_appeal},
    {"function cancelClaim(string claimId, string reason)", "IT", 0, vm_ins_cancel},
    {"function acknowledgeClaim(string claimId, bool accepted, string notes)", "IT", VM_INSURER,
     vm_ins_acknowledge},
    {"function pendClaim(string claimId, string reason)", "IT", VM_INSURER, vm_ins_pend},
    {"function adjudicateClaim(string claimId, Adjudication decision)", "IL", VM_INSURER,
     vm_ins_adjudicate},
    {"function confirmAdjudication(string claimId, bool confirm, string notes)", "IT", VM_INSURER,
     vm_ins_confirm},
    {"function payClaim(string claimId) payable", "I", VM_INSURER, vm_ins_pay},
    {"function getPolicy(string policyId) view returns (Policy)", NULL, 0, get_policy},
    {"function getClaim(string claimId) view returns (Claim)", NULL, 0, get_claim},
    {"function getAdjudication(string claimId) view returns (Adjudication)", NULL, 0,
     get_adjudication},
    {"function getClaimHistory(string claimId, uint256 offset, uint256 limit) view returns "
     "(ClaimStep[] steps, uint256 total)",
     NULL, 0, get_history},
    {"function getPoliciesByHolder(address holder, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, policies_by_holder},
    {"function getClaimsByPolicy(string policyId, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, claims_by_policy},
    {"function getClaimsByInsurer(address insurer, uint8 state, uint256 offset, uint256 limit) "
     "view returns (string[] ids, uint256 total)",
     NULL, 0, claims_by_insurer},
    {"function getClaimsByProvider(address provider, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, claims_by_provider},
    {"function getTotalClaims() view returns (uint256)", NULL, 0, total_claims},
};

static const char *const events[] = {
    [VM_INS_REGISTERED] = "event PolicyRegistered(string indexed policyKey, address indexed "
                          "holder, address indexed insurer, string policyId, uint256 "
                          "coverageLimit, uint256 validUntil)",
    [VM_INS_CHANGED] = "event PolicyChanged(string indexed policyKey, address indexed holder, "
                       "address indexed by, string policyId, PolicyState state, uint256 "
                       "coverageLimit, uint256 validUntil)",
    [VM_INS_SUBMITTED] = "event ClaimSubmitted(string indexed claimKey, address indexed insurer, "
                         "address indexed provider, string claimId, string policyId, string "
                         "invoiceId, uint8 use, uint256 amount)",
    [VM_INS_STATE] = "event ClaimStateChanged(string indexed claimKey, address indexed insurer, "
                     "address indexed by, string claimId, ClaimState state, string note)",
    [VM_INS_ADJUDICATED] = "event ClaimAdjudicated(string indexed claimKey, address indexed "
                           "insurer, address indexed by, string claimId, uint256 benefit, uint256 "
                           "patientShare, uint256 contractual, uint256 other, string reasonCode)",
    [VM_INS_PAID] = "event ClaimPaid(string indexed claimKey, address indexed insurer, address "
                    "indexed payee, string claimId, string paymentId, uint256 amount)",
};

static const struct vm_layout *const structs[] = {&VM_INS_POLICY_INPUT, &VM_INS_POLICY,
                                                  &VM_INS_CLAIM_INPUT,  &VM_INS_CLAIM,
                                                  &VM_INS_DECISION,     &VM_INS_STEP};
static const char *const enums[] = {"PolicyState", "ClaimState"};

const struct vm_module vm_mod_insurance = {
    .name = "Insurance",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
};
