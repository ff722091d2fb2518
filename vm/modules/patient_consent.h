/* PatientConsent, private part: who may do what with which data of a patient, disclosures, emergency access.
 *
 *     consent         (1, consentId)            terms and state; lists (2, patient), (3, grantee): ids in order
 *     consent count   (4)
 *     live rules      (5, patient, subject)     list of the ids of ACTIVE consents, at most 64, in no order; the subject
 *                                               is the grantee (20 bytes), or the role (32 bytes) when it is zero
 *     representative  (6, patient)
 *     disclosure      (7, patient, number)      number 8 bytes big endian, from 0; count (8, patient)
 *     by accessor     (9, accessor)             list of patient || number
 *     session         (10, sessionId)           list (11, patient): ids; sequence (12): ids without a review
 *     newest session  (13, patient, accessor)   the id; open or not
 *     opt-out         (14, patient)             1: no emergency access
 *
 * A rule that merely expired stays in its list of live rules until a newcomer takes its place there, so each list
 * holds at most 64 entries whatever happened before.
 *
 * Other modules ask with vm_pc_patient_side() and vm_pc_decide(); both read the well-known instance and may be called
 * from any context, also while the module is paused. */
#ifndef MC_VM_MODULES_PATIENT_CONSENT_H
#define MC_VM_MODULES_PATIENT_CONSENT_H

#include "vm/modules/args.h"

/* The actions, a bit mask. */
enum { VM_PC_VIEW = 1, VM_PC_MODIFY = 2, VM_PC_EXPORT = 4 };

/* ------------------------------------------------------------------ what other modules ask */

/* PATIENT-SIDE: the account is the patient and holds PATIENT, or is the patient's current representative. */
MC_NODISCARD enum mc_err vm_pc_patient_side(struct vm_call *c, const struct mc_addr *patient,
                                            const struct mc_addr *account, bool *out);
/* True when the account is the patient's current representative. */
MC_NODISCARD enum mc_err vm_pc_represents(struct vm_call *c, const struct mc_addr *patient,
                                          const struct mc_addr *account, bool *out);

struct vm_pc_question {
    struct mc_addr patient;
    struct mc_addr accessor;
    struct mc_slice category;
    struct mc_slice data_id;
    struct mc_slice purpose; /* "TREAT", "HPAYMT", ... */
    uint8_t action;          /* one of VM_PC_ */
};
struct vm_pc_answer {
    bool allowed;
    struct mc_slice basis; /* as isPermitted() returns it */
};
/* isPermitted() in the current block. */
MC_NODISCARD enum mc_err vm_pc_decide(struct vm_call *c, const struct vm_pc_question *q,
                                      struct vm_pc_answer *a);

/* ------------------------------------------------------------------ the module's own */

enum {
    VM_PC_TAG_CONSENT = 1,
    VM_PC_TAG_BY_PATIENT,
    VM_PC_TAG_BY_GRANTEE,
    VM_PC_TAG_CNT,
    VM_PC_TAG_RULES,
    VM_PC_TAG_REPRESENTATIVE,
    VM_PC_TAG_DISCLOSURE,
    VM_PC_TAG_DISCLOSURE_CNT,
    VM_PC_TAG_BY_ACCESSOR,
    VM_PC_TAG_SESSION,
    VM_PC_TAG_SESSIONS,
    VM_PC_TAG_UNREVIEWED,
    VM_PC_TAG_NEWEST,
    VM_PC_TAG_OPT_OUT
};

/* The Solidity enums.  EXPIRED is never stored. */
enum vm_pc_state {
    VM_PC_IS_NONE,
    VM_PC_IS_PROPOSED,
    VM_PC_IS_ACTIVE,
    VM_PC_IS_DECLINED,
    VM_PC_IS_REVOKED,
    VM_PC_IS_EXPIRED
};
enum vm_pc_session_state {
    VM_PC_SESSION_NONE,
    VM_PC_SESSION_OPEN,
    VM_PC_SESSION_CLOSED,
    VM_PC_SESSION_REVIEWED
};

struct vm_pc_terms {
    struct mc_addr grantee;
    struct mc_hash role;
    struct mc_slice category;
    struct mc_slice data_id;
    struct mc_slice purpose;
    uint8_t actions;
    uint64_t from_s;
    uint64_t until_s; /* exclusive */
    bool deny;
};

struct vm_pc_consent {
    struct mc_addr patient;
    struct mc_addr proposer;
    struct vm_pc_terms terms;
    struct mc_hash document;
    uint64_t created_s;
    uint64_t decided_s; /* 0: not yet */
    uint64_t ended_s;   /* decline or revocation; 0: none */
    uint8_t state;      /* enum vm_pc_state */
    uint64_t no;        /* consents stored before this one */
};

struct vm_pc_session {
    struct mc_addr patient;
    struct mc_addr accessor;
    struct mc_slice reason;
    struct mc_hash justification;
    uint64_t opened_s;
    uint64_t expires_s; /* exclusive */
    uint64_t closed_s;  /* 0: not closed by a call */
    struct mc_addr reviewer;
    bool justified;
    struct mc_hash review;
    uint8_t state; /* enum vm_pc_session_state */
    uint64_t pos;  /* in the sequence of unreviewed sessions */
};

extern const struct vm_layout VM_PC_TERMS, VM_PC_CONSENT, VM_PC_DISCLOSURE, VM_PC_SESSION;

enum vm_pc_event {
    VM_PC_PROPOSED,
    VM_PC_GRANTED,
    VM_PC_ENDED,
    VM_PC_EXTENDED,
    VM_PC_REPRESENTATIVE,
    VM_PC_ACCESS,
    VM_PC_EMERGENCY_OPENED,
    VM_PC_EMERGENCY_CLOSED,
    VM_PC_EMERGENCY_REVIEWED,
    VM_PC_OPT_OUT
};

/* patient_consent_store.c */
struct vm_key vm_pc_addr_key(uint8_t tag, const struct mc_addr *account);
/* Reads a consent with its state in the current block: EXPIRED shows. */
MC_NODISCARD enum mc_err vm_pc_load(struct vm_call *c, struct mc_slice id, struct vm_pc_consent *r,
                                    bool *found);
/* Reverts with "Consent does not exist". */
MC_NODISCARD enum mc_err vm_pc_require(struct vm_call *c, struct mc_slice id,
                                       struct vm_pc_consent *r);
/* r->state is not EXPIRED. */
MC_NODISCARD enum mc_err vm_pc_save(struct vm_call *c, struct mc_slice id,
                                    const struct vm_pc_consent *r);
/* List of live rules about the grantee, or about the role when the grantee is zero. */
struct vm_key vm_pc_rules_key(const struct mc_addr *patient, const struct mc_addr *grantee,
                              const struct mc_hash *role);
/* The consent becomes a live rule, or stops being one.  Adding reverts with "Too many consents". */
MC_NODISCARD enum mc_err vm_pc_rule_add(struct vm_call *c, struct mc_slice id,
                                        const struct vm_pc_consent *r);
MC_NODISCARD enum mc_err vm_pc_rule_remove(struct vm_call *c, struct mc_slice id,
                                           const struct vm_pc_consent *r);

/* patient_consent_emergency.c: the id of the accessor's open session for the patient, empty for none. */
MC_NODISCARD enum mc_err vm_pc_session_open(struct vm_call *c, const struct mc_addr *patient,
                                            const struct mc_addr *accessor, struct mc_slice *id);

/* Reverts with "Caller is not the patient" unless the caller is PATIENT-SIDE. */
MC_NODISCARD enum mc_err vm_pc_require_side(struct vm_call *c, const struct mc_addr *patient);

/* Handlers.  patient_consent_grant.c */
VM_HANDLER(vm_pc_propose_consent);
VM_HANDLER(vm_pc_grant_consent);
VM_HANDLER(vm_pc_decide_consent);
VM_HANDLER(vm_pc_revoke_consent);
VM_HANDLER(vm_pc_extend_consent);
VM_HANDLER(vm_pc_get_consent);
VM_HANDLER(vm_pc_get_consents_by_patient);
VM_HANDLER(vm_pc_get_consents_by_grantee);
VM_HANDLER(vm_pc_get_total_consents);
/* patient_consent_representative.c */
VM_HANDLER(vm_pc_set_representative);
VM_HANDLER(vm_pc_get_representative);
/* patient_consent_access.c */
VM_HANDLER(vm_pc_is_permitted);
VM_HANDLER(vm_pc_record_access);
VM_HANDLER(vm_pc_get_disclosures);
VM_HANDLER(vm_pc_get_disclosures_by_accessor);
/* patient_consent_emergency.c */
VM_HANDLER(vm_pc_open_emergency);
VM_HANDLER(vm_pc_close_emergency);
VM_HANDLER(vm_pc_review_emergency);
VM_HANDLER(vm_pc_set_emergency_opt_out);
VM_HANDLER(vm_pc_get_emergency);
VM_HANDLER(vm_pc_get_emergencies_by_patient);
VM_HANDLER(vm_pc_get_unreviewed_emergencies);

#endif
