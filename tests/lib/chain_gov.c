/* Stand-ins for Governance until the module is part of the registry: everybody is permitted. */
#include "tests/lib/chain.h"
#include "vm/guard.h"

#define WEAK __attribute__((weak))

WEAK enum mc_err vm_gov_paused(struct vm_call *c, const struct mc_addr *module, bool *out)
{
    (void)c, (void)module;
    *out = false;
    return MC_OK;
}

WEAK enum mc_err vm_gov_permitted(struct vm_call *c, const struct mc_addr *account, bool deploy,
                                  bool *out)
{
    (void)c, (void)deploy, (void)account;
    *out = true;
    return MC_OK;
}

WEAK enum mc_err vm_gov_param(struct vm_call *c, const char *name, struct mc_u256 *out)
{
    (void)c, (void)name;
    *out = MC_U256_ZERO;
    return MC_OK;
}

WEAK enum mc_err vm_gov_member_of(struct vm_call *c, const struct mc_addr *account,
                                  struct mc_addr *member, bool *found)
{
    (void)c, (void)account;
    *member = MC_ADDR_ZERO;
    *found = false;
    return MC_OK;
}

WEAK enum mc_err vm_gov_is_member(struct vm_call *c, const struct mc_addr *account, bool *out)
{
    (void)c, (void)account;
    *out = false;
    return MC_OK;
}

WEAK enum mc_err vm_gov_validators(struct vm_call *c, struct vm_genesis_validator *out,
                                   uint32_t cap, uint32_t *cnt)
{
    (void)c, (void)out, (void)cap;
    *cnt = 0;
    return MC_OK;
}

WEAK enum mc_err vm_gov_genesis(struct vm_call *c, const struct vm_genesis *g, struct mc_errmsg *em)
{
    (void)c, (void)g, (void)em;
    return MC_OK;
}
void chain_gov_link(void);
void chain_gov_link(void)
{
}
