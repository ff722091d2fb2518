/* One seed: consensus cores and vote logs over a fake network, disks and clocks. */
#ifndef MC_TESTS_SIM_SIM_H
#define MC_TESTS_SIM_SIM_H

#include "tests/sim/faults.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happened, summed over seeds. */
struct sim_tally {
    uint64_t seeds, events, msgs, sim_ms, blocks, lies, refused, max_round;
    uint64_t fault[SIM_FAULT_CNT];
    uint64_t state[SIM_STATE_CNT];
};

struct sim_result {
    uint64_t trace;    /* digest of everything that happened */
    char failure[320]; /* empty: all invariants held */
};

struct sim_how {
    bool strict; /* rounds that drift apart on a good network (L1) fail instead of being counted */
    bool canary; /* disks lie about syncs, which must be noticed */
    bool
        page_cache; /* what a killed process wrote without a sync is still only cached when it starts again */
};

/* Runs one seed with n validators and adds to *t what happened. */
void sim_run(struct sim_result *out, struct sim_tally *t, uint64_t seed, uint32_t n,
             const struct sim_how *how);

/* Prints messages and bytes of one block for several n and delays, and what follows for its time. */
void sim_growth(void);

#endif
