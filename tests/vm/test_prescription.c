/* Prescription: issue, review, hold, cancellation, and every refusal in its order. */
#include "tests/vm/prescription_text.h"

#define MAX_UINT "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static const char *issued_log(const char *id, uint64_t until)
{
    return text("{\"event\":\"PrescriptionIssued\",\"args\":{\"prescriptionKey\":\"%s\","
                "\"patient\":%s,\"prescriber\":%s,\"prescriptionId\":\"%s\",\"contentHash\":" HASH(
                    "c0") ",\"validUntil\":\"%llu\"}}\n",
                topic(id), acc(PATIENT), acc(DOCTOR), id, (unsigned long long)until);
}

/* ------------------------------------------------------------------ issue */

static void a_prescription_waits_for_review(void **state)
{
    (void)state;
    issue((struct rx){.id = "p1", .refills = 2, .interval_s = 60, .pharmacy = CLINIC});
    memhost_logged(h, issued_log("p1", START + 10 * DAY));
    shows("getPrescription", "[\"p1\"]",
          text("{\"input\":{\"patient\":%s,\"contentHash\":" HASH(
                   "c0") ",\"medicationCode\":\"M1\","
                         "\"quantityPerFill\":\"10\",\"refills\":\"2\",\"minFillInterval\":\"60\","
                         "\"validFrom\":\"%llu\",\"validUntil\":\"%llu\",\"tracedOnly\":false,"
                         "\"pharmacy\":%s,"
                         "\"recordId\":\"enc\"},\"prescriber\":%s,\"reviewer\":" ZERO_JSON
                         ",\"issuedAt\":"
                         "\"%llu\",\"firstDispensedAt\":\"0\",\"dispensed\":\"0\",\"administered\":"
                         "\"0\","
                         "\"state\":1}",
               acc(PATIENT), START, START + 10 * DAY, acc(CLINIC), acc(DOCTOR), START));
    pending("\"p1\"", 1);
    shows("getPrescriptionsByPatient", text("[%s,0,9]", acc(PATIENT)), ids_page("\"p1\"", 1));
    shows("getPrescriptionsByPrescriber", text("[%s,0,9]", acc(DOCTOR)), ids_page("\"p1\"", 1));
    shows("getTotalPrescriptions", "[]", "\"1\"");
}

static void review_can_be_switched_off(void **state)
{
    (void)state;
    restart("prescription.requireReview", 0);
    issue((struct rx){.id = "p1"});
    memhost_logged(
        h, text("%s%s", issued_log("p1", START + 10 * DAY), state_log("p1", DOCTOR, 2, "")));
    rx_state("p1", 2);
    pending("", 0);
    fill("p1", "d1", 1);
}

static void dates_left_to_the_chain_are_put_in(void **state)
{
    const char *fmt_head = text("%s," HASH("c0") ",\"\",1,0,0", acc(PATIENT));
    (void)state;
    as(DOCTOR);
    does("issuePrescription", text("[\"p1\",[%s,0,0,false," ZERO_JSON ",\"\"]]", fmt_head));
    memhost_logged(h, issued_log("p1", START + DEFAULT));
    does("issuePrescription",
         text("[\"p2\",[%s,%llu,0,false," ZERO_JSON ",\"\"]]", fmt_head, START - DAY));
    memhost_logged(h, issued_log("p2", START - DAY + DEFAULT));
    refuses("issuePrescription",
            text("[\"p3\",[%s,%llu,0,false," ZERO_JSON ",\"\"]]", fmt_head, START - DEFAULT),
            "Invalid dates");
    refuses("issuePrescription",
            text("[\"p3\",[%s,\"" MAX_UINT "\",0,false," ZERO_JSON ",\"\"]]", fmt_head),
            "Panic(0x11)");
    refuses("issuePrescription",
            text("[\"p3\",[%s,%llu,%llu,false," ZERO_JSON ",\"\"]]", fmt_head, START, START),
            "Invalid dates");
    does("issuePrescription",
         text("[\"p3\",[%s,0,\"" MAX_UINT "\",false," ZERO_JSON ",\"\"]]", fmt_head));
    as(PHARMACIST);
    does("reviewPrescription", "[\"p3\",true,\"\"]");
    h->time_s = UINT64_MAX - 1;
    does("dispense", fill_args("p3", "d", 1));
}

static void issuing_is_refused_in_order(void **state)
{
    const char *p = text("%s", acc(PATIENT));
    const struct {
        const char *id, *head, *reason;
    } rows[] = {
        {"", ZERO_JSON "," ZERO_HASH ",\"\",0,100,31622401", "Empty id"},
        {"p1", ZERO_JSON "," ZERO_HASH ",\"\",0,100,31622401", "Prescription already exists"},
        {"p2", ZERO_JSON "," ZERO_HASH ",\"\",0,100,31622401", "Zero address"},
        {"p2", text("%s," ZERO_HASH ",\"\",0,100,31622401", p), "Content hash cannot be zero"},
        {"p2", text("%s," HASH("01") ",\"\",0,100,31622401", p), "Invalid quantity"},
        {"p2", text("%s," HASH("01") ",\"\",1000001,100,31622401", p), "Invalid quantity"},
        {"p2", text("%s," HASH("01") ",\"\",\"" MAX_UINT "\",100,31622401", p), "Invalid quantity"},
        {"p2", text("%s," HASH("01") ",\"\",1000000,100,31622401", p), "Invalid refills"},
        {"p2", text("%s," HASH("01") ",\"\",1000000,99,31622401", p), "Invalid interval"},
        {"p2", text("%s," HASH("01") ",\"\",1000000,99,31622400", p), "Invalid dates"},
        {longer(LIMIT_ID + 1), text("%s," HASH("01") ",\"\",1,1,1", p), "String too long"},
        {"p2", text("%s," HASH("01") ",\"%s\",1,1,1", p, longer(65)), "String too long"},
    };
    (void)state;
    issue((struct rx){.id = "p1"});
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const char *a =
            text("[\"%s\",[%s,9,9,false," ZERO_JSON ",\"\"]]", rows[i].id, rows[i].head);
        as(DOCTOR);
        refuses("issuePrescription", a, rows[i].reason);
        as(NURSE);
        refuses("issuePrescription", a, "Missing role: DOCTOR");
    }
    shows("getTotalPrescriptions", "[]", "\"1\"");
}

/* ------------------------------------------------------------------ review */

static void a_pharmacist_approves_or_refuses(void **state)
{
    (void)state;
    issue((struct rx){.id = "p1", .pharmacy = CLINIC}); /* the pharmacy does not matter here */
    issue((struct rx){.id = "p2"});
    as(PHARMACIST);
    does("reviewPrescription", "[\"p1\",true,\"fine\"]");
    memhost_logged(h, state_log("p1", PHARMACIST, 2, "fine"));
    has("getPrescription", "[\"p1\"]", text("\"reviewer\":%s", acc(PHARMACIST)));
    pending("\"p2\"", 1);
    does("reviewPrescription", "[\"p2\",false,\"dose\"]");
    memhost_logged(h, state_log("p2", PHARMACIST, 4, "dose"));
    pending("", 0);
    refuses("reviewPrescription", "[\"p1\",true,\"\"]", "Prescription is not awaiting review");
    refuses("dispense", fill_args("p2", "d", 1), "Prescription is not active");
}

static void reviewing_is_refused_in_order(void **state)
{
    (void)state;
    memhost_grant(h, memhost_account(DOCTOR), VM_PHARMACIST);
    issue((struct rx){.id = "p1"});
    as(NURSE);
    refuses("reviewPrescription", "[\"p9\",true,\"\"]", "Missing role: PHARMACIST");
    as(DOCTOR);
    refuses("reviewPrescription", "[\"p9\",true,\"\"]", "Prescription does not exist");
    refuses("reviewPrescription", "[\"p1\",false,\"\"]", "Prescriber cannot review");
    h->time_s = START + 10 * DAY;
    refuses("reviewPrescription", "[\"p1\",true,\"\"]", "Prescription has expired");
    rx_state("p1", 7);
    pending("\"p1\"", 1);
    as(PHARMACIST);
    refuses("reviewPrescription", "[\"p1\",true,\"\"]", "Prescription has expired");
    refuses("reviewPrescription", "[\"p1\",false,\"\"]", "Reason cannot be empty");
    does("reviewPrescription", "[\"p1\",false,\"late\"]"); /* clears the queue */
    pending("", 0);
    rx_state("p1", 4);
}

/* ------------------------------------------------------------------ hold */

static void dispensing_can_be_held(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    as(DOCTOR_2);
    does("setHold", "[\"p1\",true,\"allergy\"]");
    memhost_logged(h, state_log("p1", DOCTOR_2, 3, "allergy"));
    as(PHARMACIST);
    refuses("dispense", fill_args("p1", "d", 1), "Prescription is not active");
    refuses("setHold", "[\"p1\",true,\"\"]", "Prescription is not active");
    refuses("setHold", "[\"p1\",false,\"\"]", "Reason cannot be empty");
    does("setHold", "[\"p1\",false,\"checked\"]");
    memhost_logged(h, state_log("p1", PHARMACIST, 2, "checked"));
    refuses("setHold", "[\"p1\",false,\"\"]", "Prescription is not on hold");
    refuses("setHold", "[\"p1\",true,\"\"]", "Reason cannot be empty");
    refuses("setHold", "[\"p9\",true,\"\"]", "Prescription does not exist");
    as(NURSE);
    refuses("setHold", "[\"p1\",true,\"x\"]", "Missing role: DOCTOR|PHARMACIST");
}

static void an_expired_prescription_is_neither_active_nor_on_hold(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    active((struct rx){.id = "p2"});
    as(DOCTOR);
    does("setHold", "[\"p2\",true,\"x\"]");
    h->time_s = START + 10 * DAY;
    rx_state("p1", 7);
    rx_state("p2", 7);
    refuses("setHold", "[\"p1\",true,\"x\"]", "Prescription is not active");
    refuses("setHold", "[\"p2\",false,\"x\"]", "Prescription is not on hold");
    refuses("cancelPrescription", "[\"p1\",\"x\"]", "Prescription is closed");
    refuses("setPharmacy", "[\"p1\"," ZERO_JSON "]", "Prescription is closed");
    as(PHARMACIST); /* these look at the stored state first */
    refuses("dispense", fill_args("p1", "d", 1), "Prescription has expired");
    refuses("dispense", fill_args("p2", "d", 1), "Prescription is not active");
}

/* ------------------------------------------------------------------ cancellation */

static void prescriber_and_hospital_may_cancel(void **state)
{
    static const uint32_t may[] = {DOCTOR, ADMIN, HOSPITAL};
    static const uint32_t may_not[] = {NURSE, PHARMACIST, DOCTOR_2, ADMIN_2, PATIENT, CLINIC};
    (void)state;
    for (uint32_t i = 0; i < MC_COUNT(may); i++) {
        const char *id = text("p%u", i);
        issue((struct rx){.id = id});
        for (uint32_t k = 0; k < MC_COUNT(may_not); k++) {
            as(may_not[k]);
            refuses("cancelPrescription", text("[\"%s\",\"\"]", id), "Caller may not cancel");
        }
        if (i == 1)
            approve(id);
        as(may[i]);
        refuses("cancelPrescription", text("[\"%s\",\"\"]", id), "Reason cannot be empty");
        does("cancelPrescription", text("[\"%s\",\"stop\"]", id));
        memhost_logged(h, state_log(id, may[i], 6, "stop"));
        refuses("cancelPrescription", text("[\"%s\",\"\"]", id), "Prescription is closed");
        pending("", 0);
    }
    refuses("cancelPrescription", "[\"p9\",\"\"]", "Prescription does not exist");
    as(PHARMACIST);
    refuses("reviewPrescription", "[\"p0\",false,\"x\"]", "Prescription is not awaiting review");
}

static void what_is_dispensed_stays_recorded(void **state)
{
    (void)state;
    active((struct rx){.id = "p1"});
    fill("p1", "d1", 4);
    as(DOCTOR);
    does("setHold", "[\"p1\",true,\"x\"]");
    does("cancelPrescription", "[\"p1\",\"stop\"]");
    has("getPrescription", "[\"p1\"]", "\"dispensed\":\"4\"");
    has("getDispenses", "[\"p1\",0,1]", "\"total\":\"1\"");
}

/* ------------------------------------------------------------------ pharmacy */

static void patient_side_and_prescriber_choose_the_pharmacy(void **state)
{
    (void)state;
    issue((struct rx){.id = "p1"});
    as(PATIENT);
    does("setPharmacy", text("[\"p1\",%s]", acc(CLINIC)));
    memhost_logged(h, text("{\"event\":\"PharmacyChanged\",\"args\":{\"prescriptionKey\":\"%s\","
                           "\"patient\":%s,\"pharmacy\":%s,\"prescriptionId\":\"p1\"}}\n",
                           topic("p1"), acc(PATIENT), acc(CLINIC)));
    does("setPharmacy", text("[\"p1\",%s]", acc(CLINIC))); /* tells also of no change */
    assert_int_equal(h->log_cnt, 1);
    memhost_ok(h, "PatientConsent", "setRepresentative",
               text("[%s,%s,%llu," ZERO_HASH "]", acc(PATIENT), acc(RELATIVE), START + DAY),
               "null");
    as(RELATIVE);
    does("setPharmacy", "[\"p1\"," ZERO_JSON "]");
    as(DOCTOR);
    does("setPharmacy", text("[\"p1\",%s]", acc(PHARMACIST_2)));
    has("getPrescription", "[\"p1\"]", text("\"pharmacy\":%s", acc(PHARMACIST_2)));
    refuses("setPharmacy", "[\"p9\"," ZERO_JSON "]", "Prescription does not exist");
    as(PHARMACIST);
    refuses("setPharmacy", "[\"p1\"," ZERO_JSON "]", "Caller may not choose");
    does("reviewPrescription", "[\"p1\",false,\"x\"]");
    refuses("setPharmacy", "[\"p1\"," ZERO_JSON "]", "Caller may not choose");
    as(DOCTOR);
    refuses("setPharmacy", "[\"p1\"," ZERO_JSON "]", "Prescription is closed");
}

/* ------------------------------------------------------------------ verification */

static void a_document_is_checked_at_the_counter(void **state)
{
    const struct mc_hash document = {{1}}, salt = {{2}};
    const struct mc_slice parts[] = {mc_hash_slice(&salt), mc_hash_slice(&document)};
    struct mc_hash content;
    char c[65], d[65], s[65];
    (void)state;
    mc_keccak256v(&content, parts, 2);
    mc_hex_encode(c, content.b, 32);
    mc_hex_encode(d, document.b, 32);
    mc_hex_encode(s, salt.b, 32);
    as(DOCTOR);
    does("issuePrescription",
         text("[\"p1\",[%s,\"0x%s\",\"\",2,0,0,%llu,%llu,false," ZERO_JSON ",\"\"]]", acc(PATIENT),
              c, START + 5, START + 9));
    const char *good = text("[\"p1\",\"0x%s\",\"0x%s\"]", d, s);
    const char *swapped = text("[\"p1\",\"0x%s\",\"0x%s\"]", s, d);
    shows("verifyPrescription", good, "{\"genuine\":true,\"dispensable\":false}");
    approve("p1");
    shows("verifyPrescription", good, "{\"genuine\":true,\"dispensable\":false}");
    as(PHARMACIST);
    refuses("dispense", fill_args("p1", "d", 1), "Prescription not yet valid");
    h->time_s = START + 5;
    shows("verifyPrescription", good, "{\"genuine\":true,\"dispensable\":true}");
    shows("verifyPrescription", swapped, "{\"genuine\":false,\"dispensable\":true}");
    fill("p1", "d", 2);
    shows("verifyPrescription", good, "{\"genuine\":true,\"dispensable\":false}");
    refuses("verifyPrescription", text("[\"p9\",\"0x%s\",\"0x%s\"]", d, s),
            "Prescription does not exist");
    refuses("getPrescription", "[\"p9\"]", "Prescription does not exist");
    refuses("getRemaining", "[\"p9\"]", "Prescription does not exist");
    refuses("getDispenses", "[\"p9\",0,1]", "Prescription does not exist");
    refuses("getAdministrations", "[\"p9\",0,1]", "Prescription does not exist");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_prescription_waits_for_review),
        T(review_can_be_switched_off),
        T(dates_left_to_the_chain_are_put_in),
        T(issuing_is_refused_in_order),
        T(a_pharmacist_approves_or_refuses),
        T(reviewing_is_refused_in_order),
        T(dispensing_can_be_held),
        T(an_expired_prescription_is_neither_active_nor_on_hold),
        T(prescriber_and_hospital_may_cancel),
        T(what_is_dispensed_stays_recorded),
        T(patient_side_and_prescriber_choose_the_pharmacy),
        T(a_document_is_checked_at_the_counter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
