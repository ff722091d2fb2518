/* Reading of single values: what is taken, and the words for what is not. */
#include "harness.h"
#include "rpc/params.h"

struct value {
    struct mc_json_doc *doc;
    struct mc_errmsg em;
    struct mc_arena arena;
};

static const struct mc_json *open_value(struct value *v, const char *json)
{
    memset(v, 0, sizeof *v);
    assert_int_equal(mc_json_parse(&v->doc, mc_slice_str(json), 8, &v->em), MC_OK);
    return mc_json_root(v->doc);
}

static void close_value(struct value *v)
{
    mc_json_free(v->doc);
    mc_arena_free(&v->arena);
}

static void quantities_are_minimal_hex_text(void **state)
{
    static const struct {
        const char *json;
        bool ok;
        uint64_t v;
        const char *words;
    } rows[] = {{"\"0x0\"", true, 0, ""},
                {"\"0xA\"", true, 10, ""},
                {"\"0xffffffffffffffff\"", true, UINT64_MAX, ""},
                {"\"0x00\"", false, 0, "hex quantity has a leading zero"},
                {"\"0x\"", false, 0, "hex quantity has no digits"},
                {"\"10\"", false, 0, "hex text does not start with 0x"},
                {"\"\"", false, 0, "hex text does not start with 0x"},
                {"\"0x1g\"", false, 0, "not a hex digit at position 3"},
                {"\"0x1\\u0000\"", false, 0, "not a hex digit at position 3"},
                {"\"0x10000000000000000\"", false, 0, "hex quantity is larger than 64 bits"},
                {"1", false, 0, "want a hex quantity string, got a number"},
                {"1.5", false, 0, "want a hex quantity string, got a number"},
                {"true", false, 0, "want a hex quantity string, got a boolean"},
                {"[]", false, 0, "want a hex quantity string, got an array"},
                {"{}", false, 0, "want a hex quantity string, got an object"}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct value v;
        uint64_t got = 0;
        const struct mc_json *j = open_value(&v, rows[i].json);
        assert_int_equal(rpc_val_u64(&got, j, &v.em), rows[i].ok);
        assert_int_equal(got, rows[i].v);
        assert_string_equal(v.em.text, rows[i].words);
        close_value(&v);
    }
}

static void data_are_whole_bytes_of_any_case(void **state)
{
    static const struct {
        const char *json, *bytes;
        int n; /* -1: refused with the words in bytes */
    } rows[] = {{"\"0x\"", "", 0},
                {"\"0xABcd\"", "\xab\xcd", 2},
                {"\"0X00\"", "\0", 1},
                {"\"0xabc\"", "hex string of odd length", -1},
                {"\"abcd\"", "hex string without 0x prefix", -1},
                {"\"0\"", "hex string without 0x prefix", -1},
                {"\"0x \\n\"", "hex string has a character that is no hex digit", -1},
                {"0", "want a hex data string, got a number", -1}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct value v;
        struct mc_slice got;
        const struct mc_json *j = open_value(&v, rows[i].json);
        if (rpc_val_data(&got, j, &v.arena, &v.em) != (rows[i].n >= 0))
            fail_msg("%s", rows[i].json);
        if (rows[i].n >= 0)
            assert_true(mc_slice_eq(got, mc_slice(rows[i].bytes, (size_t)rows[i].n)));
        else
            assert_string_equal(v.em.text, rows[i].bytes);
        close_value(&v);
    }
}

static void addresses_and_hashes_have_their_length(void **state)
{
    struct value v;
    struct mc_addr a;
    struct mc_hash h;
    const struct mc_json *j = open_value(&v, "\"0xAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01\"");

    (void)state;
    assert_true(rpc_val_addr(&a, j, &v.em));
    assert_true(mc_addr_eq(&a, &FAKE_ALICE));
    assert_false(rpc_val_hash(&h, j, &v.em));
    assert_string_equal(v.em.text, "hex string has length 40, want 64 for hash");
    close_value(&v);
    j = open_value(&v, "\"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"");
    assert_false(rpc_val_addr(&a, j, &v.em));
    assert_string_equal(v.em.text, "hex string has length 39, want 40 for address");
    close_value(&v);
}

static void blocks_are_named_by_tag_number_hash_or_object(void **state)
{
    static const struct {
        const char *json;
        int tag; /* -1: refused */
        uint64_t number;
    } rows[] = {{"\"latest\"", RPC_TAG_LATEST, 0},
                {"\"pending\"", RPC_TAG_PENDING, 0},
                {"\"earliest\"", RPC_TAG_EARLIEST, 0},
                {"\"safe\"", RPC_TAG_SAFE, 0},
                {"\"finalized\"", RPC_TAG_FINALIZED, 0},
                {"\"0x10\"", RPC_TAG_NUMBER, 16},
                {"{\"blockNumber\":\"0x10\"}", RPC_TAG_NUMBER, 16},
                {"{\"blockNumber\":\"safe\",\"requireCanonical\":false}", RPC_TAG_SAFE, 0},
                {"{\"blockHash\":\"0x"
                 "00000000000000000000000000000000"
                 "00000000000000000000000000000001\"}",
                 RPC_TAG_HASH, 0},
                {"\"0x"
                 "00000000000000000000000000000000"
                 "00000000000000000000000000000001\"",
                 RPC_TAG_HASH, 0},
                {"\"Latest\"", -1, 0},
                {"\"latest \"", -1, 0},
                {"\"latest\\u0000\"", -1, 0},
                {"\"16\"", -1, 0},
                {"16", -1, 0},
                {"{}", -1, 0},
                {"{\"blockHash\":7}", -1, 0},
                {"{\"blockNumber\":\"0x1\",\"requireCanonical\":1}", -1, 0},
                {"[\"latest\"]", -1, 0}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct value v;
        struct rpc_block_id id;
        const struct mc_json *j = open_value(&v, rows[i].json);
        bool ok = rpc_val_block(&id, j, &v.em);
        if (ok != (rows[i].tag >= 0))
            fail_msg("%s", rows[i].json);
        if (ok) {
            assert_int_equal(id.tag, rows[i].tag);
            assert_int_equal(id.number, rows[i].number);
        } else {
            assert_true(v.em.text[0] != '\0');
        }
        close_value(&v);
    }
}

static void lists_of_a_filter_are_bounded(void **state)
{
    struct harness h;
    struct mc_buf b = {0};

    (void)state;
    harness_open(&h);
    mc_buf_put_str(&b, "{\"address\":[");
    for (size_t i = 0; i <= RPC_LIST_MAX; i++)
        mc_buf_put_str(&b, i == 0 ? "\"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01\""
                                  : ",\"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01\"");
    mc_buf_put_str(&b, "]}");
    mc_buf_put_u8(&b, 0);
    expect_error(&h, "eth_getLogs", (const char *)b.p, -32602,
                 "invalid argument 0: address: exceed max addresses");
    mc_buf_reset(&b);
    mc_buf_put_str(&b, "\"0xcccccccccccccccccccccccccccccccccccccc02\",[");
    for (size_t i = 0; i <= RPC_SLOTS_MAX; i++)
        mc_buf_put_str(&b, i == 0 ? "\"0x1\"" : ",\"0x1\"");
    mc_buf_put_str(&b, "]");
    mc_buf_put_u8(&b, 0);
    expect_error(&h, "eth_getProof", (const char *)b.p, -32000,
                 "1025 storage keys exceed the limit of 1024");
    mc_buf_free(&b);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_are_minimal_hex_text),
        cmocka_unit_test(data_are_whole_bytes_of_any_case),
        cmocka_unit_test(addresses_and_hashes_have_their_length),
        cmocka_unit_test(blocks_are_named_by_tag_number_hash_or_object),
        cmocka_unit_test(lists_of_a_filter_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
