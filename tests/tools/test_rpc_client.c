#include "tools/rpc_client.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void answers_are_results_or_words(void **state)
{
    static const struct {
        const char *text;
        enum mc_err err;
        const char *words;
    } cases[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}", MC_OK, NULL},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}", MC_OK, NULL},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"nonce too low\"}}",
         MC_EREJECT, "nonce too low"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3,\"message\":\"execution reverted: "
         "no\"}}",
         MC_EREVERT, "execution reverted: no"},
        {"{\"status\":\"fine\"}", MC_EMALFORM, "not JSON-RPC"},
        {"<html>", MC_EMALFORM, "not JSON"},
        {"[]", MC_EMALFORM, "not JSON-RPC"},
        {"", MC_EMALFORM, "not JSON"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        struct mc_json_doc *doc = NULL;
        const struct mc_json *result = NULL;
        struct mc_errmsg em = {{0}};
        enum mc_err err = tool_rpc_answer(&doc, &result, mc_slice_str(cases[i].text), &em);
        assert_int_equal(err, cases[i].err);
        if (cases[i].words != NULL)
            assert_non_null(strstr(em.text, cases[i].words));
        mc_json_free(doc);
    }
}

static void a_request_is_json_rpc_2(void **state)
{
    struct mc_buf b = {0};
    (void)state;
    tool_rpc_request(&b, 7, "eth_call", mc_slice_str("[1]"));
    static const char want[] =
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"eth_call\",\"params\":[1]}";
    assert_true(mc_slice_eq(mc_buf_slice(&b), mc_slice_str(want)));
    mc_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_results_or_words),
        cmocka_unit_test(a_request_is_json_rpc_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
