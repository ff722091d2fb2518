/* DrugTrace: dispensing, together with the prescription that it fills. */
#include "tests/vm/drug_trace_text.h"

#define RX       "Prescription"
#define HASH_ONE "\"0x0000000000000000000000000000000000000000000000000000000000000001\""

static void prescribe(const char *id, bool traced_only)
{
    struct mc_addr was = h->caller;
    as(DOCTOR);
    memhost_ok(h, RX, "issuePrescription",
               text("[\"%s\",[%s," HASH_ONE ",\"\",10,0,0,0,1800000000,%s," ZERO_JSON ",\"\"]]", id,
                    memhost_account_json(PATIENT), traced_only ? "true" : "false"),
               "null");
    as(PHARMACY);
    memhost_ok(h, RX, "reviewPrescription", text("[\"%s\",true,\"\"]", id), "null");
    h->caller = was;
}

/* The pharmacy holds item "a"; the prescription "rx" takes traced items only, 10 units. */
static int with_prescription(void **state)
{
    setup(state);
    create("a");
    give("a", PHARMACY);
    prescribe("rx", true);
    as(PHARMACY);
    return 0;
}

static const char *dispensed_log(unsigned quantity)
{
    return text("{\"event\":\"ItemDispensed\",\"args\":{\"itemKey\":\"%s\",\"prescriptionKey\":"
                "\"%s\",\"pharmacist\":%s,\"itemId\":\"a\",\"prescriptionId\":\"rx\",\"quantity\":"
                "\"%u\"}}\n",
                topic("a"), topic("rx"), memhost_account_json(PHARMACY), quantity);
}

static const char *filled_log(unsigned quantity)
{
    return text("{\"event\":\"PrescriptionDispensed\",\"args\":{\"prescriptionKey\":\"%s\","
                "\"patient\":%s,\"pharmacist\":%s,\"prescriptionId\":\"rx\",\"dispenseId\":\"a\","
                "\"itemId\":\"a\",\"quantity\":\"%u\",\"remaining\":\"%u\"}}\n",
                topic("rx"), memhost_account_json(PATIENT), memhost_account_json(PHARMACY),
                quantity, 10 - quantity);
}

static void fill_is(unsigned quantity, const char *notes_hash)
{
    memhost_ok(h, RX, "getDispenses", "[\"rx\",0,9]",
               text("{\"dispenses\":[{\"dispenseId\":\"a\",\"itemId\":\"a\",\"pharmacist\":%s,"
                    "\"quantity\":\"%u\",\"time\":\"%llu\",\"notesHash\":\"%s\",\"reversed\":false}"
                    "],\"total\":\"1\"}",
                    memhost_account_json(PHARMACY), quantity, (unsigned long long)h->time_s,
                    notes_hash));
}

static void the_item_leaves_and_the_fill_is_recorded(void **state)
{
    (void)state;
    does("dispenseItem", "[\"a\",\"rx\",3,\"with food\"]");
    memhost_logged(h, text("%s%s", dispensed_log(3), filled_log(3)));
    fill_is(3, topic("with food"));
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
    (void)state;
    does("dispenseItem", "[\"a\",\"rx\",1,\"\"]");
    fill_is(1, "0x0000000000000000000000000000000000000000000000000000000000000000");
}

static void the_last_units_complete_the_prescription(void **state)
{
    (void)state;
    does("dispenseItem", "[\"a\",\"rx\",10,\"\"]");
    memhost_logged(
        h,
        text("%s%s{\"event\":\"PrescriptionStateChanged\",\"args\":{\"prescriptionKey\":\"%s\","
             "\"patient\":%s,\"by\":%s,\"prescriptionId\":\"rx\",\"state\":5,\"reason\":\"\"}}\n",
             dispensed_log(10), filled_log(10), topic("rx"), memhost_account_json(PATIENT),
             memhost_account_json(PHARMACY)));
}

/* The prescription's refusals, in its order; the item stays in stock each time. */
static void a_refused_fill_leaves_the_item_in_stock(void **state)
{
    (void)state;
    refuses("dispenseItem", "[\"a\",\"none\",0,\"\"]", "Prescription does not exist");
    as(DOCTOR);
    memhost_ok(h, RX, "setPharmacy", text("[\"rx\",%s]", memhost_account_json(MAKER)), "null");
    as(PHARMACY);
    refuses("dispenseItem", "[\"a\",\"rx\",0,\"\"]", "Wrong pharmacy");
    as(DOCTOR);
    memhost_ok(h, RX, "setPharmacy", text("[\"rx\",%s]", memhost_account_json(PHARMACY)), "null");
    as(PHARMACY);
    refuses("dispenseItem", "[\"a\",\"rx\",0,\"\"]", "Quantity is zero");
    refuses("dispenseItem", "[\"a\",\"rx\",11,\"\"]", "Quantity exceeds prescription");
    memhost_ok(h, RX, "setHold", "[\"rx\",true,\"x\"]", "null");
    refuses("dispenseItem", "[\"a\",\"rx\",1,\"\"]", "Prescription is not active");
    state_is("a", 1);
    owns(PHARMACY, "\"a\"", 1);
    memhost_ok(h, RX, "getDispenses", "[\"rx\",0,9]", "{\"dispenses\":[],\"total\":\"0\"}");
}

static void an_item_fills_a_prescription_once(void **state)
{
    (void)state;
    prescribe("free", false);
    memhost_ok(h, RX, "dispense", "[\"free\",\"a\",1," HASH_ONE "]", "null"); /* not the item */
    refuses("dispenseItem", "[\"a\",\"free\",1,\"\"]", "Dispense already exists");
    memhost_reverts(h, RX, "dispense", "[\"rx\",\"a\",1," HASH_ONE "]", "Traced item required");
    does("dispenseItem", "[\"a\",\"rx\",1,\"\"]");
    memhost_ok(h, RX, "reverseDispense", "[\"rx\",\"a\",\"x\"]", "null");
    state_is("a", 6); /* it does not come back by this */
}

static void another_instance_has_no_prescriptions(void **state)
{
    struct mc_addr at = memhost_account(500);
    struct mh_res r;
    (void)state;
    memhost_create(h, &r, D, at);
    assert_int_equal(r.err, MC_OK);
    memhost_call_at(h, &r, D, at, "createItem",
                    "[\"a\",\"Drug\",\"\",\"Acme\",\"B\",1600000000,2000000000,\"RX\"]");
    assert_int_equal(r.err, MC_OK);
    memhost_call_at(h, &r, D, at, "dispenseItem", "[\"a\",\"rx\",1,\"\"]");
    assert_string_equal(r.reason, "Not available on this instance");
}

#define P(f) cmocka_unit_test_setup_teardown(f, with_prescription, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        P(the_item_leaves_and_the_fill_is_recorded), P(empty_notes_have_a_zero_hash),
        P(the_last_units_complete_the_prescription), P(a_refused_fill_leaves_the_item_in_stock),
        P(an_item_fills_a_prescription_once),        P(another_instance_has_no_prescriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
