/* Prescriptions in state, and the figures that follow from them. */
#include "vm/modules/prescription.h"

static const struct vm_field input_fields[] = {
    VM_FIELD(struct vm_rx_input, patient, "patient", VM_T_ADDR),
    VM_FIELD(struct vm_rx_input, content_hash, "contentHash", VM_T_HASH),
    VM_FIELD(struct vm_rx_input, medication, "medicationCode", VM_T_STR),
    VM_FIELD(struct vm_rx_input, per_fill, "quantityPerFill", VM_T_U64),
    VM_FIELD(struct vm_rx_input, refills, "refills", VM_T_U64),
    VM_FIELD(struct vm_rx_input, interval_s, "minFillInterval", VM_T_U64),
    VM_FIELD(struct vm_rx_input, from, "validFrom", VM_T_U256),
    VM_FIELD(struct vm_rx_input, until, "validUntil", VM_T_U256),
    VM_FIELD(struct vm_rx_input, traced_only, "tracedOnly", VM_T_BOOL),
    VM_FIELD(struct vm_rx_input, pharmacy, "pharmacy", VM_T_ADDR),
    VM_FIELD(struct vm_rx_input, record_id, "recordId", VM_T_STR),
};
const struct vm_layout VM_RX_INPUT =
    VM_LAYOUT("PrescriptionInput", struct vm_rx_input, input_fields);

static const struct vm_field view_fields[] = {
    VM_FIELD_TUPLE(struct vm_rx, input, "input", &VM_RX_INPUT),
    VM_FIELD(struct vm_rx, prescriber, "prescriber", VM_T_ADDR),
    VM_FIELD(struct vm_rx, reviewer, "reviewer", VM_T_ADDR),
    VM_FIELD(struct vm_rx, issued_s, "issuedAt", VM_T_U64),
    VM_FIELD(struct vm_rx, first_s, "firstDispensedAt", VM_T_U64),
    VM_FIELD(struct vm_rx, dispensed, "dispensed", VM_T_U64),
    VM_FIELD(struct vm_rx, administered, "administered", VM_T_U64),
    VM_FIELD_ENUM(struct vm_rx, state, "state", "PrescriptionState"),
    VM_FIELD_STORED(struct vm_rx, pos, VM_T_U64),
    VM_FIELD_STORED(struct vm_rx, administration_cnt, VM_T_U64),
};
const struct vm_layout VM_RX_VIEW = VM_LAYOUT("PrescriptionView", struct vm_rx, view_fields);

struct vm_key vm_rx_addr_key(uint8_t tag, const struct mc_addr *account)
{
    return vm_key1(tag, mc_addr_slice(account));
}

enum mc_err vm_rx_load(struct vm_call *c, struct mc_slice id, struct vm_rx *r, bool *found)
{
    struct vm_key k = vm_key1(VM_RX_TAG_PRESCRIPTION, id);
    return vm_get(c, &k, &VM_RX_VIEW, r, found);
}

enum mc_err vm_rx_require(struct vm_call *c, struct mc_slice id, struct vm_rx *r)
{
    bool found;
    VM_TRY(vm_rx_load(c, id, r, &found));
    VM_REQUIRE(c, found, "Prescription does not exist");
    return MC_OK;
}

enum mc_err vm_rx_save(struct vm_call *c, struct mc_slice id, const struct vm_rx *r)
{
    struct vm_key k = vm_key1(VM_RX_TAG_PRESCRIPTION, id);
    MC_ASSERT(r->state != VM_RX_IS_EXPIRED);
    return vm_put(c, &k, &VM_RX_VIEW, r);
}

/* ------------------------------------------------------------------ time and state */

bool vm_rx_begun(const struct vm_call *c, const struct vm_rx *r)
{
    return mc_u256_u64_sat(&r->input.from) <= c->time_s;
}

bool vm_rx_ended(const struct vm_call *c, const struct vm_rx *r)
{
    return mc_u256_u64_sat(&r->input.until) <= c->time_s;
}

uint8_t vm_rx_state_now(const struct vm_call *c, const struct vm_rx *r)
{
    bool open =
        r->state == VM_RX_IS_ISSUED || r->state == VM_RX_IS_ACTIVE || r->state == VM_RX_IS_ON_HOLD;
    return open && vm_rx_ended(c, r) ? VM_RX_IS_EXPIRED : r->state;
}

enum mc_err vm_rx_change(struct vm_call *c, struct mc_slice id, struct vm_rx *r,
                         enum vm_rx_state state, const struct mc_addr *by, struct mc_slice reason)
{
    r->state = (uint8_t)state;
    VM_TRY(vm_rx_save(c, id, r));
    struct vm_val ev[] = {vm_str(id), vm_addr(&r->input.patient), vm_addr(by),
                          vm_str(id), vm_u64(r->state),           vm_str(reason)};
    return vm_emit(c, VM_RX_EV_STATE, ev);
}

/* ------------------------------------------------------------------ figures */

uint64_t vm_rx_authorised(const struct vm_rx *r)
{
    return r->input.per_fill * (1 + r->input.refills);
}

uint64_t vm_rx_fills_unlocked(const struct vm_call *c, const struct vm_rx *r)
{
    uint64_t more;
    if (r->input.interval_s == 0)
        return 1 + r->input.refills;
    if (r->dispensed == 0)
        return 1;
    more = (c->time_s - r->first_s) / r->input.interval_s;
    return 1 + (more < r->input.refills ? more : r->input.refills);
}

uint64_t vm_rx_available(const struct vm_call *c, const struct vm_rx *r)
{
    return r->input.per_fill * vm_rx_fills_unlocked(c, r) - r->dispensed;
}
