/* Views of part 2 of AccessControl. */
#include "vm/modules/access_control.h"

VM_HANDLER(vm_ac_has_role_view)
{
    bool has;
    VM_TRY(vm_ac_has_role(c, &in[0].word, &in[1].addr, &has));
    out[0] = vm_bool(has);
    return MC_OK;
}

VM_HANDLER(vm_ac_get_role_admin)
{
    struct mc_hash admin;
    VM_TRY(vm_ac_admin_of(c, &in[0].word, &admin));
    out[0] = vm_word(&admin);
    return MC_OK;
}

VM_HANDLER(vm_ac_get_role_member_count)
{
    struct vm_ac_holders h;
    VM_TRY(vm_ac_holders(c, &in[0].word, &h));
    out[0] = vm_u64(h.total);
    return MC_OK;
}

VM_HANDLER(vm_ac_get_role_member)
{
    struct vm_ac_holders h;
    uint64_t i = vm_arg_u64(&in[1]);
    VM_TRY(vm_ac_holders(c, &in[0].word, &h));
    if (i >= h.total)
        return vm_revert_empty(c);
    return vm_ac_holder_at(c, &h, i, &out[0].addr);
}

VM_HANDLER(vm_ac_get_role_members)
{
    uint64_t offset = vm_arg_u64(&in[1]);
    struct vm_ac_holders h;
    struct vm_ac_account a;
    uint32_t cnt;
    VM_TRY(vm_ac_holders(c, &in[0].word, &h));
    cnt = vm_page_cnt(h.total, offset, vm_arg_u64(&in[2]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_list(c, cnt);
    out[2] = vm_u64(h.total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        struct mc_addr *account = &out[0].list.v[i].addr;
        const struct vm_ac_entry *e;
        VM_TRY(vm_ac_holder_at(c, &h, offset + i, account));
        VM_TRY(vm_ac_read(c, account, &a));
        e = vm_ac_find(&a, &in[0].word);
        if (e != NULL)
            out[1].list.v[i] = vm_u256(&e->expiry);
    }
    return MC_OK;
}

VM_HANDLER(vm_ac_get_role_expiry)
{
    struct vm_ac_account a;
    const struct vm_ac_entry *e;
    VM_TRY(vm_ac_read(c, &in[1].addr, &a));
    e = vm_ac_find(&a, &in[0].word);
    out[0] = e == NULL || vm_ac_ended(c, &e->expiry) ? vm_u64(1) : vm_u256(&e->expiry);
    return MC_OK;
}

VM_HANDLER(vm_ac_get_account_roles)
{
    struct vm_ac_account a;
    uint32_t cnt = 0;
    VM_TRY(vm_ac_read(c, &in[0].addr, &a));
    out[0] = vm_list(c, a.entry_cnt);
    out[1] = vm_list(c, a.entry_cnt);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < a.entry_cnt; i++) {
        const struct vm_ac_entry *e = &a.entries[i];
        if (vm_ac_ended(c, &e->expiry))
            continue;
        out[0].list.v[cnt] = vm_word(&e->role);
        out[1].list.v[cnt++] = vm_u256(&e->expiry);
    }
    out[0].list.cnt = cnt;
    out[1].list.cnt = cnt;
    return MC_OK;
}

VM_HANDLER(vm_ac_is_suspended)
{
    struct vm_ac_account a;
    VM_TRY(vm_ac_load(c, &in[0].addr, &a));
    out[0] = vm_bool(a.suspended);
    return MC_OK;
}
