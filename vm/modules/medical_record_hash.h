/* MedicalRecordHash, private part: fingerprints of documents, their versions and their chains of replacement.
 *
 *     record     (1, recordId)            the record with its current hash; version 0 while never modified
 *     version    (2, recordId, number)    written from the first modification on; number 8 bytes big endian
 *     carried    (3, recordId, hash)      1 when a later version than 0 carried the hash
 *     chain      (4, first recordId)      the head of a chain of replacements
 *     lists      (5) all, (6, patientId), (7, doctorId), (8, hash): record ids in creation order
 *
 * A chain only ever grows at its head, by a record without neighbours: the head is active and has no successor, the
 * newcomer is active (so it has none either) and has no predecessor.  So every record can name its chain by the
 * first record, and one cell for each chain holds the head. */
#ifndef MC_VM_MODULES_MEDICAL_RECORD_HASH_H
#define MC_VM_MODULES_MEDICAL_RECORD_HASH_H

#include "vm/modules/args.h"

#define VM_MRH_TAG_RECORD 1u /* also what vm/proof.c proves */

struct vm_mrh_record {
    struct mc_slice patient_id;
    struct mc_slice doctor_id;
    struct mc_slice record_type;
    struct mc_slice hash; /* current */
    uint64_t time_s;      /* of the current hash */
    struct mc_addr creator;
    bool active;
    uint64_t block;      /* of the current hash */
    uint64_t change_cnt; /* modifications after creation */
    uint64_t ended_s;    /* block time and number of the deactivation; mean nothing while active */
    uint64_t ended_block;
    struct mc_slice supersedes; /* neighbours in the chain, "" for none */
    struct mc_slice superseded_by;
    struct mc_slice chain; /* the chain's first record, "" for a record that replaced none */
};

struct vm_mrh_version {
    struct mc_slice hash;
    uint64_t time_s;
    uint64_t block;
    struct mc_addr author;
    struct mc_slice reason;
};

extern const struct vm_layout VM_MRH_RECORD, VM_MRH_CHANGE, VM_MRH_VERSION;

enum vm_mrh_event {
    VM_MRH_CREATED,
    VM_MRH_MODIFIED,
    VM_MRH_DEACTIVATED,
    VM_MRH_COMMITTED,
    VM_MRH_SUPERSEDED
};

/* Keys of the lists. */
struct vm_key vm_mrh_all_key(void);
struct vm_key vm_mrh_patient_key(struct mc_slice patient_id);
struct vm_key vm_mrh_doctor_key(struct mc_slice doctor_id);
struct vm_key vm_mrh_hash_key(struct mc_slice hash);

MC_NODISCARD enum mc_err vm_mrh_load(struct vm_call *c, struct mc_slice id, struct vm_mrh_record *r,
                                     bool *found);
MC_NODISCARD enum mc_err vm_mrh_save(struct vm_call *c, struct mc_slice id,
                                     const struct vm_mrh_record *r);
/* Reverts with "Record does not exist". */
MC_NODISCARD enum mc_err vm_mrh_require(struct vm_call *c, struct mc_slice id,
                                        struct vm_mrh_record *r);
/* Version number i, 0 to r->change_cnt. */
MC_NODISCARD enum mc_err vm_mrh_version(struct vm_call *c, struct mc_slice id,
                                        const struct vm_mrh_record *r, uint64_t i,
                                        struct vm_mrh_version *v);
/* Makes {hash, reason} by the caller the record's next version, here and in the hash index; the caller of this
 * function saves the record. */
MC_NODISCARD enum mc_err vm_mrh_version_add(struct vm_call *c, struct mc_slice id,
                                            struct vm_mrh_record *r, struct mc_slice hash,
                                            struct mc_slice reason);
/* The head of the record's chain. */
MC_NODISCARD enum mc_err vm_mrh_head(struct vm_call *c, struct mc_slice id,
                                     const struct vm_mrh_record *r, struct mc_slice *head);
/* The record `id` becomes the head of the old record's chain; the caller saves both. */
MC_NODISCARD enum mc_err vm_mrh_chain(struct vm_call *c, struct mc_slice old_id,
                                      struct vm_mrh_record *old, struct mc_slice id,
                                      struct vm_mrh_record *r);

/* Handlers of the views (medical_record_hash_views.c). */
VM_HANDLER(vm_mrh_get_record);
VM_HANDLER(vm_mrh_get_modification_history);
VM_HANDLER(vm_mrh_get_total_records);
VM_HANDLER(vm_mrh_verify_hash);
VM_HANDLER(vm_mrh_medical_records);
VM_HANDLER(vm_mrh_modification_history);
VM_HANDLER(vm_mrh_record_ids);
VM_HANDLER(vm_mrh_verify_commitment);
VM_HANDLER(vm_mrh_get_supersession);
VM_HANDLER(vm_mrh_verify_hash_at_time);
VM_HANDLER(vm_mrh_verify_hash_at_block);
VM_HANDLER(vm_mrh_get_versions);
VM_HANDLER(vm_mrh_get_record_ids);
VM_HANDLER(vm_mrh_get_records_by_patient);
VM_HANDLER(vm_mrh_get_records_by_doctor);
VM_HANDLER(vm_mrh_get_records_by_hash);

#endif
