/* What may be in a block, what it costs, and what it leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/chain.h"
#include "tests/lib/store_mem.h"

static struct mc_errmsg em;
static struct chain *c;

static int setup(void **state)
{
    (void)state;
    c = chain_new(store_mem_new());
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    chain_free(c);
    return 0;
}

static struct ledger_account account(const struct mc_addr *a)
{
    struct ledger_account acct;
    struct ledger_view *v;

    assert_ok(ledger_view_latest(&v, c->l, &em));
    assert_ok(ledger_view_account(v, a, &acct, &em));
    ledger_view_close(v);
    return acct;
}

static struct ledger_exec *begin(void)
{
    const struct ledger_block_env env = chain_env(c);
    struct ledger_exec *x;

    assert_ok(ledger_exec_new(&x, c->l, &env, &em));
    return x;
}

static void refused(struct ledger_exec *x, struct ledger_tx *tx, const char *words)
{
    uint32_t cnt = ledger_exec_tx_cnt(x);

    assert_int_equal(ledger_exec_tx(x, tx, &em), MC_EREJECT);
    if (strstr(em.text, words) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", em.text, words);
    assert_int_equal(ledger_exec_tx_cnt(x), cnt);
    ledger_tx_unref(tx);
}

static const struct ledger_receipt *only_receipt(struct ledger_block *b, struct mc_arena *arena)
{
    struct ledger_head head;

    ledger_head(c->l, &head);
    assert_ok(ledger_block_read(c->l, head.number, LEDGER_BLOCK_RECEIPTS, b, arena, &em));
    assert_int_equal(b->tx_cnt, 1);
    return &b->receipts[0];
}

static void refusals_use_geths_words(void **state)
{
    const struct mc_addr to = {{9}};
    const struct ledger_tx_fields ok = {.gas = 21000, .has_to = true, .to = to};
    struct ledger_exec *x = begin();
    struct ledger_tx_fields f;

    (void)state;
    c->nonces[0] = 1;
    refused(x, chain_sign(c, 0, ok), "nonce too high: address 0x");
    f = ok;
    f.value = mc_u256_u64(CHAIN_BALANCE);
    f.max_fee = mc_u256_u64(1);
    c->nonces[0] = 0;
    refused(x, chain_sign(c, 0, f), "insufficient funds for gas * price + value: address 0x");
    f = ok;
    f.gas = 20999;
    c->nonces[0] = 0;
    refused(x, chain_sign(c, 0, f), "intrinsic gas too low: have 20999, want 21000");
    f = ok;
    f.gas = 2000000000;
    c->nonces[0] = 0;
    refused(x, chain_sign(c, 0, f), "exceeds block gas limit");
    ledger_exec_free(x);
}

static void a_used_nonce_is_too_low(void **state)
{
    const struct mc_addr to = {{9}};

    (void)state;
    chain_transfer(c, 0, &to, 1);
    chain_block(c);
    c->nonces[0] = 0;
    struct ledger_exec *x = begin();
    refused(x, chain_sign(c, 0, (struct ledger_tx_fields){.gas = 21000, .has_to = true, .to = to}),
            "nonce too low: address 0x");
    ledger_exec_free(x);
}

static void another_chains_transaction_is_refused(void **state)
{
    struct ledger_tx_fields f = {.chain_id = 5, .gas = 21000, .has_to = true};
    struct mc_buf raw = {NULL, 0, 0, false};
    struct ledger_exec *x = begin();
    struct ledger_tx *tx;
    uint8_t secret[32];

    (void)state;
    chain_secret(secret, 0);
    assert_ok(ledger_tx_sign(&raw, &f, secret, &em));
    assert_ok(ledger_tx_decode(&tx, mc_buf_slice(&raw), &em));
    assert_ok(ledger_tx_recover(tx, &em));
    refused(x, tx, "invalid chain id for signer: have 5 want 31337");
    mc_buf_free(&raw);
    ledger_exec_free(x);
}

static void the_block_gas_limit_is_kept(void **state)
{
    struct ledger_exec *x = begin();
    struct ledger_tx_fields f = {.gas = 999990000, .has_to = true, .to = {{9}}};
    struct ledger_tx *tx = chain_sign(c, 0, f);

    (void)state;
    assert_ok(ledger_exec_tx(x, tx, &em)); /* uses 21000 only, so the next one fits by gas used */
    ledger_tx_unref(tx);
    refused(x, chain_sign(c, 0, f), "gas limit reached");
    ledger_exec_free(x);
}

static void a_transfer_moves_value_and_pays_the_miner(void **state)
{
    const struct mc_addr to = {{9}}, miner = {{0xaa}}, from = chain_account(0);
    struct ledger_account a;

    (void)state;
    chain_queue(c, 0,
                (struct ledger_tx_fields){.gas = 50000,
                                          .has_to = true,
                                          .to = to,
                                          .max_fee = mc_u256_u64(3),
                                          .value = mc_u256_u64(1000)});
    chain_block(c);
    a = account(&to);
    assert_true(a.exists);
    assert_int_equal(a.balance.w[0], 1000);
    assert_int_equal(account(&miner).balance.w[0], 21000 * 3);
    a = account(&from);
    assert_int_equal(a.nonce, 1);
    assert_int_equal(a.balance.w[0], CHAIN_BALANCE - 1000 - 63000);
}

static void the_base_fee_is_burnt(void **state)
{
    const struct mc_addr to = {{9}}, miner = {{0xaa}}, from = chain_account(0);
    struct mc_errmsg words = {{0}};

    (void)state;
    chain_free(c);
    c = calloc(1, sizeof *c);
    chain_setup(c);
    c->cfg.base_fee = mc_u256_u64(5);
    assert_ok(ledger_create(&c->l, store_mem_new(), &c->cfg, &c->genesis, &c->genesis_hash, &em));
    chain_queue(c, 0,
                (struct ledger_tx_fields){.type = LEDGER_TX_DYNAMIC_FEE,
                                          .gas = 21000,
                                          .has_to = true,
                                          .to = to,
                                          .max_fee = mc_u256_u64(100),
                                          .max_priority_fee = mc_u256_u64(2)});
    chain_block(c);
    assert_int_equal(account(&miner).balance.w[0], 21000 * 2);
    assert_int_equal(account(&from).balance.w[0], CHAIN_BALANCE - 21000 * 7);
    chain_transfer(c, 0, &to, 1); /* price 0 is below the base fee now */
    assert_int_equal(chain_try_block(c, &words), MC_EREJECT);
    assert_non_null(strstr(words.text, "max fee per gas less than block base fee"));
}

static void touching_with_nothing_makes_no_account(void **state)
{
    const struct mc_addr to = {{9}}, miner = {{0xaa}};

    (void)state;
    chain_transfer(c, 0, &to, 0);
    chain_block(c);
    assert_false(account(&to).exists);
    assert_false(account(&miner).exists);
}

static void a_revert_keeps_nonce_and_gas_and_nothing_else(void **state)
{
    const struct mc_addr from = chain_account(0);
    struct mc_arena arena = {.head = NULL};
    const struct ledger_receipt *r;
    struct ledger_block b;
    char reason[64];

    (void)state;
    chain_record(c, 0, "r1");
    chain_block(c);
    chain_record(c, 0, "r1");
    chain_block(c);
    r = only_receipt(&b, &arena);
    assert_false(r->success);
    assert_int_equal(r->log_cnt, 0);
    vm_revert_reason(reason, sizeof reason, r->revert_data);
    assert_string_equal(reason, "Record already exists");
    assert_true(r->gas_used > 21000 && r->gas_used < 500000);
    assert_int_equal(account(&from).nonce, 2);
    mc_arena_free(&arena);
}

static void value_sent_to_a_module_comes_back(void **state)
{
    const struct vm_module *m = vm_module_by_name(mc_slice_str("MedicalRecordHash"));
    const struct mc_addr from = chain_account(0);
    struct mc_arena arena = {.head = NULL};
    const struct ledger_receipt *r;
    struct ledger_block b;

    (void)state;
    chain_queue(c, 0,
                (struct ledger_tx_fields){.gas = 100000,
                                          .has_to = true,
                                          .to = *vm_module_well_known(m),
                                          .value = mc_u256_u64(5)});
    chain_block(c);
    r = only_receipt(&b, &arena);
    assert_false(r->success);
    assert_int_equal(r->revert_data.n, 0);
    assert_int_equal(account(&from).balance.w[0], CHAIN_BALANCE);
    mc_arena_free(&arena);
}

static void deploy(struct mc_slice data, bool works)
{
    struct mc_arena arena = {.head = NULL};
    const struct ledger_receipt *r;
    struct ledger_block b;
    struct ledger_account a;
    struct mc_addr at, from = chain_account(0);

    ledger_create_address(&at, &from, c->nonces[0]);
    chain_queue(c, 0, (struct ledger_tx_fields){.gas = 900000, .data = data});
    chain_block(c);
    r = only_receipt(&b, &arena);
    a = account(&at);
    assert_int_equal(r->success, works);
    assert_int_equal(r->has_contract, works);
    assert_int_equal(a.exists, works);
    if (works) {
        assert_true(mc_addr_eq(&r->contract, &at));
        assert_int_equal(a.nonce, 1);
        assert_ptr_equal(vm_module_by_code_hash(&a.code_hash),
                         vm_module_by_name(mc_slice_str("MedicalRecordHash")));
    }
    mc_arena_free(&arena);
}

static void instances_are_made_by_marker_and_by_fingerprint_only(void **state)
{
    /* "code" with a CBOR trailer of 3 bytes */
    static const uint8_t compiled[] = {1, 2, 3, 4, 0xa1, 0xa2, 0xa3, 0, 3};
    static const uint8_t other[] = {1, 2, 3, 5, 0xa1, 0xa2, 0xa3, 0, 3};
    const struct vm_module *m = vm_module_by_name(mc_slice_str("MedicalRecordHash"));
    struct ledger_fingerprint print = {.module = m};

    (void)state;
    mc_keccak256(&print.code_hash, mc_slice(compiled, 4));
    c->cfg.fingerprints = &print;
    c->cfg.fingerprint_cnt = 1;
    deploy(vm_module_code(m), true);
    deploy(mc_slice(compiled, sizeof compiled), true);
    deploy(mc_slice(other, sizeof other), false);
    deploy(vm_module_code(vm_module_by_name(mc_slice_str("Governance"))), false);
    deploy(mc_slice("", 0), false);
}

static void time_and_gas_limit_of_a_block_are_fixed(void **state)
{
    struct ledger_block_env env = chain_env(c);
    struct ledger_exec *x;

    (void)state;
    env.time_ms = CHAIN_TIME_MS;
    assert_int_equal(ledger_exec_new(&x, c->l, &env, &em), MC_EREJECT);
    env = chain_env(c);
    env.gas_limit++;
    assert_int_equal(ledger_exec_new(&x, c->l, &env, &em), MC_EREJECT);
}

/* The same transactions give the same hash whatever was tried before, and whichever candidate was
 * sealed first. */
static void candidates_do_not_disturb_each_other(void **state)
{
    const struct ledger_header *header;
    struct ledger_exec *a, *b, *again;
    struct ledger_tx *t1, *t2;
    struct mc_hash ha, hb, hagain;

    (void)state;
    chain_record(c, 0, "r1");
    chain_block(c);
    chain_record(c, 1, "r2");
    chain_record(c, 2, "r3");
    t1 = c->queue[0];
    t2 = c->queue[1];
    a = begin();
    b = begin();
    again = begin();
    assert_ok(ledger_exec_tx(a, t1, &em));
    assert_ok(ledger_exec_tx(b, t2, &em));
    assert_ok(ledger_exec_tx(again, t1, &em));
    assert_ok(ledger_exec_seal(a, &header, &ha, &em));
    assert_ok(ledger_exec_seal(b, &header, &hb, &em));
    assert_ok(ledger_exec_seal(again, &header, &hagain, &em));
    assert_true(mc_hash_eq(&ha, &hagain));
    assert_false(mc_hash_eq(&ha, &hb));
    ledger_exec_free(again);
    assert_ok(ledger_commit(c->l, a, mc_slice("", 0), &em));
    assert_int_equal(ledger_commit(c->l, b, mc_slice("", 0), &em), MC_EREJECT);
    ledger_exec_free(a);
    ledger_exec_free(b);
    /* The tries in memory follow the block that counts: the next one opens from them. */
    ledger_tx_unref(t1);
    c->queue[0] = t2;
    c->queue_cnt = 1;
    chain_block(c);
    assert_ok(ledger_check(c->l, &c->genesis, NULL, NULL, &em));
}

static void late_candidates_are_refused(void **state)
{
    struct ledger_exec *x = begin();

    (void)state;
    chain_record(c, 0, "r1");
    ledger_tx_ref(c->queue[0]);
    struct ledger_tx *tx = c->queue[0];
    chain_block(c);
    refused(x, tx, "is decided already");
    ledger_exec_free(x);
}

/* A call of ServicePayment's with value, by account 0. */
static void pay_module(const char *method, const char *args, uint64_t value)
{
    struct mc_buf data = {0};

    chain_data(&data, "ServicePayment", method, args);
    chain_queue(c, 0,
                (struct ledger_tx_fields){.gas = 1000000,
                                          .has_to = true,
                                          .to = *vm_module_addr("ServicePayment"),
                                          .value = mc_u256_u64(value),
                                          .data = mc_buf_slice(&data)});
    chain_block(c);
    mc_buf_free(&data);
}

static void a_payable_module_takes_value_and_pays_it_out(void **state)
{
    static const char memo[] =
        "\"0x0000000000000000000000000000000000000000000000000000000000000000\"";
    static const char payee[] = "\"0x0000000000000000000000000000000000000777\"";
    static const char arbiter[] = "\"0x0000000000000000000000000000000000000888\"";
    const struct mc_addr *module = vm_module_addr("ServicePayment");
    const struct mc_addr to = {{[18] = 0x07, [19] = 0x77}};
    char args[512];

    (void)state;
    snprintf(args, sizeof args, "[\"p1\",%s,1000,0,\"\",%s]", payee, memo);
    pay_module("pay", args, 1000);
    assert_int_equal(account(&to).balance.w[0], 1000);
    assert_int_equal(account(module).balance.w[0], 0);

    snprintf(args, sizeof args, "[\"p2\",%s,500,0,\"\",%s,%llu,%s]", payee, arbiter,
             (unsigned long long)(CHAIN_TIME_MS / 1000 + 7200), memo);
    pay_module("escrow", args, 500);
    assert_int_equal(account(module).balance.w[0], 500); /* held until it is released */
    pay_module("release", "[\"p2\"]", 0);
    assert_int_equal(account(&to).balance.w[0], 1500);
    assert_int_equal(account(module).balance.w[0], 0);

    /* Refused: everything comes back, the value that was sent as well. */
    snprintf(args, sizeof args, "[\"p3\",%s,1000,0,\"\",%s]", payee, memo);
    pay_module("pay", args, 999);
    assert_int_equal(account(&to).balance.w[0], 1500);
    assert_int_equal(account(module).balance.w[0], 0);
}

static void value_sent_to_a_module_that_takes_none_reverts(void **state)
{
    struct mc_arena arena = {.head = NULL};
    const struct ledger_receipt *r;
    struct ledger_block b;

    (void)state;
    pay_module("release", "[\"p2\"]", 1);
    r = only_receipt(&b, &arena);
    assert_false(r->success);
    assert_int_equal(r->revert_data.n, 0);
    assert_int_equal(account(vm_module_addr("ServicePayment")).balance.w[0], 0);
    ledger_block_release(&b);
    mc_arena_free(&arena);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_payable_module_takes_value_and_pays_it_out),
        CASE(value_sent_to_a_module_that_takes_none_reverts),
        CASE(refusals_use_geths_words),
        CASE(a_used_nonce_is_too_low),
        CASE(another_chains_transaction_is_refused),
        CASE(the_block_gas_limit_is_kept),
        CASE(a_transfer_moves_value_and_pays_the_miner),
        CASE(the_base_fee_is_burnt),
        CASE(touching_with_nothing_makes_no_account),
        CASE(a_revert_keeps_nonce_and_gas_and_nothing_else),
        CASE(value_sent_to_a_module_comes_back),
        CASE(instances_are_made_by_marker_and_by_fingerprint_only),
        CASE(time_and_gas_limit_of_a_block_are_fixed),
        CASE(candidates_do_not_disturb_each_other),
        CASE(late_candidates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
