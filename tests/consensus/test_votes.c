#include "rig.h"

/* Validator 0 of 4 at height 1, where validator 1 proposes; block 5 accepted and PREPAREd by us. */
static struct rig *prepared(void)
{
    struct rig *r = rig_new(4, 0);
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    assert_non_null(r->out.validate);
    assert_true(r->out.validate->fresh);
    assert_int_equal(r->out.send_cnt, 0); /* no vote before execution */
    rig_verdict(r, 5, true, CONS_VALID);
    assert_true(rig_sends(r, CONS_PREPARE));
    assert_int_equal(r->out.persist[0].type, CONS_REC_PREPARE);
    assert_int_equal(r->out.persist[0].body.n, 1);
    rig_feed_back(r);
    return r;
}

static void a_quorum_of_prepare_makes_a_commit_with_its_certificate(void **state)
{
    struct rig *r = prepared();
    (void)state;
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 1, 0, rig_hash(5)));
    assert_int_equal(r->out.send_cnt, 0);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 3, 1, 0, rig_hash(5)));
    assert_true(rig_sends(r, CONS_COMMIT));
    assert_int_equal(r->out.persist_cnt, 1);
    assert_int_equal(r->out.persist[0].type, CONS_REC_COMMIT);
    assert_int_equal(r->out.persist[0].pc->sig_cnt, 3);
    assert_true(cons_cert_has(r->out.persist[0].pc, 0));
    assert_true(cons_cert_has(r->out.persist[0].pc, 1));
    assert_false(cons_cert_has(r->out.persist[0].pc, 2));
    assert_true(cons_cert_has(r->out.persist[0].pc, 3));
    rig_free(r);
}

static void duplicates_and_other_blocks_make_no_quorum(void **state)
{
    struct rig *r = prepared();
    (void)state;
    for (int i = 0; i < 3; i++)
        rig_msg_ok(r, rig_vote(CONS_PREPARE, 1, 1, 0, rig_hash(5)));
    assert_int_equal(rig_stats(r).duplicate, 2);
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 2, 1, 0, rig_hash(6)));
    rig_msg_ok(r, rig_vote(CONS_PREPARE, 3, 1, 1, rig_hash(5)));
    assert_int_equal(r->out.send_cnt, 0);
    rig_free(r);
}

static void contradiction(enum cons_msg_type type)
{
    struct rig *r = prepared();
    rig_msg_ok(r, rig_vote(type, 2, 1, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(type, 2, 1, 0, rig_hash(6)));
    assert_non_null(r->out.evidence);
    assert_int_equal(r->out.evidence->a.type, type);
    assert_int_equal(r->out.evidence->a.signer, 2);
    assert_int_equal(r->out.evidence->b.signer, 2);
    assert_int_equal(r->out.evidence->a.digest.b[0], 5);
    assert_int_equal(r->out.evidence->b.digest.b[0], 6);
    /* Counted for the first only, and told once. */
    rig_msg_ok(r, rig_vote(type, 2, 1, 0, rig_hash(7)));
    assert_null(r->out.evidence);
    assert_int_equal(rig_stats(r).evidence, 1);
    rig_free(r);
}

static void two_prepares_of_one_signer_are_evidence(void **state)
{
    (void)state;
    contradiction(CONS_PREPARE);
}

static void two_commits_of_one_signer_are_evidence(void **state)
{
    (void)state;
    contradiction(CONS_COMMIT);
}

static void two_proposals_of_one_proposer_are_evidence(void **state)
{
    struct rig *r = prepared();
    (void)state;
    rig_msg_ok(r, rig_proposal(1, 1, 0, 6));
    assert_non_null(r->out.evidence);
    assert_int_equal(r->out.evidence->a.type, CONS_PROPOSAL);
    assert_int_equal(r->out.evidence->a.digest.b[0], 5);
    assert_null(r->out.validate); /* the first one stays */
    rig_free(r);
}

static void a_quorum_of_commit_decides_even_of_a_round_left_behind(void **state)
{
    struct rig *r = prepared();
    (void)state;
    rig_until_round(r, 3);
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 1, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 2, 1, 0, rig_hash(5)));
    assert_null(r->out.commit);
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 3, 1, 0, rig_hash(5)));
    assert_non_null(r->out.commit);
    assert_int_equal(r->out.commit->height, 1);
    assert_int_equal(r->out.commit->round, 0);
    assert_int_equal(r->out.commit->hash.b[0], 5);
    assert_int_equal(r->out.commit_cert->sig_cnt, 3);
    assert_int_equal(r->out.commit_cert->type, CONS_COMMIT);
    assert_int_equal(r->out.deadline_ms, 0);
    rig_free(r);
}

static void commits_of_different_rounds_do_not_add_up(void **state)
{
    struct rig *r = prepared();
    (void)state;
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 1, 0, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 2, 1, 1, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 3, 1, 2, rig_hash(5)));
    assert_null(r->out.commit);
    rig_free(r);
}

static void votes_too_far_ahead_are_not_kept(void **state)
{
    struct rig *r = prepared();
    (void)state;
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 1, 3, rig_hash(5)));
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 1, CONS_ROUND_MAX, rig_hash(5)));
    assert_int_equal(rig_stats(r).far, 2);
    rig_msg_ok(r, rig_vote(CONS_COMMIT, 1, 1, 2, rig_hash(5)));
    assert_int_equal(rig_stats(r).far, 2);
    rig_free(r);
}

static void strangers_and_impossible_rounds_are_refused(void **state)
{
    struct rig *r = prepared();
    struct cons_msg m = rig_vote(CONS_PREPARE, 4, 1, 0, rig_hash(5));
    (void)state;
    assert_int_equal(rig_msg(r, &m), MC_EMALFORM);
    m = rig_vote(CONS_COMMIT, 1, 1, CONS_ROUND_MAX + 1, rig_hash(5));
    assert_int_equal(rig_msg(r, &m), MC_EMALFORM);
    m = rig_vote((enum cons_msg_type)9, 1, 1, 0, rig_hash(5));
    assert_int_equal(rig_msg(r, &m), MC_EMALFORM);
    assert_int_equal(rig_stats(r).malformed, 3);
    rig_free(r);
}

static void the_largest_set_decides(void **state)
{
    struct rig *r = rig_new(MC_VALIDATORS_MAX, 0);
    uint32_t q = cons_quorum(MC_VALIDATORS_MAX);
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_verdict(r, 5, true, CONS_VALID);
    rig_feed_back(r);
    for (uint32_t i = MC_VALIDATORS_MAX - 1; i > MC_VALIDATORS_MAX - q; i--)
        rig_msg_ok(r, rig_vote(CONS_PREPARE, i, 1, 0, rig_hash(5)));
    assert_true(rig_sends(r, CONS_COMMIT));
    rig_feed_back(r);
    for (uint32_t i = MC_VALIDATORS_MAX - 1; i > MC_VALIDATORS_MAX - q; i--) {
        assert_null(r->out.commit);
        rig_msg_ok(r, rig_vote(CONS_COMMIT, i, 1, 0, rig_hash(5)));
    }
    assert_non_null(r->out.commit);
    assert_int_equal(r->out.commit_cert->sig_cnt, q);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quorum_of_prepare_makes_a_commit_with_its_certificate),
        cmocka_unit_test(duplicates_and_other_blocks_make_no_quorum),
        cmocka_unit_test(two_prepares_of_one_signer_are_evidence),
        cmocka_unit_test(two_commits_of_one_signer_are_evidence),
        cmocka_unit_test(two_proposals_of_one_proposer_are_evidence),
        cmocka_unit_test(a_quorum_of_commit_decides_even_of_a_round_left_behind),
        cmocka_unit_test(commits_of_different_rounds_do_not_add_up),
        cmocka_unit_test(votes_too_far_ahead_are_not_kept),
        cmocka_unit_test(strangers_and_impossible_rounds_are_refused),
        cmocka_unit_test(the_largest_set_decides),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
