#include "vm/modules/money.h"

#include "vm/guard.h"

enum mc_err vm_num_add(struct vm_call *c, struct mc_u256 *a, const struct mc_u256 *b)
{
    return mc_u256_add(a, a, b) ? MC_OK : vm_panic(c, 0x11);
}

enum mc_err vm_num_sub(struct vm_call *c, struct mc_u256 *a, const struct mc_u256 *b)
{
    return mc_u256_sub(a, a, b) ? MC_OK : vm_panic(c, 0x11);
}

enum mc_err vm_same_member(struct vm_call *c, const struct mc_addr *a, const struct mc_addr *b,
                           bool *out)
{
    struct mc_addr of_a, of_b;
    bool found;

    *out = mc_addr_eq(a, b);
    if (*out)
        return MC_OK;
    VM_TRY(vm_gov_member_of(c, a, &of_a, &found));
    if (!found)
        return MC_OK;
    /* A former account of a member is listed nowhere, but may still be the other party by itself. */
    VM_TRY(vm_gov_member_of(c, b, &of_b, &found));
    *out = found ? mc_addr_eq(&of_a, &of_b) : mc_addr_eq(&of_a, b);
    return MC_OK;
}

enum mc_err vm_require_value(struct vm_call *c, uint8_t currency, const struct mc_u256 *amount)
{
    const struct mc_u256 *want = currency == VM_CHAIN_BALANCE ? amount : &MC_U256_ZERO;
    VM_REQUIRE(c, mc_u256_cmp(&c->value, want) == 0, "Wrong value sent");
    return MC_OK;
}

bool vm_is_module_addr(const struct mc_addr *a)
{
    static const uint8_t zeros[18];
    return memcmp(a->b, zeros, sizeof zeros) == 0 && a->b[18] == 0x10 && a->b[19] <= 0x09;
}
