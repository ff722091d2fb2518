/* The filter table: expiry, limits, polls that are too large, and many threads. */
#include <pthread.h>

#include "harness.h"
#include "rpc/filter.h"

/* The id in the last answer, with its quotes. */
static void id_copy(char id[40], const char *reply)
{
    const char *at = strstr(reply, "\"result\":");

    assert_non_null(at);
    memcpy(id, at + 9, RPC_FILTER_ID_LEN + 2);
    id[RPC_FILTER_ID_LEN + 2] = '\0';
}

static void a_filter_lives_as_long_as_it_is_asked(void **state)
{
    struct harness h;
    char id[40];

    (void)state;
    harness_open(&h);
    id_copy(id, call(&h, "eth_newBlockFilter", ""));
    for (uint64_t now = 1000; now < 30000000; now += 3600000) { /* each hour, to the hour */
        rpc_server_tick(h.server, now);
        expect_result(&h, "eth_getFilterChanges", id, "[]");
    }
    harness_close(&h);
}

static void a_filter_is_gone_after_an_hour_of_silence(void **state)
{
    struct harness h;
    char id[40];

    (void)state;
    harness_open(&h);
    id_copy(id, call(&h, "eth_newFilter", "{}"));
    rpc_server_tick(h.server, 1000 + 3600001);
    expect_error(&h, "eth_getFilterChanges", id, -32000, "filter not found");
    expect_error(&h, "eth_getFilterLogs", id, -32000, "filter not found");
    expect_result(&h, "eth_uninstallFilter", id, "false");
    harness_close(&h);
}

static void a_full_table_refuses_until_one_goes(void **state)
{
    struct harness h;
    char id[40];

    (void)state;
    harness_open_cfg(&h, &(struct rpc_cfg){.filters_max = 2});
    id_copy(id, call(&h, "eth_newBlockFilter", ""));
    (void)call(&h, "eth_newFilter", "{}");
    expect_error(&h, "eth_newFilter", "{}", -32000, "too many filters are open, the limit is 2");
    expect_result(&h, "eth_uninstallFilter", id, "true");
    id_copy(id, call(&h, "eth_newFilter", "{}"));
    rpc_server_tick(h.server, 1000 + 3600001); /* both expire: there is room again */
    id_copy(id, call(&h, "eth_newFilter", "{}"));
    harness_close(&h);
}

/* Counts "logIndex" in the answers of polls until one is empty; fails when more than polls_max are needed. */
static size_t logs_polled(struct harness *h, const char *id, size_t polls_max)
{
    size_t cnt = 0;

    for (size_t i = 0; i < polls_max; i++) {
        const char *reply = call(h, "eth_getFilterChanges", id), *at = reply;
        size_t before = cnt;
        assert_null(strstr(reply, "\"error\""));
        while ((at = strstr(at, "\"logIndex\"")) != NULL) {
            cnt++;
            at++;
        }
        if (cnt == before)
            return cnt;
    }
    fail_msg("more than %zu polls", polls_max);
    return 0;
}

static void a_poll_too_large_for_one_answer_comes_in_parts(void **state)
{
    struct harness h;
    char id[40];

    (void)state;
    harness_open(&h);
    id_copy(id, call(&h, "eth_newFilter", "{}"));
    h.node.head = 1002; /* a thousand logs, a hundred of which fit an answer */
    assert_int_equal(logs_polled(&h, id, 20), 1000);
    h.node.rows_max = 0; /* a block whose logs do not fit at all */
    h.node.head = 1003;
    expect_error(&h, "eth_getFilterChanges", id, -32000,
                 "query returns more than 0 logs; narrow the block range");
    h.node.rows_max = 100; /* nothing was lost by that */
    assert_int_equal(logs_polled(&h, id, 2), 1);
    harness_close(&h);
}

static void arrivals_are_told_once(void **state)
{
    struct harness h;
    char id[40];

    (void)state;
    harness_open(&h);
    id_copy(id, call(&h, "eth_newPendingTransactionFilter", ""));
    h.node.arrivals = 4;
    assert_has(call(&h, "eth_getFilterChanges", id), "\"result\":[\"0x");
    expect_result(&h, "eth_getFilterChanges", id, "[]");
    harness_close(&h);
}

static void a_table_alone_keeps_lists_of_its_own(void **state)
{
    struct mc_addr a = FAKE_ALICE;
    struct mc_hash topic = {{1}};
    struct rpc_filter f = {.kind = RPC_FILTER_LOGS, .position = 7}, got;
    struct rpc_filters *t = rpc_filters_new(4, 100);
    char id[RPC_FILTER_ID_LEN + 1];
    struct mc_arena arena = {0};

    (void)state;
    assert_int_equal(mc_crypto_init(NULL), MC_OK);
    f.criteria.query.addresses = &a;
    f.criteria.query.address_cnt = 1;
    f.criteria.query.topics[2].any = &topic;
    f.criteria.query.topics[2].cnt = 1;
    f.criteria.query.topic_cnt = 3;
    assert_int_equal(rpc_filters_add(t, id, &f, 0), MC_OK);
    a = FAKE_CONTRACT;
    topic.b[0] = 2;
    assert_int_equal(rpc_filters_get(t, &got, mc_slice_str(id), 0, &arena), MC_OK);
    assert_true(mc_addr_eq(&got.criteria.query.addresses[0], &FAKE_ALICE));
    assert_int_equal(got.criteria.query.topics[2].any[0].b[0], 1);
    rpc_filters_advance(t, mc_slice_str(id), 6, 9); /* somebody else was faster */
    assert_int_equal(rpc_filters_get(t, &got, mc_slice_str(id), 0, &arena), MC_OK);
    assert_int_equal(got.position, 7);
    rpc_filters_advance(t, mc_slice_str(id), 7, 9);
    assert_int_equal(rpc_filters_get(t, &got, mc_slice_str(id), 0, &arena), MC_OK);
    assert_int_equal(got.position, 9);
    mc_arena_free(&arena);
    rpc_filters_free(t);
}

static void *churn(void *arg)
{
    struct rpc_server *s = arg;
    struct mc_buf out = {0};

    for (int i = 0; i < 300; i++) {
        char request[200], id[40];
        mc_buf_reset(&out);
        rpc_handle(s,
                   mc_slice_str("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_newFilter\","
                                "\"params\":[{\"address\":[]}]}"),
                   &out);
        mc_buf_put_u8(&out, 0);
        id_copy(id, (const char *)out.p);
        for (int k = 0; k < 2; k++) {
            snprintf(request, sizeof request,
                     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}",
                     k == 0 ? "eth_getFilterChanges" : "eth_uninstallFilter", id);
            mc_buf_reset(&out);
            rpc_handle(s, mc_slice_str(request), &out);
            mc_buf_put_u8(&out, 0);
            if (strstr((const char *)out.p, k == 0 ? "[]" : "true") == NULL)
                abort();
        }
    }
    mc_buf_free(&out);
    return NULL;
}

static void threads_share_the_table(void **state)
{
    struct harness h;
    pthread_t threads[4];

    (void)state;
    harness_open(&h);
    for (size_t i = 0; i < MC_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, h.server), 0);
    for (size_t i = 0; i < MC_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_lives_as_long_as_it_is_asked),
        cmocka_unit_test(a_filter_is_gone_after_an_hour_of_silence),
        cmocka_unit_test(a_full_table_refuses_until_one_goes),
        cmocka_unit_test(a_poll_too_large_for_one_answer_comes_in_parts),
        cmocka_unit_test(arrivals_are_told_once),
        cmocka_unit_test(a_table_alone_keeps_lists_of_its_own),
        cmocka_unit_test(threads_share_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
