/* Prescription, private part: what may still be dispensed, shared by all pharmacies.
 *
 *     prescription    (1, prescriptionId)                what was prescribed, and the counters
 *     dispense        (2, prescriptionId, dispenseId)    list (3, prescriptionId): dispense ids in order
 *     administration  (4, prescriptionId, number)        number 8 bytes big endian, from 0
 *     lists           (5, patient), (6, prescriber)      prescription ids
 *     review queue    (7)                                sequence of prescription ids
 *     count           (8)
 *
 * Two callers dispense: a pharmacist, and DrugTrace for a pharmacist who dispenses a traced item. */
#ifndef MC_VM_MODULES_PRESCRIPTION_H
#define MC_VM_MODULES_PRESCRIPTION_H

#include "vm/modules/args.h"

enum {
    VM_RX_TAG_PRESCRIPTION = 1,
    VM_RX_TAG_DISPENSE,
    VM_RX_TAG_DISPENSES,
    VM_RX_TAG_ADMINISTRATION,
    VM_RX_TAG_BY_PATIENT,
    VM_RX_TAG_BY_PRESCRIBER,
    VM_RX_TAG_PENDING,
    VM_RX_TAG_CNT
};

/* The Solidity enum.  EXPIRED is never stored. */
enum vm_rx_state {
    VM_RX_IS_NONE,
    VM_RX_IS_ISSUED,
    VM_RX_IS_ACTIVE,
    VM_RX_IS_ON_HOLD,
    VM_RX_IS_REJECTED,
    VM_RX_IS_COMPLETED,
    VM_RX_IS_CANCELLED,
    VM_RX_IS_EXPIRED
};

struct vm_rx_input {
    struct mc_addr patient;
    struct mc_hash content_hash;
    struct mc_slice medication;
    uint64_t per_fill;   /* Q: 1 to 1000000 */
    uint64_t refills;    /* R: 0 to 99 */
    uint64_t interval_s; /* G: 0 to 31622400 */
    struct mc_u256 from; /* seconds */
    struct mc_u256 until;
    bool traced_only;
    struct mc_addr pharmacy; /* zero: any */
    struct mc_slice record_id;
};

struct vm_rx {
    struct vm_rx_input input;
    struct mc_addr prescriber;
    struct mc_addr reviewer;
    uint64_t issued_s;
    uint64_t first_s; /* F; 0 while nothing is dispensed */
    uint64_t dispensed;
    uint64_t administered; /* never above dispensed */
    uint8_t state;         /* enum vm_rx_state */
    uint64_t pos;          /* in the review queue, while ISSUED */
    uint64_t administration_cnt;
};

extern const struct vm_layout VM_RX_INPUT, VM_RX_VIEW, VM_RX_DISPENSE, VM_RX_ADMINISTRATION;

enum vm_rx_event {
    VM_RX_EV_ISSUED,
    VM_RX_EV_STATE,
    VM_RX_EV_PHARMACY,
    VM_RX_EV_DISPENSED,
    VM_RX_EV_REVERSED,
    VM_RX_EV_ADMINISTERED
};

/* ------------------------------------------------------------------ state (prescription_store.c) */

struct vm_key vm_rx_addr_key(uint8_t tag, const struct mc_addr *account);
/* Reads as stored: EXPIRED does not show. */
MC_NODISCARD enum mc_err vm_rx_load(struct vm_call *c, struct mc_slice id, struct vm_rx *r,
                                    bool *found);
/* Reverts with "Prescription does not exist". */
MC_NODISCARD enum mc_err vm_rx_require(struct vm_call *c, struct mc_slice id, struct vm_rx *r);
MC_NODISCARD enum mc_err vm_rx_save(struct vm_call *c, struct mc_slice id, const struct vm_rx *r);
/* True when the block time is at or after the beginning, or the end. */
bool vm_rx_begun(const struct vm_call *c, const struct vm_rx *r);
bool vm_rx_ended(const struct vm_call *c, const struct vm_rx *r);
/* The state as it shows: EXPIRED once the end has come. */
uint8_t vm_rx_state_now(const struct vm_call *c, const struct vm_rx *r);
/* Saves the prescription with a new state and emits PrescriptionStateChanged by the account. */
MC_NODISCARD enum mc_err vm_rx_change(struct vm_call *c, struct mc_slice id, struct vm_rx *r,
                                      enum vm_rx_state state, const struct mc_addr *by,
                                      struct mc_slice reason);

/* The figures of the interface; they ignore state and dates. */
uint64_t vm_rx_authorised(const struct vm_rx *r);
uint64_t vm_rx_fills_unlocked(const struct vm_call *c, const struct vm_rx *r);
uint64_t vm_rx_available(const struct vm_call *c, const struct vm_rx *r);

/* ------------------------------------------------------------------ handlers */

/* prescription_issue.c */
VM_HANDLER(vm_rx_issue_prescription);
VM_HANDLER(vm_rx_cancel_prescription);
VM_HANDLER(vm_rx_set_hold);
VM_HANDLER(vm_rx_review_prescription);
VM_HANDLER(vm_rx_set_pharmacy);
/* prescription_dispense.c; the first one also for DrugTrace */
VM_HANDLER(vm_rx_dispense);
VM_HANDLER(vm_rx_reverse_dispense);
VM_HANDLER(vm_rx_get_dispenses);
/* prescription_ward.c */
VM_HANDLER(vm_rx_record_administration);
VM_HANDLER(vm_rx_get_administrations);
/* prescription_views.c */
VM_HANDLER(vm_rx_get_prescription);
VM_HANDLER(vm_rx_verify_prescription);
VM_HANDLER(vm_rx_get_remaining);
VM_HANDLER(vm_rx_get_prescriptions_by_patient);
VM_HANDLER(vm_rx_get_prescriptions_by_prescriber);
VM_HANDLER(vm_rx_get_pending_reviews);
VM_HANDLER(vm_rx_get_total_prescriptions);

#endif
