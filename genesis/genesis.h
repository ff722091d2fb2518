/* genesis: the file that a consortium agrees on before its first block.
 *
 * JSON, format 1 (every key is described in docs/formats.md).  Parsing checks size, shape and meaning and names the key
 * that is wrong; the same structure writes the file, so that what `medichain genesis init` and the devnet make is what a
 * validator reads.  The hash of block 0 covers every value: balances and module state through the state root, and
 * everything else (gas schedule, fingerprints, unit) through a digest of the canonical file kept in that state.
 *
 *     gen_parse ──> gen_ledger_cfg, gen_ledger_genesis ──> ledger_create / ledger_open
 *     gen_spec  ──> gen_write ──> genesis.json */
#ifndef MC_GENESIS_GENESIS_H
#define MC_GENESIS_GENESIS_H

#include "ledger/ledger.h"

#define GEN_FORMAT 1u

/* Devnet accounts start with this: 10,000 ether in wei, decimal. */
#define GEN_DEVNET_BALANCE "10000000000000000000000"

/* What a genesis file says.  Index members are positions in `members`. */
struct gen_spec {
    uint64_t chain_id; /* 1 .. 2^53 - 1, so that every JSON reader keeps it exact */
    uint64_t time_ms;  /* of block 0 */
    struct mc_u256 base_fee;
    const char *unit_name, *unit_symbol;
    uint8_t unit_decimals;
    struct vm_gas gas;
    struct vm_genesis_member *members;
    uint32_t member_cnt;
    struct vm_genesis_validator *validators;
    uint32_t validator_cnt;
    struct vm_genesis_account *accounts;
    struct mc_u256 *balances; /* one for each of accounts */
    uint32_t account_cnt;
    struct vm_genesis_param *params;
    uint32_t param_cnt;
    struct ledger_fingerprint *fingerprints;
    uint32_t fingerprint_cnt;
};

/* Defaults for everything but chain id, time and people. */
void gen_spec_init(struct gen_spec *s);
/* The three creation-code fingerprints of the earlier contracts (contracts/README.md): fills at most 3. */
uint32_t gen_known_fingerprints(struct ledger_fingerprint out[3]);
/* Appends the canonical file. */
void gen_write(struct mc_buf *out, const struct gen_spec *s);

struct gen;
/* Returned: gen_free.  vm_init() must have run.  Errors: MC_EMALFORM, MC_ELIMIT or MC_EINVAL with a sentence that names
 * the key. */
MC_NODISCARD enum mc_err gen_parse(struct gen **out, struct mc_slice json, struct mc_errmsg *em);
MC_NODISCARD enum mc_err gen_load(struct gen **out, const char *path, struct mc_errmsg *em);
void gen_free(struct gen *g); /* NULL is allowed */

/* Borrowed for the life of g. */
const struct gen_spec *gen_spec(const struct gen *g);
const struct ledger_cfg *gen_ledger_cfg(const struct gen *g);
const struct ledger_genesis *gen_ledger_genesis(const struct gen *g);
/* Hash of block 0. */
MC_NODISCARD enum mc_err gen_hash(struct mc_hash *out, const struct gen *g, struct mc_errmsg *em);

#endif
