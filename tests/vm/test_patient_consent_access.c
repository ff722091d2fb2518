/* PatientConsent: the decision, disclosures and emergency access. */
#define M "PatientConsent"
#include "tests/vm/care_text.h"

#define DAY 86400ull

/* What a rule of the tests says unless told otherwise: LAB, any item, TREAT, VIEW. */
struct rule {
    const char *id;
    const char *grantee, *role; /* JSON; NULL: zero */
    const char *category, *data_id, *purpose;
    unsigned actions;
    uint64_t from;
    bool deny;
};

static void grant(struct rule r)
{
    struct mc_addr was = h->caller;
    as(PATIENT);
    does("grantConsent",
         text("[\"%s\",%s,[%s,%s,\"%s\",\"%s\",\"%s\",%u,%llu,%llu,%s]," ZERO_HASH "]", r.id,
              acc(PATIENT), r.grantee == NULL ? ZERO_JSON : r.grantee,
              r.role == NULL ? ZERO_HASH : r.role, r.category == NULL ? "LAB" : r.category,
              r.data_id == NULL ? "" : r.data_id, r.purpose == NULL ? "TREAT" : r.purpose,
              r.actions == 0 ? 1 : r.actions, (unsigned long long)r.from, START + DAY,
              r.deny ? "true" : "false"));
    h->caller = was;
}

static void revoke(const char *id)
{
    struct mc_addr was = h->caller;
    as(PATIENT);
    does("revokeConsent", text("[\"%s\",\"\"]", id));
    h->caller = was;
}

static void asked(uint32_t accessor, const char *category, const char *data_id, const char *purpose,
                  unsigned action, bool allowed, const char *basis)
{
    shows("isPermitted",
          text("[%s,%s,\"%s\",\"%s\",\"%s\",%u]", acc(PATIENT), acc(accessor), category, data_id,
               purpose, action),
          text("{\"allowed\":%s,\"basis\":\"%s\"}", allowed ? "true" : "false", basis));
}

/* May the accessor VIEW LAB item r1 for TREAT? */
static void may(uint32_t accessor, const char *basis)
{
    asked(accessor, "LAB", "r1", "TREAT", 1, true, basis);
}

static void may_not(uint32_t accessor, const char *basis)
{
    asked(accessor, "LAB", "r1", "TREAT", 1, false, basis);
}

/* ------------------------------------------------------------------ decision */

static void the_patient_and_the_representative_always_may(void **state)
{
    (void)state;
    as(PATIENT);
    does("setRepresentative",
         text("[%s,%s,%llu," ZERO_HASH "]", acc(PATIENT), acc(RELATIVE), START + 10));
    asked(PATIENT, "X", "", "Y", 4, true, "SELF");
    asked(RELATIVE, "X", "", "Y", 2, true, "REPRESENTATIVE");
    h->time_s = START + 10;
    asked(RELATIVE, "X", "", "Y", 2, false, "");
    for (unsigned action = 0; action <= 255; action++)
        asked(PATIENT, "X", "", "Y", action, action == 1 || action == 2 || action == 4,
              action == 1 || action == 2 || action == 4 ? "SELF" : "");
}

static void a_rule_covers_what_its_terms_say(void **state)
{
    (void)state;
    grant((struct rule){.id = "c", .grantee = acc(DOCTOR), .data_id = "r1", .actions = 5});
    may(DOCTOR, "c");
    may_not(NURSE, "");
    asked(DOCTOR, "EMR", "r1", "TREAT", 1, false, "");
    asked(DOCTOR, "LAB", "r2", "TREAT", 1, false, "");
    asked(DOCTOR, "LAB", "", "TREAT", 1, false, "");
    asked(DOCTOR, "LAB", "r1", "HRESCH", 1, false, "");
    asked(DOCTOR, "LAB", "r1", "TREAT", 2, false, "");
    asked(DOCTOR, "LAB", "r1", "TREAT", 4, true, "c");
    asked(DOCTOR, "LAB", "r1", "TREAT", 3, false, "");
    asked(DOCTOR, "lab", "r1", "TREAT", 1, false, "");
}

static void wildcards_cover_everything(void **state)
{
    (void)state;
    grant((struct rule){
        .id = "c", .grantee = acc(DOCTOR), .category = "*", .purpose = "*", .actions = 7});
    asked(DOCTOR, "EMR", "any", "HRESCH", 4, true, "c");
    asked(DOCTOR, "", "", "", 2, true, "c");
}

static void a_rule_counts_from_its_beginning_to_its_end(void **state)
{
    (void)state;
    grant((struct rule){.id = "c", .grantee = acc(DOCTOR), .from = START + 10});
    h->time_s = START + 9;
    may_not(DOCTOR, "");
    h->time_s = START + 10;
    may(DOCTOR, "c");
    h->time_s = START + DAY - 1;
    may(DOCTOR, "c");
    h->time_s = START + DAY;
    may_not(DOCTOR, "");
}

static void a_member_stands_for_its_accounts(void **state)
{
    (void)state;
    grant((struct rule){.id = "c", .grantee = acc(HOSPITAL)});
    may(DOCTOR, "c");
    may(NURSE, "c");
    may(HOSPITAL, "c");
    may_not(DOCTOR_2, "");
    may_not(CLINIC, "");
    may_not(NOBODY, "");
}

static void a_member_and_a_role_must_both_fit(void **state)
{
    (void)state;
    grant((struct rule){.id = "c", .grantee = acc(HOSPITAL), .role = role_json(VM_DOCTOR)});
    may(DOCTOR, "c");
    may_not(NURSE, "");
    may_not(DOCTOR_2, "");
}

static void a_role_alone_stands_for_its_holders(void **state)
{
    (void)state;
    grant((struct rule){.id = "c", .role = role_json(VM_DOCTOR)});
    grant((struct rule){.id = "a", .role = role_json(VM_ADMIN)});
    may(DOCTOR, "c");
    may(DOCTOR_2, "c");
    may_not(NURSE, "");
    may(ADMIN, "a");
    may(CLINIC, "a"); /* an active member account counts as ADMIN */
}

static void a_role_that_ended_does_not_count(void **state)
{
    (void)state;
    grant((struct rule){.id = "c", .role = role_json(VM_NURSE)});
    grant((struct rule){.id = "d", .grantee = acc(DOCTOR), .role = role_json(VM_NURSE)});
    as(ADMIN);
    memhost_ok(h, "AccessControl", "grantRoleUntil",
               text("[%s,%s,%llu]", role_json(VM_NURSE), acc(DOCTOR), START + 10), "null");
    may(DOCTOR, "c");
    h->time_s = START + 10;
    may_not(DOCTOR, "");
}

static void refusals_win_and_the_first_stored_counts(void **state)
{
    (void)state;
    grant((struct rule){.id = "role", .role = role_json(VM_DOCTOR)});
    grant((struct rule){.id = "own", .grantee = acc(DOCTOR)});
    grant((struct rule){.id = "own2", .grantee = acc(DOCTOR)});
    may(DOCTOR, "role");
    revoke("role"); /* own2 is in own's list, in whatever order */
    may(DOCTOR, "own");
    grant((struct rule){.id = "no1", .grantee = acc(HOSPITAL), .deny = true});
    grant((struct rule){.id = "no2", .grantee = acc(DOCTOR), .deny = true});
    may_not(DOCTOR, "no1");
    revoke("no1");
    may_not(DOCTOR, "no2");
    revoke("own");
    revoke("no2");
    may(DOCTOR, "own2");
}

static void the_order_is_that_of_storing_not_of_accepting(void **state)
{
    (void)state;
    as(DOCTOR);
    does("proposeConsent", text("[\"first\",%s,[%s," ZERO_HASH
                                ",\"LAB\",\"\",\"TREAT\",1,0,%llu,false]," ZERO_HASH "]",
                                acc(PATIENT), acc(DOCTOR), START + DAY));
    grant((struct rule){.id = "second", .grantee = acc(DOCTOR)});
    may(DOCTOR, "second");
    as(PATIENT);
    does("decideConsent", "[\"first\",true,\"\"]");
    may(DOCTOR, "first");
}

static void a_suspended_account_may_nothing(void **state)
{
    (void)state;
    grant((struct rule){.id = "c", .grantee = acc(DOCTOR)});
    suspend(DOCTOR);
    may_not(DOCTOR, "");
}

/* ------------------------------------------------------------------ disclosures */

static const char *disclosure(uint32_t accessor, const char *data_id, unsigned action,
                              const char *basis)
{
    return text("{\"accessor\":%s,\"time\":\"%llu\",\"dataCategory\":\"LAB\",\"dataId\":\"%s\","
                "\"purpose\":\"TREAT\",\"action\":%u,\"basis\":\"%s\"}",
                acc(accessor), START, data_id, action, basis);
}

static void record(uint32_t accessor, const char *data_id, unsigned action)
{
    as(accessor);
    does("recordAccess", text("[%s,\"LAB\",\"%s\",\"TREAT\",%u]", acc(PATIENT), data_id, action));
}

static void a_disclosure_is_listed_for_both_sides(void **state)
{
    const char *a = disclosure(DOCTOR, "r1", 1, "c"), *b = disclosure(PATIENT, "r2", 4, "SELF");
    const char *d = disclosure(DOCTOR, "", 1, "c");
    (void)state;
    grant((struct rule){.id = "c", .grantee = acc(DOCTOR)});
    record(DOCTOR, "r1", 1);
    memhost_logged(h, text("{\"event\":\"AccessRecorded\",\"args\":{\"patient\":%s,\"accessor\":%s,"
                           "\"dataCategory\":\"LAB\",\"dataId\":\"r1\",\"purpose\":\"TREAT\","
                           "\"action\":1,\"basis\":\"c\"}}\n",
                           acc(PATIENT), acc(DOCTOR)));
    record(PATIENT, "r2", 4);
    record(DOCTOR, "", 1);
    shows("getDisclosures", text("[%s,0,10]", acc(PATIENT)),
          text("{\"disclosures\":[%s,%s,%s],\"total\":\"3\"}", d, b, a));
    shows("getDisclosures", text("[%s,1,1]", acc(PATIENT)),
          text("{\"disclosures\":[%s],\"total\":\"3\"}", b));
    shows("getDisclosures", text("[%s,3,1]", acc(PATIENT)), "{\"disclosures\":[],\"total\":\"3\"}");
    shows("getDisclosuresByAccessor", text("[%s,0,10]", acc(DOCTOR)),
          text("{\"patients\":[%s,%s],\"disclosures\":[%s,%s],\"total\":\"2\"}", acc(PATIENT),
               acc(PATIENT), d, a));
    shows("getDisclosuresByAccessor", text("[%s,0,10]", acc(NURSE)),
          "{\"patients\":[],\"disclosures\":[],\"total\":\"0\"}");
}

static void recording_is_refused_in_order(void **state)
{
    static const struct {
        const char *rest, *reason;
    } rows[] = {
        {"\"\",\"\",\"\",0", "Empty category"},
        {"\"LAB\",\"\",\"\",0", "Empty purpose"},
        {"\"LAB\",\"\",\"TREAT\",0", "Invalid action"},
        {"\"LAB\",\"\",\"TREAT\",3", "Invalid action"},
        {"\"LAB\",\"\",\"TREAT\",1", "Not permitted"},
    };
    (void)state;
    as(DOCTOR);
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        refuses("recordAccess", text("[%s,%s]", acc(PATIENT), rows[i].rest), rows[i].reason);
    refuses("recordAccess", text("[%s,\"%s\",\"\",\"\",0]", acc(PATIENT), longer(65)),
            "String too long");
    suspend(DOCTOR);
    refuses("recordAccess", text("[%s,\"LAB\",\"\",\"TREAT\",1]", acc(PATIENT)),
            "Account is suspended");
}

/* ------------------------------------------------------------------ emergency */

static const char *emergency(const char *id, unsigned duration)
{
    return text("[\"%s\",%s,\"ER\"," HASH("0e") ",%u]", id, acc(PATIENT), duration);
}

static void session_is(const char *id, uint64_t closed, uint32_t reviewer, bool justified,
                       unsigned state)
{
    shows("getEmergency", text("[\"%s\"]", id),
          text("{\"patient\":%s,\"accessor\":%s,\"reasonCode\":\"ER\",\"justificationHash\":" HASH(
                   "0e") ",\"openedAt\":\"%llu\",\"expiresAt\":\"%llu\",\"closedAt\":\"%llu\","
                         "\"reviewer\":%s,\"justified\":%s,\"reviewHash\":%s,\"state\":%u}",
               acc(PATIENT), acc(RESCUER), START, START + 100, (unsigned long long)closed,
               reviewer == NOBODY ? ZERO_JSON : acc(reviewer), justified ? "true" : "false",
               reviewer == NOBODY ? ZERO_HASH : HASH("0f"), state));
}

static void emergency_access_lets_view_for_a_short_time(void **state)
{
    (void)state;
    as(RESCUER);
    does("openEmergency", emergency("s1", 100));
    memhost_logged(h, text("{\"event\":\"EmergencyOpened\",\"args\":{\"sessionKey\":\"%s\","
                           "\"patient\":%s,\"accessor\":%s,\"sessionId\":\"s1\",\"reasonCode\":"
                           "\"ER\",\"expiresAt\":\"%llu\"}}\n",
                           topic("s1"), acc(PATIENT), acc(RESCUER), START + 100));
    session_is("s1", 0, NOBODY, false, 1);
    asked(RESCUER, "LAB", "r1", "ETREAT", 1, true, "EMERGENCY:s1");
    asked(RESCUER, "LAB", "r1", "ETREAT", 2, false, "");
    asked(RESCUER, "LAB", "r1", "TREAT", 1, false, "");
    asked(DOCTOR, "LAB", "r1", "ETREAT", 1, false, "");
    grant((struct rule){.id = "no", .grantee = acc(RESCUER), .purpose = "*", .deny = true});
    asked(RESCUER, "LAB", "r1", "ETREAT", 1, true, "EMERGENCY:s1");
    as(RESCUER);
    does("recordAccess", text("[%s,\"LAB\",\"\",\"ETREAT\",1]", acc(PATIENT)));
    has("getDisclosures", text("[%s,0,1]", acc(PATIENT)), "\"basis\":\"EMERGENCY:s1\"");
    h->time_s = START + 100;
    asked(RESCUER, "LAB", "r1", "ETREAT", 1, false, "no");
    session_is("s1", START + 100, NOBODY, false, 2);
    refuses("closeEmergency", "[\"s1\"]", "Session is not open");
    does("openEmergency", emergency("s2", 1)); /* the former one is over */
    shows("getEmergenciesByPatient", text("[%s,0,9]", acc(PATIENT)), ids_page("\"s2\",\"s1\"", 2));
}

static void opening_is_refused_in_order(void **state)
{
    const char *p = text("%s", acc(CHILD));
    const struct {
        const char *args, *reason;
    } rows[] = {
        {"[\"\"," ZERO_JSON ",\"\"," ZERO_HASH ",0]", "Empty id"},
        {"[\"s1\"," ZERO_JSON ",\"\"," ZERO_HASH ",0]", "Session already exists"},
        {"[\"s2\"," ZERO_JSON ",\"\"," ZERO_HASH ",0]", "Zero address"},
        {text("[\"s2\",%s,\"\"," ZERO_HASH ",0]", p), "Empty reason code"},
        {text("[\"s2\",%s,\"ER\"," ZERO_HASH ",0]", p), "Justification required"},
        {text("[\"s2\",%s,\"ER\"," HASH("01") ",0]", p), "Invalid duration"},
        {text("[\"s2\",%s,\"ER\"," HASH("01") ",14401]", p), "Invalid duration"},
        {text("[\"s2\",%s,\"ER\"," HASH("01") ",\"0x10000000000000001\"]", p), "Invalid duration"},
        {text("[\"s2\",%s,\"ER\"," HASH("01") ",14400]", p), "Patient opted out"},
        {emergency("s2", 14400), "Session already open"},
    };
    (void)state;
    as(RESCUER);
    does("openEmergency", emergency("s1", 100));
    as(CHILD);
    does("setEmergencyOptOut", "[true]");
    as(RESCUER);
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        refuses("openEmergency", rows[i].args, rows[i].reason);
    as(DOCTOR);
    refuses("openEmergency", rows[0].args, "Missing role: EMERGENCY");
}

static void opener_patient_and_administrators_may_close(void **state)
{
    static const uint32_t may_close[] = {RESCUER, PATIENT, ADMIN, ADMIN_2};
    static const uint32_t may_not_close[] = {DOCTOR, AUDITOR, CHILD};
    (void)state;
    for (uint32_t i = 0; i < MC_COUNT(may_close); i++) {
        const char *id = text("s%u", i);
        as(RESCUER);
        does("openEmergency", emergency(id, 100));
        if (i < MC_COUNT(may_not_close)) {
            as(may_not_close[i]);
            refuses("closeEmergency", text("[\"%s\"]", id), "Caller may not close");
        }
        as(may_close[i]);
        does("closeEmergency", text("[\"%s\"]", id));
        memhost_logged(h, text("{\"event\":\"EmergencyClosed\",\"args\":{\"sessionKey\":\"%s\","
                               "\"patient\":%s,\"by\":%s,\"sessionId\":\"%s\"}}\n",
                               topic(id), acc(PATIENT), acc(may_close[i]), id));
        session_is(id, START, NOBODY, false, 2);
        refuses("closeEmergency", text("[\"%s\"]", id), "Session is not open");
        asked(RESCUER, "LAB", "", "ETREAT", 1, false, "");
    }
    refuses("closeEmergency", "[\"s9\"]", "Session does not exist");
}

static void every_session_is_reviewed_once(void **state)
{
    (void)state;
    as(RESCUER);
    does("openEmergency", emergency("s1", 100));
    does("closeEmergency", "[\"s1\"]");
    h->time_s = START; /* s2 in the same second */
    does("openEmergency", emergency("s2", 100));
    shows("getUnreviewedEmergencies", "[0,10]", ids_page("\"s1\",\"s2\"", 2));
    refuses("reviewEmergency", "[\"s9\",true," ZERO_HASH "]", "Missing role: ADMIN|AUDITOR");
    as(AUDITOR);
    refuses("reviewEmergency", "[\"s9\",true," ZERO_HASH "]", "Session does not exist");
    h->time_s = START + 50;
    does("reviewEmergency", "[\"s1\",false," HASH("0f") "]");
    memhost_logged(h,
                   text("{\"event\":\"EmergencyReviewed\",\"args\":{\"sessionKey\":\"%s\","
                        "\"patient\":%s,\"reviewer\":%s,\"sessionId\":\"s1\",\"justified\":false,"
                        "\"reviewHash\":" HASH("0f") "}}\n",
                        topic("s1"), acc(PATIENT), acc(AUDITOR)));
    session_is("s1", START, AUDITOR, false, 3);
    refuses("reviewEmergency", "[\"s1\",true," ZERO_HASH "]", "Session already reviewed");
    shows("getUnreviewedEmergencies", "[0,10]", ids_page("\"s2\"", 1));
    as(ADMIN_2);
    does("reviewEmergency", "[\"s2\",true," HASH("0f") "]"); /* still open: it ends now */
    assert_int_equal(h->log_cnt, 1);
    session_is("s2", START + 50, ADMIN_2, true, 3);
    asked(RESCUER, "LAB", "", "ETREAT", 1, false, "");
    shows("getUnreviewedEmergencies", "[0,10]", ids_page("", 0));
    refuses("closeEmergency", "[\"s2\"]", "Session is not open");
}

static void nobody_reviews_the_own_session(void **state)
{
    (void)state;
    memhost_grant(h, memhost_account(RESCUER), VM_AUDITOR);
    as(RESCUER);
    does("openEmergency", emergency("s1", 100));
    refuses("reviewEmergency", "[\"s1\",true," ZERO_HASH "]", "Reviewer cannot be the opener");
    h->time_s = START + 500;
    as(AUDITOR);
    does("reviewEmergency", "[\"s1\",true," HASH("0f") "]");
    session_is("s1", START + 100, AUDITOR, true, 3); /* it had ended by time */
}

static void patients_may_opt_out_while_it_is_allowed(void **state)
{
    (void)state;
    as(PATIENT);
    refuses("setEmergencyOptOut", "[false]", "Opt-out unchanged");
    does("setEmergencyOptOut", "[true]");
    memhost_logged(h, text("{\"event\":\"EmergencyOptOutChanged\",\"args\":{\"patient\":%s,"
                           "\"optOut\":true}}\n",
                           acc(PATIENT)));
    refuses("setEmergencyOptOut", "[true]", "Opt-out unchanged");
    as(RESCUER);
    refuses("openEmergency", emergency("s1", 1), "Patient opted out");
    as(PATIENT);
    does("setEmergencyOptOut", "[false]");
    as(RESCUER);
    does("openEmergency", emergency("s1", 1));
    refuses("setEmergencyOptOut", "[true]", "Missing role: PATIENT");
    restart("consent.allowOptOut", 0);
    refuses("setEmergencyOptOut", "[true]", "Opt-out is disabled");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_patient_and_the_representative_always_may),
        T(a_rule_covers_what_its_terms_say),
        T(wildcards_cover_everything),
        T(a_rule_counts_from_its_beginning_to_its_end),
        T(a_member_stands_for_its_accounts),
        T(a_member_and_a_role_must_both_fit),
        T(a_role_alone_stands_for_its_holders),
        T(a_role_that_ended_does_not_count),
        T(refusals_win_and_the_first_stored_counts),
        T(the_order_is_that_of_storing_not_of_accepting),
        T(a_suspended_account_may_nothing),
        T(a_disclosure_is_listed_for_both_sides),
        T(recording_is_refused_in_order),
        T(emergency_access_lets_view_for_a_short_time),
        T(opening_is_refused_in_order),
        T(opener_patient_and_administrators_may_close),
        T(every_session_is_reviewed_once),
        T(nobody_reviews_the_own_session),
        T(patients_may_opt_out_while_it_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
