/* MedicalRecordHash: what was true when, where a hash was ever carried, and chains of replacement. */
#include "tests/vm/args_text.h"

#define M "MedicalRecordHash"

static struct memhost *h;

static int setup(void **state)
{
    (void)state;
    h = memhost_new();
    h->caller = memhost_account(1);
    memhost_grant(h, h->caller, VM_NURSE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memhost_free(h);
    return 0;
}

static void create(const char *id, const char *patient, const char *hash)
{
    memhost_ok(h, M, "createRecord", text("[\"%s\",\"%s\",\"d\",\"t\",\"%s\"]", id, patient, hash),
               "null");
}

static void modify(const char *id, const char *hash)
{
    memhost_ok(h, M, "modifyRecord", text("[\"%s\",\"%s\",\"why\"]", id, hash), "null");
}

static void at_time(const char *hash, uint64_t time_s, const char *want)
{
    memhost_ok(h, M, "verifyHashAtTime",
               text("[\"r\",\"%s\",%llu]", hash, (unsigned long long)time_s), want);
}

static void at_block(const char *hash, uint64_t block, const char *want)
{
    memhost_ok(h, M, "verifyHashAtBlock",
               text("[\"r\",\"%s\",%llu]", hash, (unsigned long long)block), want);
}

static void the_hash_of_any_past_time_is_known(void **state)
{
    (void)state;
    h->time_s = 1000;
    h->block_number = 10;
    create("r", "p", "h0");
    at_time("h0", 999, "false");
    at_time("h0", 1000, "true");
    at_block("h0", 9, "false");
    at_block("h0", 10, "true");
    /* Eight changes, 100 s and 10 blocks apart. */
    for (uint32_t i = 1; i <= 8; i++) {
        h->time_s += 100;
        h->block_number += 10;
        modify("r", text("h%u", i));
    }
    for (uint32_t i = 0; i <= 8; i++) {
        char hash[8];
        uint64_t time_s = 1000 + 100 * i, block = 10 + 10 * i;
        snprintf(hash, sizeof hash, "h%u", i);
        at_time(hash, time_s - 1, "false");
        at_time(hash, time_s, "true");
        at_time(hash, i == 8 ? h->time_s : time_s + 99, "true");
        at_block(hash, block - 1, "false");
        at_block(hash, block, "true");
        at_block(hash, i == 8 ? h->block_number : block + 9, "true");
        if (i < 8) {
            at_time(hash, time_s + 100, "false");
            at_block(hash, block + 10, "false");
        }
    }
}

static void of_two_changes_at_one_time_the_later_counts(void **state)
{
    (void)state;
    h->time_s = 1000;
    create("r", "p", "h0");
    modify("r", "h1");
    modify("r", "h2");
    h->time_s = 2000;
    h->block_number = 5;
    at_time("h0", 1000, "false");
    at_time("h1", 1000, "false");
    at_time("h2", 1000, "true");
    at_block("h0", 1, "false");
    at_block("h2", 1, "true");
}

static void the_end_of_a_record_counts_from_its_own_second(void **state)
{
    (void)state;
    h->time_s = 1000;
    h->block_number = 1;
    create("r", "p", "h0");
    h->time_s = 2000;
    h->block_number = 7;
    memhost_ok(h, M, "deactivateRecord", "[\"r\"]", "null");
    h->time_s = 3000;
    h->block_number = 9;
    at_time("h0", 1999, "true");
    at_time("h0", 2000, "false");
    at_time("h0", 3000, "false");
    at_block("h0", 6, "true");
    at_block("h0", 7, "false");
}

static void the_future_is_refused(void **state)
{
    static const char max[] =
        "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"";
    (void)state;
    create("r", "p", "h0");
    memhost_reverts(h, M, "verifyHashAtTime", "[\"r\",\"h0\",1700000001]", "Time is in the future");
    memhost_reverts(h, M, "verifyHashAtBlock", "[\"r\",\"h0\",2]", "Block is in the future");
    memhost_reverts(h, M, "verifyHashAtTime", text("[\"r\",\"h0\",%s]", max),
                    "Time is in the future");
    memhost_reverts(h, M, "verifyHashAtBlock", text("[\"r\",\"h0\",%s]", max),
                    "Block is in the future");
}

static void a_search_reads_few_versions(void **state)
{
    struct mh_res r;
    (void)state;
    h->time_s = 1000;
    create("r", "p", "h0");
    for (uint32_t i = 1; i <= 300; i++) {
        h->time_s++;
        modify("r", text("h%u", i));
    }
    memhost_call(h, &r, M, "verifyHashAtTime", "[\"r\",\"h123\",1123]");
    assert_string_equal(r.json, "true");
    assert_true(r.gas_used <= (1 + 10) * VM_GAS_DEFAULT.view_load);
}

static void versions_start_with_the_hash_of_creation(void **state)
{
    (void)state;
    create("r", "p", "h0");
    const char *v0 =
        text("{\"hashValue\":\"h0\",\"timestamp\":\"1700000000\",\"blockNumber\":\"1\","
             "\"author\":%s,\"reason\":\"\"}",
             memhost_account_json(1));
    memhost_ok(h, M, "getVersions", "[\"r\",0,10]",
               text("{\"versions\":[%s],\"total\":\"1\"}", v0));
    h->time_s += 5;
    h->block_number = 3;
    h->caller = memhost_account(2);
    memhost_grant(h, h->caller, VM_DOCTOR);
    modify("r", "h1");
    const char *v1 =
        text("{\"hashValue\":\"h1\",\"timestamp\":\"1700000005\",\"blockNumber\":\"3\","
             "\"author\":%s,\"reason\":\"why\"}",
             memhost_account_json(2));
    memhost_ok(h, M, "getVersions", "[\"r\",0,10]",
               text("{\"versions\":[%s,%s],\"total\":\"2\"}", v0, v1));
    memhost_ok(h, M, "getVersions", "[\"r\",1,1]", text("{\"versions\":[%s],\"total\":\"2\"}", v1));
    memhost_ok(h, M, "getVersions", "[\"r\",2,1]", "{\"versions\":[],\"total\":\"2\"}");
    memhost_ok(h, M, "getVersions", "[\"r\",0,0]", "{\"versions\":[],\"total\":\"2\"}");
}

static void a_hash_lists_each_record_once_in_order_of_first_carrying(void **state)
{
    (void)state;
    create("a", "p", "x");
    create("b", "p", "y");
    modify("b", "x");
    modify("b", "z");
    modify("b", "x"); /* a second time */
    modify("a", "y");
    modify("a", "x"); /* back to the hash of its creation */
    modify("b", "y"); /* likewise */
    modify("b", "y"); /* no change at all is a version all the same */
    memhost_ok(h, M, "getRecordsByHash", "[\"x\",0,10]", "{\"ids\":[\"a\",\"b\"],\"total\":\"2\"}");
    memhost_ok(h, M, "getRecordsByHash", "[\"y\",0,10]", "{\"ids\":[\"b\",\"a\"],\"total\":\"2\"}");
    memhost_ok(h, M, "getRecordsByHash", "[\"z\",0,10]", "{\"ids\":[\"b\"],\"total\":\"1\"}");
    memhost_ok(h, M, "getVersions", "[\"b\",0,0]", "{\"versions\":[],\"total\":\"6\"}");
}

/* ------------------------------------------------------------------ chains */

static void chain_is(const char *id, const char *before, const char *after, const char *head)
{
    memhost_ok(h, M, "getSupersession", text("[\"%s\"]", id),
               text("{\"supersedes\":\"%s\",\"supersededBy\":\"%s\",\"head\":\"%s\"}", before,
                    after, head));
}

static void a_chain_links_both_ways_and_knows_its_head(void **state)
{
    (void)state;
    create("a", "p", "1");
    create("b", "p", "2");
    create("c", "p", "3");
    chain_is("a", "", "", "a");
    memhost_ok(h, M, "supersedeRecord", "[\"a\",\"b\",\"wrong side\"]", "null");
    memhost_logged(h, text("{\"event\":\"RecordDeactivated\",\"args\":{\"recordId\":\"%s\","
                           "\"deactivator\":%s}}\n"
                           "{\"event\":\"RecordSuperseded\",\"args\":{\"oldRecordKey\":\"%s\","
                           "\"newRecordKey\":\"%s\",\"oldRecordId\":\"a\",\"newRecordId\":\"b\","
                           "\"supersededBy\":%s,\"reason\":\"wrong side\"}}\n",
                           topic("a"), memhost_account_json(1), topic("a"), topic("b"),
                           memhost_account_json(1)));
    assert_int_equal(h->logs[1].topic_cnt, 3);
    chain_is("a", "", "b", "b");
    chain_is("b", "a", "", "b");
    memhost_ok(h, M, "supersedeRecord", "[\"b\",\"c\",\"again\"]", "null");
    chain_is("a", "", "b", "c");
    chain_is("b", "a", "c", "c");
    chain_is("c", "b", "", "c");
    memhost_reverts(h, M, "verifyHash", "[\"b\",\"2\"]", "Record is not active");
    memhost_ok(h, M, "verifyHash", "[\"c\",\"3\"]", "true");
}

static void the_head_costs_the_same_however_long_the_chain(void **state)
{
    struct mh_res r;
    (void)state;
    create("c0", "p", "h");
    for (uint32_t i = 1; i <= 50; i++) {
        create(text("c%u", i), "p", "h");
        memhost_ok(h, M, "supersedeRecord", text("[\"c%u\",\"c%u\",\"next\"]", i - 1, i), "null");
    }
    memhost_call(h, &r, M, "getSupersession", "[\"c0\"]");
    assert_string_equal(r.json, "{\"supersedes\":\"\",\"supersededBy\":\"c1\",\"head\":\"c50\"}");
    assert_int_equal(r.gas_used, 2 * VM_GAS_DEFAULT.view_load);
    chain_is("c25", "c24", "c26", "c50");
}

static void replacement_checks_in_order(void **state)
{
    (void)state;
    create("a", "p", "1");
    create("b", "p", "2");
    create("c", "p", "3");
    create("d", "p", "4");
    create("other", "q", "5");
    create("ended", "q", "6");
    memhost_ok(h, M, "deactivateRecord", "[\"ended\"]", "null");
    memhost_ok(h, M, "supersedeRecord", "[\"c\",\"d\",\"r\"]", "null"); /* c ended, d is a head */

    memhost_reverts(h, M, "supersedeRecord", "[\"x\",\"ended\",\"\"]", "Record does not exist");
    memhost_reverts(h, M, "supersedeRecord", "[\"ended\",\"x\",\"\"]", "Record does not exist");
    memhost_reverts(h, M, "supersedeRecord", "[\"ended\",\"ended\",\"\"]", "Record is not active");
    memhost_reverts(h, M, "supersedeRecord", "[\"a\",\"ended\",\"\"]", "Record is not active");
    memhost_reverts(h, M, "supersedeRecord", "[\"d\",\"d\",\"\"]", "Cannot supersede itself");
    memhost_reverts(h, M, "supersedeRecord", "[\"other\",\"d\",\"\"]", "Patient mismatch");
    memhost_reverts(h, M, "supersedeRecord", "[\"a\",\"d\",\"\"]",
                    "Record already supersedes another");
    memhost_reverts(h, M, "supersedeRecord", "[\"a\",\"b\",\"\"]", "Reason cannot be empty");
    memhost_reverts(h, M, "supersedeRecord", text("[\"a\",\"b\",\"%s\"]", longer(2049)),
                    "String too long");
    chain_is("a", "", "", "a");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_hash_of_any_past_time_is_known),
        T(of_two_changes_at_one_time_the_later_counts),
        T(the_end_of_a_record_counts_from_its_own_second),
        T(the_future_is_refused),
        T(a_search_reads_few_versions),
        T(versions_start_with_the_hash_of_creation),
        T(a_hash_lists_each_record_once_in_order_of_first_carrying),
        T(a_chain_links_both_ways_and_knows_its_head),
        T(the_head_costs_the_same_however_long_the_chain),
        T(replacement_checks_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
