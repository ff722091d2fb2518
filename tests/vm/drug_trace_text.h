/* Accounts and short forms that the tests of DrugTrace share. */
#ifndef MC_TESTS_VM_DRUG_TRACE_TEXT_H
#define MC_TESTS_VM_DRUG_TRACE_TEXT_H

#include "tests/vm/args_text.h"

#define D "DrugTrace"

enum { NOBODY, MAKER, MAKER_2, PHARMACY, DOCTOR, NURSE, ADMIN, AUDITOR, PATIENT };

static struct memhost *h;

static inline int setup(void **state)
{
    static const uint32_t roles[] = {
        [MAKER] = VM_MANUFACTURER, [MAKER_2] = VM_SUPPLIER, [PHARMACY] = VM_PHARMACIST,
        [DOCTOR] = VM_DOCTOR,      [NURSE] = VM_NURSE,      [ADMIN] = VM_ADMIN,
        [AUDITOR] = VM_AUDITOR,    [PATIENT] = VM_PATIENT};
    (void)state;
    h = memhost_new();
    for (uint32_t i = 0; i < MC_COUNT(roles); i++)
        if (roles[i] != 0)
            memhost_grant(h, memhost_account(i), roles[i]);
    h->caller = memhost_account(MAKER);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    memhost_free(h);
    return 0;
}

static inline void as(uint32_t account)
{
    h->caller = memhost_account(account);
}

/* A call that must work and returns nothing. */
static inline void does(const char *method, const char *args)
{
    memhost_ok(h, D, method, args, "null");
}

static inline void refuses(const char *method, const char *args, const char *reason)
{
    memhost_reverts(h, D, method, args, reason);
}

/* Registers an item of batch B by maker "Acme", expiring at 2000000000. */
static inline void create(const char *id)
{
    does("createItem",
         text("[\"%s\",\"Drug\",\"10 mg\",\"Acme\",\"B\",1600000000,2000000000,\"RX\"]", id));
}

static inline void give(const char *id, uint32_t to)
{
    does("transferItem", text("[\"%s\",%s,\"ward\",\"\"]", id, memhost_account_json(to)));
}

/* The item's state as a number of enum ItemState. */
static inline void state_is(const char *id, int state)
{
    struct mh_res r;
    memhost_call(h, &r, D, "getItemStatus", text("[\"%s\"]", id));
    assert_int_equal(r.err, MC_OK);
    const char *want = text("{\"state\":%d,\"usable\":%s,", state, state == 1 ? "true" : "false");
    if (strncmp(r.json, want, strlen(want)) != 0)
        fail_msg("%s is %s, not %s", id, r.json, want);
}

/* Ids of an account's stock, in list order. */
static inline void owns(uint32_t account, const char *ids, unsigned total)
{
    memhost_ok(h, D, "getItemsByOwner", text("[%s,0,100]", memhost_account_json(account)),
               text("{\"ids\":[%s],\"total\":\"%u\"}", ids, total));
}

/* One trace record as JSON. */
static inline const char *trace(const char *id, const char *from, const char *to,
                                const char *location, const char *action, const char *notes)
{
    return text(
        "{\"itemId\":\"%s\",\"from\":%s,\"to\":%s,\"location\":\"%s\",\"timestamp\":\"%llu\","
        "\"action\":\"%s\",\"notes\":\"%s\",\"transactionHash\":\"\"}",
        id, from, to, location, (unsigned long long)h->time_s, action, notes);
}

/* The item's newest trace record. */
static inline void traced(const char *id, unsigned i, const char *record)
{
    memhost_ok(h, D, "traceRecords", text("[\"%s\",%u]", id, i), record);
    reverts_empty(h, D, "traceRecords", text("[\"%s\",%u]", id, i + 1));
}

#define ZERO_JSON "\"" ZERO_ADDR "\""
#define T(f)      cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
