/* Invoices in state: figures, state, indexes and the outstanding sums move together. */
#include "vm/frame.h"
#include "vm/modules/billing.h"
#include "vm/modules/ranked.h"

enum {
    TAG_INVOICE = 1,
    TAG_LINE,
    TAG_PAYMENT,
    TAG_CNT,
    TAG_PATIENT,
    TAG_PAYEE,
    TAG_STATE,
    TAG_OUTSTANDING
};

static const struct vm_field invoice_fields[] = {
    VM_FIELD(struct vm_bill_invoice, patient, "patient", VM_T_ADDR),
    VM_FIELD(struct vm_bill_invoice, payee, "payee", VM_T_ADDR),
    VM_FIELD(struct vm_bill_invoice, currency, "currency", VM_T_U8),
    VM_FIELD(struct vm_bill_invoice, encounter_id, "encounterId", VM_T_STR),
    VM_FIELD(struct vm_bill_invoice, details_hash, "detailsHash", VM_T_HASH),
    VM_FIELD(struct vm_bill_invoice, created_s, "createdAt", VM_T_U64),
    VM_FIELD(struct vm_bill_invoice, issued_s, "issuedAt", VM_T_U64),
    VM_FIELD(struct vm_bill_invoice, due_date, "dueDate", VM_T_U256),
    VM_FIELD(struct vm_bill_invoice, line_cnt, "lineCount", VM_T_U64),
    VM_FIELD(struct vm_bill_invoice, open_claim, "openClaimId", VM_T_STR),
    VM_FIELD_ENUM(struct vm_bill_invoice, state, "state", "InvoiceState"),
    VM_FIELD_STORED(struct vm_bill_invoice, payee_i, VM_T_U64),
    VM_FIELD_STORED(struct vm_bill_invoice, payment_cnt, VM_T_U64),
    VM_FIELD_STORED(struct vm_bill_invoice, total, VM_T_U256),
    VM_FIELD_STORED(struct vm_bill_invoice, adjusted, VM_T_U256),
    VM_FIELD_STORED(struct vm_bill_invoice, approved, VM_T_U256),
    VM_FIELD_STORED(struct vm_bill_invoice, insurer_paid, VM_T_U256),
    VM_FIELD_STORED(struct vm_bill_invoice, patient_paid, VM_T_U256),
};
const struct vm_layout VM_BILL_INVOICE =
    VM_LAYOUT("Invoice", struct vm_bill_invoice, invoice_fields);

static const struct vm_field line_fields[] = {
    VM_FIELD(struct vm_bill_line, code, "code", VM_T_STR),
    VM_FIELD(struct vm_bill_line, quantity, "quantity", VM_T_U256),
    VM_FIELD(struct vm_bill_line, unit_price, "unitPrice", VM_T_U256),
    VM_FIELD(struct vm_bill_line, ref_id, "refId", VM_T_STR),
};
const struct vm_layout VM_BILL_LINE = VM_LAYOUT("Line", struct vm_bill_line, line_fields);

static const struct vm_field line_view_fields[] = {
    VM_FIELD_TUPLE(struct vm_bill_line_view, line, "line", &VM_BILL_LINE),
    VM_FIELD(struct vm_bill_line_view, by, "addedBy", VM_T_ADDR),
    VM_FIELD(struct vm_bill_line_view, time_s, "addedAt", VM_T_U64),
    VM_FIELD(struct vm_bill_line_view, voided, "voided", VM_T_BOOL),
};
const struct vm_layout VM_BILL_LINE_VIEW =
    VM_LAYOUT("LineView", struct vm_bill_line_view, line_view_fields);

static const struct vm_field payment_fields[] = {
    VM_FIELD(struct vm_bill_payment, payment_id, "paymentId", VM_T_STR),
    VM_FIELD(struct vm_bill_payment, payer, "payer", VM_T_ADDR),
    VM_FIELD(struct vm_bill_payment, amount, "amount", VM_T_U256),
    VM_FIELD(struct vm_bill_payment, insurer, "isInsurer", VM_T_BOOL),
    VM_FIELD(struct vm_bill_payment, refund, "isRefund", VM_T_BOOL),
    VM_FIELD(struct vm_bill_payment, method, "method", VM_T_STR),
    VM_FIELD(struct vm_bill_payment, receipt, "receiptHash", VM_T_HASH),
    VM_FIELD(struct vm_bill_payment, time_s, "time", VM_T_U64),
};
const struct vm_layout VM_BILL_PAYMENT =
    VM_LAYOUT("PaymentEntry", struct vm_bill_payment, payment_fields);

static const struct vm_field balance_fields[] = {
    VM_FIELD_ABI(struct vm_bill_balance, total, "total", VM_T_U256),
    VM_FIELD_ABI(struct vm_bill_balance, adjusted, "adjusted", VM_T_U256),
    VM_FIELD_ABI(struct vm_bill_balance, approved, "insurerApproved", VM_T_U256),
    VM_FIELD_ABI(struct vm_bill_balance, insurer_paid, "insurerPaid", VM_T_U256),
    VM_FIELD_ABI(struct vm_bill_balance, patient_paid, "patientPaid", VM_T_U256),
    VM_FIELD_ABI(struct vm_bill_balance, patient_due, "patientDue", VM_T_U256),
    VM_FIELD_ABI(struct vm_bill_balance, insurer_due, "insurerDue", VM_T_U256),
};
const struct vm_layout VM_BILL_BALANCE =
    VM_LAYOUT("Balance", struct vm_bill_balance, balance_fields);

/* ------------------------------------------------------------------ keys */

static struct vm_key numbered(uint8_t tag, struct mc_slice id, uint64_t i)
{
    uint8_t be[8];
    mc_be64_put(be, i);
    return vm_key2(tag, id, mc_slice(be, sizeof be));
}

struct vm_key vm_bill_line_key(struct mc_slice id, uint64_t i)
{
    return numbered(TAG_LINE, id, i);
}

struct vm_key vm_bill_payment_key(struct mc_slice id, uint64_t i)
{
    return numbered(TAG_PAYMENT, id, i);
}

struct vm_key vm_bill_cnt_key(void)
{
    return vm_key(TAG_CNT);
}

struct vm_key vm_bill_patient_key(const struct mc_addr *patient)
{
    return vm_key1(TAG_PATIENT, mc_addr_slice(patient));
}

struct vm_key vm_bill_payee_key(const struct mc_addr *payee)
{
    return vm_key1(TAG_PAYEE, mc_addr_slice(payee));
}

struct vm_key vm_bill_state_key(const struct mc_addr *payee, uint8_t state)
{
    return vm_key2(TAG_STATE, mc_addr_slice(payee), mc_slice(&state, 1));
}

struct vm_key vm_bill_outstanding_key(const struct mc_addr *patient, uint8_t currency)
{
    return vm_key2(TAG_OUTSTANDING, mc_addr_slice(patient), mc_slice(&currency, 1));
}

/* ------------------------------------------------------------------ figures */

enum mc_err vm_bill_patient_due(struct vm_call *c, const struct vm_bill_invoice *v,
                                struct mc_u256 *out)
{
    *out = v->total;
    VM_TRY(vm_num_sub(c, out, &v->adjusted));
    VM_TRY(vm_num_sub(c, out, &v->approved));
    return vm_num_sub(c, out, &v->patient_paid);
}

enum mc_err vm_bill_balance(struct vm_call *c, const struct vm_bill_invoice *v,
                            struct vm_bill_balance *b)
{
    *b = (struct vm_bill_balance){.total = v->total,
                                  .adjusted = v->adjusted,
                                  .approved = v->approved,
                                  .insurer_paid = v->insurer_paid,
                                  .patient_paid = v->patient_paid,
                                  .insurer_due = v->approved};
    VM_TRY(vm_bill_patient_due(c, v, &b->patient_due));
    return vm_num_sub(c, &b->insurer_due, &v->insurer_paid);
}

bool vm_bill_open(const struct vm_bill_invoice *v)
{
    return v->state == BILL_ISSUED || v->state == BILL_DISPUTED;
}

/* The invoice's part of the outstanding sum. */
static enum mc_err outstanding(struct vm_call *c, const struct vm_bill_invoice *v,
                               struct mc_u256 *out)
{
    *out = MC_U256_ZERO;
    return vm_bill_open(v) ? vm_bill_patient_due(c, v, out) : MC_OK;
}

/* ------------------------------------------------------------------ loading and storing */

enum mc_err vm_bill_load(struct vm_call *c, struct mc_slice id, struct vm_bill_invoice *v,
                         bool *found)
{
    struct vm_key k = vm_key1(TAG_INVOICE, id);
    VM_TRY(vm_get(c, &k, &VM_BILL_INVOICE, v, found));
    v->id = id;
    v->state_was = v->state;
    return outstanding(c, v, &v->outstanding_was);
}

enum mc_err vm_bill_read(struct vm_call *c, struct mc_slice id, struct vm_bill_invoice *v,
                         bool *found)
{
    struct vm_call at = vm_call_at(c, "Billing");
    return vm_bill_load(&at, id, v, found);
}

enum mc_err vm_bill_require(struct vm_call *c, struct mc_slice id, struct vm_bill_invoice *v)
{
    bool found;
    VM_TRY(vm_bill_load(c, id, v, &found));
    VM_REQUIRE(c, found, "Invoice does not exist");
    return MC_OK;
}

static enum mc_err save(struct vm_call *c, const struct vm_bill_invoice *v)
{
    struct vm_key k = vm_key1(TAG_INVOICE, v->id);
    return vm_put(c, &k, &VM_BILL_INVOICE, v);
}

/* The invoice moves from the ranked set of one state to that of another; NONE has no set. */
static enum mc_err state_index(struct vm_call *c, const struct vm_bill_invoice *v, uint8_t from,
                               uint8_t to)
{
    struct vm_key all = vm_bill_payee_key(&v->payee);
    struct vm_key leaves = vm_bill_state_key(&v->payee, from);
    struct vm_key joins = vm_bill_state_key(&v->payee, to);
    uint64_t len;

    VM_TRY(vm_list_len(c, &all, &len));
    if (from != BILL_NONE)
        VM_TRY(vm_ranked_remove(c, &leaves, len, v->payee_i));
    return vm_ranked_add(c, &joins, len, v->payee_i);
}

enum mc_err vm_bill_create(struct vm_call *c, struct vm_bill_invoice *v)
{
    struct vm_key patient = vm_bill_patient_key(&v->patient), payee = vm_bill_payee_key(&v->payee);
    struct vm_key cnt_key = vm_bill_cnt_key();
    uint64_t cnt;

    VM_TRY(vm_get_u64(c, &cnt_key, &cnt));
    VM_TRY(vm_put_u64(c, &cnt_key, cnt + 1));
    VM_TRY(vm_list_len(c, &payee, &v->payee_i));
    VM_TRY(vm_list_push(c, &patient, v->id));
    VM_TRY(vm_list_push(c, &payee, v->id));
    VM_TRY(state_index(c, v, BILL_NONE, v->state));
    return save(c, v);
}

/* ISSUED and BALANCED follow what is due; the other states do not. */
static enum mc_err state_follow(struct vm_call *c, struct vm_bill_invoice *v)
{
    struct vm_bill_balance b;
    VM_TRY(vm_bill_balance(c, v, &b));
    bool due = !mc_u256_is_zero(&b.patient_due) || !mc_u256_is_zero(&b.insurer_due);
    if (v->state == BILL_ISSUED && !due)
        v->state = BILL_BALANCED;
    else if (v->state == BILL_BALANCED && due)
        v->state = BILL_ISSUED;
    return MC_OK;
}

enum mc_err vm_bill_commit(struct vm_call *c, struct vm_bill_invoice *v)
{
    struct vm_key k = vm_bill_outstanding_key(&v->patient, v->currency);
    struct mc_u256 now, sum;

    VM_TRY(state_follow(c, v));
    VM_TRY(outstanding(c, v, &now));
    if (mc_u256_cmp(&now, &v->outstanding_was) != 0) {
        VM_TRY(vm_get_num(c, &k, &sum));
        VM_TRY(vm_num_sub(c, &sum, &v->outstanding_was));
        VM_TRY(vm_num_add(c, &sum, &now));
        VM_TRY(vm_put_num(c, &k, &sum));
    }
    if (v->state != v->state_was)
        VM_TRY(state_index(c, v, v->state_was, v->state));
    return save(c, v);
}

enum mc_err vm_bill_emit_state(struct vm_call *c, const struct vm_bill_invoice *v,
                               struct mc_slice reason)
{
    /* The transaction's sender, also where Insurance or ServicePayment called: only accounts send. */
    struct vm_val ev[] = {vm_str(v->id), vm_addr(&v->patient), vm_addr(&c->origin),
                          vm_str(v->id), vm_u64(v->state),     vm_str(reason)};
    return vm_emit(c, VM_BILL_STATE, ev);
}

enum mc_err vm_bill_settled(struct vm_call *c, const struct vm_bill_invoice *v)
{
    return v->state == v->state_was ? MC_OK : vm_bill_emit_state(c, v, mc_slice(NULL, 0));
}

/* ------------------------------------------------------------------ payments */

enum mc_err vm_bill_book(struct vm_call *c, struct vm_bill_invoice *v, struct vm_bill_payment *p)
{
    struct mc_u256 *paid = p->insurer ? &v->insurer_paid : &v->patient_paid;
    struct vm_key k = vm_bill_payment_key(v->id, v->payment_cnt++);
    struct vm_bill_balance b;

    p->time_s = c->time_s;
    VM_TRY(p->refund ? vm_num_sub(c, paid, &p->amount) : vm_num_add(c, paid, &p->amount));
    VM_TRY(vm_put(c, &k, &VM_BILL_PAYMENT, p));
    VM_TRY(vm_bill_commit(c, v));
    VM_TRY(vm_bill_balance(c, v, &b));
    struct vm_val ev[] = {vm_str(v->id),          vm_addr(&v->patient),  vm_addr(&p->payer),
                          vm_str(v->id),          vm_str(p->payment_id), vm_u256(&p->amount),
                          vm_bool(p->insurer),    vm_bool(p->refund),    vm_u256(&b.patient_due),
                          vm_u256(&b.insurer_due)};
    VM_TRY(vm_emit(c, VM_BILL_PAID, ev));
    return vm_bill_settled(c, v);
}
