#include "node/dev_keys.h"

static const char mnemonic[] = "test test test test test test test test test test test junk";

enum mc_err dev_keys_make(struct dev_keys *out)
{
    for (uint32_t i = 0; i < DEV_KEYS_CNT; i++) {
        enum mc_err err = mc_mnemonic_secret(out->secret[i], mnemonic, i);
        if (err == MC_OK)
            err = mc_secp_address(&out->addr[i], out->secret[i]);
        if (err != MC_OK)
            return err;
    }
    return MC_OK;
}

const uint8_t *dev_keys_find(const struct dev_keys *k, const struct mc_addr *a)
{
    for (uint32_t i = 0; i < DEV_KEYS_CNT; i++) {
        if (mc_addr_eq(&k->addr[i], a))
            return k->secret[i];
    }
    return NULL;
}
