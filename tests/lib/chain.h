/* A small chain for ledger tests: genesis with eight funded accounts that hold every role, signed
 * transactions with running nonces, and blocks in one call.
 *
 *     struct chain *c = chain_new(store_mem_new());
 *     chain_record(c, 0, "r1");                      // queue: createRecord("r1") by account 0
 *     chain_block(c);                                // execute, seal, commit
 *     chain_free(c);                                 // closes ledger and store
 */
#ifndef MC_TESTS_LIB_CHAIN_H
#define MC_TESTS_LIB_CHAIN_H

#include "ledger/ledger.h"

#define CHAIN_ID       31337u
#define CHAIN_ACCOUNTS 8u
#define CHAIN_BALANCE  1000000000000000000u /* wei of each account */
#define CHAIN_TIME_MS  1700000000000u       /* of block 0 */

struct chain {
    struct ledger *l;
    struct ledger_cfg cfg;
    struct ledger_genesis genesis;
    struct mc_hash genesis_hash;
    struct ledger_genesis_account balances[CHAIN_ACCOUNTS];
    struct vm_genesis_account accounts[CHAIN_ACCOUNTS];
    struct vm_genesis_member member;
    struct vm_genesis_validator validator;
    struct vm_genesis_param params[2];
    uint64_t nonces[CHAIN_ACCOUNTS];
    struct ledger_tx **queue; /* of the next block */
    uint32_t queue_cnt, queue_cap;
};

/* Fills configuration and genesis only; l stays NULL. */
void chain_setup(struct chain *c);
/* Makes block 0 in the store.  A failure fails the test. */
struct chain *chain_new(struct store *store);
/* Opens an existing chain in the store, nonces from its state. */
struct chain *chain_reopen(struct store *store);
void chain_free(struct chain *c); /* closes the ledger; queued transactions are dropped */

struct mc_addr chain_account(uint32_t i);
void chain_secret(uint8_t out[32], uint32_t i);
/* Call data by name and JSON arguments; aborts when wrong. */
void chain_data(struct mc_buf *out, const char *module, const char *method, const char *args);

/* A signed, recovered transaction of account `from` with its next nonce; fields other than nonce
 * and chain id as given.  The caller owns the reference. */
struct ledger_tx *chain_sign(struct chain *c, uint32_t from, struct ledger_tx_fields f);
/* The same, queued for the next block (which then owns it). */
void chain_queue(struct chain *c, uint32_t from, struct ledger_tx_fields f);
void chain_transfer(struct chain *c, uint32_t from, const struct mc_addr *to, uint64_t value);
void chain_call(struct chain *c, uint32_t from, const char *module, const char *method,
                const char *args);
void chain_record(struct chain *c, uint32_t from, const char *id);

/* Environment of the next block: 1000 ms after the head. */
struct ledger_block_env chain_env(struct chain *c);
/* Runs the queue as the next block and commits it; NULL errors: a failure fails the test. */
void chain_block(struct chain *c);
/* The same, but answers the first error. */
enum mc_err chain_try_block(struct chain *c, struct mc_errmsg *em);

/* Fails the test with em's words unless err is MC_OK. */
#define assert_ok(expr)                                                                            \
    do {                                                                                           \
        enum mc_err ok_err_ = (expr);                                                              \
        if (ok_err_ != MC_OK)                                                                      \
            fail_msg("%s: %s: %s", #expr, mc_err_text(ok_err_), em.text);                          \
    } while (0)

#endif
