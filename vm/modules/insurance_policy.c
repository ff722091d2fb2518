/* Policies: registration, changes, and what one would pay. */
#include "vm/modules/insurance.h"

#define BPS_ALL 10000u

static enum mc_err dates_check(struct vm_call *c, const struct mc_u256 *from,
                               const struct mc_u256 *until)
{
    struct mc_u256 now = mc_u256_u64(c->time_s);
    VM_REQUIRE(c, vm_num_lt(from, until) && vm_num_lt(&now, until), "Invalid dates");
    return MC_OK;
}

/* in: policyId, input. */
VM_HANDLER(vm_ins_register)
{
    struct mc_u256 all = mc_u256_u64(BPS_ALL);
    struct vm_ins_policy p;
    bool found;

    (void)out;
    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(vm_ins_policy_load(c, in[0].bytes, &p, &found));
    VM_REQUIRE(c, !found, "Policy already exists");
    vm_arg_tuple(c, &p.input, &VM_INS_POLICY_INPUT, &in[1]);
    VM_REQUIRE(c, !mc_addr_is_zero(&p.input.holder), "Zero address");
    VM_REQUIRE(c, !mc_u256_is_zero(&p.input.limit), "Amount is zero");
    VM_REQUIRE(c, !vm_num_lt(&all, &p.input.coinsurance_bps), "Invalid rate");
    VM_REQUIRE(c, p.input.currency < VM_CURRENCY_CNT, "Invalid currency");
    VM_TRY(dates_check(c, &p.input.from_s, &p.input.until_s));
    p.insurer = c->caller;
    p.state = INS_ACTIVE;
    struct vm_key holder = vm_ins_holder_key(&p.input.holder);
    VM_TRY(vm_list_push(c, &holder, p.id));
    VM_TRY(vm_ins_policy_save(c, &p));
    struct vm_val ev[] = {in[0], vm_addr(&p.input.holder), vm_addr(&p.insurer),
                          in[0], vm_u256(&p.input.limit),  vm_u256(&p.input.until_s)};
    return vm_emit(c, VM_INS_REGISTERED, ev);
}

/* Stores a changed policy and emits PolicyChanged. */
static enum mc_err change(struct vm_call *c, const struct vm_ins_policy *p)
{
    VM_TRY(vm_ins_policy_save(c, p));
    struct vm_val ev[] = {
        vm_str(p->id),    vm_addr(&p->input.holder), vm_addr(&c->caller),       vm_str(p->id),
        vm_u64(p->state), vm_u256(&p->input.limit),  vm_u256(&p->input.until_s)};
    return vm_emit(c, VM_INS_CHANGED, ev);
}

static enum mc_err own(struct vm_call *c, struct mc_slice id, struct vm_ins_policy *p)
{
    VM_TRY(vm_ins_policy_require(c, id, p));
    VM_TRY(vm_ins_require_insurer(c, &p->insurer));
    VM_REQUIRE(c, p->state != INS_POLICY_CANCELLED, "Policy is cancelled");
    return MC_OK;
}

/* in: policyId, coverageLimit, validUntil, termsHash. */
VM_HANDLER(vm_ins_update)
{
    struct vm_ins_policy p;
    struct mc_u256 committed;

    (void)out;
    VM_TRY(own(c, in[0].bytes, &p));
    committed = p.used;
    VM_TRY(vm_num_add(c, &committed, &p.reserved)); /* at most the present limit */
    VM_REQUIRE(c, !vm_num_lt(&in[1].num, &committed), "Limit below committed");
    VM_TRY(dates_check(c, &p.input.from_s, &in[2].num));
    p.input.limit = in[1].num;
    p.input.until_s = in[2].num;
    p.input.terms_hash = in[3].word;
    return change(c, &p);
}

/* in: policyId, state. */
VM_HANDLER(vm_ins_set_state)
{
    struct vm_ins_policy p;
    uint64_t state = in[1].num.w[0];

    (void)out;
    VM_TRY(own(c, in[0].bytes, &p));
    VM_REQUIRE(c, state >= INS_ACTIVE && state <= INS_POLICY_CANCELLED, "Invalid state");
    VM_REQUIRE(c, state != p.state, "State unchanged");
    p.state = (uint8_t)state;
    return change(c, &p);
}

/* *v becomes v - what, or 0. */
static void take_off(struct mc_u256 *v, const struct mc_u256 *what)
{
    if (!mc_u256_sub(v, v, what))
        *v = MC_U256_ZERO;
}

/* in: policyId, amount.  out: eligible, remainingCover, openDeductible, estimate. */
VM_HANDLER(vm_ins_eligibility)
{
    struct mc_u256 remaining, open, base = in[1].num, rate = mc_u256_u64(BPS_ALL);
    const struct mc_u256 all = mc_u256_u64(BPS_ALL);
    struct vm_ins_policy p;

    VM_TRY(vm_ins_policy_require(c, in[0].bytes, &p));
    VM_TRY(vm_ins_remaining(c, &p, &remaining));
    open = p.input.deductible;
    VM_TRY(vm_num_sub(c, &open, &p.deductible_used));
    take_off(&base, &open);
    take_off(&base, &p.input.copay);
    VM_TRY(vm_num_sub(c, &rate, &p.input.coinsurance_bps));
    if (!mc_u256_mul(&base, &base, &rate))
        return vm_panic(c, 0x11);
    if (!mc_u256_divmod(&base, NULL, &base, &all))
        return MC_ECORRUPT; /* only by zero */
    base = vm_num_min(&base, &remaining);
    out[0] = vm_bool(vm_ins_policy_in_force(c, &p) && !mc_u256_is_zero(&remaining));
    out[1] = vm_u256(&remaining);
    out[2] = vm_u256(&open);
    out[3] = vm_u256(&base);
    return MC_OK;
}
