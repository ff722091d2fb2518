/* Dispensing: the item leaves stock and Prescription records the fill, both or neither. */
#include "vm/modules/drug_trace.h"
#include "vm/vm.h"

/* Prescription's method for the fill.  It sees this module as its caller, which tells it that the item is traced; the
 * pharmacist is the transaction's origin.  NULL while the chain has no such module. */
static vm_handler_fn fill_method(void)
{
    static const char name[] = "function dispense(";
    const struct vm_module *m = vm_module_by_name(mc_slice_str("Prescription"));

    for (uint32_t i = 0; m != NULL && i < m->method_cnt; i++)
        if (strncmp(m->methods[i].decl, name, sizeof name - 1) == 0)
            return m->methods[i].fn;
    return NULL;
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
    vm_handler_fn fill = c->well_known ? fill_method() : NULL;

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
