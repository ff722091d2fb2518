/* Logs through the index against a plain walk over all blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/chain.h"
#include "tests/lib/store_mem.h"

#define BLOCKS 30u

static struct mc_errmsg em;
static struct chain *c;
static struct store *store;

static struct mc_hash topic(const char *text)
{
    struct mc_hash h;

    mc_keccak256(&h, mc_slice_str(text));
    return h;
}

/* Blocks of 0 to 3 transactions, now and then of 12: records of 5 patients, changes of records,
 * grants. */
static int setup(void **state)
{
    uint32_t records = 0;
    char args[256];

    (void)state;
    store = store_mem_new();
    c = chain_new(store);
    for (uint32_t n = 1; n <= BLOCKS; n++) {
        for (uint32_t i = 0; i < (n % 9 == 0 ? 12 : n % 4); i++) {
            snprintf(args, sizeof args, "[\"r%u\",\"p%u\",\"d\",\"LAB\",\"0x%u\"]", records,
                     records % 5, records);
            chain_call(c, i % CHAIN_ACCOUNTS, "MedicalRecordHash", "createRecord", args);
            records++;
        }
        if (n % 5 == 0) {
            chain_call(c, 3, "MedicalRecordHash", "modifyRecord", "[\"r0\",\"0xnew\",\"why\"]");
            chain_call(c, 3, "MedicalRecordHash", "modifyRecord", "[\"none\",\"0x1\",\"why\"]");
        }
        chain_block(c);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    chain_free(c);
    return 0;
}

static bool plain_fits(const struct ledger_log_query *q, const struct ledger_log *log)
{
    bool any = q->address_cnt == 0;

    for (uint32_t i = 0; i < q->address_cnt; i++)
        any = any || mc_addr_eq(&q->addresses[i], &log->address);
    if (!any || log->topic_cnt < q->topic_cnt)
        return false;
    for (uint32_t t = 0; t < q->topic_cnt; t++) {
        any = q->topics[t].cnt == 0;
        for (uint32_t i = 0; i < q->topics[t].cnt; i++)
            any = any || mc_hash_eq(&q->topics[t].any[i], &log->topics[t]);
        if (!any)
            return false;
    }
    return true;
}

/* The answer must be that of the walk, row by row. */
static uint32_t same_as_walk(const struct ledger_log_query *q)
{
    struct mc_arena arena = {.head = NULL};
    struct ledger_log_row *rows;
    uint32_t cnt, row = 0;

    assert_ok(ledger_logs(c->l, q, &rows, &cnt, &arena, &em));
    for (uint64_t n = q->from; n <= q->to && n <= BLOCKS; n++) {
        struct ledger_block b;
        uint32_t log_i = 0;

        assert_ok(
            ledger_block_read(c->l, n, LEDGER_BLOCK_TXS | LEDGER_BLOCK_RECEIPTS, &b, &arena, &em));
        for (uint32_t i = 0; i < b.tx_cnt; i++)
            for (uint32_t j = 0; j < b.receipts[i].log_cnt; j++, log_i++) {
                if (!plain_fits(q, &b.receipts[i].logs[j]))
                    continue;
                assert_true(row < cnt);
                assert_int_equal(rows[row].number, n);
                assert_int_equal(rows[row].tx_i, i);
                assert_int_equal(rows[row].log_i, log_i);
                assert_true(mc_hash_eq(&rows[row].tx_hash, &b.txs[i]->hash));
                assert_true(mc_hash_eq(&rows[row].block_hash, &b.hash));
                assert_true(mc_slice_eq(rows[row].log.data, b.receipts[i].logs[j].data));
                row++;
            }
        ledger_block_release(&b);
    }
    assert_int_equal(row, cnt);
    mc_arena_free(&arena);
    return cnt;
}

static void every_kind_of_filter_gives_what_a_walk_gives(void **state)
{
    const struct mc_addr mrh =
        *vm_module_well_known(vm_module_by_name(mc_slice_str("MedicalRecordHash")));
    const struct mc_addr both[] = {{{1}}, mrh};
    const struct mc_hash r0 = topic("r0"), r7 = topic("r7"), none = topic("nothing");
    const struct mc_hash records[] = {r7, none, r0};
    struct ledger_log_query q = {.from = 0, .to = BLOCKS, .rows_max = 10000};

    (void)state;
    assert_true(same_as_walk(&q) > 40); /* no condition */
    q.addresses = both;
    q.address_cnt = 2;
    assert_true(same_as_walk(&q) > 40);
    q.topics[1].any = &r0;
    q.topics[1].cnt = 1;
    q.topic_cnt = 2;
    assert_int_equal(same_as_walk(&q), 1 + BLOCKS / 5);
    q.address_cnt = 0;
    q.topics[1].any = records;
    q.topics[1].cnt = 3;
    assert_int_equal(same_as_walk(&q), 2 + BLOCKS / 5);
    q.from = 6;
    q.to = 20;
    same_as_walk(&q);
    q.from = 10;
    q.to = 10;
    same_as_walk(&q);
    q.topics[1].any = &none;
    q.topics[1].cnt = 1;
    assert_int_equal(same_as_walk(&q), 0);
    q = (struct ledger_log_query){.from = 0, .to = BLOCKS, .rows_max = 10000, .topic_cnt = 4};
    assert_int_equal(same_as_walk(&q), 0); /* no log has four topics here */
    q.topic_cnt = 3;
    same_as_walk(&q);
}

static void random_filters_give_what_a_walk_gives(void **state)
{
    struct mc_hash pool[12];
    struct mc_addr addrs[2] = {
        *vm_module_well_known(vm_module_by_name(mc_slice_str("MedicalRecordHash"))), {{1}}};
    uint32_t seed = 1;

    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        char text[8];

        snprintf(text, sizeof text, "p%u", i);
        pool[i] = topic(text);
        snprintf(text, sizeof text, "r%u", i);
        pool[5 + i] = topic(text);
    }
    pool[10] = topic("RecordCreated(string,string,string,string,string)");
    pool[11] = topic("RecordModified(string,string,string)");
    for (uint32_t round = 0; round < 300; round++) {
        struct ledger_log_query q = {.rows_max = 10000, .addresses = addrs};

#define DICE(n) (seed = seed * 1103515245u + 12345u, (seed >> 16) % (n))
        q.from = DICE(BLOCKS);
        q.to = q.from + DICE(BLOCKS);
        q.address_cnt = DICE(3);
        q.topic_cnt = DICE(4);
        for (uint32_t t = 0; t < q.topic_cnt; t++) {
            uint32_t at = DICE(12);

            q.topics[t].any = &pool[at];
            q.topics[t].cnt = DICE(12 - at + 1);
        }
        same_as_walk(&q);
    }
}

static void too_many_rows_name_the_limit(void **state)
{
    const struct ledger_log_query q = {.from = 0, .to = BLOCKS, .rows_max = 3};
    struct mc_arena arena = {.head = NULL};
    struct ledger_log_row *rows;
    uint32_t cnt;

    (void)state;
    assert_int_equal(ledger_logs(c->l, &q, &rows, &cnt, &arena, &em), MC_ELIMIT);
    assert_string_equal(em.text, "query returned more than 3 results");
    mc_arena_free(&arena);
}

/* Reads and seeks for one record's history must not grow with the chain. */
static void cost_follows_the_answer(void **state)
{
    const struct mc_addr mrh =
        *vm_module_well_known(vm_module_by_name(mc_slice_str("MedicalRecordHash")));
    const struct mc_hash r7 = topic("r7");
    struct ledger_log_query q = {
        .from = 0, .to = UINT64_MAX, .rows_max = 100, .addresses = &mrh, .address_cnt = 1};
    struct mc_arena arena = {.head = NULL};
    struct ledger_log_row *rows;
    uint64_t before;
    uint32_t cnt;

    (void)state;
    q.topics[1].any = &r7;
    q.topics[1].cnt = 1;
    q.topic_cnt = 2;
    store_mem_fail_at(store, 0);
    assert_ok(ledger_logs(c->l, &q, &rows, &cnt, &arena, &em));
    before = store_mem_ops(store);
    for (int n = 0; n < 100; n++) {
        char id[8];

        snprintf(id, sizeof id, "x%d", n);
        chain_record(c, 5, id);
        chain_block(c);
    }
    store_mem_fail_at(store, 0);
    assert_ok(ledger_logs(c->l, &q, &rows, &cnt, &arena, &em));
    assert_int_equal(cnt, 1);
    assert_true(store_mem_ops(store) <= before + 4);
    mc_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_filter_gives_what_a_walk_gives),
        cmocka_unit_test(random_filters_give_what_a_walk_gives),
        cmocka_unit_test(too_many_rows_name_the_limit),
        cmocka_unit_test(cost_follows_the_answer),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
