/* Members and accounts in state, as they count in the current block. */
#include "vm/frame.h"
#include "vm/modules/governance.h"
#include "vm/state.h"

static const struct vm_field member_fields[] = {
    VM_FIELD_STORED(struct vm_gov_member, account, VM_T_ADDR),
    VM_FIELD_STORED(struct vm_gov_member, name, VM_T_STR),
    VM_FIELD_STORED(struct vm_gov_member, since, VM_T_U256),
    VM_FIELD_STORED(struct vm_gov_member, removed, VM_T_U256),
    VM_FIELD_STORED(struct vm_gov_member, next_account, VM_T_ADDR),
    VM_FIELD_STORED(struct vm_gov_member, next_height, VM_T_U256),
};
static const struct vm_layout member_layout = VM_LAYOUT(NULL, struct vm_gov_member, member_fields);

static const struct vm_field account_fields[] = {
    VM_FIELD_STORED(struct vm_gov_account, member, VM_T_U64),
    VM_FIELD_STORED(struct vm_gov_account, own, VM_T_U64),
    VM_FIELD_STORED(struct vm_gov_account, pos, VM_T_U64),
    VM_FIELD_STORED(struct vm_gov_account, permissions, VM_T_U8),
    VM_FIELD_STORED(struct vm_gov_account, bar_height, VM_T_U256),
    VM_FIELD_STORED(struct vm_gov_account, next, VM_T_U64),
    VM_FIELD_STORED(struct vm_gov_account, next_height, VM_T_U256),
};
static const struct vm_layout account_layout =
    VM_LAYOUT(NULL, struct vm_gov_account, account_fields);

/* ------------------------------------------------------------------ records */

enum mc_err vm_gov_member_load(struct vm_call *c, uint64_t id, struct vm_gov_member *m)
{
    struct vm_key k = vm_gov_id_key(VM_GOV_TAG_MEMBER, id);
    bool found;
    VM_TRY(vm_get(c, &k, &member_layout, m, &found));
    if (!found)
        return vm_cell_corrupt(c); /* ids come from state only */
    if (vm_gov_reached(c, &m->next_height)) {
        m->account = m->next_account;
        m->next_account = MC_ADDR_ZERO;
        m->next_height = MC_U256_ZERO;
    }
    return MC_OK;
}

enum mc_err vm_gov_member_save(struct vm_call *c, uint64_t id, const struct vm_gov_member *m)
{
    struct vm_key k = vm_gov_id_key(VM_GOV_TAG_MEMBER, id);
    return vm_put(c, &k, &member_layout, m);
}

enum mc_err vm_gov_account_load(struct vm_call *c, const struct mc_addr *account,
                                struct vm_gov_account *a)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_ACCOUNT, mc_addr_slice(account));
    bool found;
    VM_TRY(vm_get(c, &k, &account_layout, a, &found));
    if (vm_gov_reached(c, &a->bar_height)) {
        a->permissions = 0;
        a->bar_height = MC_U256_ZERO;
    }
    if (vm_gov_reached(c, &a->next_height)) {
        a->member = a->next;
        a->own = a->next;
        a->permissions = VM_GOV_ALL;
        a->next = 0;
        a->next_height = MC_U256_ZERO;
    }
    return MC_OK;
}

enum mc_err vm_gov_account_save(struct vm_call *c, const struct mc_addr *account,
                                const struct vm_gov_account *a)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_ACCOUNT, mc_addr_slice(account));
    return vm_put(c, &k, &account_layout, a);
}

/* ------------------------------------------------------------------ answers */

bool vm_gov_member_active(const struct vm_call *c, const struct vm_gov_member *m)
{
    return !vm_gov_ahead(c, &m->since) && !vm_gov_reached(c, &m->removed);
}

enum mc_err vm_gov_member_by(struct vm_call *c, const struct mc_addr *account, uint64_t *id,
                             struct vm_gov_member *m)
{
    struct vm_gov_account a;
    *id = VM_GOV_NONE;
    VM_TRY(vm_gov_account_load(c, account, &a));
    if (a.own == 0)
        return MC_OK;
    VM_TRY(vm_gov_member_load(c, a.own - 1, m));
    if (vm_gov_member_active(c, m) && mc_addr_eq(&m->account, account))
        *id = a.own - 1;
    return MC_OK;
}

enum mc_err vm_gov_member_cnt(struct vm_call *c, uint64_t *listed, uint64_t *active)
{
    struct vm_key members = vm_key(VM_GOV_TAG_MEMBERS), removals = vm_key(VM_GOV_TAG_REMOVALS);
    uint64_t removed;
    VM_TRY(vm_gov_sched_due(c, &members, listed));
    VM_TRY(vm_gov_sched_due(c, &removals, &removed));
    *active = *listed - removed;
    return MC_OK;
}

/* The list is in order of (since, id), since ids count approvals. */
enum mc_err vm_gov_member_rank(struct vm_call *c, uint64_t id, const struct vm_gov_member *m,
                               uint64_t *rank)
{
    struct vm_key k = vm_key(VM_GOV_TAG_MEMBERS);
    uint64_t lo = 0, hi;
    VM_TRY(vm_gov_sched_due(c, &k, &hi));
    while (lo < hi) {
        uint64_t mid = lo + (hi - lo) / 2;
        struct mc_u256 height;
        struct mc_slice payload;
        int order;
        VM_TRY(vm_gov_sched_at(c, &k, mid, &height, &payload));
        if (payload.n != 8)
            return vm_cell_corrupt(c);
        order = mc_u256_cmp(&height, &m->since);
        if (order < 0 || (order == 0 && mc_be64_get(payload.p) < id))
            lo = mid + 1;
        else
            hi = mid;
    }
    *rank = lo;
    return MC_OK;
}

enum mc_err vm_gov_permissions(struct vm_call *c, const struct mc_addr *account,
                               const struct vm_gov_account *a, uint8_t *out)
{
    struct vm_gov_member m;
    *out = 0;
    if (a->member == 0)
        return MC_OK;
    VM_TRY(vm_gov_member_load(c, a->member - 1, &m));
    if (!vm_gov_member_active(c, &m))
        return MC_OK;
    *out = a->permissions;
    if (mc_addr_eq(&m.account, account))
        *out |= VM_GOV_SEND;
    return MC_OK;
}

/* ------------------------------------------------------------------ what others ask (guard.h) */

enum mc_err vm_gov_permitted(struct vm_call *c, const struct mc_addr *account, bool deploy,
                             bool *out)
{
    struct vm_call at = vm_call_at(c, "Governance");
    struct vm_gov_account a;
    struct mc_u256 permissioned;
    uint8_t permissions;
    *out = false;
    VM_TRY(vm_gov_param(c, "chain.permissioned", &permissioned));
    if (mc_u256_is_zero(&permissioned)) {
        *out = true;
        return MC_OK;
    }
    VM_TRY(vm_gov_account_load(&at, account, &a));
    VM_TRY(vm_gov_permissions(&at, account, &a, &permissions));
    *out = (permissions & (deploy ? VM_GOV_DEPLOY : VM_GOV_SEND)) != 0;
    return MC_OK;
}

enum mc_err vm_gov_member_of(struct vm_call *c, const struct mc_addr *account,
                             struct mc_addr *member, bool *found)
{
    struct vm_call at = vm_call_at(c, "Governance");
    struct vm_gov_account a;
    struct vm_gov_member m;
    *member = MC_ADDR_ZERO;
    *found = false;
    VM_TRY(vm_gov_account_load(&at, account, &a));
    if (a.member == 0)
        return MC_OK;
    VM_TRY(vm_gov_member_load(&at, a.member - 1, &m));
    *member = m.account;
    *found = true;
    return MC_OK;
}

enum mc_err vm_gov_is_member(struct vm_call *c, const struct mc_addr *account, bool *out)
{
    struct vm_call at = vm_call_at(c, "Governance");
    struct vm_gov_member m;
    uint64_t id;
    *out = false;
    VM_TRY(vm_gov_member_by(&at, account, &id, &m));
    *out = id != VM_GOV_NONE;
    return MC_OK;
}
