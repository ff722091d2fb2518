/* Versioned cells: newest version below a block, undo, the cache of head cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger/state.h"
#include "tests/lib/chain.h"
#include "tests/lib/store_mem.h"

static struct mc_errmsg em;

static void key_of(uint8_t out[KEY_CELL_LEN], uint8_t a, uint8_t slot, uint64_t pos)
{
    const struct mc_addr addr = {{a}};
    const struct mc_hash s = {{slot}};

    ledger_cell_key(out, &addr, &s, pos);
}

static void is(struct state *s, const uint8_t *key, const char *want)
{
    struct mc_slice got;

    assert_ok(ledger_state_load(s, key, &got, NULL, &em));
    assert_true(mc_slice_eq(got, mc_slice_str(want)));
}

static void save(struct state *s, const uint8_t *key, const char *value)
{
    assert_ok(ledger_state_save(s, key, CELL_HASH, mc_slice_str(value), &em));
}

static void version(struct store *store, const uint8_t *key, uint64_t block, const char *value)
{
    struct mc_buf v = {NULL, 0, 0, false};
    uint8_t full[KEY_STATE_LEN];

    memcpy(full, key, KEY_CELL_LEN);
    mc_be64_put(full + KEY_CELL_LEN, ~block);
    mc_buf_put_u8(&v, CELL_HASH);
    mc_buf_put_str(&v, value);
    store_mem_put(store, STORE_STATE, mc_slice(full, sizeof full), mc_buf_slice(&v));
    mc_buf_free(&v);
}

static void the_newest_version_at_or_below_the_block_counts(void **state)
{
    struct store *store = store_mem_new();
    uint8_t key[KEY_CELL_LEN], next[KEY_CELL_LEN], before[KEY_CELL_LEN];
    static const char *const want[] = {"", "", "two", "two", "two", "five", "five", "", ""};

    (void)state;
    key_of(key, 1, 2, 3);
    key_of(next, 1, 2, 4);
    key_of(before, 1, 2, 2);
    version(store, key, 2, "two");
    version(store, key, 5, "five");
    version(store, key, 7, ""); /* removed */
    version(store, next, 0, "neighbour");
    for (uint64_t b = 0; b < MC_COUNT(want); b++) {
        struct mc_arena arena = {.head = NULL};
        struct state s;

        ledger_state_init(&s, store, b, NULL, &arena);
        is(&s, key, want[b]);
        is(&s, next, "neighbour");
        is(&s, before, "");
        ledger_state_free(&s);
        mc_arena_free(&arena);
    }
    store->ops->close(store);
}

static void undo_brings_back_what_was(void **state)
{
    struct store *store = store_mem_new();
    struct mc_arena arena = {.head = NULL};
    uint8_t a[KEY_CELL_LEN], b[KEY_CELL_LEN];
    const struct mc_addr who = {{9}};
    struct ledger_account acct;
    struct cell **dirty;
    struct state s;
    size_t cnt, mark;

    (void)state;
    key_of(a, 1, 1, 0);
    key_of(b, 1, 2, 0);
    version(store, a, 0, "stored");
    version(store, b, 0, "below");
    ledger_state_init(&s, store, 3, NULL, &arena);
    is(&s, a, "stored");
    save(&s, a, "one");
    ledger_state_settle(&s);
    mark = ledger_state_mark(&s);
    save(&s, a, "two");
    save(&s, b, "new"); /* never read before: the undo must not invent a value */
    assert_ok(ledger_state_account(&s, &who, &acct, &em));
    assert_false(acct.exists);
    acct.nonce = 5;
    assert_ok(ledger_state_account_save(&s, &who, &acct, &em));
    ledger_state_rollback(&s, mark);
    is(&s, a, "one");
    is(&s, b, "below");
    assert_ok(ledger_state_account(&s, &who, &acct, &em));
    assert_false(acct.exists);
    assert_int_equal(acct.nonce, 0);
    dirty = ledger_state_dirty(&s, &cnt);
    assert_int_equal(cnt, 1);
    assert_memory_equal(dirty[0]->key, a, KEY_CELL_LEN);
    ledger_state_free(&s);
    mc_arena_free(&arena);
    store->ops->close(store);
}

static void undo_is_exact_for_random_histories(void **state)
{
    uint32_t seed = 7;

    (void)state;
#define DICE(n) (seed = seed * 1103515245u + 12345u, (seed >> 16) % (n))
    for (uint32_t round = 0; round < 200; round++) {
        struct mc_arena arena = {.head = NULL};
        char model[8][2] = {{0}}, saved[8][2];
        uint8_t key[KEY_CELL_LEN];
        struct state s;

        ledger_state_init(&s, NULL, 0, NULL, &arena);
        for (uint32_t tx = 0; tx < 10; tx++) {
            size_t mark = ledger_state_mark(&s);

            memcpy(saved, model, sizeof model);
            for (uint32_t w = DICE(12); w > 0; w--) {
                uint32_t i = DICE(8);

                model[i][0] = (char)(DICE(4) == 0 ? 0 : 'a' + DICE(26));
                key_of(key, 1, 1, i);
                save(&s, key, model[i]);
            }
            if (DICE(2) == 0) {
                ledger_state_rollback(&s, mark);
                memcpy(model, saved, sizeof model);
            }
            for (uint32_t i = 0; i < 8; i++) {
                key_of(key, 1, 1, i);
                is(&s, key, model[i]);
            }
        }
        ledger_state_free(&s);
        mc_arena_free(&arena);
    }
}

static void written_cells_come_in_key_order(void **state)
{
    struct mc_arena arena = {.head = NULL};
    uint8_t key[KEY_CELL_LEN];
    struct cell **dirty;
    struct state s;
    size_t cnt;

    (void)state;
    ledger_state_init(&s, NULL, 0, NULL, &arena);
    for (uint32_t i = 0; i < 1000; i++) {
        key_of(key, (uint8_t)(i * 7), (uint8_t)(i * 13), i % 3);
        save(&s, key, "x");
    }
    dirty = ledger_state_dirty(&s, &cnt);
    for (size_t i = 1; i < cnt; i++)
        assert_true(memcmp(dirty[i - 1]->key, dirty[i]->key, KEY_CELL_LEN) < 0);
    ledger_state_free(&s);
    mc_arena_free(&arena);
}

static void accounts_are_ethereums_rlp(void **state)
{
    struct ledger_account a = {.nonce = 300, .exists = true}, b;
    struct mc_buf rlp = {NULL, 0, 0, false};

    (void)state;
    a.balance = mc_u256_u64(5);
    a.storage_root = MC_KECCAK_EMPTY_TRIE;
    a.code_hash = MC_KECCAK_EMPTY;
    ledger_account_encode(&rlp, &a);
    assert_int_equal(rlp.n, 2 + 3 + 1 + 33 + 33);
    assert_memory_equal(rlp.p, "\xf8\x46\x82\x01\x2c\x05\xa0", 7);
    assert_ok(ledger_account_decode(&b, mc_buf_slice(&rlp), &em));
    assert_memory_equal(&a, &b, sizeof a);
    for (size_t n = 0; n < rlp.n; n++)
        assert_int_not_equal(ledger_account_decode(&b, mc_slice(rlp.p, n), &em), MC_OK);
    mc_buf_free(&rlp);
}

static void the_cache_is_bounded_and_never_lies(void **state)
{
    struct cell_cache *cache = ledger_cell_cache_new(20000);
    uint32_t newest[500] = {0}, known = 0;
    uint32_t seed = 3;

    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t at = DICE(500);
        uint8_t key[KEY_CELL_LEN];
        struct mc_slice got;

        key_of(key, 1, 1, at);
        if (DICE(2) == 0) {
            newest[at] = i + 1;
            ledger_cell_cache_put(cache, key, mc_slice(&newest[at], sizeof newest[at]));
        } else if (DICE(4) == 0) {
            newest[at] = i + 1;
            ledger_cell_cache_update(cache, key, mc_slice(&newest[at], sizeof newest[at]));
        } else if (ledger_cell_cache_get(cache, key, &got)) {
            assert_int_equal(got.n, 4);
            assert_memory_equal(got.p, &newest[at], 4);
            known++;
        }
    }
    assert_true(known > 500); /* it holds something, and not everything */
    assert_true(known < 5000);
    ledger_cell_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_version_at_or_below_the_block_counts),
        cmocka_unit_test(undo_brings_back_what_was),
        cmocka_unit_test(undo_is_exact_for_random_histories),
        cmocka_unit_test(written_cells_come_in_key_order),
        cmocka_unit_test(accounts_are_ethereums_rlp),
        cmocka_unit_test(the_cache_is_bounded_and_never_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
