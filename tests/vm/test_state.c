/* Cells: keys, records, integers and lists as modules use them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/memhost.h"
#include "tests/lib/toy.h"
#include "vm/frame.h"
#include "vm/state.h"

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

static struct mc_slice str(const char *s)
{
    return mc_slice_str(s);
}

/* ------------------------------------------------------------------ keys */

static bool same_key(struct vm_key a, struct vm_key b)
{
    return mc_slice_eq(mc_slice(a.b, a.n), mc_slice(b.b, b.n));
}

static void different_parts_give_different_keys(void **state)
{
    static const uint8_t long_part[300] = {1};
    static const uint8_t longer[301] = {1};
    struct mc_hash of_long;
    (void)state;
    mc_keccak256(&of_long, mc_slice(long_part, sizeof long_part));
    assert_true(same_key(vm_key2(1, str("a"), str("b")), vm_key2(1, str("a"), str("b"))));
    assert_false(same_key(vm_key2(1, str("a"), str("b")), vm_key2(2, str("a"), str("b"))));
    assert_false(same_key(vm_key2(1, str("ab"), str("")), vm_key2(1, str("a"), str("b"))));
    assert_false(same_key(vm_key2(1, str(""), str("ab")), vm_key2(1, str("ab"), str(""))));
    assert_false(same_key(vm_key1(1, str("a")), vm_key2(1, str("a"), str(""))));
    /* Only a view can ask for such a part. */
    assert_false(same_key(vm_key1(1, mc_slice(long_part, sizeof long_part)),
                          vm_key1(1, mc_slice(longer, sizeof longer))));
    assert_false(same_key(vm_key1(1, mc_slice(long_part, sizeof long_part)),
                          vm_key1(1, mc_hash_slice(&of_long))));
}

static void an_argument_of_any_length_is_a_key_of_a_view(void **state)
{
    struct mc_buf args = {0};
    (void)state;
    for (size_t n = 200; n < 4000; n += 61) {
        mc_buf_reset(&args);
        mc_buf_put_str(&args, "[\"");
        for (size_t i = 0; i < n; i++)
            mc_buf_put_u8(&args, 'x');
        mc_buf_put_str(&args, "\"]");
        mc_buf_put_u8(&args, 0);
        memhost_reverts(h, "Toy", "get", (const char *)args.p, "Thing does not exist");
    }
    mc_buf_free(&args);
}

static void a_key_is_its_tag_and_its_parts_with_lengths(void **state)
{
    static const uint8_t expected[] = {7, 0, 2, 'a', 'b', 0, 0};
    struct vm_key k = vm_key2(7, str("ab"), str(""));
    struct mc_hash slot, hash;
    (void)state;
    assert_int_equal(k.n, sizeof expected);
    assert_memory_equal(k.b, expected, sizeof expected);
    vm_slot(&slot, &k);
    mc_keccak256(&hash, mc_slice(expected, sizeof expected));
    assert_true(mc_hash_eq(&slot, &hash));
}

/* ------------------------------------------------------------------ records */

struct old_rec {
    uint64_t n;
    struct mc_slice text;
};
static const struct vm_field old_fields[] = {
    VM_FIELD_STORED(struct old_rec, n, VM_T_U64),
    VM_FIELD_STORED(struct old_rec, text, VM_T_STR),
};
static const struct vm_layout old_layout = VM_LAYOUT(NULL, struct old_rec, old_fields);

struct new_rec {
    uint64_t n;
    struct mc_slice text;
    bool flag;
    struct mc_u256 sum;
    struct vm_strs tags;
};
static const struct vm_field new_fields[] = {
    VM_FIELD_STORED(struct new_rec, n, VM_T_U64),
    VM_FIELD_STORED(struct new_rec, text, VM_T_STR),
    VM_FIELD_STORED(struct new_rec, flag, VM_T_BOOL),
    VM_FIELD_STORED(struct new_rec, sum, VM_T_U256),
    VM_FIELD_STORED(struct new_rec, tags, VM_T_STRS),
};
static const struct vm_layout new_layout = VM_LAYOUT(NULL, struct new_rec, new_fields);

static void a_record_is_a_msgpack_array_of_its_stored_fields(void **state)
{
    static const uint8_t expected[] = {0x92, 0x05, 0xc4, 0x02, 'h', 'i'};
    struct old_rec rec = {5, mc_slice("hi", 2)};
    struct vm_key k = vm_key(1);
    struct mc_hash slot;
    struct mc_slice s;
    (void)state;
    assert_int_equal(vm_put(&c, &k, &old_layout, &rec), MC_OK);
    vm_slot(&slot, &k);
    assert_int_equal(vm_cell_load(&c, &slot, 0, &s), MC_OK);
    assert_true(mc_slice_eq(s, mc_slice(expected, sizeof expected)));
}

static void fields_added_later_read_as_zero_from_older_records(void **state)
{
    struct old_rec old = {5, mc_slice("hi", 2)};
    struct vm_key k = vm_key(1);
    struct new_rec rec;
    bool found;
    (void)state;
    memset(&rec, 0xff, sizeof rec);
    assert_int_equal(vm_get(&c, &k, &new_layout, &rec, &found), MC_OK);
    assert_false(found);
    assert_int_equal(rec.n, 0);
    assert_int_equal(vm_put(&c, &k, &old_layout, &old), MC_OK);
    assert_int_equal(vm_get(&c, &k, &new_layout, &rec, &found), MC_OK);
    assert_true(found);
    assert_int_equal(rec.n, 5);
    assert_true(mc_slice_eq(rec.text, str("hi")));
    assert_false(rec.flag);
    assert_int_equal(rec.tags.cnt, 0);
    assert_int_equal(vm_del(&c, &k), MC_OK);
    assert_int_equal(vm_get(&c, &k, &new_layout, &rec, &found), MC_OK);
    assert_false(found);
}

static void stored_bytes_that_do_not_decode_stop_the_call(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
        {"\x05", 1},                         /* no array */
        {"\x91\x01\x02", 3},                 /* a byte too many */
        {"\x92\x01", 2},                     /* an element missing */
        {"\x92\xc4\x01x\x01", 5},            /* wrong types */
        {"\x96\x01\x01\x01\x01\x01\x01", 7}, /* more fields than the layout has */
        {"\xdd\xff\xff\xff\xff", 5},         /* a length beyond the bytes */
        {"\x95\x01\xc4\x00\xc3\xc4\x00\xdd\x7f\xff\xff\xff", 12},
    };
    struct vm_key k = vm_key(1);
    struct mc_hash slot;
    (void)state;
    vm_slot(&slot, &k);
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct new_rec rec;
        bool found;
        frame.failed = MC_OK;
        assert_int_equal(
            vm_cell_save(&c, &slot, 0, VM_WORD_HASH, mc_slice(rows[i].bytes, rows[i].n)), MC_OK);
        assert_int_equal(vm_get(&c, &k, &new_layout, &rec, &found), MC_ECORRUPT);
        assert_false(found);
        assert_int_equal(vm_ok(&c), MC_ECORRUPT); /* whatever the handler does now */
    }
}

/* ------------------------------------------------------------------ integers */

static void integers_are_stored_without_leading_zeros(void **state)
{
    static const uint64_t rows[] = {0, 1, 255, 256, UINT64_MAX};
    struct vm_key k = vm_key(1);
    struct mc_u256 big;
    uint64_t v;
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        assert_int_equal(vm_put_u64(&c, &k, rows[i]), MC_OK);
        assert_int_equal(vm_get_u64(&c, &k, &v), MC_OK);
        assert_int_equal(v, rows[i]);
        assert_int_equal(h->cell_cnt, rows[i] != 0); /* zero removes */
    }
    assert_int_equal(vm_put_num(&c, &k, &MC_U256_MAX), MC_OK);
    assert_int_equal(vm_get_num(&c, &k, &big), MC_OK);
    assert_int_equal(mc_u256_cmp(&big, &MC_U256_MAX), 0);
    assert_int_equal(vm_get_u64(&c, &k, &v), MC_ECORRUPT);
}

/* ------------------------------------------------------------------ lists */

static void lists_grow_change_and_shrink(void **state)
{
    struct vm_key k = vm_key(1);
    struct mc_slice s;
    uint64_t len;
    (void)state;
    assert_int_equal(vm_list_push(&c, &k, str("a")), MC_OK);
    assert_int_equal(vm_list_push(&c, &k, str("")), MC_OK);
    assert_int_equal(vm_list_push(&c, &k, str("c")), MC_OK);
    assert_int_equal(vm_list_set(&c, &k, 1, str("b")), MC_OK);
    assert_int_equal(vm_list_len(&c, &k, &len), MC_OK);
    assert_int_equal(len, 3);
    assert_int_equal(vm_list_at(&c, &k, 1, &s), MC_OK);
    assert_true(mc_slice_eq(s, str("b")));
    assert_int_equal(vm_list_at(&c, &k, 3, &s), MC_OK);
    assert_int_equal(s.n, 0);
    assert_int_equal(vm_list_at(&c, &k, UINT64_MAX, &s), MC_OK);
    assert_int_equal(s.n, 0);
    while (len-- > 0)
        assert_int_equal(vm_list_pop(&c, &k), MC_OK);
    assert_int_equal(h->cell_cnt, 0);
}

static void pages_are_cut_to_what_exists_and_to_100(void **state)
{
    static const struct {
        const char *args, *result;
    } rows[] = {
        {"[0, 2, false]", "{\"ids\":[\"a\",\"b\"],\"total\":\"3\"}"},
        {"[1, 100, false]", "{\"ids\":[\"b\",\"c\"],\"total\":\"3\"}"},
        {"[0, 2, true]", "{\"ids\":[\"c\",\"b\"],\"total\":\"3\"}"},
        {"[2, 5, true]", "{\"ids\":[\"a\"],\"total\":\"3\"}"},
        {"[3, 5, false]", "{\"ids\":[],\"total\":\"3\"}"},
        {"[3, 5, true]", "{\"ids\":[],\"total\":\"3\"}"},
        {"[0, 0, true]", "{\"ids\":[],\"total\":\"3\"}"},
        {"[\"0xffffffffffffffffffffffffffffffff\", \"0xffffffffffffffffffffffffffffffff\", false]",
         "{\"ids\":[],\"total\":\"3\"}"},
        {"[1, \"0xffffffffffffffffffffffffffffffff\", true]",
         "{\"ids\":[\"b\",\"a\"],\"total\":\"3\"}"},
    };
    struct mh_res r;
    size_t quotes = 0;
    (void)state;
    memhost_grant(h, h->caller, VM_DOCTOR);
    memhost_ok(h, "Toy", "put", "[\"a\", 1, 0]", "null");
    memhost_ok(h, "Toy", "put", "[\"b\", 1, 0]", "null");
    memhost_ok(h, "Toy", "put", "[\"c\", 1, 0]", "null");
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        memhost_ok(h, "Toy", "page", rows[i].args, rows[i].result);
    memhost_ok(h, "Toy", "fill", "[200]", "null");
    memhost_call(h, &r, "Toy", "page", "[3, 150, false]");
    for (const char *p = strstr(r.json, "\"x\""); p != NULL; p = strstr(p + 1, "\"x\""))
        quotes++;
    assert_int_equal(quotes, 100);
}

static void a_whole_list_ends_at_10000_entries(void **state)
{
    struct mh_res r;
    (void)state;
    h->gas = UINT64_MAX;
    memhost_ok(h, "Toy", "fill", "[10000]", "null");
    memhost_call(h, &r, "Toy", "all", "[]");
    assert_int_equal(r.err, MC_OK);
    assert_int_equal(r.output.n, 64 + 10000 * 96);
    memhost_ok(h, "Toy", "fill", "[1]", "null");
    memhost_reverts(h, "Toy", "all", "[]", "Result too large");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(different_parts_give_different_keys),
        T(an_argument_of_any_length_is_a_key_of_a_view),
        T(a_key_is_its_tag_and_its_parts_with_lengths),
        T(a_record_is_a_msgpack_array_of_its_stored_fields),
        T(fields_added_later_read_as_zero_from_older_records),
        T(stored_bytes_that_do_not_decode_stop_the_call),
        T(integers_are_stored_without_leading_zeros),
        T(lists_grow_change_and_shrink),
        T(pages_are_cut_to_what_exists_and_to_100),
        T(a_whole_list_ends_at_10000_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
