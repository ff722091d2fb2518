/* Claims: filing, the talk between provider and insurer, appeal and withdrawal. */
#include "vm/modules/billing.h"
#include "vm/modules/insurance.h"
#include "vm/modules/patient_consent.h"

#define APPEALS_MAX 2u

/* ------------------------------------------------------------------ filing */

/* The checks of the invoice of a claim of use 0; fills payee and amount. */
static enum mc_err invoice_check(struct vm_call *c, struct vm_ins_claim *m,
                                 const struct vm_ins_policy *p)
{
    struct vm_bill_invoice v;
    struct mc_u256 due;
    bool found, same;

    VM_TRY(vm_bill_read(c, m->input.invoice_id, &v, &found));
    VM_REQUIRE(c, found, "Invoice does not exist");
    VM_TRY(vm_same_member(c, &c->caller, &v.payee, &same));
    VM_REQUIRE(c, same, "Caller is not of the payee");
    VM_REQUIRE(c, vm_bill_open(&v), "Invoice is not issued");
    VM_REQUIRE(c, mc_addr_eq(&v.patient, &p->input.holder), "Patient mismatch");
    VM_REQUIRE(c, v.currency == p->input.currency, "Currency mismatch");
    VM_REQUIRE(c, v.open_claim.n == 0, "Invoice has an open claim");
    VM_TRY(vm_bill_patient_due(c, &v, &due));
    VM_REQUIRE(c, !mc_u256_is_zero(&due), "Amount is zero");
    VM_REQUIRE(c, !vm_num_lt(&due, &m->input.amount), "Amount exceeds due");
    m->payee = v.payee;
    m->amount = mc_u256_is_zero(&m->input.amount) ? due : m->input.amount;
    return MC_OK;
}

/* The pre-authorisation that a claim draws on becomes its own. */
static enum mc_err preauth_take(struct vm_call *c, const struct vm_ins_claim *m)
{
    struct vm_ins_claim pre;
    bool found, same;

    if (m->input.preauth_id.n == 0)
        return MC_OK;
    VM_TRY(vm_ins_claim_load(c, m->input.preauth_id, &pre, &found));
    VM_TRY(vm_same_member(c, &c->caller, &pre.provider, &same));
    bool valid = m->input.use == INS_USE_CLAIM && found && pre.input.use == INS_USE_PREAUTH &&
                 pre.state == INS_APPROVED &&
                 mc_slice_eq(pre.input.policy_id, m->input.policy_id) && same && pre.used_by.n == 0;
    VM_REQUIRE(c, valid, "Pre-authorisation is not valid");
    pre.used_by = m->id;
    return vm_ins_claim_save(c, &pre);
}

static enum mc_err consent_check(struct vm_call *c, const struct vm_ins_claim *m)
{
    struct mc_u256 required;
    struct vm_pc_answer a;
    const struct vm_pc_question q = {.patient = m->patient,
                                     .accessor = m->insurer,
                                     .category = mc_slice_str("CLAIM"),
                                     .data_id = m->id,
                                     .purpose = mc_slice_str("HPAYMT"),
                                     .action = VM_PC_VIEW};
    VM_TRY(vm_param(c, "insurance.requireConsent", &required));
    if (mc_u256_is_zero(&required))
        return MC_OK;
    VM_TRY(vm_pc_decide(c, &q, &a));
    VM_REQUIRE(c, a.allowed, "No consent");
    return MC_OK;
}

/* in: claimId, input. */
VM_HANDLER(vm_ins_submit)
{
    struct vm_ins_claim m;
    struct vm_ins_policy p;
    bool found;

    (void)out;
    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(vm_ins_claim_load(c, in[0].bytes, &m, &found));
    VM_REQUIRE(c, !found, "Claim already exists");
    vm_arg_tuple(c, &m.input, &VM_INS_CLAIM_INPUT, &in[1]);
    VM_TRY(vm_ins_policy_require(c, m.input.policy_id, &p));
    VM_REQUIRE(c, vm_ins_policy_in_force(c, &p), "Policy is not active");
    bool use_fits = m.input.use == INS_USE_CLAIM ||
                    ((m.input.use == INS_USE_PREAUTH || m.input.use == INS_USE_ESTIMATE) &&
                     m.input.invoice_id.n == 0);
    VM_REQUIRE(c, use_fits, "Invalid use");
    m.provider = c->caller;
    m.insurer = p.insurer;
    m.patient = p.input.holder;
    m.amount = m.input.amount;
    if (m.input.use == INS_USE_CLAIM)
        VM_TRY(invoice_check(c, &m, &p));
    VM_REQUIRE(c, !mc_u256_is_zero(&m.amount), "Amount is zero");
    VM_TRY(preauth_take(c, &m));
    VM_TRY(consent_check(c, &m));
    m.submitted_s = c->time_s;
    m.state = INS_SUBMITTED;
    VM_TRY(vm_ins_claim_create(c, &m));
    VM_TRY(vm_ins_mark(c, &m, true));
    struct vm_val ev[] = {in[0],
                          vm_addr(&m.insurer),
                          vm_addr(&m.provider),
                          in[0],
                          vm_str(m.input.policy_id),
                          vm_str(m.input.invoice_id),
                          vm_u64(m.input.use),
                          vm_u256(&m.amount)};
    return vm_emit(c, VM_INS_SUBMITTED, ev);
}

/* ------------------------------------------------------------------ between provider and insurer */

/* in: claimId, accepted, notes. */
VM_HANDLER(vm_ins_acknowledge)
{
    struct vm_ins_claim m;
    bool accepted = vm_arg_bool(&in[1]);

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    VM_TRY(vm_ins_require_insurer(c, &m.insurer));
    VM_REQUIRE(c, m.state == INS_SUBMITTED, "Claim is not submitted");
    VM_REQUIRE(c, accepted || in[2].bytes.n != 0, "Reason cannot be empty");
    if (!accepted) {
        VM_TRY(vm_ins_preauth_free(c, &m));
        VM_TRY(vm_ins_mark(c, &m, false));
    }
    return vm_ins_claim_move(c, &m, accepted ? INS_ACCEPTED : INS_RETURNED, in[2].bytes);
}

/* in: claimId, reason. */
VM_HANDLER(vm_ins_pend)
{
    struct vm_ins_claim m;

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    VM_TRY(vm_ins_require_insurer(c, &m.insurer));
    VM_REQUIRE(c, m.state == INS_ACCEPTED, "Claim is not accepted");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    return vm_ins_claim_move(c, &m, INS_PENDED, in[1].bytes);
}

/* in: claimId, detailsHash, notes. */
VM_HANDLER(vm_ins_answer)
{
    struct vm_ins_claim m;
    bool same;

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    VM_TRY(vm_same_member(c, &c->caller, &m.provider, &same));
    VM_REQUIRE(c, same, "Caller is not the provider");
    VM_REQUIRE(c, m.state == INS_PENDED, "Claim is not pended");
    m.input.details_hash = in[1].word;
    return vm_ins_claim_move(c, &m, INS_ACCEPTED, in[2].bytes);
}

/* ------------------------------------------------------------------ appeal and withdrawal */

/* ADMIN that is PROVIDER-SIDE of the claim. */
static enum mc_err provider_side(struct vm_call *c, const struct vm_ins_claim *m, bool *out)
{
    uint32_t held;
    VM_TRY(vm_same_member(c, &c->caller, &m->provider, out));
    if (!*out)
        return MC_OK;
    VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN, &held));
    *out = held != 0;
    return MC_OK;
}

static enum mc_err may_appeal(struct vm_call *c, const struct vm_ins_claim *m)
{
    bool may;
    VM_TRY(provider_side(c, m, &may));
    if (!may)
        VM_TRY(vm_pc_patient_side(c, &m->patient, &c->caller, &may));
    VM_REQUIRE(c, may, "Caller may not appeal");
    return MC_OK;
}

static enum mc_err window_check(struct vm_call *c, const struct vm_ins_claim *m)
{
    struct mc_u256 seconds, passed = mc_u256_u64(c->time_s - m->updated_s);
    VM_TRY(vm_param(c, "insurance.appealSeconds", &seconds));
    VM_REQUIRE(c, vm_num_lt(&passed, &seconds), "Appeal window is over");
    return MC_OK;
}

/* in: claimId, reason. */
VM_HANDLER(vm_ins_appeal)
{
    struct vm_ins_claim m;
    struct vm_bill_invoice v;
    bool found;

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    VM_TRY(may_appeal(c, &m));
    VM_REQUIRE(c, m.state == INS_APPROVED || m.state == INS_DENIED, "Claim is not decided");
    VM_TRY(window_check(c, &m));
    VM_REQUIRE(c, m.appeals < APPEALS_MAX, "Too many appeals");
    if (m.input.use == INS_USE_CLAIM) {
        VM_TRY(vm_bill_read(c, m.input.invoice_id, &v, &found));
        VM_REQUIRE(c, v.open_claim.n == 0, "Invoice has an open claim");
        VM_REQUIRE(c, v.state != BILL_CANCELLED, "Invoice is closed");
    }
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    m.appeals++;
    VM_TRY(vm_ins_mark(c, &m, true));
    return vm_ins_claim_move(c, &m, INS_APPEALED, in[1].bytes);
}

/* A claim that nobody decided, or a pre-authorisation that was approved. */
static bool may_end(const struct vm_ins_claim *m)
{
    if (m->state == INS_APPROVED)
        return m->input.use == INS_USE_PREAUTH;
    return m->appeals == 0 && (m->state == INS_SUBMITTED || m->state == INS_ACCEPTED ||
                               m->state == INS_PENDED || m->state == INS_AWAITING);
}

/* in: claimId, reason. */
VM_HANDLER(vm_ins_cancel)
{
    struct mc_u256 now = mc_u256_u64(c->time_s);
    struct vm_ins_claim m;
    struct vm_ins_policy p;
    bool may;

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    VM_TRY(vm_ins_policy_require(c, m.input.policy_id, &p));
    VM_TRY(provider_side(c, &m, &may));
    bool lapsed = m.input.use == INS_USE_PREAUTH && m.state == INS_APPROVED &&
                  !vm_num_lt(&now, &p.input.until_s);
    VM_REQUIRE(c, may || lapsed, "Caller is not the provider");
    VM_REQUIRE(c, may_end(&m), "Claim is decided");
    if (!mc_u256_is_zero(&m.reserve)) {
        VM_TRY(vm_ins_unreserve(c, &p, &m));
        VM_TRY(vm_ins_policy_save(c, &p));
    }
    VM_TRY(vm_ins_preauth_free(c, &m));
    VM_TRY(vm_ins_mark(c, &m, false));
    return vm_ins_claim_move(c, &m, INS_CANCELLED, in[1].bytes);
}
