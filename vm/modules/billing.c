/* Billing: its table, and the methods that change state. */
#include "vm/modules/billing.h"

#include "vm/guard.h"
#include "vm/modules/patient_consent.h"

#define BATCH_MAX        100u  /* contracts/README.md, common rules */
#define LINES_MAX        2000u /* of one invoice */
#define AMOUNT_BYTES_MAX 16u   /* amounts stay below 2^128 */

static bool time_passed(const struct vm_call *c, const struct mc_u256 *t)
{
    struct mc_u256 now = mc_u256_u64(c->time_s);
    return mc_u256_cmp(t, &now) <= 0;
}

/* An existing invoice that the caller's member issues. */
static enum mc_err own(struct vm_call *c, struct mc_slice id, struct vm_bill_invoice *v)
{
    bool same;
    VM_TRY(vm_bill_require(c, id, v));
    VM_TRY(vm_same_member(c, &c->caller, &v->payee, &same));
    VM_REQUIRE(c, same, "Caller is not of the payee");
    return MC_OK;
}

static enum mc_err own_draft(struct vm_call *c, struct mc_slice id, struct vm_bill_invoice *v)
{
    VM_TRY(own(c, id, v));
    VM_REQUIRE(c, v->state == BILL_DRAFT, "Invoice is not a draft");
    return MC_OK;
}

static enum mc_err own_open(struct vm_call *c, struct mc_slice id, struct vm_bill_invoice *v)
{
    VM_TRY(own(c, id, v));
    VM_REQUIRE(c, vm_bill_open(v), "Invoice is not issued");
    return MC_OK;
}

/* ------------------------------------------------------------------ building an invoice */

static enum mc_err payee_check(struct vm_call *c, const struct mc_addr *payee)
{
    struct mc_addr member;
    bool found;
    if (mc_addr_eq(payee, &c->caller))
        return MC_OK;
    VM_TRY(vm_gov_member_of(c, &c->caller, &member, &found));
    VM_REQUIRE(c, found && mc_addr_eq(payee, &member), "Payee must be own member");
    return MC_OK;
}

/* in: invoiceId, patient, payee, currency, dueDate, encounterId, detailsHash. */
static enum mc_err create_invoice(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;
    bool found;

    (void)out;
    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(vm_bill_load(c, in[0].bytes, &v, &found));
    VM_REQUIRE(c, !found, "Invoice already exists");
    VM_REQUIRE(c, !mc_addr_is_zero(&in[1].addr), "Zero address");
    VM_TRY(payee_check(c, &in[2].addr));
    VM_REQUIRE(c, in[3].num.w[0] < VM_CURRENCY_CNT, "Invalid currency");
    VM_REQUIRE(c, mc_u256_is_zero(&in[4].num) || !time_passed(c, &in[4].num), "Invalid dates");
    v = (struct vm_bill_invoice){.id = in[0].bytes,
                                 .patient = in[1].addr,
                                 .payee = in[2].addr,
                                 .currency = (uint8_t)in[3].num.w[0],
                                 .due_date = in[4].num,
                                 .encounter_id = in[5].bytes,
                                 .details_hash = in[6].word,
                                 .created_s = c->time_s,
                                 .state = BILL_DRAFT};
    VM_TRY(vm_bill_create(c, &v));
    struct vm_val ev[] = {in[0], in[1], in[2], in[0], in[3]};
    return vm_emit(c, VM_BILL_CREATED, ev);
}

static bool too_large(const struct mc_u256 *v)
{
    return mc_u256_byte_len(v) > AMOUNT_BYTES_MAX;
}

/* Stores a checked line as the invoice's next one. */
static enum mc_err line_add(struct vm_call *c, struct vm_bill_invoice *v,
                            const struct vm_val *member)
{
    struct vm_bill_line_view l = {.by = c->caller, .time_s = c->time_s};
    struct vm_key k = vm_bill_line_key(v->id, v->line_cnt);
    struct mc_u256 amount;
    bool fits;

    vm_arg_tuple(c, &l.line, &VM_BILL_LINE, member);
    VM_REQUIRE(c, l.line.code.n != 0, "Empty code");
    VM_REQUIRE(c, !mc_u256_is_zero(&l.line.quantity), "Quantity is zero");
    fits = mc_u256_mul(&amount, &l.line.quantity, &l.line.unit_price) && !too_large(&amount) &&
           mc_u256_add(&v->total, &v->total, &amount) && !too_large(&v->total);
    VM_REQUIRE(c, fits, "Amount too large");
    v->line_cnt++;
    return vm_put(c, &k, &VM_BILL_LINE_VIEW, &l);
}

static enum mc_err add_lines(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;
    uint32_t cnt = in[1].list.cnt;

    (void)out;
    VM_TRY(own_draft(c, in[0].bytes, &v));
    VM_REQUIRE(c, cnt != 0, "Batch is empty");
    VM_REQUIRE(c, cnt <= BATCH_MAX, "Batch too large");
    VM_REQUIRE(c, v.line_cnt + cnt <= LINES_MAX, "Too many lines");
    for (uint32_t i = 0; i < cnt; i++)
        VM_TRY(line_add(c, &v, &in[1].list.v[i]));
    VM_TRY(vm_bill_commit(c, &v));
    struct vm_val ev[] = {in[0], vm_addr(&v.patient), vm_addr(&c->caller),
                          in[0], vm_u64(cnt),         vm_u256(&v.total)};
    return vm_emit(c, VM_BILL_LINES_ADDED, ev);
}

/* in: invoiceId, lineIndex, reason. */
static enum mc_err void_line(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;
    struct vm_bill_line_view l;
    struct mc_u256 amount;
    uint64_t i = vm_arg_u64(&in[1]);
    bool found;

    (void)out;
    VM_TRY(own_draft(c, in[0].bytes, &v));
    VM_REQUIRE(c, i < v.line_cnt, "Line does not exist");
    struct vm_key k = vm_bill_line_key(v.id, i);
    VM_TRY(vm_get(c, &k, &VM_BILL_LINE_VIEW, &l, &found));
    VM_REQUIRE(c, !l.voided, "Line already voided");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Reason cannot be empty");
    if (!mc_u256_mul(&amount, &l.line.quantity, &l.line.unit_price))
        return MC_ECORRUPT; /* it was added once */
    VM_TRY(vm_num_sub(c, &v.total, &amount));
    l.voided = true;
    VM_TRY(vm_put(c, &k, &VM_BILL_LINE_VIEW, &l));
    VM_TRY(vm_bill_commit(c, &v));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[0], in[1], vm_u256(&v.total), in[2]};
    return vm_emit(c, VM_BILL_LINE_VOIDED, ev);
}

static enum mc_err issue_invoice(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;

    (void)out;
    VM_TRY(own_draft(c, in[0].bytes, &v));
    VM_REQUIRE(c, !mc_u256_is_zero(&v.total), "Invoice is empty");
    v.state = BILL_ISSUED;
    v.issued_s = c->time_s;
    VM_TRY(vm_bill_commit(c, &v));
    struct vm_val ev[] = {in[0], vm_addr(&v.patient), vm_addr(&v.payee),
                          in[0], vm_u256(&v.total),   vm_u256(&v.due_date)};
    return vm_emit(c, VM_BILL_ISSUED, ev);
}

static enum mc_err cancel_invoice(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;

    (void)out;
    VM_TRY(own(c, in[0].bytes, &v));
    VM_REQUIRE(c, v.state != BILL_BALANCED && v.state != BILL_CANCELLED, "Invoice is closed");
    VM_REQUIRE(c, mc_u256_is_zero(&v.patient_paid) && mc_u256_is_zero(&v.insurer_paid),
               "Invoice has payments");
    VM_REQUIRE(c, v.open_claim.n == 0, "Invoice has an open claim");
    VM_REQUIRE(c, mc_u256_is_zero(&v.approved), "Invoice has approved cover");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    v.state = BILL_CANCELLED;
    VM_TRY(vm_bill_commit(c, &v));
    return vm_bill_emit_state(c, &v, in[1].bytes);
}

/* ------------------------------------------------------------------ after issuing */

/* in: invoiceId, amount, reasonCode. */
static enum mc_err adjust_invoice(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;
    struct mc_u256 due;

    (void)out;
    VM_TRY(own_open(c, in[0].bytes, &v));
    VM_REQUIRE(c, !mc_u256_is_zero(&in[1].num), "Amount is zero");
    VM_TRY(vm_bill_patient_due(c, &v, &due));
    VM_REQUIRE(c, !vm_num_lt(&due, &in[1].num), "Amount exceeds due");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Empty reason code");
    VM_TRY(vm_num_add(c, &v.adjusted, &in[1].num));
    VM_TRY(vm_bill_commit(c, &v));
    struct vm_val ev[] = {in[0], vm_addr(&v.patient), vm_addr(&c->caller), in[0], in[1], in[2]};
    VM_TRY(vm_emit(c, VM_BILL_ADJUSTED, ev));
    return vm_bill_settled(c, &v);
}

/* in: invoiceId, amount, isRefund, method, receiptHash. */
static enum mc_err record_external(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;
    struct mc_u256 due;
    bool refund = vm_arg_bool(&in[2]);

    (void)out;
    VM_TRY(own(c, in[0].bytes, &v));
    VM_REQUIRE(c, vm_bill_open(&v) || (refund && v.state == BILL_BALANCED),
               "Invoice is not issued");
    VM_REQUIRE(c, !mc_u256_is_zero(&in[1].num), "Amount is zero");
    VM_TRY(vm_bill_patient_due(c, &v, &due));
    VM_REQUIRE(c, refund || !vm_num_lt(&due, &in[1].num), "Amount exceeds due");
    VM_REQUIRE(c, !refund || !vm_num_lt(&v.patient_paid, &in[1].num), "Amount exceeds paid");
    VM_REQUIRE(c, in[3].bytes.n != 0, "Empty method");
    struct vm_bill_payment p = {.payer = v.patient,
                                .amount = in[1].num,
                                .refund = refund,
                                .method = in[3].bytes,
                                .receipt = in[4].word};
    return vm_bill_book(c, &v, &p);
}

static enum mc_err dispute_invoice(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;
    bool side;

    (void)out;
    VM_TRY(vm_bill_require(c, in[0].bytes, &v));
    VM_TRY(vm_pc_patient_side(c, &v.patient, &c->caller, &side));
    VM_REQUIRE(c, side, "Caller is not the patient");
    VM_REQUIRE(c, v.state == BILL_ISSUED, "Invoice is not issued");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    v.state = BILL_DISPUTED;
    VM_TRY(vm_bill_commit(c, &v));
    return vm_bill_emit_state(c, &v, in[1].bytes);
}

static enum mc_err resolve_dispute(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_bill_invoice v;

    (void)out;
    VM_TRY(own(c, in[0].bytes, &v));
    VM_REQUIRE(c, v.state == BILL_DISPUTED, "Invoice is not disputed");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    v.state = BILL_ISSUED; /* BALANCED when nothing is due: vm_bill_commit() */
    VM_TRY(vm_bill_commit(c, &v));
    return vm_bill_emit_state(c, &v, in[1].bytes);
}

/* ------------------------------------------------------------------ what other modules write */

/* The caller checked the invoice in the same transaction; another answer now is our own mistake. */
static enum mc_err known(struct vm_call *c, struct mc_slice id, struct vm_bill_invoice *v)
{
    bool found;
    VM_TRY(vm_bill_load(c, id, v, &found));
    return found ? MC_OK : MC_ECORRUPT;
}

VM_HANDLER(vm_bill_mark_claim)
{
    struct vm_bill_invoice v;
    (void)out;
    VM_TRY(known(c, in[0].bytes, &v));
    v.open_claim = in[1].bytes;
    return vm_bill_commit(c, &v);
}

VM_HANDLER(vm_bill_apply_cover)
{
    struct vm_bill_invoice v;

    (void)out;
    VM_TRY(known(c, in[0].bytes, &v));
    v.open_claim = mc_slice(NULL, 0);
    VM_TRY(vm_num_sub(c, &v.approved, &in[4].num));
    VM_TRY(vm_num_sub(c, &v.adjusted, &in[5].num));
    VM_TRY(vm_num_add(c, &v.approved, &in[2].num));
    VM_TRY(vm_num_add(c, &v.adjusted, &in[3].num));
    VM_TRY(vm_bill_commit(c, &v));
    struct vm_val ev[] = {in[0], vm_addr(&v.patient),  in[0],
                          in[1], vm_u256(&v.approved), vm_u256(&v.adjusted)};
    VM_TRY(vm_emit(c, VM_BILL_COVERED, ev));
    return vm_bill_settled(c, &v);
}

VM_HANDLER(vm_bill_apply_payment)
{
    struct vm_bill_invoice v;
    struct vm_bill_payment p = {.payment_id = in[1].bytes,
                                .payer = in[2].addr,
                                .amount = in[3].num,
                                .insurer = vm_arg_bool(&in[4]),
                                .refund = vm_arg_bool(&in[5])};
    (void)out;
    VM_TRY(known(c, in[0].bytes, &v));
    return vm_bill_book(c, &v, &p);
}

/* ------------------------------------------------------------------ the table */

static const struct vm_method methods[] = {
    {"function createInvoice(string invoiceId, address patient, address payee, uint8 currency, "
     "uint256 dueDate, string encounterId, bytes32 detailsHash)",
     "II", VM_ADMIN | VM_PHARMACIST, create_invoice},
    {"function addLines(string invoiceId, Line[] lines)", "ILI", VM_CLINICAL | VM_ADMIN, add_lines},
    {"function voidLine(string invoiceId, uint256 lineIndex, string reason)", "IT",
     VM_CLINICAL | VM_ADMIN, void_line},
    {"function issueInvoice(string invoiceId)", "I", VM_ADMIN | VM_PHARMACIST, issue_invoice},
    {"function cancelInvoice(string invoiceId, string reason)", "IT", VM_ADMIN, cancel_invoice},
    {"function adjustInvoice(string invoiceId, uint256 amount, string reasonCode)", "IL", VM_ADMIN,
     adjust_invoice},
    {"function recordExternalPayment(string invoiceId, uint256 amount, bool isRefund, string "
     "method, bytes32 receiptHash)",
     "IL", VM_ADMIN, record_external},
    {"function disputeInvoice(string invoiceId, string reason)", "IT", 0, dispute_invoice},
    {"function resolveDispute(string invoiceId, string resolution)", "IT", VM_ADMIN,
     resolve_dispute},
    {"function getInvoice(string invoiceId) view returns (Invoice)", NULL, 0, vm_bill_get_invoice},
    {"function getBalance(string invoiceId) view returns (Balance)", NULL, 0, vm_bill_get_balance},
    {"function getLines(string invoiceId, uint256 offset, uint256 limit) view returns (LineView[] "
     "lines, uint256 total)",
     NULL, 0, vm_bill_get_lines},
    {"function getPayments(string invoiceId, uint256 offset, uint256 limit) view returns "
     "(PaymentEntry[] payments, uint256 total)",
     NULL, 0, vm_bill_get_payments},
    {"function getInvoicesByPatient(address patient, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_bill_get_invoices_by_patient},
    {"function getInvoicesByPayee(address payee, uint8 state, uint256 offset, uint256 limit) view "
     "returns (string[] ids, uint256 total)",
     NULL, 0, vm_bill_get_invoices_by_payee},
    {"function getOutstanding(address patient, uint8 currency) view returns (uint256)", NULL, 0,
     vm_bill_get_outstanding},
    {"function getTotalInvoices() view returns (uint256)", NULL, 0, vm_bill_get_total_invoices},
};

static const char *const events[] = {
    [VM_BILL_CREATED] = "event InvoiceCreated(string indexed invoiceKey, address indexed patient, "
                        "address indexed payee, string invoiceId, uint8 currency)",
    [VM_BILL_LINES_ADDED] = "event LinesAdded(string indexed invoiceKey, address indexed patient, "
                            "address indexed by, string invoiceId, uint256 count, uint256 total)",
    [VM_BILL_LINE_VOIDED] = "event LineVoided(string indexed invoiceKey, address indexed by, "
                            "string invoiceId, uint256 lineIndex, uint256 total, string reason)",
    [VM_BILL_ISSUED] = "event InvoiceIssued(string indexed invoiceKey, address indexed patient, "
                       "address indexed payee, string invoiceId, uint256 total, uint256 dueDate)",
    [VM_BILL_STATE] = "event InvoiceStateChanged(string indexed invoiceKey, address indexed "
                      "patient, address indexed by, string invoiceId, InvoiceState state, string "
                      "reason)",
    [VM_BILL_ADJUSTED] = "event InvoiceAdjusted(string indexed invoiceKey, address indexed "
                         "patient, address indexed by, string invoiceId, uint256 amount, string "
                         "reasonCode)",
    [VM_BILL_PAID] = "event PaymentApplied(string indexed invoiceKey, address indexed patient, "
                     "address indexed payer, string invoiceId, string paymentId, uint256 amount, "
                     "bool isInsurer, bool isRefund, uint256 patientDue, uint256 insurerDue)",
    [VM_BILL_COVERED] = "event CoverageApplied(string indexed invoiceKey, address indexed patient, "
                        "string invoiceId, string claimId, uint256 insurerApproved, uint256 "
                        "adjusted)",
};

static const struct vm_layout *const structs[] = {
    &VM_BILL_LINE, &VM_BILL_LINE_VIEW, &VM_BILL_INVOICE, &VM_BILL_BALANCE, &VM_BILL_PAYMENT};
static const char *const enums[] = {"InvoiceState"};

const struct vm_module vm_mod_billing = {
    .name = "Billing",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
};
