/* Accounts under members: taking, barring, releasing, listing. */
#include "vm/modules/governance_views.h"
#include "vm/state.h"

#define BATCH_MAX 100u

/* ------------------------------------------------------------------ staff lists */

enum mc_err vm_gov_staff_add(struct vm_call *c, uint64_t member, const struct mc_addr *account,
                             struct vm_gov_account *a)
{
    struct vm_key k = vm_gov_id_key(VM_GOV_TAG_STAFF, member);
    VM_TRY(vm_list_len(c, &k, &a->pos));
    return vm_list_push(c, &k, mc_addr_slice(account));
}

enum mc_err vm_gov_staff_cut(struct vm_call *c, uint64_t member, uint64_t pos)
{
    struct vm_key k = vm_gov_id_key(VM_GOV_TAG_STAFF, member);
    struct vm_gov_account moved;
    struct mc_addr account;
    struct mc_slice last;
    uint64_t len;
    VM_TRY(vm_list_len(c, &k, &len));
    VM_TRY(vm_list_at(c, &k, len - 1, &last));
    if (pos >= len || last.n != sizeof account.b)
        return vm_cell_corrupt(c);
    if (pos + 1 < len) {
        memcpy(account.b, last.p, sizeof account.b);
        VM_TRY(vm_list_set(c, &k, pos, mc_addr_slice(&account)));
        VM_TRY(vm_gov_account_load(c, &account, &moved));
        moved.pos = pos;
        VM_TRY(vm_gov_account_save(c, &account, &moved));
    }
    return vm_list_pop(c, &k);
}

enum mc_err vm_gov_staff(struct vm_call *c, uint64_t id, const struct vm_gov_member *m,
                         struct vm_gov_staff *s)
{
    struct vm_gov_account next;
    uint64_t leaving;
    s->key = vm_gov_id_key(VM_GOV_TAG_STAFF, id);
    s->leaving = vm_gov_id_key(VM_GOV_TAG_LEAVING, id);
    s->hidden = UINT64_MAX;
    VM_TRY(vm_list_len(c, &s->key, &s->stored_cnt));
    VM_TRY(vm_list_len(c, &s->leaving, &leaving));
    VM_TRY(vm_gov_sched_due(c, &s->leaving, &s->left));
    if (!mc_addr_is_zero(&m->next_account)) {
        VM_TRY(vm_gov_account_load(c, &m->next_account, &next));
        if (next.member != id + 1)
            s->hidden = next.pos;
    }
    s->total = s->stored_cnt - (s->hidden != UINT64_MAX) + (leaving - s->left);
    return MC_OK;
}

/* Account i of the list, below its total. */
static enum mc_err staff_at(struct vm_call *c, const struct vm_gov_staff *s, uint64_t i,
                            struct mc_addr *out)
{
    struct mc_slice account;
    if (i >= s->hidden)
        i++;
    if (i < s->stored_cnt)
        VM_TRY(vm_list_at(c, &s->key, i, &account));
    else
        VM_TRY(vm_gov_sched_at(c, &s->leaving, s->left + i - s->stored_cnt, NULL, &account));
    if (account.n != sizeof out->b)
        return vm_cell_corrupt(c);
    memcpy(out->b, account.p, sizeof out->b);
    return MC_OK;
}

/* ------------------------------------------------------------------ setAccounts */

/* An account is another member's while that is active, or while it waits to become a member itself. */
static enum mc_err require_free(struct vm_call *c, uint64_t me, const struct vm_gov_account *a)
{
    struct vm_gov_member m;
    VM_REQUIRE(c, a->next == 0 || a->next == me + 1, "Account belongs to another member");
    if (a->member == 0 || a->member == me + 1)
        return MC_OK;
    VM_TRY(vm_gov_member_load(c, a->member - 1, &m));
    VM_REQUIRE(c, !vm_gov_member_active(c, &m), "Account belongs to another member");
    return MC_OK;
}

static enum mc_err emit_permission(struct vm_call *c, const struct mc_addr *account,
                                   const struct mc_addr *member, uint8_t permissions)
{
    struct vm_val ev[] = {vm_addr(account), vm_addr(member), vm_u64(permissions)};
    return vm_emit(c, VM_GOV_PERMISSION_CHANGED, ev);
}

static enum mc_err account_take(struct vm_call *c, uint64_t me, const struct mc_addr *account,
                                uint8_t permissions)
{
    struct vm_gov_account a;
    VM_REQUIRE(c, !mc_addr_is_zero(account), "Zero address");
    VM_TRY(vm_gov_account_load(c, account, &a));
    VM_TRY(require_free(c, me, &a));
    if (a.member != 0 && a.member != me + 1)
        VM_TRY(vm_gov_staff_cut(c, a.member - 1, a.pos)); /* from a former member */
    if (a.member != me + 1 && a.next == 0)
        VM_TRY(vm_gov_staff_add(c, me, account, &a)); /* with a.next it waits in the list already */
    a.member = me + 1;
    a.permissions = permissions;
    VM_TRY(vm_gov_account_save(c, account, &a));
    return emit_permission(c, account, &c->caller, permissions);
}

VM_HANDLER(vm_gov_set_accounts)
{
    uint64_t permissions = vm_arg_u64(&in[1]), me;
    struct vm_gov_member m;
    (void)out;
    VM_REQUIRE(c, in[0].list.cnt != 0, "Batch is empty");
    VM_REQUIRE(c, in[0].list.cnt <= BATCH_MAX, "Batch too large");
    VM_REQUIRE(c, permissions <= VM_GOV_ALL, "Invalid permissions");
    VM_TRY(vm_gov_member_by(c, &c->caller, &me, &m));
    for (uint32_t i = 0; i < in[0].list.cnt; i++)
        VM_TRY(account_take(c, me, &in[0].list.v[i].addr, (uint8_t)permissions));
    return MC_OK;
}

VM_HANDLER(vm_gov_release_account)
{
    const struct mc_addr *account = &in[0].addr;
    struct vm_gov_account a;
    struct vm_gov_member m;
    uint64_t me;
    (void)out;
    VM_TRY(vm_gov_member_by(c, &c->caller, &me, &m));
    VM_TRY(vm_gov_account_load(c, account, &a));
    VM_REQUIRE(c, a.member == me + 1, "Account belongs to another member");
    VM_REQUIRE(c, !mc_addr_eq(account, &m.account) && !mc_addr_eq(account, &m.next_account),
               "Cannot release a member account");
    VM_TRY(vm_gov_staff_cut(c, me, a.pos));
    a.member = 0;
    a.permissions = 0;
    VM_TRY(vm_gov_account_save(c, account, &a));
    return emit_permission(c, account, &MC_ADDR_ZERO, 0);
}

/* ------------------------------------------------------------------ views */

VM_HANDLER(vm_gov_get_account)
{
    struct vm_gov_account a;
    struct vm_gov_member m;
    uint8_t permissions;
    out[0] = vm_addr(&MC_ADDR_ZERO);
    out[1] = vm_u64(0);
    VM_TRY(vm_gov_account_load(c, &in[0].addr, &a));
    if (a.member == 0)
        return MC_OK;
    VM_TRY(vm_gov_member_load(c, a.member - 1, &m));
    VM_TRY(vm_gov_permissions(c, &in[0].addr, &a, &permissions));
    out[0] = vm_addr(&m.account);
    out[1] = vm_u64(permissions);
    return MC_OK;
}

VM_HANDLER(vm_gov_get_accounts_by_member)
{
    uint64_t offset = vm_arg_u64(&in[1]);
    struct vm_gov_staff s = {.total = 0};
    struct vm_gov_account a;
    struct vm_gov_member m;
    uint32_t cnt;
    VM_TRY(vm_gov_account_load(c, &in[0].addr, &a));
    if (a.own != 0) {
        VM_TRY(vm_gov_member_load(c, a.own - 1, &m));
        VM_TRY(vm_gov_staff(c, a.own - 1, &m, &s));
    }
    cnt = vm_page_cnt(s.total, offset, vm_arg_u64(&in[2]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_u64(s.total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++)
        VM_TRY(staff_at(c, &s, offset + i, &out[0].list.v[i].addr));
    return MC_OK;
}
