/* Proposals and votes in state; views of proposals and members. */
#include "vm/modules/governance_views.h"
#include "vm/modules/governance_proposal.h"
#include "vm/state.h"

static const struct vm_field text_fields[] = {
    VM_FIELD(struct vm_gov_proposal, kind, "kind", VM_T_U8),
    VM_FIELD(struct vm_gov_proposal, proposer, "proposer", VM_T_ADDR),
    VM_FIELD(struct vm_gov_proposal, target, "target", VM_T_ADDR),
    VM_FIELD(struct vm_gov_proposal, key, "key", VM_T_STR),
    VM_FIELD(struct vm_gov_proposal, value, "value", VM_T_U256),
    VM_FIELD(struct vm_gov_proposal, description, "description", VM_T_STR),
    VM_FIELD(struct vm_gov_proposal, created_block, "createdBlock", VM_T_U64),
    VM_FIELD(struct vm_gov_proposal, closes_block, "closesBlock", VM_T_U64),
    VM_FIELD(struct vm_gov_proposal, activation, "activationHeight", VM_T_U256),
    VM_FIELD_ABI(struct vm_gov_proposal, effective, "effectiveHeight", VM_T_U256),
    VM_FIELD_ABI(struct vm_gov_proposal, yes, "yes", VM_T_U64),
    VM_FIELD_ABI(struct vm_gov_proposal, no, "no", VM_T_U64),
    VM_FIELD_ENUM_ABI(struct vm_gov_proposal, state, "state", "ProposalState"),
    VM_FIELD_STORED(struct vm_gov_proposal, member, VM_T_U64),
};
const struct vm_layout VM_GOV_PROPOSAL = VM_LAYOUT("Proposal", struct vm_gov_proposal, text_fields);

struct tally {
    struct mc_u256 effective;
    uint64_t yes;
    uint64_t no;
    bool cancelled;
};
static const struct vm_field tally_fields[] = {
    VM_FIELD_STORED(struct tally, effective, VM_T_U256),
    VM_FIELD_STORED(struct tally, yes, VM_T_U64),
    VM_FIELD_STORED(struct tally, no, VM_T_U64),
    VM_FIELD_STORED(struct tally, cancelled, VM_T_BOOL),
};
static const struct vm_layout tally_layout = VM_LAYOUT(NULL, struct tally, tally_fields);

static const struct vm_field vote_fields[] = {
    VM_FIELD_STORED(struct vm_gov_vote, cast, VM_T_BOOL),
    VM_FIELD_STORED(struct vm_gov_vote, support, VM_T_BOOL),
    VM_FIELD_STORED(struct vm_gov_vote, account, VM_T_ADDR),
};
static const struct vm_layout vote_layout = VM_LAYOUT(NULL, struct vm_gov_vote, vote_fields);

/* ------------------------------------------------------------------ state */

enum mc_err vm_gov_proposal_cnt(struct vm_call *c, uint64_t *cnt)
{
    struct vm_key k = vm_key(VM_GOV_TAG_PROPOSAL_CNT);
    return vm_get_u64(c, &k, cnt);
}

static enum vm_gov_state state_of(const struct vm_call *c, const struct vm_gov_proposal *p)
{
    if (p->cancelled)
        return VM_GOV_CANCELLED;
    if (!mc_u256_is_zero(&p->effective))
        return vm_gov_reached(c, &p->effective) ? VM_GOV_EFFECTIVE : VM_GOV_APPROVED;
    return c->block_number >= p->closes_block ? VM_GOV_EXPIRED : VM_GOV_OPEN;
}

enum mc_err vm_gov_proposal_load(struct vm_call *c, uint64_t id, struct vm_gov_proposal *p)
{
    struct vm_key k = vm_gov_id_key(VM_GOV_TAG_PROPOSAL, id);
    struct vm_key tally_k = vm_gov_id_key(VM_GOV_TAG_TALLY, id);
    struct tally t;
    bool found;
    VM_TRY(vm_get(c, &k, &VM_GOV_PROPOSAL, p, &found));
    VM_REQUIRE(c, found, "Proposal does not exist");
    VM_TRY(vm_get(c, &tally_k, &tally_layout, &t, &found));
    p->effective = t.effective;
    p->yes = t.yes;
    p->no = t.no;
    p->cancelled = t.cancelled;
    p->state = (uint8_t)state_of(c, p);
    return MC_OK;
}

enum mc_err vm_gov_proposal_add(struct vm_call *c, const struct vm_gov_proposal *p, uint64_t *id)
{
    struct vm_key cnt_k = vm_key(VM_GOV_TAG_PROPOSAL_CNT), k;
    uint64_t cnt;
    VM_TRY(vm_gov_proposal_cnt(c, &cnt));
    *id = cnt + 1;
    k = vm_gov_id_key(VM_GOV_TAG_PROPOSAL, *id);
    VM_TRY(vm_put_u64(c, &cnt_k, *id));
    return vm_put(c, &k, &VM_GOV_PROPOSAL, p);
}

enum mc_err vm_gov_tally_save(struct vm_call *c, uint64_t id, const struct vm_gov_proposal *p)
{
    struct vm_key k = vm_gov_id_key(VM_GOV_TAG_TALLY, id);
    struct tally t = {p->effective, p->yes, p->no, p->cancelled};
    return vm_put(c, &k, &tally_layout, &t);
}

static struct vm_key vote_key(uint64_t id, uint64_t member)
{
    uint8_t a[8], b[8];
    mc_be64_put(a, id);
    mc_be64_put(b, member);
    return vm_key2(VM_GOV_TAG_VOTE, mc_slice(a, sizeof a), mc_slice(b, sizeof b));
}

enum mc_err vm_gov_vote_load(struct vm_call *c, uint64_t id, uint64_t member, struct vm_gov_vote *v)
{
    struct vm_key k = vote_key(id, member);
    bool found;
    return vm_get(c, &k, &vote_layout, v, &found);
}

enum mc_err vm_gov_vote_save(struct vm_call *c, uint64_t id, uint64_t member,
                             const struct vm_gov_vote *v)
{
    struct vm_key k = vote_key(id, member);
    return vm_put(c, &k, &vote_layout, v);
}

/* ------------------------------------------------------------------ proposals */

uint64_t vm_gov_quorum(uint8_t kind, uint64_t members)
{
    bool majority = kind >= VM_GOV_SET_PARAMETER && kind <= VM_GOV_UNPAUSE_MODULE;
    return (majority ? members / 2 : members * 2 / 3) + 1;
}

VM_HANDLER(vm_gov_get_quorum)
{
    uint64_t kind = vm_arg_u64(&in[0]), listed, active;
    VM_REQUIRE(c, kind >= VM_GOV_ADD_MEMBER && kind <= VM_GOV_ROTATE_VALIDATOR, "Invalid kind");
    VM_TRY(vm_gov_member_cnt(c, &listed, &active));
    out[0] = vm_u64(vm_gov_quorum((uint8_t)kind, active));
    return MC_OK;
}

VM_HANDLER(vm_gov_get_proposal)
{
    struct vm_gov_proposal p;
    VM_TRY(vm_gov_proposal_load(c, vm_arg_u64(&in[0]), &p));
    vm_ret_tuple(c, &out[0], &VM_GOV_PROPOSAL, &p);
    return MC_OK;
}

VM_HANDLER(vm_gov_get_proposals)
{
    uint64_t total, offset = vm_arg_u64(&in[0]);
    struct vm_gov_proposal p;
    uint32_t cnt;
    VM_TRY(vm_gov_proposal_cnt(c, &total));
    cnt = vm_page_cnt(total, offset, vm_arg_u64(&in[1]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        VM_TRY(vm_gov_proposal_load(c, total - offset - i, &p));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_GOV_PROPOSAL, &p);
    }
    return MC_OK;
}

VM_HANDLER(vm_gov_get_votes)
{
    uint64_t id = vm_arg_u64(&in[0]), offset = vm_arg_u64(&in[1]), total;
    struct vm_key k = vm_gov_id_key(VM_GOV_TAG_VOTES, id);
    struct vm_gov_proposal p;
    uint32_t cnt;
    VM_TRY(vm_gov_proposal_load(c, id, &p));
    VM_TRY(vm_list_len(c, &k, &total));
    cnt = vm_page_cnt(total, offset, vm_arg_u64(&in[2]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_list(c, cnt);
    out[2] = vm_u64(total);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        struct vm_gov_vote v;
        struct mc_slice member;
        VM_TRY(vm_list_at(c, &k, offset + i, &member));
        if (member.n != 8)
            return vm_cell_corrupt(c);
        VM_TRY(vm_gov_vote_load(c, id, mc_be64_get(member.p), &v));
        out[0].list.v[i] = vm_addr(&v.account);
        out[1].list.v[i] = vm_bool(v.support);
    }
    return MC_OK;
}

/* ------------------------------------------------------------------ members */

struct member_view {
    struct mc_addr account;
    struct mc_slice name;
    struct mc_u256 since;
    bool active;
    uint64_t accounts;
    struct vm_addrs validators;
};
static const struct vm_field member_fields[] = {
    VM_FIELD_ABI(struct member_view, account, "account", VM_T_ADDR),
    VM_FIELD_ABI(struct member_view, name, "name", VM_T_STR),
    VM_FIELD_ABI(struct member_view, since, "sinceBlock", VM_T_U256),
    VM_FIELD_ABI(struct member_view, active, "active", VM_T_BOOL),
    VM_FIELD_ABI(struct member_view, accounts, "accounts", VM_T_U64),
    VM_FIELD_ABI(struct member_view, validators, "validators", VM_T_ADDRS),
};
const struct vm_layout VM_GOV_MEMBER = VM_LAYOUT("Member", struct member_view, member_fields);

struct validators {
    struct vm_gov_validator *v;
    uint32_t cnt;
};

static enum mc_err member_val(struct vm_call *c, struct vm_val *out, uint64_t id,
                              const struct validators *set)
{
    struct member_view view = {.accounts = 0};
    struct vm_gov_staff staff;
    struct vm_gov_member m;
    VM_TRY(vm_gov_member_load(c, id, &m));
    VM_TRY(vm_gov_staff(c, id, &m, &staff));
    view.account = m.account;
    view.name = m.name;
    view.since = m.since;
    view.active = vm_gov_member_active(c, &m);
    view.accounts = staff.total;
    view.validators.v = vm_alloc(c, set->cnt * sizeof *view.validators.v);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < set->cnt; i++) {
        if (set->v[i].member == id + 1 && vm_gov_validator_in(c, &set->v[i]))
            view.validators.v[view.validators.cnt++] = set->v[i].account;
    }
    vm_ret_tuple(c, out, &VM_GOV_MEMBER, &view);
    return vm_ok(c);
}

VM_HANDLER(vm_gov_get_members)
{
    struct vm_key k = vm_key(VM_GOV_TAG_MEMBERS);
    uint64_t listed, active, offset = vm_arg_u64(&in[0]);
    struct validators set;
    uint32_t cnt;
    VM_TRY(vm_gov_member_cnt(c, &listed, &active));
    VM_TRY(vm_gov_validator_all(c, &set.v, &set.cnt));
    cnt = vm_page_cnt(listed, offset, vm_arg_u64(&in[1]));
    out[0] = vm_list(c, cnt);
    out[1] = vm_u64(listed);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        struct mc_slice id;
        VM_TRY(vm_gov_sched_at(c, &k, offset + i, NULL, &id));
        if (id.n != 8)
            return vm_cell_corrupt(c);
        VM_TRY(member_val(c, &out[0].list.v[i], mc_be64_get(id.p), &set));
    }
    return MC_OK;
}

VM_HANDLER(vm_gov_get_member)
{
    struct vm_gov_account a;
    struct validators set;
    VM_TRY(vm_gov_account_load(c, &in[0].addr, &a));
    VM_REQUIRE(c, a.own != 0, "Not a member");
    VM_TRY(vm_gov_validator_all(c, &set.v, &set.cnt));
    return member_val(c, &out[0], a.own - 1, &set);
}
