/* Machine: one message (the inside of a transaction, or of a call) run over a state, with the
 * module host behind it. Blocks and views share it, so that eth_call and execution cannot differ. */
#ifndef MC_LEDGER_MACHINE_H
#define MC_LEDGER_MACHINE_H

#include "ledger/state.h"

struct machine {
    struct state st;
    const struct ledger_cfg *cfg;
    struct vm_host host;
    struct vm_env env;
    struct mc_arena tx_arena; /* reset before each message */
    struct mc_arena *keep;    /* logs and revert data go here */
    struct ledger_log *logs;  /* of the message that runs, or ran last */
    uint32_t log_cnt, log_cap;
    struct mc_errmsg em; /* words of a fatal error met inside a module */
};

/* m must not move afterwards. */
void ledger_machine_init(struct machine *m, const struct ledger_cfg *cfg, struct store *store,
                         uint64_t state_block, struct cell_cache *cache, struct mc_arena *cells,
                         struct mc_arena *keep);
void ledger_machine_free(struct machine *m);

struct message {
    struct mc_addr from;
    uint64_t nonce; /* of the sender before the message: names a created instance */
    bool has_to;
    struct mc_addr to;
    struct mc_u256 value;
    struct mc_slice data;
    uint64_t gas; /* after the intrinsic cost */
};
struct outcome {
    /* MC_OK; MC_EREVERT; MC_EOUTOFGAS; MC_EUNSUPPORTED: creation data; MC_EEXIST: address taken */
    enum mc_err err;
    uint64_t gas_left;
    struct mc_slice output;  /* in tx_arena */
    struct mc_addr contract; /* of a creation */
};
/* Transfers the value, runs the callee, undoes everything of it when it fails.  The sender's funds
 * must suffice. Returns: MC_OK with *out, whatever the outcome; otherwise a fatal error. */
MC_NODISCARD enum mc_err ledger_machine_run(struct machine *m, struct outcome *out,
                                            const struct message *msg, struct mc_errmsg *em);
/* The module that creation data asks for; NULL: none. */
const struct vm_module *ledger_creation_module(const struct ledger_cfg *cfg, struct mc_slice data);
/* Makes the account of a fresh instance: nonce 1 (EIP-161), its module's code. */
MC_NODISCARD enum mc_err ledger_machine_instance_add(struct machine *m, const struct mc_addr *at,
                                                     const struct vm_module *module,
                                                     struct mc_errmsg *em);

#endif
