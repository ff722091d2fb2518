/* ServicePayment: joint approval of issues, refunds and large payments. */
#define M "ServicePayment"
#include "tests/vm/payment_text.h"

#define WEEK 604800u

static void two_members_issue_units(void **state)
{
    (void)state;
    as(ADMIN);
    does("proposeOperation", op_args("o", 1, acc(PATIENT), 500, "any"));
    logged(
        text("%s%s", op_proposed("o", ADMIN, acc(PATIENT), 1, 500), op_approved("o", ADMIN, 1, 2)));
    shows("getOperation", "[\"o\"]",
          text("{\"kind\":1,\"proposer\":%s,\"account\":%s,\"amount\":\"500\",\"refId\":\"any\","
               "\"reasonHash\":" HASH_1 ",\"createdAt\":\"1700000000\",\"expiresAt\":"
               "\"1700604800\",\"required\":\"2\",\"approvers\":[%s],\"state\":1}",
               acc(ADMIN), acc(PATIENT), acc(ADMIN)));
    shows("getPendingOperations", "[0,9]", ids_page("\"o\"", 1));
    as(ADMIN_B);
    refuses("approveOperation", "[\"o\"]", "Member already approved");
    as(INSURER_2);
    refuses("approveOperation", "[\"o\"]", "Caller may not approve");
    refuses("approveOperation", "[\"x\"]", "Operation does not exist");
    as(PATIENT);
    refuses("approveOperation", "[\"x\"]", "Missing role: ADMIN|INSURER");
    as(INSURER);
    does("approveOperation", "[\"o\"]");
    logged(text("%s%s%s", op_approved("o", INSURER, 2, 2), op_closed("o", INSURER, 2),
                transferred(ZERO_JSON, acc(PATIENT), 500)));
    units_are(PATIENT, 500);
    shows("totalSupply", "[]", "\"500\"");
    refuses("approveOperation", "[\"o\"]", "Operation is not open");
    refuses("rejectOperation", "[\"o\"]", "Operation is not open");
    shows("getPendingOperations", "[0,9]", ids_page("", 0));
}

static void proposal_checks_in_order(void **state)
{
    (void)state;
    fund(NURSE, 5);
    as(NURSE);
    pays(0, pay_args("p", acc(HOSPITAL), 5, 1, ""));
    as(ADMIN);
    does("proposeOperation", op_args("o", 1, acc(PATIENT), 1, ""));
    as(PATIENT);
    refuses("proposeOperation", op_args("", 9, ZERO_JSON, 0, "x"), "Missing role: ADMIN|INSURER");
    as(INSURER_2);
    refuses_value(1, "proposeOperation", op_args("", 9, ZERO_JSON, 0, longer(129)),
                  "String too long");
    refuses_value(1, "proposeOperation", op_args("", 9, ZERO_JSON, 0, "x"), "Empty id");
    refuses_value(1, "proposeOperation", op_args("o", 9, ZERO_JSON, 0, "x"),
                  "Operation already exists");
    refuses_value(1, "proposeOperation", op_args("q", 3, ZERO_JSON, 0, "x"), "Invalid kind");
    refuses_value(1, "proposeOperation", op_args("q", 1, ZERO_JSON, 0, "x"),
                  "Caller has no member");
    as(ADMIN_2);
    refuses_value(1, "proposeOperation", op_args("q", 1, ZERO_JSON, 0, "x"), "Zero address");
    refuses_value(1, "proposeOperation", op_args("q", 1, SELF, 0, "x"), "Invalid recipient");
    refuses_value(1, "proposeOperation", op_args("q", 1, acc(NURSE), 0, "x"), "Amount is zero");
    refuses_value(1, "proposeOperation", op_args("q", 1, acc(NURSE), 9, "x"), "Wrong value sent");
    refuses_value(1, "proposeOperation", op_args("q", 2, ZERO_JSON, 0, "x"), "Amount is zero");
    refuses_value(1, "proposeOperation", op_args("q", 2, SELF, 9, "x"), "Payment does not exist");
    refuses_value(1, "proposeOperation", op_args("q", 2, SELF, 9, "p"), "Caller is not the payee");
    as(ADMIN);
    refuses_value(1, "proposeOperation", op_args("q", 2, SELF, 9, "p"), "Amount exceeds paid");
    refuses_value(1, "proposeOperation", op_args("q", 2, SELF, 5, "p"), "Wrong value sent");
    refuses("proposeOperation", op_args("q", 2, SELF, 5, "p"), "Insufficient units");
    as(NURSE);
    escrows(5, escrow_args("e", acc(ADMIN), 5, 0, "", acc(ARBITER), START + 3600));
    as(ADMIN);
    refuses("proposeOperation", op_args("q", 2, SELF, 5, "e"), "Payment is not completed");
}

static void a_refund_reopens_the_invoice(void **state)
{
    (void)state;
    issued("i", 0, 100);
    as(PATIENT);
    pays(100, pay_args("p", acc(HOSPITAL), 100, 0, "i"));
    as(ADMIN); /* of the payee's member; the money comes from the sender */
    h_value = 40;
    does("proposeOperation", op_args("o", 2, SELF, 40, "p"));
    logged(
        text("%s%s", op_proposed("o", ADMIN, acc(PATIENT), 2, 40), op_approved("o", ADMIN, 1, 2)));
    held(40, 0);
    refuses_value(61, "proposeOperation", op_args("q", 2, SELF, 61, "p"), "Amount exceeds paid");
    payment_is("p", 100, 0, 2);
    as(ADMIN_2);
    does("approveOperation", "[\"o\"]");
    logged(text("%s%s%s%s%s", op_approved("o", ADMIN_2, 2, 2), op_closed("o", ADMIN_2, 2),
                closed("p", PATIENT, HOSPITAL, 60, 40, 2),
                applied("i", PATIENT, "p", 40, false, true, 40, 0),
                state_changed("i", ADMIN_2, 2, "")));
    held(0, 0);
    payment_is("p", 60, 40, 2);
    owes(0, 40);
    assert_int_equal(balance_of(PATIENT), RICH - 60);
    assert_int_equal(balance_of(ADMIN), RICH - 40);
}

/* Money that never settled the invoice goes back first, and no more is booked than stands as paid. */
static void a_refund_takes_the_unsettled_part_first(void **state)
{
    (void)state;
    fund(PATIENT, 100);
    issued("i", 1, 100);
    as(PATIENT);
    escrows(0, escrow_args("p", acc(HOSPITAL), 100, 1, "i", acc(ARBITER), START + 3600));
    does("dispute", "[\"p\",\"r\"]");
    as(ADMIN);
    call_ok("Billing", "adjustInvoice", "[\"i\",70,\"R\"]", "null");
    as(ARBITER);
    does("resolve", "[\"p\",100]"); /* 30 settle the invoice */
    as(HOSPITAL);
    does("proposeOperation", op_args("o", 2, SELF, 80, "p"));
    logged(text("%s%s%s", op_proposed("o", HOSPITAL, acc(PATIENT), 2, 80),
                op_approved("o", HOSPITAL, 1, 2), transferred(acc(HOSPITAL), SELF, 80)));
    as(ADMIN);
    call_ok("Billing", "recordExternalPayment", "[\"i\",25,true,\"cash\"," ZERO_HASH "]", "null");
    as(INSURER_B);
    does("approveOperation", "[\"o\"]"); /* 70 unsettled, 10 settled, 5 still paid */
    logged(text("%s%s%s%s%s", op_approved("o", INSURER_B, 2, 2), op_closed("o", INSURER_B, 2),
                closed("p", PATIENT, HOSPITAL, 20, 80, 6), transferred(SELF, acc(PATIENT), 80),
                applied("i", PATIENT, "p", 5, false, true, 30, 0)));
    balance_is("i", 100, 70, 0, 0, 0);
    units_are(PATIENT, 80);
    as(HOSPITAL);
    does("proposeOperation", op_args("o2", 2, SELF, 20, "p"));
    as(INSURER);
    does("approveOperation", "[\"o2\"]"); /* nothing left to book */
    logged(text("%s%s%s%s", op_approved("o2", INSURER, 2, 2), op_closed("o2", INSURER, 2),
                closed("p", PATIENT, HOSPITAL, 0, 100, 6), transferred(SELF, acc(PATIENT), 20)));
}

static void a_rejected_refund_goes_back_to_the_proposer(void **state)
{
    (void)state;
    as(PATIENT);
    pays(10, pay_args("p", acc(HOSPITAL), 10, 0, ""));
    as(ADMIN);
    h_value = 10;
    does("proposeOperation", op_args("o", 2, SELF, 10, "p"));
    as(ADMIN_B); /* of a member that approved: may not approve, so may not reject */
    refuses("rejectOperation", "[\"o\"]", "Caller may not reject");
    as(PATIENT);
    refuses("rejectOperation", "[\"o\"]", "Caller may not reject");
    refuses("rejectOperation", "[\"x\"]", "Operation does not exist");
    as(INSURER);
    does("rejectOperation", "[\"o\"]");
    logged(op_closed("o", INSURER, 3));
    assert_int_equal(balance_of(ADMIN), RICH);
    held(0, 0);
    as(ADMIN);
    h_value = 10; /* the payment may be refunded again */
    does("proposeOperation", op_args("o2", 2, SELF, 10, "p"));
}

static void an_expired_operation_is_ended_by_anybody(void **state)
{
    (void)state;
    as(ADMIN);
    does("proposeOperation", op_args("o", 1, acc(NURSE), 10, ""));
    h->time_s += WEEK - 1;
    as(NURSE);
    refuses("rejectOperation", "[\"o\"]", "Caller may not reject");
    has("getOperation", "[\"o\"]", "\"state\":1}");
    h->time_s++;
    has("getOperation", "[\"o\"]", "\"state\":4}");
    shows("getPendingOperations", "[0,9]", ids_page("\"o\"", 1));
    as(INSURER);
    refuses("approveOperation", "[\"o\"]", "Operation is not open");
    as(NURSE);
    does("rejectOperation", "[\"o\"]");
    logged(op_closed("o", NURSE, 3));
    has("getOperation", "[\"o\"]", "\"state\":3}");
    shows("getPendingOperations", "[0,9]", ids_page("", 0));
}

static void a_large_payment_waits_for_a_second_account(void **state)
{
    (void)state;
    restart("payment.dualControlAbove", 100);
    fund(ADMIN, 500);
    issued("i", 1, 200);
    as(ADMIN);
    pays(0, pay_args("small", acc(NURSE), 100, 1, ""));
    payment_is("small", 100, 0, 2);
    pays(0, pay_args("p", acc(HOSPITAL), 101, 1, "i"));
    logged(text("%s%s%s", made("p", ADMIN, HOSPITAL, 1, 101, "i", 1),
                transferred(acc(ADMIN), SELF, 101),
                op_proposed("p", ADMIN, acc(HOSPITAL), 3, 101)));
    payment_is("p", 0, 0, 1);
    held(0, 101);
    shows("getOperation", "[\"p\"]",
          text("{\"kind\":3,\"proposer\":%s,\"account\":%s,\"amount\":\"101\",\"refId\":\"p\","
               "\"reasonHash\":" HASH_1 ",\"createdAt\":\"1700000000\",\"expiresAt\":"
               "\"1700604800\",\"required\":\"1\",\"approvers\":[],\"state\":1}",
               acc(ADMIN), acc(HOSPITAL)));
    refuses("approveOperation", "[\"p\"]", "Caller may not approve");
    refuses("release", "[\"p\"]", "Payment is not held");
    as(ADMIN_2);
    refuses("approveOperation", "[\"p\"]", "Caller may not approve");
    refuses("rejectOperation", "[\"p\"]", "Caller may not reject");
    as(ADMIN_B);
    call_ok("Billing", "adjustInvoice", "[\"i\",100,\"R\"]", "null");
    refuses("approveOperation", "[\"p\"]", "Amount exceeds due");
    does("rejectOperation", "[\"p\"]");
    logged(text("%s%s%s", op_closed("p", ADMIN_B, 3), closed("p", ADMIN, HOSPITAL, 0, 101, 7),
                transferred(SELF, acc(ADMIN), 101)));
    issued("j", 1, 200);
    pays(0, pay_args("q", acc(HOSPITAL), 150, 1, "j"));
    as(ADMIN_B);
    does("approveOperation", "[\"q\"]");
    logged(text("%s%s%s%s%s", op_approved("q", ADMIN_B, 1, 1), op_closed("q", ADMIN_B, 2),
                closed("q", ADMIN, HOSPITAL, 150, 0, 2), transferred(SELF, acc(HOSPITAL), 150),
                applied("j", ADMIN, "q", 150, false, false, 50, 0)));
    as(PATIENT); /* not an institution */
    pays(400, pay_args("r", acc(HOSPITAL), 400, 0, ""));
    payment_is("r", 400, 0, 2);
}

static void a_large_escrow_is_held_after_approval(void **state)
{
    (void)state;
    restart("payment.dualControlAbove", 100);
    as(ADMIN);
    does("proposeOperation", op_args("taken", 1, acc(PATIENT), 1, ""));
    refuses_value(101, "escrow", escrow_args("taken", acc(NURSE), 101, 0, "", ZERO_JSON, 0),
                  "Operation already exists");
    refuses_value(101, "escrow", escrow_args("p", acc(NURSE), 101, 0, "", ZERO_JSON, 0),
                  "Invalid arbiter");
    pays(100, pay_args("taken", acc(NURSE), 100, 0, ""));
    escrows(101, escrow_args("p", acc(NURSE), 101, 0, "", acc(ARBITER), START + 3600));
    as(ADMIN_B);
    does("approveOperation", "[\"p\"]");
    logged(text("%s%s", op_approved("p", ADMIN_B, 1, 1), op_closed("p", ADMIN_B, 2)));
    payment_is("p", 0, 0, 3);
    held(101, 0);
    as(ADMIN);
    does("release", "[\"p\"]");
    payment_is("p", 101, 0, 2);
    held(0, 0);
}

static void one_approval_executes_at_once(void **state)
{
    (void)state;
    restart("payment.approvals", 1);
    as(ADMIN);
    does("proposeOperation", op_args("o", 1, acc(PATIENT), 7, ""));
    logged(text("%s%s%s%s", op_proposed("o", ADMIN, acc(PATIENT), 1, 7),
                op_approved("o", ADMIN, 1, 1), op_closed("o", ADMIN, 2),
                transferred(ZERO_JSON, acc(PATIENT), 7)));
    units_are(PATIENT, 7);
    shows("getPendingOperations", "[0,9]", ids_page("", 0));
    does(
        "proposeOperation",
        text("[\"all\",1,%s,\"0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8\","
             "\"\"," HASH_1 "]",
             acc(NURSE)));
    refuses("proposeOperation", op_args("more", 1, acc(NURSE), 1, ""), "Panic(0x11)");
    as(PATIENT);
    pays(0, pay_args("p", acc(HOSPITAL), 7, 1, ""));
    as(HOSPITAL);
    does("proposeOperation", op_args("back", 2, SELF, 3, "p"));
    logged(text("%s%s%s%s%s%s", op_proposed("back", HOSPITAL, acc(PATIENT), 2, 3),
                op_approved("back", HOSPITAL, 1, 1), transferred(acc(HOSPITAL), SELF, 3),
                op_closed("back", HOSPITAL, 2), closed("p", PATIENT, HOSPITAL, 4, 3, 2),
                transferred(SELF, acc(PATIENT), 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(two_members_issue_units),
        T(proposal_checks_in_order),
        T(a_refund_reopens_the_invoice),
        T(a_refund_takes_the_unsettled_part_first),
        T(a_rejected_refund_goes_back_to_the_proposer),
        T(an_expired_operation_is_ended_by_anybody),
        T(a_large_payment_waits_for_a_second_account),
        T(a_large_escrow_is_held_after_approval),
        T(one_approval_executes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
