#include "rig.h"
#include "tests/sim/net.h"

static void a_dead_proposer_costs_one_round(void **state)
{
    struct net *net = net_new(4, 0, 1);
    (void)state;
    for (int i = 0; i < 4; i++) {
        if (i != 1) /* validator 1 proposes height 1 and never starts */
            net_start(net, i);
    }
    if (!net_run(net, 1, 5000))
        fail_msg("head %" PRIu64 ": %s", net_min_head(net), net->failure);
    assert_int_equal(net->node[0]->store.cert[1]->round, 1);
    assert_true(net->now_ms < 2 * 200); /* within two base timeouts */
    if (!net_run(net, 12, 20000))
        fail_msg("head %" PRIu64 ": %s", net_min_head(net), net->failure);
    net_free(net);
}

/* COMMITs of round 0 at height 1 reach nobody but validator 2. */
static bool commits_reach_one(struct net *net, int from, int to, const struct cons_msg *m)
{
    (void)net;
    (void)from;
    return m->vote.type == CONS_COMMIT && m->vote.height == 1 && m->vote.round == 0 && to != 2;
}

static void a_block_that_one_has_decided_is_proposed_again(void **state)
{
    struct net *net = net_new(4, 0, 1);
    (void)state;
    net->drop_cb = commits_reach_one;
    net_start_all(net);
    while (net->node[2]->store.head < 1)
        assert_true(net_tick(net));
    net_crash(net, 2); /* before it can tell anybody */
    if (!net_run(net, 2, 20000))
        fail_msg("head %" PRIu64 ": %s", net_min_head(net), net->failure);
    assert_int_equal(net->node[2]->store.cert[1]->round, 0);
    for (int i = 0; i < 4; i++) {
        if (i != 2)
            assert_true(net->node[i]->store.cert[1]->round > 0);
        assert_true(mc_hash_eq(&net->node[i]->store.hash[1], &net->node[2]->store.hash[1]));
    }
    net_free(net);
}

static void with_two_of_four_dead_nothing_is_decided(void **state)
{
    struct net *net = net_new(4, 0, 1);
    (void)state;
    net_start(net, 0);
    net_start(net, 1);
    assert_false(net_run(net, 1, 20000));
    assert_string_equal(net->failure, "");
    assert_int_equal(net_min_head(net), 0);
    /* Two more return: progress again. */
    net_start(net, 2);
    net_start(net, 3);
    if (!net_run(net, 2, net->now_ms + 10000))
        fail_msg("head %" PRIu64 ": %s", net_min_head(net), net->failure);
    net_free(net);
}

static void an_idle_chain_is_silent(void **state)
{
    struct net *net = net_new(4, 0, 1);
    struct cons_event ev = {.type = CONS_EV_WORK};
    (void)state;
    for (int i = 0; i < 4; i++)
        net->node[i]->idle = true;
    net_start_all(net);
    assert_false(net_tick(net)); /* no timer, no message */
    assert_int_equal(net->msg_cnt, 0);
    /* Work at two of them is enough: the others hear of it. */
    assert_int_equal(net_step(net, 1, &ev), MC_OK);
    assert_int_equal(net_step(net, 2, &ev), MC_OK);
    if (!net_run(net, 1, 5000))
        fail_msg("head %" PRIu64 ": %s", net_min_head(net), net->failure);
    net_free(net);
}

static void the_round_timer_doubles_up_to_its_cap(void **state)
{
    static const uint64_t want[] = {RIG_T0, 2 * RIG_T0, 4 * RIG_T0, 8 * RIG_T0, 8 * RIG_T0};
    struct rig *r = rig_new(4, 0);
    uint64_t start = r->now_ms;
    (void)state;
    rig_open(r, 1, true);
    for (uint32_t k = 0; k < MC_COUNT(want); k++) {
        rig_timer_at(r, start + want[k] - 1);
        assert_int_equal(rig_round(r), k);
        rig_timer_at(r, start + want[k]);
        assert_int_equal(rig_round(r), k + 1);
        start += want[k];
    }
    rig_until_round(r, 40); /* 2^40 x T0 would overflow nothing */
    assert_true(r->out.deadline_ms <= r->now_ms + RIG_T_MAX);
    rig_free(r);
}

static void timers_wait_for_work(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, false);
    assert_int_equal(r->out.deadline_ms, 0);
    rig_timer_at(r, 1000000);
    assert_int_equal(rig_round(r), 0);
    rig_work(r);
    assert_true(r->out.deadline_ms > r->now_ms);
    assert_true(r->out.deadline_ms <= r->now_ms + RIG_T0);
    rig_free(r);
}

static void the_proposer_is_asked_once_and_keeps_to_its_proposal(void **state)
{
    struct rig *r = rig_new(4, 1);
    (void)state;
    rig_open(r, 1, false);
    assert_null(r->out.propose);
    rig_work(r);
    assert_non_null(r->out.propose);
    assert_int_equal(r->out.propose->height, 1);
    rig_work(r);
    assert_null(r->out.propose);
    rig_built(r, 1, 1, 7); /* for a round that is not open */
    assert_int_equal(r->out.send_cnt, 0);
    rig_built(r, 1, 0, 7);
    assert_int_equal(r->out.persist[0].type, CONS_REC_PROPOSAL);
    assert_int_equal(r->out.persist[0].body.n, 1);
    assert_true(rig_sends(r, CONS_PROPOSAL));
    rig_feed_back(r);
    rig_built(r, 1, 0, 8); /* a second block for the same round */
    assert_int_equal(r->out.send_cnt, 0);
    assert_int_equal(r->out.persist_cnt, 0);
    rig_free(r);
}

static void our_messages_are_said_again_with_the_same_bytes(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_verdict(r, 5, true, CONS_VALID);
    rig_feed_back(r);
    rig_timer_at(r, r->now_ms + RIG_T0 / 2 + 1);
    assert_int_equal(r->out.send_cnt, 1);
    assert_int_equal(r->out.send[0].vote.type, CONS_PREPARE);
    assert_true(r->out.send[0].is_signed);
    assert_int_equal(r->out.send[0].vote.sig[0], 0x77);
    assert_int_equal(r->out.persist_cnt, 0);
    rig_free(r);
}

static void an_invalid_block_gets_no_vote(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_verdict(r, 5, true, CONS_INVALID);
    assert_int_equal(r->out.send_cnt, 0);
    assert_int_equal(r->out.alarm, CONS_ALARM_NONE);
    rig_timer_at(r, r->now_ms + RIG_T0);
    assert_true(rig_sends(r, CONS_ROUND_CHANGE));
    assert_false(rig_sends(r, CONS_PREPARE));
    rig_free(r);
}

static void no_vote_below_a_round_we_left(void **state)
{
    struct rig *r = rig_new(4, 0);
    (void)state;
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_until_round(r, 1);
    rig_verdict(r, 5, true, CONS_VALID); /* too late */
    assert_int_equal(r->out.send_cnt, 0);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    assert_null(r->out.validate);
    assert_int_equal(r->out.send_cnt, 0);
    rig_free(r);
}

static void an_observer_decides_but_never_speaks(void **state)
{
    struct rig *r = rig_new(5, 4);
    (void)state;
    r->vs.cnt = 4; /* the set without us */
    assert_int_equal(cons_valset_seal(&r->vs, NULL), MC_OK);
    rig_open(r, 1, true);
    rig_msg_ok(r, rig_proposal(1, 1, 0, 5));
    rig_timer_at(r, r->now_ms + 100 * RIG_T_MAX);
    assert_int_equal(rig_round(r), 0);
    for (uint32_t i = 0; i < 3; i++) {
        rig_msg_ok(r, rig_vote(CONS_COMMIT, i, 1, 0, rig_hash(5)));
        assert_int_equal(r->out.send_cnt, 0);
    }
    assert_non_null(r->out.validate);
    rig_verdict(r, 5, false, CONS_VALID);
    assert_non_null(r->out.commit);
    assert_int_equal(r->log_cnt, 0);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_proposer_costs_one_round),
        cmocka_unit_test(a_block_that_one_has_decided_is_proposed_again),
        cmocka_unit_test(with_two_of_four_dead_nothing_is_decided),
        cmocka_unit_test(an_idle_chain_is_silent),
        cmocka_unit_test(the_round_timer_doubles_up_to_its_cap),
        cmocka_unit_test(timers_wait_for_work),
        cmocka_unit_test(the_proposer_is_asked_once_and_keeps_to_its_proposal),
        cmocka_unit_test(our_messages_are_said_again_with_the_same_bytes),
        cmocka_unit_test(an_invalid_block_gets_no_vote),
        cmocka_unit_test(no_vote_below_a_round_we_left),
        cmocka_unit_test(an_observer_decides_but_never_speaks),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
