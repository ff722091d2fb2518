/* Governance in block 0. */
#include "vm/modules/governance.h"

/* ------------------------------------------------------------------ members and accounts */

static enum mc_err add_member(struct vm_call *c, const struct vm_genesis_member *g, uint64_t id,
                              struct mc_errmsg *em)
{
    struct vm_key list = vm_key(VM_GOV_TAG_MEMBERS);
    struct vm_gov_member m = {.account = g->account, .name = mc_slice_str(g->name)};
    struct vm_gov_account a;
    uint8_t be[8];
    if (mc_addr_is_zero(&g->account))
        return mc_fail(em, MC_EINVAL, "member %u: zero address", (unsigned)id);
    if (m.name.n == 0)
        return mc_fail(em, MC_EINVAL, "member %u: empty name", (unsigned)id);
    VM_TRY(vm_gov_account_load(c, &g->account, &a));
    if (a.own != 0)
        return mc_fail(em, MC_EINVAL, "member %u: the account is a member already", (unsigned)id);
    VM_TRY(vm_gov_member_save(c, id, &m));
    mc_be64_put(be, id);
    VM_TRY(vm_gov_sched_add(c, &list, &m.since, mc_slice(be, sizeof be)));
    a.own = a.member = id + 1;
    a.permissions = VM_GOV_ALL;
    VM_TRY(vm_gov_staff_add(c, id, &g->account, &a));
    return vm_gov_account_save(c, &g->account, &a);
}

/* A member's own account may stand in the list too, to give it roles and other permissions. */
static enum mc_err add_account(struct vm_call *c, const struct vm_genesis *g, uint32_t i,
                               struct mc_errmsg *em)
{
    const struct vm_genesis_account *in = &g->accounts[i];
    struct vm_gov_account a;
    if (mc_addr_is_zero(&in->account))
        return mc_fail(em, MC_EINVAL, "account %u: zero address", i);
    for (uint32_t j = 0; j < i; j++) {
        if (mc_addr_eq(&g->accounts[j].account, &in->account))
            return mc_fail(em, MC_EINVAL, "account %u: listed twice", i);
    }
    if (in->permissions > VM_GOV_ALL)
        return mc_fail(em, MC_EINVAL, "account %u: permissions above 3", i);
    if (in->member_i == UINT32_MAX)
        return MC_OK;
    if (in->member_i >= g->member_cnt)
        return mc_fail(em, MC_EINVAL, "account %u: unknown member", i);
    VM_TRY(vm_gov_account_load(c, &in->account, &a));
    if (a.member != 0 && a.member != in->member_i + 1u)
        return mc_fail(em, MC_EINVAL, "account %u: is itself another member", i);
    if (a.member == 0)
        VM_TRY(vm_gov_staff_add(c, in->member_i, &in->account, &a));
    a.member = in->member_i + 1u;
    a.permissions = in->permissions;
    return vm_gov_account_save(c, &in->account, &a);
}

/* ------------------------------------------------------------------ validators and parameters */

static enum mc_err add_validator(struct vm_call *c, const struct vm_genesis *g, uint32_t i,
                                 struct mc_errmsg *em)
{
    const struct vm_genesis_validator *in = &g->validators[i];
    struct vm_gov_validator v;
    bool found, used;
    if (mc_addr_is_zero(&in->account))
        return mc_fail(em, MC_EINVAL, "validator %u: zero address", i);
    if (in->member_i != UINT32_MAX && in->member_i >= g->member_cnt)
        return mc_fail(em, MC_EINVAL, "validator %u: unknown member", i);
    if (!mc_ed25519_pub_ok(in->public_key))
        return mc_fail(em, MC_EINVAL, "validator %u: invalid public key", i);
    VM_TRY(vm_gov_validator_load(c, &in->account, &v, &found));
    if (found)
        return mc_fail(em, MC_EINVAL, "validator %u: listed twice", i);
    memcpy(v.key.b, in->public_key, sizeof v.key.b);
    VM_TRY(vm_gov_key_used(c, &v.key, &used));
    if (used)
        return mc_fail(em, MC_EINVAL, "validator %u: two validators share a key", i);
    v.member = in->member_i == UINT32_MAX ? 0 : in->member_i + 1u;
    return vm_gov_validator_add(c, &v);
}

static enum mc_err add_param(struct vm_call *c, const struct vm_genesis *g, uint32_t i,
                             struct mc_errmsg *em)
{
    const struct vm_genesis_param *in = &g->params[i];
    uint32_t at = vm_gov_param_find(mc_slice_str(in->name));
    if (at == UINT32_MAX)
        return mc_fail(em, MC_EINVAL, "unknown parameter \"%s\"", in->name);
    if (!vm_gov_param_in_range(at, &in->value))
        return mc_fail(em, MC_EINVAL, "parameter \"%s\": value out of range", in->name);
    for (uint32_t j = 0; j < i; j++) {
        if (strcmp(g->params[j].name, in->name) == 0)
            return mc_fail(em, MC_EINVAL, "parameter \"%s\": given twice", in->name);
    }
    return vm_gov_param_set(c, at, &in->value, &MC_U256_ZERO);
}

enum mc_err vm_gov_genesis(struct vm_call *c, const struct vm_genesis *g, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    if (g->validator_cnt > VM_GOV_VALIDATORS_MAX)
        return mc_fail(em, MC_EINVAL, "more than %u validators", VM_GOV_VALIDATORS_MAX);
    for (uint32_t i = 0; i < g->member_cnt && err == MC_OK; i++)
        err = add_member(c, &g->members[i], i, em);
    for (uint32_t i = 0; i < g->account_cnt && err == MC_OK; i++)
        err = add_account(c, g, i, em);
    for (uint32_t i = 0; i < g->validator_cnt && err == MC_OK; i++)
        err = add_validator(c, g, i, em);
    for (uint32_t i = 0; i < g->param_cnt && err == MC_OK; i++)
        err = add_param(c, g, i, em);
    return err;
}
