#include "rig.h"

static struct rig *opened(uint32_t n, uint32_t self)
{
    struct rig *r = rig_new(n, self);
    rig_open(r, 1, true);
    return r;
}

static void one_liar_does_not_move_the_round_and_f_plus_one_do(void **state)
{
    struct rig *r = opened(7, 0); /* f = 2 */
    (void)state;
    rig_msg_ok(r, rig_rc(3, 1, CONS_ROUND_MAX, NULL));
    rig_msg_ok(r, rig_rc(4, 1, 1u << 29, NULL));
    assert_int_equal(rig_round(r), 0);
    rig_msg_ok(r, rig_rc(5, 1, 3, NULL));
    assert_int_equal(rig_round(r), 3); /* the lowest of the three: an honest one asked for it */
    assert_true(rig_sends(r, CONS_ROUND_CHANGE));
    assert_int_equal(r->out.persist[0].type, CONS_REC_ROUND);
    assert_int_equal(r->out.persist[0].round, 3);
    assert_int_equal(rig_stats(r).round_jumps, 1);
    rig_free(r);
}

static void only_the_highest_round_change_of_a_validator_counts(void **state)
{
    struct rig *r = opened(4, 0);
    (void)state;
    rig_msg_ok(r, rig_rc(3, 1, 5, NULL));
    rig_msg_ok(r, rig_rc(3, 1, 4, NULL));
    rig_msg_ok(r, rig_rc(3, 1, 5, NULL));
    assert_int_equal(rig_stats(r).stale, 1);
    assert_int_equal(rig_stats(r).duplicate, 1);
    assert_int_equal(rig_round(r), 0);
    rig_free(r);
}

static void two_round_changes_that_differ_are_evidence(void **state)
{
    struct rig *r = opened(4, 0);
    struct cons_cert pc = rig_cert(CONS_PREPARE, 1, 0, rig_hash(5), 3);
    (void)state;
    rig_msg_ok(r, rig_rc(3, 1, 1, &pc));
    rig_msg_ok(r, rig_rc(3, 1, 1, NULL));
    assert_non_null(r->out.evidence);
    assert_int_equal(r->out.evidence->a.type, CONS_ROUND_CHANGE);
    rig_free(r);
}

static void bad_round_changes_are_refused(void **state)
{
    struct rig *r = opened(4, 0);
    struct cons_cert good = rig_cert(CONS_PREPARE, 1, 1, rig_hash(5), 3);
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct cons_cert pc = good;
        struct cons_msg m;
        if (i == 1)
            pc.type = CONS_COMMIT;
        if (i == 2)
            pc.height = 2;
        if (i == 3)
            pc.round = 2; /* not below the round asked for */
        if (i == 4)
            pc = rig_cert(CONS_PREPARE, 1, 1, rig_hash(5), 2);
        if (i == 5)
            pc.bitmap[0] = 0x13; /* a stranger among them */
        m = rig_rc(2, 1, 2, &pc);
        if (i == 6)
            m.vote.digest = MC_HASH_ZERO; /* claims less than it carries */
        if (i == 7)
            m.pc = NULL; /* claims more than it carries */
        if (i == 8)
            m.vote.round = 0;
        if (rig_msg(r, &m) != (i == 0 ? MC_OK : MC_EMALFORM))
            fail_msg("case %d", i);
    }
    rig_free(r);
}

static void the_new_proposer_continues_the_highest_prepared_block(void **state)
{
    struct rig *r = opened(4, 3); /* proposes at height 1, round 2 */
    struct cons_cert low = rig_cert(CONS_PREPARE, 1, 0, rig_hash(5), 3);
    struct cons_cert high = rig_cert(CONS_PREPARE, 1, 1, rig_hash(6), 3);
    const struct cons_msg *m;
    (void)state;
    rig_msg_ok(r, rig_rc(0, 1, 2, &low));
    rig_msg_ok(r, rig_rc(1, 1, 2, &high));
    assert_int_equal(rig_round(r), 2);
    rig_feed_back(r);
    assert_null(r->out.propose);
    /* It never saw block 6. */
    assert_non_null(r->out.fetch);
    assert_int_equal(r->out.fetch->hash.b[0], 6);
    rig_body(r, 6);
    assert_non_null(r->out.validate);
    assert_false(r->out.validate->fresh); /* no clock check on a prepared block */
    rig_verdict(r, 6, false, CONS_VALID);
    assert_true(rig_sends(r, CONS_PROPOSAL));
    m = &r->out.send[0];
    assert_int_equal(m->vote.digest.b[0], 6);
    assert_int_equal(m->rc_cnt, 3);
    assert_non_null(m->pc);
    assert_int_equal(m->pc->round, 1);
    assert_int_equal(r->out.persist[0].type, CONS_REC_PROPOSAL);
    rig_feed_back(r); /* and accepts its own justification */
    assert_true(rig_sends(r, CONS_PREPARE));
    rig_free(r);
}

static void the_new_proposer_builds_when_nobody_prepared(void **state)
{
    struct rig *r = opened(4, 2); /* proposes at height 1, round 1 */
    (void)state;
    rig_msg_ok(r, rig_rc(0, 1, 1, NULL));
    rig_msg_ok(r, rig_rc(1, 1, 1, NULL));
    rig_feed_back(r);
    assert_non_null(r->out.propose);
    assert_int_equal(r->out.propose->round, 1);
    /* A late claim does not change what the proposal is justified with. */
    rig_msg_ok(r, rig_rc(3, 1, 1, NULL));
    assert_null(r->out.propose);
    rig_built(r, 1, 1, 8);
    assert_true(rig_sends(r, CONS_PROPOSAL));
    assert_int_equal(r->out.send[0].rc_cnt, 3);
    assert_null(r->out.send[0].pc);
    rig_feed_back(r);
    assert_non_null(r->out.validate);
    assert_true(r->out.validate->fresh);
    rig_free(r);
}

static void a_round_change_carries_our_lock(void **state)
{
    struct rig *r = opened(4, 0);
    (void)state;
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_verdict(r, 5, true, CONS_VALID);
    rig_feed_back(r);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 1, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 2, 1, 0, rig_hash(5)));
    rig_feed_back(r);
    rig_timer_at(r, r->now_ms + RIG_T0);
    assert_int_equal(rig_round(r), 1);
    assert_true(rig_sends(r, CONS_ROUND_CHANGE));
    for (uint32_t i = 0; i < r->out.send_cnt; i++) {
        if (r->out.send[i].vote.type != CONS_ROUND_CHANGE)
            continue;
        assert_non_null(r->out.send[i].pc);
        assert_int_equal(r->out.send[i].pc->round, 0);
        assert_int_equal(r->out.send[i].pc->digest.b[0], 5);
    }
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_liar_does_not_move_the_round_and_f_plus_one_do),
        cmocka_unit_test(only_the_highest_round_change_of_a_validator_counts),
        cmocka_unit_test(two_round_changes_that_differ_are_evidence),
        cmocka_unit_test(bad_round_changes_are_refused),
        cmocka_unit_test(the_new_proposer_continues_the_highest_prepared_block),
        cmocka_unit_test(the_new_proposer_builds_when_nobody_prepared),
        cmocka_unit_test(a_round_change_carries_our_lock),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
