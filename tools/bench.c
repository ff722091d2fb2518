/* medichain bench: the command and its report. */
#include "tools/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/ledger.h"
#include "tools/devnet_file.h"
#include "tools/record_file.h"
#include "tools/say.h"

struct bench {
    struct tool_link link;
    struct bench_cfg cfg;
    uint64_t pid;
    bool idle, json;
    struct tool_rpc *rpc;
    struct bench_plan plan;
    struct bench_result result;
    struct bench_proc before, after;
    bool has_proc;
    uint64_t created; /* records on the chain afterwards minus before */
};

static int cmp_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The sorted times' value below which pct of a hundred lie, in milliseconds. */
static double percentile_ms(const uint64_t *sorted, size_t cnt, unsigned pct)
{
    size_t i = cnt == 0 ? 0 : (cnt - 1) * pct / 100;
    return cnt == 0 ? 0 : (double)sorted[i] / 1e6;
}

static enum mc_err record_cnt(uint64_t *out, struct tool_rpc *rpc, struct mc_errmsg *em)
{
    const struct vm_module *m;
    struct mc_json_doc *doc = NULL;
    struct mc_u256 v = MC_U256_ZERO;
    enum mc_err err = tool_module(&m, "MedicalRecordHash", em);
    if (err == MC_OK)
        err = tool_view(&doc, rpc, m, NULL, "getTotalRecords", mc_slice_str("[]"), "latest", NULL,
                        em);
    if (err == MC_OK)
        err = mc_u256_from_dec(&v, mc_json_str(mc_json_root(doc)), em);
    *out = mc_u256_u64_sat(&v);
    mc_json_free(doc);
    return err;
}

/* The node's process: as told, or the devnet's node with this URL. */
static int64_t find_pid(const struct bench *b)
{
    struct devnet *d = calloc(1, sizeof *d);
    int64_t pid = (int64_t)b->pid;
    const char *dir = b->link.dir != NULL ? b->link.dir : "devnet";
    if (d != NULL && pid == 0 && devnet_file_read(d, dir, NULL) == MC_OK) {
        for (uint32_t i = 0; i < d->node_cnt; i++) {
            if (strcmp(d->nodes[i].rpc, b->cfg.url) == 0 && devnet_node_alive(&d->nodes[i]))
                pid = d->nodes[i].pid;
        }
    }
    free(d);
    return pid;
}

/* ------------------------------------------------------------------ throughput */

static enum mc_err run_load(struct bench *b, struct mc_errmsg *em)
{
    uint64_t before = 0, after = 0;
    int64_t pid = find_pid(b);
    enum mc_err err = bench_plan_make(&b->plan, &b->cfg, b->rpc, em);
    if (err == MC_OK)
        err = record_cnt(&before, b->rpc, em);
    if (err != MC_OK)
        return err;
    b->has_proc = bench_proc_read(&b->before, pid);
    err = bench_load(&b->result, &b->plan, &b->cfg, em);
    b->has_proc = b->has_proc && bench_proc_read(&b->after, pid);
    if (err == MC_OK)
        err = record_cnt(&after, b->rpc, em);
    b->created = err == MC_OK ? after - before : b->result.confirmed;
    return err;
}

static uint64_t *latencies(const struct bench *b, size_t *cnt)
{
    uint64_t *out = calloc(b->plan.tx_cnt + 1u, sizeof *out);
    *cnt = 0;
    for (uint32_t i = 0; out != NULL && i < b->plan.tx_cnt; i++) {
        if (b->plan.txs[i].done_ns != 0)
            out[(*cnt)++] = b->plan.txs[i].done_ns - b->plan.txs[i].sent_ns;
    }
    if (out != NULL)
        qsort(out, *cnt, sizeof *out, cmp_u64);
    return out;
}

static uint64_t thread_before(const struct bench_proc *p, const char *name)
{
    for (uint32_t i = 0; i < p->thread_cnt; i++) {
        if (strcmp(p->threads[i].name, name) == 0)
            return p->threads[i].cpu_ns;
    }
    return 0;
}

static void put_threads(struct mc_buf *out, const struct bench *b, double txs)
{
    for (uint32_t i = 0; i < b->after.thread_cnt; i++) {
        const char *name = b->after.threads[i].name;
        double us = (double)(b->after.threads[i].cpu_ns - thread_before(&b->before, name)) / 1e3;
        if (us / txs < 0.05)
            continue;
        if (b->json)
            mc_buf_putf(out, ",\"threadUs:%s\":%.1f", name, us / txs);
        else
            mc_buf_putf(out, "    thread %-16s  %8.1f us\n", name, us / txs);
    }
}

static void put_report(struct mc_buf *out, const struct bench *b, const uint64_t *lat, size_t cnt)
{
    const struct bench_result *r = &b->result;
    double seconds = (double)(r->last_done_ns - r->first_send_ns) / 1e9;
    double txs = r->confirmed > 0 ? r->confirmed : 1;
    double rate = seconds > 0 ? r->confirmed / seconds : 0;
    double node_us = (double)(b->after.cpu_ns - b->before.cpu_ns) / 1e3 / txs;
    mc_buf_putf(out,
                "transactions      %u createRecord, %.0f bytes signed on average, from %u files\n",
                b->plan.tx_cnt, (double)b->plan.tx_bytes / b->plan.tx_cnt, b->plan.file_cnt);
    mc_buf_putf(out,
                "load              %u connections, %" PRIu64 " a request, %" PRIu64 " senders, ",
                b->plan.lane_cnt, b->cfg.batch, b->cfg.senders);
    if (b->cfg.rate > 0)
        mc_buf_putf(out, "%" PRIu64 "/s asked for\n", b->cfg.rate);
    else
        mc_buf_put_str(out, "closed loop\n");
    mc_buf_putf(out, "confirmed         %u in %.2f s = %.0f/s\n", r->confirmed, seconds, rate);
    mc_buf_putf(out, "records created   %" PRIu64 "\n", b->created);
    mc_buf_putf(out, "refused           %u%s%s\n", r->refused, r->refusal[0] != 0 ? ": " : "",
                r->refusal);
    mc_buf_putf(out, "latency           p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms\n",
                percentile_ms(lat, cnt, 50), percentile_ms(lat, cnt, 90),
                percentile_ms(lat, cnt, 99), percentile_ms(lat, cnt, 100));
    mc_buf_putf(
        out, "blocks            %" PRIu64 ", %.0f transactions on average, %" PRIu64 " at most\n",
        r->block_cnt, r->block_cnt > 0 ? txs / (double)r->block_cnt : 0, r->block_txs_max);
    mc_buf_putf(out, "recover           %.0f/s on one core, %.1f us each\n", b->plan.recover_per_s,
                1e6 / b->plan.recover_per_s);
    mc_buf_putf(out, "ratio             %.2f of one core's recover rate\n",
                rate / b->plan.recover_per_s);
    mc_buf_putf(out, "generator         %.1f us CPU a transaction\n",
                (double)r->cpu_ns / 1e3 / txs);
    if (!b->has_proc) {
        mc_buf_put_str(out, "node              (give --pid or --dir to see its CPU and memory)\n");
        return;
    }
    mc_buf_putf(out, "node              %.1f us CPU a transaction\n", node_us);
    put_threads(out, b, txs);
    mc_buf_putf(out, "node memory       %.1f MB resident, %.1f MB at most\n",
                (double)b->after.rss_kib * 1024 / 1e6, (double)b->after.peak_kib * 1024 / 1e6);
}

static void put_json(struct mc_buf *out, const struct bench *b, const uint64_t *lat, size_t cnt)
{
    const struct bench_result *r = &b->result;
    double seconds = (double)(r->last_done_ns - r->first_send_ns) / 1e9;
    double txs = r->confirmed > 0 ? r->confirmed : 1;
    double rate = seconds > 0 ? r->confirmed / seconds : 0;
    mc_buf_putf(
        out,
        "{\"transactions\":%u,\"txBytes\":%.1f,\"files\":%u,\"connections\":%u,\"batch\":%" PRIu64
        ",\"senders\":%" PRIu64 ",\"confirmed\":%u,\"created\":%" PRIu64
        ",\"refused\":%u,\"seconds\":%.3f,\"txPerS\":%.1f",
        b->plan.tx_cnt, (double)b->plan.tx_bytes / b->plan.tx_cnt, b->plan.file_cnt,
        b->plan.lane_cnt, b->cfg.batch, b->cfg.senders, r->confirmed, b->created, r->refused,
        seconds, rate);
    mc_buf_putf(out, ",\"latencyMs\":{\"p50\":%.2f,\"p90\":%.2f,\"p99\":%.2f,\"max\":%.2f}",
                percentile_ms(lat, cnt, 50), percentile_ms(lat, cnt, 90),
                percentile_ms(lat, cnt, 99), percentile_ms(lat, cnt, 100));
    mc_buf_putf(out,
                ",\"blocks\":%" PRIu64 ",\"blockTxsMax\":%" PRIu64
                ",\"recoverPerS\":%.1f,\"ratio\":%.3f,\"generatorUs\":%.2f",
                r->block_cnt, r->block_txs_max, b->plan.recover_per_s, rate / b->plan.recover_per_s,
                (double)r->cpu_ns / 1e3 / txs);
    if (b->has_proc) {
        mc_buf_putf(out, ",\"nodeUs\":%.2f,\"nodeRssBytes\":%" PRIu64 ",\"nodePeakBytes\":%" PRIu64,
                    (double)(b->after.cpu_ns - b->before.cpu_ns) / 1e3 / txs,
                    b->after.rss_kib * 1024, b->after.peak_kib * 1024);
        put_threads(out, b, txs);
    }
    mc_buf_put_u8(out, '}');
}

static int report(const struct bench *b)
{
    struct mc_buf out = {0};
    size_t cnt = 0;
    uint64_t *lat = latencies(b, &cnt);
    if (lat == NULL)
        return tool_error("out of memory");
    if (b->json)
        put_json(&out, b, lat, cnt);
    else
        put_report(&out, b, lat, cnt);
    int rc = tool_put(&out);
    mc_buf_free(&out);
    free(lat);
    if (rc == TOOL_OK && b->created < b->result.confirmed)
        rc = tool_error("%" PRIu64 " of the transactions are in blocks, but created no record",
                        b->result.confirmed - b->created);
    return rc == TOOL_OK && b->result.refused > 0 ? TOOL_NO : rc;
}

/* ------------------------------------------------------------------ idle latency */

/* One transaction at a time: from sending to a receipt in hand. */
static enum mc_err one_by_one(uint64_t *lat, uint32_t cnt, struct bench *b, struct mc_errmsg *em)
{
    struct tool_signer_src src = TOOL_SIGNER_PRESET;
    struct tool_signer who = {0};
    const struct vm_module *m;
    struct record_file *files = NULL;
    size_t file_cnt = 0;
    uint8_t salt[16];
    uint64_t chain_id = 0, nonce = 0;
    char params[96], addr[41];
    mc_random(salt, sizeof salt);
    enum mc_err err = tool_signer_open(&who, &src, em);
    if (err == MC_OK)
        err = tool_module(&m, "MedicalRecordHash", em);
    if (err == MC_OK)
        err = bench_files(&files, &file_cnt, b->cfg.records, em);
    if (err == MC_OK)
        err = tool_rpc_quantity(b->rpc, "eth_chainId", "[]", &chain_id, em);
    mc_hex_encode(addr, who.addr.b, 20);
    snprintf(params, sizeof params, "[\"0x%s\",\"pending\"]", addr);
    if (err == MC_OK)
        err = tool_rpc_quantity(b->rpc, "eth_getTransactionCount", params, &nonce, em);
    for (uint32_t i = 0; i < cnt && err == MC_OK; i++) {
        struct mc_buf args = {0}, data = {0}, raw = {0}, call = {0};
        const struct mc_json *v = NULL;
        struct mc_hash hash;
        const struct record_file *f = &files[i % file_cnt];
        mc_buf_put_str(&args, "[\"");
        mc_buf_put_hex(&args, mc_slice(salt, sizeof salt));
        mc_buf_putf(&args, "-%u\",\"patient-%u\",\"doctor-%u\",\"document\",\"%s\"]", i, i % 7,
                    i % 3, f->hash);
        err = tool_call_data(&data, m, "createRecord", mc_buf_slice(&args), em);
        struct ledger_tx_fields fields = {.type = LEDGER_TX_DYNAMIC_FEE,
                                          .chain_id = chain_id,
                                          .nonce = nonce + i,
                                          .gas = b->cfg.gas,
                                          .has_to = true,
                                          .to = *vm_module_well_known(m),
                                          .data = mc_buf_slice(&data)};
        if (err == MC_OK)
            err = ledger_tx_sign(&raw, &fields, who.secret, em);
        mc_buf_put_u8(&call, '[');
        mc_json_put_hex(&call, mc_buf_slice(&raw));
        mc_buf_put_u8(&call, ']');
        uint64_t start = tool_now_ns();
        if (err == MC_OK)
            err = tool_rpc_call(b->rpc, "eth_sendRawTransaction", mc_buf_slice(&call), &v, em);
        if (err == MC_OK && !tool_json_hash(&hash, v))
            err = mc_fail(em, MC_EMALFORM, "eth_sendRawTransaction: the answer is not a hash");
        if (err == MC_OK)
            err = tool_receipt(&v, b->rpc, &hash, 30000, em);
        lat[i] = tool_now_ns() - start;
        mc_buf_free(&args);
        mc_buf_free(&data);
        mc_buf_free(&raw);
        mc_buf_free(&call);
    }
    free(files);
    tool_signer_free(&who);
    return err;
}

static int run_idle(struct bench *b)
{
    struct mc_errmsg em = {{0}};
    uint32_t cnt = (uint32_t)b->cfg.count;
    uint64_t *lat = calloc(cnt, sizeof *lat);
    int rc;
    if (lat == NULL)
        return tool_error("out of memory");
    enum mc_err err = one_by_one(lat, cnt, b, &em);
    qsort(lat, cnt, sizeof *lat, cmp_u64);
    if (err != MC_OK)
        rc = tool_error("%s", em.text);
    else if (printf(b->json ? "{\"count\":%u,\"medianMs\":%.2f,\"p90Ms\":%.2f,\"maxMs\":%.2f}\n"
                            : "%u transactions one at a time, from eth_sendRawTransaction to the "
                              "receipt: median %.1f ms, p90 %.1f ms, max %.1f ms\n",
                    cnt, percentile_ms(lat, cnt, 50), percentile_ms(lat, cnt, 90),
                    percentile_ms(lat, cnt, 100)) < 0)
        rc = TOOL_NO;
    else
        rc = TOOL_OK;
    free(lat);
    return rc;
}

/* ------------------------------------------------------------------ the command */

static const char *default_records(void)
{
    return access("../shared/data/fhir", R_OK) == 0 ? "../shared/data/fhir" : "tests/data/fhir";
}

int tool_bench(int argc, char **argv)
{
    struct bench b = {.link = TOOL_LINK_PRESET,
                      .cfg = {.records = default_records(),
                              .count = UINT64_MAX,
                              .connections = 4,
                              .batch = 100,
                              .senders = BENCH_SENDERS_MAX,
                              .window = 900,
                              .timeout_s = 30,
                              .gas = 200000}};
    const struct tool_opt opts[] = {
        TOOL_UINT("--count", &b.cfg.count, 1, 2000000, "N", "transactions; 20000, idle: 50"),
        TOOL_UINT("--duration", &b.cfg.duration_s, 0, 3600, "S",
                  "stop sending after this; 0 never"),
        TOOL_UINT("--rate", &b.cfg.rate, 0, 1000000, "R", "transactions a second; 0 closed loop"),
        TOOL_UINT("--connections", &b.cfg.connections, 1, BENCH_SENDERS_MAX, "C", "connections"),
        TOOL_UINT("--batch", &b.cfg.batch, 1, 1000, "B", "transactions in one request"),
        TOOL_UINT("--senders", &b.cfg.senders, 1, BENCH_SENDERS_MAX, "S", "devnet accounts"),
        TOOL_UINT("--window", &b.cfg.window, 1, 100000, "W", "unconfirmed ones of a sender"),
        TOOL_UINT("--gas", &b.cfg.gas, 21000, 30000000, "GAS", "gas limit of each"),
        TOOL_TEXT("--records", &b.cfg.records, "DIR", "files to anchor"),
        TOOL_FLAG("--idle-latency", &b.idle, "one transaction at a time instead"),
        TOOL_UINT("--pid", &b.pid, 0, INT32_MAX, "PID", "the node's process, else the devnet's"),
        TOOL_FLAG("--json", &b.json, "the report as JSON"),
        TOOL_LINK_OPTS(&b.link),
    };
    const struct tool_usage u = {
        "medichain bench [--count N] [--rate R] [--idle-latency] [--json]",
        "Loads a devnet with signed createRecord transactions about the files of a folder and "
        "reports\n"
        "confirmed transactions a second, latency from sending to a readable receipt, CPU a\n"
        "transaction and memory.  Everything is signed before the clock starts.",
        "medichain bench --count 50000 --dir devnet",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (b.cfg.count == UINT64_MAX)
        b.cfg.count = b.idle ? 50 : 20000;
    if (b.cfg.window < b.cfg.batch)
        return tool_bad_usage("--window must be at least --batch");
    enum mc_err err = tool_rpc_open(&b.rpc, &b.link, &em);
    if (err == MC_OK) {
        b.cfg.url = tool_rpc_url(b.rpc);
        if (b.idle) {
            rc = run_idle(&b);
        } else {
            err = run_load(&b, &em);
            if (b.result.sent > 0)
                rc = report(&b);
        }
    }
    if (err != MC_OK)
        rc = tool_error("%s", em.text);
    bench_plan_free(&b.plan);
    tool_rpc_close(b.rpc);
    return rc;
}
