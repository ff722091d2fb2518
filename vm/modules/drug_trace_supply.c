/* Registration, transfer, use and disposal: part 1's changing methods, and createItems. */
#include "vm/modules/drug_trace.h"

#define ITEMS_MAX 500u /* contracts/README.md, common rules */

/* ------------------------------------------------------------------ registration */

/* Arguments name, specification, manufacturer, batchNumber, productionDate, expiryDate, category. */
static struct vm_dt_master master_of(const struct vm_val *in)
{
    return (struct vm_dt_master){in[0].bytes, in[1].bytes, in[2].bytes, in[3].bytes,
                                 in[4].num,   in[5].num,   in[6].bytes};
}

static enum mc_err master_check(struct vm_call *c, const struct vm_dt_master *m)
{
    VM_REQUIRE(c, m->name.n != 0, "Name cannot be empty");
    VM_REQUIRE(c, m->manufacturer.n != 0, "Manufacturer cannot be empty");
    VM_REQUIRE(c, m->batch.n != 0, "Batch number cannot be empty");
    VM_REQUIRE(c, !mc_u256_is_zero(&m->production_s), "Production date must be valid");
    VM_REQUIRE(c, mc_u256_cmp(&m->expiry_s, &m->production_s) > 0,
               "Expiry date must be after production date");
    return MC_OK;
}

/* Stores one item with checked master data, lists it and emits ItemCreated. */
static enum mc_err item_store(struct vm_call *c, struct mc_slice id, const struct vm_dt_master *m,
                              uint64_t master_no)
{
    struct vm_dt_item it;
    bool found;
    struct vm_key all = vm_dt_all_key();
    struct vm_key manufacturer = vm_dt_manufacturer_key(m->manufacturer);
    struct vm_key batch = vm_dt_batch_number_key(m->batch);

    VM_TRY(vm_dt_item_load(c, id, &it, &found));
    VM_REQUIRE(c, !found, "Item already exists");
    it = (struct vm_dt_item){.id = id,
                             .m = *m,
                             .owner = c->caller,
                             .active = true,
                             .master_no = master_no,
                             .creator = c->caller,
                             .created_s = c->time_s};
    VM_TRY(vm_dt_owner_add(c, &it));
    VM_TRY(vm_dt_item_save(c, &it));
    VM_TRY(vm_list_push(c, &all, id));
    VM_TRY(vm_list_push(c, &manufacturer, id));
    VM_TRY(vm_list_push(c, &batch, id));
    struct vm_val ev[] = {vm_str(id), vm_str(m->name), vm_str(m->manufacturer), vm_str(m->batch)};
    return vm_emit(c, VM_DT_CREATED, ev);
}

VM_HANDLER(vm_dt_create_item)
{
    struct vm_dt_master m = master_of(in + 1);
    (void)out;
    VM_REQUIRE(c, in[0].bytes.n != 0, "Item ID cannot be empty");
    VM_TRY(master_check(c, &m));
    VM_TRY(item_store(c, in[0].bytes, &m, 0));
    return vm_dt_batch_grow(c, &m, 1);
}

VM_HANDLER(vm_dt_create_items)
{
    struct vm_dt_master m = master_of(in + 1);
    struct vm_key all = vm_dt_all_key();
    uint32_t cnt = in[0].list.cnt;
    uint64_t first;

    (void)out;
    VM_REQUIRE(c, cnt != 0, "Batch is empty");
    VM_REQUIRE(c, cnt <= ITEMS_MAX, "Batch too large");
    VM_TRY(master_check(c, &m));
    VM_TRY(vm_list_len(c, &all, &first));
    VM_TRY(vm_dt_master_save(c, first + 1, &m));
    for (uint32_t i = 0; i < cnt; i++) {
        struct mc_slice id = in[0].list.v[i].bytes;
        VM_REQUIRE(c, id.n != 0, "Item ID cannot be empty");
        VM_TRY(item_store(c, id, &m, first + 1));
    }
    VM_TRY(vm_dt_batch_grow(c, &m, cnt));
    struct vm_val ev[] = {vm_str(m.manufacturer), vm_str(m.batch), vm_str(m.manufacturer),
                          vm_str(m.batch), vm_u64(cnt)};
    return vm_emit(c, VM_DT_REGISTERED, ev);
}

/* ------------------------------------------------------------------ circulation */

VM_HANDLER(vm_dt_transfer_item)
{
    struct vm_dt_item it;
    const struct mc_addr *to = &in[1].addr;

    (void)out;
    VM_TRY(vm_dt_item_own(c, in[0].bytes, &it));
    VM_REQUIRE(c, !mc_addr_is_zero(to), "Cannot transfer to zero address");
    VM_REQUIRE(c, !mc_addr_eq(to, &c->caller), "Cannot transfer to self");
    VM_TRY(vm_dt_item_free(c, &it, to));
    struct vm_dt_trace t = {.from = c->caller,
                            .to = *to,
                            .location = in[2].bytes,
                            .notes = in[3].bytes,
                            .action = VM_DT_TRANSFER};
    VM_TRY(vm_dt_item_move(c, &it, to, in[2].bytes));
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    VM_TRY(vm_dt_item_save(c, &it));
    return vm_dt_emit_moved(c, &it, &c->caller);
}

VM_HANDLER(vm_dt_use_item)
{
    struct vm_dt_item it;
    const struct mc_slice notes[] = {mc_slice_str("Used for patient: "), in[1].bytes,
                                     mc_slice_str(". "), in[2].bytes};

    (void)out;
    VM_TRY(vm_dt_item_own(c, in[0].bytes, &it));
    VM_REQUIRE(c, in[1].bytes.n != 0, "Patient ID cannot be empty");
    VM_REQUIRE(c, !vm_dt_item_expired(c, &it), "Item has expired");
    VM_TRY(vm_dt_item_free(c, &it, NULL));
    struct vm_dt_trace t = {.from = c->caller,
                            .location = it.location,
                            .notes = vm_concat(c, notes, MC_COUNT(notes)),
                            .action = VM_DT_USE};
    it.use_cnt++;
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    VM_TRY(vm_dt_item_save(c, &it));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[1], in[2]};
    return vm_emit(c, VM_DT_USED, ev);
}

VM_HANDLER(vm_dt_dispose_item)
{
    struct vm_dt_item it;

    (void)out;
    VM_TRY(vm_dt_item_own(c, in[0].bytes, &it));
    VM_REQUIRE(c, in[1].bytes.n != 0, "Disposal reason cannot be empty");
    VM_REQUIRE(c, it.handover.n == 0, "Item is in transit");
    struct vm_dt_trace t = {
        .from = c->caller, .location = it.location, .notes = in[1].bytes, .action = VM_DT_DISPOSAL};
    VM_TRY(vm_dt_item_end(c, &it, VM_DT_IS_DISPOSED));
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    VM_TRY(vm_dt_item_save(c, &it));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[1]};
    return vm_emit(c, VM_DT_DISPOSED, ev);
}
