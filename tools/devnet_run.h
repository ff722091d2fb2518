/* A devnet's processes: start, wait until ready, stop.  Each node is a real medichaind in a session of its own. */
#ifndef MC_TOOLS_DEVNET_RUN_H
#define MC_TOOLS_DEVNET_RUN_H

#include "tools/devnet_file.h"

#define DEVNET_READY_MS 60000u
#define DEVNET_STOP_MS  20000u

/* MC_EBUSY when another program listens on the node's port. */
MC_NODISCARD enum mc_err devnet_port_free(const struct devnet_node *n, struct mc_errmsg *em);
/* Starts medichaind, found beside this program or on $PATH, with its output appended to the node's log; sets n->pid. */
MC_NODISCARD enum mc_err devnet_node_start(struct devnet_node *n, struct mc_errmsg *em);
/* Waits until GET /ready says yes.  When the node ends first, the words are the last lines of its log. */
MC_NODISCARD enum mc_err devnet_node_wait_ready(const struct devnet_node *n, uint64_t timeout_ms,
                                                struct mc_errmsg *em);
/* Ends a node with SIGTERM, after DEVNET_STOP_MS with SIGKILL, and waits until it is gone; n->pid becomes 0.
 * Returns false when it had to be killed. */
bool devnet_node_stop(struct devnet_node *n);
/* SIGKILL, and waits until it is gone. */
void devnet_node_kill(struct devnet_node *n);

#endif
