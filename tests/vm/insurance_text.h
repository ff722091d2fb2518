/* A policy for PATIENT by INSURER, consent for it, and short forms for the tests of Insurance. */
#ifndef MC_TESTS_VM_INSURANCE_TEXT_H
#define MC_TESTS_VM_INSURANCE_TEXT_H

#include "tests/vm/payment_text.h"

#define INS               "Insurance"
#define YEAR              31536000ull
#define CLAIM_ID_JSON(id) text("[\"%s\"]", id)

static inline const char *policy_args(const char *id, const char *holder, const char *currency,
                                      unsigned long long limit, const char *bps,
                                      unsigned long long from, unsigned long long until)
{
    return text("[\"%s\",[%s,%s,%llu,100,20,%s,%llu,%llu," HASH_1 "]]", id, holder, currency, limit,
                bps, from, until);
}

/* Limit 1000, deductible 100, copay 20, coinsurance 10 %. */
static inline void policy(const char *id, const char *currency)
{
    as(INSURER);
    call_ok(INS, "registerPolicy",
            policy_args(id, acc(PATIENT), currency, 1000, "1000", 0, START + YEAR), "null");
}

/* The patient lets the insurer see all claims for payment. */
static inline void consent(void)
{
    as(PATIENT);
    call_ok("PatientConsent", "grantConsent",
            text("[\"c\",%s,[%s," ZERO_HASH ",\"CLAIM\",\"\",\"HPAYMT\",1,0,%llu,false]," ZERO_HASH
                 "]",
                 acc(PATIENT), acc(INSURER), START + YEAR),
            "null");
}

static inline const char *claim_args(const char *id, const char *policy_id, unsigned use,
                                     const char *invoice, const char *preauth, unsigned amount)
{
    return text("[\"%s\",[\"%s\",%u,\"%s\",\"%s\",%u," HASH_1 "]]", id, policy_id, use, invoice,
                preauth, amount);
}

static inline void files(const char *id, unsigned use, const char *invoice, const char *preauth,
                         unsigned amount)
{
    as(ADMIN);
    call_ok(INS, "submitClaim", claim_args(id, "P", use, invoice, preauth, amount), "null");
}

static inline void takes_in(const char *id)
{
    as(INSURER);
    call_ok(INS, "acknowledgeClaim", text("[\"%s\",true,\"\"]", id), "null");
}

static inline const char *decision(const char *id, unsigned benefit, unsigned share,
                                   unsigned contractual, unsigned other, unsigned deductible)
{
    return text("[\"%s\",[%u,%u,%u,%u,%u,\"RC\"," ZERO_HASH "]]", id, benefit, share, contractual,
                other, deductible);
}

static inline void decides(const char *args)
{
    as(INSURER);
    call_ok(INS, "adjudicateClaim", args, "null");
}

static inline void claim_is(const char *id, int state)
{
    has_at(INS, "getClaim", CLAIM_ID_JSON(id), text("\"state\":%d}", state));
}

static inline void policy_is(const char *id, unsigned used, unsigned reserved, unsigned deductible)
{
    has_at(INS, "getPolicy", CLAIM_ID_JSON(id),
           text("\"used\":\"%u\",\"reserved\":\"%u\",\"deductibleUsed\":\"%u\",", used, reserved,
                deductible));
}

static inline const char *claim_changed(const char *id, uint32_t by, int state, const char *note)
{
    return event("ClaimStateChanged",
                 text("\"claimKey\":\"%s\",\"insurer\":%s,\"by\":%s,\"claimId\":\"%s\","
                      "\"state\":%d,\"note\":\"%s\"",
                      topic(id), acc(INSURER), acc(by), id, state, note));
}

static inline const char *adjudicated(const char *id, unsigned benefit, unsigned share,
                                      unsigned contractual, unsigned other)
{
    return event("ClaimAdjudicated",
                 text("\"claimKey\":\"%s\",\"insurer\":%s,\"by\":%s,\"claimId\":\"%s\","
                      "\"benefit\":\"%u\",\"patientShare\":\"%u\",\"contractual\":\"%u\","
                      "\"other\":\"%u\",\"reasonCode\":\"RC\"",
                      topic(id), acc(INSURER), acc(INSURER), id, benefit, share, contractual,
                      other));
}

static inline const char *covered(const char *invoice, const char *claim, unsigned approved,
                                  unsigned adjusted)
{
    return event("CoverageApplied",
                 text("\"invoiceKey\":\"%s\",\"patient\":%s,\"invoiceId\":\"%s\",\"claimId\":"
                      "\"%s\",\"insurerApproved\":\"%u\",\"adjusted\":\"%u\"",
                      topic(invoice), acc(PATIENT), invoice, claim, approved, adjusted));
}

#endif
