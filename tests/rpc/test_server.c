/* Which methods there are, and the devnet's sending under concurrency. */
#include <pthread.h>

#include "harness.h"
#include "rpc/server.h"

static void methods_of_unlocked_accounts_exist_on_a_devnet_only(void **state)
{
    struct harness h;

    (void)state;
    harness_open_cfg(&h, &(struct rpc_cfg){0});
    expect_error(&h, "eth_sendTransaction", "{}", -32601,
                 "the method eth_sendTransaction does not exist/is not available");
    expect_error(&h, "personal_sign", "", -32601,
                 "the method personal_sign does not exist/is not available");
    expect_result(&h, "eth_accounts", "", "[]");
    assert_null(strstr(call(&h, "rpc_modules", ""), "personal"));
    harness_close(&h);
}

static void a_list_of_methods_and_namespaces_narrows_what_may_be_called(void **state)
{
    struct harness h;

    (void)state;
    harness_open_cfg(&h, &(struct rpc_cfg){.methods = "net, web3,eth_chainId"});
    expect_result(&h, "net_version", "", "\"1337\"");
    expect_result(&h, "eth_chainId", "", "\"0x539\"");
    expect_error(&h, "eth_blockNumber", "", -32601,
                 "the method eth_blockNumber does not exist/is not available");
    expect_error(&h, "rpc_modules", "", -32601,
                 "the method rpc_modules does not exist/is not available");
    harness_close(&h);
}

static void a_minus_takes_a_method_out(void **state)
{
    static const char *const lists[] = {"eth,net,-eth_newFilter", "*,-eth_newFilter",
                                        "-eth_newFilter , *"};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(lists); i++) {
        struct harness h;
        harness_open_cfg(&h, &(struct rpc_cfg){.methods = lists[i]});
        expect_result(&h, "eth_chainId", "", "\"0x539\"");
        expect_error(&h, "eth_newFilter", "{}", -32601,
                     "the method eth_newFilter does not exist/is not available");
        harness_close(&h);
    }
}

static void every_row_is_found_by_its_name(void **state)
{
    struct harness h;

    (void)state;
    harness_open(&h);
    for (int i = 0; i < RPC_METHOD_CNT; i++) {
        if (rpc_server_method(h.server, mc_slice_str(rpc_methods[i].name)) != i)
            fail_msg("%s", rpc_methods[i].name);
        assert_true(rpc_methods[i].param_min <= rpc_methods[i].param_max);
    }
    assert_int_equal(rpc_server_method(h.server, mc_slice_str("eth_")), -1);
    assert_int_equal(rpc_server_method(h.server, mc_slice(NULL, 0)), -1);
    harness_close(&h);
}

static void lists_are_read_item_by_item(void **state)
{
    static const struct {
        const char *list, *item;
        bool has;
    } rows[] = {{"a,b", "b", true},  {" a , b ", "B", true}, {"a,b", "ab", false},
                {"a,b", "", false},  {"", "a", false},       {",,", "", false},
                {"*", "a", true},    {"b,*", "a", true},     {"abc", "ab", false},
                {"ab", "abc", false}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        if (rpc_list_has(rows[i].list, mc_slice_str(rows[i].item)) != rows[i].has)
            fail_msg("%s in %s", rows[i].item, rows[i].list);
    }
    assert_false(rpc_list_has(NULL, mc_slice_str("a")));
}

#define SENDS_PER_THREAD 50

static void *send_many(void *arg)
{
    struct rpc_server *s = arg;
    struct mc_buf out = {0};

    for (int i = 0; i < SENDS_PER_THREAD; i++) {
        mc_buf_reset(&out);
        rpc_handle(
            s,
            mc_slice_str(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendTransaction\",\"params\":[{"
                "\"from\":\"0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826\",\"gas\":\"0x5208\"}]}"),
            &out);
        mc_buf_put_u8(&out, 0);
        if (strstr((const char *)out.p, "\"result\":\"0x") == NULL)
            abort();
    }
    mc_buf_free(&out);
    return NULL;
}

/* The fake node counts its nonce at each admission; a nonce given out twice shows as a hash that comes twice. */
static struct mc_hash seen[4 * SENDS_PER_THREAD];
static _Atomic size_t seen_cnt;
static enum mc_err (*inner_submit)(void *, struct mc_slice, struct mc_hash *, struct mc_errmsg *);

static enum mc_err submit_noted(void *ctx, struct mc_slice raw, struct mc_hash *hash,
                                struct mc_errmsg *em)
{
    enum mc_err err = inner_submit(ctx, raw, hash, em);

    seen[seen_cnt++] = *hash;
    return err;
}

static int hash_cmp(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct mc_hash));
}

static void concurrent_sends_never_share_a_nonce(void **state)
{
    struct harness h;
    pthread_t threads[4];

    (void)state;
    memset(&h, 0, sizeof h);
    assert_int_equal(mc_crypto_init(NULL), MC_OK);
    fake_ports_init(&h.node);
    inner_submit = h.node.ports.submit;
    h.node.ports.submit = submit_noted;
    assert_int_equal(
        rpc_server_new(&h.server, &(struct rpc_cfg){.devnet = true}, &h.node.ports, NULL), MC_OK);
    for (size_t i = 0; i < MC_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_many, h.server), 0);
    for (size_t i = 0; i < MC_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(seen_cnt, MC_COUNT(seen));
    qsort(seen, MC_COUNT(seen), sizeof seen[0], hash_cmp);
    for (size_t i = 1; i < MC_COUNT(seen); i++)
        assert_false(mc_hash_eq(&seen[i - 1], &seen[i]));
    harness_close(&h);
}

static void admin_methods_exist_on_a_local_listener_only(void **state)
{
    struct harness h;

    (void)state;
    harness_open_cfg(&h, &(struct rpc_cfg){.methods = "*,admin"});
    assert_has(call(&h, "admin_nodeInfo", ""), "-32601");
    harness_close(&h);
    harness_open_cfg(&h, &(struct rpc_cfg){.local = true, .methods = "admin,-admin_peers"});
    assert_has(call(&h, "admin_nodeInfo", ""), "diskFreeBytes");
    assert_has(call(&h, "admin_peers", ""), "-32601");
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_of_unlocked_accounts_exist_on_a_devnet_only),
        cmocka_unit_test(a_list_of_methods_and_namespaces_narrows_what_may_be_called),
        cmocka_unit_test(a_minus_takes_a_method_out),
        cmocka_unit_test(every_row_is_found_by_its_name),
        cmocka_unit_test(lists_are_read_item_by_item),
        cmocka_unit_test(concurrent_sends_never_share_a_nonce),
        cmocka_unit_test(admin_methods_exist_on_a_local_listener_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
