/* Insurance: decisions and what they write into policy and invoice, confirmation, appeal, payment. */
#define M "Insurance"
#include "tests/vm/insurance_text.h"

/* Policy P, consent, invoice i over 500, claim m over all of it, taken in. */
static void claim_ready(unsigned currency)
{
    policy("P", currency == 0 ? "0" : "1");
    consent();
    issued("i", currency, 500);
    files("m", 0, "i", "", 0);
    takes_in("m");
}

static void from_decision_to_payment(void **state)
{
    (void)state;
    claim_ready(1);
    decides(decision("m", 300, 120, 50, 30, 100));
    logged(text("%s%s%s", adjudicated("m", 300, 120, 50, 30), claim_changed("m", INSURER, 6, "RC"),
                covered("i", "m", 300, 80)));
    balance_is("i", 500, 80, 300, 0, 0);
    owes(1, 120);
    policy_is("P", 300, 0, 100);
    has_at("Billing", "getInvoice", "[\"i\"]", "\"openClaimId\":\"\"");
    shows("getAdjudication", "[\"m\"]",
          "{\"benefit\":\"300\",\"patientShare\":\"120\",\"contractual\":\"50\",\"other\":\"30\","
          "\"deductibleApplied\":\"100\",\"reasonCode\":\"RC\",\"explanationHash\":" ZERO_HASH "}");
    as(INSURER_B);
    refuses("payClaim", "[\"m\"]", "Insufficient units");
    fund(INSURER_B, 1000);
    as(INSURER_B);
    does("payClaim", "[\"m\"]");
    logged(text(
        "%s%s%s%s%s",
        event("ClaimPaid", text("\"claimKey\":\"%s\",\"insurer\":%s,\"payee\":%s,\"claimId\":\"m\","
                                "\"paymentId\":\"claim:m\",\"amount\":\"300\"",
                                topic("m"), acc(INSURER), acc(HOSPITAL))),
        claim_changed("m", INSURER_B, 9, ""), made("claim:m", INSURER_B, HOSPITAL, 1, 300, "i", 2),
        transferred(acc(INSURER_B), acc(HOSPITAL), 300),
        applied("i", INSURER_B, "claim:m", 300, true, false, 120, 0)));
    units_are(HOSPITAL, 300);
    refuses("payClaim", "[\"m\"]", "Claim is not approved");
    as(ADMIN);
    refuses("cancelClaim", "[\"m\",\"\"]", "Claim is decided");
    refuses("appealClaim", "[\"m\",\"\"]", "Claim is not decided");
    call_reverts(SP, "proposeOperation", op_args("o", 2, SELF, 1, "claim:m"),
                 "Payment is not completed");
    fund(PATIENT, 120);
    as(PATIENT);
    pays(0, pay_args("rest", acc(HOSPITAL), 120, 1, "i"));
    invoice_is("i", 3);
    shows("getClaimHistory", "[\"m\",3,9]",
          text("{\"steps\":[{\"state\":9,\"by\":%s,\"time\":\"1700000000\",\"note\":\"\"}],"
               "\"total\":\"4\"}",
               acc(INSURER_B)));
}

static void chain_balance_pays_a_claim(void **state)
{
    (void)state;
    claim_ready(0);
    decides(decision("m", 500, 0, 0, 0, 0));
    invoice_is("i", 2); /* nothing due by the patient, 500 by the insurer */
    owes(0, 0);
    h_value = 499;
    refuses("payClaim", "[\"m\"]", "Wrong value sent");
    h_value = 500;
    does("payClaim", "[\"m\"]");
    invoice_is("i", 3);
    assert_int_equal(balance_of(HOSPITAL), RICH + 500);
    assert_int_equal(balance_at(INS), 0);
    held(0, 0);
    call_ok(SP, "getPaymentsByInvoice", "[\"i\",0,9]", ids_page("\"claim:m\"", 1));
    payment_is("claim:m", 500, 0, 2);
}

static void decision_checks_in_order(void **state)
{
    const char *max = "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"";
    (void)state;
    claim_ready(1);
    as(ADMIN);
    call_ok("Billing", "adjustInvoice", "[\"i\",100,\"R\"]", "null");
    refuses("adjudicateClaim", decision("x", 1, 0, 0, 0, 0), "Missing role: INSURER");
    as(INSURER_2);
    refuses("adjudicateClaim", decision("x", 1, 0, 0, 0, 0), "Claim does not exist");
    refuses("adjudicateClaim", decision("m", 1, 0, 0, 0, 0), "Caller is not the insurer");
    as(INSURER);
    refuses("adjudicateClaim", decision("m", 499, 0, 0, 0, 0), "Adjudication does not balance");
    refuses("adjudicateClaim", text("[\"m\",[%s,501,0,0,0,\"\"," ZERO_HASH "]]", max),
            "Adjudication does not balance");
    does("updatePolicy", text("[\"P\",449,%llu," ZERO_HASH "]", START + YEAR));
    refuses("adjudicateClaim", decision("m", 450, 50, 0, 0, 51), "Coverage exceeded");
    refuses("adjudicateClaim", decision("m", 401, 99, 0, 0, 100), "Deductible exceeded");
    refuses("adjudicateClaim", decision("m", 300, 200, 0, 0, 101), "Deductible exceeded");
    refuses("adjudicateClaim", decision("m", 301, 99, 50, 50, 0),
            "Benefit exceeds invoice balance");
    refuses("adjudicateClaim", "[\"m\",[300,100,50,50,0,\"\"," ZERO_HASH "]]", "Empty reason code");
    pause_module(BILLING, true);
    refuses("adjudicateClaim", decision("m", 300, 100, 50, 50, 0), "Module is paused");
    policy_is("P", 0, 0, 0);
    claim_is("m", 3);
    pause_module(BILLING, false);
    decides(decision("m", 300, 100, 50, 50, 0));
    balance_is("i", 500, 200, 300, 0, 0);
    refuses("adjudicateClaim", decision("m", 300, 100, 50, 50, 0), "Claim is not accepted");
    refuses("updatePolicy", text("[\"P\",299,%llu," ZERO_HASH "]", START + YEAR),
            "Limit below committed");
    as(INSURER_2);
    refuses("payClaim", "[\"m\"]", "Caller is not the insurer");
}

static void a_denial_still_writes_off(void **state)
{
    (void)state;
    claim_ready(1);
    decides(decision("m", 0, 400, 60, 40, 100));
    logged(text("%s%s%s", adjudicated("m", 0, 400, 60, 40), claim_changed("m", INSURER, 7, "RC"),
                covered("i", "m", 0, 100)));
    policy_is("P", 0, 0, 100);
    owes(1, 400);
    refuses("payClaim", "[\"m\"]", "Claim is not approved");
}

static void an_appeal_replaces_the_decision(void **state)
{
    (void)state;
    claim_ready(1);
    decides(decision("m", 500, 0, 0, 0, 0));
    as(RELATIVE);
    refuses("appealClaim", "[\"x\",\"\"]", "Claim does not exist");
    refuses("appealClaim", "[\"m\",\"\"]", "Caller may not appeal");
    as(NURSE);
    refuses("appealClaim", "[\"m\",\"\"]", "Caller may not appeal");
    as(PATIENT);
    refuses("appealClaim", "[\"m\",\"\"]", "Reason cannot be empty");
    does("appealClaim", "[\"m\",\"too much\"]");
    logged(claim_changed("m", PATIENT, 8, "too much"));
    has_at("Billing", "getInvoice", "[\"i\"]", "\"openClaimId\":\"m\"");
    balance_is("i", 500, 0, 500, 0, 0);
    as(ADMIN);
    refuses("cancelClaim", "[\"m\",\"\"]", "Claim is decided");
    as(INSURER);
    refuses("payClaim", "[\"m\"]", "Claim is not approved");
    /* Only what is in the limits without the old figures: 1000 of cover and 500 of invoice. */
    decides(decision("m", 200, 250, 25, 25, 100));
    logged(text("%s%s%s", adjudicated("m", 200, 250, 25, 25), claim_changed("m", INSURER, 6, "RC"),
                covered("i", "m", 200, 50)));
    policy_is("P", 200, 0, 100);
    balance_is("i", 500, 50, 200, 0, 0);
    owes(1, 250);
    h->time_s += 15552000 - 1;
    as(ADMIN_B);
    does("appealClaim", "[\"m\",\"again\"]");
    decides(decision("m", 0, 500, 0, 0, 0));
    policy_is("P", 0, 0, 0);
    balance_is("i", 500, 0, 0, 0, 0);
    as(ADMIN);
    refuses("appealClaim", "[\"m\",\"\"]", "Too many appeals");
    h->time_s += 15552000;
    refuses("appealClaim", "[\"m\",\"\"]", "Appeal window is over");
    files("n", 2, "", "", 5);
}

static void an_appeal_needs_a_free_invoice(void **state)
{
    (void)state;
    claim_ready(1);
    decides(decision("m", 0, 500, 0, 0, 0));
    files("n", 0, "i", "", 0);
    refuses("appealClaim", "[\"m\",\"\"]", "Invoice has an open claim");
    does("cancelClaim", "[\"n\",\"\"]");
    call_ok("Billing", "cancelInvoice", "[\"i\",\"r\"]", "null");
    refuses("appealClaim", "[\"m\",\"\"]", "Invoice is closed");
}

static void a_large_benefit_needs_a_second_account(void **state)
{
    (void)state;
    restart("insurance.dualControlAbove", 200);
    claim_ready(1);
    decides(decision("m", 300, 200, 0, 0, 100));
    logged(text("%s%s", adjudicated("m", 300, 200, 0, 0), claim_changed("m", INSURER, 5, "RC")));
    policy_is("P", 0, 0, 0);
    balance_is("i", 500, 0, 0, 0, 0);
    has("getAdjudication", "[\"m\"]", "{\"benefit\":\"300\"");
    refuses("confirmAdjudication", "[\"m\",false,\"\"]", "Second account required");
    refuses("confirmAdjudication", "[\"x\",true,\"\"]", "Claim does not exist");
    as(INSURER_2);
    refuses("confirmAdjudication", "[\"m\",true,\"\"]", "Caller is not the insurer");
    as(INSURER_B);
    does("confirmAdjudication", "[\"m\",false,\"check again\"]");
    logged(claim_changed("m", INSURER_B, 3, "check again"));
    has("getAdjudication", "[\"m\"]", "{\"benefit\":\"0\"");
    refuses("confirmAdjudication", "[\"m\",true,\"\"]", "Claim is not awaiting confirmation");
    decides(decision("m", 300, 200, 0, 0, 100));
    as(ADMIN);
    call_ok("Billing", "adjustInvoice", "[\"i\",201,\"R\"]", "null");
    as(INSURER_B);
    refuses("confirmAdjudication", "[\"m\",true,\"\"]", "Benefit exceeds invoice balance");
    does("confirmAdjudication", "[\"m\",false,\"\"]");
    decides(decision("m", 299, 201, 0, 0, 100));
    as(INSURER_B);
    does("confirmAdjudication", "[\"m\",true,\"fine\"]");
    logged(text("%s%s", claim_changed("m", INSURER_B, 6, "fine"), covered("i", "m", 299, 201)));
    policy_is("P", 299, 0, 100);
    as(PATIENT);
    does("appealClaim", "[\"m\",\"r\"]");
    decides(decision("m", 250, 250, 0, 0, 100));
    policy_is("P", 299, 0, 100); /* the old decision stands meanwhile */
    as(INSURER_B);
    does("confirmAdjudication", "[\"m\",false,\"\"]");
    claim_is("m", 8);
    has("getAdjudication", "[\"m\"]", "{\"benefit\":\"299\"");
    decides(decision("m", 200, 300, 0, 0, 0)); /* not above the limit */
    policy_is("P", 200, 0, 0);
    balance_is("i", 500, 201, 200, 0, 0);
}

static void a_preauthorisation_reserves_until_used(void **state)
{
    (void)state;
    policy("P", "1");
    consent();
    files("pre", 1, "", "", 800);
    takes_in("pre");
    decides(decision("pre", 700, 100, 0, 0, 50));
    logged(
        text("%s%s", adjudicated("pre", 700, 100, 0, 0), claim_changed("pre", INSURER, 6, "RC")));
    policy_is("P", 0, 700, 0);
    refuses("payClaim", "[\"pre\"]", "Invalid use");
    issued("i", 1, 900);
    files("m", 0, "i", "pre", 0);
    refuses("submitClaim", claim_args("n", "P", 0, "i", "pre", 0), "Invoice has an open claim");
    issued("j", 1, 900);
    refuses("submitClaim", claim_args("n", "P", 0, "j", "pre", 0),
            "Pre-authorisation is not valid");
    as(INSURER);
    does("acknowledgeClaim", "[\"m\",false,\"again\"]"); /* gives it free */
    files("m2", 0, "i", "pre", 0);
    takes_in("m2");
    as(PATIENT);
    does("appealClaim", "[\"pre\",\"more\"]"); /* may be under way */
    decides(decision("m2", 900, 0, 0, 0, 0));  /* 700 of it were reserved */
    logged(text("%s%s%s%s", adjudicated("m2", 900, 0, 0, 0), claim_changed("m2", INSURER, 6, "RC"),
                claim_changed("pre", INSURER, 10, ""), covered("i", "m2", 900, 0)));
    policy_is("P", 900, 0, 0);
    claim_is("pre", 10);
    as(PATIENT);
    does("appealClaim", "[\"m2\",\"r\"]");
    decides(decision("m2", 950 - 50, 0, 0, 0, 0));
    policy_is("P", 900, 0, 0);
}

static void a_lapsed_preauthorisation_is_ended_by_anybody(void **state)
{
    (void)state;
    policy("P", "1");
    consent();
    files("pre", 1, "", "", 800);
    takes_in("pre");
    decides(decision("pre", 800, 0, 0, 0, 0));
    issued("i", 1, 900);
    files("m", 0, "i", "pre", 0);
    takes_in("m");
    as(RELATIVE);
    refuses("cancelClaim", "[\"pre\",\"\"]", "Caller is not the provider");
    h->time_s = START + YEAR;
    does("cancelClaim", "[\"pre\",\"over\"]");
    logged(claim_changed("pre", RELATIVE, 10, "over"));
    policy_is("P", 0, 0, 0);
    refuses("cancelClaim", "[\"pre\",\"\"]", "Caller is not the provider");
    decides(decision("m", 900, 0, 0, 0, 0)); /* goes on without it */
    logged(text("%s%s%s", adjudicated("m", 900, 0, 0, 0), claim_changed("m", INSURER, 6, "RC"),
                covered("i", "m", 900, 0)));
    policy_is("P", 900, 0, 0);
}

static void a_predetermination_binds_nobody(void **state)
{
    (void)state;
    policy("P", "1");
    consent();
    files("e", 2, "", "", 500);
    takes_in("e");
    as(INSURER);
    refuses("adjudicateClaim", decision("e", 300, 200, 0, 0, 101), "Deductible exceeded");
    decides(decision("e", 400, 100, 0, 0, 100));
    claim_is("e", 6);
    policy_is("P", 0, 0, 0);
    as(ADMIN);
    refuses("cancelClaim", "[\"e\",\"\"]", "Claim is decided");
    does("appealClaim", "[\"e\",\"r\"]");
    decides(decision("e", 0, 500, 0, 0, 0));
    claim_is("e", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(from_decision_to_payment),
        T(chain_balance_pays_a_claim),
        T(decision_checks_in_order),
        T(a_denial_still_writes_off),
        T(an_appeal_replaces_the_decision),
        T(an_appeal_needs_a_free_invoice),
        T(a_large_benefit_needs_a_second_account),
        T(a_preauthorisation_reserves_until_used),
        T(a_lapsed_preauthorisation_is_ended_by_anybody),
        T(a_predetermination_binds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
