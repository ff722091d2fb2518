/* DrugTrace: hand-over with acceptance. */
#include "tests/vm/drug_trace_text.h"

/* Offers items to an account; list is JSON of the ids. */
static void offer(const char *id, const char *list, uint32_t to)
{
    does("offerHandover",
         text("[\"%s\",[%s],%s,\"truck\",\"keep cold\"]", id, list, memhost_account_json(to)));
}

static void pending(uint32_t to, const char *list, unsigned total)
{
    memhost_ok(h, D, "getPendingHandovers", text("[%s,0,100]", memhost_account_json(to)),
               text("{\"ids\":[%s],\"total\":\"%u\"}", list, total));
}

static const char *handover(uint64_t offered, uint64_t closed, int state, const char *list)
{
    return text("{\"from\":%s,\"to\":%s,\"location\":\"truck\",\"notes\":\"keep cold\","
                "\"offeredAt\":\"%llu\",\"closedAt\":\"%llu\",\"state\":%d,\"itemIds\":[%s]}",
                memhost_account_json(MAKER), memhost_account_json(PHARMACY),
                (unsigned long long)offered, (unsigned long long)closed, state, list);
}

static void an_offer_puts_items_in_transit(void **state)
{
    (void)state;
    create("a");
    create("b");
    offer("h1", "\"a\",\"b\"", PHARMACY);
    memhost_logged(h,
                   text("{\"event\":\"HandoverOffered\",\"args\":{\"handoverKey\":\"%s\",\"from\":"
                        "%s,\"to\":%s,\"handoverId\":\"h1\",\"count\":\"2\"}}\n",
                        topic("h1"), memhost_account_json(MAKER), memhost_account_json(PHARMACY)));
    assert_int_equal(h->logs[0].topic_cnt, 4);
    memhost_ok(h, D, "getHandover", "[\"h1\"]", handover(h->time_s, 0, 1, "\"a\",\"b\""));
    traced("a", 1,
           trace("a", memhost_account_json(MAKER), memhost_account_json(PHARMACY), "truck", "OFFER",
                 "keep cold"));
    memhost_ok(h, D, "getItemStatus", "[\"a\"]",
               text("{\"state\":2,\"usable\":false,\"useCount\":\"0\",\"owner\":%s,\"handoverId\":"
                    "\"h1\",\"requisitionId\":\"\",\"prescriptionId\":\"\"}",
                    memhost_account_json(MAKER)));
    owns(MAKER, "\"a\",\"b\"", 2);
    pending(PHARMACY, "\"h1\"", 1);
    pending(MAKER, "", 0);
    refuses("disposeItem", "[\"a\",\"r\"]", "Item is in transit");
    refuses("transferItem", text("[\"a\",%s,\"\",\"\"]", memhost_account_json(NURSE)),
            "Item is in transit");
}

static void acceptance_moves_everything(void **state)
{
    uint64_t offered = h->time_s;
    (void)state;
    create("a");
    create("b");
    offer("h1", "\"a\",\"b\"", PHARMACY);
    h->time_s += 100;
    as(PHARMACY);
    does("acceptHandover", "[\"h1\",\"shelf\"]");
    const char *maker = memhost_account_json(MAKER), *me = memhost_account_json(PHARMACY);
    memhost_logged(
        h, text("{\"event\":\"ItemTransferred\",\"args\":{\"itemId\":\"%s\",\"from\":%s,\"to\":%s,"
                "\"location\":\"shelf\"}}\n"
                "{\"event\":\"ItemTransferred\",\"args\":{\"itemId\":\"%s\",\"from\":%s,\"to\":%s,"
                "\"location\":\"shelf\"}}\n"
                "{\"event\":\"HandoverClosed\",\"args\":{\"handoverKey\":\"%s\",\"by\":%s,"
                "\"handoverId\":\"h1\",\"state\":2,\"reason\":\"\"}}\n",
                topic("a"), maker, me, topic("b"), maker, me, topic("h1"), me));
    memhost_ok(h, D, "getHandover", "[\"h1\"]", handover(offered, h->time_s, 2, "\"a\",\"b\""));
    owns(MAKER, "", 0);
    owns(PHARMACY, "\"a\",\"b\"", 2);
    pending(PHARMACY, "", 0);
    state_is("a", 1);
    traced("b", 2, trace("b", maker, me, "shelf", "TRANSFER", "keep cold"));
    refuses("acceptHandover", "[\"h1\",\"shelf\"]", "Handover is not open");
    refuses("closeHandover", "[\"h1\",\"r\"]", "Handover is not open");
    does("useItem", "[\"a\",\"p\",\"\"]");
}

static void either_side_may_close(void **state)
{
    uint64_t offered = h->time_s;
    (void)state;
    create("a");
    for (int receiver = 0; receiver < 2; receiver++) {
        const char *id = receiver ? "h2" : "h1";
        as(MAKER);
        offer(id, "\"a\"", PHARMACY);
        as(receiver ? PHARMACY : MAKER);
        does("closeHandover", text("[\"%s\",\"damaged\"]", id));
        memhost_logged(h, text("{\"event\":\"HandoverClosed\",\"args\":{\"handoverKey\":\"%s\","
                               "\"by\":%s,\"handoverId\":\"%s\",\"state\":%d,\"reason\":"
                               "\"damaged\"}}\n",
                               topic(id), memhost_account_json(receiver ? PHARMACY : MAKER), id,
                               receiver ? 3 : 4));
        memhost_ok(h, D, "getHandover", text("[\"%s\"]", id),
                   handover(offered, offered, receiver ? 3 : 4, "\"a\""));
        traced("a", receiver ? 4 : 2,
               trace("a", memhost_account_json(PHARMACY), memhost_account_json(MAKER), "", "REJECT",
                     "damaged"));
        state_is("a", 1);
    }
    owns(MAKER, "\"a\"", 1);
    pending(PHARMACY, "", 0);
}

static void offer_checks_in_order(void **state)
{
    const char *to = memhost_account_json(PHARMACY);
    char many[4096];
    size_t n = 0;
    (void)state;
    create("a");
    create("b");
    offer("h1", "\"b\"", PHARMACY);
    for (int i = 0; i < 201; i++)
        n += (size_t)snprintf(many + n, sizeof many - n, "%s\"a\"", i == 0 ? "" : ",");

    refuses("offerHandover", "[\"\",[]," ZERO_JSON ",\"\",\"\"]", "Empty id");
    refuses("offerHandover", "[\"h1\",[]," ZERO_JSON ",\"\",\"\"]", "Handover already exists");
    refuses("offerHandover", "[\"h2\",[]," ZERO_JSON ",\"\",\"\"]", "Batch is empty");
    refuses("offerHandover", text("[\"h2\",[%s]," ZERO_JSON ",\"\",\"\"]", many),
            "Batch too large");
    refuses("offerHandover", "[\"h2\",[\"x\"]," ZERO_JSON ",\"\",\"\"]",
            "Cannot transfer to zero address");
    refuses("offerHandover", text("[\"h2\",[\"x\"],%s,\"\",\"\"]", memhost_account_json(MAKER)),
            "Cannot transfer to self");
    refuses("offerHandover", text("[\"h2\",[\"x\"],%s,\"\",\"\"]", to), "Item does not exist");
    refuses("offerHandover", text("[\"h2\",[\"b\"],%s,\"\",\"\"]", to), "Item is in transit");
    refuses("offerHandover", text("[\"h2\",[\"a\",\"a\"],%s,\"\",\"\"]", to), "Item is in transit");
    refuses("offerHandover", text("[\"h2\",[\"\",\"%s\"],%s,\"\",\"\"]", longer(129), to),
            "String too long");
    refuses("offerHandover", text("[\"h2\",[\"a\"],%s,\"%s\",\"\"]", to, longer(257)),
            "String too long");
    does("setItemQuarantine", "[\"a\",true,\"r\"]");
    refuses("offerHandover", text("[\"h2\",[\"a\"],%s,\"\",\"\"]", to), "Item is quarantined");
    does("disposeItem", "[\"a\",\"r\"]");
    refuses("offerHandover", text("[\"h2\",[\"a\"],%s,\"\",\"\"]", to), "Item is not active");
    as(NURSE);
    refuses("offerHandover", text("[\"h2\",[\"b\"],%s,\"\",\"\"]", to),
            "Only current owner can perform this action");
    as(NOBODY);
    refuses("offerHandover", "[\"\",[]," ZERO_JSON ",\"\",\"\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|SUPPLIER|MANUFACTURER");
    state_is("b", 2);
}

static void closing_checks_in_order(void **state)
{
    (void)state;
    create("a");
    offer("h1", "\"a\"", NOBODY); /* a receiver without a role cannot accept, but can refuse */
    refuses("acceptHandover", "[\"nope\",\"\"]", "Handover does not exist");
    refuses("closeHandover", "[\"nope\",\"\"]", "Handover does not exist");
    refuses("getHandover", "[\"nope\"]", "Handover does not exist");
    refuses("acceptHandover", "[\"h1\",\"\"]", "Only receiver can accept");
    refuses("acceptHandover", text("[\"nope\",\"%s\"]", longer(257)), "String too long");
    as(NURSE);
    refuses("closeHandover", "[\"h1\",\"\"]", "Only sender or receiver can close");
    as(NOBODY);
    refuses("acceptHandover", "[\"h1\",\"\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|SUPPLIER|MANUFACTURER");
    refuses("closeHandover", "[\"h1\",\"\"]", "Reason cannot be empty");
    refuses("closeHandover", text("[\"h1\",\"%s\"]", longer(2049)), "String too long");
    does("closeHandover", "[\"h1\",\"no\"]");
}

static void holds_do_not_hinder_acceptance(void **state)
{
    (void)state;
    create("a");
    offer("h1", "\"a\"", PHARMACY);
    does("setItemQuarantine", "[\"a\",true,\"seal open\"]"); /* also while in transit */
    does("recallBatch", "[\"Acme\",\"B\",2,\"glass\"]");
    as(PHARMACY);
    does("acceptHandover", "[\"h1\",\"shelf\"]");
    owns(PHARMACY, "\"a\"", 1);
    state_is("a", 5);
}

static void pending_offers_are_oldest_first_and_paged(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        create(text("i%d", i));
        offer(text("h%d", i), text("\"i%d\"", i), PHARMACY);
    }
    does("closeHandover", "[\"h1\",\"r\"]");
    as(PHARMACY);
    does("acceptHandover", "[\"h3\",\"\"]");
    pending(PHARMACY, "\"h0\",\"h2\",\"h4\"", 3);
    memhost_ok(h, D, "getPendingHandovers", text("[%s,1,1]", memhost_account_json(PHARMACY)),
               "{\"ids\":[\"h2\"],\"total\":\"3\"}");
    memhost_ok(h, D, "getPendingHandovers", text("[%s,3,1]", memhost_account_json(PHARMACY)),
               "{\"ids\":[],\"total\":\"3\"}");
}

static void two_hundred_items_pass_in_one_call(void **state)
{
    char list[4096];
    size_t n = 0;
    struct mh_res r;
    (void)state;
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s\"s%d\"", i == 0 ? "" : ",", i);
    does("createItems",
         text("[[%s],\"Drug\",\"\",\"Acme\",\"B\",1600000000,2000000000,\"\"]", list));
    /* Long texts are stored once, not for each item. */
    memhost_call(h, &r, D, "offerHandover",
                 text("[\"h1\",[%s],%s,\"%s\",\"%s\"]", list, memhost_account_json(PHARMACY),
                      longer(256), longer(2048)));
    assert_int_equal(r.err, MC_OK);
    assert_true(r.gas_used < 3000000);
    as(PHARMACY);
    memhost_call(h, &r, D, "acceptHandover", "[\"h1\",\"shelf\"]");
    assert_int_equal(r.err, MC_OK);
    assert_true(r.gas_used < 8000000);
    memhost_ok(h, D, "getItemsByOwner", text("[%s,199,9]", memhost_account_json(PHARMACY)),
               "{\"ids\":[\"s199\"],\"total\":\"200\"}");
    owns(MAKER, "", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_offer_puts_items_in_transit),
        T(acceptance_moves_everything),
        T(either_side_may_close),
        T(offer_checks_in_order),
        T(closing_checks_in_order),
        T(holds_do_not_hinder_acceptance),
        T(pending_offers_are_oldest_first_and_paged),
        T(two_hundred_items_pass_in_one_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
