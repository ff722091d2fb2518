/* Texts that the tests of Prescription share. */
#ifndef MC_TESTS_VM_PRESCRIPTION_TEXT_H
#define MC_TESTS_VM_PRESCRIPTION_TEXT_H

#define M "Prescription"
#include "tests/vm/care_text.h"

#define DAY     86400ull
#define DEFAULT (3 * DAY) /* prescription.defaultSeconds */

/* A prescription of the tests: Q = 10, R = 2, valid for ten days, unless told otherwise. */
struct rx {
    const char *id;
    unsigned per_fill, refills, interval_s;
    uint64_t from, until; /* 0: from now, ten days */
    bool traced_only;
    uint32_t pharmacy; /* NOBODY: any */
};

static inline const char *rx_input(struct rx x)
{
    return text(
        "[%s," HASH("c0") ",\"M1\",%u,%u,%u,%llu,%llu,%s,%s,\"enc\"]", acc(PATIENT),
        x.per_fill == 0 ? 10 : x.per_fill, x.refills, x.interval_s, (unsigned long long)x.from,
        (unsigned long long)(x.until == 0 ? START + 10 * DAY : x.until),
        x.traced_only ? "true" : "false", x.pharmacy == NOBODY ? ZERO_JSON : acc(x.pharmacy));
}

static inline void issue(struct rx x)
{
    struct mc_addr was = h->caller;
    as(DOCTOR);
    does("issuePrescription", text("[\"%s\",%s]", x.id, rx_input(x)));
    h->caller = was;
}

static inline void approve(const char *id)
{
    struct mc_addr was = h->caller;
    as(PHARMACIST);
    does("reviewPrescription", text("[\"%s\",true,\"\"]", id));
    h->caller = was;
}

static inline void active(struct rx x)
{
    issue(x);
    approve(x.id);
}

static inline const char *fill_args(const char *id, const char *dispense_id, unsigned quantity)
{
    return text("[\"%s\",\"%s\",%u," HASH("0a") "]", id, dispense_id, quantity);
}

/* The pharmacist dispenses. */
static inline void fill(const char *id, const char *dispense_id, unsigned quantity)
{
    struct mc_addr was = h->caller;
    as(PHARMACIST);
    does("dispense", fill_args(id, dispense_id, quantity));
    h->caller = was;
}

/* getPrescription() shows this state. */
static inline void rx_state(const char *id, unsigned state)
{
    has("getPrescription", text("[\"%s\"]", id), text("\"state\":%u}", state));
}

static inline const char *state_log(const char *id, uint32_t by, unsigned state, const char *reason)
{
    return text(
        "{\"event\":\"PrescriptionStateChanged\",\"args\":{\"prescriptionKey\":\"%s\","
        "\"patient\":%s,\"by\":%s,\"prescriptionId\":\"%s\",\"state\":%u,\"reason\":\"%s\"}}"
        "\n",
        topic(id), acc(PATIENT), acc(by), id, state, reason);
}

static inline void remaining(const char *id, unsigned available, unsigned left, unsigned used,
                             uint64_t next)
{
    shows("getRemaining", text("[\"%s\"]", id),
          text("{\"available\":\"%u\",\"remaining\":\"%u\",\"refillsUsed\":\"%u\",\"nextFillAt\":"
               "\"%llu\"}",
               available, left, used, (unsigned long long)next));
}

static inline void pending(const char *ids, unsigned total)
{
    shows("getPendingReviews", "[0,10]", ids_page(ids, total));
}

#endif
