/* What the executor asks of AccessControl and Governance, the two modules that rule all others.
 *
 *     run.c, roles.c ──> vm_ac_*  (vm/modules/access_control.c)   state of 0x1001
 *                   └──> vm_gov_* (vm/modules/governance.c)       state of 0x1000
 *
 * Each function reads the well-known instance of its module whatever c->self is: it makes itself a context with
 * vm_call_at(c, "Governance") (vm/frame.h).  They read only, except the two *_genesis functions.  They charge no gas
 * in a state-changing call.  Errors are those of vm/host.h; none of them reverts. */
#ifndef MC_VM_GUARD_H
#define MC_VM_GUARD_H

#include "vm/vm.h"

/* The roles of `mask` that the account holds now at the well-known AccessControl: expired ones do not count, a
 * suspended account holds none, and an active Governance member account counts as ADMIN. */
MC_NODISCARD enum mc_err vm_ac_roles_held(struct vm_call *c, const struct mc_addr *account,
                                          uint32_t mask, uint32_t *held);
/* True while the account is suspended at the well-known AccessControl. */
MC_NODISCARD enum mc_err vm_ac_suspended(struct vm_call *c, const struct mc_addr *account,
                                         bool *out);
/* Writes the roles of g->accounts; c is a writable context of the well-known AccessControl.  MC_EINVAL with words. */
MC_NODISCARD enum mc_err vm_ac_genesis(struct vm_call *c, const struct vm_genesis *g,
                                       struct mc_errmsg *em);

/* True while the module at this well-known address is paused (vote or emergency). */
MC_NODISCARD enum mc_err vm_gov_paused(struct vm_call *c, const struct mc_addr *module, bool *out);
/* May the account send (or deploy) now?  Always while chain.permissioned is 0. */
MC_NODISCARD enum mc_err vm_gov_permitted(struct vm_call *c, const struct mc_addr *account,
                                          bool deploy, bool *out);
/* Value of a parameter of contracts/README.md in the current block, default included.  An unknown name is our own
 * mistake, except in vm_gov_genesis. */
MC_NODISCARD enum mc_err vm_gov_param(struct vm_call *c, const char *name, struct mc_u256 *out);
/* The member (its present account) that the account belongs to; *found false and zero when listed nowhere. */
MC_NODISCARD enum mc_err vm_gov_member_of(struct vm_call *c, const struct mc_addr *account,
                                          struct mc_addr *member, bool *found);
/* True when the account is the present account of an active member. */
MC_NODISCARD enum mc_err vm_gov_is_member(struct vm_call *c, const struct mc_addr *account,
                                          bool *out);
/* The set that decides height c->block_number + 1, ascending by address, at most cap entries; member_i is the member's
 * position in the member list. */
MC_NODISCARD enum mc_err vm_gov_validators(struct vm_call *c, struct vm_genesis_validator *out,
                                           uint32_t cap, uint32_t *cnt);
/* The accounting unit of the genesis file (stored by vm_genesis_apply(), vm/genesis.c). */
struct vm_unit {
    struct mc_slice name;
    struct mc_slice symbol;
    uint8_t decimals;
};
MC_NODISCARD enum mc_err vm_genesis_unit(struct vm_call *c, struct vm_unit *out);
/* Writes members, accounts, validators and parameters; c is a writable context of the well-known Governance (the
 * unit and the config hash are stored by vm_genesis_apply itself).  MC_EINVAL with words for a contradiction. */
MC_NODISCARD enum mc_err vm_gov_genesis(struct vm_call *c, const struct vm_genesis *g,
                                        struct mc_errmsg *em);

#endif
