/* A virtual disk with the two files of one vote log.  node/vote_log.c itself runs on it: disk.c compiles it with its
 * system calls led here.  What was not synced may be lost, whole or by sectors, when the power goes. */
#ifndef MC_TESTS_SIM_DISK_H
#define MC_TESTS_SIM_DISK_H

#include "base/base.h"
#include "node/vote_log.h"

enum { SIM_SECTOR = 64 }; /* small, so that a record of a small block has several */

enum sim_disk_mode {
    SIM_DISK_OK,
    SIM_DISK_KILL,  /* the process is gone before the operation */
    SIM_DISK_POWER, /* the machine is */
    SIM_DISK_TORN,  /* the machine is; any of the unsynced sectors stay */
    SIM_DISK_EIO,
    SIM_DISK_FULL, /* part of the write fits */
};

struct sim_file {
    bool exists;
    struct mc_buf cached;  /* what a read sees */
    struct mc_buf durable; /* what survives */
};

struct sim_disk {
    struct sim_file file[2];
    struct node_vote_log *log;
    enum sim_disk_mode mode; /* what the failing operation does */
    uint32_t fail_in;        /* operations from now on until it; 0: never */
    bool failed;             /* it has happened: nothing works until sim_disk_settle() */
    bool cache_stays; /* unsynced bytes of a killed process stay unsynced while it is down; else the
                                kernel has written them back by its next start */
    bool lies;        /* syncs do nothing, for the canary */
    uint64_t *rng;    /* borrowed */
    uint32_t torn_cnt, flip_cnt, cut_cnt;
};

/* Selects the disk that the vote log's next calls work on. */
void sim_disk_use(struct sim_disk *d);
/* The process or machine has stopped: settles what is left and closes the log. */
void sim_disk_settle(struct sim_disk *d);
/* While the process is down: damages one of the two files. */
void sim_disk_damage(struct sim_disk *d, bool flip);
/* Both files are gone. */
void sim_disk_wipe(struct sim_disk *d);
void sim_disk_free(struct sim_disk *d);
uint64_t sim_disk_rand(struct sim_disk *d);

#endif
