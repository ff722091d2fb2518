/* Random sequences of calls of Billing, Insurance and ServicePayment by many actors.  After each call: sums balance, no
 * value appears or disappears outside issuing and redeeming, indexes agree with the objects, states change legally, and
 * a failed call changed nothing.  The same sequence run again leaves the same cells. */
#define M "Billing"
#include "tests/vm/insurance_text.h"

#define INVOICES 16u
#define CLAIMS   30u
#define PAYMENTS 30u
#define OPS      12u
#define STEPS    600

/* ------------------------------------------------------------------ what is seen of the state */

struct invoice_seen {
    int state; /* 0: not there */
    unsigned long long total, approved, insurer_paid, patient_paid, patient_due, insurer_due;
};
struct claim_seen {
    int state, use, currency;
    unsigned long long benefit;
};
struct payment_seen {
    int state, currency;
    unsigned long long amount, paid, returned;
};

static struct seen {
    struct invoice_seen invoice[INVOICES];
    struct claim_seen claim[CLAIMS];
    struct payment_seen payment[PAYMENTS];
    unsigned long long refunds[2]; /* open operations of kind 2, by currency */
    struct mc_hash all;            /* of everything that the views answered */
} now, before;

static unsigned long long issued_units; /* issued less redeemed, by the events */
static uint64_t seed;
static int step;

static void broken(const char *what)
{
    fail_msg("seed %llu step %d: %s", (unsigned long long)seed, step, what);
}

static void holds(bool cond, const char *what)
{
    if (!cond)
        broken(what);
}

/* A number after "name": in the last answer, quoted or not. */
static unsigned long long field(const char *name)
{
    const char *p = strstr((const char *)last.json.p, text("\"%s\":", name));
    if (p == NULL)
        broken(name);
    p = strchr(p + 1, ':') + 1;
    return strtoull(*p == '"' ? p + 1 : p, NULL, 10);
}

/* Asks a view and adds its answer to the digest; false: it refuses. */
static bool ask(struct mc_buf *all, const char *module, const char *method, const char *args)
{
    call_run(module, method, args);
    mc_buf_put_str(all, last.err == MC_OK ? (const char *)last.json.p : last_reason());
    return last.err == MC_OK;
}

static unsigned long long number(struct mc_buf *all, const char *module, const char *method,
                                 const char *args)
{
    holds(ask(all, module, method, args), method);
    return strtoull((const char *)last.json.p + 1, NULL, 10);
}

/* ------------------------------------------------------------------ invoices */

static void lines_sum(struct mc_buf *all, const char *id, unsigned long long total)
{
    unsigned long long sum = 0;
    ask(all, "Billing", "getLines", text("[\"%s\",0,100]", id));
    for (const char *p = (const char *)last.json.p; (p = strstr(p, "\"quantity\":\"")) != NULL;) {
        unsigned long long q = strtoull(p + 12, NULL, 10);
        p = strstr(p, "\"unitPrice\":\"");
        unsigned long long price = strtoull(p + 13, NULL, 10);
        p = strstr(p, "\"voided\":");
        sum += strncmp(p + 9, "true", 4) == 0 ? 0 : q * price;
    }
    holds(sum == total, "total is not the sum of the lines");
}

static void payments_sum(struct mc_buf *all, const char *id, const struct invoice_seen *v)
{
    unsigned long long sum[2] = {0, 0};
    ask(all, "Billing", "getPayments", text("[\"%s\",0,100]", id));
    holds(field("total") <= 100, "more payments than the page");
    for (const char *p = (const char *)last.json.p; (p = strstr(p, "\"amount\":\"")) != NULL;) {
        unsigned long long amount = strtoull(p + 10, NULL, 10);
        p = strstr(p, "\"isInsurer\":");
        bool insurer = strncmp(p + 12, "true", 4) == 0;
        p = strstr(p, "\"isRefund\":");
        sum[insurer] += strncmp(p + 11, "true", 4) == 0 ? 0 - amount : amount;
    }
    holds(sum[0] == v->patient_paid && sum[1] == v->insurer_paid, "payments do not add up");
}

static void see_invoice(struct mc_buf *all, uint32_t i)
{
    struct invoice_seen *v = &now.invoice[i];
    const char *id = text("i%u", i);
    *v = (struct invoice_seen){0};
    if (!ask(all, "Billing", "getInvoice", text("[\"%s\"]", id)))
        return;
    v->state = (int)field("state");
    ask(all, "Billing", "getBalance", text("[\"%s\"]", id));
    v->total = field("total");
    v->approved = field("insurerApproved");
    v->insurer_paid = field("insurerPaid");
    v->patient_paid = field("patientPaid");
    v->patient_due = field("patientDue");
    v->insurer_due = field("insurerDue");
    holds(v->total - field("adjusted") - v->approved - v->patient_paid == v->patient_due &&
              v->approved - v->insurer_paid == v->insurer_due && v->patient_due <= v->total &&
              v->insurer_due <= v->approved,
          "the balance does not balance");
    holds(v->state != 2 || v->patient_due + v->insurer_due > 0, "ISSUED with nothing due");
    holds(v->state != 3 || v->patient_due + v->insurer_due == 0, "BALANCED with something due");
    lines_sum(all, id, v->total);
    payments_sum(all, id, v);
}

static void invoices_agree(struct mc_buf *all)
{
    for (unsigned currency = 0; currency < 2; currency++) {
        unsigned long long due = 0, approved = 0, used;
        for (uint32_t i = currency; i < INVOICES; i += 2) {
            const struct invoice_seen *v = &now.invoice[i];
            due += v->state == 2 || v->state == 5 ? v->patient_due : 0;
            approved += v->approved;
        }
        holds(due ==
                  number(all, "Billing", "getOutstanding", text("[%s,%u]", acc(PATIENT), currency)),
              "the outstanding sum is wrong");
        ask(all, "Insurance", "getPolicy", text("[\"P%u\"]", currency));
        used = field("used");
        holds(used == approved, "used cover is not what invoices show as approved");
        holds(used + field("reserved") <= field("coverageLimit"), "cover beyond the limit");
        holds(field("deductibleUsed") <= field("deductible"), "deductible beyond the limit");
    }
    for (int state = 1; state <= 5; state++) {
        unsigned cnt = 0;
        for (uint32_t i = 0; i < INVOICES; i++)
            cnt += now.invoice[i].state == state;
        ask(all, "Billing", "getInvoicesByPayee", text("[%s,%d,0,99]", acc(HOSPITAL), state));
        holds(field("total") == cnt, "the invoices' index by state is wrong");
        for (uint32_t i = 0; i < INVOICES; i++)
            holds((strstr((const char *)last.json.p, text("\"i%u\"", i)) != NULL) ==
                      (now.invoice[i].state == state),
                  "an invoice is listed under another state");
    }
}

/* ------------------------------------------------------------------ claims */

static void see_claim(struct mc_buf *all, uint32_t i)
{
    struct claim_seen *m = &now.claim[i];
    *m = (struct claim_seen){0};
    if (!ask(all, "Insurance", "getClaim", text("[\"m%u\"]", i)))
        return;
    m->state = (int)field("state");
    m->use = (int)field("use");
    m->currency = strstr((const char *)last.json.p, "\"policyId\":\"P1\"") != NULL;
    ask(all, "Insurance", "getAdjudication", text("[\"m%u\"]", i));
    m->benefit = field("benefit");
    ask(all, "Insurance", "getClaimHistory", text("[\"m%u\",0,100]", i));
    holds(strstr((const char *)last.json.p, text("{\"state\":%d,", m->state)) != NULL,
          "the history lacks the state");
}

static void claims_agree(struct mc_buf *all)
{
    unsigned long long reserved = 0, shown = 0;
    bool waiting = false;
    for (int state = 1; state <= 10; state++) {
        unsigned cnt = 0;
        for (uint32_t i = 0; i < CLAIMS; i++)
            cnt += now.claim[i].state == state;
        ask(all, "Insurance", "getClaimsByInsurer", text("[%s,%d,0,99]", acc(INSURER), state));
        holds(field("total") == cnt, "the claims' index by state is wrong");
    }
    for (uint32_t i = 0; i < CLAIMS; i++) {
        const struct claim_seen *m = &now.claim[i];
        waiting = waiting || m->state == 5;
        if (m->use == 1 && (m->state == 6 || m->state == 8))
            reserved += m->benefit;
    }
    for (unsigned currency = 0; currency < 2; currency++) {
        ask(all, "Insurance", "getPolicy", text("[\"P%u\"]", currency));
        shown += field("reserved");
    }
    /* The decision in effect does not show while another one waits. */
    holds(waiting || reserved == shown, "the reserve is not what pre-authorisations hold");
}

/* ------------------------------------------------------------------ money */

static void see_payment(struct mc_buf *all, uint32_t i)
{
    struct payment_seen *p = &now.payment[i];
    *p = (struct payment_seen){0};
    if (!ask(all, SP, "getPayment", text("[\"p%u\"]", i)))
        return;
    p->state = (int)field("state");
    p->currency = (int)field("currency");
    p->amount = field("amount");
    p->paid = field("paid");
    p->returned = field("returned");
    bool held_now = p->state == 1 || p->state == 3 || p->state == 4;
    holds(held_now ? p->paid + p->returned == 0 : p->paid + p->returned == p->amount,
          "a payment's parts are not its amount");
}

static void see_refund(struct mc_buf *all, uint32_t i)
{
    int state;
    if (!ask(all, SP, "getOperation", text("[\"o%u\"]", i)) || field("kind") != 2)
        return;
    state = (int)field("state");
    unsigned long long amount = field("amount");
    const char *ref = strstr((const char *)last.json.p, "\"refId\":\"p") + 10;
    if (state == 1 || state == 4)
        now.refunds[now.payment[strtoul(ref, NULL, 10)].currency] += amount;
}

static void money_agrees(struct mc_buf *all)
{
    unsigned long long held_sum[2] = {now.refunds[0], now.refunds[1]}, units = 0, purses_sum = 0;
    for (uint32_t i = 0; i < PAYMENTS; i++) {
        const struct payment_seen *p = &now.payment[i];
        if (p->state == 1 || p->state == 3 || p->state == 4)
            held_sum[p->currency] += p->amount;
    }
    ask(all, SP, "getHeldTotals", "[]");
    holds(field("heldBalance") == held_sum[0] && field("heldUnits") == held_sum[1],
          "what is held is not what payments and refunds await");
    holds(balance_at(SP) == held_sum[0], "the module's purse is not what it holds");
    holds(balance_at(INS) == 0 && balance_at("Billing") == 0, "a module kept money");
    for (uint32_t i = 0; i < ACCOUNTS; i++)
        units += number(all, SP, "balanceOf", text("[%s]", acc(i)));
    units += held_sum[1];
    holds(units == number(all, SP, "totalSupply", "[]"), "units are not the supply");
    holds(units == issued_units, "units appeared or disappeared");
    for (uint32_t i = 0; i < purse_cnt; i++) {
        purses_sum += purses[i].balance;
        mc_buf_putf(all, "%llu,", (unsigned long long)purses[i].balance);
    }
    holds(purses_sum == ACCOUNTS * RICH, "chain balance appeared or disappeared");
}

static void look(void)
{
    static struct mc_buf all;
    struct mc_addr was = h->caller;
    before = now;
    mc_buf_reset(&all);
    memset(now.refunds, 0, sizeof now.refunds);
    for (uint32_t i = 0; i < INVOICES; i++)
        see_invoice(&all, i);
    for (uint32_t i = 0; i < CLAIMS; i++)
        see_claim(&all, i);
    for (uint32_t i = 0; i < PAYMENTS; i++)
        see_payment(&all, i);
    for (uint32_t i = 0; i < OPS; i++)
        see_refund(&all, i);
    invoices_agree(&all);
    claims_agree(&all);
    money_agrees(&all);
    mc_keccak256(&now.all, mc_buf_slice(&all));
    mc_buf_free(&all);
    h->caller = was;
}

/* ------------------------------------------------------------------ state machines (contracts/README.md) */

#define TO(s) (1u << (s))

static const unsigned invoice_next[] = {
    [0] = TO(1), [1] = TO(2) | TO(4),        [2] = TO(3) | TO(4) | TO(5), [3] = TO(2),
    [4] = 0,     [5] = TO(2) | TO(3) | TO(4)};
static const unsigned claim_next[] = {
    [0] = TO(1),
    [1] = TO(2) | TO(3) | TO(10),
    [2] = 0,
    [3] = TO(4) | TO(5) | TO(6) | TO(7) | TO(10),
    [4] = TO(3) | TO(10),
    [5] = TO(6) | TO(3) | TO(8) | TO(10),
    [6] = TO(8) | TO(9) | TO(10),
    [7] = TO(8) | TO(10),
    [8] = TO(5) | TO(6) | TO(7) | TO(10),
    [9] = 0,
    [10] = 0,
};
static const unsigned payment_next[] = {[0] = TO(1) | TO(2) | TO(3),
                                        [1] = TO(2) | TO(3) | TO(7),
                                        [2] = 0,
                                        [3] = TO(2) | TO(4) | TO(5),
                                        [4] = TO(6),
                                        [5] = 0,
                                        [6] = 0,
                                        [7] = 0};

static void legal(const unsigned *next, int from, int to, const char *what)
{
    if (from != to && (next[from] & TO(to)) == 0)
        broken(text("%s from %d to %d", what, from, to));
}

static void changes_are_legal(void)
{
    for (uint32_t i = 0; i < INVOICES; i++)
        legal(invoice_next, before.invoice[i].state, now.invoice[i].state, "invoice");
    for (uint32_t i = 0; i < CLAIMS; i++)
        legal(claim_next, before.claim[i].state, now.claim[i].state, "claim");
    for (uint32_t i = 0; i < PAYMENTS; i++)
        legal(payment_next, before.payment[i].state, now.payment[i].state, "payment");
}

/* ------------------------------------------------------------------ random calls */

static uint64_t rng;

static uint32_t pick(uint32_t n)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return (uint32_t)(rng >> 33) % n;
}

/* An object in one of these states (bits), mostly. */
static uint32_t pick_invoice(unsigned states)
{
    uint32_t i = pick(INVOICES);
    for (int tries = 0; tries < 20 && (states & TO(now.invoice[i].state)) == 0; tries++)
        i = pick(INVOICES);
    return i;
}

static uint32_t pick_claim(unsigned states)
{
    uint32_t i = pick(CLAIMS);
    for (int tries = 0; tries < 20 && (states & TO(now.claim[i].state)) == 0; tries++)
        i = pick(CLAIMS);
    return i;
}

static uint32_t pick_payment(unsigned states)
{
    uint32_t i = pick(PAYMENTS);
    for (int tries = 0; tries < 20 && (states & TO(now.payment[i].state)) == 0; tries++)
        i = pick(PAYMENTS);
    return i;
}

static const char *flag(uint32_t in)
{
    return pick(in) == 0 ? "false" : "true";
}

static uint32_t one_of(uint32_t a, uint32_t b, uint32_t c)
{
    const uint32_t v[] = {a, b, c};
    return v[pick(3)];
}

struct deed {
    const char *module, *method, *args;
};

static struct deed billing_deed(void)
{
    static const unsigned wants[] = {TO(0), TO(1), TO(1),         TO(1), TO(1),
                                     TO(5), TO(2), TO(2) | TO(3), TO(2)};
    uint32_t what = pick(9), i = pick_invoice(wants[what]);
    as(pick(8) == 0 ? PATIENT + pick(ACCOUNTS - PATIENT) : ADMIN);
    switch (what) {
    case 0:
        return (struct deed){
            "Billing", "createInvoice",
            text("[\"i%u\",%s,%s,%u,0,\"\"," ZERO_HASH "]", i, acc(PATIENT), acc(HOSPITAL), i % 2)};
    case 1:
        return (struct deed){"Billing", "addLines",
                             text("[\"i%u\",[[\"A\",%u,%u,\"\"],[\"B\",1,%u,\"\"]]]", i, pick(4),
                                  pick(100), pick(200))};
    case 2:
        return (struct deed){"Billing", "voidLine", text("[\"i%u\",%u,\"r\"]", i, pick(6))};
    case 3:
    case 4:
        return (struct deed){"Billing", "issueInvoice", text("[\"i%u\"]", i)};
    case 5:
        return (struct deed){"Billing", pick(6) == 0 ? "cancelInvoice" : "resolveDispute",
                             text("[\"i%u\",\"r\"]", i)};
    case 6:
        return (struct deed){"Billing", "adjustInvoice", text("[\"i%u\",%u,\"R\"]", i, pick(60))};
    case 7:
        return (struct deed){"Billing", "recordExternalPayment",
                             text("[\"i%u\",%u,%s,\"cash\"," ZERO_HASH "]", i, pick(80), flag(2))};
    default:
        as(PATIENT);
        return (struct deed){"Billing", "disputeInvoice", text("[\"i%u\",\"r\"]", i)};
    }
}

static struct deed claim_deed(void)
{
    static const unsigned wants[] = {
        TO(0), TO(0), TO(1), TO(3) | TO(4), TO(3) | TO(8), TO(3) | TO(8), TO(6) | TO(7) | TO(3),
        TO(5), TO(6), TO(6), TO(6)};
    uint32_t what = pick(11), m = pick_claim(wants[what]);
    uint32_t use = pick(3) == 0 ? 1 + pick(2) : 0, i = pick_invoice(TO(2) | TO(5));
    uint32_t benefit = pick(150), share = pick(100);
    uint32_t pre = pick_claim(TO(6));
    bool preauth = now.claim[pre].state == 6 && now.claim[pre].use == 1 && pick(4) > 0;
    as(one_of(INSURER, INSURER, pick(3) == 0 ? INSURER_2 : INSURER_B));
    switch (what) {
    case 0:
    case 1:
        as(ADMIN);
        return (struct deed){INS, "submitClaim",
                             text("[\"m%u\",[\"P%u\",%u,\"%s\",\"%s\",%u," ZERO_HASH "]]", m, i % 2,
                                  use, use == 0 ? text("i%u", i) : "",
                                  use == 0 && preauth ? text("m%u", pre) : "",
                                  use == 0 && pick(2) == 0 ? 0 : benefit + share)};
    case 2:
        return (struct deed){INS, "acknowledgeClaim", text("[\"m%u\",%s,\"n\"]", m, flag(5))};
    case 3:
        if (now.claim[m].state != 4)
            return (struct deed){INS, "pendClaim", text("[\"m%u\",\"r\"]", m)};
        as(ADMIN_B);
        return (struct deed){INS, "answerClaim", text("[\"m%u\"," ZERO_HASH ",\"\"]", m)};
    case 4:
    case 5: { /* the claimed amount, split */
        call_run(INS, "getClaim", text("[\"m%u\"]", m));
        if (last.err == MC_OK) { /* the claim's own amount is the last one of that name */
            const char *p = (const char *)last.json.p;
            for (const char *q = p; (q = strstr(q, "\"amount\":\"")) != NULL; q++)
                p = q;
            benefit = (uint32_t)strtoul(p + 10, NULL, 10);
        }
        uint32_t off = pick(20), deductible = pick(30);
        share = pick(4) == 0 ? benefit : pick(benefit + 1);
        off = off + share <= benefit ? off : 0;
        return (struct deed){INS, "adjudicateClaim",
                             decision(text("m%u", m), benefit - share - off, share, off, 0,
                                      deductible <= share ? deductible : 0)};
    }
    case 6:
        as(one_of(ADMIN, PATIENT, NURSE));
        return (struct deed){INS, pick(3) == 0 ? "cancelClaim" : "appealClaim",
                             text("[\"m%u\",\"r\"]", m)};
    case 7:
        as(pick(3) == 0 ? INSURER : INSURER_B);
        return (struct deed){INS, "confirmAdjudication", text("[\"m%u\",%s,\"n\"]", m, flag(3))};
    default:
        as(pick(5) == 0 ? INSURER_B : INSURER);
        h_value = now.claim[m].currency == 0 ? now.claim[m].benefit : 0;
        return (struct deed){INS, "payClaim", text("[\"m%u\"]", m)};
    }
}

static struct deed pay_deed(void)
{
    uint32_t p = pick_payment(TO(0)), i = pick_invoice(TO(2) | TO(5)), currency = i % 2;
    uint32_t amount =
        1 + (pick(2) == 0 ? pick(120) : pick((uint32_t)now.invoice[i].patient_due + 1));
    const char *invoice = pick(3) == 0 ? "" : text("i%u", i);
    const char *payee = pick(8) == 0 ? acc(NURSE) : acc(HOSPITAL);
    as(one_of(PATIENT, ADMIN, RELATIVE));
    h_value = currency == 0 ? amount : 0;
    if (pick(20) == 0)
        h_value++;
    if (pick(2) == 0)
        return (struct deed){SP, "pay", pay_args(text("p%u", p), payee, amount, currency, invoice)};
    return (struct deed){SP, "escrow",
                         escrow_args(text("p%u", p), payee, amount, currency, invoice, acc(ARBITER),
                                     h->time_s + 4000)};
}

static struct deed end_deed(void)
{
    uint32_t p = pick_payment(TO(3) | TO(4));
    as(one_of(PATIENT, HOSPITAL, one_of(ADMIN, RELATIVE, ARBITER)));
    switch (pick(4)) {
    case 0:
        return (struct deed){SP, "release", text("[\"p%u\"]", p)};
    case 1:
        return (struct deed){SP, "refund", text("[\"p%u\"]", p)};
    case 2:
        return (struct deed){SP, "dispute", text("[\"p%u\",\"r\"]", p)};
    default:
        as(ARBITER);
        return (struct deed){SP, "resolve", text("[\"p%u\",%u]", pick_payment(TO(4)), pick(120))};
    }
}

static struct deed unit_deed(void)
{
    uint32_t o = pick(OPS), p = pick_payment(TO(2) | TO(6)), amount = 1 + pick(60);
    const char *id = pick(2) == 0 ? text("p%u", pick_payment(TO(1))) : text("o%u", o);
    as(one_of(ADMIN, HOSPITAL, INSURER));
    switch (pick(9)) {
    case 0:
        return (struct deed){SP, "proposeOperation",
                             op_args(text("o%u", o), 1, acc(pick(ACCOUNTS)), amount, "")};
    case 1:
    case 2:
        h_value = now.payment[p].currency == 0 ? amount : 0;
        return (struct deed){SP, "proposeOperation",
                             op_args(text("o%u", o), 2, acc(NURSE), amount, text("p%u", p))};
    case 3:
        as(one_of(ADMIN_B, INSURER, ADMIN_2));
        return (struct deed){SP, "approveOperation", text("[\"%s\"]", id)};
    case 4:
        as(PATIENT + pick(ACCOUNTS - PATIENT));
        return (struct deed){SP, "rejectOperation", text("[\"%s\"]", id)};
    case 5:
        as(pick(ACCOUNTS));
        return (struct deed){SP, "transfer", text("[%s,%u]", acc(pick(ACCOUNTS)), amount)};
    default:
        as(pick(ACCOUNTS));
        return (struct deed){SP, "redeem", text("[%u," HASH_1 "]", amount)};
    }
}

static struct deed policy_deed(void)
{
    uint32_t i = pick(2);
    as(INSURER_B);
    if (pick(2) == 0)
        return (struct deed){INS, "setPolicyState",
                             text("[\"P%u\",%u]", i, pick(4) == 0 ? 2u : 1u)};
    return (struct deed){
        INS, "updatePolicy",
        text("[\"P%u\",%u,%llu," ZERO_HASH "]", i, 1000 + pick(9000), START + 9 * YEAR)};
}

static struct deed next_deed(void)
{
    switch (pick(7)) {
    case 0:
    case 1:
        return billing_deed();
    case 2:
    case 3:
    case 7:
    case 8:
        return claim_deed();
    case 4:
        return pay_deed();
    case 5:
        return pick(8) == 0 ? policy_deed() : end_deed();
    default:
        return unit_deed();
    }
}

/* Issued less redeemed, by the Transfer events from and to the zero address. */
static void count_units(void)
{
    const char *from = "\"Transfer\",\"args\":{\"from\":" ZERO_JSON;
    const char *to = "\"to\":" ZERO_JSON ",\"value\":\"";
    const char *p = strstr((const char *)last.logs.p, from);
    if (p != NULL)
        issued_units += strtoull(strstr(p, "\"value\":\"") + 9, NULL, 10);
    p = strstr((const char *)last.logs.p, to);
    if (p != NULL)
        issued_units -= strtoull(p + strlen(to), NULL, 10);
}

/* ------------------------------------------------------------------ cells */

/* The digest of all cells: exclusive or over keccak of each, kept up to date with every save. */
static struct mc_hash cells, cells_before;
static enum mc_err (*real_save)(void *, const struct mc_addr *, const struct mc_hash *, uint64_t,
                                enum vm_word, struct mc_slice);

static void cell_toggle(const struct mc_addr *self, const struct mc_hash *slot, uint64_t pos,
                        struct mc_slice value)
{
    uint8_t be[8];
    struct mc_hash one;
    mc_be64_put(be, pos);
    struct mc_slice parts[] = {mc_addr_slice(self), mc_hash_slice(slot), mc_slice(be, 8), value};
    if (value.n == 0)
        return;
    mc_keccak256v(&one, parts, MC_COUNT(parts));
    for (size_t i = 0; i < sizeof one.b; i++)
        cells.b[i] ^= one.b[i];
}

static enum mc_err counting_save(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                                 uint64_t pos, enum vm_word word, struct mc_slice value)
{
    struct mc_slice old;
    assert_int_equal(h->host.load(ctx, self, slot, pos, &old), MC_OK);
    cell_toggle(self, slot, pos, old);
    cell_toggle(self, slot, pos, value);
    return real_save(ctx, self, slot, pos, word, value);
}

/* ------------------------------------------------------------------ a run */

static void world(const char *param, uint64_t value)
{
    restart(param, value);
    real_save = h->host.save;
    h->host.save = counting_save;
    cells = MC_HASH_ZERO;
    issued_units = 0;
    fund_cnt = 0; /* the same ids in each run */
    memset(&now, 0, sizeof now);
    consent();
    for (unsigned currency = 0; currency < 2; currency++)
        policy(text("P%u", currency), currency == 0 ? "0" : "1");
    fund(PATIENT, 2000);
    count_units();
    fund(INSURER, 2000);
    count_units();
    fund(ADMIN, 1000);
    count_units();
    look();
}

/* Names of the methods that worked, each between blanks. */
static char worked[1024] = " registerPolicy ";

static void note(const char *method)
{
    if (strstr(worked, text(" %s ", method)) == NULL)
        strncat(worked, text("%s ", method), sizeof worked - strlen(worked) - 1);
}

static void one_step(void)
{
    struct deed d;
    if (pick(12) == 0) {
        h->time_s += pick(4) == 0 ? 90000 : 1500;
        look();
        return;
    }
    d = next_deed();
    cells_before = cells;
    call_run(d.module, d.method, d.args);
    bool ok = last.err == MC_OK;
    if (!ok)
        cells = cells_before; /* the host undid the saves */
    holds(ok || last.err == MC_EREVERT, "a call neither works nor reverts");
    holds(ok || h->log_cnt == 0, "a failed call logged");
    holds(ok || strncmp(last_reason(), "Panic", 5) != 0, "a panic where no figure is large");
    if (ok) {
        note(d.method);
        count_units();
    }
    look();
    holds(ok || mc_hash_eq(&now.all, &before.all), "a failed call changed something");
    changes_are_legal();
}

static void run(const char *param, uint64_t value)
{
    world(param, value);
    rng = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (step = 0; step < STEPS; step++)
        one_step();
}

/* Every method that changes state worked at least once, or the sequences mean little. */
static void everything_happened(void)
{
    static const char *const modules[] = {"Billing", INS, SP};
    for (size_t i = 0; i < MC_COUNT(modules); i++) {
        const struct vm_module *m = vm_module_by_name(mc_slice_str(modules[i]));
        for (uint32_t j = 0; j < m->method_cnt; j++) {
            const char *name = m->methods[j].decl + strlen("function ");
            const char *word = text(" %.*s ", (int)strcspn(name, "("), name);
            if (strstr(name, " view ") == NULL && strstr(worked, word) == NULL)
                broken(text("%s never worked", word));
        }
    }
}

static void random_sequences_keep_all_promises(void **state)
{
    static const struct {
        const char *param;
        uint64_t value;
    } rows[] = {{NULL, 0},
                {"payment.dualControlAbove", 50},
                {"insurance.dualControlAbove", 20},
                {"payment.approvals", 1}};
    (void)state;
    for (seed = 1; seed <= 8; seed++) {
        struct mc_hash first;
        run(rows[seed % 4].param, rows[seed % 4].value);

        if (seed > 3)
            continue;
        first = cells;
        run(rows[seed % 4].param, rows[seed % 4].value);
        holds(mc_hash_eq(&first, &cells), "the same sequence left other cells");
    }
    everything_happened();
}

int main(void)
{
    const struct CMUnitTest tests[] = {T(random_sequences_keep_all_promises)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
