/* Dispensing: the item leaves stock and Prescription records the fill, both or neither. */
#include "vm/modules/drug_trace.h"
#include "vm/registry.h"

/* Prescription's method for the fill; NULL on other instances, and while the chain has no such module.  The method
 * sees this module as its caller, which tells it that the item is traced; the pharmacist is the transaction's
 * origin. */
static vm_handler_fn fill_method(const struct vm_call *c)
{
    const struct vm_entry *e = vm_entry_by_name(mc_slice_str("Prescription"));
    const struct vm_func *f;

    if (!c->well_known || e == NULL || c->block_number < e->active_from)
        return NULL;
    f = vm_entry_func_by_name(e, "dispense");
    MC_ASSERT(f != NULL);
    return f->method->fn;
}

/* in: itemId, prescriptionId, quantity, notes. */
static enum mc_err fill_record(struct vm_call *c, vm_handler_fn fill, const struct vm_val *in)
{
    struct mc_hash notes_hash = MC_HASH_ZERO;
    if (in[3].bytes.n != 0)
        mc_keccak256(&notes_hash, in[3].bytes);
    const struct vm_val args[] = {in[1], in[0], in[2], vm_word(&notes_hash)};
    struct vm_val none[1];
    return vm_call_module(c, "Prescription", fill, args, none);
}

VM_HANDLER(vm_dt_dispense_item)
{
    struct vm_dt_item it;
    vm_handler_fn fill = fill_method(c);

    (void)out;
    VM_TRY(vm_dt_item_own(c, in[0].bytes, &it));
    VM_REQUIRE(c, !vm_dt_item_expired(c, &it), "Item has expired");
    VM_TRY(vm_dt_item_free(c, &it, NULL));
    VM_REQUIRE(c, fill != NULL, "Not available on this instance");
    struct vm_dt_trace t = {
        .from = c->caller, .location = it.location, .notes = in[1].bytes, .action = VM_DT_DISPENSE};
    it.prescription = in[1].bytes;
    VM_TRY(vm_dt_item_end(c, &it, VM_DT_IS_DISPENSED));
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    VM_TRY(vm_dt_item_save(c, &it));
    struct vm_val ev[] = {in[0], in[1], vm_addr(&c->caller), in[0], in[1], in[2]};
    VM_TRY(vm_emit(c, VM_DT_DISPENSED, ev));
    return fill_record(c, fill, in);
}
