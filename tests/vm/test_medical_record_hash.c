/* MedicalRecordHash: creation, change, end, lists, and every refusal in its order. */
#include "tests/vm/args_text.h"

#define M "MedicalRecordHash"

enum { NOBODY, DOCTOR, AUDITOR, ADMIN };

static struct memhost *h;

static int setup(void **state)
{
    (void)state;
    h = memhost_new();
    memhost_grant(h, memhost_account(DOCTOR), VM_DOCTOR);
    memhost_grant(h, memhost_account(AUDITOR), VM_AUDITOR);
    memhost_grant(h, memhost_account(ADMIN), VM_ADMIN);
    h->caller = memhost_account(DOCTOR);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memhost_free(h);
    return 0;
}

static void create(const char *id)
{
    memhost_ok(h, M, "createRecord", text("[\"%s\",\"p1\",\"d1\",\"LAB\",\"0x%s\"]", id, id),
               "null");
}

static void a_record_is_stored_as_given(void **state)
{
    (void)state;
    memhost_ok(h, M, "createRecord", "[\"r1\",\"p1\",\"d1\",\"\",\"0xAb\"]", "null");
    memhost_logged(h,
                   text("{\"event\":\"RecordCreated\",\"args\":{\"recordId\":\"%s\",\"patientId\":"
                        "\"p1\",\"doctorId\":\"d1\",\"recordType\":\"\",\"hashValue\":\"0xAb\"}}\n",
                        topic("r1")));
    assert_int_equal(h->log_cnt, 1);
    assert_int_equal(h->logs[0].topic_cnt, 2);
    const char *want = text("{\"patientId\":\"p1\",\"doctorId\":\"d1\",\"recordType\":\"\","
                            "\"hashValue\":\"0xAb\",\"timestamp\":\"1700000000\",\"creator\":%s,"
                            "\"isActive\":true}",
                            memhost_account_json(DOCTOR));
    memhost_ok(h, M, "getRecord", "[\"r1\"]", want);
    memhost_ok(h, M, "medicalRecords", "[\"r1\"]", want);
}

static void a_new_record_takes_one_cell_and_four_list_entries(void **state)
{
    uint32_t cells = h->cell_cnt;
    (void)state;
    create("r1");
    assert_int_equal(h->cell_cnt - cells, 1 + 4 * 2);
    create("r2"); /* patient, doctor and all are longer lists now; the hash is a new one */
    assert_int_equal(h->cell_cnt - cells, 9 + 1 + 3 + 2);
}

static void unknown_ids_give_empty_fields_or_a_refusal(void **state)
{
    static const char *const methods[] = {"getRecord", "getModificationHistory", "getSupersession",
                                          "deactivateRecord"};
    (void)state;
    memhost_ok(h, M, "medicalRecords", "[\"nope\"]",
               "{\"patientId\":\"\",\"doctorId\":\"\",\"recordType\":\"\",\"hashValue\":\"\","
               "\"timestamp\":\"0\",\"creator\":\"" ZERO_ADDR "\",\"isActive\":false}");
    for (size_t i = 0; i < MC_COUNT(methods); i++)
        memhost_reverts(h, M, methods[i], "[\"nope\"]", "Record does not exist");
    memhost_reverts(h, M, "verifyHash", "[\"nope\",\"a\"]", "Record does not exist");
    memhost_reverts(h, M, "verifyHashAtTime", "[\"nope\",\"a\",9999999999]",
                    "Record does not exist");
    memhost_reverts(h, M, "verifyHashAtBlock", "[\"nope\",\"a\",99]", "Record does not exist");
    memhost_reverts(h, M, "getVersions", "[\"nope\",0,10]", "Record does not exist");
    memhost_reverts(h, M, "modifyRecord", "[\"nope\",\"\",\"\"]", "Record does not exist");
    reverts_empty(h, M, "modificationHistory", "[\"nope\",0]");
    reverts_empty(h, M, "recordIds", "[0]");
}

static void views_take_ids_of_any_length(void **state)
{
    (void)state;
    memhost_reverts(h, M, "getRecord", text("[\"%s\"]", longer(3000)), "Record does not exist");
    memhost_ok(h, M, "getRecordsByHash", text("[\"%s\",0,10]", longer(3000)),
               "{\"ids\":[],\"total\":\"0\"}");
    memhost_ok(h, M, "getRecordsByPatient", text("[\"%s\",0,10]", longer(3000)),
               "{\"ids\":[],\"total\":\"0\"}");
}

/* Each row breaks one rule more from the end of the list on, so the first in order must speak. */
static void creation_checks_in_order(void **state)
{
    (void)state;
    create("r1");
    memhost_reverts(h, M, "createRecord", "[\"r1\",\"p\",\"d\",\"t\",\"h\"]",
                    "Record already exists");
    memhost_reverts(h, M, "createRecord", "[\"r1\",\"p\",\"d\",\"t\",\"\"]",
                    "Hash value cannot be empty");
    memhost_reverts(h, M, "createRecord", "[\"r1\",\"p\",\"\",\"t\",\"\"]",
                    "Doctor ID cannot be empty");
    memhost_reverts(h, M, "createRecord", "[\"r1\",\"\",\"\",\"t\",\"\"]",
                    "Patient ID cannot be empty");
    memhost_reverts(h, M, "createRecord", "[\"\",\"\",\"\",\"t\",\"\"]",
                    "Record ID cannot be empty");
    memhost_reverts(h, M, "createRecord", text("[\"\",\"\",\"\",\"%s\",\"\"]", longer(65)),
                    "String too long");
    h->caller = memhost_account(NOBODY);
    memhost_reverts(h, M, "createRecord", text("[\"\",\"\",\"\",\"%s\",\"\"]", longer(65)),
                    "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|AUDITOR");
    memhost_ok(h, M, "getTotalRecords", "[]", "\"1\"");
}

static void strings_end_at_their_limits(void **state)
{
    static const struct {
        size_t id, patient, doctor, type, hash;
        bool ok;
    } rows[] = {{128, 128, 128, 64, 256, true}, {129, 1, 1, 1, 1, false}, {1, 129, 1, 1, 1, false},
                {1, 1, 129, 1, 1, false},       {1, 1, 1, 65, 1, false},  {1, 1, 1, 1, 257, false}};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const char *args = text("[\"%s\",\"%s\",\"%s\",\"%s\",\"%s\"]", longer(rows[i].id),
                                longer(rows[i].patient), longer(rows[i].doctor),
                                longer(rows[i].type), longer(rows[i].hash));
        if (rows[i].ok)
            memhost_ok(h, M, "createRecord", args, "null");
        else
            memhost_reverts(h, M, "createRecord", args, "String too long");
    }
}

/* Intrinsic gas of the call's data at 16 a byte stays within 21000 + 16 * 1200. */
static void creation_fits_its_gas_at_the_limits(void **state)
{
    struct mh_res r;
    (void)state;
    memhost_call(h, &r, M, "createRecord",
                 text("[\"%s\",\"%s\",\"%s\",\"%s\",\"%s\"]", longer(128), longer(128), longer(128),
                      longer(64), longer(256)));
    assert_int_equal(r.err, MC_OK);
    assert_true(r.gas_used + 21000 + 16 * 1200 <= 200000);
}

static void who_may_write(void **state)
{
    static const char missing[] = "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN";
    (void)state;
    h->caller = memhost_account(AUDITOR);
    create("r1");
    memhost_reverts(h, M, "modifyRecord", "[\"r1\",\"h\",\"r\"]", missing);
    memhost_reverts(h, M, "deactivateRecord", "[\"r1\"]", missing);
    memhost_reverts(h, M, "supersedeRecord", "[\"r1\",\"r1\",\"r\"]", missing);
    h->caller = memhost_account(ADMIN);
    memhost_ok(h, M, "modifyRecord", "[\"r1\",\"h\",\"r\"]", "null");
    memhost_ok(h, M, "deactivateRecord", "[\"r1\"]", "null");
}

static void a_modification_replaces_the_hash_and_is_kept(void **state)
{
    (void)state;
    create("r1");
    h->time_s += 10;
    h->caller = memhost_account(ADMIN);
    memhost_ok(h, M, "modifyRecord", "[\"r1\",\"0xcd\",\"typo\"]", "null");
    memhost_logged(h,
                   text("{\"event\":\"RecordModified\",\"args\":{\"recordId\":\"%s\",\"newHash\":"
                        "\"0xcd\",\"modifierAddress\":%s,\"reason\":\"typo\"}}\n",
                        topic("r1"), memhost_account_json(ADMIN)));
    assert_int_equal(h->logs[0].topic_cnt, 2);
    memhost_ok(
        h, M, "getRecord", "[\"r1\"]",
        text("{\"patientId\":\"p1\",\"doctorId\":\"d1\",\"recordType\":\"LAB\",\"hashValue\":"
             "\"0xcd\",\"timestamp\":\"1700000010\",\"creator\":%s,\"isActive\":true}",
             memhost_account_json(DOCTOR)));
    const char *change = text("{\"newHash\":\"0xcd\",\"timestamp\":\"1700000010\","
                              "\"modifierAddress\":%s,\"reason\":\"typo\"}",
                              memhost_account_json(ADMIN));
    memhost_ok(h, M, "getModificationHistory", "[\"r1\"]", text("[%s]", change));
    memhost_ok(h, M, "modificationHistory", "[\"r1\",0]", change);
    reverts_empty(h, M, "modificationHistory", "[\"r1\",1]");
    reverts_empty(
        h, M, "modificationHistory",
        "[\"r1\",\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"]");
}

static void modification_checks_in_order(void **state)
{
    (void)state;
    create("r1");
    memhost_reverts(h, M, "modifyRecord", "[\"r1\",\"h\",\"\"]", "Reason cannot be empty");
    memhost_reverts(h, M, "modifyRecord", "[\"r1\",\"\",\"\"]", "New hash value cannot be empty");
    memhost_ok(h, M, "deactivateRecord", "[\"r1\"]", "null");
    memhost_reverts(h, M, "modifyRecord", "[\"r1\",\"\",\"\"]", "Record is not active");
    memhost_reverts(h, M, "modifyRecord", text("[\"r1\",\"h\",\"%s\"]", longer(2049)),
                    "String too long");
    memhost_reverts(h, M, "modifyRecord", text("[\"r1\",\"%s\",\"r\"]", longer(257)),
                    "String too long");
}

static void a_deactivated_record_stays_readable_for_good(void **state)
{
    (void)state;
    create("r1");
    memhost_ok(h, M, "verifyHash", "[\"r1\",\"0xr1\"]", "true");
    memhost_ok(h, M, "verifyHash", "[\"r1\",\"0xR1\"]", "false");
    memhost_ok(h, M, "verifyHash", "[\"r1\",\"\"]", "false");
    memhost_ok(h, M, "deactivateRecord", "[\"r1\"]", "null");
    memhost_logged(h, text("{\"event\":\"RecordDeactivated\",\"args\":{\"recordId\":\"%s\","
                           "\"deactivator\":%s}}\n",
                           topic("r1"), memhost_account_json(DOCTOR)));
    memhost_reverts(h, M, "deactivateRecord", "[\"r1\"]", "Record is not active");
    memhost_reverts(h, M, "verifyHash", "[\"r1\",\"0xr1\"]", "Record is not active");
    memhost_ok(h, M, "getModificationHistory", "[\"r1\"]", "[]");
    memhost_reverts(h, M, "createRecord", "[\"r1\",\"p\",\"d\",\"t\",\"h\"]",
                    "Record already exists");
}

static void lists_show_pages_in_creation_order(void **state)
{
    (void)state;
    create("a");
    create("b");
    memhost_ok(h, M, "createRecord", "[\"c\",\"p2\",\"d1\",\"LAB\",\"0xa\"]", "null");
    memhost_ok(h, M, "getTotalRecords", "[]", "\"3\"");
    memhost_ok(h, M, "recordIds", "[2]", "\"c\"");
    reverts_empty(h, M, "recordIds", "[3]");
    memhost_ok(h, M, "getRecordIds", "[1,1]", "{\"ids\":[\"b\"],\"total\":\"3\"}");
    memhost_ok(h, M, "getRecordIds", "[3,1]", "{\"ids\":[],\"total\":\"3\"}");
    memhost_ok(h, M, "getRecordIds", "[0,0]", "{\"ids\":[],\"total\":\"3\"}");
    memhost_ok(h, M, "getRecordsByPatient", "[\"p1\",0,10]",
               "{\"ids\":[\"a\",\"b\"],\"total\":\"2\"}");
    memhost_ok(h, M, "getRecordsByPatient", "[\"p2\",0,10]", "{\"ids\":[\"c\"],\"total\":\"1\"}");
    memhost_ok(h, M, "getRecordsByDoctor", "[\"d1\",1,10]",
               "{\"ids\":[\"b\",\"c\"],\"total\":\"3\"}");
    memhost_ok(h, M, "getRecordsByHash", "[\"0xa\",0,10]",
               "{\"ids\":[\"a\",\"c\"],\"total\":\"2\"}");
}

/* ------------------------------------------------------------------ batches */

static const char *batch(uint32_t cnt)
{
    static char out[16384];
    size_t n = 0;
    for (uint32_t i = 0; i < cnt; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s[\"b%u\",\"p\",\"d\",\"t\",\"0x%u\"]",
                              i == 0 ? "" : ",", i, i);
    assert_true(n < sizeof out);
    return out;
}

static void a_batch_is_all_or_none(void **state)
{
    uint32_t cells = h->cell_cnt;
    (void)state;
    memhost_reverts(h, M, "createRecords", "[[]]", "Batch is empty");
    memhost_reverts(h, M, "createRecords", text("[[%s]]", batch(101)), "Batch too large");
    memhost_reverts(h, M, "createRecords",
                    "[[[\"a\",\"p\",\"d\",\"t\",\"h\"],[\"a\",\"p\",\"d\",\"t\",\"h\"]]]",
                    "Record already exists");
    memhost_ok(h, M, "getTotalRecords", "[]", "\"0\"");
    assert_int_equal(h->cell_cnt, cells);
    memhost_ok(h, M, "createRecords", text("[[%s]]", batch(100)), "null");
    assert_int_equal(h->log_cnt, 100);
    memhost_ok(h, M, "getTotalRecords", "[]", "\"100\"");
    memhost_ok(h, M, "recordIds", "[99]", "\"b99\"");
    memhost_ok(h, M, "verifyHash", "[\"b7\",\"0x7\"]", "true");
}

static void a_batch_measures_all_strings_first(void **state)
{
    (void)state;
    memhost_reverts(
        h, M, "createRecords",
        text("[[[\"\",\"p\",\"d\",\"t\",\"h\"],[\"a\",\"p\",\"d\",\"%s\",\"h\"]]]", longer(65)),
        "String too long");
    /* The first element's last check comes before the second's first. */
    create("r1");
    memhost_reverts(h, M, "createRecords",
                    "[[[\"r1\",\"p\",\"d\",\"t\",\"h\"],[\"\",\"p\",\"d\",\"t\",\"h\"]]]",
                    "Record already exists");
}

#define W1 "0x1111111111111111111111111111111111111111111111111111111111111111"
#define W2 "0x2222222222222222222222222222222222222222222222222222222222222222"
#define W0 "0x0000000000000000000000000000000000000000000000000000000000000000"

static void commitments_become_records_of_hex_words(void **state)
{
    /* keccak256 of 32 bytes 0x05 (salt) and 32 bytes 0x07 (content hash). */
    struct mc_hash salt, content, word;
    char hex[65];
    (void)state;
    memset(salt.b, 5, sizeof salt.b);
    memset(content.b, 7, sizeof content.b);
    const struct mc_slice parts[] = {mc_hash_slice(&salt), mc_hash_slice(&content)};
    mc_keccak256v(&word, parts, 2);
    mc_hex_encode(hex, word.b, sizeof word.b);

    memhost_ok(h, M, "createCommittedRecords",
               text("[[[\"c1\",\"" W1 "\",\"" W2 "\",\"LAB\",\"0x%s\"]]]", hex), "null");
    memhost_logged(
        h, text("{\"event\":\"RecordCreated\",\"args\":{\"recordId\":\"%s\",\"patientId\":\"" W1
                "\",\"doctorId\":\"" W2 "\",\"recordType\":\"LAB\",\"hashValue\":\"0x%s\"}}\n"
                "{\"event\":\"RecordCommitted\",\"args\":{\"recordKey\":\"%s\",\"patientRef\":\"" W1
                "\",\"commitment\":\"0x%s\",\"recordId\":\"c1\"}}\n",
                topic("c1"), hex, topic("c1"), hex));
    memhost_ok(h, M, "getRecordsByPatient", "[\"" W1 "\",0,9]",
               "{\"ids\":[\"c1\"],\"total\":\"1\"}");
    memhost_ok(h, M, "verifyHash", text("[\"c1\",\"0x%s\"]", hex), "true");
    const char *proof =
        "[\"c1\",\"0x0707070707070707070707070707070707070707070707070707070707070707\","
        "\"0x0505050505050505050505050505050505050505050505050505050505050505\"]";
    memhost_ok(h, M, "verifyCommitment", proof, "true");
    memhost_ok(h, M, "verifyCommitment", "[\"c1\",\"" W1 "\",\"" W2 "\"]", "false");
    memhost_ok(h, M, "deactivateRecord", "[\"c1\"]", "null");
    memhost_ok(h, M, "verifyCommitment", proof, "true");
    memhost_reverts(h, M, "verifyCommitment", "[\"x\",\"" W1 "\",\"" W2 "\"]",
                    "Record does not exist");
}

static void commitment_checks_in_order(void **state)
{
    (void)state;
    create("r1");
    memhost_reverts(h, M, "createCommittedRecords", "[[]]", "Batch is empty");
    memhost_reverts(h, M, "createCommittedRecords",
                    "[[[\"r1\",\"" W1 "\",\"" W2 "\",\"\",\"" W1 "\"]]]", "Record already exists");
    static const char *const zero[] = {"\"" W0 "\",\"" W1 "\",\"\",\"" W1 "\"",
                                       "\"" W1 "\",\"" W0 "\",\"\",\"" W1 "\"",
                                       "\"" W1 "\",\"" W1 "\",\"\",\"" W0 "\""};
    for (size_t i = 0; i < MC_COUNT(zero); i++) {
        memhost_reverts(h, M, "createCommittedRecords", text("[[[\"r1\",%s]]]", zero[i]),
                        "Commitment cannot be zero");
        memhost_reverts(h, M, "createCommittedRecords", text("[[[\"\",%s]]]", zero[i]),
                        "Record ID cannot be empty");
    }
    memhost_reverts(h, M, "createCommittedRecords",
                    text("[[[\"\",\"" W0 "\",\"" W0 "\",\"%s\",\"" W0 "\"]]]", longer(65)),
                    "String too long");
    char *many = malloc(32768);
    size_t n = 0;
    for (int i = 0; i < 101; i++)
        n += (size_t)sprintf(many + n, "%s[\"\",\"" W0 "\",\"" W0 "\",\"\",\"" W0 "\"]",
                             i == 0 ? "" : ",");
    memhost_reverts(h, M, "createCommittedRecords", text("[[%s]]", many), "Batch too large");
    free(many);
}

static void every_failing_store_call_leaves_nothing_behind(void **state)
{
    (void)state;
    create("r1");
    for (uint32_t n = 1;; n++) {
        struct mh_res r;
        uint32_t cells = h->cell_cnt;
        h->fail_after = n;
        memhost_call(h, &r, M, "modifyRecord", "[\"r1\",\"0xnew\",\"why\"]");
        h->fail_after = 0;
        if (r.err == MC_OK)
            break;
        assert_int_equal(r.err, MC_EIO);
        assert_int_equal(h->cell_cnt, cells);
        memhost_ok(h, M, "verifyHash", "[\"r1\",\"0xr1\"]", "true");
        assert_true(n < 100);
    }
    memhost_ok(h, M, "verifyHash", "[\"r1\",\"0xnew\"]", "true");
}

static void instances_are_apart(void **state)
{
    struct mh_res r;
    struct mc_addr other = {{0x77}};
    (void)state;
    create("r1");
    memhost_create(h, &r, M, other);
    assert_int_equal(r.err, MC_OK);
    memhost_call_at(h, &r, M, other, "getTotalRecords", "[]");
    assert_string_equal(r.json, "\"0\"");
    memhost_call_at(h, &r, M, other, "createRecord", "[\"r1\",\"p\",\"d\",\"t\",\"h\"]");
    assert_int_equal(r.err, MC_OK);
    memhost_ok(h, M, "getTotalRecords", "[]", "\"1\"");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_record_is_stored_as_given),
        T(a_new_record_takes_one_cell_and_four_list_entries),
        T(unknown_ids_give_empty_fields_or_a_refusal),
        T(views_take_ids_of_any_length),
        T(creation_checks_in_order),
        T(strings_end_at_their_limits),
        T(creation_fits_its_gas_at_the_limits),
        T(who_may_write),
        T(a_modification_replaces_the_hash_and_is_kept),
        T(modification_checks_in_order),
        T(a_deactivated_record_stays_readable_for_good),
        T(lists_show_pages_in_creation_order),
        T(a_batch_is_all_or_none),
        T(a_batch_measures_all_strings_first),
        T(commitments_become_records_of_hex_words),
        T(commitment_checks_in_order),
        T(every_failing_store_call_leaves_nothing_behind),
        T(instances_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
