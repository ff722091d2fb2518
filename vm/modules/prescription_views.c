/* The views of Prescription. */
#include "vm/modules/prescription.h"
#include "vm/modules/sequence.h"

VM_HANDLER(vm_rx_get_prescription)
{
    struct vm_rx r;
    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    r.state = vm_rx_state_now(c, &r);
    vm_ret_tuple(c, out, &VM_RX_VIEW, &r);
    return MC_OK;
}

/* in: prescriptionId, documentHash, salt. */
VM_HANDLER(vm_rx_verify_prescription)
{
    const struct mc_slice parts[] = {mc_hash_slice(&in[2].word), mc_hash_slice(&in[1].word)};
    struct mc_hash h;
    struct vm_rx r;

    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    mc_keccak256v(&h, parts, MC_COUNT(parts));
    out[0] = vm_bool(mc_hash_eq(&h, &r.input.content_hash));
    out[1] = vm_bool(vm_rx_state_now(c, &r) == VM_RX_IS_ACTIVE && vm_rx_begun(c, &r) &&
                     vm_rx_available(c, &r) != 0);
    return MC_OK;
}

VM_HANDLER(vm_rx_get_remaining)
{
    struct vm_rx r;
    uint64_t fills, used = 0, next_s = 0;

    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    fills = vm_rx_fills_unlocked(c, &r);
    if (r.dispensed != 0)
        used = (r.dispensed - 1) / r.input.per_fill;
    if (r.input.interval_s != 0 && r.dispensed != 0 && fills <= r.input.refills)
        next_s = r.first_s + r.input.interval_s * fills;
    out[0] = vm_u64(vm_rx_available(c, &r));
    out[1] = vm_u64(vm_rx_authorised(&r) - r.dispensed);
    out[2] = vm_u64(used);
    out[3] = vm_u64(next_s);
    return MC_OK;
}

VM_HANDLER(vm_rx_get_prescriptions_by_patient)
{
    struct vm_key k = vm_rx_addr_key(VM_RX_TAG_BY_PATIENT, &in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_rx_get_prescriptions_by_prescriber)
{
    struct vm_key k = vm_rx_addr_key(VM_RX_TAG_BY_PRESCRIBER, &in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_rx_get_pending_reviews)
{
    struct vm_key k = vm_key(VM_RX_TAG_PENDING);
    return vm_seq_ret_page(c, out, &k, vm_arg_u64(&in[0]), vm_arg_u64(&in[1]));
}

VM_HANDLER(vm_rx_get_total_prescriptions)
{
    struct vm_key k = vm_key(VM_RX_TAG_CNT);
    uint64_t total;
    (void)in;
    VM_TRY(vm_get_u64(c, &k, &total));
    out[0] = vm_u64(total);
    return MC_OK;
}
