#include "node/node_uv.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "node/engine.h"
#include "node/ports.h"
#include "node/rpc_uv.h"
#include "node/setup.h"

#define EXPIRE_MS 10000u

/* Exit statuses of node_run. */
enum { RUN_OK = 0, RUN_FAILED = 1 };

struct node {
    const struct node_cfg *cfg;
    uv_loop_t loop;
    uv_async_t chain_async; /* chain thread -> loop: results wait */
    uv_async_t pool_async;  /* workers -> loop: the pool got something */
    uv_timer_t timer;       /* the engine's deadline */
    uv_timer_t expire_timer;
    uv_signal_t sigterm, sigint;
    bool handles_open, stopping, rpc_up;

    struct gen *gen;
    struct mc_hash genesis_hash;
    struct mc_ed25519_key *key;
    struct ledger *ledger;
    struct ports_source source;
    struct pool *pool;
    struct dev_keys dev;
    struct ports ports;
    struct rpc_ports rpc_ports;
    struct rpc_server *server;
    struct rpc_uv *rpc;
    struct engine *engine;

    /* What workers may read of the loop's state. */
    pthread_mutex_t shown_lock;
    struct engine_status shown;
    uint32_t shown_connections;

    int status;
    struct mc_errmsg why;
};

static uint64_t wall_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

static uint64_t mono_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

/* ------------------------------------------------------------------ what workers see */

static void show_status(struct node *n)
{
    struct engine_status s;
    engine_status(n->engine, &s);
    pthread_mutex_lock(&n->shown_lock);
    n->shown = s;
    n->shown_connections = n->rpc_up ? rpc_uv_connection_cnt(n->rpc) : 0;
    pthread_mutex_unlock(&n->shown_lock);
}

static void on_health(void *arg, struct rpc_health *out)
{
    struct node *n = arg;
    struct ledger_head head;
    ledger_head(n->ledger, &head);
    pthread_mutex_lock(&n->shown_lock);
    struct engine_status s = n->shown;
    pthread_mutex_unlock(&n->shown_lock);
    *out = (struct rpc_health){.ready = true, .why = "", .head = head.number};
    out->seconds_since_block = (mono_ms() - s.last_block_ms) / 1000u;
    if (n->key != NULL && !s.voting) {
        out->ready = false;
        out->why = "this validator does not vote; its log says why";
    } else if (s.quorum > 1) {
        out->ready = false;
        out->why = "the chain needs more validators than this node can reach";
    }
}

static void metric(struct mc_buf *out, const char *name, const char *type, const char *help,
                   double value)
{
    mc_buf_putf(out, "# HELP medichain_%s %s\n# TYPE medichain_%s %s\nmedichain_%s %.17g\n", name,
                help, name, type, name, value);
}

static double resident_bytes(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL)
        return 0;
    if (fscanf(f, "%*s %lu", &pages) != 1)
        pages = 0;
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void on_metrics(void *arg, struct mc_buf *out)
{
    struct node *n = arg;
    struct ledger_head head;
    struct pool_stats pool;
    struct rusage usage;
    ledger_head(n->ledger, &head);
    pool_stats(n->pool, &pool);
    getrusage(RUSAGE_SELF, &usage);
    pthread_mutex_lock(&n->shown_lock);
    struct engine_status s = n->shown;
    uint32_t connections = n->shown_connections;
    pthread_mutex_unlock(&n->shown_lock);
    metric(out, "block_height", "gauge", "Number of the newest block.", (double)head.number);
    metric(out, "block_time_seconds", "gauge", "Time of the newest block.",
           (double)head.time_ms / 1000);
    metric(out, "blocks_total", "counter", "Blocks committed since the start.", (double)s.blocks);
    metric(out, "transactions_total", "counter", "Transactions committed since the start.",
           (double)s.txs);
    metric(out, "round", "gauge", "Consensus round of the open height.", s.round);
    metric(out, "validators", "gauge", "Validators of the open height.", s.validator_cnt);
    metric(out, "evidence_total", "counter", "Contradicting votes seen since the start.",
           (double)s.evidence);
    metric(out, "build_seconds_total", "counter", "Time spent building blocks.",
           (double)s.times.build_us / 1e6);
    metric(out, "validate_seconds_total", "counter", "Time spent checking blocks.",
           (double)s.times.validate_us / 1e6);
    metric(out, "vote_sync_seconds_total", "counter", "Time spent making votes durable.",
           (double)s.times.sync_us / 1e6);
    metric(out, "commit_seconds_total", "counter", "Time spent making blocks durable.",
           (double)s.times.commit_us / 1e6);
    metric(out, "pool_pending_transactions", "gauge", "Transactions ready for a block.",
           (double)pool.pending);
    metric(out, "pool_queued_transactions", "gauge", "Transactions behind a nonce gap.",
           (double)pool.queued);
    metric(out, "pool_bytes", "gauge", "Bytes of waiting transactions.", (double)pool.bytes);
    metric(out, "pool_added_total", "counter", "Transactions admitted.", (double)pool.added);
    metric(out, "pool_refused_total", "counter", "Transactions refused.", (double)pool.refused);
    metric(out, "rpc_connections", "gauge", "Open RPC connections.", connections);
    metric(out, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
    metric(out, "process_cpu_seconds_total", "counter", "CPU time used.",
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

/* ------------------------------------------------------------------ the loop's events */

static void stop(struct node *n);
static void on_timer(uv_timer_t *timer);

static void arm_timer(struct node *n)
{
    uint64_t at = n->stopping ? 0 : engine_deadline(n->engine);
    uint64_t now = mono_ms();
    if (at == 0)
        uv_timer_stop(&n->timer);
    else
        uv_timer_start(&n->timer, on_timer, at > now ? at - now : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct node *n = timer->data;
    engine_timer(n->engine, mono_ms());
    arm_timer(n);
}

static void on_chain_async(uv_async_t *async)
{
    struct node *n = async->data;
    if (n->stopping)
        return;
    engine_results(n->engine, mono_ms());
    show_status(n);
    arm_timer(n);
}

static void on_pool_async(uv_async_t *async)
{
    struct node *n = async->data;
    if (n->stopping)
        return;
    engine_work(n->engine, mono_ms());
    arm_timer(n);
}

static void on_expire(uv_timer_t *timer)
{
    struct node *n = timer->data;
    uint32_t cnt = pool_expire(n->pool, mono_ms());
    if (cnt > 0)
        MC_LOG(INFO, "pool.expired", "txs=%u", cnt);
    show_status(n);
}

static void on_signal(uv_signal_t *sig, int signum)
{
    MC_LOG(INFO, "node.signal", "signal=%d", signum);
    stop(sig->data);
}

static void wake_chain(void *arg)
{
    struct node *n = arg;
    uv_async_send(&n->chain_async);
}

static void wake_pool(void *arg)
{
    struct node *n = arg;
    uv_async_send(&n->pool_async);
}

static void on_committed(void *arg, uint64_t height)
{
    struct node *n = arg;
    (void)height;
    if (n->rpc_up)
        rpc_uv_block(n->rpc);
}

static void on_fatal(void *arg, const char *why)
{
    struct node *n = arg;
    n->status = RUN_FAILED;
    mc_errf(&n->why, "stopped: %s", why);
    if (n->engine != NULL) /* else it happened while starting: node_run() sees the status */
        stop(n);
}

static void close_handles(void *arg)
{
    struct node *n = arg;
    n->rpc_up = false;
    if (!n->handles_open)
        return;
    n->handles_open = false;
    uv_close((uv_handle_t *)&n->chain_async, NULL);
    uv_close((uv_handle_t *)&n->pool_async, NULL);
    uv_close((uv_handle_t *)&n->timer, NULL);
    uv_close((uv_handle_t *)&n->expire_timer, NULL);
    uv_close((uv_handle_t *)&n->sigterm, NULL);
    uv_close((uv_handle_t *)&n->sigint, NULL);
}

/* No new requests; those in work are finished; then the loop runs out of handles and node_run() goes on. */
static void stop(struct node *n)
{
    if (n->stopping)
        return;
    n->stopping = true;
    if (n->rpc != NULL)
        rpc_uv_stop(n->rpc, close_handles, n);
    else
        close_handles(n);
}

static void open_handles(struct node *n)
{
    uv_async_init(&n->loop, &n->chain_async, on_chain_async);
    uv_async_init(&n->loop, &n->pool_async, on_pool_async);
    uv_timer_init(&n->loop, &n->timer);
    uv_timer_init(&n->loop, &n->expire_timer);
    uv_signal_init(&n->loop, &n->sigterm);
    uv_signal_init(&n->loop, &n->sigint);
    n->chain_async.data = n->pool_async.data = n->timer.data = n->expire_timer.data = n;
    n->sigterm.data = n->sigint.data = n;
    uv_timer_start(&n->expire_timer, on_expire, EXPIRE_MS, EXPIRE_MS);
    uv_signal_start(&n->sigterm, on_signal, SIGTERM);
    uv_signal_start(&n->sigint, on_signal, SIGINT);
    n->handles_open = true;
}

/* ------------------------------------------------------------------ opening, in order */

static enum mc_err open_pool(struct node *n, struct mc_errmsg *em)
{
    struct pool_cfg pc = {.chain_id = gen_spec(n->gen)->chain_id,
                          .base_fee = gen_spec(n->gen)->base_fee,
                          .tx_max = (uint32_t)n->cfg->pool_tx_max,
                          .per_sender_max = (uint32_t)n->cfg->pool_per_sender_max,
                          .expiry_ms = n->cfg->pool_expiry_s * 1000u,
                          .allow_unprotected = n->cfg->pool_allow_unprotected};
    struct pool_source src;
    ports_pool_source(&src, &n->source, n->ledger);
    enum mc_err err = pool_new(&n->pool, &pc, &src);
    return err == MC_OK ? MC_OK : mc_fail(em, err, "pool: %s", mc_err_text(err));
}

static enum mc_err open_server(struct node *n, struct mc_errmsg *em)
{
    const struct node_cfg *cfg = n->cfg;
    enum mc_err err = cfg->devnet ? dev_keys_make(&n->dev) : MC_OK;
    if (err != MC_OK)
        return mc_fail(em, err, "devnet accounts: %s", mc_err_text(err));
    n->ports = (struct ports){.ledger = n->ledger,
                              .pool = n->pool,
                              .dev = cfg->devnet ? &n->dev : NULL,
                              .base_fee = gen_spec(n->gen)->base_fee,
                              .chain_id = gen_spec(n->gen)->chain_id,
                              .log_rows_max = (uint32_t)cfg->rpc_log_rows_max,
                              .call_gas_max = cfg->rpc_call_gas_max,
                              .pool_wake = wake_pool,
                              .health = on_health,
                              .metrics = on_metrics,
                              .arg = n};
    err = ports_open(&n->rpc_ports, &n->ports, em);
    if (err != MC_OK)
        return err;
    struct rpc_cfg rc = {.cors_origins = cfg->rpc_cors,
                         .hosts = cfg->rpc_hosts,
                         .methods = cfg->rpc_methods[0] == 0 ? NULL : cfg->rpc_methods,
                         .devnet = cfg->devnet};
    return rpc_server_new(&n->server, &rc, &n->rpc_ports, em);
}

static enum mc_err open_engine(struct node *n, struct mc_errmsg *em)
{
    struct engine_cfg ec = {.ledger = n->ledger,
                            .pool = n->pool,
                            .chain_id = gen_spec(n->gen)->chain_id,
                            .key = n->key,
                            .data_dir = n->cfg->data_dir,
                            .min_block_ms = n->cfg->min_block_ms,
                            .heartbeat_ms = n->cfg->heartbeat_s * 1000u,
                            .round_timeout_ms = (uint32_t)n->cfg->round_timeout_ms,
                            .wall_ms = wall_ms,
                            .wake = wake_chain,
                            .committed = on_committed,
                            .fatal = on_fatal,
                            .arg = n};
    return engine_new(&n->engine, &ec, mono_ms(), em);
}

static enum mc_err open_rpc(struct node *n, struct mc_errmsg *em)
{
    struct rpc_uv_cfg uc = {.host = n->cfg->rpc_host,
                            .port = (uint16_t)n->cfg->rpc_port,
                            .connections_max = (uint32_t)n->cfg->rpc_connections_max};
    enum mc_err err = rpc_uv_start(&n->rpc, &n->loop, n->server, &uc, em);
    if (err != MC_OK)
        return err;
    n->rpc_up = true;
    err = setup_note(n->cfg, "rpc.port", rpc_uv_port(n->rpc), em);
    if (err == MC_OK)
        err = setup_note(n->cfg, "node.pid", (uint64_t)getpid(), em);
    return err;
}

static enum mc_err open_all(struct node *n, struct mc_errmsg *em)
{
    enum mc_err err = setup_genesis(&n->gen, &n->genesis_hash, n->cfg, em);
    if (err == MC_OK)
        err = setup_key(&n->key, n->cfg, em);
    if (err == MC_OK)
        err = setup_ledger(&n->ledger, n->gen, &n->genesis_hash, n->cfg, em);
    if (err == MC_OK)
        err = open_pool(n, em);
    if (err == MC_OK)
        err = open_server(n, em);
    if (err != MC_OK)
        return err;
    open_handles(n);
    err = open_engine(n, em);
    if (err == MC_OK && n->status != RUN_OK) /* fatal while replaying */
        return mc_fail(em, MC_ECORRUPT, "%s", n->why.text);
    if (err == MC_OK)
        err = open_rpc(n, em);
    return err;
}

static void say_started(struct node *n)
{
    struct ledger_head head;
    struct engine_status s;
    char hash[67] = "0x";
    ledger_head(n->ledger, &head);
    engine_status(n->engine, &s);
    mc_hex_encode(hash + 2, n->genesis_hash.b, sizeof n->genesis_hash.b);
    MC_LOG(INFO, "node.started",
           "chain=%" PRIu64 " genesis=%s head=%" PRIu64 " rpc=%s:%u validators=%u voting=%d",
           gen_spec(n->gen)->chain_id, hash, head.number, n->cfg->rpc_host, rpc_uv_port(n->rpc),
           s.validator_cnt, s.voting);
    if (n->key != NULL && !s.voting)
        MC_LOG(WARN, "node.not_voting",
               "the configured key is not among the validators of this height");
}

static void close_all(struct node *n)
{
    engine_free(n->engine);
    rpc_server_free(n->server);
    rpc_uv_free(n->rpc);
    ports_close(&n->ports);
    pool_free(n->pool);
    ledger_close(n->ledger);
    mc_secret_free(n->key);
    gen_free(n->gen);
    pthread_mutex_destroy(&n->shown_lock);
}

int node_run(const struct node_cfg *cfg, struct mc_errmsg *em)
{
    struct node *n = calloc(1, sizeof *n);
    char threads[16];

    if (n == NULL) {
        mc_errf(em, "out of memory");
        return RUN_FAILED;
    }
    n->cfg = cfg;
    pthread_mutex_init(&n->shown_lock, NULL);
    snprintf(threads, sizeof threads, "%" PRIu64, cfg->rpc_threads);
    setenv("UV_THREADPOOL_SIZE", threads, 1); /* before libuv's first use of its pool */
    uv_loop_init(&n->loop);
    if (open_all(n, em) == MC_OK) {
        show_status(n);
        say_started(n);
        arm_timer(n);
    } else {
        n->status = RUN_FAILED;
        stop(n);
    }
    uv_run(&n->loop, UV_RUN_DEFAULT);
    int status = n->status;
    if (status != RUN_OK && n->why.text[0] != 0)
        *em = n->why;
    close_all(n);
    uv_loop_close(&n->loop);
    free(n);
    if (status == RUN_OK)
        MC_LOG(INFO, "node.stopped", "clean");
    return status;
}

int node_check(const struct node_cfg *cfg, struct mc_errmsg *em)
{
    struct gen *g = NULL;
    struct mc_ed25519_key *key = NULL;
    struct mc_hash hash;
    char hex[65];
    if (setup_genesis(&g, &hash, cfg, em) != MC_OK || setup_key(&key, cfg, em) != MC_OK) {
        gen_free(g);
        return RUN_FAILED;
    }
    mc_hex_encode(hex, hash.b, sizeof hash.b);
    printf("configuration is sound: chain %" PRIu64 ", genesis 0x%s, %u validators, ",
           gen_spec(g)->chain_id, hex, gen_spec(g)->validator_cnt);
    if (key == NULL) {
        puts("this node observes");
    } else {
        mc_hex_encode(hex, key->pub, sizeof key->pub);
        printf("this node signs with 0x%s\n", hex);
    }
    mc_secret_free(key);
    gen_free(g);
    return RUN_OK;
}
