/* MedicalRecord: storing, versions, states, erasure, and every refusal in its order. */
#include "tests/vm/medical_record_text.h"

static void record_is(const char *id, const char *mark, const char *payload, unsigned version,
                      uint64_t updated, unsigned state)
{
    shows(
        "getRecord", text("[\"%s\"]", id),
        text("{\"patient\":%s,\"author\":%s,\"category\":\"LAB\",\"commitment\":\"0x000000000000000"
             "00000000000000000000000000000000000000000000000%s\",\"ciphertextHash\":%s,"
             "\"encoding\":\"aes\",\"uri\":\"\",\"size\":\"%zu\",\"version\":\"%u\","
             "\"createdAt\":\"%llu\",\"updatedAt\":\"%llu\",\"state\":%u}",
             acc(PATIENT), acc(DOCTOR), mark, state == 4 ? ZERO_HASH : sha_json(payload),
             strlen(payload), version, START, (unsigned long long)updated, state));
}

static const char *state_log(const char *id, uint32_t by, unsigned state, const char *reason)
{
    return text("{\"event\":\"RecordStateChanged\",\"args\":{\"recordKey\":\"%s\",\"patient\":%s,"
                "\"by\":%s,\"recordId\":\"%s\",\"state\":%u,\"reason\":\"%s\"}}\n",
                topic(id), acc(PATIENT), acc(by), id, state, reason);
}

static const char *update(const char *id, const char *mark, const char *payload, const char *keys)
{
    return text("[\"%s\",%s,[%s],\"why\"]", id, content(mark, payload), keys);
}

/* ------------------------------------------------------------------ storing */

static void a_record_is_stored_with_its_keys(void **state)
{
    (void)state;
    as(DOCTOR);
    does("storeRecord",
         text("[\"r1\",%s,\"LAB\",%s,[%s,%s]]", acc(PATIENT), content("c1", "secret"),
              key_for(PATIENT, 0), key_for(NURSE, START + 5)));
    memhost_logged(h, text("%s%s%s", stored_log("r1", DOCTOR, 1), key_log("r1", PATIENT, 0),
                           key_log("r1", NURSE, START + 5)));
    record_is("r1", "c1", "secret", 1, START, 1);
    shows("getPayload", "[\"r1\"]", "\"0x736563726574\"");
    shows("getVersions", "[\"r1\",0,10]",
          text("{\"versions\":[{\"version\":\"1\",\"commitment\":%s,\"ciphertextHash\":%s,"
               "\"author\":%s,\"timestamp\":\"%llu\",\"blockNumber\":\"1\",\"reason\":\"\"}],"
               "\"total\":\"1\"}",
               HASH("c1"), sha_json("secret"), acc(DOCTOR), START));
    held_by("r1", text("%s,%s", acc(PATIENT), acc(NURSE)), text("\"0\",\"%llu\"", START + 5), 2);
    shows("getRecordsByPatient", text("[%s,0,10]", acc(PATIENT)), ids_page("\"r1\"", 1));
    shows("getRecordsByAuthor", text("[%s,0,10]", acc(DOCTOR)), ids_page("\"r1\"", 1));
    shows("getRecordsSharedWith", text("[%s,0,10]", acc(NURSE)), ids_page("\"r1\"", 1));
    shows("getTotalRecords", "[]", "\"1\"");
}

static void a_large_file_is_held_by_its_place(void **state)
{
    (void)state;
    as(PATIENT);
    does("storeRecord",
         text("[\"r1\",%s,\"LAB\",[" HASH("c1") "," ZERO_HASH
                                                ",\"aes\",\"ipfs://x\",99999999999,\"0x\"],[]]",
              acc(PATIENT)));
    has("getRecord", "[\"r1\"]", "\"uri\":\"ipfs://x\",\"size\":\"99999999999\"");
    shows("getPayload", "[\"r1\"]", "\"0x\"");
}

static void storing_needs_a_role_or_the_own_account(void **state)
{
    static const uint32_t may[] = {DOCTOR, NURSE, PHARMACIST, ADMIN, HOSPITAL, PATIENT};
    static const uint32_t may_not[] = {NOBODY, RELATIVE, INSURER, AUDITOR};
    (void)state;
    for (uint32_t i = 0; i < MC_COUNT(may); i++) {
        as(may[i]);
        does("storeRecord",
             text("[\"r%u\",%s,\"LAB\",%s,[]]", i, acc(PATIENT), content("c1", "x")));
    }
    for (uint32_t i = 0; i < MC_COUNT(may_not); i++) {
        as(may_not[i]);
        refuses("storeRecord", text("[\"\",%s,\"LAB\",%s,[]]", acc(PATIENT), content("c1", "x")),
                "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|PATIENT");
    }
}

static void storing_is_refused_in_order(void **state)
{
    const char *p = text("%s", acc(PATIENT));
    const char *none = "[" ZERO_HASH "," ZERO_HASH ",\"\",\"\",0,\"0x\"]";
    const char *sha = sha_json("ab");
    const struct {
        uint32_t who;
        const char *args, *reason;
    } rows[] = {
        {PATIENT, text("[\"\"," ZERO_JSON ",\"\",%s,[]]", none), "Empty id"},
        {PATIENT, text("[\"r1\"," ZERO_JSON ",\"\",%s,[]]", none), "Record already exists"},
        {PATIENT, text("[\"r2\"," ZERO_JSON ",\"\",%s,[]]", none), "Zero address"},
        {CHILD, text("[\"r2\",%s,\"\",%s,[]]", p, none), "Caller is not the patient"},
        {PATIENT, text("[\"r2\",%s,\"\",%s,[]]", p, none), "Empty category"},
        {DOCTOR, text("[\"r2\",%s,\"X\",%s,[]]", p, none), "Commitment cannot be zero"},
        {DOCTOR, text("[\"r2\",%s,\"X\",[%s," ZERO_HASH ",\"\",\"\",0,\"0x\"],[]]", p, HASH("01")),
         "Empty encoding"},
        {DOCTOR, text("[\"r2\",%s,\"X\",[%s," ZERO_HASH ",\"e\",\"\",0,\"0x\"],[]]", p, HASH("01")),
         "Payload or URI required"},
        {DOCTOR,
         text("[\"r2\",%s,\"X\",[%s," ZERO_HASH ",\"e\",\"u\",0,\"0x6162\"],[]]", p, HASH("01")),
         "Payload or URI required"},
        {DOCTOR,
         text("[\"r2\",%s,\"X\",[%s," ZERO_HASH ",\"e\",\"\",0,\"0x6162\"],[]]", p, HASH("01")),
         "Ciphertext hash mismatch"},
        {DOCTOR, text("[\"r2\",%s,\"X\",[%s,%s,\"e\",\"\",3,\"0x6162\"],[]]", p, HASH("01"), sha),
         "Size mismatch"},
    };
    (void)state;
    store("r1", "");
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        as(rows[i].who);
        refuses("storeRecord", rows[i].args, rows[i].reason);
    }
}

static void keys_are_checked_one_after_the_other(void **state)
{
    const char *t = content("c1", "x"), *p = text("%s", acc(PATIENT));
    const char *n = text("%s", acc(NURSE)), *past = text("%llu", START);
    const struct {
        const char *keys, *reason;
    } rows[] = {
        {"[" ZERO_JSON ",1,\"0x\"]", "Zero address"},
        {text("[%s,1,\"0x\"]", n), "Invalid key length"},
        {text("[%s,0,\"0x01\"],[%s,1,\"0x01\"]", n, n), "Duplicate grantee"},
        {text("[%s,%s,\"0x01\"],[" ZERO_JSON ",1,\"0x\"]", n, past),
         "Expiry must be in the future"},
        {text("[%s,0,\"0x01\"]", n), "Patient key missing"},
        {"", "Patient key missing"},
    };
    (void)state;
    as(PATIENT);
    does("setEncryptionKey", "[\"x25519\",\"0xaa\"]");
    as(DOCTOR);
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        refuses("storeRecord", text("[\"r1\",%s,\"X\",%s,[%s]]", p, t, rows[i].keys),
                rows[i].reason);
    does("storeRecord", text("[\"r1\",%s,\"X\",%s,[[%s,%llu,\"0x01\"]]]", p, t, p, START + 1));
}

static void at_most_fifty_keys_in_a_call(void **state)
{
    struct mc_buf b = {0};
    (void)state;
    for (uint32_t i = 0; i < 51; i++)
        mc_buf_putf(&b, "%s%s", i == 0 ? "" : ",", key_for(100 + i, 0));
    mc_buf_put_u8(&b, 0);
    as(DOCTOR);
    refuses("storeRecord",
            text("[\"r1\",%s,\"X\",%s,[%s]]", acc(PATIENT), content("c1", "x"), (char *)b.p),
            "Too many keys");
    does("storeRecord", text("[\"r1\",%s,\"X\",%s,[%s]]", acc(PATIENT), content("c1", "x"),
                             strchr((char *)b.p, ']') + 2));
    mc_buf_free(&b);
}

static void the_parameter_bounds_the_payload(void **state)
{
    (void)state;
    restart("record.maxPayloadBytes", 3);
    as(DOCTOR);
    refuses("storeRecord", text("[\"r1\",%s,\"X\",%s,[]]", acc(PATIENT), content("c1", "abcd")),
            "Payload too large");
    does("storeRecord", text("[\"r1\",%s,\"X\",%s,[]]", acc(PATIENT), content("c1", "abc")));
}

static void strings_have_their_limits(void **state)
{
    static const size_t max[] = {128, 64, 64, 512};
    (void)state;
    as(DOCTOR);
    for (size_t i = 0; i < MC_COUNT(max); i++) {
        for (size_t over = 0; over < 2; over++) {
            const char *s[4] = {text("r%zu", i), "LAB", "aes", "uri:x"};
            s[i] = longer(max[i] + over);
            const char *a = text("[\"%s\",%s,\"%s\",[%s," ZERO_HASH ",\"%s\",\"%s\",0,\"0x\"],[]]",
                                 s[0], acc(PATIENT), s[1], HASH("01"), s[2], s[3]);
            if (over == 0)
                does("storeRecord", a);
            else
                refuses("storeRecord", a, "String too long");
        }
    }
}

/* ------------------------------------------------------------------ versions */

static void a_new_version_ends_the_old_payload_and_keys(void **state)
{
    (void)state;
    store("r1", text("%s,%s", key_for(PATIENT, 0), key_for(NURSE, 0)));
    h->time_s = START + 10;
    h->block_number = 7;
    as(DOCTOR);
    does("updateRecord",
         update("r1", "c2", "other", text("%s,%s", key_for(AUDITOR, 0), key_for(PATIENT, 0))));
    memhost_logged(h, text("%s%s%s", stored_log("r1", DOCTOR, 2), key_log("r1", AUDITOR, 0),
                           key_log("r1", PATIENT, 0)));
    record_is("r1", "c2", "other", 2, START + 10, 1);
    shows("getPayload", "[\"r1\"]", "\"0x6f74686572\"");
    held_by("r1", text("%s,%s", acc(AUDITOR), acc(PATIENT)), "\"0\",\"0\"", 2);
    shows("getWrappedKey", text("[\"r1\",%s]", acc(NURSE)),
          "{\"wrappedKey\":\"0x\",\"expiresAt\":\"0\"}");
    shows("getRecordsSharedWith", text("[%s,0,10]", acc(NURSE)), ids_page("\"r1\"", 1));
    shows("getRecordsSharedWith", text("[%s,0,10]", acc(PATIENT)), ids_page("\"r1\"", 1));
    shows("getVersions", "[\"r1\",1,1]",
          text("{\"versions\":[{\"version\":\"2\",\"commitment\":%s,\"ciphertextHash\":%s,"
               "\"author\":%s,\"timestamp\":\"%llu\",\"blockNumber\":\"7\",\"reason\":\"why\"}],"
               "\"total\":\"2\"}",
               HASH("c2"), sha_json("other"), acc(DOCTOR), START + 10));
    has("getVersions", "[\"r1\",0,1]", text("\"commitment\":%s", HASH("c1")));
}

static void a_version_by_uri_removes_the_payload(void **state)
{
    (void)state;
    store("r1", "");
    as(DOCTOR);
    does("updateRecord",
         "[\"r1\",[" HASH("c1") "," ZERO_HASH ",\"aes\",\"u\",0,\"0x\"],[],\"moved\"]");
    shows("getPayload", "[\"r1\"]", "\"0x\"");
}

static void who_may_add_a_version(void **state)
{
    (void)state;
    store("r1", "");
    as(NURSE);
    refuses("updateRecord", update("r1", "c2", "x", ""), "No consent");
    consent("view", NURSE, 1);
    refuses("updateRecord", update("r1", "c2", "x", ""), "No consent");
    consent("modify", NURSE, 2);
    does("updateRecord", update("r1", "c2", "x", ""));
    has("getRecord", "[\"r1\"]", text("\"author\":%s", acc(DOCTOR)));
    has("getVersions", "[\"r1\",1,1]", text("\"author\":%s", acc(NURSE)));
    consent("insurer", INSURER, 7); /* permitted, but not clinical */
    as(INSURER);
    refuses("updateRecord", update("r1", "c2", "x", ""), "No consent");
    as(PATIENT);
    refuses("updateRecord", update("r1", "c3", "x", ""), "Patient may only re-encrypt");
    does("updateRecord", update("r1", "c2", "again", ""));
    represented_by(NURSE); /* consented, but as a representative never */
    as(NURSE);
    refuses("updateRecord", update("r1", "c3", "x", ""), "Patient may only re-encrypt");
    does("updateRecord", update("r1", "c2", "y", ""));
    represented_by(DOCTOR); /* the author stays the author */
    as(DOCTOR);
    does("updateRecord", update("r1", "c4", "y", ""));
}

static void updating_is_refused_in_order(void **state)
{
    const char *bad = "[" ZERO_HASH "," ZERO_HASH ",\"\",\"\",0,\"0x\"]";
    (void)state;
    store("r1", "");
    store("r2", "");
    as(DOCTOR);
    does("setRecordState", "[\"r2\",3,\"x\"]");
    as(NURSE);
    refuses("updateRecord", text("[\"r9\",%s,[],\"\"]", bad), "Record does not exist");
    refuses("updateRecord", text("[\"r2\",%s,[],\"\"]", bad), "Record is not active");
    refuses("updateRecord", text("[\"r1\",%s,[],\"\"]", bad), "No consent");
    as(PATIENT);
    refuses("updateRecord", text("[\"r1\",%s,[],\"\"]", bad), "Patient may only re-encrypt");
    as(DOCTOR);
    refuses("updateRecord", text("[\"r1\",%s,[],\"\"]", bad), "Reason cannot be empty");
    refuses("updateRecord", text("[\"r1\",%s,[],\"x\"]", bad), "Commitment cannot be zero");
    refuses("updateRecord", update("r1", "c1", "x", "[" ZERO_JSON ",0,\"0x\"]"), "Zero address");
    record_is("r1", "c1", "secret", 1, START, 1);
}

static void content_is_verified_for_each_version(void **state)
{
    struct mc_hash digest, salt = {{1}}, commitment;
    (void)state;
    mc_sha256(&digest, mc_slice_str("plain"));
    const struct mc_slice parts[] = {mc_hash_slice(&salt), mc_hash_slice(&digest)};
    mc_keccak256v(&commitment, parts, 2);
    const char *c = hex_json(commitment.b, 32), *d = hex_json(digest.b, 32);
    const char *s = hex_json(salt.b, 32);
    as(DOCTOR);
    does("storeRecord",
         text("[\"r1\",%s,\"LAB\",[%s," ZERO_HASH ",\"e\",\"u\",0,\"0x\"],[]]", acc(PATIENT), c));
    does("updateRecord", update("r1", "c2", "x", ""));
    shows("verifyContent", text("[\"r1\",1,%s,%s]", d, s), "true");
    shows("verifyContent", text("[\"r1\",1,%s,%s]", s, d), "false");
    shows("verifyContent", text("[\"r1\",0,%s,%s]", d, s), "false");
    shows("verifyContent", text("[\"r1\",2,%s,%s]", d, s), "false");
    refuses("verifyContent", text("[\"r1\",3,%s,%s]", d, s), "Version does not exist");
    refuses("verifyContent", text("[\"r9\",0,%s,%s]", d, s), "Record does not exist");
    does("updateRecord", text("[\"r1\",[%s," ZERO_HASH ",\"e\",\"u\",0,\"0x\"],[],\"back\"]", c));
    shows("verifyContent", text("[\"r1\",0,%s,%s]", d, s), "true");
    as(PATIENT);
    does("shredRecord", "[\"r1\",\"x\"]");
    as(ADMIN);
    does("shredRecord", "[\"r1\",\"x\"]");
    for (unsigned i = 0; i <= 3; i++)
        shows("verifyContent", text("[\"r1\",%u,%s,%s]", i, d, s), "false");
}

/* ------------------------------------------------------------------ states */

static void author_and_administrators_change_the_state(void **state)
{
    (void)state;
    store("r1", "");
    h->time_s = START + 3;
    as(DOCTOR);
    does("setRecordState", "[\"r1\",2,\"wrong patient\"]");
    memhost_logged(h, state_log("r1", DOCTOR, 2, "wrong patient"));
    record_is("r1", "c1", "secret", 1, START + 3, 2);
    as(ADMIN_2);
    does("setRecordState", "[\"r1\",3,\"x\"]");
    does("setRecordState", "[\"r1\",1,\"x\"]");
    record_is("r1", "c1", "secret", 1, START + 3, 1);
}

static void a_state_change_is_refused_in_order(void **state)
{
    (void)state;
    store("r1", "");
    as(NURSE);
    refuses("setRecordState", "[\"r9\",9,\"\"]", "Record does not exist");
    refuses("setRecordState", "[\"r1\",9,\"\"]", "Caller is not the author");
    as(DOCTOR);
    refuses("setRecordState", "[\"r1\",0,\"\"]", "Invalid state");
    refuses("setRecordState", "[\"r1\",4,\"\"]", "Invalid state");
    refuses("setRecordState", "[\"r1\",1,\"\"]", "State unchanged");
    refuses("setRecordState", "[\"r1\",2,\"\"]", "Reason cannot be empty");
    as(PATIENT);
    does("shredRecord", "[\"r1\",\"x\"]");
    as(AUDITOR);
    does("shredRecord", "[\"r1\",\"x\"]");
    as(DOCTOR);
    refuses("setRecordState", "[\"r1\",1,\"\"]", "Record is shredded");
}

/* ------------------------------------------------------------------ erasure */

static void two_parties_erase_a_record(void **state)
{
    (void)state;
    store("r1", text("%s,%s", key_for(PATIENT, 0), key_for(NURSE, 0)));
    as(DOCTOR);
    does("updateRecord", update("r1", "c2", "other", key_for(NURSE, 0)));
    as(PATIENT);
    does("shredRecord", "[\"r1\",\"please\"]");
    memhost_logged(h, text("{\"event\":\"ShredRequested\",\"args\":{\"recordKey\":\"%s\","
                           "\"patient\":%s,\"by\":%s,\"recordId\":\"r1\",\"reason\":\"please\"}}\n",
                           topic("r1"), acc(PATIENT), acc(PATIENT)));
    record_is("r1", "c2", "other", 2, START, 1);
    as(DOCTOR);
    does("updateRecord", update("r1", "c3", "third", key_for(NURSE, 0)));
    does("setRecordState", "[\"r1\",3,\"x\"]"); /* does not end the request */
    h->time_s = START + MONTH - 1;
    as(ADMIN);
    does("shredRecord", "[\"r1\",\"agreed\"]");
    memhost_logged(h, state_log("r1", ADMIN, 4, "agreed"));
    record_is("r1", "00", "third", 3, START + MONTH - 1, 4);
    shows("getPayload", "[\"r1\"]", "\"0x\"");
    held_by("r1", "", "", 0);
    shows("getWrappedKey", text("[\"r1\",%s]", acc(NURSE)),
          "{\"wrappedKey\":\"0x\",\"expiresAt\":\"0\"}");
    for (unsigned i = 0; i < 3; i++)
        has("getVersions", text("[\"r1\",%u,1]", i),
            "\"commitment\":" ZERO_HASH ",\"ciphertextHash\":" ZERO_HASH);
    refuses("shredRecord", "[\"r1\",\"\"]", "Record is shredded");
    refuses("updateRecord", update("r1", "c4", "x", ""), "Record is not active");
}

static void erasure_is_refused_in_order(void **state)
{
    (void)state;
    store("r1", "");
    as(DOCTOR);
    refuses("shredRecord", "[\"r9\",\"\"]", "Record does not exist");
    refuses("shredRecord", "[\"r1\",\"\"]", "Caller may not shred");
    as(ADMIN);
    refuses("shredRecord", "[\"r1\",\"\"]", "Reason cannot be empty");
    does("shredRecord", "[\"r1\",\"x\"]");
    refuses("shredRecord", "[\"r1\",\"\"]", "Party already asked");
    as(ADMIN_2); /* the same party */
    refuses("shredRecord", "[\"r1\",\"\"]", "Party already asked");
    represented_by(ADMIN); /* the same account as another party */
    as(ADMIN);
    refuses("shredRecord", "[\"r1\",\"\"]", "Party already asked");
    h->time_s = START + MONTH; /* lapsed: a first call again */
    does("shredRecord", "[\"r1\",\"x\"]");
    has("getRecord", "[\"r1\"]", "\"state\":1}");
    as(PATIENT); /* ADMIN counted as PATIENT-SIDE now */
    refuses("shredRecord", "[\"r1\",\"x\"]", "Party already asked");
    as(AUDITOR);
    does("shredRecord", "[\"r1\",\"x\"]");
    has("getRecord", "[\"r1\"]", "\"state\":4}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_record_is_stored_with_its_keys),
        T(a_large_file_is_held_by_its_place),
        T(storing_needs_a_role_or_the_own_account),
        T(storing_is_refused_in_order),
        T(keys_are_checked_one_after_the_other),
        T(at_most_fifty_keys_in_a_call),
        T(the_parameter_bounds_the_payload),
        T(strings_have_their_limits),
        T(a_new_version_ends_the_old_payload_and_keys),
        T(a_version_by_uri_removes_the_payload),
        T(who_may_add_a_version),
        T(updating_is_refused_in_order),
        T(content_is_verified_for_each_version),
        T(author_and_administrators_change_the_state),
        T(a_state_change_is_refused_in_order),
        T(two_parties_erase_a_record),
        T(erasure_is_refused_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
