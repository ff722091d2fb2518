/* Granting and taking roles, suspension: what changes state in part 2 of AccessControl. */
#include "vm/modules/access_control.h"

struct admin {
    struct mc_hash role;
};
static const struct vm_field admin_fields[] = {VM_FIELD_STORED(struct admin, role, VM_T_HASH)};
static const struct vm_layout admin_layout = VM_LAYOUT(NULL, struct admin, admin_fields);

/* ------------------------------------------------------------------ who holds what */

enum mc_err vm_ac_admin_of(struct vm_call *c, const struct mc_hash *role, struct mc_hash *admin)
{
    const uint32_t by_default_admin = VM_DEFAULT_ADMIN | VM_ADMIN | VM_INSURER | VM_AUDITOR;
    struct vm_key k = vm_ac_admin_key(role);
    uint32_t bit = vm_ac_bit(role);
    struct admin set;
    bool found;
    VM_TRY(vm_get(c, &k, &admin_layout, &set, &found));
    if (found)
        *admin = set.role;
    else if (bit == 0 || (bit & by_default_admin) != 0)
        *admin = *vm_role_id(VM_DEFAULT_ADMIN);
    else
        *admin = *vm_role_id(VM_ADMIN);
    return MC_OK;
}

enum mc_err vm_ac_has_role(struct vm_call *c, const struct mc_hash *role,
                           const struct mc_addr *account, bool *out)
{
    struct vm_ac_account a;
    const struct vm_ac_entry *e;
    *out = false;
    VM_TRY(vm_ac_read(c, account, &a));
    if (a.suspended)
        return MC_OK;
    e = vm_ac_find(&a, role);
    if (e != NULL && !vm_ac_ended(c, &e->expiry))
        *out = true;
    else if (c->well_known && vm_ac_bit(role) == VM_ADMIN)
        return vm_gov_is_member(c, account, out);
    return MC_OK;
}

/* OWN ACCOUNT of IAccessControl: under the sender's member or under none; DEFAULT_ADMIN may serve every account. */
static enum mc_err require_own(struct vm_call *c, const struct mc_addr *account)
{
    struct mc_addr mine, its;
    bool found, any;
    VM_TRY(vm_gov_member_of(c, account, &its, &found));
    if (!found)
        return MC_OK;
    VM_TRY(vm_gov_member_of(c, &c->caller, &mine, &found));
    if (found && mc_addr_eq(&mine, &its))
        return MC_OK;
    VM_TRY(vm_ac_has_role(c, vm_role_id(VM_DEFAULT_ADMIN), &c->caller, &any));
    VM_REQUIRE(c, any, "Account belongs to another member");
    return MC_OK;
}

static enum mc_err emit_role(struct vm_call *c, enum vm_ac_event event, const struct mc_hash *role,
                             const struct mc_addr *account)
{
    struct vm_val ev[] = {vm_word(role), vm_addr(account), vm_addr(&c->caller)};
    return vm_emit(c, event, ev);
}

/* ------------------------------------------------------------------ grant */

struct grant {
    const struct mc_hash *role;
    const struct mc_addr *account;
    const struct mc_u256 *expiry;
    bool until; /* grantRoleUntil */
};

static enum mc_err emit_expiry(struct vm_call *c, const struct grant *g)
{
    struct vm_val ev[] = {vm_word(g->role), vm_addr(g->account), vm_u256(g->expiry)};
    return vm_emit(c, VM_AC_ROLE_EXPIRY_SET, ev);
}

/* Carries a checked grant out; e is the account's unexpired entry or NULL. */
static enum mc_err grant_store(struct vm_call *c, const struct grant *g, struct vm_ac_account *a,
                               struct vm_ac_entry *e)
{
    bool held = e != NULL;
    if (held && !g->until && mc_u256_is_zero(&e->expiry))
        return vm_ac_save(c, g->account, a); /* nothing happens, but something may have been due */
    if (held)
        e->expiry = *g->expiry;
    else
        VM_TRY(vm_ac_add(c, g->account, a, g->role, g->expiry));
    VM_TRY(vm_ac_save(c, g->account, a));
    if (!held)
        VM_TRY(emit_role(c, VM_AC_ROLE_GRANTED, g->role, g->account));
    return held || g->until ? emit_expiry(c, g) : MC_OK;
}

static enum mc_err grant(struct vm_call *c, const struct grant *g)
{
    struct vm_ac_account a;
    struct vm_ac_entry *e;
    VM_REQUIRE(c, !mc_addr_is_zero(g->account), "Zero address");
    VM_TRY(require_own(c, g->account));
    VM_TRY(vm_ac_settle(c, g->account, &a));
    e = vm_ac_find(&a, g->role);
    if (e != NULL && vm_ac_ended(c, &e->expiry)) {
        VM_TRY(vm_ac_remove(c, &a, e));
        e = NULL;
    }
    VM_REQUIRE(c, e != NULL || a.entry_cnt < VM_AC_ROLES_MAX, "Too many roles");
    if (g->until)
        VM_REQUIRE(c, !mc_u256_is_zero(g->expiry) && !vm_ac_ended(c, g->expiry),
                   "Expiry must be in the future");
    return grant_store(c, g, &a, e);
}

VM_HANDLER(vm_ac_grant_role)
{
    struct grant g = {&in[0].word, &in[1].addr, &MC_U256_ZERO, false};
    (void)out;
    return grant(c, &g);
}

VM_HANDLER(vm_ac_grant_role_until)
{
    struct grant g = {&in[0].word, &in[1].addr, &in[2].num, true};
    (void)out;
    return grant(c, &g);
}

/* ------------------------------------------------------------------ revoke */

static enum mc_err require_not_last(struct vm_call *c, const struct vm_ac_entry *e)
{
    struct vm_ac_holders h;
    if ((e->bit & (VM_DEFAULT_ADMIN | VM_ADMIN)) == 0)
        return MC_OK;
    VM_TRY(vm_ac_holders(c, &e->role, &h));
    VM_REQUIRE(c, h.total > 1, "Cannot remove last admin");
    return MC_OK;
}

static enum mc_err revoke(struct vm_call *c, const struct mc_hash *role,
                          const struct mc_addr *account)
{
    struct vm_ac_account a;
    struct vm_ac_entry *e;
    bool ended;
    VM_TRY(vm_ac_settle(c, account, &a));
    e = vm_ac_find(&a, role);
    ended = e != NULL && vm_ac_ended(c, &e->expiry);
    if (e != NULL && !ended)
        VM_TRY(require_not_last(c, e));
    if (e != NULL)
        VM_TRY(vm_ac_remove(c, &a, e));
    VM_TRY(vm_ac_save(c, account, &a));
    return e == NULL || ended ? MC_OK : emit_role(c, VM_AC_ROLE_REVOKED, role, account);
}

VM_HANDLER(vm_ac_revoke_role)
{
    (void)out;
    VM_TRY(require_own(c, &in[1].addr));
    return revoke(c, &in[0].word, &in[1].addr);
}

VM_HANDLER(vm_ac_renounce_role)
{
    (void)out;
    VM_REQUIRE(c, mc_addr_eq(&in[1].addr, &c->caller), "Can only renounce own role");
    return revoke(c, &in[0].word, &c->caller);
}

/* ------------------------------------------------------------------ administration */

VM_HANDLER(vm_ac_set_role_admin)
{
    struct vm_key k = vm_ac_admin_key(&in[0].word);
    struct admin set = {in[1].word};
    struct mc_hash before;
    (void)out;
    VM_REQUIRE(c, vm_ac_bit(&in[0].word) != VM_DEFAULT_ADMIN, "Role admin is fixed");
    VM_TRY(vm_ac_admin_of(c, &in[0].word, &before));
    VM_TRY(vm_put(c, &k, &admin_layout, &set));
    struct vm_val ev[] = {in[0], vm_word(&before), in[1]};
    return vm_emit(c, VM_AC_ROLE_ADMIN_CHANGED, ev);
}

VM_HANDLER(vm_ac_suspend_account)
{
    const struct mc_addr *account = &in[0].addr;
    struct vm_ac_account a;
    (void)out;
    VM_REQUIRE(c, !mc_addr_is_zero(account), "Zero address");
    VM_REQUIRE(c, !mc_addr_eq(account, &c->caller), "Cannot suspend self");
    VM_TRY(vm_ac_settle(c, account, &a));
    VM_REQUIRE(c, !a.suspended, "Account is already suspended");
    VM_TRY(require_own(c, account));
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    a.suspended = true;
    VM_TRY(vm_ac_save(c, account, &a));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[1]};
    return vm_emit(c, VM_AC_ACCOUNT_SUSPENDED, ev);
}

VM_HANDLER(vm_ac_reinstate_account)
{
    const struct mc_addr *account = &in[0].addr;
    struct vm_ac_account a;
    (void)out;
    VM_TRY(vm_ac_settle(c, account, &a));
    VM_REQUIRE(c, a.suspended, "Account is not suspended");
    VM_TRY(require_own(c, account));
    a.suspended = false;
    VM_TRY(vm_ac_save(c, account, &a));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller)};
    return vm_emit(c, VM_AC_ACCOUNT_REINSTATED, ev);
}
