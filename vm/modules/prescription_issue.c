/* Issue, review and the other decisions about a prescription. */
#include "vm/modules/money.h"
#include "vm/modules/patient_consent.h"
#include "vm/modules/prescription.h"
#include "vm/modules/sequence.h"

#define PER_FILL_MAX   1000000u
#define REFILLS_MAX    99u
#define INTERVAL_MAX_S 31622400u /* 366 days */

/* ------------------------------------------------------------------ issue */

/* Puts the dates in that were left to the chain, and checks them. */
static enum mc_err dates_settle(struct vm_call *c, struct vm_rx_input *in)
{
    struct mc_u256 now = mc_u256_u64(c->time_s), usual;
    if (mc_u256_is_zero(&in->from))
        in->from = now;
    if (mc_u256_is_zero(&in->until)) {
        VM_TRY(vm_param(c, "prescription.defaultSeconds", &usual));
        if (!mc_u256_add(&in->until, &in->from, &usual))
            return vm_panic(c, 0x11);
    }
    VM_REQUIRE(c, mc_u256_cmp(&in->until, &in->from) > 0 && mc_u256_cmp(&in->until, &now) > 0,
               "Invalid dates");
    return MC_OK;
}

static enum mc_err issue_check(struct vm_call *c, struct mc_slice id, struct vm_rx *r,
                               const struct vm_val *input)
{
    struct vm_rx_input *in = &r->input;
    bool found;

    VM_REQUIRE(c, id.n != 0, "Empty id");
    VM_TRY(vm_rx_load(c, id, r, &found));
    VM_REQUIRE(c, !found, "Prescription already exists");
    vm_arg_tuple(c, in, &VM_RX_INPUT, input);
    VM_REQUIRE(c, !mc_addr_is_zero(&in->patient), "Zero address");
    VM_REQUIRE(c, !mc_hash_is_zero(&in->content_hash), "Content hash cannot be zero");
    VM_REQUIRE(c, in->per_fill >= 1 && in->per_fill <= PER_FILL_MAX, "Invalid quantity");
    VM_REQUIRE(c, in->refills <= REFILLS_MAX, "Invalid refills");
    VM_REQUIRE(c, in->interval_s <= INTERVAL_MAX_S, "Invalid interval");
    return dates_settle(c, in);
}

/* Counts the prescription and puts it into its lists. */
static enum mc_err issue_index(struct vm_call *c, struct mc_slice id, const struct vm_rx *r)
{
    struct vm_key cnt = vm_key(VM_RX_TAG_CNT);
    struct vm_key patient = vm_rx_addr_key(VM_RX_TAG_BY_PATIENT, &r->input.patient);
    struct vm_key prescriber = vm_rx_addr_key(VM_RX_TAG_BY_PRESCRIBER, &r->prescriber);
    uint64_t total;
    VM_TRY(vm_get_u64(c, &cnt, &total));
    VM_TRY(vm_put_u64(c, &cnt, total + 1));
    VM_TRY(vm_list_push(c, &patient, id));
    return vm_list_push(c, &prescriber, id);
}

/* in: prescriptionId, input. */
VM_HANDLER(vm_rx_issue_prescription)
{
    struct vm_key queue = vm_key(VM_RX_TAG_PENDING);
    struct mc_slice id = in[0].bytes;
    struct mc_u256 review;
    struct vm_rx r;

    (void)out;
    VM_TRY(issue_check(c, id, &r, &in[1]));
    r.prescriber = c->caller;
    r.issued_s = c->time_s;
    r.state = VM_RX_IS_ISSUED;
    VM_TRY(issue_index(c, id, &r));
    struct vm_val ev[] = {in[0], vm_addr(&r.input.patient),      vm_addr(&c->caller),
                          in[0], vm_word(&r.input.content_hash), vm_u256(&r.input.until)};
    VM_TRY(vm_emit(c, VM_RX_EV_ISSUED, ev));
    VM_TRY(vm_param(c, "prescription.requireReview", &review));
    if (mc_u256_is_zero(&review))
        return vm_rx_change(c, id, &r, VM_RX_IS_ACTIVE, &c->caller, mc_slice(NULL, 0));
    VM_TRY(vm_seq_add(c, &queue, id, &r.pos));
    return vm_rx_save(c, id, &r);
}

/* ------------------------------------------------------------------ decisions */

static enum mc_err queue_leave(struct vm_call *c, const struct vm_rx *r)
{
    struct vm_key queue = vm_key(VM_RX_TAG_PENDING);
    return r->state == VM_RX_IS_ISSUED ? vm_seq_remove(c, &queue, r->pos) : MC_OK;
}

static bool is_closed(const struct vm_call *c, const struct vm_rx *r)
{
    uint8_t state = vm_rx_state_now(c, r);
    return state != VM_RX_IS_ISSUED && state != VM_RX_IS_ACTIVE && state != VM_RX_IS_ON_HOLD;
}

/* The prescriber, or DOCTOR | ADMIN of the prescriber's member. */
static enum mc_err may_cancel(struct vm_call *c, const struct vm_rx *r, bool *out)
{
    uint32_t held;
    *out = mc_addr_eq(&r->prescriber, &c->caller);
    if (*out)
        return MC_OK;
    VM_TRY(vm_roles_held(c, &c->caller, VM_DOCTOR | VM_ADMIN, &held));
    return held == 0 ? MC_OK : vm_same_member(c, &c->caller, &r->prescriber, out);
}

VM_HANDLER(vm_rx_cancel_prescription)
{
    struct vm_rx r;
    bool may;

    (void)out;
    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    VM_TRY(may_cancel(c, &r, &may));
    VM_REQUIRE(c, may, "Caller may not cancel");
    VM_REQUIRE(c, !is_closed(c, &r), "Prescription is closed");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    VM_TRY(queue_leave(c, &r));
    return vm_rx_change(c, in[0].bytes, &r, VM_RX_IS_CANCELLED, &c->caller, in[1].bytes);
}

/* in: prescriptionId, onHold, reason. */
VM_HANDLER(vm_rx_set_hold)
{
    bool hold = vm_arg_bool(&in[1]);
    struct vm_rx r;

    (void)out;
    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    uint8_t state = vm_rx_state_now(c, &r);
    VM_REQUIRE(c, !hold || state == VM_RX_IS_ACTIVE, "Prescription is not active");
    VM_REQUIRE(c, hold || state == VM_RX_IS_ON_HOLD, "Prescription is not on hold");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Reason cannot be empty");
    return vm_rx_change(c, in[0].bytes, &r, hold ? VM_RX_IS_ON_HOLD : VM_RX_IS_ACTIVE, &c->caller,
                        in[2].bytes);
}

/* in: prescriptionId, approve, reason. */
VM_HANDLER(vm_rx_review_prescription)
{
    bool approve = vm_arg_bool(&in[1]);
    struct vm_rx r;

    (void)out;
    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, r.state == VM_RX_IS_ISSUED, "Prescription is not awaiting review");
    /* A lapsed one can still be refused: so it leaves the queue. */
    VM_REQUIRE(c, !approve || !vm_rx_ended(c, &r), "Prescription has expired");
    VM_REQUIRE(c, !mc_addr_eq(&r.prescriber, &c->caller), "Prescriber cannot review");
    VM_REQUIRE(c, approve || in[2].bytes.n != 0, "Reason cannot be empty");
    VM_TRY(queue_leave(c, &r));
    r.reviewer = c->caller;
    return vm_rx_change(c, in[0].bytes, &r, approve ? VM_RX_IS_ACTIVE : VM_RX_IS_REJECTED,
                        &c->caller, in[2].bytes);
}

VM_HANDLER(vm_rx_set_pharmacy)
{
    struct vm_rx r;
    bool may;

    (void)out;
    VM_TRY(vm_rx_require(c, in[0].bytes, &r));
    may = mc_addr_eq(&r.prescriber, &c->caller);
    if (!may)
        VM_TRY(vm_pc_patient_side(c, &r.input.patient, &c->caller, &may));
    VM_REQUIRE(c, may, "Caller may not choose");
    VM_REQUIRE(c, !is_closed(c, &r), "Prescription is closed");
    r.input.pharmacy = in[1].addr;
    VM_TRY(vm_rx_save(c, in[0].bytes, &r));
    struct vm_val ev[] = {in[0], vm_addr(&r.input.patient), in[1], in[0]};
    return vm_emit(c, VM_RX_EV_PHARMACY, ev);
}
