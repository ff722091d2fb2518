/* Disclosures: the accessor says what it used, on the basis that the decision finds. */
#include "vm/modules/patient_consent.h"
#include "vm/state.h"

#define NUMBER_BYTES 8u

struct disclosure {
    struct mc_addr accessor;
    uint64_t time_s;
    struct mc_slice category;
    struct mc_slice data_id;
    struct mc_slice purpose;
    uint8_t action;
    struct mc_slice basis;
};
static const struct vm_field disclosure_fields[] = {
    VM_FIELD(struct disclosure, accessor, "accessor", VM_T_ADDR),
    VM_FIELD(struct disclosure, time_s, "time", VM_T_U64),
    VM_FIELD(struct disclosure, category, "dataCategory", VM_T_STR),
    VM_FIELD(struct disclosure, data_id, "dataId", VM_T_STR),
    VM_FIELD(struct disclosure, purpose, "purpose", VM_T_STR),
    VM_FIELD(struct disclosure, action, "action", VM_T_U8),
    VM_FIELD(struct disclosure, basis, "basis", VM_T_STR),
};
const struct vm_layout VM_PC_DISCLOSURE =
    VM_LAYOUT("Disclosure", struct disclosure, disclosure_fields);

/* ------------------------------------------------------------------ state */

static struct vm_key disclosure_key(const struct mc_addr *patient, uint64_t no)
{
    uint8_t be[NUMBER_BYTES];
    mc_be64_put(be, no);
    return vm_key2(VM_PC_TAG_DISCLOSURE, mc_addr_slice(patient), mc_slice(be, sizeof be));
}

static enum mc_err disclosure_load(struct vm_call *c, const struct mc_addr *patient, uint64_t no,
                                   struct vm_val *out)
{
    struct vm_key k = disclosure_key(patient, no);
    struct disclosure d;
    bool found;
    VM_TRY(vm_get(c, &k, &VM_PC_DISCLOSURE, &d, &found));
    if (!found)
        return vm_cell_corrupt(c);
    vm_ret_tuple(c, out, &VM_PC_DISCLOSURE, &d);
    return MC_OK;
}

static enum mc_err disclosure_add(struct vm_call *c, const struct mc_addr *patient,
                                  const struct disclosure *d)
{
    struct vm_key cnt = vm_pc_addr_key(VM_PC_TAG_DISCLOSURE_CNT, patient);
    struct vm_key accessor = vm_pc_addr_key(VM_PC_TAG_BY_ACCESSOR, &d->accessor);
    uint8_t entry[sizeof patient->b + NUMBER_BYTES];
    uint64_t no;

    VM_TRY(vm_get_u64(c, &cnt, &no));
    VM_TRY(vm_put_u64(c, &cnt, no + 1));
    memcpy(entry, patient->b, sizeof patient->b);
    mc_be64_put(entry + sizeof patient->b, no);
    VM_TRY(vm_list_push(c, &accessor, mc_slice(entry, sizeof entry)));
    struct vm_key k = disclosure_key(patient, no);
    return vm_put(c, &k, &VM_PC_DISCLOSURE, d);
}

/* ------------------------------------------------------------------ methods */

VM_HANDLER(vm_pc_is_permitted)
{
    struct vm_pc_question q = {in[0].addr,  in[1].addr,  in[2].bytes,
                               in[3].bytes, in[4].bytes, (uint8_t)in[5].num.w[0]};
    struct vm_pc_answer a;
    VM_TRY(vm_pc_decide(c, &q, &a));
    out[0] = vm_bool(a.allowed);
    out[1] = vm_str(a.basis);
    return MC_OK;
}

/* in: patient, dataCategory, dataId, purpose, action. */
VM_HANDLER(vm_pc_record_access)
{
    struct vm_pc_question q = {in[0].addr,  c->caller,   in[1].bytes,
                               in[2].bytes, in[3].bytes, (uint8_t)in[4].num.w[0]};
    struct vm_pc_answer a;

    (void)out;
    VM_REQUIRE(c, q.category.n != 0, "Empty category");
    VM_REQUIRE(c, q.purpose.n != 0, "Empty purpose");
    VM_REQUIRE(c, q.action == VM_PC_VIEW || q.action == VM_PC_MODIFY || q.action == VM_PC_EXPORT,
               "Invalid action");
    VM_TRY(vm_pc_decide(c, &q, &a));
    VM_REQUIRE(c, a.allowed, "Not permitted");
    struct disclosure d = {q.accessor, c->time_s, q.category, q.data_id,
                           q.purpose,  q.action,  a.basis};
    VM_TRY(disclosure_add(c, &q.patient, &d));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[1], in[2], in[3], in[4], vm_str(a.basis)};
    return vm_emit(c, VM_PC_ACCESS, ev);
}

VM_HANDLER(vm_pc_get_disclosures)
{
    struct vm_key cnt = vm_pc_addr_key(VM_PC_TAG_DISCLOSURE_CNT, &in[0].addr);
    uint64_t total, offset = vm_arg_u64(&in[1]);

    VM_TRY(vm_get_u64(c, &cnt, &total));
    out[0] = vm_list(c, vm_page_cnt(total, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++)
        VM_TRY(disclosure_load(c, &in[0].addr, total - 1 - offset - i, &out[0].list.v[i]));
    return MC_OK;
}

VM_HANDLER(vm_pc_get_disclosures_by_accessor)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_BY_ACCESSOR, &in[0].addr);
    uint64_t total, offset = vm_arg_u64(&in[1]);

    VM_TRY(vm_list_len(c, &k, &total));
    uint32_t cnt = vm_page_cnt(total, offset, vm_arg_u64(&in[2]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_list(c, cnt);
    out[2] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        struct mc_addr *patient = &out[0].list.v[i].addr;
        struct mc_slice entry;
        VM_TRY(vm_list_at(c, &k, total - 1 - offset - i, &entry));
        if (entry.n != sizeof patient->b + NUMBER_BYTES)
            return vm_cell_corrupt(c);
        memcpy(patient->b, entry.p, sizeof patient->b);
        VM_TRY(disclosure_load(c, patient, mc_be64_get(entry.p + sizeof patient->b),
                               &out[1].list.v[i]));
    }
    return MC_OK;
}
