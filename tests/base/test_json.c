#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"

static enum mc_err parse(struct mc_json_doc **doc, const char *text, struct mc_errmsg *em)
{
    return mc_json_parse(doc, mc_slice_str(text), MC_JSON_DEPTH_MAX, em);
}

static void a_request_is_read_by_its_members(void **state)
{
    struct mc_json_doc *doc = NULL;
    const struct mc_json *root, *params;
    uint64_t id = 0;

    (void)state;
    assert_int_equal(parse(&doc,
                           " {\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"eth_call\","
                           "\"params\":[{\"to\":\"0x\\u0041\"},\"latest\",null,true,-3,1.5]}\n",
                           NULL),
                     MC_OK);
    root = mc_json_root(doc);
    assert_int_equal(mc_json_type(root), MC_JSON_OBJECT);
    assert_int_equal(mc_json_len(root), 4);
    assert_true(mc_json_u64(mc_json_get(root, "id"), &id));
    assert_int_equal(id, 7);
    params = mc_json_get(root, "params");
    assert_int_equal(mc_json_len(params), 6);
    assert_true(
        mc_slice_eq(mc_json_str(mc_json_get(mc_json_at(params, 0), "to")), mc_slice_str("0xA")));
    assert_int_equal(mc_json_type(mc_json_at(params, 2)), MC_JSON_NULL);
    assert_true(mc_json_bool(mc_json_at(params, 3)));
    assert_int_equal(mc_json_type(mc_json_at(params, 4)), MC_JSON_INT);
    assert_int_equal(mc_json_type(mc_json_at(params, 5)), MC_JSON_DOUBLE);
    assert_null(mc_json_at(params, 6));
    mc_json_free(doc);
}

static void what_is_missing_reads_as_null(void **state)
{
    uint64_t u;
    int64_t i;

    (void)state;
    assert_int_equal(mc_json_type(NULL), MC_JSON_NULL);
    assert_false(mc_json_bool(NULL));
    assert_false(mc_json_u64(NULL, &u));
    assert_false(mc_json_i64(NULL, &i));
    assert_int_equal(mc_json_str(NULL).n, 0);
    assert_int_equal(mc_json_len(NULL), 0);
    assert_null(mc_json_at(NULL, 0));
    assert_null(mc_json_get(NULL, "x"));
    mc_json_each(NULL, NULL, NULL);
    mc_json_free(NULL);
}

static void texts_that_are_not_json_are_refused_with_the_place(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "JSON: a value is missing, at byte 0"},
        {"  ", "JSON: a value is missing, at byte 2"},
        {"{} x", "JSON: bytes after the value, at byte 3"},
        {"1 2", "JSON: bytes after the value, at byte 2"},
        {"[1,]", "JSON: not a JSON value, at byte 3"},
        {"[1 2]", "JSON: a comma or ] is due, at byte 3"},
        {"{\"a\":1,}", "JSON: a key in quotes is due, at byte 7"},
        {"{\"a\" 1}", "JSON: a colon is due, at byte 5"},
        {"{'a':1}", "JSON: a key in quotes is due, at byte 1"},
        {"{a:1}", "JSON: a key in quotes is due, at byte 1"},
        {"['a']", "JSON: not a JSON value, at byte 1"},
        {"{\"a\":1", "JSON: the text ends inside an object or array, at byte 6"},
        {"[", "JSON: a value is missing, at byte 1"},
        {"]", "JSON: not a JSON value, at byte 0"},
        {"[}", "JSON: not a JSON value, at byte 1"},
        {"{]", "JSON: a key in quotes is due, at byte 1"},
        {"{\"a\":1]", "JSON: a comma or } is due, at byte 6"},
        {"NaN", "JSON: not a JSON value, at byte 0"},
        {"Infinity", "JSON: not a JSON value, at byte 0"},
        {"-Infinity", "JSON: a number has no digits, at byte 1"},
        {"[NULL]", "JSON: not a JSON value, at byte 1"},
        {"True", "JSON: not a JSON value, at byte 0"},
        {"nul", "JSON: not a JSON value, at byte 0"},
        {"01", "JSON: a number has a leading zero, at byte 0"},
        {"-01", "JSON: a number has a leading zero, at byte 1"},
        {"+1", "JSON: not a JSON value, at byte 0"},
        {".5", "JSON: not a JSON value, at byte 0"},
        {"1.", "JSON: a fraction has no digits, at byte 2"},
        {"1e", "JSON: an exponent has no digits, at byte 2"},
        {"1e+", "JSON: an exponent has no digits, at byte 3"},
        {"0x10", "JSON: bytes after the value, at byte 1"},
        {"-", "JSON: a number has no digits, at byte 1"},
        {"18446744073709551616", "JSON: an integer is outside the 64-bit range, at byte 20"},
        {"-9223372036854775809", "JSON: an integer is outside the 64-bit range, at byte 20"},
        {"\"a", "JSON: the text ends inside a string, at byte 2"},
        {"\"a\\", "JSON: the text ends inside a string, at byte 3"},
        {"\"\\x\"", "JSON: unknown escape, at byte 2"},
        {"\"\\u12g4\"", "JSON: \\u needs four hex digits, at byte 3"},
        {"\"a\nb\"", "JSON: a control character in a string, at byte 2"},
        {"\"\x1f\"", "JSON: a control character in a string, at byte 1"},
        {"{\"a\\u0000\":1}", "JSON: a key contains a NUL, at byte 5"},
        {"\"\xff\"", "JSON: not UTF-8, at byte 1"},
        {"\"\xc0\x80\"", "JSON: not UTF-8, at byte 1"},
        {"\"\xed\xa0\x80\"", "JSON: not UTF-8, at byte 1"},
        {"\"\xf4\x90\x80\x80\"", "JSON: not UTF-8, at byte 1"},
        {"\"\xe2\x82\"", "JSON: not UTF-8, at byte 1"},
        {"/* no */ 1", "JSON: not a JSON value, at byte 0"},
        {"1 // no", "JSON: bytes after the value, at byte 2"},
        {"\xef\xbb\xbf{}", "JSON: not a JSON value, at byte 0"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_json_doc *doc = NULL;
        struct mc_errmsg em = {{0}};
        if (parse(&doc, rows[i].text, &em) != MC_EMALFORM || strcmp(em.text, rows[i].words) != 0)
            fail_msg("%s: %s", rows[i].text, em.text);
        assert_null(doc);
    }
}

static void a_key_twice_in_one_object_is_refused(void **state)
{
    static const struct {
        const char *text, *words; /* words is empty where the text is fine */
    } rows[] = {
        {"{\"a\":1,\"a\":1}", "JSON: key \"a\" appears twice in one object, at byte 8"},
        {"{\"a\":1,\"\\u0061\":2}", "JSON: a key appears twice in one object"},
        {"[1,{\"x\":{\"a\":1,\"b\":[{\"a\":2}],\"a\":{}}}]",
         "JSON: key \"a\" appears twice in one object, at byte 30"},
        {"{\"\":1,\"\":2}", "JSON: key \"\" appears twice in one object, at byte 7"},
        {"{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}", ""},
        {"[{\"a\":1},{\"a\":1}]", ""},
        {"{\"a\":1,\"A\":2}", ""},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_json_doc *doc = NULL;
        struct mc_errmsg em = {{0}};
        enum mc_err want = rows[i].words[0] == '\0' ? MC_OK : MC_EMALFORM;
        assert_int_equal(parse(&doc, rows[i].text, &em), want);
        assert_string_equal(em.text, rows[i].words);
        mc_json_free(doc);
    }
}

static void nesting_is_bounded_exactly(void **state)
{
    static const uint32_t bounds[] = {1, 2, 31, 32, 100, 256};
    char text[600];

    (void)state;
    for (size_t i = 0; i < MC_COUNT(bounds); i++) {
        for (uint32_t depth = bounds[i] - 1; depth <= bounds[i] + 1; depth++) {
            struct mc_json_doc *doc = NULL;
            enum mc_err want = depth <= bounds[i] ? MC_OK : MC_EMALFORM;
            memset(text, '[', depth);
            text[depth] = '7';
            memset(text + depth + 1, ']', depth);
            assert_int_equal(mc_json_parse(&doc, mc_slice(text, 2 * depth + 1), bounds[i], NULL),
                             want);
            mc_json_free(doc);
        }
    }
    struct mc_json_doc *doc = NULL;
    assert_int_equal(mc_json_parse(&doc, mc_slice_str("1"), 0, NULL), MC_EINVAL);
    assert_int_equal(mc_json_parse(&doc, mc_slice_str("1"), 100000, NULL), MC_EINVAL);
}

static void integers_are_exact_at_the_ends_of_their_range(void **state)
{
    static const struct {
        const char *text;
        bool is_u64, is_i64;
        uint64_t u;
    } rows[] = {
        {"0", true, true, 0},
        {"-0", true, true, 0},
        {"-1", false, true, (uint64_t)-1},
        {"9223372036854775807", true, true, INT64_MAX},
        {"9223372036854775808", true, false, (uint64_t)INT64_MAX + 1},
        {"18446744073709551615", true, false, UINT64_MAX},
        {"-9223372036854775808", false, true, (uint64_t)INT64_MAX + 1},
        {"1.0", false, false, 0},
        {"1e3", false, false, 0},
        {"\"1\"", false, false, 0},
        {"true", false, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_json_doc *doc = NULL;
        uint64_t u = 0;
        int64_t v = 0;
        assert_int_equal(parse(&doc, rows[i].text, NULL), MC_OK);
        assert_int_equal(mc_json_u64(mc_json_root(doc), &u), rows[i].is_u64);
        assert_int_equal(mc_json_i64(mc_json_root(doc), &v), rows[i].is_i64);
        if (rows[i].is_u64)
            assert_true(u == rows[i].u);
        if (rows[i].is_i64)
            assert_true((uint64_t)v == rows[i].u);
        mc_json_free(doc);
    }
}

static void a_value_is_echoed_as_compact_text(void **state)
{
    static const struct {
        const char *text, *echo;
    } rows[] = {
        {" { \"b\" : [ 1 , -2 , 1.50e3 ] , \"a\" : { } } ", "{\"b\":[1,-2,1.50e3],\"a\":{}}"},
        {"[]", "[]"},
        {"null", "null"},
        {"[true,false,null]", "[true,false,null]"},
        {"18446744073709551615", "18446744073709551615"},
        {"1e999", "1e999"},
        {"\"\\u0041\\n\\u0000\\/\"", "\"A\\n\\u0000/\""},
        {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""},
        {"{\"k\\\"\":\"v\"}", "{\"k\\\"\":\"v\"}"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_json_doc *doc = NULL;
        struct mc_buf b = {0};
        assert_int_equal(parse(&doc, rows[i].text, NULL), MC_OK);
        mc_json_put(&b, mc_json_root(doc));
        mc_buf_put_u8(&b, 0);
        assert_string_equal((const char *)b.p, rows[i].echo);
        mc_buf_free(&b);
        mc_json_free(doc);
    }
}

static bool key_collect(void *arg, struct mc_slice key, const struct mc_json *val)
{
    struct mc_buf *b = (struct mc_buf *)arg;

    mc_buf_put_slice(b, key);
    mc_json_put(b, val);
    return key.n == 0 || key.p[0] != 'm';
}

static void members_come_in_the_order_of_the_document_until_told_to_stop(void **state)
{
    struct mc_json_doc *doc = NULL;
    struct mc_buf b = {0};

    (void)state;
    assert_int_equal(parse(&doc, "{\"z\":1,\"a\":2,\"m\":3,\"b\":4}", NULL), MC_OK);
    mc_json_each(mc_json_root(doc), key_collect, &b);
    assert_true(mc_slice_eq(mc_buf_slice(&b), mc_slice_str("z1a2m3")));
    mc_buf_free(&b);
    mc_json_free(doc);
}

static void string_literals_are_escaped_and_always_utf8(void **state)
{
    static const struct {
        const char *text, *literal;
    } rows[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\b\f\n\r\t\x01\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\""},
        {"\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        {"x\xffy", "\"x\xef\xbf\xbdy\""},
        {"\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_buf b = {0};
        mc_json_put_str(&b, mc_slice_str(rows[i].text));
        assert_true(mc_slice_eq(mc_buf_slice(&b), mc_slice_str(rows[i].literal)));
        mc_buf_free(&b);
    }
}

static void bytes_and_quantities_are_written_as_ethereum_does(void **state)
{
    struct mc_buf b = {0};

    (void)state;
    mc_json_put_hex(&b, mc_slice("\x00\xab", 2));
    mc_json_put_hex(&b, mc_slice(NULL, 0));
    mc_json_put_quantity(&b, 0);
    mc_json_put_quantity(&b, 0x1a0);
    mc_json_put_quantity(&b, UINT64_MAX);
    assert_true(mc_slice_eq(
        mc_buf_slice(&b), mc_slice_str("\"0x00ab\"\"0x\"\"0x0\"\"0x1a0\"\"0xffffffffffffffff\"")));
    mc_buf_free(&b);
}

static void a_text_of_braces_does_not_take_the_machine(void **state)
{
    struct mc_json_doc *doc = NULL;
    struct mc_buf b = {0};
    struct mc_errmsg em = {{0}};

    (void)state;
    mc_buf_put_str(&b, "[{}");
    for (int i = 0; i < 1000000; i++)
        mc_buf_put_str(&b, ",{}");
    mc_buf_put_str(&b, "]");
    assert_int_equal(mc_json_parse(&doc, mc_buf_slice(&b), 8, &em), MC_ELIMIT);
    assert_null(doc);
    mc_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_by_its_members),
        cmocka_unit_test(what_is_missing_reads_as_null),
        cmocka_unit_test(texts_that_are_not_json_are_refused_with_the_place),
        cmocka_unit_test(a_key_twice_in_one_object_is_refused),
        cmocka_unit_test(nesting_is_bounded_exactly),
        cmocka_unit_test(integers_are_exact_at_the_ends_of_their_range),
        cmocka_unit_test(a_value_is_echoed_as_compact_text),
        cmocka_unit_test(members_come_in_the_order_of_the_document_until_told_to_stop),
        cmocka_unit_test(string_literals_are_escaped_and_always_utf8),
        cmocka_unit_test(bytes_and_quantities_are_written_as_ethereum_does),
        cmocka_unit_test(a_text_of_braces_does_not_take_the_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
