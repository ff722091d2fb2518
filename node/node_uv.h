/* The running node: opens everything in order, turns the loop, closes everything in reverse. */
#ifndef MC_NODE_NODE_UV_H
#define MC_NODE_NODE_UV_H

#include "node/config.h"

/* Runs until SIGTERM, SIGINT or a fatal error.  Returns the process's exit status: 0 after a clean end; 1 with em's words
 * when the node could not start, or had to stop (the log says why). */
int node_run(const struct node_cfg *cfg, struct mc_errmsg *em);

/* Reads configuration, genesis and keys without touching the data directory, and says so on stdout. */
int node_check(const struct node_cfg *cfg, struct mc_errmsg *em);

#endif
