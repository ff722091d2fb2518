/* Prescription: its table. */
#include "vm/modules/prescription.h"

static const struct vm_method methods[] = {
    {"function issuePrescription(string prescriptionId, PrescriptionInput input)", "ILI", VM_DOCTOR,
     vm_rx_issue_prescription},
    {"function cancelPrescription(string prescriptionId, string reason)", "IT", 0,
     vm_rx_cancel_prescription},
    {"function setHold(string prescriptionId, bool onHold, string reason)", "IT",
     VM_DOCTOR | VM_PHARMACIST, vm_rx_set_hold},
    {"function reviewPrescription(string prescriptionId, bool approve, string reason)", "IT",
     VM_PHARMACIST, vm_rx_review_prescription},
    {"function setPharmacy(string prescriptionId, address pharmacy)", "I", 0, vm_rx_set_pharmacy},
    {"function dispense(string prescriptionId, string dispenseId, uint256 quantity, bytes32 "
     "notesHash)",
     "II", VM_PHARMACIST, vm_rx_dispense},
    {"function reverseDispense(string prescriptionId, string dispenseId, string reason)", "IIT", 0,
     vm_rx_reverse_dispense},
    {"function recordAdministration(string prescriptionId, uint256 quantity, bytes32 notesHash)",
     "I", VM_DOCTOR | VM_NURSE, vm_rx_record_administration},
    {"function getPrescription(string prescriptionId) view returns (PrescriptionView)", NULL, 0,
     vm_rx_get_prescription},
    {"function verifyPrescription(string prescriptionId, bytes32 documentHash, bytes32 salt) view "
     "returns (bool genuine, bool dispensable)",
     NULL, 0, vm_rx_verify_prescription},
    {"function getRemaining(string prescriptionId) view returns (uint256 available, uint256 "
     "remaining, uint256 refillsUsed, uint256 nextFillAt)",
     NULL, 0, vm_rx_get_remaining},
    {"function getDispenses(string prescriptionId, uint256 offset, uint256 limit) view returns "
     "(Dispense[] dispenses, uint256 total)",
     NULL, 0, vm_rx_get_dispenses},
    {"function getAdministrations(string prescriptionId, uint256 offset, uint256 limit) view "
     "returns (Administration[] administrations, uint256 total)",
     NULL, 0, vm_rx_get_administrations},
    {"function getPrescriptionsByPatient(address patient, uint256 offset, uint256 limit) view "
     "returns (string[] ids, uint256 total)",
     NULL, 0, vm_rx_get_prescriptions_by_patient},
    {"function getPrescriptionsByPrescriber(address prescriber, uint256 offset, uint256 limit) "
     "view returns (string[] ids, uint256 total)",
     NULL, 0, vm_rx_get_prescriptions_by_prescriber},
    {"function getPendingReviews(uint256 offset, uint256 limit) view returns (string[] ids, "
     "uint256 total)",
     NULL, 0, vm_rx_get_pending_reviews},
    {"function getTotalPrescriptions() view returns (uint256)", NULL, 0,
     vm_rx_get_total_prescriptions},
};

static const char *const events[] = {
    [VM_RX_EV_ISSUED] =
        "event PrescriptionIssued(string indexed prescriptionKey, address indexed patient, address "
        "indexed prescriber, string prescriptionId, bytes32 contentHash, uint256 validUntil)",
    [VM_RX_EV_STATE] =
        "event PrescriptionStateChanged(string indexed prescriptionKey, address indexed patient, "
        "address indexed by, string prescriptionId, PrescriptionState state, string reason)",
    [VM_RX_EV_PHARMACY] =
        "event PharmacyChanged(string indexed prescriptionKey, address indexed patient, address "
        "indexed pharmacy, string prescriptionId)",
    [VM_RX_EV_DISPENSED] =
        "event PrescriptionDispensed(string indexed prescriptionKey, address indexed patient, "
        "address indexed pharmacist, string prescriptionId, string dispenseId, string itemId, "
        "uint256 quantity, uint256 remaining)",
    [VM_RX_EV_REVERSED] =
        "event DispenseReversed(string indexed prescriptionKey, address indexed patient, address "
        "indexed by, string prescriptionId, string dispenseId, uint256 quantity, string reason)",
    [VM_RX_EV_ADMINISTERED] =
        "event DoseAdministered(string indexed prescriptionKey, address indexed patient, address "
        "indexed by, string prescriptionId, uint256 quantity, bytes32 notesHash)",
};

static const struct vm_layout *const structs[] = {&VM_RX_INPUT, &VM_RX_VIEW, &VM_RX_DISPENSE,
                                                  &VM_RX_ADMINISTRATION};
static const char *const enums[] = {"PrescriptionState"};

const struct vm_module vm_mod_prescription = {
    .name = "Prescription",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
};
