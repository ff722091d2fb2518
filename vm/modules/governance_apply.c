/* What an approved proposal leaves in state: the change and the height from which it counts. */
#include "vm/modules/access_control.h"
#include "vm/modules/governance_proposal.h"

/* ------------------------------------------------------------------ members */

static enum mc_err schedule_member(struct vm_call *c, uint8_t tag, const struct mc_u256 *height,
                                   uint64_t id)
{
    struct vm_key k = vm_key(tag);
    uint8_t be[8];
    mc_be64_put(be, id);
    return vm_gov_sched_add(c, &k, height, mc_slice(be, sizeof be));
}

static enum mc_err add_member(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_key members = vm_key(VM_GOV_TAG_MEMBERS);
    struct vm_gov_member m = {.account = p->target, .name = p->key, .since = p->effective};
    struct vm_gov_account a;
    uint64_t id;
    VM_TRY(vm_list_len(c, &members, &id));
    VM_TRY(vm_gov_member_save(c, id, &m));
    VM_TRY(schedule_member(c, VM_GOV_TAG_MEMBERS, &p->effective, id));
    VM_TRY(vm_gov_account_load(c, &p->target, &a));
    if (a.member != 0) { /* leaves its former entry when the new one begins */
        struct vm_key leaving = vm_gov_id_key(VM_GOV_TAG_LEAVING, a.member - 1);
        VM_TRY(vm_gov_staff_cut(c, a.member - 1, a.pos));
        VM_TRY(vm_gov_sched_add(c, &leaving, &p->effective, mc_addr_slice(&p->target)));
    }
    VM_TRY(vm_gov_staff_add(c, id, &p->target, &a));
    a.next = id + 1;
    a.next_height = p->effective;
    return vm_gov_account_save(c, &p->target, &a);
}

static enum mc_err remove_member(struct vm_call *c, struct vm_gov_proposal *p)
{
    struct vm_gov_validator *all;
    struct vm_gov_member m;
    bool moved = false;
    uint64_t id;
    uint32_t n;
    VM_TRY(vm_gov_member_by(c, &p->target, &id, &m));
    VM_TRY(vm_gov_validator_all(c, &all, &n));
    for (uint32_t i = 0; i < n; i++) {
        if (all[i].member != id + 1)
            continue;
        if (!moved) /* all of them go in one change */
            VM_TRY(vm_gov_set_change(c, &p->effective));
        moved = true;
        all[i].removed = p->effective;
        VM_TRY(vm_gov_validator_save(c, &all[i]));
    }
    m.removed = p->effective;
    VM_TRY(vm_gov_member_save(c, id, &m));
    return schedule_member(c, VM_GOV_TAG_REMOVALS, &p->effective, id);
}

/* The new account waits in the member's staff list, hidden until its height (vm_gov_staff). */
static enum mc_err replace_member(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_gov_account a;
    struct vm_gov_member m;
    struct mc_addr old;
    uint64_t id;
    (void)vm_gov_value_addr(&p->value, &old);
    VM_TRY(vm_gov_member_by(c, &old, &id, &m));
    m.next_account = p->target;
    m.next_height = p->effective;
    VM_TRY(vm_gov_member_save(c, id, &m));
    VM_TRY(vm_gov_account_load(c, &p->target, &a));
    if (a.member != id + 1)
        VM_TRY(vm_gov_staff_add(c, id, &p->target, &a));
    a.next = id + 1;
    a.next_height = p->effective;
    VM_TRY(vm_gov_account_save(c, &p->target, &a));
    VM_TRY(vm_gov_account_load(c, &old, &a));
    a.bar_height = p->effective;
    return vm_gov_account_save(c, &old, &a);
}

/* ------------------------------------------------------------------ validators */

static enum mc_err add_validator(struct vm_call *c, struct vm_gov_proposal *p)
{
    struct vm_gov_validator v = {.member = p->member + 1, .account = p->target};
    VM_TRY(vm_gov_set_change(c, &p->effective));
    mc_u256_to_be(v.key.b, &p->value);
    v.since = p->effective;
    return vm_gov_validator_add(c, &v);
}

static enum mc_err change_validator(struct vm_call *c, struct vm_gov_proposal *p)
{
    struct vm_gov_validator v;
    bool found;
    VM_TRY(vm_gov_set_change(c, &p->effective));
    VM_TRY(vm_gov_validator_load(c, &p->target, &v, &found));
    if (p->kind == VM_GOV_REMOVE_VALIDATOR) {
        v.removed = p->effective;
        return vm_gov_validator_save(c, &v);
    }
    mc_u256_to_be(v.next_key.b, &p->value);
    v.next_height = p->effective;
    VM_TRY(vm_gov_key_use(c, &v.next_key));
    return vm_gov_validator_save(c, &v);
}

/* ------------------------------------------------------------------ the rest */

static enum mc_err change_role(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_ac_change ch = {.bit = vm_gov_role_of(p->key),
                              .grant = p->kind == VM_GOV_GRANT_ROLE,
                              .height = p->effective};
    if (ch.grant)
        ch.expiry = p->value;
    return vm_ac_decide(c, &p->target, &ch);
}

static enum mc_err change_module(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_gov_module m;
    VM_TRY(vm_gov_module_load(c, &p->target, &m));
    if (p->kind == VM_GOV_SET_MODULE_VERSION) {
        m.next_version = mc_u256_u64_sat(&p->value);
        m.version_height = p->effective;
    } else {
        m.next_pause = p->kind;
        m.pause_height = p->effective;
    }
    return vm_gov_module_save(c, &p->target, &m);
}

enum mc_err vm_gov_apply(struct vm_call *c, struct vm_gov_proposal *p)
{
    switch ((enum vm_gov_kind)p->kind) {
    case VM_GOV_ADD_MEMBER:
        return add_member(c, p);
    case VM_GOV_REMOVE_MEMBER:
        return remove_member(c, p);
    case VM_GOV_REPLACE_MEMBER:
        return replace_member(c, p);
    case VM_GOV_ADD_VALIDATOR:
        return add_validator(c, p);
    case VM_GOV_REMOVE_VALIDATOR:
    case VM_GOV_ROTATE_VALIDATOR:
        return change_validator(c, p);
    case VM_GOV_SET_PARAMETER:
        return vm_gov_param_set(c, vm_gov_param_find(p->key), &p->value, &p->effective);
    case VM_GOV_GRANT_ROLE:
    case VM_GOV_REVOKE_ROLE:
        return change_role(c, p);
    case VM_GOV_PAUSE_MODULE:
    case VM_GOV_UNPAUSE_MODULE:
    case VM_GOV_SET_MODULE_VERSION:
        return change_module(c, p);
    }
    return vm_revert(c, "Invalid kind");
}
