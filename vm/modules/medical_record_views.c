/* The views of MedicalRecord. */
#include "vm/modules/medical_record.h"
#include "vm/state.h"

VM_HANDLER(vm_mr_get_record)
{
    struct vm_mr_record r;
    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    vm_ret_tuple(c, out, &VM_MR_RECORD, &r);
    return MC_OK;
}

VM_HANDLER(vm_mr_get_payload)
{
    struct vm_mr_record r;
    struct mc_slice payload;
    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    VM_TRY(vm_mr_payload(c, in[0].bytes, &payload));
    out[0] = vm_str(payload);
    return MC_OK;
}

VM_HANDLER(vm_mr_get_wrapped_key)
{
    struct vm_mr_record r;
    struct vm_mr_key key;
    bool ever;
    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    VM_TRY(vm_mr_key_load(c, in[0].bytes, &in[1].addr, &key, &ever));
    if (vm_mr_key_expired(c, &key.expires))
        key = (struct vm_mr_key){.pos = 0};
    out[0] = vm_str(key.wrapped);
    out[1] = vm_u256(&key.expires);
    return MC_OK;
}

VM_HANDLER(vm_mr_get_key_holders)
{
    struct vm_key k = vm_mr_readers_key(in[0].bytes);
    uint64_t total, offset = vm_arg_u64(&in[1]);
    struct vm_mr_record r;

    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    VM_TRY(vm_list_len(c, &k, &total));
    uint32_t cnt = vm_page_cnt(total, offset, vm_arg_u64(&in[2]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_list(c, cnt);
    out[2] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        struct mc_addr *reader = &out[0].list.v[i].addr;
        struct vm_mr_key key;
        struct mc_slice s;
        bool ever;
        VM_TRY(vm_list_at(c, &k, offset + i, &s));
        if (s.n != sizeof reader->b)
            return vm_cell_corrupt(c);
        memcpy(reader->b, s.p, sizeof reader->b);
        VM_TRY(vm_mr_key_load(c, in[0].bytes, reader, &key, &ever));
        out[1].list.v[i] = vm_u256(&key.expires);
    }
    return MC_OK;
}

VM_HANDLER(vm_mr_get_versions)
{
    uint64_t offset = vm_arg_u64(&in[1]);
    struct vm_mr_record r;

    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    out[0] = vm_list(c, vm_page_cnt(r.version, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(r.version);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        struct vm_mr_version v;
        VM_TRY(vm_mr_version(c, in[0].bytes, &r, offset + 1 + i, &v));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_MR_VERSION, &v);
    }
    return MC_OK;
}

/* in: recordId, version, contentHash, salt. */
VM_HANDLER(vm_mr_verify_content)
{
    const struct mc_slice parts[] = {mc_hash_slice(&in[3].word), mc_hash_slice(&in[2].word)};
    uint64_t i = vm_arg_u64(&in[1]);
    struct vm_mr_record r;
    struct vm_mr_version v;
    struct mc_hash h;

    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, i <= r.version, "Version does not exist");
    VM_TRY(vm_mr_version(c, in[0].bytes, &r, i == 0 ? r.version : i, &v));
    mc_keccak256v(&h, parts, MC_COUNT(parts));
    out[0] = vm_bool(mc_hash_eq(&h, &v.commitment)); /* zero once shredded: no hash is */
    return MC_OK;
}

/* ------------------------------------------------------------------ lists */

static enum mc_err ret_ids(struct vm_call *c, const struct vm_val *in, struct vm_val *out,
                           uint8_t tag)
{
    struct vm_key k = vm_mr_addr_key(tag, &in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_mr_get_records_by_patient)
{
    return ret_ids(c, in, out, VM_MR_TAG_BY_PATIENT);
}

VM_HANDLER(vm_mr_get_records_by_author)
{
    return ret_ids(c, in, out, VM_MR_TAG_BY_AUTHOR);
}

VM_HANDLER(vm_mr_get_records_shared_with)
{
    return ret_ids(c, in, out, VM_MR_TAG_SHARED);
}

VM_HANDLER(vm_mr_get_total_records)
{
    struct vm_key k = vm_key(VM_MR_TAG_CNT);
    uint64_t total;
    (void)in;
    VM_TRY(vm_get_u64(c, &k, &total));
    out[0] = vm_u64(total);
    return MC_OK;
}
