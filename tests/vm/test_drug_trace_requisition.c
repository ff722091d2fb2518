/* DrugTrace: requisitions from the request to the confirmation. */
#include "tests/vm/drug_trace_text.h"

/* A nurse asks the pharmacy for some items. */
static void request(const char *id, unsigned quantity)
{
    as(NURSE);
    does("createRequisition", text("[\"%s\",%s,\"RX\",\"10 mg\",%u,\"ward 3\",\"stock\"]", id,
                                   memhost_account_json(PHARMACY), quantity));
}

static void approve(const char *id)
{
    as(ADMIN);
    does("decideRequisition", text("[\"%s\",true,\"\"]", id));
}

/* Items a, b, c, d belong to the pharmacy. */
static void stock(void)
{
    static const char *const ids[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < MC_COUNT(ids); i++) {
        as(MAKER);
        create(ids[i]);
        give(ids[i], PHARMACY);
    }
}

static void issue(const char *id, const char *list)
{
    as(PHARMACY);
    does("fulfilRequisition", text("[\"%s\",[%s]]", id, list));
}

static void is(const char *id, unsigned quantity, const char *decided_by, uint64_t closed,
               int state, const char *list)
{
    memhost_ok(h, D, "getRequisition", text("[\"%s\"]", id),
               text("{\"requester\":%s,\"stockHolder\":%s,\"category\":\"RX\",\"specification\":"
                    "\"10 mg\",\"quantity\":\"%u\",\"department\":\"ward 3\",\"purpose\":\"stock\","
                    "\"decidedBy\":%s,\"createdAt\":\"1700000000\",\"closedAt\":\"%llu\","
                    "\"state\":%d,\"itemIds\":[%s]}",
                    memhost_account_json(NURSE), memhost_account_json(PHARMACY), quantity,
                    decided_by, (unsigned long long)closed, state, list));
}

static const char *changed(const char *id, uint32_t by, int state, const char *notes)
{
    return text("{\"event\":\"RequisitionChanged\",\"args\":{\"requisitionKey\":\"%s\",\"by\":%s,"
                "\"state\":%d,\"requisitionId\":\"%s\",\"notes\":\"%s\"}}\n",
                topic(id), memhost_account_json(by), state, id, notes);
}

static void from_request_to_confirmation(void **state)
{
    (void)state;
    stock();
    request("q", 2);
    memhost_logged(h, changed("q", NURSE, 1, "stock"));
    assert_int_equal(h->logs[0].topic_cnt, 4);
    is("q", 2, ZERO_JSON, 0, 1, "");
    approve("q");
    memhost_logged(h, changed("q", ADMIN, 2, ""));
    is("q", 2, memhost_account_json(ADMIN), 0, 2, "");
    issue("q", "\"b\"");
    memhost_logged(h, text("{\"event\":\"ItemTransferred\",\"args\":{\"itemId\":\"%s\",\"from\":%s,"
                           "\"to\":%s,\"location\":\"ward 3\"}}\n%s",
                           topic("b"), memhost_account_json(PHARMACY), memhost_account_json(NURSE),
                           changed("q", PHARMACY, 2, "")));
    traced("b", 2,
           trace("b", memhost_account_json(PHARMACY), memhost_account_json(NURSE), "ward 3",
                 "ISSUE", "q"));
    issue("q", "\"a\"");
    is("q", 2, memhost_account_json(ADMIN), 0, 3, "\"b\",\"a\"");
    owns(NURSE, "\"b\",\"a\"", 2);
    memhost_ok(
        h, D, "getItemStatus", "[\"a\"]",
        text("{\"state\":1,\"usable\":true,\"useCount\":\"0\",\"owner\":%s,\"handoverId\":\"\","
             "\"requisitionId\":\"q\",\"prescriptionId\":\"\"}",
             memhost_account_json(NURSE)));
    as(NURSE);
    does("useItem", "[\"a\",\"p\",\"\"]");
    refuses("verifyRequisition", "[\"q\",\"\"]", "Items not accounted for");
    does("useItem", "[\"b\",\"p\",\"\"]");
    h->time_s += 50;
    as(AUDITOR);
    does("verifyRequisition", "[\"q\",\"all used\"]");
    memhost_logged(h, changed("q", AUDITOR, 4, "all used"));
    is("q", 2, memhost_account_json(ADMIN), 1700000050, 4, "\"b\",\"a\"");
}

static void request_checks_in_order(void **state)
{
    const char *to = memhost_account_json(PHARMACY);
    (void)state;
    request("q", 1);
    refuses("createRequisition", "[\"\"," ZERO_JSON ",\"\",\"\",0,\"\",\"\"]", "Empty id");
    refuses("createRequisition", "[\"q\"," ZERO_JSON ",\"\",\"\",0,\"\",\"\"]",
            "Requisition already exists");
    refuses("createRequisition", "[\"r\"," ZERO_JSON ",\"\",\"\",0,\"\",\"\"]", "Zero address");
    refuses("createRequisition",
            text("[\"r\",%s,\"\",\"\",0,\"\",\"\"]", memhost_account_json(NURSE)),
            "Cannot transfer to self");
    refuses("createRequisition", text("[\"r\",%s,\"\",\"\",0,\"\",\"\"]", to), "Invalid quantity");
    refuses("createRequisition", text("[\"r\",%s,\"\",\"\",201,\"\",\"\"]", to),
            "Invalid quantity");
    refuses("createRequisition", text("[\"r\",%s,\"\",\"\",\"0x10000000000000001\",\"\",\"\"]", to),
            "Invalid quantity");
    refuses("createRequisition", text("[\"r\",%s,\"\",\"\",200,\"\",\"\"]", to),
            "Reason cannot be empty");
    refuses("createRequisition", text("[\"r\",%s,\"%s\",\"\",0,\"\",\"\"]", to, longer(65)),
            "String too long");
    refuses("createRequisition", text("[\"r\",%s,\"\",\"\",0,\"%s\",\"\"]", to, longer(257)),
            "String too long");
    as(PHARMACY);
    refuses("createRequisition", "[\"\"," ZERO_JSON ",\"\",\"\",0,\"\",\"\"]",
            "Missing role: DOCTOR|NURSE|LAB_TECHNICIAN");
    as(NURSE);
    does("createRequisition", text("[\"r\",%s,\"\",\"\",200,\"\",\"x\"]", to));
    memhost_ok(h, D, "getRequisitionsByRequester", text("[%s,0,9]", memhost_account_json(NURSE)),
               "{\"ids\":[\"q\",\"r\"],\"total\":\"2\"}");
    memhost_ok(h, D, "getRequisitionsByRequester", text("[%s,0,9]", memhost_account_json(PHARMACY)),
               "{\"ids\":[],\"total\":\"0\"}");
    refuses("getRequisition", "[\"nope\"]", "Requisition does not exist");
}

static void decision_checks_in_order(void **state)
{
    (void)state;
    request("q", 1);
    as(MAKER);
    refuses("decideRequisition", "[\"nope\",true,\"\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN");
    as(DOCTOR);
    refuses("decideRequisition", "[\"nope\",true,\"\"]", "Requisition does not exist");
    refuses("decideRequisition", "[\"q\",true,\"\"]", "Missing role: ADMIN|PHARMACIST");
    as(NURSE);
    refuses("decideRequisition", "[\"q\",true,\"\"]", "Requester cannot approve");
    refuses("decideRequisition", "[\"q\",false,\"\"]", "Reason cannot be empty");
    as(PHARMACY);
    refuses("decideRequisition", "[\"q\",false,\"\"]", "Reason cannot be empty");
    refuses("decideRequisition", text("[\"q\",true,\"%s\"]", longer(2049)), "String too long");
    h->time_s += 5;
    does("decideRequisition", "[\"q\",false,\"none left\"]");
    memhost_logged(h, changed("q", PHARMACY, 5, "none left"));
    is("q", 1, memhost_account_json(PHARMACY), 1700000005, 5, "");
    refuses("decideRequisition", "[\"q\",true,\"\"]", "Requisition is not open");
    as(NURSE);
    refuses("decideRequisition", "[\"q\",true,\"\"]", "Requisition is not open");
}

static void the_requester_withdraws(void **state)
{
    (void)state;
    stock();
    memhost_grant(h, memhost_account(NURSE), VM_NURSE | VM_ADMIN); /* and is an ADMIN besides */
    request("early", 1);
    does("decideRequisition", "[\"early\",false,\"typo\"]");
    memhost_logged(h, changed("early", NURSE, 6, "typo"));
    is("early", 1, ZERO_JSON, 1700000000, 6, "");
    request("later", 1);
    approve("later");
    refuses("decideRequisition", "[\"later\",false,\"r\"]", "Requisition is not open");
    as(NURSE);
    does("decideRequisition", "[\"later\",false,\"typo\"]");
    is("later", 1, ZERO_JSON, 1700000000, 6, "");
    request("partly", 3);
    approve("partly");
    issue("partly", "\"a\"");
    as(NURSE);
    does("decideRequisition", "[\"partly\",false,\"enough\"]");
    memhost_logged(h, changed("partly", NURSE, 3, "enough"));
    is("partly", 3, memhost_account_json(ADMIN), 0, 3, "\"a\"");
    refuses("decideRequisition", "[\"partly\",false,\"r\"]", "Requisition is not open");
}

static void issue_checks_in_order(void **state)
{
    (void)state;
    stock();
    request("q", 2);
    as(DOCTOR);
    refuses("fulfilRequisition", "[\"nope\",[]]", "Requisition does not exist");
    refuses("fulfilRequisition", "[\"q\",[]]", "Requisition is not approved");
    approve("q");
    as(DOCTOR);
    refuses("fulfilRequisition", "[\"q\",[]]", "Only stock holder can issue");
    as(PHARMACY);
    refuses("fulfilRequisition", "[\"q\",[]]", "Batch is empty");
    refuses("fulfilRequisition", "[\"q\",[\"x\",\"x\",\"x\"]]", "Quantity exceeded");
    refuses("fulfilRequisition", "[\"q\",[\"x\"]]", "Item does not exist");
    refuses("fulfilRequisition", "[\"q\",[\"a\",\"a\"]]",
            "Only current owner can perform this action");
    refuses("fulfilRequisition", text("[\"q\",[\"x\",\"%s\"]]", longer(129)), "String too long");
    does("setItemQuarantine", "[\"a\",true,\"r\"]");
    refuses("fulfilRequisition", "[\"q\",[\"a\"]]", "Item is quarantined");
    does("disposeItem", "[\"b\",\"r\"]");
    refuses("fulfilRequisition", "[\"q\",[\"b\"]]", "Item is not active");
    h->time_s = 2000000001;
    refuses("fulfilRequisition", "[\"q\",[\"a\"]]", "Item has expired");
    as(PATIENT);
    refuses("fulfilRequisition", "[\"q\",[]]",
            "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|SUPPLIER|MANUFACTURER");
}

static void verification_checks_in_order(void **state)
{
    (void)state;
    stock();
    request("q", 1);
    as(MAKER);
    refuses("verifyRequisition", "[\"nope\",\"\"]",
            "Missing role: ADMIN|DOCTOR|NURSE|LAB_TECHNICIAN|AUDITOR");
    as(DOCTOR);
    refuses("verifyRequisition", "[\"nope\",\"\"]", "Requisition does not exist");
    refuses("verifyRequisition", "[\"q\",\"\"]", "Missing role: ADMIN|AUDITOR");
    as(NURSE);
    refuses("verifyRequisition", "[\"q\",\"\"]", "Requisition is not fulfilled");
    approve("q");
    issue("q", "\"a\"");
    memhost_grant(h, memhost_account(PHARMACY), VM_PHARMACIST | VM_ADMIN);
    refuses("verifyRequisition", "[\"q\",\"\"]", "Stock holder cannot verify");
    as(NURSE);
    refuses("verifyRequisition", "[\"q\",\"\"]", "Items not accounted for");
    refuses("verifyRequisition", text("[\"q\",\"%s\"]", longer(2049)), "String too long");
}

/* Each way in which an issued item may be accounted for, one item each. */
static void an_item_is_accounted_for_in_many_ways(void **state)
{
    (void)state;
    stock();
    as(PHARMACY);
    does("useItem", "[\"d\",\"p\",\"\"]"); /* before the issue: does not count */
    request("q", 4);
    approve("q");
    issue("q", "\"a\",\"b\",\"c\",\"d\"");
    as(NURSE);
    does("useItem", "[\"a\",\"p\",\"\"]");
    does("disposeItem", "[\"b\",\"broken\"]");
    give("c", PHARMACY); /* back in stock */
    refuses("verifyRequisition", "[\"q\",\"\"]", "Items not accounted for");
    as(DOCTOR);
    does("createRequisition",
         text("[\"onward\",%s,\"\",\"\",1,\"ward 4\",\"need\"]", memhost_account_json(NURSE)));
    approve("onward");
    as(NURSE);
    does("fulfilRequisition", "[\"onward\",[\"d\"]]");
    does("verifyRequisition", "[\"q\",\"\"]");
    as(DOCTOR);
    refuses("verifyRequisition", "[\"onward\",\"\"]", "Items not accounted for");
    does("useItem", "[\"d\",\"p\",\"\"]");
    does("verifyRequisition", "[\"onward\",\"\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(from_request_to_confirmation),
        T(request_checks_in_order),
        T(decision_checks_in_order),
        T(the_requester_withdraws),
        T(issue_checks_in_order),
        T(verification_checks_in_order),
        T(an_item_is_accounted_for_in_many_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
