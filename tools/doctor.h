/* medichain doctor: asks nodes, compares what they say, and puts into words what is wrong.
 *
 *     doctor_ask (each node) ──> struct doctor_node ──> doctor_judge ──> findings ──> text or JSON
 *
 * Judging is pure: it sees only what the nodes answered, and the clock's reading beside each answer. */
#ifndef MC_TOOLS_DOCTOR_H
#define MC_TOOLS_DOCTOR_H

#include "base/base.h"

#define DOCTOR_NODES_MAX    128u
#define DOCTOR_SKEW_MS      2000 /* of a clock: what a proposal may be off */
#define DOCTOR_LAG          3u   /* blocks behind that are no coincidence */
#define DOCTOR_DISK_BYTES   (1024u * 1024u * 1024u)
#define DOCTOR_DATA_DIR_MAX 1024u

struct doctor_seat {
    char account[43];
    bool connected, seen, has_head, heard;
    uint32_t asked_round;
    uint64_t silent_s;
};

/* One node: who it is for people, and what it answered. */
struct doctor_node {
    char name[16]; /* "node 2" */
    char url[512];
    char data_dir[DOCTOR_DATA_DIR_MAX]; /* on this machine; empty: not known */
    bool dead;                          /* a devnet's node whose process is gone */

    bool answers;
    char silence[256]; /* why it does not answer */
    char version[128], why[256];
    bool ready;
    uint64_t chain_id, head, head_later; /* newest block when asked, and after all were asked */
    uint64_t time_s;                     /* of that block */
    char genesis[67];
    char common_hash[67], common_root[67]; /* of the highest block that all have */
    uint64_t pending;                      /* transactions that wait */
    bool has_round;
    uint64_t height, since_block_s;
    uint32_t round, proposer, quorum, reachable;
    int32_t self;
    bool voting, active;
    int64_t skew_ms; /* its clock minus this machine's */
    uint32_t seat_cnt;
    struct doctor_seat seats[MC_VALIDATORS_MAX];
    bool has_disk;
    uint64_t disk_free_bytes;
};

/* Everything but names, common block, later head and disk; n->url is set.  Fills n->silence instead when there is no
 * answer. */
void doctor_ask(struct doctor_node *n, uint64_t timeout_ms);
/* Head again, and the block `common` of a node that answers. */
void doctor_ask_again(struct doctor_node *n, uint64_t common, uint64_t timeout_ms);

struct doctor_report {
    bool healthy;
    struct mc_buf chain;    /* a sentence: does it advance */
    struct mc_buf findings; /* sentences, each ended by a newline */
    struct mc_buf json;     /* [{"code","node","text"}] of the same, without the brackets */
    uint32_t finding_cnt;
};
/* now_s: this machine's clock.  Free the buffers with doctor_report_free. */
void doctor_judge(struct doctor_report *out, const struct doctor_node *nodes, uint32_t cnt,
                  uint64_t now_s);
void doctor_report_free(struct doctor_report *r);

#endif
