/* A heap that fails at call 1, 2, 3, ... until the request gets through: no crash, and an answer that is whole or none.
 * Not under a sanitizer, which has an allocator of its own. */
#include "harness.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEAP_CAN_FAIL 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HEAP_CAN_FAIL 0
#else
#define HEAP_CAN_FAIL 1
#endif
#else
#define HEAP_CAN_FAIL 1
#endif

#if HEAP_CAN_FAIL

/* glibc's own names behind the public ones. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t cnt, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static long allocs_left = -1; /* -1: the heap does not fail */

static bool heap_fails(void)
{
    if (allocs_left > 0)
        allocs_left--;
    else if (allocs_left == 0)
        return true;
    return false;
}

void *malloc(size_t n)
{
    return heap_fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t cnt, size_t size)
{
    return heap_fails() ? NULL : __libc_calloc(cnt, size);
}

void *realloc(void *p, size_t n)
{
    return heap_fails() ? NULL : __libc_realloc(p, n);
}

static void a_server_is_made_whole_or_not_at_all(void **state)
{
    struct fake_ports node;
    struct rpc_server *s = NULL;
    struct rpc_cfg cfg = {.cors_origins = "*", .methods = "eth"};
    enum mc_err err = MC_ENOMEM;

    (void)state;
    fake_ports_init(&node);
    for (long n = 0; err == MC_ENOMEM; n++) {
        allocs_left = n;
        err = rpc_server_new(&s, &cfg, &node.ports, NULL);
        allocs_left = -1;
    }
    assert_int_equal(err, MC_OK);
    rpc_server_free(s);
}

/* Runs a request with `allocs` allocations granted.  Returns true when it did not need all of them. */
static bool request_run(struct harness *h, const char *request, long allocs)
{
    struct rpc_conn *conn = NULL;
    struct rpc_conn_out out = {0};
    bool enough;

    allocs_left = allocs;
    if (rpc_conn_new(&conn, h->server) != MC_OK) {
        allocs_left = -1;
        return false;
    }
    rpc_conn_feed(conn, mc_slice_str(request), &out);
    if (out.job != NULL) {
        struct rpc_job *job = out.job;
        enum rpc_job_state st = rpc_job_run(job);
        if (st == RPC_JOB_DONE)
            rpc_conn_answer(conn, job, &out);
        else
            rpc_job_free(job);
    }
    enough = allocs_left > 0;
    allocs_left = -1;
    if (out.send.n > 0) {
        assert_memory_equal(out.send.p, "HTTP/1.1 ", 9);
        assert_int_equal(out.send.p[out.send.n - 1] == '}' || out.send.p[out.send.n - 1] == ']', 1);
    } else {
        assert_true(out.close);
    }
    rpc_conn_free(conn);
    return enough;
}

static void a_request_gets_a_whole_answer_or_a_closed_connection(void **state)
{
    static const char *const bodies[] = {
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBlockByNumber\",\"params\":[\"0x1\","
        "true]},"
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"eth_getBlockByNumber\",\"params\":[\"pending\","
        "true]}]",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_feeHistory\",\"params\":[\"0x2\","
        "\"latest\",[1,2]]}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_newFilter\",\"params\":[{\"address\":[]}]}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransaction\",\"params\":["
        "\"0x02aa\"]}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendTransaction\",\"params\":[{\"from\":"
        "\"0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826\"}]}",
        "{"};
    struct harness h;

    (void)state;
    harness_open(&h);
    for (size_t i = 0; i < MC_COUNT(bodies); i++) {
        char request[1024];
        long n = 0;
        snprintf(request, sizeof request,
                 "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 strlen(bodies[i]), bodies[i]);
        while (!request_run(&h, request, n))
            n++;
        assert_true(n > 3);
    }
    harness_close(&h);
}

#else

static void a_server_is_made_whole_or_not_at_all(void **state)
{
    (void)state;
    skip();
}

static void a_request_gets_a_whole_answer_or_a_closed_connection(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_is_made_whole_or_not_at_all),
        cmocka_unit_test(a_request_gets_a_whole_answer_or_a_closed_connection),
    };

    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
