#include "rig.h"

static void commit_quorum(struct rig *r, uint8_t block)
{
    for (uint32_t i = 1; i < 4; i++)
        rig_msg_ok(r, rig_vote(CONS_COMMIT, i, 1, 0, rig_hash(block)));
}

static void a_decided_block_we_never_saw_is_fetched_until_it_comes(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, false);
    commit_quorum(r, 5);
    assert_non_null(r->out.fetch);
    assert_int_equal(r->out.fetch->hash.b[0], 5);
    rig_work(r);
    assert_null(r->out.fetch); /* not on every event */
    rig_timer_at(r, r->now_ms + RIG_T0);
    assert_non_null(r->out.fetch);
    assert_int_equal(rig_round(r), 0); /* decided: no round change any more */
    rig_body(r, 6);                    /* not what was asked for */
    assert_null(r->out.validate);
    rig_body(r, 5);
    assert_non_null(r->out.validate);
    assert_false(r->out.validate->fresh);
    rig_verdict(r, 5, false, CONS_VALID);
    assert_non_null(r->out.commit);
    rig_free(r);
}

static void wrong_bytes_from_the_proposer_are_replaced(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct mc_hash five = rig_hash(5);
    struct mc_slice body;
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    assert_false(
        cons_body_get(r->c, &five, &body)); /* not passed on before it is known to be true */
    rig_verdict(r, 5, true, CONS_WRONG_BODY);
    assert_non_null(r->out.fetch);
    assert_int_equal(r->out.send_cnt, 0);
    rig_body(r, 5);
    assert_non_null(r->out.validate);
    rig_verdict(r, 5, true, CONS_VALID);
    assert_true(rig_sends(r, CONS_PREPARE));
    assert_true(cons_body_get(r->c, &five, &body));
    rig_free(r);
}

static void an_untimely_block_is_checked_again_once_decided(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_verdict(r, 5, true, CONS_INVALID); /* by our clock */
    commit_quorum(r, 5);
    assert_non_null(r->out.validate);
    assert_false(r->out.validate->fresh);
    rig_verdict(r, 5, true, CONS_VALID); /* an answer to the old question */
    assert_null(r->out.commit);
    rig_verdict(r, 5, false, CONS_VALID);
    assert_non_null(r->out.commit);
    rig_free(r);
}

static void a_decided_block_we_find_invalid_stops_us(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct cons_status st;
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    commit_quorum(r, 5);
    rig_verdict(r, 5, false, CONS_INVALID);
    assert_int_equal(r->out.alarm, CONS_ALARM_DIVERGED);
    assert_null(r->out.commit);
    cons_status_get(r->c, &st);
    assert_false(st.voting);
    rig_timer_at(r, r->now_ms + RIG_T_MAX);
    assert_int_equal(r->out.alarm, CONS_ALARM_NONE); /* said once */
    assert_int_equal(r->out.send_cnt, 0);
    rig_free(r);
}

static void bodies_beyond_the_limit_are_refused(void **state)
{
    struct rig *r = rig_new(4, 1);
    struct cons_event ev = {.type = CONS_EV_BODY};
    uint8_t big[65] = {0};
    (void)state;
    rig_open(r, 1, true);
    ev.u.body.body = mc_slice(big, sizeof big);
    assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    ev = (struct cons_event){.type = CONS_EV_PROPOSAL};
    ev.u.proposal.height = 1;
    ev.u.proposal.body = mc_slice(big, sizeof big);
    assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    ev.u.proposal.body.n = 0;
    assert_int_equal(rig_step(r, &ev), MC_EINVAL);
    rig_free(r);
}

/* A different justified block in each of many rounds: the fixed places suffice. */
static void many_rounds_do_not_run_out_of_places(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct cons_rc rcs[3] = {{.signer = 1}, {.signer = 2}, {.signer = 3}};
    (void)state;
    rig_open(r, 1, true);
    for (uint32_t round = 0; round < 60; round++) {
        struct cons_msg m =
            rig_proposal(cons_proposer(4, 1, round), 1, round, (uint8_t)(round + 1));
        if (m.vote.signer == 0)
            continue;
        m.rcs = round > 0 ? rcs : NULL;
        m.rc_cnt = round > 0 ? 3 : 0;
        rig_msg_ok(r, m);
        assert_int_equal(rig_round(r), round);
        rig_verdict(r, (uint8_t)(round + 1), true, CONS_VALID);
        assert_true(rig_sends(r, CONS_PREPARE));
    }
    rig_free(r);
}

static void bad_configurations_make_no_core(void **state)
{
    struct cons_cfg cfg = {.timeout_ms = 100, .timeout_max_ms = 100, .body_bytes_max = 10};
    struct cons_cfg bad;
    struct cons *c = cons_new(&cfg);
    (void)state;
    assert_non_null(c);
    cons_free(c);
    cons_free(NULL);
    bad = cfg;
    bad.timeout_ms = 0;
    assert_null(cons_new(&bad));
    bad = cfg;
    bad.timeout_max_ms = 99;
    assert_null(cons_new(&bad));
    bad = cfg;
    bad.body_bytes_max = CONS_BODY_BYTES_MAX + 1u;
    assert_null(cons_new(&bad));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decided_block_we_never_saw_is_fetched_until_it_comes),
        cmocka_unit_test(wrong_bytes_from_the_proposer_are_replaced),
        cmocka_unit_test(an_untimely_block_is_checked_again_once_decided),
        cmocka_unit_test(a_decided_block_we_find_invalid_stops_us),
        cmocka_unit_test(bodies_beyond_the_limit_are_refused),
        cmocka_unit_test(many_rounds_do_not_run_out_of_places),
        cmocka_unit_test(bad_configurations_make_no_core),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
