/* The people of a new chain: members, validators, accounts and roles, for `genesis init` and the devnet alike. */
#ifndef MC_TOOLS_CONSORTIUM_H
#define MC_TOOLS_CONSORTIUM_H

#include "genesis/genesis.h"

#define CONSORTIUM_MEMBERS_MAX  MC_VALIDATORS_MAX
#define CONSORTIUM_ACCOUNTS_MAX 256u
#define CONSORTIUM_NAME_MAX     65u

/* Holds what a gen_spec points to.  Large: allocate it. */
struct consortium {
    struct gen_spec spec;
    char names[CONSORTIUM_MEMBERS_MAX][CONSORTIUM_NAME_MAX];
    struct vm_genesis_member members[CONSORTIUM_MEMBERS_MAX];
    struct vm_genesis_validator validators[CONSORTIUM_MEMBERS_MAX];
    struct vm_genesis_account accounts[CONSORTIUM_ACCOUNTS_MAX];
    struct mc_u256 balances[CONSORTIUM_ACCOUNTS_MAX];
    struct vm_genesis_param params[4];
    struct ledger_fingerprint fingerprints[3];
};

/* Defaults, this moment as the time of block 0, the known fingerprints; no people yet. */
void consortium_init(struct consortium *c, uint64_t chain_id);
/* A member with one validator; its account gets permissions 3.  MC_ELIMIT, or MC_EINVAL for a bad name. */
MC_NODISCARD enum mc_err consortium_add_member(struct consortium *c, const char *name,
                                               const struct mc_addr *account,
                                               const uint8_t public_key[32], struct mc_errmsg *em);
/* An account, or more rights for one that is there.  member_i UINT32_MAX: of no member. */
MC_NODISCARD enum mc_err consortium_add_account(struct consortium *c, const struct mc_addr *account,
                                                uint32_t member_i, uint32_t roles,
                                                const struct mc_u256 *balance,
                                                struct mc_errmsg *em);
MC_NODISCARD enum mc_err consortium_add_param(struct consortium *c, const char *name,
                                              uint64_t value, struct mc_errmsg *em);
/* Writes the file and reads it again as a node would. */
MC_NODISCARD enum mc_err consortium_write(const struct consortium *c, const char *path,
                                          struct mc_hash *genesis_hash, struct mc_errmsg *em);

#endif
