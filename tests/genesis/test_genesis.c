#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "consensus/consensus.h"
#include "genesis/genesis.h"

static const char minimal[] =
    "{\"format\":1,\"chainId\":1337,\"timeMs\":1700000000000,"
    "\"members\":[{\"account\":\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\",\"name\":\"Hospital "
    "1\"}],"
    "\"validators\":[{\"account\":\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\","
    "\"publicKey\":\"0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\","
    "\"member\":\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"}],"
    "\"accounts\":[{\"address\":\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\",\"balance\":"
    "\"1000\","
    "\"member\":\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\",\"permissions\":3,"
    "\"roles\":[\"ADMIN\",\"DOCTOR\"]},"
    "{\"address\":\"0x70997970c51812dc3a010c7d01b50e0d17dc79c8\"}]}";

static int setup(void **state)
{
    (void)state;
    struct mc_errmsg em;
    vm_init();
    return mc_crypto_init(&em) == MC_OK ? 0 : -1;
}

static void parse_ok(struct gen **g, const char *text)
{
    struct mc_errmsg em = {{0}};
    if (gen_parse(g, mc_slice_str(text), &em) != MC_OK)
        fail_msg("refused: %s", em.text);
}

static void a_minimal_file_gets_the_defaults(void **state)
{
    (void)state;
    struct gen *g = NULL;
    parse_ok(&g, minimal);
    const struct gen_spec *s = gen_spec(g);
    assert_int_equal(s->chain_id, 1337);
    assert_int_equal(s->gas.call, 15000);
    assert_string_equal(s->unit_symbol, "SVU");
    assert_int_equal(s->accounts[0].roles, VM_ADMIN | VM_DOCTOR);
    assert_int_equal(s->accounts[0].member_i, 0);
    assert_int_equal(s->accounts[1].member_i, UINT32_MAX);
    assert_int_equal(gen_ledger_genesis(g)->gas_limit, 60000000);
    gen_free(g);
}

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    struct gen *a = NULL, *b = NULL;
    struct mc_buf first = {0}, second = {0};
    parse_ok(&a, minimal);
    gen_write(&first, gen_spec(a));
    mc_buf_put_u8(&first, 0);
    parse_ok(&b, (const char *)first.p);
    gen_write(&second, gen_spec(b));
    assert_int_equal(first.n - 1, second.n);
    assert_memory_equal(first.p, second.p, second.n);
    mc_buf_free(&first);
    mc_buf_free(&second);
    gen_free(a);
    gen_free(b);
}

static void the_validator_set_hash_is_that_of_consensus(void **state)
{
    (void)state;
    struct gen *g = NULL;
    struct cons_valset *set = test_calloc(1, sizeof *set);
    struct mc_errmsg em = {{0}};
    parse_ok(&g, minimal);
    set->cnt = 1;
    memcpy(set->v[0].pub, gen_spec(g)->validators[0].public_key, 32);
    set->v[0].addr = gen_spec(g)->validators[0].account;
    assert_int_equal(cons_valset_seal(set, &em), MC_OK);
    assert_memory_equal(set->hash.b, gen_ledger_genesis(g)->validator_set_hash.b, 32);
    test_free(set);
    gen_free(g);
}

/* The set of the file, and the set that the chain derives from its state, have one hash whatever the file's order. */
static void block_zero_names_the_set_in_the_chains_order(void **state)
{
    (void)state;
    static const char second[] =
        "\"validators\":[{\"account\":\"0x70997970c51812dc3a010c7d01b50e0d17dc79c8\",\"publicKey\":"
        "\"0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\","
        "\"member\":\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"},";
    static const char last[] =
        ",{\"account\":\"0x70997970c51812dc3a010c7d01b50e0d17dc79c8\",\"publicKey\":"
        "\"0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\","
        "\"member\":\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"}],\"accounts\"";
    struct gen *a = NULL, *b = NULL;
    char text[4096];
    const char *at = strstr(minimal, "\"validators\":[");
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - minimal), minimal, second,
             at + strlen("\"validators\":["));
    parse_ok(&a, text);
    at = strstr(minimal, "],\"accounts\"");
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - minimal), minimal, last,
             at + strlen("],\"accounts\""));
    parse_ok(&b, text);
    assert_int_equal(gen_spec(a)->validator_cnt, 2);
    assert_memory_not_equal(&gen_spec(a)->validators[0], &gen_spec(b)->validators[0],
                            sizeof(struct mc_addr));
    assert_memory_equal(gen_ledger_genesis(a)->validator_set_hash.b,
                        gen_ledger_genesis(b)->validator_set_hash.b, 32);
    gen_free(a);
    gen_free(b);
}

static void every_value_changes_the_hash_of_block_zero(void **state)
{
    (void)state;
    /* Each row replaces a piece of the minimal file. */
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"1337", "1338"},
        {"1700000000000", "1700000000001"},
        {"\"1000\"", "\"1001\""},
        {"Hospital 1", "Hospital 2"},
        {"\"ADMIN\",\"DOCTOR\"", "\"ADMIN\",\"NURSE\""},
        {"\"permissions\":3", "\"permissions\":1"},
        {"\"timeMs\"", "\"gas\":{\"call\":15001,\"storedByte\":32,\"indexEntry\":3000,\"log\":375,"
                       "\"logTopic\":375,\"logByte\":8,\"viewLoad\":100},\"timeMs\""},
        {"\"timeMs\"", "\"baseFeePerGas\":\"7\",\"timeMs\""},
        {"\"timeMs\"",
         "\"unit\":{\"name\":\"Service Unit\",\"symbol\":\"XXX\",\"decimals\":2},\"timeMs\""},
        {"}]}", "}],\"parameters\":{\"chain.permissioned\":0}}"},
    };
    struct gen *g = NULL;
    struct mc_hash base, other;
    struct mc_errmsg em = {{0}};
    parse_ok(&g, minimal);
    assert_int_equal(gen_hash(&base, g, &em), MC_OK);
    assert_int_equal(gen_hash(&other, g, &em), MC_OK);
    assert_memory_equal(base.b, other.b, 32);
    gen_free(g);
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char text[4096];
        const char *at = strstr(minimal, rows[i].from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - minimal), minimal, rows[i].to,
                 at + strlen(rows[i].from));
        parse_ok(&g, text);
        assert_int_equal(gen_hash(&other, g, &em), MC_OK);
        if (memcmp(base.b, other.b, 32) == 0)
            fail_msg("row %zu does not change the hash", i);
        gen_free(g);
    }
}

static void damage_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *words;
    } rows[] = {
        {"\"format\":1", "\"format\":2", "\"format\": 2, this program reads format 1"},
        {"\"chainId\":1337,", "", "\"chainId\" is missing"},
        {"1337", "0", "\"chainId\": 0 is outside"},
        {"1337", "\"x\"", "\"chainId\": not a whole number"},
        {"\"timeMs\"", "\"timeMS\"", "unknown key \"timeMS\""},
        {"\"publicKey\":\"0xd7", "\"publicKey\":\"0xd8", "\"validators\"[0]"},
        {"\"1000\"", "\"10x0\"", "\"accounts\"[0]: \"balance\""},
        {"\"DOCTOR\"", "\"DOCTER\"", "\"roles\"[1]: no role has that name"},
        {"\"permissions\":3", "\"permissions\":4", "\"permissions\": 4 is outside 0..3"},
        {"0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
         "is listed twice"},
        {"0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0x70997970",
         "\"accounts\"[1]: \"address\""},
        {"\"format\"",
         "\"modules\":{\"Nothing\":\"0x0000000000000000000000000000000000001000\"},\"format\"",
         "no module \"Nothing\""},
        {"\"format\"", "\"fingerprints\":{\"0x00\":\"DrugTrace\"},\"format\"",
         "\"fingerprints\"[0]"},
        {"{\"format\"", "[\"format\"", "genesis:"},
    };
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char text[4096];
        struct gen *g = NULL;
        struct mc_errmsg em = {{0}};
        const char *at = strstr(minimal, rows[i].from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - minimal), minimal, rows[i].to,
                 at + strlen(rows[i].from));
        assert_int_not_equal(gen_parse(&g, mc_slice_str(text), &em), MC_OK);
        if (strstr(em.text, rows[i].words) == NULL)
            fail_msg("row %zu: \"%s\" does not say \"%s\"", i, em.text, rows[i].words);
    }
}

static void every_cut_of_the_file_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n + 1 < sizeof minimal - 1; n++) {
        struct gen *g = NULL;
        struct mc_errmsg em = {{0}};
        assert_int_not_equal(gen_parse(&g, mc_slice(minimal, n), &em), MC_OK);
        assert_int_not_equal(em.text[0], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_minimal_file_gets_the_defaults),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(the_validator_set_hash_is_that_of_consensus),
        cmocka_unit_test(block_zero_names_the_set_in_the_chains_order),
        cmocka_unit_test(every_value_changes_the_hash_of_block_zero),
        cmocka_unit_test(damage_is_refused_by_name),
        cmocka_unit_test(every_cut_of_the_file_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
