/* AccessControl: its table, its guard, its constructor, and what the executor asks of it (guard.h). */
#include "vm/modules/access_control.h"
#include "vm/frame.h"

/* ------------------------------------------------------------------ who may call part 2 */

static enum mc_err missing_role(struct vm_call *c, const struct mc_hash *role)
{
    uint32_t bit = vm_ac_bit(role);
    char text[sizeof "Missing role: 0x" + 2 * sizeof role->b] = "Missing role: 0x";
    if (bit != 0)
        return vm_missing_role(c, bit);
    mc_hex_encode(text + sizeof "Missing role: 0x" - 1, role->b, sizeof role->b);
    return vm_revert(c, text);
}

static enum mc_err require_admin_of(struct vm_call *c, const struct mc_hash *role)
{
    struct mc_hash admin;
    bool has;
    VM_TRY(vm_ac_admin_of(c, role, &admin));
    VM_TRY(vm_ac_has_role(c, &admin, &c->caller, &has));
    return has ? MC_OK : missing_role(c, &admin);
}

static enum mc_err require_any(struct vm_call *c, uint32_t mask)
{
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        bool has;
        if ((mask & 1u << i) == 0)
            continue;
        VM_TRY(vm_ac_has_role(c, vm_role_id(1u << i), &c->caller, &has));
        if (has)
            return MC_OK;
    }
    return vm_missing_role(c, mask);
}

/* Part 2 asks the roles of its own instance, and whether the caller is suspended there; part 1 asks the well-known
 * one like every module (IAccessControl, "Other instances"). */
static enum mc_err guard(struct vm_call *c, const struct vm_method *m, const struct vm_val *in)
{
    struct vm_ac_account a;
    bool part_2 = m->fn == vm_ac_grant_role || m->fn == vm_ac_grant_role_until ||
                  m->fn == vm_ac_revoke_role || m->fn == vm_ac_renounce_role ||
                  m->fn == vm_ac_set_role_admin || m->fn == vm_ac_suspend_account ||
                  m->fn == vm_ac_reinstate_account;
    VM_TRY(vm_guard_common(c, m));
    if (!part_2)
        return MC_OK;
    if (!c->well_known) {
        VM_TRY(vm_ac_load(c, &c->caller, &a));
        VM_REQUIRE(c, !a.suspended, "Account is suspended");
    }
    if (m->fn == vm_ac_renounce_role)
        return MC_OK;
    if (m->fn == vm_ac_set_role_admin)
        return require_any(c, VM_DEFAULT_ADMIN);
    if (m->fn == vm_ac_suspend_account || m->fn == vm_ac_reinstate_account)
        return require_any(c, VM_DEFAULT_ADMIN | VM_ADMIN);
    return require_admin_of(c, &in[0].word);
}

/* ------------------------------------------------------------------ what others ask */

enum mc_err vm_ac_roles_held(struct vm_call *c, const struct mc_addr *account, uint32_t mask,
                             uint32_t *held)
{
    struct vm_call at = vm_call_at(c, "AccessControl");
    struct vm_ac_account a;
    bool member;
    *held = 0;
    VM_TRY(vm_ac_read(&at, account, &a));
    if (a.suspended)
        return MC_OK;
    for (uint32_t i = 0; i < a.entry_cnt; i++) {
        if (!vm_ac_ended(c, &a.entries[i].expiry))
            *held |= a.entries[i].bit & mask;
    }
    if ((mask & VM_ADMIN & ~*held) == 0)
        return MC_OK;
    VM_TRY(vm_gov_is_member(c, account, &member));
    if (member)
        *held |= VM_ADMIN;
    return MC_OK;
}

enum mc_err vm_ac_suspended(struct vm_call *c, const struct mc_addr *account, bool *out)
{
    struct vm_call at = vm_call_at(c, "AccessControl");
    struct vm_ac_account a;
    *out = false;
    VM_TRY(vm_ac_load(&at, account, &a));
    *out = a.suspended;
    return MC_OK;
}

/* ------------------------------------------------------------------ beginnings */

/* Adds the roles of a mask that the account does not have, without end and without events. */
static enum mc_err give(struct vm_call *c, const struct mc_addr *account, uint32_t roles)
{
    struct vm_ac_account a;
    VM_TRY(vm_ac_settle(c, account, &a));
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        const struct mc_hash *role = vm_role_id(1u << i);
        if ((roles & 1u << i) != 0 && vm_ac_find(&a, role) == NULL)
            VM_TRY(vm_ac_add(c, account, &a, role, &MC_U256_ZERO));
    }
    return vm_ac_save(c, account, &a);
}

enum mc_err vm_ac_genesis(struct vm_call *c, const struct vm_genesis *g, struct mc_errmsg *em)
{
    /* Governance acts by vote only; it is the DEFAULT_ADMIN from the start. */
    VM_TRY(give(c, vm_module_addr("Governance"), VM_DEFAULT_ADMIN));
    for (uint32_t i = 0; i < g->account_cnt; i++) {
        if (g->accounts[i].roles >> VM_ROLE_CNT != 0)
            return mc_fail(em, MC_EINVAL, "account %u: unknown role", i);
        VM_TRY(give(c, &g->accounts[i].account, g->accounts[i].roles));
    }
    return MC_OK;
}

/* A fresh instance belongs to its deployer. */
static VM_HANDLER(init)
{
    (void)in, (void)out;
    return give(c, &c->caller, VM_DEFAULT_ADMIN | VM_ADMIN);
}

/* ------------------------------------------------------------------ the table */

static const struct vm_method methods[] = {
    {"function grantAccess(string grantId, address grantee, string dataId, string dataType, "
     "uint256 duration)",
     "IIL", VM_PATIENT | VM_ADMIN, vm_ac_grant_access},
    {"function revokeAccess(string grantId)", "I", 0, vm_ac_revoke_access},
    {"function logAccess(string grantId, string action)", "IL", 0, vm_ac_log_access},
    {"function hasAccess(string grantId, address accessor) view returns (bool)", NULL, 0,
     vm_ac_has_access},
    {"function getAccessGrant(string grantId) view returns (AccessGrant)", NULL, 0,
     vm_ac_get_access_grant},
    {"function getPatientGrants(address patient) view returns (string[])", NULL, 0,
     vm_ac_get_patient_grants},
    {"function getProviderAccesses(address provider) view returns (string[])", NULL, 0,
     vm_ac_get_provider_accesses},
    {"function getAccessLogs(uint256 limit) view returns (AccessLog[])", NULL, 0,
     vm_ac_get_access_logs},
    {"function getTotalGrants() view returns (uint256)", NULL, 0, vm_ac_get_total_grants},
    {"function isGrantExpired(string grantId) view returns (bool)", NULL, 0,
     vm_ac_is_grant_expired},
    {"function accessGrants(string) view returns (string dataId, address grantor, address grantee, "
     "uint256 grantTime, uint256 expireTime, bool isActive, string dataType)",
     NULL, 0, vm_ac_access_grants},
    {"function patientGrants(address, uint256) view returns (string)", NULL, 0,
     vm_ac_patient_grants},
    {"function providerAccesses(address, uint256) view returns (string)", NULL, 0,
     vm_ac_provider_accesses},
    {"function accessLogs(uint256) view returns (address accessor, uint256 accessTime, string "
     "dataId, string action)",
     NULL, 0, vm_ac_access_logs},
    {"function grantIds(uint256) view returns (string)", NULL, 0, vm_ac_grant_ids},
    {"function getPatientGrantsPage(address patient, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_ac_get_patient_grants_page},
    {"function getProviderAccessesPage(address provider, uint256 offset, uint256 limit) view "
     "returns (string[] ids, uint256 total)",
     NULL, 0, vm_ac_get_provider_accesses_page},
    {"function getAccessLogsPage(uint256 offset, uint256 limit) view returns (AccessLog[] logs, "
     "uint256 total)",
     NULL, 0, vm_ac_get_access_logs_page},
    {"function getAccessLogsByData(string dataId, uint256 offset, uint256 limit) view returns "
     "(AccessLog[] logs, uint256 total)",
     NULL, 0, vm_ac_get_access_logs_by_data},
    /* Part 2: the guard above decides who may call. */
    {"function hasRole(bytes32 role, address account) view returns (bool)", NULL, 0,
     vm_ac_has_role_view},
    {"function getRoleAdmin(bytes32 role) view returns (bytes32)", NULL, 0, vm_ac_get_role_admin},
    {"function grantRole(bytes32 role, address account)", NULL, 0, vm_ac_grant_role},
    {"function grantRoleUntil(bytes32 role, address account, uint256 expiresAt)", NULL, 0,
     vm_ac_grant_role_until},
    {"function revokeRole(bytes32 role, address account)", NULL, 0, vm_ac_revoke_role},
    {"function renounceRole(bytes32 role, address callerConfirmation)", NULL, 0,
     vm_ac_renounce_role},
    {"function setRoleAdmin(bytes32 role, bytes32 adminRole)", NULL, 0, vm_ac_set_role_admin},
    {"function getRoleMemberCount(bytes32 role) view returns (uint256)", NULL, 0,
     vm_ac_get_role_member_count},
    {"function getRoleMember(bytes32 role, uint256 index) view returns (address)", NULL, 0,
     vm_ac_get_role_member},
    {"function getRoleMembers(bytes32 role, uint256 offset, uint256 limit) view returns (address[] "
     "accounts, uint256[] expiries, uint256 total)",
     NULL, 0, vm_ac_get_role_members},
    {"function getRoleExpiry(bytes32 role, address account) view returns (uint256)", NULL, 0,
     vm_ac_get_role_expiry},
    {"function getAccountRoles(address account) view returns (bytes32[] roles, uint256[] expiries)",
     NULL, 0, vm_ac_get_account_roles},
    {"function suspendAccount(address account, string reason)", "T", 0, vm_ac_suspend_account},
    {"function reinstateAccount(address account)", NULL, 0, vm_ac_reinstate_account},
    {"function isSuspended(address account) view returns (bool)", NULL, 0, vm_ac_is_suspended},
};

static const char *const events[] = {
    [VM_AC_GRANTED] = "event AccessGranted(string indexed grantId, address indexed grantor, "
                      "address indexed grantee, string dataId, uint256 expireTime)",
    [VM_AC_REVOKED] = "event AccessRevoked(string indexed grantId, address indexed revoker)",
    [VM_AC_USED] =
        "event AccessUsed(string indexed grantId, address indexed accessor, string action)",
    [VM_AC_EXPIRED] = "event AccessExpired(string indexed grantId)",
    [VM_AC_ROLE_GRANTED] = "event RoleGranted(bytes32 indexed role, address indexed account, "
                           "address indexed sender)",
    [VM_AC_ROLE_REVOKED] = "event RoleRevoked(bytes32 indexed role, address indexed account, "
                           "address indexed sender)",
    [VM_AC_ROLE_ADMIN_CHANGED] = "event RoleAdminChanged(bytes32 indexed role, bytes32 indexed "
                                 "previousAdminRole, bytes32 indexed newAdminRole)",
    [VM_AC_ROLE_EXPIRY_SET] = "event RoleExpirySet(bytes32 indexed role, address indexed account, "
                              "uint256 expiresAt)",
    [VM_AC_ACCOUNT_SUSPENDED] =
        "event AccountSuspended(address indexed account, address indexed sender, string reason)",
    [VM_AC_ACCOUNT_REINSTATED] =
        "event AccountReinstated(address indexed account, address indexed sender)",
};

static const struct vm_layout *const structs[] = {&VM_AC_GRANT, &VM_AC_USE};

const struct vm_module vm_mod_access_control = {
    .name = "AccessControl",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .deployable = true,
    .init = init,
    .guard = guard,
};
