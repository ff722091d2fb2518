/* Consent, records and prescriptions together: every host call of every changing method fails once; what a call costs
 * does not depend on how much is there. */
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

/* The host with its loads and saves counted. */
static struct {
    struct vm_host real;
    uint32_t calls;
} counted;

static enum mc_err load_counted(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                                uint64_t pos, struct mc_slice *out)
{
    counted.calls++;
    return counted.real.load(ctx, self, slot, pos, out);
}

static enum mc_err save_counted(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                                uint64_t pos, enum vm_word word, struct mc_slice value)
{
    counted.calls++;
    return counted.real.save(ctx, self, slot, pos, word, value);
}

struct cost {
    uint32_t host_calls;
    uint64_t gas;
};

static struct cost cost_of(const struct step *s)
{
    struct mh_res r;
    as(s->who);
    counted.calls = 0;
    memhost_call(h, &r, s->module, s->method, s->args);
    if (r.err != MC_OK)
        fail_msg("%s.%s%s: %s", s->module, s->method, s->args, r.reason);
    return (struct cost){counted.calls, r.gas_used};
}

#define OBJECTS 1500u

/* One patient gathers objects; only counters get longer, and the trees of the two work lists deeper. */
static void cost_does_not_grow_with_the_number_of_objects(void **state)
{
    struct cost early[10] = {{0, 0}};
    (void)state;
    counted.real = h->host;
    h->host.load = load_counted;
    h->host.save = save_counted;
    for (uint32_t i = 0; i < OBJECTS; i++) {
        const char *patient = text("%s", acc(PATIENT)), *grantee = text("%s", acc(100 + i));
        const struct step steps[] = {
            {DOCTOR, M, "proposeConsent",
             text("[\"c%04u\",%s,%s," ZERO_HASH "]", i, patient, TERMS(NURSE))},
            {PATIENT, M, "recordAccess", text("[%s,\"LAB\",\"r\",\"TREAT\",1]", patient)},
            {RESCUER, M, "openEmergency",
             text("[\"s%04u\",%s,\"ER\"," HASH("01") ",9]", i, patient)},
            {RESCUER, M, "closeEmergency", text("[\"s%04u\"]", i)},
            {DOCTOR, "MedicalRecord", "storeRecord",
             text("[\"r%04u\",%s,\"LAB\"," CONTENT ",[[%s,0,\"0x01\"]]]", i, patient, grantee)},
            {INSURER, "MedicalRecord", "requestKey", text("[\"r%04u\",\"HPAYMT\"]", i)},
            {PATIENT, "MedicalRecord", "grantKey",
             text("[\"r%04u\",%s,\"0x03\",0]", i, acc(INSURER))},
            {DOCTOR, "Prescription", "issuePrescription",
             text("[\"p%04u\",[%s," HASH("c0") ",\"\",1000000,99,0,0,0,false," ZERO_JSON ",\"\"]]",
                  i, patient)},
            {PHARMACIST, "Prescription", "dispense",
             text("[\"all\",\"d%04u\",9," ZERO_HASH "]", i)},
            {NURSE, "Prescription", "recordAdministration", "[\"all\",1," ZERO_HASH "]"},
        };
        _Static_assert(MC_COUNT(steps) == MC_COUNT(early), "a cost for each step");
        if (i == 0) {
            const struct step issue = {
                DOCTOR, "Prescription", "issuePrescription",
                text("[\"all\",[%s," HASH("c0") ",\"\",1000000,99,0,0,0,false," ZERO_JSON ",\"\"]]",
                     patient)};
            const struct step review = {PHARMACIST, "Prescription", "reviewPrescription",
                                        "[\"all\",true,\"\"]"};
            cost_of(&issue);
            cost_of(&review);
        }
        for (uint32_t k = 0; k < MC_COUNT(steps); k++) {
            struct cost now = cost_of(&steps[k]);
            if (i == 9)
                early[k] = now;
            if (i > 9 &&
                (now.host_calls > early[k].host_calls + 14 || now.gas > early[k].gas + 14000))
                fail_msg("%s at %u: %u host calls and %llu gas, %u and %llu at first",
                         steps[k].method, i, now.host_calls, (unsigned long long)now.gas,
                         early[k].host_calls, (unsigned long long)early[k].gas);
        }
    }
    h->host = counted.real;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_story_survives_every_failing_store_call),
        T(cost_does_not_grow_with_the_number_of_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
