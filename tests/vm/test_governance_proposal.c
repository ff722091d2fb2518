/* Governance: the life of a proposal, parameters, and roles by vote. */
#include "tests/vm/consortium.h"

#define NOWHERE "\"" ZERO_ADDR "\""
#define BLOCKS  100800u /* gov.votingBlocks */

enum { SET = 6, GRANT, REVOKE, PAUSE };

static int four(void **state)
{
    (void)state;
    consortium(4, 2);
    as(MEMBER(0));
    return 0;
}

static const char *set(const char *name, const char *value, uint64_t height)
{
    return motion(SET, NOWHERE, name, value, height);
}

static const char *proposal(uint64_t activation, uint64_t effective, uint32_t yes, uint32_t no,
                            uint32_t state)
{
    return text("{\"kind\":6,\"proposer\":%s,\"target\":" NOWHERE
                ",\"key\":\"gov.votingBlocks\",\"value\":\"9\",\"description\":\"because\","
                "\"createdBlock\":\"1\",\"closesBlock\":\"%u\",\"activationHeight\":\"%llu\","
                "\"effectiveHeight\":\"%llu\",\"yes\":\"%u\",\"no\":\"%u\",\"state\":%u}",
                acc(MEMBER(0)), BLOCKS + 1, (unsigned long long)activation,
                (unsigned long long)effective, yes, no, state);
}

static const char *cast_event(uint32_t id, uint32_t member, bool support, uint32_t yes, uint32_t no)
{
    return text(
        "{\"event\":\"VoteCast\",\"args\":{\"proposalId\":\"%u\",\"member\":%s,\"support\":%s,"
        "\"yes\":\"%u\",\"no\":\"%u\"}}\n",
        id, acc(MEMBER(member)), support ? "true" : "false", yes, no);
}

static const char *approved_event(uint32_t id, uint64_t height)
{
    return text("{\"event\":\"ProposalApproved\",\"args\":{\"proposalId\":\"%u\","
                "\"effectiveHeight\":\"%llu\"}}\n",
                id, (unsigned long long)height);
}

/* ------------------------------------------------------------------ life */

static void a_proposal_is_open_approved_and_effective(void **state)
{
    (void)state;
    memhost_ok(h, GOV, "propose", set("gov.votingBlocks", "9", 0), "\"1\"");
    memhost_logged(h, text("{\"event\":\"ProposalCreated\",\"args\":{\"proposalId\":\"1\","
                           "\"proposer\":%s,\"kind\":6,\"target\":" NOWHERE
                           ",\"key\":\"gov.votingBlocks\",\"value\":\"9\",\"description\":"
                           "\"because\",\"activationHeight\":\"21\"}}\n%s",
                           acc(MEMBER(0)), cast_event(1, 0, true, 1, 0)));
    assert_int_equal(h->logs[0].topic_cnt, 4);
    assert_int_equal(h->logs[1].topic_cnt, 3);
    memhost_ok(h, GOV, "getProposal", "[1]", proposal(21, 0, 1, 0, 1));
    vote(1, 1, false);
    memhost_logged(h, cast_event(1, 1, false, 1, 1));
    vote(2, 1, true);
    memhost_ok(h, GOV, "getProposal", "[1]", proposal(21, 0, 2, 1, 1)); /* half is no majority */
    h->block_number = 50;
    vote(1, 1, true);
    memhost_logged(h, text("%s%s", cast_event(1, 1, true, 3, 0), approved_event(1, 70)));
    memhost_ok(h, GOV, "getProposal", "[1]", proposal(21, 70, 3, 0, 2));
    memhost_reverts(h, GOV, "vote", "[1,true]", "Proposal is not open");
    memhost_reverts(h, GOV, "cancelProposal", "[1]", "Proposal is not open");
    h->block_number = 69;
    memhost_ok(h, GOV, "getProposal", "[1]", proposal(21, 70, 3, 0, 2));
    h->block_number = 70;
    memhost_ok(h, GOV, "getProposal", "[1]", proposal(21, 70, 3, 0, 3));
    memhost_ok(h, GOV, "getVotes", "[1,0,2]",
               text("{\"members\":[%s,%s],\"support\":[true,true],\"total\":\"3\"}", acc(MEMBER(0)),
                    acc(MEMBER(1))));
    memhost_ok(h, GOV, "getVotes", "[1,3,2]", "{\"members\":[],\"support\":[],\"total\":\"3\"}");
}

static void a_proposal_closes(void **state)
{
    uint32_t id;
    (void)state;
    id = propose_at(SET, NOWHERE, "gov.votingBlocks", "9", 0);
    memhost_reverts(h, GOV, "vote", "[2,true]", "Proposal does not exist");
    memhost_reverts(h, GOV, "vote", "[0,true]", "Proposal does not exist");
    memhost_reverts(h, GOV, "cancelProposal", "[2]", "Proposal does not exist");
    memhost_reverts(h, GOV, "getProposal", "[0]", "Proposal does not exist");
    memhost_reverts(h, GOV, "getVotes", "[2,0,1]", "Proposal does not exist");
    memhost_reverts(h, GOV, "vote", text("[%u,true]", id), "Vote unchanged");
    h->block_number = BLOCKS;
    vote(1, id, false);
    memhost_reverts(h, GOV, "vote", text("[%u,false]", id), "Vote unchanged");
    h->block_number = BLOCKS + 1;
    as(MEMBER(2));
    memhost_reverts(h, GOV, "vote", text("[%u,true]", id), "Proposal is not open");
    as(MEMBER(0));
    memhost_reverts(h, GOV, "cancelProposal", text("[%u]", id), "Proposal is not open");
    memhost_ok(h, GOV, "getProposal", text("[%u]", id), proposal(21, 0, 1, 1, 5));
}

static void only_its_proposer_withdraws_a_proposal(void **state)
{
    uint32_t id;
    (void)state;
    id = propose_at(SET, NOWHERE, "gov.votingBlocks", "9", 0);
    as(MEMBER(1));
    memhost_reverts(h, GOV, "cancelProposal", text("[%u]", id), "Caller is not the proposer");
    as(MEMBER(0));
    memhost_ok(h, GOV, "cancelProposal", text("[%u]", id), "null");
    memhost_logged(h, "{\"event\":\"ProposalCancelled\",\"args\":{\"proposalId\":\"1\"}}\n");
    memhost_ok(h, GOV, "getProposal", text("[%u]", id), proposal(21, 0, 1, 0, 4));
    memhost_reverts(h, GOV, "vote", text("[%u,true]", id), "Proposal is not open");
    memhost_reverts(h, GOV, "cancelProposal", text("[%u]", id), "Proposal is not open");
}

static void proposals_are_refused_in_the_order_of_the_interface(void **state)
{
    static const char *const unknown = "\"0x0000000000000000000000000000000000001fff\"";
    (void)state;
    memhost_reverts(h, GOV, "propose", motion(0, NOWHERE, "", "0", 1), "Invalid kind");
    memhost_reverts(h, GOV, "propose", motion(13, NOWHERE, "", "0", 1), "Invalid kind");
    for (uint32_t kind = 1; kind <= 12; kind++)
        memhost_reverts(h, GOV, "propose", motion(kind, NOWHERE, "", "0", 1),
                        kind == SET ? "Activation height too soon" : "Zero address");
    memhost_reverts(h, GOV, "propose", set("x", "0", 20), "Activation height too soon");
    memhost_reverts(h, GOV, "propose", set("x", "0", 21), "Unknown parameter");
    memhost_reverts(h, GOV, "propose", set("payment.unitName", "0", 0), "Unknown parameter");
    memhost_reverts(h, GOV, "propose", set("gov.votingBlocks", "0", 0), "Value out of range");
    memhost_reverts(h, GOV, "propose", motion(GRANT, acc(1), "DOCTOR", "1700000000", 0),
                    "Value out of range");
    memhost_reverts(h, GOV, "propose", motion(GRANT, acc(1), "DOCTOR", "1700000001", 0),
                    "Unknown role");
    memhost_reverts(h, GOV, "propose", motion(REVOKE, acc(1), "_ROLE", "1", 0), "Unknown role");
    for (uint32_t kind = PAUSE; kind <= 11; kind++)
        memhost_reverts(h, GOV, "propose", motion(kind, unknown, "", "9", 0), "Unknown module");
    memhost_reverts(h, GOV, "propose", motion(9, GOV_ADDR, "", "9", 0), "Module cannot be paused");
    memhost_reverts(h, GOV, "propose", motion(10, GOV_ADDR, "", "9", 0), "Module cannot be paused");
    memhost_reverts(h, GOV, "propose", motion(11, GOV_ADDR, "", "2", 0), "Unknown version");
    memhost_ok(h, GOV, "propose", motion(11, GOV_ADDR, "", "1", 0), "\"1\"");
}

static void proposals_are_listed_newest_first(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        propose_at(SET, NOWHERE, "gov.votingBlocks", "9", 30 + i);
    memhost_ok(h, GOV, "getProposals", "[0,2]",
               text("{\"proposals\":[%s,%s],\"total\":\"3\"}", proposal(32, 0, 1, 0, 1),
                    proposal(31, 0, 1, 0, 1)));
    memhost_ok(h, GOV, "getProposals", "[2,100]",
               text("{\"proposals\":[%s],\"total\":\"3\"}", proposal(30, 0, 1, 0, 1)));
    memhost_ok(h, GOV, "getProposals", "[3,100]", "{\"proposals\":[],\"total\":\"3\"}");
}

static void each_kind_needs_its_share(void **state)
{
    static const uint32_t two_thirds[] = {1, 2, 3, 3, 4, 5, 5, 6, 7}; /* of 1 to 9 */
    static const uint32_t majority[] = {1, 2, 2, 3, 3, 4, 4, 5, 5};
    (void)state;
    memhost_reverts(h, GOV, "getQuorum", "[0]", "Invalid kind");
    memhost_reverts(h, GOV, "getQuorum", "[13]", "Invalid kind");
    for (uint32_t n = 1; n <= 9; n++) {
        memhost_free(h);
        consortium(n, 1);
        for (uint32_t kind = 1; kind <= 12; kind++) {
            const uint32_t *need = kind >= 6 && kind <= 10 ? majority : two_thirds;
            memhost_ok(h, GOV, "getQuorum", text("[%u]", kind), text("\"%u\"", need[n - 1]));
        }
    }
}

static void a_single_member_decides_at_once(void **state)
{
    (void)state;
    memhost_free(h);
    consortium(1, 1);
    as(MEMBER(0));
    memhost_ok(h, GOV, "propose", set("gov.votingBlocks", "9", 44), "\"1\"");
    assert_int_equal(h->log_cnt, 3);
    memhost_ok(h, GOV, "getProposal", "[1]", proposal(44, 44, 1, 0, 2));
}

static void a_vote_counts_against_the_members_of_the_moment(void **state)
{
    uint32_t id;
    (void)state;
    id = propose_at(SET, NOWHERE, "gov.votingBlocks", "9", 0); /* 1 of 4 */
    vote(3, id, true);                                         /* 2 of 4 */
    decide(3, 2, acc(MEMBER(3)), "", "0");
    h->block_number += WAIT;
    memhost_ok(h, GOV, "getProposal", text("[%u]", id), proposal(21, 0, 2, 0, 1));
    vote(1, id,
         false); /* 2 of 3 suffice; the vote of the member that left stays, and a no may decide */
    memhost_logged(h, text("%s%s", cast_event(id, 1, false, 2, 1),
                           approved_event(id, h->block_number + WAIT)));
}

static void conditions_are_tested_again_on_approval(void **state)
{
    uint32_t first, second, role;
    (void)state;
    first = propose_at(1, acc(5), "Clinic", "0", 0);
    second = propose_at(1, acc(5), "Clinic", "0", 0);
    role = propose_at(GRANT, acc(1), "AUDITOR_ROLE", "1700000010", 0);
    for (uint32_t i = 1; i < 3; i++)
        vote(i, first, true);
    vote(1, second, true);
    as(MEMBER(2));
    memhost_reverts(h, GOV, "vote", text("[%u,true]", second), "Change already pending");
    must(GOV, "vote", text("[%u,false]", second));
    vote(1, role, true);
    h->time_s = 1700000010;
    as(MEMBER(2));
    memhost_reverts(h, GOV, "vote", text("[%u,true]", role), "Value out of range");
}

/* ------------------------------------------------------------------ parameters */

static const char *param(const char *name, const char *value, const char *pending, uint64_t height)
{
    return text(
        "{\"key\":\"%s\",\"value\":\"%s\",\"pendingValue\":\"%s\",\"pendingHeight\":\"%llu\"}",
        name, value, pending, (unsigned long long)height);
}

static void parameters_have_defaults_and_ranges(void **state)
{
#define TWO_128 "\"0x100000000000000000000000000000000\""
#define BELOW   "\"0xffffffffffffffffffffffffffffffff\""
#define MAX     "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\""
    static const struct {
        const char *name, *value, *low, *below, *high, *above;
    } rows[] = {
        {"chain.gasLimit", "60000000", "1000000", "999999", "1000000000", "1000000001"},
        {"chain.minGasPrice", "0", "0", NULL, BELOW, TWO_128},
        {"chain.permissioned", "1", "0", NULL, "1", "2"},
        {"consent.allowOptOut", "1", "0", NULL, "1", "2"},
        {"consent.emergencyMaxSeconds", "14400", "1", "0", "604800", "604801"},
        {"consent.maxSeconds", "315360000", "1", "0", "3153600000", "3153600001"},
        {"gov.minActivationBlocks", "20", "1", "0", "1000000", "1000001"},
        {"gov.pauseSeconds", "259200", "1", "0", "31536000", "31536001"},
        {"gov.votingBlocks", "100800", "1", "0", "100000000", "100000001"},
        {"insurance.appealSeconds", "15552000", "0", NULL, "315360000", "315360001"},
        {"insurance.dualControlAbove", "0", "0", NULL, MAX, NULL},
        {"insurance.requireConsent", "1", "0", NULL, "1", "2"},
        {"payment.approvals", "2", "1", "0", "100", "101"},
        {"payment.dualControlAbove", "0", "0", NULL, MAX, NULL},
        {"payment.operationSeconds", "604800", "1", "0", "31536000", "31536001"},
        {"prescription.defaultSeconds", "259200", "1", "0", "31622400", "31622401"},
        {"prescription.requireReview", "1", "0", NULL, "1", "2"},
        {"record.maxPayloadBytes", "16384", "0", NULL, "131072", "131073"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const char *one = param(rows[i].name, rows[i].value, "0", 0);
        memhost_ok(h, GOV, "getParameter", text("[\"%s\"]", rows[i].name), one);
        memhost_ok(h, GOV, "getParameters", text("[%zu,1]", i),
                   text("{\"parameters\":[%s],\"total\":\"18\"}", one));
        must(GOV, "propose", set(rows[i].name, rows[i].low, 0));
        must(GOV, "propose", set(rows[i].name, rows[i].high, 0));
        if (rows[i].below != NULL)
            memhost_reverts(h, GOV, "propose", set(rows[i].name, rows[i].below, 0),
                            "Value out of range");
        if (rows[i].above != NULL)
            memhost_reverts(h, GOV, "propose", set(rows[i].name, rows[i].above, 0),
                            "Value out of range");
    }
    memhost_reverts(h, GOV, "getParameter", "[\"chain\"]", "Unknown parameter");
    memhost_ok(h, GOV, "getParameters", "[18,9]", "{\"parameters\":[],\"total\":\"18\"}");
}

static void a_parameter_changes_at_its_height(void **state)
{
    const char *name = "[\"gov.minActivationBlocks\"]";
    uint32_t first, second;
    (void)state;
    first = decide_at(4, SET, NOWHERE, "gov.minActivationBlocks", "5", 100);
    memhost_ok(h, GOV, "getParameter", name, param("gov.minActivationBlocks", "20", "5", 100));
    second = decide_at(4, SET, NOWHERE, "gov.minActivationBlocks", "3", 200); /* replaces it */
    memhost_ok(h, GOV, "getParameter", name, param("gov.minActivationBlocks", "20", "3", 200));
    h->block_number = 199;
    memhost_reverts(h, GOV, "propose", set("gov.votingBlocks", "9", 218),
                    "Activation height too soon");
    h->block_number = 200;
    memhost_ok(h, GOV, "getParameter", name, param("gov.minActivationBlocks", "3", "0", 0));
    memhost_ok(h, GOV, "propose", set("gov.votingBlocks", "9", 203), "\"3\"");
    assert_non_null(strstr(must(GOV, "getProposal", text("[%u]", first)), "\"state\":3"));
    assert_non_null(strstr(must(GOV, "getProposal", text("[%u]", second)), "\"state\":3"));
    decide_at(4, SET, NOWHERE, "gov.minActivationBlocks", "7", 0);
    memhost_ok(h, GOV, "getParameter", name, param("gov.minActivationBlocks", "3", "7", 203));
    h->block_number = 203;
    memhost_ok(h, GOV, "getParameter", name, param("gov.minActivationBlocks", "7", "0", 0));
}

static void everybody_may_send_once_the_chain_is_open(void **state)
{
    (void)state;
    decide(4, SET, NOWHERE, "chain.permissioned", "0");
    as(9);
    memhost_reverts(h, AC, "revokeAccess", "[\"g\"]", "Account is not permitted");
    h->block_number += WAIT;
    memhost_reverts(h, AC, "revokeAccess", "[\"g\"]", "Grant does not exist");
    memhost_ok(h, GOV, "getAccount", text("[%s]", acc(9)),
               "{\"member\":\"" ZERO_ADDR "\",\"permissions\":0}");
}

/* ------------------------------------------------------------------ roles */

static void holders(uint32_t role, const char *accounts, const char *expiries, uint32_t total)
{
    memhost_ok(
        h, AC, "getRoleMembers", text("[%s,0,100]", role_json(role)),
        text("{\"accounts\":[%s],\"expiries\":[%s],\"total\":\"%u\"}", accounts, expiries, total));
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", role_json(role)), text("\"%u\"", total));
}

static void a_role_is_granted_and_revoked_by_vote(void **state)
{
    const char *auditor = role_json(VM_AUDITOR);
    (void)state;
    decide_at(4, GRANT, acc(1), "AUDITOR_ROLE", "0", 50);
    decide_at(4, GRANT, acc(2), "AUDITOR_ROLE", "1700000100", 60);
    memhost_ok(h, AC, "hasRole", text("[%s,%s]", auditor, acc(1)), "false");
    holders(VM_AUDITOR, "", "", 0);
    h->block_number = 50;
    memhost_ok(h, AC, "hasRole", text("[%s,%s]", auditor, acc(1)), "true");
    holders(VM_AUDITOR, acc(1), "\"0\"", 1);
    h->block_number = 60;
    holders(VM_AUDITOR, text("%s,%s", acc(1), acc(2)), "\"0\",\"1700000100\"", 2);
    memhost_ok(h, AC, "getAccountRoles", text("[%s]", acc(2)),
               text("{\"roles\":[%s],\"expiries\":[\"1700000100\"]}", auditor));
    memhost_ok(h, AC, "getRoleExpiry", text("[%s,%s]", auditor, acc(2)), "\"1700000100\"");
    /* Deciding about the role carries out what is due; nothing changes to the outside. */
    decide_at(4, REVOKE, acc(1), "AUDITOR_ROLE", "0", 90);
    decide_at(4, GRANT, acc(3), "AUDITOR_ROLE", "0", 91);
    holders(VM_AUDITOR, text("%s,%s", acc(2), acc(1)), "\"1700000100\",\"0\"", 2);
    h->block_number = 90;
    holders(VM_AUDITOR, acc(2), "\"1700000100\"", 1);
    h->block_number = 91;
    holders(VM_AUDITOR, text("%s,%s", acc(2), acc(3)), "\"1700000100\",\"0\"", 2);
    memhost_ok(h, AC, "getRoleMember", text("[%s,1]", auditor), acc(3));
    reverts_empty(h, AC, "getRoleMember", text("[%s,2]", auditor));
    h->time_s = 1700000100;
    memhost_ok(h, AC, "hasRole", text("[%s,%s]", auditor, acc(2)), "false");
}

static void a_later_decision_replaces_one_that_does_not_count_yet(void **state)
{
    uint32_t first;
    (void)state;
    first = decide_at(4, GRANT, acc(1), "INSURER_ROLE", "0", 50);
    decide_at(4, REVOKE, acc(1), "INSURER_ROLE", "0", 70);
    h->block_number = 60;
    holders(VM_INSURER, "", "", 0);
    assert_non_null(strstr(must(GOV, "getProposal", text("[%u]", first)), "\"state\":3"));
    decide_at(4, GRANT, acc(1), "INSURER_ROLE", "1800000000", 100);
    decide_at(4, GRANT, acc(1), "AUDITOR_ROLE", "0", 90); /* another role has its own */
    h->block_number = 100;
    holders(VM_INSURER, acc(1), "\"1800000000\"", 1);
    holders(VM_AUDITOR, acc(1), "\"0\"", 1);
    decide(4, GRANT, acc(1), "INSURER_ROLE", "0"); /* held: the end is set */
    h->block_number += WAIT;
    holders(VM_INSURER, acc(1), "\"0\"", 1);
}

static void a_decided_role_is_there_for_those_who_write(void **state)
{
    const char *admin = role_json(VM_ADMIN), *nurse = role_json(VM_NURSE);
    (void)state;
    decide(4, GRANT, acc(1), "NURSE_ROLE", "0");
    decide(4, GRANT, acc(2), "ADMIN_ROLE", "0");
    decide(4, GRANT, acc(3), "ADMIN_ROLE", "0");
    h->block_number += WAIT;
    as(MEMBER(0));
    memhost_ok(h, AC, "grantRole", text("[%s,%s]", nurse, acc(1)), "null");
    memhost_logged(h, ""); /* held already */
    holders(VM_NURSE, acc(1), "\"0\"", 1);
    must(AC, "revokeRole", text("[%s,%s]", nurse, acc(1)));
    assert_int_equal(h->log_cnt, 1);
    holders(VM_NURSE, "", "", 0);
    must(GOV, "setAccounts", text("[[%s,%s],1]", acc(2), acc(3)));
    as(2);
    must(AC, "renounceRole", text("[%s,%s]", admin, acc(2))); /* account 3 is another */
    holders(VM_ADMIN, acc(3), "\"0\"", 1);
    as(3);
    memhost_reverts(h, AC, "renounceRole", text("[%s,%s]", admin, acc(3)),
                    "Cannot remove last admin");
    decide(4, REVOKE, acc(3), "ADMIN_ROLE", "0"); /* a vote knows no last admin */
    decide(4, REVOKE, GOV_ADDR, "DEFAULT_ADMIN_ROLE", "0");
    h->block_number += WAIT;
    holders(VM_ADMIN, "", "", 0);
    holders(VM_DEFAULT_ADMIN, "", "", 0);
}

static void a_vote_does_nothing_for_an_account_with_32_roles(void **state)
{
    char hex[65];
    (void)state;
    memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
    decide(4, GRANT, acc(1), "AUDITOR_ROLE", "0");
    decide(4, GRANT, acc(1), "INSURER_ROLE", "0");
    as(MEMBER(0));
    for (uint8_t i = 0; i < 31; i++) {
        const uint8_t role[32] = {0xee, i};
        mc_hex_encode(hex, role, sizeof role);
        must(AC, "grantRole", text("[\"0x%s\",%s]", hex, acc(1)));
    }
    h->block_number += WAIT;
    holders(VM_AUDITOR, acc(1), "\"0\"", 1); /* the 32nd */
    holders(VM_INSURER, "", "", 0);
    must(AC, "revokeRole", text("[\"0x%s\",%s]", hex, acc(1))); /* too late for the other */
    holders(VM_AUDITOR, acc(1), "\"0\"", 1);
    holders(VM_INSURER, "", "", 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, four, consortium_end)
    const struct CMUnitTest tests[] = {
        T(a_proposal_is_open_approved_and_effective),
        T(a_proposal_closes),
        T(only_its_proposer_withdraws_a_proposal),
        T(proposals_are_refused_in_the_order_of_the_interface),
        T(proposals_are_listed_newest_first),
        T(each_kind_needs_its_share),
        T(a_single_member_decides_at_once),
        T(a_vote_counts_against_the_members_of_the_moment),
        T(conditions_are_tested_again_on_approval),
        T(parameters_have_defaults_and_ranges),
        T(a_parameter_changes_at_its_height),
        T(everybody_may_send_once_the_chain_is_open),
        T(a_role_is_granted_and_revoked_by_vote),
        T(a_later_decision_replaces_one_that_does_not_count_yet),
        T(a_decided_role_is_there_for_those_who_write),
        T(a_vote_does_nothing_for_an_account_with_32_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
