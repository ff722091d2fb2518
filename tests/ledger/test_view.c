/* Views: past blocks, proofs that verify, calls that leave nothing behind, and readers beside a
 * writer. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

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

static struct mc_addr module_addr(const char *name)
{
    return *vm_module_well_known(vm_module_by_name(mc_slice_str(name)));
}

/* eth_call of a view of MedicalRecordHash at a block. */
static struct ledger_call_result view_call(struct ledger_view *v, const char *method,
                                           const char *args, struct mc_arena *arena)
{
    struct mc_buf data = {NULL, 0, 0, false};
    struct ledger_call_result r;

    chain_data(&data, "MedicalRecordHash", method, args);
    const struct ledger_call call = {.has_to = true,
                                     .to = module_addr("MedicalRecordHash"),
                                     .gas = 10000000,
                                     .data = mc_buf_slice(&data)};
    assert_ok(ledger_view_call(v, &call, &r, arena, &em));
    mc_buf_free(&data);
    return r;
}

static void every_past_block_is_read_as_it_was(void **state)
{
    struct mc_arena arena = {.head = NULL};
    const struct mc_addr to = {{9}};

    (void)state;
    for (uint64_t n = 1; n <= 20; n++) {
        char id[8] = {'r', (char)('a' + n)};

        chain_record(c, 0, id);
        chain_transfer(c, 1, &to, n);
        chain_block(c);
    }
    for (uint64_t n = 0; n <= 20; n++) {
        struct ledger_account a;
        struct ledger_view *v;

        assert_ok(ledger_view_at(&v, c->l, n, &em));
        assert_int_equal(ledger_view_number(v), n);
        assert_ok(ledger_view_account(v, &to, &a, &em));
        assert_int_equal(a.balance.w[0], n * (n + 1) / 2);
        struct ledger_call_result r = view_call(v, "getTotalRecords", "[]", &arena);
        assert_int_equal(r.err, MC_OK);
        assert_int_equal(r.output.n, 32);
        assert_int_equal(r.output.p[31], n);
        ledger_view_close(v);
    }
    struct ledger_view *none;
    assert_int_equal(ledger_view_at(&none, c->l, 21, &em), MC_ENOTFOUND);
    mc_arena_free(&arena);
}

/* Slot of the record of an id: keccak256 of the module's key, found through the store's cells. */
static void proofs_verify_at_every_block(void **state)
{
    const struct mc_addr mrh = module_addr("MedicalRecordHash"), nobody = {{0x77}};
    struct mc_arena arena = {.head = NULL};
    struct mc_hash slot;

    (void)state;
    for (int n = 0; n < 10; n++) {
        char id[8] = {'r', (char)('a' + n)};

        chain_record(c, 0, id);
        chain_block(c);
    }
    /* vm/state.c: record key = tag 1, then each part with a 2-byte length */
    mc_keccak256(&slot, mc_slice("\x01\x00\x02rc", 5));
    for (uint64_t n = 0; n <= 10; n++) {
        struct ledger_proof p;
        struct ledger_account a;
        struct ledger_cell cell;
        struct ledger_block b;
        struct ledger_view *v;
        struct mc_slice value;
        struct mc_hash key, word;

        assert_ok(ledger_block_read(c->l, n, LEDGER_BLOCK_HEADER, &b, &arena, &em));
        assert_ok(ledger_view_at(&v, c->l, n, &em));
        assert_ok(ledger_view_prove_account(v, &mrh, &p, &arena, &em));
        mc_keccak256(&key, mc_addr_slice(&mrh));
        assert_ok(trie_verify(&value, &b.header.state_root, mc_hash_slice(&key), p.nodes,
                              p.node_cnt, &em));
        assert_true(mc_slice_eq(value, p.value));
        assert_true(value.n > 0);
        assert_ok(ledger_view_prove_account(v, &nobody, &p, &arena, &em));
        assert_int_equal(p.value.n, 0);
        assert_ok(ledger_view_account(v, &mrh, &a, &em));
        assert_ok(ledger_view_prove_slot(v, &mrh, &slot, &p, &arena, &em));
        mc_keccak256(&key, mc_hash_slice(&slot));
        assert_ok(
            trie_verify(&value, &a.storage_root, mc_hash_slice(&key), p.nodes, p.node_cnt, &em));
        assert_ok(ledger_view_storage(v, &mrh, &slot, &word, &em));
        assert_int_equal(mc_hash_is_zero(&word), n < 3); /* "rc" came with block 3 */
        if (n >= 3) {
            struct mc_rlp r = mc_rlp_open(value);
            struct mc_slice bytes;

            assert_ok(mc_rlp_bytes(&r, &bytes, &em));
            assert_memory_equal(word.b + 32 - bytes.n, bytes.p, bytes.n);
            assert_ok(ledger_view_cell(v, &mrh, &slot, &cell, &arena, &em));
            assert_int_equal(cell.kind, VM_WORD_HASH);
            mc_keccak256(&key, cell.value); /* the last step from the word to the record */
            assert_true(mc_hash_eq(&key, &word));
            assert_true(mc_hash_eq(&cell.word, &word));
        } else {
            assert_int_equal(value.n, 0);
            assert_ok(ledger_view_cell(v, &mrh, &slot, &cell, &arena, &em));
            assert_int_equal(cell.value.n, 0);
        }
        assert_ok(ledger_view_cell(v, &mrh, &MC_HASH_ZERO, &cell, &arena, &em));
        assert_int_equal(cell.value.n, 0); /* no record, but the account's own cell */
        ledger_view_close(v);
    }
    mc_arena_free(&arena);
}

static struct ledger_call record_call(struct mc_buf *data, uint64_t gas)
{
    chain_data(data, "MedicalRecordHash", "createRecord", "[\"rx\",\"p\",\"d\",\"LAB\",\"0xab\"]");
    return (struct ledger_call){.from = chain_account(0),
                                .has_to = true,
                                .to = module_addr("MedicalRecordHash"),
                                .gas = gas,
                                .data = mc_buf_slice(data)};
}

static void a_call_leaves_nothing_behind_and_an_estimate_is_exact(void **state)
{
    struct mc_buf data = {NULL, 0, 0, false};
    struct ledger_call call = record_call(&data, 1000000);
    struct mc_arena arena = {.head = NULL};
    struct ledger_call_result r;
    struct ledger_view *v;
    struct ledger_block b;
    uint64_t gas;

    (void)state;
    assert_ok(ledger_view_latest(&v, c->l, &em));
    for (int i = 0; i < 3; i++) {
        assert_ok(ledger_view_call(v, &call, &r, &arena, &em));
        assert_int_equal(r.err, MC_OK);
        assert_int_equal(r.log_cnt, 1);
    }
    assert_ok(ledger_view_estimate(v, &call, &gas, &r, &arena, &em));
    assert_int_equal(r.err, MC_OK);
    call.gas = gas - 1;
    assert_ok(ledger_view_call(v, &call, &r, &arena, &em));
    assert_int_equal(r.err, MC_EOUTOFGAS);
    ledger_view_close(v);
    chain_queue(c, 0,
                (struct ledger_tx_fields){
                    .gas = gas, .has_to = true, .to = call.to, .data = mc_buf_slice(&data)});
    chain_block(c);
    assert_ok(ledger_block_read(c->l, 1, LEDGER_BLOCK_RECEIPTS, &b, &arena, &em));
    assert_true(b.receipts[0].success);
    assert_int_equal(b.receipts[0].gas_used, gas);
    mc_arena_free(&arena);
    mc_buf_free(&data);
}

static void a_call_says_why_it_fails(void **state)
{
    struct mc_buf data = {NULL, 0, 0, false};
    struct ledger_call call = record_call(&data, 1000000);
    struct mc_arena arena = {.head = NULL};
    struct ledger_call_result r;
    struct ledger_view *v;
    uint64_t gas;

    (void)state;
    assert_ok(ledger_view_latest(&v, c->l, &em));
    call.gas = 30000; /* above the intrinsic cost, below the module's */
    assert_ok(ledger_view_estimate(v, &call, &gas, &r, &arena, &em));
    assert_int_equal(r.err, MC_EOUTOFGAS);
    assert_string_equal(em.text, "gas required exceeds allowance (30000)");
    call.gas = 20000;
    assert_ok(ledger_view_call(v, &call, &r, &arena, &em));
    assert_int_equal(r.err, MC_EREJECT);
    assert_non_null(strstr(em.text, "intrinsic gas too low: have 20000, want "));
    call = record_call(&data, 1000000);
    call.from = (struct mc_addr){{0x55}};
    call.value = mc_u256_u64(1);
    assert_ok(ledger_view_call(v, &call, &r, &arena, &em));
    assert_int_equal(r.err, MC_EREJECT);
    assert_string_equal(em.text, "insufficient funds for transfer");
    call = (struct ledger_call){.gas = 1000000, .data = mc_slice("\x60\x80", 2)};
    assert_ok(ledger_view_call(v, &call, &r, &arena, &em));
    assert_int_equal(r.err, MC_EREJECT);
    assert_string_equal(em.text, "unsupported contract code");
    ledger_view_close(v);
    mc_arena_free(&arena);
    mc_buf_free(&data);
}

/* ------------------------------------------------------------------ readers beside a writer, on
 * the real store */

#define RACE_DIR    "/tmp/mc_test_view_race"
#define RACE_BLOCKS 60u

struct race {
    struct ledger *l;
    atomic_bool stop;
    atomic_uint rounds, wrong;
};

/* Block n sends 1 to each of two accounts: at any view both balances are its number. */
static void *race_reader(void *arg)
{
    const struct mc_addr one = {{0x91}}, two = {{0x92}};
    struct race *r = arg;
    struct mc_errmsg words;

    while (!atomic_load(&r->stop)) {
        struct ledger_account a = {.nonce = 0}, b = {.nonce = 0};
        struct ledger_view *v;

        if (ledger_view_latest(&v, r->l, &words) != MC_OK) {
            atomic_fetch_add(&r->wrong, 1);
            break;
        }
        if (ledger_view_account(v, &one, &a, &words) != MC_OK ||
            ledger_view_account(v, &two, &b, &words) != MC_OK ||
            a.balance.w[0] != ledger_view_number(v) || b.balance.w[0] != ledger_view_number(v))
            atomic_fetch_add(&r->wrong, 1);
        ledger_view_close(v);
        atomic_fetch_add(&r->rounds, 1);
    }
    return NULL;
}

static void a_view_never_mixes_two_blocks(void **state)
{
    const struct store_cfg cfg = {.path = RACE_DIR, .create = true};
    const struct mc_addr one = {{0x91}}, two = {{0x92}};
    struct race r = {.l = NULL};
    struct store *store;
    struct chain *rc;
    pthread_t threads[2];

    (void)state;
    assert_ok(mc_dir_remove(RACE_DIR, &em));
    assert_ok(store_rocksdb_open(&store, &cfg, &em));
    rc = chain_new(store);
    r.l = rc->l;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race_reader, &r), 0);
    for (uint32_t n = 0; n < RACE_BLOCKS; n++) {
        chain_transfer(rc, 0, &one, 1);
        chain_transfer(rc, 0, &two, 1);
        chain_block(rc);
    }
    atomic_store(&r.stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&r.wrong), 0);
    assert_true(atomic_load(&r.rounds) > 0);
    chain_free(rc);
    assert_ok(mc_dir_remove(RACE_DIR, &em));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(every_past_block_is_read_as_it_was),
        CASE(proofs_verify_at_every_block),
        CASE(a_call_leaves_nothing_behind_and_an_estimate_is_exact),
        CASE(a_call_says_why_it_fails),
        CASE(a_view_never_mixes_two_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
