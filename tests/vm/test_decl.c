/* Declarations: signatures, selectors, topics and the types behind them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/toy.h"
#include "vm/decl.h"

static struct mc_arena arena;

static int teardown(void **state)
{
    (void)state;
    mc_arena_free(&arena);
    return 0;
}

/* The first four are the examples of the Solidity ABI specification, the next ERC-20's. */
static void selectors_match_published_ones(void **state)
{
    static const struct {
        const char *decl, *sig;
        uint32_t selector;
        bool view;
    } rows[] = {
        {"function baz(uint32 x, bool y) pure returns (bool r)", "baz(uint32,bool)", 0xcdcd77c0,
         true},
        {"function sam(bytes memory, bool, uint[] memory) public", "sam(bytes,bool,uint256[])",
         0xa5643bf2, false},
        {"function f(uint256,uint32[],bytes10,bytes)", "f(uint256,uint32[],bytes10,bytes)",
         0x8be65246, false},
        {"function g(uint256[][] calldata a, string[] calldata b) external;",
         "g(uint256[][],string[])", 0x2289b18c, false},
        {"function transfer(address to, uint256 amount) returns (bool)",
         "transfer(address,uint256)", 0xa9059cbb, false},
        {" function  name ( )\n  external view returns ( string memory ) ", "name()", 0x06fdde03,
         true},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct vm_func f;
        vm_decl_func(&f, &arena, NULL, rows[i].decl);
        assert_string_equal(f.sig, rows[i].sig);
        assert_int_equal(mc_be32_get(f.selector), rows[i].selector);
        assert_int_equal(f.view, rows[i].view);
    }
}

static void a_topic_matches_the_published_one(void **state)
{
    static const char expected[] =
        "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    struct vm_event e;
    char hex[65];
    (void)state;
    vm_decl_event(&e, &arena, NULL,
                  "event Transfer(address indexed from, address indexed to, uint256 value)");
    mc_hex_encode(hex, e.topic.b, sizeof e.topic.b);
    assert_string_equal(hex, expected);
    assert_int_equal(e.indexed_cnt, 2);
    assert_int_equal(e.data->member_cnt, 1);
    assert_string_equal(e.data->members[0].name, "value");
    assert_true(e.params->members[0].indexed);
}

static void structs_and_enums_come_from_the_module(void **state)
{
    struct vm_func f;
    const struct vm_dtype *t;
    (void)state;
    vm_decl_func(&f, &arena, &toy_module,
                 "function h(Pair[] calldata pairs, Kind kind) returns (Thing memory thing)");
    assert_string_equal(f.sig, "h((string,uint256)[],uint8)");
    t = f.in->members[1].type;
    assert_int_equal(t->kind, VM_K_ENUM);
    assert_int_equal(t->size, 3);
    t = f.out->members[0].type;
    assert_string_equal(t->sol_name, "Thing");
    /* What is only stored does not show. */
    assert_int_equal(t->member_cnt, 11);
    assert_string_equal(t->members[10].name, "age");
    assert_string_equal(f.in->members[0].name, "pairs");
}

static void static_and_dynamic_types_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        bool dynamic;
        uint32_t head;
    } rows[] = {
        {"uint8", false, 32},   {"bytes32", false, 32}, {"bytes", true, 32},
        {"address", false, 32}, {"bool[]", true, 32},   {"Pair", true, 32},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const struct vm_dtype *t = vm_decl_type(&arena, &toy_module, rows[i].text);
        assert_non_null(t);
        assert_int_equal(t->dynamic, rows[i].dynamic);
        assert_int_equal(t->head_bytes, rows[i].head);
    }
}

static void texts_that_are_no_type_are_refused(void **state)
{
    static const char *const rows[] = {
        "",         "uint7",   "uint264",         "uint08",    "uint0",     "bytes0",
        "bytes33",  "int256",  "string[",         "string[]]", "uint256 x", "Nobody",
        "uint2567", "uint25a", "address payable", "[]",
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        if (vm_decl_type(&arena, &toy_module, rows[i]) != NULL)
            fail_msg("taken: %s", rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_match_published_ones),
        cmocka_unit_test(a_topic_matches_the_published_one),
        cmocka_unit_test(structs_and_enums_come_from_the_module),
        cmocka_unit_test(static_and_dynamic_types_are_told_apart),
        cmocka_unit_test(texts_that_are_no_type_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
