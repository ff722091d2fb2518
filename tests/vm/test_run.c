/* The executor: order of checks, gas, rollback of what fails, deployment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/memhost.h"
#include "tests/lib/toy.h"
#include "tests/lib/words.h"
#include "vm/frame.h"

static struct memhost *h;

static int setup(void **state)
{
    (void)state;
    toy_init();
    h = memhost_new();
    memhost_grant(h, memhost_account(0), VM_DOCTOR);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memhost_free(h);
    return 0;
}

static void call_words(struct mh_res *r, const char *text)
{
    struct mc_buf b = {0};
    words(&b, text);
    memhost_call_data(h, r, "Toy", *vm_module_well_known(&toy_module), mc_buf_slice(&b));
    mc_buf_free(&b);
}

#define ME "0x000000000000000000000000000000Aa00000000"

static void a_call_stores_answers_and_logs(void **state)
{
    struct mc_hash id;
    char hex[65], line[512];
    (void)state;
    memhost_ok(h, "Toy", "put", "[\"t1\", 5, 2]", "null");
    mc_keccak256(&id, mc_slice_str("t1"));
    mc_hex_encode(hex, id.b, sizeof id.b);
    snprintf(line, sizeof line,
             "{\"event\":\"Put\",\"args\":{\"id\":\"0x%s\",\"owner\":\"" ME
             "\",\"plainId\":\"t1\",\"amount\":\"5\",\"kind\":2}}\n",
             hex);
    memhost_logged(h, line);
    snprintf(
        line, sizeof line,
        "{\"id\":\"t1\",\"owner\":\"" ME "\",\"amount\":\"5\",\"created\":\"1700000000\","
        "\"kind\":2,\"open\":true,\"mark\":\"0x%s\",\"blob\":\"0x7431\",\"tags\":[\"a\",\"b\"],"
        "\"readers\":[\"" ME "\"],\"age\":9}",
        hex);
    memhost_ok(h, "Toy", "get", "[\"t1\"]", line);
    memhost_ok(h, "Toy", "things", "[\"t1\"]", line);
}

static void bad_input_reverts_with_empty_data(void **state)
{
    static const char *const rows[] = {
        "",                /* no selector */
        "x1003e2",         /* half a selector */
        "xdeadbeef",       /* unknown */
        "x1003e2d2",       /* add(uint256) without its argument */
        "x1003e2d2 x0000", /* cut argument */
    };
    struct mh_res r;
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        call_words(&r, rows[i]);
        assert_int_equal(r.err, MC_EREVERT);
        assert_int_equal(r.output.n, 0);
        assert_int_equal(r.gas_used, 0);
    }
    call_words(&r, "x1003e2d2 5 'more");
    assert_int_equal(r.err, MC_OK);
    h->has_value = true;
    call_words(&r, "x1003e2d2 5");
    assert_int_equal(r.err, MC_EREVERT);
    assert_int_equal(r.output.n, 0);
}

/* A chain with permissions: account 9 is a member with the account 1, which may not send yet. */
static void permissioned_chain(void)
{
    struct vm_genesis_member member = {memhost_account(9), "Hospital"};
    struct vm_genesis_account account = {memhost_account(1), 0, 0, 0};
    struct vm_genesis g = {.members = &member,
                           .member_cnt = 1,
                           .accounts = &account,
                           .account_cnt = 1,
                           .unit_name = "Service Unit",
                           .unit_symbol = "SVU",
                           .unit_decimals = 2};
    memhost_free(h);
    h = memhost_new_genesis(&g);
}

static void as_member(const char *module, const char *method, const char *args)
{
    struct mh_res r;
    h->caller = memhost_account(9);
    memhost_call(h, &r, module, method, args);
    if (r.err != MC_OK)
        fail_msg("%s.%s%s: %s", module, method, args, r.reason);
    h->caller = memhost_account(1);
}

/* "[<before><account><after>]" */
static const char *args(const char *before, uint32_t account, const char *after)
{
    static char text[512];
    snprintf(text, sizeof text, "[%s%s%s]", before, memhost_account_json(account), after);
    return text;
}

static void checks_come_in_the_common_order(void **state)
{
    static const char long_id[] = "[\"0123456789012345678901234567890123456789012345678901234567890"
                                  "123456789012345678901234567890123456789012345678901234567890123"
                                  "45678\", 1, 0]"; /* 129 bytes */
    uint32_t cells;
    char role[80], hex[65];
    (void)state;
    permissioned_chain();
    as_member("Governance", "emergencyPause",
              "[\"0x0000000000000000000000000000000000001fff\", \"drill\"]");
    as_member("AccessControl", "suspendAccount", args("", 1, ", \"left\""));
    memhost_reverts(h, "Toy", "put", long_id, "Module is paused");
    memhost_ok(h, "Toy", "all", "[]", "[]"); /* views pass all of them */
    h->time_s += 259200;                     /* the emergency is over */
    memhost_reverts(h, "Toy", "put", long_id, "Account is not permitted");
    as_member("Governance", "setAccounts", args("[", 1, "], 1"));
    memhost_reverts(h, "Toy", "put", long_id, "Account is suspended");
    as_member("AccessControl", "reinstateAccount", args("", 1, ""));
    memhost_reverts(h, "Toy", "put", long_id, "Missing role: DOCTOR|NURSE");
    memhost_reverts(h, "Toy", "drop", "[\"t1\"]", "Missing role: ADMIN");
    mc_hex_encode(hex, vm_role_id(VM_NURSE)->b, 32);
    snprintf(role, sizeof role, "\"0x%s\", ", hex);
    as_member("AccessControl", "grantRole", args(role, 1, ""));
    cells = h->cell_cnt;
    memhost_reverts(h, "Toy", "put", long_id, "String too long");
    memhost_reverts(h, "Toy", "put", "[\"\", 1, 0]", "Id cannot be empty");
    assert_int_equal(h->cell_cnt, cells);
}

/* limits "LITN": pairs' names, words, blob, and the name of the pair at the end. */
static void limits_reach_into_arrays_and_tuples(void **state)
{
    static const struct {
        size_t name, word, blob, last;
        bool ok;
    } rows[] = {
        {64, 128, 2048, 256, true},  {65, 128, 2048, 256, false}, {64, 129, 2048, 256, false},
        {64, 128, 2049, 256, false}, {64, 128, 2048, 257, false},
    };
    static char text[8192], bytes[4200];
    (void)state;
    memset(bytes, 'a', sizeof bytes - 1);
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mh_res r;
        snprintf(text, sizeof text,
                 "[[[\"a\",1],[\"%.*s\",2]],[\"b\",\"%.*s\"],\"0x%.*s\",3,[\"%.*s\",4]]",
                 (int)rows[i].name, bytes, (int)rows[i].word, bytes, (int)rows[i].blob * 2, bytes,
                 (int)rows[i].last, bytes);
        memhost_call(h, &r, "Toy", "check", text);
        assert_int_equal(r.err, rows[i].ok ? MC_OK : MC_EREVERT);
        assert_string_equal(r.reason, rows[i].ok ? "" : "String too long");
        memhost_call(h, &r, "Toy", "echo", text);
        assert_int_equal(r.err, MC_OK);
    }
}

static void gas_follows_the_schedule(void **state)
{
    struct mh_res r;
    (void)state;
    memhost_call(h, &r, "Toy", "put", "[\"t1\", 5, 2]");
    /* 106 stored bytes, one list entry, a log of 3 topics and 160 bytes */
    assert_int_equal(r.gas_used, 15000 + 106 * 32 + 3000 + 375 + 3 * 375 + 160 * 8);
    memhost_call(h, &r, "Toy", "add", "[258]");
    assert_int_equal(r.gas_used, 15000 + 2 * 32 + 2 * 375 + 375);
    memhost_call(h, &r, "Toy", "get", "[\"t1\"]");
    assert_int_equal(r.gas_used, 100);
    memhost_call(h, &r, "Toy", "page", "[0, 100, false]");
    assert_int_equal(r.gas_used, 2 * 100);
    memhost_call(h, &r, "Toy", "put", "[\"t1\", 5, 2]");
    assert_string_equal(r.reason, "Thing already exists");
    assert_int_equal(r.gas_used, 15000);
}

static void every_amount_of_gas_below_the_need_runs_out(void **state)
{
    struct mh_res r;
    uint64_t need;
    (void)state;
    memhost_call(h, &r, "Toy", "add", "[1]");
    need = r.gas_used;
    for (uint64_t gas = 0; gas < need; gas += 7) {
        h->gas = gas;
        memhost_call(h, &r, "Toy", "add", "[1]");
        assert_int_equal(r.err, MC_EOUTOFGAS);
        assert_int_equal(r.gas_used, gas);
        assert_int_equal(r.output.n, 0);
    }
    h->gas = need;
    memhost_ok(h, "Toy", "add", "[1]", "\"2\"");
}

static void an_overflow_panics(void **state)
{
    (void)state;
    memhost_ok(
        h, "Toy", "add", "[\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"]",
        "\"115792089237316195423570985008687907853269984665640564039457584007913129639935\"");
    memhost_reverts(h, "Toy", "add", "[1]", "Panic(0x11)");
}

static void a_raw_array_getter_out_of_range_reverts_empty(void **state)
{
    struct mh_res r;
    (void)state;
    memhost_ok(h, "Toy", "put", "[\"t1\", 5, 2]", "null");
    memhost_ok(h, "Toy", "ids", "[0]", "\"t1\"");
    memhost_call(h, &r, "Toy", "ids", "[1]");
    assert_int_equal(r.err, MC_EREVERT);
    assert_int_equal(r.output.n, 0);
}

static void a_failing_store_stops_the_call_wherever_it_fails(void **state)
{
    struct mh_res r;
    uint32_t n = 0;
    (void)state;
    do {
        h->fail_after = ++n;
        memhost_call(h, &r, "Toy", "put", "[\"t1\", 5, 2]");
        if (r.err == MC_OK)
            break;
        assert_int_equal(r.err, MC_EIO);
        assert_int_equal(h->cell_cnt, 0);
        assert_int_equal(h->log_cnt, 0);
    } while (n < 100);
    /* Beyond what the common checks read: get, put; list: length, element, length; log; none. */
    assert_in_range(n, 7 + 1, 99);
    assert_int_equal(h->cell_cnt, 3);
}

/* Runs a method with so little memory, once for each bound, until it is enough. */
static void memory_that_runs_out_is_an_error_of_the_machine(void **state)
{
    struct mh_res r;
    bool done = false;
    (void)state;
    memhost_ok(h, "Toy", "put", "[\"t1\", 5, 2]", "null");
    memhost_ok(h, "Toy", "fill", "[300]", "null");
    for (size_t bytes = 64; !done && bytes < (1u << 20); bytes += bytes / 4) {
        mc_arena_free(&h->arena);
        mc_arena_init(&h->arena, bytes);
        memhost_call(h, &r, "Toy", "all", "[]");
        done = r.err == MC_OK;
        if (!done)
            assert_int_equal(r.err, MC_ENOMEM);
    }
    assert_true(done);
    mc_arena_free(&h->arena);
    mc_arena_init(&h->arena, 0);
}

static void a_fresh_instance_runs_its_constructor_and_has_its_own_state(void **state)
{
    struct mc_addr self = memhost_account(77);
    struct mh_res r;
    (void)state;
    memhost_ok(h, "Toy", "put", "[\"t1\", 5, 2]", "null");
    memhost_create(h, &r, "Toy", self);
    assert_int_equal(r.err, MC_OK);
    assert_int_equal(r.gas_used, 15000 + 5 * 32); /* the owner: 5 bytes without leading zeros */
    memhost_call_at(h, &r, "Toy", self, "owner", "[]");
    assert_string_equal(r.json, "\"0x000000000000000000000000000000Aa00000000\"");
    memhost_call_at(h, &r, "Toy", self, "all", "[]");
    assert_string_equal(r.json, "[]");
    memhost_ok(h, "Toy", "all", "[]", "[\"t1\"]");
}

static void deployment_asks_for_permission(void **state)
{
    struct mh_res r;
    uint32_t cells;
    (void)state;
    permissioned_chain();
    as_member("Governance", "setAccounts", args("[", 1, "], 1"));
    cells = h->cell_cnt;
    memhost_create(h, &r, "Toy", memhost_account(77)); /* may send only */
    assert_int_equal(r.err, MC_EREVERT);
    assert_string_equal(r.reason, "Account is not permitted");
    h->caller = memhost_account(9);
    h->has_value = true;
    memhost_create(h, &r, "Toy", memhost_account(77));
    assert_int_equal(r.err, MC_EREVERT);
    assert_int_equal(r.output.n, 0);
    assert_int_equal(h->cell_cnt, cells);
    h->has_value = false;
    memhost_create(h, &r, "Toy", memhost_account(77));
    assert_int_equal(r.err, MC_OK);
}

static void code_is_the_native_marker_and_the_name(void **state)
{
    static const uint8_t code[] = {0xef, 0x4e, 0x4d, 0x01, 'T', 'o', 'y'};
    (void)state;
    assert_true(mc_slice_eq(vm_module_code(&toy_module), mc_slice(code, sizeof code)));
    assert_ptr_equal(vm_module_of_init_code(mc_slice(code, sizeof code)), &toy_module);
    assert_null(vm_module_of_init_code(mc_slice(code, sizeof code - 1)));
    assert_null(vm_module_of_init_code(mc_slice(code, 4)));
    assert_null(vm_module_of_init_code(mc_slice(code + 1, sizeof code - 1)));
    assert_null(vm_module_of_init_code(mc_slice("", 0)));
    assert_ptr_equal(vm_module_by_code_hash(vm_module_code_hash(&toy_module)), &toy_module);
    assert_null(vm_module_by_code_hash(&MC_KECCAK_EMPTY));
    assert_int_equal(vm_module_active_from(&toy_module), 0);
}

/* ------------------------------------------------------------------ contexts */

static struct vm_frame frame;
static struct vm_env env;

static struct vm_call context(struct mc_addr self)
{
    env = (struct vm_env){&h->host, &VM_GAS_DEFAULT, 1, 1700000000, &h->arena};
    vm_frame_init(&frame, &env, 1000000);
    return vm_frame_call(&frame, &toy_module, &self, &h->caller);
}

static struct mc_addr seen_caller, seen_self;

static enum mc_err callee(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    seen_caller = c->caller;
    seen_self = c->self;
    out[0] = in[0];
    return c->read_only ? vm_revert(c, "in a view") : MC_OK;
}

static void a_module_calls_another_as_itself(void **state)
{
    struct mc_addr toy = *vm_module_well_known(&toy_module);
    struct vm_call c = context(toy);
    struct vm_val in = vm_u64(7), out = vm_u64(0);
    char reason[64];
    (void)state;
    assert_int_equal(vm_call_module(&c, "MedicalRecordHash", callee, &in, &out), MC_OK);
    assert_int_equal(vm_arg_u64(&out), 7);
    assert_true(mc_addr_eq(&seen_caller, &toy));
    assert_true(mc_addr_eq(&seen_self, vm_module_addr("MedicalRecordHash")));
    assert_int_equal(frame.depth, 0);
    c.read_only = true; /* what a view calls is a view */
    assert_int_equal(vm_call_module(&c, "MedicalRecordHash", callee, &in, &out), MC_EREVERT);
    h->caller = memhost_account(9);
    permissioned_chain();
    as_member("Governance", "emergencyPause",
              "[\"0x0000000000000000000000000000000000001002\", \"drill\"]");
    c = context(toy);
    assert_int_equal(vm_call_module(&c, "MedicalRecordHash", callee, &in, &out), MC_EREVERT);
    vm_revert_reason(reason, sizeof reason, frame.revert);
    assert_string_equal(reason, "Module is paused");
    c = context(memhost_account(77));
    assert_int_equal(vm_call_module(&c, "MedicalRecordHash", callee, &in, &out), MC_EREVERT);
    vm_revert_reason(reason, sizeof reason, frame.revert);
    assert_string_equal(reason, "Not available on this instance");
}

static void a_context_of_another_instance_reads_its_cells(void **state)
{
    struct vm_call c, other;
    struct vm_key k = vm_key(9);
    uint64_t v;
    (void)state;
    c = context(*vm_module_well_known(&toy_module));
    assert_int_equal(vm_put_u64(&c, &k, 5), MC_OK);
    c = context(memhost_account(77));
    assert_false(c.well_known);
    assert_int_equal(vm_get_u64(&c, &k, &v), MC_OK);
    assert_int_equal(v, 0);
    other = vm_call_at(&c, "Toy");
    assert_true(other.well_known && other.read_only);
    assert_int_equal(vm_get_u64(&other, &k, &v), MC_OK);
    assert_int_equal(v, 5);
    other = vm_call_self_at(&other, &c.self);
    assert_false(other.well_known);
    assert_int_equal(vm_get_u64(&other, &k, &v), MC_OK);
    assert_int_equal(v, 0);
}

static void the_module_of_an_address_is_known(void **state)
{
    const struct vm_module *m;
    struct mc_addr self = memhost_account(77), nobody = memhost_account(78);
    struct mh_res r;
    struct vm_call c;
    (void)state;
    memhost_create(h, &r, "Toy", self);
    c = context(self);
    assert_int_equal(vm_module_of(&c, &self, &m), MC_OK);
    assert_ptr_equal(m, &toy_module);
    assert_int_equal(vm_module_of(&c, vm_module_addr("DrugTrace"), &m), MC_OK);
    assert_string_equal(m->name, "DrugTrace");
    assert_int_equal(vm_module_of(&c, &nobody, &m), MC_OK);
    assert_null(m);
    h->fail_after = 1;
    assert_int_equal(vm_module_of(&c, &nobody, &m), MC_EIO);
    assert_int_equal(vm_ok(&c), MC_EIO);
}

static void role_ids_are_hashes_of_their_names(void **state)
{
    static const struct {
        uint32_t role, first_bytes;
        const char *name;
    } rows[] = {
        /* contracts/README.md, Roles */
        {VM_DEFAULT_ADMIN, 0x00000000, "DEFAULT_ADMIN"},
        {VM_ADMIN, 0xa4980720, "ADMIN"},
        {VM_DOCTOR, 0x0af1dac7, "DOCTOR"},
        {VM_NURSE, 0x9102e22b, "NURSE"},
        {VM_PHARMACIST, 0xc2d498fa, "PHARMACIST"},
        {VM_LAB_TECHNICIAN, 0xe0ba82ae, "LAB_TECHNICIAN"},
        {VM_PATIENT, 0x72606200, "PATIENT"},
        {VM_INSURER, 0xeb0a0778, "INSURER"},
        {VM_SUPPLIER, 0xd1ae8bbd, "SUPPLIER"},
        {VM_MANUFACTURER, 0xeefb95e8, "MANUFACTURER"},
        {VM_AUDITOR, 0x59a1c48e, "AUDITOR"},
        {VM_EMERGENCY, 0xbf233dd2, "EMERGENCY"},
    };
    (void)state;
    assert_int_equal(MC_COUNT(rows), VM_ROLE_CNT);
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        assert_int_equal(mc_be32_get(vm_role_id(rows[i].role)->b), rows[i].first_bytes);
        assert_string_equal(vm_role_name(rows[i].role), rows[i].name);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_call_stores_answers_and_logs),
        T(bad_input_reverts_with_empty_data),
        T(checks_come_in_the_common_order),
        T(limits_reach_into_arrays_and_tuples),
        T(gas_follows_the_schedule),
        T(every_amount_of_gas_below_the_need_runs_out),
        T(an_overflow_panics),
        T(a_raw_array_getter_out_of_range_reverts_empty),
        T(a_failing_store_stops_the_call_wherever_it_fails),
        T(memory_that_runs_out_is_an_error_of_the_machine),
        T(a_fresh_instance_runs_its_constructor_and_has_its_own_state),
        T(deployment_asks_for_permission),
        T(code_is_the_native_marker_and_the_name),
        T(a_module_calls_another_as_itself),
        T(a_context_of_another_instance_reads_its_cells),
        T(the_module_of_an_address_is_known),
        T(role_ids_are_hashes_of_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
