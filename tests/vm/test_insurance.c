/* Insurance: policies, filing of claims, and the talk between provider and insurer. */
#define M "Insurance"
#include "tests/vm/insurance_text.h"

static void a_policy_is_registered_and_changed(void **state)
{
    (void)state;
    policy("P", "1");
    logged(event("PolicyRegistered",
                 text("\"policyKey\":\"%s\",\"holder\":%s,\"insurer\":%s,\"policyId\":\"P\","
                      "\"coverageLimit\":\"1000\",\"validUntil\":\"%llu\"",
                      topic("P"), acc(PATIENT), acc(INSURER), START + YEAR)));
    shows("getPolicy", "[\"P\"]",
          text("{\"input\":{\"holder\":%s,\"currency\":1,\"coverageLimit\":\"1000\",\"deductible\":"
               "\"100\",\"copay\":\"20\",\"coinsuranceBps\":\"1000\",\"validFrom\":\"0\","
               "\"validUntil\":\"%llu\",\"termsHash\":" HASH_1
               "},\"insurer\":%s,\"used\":\"0\",\"reserved\":\"0\",\"deductibleUsed\":\"0\","
               "\"state\":1}",
               acc(PATIENT), START + YEAR, acc(INSURER)));
    as(INSURER_B);
    does("updatePolicy", text("[\"P\",2000,%llu," ZERO_HASH "]", START + 10));
    const char *changed = text("\"policyKey\":\"%s\",\"holder\":%s,\"by\":%s,\"policyId\":\"P\","
                               "\"state\":%%d,\"coverageLimit\":\"2000\",\"validUntil\":\"%llu\"",
                               topic("P"), acc(PATIENT), acc(INSURER_B), START + 10);
    const char *tail = strstr(changed, "%d") + 2;
    logged(event("PolicyChanged", text("%.*s1%s", (int)(tail - 2 - changed), changed, tail)));
    does("setPolicyState", "[\"P\",2]");
    logged(event("PolicyChanged", text("%.*s2%s", (int)(tail - 2 - changed), changed, tail)));
    refuses("setPolicyState", "[\"P\",2]", "State unchanged");
    refuses("setPolicyState", "[\"P\",0]", "Invalid state");
    refuses("setPolicyState", "[\"P\",4]", "Invalid state");
    does("setPolicyState", "[\"P\",3]");
    refuses("setPolicyState", "[\"P\",9]", "Policy is cancelled");
    refuses("updatePolicy", "[\"P\",0,0," ZERO_HASH "]", "Policy is cancelled");
    shows("getPoliciesByHolder", text("[%s,0,9]", acc(PATIENT)), ids_page("\"P\"", 1));
}

static void policy_checks_in_order(void **state)
{
    (void)state;
    policy("P", "1");
    as(ADMIN);
    refuses("registerPolicy", policy_args("", ZERO_JSON, "9", 0, "10001", 5, 1),
            "Missing role: INSURER");
    as(INSURER_2);
    refuses("registerPolicy", policy_args("", ZERO_JSON, "9", 0, "10001", 5, 1), "Empty id");
    refuses("registerPolicy", policy_args("P", ZERO_JSON, "9", 0, "10001", 5, 1),
            "Policy already exists");
    refuses("registerPolicy", policy_args("Q", ZERO_JSON, "9", 0, "10001", 5, 1), "Zero address");
    refuses("registerPolicy", policy_args("Q", acc(PATIENT), "9", 0, "10001", 5, 1),
            "Amount is zero");
    refuses("registerPolicy", policy_args("Q", acc(PATIENT), "9", 1, "10001", 5, 1),
            "Invalid rate");
    refuses("registerPolicy", policy_args("Q", acc(PATIENT), "2", 1, "10000", 5, 1),
            "Invalid currency");
    refuses("registerPolicy", policy_args("Q", acc(PATIENT), "1", 1, "10000", 5, START),
            "Invalid dates");
    refuses("registerPolicy", policy_args("Q", acc(PATIENT), "1", 1, "10000", START + 9, START + 9),
            "Invalid dates");
    refuses("updatePolicy", "[\"Q\",0,0," ZERO_HASH "]", "Policy does not exist");
    refuses("updatePolicy", "[\"P\",0,0," ZERO_HASH "]", "Caller is not the insurer");
    refuses("setPolicyState", "[\"Q\",1]", "Policy does not exist");
    refuses("setPolicyState", "[\"P\",1]", "Caller is not the insurer");
    as(INSURER);
    refuses("updatePolicy", text("[\"P\",0,%llu," ZERO_HASH "]", START), "Invalid dates");
    does("updatePolicy", text("[\"P\",0,%llu," ZERO_HASH "]", START + 1)); /* nothing committed */
    refuses("getPolicy", "[\"Q\"]", "Policy does not exist");
    refuses("checkEligibility", "[\"Q\",1]", "Policy does not exist");
}

static void eligibility_estimates(void **state)
{
    (void)state;
    policy("P", "1");
    shows("checkEligibility", "[\"P\",1000]",
          "{\"eligible\":true,\"remainingCover\":\"1000\",\"openDeductible\":\"100\",\"estimate\":"
          "\"792\"}");                                             /* (1000 - 100 - 20) * 0.9 */
    has("checkEligibility", "[\"P\",125]", "\"estimate\":\"4\"}"); /* 4.5 rounded down */
    has("checkEligibility", "[\"P\",110]", "\"estimate\":\"0\"}");
    has("checkEligibility", "[\"P\",50]", "\"estimate\":\"0\"}");
    has("checkEligibility", "[\"P\",5000]", "\"estimate\":\"1000\"}");
    refuses("checkEligibility",
            "[\"P\",\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"]",
            "Panic(0x11)");
    as(INSURER);
    does("setPolicyState", "[\"P\",2]");
    shows("checkEligibility", "[\"P\",1000]",
          "{\"eligible\":false,\"remainingCover\":\"1000\",\"openDeductible\":\"100\",\"estimate\":"
          "\"792\"}");
    does("setPolicyState", "[\"P\",1]");
    h->time_s = START + YEAR;
    has("checkEligibility", "[\"P\",1000]", "{\"eligible\":false");
}

static void a_claim_marks_its_invoice(void **state)
{
    (void)state;
    policy("P", "1");
    consent();
    issued("i", 1, 500);
    h->time_s += 4;
    files("m", 0, "i", "", 0); /* all that is due */
    logged(event("ClaimSubmitted",
                 text("\"claimKey\":\"%s\",\"insurer\":%s,\"provider\":%s,\"claimId\":\"m\","
                      "\"policyId\":\"P\",\"invoiceId\":\"i\",\"use\":0,\"amount\":\"500\"",
                      topic("m"), acc(INSURER), acc(ADMIN))));
    has_at("Billing", "getInvoice", "[\"i\"]", "\"openClaimId\":\"m\"");
    shows("getClaim", "[\"m\"]",
          text("{\"input\":{\"policyId\":\"P\",\"use\":0,\"invoiceId\":\"i\",\"preauthId\":\"\","
               "\"amount\":\"0\",\"detailsHash\":" HASH_1 "},\"provider\":%s,\"payee\":%s,"
               "\"insurer\":%s,\"patient\":%s,\"amount\":\"500\",\"submittedAt\":\"1700000004\","
               "\"updatedAt\":\"1700000004\",\"appeals\":\"0\",\"state\":1}",
               acc(ADMIN), acc(HOSPITAL), acc(INSURER), acc(PATIENT)));
    call_reverts("Billing", "cancelInvoice", "[\"i\",\"\"]", "Invoice has an open claim");
    refuses("submitClaim", claim_args("n", "P", 0, "i", "", 0), "Invoice has an open claim");
    as(INSURER_B);
    refuses("acknowledgeClaim", "[\"m\",false,\"\"]", "Reason cannot be empty");
    does("acknowledgeClaim", "[\"m\",false,\"wrong code\"]");
    logged(claim_changed("m", INSURER_B, 2, "wrong code"));
    has_at("Billing", "getInvoice", "[\"i\"]", "\"openClaimId\":\"\"");
    files("n", 0, "i", "", 300);
    takes_in("n");
    logged(claim_changed("n", INSURER, 3, ""));
    does("pendClaim", "[\"n\",\"send the report\"]");
    logged(claim_changed("n", INSURER, 4, "send the report"));
    refuses("pendClaim", "[\"n\",\"\"]", "Claim is not accepted");
    as(ADMIN_B);
    does("answerClaim", "[\"n\"," ZERO_HASH ",\"here\"]");
    logged(claim_changed("n", ADMIN_B, 3, "here"));
    has("getClaim", "[\"n\"]", "\"detailsHash\":" ZERO_HASH "}");
    refuses("answerClaim", "[\"n\"," ZERO_HASH ",\"\"]", "Claim is not pended");
    does("cancelClaim", "[\"n\",\"\"]");
    logged(claim_changed("n", ADMIN_B, 10, ""));
    has_at("Billing", "getInvoice", "[\"i\"]", "\"openClaimId\":\"\"");
    shows(
        "getClaimHistory", "[\"n\",1,2]",
        text("{\"steps\":[{\"state\":3,\"by\":%s,\"time\":\"1700000004\",\"note\":\"\"},{\"state\":"
             "4,\"by\":%s,\"time\":\"1700000004\",\"note\":\"send the report\"}],\"total\":\"5\"}",
             acc(INSURER), acc(INSURER)));
    shows("getClaimsByInsurer", text("[%s,0,0,9]", acc(INSURER)), ids_page("\"m\",\"n\"", 2));
    shows("getClaimsByInsurer", text("[%s,10,0,9]", acc(INSURER)), ids_page("\"n\"", 1));
    shows("getClaimsByInsurer", text("[%s,1,0,9]", acc(INSURER)), ids_page("", 0));
    shows("getClaimsByInsurer", text("[%s,11,0,9]", acc(INSURER)), ids_page("", 0));
    shows("getClaimsByPolicy", "[\"P\",1,9]", ids_page("\"n\"", 2));
    shows("getClaimsByProvider", text("[%s,0,9]", acc(ADMIN)), ids_page("\"m\",\"n\"", 2));
    shows("getTotalClaims", "[]", "\"2\"");
}

static void filing_checks_in_order(void **state)
{
    (void)state;
    policy("P", "1");
    draft("d", 1);
    issued("i", 1, 500);
    issued("z", 0, 500);
    as(NURSE);
    refuses("submitClaim", claim_args("", "x", 9, "x", "x", 0), "Missing role: ADMIN");
    as(ADMIN_2);
    refuses("submitClaim", claim_args("", longer(129), 9, "x", "x", 0), "String too long");
    refuses("submitClaim", claim_args("", "x", 9, "x", "x", 0), "Empty id");
    refuses("submitClaim", claim_args("m", "x", 9, "x", "x", 0), "Policy does not exist");
    refuses("submitClaim", claim_args("m", "P", 3, "", "x", 0), "Invalid use");
    refuses("submitClaim", claim_args("m", "P", 1, "x", "x", 0), "Invalid use");
    refuses("submitClaim", claim_args("m", "P", 0, "", "x", 0), "Invoice does not exist");
    refuses("submitClaim", claim_args("m", "P", 0, "d", "x", 501), "Caller is not of the payee");
    refuses("submitClaim", claim_args("m", "P", 1, "", "x", 0), "Amount is zero");
    refuses("submitClaim", claim_args("m", "P", 1, "", "x", 9), "Pre-authorisation is not valid");
    refuses("submitClaim", claim_args("m", "P", 2, "", "", 9), "No consent");
    as(ADMIN);
    refuses("submitClaim", claim_args("m", "P", 0, "d", "x", 501), "Invoice is not issued");
    refuses("submitClaim", claim_args("m", "P", 0, "z", "x", 501), "Currency mismatch");
    refuses("submitClaim", claim_args("m", "P", 0, "i", "x", 501), "Amount exceeds due");
    refuses("submitClaim", claim_args("m", "P", 0, "i", "x", 500),
            "Pre-authorisation is not valid");
    refuses("submitClaim", claim_args("m", "P", 0, "i", "", 500), "No consent");
    as(INSURER);
    does("registerPolicy", policy_args("R", acc(RELATIVE), "1", 9, "0", 0, START + YEAR));
    as(ADMIN);
    refuses("submitClaim", claim_args("m", "R", 0, "i", "x", 501), "Patient mismatch");
    consent();
    as(ADMIN);
    pause_module(BILLING, true);
    refuses("submitClaim", claim_args("m", "P", 0, "i", "", 500), "Module is paused");
    pause_module(BILLING, false);
    files("m", 0, "i", "", 500);
    refuses("submitClaim", claim_args("m", "x", 9, "x", "x", 0), "Claim already exists");
    as(INSURER);
    does("setPolicyState", "[\"P\",2]");
    as(ADMIN);
    refuses("submitClaim", claim_args("n", "P", 9, "x", "x", 0), "Policy is not active");
}

static void answers_checks_in_order(void **state)
{
    (void)state;
    policy("P", "1");
    consent();
    issued("i", 1, 500);
    files("m", 0, "i", "", 0);
    refuses("acknowledgeClaim", "[\"x\",false,\"\"]", "Missing role: INSURER");
    refuses("pendClaim", "[\"x\",\"\"]", "Missing role: INSURER");
    refuses("answerClaim", "[\"x\"," ZERO_HASH ",\"\"]", "Claim does not exist");
    refuses("answerClaim", "[\"m\"," ZERO_HASH ",\"\"]", "Claim is not pended");
    refuses("cancelClaim", "[\"x\",\"\"]", "Claim does not exist");
    as(ADMIN_2);
    refuses("answerClaim", "[\"m\"," ZERO_HASH ",\"\"]", "Caller is not the provider");
    refuses("cancelClaim", "[\"m\",\"\"]", "Caller is not the provider");
    as(NURSE); /* of the provider's member, but no ADMIN */
    refuses("answerClaim", "[\"m\"," ZERO_HASH ",\"\"]", "Missing role: ADMIN");
    refuses("cancelClaim", "[\"m\",\"\"]", "Caller is not the provider");
    as(INSURER_2);
    refuses("acknowledgeClaim", "[\"x\",false,\"\"]", "Claim does not exist");
    refuses("acknowledgeClaim", "[\"m\",false,\"\"]", "Caller is not the insurer");
    refuses("pendClaim", "[\"m\",\"\"]", "Caller is not the insurer");
    as(INSURER);
    refuses("pendClaim", "[\"m\",\"\"]", "Claim is not accepted");
    takes_in("m");
    refuses("acknowledgeClaim", "[\"m\",false,\"\"]", "Claim is not submitted");
    refuses("pendClaim", "[\"m\",\"\"]", "Reason cannot be empty");
    refuses("getClaim", "[\"x\"]", "Claim does not exist");
    refuses("getAdjudication", "[\"x\"]", "Claim does not exist");
    refuses("getClaimHistory", "[\"x\",0,1]", "Claim does not exist");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_policy_is_registered_and_changed),
        T(policy_checks_in_order),
        T(eligibility_estimates),
        T(a_claim_marks_its_invoice),
        T(filing_checks_in_order),
        T(answers_checks_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
