/* AccessControl, part 2: roles, their ends and administrators, suspension, own accounts, instances. */
#include "tests/vm/consortium.h"

enum {
    NURSE = 1, /* of member 0 */
    CLERK,     /* of member 0 */
    OTHER,     /* of member 1 */
    FREE       /* of no member */
};
#define APP_ROLE "\"0x00000000000000000000000000000000000000000000000000000000000000a1\""
#define NO_ROLE  "\"0x0000000000000000000000000000000000000000000000000000000000000000\""

/* Two hospitals and their staff; the caller is member 0. */
static int setup(void **state)
{
    (void)state;
    consortium(2, 1);
    as(MEMBER(1));
    must(GOV, "setAccounts", text("[[%s],1]", acc(OTHER)));
    as(MEMBER(0));
    must(GOV, "setAccounts", text("[[%s,%s],1]", acc(NURSE), acc(CLERK)));
    return 0;
}

static const char *ra(const char *role, uint32_t account)
{
    return text("[%s,%s]", role, acc(account));
}

static const char *rae(const char *role, uint32_t account, uint64_t expiry)
{
    return text("[%s,%s,%llu]", role, acc(account), (unsigned long long)expiry);
}

static const char *role_event(const char *event, const char *role, uint32_t account,
                              uint32_t sender)
{
    return text("{\"event\":\"%s\",\"args\":{\"role\":%s,\"account\":%s,\"sender\":%s}}\n", event,
                role, acc(account), acc(sender));
}

static const char *expiry_event(const char *role, uint32_t account, uint64_t expiry)
{
    return text("{\"event\":\"RoleExpirySet\",\"args\":{\"role\":%s,\"account\":%s,\"expiresAt\":"
                "\"%llu\"}}\n",
                role, acc(account), (unsigned long long)expiry);
}

/* ------------------------------------------------------------------ grants */

static void a_role_without_end_is_granted_once(void **state)
{
    const char *role = role_json(VM_NURSE);
    (void)state;
    memhost_ok(h, AC, "grantRole", ra(role, NURSE), "null");
    memhost_logged(h, role_event("RoleGranted", role, NURSE, MEMBER(0)));
    assert_int_equal(h->logs[0].topic_cnt, 4);
    memhost_ok(h, AC, "hasRole", ra(role, NURSE), "true");
    memhost_ok(h, AC, "getRoleExpiry", ra(role, NURSE), "\"0\"");
    memhost_ok(h, AC, "grantRole", ra(role, NURSE), "null");
    memhost_logged(h, "");
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", role), "\"1\"");
    memhost_ok(h, AC, "getRoleMember", text("[%s,0]", role), acc(NURSE));
    reverts_empty(h, AC, "getRoleMember", text("[%s,1]", role));
    memhost_ok(h, AC, "getAccountRoles", text("[%s]", acc(NURSE)),
               text("{\"roles\":[%s],\"expiries\":[\"0\"]}", role));
}

static void a_role_until_a_time_counts_until_then(void **state)
{
    const char *role = role_json(VM_NURSE);
    uint64_t end = h->time_s + 100;
    (void)state;
    memhost_reverts(h, AC, "grantRoleUntil", rae(role, NURSE, h->time_s),
                    "Expiry must be in the future");
    memhost_reverts(h, AC, "grantRoleUntil", rae(role, NURSE, 0), "Expiry must be in the future");
    memhost_ok(h, AC, "grantRoleUntil", rae(role, NURSE, end), "null");
    memhost_logged(h, text("%s%s", role_event("RoleGranted", role, NURSE, MEMBER(0)),
                           expiry_event(role, NURSE, end)));
    h->time_s = end - 1;
    memhost_ok(h, AC, "hasRole", ra(role, NURSE), "true");
    memhost_ok(h, AC, "getRoleExpiry", ra(role, NURSE), text("\"%llu\"", (unsigned long long)end));
    h->time_s = end;
    memhost_ok(h, AC, "hasRole", ra(role, NURSE), "false");
    memhost_ok(h, AC, "getRoleExpiry", ra(role, NURSE), "\"1\"");
    memhost_ok(h, AC, "getAccountRoles", text("[%s]", acc(NURSE)),
               "{\"roles\":[],\"expiries\":[]}");
    /* Not dropped yet: counted and listed. */
    memhost_ok(h, AC, "getRoleMembers", text("[%s,0,9]", role),
               text("{\"accounts\":[%s],\"expiries\":[\"%llu\"],\"total\":\"1\"}", acc(NURSE),
                    (unsigned long long)end));
    memhost_ok(h, AC, "grantRole", ra(role, NURSE), "null"); /* dropped silently, counts as new */
    memhost_logged(h, role_event("RoleGranted", role, NURSE, MEMBER(0)));
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", role), "\"1\"");
}

static void an_end_can_be_moved_and_removed(void **state)
{
    const char *role = role_json(VM_NURSE);
    uint64_t end = h->time_s + 100;
    (void)state;
    must(AC, "grantRoleUntil", rae(role, NURSE, end));
    memhost_ok(h, AC, "grantRoleUntil", rae(role, NURSE, end + 5), "null");
    memhost_logged(h, expiry_event(role, NURSE, end + 5));
    memhost_ok(h, AC, "grantRole", ra(role, NURSE), "null");
    memhost_logged(h, expiry_event(role, NURSE, 0));
    memhost_ok(h, AC, "grantRoleUntil", rae(role, NURSE, end), "null");
    memhost_logged(h, expiry_event(role, NURSE, end));
}

static void an_expired_role_is_dropped_silently(void **state)
{
    const char *role = role_json(VM_NURSE);
    (void)state;
    must(AC, "grantRoleUntil", rae(role, NURSE, h->time_s + 1));
    must(AC, "grantRoleUntil", rae(role, CLERK, h->time_s + 1));
    h->time_s += 1;
    memhost_ok(h, AC, "revokeRole", ra(role, NURSE), "null");
    memhost_logged(h, "");
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", role), "\"1\"");
    as(CLERK);
    memhost_ok(h, AC, "renounceRole", ra(role, CLERK), "null");
    memhost_logged(h, "");
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", role), "\"0\"");
    as(MEMBER(0));
    memhost_ok(h, AC, "revokeRole", ra(role, NURSE), "null"); /* not held: nothing */
    memhost_logged(h, "");
}

static void thirty_two_roles_are_enough(void **state)
{
    char hex[65];
    (void)state;
    memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
    for (uint8_t i = 0; i <= 32; i++) {
        struct mc_hash role = {{0xee, i}};
        const char *json;
        mc_hex_encode(hex, role.b, sizeof role.b);
        json = text("\"0x%s\"", hex);
        if (i == 32) {
            memhost_reverts(h, AC, "grantRole", ra(json, NURSE), "Too many roles");
            memhost_reverts(h, AC, "grantRoleUntil", rae(json, NURSE, 0), "Too many roles");
        } else {
            must(AC, "grantRoleUntil", rae(json, NURSE, h->time_s + (i == 7 ? 1 : 1000)));
        }
    }
    h->time_s += 1; /* the eighth is over, but not dropped */
    memhost_reverts(h, AC, "grantRole", ra(APP_ROLE, NURSE), "Too many roles");
    mc_hex_encode(hex, (const uint8_t[32]){0xee, 7}, 32);
    must(AC, "grantRole", text("[\"0x%s\",%s]", hex, acc(NURSE))); /* takes its own place */
    must(AC, "revokeRole", text("[\"0x%s\",%s]", hex, acc(NURSE)));
    must(AC, "grantRole", ra(APP_ROLE, NURSE));
    memhost_ok(h, AC, "hasRole", ra(APP_ROLE, NURSE), "true");
}

static void holders_are_listed_whoever_leaves(void **state)
{
    const char *role = role_json(VM_DOCTOR);
    (void)state;
    for (uint32_t i = 10; i < 15; i++)
        must(AC, "grantRole", ra(role, i));
    must(AC, "revokeRole", ra(role, 11)); /* the last takes its place */
    memhost_logged(h, role_event("RoleRevoked", role, 11, MEMBER(0)));
    memhost_ok(h, AC, "getRoleMembers", text("[%s,0,2]", role),
               text("{\"accounts\":[%s,%s],\"expiries\":[\"0\",\"0\"],\"total\":\"4\"}", acc(10),
                    acc(14)));
    must(AC, "revokeRole", ra(role, 14));
    must(AC, "revokeRole", ra(role, 13));
    memhost_ok(h, AC, "getRoleMembers", text("[%s,0,100]", role),
               text("{\"accounts\":[%s,%s],\"expiries\":[\"0\",\"0\"],\"total\":\"2\"}", acc(10),
                    acc(12)));
    memhost_ok(h, AC, "getRoleMembers", text("[%s,2,100]", role),
               "{\"accounts\":[],\"expiries\":[],\"total\":\"2\"}");
}

/* ------------------------------------------------------------------ who may */

static void each_role_has_its_administrator(void **state)
{
    static const struct {
        uint32_t role, admin;
    } rows[] = {
        {VM_DEFAULT_ADMIN, VM_DEFAULT_ADMIN},
        {VM_ADMIN, VM_DEFAULT_ADMIN},
        {VM_INSURER, VM_DEFAULT_ADMIN},
        {VM_AUDITOR, VM_DEFAULT_ADMIN},
        {VM_DOCTOR, VM_ADMIN},
        {VM_NURSE, VM_ADMIN},
        {VM_PHARMACIST, VM_ADMIN},
        {VM_LAB_TECHNICIAN, VM_ADMIN},
        {VM_PATIENT, VM_ADMIN},
        {VM_SUPPLIER, VM_ADMIN},
        {VM_MANUFACTURER, VM_ADMIN},
        {VM_EMERGENCY, VM_ADMIN},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        memhost_ok(h, AC, "getRoleAdmin", text("[%s]", role_json(rows[i].role)),
                   role_json(rows[i].admin));
        as(MEMBER(0)); /* an ADMIN by membership */
        if (rows[i].admin == VM_DEFAULT_ADMIN)
            memhost_reverts(h, AC, "grantRole", ra(role_json(rows[i].role), NURSE),
                            "Missing role: DEFAULT_ADMIN");
        as(NURSE);
        memhost_reverts(h, AC, "revokeRole", ra(role_json(rows[i].role), NURSE),
                        text("Missing role: %s", vm_role_name(rows[i].admin)));
    }
    memhost_ok(h, AC, "getRoleAdmin", "[" APP_ROLE "]", NO_ROLE);
}

static void administration_of_a_role_moves(void **state)
{
    const char *nurse = role_json(VM_NURSE);
    (void)state;
    memhost_reverts(h, AC, "setRoleAdmin", text("[%s,%s]", nurse, APP_ROLE),
                    "Missing role: DEFAULT_ADMIN");
    memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
    memhost_reverts(h, AC, "setRoleAdmin", text("[" NO_ROLE ",%s]", nurse), "Role admin is fixed");
    memhost_ok(h, AC, "setRoleAdmin", text("[%s,%s]", nurse, APP_ROLE), "null");
    memhost_logged(h, text("{\"event\":\"RoleAdminChanged\",\"args\":{\"role\":%s,"
                           "\"previousAdminRole\":%s,\"newAdminRole\":%s}}\n",
                           nurse, role_json(VM_ADMIN), APP_ROLE));
    memhost_ok(h, AC, "setRoleAdmin", text("[%s,%s]", nurse, APP_ROLE), "null");
    memhost_logged(h, text("{\"event\":\"RoleAdminChanged\",\"args\":{\"role\":%s,"
                           "\"previousAdminRole\":%s,\"newAdminRole\":%s}}\n",
                           nurse, APP_ROLE, APP_ROLE));
    memhost_ok(h, AC, "getRoleAdmin", text("[%s]", nurse), APP_ROLE);
    memhost_reverts(h, AC, "grantRole", ra(nurse, NURSE),
                    "Missing role: "
                    "0x00000000000000000000000000000000000000000000000000000000000000a1");
    must(AC, "grantRole", ra(APP_ROLE, CLERK));
    as(CLERK);
    memhost_ok(h, AC, "grantRole", ra(nurse, NURSE), "null");
    memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
    as(MEMBER(0));
    must(AC, "setRoleAdmin", text("[%s," NO_ROLE "]", nurse)); /* zero is a value too */
    memhost_ok(h, AC, "getRoleAdmin", text("[%s]", nurse), NO_ROLE);
}

static void an_admin_serves_its_own_accounts(void **state)
{
    const char *role = role_json(VM_NURSE);
    (void)state;
    memhost_reverts(h, AC, "grantRole", text("[%s,\"" ZERO_ADDR "\"]", role), "Zero address");
    memhost_reverts(h, AC, "grantRole", ra(role, OTHER), "Account belongs to another member");
    memhost_reverts(h, AC, "grantRoleUntil", rae(role, OTHER, 1),
                    "Account belongs to another member");
    memhost_reverts(h, AC, "revokeRole", ra(role, OTHER), "Account belongs to another member");
    memhost_reverts(h, AC, "suspendAccount", text("[%s,\"\"]", acc(OTHER)),
                    "Account belongs to another member");
    memhost_ok(h, AC, "grantRole", ra(role, FREE), "null"); /* under no member */
    memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
    memhost_ok(h, AC, "grantRole", ra(role, OTHER), "null"); /* DEFAULT_ADMIN serves everybody */
    memhost_ok(h, AC, "revokeRole", ra(role, OTHER), "null");
    memhost_ok(h, AC, "suspendAccount", text("[%s,\"x\"]", acc(OTHER)), "null");
    memhost_ok(h, AC, "reinstateAccount", text("[%s]", acc(OTHER)), "null");
}

static void membership_is_an_admin_that_no_list_shows(void **state)
{
    const char *admin = role_json(VM_ADMIN);
    (void)state;
    memhost_ok(h, AC, "hasRole", ra(admin, MEMBER(1)), "true");
    memhost_ok(h, AC, "hasRole", ra(role_json(VM_DOCTOR), MEMBER(1)), "false");
    memhost_ok(h, AC, "hasRole", ra(admin, OTHER), "false");
    memhost_ok(h, AC, "getRoleExpiry", ra(admin, MEMBER(1)), "\"1\"");
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", admin), "\"0\"");
    memhost_ok(h, AC, "getAccountRoles", text("[%s]", acc(MEMBER(1))),
               "{\"roles\":[],\"expiries\":[]}");
    memhost_ok(h, AC, "hasRole", text("[" NO_ROLE "," GOV_ADDR "]"), "true");
    memhost_ok(h, AC, "getRoleMember", "[" NO_ROLE ",0]", GOV_ADDR);
}

/* ------------------------------------------------------------------ giving up */

static void one_renounces_only_ones_own_role(void **state)
{
    const char *role = role_json(VM_NURSE);
    (void)state;
    must(AC, "grantRole", ra(role, NURSE));
    as(NURSE);
    memhost_reverts(h, AC, "renounceRole", ra(role, CLERK), "Can only renounce own role");
    memhost_ok(h, AC, "renounceRole", ra(role, NURSE), "null");
    memhost_logged(h, role_event("RoleRevoked", role, NURSE, NURSE));
    memhost_ok(h, AC, "renounceRole", ra(role, NURSE), "null");
    memhost_logged(h, "");
}

static void the_last_admin_stays(void **state)
{
    const char *admin = role_json(VM_ADMIN);
    (void)state;
    memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
    must(AC, "grantRole", ra(admin, NURSE));
    memhost_reverts(h, AC, "revokeRole", ra(admin, NURSE), "Cannot remove last admin");
    as(NURSE);
    memhost_reverts(h, AC, "renounceRole", ra(admin, NURSE), "Cannot remove last admin");
    as(MEMBER(0));
    must(AC, "grantRoleUntil", rae(admin, CLERK, h->time_s + 1));
    h->time_s += 1; /* an expired entry of the list still counts as another */
    must(AC, "revokeRole", ra(admin, NURSE));
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", admin), "\"1\"");
    must(AC, "revokeRole", ra(admin, CLERK)); /* expired: dropped, though the only one */
    memhost_ok(h, AC, "getRoleMemberCount", text("[%s]", admin), "\"0\"");
    must(AC, "revokeRole", ra(NO_ROLE, MEMBER(0))); /* Governance stays */
    memhost_ok(h, AC, "getRoleMemberCount", "[" NO_ROLE "]", "\"1\"");
}

/* ------------------------------------------------------------------ suspension */

static void a_suspended_account_can_do_nothing(void **state)
{
    const char *role = role_json(VM_NURSE), *nurse = text("[%s]", acc(NURSE));
    (void)state;
    must(AC, "grantRole", ra(role, NURSE));
    memhost_reverts(h, AC, "suspendAccount", "[\"" ZERO_ADDR "\",\"\"]", "Zero address");
    memhost_reverts(h, AC, "suspendAccount", text("[%s,\"\"]", acc(MEMBER(0))),
                    "Cannot suspend self");
    memhost_reverts(h, AC, "suspendAccount", text("[%s,\"\"]", acc(NURSE)),
                    "Reason cannot be empty");
    memhost_reverts(h, AC, "suspendAccount", text("[%s,\"%s\"]", acc(NURSE), longer(2049)),
                    "String too long");
    memhost_reverts(h, AC, "reinstateAccount", nurse, "Account is not suspended");
    memhost_ok(h, AC, "suspendAccount", text("[%s,\"left\"]", acc(NURSE)), "null");
    memhost_logged(h, text("{\"event\":\"AccountSuspended\",\"args\":{\"account\":%s,\"sender\":%s,"
                           "\"reason\":\"left\"}}\n",
                           acc(NURSE), acc(MEMBER(0))));
    memhost_reverts(h, AC, "suspendAccount", text("[%s,\"\"]", acc(NURSE)),
                    "Account is already suspended");
    memhost_ok(h, AC, "isSuspended", nurse, "true");
    memhost_ok(h, AC, "hasRole", ra(role, NURSE), "false");
    memhost_ok(h, AC, "getRoleExpiry", ra(role, NURSE), "\"0\"");
    memhost_ok(h, AC, "getAccountRoles", nurse,
               text("{\"roles\":[%s],\"expiries\":[\"0\"]}", role));
    as(NURSE);
    memhost_reverts(h, AC, "renounceRole", ra(role, NURSE), "Account is suspended");
    as(CLERK);
    memhost_reverts(h, AC, "reinstateAccount", nurse, "Missing role: DEFAULT_ADMIN|ADMIN");
    as(MEMBER(1));
    memhost_reverts(h, AC, "reinstateAccount", nurse, "Account belongs to another member");
    as(MEMBER(0));
    memhost_ok(h, AC, "reinstateAccount", nurse, "null");
    memhost_logged(h, text("{\"event\":\"AccountReinstated\",\"args\":{\"account\":%s,"
                           "\"sender\":%s}}\n",
                           acc(NURSE), acc(MEMBER(0))));
    memhost_ok(h, AC, "hasRole", ra(role, NURSE), "true");
}

static void a_suspended_member_is_no_admin(void **state)
{
    (void)state;
    memhost_grant(h, memhost_account(MEMBER(0)), VM_DEFAULT_ADMIN);
    must(AC, "suspendAccount", text("[%s,\"x\"]", acc(MEMBER(1))));
    memhost_ok(h, AC, "hasRole", ra(role_json(VM_ADMIN), MEMBER(1)), "false");
    as(MEMBER(1));
    memhost_reverts(h, GOV, "setAccounts", "[[],9]", "Account is suspended");
}

static void the_common_checks_come_first(void **state)
{
    const char *args = ra(role_json(VM_NURSE), NURSE);
    (void)state;
    as(FREE);
    memhost_reverts(h, AC, "grantRole", args, "Account is not permitted");
    as(MEMBER(0));
    must(GOV, "emergencyPause", "[\"0x0000000000000000000000000000000000001001\",\"drill\"]");
    as(FREE);
    memhost_reverts(h, AC, "grantRole", args, "Module is paused");
    memhost_ok(h, AC, "hasRole", args, "false"); /* views answer */
    as(MEMBER(0));
    h->time_s += 259200;
    memhost_ok(h, AC, "grantRole", args, "null");
}

/* ------------------------------------------------------------------ instances */

static void at(struct mh_res *r, const char *method, const char *args)
{
    memhost_call_at(h, r, AC, memhost_account(77), method, args);
}

static void an_instance_has_roles_and_suspensions_of_its_own(void **state)
{
    const char *nurse = role_json(VM_NURSE);
    struct mh_res r;
    (void)state;
    must(GOV, "setAccounts", text("[[%s],3]", acc(CLERK)));
    as(CLERK);
    memhost_create(h, &r, AC, memhost_account(77));
    assert_int_equal(r.err, MC_OK);
    at(&r, "hasRole", ra(NO_ROLE, CLERK));
    assert_string_equal(r.json, "true");
    at(&r, "getRoleMemberCount", text("[%s]", role_json(VM_ADMIN)));
    assert_string_equal(r.json, "\"1\"");
    at(&r, "hasRole", ra(role_json(VM_ADMIN), MEMBER(0))); /* members are not ADMIN there */
    assert_string_equal(r.json, "false");
    at(&r, "grantRole", ra(nurse, OTHER)); /* its DEFAULT_ADMIN serves everybody */
    assert_int_equal(r.err, MC_OK);
    memhost_ok(h, AC, "hasRole", ra(nurse, OTHER), "false"); /* no effect elsewhere */
    at(&r, "suspendAccount", text("[%s,\"x\"]", acc(OTHER)));
    assert_int_equal(r.err, MC_OK);
    at(&r, "hasRole", ra(nurse, OTHER));
    assert_string_equal(r.json, "false");
    memhost_ok(h, AC, "isSuspended", text("[%s]", acc(OTHER)), "false");
    as(OTHER);
    at(&r, "renounceRole", ra(nurse, OTHER));
    assert_string_equal(r.reason, "Account is suspended");
    as(MEMBER(0));
    at(&r, "grantRole", ra(nurse, NURSE));
    assert_string_equal(r.reason, "Missing role: ADMIN");
    must(AC, "suspendAccount", text("[%s,\"x\"]", acc(CLERK))); /* bars it from the whole chain */
    as(CLERK);
    at(&r, "grantRole", ra(nurse, NURSE));
    assert_string_equal(r.reason, "Account is suspended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_role_without_end_is_granted_once, setup, consortium_end),
        cmocka_unit_test_setup_teardown(a_role_until_a_time_counts_until_then, setup,
                                        consortium_end),
        cmocka_unit_test_setup_teardown(an_end_can_be_moved_and_removed, setup, consortium_end),
        cmocka_unit_test_setup_teardown(an_expired_role_is_dropped_silently, setup, consortium_end),
        cmocka_unit_test_setup_teardown(thirty_two_roles_are_enough, setup, consortium_end),
        cmocka_unit_test_setup_teardown(holders_are_listed_whoever_leaves, setup, consortium_end),
        cmocka_unit_test_setup_teardown(each_role_has_its_administrator, setup, consortium_end),
        cmocka_unit_test_setup_teardown(administration_of_a_role_moves, setup, consortium_end),
        cmocka_unit_test_setup_teardown(an_admin_serves_its_own_accounts, setup, consortium_end),
        cmocka_unit_test_setup_teardown(membership_is_an_admin_that_no_list_shows, setup,
                                        consortium_end),
        cmocka_unit_test_setup_teardown(one_renounces_only_ones_own_role, setup, consortium_end),
        cmocka_unit_test_setup_teardown(the_last_admin_stays, setup, consortium_end),
        cmocka_unit_test_setup_teardown(a_suspended_account_can_do_nothing, setup, consortium_end),
        cmocka_unit_test_setup_teardown(a_suspended_member_is_no_admin, setup, consortium_end),
        cmocka_unit_test_setup_teardown(the_common_checks_come_first, setup, consortium_end),
        cmocka_unit_test_setup_teardown(an_instance_has_roles_and_suspensions_of_its_own, setup,
                                        consortium_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
