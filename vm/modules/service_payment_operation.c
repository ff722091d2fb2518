/* Joint approval: issuing units, giving payments back, releasing large payments. */
#include "vm/guard.h"
#include "vm/modules/billing.h"
#include "vm/modules/sequence.h"
#include "vm/modules/service_payment.h"

#define APPROVERS     (VM_ADMIN | VM_INSURER)
#define APPROVALS_MAX 20u /* bounds the walk over the approvers */

static bool expired(const struct vm_call *c, const struct vm_sp_op *o)
{
    return o->state == SP_OP_PROPOSED && c->time_s >= o->expires_s;
}

/* ------------------------------------------------------------------ opening */

static enum mc_err expiry(struct vm_call *c, uint64_t *out)
{
    struct mc_u256 seconds;
    VM_TRY(vm_param(c, "payment.operationSeconds", &seconds));
    uint64_t s = mc_u256_u64_sat(&seconds);
    if (s > UINT64_MAX - c->time_s)
        return vm_panic(c, 0x11);
    *out = c->time_s + s;
    return MC_OK;
}

static enum mc_err emit_proposed(struct vm_call *c, const struct vm_sp_op *o)
{
    struct vm_val ev[] = {vm_str(o->id), vm_addr(&o->proposer), vm_addr(&o->account),
                          vm_str(o->id), vm_u64(o->kind),       vm_u256(&o->amount)};
    return vm_emit(c, VM_SP_PROPOSED, ev);
}

enum mc_err vm_sp_op_release(struct vm_call *c, const struct vm_sp_payment *p)
{
    struct vm_key pending = vm_sp_pending_key();
    struct vm_sp_op o = {.id = p->id,
                         .kind = SP_RELEASE_PAYMENT,
                         .proposer = p->payer,
                         .account = p->payee,
                         .amount = p->amount,
                         .ref_id = p->id,
                         .reason_hash = p->memo_hash,
                         .created_s = c->time_s,
                         .required = 1,
                         .state = SP_OP_PROPOSED};
    VM_TRY(expiry(c, &o.expires_s));
    VM_TRY(vm_seq_add(c, &pending, o.id, &o.pos));
    VM_TRY(vm_sp_op_save(c, &o));
    return emit_proposed(c, &o);
}

/* ------------------------------------------------------------------ approving and executing */

static struct vm_addrs addrs_add(struct vm_call *c, const struct vm_addrs *old,
                                 const struct mc_addr *a)
{
    struct mc_addr *v = vm_alloc(c, (old->cnt + 1) * sizeof *v);
    if (vm_ok(c) != MC_OK)
        return *old;
    if (old->cnt > 0)
        memcpy(v, old->v, old->cnt * sizeof *v);
    v[old->cnt] = *a;
    return (struct vm_addrs){v, old->cnt + 1};
}

/* The caller's approval, for this member; the operation is saved later. */
static enum mc_err approval_add(struct vm_call *c, struct vm_sp_op *o, const struct mc_addr *member)
{
    o->approvers = addrs_add(c, &o->approvers, &c->caller);
    o->members = addrs_add(c, &o->members, member);
    VM_TRY(vm_ok(c));
    struct vm_val ev[] = {vm_str(o->id), vm_addr(&c->caller), vm_str(o->id),
                          vm_u64(o->approvers.cnt), vm_u64(o->required)};
    return vm_emit(c, VM_SP_APPROVED, ev);
}

static enum mc_err close(struct vm_call *c, struct vm_sp_op *o, enum vm_sp_op_state state)
{
    o->state = (uint8_t)state;
    VM_TRY(vm_sp_op_save(c, o));
    struct vm_val ev[] = {vm_str(o->id), vm_addr(&c->caller), vm_str(o->id), vm_u64(o->state)};
    return vm_emit(c, VM_SP_OP_CLOSED, ev);
}

static enum mc_err issue(struct vm_call *c, const struct vm_sp_op *o)
{
    struct vm_key supply = vm_sp_supply_key(), units = vm_sp_units_key(&o->account);
    struct mc_u256 all, has;

    VM_TRY(vm_get_num(c, &supply, &all));
    VM_TRY(vm_num_add(c, &all, &o->amount));
    VM_TRY(vm_put_num(c, &supply, &all));
    VM_TRY(vm_get_num(c, &units, &has));
    VM_TRY(vm_num_add(c, &has, &o->amount)); /* at most the supply */
    VM_TRY(vm_put_num(c, &units, &has));
    return vm_sp_emit_transfer(c, &MC_ADDR_ZERO, &o->account, &o->amount);
}

/* The held amount goes to the payer.  What had not settled the invoice goes back first; the rest is booked as a refund,
 * as far as the invoice still shows it as paid. */
static enum mc_err give_back(struct vm_call *c, const struct vm_sp_op *o)
{
    struct vm_sp_payment p;
    struct vm_bill_invoice v;
    struct mc_u256 rest, unsettled, booked = MC_U256_ZERO;
    bool found;

    VM_TRY(vm_sp_load(c, o->ref_id, &p, &found));
    unsettled = p.paid;
    VM_TRY(vm_num_sub(c, &unsettled, &p.settled));
    unsettled = vm_num_min(&unsettled, &o->amount);
    rest = o->amount;
    VM_TRY(vm_num_sub(c, &rest, &unsettled));
    if (!mc_u256_is_zero(&rest)) {
        VM_TRY(vm_bill_read(c, p.invoice_id, &v, &found));
        booked = vm_num_min(&rest, &v.patient_paid);
    }
    VM_TRY(vm_num_sub(c, &p.settled, &rest));
    VM_TRY(vm_num_sub(c, &p.paid, &o->amount));
    VM_TRY(vm_num_add(c, &p.returned, &o->amount));
    VM_TRY(vm_num_sub(c, &p.refund_open, &o->amount));
    VM_TRY(vm_sp_save(c, &p));
    VM_TRY(vm_sp_emit_closed(c, &p));
    VM_TRY(vm_sp_move(c, p.currency, &c->self, &p.payer, &o->amount));
    return vm_sp_book(c, &p, &booked, true);
}

/* A direct payment completes, an escrow is held. */
static enum mc_err let_go(struct vm_call *c, const struct vm_sp_op *o)
{
    struct vm_sp_payment p;
    bool found;

    VM_TRY(vm_sp_load(c, o->ref_id, &p, &found));
    if (!mc_addr_is_zero(&p.arbiter)) {
        p.state = SP_HELD;
        return vm_sp_save(c, &p);
    }
    if (p.invoice_id.n != 0)
        p.settled = p.amount;
    VM_TRY(vm_sp_close(c, &p, &p.amount, SP_COMPLETED));
    return vm_sp_book(c, &p, &p.settled, false);
}

static enum mc_err execute(struct vm_call *c, struct vm_sp_op *o)
{
    VM_TRY(close(c, o, SP_OP_EXECUTED));
    if (o->kind == SP_ISSUE_UNITS)
        return issue(c, o);
    return o->kind == SP_REFUND_PAYMENT ? give_back(c, o) : let_go(c, o);
}

/* May the caller approve now?  Its role is not looked at.  *again: its member did. */
static enum mc_err may_approve(struct vm_call *c, const struct vm_sp_op *o, struct mc_addr *member,
                               bool *may, bool *again)
{
    struct mc_addr payers;
    bool found;

    *again = false;
    VM_TRY(vm_gov_member_of(c, &c->caller, member, may));
    if (!*may)
        return MC_OK;
    if (o->kind == SP_RELEASE_PAYMENT) {
        VM_TRY(vm_gov_member_of(c, &o->proposer, &payers, &found));
        *may = found && mc_addr_eq(member, &payers) && !mc_addr_eq(&c->caller, &o->proposer);
        return MC_OK;
    }
    for (uint32_t i = 0; i < o->members.cnt; i++)
        *again = *again || mc_addr_eq(&o->members.v[i], member);
    *may = !*again;
    return MC_OK;
}

/* A direct payment must still fit what its invoice has due. */
static enum mc_err due_check(struct vm_call *c, const struct vm_sp_op *o)
{
    struct vm_sp_payment p;
    struct mc_u256 due;
    bool found;

    if (o->kind != SP_RELEASE_PAYMENT)
        return MC_OK;
    VM_TRY(vm_sp_load(c, o->ref_id, &p, &found));
    if (!mc_addr_is_zero(&p.arbiter) || p.invoice_id.n == 0)
        return MC_OK;
    VM_TRY(vm_sp_invoice_due(c, &p, &due));
    VM_REQUIRE(c, !vm_num_lt(&due, &p.amount), "Amount exceeds due");
    return MC_OK;
}

VM_HANDLER(vm_sp_approve)
{
    struct vm_key pending = vm_sp_pending_key();
    struct mc_addr member;
    struct vm_sp_op o;
    bool may, again;

    (void)out;
    VM_TRY(vm_sp_op_require(c, in[0].bytes, &o));
    VM_REQUIRE(c, o.state == SP_OP_PROPOSED && !expired(c, &o), "Operation is not open");
    VM_TRY(may_approve(c, &o, &member, &may, &again));
    VM_REQUIRE(c, !again, "Member already approved");
    VM_REQUIRE(c, may, "Caller may not approve");
    VM_TRY(due_check(c, &o));
    VM_TRY(approval_add(c, &o, &member));
    if (o.approvers.cnt < o.required)
        return vm_sp_op_save(c, &o);
    VM_TRY(vm_seq_remove(c, &pending, o.pos));
    return execute(c, &o);
}

/* ------------------------------------------------------------------ proposing */

/* The checks of kind 2; *p is the payment that goes back. */
static enum mc_err refund_check(struct vm_call *c, const struct vm_sp_op *o,
                                struct vm_sp_payment *p)
{
    struct mc_u256 open;
    bool same, done;

    VM_TRY(vm_sp_require(c, o->ref_id, p));
    done = p->state == SP_COMPLETED || p->state == SP_RESOLVED;
    VM_REQUIRE(c, done && !vm_sp_is_claim(p->id), "Payment is not completed");
    VM_TRY(vm_same_member(c, &c->caller, &p->payee, &same));
    VM_REQUIRE(c, same, "Caller is not the payee");
    open = p->paid;
    VM_TRY(vm_num_sub(c, &open, &p->refund_open));
    VM_REQUIRE(c, !vm_num_lt(&open, &o->amount), "Amount exceeds paid");
    return MC_OK;
}

/* in: opId, kind, account, amount, refId, reasonHash.  *p is filled for kind 2. */
static enum mc_err propose_check(struct vm_call *c, const struct vm_sp_op *o,
                                 struct vm_sp_payment *p, struct mc_addr *member)
{
    struct vm_sp_op other;
    bool found, units = o->kind == SP_ISSUE_UNITS;

    VM_REQUIRE(c, o->id.n != 0, "Empty id");
    VM_TRY(vm_sp_op_load(c, o->id, &other, &found));
    VM_REQUIRE(c, !found, "Operation already exists");
    VM_REQUIRE(c, units || o->kind == SP_REFUND_PAYMENT, "Invalid kind");
    VM_TRY(vm_gov_member_of(c, &c->caller, member, &found));
    VM_REQUIRE(c, found, "Caller has no member");
    VM_REQUIRE(c, !units || !mc_addr_is_zero(&o->account), "Zero address");
    VM_REQUIRE(c, !units || !vm_is_module_addr(&o->account), "Invalid recipient");
    VM_REQUIRE(c, !mc_u256_is_zero(&o->amount), "Amount is zero");
    if (units)
        return vm_require_value(c, VM_UNITS, &o->amount);
    VM_TRY(refund_check(c, o, p));
    VM_TRY(vm_require_value(c, p->currency, &o->amount));
    return vm_sp_require_units(c, p->currency, &c->caller, &o->amount);
}

VM_HANDLER(vm_sp_propose)
{
    struct vm_key pending = vm_sp_pending_key();
    struct vm_sp_payment p;
    struct mc_u256 required;
    struct mc_addr member;
    struct vm_sp_op o = {.id = in[0].bytes,
                         .kind = (uint8_t)in[1].num.w[0],
                         .proposer = c->caller,
                         .account = in[2].addr,
                         .amount = in[3].num,
                         .ref_id = in[4].bytes,
                         .reason_hash = in[5].word,
                         .created_s = c->time_s,
                         .state = SP_OP_PROPOSED};
    (void)out;
    VM_TRY(propose_check(c, &o, &p, &member));
    VM_TRY(vm_param(c, "payment.approvals", &required));
    o.required = mc_u256_u64_sat(&required);
    if (o.required > APPROVALS_MAX)
        o.required = APPROVALS_MAX;
    VM_TRY(expiry(c, &o.expires_s));
    if (o.kind == SP_REFUND_PAYMENT) {
        o.account = p.payer;
        VM_TRY(vm_num_add(c, &p.refund_open, &o.amount));
        VM_TRY(vm_sp_save(c, &p));
    }
    VM_TRY(emit_proposed(c, &o));
    VM_TRY(approval_add(c, &o, &member));
    if (o.kind == SP_REFUND_PAYMENT)
        VM_TRY(vm_sp_move(c, p.currency, &c->caller, &c->self, &o.amount));
    if (o.approvers.cnt >= o.required)
        return execute(c, &o);
    VM_TRY(vm_seq_add(c, &pending, o.id, &o.pos));
    return vm_sp_op_save(c, &o);
}

/* ------------------------------------------------------------------ rejecting */

static enum mc_err may_reject(struct vm_call *c, const struct vm_sp_op *o, bool *out)
{
    struct mc_addr member;
    uint32_t held;
    bool again;
    *out = expired(c, o) || mc_addr_eq(&c->caller, &o->proposer);
    if (*out)
        return MC_OK;
    VM_TRY(vm_roles_held(c, &c->caller, APPROVERS, &held));
    return held == 0 ? MC_OK : may_approve(c, o, &member, out, &again);
}

VM_HANDLER(vm_sp_reject)
{
    struct vm_key pending = vm_sp_pending_key();
    struct vm_sp_payment p;
    struct vm_sp_op o;
    bool may, found;

    (void)out;
    VM_TRY(vm_sp_op_require(c, in[0].bytes, &o));
    VM_REQUIRE(c, o.state == SP_OP_PROPOSED, "Operation is not open");
    VM_TRY(may_reject(c, &o, &may));
    VM_REQUIRE(c, may, "Caller may not reject");
    VM_TRY(vm_seq_remove(c, &pending, o.pos));
    VM_TRY(close(c, &o, SP_OP_REJECTED));
    if (o.kind == SP_ISSUE_UNITS)
        return MC_OK;
    VM_TRY(vm_sp_load(c, o.ref_id, &p, &found));
    if (o.kind == SP_RELEASE_PAYMENT)
        return vm_sp_close(c, &p, &MC_U256_ZERO, SP_REJECTED);
    VM_TRY(vm_num_sub(c, &p.refund_open, &o.amount));
    VM_TRY(vm_sp_save(c, &p));
    return vm_sp_move(c, p.currency, &c->self, &o.proposer, &o.amount);
}

/* ------------------------------------------------------------------ views */

VM_HANDLER(vm_sp_get_operation)
{
    struct vm_sp_op o;
    VM_TRY(vm_sp_op_require(c, in[0].bytes, &o));
    if (expired(c, &o))
        o.state = SP_OP_EXPIRED;
    vm_ret_tuple(c, out, &VM_SP_OPERATION, &o);
    return MC_OK;
}

VM_HANDLER(vm_sp_get_pending)
{
    struct vm_key k = vm_sp_pending_key();
    return vm_seq_ret_page(c, out, &k, vm_arg_u64(&in[0]), vm_arg_u64(&in[1]));
}
