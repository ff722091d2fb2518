/* Consents and live rules of PatientConsent in state. */
#include "vm/frame.h"
#include "vm/modules/patient_consent.h"
#include "vm/state.h"

#define RULES_MAX  64u      /* live rules for each patient and subject */
#define PROPOSAL_S 2592000u /* 30 days to answer a proposal */

static const struct vm_field terms_fields[] = {
    VM_FIELD(struct vm_pc_terms, grantee, "grantee", VM_T_ADDR),
    VM_FIELD(struct vm_pc_terms, role, "granteeRole", VM_T_HASH),
    VM_FIELD(struct vm_pc_terms, category, "dataCategory", VM_T_STR),
    VM_FIELD(struct vm_pc_terms, data_id, "dataId", VM_T_STR),
    VM_FIELD(struct vm_pc_terms, purpose, "purpose", VM_T_STR),
    VM_FIELD(struct vm_pc_terms, actions, "actions", VM_T_U8),
    VM_FIELD(struct vm_pc_terms, from_s, "validFrom", VM_T_U64),
    VM_FIELD(struct vm_pc_terms, until_s, "validUntil", VM_T_U64),
    VM_FIELD(struct vm_pc_terms, deny, "deny", VM_T_BOOL),
};
const struct vm_layout VM_PC_TERMS = VM_LAYOUT("Terms", struct vm_pc_terms, terms_fields);

static const struct vm_field consent_fields[] = {
    VM_FIELD(struct vm_pc_consent, patient, "patient", VM_T_ADDR),
    VM_FIELD(struct vm_pc_consent, proposer, "proposer", VM_T_ADDR),
    VM_FIELD_TUPLE(struct vm_pc_consent, terms, "terms", &VM_PC_TERMS),
    VM_FIELD(struct vm_pc_consent, document, "documentHash", VM_T_HASH),
    VM_FIELD(struct vm_pc_consent, created_s, "createdAt", VM_T_U64),
    VM_FIELD(struct vm_pc_consent, decided_s, "decidedAt", VM_T_U64),
    VM_FIELD(struct vm_pc_consent, ended_s, "endedAt", VM_T_U64),
    VM_FIELD_ENUM(struct vm_pc_consent, state, "state", "ConsentState"),
    VM_FIELD_STORED(struct vm_pc_consent, no, VM_T_U64),
};
const struct vm_layout VM_PC_CONSENT = VM_LAYOUT("Consent", struct vm_pc_consent, consent_fields);

struct vm_key vm_pc_addr_key(uint8_t tag, const struct mc_addr *account)
{
    return vm_key1(tag, mc_addr_slice(account));
}

/* ------------------------------------------------------------------ consents */

/* The state that the stored one has become by time alone. */
static uint8_t state_now(const struct vm_call *c, const struct vm_pc_consent *r)
{
    bool over = (r->state == VM_PC_IS_PROPOSED && c->time_s >= r->created_s + PROPOSAL_S) ||
                (r->state == VM_PC_IS_ACTIVE && c->time_s >= r->terms.until_s);
    return over ? VM_PC_IS_EXPIRED : r->state;
}

enum mc_err vm_pc_load(struct vm_call *c, struct mc_slice id, struct vm_pc_consent *r, bool *found)
{
    struct vm_key k = vm_key1(VM_PC_TAG_CONSENT, id);
    VM_TRY(vm_get(c, &k, &VM_PC_CONSENT, r, found));
    r->state = state_now(c, r);
    return MC_OK;
}

enum mc_err vm_pc_require(struct vm_call *c, struct mc_slice id, struct vm_pc_consent *r)
{
    bool found;
    VM_TRY(vm_pc_load(c, id, r, &found));
    VM_REQUIRE(c, found, "Consent does not exist");
    return MC_OK;
}

enum mc_err vm_pc_save(struct vm_call *c, struct mc_slice id, const struct vm_pc_consent *r)
{
    struct vm_key k = vm_key1(VM_PC_TAG_CONSENT, id);
    MC_ASSERT(r->state != VM_PC_IS_EXPIRED);
    return vm_put(c, &k, &VM_PC_CONSENT, r);
}

/* ------------------------------------------------------------------ live rules */

struct vm_key vm_pc_rules_key(const struct mc_addr *patient, const struct mc_addr *grantee,
                              const struct mc_hash *role)
{
    return vm_key2(VM_PC_TAG_RULES, mc_addr_slice(patient),
                   mc_addr_is_zero(grantee) ? mc_hash_slice(role) : mc_addr_slice(grantee));
}

static struct vm_key rules_key_of(const struct vm_pc_consent *r)
{
    return vm_pc_rules_key(&r->patient, &r->terms.grantee, &r->terms.role);
}

/* Position of an expired rule in a full list; RULES_MAX when all are live. */
static enum mc_err expired_find(struct vm_call *c, const struct vm_key *k, uint64_t *pos)
{
    for (*pos = 0; *pos < RULES_MAX; ++*pos) {
        struct vm_pc_consent r;
        struct mc_slice id;
        bool found;
        VM_TRY(vm_list_at(c, k, *pos, &id));
        VM_TRY(vm_pc_load(c, id, &r, &found));
        if (!found)
            return vm_cell_corrupt(c);
        if (r.state == VM_PC_IS_EXPIRED)
            return MC_OK;
    }
    return MC_OK;
}

enum mc_err vm_pc_rule_add(struct vm_call *c, struct mc_slice id, const struct vm_pc_consent *r)
{
    struct vm_key k = rules_key_of(r);
    uint64_t len, pos;
    VM_TRY(vm_list_len(c, &k, &len));
    if (len < RULES_MAX)
        return vm_list_push(c, &k, id);
    VM_TRY(expired_find(c, &k, &pos));
    VM_REQUIRE(c, pos < RULES_MAX, "Too many consents");
    return vm_list_set(c, &k, pos, id);
}

enum mc_err vm_pc_rule_remove(struct vm_call *c, struct mc_slice id, const struct vm_pc_consent *r)
{
    struct vm_key k = rules_key_of(r);
    struct mc_slice at, last;
    uint64_t len, pos = 0;
    VM_TRY(vm_list_len(c, &k, &len));
    for (; pos < len; pos++) {
        VM_TRY(vm_list_at(c, &k, pos, &at));
        if (mc_slice_eq(at, id))
            break;
    }
    if (pos == len)
        return vm_cell_corrupt(c); /* a live rule is in its list */
    VM_TRY(vm_list_at(c, &k, len - 1, &last));
    if (pos != len - 1)
        VM_TRY(vm_list_set(c, &k, pos, last));
    return vm_list_pop(c, &k);
}
