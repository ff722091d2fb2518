/* Ranked sets: order, removal, pages and growth by levels, against a plain array that does the same. */
#include "tests/vm/args_text.h"
#include "vm/frame.h"
#include "vm/modules/ranked.h"

#define ENTRIES_MAX 5000u

static struct memhost *h;
static struct vm_frame frame;
static struct vm_env env;
static struct vm_call call;
static bool in_set[ENTRIES_MAX];
static uint32_t len;

static int setup(void **state)
{
    const struct vm_module *m;
    struct mc_addr who = memhost_account(1);
    (void)state;
    h = memhost_new();
    m = vm_module_by_name(mc_slice_str("DrugTrace"));
    env = (struct vm_env){&h->host, &VM_GAS_DEFAULT, 1, 1, &h->arena};
    vm_frame_init(&frame, &env, UINT64_MAX);
    call = vm_frame_call(&frame, m, vm_module_well_known(m), &who);
    memset(in_set, 0, sizeof in_set);
    len = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vm_frame_free(&frame);
    memhost_free(h);
    return 0;
}

static struct vm_key base_key(void)
{
    return vm_key1(200, mc_slice_str("list"));
}

static struct vm_key set_key(void)
{
    return vm_key1(201, mc_slice_str("set"));
}

static void grow(uint32_t to)
{
    struct vm_key k = base_key();
    for (uint8_t be[4]; len < to; len++) {
        mc_be32_put(be, len);
        assert_int_equal(vm_list_push(&call, &k, mc_slice(be, 4)), MC_OK);
    }
}

static void toggle(uint32_t pos)
{
    struct vm_key k = set_key();
    assert_int_equal(in_set[pos] ? vm_ranked_remove(&call, &k, len, pos)
                                 : vm_ranked_add(&call, &k, len, pos),
                     MC_OK);
    in_set[pos] = !in_set[pos];
}

static void page_is_right(uint64_t offset, uint64_t limit)
{
    struct vm_key k = set_key(), base = base_key();
    struct vm_val out[2];
    uint32_t total = 0, n = 0;
    assert_int_equal(vm_ranked_ret_page(&call, out, &k, &base, offset, limit), MC_OK);
    for (uint32_t pos = 0; pos < len; pos++) {
        if (!in_set[pos])
            continue;
        if (total >= offset && n < limit && n < MC_LIST_PAGE_MAX) {
            assert_true(n < out[0].list.cnt);
            assert_int_equal(mc_be32_get(out[0].list.v[n].bytes.p), pos);
            n++;
        }
        total++;
    }
    assert_int_equal(out[0].list.cnt, n);
    assert_int_equal(vm_arg_u64(&out[1]), total);
}

static void an_empty_set_has_no_page(void **state)
{
    (void)state;
    page_is_right(0, 10);
    grow(100);
    page_is_right(0, 10);
}

/* The list outgrows a level, or two at once, between changes of the set. */
static void the_list_grows_under_the_set(void **state)
{
    static const uint32_t lens[] = {1, 64, 65, 4096, 4097};
    (void)state;
    for (size_t first = 0; first < MC_COUNT(lens); first++) {
        for (size_t second = first; second < MC_COUNT(lens); second++) {
            if (len > 0) {
                teardown(NULL);
                setup(NULL);
            }
            grow(lens[first]);
            toggle(0);
            if (len > 1)
                toggle(len - 1);
            page_is_right(0, 10);
            grow(lens[second]);
            page_is_right(0, 10);
            if (!in_set[len - 1])
                toggle(len - 1);
            page_is_right(0, 10);
            toggle(0);
            page_is_right(0, 10);
            page_is_right(1, 1);
        }
    }
}

static void random_changes_match_the_model(void **state)
{
    uint64_t x = 88172645463325252u;
    (void)state;
    for (uint32_t i = 0; i < 6000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (x % 3 == 0 && len < ENTRIES_MAX)
            grow(len + (uint32_t)(x >> 40) % 5 + 1 < ENTRIES_MAX ? len + (uint32_t)(x >> 40) % 5 + 1
                                                                 : ENTRIES_MAX);
        if (len > 0)
            toggle((uint32_t)(x >> 20) % len);
        if (i % 100 == 0)
            page_is_right((x >> 30) % 200, (x >> 50) % 120);
    }
    page_is_right(0, 100);
    page_is_right(1000, UINT64_MAX);
    page_is_right(UINT64_MAX, UINT64_MAX);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_empty_set_has_no_page),
        T(the_list_grows_under_the_set),
        T(random_changes_match_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
