/* Requests for a key, addressed to the patient. */
#include "vm/modules/medical_record.h"
#include "vm/state.h"

struct request {
    struct mc_slice record_id;
    struct mc_addr requester;
    struct mc_slice purpose;
    uint64_t requested_s;
    bool granted;
};
static const struct vm_field request_fields[] = {
    VM_FIELD(struct request, record_id, "recordId", VM_T_STR),
    VM_FIELD(struct request, requester, "requester", VM_T_ADDR),
    VM_FIELD(struct request, purpose, "purpose", VM_T_STR),
    VM_FIELD(struct request, requested_s, "requestedAt", VM_T_U64),
    VM_FIELD(struct request, granted, "granted", VM_T_BOOL),
};
const struct vm_layout VM_MR_REQUEST = VM_LAYOUT("KeyRequest", struct request, request_fields);

static struct vm_key request_key(const struct mc_addr *patient, uint64_t no)
{
    uint8_t be[8];
    mc_be64_put(be, no);
    return vm_key2(VM_MR_TAG_REQUEST, mc_addr_slice(patient), mc_slice(be, sizeof be));
}

static enum mc_err request_load(struct vm_call *c, const struct mc_addr *patient, uint64_t no,
                                struct request *q)
{
    struct vm_key k = request_key(patient, no);
    bool found;
    VM_TRY(vm_get(c, &k, &VM_MR_REQUEST, q, &found));
    return found ? MC_OK : vm_cell_corrupt(c);
}

/* The account's open request about a record: *open false for none. */
static enum mc_err open_find(struct vm_call *c, struct mc_slice id, const struct mc_addr *patient,
                             const struct mc_addr *requester, struct request *q, uint64_t *no,
                             bool *open)
{
    struct vm_key last = vm_key2(VM_MR_TAG_LAST_REQUEST, id, mc_addr_slice(requester));
    uint64_t after;
    *open = false;
    VM_TRY(vm_get_u64(c, &last, &after));
    if (after == 0)
        return MC_OK;
    *no = after - 1;
    VM_TRY(request_load(c, patient, *no, q));
    *open = !q->granted && c->time_s < q->requested_s + VM_MR_LAPSE_S;
    return MC_OK;
}

enum mc_err vm_mr_request_answer(struct vm_call *c, struct mc_slice id,
                                 const struct mc_addr *patient, const struct mc_addr *requester)
{
    struct request q;
    uint64_t no;
    bool open;
    VM_TRY(open_find(c, id, patient, requester, &q, &no, &open));
    if (!open)
        return MC_OK;
    struct vm_key k = request_key(patient, no);
    q.granted = true;
    return vm_put(c, &k, &VM_MR_REQUEST, &q);
}

static enum mc_err request_check(struct vm_call *c, const struct vm_val *in,
                                 const struct vm_mr_record *r)
{
    struct vm_mr_key key;
    struct request q;
    uint64_t no;
    bool ever, open;
    VM_REQUIRE(c, in[1].bytes.n != 0, "Empty purpose");
    VM_TRY(vm_mr_key_load(c, in[0].bytes, &c->caller, &key, &ever));
    VM_REQUIRE(c, key.wrapped.n == 0 || vm_mr_key_expired(c, &key.expires), "Key already granted");
    VM_TRY(open_find(c, in[0].bytes, &r->patient, &c->caller, &q, &no, &open));
    VM_REQUIRE(c, !open, "Request already open");
    return MC_OK;
}

/* in: recordId, purpose. */
VM_HANDLER(vm_mr_request_key)
{
    struct vm_key last = vm_key2(VM_MR_TAG_LAST_REQUEST, in[0].bytes, mc_addr_slice(&c->caller));
    struct request q = {in[0].bytes, c->caller, in[1].bytes, c->time_s, false};
    struct vm_mr_record r;
    uint64_t no;

    (void)out;
    VM_TRY(vm_mr_require_active(c, in[0].bytes, &r));
    VM_TRY(request_check(c, in, &r));
    struct vm_key cnt = vm_mr_addr_key(VM_MR_TAG_REQUEST_CNT, &r.patient);
    VM_TRY(vm_get_u64(c, &cnt, &no));
    VM_TRY(vm_put_u64(c, &cnt, no + 1));
    VM_TRY(vm_put_u64(c, &last, no + 1));
    struct vm_key k = request_key(&r.patient, no);
    VM_TRY(vm_put(c, &k, &VM_MR_REQUEST, &q));
    struct vm_val ev[] = {in[0], vm_addr(&r.patient), vm_addr(&c->caller), in[0], in[1]};
    return vm_emit(c, VM_MR_KEY_REQUESTED, ev);
}

VM_HANDLER(vm_mr_get_key_requests)
{
    struct vm_key cnt = vm_mr_addr_key(VM_MR_TAG_REQUEST_CNT, &in[0].addr);
    uint64_t total, offset = vm_arg_u64(&in[1]);

    VM_TRY(vm_get_u64(c, &cnt, &total));
    out[0] = vm_list(c, vm_page_cnt(total, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        struct request q;
        VM_TRY(request_load(c, &in[0].addr, total - 1 - offset - i, &q));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_MR_REQUEST, &q);
    }
    return MC_OK;
}
