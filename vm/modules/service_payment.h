/* ServicePayment, private part: payments, escrow, the accounting unit and joint approval.
 *
 *     payment     (1, paymentId)            state, and how much of it settled its invoice
 *     operation   (2, opId)                 with its approvers and their members
 *     units       (3, account)              this module's own are the units it holds for others
 *     supply      (4)                       units in existence
 *     held        (5)                       chain balance it holds for others
 *     payments    (6)                       how many
 *     by payer    (7, payer)   by payee (8, payee)   by invoice (9, invoiceId)   lists of ids
 *     sequence    (10)                      ids of open operations
 *
 * All money moves in vm_sp_move(), which keeps the held sums:
 *
 *     account ──pay──────────────────────> account
 *     account ──escrow, pending, refund──> this module ──release, resolve, approve, reject──> account
 *
 * Chain balance comes in as the message's value and goes out with vm_pay(); units are cells here. */
#ifndef MC_VM_MODULES_SERVICE_PAYMENT_H
#define MC_VM_MODULES_SERVICE_PAYMENT_H

#include "vm/modules/money.h"

enum vm_sp_state {
    SP_NONE,
    SP_PENDING_APPROVAL,
    SP_COMPLETED,
    SP_HELD,
    SP_DISPUTED,
    SP_REFUNDED,
    SP_RESOLVED,
    SP_REJECTED
};

struct vm_sp_payment {
    struct mc_addr payer;
    struct mc_addr payee;
    uint8_t currency;
    struct mc_u256 amount;
    struct mc_u256 paid;
    struct mc_u256 returned;
    struct mc_slice invoice_id; /* "" for none */
    struct mc_addr arbiter;     /* zero: not an escrow */
    uint64_t deadline_s;
    struct mc_hash memo_hash;
    uint64_t created_s;
    uint64_t closed_s; /* 0: not yet */
    uint8_t state;
    struct mc_u256 settled;     /* part of paid that stands in Billing as paid by the patient */
    struct mc_u256 refund_open; /* sum of the open refund operations of it, at most paid */
    struct mc_slice id;         /* filled on load */
};

enum vm_sp_kind { SP_ISSUE_UNITS = 1, SP_REFUND_PAYMENT, SP_RELEASE_PAYMENT };
enum vm_sp_op_state { SP_OP_NONE, SP_OP_PROPOSED, SP_OP_EXECUTED, SP_OP_REJECTED, SP_OP_EXPIRED };

struct vm_sp_op {
    uint8_t kind;
    struct mc_addr proposer;
    struct mc_addr account;
    struct mc_u256 amount;
    struct mc_slice ref_id;
    struct mc_hash reason_hash;
    uint64_t created_s;
    uint64_t expires_s; /* exclusive */
    uint64_t required;
    struct vm_addrs approvers;
    uint8_t state;           /* EXPIRED is never stored */
    struct vm_addrs members; /* of the approvers when they approved */
    uint64_t pos;            /* in the sequence of open operations */
    struct mc_slice id;      /* filled on load */
};

extern const struct vm_layout VM_SP_PAYMENT, VM_SP_OPERATION;

enum vm_sp_event {
    VM_SP_TRANSFER,
    VM_SP_REDEEMED,
    VM_SP_MADE,
    VM_SP_CLOSED,
    VM_SP_DISPUTED,
    VM_SP_PROPOSED,
    VM_SP_APPROVED,
    VM_SP_OP_CLOSED
};

/* Ids of the payments that Insurance makes start with this. */
#define VM_SP_CLAIM_PREFIX "claim:"
bool vm_sp_is_claim(struct mc_slice payment_id);

/* ------------------------------------------------------------------ what Insurance asks and writes */

/* Units of an account, from any module's context. */
MC_NODISCARD enum mc_err vm_sp_units_of(struct vm_call *c, const struct mc_addr *account,
                                        struct mc_u256 *out);
/* in: paymentId, payer, payee, currency, amount, invoiceId.  Records the completed payment of a claim and moves its units;
 * chain balance the caller pays out itself, since it came to the caller. */
VM_HANDLER(vm_sp_claim_payment);

/* ------------------------------------------------------------------ state (service_payment_store.c) */

struct vm_key vm_sp_cnt_key(void);
struct vm_key vm_sp_supply_key(void);
struct vm_key vm_sp_held_key(void);
struct vm_key vm_sp_units_key(const struct mc_addr *account);
struct vm_key vm_sp_payer_key(const struct mc_addr *payer);
struct vm_key vm_sp_payee_key(const struct mc_addr *payee);
struct vm_key vm_sp_invoice_key(struct mc_slice invoice_id);
struct vm_key vm_sp_pending_key(void);

MC_NODISCARD enum mc_err vm_sp_load(struct vm_call *c, struct mc_slice id, struct vm_sp_payment *p,
                                    bool *found);
/* Reverts with "Payment does not exist". */
MC_NODISCARD enum mc_err vm_sp_require(struct vm_call *c, struct mc_slice id,
                                       struct vm_sp_payment *p);
MC_NODISCARD enum mc_err vm_sp_save(struct vm_call *c, const struct vm_sp_payment *p);
MC_NODISCARD enum mc_err vm_sp_op_load(struct vm_call *c, struct mc_slice id, struct vm_sp_op *o,
                                       bool *found);
/* Reverts with "Operation does not exist". */
MC_NODISCARD enum mc_err vm_sp_op_require(struct vm_call *c, struct mc_slice id,
                                          struct vm_sp_op *o);
MC_NODISCARD enum mc_err vm_sp_op_save(struct vm_call *c, const struct vm_sp_op *o);

/* Reverts with "Insufficient units" unless the account has that much. */
MC_NODISCARD enum mc_err vm_sp_require_units(struct vm_call *c, uint8_t currency,
                                             const struct mc_addr *account,
                                             const struct mc_u256 *amount);
/* Moves money that is there: between accounts, or to and from this module, which holds it. */
MC_NODISCARD enum mc_err vm_sp_move(struct vm_call *c, uint8_t currency, const struct mc_addr *from,
                                    const struct mc_addr *to, const struct mc_u256 *amount);
MC_NODISCARD enum mc_err vm_sp_emit_transfer(struct vm_call *c, const struct mc_addr *from,
                                             const struct mc_addr *to,
                                             const struct mc_u256 *amount);

/* ------------------------------------------------------------------ payments (service_payment_pay.c) */

/* Ends a payment whose money is held: to_payee goes to the payee, the rest to the payer. */
MC_NODISCARD enum mc_err vm_sp_close(struct vm_call *c, struct vm_sp_payment *p,
                                     const struct mc_u256 *to_payee, enum vm_sp_state state);
MC_NODISCARD enum mc_err vm_sp_emit_closed(struct vm_call *c, const struct vm_sp_payment *p);
/* What the payment's invoice has due: 0 unless ISSUED or DISPUTED. */
MC_NODISCARD enum mc_err vm_sp_invoice_due(struct vm_call *c, const struct vm_sp_payment *p,
                                           struct mc_u256 *out);
/* Books an amount (0: nothing) of the payment, or of its refund, into the invoice. */
MC_NODISCARD enum mc_err vm_sp_book(struct vm_call *c, const struct vm_sp_payment *p,
                                    const struct mc_u256 *amount, bool refund);

VM_HANDLER(vm_sp_pay);
VM_HANDLER(vm_sp_escrow);
VM_HANDLER(vm_sp_release);
VM_HANDLER(vm_sp_refund);
VM_HANDLER(vm_sp_dispute);
VM_HANDLER(vm_sp_resolve);

/* ------------------------------------------------------------------ operations (service_payment_operation.c) */

/* Opens the operation of kind 3 for a pending payment. */
MC_NODISCARD enum mc_err vm_sp_op_release(struct vm_call *c, const struct vm_sp_payment *p);

VM_HANDLER(vm_sp_propose);
VM_HANDLER(vm_sp_approve);
VM_HANDLER(vm_sp_reject);
VM_HANDLER(vm_sp_get_operation);
VM_HANDLER(vm_sp_get_pending);

#endif
