/* The views of MedicalRecordHash. */
#include "vm/modules/medical_record_hash.h"

VM_HANDLER(vm_mrh_get_record)
{
    struct vm_mrh_record r;
    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    vm_ret_tuple(c, out, &VM_MRH_RECORD, &r);
    return MC_OK;
}

VM_HANDLER(vm_mrh_medical_records)
{
    struct vm_mrh_record r;
    bool found;
    VM_TRY(vm_mrh_load(c, in[0].bytes, &r, &found));
    vm_ret_members(c, out, &VM_MRH_RECORD, &r);
    return MC_OK;
}

/* The versions first, first + 1, ... as list elements of a layout. */
static enum mc_err ret_versions(struct vm_call *c, struct vm_val *list, struct mc_slice id,
                                const struct vm_mrh_record *r, uint64_t first,
                                const struct vm_layout *l)
{
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < list->list.cnt; i++) {
        struct vm_mrh_version v;
        VM_TRY(vm_mrh_version(c, id, r, first + i, &v));
        vm_ret_tuple(c, &list->list.v[i], l, &v);
    }
    return MC_OK;
}

VM_HANDLER(vm_mrh_get_modification_history)
{
    struct vm_mrh_record r;
    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, r.change_cnt <= MC_LIST_RESULT_MAX, "Result too large");
    out[0] = vm_list(c, (uint32_t)r.change_cnt);
    return ret_versions(c, &out[0], in[0].bytes, &r, 1, &VM_MRH_CHANGE);
}

VM_HANDLER(vm_mrh_modification_history)
{
    struct vm_mrh_record r;
    struct vm_mrh_version v;
    bool found;
    uint64_t i = vm_arg_u64(&in[1]);

    VM_TRY(vm_mrh_load(c, in[0].bytes, &r, &found));
    if (i >= r.change_cnt)
        return vm_revert_empty(c);
    VM_TRY(vm_mrh_version(c, in[0].bytes, &r, i + 1, &v));
    vm_ret_members(c, out, &VM_MRH_CHANGE, &v);
    return MC_OK;
}

VM_HANDLER(vm_mrh_get_versions)
{
    struct vm_mrh_record r;
    uint64_t offset = vm_arg_u64(&in[1]), limit = vm_arg_u64(&in[2]);

    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    uint64_t total = r.change_cnt + 1;
    out[0] = vm_list(c, vm_page_cnt(total, offset, limit));
    out[1] = vm_u64(total);
    return ret_versions(c, &out[0], in[0].bytes, &r, offset, &VM_MRH_VERSION);
}

/* ------------------------------------------------------------------ verification */

VM_HANDLER(vm_mrh_verify_hash)
{
    struct vm_mrh_record r;
    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, r.active, "Record is not active");
    out[0] = vm_bool(mc_slice_eq(r.hash, in[1].bytes));
    return MC_OK;
}

VM_HANDLER(vm_mrh_verify_commitment)
{
    struct vm_mrh_record r;
    struct mc_hash h;
    char text[2 + 2 * sizeof h.b + 1] = "0x";
    const struct mc_slice parts[] = {mc_hash_slice(&in[2].word), mc_hash_slice(&in[1].word)};

    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    mc_keccak256v(&h, parts, MC_COUNT(parts));
    mc_hex_encode(text + 2, h.b, sizeof h.b);
    out[0] = vm_bool(mc_slice_eq(r.hash, mc_slice(text, sizeof text - 1)));
    return MC_OK;
}

/* The point in the past that is asked about: all changes up to and including it count. */
struct when {
    bool by_block;
    uint64_t at;
};

static bool not_after(const struct when *w, uint64_t time_s, uint64_t block)
{
    return (w->by_block ? block : time_s) <= w->at;
}

/* Binary search for the last version that is not after `w`; times and blocks never fall from one version to the
 * next. */
static enum mc_err verify_at(struct vm_call *c, const struct vm_val *in,
                             const struct vm_mrh_record *r, const struct when *w,
                             struct vm_val *out)
{
    struct vm_mrh_version v, last = {0};
    uint64_t lo = 0,
             hi = r->change_cnt + 1; /* the answer is below hi; below lo all are not after */

    out[0] = vm_bool(false);
    if (!r->active && not_after(w, r->ended_s, r->ended_block))
        return MC_OK;
    while (lo < hi) {
        uint64_t mid = lo + (hi - lo) / 2;
        VM_TRY(vm_mrh_version(c, in[0].bytes, r, mid, &v));
        if (not_after(w, v.time_s, v.block)) {
            last = v;
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    out[0] = vm_bool(lo != 0 && mc_slice_eq(last.hash, in[1].bytes));
    return MC_OK;
}

VM_HANDLER(vm_mrh_verify_hash_at_time)
{
    struct vm_mrh_record r;
    struct when w = {false, vm_arg_u64(&in[2])};
    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, w.at <= c->time_s, "Time is in the future");
    return verify_at(c, in, &r, &w, out);
}

VM_HANDLER(vm_mrh_verify_hash_at_block)
{
    struct vm_mrh_record r;
    struct when w = {true, vm_arg_u64(&in[2])};
    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, w.at <= c->block_number, "Block is in the future");
    return verify_at(c, in, &r, &w, out);
}

/* ------------------------------------------------------------------ chains and lists */

VM_HANDLER(vm_mrh_get_supersession)
{
    struct vm_mrh_record r;
    struct mc_slice head;
    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    VM_TRY(vm_mrh_head(c, in[0].bytes, &r, &head));
    out[0] = vm_str(r.supersedes);
    out[1] = vm_str(r.superseded_by);
    out[2] = vm_str(head);
    return MC_OK;
}

VM_HANDLER(vm_mrh_get_total_records)
{
    struct vm_key k = vm_mrh_all_key();
    uint64_t total;
    (void)in;
    VM_TRY(vm_list_len(c, &k, &total));
    out[0] = vm_u64(total);
    return MC_OK;
}

VM_HANDLER(vm_mrh_record_ids)
{
    struct vm_key k = vm_mrh_all_key();
    return vm_ret_element(c, out, &k, &in[0]);
}

VM_HANDLER(vm_mrh_get_record_ids)
{
    struct vm_key k = vm_mrh_all_key();
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[0]), vm_arg_u64(&in[1]), false);
}

VM_HANDLER(vm_mrh_get_records_by_patient)
{
    struct vm_key k = vm_mrh_patient_key(in[0].bytes);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_mrh_get_records_by_doctor)
{
    struct vm_key k = vm_mrh_doctor_key(in[0].bytes);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_mrh_get_records_by_hash)
{
    struct vm_key k = vm_mrh_hash_key(in[0].bytes);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}
