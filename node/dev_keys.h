/* Keys of the devnet's accounts: the mnemonic that every Ethereum developer knows.  Public by design, so they need no
 * guarded memory; a node holds them only with `devnet` set, which the configuration allows on loopback alone. */
#ifndef MC_NODE_DEV_KEYS_H
#define MC_NODE_DEV_KEYS_H

#include "base/base.h"

#define DEV_KEYS_CNT 20u

struct dev_keys {
    struct mc_addr addr[DEV_KEYS_CNT];
    uint8_t secret[DEV_KEYS_CNT][MC_SECP_SECRET_LEN];
};

MC_NODISCARD enum mc_err dev_keys_make(struct dev_keys *out);
/* The key of an account, or NULL. */
const uint8_t *dev_keys_find(const struct dev_keys *k, const struct mc_addr *a);

#endif
