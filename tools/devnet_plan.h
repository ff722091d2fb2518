/* What a devnet is made of on disk: D/genesis.json and D/node0, D/node1, ... with node.json, validator.json, data/, log. */
#ifndef MC_TOOLS_DEVNET_PLAN_H
#define MC_TOOLS_DEVNET_PLAN_H

#include "tools/devnet_file.h"

struct devnet_plan {
    const char *dir; /* absolute */
    uint64_t chain_id;
    uint64_t validators, observers;
    uint64_t rpc_port; /* of node 0; node i listens on rpc_port + i */
};

/* True when dir holds a devnet's genesis file. */
bool devnet_plan_exists(const char *dir);
/* Makes genesis, keys and directories. */
MC_NODISCARD enum mc_err devnet_plan_make(const struct devnet_plan *p, struct mc_errmsg *em);
/* What an existing directory holds must be what is asked for; 0 asks for whatever is there and is filled in.  MC_EMISMATCH
 * says how they differ. */
MC_NODISCARD enum mc_err devnet_plan_check(struct devnet_plan *p, struct mc_errmsg *em);
/* Fills in nodes (none running) and writes each node.json for this port. */
MC_NODISCARD enum mc_err devnet_plan_nodes(struct devnet *out, const struct devnet_plan *p,
                                           struct mc_errmsg *em);
/* Removes what a devnet made in dir, and nothing else.  MC_EINVAL when dir holds something but no devnet. */
MC_NODISCARD enum mc_err devnet_plan_remove(const char *dir, struct mc_errmsg *em);

#endif
