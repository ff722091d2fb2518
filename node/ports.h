/* The node's answer to rpc/ports.h: ledger, pool and devnet keys behind plain structures.  All functions are called from
 * worker threads. */
#ifndef MC_NODE_PORTS_H
#define MC_NODE_PORTS_H

#include "ledger/ledger.h"
#include "node/dev_keys.h"
#include "node/pool.h"
#include "rpc/ports.h"

struct watch;

struct ports {
    struct ledger *ledger;
    struct pool *pool;
    const struct dev_keys *dev; /* NULL: not a devnet */
    struct mc_u256 base_fee;
    uint64_t chain_id;
    uint32_t log_rows_max;
    uint64_t call_gas_max;        /* a call without gas gets this, and none gets more */
    void (*pool_wake)(void *arg); /* a transaction was admitted */
    void (*submitted)(void *arg,
                      struct ledger_tx *tx); /* this one, for the peers; NULL: there are none */
    void (*health)(void *arg, struct rpc_health *out);
    void (*metrics)(void *arg, struct mc_buf *out);
    struct watch *watch;
    enum mc_err (*info)(void *arg, struct rpc_node_info *out, struct mc_errmsg *em);
    uint64_t (*wall_ms)(void);
    void *arg;
    struct mc_slice *module_abi; /* one JSON text for each module; ports_close frees them */
};

/* Fills out for the life of p, whose first members the caller has set. */
MC_NODISCARD enum mc_err ports_open(struct rpc_ports *out, struct ports *p, struct mc_errmsg *em);
void ports_close(struct ports *p);

/* The same ledger as the pool's source of accounts and limits; used under the pool's lock only. */
struct ports_source {
    struct ledger *ledger;
    bool known; /* the two below are those of block `number` */
    uint64_t number;
    struct mc_u256 min_price;
};
void ports_pool_source(struct pool_source *out, struct ports_source *s, struct ledger *l);

#endif
