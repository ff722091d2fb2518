/* AccessControl, private part: time-limited grants on single data items, and the consortium's roles.
 *
 *     grant      (1, grantId)          one grant; lists (2) all, (3, grantor), (4, grantee): ids in creation order
 *     use        (5, number)           one entry of the usage log; number 8 bytes big endian, from 0
 *     use count  (6);                  list (7, dataId): the numbers of the entries about this item
 *     account    (8, account)          suspension, roles with their ends, changes that a vote decided
 *     holders    (9, role)             list of the accounts that have an entry of the role, in no order
 *     admin      (10, role)            the role that administers it, once somebody changed it
 *     decided    (11, role)            list of the accounts with a decided change of the role
 *
 * The guard reads one record for an account.  A vote of Governance (kinds 7 and 8) leaves a change in the account's
 * record that counts from its height on: readers apply it in memory (vm_ac_read), the next writer of the record
 * carries it out (vm_ac_settle). */
#ifndef MC_VM_MODULES_ACCESS_CONTROL_H
#define MC_VM_MODULES_ACCESS_CONTROL_H

#include "vm/guard.h"
#include "vm/modules/args.h"

#define VM_AC_ROLES_MAX 32u

/* One role of an account. */
struct vm_ac_entry {
    struct mc_hash role;
    uint32_t bit;          /* VM_ADMIN ...; 0 for a role without a name */
    uint64_t pos;          /* in the list of holders */
    struct mc_u256 expiry; /* block time in seconds, exclusive; 0: without end */
};

/* What a vote decided about one named role of the account. */
struct vm_ac_change {
    uint32_t bit;
    bool grant;            /* sets the membership to expiry; false: removes it */
    uint64_t pos;          /* in the list of decided changes */
    struct mc_u256 expiry; /* as in vm_ac_entry */
    struct mc_u256 height; /* counts from this block on */
};

/* Only the first entry_cnt entries and change_cnt changes are filled in. */
struct vm_ac_account {
    bool suspended;
    uint32_t entry_cnt;
    uint32_t change_cnt;
    struct vm_ac_entry entries[VM_AC_ROLES_MAX];
    struct vm_ac_change
        changes[VM_ROLE_CNT]; /* at most one for each role, by height, then by approval */
};

extern const struct vm_layout VM_AC_GRANT, VM_AC_USE;

enum vm_ac_event {
    VM_AC_GRANTED,
    VM_AC_REVOKED,
    VM_AC_USED,
    VM_AC_EXPIRED,
    VM_AC_ROLE_GRANTED,
    VM_AC_ROLE_REVOKED,
    VM_AC_ROLE_ADMIN_CHANGED,
    VM_AC_ROLE_EXPIRY_SET,
    VM_AC_ACCOUNT_SUSPENDED,
    VM_AC_ACCOUNT_REINSTATED
};

/* ------------------------------------------------------------------ accounts (access_control_account.c) */

struct vm_key vm_ac_holders_key(const struct mc_hash *role);
struct vm_key vm_ac_decided_key(const struct mc_hash *role);
struct vm_key vm_ac_admin_key(const struct mc_hash *role);

/* The bit of a named role; 0 for any other. */
uint32_t vm_ac_bit(const struct mc_hash *role);
/* True when a height was set and the block has reached it. */
bool vm_ac_reached(const struct vm_call *c, const struct mc_u256 *height);
/* True when an end lies at or before the block time; 0 never does. */
bool vm_ac_ended(const struct vm_call *c, const struct mc_u256 *expiry);
/* The account's entry of a role, expired ones included; NULL for none. */
struct vm_ac_entry *vm_ac_find(struct vm_ac_account *a, const struct mc_hash *role);

/* The record as it is stored. */
MC_NODISCARD enum mc_err vm_ac_load(struct vm_call *c, const struct mc_addr *account,
                                    struct vm_ac_account *a);
/* The record as it counts in the current block; an entry that exists by a decided change only has pos UINT64_MAX. */
MC_NODISCARD enum mc_err vm_ac_read(struct vm_call *c, const struct mc_addr *account,
                                    struct vm_ac_account *a);
/* The record for a writer: what is due has been carried out in the lists.  The caller saves it. */
MC_NODISCARD enum mc_err vm_ac_settle(struct vm_call *c, const struct mc_addr *account,
                                      struct vm_ac_account *a);
MC_NODISCARD enum mc_err vm_ac_save(struct vm_call *c, const struct mc_addr *account,
                                    const struct vm_ac_account *a);
/* Adds an entry, for which there must be room, or removes one, here and in the list of holders.  Both on a settled
 * record that the caller saves. */
MC_NODISCARD enum mc_err vm_ac_add(struct vm_call *c, const struct mc_addr *account,
                                   struct vm_ac_account *a, const struct mc_hash *role,
                                   const struct mc_u256 *expiry);
MC_NODISCARD enum mc_err vm_ac_remove(struct vm_call *c, struct vm_ac_account *a,
                                      struct vm_ac_entry *e);
/* Element i of a list of accounts, below its length. */
MC_NODISCARD enum mc_err vm_ac_list_account(struct vm_call *c, const struct vm_key *k, uint64_t i,
                                            struct mc_addr *out);
/* Removes element pos of a list of accounts; *moved is the account that took its place, zero for none. */
MC_NODISCARD enum mc_err vm_ac_list_cut(struct vm_call *c, const struct vm_key *k, uint64_t pos,
                                        struct mc_addr *moved);

/* ------------------------------------------------------------------ votes (access_control_vote.c) */

/* A vote decided kind 7 (grant) or 8 about a named role; counts from height on, which lies ahead.  It replaces a
 * change of the same role and account that has not taken effect.  c is any writable call. */
MC_NODISCARD enum mc_err vm_ac_decide(struct vm_call *c, const struct mc_addr *account,
                                      const struct vm_ac_change *change);

/* The holders of a role in the current block: the stored list without those that a decided change removed, then
 * those that one added. */
struct vm_ac_holders {
    struct vm_key key;
    uint64_t stored_cnt;
    uint64_t *gone; /* ascending positions in the stored list */
    uint32_t gone_cnt;
    struct mc_addr *added;
    uint32_t added_cnt;
    uint64_t total;
};
MC_NODISCARD enum mc_err vm_ac_holders(struct vm_call *c, const struct mc_hash *role,
                                       struct vm_ac_holders *h);
/* Holder i, below h->total. */
MC_NODISCARD enum mc_err vm_ac_holder_at(struct vm_call *c, const struct vm_ac_holders *h,
                                         uint64_t i, struct mc_addr *out);

/* ------------------------------------------------------------------ roles (access_control_roles.c) */

/* The role that administers a role. */
MC_NODISCARD enum mc_err vm_ac_admin_of(struct vm_call *c, const struct mc_hash *role,
                                        struct mc_hash *admin);
/* hasRole() at this instance. */
MC_NODISCARD enum mc_err vm_ac_has_role(struct vm_call *c, const struct mc_hash *role,
                                        const struct mc_addr *account, bool *out);

/* ------------------------------------------------------------------ handlers */

/* access_control_grants.c */
VM_HANDLER(vm_ac_grant_access);
VM_HANDLER(vm_ac_revoke_access);
VM_HANDLER(vm_ac_log_access);
/* access_control_uses.c: views of part 1 */
VM_HANDLER(vm_ac_has_access);
VM_HANDLER(vm_ac_get_access_grant);
VM_HANDLER(vm_ac_get_patient_grants);
VM_HANDLER(vm_ac_get_provider_accesses);
VM_HANDLER(vm_ac_get_access_logs);
VM_HANDLER(vm_ac_get_total_grants);
VM_HANDLER(vm_ac_is_grant_expired);
VM_HANDLER(vm_ac_access_grants);
VM_HANDLER(vm_ac_patient_grants);
VM_HANDLER(vm_ac_provider_accesses);
VM_HANDLER(vm_ac_access_logs);
VM_HANDLER(vm_ac_grant_ids);
VM_HANDLER(vm_ac_get_patient_grants_page);
VM_HANDLER(vm_ac_get_provider_accesses_page);
VM_HANDLER(vm_ac_get_access_logs_page);
VM_HANDLER(vm_ac_get_access_logs_by_data);
/* access_control_roles.c */
VM_HANDLER(vm_ac_grant_role);
VM_HANDLER(vm_ac_grant_role_until);
VM_HANDLER(vm_ac_revoke_role);
VM_HANDLER(vm_ac_renounce_role);
VM_HANDLER(vm_ac_set_role_admin);
VM_HANDLER(vm_ac_suspend_account);
VM_HANDLER(vm_ac_reinstate_account);
/* access_control_views.c: views of part 2 */
VM_HANDLER(vm_ac_has_role_view);
VM_HANDLER(vm_ac_get_role_admin);
VM_HANDLER(vm_ac_get_role_member_count);
VM_HANDLER(vm_ac_get_role_member);
VM_HANDLER(vm_ac_get_role_members);
VM_HANDLER(vm_ac_get_role_expiry);
VM_HANDLER(vm_ac_get_account_roles);
VM_HANDLER(vm_ac_is_suspended);

/* Grants in state (access_control_grants.c). */
struct vm_ac_grant {
    struct mc_slice data_id;
    struct mc_addr grantor;
    struct mc_addr grantee;
    uint64_t grant_time_s;
    struct mc_u256 expire_time_s;
    bool active;
    struct mc_slice data_type;
};
struct vm_ac_use {
    struct mc_addr accessor;
    uint64_t time_s;
    struct mc_slice data_id;
    struct mc_slice action;
};
MC_NODISCARD enum mc_err vm_ac_grant_load(struct vm_call *c, struct mc_slice id,
                                          struct vm_ac_grant *g, bool *found);
struct vm_key vm_ac_all_key(void);
struct vm_key vm_ac_grantor_key(const struct mc_addr *account);
struct vm_key vm_ac_grantee_key(const struct mc_addr *account);
struct vm_key vm_ac_use_key(uint64_t i);
struct vm_key vm_ac_use_cnt_key(void);
struct vm_key vm_ac_data_key(struct mc_slice data_id);

#endif
