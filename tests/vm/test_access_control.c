/* AccessControl, part 1: grants on single data items and the log of their use. */
#include "tests/vm/args_text.h"

#define M "AccessControl"

enum { PATIENT = 1, DOCTOR, ADMIN, STRANGER };

static struct memhost *h;

static int setup(void **state)
{
    (void)state;
    h = memhost_new();
    memhost_grant(h, memhost_account(PATIENT), VM_PATIENT);
    memhost_grant(h, memhost_account(DOCTOR), VM_DOCTOR);
    memhost_grant(h, memhost_account(ADMIN), VM_ADMIN);
    h->caller = memhost_account(PATIENT);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memhost_free(h);
    return 0;
}

static void as(uint32_t account)
{
    h->caller = memhost_account(account);
}

/* PATIENT, or whoever calls, grants `id` on data item d1 to DOCTOR for an hour. */
static void give(const char *id)
{
    memhost_ok(h, M, "grantAccess",
               text("[\"%s\",%s,\"d1\",\"LAB\",3600]", id, memhost_account_json(DOCTOR)), "null");
}

static void use(const char *id, const char *action)
{
    as(DOCTOR);
    memhost_ok(h, M, "logAccess", text("[\"%s\",\"%s\"]", id, action), "null");
    as(PATIENT);
}

/* ------------------------------------------------------------------ granting */

static void a_grant_is_stored_listed_and_announced(void **state)
{
    (void)state;
    give("g1");
    memhost_logged(h,
                   text("{\"event\":\"AccessGranted\",\"args\":{\"grantId\":\"%s\",\"grantor\":%s,"
                        "\"grantee\":%s,\"dataId\":\"d1\",\"expireTime\":\"1700003600\"}}\n",
                        topic("g1"), memhost_account_json(PATIENT), memhost_account_json(DOCTOR)));
    assert_int_equal(h->logs[0].topic_cnt, 4);
    assert_int_equal(h->logs[0].data.n, 4 * 32);
    const char *want =
        text("{\"dataId\":\"d1\",\"grantor\":%s,\"grantee\":%s,\"grantTime\":\"1700000000\","
             "\"expireTime\":\"1700003600\",\"isActive\":true,\"dataType\":\"LAB\"}",
             memhost_account_json(PATIENT), memhost_account_json(DOCTOR));
    memhost_ok(h, M, "getAccessGrant", "[\"g1\"]", want);
    memhost_ok(h, M, "accessGrants", "[\"g1\"]", want);
    memhost_ok(h, M, "accessGrants", "[\"none\"]",
               "{\"dataId\":\"\",\"grantor\":\"" ZERO_ADDR "\",\"grantee\":\"" ZERO_ADDR
               "\",\"grantTime\":\"0\",\"expireTime\":\"0\",\"isActive\":false,\"dataType\":\"\"}");
    memhost_ok(h, M, "getTotalGrants", "[]", "\"1\"");
    memhost_ok(h, M, "grantIds", "[0]", "\"g1\"");
    reverts_empty(h, M, "grantIds", "[1]");
}

static void a_grant_is_refused_in_the_order_of_the_interface(void **state)
{
    static const struct {
        const char *args, *reason;
    } rows[] = {
        {"[\"\",\"" ZERO_ADDR "\",\"\",\"\",0]", "Grant ID cannot be empty"},
        {"[\"g1\",\"" ZERO_ADDR "\",\"\",\"\",0]", "Grantee address cannot be zero"},
        {"[\"g1\",\"0x0000000000000000000000000000000000000001\",\"\",\"\",0]",
         "Data ID cannot be empty"},
        {"[\"g1\",\"0x0000000000000000000000000000000000000001\",\"d\",\"\",0]",
         "Duration must be greater than 0"},
        {"[\"g1\",\"0x0000000000000000000000000000000000000001\",\"d\",\"\","
         "\"0xffffffffffffffffffff"
         "ffffffffffffffffffffffffffffffffffffffffffff\"]",
         "Grant already exists"},
        {"[\"g2\",\"0x0000000000000000000000000000000000000001\",\"d\",\"\","
         "\"0xffffffffffffffffffff"
         "ffffffffffffffffffffffffffffffffffffffffffff\"]",
         "Panic(0x11)"},
    };
    (void)state;
    give("g1");
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        memhost_reverts(h, M, "grantAccess", rows[i].args, rows[i].reason);
    as(DOCTOR);
    memhost_reverts(h, M, "grantAccess", rows[0].args, "Missing role: ADMIN|PATIENT");
    as(ADMIN);
    give("g3");
    memhost_ok(h, M, "getTotalGrants", "[]", "\"2\"");
}

static void strings_have_limits(void **state)
{
    static const struct {
        size_t id, data, type;
        bool ok;
    } rows[] = {{128, 128, 64, true}, {129, 1, 1, false}, {1, 129, 1, false}, {1, 1, 65, false}};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const char *args =
            text("[\"%s\",%s,\"%s\",\"%s\",1]", longer(rows[i].id), memhost_account_json(DOCTOR),
                 longer(rows[i].data), longer(rows[i].type));
        if (rows[i].ok)
            memhost_ok(h, M, "grantAccess", args, "null");
        else
            memhost_reverts(h, M, "grantAccess", args, "String too long");
    }
    memhost_reverts(h, M, "revokeAccess", text("[\"%s\"]", longer(129)), "String too long");
    memhost_reverts(h, M, "logAccess", text("[\"%s\",\"a\"]", longer(129)), "String too long");
    memhost_reverts(h, M, "logAccess", text("[\"g\",\"%s\"]", longer(65)), "String too long");
}

/* 21000 and the calldata come on top: 612 bytes of arguments are below 10000. */
static void gas_at_the_string_limits_stays_inside_what_back_ends_send(void **state)
{
    struct mh_res r;
    const char *id = longer(128);
    (void)state;
    memhost_call(h, &r, M, "grantAccess",
                 text("[\"%s\",%s,\"%s\",\"%s\",3600]", id, memhost_account_json(DOCTOR),
                      longer(128), longer(64)));
    assert_int_equal(r.err, MC_OK);
    assert_in_range(r.gas_used, 15000, 200000 - 31000);
    memhost_call(h, &r, M, "revokeAccess", text("[\"%s\"]", id));
    assert_int_equal(r.err, MC_OK);
    assert_in_range(r.gas_used, 15000, 100000 - 31000);
}

/* ------------------------------------------------------------------ using and ending */

static void access_lasts_until_the_end_or_the_revocation(void **state)
{
    const char *mine = text("[\"g1\",%s]", memhost_account_json(DOCTOR));
    (void)state;
    give("g1");
    memhost_ok(h, M, "hasAccess", mine, "true");
    memhost_ok(h, M, "hasAccess", text("[\"g1\",%s]", memhost_account_json(PATIENT)), "false");
    memhost_ok(h, M, "isGrantExpired", "[\"g1\"]", "false");
    h->time_s += 3599;
    memhost_ok(h, M, "hasAccess", mine, "true");
    h->time_s += 1; /* the end is exclusive */
    memhost_ok(h, M, "hasAccess", mine, "false");
    memhost_ok(h, M, "isGrantExpired", "[\"g1\"]", "true");
    as(DOCTOR);
    memhost_reverts(h, M, "logAccess", "[\"g1\",\"\"]", "Grant has expired");
    as(PATIENT);
    give("g2");
    memhost_ok(h, M, "revokeAccess", "[\"g2\"]", "null");
    memhost_ok(h, M, "hasAccess", text("[\"g2\",%s]", memhost_account_json(DOCTOR)), "false");
    memhost_ok(h, M, "isGrantExpired", "[\"g2\"]", "false"); /* the flag does not matter */
    h->time_s += 7200;
    memhost_ok(h, M, "isGrantExpired", "[\"g2\"]", "true");
    as(DOCTOR);
    memhost_reverts(h, M, "logAccess", "[\"g2\",\"\"]", "Grant is not active");
}

static void unknown_grants_are_named(void **state)
{
    (void)state;
    memhost_reverts(h, M, "hasAccess", "[\"g\",\"" ZERO_ADDR "\"]", "Grant does not exist");
    memhost_reverts(h, M, "getAccessGrant", "[\"g\"]", "Grant does not exist");
    memhost_reverts(h, M, "isGrantExpired", "[\"g\"]", "Grant does not exist");
    memhost_reverts(h, M, "revokeAccess", "[\"g\"]", "Grant does not exist");
    memhost_reverts(h, M, "logAccess", "[\"g\",\"\"]", "Grant does not exist");
}

static void both_sides_may_revoke_again_and_again(void **state)
{
    static const uint32_t sides[] = {PATIENT, DOCTOR, DOCTOR};
    (void)state;
    give("g1");
    as(ADMIN);
    memhost_reverts(h, M, "revokeAccess", "[\"g1\"]",
                    "Only grantor or grantee can perform this action");
    for (size_t i = 0; i < MC_COUNT(sides); i++) {
        as(sides[i]);
        memhost_ok(h, M, "revokeAccess", "[\"g1\"]", "null");
        memhost_logged(h, text("{\"event\":\"AccessRevoked\",\"args\":{\"grantId\":\"%s\","
                               "\"revoker\":%s}}\n",
                               topic("g1"), memhost_account_json(sides[i])));
        assert_int_equal(h->logs[0].topic_cnt, 3);
    }
    memhost_ok(h, M, "getAccessGrant", "[\"g1\"]",
               text("{\"dataId\":\"d1\",\"grantor\":%s,\"grantee\":%s,\"grantTime\":\"1700000000\","
                    "\"expireTime\":\"1700003600\",\"isActive\":false,\"dataType\":\"LAB\"}",
                    memhost_account_json(PATIENT), memhost_account_json(DOCTOR)));
}

static const char *entry(uint32_t accessor, uint64_t time_s, const char *data, const char *action)
{
    return text("{\"accessor\":%s,\"accessTime\":\"%llu\",\"dataId\":\"%s\",\"action\":\"%s\"}",
                memhost_account_json(accessor), (unsigned long long)time_s, data, action);
}

static void each_use_is_logged_newest_first(void **state)
{
    (void)state;
    give("g1");
    memhost_ok(h, M, "grantAccess",
               text("[\"g2\",%s,\"d2\",\"\",60]", memhost_account_json(DOCTOR)), "null");
    memhost_reverts(h, M, "logAccess", "[\"g1\",\"\"]", "Only grantee can log access");
    as(DOCTOR);
    memhost_reverts(h, M, "logAccess", "[\"g1\",\"\"]", "Action cannot be empty");
    use("g1", "view");
    memhost_logged(h, text("{\"event\":\"AccessUsed\",\"args\":{\"grantId\":\"%s\",\"accessor\":%s,"
                           "\"action\":\"view\"}}\n",
                           topic("g1"), memhost_account_json(DOCTOR)));
    assert_int_equal(h->logs[0].topic_cnt, 3);
    h->time_s++;
    use("g2", "copy");
    h->time_s++;
    use("g1", "print");
    const char *a = entry(DOCTOR, 1700000000, "d1", "view");
    const char *b = entry(DOCTOR, 1700000001, "d2", "copy");
    const char *c = entry(DOCTOR, 1700000002, "d1", "print");
    memhost_ok(h, M, "getAccessLogs", "[2]", text("[%s,%s]", c, b));
    memhost_ok(h, M, "getAccessLogs", "[99999]", text("[%s,%s,%s]", c, b, a));
    memhost_ok(h, M, "getAccessLogs", "[0]", "[]");
    memhost_ok(h, M, "getAccessLogsPage", "[1,1]", text("{\"logs\":[%s],\"total\":\"3\"}", b));
    memhost_ok(h, M, "getAccessLogsPage", "[3,5]", "{\"logs\":[],\"total\":\"3\"}");
    memhost_ok(h, M, "getAccessLogsByData", "[\"d1\",0,9]",
               text("{\"logs\":[%s,%s],\"total\":\"2\"}", c, a));
    memhost_ok(h, M, "getAccessLogsByData", "[\"d1\",1,9]",
               text("{\"logs\":[%s],\"total\":\"2\"}", a));
    memhost_ok(h, M, "getAccessLogsByData", "[\"d9\",0,9]", "{\"logs\":[],\"total\":\"0\"}");
    memhost_ok(h, M, "accessLogs", "[0]", a);
    memhost_ok(h, M, "accessLogs", "[2]", c);
    reverts_empty(h, M, "accessLogs", "[3]");
    reverts_empty(h, M, "accessLogs",
                  "[\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"]");
}

static void a_log_that_is_too_long_is_refused_as_a_whole(void **state)
{
    struct mh_res r;
    (void)state;
    give("g1");
    for (uint32_t i = 0; i < MC_LIST_RESULT_MAX; i++)
        use("g1", "view");
    memhost_call(h, &r, M, "getAccessLogs", "[10001]");
    assert_int_equal(r.err, MC_OK);
    use("g1", "view");
    memhost_reverts(h, M, "getAccessLogs", "[10001]", "Result too large");
    memhost_call(h, &r, M, "getAccessLogs", "[10000]");
    assert_int_equal(r.err, MC_OK);
}

/* ------------------------------------------------------------------ lists */

static void grants_are_listed_by_both_sides_oldest_first(void **state)
{
    const char *by = memhost_account_json(PATIENT), *to = memhost_account_json(DOCTOR);
    (void)state;
    give("a");
    give("b");
    as(ADMIN);
    give("c");
    memhost_ok(h, M, "getPatientGrants", text("[%s]", by), "[\"a\",\"b\"]");
    memhost_ok(h, M, "getProviderAccesses", text("[%s]", to), "[\"a\",\"b\",\"c\"]");
    memhost_ok(h, M, "getPatientGrants", text("[%s]", to), "[]");
    memhost_ok(h, M, "patientGrants", text("[%s,1]", by), "\"b\"");
    memhost_ok(h, M, "providerAccesses", text("[%s,2]", to), "\"c\"");
    reverts_empty(h, M, "patientGrants", text("[%s,2]", by));
    reverts_empty(h, M, "providerAccesses", text("[%s,3]", to));
    memhost_ok(h, M, "getPatientGrantsPage", text("[%s,1,5]", by),
               "{\"ids\":[\"b\"],\"total\":\"2\"}");
    memhost_ok(h, M, "getProviderAccessesPage", text("[%s,0,2]", to),
               "{\"ids\":[\"a\",\"b\"],\"total\":\"3\"}");
}

/* ------------------------------------------------------------------ instances */

static void an_instance_keeps_its_own_grants_and_asks_the_well_known_roles(void **state)
{
    struct mc_addr self = memhost_account(77);
    struct mh_res r;
    (void)state;
    give("g1");
    memhost_create(h, &r, M, self);
    assert_int_equal(r.err, MC_OK);
    assert_int_equal(h->log_cnt, 0);
    memhost_call_at(h, &r, M, self, "getTotalGrants", "[]");
    assert_string_equal(r.json, "\"0\"");
    memhost_call_at(h, &r, M, self, "grantAccess",
                    text("[\"g1\",%s,\"d\",\"\",1]", memhost_account_json(DOCTOR)));
    assert_int_equal(r.err, MC_OK);
    as(STRANGER); /* ADMIN of an instance of its own only */
    memhost_create(h, &r, M, memhost_account(78));
    assert_int_equal(r.err, MC_OK);
    memhost_call_at(h, &r, M, memhost_account(78), "grantAccess",
                    text("[\"g1\",%s,\"d\",\"\",1]", memhost_account_json(DOCTOR)));
    assert_string_equal(r.reason, "Missing role: ADMIN|PATIENT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_grant_is_stored_listed_and_announced, setup, teardown),
        cmocka_unit_test_setup_teardown(a_grant_is_refused_in_the_order_of_the_interface, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(strings_have_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(gas_at_the_string_limits_stays_inside_what_back_ends_send,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(access_lasts_until_the_end_or_the_revocation, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(unknown_grants_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(both_sides_may_revoke_again_and_again, setup, teardown),
        cmocka_unit_test_setup_teardown(each_use_is_logged_newest_first, setup, teardown),
        cmocka_unit_test_setup_teardown(a_log_that_is_too_long_is_refused_as_a_whole, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(grants_are_listed_by_both_sides_oldest_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            an_instance_keeps_its_own_grants_and_asks_the_well_known_roles, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
