/* MedicalRecord: the key directory, sharing, revoking and requests. */
#include "tests/vm/medical_record_text.h"

static const char *key_args(const char *id, uint32_t grantee, const char *wrapped, uint64_t expires)
{
    return text("[\"%s\",%s,%s,%llu]", id, acc(grantee), wrapped, (unsigned long long)expires);
}

static void wrapped_is(const char *id, uint32_t grantee, const char *wrapped, uint64_t expires)
{
    shows("getWrappedKey", text("[\"%s\",%s]", id, acc(grantee)),
          text("{\"wrappedKey\":%s,\"expiresAt\":\"%llu\"}", wrapped, (unsigned long long)expires));
}

/* "0x0000..." of n bytes. */
static const char *zeros(size_t n)
{
    static const uint8_t none[1024];
    assert_true(n <= sizeof none);
    return hex_json(none, n);
}

/* ------------------------------------------------------------------ directory */

static void an_account_publishes_one_key(void **state)
{
    (void)state;
    shows("getEncryptionKey", text("[%s]", acc(NOBODY)),
          "{\"scheme\":\"\",\"publicKey\":\"0x\",\"setAt\":\"0\"}");
    as(NOBODY);
    refuses("setEncryptionKey", "[\"\",\"0x\"]", "Empty scheme");
    refuses("setEncryptionKey", "[\"s\",\"0x\"]", "Invalid key length");
    refuses("setEncryptionKey", text("[\"s\",%s]", zeros(257)), "Invalid key length");
    refuses("setEncryptionKey", text("[\"%s\",\"0x\"]", longer(65)), "String too long");
    does("setEncryptionKey", text("[\"s\",%s]", zeros(256)));
    does("setEncryptionKey", "[\"x25519\",\"0xaabb\"]");
    memhost_logged(h, text("{\"event\":\"EncryptionKeySet\",\"args\":{\"account\":%s,\"scheme\":"
                           "\"x25519\",\"publicKey\":\"0xaabb\"}}\n",
                           acc(NOBODY)));
    shows("getEncryptionKey", text("[%s]", acc(NOBODY)),
          text("{\"scheme\":\"x25519\",\"publicKey\":\"0xaabb\",\"setAt\":\"%llu\"}", START));
}

/* ------------------------------------------------------------------ sharing */

static void the_patient_side_shares(void **state)
{
    (void)state;
    store("r1", "");
    as(PATIENT);
    does("grantKey", key_args("r1", INSURER, "\"0x01\"", START + 9));
    memhost_logged(h, key_log("r1", INSURER, START + 9));
    wrapped_is("r1", INSURER, "\"0x01\"", START + 9);
    represented_by(RELATIVE);
    as(RELATIVE);
    does("grantKey", key_args("r1", NURSE, "\"0x02\"", 0));
    does("grantKey", key_args("r1", INSURER, "\"0x03\"", START + 5)); /* renewed in its place */
    held_by("r1", text("%s,%s", acc(INSURER), acc(NURSE)), text("\"%llu\",\"0\"", START + 5), 2);
    shows("getKeyHolders", "[\"r1\",1,1]",
          text("{\"grantees\":[%s],\"expiries\":[\"0\"],\"total\":\"2\"}", acc(NURSE)));
    shows("getRecordsSharedWith", text("[%s,0,9]", acc(INSURER)), ids_page("\"r1\"", 1));
    h->time_s = START + 5;
    wrapped_is("r1", INSURER, "\"0x\"", 0);
    held_by("r1", text("%s,%s", acc(INSURER), acc(NURSE)), text("\"%llu\",\"0\"", START + 5), 2);
}

static void the_author_shares_by_consent(void **state)
{
    (void)state;
    store("r1", "");
    as(DOCTOR);
    refuses("grantKey", key_args("r1", NURSE, "\"0x\"", 1), "No consent");
    consent("c", NURSE, 2);
    refuses("grantKey", key_args("r1", NURSE, "\"0x\"", 1), "No consent");
    consent("d", NURSE, 1);
    does("grantKey", key_args("r1", NURSE, "\"0x01\"", 0));
    does("grantKey", key_args("r1", PATIENT, "\"0x01\"", 0)); /* SELF is permitted */
    refuses("grantKeys", text("[[\"r1\"],%s,[\"0x01\"],0]", acc(NURSE)), "Caller may not share");
}

static void sharing_is_refused_in_order(void **state)
{
    (void)state;
    store("r1", "");
    store("r2", "");
    as(DOCTOR);
    does("setRecordState", "[\"r2\",3,\"x\"]");
    as(NURSE);
    refuses("grantKey", "[\"r9\"," ZERO_JSON ",\"0x\",1]", "Record does not exist");
    refuses("grantKey", "[\"r2\"," ZERO_JSON ",\"0x\",1]", "Record is not active");
    refuses("grantKey", "[\"r1\"," ZERO_JSON ",\"0x\",1]", "Zero address");
    refuses("grantKey", key_args("r1", NURSE, "\"0x\"", 1), "Caller may not share");
    as(PATIENT);
    refuses("grantKey", key_args("r1", NURSE, "\"0x\"", 1), "Invalid key length");
    refuses("grantKey", key_args("r1", NURSE, zeros(513), 1), "Invalid key length");
    refuses("grantKey", key_args("r1", NURSE, zeros(512), START), "Expiry must be in the future");
    does("grantKey", key_args("r1", NURSE, zeros(512), START + 1));
}

static void a_record_has_at_most_two_hundred_readers(void **state)
{
    (void)state;
    store("r1", "");
    as(PATIENT);
    for (uint32_t i = 0; i < 200; i++)
        does("grantKey", key_args("r1", 1000 + i, "\"0x01\"", START + 1));
    h->time_s = START + 1; /* expired ones count */
    refuses("grantKey", key_args("r1", NURSE, "\"0x01\"", 1), "Too many keys");
    does("grantKey", key_args("r1", 1100, "\"0x02\"", 0));
    does("revokeKey", text("[\"r1\",%s]", acc(1000)));
    does("grantKey", key_args("r1", NURSE, "\"0x01\"", 0));
    refuses("grantKey", key_args("r1", 1000, "\"0x01\"", 0), "Too many keys");
    as(DOCTOR); /* a new version ends them all */
    does("updateRecord", text("[\"r1\",%s,[%s],\"x\"]", content("c2", "y"), key_for(1000, 0)));
    held_by("r1", acc(1000), "\"0\"", 1);
    shows("getRecordsSharedWith", text("[%s,0,9]", acc(1000)), ids_page("\"r1\"", 1));
}

static void many_records_are_shared_at_once(void **state)
{
    (void)state;
    store("r1", "");
    store("r2", "");
    as(PATIENT);
    does("grantKeys",
         text("[[\"r1\",\"r2\",\"r1\"],%s,[\"0x01\",\"0x02\",\"0x03\"],0]", acc(NURSE)));
    memhost_logged(h, text("%s%s%s", key_log("r1", NURSE, 0), key_log("r2", NURSE, 0),
                           key_log("r1", NURSE, 0)));
    wrapped_is("r1", NURSE, "\"0x03\"", 0);
    wrapped_is("r2", NURSE, "\"0x02\"", 0);
    shows("getRecordsSharedWith", text("[%s,0,9]", acc(NURSE)), ids_page("\"r1\",\"r2\"", 2));
}

static void sharing_many_is_all_or_none(void **state)
{
    struct mc_buf ids = {0}, keys = {0};
    (void)state;
    store("r1", "");
    as(PATIENT);
    refuses("grantKeys", "[[]," ZERO_JSON ",[\"0x\"],1]", "Batch is empty");
    for (int i = 0; i < 101; i++) {
        mc_buf_put_str(&ids, i == 0 ? "\"r1\"" : ",\"r1\"");
        mc_buf_put_str(&keys, i == 0 ? "\"0x01\"" : ",\"0x01\"");
    }
    mc_buf_put_u8(&ids, 0);
    mc_buf_put_u8(&keys, 0);
    refuses("grantKeys", text("[[%s]," ZERO_JSON ",[],1]", (char *)ids.p), "Batch too large");
    does("grantKeys", text("[[%s],%s,[%s],0]", (char *)ids.p + 5, acc(NURSE), (char *)keys.p + 7));
    does("revokeKey", text("[\"r1\",%s]", acc(NURSE)));
    refuses("grantKeys", "[[\"r1\"]," ZERO_JSON ",[],1]", "Length mismatch");
    refuses("grantKeys", "[[\"r1\",\"r9\"]," ZERO_JSON ",[\"0x\",\"0x\"],1]", "Zero address");
    refuses("grantKeys", text("[[\"r1\",\"r9\"],%s,[\"0x01\",\"0x\"],0]", acc(NURSE)),
            "Record does not exist");
    wrapped_is("r1", NURSE, "\"0x\"", 0);
    mc_buf_free(&ids);
    mc_buf_free(&keys);
}

/* ------------------------------------------------------------------ revoking */

static void a_revoked_key_gives_its_place_to_the_last(void **state)
{
    (void)state;
    store("r1", text("%s,%s,%s", key_for(NURSE, 0), key_for(INSURER, START + 1),
                     key_for(AUDITOR, START + 2)));
    as(DOCTOR);
    does("revokeKey", text("[\"r1\",%s]", acc(NURSE)));
    memhost_logged(h,
                   text("{\"event\":\"KeyRevoked\",\"args\":{\"recordKey\":\"%s\",\"patient\":%s,"
                        "\"grantee\":%s,\"recordId\":\"r1\",\"by\":%s}}\n",
                        topic("r1"), acc(PATIENT), acc(NURSE), acc(DOCTOR)));
    held_by("r1", text("%s,%s", acc(AUDITOR), acc(INSURER)),
            text("\"%llu\",\"%llu\"", START + 2, START + 1), 2);
    wrapped_is("r1", NURSE, "\"0x\"", 0);
    h->time_s = START + 9; /* expired ones too, in any state */
    does("setRecordState", "[\"r1\",3,\"x\"]");
    as(AUDITOR);
    does("revokeKey", text("[\"r1\",%s]", acc(AUDITOR)));
    held_by("r1", acc(INSURER), text("\"%llu\"", START + 1), 1);
    as(PATIENT);
    does("revokeKey", text("[\"r1\",%s]", acc(INSURER)));
    held_by("r1", "", "", 0);
}

static void revoking_is_refused_in_order(void **state)
{
    (void)state;
    store("r1", text("%s,%s", key_for(PATIENT, 0), key_for(INSURER, 0)));
    as(NURSE);
    refuses("revokeKey", text("[\"r9\",%s]", acc(NURSE)), "Record does not exist");
    refuses("revokeKey", text("[\"r1\",%s]", acc(INSURER)), "Caller may not revoke");
    refuses("revokeKey", text("[\"r1\",%s]", acc(NURSE)), "Key does not exist");
    as(DOCTOR);
    refuses("revokeKey", text("[\"r1\",%s]", acc(PATIENT)), "Cannot revoke patient key");
    as(PATIENT);
    refuses("revokeKey", text("[\"r1\",%s]", acc(PATIENT)), "Cannot revoke patient key");
}

/* ------------------------------------------------------------------ requests */

static const char *request(uint32_t requester, uint64_t at, bool granted)
{
    return text("{\"recordId\":\"r1\",\"requester\":%s,\"purpose\":\"TREAT\",\"requestedAt\":"
                "\"%llu\",\"granted\":%s}",
                acc(requester), (unsigned long long)at, granted ? "true" : "false");
}

static void requests_are(const char *list, unsigned total)
{
    shows("getKeyRequests", text("[%s,0,10]", acc(PATIENT)),
          text("{\"requests\":[%s],\"total\":\"%u\"}", list, total));
}

static void a_key_answers_the_open_request(void **state)
{
    (void)state;
    store("r1", "");
    as(NURSE);
    does("requestKey", "[\"r1\",\"TREAT\"]");
    memhost_logged(h, text("{\"event\":\"KeyRequested\",\"args\":{\"recordKey\":\"%s\","
                           "\"patient\":%s,\"requester\":%s,\"recordId\":\"r1\",\"purpose\":"
                           "\"TREAT\"}}\n",
                           topic("r1"), acc(PATIENT), acc(NURSE)));
    refuses("requestKey", "[\"r1\",\"TREAT\"]", "Request already open");
    as(INSURER);
    does("requestKey", "[\"r1\",\"TREAT\"]");
    requests_are(text("%s,%s", request(INSURER, START, false), request(NURSE, START, false)), 2);
    as(PATIENT);
    does("grantKey", key_args("r1", NURSE, "\"0x01\"", START + 3));
    requests_are(text("%s,%s", request(INSURER, START, false), request(NURSE, START, true)), 2);
    as(NURSE);
    refuses("requestKey", "[\"r1\",\"TREAT\"]", "Key already granted");
    h->time_s = START + 3;
    does("requestKey", "[\"r1\",\"TREAT\"]"); /* the key expired */
    as(DOCTOR);                               /* a new version answers too */
    does("updateRecord", text("[\"r1\",%s,[%s],\"x\"]", content("c2", "y"), key_for(INSURER, 0)));
    as(PATIENT);
    does("grantKeys", text("[[\"r1\"],%s,[\"0x01\"],0]", acc(NURSE)));
    requests_are(text("%s,%s,%s", request(NURSE, START + 3, true), request(INSURER, START, true),
                      request(NURSE, START, true)),
                 3);
}

static void a_request_lapses_after_thirty_days(void **state)
{
    (void)state;
    store("r1", "");
    as(NURSE);
    does("requestKey", "[\"r1\",\"TREAT\"]");
    h->time_s = START + MONTH - 1;
    refuses("requestKey", "[\"r1\",\"TREAT\"]", "Request already open");
    h->time_s = START + MONTH;
    as(PATIENT);
    does("grantKey", key_args("r1", NURSE, "\"0x01\"", 0));
    requests_are(request(NURSE, START, false), 1);
    does("revokeKey", text("[\"r1\",%s]", acc(NURSE)));
    as(NURSE);
    does("requestKey", "[\"r1\",\"TREAT\"]");
    requests_are(text("%s,%s", request(NURSE, START + MONTH, false), request(NURSE, START, false)),
                 2);
}

static void requesting_is_refused_in_order(void **state)
{
    (void)state;
    store("r1", "");
    store("r2", "");
    as(DOCTOR);
    does("setRecordState", "[\"r2\",2,\"x\"]");
    as(PATIENT);
    refuses("requestKey", "[\"r9\",\"\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|INSURER");
    as(NURSE);
    refuses("requestKey", "[\"r9\",\"\"]", "Record does not exist");
    refuses("requestKey", "[\"r2\",\"\"]", "Record is not active");
    refuses("requestKey", "[\"r1\",\"\"]", "Empty purpose");
    refuses("requestKey", text("[\"r1\",\"%s\"]", longer(65)), "String too long");
}

static void views_of_unknown_records_revert(void **state)
{
    static const char *const rows[][2] = {
        {"getRecord", "[\"r9\"]"},
        {"getPayload", "[\"r9\"]"},
        {"getWrappedKey", "[\"r9\"," ZERO_JSON "]"},
        {"getKeyHolders", "[\"r9\",0,1]"},
        {"getVersions", "[\"r9\",0,1]"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        refuses(rows[i][0], rows[i][1], "Record does not exist");
    requests_are("", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_account_publishes_one_key),
        T(the_patient_side_shares),
        T(the_author_shares_by_consent),
        T(sharing_is_refused_in_order),
        T(a_record_has_at_most_two_hundred_readers),
        T(many_records_are_shared_at_once),
        T(sharing_many_is_all_or_none),
        T(a_revoked_key_gives_its_place_to_the_last),
        T(revoking_is_refused_in_order),
        T(a_key_answers_the_open_request),
        T(a_request_lapses_after_thirty_days),
        T(requesting_is_refused_in_order),
        T(views_of_unknown_records_revert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
