/* Two hospitals, their staff and their patients: what the tests of consent, records and prescriptions share.  A test
 * file defines M, the module that does() and refuses() call. */
#ifndef MC_TESTS_VM_CARE_TEXT_H
#define MC_TESTS_VM_CARE_TEXT_H

#include "tests/vm/args_text.h"

enum {
    NOBODY,
    HOSPITAL,
    CLINIC,
    PATIENT, /* of no member */
    CHILD,   /* of HOSPITAL */
    RELATIVE,
    DOCTOR, /* the staff is of HOSPITAL ... */
    NURSE,
    PHARMACIST,
    ADMIN,
    RESCUER,
    DOCTOR_2, /* ... and this one of CLINIC */
    PHARMACIST_2,
    ADMIN_2,
    AUDITOR,
    INSURER,
    ACCOUNTS
};

#define NONE       UINT32_MAX
#define START      1700000000ull /* h->time_s at first */
#define HASH(d)    "\"0x00000000000000000000000000000000000000000000000000000000000000" d "\""
#define ZERO_HASH  HASH("00")
#define ZERO_JSON  "\"" ZERO_ADDR "\""
#define LIMIT_ID   128
#define LIMIT_TEXT 2048

static struct memhost *h;

/* The chain with one parameter set; name NULL for none. */
static inline void care_begin(const char *name, uint64_t value)
{
    static const struct {
        uint32_t member_i, roles;
    } rows[ACCOUNTS] = {
        [PATIENT] = {NONE, VM_PATIENT}, [CHILD] = {0, VM_PATIENT},
        [RELATIVE] = {NONE, 0},         [DOCTOR] = {0, VM_DOCTOR},
        [NURSE] = {0, VM_NURSE},        [PHARMACIST] = {0, VM_PHARMACIST},
        [ADMIN] = {0, VM_ADMIN},        [RESCUER] = {0, VM_EMERGENCY},
        [DOCTOR_2] = {1, VM_DOCTOR},    [PHARMACIST_2] = {1, VM_PHARMACIST},
        [ADMIN_2] = {1, VM_ADMIN},      [AUDITOR] = {NONE, VM_AUDITOR},
        [INSURER] = {NONE, VM_INSURER},
    };
    struct vm_genesis_member members[] = {{memhost_account(HOSPITAL), "Hospital"},
                                          {memhost_account(CLINIC), "Clinic"}};
    struct vm_genesis_param params[] = {{"chain.permissioned", MC_U256_ZERO},
                                        {name, mc_u256_u64(value)}};
    struct vm_genesis_account accounts[ACCOUNTS - PATIENT];
    for (uint32_t i = 0; i < MC_COUNT(accounts); i++)
        accounts[i] = (struct vm_genesis_account){
            memhost_account(PATIENT + i), rows[PATIENT + i].member_i, 3, rows[PATIENT + i].roles};
    struct vm_genesis g = {.members = members,
                           .member_cnt = MC_COUNT(members),
                           .accounts = accounts,
                           .account_cnt = MC_COUNT(accounts),
                           .params = params,
                           .param_cnt = name == NULL ? 1 : 2,
                           .unit_name = "Service Unit",
                           .unit_symbol = "SVU",
                           .unit_decimals = 2};
    h = memhost_new_genesis(&g);
    h->caller = memhost_account(PATIENT);
}

static inline int setup(void **state)
{
    (void)state;
    care_begin(NULL, 0);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    memhost_free(h);
    return 0;
}

/* The same chain with another value of a parameter. */
static inline void restart(const char *name, uint64_t value)
{
    memhost_free(h);
    care_begin(name, value);
}

static inline void as(uint32_t account)
{
    h->caller = memhost_account(account);
}

static inline const char *acc(uint32_t account)
{
    return memhost_account_json(account);
}

static inline const char *role_json(uint32_t role)
{
    char hex[65];
    mc_hex_encode(hex, vm_role_id(role)->b, 32);
    return text("\"0x%s\"", hex);
}

/* A call that must work and returns nothing. */
static inline void does(const char *method, const char *args)
{
    memhost_ok(h, M, method, args, "null");
}

static inline void refuses(const char *method, const char *args, const char *reason)
{
    memhost_reverts(h, M, method, args, reason);
}

static inline void shows(const char *method, const char *args, const char *want)
{
    memhost_ok(h, M, method, args, want);
}

/* The result of a view contains this text. */
static inline void has(const char *method, const char *args, const char *part)
{
    struct mh_res r;
    memhost_call(h, &r, M, method, args);
    if (r.err != MC_OK || strstr(r.json, part) == NULL)
        fail_msg("%s%s: no %s in %s%s", method, args, part, r.json, r.reason);
}

/* A page of ids: what is quoted in ids, of so many. */
static inline const char *ids_page(const char *ids, unsigned total)
{
    return text("{\"ids\":[%s],\"total\":\"%u\"}", ids, total);
}

static inline void suspend(uint32_t account)
{
    struct mc_addr was = h->caller;
    as(ADMIN);
    memhost_ok(h, "AccessControl", "suspendAccount", text("[%s,\"why\"]", acc(account)), "null");
    h->caller = was;
}

static inline void pause_module(const char *address)
{
    struct mc_addr was = h->caller;
    as(HOSPITAL);
    memhost_ok(h, "Governance", "emergencyPause", text("[\"%s\",\"why\"]", address), "null");
    h->caller = was;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
