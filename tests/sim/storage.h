/* The vote logs of a simulated network, and the faults below them. */
#ifndef MC_TESTS_SIM_STORAGE_H
#define MC_TESTS_SIM_STORAGE_H

#include "tests/sim/disk.h"
#include "tests/sim/net.h"

/* What is planned for the disk of one instance. */
struct sim_store {
    struct sim_disk *disk;
    struct sim_file old[2]; /* C8: a backup of the vote log */
    bool has_old;
    bool will_lose;    /* D5 at its first crash */
    bool will_restore; /* C8: the backup comes back at a crash */
    bool rotating;     /* a rotation failed: the log is the old one or only the mark */
    uint64_t mark_height;
};

extern const struct net_disk sim_storage;

/* Gives every instance a disk; lies: its syncs do nothing. */
void sim_storage_attach(struct net *net, bool lies, bool cache_stays);
void sim_storage_free(struct net *net);

#endif
