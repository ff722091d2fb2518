/* Views of Billing. */
#include "vm/modules/billing.h"
#include "vm/modules/ranked.h"

VM_HANDLER(vm_bill_get_invoice)
{
    struct vm_bill_invoice v;
    VM_TRY(vm_bill_require(c, in[0].bytes, &v));
    vm_ret_tuple(c, out, &VM_BILL_INVOICE, &v);
    return MC_OK;
}

VM_HANDLER(vm_bill_get_balance)
{
    struct vm_bill_invoice v;
    struct vm_bill_balance b;
    VM_TRY(vm_bill_require(c, in[0].bytes, &v));
    VM_TRY(vm_bill_balance(c, &v, &b));
    vm_ret_tuple(c, out, &VM_BILL_BALANCE, &b);
    return MC_OK;
}

VM_HANDLER(vm_bill_get_lines)
{
    struct vm_bill_invoice v;
    struct vm_bill_line_view line;
    uint64_t offset = vm_arg_u64(&in[1]);
    bool found;

    VM_TRY(vm_bill_require(c, in[0].bytes, &v));
    out[0] = vm_list(c, vm_page_cnt(v.line_cnt, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(v.line_cnt);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        struct vm_key k = vm_bill_line_key(v.id, offset + i);
        VM_TRY(vm_get(c, &k, &VM_BILL_LINE_VIEW, &line, &found));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_BILL_LINE_VIEW, &line);
    }
    return MC_OK;
}

VM_HANDLER(vm_bill_get_payments)
{
    struct vm_bill_invoice v;
    struct vm_bill_payment p;
    uint64_t offset = vm_arg_u64(&in[1]);
    bool found;

    VM_TRY(vm_bill_require(c, in[0].bytes, &v));
    out[0] = vm_list(c, vm_page_cnt(v.payment_cnt, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(v.payment_cnt);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        struct vm_key k = vm_bill_payment_key(v.id, offset + i);
        VM_TRY(vm_get(c, &k, &VM_BILL_PAYMENT, &p, &found));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_BILL_PAYMENT, &p);
    }
    return MC_OK;
}

VM_HANDLER(vm_bill_get_invoices_by_patient)
{
    struct vm_key k = vm_bill_patient_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_bill_get_invoices_by_payee)
{
    struct vm_key all = vm_bill_payee_key(&in[0].addr);
    uint64_t offset = vm_arg_u64(&in[2]), limit = vm_arg_u64(&in[3]);
    uint8_t state = (uint8_t)in[1].num.w[0];
    if (state == BILL_NONE)
        return vm_ret_page(c, out, &all, offset, limit, false);
    struct vm_key k = vm_bill_state_key(&in[0].addr, state);
    return vm_ranked_ret_page(c, out, &k, &all, offset, limit);
}

VM_HANDLER(vm_bill_get_outstanding)
{
    struct vm_key k = vm_bill_outstanding_key(&in[0].addr, (uint8_t)in[1].num.w[0]);
    struct mc_u256 sum;
    VM_TRY(vm_get_num(c, &k, &sum));
    *out = vm_u256(&sum);
    return MC_OK;
}

VM_HANDLER(vm_bill_get_total_invoices)
{
    struct vm_key k = vm_bill_cnt_key();
    uint64_t cnt;
    (void)in;
    VM_TRY(vm_get_u64(c, &k, &cnt));
    *out = vm_u64(cnt);
    return MC_OK;
}
