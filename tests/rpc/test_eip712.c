/* Digests of typed data: the example of EIP-712 and the corners of its types. */
#include "harness.h"
#include "rpc/eip712.h"

#define DOMAIN_TYPE "\"EIP712Domain\":[{\"name\":\"name\",\"type\":\"string\"}]"

static const char mail[] =
    "{\"types\":{\"EIP712Domain\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"version\","
    "\"type\":"
    "\"string\"},{\"name\":\"chainId\",\"type\":\"uint256\"},{\"name\":\"verifyingContract\","
    "\"type\":\"address\"}],"
    "\"Person\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"wallet\",\"type\":\"address\"}"
    "],"
    "\"Mail\":[{\"name\":\"from\",\"type\":\"Person\"},{\"name\":\"to\",\"type\":\"Person\"},{"
    "\"name\":\"contents\","
    "\"type\":\"string\"}]},\"primaryType\":\"Mail\",\"domain\":{\"name\":\"Ether "
    "Mail\",\"version\":\"1\",\"chainId\":%s,"
    "\"verifyingContract\":\"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC\"},\"message\":{\"from\":{"
    "\"name\":\"Cow\","
    "\"wallet\":\"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\"},\"to\":{\"name\":\"Bob\","
    "\"wallet\":"
    "\"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB\"},\"contents\":\"Hello, Bob!\"}}";

static enum mc_err digest(struct mc_hash *out, const char *text, struct mc_errmsg *em)
{
    struct mc_json_doc *doc;
    struct mc_arena arena = {0};
    enum mc_err err = mc_json_parse(&doc, mc_slice_str(text), 32, em);

    if (err != MC_OK)
        fail_msg("%s in %s", em->text, text);
    err = rpc_eip712_digest(out, mc_json_root(doc), &arena, em);
    mc_json_free(doc);
    mc_arena_free(&arena);
    return err;
}

static void the_example_of_the_standard_has_its_digest(void **state)
{
    static const char *const ids[] = {"1", "\"1\"", "\"0x1\"", "\"0x01\""};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(ids); i++) {
        char text[2048], hex[65];
        struct mc_hash h;
        struct mc_errmsg em;
        snprintf(text, sizeof text, mail, ids[i]);
        assert_int_equal(digest(&h, text, &em), MC_OK);
        mc_hex_encode(hex, h.b, sizeof h.b);
        assert_string_equal(hex,
                            "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
    }
}

/* Digest of one member "v" of a type; with the word that its encoding must be, computed by hand. */
static enum mc_err member(struct mc_hash *out, const char *type, const char *value,
                          struct mc_errmsg *em)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"types\":{" DOMAIN_TYPE
             ",\"T\":[{\"name\":\"v\",\"type\":\"%s\"}]},\"primaryType\":\"T\","
             "\"domain\":{\"name\":\"x\"},\"message\":{\"v\":%s}}",
             type, value);
    return digest(out, text, em);
}

static void expected(struct mc_hash *out, const char *type, const char *word_hex)
{
    char text[128];
    struct mc_hash type_hash, word, domain, message, name;

    mc_keccak256(&type_hash, mc_slice_str("EIP712Domain(string name)"));
    mc_keccak256(&name, mc_slice_str("x"));
    mc_keccak256v(&domain, (struct mc_slice[]){mc_hash_slice(&type_hash), mc_hash_slice(&name)}, 2);
    snprintf(text, sizeof text, "T(%s v)", type);
    mc_keccak256(&type_hash, mc_slice_str(text));
    assert_true(mc_hex_decode(word.b, word_hex, 32));
    mc_keccak256v(&message, (struct mc_slice[]){mc_hash_slice(&type_hash), mc_hash_slice(&word)},
                  2);
    mc_keccak256v(out,
                  (struct mc_slice[]){mc_slice("\x19\x01", 2), mc_hash_slice(&domain),
                                      mc_hash_slice(&message)},
                  3);
}

#define ZEROS31 "00000000000000000000000000000000000000000000000000000000000000"
#define ONES31  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void words_of_atoms_are_as_the_abi_has_them(void **state)
{
    static const struct {
        const char *type, *value, *word;
    } rows[] = {
        {"uint8", "255", ZEROS31 "ff"},
        {"uint256", "\"0x" ONES31 "ff\"", ONES31 "ff"},
        {"uint256",
         "\"115792089237316195423570985008687907853269984665640564039457584007913129639935\"",
         ONES31 "ff"},
        {"int8", "-1", ONES31 "ff"},
        {"int8", "-128", ONES31 "80"},
        {"int8", "\"-0x80\"", ONES31 "80"},
        {"int8", "127", ZEROS31 "7f"},
        {"int256", "\"-0\"", ZEROS31 "00"},
        {"bool", "true", ZEROS31 "01"},
        {"bool", "false", ZEROS31 "00"},
        {"bytes1", "\"0xab\"", "ab" ZEROS31},
        {"bytes32", "\"0x" ONES31 "00\"", ONES31 "00"},
        {"bytes", "\"0x\"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {"string", "\"\"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {"uint8[]", "[]", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {"address", "\"0x00000000000000000000000000000000000000Aa\"", ZEROS31 "aa"}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_hash got, want;
        struct mc_errmsg em = {""};
        enum mc_err err = member(&got, rows[i].type, rows[i].value, &em);
        expected(&want, rows[i].type, rows[i].word);
        if (err != MC_OK || !mc_hash_eq(&got, &want))
            fail_msg("%s %s: %s", rows[i].type, rows[i].value, em.text);
    }
}

static void arrays_are_hashed_dimension_by_dimension(void **state)
{
    struct mc_hash row, all, got, want;
    uint8_t words[64] = {[31] = 1, [63] = 2};
    struct mc_errmsg em;
    char hex[65];

    (void)state;
    mc_keccak256(&row, mc_slice(words, sizeof words));
    mc_keccak256(&all, mc_hash_slice(&row));
    mc_hex_encode(hex, all.b, 32);
    assert_int_equal(member(&got, "uint8[2][]", "[[1,2]]", &em), MC_OK);
    expected(&want, "uint8[2][]", hex);
    assert_true(mc_hash_eq(&got, &want));
}

static void what_does_not_fit_its_type_is_named(void **state)
{
    static const struct {
        const char *type, *value, *words;
    } rows[] = {{"uint8", "256", "message: v: integer is outside its type's range"},
                {"uint8", "-1", "message: v: negative value of an unsigned type"},
                {"int8", "128", "message: v: integer is outside its type's range"},
                {"int8", "-129", "message: v: integer is outside its type's range"},
                {"uint7", "1", "message: v: no such integer type"},
                {"uint264", "1", "message: v: no such integer type"},
                {"uint", "1", "message: v: no such integer type"},
                {"uint256", "1.5", "message: v: not an integer"},
                {"uint256", "\"x\"", "message: v: not an integer"},
                {"uint256", "null", "message: v: not an integer"},
                {"bool", "1", "message: v: not a boolean"},
                {"string", "1", "message: v: not a string"},
                {"bytes33", "\"0x\"", "message: v: bytes do not fit their type"},
                {"bytes4", "\"0x00\"", "message: v: bytes do not fit their type"},
                {"uint8[2]", "[1]", "message: v: array has another length than its type"},
                {"uint8[]", "1", "message: v: not an array"},
                {"nothing", "1", "message: v: unknown type"},
                {"", "1", "message: v: unknown type"},
                {"]", "1", "message: v: unknown type"},
                {"T", "1", "message: v: not an object"}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_hash got;
        struct mc_errmsg em = {""};
        assert_int_equal(member(&got, rows[i].type, rows[i].value, &em), MC_EMALFORM);
        assert_string_equal(em.text, rows[i].words);
    }
}

static void types_that_refer_to_themselves_end(void **state)
{
    struct mc_hash h;
    struct mc_errmsg em = {""};

    (void)state; /* a list: next is null at its end */
    assert_int_equal(digest(&h,
                            "{\"types\":{" DOMAIN_TYPE
                            ",\"N\":[{\"name\":\"v\",\"type\":\"uint8\"},"
                            "{\"name\":\"next\",\"type\":\"N\"}]},\"primaryType\":\"N\",\"domain\":"
                            "{\"name\":\"x\"},"
                            "\"message\":{\"v\":1,\"next\":{\"v\":2,\"next\":null}}}",
                            &em),
                     MC_OK);
}

static void documents_without_what_they_need_are_refused(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {{"{}", "typed data: types must be an object"},
                {"7", "typed data: types must be an object"},
                {"{\"types\":{}}", "types: EIP712Domain is missing"},
                {"{\"types\":{\"EIP712Domain\":7},\"domain\":{}}",
                 "domain: types: a type is not an array of members"},
                {"{\"types\":{\"EIP712Domain\":[]}}", "domain: not an object"},
                {"{\"types\":{\"EIP712Domain\":[]},\"domain\":{}}", "types:  is missing"}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_hash h;
        struct mc_errmsg em = {""};
        assert_int_equal(digest(&h, rows[i].text, &em), MC_EMALFORM);
        assert_string_equal(em.text, rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_standard_has_its_digest),
        cmocka_unit_test(words_of_atoms_are_as_the_abi_has_them),
        cmocka_unit_test(arrays_are_hashed_dimension_by_dimension),
        cmocka_unit_test(what_does_not_fit_its_type_is_named),
        cmocka_unit_test(types_that_refer_to_themselves_end),
        cmocka_unit_test(documents_without_what_they_need_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
