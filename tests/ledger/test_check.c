/* ledger_check finds every kind of damage, and nothing in a sound chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/lib/chain.h"
#include "tests/lib/store_mem.h"

static struct mc_errmsg em;

/* Records, a transfer, a failed call, a deployment. */
static struct chain *sample(struct store *store)
{
    const struct mc_addr to = {{9}};
    struct chain *c = chain_new(store);

    for (int n = 0; n < 6; n++) {
        char id[4] = {'r', (char)('a' + n)};

        chain_record(c, 0, id);
        chain_record(c, 1, "same");
        chain_transfer(c, 2, &to, 7);
        if (n == 3)
            chain_queue(c, 3,
                        (struct ledger_tx_fields){.gas = 900000,
                                                  .data = vm_module_code(vm_module_by_name(
                                                      mc_slice_str("MedicalRecordHash")))});
        chain_block(c);
    }
    return c;
}

static void count(void *arg, uint64_t number, uint64_t head)
{
    assert_int_equal(head, 6);
    *(uint64_t *)arg += number;
}

static void a_sound_chain_passes(void **state)
{
    struct chain *c = sample(store_mem_new());
    uint64_t sum = 0;

    (void)state;
    assert_ok(ledger_check(c->l, &c->genesis, count, &sum, &em));
    assert_int_equal(sum, 1 + 2 + 3 + 4 + 5 + 6);
    chain_free(c);
}

static void any_flipped_bit_is_found(void **state)
{
    struct store *store = store_mem_new();
    struct chain *c = sample(store);
    uint32_t found = 0;

    (void)state;
    store_mem_survive(store);
    chain_free(c);
    for (int cf = 0; cf < STORE_CF_CNT; cf++) {
        size_t cnt = store_mem_cnt(store, (enum store_cf)cf);

        /* The first keys of the headers are certificates: who signed is not for the ledger to know.
         * */
        assert_true(cnt > 0);
        for (size_t i = cf == STORE_HEADER ? 6 : 0; i < cnt; i += cnt / 7 + 1) {
            struct ledger *l = NULL;
            struct chain fresh;
            enum mc_err err;

            chain_setup(&fresh);
            assert_ok(
                ledger_create(&l, NULL, &fresh.cfg, &fresh.genesis, &fresh.genesis_hash, &em));
            store_mem_damage(store, (enum store_cf)cf, i);
            err = ledger_open(&l, store, &fresh.cfg, &fresh.genesis_hash, &em);
            if (err == MC_OK) { /* not met while opening: the check must meet it */
                err = ledger_check(l, &fresh.genesis, NULL, NULL, &em);
                if (err != MC_ECORRUPT)
                    fail_msg("family %d, entry %zu: %s", cf, i, mc_err_text(err));
                ledger_close(l);
            }
            assert_int_not_equal(err, MC_OK);
            assert_true(em.text[0] != '\0');
            found++;
            store_mem_damage(store, (enum store_cf)cf, i); /* and back */
        }
    }
    assert_true(found > 30);
    c = chain_reopen(store);
    assert_ok(ledger_check(c->l, &c->genesis, NULL, NULL, &em));
    chain_free(c);
    store_mem_free(store);
}

static void what_no_block_wrote_is_found(void **state)
{
    struct store *store = store_mem_new();
    struct chain *c = sample(store);

    (void)state;
    store_mem_put(store, STORE_LOG, mc_slice_str("a stray key"), mc_slice_str("x"));
    assert_int_equal(ledger_check(c->l, &c->genesis, NULL, NULL, &em), MC_ECORRUPT);
    assert_non_null(strstr(em.text, "log index entry"));
    chain_free(c);
}

static void a_missing_entry_is_named(void **state)
{
    struct store *store = store_mem_new();
    struct chain *c = sample(store);

    (void)state;
    store_mem_del(store, STORE_TXHASH, 5);
    assert_int_equal(ledger_check(c->l, &c->genesis, NULL, NULL, &em), MC_ECORRUPT);
    assert_non_null(strstr(em.text, "hash index"));
    assert_non_null(strstr(em.text, "is missing"));
    chain_free(c);
}

static void another_genesis_does_not_pass(void **state)
{
    struct chain *c = sample(store_mem_new());
    struct ledger_genesis other = c->genesis;

    (void)state;
    other.balance_cnt--;
    assert_int_equal(ledger_check(c->l, &other, NULL, NULL, &em), MC_ECORRUPT);
    chain_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_chain_passes),          cmocka_unit_test(any_flipped_bit_is_found),
        cmocka_unit_test(what_no_block_wrote_is_found),  cmocka_unit_test(a_missing_entry_is_named),
        cmocka_unit_test(another_genesis_does_not_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
