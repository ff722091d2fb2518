/* ServicePayment: its table, the accounting unit and the views of payments. */
#include "vm/modules/service_payment.h"

#include "vm/guard.h"

/* ------------------------------------------------------------------ accounting unit */

static enum mc_err unit_name(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_unit u;
    (void)in;
    VM_TRY(vm_genesis_unit(c, &u));
    *out = vm_str(u.name);
    return MC_OK;
}

static enum mc_err unit_symbol(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_unit u;
    (void)in;
    VM_TRY(vm_genesis_unit(c, &u));
    *out = vm_str(u.symbol);
    return MC_OK;
}

static enum mc_err unit_decimals(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_unit u;
    (void)in;
    VM_TRY(vm_genesis_unit(c, &u));
    *out = vm_u64(u.decimals);
    return MC_OK;
}

static enum mc_err total_supply(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_sp_supply_key();
    struct mc_u256 v;
    (void)in;
    VM_TRY(vm_get_num(c, &k, &v));
    *out = vm_u256(&v);
    return MC_OK;
}

static enum mc_err balance_of(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct mc_u256 v;
    VM_TRY(vm_sp_units_of(c, &in[0].addr, &v));
    *out = vm_u256(&v);
    return MC_OK;
}

static enum mc_err transfer(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    const struct mc_addr *to = &in[0].addr;
    VM_REQUIRE(c, !mc_addr_is_zero(to), "Zero address");
    VM_REQUIRE(c, !vm_is_module_addr(to), "Invalid recipient");
    VM_TRY(vm_sp_require_units(c, VM_UNITS, &c->caller, &in[1].num));
    *out = vm_bool(true);
    if (mc_u256_is_zero(&in[1].num)) /* here alone the event comes with nothing, too */
        return vm_sp_emit_transfer(c, &c->caller, to, &in[1].num);
    return vm_sp_move(c, VM_UNITS, &c->caller, to, &in[1].num);
}

/* in: amount, refHash. */
static enum mc_err redeem(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key supply = vm_sp_supply_key(), units = vm_sp_units_key(&c->caller);
    struct mc_u256 all, has;

    (void)out;
    VM_REQUIRE(c, !mc_u256_is_zero(&in[0].num), "Amount is zero");
    VM_TRY(vm_sp_require_units(c, VM_UNITS, &c->caller, &in[0].num));
    VM_TRY(vm_get_num(c, &units, &has));
    VM_TRY(vm_num_sub(c, &has, &in[0].num));
    VM_TRY(vm_put_num(c, &units, &has));
    VM_TRY(vm_get_num(c, &supply, &all));
    VM_TRY(vm_num_sub(c, &all, &in[0].num));
    VM_TRY(vm_put_num(c, &supply, &all));
    VM_TRY(vm_sp_emit_transfer(c, &c->caller, &MC_ADDR_ZERO, &in[0].num));
    struct vm_val ev[] = {vm_addr(&c->caller), in[0], in[1]};
    return vm_emit(c, VM_SP_REDEEMED, ev);
}

/* ------------------------------------------------------------------ views */

static enum mc_err get_payment(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_sp_payment p;
    VM_TRY(vm_sp_require(c, in[0].bytes, &p));
    vm_ret_tuple(c, out, &VM_SP_PAYMENT, &p);
    return MC_OK;
}

static enum mc_err by_payer(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_sp_payer_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

static enum mc_err by_payee(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_sp_payee_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

static enum mc_err by_invoice(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_sp_invoice_key(in[0].bytes);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

static enum mc_err held_totals(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_sp_held_key();
    struct mc_u256 balance, units;
    (void)in;
    VM_TRY(vm_get_num(c, &k, &balance));
    VM_TRY(vm_sp_units_of(c, &c->self, &units));
    out[0] = vm_u256(&balance);
    out[1] = vm_u256(&units);
    return MC_OK;
}

static enum mc_err total_payments(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_sp_cnt_key();
    uint64_t cnt;
    (void)in;
    VM_TRY(vm_get_u64(c, &k, &cnt));
    *out = vm_u64(cnt);
    return MC_OK;
}

/* ------------------------------------------------------------------ the table */

static const struct vm_method methods[] = {
    {"function name() view returns (string)", NULL, 0, unit_name},
    {"function symbol() view returns (string)", NULL, 0, unit_symbol},
    {"function decimals() view returns (uint8)", NULL, 0, unit_decimals},
    {"function totalSupply() view returns (uint256)", NULL, 0, total_supply},
    {"function balanceOf(address account) view returns (uint256)", NULL, 0, balance_of},
    {"function transfer(address to, uint256 amount) returns (bool)", NULL, 0, transfer},
    {"function redeem(uint256 amount, bytes32 refHash)", NULL, 0, redeem},
    {"function pay(string paymentId, address payee, uint256 amount, uint8 currency, string "
     "invoiceId, bytes32 memoHash) payable",
     "II", 0, vm_sp_pay},
    {"function escrow(string paymentId, address payee, uint256 amount, uint8 currency, string "
     "invoiceId, address arbiter, uint256 deadline, bytes32 memoHash) payable",
     "II", 0, vm_sp_escrow},
    {"function release(string paymentId)", "I", 0, vm_sp_release},
    {"function refund(string paymentId)", "I", 0, vm_sp_refund},
    {"function dispute(string paymentId, string reason)", "IT", 0, vm_sp_dispute},
    {"function resolve(string paymentId, uint256 amountToPayee)", "I", 0, vm_sp_resolve},
    {"function proposeOperation(string opId, uint8 kind, address account, uint256 amount, string "
     "refId, bytes32 reasonHash) payable",
     "II", VM_ADMIN | VM_INSURER, vm_sp_propose},
    {"function approveOperation(string opId)", "I", VM_ADMIN | VM_INSURER, vm_sp_approve},
    {"function rejectOperation(string opId)", "I", 0, vm_sp_reject},
    {"function getPayment(string paymentId) view returns (Payment)", NULL, 0, get_payment},
    {"function getPaymentsByPayer(address payer, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, by_payer},
    {"function getPaymentsByPayee(address payee, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, by_payee},
    {"function getPaymentsByInvoice(string invoiceId, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, by_invoice},
    {"function getHeldTotals() view returns (uint256 heldBalance, uint256 heldUnits)", NULL, 0,
     held_totals},
    {"function getOperation(string opId) view returns (Operation)", NULL, 0, vm_sp_get_operation},
    {"function getPendingOperations(uint256 offset, uint256 limit) view returns (string[] ids, "
     "uint256 total)",
     NULL, 0, vm_sp_get_pending},
    {"function getTotalPayments() view returns (uint256)", NULL, 0, total_payments},
};

static const char *const events[] = {
    [VM_SP_TRANSFER] = "event Transfer(address indexed from, address indexed to, uint256 value)",
    [VM_SP_REDEEMED] =
        "event UnitsRedeemed(address indexed account, uint256 amount, bytes32 refHash)",
    [VM_SP_MADE] = "event PaymentMade(string indexed paymentKey, address indexed payer, address "
                   "indexed payee, string paymentId, uint8 currency, uint256 amount, string "
                   "invoiceId, PaymentState state)",
    [VM_SP_CLOSED] = "event PaymentClosed(string indexed paymentKey, address indexed payer, "
                     "address indexed payee, string paymentId, uint256 paid, uint256 returned, "
                     "PaymentState state)",
    [VM_SP_DISPUTED] = "event PaymentDisputed(string indexed paymentKey, address indexed by, "
                       "string paymentId, string reason)",
    [VM_SP_PROPOSED] = "event OperationProposed(string indexed opKey, address indexed proposer, "
                       "address indexed account, string opId, uint8 kind, uint256 amount)",
    [VM_SP_APPROVED] = "event OperationApproved(string indexed opKey, address indexed approver, "
                       "string opId, uint256 approvals, uint256 required)",
    [VM_SP_OP_CLOSED] = "event OperationClosed(string indexed opKey, address indexed by, string "
                        "opId, OperationState state)",
};

static const struct vm_layout *const structs[] = {&VM_SP_PAYMENT, &VM_SP_OPERATION};
static const char *const enums[] = {"PaymentState", "OperationState"};

const struct vm_module vm_mod_service_payment = {
    .name = "ServicePayment",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
};
