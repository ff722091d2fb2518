/* Proposing, voting, withdrawing. */
#include "vm/modules/governance_proposal.h"
#include "vm/modules/governance_views.h"

/* ------------------------------------------------------------------ voting */

static enum mc_err param_u64(struct vm_call *c, const char *name, uint64_t *out)
{
    struct mc_u256 v;
    VM_TRY(vm_gov_param(c, name, &v));
    *out = mc_u256_u64_sat(&v);
    return MC_OK;
}

/* The first height at which anything that is decided now can count. */
static enum mc_err earliest(struct vm_call *c, struct mc_u256 *out)
{
    struct mc_u256 now = mc_u256_u64(c->block_number), wait;
    VM_TRY(vm_gov_param(c, "gov.minActivationBlocks", &wait));
    return mc_u256_add(out, &now, &wait) ? MC_OK : vm_panic(c, 0x11);
}

/* Stores the caller's choice and counts it; the caller of this function saves the tally. */
static enum mc_err cast(struct vm_call *c, uint64_t id, struct vm_gov_proposal *p, uint64_t member,
                        bool support)
{
    struct vm_gov_vote v;
    VM_TRY(vm_gov_vote_load(c, id, member, &v));
    VM_REQUIRE(c, !v.cast || v.support != support, "Vote unchanged");
    if (!v.cast) {
        struct vm_key k = vm_gov_id_key(VM_GOV_TAG_VOTES, id);
        uint8_t be[8];
        mc_be64_put(be, member);
        VM_TRY(vm_list_push(c, &k, mc_slice(be, sizeof be)));
    }
    p->yes -= v.cast && v.support;
    p->no -= v.cast && !v.support;
    p->yes += support;
    p->no += !support;
    v = (struct vm_gov_vote){.cast = true, .support = support, .account = c->caller};
    VM_TRY(vm_gov_vote_save(c, id, member, &v));
    struct vm_val ev[] = {vm_u64(id), vm_addr(&c->caller), vm_bool(support), vm_u64(p->yes),
                          vm_u64(p->no)};
    return vm_emit(c, VM_GOV_VOTE_CAST, ev);
}

/* Decides the proposal when the votes suffice. */
static enum mc_err conclude(struct vm_call *c, uint64_t id, struct vm_gov_proposal *p)
{
    uint64_t listed, active;
    VM_TRY(vm_gov_member_cnt(c, &listed, &active));
    if (p->yes < vm_gov_quorum(p->kind, active))
        return vm_gov_tally_save(c, id, p);
    VM_TRY(vm_gov_check(c, p));
    VM_TRY(earliest(c, &p->effective));
    if (mc_u256_cmp(&p->activation, &p->effective) > 0)
        p->effective = p->activation;
    VM_TRY(vm_gov_apply(c, p));
    VM_TRY(vm_gov_tally_save(c, id, p));
    struct vm_val ev[] = {vm_u64(id), vm_u256(&p->effective)};
    return vm_emit(c, VM_GOV_PROPOSAL_APPROVED, ev);
}

/* ------------------------------------------------------------------ handlers */

static enum mc_err emit_created(struct vm_call *c, uint64_t id, const struct vm_gov_proposal *p)
{
    struct vm_val ev[] = {
        vm_u64(id),     vm_addr(&p->proposer), vm_u64(p->kind),        vm_addr(&p->target),
        vm_str(p->key), vm_u256(&p->value),    vm_str(p->description), vm_u256(&p->activation)};
    return vm_emit(c, VM_GOV_PROPOSAL_CREATED, ev);
}

/* in: kind, target, key, value, description, activationHeight. */
VM_HANDLER(vm_gov_propose)
{
    uint64_t kind = vm_arg_u64(&in[0]), voting_blocks, id;
    struct vm_gov_proposal p = {.proposer = c->caller,
                                .target = in[1].addr,
                                .key = in[2].bytes,
                                .value = in[3].num,
                                .description = in[4].bytes,
                                .created_block = c->block_number,
                                .activation = in[5].num};
    struct vm_gov_member m;
    struct mc_u256 first;
    VM_REQUIRE(c, kind >= VM_GOV_ADD_MEMBER && kind <= VM_GOV_ROTATE_VALIDATOR, "Invalid kind");
    VM_REQUIRE(c, kind == VM_GOV_SET_PARAMETER || !mc_addr_is_zero(&p.target), "Zero address");
    VM_TRY(earliest(c, &first));
    if (mc_u256_is_zero(&p.activation))
        p.activation = first;
    VM_REQUIRE(c, mc_u256_cmp(&p.activation, &first) >= 0, "Activation height too soon");
    p.kind = (uint8_t)kind;
    VM_TRY(vm_gov_member_by(c, &c->caller, &p.member, &m));
    VM_TRY(vm_gov_check(c, &p));
    VM_TRY(param_u64(c, "gov.votingBlocks", &voting_blocks));
    p.closes_block = c->block_number + voting_blocks;
    VM_TRY(vm_gov_proposal_add(c, &p, &id));
    VM_TRY(emit_created(c, id, &p));
    VM_TRY(cast(c, id, &p, p.member, true));
    out[0] = vm_u64(id);
    return conclude(c, id, &p);
}

VM_HANDLER(vm_gov_vote)
{
    uint64_t id = vm_arg_u64(&in[0]), me;
    struct vm_gov_proposal p;
    struct vm_gov_member m;
    (void)out;
    VM_TRY(vm_gov_proposal_load(c, id, &p));
    VM_REQUIRE(c, p.state == VM_GOV_OPEN, "Proposal is not open");
    VM_TRY(vm_gov_member_by(c, &c->caller, &me, &m));
    VM_TRY(cast(c, id, &p, me, vm_arg_bool(&in[1])));
    return conclude(c, id, &p);
}

/* A member whose account was replaced is still the proposer: it keeps its votes, and nobody else could withdraw. */
VM_HANDLER(vm_gov_cancel_proposal)
{
    uint64_t id = vm_arg_u64(&in[0]), me;
    struct vm_gov_proposal p;
    struct vm_gov_member m;
    (void)out;
    VM_TRY(vm_gov_proposal_load(c, id, &p));
    VM_REQUIRE(c, p.state == VM_GOV_OPEN, "Proposal is not open");
    VM_TRY(vm_gov_member_by(c, &c->caller, &me, &m));
    VM_REQUIRE(c, me == p.member, "Caller is not the proposer");
    p.cancelled = true;
    VM_TRY(vm_gov_tally_save(c, id, &p));
    struct vm_val ev[] = {vm_u64(id)};
    return vm_emit(c, VM_GOV_PROPOSAL_CANCELLED, ev);
}
