/* Billing, private part: invoices of a hospital to a patient, and what is due.
 *
 *     invoice      (1, invoiceId)           state and sums, whatever the number of lines
 *     line         (2, invoiceId, number)   numbers 8 bytes big endian, from 0
 *     payment      (3, invoiceId, number)
 *     invoices     (4)                      how many
 *     by patient   (5, patient)             list of ids
 *     by payee     (6, payee)               list of ids; ranked sets (7, payee, state) over it
 *     outstanding  (8, patient, currency)   sum of patientDue over ISSUED and DISPUTED invoices
 *
 * Every change goes the same way, so that no sum can be forgotten:
 *
 *     vm_bill_require() ──> checks ──> new figures ──> vm_bill_commit() ──> event ──> vm_bill_settled()
 *     remembers what counted           in the record   settles state, index        InvoiceStateChanged
 *     as outstanding                                   and outstanding sum         when the state followed
 *
 * Insurance and ServicePayment read with vm_bill_read() and write through vm_call_module() and the three handlers below
 * "what other modules write". */
#ifndef MC_VM_MODULES_BILLING_H
#define MC_VM_MODULES_BILLING_H

#include "vm/modules/money.h"

enum vm_bill_state {
    BILL_NONE,
    BILL_DRAFT,
    BILL_ISSUED,
    BILL_BALANCED,
    BILL_CANCELLED,
    BILL_DISPUTED,
    BILL_STATE_CNT
};

struct vm_bill_invoice {
    struct mc_addr patient;
    struct mc_addr payee;
    uint8_t currency;
    struct mc_slice encounter_id;
    struct mc_hash details_hash;
    uint64_t created_s;
    uint64_t issued_s; /* 0: not yet */
    struct mc_u256 due_date;
    uint64_t line_cnt;          /* voided ones included */
    struct mc_slice open_claim; /* "" for none */
    uint8_t state;
    uint64_t payee_i; /* place in the payee's list */
    uint64_t payment_cnt;
    struct mc_u256 total;
    struct mc_u256 adjusted;
    struct mc_u256 approved; /* insurerApproved */
    struct mc_u256 insurer_paid;
    struct mc_u256 patient_paid;
    /* Not stored. */
    struct mc_slice id;
    uint8_t state_was;              /* as loaded */
    struct mc_u256 outstanding_was; /* its part of the outstanding sum, as loaded */
};

struct vm_bill_line {
    struct mc_slice code;
    struct mc_u256 quantity;
    struct mc_u256 unit_price;
    struct mc_slice ref_id;
};
struct vm_bill_line_view {
    struct vm_bill_line line;
    struct mc_addr by;
    uint64_t time_s;
    bool voided;
};

struct vm_bill_payment {
    struct mc_slice payment_id;
    struct mc_addr payer;
    struct mc_u256 amount;
    bool insurer;
    bool refund;
    struct mc_slice method;
    struct mc_hash receipt;
    uint64_t time_s;
};

struct vm_bill_balance {
    struct mc_u256 total, adjusted, approved, insurer_paid, patient_paid, patient_due, insurer_due;
};

extern const struct vm_layout VM_BILL_INVOICE, VM_BILL_LINE, VM_BILL_LINE_VIEW, VM_BILL_BALANCE,
    VM_BILL_PAYMENT;

enum vm_bill_event {
    VM_BILL_CREATED,
    VM_BILL_LINES_ADDED,
    VM_BILL_LINE_VOIDED,
    VM_BILL_ISSUED,
    VM_BILL_STATE,
    VM_BILL_ADJUSTED,
    VM_BILL_PAID,
    VM_BILL_COVERED
};

/* ------------------------------------------------------------------ what other modules ask */

/* Reads an invoice of the well-known Billing from any module's context. */
MC_NODISCARD enum mc_err vm_bill_read(struct vm_call *c, struct mc_slice id,
                                      struct vm_bill_invoice *v, bool *found);
/* patientDue, in every state. */
MC_NODISCARD enum mc_err vm_bill_patient_due(struct vm_call *c, const struct vm_bill_invoice *v,
                                             struct mc_u256 *out);
/* ISSUED or DISPUTED: payments and claims are possible. */
bool vm_bill_open(const struct vm_bill_invoice *v);

/* ------------------------------------------------------------------ what other modules write */

/* in: invoiceId, claimId.  The claim is under way; "" frees the invoice. */
VM_HANDLER(vm_bill_mark_claim);
/* in: invoiceId, claimId, then amounts: cover added, adjustment added, cover taken out, adjustment taken out.  Also
 * frees the invoice of its claim. */
VM_HANDLER(vm_bill_apply_cover);
/* in: invoiceId, paymentId, payer, amount, isInsurer, isRefund. */
VM_HANDLER(vm_bill_apply_payment);

/* ------------------------------------------------------------------ the module's own (billing_store.c) */

struct vm_key vm_bill_line_key(struct mc_slice id, uint64_t i);
struct vm_key vm_bill_payment_key(struct mc_slice id, uint64_t i);
struct vm_key vm_bill_cnt_key(void);
struct vm_key vm_bill_patient_key(const struct mc_addr *patient);
struct vm_key vm_bill_payee_key(const struct mc_addr *payee);
struct vm_key vm_bill_state_key(const struct mc_addr *payee, uint8_t state);
struct vm_key vm_bill_outstanding_key(const struct mc_addr *patient, uint8_t currency);

MC_NODISCARD enum mc_err vm_bill_load(struct vm_call *c, struct mc_slice id,
                                      struct vm_bill_invoice *v, bool *found);
/* Reverts with "Invoice does not exist". */
MC_NODISCARD enum mc_err vm_bill_require(struct vm_call *c, struct mc_slice id,
                                         struct vm_bill_invoice *v);
MC_NODISCARD enum mc_err vm_bill_balance(struct vm_call *c, const struct vm_bill_invoice *v,
                                         struct vm_bill_balance *b);
/* Stores a new invoice and its indexes. */
MC_NODISCARD enum mc_err vm_bill_create(struct vm_call *c, struct vm_bill_invoice *v);
/* Stores an invoice whose figures or state changed: ISSUED and BALANCED follow what is due, the state's index and the
 * outstanding sum follow the invoice. */
MC_NODISCARD enum mc_err vm_bill_commit(struct vm_call *c, struct vm_bill_invoice *v);
/* Emits InvoiceStateChanged with the sender. */
MC_NODISCARD enum mc_err vm_bill_emit_state(struct vm_call *c, const struct vm_bill_invoice *v,
                                            struct mc_slice reason);
/* The same when the state differs from the one loaded. */
MC_NODISCARD enum mc_err vm_bill_settled(struct vm_call *c, const struct vm_bill_invoice *v);
/* Books a payment or refund into the figures, stores the invoice and emits PaymentApplied; p->time_s is set here. */
MC_NODISCARD enum mc_err vm_bill_book(struct vm_call *c, struct vm_bill_invoice *v,
                                      struct vm_bill_payment *p);

/* Views (billing_views.c). */
VM_HANDLER(vm_bill_get_invoice);
VM_HANDLER(vm_bill_get_balance);
VM_HANDLER(vm_bill_get_lines);
VM_HANDLER(vm_bill_get_payments);
VM_HANDLER(vm_bill_get_invoices_by_patient);
VM_HANDLER(vm_bill_get_invoices_by_payee);
VM_HANDLER(vm_bill_get_outstanding);
VM_HANDLER(vm_bill_get_total_invoices);

#endif
