/* Opening what a node stands on: genesis, keys, data directory. */
#ifndef MC_NODE_SETUP_H
#define MC_NODE_SETUP_H

#include "genesis/genesis.h"
#include "node/config.h"

/* Loads the genesis file and computes the hash of block 0. */
MC_NODISCARD enum mc_err setup_genesis(struct gen **out, struct mc_hash *hash,
                                       const struct node_cfg *cfg, struct mc_errmsg *em);
/* Opens the validator key into guarded memory (mc_secret_free); *out NULL when none is configured. */
MC_NODISCARD enum mc_err setup_key(struct mc_ed25519_key **out, const struct node_cfg *cfg,
                                   struct mc_errmsg *em);
/* The identity towards peers of a node without validator key: cfg->peer_key, or <dataDir>/peer.json, made when absent. */
MC_NODISCARD enum mc_err setup_peer_key(struct mc_ed25519_key **out, const struct node_cfg *cfg,
                                        struct mc_errmsg *em);
/* Opens the ledger in <dataDir>/db, making block 0 on the first start. */
MC_NODISCARD enum mc_err setup_ledger(struct ledger **out, const struct gen *g,
                                      const struct mc_hash *hash, const struct node_cfg *cfg,
                                      struct mc_errmsg *em);
/* Writes <dataDir>/<name> with one line of text, for scripts. */
MC_NODISCARD enum mc_err setup_note(const struct node_cfg *cfg, const char *name, uint64_t value,
                                    struct mc_errmsg *em);

#endif
