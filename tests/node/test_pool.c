#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/pool.h"

/* Accounts as the pool's source sees them: nonce and balance by the first byte of the secret. */
struct fake_chain {
    struct pool_account account;
    uint64_t block_gas;
    struct mc_u256 min_price;
    bool may_deploy, knows_code;
    uint32_t reads;
};

static enum mc_err fake_account(void *ctx, const struct mc_addr *a, bool deploy,
                                struct pool_account *out, struct mc_errmsg *em)
{
    struct fake_chain *c = ctx;
    (void)a;
    (void)em;
    c->reads++;
    *out = c->account;
    if (deploy && !c->may_deploy)
        out->permitted = false;
    return MC_OK;
}

static bool fake_deployable(void *ctx, struct mc_slice data)
{
    const struct fake_chain *c = ctx;
    (void)data;
    return c->knows_code;
}

static void fake_limits(void *ctx, uint64_t *block_gas, struct mc_u256 *min_price)
{
    struct fake_chain *c = ctx;
    *block_gas = c->block_gas;
    *min_price = c->min_price;
}

struct fixture {
    struct fake_chain chain;
    struct pool *pool;
};

static struct fixture open_fixture(void)
{
    struct fixture f = {.chain = {.block_gas = 60000000}};
    struct mc_errmsg em = {{0}};
    f.chain.account.permitted = true;
    f.chain.account.balance = mc_u256_u64(1000000000);
    assert_int_equal(mc_crypto_init(&em), MC_OK);
    return f;
}

/* over: limits that the test is about; NULL for the defaults. */
static void start(struct fixture *f, const struct pool_cfg *over)
{
    struct pool_cfg cfg = over != NULL ? *over : (struct pool_cfg){0};
    struct pool_source src = {.ctx = &f->chain,
                              .account = fake_account,
                              .deployable = fake_deployable,
                              .limits = fake_limits};
    cfg.chain_id = 1337;
    assert_int_equal(pool_new(&f->pool, &cfg, &src), MC_OK);
}

struct want {
    uint8_t who;
    uint64_t nonce, price, gas, chain_id;
    bool creation;
    uint64_t value;
};

static struct ledger_tx *make(struct want w)
{
    struct mc_buf raw = {0};
    struct ledger_tx *tx = NULL;
    struct mc_errmsg em = {{0}};
    uint8_t secret[32] = {0};
    secret[31] = w.who;
    struct ledger_tx_fields f = {.type = LEDGER_TX_LEGACY,
                                 .chain_id = w.chain_id == 0 ? 1337 : w.chain_id,
                                 .nonce = w.nonce,
                                 .max_fee = mc_u256_u64(w.price),
                                 .max_priority_fee = mc_u256_u64(w.price),
                                 .gas = w.gas == 0 ? 21000 : w.gas,
                                 .has_to = !w.creation,
                                 .value = mc_u256_u64(w.value)};
    assert_int_equal(ledger_tx_sign(&raw, &f, secret, &em), MC_OK);
    assert_int_equal(ledger_tx_decode(&tx, mc_buf_slice(&raw), &em), MC_OK);
    assert_int_equal(ledger_tx_recover(tx, &em), MC_OK);
    mc_buf_free(&raw);
    return tx;
}

static void add_ok(struct fixture *f, struct want w)
{
    struct mc_errmsg em = {{0}};
    struct ledger_tx *tx = make(w);
    if (pool_add(f->pool, tx, 1000, &em) != MC_OK)
        fail_msg("refused: %s", em.text);
    ledger_tx_unref(tx);
}

static void add_refused(struct fixture *f, struct want w, const char *words)
{
    struct mc_errmsg em = {{0}};
    struct ledger_tx *tx = make(w);
    assert_int_equal(pool_add(f->pool, tx, 1000, &em), MC_EREJECT);
    if (strstr(em.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", em.text, words);
    ledger_tx_unref(tx);
}

/* Collects everything and compares with "who:nonce who:nonce". */
static void assert_collects(struct fixture *f, const char *expected)
{
    struct ledger_tx *out[64];
    char text[1024] = "";
    uint32_t cnt = pool_collect(f->pool, out, 64, 60000000, 1 << 20, false);
    for (uint32_t i = 0; i < cnt; i++) {
        char one[64];
        uint8_t secret[32] = {0};
        struct mc_addr a;
        uint8_t who = 0;
        for (uint8_t k = 1; k < 10 && who == 0; k++) {
            secret[31] = k;
            assert_int_equal(mc_secp_address(&a, secret), MC_OK);
            who = mc_addr_eq(&a, &out[i]->sender) ? k : 0;
        }
        snprintf(one, sizeof one, "%s%u:%llu", i == 0 ? "" : " ", who,
                 (unsigned long long)out[i]->nonce);
        strncat(text, one, sizeof text - strlen(text) - 1);
        ledger_tx_unref(out[i]);
    }
    assert_string_equal(text, expected);
}

static void nonces_of_a_sender_come_in_order_whatever_the_arrival(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    start(&f, NULL);
    add_ok(&f, (struct want){.who = 1, .nonce = 2});
    add_ok(&f, (struct want){.who = 2, .nonce = 0});
    add_ok(&f, (struct want){.who = 1, .nonce = 0});
    add_ok(&f, (struct want){.who = 1, .nonce = 1});
    assert_collects(&f, "1:0 2:0 1:1 1:2");
    pool_free(f.pool);
}

static void a_gap_holds_back_what_follows(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct pool_stats s;
    start(&f, NULL);
    add_ok(&f, (struct want){.who = 1, .nonce = 1});
    assert_false(pool_has_ready(f.pool));
    add_ok(&f, (struct want){.who = 1, .nonce = 3});
    pool_stats(f.pool, &s);
    assert_int_equal(s.pending, 0);
    assert_int_equal(s.queued, 2);
    add_ok(&f, (struct want){.who = 1, .nonce = 0});
    assert_true(pool_has_ready(f.pool));
    assert_collects(&f, "1:0 1:1");
    pool_stats(f.pool, &s);
    assert_int_equal(s.pending, 2);
    assert_int_equal(s.queued, 1);
    pool_free(f.pool);
}

static void the_next_nonce_counts_the_contiguous_run_only(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ledger_tx *tx = make((struct want){.who = 1});
    uint64_t nonce = 99;
    start(&f, NULL);
    f.chain.account.nonce = 5;
    assert_int_equal(pool_next_nonce(f.pool, &tx->sender, &nonce, NULL), MC_OK);
    assert_int_equal(nonce, 5);
    add_ok(&f, (struct want){.who = 1, .nonce = 5});
    add_ok(&f, (struct want){.who = 1, .nonce = 6});
    add_ok(&f, (struct want){.who = 1, .nonce = 8});
    assert_int_equal(pool_next_nonce(f.pool, &tx->sender, &nonce, NULL), MC_OK);
    assert_int_equal(nonce, 7);
    ledger_tx_unref(tx);
    pool_free(f.pool);
}

static void refusals_use_the_words_that_clients_match_on(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    start(&f, NULL);
    f.chain.account.nonce = 3;
    add_refused(&f, (struct want){.who = 1, .nonce = 2}, "nonce too low");
    add_refused(&f, (struct want){.who = 1, .nonce = 5000}, "nonce too high");
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .gas = 20999}, "intrinsic gas too low");
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .gas = 60000001},
                "exceeds block gas limit");
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .chain_id = 1}, "invalid chain id");
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .value = 1000000001},
                "insufficient funds for gas * price + value");
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .price = 1000000}, "insufficient funds");
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .gas = 60000, .creation = true},
                "account not permitted");
    f.chain.may_deploy = true;
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .gas = 60000, .creation = true},
                "unsupported contract code");
    f.chain.knows_code = true;
    add_ok(&f, (struct want){.who = 1, .nonce = 3, .gas = 60000, .creation = true});
    f.chain.min_price = mc_u256_u64(2);
    add_refused(&f, (struct want){.who = 1, .nonce = 3, .price = 1}, "transaction underpriced");
    f.chain.min_price = MC_U256_ZERO;
    f.chain.account.permitted = false;
    add_refused(&f, (struct want){.who = 1, .nonce = 3}, "account not permitted");
    pool_free(f.pool);
}

static void the_same_transaction_twice_is_already_known(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    start(&f, NULL);
    add_ok(&f, (struct want){.who = 1});
    add_refused(&f, (struct want){.who = 1}, "already known");
    pool_free(f.pool);
}

static void a_replacement_must_pay_a_tenth_more(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct pool_stats s;
    start(&f, NULL);
    add_ok(&f, (struct want){.who = 1, .price = 100});
    add_refused(&f, (struct want){.who = 1, .price = 109}, "replacement transaction underpriced");
    add_ok(&f, (struct want){.who = 1, .price = 110});
    add_refused(&f, (struct want){.who = 1, .price = 110, .value = 1},
                "replacement transaction underpriced");
    pool_stats(f.pool, &s);
    assert_int_equal(s.pending, 1);
    assert_int_equal(s.replaced, 1);
    pool_free(f.pool);
}

static void on_a_free_chain_any_price_replaces_none(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    start(&f, NULL);
    add_ok(&f, (struct want){.who = 1, .price = 0});
    add_refused(&f, (struct want){.who = 1, .price = 0, .value = 1},
                "replacement transaction underpriced");
    add_ok(&f, (struct want){.who = 1, .price = 1});
    pool_free(f.pool);
}

static void one_sender_cannot_fill_the_pool(void **state)
{
    (void)state;
    struct pool_cfg cfg = {.tx_max = 5, .per_sender_max = 3};
    struct fixture f = open_fixture();
    start(&f, &cfg);
    for (uint64_t i = 0; i < 3; i++)
        add_ok(&f, (struct want){.who = 1, .nonce = i});
    add_refused(&f, (struct want){.who = 1, .nonce = 3}, "txpool is full");
    add_ok(&f, (struct want){.who = 2, .nonce = 0});
    add_ok(&f, (struct want){.who = 2, .nonce = 1});
    add_refused(&f, (struct want){.who = 3, .nonce = 0}, "txpool is full");
    pool_free(f.pool);
}

static void a_block_takes_its_transactions_out_and_moves_the_nonce(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ledger_tx *mined[2] = {make((struct want){.who = 1, .nonce = 0}),
                                  make((struct want){.who = 1, .nonce = 1})};
    start(&f, NULL);
    for (uint64_t i = 0; i < 4; i++)
        add_ok(&f, (struct want){.who = 1, .nonce = i});
    pool_committed(f.pool, mined, 2);
    assert_null(pool_find(f.pool, &mined[0]->hash));
    assert_collects(&f, "1:2 1:3");
    /* The account is read anew after a block: it may be older than what the pool knows. */
    add_refused(&f, (struct want){.who = 1, .nonce = 1, .price = 1}, "nonce too low");
    ledger_tx_unref(mined[0]);
    ledger_tx_unref(mined[1]);
    pool_free(f.pool);
}

static void an_account_is_read_once_a_block(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    start(&f, NULL);
    for (uint64_t i = 0; i < 10; i++)
        add_ok(&f, (struct want){.who = 1, .nonce = i});
    assert_true(f.chain.reads <= 2);
    pool_committed(f.pool, NULL, 0);
    uint32_t before = f.chain.reads;
    add_ok(&f, (struct want){.who = 1, .nonce = 10});
    assert_int_equal(f.chain.reads, before + 1);
    pool_free(f.pool);
}

static void collecting_again_continues_where_the_last_ended(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ledger_tx *out[8];
    start(&f, NULL);
    for (uint64_t i = 0; i < 4; i++)
        add_ok(&f, (struct want){.who = 1, .nonce = i});
    assert_int_equal(pool_collect(f.pool, out, 8, 45000, 1 << 20, false), 2);
    assert_int_equal(out[1]->nonce, 1);
    pool_drop(f.pool, out[1]); /* what the builder holds may leave meanwhile */
    ledger_tx_unref(out[0]);
    ledger_tx_unref(out[1]);
    assert_int_equal(pool_collect(f.pool, out, 8, 45000, 1 << 20, true), 2);
    assert_int_equal(out[0]->nonce, 2);
    assert_int_equal(out[1]->nonce, 3);
    ledger_tx_unref(out[0]);
    ledger_tx_unref(out[1]);
    pool_free(f.pool);
}

static void what_waits_too_long_expires(void **state)
{
    (void)state;
    struct pool_cfg cfg = {.expiry_ms = 500};
    struct fixture f = open_fixture();
    start(&f, &cfg);
    add_ok(&f, (struct want){.who = 1});
    assert_int_equal(pool_expire(f.pool, 1499), 0);
    assert_int_equal(pool_expire(f.pool, 1500), 1);
    assert_false(pool_has_ready(f.pool));
    pool_free(f.pool);
}

static void arrivals_are_told_once_to_each_cursor(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct mc_hash out[8];
    uint64_t cursor = 0, other = 0;
    start(&f, NULL);
    add_ok(&f, (struct want){.who = 1, .nonce = 0});
    add_ok(&f, (struct want){.who = 1, .nonce = 1});
    assert_int_equal(pool_arrivals(f.pool, &cursor, out, 8), 2);
    assert_int_equal(pool_arrivals(f.pool, &cursor, out, 8), 0);
    assert_int_equal(pool_arrivals(f.pool, &other, out, 1), 1);
    assert_int_equal(pool_arrivals(f.pool, &other, out, 8), 1);
    pool_free(f.pool);
}

static void the_list_is_sorted_and_says_what_is_queued(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct pool_item *items = NULL;
    uint32_t cnt = 0;
    start(&f, NULL);
    add_ok(&f, (struct want){.who = 1, .nonce = 2});
    add_ok(&f, (struct want){.who = 1, .nonce = 0});
    assert_int_equal(pool_list(f.pool, NULL, &items, &cnt), MC_OK);
    assert_int_equal(cnt, 2);
    assert_int_equal(items[0].tx->nonce, 0);
    assert_false(items[0].queued);
    assert_true(items[1].queued);
    for (uint32_t i = 0; i < cnt; i++)
        ledger_tx_unref(items[i].tx);
    free(items);
    pool_free(f.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonces_of_a_sender_come_in_order_whatever_the_arrival),
        cmocka_unit_test(a_gap_holds_back_what_follows),
        cmocka_unit_test(the_next_nonce_counts_the_contiguous_run_only),
        cmocka_unit_test(refusals_use_the_words_that_clients_match_on),
        cmocka_unit_test(the_same_transaction_twice_is_already_known),
        cmocka_unit_test(a_replacement_must_pay_a_tenth_more),
        cmocka_unit_test(on_a_free_chain_any_price_replaces_none),
        cmocka_unit_test(one_sender_cannot_fill_the_pool),
        cmocka_unit_test(a_block_takes_its_transactions_out_and_moves_the_nonce),
        cmocka_unit_test(an_account_is_read_once_a_block),
        cmocka_unit_test(collecting_again_continues_where_the_last_ended),
        cmocka_unit_test(what_waits_too_long_expires),
        cmocka_unit_test(arrivals_are_told_once_to_each_cursor),
        cmocka_unit_test(the_list_is_sorted_and_says_what_is_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
