/* Payments, operations, units and held money in state. */
#include "vm/frame.h"
#include "vm/modules/service_payment.h"

enum {
    TAG_PAYMENT = 1,
    TAG_OPERATION,
    TAG_UNITS,
    TAG_SUPPLY,
    TAG_HELD,
    TAG_CNT,
    TAG_PAYER,
    TAG_PAYEE,
    TAG_INVOICE,
    TAG_PENDING
};

static const struct vm_field payment_fields[] = {
    VM_FIELD(struct vm_sp_payment, payer, "payer", VM_T_ADDR),
    VM_FIELD(struct vm_sp_payment, payee, "payee", VM_T_ADDR),
    VM_FIELD(struct vm_sp_payment, currency, "currency", VM_T_U8),
    VM_FIELD(struct vm_sp_payment, amount, "amount", VM_T_U256),
    VM_FIELD(struct vm_sp_payment, paid, "paid", VM_T_U256),
    VM_FIELD(struct vm_sp_payment, returned, "returned", VM_T_U256),
    VM_FIELD(struct vm_sp_payment, invoice_id, "invoiceId", VM_T_STR),
    VM_FIELD(struct vm_sp_payment, arbiter, "arbiter", VM_T_ADDR),
    VM_FIELD(struct vm_sp_payment, deadline_s, "deadline", VM_T_U64),
    VM_FIELD(struct vm_sp_payment, memo_hash, "memoHash", VM_T_HASH),
    VM_FIELD(struct vm_sp_payment, created_s, "createdAt", VM_T_U64),
    VM_FIELD(struct vm_sp_payment, closed_s, "closedAt", VM_T_U64),
    VM_FIELD_ENUM(struct vm_sp_payment, state, "state", "PaymentState"),
    VM_FIELD_STORED(struct vm_sp_payment, settled, VM_T_U256),
    VM_FIELD_STORED(struct vm_sp_payment, refund_open, VM_T_U256),
};
const struct vm_layout VM_SP_PAYMENT = VM_LAYOUT("Payment", struct vm_sp_payment, payment_fields);

static const struct vm_field op_fields[] = {
    VM_FIELD(struct vm_sp_op, kind, "kind", VM_T_U8),
    VM_FIELD(struct vm_sp_op, proposer, "proposer", VM_T_ADDR),
    VM_FIELD(struct vm_sp_op, account, "account", VM_T_ADDR),
    VM_FIELD(struct vm_sp_op, amount, "amount", VM_T_U256),
    VM_FIELD(struct vm_sp_op, ref_id, "refId", VM_T_STR),
    VM_FIELD(struct vm_sp_op, reason_hash, "reasonHash", VM_T_HASH),
    VM_FIELD(struct vm_sp_op, created_s, "createdAt", VM_T_U64),
    VM_FIELD(struct vm_sp_op, expires_s, "expiresAt", VM_T_U64),
    VM_FIELD(struct vm_sp_op, required, "required", VM_T_U64),
    VM_FIELD(struct vm_sp_op, approvers, "approvers", VM_T_ADDRS),
    VM_FIELD_ENUM(struct vm_sp_op, state, "state", "OperationState"),
    VM_FIELD_STORED(struct vm_sp_op, members, VM_T_ADDRS),
    VM_FIELD_STORED(struct vm_sp_op, pos, VM_T_U64),
};
const struct vm_layout VM_SP_OPERATION = VM_LAYOUT("Operation", struct vm_sp_op, op_fields);

bool vm_sp_is_claim(struct mc_slice payment_id)
{
    struct mc_slice prefix = mc_slice_str(VM_SP_CLAIM_PREFIX);
    return payment_id.n >= prefix.n && memcmp(payment_id.p, prefix.p, prefix.n) == 0;
}

/* ------------------------------------------------------------------ keys */

struct vm_key vm_sp_cnt_key(void)
{
    return vm_key(TAG_CNT);
}

struct vm_key vm_sp_supply_key(void)
{
    return vm_key(TAG_SUPPLY);
}

struct vm_key vm_sp_held_key(void)
{
    return vm_key(TAG_HELD);
}

struct vm_key vm_sp_units_key(const struct mc_addr *account)
{
    return vm_key1(TAG_UNITS, mc_addr_slice(account));
}

struct vm_key vm_sp_payer_key(const struct mc_addr *payer)
{
    return vm_key1(TAG_PAYER, mc_addr_slice(payer));
}

struct vm_key vm_sp_payee_key(const struct mc_addr *payee)
{
    return vm_key1(TAG_PAYEE, mc_addr_slice(payee));
}

struct vm_key vm_sp_invoice_key(struct mc_slice invoice_id)
{
    return vm_key1(TAG_INVOICE, invoice_id);
}

struct vm_key vm_sp_pending_key(void)
{
    return vm_key(TAG_PENDING);
}

/* ------------------------------------------------------------------ records */

enum mc_err vm_sp_load(struct vm_call *c, struct mc_slice id, struct vm_sp_payment *p, bool *found)
{
    struct vm_key k = vm_key1(TAG_PAYMENT, id);
    VM_TRY(vm_get(c, &k, &VM_SP_PAYMENT, p, found));
    p->id = id;
    return MC_OK;
}

enum mc_err vm_sp_require(struct vm_call *c, struct mc_slice id, struct vm_sp_payment *p)
{
    bool found;
    VM_TRY(vm_sp_load(c, id, p, &found));
    VM_REQUIRE(c, found, "Payment does not exist");
    return MC_OK;
}

enum mc_err vm_sp_save(struct vm_call *c, const struct vm_sp_payment *p)
{
    struct vm_key k = vm_key1(TAG_PAYMENT, p->id);
    return vm_put(c, &k, &VM_SP_PAYMENT, p);
}

enum mc_err vm_sp_op_load(struct vm_call *c, struct mc_slice id, struct vm_sp_op *o, bool *found)
{
    struct vm_key k = vm_key1(TAG_OPERATION, id);
    VM_TRY(vm_get(c, &k, &VM_SP_OPERATION, o, found));
    o->id = id;
    return MC_OK;
}

enum mc_err vm_sp_op_require(struct vm_call *c, struct mc_slice id, struct vm_sp_op *o)
{
    bool found;
    VM_TRY(vm_sp_op_load(c, id, o, &found));
    VM_REQUIRE(c, found, "Operation does not exist");
    return MC_OK;
}

enum mc_err vm_sp_op_save(struct vm_call *c, const struct vm_sp_op *o)
{
    struct vm_key k = vm_key1(TAG_OPERATION, o->id);
    return vm_put(c, &k, &VM_SP_OPERATION, o);
}

/* ------------------------------------------------------------------ money */

enum mc_err vm_sp_units_of(struct vm_call *c, const struct mc_addr *account, struct mc_u256 *out)
{
    struct vm_call at = vm_call_at(c, "ServicePayment");
    struct vm_key k = vm_sp_units_key(account);
    return vm_get_num(&at, &k, out);
}

enum mc_err vm_sp_require_units(struct vm_call *c, uint8_t currency, const struct mc_addr *account,
                                const struct mc_u256 *amount)
{
    struct mc_u256 units;
    if (currency != VM_UNITS)
        return MC_OK;
    VM_TRY(vm_sp_units_of(c, account, &units));
    VM_REQUIRE(c, !vm_num_lt(&units, amount), "Insufficient units");
    return MC_OK;
}

enum mc_err vm_sp_emit_transfer(struct vm_call *c, const struct mc_addr *from,
                                const struct mc_addr *to, const struct mc_u256 *amount)
{
    struct vm_val ev[] = {vm_addr(from), vm_addr(to), vm_u256(amount)};
    return vm_emit(c, VM_SP_TRANSFER, ev);
}

static enum mc_err num_change(struct vm_call *c, const struct vm_key *k,
                              const struct mc_u256 *amount, bool more)
{
    struct mc_u256 v;
    VM_TRY(vm_get_num(c, k, &v));
    VM_TRY(more ? vm_num_add(c, &v, amount) : vm_num_sub(c, &v, amount));
    return vm_put_num(c, k, &v);
}

static enum mc_err balance_move(struct vm_call *c, const struct mc_addr *from,
                                const struct mc_addr *to, const struct mc_u256 *amount)
{
    struct vm_key held = vm_sp_held_key();
    if (mc_addr_eq(to, &c->self))
        return num_change(c, &held, amount, true);
    if (mc_addr_eq(from, &c->self))
        VM_TRY(num_change(c, &held, amount, false));
    return vm_pay(c, to, amount);
}

enum mc_err vm_sp_move(struct vm_call *c, uint8_t currency, const struct mc_addr *from,
                       const struct mc_addr *to, const struct mc_u256 *amount)
{
    struct vm_key giver = vm_sp_units_key(from), taker = vm_sp_units_key(to);
    if (mc_u256_is_zero(amount))
        return MC_OK;
    if (currency == VM_CHAIN_BALANCE)
        return balance_move(c, from, to, amount);
    VM_TRY(num_change(c, &giver, amount, false));
    VM_TRY(num_change(c, &taker, amount, true));
    return vm_sp_emit_transfer(c, from, to, amount);
}
