#include "rig.h"

static void it_names_who_is_silent_at_which_round(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct cons_status st;
    (void)state;
    cons_status_get(r->c, &st);
    assert_int_equal(st.height, 0);
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_verdict(r, 5, true, CONS_VALID);
    rig_feed_back(r);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 1, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 1, 0, rig_hash(5)));
    rig_msg_ok(r, rig_rc(3, 1, 2, NULL));
    cons_status_get(r->c, &st);
    assert_int_equal(st.height, 1);
    assert_int_equal(st.round, 0);
    assert_int_equal(st.self, 0);
    assert_int_equal(st.proposer, 1);
    assert_true(st.voting && st.active && st.has_proposal);
    assert_false(st.has_prepared || st.decided);
    assert_int_equal(st.proposal.b[0], 5);
    assert_int_equal(st.prepare_cnt, 2);
    assert_int_equal(st.commit_cnt, 1);
    assert_true(st.peer[0].prepared && st.peer[1].prepared && st.peer[1].committed);
    assert_false(st.peer[2].seen);
    assert_true(st.peer[3].seen);
    assert_false(st.peer[3].prepared);
    assert_int_equal(st.peer[3].asked_round, 2);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_names_who_is_silent_at_which_round),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
