/* Safety holds: quarantine of items and batches, recall of batches.  A batch is (manufacturer, batch number). */
#include "vm/modules/drug_trace.h"

#define RECALL_CLASS_MAX 3u

static const struct vm_field batch_fields[] = {
    VM_FIELD_STORED(struct vm_dt_batch, item_cnt, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_batch, creator, VM_T_ADDR),
    VM_FIELD_STORED(struct vm_dt_batch, quarantined, VM_T_BOOL),
    VM_FIELD_STORED(struct vm_dt_batch, recall_class, VM_T_U8),
    VM_FIELD_STORED(struct vm_dt_batch, recaller, VM_T_ADDR),
};
static const struct vm_layout batch_layout = VM_LAYOUT(NULL, struct vm_dt_batch, batch_fields);

/* Why a batch is held; apart from the batch, which every registration rewrites. */
struct hold {
    struct mc_addr by;
    uint64_t since_s;
    struct mc_slice reason;
};
static const struct vm_field hold_fields[] = {
    VM_FIELD_STORED(struct hold, by, VM_T_ADDR),
    VM_FIELD_STORED(struct hold, since_s, VM_T_U64),
    VM_FIELD_STORED(struct hold, reason, VM_T_STR),
};
static const struct vm_layout hold_layout = VM_LAYOUT(NULL, struct hold, hold_fields);

struct batch_status {
    uint64_t item_cnt;
    bool quarantined;
    uint8_t recall_class;
    struct hold hold;
};
static const struct vm_field status_fields[] = {
    VM_FIELD_ABI(struct batch_status, item_cnt, "itemCount", VM_T_U64),
    VM_FIELD_ABI(struct batch_status, quarantined, "quarantined", VM_T_BOOL),
    VM_FIELD_ABI(struct batch_status, recall_class, "recallClass", VM_T_U8),
    VM_FIELD_ABI(struct batch_status, hold.by, "by", VM_T_ADDR),
    VM_FIELD_ABI(struct batch_status, hold.since_s, "since", VM_T_U64),
    VM_FIELD_ABI(struct batch_status, hold.reason, "reason", VM_T_STR),
};
const struct vm_layout VM_DT_BATCH_STATUS =
    VM_LAYOUT("BatchStatus", struct batch_status, status_fields);

/* ------------------------------------------------------------------ batches in state */

static struct vm_key batch_key(uint8_t tag, struct mc_slice manufacturer,
                               struct mc_slice batch_number)
{
    return vm_key2(tag, manufacturer, batch_number);
}

static struct vm_key creator_key(struct mc_slice manufacturer, struct mc_slice batch_number,
                                 const struct mc_addr *account)
{
    struct vm_key k = batch_key(VM_DT_TAG_CREATOR, manufacturer, batch_number);
    vm_key_add(&k, mc_addr_slice(account));
    return k;
}

enum mc_err vm_dt_batch_load(struct vm_call *c, struct mc_slice manufacturer,
                             struct mc_slice batch_number, struct vm_dt_batch *b)
{
    bool found;
    struct vm_key k = batch_key(VM_DT_TAG_BATCH, manufacturer, batch_number);
    return vm_get(c, &k, &batch_layout, b, &found);
}

enum mc_err vm_dt_batch_grow(struct vm_call *c, const struct vm_dt_master *m, uint64_t cnt)
{
    struct vm_dt_batch b;
    struct vm_key k = batch_key(VM_DT_TAG_BATCH, m->manufacturer, m->batch);

    VM_TRY(vm_dt_batch_load(c, m->manufacturer, m->batch, &b));
    if (b.item_cnt == 0) {
        b.creator = c->caller;
    } else if (!mc_addr_eq(&b.creator, &c->caller)) {
        uint64_t known;
        struct vm_key mark = creator_key(m->manufacturer, m->batch, &c->caller);
        VM_TRY(vm_get_u64(c, &mark, &known));
        if (known == 0)
            VM_TRY(vm_put_u64(c, &mark, 1));
    }
    b.item_cnt += cnt;
    return vm_put(c, &k, &batch_layout, &b);
}

/* Reads the batch; reverts unless it exists and the caller may hold it: ADMIN, AUDITOR, or one who registered an
 * item of it.  *above tells the first two. */
static enum mc_err batch_of_caller(struct vm_call *c, const struct vm_val *in,
                                   struct vm_dt_batch *b, bool *above)
{
    uint32_t held;
    uint64_t known = 1;

    VM_TRY(vm_dt_batch_load(c, in[0].bytes, in[1].bytes, b));
    VM_REQUIRE(c, b->item_cnt != 0, "Batch does not exist");
    VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN | VM_AUDITOR, &held));
    *above = held != 0;
    if (*above)
        return MC_OK;
    if (!mc_addr_eq(&b->creator, &c->caller)) {
        struct vm_key mark = creator_key(in[0].bytes, in[1].bytes, &c->caller);
        VM_TRY(vm_get_u64(c, &mark, &known));
    }
    VM_REQUIRE(c, known != 0, "Caller did not create this batch");
    return MC_OK;
}

static enum mc_err batch_save(struct vm_call *c, const struct vm_val *in,
                              const struct vm_dt_batch *b)
{
    struct vm_key k = batch_key(VM_DT_TAG_BATCH, in[0].bytes, in[1].bytes);
    return vm_put(c, &k, &batch_layout, b);
}

/* ------------------------------------------------------------------ quarantine and recall */

VM_HANDLER(vm_dt_set_item_quarantine)
{
    struct vm_dt_item it;
    bool on = vm_arg_bool(&in[1]);

    (void)out;
    VM_TRY(vm_dt_item_require(c, in[0].bytes, &it));
    VM_REQUIRE(c, it.active, "Item is not active");
    if (!mc_addr_eq(&it.owner, &c->caller)) {
        uint32_t held;
        VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN | VM_PHARMACIST, &held));
        VM_REQUIRE(c, held != 0, "Not owner, pharmacist or admin");
    }
    VM_REQUIRE(c, it.quarantined != on, "Quarantine unchanged");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Reason cannot be empty");
    struct vm_dt_trace t = {.from = c->caller,
                            .location = it.location,
                            .notes = in[2].bytes,
                            .action = on ? VM_DT_QUARANTINE : VM_DT_RELEASE};
    it.quarantined = on;
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    VM_TRY(vm_dt_item_save(c, &it));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[0], in[1], in[2]};
    return vm_emit(c, VM_DT_ITEM_QUARANTINE, ev);
}

/* in: manufacturer, batchNumber, quarantined, reason. */
VM_HANDLER(vm_dt_set_batch_quarantine)
{
    struct vm_dt_batch b;
    bool above, on = vm_arg_bool(&in[2]);
    struct hold hold = {c->caller, c->time_s, in[3].bytes};
    struct vm_key k = batch_key(VM_DT_TAG_QUARANTINE, in[0].bytes, in[1].bytes);

    (void)out;
    VM_TRY(batch_of_caller(c, in, &b, &above));
    VM_REQUIRE(c, b.quarantined != on, "Quarantine unchanged");
    VM_REQUIRE(c, in[3].bytes.n != 0, "Reason cannot be empty");
    b.quarantined = on;
    VM_TRY(batch_save(c, in, &b));
    VM_TRY(on ? vm_put(c, &k, &hold_layout, &hold) : vm_del(c, &k));
    struct vm_val ev[] = {in[0], in[1], vm_addr(&c->caller), in[0], in[1], in[2], in[3]};
    return vm_emit(c, VM_DT_BATCH_QUARANTINE, ev);
}

/* Stores the recall's new class and reason: a new recall begins now, another class keeps who declared it and when. */
static enum mc_err recall_store(struct vm_call *c, const struct vm_val *in, struct vm_dt_batch *b,
                                uint8_t recall_class)
{
    struct hold hold = {.by = c->caller, .since_s = c->time_s};
    struct vm_key k = batch_key(VM_DT_TAG_RECALL, in[0].bytes, in[1].bytes);
    bool found;

    if (b->recall_class != 0)
        VM_TRY(vm_get(c, &k, &hold_layout, &hold, &found));
    hold.reason = in[3].bytes;
    b->recall_class = recall_class;
    b->recaller = recall_class != 0 ? hold.by : MC_ADDR_ZERO;
    VM_TRY(batch_save(c, in, b));
    return recall_class != 0 ? vm_put(c, &k, &hold_layout, &hold) : vm_del(c, &k);
}

/* in: manufacturer, batchNumber, recallClass, reason. */
VM_HANDLER(vm_dt_recall_batch)
{
    struct vm_dt_batch b;
    bool above;
    uint64_t recall_class = vm_arg_u64(&in[2]);

    (void)out;
    VM_TRY(batch_of_caller(c, in, &b, &above));
    /* Another creator may not soften a recall that is in force. */
    bool mine = above || b.recall_class == 0 || mc_addr_eq(&b.recaller, &c->caller);
    VM_REQUIRE(c, mine, "Caller did not create this batch");
    VM_REQUIRE(c, recall_class <= RECALL_CLASS_MAX, "Invalid recall class");
    VM_REQUIRE(c, recall_class != b.recall_class, "Recall unchanged");
    VM_REQUIRE(c, in[3].bytes.n != 0, "Reason cannot be empty");
    VM_TRY(recall_store(c, in, &b, (uint8_t)recall_class));
    struct vm_val ev[] = {in[0], in[1], vm_addr(&c->caller), in[0], in[1], in[2], in[3]};
    return vm_emit(c, VM_DT_RECALLED, ev);
}

VM_HANDLER(vm_dt_get_batch_status)
{
    struct vm_dt_batch b;
    bool found;

    VM_TRY(vm_dt_batch_load(c, in[0].bytes, in[1].bytes, &b));
    struct batch_status s = {
        .item_cnt = b.item_cnt, .quarantined = b.quarantined, .recall_class = b.recall_class};
    if (b.recall_class != 0 || b.quarantined) {
        struct vm_key k = batch_key(b.recall_class != 0 ? VM_DT_TAG_RECALL : VM_DT_TAG_QUARANTINE,
                                    in[0].bytes, in[1].bytes);
        VM_TRY(vm_get(c, &k, &hold_layout, &s.hold, &found));
    }
    vm_ret_tuple(c, out, &VM_DT_BATCH_STATUS, &s);
    return MC_OK;
}
