#include "rig.h"

/* Validator 1 of 4, the proposer, logs PROPOSAL, PREPARE and COMMIT of block 5, then leaves for round 1. */
static struct rig *lived(void)
{
    struct rig *r = rig_new(4, 1);
    rig_open(r, 1, true);
    rig_built(r, 1, 0, 5);
    rig_feed_back(r);
    rig_verdict(r, 5, true, CONS_VALID);
    rig_feed_back(r);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 2, 1, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 3, 1, 0, rig_hash(5)));
    rig_feed_back(r);
    rig_timer_at(r, r->now_ms + RIG_T0);
    assert_int_equal(r->log_cnt, 4);
    return r;
}

static void a_restart_says_the_same_again_at_every_point(void **state)
{
    static const enum cons_msg_type last[] = {CONS_PROPOSAL, CONS_PREPARE, CONS_COMMIT,
                                              CONS_ROUND_CHANGE};
    (void)state;
    for (uint32_t cnt = 1; cnt <= 4; cnt++) {
        struct rig *r = lived();
        rig_restart(r, cnt);
        rig_open(r, 1, true);
        assert_true(rig_sends(r, last[cnt - 1]));
        assert_int_equal(r->log_cnt, 4); /* nothing new to log */
        for (uint32_t i = 0; i < r->out.send_cnt; i++) {
            const struct cons_msg *m = &r->out.send[i];
            assert_false(m->is_signed);
            if (m->vote.type != CONS_ROUND_CHANGE)
                assert_int_equal(m->vote.digest.b[0], 5);
            else
                assert_int_equal(m->pc->digest.b[0], 5);
        }
        assert_null(r->out.propose); /* a second block for round 0 would contradict the first */
        rig_free(r);
    }
}

static void a_restart_does_not_vote_for_another_block(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_verdict(r, 5, true, CONS_VALID);
    rig_restart(r, 1);
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 6)); /* the proposer lies now */
    assert_null(r->out.validate);
    rig_verdict(r, 6, true, CONS_VALID);
    assert_int_equal(r->log_cnt, 1);
    rig_free(r);
}

static void a_restart_stays_in_the_round_it_asked_for(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, true);
    rig_until_round(r, 3);
    rig_restart(r, r->log_cnt);
    rig_open(r, 1, true);
    assert_int_equal(rig_round(r), 3);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    assert_null(r->out.validate);
    rig_free(r);
}

static void the_lock_survives(void **state)
{
    struct rig *r = lived();
    bool found = false;
    (void)state;
    rig_restart(r, 3);
    rig_open(r, 1, true);
    rig_timer_at(r, r->now_ms + RIG_T0);
    for (uint32_t i = 0; i < r->out.send_cnt; i++) {
        const struct cons_msg *m = &r->out.send[i];
        if (m->vote.type != CONS_ROUND_CHANGE)
            continue;
        found = true;
        assert_non_null(m->pc);
        assert_int_equal(m->pc->sig_cnt, 3);
        assert_int_equal(m->pc->digest.b[0], 5);
    }
    assert_true(found);
    rig_free(r);
}

static void the_body_survives_for_later_proposers(void **state)
{
    struct rig *r = lived();
    struct mc_slice body;
    struct mc_hash five = rig_hash(5);
    (void)state;
    rig_restart(r, 4);
    rig_open(r, 1, true);
    assert_true(cons_body_get(r->c, &five, &body));
    assert_int_equal(body.n, 1);
    rig_free(r);
}

static void a_signature_of_before_the_restart_is_no_alarm(void **state)
{
    struct rig *r = lived();
    struct cons_msg m = rig_vote(CONS_COMMIT, 1, 1, 0, rig_hash(5));
    (void)state;
    rig_restart(r, 4);
    rig_open(r, 1, true);
    rig_msg_ok(r, m);
    assert_int_equal(r->out.alarm, CONS_ALARM_NONE);
    /* But with a log rolled back by one record it is. */
    rig_restart(r, 2);
    rig_open(r, 1, true);
    rig_msg_ok(r, m);
    assert_int_equal(r->out.alarm, CONS_ALARM_KEY_TWICE);
    rig_free(r);
}

static bool speaks_at(struct rig *r, uint64_t height)
{
    rig_open(r, height, true);
    rig_timer_at(r, r->now_ms + RIG_T_MAX);
    return r->out.send_cnt > 0;
}

static void a_block_store_behind_the_log_makes_us_silent(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 7, true);
    rig_until_round(r, 1);
    rig_restart(r, 1);
    assert_false(speaks_at(r, 3)); /* restored from an old copy: votes of 3..7 are unknown */
    assert_false(speaks_at(r, 6));
    assert_false(speaks_at(r, 7));
    assert_true(speaks_at(r, 8));
    rig_free(r);
}

static void a_mark_makes_us_silent_up_to_it(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct cons_event ev = {.type = CONS_EV_RECORD};
    (void)state;
    ev.u.record = (struct cons_rec){.type = CONS_REC_MARK, .height = 4};
    assert_int_equal(rig_step(r, &ev), MC_OK);
    assert_false(speaks_at(r, 4));
    assert_true(speaks_at(r, 5));
    rig_free(r);
}

static void an_operator_can_make_us_abstain(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct cons_cfg cfg = {.timeout_ms = RIG_T0,
                           .timeout_max_ms = RIG_T_MAX,
                           .body_bytes_max = 64,
                           .abstain_height = 2};
    (void)state;
    memcpy(cfg.self_pub, r->key[0].pub, 32);
    cons_free(r->c);
    r->c = cons_new(&cfg);
    assert_non_null(r->c);
    assert_false(speaks_at(r, 1));
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 0, 1, 0, rig_hash(5))); /* from before the log was lost */
    assert_int_equal(r->out.alarm, CONS_ALARM_NONE);
    assert_false(speaks_at(r, 2));
    assert_true(speaks_at(r, 3));
    rig_free(r);
}

static void records_out_of_order_are_refused(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct cons_event ev = {.type = CONS_EV_RECORD};
    uint8_t big[65] = {0};
    (void)state;
    ev.u.record = (struct cons_rec){.type = CONS_REC_ROUND, .height = 4, .round = 1};
    assert_int_equal(rig_step(r, &ev), MC_OK);
    ev.u.record.height = 3;
    assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    ev.u.record = (struct cons_rec){.type = CONS_REC_COMMIT, .height = 4, .round = 1};
    assert_int_equal(rig_step(r, &ev), MC_EINVAL); /* without its certificate */
    ev.u.record = (struct cons_rec){.type = CONS_REC_PREPARE, .height = 4, .round = 1};
    ev.u.record.body = mc_slice(big, sizeof big);
    assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    rig_open(r, 4, true);
    ev.u.record = (struct cons_rec){.type = CONS_REC_ROUND, .height = 4, .round = 2};
    assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_says_the_same_again_at_every_point),
        cmocka_unit_test(a_restart_does_not_vote_for_another_block),
        cmocka_unit_test(a_restart_stays_in_the_round_it_asked_for),
        cmocka_unit_test(the_lock_survives),
        cmocka_unit_test(the_body_survives_for_later_proposers),
        cmocka_unit_test(a_signature_of_before_the_restart_is_no_alarm),
        cmocka_unit_test(a_block_store_behind_the_log_makes_us_silent),
        cmocka_unit_test(a_mark_makes_us_silent_up_to_it),
        cmocka_unit_test(an_operator_can_make_us_abstain),
        cmocka_unit_test(records_out_of_order_are_refused),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
