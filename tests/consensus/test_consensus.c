#include "tests/sim/net.h"

static void decides_with(uint32_t n)
{
    struct net *net = net_new(n, 0, n);
    net->real_sigs = true;
    net_start_all(net);
    if (!net_run(net, 5, 5000))
        fail_msg("n=%u: head %" PRIu64 ": %s", n, net_min_head(net), net->failure);
    for (int i = 0; i < net->cnt; i++) {
        for (uint64_t h = 1; h <= 5; h++)
            assert_int_equal(net->node[i]->store.cert[h]->round, 0);
        assert_int_equal(net->node[i]->alarm_cnt, 0);
        assert_int_equal(net->node[i]->evidence_cnt, 0);
    }
    assert_int_equal(net->bad_cnt, 0);
    net_free(net);
}

static void one_validator_decides_by_the_same_path(void **state)
{
    (void)state;
    decides_with(1);
}

static void four_validators_decide_in_round_zero(void **state)
{
    (void)state;
    decides_with(4);
}

static void seven_validators_decide_in_round_zero(void **state)
{
    (void)state;
    decides_with(7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_validator_decides_by_the_same_path),
        cmocka_unit_test(four_validators_decide_in_round_zero),
        cmocka_unit_test(seven_validators_decide_in_round_zero),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
