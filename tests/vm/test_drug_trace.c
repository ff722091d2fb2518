/* DrugTrace, part 1 and createItems: registration, circulation, trace, lists. */
#include "tests/vm/drug_trace_text.h"

static const char *item_json(const char *id, const char *location, uint32_t owner, bool active)
{
    return text("{\"itemId\":\"%s\",\"name\":\"Drug\",\"specification\":\"10 mg\",\"manufacturer\":"
                "\"Acme\",\"batchNumber\":\"B\",\"productionDate\":\"1600000000\",\"expiryDate\":"
                "\"2000000000\",\"currentLocation\":\"%s\",\"currentOwner\":%s,\"isActive\":%s,"
                "\"category\":\"RX\"}",
                id, location, memhost_account_json(owner), active ? "true" : "false");
}

static void an_item_is_stored_as_given(void **state)
{
    (void)state;
    create("i1");
    memhost_logged(h,
                   text("{\"event\":\"ItemCreated\",\"args\":{\"itemId\":\"%s\",\"name\":\"Drug\","
                        "\"manufacturer\":\"Acme\",\"batchNumber\":\"B\"}}\n",
                        topic("i1")));
    memhost_ok(h, D, "getItem", "[\"i1\"]", item_json("i1", "", MAKER, true));
    memhost_ok(h, D, "supplyItems", "[\"i1\"]", item_json("i1", "", MAKER, true));
    const char *made = trace("i1", ZERO_JSON, memhost_account_json(MAKER), "", "PRODUCTION",
                             "Item created by manufacturer");
    memhost_ok(h, D, "getTraceRecords", "[\"i1\"]", text("[%s]", made));
    traced("i1", 0, made);
    owns(MAKER, "\"i1\"", 1);
    state_is("i1", 1);
}

static void unknown_items(void **state)
{
    static const char *const methods[] = {"getItem", "getTraceRecords", "isItemExpired"};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(methods); i++)
        refuses(methods[i], "[\"nope\"]", "Item does not exist");
    refuses("getTraceRecordsPage", "[\"nope\",0,1]", "Item does not exist");
    memhost_ok(h, D, "supplyItems", "[\"nope\"]",
               "{\"itemId\":\"\",\"name\":\"\",\"specification\":\"\",\"manufacturer\":\"\","
               "\"batchNumber\":\"\",\"productionDate\":\"0\",\"expiryDate\":\"0\","
               "\"currentLocation\":\"\",\"currentOwner\":\"" ZERO_ADDR
               "\",\"isActive\":false,\"category\":\"\"}");
    reverts_empty(h, D, "traceRecords", "[\"nope\",0]");
    reverts_empty(h, D, "itemIds", "[0]");
    memhost_ok(h, D, "getItemStatus", text("[\"%s\"]", longer(3000)),
               "{\"state\":0,\"usable\":false,\"useCount\":\"0\",\"owner\":\"" ZERO_ADDR
               "\",\"handoverId\":\"\",\"requisitionId\":\"\",\"prescriptionId\":\"\"}");
    memhost_ok(h, D, "getItemsByManufacturer", "[\"nope\"]", "[]");
    memhost_ok(h, D, "getItemsByBatch", text("[\"%s\"]", longer(3000)), "[]");
}

static void registration_checks_in_order(void **state)
{
    static const char *const rows[][2] = {
        {"\"i1\",\"n\",\"s\",\"m\",\"b\",5,6,\"\"", "Item already exists"},
        {"\"i1\",\"n\",\"s\",\"m\",\"b\",5,5,\"\"", "Expiry date must be after production date"},
        {"\"i1\",\"n\",\"s\",\"m\",\"b\",0,0,\"\"", "Production date must be valid"},
        {"\"i1\",\"n\",\"s\",\"m\",\"\",0,0,\"\"", "Batch number cannot be empty"},
        {"\"i1\",\"n\",\"s\",\"\",\"\",0,0,\"\"", "Manufacturer cannot be empty"},
        {"\"i1\",\"\",\"s\",\"\",\"\",0,0,\"\"", "Name cannot be empty"},
        {"\"\",\"\",\"s\",\"\",\"\",0,0,\"\"", "Item ID cannot be empty"},
    };
    (void)state;
    create("i1");
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        refuses("createItem", text("[%s]", rows[i][0]), rows[i][1]);
    refuses("createItem", text("[\"\",\"\",\"s\",\"\",\"\",0,0,\"%s\"]", longer(65)),
            "String too long");
    as(DOCTOR);
    refuses("createItem", text("[\"\",\"\",\"s\",\"\",\"\",0,0,\"%s\"]", longer(65)),
            "Missing role: ADMIN|PHARMACIST|SUPPLIER|MANUFACTURER");
}

static void strings_end_at_their_limits(void **state)
{
    static const size_t limit[] = {128, 256, 256, 256, 128, 64};
    struct mh_res r;
    (void)state;
    for (size_t over = 0; over <= MC_COUNT(limit); over++) {
        size_t n[MC_COUNT(limit)];
        for (size_t i = 0; i < MC_COUNT(limit); i++)
            n[i] = limit[i] + (i == over);
        const char *args =
            text("[\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",1,2,\"%s\"]", longer(n[0]), longer(n[1]),
                 longer(n[2]), longer(n[3]), longer(n[4]), longer(n[5]));
        if (over < MC_COUNT(limit)) {
            refuses("createItem", args, "String too long");
            continue;
        }
        memhost_call(h, &r, D, "createItem", args);
        assert_int_equal(r.err, MC_OK);
        /* With intrinsic gas of 16 for each of fewer than 1600 bytes of call data. */
        assert_true(r.gas_used + 21000 + 16 * 1600 <= 300000);
    }
}

static void dates_are_whole_words(void **state)
{
    (void)state;
    does("createItem",
         "[\"i\",\"n\",\"\",\"m\",\"b\",\"0xfffffffffffffffffffffffffffffffffffffffffffff"
         "ffffffffffffffffffe\",\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffff"
         "ffffffffff\",\"\"]");
    memhost_ok(h, D, "isItemExpired", "[\"i\"]", "false");
    does("createItem", "[\"old\",\"n\",\"\",\"m\",\"b\",1,1699999999,\"\"]");
    does("createItem", "[\"today\",\"n\",\"\",\"m\",\"b\",1,1700000000,\"\"]");
    memhost_ok(h, D, "isItemExpired", "[\"old\"]", "true");
    memhost_ok(h, D, "isItemExpired", "[\"today\"]", "false"); /* the end is inclusive */
    state_is("old", 3);
    state_is("today", 1);
}

static void a_transfer_moves_owner_and_location(void **state)
{
    (void)state;
    create("i1");
    does("transferItem", text("[\"i1\",%s,\"dock\",\"cold\"]", memhost_account_json(PHARMACY)));
    memhost_logged(h,
                   text("{\"event\":\"ItemTransferred\",\"args\":{\"itemId\":\"%s\",\"from\":%s,"
                        "\"to\":%s,\"location\":\"dock\"}}\n",
                        topic("i1"), memhost_account_json(MAKER), memhost_account_json(PHARMACY)));
    memhost_ok(h, D, "getItem", "[\"i1\"]", item_json("i1", "dock", PHARMACY, true));
    traced("i1", 1,
           trace("i1", memhost_account_json(MAKER), memhost_account_json(PHARMACY), "dock",
                 "TRANSFER", "cold"));
    owns(MAKER, "", 0);
    owns(PHARMACY, "\"i1\"", 1);
}

static void transfer_checks_in_order(void **state)
{
    (void)state;
    create("i1");
    create("gone");
    does("setBatchQuarantine", "[\"Acme\",\"B\",true,\"r\"]");
    does("disposeItem", "[\"gone\",\"r\"]");
    const char *to_self = memhost_account_json(MAKER);
    refuses("transferItem", text("[\"i1\",%s,\"\",\"\"]", memhost_account_json(PHARMACY)),
            "Item is quarantined");
    refuses("transferItem", text("[\"i1\",%s,\"\",\"\"]", to_self), "Cannot transfer to self");
    refuses("transferItem", "[\"i1\"," ZERO_JSON ",\"\",\"\"]", "Cannot transfer to zero address");
    as(PHARMACY);
    refuses("transferItem", "[\"i1\"," ZERO_JSON ",\"\",\"\"]",
            "Only current owner can perform this action");
    refuses("transferItem", "[\"gone\"," ZERO_JSON ",\"\",\"\"]", "Item is not active");
    refuses("transferItem", "[\"nope\"," ZERO_JSON ",\"\",\"\"]", "Item does not exist");
    refuses("transferItem", text("[\"nope\"," ZERO_JSON ",\"%s\",\"\"]", longer(257)),
            "String too long");
    refuses("transferItem", text("[\"nope\"," ZERO_JSON ",\"\",\"%s\"]", longer(2049)),
            "String too long");
    as(PATIENT);
    refuses("transferItem", "[\"i1\"," ZERO_JSON ",\"\",\"\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|SUPPLIER|MANUFACTURER");
}

static void a_use_is_counted_and_keeps_the_item(void **state)
{
    (void)state;
    create("i1");
    give("i1", NURSE);
    as(NURSE);
    does("useItem", "[\"i1\",\"p7\",\"left arm\"]");
    memhost_logged(h, text("{\"event\":\"ItemUsed\",\"args\":{\"itemId\":\"%s\",\"user\":%s,"
                           "\"patientId\":\"p7\",\"notes\":\"left arm\"}}\n",
                           topic("i1"), memhost_account_json(NURSE)));
    traced("i1", 2,
           trace("i1", memhost_account_json(NURSE), ZERO_JSON, "ward", "USE",
                 "Used for patient: p7. left arm"));
    does("useItem", "[\"i1\",\"p8\",\"\"]");
    traced("i1", 3,
           trace("i1", memhost_account_json(NURSE), ZERO_JSON, "ward", "USE",
                 "Used for patient: p8. "));
    memhost_ok(h, D, "getItemStatus", "[\"i1\"]",
               text("{\"state\":1,\"usable\":true,\"useCount\":\"2\",\"owner\":%s,\"handoverId\":"
                    "\"\",\"requisitionId\":\"\",\"prescriptionId\":\"\"}",
                    memhost_account_json(NURSE)));
}

static void use_checks_in_order(void **state)
{
    (void)state;
    create("i1");
    refuses("useItem", "[\"i1\",\"p\",\"\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN");
    give("i1", NURSE);
    as(DOCTOR);
    refuses("useItem", "[\"nope\",\"\",\"\"]", "Item does not exist");
    refuses("useItem", "[\"i1\",\"\",\"\"]", "Only current owner can perform this action");
    as(NURSE);
    does("setItemQuarantine", "[\"i1\",true,\"r\"]");
    h->time_s = 2000000000;
    refuses("useItem", "[\"i1\",\"p\",\"\"]", "Item is quarantined");
    h->time_s++;
    refuses("useItem", "[\"i1\",\"p\",\"\"]", "Item has expired");
    refuses("useItem", "[\"i1\",\"\",\"\"]", "Patient ID cannot be empty");
    does("disposeItem", "[\"i1\",\"r\"]");
    refuses("useItem", "[\"i1\",\"\",\"\"]", "Item is not active");
}

static void a_disposed_item_leaves_stock_for_good(void **state)
{
    (void)state;
    create("i1");
    refuses("disposeItem", "[\"i1\",\"\"]", "Disposal reason cannot be empty");
    does("disposeItem", "[\"i1\",\"broken\"]");
    memhost_logged(h,
                   text("{\"event\":\"ItemDisposed\",\"args\":{\"itemId\":\"%s\",\"disposer\":%s,"
                        "\"reason\":\"broken\"}}\n",
                        topic("i1"), memhost_account_json(MAKER)));
    traced("i1", 1, trace("i1", memhost_account_json(MAKER), ZERO_JSON, "", "DISPOSAL", "broken"));
    memhost_ok(h, D, "getItem", "[\"i1\"]", item_json("i1", "", MAKER, false));
    owns(MAKER, "", 0);
    state_is("i1", 7);
    refuses("disposeItem", "[\"i1\",\"again\"]", "Item is not active");
    refuses("createItem", "[\"i1\",\"n\",\"s\",\"m\",\"b\",5,6,\"\"]", "Item already exists");
    memhost_ok(h, D, "getTotalItems", "[]", "\"1\"");
}

/* ------------------------------------------------------------------ many at once */

static const char *ids(uint32_t cnt)
{
    static char out[16384];
    size_t n = 0;
    for (uint32_t i = 0; i < cnt; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s\"s%u\"", i == 0 ? "" : ",", i);
    return out;
}

#define MASTER "\"Drug\",\"10 mg\",\"Acme\",\"B\",1600000000,2000000000,\"RX\""

static void many_serials_share_their_master_data(void **state)
{
    (void)state;
    create("i1");
    uint32_t cells = h->cell_cnt;
    does("createItems", text("[[%s]," MASTER "]", ids(3)));
    memhost_logged(
        h, text("{\"event\":\"ItemCreated\",\"args\":{\"itemId\":\"%s\",\"name\":\"Drug\","
                "\"manufacturer\":\"Acme\",\"batchNumber\":\"B\"}}\n"
                "{\"event\":\"ItemCreated\",\"args\":{\"itemId\":\"%s\",\"name\":\"Drug\","
                "\"manufacturer\":\"Acme\",\"batchNumber\":\"B\"}}\n"
                "{\"event\":\"ItemCreated\",\"args\":{\"itemId\":\"%s\",\"name\":\"Drug\","
                "\"manufacturer\":\"Acme\",\"batchNumber\":\"B\"}}\n"
                "{\"event\":\"ItemsRegistered\",\"args\":{\"manufacturerKey\":\"%s\",\"batchKey\":"
                "\"%s\",\"manufacturer\":\"Acme\",\"batchNumber\":\"B\",\"count\":\"3\"}}\n",
                topic("s0"), topic("s1"), topic("s2"), topic("Acme"), topic("B")));
    /* One master record; for each item its state and four list entries. */
    assert_int_equal(h->cell_cnt - cells, 1 + 3 * 5);
    memhost_ok(h, D, "getItem", "[\"s1\"]", item_json("s1", "", MAKER, true));
    give("s1", PHARMACY);
    memhost_ok(h, D, "getItem", "[\"s1\"]", item_json("s1", "ward", PHARMACY, true));
    memhost_ok(h, D, "supplyItems", "[\"s2\"]", item_json("s2", "", MAKER, true));
    memhost_ok(h, D, "getBatchStatus", "[\"Acme\",\"B\"]",
               "{\"itemCount\":\"4\",\"quarantined\":false,\"recallClass\":0,\"by\":\"" ZERO_ADDR
               "\",\"since\":\"0\",\"reason\":\"\"}");
}

static void many_serials_checks(void **state)
{
    (void)state;
    create("i1");
    refuses("createItems", "[[],\"\",\"\",\"\",\"\",0,0,\"\"]", "Batch is empty");
    refuses("createItems", text("[[%s],\"\",\"\",\"\",\"\",0,0,\"\"]", ids(501)),
            "Batch too large");
    refuses("createItems", "[[\"a\"],\"\",\"\",\"\",\"\",0,0,\"\"]", "Name cannot be empty");
    refuses("createItems", "[[\"a\",\"\"]," MASTER "]", "Item ID cannot be empty");
    refuses("createItems", "[[\"a\",\"b\",\"a\"]," MASTER "]", "Item already exists");
    refuses("createItems", "[[\"a\",\"i1\",\"\"]," MASTER "]", "Item already exists");
    refuses("createItems", text("[[\"\",\"%s\"]," MASTER "]", longer(129)), "String too long");
    memhost_ok(h, D, "getTotalItems", "[]", "\"1\"");
    does("createItems", text("[[%s]," MASTER "]", ids(500)));
    assert_int_equal(h->log_cnt, 501);
    memhost_ok(h, D, "getTotalItems", "[]", "\"501\"");
    memhost_ok(h, D, "itemIds", "[500]", "\"s499\"");
}

static void lists_follow_manufacturer_and_batch(void **state)
{
    (void)state;
    create("a");
    does("createItem", "[\"b\",\"n\",\"\",\"Other\",\"B\",1,2,\"\"]");
    does("createItem", "[\"c\",\"n\",\"\",\"Acme\",\"C\",1,2,\"\"]");
    memhost_ok(h, D, "getItemsByManufacturer", "[\"Acme\"]", "[\"a\",\"c\"]");
    memhost_ok(h, D, "getItemsByBatch", "[\"B\"]", "[\"a\",\"b\"]");
    memhost_ok(h, D, "getItemsByManufacturerPage", "[\"Acme\",1,5]",
               "{\"ids\":[\"c\"],\"total\":\"2\"}");
    memhost_ok(h, D, "getItemsByBatchPage", "[\"B\",0,1]", "{\"ids\":[\"a\"],\"total\":\"2\"}");
    memhost_ok(h, D, "itemIds", "[1]", "\"b\"");
    reverts_empty(h, D, "itemIds", "[3]");
}

/* The last item fills the gap, and is found there again when it leaves itself. */
static void stock_lists_survive_removal_anywhere(void **state)
{
    (void)state;
    create("a");
    create("b");
    create("c");
    create("d");
    owns(MAKER, "\"a\",\"b\",\"c\",\"d\"", 4);
    give("b", PHARMACY);
    owns(MAKER, "\"a\",\"d\",\"c\"", 3);
    does("disposeItem", "[\"a\",\"r\"]");
    owns(MAKER, "\"c\",\"d\"", 2);
    give("d", PHARMACY);
    owns(MAKER, "\"c\"", 1);
    give("c", PHARMACY);
    owns(MAKER, "", 0);
    owns(PHARMACY, "\"b\",\"d\",\"c\"", 3);
    as(PHARMACY);
    give("b", MAKER);
    owns(PHARMACY, "\"c\",\"d\"", 2);
    owns(MAKER, "\"b\"", 1);
}

static void traces_show_pages(void **state)
{
    (void)state;
    create("i1");
    const char *made = trace("i1", ZERO_JSON, memhost_account_json(MAKER), "", "PRODUCTION",
                             "Item created by manufacturer");
    h->time_s += 60;
    give("i1", PHARMACY);
    const char *moved = trace("i1", memhost_account_json(MAKER), memhost_account_json(PHARMACY),
                              "ward", "TRANSFER", "");
    memhost_ok(h, D, "getTraceRecords", "[\"i1\"]", text("[%s,%s]", made, moved));
    memhost_ok(h, D, "getTraceRecordsPage", "[\"i1\",1,9]",
               text("{\"records\":[%s],\"total\":\"2\"}", moved));
    memhost_ok(h, D, "getTraceRecordsPage", "[\"i1\",0,1]",
               text("{\"records\":[%s],\"total\":\"2\"}", made));
    memhost_ok(h, D, "getTraceRecordsPage", "[\"i1\",2,1]", "{\"records\":[],\"total\":\"2\"}");
}

/* All checks of this module come before the question whether Prescription is there. */
static void dispensing_checks_in_order(void **state)
{
    struct mh_res r;
    struct mc_addr other = {{0x55}};
    const char *args = "[\"i1\",\"rx\",1,\"\"]";
    (void)state;
    create("i1");
    refuses("dispenseItem", args, "Missing role: PHARMACIST");
    as(PHARMACY);
    refuses("dispenseItem", "[\"nope\",\"rx\",1,\"\"]", "Item does not exist");
    refuses("dispenseItem", args, "Only current owner can perform this action");
    as(MAKER);
    give("i1", PHARMACY);
    as(PHARMACY);
    does("setItemQuarantine", "[\"i1\",true,\"r\"]");
    refuses("dispenseItem", args, "Item is quarantined");
    h->time_s = 2000000001;
    refuses("dispenseItem", args, "Item has expired");
    /* On any other instance there is no Prescription to record the fill. */
    memhost_call_at(h, &r, D, other, "createItem",
                    "[\"i1\",\"n\",\"\",\"m\",\"b\",1,9000000000,\"\"]");
    assert_int_equal(r.err, MC_OK);
    memhost_call_at(h, &r, D, other, "dispenseItem", args);
    assert_int_equal(r.err, MC_EREVERT);
    assert_string_equal(r.reason, "Not available on this instance");
    does("disposeItem", "[\"i1\",\"r\"]");
    refuses("dispenseItem", args, "Item is not active");
}

static void every_failing_store_call_leaves_nothing_behind(void **state)
{
    struct mh_res r;
    char args[128];
    (void)state;
    snprintf(args, sizeof args, "[\"a\",%s,\"dock\",\"\"]", memhost_account_json(PHARMACY));
    create("a");
    create("b");
    for (uint32_t n = 1;; n++) {
        uint32_t cells = h->cell_cnt;
        h->fail_after = n;
        memhost_call(h, &r, D, "transferItem", args);
        h->fail_after = 0;
        if (r.err == MC_OK)
            break;
        assert_int_equal(r.err, MC_EIO);
        assert_int_equal(h->cell_cnt, cells);
        owns(MAKER, "\"a\",\"b\"", 2);
        assert_true(n < 100);
    }
    owns(MAKER, "\"b\"", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_item_is_stored_as_given),
        T(unknown_items),
        T(registration_checks_in_order),
        T(strings_end_at_their_limits),
        T(dates_are_whole_words),
        T(a_transfer_moves_owner_and_location),
        T(transfer_checks_in_order),
        T(a_use_is_counted_and_keeps_the_item),
        T(use_checks_in_order),
        T(a_disposed_item_leaves_stock_for_good),
        T(many_serials_share_their_master_data),
        T(many_serials_checks),
        T(lists_follow_manufacturer_and_batch),
        T(stock_lists_survive_removal_anywhere),
        T(traces_show_pages),
        T(dispensing_checks_in_order),
        T(every_failing_store_call_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
