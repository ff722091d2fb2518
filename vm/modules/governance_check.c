/* May this be decided?  The conditions of a proposal by kind, when it is made and again when it is approved. */
#include "vm/modules/governance_proposal.h"

#define KNOWN_VERSION 1u

bool vm_gov_value_addr(const struct mc_u256 *value, struct mc_addr *out)
{
    uint8_t be[32];
    mc_u256_to_be(be, value);
    memcpy(out->b, be + 12, sizeof out->b);
    return mc_u256_byte_len(value) <= sizeof out->b;
}

uint32_t vm_gov_role_of(struct mc_slice key)
{
    static const char suffix[] = "_ROLE";
    const size_t n = sizeof suffix - 1;
    if (key.n <= n || memcmp(key.p + key.n - n, suffix, n) != 0)
        return 0;
    key.n -= n;
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        if (mc_slice_eq(key, mc_slice_str(vm_role_name(1u << i))))
            return 1u << i;
    }
    return 0;
}

/* ------------------------------------------------------------------ members */

static bool member_pending(const struct vm_call *c, const struct vm_gov_member *m)
{
    return vm_gov_ahead(c, &m->removed) || vm_gov_ahead(c, &m->next_height);
}

static enum mc_err add_member(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_gov_account a;
    struct vm_gov_member m;
    uint64_t id;
    VM_TRY(vm_gov_member_by(c, &p->target, &id, &m));
    VM_REQUIRE(c, id == VM_GOV_NONE, "Already a member");
    VM_TRY(vm_gov_account_load(c, &p->target, &a));
    VM_REQUIRE(c, a.next == 0, "Change already pending");
    if (a.member != 0) { /* a former member may come back */
        VM_TRY(vm_gov_member_load(c, a.member - 1, &m));
        VM_REQUIRE(c, a.member == a.own && !vm_gov_member_active(c, &m),
                   "Account belongs to another member");
    }
    VM_REQUIRE(c, p->key.n != 0, "Empty name");
    return MC_OK;
}

/* Validators that would stay for sure when those of a member, or one account, go. */
struct stay {
    uint64_t member;              /* id plus 1 whose validators go; 0: of none */
    const struct mc_addr *leaver; /* account that goes; NULL: none */
    uint32_t staying;
    uint32_t going;
    bool pending; /* one of the member's has a change ahead */
};

static enum mc_err count_stay(struct vm_call *c, struct stay *s)
{
    struct vm_gov_validator *all;
    uint32_t n;
    VM_TRY(vm_gov_validator_all(c, &all, &n));
    for (uint32_t i = 0; i < n; i++) {
        bool of_member = s->member != 0 && all[i].member == s->member;
        bool leaves = of_member || (s->leaver != NULL && mc_addr_eq(s->leaver, &all[i].account));
        s->pending |= of_member && vm_gov_validator_pending(c, &all[i]);
        s->going += leaves && vm_gov_validator_in(c, &all[i]);
        s->staying +=
            !leaves && vm_gov_validator_in(c, &all[i]) && !vm_gov_ahead(c, &all[i].removed);
    }
    return MC_OK;
}

static enum mc_err remove_member(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_gov_member m;
    struct stay s = {.leaver = NULL};
    uint64_t id;
    VM_TRY(vm_gov_member_by(c, &p->target, &id, &m));
    VM_REQUIRE(c, id != VM_GOV_NONE, "Not a member");
    s.member = id + 1;
    VM_TRY(count_stay(c, &s));
    VM_REQUIRE(c, !member_pending(c, &m) && !s.pending, "Change already pending");
    VM_REQUIRE(c, s.going == 0 || s.staying > 0, "Validator set too small");
    return MC_OK;
}

static enum mc_err replace_member(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_gov_account a;
    struct vm_gov_member m;
    struct mc_addr old;
    uint64_t id = VM_GOV_NONE;
    VM_TRY(vm_gov_member_by(c, &p->target, &id, &m));
    VM_REQUIRE(c, id == VM_GOV_NONE, "Already a member");
    if (vm_gov_value_addr(&p->value, &old))
        VM_TRY(vm_gov_member_by(c, &old, &id, &m));
    VM_REQUIRE(c, id != VM_GOV_NONE, "Not a member");
    VM_TRY(vm_gov_account_load(c, &p->target, &a));
    VM_REQUIRE(c, a.next == 0 && !member_pending(c, &m), "Change already pending");
    VM_REQUIRE(c, a.member == 0 || a.member == id + 1, "Account belongs to another member");
    return MC_OK;
}

/* ------------------------------------------------------------------ validators */

static enum mc_err check_key(struct vm_call *c, const struct mc_u256 *value)
{
    struct mc_hash key;
    bool used;
    mc_u256_to_be(key.b, value);
    VM_REQUIRE(c, mc_ed25519_pub_ok(key.b), "Invalid validator key");
    VM_TRY(vm_gov_key_used(c, &key, &used));
    VM_REQUIRE(c, !used, "Invalid validator key");
    return MC_OK;
}

static enum mc_err add_validator(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct vm_gov_validator v, *all;
    struct vm_gov_member m;
    uint32_t cnt;
    bool found;
    VM_TRY(vm_gov_member_load(c, p->member, &m));
    VM_REQUIRE(c, vm_gov_member_active(c, &m), "Not a member");
    VM_REQUIRE(c, !member_pending(c, &m), "Change already pending");
    VM_TRY(vm_gov_validator_load(c, &p->target, &v, &found));
    VM_REQUIRE(c, !found || vm_gov_reached(c, &v.removed), "Already a validator");
    VM_TRY(check_key(c, &p->value));
    VM_TRY(vm_gov_validator_all(c, &all, &cnt));
    VM_REQUIRE(c, cnt < VM_GOV_VALIDATORS_MAX, "Too many validators");
    return MC_OK;
}

/* A validator of the next block without a change ahead. */
static enum mc_err require_settled(struct vm_call *c, const struct mc_addr *account)
{
    struct vm_gov_validator v;
    bool found;
    VM_TRY(vm_gov_validator_load(c, account, &v, &found));
    VM_REQUIRE(c, found && vm_gov_validator_in(c, &v), "Not a validator");
    VM_REQUIRE(c, !vm_gov_validator_pending(c, &v), "Change already pending");
    return MC_OK;
}

static enum mc_err remove_validator(struct vm_call *c, const struct vm_gov_proposal *p)
{
    struct stay s = {.leaver = &p->target};
    VM_TRY(require_settled(c, &p->target));
    VM_TRY(count_stay(c, &s));
    VM_REQUIRE(c, s.staying > 0, "Validator set too small");
    return MC_OK;
}

/* ------------------------------------------------------------------ the rest */

static enum mc_err set_parameter(struct vm_call *c, const struct vm_gov_proposal *p)
{
    uint32_t i = vm_gov_param_find(p->key);
    VM_REQUIRE(c, i != UINT32_MAX, "Unknown parameter");
    VM_REQUIRE(c, vm_gov_param_in_range(i, &p->value), "Value out of range");
    return MC_OK;
}

static enum mc_err change_role(struct vm_call *c, const struct vm_gov_proposal *p)
{
    bool ended = !mc_u256_is_zero(&p->value) && mc_u256_u64_sat(&p->value) <= c->time_s;
    VM_REQUIRE(c, p->kind == VM_GOV_REVOKE_ROLE || !ended, "Value out of range");
    VM_REQUIRE(c, vm_gov_role_of(p->key) != 0, "Unknown role");
    return MC_OK;
}

static enum mc_err change_module(struct vm_call *c, const struct vm_gov_proposal *p)
{
    const struct vm_module *module = vm_gov_module_at(&p->target);
    VM_REQUIRE(c, module != NULL, "Unknown module");
    if (p->kind == VM_GOV_SET_MODULE_VERSION)
        VM_REQUIRE(c, mc_u256_u64_sat(&p->value) == KNOWN_VERSION, "Unknown version");
    else
        VM_REQUIRE(c, module != c->module, "Module cannot be paused");
    return MC_OK;
}

enum mc_err vm_gov_check(struct vm_call *c, const struct vm_gov_proposal *p)
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
        return remove_validator(c, p);
    case VM_GOV_ROTATE_VALIDATOR:
        VM_TRY(require_settled(c, &p->target));
        return check_key(c, &p->value);
    case VM_GOV_SET_PARAMETER:
        return set_parameter(c, p);
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
