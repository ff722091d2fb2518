/* Governance: the validator set by height. */
#include "tests/vm/consortium.h"
#include "vm/frame.h"
#include "vm/guard.h"

enum { REMOVE_MEMBER = 2, REPLACE_MEMBER, ADD, REMOVE, ROTATE = 12 };

/* 01 00 .. 00: the neutral element of the curve. */
#define IDENTITY "\"0x100000000000000000000000000000000000000000000000000000000000000\""

static int four(void **state)
{
    (void)state;
    consortium(4, 3);
    as(MEMBER(0));
    return 0;
}

static const char *validator(uint32_t account, uint8_t seed_byte, uint32_t member, uint64_t since)
{
    return text("{\"account\":%s,\"publicKey\":%s,\"member\":%s,\"sinceHeight\":\"%llu\"}",
                acc(account), key_json(seed_byte), acc(member), (unsigned long long)since);
}

static void set_is(const char *accounts)
{
    memhost_ok(h, GOV, "getValidators", "[]", text("[%s]", accounts));
}

static void is_validator(uint32_t account, bool yes)
{
    memhost_ok(h, GOV, "isValidator", text("[%s]", acc(account)), yes ? "true" : "false");
}

static void refused(uint32_t kind, uint32_t account, const char *key, const char *reason)
{
    as(MEMBER(0));
    memhost_reverts(h, GOV, "propose", motion(kind, acc(account), "", key, 0), reason);
}

/* effectiveHeight of a proposal. */
static uint64_t effective(uint32_t id)
{
    const char *at = strstr(must(GOV, "getProposal", text("[%u]", id)), "\"effectiveHeight\":\"");
    assert_non_null(at);
    return strtoull(at + strlen("\"effectiveHeight\":\""), NULL, 10);
}

/* ------------------------------------------------------------------ the set */

static void block_0_has_the_validators_of_the_genesis(void **state)
{
    (void)state;
    h->block_number = 0;
    set_is(text("%s,%s,%s", acc(VALIDATOR(0)), acc(VALIDATOR(1)), acc(VALIDATOR(2))));
    memhost_ok(h, GOV, "getValidatorSet", "[]",
               text("[%s,%s,%s]", validator(VALIDATOR(0), 1, MEMBER(0), 0),
                    validator(VALIDATOR(1), 2, MEMBER(1), 0),
                    validator(VALIDATOR(2), 3, MEMBER(2), 0)));
    is_validator(VALIDATOR(0), true);
    is_validator(MEMBER(0), false);
}

static void a_validator_is_added_at_its_height(void **state)
{
    (void)state;
    refused(ADD, VALIDATOR(1), "0", "Already a validator");
    refused(ADD, 50, "0", "Invalid validator key");
    refused(ADD, 50, "1",
            "Invalid validator key"); /* the identity's encoding is reversed: no point */
    refused(ADD, 50, key_num(2), "Invalid validator key"); /* somebody's */
    decide(4, ADD, acc(50), "", key_num(9));
    refused(ADD, 50, key_num(8), "Already a validator");
    refused(ADD, 51, key_num(9), "Invalid validator key"); /* the approval uses it */
    refused(REMOVE, 50, "0", "Not a validator");
    refused(ROTATE, 50, key_num(8), "Not a validator");
    refused(REMOVE_MEMBER, MEMBER(0), "0", "Change already pending");
    h->block_number = WAIT;
    is_validator(50, false);
    h->block_number = WAIT + 1;
    is_validator(50, true);
    set_is(text("%s,%s,%s,%s", acc(50), acc(VALIDATOR(0)), acc(VALIDATOR(1)), acc(VALIDATOR(2))));
    memhost_ok(h, GOV, "getMember", text("[%s]", acc(MEMBER(0))),
               text("{\"account\":%s,\"name\":\"Hospital 0\",\"sinceBlock\":\"0\",\"active\":true,"
                    "\"accounts\":\"1\",\"validators\":[%s,%s]}",
                    acc(MEMBER(0)), acc(50), acc(VALIDATOR(0))));
}

static void a_validator_is_removed_at_its_height_and_may_return_with_a_new_key(void **state)
{
    (void)state;
    refused(REMOVE, 50, "0", "Not a validator");
    decide(4, REMOVE, acc(VALIDATOR(1)), "", "0");
    refused(REMOVE, VALIDATOR(1), "0", "Change already pending");
    refused(ROTATE, VALIDATOR(1), key_num(9), "Change already pending");
    refused(ADD, VALIDATOR(1), key_num(9), "Already a validator");
    refused(REMOVE_MEMBER, MEMBER(1), "0", "Change already pending");
    h->block_number = WAIT;
    is_validator(VALIDATOR(1), true);
    h->block_number = WAIT + 1;
    set_is(text("%s,%s", acc(VALIDATOR(0)), acc(VALIDATOR(2))));
    refused(REMOVE, VALIDATOR(1), "0", "Not a validator");
    refused(ADD, VALIDATOR(1), key_num(2), "Invalid validator key"); /* a key never returns */
    decide(4, ADD, acc(VALIDATOR(1)), "", key_num(9));
    is_validator(VALIDATOR(1), false);
    h->block_number += WAIT;
    set_is(text("%s,%s,%s", acc(VALIDATOR(0)), acc(VALIDATOR(1)), acc(VALIDATOR(2))));
    memhost_ok(h, GOV, "getValidatorSet", "[]",
               text("[%s,%s,%s]", validator(VALIDATOR(0), 1, MEMBER(0), 0),
                    validator(VALIDATOR(1), 9, MEMBER(0), h->block_number),
                    validator(VALIDATOR(2), 3, MEMBER(2), 0)));
}

static void a_key_rotates_at_its_height(void **state)
{
    (void)state;
    refused(ROTATE, VALIDATOR(0), key_num(1), "Invalid validator key");
    refused(ROTATE, VALIDATOR(0), "5", "Invalid validator key");
    decide(4, ROTATE, acc(VALIDATOR(0)), "", key_num(9));
    refused(ROTATE, VALIDATOR(0), key_num(8), "Change already pending");
    refused(REMOVE, VALIDATOR(0), "0", "Change already pending");
    refused(ROTATE, VALIDATOR(1), key_num(9), "Invalid validator key");
    h->block_number = WAIT;
    memhost_ok(h, GOV, "getValidatorSet", "[]",
               text("[%s,%s,%s]", validator(VALIDATOR(0), 1, MEMBER(0), 0),
                    validator(VALIDATOR(1), 2, MEMBER(1), 0),
                    validator(VALIDATOR(2), 3, MEMBER(2), 0)));
    h->block_number = WAIT + 1;
    memhost_ok(h, GOV, "getValidatorSet", "[]",
               text("[%s,%s,%s]", validator(VALIDATOR(0), 9, MEMBER(0), WAIT + 1),
                    validator(VALIDATOR(1), 2, MEMBER(1), 0),
                    validator(VALIDATOR(2), 3, MEMBER(2), 0)));
    refused(ROTATE, VALIDATOR(1), key_num(1), "Invalid validator key"); /* nor the former one */
}

static void one_validator_always_stays(void **state)
{
    (void)state;
    decide(4, REMOVE, acc(VALIDATOR(0)), "", "0");
    decide(4, ADD, acc(50), "", key_num(9)); /* does not count before its height */
    decide(4, REMOVE, acc(VALIDATOR(1)), "", "0");
    refused(REMOVE, VALIDATOR(2), "0", "Validator set too small");
    refused(REMOVE_MEMBER, MEMBER(2), "0", "Validator set too small");
    h->block_number += WAIT + 3;
    set_is(text("%s,%s", acc(50), acc(VALIDATOR(2))));
    decide(4, REMOVE, acc(VALIDATOR(2)), "", "0");
    h->block_number += WAIT;
    set_is(acc(50));
    refused(REMOVE, 50, "0", "Validator set too small");
}

/* ------------------------------------------------------------------ heights of their own */

static void each_change_of_the_set_has_a_height_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(effective(decide_at(4, ADD, acc(50), "", key_num(9), 100)), 100);
    assert_int_equal(effective(decide_at(4, REMOVE, acc(VALIDATOR(0)), "", "0", 102)), 102);
    assert_int_equal(effective(decide_at(4, ADD, acc(51), "", key_num(10), 100)), 101);
    assert_int_equal(effective(decide_at(4, ROTATE, acc(VALIDATOR(1)), "", key_num(11), 100)), 103);
    assert_int_equal(effective(decide_at(4, ADD, acc(52), "", key_num(12), 99)), 99);
    assert_int_equal(effective(decide_at(4, REMOVE_MEMBER, acc(MEMBER(2)), "", "0", 101)), 104);
    /* A member without validators changes nothing in the set, nor does a parameter. */
    assert_int_equal(effective(decide_at(3, REMOVE_MEMBER, acc(MEMBER(3)), "", "0", 100)), 100);
    h->block_number = 99;
    set_is(text("%s,%s,%s,%s", acc(52), acc(VALIDATOR(0)), acc(VALIDATOR(1)), acc(VALIDATOR(2))));
    h->block_number = 102;
    set_is(text("%s,%s,%s,%s,%s", acc(50), acc(51), acc(52), acc(VALIDATOR(1)), acc(VALIDATOR(2))));
    h->block_number = 104;
    set_is(text("%s,%s,%s,%s", acc(50), acc(51), acc(52), acc(VALIDATOR(1))));
}

static void a_height_that_no_block_has_never_counts(void **state)
{
    static const char max[] =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    uint32_t id;
    (void)state;
    id = (uint32_t)strtoul(
        must(GOV, "propose", text("[5,%s,\"\",0,\"\",\"%s\"]", acc(VALIDATOR(1)), max)) + 1, NULL,
        10);
    for (uint32_t i = 1; i < 3; i++)
        vote(i, id, true);
    assert_non_null(strstr(must(GOV, "getProposal", text("[%u]", id)),
                           text("\"effectiveHeight\":\"%s\"", max)));
    h->block_number = UINT64_MAX - 200000;
    is_validator(VALIDATOR(1), true);
    as(MEMBER(0)); /* the height is taken, and none comes after it */
    must(GOV, "propose", text("[5,%s,\"\",0,\"\",\"%s\"]", acc(VALIDATOR(2)), max));
    as(MEMBER(1));
    must(GOV, "vote", "[2,true]");
    as(MEMBER(2));
    memhost_reverts(h, GOV, "vote", "[2,true]", "Panic(0x11)");
}

static void a_member_takes_its_validators_along(void **state)
{
    (void)state;
    decide(4, ADD, acc(50), "", key_num(9)); /* a second one of member 0 */
    h->block_number += WAIT;
    decide(4, REMOVE_MEMBER, acc(MEMBER(0)), "", "0");
    refused(ADD, 51, key_num(10), "Change already pending"); /* of the proposer's member */
    refused(REMOVE, 50, "0", "Change already pending");
    h->block_number += WAIT - 1;
    is_validator(50, true);
    h->block_number += 1;
    set_is(text("%s,%s", acc(VALIDATOR(1)), acc(VALIDATOR(2))));
}

static void an_approval_needs_a_proposer_that_is_still_there(void **state)
{
    uint32_t add;
    (void)state;
    add = propose_at(ADD, acc(50), "", key_num(9), 0);
    decide(4, REMOVE_MEMBER, acc(MEMBER(0)), "", "0");
    vote(1, add, true);
    as(MEMBER(2));
    memhost_reverts(h, GOV, "vote", text("[%u,true]", add), "Change already pending");
    h->block_number += WAIT;
    memhost_reverts(h, GOV, "vote", text("[%u,true]", add), "Not a member");
}

static void a_hundred_validators_are_enough(void **state)
{
    (void)state;
    memhost_free(h);
    consortium(1, 1);
    as(MEMBER(0));
    for (uint32_t i = 0; i < 99; i++)
        must(GOV, "propose", motion(ADD, acc(300 + i), "", key_num((uint8_t)(100 + i)), 0));
    refused(ADD, 500, "0", "Invalid validator key");
    refused(ADD, 500, key_num(99), "Too many validators"); /* announced ones count */
    h->block_number += WAIT + 100;
    must(GOV, "propose", motion(REMOVE, acc(300), "", "0", 0));
    refused(ADD, 500, key_num(99), "Too many validators"); /* still there */
    h->block_number += WAIT;
    must(GOV, "propose", motion(ADD, acc(500), "", key_num(99), 0));
    h->block_number += WAIT;
    is_validator(500, true);
    is_validator(300, false);
    refused(ADD, 501, key_num(98), "Too many validators");
}

/* ------------------------------------------------------------------ the node's question */

static void the_node_sees_the_set_that_decides_the_next_block(void **state)
{
    struct vm_genesis_validator set[4];
    struct vm_env env = {&h->host, &VM_GAS_DEFAULT, 0, 1700000000, &h->arena};
    struct mc_addr added = memhost_account(50);
    uint8_t key[32];
    uint32_t cnt;
    (void)state;
    decide_at(4, ADD, acc(50), "", key_num(9), 60);
    env.block_number = 59; /* decides 60 */
    assert_int_equal(vm_validators_at(set, 4, &cnt, &env), MC_OK);
    assert_int_equal(cnt, 3);
    env.block_number = 60; /* decides 61 */
    assert_int_equal(vm_validators_at(set, 4, &cnt, &env), MC_OK);
    assert_int_equal(cnt, 4);
    assert_true(mc_addr_eq(&set[0].account, &added));
    validator_key(key, 9);
    assert_memory_equal(set[0].public_key, key, sizeof key);
    assert_int_equal(set[0].member_i, 0);
    assert_int_equal(set[3].member_i, 2);
    assert_int_equal(vm_validators_at(set, 2, &cnt, &env), MC_OK);
    assert_int_equal(cnt, 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, four, consortium_end)
    const struct CMUnitTest tests[] = {
        T(block_0_has_the_validators_of_the_genesis),
        T(a_validator_is_added_at_its_height),
        T(a_validator_is_removed_at_its_height_and_may_return_with_a_new_key),
        T(a_key_rotates_at_its_height),
        T(one_validator_always_stays),
        T(each_change_of_the_set_has_a_height_of_its_own),
        T(a_height_that_no_block_has_never_counts),
        T(a_member_takes_its_validators_along),
        T(an_approval_needs_a_proposer_that_is_still_there),
        T(a_hundred_validators_are_enough),
        T(the_node_sees_the_set_that_decides_the_next_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
