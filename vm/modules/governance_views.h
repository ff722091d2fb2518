/* Governance's handlers and the structs of its ABI, as the table in governance.c lists them. */
#ifndef MC_VM_MODULES_GOVERNANCE_VIEWS_H
#define MC_VM_MODULES_GOVERNANCE_VIEWS_H

#include "vm/modules/governance.h"

extern const struct vm_layout VM_GOV_PROPOSAL, VM_GOV_MEMBER, VM_GOV_VALIDATOR, VM_GOV_PARAMETER,
    VM_GOV_MODULE;

/* governance_proposal.c */
VM_HANDLER(vm_gov_propose);
VM_HANDLER(vm_gov_vote);
VM_HANDLER(vm_gov_cancel_proposal);
/* governance_views.c */
VM_HANDLER(vm_gov_get_proposal);
VM_HANDLER(vm_gov_get_proposals);
VM_HANDLER(vm_gov_get_votes);
VM_HANDLER(vm_gov_get_quorum);
VM_HANDLER(vm_gov_get_members);
VM_HANDLER(vm_gov_get_member);
/* governance_module.c */
VM_HANDLER(vm_gov_emergency_pause);
VM_HANDLER(vm_gov_get_modules);
VM_HANDLER(vm_gov_is_paused);
/* governance_account.c */
VM_HANDLER(vm_gov_set_accounts);
VM_HANDLER(vm_gov_release_account);
VM_HANDLER(vm_gov_get_account);
VM_HANDLER(vm_gov_get_accounts_by_member);
/* governance_validator.c */
VM_HANDLER(vm_gov_get_validators);
VM_HANDLER(vm_gov_get_validator_set);
VM_HANDLER(vm_gov_is_validator);
/* governance_param.c */
VM_HANDLER(vm_gov_get_parameter);
VM_HANDLER(vm_gov_get_parameters);

#endif
