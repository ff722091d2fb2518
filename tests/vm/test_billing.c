/* Billing: building an invoice, its lines, its end, and the order of checks. */
#define M "Billing"
#include "tests/vm/money_text.h"

#define CREATE(id, patient, payee, currency, due)                                                  \
    text("[\"%s\",%s,%s,%s,%llu,\"e1\"," HASH_1 "]", id, patient, payee, currency,                 \
         (unsigned long long)(due))

static void from_draft_to_issued(void **state)
{
    (void)state;
    as(PHARMACIST);
    does("createInvoice", CREATE("i", acc(PATIENT), acc(HOSPITAL), "1", START + 5));
    logged(event("InvoiceCreated", text("\"invoiceKey\":\"%s\",\"patient\":%s,\"payee\":%s,"
                                        "\"invoiceId\":\"i\",\"currency\":1",
                                        topic("i"), acc(PATIENT), acc(HOSPITAL))));
    h->time_s += 10;
    as(NURSE);
    does("addLines", "[\"i\",[[\"BED\",3,50,\"\"],[\"DRUG\",2,7,\"rx1\"]]]");
    logged(event("LinesAdded", text("\"invoiceKey\":\"%s\",\"patient\":%s,\"by\":%s,"
                                    "\"invoiceId\":\"i\",\"count\":\"2\",\"total\":\"164\"",
                                    topic("i"), acc(PATIENT), acc(NURSE))));
    does("addLines", "[\"i\",[[\"FREE\",1,0,\"\"]]]");
    does("voidLine", "[\"i\",1,\"wrong drug\"]");
    logged(event("LineVoided", text("\"invoiceKey\":\"%s\",\"by\":%s,\"invoiceId\":\"i\","
                                    "\"lineIndex\":\"1\",\"total\":\"150\",\"reason\":\"wrong "
                                    "drug\"",
                                    topic("i"), acc(NURSE))));
    shows("getLines", "[\"i\",0,2]",
          text("{\"lines\":[{\"line\":{\"code\":\"BED\",\"quantity\":\"3\",\"unitPrice\":\"50\","
               "\"refId\":\"\"},\"addedBy\":%s,\"addedAt\":\"1700000010\",\"voided\":false},"
               "{\"line\":{\"code\":\"DRUG\",\"quantity\":\"2\",\"unitPrice\":\"7\",\"refId\":"
               "\"rx1\"},\"addedBy\":%s,\"addedAt\":\"1700000010\",\"voided\":true}],"
               "\"total\":\"3\"}",
               acc(NURSE), acc(NURSE)));
    owes(1, 0);
    as(ADMIN_B);
    does("issueInvoice", "[\"i\"]");
    logged(event("InvoiceIssued", text("\"invoiceKey\":\"%s\",\"patient\":%s,\"payee\":%s,"
                                       "\"invoiceId\":\"i\",\"total\":\"150\",\"dueDate\":"
                                       "\"1700000005\"",
                                       topic("i"), acc(PATIENT), acc(HOSPITAL))));
    shows("getInvoice", "[\"i\"]",
          text("{\"patient\":%s,\"payee\":%s,\"currency\":1,\"encounterId\":\"e1\","
               "\"detailsHash\":" HASH_1 ",\"createdAt\":\"1700000000\",\"issuedAt\":"
               "\"1700000010\",\"dueDate\":\"1700000005\",\"lineCount\":\"3\",\"openClaimId\":"
               "\"\",\"state\":2}",
               acc(PATIENT), acc(HOSPITAL)));
    balance_is("i", 150, 0, 0, 0, 0);
    owes(1, 150);
    owes(0, 0);
    owes(7, 0);
}

static void creation_checks_in_order(void **state)
{
    (void)state;
    draft("i", 0);
    as(NURSE);
    refuses("createInvoice", CREATE("", ZERO_JSON, ZERO_JSON, "9", 1),
            "Missing role: ADMIN|PHARMACIST");
    as(ADMIN);
    refuses("createInvoice", CREATE(longer(129), ZERO_JSON, ZERO_JSON, "9", 1), "String too long");
    refuses("createInvoice", CREATE("", ZERO_JSON, ZERO_JSON, "9", 1), "Empty id");
    refuses("createInvoice", CREATE("i", ZERO_JSON, ZERO_JSON, "9", 1), "Invoice already exists");
    refuses("createInvoice", CREATE("j", ZERO_JSON, ZERO_JSON, "9", 1), "Zero address");
    refuses("createInvoice", CREATE("j", acc(PATIENT), ZERO_JSON, "9", 1),
            "Payee must be own member");
    refuses("createInvoice", CREATE("j", acc(PATIENT), acc(CLINIC), "9", 1),
            "Payee must be own member");
    refuses("createInvoice", CREATE("j", acc(PATIENT), acc(ADMIN_B), "9", 1),
            "Payee must be own member");
    refuses("createInvoice", CREATE("j", acc(PATIENT), acc(ADMIN), "2", 1), "Invalid currency");
    refuses("createInvoice", CREATE("j", acc(PATIENT), acc(ADMIN), "1", START), "Invalid dates");
    does("createInvoice", CREATE("j", acc(PATIENT), acc(ADMIN), "1", START + 1));
    pause_module(BILLING, true);
    refuses("createInvoice", CREATE("", ZERO_JSON, ZERO_JSON, "9", 1), "Module is paused");
    shows("getTotalInvoices", "[]", "\"2\"");
}

static void line_checks_in_order(void **state)
{
    (void)state;
    draft("i", 0);
    as(PATIENT);
    refuses("addLines", "[\"x\",[]]", "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN");
    as(ADMIN_2);
    refuses("addLines", text("[\"x\",[[\"%s\",0,0,\"\"]]]", longer(65)), "String too long");
    refuses("addLines", "[\"x\",[]]", "Invoice does not exist");
    refuses("addLines", "[\"i\",[]]", "Caller is not of the payee");
    as(ADMIN);
    refuses("addLines", "[\"i\",[]]", "Batch is empty");
    refuses("addLines", "[\"i\",[[\"\",0,0,\"\"]]]", "Empty code");
    refuses("addLines", "[\"i\",[[\"A\",1,1,\"\"],[\"\",0,0,\"\"]]]", "Empty code");
    refuses("addLines", "[\"i\",[[\"A\",0,0,\"\"]]]", "Quantity is zero");
    refuses("addLines", "[\"i\",[[\"A\",1,\"0x100000000000000000000000000000000\",\"\"]]]",
            "Amount too large");
    refuses("addLines",
            "[\"i\",[[\"A\",\"0x10000000000000000000000000000000000000000\","
            "\"0x10000000000000000000000000000000000000000\",\"\"]]]",
            "Amount too large");
    does("addLines", "[\"i\",[[\"A\",1,\"0xffffffffffffffffffffffffffffffff\",\"\"]]]");
    refuses("addLines", "[\"i\",[[\"A\",1,1,\"\"]]]", "Amount too large");
    refuses("voidLine", "[\"x\",7,\"\"]", "Invoice does not exist");
    refuses("voidLine", "[\"i\",1,\"\"]", "Line does not exist");
    refuses("voidLine", "[\"i\",\"0x10000000000000000\",\"\"]", "Line does not exist");
    refuses("voidLine", "[\"i\",0,\"\"]", "Reason cannot be empty");
    does("voidLine", "[\"i\",0,\"r\"]");
    refuses("voidLine", "[\"i\",0,\"\"]", "Line already voided");
    refuses("issueInvoice", "[\"x\"]", "Invoice does not exist");
    refuses("issueInvoice", "[\"i\"]", "Invoice is empty");
    as(ADMIN_2);
    refuses("voidLine", "[\"i\",7,\"\"]", "Caller is not of the payee");
    refuses("issueInvoice", "[\"i\"]", "Caller is not of the payee");
    as(NURSE);
    refuses("issueInvoice", "[\"i\"]", "Missing role: ADMIN|PHARMACIST");
    issued("k", 0, 5);
    refuses("addLines", "[\"k\",[]]", "Invoice is not a draft");
    refuses("voidLine", "[\"k\",9,\"\"]", "Invoice is not a draft");
    refuses("issueInvoice", "[\"k\"]", "Invoice is not a draft");
}

/* A batch of n lines. */
static const char *batch(const char *id, unsigned n)
{
    static char buf[8192];
    int at = snprintf(buf, sizeof buf, "[\"%s\",[", id);
    for (unsigned i = 0; i < n; i++)
        at += snprintf(buf + at, sizeof buf - (size_t)at, "%s[\"A\",1,1,\"\"]", i == 0 ? "" : ",");
    snprintf(buf + at, sizeof buf - (size_t)at, "]]");
    return buf;
}

static void an_invoice_takes_2000_lines(void **state)
{
    (void)state;
    draft("i", 0);
    refuses("addLines", batch("i", 101), "Batch too large");
    for (int i = 0; i < 20; i++)
        does("addLines", batch("i", 100));
    refuses("addLines", batch("i", 1), "Too many lines");
    does("voidLine", "[\"i\",1999,\"r\"]");
    refuses("addLines", batch("i", 1), "Too many lines");
    balance_is("i", 1999, 0, 0, 0, 0);
    has("getLines", "[\"i\",1990,100]", "\"total\":\"2000\"");
}

static void cancelling(void **state)
{
    (void)state;
    draft("d", 0);
    as(PHARMACIST);
    refuses("cancelInvoice", "[\"x\",\"\"]", "Missing role: ADMIN");
    as(ADMIN_2);
    refuses("cancelInvoice", "[\"x\",\"\"]", "Invoice does not exist");
    refuses("cancelInvoice", "[\"d\",\"\"]", "Caller is not of the payee");
    as(ADMIN_B);
    refuses("cancelInvoice", "[\"d\",\"\"]", "Reason cannot be empty");
    does("cancelInvoice", "[\"d\",\"typo\"]");
    logged(state_changed("d", ADMIN_B, 4, "typo"));
    refuses("cancelInvoice", "[\"d\",\"\"]", "Invoice is closed");
    issued("i", 0, 100);
    does("recordExternalPayment", "[\"i\",10,false,\"cash\"," ZERO_HASH "]");
    refuses("cancelInvoice", "[\"i\",\"\"]", "Invoice has payments");
    does("recordExternalPayment", "[\"i\",10,true,\"cash\"," ZERO_HASH "]");
    owes(0, 100);
    does("cancelInvoice", "[\"i\",\"mistake\"]");
    owes(0, 0);
    balance_is("i", 100, 0, 0, 0, 0);
    refuses("addLines", "[\"i\",[]]", "Invoice is not a draft");
}

/* Lists by state keep the order of creation, whatever the order of changes. */
static void lists_by_state(void **state)
{
    (void)state;
    for (int i = 0; i < 70; i++)
        draft(text("i%02d", i), 0);
    static const char *const order[] = {"i69", "i03", "i40", "i11"};
    for (size_t i = 0; i < MC_COUNT(order); i++)
        does("cancelInvoice", text("[\"%s\",\"r\"]", order[i]));
    shows("getInvoicesByPayee", text("[%s,4,0,100]", acc(HOSPITAL)),
          ids_page("\"i03\",\"i11\",\"i40\",\"i69\"", 4));
    shows("getInvoicesByPayee", text("[%s,4,1,2]", acc(HOSPITAL)), ids_page("\"i11\",\"i40\"", 4));
    shows("getInvoicesByPayee", text("[%s,1,0,5]", acc(HOSPITAL)),
          ids_page("\"i00\",\"i01\",\"i02\",\"i04\",\"i05\"", 66));
    shows("getInvoicesByPayee", text("[%s,1,63,5]", acc(HOSPITAL)),
          ids_page("\"i66\",\"i67\",\"i68\"", 66));
    shows("getInvoicesByPayee", text("[%s,0,68,5]", acc(HOSPITAL)),
          ids_page("\"i68\",\"i69\"", 70));
    shows("getInvoicesByPayee", text("[%s,2,0,5]", acc(HOSPITAL)), ids_page("", 0));
    shows("getInvoicesByPayee", text("[%s,6,0,5]", acc(HOSPITAL)), ids_page("", 0));
    shows("getInvoicesByPayee", text("[%s,255,0,5]", acc(HOSPITAL)), ids_page("", 0));
    shows("getInvoicesByPatient", text("[%s,1,2]", acc(PATIENT)), ids_page("\"i01\",\"i02\"", 70));
    shows("getInvoicesByPatient", text("[%s,0,2]", acc(NURSE)), ids_page("", 0));
}

static void views_of_unknown_invoices(void **state)
{
    (void)state;
    refuses("getInvoice", "[\"x\"]", "Invoice does not exist");
    refuses("getBalance", "[\"x\"]", "Invoice does not exist");
    refuses("getLines", "[\"x\",0,1]", "Invoice does not exist");
    refuses("getPayments", "[\"x\",0,1]", "Invoice does not exist");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(from_draft_to_issued),
        T(creation_checks_in_order),
        T(line_checks_in_order),
        T(an_invoice_takes_2000_lines),
        T(cancelling),
        T(lists_by_state),
        T(views_of_unknown_invoices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
