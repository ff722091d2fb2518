/* The chain's life: block 0, blocks with transactions, reading them back, opening again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

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

/* Reads a block through the kept copy and through the store; both must say the same. */
static void what_is_stored_is_what_was_executed(void **state)
{
    struct store *store = store_mem_new();
    struct chain *c = chain_new(store), *again;
    const struct mc_addr to = {{9}};
    struct mc_arena arena = {.head = NULL};
    struct mc_buf cert = {NULL, 0, 0, false};

    (void)state;
    store_mem_survive(store);
    for (uint32_t n = 0; n < 100; n++) { /* more than two chunks */
        char id[8];

        snprintf(id, sizeof id, "r%u", n % 90); /* the last ones fail */
        chain_record(c, n % CHAIN_ACCOUNTS, id);
    }
    chain_queue(
        c, 0,
        (struct ledger_tx_fields){
            .gas = 900000, .data = vm_module_code(vm_module_by_name(mc_slice_str("DrugTrace")))});
    chain_transfer(c, 1, &to, 1);
    chain_block(c);
    again = chain_reopen(store); /* nothing is kept there */
    struct ledger_block a, b;
    assert_ok(ledger_block_read(c->l, 1, 3, &a, &arena, &em));
    assert_ok(ledger_block_read(again->l, 1, 3, &b, &arena, &em));
    assert_int_equal(a.tx_cnt, 102);
    assert_int_equal(b.tx_cnt, 102);
    assert_true(mc_hash_eq(&a.hash, &b.hash));
    assert_true(mc_slice_eq(a.header_rlp, b.header_rlp));
    for (uint32_t i = 0; i < a.tx_cnt; i++) {
        const struct ledger_receipt *x = &a.receipts[i], *y = &b.receipts[i];
        const struct ledger_tx_place place = {1, i};
        struct ledger_tx_read r, k;

        assert_true(mc_hash_eq(&a.txs[i]->hash, &b.txs[i]->hash));
        assert_true(mc_addr_eq(&a.txs[i]->sender, &b.txs[i]->sender));
        assert_int_equal(x->success, y->success);
        assert_int_equal(x->type, y->type);
        assert_int_equal(x->gas_used, y->gas_used);
        assert_int_equal(x->cumulative_gas, y->cumulative_gas);
        assert_int_equal(x->has_contract, y->has_contract);
        assert_true(mc_addr_eq(&x->contract, &y->contract));
        assert_memory_equal(&x->bloom, &y->bloom, sizeof x->bloom);
        assert_true(mc_slice_eq(x->revert_data, y->revert_data));
        assert_int_equal(x->log_cnt, y->log_cnt);
        for (uint32_t j = 0; j < x->log_cnt; j++)
            assert_true(mc_slice_eq(x->logs[j].data, y->logs[j].data));
        assert_ok(ledger_tx_read(again->l, &place, &r, &arena, &em));
        assert_ok(ledger_tx_read(c->l, &place, &k, &arena, &em));
        assert_int_equal(r.log_first_i, k.log_first_i);
        assert_int_equal(r.receipt.gas_used, x->gas_used);
        assert_true(mc_hash_eq(&r.tx->hash, &a.txs[i]->hash));
        ledger_tx_unref(r.tx);
        ledger_tx_unref(k.tx);
    }
    assert_int_equal(b.receipts[89].success, true);
    assert_int_equal(b.receipts[90].success, false);
    assert_ok(ledger_certificate(again->l, 1, &cert, &em));
    assert_true(mc_slice_eq(mc_buf_slice(&cert), mc_slice_str("certificate")));
    ledger_block_release(&a);
    ledger_block_release(&b);
    mc_buf_free(&cert);
    mc_arena_free(&arena);
    chain_free(again);
    chain_free(c);
    store_mem_free(store);
}

static void a_reopened_chain_goes_on_where_it_was(void **state)
{
    struct store *one = store_mem_new(), *two = store_mem_new();
    struct chain *a = chain_new(one), *b = chain_new(two);
    struct ledger_head ha, hb;

    (void)state;
    store_mem_survive(two);
    for (uint32_t n = 0; n < 30; n++) {
        char id[8];

        snprintf(id, sizeof id, "r%u", n);
        chain_record(a, n % 3, id);
        chain_block(a);
        chain_record(b, n % 3, id);
        chain_block(b);
        chain_free(b); /* caches and tries are gone: everything comes from the store */
        b = chain_reopen(two);
        ledger_head(a->l, &ha);
        ledger_head(b->l, &hb);
        assert_memory_equal(&ha, &hb, sizeof ha);
    }
    chain_free(a);
    chain_free(b);
    store_mem_free(two);
}

/* Small caches, so that everything is evicted all the time: same hashes. */
static void caches_do_not_change_the_chain(void **state)
{
    struct chain *a = chain_new(store_mem_new()), *b = calloc(1, sizeof *b);
    struct ledger_head ha, hb;

    (void)state;
    chain_setup(b);
    b->cfg.state_cache_bytes = 4096;
    assert_ok(ledger_create(&b->l, store_mem_new(), &b->cfg, &b->genesis, &b->genesis_hash, &em));
    for (uint32_t n = 0; n < 60; n++) {
        char id[8];

        snprintf(id, sizeof id, "r%u", n / 2);
        chain_record(a, n % 5, id);
        chain_block(a);
        chain_record(b, n % 5, id);
        chain_block(b);
        ledger_head(a->l, &ha);
        ledger_head(b->l, &hb);
        assert_true(mc_hash_eq(&ha.hash, &hb.hash));
    }
    chain_free(a);
    chain_free(b);
}

static void a_foreign_or_newer_database_is_refused_with_a_sentence(void **state)
{
    struct store *store = store_mem_new();
    struct chain *c = chain_new(store);
    struct mc_hash other = c->genesis_hash;
    struct ledger_cfg cfg = c->cfg;
    struct ledger *l;

    (void)state;
    store_mem_survive(store);
    assert_int_equal(ledger_create(&l, store, &c->cfg, &c->genesis, &other, &em), MC_EEXIST);
    other.b[0] ^= 1;
    assert_int_equal(ledger_open(&l, store, &cfg, &other, &em), MC_EMISMATCH);
    assert_non_null(strstr(em.text, "the database belongs to another chain"));
    cfg.chain_id++;
    assert_int_equal(ledger_open(&l, store, &cfg, &c->genesis_hash, &em), MC_EMISMATCH);
    assert_non_null(strstr(em.text, "the database belongs to chain 31337"));
    store_mem_put(store, STORE_META, mc_slice_str("format"), mc_slice("\0\0\0\2", 4));
    assert_int_equal(ledger_open(&l, store, &c->cfg, &c->genesis_hash, &em), MC_EMISMATCH);
    assert_non_null(strstr(em.text, "the database has format 2"));
    chain_free(c);
    store_mem_free(store);
}

static void an_empty_store_is_not_a_chain(void **state)
{
    struct store *store = store_mem_new();
    struct ledger *l;
    struct chain c;

    (void)state;
    chain_setup(&c);
    assert_int_equal(ledger_open(&l, store, &c.cfg, &MC_HASH_ZERO, &em), MC_ENOTFOUND);
    store->ops->close(store);
}

static void the_genesis_hash_covers_the_genesis(void **state)
{
    struct mc_hash first, second;
    struct ledger *l;
    struct chain c;

    (void)state;
    chain_setup(&c);
    assert_ok(ledger_create(&l, NULL, &c.cfg, &c.genesis, &first, &em));
    assert_null(l);
    assert_ok(ledger_create(&l, NULL, &c.cfg, &c.genesis, &second, &em));
    assert_true(mc_hash_eq(&first, &second));
    c.balances[3].balance = mc_u256_u64(1);
    assert_ok(ledger_create(&l, NULL, &c.cfg, &c.genesis, &second, &em));
    assert_false(mc_hash_eq(&first, &second));
    chain_setup(&c);
    c.genesis.vm.config_hash.b[5] = 1;
    assert_ok(ledger_create(&l, NULL, &c.cfg, &c.genesis, &second, &em));
    assert_false(mc_hash_eq(&first, &second));
    chain_setup(&c);
    c.genesis.time_ms++;
    assert_ok(ledger_create(&l, NULL, &c.cfg, &c.genesis, &second, &em));
    assert_false(mc_hash_eq(&first, &second));
}

static void balances_beyond_256_bits_are_refused(void **state)
{
    struct mc_hash hash;
    struct ledger *l;
    struct chain c;

    (void)state;
    chain_setup(&c);
    c.balances[3].balance = MC_U256_MAX;
    assert_int_equal(ledger_create(&l, NULL, &c.cfg, &c.genesis, &hash, &em), MC_EINVAL);
    assert_non_null(strstr(em.text, "all balances together exceed 256 bits"));
}

/* List data has no word of its own in the trie: the index digest must carry it into the state root.
 * */
static void lists_show_in_the_state_root(void **state)
{
    static const char *const patients[] = {"patient", "patienT"};
    struct mc_hash roots[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct chain *c = chain_new(store_mem_new());
        struct mc_arena arena = {.head = NULL};
        const struct mc_addr mrh =
            *vm_module_well_known(vm_module_by_name(mc_slice_str("MedicalRecordHash")));
        struct mc_hash slot, word;
        struct ledger_block b;
        struct ledger_view *v;
        char args[64];

        snprintf(args, sizeof args, "[\"r\",\"%s\",\"d\",\"t\",\"h\"]", patients[i]);
        chain_call(c, 0, "MedicalRecordHash", "createRecord", args);
        chain_block(c);
        assert_ok(ledger_block_read(c->l, 1, LEDGER_BLOCK_HEADER, &b, &arena, &em));
        roots[i] = b.header.state_root;
        mc_keccak256(&slot, mc_slice("\0index", 6));
        assert_ok(ledger_view_latest(&v, c->l, &em));
        assert_ok(ledger_view_storage(v, &mrh, &slot, &word, &em));
        assert_false(mc_hash_is_zero(&word));
        ledger_view_close(v);
        mc_arena_free(&arena);
        chain_free(c);
    }
    assert_false(mc_hash_eq(&roots[0], &roots[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_with_records_is_read_back),
        cmocka_unit_test(what_is_stored_is_what_was_executed),
        cmocka_unit_test(a_reopened_chain_goes_on_where_it_was),
        cmocka_unit_test(caches_do_not_change_the_chain),
        cmocka_unit_test(a_foreign_or_newer_database_is_refused_with_a_sentence),
        cmocka_unit_test(an_empty_store_is_not_a_chain),
        cmocka_unit_test(the_genesis_hash_covers_the_genesis),
        cmocka_unit_test(balances_beyond_256_bits_are_refused),
        cmocka_unit_test(lists_show_in_the_state_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
