/* Checks signatures of consensus messages away from the main loop, in a thread of its own, so that neither a busy loop
 * nor busy RPC workers hold up a vote, in the order in which they arrived.
 *
 *     loop thread:  verify_put(job) ──> [queue] ──> verify thread: decode, check every signature
 *                   verify_take()   <── [queue] <── wake() */
#ifndef MC_NODE_VERIFY_H
#define MC_NODE_VERIFY_H

#include "consensus/consensus.h"

struct verify;

struct verify_job {
    uint32_t peer;
    uint64_t link;      /* the caller's name for the connection */
    struct mc_buf wire; /* the encoded message */
    uint64_t
        height; /* open height when it was put: others than this and the next are only decoded */
    struct cons_valset set; /* of that height */

    /* Results. */
    struct cons_msg msg; /* into wire and arena */
    struct mc_arena arena;
    bool checked; /* the signatures were looked at */
    enum mc_err
        err; /* MC_EMALFORM, MC_ELIMIT: not a message; MC_EAUTH: a signature is wrong for `set` */
    struct mc_errmsg em;
    struct verify_job *next;
};

MC_NODISCARD enum mc_err verify_start(struct verify **out, const struct cons_chain *chain,
                                      void (*wake)(void *arg), void *arg, struct mc_errmsg *em);
void verify_stop(struct verify *v);      /* NULL is allowed; drops what waits */
struct verify_job *verify_job_new(void); /* NULL: no memory */
void verify_job_free(struct verify_job *job);
void verify_put(struct verify *v, struct verify_job *job); /* taken */
struct verify_job *verify_take(struct verify *v); /* a finished job, or NULL; verify_job_free */

#endif
