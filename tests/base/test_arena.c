#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static void pieces_are_aligned_and_apart(void **state)
{
    struct mc_arena a = {0};
    uint8_t *prev = NULL;

    (void)state;
    for (size_t n = 0; n < 2000; n++) {
        uint8_t *p = mc_arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_ptr_not_equal(p, prev);
        memset(p, (int)n, n);
        if (prev != NULL && n > 1)
            assert_int_equal(prev[n - 2], (uint8_t)(n - 1));
        prev = p;
    }
    mc_arena_free(&a);
    assert_int_equal(a.total, 0);
}

static void a_reset_arena_settles_in_its_first_block(void **state)
{
    struct mc_arena a;
    size_t first;
    void *p;

    (void)state;
    mc_arena_init(&a, 0);
    p = mc_arena_alloc(&a, 100);
    first = a.total;
    for (int i = 0; i < 100; i++)
        assert_non_null(mc_arena_alloc(&a, 10000));
    assert_true(a.total > first);
    mc_arena_reset(&a);
    assert_int_equal(a.total, first);
    assert_ptr_equal(mc_arena_alloc(&a, 100), p);
    mc_arena_free(&a);
    mc_arena_free(&a);
}

static void the_bound_holds(void **state)
{
    struct mc_arena a;

    (void)state;
    mc_arena_init(&a, 100000);
    assert_null(mc_arena_alloc(&a, 100000));
    while (mc_arena_alloc(&a, 1000) != NULL)
        assert_true(a.total <= 100000);
    assert_true(a.total <= 100000);
    assert_true(a.total > 90000);
    mc_arena_free(&a);
    mc_arena_init(&a, 10);
    assert_null(mc_arena_alloc(&a, 1));
    mc_arena_free(&a);
}

static void a_piece_larger_than_a_block_gets_its_own(void **state)
{
    struct mc_arena a = {0};
    uint8_t *p = mc_arena_alloc(&a, 10u * 1024u * 1024u);

    (void)state;
    assert_non_null(p);
    p[10u * 1024u * 1024u - 1] = 1;
    mc_arena_free(&a);
}

static void sizes_that_overflow_get_nothing(void **state)
{
    struct mc_arena a = {0};

    (void)state;
    assert_null(mc_arena_alloc(&a, SIZE_MAX));
    assert_null(mc_arena_alloc(&a, SIZE_MAX - 20));
    assert_null(mc_arena_calloc(&a, SIZE_MAX / 2, 3));
    assert_non_null(mc_arena_calloc(&a, 0, 8));
    assert_non_null(mc_arena_calloc(&a, 8, 0));
    mc_arena_free(&a);
}

static void arrays_are_zero_even_after_a_reset(void **state)
{
    struct mc_arena a = {0};
    uint8_t *p;

    (void)state;
    memset(mc_arena_alloc(&a, 500), 0xaa, 500);
    mc_arena_reset(&a);
    p = mc_arena_calloc(&a, 100, 5);
    for (size_t i = 0; i < 500; i++)
        assert_int_equal(p[i], 0);
    mc_arena_free(&a);
}

static void copies_and_text_live_in_the_arena(void **state)
{
    struct mc_arena a = {0};
    char word[] = "abc";
    struct mc_slice s = mc_arena_copy(&a, mc_slice_str(word));

    (void)state;
    word[0] = 'x';
    assert_true(mc_slice_eq(s, mc_slice_str("abc")));
    s = mc_arena_copy(&a, mc_slice(NULL, 0));
    assert_non_null(s.p);
    assert_int_equal(s.n, 0);
    assert_string_equal(mc_arena_printf(&a, "%s-%d", word, 5), "xbc-5");
    mc_arena_free(&a);
    mc_arena_init(&a, 1);
    assert_null(mc_arena_copy(&a, mc_slice_str("abc")).p);
    assert_null(mc_arena_printf(&a, "abc"));
    assert_non_null(mc_arena_copy(&a, mc_slice(NULL, 0)).p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(a_reset_arena_settles_in_its_first_block),
        cmocka_unit_test(the_bound_holds),
        cmocka_unit_test(a_piece_larger_than_a_block_gets_its_own),
        cmocka_unit_test(sizes_that_overflow_get_nothing),
        cmocka_unit_test(arrays_are_zero_even_after_a_reset),
        cmocka_unit_test(copies_and_text_live_in_the_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
