/* Prescription: fills, refills, taking back, and doses on the ward. */
#include "tests/vm/prescription_text.h"

static const char *filled_log(const char *dispense_id, const char *item_id, unsigned quantity,
                              unsigned left)
{
    return text("{\"event\":\"PrescriptionDispensed\",\"args\":{\"prescriptionKey\":\"%s\","
                "\"patient\":%s,\"pharmacist\":%s,\"prescriptionId\":\"p1\",\"dispenseId\":\"%s\","
                "\"itemId\":\"%s\",\"quantity\":\"%u\",\"remaining\":\"%u\"}}\n",
                topic("p1"), acc(PATIENT), acc(PHARMACIST), dispense_id, item_id, quantity, left);
}

static const char *dispense(const char *dispense_id, const char *item_id, unsigned quantity,
                            const char *notes_hash, bool reversed)
{
    return text("{\"dispenseId\":\"%s\",\"itemId\":\"%s\",\"pharmacist\":%s,\"quantity\":\"%u\","
                "\"time\":\"%llu\",\"notesHash\":%s,\"reversed\":%s}",
                dispense_id, item_id, acc(PHARMACIST), quantity, START, notes_hash,
                reversed ? "true" : "false");
}

static void no_fill(const char *dispense_id, unsigned quantity, const char *reason)
{
    as(PHARMACIST);
    refuses("dispense", fill_args("p1", dispense_id, quantity), reason);
}

/* ------------------------------------------------------------------ fills */

static void fills_add_up_to_the_authorised_total(void **state)
{
    (void)state;
    active((struct rx){.id = "p1", .refills = 1});
    remaining("p1", 20, 20, 0, 0); /* no interval: all fills are unlocked */
    fill("p1", "d1", 15);
    memhost_logged(h, filled_log("d1", "", 15, 5));
    remaining("p1", 5, 5, 1, 0);
    no_fill("d2", 6, "Quantity exceeds prescription");
    fill("p1", "d2", 5);
    memhost_logged(h, text("%s%s", filled_log("d2", "", 5, 0), state_log("p1", PHARMACIST, 5, "")));
    rx_state("p1", 5);
    no_fill("d3", 1, "Prescription is not active");
    shows("getDispenses", "[\"p1\",0,9]",
          text("{\"dispenses\":[%s,%s],\"total\":\"2\"}", dispense("d1", "", 15, HASH("0a"), false),
               dispense("d2", "", 5, HASH("0a"), false)));
    shows("getDispenses", "[\"p1\",1,9]",
          text("{\"dispenses\":[%s],\"total\":\"2\"}", dispense("d2", "", 5, HASH("0a"), false)));
    has("getPrescription", "[\"p1\"]",
        text("\"firstDispensedAt\":\"%llu\",\"dispensed\":\"20\"", START));
}

static void refills_unlock_with_time_from_the_first_dispense(void **state)
{
    (void)state;
    active((struct rx){.id = "p1", .refills = 2, .interval_s = 100});
    h->time_s = START + 50;
    remaining("p1", 10, 30, 0, 0);
    no_fill("d1", 11, "Refill too early");
    fill("p1", "d1", 4);
    remaining("p1", 6, 26, 0, START + 150);
    fill("p1", "d2", 6);
    remaining("p1", 0, 20, 0, START + 150);
    h->time_s = START + 149;
    no_fill("d3", 1, "Refill too early");
    h->time_s = START + 150;
    remaining("p1", 10, 20, 0, START + 250);
    fill("p1", "d3", 1);
    remaining("p1", 9, 19, 1, START + 250);
    h->time_s = START + 250;
    remaining("p1", 19, 19, 1, 0);
    h->time_s = START + 5000;
    remaining("p1", 19, 19, 1, 0);
    no_fill("d4", 20, "Quantity exceeds prescription");
    fill("p1", "d4", 19);
    remaining("p1", 0, 0, 2, 0);
}

static void dispensing_is_refused_in_order(void **state)
{
    (void)state;
    as(DOCTOR);
    refuses("dispense", fill_args("p9", "", 0), "Missing role: PHARMACIST");
    no_fill("", 0, "Prescription does not exist");
    issue((struct rx){.id = "p1",
                      .from = START + 5,
                      .until = START + 10,
                      .traced_only = true,
                      .pharmacy = CLINIC});
    no_fill("", 0, "Prescription is not active");
    approve("p1");
    no_fill("", 0, "Prescription not yet valid");
    h->time_s = START + 10;
    no_fill("", 0, "Prescription has expired");
    h->time_s = START + 5;
    no_fill("", 0, "Wrong pharmacy");
    as(PATIENT);
    does("setPharmacy", text("[\"p1\",%s]", acc(HOSPITAL)));
    no_fill("", 0, "Traced item required");
    active((struct rx){.id = "p2"});
    fill("p2", "d1", 1);
    as(PHARMACIST);
    refuses("dispense", fill_args("p2", "", 0), "Empty id");
    refuses("dispense", fill_args("p2", "d1", 0), "Dispense already exists");
    refuses("dispense", fill_args("p2", "d2", 0), "Quantity is zero");
    refuses("dispense", fill_args("p2", "d2", 10), "Quantity exceeds prescription");
    refuses("dispense", text("[\"p2\",\"d2\",\"0x%s\"," ZERO_HASH "]", "10000000000000001"),
            "Quantity exceeds prescription");
    refuses("dispense", fill_args("p2", longer(LIMIT_ID + 1), 1), "String too long");
}

static void the_chosen_pharmacy_is_an_account_or_a_member(void **state)
{
    (void)state;
    active((struct rx){.id = "p1", .pharmacy = PHARMACIST_2});
    no_fill("d", 1, "Wrong pharmacy");
    as(PHARMACIST_2);
    does("dispense", fill_args("p1", "d", 1));
    as(PATIENT);
    does("setPharmacy", text("[\"p1\",%s]", acc(HOSPITAL)));
    fill("p1", "e", 1);
    as(PHARMACIST_2);
    refuses("dispense", fill_args("p1", "f", 1), "Wrong pharmacy");
}

/* DrugTrace's own checks come first, then the pause of this module. */
static void a_paused_module_takes_no_items(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    as(PHARMACIST);
    memhost_ok(h, "DrugTrace", "createItem",
               "[\"a\",\"Drug\",\"\",\"Acme\",\"B\",1600000000,2000000000,\"RX\"]", "null");
    pause_module("0x0000000000000000000000000000000000001006");
    refuses("dispense", fill_args("p1", "d", 1), "Module is paused");
    memhost_reverts(h, "DrugTrace", "dispenseItem", "[\"b\",\"p1\",1,\"\"]", "Item does not exist");
    memhost_reverts(h, "DrugTrace", "dispenseItem", "[\"a\",\"p1\",1,\"\"]", "Module is paused");
    remaining("p1", 10, 10, 0, 0);
}

/* ------------------------------------------------------------------ taking back */

static const char *reversal(const char *dispense_id, const char *reason)
{
    return text("[\"p1\",\"%s\",\"%s\"]", dispense_id, reason);
}

static const char *reversed_log(const char *dispense_id, uint32_t by, unsigned quantity,
                                const char *reason)
{
    return text(
        "{\"event\":\"DispenseReversed\",\"args\":{\"prescriptionKey\":\"%s\",\"patient\":%s"
        ",\"by\":%s,\"prescriptionId\":\"p1\",\"dispenseId\":\"%s\",\"quantity\":\"%u\","
        "\"reason\":\"%s\"}}\n",
        topic("p1"), acc(PATIENT), acc(by), dispense_id, quantity, reason);
}

static void a_reversal_opens_the_prescription_again(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    fill("p1", "d1", 3);
    fill("p1", "d2", 7);
    rx_state("p1", 5);
    h->time_s = START + 20 * DAY; /* even past its end */
    as(PHARMACIST);
    does("reverseDispense", reversal("d2", "wrong"));
    memhost_logged(h, text("%s%s", reversed_log("d2", PHARMACIST, 7, "wrong"),
                           state_log("p1", PHARMACIST, 2, "wrong")));
    rx_state("p1", 7);
    h->time_s = START;
    rx_state("p1", 2);
    as(ADMIN);
    does("reverseDispense", reversal("d1", "x"));
    memhost_logged(h, reversed_log("d1", ADMIN, 3, "x"));
    shows("getDispenses", "[\"p1\",0,9]",
          text("{\"dispenses\":[%s,%s],\"total\":\"2\"}", dispense("d1", "", 3, HASH("0a"), true),
               dispense("d2", "", 7, HASH("0a"), true)));
    has("getPrescription", "[\"p1\"]", "\"firstDispensedAt\":\"0\",\"dispensed\":\"0\"");
    no_fill("d1", 1, "Dispense already exists");
}

static void the_first_dispense_counts_until_nothing_is_left(void **state)
{
    (void)state;
    active((struct rx){.id = "p1", .refills = 3, .interval_s = 100});
    fill("p1", "d1", 5);
    h->time_s = START + 60;
    fill("p1", "d2", 5);
    as(PHARMACIST);
    does("reverseDispense", reversal("d1", "x"));
    remaining("p1", 5, 35, 0, START + 100); /* F stays */
    h->time_s = START + 100;
    remaining("p1", 15, 35, 0, START + 200);
    does("reverseDispense", reversal("d2", "x"));
    remaining("p1", 10, 40, 0, 0);
    fill("p1", "d3", 1);
    remaining("p1", 9, 39, 0, START + 200);
}

static void reversing_is_refused_in_order(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    as(PATIENT);
    refuses("reverseDispense", "[\"p9\",\"\",\"\"]", "Prescription does not exist");
    refuses("reverseDispense", reversal("d1", ""), "Dispense does not exist");
    fill("p1", "d1", 3);
    fill("p1", "d2", 2);
    as(PHARMACIST);
    does("reverseDispense", reversal("d2", "x"));
    as(NURSE);
    does("recordAdministration", "[\"p1\",1," ZERO_HASH "]");
    refuses("reverseDispense", reversal("d2", ""), "Already reversed");
    static const uint32_t may_not[] = {NURSE, DOCTOR, PATIENT, PHARMACIST_2, ADMIN_2, CLINIC};
    for (size_t i = 0; i < MC_COUNT(may_not); i++) {
        as(may_not[i]);
        refuses("reverseDispense", reversal("d1", ""), "Caller may not reverse");
    }
    as(PHARMACIST);
    refuses("reverseDispense", reversal("d1", ""), "Dose already administered");
    fill("p1", "d3", 1);
    refuses("reverseDispense", reversal("d3", ""), "Reason cannot be empty");
    does("reverseDispense", reversal("d1", "x")); /* one unit is left, and one was given */
}

/* ------------------------------------------------------------------ ward */

static void doses_are_given_from_what_was_dispensed(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    fill("p1", "d1", 3);
    as(DOCTOR);
    does("cancelPrescription", "[\"p1\",\"x\"]"); /* in every state */
    as(NURSE);
    does("recordAdministration", "[\"p1\",2," HASH("0b") "]");
    memhost_logged(h, text("{\"event\":\"DoseAdministered\",\"args\":{\"prescriptionKey\":\"%s\","
                           "\"patient\":%s,\"by\":%s,\"prescriptionId\":\"p1\",\"quantity\":\"2\","
                           "\"notesHash\":" HASH("0b") "}}\n",
                           topic("p1"), acc(PATIENT), acc(NURSE)));
    refuses("recordAdministration", "[\"p1\",2," ZERO_HASH "]", "Exceeds dispensed quantity");
    as(DOCTOR);
    does("recordAdministration", "[\"p1\",1," ZERO_HASH "]");
    shows(
        "getAdministrations", "[\"p1\",0,9]",
        text("{\"administrations\":[{\"by\":%s,\"quantity\":\"2\",\"time\":\"%llu\","
             "\"notesHash\":" HASH(
                 "0b") "},{\"by\":%s,\"quantity\":\"1\",\"time\":\"%llu\",\"notesHash\":" ZERO_HASH
                       "}],\"total\":\"2\"}",
             acc(NURSE), START, acc(DOCTOR), START));
    shows("getAdministrations", "[\"p1\",2,9]", "{\"administrations\":[],\"total\":\"2\"}");
    has("getPrescription", "[\"p1\"]", "\"administered\":\"3\"");
}

static void administering_is_refused_in_order(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    as(PHARMACIST);
    refuses("recordAdministration", "[\"p9\",0," ZERO_HASH "]", "Missing role: DOCTOR|NURSE");
    as(NURSE);
    refuses("recordAdministration", "[\"p9\",0," ZERO_HASH "]", "Prescription does not exist");
    refuses("recordAdministration", "[\"p1\",0," ZERO_HASH "]", "Quantity is zero");
    refuses("recordAdministration", "[\"p1\",1," ZERO_HASH "]", "Exceeds dispensed quantity");
    refuses("recordAdministration", "[\"p1\",\"0x10000000000000000\"," ZERO_HASH "]",
            "Exceeds dispensed quantity");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(fills_add_up_to_the_authorised_total),
        T(refills_unlock_with_time_from_the_first_dispense),
        T(dispensing_is_refused_in_order),
        T(the_chosen_pharmacy_is_an_account_or_a_member),
        T(a_paused_module_takes_no_items),
        T(a_reversal_opens_the_prescription_again),
        T(the_first_dispense_counts_until_nothing_is_left),
        T(reversing_is_refused_in_order),
        T(doses_are_given_from_what_was_dispensed),
        T(administering_is_refused_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
