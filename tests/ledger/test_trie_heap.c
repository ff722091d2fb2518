/* A failing heap: allocation 1, 2, 3, ... of each change fails until the change completes.  What
 * failed has changed nothing, or says so at the next commit; nothing leaks.
 *
 * The allocator is taken over for this program, which an address sanitizer does itself: the
 * cases are skipped there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "trie_model.h"

#if defined(__SANITIZE_ADDRESS__)
#define HEAP_TAKEN 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define HEAP_TAKEN 0
#endif
#endif
#ifndef HEAP_TAKEN
#define HEAP_TAKEN 1
#endif

static uint32_t fail_in; /* allocations until one fails; 0: none does */
static long live;        /* blocks handed out while counting */
static bool counting;

#if HEAP_TAKEN
/* glibc's own allocator under its other names. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t cnt, size_t size);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);
void *malloc(size_t n);
void *calloc(size_t cnt, size_t size);
void *realloc(void *p, size_t n);
void free(void *p);

static bool fails(void)
{
    return fail_in > 0 && --fail_in == 0;
}

void *malloc(size_t n)
{
    void *p = fails() ? NULL : __libc_malloc(n);
    live += counting && p != NULL;
    return p;
}

void *calloc(size_t cnt, size_t size)
{
    void *p = fails() ? NULL : __libc_calloc(cnt, size);
    live += counting && p != NULL;
    return p;
}

void *realloc(void *old, size_t n)
{
    void *p = fails() ? NULL : __libc_realloc(old, n);
    live += counting && old == NULL && p != NULL;
    return p;
}

void free(void *p)
{
    live -= counting && p != NULL;
    __libc_free(p);
}
#endif

/* The pairs of the model in a trie whose nodes are all in the store. */
static struct trie *reopen(struct model_store *s, const struct mc_hash *root)
{
    struct trie *t = NULL;

    assert_int_equal(trie_new(&t, root, model_load, s), MC_OK);
    return t;
}

static struct mc_slice random_key(uint8_t out[32], uint64_t *seed, bool crowded)
{
    uint32_t r = model_rand(seed) % 60;

    memset(out, 0, 32);
    out[crowded ? r % 3 * 8 : 0] = (uint8_t)(r * (crowded ? 1 : 5));
    out[31] = (uint8_t)(crowded ? r / 20 : r / 6);
    return mc_slice(out, crowded && r % 4 == 0 ? 9 : 32);
}

/* One change with each allocation failing once; returns the root afterwards. */
static struct mc_hash change(struct model_store *s, struct model *m, const struct mc_hash *before,
                             struct mc_slice key, struct mc_slice value)
{
    struct mc_hash root = *before, want;
    enum mc_err err = MC_ENOMEM;

    model_put(m, key, value);
    want = model_root(m);
    for (uint32_t k = 1; err == MC_ENOMEM; k++) {
        struct mc_hash after;
        enum mc_err commit_err;
        struct trie *t;
        live = 0;
        counting = true;
        t = reopen(s, before);
        fail_in = k;
        err = trie_put(t, key, value, NULL);
        fail_in = 0;
        commit_err = trie_commit(t, &after, NULL, NULL, NULL);
        if (err == MC_OK)
            assert_int_equal(commit_err, MC_OK);
        /* Either as before, or refused: never something else. */
        if (commit_err == MC_OK && !mc_hash_eq(&after, err == MC_OK ? &want : before))
            fail_msg("allocation %u: half a change", k);
        counting = false;
        if (err == MC_OK) {
            s->now++;
            assert_int_equal(trie_commit(t, &root, model_emit, s, NULL), MC_OK);
        }
        counting = err != MC_OK;
        trie_free(t);
        if (counting && live != 0)
            fail_msg("allocation %u: %ld blocks leak", k, live);
        counting = false;
    }
    assert_int_equal(err, MC_OK);
    return root;
}

static void no_failed_allocation_leaves_half_a_change(void **state)
{
    (void)state;
    if (!HEAP_TAKEN)
        skip();
    for (uint64_t round = 1; round <= 6; round++) {
        struct model_store *s = calloc(1, sizeof *s);
        struct model *m = calloc(1, sizeof *m);
        struct mc_hash root = MC_KECCAK_EMPTY_TRIE;
        uint64_t seed = round * 31337;
        assert_non_null(s);
        assert_non_null(m);
        s->read_at = UINT32_MAX;
        for (uint32_t i = 0; i < 150; i++) {
            uint8_t key[32], value[40];
            memset(value, (int)i + 1, sizeof value);
            root = change(s, m, &root, random_key(key, &seed, round % 2 == 0),
                          mc_slice(value, model_rand(&seed) % 3 == 0 ? 0 : 1 + i % 40));
        }
        model_store_free(s);
        free(s);
        free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_failed_allocation_leaves_half_a_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
