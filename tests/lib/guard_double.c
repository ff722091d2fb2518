#include "tests/lib/guard_double.h"

struct guard_double guard_double;

void guard_double_reset(void)
{
    memset(&guard_double, 0, sizeof guard_double);
}

void guard_double_grant(const struct mc_addr *account, uint32_t roles)
{
    MC_ASSERT(guard_double.cnt < MC_COUNT(guard_double.roles));
    guard_double.account[guard_double.cnt] = *account;
    guard_double.roles[guard_double.cnt++] = roles;
}

static bool same(const struct mc_addr *set, const struct mc_addr *a)
{
    return !mc_addr_is_zero(set) && mc_addr_eq(set, a);
}

enum mc_err vm_ac_roles_held(struct vm_call *c, const struct mc_addr *account, uint32_t mask,
                             uint32_t *held)
{
    (void)c;
    *held = 0;
    for (uint32_t i = 0; i < guard_double.cnt; i++) {
        if (mc_addr_eq(&guard_double.account[i], account))
            *held |= guard_double.roles[i] & mask;
    }
    return MC_OK;
}

enum mc_err vm_ac_suspended(struct vm_call *c, const struct mc_addr *account, bool *out)
{
    (void)c;
    *out = same(&guard_double.suspended, account);
    return MC_OK;
}

enum mc_err vm_ac_genesis(struct vm_call *c, const struct vm_genesis *g, struct mc_errmsg *em)
{
    (void)c, (void)em;
    for (uint32_t i = 0; i < g->account_cnt; i++)
        guard_double_grant(&g->accounts[i].account, g->accounts[i].roles);
    return MC_OK;
}

enum mc_err vm_gov_paused(struct vm_call *c, const struct mc_addr *module, bool *out)
{
    (void)c;
    *out = same(&guard_double.paused, module);
    return MC_OK;
}

enum mc_err vm_gov_permitted(struct vm_call *c, const struct mc_addr *account, bool deploy,
                             bool *out)
{
    (void)c, (void)deploy;
    *out = !same(&guard_double.barred, account);
    return MC_OK;
}

enum mc_err vm_gov_param(struct vm_call *c, const char *name, struct mc_u256 *out)
{
    (void)c, (void)name;
    *out = MC_U256_ZERO;
    return MC_OK;
}

enum mc_err vm_gov_member_of(struct vm_call *c, const struct mc_addr *account,
                             struct mc_addr *member, bool *found)
{
    (void)c, (void)account;
    *member = MC_ADDR_ZERO;
    *found = false;
    return MC_OK;
}

enum mc_err vm_gov_is_member(struct vm_call *c, const struct mc_addr *account, bool *out)
{
    (void)c, (void)account;
    *out = false;
    return MC_OK;
}

enum mc_err vm_gov_validators(struct vm_call *c, struct vm_genesis_validator *out, uint32_t cap,
                              uint32_t *cnt)
{
    (void)c, (void)out, (void)cap;
    *cnt = 0;
    return MC_OK;
}

enum mc_err vm_gov_genesis(struct vm_call *c, const struct vm_genesis *g, struct mc_errmsg *em)
{
    (void)c, (void)g, (void)em;
    return MC_OK;
}
