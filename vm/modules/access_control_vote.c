/* Role changes by vote: deciding them, and the list of holders as it counts at a height. */
#include "vm/frame.h"
#include "vm/modules/access_control.h"

/* ------------------------------------------------------------------ deciding */

/* Carries out what is due for the role, so that the list of decided changes stays short: each change is carried out
 * once, by the next decision about its role at the latest. */
static enum mc_err settle_role(struct vm_call *c, const struct mc_hash *role)
{
    struct vm_key k = vm_ac_decided_key(role);
    struct vm_ac_account a;
    struct mc_addr account;
    uint64_t len, i;
    VM_TRY(vm_list_len(c, &k, &len));
    /* From the end: what a cut moves has been looked at already. */
    for (i = len; i > 0; i--) {
        uint32_t before;
        VM_TRY(vm_ac_list_account(c, &k, i - 1, &account));
        VM_TRY(vm_ac_load(c, &account, &a));
        before = a.change_cnt;
        VM_TRY(vm_ac_settle(c, &account, &a));
        if (a.change_cnt != before)
            VM_TRY(vm_ac_save(c, &account, &a));
    }
    return MC_OK;
}

/* Puts the change behind all with the same or a lower height. */
static void change_insert(struct vm_ac_account *a, const struct vm_ac_change *ch)
{
    uint32_t i = a->change_cnt++;
    MC_ASSERT(i < VM_ROLE_CNT);
    while (i > 0 && mc_u256_cmp(&a->changes[i - 1].height, &ch->height) > 0) {
        a->changes[i] = a->changes[i - 1];
        i--;
    }
    a->changes[i] = *ch;
}

enum mc_err vm_ac_decide(struct vm_call *c, const struct mc_addr *account,
                         const struct vm_ac_change *change)
{
    struct vm_call at = vm_call_at(c, "AccessControl");
    const struct mc_hash *role = vm_role_id(change->bit);
    struct vm_key k = vm_ac_decided_key(role);
    struct vm_ac_change ch = *change;
    struct vm_ac_account a;
    uint32_t i = 0;
    at.read_only = false;
    VM_TRY(settle_role(&at, role));
    VM_TRY(vm_ac_settle(&at, account, &a));
    while (i < a.change_cnt && a.changes[i].bit != ch.bit)
        i++;
    if (i < a.change_cnt) { /* the account keeps its place in the role's list */
        ch.pos = a.changes[i].pos;
        a.change_cnt--;
        memmove(&a.changes[i], &a.changes[i + 1], (a.change_cnt - i) * sizeof *a.changes);
    } else {
        VM_TRY(vm_list_len(&at, &k, &ch.pos));
        VM_TRY(vm_list_push(&at, &k, mc_addr_slice(account)));
    }
    change_insert(&a, &ch);
    return vm_ac_save(&at, account, &a);
}

/* ------------------------------------------------------------------ holders */

static void gone_insert(struct vm_ac_holders *h, uint64_t pos)
{
    uint32_t i = h->gone_cnt++;
    while (i > 0 && h->gone[i - 1] > pos) {
        h->gone[i] = h->gone[i - 1];
        i--;
    }
    h->gone[i] = pos;
}

enum mc_err vm_ac_holders(struct vm_call *c, const struct mc_hash *role, struct vm_ac_holders *h)
{
    struct vm_key decided = vm_ac_decided_key(role);
    struct vm_ac_account a;
    struct mc_addr account;
    uint64_t len;
    memset(h, 0, sizeof *h);
    h->key = vm_ac_holders_key(role);
    VM_TRY(vm_list_len(c, &h->key, &h->stored_cnt));
    VM_TRY(vm_list_len(c, &decided, &len));
    h->gone = vm_alloc(c, len * sizeof *h->gone);
    h->added = vm_alloc(c, len * sizeof *h->added);
    VM_TRY(vm_ok(c));
    for (uint64_t i = 0; i < len; i++) {
        const struct vm_ac_entry *e;
        uint64_t stored_pos;
        VM_TRY(vm_ac_list_account(c, &decided, i, &account));
        VM_TRY(vm_ac_load(c, &account, &a));
        e = vm_ac_find(&a, role);
        stored_pos = e == NULL ? UINT64_MAX : e->pos;
        VM_TRY(vm_ac_read(c, &account, &a));
        e = vm_ac_find(&a, role);
        if (e == NULL && stored_pos != UINT64_MAX)
            gone_insert(h, stored_pos);
        if (e != NULL && stored_pos == UINT64_MAX)
            h->added[h->added_cnt++] = account;
    }
    h->total = h->stored_cnt - h->gone_cnt + h->added_cnt;
    return MC_OK;
}

enum mc_err vm_ac_holder_at(struct vm_call *c, const struct vm_ac_holders *h, uint64_t i,
                            struct mc_addr *out)
{
    uint64_t staying = h->stored_cnt - h->gone_cnt;
    if (i >= staying) {
        *out = h->added[i - staying];
        return MC_OK;
    }
    for (uint32_t g = 0; g < h->gone_cnt && h->gone[g] <= i; g++)
        i++;
    return vm_ac_list_account(c, &h->key, i, out);
}
