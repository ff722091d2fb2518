/* Sequences: order, removal and pages, against a plain array that does the same. */
#include "tests/vm/args_text.h"
#include "vm/frame.h"
#include "vm/modules/sequence.h"

#define MODEL_MAX 5000u

static struct memhost *h;
static struct vm_frame frame;
static struct vm_env env;
static struct vm_call call;

static struct {
    uint32_t value[MODEL_MAX]; /* entry n of those that are left */
    uint64_t pos[MODEL_MAX];
    uint32_t cnt;
} model;

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
    model.cnt = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vm_frame_free(&frame);
    memhost_free(h);
    return 0;
}

static struct vm_key key(void)
{
    return vm_key1(200, mc_slice_str("list"));
}

static void add(uint32_t value)
{
    uint8_t be[4];
    struct vm_key k = key();
    mc_be32_put(be, value);
    assert_int_equal(vm_seq_add(&call, &k, mc_slice(be, 4), &model.pos[model.cnt]), MC_OK);
    model.value[model.cnt++] = value;
}

static void drop(uint32_t n)
{
    struct vm_key k = key();
    assert_int_equal(vm_seq_remove(&call, &k, model.pos[n]), MC_OK);
    model.cnt--;
    memmove(&model.value[n], &model.value[n + 1], (model.cnt - n) * sizeof model.value[0]);
    memmove(&model.pos[n], &model.pos[n + 1], (model.cnt - n) * sizeof model.pos[0]);
}

static void check_page(uint64_t offset, uint64_t limit)
{
    struct vm_val out[2];
    struct vm_key k = key();
    uint64_t cnt = offset < model.cnt ? model.cnt - offset : 0;
    cnt = cnt > limit ? limit : cnt;
    cnt = cnt > 100 ? 100 : cnt;
    assert_int_equal(vm_seq_ret_page(&call, out, &k, offset, limit), MC_OK);
    assert_int_equal(vm_arg_u64(&out[1]), model.cnt);
    assert_int_equal(out[0].list.cnt, cnt);
    for (uint32_t i = 0; i < cnt; i++) {
        assert_int_equal(out[0].list.v[i].bytes.n, 4);
        assert_int_equal(mc_be32_get(out[0].list.v[i].bytes.p), model.value[offset + i]);
    }
}

static void check_all(void)
{
    struct vm_key k = key();
    uint64_t len;
    assert_int_equal(vm_seq_len(&call, &k, &len), MC_OK);
    assert_int_equal(len, model.cnt);
    for (uint64_t offset = 0; offset <= model.cnt; offset += 100)
        check_page(offset, 100);
}

static void an_unused_sequence_is_empty(void **state)
{
    (void)state;
    check_all();
    check_page(UINT64_MAX, UINT64_MAX);
}

static void order_and_count_hold_over_every_growth(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4200; i++) { /* past 64 and 64 * 64, where a level is added */
        add(i);
        if (i < 130 || i > 4090)
            check_page(i, 5);
    }
    check_all();
    while (model.cnt > 0)
        drop(model.cnt > 70 ? model.cnt / 2 : 0);
    check_all();
    add(7); /* after everything left */
    check_all();
}

static void random_changes_agree_with_an_array(void **state)
{
    uint64_t x = 88172645463325252u; /* xorshift64 */
    (void)state;
    for (uint32_t i = 0; i < 6000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (model.cnt == 0 || (x >> 32) % 100 < 52)
            add(i);
        else
            drop((uint32_t)((x >> 40) % model.cnt));
        if (i % 97 == 0)
            check_page((x >> 20) % (model.cnt + 3), (x >> 10) % 120);
    }
    check_all();
}

static void removal_before_the_first_growth_is_not_forgotten(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 64; i++)
        add(i);
    for (uint32_t i = 0; i < 63; i++)
        drop(0);
    for (uint32_t i = 64; i < 140; i++)
        add(i);
    check_all();
    assert_int_equal(model.cnt, 77);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_unused_sequence_is_empty),
        T(order_and_count_hold_over_every_growth),
        T(random_changes_agree_with_an_array),
        T(removal_before_the_first_growth_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
