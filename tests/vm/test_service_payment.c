/* ServicePayment: the accounting unit, direct payments, and the order of checks. */
#define M "ServicePayment"
#include "tests/vm/payment_text.h"

static void the_unit_is_that_of_the_genesis_file(void **state)
{
    (void)state;
    shows("name", "[]", "\"Ward Credit\"");
    shows("symbol", "[]", "\"WRD\"");
    shows("decimals", "[]", "3");
    shows("totalSupply", "[]", "\"0\"");
}

static void units_are_sent_and_redeemed(void **state)
{
    (void)state;
    fund(PATIENT, 100);
    shows("totalSupply", "[]", "\"100\"");
    as(PATIENT);
    shows("transfer", text("[%s,30]", acc(NURSE)), "true");
    logged(transferred(acc(PATIENT), acc(NURSE), 30));
    shows("transfer", text("[%s,0]", acc(NURSE)), "true");
    logged(transferred(acc(PATIENT), acc(NURSE), 0));
    shows("transfer", text("[%s,70]", acc(PATIENT)), "true");
    units_are(PATIENT, 70);
    refuses("transfer", "[" ZERO_JSON ",999]", "Zero address");
    refuses("transfer", "[" SELF ",999]", "Invalid recipient");
    refuses("transfer", "[\"0x0000000000000000000000000000000000001000\",999]",
            "Invalid recipient");
    refuses("transfer", text("[%s,71]", acc(NURSE)), "Insufficient units");
    refuses_value(1, "transfer", text("[%s,1]", acc(NURSE)), "");
    does("redeem", "[20," HASH_1 "]");
    logged(text("%s%s", transferred(acc(PATIENT), ZERO_JSON, 20),
                event("UnitsRedeemed",
                      text("\"account\":%s,\"amount\":\"20\",\"refHash\":" HASH_1, acc(PATIENT)))));
    refuses("redeem", "[0," HASH_1 "]", "Amount is zero");
    refuses("redeem", "[51," HASH_1 "]", "Insufficient units");
    shows("totalSupply", "[]", "\"80\"");
    units_are(PATIENT, 50);
    units_are(NURSE, 30);
}

static void units_settle_an_invoice(void **state)
{
    (void)state;
    fund(PATIENT, 100);
    issued("i", 1, 100);
    as(PATIENT);
    h->time_s += 3;
    pays(0, pay_args("p", acc(HOSPITAL), 60, 1, "i"));
    logged(text("%s%s%s", made("p", PATIENT, HOSPITAL, 1, 60, "i", 2),
                transferred(acc(PATIENT), acc(HOSPITAL), 60),
                applied("i", PATIENT, "p", 60, false, false, 40, 0)));
    pays(0, pay_args("q", acc(HOSPITAL), 40, 1, "i"));
    logged(text("%s%s%s%s", made("q", PATIENT, HOSPITAL, 1, 40, "i", 2),
                transferred(acc(PATIENT), acc(HOSPITAL), 40),
                applied("i", PATIENT, "q", 40, false, false, 0, 0),
                state_changed("i", PATIENT, 3, "")));
    balance_is("i", 100, 0, 0, 0, 100);
    owes(1, 0);
    units_are(HOSPITAL, 100);
    shows("getPayment", "[\"p\"]",
          text("{\"payer\":%s,\"payee\":%s,\"currency\":1,\"amount\":\"60\",\"paid\":\"60\","
               "\"returned\":\"0\",\"invoiceId\":\"i\",\"arbiter\":" ZERO_JSON
               ",\"deadline\":\"0\",\"memoHash\":" HASH_1 ",\"createdAt\":\"1700000003\","
               "\"closedAt\":\"1700000003\",\"state\":2}",
               acc(PATIENT), acc(HOSPITAL)));
    call_ok("Billing", "getPayments", "[\"i\",1,1]",
            text("{\"payments\":[{\"paymentId\":\"q\",\"payer\":%s,\"amount\":\"40\","
                 "\"isInsurer\":false,\"isRefund\":false,\"method\":\"\",\"receiptHash\":" ZERO_HASH
                 ",\"time\":\"1700000003\"}],\"total\":\"2\"}",
                 acc(PATIENT)));
    shows("getPaymentsByPayer", text("[%s,0,9]", acc(PATIENT)), ids_page("\"p\",\"q\"", 2));
    shows("getPaymentsByPayee", text("[%s,1,9]", acc(HOSPITAL)), ids_page("\"q\"", 2));
    shows("getPaymentsByInvoice", "[\"i\",0,1]", ids_page("\"p\"", 2));
    shows("getTotalPayments", "[]", "\"2\"");
}

static void chain_balance_pays_directly(void **state)
{
    (void)state;
    issued("i", 0, 50);
    as(RELATIVE); /* anybody may pay for the patient */
    pays(50, pay_args("p", acc(HOSPITAL), 50, 0, "i"));
    logged(text("%s%s%s", made("p", RELATIVE, HOSPITAL, 0, 50, "i", 2),
                applied("i", RELATIVE, "p", 50, false, false, 0, 0),
                state_changed("i", RELATIVE, 3, "")));
    assert_int_equal(balance_of(RELATIVE), RICH - 50);
    assert_int_equal(balance_of(HOSPITAL), RICH + 50);
    held(0, 0);
    pays(7, pay_args("q", acc(ARBITER), 7, 0, ""));
    assert_int_equal(balance_of(ARBITER), RICH + 7);
}

static void pay_checks_in_order(void **state)
{
    (void)state;
    fund(PATIENT, 100);
    draft("d", 1);
    issued("i", 1, 50);
    issued("z", 0, 50);
    as(PATIENT);
    pays(0, pay_args("p", acc(NURSE), 1, 1, ""));
    refuses_value(9, "pay", pay_args(longer(129), ZERO_JSON, 0, 9, "x"), "String too long");
    refuses_value(9, "pay", pay_args("", ZERO_JSON, 0, 9, "x"), "Empty id");
    refuses_value(9, "pay", pay_args("claim:", ZERO_JSON, 0, 9, "x"), "Reserved id");
    refuses_value(9, "pay", pay_args("p", ZERO_JSON, 0, 9, "x"), "Payment already exists");
    refuses_value(9, "pay", pay_args("q", ZERO_JSON, 0, 9, "x"), "Zero address");
    refuses_value(9, "pay", pay_args("q", SELF, 0, 9, "x"), "Invalid recipient");
    refuses_value(9, "pay", pay_args("q", acc(PATIENT), 0, 9, "x"), "Cannot pay self");
    refuses_value(9, "pay", pay_args("q", acc(NURSE), 0, 9, "x"), "Amount is zero");
    refuses_value(9, "pay", pay_args("q", acc(NURSE), 100, 2, "x"), "Invalid currency");
    refuses_value(9, "pay", pay_args("q", acc(NURSE), 100, 1, "x"), "Wrong value sent");
    refuses_value(99, "pay", pay_args("q", acc(NURSE), 100, 0, "x"), "Wrong value sent");
    refuses("pay", pay_args("q", acc(NURSE), 100, 1, "x"), "Insufficient units");
    refuses("pay", pay_args("q", acc(NURSE), 51, 1, "x"), "Invoice does not exist");
    refuses("pay", pay_args("q", acc(NURSE), 51, 1, "d"), "Invoice is not issued");
    refuses("pay", pay_args("q", acc(NURSE), 51, 1, "z"), "Payee mismatch");
    refuses("pay", pay_args("q", acc(HOSPITAL), 51, 1, "z"), "Currency mismatch");
    refuses("pay", pay_args("q", acc(HOSPITAL), 51, 1, "i"), "Amount exceeds due");
    pause_module(BILLING, true);
    refuses("pay", pay_args("q", acc(HOSPITAL), 51, 1, "i"), "Amount exceeds due");
    refuses("pay", pay_args("q", acc(HOSPITAL), 50, 1, "i"), "Module is paused");
    units_are(PATIENT, 99);
    shows("getTotalPayments", "[]", "\"1\"");
    pays(0, pay_args("q", acc(HOSPITAL), 50, 1, ""));
    refuses("getPayment", "[\"x\"]", "Payment does not exist");
}

/* Only value on top of a payable method passes the executor, and only with a purse. */
static void value_without_a_purse_is_refused(void **state)
{
    struct mh_res r;
    (void)state;
    h->has_value = true;
    memhost_call(h, &r, M, "pay", pay_args("p", acc(NURSE), 5, 0, ""));
    assert_int_equal(r.err, MC_EREVERT);
    assert_int_equal(r.output.n, 0);
    h->has_value = false;
    memhost_reverts(h, M, "pay", pay_args("p", acc(NURSE), 5, 0, ""), "Wrong value sent");
}

static void the_abi_says_payable(void **state)
{
    struct mc_buf b = {0};
    const char *want = "\"name\":\"pay\",\"outputs\":[],\"stateMutability\":\"payable\"";
    (void)state;
    vm_abi_json(&b, vm_module_by_name(mc_slice_str(M)));
    assert_non_null(memmem(b.p, b.n, want, strlen(want)));
    mc_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_unit_is_that_of_the_genesis_file),
        T(units_are_sent_and_redeemed),
        T(units_settle_an_invoice),
        T(chain_balance_pays_directly),
        T(pay_checks_in_order),
        T(value_without_a_purse_is_refused),
        T(the_abi_says_payable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
