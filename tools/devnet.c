/* medichain devnet: a whole network on this machine, from nothing. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/devnet_plan.h"
#include "tools/devnet_run.h"
#include "tools/opts.h"
#include "tools/say.h"
#include "vm/vm.h"

#define DIR_PRESET        "devnet"
#define VALIDATORS_PRESET 4u

/* D as an absolute path; it is made when absent. */
static enum mc_err absolute(char out[DEVNET_PATH_MAX], const char *dir, bool make,
                            struct mc_errmsg *em)
{
    char path[4096];
    enum mc_err err = make ? mc_dir_make(dir, 0755, em) : MC_OK;
    if (err != MC_OK)
        return err;
    if (realpath(dir, path) == NULL)
        return mc_fail(em, MC_ENOTFOUND,
                       "%s: %s; start a devnet there with `medichain devnet --dir %s`", dir,
                       strerror(errno), dir);
    if (strlen(path) + 64 > DEVNET_PATH_MAX)
        return mc_fail(em, MC_ELIMIT, "%.100s...: the path is too long", path);
    snprintf(out, DEVNET_PATH_MAX, "%s", path);
    return MC_OK;
}

static uint32_t alive_cnt(const struct devnet *d)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->node_cnt; i++)
        n += devnet_node_alive(&d->nodes[i]);
    return n;
}

/* Stops what runs; says which node had to be killed. */
static int stop_all(struct devnet *d)
{
    int rc = TOOL_OK;
    for (uint32_t i = 0; i < d->node_cnt; i++) {
        if (!devnet_node_stop(&d->nodes[i]))
            rc = tool_error("node %u did not end by itself and was killed; see %s", i,
                            d->nodes[i].log);
    }
    return rc;
}

/* ------------------------------------------------------------------ starting */

struct start {
    const char *dir;
    uint64_t validators, observers, rpc_port, chain_id; /* UINT64_MAX: not given */
    bool fresh, detach;
    char abs[DEVNET_PATH_MAX];
    struct devnet *d;
};

/* An earlier devnet in this directory: refuse while it runs, or stop it for --fresh. */
static enum mc_err settle_running(const struct start *s, struct mc_errmsg *em)
{
    struct devnet *old = calloc(1, sizeof *old);
    enum mc_err err = MC_OK;
    if (old == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    if (devnet_file_read(old, s->abs, NULL) == MC_OK && alive_cnt(old) > 0) {
        if (s->fresh)
            (void)stop_all(old);
        else
            err = mc_fail(em, MC_EBUSY,
                          "the devnet in %s is running already at %s; `medichain devnet stop --dir "
                          "%s` ends it, --fresh begins a new chain",
                          s->abs, old->nodes[0].rpc, s->dir);
    }
    free(old);
    return err;
}

static enum mc_err prepare(struct start *s, struct mc_errmsg *em)
{
    struct devnet_plan p = {.dir = s->abs, .rpc_port = s->rpc_port};
    enum mc_err err = settle_running(s, em);
    if (err == MC_OK && (s->fresh || !devnet_plan_exists(s->abs)))
        err = devnet_plan_remove(s->abs, em);
    if (err != MC_OK)
        return err;
    if (devnet_plan_exists(s->abs)) {
        p.validators = s->validators == UINT64_MAX ? 0 : s->validators;
        p.observers = s->observers == UINT64_MAX ? 0 : s->observers;
        p.chain_id = s->chain_id == UINT64_MAX ? 0 : s->chain_id;
        err = devnet_plan_check(&p, em);
    } else {
        p.validators = s->validators == UINT64_MAX ? VALIDATORS_PRESET : s->validators;
        p.observers = s->observers == UINT64_MAX ? 0 : s->observers;
        p.chain_id = s->chain_id == UINT64_MAX ? DEVNET_CHAIN_ID : s->chain_id;
        err = devnet_plan_make(&p, em);
    }
    return err == MC_OK ? devnet_plan_nodes(s->d, &p, em) : err;
}

static enum mc_err start_nodes(struct start *s, struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    for (uint32_t i = 0; i < s->d->node_cnt && err == MC_OK; i++)
        err = devnet_port_free(&s->d->nodes[i], em);
    for (uint32_t i = 0; i < s->d->node_cnt && err == MC_OK; i++)
        err = devnet_node_start(&s->d->nodes[i], em);
    /* Written before they are ready: a Ctrl-C from here on leaves something that `stop` can find. */
    if (err == MC_OK)
        err = devnet_file_write(s->d, s->abs, em);
    for (uint32_t i = 0; i < s->d->node_cnt && err == MC_OK; i++) {
        err = devnet_node_wait_ready(&s->d->nodes[i], DEVNET_READY_MS, em);
        if (err != MC_OK)
            mc_errwrap(em, "node %u", i);
    }
    if (err != MC_OK)
        (void)stop_all(s->d);
    return err;
}

static enum mc_err print_accounts(struct mc_errmsg *em)
{
    puts("accounts (10,000 ether each; every one of these keys is PUBLICLY KNOWN: never use them\n"
         "anywhere but on a development chain)");
    for (uint32_t i = 0; i < DEVNET_ACCOUNT_CNT; i++) {
        uint8_t secret[32];
        struct mc_addr addr;
        char text[43], hex[65];
        enum mc_err err = devnet_account(secret, &addr, i, em);
        if (err != MC_OK)
            return err;
        mc_addr_checksum(text, &addr);
        mc_hex_encode(hex, secret, 32);
        printf("  %2u  %s  0x%s%s\n", i, text, hex,
               i == 0                  ? "  all roles (0 to 9)"
               : i == DEVNET_ROLED_CNT ? "  no role (10 to 19)"
                                       : "");
    }
    return MC_OK;
}

static enum mc_err print_intro(const struct start *s, struct mc_errmsg *em)
{
    const struct devnet *d = s->d;
    for (uint32_t i = 0; i < d->node_cnt; i++)
        printf("node %u  %s  %s  log %s\n", i, d->nodes[i].observer ? "observer " : "validator",
               d->nodes[i].rpc, d->nodes[i].log);
    printf("chain id %" PRIu64 "\n\n", d->chain_id);
    enum mc_err err = print_accounts(em);
    if (err != MC_OK)
        return err;
    puts("\ncontracts");
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        char text[43];
        mc_addr_checksum(text, vm_module_well_known(vm_module_at(i)));
        printf("  %s  %s\n", text, vm_module_at(i)->name);
    }
    printf("\nall of this for programs: %s/" DEVNET_FILE_NAME
           "\n\ntry, to anchor the fingerprint of a file and check it:\n\n"
           "    %s record anchor README.md --id readme --dir %s\n"
           "    %s record verify README.md --id readme --dir %s\n",
           s->abs, tool_self(), s->dir, tool_self(), s->dir);
    if (s->detach)
        printf("\nstop it with:\n\n    %s devnet stop --dir %s\n", tool_self(), s->dir);
    fflush(stdout);
    return MC_OK;
}

/* `devnet stop` in another terminal leaves zeros for all process numbers. */
static bool stopped_elsewhere(const struct start *s)
{
    struct devnet *now = calloc(1, sizeof *now);
    bool stopped = now != NULL && devnet_file_read(now, s->abs, NULL) == MC_OK;
    for (uint32_t i = 0; stopped && i < now->node_cnt; i++)
        stopped = now->nodes[i].pid == 0;
    free(now);
    return stopped;
}

/* Collects children of ours that ended, and says so once. */
static void report_ended(const struct start *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (uint32_t i = 0; i < s->d->node_cnt; i++) {
            if (s->d->nodes[i].pid == pid)
                tool_error("node %u ended; start it again with `medichain devnet restart %u --dir "
                           "%s`, or press Ctrl-C; see %s",
                           i, i, s->dir, s->d->nodes[i].log);
        }
    }
}

/* Stays until SIGINT or SIGTERM, or until somebody else stops the network; says when a node ends meanwhile. */
static int attend(struct start *s, const sigset_t *signals)
{
    const struct timespec tick = {0, 500 * 1000000L};
    int sig;
    puts("\npress Ctrl-C to stop");
    fflush(stdout);
    do {
        sig = sigtimedwait(signals, NULL, &tick);
        if (sig == SIGCHLD)
            continue; /* looked at with the next tick, when a `devnet stop` has written its file */
        if (stopped_elsewhere(s)) {
            puts("stopped by `medichain devnet stop`");
            return TOOL_OK;
        }
        if (sig < 0)
            report_ended(s);
    } while (sig != SIGINT && sig != SIGTERM);
    puts("stopping");
    /* `restart` may have given nodes new process numbers. */
    if (devnet_file_read(s->d, s->abs, NULL) != MC_OK)
        return tool_error("%s/" DEVNET_FILE_NAME " is gone; nodes may still run", s->abs);
    int rc = stop_all(s->d);
    (void)!devnet_file_write(s->d, s->abs, NULL);
    return rc;
}

static int run_start(struct start *s)
{
    struct mc_errmsg em = {{0}};
    sigset_t signals, before;
    int rc;
    s->d = calloc(1, sizeof *s->d);
    if (s->d == NULL)
        return tool_error("out of memory");
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    /* While starting, a Ctrl-C waits until the nodes are known and can be stopped. */
    sigprocmask(SIG_BLOCK, &signals, &before);
    enum mc_err err = absolute(s->abs, s->dir, true, &em);
    if (err == MC_OK)
        err = prepare(s, &em);
    if (err == MC_OK)
        err = start_nodes(s, &em);
    if (err == MC_OK)
        err = print_intro(s, &em);
    if (err != MC_OK)
        rc = tool_error("%s", em.text);
    else
        rc = s->detach ? TOOL_OK : attend(s, &signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    free(s->d);
    return rc;
}

int tool_devnet(int argc, char **argv)
{
    struct start s = {.dir = DIR_PRESET,
                      .validators = UINT64_MAX,
                      .observers = UINT64_MAX,
                      .rpc_port = 8545,
                      .chain_id = UINT64_MAX};
    const struct tool_opt opts[] = {
        TOOL_TEXT("--dir", &s.dir, "D", "directory of the network"),
        TOOL_UINT("--validators", &s.validators, 1, 10, "N", "validators; 4 when not given"),
        TOOL_UINT("--observers", &s.observers, 0, 20, "M", "nodes without a vote"),
        TOOL_UINT("--rpc-port", &s.rpc_port, 1, 65000, "P", "node i listens on P+i"),
        TOOL_UINT("--chain-id", &s.chain_id, 1, (UINT64_C(1) << 53) - 1, "C", "else 1337"),
        TOOL_FLAG("--fresh", &s.fresh, "throw an earlier chain in D away"),
        TOOL_FLAG("--detach", &s.detach, "return when every node is ready"),
    };
    const struct tool_usage u = {
        "medichain devnet [--dir D] [--validators N] [--observers M] [--rpc-port P] [--chain-id "
        "C]\n"
        "                 [--fresh] [--detach]",
        "Starts a development network on this machine: funded accounts with all roles, all "
        "contracts\n"
        "at their addresses, blocks as soon as there are transactions.  A network that is already\n"
        "in D goes on where it was.  See also: devnet stop, status, kill, restart.",
        "medichain devnet --detach",
        opts,
        MC_COUNT(opts),
        0,
        0};
    int rc = tool_parse(&u, &argc, argv);
    return rc != TOOL_GO_ON ? rc : run_start(&s);
}

/* ------------------------------------------------------------------ the other commands */

struct other {
    const char *dir;
    bool json;
    char abs[DEVNET_PATH_MAX];
    struct devnet *d;
    uint32_t i; /* the node that is meant */
};

static enum mc_err open_devnet(struct other *o, struct mc_errmsg *em)
{
    enum mc_err err = absolute(o->abs, o->dir, false, em);
    o->d = calloc(1, sizeof *o->d);
    if (err == MC_OK && o->d == NULL)
        err = mc_fail(em, MC_ENOMEM, "out of memory");
    return err == MC_OK ? devnet_file_read(o->d, o->abs, em) : err;
}

/* Parses, opens, and picks the node of the first argument when the command wants one. */
static int begin(struct other *o, const char *line, const char *about, const char *example,
                 bool wants_node, int argc, char **argv)
{
    const struct tool_opt opts[] = {
        TOOL_TEXT("--dir", &o->dir, "D", "directory of the network"),
        TOOL_FLAG("--json", &o->json, "the answer as JSON"),
    };
    const uint32_t pos = wants_node ? 1 : 0;
    const struct tool_usage u = {line, about, example, opts, MC_COUNT(opts), pos, pos};
    struct mc_errmsg em = {{0}};
    struct mc_u256 i = MC_U256_ZERO;
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (wants_node && mc_u256_from_dec(&i, mc_slice_str(argv[0]), NULL) != MC_OK)
        return tool_bad_usage("%s is not the number of a node (0, 1, ...)", argv[0]);
    if (open_devnet(o, &em) != MC_OK) {
        free(o->d);
        return tool_error("%s", em.text);
    }
    if (mc_u256_u64_sat(&i) >= o->d->node_cnt) {
        rc = tool_bad_usage("there is no node %s: they are numbered 0 to %u", argv[0],
                            o->d->node_cnt - 1);
        free(o->d);
        return rc;
    }
    o->i = (uint32_t)i.w[0];
    return TOOL_GO_ON;
}

/* Writes the process numbers back and frees. */
static int end(struct other *o, int rc)
{
    struct mc_errmsg em = {{0}};
    if (devnet_file_write(o->d, o->abs, &em) != MC_OK)
        rc = tool_error("%s", em.text);
    free(o->d);
    return rc;
}

int tool_devnet_stop(int argc, char **argv)
{
    struct other o = {.dir = DIR_PRESET};
    int rc =
        begin(&o, "medichain devnet stop [--dir D]",
              "Ends the nodes of a devnet; its data stay and the next start goes on from there.",
              "medichain devnet stop", false, argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    uint32_t running = alive_cnt(o.d);
    rc = stop_all(o.d);
    if (o.json)
        printf("{\"stopped\":%u}\n", running);
    else if (running == 0)
        puts("no node was running");
    else
        printf("stopped %u node%s\n", running, running == 1 ? "" : "s");
    return end(&o, rc);
}

int tool_devnet_kill(int argc, char **argv)
{
    struct other o = {.dir = DIR_PRESET};
    int rc = begin(&o, "medichain devnet kill I [--dir D]",
                   "Kills node I with SIGKILL, as a power cut would: to see what the network does.",
                   "medichain devnet kill 0", true, argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (!devnet_node_alive(&o.d->nodes[o.i])) {
        rc = tool_error("node %u is not running; `medichain devnet restart %u --dir %s` starts it",
                        o.i, o.i, o.dir);
    } else {
        devnet_node_kill(&o.d->nodes[o.i]);
        printf(o.json ? "{\"killed\":%u}\n" : "killed node %u\n", o.i);
        rc = TOOL_OK;
    }
    /* devnet.json keeps the dead number: all zero there means that somebody asked to stop. */
    free(o.d);
    return rc;
}

int tool_devnet_restart(int argc, char **argv)
{
    struct other o = {.dir = DIR_PRESET};
    struct mc_errmsg em = {{0}};
    int rc = begin(&o, "medichain devnet restart I [--dir D]",
                   "Stops node I when it runs and starts it again on its data.",
                   "medichain devnet restart 0", true, argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    struct devnet_node *n = &o.d->nodes[o.i];
    (void)devnet_node_stop(n);
    enum mc_err err = devnet_port_free(n, &em);
    if (err == MC_OK)
        err = devnet_node_start(n, &em);
    if (err == MC_OK)
        err = devnet_node_wait_ready(n, DEVNET_READY_MS, &em);
    if (err == MC_OK) {
        printf(o.json ? "{\"restarted\":%u,\"rpc\":\"%s\"}\n" : "node %u runs again at %s\n", o.i,
               n->rpc);
        rc = TOOL_OK;
    } else {
        rc = tool_error("%s", em.text);
    }
    return end(&o, rc);
}

int tool_devnet_status(int argc, char **argv)
{
    struct other o = {.dir = DIR_PRESET};
    struct mc_buf b = {0};
    int rc = begin(&o, "medichain devnet status [--dir D]",
                   "Says which nodes run; exit status 1 when one does not answer as ready.",
                   "medichain devnet status", false, argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    bool all = true;
    mc_buf_put_str(&b, o.json ? "[" : "");
    for (uint32_t i = 0; i < o.d->node_cnt; i++) {
        struct devnet_node *n = &o.d->nodes[i];
        struct mc_errmsg em = {{0}};
        bool alive = devnet_node_alive(n);
        bool ready = alive && devnet_node_wait_ready(n, 0, &em) == MC_OK;
        all = all && ready;
        if (o.json)
            mc_buf_putf(&b,
                        "%s{\"node\":%u,\"rpc\":\"%s\",\"pid\":%" PRId64
                        ",\"running\":%s,\"ready\":%s}",
                        i == 0 ? "" : ",", i, n->rpc, alive ? n->pid : 0, alive ? "true" : "false",
                        ready ? "true" : "false");
        else
            mc_buf_putf(&b, "node %u  %s  %s\n", i, n->rpc,
                        ready   ? "ready"
                        : alive ? "running, not ready"
                                : "not running");
    }
    mc_buf_put_str(&b, o.json ? "]" : "");
    rc = tool_put(&b);
    mc_buf_free(&b);
    free(o.d);
    return rc != TOOL_OK ? rc : all ? TOOL_OK : TOOL_NO;
}
