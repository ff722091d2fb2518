/* Four validators and an observer as real processes on loopback: they agree, survive kill -9 and a wiped disk. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "genesis/genesis.h"
#include "node/dev_keys.h"
#include "tests/lib/free_ports.h"

#define VALIDATORS 4
#define NODES      5 /* the last one observes */
#define SENDERS    8
#define WAIT_MS    60000u /* the machine's failure, not a measure */

struct cluster {
    char dir[64];
    struct dev_keys dev;
    struct mc_ed25519_key key[NODES];
    uint16_t rpc_port[NODES], peer_port[NODES];
    pid_t pid[NODES];
    uint64_t nonce[SENDERS];
    char program[512];
};

static uint64_t mono_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

/* ------------------------------------------------------------------ files */

static void write_text(const char *path, const struct mc_buf *text, uint32_t mode)
{
    struct mc_errmsg em = {{0}};
    if (mc_file_write(path, mc_buf_slice(text), mode, &em) != MC_OK)
        fail_msg("%s", em.text);
}

static void make_genesis(struct cluster *c)
{
    struct gen_spec s;
    struct vm_genesis_member members[VALIDATORS];
    struct vm_genesis_validator vals[VALIDATORS] = {0};
    struct vm_genesis_account accounts[SENDERS] = {0};
    struct mc_u256 balances[SENDERS];
    struct vm_genesis_param params[1] = {{"chain.permissioned", MC_U256_ZERO}};
    static const char *const names[VALIDATORS] = {"A", "B", "C", "D"};
    struct mc_buf text = {0};
    char path[128];
    for (uint32_t i = 0; i < VALIDATORS; i++) {
        members[i] = (struct vm_genesis_member){c->dev.addr[i], names[i]};
        vals[i].account = c->dev.addr[i];
        vals[i].member_i = i;
        memcpy(vals[i].public_key, c->key[i].pub, 32);
    }
    for (uint32_t i = 0; i < SENDERS; i++) {
        accounts[i] = (struct vm_genesis_account){c->dev.addr[i], i % VALIDATORS, 3, VM_ADMIN};
        balances[i] = mc_u256_u64(1000000);
    }
    gen_spec_init(&s);
    s.chain_id = 1337;
    s.time_ms = 1600000000000;
    s.members = members;
    s.member_cnt = VALIDATORS;
    s.validators = vals;
    s.validator_cnt = VALIDATORS;
    s.accounts = accounts;
    s.balances = balances;
    s.account_cnt = SENDERS;
    s.params = params;
    s.param_cnt = 1;
    gen_write(&text, &s);
    snprintf(path, sizeof path, "%s/genesis.json", c->dir);
    write_text(path, &text, 0644);
    mc_buf_free(&text);
}

static void make_key(struct cluster *c, uint32_t i)
{
    uint8_t seed[32] = {(uint8_t)(i + 1), 42};
    char path[128];
    struct mc_buf text = {0};
    struct mc_errmsg em = {{0}};
    mc_ed25519_from_seed(&c->key[i], seed);
    if (mc_valkey_seal(&text, seed, mc_slice(NULL, 0), &em) != MC_OK)
        fail_msg("%s", em.text);
    snprintf(path, sizeof path, "%s/key%u.json", c->dir, i);
    write_text(path, &text, 0600);
    mc_buf_free(&text);
}

static void put_peers(struct mc_buf *b, const struct cluster *c, uint32_t self)
{
    bool first = true;
    for (uint32_t i = 0; i < NODES; i++) {
        if (i == self)
            continue;
        mc_buf_put_str(b, first ? "" : ",");
        mc_buf_put_hex(b, mc_slice(c->key[i].pub, 32));
        if (i < VALIDATORS) /* nobody dials the observer */
            mc_buf_putf(b, "@127.0.0.1:%u", c->peer_port[i]);
        first = false;
    }
}

static void make_config(struct cluster *c, uint32_t i)
{
    char path[128];
    struct mc_buf b = {0};
    mc_buf_putf(&b, "{\"dataDir\":\"%s/data%u\",\"genesis\":\"%s/genesis.json\",", c->dir, i,
                c->dir);
    mc_buf_putf(&b, "\"%s\":\"%s/key%u.json\",", i < VALIDATORS ? "validatorKey" : "peerKey",
                c->dir, i);
    mc_buf_putf(&b, "\"rpcPort\":%u,\"peerHost\":\"127.0.0.1\",\"peerPort\":%u,\"minBlockMs\":20,",
                c->rpc_port[i], c->peer_port[i]);
    mc_buf_put_str(&b,
                   "\"roundTimeoutMs\":500,\"rpcThreads\":2,\"logLevel\":\"info\",\"peers\":\"");
    put_peers(&b, c, i);
    mc_buf_put_str(&b, "\"}");
    snprintf(path, sizeof path, "%s/node%u.json", c->dir, i);
    write_text(path, &b, 0644);
    mc_buf_free(&b);
}

/* ------------------------------------------------------------------ processes */

static void start_node(struct cluster *c, uint32_t i)
{
    char config[128], log[128];
    snprintf(config, sizeof config, "%s/node%u.json", c->dir, i);
    snprintf(log, sizeof log, "%s/log%u", c->dir, i);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (freopen(log, "a", stdout) == NULL || dup2(fileno(stdout), 2) < 0)
            _exit(126);
        execl(c->program, "medichaind", "--config", config, (char *)NULL);
        _exit(127);
    }
    c->pid[i] = pid;
}

static void end_node(struct cluster *c, uint32_t i, int sig)
{
    if (c->pid[i] <= 0)
        return;
    kill(c->pid[i], sig);
    waitpid(c->pid[i], NULL, 0);
    c->pid[i] = 0;
}

/* ------------------------------------------------------------------ RPC */

/* The headers are there, and as many bytes after them as they say. */
static bool is_whole(const char *text, size_t n)
{
    const char *end = n > 0 ? strstr(text, "\r\n\r\n") : NULL;
    const char *len = end != NULL ? strcasestr(text, "content-length:") : NULL;
    return len != NULL && n >= (size_t)(end + 4 - text) + strtoul(len + 15, NULL, 10);
}

/* One request on one connection.  False when the node does not answer. */
static bool http(uint16_t port, const char *head, const char *body, char *out, size_t cap)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 10};
    char req[8192];
    size_t n = 0;
    ssize_t got;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int len = snprintf(req, sizeof req,
                       "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       head, strlen(body), body);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        send(fd, req, (size_t)len, MSG_NOSIGNAL) != len) {
        close(fd);
        return false;
    }
    while (!is_whole(out, n) && n + 1 < cap && (got = read(fd, out + n, cap - 1 - n)) > 0) {
        n += (size_t)got;
        out[n] = 0;
    }
    close(fd);
    return n > 0;
}

static bool rpc(const struct cluster *c, uint32_t i, const char *method, const char *params,
                char *out, size_t cap)
{
    char body[4096];
    snprintf(body, sizeof body, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}",
             method, params);
    return http(c->rpc_port[i], "POST /", body, out, cap);
}

/* The text behind "name":" in an answer. */
static bool member(const char *answer, const char *name, char *out, size_t cap)
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *at = strstr(answer, key);
    if (at == NULL)
        return false;
    at += strlen(key);
    size_t n = strcspn(at, "\"");
    snprintf(out, cap, "%.*s", (int)n, at);
    return true;
}

static uint64_t number(const struct cluster *c, uint32_t i, const char *method, const char *params)
{
    char answer[4096], text[80];
    if (!rpc(c, i, method, params, answer, sizeof answer) ||
        !member(answer, "result", text, sizeof text))
        return 0;
    return strtoull(text, NULL, 16);
}

static uint64_t head_of(const struct cluster *c, uint32_t i)
{
    return number(c, i, "eth_blockNumber", "[]");
}

static uint64_t mined_of(const struct cluster *c, uint32_t i, uint32_t sender)
{
    char params[96], addr[43];
    mc_addr_checksum(addr, &c->dev.addr[sender]);
    snprintf(params, sizeof params, "[\"%s\",\"latest\"]", addr);
    return number(c, i, "eth_getTransactionCount", params);
}

static void submit(struct cluster *c, uint32_t node, uint32_t sender)
{
    static char answer[65536];
    struct mc_buf raw = {0}, params = {0};
    struct mc_errmsg em = {{0}};
    struct ledger_tx_fields t = {.type = LEDGER_TX_DYNAMIC_FEE,
                                 .chain_id = 1337,
                                 .nonce = c->nonce[sender],
                                 .gas = 21000,
                                 .has_to = true,
                                 .to = c->dev.addr[15],
                                 .value = mc_u256_u64(1)};
    assert_int_equal(ledger_tx_sign(&raw, &t, c->dev.secret[sender], &em), MC_OK);
    mc_buf_put_str(&params, "[\"0x");
    mc_buf_put_hex(&params, mc_buf_slice(&raw));
    mc_buf_put_str(&params, "\"]");
    mc_buf_put_u8(&params, 0);
    if (!rpc(c, node, "eth_sendRawTransaction", (const char *)params.p, answer, sizeof answer) ||
        strstr(answer, "\"result\"") == NULL)
        fail_msg("node %u refused a transaction: %s", node, answer);
    c->nonce[sender]++;
    mc_buf_free(&raw);
    mc_buf_free(&params);
}

/* ------------------------------------------------------------------ what must hold */

static void show_logs(const struct cluster *c)
{
    char cmd[256];
    snprintf(cmd, sizeof cmd, "tail -n 25 %s/log* >&2", c->dir);
    (void)!system(cmd);
}

static void wait_ready(const struct cluster *c, uint32_t i)
{
    char answer[2048] = "";
    uint64_t end = mono_ms() + WAIT_MS;
    while (mono_ms() < end) {
        if (http(c->rpc_port[i], "GET /ready", "", answer, sizeof answer) &&
            strncmp(answer, "HTTP/1.1 200", 12) == 0)
            return;
        usleep(20000);
    }
    show_logs(c);
    fail_msg("node %u is not ready: %s", i, answer);
}

/* Every running node has every transaction that was acknowledged. */
static void wait_mined(const struct cluster *c)
{
    uint64_t end = mono_ms() + WAIT_MS;
    for (uint32_t i = 0; i < NODES; i++) {
        for (uint32_t s = 0; s < SENDERS && c->pid[i] > 0; s++) {
            while (mined_of(c, i, s) < c->nonce[s] && mono_ms() < end)
                usleep(10000);
            if (mined_of(c, i, s) != c->nonce[s]) {
                show_logs(c);
                fail_msg("node %u, sender %u: %" PRIu64 " of %" PRIu64 " mined, head %" PRIu64, i,
                         s, mined_of(c, i, s), c->nonce[s], head_of(c, i));
            }
        }
    }
}

/* All running nodes give one hash and one state root for each height. */
static void assert_agreement(const struct cluster *c)
{
    static char answer[262144];
    uint64_t low = UINT64_MAX;
    for (uint32_t i = 0; i < NODES; i++) {
        if (c->pid[i] > 0 && head_of(c, i) < low)
            low = head_of(c, i);
    }
    for (uint64_t h = 0; h <= low; h++) {
        char params[64], hash[2][80] = {"", ""}, root[2][80] = {"", ""};
        snprintf(params, sizeof params, "[\"0x%" PRIx64 "\",false]", h);
        for (uint32_t i = 0; i < NODES; i++) {
            if (c->pid[i] <= 0)
                continue;
            int k = hash[0][0] != 0;
            assert_true(rpc(c, i, "eth_getBlockByNumber", params, answer, sizeof answer));
            assert_true(member(answer, "hash", hash[k], sizeof hash[k]));
            assert_true(member(answer, "stateRoot", root[k], sizeof root[k]));
            if (k == 1) {
                assert_string_equal(hash[0], hash[1]);
                assert_string_equal(root[0], root[1]);
            }
        }
    }
}

/* ------------------------------------------------------------------ fixture */

static int setup(void **state)
{
    struct cluster *c = calloc(1, sizeof *c);
    struct mc_errmsg em = {{0}};
    *state = c;
    if (c == NULL || mc_crypto_init(&em) != MC_OK)
        return -1;
    vm_init();
    snprintf(c->dir, sizeof c->dir, "/tmp/mc-cluster-XXXXXX");
    if (mkdtemp(c->dir) == NULL || dev_keys_make(&c->dev) != MC_OK)
        return -1;
    ssize_t n = readlink("/proc/self/exe", c->program, sizeof c->program - 16);
    if (n <= 0)
        return -1;
    c->program[n] = 0;
    snprintf(strrchr(c->program, '/') + 1, 16, "medichaind");
    const uint16_t first = free_ports();
    if (first == 0)
        return -1;
    for (uint32_t i = 0; i < NODES; i++) {
        make_key(c, i);
        c->rpc_port[i] = (uint16_t)(first + i);
        c->peer_port[i] = (uint16_t)(first + FREE_PORTS_PEERS + i);
    }
    make_genesis(c);
    for (uint32_t i = 0; i < NODES; i++)
        make_config(c, i);
    for (uint32_t i = 0; i < NODES; i++)
        start_node(c, i);
    for (uint32_t i = 0; i < NODES; i++)
        wait_ready(c, i);
    return 0;
}

static int teardown(void **state)
{
    struct cluster *c = *state;
    struct mc_errmsg em = {{0}};
    for (uint32_t i = 0; i < NODES; i++)
        end_node(c, i, SIGTERM);
    enum mc_err err = getenv("MC_KEEP") == NULL ? mc_dir_remove(c->dir, &em) : MC_OK;
    free(c);
    return err == MC_OK ? 0 : -1;
}

/* ------------------------------------------------------------------ tests */

static void transactions_of_any_node_reach_every_node(void **state)
{
    struct cluster *c = *state;
    for (uint32_t k = 0; k < 80; k++)
        submit(c, k % NODES, k % SENDERS);
    wait_mined(c);
    assert_agreement(c);
}

static void each_validator_may_be_killed_and_comes_back(void **state)
{
    struct cluster *c = *state;
    for (uint32_t dead = 0; dead < VALIDATORS; dead++) {
        /* Not to the one that dies: what only its pool knows dies with it. */
        for (uint32_t k = 0; k < 8; k++)
            submit(c, (dead + 1 + k % 3) % VALIDATORS, k % SENDERS);
        end_node(c, dead, SIGKILL);
        for (uint32_t k = 0; k < 16; k++)
            submit(c, (dead + 1 + k % 3) % VALIDATORS, k % SENDERS);
        wait_mined(c);
        start_node(c, dead);
        wait_ready(c, dead);
        wait_mined(c);
    }
    assert_agreement(c);
}

static void two_of_four_decide_nothing_until_one_is_back(void **state)
{
    struct cluster *c = *state;
    char answer[2048];
    submit(c, 0, 0);
    wait_mined(c);
    end_node(c, 2, SIGKILL);
    end_node(c, 3, SIGKILL);
    uint64_t head = head_of(c, 0);
    submit(c, 0, 0);
    submit(c, 1, 1);
    usleep(1500000);
    assert_int_equal(head_of(c, 0), head);
    assert_true(http(c->rpc_port[0], "GET /ready", "", answer, sizeof answer));
    assert_non_null(strstr(answer, "503"));
    assert_non_null(strstr(answer, "2 of 4 validators"));
    start_node(c, 2);
    wait_mined(c);
    start_node(c, 3);
    wait_mined(c);
    assert_agreement(c);
}

static void a_wiped_validator_catches_up_and_votes_again(void **state)
{
    struct cluster *c = *state;
    char path[128];
    struct mc_errmsg em = {{0}};
    for (uint32_t k = 0; k < 24; k++)
        submit(c, k % VALIDATORS, k % SENDERS);
    wait_mined(c);
    end_node(c, 1, SIGKILL);
    snprintf(path, sizeof path, "%s/data1", c->dir);
    assert_int_equal(mc_dir_remove(path, &em), MC_OK);
    start_node(c, 1);
    wait_ready(c, 1);
    for (uint32_t k = 0; k < 8; k++) { /* beyond its silence, one block each */
        submit(c, k % VALIDATORS, k % SENDERS);
        wait_mined(c);
    }
    /* With another one gone nothing is decided without its vote. */
    end_node(c, 0, SIGKILL);
    submit(c, 1, 2);
    submit(c, 2, 3);
    wait_mined(c);
    start_node(c, 0);
    wait_mined(c);
    assert_agreement(c);
}

static void a_lost_vote_log_silences_until_it_is_confirmed(void **state)
{
    struct cluster *c = *state;
    char path[128], answer[2048];
    struct mc_errmsg em = {{0}};
    submit(c, 0, 0);
    wait_mined(c);
    end_node(c, 3, SIGKILL);
    for (int k = 0; k < 2; k++) {
        snprintf(path, sizeof path, "%s/data3/votes-%c", c->dir, "ab"[k]);
        assert_int_equal(mc_dir_remove(path, &em), MC_OK);
    }
    start_node(c, 3);
    submit(c, 0, 0);
    wait_mined(c); /* it follows ... */
    assert_true(http(c->rpc_port[3], "GET /ready", "", answer, sizeof answer));
    assert_non_null(strstr(answer, "amnesia")); /* ... and says why it is silent */
    end_node(c, 3, SIGTERM);
    setenv("MEDICHAIN_AMNESIA", "true", 1);
    start_node(c, 3);
    unsetenv("MEDICHAIN_AMNESIA");
    wait_ready(c, 3);
    assert_agreement(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_of_any_node_reach_every_node),
        cmocka_unit_test(each_validator_may_be_killed_and_comes_back),
        cmocka_unit_test(two_of_four_decide_nothing_until_one_is_back),
        cmocka_unit_test(a_wiped_validator_catches_up_and_votes_again),
        cmocka_unit_test(a_lost_vote_log_silences_until_it_is_confirmed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
