/* A chain in memory for module tests: state with rollback, recorded logs, and calls by name with JSON arguments.
 *
 *     struct memhost *h = memhost_new();
 *     memhost_grant(h, memhost_account(1), VM_DOCTOR);
 *     h->caller = memhost_account(1);
 *     h->time_s = 1700000000;
 *     struct mh_res r;
 *     memhost_call(h, &r, "MedicalRecordHash", "createRecord", "[\"r1\",\"0xab\",\"LAB\",\"p1\",\"\"]");
 *     assert_int_equal(r.err, MC_OK);       // r.reason, r.json, r.logs, r.gas_used
 *     memhost_free(h);
 *
 * A fresh chain has chain.permissioned 0, so every account may send.  A call that fails leaves state and logs as they
 * were.  Everything in struct mh_res stays valid until the next call or memhost_free(). */
#ifndef MC_TESTS_LIB_MEMHOST_H
#define MC_TESTS_LIB_MEMHOST_H

#include "vm/vm.h"

struct mh_cell;
struct mh_undo;

struct mh_log {
    struct mc_addr self;
    struct mc_hash topics[4];
    uint32_t topic_cnt;
    struct mc_slice data;
};

struct memhost {
    struct vm_host host;
    struct mc_addr caller; /* of the next calls */
    uint64_t time_s;       /* block.timestamp, 1700000000 at first */
    uint64_t block_number; /* 1 at first */
    uint64_t gas;          /* for each call, 30,000,000 at first */
    bool has_value;        /* send value with the next calls */
    uint32_t fail_after;   /* 0: never; n: the n-th host call fails with MC_EIO */

    struct {
        struct mc_addr addr;
        const struct vm_module *module;
    } deployed[8]; /* by memhost_create() */
    uint32_t deployed_cnt;

    struct mh_log *logs; /* of the last call */
    uint32_t log_cnt;

    struct mh_cell **table; /* hash table of cells */
    struct mh_undo *undo;   /* newest change of the running call first */
    uint32_t
        cell_cnt; /* cells that hold a value, those of block 0 and of memhost_grant() not counted */
    struct mc_arena arena; /* the last call's memory */
    struct mc_buf text;    /* reason, json, logs of the last call */
};

struct mh_res {
    enum mc_err err;
    const char *reason; /* of a revert: "" for empty data, "Panic(0x11)" */
    const char *json;   /* result as vm_result_to_json() renders it, "" unless MC_OK */
    const char *logs;   /* one vm_log_to_json() line for each log entry, each ended by a newline */
    struct mc_slice output; /* return or revert data */
    uint64_t gas_used;      /* beyond the intrinsic cost */
};

/* Calls vm_init() on first use. */
struct memhost *memhost_new(void);
/* The same with a block 0 of the test's own. */
struct memhost *memhost_new_genesis(const struct vm_genesis *g);
void memhost_free(struct memhost *h);

/* A fixed address for a small number: 0x00..00aa<i>. */
struct mc_addr memhost_account(uint32_t i);
/* The account as JSON text with quotes ("\"0x...\""), in one of 8 rotating static buffers. */
const char *memhost_account_json(uint32_t i);
/* Gives the account these roles at the well-known AccessControl. */
void memhost_grant(struct memhost *h, struct mc_addr account, uint32_t roles);

/* Runs a method of the module's well-known instance as h->caller.  Unknown methods and arguments that do not fit
 * fail the test. */
void memhost_call(struct memhost *h, struct mh_res *r, const char *module, const char *method,
                  const char *args_json);
/* The same on any instance. */
void memhost_call_at(struct memhost *h, struct mh_res *r, const char *module, struct mc_addr self,
                     const char *method, const char *args_json);
/* Raw call data. */
void memhost_call_data(struct memhost *h, struct mh_res *r, const char *module, struct mc_addr self,
                       struct mc_slice input);
/* Deploys a fresh instance at self, at most 8 in all. */
void memhost_create(struct memhost *h, struct mh_res *r, const char *module, struct mc_addr self);

/* Short forms that fail the test with the module's answer when it differs. */
void memhost_ok(struct memhost *h, const char *module, const char *method, const char *args_json,
                const char *result_json);
void memhost_reverts(struct memhost *h, const char *module, const char *method,
                     const char *args_json, const char *reason);
/* Compares the logs of the last call, one JSON object a line. */
void memhost_logged(struct memhost *h, const char *lines);

#endif
