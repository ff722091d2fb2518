/* The ruling modules against a model that simply does everything at its height: long random histories in which
 * decisions, direct changes and blocks come in any order must show the same lists. */
#include "tests/vm/consortium.h"

#define ACCOUNTS 8u
#define STEPS    600u
#define NEVER    UINT64_MAX

static uint64_t rng;

/* splitmix64: the same numbers everywhere. */
static uint64_t any(uint64_t below)
{
    uint64_t z = rng += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) % below;
}

static bool succeeds(const char *module, const char *method, const char *args)
{
    struct mh_res r;
    memhost_call(h, &r, module, method, args);
    assert_true(r.err == MC_OK || r.err == MC_EREVERT);
    return r.err == MC_OK;
}

/* ------------------------------------------------------------------ roles */

static const uint32_t kinds[] = {VM_AUDITOR, VM_NURSE, VM_INSURER};
#define KINDS 3u

static struct {
    bool held;
    uint64_t expiry;
    uint64_t at; /* height of what was decided, NEVER for nothing */
    bool grant;
    uint64_t until;
} model[ACCOUNTS][KINDS];

static void roles_step(void)
{
    uint32_t a = (uint32_t)any(ACCOUNTS), k = (uint32_t)any(KINDS);
    uint64_t end = any(2) == 0 ? 0 : h->time_s + 1 + any(40);
    uint64_t height = h->block_number + WAIT + any(15);
    const char *role = role_json(kinds[k]), *name = vm_role_name(kinds[k]);
    switch (any(5)) {
    case 0:
        must(AC, end == 0 ? "grantRole" : "grantRoleUntil",
             end == 0 ? text("[%s,%s]", role, acc(a))
                      : text("[%s,%s,%llu]", role, acc(a), (unsigned long long)end));
        model[a][k].held = true;
        model[a][k].expiry = end;
        break;
    case 1:
        must(AC, "revokeRole", text("[%s,%s]", role, acc(a)));
        model[a][k].held = false;
        break;
    case 2:
    case 3:
        model[a][k].grant = any(3) != 0;
        must(GOV, "propose",
             motion(model[a][k].grant ? 7 : 8, acc(a), text("%s_ROLE", name),
                    text("%llu", (unsigned long long)end), height));
        model[a][k].at = height;
        model[a][k].until = end;
        break;
    default:
        h->block_number += 1 + any(12);
        h->time_s += any(30);
        break;
    }
}

/* What was decided happens, whatever it is that makes the block come. */
static void roles_due(void)
{
    for (uint32_t a = 0; a < ACCOUNTS; a++) {
        for (uint32_t k = 0; k < KINDS; k++) {
            if (model[a][k].at > h->block_number)
                continue;
            model[a][k].held = model[a][k].grant;
            model[a][k].expiry = model[a][k].until;
            model[a][k].at = NEVER;
        }
    }
}

static void roles_agree(uint64_t step)
{
    for (uint32_t k = 0; k < KINDS; k++) {
        uint32_t holders = 0;
        char list[4096];
        snprintf(list, sizeof list, "%s",
                 must(AC, "getRoleMembers", text("[%s,0,100]", role_json(kinds[k]))));
        for (uint32_t a = 0; a < ACCOUNTS; a++) {
            bool counts =
                model[a][k].held && (model[a][k].expiry == 0 || model[a][k].expiry > h->time_s);
            const char *args = text("[%s,%s]", role_json(kinds[k]), acc(a));
            if ((strstr(list, acc(a)) != NULL) != model[a][k].held)
                fail_msg("step %llu: account %u, role %u: %s", (unsigned long long)step, a, k,
                         list);
            memhost_ok(h, AC, "hasRole", args, counts ? "true" : "false");
            memhost_ok(h, AC, "getRoleExpiry", args,
                       counts ? text("\"%llu\"", (unsigned long long)model[a][k].expiry) : "\"1\"");
            holders += model[a][k].held;
        }
        if (strstr(list, text("\"total\":\"%u\"", holders)) == NULL)
            fail_msg("step %llu: %u holders, but %s", (unsigned long long)step, holders, list);
        for (uint32_t i = 0; i < holders; i++)
            assert_true(succeeds(AC, "getRoleMember", text("[%s,%u]", role_json(kinds[k]), i)));
        reverts_empty(h, AC, "getRoleMember", text("[%s,%u]", role_json(kinds[k]), holders));
    }
}

static void roles_follow_the_model(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        rng = seed;
        consortium(1, 1);
        memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
        as(MEMBER(0));
        for (uint32_t a = 0; a < ACCOUNTS; a++) {
            for (uint32_t k = 0; k < KINDS; k++) {
                memset(&model[a][k], 0, sizeof model[a][k]);
                model[a][k].at = NEVER;
            }
        }
        for (uint64_t step = 0; step < STEPS; step++) {
            roles_due(); /* what is due comes before what the block does */
            roles_step();
            roles_due();
            if (step % 3 == 0)
                roles_agree(step);
        }
        memhost_free(h);
    }
}

/* ------------------------------------------------------------------ members and accounts */

#define ENTRIES_MAX 64u

static struct {
    uint32_t account; /* the present one */
    uint64_t since, removed;
    uint32_t next; /* account that takes over at next_at */
    uint64_t next_at;
} entry[ENTRIES_MAX];
static uint32_t entry_cnt;

static struct {
    uint32_t entry; /* listed under, plus 1 */
    uint8_t permissions;
} listed[ACCOUNTS];

static bool active(uint32_t e)
{
    return entry[e].since <= h->block_number && entry[e].removed > h->block_number;
}

/* Brings the model up to a block, one height after the other. */
static void members_until(uint64_t block)
{
    while (h->block_number < block) {
        h->block_number++;
        for (uint32_t e = 0; e < entry_cnt; e++) {
            if (entry[e].since == h->block_number) {
                listed[entry[e].account].entry = e + 1;
                listed[entry[e].account].permissions = 3;
            }
            if (entry[e].next_at == h->block_number) {
                listed[entry[e].account].permissions = 0;
                entry[e].account = entry[e].next;
                listed[entry[e].account].entry = e + 1;
                listed[entry[e].account].permissions = 3;
                entry[e].next_at = NEVER;
            }
        }
    }
}

/* An active entry, any of them; there always is one, since the last validator's member stays. */
static uint32_t some_member(void)
{
    uint32_t e = (uint32_t)any(entry_cnt);
    while (!active(e))
        e = (e + 1) % entry_cnt;
    return e;
}

/* Proposes as member e and lets everybody agree; the height at which it counts, 0 when it is refused. */
static uint64_t agreed(uint32_t e, uint32_t kind, uint32_t target, const char *key,
                       const char *value)
{
    uint64_t height = h->block_number + WAIT + any(10);
    struct mh_res r;
    uint32_t id;
    h->caller = memhost_account(entry[e].account);
    memhost_call(h, &r, GOV, "propose", motion(kind, acc(target), key, value, height));
    if (r.err != MC_OK)
        return 0;
    id = (uint32_t)strtoul(r.json + 1, NULL, 10);
    for (uint32_t i = 0; i < entry_cnt; i++) {
        h->caller = memhost_account(entry[i].account);
        if (active(i) && i != e)
            (void)succeeds(GOV, "vote", text("[%u,true]", id));
    }
    assert_non_null(strstr(must(GOV, "getProposal", text("[%u]", id)), "\"state\":2"));
    return height;
}

static void members_step(void)
{
    uint32_t e = some_member(), a = (uint32_t)any(ACCOUNTS), other = some_member();
    uint8_t permissions = (uint8_t)any(4);
    uint64_t height;
    h->caller = memhost_account(entry[e].account);
    switch (any(8)) {
    case 0:
    case 1:
    case 2:
        if (succeeds(GOV, "setAccounts", text("[[%s],%u]", acc(a), permissions))) {
            assert_true(listed[a].entry == 0 || listed[a].entry == e + 1 ||
                        !active(listed[a].entry - 1));
            listed[a].entry = e + 1;
            listed[a].permissions = permissions;
        }
        break;
    case 3:
        if (succeeds(GOV, "releaseAccount", text("[%s]", acc(a)))) {
            assert_int_equal(listed[a].entry, e + 1);
            assert_int_not_equal(entry[e].account, a);
            listed[a].entry = 0;
            listed[a].permissions = 0;
        }
        break;
    case 4:
        height = agreed(e, 1, a, "Clinic", "0");
        if (height != 0) {
            entry[entry_cnt].account = a;
            entry[entry_cnt].since = height;
            entry[entry_cnt].removed = entry[entry_cnt].next_at = NEVER;
            entry_cnt++;
        }
        break;
    case 5:
        height = agreed(e, 2, entry[other].account, "", "0");
        if (height != 0)
            entry[other].removed = height;
        break;
    case 6:
        height = agreed(e, 3, a, "", text("\"0xaa%08x\"", entry[other].account));
        if (height != 0) {
            entry[other].next = a;
            entry[other].next_at = height;
        }
        break;
    default:
        members_until(h->block_number + 1 + any(15));
        break;
    }
}

static void account_agrees(uint32_t a)
{
    const char *want = "{\"member\":\"" ZERO_ADDR "\",\"permissions\":0}";
    if (listed[a].entry != 0) {
        uint32_t e = listed[a].entry - 1;
        uint8_t permissions = active(e) ? listed[a].permissions : 0;
        if (active(e) && entry[e].account == a)
            permissions |= 1;
        want = text("{\"member\":%s,\"permissions\":%u}", acc(entry[e].account), permissions);
    }
    memhost_ok(h, GOV, "getAccount", text("[%s]", acc(a)), want);
}

/* Every member in the list with its present account, its activity and its number of accounts; the pages of an
 * active member's accounts have exactly those that are listed under it. */
static void members_agree(void)
{
    uint32_t seen = 0;
    for (uint32_t e = 0; e < entry_cnt; e++) {
        uint32_t accounts = 0;
        char list[4096];
        if (entry[e].since > h->block_number)
            continue;
        seen++;
        for (uint32_t a = 0; a < ACCOUNTS; a++)
            accounts += listed[a].entry == e + 1;
        if (!active(e))
            continue;
        snprintf(list, sizeof list, "%s",
                 must(GOV, "getAccountsByMember", text("[%s,0,100]", acc(entry[e].account))));
        assert_non_null(strstr(list, text("\"total\":\"%u\"", accounts)));
        for (uint32_t a = 0; a < ACCOUNTS; a++)
            assert_int_equal(strstr(list, acc(a)) != NULL, listed[a].entry == e + 1);
        assert_non_null(strstr(must(GOV, "getMember", text("[%s]", acc(entry[e].account))),
                               text("\"accounts\":\"%u\"", accounts)));
    }
    assert_non_null(strstr(must(GOV, "getMembers", "[0,0]"), text("\"total\":\"%u\"", seen)));
}

/* The list as a whole: entries in order of admission, then of approval. */
static void member_list_agrees(void)
{
    uint64_t since = 0;
    uint32_t at = 0;
    for (; since <= h->block_number; since++) {
        for (uint32_t e = 0; e < entry_cnt; e++) {
            uint32_t accounts = 0;
            const char *row;
            if (entry[e].since != since)
                continue;
            for (uint32_t a = 0; a < ACCOUNTS; a++)
                accounts += listed[a].entry == e + 1;
            row = must(GOV, "getMembers", text("[%u,1]", at++));
            assert_non_null(strstr(row, text("\"account\":%s,", acc(entry[e].account))));
            assert_non_null(strstr(row, text("\"sinceBlock\":\"%llu\",\"active\":%s,"
                                             "\"accounts\":\"%u\"",
                                             (unsigned long long)since,
                                             active(e) ? "true" : "false", accounts)));
        }
    }
}

/* Members 0, 1 and 2 are accounts 0, 1 and 2 here. */
static void small_consortium(void)
{
    struct vm_genesis_member m[3] = {
        {memhost_account(0), "A"}, {memhost_account(1), "B"}, {memhost_account(2), "C"}};
    struct vm_genesis_validator v = {.account = memhost_account(50)};
    struct vm_genesis_param open = {"chain.permissioned", mc_u256_u64(0)};
    struct vm_genesis g = {.members = m,
                           .member_cnt = 3,
                           .validators = &v,
                           .validator_cnt = 1,
                           .params = &open,
                           .param_cnt = 1,
                           .unit_name = "",
                           .unit_symbol = ""};
    assert_int_equal(mc_crypto_init(NULL), MC_OK);
    validator_key(v.public_key, 1);
    h = memhost_new_genesis(&g);
    memset(entry, 0, sizeof entry);
    memset(listed, 0, sizeof listed);
    entry_cnt = 3;
    for (uint32_t e = 0; e < entry_cnt; e++) {
        entry[e].account = e;
        entry[e].removed = entry[e].next_at = NEVER;
        listed[e].entry = e + 1;
        listed[e].permissions = 3;
    }
}

static void members_and_accounts_follow_the_model(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        rng = seed;
        small_consortium();
        for (uint64_t step = 0; step < STEPS && entry_cnt < ENTRIES_MAX; step++) {
            members_step();
            for (uint32_t a = 0; a < ACCOUNTS; a++)
                account_agrees(a);
            members_agree();
            if (step % 50 == 0)
                member_list_agrees();
        }
        assert_true(entry_cnt > 8); /* the history was a lively one */
        memhost_free(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_follow_the_model),
        cmocka_unit_test(members_and_accounts_follow_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
