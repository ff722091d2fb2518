/* The ABI codec: published examples, what Solidity accepts, what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/toy.h"
#include "tests/lib/words.h"
#include "vm/abi.h"

static struct mc_arena arena;

static int teardown(void **state)
{
    (void)state;
    mc_arena_free(&arena);
    return 0;
}

static const struct vm_dtype *params(const char *list)
{
    struct vm_func f;
    char decl[256];
    snprintf(decl, sizeof decl, "function f(%s)", list);
    vm_decl_func(&f, &arena, &toy_module, decl);
    return f.in;
}

static enum mc_err decode(struct vm_val **v, const char *list, const char *text)
{
    struct mc_buf b = {0};
    struct mc_slice data;
    words(&b, text);
    data = mc_arena_copy(&arena, mc_buf_slice(&b));
    mc_buf_free(&b);
    return vm_abi_decode(v, &arena, params(list), data);
}

static bool encodes_to(const char *list, const struct vm_val *v, const char *text)
{
    struct mc_buf b = {0};
    struct mc_slice data;
    bool same;
    words(&b, text);
    assert_int_equal(vm_abi_encode(&data, &arena, params(list), v), MC_OK);
    same = mc_slice_eq(data, mc_buf_slice(&b));
    mc_buf_free(&b);
    return same;
}

/* The Solidity ABI specification's examples, and types of our interfaces, in canonical form. */
static void canonical_data_comes_back_byte_for_byte(void **state)
{
    static const struct {
        const char *types, *data;
    } rows[] = {
        {"", ""},
        {"uint32,bool", "45 1"},
        {"bytes,bool,uint256[]", "60 1 a0 4 'dave 3 1 2 3"},
        {"uint256,uint32[],bytes10,bytes",
         "123 80 '1234567890 e0 2 456 789 d "
         "x48656c6c6f2c20776f726c642100000000000000000000000000000000000000"},
        {"uint256[][],string[]", "40 140 2 40 a0 2 1 2 1 3 3 60 a0 e0 3 'one 3 'two 5 'three"},
        {"string", "20 0"},
        {"string", "20 20 'abcdefghijklmnopqrstuvwxyz012345"},
        {"string[]", "20 0"},
        {"Pair", "20 40 7 2 'ab"},
        {"Pair[],uint8", "40 ff 2 40 c0 40 7 2 'ab 40 8 0"},
        {"Kind,address,bytes32", "2 ffffffffffffffffffffffffffffffffffffffff 'z"},
        {"bytes[]",
         "20 1 20 1 xff x00000000000000000000000000000000000000000000000000000000000000"},
        {"bool[],address[]", "40 80 1 1 1 aa"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct vm_val *v;
        if (decode(&v, rows[i].types, rows[i].data) != MC_OK)
            fail_msg("(%s) does not decode", rows[i].types);
        if (!encodes_to(rows[i].types, v, rows[i].data))
            fail_msg("(%s) comes back differently", rows[i].types);
    }
}

static void values_are_read_as_written(void **state)
{
    struct vm_val *v;
    (void)state;
    assert_int_equal(decode(&v, "uint256,uint32[],bytes10,bytes,Pair[]",
                            "123 a0 '1234567890 100 140 2 456 789 2 'hi 1 20 40 9 1 'k"),
                     MC_OK);
    assert_int_equal(vm_arg_u64(&v[0]), 0x123);
    assert_int_equal(v[1].list.cnt, 2);
    assert_int_equal(vm_arg_u64(&v[1].list.v[1]), 0x789);
    assert_memory_equal(v[2].word.b, "1234567890\0\0", 12);
    assert_true(mc_slice_eq(v[3].bytes, mc_slice_str("hi")));
    assert_int_equal(v[4].list.cnt, 1);
    assert_true(mc_slice_eq(v[4].list.v[0].list.v[0].bytes, mc_slice_str("k")));
    assert_int_equal(vm_arg_u64(&v[4].list.v[0].list.v[1]), 9);
}

static void unusual_but_valid_data_is_taken(void **state)
{
    static const struct {
        const char *why, *types, *data, *canonical;
    } rows[] = {
        {"bytes after the end", "uint8", "7 1 xff", "7"},
        {"no padding", "string", "20 2 x6162", "20 2 'ab"},
        {"dirty padding", "string", "20 2 x6162ff", "20 2 'ab"},
        {"a gap before the tail", "string", "60 'junk 'junk 2 'ab", "20 2 'ab"},
        {"two offsets to the same bytes", "string,string", "40 40 2 'ab", "40 80 2 'ab 2 'ab"},
        {"an offset into the head", "string,uint8", "20 1 x41", "40 1 1 'A"},
        {"an offset to itself, read as the length zero", "string", "0", "20 0"},
        {"tails in another order", "string,string", "80 40 1 'b 1 'a", "40 80 1 'a 1 'b"},
        {"elements sharing bytes", "string[]", "20 2 40 40 1 'x", "20 2 40 80 1 'x 1 'x"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct vm_val *v;
        if (decode(&v, rows[i].types, rows[i].data) != MC_OK)
            fail_msg("%s: does not decode", rows[i].why);
        if (!encodes_to(rows[i].types, v, rows[i].canonical))
            fail_msg("%s: decodes to something else", rows[i].why);
    }
}

#define F64 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void malformed_data_is_refused(void **state)
{
    static const struct {
        const char *why, *types, *data;
    } rows[] = {
        {"no head", "uint256", ""},
        {"a short head", "uint256", "x00"},
        {"a short second word", "uint256,uint256", "1 x00"},
        {"uint8 256", "uint8", "100"},
        {"uint128 2^128", "uint128", "100000000000000000000000000000000"},
        {"bool 2", "bool", "2"},
        {"a missing member of the enum", "Kind", "3"},
        {"a dirty address", "address", "10000000000000000000000000000000000000000"},
        {"a dirty bytes10", "bytes10", "'12345678901"},
        {"a dirty element", "bool[]", "20 1 2"},
        {"a dirty member", "Pair[],bool", "40 5 0"},
        {"an offset behind the end", "string", "40 0"},
        {"an offset of 2^64", "string", "10000000000000000"},
        {"an offset of 2^256 - 1", "string", F64},
        {"a length word half outside", "string", "20 x00000000000000000000000000000000"},
        {"a length behind the end", "string", "20 3 x6162"},
        {"a length of 2^64", "string", "20 10000000000000000"},
        {"a length of 2^256 - 1", "bytes", "20 " F64},
        {"an array longer than its data", "uint256[]", "20 3 1 2"},
        {"an array of 2^61 elements", "uint256[]", "20 2000000000000000 1"},
        {"an array of 2^256 - 1 elements", "string[]", "20 " F64},
        {"an element's offset outside", "string[]", "20 1 ff"},
        {"an element's length outside", "string[]", "20 1 20 2 x41"},
        {"a tuple outside", "Pair", "20"},
        {"a tuple's second member outside", "Pair", "20 40"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct vm_val *v;
        if (decode(&v, rows[i].types, rows[i].data) != MC_EMALFORM)
            fail_msg("%s: taken", rows[i].why);
    }
}

/* The last string's padding may be missing; any other cut is refused, and nothing is read outside. */
static void every_cut_beyond_the_padding_is_refused(void **state)
{
    const struct vm_dtype *t = params("Pair[],string");
    struct mc_buf b = {0};
    (void)state;
    words(&b, "40 1a0 2 40 c0 40 7 2 'ab 40 1 1 'x 5 'hello");
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *exact = malloc(n + 1);
        struct vm_val *v;
        enum mc_err err;
        assert_non_null(exact);
        memcpy(exact, b.p, n);
        err = vm_abi_decode(&v, &arena, t, mc_slice(exact, n));
        assert_int_equal(err, n >= b.n - 27 ? MC_OK : MC_EMALFORM);
        free(exact);
    }
    mc_buf_free(&b);
}

static void shared_offsets_cannot_multiply_without_end(void **state)
{
    /* 1000 outer elements share one inner array of 1000: a million values from 64 KB. */
    const struct vm_dtype *t = params("uint256[][]");
    struct mc_buf b = {0};
    struct vm_val *v;
    char off[16];
    (void)state;
    words(&b, "20 3e8");
    snprintf(off, sizeof off, "%x", 1000 * 32);
    for (int i = 0; i < 1000; i++)
        words(&b, off);
    words(&b, "3e8");
    mc_buf_put_zeros(&b, 1000 * 32);
    assert_int_equal(vm_abi_decode(&v, &arena, t, mc_buf_slice(&b)), MC_EMALFORM);
    mc_buf_free(&b);
}

static void memory_that_runs_out_is_reported(void **state)
{
    struct mc_arena small;
    struct mc_buf b = {0};
    struct vm_val *v;
    struct mc_slice out;
    (void)state;
    mc_arena_init(&small, 1024);
    words(&b, "20 400");
    mc_buf_put_zeros(&b, 0x400 * 32);
    assert_int_equal(vm_abi_decode(&v, &small, params("uint256[]"), mc_buf_slice(&b)), MC_ENOMEM);
    assert_int_equal(vm_abi_decode(&v, &arena, params("uint256[]"), mc_buf_slice(&b)), MC_OK);
    assert_int_equal(vm_abi_encode(&out, &small, params("uint256[]"), v), MC_ENOMEM);
    mc_arena_free(&small);
    mc_buf_free(&b);
}

static void revert_data_has_soliditys_form(void **state)
{
    struct mc_buf b = {0};
    struct mc_slice s;
    (void)state;
    words(&b, "x08c379a0 20 3 'abc");
    s = vm_abi_error(&arena, mc_slice_str("abc"));
    assert_true(mc_slice_eq(s, mc_buf_slice(&b)));
    mc_buf_reset(&b);
    words(&b, "x4e487b71 11");
    s = vm_abi_panic(&arena, 0x11);
    assert_true(mc_slice_eq(s, mc_buf_slice(&b)));
    mc_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_data_comes_back_byte_for_byte),
        cmocka_unit_test(values_are_read_as_written),
        cmocka_unit_test(unusual_but_valid_data_is_taken),
        cmocka_unit_test(malformed_data_is_refused),
        cmocka_unit_test(every_cut_beyond_the_padding_is_refused),
        cmocka_unit_test(shared_offsets_cannot_multiply_without_end),
        cmocka_unit_test(memory_that_runs_out_is_reported),
        cmocka_unit_test(revert_data_has_soliditys_form),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
