#include "tools/doctor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "tools/devnet_file.h"
#include "tools/opts.h"
#include "tools/say.h"

#define URL_PRESET "http://127.0.0.1:8545"

static enum mc_err add_url(struct doctor_node *nodes, uint32_t *cnt, struct mc_slice url,
                           struct mc_errmsg *em)
{
    if (*cnt == DOCTOR_NODES_MAX || url.n >= sizeof nodes->url)
        return mc_fail(em, MC_ELIMIT, "--rpc: at most %u URLs of %zu characters", DOCTOR_NODES_MAX,
                       sizeof nodes->url - 1);
    struct doctor_node *n = &nodes[*cnt];
    memcpy(n->url, url.p, url.n);
    snprintf(n->name, sizeof n->name, "node %u", (*cnt)++);
    return MC_OK;
}

static enum mc_err add_list(struct doctor_node *nodes, uint32_t *cnt, const char *list,
                            struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    while (err == MC_OK && *list != 0) {
        size_t n = strcspn(list, ",");
        if (n > 0)
            err = add_url(nodes, cnt, mc_slice(list, n), em);
        list += n + (list[n] == ',');
    }
    return err == MC_OK && *cnt == 0 ? mc_fail(em, MC_EINVAL, "--rpc is empty") : err;
}

static enum mc_err add_devnet(struct doctor_node *nodes, uint32_t *cnt, const char *dir,
                              struct mc_errmsg *em)
{
    struct devnet *d = calloc(1, sizeof *d);
    enum mc_err err =
        d != NULL ? devnet_file_read(d, dir, em) : mc_fail(em, MC_ENOMEM, "out of memory");
    for (uint32_t i = 0; err == MC_OK && i < d->node_cnt; i++) {
        err = add_url(nodes, cnt, mc_slice_str(d->nodes[i].rpc), em);
        if (err == MC_OK) {
            snprintf(nodes[i].data_dir, sizeof nodes[i].data_dir, "%s", d->nodes[i].data_dir);
            nodes[i].dead = !devnet_node_alive(&d->nodes[i]);
        }
    }
    free(d);
    return err;
}

static enum mc_err choose(struct doctor_node *nodes, uint32_t *cnt, const char *rpc,
                          const char *dir, struct mc_errmsg *em)
{
    *cnt = 0;
    if (rpc != NULL)
        return add_list(nodes, cnt, rpc, em);
    if (dir == NULL && access("devnet/" DEVNET_FILE_NAME, R_OK) == 0)
        dir = "devnet";
    if (dir != NULL)
        return add_devnet(nodes, cnt, dir, em);
    return add_list(nodes, cnt, URL_PRESET, em);
}

/* A disk on this machine can be looked at even when its node is gone. */
static void look_at_disk(struct doctor_node *n)
{
    struct statvfs fs;
    if (n->data_dir[0] == 0 || statvfs(n->data_dir, &fs) != 0)
        return;
    n->has_disk = true;
    n->disk_free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
}

/* Twice: the second look shows whether heads move, and the highest block that all have. */
static void examine(struct doctor_node *nodes, uint32_t cnt, uint64_t timeout_ms)
{
    uint64_t common = UINT64_MAX;
    for (uint32_t i = 0; i < cnt; i++) {
        doctor_ask(&nodes[i], timeout_ms);
        look_at_disk(&nodes[i]);
        if (nodes[i].answers && nodes[i].head < common)
            common = nodes[i].head;
    }
    for (uint32_t i = 0; i < cnt; i++) {
        if (nodes[i].answers)
            doctor_ask_again(&nodes[i], common, timeout_ms);
    }
}

static void put_node_json(struct mc_buf *b, const struct doctor_node *n)
{
    mc_buf_put_str(b, "{\"name\":");
    mc_json_put_str(b, mc_slice_str(n->name));
    mc_buf_put_str(b, ",\"rpc\":");
    mc_json_put_str(b, mc_slice_str(n->url));
    mc_buf_putf(b, ",\"answers\":%s", n->answers ? "true" : "false");
    if (n->answers) {
        mc_buf_put_str(b, ",\"version\":");
        mc_json_put_str(b, mc_slice_str(n->version));
        mc_buf_putf(b, ",\"head\":%" PRIu64 ",\"clockSkewMs\":%" PRId64, n->head_later, n->skew_ms);
    }
    if (n->answers && n->has_round)
        mc_buf_putf(b,
                    ",\"height\":%" PRIu64
                    ",\"round\":%u,\"validator\":%s,\"voting\":%s,\"reachable\":%u",
                    n->height, n->round, n->self >= 0 ? "true" : "false",
                    n->voting ? "true" : "false", n->reachable);
    mc_buf_put_u8(b, '}');
}

static int put_json(const struct doctor_report *r, const struct doctor_node *nodes, uint32_t cnt)
{
    struct mc_buf b = {0};
    mc_buf_putf(&b, "{\"healthy\":%s,\"chain\":", r->healthy ? "true" : "false");
    mc_json_put_str(&b, mc_buf_slice(&r->chain));
    mc_buf_put_str(&b, ",\"findings\":[");
    mc_buf_put_slice(&b, mc_buf_slice(&r->json));
    mc_buf_put_str(&b, "],\"nodes\":[");
    for (uint32_t i = 0; i < cnt; i++) {
        mc_buf_put_str(&b, i > 0 ? "," : "");
        put_node_json(&b, &nodes[i]);
    }
    mc_buf_put_str(&b, "]}");
    int rc = tool_put(&b);
    mc_buf_free(&b);
    return rc;
}

static int put_text(const struct doctor_report *r, uint32_t cnt)
{
    struct mc_buf b = {0};
    mc_buf_put_slice(&b, mc_buf_slice(&r->chain));
    mc_buf_put_u8(&b, '\n');
    mc_buf_put_slice(&b, mc_buf_slice(&r->findings));
    if (r->healthy)
        mc_buf_putf(&b, "healthy: %u node%s asked, nothing wrong found\n", cnt,
                    cnt == 1 ? "" : "s");
    int rc = tool_put(&b);
    mc_buf_free(&b);
    return rc;
}

static int report(const struct doctor_node *nodes, uint32_t cnt, bool json)
{
    struct doctor_report r;
    doctor_judge(&r, nodes, cnt, (uint64_t)time(NULL));
    bool whole = !r.chain.oom && !r.findings.oom && !r.json.oom;
    int rc = !whole ? tool_error("out of memory")
             : json ? put_json(&r, nodes, cnt)
                    : put_text(&r, cnt);
    if (rc == TOOL_OK && !r.healthy)
        rc = TOOL_NO;
    doctor_report_free(&r);
    return rc;
}

int tool_doctor(int argc, char **argv)
{
    const char *rpc = NULL, *dir = NULL;
    uint64_t timeout_s = 5;
    bool json = false;
    const struct tool_opt opts[] = {
        TOOL_TEXT("--rpc", &rpc, "URL[,URL...]", "the nodes to ask, separated by commas"),
        TOOL_TEXT("--dir", &dir, "DIR", "ask all nodes of the devnet in DIR"),
        TOOL_FLAG("--json", &json, "as JSON"),
        TOOL_UINT("--timeout", &timeout_s, 1, 3600, "S", "seconds to wait for an answer"),
    };
    const struct tool_usage u = {
        "medichain doctor",
        "Asks every node and says whether the chain advances and, if not, why: who is silent at\n"
        "which height and round, how many validators are missing, who lags, does not vote, has a\n"
        "wrong clock, another version, genesis, block or state root, or too little disk.\n"
        "Exit status 0: healthy; 1: trouble was found.",
        "medichain doctor --rpc http://10.0.0.1:8545,http://10.0.0.2:8545",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    uint32_t cnt;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (rpc != NULL && dir != NULL)
        return tool_bad_usage("--rpc and --dir name two sets of nodes: give one of them");
    struct doctor_node *nodes = calloc(DOCTOR_NODES_MAX, sizeof *nodes);
    if (nodes == NULL)
        return tool_error("out of memory");
    enum mc_err err = choose(nodes, &cnt, rpc, dir, &em);
    if (err == MC_EINVAL || err == MC_ELIMIT) {
        rc = tool_bad_usage("%s", em.text);
    } else if (err != MC_OK) {
        rc = tool_error("%s", em.text);
    } else {
        examine(nodes, cnt, timeout_s * 1000);
        rc = report(nodes, cnt, json);
    }
    free(nodes);
    return rc;
}
