/* Payments from their start to their end. */
#include "vm/modules/billing.h"
#include "vm/modules/service_payment.h"

#define DEADLINE_MIN_S 3600u
#define DEADLINE_MAX_S 31536000u
/* Payers whose large payments need a second account. */
#define INSTITUTIONS (VM_ADMIN | VM_INSURER | VM_SUPPLIER | VM_MANUFACTURER)

/* ------------------------------------------------------------------ invoice */

enum mc_err vm_sp_invoice_due(struct vm_call *c, const struct vm_sp_payment *p, struct mc_u256 *out)
{
    struct vm_bill_invoice v;
    bool found;
    *out = MC_U256_ZERO;
    VM_TRY(vm_bill_read(c, p->invoice_id, &v, &found));
    return found && vm_bill_open(&v) ? vm_bill_patient_due(c, &v, out) : MC_OK;
}

enum mc_err vm_sp_book(struct vm_call *c, const struct vm_sp_payment *p,
                       const struct mc_u256 *amount, bool refund)
{
    struct vm_val in[] = {vm_str(p->invoice_id), vm_str(p->id),  vm_addr(&p->payer),
                          vm_u256(amount),       vm_bool(false), vm_bool(refund)};
    if (mc_u256_is_zero(amount))
        return MC_OK;
    return vm_call_module(c, "Billing", vm_bill_apply_payment, in, NULL);
}

/* ------------------------------------------------------------------ start */

/* Stores a new payment and its indexes and emits PaymentMade. */
static enum mc_err store(struct vm_call *c, const struct vm_sp_payment *p)
{
    struct vm_key payer = vm_sp_payer_key(&p->payer), payee = vm_sp_payee_key(&p->payee);
    struct vm_key invoice = vm_sp_invoice_key(p->invoice_id), cnt_key = vm_sp_cnt_key();
    uint64_t cnt;

    VM_TRY(vm_get_u64(c, &cnt_key, &cnt));
    VM_TRY(vm_put_u64(c, &cnt_key, cnt + 1));
    VM_TRY(vm_list_push(c, &payer, p->id));
    VM_TRY(vm_list_push(c, &payee, p->id));
    if (p->invoice_id.n != 0)
        VM_TRY(vm_list_push(c, &invoice, p->id));
    VM_TRY(vm_sp_save(c, p));
    struct vm_val ev[] = {vm_str(p->id),         vm_addr(&p->payer),  vm_addr(&p->payee),
                          vm_str(p->id),         vm_u64(p->currency), vm_u256(&p->amount),
                          vm_str(p->invoice_id), vm_u64(p->state)};
    return vm_emit(c, VM_SP_MADE, ev);
}

/* The checks of the invoice that a payment names. */
static enum mc_err invoice_check(struct vm_call *c, const struct vm_sp_payment *p)
{
    struct vm_bill_invoice v;
    struct mc_u256 due;
    bool found;

    if (p->invoice_id.n == 0)
        return MC_OK;
    VM_TRY(vm_bill_read(c, p->invoice_id, &v, &found));
    VM_REQUIRE(c, found, "Invoice does not exist");
    VM_REQUIRE(c, vm_bill_open(&v), "Invoice is not issued");
    VM_REQUIRE(c, mc_addr_eq(&v.payee, &p->payee), "Payee mismatch");
    VM_REQUIRE(c, v.currency == p->currency, "Currency mismatch");
    VM_TRY(vm_bill_patient_due(c, &v, &due));
    VM_REQUIRE(c, !vm_num_lt(&due, &p->amount), "Amount exceeds due");
    return MC_OK;
}

static enum mc_err needs_approval(struct vm_call *c, const struct vm_sp_payment *p, bool *out)
{
    struct mc_u256 limit;
    uint32_t held;
    *out = false;
    VM_TRY(vm_param(c, "payment.dualControlAbove", &limit));
    if (mc_u256_is_zero(&limit) || !vm_num_lt(&limit, &p->amount))
        return MC_OK;
    VM_TRY(vm_roles_held(c, &p->payer, INSTITUTIONS, &held));
    *out = held != 0;
    return MC_OK;
}

static enum mc_err parties_check(struct vm_call *c, const struct vm_sp_payment *p)
{
    struct vm_sp_payment other;
    bool found;
    VM_REQUIRE(c, p->id.n != 0, "Empty id");
    VM_REQUIRE(c, !vm_sp_is_claim(p->id), "Reserved id");
    VM_TRY(vm_sp_load(c, p->id, &other, &found));
    VM_REQUIRE(c, !found, "Payment already exists");
    VM_REQUIRE(c, !mc_addr_is_zero(&p->payee), "Zero address");
    VM_REQUIRE(c, !vm_is_module_addr(&p->payee), "Invalid recipient");
    VM_REQUIRE(c, !mc_addr_eq(&p->payee, &p->payer), "Cannot pay self");
    return MC_OK;
}

/* All checks that pay and escrow share.  p->state becomes PENDING_APPROVAL where that is needed. */
static enum mc_err check(struct vm_call *c, struct vm_sp_payment *p)
{
    struct vm_sp_op op;
    bool pending, found;

    VM_TRY(parties_check(c, p));
    VM_REQUIRE(c, !mc_u256_is_zero(&p->amount), "Amount is zero");
    VM_REQUIRE(c, p->currency < VM_CURRENCY_CNT, "Invalid currency");
    VM_TRY(vm_require_value(c, p->currency, &p->amount));
    VM_TRY(vm_sp_require_units(c, p->currency, &p->payer, &p->amount));
    VM_TRY(invoice_check(c, p));
    VM_TRY(needs_approval(c, p, &pending));
    if (!pending)
        return MC_OK;
    VM_TRY(vm_sp_op_load(c, p->id, &op, &found));
    VM_REQUIRE(c, !found, "Operation already exists");
    p->state = SP_PENDING_APPROVAL;
    return MC_OK;
}

/* Stores a checked payment and takes its money. */
static enum mc_err start(struct vm_call *c, const struct vm_sp_payment *p)
{
    const struct mc_addr *to = p->state == SP_COMPLETED ? &p->payee : &c->self;
    VM_TRY(store(c, p));
    VM_TRY(vm_sp_move(c, p->currency, &p->payer, to, &p->amount));
    if (p->state == SP_PENDING_APPROVAL)
        return vm_sp_op_release(c, p);
    return p->state == SP_COMPLETED ? vm_sp_book(c, p, &p->settled, false) : MC_OK;
}

/* in: paymentId, payee, amount, currency, invoiceId, memoHash. */
VM_HANDLER(vm_sp_pay)
{
    struct vm_sp_payment p = {.id = in[0].bytes,
                              .payer = c->caller,
                              .payee = in[1].addr,
                              .amount = in[2].num,
                              .currency = (uint8_t)in[3].num.w[0],
                              .invoice_id = in[4].bytes,
                              .memo_hash = in[5].word,
                              .created_s = c->time_s,
                              .state = SP_COMPLETED};
    (void)out;
    VM_TRY(check(c, &p));
    if (p.state == SP_COMPLETED) {
        p.closed_s = c->time_s;
        p.paid = p.amount;
        if (p.invoice_id.n != 0)
            p.settled = p.amount;
    }
    return start(c, &p);
}

/* in: paymentId, payee, amount, currency, invoiceId, arbiter, deadline, memoHash. */
VM_HANDLER(vm_sp_escrow)
{
    struct vm_sp_payment p = {.id = in[0].bytes,
                              .payer = c->caller,
                              .payee = in[1].addr,
                              .amount = in[2].num,
                              .currency = (uint8_t)in[3].num.w[0],
                              .invoice_id = in[4].bytes,
                              .arbiter = in[5].addr,
                              .deadline_s = vm_arg_u64(&in[6]),
                              .memo_hash = in[7].word,
                              .created_s = c->time_s,
                              .state = SP_HELD};
    (void)out;
    VM_TRY(check(c, &p));
    bool apart = !mc_addr_is_zero(&p.arbiter) && !mc_addr_eq(&p.arbiter, &p.payer) &&
                 !mc_addr_eq(&p.arbiter, &p.payee);
    VM_REQUIRE(c, apart, "Invalid arbiter");
    VM_REQUIRE(
        c, p.deadline_s >= c->time_s + DEADLINE_MIN_S && p.deadline_s <= c->time_s + DEADLINE_MAX_S,
        "Invalid dates");
    return start(c, &p);
}

VM_HANDLER(vm_sp_claim_payment)
{
    struct vm_sp_payment p = {.id = in[0].bytes,
                              .payer = in[1].addr,
                              .payee = in[2].addr,
                              .currency = (uint8_t)in[3].num.w[0],
                              .amount = in[4].num,
                              .paid = in[4].num,
                              .invoice_id = in[5].bytes,
                              .created_s = c->time_s,
                              .closed_s = c->time_s,
                              .state = SP_COMPLETED};
    (void)out;
    VM_TRY(store(c, &p));
    if (p.currency != VM_UNITS)
        return MC_OK;
    return vm_sp_move(c, p.currency, &p.payer, &p.payee, &p.amount);
}

/* ------------------------------------------------------------------ end */

enum mc_err vm_sp_emit_closed(struct vm_call *c, const struct vm_sp_payment *p)
{
    struct vm_val ev[] = {vm_str(p->id),   vm_addr(&p->payer), vm_addr(&p->payee),
                          vm_str(p->id),   vm_u256(&p->paid),  vm_u256(&p->returned),
                          vm_u64(p->state)};
    return vm_emit(c, VM_SP_CLOSED, ev);
}

enum mc_err vm_sp_close(struct vm_call *c, struct vm_sp_payment *p, const struct mc_u256 *to_payee,
                        enum vm_sp_state state)
{
    p->paid = *to_payee;
    p->returned = p->amount;
    VM_TRY(vm_num_sub(c, &p->returned, to_payee));
    p->state = (uint8_t)state;
    p->closed_s = c->time_s;
    VM_TRY(vm_sp_save(c, p));
    VM_TRY(vm_sp_emit_closed(c, p));
    VM_TRY(vm_sp_move(c, p->currency, &c->self, &p->payee, &p->paid));
    return vm_sp_move(c, p->currency, &c->self, &p->payer, &p->returned);
}

VM_HANDLER(vm_sp_release)
{
    struct vm_sp_payment p;
    struct mc_u256 goes;

    (void)out;
    VM_TRY(vm_sp_require(c, in[0].bytes, &p));
    VM_REQUIRE(c, mc_addr_eq(&p.payer, &c->caller), "Caller is not the payer");
    VM_REQUIRE(c, p.state == SP_HELD, "Payment is not held");
    goes = p.amount;
    if (p.invoice_id.n != 0) {
        VM_TRY(vm_sp_invoice_due(c, &p, &goes));
        goes = vm_num_min(&goes, &p.amount);
        p.settled = goes;
    }
    VM_TRY(vm_sp_close(c, &p, &goes, SP_COMPLETED));
    return vm_sp_book(c, &p, &p.settled, false);
}

VM_HANDLER(vm_sp_refund)
{
    struct vm_sp_payment p;

    (void)out;
    VM_TRY(vm_sp_require(c, in[0].bytes, &p));
    VM_REQUIRE(c, p.state == SP_HELD, "Payment is not held");
    bool payee = mc_addr_eq(&p.payee, &c->caller);
    VM_REQUIRE(c, payee || mc_addr_eq(&p.payer, &c->caller), "Caller may not refund");
    VM_REQUIRE(c, payee || c->time_s >= p.deadline_s, "Deadline not reached");
    return vm_sp_close(c, &p, &MC_U256_ZERO, SP_REFUNDED);
}

VM_HANDLER(vm_sp_dispute)
{
    struct vm_sp_payment p;

    (void)out;
    VM_TRY(vm_sp_require(c, in[0].bytes, &p));
    bool party = mc_addr_eq(&p.payee, &c->caller) || mc_addr_eq(&p.payer, &c->caller);
    VM_REQUIRE(c, party, "Caller is not a party");
    VM_REQUIRE(c, p.state == SP_HELD, "Payment is not held");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    p.state = SP_DISPUTED;
    VM_TRY(vm_sp_save(c, &p));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[0], in[1]};
    return vm_emit(c, VM_SP_DISPUTED, ev);
}

VM_HANDLER(vm_sp_resolve)
{
    struct vm_sp_payment p;
    struct mc_u256 due;

    (void)out;
    VM_TRY(vm_sp_require(c, in[0].bytes, &p));
    VM_REQUIRE(c, mc_addr_eq(&p.arbiter, &c->caller), "Caller is not the arbiter");
    VM_REQUIRE(c, p.state == SP_DISPUTED, "Payment is not disputed");
    VM_REQUIRE(c, !vm_num_lt(&p.amount, &in[1].num), "Amount exceeds held");
    if (p.invoice_id.n != 0) {
        VM_TRY(vm_sp_invoice_due(c, &p, &due));
        p.settled = vm_num_min(&in[1].num, &due);
    }
    VM_TRY(vm_sp_close(c, &p, &in[1].num, SP_RESOLVED));
    return vm_sp_book(c, &p, &p.settled, false);
}
