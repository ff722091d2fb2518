/* A consortium for tests of the ruling modules: hospitals with a validator each, and the ways to ask them.
 *
 * Member i has the account 100 + i, the validator 200 + i and the key of seed byte i + 1. */
#ifndef MC_TESTS_VM_CONSORTIUM_H
#define MC_TESTS_VM_CONSORTIUM_H

#include "tests/vm/args_text.h"

#define GOV          "Governance"
#define AC           "AccessControl"
#define MEMBERS_MAX  12u
#define MEMBER(i)    (100u + (i))
#define VALIDATOR(i) (200u + (i))
#define MRH_ADDR     "\"0x0000000000000000000000000000000000001002\""
#define GOV_ADDR     "\"0x0000000000000000000000000000000000001000\""
#define WAIT         20u /* gov.minActivationBlocks */

static struct memhost *h;

static inline void validator_key(uint8_t out[32], uint8_t seed_byte)
{
    struct mc_ed25519_key key;
    uint8_t seed[32] = {seed_byte};
    mc_ed25519_from_seed(&key, seed);
    memcpy(out, key.pub, 32);
}

/* The key as JSON text: "\"0x...\"". */
static inline const char *key_json(uint8_t seed_byte)
{
    uint8_t key[32];
    char hex[65];
    validator_key(key, seed_byte);
    mc_hex_encode(hex, key, sizeof key);
    return text("\"0x%s\"", hex);
}

/* The same as a number: without leading zeros. */
static inline const char *key_num(uint8_t seed_byte)
{
    const char *digits = key_json(seed_byte) + strlen("\"0x");
    while (*digits == '0')
        digits++;
    return text("\"0x%s", digits);
}

/* The id of a role as JSON text, for as long as the test runs. */
static inline const char *role_json(uint32_t role)
{
    static char ids[VM_ROLE_CNT][70];
    uint32_t i = 0;
    char hex[65];
    while (role >> i != 1)
        i++;
    mc_hex_encode(hex, vm_role_id(role)->b, 32);
    snprintf(ids[i], sizeof ids[i], "\"0x%s\"", hex);
    return ids[i];
}

/* A permissioned chain with so many members; the first `validators` of them have one. */
static inline void consortium(uint32_t members, uint32_t validators)
{
    struct vm_genesis_member m[MEMBERS_MAX];
    struct vm_genesis_validator v[MEMBERS_MAX];
    struct vm_genesis g = {.members = m,
                           .member_cnt = members,
                           .validators = v,
                           .validator_cnt = validators,
                           .unit_name = "Service Unit",
                           .unit_symbol = "SVU",
                           .unit_decimals = 2};
    assert_int_equal(mc_crypto_init(NULL), MC_OK);
    for (uint32_t i = 0; i < members; i++)
        m[i] = (struct vm_genesis_member){memhost_account(MEMBER(i)), text("Hospital %u", i)};
    for (uint32_t i = 0; i < validators; i++) {
        v[i] =
            (struct vm_genesis_validator){.account = memhost_account(VALIDATOR(i)), .member_i = i};
        validator_key(v[i].public_key, (uint8_t)(i + 1));
    }
    h = memhost_new_genesis(&g);
}

static inline int consortium_end(void **state)
{
    (void)state;
    memhost_free(h);
    return 0;
}

static inline const char *acc(uint32_t account)
{
    return memhost_account_json(account);
}

static inline void as(uint32_t account)
{
    h->caller = memhost_account(account);
}

/* A call that must succeed; the result as JSON is valid until the next call. */
static inline const char *must(const char *module, const char *method, const char *args)
{
    static struct mh_res r;
    memhost_call(h, &r, module, method, args);
    if (r.err != MC_OK)
        fail_msg("%s.%s%s: %s", module, method, args, r.reason);
    return r.json;
}

/* The arguments of propose(). */
static inline const char *motion(uint32_t kind, const char *target, const char *key,
                                 const char *value, uint64_t height)
{
    return text("[%u,%s,\"%s\",%s,\"because\",%llu]", kind, target, key, value,
                (unsigned long long)height);
}

/* Member 0 proposes at a height (0: the earliest); returns the id. */
static inline uint32_t propose_at(uint32_t kind, const char *target, const char *key,
                                  const char *value, uint64_t height)
{
    as(MEMBER(0));
    return (uint32_t)strtoul(must(GOV, "propose", motion(kind, target, key, value, height)) + 1,
                             NULL, 10);
}

static inline void vote(uint32_t member, uint32_t id, bool support)
{
    as(MEMBER(member));
    must(GOV, "vote", text("[%u,%s]", id, support ? "true" : "false"));
}

/* Member 0 proposes and all of the first `members` say yes until it is approved; returns the id. */
static inline uint32_t decide_at(uint32_t members, uint32_t kind, const char *target,
                                 const char *key, const char *value, uint64_t height)
{
    uint32_t id = propose_at(kind, target, key, value, height);
    for (uint32_t i = 1; i < members; i++) {
        const char *p = must(GOV, "getProposal", text("[%u]", id));
        if (strstr(p, "\"state\":1") == NULL)
            break;
        vote(i, id, true);
    }
    if (strstr(must(GOV, "getProposal", text("[%u]", id)), "\"state\":2") == NULL)
        fail_msg("proposal %u is not approved", id);
    return id;
}

static inline uint32_t decide(uint32_t members, uint32_t kind, const char *target, const char *key,
                              const char *value)
{
    return decide_at(members, kind, target, key, value, 0);
}

#endif
