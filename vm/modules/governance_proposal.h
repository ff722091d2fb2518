/* Proposals of Governance: the record, and what each kind asks and does. */
#ifndef MC_VM_MODULES_GOVERNANCE_PROPOSAL_H
#define MC_VM_MODULES_GOVERNANCE_PROPOSAL_H

#include "vm/modules/governance.h"

enum vm_gov_kind {
    VM_GOV_ADD_MEMBER = 1,
    VM_GOV_REMOVE_MEMBER,
    VM_GOV_REPLACE_MEMBER,
    VM_GOV_ADD_VALIDATOR,
    VM_GOV_REMOVE_VALIDATOR,
    VM_GOV_SET_PARAMETER,
    VM_GOV_GRANT_ROLE,
    VM_GOV_REVOKE_ROLE,
    VM_GOV_PAUSE_MODULE,
    VM_GOV_UNPAUSE_MODULE,
    VM_GOV_SET_MODULE_VERSION,
    VM_GOV_ROTATE_VALIDATOR
};

/* Order of IGovernance.ProposalState. */
enum vm_gov_state {
    VM_GOV_NO_PROPOSAL,
    VM_GOV_OPEN,
    VM_GOV_APPROVED,
    VM_GOV_EFFECTIVE,
    VM_GOV_CANCELLED,
    VM_GOV_EXPIRED
};

/* The texts are stored once, the tally apart from them: a vote writes a few bytes. */
struct vm_gov_proposal {
    uint8_t kind;
    struct mc_addr proposer;
    struct mc_addr target;
    struct mc_slice key;
    struct mc_u256 value;
    struct mc_slice description;
    uint64_t created_block;
    uint64_t closes_block;
    struct mc_u256 activation;
    uint64_t member; /* id of the proposer's */
    /* the tally */
    struct mc_u256 effective; /* 0 until approved */
    uint64_t yes;
    uint64_t no;
    bool cancelled;
    uint8_t state; /* enum vm_gov_state in the current block; not stored */
};

struct vm_gov_vote {
    bool cast;
    bool support;
    struct mc_addr account; /* that made it last */
};

/* Proposals there are: ids 1 to *cnt. */
MC_NODISCARD enum mc_err vm_gov_proposal_cnt(struct vm_call *c, uint64_t *cnt);
/* "Proposal does not exist" for an id out of range. */
MC_NODISCARD enum mc_err vm_gov_proposal_load(struct vm_call *c, uint64_t id,
                                              struct vm_gov_proposal *p);
/* Stores texts and tally as the next id. */
MC_NODISCARD enum mc_err vm_gov_proposal_add(struct vm_call *c, const struct vm_gov_proposal *p,
                                             uint64_t *id);
MC_NODISCARD enum mc_err vm_gov_tally_save(struct vm_call *c, uint64_t id,
                                           const struct vm_gov_proposal *p);
MC_NODISCARD enum mc_err vm_gov_vote_load(struct vm_call *c, uint64_t id, uint64_t member,
                                          struct vm_gov_vote *v);
MC_NODISCARD enum mc_err vm_gov_vote_save(struct vm_call *c, uint64_t id, uint64_t member,
                                          const struct vm_gov_vote *v);
/* Yes-votes that a kind needs with so many active members. */
uint64_t vm_gov_quorum(uint8_t kind, uint64_t members);

/* The conditions by kind, in the interface's order (governance_check.c). */
MC_NODISCARD enum mc_err vm_gov_check(struct vm_call *c, const struct vm_gov_proposal *p);
/* Records what the proposal changes from p->effective on; a change of the validator set may move that to the next
 * free height (governance_apply.c).  The conditions hold. */
MC_NODISCARD enum mc_err vm_gov_apply(struct vm_call *c, struct vm_gov_proposal *p);

/* The old member's account in a replacement; false when the value is no address. */
bool vm_gov_value_addr(const struct mc_u256 *value, struct mc_addr *out);
/* The named role of a key ("AUDITOR_ROLE"); 0 for an unknown one. */
uint32_t vm_gov_role_of(struct mc_slice key);

#endif
