/* Structs within structs: stored, returned, taken from arguments, and their types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/memhost.h"
#include "tests/lib/toy.h"
#include "vm/decl.h"
#include "vm/frame.h"
#include "vm/state.h"

struct inner {
    uint64_t n;
    struct mc_slice text;
    uint64_t hidden; /* stored only */
};
static const struct vm_field inner_fields[] = {
    VM_FIELD(struct inner, n, "n", VM_T_U64),
    VM_FIELD(struct inner, text, "text", VM_T_STR),
    VM_FIELD_STORED(struct inner, hidden, VM_T_U64),
};
static const struct vm_layout inner_layout = VM_LAYOUT("Inner", struct inner, inner_fields);

struct outer {
    struct inner one;
    bool flag;
    struct vm_tuples many;
    struct vm_strs tags;
    struct vm_addrs readers;
    struct inner shown; /* not stored */
};
static const struct vm_field outer_fields[] = {
    VM_FIELD_TUPLE(struct outer, one, "one", &inner_layout),
    VM_FIELD(struct outer, flag, "flag", VM_T_BOOL),
    VM_FIELD_TUPLES(struct outer, many, "many", &inner_layout),
    VM_FIELD(struct outer, tags, "tags", VM_T_STRS),
    VM_FIELD(struct outer, readers, "readers", VM_T_ADDRS),
    VM_FIELD_TUPLE_ABI(struct outer, shown, "shown", &inner_layout),
};
static const struct vm_layout outer_layout = VM_LAYOUT("Outer", struct outer, outer_fields);

static struct memhost *h;
static struct vm_frame frame;
static struct vm_env env;
static struct vm_call c;

static int setup(void **state)
{
    (void)state;
    toy_init();
    h = memhost_new();
    env = (struct vm_env){&h->host, &VM_GAS_DEFAULT, 1, 1700000000, &h->arena};
    vm_frame_init(&frame, &env, UINT64_MAX);
    c = vm_frame_call(&frame, &toy_module, vm_module_well_known(&toy_module), &h->caller);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vm_frame_free(&frame);
    memhost_free(h);
    return 0;
}

static struct inner list[2] = {{3, {(const uint8_t *)"c", 1}, 4}, {5, {NULL, 0}, 6}};
static struct mc_slice tags[1] = {{(const uint8_t *)"t", 1}};
static struct mc_addr readers[1] = {{{7}}};

static struct outer sample(void)
{
    return (struct outer){.one = {1, mc_slice("ab", 2), 2},
                          .flag = true,
                          .many = {list, 2},
                          .tags = {tags, 1},
                          .readers = {readers, 1},
                          .shown = {9, mc_slice("z", 1), 0}};
}

static void assert_inner(const struct inner *got, uint64_t n, const char *text, uint64_t hidden)
{
    assert_int_equal(got->n, n);
    assert_true(mc_slice_eq(got->text, mc_slice_str(text)));
    assert_int_equal(got->hidden, hidden);
}

static void nested_records_are_stored_as_arrays_within_the_array(void **state)
{
    static const uint8_t head[] = {0x95, 0x93, 0x01, 0xc4, 0x02, 'a',  'b', 0x02,
                                   0xc3, 0x92, 0x93, 0x03, 0xc4, 0x01, 'c', 0x04};
    struct outer o = sample(), back;
    struct vm_key k = vm_key(1);
    struct mc_hash slot;
    struct mc_slice s;
    bool found;
    (void)state;
    assert_int_equal(vm_put(&c, &k, &outer_layout, &o), MC_OK);
    vm_slot(&slot, &k);
    assert_int_equal(vm_cell_load(&c, &slot, 0, &s), MC_OK);
    assert_true(s.n > sizeof head);
    assert_memory_equal(s.p, head, sizeof head);
    assert_int_equal(vm_get(&c, &k, &outer_layout, &back, &found), MC_OK);
    assert_true(found);
    assert_inner(&back.one, 1, "ab", 2);
    assert_int_equal(back.many.cnt, 2);
    const struct inner *many = back.many.v;
    assert_inner(&many[0], 3, "c", 4);
    assert_inner(&many[1], 5, "", 6);
    assert_true(back.flag);
    assert_inner(&back.shown, 0, "", 0);
}

static void members_added_to_a_nested_struct_read_as_zero(void **state)
{
    /* one = [1], flag, many = [[3]], tags, readers */
    static const uint8_t old[] = {0x95, 0x91, 0x01, 0xc3, 0x91, 0x91, 0x03, 0x90, 0x90};
    struct vm_key k = vm_key(1);
    struct mc_hash slot;
    struct outer back;
    bool found;
    (void)state;
    vm_slot(&slot, &k);
    assert_int_equal(vm_cell_save(&c, &slot, 0, VM_WORD_HASH, mc_slice(old, sizeof old)), MC_OK);
    assert_int_equal(vm_get(&c, &k, &outer_layout, &back, &found), MC_OK);
    assert_inner(&back.one, 1, "", 0);
    assert_true(back.flag);
    assert_int_equal(back.many.cnt, 1);
    assert_inner(back.many.v, 3, "", 0);
}

static void a_nested_struct_with_too_many_members_is_corrupt(void **state)
{
    static const uint8_t bad[] = {0x91, 0x94, 0x01, 0xc4, 0x00, 0x02, 0x03};
    struct vm_key k = vm_key(1);
    struct mc_hash slot;
    struct outer back;
    bool found;
    (void)state;
    vm_slot(&slot, &k);
    assert_int_equal(vm_cell_save(&c, &slot, 0, VM_WORD_HASH, mc_slice(bad, sizeof bad)), MC_OK);
    assert_int_equal(vm_get(&c, &k, &outer_layout, &back, &found), MC_ECORRUPT);
}

static void a_returned_struct_read_as_an_argument_is_the_same(void **state)
{
    struct outer o = sample(), back;
    struct vm_val v;
    (void)state;
    vm_ret_tuple(&c, &v, &outer_layout, &o);
    assert_int_equal(vm_ok(&c), MC_OK);
    assert_int_equal(v.list.cnt, 6);
    assert_int_equal(v.list.v[0].list.cnt, 2); /* without the hidden member */
    memset(&back, 0xff, sizeof back);
    vm_arg_tuple(&c, &back, &outer_layout, &v);
    assert_int_equal(vm_ok(&c), MC_OK);
    assert_inner(&back.one, 1, "ab", 0);
    assert_true(back.flag);
    assert_int_equal(back.many.cnt, 2);
    const struct inner *many = back.many.v;
    assert_inner(&many[0], 3, "c", 0);
    assert_inner(&many[1], 5, "", 0);
    assert_true(back.tags.cnt == 1 && mc_slice_eq(back.tags.v[0], tags[0]));
    assert_true(back.readers.cnt == 1 && mc_addr_eq(&back.readers.v[0], &readers[0]));
    assert_inner(&back.shown, 9, "z", 0);
}

static void a_number_beyond_its_member_saturates(void **state)
{
    struct inner back;
    struct vm_val v = vm_list(&c, 2);
    (void)state;
    v.list.v[0] = vm_u256(&MC_U256_MAX);
    vm_arg_tuple(&c, &back, &inner_layout, &v);
    assert_true(back.n == UINT64_MAX);
}

static void the_type_of_a_nested_struct_is_a_tuple_in_the_tuple(void **state)
{
    static const struct vm_layout *const structs[] = {&inner_layout, &outer_layout};
    static const struct vm_module m = {.name = "M", .structs = structs, .struct_cnt = 2};
    struct mc_arena arena = {0};
    struct vm_func f;
    (void)state;
    vm_decl_func(&f, &arena, &m, "function f(Outer[] o) returns (Inner i)");
    assert_string_equal(
        f.sig,
        "f(((uint256,string),bool,(uint256,string)[],string[],address[],(uint256,string))[])");
    assert_string_equal(f.in->members[0].type->elem->members[0].type->sol_name, "Inner");
    mc_arena_free(&arena);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(nested_records_are_stored_as_arrays_within_the_array),
        T(members_added_to_a_nested_struct_read_as_zero),
        T(a_nested_struct_with_too_many_members_is_corrupt),
        T(a_returned_struct_read_as_an_argument_is_the_same),
        T(a_number_beyond_its_member_saturates),
        T(the_type_of_a_nested_struct_is_a_tuple_in_the_tuple),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
