/* Adjudication, its confirmation, and payment of the benefit. */
#include "vm/modules/billing.h"
#include "vm/modules/insurance.h"
#include "vm/modules/service_payment.h"

/* A claim with everything that a decision on it touches. */
struct matter {
    struct vm_ins_claim m;
    struct vm_ins_policy p;
    struct vm_ins_decision old; /* in effect; zeros unless m.counted */
    struct vm_ins_claim pre;    /* the pre-authorisation it draws on */
    bool has_pre;               /* false too when that was cancelled */
};

static enum mc_err load(struct vm_call *c, struct matter *x)
{
    struct vm_key k = vm_ins_decision_key(x->m.id);
    bool found;

    VM_TRY(vm_ins_policy_require(c, x->m.input.policy_id, &x->p));
    x->old = (struct vm_ins_decision){0};
    if (x->m.counted)
        VM_TRY(vm_get(c, &k, &VM_INS_DECISION, &x->old, &found));
    x->has_pre = false;
    if (x->m.input.preauth_id.n == 0)
        return MC_OK;
    VM_TRY(vm_ins_claim_load(c, x->m.input.preauth_id, &x->pre, &found));
    x->has_pre = found && x->pre.state != INS_CANCELLED;
    return MC_OK;
}

/* a + b <= limit, exactly. */
static bool fits(const struct mc_u256 *a, const struct mc_u256 *b, const struct mc_u256 *limit)
{
    struct mc_u256 sum;
    return mc_u256_add(&sum, a, b) && !vm_num_lt(limit, &sum);
}

static bool balances(const struct vm_ins_claim *m, const struct vm_ins_decision *d)
{
    struct mc_u256 sum = d->benefit;
    return mc_u256_add(&sum, &sum, &d->patient_share) && mc_u256_add(&sum, &sum, &d->contractual) &&
           mc_u256_add(&sum, &sum, &d->other) && mc_u256_cmp(&sum, &m->amount) == 0;
}

/* The old figures of the claim and the reserve of its pre-authorisation leave the policy, in memory only: what is left
 * is what the limits are tested against. */
static enum mc_err take_out(struct vm_call *c, struct matter *x)
{
    VM_TRY(vm_num_sub(c, &x->p.used, &x->old.benefit));
    VM_TRY(vm_num_sub(c, &x->p.deductible_used, &x->old.deductible));
    VM_TRY(vm_ins_unreserve(c, &x->p, &x->m));
    return x->has_pre ? vm_ins_unreserve(c, &x->p, &x->pre) : MC_OK;
}

/* The limits of policy and invoice; take_out() came before. */
static enum mc_err limits_check(struct vm_call *c, const struct matter *x,
                                const struct vm_ins_decision *d)
{
    struct mc_u256 remaining, due, off;
    struct vm_bill_invoice v;
    bool found;

    VM_TRY(vm_ins_remaining(c, &x->p, &remaining));
    VM_REQUIRE(c, !vm_num_lt(&remaining, &d->benefit), "Coverage exceeded");
    bool within = !vm_num_lt(&d->patient_share, &d->deductible) &&
                  fits(&d->deductible, &x->p.deductible_used, &x->p.input.deductible);
    VM_REQUIRE(c, within, "Deductible exceeded");
    if (x->m.input.use != INS_USE_CLAIM)
        return MC_OK;
    VM_TRY(vm_bill_read(c, x->m.input.invoice_id, &v, &found));
    VM_TRY(vm_bill_patient_due(c, &v, &due));
    VM_TRY(vm_num_add(c, &due, &x->old.benefit)); /* all of it is in the invoice's total */
    VM_TRY(vm_num_add(c, &due, &x->old.contractual));
    VM_TRY(vm_num_add(c, &due, &x->old.other));
    bool covered = mc_u256_add(&off, &d->contractual, &d->other) && fits(&d->benefit, &off, &due);
    VM_REQUIRE(c, covered, "Benefit exceeds invoice balance");
    return MC_OK;
}

/* The decision enters the policy, and the claim records what of it stands there. */
static enum mc_err put_in(struct vm_call *c, struct matter *x, const struct vm_ins_decision *d)
{
    struct vm_key k = vm_ins_decision_key(x->m.id);

    if (x->m.input.use == INS_USE_CLAIM) {
        VM_TRY(vm_num_add(c, &x->p.used, &d->benefit));
        VM_TRY(vm_num_add(c, &x->p.deductible_used, &d->deductible));
        x->m.counted = true;
    } else if (x->m.input.use == INS_USE_PREAUTH) {
        VM_TRY(vm_num_add(c, &x->p.reserved, &d->benefit));
        x->m.reserve = d->benefit;
    }
    VM_TRY(vm_ins_policy_save(c, &x->p));
    return vm_put(c, &k, &VM_INS_DECISION, d);
}

/* Billing learns the new figures and that the claim is no longer under way. */
static enum mc_err cover(struct vm_call *c, const struct matter *x, const struct vm_ins_decision *d)
{
    struct mc_u256 off = d->contractual, old_off = x->old.contractual;
    if (x->m.input.use != INS_USE_CLAIM)
        return MC_OK;
    VM_TRY(vm_num_add(c, &off, &d->other));
    VM_TRY(vm_num_add(c, &old_off, &x->old.other));
    struct vm_val in[] = {vm_str(x->m.input.invoice_id), vm_str(x->m.id),
                          vm_u256(&d->benefit),          vm_u256(&off),
                          vm_u256(&x->old.benefit),      vm_u256(&old_off)};
    return vm_call_module(c, "Billing", vm_bill_apply_cover, in, NULL);
}

/* A checked decision takes effect: APPROVED or DENIED with this note. */
static enum mc_err settle(struct vm_call *c, struct matter *x, const struct vm_ins_decision *d,
                          struct mc_slice note)
{
    bool denied = mc_u256_is_zero(&d->benefit);
    VM_TRY(put_in(c, x, d));
    VM_TRY(vm_ins_claim_move(c, &x->m, denied ? INS_DENIED : INS_APPROVED, note));
    if (x->has_pre) /* used up, whatever its state */
        VM_TRY(vm_ins_claim_move(c, &x->pre, INS_CANCELLED, mc_slice(NULL, 0)));
    return cover(c, x, d);
}

static enum mc_err needs_confirmation(struct vm_call *c, const struct vm_ins_decision *d, bool *out)
{
    struct mc_u256 limit;
    VM_TRY(vm_param(c, "insurance.dualControlAbove", &limit));
    *out = !mc_u256_is_zero(&limit) && vm_num_lt(&limit, &d->benefit);
    return MC_OK;
}

static enum mc_err emit_adjudicated(struct vm_call *c, const struct vm_ins_claim *m,
                                    const struct vm_ins_decision *d)
{
    struct vm_val ev[] = {vm_str(m->id),
                          vm_addr(&m->insurer),
                          vm_addr(&c->caller),
                          vm_str(m->id),
                          vm_u256(&d->benefit),
                          vm_u256(&d->patient_share),
                          vm_u256(&d->contractual),
                          vm_u256(&d->other),
                          vm_str(d->reason_code)};
    return vm_emit(c, VM_INS_ADJUDICATED, ev);
}

/* in: claimId, decision. */
VM_HANDLER(vm_ins_adjudicate)
{
    struct vm_key waiting = vm_ins_waiting_key(in[0].bytes);
    struct vm_ins_decision d;
    struct vm_ins_claim before;
    struct matter x;
    bool second;

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &x.m));
    VM_TRY(vm_ins_require_insurer(c, &x.m.insurer));
    VM_REQUIRE(c, x.m.state == INS_ACCEPTED || x.m.state == INS_APPEALED, "Claim is not accepted");
    vm_arg_tuple(c, &d, &VM_INS_DECISION, &in[1]);
    d.by = c->caller;
    VM_REQUIRE(c, balances(&x.m, &d), "Adjudication does not balance");
    VM_TRY(load(c, &x));
    before = x.m;
    VM_TRY(take_out(c, &x));
    VM_TRY(limits_check(c, &x, &d));
    VM_REQUIRE(c, d.reason_code.n != 0, "Empty reason code");
    VM_TRY(needs_confirmation(c, &d, &second));
    VM_TRY(emit_adjudicated(c, &x.m, &d));
    if (!second)
        return settle(c, &x, &d, d.reason_code);
    /* No figure changes yet: what take_out() took stays in state. */
    VM_TRY(vm_put(c, &waiting, &VM_INS_DECISION, &d));
    return vm_ins_claim_move(c, &before, INS_AWAITING, d.reason_code);
}

/* in: claimId, confirm, notes. */
VM_HANDLER(vm_ins_confirm)
{
    struct vm_key waiting = vm_ins_waiting_key(in[0].bytes);
    struct vm_ins_decision d;
    struct matter x;
    bool found;

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &x.m));
    VM_TRY(vm_ins_require_insurer(c, &x.m.insurer));
    VM_REQUIRE(c, x.m.state == INS_AWAITING, "Claim is not awaiting confirmation");
    VM_TRY(vm_get(c, &waiting, &VM_INS_DECISION, &d, &found));
    VM_REQUIRE(c, !mc_addr_eq(&d.by, &c->caller), "Second account required");
    VM_TRY(vm_del(c, &waiting));
    if (!vm_arg_bool(&in[1])) {
        /* An appealed claim never went back to ACCEPTED, so it waited as APPEALED. */
        return vm_ins_claim_move(c, &x.m, x.m.appeals > 0 ? INS_APPEALED : INS_ACCEPTED,
                                 in[2].bytes);
    }
    VM_TRY(load(c, &x));
    VM_TRY(take_out(c, &x));
    VM_TRY(limits_check(c, &x, &d));
    return settle(c, &x, &d, in[2].bytes);
}

/* ------------------------------------------------------------------ payment */

/* The benefit is recorded by ServicePayment, given to the payee, and booked in Billing. */
static enum mc_err pay_out(struct vm_call *c, const struct vm_ins_claim *m, uint8_t currency,
                           const struct mc_u256 *benefit, struct mc_slice payment_id)
{
    struct vm_val made[] = {vm_str(payment_id), vm_addr(&c->caller), vm_addr(&m->payee),
                            vm_u64(currency),   vm_u256(benefit),    vm_str(m->input.invoice_id)};
    struct vm_val applied[] = {vm_str(m->input.invoice_id),
                               vm_str(payment_id),
                               vm_addr(&c->caller),
                               vm_u256(benefit),
                               vm_bool(true),
                               vm_bool(false)};
    VM_TRY(vm_call_module(c, "ServicePayment", vm_sp_claim_payment, made, NULL));
    if (currency == VM_CHAIN_BALANCE)
        VM_TRY(vm_pay(c, &m->payee, benefit));
    return vm_call_module(c, "Billing", vm_bill_apply_payment, applied, NULL);
}

VM_HANDLER(vm_ins_pay)
{
    struct vm_key k = vm_ins_decision_key(in[0].bytes);
    const struct mc_slice parts[] = {mc_slice_str(VM_SP_CLAIM_PREFIX), in[0].bytes};
    struct vm_ins_claim m;
    struct vm_ins_policy p;
    struct vm_ins_decision d;
    bool found;

    (void)out;
    VM_TRY(vm_ins_claim_require(c, in[0].bytes, &m));
    VM_TRY(vm_ins_require_insurer(c, &m.insurer));
    VM_REQUIRE(c, m.state == INS_APPROVED, "Claim is not approved");
    VM_REQUIRE(c, m.input.use == INS_USE_CLAIM, "Invalid use");
    VM_TRY(vm_ins_policy_require(c, m.input.policy_id, &p));
    VM_TRY(vm_get(c, &k, &VM_INS_DECISION, &d, &found));
    VM_TRY(vm_require_value(c, p.input.currency, &d.benefit));
    VM_TRY(vm_sp_require_units(c, p.input.currency, &c->caller, &d.benefit));
    struct mc_slice payment_id = vm_concat(c, parts, MC_COUNT(parts));
    VM_TRY(vm_ok(c));
    struct vm_val ev[] = {in[0], vm_addr(&m.insurer), vm_addr(&m.payee),
                          in[0], vm_str(payment_id),  vm_u256(&d.benefit)};
    VM_TRY(vm_emit(c, VM_INS_PAID, ev));
    VM_TRY(vm_ins_claim_move(c, &m, INS_PAID, mc_slice(NULL, 0)));
    return pay_out(c, &m, p.input.currency, &d.benefit, payment_id);
}
