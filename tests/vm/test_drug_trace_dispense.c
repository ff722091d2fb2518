/* DrugTrace: dispensing, with a stand-in for the Prescription module where the chain has none. */
#include "tests/vm/drug_trace_text.h"
#include "vm/registry.h"

/* Remembers what it was asked, and refuses the prescription "closed". */
static struct {
    uint32_t calls;
    struct mc_addr caller, origin;
    uint64_t quantity;
    struct mc_hash notes_hash;
    char ids[64];
} fill;

static enum mc_err dispense(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    (void)out;
    fill.calls++;
    fill.caller = c->caller;
    fill.origin = c->origin;
    fill.quantity = vm_arg_u64(&in[2]);
    fill.notes_hash = in[3].word;
    snprintf(fill.ids, sizeof fill.ids, "%.*s %.*s", (int)in[0].bytes.n,
             (const char *)in[0].bytes.p, (int)in[1].bytes.n, (const char *)in[1].bytes.p);
    VM_REQUIRE(c, !mc_slice_eq(in[0].bytes, mc_slice_str("closed")), "Prescription is not active");
    struct vm_val ev[] = {in[0]};
    return vm_emit(c, 0, ev);
}

static const struct vm_method methods[] = {
    {"function dispense(string prescriptionId, string dispenseId, uint256 quantity, bytes32 "
     "notesHash)",
     "II", VM_PHARMACIST, dispense},
};
static const char *const events[] = {"event Filled(string prescriptionId)"};
static const struct vm_module stand_in = {.name = "Prescription",
                                          .methods = methods,
                                          .method_cnt = MC_COUNT(methods),
                                          .events = events,
                                          .event_cnt = MC_COUNT(events)};

/* The stand-in is active from block 100 on. */
static int with_prescription(void **state)
{
    static bool stands_in;
    vm_init();
    if (vm_module_by_name(mc_slice_str("Prescription")) == NULL) {
        vm_registry_add(&stand_in, "Prescription", 0x1006, 100);
        stands_in = true;
    }
    setup(state);
    *state = stands_in ? &fill : NULL;
    memset(&fill, 0, sizeof fill);
    create("a");
    give("a", PHARMACY);
    as(PHARMACY);
    h->block_number = 100;
    return 0;
}

static void the_item_leaves_and_the_fill_is_recorded(void **state)
{
    struct mc_hash want;
    if (*state == NULL)
        skip();
    does("dispenseItem", "[\"a\",\"rx\",3,\"with food\"]");
    memhost_logged(h, text("{\"event\":\"ItemDispensed\",\"args\":{\"itemKey\":\"%s\","
                           "\"prescriptionKey\":\"%s\",\"pharmacist\":%s,\"itemId\":\"a\","
                           "\"prescriptionId\":\"rx\",\"quantity\":\"3\"}}\n"
                           "{\"event\":\"Filled\",\"args\":{\"prescriptionId\":\"rx\"}}\n",
                           topic("a"), topic("rx"), memhost_account_json(PHARMACY)));
    assert_int_equal(fill.calls, 1);
    assert_string_equal(fill.ids, "rx a");
    assert_int_equal(fill.quantity, 3);
    struct mc_addr pharmacy = memhost_account(PHARMACY);
    const struct vm_module *m = vm_module_by_name(mc_slice_str(D));
    assert_true(mc_addr_eq(&fill.caller, vm_module_well_known(m)));
    assert_true(mc_addr_eq(&fill.origin, &pharmacy));
    mc_keccak256(&want, mc_slice_str("with food"));
    assert_true(mc_hash_eq(&fill.notes_hash, &want));
    traced("a", 2, trace("a", memhost_account_json(PHARMACY), ZERO_JSON, "ward", "DISPENSE", "rx"));
    memhost_ok(h, D, "getItemStatus", "[\"a\"]",
               text("{\"state\":6,\"usable\":false,\"useCount\":\"0\",\"owner\":%s,\"handoverId\":"
                    "\"\",\"requisitionId\":\"\",\"prescriptionId\":\"rx\"}",
                    memhost_account_json(PHARMACY)));
    owns(PHARMACY, "", 0);
    refuses("dispenseItem", "[\"a\",\"rx\",3,\"\"]", "Item is not active");
}

static void empty_notes_have_a_zero_hash(void **state)
{
    if (*state == NULL)
        skip();
    does("dispenseItem", "[\"a\",\"rx\",1,\"\"]");
    assert_true(mc_hash_is_zero(&fill.notes_hash));
}

static void a_refused_fill_leaves_the_item_in_stock(void **state)
{
    if (*state == NULL)
        skip();
    refuses("dispenseItem", "[\"a\",\"closed\",1,\"\"]", "Prescription is not active");
    assert_int_equal(fill.calls, 1);
    state_is("a", 1);
    owns(PHARMACY, "\"a\"", 1);
}

static void before_the_module_is_active_nothing_can_be_dispensed(void **state)
{
    if (*state == NULL)
        skip();
    h->block_number = 99;
    refuses("dispenseItem", "[\"a\",\"rx\",1,\"\"]", "Not available on this instance");
    assert_int_equal(fill.calls, 0);
}

#define P(f) cmocka_unit_test_setup_teardown(f, with_prescription, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        P(the_item_leaves_and_the_fill_is_recorded),
        P(empty_notes_have_a_zero_hash),
        P(a_refused_fill_leaves_the_item_in_stock),
        P(before_the_module_is_active_nothing_can_be_dispensed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
