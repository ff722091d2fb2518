/* Opening this validator's vote log: where it is, whose it is, and whether it can be trusted to be whole. */
#ifndef MC_NODE_VOTES_H
#define MC_NODE_VOTES_H

#include "consensus/consensus.h"
#include "node/vote_log.h"

struct votes_cfg {
    const char *data_dir; /* votes-a/log and votes-b/log under it */
    struct cons_chain chain;
    const uint8_t *pub; /* the validator's key, 32 bytes */
    bool amnesia;       /* the operator confirms that votes were lost */
};

/* Opens or creates the log.  *empty: it holds nothing, so it is new or what it held is lost.  A log damaged in both
 * copies is an error whose words name the way out; with `amnesia` it is put aside as log.lost and a new one begun. */
MC_NODISCARD enum mc_err votes_open(struct node_vote_log **out, bool *empty,
                                    const struct votes_cfg *cfg, struct mc_errmsg *em);

/* A node that began with nothing has not caught up yet: kept beside the log, so that a restart on the way is not taken
 * for a lost log.  end: it has. */
MC_NODISCARD enum mc_err votes_settling_begin(const char *data_dir, struct mc_errmsg *em);
void votes_settling_end(const char *data_dir);
bool votes_is_settling(const char *data_dir);

#endif
