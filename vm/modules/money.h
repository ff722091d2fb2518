/* What Billing, Insurance and ServicePayment share: amounts that never wrap, and who belongs to whom. */
#ifndef MC_VM_MODULES_MONEY_H
#define MC_VM_MODULES_MONEY_H

#include "vm/modules/args.h"

/* The currencies of an amount. */
enum { VM_CHAIN_BALANCE, VM_UNITS, VM_CURRENCY_CNT };

static inline bool vm_num_lt(const struct mc_u256 *a, const struct mc_u256 *b)
{
    return mc_u256_cmp(a, b) < 0;
}
static inline struct mc_u256 vm_num_min(const struct mc_u256 *a, const struct mc_u256 *b)
{
    return vm_num_lt(a, b) ? *a : *b;
}
/* *a += *b and *a -= *b; Panic(0x11) beyond 256 bits and below zero. */
MC_NODISCARD enum mc_err vm_num_add(struct vm_call *c, struct mc_u256 *a, const struct mc_u256 *b);
MC_NODISCARD enum mc_err vm_num_sub(struct vm_call *c, struct mc_u256 *a, const struct mc_u256 *b);

/* SAME-MEMBER: the accounts are equal, or Governance lists both under one member. */
MC_NODISCARD enum mc_err vm_same_member(struct vm_call *c, const struct mc_addr *a,
                                        const struct mc_addr *b, bool *out);

/* Reverts with "Wrong value sent" unless the message brings this amount of this currency: chain balance comes as value,
 * units come without. */
MC_NODISCARD enum mc_err vm_require_value(struct vm_call *c, uint8_t currency,
                                          const struct mc_u256 *amount);

/* True for the ten well-known module addresses. */
bool vm_is_module_addr(const struct mc_addr *a);

#endif
