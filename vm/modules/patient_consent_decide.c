/* The decision of PatientConsent: may this account do this now, and on what basis? */
#include "vm/frame.h"
#include "vm/modules/access_control.h"
#include "vm/modules/patient_consent.h"
#include "vm/state.h"

static const char EMERGENCY_PURPOSE[] = "ETREAT";

enum mc_err vm_pc_patient_side(struct vm_call *c, const struct mc_addr *patient,
                               const struct mc_addr *account, bool *out)
{
    uint32_t held;
    VM_TRY(vm_pc_represents(c, patient, account, out));
    if (*out || !mc_addr_eq(patient, account))
        return MC_OK;
    VM_TRY(vm_roles_held(c, account, VM_PATIENT, &held));
    *out = held != 0;
    return MC_OK;
}

enum mc_err vm_pc_require_side(struct vm_call *c, const struct mc_addr *patient)
{
    bool side;
    VM_TRY(vm_pc_patient_side(c, patient, &c->caller, &side));
    VM_REQUIRE(c, side, "Caller is not the patient");
    return MC_OK;
}

/* ------------------------------------------------------------------ the accessor's roles */

struct accessor {
    struct vm_ac_account account; /* at the well-known AccessControl */
    bool is_member;               /* a member's account counts as ADMIN */
};

static enum mc_err accessor_load(struct vm_call *c, const struct mc_addr *account,
                                 struct accessor *who)
{
    struct vm_call at = vm_call_at(c, "AccessControl");
    VM_TRY(vm_ac_read(&at, account, &who->account));
    return vm_gov_is_member(c, account, &who->is_member);
}

/* hasRole() of an account that is not suspended. */
static bool has_role(const struct vm_call *c, struct accessor *who, const struct mc_hash *role)
{
    const struct vm_ac_entry *e = vm_ac_find(&who->account, role);
    return (e != NULL && !vm_ac_ended(c, &e->expiry)) ||
           (who->is_member && mc_hash_eq(role, vm_role_id(VM_ADMIN)));
}

/* ------------------------------------------------------------------ rules */

/* The matching rules that were stored first, of each kind. */
struct verdict {
    struct mc_slice allow_id, deny_id; /* empty: none */
    uint64_t allow_no, deny_no;
};

static bool label_fits(struct mc_slice rule, struct mc_slice asked)
{
    return mc_slice_eq(rule, asked) || mc_slice_eq(rule, mc_slice_str("*"));
}

static bool rule_fits(const struct vm_call *c, const struct vm_pc_terms *t,
                      const struct vm_pc_question *q)
{
    return (t->actions & q->action) != 0 && t->from_s <= c->time_s &&
           label_fits(t->category, q->category) && label_fits(t->purpose, q->purpose) &&
           (t->data_id.n == 0 || mc_slice_eq(t->data_id, q->data_id));
}

static void verdict_add(struct verdict *v, struct mc_slice id, const struct vm_pc_consent *r)
{
    struct mc_slice *first = r->terms.deny ? &v->deny_id : &v->allow_id;
    uint64_t *no = r->terms.deny ? &v->deny_no : &v->allow_no;
    if (first->n == 0 || r->no < *no) {
        *first = id;
        *no = r->no;
    }
}

/* Weighs one list of live rules. */
static enum mc_err rules_weigh(struct vm_call *c, struct verdict *v, const struct vm_key *k,
                               const struct vm_pc_question *q, struct accessor *who)
{
    uint64_t len;
    VM_TRY(vm_list_len(c, k, &len));
    for (uint64_t i = 0; i < len; i++) {
        struct vm_pc_consent r;
        struct mc_slice id;
        bool found;
        VM_TRY(vm_list_at(c, k, i, &id));
        VM_TRY(vm_pc_load(c, id, &r, &found));
        if (!found)
            return vm_cell_corrupt(c);
        if (r.state == VM_PC_IS_ACTIVE && rule_fits(c, &r.terms, q) &&
            (mc_hash_is_zero(&r.terms.role) || has_role(c, who, &r.terms.role)))
            verdict_add(v, id, &r);
    }
    return MC_OK;
}

static enum mc_err rules_of_account(struct vm_call *c, struct verdict *v,
                                    const struct mc_addr *grantee, const struct vm_pc_question *q,
                                    struct accessor *who)
{
    struct vm_key k = vm_pc_rules_key(&q->patient, grantee, &MC_HASH_ZERO);
    return rules_weigh(c, v, &k, q, who);
}

static enum mc_err rules_of_role(struct vm_call *c, struct verdict *v, const struct mc_hash *role,
                                 const struct vm_pc_question *q, struct accessor *who)
{
    struct vm_key k = vm_pc_rules_key(&q->patient, &MC_ADDR_ZERO, role);
    return rules_weigh(c, v, &k, q, who);
}

/* Rules that name the account, its active member, or a role that it holds. */
static enum mc_err rules_all(struct vm_call *c, struct verdict *v, const struct vm_pc_question *q,
                             struct accessor *who)
{
    const struct mc_hash *admin = vm_role_id(VM_ADMIN);
    struct mc_addr member;
    bool yes;

    if (!mc_addr_is_zero(&q->accessor))
        VM_TRY(rules_of_account(c, v, &q->accessor, q, who));
    VM_TRY(vm_gov_member_of(c, &q->accessor, &member, &yes));
    if (yes && !mc_addr_eq(&member, &q->accessor)) {
        VM_TRY(vm_gov_is_member(c, &member, &yes));
        if (yes)
            VM_TRY(rules_of_account(c, v, &member, q, who));
    }
    for (uint32_t i = 0; i < who->account.entry_cnt; i++) {
        const struct vm_ac_entry *e = &who->account.entries[i];
        if (!vm_ac_ended(c, &e->expiry))
            VM_TRY(rules_of_role(c, v, &e->role, q, who));
    }
    if (who->is_member) /* a second look at the list changes nothing */
        VM_TRY(rules_of_role(c, v, admin, q, who));
    return MC_OK;
}

/* ------------------------------------------------------------------ decision */

static enum mc_err answer(struct vm_pc_answer *a, bool allowed, struct mc_slice basis)
{
    *a = (struct vm_pc_answer){allowed, basis};
    return MC_OK;
}

/* *a is set when the accessor acts for the patient or in an emergency. */
static enum mc_err decide_person(struct vm_call *c, const struct vm_pc_question *q,
                                 struct vm_pc_answer *a)
{
    bool represents;
    if (mc_addr_eq(&q->patient, &q->accessor))
        return answer(a, true, mc_slice_str("SELF"));
    VM_TRY(vm_pc_represents(c, &q->patient, &q->accessor, &represents));
    return represents ? answer(a, true, mc_slice_str("REPRESENTATIVE")) : MC_OK;
}

static enum mc_err decide_emergency(struct vm_call *c, const struct vm_pc_question *q,
                                    struct vm_pc_answer *a)
{
    struct mc_slice parts[] = {mc_slice_str("EMERGENCY:"), {NULL, 0}};
    if (q->action != VM_PC_VIEW || !mc_slice_eq(q->purpose, mc_slice_str(EMERGENCY_PURPOSE)))
        return MC_OK;
    VM_TRY(vm_pc_session_open(c, &q->patient, &q->accessor, &parts[1]));
    if (parts[1].n == 0)
        return MC_OK;
    return answer(a, true, vm_concat(c, parts, MC_COUNT(parts)));
}

enum mc_err vm_pc_decide(struct vm_call *c, const struct vm_pc_question *q, struct vm_pc_answer *a)
{
    struct vm_call at = vm_call_at(c, "PatientConsent");
    struct verdict v = {.allow_no = 0};
    struct accessor who;

    *a = (struct vm_pc_answer){.allowed = false};
    if (q->action != VM_PC_VIEW && q->action != VM_PC_MODIFY && q->action != VM_PC_EXPORT)
        return MC_OK;
    VM_TRY(decide_person(&at, q, a));
    if (a->allowed)
        return MC_OK;
    VM_TRY(accessor_load(&at, &q->accessor, &who));
    if (who.account.suspended)
        return MC_OK;
    VM_TRY(decide_emergency(&at, q, a));
    if (a->allowed)
        return vm_ok(&at);
    VM_TRY(rules_all(&at, &v, q, &who));
    if (v.deny_id.n != 0)
        return answer(a, false, v.deny_id);
    return answer(a, v.allow_id.n != 0, v.allow_id);
}
