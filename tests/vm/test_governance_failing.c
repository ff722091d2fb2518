/* The ruling modules on a host that fails at each of its calls, and with too little memory at each bound. */
#include "tests/vm/consortium.h"

static int prepared(void **state)
{
    (void)state;
    consortium(3, 3);
    as(MEMBER(0));
    must(GOV, "setAccounts", text("[[%s,%s],3]", acc(1), acc(2)));
    decide(3, 7, acc(1), "AUDITOR_ROLE", "0");
    decide(3, 7, acc(2), "AUDITOR_ROLE", "0");
    h->block_number += WAIT;
    as(MEMBER(0));
    must(AC, "grantRole", text("[%s,%s]", role_json(VM_NURSE), acc(1)));
    must(AC, "grantRole", text("[%s,%s]", role_json(VM_NURSE), acc(2)));
    memhost_grant(h, memhost_account(MEMBER(0)), VM_PATIENT | VM_DEFAULT_ADMIN);
    return 0;
}

/* The state of both modules as their views show it. */
static const char *picture(void)
{
    static char all[65536];
    size_t n = 0;
    n += (size_t)snprintf(all + n, sizeof all - n, "%s", must(GOV, "getMembers", "[0,100]"));
    n += (size_t)snprintf(all + n, sizeof all - n, "%s", must(GOV, "getProposals", "[0,100]"));
    n += (size_t)snprintf(all + n, sizeof all - n, "%s", must(GOV, "getValidatorSet", "[]"));
    n += (size_t)snprintf(all + n, sizeof all - n, "%s", must(GOV, "getModules", "[]"));
    n += (size_t)snprintf(all + n, sizeof all - n, "%s",
                          must(AC, "getRoleMembers", text("[%s,0,9]", role_json(VM_NURSE))));
    n += (size_t)snprintf(all + n, sizeof all - n, "%s",
                          must(AC, "getRoleMembers", text("[%s,0,9]", role_json(VM_AUDITOR))));
    n += (size_t)snprintf(all + n, sizeof all - n, "%s", must(AC, "getTotalGrants", "[]"));
    assert_true(n < sizeof all);
    return all;
}

/* Runs a call with the n-th host call failing, for n = 1, 2, ... until it goes through. */
static void fails_whole(const char *module, const char *method, const char *rotating)
{
    char before[65536], args[512];
    struct mh_res r;
    uint32_t n = 0;
    snprintf(args, sizeof args, "%s", rotating);
    snprintf(before, sizeof before, "%s", picture());
    do {
        h->fail_after = ++n;
        memhost_call(h, &r, module, method, args);
        h->fail_after = 0;
        if (r.err == MC_OK)
            break;
        assert_int_equal(r.err, MC_EIO);
        assert_int_equal(h->log_cnt, 0);
        assert_string_equal(picture(), before);
    } while (n < 1000);
    assert_in_range(n, 4, 999);
}

static void a_host_that_fails_leaves_nothing_half_done(void **state)
{
    uint32_t id;
    (void)state;
    fails_whole(GOV, "setAccounts", text("[[%s],3]", acc(5)));
    fails_whole(GOV, "releaseAccount", text("[%s]", acc(1)));
    fails_whole(AC, "revokeRole", text("[%s,%s]", role_json(VM_NURSE), acc(1)));
    fails_whole(AC, "revokeRole", text("[%s,%s]", role_json(VM_AUDITOR), acc(1)));
    fails_whole(AC, "grantRoleUntil", text("[%s,%s,1800000000]", role_json(VM_AUDITOR), acc(2)));
    fails_whole(AC, "suspendAccount", text("[%s,\"x\"]", acc(2)));
    fails_whole(AC, "grantAccess", text("[\"g\",%s,\"d\",\"\",9]", acc(2)));
    fails_whole(GOV, "emergencyPause", "[" MRH_ADDR ",\"x\"]");
    id = propose_at(2, acc(MEMBER(2)), "", "0", 0);
    vote(1, id, true);
    as(MEMBER(2));
    fails_whole(GOV, "vote", text("[%u,true]", id));
    id = propose_at(3, acc(7), "", "\"0xaa00000065\"", 0); /* member 1 gets account 7 */
    vote(1, id, true);
    as(MEMBER(2));
    fails_whole(GOV, "vote", text("[%u,true]", id));
}

static void a_view_with_too_little_memory_says_so(void **state)
{
    static const struct {
        const char *module, *method, *args;
    } rows[] = {
        {GOV, "getMembers", "[0,100]"}, {GOV, "getProposals", "[0,100]"},
        {GOV, "getValidators", "[]"},   {GOV, "getValidatorSet", "[]"},
        {GOV, "getModules", "[]"},      {GOV, "getParameters", "[0,100]"},
        {GOV, "getVotes", "[1,0,100]"},
    };
    struct mh_res r;
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        bool done = false, failed = false;
        for (size_t bytes = 64; !done && bytes < (1u << 20); bytes += bytes / 4) {
            mc_arena_free(&h->arena);
            mc_arena_init(&h->arena, bytes);
            memhost_call(h, &r, rows[i].module, rows[i].method, rows[i].args);
            done = r.err == MC_OK;
            failed |= !done;
            if (!done)
                assert_int_equal(r.err, MC_ENOMEM);
        }
        assert_true(done);
        assert_true(failed);
    }
    mc_arena_free(&h->arena);
    mc_arena_init(&h->arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_host_that_fails_leaves_nothing_half_done, prepared,
                                        consortium_end),
        cmocka_unit_test_setup_teardown(a_view_with_too_little_memory_says_so, prepared,
                                        consortium_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
