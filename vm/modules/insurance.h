/* Insurance, private part: policies, claims and their adjudication.
 *
 *     policy       (1, policyId)                 with the sums used and reserved
 *     claim        (2, claimId)                  state and everything that is not a decision
 *     decision     (3, claimId)                  the adjudication last in effect
 *     waiting      (4, claimId)                  the one that waits for a second account, and who made it
 *     step         (5, claimId, number)          history; number 8 bytes big endian, from 0
 *     policies     (6, holder)                   list of ids
 *     claims       (7, policyId), (8, insurer), (9, provider)   lists of ids
 *     by state     (10, insurer, state)          ranked sets over list (8)
 *     claims       (11)                          how many
 *
 * What a claim holds of its policy and invoice is written in the claim (`reserve`, `counted`), so that a new decision, a
 * withdrawal or the claim that uses a pre-authorisation takes out exactly what was put in:
 *
 *     use 0   decision ──> policy.used, deductibleUsed; Billing insurerApproved, adjusted     (counted)
 *     use 1   decision ──> policy.reserved                                                    (reserve)
 *     use 2   decision ──> nothing */
#ifndef MC_VM_MODULES_INSURANCE_H
#define MC_VM_MODULES_INSURANCE_H

#include "vm/modules/money.h"

enum vm_ins_policy_state { INS_NO_POLICY, INS_ACTIVE, INS_SUSPENDED, INS_POLICY_CANCELLED };

enum vm_ins_claim_state {
    INS_NONE,
    INS_SUBMITTED,
    INS_RETURNED,
    INS_ACCEPTED,
    INS_PENDED,
    INS_AWAITING,
    INS_APPROVED,
    INS_DENIED,
    INS_APPEALED,
    INS_PAID,
    INS_CANCELLED
};

enum vm_ins_use { INS_USE_CLAIM, INS_USE_PREAUTH, INS_USE_ESTIMATE };

struct vm_ins_policy_input {
    struct mc_addr holder;
    uint8_t currency;
    struct mc_u256 limit;
    struct mc_u256 deductible;
    struct mc_u256 copay;
    struct mc_u256 coinsurance_bps; /* 0 to 10000 */
    struct mc_u256 from_s;          /* as given, any number */
    struct mc_u256 until_s;         /* exclusive */
    struct mc_hash terms_hash;
};

struct vm_ins_policy {
    struct vm_ins_policy_input input;
    struct mc_addr insurer;
    struct mc_u256 used;
    struct mc_u256 reserved;
    struct mc_u256 deductible_used;
    uint8_t state;
    struct mc_slice id; /* filled on load */
};

struct vm_ins_claim_input {
    struct mc_slice policy_id;
    uint8_t use;
    struct mc_slice invoice_id;
    struct mc_slice preauth_id;
    struct mc_u256 amount;
    struct mc_hash details_hash;
};

struct vm_ins_claim {
    struct vm_ins_claim_input input;
    struct mc_addr provider;
    struct mc_addr payee;
    struct mc_addr insurer;
    struct mc_addr patient;
    struct mc_u256 amount;
    uint64_t submitted_s;
    uint64_t updated_s;
    uint64_t appeals;
    uint8_t state;
    uint64_t insurer_i; /* place in the insurer's list */
    uint64_t step_cnt;
    bool counted;            /* use 0: the decision in effect stands in policy and invoice */
    struct mc_u256 reserve;  /* use 1: held in the policy */
    struct mc_slice used_by; /* use 1: the claim that draws on it, "" for none */
    struct mc_slice id;      /* filled on load */
};

struct vm_ins_decision {
    struct mc_u256 benefit;
    struct mc_u256 patient_share;
    struct mc_u256 contractual;
    struct mc_u256 other;
    struct mc_u256 deductible;
    struct mc_slice reason_code;
    struct mc_hash explanation_hash;
    struct mc_addr by; /* stored only */
};

struct vm_ins_step {
    uint8_t state;
    struct mc_addr by;
    uint64_t time_s;
    struct mc_slice note;
};

extern const struct vm_layout VM_INS_POLICY_INPUT, VM_INS_POLICY, VM_INS_CLAIM_INPUT, VM_INS_CLAIM,
    VM_INS_DECISION, VM_INS_STEP;

enum vm_ins_event {
    VM_INS_REGISTERED,
    VM_INS_CHANGED,
    VM_INS_SUBMITTED,
    VM_INS_STATE,
    VM_INS_ADJUDICATED,
    VM_INS_PAID
};

/* ------------------------------------------------------------------ state (insurance_store.c) */

struct vm_key vm_ins_holder_key(const struct mc_addr *holder);
struct vm_key vm_ins_by_policy_key(struct mc_slice policy_id);
struct vm_key vm_ins_insurer_key(const struct mc_addr *insurer);
struct vm_key vm_ins_provider_key(const struct mc_addr *provider);
struct vm_key vm_ins_state_key(const struct mc_addr *insurer, uint8_t state);
struct vm_key vm_ins_cnt_key(void);
struct vm_key vm_ins_decision_key(struct mc_slice claim_id);
struct vm_key vm_ins_waiting_key(struct mc_slice claim_id);
struct vm_key vm_ins_step_key(struct mc_slice claim_id, uint64_t i);

MC_NODISCARD enum mc_err vm_ins_policy_load(struct vm_call *c, struct mc_slice id,
                                            struct vm_ins_policy *p, bool *found);
/* Reverts with "Policy does not exist". */
MC_NODISCARD enum mc_err vm_ins_policy_require(struct vm_call *c, struct mc_slice id,
                                               struct vm_ins_policy *p);
MC_NODISCARD enum mc_err vm_ins_policy_save(struct vm_call *c, const struct vm_ins_policy *p);
/* coverageLimit - used - reserved. */
MC_NODISCARD enum mc_err vm_ins_remaining(struct vm_call *c, const struct vm_ins_policy *p,
                                          struct mc_u256 *out);
/* ACTIVE and within its dates. */
bool vm_ins_policy_in_force(const struct vm_call *c, const struct vm_ins_policy *p);

MC_NODISCARD enum mc_err vm_ins_claim_load(struct vm_call *c, struct mc_slice id,
                                           struct vm_ins_claim *m, bool *found);
/* Reverts with "Claim does not exist". */
MC_NODISCARD enum mc_err vm_ins_claim_require(struct vm_call *c, struct mc_slice id,
                                              struct vm_ins_claim *m);
MC_NODISCARD enum mc_err vm_ins_claim_save(struct vm_call *c, const struct vm_ins_claim *m);
/* Stores a new claim and its indexes; its first step is in the history. */
MC_NODISCARD enum mc_err vm_ins_claim_create(struct vm_call *c, struct vm_ins_claim *m);
/* The claim's state changes: stored, in the index by state, in the history, and as ClaimStateChanged. */
MC_NODISCARD enum mc_err vm_ins_claim_move(struct vm_call *c, struct vm_ins_claim *m,
                                           enum vm_ins_claim_state state, struct mc_slice note);
/* The invoice of a claim of use 0 is marked with it, or freed. */
MC_NODISCARD enum mc_err vm_ins_mark(struct vm_call *c, const struct vm_ins_claim *m, bool open);
/* Gives the claim's pre-authorisation free for another claim. */
MC_NODISCARD enum mc_err vm_ins_preauth_free(struct vm_call *c, const struct vm_ins_claim *m);
/* Takes a pre-authorisation's reserve out of the policy; the caller saves both. */
MC_NODISCARD enum mc_err vm_ins_unreserve(struct vm_call *c, struct vm_ins_policy *p,
                                          struct vm_ins_claim *m);

/* OWN-INSURER without the role: reverts with "Caller is not the insurer". */
MC_NODISCARD enum mc_err vm_ins_require_insurer(struct vm_call *c, const struct mc_addr *insurer);

/* insurance_policy.c */
VM_HANDLER(vm_ins_register);
VM_HANDLER(vm_ins_update);
VM_HANDLER(vm_ins_set_state);
VM_HANDLER(vm_ins_eligibility);
/* insurance_claim.c */
VM_HANDLER(vm_ins_submit);
VM_HANDLER(vm_ins_answer);
VM_HANDLER(vm_ins_appeal);
VM_HANDLER(vm_ins_cancel);
VM_HANDLER(vm_ins_acknowledge);
VM_HANDLER(vm_ins_pend);
/* insurance_decide.c */
VM_HANDLER(vm_ins_adjudicate);
VM_HANDLER(vm_ins_confirm);
VM_HANDLER(vm_ins_pay);

#endif
