/* Cost of committing createRecord, by part: bench_chain [blocks [transactions a block
 * [directory]]]. Signing and recovery happen outside the measured parts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/chain.h"

enum part { PART_EXEC, PART_SEAL, PART_COMMIT, PART_CNT };

static const char *const part_names[PART_CNT] = {"execute", "seal", "commit"};

static double clock_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

struct totals {
    double wall[PART_CNT], thread[PART_CNT];
    double process; /* CPU of all threads while a block is made */
};

static void must(enum mc_err err, const struct mc_errmsg *em)
{
    if (err == MC_OK)
        return;
    fprintf(stderr, "bench_chain: %s: %s\n", mc_err_text(err), em->text);
    exit(1);
}

static void lap(struct totals *t, enum part p, double *wall, double *thread)
{
    double w = clock_us(CLOCK_MONOTONIC), c = clock_us(CLOCK_THREAD_CPUTIME_ID);

    t->wall[p] += w - *wall;
    t->thread[p] += c - *thread;
    *wall = w;
    *thread = c;
}

static void queue_records(struct chain *c, uint32_t block, uint32_t cnt)
{
    struct mc_buf args = {NULL, 0, 0, false};

    for (uint32_t i = 0; i < cnt; i++) {
        struct mc_hash h;
        char id[65];

        mc_keccak256(&h, mc_slice(&(uint64_t){(uint64_t)block << 32 | i}, 8));
        mc_hex_encode(id, h.b, 32);
        mc_buf_reset(&args);
        mc_buf_putf(&args,
                    "[\"%.8s-%.4s-%.4s-%.4s-%.12s\",\"%.8s-%.4s-%.4s-%.4s-%.12s\","
                    "\"7c9e6679-7425-40de-944b-e07fc1f90ae7\",\"Observation\",\"%s\"]",
                    id, id + 8, id + 12, id + 16, id + 20, id + 32, id + 40, id + 44, id + 48,
                    id + 52, id);
        mc_buf_put_u8(&args, 0);
        chain_call(c, i % CHAIN_ACCOUNTS, "MedicalRecordHash", "createRecord",
                   (const char *)args.p);
    }
    mc_buf_free(&args);
}

static void run_block(struct chain *c, struct totals *t)
{
    const struct ledger_block_env env = chain_env(c);
    const struct ledger_header *header;
    double process = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    double wall = clock_us(CLOCK_MONOTONIC), thread = clock_us(CLOCK_THREAD_CPUTIME_ID);
    struct mc_errmsg em = {{0}};
    struct ledger_exec *x;
    struct mc_hash hash;

    must(ledger_exec_new(&x, c->l, &env, &em), &em);
    for (uint32_t i = 0; i < c->queue_cnt; i++)
        must(ledger_exec_tx(x, c->queue[i], &em), &em);
    lap(t, PART_EXEC, &wall, &thread);
    must(ledger_exec_seal(x, &header, &hash, &em), &em);
    lap(t, PART_SEAL, &wall, &thread);
    must(ledger_commit(c->l, x, mc_slice_str("certificate"), &em), &em);
    ledger_exec_free(x);
    lap(t, PART_COMMIT, &wall, &thread);
    t->process += clock_us(CLOCK_PROCESS_CPUTIME_ID) - process;
    for (uint32_t i = 0; i < c->queue_cnt; i++)
        ledger_tx_unref(c->queue[i]);
    c->queue_cnt = 0;
}

static long rss_kib(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (f != NULL) {
        if (fscanf(f, "%*s %ld", &pages) != 1)
            pages = 0;
        fclose(f);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Readers' costs on what was written: one record's logs, one old receipt, one account. */
static void report_reads(struct chain *c, uint32_t blocks, uint32_t txs)
{
    const struct mc_addr mrh =
        *vm_module_well_known(vm_module_by_name(mc_slice_str("MedicalRecordHash")));
    struct mc_arena arena = {.head = NULL};
    struct mc_errmsg em = {{0}};
    double logs = 0, receipts = 0, views = 0, at;
    uint32_t rounds = 200;

    for (uint32_t i = 0; i < rounds; i++) {
        const struct ledger_tx_place place = {1 + i * 7919u % blocks, i * 104729u % txs};
        struct ledger_log_query q = {
            .to = UINT64_MAX, .addresses = &mrh, .address_cnt = 1, .topic_cnt = 2, .rows_max = 10};
        const struct mc_addr who = chain_account(i % CHAIN_ACCOUNTS);
        struct ledger_log_row *rows;
        struct ledger_account a;
        struct ledger_tx_read r;
        struct ledger_view *v;
        uint32_t cnt;

        mc_arena_reset(&arena);
        at = clock_us(CLOCK_MONOTONIC);
        must(ledger_tx_read(c->l, &place, &r, &arena, &em), &em);
        receipts += clock_us(CLOCK_MONOTONIC) - at;
        q.topics[1].any = &r.receipt.logs[0].topics[1];
        q.topics[1].cnt = 1;
        at = clock_us(CLOCK_MONOTONIC);
        must(ledger_logs(c->l, &q, &rows, &cnt, &arena, &em), &em);
        logs += clock_us(CLOCK_MONOTONIC) - at;
        ledger_tx_unref(r.tx);
        at = clock_us(CLOCK_MONOTONIC);
        must(ledger_view_latest(&v, c->l, &em), &em);
        must(ledger_view_account(v, &who, &a, &em), &em);
        ledger_view_close(v);
        views += clock_us(CLOCK_MONOTONIC) - at;
    }
    mc_arena_free(&arena);
    printf("reads      receipt %.1f us, a record's logs %.1f us, account %.1f us\n",
           receipts / rounds, logs / rounds, views / rounds);
}

static void report(const struct totals *t, uint64_t txs, const char *dir)
{
    double wall = 0, thread = 0;
    char command[512];

    printf("%-10s %12s %12s   (us for each transaction)\n", "part", "wall", "CPU");
    for (int p = 0; p < PART_CNT; p++) {
        printf("%-10s %12.2f %12.2f\n", part_names[p], t->wall[p] / (double)txs,
               t->thread[p] / (double)txs);
        wall += t->wall[p];
        thread += t->thread[p];
    }
    printf("%-10s %12.2f %12.2f   whole process %.2f\n", "sum", wall / (double)txs,
           thread / (double)txs, t->process / (double)txs);
    printf("resident   %ld KiB\n", rss_kib());
    fflush(stdout);
    snprintf(command, sizeof command, "du -sk %s", dir);
    if (system(command) != 0)
        printf("database size unknown\n");
}

int main(int argc, char **argv)
{
    uint32_t blocks = argc > 1 ? (uint32_t)atoi(argv[1]) : 40;
    uint32_t txs = argc > 2 ? (uint32_t)atoi(argv[2]) : 500;
    const char *dir = argc > 3 ? argv[3] : "/tmp/bench_chain";
    const struct store_cfg cfg = {.path = dir, .create = true};
    struct totals t = {.process = 0};
    struct mc_errmsg em = {{0}};
    struct store *store;
    struct chain *c;
    double start;

    must(mc_dir_remove(dir, &em), &em);
    must(store_rocksdb_open(&store, &cfg, &em), &em);
    c = chain_new(store);
    for (uint32_t b = 0; b < blocks; b++) {
        queue_records(c, b, txs);
        run_block(c, &t);
    }
    report(&t, (uint64_t)blocks * txs, dir);
    report_reads(c, blocks, txs);
    chain_free(c);
    start = clock_us(CLOCK_MONOTONIC);
    must(store_rocksdb_open(&store, &cfg, &em), &em);
    c = chain_reopen(store);
    printf("open       %.1f ms\n", (clock_us(CLOCK_MONOTONIC) - start) / 1e3);
    chain_free(c);
    must(mc_dir_remove(dir, &em), &em);
    return 0;
}
