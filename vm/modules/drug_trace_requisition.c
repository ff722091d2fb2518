/* Requisitions: a ward asks, the pharmacy decides, the stock holder issues, somebody else confirms the use. */
#include "vm/modules/drug_trace.h"

#define QUANTITY_MAX 200u /* also bounds the walk over the issued items */

enum state { NONE, REQUESTED, APPROVED, FULFILLED, VERIFIED, REJECTED, CANCELLED };

struct requisition {
    struct mc_addr requester;
    struct mc_addr holder;
    struct mc_slice category;
    struct mc_slice specification;
    uint64_t quantity; /* 1 to QUANTITY_MAX */
    struct mc_slice department;
    struct mc_slice purpose;
    struct mc_addr decided_by;
    uint64_t created_s;
    uint64_t closed_s;
    uint8_t state;
    struct vm_strs item_ids; /* in a list of its own: several calls may add to it */
};
static const struct vm_field requisition_fields[] = {
    VM_FIELD(struct requisition, requester, "requester", VM_T_ADDR),
    VM_FIELD(struct requisition, holder, "stockHolder", VM_T_ADDR),
    VM_FIELD(struct requisition, category, "category", VM_T_STR),
    VM_FIELD(struct requisition, specification, "specification", VM_T_STR),
    VM_FIELD(struct requisition, quantity, "quantity", VM_T_U64),
    VM_FIELD(struct requisition, department, "department", VM_T_STR),
    VM_FIELD(struct requisition, purpose, "purpose", VM_T_STR),
    VM_FIELD(struct requisition, decided_by, "decidedBy", VM_T_ADDR),
    VM_FIELD(struct requisition, created_s, "createdAt", VM_T_U64),
    VM_FIELD(struct requisition, closed_s, "closedAt", VM_T_U64),
    VM_FIELD_ENUM(struct requisition, state, "state", "RequisitionState"),
    VM_FIELD_ABI(struct requisition, item_ids, "itemIds", VM_T_STRS),
};
const struct vm_layout VM_DT_REQUISITION_LAYOUT =
    VM_LAYOUT("Requisition", struct requisition, requisition_fields);

static struct vm_key requisition_key(uint8_t tag, struct mc_slice id)
{
    return vm_key1(tag, id);
}

static struct vm_key requester_key(const struct mc_addr *requester)
{
    return vm_key1(VM_DT_TAG_REQUESTER, mc_addr_slice(requester));
}

static enum mc_err requisition_load(struct vm_call *c, struct mc_slice id, struct requisition *r,
                                    bool *found)
{
    struct vm_key k = requisition_key(VM_DT_TAG_REQUISITION, id);
    return vm_get(c, &k, &VM_DT_REQUISITION_LAYOUT, r, found);
}

static enum mc_err requisition_require(struct vm_call *c, struct mc_slice id, struct requisition *r)
{
    bool found;
    VM_TRY(requisition_load(c, id, r, &found));
    VM_REQUIRE(c, found, "Requisition does not exist");
    return MC_OK;
}

/* Stores the requisition and emits RequisitionChanged. */
static enum mc_err requisition_change(struct vm_call *c, struct mc_slice id,
                                      const struct requisition *r, struct mc_slice notes)
{
    struct vm_key k = requisition_key(VM_DT_TAG_REQUISITION, id);
    VM_TRY(vm_put(c, &k, &VM_DT_REQUISITION_LAYOUT, r));
    struct vm_val ev[] = {vm_str(id), vm_addr(&c->caller), vm_u64(r->state), vm_str(id),
                          vm_str(notes)};
    return vm_emit(c, VM_DT_REQUISITION, ev);
}

static enum mc_err issued_cnt(struct vm_call *c, struct mc_slice id, uint64_t *cnt)
{
    struct vm_key k = requisition_key(VM_DT_TAG_REQUISITION_ITEMS, id);
    return vm_list_len(c, &k, cnt);
}

/* The items issued, in the call's memory. */
static enum mc_err items_load(struct vm_call *c, struct mc_slice id, struct vm_strs *ids)
{
    struct vm_key k = requisition_key(VM_DT_TAG_REQUISITION_ITEMS, id);
    uint64_t cnt;

    VM_TRY(vm_list_len(c, &k, &cnt));
    if (cnt > QUANTITY_MAX)
        return MC_ECORRUPT;
    ids->v = vm_alloc(c, (size_t)cnt * sizeof *ids->v);
    VM_TRY(vm_ok(c));
    ids->cnt = (uint32_t)cnt;
    for (uint32_t i = 0; i < ids->cnt; i++)
        VM_TRY(vm_list_at(c, &k, i, &ids->v[i]));
    return MC_OK;
}

/* ------------------------------------------------------------------ request */

/* in: requisitionId, stockHolder, category, specification, quantity, department, purpose. */
static enum mc_err create_check(struct vm_call *c, const struct vm_val *in)
{
    struct requisition r;
    bool found;
    uint64_t quantity = vm_arg_u64(&in[4]);

    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(requisition_load(c, in[0].bytes, &r, &found));
    VM_REQUIRE(c, !found, "Requisition already exists");
    VM_REQUIRE(c, !mc_addr_is_zero(&in[1].addr), "Zero address");
    VM_REQUIRE(c, !mc_addr_eq(&in[1].addr, &c->caller), "Cannot transfer to self");
    VM_REQUIRE(c, quantity >= 1 && quantity <= QUANTITY_MAX, "Invalid quantity");
    VM_REQUIRE(c, in[6].bytes.n != 0, "Reason cannot be empty");
    return MC_OK;
}

VM_HANDLER(vm_dt_create_requisition)
{
    struct vm_key index = requester_key(&c->caller);

    (void)out;
    VM_TRY(create_check(c, in));
    struct requisition r = {.requester = c->caller,
                            .holder = in[1].addr,
                            .category = in[2].bytes,
                            .specification = in[3].bytes,
                            .quantity = vm_arg_u64(&in[4]),
                            .department = in[5].bytes,
                            .purpose = in[6].bytes,
                            .created_s = c->time_s,
                            .state = REQUESTED};
    VM_TRY(vm_list_push(c, &index, in[0].bytes));
    return requisition_change(c, in[0].bytes, &r, r.purpose);
}

/* ------------------------------------------------------------------ decision */

/* Somebody who is not the requester needs a role of his own here; the row's roles admit the requester's too. */
static enum mc_err need_role_or_request(struct vm_call *c, const struct requisition *r,
                                        uint32_t roles)
{
    return mc_addr_eq(&r->requester, &c->caller) ? MC_OK : vm_require_role(c, roles);
}

/* What the requester's own "no" leads to: with something issued only the rest is waived. */
static enum mc_err withdraw(struct vm_call *c, struct mc_slice id, struct requisition *r)
{
    uint64_t issued;
    VM_TRY(issued_cnt(c, id, &issued));
    if (issued != 0) {
        r->state = FULFILLED;
        return MC_OK;
    }
    r->state = CANCELLED;
    r->decided_by = MC_ADDR_ZERO;
    r->closed_s = c->time_s;
    return MC_OK;
}

VM_HANDLER(vm_dt_decide_requisition)
{
    struct requisition r;
    bool approve = vm_arg_bool(&in[1]);

    (void)out;
    VM_TRY(requisition_require(c, in[0].bytes, &r));
    VM_TRY(need_role_or_request(c, &r, VM_ADMIN | VM_PHARMACIST));
    bool own = mc_addr_eq(&r.requester, &c->caller);
    VM_REQUIRE(c, r.state == REQUESTED || (own && r.state == APPROVED), "Requisition is not open");
    VM_REQUIRE(c, !(own && approve), "Requester cannot approve");
    VM_REQUIRE(c, approve || in[2].bytes.n != 0, "Reason cannot be empty");
    if (own) {
        VM_TRY(withdraw(c, in[0].bytes, &r));
    } else {
        r.decided_by = c->caller;
        r.state = approve ? APPROVED : REJECTED;
        r.closed_s = approve ? 0 : c->time_s;
    }
    return requisition_change(c, in[0].bytes, &r, in[2].bytes);
}

/* ------------------------------------------------------------------ issue */

static enum mc_err item_issue(struct vm_call *c, struct mc_slice item_id, struct mc_slice id,
                              const struct requisition *r)
{
    struct vm_dt_item it;
    struct vm_key issued = requisition_key(VM_DT_TAG_REQUISITION_ITEMS, id);
    struct vm_dt_trace t = {.from = c->caller,
                            .to = r->requester,
                            .location = r->department,
                            .notes = id,
                            .action = VM_DT_ISSUE};

    VM_TRY(vm_dt_item_own(c, item_id, &it));
    VM_REQUIRE(c, !vm_dt_item_expired(c, &it), "Item has expired");
    VM_TRY(vm_dt_item_free(c, &it, NULL));
    it.requisition = id;
    it.issue_use_cnt = it.use_cnt;
    VM_TRY(vm_dt_item_move(c, &it, &r->requester, r->department));
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    VM_TRY(vm_dt_item_save(c, &it));
    VM_TRY(vm_list_push(c, &issued, item_id));
    return vm_dt_emit_moved(c, &it, &c->caller);
}

VM_HANDLER(vm_dt_fulfil_requisition)
{
    struct requisition r;
    struct mc_slice id = in[0].bytes;
    uint32_t cnt = in[1].list.cnt;
    uint64_t issued;

    (void)out;
    VM_TRY(requisition_require(c, id, &r));
    VM_REQUIRE(c, r.state == APPROVED, "Requisition is not approved");
    VM_REQUIRE(c, mc_addr_eq(&r.holder, &c->caller), "Only stock holder can issue");
    VM_REQUIRE(c, cnt != 0, "Batch is empty");
    VM_TRY(issued_cnt(c, id, &issued));
    VM_REQUIRE(c, issued + cnt <= r.quantity, "Quantity exceeded");
    for (uint32_t i = 0; i < cnt; i++)
        VM_TRY(item_issue(c, in[1].list.v[i].bytes, id, &r));
    if (issued + cnt == r.quantity)
        r.state = FULFILLED;
    return requisition_change(c, id, &r, mc_slice(NULL, 0));
}

/* ------------------------------------------------------------------ verification */

/* Used since the issue, used up, returned, or issued on under another requisition. */
static bool accounted(const struct vm_dt_item *it, struct mc_slice id, const struct requisition *r)
{
    return !it->active || mc_addr_eq(&it->owner, &r->holder) || !mc_slice_eq(it->requisition, id) ||
           it->use_cnt > it->issue_use_cnt;
}

VM_HANDLER(vm_dt_verify_requisition)
{
    struct requisition r;
    struct mc_slice id = in[0].bytes;

    (void)out;
    VM_TRY(requisition_require(c, id, &r));
    VM_TRY(need_role_or_request(c, &r, VM_ADMIN | VM_AUDITOR));
    VM_REQUIRE(c, r.state == FULFILLED, "Requisition is not fulfilled");
    VM_REQUIRE(c, !mc_addr_eq(&r.holder, &c->caller), "Stock holder cannot verify");
    VM_TRY(items_load(c, id, &r.item_ids));
    for (uint32_t i = 0; i < r.item_ids.cnt; i++) {
        struct vm_dt_item it;
        VM_TRY(vm_dt_item_require(c, r.item_ids.v[i], &it));
        VM_REQUIRE(c, accounted(&it, id, &r), "Items not accounted for");
    }
    r.state = VERIFIED;
    r.closed_s = c->time_s;
    return requisition_change(c, id, &r, in[1].bytes);
}

/* ------------------------------------------------------------------ views */

VM_HANDLER(vm_dt_get_requisition)
{
    struct requisition r;
    VM_TRY(requisition_require(c, in[0].bytes, &r));
    VM_TRY(items_load(c, in[0].bytes, &r.item_ids));
    vm_ret_tuple(c, out, &VM_DT_REQUISITION_LAYOUT, &r);
    return MC_OK;
}

VM_HANDLER(vm_dt_get_requisitions_by_requester)
{
    struct vm_key k = requester_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}
