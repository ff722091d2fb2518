#include "rpc/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "rpc/filter.h"

#define FILTERS_MAX     1000u
#define FILTER_IDLE_MS  (60u * 60u * 1000u)
#define SYNC_TIMEOUT_MS 20000u

#define RPC_METHOD(name, min, max, handler)     {name, min, max, false, handler},
#define RPC_METHOD_DEV(name, min, max, handler) {name, min, max, true, handler},
const struct rpc_method rpc_methods[RPC_METHOD_CNT] = {
#include "rpc/methods.def"
};
#undef RPC_METHOD
#undef RPC_METHOD_DEV

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool same_text(const char *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (lower((uint8_t)a[i]) != lower(b[i]))
            return false;
    }
    return true;
}

static bool list_has(const char *list, struct mc_slice item, bool wildcard)
{
    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, ", ");
        if (wildcard && n == 1 && *list == '*')
            return true;
        if (n > 0 && n == item.n && same_text(list, item.p, n))
            return true;
        list += n;
        list += strspn(list, ", ");
    }
    return false;
}

bool rpc_list_has(const char *list, struct mc_slice item)
{
    return list_has(list, item, true);
}

/* "-name" in the list: not this one, whatever else is there. */
static bool method_denied(const struct rpc_cfg *cfg, const char *name)
{
    char item[64];
    int n = snprintf(item, sizeof item, "-%s", name);

    return list_has(cfg->methods, mc_slice(item, (size_t)n), false);
}

/* A method is allowed by its name or by the namespace before its underscore. */
static bool method_allowed(const struct rpc_cfg *cfg, const struct rpc_method *m)
{
    const char *line = strchr(m->name, '_');

    if (m->dev && !cfg->devnet)
        return false;
    if (!cfg->local && strncmp(m->name, "admin_", 6) == 0)
        return false;
    if (cfg->methods == NULL)
        return true;
    if (method_denied(cfg, m->name))
        return false;
    return rpc_list_has(cfg->methods, mc_slice_str(m->name)) ||
           (line != NULL &&
            rpc_list_has(cfg->methods, mc_slice(m->name, (size_t)(line - m->name))));
}

static int row_cmp(const void *a, const void *b)
{
    return strcmp(rpc_methods[*(const uint16_t *)a].name, rpc_methods[*(const uint16_t *)b].name);
}

static void methods_init(struct rpc_server *s)
{
    for (size_t i = 0; i < RPC_METHOD_CNT; i++) {
        s->by_name[i] = (uint16_t)i;
        s->enabled[i] = method_allowed(&s->cfg, &rpc_methods[i]);
    }
    qsort(s->by_name, RPC_METHOD_CNT, sizeof s->by_name[0], row_cmp);
}

int rpc_server_method(const struct rpc_server *s, struct mc_slice name)
{
    size_t low = 0, high = RPC_METHOD_CNT;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        uint16_t row = s->by_name[mid];
        int cmp = mc_slice_cmp(name, mc_slice_str(rpc_methods[row].name));
        if (cmp == 0)
            return s->enabled[row] ? row : -1;
        if (cmp < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return -1;
}

static bool text_copy(const char **out, const char *text)
{
    if (text == NULL) {
        *out = NULL;
        return true;
    }
    *out = strdup(text);
    return *out != NULL;
}

static bool cfg_copy(struct rpc_cfg *out, const struct rpc_cfg *cfg)
{
    *out = *cfg;
    out->cors_origins = out->hosts = out->methods = NULL;
    if (out->body_bytes_max == 0)
        out->body_bytes_max = MC_RPC_BODY_BYTES_MAX;
    if (out->batch_max == 0)
        out->batch_max = MC_RPC_BATCH_MAX;
    if (out->response_bytes_max == 0)
        out->response_bytes_max = MC_RPC_RESPONSE_BYTES_MAX;
    if (out->filters_max == 0)
        out->filters_max = FILTERS_MAX;
    if (out->filter_idle_ms == 0)
        out->filter_idle_ms = FILTER_IDLE_MS;
    if (out->sync_timeout_ms == 0)
        out->sync_timeout_ms = SYNC_TIMEOUT_MS;
    return text_copy(&out->cors_origins, cfg->cors_origins) &&
           text_copy(&out->methods, cfg->methods) &&
           text_copy(&out->hosts, cfg->hosts == NULL ? "localhost,127.0.0.1,[::1]" : cfg->hosts);
}

enum mc_err rpc_server_new(struct rpc_server **out, const struct rpc_cfg *cfg,
                           const struct rpc_ports *ports, struct mc_errmsg *em)
{
    struct rpc_server *s = calloc(1, sizeof *s);

    if (s == NULL)
        return mc_fail(em, MC_ENOMEM, "rpc: out of memory");
    pthread_mutex_init(&s->send_lock, NULL);
    s->ports = *ports;
    if (!cfg_copy(&s->cfg, cfg)) {
        rpc_server_free(s);
        return mc_fail(em, MC_ENOMEM, "rpc: out of memory");
    }
    s->filters = rpc_filters_new(s->cfg.filters_max, s->cfg.filter_idle_ms);
    if (s->filters == NULL) {
        mc_errf(em, "rpc: table of %u filters: out of memory", s->cfg.filters_max);
        rpc_server_free(s);
        return MC_ENOMEM;
    }
    methods_init(s);
    *out = s;
    return MC_OK;
}

void rpc_server_free(struct rpc_server *s)
{
    if (s == NULL)
        return;
    rpc_filters_free(s->filters);
    pthread_mutex_destroy(&s->send_lock);
    free((char *)(uintptr_t)s->cfg.cors_origins);
    free((char *)(uintptr_t)s->cfg.hosts);
    free((char *)(uintptr_t)s->cfg.methods);
    free(s);
}

void rpc_server_tick(struct rpc_server *s, uint64_t now_ms)
{
    atomic_store_explicit(&s->now_ms, now_ms, memory_order_relaxed);
}

uint64_t rpc_server_now(const struct rpc_server *s)
{
    return atomic_load_explicit(&s->now_ms, memory_order_relaxed);
}

/* ---- metrics ---- */

static void counter_put(struct mc_buf *out, const char *name, const char *help,
                        const _Atomic uint64_t *v)
{
    mc_buf_putf(out, "# HELP %s %s\n# TYPE %s counter\n%s %" PRIu64 "\n", name, help, name, name,
                atomic_load_explicit(v, memory_order_relaxed));
}

static void by_method_put(const struct rpc_server *s, struct mc_buf *out, const char *name,
                          const char *help, size_t offset, bool seconds)
{
    mc_buf_putf(out, "# HELP %s %s\n# TYPE %s counter\n", name, help, name);
    for (size_t i = 0; i < RPC_METHOD_CNT; i++) {
        const struct rpc_stat *st = &s->stats[i];
        const _Atomic uint64_t *v = (const _Atomic uint64_t *)((const uint8_t *)st + offset);
        uint64_t n = atomic_load_explicit(v, memory_order_relaxed);
        if (atomic_load_explicit(&st->calls, memory_order_relaxed) == 0)
            continue; /* a line for each method that was ever called */
        mc_buf_putf(out, "%s{method=\"%s\"} ", name, rpc_methods[i].name);
        if (seconds)
            mc_buf_putf(out, "%" PRIu64 ".%09" PRIu64 "\n", n / 1000000000u, n % 1000000000u);
        else
            mc_buf_putf(out, "%" PRIu64 "\n", n);
    }
}

void rpc_server_metrics(struct rpc_server *s, struct mc_buf *out)
{
    counter_put(out, "medichain_rpc_http_requests_total", "HTTP requests read.", &s->http_requests);
    counter_put(out, "medichain_rpc_http_refused_total",
                "HTTP requests answered with a status from 400 on.", &s->http_refused);
    counter_put(out, "medichain_rpc_invalid_requests_total",
                "JSON-RPC parse errors, invalid requests and unknown methods.",
                &s->invalid_requests);
    by_method_put(s, out, "medichain_rpc_calls_total", "Calls by method.",
                  offsetof(struct rpc_stat, calls), false);
    by_method_put(s, out, "medichain_rpc_errors_total", "Calls answered with an error by method.",
                  offsetof(struct rpc_stat, errors), false);
    by_method_put(s, out, "medichain_rpc_seconds_total", "Time spent in calls by method.",
                  offsetof(struct rpc_stat, time_ns), true);
}
