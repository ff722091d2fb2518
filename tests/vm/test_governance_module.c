/* Governance: pauses by vote and in an emergency, versions, and what block 0 refuses. */
#include "tests/vm/consortium.h"

#define SUSPENDED_UNTIL 259200u /* gov.pauseSeconds */
#define MAX_UINT        "115792089237316195423570985008687907853269984665640564039457584007913129639935"

enum { REMOVE_MEMBER = 2, PAUSE = 9, UNPAUSE, VERSION };

static int four(void **state)
{
    (void)state;
    consortium(4, 1);
    as(MEMBER(0));
    return 0;
}

static void paused(bool yes)
{
    memhost_ok(h, GOV, "isPaused", "[" MRH_ADDR "]", yes ? "true" : "false");
}

/* pausedUntil of MedicalRecordHash in getModules(). */
static void paused_until(const char *want)
{
    const char *modules = must(GOV, "getModules", "[]");
    const char *row = text("{\"name\":\"MedicalRecordHash\",\"account\":" MRH_ADDR
                           ",\"version\":\"1\",\"pausedUntil\":\"%s\"}",
                           want);
    if (strstr(modules, row) == NULL)
        fail_msg("%s is not in %s", row, modules);
}

static void ask(uint32_t member, const char *reason)
{
    as(MEMBER(member));
    must(GOV, "emergencyPause", text("[" MRH_ADDR ",\"%s\"]", reason));
}

static const char *requested(uint32_t member, uint32_t requests, uint32_t required)
{
    return text("{\"event\":\"PauseRequested\",\"args\":{\"module\":" MRH_ADDR
                ",\"member\":%s,\"requests\":\"%u\",\"required\":\"%u\",\"reason\":\"leak\"}}\n",
                acc(MEMBER(member)), requests, required);
}

/* ------------------------------------------------------------------ modules */

static void the_modules_are_listed_in_order_of_address(void **state)
{
    const char *modules, *at = NULL;
    (void)state;
    modules = must(GOV, "getModules", "[]");
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        char hex[43];
        mc_addr_checksum(hex, vm_module_well_known(m));
        at = strstr(
            at == NULL ? modules : at,
            text("{\"name\":\"%s\",\"account\":\"%s\",\"version\":\"1\",\"pausedUntil\":\"0\"}",
                 m->name, hex));
        assert_non_null(at);
    }
}

static void a_vote_pauses_a_module_until_a_vote_ends_it(void **state)
{
    static const char record[] = "[\"r\",\"p\",\"d\",\"t\",\"h\"]";
    struct mh_res r;
    (void)state;
    decide_at(4, PAUSE, MRH_ADDR, "", "0", 50);
    h->block_number = 49;
    paused(false);
    paused_until("0");
    h->block_number = 50;
    paused(true);
    paused_until(MAX_UINT);
    h->time_s += 1000000000;
    paused(true);
    as(MEMBER(0));
    memhost_reverts(h, "MedicalRecordHash", "createRecord", record, "Module is paused");
    memhost_ok(h, "MedicalRecordHash", "getTotalRecords", "[]", "\"0\"");
    memhost_create(h, &r, "MedicalRecordHash", memhost_account(77)); /* the type is paused */
    assert_string_equal(r.reason, "Module is paused");
    memhost_reverts(h, GOV, "emergencyPause", "[" MRH_ADDR ",\"\"]", "Module already paused");
    decide(4, UNPAUSE, MRH_ADDR, "", "0");
    h->block_number += WAIT;
    paused(false);
    as(MEMBER(0));
    memhost_ok(h, "MedicalRecordHash", "createRecord", record, "null");
}

static void a_later_decision_replaces_the_pause(void **state)
{
    (void)state;
    decide_at(4, PAUSE, MRH_ADDR, "", "0", 50);
    decide_at(4, UNPAUSE, MRH_ADDR, "", "0", 60);
    h->block_number = 55;
    paused(false);
    h->block_number = 60;
    paused(false);
    decide_at(4, UNPAUSE, MRH_ADDR, "", "0", 90);
    decide_at(4, PAUSE, MRH_ADDR, "", "0", 81);
    h->block_number = 90;
    paused(true);
}

static void instances_share_the_pause_of_their_module(void **state)
{
    struct mh_res r;
    (void)state;
    memhost_create(h, &r, "MedicalRecordHash", memhost_account(77));
    assert_int_equal(r.err, MC_OK);
    memhost_ok(h, GOV, "isPaused", text("[%s]", acc(77)), "false");
    ask(0, "leak");
    ask(1, "leak");
    memhost_ok(h, GOV, "isPaused", text("[%s]", acc(77)), "true");
    memhost_ok(h, GOV, "isPaused", text("[%s]", acc(78)), "false");
    memhost_ok(h, GOV, "isPaused", "[" GOV_ADDR "]", "false");
    memhost_call_at(h, &r, "MedicalRecordHash", memhost_account(77), "createRecord",
                    "[\"r\",\"p\",\"d\",\"t\",\"h\"]");
    assert_string_equal(r.reason, "Module is paused");
}

static void the_known_version_is_decided_and_stays(void **state)
{
    (void)state;
    decide_at(4, VERSION, MRH_ADDR, "", "1", 50);
    h->block_number = 50;
    paused_until("0"); /* and "version" is 1 */
}

/* ------------------------------------------------------------------ emergency */

static void a_third_of_the_members_pauses_at_once(void **state)
{
    uint64_t until;
    (void)state;
    memhost_reverts(h, GOV, "emergencyPause", text("[%s,\"\"]", acc(1)), "Unknown module");
    memhost_reverts(h, GOV, "emergencyPause", "[" GOV_ADDR ",\"\"]", "Module cannot be paused");
    memhost_reverts(h, GOV, "emergencyPause", "[" MRH_ADDR ",\"\"]", "Reason cannot be empty");
    ask(0, "leak");
    memhost_logged(h, requested(0, 1, 2));
    assert_int_equal(h->logs[0].topic_cnt, 3);
    memhost_reverts(h, GOV, "emergencyPause", "[" MRH_ADDR ",\"\"]", "Already requested");
    paused(false);
    ask(1, "leak");
    until = h->time_s + SUSPENDED_UNTIL;
    memhost_logged(h, text("%s{\"event\":\"ModulePaused\",\"args\":{\"module\":" MRH_ADDR
                           ",\"pausedUntil\":\"%llu\"}}\n",
                           requested(1, 2, 2), (unsigned long long)until));
    paused_until(text("%llu", (unsigned long long)until));
    as(MEMBER(2));
    memhost_reverts(h, GOV, "emergencyPause", "[" MRH_ADDR ",\"\"]", "Module already paused");
    h->time_s = until - 1;
    paused(true);
    h->time_s = until;
    paused(false);
    paused_until("0");
    ask(0, "leak"); /* the pause cleared the requests */
    memhost_logged(h, requested(0, 1, 2));
}

static void a_request_counts_for_a_day(void **state)
{
    (void)state;
    ask(0, "leak");
    h->time_s += 86399;
    as(MEMBER(0));
    memhost_reverts(h, GOV, "emergencyPause", "[" MRH_ADDR ",\"x\"]", "Already requested");
    h->time_s += 1;
    ask(1, "leak");
    memhost_logged(h, requested(1, 1, 2));
    ask(0, "leak");
    assert_int_equal(h->log_cnt, 2);
    paused(true);
}

static void a_request_counts_while_its_member_is_active(void **state)
{
    (void)state;
    decide(4, REMOVE_MEMBER, acc(MEMBER(3)), "", "0");
    decide(4, REMOVE_MEMBER, acc(MEMBER(2)), "", "0");
    ask(3, "leak");
    h->block_number += WAIT;
    ask(0, "leak"); /* one of two members suffices */
    memhost_logged(h, text("%s{\"event\":\"ModulePaused\",\"args\":{\"module\":" MRH_ADDR
                           ",\"pausedUntil\":\"%llu\"}}\n",
                           requested(0, 1, 1), (unsigned long long)h->time_s + SUSPENDED_UNTIL));
}

static void a_vote_ends_or_prolongs_an_emergency(void **state)
{
    (void)state;
    ask(0, "leak");
    ask(1, "leak");
    decide_at(4, PAUSE, MRH_ADDR, "", "0", 50);
    h->block_number = 50;
    paused_until(MAX_UINT);
    decide_at(4, UNPAUSE, MRH_ADDR, "", "0", 90);
    h->block_number = 90;
    paused(false);
    ask(0, "leak");
    ask(1, "leak");
    paused(true);
    decide_at(4, UNPAUSE, MRH_ADDR, "", "0", 130);
    h->block_number = 130;
    paused(false);
}

/* ------------------------------------------------------------------ block 0 */

static void a_genesis_that_contradicts_itself_is_refused_with_words(void **state)
{
    struct vm_genesis_member m[2] = {{memhost_account(1), "A"}, {memhost_account(2), "B"}};
    struct vm_genesis_account a[2] = {{memhost_account(3), 0, 1, 0}, {memhost_account(4), 1, 3, 0}};
    struct vm_genesis_validator v[2] = {{.account = memhost_account(5)},
                                        {.account = memhost_account(6), .member_i = 1}};
    struct vm_genesis_param p[2] = {{"payment.approvals", mc_u256_u64(1)},
                                    {"chain.gasLimit", mc_u256_u64(5000000)}};
    const struct vm_genesis good = {m, 2, a, 2, v, 2, p, 2, "Unit", "U", 0, {{0}}};
    static const struct {
        int change;
        const char *words;
    } rows[] = {
        {0, NULL},
        {1, "member 1: the account is a member already"},
        {2, "member 0: empty name"},
        {3, "member 1: zero address"},
        {4, "account 1: listed twice"},
        {5, "account 0: permissions above 3"},
        {6, "account 0: unknown member"},
        {7, "account 0: is itself another member"},
        {8, "validator 1: listed twice"},
        {9, "validator 1: two validators share a key"},
        {10, "validator 0: invalid public key"},
        {11, "validator 0: unknown member"},
        {12, "unknown parameter \"payment.unitName\""},
        {13, "parameter \"payment.approvals\": value out of range"},
        {14, "parameter \"payment.approvals\": given twice"},
        {15, "account 1: unknown role"},
        {16, "account 1: zero address"},
        {17, "validator 1: zero address"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct vm_genesis_member m0[2] = {m[0], m[1]};
        struct vm_genesis_account a0[2] = {a[0], a[1]};
        struct vm_genesis_validator v0[2] = {v[0], v[1]};
        struct vm_genesis_param p0[2] = {p[0], p[1]};
        struct vm_genesis g = good, none = {.unit_name = "", .unit_symbol = ""};
        struct memhost *fresh = memhost_new_genesis(&none);
        struct vm_env env = {&fresh->host, &VM_GAS_DEFAULT, 0, 1700000000, &fresh->arena};
        struct mc_errmsg em = {""};
        enum mc_err err;
        validator_key(v0[0].public_key, 1);
        validator_key(v0[1].public_key, 2);
        g.members = m0, g.accounts = a0, g.validators = v0, g.params = p0;
        switch (rows[i].change) {
        case 1:
            m0[1].account = m0[0].account;
            break;
        case 2:
            m0[0].name = "";
            break;
        case 3:
            m0[1].account = MC_ADDR_ZERO;
            break;
        case 4:
            a0[1].account = a0[0].account;
            break;
        case 5:
            a0[0].permissions = 4;
            break;
        case 6:
            a0[0].member_i = 2;
            break;
        case 7:
            a0[0].account = m0[1].account;
            break;
        case 8:
            v0[1].account = v0[0].account;
            break;
        case 9:
            memcpy(v0[1].public_key, v0[0].public_key, 32);
            break;
        case 10:
            memset(v0[0].public_key, 0, 32);
            break;
        case 11:
            v0[0].member_i = 2;
            break;
        case 12:
            p0[0].name = "payment.unitName";
            break;
        case 13:
            p0[0].value = MC_U256_ZERO;
            break;
        case 14:
            p0[1].name = p0[0].name, p0[1].value = p0[0].value;
            break;
        case 15:
            a0[1].roles = 1u << VM_ROLE_CNT;
            break;
        case 16:
            a0[1].account = MC_ADDR_ZERO;
            break;
        case 17:
            v0[1].account = MC_ADDR_ZERO;
            break;
        }
        err = vm_genesis_apply(&env, &g, &em);
        if (err != (rows[i].words == NULL ? MC_OK : MC_EINVAL) ||
            (rows[i].words != NULL && strcmp(em.text, rows[i].words) != 0))
            fail_msg("change %d: %s: \"%s\"", rows[i].change, mc_err_text(err), em.text);
        memhost_free(fresh);
    }
}

static void block_0_may_bar_a_member_account_from_deploying(void **state)
{
    struct vm_genesis_member m = {memhost_account(1), "A"};
    struct vm_genesis_account a[2] = {{memhost_account(1), 0, 0, VM_DOCTOR},
                                      {memhost_account(2), UINT32_MAX, 3, VM_NURSE}};
    struct vm_genesis g = {.members = &m,
                           .member_cnt = 1,
                           .accounts = a,
                           .account_cnt = 2,
                           .unit_name = "",
                           .unit_symbol = ""};
    (void)state;
    memhost_free(h);
    h = memhost_new_genesis(&g);
    memhost_ok(h, GOV, "getAccount", text("[%s]", acc(1)),
               text("{\"member\":%s,\"permissions\":1}", acc(1)));
    memhost_ok(h, GOV, "getAccount", text("[%s]", acc(2)), /* under no member: roles only */
               "{\"member\":\"" ZERO_ADDR "\",\"permissions\":0}");
    memhost_ok(h, AC, "hasRole", text("[%s,%s]", role_json(VM_NURSE), acc(2)), "true");
    memhost_ok(h, AC, "hasRole", text("[%s,%s]", role_json(VM_DOCTOR), acc(1)), "true");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, four, consortium_end)
    const struct CMUnitTest tests[] = {
        T(the_modules_are_listed_in_order_of_address),
        T(a_vote_pauses_a_module_until_a_vote_ends_it),
        T(a_later_decision_replaces_the_pause),
        T(instances_share_the_pause_of_their_module),
        T(the_known_version_is_decided_and_stays),
        T(a_third_of_the_members_pauses_at_once),
        T(a_request_counts_for_a_day),
        T(a_request_counts_while_its_member_is_active),
        T(a_vote_ends_or_prolongs_an_emergency),
        T(a_genesis_that_contradicts_itself_is_refused_with_words),
        T(block_0_may_bar_a_member_account_from_deploying),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
