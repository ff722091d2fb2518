/* ServicePayment: escrow from the deposit to release, refund or the arbiter's word. */
#define M "ServicePayment"
#include "tests/vm/payment_text.h"

#define DEADLINE (START + 3600)

static void escrow_is_released_to_the_payee(void **state)
{
    (void)state;
    fund(PATIENT, 100);
    issued("i", 1, 80);
    as(PATIENT);
    escrows(0, escrow_args("p", acc(HOSPITAL), 80, 1, "i", acc(ARBITER), DEADLINE));
    logged(text("%s%s", made("p", PATIENT, HOSPITAL, 1, 80, "i", 3),
                transferred(acc(PATIENT), SELF, 80)));
    held(0, 80);
    owes(1, 80);
    payment_is("p", 0, 0, 3);
    has("getPayment", "[\"p\"]", text("\"arbiter\":%s,\"deadline\":\"1700003600\"", acc(ARBITER)));
    does("release", "[\"p\"]");
    logged(text(
        "%s%s%s%s", closed("p", PATIENT, HOSPITAL, 80, 0, 2), transferred(SELF, acc(HOSPITAL), 80),
        applied("i", PATIENT, "p", 80, false, false, 0, 0), state_changed("i", PATIENT, 3, "")));
    held(0, 0);
    units_are(HOSPITAL, 80);
    refuses("release", "[\"p\"]", "Payment is not held");
}

/* What the invoice no longer needs goes back. */
static void release_returns_the_excess(void **state)
{
    (void)state;
    issued("i", 0, 80);
    as(PATIENT);
    escrows(80, escrow_args("p", acc(HOSPITAL), 80, 0, "i", acc(ARBITER), DEADLINE));
    escrows(70, escrow_args("q", acc(HOSPITAL), 70, 0, "i", acc(ARBITER), DEADLINE));
    held(150, 0);
    as(ADMIN);
    call_ok("Billing", "adjustInvoice", "[\"i\",30,\"R\"]", "null");
    as(PATIENT);
    does("release", "[\"p\"]");
    logged(text("%s%s%s", closed("p", PATIENT, HOSPITAL, 50, 30, 2),
                applied("i", PATIENT, "p", 50, false, false, 0, 0),
                state_changed("i", PATIENT, 3, "")));
    does("release", "[\"q\"]");
    logged(closed("q", PATIENT, HOSPITAL, 0, 70, 2));
    held(0, 0);
    assert_int_equal(balance_of(PATIENT), RICH - 50);
    assert_int_equal(balance_of(HOSPITAL), RICH + 50);
}

static void escrow_checks_in_order(void **state)
{
    const char *bad = acc(PATIENT);
    (void)state;
    fund(PATIENT, 100);
    as(PATIENT);
    refuses("escrow", escrow_args("p", acc(NURSE), 100, 1, "x", bad, 0), "Invoice does not exist");
    refuses("escrow", escrow_args("p", acc(NURSE), 100, 1, "", bad, 0), "Invalid arbiter");
    refuses("escrow", escrow_args("p", acc(NURSE), 100, 1, "", acc(NURSE), 0), "Invalid arbiter");
    refuses("escrow", escrow_args("p", acc(NURSE), 100, 1, "", ZERO_JSON, 0), "Invalid arbiter");
    refuses("escrow", escrow_args("p", acc(NURSE), 100, 1, "", acc(ARBITER), DEADLINE - 1),
            "Invalid dates");
    refuses("escrow", escrow_args("p", acc(NURSE), 100, 1, "", acc(ARBITER), START + 31536001),
            "Invalid dates");
    escrows(0, escrow_args("p", acc(NURSE), 100, 1, "", acc(ARBITER), START + 31536000));
    refuses("escrow", escrow_args("p", acc(NURSE), 1, 1, "", acc(ARBITER), DEADLINE),
            "Payment already exists");
}

static void refund_by_payee_at_any_time_by_payer_from_the_deadline(void **state)
{
    (void)state;
    as(PATIENT);
    escrows(10, escrow_args("p", acc(NURSE), 10, 0, "", acc(ARBITER), DEADLINE));
    escrows(20, escrow_args("q", acc(NURSE), 20, 0, "", acc(ARBITER), DEADLINE));
    refuses("refund", "[\"x\"]", "Payment does not exist");
    refuses("refund", "[\"p\"]", "Deadline not reached");
    as(ARBITER);
    refuses("refund", "[\"p\"]", "Caller may not refund");
    as(NURSE);
    does("refund", "[\"p\"]");
    logged(closed("p", PATIENT, NURSE, 0, 10, 5));
    refuses("refund", "[\"p\"]", "Payment is not held");
    as(PATIENT);
    h->time_s = DEADLINE - 1;
    refuses("refund", "[\"q\"]", "Deadline not reached");
    h->time_s = DEADLINE;
    does("refund", "[\"q\"]");
    held(0, 0);
    assert_int_equal(balance_of(PATIENT), RICH);
    has("getPayment", "[\"q\"]", "\"closedAt\":\"1700003600\",\"state\":5}");
}

static void the_arbiter_divides(void **state)
{
    (void)state;
    fund(PATIENT, 100);
    issued("i", 1, 100);
    as(PATIENT);
    escrows(0, escrow_args("p", acc(HOSPITAL), 100, 1, "i", acc(ARBITER), DEADLINE));
    as(ARBITER);
    refuses("dispute", "[\"x\",\"\"]", "Payment does not exist");
    refuses("dispute", "[\"p\",\"\"]", "Caller is not a party");
    refuses("resolve", "[\"p\",101]", "Payment is not disputed");
    as(HOSPITAL);
    refuses("dispute", "[\"p\",\"\"]", "Reason cannot be empty");
    does("dispute", "[\"p\",\"not done\"]");
    logged(event("PaymentDisputed",
                 text("\"paymentKey\":\"%s\",\"by\":%s,\"paymentId\":\"p\",\"reason\":\"not done\"",
                      topic("p"), acc(HOSPITAL))));
    refuses("dispute", "[\"p\",\"\"]", "Payment is not held");
    refuses("resolve", "[\"x\",101]", "Payment does not exist");
    refuses("resolve", "[\"p\",101]", "Caller is not the arbiter");
    as(PATIENT);
    refuses("release", "[\"p\"]", "Payment is not held");
    refuses("refund", "[\"p\"]", "Payment is not held");
    as(ADMIN);
    call_ok("Billing", "adjustInvoice", "[\"i\",70,\"R\"]", "null");
    as(ARBITER);
    refuses("resolve", "[\"p\",101]", "Amount exceeds held");
    does("resolve", "[\"p\",60]"); /* 30 are due; the payee gets all 60 */
    logged(text("%s%s%s%s%s", closed("p", PATIENT, HOSPITAL, 60, 40, 6),
                transferred(SELF, acc(HOSPITAL), 60), transferred(SELF, acc(PATIENT), 40),
                applied("i", PATIENT, "p", 30, false, false, 0, 0),
                state_changed("i", ARBITER, 3, "")));
    units_are(HOSPITAL, 60);
    units_are(PATIENT, 40);
    held(0, 0);
}

static void release_checks_in_order(void **state)
{
    (void)state;
    issued("i", 0, 10);
    as(PATIENT);
    escrows(10, escrow_args("p", acc(HOSPITAL), 10, 0, "i", acc(ARBITER), DEADLINE));
    refuses("release", "[\"x\"]", "Payment does not exist");
    as(HOSPITAL);
    refuses("release", "[\"p\"]", "Caller is not the payer");
    as(PATIENT);
    pause_module(BILLING, true);
    refuses("release", "[\"p\"]", "Module is paused");
    held(10, 0);
    pause_module(BILLING, false);
    does("release", "[\"p\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(escrow_is_released_to_the_payee),
        T(release_returns_the_excess),
        T(escrow_checks_in_order),
        T(refund_by_payee_at_any_time_by_payer_from_the_deadline),
        T(the_arbiter_divides),
        T(release_checks_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
