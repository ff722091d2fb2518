/* Billing: adjustments, payments outside the chain, disputes, and what is due after each. */
#define M "Billing"
#include "tests/vm/money_text.h"

#define REPRESENT(who, until)                                                                      \
    text("[%s,%s,%llu," ZERO_HASH "]", acc(PATIENT), acc(who), (unsigned long long)(until))

static void an_adjustment_balances_the_invoice(void **state)
{
    (void)state;
    issued("i", 0, 100);
    does("adjustInvoice", "[\"i\",30,\"SOCIAL\"]");
    logged(event("InvoiceAdjusted",
                 text("\"invoiceKey\":\"%s\",\"patient\":%s,\"by\":%s,\"invoiceId\":\"i\","
                      "\"amount\":\"30\",\"reasonCode\":\"SOCIAL\"",
                      topic("i"), acc(PATIENT), acc(ADMIN))));
    owes(0, 70);
    does("adjustInvoice", "[\"i\",70,\"SOCIAL\"]");
    logged(text("%s%s",
                event("InvoiceAdjusted",
                      text("\"invoiceKey\":\"%s\",\"patient\":%s,\"by\":%s,\"invoiceId\":\"i\","
                           "\"amount\":\"70\",\"reasonCode\":\"SOCIAL\"",
                           topic("i"), acc(PATIENT), acc(ADMIN))),
                state_changed("i", ADMIN, 3, "")));
    balance_is("i", 100, 100, 0, 0, 0);
    owes(0, 0);
    refuses("cancelInvoice", "[\"i\",\"r\"]", "Invoice is closed");
}

static void adjustment_checks_in_order(void **state)
{
    (void)state;
    draft("d", 0);
    issued("i", 0, 100);
    as(PHARMACIST);
    refuses("adjustInvoice", "[\"x\",0,\"\"]", "Missing role: ADMIN");
    as(ADMIN_2);
    refuses("adjustInvoice", text("[\"x\",0,\"%s\"]", longer(65)), "String too long");
    refuses("adjustInvoice", "[\"x\",0,\"\"]", "Invoice does not exist");
    refuses("adjustInvoice", "[\"d\",0,\"\"]", "Caller is not of the payee");
    as(ADMIN);
    refuses("adjustInvoice", "[\"d\",0,\"\"]", "Invoice is not issued");
    refuses("adjustInvoice", "[\"i\",0,\"\"]", "Amount is zero");
    refuses("adjustInvoice", "[\"i\",101,\"\"]", "Amount exceeds due");
    refuses("adjustInvoice", "[\"i\",100,\"\"]", "Empty reason code");
}

static void money_outside_the_chain_comes_and_goes(void **state)
{
    (void)state;
    issued("i", 1, 100);
    h->time_s += 7;
    does("recordExternalPayment", "[\"i\",60,false,\"card\"," HASH_1 "]");
    logged(applied("i", PATIENT, "", 60, false, false, 40, 0));
    owes(1, 40);
    does("recordExternalPayment", "[\"i\",40,false,\"cash\"," ZERO_HASH "]");
    logged(text("%s%s", applied("i", PATIENT, "", 40, false, false, 0, 0),
                state_changed("i", ADMIN, 3, "")));
    invoice_is("i", 3);
    does("recordExternalPayment", "[\"i\",25,true,\"bank\"," ZERO_HASH "]");
    logged(text("%s%s", applied("i", PATIENT, "", 25, false, true, 25, 0),
                state_changed("i", ADMIN, 2, "")));
    invoice_is("i", 2);
    owes(1, 25);
    balance_is("i", 100, 0, 0, 0, 75);
    shows("getPayments", "[\"i\",0,1]",
          text("{\"payments\":[{\"paymentId\":\"\",\"payer\":%s,\"amount\":\"60\",\"isInsurer\":"
               "false,\"isRefund\":false,\"method\":\"card\",\"receiptHash\":" HASH_1
               ",\"time\":\"1700000007\"}],\"total\":\"3\"}",
               acc(PATIENT)));
    has("getPayments", "[\"i\",2,9]", "\"amount\":\"25\",\"isInsurer\":false,\"isRefund\":true");
    shows("getPayments", "[\"i\",3,9]", "{\"payments\":[],\"total\":\"3\"}");
}

static void external_payment_checks_in_order(void **state)
{
    (void)state;
    draft("d", 0);
    issued("i", 0, 100);
    as(PATIENT);
    refuses("recordExternalPayment", "[\"x\",0,false,\"\"," ZERO_HASH "]", "Missing role: ADMIN");
    as(ADMIN_2);
    refuses("recordExternalPayment", "[\"x\",0,false,\"\"," ZERO_HASH "]",
            "Invoice does not exist");
    refuses("recordExternalPayment", "[\"d\",0,false,\"\"," ZERO_HASH "]",
            "Caller is not of the payee");
    as(ADMIN);
    refuses("recordExternalPayment", "[\"d\",0,false,\"\"," ZERO_HASH "]", "Invoice is not issued");
    refuses("recordExternalPayment", "[\"d\",0,true,\"\"," ZERO_HASH "]", "Invoice is not issued");
    refuses("recordExternalPayment", "[\"i\",0,false,\"\"," ZERO_HASH "]", "Amount is zero");
    refuses("recordExternalPayment", "[\"i\",101,false,\"\"," ZERO_HASH "]", "Amount exceeds due");
    refuses("recordExternalPayment", "[\"i\",1,true,\"\"," ZERO_HASH "]", "Amount exceeds paid");
    refuses("recordExternalPayment", "[\"i\",100,false,\"\"," ZERO_HASH "]", "Empty method");
    does("recordExternalPayment", "[\"i\",100,false,\"cash\"," ZERO_HASH "]");
    refuses("recordExternalPayment", "[\"i\",1,false,\"\"," ZERO_HASH "]", "Invoice is not issued");
    refuses("recordExternalPayment", "[\"i\",101,true,\"\"," ZERO_HASH "]", "Amount exceeds paid");
}

static void a_dispute_is_answered(void **state)
{
    (void)state;
    issued("i", 0, 100);
    as(PATIENT);
    does("disputeInvoice", "[\"i\",\"never happened\"]");
    logged(state_changed("i", PATIENT, 5, "never happened"));
    owes(0, 100);
    refuses("disputeInvoice", "[\"i\",\"\"]", "Invoice is not issued");
    as(ADMIN);
    does("adjustInvoice", "[\"i\",100,\"ERROR\"]"); /* nothing due, but the dispute stands */
    invoice_is("i", 5);
    does("resolveDispute", "[\"i\",\"written off\"]");
    logged(state_changed("i", ADMIN, 3, "written off"));
    owes(0, 0);
    issued("j", 0, 100);
    as(PATIENT);
    does("disputeInvoice", "[\"j\",\"r\"]");
    as(ADMIN);
    does("resolveDispute", "[\"j\",\"correct\"]");
    logged(state_changed("j", ADMIN, 2, "correct"));
    as(PATIENT);
    does("disputeInvoice", "[\"j\",\"r\"]");
    as(ADMIN);
    does("cancelInvoice", "[\"j\",\"accepted\"]");
    invoice_is("j", 4);
    owes(0, 0);
}

static void dispute_checks_in_order(void **state)
{
    (void)state;
    draft("d", 0);
    issued("i", 0, 100);
    as(RELATIVE);
    refuses("disputeInvoice", text("[\"x\",\"%s\"]", longer(2049)), "String too long");
    refuses("disputeInvoice", "[\"x\",\"\"]", "Invoice does not exist");
    refuses("disputeInvoice", "[\"d\",\"\"]", "Caller is not the patient");
    as(PATIENT);
    refuses("disputeInvoice", "[\"d\",\"\"]", "Invoice is not issued");
    refuses("disputeInvoice", "[\"i\",\"\"]", "Reason cannot be empty");
    call_ok("PatientConsent", "setRepresentative", REPRESENT(RELATIVE, START + 10), "null");
    as(NURSE);
    refuses("resolveDispute", "[\"x\",\"\"]", "Missing role: ADMIN");
    as(ADMIN_2);
    refuses("resolveDispute", "[\"x\",\"\"]", "Invoice does not exist");
    refuses("resolveDispute", "[\"i\",\"\"]", "Caller is not of the payee");
    as(ADMIN);
    refuses("resolveDispute", "[\"i\",\"\"]", "Invoice is not disputed");
    as(RELATIVE);
    does("disputeInvoice", "[\"i\",\"for her\"]");
    as(ADMIN);
    refuses("resolveDispute", "[\"i\",\"\"]", "Reason cannot be empty");
    does("resolveDispute", "[\"i\",\"r\"]");
    h->time_s += 10;
    as(RELATIVE);
    refuses("disputeInvoice", "[\"i\",\"\"]", "Caller is not the patient");
}

/* The state of the figures costs the same with one line or a thousand, one invoice or a thousand. */
static void cost_does_not_grow(void **state)
{
    uint64_t first, later;
    (void)state;
    issued("a", 0, 100);
    does("adjustInvoice", "[\"a\",1,\"R\"]");
    first = last.gas_used;
    for (int i = 0; i < 1000; i++)
        issued(text("b%d", i), 0, 100);
    issued("c", 0, 100);
    does("adjustInvoice", "[\"c\",1,\"R\"]");
    later = last.gas_used;
    assert_true(later < first + first / 2);
    owes(0, 1002 * 100 - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_adjustment_balances_the_invoice),
        T(adjustment_checks_in_order),
        T(money_outside_the_chain_comes_and_goes),
        T(external_payment_checks_in_order),
        T(a_dispute_is_answered),
        T(dispute_checks_in_order),
        T(cost_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
