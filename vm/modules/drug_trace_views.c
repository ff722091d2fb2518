/* The views of DrugTrace on items. */
#include "vm/modules/drug_trace.h"

struct item_status {
    uint8_t state;
    bool usable;
    uint64_t use_cnt;
    struct mc_addr owner;
    struct mc_slice handover;
    struct mc_slice requisition;
    struct mc_slice prescription;
};
static const struct vm_field status_fields[] = {
    VM_FIELD_ENUM_ABI(struct item_status, state, "state", "ItemState"),
    VM_FIELD_ABI(struct item_status, usable, "usable", VM_T_BOOL),
    VM_FIELD_ABI(struct item_status, use_cnt, "useCount", VM_T_U64),
    VM_FIELD_ABI(struct item_status, owner, "owner", VM_T_ADDR),
    VM_FIELD_ABI(struct item_status, handover, "handoverId", VM_T_STR),
    VM_FIELD_ABI(struct item_status, requisition, "requisitionId", VM_T_STR),
    VM_FIELD_ABI(struct item_status, prescription, "prescriptionId", VM_T_STR),
};
const struct vm_layout VM_DT_ITEM_STATUS =
    VM_LAYOUT("ItemStatus", struct item_status, status_fields);

/* From the strongest state down: disposed beats dispensed beats recalled ... */
static enum vm_dt_item_state item_state(const struct vm_call *c, const struct vm_dt_item *it,
                                        const struct vm_dt_batch *b)
{
    if (it->final != 0)
        return (enum vm_dt_item_state)it->final;
    if (b->recall_class != 0)
        return VM_DT_IS_RECALLED;
    if (it->quarantined || b->quarantined)
        return VM_DT_IS_QUARANTINED;
    if (vm_dt_item_expired(c, it))
        return VM_DT_EXPIRED;
    return it->handover.n != 0 ? VM_DT_IN_TRANSIT : VM_DT_AVAILABLE;
}

VM_HANDLER(vm_dt_get_item_status)
{
    struct vm_dt_item it;
    struct vm_dt_batch b;
    struct item_status s = {.state = VM_DT_NONE};
    bool found;

    VM_TRY(vm_dt_item_load(c, in[0].bytes, &it, &found));
    if (found) {
        VM_TRY(vm_dt_batch_load(c, it.m.manufacturer, it.m.batch, &b));
        enum vm_dt_item_state state = item_state(c, &it, &b);
        s = (struct item_status){(uint8_t)state, state == VM_DT_AVAILABLE, it.use_cnt,     it.owner,
                                 it.handover,    it.requisition,           it.prescription};
    }
    vm_ret_tuple(c, out, &VM_DT_ITEM_STATUS, &s);
    return MC_OK;
}

VM_HANDLER(vm_dt_get_item)
{
    struct vm_dt_item it;
    VM_TRY(vm_dt_item_require(c, in[0].bytes, &it));
    vm_ret_tuple(c, out, &VM_DT_ITEM, &it);
    return MC_OK;
}

VM_HANDLER(vm_dt_supply_items)
{
    struct vm_dt_item it;
    bool found;
    VM_TRY(vm_dt_item_load(c, in[0].bytes, &it, &found));
    vm_ret_members(c, out, &VM_DT_ITEM, &it);
    return MC_OK;
}

VM_HANDLER(vm_dt_is_item_expired)
{
    struct vm_dt_item it;
    VM_TRY(vm_dt_item_require(c, in[0].bytes, &it));
    out[0] = vm_bool(vm_dt_item_expired(c, &it));
    return MC_OK;
}

/* ------------------------------------------------------------------ lists */

VM_HANDLER(vm_dt_get_total_items)
{
    struct vm_key k = vm_dt_all_key();
    uint64_t total;
    (void)in;
    VM_TRY(vm_list_len(c, &k, &total));
    out[0] = vm_u64(total);
    return MC_OK;
}

VM_HANDLER(vm_dt_item_ids)
{
    struct vm_key k = vm_dt_all_key();
    return vm_ret_element(c, out, &k, &in[0]);
}

VM_HANDLER(vm_dt_get_items_by_manufacturer)
{
    struct vm_key k = vm_dt_manufacturer_key(in[0].bytes);
    return vm_ret_all(c, out, &k);
}

VM_HANDLER(vm_dt_get_items_by_manufacturer_page)
{
    struct vm_key k = vm_dt_manufacturer_key(in[0].bytes);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_dt_get_items_by_batch)
{
    struct vm_key k = vm_dt_batch_number_key(in[0].bytes);
    return vm_ret_all(c, out, &k);
}

VM_HANDLER(vm_dt_get_items_by_batch_page)
{
    struct vm_key k = vm_dt_batch_number_key(in[0].bytes);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_dt_get_items_by_owner)
{
    struct vm_key k = vm_dt_owner_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}
