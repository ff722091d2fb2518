/* Texts: ABI JSON, artifact, selectors, call data from JSON, results, logs and reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/toy.h"
#include "tests/lib/words.h"
#include "vm/vm.h"

static int setup(void **state)
{
    (void)state;
    toy_init();
    return 0;
}

static enum mc_err call_data(struct mc_buf *out, const char *method, const char *args,
                             struct mc_errmsg *em)
{
    struct mc_json_doc *doc;
    enum mc_err err;
    assert_int_equal(mc_json_parse(&doc, mc_slice_str(args), 8, em), MC_OK);
    err = vm_call_data_from_json(out, &toy_module, method, mc_json_root(doc), em);
    mc_json_free(doc);
    return err;
}

/* ------------------------------------------------------------------ arguments */

static void arguments_become_call_data(void **state)
{
    static const struct {
        const char *method, *args, *data;
    } rows[] = {
        {"add", "[5]", "x1003e2d2 5"},
        {"add", "[\"5\"]", "x1003e2d2 5"},
        {"add", "[\"0x5\"]", "x1003e2d2 5"},
        {"add(uint256)",
         "[\"115792089237316195423570985008687907853269984665640564039457584007913"
         "129639935\"]",
         "x1003e2d2 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
        {"get", "[\"t1\"]", "x693ec85e 20 2 't1"},
    };
    struct mc_errmsg em = {""};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_buf got = {0}, expected = {0};
        words(&expected, rows[i].data);
        if (call_data(&got, rows[i].method, rows[i].args, &em) != MC_OK)
            fail_msg("%s%s: %s", rows[i].method, rows[i].args, em.text);
        assert_true(mc_slice_eq(mc_buf_slice(&got), mc_buf_slice(&expected)));
        mc_buf_free(&got);
        mc_buf_free(&expected);
    }
}

static void a_struct_is_an_object_or_an_array(void **state)
{
    static const char *const rows[] = {
        "[[{\"name\":\"a\",\"value\":1}], [\"w\"], \"0x01\", 3, {\"value\":\"2\",\"name\":\"b\"}]",
        "[[[\"a\",1]], [\"w\"], \"0x01\", 3, [\"b\",2]]",
    };
    struct mc_errmsg em = {""};
    struct mc_buf got[2] = {{0}};
    struct mc_buf json = {0};
    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(call_data(&got[i], "echo", rows[i], &em), MC_OK);
    assert_true(mc_slice_eq(mc_buf_slice(&got[0]), mc_buf_slice(&got[1])));
    /* The results of echo are its arguments. */
    assert_int_equal(
        vm_result_to_json(&json, &toy_module, "echo", mc_slice_skip(mc_buf_slice(&got[0]), 4), &em),
        MC_OK);
    mc_buf_put_u8(&json, 0);
    assert_string_equal((const char *)json.p,
                        "{\"pairs\":[{\"name\":\"a\",\"value\":\"1\"}],\"words\":[\"w\"],\"blob\":"
                        "\"0x01\",\"small\":3,\"one\":{\"name\":\"b\",\"value\":\"2\"}}");
    mc_buf_free(&got[0]);
    mc_buf_free(&got[1]);
    mc_buf_free(&json);
}

static void a_wrong_argument_is_named(void **state)
{
    static const struct {
        const char *method, *args, *text;
        enum mc_err err;
    } rows[] = {
        {"nothing", "[]", "Toy has no method nothing", MC_ENOTFOUND},
        {"add", "{}", "arguments: expected a JSON array", MC_EMALFORM},
        {"add", "[]", "add(uint256) takes 1 arguments, not 0", MC_EMALFORM},
        {"add", "[\"x\"]", "argument 1 (n): expected a number", MC_EMALFORM},
        {"add", "[-1]", "argument 1 (n): expected a number", MC_EMALFORM},
        {"add", "[1.5]", "argument 1 (n): expected a number", MC_EMALFORM},
        {"add", "[true]", "argument 1 (n): expected a number", MC_EMALFORM},
        {"put", "[7, 1, 0]", "argument 1 (id): expected a string", MC_EMALFORM},
        {"put", "[\"a\", 1, 3]", "argument 3 (kind): number out of range", MC_EMALFORM},
        {"page", "[0, 1, 2]", "argument 3 (newest): number out of range", MC_EMALFORM},
        {"page", "[0, 1, \"no\"]", "argument 3 (newest): expected a true or false", MC_EMALFORM},
        {"echo", "[[], [\"a\", 1], \"0x\", 1, [\"a\", 1]]",
         "argument 2 (words): element 1: expected a string", MC_EMALFORM},
        {"echo", "[[[\"a\", null]], [], \"0x\", 1, [\"a\", 1]]",
         "argument 1 (pairs): element 0: value: expected a number", MC_EMALFORM},
        {"echo", "[[], [], \"0x\", 256, [\"a\", 1]]", "argument 4 (small): number out of range",
         MC_EMALFORM},
        {"echo", "[[], [], \"0x\", 1, [\"a\"]]", "argument 5 (one): expected 2 values, found 1",
         MC_EMALFORM},
        {"echo", "[[], [], \"0x\", 1, 5]", "argument 5 (one): expected an object or an array",
         MC_EMALFORM},
        {"echo", "[{}, [], \"0x\", 1, 5]", "argument 1 (pairs): expected an array", MC_EMALFORM},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_errmsg em = {""};
        struct mc_buf got = {0};
        assert_int_equal(call_data(&got, rows[i].method, rows[i].args, &em), rows[i].err);
        assert_string_equal(em.text, rows[i].text);
        assert_int_equal(got.n, 0);
        mc_buf_free(&got);
    }
}

/* ------------------------------------------------------------------ results, logs, reasons */

static void results_and_logs_that_do_not_decode_are_errors(void **state)
{
    struct mc_errmsg em;
    struct mc_buf b = {0};
    struct mc_hash topic = {{1}};
    (void)state;
    assert_int_equal(vm_result_to_json(&b, &toy_module, "all", mc_slice("", 0), &em), MC_EMALFORM);
    assert_string_equal(em.text, "the result of all() does not decode");
    assert_int_equal(vm_log_to_json(&b, &toy_module, &topic, 1, mc_slice("", 0), &em),
                     MC_ENOTFOUND);
    assert_int_equal(vm_log_to_json(&b, &toy_module, &topic, 0, mc_slice("", 0), &em),
                     MC_ENOTFOUND);
    mc_keccak256(&topic, mc_slice_str("Summed(uint256)"));
    assert_int_equal(vm_log_to_json(&b, &toy_module, &topic, 1, mc_slice("", 0), &em), MC_EMALFORM);
    assert_string_equal(em.text, "Summed(uint256) has 2 topics, not 1");
    mc_buf_free(&b);
}

static void reasons_are_read_from_revert_data(void **state)
{
    static const struct {
        const char *data, *reason;
    } rows[] = {
        {"", ""},
        {"x08c379", ""},
        {"x08c379a0 20 3 'abc", "abc"},
        {"x08c379a0 20 4 x6162", ""},
        {"x08c379a0 20 11 '01234567890123456", "0123456789012345"},
        {"x4e487b71 11", "Panic(0x11)"},
        {"x4e487b71 11 x00", ""},
        {"xdeadbeef 11", ""},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_buf b = {0};
        char reason[17];
        words(&b, rows[i].data);
        vm_revert_reason(reason, sizeof reason, mc_buf_slice(&b));
        assert_string_equal(reason, rows[i].reason);
        mc_buf_free(&b);
    }
}

/* ------------------------------------------------------------------ ABI and artifact */

static const struct mc_json *entry(const struct mc_json *abi, const char *type, const char *name)
{
    for (size_t i = 0; i < mc_json_len(abi); i++) {
        const struct mc_json *e = mc_json_at(abi, i);
        if (mc_slice_eq(mc_json_str(mc_json_get(e, "type")), mc_slice_str(type)) &&
            mc_slice_eq(mc_json_str(mc_json_get(e, "name")), mc_slice_str(name)))
            return e;
    }
    fail_msg("no %s %s", type, name);
    return NULL;
}

static void text_is(const struct mc_json *v, const char *expected)
{
    struct mc_buf b = {0};
    mc_json_put(&b, v);
    mc_buf_put_u8(&b, 0);
    assert_string_equal((const char *)b.p, expected);
    mc_buf_free(&b);
}

static void the_artifact_is_what_hardhat_reads(void **state)
{
    struct mc_buf b = {0};
    struct mc_json_doc *doc;
    struct mc_errmsg em;
    const struct mc_json *root, *abi;
    (void)state;
    vm_artifact_json(&b, &toy_module);
    assert_int_equal(mc_json_parse(&doc, mc_buf_slice(&b), 16, &em), MC_OK);
    root = mc_json_root(doc);
    text_is(mc_json_get(root, "_format"), "\"hh-sol-artifact-1\"");
    text_is(mc_json_get(root, "contractName"), "\"Toy\"");
    text_is(mc_json_get(root, "sourceName"), "\"contracts/Toy.sol\"");
    text_is(mc_json_get(root, "bytecode"), "\"0xef4e4d01546f79\"");
    text_is(mc_json_get(root, "deployedBytecode"), "\"0xef4e4d01546f79\"");
    text_is(mc_json_get(root, "linkReferences"), "{}");
    text_is(mc_json_get(root, "deployedLinkReferences"), "{}");
    abi = mc_json_get(root, "abi");
    assert_int_equal(mc_json_len(abi), toy_module.method_cnt + toy_module.event_cnt);
    text_is(entry(abi, "function", "put"),
            "{\"inputs\":[{\"internalType\":\"string\",\"name\":\"id\",\"type\":\"string\"},"
            "{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"},"
            "{\"internalType\":\"enum Toy.Kind\",\"name\":\"kind\",\"type\":\"uint8\"}],"
            "\"name\":\"put\",\"outputs\":[],\"stateMutability\":\"nonpayable\","
            "\"type\":\"function\"}");
    text_is(mc_json_at(mc_json_get(entry(abi, "function", "echo"), "inputs"), 0),
            "{\"components\":[{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},"
            "{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"}],"
            "\"internalType\":\"struct Toy.Pair[]\",\"name\":\"pairs\",\"type\":\"tuple[]\"}");
    text_is(mc_json_get(entry(abi, "function", "echo"), "stateMutability"), "\"pure\"");
    text_is(mc_json_get(entry(abi, "function", "ids"), "inputs"),
            "[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}]");
    text_is(entry(abi, "event", "Summed"),
            "{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\","
            "\"name\":\"sum\",\"type\":\"uint256\"}],\"name\":\"Summed\",\"type\":\"event\"}");
    mc_json_free(doc);
    mc_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_become_call_data),
        cmocka_unit_test(a_struct_is_an_object_or_an_array),
        cmocka_unit_test(a_wrong_argument_is_named),
        cmocka_unit_test(results_and_logs_that_do_not_decode_are_errors),
        cmocka_unit_test(reasons_are_read_from_revert_data),
        cmocka_unit_test(the_artifact_is_what_hardhat_reads),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
