/* Short forms for the tests of ServicePayment and what pays through it. */
#ifndef MC_TESTS_VM_PAYMENT_TEXT_H
#define MC_TESTS_VM_PAYMENT_TEXT_H

#include "tests/vm/money_text.h"

#define SP   "ServicePayment"
#define SELF "\"" PAYING "\""

/* Arguments of pay and escrow. */
static inline const char *pay_args(const char *id, const char *payee, unsigned long long amount,
                                   unsigned currency, const char *invoice)
{
    return text("[\"%s\",%s,%llu,%u,\"%s\"," HASH_1 "]", id, payee, amount, currency, invoice);
}

static inline const char *escrow_args(const char *id, const char *payee, unsigned long long amount,
                                      unsigned currency, const char *invoice, const char *arbiter,
                                      unsigned long long deadline)
{
    return text("[\"%s\",%s,%llu,%u,\"%s\",%s,%llu," HASH_1 "]", id, payee, amount, currency,
                invoice, arbiter, deadline);
}

static inline const char *op_args(const char *id, unsigned kind, const char *account,
                                  unsigned long long amount, const char *ref)
{
    return text("[\"%s\",%u,%s,%llu,\"%s\"," HASH_1 "]", id, kind, account, amount, ref);
}

static inline const char *transferred(const char *from, const char *to, unsigned long long amount)
{
    return event("Transfer", text("\"from\":%s,\"to\":%s,\"value\":\"%llu\"", from, to, amount));
}

static inline const char *made(const char *id, uint32_t payer, uint32_t payee, unsigned currency,
                               unsigned amount, const char *invoice, int state)
{
    return event("PaymentMade",
                 text("\"paymentKey\":\"%s\",\"payer\":%s,\"payee\":%s,\"paymentId\":\"%s\","
                      "\"currency\":%u,\"amount\":\"%u\",\"invoiceId\":\"%s\",\"state\":%d",
                      topic(id), acc(payer), acc(payee), id, currency, amount, invoice, state));
}

static inline const char *closed(const char *id, uint32_t payer, uint32_t payee, unsigned paid,
                                 unsigned returned, int state)
{
    return event("PaymentClosed",
                 text("\"paymentKey\":\"%s\",\"payer\":%s,\"payee\":%s,\"paymentId\":\"%s\","
                      "\"paid\":\"%u\",\"returned\":\"%u\",\"state\":%d",
                      topic(id), acc(payer), acc(payee), id, paid, returned, state));
}

static inline const char *op_proposed(const char *id, uint32_t by, const char *account, int kind,
                                      unsigned amount)
{
    return event("OperationProposed",
                 text("\"opKey\":\"%s\",\"proposer\":%s,\"account\":%s,\"opId\":\"%s\","
                      "\"kind\":%d,\"amount\":\"%u\"",
                      topic(id), acc(by), account, id, kind, amount));
}

static inline const char *op_approved(const char *id, uint32_t by, unsigned n, unsigned required)
{
    return event("OperationApproved",
                 text("\"opKey\":\"%s\",\"approver\":%s,\"opId\":\"%s\",\"approvals\":\"%u\","
                      "\"required\":\"%u\"",
                      topic(id), acc(by), id, n, required));
}

static inline const char *op_closed(const char *id, uint32_t by, int state)
{
    return event("OperationClosed", text("\"opKey\":\"%s\",\"by\":%s,\"opId\":\"%s\",\"state\":%d",
                                         topic(id), acc(by), id, state));
}

static unsigned fund_cnt; /* numbers the operations of fund() */

/* Two members issue units to an account. */
static inline void fund(uint32_t account, unsigned long long amount)
{
    const char *id = text("fund%u", fund_cnt++);
    as(ADMIN);
    call_ok(SP, "proposeOperation", op_args(id, 1, acc(account), amount, ""), "null");
    if (strstr((const char *)last.logs.p, "OperationClosed") != NULL)
        return; /* one approval is enough here */
    as(INSURER);
    call_ok(SP, "approveOperation", text("[\"%s\"]", id), "null");
}

static inline void units_are(uint32_t account, unsigned long long amount)
{
    call_ok(SP, "balanceOf", text("[%s]", acc(account)), text("\"%llu\"", amount));
}

/* What is held, and that this module's purse holds exactly that. */
static inline void held(unsigned long long balance, unsigned long long units)
{
    call_ok(SP, "getHeldTotals", "[]",
            text("{\"heldBalance\":\"%llu\",\"heldUnits\":\"%llu\"}", balance, units));
    assert_int_equal(balance_at(SP), balance);
}

static inline void pays(uint64_t value, const char *args)
{
    h_value = value;
    call_ok(SP, "pay", args, "null");
}

static inline void escrows(uint64_t value, const char *args)
{
    h_value = value;
    call_ok(SP, "escrow", args, "null");
}

static inline void refuses_value(uint64_t value, const char *method, const char *args,
                                 const char *reason)
{
    h_value = value;
    call_reverts(SP, method, args, reason);
}

/* paid, returned and state of a payment. */
static inline void payment_is(const char *id, unsigned paid, unsigned returned, int state)
{
    has_at(SP, "getPayment", text("[\"%s\"]", id),
           text("\"paid\":\"%u\",\"returned\":\"%u\",", paid, returned));
    has_at(SP, "getPayment", text("[\"%s\"]", id), text("\"state\":%d}", state));
}

#endif
