/* Views of part 1 of AccessControl: grants, their lists, the log of their use. */
#include "vm/modules/access_control.h"
#include "vm/state.h"

/* ------------------------------------------------------------------ single grants */

static enum mc_err require(struct vm_call *c, struct mc_slice id, struct vm_ac_grant *g)
{
    bool found;
    VM_TRY(vm_ac_grant_load(c, id, g, &found));
    VM_REQUIRE(c, found, "Grant does not exist");
    return MC_OK;
}

VM_HANDLER(vm_ac_has_access)
{
    struct vm_ac_grant g;
    VM_TRY(require(c, in[0].bytes, &g));
    out[0] = vm_bool(g.active && !vm_ac_ended(c, &g.expire_time_s) &&
                     mc_addr_eq(&g.grantee, &in[1].addr));
    return MC_OK;
}

VM_HANDLER(vm_ac_get_access_grant)
{
    struct vm_ac_grant g;
    VM_TRY(require(c, in[0].bytes, &g));
    vm_ret_tuple(c, &out[0], &VM_AC_GRANT, &g);
    return MC_OK;
}

VM_HANDLER(vm_ac_is_grant_expired)
{
    struct vm_ac_grant g;
    VM_TRY(require(c, in[0].bytes, &g));
    out[0] = vm_bool(vm_ac_ended(c, &g.expire_time_s));
    return MC_OK;
}

VM_HANDLER(vm_ac_access_grants)
{
    struct vm_ac_grant g;
    bool found;
    VM_TRY(vm_ac_grant_load(c, in[0].bytes, &g, &found));
    vm_ret_members(c, out, &VM_AC_GRANT, &g);
    return MC_OK;
}

/* ------------------------------------------------------------------ lists of grants */

VM_HANDLER(vm_ac_get_total_grants)
{
    struct vm_key k = vm_ac_all_key();
    uint64_t total;
    (void)in;
    VM_TRY(vm_list_len(c, &k, &total));
    out[0] = vm_u64(total);
    return MC_OK;
}

VM_HANDLER(vm_ac_get_patient_grants)
{
    struct vm_key k = vm_ac_grantor_key(&in[0].addr);
    return vm_ret_all(c, out, &k);
}

VM_HANDLER(vm_ac_get_provider_accesses)
{
    struct vm_key k = vm_ac_grantee_key(&in[0].addr);
    return vm_ret_all(c, out, &k);
}

VM_HANDLER(vm_ac_grant_ids)
{
    struct vm_key k = vm_ac_all_key();
    return vm_ret_element(c, out, &k, &in[0]);
}

VM_HANDLER(vm_ac_patient_grants)
{
    struct vm_key k = vm_ac_grantor_key(&in[0].addr);
    return vm_ret_element(c, out, &k, &in[1]);
}

VM_HANDLER(vm_ac_provider_accesses)
{
    struct vm_key k = vm_ac_grantee_key(&in[0].addr);
    return vm_ret_element(c, out, &k, &in[1]);
}

VM_HANDLER(vm_ac_get_patient_grants_page)
{
    struct vm_key k = vm_ac_grantor_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

VM_HANDLER(vm_ac_get_provider_accesses_page)
{
    struct vm_key k = vm_ac_grantee_key(&in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), false);
}

/* ------------------------------------------------------------------ the log */

static enum mc_err use_load(struct vm_call *c, uint64_t i, struct vm_ac_use *u)
{
    struct vm_key k = vm_ac_use_key(i);
    bool found;
    return vm_get(c, &k, &VM_AC_USE, u, &found);
}

static enum mc_err use_cnt(struct vm_call *c, uint64_t *cnt)
{
    struct vm_key k = vm_ac_use_cnt_key();
    return vm_get_u64(c, &k, cnt);
}

/* The cnt entries that end before number `end`, newest first, as AccessLog[]. */
static enum mc_err ret_uses(struct vm_call *c, struct vm_val *out, uint64_t end, uint32_t cnt)
{
    struct vm_val list = vm_list(c, cnt);
    struct vm_ac_use u;
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        VM_TRY(use_load(c, end - 1 - i, &u));
        vm_ret_tuple(c, &list.list.v[i], &VM_AC_USE, &u);
    }
    *out = list;
    return MC_OK;
}

VM_HANDLER(vm_ac_get_access_logs)
{
    uint64_t total, cnt = vm_arg_u64(&in[0]);
    VM_TRY(use_cnt(c, &total));
    if (cnt > total)
        cnt = total;
    VM_REQUIRE(c, cnt <= MC_LIST_RESULT_MAX, "Result too large");
    return ret_uses(c, &out[0], total, (uint32_t)cnt);
}

VM_HANDLER(vm_ac_access_logs)
{
    uint64_t total, i = vm_arg_u64(&in[0]);
    struct vm_ac_use u;
    VM_TRY(use_cnt(c, &total));
    if (i >= total)
        return vm_revert_empty(c);
    VM_TRY(use_load(c, i, &u));
    vm_ret_members(c, out, &VM_AC_USE, &u);
    return MC_OK;
}

VM_HANDLER(vm_ac_get_access_logs_page)
{
    uint64_t total, offset = vm_arg_u64(&in[0]);
    uint32_t cnt;
    VM_TRY(use_cnt(c, &total));
    cnt = vm_page_cnt(total, offset, vm_arg_u64(&in[1]));
    out[1] = vm_u64(total);
    return ret_uses(c, &out[0], cnt == 0 ? 0 : total - offset, cnt);
}

VM_HANDLER(vm_ac_get_access_logs_by_data)
{
    struct vm_key k = vm_ac_data_key(in[0].bytes);
    uint64_t total, offset = vm_arg_u64(&in[1]);
    struct vm_ac_use u;
    struct mc_slice number;
    uint32_t cnt;
    VM_TRY(vm_list_len(c, &k, &total));
    cnt = vm_page_cnt(total, offset, vm_arg_u64(&in[2]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        VM_TRY(vm_list_at(c, &k, total - 1 - offset - i, &number));
        if (number.n != 8)
            return vm_cell_corrupt(c);
        VM_TRY(use_load(c, mc_be64_get(number.p), &u));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_AC_USE, &u);
    }
    return MC_OK;
}
