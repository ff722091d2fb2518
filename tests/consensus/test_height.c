#include "rig.h"

static void messages_of_the_next_height_wait_for_it(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, false);
    rig_msg_ok(r, rig_proposal(2, 2, 0, 5));
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 2, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 2, 2, 0, rig_hash(5)));
    assert_null(r->out.validate);
    assert_int_equal(rig_stats(r).buffered, 3);
    rig_open(r, 2, false);
    assert_non_null(r->out.validate);
    assert_int_equal(r->out.validate->hash.b[0], 5);
    rig_verdict(r, 5, true, CONS_VALID);
    rig_feed_back(r); /* ours is the third PREPARE */
    assert_true(rig_sends(r, CONS_COMMIT));
    rig_free(r);
}

static void the_buffer_is_bounded_and_far_heights_are_not_kept(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, false);
    for (uint8_t i = 0; i < 100; i++)
        rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 2, i, rig_hash(i)));
    assert_int_equal(rig_stats(r).buffered, 8);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 3, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, UINT64_MAX, 0, rig_hash(5)));
    rig_msg_ok(r, rig_proposal(3, 2, 0, 5)); /* not the proposer of height 2 */
    assert_int_equal(rig_stats(r).buffered, 8);
    assert_int_equal(rig_stats(r).far, 95);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 2, 0, rig_hash(0)));
    assert_int_equal(rig_stats(r).duplicate, 1);
    rig_free(r);
}

static void buffered_messages_of_a_stranger_are_dropped_on_opening(void **state)
{
    struct rig *r = rig_new(5, 0);
    (void)state;
    rig_open(r, 1, false);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 4, 2, 0, rig_hash(5)));
    r->vs.cnt = 4;
    assert_int_equal(cons_valset_seal(&r->vs, NULL), MC_OK);
    rig_open(r, 2, false);
    assert_int_equal(rig_stats(r).malformed, 1);
    rig_free(r);
}

static void old_heights_are_stale(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 5, false);
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 4, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 0, 0, rig_hash(5)));
    assert_int_equal(rig_stats(r).stale, 2);
    rig_free(r);
}

static void heights_never_go_back(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct cons_event ev = {.type = CONS_EV_COMMITTED};
    (void)state;
    rig_open(r, 5, false);
    ev.u.committed.valset = &r->vs;
    for (uint64_t h = 0; h < 5; h++) {
        ev.u.committed.height = h;
        assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    }
    ev.u.committed.height = UINT64_MAX;
    assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    rig_open(r, 90, false); /* sync may skip ahead */
    rig_free(r);
}

static void nothing_happens_before_the_first_height(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_work(r);
    rig_timer_at(r, 5000);
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 1, 0, rig_hash(5)));
    rig_verdict(r, 5, true, CONS_VALID);
    assert_int_equal(r->out.deadline_ms, 0);
    assert_int_equal(r->out.send_cnt, 0);
    rig_free(r);
}

static void our_key_used_elsewhere_silences_us(void **state)
{
    static const enum cons_msg_type types[] = {CONS_PREPARE, CONS_COMMIT, CONS_ROUND_CHANGE};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(types); i++) {
        struct rig *r = rig_new(4, 0);
        struct cons_status st;
        rig_open(r, 1, true);
        rig_msg_ok(r, rig_vote(types[i], 0, 1, 1, MC_HASH_ZERO));
        assert_int_equal(r->out.alarm, CONS_ALARM_KEY_TWICE);
        cons_status_get(r->c, &st);
        assert_false(st.voting);
        rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
        rig_verdict(r, 5, true, CONS_VALID);
        rig_timer_at(r, r->now_ms + RIG_T_MAX);
        assert_int_equal(r->out.send_cnt, 0);
        assert_int_equal(r->log_cnt, 0);
        rig_free(r);
    }
}

static void the_set_of_a_height_rules_it(void **state)
{
    struct rig *r = rig_new(7, 0);
    struct cons_status st;
    (void)state;
    rig_open(r, 1, true);
    cons_status_get(r->c, &st);
    assert_int_equal(st.q, 5);
    r->vs.cnt = 4;
    assert_int_equal(cons_valset_seal(&r->vs, NULL), MC_OK);
    rig_open(r, 2, true);
    cons_status_get(r->c, &st);
    assert_int_equal(st.n, 4);
    assert_int_equal(st.q, 3);
    assert_int_equal(st.proposer, 2);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_the_next_height_wait_for_it),
        cmocka_unit_test(the_buffer_is_bounded_and_far_heights_are_not_kept),
        cmocka_unit_test(buffered_messages_of_a_stranger_are_dropped_on_opening),
        cmocka_unit_test(old_heights_are_stale),
        cmocka_unit_test(heights_never_go_back),
        cmocka_unit_test(nothing_happens_before_the_first_height),
        cmocka_unit_test(our_key_used_elsewhere_silences_us),
        cmocka_unit_test(the_set_of_a_height_rules_it),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
