/* Configuration of a node: one table of keys; each is a key of the JSON file, an environment variable and a flag.
 *
 *     file {"rpcPort": 8545}  <  MEDICHAIN_RPC_PORT=8545  <  --rpc-port 8545        (the later wins) */
#ifndef MC_NODE_CONFIG_H
#define MC_NODE_CONFIG_H

#include "base/base.h"

#define NODE_PATH_MAX 1024u
#define NODE_TEXT_MAX 1024u
#define NODE_LIST_MAX 49152u /* PEER_LIST_MAX peers with long names */

struct node_cfg {
    char data_dir[NODE_PATH_MAX];
    char genesis[NODE_PATH_MAX];
    char validator_key[NODE_PATH_MAX];   /* empty: an observer */
    char passphrase_file[NODE_PATH_MAX]; /* empty: the key file has no passphrase */
    char rpc_host[NODE_TEXT_MAX];
    uint64_t rpc_port; /* 0: any free port, written to <dataDir>/rpc.port */
    char rpc_cors[NODE_TEXT_MAX];
    char rpc_hosts[NODE_TEXT_MAX];
    char rpc_methods[NODE_TEXT_MAX];
    uint64_t rpc_connections_max;
    uint64_t rpc_threads;
    uint64_t rpc_log_rows_max;
    uint64_t rpc_call_gas_max;
    char peer_host[NODE_TEXT_MAX]; /* empty: no listener for peers */
    uint64_t peer_port;            /* 0: any free port, written to <dataDir>/peer.port */
    char peers[NODE_LIST_MAX];     /* see peer_list.h */
    char peer_key
        [NODE_PATH_MAX]; /* identity of a node without validator key; empty: <dataDir>/peer.json */
    bool amnesia;        /* the operator confirms that the vote log was lost */
    uint64_t min_block_ms;
    uint64_t heartbeat_s; /* 0: no heartbeat blocks */
    uint64_t round_timeout_ms;
    uint64_t pool_tx_max;
    uint64_t pool_per_sender_max;
    uint64_t pool_expiry_s;
    bool pool_allow_unprotected;
    char log_level[NODE_TEXT_MAX];
    bool log_json;
    bool devnet; /* unlocked, publicly known accounts; refused unless the RPC listens on loopback */
    bool check_only;
};

/* True for 127.x, ::1 and localhost: reached from this machine only. */
bool node_host_is_local(const char *host);

enum node_cfg_result { NODE_CFG_RUN, NODE_CFG_EXIT_OK, NODE_CFG_EXIT_USAGE, NODE_CFG_EXIT_BAD };

/* Reads everything; prints help to stdout when asked.  em tells what to mend for the two error results. */
enum node_cfg_result node_cfg_read(struct node_cfg *out, int argc, char **argv,
                                   struct mc_errmsg *em);

#endif
