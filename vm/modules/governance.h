/* Governance, private part: members, their accounts, validators, parameters, pauses, proposals.
 *
 *     account      (1, account)        under which member, permissions, membership to come
 *     member       (2, member id)      one entry of the member list; ids count admissions from 0
 *     staff        (3, member id)      list of the accounts under a member
 *     leaving      (4, member id)      schedule: accounts of a former member that are admitted anew
 *     members      (5)                 schedule: member ids by the height of their admission
 *     removals     (6)                 schedule: member ids by the height of their removal
 *     validator    (7, account)        key, member, heights
 *     validators   (8)                 list of accounts, at most 100 that are not gone
 *     used key     (9, key)            1 once an approval or the genesis used it
 *     set changes  (10)                schedule: the heights at which the validator set changes
 *     parameter    (11, name)          value and the value to come; absent: the default
 *     module       (12, address)       pause and version, and those to come
 *     requests     (13, address)       emergency pause requests that may still count
 *     proposal     (14, id)            ids from 1; count (15); tally (18, id)
 *     vote         (16, id, member id) and list (17, id): member ids by first vote
 *
 * Nothing runs at a height: whatever a vote decided is stored with the height from which it counts, and every reader
 * compares that with its own block (vm_gov_reached).  Heights are uint256, since a proposer may name any; one that no
 * block will ever have simply never counts. */
#ifndef MC_VM_MODULES_GOVERNANCE_H
#define MC_VM_MODULES_GOVERNANCE_H

#include "vm/guard.h"
#include "vm/modules/args.h"

#define VM_GOV_VALIDATORS_MAX 100u
#define VM_GOV_SEND           1u /* permission bits */
#define VM_GOV_DEPLOY         2u
#define VM_GOV_ALL            3u

enum vm_gov_tag {
    VM_GOV_TAG_ACCOUNT = 1,
    VM_GOV_TAG_MEMBER,
    VM_GOV_TAG_STAFF,
    VM_GOV_TAG_LEAVING,
    VM_GOV_TAG_MEMBERS,
    VM_GOV_TAG_REMOVALS,
    VM_GOV_TAG_VALIDATOR,
    VM_GOV_TAG_VALIDATORS,
    VM_GOV_TAG_USED_KEY,
    VM_GOV_TAG_SET_CHANGES,
    VM_GOV_TAG_PARAM,
    VM_GOV_TAG_MODULE,
    VM_GOV_TAG_REQUESTS,
    VM_GOV_TAG_PROPOSAL,
    VM_GOV_TAG_PROPOSAL_CNT,
    VM_GOV_TAG_VOTE,
    VM_GOV_TAG_VOTES,
    VM_GOV_TAG_TALLY
};

enum vm_gov_event {
    VM_GOV_PROPOSAL_CREATED,
    VM_GOV_VOTE_CAST,
    VM_GOV_PROPOSAL_APPROVED,
    VM_GOV_PROPOSAL_CANCELLED,
    VM_GOV_PAUSE_REQUESTED,
    VM_GOV_MODULE_PAUSED,
    VM_GOV_PERMISSION_CHANGED
};

/* ------------------------------------------------------------------ heights (governance_schedule.c) */

/* A tag and a number as 8 bytes. */
struct vm_key vm_gov_id_key(uint8_t tag, uint64_t id);
/* True when a height was set (is not 0) and the block has reached it. */
bool vm_gov_reached(const struct vm_call *c, const struct mc_u256 *height);
/* True when a height was set and lies ahead. */
bool vm_gov_ahead(const struct vm_call *c, const struct mc_u256 *height);

/* A schedule is a list of (height, payload of up to 20 bytes) by height, then by insertion. */
MC_NODISCARD enum mc_err vm_gov_sched_add(struct vm_call *c, const struct vm_key *k,
                                          const struct mc_u256 *height, struct mc_slice payload);
/* Number of entries whose height the block has reached. */
MC_NODISCARD enum mc_err vm_gov_sched_due(struct vm_call *c, const struct vm_key *k, uint64_t *cnt);
/* Entry i, below the list's length; either output may be NULL. */
MC_NODISCARD enum mc_err vm_gov_sched_at(struct vm_call *c, const struct vm_key *k, uint64_t i,
                                         struct mc_u256 *height, struct mc_slice *payload);
/* The lowest height from *height on at which the validator set does not change yet; takes it.  Panics when there is
 * none. */
MC_NODISCARD enum mc_err vm_gov_set_change(struct vm_call *c, struct mc_u256 *height);

/* ------------------------------------------------------------------ members (governance_member.c) */

#define VM_GOV_NONE UINT64_MAX /* no member */

struct vm_gov_member {
    struct mc_addr account; /* the present one */
    struct mc_slice name;
    struct mc_u256 since;        /* height of the admission, 0 in genesis */
    struct mc_u256 removed;      /* height of the removal, 0: none decided */
    struct mc_addr next_account; /* takes over at next_height; zero: nobody */
    struct mc_u256 next_height;
};

struct vm_gov_account {
    uint64_t member;     /* id of the member it is listed under, plus 1; 0: none */
    uint64_t own;        /* id of the latest member it is or was the account of, plus 1; 0: never */
    uint64_t pos;        /* in the staff list of next, else of member */
    uint8_t permissions; /* as given by setAccounts or admission */
    struct mc_u256
        bar_height; /* from here on permissions are 0: replaced as member account; 0: no */
    uint64_t next;  /* becomes the account of this member, plus 1, at next_height; 0: of none */
    struct mc_u256 next_height;
};

/* Both as they count in the current block.  A member that exists only ahead loads too: see vm_gov_member_active. */
MC_NODISCARD enum mc_err vm_gov_member_load(struct vm_call *c, uint64_t id,
                                            struct vm_gov_member *m);
MC_NODISCARD enum mc_err vm_gov_member_save(struct vm_call *c, uint64_t id,
                                            const struct vm_gov_member *m);
MC_NODISCARD enum mc_err vm_gov_account_load(struct vm_call *c, const struct mc_addr *account,
                                             struct vm_gov_account *a);
MC_NODISCARD enum mc_err vm_gov_account_save(struct vm_call *c, const struct mc_addr *account,
                                             const struct vm_gov_account *a);
bool vm_gov_member_active(const struct vm_call *c, const struct vm_gov_member *m);
/* The active member whose present account this is; *id VM_GOV_NONE when there is none. */
MC_NODISCARD enum mc_err vm_gov_member_by(struct vm_call *c, const struct mc_addr *account,
                                          uint64_t *id, struct vm_gov_member *m);
/* Members in the list (admitted, active and former), and those that are active. */
MC_NODISCARD enum mc_err vm_gov_member_cnt(struct vm_call *c, uint64_t *listed, uint64_t *active);
/* Position in the list of a member that has been admitted. */
MC_NODISCARD enum mc_err vm_gov_member_rank(struct vm_call *c, uint64_t id,
                                            const struct vm_gov_member *m, uint64_t *rank);
/* Permissions as they count. */
MC_NODISCARD enum mc_err vm_gov_permissions(struct vm_call *c, const struct mc_addr *account,
                                            const struct vm_gov_account *a, uint8_t *out);

/* ------------------------------------------------------------------ accounts (governance_account.c) */

/* Puts the account at the end of the member's staff list and sets a->pos; the caller saves a. */
MC_NODISCARD enum mc_err vm_gov_staff_add(struct vm_call *c, uint64_t member,
                                          const struct mc_addr *account, struct vm_gov_account *a);
/* Takes the entry at pos out of the member's staff list. */
MC_NODISCARD enum mc_err vm_gov_staff_cut(struct vm_call *c, uint64_t member, uint64_t pos);
/* The accounts that are listed under a member now: in the staff list, without the one that is hidden because it
 * takes over later, and those in the schedule of leavers that have not left. */
struct vm_gov_staff {
    struct vm_key key, leaving;
    uint64_t hidden; /* position in the staff list, UINT64_MAX for none */
    uint64_t stored_cnt;
    uint64_t left;
    uint64_t total;
};
MC_NODISCARD enum mc_err vm_gov_staff(struct vm_call *c, uint64_t id, const struct vm_gov_member *m,
                                      struct vm_gov_staff *s);

/* ------------------------------------------------------------------ validators (governance_validator.c) */

struct vm_gov_validator {
    struct mc_hash key;
    uint64_t member;            /* id plus 1; 0: none, in genesis only */
    struct mc_u256 since;       /* height from which the account has this key */
    struct mc_u256 removed;     /* 0: not decided */
    struct mc_hash next_key;    /* from next_height on */
    struct mc_u256 next_height; /* 0: no rotation decided */
    struct mc_addr account;     /* not stored */
};

/* As it counts in the current block; *found also for one that is still to come or gone. */
MC_NODISCARD enum mc_err vm_gov_validator_load(struct vm_call *c, const struct mc_addr *account,
                                               struct vm_gov_validator *v, bool *found);
MC_NODISCARD enum mc_err vm_gov_validator_save(struct vm_call *c, const struct vm_gov_validator *v);
/* Makes a validator of the next block or an announced one, in list and record, and uses its key. */
MC_NODISCARD enum mc_err vm_gov_validator_add(struct vm_call *c, const struct vm_gov_validator *v);
/* Member of the set that decides the next block. */
bool vm_gov_validator_in(const struct vm_call *c, const struct vm_gov_validator *v);
/* An addition, removal or rotation of it has been approved and does not count yet. */
bool vm_gov_validator_pending(const struct vm_call *c, const struct vm_gov_validator *v);
/* All that are not gone, announced ones included, ascending by account, in the call's memory. */
MC_NODISCARD enum mc_err vm_gov_validator_all(struct vm_call *c, struct vm_gov_validator **out,
                                              uint32_t *cnt);
MC_NODISCARD enum mc_err vm_gov_key_used(struct vm_call *c, const struct mc_hash *key, bool *out);
MC_NODISCARD enum mc_err vm_gov_key_use(struct vm_call *c, const struct mc_hash *key);

/* ------------------------------------------------------------------ parameters (governance_param.c) */

/* Index in the table, which is in order of name; UINT32_MAX for an unknown one. */
uint32_t vm_gov_param_find(struct mc_slice name);
bool vm_gov_param_in_range(uint32_t i, const struct mc_u256 *v);
/* The value becomes another at a height (0: at once, in genesis). */
MC_NODISCARD enum mc_err vm_gov_param_set(struct vm_call *c, uint32_t i, const struct mc_u256 *v,
                                          const struct mc_u256 *height);

/* ------------------------------------------------------------------ modules (governance_module.c) */

struct vm_gov_module {
    struct mc_u256 paused_until; /* 0: not paused; max: until a vote ends it; else block time */
    uint64_t version;
    uint8_t next_pause; /* 9 or 10: the kind of proposal that counts from pause_height on */
    struct mc_u256 pause_height;
    uint64_t next_version;
    struct mc_u256 version_height;
};
/* By well-known address, as it counts in the current block. */
MC_NODISCARD enum mc_err vm_gov_module_load(struct vm_call *c, const struct mc_addr *module,
                                            struct vm_gov_module *m);
MC_NODISCARD enum mc_err vm_gov_module_save(struct vm_call *c, const struct mc_addr *module,
                                            const struct vm_gov_module *m);
bool vm_gov_module_paused(const struct vm_gov_module *m);
/* The module at this well-known address; NULL for any other address. */
const struct vm_module *vm_gov_module_at(const struct mc_addr *address);

#endif
