/* MedicalRecord, private part: encrypted records and the content key wrapped for each reader.
 *
 *     public key   (1, account)
 *     record       (2, recordId)              metadata, the current version, a pending erasure request
 *     payload      (3, recordId)              of the current version; absent for a record held by uri
 *     version      (4, recordId, number)      each version but the current one; number 8 bytes big endian, from 1
 *     key          (5, recordId, grantee)     wrapped key and place in the list; empty once it ended: the cell stays
 *                                             and tells that the record was shared with this account
 *     readers      (6, recordId)              list of the grantees of the current version
 *     lists        (7, patient), (8, author), (9, grantee): record ids
 *     count        (10)
 *     request      (11, patient, number)      from 0; count (12, patient)
 *     last request (13, recordId, requester)  its number plus 1 */
#ifndef MC_VM_MODULES_MEDICAL_RECORD_H
#define MC_VM_MODULES_MEDICAL_RECORD_H

#include "vm/modules/args.h"

enum {
    VM_MR_TAG_PUBLIC_KEY = 1,
    VM_MR_TAG_RECORD,
    VM_MR_TAG_PAYLOAD,
    VM_MR_TAG_VERSION,
    VM_MR_TAG_KEY,
    VM_MR_TAG_READERS,
    VM_MR_TAG_BY_PATIENT,
    VM_MR_TAG_BY_AUTHOR,
    VM_MR_TAG_SHARED,
    VM_MR_TAG_CNT,
    VM_MR_TAG_REQUEST,
    VM_MR_TAG_REQUEST_CNT,
    VM_MR_TAG_LAST_REQUEST
};

/* The Solidity enum. */
enum vm_mr_state {
    VM_MR_IS_NONE,
    VM_MR_IS_ACTIVE,
    VM_MR_IS_IN_ERROR,
    VM_MR_IS_WITHDRAWN,
    VM_MR_IS_SHREDDED
};

#define VM_MR_LAPSE_S 2592000u /* 30 days: requests for a key, and the first call of an erasure */

struct vm_mr_version {
    uint64_t number;
    struct mc_hash commitment;
    struct mc_hash ciphertext_hash;
    struct mc_addr author;
    uint64_t time_s;
    uint64_t block;
    struct mc_slice reason; /* "" for version 1 */
};

struct vm_mr_record {
    struct mc_addr patient;
    struct mc_addr author; /* of version 1 */
    struct mc_slice category;
    struct mc_hash commitment; /* this and the next four: of the current version */
    struct mc_hash ciphertext_hash;
    struct mc_slice encoding;
    struct mc_slice uri;
    struct mc_u256 size; /* bytes */
    uint64_t version;    /* from 1 */
    uint64_t created_s;
    uint64_t updated_s;
    uint8_t state;             /* enum vm_mr_state */
    struct mc_addr ver_author; /* the rest of the current version */
    uint64_t ver_time_s;
    uint64_t ver_block;
    struct mc_slice ver_reason;
    uint8_t shred_party; /* who asked for erasure; 0: nobody */
    struct mc_addr shred_by;
    uint64_t shred_s;
};

struct vm_mr_content {
    struct mc_hash commitment;
    struct mc_hash ciphertext_hash;
    struct mc_slice encoding;
    struct mc_slice uri;
    struct mc_u256 size;
    struct mc_slice payload;
};

struct vm_mr_grant {
    struct mc_addr grantee;
    struct mc_u256 expires; /* seconds; 0: without end */
    struct mc_slice wrapped;
};

extern const struct vm_layout VM_MR_RECORD, VM_MR_VERSION, VM_MR_CONTENT, VM_MR_GRANT,
    VM_MR_REQUEST;

enum vm_mr_event {
    VM_MR_ENCRYPTION_KEY,
    VM_MR_STORED,
    VM_MR_STATE_CHANGED,
    VM_MR_SHRED_REQUESTED,
    VM_MR_KEY_GRANTED,
    VM_MR_KEY_REVOKED,
    VM_MR_KEY_REQUESTED
};

/* ------------------------------------------------------------------ records (medical_record_store.c) */

struct vm_key vm_mr_addr_key(uint8_t tag, const struct mc_addr *account);
MC_NODISCARD enum mc_err vm_mr_load(struct vm_call *c, struct mc_slice id, struct vm_mr_record *r,
                                    bool *found);
MC_NODISCARD enum mc_err vm_mr_save(struct vm_call *c, struct mc_slice id,
                                    const struct vm_mr_record *r);
/* Reverts with "Record does not exist". */
MC_NODISCARD enum mc_err vm_mr_require(struct vm_call *c, struct mc_slice id,
                                       struct vm_mr_record *r);
/* The same, and "Record is not active". */
MC_NODISCARD enum mc_err vm_mr_require_active(struct vm_call *c, struct mc_slice id,
                                              struct vm_mr_record *r);
/* Version number i, 1 to r->version. */
MC_NODISCARD enum mc_err vm_mr_version(struct vm_call *c, struct mc_slice id,
                                       const struct vm_mr_record *r, uint64_t i,
                                       struct vm_mr_version *v);
MC_NODISCARD enum mc_err vm_mr_version_save(struct vm_call *c, struct mc_slice id,
                                            const struct vm_mr_version *v);
/* Empty for none. */
MC_NODISCARD enum mc_err vm_mr_payload(struct vm_call *c, struct mc_slice id,
                                       struct mc_slice *payload);
/* An empty payload removes. */
MC_NODISCARD enum mc_err vm_mr_payload_save(struct vm_call *c, struct mc_slice id,
                                            struct mc_slice payload);

/* ------------------------------------------------------------------ reader keys (medical_record_keys.c) */

/* A reader's key of the current version; wrapped is empty when there is none. */
struct vm_mr_key {
    struct mc_slice wrapped;
    struct mc_u256 expires; /* seconds; 0: without end */
    uint64_t pos;           /* in the list of readers */
};
/* *ever: the record was shared with the account at some time. */
MC_NODISCARD enum mc_err vm_mr_key_load(struct vm_call *c, struct mc_slice id,
                                        const struct mc_addr *grantee, struct vm_mr_key *key,
                                        bool *ever);
/* True when the time of a key is over. */
bool vm_mr_key_expired(const struct vm_call *c, const struct mc_u256 *expires);
/* Reverts with "Expiry must be in the future". */
MC_NODISCARD enum mc_err vm_mr_expiry_check(struct vm_call *c, const struct mc_u256 *expires);
/* Stores a checked key, answers the grantee's open request and emits KeyGranted. */
MC_NODISCARD enum mc_err vm_mr_key_grant(struct vm_call *c, struct mc_slice id,
                                         const struct vm_mr_record *r, const struct vm_mr_grant *g);
/* Ends all keys of the current version, without events. */
MC_NODISCARD enum mc_err vm_mr_keys_end(struct vm_call *c, struct mc_slice id);
/* The account published a public key. */
MC_NODISCARD enum mc_err vm_mr_has_public_key(struct vm_call *c, const struct mc_addr *account,
                                              bool *out);
struct vm_key vm_mr_readers_key(struct mc_slice id);
/* Reverts with "Invalid key length". */
MC_NODISCARD enum mc_err vm_mr_wrapped_check(struct vm_call *c, struct mc_slice wrapped);

/* The account's open request is answered, if there is one (medical_record_request.c). */
MC_NODISCARD enum mc_err vm_mr_request_answer(struct vm_call *c, struct mc_slice id,
                                              const struct mc_addr *patient,
                                              const struct mc_addr *requester);

/* ------------------------------------------------------------------ handlers */

/* medical_record_write.c */
VM_HANDLER(vm_mr_store_record);
VM_HANDLER(vm_mr_update_record);
/* medical_record_state.c */
VM_HANDLER(vm_mr_set_record_state);
VM_HANDLER(vm_mr_shred_record);
/* medical_record_keys.c */
VM_HANDLER(vm_mr_set_encryption_key);
VM_HANDLER(vm_mr_get_encryption_key);
VM_HANDLER(vm_mr_grant_key);
VM_HANDLER(vm_mr_grant_keys);
VM_HANDLER(vm_mr_revoke_key);
/* medical_record_request.c */
VM_HANDLER(vm_mr_request_key);
VM_HANDLER(vm_mr_get_key_requests);
/* medical_record_views.c */
VM_HANDLER(vm_mr_get_record);
VM_HANDLER(vm_mr_get_payload);
VM_HANDLER(vm_mr_get_wrapped_key);
VM_HANDLER(vm_mr_get_key_holders);
VM_HANDLER(vm_mr_get_versions);
VM_HANDLER(vm_mr_verify_content);
VM_HANDLER(vm_mr_get_records_by_patient);
VM_HANDLER(vm_mr_get_records_by_author);
VM_HANDLER(vm_mr_get_records_shared_with);
VM_HANDLER(vm_mr_get_total_records);

#endif
