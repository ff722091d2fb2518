/* Consent, records and prescriptions when the store fails: every host call of every changing method, one at a time. */
#define M "PatientConsent"
#include "tests/vm/care_text.h"

#define SHA_X "\"0x2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\"" /* of "x" */
#define TERMS(grantee)                                                                             \
    text("[%s," ZERO_HASH ",\"LAB\",\"\",\"TREAT\",3,0,%llu,false]", acc(grantee), START + 1000)
#define CONTENT "[" HASH("c1") "," SHA_X ",\"aes\",\"\",1,\"0x78\"]"

/* One step of a story in which every step needs those before it. */
struct step {
    uint32_t who;
    const char *module, *method, *args;
};

static void step_with_failures(const struct step *s)
{
    as(s->who);
    for (uint32_t n = 1;; n++) {
        struct mh_res r;
        uint32_t cells = h->cell_cnt;
        h->fail_after = n;
        memhost_call(h, &r, s->module, s->method, s->args);
        h->fail_after = 0;
        if (r.err == MC_OK) {
            assert_true(n > 3); /* the failures did happen */
            return;
        }
        if (r.err != MC_EIO || h->cell_cnt != cells || h->log_cnt != 0)
            fail_msg("%s.%s, host call %u: %d %s", s->module, s->method, n, r.err, r.reason);
        assert_true(n < 1000);
    }
}

static void a_story_survives_every_failing_store_call(void **state)
{
    const char *patient = text("%s", acc(PATIENT)), *nurse = text("%s", acc(NURSE));
    const struct step steps[] = {
        {DOCTOR, M, "proposeConsent", text("[\"c1\",%s,%s," ZERO_HASH "]", patient, TERMS(DOCTOR))},
        {PATIENT, M, "decideConsent", "[\"c1\",true,\"\"]"},
        {PATIENT, M, "grantConsent", text("[\"c2\",%s,%s," ZERO_HASH "]", patient, TERMS(NURSE))},
        {PATIENT, M, "grantConsent", text("[\"c3\",%s,%s," ZERO_HASH "]", patient, TERMS(NURSE))},
        {PATIENT, M, "revokeConsent", "[\"c2\",\"\"]"},
        {PATIENT, M, "extendConsent", text("[\"c3\",%llu]", START + 2000)},
        {PATIENT, M, "setRepresentative",
         text("[%s,%s,%llu," ZERO_HASH "]", patient, acc(RELATIVE), START + 1000)},
        {NURSE, M, "recordAccess", text("[%s,\"LAB\",\"r\",\"TREAT\",1]", patient)},
        {RESCUER, M, "openEmergency", text("[\"s1\",%s,\"ER\"," HASH("01") ",9]", patient)},
        {RESCUER, M, "closeEmergency", "[\"s1\"]"},
        {AUDITOR, M, "reviewEmergency", "[\"s1\",true," ZERO_HASH "]"},
        {PATIENT, M, "setEmergencyOptOut", "[true]"},
        {PATIENT, "MedicalRecord", "setEncryptionKey", "[\"x25519\",\"0xaa\"]"},
        {DOCTOR, "MedicalRecord", "storeRecord",
         text("[\"r1\",%s,\"LAB\"," CONTENT ",[[%s,0,\"0x01\"],[%s,0,\"0x02\"]]]", patient, patient,
              nurse)},
        {INSURER, "MedicalRecord", "requestKey", "[\"r1\",\"HPAYMT\"]"},
        {PATIENT, "MedicalRecord", "grantKey", text("[\"r1\",%s,\"0x03\",0]", acc(INSURER))},
        {PATIENT, "MedicalRecord", "revokeKey", text("[\"r1\",%s]", nurse)},
        {PATIENT, "MedicalRecord", "grantKeys", text("[[\"r1\"],%s,[\"0x04\"],0]", nurse)},
        {NURSE, "MedicalRecord", "updateRecord",
         text("[\"r1\"," CONTENT ",[[%s,0,\"0x05\"]],\"why\"]", patient)},
        {DOCTOR, "MedicalRecord", "setRecordState", "[\"r1\",3,\"x\"]"},
        {RELATIVE, "MedicalRecord", "shredRecord", "[\"r1\",\"x\"]"},
        {AUDITOR, "MedicalRecord", "shredRecord", "[\"r1\",\"x\"]"},
        {DOCTOR, "Prescription", "issuePrescription",
         text("[\"p1\",[%s," HASH("c0") ",\"\",5,0,0,0,0,false,%s,\"r1\"]]", patient,
              acc(HOSPITAL))},
        {PHARMACIST, "Prescription", "reviewPrescription", "[\"p1\",true,\"\"]"},
        {DOCTOR, "Prescription", "setHold", "[\"p1\",true,\"x\"]"},
        {PHARMACIST, "Prescription", "setHold", "[\"p1\",false,\"x\"]"},
        {PHARMACIST, "Prescription", "dispense", "[\"p1\",\"d1\",5," ZERO_HASH "]"},
        {ADMIN, "Prescription", "reverseDispense", "[\"p1\",\"d1\",\"x\"]"},
        {PHARMACIST, "DrugTrace", "createItem",
         "[\"i1\",\"Drug\",\"\",\"Acme\",\"B\",1600000000,2000000000,\"RX\"]"},
        {PHARMACIST, "DrugTrace", "dispenseItem", "[\"i1\",\"p1\",2,\"\"]"},
        {NURSE, "Prescription", "recordAdministration", "[\"p1\",1," ZERO_HASH "]"},
        {RELATIVE, "Prescription", "setPharmacy", "[\"p1\"," ZERO_JSON "]"},
        {ADMIN, "Prescription", "cancelPrescription", "[\"p1\",\"x\"]"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(steps); i++)
        step_with_failures(&steps[i]);
}

/* ------------------------------------------------------------------ cost */

/* Gas is paid for what is written: it must not grow with what is there already. */
static void gas_does_not_grow_with_the_number_of_objects(void **state)
{
    uint64_t first[3] = {0};
    (void)state;
    for (uint32_t i = 0; i < 60; i++) {
        const struct step steps[] = {
            {PATIENT, M, "grantConsent",
             text("[\"c%02u\",%s,%s," ZERO_HASH "]", i, acc(PATIENT), TERMS(NURSE))},
            {DOCTOR, "MedicalRecord", "storeRecord",
             text("[\"r%02u\",%s,\"LAB\"," CONTENT ",[[%s,0,\"0x01\"]]]", i, acc(PATIENT),
                  acc(NURSE))},
            {DOCTOR, "Prescription", "issuePrescription",
             text("[\"p%02u\",[%s," HASH("c0") ",\"\",5,0,0,0,0,false," ZERO_JSON ",\"\"]]", i,
                  acc(PATIENT))},
        };
        for (uint32_t k = 0; k < MC_COUNT(steps); k++) {
            struct mh_res r;
            as(steps[k].who);
            memhost_call(h, &r, steps[k].module, steps[k].method, steps[k].args);
            assert_int_equal(r.err, MC_OK);
            if (i == 1)
                first[k] = r.gas_used;
            else if (i > 1)
                assert_in_range(r.gas_used, 1, first[k] + 1000); /* longer counters */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_story_survives_every_failing_store_call),
        T(gas_does_not_grow_with_the_number_of_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
