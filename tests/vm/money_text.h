/* A hospital, an insurer, a patient and their money: what the tests of Billing, Insurance and ServicePayment share.
 *
 * Calls go through vm_run_value() with a purse for each account, so value can be sent with h_value and modules can pay
 * out; a failed call puts state, logs and purses back.  A test file defines M, the module of does() and refuses(). */
#ifndef MC_TESTS_VM_MONEY_TEXT_H
#define MC_TESTS_VM_MONEY_TEXT_H

#include "tests/vm/args_text.h"

enum {
    NOBODY,
    HOSPITAL, /* members */
    CLINIC,
    INSURANCE,
    PATIENT, /* of no member */
    RELATIVE,
    ADMIN, /* of HOSPITAL, to PHARMACIST */
    ADMIN_B,
    NURSE,
    PHARMACIST,
    ADMIN_2, /* of CLINIC */
    INSURER, /* of INSURANCE */
    INSURER_B,
    INSURER_2, /* of no member */
    SUPPLIER,
    ARBITER,
    ACCOUNTS
};

#define NO_MEMBER UINT32_MAX
#define START     1700000000ull /* h->time_s at first */
#define ZERO_HASH "\"0x0000000000000000000000000000000000000000000000000000000000000000\""
#define HASH_1    "\"0x0000000000000000000000000000000000000000000000000000000000000001\""
#define ZERO_JSON "\"" ZERO_ADDR "\""
#define BILLING   "0x0000000000000000000000000000000000001007"
#define INSURING  "0x0000000000000000000000000000000000001008"
#define PAYING    "0x0000000000000000000000000000000000001009"
#define RICH      UINT64_C(1000000000) /* chain balance of each account at first */

static struct memhost *h;
static uint64_t h_value; /* sent with the next call */

/* ------------------------------------------------------------------ purses */

static struct purse {
    struct mc_addr who;
    uint64_t balance;
} purses[ACCOUNTS + 16];
static uint32_t purse_cnt;

static inline struct purse *purse_of(const struct mc_addr *who)
{
    for (uint32_t i = 0; i < purse_cnt; i++) {
        if (mc_addr_eq(&purses[i].who, who))
            return &purses[i];
    }
    assert_true(purse_cnt < MC_COUNT(purses));
    purses[purse_cnt] = (struct purse){*who, 0};
    return &purses[purse_cnt++];
}

static inline uint64_t balance_of(uint32_t account)
{
    struct mc_addr a = memhost_account(account);
    return purse_of(&a)->balance;
}

static inline uint64_t balance_at(const char *module)
{
    return purse_of(vm_module_addr(module))->balance;
}

static inline enum mc_err purse_pay(void *ctx, const struct mc_addr *from, const struct mc_addr *to,
                                    const struct mc_u256 *amount)
{
    struct purse *p = purse_of(from);
    (void)ctx;
    if (!mc_u256_fits_u64(amount) || p->balance < amount->w[0])
        fail_msg("a module pays more than it holds");
    p->balance -= amount->w[0];
    purse_of(to)->balance += amount->w[0];
    return MC_OK;
}

/* ------------------------------------------------------------------ calls */

/* Text of the last call; valid until the next one. */
static struct {
    struct mc_buf reason, json, logs;
    enum mc_err err;
    uint64_t gas_used;
} last;

static inline const struct vm_module *module_at(const struct mc_addr *a)
{
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        if (mc_addr_eq(vm_module_well_known(vm_module_at(i)), a))
            return vm_module_at(i);
    }
    fail_msg("a log of no module");
    return NULL;
}

static inline void logs_drop(void)
{
    for (uint32_t i = 0; i < h->log_cnt; i++)
        free((void *)(uintptr_t)h->logs[i].data.p);
    h->log_cnt = 0;
}

/* Keeps or undoes what the last call wrote: any call through memhost settles all that is pending its own way. */
static inline void state_settle(bool keep)
{
    struct mh_res r;
    if (keep)
        memhost_call(h, &r, "MedicalRecordHash", "getTotalRecords", "[]");
    else
        memhost_call_data(h, &r, "Governance", *vm_module_addr("Governance"),
                          mc_slice("\0\0\0", 3));
    assert_int_equal(r.err, keep ? MC_OK : MC_EREVERT);
}

static inline void call_describe(const struct vm_module *m, const char *method,
                                 const struct vm_result *res)
{
    char reason[512];
    struct mc_errmsg em;
    mc_buf_reset(&last.reason);
    mc_buf_reset(&last.json);
    mc_buf_reset(&last.logs);
    vm_revert_reason(reason, sizeof reason, last.err == MC_EREVERT ? res->output : mc_slice("", 0));
    mc_buf_put_str(&last.reason, reason);
    mc_buf_put_u8(&last.reason, 0);
    if (last.err == MC_OK && vm_result_to_json(&last.json, m, method, res->output, &em) != MC_OK)
        fail_msg("%s", em.text);
    mc_buf_put_u8(&last.json, 0);
    for (uint32_t i = 0; last.err == MC_OK && i < h->log_cnt; i++) {
        const struct mh_log *l = &h->logs[i];
        if (vm_log_to_json(&last.logs, module_at(&l->self), l->topics, l->topic_cnt, l->data,
                           &em) != MC_OK)
            fail_msg("%s", em.text);
        mc_buf_put_u8(&last.logs, '\n');
    }
    mc_buf_put_u8(&last.logs, 0);
}

static inline void call_run(const char *module, const char *method, const char *args)
{
    static struct purse before[MC_COUNT(purses)];
    const struct vm_module *m = vm_module_by_name(mc_slice_str(module));
    const struct vm_purse purse = {NULL, purse_pay};
    struct vm_env env = {&h->host, &VM_GAS_DEFAULT, h->block_number, h->time_s, &h->arena};
    struct mc_u256 value = mc_u256_u64(h_value);
    struct mc_json_doc *doc = NULL;
    struct mc_buf data = {0};
    struct vm_result res;
    struct mc_errmsg em;
    uint32_t before_cnt;

    assert_non_null(m);
    struct vm_msg msg = {m, *vm_module_well_known(m), h->caller, false, {NULL, 0}, h->gas};
    if (mc_json_parse(&doc, mc_slice_str(args), MC_JSON_DEPTH_MAX, &em) != MC_OK ||
        vm_call_data_from_json(&data, m, method, mc_json_root(doc), &em) != MC_OK)
        fail_msg("%s.%s%s: %s", module, method, args, em.text);
    msg.input = mc_buf_slice(&data);
    memcpy(before, purses, sizeof before);
    before_cnt = purse_cnt;
    if (h_value > 0)
        (void)purse_pay(NULL, &h->caller, &msg.self, &value);
    logs_drop();
    mc_arena_reset(&h->arena);
    last.err = vm_run_value(&res, &env, &msg, &purse, &value);
    last.gas_used = h->gas - res.gas_left;
    call_describe(m, method, &res);
    if (last.err != MC_OK) {
        memcpy(purses, before, sizeof before);
        purse_cnt = before_cnt;
    }
    state_settle(last.err == MC_OK);
    mc_buf_free(&data);
    mc_json_free(doc);
    h_value = 0;
}

static inline const char *last_reason(void)
{
    return (const char *)last.reason.p;
}

static inline void call_ok(const char *module, const char *method, const char *args,
                           const char *want)
{
    call_run(module, method, args);
    if (last.err != MC_OK)
        fail_msg("%s.%s%s: %s: %s", module, method, args, mc_err_text(last.err), last_reason());
    if (strcmp((const char *)last.json.p, want) != 0)
        fail_msg("%s.%s%s\n  gave     %s\n  expected %s", module, method, args,
                 (const char *)last.json.p, want);
}

static inline void call_reverts(const char *module, const char *method, const char *args,
                                const char *reason)
{
    call_run(module, method, args);
    if (last.err != MC_EREVERT || strcmp(last_reason(), reason) != 0)
        fail_msg("%s.%s%s\n  gave     %s: \"%s\"\n  expected a revert: \"%s\"", module, method,
                 args, mc_err_text(last.err), last_reason(), reason);
}

static inline void logged(const char *lines)
{
    if (strcmp((const char *)last.logs.p, lines) != 0)
        fail_msg("logged\n%sexpected\n%s", (const char *)last.logs.p, lines);
}

/* One log line: the event and what is between the braces of its arguments. */
static inline const char *event(const char *name, const char *args)
{
    return text("{\"event\":\"%s\",\"args\":{%s}}\n", name, args);
}

/* ------------------------------------------------------------------ short forms */

static inline void does(const char *method, const char *args)
{
    call_ok(M, method, args, "null");
}

static inline void refuses(const char *method, const char *args, const char *reason)
{
    call_reverts(M, method, args, reason);
}

static inline void shows(const char *method, const char *args, const char *want)
{
    call_ok(M, method, args, want);
}

/* The result of a view contains this text. */
static inline void has_at(const char *module, const char *method, const char *args,
                          const char *part)
{
    call_run(module, method, args);
    if (last.err != MC_OK || strstr((const char *)last.json.p, part) == NULL)
        fail_msg("%s.%s%s: no %s in %s%s", module, method, args, part, (const char *)last.json.p,
                 last_reason());
}

static inline void has(const char *method, const char *args, const char *part)
{
    has_at(M, method, args, part);
}

static inline void as(uint32_t account)
{
    h->caller = memhost_account(account);
}

/* The account as JSON text; unlike memhost_account_json() many may stand in one text. */
static inline const char *acc(uint32_t account)
{
    return text("%s", memhost_account_json(account));
}

/* A page of ids: what is quoted in ids, of so many. */
static inline const char *ids_page(const char *ids, unsigned total)
{
    return text("{\"ids\":[%s],\"total\":\"%u\"}", ids, total);
}

static inline void pause_module(const char *address, bool paused)
{
    struct mc_addr was = h->caller;
    as(HOSPITAL);
    if (paused)
        call_ok("Governance", "emergencyPause", text("[\"%s\",\"why\"]", address), "null");
    else
        h->time_s += 259200; /* gov.pauseSeconds */
    h->caller = was;
}

/* ------------------------------------------------------------------ the chain */

/* The chain with one parameter set; name NULL for none. */
static inline void money_begin(const char *name, uint64_t value)
{
    static const struct {
        uint32_t member_i, roles;
    } rows[ACCOUNTS] = {
        [PATIENT] = {NO_MEMBER, VM_PATIENT},
        [RELATIVE] = {NO_MEMBER, 0},
        [ADMIN] = {0, VM_ADMIN},
        [ADMIN_B] = {0, VM_ADMIN},
        [NURSE] = {0, VM_NURSE},
        [PHARMACIST] = {0, VM_PHARMACIST},
        [ADMIN_2] = {1, VM_ADMIN},
        [INSURER] = {2, VM_INSURER},
        [INSURER_B] = {2, VM_INSURER},
        [INSURER_2] = {NO_MEMBER, VM_INSURER},
        [SUPPLIER] = {NO_MEMBER, VM_SUPPLIER},
        [ARBITER] = {NO_MEMBER, 0},
    };
    struct vm_genesis_member members[] = {{memhost_account(HOSPITAL), "Hospital"},
                                          {memhost_account(CLINIC), "Clinic"},
                                          {memhost_account(INSURANCE), "Insurance"}};
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
                           .unit_name = "Ward Credit",
                           .unit_symbol = "WRD",
                           .unit_decimals = 3};
    h = memhost_new_genesis(&g);
    h->caller = memhost_account(PATIENT);
    h_value = 0;
    purse_cnt = 0;
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        struct mc_addr a = memhost_account(i);
        purse_of(&a)->balance = RICH;
    }
}

static inline int setup(void **state)
{
    (void)state;
    money_begin(NULL, 0);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    memhost_free(h);
    mc_buf_free(&last.reason);
    mc_buf_free(&last.json);
    mc_buf_free(&last.logs);
    return 0;
}

/* The same chain with another value of a parameter. */
static inline void restart(const char *name, uint64_t value)
{
    memhost_free(h);
    money_begin(name, value);
}

/* ------------------------------------------------------------------ invoices */

/* ADMIN opens a draft of HOSPITAL for PATIENT. */
static inline void draft(const char *id, unsigned currency)
{
    as(ADMIN);
    call_ok(
        "Billing", "createInvoice",
        text("[\"%s\",%s,%s,%u,0,\"\"," ZERO_HASH "]", id, acc(PATIENT), acc(HOSPITAL), currency),
        "null");
}

/* The same with one line of this amount, issued. */
static inline void issued(const char *id, unsigned currency, unsigned long long amount)
{
    draft(id, currency);
    call_ok("Billing", "addLines", text("[\"%s\",[[\"CARE\",1,%llu,\"\"]]]", id, amount), "null");
    call_ok("Billing", "issueInvoice", text("[\"%s\"]", id), "null");
}

/* What getBalance shows. */
static inline void balance_is(const char *id, unsigned total, unsigned adjusted, unsigned approved,
                              unsigned insurer_paid, unsigned patient_paid)
{
    call_ok("Billing", "getBalance", text("[\"%s\"]", id),
            text("{\"total\":\"%u\",\"adjusted\":\"%u\",\"insurerApproved\":\"%u\","
                 "\"insurerPaid\":\"%u\",\"patientPaid\":\"%u\",\"patientDue\":\"%u\","
                 "\"insurerDue\":\"%u\"}",
                 total, adjusted, approved, insurer_paid, patient_paid,
                 total - adjusted - approved - patient_paid, approved - insurer_paid));
}

static inline void invoice_is(const char *id, int state)
{
    has_at("Billing", "getInvoice", text("[\"%s\"]", id), text("\"state\":%d}", state));
}

static inline void owes(unsigned currency, unsigned long long sum)
{
    call_ok("Billing", "getOutstanding", text("[%s,%u]", acc(PATIENT), currency),
            text("\"%llu\"", sum));
}

/* Lines of Billing's log. */
static inline const char *state_changed(const char *id, uint32_t by, int state, const char *reason)
{
    return event("InvoiceStateChanged",
                 text("\"invoiceKey\":\"%s\",\"patient\":%s,\"by\":%s,\"invoiceId\":\"%s\","
                      "\"state\":%d,\"reason\":\"%s\"",
                      topic(id), acc(PATIENT), acc(by), id, state, reason));
}

static inline const char *applied(const char *id, uint32_t payer, const char *payment,
                                  unsigned amount, bool insurer, bool refund, unsigned patient_due,
                                  unsigned insurer_due)
{
    return event("PaymentApplied",
                 text("\"invoiceKey\":\"%s\",\"patient\":%s,\"payer\":%s,\"invoiceId\":\"%s\","
                      "\"paymentId\":\"%s\",\"amount\":\"%u\",\"isInsurer\":%s,\"isRefund\":%s,"
                      "\"patientDue\":\"%u\",\"insurerDue\":\"%u\"",
                      topic(id), acc(PATIENT), acc(payer), id, payment, amount,
                      insurer ? "true" : "false", refund ? "true" : "false", patient_due,
                      insurer_due));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
