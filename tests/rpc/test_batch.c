/* Batches, limits of size, and waiting inside a batch. */
#include "harness.h"

#define ITEM "{\"jsonrpc\":\"2.0\",\"id\":%zu,\"method\":\"%s\",\"params\":[%s]}"

static void batch_put(struct mc_buf *b, size_t cnt, const char *method, const char *params)
{
    mc_buf_put_u8(b, '[');
    for (size_t i = 0; i < cnt; i++) {
        if (i > 0)
            mc_buf_put_u8(b, ',');
        mc_buf_putf(b, ITEM, i, method, params);
    }
    mc_buf_put_u8(b, ']');
}

static void a_thousand_requests_are_answered_in_order(void **state)
{
    struct harness h;
    struct mc_buf b = {0};
    struct mc_json_doc *doc;

    (void)state;
    harness_open(&h);
    batch_put(&b, 1000, "eth_chainId", "");
    (void)ask_bytes(&h, mc_buf_slice(&b));
    assert_int_equal(mc_json_parse(&doc, mc_slice(h.reply.p, h.reply.n - 1), 8, NULL), MC_OK);
    assert_int_equal(mc_json_len(mc_json_root(doc)), 1000);
    for (size_t i = 0; i < 1000; i++) {
        uint64_t id;
        assert_true(mc_json_u64(mc_json_get(mc_json_at(mc_json_root(doc), i), "id"), &id));
        assert_int_equal(id, i);
    }
    mc_json_free(doc);
    mc_buf_free(&b);
    harness_close(&h);
}

static void one_request_too_many_is_one_clear_error(void **state)
{
    struct harness h;
    struct mc_buf b = {0};

    (void)state;
    harness_open(&h);
    batch_put(&b, 1001, "eth_chainId", "");
    assert_string_equal(ask_bytes(&h, mc_buf_slice(&b)),
                        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":"
                        "\"batch of 1001 requests exceeds the limit of 1000\"}}");
    mc_buf_free(&b);
    harness_close(&h);
}

static void an_answer_above_the_limit_becomes_an_error(void **state)
{
    struct harness h;

    (void)state;
    harness_open_cfg(&h, &(struct rpc_cfg){.response_bytes_max = 1000});
    expect_error(&h, "eth_getBlockByNumber", "\"0x1\",true", -32000,
                 "response exceeds the limit of 1000 bytes");
    expect_error(&h, "eth_getBlockReceipts", "\"0x1\"", -32000,
                 "response exceeds the limit of 1000 bytes");
    expect_error(&h, "txpool_content", "", -32000, "response exceeds the limit of 1000 bytes");
    expect_result(&h, "eth_chainId", "", "\"0x539\"");
    harness_close(&h);
}

static void a_batch_above_the_limit_answers_what_fits_and_says_so_for_the_rest(void **state)
{
    struct harness h;
    struct mc_buf b = {0};

    (void)state;
    harness_open_cfg(&h, &(struct rpc_cfg){.response_bytes_max = 100});
    batch_put(&b, 4, "eth_chainId", "");
    assert_string_equal(
        ask_bytes(&h, mc_buf_slice(&b)),
        "[{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x539\"},"
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x539\"},"
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32000,\"message\":\"response exceeds "
        "the limit of 100 bytes\"}},"
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32000,\"message\":\"batch response "
        "exceeds the limit of 100 bytes\"}}]");
    mc_buf_free(&b);
    harness_close(&h);
}

/* Runs one request text as a job of a connection up to its first rest. */
static struct rpc_job *job_start(struct rpc_conn *conn, const char *body, enum rpc_job_state *state)
{
    struct rpc_conn_out out;
    char request[2048];

    snprintf(request, sizeof request,
             "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    rpc_conn_feed(conn, mc_slice_str(request), &out);
    assert_non_null(out.job);
    *state = rpc_job_run(out.job);
    return out.job;
}

static void answer(struct rpc_conn *conn, struct rpc_job *job, char *text, size_t cap)
{
    struct rpc_conn_out out;

    rpc_conn_answer(conn, job, &out);
    assert_null(out.job);
    assert_true(out.send.n < cap);
    memcpy(text, out.send.p, out.send.n);
    text[out.send.n] = '\0';
}

#define SYNC                                                                                       \
    "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"},"                                  \
    "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"eth_sendRawTransactionSync\",\"params\":["         \
    "\"0x02aa\",500]},"                                                                            \
    "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"eth_blockNumber\"}]"

static void a_waiting_call_keeps_its_place_in_the_batch(void **state)
{
    struct harness h;
    struct rpc_conn *conn;
    struct rpc_job *job;
    enum rpc_job_state st;
    char text[8192];

    (void)state;
    harness_open(&h);
    assert_int_equal(rpc_conn_new(&conn, h.server), MC_OK);
    job = job_start(conn, SYNC, &st);
    assert_int_equal(st, RPC_JOB_WAIT);
    assert_int_equal(rpc_job_deadline_ms(job), 1500);
    assert_int_equal(rpc_job_run(job), RPC_JOB_WAIT); /* a block without it */
    assert_int_equal(h.node.submits, 1);              /* submitted once */
    h.node.mined = true;
    assert_int_equal(rpc_job_run(job), RPC_JOB_DONE);
    answer(conn, job, text, sizeof text);
    assert_has(text,
               "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x539\"},{\"jsonrpc\":\"2.0\",\"id\":2,"
               "\"result\":{\"transactionHash\":");
    assert_has(text, "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":\"0x2\"}]");
    assert_int_equal(h.node.submits, 1);
    rpc_conn_free(conn);
    harness_close(&h);
}

static void a_waiting_call_ends_at_its_deadline(void **state)
{
    struct harness h;
    struct rpc_conn *conn;
    struct rpc_job *job;
    enum rpc_job_state st;
    char text[8192];

    (void)state;
    harness_open(&h);
    assert_int_equal(rpc_conn_new(&conn, h.server), MC_OK);
    job = job_start(conn, SYNC, &st);
    rpc_server_tick(h.server, 1499);
    assert_int_equal(rpc_job_run(job), RPC_JOB_WAIT);
    rpc_server_tick(h.server, 1500);
    assert_int_equal(rpc_job_run(job), RPC_JOB_DONE);
    answer(conn, job, text, sizeof text);
    assert_has(text, "\"id\":2,\"error\":{\"code\":4,\"message\":");
    assert_has(text, "within 500 ms\",\"data\":\"0x");
    job = job_start(conn, SYNC, &st); /* a job that is dropped while it waits leaks nothing */
    assert_int_equal(st, RPC_JOB_WAIT);
    rpc_conn_free(conn);
    rpc_job_free(job);
    harness_close(&h);
}

static void hostile_texts_end_in_an_error(void **state)
{
    static const struct {
        const char *text;
        size_t n;
    } rows[] = {{"\0", 1},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_\xff\"}", 42},
                {"{\"jsonrpc\":\"2.0\",\"id\":\"\xc3\x28\",\"method\":\"x\"}", 41},
                {"{\"jsonrpc\":\"2.0\"}\0", 18},
                {"\xef\xbb\xbf{}", 5}};
    struct harness h;
    struct mc_buf deep = {0};

    (void)state;
    harness_open(&h);
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        assert_has(ask_bytes(&h, mc_slice(rows[i].text, rows[i].n)), "\"code\":-32700");
    for (size_t i = 0; i < 1000000; i++)
        mc_buf_put_u8(&deep, '[');
    assert_has(ask_bytes(&h, mc_buf_slice(&deep)), "nested too deep");
    mc_buf_free(&deep);
    harness_close(&h);
}

static void an_id_of_a_megabyte_comes_back_whole(void **state)
{
    struct harness h;
    struct mc_buf b = {0};

    (void)state;
    harness_open(&h);
    mc_buf_put_str(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\",\"id\":\"");
    for (size_t i = 0; i < 1000000; i++)
        mc_buf_put_u8(&b, 'i');
    mc_buf_put_str(&b, "\"}");
    (void)ask_bytes(&h, mc_buf_slice(&b));
    assert_int_equal(h.reply.n,
                     1000000 + sizeof "{\"jsonrpc\":\"2.0\",\"id\":\"\",\"result\":\"0x539\"}");
    mc_buf_free(&b);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_requests_are_answered_in_order),
        cmocka_unit_test(one_request_too_many_is_one_clear_error),
        cmocka_unit_test(an_answer_above_the_limit_becomes_an_error),
        cmocka_unit_test(a_batch_above_the_limit_answers_what_fits_and_says_so_for_the_rest),
        cmocka_unit_test(a_waiting_call_keeps_its_place_in_the_batch),
        cmocka_unit_test(a_waiting_call_ends_at_its_deadline),
        cmocka_unit_test(hostile_texts_end_in_an_error),
        cmocka_unit_test(an_id_of_a_megabyte_comes_back_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
