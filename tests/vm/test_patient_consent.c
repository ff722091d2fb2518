/* PatientConsent: the life of a consent, representatives, and every refusal in its order. */
#define M "PatientConsent"
#include "tests/vm/care_text.h"

#define DAY         86400ull
#define MAX_SECONDS 315360000ull

/* Terms about LAB data for TREAT; from and until as they stand. */
static const char *terms_of(const char *grantee, const char *role, uint64_t from, uint64_t until,
                            bool deny)
{
    return text("[%s,%s,\"LAB\",\"\",\"TREAT\",3,%llu,%llu,%s]", grantee, role,
                (unsigned long long)from, (unsigned long long)until, deny ? "true" : "false");
}

static const char *for_doctor(void)
{
    return terms_of(acc(DOCTOR), ZERO_HASH, 0, START + DAY, false);
}

static const char *args(const char *id, uint32_t patient, const char *terms)
{
    return text("[\"%s\",%s,%s," HASH("0d") "]", id, acc(patient), terms);
}

static void grant(const char *id)
{
    does("grantConsent", args(id, PATIENT, for_doctor()));
}

static void propose(const char *id)
{
    struct mc_addr was = h->caller;
    as(DOCTOR);
    does("proposeConsent", args(id, PATIENT, for_doctor()));
    h->caller = was;
}

/* getConsent() of a consent with for_doctor()'s terms. */
static void consent_is(const char *id, uint32_t proposer, uint64_t decided, uint64_t ended,
                       unsigned state)
{
    shows(
        "getConsent", text("[\"%s\"]", id),
        text(
            "{\"patient\":%s,\"proposer\":%s,\"terms\":{\"grantee\":%s,\"granteeRole\":" ZERO_HASH
            ",\"dataCategory\":\"LAB\",\"dataId\":\"\",\"purpose\":\"TREAT\",\"actions\":3,"
            "\"validFrom\":\"%llu\",\"validUntil\":\"%llu\",\"deny\":false},\"documentHash\":" HASH(
                "0d") ",\"createdAt\":\"%llu\",\"decidedAt\":\"%llu\",\"endedAt\":\"%llu\","
                      "\"state\":%u}",
            acc(PATIENT), acc(proposer), acc(DOCTOR), START, START + DAY, START,
            (unsigned long long)decided, (unsigned long long)ended, state));
}

static const char *granted_log(const char *id)
{
    return text("{\"event\":\"ConsentGranted\",\"args\":{\"consentKey\":\"%s\",\"patient\":%s,"
                "\"grantee\":%s,\"consentId\":\"%s\",\"deny\":false,\"validUntil\":\"%llu\"}}\n",
                topic(id), acc(PATIENT), acc(DOCTOR), id, START + DAY);
}

static const char *ended_log(const char *id, uint32_t by, unsigned state, const char *reason)
{
    return text("{\"event\":\"ConsentEnded\",\"args\":{\"consentKey\":\"%s\",\"patient\":%s,"
                "\"by\":%s,\"consentId\":\"%s\",\"state\":%u,\"reason\":\"%s\"}}\n",
                topic(id), acc(PATIENT), acc(by), id, state, reason);
}

/* ------------------------------------------------------------------ storing */

static void a_grant_is_active_at_once(void **state)
{
    (void)state;
    grant("c1");
    memhost_logged(h, granted_log("c1"));
    assert_int_equal(h->logs[0].topic_cnt, 4);
    consent_is("c1", PATIENT, START, 0, 2);
    shows("getTotalConsents", "[]", "\"1\"");
    h->time_s = START + DAY - 1;
    consent_is("c1", PATIENT, START, 0, 2);
    h->time_s = START + DAY;
    consent_is("c1", PATIENT, START, 0, 5);
}

static void a_proposal_waits_thirty_days(void **state)
{
    (void)state;
    propose("c1");
    memhost_logged(h, text("{\"event\":\"ConsentProposed\",\"args\":{\"consentKey\":\"%s\","
                           "\"patient\":%s,\"proposer\":%s,\"consentId\":\"c1\",\"grantee\":%s}}\n",
                           topic("c1"), acc(PATIENT), acc(DOCTOR), acc(DOCTOR)));
    consent_is("c1", DOCTOR, 0, 0, 1);
    h->time_s = START + 30 * DAY - 1;
    consent_is("c1", DOCTOR, 0, 0, 1);
    h->time_s = START + 30 * DAY;
    consent_is("c1", DOCTOR, 0, 0, 5);
    refuses("decideConsent", "[\"c1\",false,\"\"]", "Consent is not proposed");
    refuses("revokeConsent", "[\"c1\",\"\"]", "Consent is not active");
    as(DOCTOR); /* the proposer of a lapsed proposal has no say any more */
    refuses("revokeConsent", "[\"c1\",\"\"]", "Caller is not the patient");
}

static void providers_and_payers_may_ask(void **state)
{
    static const uint32_t may[] = {DOCTOR, NURSE, PHARMACIST, ADMIN, INSURER, HOSPITAL};
    static const uint32_t may_not[] = {NOBODY, PATIENT, AUDITOR, RESCUER};
    (void)state;
    for (uint32_t i = 0; i < MC_COUNT(may); i++) {
        as(may[i]);
        does("proposeConsent", args(text("c%u", i), PATIENT, for_doctor()));
    }
    for (uint32_t i = 0; i < MC_COUNT(may_not); i++) {
        as(may_not[i]);
        refuses("proposeConsent", args("", PATIENT, for_doctor()),
                "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|INSURER");
    }
    shows("getTotalConsents", "[]", "\"6\"");
}

/* Each row breaks its rule and all later ones where it can. */
static void storing_is_refused_in_order(void **state)
{
    const char *child = text("%s", acc(CHILD)), *any = ZERO_HASH, *end = text("%llu", START + DAY);
    const struct {
        const char *id, *patient, *terms, *reason;
    } rows[] = {
        {longer(LIMIT_ID + 1), ZERO_JSON,
         text("[" ZERO_JSON ",%s,\"\",\"\",\"\",0,0,0,false]", any), "String too long"},
        {"", ZERO_JSON, text("[" ZERO_JSON ",%s,\"\",\"\",\"\",0,0,0,false]", any), "Empty id"},
        {"c1", ZERO_JSON, text("[" ZERO_JSON ",%s,\"\",\"\",\"\",0,0,0,false]", any),
         "Consent already exists"},
        {"c2", ZERO_JSON, text("[" ZERO_JSON ",%s,\"\",\"\",\"\",0,0,0,false]", any),
         "Zero address"},
        {"c2", child, text("[" ZERO_JSON ",%s,\"\",\"\",\"\",0,0,0,false]", any), "No grantee"},
        {"c2", child, text("[%s,%s,\"\",\"\",\"\",0,0,0,false]", acc(DOCTOR), any),
         "Empty category"},
        {"c2", child, text("[%s,%s,\"*\",\"\",\"\",0,0,0,false]", acc(DOCTOR), any),
         "Empty purpose"},
        {"c2", child, text("[%s,%s,\"*\",\"\",\"*\",0,0,0,false]", acc(DOCTOR), any),
         "Invalid actions"},
        {"c2", child, text("[%s,%s,\"*\",\"\",\"*\",8,0,0,false]", acc(DOCTOR), any),
         "Invalid actions"},
        {"c2", child, text("[%s,%s,\"*\",\"\",\"*\",7,0,0,false]", acc(DOCTOR), any),
         "Invalid dates"},
        {"c2", child, text("[%s,%s,\"*\",\"\",\"*\",7,0,%s,false]", acc(DOCTOR), any, end),
         "Caller is not the patient"},
    };
    (void)state;
    grant("c1");
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const char *a =
            text("[\"%s\",%s,%s,%s]", rows[i].id, rows[i].patient, rows[i].terms, ZERO_HASH);
        as(PATIENT);
        refuses("grantConsent", a, rows[i].reason);
        as(DOCTOR);
        if (i + 1 < MC_COUNT(rows))
            refuses("proposeConsent", a, rows[i].reason);
    }
    shows("getTotalConsents", "[]", "\"1\"");
}

static void strings_have_their_limits(void **state)
{
    static const size_t max[] = {128, 64, 128, 64};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(max); i++) {
        for (size_t over = 0; over < 2; over++) {
            const char *s[4] = {text("c%zu", i), "LAB", "", "TREAT"};
            s[i] = longer(max[i] + over);
            const char *a = text("[\"%s\",%s,[%s," ZERO_HASH
                                 ",\"%s\",\"%s\",\"%s\",1,0,%llu,false]," ZERO_HASH "]",
                                 s[0], acc(PATIENT), acc(DOCTOR), s[1], s[2], s[3], START + DAY);
            if (over == 0)
                does("grantConsent", a);
            else
                refuses("grantConsent", a, "String too long");
        }
    }
    refuses("revokeConsent", text("[\"c1\",\"%s\"]", longer(LIMIT_TEXT + 1)), "String too long");
    does("revokeConsent", text("[\"c1\",\"%s\"]", longer(LIMIT_TEXT)));
}

static void dates_are_within_reach(void **state)
{
    static const struct {
        uint64_t from, until;
        bool ok;
    } rows[] = {
        {0, START, false},
        {0, START + 1, true},
        {1, START + 1, true}, /* the past */
        {1, START, false},
        {START + 5, START + 5, false},
        {START + 5, START + 6, true},
        {0, START + MAX_SECONDS, true},
        {0, START + MAX_SECONDS + 1, false},
        {UINT64_MAX, UINT64_MAX, false},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const char *a = args(text("c%zu", i), PATIENT,
                             terms_of(acc(DOCTOR), ZERO_HASH, rows[i].from, rows[i].until, false));
        if (rows[i].ok)
            does("grantConsent", a);
        else
            refuses("grantConsent", a, "Invalid dates");
    }
    has("getConsent", "[\"c2\"]", "\"validFrom\":\"1\"");
    refuses("grantConsent",
            args("big", PATIENT,
                 text("[%s," ZERO_HASH ",\"LAB\",\"\",\"TREAT\",1,0,"
                      "\"0x100000000000000000000000000000001\",false]",
                      acc(DOCTOR))),
            "Invalid dates");
}

/* ------------------------------------------------------------------ answer and end */

static void the_patient_accepts_or_declines(void **state)
{
    (void)state;
    propose("c1");
    propose("c2");
    refuses("decideConsent", "[\"c9\",true,\"\"]", "Consent does not exist");
    as(DOCTOR);
    refuses("decideConsent", "[\"c1\",true,\"\"]", "Caller is not the patient");
    as(PATIENT);
    h->time_s++;
    does("decideConsent", "[\"c1\",true,\"ignored\"]");
    memhost_logged(h, granted_log("c1"));
    consent_is("c1", DOCTOR, START + 1, 0, 2);
    does("decideConsent", "[\"c2\",false,\"no\"]");
    memhost_logged(h, ended_log("c2", PATIENT, 3, "no"));
    consent_is("c2", DOCTOR, START + 1, START + 1, 3);
    refuses("decideConsent", "[\"c1\",true,\"\"]", "Consent is not proposed");
    refuses("decideConsent", "[\"c2\",true,\"\"]", "Consent is not proposed");
    refuses("revokeConsent", "[\"c2\",\"\"]", "Consent is not active");
}

static void a_proposal_whose_end_has_passed_can_only_be_declined(void **state)
{
    (void)state;
    propose("c1");
    h->time_s = START + DAY;
    refuses("decideConsent", "[\"c1\",true,\"\"]", "Invalid dates");
    does("decideConsent", "[\"c1\",false,\"\"]");
}

static void revocation_ends_what_is_active_or_proposed(void **state)
{
    (void)state;
    grant("c1");
    propose("c2");
    propose("c3");
    refuses("revokeConsent", "[\"c9\",\"\"]", "Consent does not exist");
    as(DOCTOR);
    refuses("revokeConsent", "[\"c1\",\"\"]", "Caller is not the patient");
    does("revokeConsent", "[\"c2\",\"mistake\"]");
    memhost_logged(h, ended_log("c2", DOCTOR, 4, "mistake"));
    as(NURSE);
    refuses("revokeConsent", "[\"c3\",\"\"]", "Caller is not the patient");
    as(PATIENT);
    h->time_s++;
    does("revokeConsent", "[\"c1\",\"\"]");
    memhost_logged(h, ended_log("c1", PATIENT, 4, ""));
    consent_is("c1", PATIENT, START, START + 1, 4);
    does("revokeConsent", "[\"c3\",\"\"]");
    refuses("revokeConsent", "[\"c1\",\"\"]", "Consent is not active");
    h->time_s = START + 90 * DAY;
    consent_is("c1", PATIENT, START, START + 1, 4); /* stays revoked */
}

static void an_active_consent_can_be_prolonged(void **state)
{
    (void)state;
    grant("c1");
    propose("c2");
    refuses("extendConsent", "[\"c9\",0]", "Consent does not exist");
    as(DOCTOR);
    refuses("extendConsent", "[\"c1\",0]", "Caller is not the patient");
    as(PATIENT);
    refuses("extendConsent", "[\"c2\",0]", "Consent is not active");
    refuses("extendConsent", text("[\"c1\",%llu]", START + DAY), "Invalid dates");
    refuses("extendConsent", text("[\"c1\",%llu]", START + MAX_SECONDS + 1), "Invalid dates");
    does("extendConsent", text("[\"c1\",%llu]", START + MAX_SECONDS));
    memhost_logged(h, text("{\"event\":\"ConsentExtended\",\"args\":{\"consentKey\":\"%s\","
                           "\"patient\":%s,\"consentId\":\"c1\",\"validUntil\":\"%llu\"}}\n",
                           topic("c1"), acc(PATIENT), START + MAX_SECONDS));
    h->time_s = START + MAX_SECONDS - 1;
    has("getConsent", "[\"c1\"]", "\"state\":2}");
    h->time_s++;
    refuses("extendConsent", text("[\"c1\",%llu]", START + MAX_SECONDS + 5),
            "Consent is not active");
}

static void sixty_four_live_rules_for_each_subject(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 64; i++)
        does("grantConsent", args(text("c%u", i), PATIENT,
                                  terms_of(acc(DOCTOR), ZERO_HASH, 0, START + DAY + i, false)));
    refuses("grantConsent", args("x", PATIENT, for_doctor()), "Too many consents");
    propose("p");
    refuses("decideConsent", "[\"p\",true,\"\"]", "Too many consents");
    does("grantConsent",
         args("role", PATIENT, terms_of(ZERO_JSON, role_json(VM_DOCTOR), 0, START + DAY, false)));
    does("grantConsent",
         args("other", PATIENT, terms_of(acc(NURSE), ZERO_HASH, 0, START + DAY, false)));
    does("revokeConsent", "[\"c10\",\"\"]");
    does("decideConsent", "[\"p\",true,\"\"]");
    refuses("grantConsent", args("x", PATIENT, for_doctor()), "Too many consents");
    h->time_s = START + DAY; /* c0, p and what is equal to them ended */
    does("grantConsent",
         args("y", PATIENT, terms_of(acc(DOCTOR), ZERO_HASH, 0, START + 9 * DAY, false)));
    does("grantConsent",
         args("z", PATIENT, terms_of(acc(DOCTOR), ZERO_HASH, 0, START + 9 * DAY, false)));
    refuses("grantConsent",
            args("w", PATIENT, terms_of(acc(DOCTOR), ZERO_HASH, 0, START + 9 * DAY, false)),
            "Too many consents");
    does("revokeConsent", "[\"y\",\"\"]"); /* it took an ended one's place */
    does("revokeConsent", "[\"c63\",\"\"]");
}

static void lists_show_all_states_oldest_first(void **state)
{
    const char *role = role_json(VM_NURSE);
    (void)state;
    grant("c1");
    propose("c2");
    does("grantConsent", args("c3", PATIENT, terms_of(ZERO_JSON, role, 0, START + DAY, true)));
    does("revokeConsent", "[\"c1\",\"\"]");
    shows("getConsentsByPatient", text("[%s,0,10]", acc(PATIENT)),
          ids_page("\"c1\",\"c2\",\"c3\"", 3));
    shows("getConsentsByPatient", text("[%s,1,1]", acc(PATIENT)), ids_page("\"c2\"", 3));
    shows("getConsentsByGrantee", text("[%s,0,10]", acc(DOCTOR)), ids_page("\"c1\",\"c2\"", 2));
    shows("getConsentsByGrantee", "[" ZERO_JSON ",0,10]", ids_page("\"c3\"", 1));
    refuses("getConsent", "[\"c9\"]", "Consent does not exist");
}

static void a_patient_without_the_role_is_not_patient_side(void **state)
{
    (void)state;
    as(RELATIVE);
    refuses("grantConsent", args("c1", RELATIVE, for_doctor()), "Caller is not the patient");
}

/* ------------------------------------------------------------------ representatives */

static void represents(uint32_t patient, uint32_t representative, uint64_t until, const char *hash)
{
    does("setRepresentative", text("[%s,%s,%llu,%s]", acc(patient), acc(representative),
                                   (unsigned long long)until, hash));
}

static void a_representative_acts_for_the_patient_while_the_term_runs(void **state)
{
    (void)state;
    represents(PATIENT, RELATIVE, START + DAY, ZERO_HASH);
    memhost_logged(h, text("{\"event\":\"RepresentativeSet\",\"args\":{\"patient\":%s,"
                           "\"representative\":%s,\"by\":%s,\"validUntil\":\"%llu\","
                           "\"documentHash\":" ZERO_HASH "}}\n",
                           acc(PATIENT), acc(RELATIVE), acc(PATIENT), START + DAY));
    shows("getRepresentative", text("[%s]", acc(PATIENT)),
          text("{\"representative\":%s,\"validUntil\":\"%llu\"}", acc(RELATIVE), START + DAY));
    as(RELATIVE);
    does("grantConsent",
         args("c1", PATIENT, terms_of(acc(DOCTOR), ZERO_HASH, 0, START + 2 * DAY, false)));
    has("getConsent", "[\"c1\"]", text("\"proposer\":%s", acc(RELATIVE)));
    h->time_s = START + DAY;
    refuses("revokeConsent", "[\"c1\",\"\"]", "Caller is not the patient");
    shows("getRepresentative", text("[%s]", acc(PATIENT)),
          "{\"representative\":" ZERO_JSON ",\"validUntil\":\"0\"}");
}

static void a_removal_shows_no_end(void **state)
{
    (void)state;
    represents(PATIENT, RELATIVE, START + DAY, ZERO_HASH);
    does("setRepresentative", text("[%s," ZERO_JSON ",77," ZERO_HASH "]", acc(PATIENT)));
    memhost_logged(h, text("{\"event\":\"RepresentativeSet\",\"args\":{\"patient\":%s,"
                           "\"representative\":" ZERO_JSON ",\"by\":%s,\"validUntil\":\"0\","
                           "\"documentHash\":" ZERO_HASH "}}\n",
                           acc(PATIENT), acc(PATIENT)));
    as(RELATIVE);
    refuses("grantConsent", args("c1", PATIENT, for_doctor()), "Caller is not the patient");
}

static void a_guardian_is_named_by_the_patients_hospital(void **state)
{
    (void)state;
    as(ADMIN);
    represents(CHILD, RELATIVE, START + DAY, HASH("0d"));
    as(HOSPITAL); /* the member's own account counts as ADMIN */
    represents(CHILD, NURSE, START + DAY, HASH("0d"));
    as(NURSE);
    does("grantConsent", args("c1", CHILD, for_doctor()));
}

static void naming_a_representative_is_refused_in_order(void **state)
{
    const struct {
        uint32_t who;
        const char *args, *reason;
    } rows[] = {
        {DOCTOR, text("[" ZERO_JSON ",%s,0," ZERO_HASH "]", acc(NURSE)),
         "Missing role: ADMIN|PATIENT"},
        {ADMIN, text("[" ZERO_JSON ",%s,0," ZERO_HASH "]", acc(NURSE)), "Zero address"},
        {ADMIN_2, text("[%s,%s,0," ZERO_HASH "]", acc(CHILD), acc(CHILD)),
         "Caller is not the patient"},
        {ADMIN, text("[%s,%s,0," ZERO_HASH "]", acc(PATIENT), acc(PATIENT)),
         "Caller is not the patient"},
        {PATIENT, text("[%s,%s,0," ZERO_HASH "]", acc(CHILD), acc(CHILD)),
         "Caller is not the patient"},
        {ADMIN, text("[%s,%s,0," ZERO_HASH "]", acc(CHILD), acc(CHILD)), "Document required"},
        {ADMIN, text("[%s,%s,0," HASH("01") "]", acc(CHILD), acc(CHILD)), "Cannot represent self"},
        {PATIENT, text("[%s,%s,0," ZERO_HASH "]", acc(PATIENT), acc(PATIENT)),
         "Cannot represent self"},
        {PATIENT, text("[%s,%s,%llu," ZERO_HASH "]", acc(PATIENT), acc(NURSE), START),
         "Invalid dates"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        as(rows[i].who);
        refuses("setRepresentative", rows[i].args, rows[i].reason);
    }
}

static void the_parameter_bounds_the_dates(void **state)
{
    (void)state;
    restart("consent.maxSeconds", 100);
    refuses("grantConsent",
            args("c1", PATIENT, terms_of(acc(DOCTOR), ZERO_HASH, 0, START + 101, 0)),
            "Invalid dates");
    does("grantConsent", args("c1", PATIENT, terms_of(acc(DOCTOR), ZERO_HASH, 0, START + 100, 0)));
}

static void a_paused_module_still_answers(void **state)
{
    (void)state;
    grant("c1");
    pause_module("0x0000000000000000000000000000000000001004");
    refuses("grantConsent", args("c1", PATIENT, for_doctor()), "Module is paused");
    shows("getTotalConsents", "[]", "\"1\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_grant_is_active_at_once),
        T(a_proposal_waits_thirty_days),
        T(providers_and_payers_may_ask),
        T(storing_is_refused_in_order),
        T(strings_have_their_limits),
        T(dates_are_within_reach),
        T(the_patient_accepts_or_declines),
        T(a_proposal_whose_end_has_passed_can_only_be_declined),
        T(revocation_ends_what_is_active_or_proposed),
        T(an_active_consent_can_be_prolonged),
        T(sixty_four_live_rules_for_each_subject),
        T(lists_show_all_states_oldest_first),
        T(a_patient_without_the_role_is_not_patient_side),
        T(a_representative_acts_for_the_patient_while_the_term_runs),
        T(a_removal_shows_no_end),
        T(a_guardian_is_named_by_the_patients_hospital),
        T(naming_a_representative_is_refused_in_order),
        T(the_parameter_bounds_the_dates),
        T(a_paused_module_still_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
