/* MedicalRecord: its table. */
#include "vm/modules/medical_record.h"

static const struct vm_method methods[] = {
    {"function setEncryptionKey(string scheme, bytes publicKey)", "LP", 0,
     vm_mr_set_encryption_key},
    {"function getEncryptionKey(address account) view returns (string scheme, bytes publicKey, "
     "uint256 setAt)",
     NULL, 0, vm_mr_get_encryption_key},
    {"function storeRecord(string recordId, address patient, string category, Content content, "
     "KeyGrant[] keys)",
     "ILLUPP", VM_CLINICAL | VM_ADMIN | VM_PATIENT, vm_mr_store_record},
    {"function updateRecord(string recordId, Content content, KeyGrant[] keys, string reason)",
     "ILUPPT", 0, vm_mr_update_record},
    {"function setRecordState(string recordId, uint8 state, string reason)", "IT", 0,
     vm_mr_set_record_state},
    {"function shredRecord(string recordId, string reason)", "IT", 0, vm_mr_shred_record},
    {"function grantKey(string recordId, address grantee, bytes wrappedKey, uint256 expiresAt)",
     "IP", 0, vm_mr_grant_key},
    {"function grantKeys(string[] recordIds, address grantee, bytes[] wrappedKeys, uint256 "
     "expiresAt)",
     "IP", 0, vm_mr_grant_keys},
    {"function revokeKey(string recordId, address grantee)", "I", 0, vm_mr_revoke_key},
    {"function requestKey(string recordId, string purpose)", "IL",
     VM_CLINICAL | VM_ADMIN | VM_INSURER, vm_mr_request_key},
    {"function getRecord(string recordId) view returns (Record)", NULL, 0, vm_mr_get_record},
    {"function getPayload(string recordId) view returns (bytes)", NULL, 0, vm_mr_get_payload},
    {"function getWrappedKey(string recordId, address grantee) view returns (bytes wrappedKey, "
     "uint256 expiresAt)",
     NULL, 0, vm_mr_get_wrapped_key},
    {"function getKeyHolders(string recordId, uint256 offset, uint256 limit) view returns "
     "(address[] grantees, uint256[] expiries, uint256 total)",
     NULL, 0, vm_mr_get_key_holders},
    {"function getVersions(string recordId, uint256 offset, uint256 limit) view returns (Version[] "
     "versions, uint256 total)",
     NULL, 0, vm_mr_get_versions},
    {"function verifyContent(string recordId, uint256 version, bytes32 contentHash, bytes32 salt) "
     "view returns (bool)",
     NULL, 0, vm_mr_verify_content},
    {"function getRecordsByPatient(address patient, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_mr_get_records_by_patient},
    {"function getRecordsByAuthor(address author, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_mr_get_records_by_author},
    {"function getRecordsSharedWith(address grantee, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_mr_get_records_shared_with},
    {"function getKeyRequests(address patient, uint256 offset, uint256 limit) view returns "
     "(KeyRequest[] requests, uint256 total)",
     NULL, 0, vm_mr_get_key_requests},
    {"function getTotalRecords() view returns (uint256)", NULL, 0, vm_mr_get_total_records},
};

static const char *const events[] = {
    [VM_MR_ENCRYPTION_KEY] =
        "event EncryptionKeySet(address indexed account, string scheme, bytes publicKey)",
    [VM_MR_STORED] = "event RecordStored(string indexed recordKey, address indexed patient, "
                     "address indexed author, string recordId, string category, uint256 version)",
    [VM_MR_STATE_CHANGED] =
        "event RecordStateChanged(string indexed recordKey, address indexed patient, address "
        "indexed by, string recordId, RecordState state, string reason)",
    [VM_MR_SHRED_REQUESTED] =
        "event ShredRequested(string indexed recordKey, address indexed patient, address indexed "
        "by, string recordId, string reason)",
    [VM_MR_KEY_GRANTED] = "event KeyGranted(string indexed recordKey, address indexed patient, "
                          "address indexed grantee, string recordId, uint256 expiresAt)",
    [VM_MR_KEY_REVOKED] = "event KeyRevoked(string indexed recordKey, address indexed patient, "
                          "address indexed grantee, string recordId, address by)",
    [VM_MR_KEY_REQUESTED] =
        "event KeyRequested(string indexed recordKey, address indexed patient, address indexed "
        "requester, string recordId, string purpose)",
};

static const struct vm_layout *const structs[] = {&VM_MR_CONTENT, &VM_MR_GRANT, &VM_MR_RECORD,
                                                  &VM_MR_VERSION, &VM_MR_REQUEST};
static const char *const enums[] = {"RecordState"};

const struct vm_module vm_mod_medical_record = {
    .name = "MedicalRecord",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
};
