#include "node/node_uv.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "node/engine.h"
#include "node/network_uv.h"
#include "node/ports.h"
#include "node/rpc_uv.h"
#include "node/setup.h"
#include "node/watch.h"

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
    uv_timer_t look_timer; /* refreshes what workers see of the round */
    uv_signal_t sigterm, sigint;
    bool handles_open, stopping, rpc_up;

    struct gen *gen;
    struct mc_hash genesis_hash;
    struct mc_ed25519_key *key;
    struct mc_ed25519_key *peer_key; /* of a node without validator key */
    struct ledger *ledger;
    struct ports_source source;
    struct pool *pool;
    struct dev_keys dev;
    struct ports ports;
    struct rpc_ports rpc_ports;
    struct rpc_server *server;
    struct rpc_uv *rpc;
    struct engine *engine;
    struct watch *watch;
    uint16_t peer_port;      /* listened on; 0: none */
    struct network *network; /* NULL: this node has no peers */

    /* What workers may read of the loop's state. */
    pthread_mutex_t shown_lock;
    struct engine_status shown;
    uint32_t shown_connections;
    struct network_status shown_network;

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
    if (n->network != NULL)
        network_status(n->network, &n->shown_network);
    pthread_mutex_unlock(&n->shown_lock);
}

/* Why this node is not of use now, or NULL.  text has room for a sentence. */
static const char *trouble(const struct node *n, const struct engine_status *s, uint32_t reachable,
                           char text[128])
{
    if (s->member && s->voice == ENGINE_REFUSES)
        return "this validator's vote log is lost; it does not vote until amnesia is confirmed";
    if (s->quorum > 1 && reachable < s->quorum) {
        snprintf(text, 128, "%u of %u validators are in reach, a block needs %u: %u more must come",
                 reachable, s->validator_cnt, s->quorum, s->quorum - reachable);
        return text;
    }
    if (s->member && s->voice == ENGINE_SETTLING)
        return "this validator catches up before it votes";
    /* A validator alone cannot wait: nobody else would decide the heights at which it is silent. */
    return n->key != NULL && s->member && !s->voting && s->quorum == 1
               ? "this validator does not vote; its log says why"
               : NULL;
}

static void on_health(void *arg, struct rpc_health *out)
{
    static _Thread_local char
        text[128]; /* read by the caller, in this thread, before it asks again */
    struct node *n = arg;
    struct ledger_head head;
    ledger_head(n->ledger, &head);
    pthread_mutex_lock(&n->shown_lock);
    struct engine_status s = n->shown;
    struct network_status net = n->shown_network;
    pthread_mutex_unlock(&n->shown_lock);
    const char *why = trouble(n, &s, net.validators, text);
    *out = (struct rpc_health){.ready = why == NULL,
                               .why = why != NULL ? why : "",
                               .head = head.number,
                               .peers = net.peers};
    out->seconds_since_block = (mono_ms() - s.last_block_ms) / 1000u;
}

static void metric(struct mc_buf *out, const char *name, const char *type, const char *help,
                   double value)
{
    mc_buf_putf(out, "# HELP medichain_%s %s\n# TYPE medichain_%s %s\nmedichain_%s %.17g\n", name,
                help, name, type, name, value);
}

static double resident_bytes(void)
{
    char line[128];
    FILE *f = fopen("/proc/self/statm", "r"); /* size resident ..., in pages */
    if (f == NULL)
        return 0;
    bool got = fgets(line, sizeof line, f) != NULL;
    fclose(f);
    char *resident = got ? strchr(line, ' ') : NULL;
    if (resident == NULL)
        return 0;
    return (double)strtoul(resident, NULL, 10) * (double)sysconf(_SC_PAGESIZE);
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
    struct network_status net = n->shown_network;
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
    metric(out, "peers", "gauge", "Connected peers.", net.peers);
    metric(out, "validators_reachable", "gauge",
           "Validators of the open height that are connected, this one included.", net.validators);
    metric(out, "peer_best_height", "gauge", "Highest block that a peer claims to have.",
           (double)net.best);
    metric(out, "peer_clock_skew_seconds", "gauge",
           "Largest difference of a peer's clock to this node's.", (double)net.skew_ms / 1000);
    metric(out, "consensus_messages_total", "counter", "Consensus messages of peers.",
           (double)net.cons_in);
    metric(out, "consensus_messages_bad_total", "counter",
           "Consensus messages that break the protocol.", (double)net.cons_bad);
    metric(out, "gossip_transactions_in_total", "counter", "Transactions that peers brought.",
           (double)net.txs_in);
    metric(out, "gossip_transactions_out_total", "counter", "Transactions told to peers.",
           (double)net.txs_out);
    metric(out, "sync_blocks_total", "counter", "Blocks taken from peers, already decided.",
           (double)net.imported);
    metric(out, "sync_bans_total", "counter", "Times a peer was left alone for a bad answer.",
           (double)net.bans);
    metric(out, "rpc_connections", "gauge", "Open RPC connections.", connections);
    metric(out, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
    metric(out, "process_cpu_seconds_total", "counter", "CPU time used.",
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

static const uint8_t *own_pub(const struct node *n)
{
    return n->key != NULL ? n->key->pub : n->peer_key != NULL ? n->peer_key->pub : NULL;
}

/* Nothing of it changes while the RPC runs. */
static enum mc_err on_info(void *arg, struct rpc_node_info *out, struct mc_errmsg *em)
{
    const struct node *n = arg;
    struct statvfs fs;
    if (statvfs(n->cfg->data_dir, &fs) != 0)
        return mc_fail(em, MC_EIO, "%s: no answer about free space", n->cfg->data_dir);
    *out = (struct rpc_node_info){.validator = n->key != NULL,
                                  .genesis = n->genesis_hash,
                                  .peer_host = mc_slice_str(n->cfg->peer_host),
                                  .peer_port = n->peer_port,
                                  .data_dir = mc_slice_str(n->cfg->data_dir),
                                  .disk_free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize};
    if (own_pub(n) != NULL)
        memcpy(out->public_key, own_pub(n), sizeof out->public_key);
    return MC_OK;
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

static void look(struct node *n)
{
    watch_look(n->watch, n->engine, n->network, own_pub(n), mono_ms());
    show_status(n);
}

static void on_look(uv_timer_t *timer)
{
    struct node *n = timer->data;
    if (!n->stopping)
        look(n);
}

static void on_evidence(void *arg, const struct cons_evidence *ev)
{
    struct node *n = arg;
    if (n->engine == NULL) /* replaying: it was told when it was new */
        return;
    struct cons_chain chain = engine_chain(n->engine);
    watch_evidence(n->watch, ev, &chain, engine_valset(n->engine), wall_ms());
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

static void on_broadcast(void *arg, struct mc_slice wire)
{
    struct node *n = arg;
    if (n->network != NULL)
        network_broadcast(n->network, wire);
}

static void on_fetch(void *arg, const struct mc_hash *hash)
{
    struct node *n = arg;
    if (n->network != NULL)
        network_fetch(n->network, hash);
}

static void on_opened(void *arg, uint64_t height)
{
    struct node *n = arg;
    if (n->network != NULL)
        network_opened(n->network, height);
}

static void on_imported(void *arg, uint64_t height, bool good, const char *why)
{
    struct node *n = arg;
    if (n->network != NULL)
        network_imported(n->network, height, good, why);
}

static void on_submitted(void *arg, struct ledger_tx *tx)
{
    struct node *n = arg;
    network_submitted(n->network, tx);
}

static void on_pool_grew(void *arg)
{
    struct node *n = arg;
    engine_work(n->engine, mono_ms());
}

static void on_network_acted(void *arg)
{
    struct node *n = arg;
    if (n->network == NULL || n->stopping)
        return;
    arm_timer(n);
}

static void on_fatal(void *arg, const char *why)
{
    struct node *n = arg;
    n->status = RUN_FAILED;
    mc_errf(&n->why, "stopped: %s", why);
    if (n->engine != NULL) /* else it happened while starting: node_run() sees the status */
        stop(n);
}

static void close_own_handles(void *arg)
{
    struct node *n = arg;
    if (!n->handles_open)
        return;
    n->handles_open = false;
    uv_close((uv_handle_t *)&n->chain_async, NULL);
    uv_close((uv_handle_t *)&n->pool_async, NULL);
    uv_close((uv_handle_t *)&n->timer, NULL);
    uv_close((uv_handle_t *)&n->expire_timer, NULL);
    uv_close((uv_handle_t *)&n->look_timer, NULL);
    uv_close((uv_handle_t *)&n->sigterm, NULL);
    uv_close((uv_handle_t *)&n->sigint, NULL);
}

/* The RPC is gone, so no worker submits any more. */
static void close_handles(void *arg)
{
    struct node *n = arg;
    n->rpc_up = false;
    if (n->network != NULL)
        network_stop(n->network, close_own_handles, n);
    else
        close_own_handles(n);
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
    uv_timer_init(&n->loop, &n->look_timer);
    uv_signal_init(&n->loop, &n->sigterm);
    uv_signal_init(&n->loop, &n->sigint);
    n->chain_async.data = n->pool_async.data = n->timer.data = n->expire_timer.data = n;
    n->look_timer.data = n;
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

static bool has_peers(const struct node_cfg *cfg)
{
    return cfg->peer_host[0] != 0 || cfg->peers[0] != 0;
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
                              .submitted = has_peers(cfg) ? on_submitted : NULL,
                              .health = on_health,
                              .metrics = on_metrics,
                              .watch = n->watch,
                              .info = on_info,
                              .wall_ms = wall_ms,
                              .arg = n};
    err = ports_open(&n->rpc_ports, &n->ports, em);
    if (err != MC_OK)
        return err;
    struct rpc_cfg rc = {.cors_origins = cfg->rpc_cors,
                         .hosts = cfg->rpc_hosts,
                         .methods = cfg->rpc_methods[0] == 0 ? NULL : cfg->rpc_methods,
                         .devnet = cfg->devnet,
                         .local = node_host_is_local(cfg->rpc_host)};
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
                            .evidence = on_evidence,
                            .amnesia = n->cfg->amnesia,
                            .arg = n};
    if (has_peers(n->cfg)) {
        ec.broadcast = on_broadcast;
        ec.fetch = on_fetch;
        ec.opened = on_opened;
        ec.imported = on_imported;
    }
    return engine_new(&n->engine, &ec, mono_ms(), em);
}

static enum mc_err open_network(struct node *n, struct mc_errmsg *em)
{
    struct engine_status s;
    engine_status(n->engine, &s);
    if (!has_peers(n->cfg)) {
        if (s.validator_cnt > 1)
            MC_LOG(
                WARN, "node.alone",
                "this chain has %u validators, but neither peers nor peerHost is configured: this "
                "node reaches none of them",
                s.validator_cnt);
        return MC_OK;
    }
    struct network_cfg nc = {.engine = n->engine,
                             .ledger = n->ledger,
                             .pool = n->pool,
                             .key = n->key != NULL ? n->key : n->peer_key,
                             .host = n->cfg->peer_host,
                             .port = (uint16_t)n->cfg->peer_port,
                             .peers = n->cfg->peers,
                             .round_timeout_ms = (uint32_t)n->cfg->round_timeout_ms,
                             .client = "medichaind/" MC_VERSION,
                             .mono_ms = mono_ms,
                             .wall_ms = wall_ms,
                             .pool_grew = on_pool_grew,
                             .acted = on_network_acted,
                             .arg = n};
    enum mc_err err = network_start(&n->network, &n->loop, &nc, em);
    if (err != MC_OK)
        return err;
    n->peer_port = network_port(n->network);
    if (n->cfg->peer_host[0] != 0)
        err = setup_note(n->cfg, "peer.port", n->peer_port, em);
    return err;
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
    if (err == MC_OK && n->key == NULL && has_peers(n->cfg))
        err = setup_peer_key(&n->peer_key, n->cfg, em);
    if (err == MC_OK)
        err = watch_open(&n->watch, n->cfg->data_dir, em);
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
        err = open_network(n, em);
    if (err != MC_OK)
        return err;
    look(n);
    uv_timer_start(&n->look_timer, on_look, WATCH_LOOK_MS, WATCH_LOOK_MS);
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
    if (n->key != NULL && !s.member)
        MC_LOG(WARN, "node.not_voting",
               "the configured key is not among the validators of this height");
}

static void close_all(struct node *n)
{
    network_free(n->network);
    engine_free(n->engine);
    rpc_server_free(n->server);
    rpc_uv_free(n->rpc);
    ports_close(&n->ports);
    watch_free(n->watch);
    pool_free(n->pool);
    ledger_close(n->ledger);
    mc_secret_free(n->key);
    mc_secret_free(n->peer_key);
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
