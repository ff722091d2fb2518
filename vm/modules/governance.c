/* Governance: its table and its guard. */
#include "vm/modules/governance_views.h"

/* IGovernance, common reverts: Governance cannot be paused, and only members change it. */
static enum mc_err guard(struct vm_call *c, const struct vm_method *m, const struct vm_val *in)
{
    bool yes;
    (void)m, (void)in;
    VM_TRY(vm_gov_permitted(c, &c->caller, false, &yes));
    VM_REQUIRE(c, yes, "Account is not permitted");
    VM_TRY(vm_ac_suspended(c, &c->caller, &yes));
    VM_REQUIRE(c, !yes, "Account is suspended");
    VM_TRY(vm_gov_is_member(c, &c->caller, &yes));
    VM_REQUIRE(c, yes, "Caller is not a member");
    return MC_OK;
}

static const struct vm_method methods[] = {
    {"function propose(uint8 kind, address target, string key, uint256 value, string description, "
     "uint256 activationHeight) returns (uint256 proposalId)",
     "LT", 0, vm_gov_propose},
    {"function vote(uint256 proposalId, bool support)", NULL, 0, vm_gov_vote},
    {"function cancelProposal(uint256 proposalId)", NULL, 0, vm_gov_cancel_proposal},
    {"function emergencyPause(address module, string reason)", "T", 0, vm_gov_emergency_pause},
    {"function setAccounts(address[] accounts, uint8 permissions)", NULL, 0, vm_gov_set_accounts},
    {"function releaseAccount(address account)", NULL, 0, vm_gov_release_account},
    {"function getAccount(address account) view returns (address member, uint8 permissions)", NULL,
     0, vm_gov_get_account},
    {"function getAccountsByMember(address member, uint256 offset, uint256 limit) view returns "
     "(address[] accounts, uint256 total)",
     NULL, 0, vm_gov_get_accounts_by_member},
    {"function getValidators() view returns (address[])", NULL, 0, vm_gov_get_validators},
    {"function getValidatorSet() view returns (Validator[])", NULL, 0, vm_gov_get_validator_set},
    {"function isValidator(address validator) view returns (bool)", NULL, 0, vm_gov_is_validator},
    {"function getMembers(uint256 offset, uint256 limit) view returns (Member[] members, uint256 "
     "total)",
     NULL, 0, vm_gov_get_members},
    {"function getMember(address account) view returns (Member)", NULL, 0, vm_gov_get_member},
    {"function getProposal(uint256 proposalId) view returns (Proposal)", NULL, 0,
     vm_gov_get_proposal},
    {"function getProposals(uint256 offset, uint256 limit) view returns (Proposal[] proposals, "
     "uint256 total)",
     NULL, 0, vm_gov_get_proposals},
    {"function getVotes(uint256 proposalId, uint256 offset, uint256 limit) view returns (address[] "
     "members, bool[] support, uint256 total)",
     NULL, 0, vm_gov_get_votes},
    {"function getParameter(string key) view returns (Parameter)", NULL, 0, vm_gov_get_parameter},
    {"function getParameters(uint256 offset, uint256 limit) view returns (Parameter[] parameters, "
     "uint256 total)",
     NULL, 0, vm_gov_get_parameters},
    {"function getModules() view returns (Module[])", NULL, 0, vm_gov_get_modules},
    {"function isPaused(address module) view returns (bool)", NULL, 0, vm_gov_is_paused},
    {"function getQuorum(uint8 kind) view returns (uint256)", NULL, 0, vm_gov_get_quorum},
};

static const char *const events[] = {
    [VM_GOV_PROPOSAL_CREATED] =
        "event ProposalCreated(uint256 indexed proposalId, address indexed proposer, uint8 indexed "
        "kind, address target, string key, uint256 value, string description, uint256 "
        "activationHeight)",
    [VM_GOV_VOTE_CAST] = "event VoteCast(uint256 indexed proposalId, address indexed member, bool "
                         "support, uint256 yes, uint256 no)",
    [VM_GOV_PROPOSAL_APPROVED] =
        "event ProposalApproved(uint256 indexed proposalId, uint256 effectiveHeight)",
    [VM_GOV_PROPOSAL_CANCELLED] = "event ProposalCancelled(uint256 indexed proposalId)",
    [VM_GOV_PAUSE_REQUESTED] = "event PauseRequested(address indexed module, address indexed "
                               "member, uint256 requests, uint256 required, string reason)",
    [VM_GOV_MODULE_PAUSED] = "event ModulePaused(address indexed module, uint256 pausedUntil)",
    [VM_GOV_PERMISSION_CHANGED] = "event AccountPermissionChanged(address indexed account, address "
                                  "indexed member, uint8 permissions)",
};

static const struct vm_layout *const structs[] = {
    &VM_GOV_PROPOSAL, &VM_GOV_MEMBER, &VM_GOV_VALIDATOR, &VM_GOV_PARAMETER, &VM_GOV_MODULE,
};
static const char *const enums[] = {"ProposalState"};

const struct vm_module vm_mod_governance = {
    .name = "Governance",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
    .guard = guard,
};
