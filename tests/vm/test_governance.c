/* Governance: members, their accounts and permissions, and how members come, go and change their account. */
#include "tests/vm/consortium.h"

enum { ADD = 1, REMOVE, REPLACE, ADD_VALIDATOR };

static int three(void **state)
{
    (void)state;
    consortium(3, 2);
    as(MEMBER(0));
    return 0;
}

/* getAccount() as text. */
static const char *is(uint32_t member, uint8_t permissions)
{
    return text("{\"member\":%s,\"permissions\":%u}", acc(member), permissions);
}
#define NOBODYS "{\"member\":\"" ZERO_ADDR "\",\"permissions\":0}"

static void account_is(uint32_t account, const char *want)
{
    memhost_ok(h, GOV, "getAccount", text("[%s]", acc(account)), want);
}

static const char *member_json(uint32_t account, const char *name, uint64_t since, bool active,
                               uint64_t accounts, const char *validators)
{
    return text("{\"account\":%s,\"name\":\"%s\",\"sinceBlock\":\"%llu\",\"active\":%s,"
                "\"accounts\":\"%llu\",\"validators\":[%s]}",
                acc(account), name, (unsigned long long)since, active ? "true" : "false",
                (unsigned long long)accounts, validators);
}

static const char *list_of(uint32_t member)
{
    return text("[%s,0,100]", acc(member));
}

/* ------------------------------------------------------------------ accounts */

static void members_take_accounts_and_set_permissions(void **state)
{
    (void)state;
    memhost_reverts(h, GOV, "setAccounts", "[[],4]", "Batch is empty");
    memhost_reverts(h, GOV, "setAccounts", text("[[%s],4]", acc(1)), "Invalid permissions");
    memhost_reverts(h, GOV, "setAccounts", text("[[%s,\"" ZERO_ADDR "\"],3]", acc(1)),
                    "Zero address");
    account_is(1, NOBODYS); /* a failed batch leaves nothing */
    memhost_ok(h, GOV, "setAccounts", text("[[%s,%s,%s],1]", acc(1), acc(2), acc(1)), "null");
    memhost_logged(h, text("{\"event\":\"AccountPermissionChanged\",\"args\":{\"account\":%s,"
                           "\"member\":%s,\"permissions\":1}}\n"
                           "{\"event\":\"AccountPermissionChanged\",\"args\":{\"account\":%s,"
                           "\"member\":%s,\"permissions\":1}}\n"
                           "{\"event\":\"AccountPermissionChanged\",\"args\":{\"account\":%s,"
                           "\"member\":%s,\"permissions\":1}}\n",
                           acc(1), acc(MEMBER(0)), acc(2), acc(MEMBER(0)), acc(1), acc(MEMBER(0))));
    assert_int_equal(h->logs[0].topic_cnt, 3);
    account_is(1, is(MEMBER(0), 1));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(0)),
               text("{\"accounts\":[%s,%s,%s],\"total\":\"3\"}", acc(MEMBER(0)), acc(1), acc(2)));
    must(GOV, "setAccounts", text("[[%s],0]", acc(1))); /* barred, but kept */
    account_is(1, is(MEMBER(0), 0));
    as(MEMBER(1));
    memhost_reverts(h, GOV, "setAccounts", text("[[%s],1]", acc(1)),
                    "Account belongs to another member");
    memhost_reverts(h, GOV, "setAccounts", text("[[%s],1]", acc(MEMBER(0))),
                    "Account belongs to another member");
    memhost_ok(h, GOV, "getAccountsByMember", text("[%s,0,9]", acc(1)),
               "{\"accounts\":[],\"total\":\"0\"}");
}

static void batches_have_a_hundred_accounts(void **state)
{
    static char many[8192];
    size_t n = 0;
    (void)state;
    for (uint32_t i = 0; i < 101; i++)
        n += (size_t)snprintf(many + n, sizeof many - n, "%s%s", i == 0 ? "" : ",", acc(1000 + i));
    memhost_reverts(h, GOV, "setAccounts", text("[[%s],9]", many), "Batch too large");
    many[n - strlen(acc(1)) - 1] = '\0';
    memhost_ok(h, GOV, "setAccounts", text("[[%s],1]", many), "null");
    memhost_ok(h, GOV, "getAccountsByMember", text("[%s,100,100]", acc(MEMBER(0))),
               text("{\"accounts\":[%s],\"total\":\"101\"}", acc(1099)));
}

static void a_member_itself_may_always_send(void **state)
{
    (void)state;
    must(GOV, "setAccounts", text("[[%s],0]", acc(MEMBER(0))));
    memhost_logged(h, text("{\"event\":\"AccountPermissionChanged\",\"args\":{\"account\":%s,"
                           "\"member\":%s,\"permissions\":0}}\n",
                           acc(MEMBER(0)), acc(MEMBER(0))));
    account_is(MEMBER(0), is(MEMBER(0), 1));
    must(GOV, "setAccounts", text("[[%s],2]", acc(MEMBER(0))));
    account_is(MEMBER(0), is(MEMBER(0), 3));
}

static void an_account_moves_by_release(void **state)
{
    (void)state;
    must(GOV, "setAccounts", text("[[%s,%s],3]", acc(1), acc(2)));
    memhost_reverts(h, GOV, "releaseAccount", text("[%s]", acc(3)),
                    "Account belongs to another member");
    memhost_reverts(h, GOV, "releaseAccount", text("[%s]", acc(MEMBER(0))),
                    "Cannot release a member account");
    memhost_ok(h, GOV, "releaseAccount", text("[%s]", acc(1)), "null");
    memhost_logged(h, text("{\"event\":\"AccountPermissionChanged\",\"args\":{\"account\":%s,"
                           "\"member\":\"" ZERO_ADDR "\",\"permissions\":0}}\n",
                           acc(1)));
    account_is(1, NOBODYS);
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(0)),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(MEMBER(0)), acc(2)));
    as(MEMBER(1));
    memhost_reverts(h, GOV, "releaseAccount", text("[%s]", acc(2)),
                    "Account belongs to another member");
    must(GOV, "setAccounts", text("[[%s],2]", acc(1)));
    account_is(1, is(MEMBER(1), 2));
    as(MEMBER(0));
    must(GOV, "releaseAccount", text("[%s]", acc(2))); /* the moved one is found again */
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(0)),
               text("{\"accounts\":[%s],\"total\":\"1\"}", acc(MEMBER(0))));
}

static void the_common_checks_come_in_order(void **state)
{
    static const char *const calls[][2] = {
        {"propose", "[0,\"" ZERO_ADDR "\",\"\",0,\"\",0]"},
        {"vote", "[1,true]"},
        {"cancelProposal", "[1]"},
        {"emergencyPause", "[\"" ZERO_ADDR "\",\"\"]"},
        {"setAccounts", "[[],9]"},
        {"releaseAccount", "[\"" ZERO_ADDR "\"]"},
    };
    (void)state;
    must(GOV, "setAccounts", text("[[%s,%s],1]", acc(1), acc(2)));
    must(AC, "suspendAccount", text("[%s,\"x\"]", acc(2)));
    for (size_t i = 0; i < MC_COUNT(calls); i++) {
        as(9);
        memhost_reverts(h, GOV, calls[i][0], calls[i][1], "Account is not permitted");
        as(2);
        memhost_reverts(h, GOV, calls[i][0], calls[i][1], "Account is suspended");
        as(1);
        memhost_reverts(h, GOV, calls[i][0], calls[i][1], "Caller is not a member");
    }
    as(MEMBER(0));
    memhost_reverts(h, GOV, "propose", text("[0,\"" ZERO_ADDR "\",\"%s\",0,\"\",0]", longer(65)),
                    "String too long");
    memhost_reverts(h, GOV, "propose", text("[0,\"" ZERO_ADDR "\",\"\",0,\"%s\",0]", longer(2049)),
                    "String too long");
    memhost_reverts(h, GOV, "emergencyPause", text("[\"" ZERO_ADDR "\",\"%s\"]", longer(2049)),
                    "String too long");
}

/* ------------------------------------------------------------------ admission */

static void a_member_is_admitted_at_its_height(void **state)
{
    uint64_t start = h->block_number + WAIT;
    (void)state;
    memhost_reverts(h, GOV, "propose", motion(ADD, acc(MEMBER(1)), "", "0", 0), "Already a member");
    must(GOV, "setAccounts", text("[[%s],1]", acc(1)));
    memhost_reverts(h, GOV, "propose", motion(ADD, acc(1), "", "0", 0),
                    "Account belongs to another member");
    memhost_reverts(h, GOV, "propose", motion(ADD, acc(5), "", "0", 0), "Empty name");
    decide(3, ADD, acc(5), "Clinic", "0");
    as(MEMBER(0));
    memhost_reverts(h, GOV, "propose", motion(ADD, acc(5), "", "0", 0), "Change already pending");
    memhost_reverts(h, GOV, "setAccounts", text("[[%s],1]", acc(5)),
                    "Account belongs to another member");
    memhost_reverts(h, GOV, "getMember", text("[%s]", acc(5)), "Not a member");
    memhost_ok(h, GOV, "getQuorum", "[1]", "\"3\"");
    h->block_number = start - 1;
    account_is(5, NOBODYS);
    as(5);
    memhost_reverts(h, GOV, "setAccounts", "[[],9]", "Account is not permitted");
    h->block_number = start;
    account_is(5, is(5, 3));
    memhost_reverts(h, GOV, "setAccounts", "[[],9]", "Batch is empty");
    memhost_ok(h, GOV, "getMember", text("[%s]", acc(5)),
               member_json(5, "Clinic", start, true, 1, ""));
    memhost_ok(h, GOV, "getQuorum", "[1]", "\"3\""); /* of 4: more than 8/3 */
    memhost_ok(h, GOV, "getQuorum", "[6]", "\"3\""); /* more than half */
    must(GOV, "setAccounts", text("[[%s],1]", acc(6)));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(5),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(5), acc(6)));
}

static void members_are_listed_by_admission_then_by_approval(void **state)
{
    (void)state;
    decide_at(3, ADD, acc(5), "late", "0", 500);
    decide_at(3, ADD, acc(6), "early", "0", 100);
    decide_at(3, ADD, acc(7), "late too", "0", 500);
    decide_at(3, ADD, acc(8), "earliest", "0", 50);
    memhost_ok(h, GOV, "getMembers", "[3,9]", "{\"members\":[],\"total\":\"3\"}");
    h->block_number = 100;
    memhost_ok(h, GOV, "getMembers", "[3,9]",
               text("{\"members\":[%s,%s],\"total\":\"5\"}",
                    member_json(8, "earliest", 50, true, 1, ""),
                    member_json(6, "early", 100, true, 1, "")));
    h->block_number = 500;
    memhost_ok(h, GOV, "getMembers", "[4,2]",
               text("{\"members\":[%s,%s],\"total\":\"7\"}",
                    member_json(6, "early", 100, true, 1, ""),
                    member_json(5, "late", 500, true, 1, "")));
    memhost_ok(
        h, GOV, "getMembers", "[6,9]",
        text("{\"members\":[%s],\"total\":\"7\"}", member_json(7, "late too", 500, true, 1, "")));
    memhost_ok(h, GOV, "getMembers", "[0,1]",
               text("{\"members\":[%s],\"total\":\"7\"}",
                    member_json(MEMBER(0), "Hospital 0", 0, true, 1, acc(VALIDATOR(0)))));
}

/* ------------------------------------------------------------------ removal */

static void a_removed_member_loses_its_accounts_and_validators(void **state)
{
    uint64_t end = h->block_number + WAIT;
    (void)state;
    as(MEMBER(1));
    must(GOV, "setAccounts", text("[[%s],3]", acc(1)));
    as(MEMBER(0));
    memhost_reverts(h, GOV, "propose", motion(REMOVE, acc(1), "", "0", 0), "Not a member");
    decide(3, REMOVE, acc(MEMBER(1)), "", "0");
    as(MEMBER(0));
    memhost_reverts(h, GOV, "propose", motion(REMOVE, acc(MEMBER(1)), "", "0", 0),
                    "Change already pending");
    memhost_reverts(h, GOV, "propose", motion(5, acc(VALIDATOR(1)), "", "0", 0),
                    "Change already pending");
    memhost_reverts(h, GOV, "propose", motion(REMOVE, acc(MEMBER(0)), "", "0", 0),
                    "Validator set too small");
    h->block_number = end - 1;
    account_is(1, is(MEMBER(1), 3));
    memhost_ok(h, GOV, "isValidator", text("[%s]", acc(VALIDATOR(1))), "true");
    h->block_number = end;
    account_is(1, is(MEMBER(1), 0));
    account_is(MEMBER(1), is(MEMBER(1), 0));
    memhost_ok(h, GOV, "isValidator", text("[%s]", acc(VALIDATOR(1))), "false");
    memhost_ok(h, GOV, "getMember", text("[%s]", acc(MEMBER(1))),
               member_json(MEMBER(1), "Hospital 1", 0, false, 2, ""));
    memhost_ok(h, GOV, "getQuorum", "[6]", "\"2\"");
    memhost_ok(h, AC, "hasRole", text("[%s,%s]", role_json(VM_ADMIN), acc(MEMBER(1))), "false");
    as(MEMBER(1));
    memhost_reverts(h, GOV, "vote", "[1,true]", "Account is not permitted");
    as(MEMBER(0)); /* its accounts may be taken by another member */
    must(GOV, "setAccounts", text("[[%s],1]", acc(1)));
    account_is(1, is(MEMBER(0), 1));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(1)),
               text("{\"accounts\":[%s],\"total\":\"1\"}", acc(MEMBER(1))));
    memhost_reverts(h, GOV, "propose", motion(REMOVE, acc(MEMBER(1)), "", "0", 0), "Not a member");
}

static void a_former_member_comes_back_as_a_new_entry(void **state)
{
    uint64_t back;
    (void)state;
    as(MEMBER(2));
    must(GOV, "setAccounts", text("[[%s],3]", acc(1)));
    decide(3, REMOVE, acc(MEMBER(2)), "", "0");
    h->block_number += WAIT;
    as(MEMBER(0));
    memhost_reverts(h, GOV, "propose", motion(ADD, acc(1), "x", "0", 0),
                    "Account belongs to another member");
    decide(2, ADD, acc(MEMBER(2)), "Hospital 2, again", "0");
    back = h->block_number + WAIT;
    /* Until then it is listed where it was. */
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(2)),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(1), acc(MEMBER(2))));
    account_is(MEMBER(2), is(MEMBER(2), 0));
    h->block_number = back;
    account_is(MEMBER(2), is(MEMBER(2), 3));
    account_is(1, is(MEMBER(2), 0)); /* still under the former entry */
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(2)),
               text("{\"accounts\":[%s],\"total\":\"1\"}", acc(MEMBER(2))));
    memhost_ok(h, GOV, "getMembers", "[2,9]",
               text("{\"members\":[%s,%s],\"total\":\"4\"}",
                    member_json(MEMBER(2), "Hospital 2", 0, false, 1, ""),
                    member_json(MEMBER(2), "Hospital 2, again", back, true, 1, "")));
    memhost_ok(h, GOV, "getMember", text("[%s]", acc(MEMBER(2))),
               member_json(MEMBER(2), "Hospital 2, again", back, true, 1, ""));
    as(MEMBER(2));
    must(GOV, "setAccounts", text("[[%s],1]", acc(1)));
    account_is(1, is(MEMBER(2), 1));
    memhost_ok(h, GOV, "getMembers", "[2,1]",
               text("{\"members\":[%s],\"total\":\"4\"}",
                    member_json(MEMBER(2), "Hospital 2", 0, false, 0, "")));
}

/* ------------------------------------------------------------------ replacement */

/* uint160 of memhost_account(). */
static const char *number_of(uint32_t account)
{
    return text("\"0xaa%08x\"", account);
}

static void a_member_changes_its_account(void **state)
{
    uint64_t from = h->block_number + WAIT;
    uint32_t open;
    (void)state;
    must(GOV, "setAccounts", text("[[%s],1]", acc(1)));
    memhost_reverts(h, GOV, "propose", motion(REPLACE, acc(MEMBER(1)), "", number_of(5), 0),
                    "Already a member");
    memhost_reverts(h, GOV, "propose", motion(REPLACE, acc(5), "", number_of(6), 0),
                    "Not a member");
    memhost_reverts(h, GOV, "propose",
                    motion(REPLACE, acc(5), "",
                           "\"0x10000000000000000000000000000000000000000000000000000000000000\"",
                           0),
                    "Not a member");
    memhost_reverts(h, GOV, "propose", motion(REPLACE, acc(1), "", number_of(MEMBER(1)), 0),
                    "Account belongs to another member");
    open = propose_at(6, "\"" ZERO_ADDR "\"", "gov.votingBlocks", "9", 0);
    decide(3, REPLACE, acc(5), "", number_of(MEMBER(0)));
    as(MEMBER(0));
    memhost_reverts(h, GOV, "propose", motion(REPLACE, acc(5), "", number_of(MEMBER(1)), 0),
                    "Change already pending");
    memhost_reverts(h, GOV, "propose", motion(REPLACE, acc(6), "", number_of(MEMBER(0)), 0),
                    "Change already pending");
    memhost_reverts(h, GOV, "propose", motion(REMOVE, acc(MEMBER(0)), "", "0", 0),
                    "Change already pending");
    memhost_reverts(h, GOV, "propose", motion(ADD, acc(5), "x", "0", 0), "Change already pending");
    as(MEMBER(1)); /* nobody takes the announced account */
    memhost_reverts(h, GOV, "setAccounts", text("[[%s],1]", acc(5)),
                    "Account belongs to another member");
    h->block_number = from - 1;
    account_is(5, NOBODYS);
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(0)),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(MEMBER(0)), acc(1)));
    h->block_number = from;
    account_is(5, is(5, 3));
    account_is(MEMBER(0), is(5, 0));
    account_is(1, is(5, 1));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(5),
               text("{\"accounts\":[%s,%s,%s],\"total\":\"3\"}", acc(MEMBER(0)), acc(1), acc(5)));
    memhost_ok(h, GOV, "getMember", text("[%s]", acc(MEMBER(0))), /* by its former account */
               member_json(5, "Hospital 0", 0, true, 3, acc(VALIDATOR(0))));
    memhost_ok(h, GOV, "getValidatorSet", "[]",
               text("[{\"account\":%s,\"publicKey\":%s,\"member\":%s,\"sinceHeight\":\"0\"},"
                    "{\"account\":%s,\"publicKey\":%s,\"member\":%s,\"sinceHeight\":\"0\"}]",
                    acc(VALIDATOR(0)), key_json(1), acc(5), acc(VALIDATOR(1)), key_json(2),
                    acc(MEMBER(1))));
    as(MEMBER(0));
    memhost_reverts(h, GOV, "vote", text("[%u,true]", open), "Account is not permitted");
    as(5); /* one member, one vote */
    memhost_reverts(h, GOV, "vote", text("[%u,true]", open), "Vote unchanged");
    must(GOV, "vote", text("[%u,false]", open));
    memhost_ok(h, GOV, "getVotes", text("[%u,0,9]", open),
               text("{\"members\":[%s],\"support\":[false],\"total\":\"1\"}", acc(5)));
    must(GOV, "setAccounts", text("[[%s],1]", acc(MEMBER(0)))); /* it may work on as an account */
    account_is(MEMBER(0), is(5, 1));
    must(GOV, "releaseAccount", text("[%s]", acc(MEMBER(0))));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(5),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(5), acc(1)));
}

static void an_announced_account_may_be_listed_already(void **state)
{
    (void)state;
    must(GOV, "setAccounts", text("[[%s,%s],2]", acc(1), acc(5)));
    decide(3, REPLACE, acc(5), "", number_of(MEMBER(0)));
    as(MEMBER(0));
    memhost_reverts(h, GOV, "releaseAccount", text("[%s]", acc(5)),
                    "Cannot release a member account");
    must(GOV, "releaseAccount", text("[%s]", acc(1)));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(0)),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(MEMBER(0)), acc(5)));
    account_is(5, is(MEMBER(0), 2));
    h->block_number += WAIT;
    account_is(5, is(5, 3));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(5),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(MEMBER(0)), acc(5)));
}

static void a_hidden_account_appears_when_its_member_lists_it(void **state)
{
    (void)state;
    decide(3, REPLACE, acc(5), "", number_of(MEMBER(0)));
    as(MEMBER(0));
    memhost_reverts(h, GOV, "releaseAccount", text("[%s]", acc(5)),
                    "Account belongs to another member");
    must(GOV, "setAccounts", text("[[%s],0]", acc(1)));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(0)),
               text("{\"accounts\":[%s,%s],\"total\":\"2\"}", acc(MEMBER(0)), acc(1)));
    must(GOV, "setAccounts", text("[[%s],1]", acc(5)));
    account_is(5, is(MEMBER(0), 1));
    memhost_ok(h, GOV, "getAccountsByMember", list_of(MEMBER(0)),
               text("{\"accounts\":[%s,%s,%s],\"total\":\"3\"}", acc(MEMBER(0)), acc(5), acc(1)));
    h->block_number += WAIT;
    account_is(5, is(5, 3));
    account_is(MEMBER(0), is(5, 0));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, three, consortium_end)
    const struct CMUnitTest tests[] = {
        T(members_take_accounts_and_set_permissions),
        T(batches_have_a_hundred_accounts),
        T(a_member_itself_may_always_send),
        T(an_account_moves_by_release),
        T(the_common_checks_come_in_order),
        T(a_member_is_admitted_at_its_height),
        T(members_are_listed_by_admission_then_by_approval),
        T(a_removed_member_loses_its_accounts_and_validators),
        T(a_former_member_comes_back_as_a_new_entry),
        T(a_member_changes_its_account),
        T(an_announced_account_may_be_listed_already),
        T(a_hidden_account_appears_when_its_member_lists_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
