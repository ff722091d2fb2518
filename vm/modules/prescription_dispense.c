/* Fills of a prescription, and taking them back. */
#include "vm/guard.h"
#include "vm/modules/money.h"
#include "vm/modules/prescription.h"
#include "vm/state.h"

struct dispense {
    struct mc_slice id;
    struct mc_slice item_id; /* "" for stock that is not traced */
    struct mc_addr pharmacist;
    uint64_t quantity;
    uint64_t time_s;
    struct mc_hash notes_hash;
    bool reversed;
};
static const struct vm_field dispense_fields[] = {
    VM_FIELD(struct dispense, id, "dispenseId", VM_T_STR),
    VM_FIELD(struct dispense, item_id, "itemId", VM_T_STR),
    VM_FIELD(struct dispense, pharmacist, "pharmacist", VM_T_ADDR),
    VM_FIELD(struct dispense, quantity, "quantity", VM_T_U64),
    VM_FIELD(struct dispense, time_s, "time", VM_T_U64),
    VM_FIELD(struct dispense, notes_hash, "notesHash", VM_T_HASH),
    VM_FIELD(struct dispense, reversed, "reversed", VM_T_BOOL),
};
const struct vm_layout VM_RX_DISPENSE = VM_LAYOUT("Dispense", struct dispense, dispense_fields);

static enum mc_err dispense_load(struct vm_call *c, struct mc_slice id, struct mc_slice dispense_id,
                                 struct dispense *d, bool *found)
{
    struct vm_key k = vm_key2(VM_RX_TAG_DISPENSE, id, dispense_id);
    return vm_get(c, &k, &VM_RX_DISPENSE, d, found);
}

static enum mc_err dispense_save(struct vm_call *c, struct mc_slice id, const struct dispense *d)
{
    struct vm_key k = vm_key2(VM_RX_TAG_DISPENSE, id, d->id);
    return vm_put(c, &k, &VM_RX_DISPENSE, d);
}

/* ------------------------------------------------------------------ dispense */

/* The chosen pharmacy is the account, or its active member. */
static enum mc_err pharmacy_check(struct vm_call *c, const struct vm_rx *r,
                                  const struct mc_addr *pharmacist)
{
    const struct mc_addr *pharmacy = &r->input.pharmacy;
    struct mc_addr member;
    bool yes;
    if (mc_addr_is_zero(pharmacy) || mc_addr_eq(pharmacy, pharmacist))
        return MC_OK;
    VM_TRY(vm_gov_member_of(c, pharmacist, &member, &yes));
    VM_REQUIRE(c, yes && mc_addr_eq(&member, pharmacy), "Wrong pharmacy");
    VM_TRY(vm_gov_is_member(c, pharmacy, &yes));
    VM_REQUIRE(c, yes, "Wrong pharmacy");
    return MC_OK;
}

/* May this account dispense now? */
static enum mc_err fill_check(struct vm_call *c, const struct vm_rx *r,
                              const struct mc_addr *pharmacist, bool traced)
{
    VM_REQUIRE(c, r->state == VM_RX_IS_ACTIVE, "Prescription is not active");
    VM_REQUIRE(c, vm_rx_begun(c, r), "Prescription not yet valid");
    VM_REQUIRE(c, !vm_rx_ended(c, r), "Prescription has expired");
    VM_TRY(pharmacy_check(c, r, pharmacist));
    VM_REQUIRE(c, traced || !r->input.traced_only, "Traced item required");
    return MC_OK;
}

static enum mc_err quantity_check(struct vm_call *c, const struct vm_rx *r, uint64_t quantity)
{
    VM_REQUIRE(c, quantity != 0, "Quantity is zero");
    VM_REQUIRE(c, quantity <= vm_rx_authorised(r) - r->dispensed, "Quantity exceeds prescription");
    VM_REQUIRE(c, quantity <= vm_rx_available(c, r), "Refill too early");
    return MC_OK;
}

/* Adds a checked dispense to the prescription and its list. */
static enum mc_err fill_store(struct vm_call *c, struct mc_slice id, struct vm_rx *r,
                              const struct dispense *d)
{
    struct vm_key list = vm_key1(VM_RX_TAG_DISPENSES, id);
    VM_TRY(vm_list_push(c, &list, d->id));
    VM_TRY(dispense_save(c, id, d));
    if (r->dispensed == 0)
        r->first_s = c->time_s;
    r->dispensed += d->quantity;
    uint64_t left = vm_rx_authorised(r) - r->dispensed;
    struct vm_val ev[] = {
        vm_str(id),    vm_addr(&r->input.patient), vm_addr(&d->pharmacist), vm_str(id),
        vm_str(d->id), vm_str(d->item_id),         vm_u64(d->quantity),     vm_u64(left)};
    VM_TRY(vm_emit(c, VM_RX_EV_DISPENSED, ev));
    if (left != 0)
        return vm_rx_save(c, id, r);
    return vm_rx_change(c, id, r, VM_RX_IS_COMPLETED, &d->pharmacist, mc_slice(NULL, 0));
}

/* in: prescriptionId, dispenseId, quantity, notesHash.  When DrugTrace calls, it has done the common checks; the
 * dispense id is the item's, and the pharmacist is who sent the transaction. */
VM_HANDLER(vm_rx_dispense)
{
    bool traced = mc_addr_eq(&c->caller, vm_module_addr("DrugTrace")), found;
    uint64_t quantity = vm_arg_u64(&in[2]);
    struct dispense old, d = {.id = in[1].bytes,
                              .pharmacist = traced ? c->origin : c->caller,
                              .quantity = quantity,
                              .time_s = c->time_s,
                              .notes_hash = in[3].word};
    struct vm_rx r;

    (void)out;
    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    VM_TRY(fill_check(c, &r, &d.pharmacist, traced));
    VM_REQUIRE(c, d.id.n != 0, "Empty id");
    VM_TRY(dispense_load(c, in[0].bytes, d.id, &old, &found));
    VM_REQUIRE(c, !found, "Dispense already exists");
    VM_TRY(quantity_check(c, &r, quantity));
    if (traced)
        d.item_id = d.id;
    return fill_store(c, in[0].bytes, &r, &d);
}

/* ------------------------------------------------------------------ taking back */

/* The pharmacist, or ADMIN of the pharmacist's member. */
static enum mc_err may_reverse(struct vm_call *c, const struct dispense *d, bool *out)
{
    uint32_t held;
    *out = mc_addr_eq(&d->pharmacist, &c->caller);
    if (*out)
        return MC_OK;
    VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN, &held));
    return held == 0 ? MC_OK : vm_same_member(c, &c->caller, &d->pharmacist, out);
}

static enum mc_err reverse_check(struct vm_call *c, const struct vm_rx *r, const struct dispense *d)
{
    bool may;
    VM_REQUIRE(c, !d->reversed, "Already reversed");
    VM_TRY(may_reverse(c, d, &may));
    VM_REQUIRE(c, may, "Caller may not reverse");
    VM_REQUIRE(c, r->dispensed - d->quantity >= r->administered, "Dose already administered");
    return MC_OK;
}

/* in: prescriptionId, dispenseId, reason. */
VM_HANDLER(vm_rx_reverse_dispense)
{
    struct mc_slice id = in[0].bytes;
    struct dispense d;
    struct vm_rx r;
    bool found;

    (void)out;
    VM_TRY(vm_rx_require(c, id, &r));
    VM_TRY(dispense_load(c, id, in[1].bytes, &d, &found));
    VM_REQUIRE(c, found, "Dispense does not exist");
    VM_TRY(reverse_check(c, &r, &d));
    VM_REQUIRE(c, in[2].bytes.n != 0, "Reason cannot be empty");
    d.reversed = true;
    VM_TRY(dispense_save(c, id, &d));
    r.dispensed -= d.quantity;
    if (r.dispensed == 0)
        r.first_s = 0;
    struct vm_val ev[] = {
        in[0], vm_addr(&r.input.patient), vm_addr(&c->caller), in[0], in[1], vm_u64(d.quantity),
        in[2]};
    VM_TRY(vm_emit(c, VM_RX_EV_REVERSED, ev));
    if (r.state != VM_RX_IS_COMPLETED)
        return vm_rx_save(c, id, &r);
    return vm_rx_change(c, id, &r, VM_RX_IS_ACTIVE, &c->caller, in[2].bytes);
}

VM_HANDLER(vm_rx_get_dispenses)
{
    struct vm_key list = vm_key1(VM_RX_TAG_DISPENSES, in[0].bytes);
    uint64_t total, offset = vm_arg_u64(&in[1]);
    struct vm_rx r;

    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    VM_TRY(vm_list_len(c, &list, &total));
    out[0] = vm_list(c, vm_page_cnt(total, offset, vm_arg_u64(&in[2])));
    out[1] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < out[0].list.cnt; i++) {
        struct mc_slice dispense_id;
        struct dispense d;
        bool found;
        VM_TRY(vm_list_at(c, &list, offset + i, &dispense_id));
        VM_TRY(dispense_load(c, in[0].bytes, dispense_id, &d, &found));
        if (!found)
            return vm_cell_corrupt(c);
        vm_ret_tuple(c, &out[0].list.v[i], &VM_RX_DISPENSE, &d);
    }
    return MC_OK;
}
