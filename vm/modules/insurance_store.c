/* Policies and claims in state: a claim's state, index, history and event move together. */
#include "vm/modules/billing.h"
#include "vm/modules/insurance.h"
#include "vm/modules/ranked.h"

enum {
    TAG_POLICY = 1,
    TAG_CLAIM,
    TAG_DECISION,
    TAG_WAITING,
    TAG_STEP,
    TAG_HOLDER,
    TAG_BY_POLICY,
    TAG_INSURER,
    TAG_PROVIDER,
    TAG_STATE,
    TAG_CNT
};

static const struct vm_field policy_input_fields[] = {
    VM_FIELD(struct vm_ins_policy_input, holder, "holder", VM_T_ADDR),
    VM_FIELD(struct vm_ins_policy_input, currency, "currency", VM_T_U8),
    VM_FIELD(struct vm_ins_policy_input, limit, "coverageLimit", VM_T_U256),
    VM_FIELD(struct vm_ins_policy_input, deductible, "deductible", VM_T_U256),
    VM_FIELD(struct vm_ins_policy_input, copay, "copay", VM_T_U256),
    VM_FIELD(struct vm_ins_policy_input, coinsurance_bps, "coinsuranceBps", VM_T_U256),
    VM_FIELD(struct vm_ins_policy_input, from_s, "validFrom", VM_T_U256),
    VM_FIELD(struct vm_ins_policy_input, until_s, "validUntil", VM_T_U256),
    VM_FIELD(struct vm_ins_policy_input, terms_hash, "termsHash", VM_T_HASH),
};
const struct vm_layout VM_INS_POLICY_INPUT =
    VM_LAYOUT("PolicyInput", struct vm_ins_policy_input, policy_input_fields);

static const struct vm_field policy_fields[] = {
    VM_FIELD_TUPLE(struct vm_ins_policy, input, "input", &VM_INS_POLICY_INPUT),
    VM_FIELD(struct vm_ins_policy, insurer, "insurer", VM_T_ADDR),
    VM_FIELD(struct vm_ins_policy, used, "used", VM_T_U256),
    VM_FIELD(struct vm_ins_policy, reserved, "reserved", VM_T_U256),
    VM_FIELD(struct vm_ins_policy, deductible_used, "deductibleUsed", VM_T_U256),
    VM_FIELD_ENUM(struct vm_ins_policy, state, "state", "PolicyState"),
};
const struct vm_layout VM_INS_POLICY = VM_LAYOUT("Policy", struct vm_ins_policy, policy_fields);

static const struct vm_field claim_input_fields[] = {
    VM_FIELD(struct vm_ins_claim_input, policy_id, "policyId", VM_T_STR),
    VM_FIELD(struct vm_ins_claim_input, use, "use", VM_T_U8),
    VM_FIELD(struct vm_ins_claim_input, invoice_id, "invoiceId", VM_T_STR),
    VM_FIELD(struct vm_ins_claim_input, preauth_id, "preauthId", VM_T_STR),
    VM_FIELD(struct vm_ins_claim_input, amount, "amount", VM_T_U256),
    VM_FIELD(struct vm_ins_claim_input, details_hash, "detailsHash", VM_T_HASH),
};
const struct vm_layout VM_INS_CLAIM_INPUT =
    VM_LAYOUT("ClaimInput", struct vm_ins_claim_input, claim_input_fields);

static const struct vm_field claim_fields[] = {
    VM_FIELD_TUPLE(struct vm_ins_claim, input, "input", &VM_INS_CLAIM_INPUT),
    VM_FIELD(struct vm_ins_claim, provider, "provider", VM_T_ADDR),
    VM_FIELD(struct vm_ins_claim, payee, "payee", VM_T_ADDR),
    VM_FIELD(struct vm_ins_claim, insurer, "insurer", VM_T_ADDR),
    VM_FIELD(struct vm_ins_claim, patient, "patient", VM_T_ADDR),
    VM_FIELD(struct vm_ins_claim, amount, "amount", VM_T_U256),
    VM_FIELD(struct vm_ins_claim, submitted_s, "submittedAt", VM_T_U64),
    VM_FIELD(struct vm_ins_claim, updated_s, "updatedAt", VM_T_U64),
    VM_FIELD(struct vm_ins_claim, appeals, "appeals", VM_T_U64),
    VM_FIELD_ENUM(struct vm_ins_claim, state, "state", "ClaimState"),
    VM_FIELD_STORED(struct vm_ins_claim, insurer_i, VM_T_U64),
    VM_FIELD_STORED(struct vm_ins_claim, step_cnt, VM_T_U64),
    VM_FIELD_STORED(struct vm_ins_claim, counted, VM_T_BOOL),
    VM_FIELD_STORED(struct vm_ins_claim, reserve, VM_T_U256),
    VM_FIELD_STORED(struct vm_ins_claim, used_by, VM_T_STR),
};
const struct vm_layout VM_INS_CLAIM = VM_LAYOUT("Claim", struct vm_ins_claim, claim_fields);

static const struct vm_field decision_fields[] = {
    VM_FIELD(struct vm_ins_decision, benefit, "benefit", VM_T_U256),
    VM_FIELD(struct vm_ins_decision, patient_share, "patientShare", VM_T_U256),
    VM_FIELD(struct vm_ins_decision, contractual, "contractual", VM_T_U256),
    VM_FIELD(struct vm_ins_decision, other, "other", VM_T_U256),
    VM_FIELD(struct vm_ins_decision, deductible, "deductibleApplied", VM_T_U256),
    VM_FIELD(struct vm_ins_decision, reason_code, "reasonCode", VM_T_STR),
    VM_FIELD(struct vm_ins_decision, explanation_hash, "explanationHash", VM_T_HASH),
    VM_FIELD_STORED(struct vm_ins_decision, by, VM_T_ADDR),
};
const struct vm_layout VM_INS_DECISION =
    VM_LAYOUT("Adjudication", struct vm_ins_decision, decision_fields);

static const struct vm_field step_fields[] = {
    VM_FIELD_ENUM(struct vm_ins_step, state, "state", "ClaimState"),
    VM_FIELD(struct vm_ins_step, by, "by", VM_T_ADDR),
    VM_FIELD(struct vm_ins_step, time_s, "time", VM_T_U64),
    VM_FIELD(struct vm_ins_step, note, "note", VM_T_STR),
};
const struct vm_layout VM_INS_STEP = VM_LAYOUT("ClaimStep", struct vm_ins_step, step_fields);

/* ------------------------------------------------------------------ keys */

struct vm_key vm_ins_holder_key(const struct mc_addr *holder)
{
    return vm_key1(TAG_HOLDER, mc_addr_slice(holder));
}

struct vm_key vm_ins_by_policy_key(struct mc_slice policy_id)
{
    return vm_key1(TAG_BY_POLICY, policy_id);
}

struct vm_key vm_ins_insurer_key(const struct mc_addr *insurer)
{
    return vm_key1(TAG_INSURER, mc_addr_slice(insurer));
}

struct vm_key vm_ins_provider_key(const struct mc_addr *provider)
{
    return vm_key1(TAG_PROVIDER, mc_addr_slice(provider));
}

struct vm_key vm_ins_state_key(const struct mc_addr *insurer, uint8_t state)
{
    return vm_key2(TAG_STATE, mc_addr_slice(insurer), mc_slice(&state, 1));
}

struct vm_key vm_ins_cnt_key(void)
{
    return vm_key(TAG_CNT);
}

struct vm_key vm_ins_decision_key(struct mc_slice claim_id)
{
    return vm_key1(TAG_DECISION, claim_id);
}

struct vm_key vm_ins_waiting_key(struct mc_slice claim_id)
{
    return vm_key1(TAG_WAITING, claim_id);
}

struct vm_key vm_ins_step_key(struct mc_slice claim_id, uint64_t i)
{
    uint8_t be[8];
    mc_be64_put(be, i);
    return vm_key2(TAG_STEP, claim_id, mc_slice(be, sizeof be));
}

/* ------------------------------------------------------------------ policies */

enum mc_err vm_ins_policy_load(struct vm_call *c, struct mc_slice id, struct vm_ins_policy *p,
                               bool *found)
{
    struct vm_key k = vm_key1(TAG_POLICY, id);
    VM_TRY(vm_get(c, &k, &VM_INS_POLICY, p, found));
    p->id = id;
    return MC_OK;
}

enum mc_err vm_ins_policy_require(struct vm_call *c, struct mc_slice id, struct vm_ins_policy *p)
{
    bool found;
    VM_TRY(vm_ins_policy_load(c, id, p, &found));
    VM_REQUIRE(c, found, "Policy does not exist");
    return MC_OK;
}

enum mc_err vm_ins_policy_save(struct vm_call *c, const struct vm_ins_policy *p)
{
    struct vm_key k = vm_key1(TAG_POLICY, p->id);
    return vm_put(c, &k, &VM_INS_POLICY, p);
}

enum mc_err vm_ins_remaining(struct vm_call *c, const struct vm_ins_policy *p, struct mc_u256 *out)
{
    *out = p->input.limit;
    VM_TRY(vm_num_sub(c, out, &p->used));
    return vm_num_sub(c, out, &p->reserved);
}

bool vm_ins_policy_in_force(const struct vm_call *c, const struct vm_ins_policy *p)
{
    struct mc_u256 now = mc_u256_u64(c->time_s);
    return p->state == INS_ACTIVE && !vm_num_lt(&now, &p->input.from_s) &&
           vm_num_lt(&now, &p->input.until_s);
}

enum mc_err vm_ins_require_insurer(struct vm_call *c, const struct mc_addr *insurer)
{
    bool same;
    VM_TRY(vm_same_member(c, &c->caller, insurer, &same));
    VM_REQUIRE(c, same, "Caller is not the insurer");
    return MC_OK;
}

/* ------------------------------------------------------------------ claims */

enum mc_err vm_ins_claim_load(struct vm_call *c, struct mc_slice id, struct vm_ins_claim *m,
                              bool *found)
{
    struct vm_key k = vm_key1(TAG_CLAIM, id);
    VM_TRY(vm_get(c, &k, &VM_INS_CLAIM, m, found));
    m->id = id;
    return MC_OK;
}

enum mc_err vm_ins_claim_require(struct vm_call *c, struct mc_slice id, struct vm_ins_claim *m)
{
    bool found;
    VM_TRY(vm_ins_claim_load(c, id, m, &found));
    VM_REQUIRE(c, found, "Claim does not exist");
    return MC_OK;
}

enum mc_err vm_ins_claim_save(struct vm_call *c, const struct vm_ins_claim *m)
{
    struct vm_key k = vm_key1(TAG_CLAIM, m->id);
    return vm_put(c, &k, &VM_INS_CLAIM, m);
}

/* The claim enters its state: in the index, in the history, stored. */
static enum mc_err enter(struct vm_call *c, struct vm_ins_claim *m, struct mc_slice note)
{
    struct vm_key all = vm_ins_insurer_key(&m->insurer);
    struct vm_key joins = vm_ins_state_key(&m->insurer, m->state);
    struct vm_key step_key = vm_ins_step_key(m->id, m->step_cnt++);
    struct vm_ins_step step = {m->state, c->caller, c->time_s, note};
    uint64_t len;

    m->updated_s = c->time_s;
    VM_TRY(vm_list_len(c, &all, &len));
    VM_TRY(vm_ranked_add(c, &joins, len, m->insurer_i));
    VM_TRY(vm_put(c, &step_key, &VM_INS_STEP, &step));
    return vm_ins_claim_save(c, m);
}

enum mc_err vm_ins_claim_create(struct vm_call *c, struct vm_ins_claim *m)
{
    struct vm_key policy = vm_ins_by_policy_key(m->input.policy_id);
    struct vm_key insurer = vm_ins_insurer_key(&m->insurer);
    struct vm_key provider = vm_ins_provider_key(&m->provider), cnt_key = vm_ins_cnt_key();
    uint64_t cnt;

    VM_TRY(vm_get_u64(c, &cnt_key, &cnt));
    VM_TRY(vm_put_u64(c, &cnt_key, cnt + 1));
    VM_TRY(vm_list_len(c, &insurer, &m->insurer_i));
    VM_TRY(vm_list_push(c, &policy, m->id));
    VM_TRY(vm_list_push(c, &insurer, m->id));
    VM_TRY(vm_list_push(c, &provider, m->id));
    return enter(c, m, mc_slice(NULL, 0));
}

enum mc_err vm_ins_claim_move(struct vm_call *c, struct vm_ins_claim *m,
                              enum vm_ins_claim_state state, struct mc_slice note)
{
    struct vm_key all = vm_ins_insurer_key(&m->insurer);
    struct vm_key leaves = vm_ins_state_key(&m->insurer, m->state);
    uint64_t len;

    VM_TRY(vm_list_len(c, &all, &len));
    VM_TRY(vm_ranked_remove(c, &leaves, len, m->insurer_i));
    m->state = (uint8_t)state;
    VM_TRY(enter(c, m, note));
    struct vm_val ev[] = {vm_str(m->id), vm_addr(&m->insurer), vm_addr(&c->caller),
                          vm_str(m->id), vm_u64(m->state),     vm_str(note)};
    return vm_emit(c, VM_INS_STATE, ev);
}

enum mc_err vm_ins_mark(struct vm_call *c, const struct vm_ins_claim *m, bool open)
{
    struct vm_val in[] = {vm_str(m->input.invoice_id), vm_str(open ? m->id : mc_slice(NULL, 0))};
    if (m->input.use != INS_USE_CLAIM)
        return MC_OK;
    return vm_call_module(c, "Billing", vm_bill_mark_claim, in, NULL);
}

enum mc_err vm_ins_preauth_free(struct vm_call *c, const struct vm_ins_claim *m)
{
    struct vm_ins_claim pre;
    bool found;
    if (m->input.preauth_id.n == 0)
        return MC_OK;
    VM_TRY(vm_ins_claim_load(c, m->input.preauth_id, &pre, &found));
    pre.used_by = mc_slice(NULL, 0);
    return vm_ins_claim_save(c, &pre);
}

enum mc_err vm_ins_unreserve(struct vm_call *c, struct vm_ins_policy *p, struct vm_ins_claim *m)
{
    VM_TRY(vm_num_sub(c, &p->reserved, &m->reserve));
    m->reserve = MC_U256_ZERO;
    return MC_OK;
}
