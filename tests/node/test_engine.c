/* The engine with a real core, vote log, chain thread and store in a temporary folder: a chain of one validator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "genesis/genesis.h"
#include "node/dev_keys.h"
#include "node/engine.h"
#include "node/ports.h"

struct fixture {
    char dir[64];
    struct gen *gen;
    struct mc_hash genesis_hash;
    struct mc_ed25519_key key;
    struct dev_keys dev;
    struct ledger *ledger;
    struct ports_source source;
    struct pool *pool;
    struct engine *engine;
    uint64_t committed; /* newest height told */
    char fatal[512];
    uint32_t validators;    /* of the genesis file; the first is this node */
    uint32_t sent;          /* messages for the other validators */
    uint64_t vote_log_size; /* of the file when the last of them was sent */
    bool observer;          /* has no key and imports */
    uint32_t imports;       /* answers */
    bool import_good;       /* the last one */
};

static uint64_t mono_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

static uint64_t wall_ms(void)
{
    return UINT64_C(1700000000000) + mono_ms();
}

static void on_wake(void *arg)
{
    (void)arg; /* the test polls */
}

static void on_committed(void *arg, uint64_t height)
{
    struct fixture *f = arg;
    assert_int_equal(height, f->committed + 1);
    f->committed = height;
}

static void on_fatal(void *arg, const char *why)
{
    struct fixture *f = arg;
    snprintf(f->fatal, sizeof f->fatal, "%s", why);
}

static void on_broadcast(void *arg, struct mc_slice wire)
{
    struct fixture *f = arg;
    char path[128];
    struct stat st;
    assert_true(wire.n > 0);
    snprintf(path, sizeof path, "%s/votes-b/log", f->dir);
    assert_int_equal(stat(path, &st), 0);
    f->vote_log_size = (uint64_t)st.st_size;
    f->sent++;
}

static void on_fetch(void *arg, const struct mc_hash *hash)
{
    (void)arg;
    (void)hash;
}

static void on_imported(void *arg, uint64_t height, bool good, const char *why)
{
    struct fixture *f = arg;
    assert_true(height > 0);
    assert_int_equal(good, why[0] == 0);
    f->imports++;
    f->import_good = good;
}

static void make_genesis(struct fixture *f)
{
    struct gen_spec s;
    struct vm_genesis_member members[4];
    static const char *const names[4] = {"A", "B", "C", "D"};
    struct vm_genesis_account accounts[2] = {{f->dev.addr[0], 0, 3, VM_ADMIN | VM_DOCTOR},
                                             {f->dev.addr[1], 0, 3, VM_DOCTOR}};
    struct mc_u256 balances[2] = {mc_u256_u64(1000000), mc_u256_u64(1000000)};
    struct vm_genesis_param params[1] = {{"chain.permissioned", MC_U256_ZERO}};
    struct vm_genesis_validator vals[4] = {0};
    struct mc_buf text = {0};
    struct mc_errmsg em = {{0}};

    gen_spec_init(&s);
    for (uint32_t i = 0; i < f->validators; i++) {
        uint8_t seed[32] = {(uint8_t)(7 + i)};
        struct mc_ed25519_key key;
        mc_ed25519_from_seed(&key, seed);
        members[i] = (struct vm_genesis_member){f->dev.addr[i == 0 ? 0 : 10 + i], names[i]};
        vals[i].account = members[i].account;
        vals[i].member_i = i;
        memcpy(vals[i].public_key, key.pub, 32);
    }
    s.chain_id = 1337;
    s.time_ms = 1600000000000;
    s.members = members;
    s.member_cnt = f->validators;
    s.validators = vals;
    s.validator_cnt = f->validators;
    s.accounts = accounts;
    s.balances = balances;
    s.account_cnt = 2;
    s.params = params;
    s.param_cnt = 1;
    gen_write(&text, &s);
    if (gen_parse(&f->gen, mc_buf_slice(&text), &em) != MC_OK ||
        gen_hash(&f->genesis_hash, f->gen, &em) != MC_OK)
        fail_msg("genesis: %s", em.text);
    mc_buf_free(&text);
}

static void open_chain(struct fixture *f)
{
    char path[128];
    struct store *store = NULL;
    struct mc_hash made;
    struct mc_errmsg em = {{0}};
    snprintf(path, sizeof path, "%s/db", f->dir);
    struct store_cfg sc = {.path = path, .create = true};
    if (store_rocksdb_open(&store, &sc, &em) != MC_OK)
        fail_msg("store: %s", em.text);
    enum mc_err err = ledger_open(&f->ledger, store, gen_ledger_cfg(f->gen), &f->genesis_hash, &em);
    if (err == MC_ENOTFOUND)
        err = ledger_create(&f->ledger, store, gen_ledger_cfg(f->gen), gen_ledger_genesis(f->gen),
                            &made, &em);
    if (err != MC_OK)
        fail_msg("ledger: %s", em.text);
    struct ledger_head head;
    ledger_head(f->ledger, &head);
    f->committed = head.number;
    struct pool_cfg pc = {.chain_id = 1337};
    struct pool_source src;
    ports_pool_source(&src, &f->source, f->ledger);
    assert_int_equal(pool_new(&f->pool, &pc, &src), MC_OK);
    struct engine_cfg ec = {.ledger = f->ledger,
                            .pool = f->pool,
                            .chain_id = 1337,
                            .key = &f->key,
                            .data_dir = f->dir,
                            .min_block_ms = 1,
                            .round_timeout_ms = 1000,
                            .wall_ms = wall_ms,
                            .wake = on_wake,
                            .committed = on_committed,
                            .fatal = on_fatal,
                            .arg = f};
    if (f->observer)
        ec.key = NULL;
    ec.imported = on_imported;
    if (f->validators > 1) {
        ec.broadcast = on_broadcast;
        ec.fetch = on_fetch;
    }
    if (engine_new(&f->engine, &ec, mono_ms(), &em) != MC_OK)
        fail_msg("engine: %s", em.text);
}

static void close_chain(struct fixture *f)
{
    engine_free(f->engine);
    pool_free(f->pool);
    ledger_close(f->ledger);
    f->engine = NULL;
    f->pool = NULL;
    f->ledger = NULL;
}

static int setup_of(void **state, uint32_t validators)
{
    struct mc_errmsg em = {{0}};
    uint8_t seed[32] = {7};
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL || mc_crypto_init(&em) != MC_OK)
        return -1;
    f->validators = validators;
    vm_init();
    mc_log_set_level(MC_LOG_ERROR);
    snprintf(f->dir, sizeof f->dir, "/tmp/mc-engine-XXXXXX");
    if (mkdtemp(f->dir) == NULL || dev_keys_make(&f->dev) != MC_OK)
        return -1;
    mc_ed25519_from_seed(&f->key, seed);
    make_genesis(f);
    open_chain(f);
    *state = f;
    return 0;
}

static int setup(void **state)
{
    return setup_of(state, 1);
}

static int setup_four(void **state)
{
    return setup_of(state, 4);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    struct mc_errmsg em = {{0}};
    close_chain(f);
    gen_free(f->gen);
    enum mc_err err = mc_dir_remove(f->dir, &em);
    free(f);
    return err == MC_OK ? 0 : -1;
}

static struct ledger_tx *transfer(struct fixture *f, uint32_t from, uint64_t nonce, uint64_t value)
{
    struct mc_buf raw = {0};
    struct ledger_tx *tx = NULL;
    struct mc_errmsg em = {{0}};
    struct ledger_tx_fields t = {.type = LEDGER_TX_DYNAMIC_FEE,
                                 .chain_id = 1337,
                                 .nonce = nonce,
                                 .gas = 21000,
                                 .has_to = true,
                                 .to = f->dev.addr[5],
                                 .value = mc_u256_u64(value)};
    assert_int_equal(ledger_tx_sign(&raw, &t, f->dev.secret[from], &em), MC_OK);
    assert_int_equal(ledger_tx_decode(&tx, mc_buf_slice(&raw), &em), MC_OK);
    assert_int_equal(ledger_tx_recover(tx, &em), MC_OK);
    mc_buf_free(&raw);
    return tx;
}

/* Turns the engine until the height is reached; ten seconds are the machine's failure, not a measure. */
static void run_until(struct fixture *f, uint64_t height)
{
    uint64_t end = mono_ms() + 10000;
    while (f->committed < height && f->fatal[0] == 0 && mono_ms() < end) {
        uint64_t now = mono_ms(), at = engine_deadline(f->engine);
        engine_results(f->engine, now);
        if (at != 0 && at <= now)
            engine_timer(f->engine, now);
        usleep(200);
    }
    if (f->fatal[0] != 0)
        fail_msg("engine stopped: %s", f->fatal);
    assert_int_equal(f->committed, height);
}

static void submit(struct fixture *f, struct ledger_tx *tx)
{
    struct mc_errmsg em = {{0}};
    if (pool_add(f->pool, tx, mono_ms(), &em) != MC_OK)
        fail_msg("pool: %s", em.text);
    engine_work(f->engine, mono_ms());
}

static void assert_mined(struct fixture *f, const struct ledger_tx *tx, uint64_t number)
{
    struct ledger_tx_place place;
    struct mc_errmsg em = {{0}};
    if (ledger_tx_find(f->ledger, &tx->hash, &place, &em) != MC_OK)
        fail_msg("not mined: %s", em.text);
    assert_int_equal(place.number, number);
}

static void a_waiting_transaction_becomes_a_certified_block(void **state)
{
    struct fixture *f = *state;
    struct ledger_tx *tx = transfer(f, 0, 0, 5);
    struct mc_buf raw = {0};
    struct cons_cert *cert = test_calloc(1, sizeof *cert);
    struct cons_valset *set = test_calloc(1, sizeof *set);
    struct ledger_head head;
    struct mc_errmsg em = {{0}};

    submit(f, tx);
    run_until(f, 1);
    assert_mined(f, tx, 1);
    ledger_head(f->ledger, &head);
    assert_int_equal(ledger_certificate(f->ledger, 1, &raw, &em), MC_OK);
    assert_int_equal(cons_cert_decode(cert, mc_buf_slice(&raw), &em), MC_OK);
    assert_int_equal(cert->height, 1);
    assert_memory_equal(cert->digest.b, head.hash.b, 32);
    set->cnt = 1;
    memcpy(set->v[0].pub, f->key.pub, 32);
    set->v[0].addr = f->dev.addr[0];
    assert_int_equal(cons_valset_seal(set, &em), MC_OK);
    struct cons_chain chain = {1337, head.genesis_hash};
    assert_int_equal(cons_cert_verify(cert, &chain, set, &em), MC_OK);
    test_free(cert);
    test_free(set);
    mc_buf_free(&raw);
    ledger_tx_unref(tx);
}

static void an_idle_chain_makes_no_block(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 50; i++) {
        engine_results(f->engine, mono_ms());
        engine_timer(f->engine, mono_ms());
        usleep(200);
    }
    assert_int_equal(f->committed, 0);
    assert_int_equal(engine_deadline(f->engine), 0);
}

static void blocks_follow_each_other_and_survive_a_restart(void **state)
{
    struct fixture *f = *state;
    struct ledger_tx *tx[6];
    for (uint64_t i = 0; i < 6; i++)
        tx[i] = transfer(f, 0, i, 1);
    for (uint64_t i = 0; i < 3; i++) {
        submit(f, tx[i]);
        run_until(f, i + 1);
    }
    close_chain(f);
    open_chain(f);
    assert_int_equal(f->committed, 3);
    for (uint64_t i = 3; i < 6; i++) {
        submit(f, tx[i]);
        run_until(f, i + 1);
    }
    for (uint64_t i = 0; i < 6; i++) {
        assert_mined(f, tx[i], i + 1);
        ledger_tx_unref(tx[i]);
    }
}

static void transactions_that_cannot_run_any_more_leave_without_a_block(void **state)
{
    struct fixture *f = *state;
    /* Each can be paid alone; together they cannot. */
    struct ledger_tx *a = transfer(f, 0, 0, 900000), *b = transfer(f, 0, 1, 900000),
                     *c = transfer(f, 1, 0, 1);
    struct pool_stats s;
    submit(f, a);
    submit(f, b);
    run_until(f, 1);
    engine_work(f->engine, mono_ms());
    submit(f, c);
    run_until(f, 2);
    assert_mined(f, c, 2);
    pool_stats(f->pool, &s);
    assert_int_equal(s.pending, 0);
    ledger_tx_unref(a);
    ledger_tx_unref(b);
    ledger_tx_unref(c);
}

static void the_timer_is_armed_only_while_something_is_due(void **state)
{
    struct fixture *f = *state;
    struct ledger_tx *tx = transfer(f, 0, 0, 1);
    submit(f, tx);
    assert_int_not_equal(engine_deadline(f->engine), 0);
    run_until(f, 1);
    assert_int_equal(engine_deadline(f->engine), 0);
    ledger_tx_unref(tx);
}

static enum engine_voice voice_of(struct fixture *f)
{
    struct engine_status s;
    engine_status(f->engine, &s);
    return s.voice;
}

/* Turns the engine for a while, whatever happens. */
static void run_for(struct fixture *f, uint64_t ms)
{
    for (uint64_t end = mono_ms() + ms; mono_ms() < end; usleep(200)) {
        uint64_t now = mono_ms(), at = engine_deadline(f->engine);
        engine_results(f->engine, now);
        if (at != 0 && at <= now)
            engine_timer(f->engine, now);
    }
}

static void among_others_it_speaks_only_once_it_has_caught_up(void **state)
{
    struct fixture *f = *state;
    struct ledger_tx *tx = transfer(f, 0, 0, 1);
    assert_int_equal(voice_of(f), ENGINE_SETTLING);
    submit(f, tx);
    run_for(f, 1200); /* beyond a round's end */
    assert_int_equal(f->sent, 0);
    close_chain(f);
    open_chain(f); /* a restart before it has caught up changes nothing */
    assert_int_equal(voice_of(f), ENGINE_SETTLING);
    engine_settle(f->engine, mono_ms());
    assert_int_equal(voice_of(f), ENGINE_SPEAKS);
    submit(f, tx);
    run_for(f, 1200);
    assert_true(f->sent > 0);
    assert_int_equal(f->committed, 0); /* alone it decides nothing */
    close_chain(f);
    open_chain(f); /* now the log knows what it said */
    assert_int_equal(voice_of(f), ENGINE_SPEAKS);
    ledger_tx_unref(tx);
}

static void nothing_leaves_before_its_record_is_in_the_log(void **state)
{
    struct fixture *f = *state;
    char path[128];
    struct stat st;
    struct ledger_tx *tx = transfer(f, 0, 0, 1);
    engine_settle(f->engine, mono_ms());
    run_for(f, 20);
    snprintf(path, sizeof path, "%s/votes-b/log", f->dir);
    assert_int_equal(stat(path, &st), 0);
    submit(f, tx);
    for (uint64_t end = mono_ms() + 10000; f->sent == 0 && mono_ms() < end;)
        run_for(f, 5);
    assert_true(f->sent > 0);
    assert_true(f->vote_log_size > (uint64_t)st.st_size);
    ledger_tx_unref(tx);
}

/* Block `number` as a peer would send it, with the transactions of block `txs_of`. */
static void read_block(struct fixture *f, uint64_t number, uint64_t txs_of, struct mc_buf *body,
                       struct mc_buf *cert)
{
    struct mc_arena a = {0};
    struct ledger_block b, t;
    struct mc_errmsg em = {{0}};
    memset(body, 0, sizeof *body);
    memset(cert, 0, sizeof *cert);
    assert_int_equal(ledger_block_read(f->ledger, number, LEDGER_BLOCK_TXS, &b, &a, &em), MC_OK);
    assert_int_equal(ledger_block_read(f->ledger, txs_of, LEDGER_BLOCK_TXS, &t, &a, &em), MC_OK);
    assert_int_equal(t.tx_cnt, 1);
    ledger_block_encode(body, b.header_rlp, &t.txs[0]->raw, 1);
    ledger_block_release(&b);
    ledger_block_release(&t);
    mc_arena_free(&a);
    assert_int_equal(ledger_certificate(f->ledger, number, cert, &em), MC_OK);
}

static bool import(struct fixture *f, uint64_t height, struct mc_buf *body, struct mc_buf *cert)
{
    uint32_t before = f->imports;
    engine_import(f->engine, height, body, cert);
    assert_null(body->p); /* taken */
    for (uint64_t end = mono_ms() + 10000; f->imports == before && mono_ms() < end; usleep(200))
        engine_results(f->engine, mono_ms());
    assert_int_equal(f->imports, before + 1);
    assert_string_equal(f->fatal, "");
    return f->import_good;
}

static void a_decided_block_is_imported_and_an_altered_one_blamed_on_its_sender(void **state)
{
    struct fixture *f = *state, *g = test_calloc(1, sizeof *g);
    struct ledger_tx *tx[2] = {transfer(f, 0, 0, 1), transfer(f, 0, 1, 1)};
    struct mc_buf body, cert, other;
    struct mc_errmsg em = {{0}};
    for (uint64_t i = 0; i < 2; i++) {
        submit(f, tx[i]);
        run_until(f, i + 1);
        ledger_tx_unref(tx[i]);
    }
    *g = (struct fixture){.gen = f->gen,
                          .genesis_hash = f->genesis_hash,
                          .dev = f->dev,
                          .validators = 1,
                          .observer = true};
    snprintf(g->dir, sizeof g->dir, "/tmp/mc-engine-XXXXXX");
    assert_non_null(mkdtemp(g->dir));
    open_chain(g);

    read_block(f, 1, 2, &body, &cert); /* the right header over other transactions */
    assert_false(import(g, 1, &body, &cert));
    read_block(f, 1, 1, &body, &cert);
    cert.p[cert.n - 1] ^= 1; /* not this signature */
    assert_false(import(g, 1, &body, &cert));
    read_block(f, 2, 2, &body, &cert);
    assert_false(import(g, 1, &body, &cert)); /* another height's certificate */
    read_block(f, 1, 1, &other, &cert);
    mc_buf_free(&other);
    read_block(f, 2, 2, &body, &other);
    mc_buf_free(&other);
    assert_false(import(g, 1, &body, &cert)); /* another block than the certificate's */
    assert_int_equal(g->committed, 0);

    for (uint64_t h = 1; h <= 2; h++) {
        read_block(f, h, h, &body, &cert);
        assert_true(import(g, h, &body, &cert));
        assert_int_equal(g->committed, h);
    }
    read_block(f, 1, 1, &body, &cert);
    assert_true(import(g, 1, &body, &cert)); /* known: nobody's fault */
    assert_int_equal(g->committed, 2);
    struct ledger_head a, b;
    ledger_head(f->ledger, &a);
    ledger_head(g->ledger, &b);
    assert_memory_equal(a.hash.b, b.hash.b, 32);
    close_chain(g);
    assert_int_equal(mc_dir_remove(g->dir, &em), MC_OK);
    test_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_waiting_transaction_becomes_a_certified_block, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_idle_chain_makes_no_block, setup, teardown),
        cmocka_unit_test_setup_teardown(blocks_follow_each_other_and_survive_a_restart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(transactions_that_cannot_run_any_more_leave_without_a_block,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(the_timer_is_armed_only_while_something_is_due, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(among_others_it_speaks_only_once_it_has_caught_up,
                                        setup_four, teardown),
        cmocka_unit_test_setup_teardown(
            a_decided_block_is_imported_and_an_altered_one_blamed_on_its_sender, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_leaves_before_its_record_is_in_the_log, setup_four,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
