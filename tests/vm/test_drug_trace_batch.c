/* DrugTrace: quarantine of items and batches, recall of batches. */
#include "tests/vm/drug_trace_text.h"

#define BATCH "\"Acme\",\"B\""

static void batch_is(unsigned cnt, bool quarantined, int recall_class, const char *by,
                     uint64_t since, const char *reason)
{
    memhost_ok(h, D, "getBatchStatus", "[" BATCH "]",
               text("{\"itemCount\":\"%u\",\"quarantined\":%s,\"recallClass\":%d,\"by\":%s,"
                    "\"since\":\"%llu\",\"reason\":\"%s\"}",
                    cnt, quarantined ? "true" : "false", recall_class, by,
                    (unsigned long long)since, reason));
}

static void a_suspect_item_is_held_and_released(void **state)
{
    (void)state;
    create("a");
    give("a", NURSE);
    as(PHARMACY); /* not the owner: the role suffices */
    does("setItemQuarantine", "[\"a\",true,\"seal open\"]");
    memhost_logged(h,
                   text("{\"event\":\"ItemQuarantineChanged\",\"args\":{\"itemKey\":\"%s\",\"by\":"
                        "%s,\"itemId\":\"a\",\"quarantined\":true,\"reason\":\"seal open\"}}\n",
                        topic("a"), memhost_account_json(PHARMACY)));
    traced(
        "a", 2,
        trace("a", memhost_account_json(PHARMACY), ZERO_JSON, "ward", "QUARANTINE", "seal open"));
    state_is("a", 4);
    as(NURSE);
    refuses("useItem", "[\"a\",\"p\",\"\"]", "Item is quarantined");
    does("setItemQuarantine", "[\"a\",false,\"fine\"]");
    traced("a", 3, trace("a", memhost_account_json(NURSE), ZERO_JSON, "ward", "RELEASE", "fine"));
    state_is("a", 1);
    does("useItem", "[\"a\",\"p\",\"\"]");
}

static void item_quarantine_checks_in_order(void **state)
{
    (void)state;
    create("a");
    create("gone");
    does("disposeItem", "[\"gone\",\"r\"]");
    refuses("setItemQuarantine", "[\"a\",true,\"\"]", "Reason cannot be empty");
    refuses("setItemQuarantine", "[\"a\",false,\"\"]", "Quarantine unchanged");
    as(NURSE);
    refuses("setItemQuarantine", "[\"a\",false,\"\"]", "Not owner, pharmacist or admin");
    refuses("setItemQuarantine", "[\"gone\",false,\"\"]", "Item is not active");
    refuses("setItemQuarantine", "[\"nope\",false,\"\"]", "Item does not exist");
    refuses("setItemQuarantine", text("[\"a\",true,\"%s\"]", longer(2049)), "String too long");
    as(AUDITOR);
    refuses("setItemQuarantine", "[\"a\",true,\"r\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|SUPPLIER|MANUFACTURER");
    as(ADMIN);
    does("setItemQuarantine", "[\"a\",true,\"r\"]");
}

static void a_batch_is_held_as_a_whole(void **state)
{
    (void)state;
    create("a");
    create("b");
    uint32_t cells = h->cell_cnt;
    does("setBatchQuarantine", "[" BATCH ",true,\"colour\"]");
    assert_int_equal(h->cell_cnt, cells + 1);
    memhost_logged(
        h, text("{\"event\":\"BatchQuarantineChanged\",\"args\":{\"manufacturerKey\":\"%s\","
                "\"batchKey\":\"%s\",\"by\":%s,\"manufacturer\":\"Acme\",\"batchNumber\":"
                "\"B\",\"quarantined\":true,\"reason\":\"colour\"}}\n",
                topic("Acme"), topic("B"), memhost_account_json(MAKER)));
    assert_int_equal(h->logs[0].topic_cnt, 4);
    batch_is(2, true, 0, memhost_account_json(MAKER), h->time_s, "colour");
    state_is("a", 4);
    state_is("b", 4);
    /* The item's own hold comes and goes without touching the batch's. */
    does("setItemQuarantine", "[\"a\",true,\"r\"]");
    does("setItemQuarantine", "[\"a\",false,\"r\"]");
    state_is("a", 4);
    create("late"); /* registered into a held batch */
    state_is("late", 4);
    does("setBatchQuarantine", "[" BATCH ",false,\"tested\"]");
    batch_is(3, false, 0, ZERO_JSON, 0, "");
    state_is("a", 1);
}

static void a_batch_is_a_manufacturer_and_a_number(void **state)
{
    (void)state;
    create("a");
    does("createItem", "[\"o\",\"n\",\"\",\"Other\",\"B\",1600000000,2000000000,\"\"]");
    does("recallBatch", "[" BATCH ",1,\"glass\"]");
    state_is("a", 5);
    state_is("o", 1);
    memhost_ok(h, D, "getBatchStatus", text("[\"%s\",\"B\"]", longer(3000)),
               "{\"itemCount\":\"0\",\"quarantined\":false,\"recallClass\":0,\"by\":\"" ZERO_ADDR
               "\",\"since\":\"0\",\"reason\":\"\"}");
}

static void batch_quarantine_checks_in_order(void **state)
{
    (void)state;
    create("a");
    refuses("setBatchQuarantine", "[" BATCH ",true,\"\"]", "Reason cannot be empty");
    refuses("setBatchQuarantine", "[" BATCH ",false,\"\"]", "Quarantine unchanged");
    as(MAKER_2);
    refuses("setBatchQuarantine", "[" BATCH ",false,\"\"]", "Caller did not create this batch");
    refuses("setBatchQuarantine", "[\"Acme\",\"C\",false,\"\"]", "Batch does not exist");
    refuses("setBatchQuarantine", text("[\"%s\",\"C\",false,\"\"]", longer(257)),
            "String too long");
    as(PHARMACY);
    refuses("setBatchQuarantine", "[" BATCH ",true,\"r\"]",
            "Missing role: ADMIN|SUPPLIER|MANUFACTURER|AUDITOR");
    as(AUDITOR);
    does("setBatchQuarantine", "[" BATCH ",true,\"r\"]");
    as(ADMIN);
    does("setBatchQuarantine", "[" BATCH ",false,\"r\"]");
    as(MAKER_2); /* one item of the batch makes a creator of it */
    create("b");
    create("c");
    does("setBatchQuarantine", "[" BATCH ",true,\"r\"]");
    batch_is(3, true, 0, memhost_account_json(MAKER_2), h->time_s, "r");
}

static void a_recall_blocks_all_but_the_way_back(void **state)
{
    (void)state;
    create("a");
    create("b");
    create("c");
    give("a", NURSE);
    give("b", NURSE);
    does("recallBatch", "[" BATCH ",2,\"glass\"]");
    memhost_logged(h,
                   text("{\"event\":\"BatchRecalled\",\"args\":{\"manufacturerKey\":\"%s\","
                        "\"batchKey\":\"%s\",\"by\":%s,\"manufacturer\":\"Acme\",\"batchNumber\":"
                        "\"B\",\"recallClass\":2,\"reason\":\"glass\"}}\n",
                        topic("Acme"), topic("B"), memhost_account_json(MAKER)));
    as(NURSE);
    state_is("a", 5);
    refuses("useItem", "[\"a\",\"p\",\"\"]", "Item is recalled");
    refuses("transferItem", text("[\"a\",%s,\"\",\"\"]", memhost_account_json(DOCTOR)),
            "Item is recalled");
    refuses("offerHandover", text("[\"h\",[\"a\"],%s,\"\",\"\"]", memhost_account_json(DOCTOR)),
            "Item is recalled");
    does("offerHandover", text("[\"h\",[\"b\"],%s,\"\",\"\"]", memhost_account_json(MAKER)));
    refuses("transferItem", text("[\"b\",%s,\"\",\"\"]", memhost_account_json(MAKER)),
            "Item is in transit");
    give("a", MAKER);
    as(MAKER);
    does("disposeItem", "[\"a\",\"recall\"]");
    state_is("a", 7);
    /* Quarantine speaks before the recall, also on the way back. */
    does("setItemQuarantine", "[\"c\",true,\"r\"]");
    state_is("c", 5);
    refuses("transferItem", text("[\"c\",%s,\"\",\"\"]", memhost_account_json(NURSE)),
            "Item is quarantined");
}

static void reclassification_keeps_who_and_when(void **state)
{
    uint64_t began = h->time_s;
    (void)state;
    create("a");
    does("setBatchQuarantine", "[" BATCH ",true,\"colour\"]");
    h->time_s += 10;
    does("recallBatch", "[" BATCH ",3,\"glass\"]");
    batch_is(1, true, 3, memhost_account_json(MAKER), began + 10, "glass");
    h->time_s += 10;
    as(AUDITOR);
    does("recallBatch", "[" BATCH ",1,\"splinters\"]");
    batch_is(1, true, 1, memhost_account_json(MAKER), began + 10, "splinters");
    does("recallBatch", "[" BATCH ",0,\"over\"]");
    batch_is(1, true, 0, memhost_account_json(MAKER), began, "colour"); /* the quarantine's again */
    does("recallBatch", "[" BATCH ",1,\"once more\"]");
    batch_is(1, true, 1, memhost_account_json(AUDITOR), began + 20, "once more");
    as(MAKER); /* a creator, but the recall is another's now */
    refuses("recallBatch", "[" BATCH ",0,\"over\"]", "Caller did not create this batch");
}

static void recall_checks_in_order(void **state)
{
    (void)state;
    create("a");
    as(MAKER_2);
    refuses("recallBatch", "[\"Acme\",\"C\",9,\"\"]", "Batch does not exist");
    refuses("recallBatch", "[" BATCH ",9,\"\"]", "Caller did not create this batch");
    as(MAKER);
    refuses("recallBatch", "[" BATCH ",4,\"\"]", "Invalid recall class");
    refuses("recallBatch", "[" BATCH ",0,\"\"]", "Recall unchanged");
    refuses("recallBatch", "[" BATCH ",1,\"\"]", "Reason cannot be empty");
    refuses("recallBatch", text("[" BATCH ",1,\"%s\"]", longer(2049)), "String too long");
    does("recallBatch", "[" BATCH ",1,\"r\"]");
    refuses("recallBatch", "[" BATCH ",1,\"r\"]", "Recall unchanged");
    as(DOCTOR);
    refuses("recallBatch", "[" BATCH ",2,\"r\"]",
            "Missing role: ADMIN|SUPPLIER|MANUFACTURER|AUDITOR");
}

static void the_strongest_state_shows(void **state)
{
    (void)state;
    create("a");
    does("offerHandover", text("[\"h\",[\"a\"],%s,\"\",\"\"]", memhost_account_json(NURSE)));
    state_is("a", 2);
    h->time_s = 2000000001;
    state_is("a", 3);
    does("setItemQuarantine", "[\"a\",true,\"r\"]");
    state_is("a", 4);
    does("recallBatch", "[" BATCH ",1,\"r\"]");
    state_is("a", 5);
    does("closeHandover", "[\"h\",\"r\"]");
    does("disposeItem", "[\"a\",\"r\"]");
    state_is("a", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_suspect_item_is_held_and_released), T(item_quarantine_checks_in_order),
        T(a_batch_is_held_as_a_whole),          T(a_batch_is_a_manufacturer_and_a_number),
        T(batch_quarantine_checks_in_order),    T(a_recall_blocks_all_but_the_way_back),
        T(reclassification_keeps_who_and_when), T(recall_checks_in_order),
        T(the_strongest_state_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
