/* Validators: in state, as a set at a height, and in views. */
#include "vm/frame.h"
#include "vm/modules/governance_views.h"
#include "vm/state.h"

static const struct vm_field validator_fields[] = {
    VM_FIELD_STORED(struct vm_gov_validator, key, VM_T_HASH),
    VM_FIELD_STORED(struct vm_gov_validator, member, VM_T_U64),
    VM_FIELD_STORED(struct vm_gov_validator, since, VM_T_U256),
    VM_FIELD_STORED(struct vm_gov_validator, removed, VM_T_U256),
    VM_FIELD_STORED(struct vm_gov_validator, next_key, VM_T_HASH),
    VM_FIELD_STORED(struct vm_gov_validator, next_height, VM_T_U256),
};
static const struct vm_layout validator_layout =
    VM_LAYOUT(NULL, struct vm_gov_validator, validator_fields);

/* ------------------------------------------------------------------ records */

enum mc_err vm_gov_validator_load(struct vm_call *c, const struct mc_addr *account,
                                  struct vm_gov_validator *v, bool *found)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_VALIDATOR, mc_addr_slice(account));
    VM_TRY(vm_get(c, &k, &validator_layout, v, found));
    v->account = *account;
    if (vm_gov_reached(c, &v->next_height)) {
        v->key = v->next_key;
        v->since = v->next_height;
        v->next_key = MC_HASH_ZERO;
        v->next_height = MC_U256_ZERO;
    }
    return MC_OK;
}

enum mc_err vm_gov_validator_save(struct vm_call *c, const struct vm_gov_validator *v)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_VALIDATOR, mc_addr_slice(&v->account));
    return vm_put(c, &k, &validator_layout, v);
}

bool vm_gov_validator_in(const struct vm_call *c, const struct vm_gov_validator *v)
{
    return !vm_gov_ahead(c, &v->since) && !vm_gov_reached(c, &v->removed);
}

bool vm_gov_validator_pending(const struct vm_call *c, const struct vm_gov_validator *v)
{
    return vm_gov_ahead(c, &v->since) || vm_gov_ahead(c, &v->removed) ||
           vm_gov_ahead(c, &v->next_height);
}

enum mc_err vm_gov_key_used(struct vm_call *c, const struct mc_hash *key, bool *out)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_USED_KEY, mc_hash_slice(key));
    uint64_t used;
    VM_TRY(vm_get_u64(c, &k, &used));
    *out = used != 0;
    return MC_OK;
}

enum mc_err vm_gov_key_use(struct vm_call *c, const struct mc_hash *key)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_USED_KEY, mc_hash_slice(key));
    return vm_put_u64(c, &k, 1);
}

/* ------------------------------------------------------------------ the set */

static enum mc_err listed(struct vm_call *c, const struct vm_key *list, uint64_t i,
                          struct vm_gov_validator *v)
{
    struct mc_addr account;
    struct mc_slice s;
    bool found;
    VM_TRY(vm_list_at(c, list, i, &s));
    if (s.n != sizeof account.b)
        return vm_cell_corrupt(c);
    memcpy(account.b, s.p, sizeof account.b);
    return vm_gov_validator_load(c, &account, v, &found);
}

/* Takes those that are gone off the list, so that it never holds many more than 100. */
static enum mc_err sweep(struct vm_call *c, const struct vm_key *list)
{
    uint64_t len;
    VM_TRY(vm_list_len(c, list, &len));
    for (uint64_t i = len; i > 0; i--) {
        struct vm_gov_validator v;
        struct mc_slice last;
        VM_TRY(listed(c, list, i - 1, &v));
        if (!vm_gov_reached(c, &v.removed))
            continue;
        VM_TRY(vm_list_at(c, list, --len, &last));
        if (i - 1 != len)
            VM_TRY(vm_list_set(c, list, i - 1, last));
        VM_TRY(vm_list_pop(c, list));
    }
    return MC_OK;
}

enum mc_err vm_gov_validator_add(struct vm_call *c, const struct vm_gov_validator *v)
{
    struct vm_key list = vm_key(VM_GOV_TAG_VALIDATORS);
    VM_TRY(sweep(c, &list));
    VM_TRY(vm_list_push(c, &list, mc_addr_slice(&v->account)));
    VM_TRY(vm_gov_key_use(c, &v->key));
    return vm_gov_validator_save(c, v);
}

enum mc_err vm_gov_validator_all(struct vm_call *c, struct vm_gov_validator **out, uint32_t *cnt)
{
    struct vm_key list = vm_key(VM_GOV_TAG_VALIDATORS);
    struct vm_gov_validator v, *all;
    uint64_t len;
    *cnt = 0;
    VM_TRY(vm_list_len(c, &list, &len));
    *out = all = vm_alloc(c, len * sizeof *all);
    VM_TRY(vm_ok(c));
    for (uint64_t i = 0; i < len; i++) {
        uint32_t at = *cnt;
        VM_TRY(listed(c, &list, i, &v));
        if (vm_gov_reached(c, &v.removed))
            continue;
        for (; at > 0 && memcmp(all[at - 1].account.b, v.account.b, sizeof v.account.b) > 0; at--)
            all[at] = all[at - 1];
        all[at] = v;
        ++*cnt;
    }
    return MC_OK;
}

enum mc_err vm_gov_validators(struct vm_call *c, struct vm_genesis_validator *out, uint32_t cap,
                              uint32_t *cnt)
{
    struct vm_call at = vm_call_at(c, "Governance");
    struct vm_gov_validator *all;
    uint32_t n;
    *cnt = 0;
    VM_TRY(vm_gov_validator_all(&at, &all, &n));
    for (uint32_t i = 0; i < n && *cnt < cap; i++) {
        struct vm_genesis_validator *v = &out[*cnt];
        struct vm_gov_member m;
        uint64_t rank = UINT32_MAX;
        if (!vm_gov_validator_in(&at, &all[i]))
            continue;
        if (all[i].member != 0) {
            VM_TRY(vm_gov_member_load(&at, all[i].member - 1, &m));
            VM_TRY(vm_gov_member_rank(&at, all[i].member - 1, &m, &rank));
        }
        v->account = all[i].account;
        memcpy(v->public_key, all[i].key.b, sizeof v->public_key);
        v->member_i = (uint32_t)rank;
        ++*cnt;
    }
    return MC_OK;
}

/* ------------------------------------------------------------------ views */

struct validator_view {
    struct mc_addr account;
    struct mc_hash key;
    struct mc_addr member;
    struct mc_u256 since;
};
static const struct vm_field view_fields[] = {
    VM_FIELD_ABI(struct validator_view, account, "account", VM_T_ADDR),
    VM_FIELD_ABI(struct validator_view, key, "publicKey", VM_T_HASH),
    VM_FIELD_ABI(struct validator_view, member, "member", VM_T_ADDR),
    VM_FIELD_ABI(struct validator_view, since, "sinceHeight", VM_T_U256),
};
const struct vm_layout VM_GOV_VALIDATOR =
    VM_LAYOUT("Validator", struct validator_view, view_fields);

VM_HANDLER(vm_gov_get_validators)
{
    struct vm_gov_validator *all;
    uint32_t n, cnt = 0;
    (void)in;
    VM_TRY(vm_gov_validator_all(c, &all, &n));
    out[0] = vm_list(c, n);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < n; i++) {
        if (vm_gov_validator_in(c, &all[i]))
            out[0].list.v[cnt++] = vm_addr(&all[i].account);
    }
    out[0].list.cnt = cnt;
    return MC_OK;
}

VM_HANDLER(vm_gov_get_validator_set)
{
    struct vm_gov_validator *all;
    uint32_t n, cnt = 0;
    (void)in;
    VM_TRY(vm_gov_validator_all(c, &all, &n));
    out[0] = vm_list(c, n);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < n; i++) {
        struct validator_view v = {all[i].account, all[i].key, MC_ADDR_ZERO, all[i].since};
        struct vm_gov_member m;
        if (!vm_gov_validator_in(c, &all[i]))
            continue;
        if (all[i].member != 0) {
            VM_TRY(vm_gov_member_load(c, all[i].member - 1, &m));
            v.member = m.account;
        }
        vm_ret_tuple(c, &out[0].list.v[cnt++], &VM_GOV_VALIDATOR, &v);
    }
    out[0].list.cnt = cnt;
    return MC_OK;
}

VM_HANDLER(vm_gov_is_validator)
{
    struct vm_gov_validator v;
    bool found;
    VM_TRY(vm_gov_validator_load(c, &in[0].addr, &v, &found));
    out[0] = vm_bool(found && vm_gov_validator_in(c, &v));
    return MC_OK;
}
