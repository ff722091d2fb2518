/* What the doctor finds: in answers made up one fault at a time, and on four real nodes of which two are killed. */

#include "tests/lib/free_ports.h"
#include "tests/tools/program.h"
#include "tools/doctor.h"
#include "tools/rpc_client.h"

#define NOW_S 1735689600u

/* Four nodes that are well. */
static struct doctor_node *healthy(void)
{
    struct doctor_node *n = calloc(4, sizeof *n);
    assert_non_null(n);
    for (int i = 0; i < 4; i++) {
        n[i] = (struct doctor_node){.answers = true,
                                    .ready = true,
                                    .chain_id = 1337,
                                    .head = 9,
                                    .head_later = 9,
                                    .time_s = NOW_S - 5,
                                    .version = "v1",
                                    .genesis = "0x01",
                                    .common_hash = "0x09",
                                    .common_root = "0x0a",
                                    .has_round = true,
                                    .height = 10,
                                    .since_block_s = 5,
                                    .quorum = 3,
                                    .reachable = 4,
                                    .self = i,
                                    .voting = true,
                                    .seat_cnt = 4};
        snprintf(n[i].name, sizeof n[i].name, "node %d", i);
        snprintf(n[i].url, sizeof n[i].url, "http://10.0.0.%d:8545", i);
        for (int k = 0; k < 4; k++) {
            n[i].seats[k] = (struct doctor_seat){.connected = true, .seen = true};
            snprintf(n[i].seats[k].account, sizeof n[i].seats[k].account, "0x%d", k);
        }
    }
    return n;
}

static void gone(struct doctor_node *n, int who)
{
    n[who].answers = false;
    snprintf(n[who].silence, sizeof n[who].silence, "connection refused");
    for (int i = 0; i < 4; i++) {
        n[i].reachable--;
        n[i].seats[who] = (struct doctor_seat){.heard = true, .silent_s = 40 + (uint64_t)i};
        snprintf(n[i].seats[who].account, sizeof n[i].seats[who].account, "0x%d", who);
    }
}

/* Judges, frees the nodes, and wants the code and the words; code NULL: nothing may be found. */
static void expect(struct doctor_node *n, const char *code, const char *words)
{
    struct doctor_report r;
    char want[64];
    struct mc_buf all = {0};
    doctor_judge(&r, n, 4, NOW_S);
    mc_buf_put_slice(&all, mc_buf_slice(&r.chain));
    mc_buf_put_u8(&all, '\n');
    mc_buf_put_slice(&all, mc_buf_slice(&r.findings));
    mc_buf_put_slice(&all, mc_buf_slice(&r.json));
    mc_buf_put_u8(&all, 0);
    snprintf(want, sizeof want, "{\"code\":\"%s\"", code != NULL ? code : "");
    assert_false(all.oom);
    if (r.healthy != (code == NULL) || r.finding_cnt != (code == NULL ? 0u : r.finding_cnt) ||
        (code != NULL && code[0] != 0 && strstr((char *)all.p, want) == NULL) ||
        strstr((char *)all.p, words) == NULL)
        fail_msg("wanted %s: %s\ngot healthy=%d %s", code != NULL ? code : "health", words,
                 r.healthy, all.p);
    mc_buf_free(&all);
    doctor_report_free(&r);
    free(n);
}

static void health_is_not_mistaken(void **state)
{
    (void)state;
    expect(healthy(), NULL, "nothing waits");
    struct doctor_node *n = healthy();
    n[1].head_later = 10; /* moved while we asked */
    n[2].head = n[2].head_later = 8;
    expect(n, NULL, "advances");
    n = healthy();
    n[3].has_round = false; /* hides the method */
    expect(n, NULL, "able to advance");
    n = healthy();
    n[0].active = true; /* a block in work, in its first round */
    expect(n, NULL, "being decided");
}

static void a_fault_of_one_node_is_named(void **state)
{
    (void)state;
    struct doctor_node *n = healthy();
    gone(n, 2);
    expect(n, "silent_node", "http://10.0.0.2:8545 does not answer: connection refused");
    n = healthy();
    gone(n, 2);
    n[2].dead = true;
    expect(n, "dead", "`medichain devnet restart 2`");
    n = healthy();
    snprintf(n[3].genesis, sizeof n[3].genesis, "0x02");
    expect(n, "genesis", "node 3: has another genesis");
    n = healthy();
    n[3].chain_id = 1;
    expect(n, "chain", "node 3: follows chain 1, node 0 follows chain 1337");
    n = healthy();
    snprintf(n[1].common_hash, sizeof n[1].common_hash, "0x0f");
    snprintf(n[1].common_root, sizeof n[1].common_root, "0x0e");
    expect(n, "fork", "with another state root");
    n = healthy();
    snprintf(n[2].version, sizeof n[2].version, "v2");
    expect(n, "version", "node 2: runs v2, node 0 runs v1");
    n = healthy();
    n[2].head = n[2].head_later = 5;
    n[2].height = 6;
    expect(n, "lag", "node 2: lags: its newest block is 5, others have 9");
    n = healthy();
    n[1].skew_ms = -2500;
    expect(n, "clock", "node 1: its clock is 2.5 s behind");
    n = healthy();
    n[0].time_s = NOW_S + 60;
    expect(n, "clock", "60 s ahead");
    n = healthy();
    n[0].has_disk = true;
    n[0].disk_free_bytes = 5 * 1024 * 1024;
    expect(n, "disk", "node 0: 5 MiB are free");
    n = healthy();
    n[3].voting = n[3].ready = false;
    snprintf(n[3].why, sizeof n[3].why, "its log is lost");
    expect(n, "not_voting", "node 3: is a validator but does not vote: its log is lost");
}

static void a_standstill_is_explained(void **state)
{
    (void)state;
    struct doctor_node *n = healthy();
    gone(n, 1);
    gone(n, 3);
    n[0].round = n[2].round = 4;
    n[0].active = n[2].active = true;
    expect(n, "silent",
           "stands still at height 10, round 4, since 5 s: 2 of 4 validators are together, a block "
           "needs 3, so 1 more must come");
    n = healthy();
    gone(n, 1);
    expect(
        n, "silent",
        "validator 1 (0x1) is silent at height 10, round 0: no node that answers is connected to "
        "it; last heard 40 s ago");
    n = healthy();
    for (int i = 0; i < 4; i++) {
        n[i].round = 2;
        n[i].active = true;
        n[i].seats[1].seen = false;
    }
    expect(n, "mute", "validator 1 (0x1) is connected but said nothing at height 10, round 2");
    n = healthy();
    n[0].seats[2].connected = false;
    n[0].reachable = 3;
    expect(n, "link", "node 0: is not connected to validator 2 (0x2), others are");
    n = healthy();
    n[3].reachable = 1;
    n[3].ready = false;
    expect(n, "reach", "node 3: reaches 1 of 4 validators, another node 4");
    n = healthy();
    for (int i = 0; i < 4; i++)
        n[i].answers = false;
    expect(n, "silent_node", "no node answers");
}

/* ------------------------------------------------------------------ real nodes */

static char port[8];

static void choose_port(void)
{
    snprintf(port, sizeof port, "%u", free_ports());
}

/* Asks until the doctor agrees, for nodes find each other within seconds. */
static void await(int status, const char *words)
{
    struct program p = {.status = -1};
    for (int tries = 0; tries < 60; tries++) {
        program_run(&p, (const char *const[]){"doctor", "--dir", in_dir("net"), NULL});
        if (p.status == status && strstr((char *)p.out.p, words) != NULL)
            break;
        if (tries == 59)
            fail_msg("status %d, wanted %d and \"%s\" in:\n%s%s", p.status, status, words, p.out.p,
                     p.err.p);
        usleep(250000);
    }
    program_free(&p);
}

/* Every block of the chain was proposed by one validator and signed by a quorum, and the sums say so. */
static void the_signers_sums_fit_the_chain(void **state)
{
    char url[64];
    struct tool_rpc *rpc = NULL;
    const struct mc_json *v = NULL, *list;
    uint64_t head = 0, proposed = 0, signatures = 0;
    (void)state;
    for (int i = 0; i < 3; i++)
        EXPECT(0, "status        done", NULL, "tx", "send", "--to", "11", "--value", "5", "--dir",
               in_dir("net"));
    snprintf(url, sizeof url, "http://127.0.0.1:%s", port);
    assert_int_equal(tool_rpc_open_url(&rpc, url, 5000, NULL), MC_OK);
    assert_int_equal(
        tool_rpc_callf(rpc, &v, NULL, "pbft_getSignerMetrics", "[\"earliest\",\"latest\"]"), MC_OK);
    head = tool_json_quantity(mc_json_get(v, "to"));
    assert_true(head >= 3);
    list = mc_json_get(v, "validators");
    assert_int_equal(mc_json_len(list), 4);
    for (size_t i = 0; i < 4; i++) {
        const struct mc_json *s = mc_json_at(list, i);
        uint64_t has = tool_json_quantity(mc_json_get(s, "signed"));
        assert_int_equal(tool_json_quantity(mc_json_get(s, "blocks")), head);
        assert_int_equal(has + tool_json_quantity(mc_json_get(s, "missed")), head);
        proposed += tool_json_quantity(mc_json_get(s, "proposed"));
        signatures += has;
    }
    assert_int_equal(proposed, head);
    assert_true(signatures >= 3 * head && signatures <= 4 * head);
    assert_int_equal(tool_rpc_callf(rpc, &v, NULL, "admin_peers", "[]"), MC_OK);
    assert_int_equal(mc_json_len(v), 3);
    assert_int_equal(tool_rpc_callf(rpc, &v, NULL, "pbft_getEvidence", "[]"), MC_OK);
    assert_int_equal(mc_json_len(v), 0);
    tool_rpc_close(rpc);
}

static void two_killed_of_four_are_named_until_they_are_back(void **state)
{
    (void)state;
    choose_port();
    EXPECT(0, "node 3", NULL, "devnet", "--dir", in_dir("net"), "--rpc-port", port, "--validators",
           "4", "--detach");
    await(0, "4 of 4 validators are together");
    EXPECT(0, "\"healthy\":true", NULL, "doctor", "--json", "--dir", in_dir("net"));
    EXPECT(0, "killed", NULL, "devnet", "kill", "1", "--dir", in_dir("net"));
    EXPECT(0, "killed", NULL, "devnet", "kill", "2", "--dir", in_dir("net"));
    await(1, "2 of 4 validators are together, a block needs 3, so 1 more must come");
    await(1, "node 1: its process does not run");
    await(1, "node 2: its process does not run");
    await(1, "no node that answers is connected to it");
    EXPECT(1, "\"code\":\"silent\"", NULL, "doctor", "--json", "--dir", in_dir("net"));
    EXPECT(0, "runs again", NULL, "devnet", "restart", "1", "--dir", in_dir("net"));
    EXPECT(0, "runs again", NULL, "devnet", "restart", "2", "--dir", in_dir("net"));
    await(0, "healthy: 4 nodes asked");
}

static void usage_and_strangers(void **state)
{
    char list[64];
    (void)state;
    EXPECT(2, NULL, "--rpc", "doctor", "--rpc", "http://127.0.0.1:1", "--dir", "x");
    EXPECT(2, NULL, "--rpc is empty", "doctor", "--rpc", ",");
    EXPECT(1, NULL, "no devnet", "doctor", "--dir", in_dir("nothing"));
    EXPECT(1, "http://127.0.0.1:1 does not answer", NULL, "doctor", "--rpc", "http://127.0.0.1:1");
    snprintf(list, sizeof list, "http://127.0.0.1:1,http://127.0.0.1:%s", port);
    EXPECT(1, "node 0: http://127.0.0.1:1 does not answer", NULL, "doctor", "--rpc", list);
    EXPECT(0, "--rpc http://10.0.0.1:8545,", NULL, "doctor", "--help");
}

static int stop(void **state)
{
    struct program p = {0};
    program_run(&p, (const char *const[]){"devnet", "stop", "--dir", in_dir("net"), NULL});
    program_free(&p);
    return program_dir_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_is_not_mistaken),
        cmocka_unit_test(a_fault_of_one_node_is_named),
        cmocka_unit_test(a_standstill_is_explained),
        cmocka_unit_test(two_killed_of_four_are_named_until_they_are_back),
        cmocka_unit_test(the_signers_sums_fit_the_chain),
        cmocka_unit_test(usage_and_strangers),
    };
    return cmocka_run_group_tests(tests, program_dir_make, stop);
}
