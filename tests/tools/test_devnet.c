/* A devnet from nothing, and the commands that talk to it: the README's walk-through, and what goes wrong. */
#include <signal.h>

#include "tests/lib/free_ports.h"
#include "tests/tools/program.h"
#include "tools/devnet_file.h"

static char port[8];

static void choose_port(void)
{
    snprintf(port, sizeof port, "%u", free_ports());
}

static const char *net(void)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/net", program_dir);
    return path;
}

static int start(void **state)
{
    if (program_dir_make(state) != 0)
        return 1;
    struct program p = {0};
    choose_port();
    program_run(&p, (const char *const[]){"devnet", "--dir", net(), "--validators", "1",
                                          "--rpc-port", port, "--detach", NULL});
    bool ok = p.status == 0 && strstr((char *)p.out.p, "PUBLICLY KNOWN") != NULL;
    if (!ok) {
        print_error("the devnet does not start: %s\n", (char *)p.err.p);
        (void)program_dir_remove(state);
    }
    program_free(&p);
    return !ok;
}

static int stop(void **state)
{
    struct program p = {0};
    program_run(&p, (const char *const[]){"devnet", "stop", "--dir", net(), NULL});
    program_free(&p);
    /* Also the network of the test that makes a second one, should it have failed half way. */
    memset(&p, 0, sizeof p);
    program_run(&p, (const char *const[]){"devnet", "stop", "--dir", in_dir("four"), NULL});
    program_free(&p);
    return program_dir_remove(state);
}

static void devnet_json_says_what_runs(void **state)
{
    struct devnet *d = calloc(1, sizeof *d);
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    (void)state;
    assert_non_null(d);
    assert_int_equal(devnet_file_read(d, net(), NULL), MC_OK);
    assert_int_equal(d->node_cnt, 1);
    assert_int_equal(d->chain_id, 1337);
    assert_true(devnet_node_alive(&d->nodes[0]));
    d->nodes[0].pid = getpid(); /* a living process, but not the node */
    assert_false(devnet_node_alive(&d->nodes[0]));
    free(d);
    assert_int_equal(mc_file_read(&text, in_dir("net/devnet.json"), 10000000, NULL), MC_OK);
    assert_int_equal(mc_json_parse(&doc, mc_buf_slice(&text), 32, NULL), MC_OK);
    const struct mc_json *root = mc_json_root(doc), *accounts = mc_json_get(root, "accounts");
    assert_int_equal(mc_json_len(accounts), 20);
    assert_int_equal(mc_json_len(mc_json_get(mc_json_at(accounts, 9), "roles")), 11);
    assert_int_equal(mc_json_len(mc_json_get(mc_json_at(accounts, 10), "roles")), 0);
    assert_int_equal(mc_json_len(mc_json_get(root, "ws")), 1);
    const struct mc_json *m = mc_json_get(mc_json_get(root, "contracts"), "MedicalRecordHash");
    assert_true(mc_json_len(mc_json_get(m, "abi")) > 20);
    mc_json_free(doc);
    mc_buf_free(&text);
}

static void the_node_answers_the_questions(void **state)
{
    (void)state;
    EXPECT(0, "ready         yes", NULL, "status", "--dir", net());
    EXPECT(0, "\"chainId\":1337", NULL, "status", "--dir", net(), "--json");
    EXPECT(0, "ready", NULL, "devnet", "status", "--dir", net());
    EXPECT(0, "block         0", NULL, "block", "0", "--dir", net());
    EXPECT(0, "\"number\":\"0x0\"", NULL, "block", "earliest", "--json", "--dir", net());
    EXPECT(1, NULL, "no block 99999999", "block", "99999999", "--dir", net());
    EXPECT(2, NULL, "neither a block", "block", "x", "--dir", net());
    EXPECT(0, "\"0\"", NULL, "call", "DrugTrace", "getTotalItems", "--dir", net());
    EXPECT(1, NULL, "Record does not exist", "call", "MedicalRecordHash", "getRecord", "none",
           "--dir", net());
    EXPECT(0, "status        done", NULL, "tx", "send", "--to", "11", "--value", "5", "--dir",
           net());
    EXPECT(1, NULL, "insufficient funds", "tx", "send", "--to", "11", "--value",
           "99999999999999999999999999", "--dir", net());
}

static void a_file_is_anchored_verified_changed_and_found_out(void **state)
{
    const char *file = in_dir("letter.json");
    (void)state;
    write_text(file, "{\"resourceType\":\"Observation\",\"value\":72}\n");
    EXPECT(1, "no record \"letter\"", NULL, "record", "verify", file, "--id", "letter", "--dir",
           net());
    EXPECT(0, "1 anchored", NULL, "record", "anchor", file, "--id", "letter", "--dir", net());
    EXPECT(0, "nothing new", NULL, "record", "anchor", file, "--id", "letter", "--dir", net());
    EXPECT(0, "yes: ", NULL, "record", "verify", file, "--id", "letter", "--dir", net());
    EXPECT(0, "\"verified\":true", NULL, "record", "verify", file, "--json", "--dir", net());
    write_text(file, "{\"resourceType\":\"Observation\",\"value\":73}\n");
    EXPECT(1, "its content is not what was anchored", NULL, "record", "verify", file, "--id",
           "letter", "--dir", net());
    EXPECT(1, NULL, "id is taken by other content", "record", "anchor", file, "--dir", net());
    EXPECT(1, NULL, "Missing role", "record", "anchor", file, "--id", "letter-2", "--from", "12",
           "--dir", net());
    EXPECT(0, "RecordCreated", NULL, "logs", "--module", "MedicalRecordHash", "--topic1", "letter",
           "--dir", net());
    EXPECT(0, "no events", NULL, "logs", "--topic1", "nothing-like-it", "--dir", net());
    EXPECT(2, NULL, "no event", "logs", "--module", "DrugTrace", "--event", "X", "--dir", net());
}

static void earlier_versions_and_withdrawn_records_are_told_apart(void **state)
{
    const char *file = in_dir("report.txt");
    char hash[65];
    struct mc_hash h;
    (void)state;
    write_text(file, "first");
    EXPECT(0, "1 anchored", NULL, "record", "anchor", file, "--dir", net());
    mc_sha256(&h, mc_slice_str("second"));
    mc_hex_encode(hash, h.b, 32);
    EXPECT(0, "RecordModified", NULL, "send", "MedicalRecordHash", "modifyRecord", "report", hash,
           "typing error", "--dir", net());
    EXPECT(1, "earlier version", NULL, "record", "verify", file, "--dir", net());
    write_text(file, "second");
    EXPECT(0, "reason: typing error", NULL, "record", "verify", file, "--dir", net());
    EXPECT(0, "status        done", NULL, "send", "MedicalRecordHash", "deactivateRecord", "report",
           "--dir", net());
    EXPECT(1, "withdrawn in block", NULL, "record", "verify", file, "--dir", net());
}

static void bench_confirms_what_it_sends(void **state)
{
    const char *records = in_dir("records");
    (void)state;
    assert_int_equal(mc_dir_make(records, 0755, NULL), MC_OK);
    write_text(in_dir("records/a.json"), "{\"resourceType\":\"Claim\"}");
    EXPECT(0, "\"created\":300,\"refused\":0", NULL, "bench", "--count", "300", "--batch", "7",
           "--records", records, "--json", "--dir", net());
    EXPECT(0, "median", NULL, "bench", "--idle-latency", "--count", "3", "--records", records,
           "--dir", net());
}

static void a_killed_node_keeps_its_chain(void **state)
{
    (void)state;
    EXPECT(1, NULL, "running already", "devnet", "--dir", net(), "--validators", "1", "--rpc-port",
           port, "--detach");
    EXPECT(2, NULL, "no node 1", "devnet", "kill", "1", "--dir", net());
    EXPECT(0, "killed node 0", NULL, "devnet", "kill", "0", "--dir", net());
    EXPECT(1, "not running", NULL, "devnet", "status", "--dir", net());
    EXPECT(1, NULL, "not running", "devnet", "kill", "0", "--dir", net());
    EXPECT(0, "runs again", NULL, "devnet", "restart", "0", "--dir", net());
    EXPECT(0, "Observation", NULL, "call", "MedicalRecordHash", "getRecord", "letter", "--dir",
           net());
}

static void a_stopped_chain_is_sound_and_goes_on(void **state)
{
    const char *data = in_dir("net/node0/data"), *genesis = in_dir("net/genesis.json");
    (void)state;
    EXPECT(0, "stopped 1 node", NULL, "devnet", "stop", "--dir", net());
    EXPECT(0, "no node was running", NULL, "devnet", "stop", "--dir", net());
    EXPECT(0, "sound:", NULL, "db", "check", "--data-dir", data, "--genesis", genesis);
    EXPECT(1, NULL, "--fresh", "devnet", "--dir", net(), "--chain-id", "5", "--detach");
    EXPECT(0, NULL, NULL, "devnet", "--dir", net(), "--validators", "1", "--rpc-port", port,
           "--detach");
    EXPECT(0, "Observation", NULL, "call", "MedicalRecordHash", "getRecord", "letter", "--dir",
           net());
    EXPECT(0, NULL, NULL, "devnet", "--dir", net(), "--validators", "1", "--rpc-port", port,
           "--detach", "--fresh");
    EXPECT(1, NULL, "Record does not exist", "call", "MedicalRecordHash", "getRecord", "letter",
           "--dir", net());
}

/* Without --detach it stays, and ends with status 0 on SIGTERM or when somebody else stops the network. */
static void the_foreground_ends_by_signal_and_by_stop(void **state)
{
    const char *dir = in_dir("foreground");
    (void)state;
    EXPECT(0, "stopped 1 node", NULL, "devnet", "stop", "--dir", net());
    for (int by_signal = 0; by_signal < 2; by_signal++) {
        int status = 0;
        fflush(NULL);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            if (freopen("/dev/null", "w", stdout) == NULL)
                _exit(126);
            execl(program_path(), "medichain", "devnet", "--dir", dir, "--validators", "1",
                  "--rpc-port", port, (char *)NULL);
            _exit(127);
        }
        struct program p = {.status = 1};
        for (int tries = 0; tries < 200 && p.status != 0; tries++) {
            usleep(50000);
            program_run(&p, (const char *const[]){"devnet", "status", "--dir", dir, NULL});
            program_free(&p);
        }
        assert_int_equal(p.status, 0);
        if (by_signal)
            kill(pid, SIGTERM);
        else
            EXPECT(0, "stopped 1 node", NULL, "devnet", "stop", "--dir", dir);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        EXPECT(1, "not running", NULL, "devnet", "status", "--dir", dir);
    }
    EXPECT(0, NULL, NULL, "devnet", "--dir", net(), "--validators", "1", "--rpc-port", port,
           "--detach");
}

static void a_port_in_use_and_a_foreign_folder_are_refused(void **state)
{
    const char *other = in_dir("other"), *foreign = in_dir("foreign");
    (void)state;
    EXPECT(1, NULL, "--rpc-port", "devnet", "--dir", other, "--validators", "1", "--rpc-port", port,
           "--detach");
    assert_int_equal(mc_dir_make(foreign, 0755, NULL), MC_OK);
    write_text(in_dir("foreign/precious"), "x");
    EXPECT(1, NULL, "not empty", "devnet", "--dir", foreign, "--fresh", "--detach");
    assert_int_equal(access(in_dir("foreign/precious"), F_OK), 0);
}

static void four_validators_and_an_observer_go_on_without_one(void **state)
{
    const char *dir = in_dir("four");
    char at[4][64];
    (void)state;
    choose_port();
    for (unsigned i = 0; i < 4; i++)
        snprintf(at[i], sizeof at[i], "http://127.0.0.1:%u",
                 (unsigned)strtoul(port, NULL, 10) + i + 1);
    EXPECT(0, "node 4", NULL, "devnet", "--dir", dir, "--rpc-port", port, "--validators", "4",
           "--observers", "1", "--detach");
    /* Each from an account of its own: a node that has not seen the last block yet has its nonce right. */
    EXPECT(0, "status        done", NULL, "tx", "send", "--from", "1", "--to", "11", "--value", "5",
           "--rpc", at[3]);
    EXPECT(0, "killed", NULL, "devnet", "kill", "2", "--dir", dir);
    EXPECT(1, "not running", NULL, "devnet", "status", "--dir", dir);
    EXPECT(0, "status        done", NULL, "tx", "send", "--from", "2", "--to", "11", "--value", "5",
           "--rpc", at[0]);
    EXPECT(0, "runs again", NULL, "devnet", "restart", "2", "--dir", dir);
    EXPECT(0, "status        done", NULL, "tx", "send", "--from", "3", "--to", "11", "--value", "5",
           "--rpc", at[1]);
    EXPECT(0, "stopped 5 nodes", NULL, "devnet", "stop", "--dir", dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devnet_json_says_what_runs),
        cmocka_unit_test(the_node_answers_the_questions),
        cmocka_unit_test(a_file_is_anchored_verified_changed_and_found_out),
        cmocka_unit_test(earlier_versions_and_withdrawn_records_are_told_apart),
        cmocka_unit_test(bench_confirms_what_it_sends),
        cmocka_unit_test(a_killed_node_keeps_its_chain),
        cmocka_unit_test(a_stopped_chain_is_sound_and_goes_on),
        cmocka_unit_test(the_foreground_ends_by_signal_and_by_stop),
        cmocka_unit_test(a_port_in_use_and_a_foreign_folder_are_refused),
        cmocka_unit_test(four_validators_and_an_observer_go_on_without_one),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
