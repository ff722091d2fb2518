/* D/devnet.json: what a running devnet is, for people's scripts and for our own commands. */
#ifndef MC_TOOLS_DEVNET_FILE_H
#define MC_TOOLS_DEVNET_FILE_H

#include "base/base.h"

#define DEVNET_FILE_NAME   "devnet.json"
#define DEVNET_ACCOUNT_CNT 20u
#define DEVNET_ROLED_CNT   10u /* the first ones hold every named role */
#define DEVNET_NODES_MAX   32u
#define DEVNET_PATH_MAX    1024u
#define DEVNET_MNEMONIC    "test test test test test test test test test test test junk"
#define DEVNET_CHAIN_ID    1337u

struct devnet_node {
    int64_t pid;                    /* 0: not running */
    char data_dir[DEVNET_PATH_MAX]; /* absolute */
    char log[DEVNET_PATH_MAX];      /* absolute */
    char config[DEVNET_PATH_MAX];   /* absolute; derived from data_dir */
    char rpc[64];                   /* URL */
    bool observer;
};
struct devnet {
    uint64_t chain_id;
    struct devnet_node nodes[DEVNET_NODES_MAX];
    uint32_t node_cnt;
};

/* Secret and address of the account with that index of the mnemonic that every Ethereum developer knows. */
MC_NODISCARD enum mc_err devnet_account(uint8_t secret[32], struct mc_addr *addr, uint32_t i,
                                        struct mc_errmsg *em);

/* Reads dir/devnet.json.  MC_ENOTFOUND: no devnet there, with words that say how to start one. */
MC_NODISCARD enum mc_err devnet_file_read(struct devnet *out, const char *dir,
                                          struct mc_errmsg *em);
/* Writes it, accounts and ABIs included; needs vm_init(). */
MC_NODISCARD enum mc_err devnet_file_write(const struct devnet *d, const char *dir,
                                           struct mc_errmsg *em);
/* URL of its first node. */
MC_NODISCARD enum mc_err devnet_file_url(char *out, size_t cap, const char *dir,
                                         struct mc_errmsg *em);
/* True while the process with the recorded number is really this node: a number may have been given to another. */
bool devnet_node_alive(const struct devnet_node *n);

#endif
