/* The trace of an item: what happened to it, oldest first. */
#include "vm/modules/drug_trace.h"

static const struct vm_field trace_fields[] = {
    VM_FIELD_ABI(struct vm_dt_trace, item_id, "itemId", VM_T_STR),
    VM_FIELD(struct vm_dt_trace, from, "from", VM_T_ADDR),
    VM_FIELD(struct vm_dt_trace, to, "to", VM_T_ADDR),
    VM_FIELD(struct vm_dt_trace, location, "location", VM_T_STR),
    VM_FIELD(struct vm_dt_trace, time_s, "timestamp", VM_T_U64),
    VM_FIELD_ABI(struct vm_dt_trace, action_text, "action", VM_T_STR),
    VM_FIELD(struct vm_dt_trace, notes, "notes", VM_T_STR),
    VM_FIELD_ABI(struct vm_dt_trace, transaction_hash, "transactionHash", VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_trace, action, VM_T_U8),
    VM_FIELD_STORED(struct vm_dt_trace, handover, VM_T_STR),
};
const struct vm_layout VM_DT_TRACE = VM_LAYOUT("TraceRecord", struct vm_dt_trace, trace_fields);

static const char *const action_text[] = {
    [VM_DT_PRODUCTION] = "PRODUCTION", [VM_DT_TRANSFER] = "TRANSFER", [VM_DT_USE] = "USE",
    [VM_DT_DISPOSAL] = "DISPOSAL",     [VM_DT_OFFER] = "OFFER",       [VM_DT_REJECT] = "REJECT",
    [VM_DT_QUARANTINE] = "QUARANTINE", [VM_DT_RELEASE] = "RELEASE",   [VM_DT_DISPENSE] = "DISPENSE",
    [VM_DT_ISSUE] = "ISSUE",
};

static struct vm_key trace_key(struct mc_slice id, uint64_t i)
{
    uint8_t be[8];
    mc_be64_put(be, i);
    return vm_key2(VM_DT_TAG_TRACE, id, mc_slice(be, sizeof be));
}

enum mc_err vm_dt_trace_add(struct vm_call *c, struct vm_dt_item *it, const struct vm_dt_trace *t)
{
    struct vm_dt_trace stored = *t;
    stored.time_s = c->time_s;
    it->trace_cnt++;
    struct vm_key k = trace_key(it->id, it->trace_cnt);
    return vm_put(c, &k, &VM_DT_TRACE, &stored);
}

/* Fills in the texts that the hand-over keeps for all its items. */
static enum mc_err handover_texts(struct vm_call *c, struct vm_dt_trace *t)
{
    struct vm_dt_handover h;
    bool found;

    VM_TRY(vm_dt_handover_load(c, t->handover, &h, &found));
    if (!found)
        return MC_ECORRUPT;
    if (t->action == VM_DT_REJECT) { /* the location is the item's own, stored here */
        t->notes = h.closing;
        return MC_OK;
    }
    t->location = t->action == VM_DT_OFFER ? h.location : h.closing;
    t->notes = h.notes;
    return MC_OK;
}

/* Record number i of the item, 0 to it->trace_cnt. */
static enum mc_err trace_load(struct vm_call *c, const struct vm_dt_item *it, uint64_t i,
                              struct vm_dt_trace *t)
{
    if (i == 0) {
        *t = (struct vm_dt_trace){.to = it->creator,
                                  .time_s = it->created_s,
                                  .notes = mc_slice_str("Item created by manufacturer")};
    } else {
        bool found;
        struct vm_key k = trace_key(it->id, i);
        VM_TRY(vm_get(c, &k, &VM_DT_TRACE, t, &found));
        if (!found || t->action >= MC_COUNT(action_text))
            return MC_ECORRUPT;
    }
    t->item_id = it->id;
    t->action_text = mc_slice_str(action_text[t->action]);
    return t->handover.n == 0 ? MC_OK : handover_texts(c, t);
}

static enum mc_err ret_traces(struct vm_call *c, struct vm_val *list, const struct vm_dt_item *it,
                              uint64_t first)
{
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < list->list.cnt; i++) {
        struct vm_dt_trace t;
        VM_TRY(trace_load(c, it, first + i, &t));
        vm_ret_tuple(c, &list->list.v[i], &VM_DT_TRACE, &t);
    }
    return MC_OK;
}

VM_HANDLER(vm_dt_get_trace_records)
{
    struct vm_dt_item it;
    VM_TRY(vm_dt_item_require(c, in[0].bytes, &it));
    VM_REQUIRE(c, it.trace_cnt < MC_LIST_RESULT_MAX, "Result too large");
    out[0] = vm_list(c, (uint32_t)it.trace_cnt + 1);
    return ret_traces(c, &out[0], &it, 0);
}

VM_HANDLER(vm_dt_get_trace_records_page)
{
    struct vm_dt_item it;
    uint64_t offset = vm_arg_u64(&in[1]), limit = vm_arg_u64(&in[2]);

    VM_TRY(vm_dt_item_require(c, in[0].bytes, &it));
    uint64_t total = it.trace_cnt + 1;
    out[0] = vm_list(c, vm_page_cnt(total, offset, limit));
    out[1] = vm_u64(total);
    return ret_traces(c, &out[0], &it, offset);
}

VM_HANDLER(vm_dt_trace_records)
{
    struct vm_dt_item it;
    struct vm_dt_trace t;
    bool found;
    uint64_t i = vm_arg_u64(&in[1]);

    VM_TRY(vm_dt_item_load(c, in[0].bytes, &it, &found));
    if (!found || i > it.trace_cnt)
        return vm_revert_empty(c);
    VM_TRY(trace_load(c, &it, i, &t));
    vm_ret_members(c, out, &VM_DT_TRACE, &t);
    return MC_OK;
}
