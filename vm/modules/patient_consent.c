/* PatientConsent: its table. */
#include "vm/modules/patient_consent.h"

#define TERMS_ROLES (VM_CLINICAL | VM_ADMIN | VM_INSURER)

static const struct vm_method methods[] = {
    {"function proposeConsent(string consentId, address patient, Terms terms, bytes32 "
     "documentHash)",
     "ILIL", TERMS_ROLES, vm_pc_propose_consent},
    {"function grantConsent(string consentId, address patient, Terms terms, bytes32 documentHash)",
     "ILIL", 0, vm_pc_grant_consent},
    {"function decideConsent(string consentId, bool accept, string reason)", "IT", 0,
     vm_pc_decide_consent},
    {"function revokeConsent(string consentId, string reason)", "IT", 0, vm_pc_revoke_consent},
    {"function extendConsent(string consentId, uint256 validUntil)", "I", 0, vm_pc_extend_consent},
    {"function setRepresentative(address patient, address representative, uint256 validUntil, "
     "bytes32 documentHash)",
     NULL, VM_ADMIN | VM_PATIENT, vm_pc_set_representative},
    {"function getRepresentative(address patient) view returns (address representative, uint256 "
     "validUntil)",
     NULL, 0, vm_pc_get_representative},
    {"function isPermitted(address patient, address accessor, string dataCategory, string dataId, "
     "string purpose, uint8 action) view returns (bool allowed, string basis)",
     NULL, 0, vm_pc_is_permitted},
    {"function recordAccess(address patient, string dataCategory, string dataId, string purpose, "
     "uint8 action)",
     "LIL", 0, vm_pc_record_access},
    {"function openEmergency(string sessionId, address patient, string reasonCode, bytes32 "
     "justificationHash, uint256 duration)",
     "IL", VM_EMERGENCY, vm_pc_open_emergency},
    {"function closeEmergency(string sessionId)", "I", 0, vm_pc_close_emergency},
    {"function reviewEmergency(string sessionId, bool justified, bytes32 reviewHash)", "I",
     VM_ADMIN | VM_AUDITOR, vm_pc_review_emergency},
    {"function setEmergencyOptOut(bool optOut)", NULL, VM_PATIENT, vm_pc_set_emergency_opt_out},
    {"function getConsent(string consentId) view returns (Consent)", NULL, 0, vm_pc_get_consent},
    {"function getConsentsByPatient(address patient, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_pc_get_consents_by_patient},
    {"function getConsentsByGrantee(address grantee, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_pc_get_consents_by_grantee},
    {"function getDisclosures(address patient, uint256 offset, uint256 limit) view returns "
     "(Disclosure[] disclosures, uint256 total)",
     NULL, 0, vm_pc_get_disclosures},
    {"function getDisclosuresByAccessor(address accessor, uint256 offset, uint256 limit) view "
     "returns (address[] patients, Disclosure[] disclosures, uint256 total)",
     NULL, 0, vm_pc_get_disclosures_by_accessor},
    {"function getEmergency(string sessionId) view returns (Session)", NULL, 0,
     vm_pc_get_emergency},
    {"function getEmergenciesByPatient(address patient, uint256 offset, uint256 limit) view "
     "returns (string[] ids, uint256 total)",
     NULL, 0, vm_pc_get_emergencies_by_patient},
    {"function getUnreviewedEmergencies(uint256 offset, uint256 limit) view returns (string[] ids, "
     "uint256 total)",
     NULL, 0, vm_pc_get_unreviewed_emergencies},
    {"function getTotalConsents() view returns (uint256)", NULL, 0, vm_pc_get_total_consents},
};

static const char *const events[] = {
    [VM_PC_PROPOSED] = "event ConsentProposed(string indexed consentKey, address indexed patient, "
                       "address indexed proposer, string consentId, address grantee)",
    [VM_PC_GRANTED] = "event ConsentGranted(string indexed consentKey, address indexed patient, "
                      "address indexed grantee, string consentId, bool deny, uint256 validUntil)",
    [VM_PC_ENDED] = "event ConsentEnded(string indexed consentKey, address indexed patient, "
                    "address indexed by, string consentId, ConsentState state, string reason)",
    [VM_PC_EXTENDED] = "event ConsentExtended(string indexed consentKey, address indexed patient, "
                       "string consentId, uint256 validUntil)",
    [VM_PC_REPRESENTATIVE] =
        "event RepresentativeSet(address indexed patient, address indexed representative, address "
        "indexed by, uint256 validUntil, bytes32 documentHash)",
    [VM_PC_ACCESS] = "event AccessRecorded(address indexed patient, address indexed accessor, "
                     "string dataCategory, string dataId, string purpose, uint8 action, string "
                     "basis)",
    [VM_PC_EMERGENCY_OPENED] =
        "event EmergencyOpened(string indexed sessionKey, address indexed patient, address indexed "
        "accessor, string sessionId, string reasonCode, uint256 expiresAt)",
    [VM_PC_EMERGENCY_CLOSED] = "event EmergencyClosed(string indexed sessionKey, address indexed "
                               "patient, address indexed by, string sessionId)",
    [VM_PC_EMERGENCY_REVIEWED] =
        "event EmergencyReviewed(string indexed sessionKey, address indexed patient, address "
        "indexed reviewer, string sessionId, bool justified, bytes32 reviewHash)",
    [VM_PC_OPT_OUT] = "event EmergencyOptOutChanged(address indexed patient, bool optOut)",
};

static const struct vm_layout *const structs[] = {&VM_PC_TERMS, &VM_PC_CONSENT, &VM_PC_DISCLOSURE,
                                                  &VM_PC_SESSION};
static const char *const enums[] = {"ConsentState", "SessionState"};

const struct vm_module vm_mod_patient_consent = {
    .name = "PatientConsent",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
};
