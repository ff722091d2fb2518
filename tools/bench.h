/* medichain bench: signed transactions from real records, a lean generator, and a report.
 *
 *     bench_plan.c   signs everything beforehand and lays out the requests' texts
 *     bench_load.c   sends them: one thread, epoll, no work per transaction but a copy into a socket
 *     bench_proc.c   what the node used meanwhile, from /proc
 *     bench.c        the command and its report */
#ifndef MC_TOOLS_BENCH_H
#define MC_TOOLS_BENCH_H

#include "tools/contract.h"
#include "tools/record_file.h"

#define BENCH_SENDERS_MAX 10u /* devnet accounts that hold roles */

struct bench_cfg {
    const char *url;
    const char *records;  /* folder with the files to anchor */
    uint64_t count;       /* transactions */
    uint64_t rate;        /* a second; 0: as fast as they are taken */
    uint64_t connections; /* at most senders */
    uint64_t batch;       /* transactions in one request */
    uint64_t senders;     /* 1 .. BENCH_SENDERS_MAX */
    uint64_t window;      /* sent and not yet in a block, for each sender */
    uint64_t duration_s;  /* no new requests after this; 0: until all are sent */
    uint64_t timeout_s;   /* without any progress */
    uint64_t gas;
};

struct bench_tx {
    struct mc_hash hash;
    uint64_t sent_ns;
    uint64_t done_ns; /* when its block could be read; 0: not yet */
    bool refused;
};
/* One HTTP request: transactions first .. first + cnt - 1. */
struct bench_request {
    size_t at, n; /* bytes in the text of its connection */
    uint32_t first, cnt;
};
struct bench_lane { /* what one connection sends, in nonce order */
    struct mc_buf text;
    struct bench_request *requests;
    uint32_t request_cnt;
    uint32_t sender_cnt;
};
struct bench_plan {
    struct bench_tx *txs;
    uint32_t tx_cnt;
    struct bench_lane lanes[BENCH_SENDERS_MAX];
    uint32_t lane_cnt;
    uint32_t *slots; /* open addressing by hash: index + 1, 0 empty */
    uint32_t slot_mask;
    uint64_t tx_bytes; /* of all raw transactions */
    uint32_t file_cnt;
    double recover_per_s; /* of one core, measured on these transactions */
};
/* The records to anchor; as record_files_add(). */
MC_NODISCARD enum mc_err bench_files(struct record_file **list, size_t *cnt, const char *path,
                                     struct mc_errmsg *em);
/* Hashes the files, signs, lays out.  Returned in *out: bench_plan_free. */
MC_NODISCARD enum mc_err bench_plan_make(struct bench_plan *out, const struct bench_cfg *cfg,
                                         struct tool_rpc *rpc, struct mc_errmsg *em);
void bench_plan_free(struct bench_plan *p);
/* Index of a transaction by hash; UINT32_MAX: not ours. */
uint32_t bench_plan_find(const struct bench_plan *p, const struct mc_hash *hash);

struct bench_result {
    uint64_t first_send_ns, last_done_ns;
    uint32_t sent, confirmed, refused;
    uint64_t block_cnt, block_txs_max; /* blocks with transactions of ours */
    uint64_t cpu_ns;                   /* of this program */
    char refusal[256];                 /* first words of a refusal */
};
/* Sends the plan and waits for the blocks.  MC_EBUSY: no progress in time; the result is what there is. */
MC_NODISCARD enum mc_err bench_load(struct bench_result *out, struct bench_plan *p,
                                    const struct bench_cfg *cfg, struct mc_errmsg *em);

#define BENCH_THREADS_MAX 32u
struct bench_proc {
    uint64_t cpu_ns; /* of the process */
    uint64_t rss_kib, peak_kib;
    struct {
        char name[32];
        uint64_t cpu_ns;
    } threads[BENCH_THREADS_MAX]; /* added up by name */
    uint32_t thread_cnt;
};
/* False when the process is gone or belongs to somebody else. */
bool bench_proc_read(struct bench_proc *out, int64_t pid);

#endif
