/* The k-th operation of the store fails, for k = 1, 2, 3 ... until all goes well: nothing is half
 * written, and what opens afterwards is a whole block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/lib/chain.h"
#include "tests/lib/store_mem.h"

static struct mc_errmsg em;

static struct store *chain_of_two(void)
{
    struct store *store = store_mem_new();
    struct chain *c = chain_new(store);

    store_mem_survive(store);
    chain_record(c, 0, "r1");
    chain_block(c);
    chain_record(c, 1, "r2");
    chain_block(c);
    chain_free(c);
    return store;
}

static uint64_t head_number(struct store *store)
{
    struct chain *c = chain_reopen(store);
    struct ledger_head head;

    ledger_head(c->l, &head);
    assert_ok(ledger_check(c->l, &c->genesis, NULL, NULL, &em));
    chain_free(c);
    return head.number;
}

static void a_block_is_written_whole_or_not_at_all(void **state)
{
    struct store *store = chain_of_two();
    enum mc_err err = MC_EIO;
    uint64_t k = 0;

    (void)state;
    while (err != MC_OK) {
        struct chain *c = chain_reopen(store);

        chain_record(c, 0, "r3");
        chain_record(c, 1, "r1");
        store_mem_fail_at(store, ++k);
        err = chain_try_block(c, &em);
        store_mem_fail_at(store, 0);
        if (err != MC_OK) {
            assert_int_equal(err, MC_EIO);
            assert_non_null(strstr(em.text, "injected"));
        }
        chain_free(c);
        store_mem_reopen(store);
        assert_int_equal(head_number(store), err == MC_OK ? 3 : 2);
    }
    assert_true(k > 10); /* that many operations were made to fail */
    store_mem_free(store);
}

static void after_a_failed_commit_no_further_block_is_taken(void **state)
{
    struct store *store = chain_of_two();
    struct chain *c = chain_reopen(store);
    const struct ledger_block_env env = chain_env(c);
    const struct ledger_header *header;
    struct ledger_exec *x, *y;
    struct mc_hash hash;

    (void)state;
    assert_ok(ledger_exec_new(&x, c->l, &env, &em));
    assert_ok(ledger_exec_seal(x, &header, &hash, &em));
    store_mem_fail_at(store, 1);
    while (ledger_commit(c->l, x, mc_slice("", 0), &em) == MC_OK)
        fail_msg("the commit makes no store operation that fails");
    store_mem_fail_at(store, 0);
    assert_int_equal(ledger_exec_new(&y, c->l, &env, &em), MC_EIO);
    assert_int_equal(ledger_commit(c->l, x, mc_slice("", 0), &em), MC_EIO);
    ledger_exec_free(x);
    chain_free(c);
    store_mem_free(store);
}

/* Every reader passes an injected error on, and works right after it. */
static enum mc_err read_everything(struct ledger *l, struct mc_arena *arena)
{
    const struct mc_addr from = chain_account(0);
    const struct ledger_log_query q = {
        .from = 0, .to = 9, .rows_max = 100, .addresses = &from, .address_cnt = 1};
    struct ledger_log_row *rows;
    struct ledger_account a;
    struct ledger_proof p;
    struct ledger_block b;
    struct ledger_view *v = NULL;
    struct ledger_tx_place place;
    struct mc_buf cert = {NULL, 0, 0, false};
    uint32_t cnt;
    uint64_t number;
    enum mc_err err =
        ledger_block_read(l, 1, LEDGER_BLOCK_TXS | LEDGER_BLOCK_RECEIPTS, &b, arena, &em);

    if (err != MC_OK)
        return err;
    err = ledger_tx_find(l, &b.txs[0]->hash, &place, &em);
    if (err == MC_OK) {
        struct ledger_tx_read r;

        err = ledger_tx_read(l, &place, &r, arena, &em);
        ledger_tx_unref(r.tx);
    }
    if (err == MC_OK)
        err = ledger_block_number(l, &b.hash, &number, &em);
    if (err == MC_OK)
        err = ledger_certificate(l, 1, &cert, &em);
    if (err == MC_OK)
        err = ledger_view_at(&v, l, 1, &em);
    if (err == MC_OK)
        err = ledger_view_account(v, &from, &a, &em);
    if (err == MC_OK)
        err = ledger_view_prove_account(v, &from, &p, arena, &em);
    if (err == MC_OK)
        err = ledger_logs(l, &q, &rows, &cnt, arena, &em);
    ledger_view_close(v);
    mc_buf_free(&cert);
    ledger_block_release(&b);
    return err;
}

static void readers_pass_errors_on(void **state)
{
    struct store *store = chain_of_two();
    struct chain *c = chain_reopen(store);
    struct mc_arena arena = {.head = NULL};
    enum mc_err err = MC_EIO;
    uint64_t k = 0;

    (void)state;
    while (err != MC_OK) {
        mc_arena_reset(&arena);
        store_mem_fail_at(store, ++k);
        err = read_everything(c->l, &arena);
        if (err != MC_OK)
            assert_int_equal(err, MC_EIO);
    }
    assert_true(k > 8);
    mc_arena_free(&arena);
    chain_free(c);
    store_mem_free(store);
}

static void opening_passes_errors_on(void **state)
{
    struct store *store = chain_of_two();
    struct mc_hash hash;
    struct chain c;
    enum mc_err err = MC_EIO;
    uint64_t k = 0;

    (void)state;
    chain_setup(&c);
    assert_ok(ledger_create(&c.l, NULL, &c.cfg, &c.genesis, &hash, &em));
    while (err != MC_OK) {
        store_mem_fail_at(store, ++k);
        err = ledger_open(&c.l, store, &c.cfg, &hash, &em);
        assert_true(err == MC_OK || err == MC_EIO || err == MC_ECORRUPT);
    }
    assert_true(k > 4);
    ledger_close(c.l);
    store_mem_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_written_whole_or_not_at_all),
        cmocka_unit_test(after_a_failed_commit_no_further_block_is_taken),
        cmocka_unit_test(readers_pass_errors_on),
        cmocka_unit_test(opening_passes_errors_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
