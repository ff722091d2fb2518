/* Hand-over with acceptance: an offer holds its items in transit until the receiver or the sender closes it. */
#include "vm/modules/drug_trace.h"
#include "vm/modules/sequence.h"

#define ITEMS_MAX 200u /* contracts/README.md, common rules */

static const struct vm_field handover_fields[] = {
    VM_FIELD(struct vm_dt_handover, from, "from", VM_T_ADDR),
    VM_FIELD(struct vm_dt_handover, to, "to", VM_T_ADDR),
    VM_FIELD(struct vm_dt_handover, location, "location", VM_T_STR),
    VM_FIELD(struct vm_dt_handover, notes, "notes", VM_T_STR),
    VM_FIELD(struct vm_dt_handover, offered_s, "offeredAt", VM_T_U64),
    VM_FIELD(struct vm_dt_handover, closed_s, "closedAt", VM_T_U64),
    VM_FIELD_ENUM(struct vm_dt_handover, state, "state", "HandoverState"),
    VM_FIELD_ABI(struct vm_dt_handover, item_ids, "itemIds", VM_T_STRS),
    VM_FIELD_STORED(struct vm_dt_handover, pending_i, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_handover, closing, VM_T_STR),
};
const struct vm_layout VM_DT_HANDOVER =
    VM_LAYOUT("Handover", struct vm_dt_handover, handover_fields);

/* The items never change, so closing does not rewrite them. */
static const struct vm_field items_fields[] = {
    VM_FIELD_STORED(struct vm_dt_handover, item_ids, VM_T_STRS)};
static const struct vm_layout items_layout = VM_LAYOUT(NULL, struct vm_dt_handover, items_fields);

static struct vm_key handover_key(uint8_t tag, struct mc_slice id)
{
    return vm_key1(tag, id);
}

static struct vm_key pending_key(const struct mc_addr *to)
{
    return vm_key1(VM_DT_TAG_PENDING, mc_addr_slice(to));
}

enum mc_err vm_dt_handover_load(struct vm_call *c, struct mc_slice id, struct vm_dt_handover *h,
                                bool *found)
{
    struct vm_key k = handover_key(VM_DT_TAG_HANDOVER, id);
    return vm_get(c, &k, &VM_DT_HANDOVER, h, found);
}

static enum mc_err handover_save(struct vm_call *c, struct mc_slice id,
                                 const struct vm_dt_handover *h)
{
    struct vm_key k = handover_key(VM_DT_TAG_HANDOVER, id);
    return vm_put(c, &k, &VM_DT_HANDOVER, h);
}

static enum mc_err handover_require(struct vm_call *c, struct mc_slice id, struct vm_dt_handover *h)
{
    bool found;
    VM_TRY(vm_dt_handover_load(c, id, h, &found));
    VM_REQUIRE(c, found, "Handover does not exist");
    return MC_OK;
}

static enum mc_err items_load(struct vm_call *c, struct mc_slice id, struct vm_dt_handover *h)
{
    struct vm_dt_handover stored;
    bool found;
    struct vm_key k = handover_key(VM_DT_TAG_HANDOVER_ITEMS, id);
    VM_TRY(vm_get(c, &k, &items_layout, &stored, &found));
    h->item_ids = stored.item_ids;
    return found ? MC_OK : MC_ECORRUPT;
}

/* ------------------------------------------------------------------ offer */

/* Checks one item and puts it in transit. */
static enum mc_err item_offer(struct vm_call *c, struct mc_slice item_id, struct mc_slice id,
                              const struct mc_addr *to)
{
    struct vm_dt_item it;
    struct vm_dt_trace t = {.from = c->caller, .to = *to, .action = VM_DT_OFFER, .handover = id};

    VM_TRY(vm_dt_item_own(c, item_id, &it));
    VM_TRY(vm_dt_item_free(c, &it, to));
    it.handover = id;
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    return vm_dt_item_save(c, &it);
}

/* in: handoverId, ids, to, location, notes. */
static enum mc_err offer_check(struct vm_call *c, const struct vm_val *in)
{
    struct vm_dt_handover h;
    bool found;

    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(vm_dt_handover_load(c, in[0].bytes, &h, &found));
    VM_REQUIRE(c, !found, "Handover already exists");
    VM_REQUIRE(c, in[1].list.cnt != 0, "Batch is empty");
    VM_REQUIRE(c, in[1].list.cnt <= ITEMS_MAX, "Batch too large");
    VM_REQUIRE(c, !mc_addr_is_zero(&in[2].addr), "Cannot transfer to zero address");
    VM_REQUIRE(c, !mc_addr_eq(&in[2].addr, &c->caller), "Cannot transfer to self");
    return MC_OK;
}

VM_HANDLER(vm_dt_offer_handover)
{
    struct mc_slice ids[ITEMS_MAX], id = in[0].bytes;
    uint32_t cnt = in[1].list.cnt;

    (void)out;
    VM_TRY(offer_check(c, in));
    for (uint32_t i = 0; i < cnt; i++) {
        ids[i] = in[1].list.v[i].bytes;
        VM_TRY(item_offer(c, ids[i], id, &in[2].addr));
    }
    struct vm_dt_handover h = {.from = c->caller,
                               .to = in[2].addr,
                               .location = in[3].bytes,
                               .notes = in[4].bytes,
                               .offered_s = c->time_s,
                               .state = VM_DT_HANDOVER_OFFERED,
                               .item_ids = {ids, cnt}};
    struct vm_key pending = pending_key(&h.to);
    struct vm_key items = handover_key(VM_DT_TAG_HANDOVER_ITEMS, id);
    VM_TRY(vm_seq_add(c, &pending, id, &h.pending_i));
    VM_TRY(vm_put(c, &items, &items_layout, &h));
    VM_TRY(handover_save(c, id, &h));
    struct vm_val ev[] = {in[0], vm_addr(&h.from), vm_addr(&h.to), in[0], vm_u64(cnt)};
    return vm_emit(c, VM_DT_OFFERED, ev);
}

/* ------------------------------------------------------------------ close */

/* Stores the end of the offer and emits HandoverClosed. */
static enum mc_err handover_end(struct vm_call *c, struct mc_slice id, struct vm_dt_handover *h,
                                enum vm_dt_handover_state state, struct mc_slice closing)
{
    struct vm_key pending = pending_key(&h->to);
    struct mc_slice reason = state == VM_DT_HANDOVER_ACCEPTED ? mc_slice(NULL, 0) : closing;

    h->state = (uint8_t)state;
    h->closed_s = c->time_s;
    h->closing = closing;
    VM_TRY(vm_seq_remove(c, &pending, h->pending_i));
    VM_TRY(handover_save(c, id, h));
    struct vm_val ev[] = {vm_str(id), vm_addr(&c->caller), vm_str(id), vm_u64(h->state),
                          vm_str(reason)};
    return vm_emit(c, VM_DT_CLOSED, ev);
}

/* An item in transit can neither be used up nor change hands, so it is still the sender's. */
static enum mc_err item_accept(struct vm_call *c, struct mc_slice item_id, struct mc_slice id,
                               const struct vm_dt_handover *h, struct mc_slice location)
{
    struct vm_dt_item it;
    struct vm_dt_trace t = {.from = h->from, .to = h->to, .action = VM_DT_TRANSFER, .handover = id};

    VM_TRY(vm_dt_item_require(c, item_id, &it));
    it.handover = mc_slice(NULL, 0);
    VM_TRY(vm_dt_item_move(c, &it, &h->to, location));
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    VM_TRY(vm_dt_item_save(c, &it));
    return vm_dt_emit_moved(c, &it, &h->from);
}

VM_HANDLER(vm_dt_accept_handover)
{
    struct vm_dt_handover h;
    struct mc_slice id = in[0].bytes;

    (void)out;
    VM_TRY(handover_require(c, id, &h));
    VM_REQUIRE(c, h.state == VM_DT_HANDOVER_OFFERED, "Handover is not open");
    VM_REQUIRE(c, mc_addr_eq(&h.to, &c->caller), "Only receiver can accept");
    VM_TRY(items_load(c, id, &h));
    for (uint32_t i = 0; i < h.item_ids.cnt; i++)
        VM_TRY(item_accept(c, h.item_ids.v[i], id, &h, in[1].bytes));
    return handover_end(c, id, &h, VM_DT_HANDOVER_ACCEPTED, in[1].bytes);
}

static enum mc_err item_return(struct vm_call *c, struct mc_slice item_id, struct mc_slice id,
                               const struct vm_dt_handover *h)
{
    struct vm_dt_item it;
    struct vm_dt_trace t = {.from = h->to, .to = h->from, .action = VM_DT_REJECT, .handover = id};

    VM_TRY(vm_dt_item_require(c, item_id, &it));
    it.handover = mc_slice(NULL, 0);
    t.location = it.location;
    VM_TRY(vm_dt_trace_add(c, &it, &t));
    return vm_dt_item_save(c, &it);
}

VM_HANDLER(vm_dt_close_handover)
{
    struct vm_dt_handover h;
    struct mc_slice id = in[0].bytes;

    (void)out;
    VM_TRY(handover_require(c, id, &h));
    VM_REQUIRE(c, h.state == VM_DT_HANDOVER_OFFERED, "Handover is not open");
    bool receiver = mc_addr_eq(&h.to, &c->caller);
    VM_REQUIRE(c, receiver || mc_addr_eq(&h.from, &c->caller), "Only sender or receiver can close");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    VM_TRY(items_load(c, id, &h));
    for (uint32_t i = 0; i < h.item_ids.cnt; i++)
        VM_TRY(item_return(c, h.item_ids.v[i], id, &h));
    return handover_end(c, id, &h, receiver ? VM_DT_HANDOVER_REJECTED : VM_DT_HANDOVER_CANCELLED,
                        in[1].bytes);
}

/* ------------------------------------------------------------------ views */

VM_HANDLER(vm_dt_get_handover)
{
    struct vm_dt_handover h;
    VM_TRY(handover_require(c, in[0].bytes, &h));
    VM_TRY(items_load(c, in[0].bytes, &h));
    vm_ret_tuple(c, out, &VM_DT_HANDOVER, &h);
    return MC_OK;
}

VM_HANDLER(vm_dt_get_pending_handovers)
{
    struct vm_key k = pending_key(&in[0].addr);
    return vm_seq_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]));
}
