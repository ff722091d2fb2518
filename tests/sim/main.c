/* medichain_sim: seeds of the simulator on all cores.
 *
 *   medichain_sim [--seeds N] [--first N] [--jobs N] [--n 4,5,6,7,10] [--once]
 *                 [--strict] [--page-cache] | --growth
 *
 * Every seed runs twice and must give the same trace (--once: a single time).
 * --strict: validators whose rounds stay apart for good are a failure, not a count.
 * --page-cache: a killed process finds its unsynced writes still unsynced when it starts again.  Exit status: 0 all is well; 1 an
 * invariant broke, a fault never happened in a run of many seeds, or the canary was not noticed; 2 wrong use. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "tests/sim/sim.h"

enum { JOBS_MAX = 256, SIZES_MAX = 8, FAILURES_MAX = 3, SEEDS_FOR_ALL_FAULTS = 500 };

struct options {
    uint64_t first, seeds;
    uint32_t jobs, size_cnt;
    uint32_t sizes[SIZES_MAX];
    bool once;
    struct sim_how how;
};

/* Of one worker; shared with the parent. */
struct worker {
    struct sim_tally tally;
    uint64_t seed; /* running now */
    uint32_t n;
    uint32_t failures;
    bool done;
};

static uint32_t size_of(const struct options *o, uint64_t seed)
{
    return o->sizes[seed % o->size_cnt];
}

static void report(uint64_t seed, uint32_t n, const char *what)
{
    printf("FAILED seed %" PRIu64 ", n=%u: %s\n  replay: medichain_sim --seeds 1 --first %" PRIu64
           " --n %u\n",
           seed, n, what, seed, n);
    fflush(stdout);
}

static void run_seed(struct worker *w, const struct options *o, uint64_t seed)
{
    struct sim_result a, b;
    struct sim_tally ignored = {0};
    uint32_t n = size_of(o, seed);

    w->seed = seed;
    w->n = n;
    sim_run(&a, &w->tally, seed, n, &o->how);
    if (a.failure[0] != '\0') {
        report(seed, n, a.failure);
        w->failures++;
        return;
    }
    if (o->once)
        return;
    sim_run(&b, &ignored, seed, n, &o->how);
    if (a.trace != b.trace) {
        report(seed, n, "the second run gives another trace");
        w->failures++;
    }
}

static void work(struct worker *w, const struct options *o, uint32_t k)
{
    for (uint64_t i = k; i < o->seeds && w->failures < FAILURES_MAX; i += o->jobs)
        run_seed(w, o, o->first + i);
    w->done = true;
}

/* Disks that lie about syncs break S8.  When that goes unnoticed, the alarm does not work. */
static bool canary_sings(const struct options *o)
{
    struct sim_result r;
    struct sim_tally ignored = {0};
    const struct sim_how how = {.canary = true};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        sim_run(&r, &ignored, seed, o->sizes[0], &how);
        if (strncmp(r.failure, "S8", 2) != 0) {
            printf("FAILED: the canary seed %" PRIu64 " was not noticed: %s\n", seed,
                   r.failure[0] != '\0' ? r.failure : "no failure");
            return false;
        }
    }
    return true;
}

static void add(struct sim_tally *sum, const struct sim_tally *t)
{
    sum->seeds += t->seeds;
    sum->events += t->events;
    sum->msgs += t->msgs;
    sum->sim_ms += t->sim_ms;
    sum->blocks += t->blocks;
    sum->lies += t->lies;
    sum->refused += t->refused;
    if (t->max_round > sum->max_round)
        sum->max_round = t->max_round;
    for (int i = 0; i < SIM_FAULT_CNT; i++)
        sum->fault[i] += t->fault[i];
    for (int i = 0; i < SIM_STATE_CNT; i++)
        sum->state[i] += t->state[i];
}

/* Returns whether every fault and rare state has happened. */
static bool print_tally(const struct sim_tally *t)
{
    static const char *const fault_text[] = {
#define SIM_FAULT_TEXT(id, text) text,
        SIM_FAULTS(SIM_FAULT_TEXT)
#undef SIM_FAULT_TEXT
    };
    static const char *const state_text[] = {
#define SIM_STATE_TEXT(id, text) text,
        SIM_STATES(SIM_STATE_TEXT)
#undef SIM_STATE_TEXT
    };
    bool all = true;
    for (int i = 0; i < SIM_FAULT_CNT; i++) {
        printf("%12" PRIu64 "  %s\n", t->fault[i], fault_text[i]);
        all = all && t->fault[i] > 0;
    }
    for (int i = 0; i < SIM_STATE_CNT; i++) {
        printf("%12" PRIu64 "  reached: %s\n", t->state[i], state_text[i]);
        all = all && (t->state[i] > 0 || i == SIM_ST_ROUNDS_APART);
    }
    printf("%" PRIu64 " seeds, %.2f simulated hours, %" PRIu64 " events, %" PRIu64
           " messages, %" PRIu64 " blocks, %" PRIu64 " lies (%" PRIu64
           " refused), highest round %" PRIu64 "\n",
           t->seeds, (double)t->sim_ms / 3600000, t->events, t->msgs, t->blocks, t->lies,
           t->refused, t->max_round);
    return all;
}

static bool run_all(const struct options *o)
{
    struct worker *w =
        mmap(NULL, o->jobs * sizeof *w, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct sim_tally sum = {0};
    bool ok = canary_sings(o), all;

    if (w == MAP_FAILED)
        return false;
    fflush(stdout);
    for (uint32_t k = 0; k < o->jobs; k++) {
        pid_t pid = fork();
        if (pid < 0)
            return false;
        if (pid == 0) {
            work(&w[k], o, k);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        continue;
    for (uint32_t k = 0; k < o->jobs; k++) {
        if (!w[k].done)
            report(w[k].seed, w[k].n, "the simulator itself stopped");
        ok = ok && w[k].done && w[k].failures == 0;
        add(&sum, &w[k].tally);
    }
    all = print_tally(&sum);
    if (!all && o->seeds >= SEEDS_FOR_ALL_FAULTS) {
        printf("FAILED: a fault or state above has the count 0\n");
        ok = false;
    }
    munmap(w, o->jobs * sizeof *w);
    return ok;
}

static bool parse_sizes(struct options *o, const char *s)
{
    o->size_cnt = 0;
    while (*s != '\0' && o->size_cnt < SIZES_MAX) {
        char *end;
        unsigned long n = strtoul(s, &end, 10);
        if (end == s || n < 1 || n > 31)
            return false;
        o->sizes[o->size_cnt++] = (uint32_t)n;
        s = *end == ',' ? end + 1 : end;
    }
    return o->size_cnt > 0 && *s == '\0';
}

static bool parse_number(uint64_t *out, const char *s)
{
    char *end;
    *out = strtoull(s, &end, 10);
    return end != s && *end == '\0';
}

static bool parse(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        uint64_t v = 0;
        if (strcmp(argv[i], "--once") == 0) {
            o->once = true;
            continue;
        }
        if (strcmp(argv[i], "--strict") == 0) {
            o->how.strict = true;
            continue;
        }
        if (strcmp(argv[i], "--page-cache") == 0) {
            o->how.page_cache = true;
            continue;
        }
        if (i + 1 == argc)
            return false;
        if (strcmp(argv[i], "--n") == 0) {
            if (!parse_sizes(o, argv[++i]))
                return false;
            continue;
        }
        if (!parse_number(&v, argv[i + 1]))
            return false;
        if (strcmp(argv[i], "--seeds") == 0)
            o->seeds = v;
        else if (strcmp(argv[i], "--first") == 0)
            o->first = v;
        else if (strcmp(argv[i], "--jobs") == 0 && v >= 1 && v <= JOBS_MAX)
            o->jobs = (uint32_t)v;
        else
            return false;
        i++;
    }
    return true;
}

int main(int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct options o = {.first = 1,
                        .seeds = 2000,
                        .jobs = cores < 1          ? 1
                                : cores > JOBS_MAX ? JOBS_MAX
                                                   : (uint32_t)cores,
                        .size_cnt = 5,
                        .sizes = {4, 5, 6, 7, 10}};

    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    if (argc == 2 && strcmp(argv[1], "--growth") == 0) {
        sim_growth();
        return 0;
    }
    if (!parse(&o, argc, argv)) {
        fprintf(stderr, "usage: medichain_sim [--seeds N] [--first N] [--jobs N] [--n 4,5,6,7,10] "
                        "[--once] [--strict] [--page-cache] | --growth\n");
        return 2;
    }
    return run_all(&o) ? 0 : 1;
}
