/* Doses given to the patient. */
#include "vm/modules/prescription.h"
#include "vm/state.h"

struct administration {
    struct mc_addr by;
    uint64_t quantity;
    uint64_t time_s;
    struct mc_hash notes_hash;
};
static const struct vm_field administration_fields[] = {
    VM_FIELD(struct administration, by, "by", VM_T_ADDR),
    VM_FIELD(struct administration, quantity, "quantity", VM_T_U64),
    VM_FIELD(struct administration, time_s, "time", VM_T_U64),
    VM_FIELD(struct administration, notes_hash, "notesHash", VM_T_HASH),
};
const struct vm_layout VM_RX_ADMINISTRATION =
    VM_LAYOUT("Administration", struct administration, administration_fields);

static struct vm_key administration_key(struct mc_slice id, uint64_t no)
{
    uint8_t be[8];
    mc_be64_put(be, no);
    return vm_key2(VM_RX_TAG_ADMINISTRATION, id, mc_slice(be, sizeof be));
}

/* in: prescriptionId, quantity, notesHash. */
VM_HANDLER(vm_rx_record_administration)
{
    struct administration a = {c->caller, vm_arg_u64(&in[1]), c->time_s, in[2].word};
    struct vm_rx r;

    (void)out;
    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, a.quantity != 0, "Quantity is zero");
    VM_REQUIRE(c, a.quantity <= r.dispensed - r.administered, "Exceeds dispensed quantity");
    struct vm_key k = administration_key(in[0].bytes, r.administration_cnt);
    VM_TRY(vm_put(c, &k, &VM_RX_ADMINISTRATION, &a));
    r.administration_cnt++;
    r.administered += a.quantity;
    VM_TRY(vm_rx_save(c, in[0].bytes, &r));
    struct vm_val ev[] = {in[0], vm_addr(&r.input.patient), vm_addr(&c->caller), in[0], in[1],
                          in[2]};
    return vm_emit(c, VM_RX_EV_ADMINISTERED, ev);
}

VM_HANDLER(vm_rx_get_administrations)
{
    uint64_t offset = vm_arg_u64(&in[1]);
    struct vm_rx r;

    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    out[0] = vm_list(c, vm_page_cnt(r.administration_cnt, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(r.administration_cnt);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        struct vm_key k = administration_key(in[0].bytes, offset + i);
        struct administration a;
        bool found;
        VM_TRY(vm_get(c, &k, &VM_RX_ADMINISTRATION, &a, &found));
        if (!found)
            return vm_cell_corrupt(c);
        vm_ret_tuple(c, &out[0].list.v[i], &VM_RX_ADMINISTRATION, &a);
    }
    return MC_OK;
}
