/* The chain's life: block 0, blocks with transactions, reading them back, opening again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/lib/chain.h"
#include "tests/lib/store_mem.h"

static struct mc_errmsg em;

static void a_block_with_records_is_read_back(void **state)
{
    struct chain *c = chain_new(store_mem_new());
    struct mc_arena arena = {.head = NULL};
    struct ledger_tx_place place;
    struct ledger_tx_read r;
    struct ledger_block b;
    struct ledger_head head;

    (void)state;
    chain_record(c, 0, "r1");
    chain_record(c, 1, "r2");
    chain_block(c);
    ledger_head(c->l, &head);
    assert_int_equal(head.number, 1);
    assert_ok(
        ledger_block_read(c->l, 1, LEDGER_BLOCK_TXS | LEDGER_BLOCK_RECEIPTS, &b, &arena, &em));
    assert_int_equal(b.tx_cnt, 2);
    assert_true(mc_hash_eq(&b.hash, &head.hash));
    assert_true(b.receipts[0].success);
    assert_int_equal(b.receipts[0].log_cnt, 1);
    assert_int_equal(b.receipts[1].cumulative_gas, b.header.gas_used);
    assert_ok(ledger_tx_find(c->l, &b.txs[1]->hash, &place, &em));
    assert_int_equal(place.number, 1);
    assert_int_equal(place.index, 1);
    assert_ok(ledger_tx_read(c->l, &place, &r, &arena, &em));
    assert_int_equal(r.log_first_i, 1);
    assert_true(mc_hash_eq(&r.tx->hash, &b.txs[1]->hash));
    ledger_tx_unref(r.tx);
    ledger_block_release(&b);
    mc_arena_free(&arena);
    chain_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_with_records_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
