/* The short way for raw transactions takes the usual form only, and answers exactly as the long way does. */
#include "harness.h"
#include "rpc/plain.h"

#define M "\"method\":\"eth_sendRawTransaction\""
#define V "\"jsonrpc\":\"2.0\""

static void the_usual_forms_are_read(void **state)
{
    static const struct {
        const char *text, *id, *param;
    } rows[] = {
        {"{" V ",\"id\":1," M ",\"params\":[\"0x12\"]}", "1", "0x12"},
        {"{" M ",\"params\":[\"0x12\"],\"id\":\"a b\"," V "}", "\"a b\"", "0x12"},
        {" { \"id\" : 0 ,\n" V ",\t" M " , \"params\" : [ \"\" ] } \r\n", "0", ""},
        {"{" V ",\"id\":123456789012345678," M ",\"params\":[\"x\"]}", "123456789012345678", "x"}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct rpc_plain got;
        if (!rpc_plain_read(&got, mc_slice_str(rows[i].text)))
            fail_msg("%s", rows[i].text);
        assert_true(mc_slice_eq(got.id, mc_slice_str(rows[i].id)));
        assert_true(mc_slice_eq(got.param, mc_slice_str(rows[i].param)));
    }
}

static void every_other_form_is_left_to_the_parser(void **state)
{
    static const char *const rows[] = {
        "",
        "{",
        "{}",
        "[]",
        "{" V ",\"id\":1," M "}",
        "{" V "," M ",\"params\":[\"0x12\"]}",
        "{\"id\":1," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":1,\"method\":\"eth_call\",\"params\":[\"0x12\"]}",
        "{\"jsonrpc\":\"1.0\",\"id\":1," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":01," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":-1," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":1.5," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":null," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":1234567890123456789," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":\"\\n\"," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":\"\xc3\xa9\"," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":1," M ",\"params\":[\"0x\\u0031\"]}",
        "{" V ",\"id\":1," M ",\"params\":[\"0x12\",1]}",
        "{" V ",\"id\":1," M ",\"params\":[12]}",
        "{" V ",\"id\":1," M ",\"params\":\"0x12\"}",
        "{" V ",\"id\":1,\"id\":2," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":1," M ",\"params\":[\"0x12\"],\"x\":\"y\"}",
        "{" V ",\"id\":1," M ",\"params\":[\"0x12\"],}",
        "{" V ",\"id\":1," M ",\"params\":[\"0x12\"]}}",
        "{" V ",\"id\":1," M ",\"params\":[\"0x12\"]} x",
        "{" V " \"id\":1," M ",\"params\":[\"0x12\"]}",
        "{" V ",\"id\":1," M ",\"params\":[\"0x12"};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct rpc_plain got;
        size_t n = strlen(rows[i]);
        char *exact = malloc(n == 0 ? 1 : n);
        assert_non_null(exact);
        memcpy(exact, rows[i], n);
        if (rpc_plain_read(&got, mc_slice(exact, n)))
            fail_msg("%s", rows[i]);
        free(exact);
    }
}

/* An escape in the id sends the same request the long way. */
static void both_ways_answer_the_same(void **state)
{
    static const char *const params[] = {"0x02aa", "0xff00", "0x03", "0x", "0x1",
                                         "",       "zz",     "0xzz", "12"};
    struct harness h;

    (void)state;
    harness_open(&h);
    for (size_t i = 0; i < MC_COUNT(params); i++) {
        char text[256], first[1024];
        snprintf(text, sizeof text, "{" V ",\"id\":\"q\"," M ",\"params\":[\"%s\"]}", params[i]);
        snprintf(first, sizeof first, "%s", ask(&h, text));
        snprintf(text, sizeof text, "{" V ",\"id\":\"\\u0071\"," M ",\"params\":[\"%s\"]}",
                 params[i]);
        assert_string_equal(ask(&h, text), first);
    }
    harness_close(&h);
}

static void a_switched_off_method_stays_off(void **state)
{
    struct harness h;

    (void)state;
    harness_open_cfg(&h, &(struct rpc_cfg){.methods = "net"});
    expect_error(&h, "eth_sendRawTransaction", "\"0x02aa\"", -32601,
                 "the method eth_sendRawTransaction does not exist/is not available");
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_forms_are_read),
        cmocka_unit_test(every_other_form_is_left_to_the_parser),
        cmocka_unit_test(both_ways_answer_the_same),
        cmocka_unit_test(a_switched_off_method_stays_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
