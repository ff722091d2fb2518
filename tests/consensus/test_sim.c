/* Seeded simulation: random delay, loss, duplication, reordering, partitions, crashes with the synced prefix of the
 * vote log, and twins.  `test_consensus_sim [liars] FIRST [LAST [N]]` replays
 * seeds. */
#include "tests/sim/liar.h"

enum { SEEDS = 300, HEIGHT = 8, GOOD_AFTER_MS = 4000, LIMIT_MS = 120000 };

struct tally {
    uint64_t events, msgs, crashes, losses, dups, splits, twins, evidence, re_rounds, max_round,
        lies, refused;
};

static void shape(struct net *net)
{
    net->faults = (struct net_faults){.delay_ms = 1 + (uint32_t)(net_rand(net) % 150),
                                      .loss_pm = (uint32_t)(net_rand(net) % 250),
                                      .dup_pm = (uint32_t)(net_rand(net) % 200),
                                      .crash_pm = (uint32_t)(net_rand(net) % 8),
                                      .partition_pm = (uint32_t)(net_rand(net) % 6),
                                      .until_ms = GOOD_AFTER_MS};
}

/* Returns the digest of all that happened. */
static uint64_t run_seed(uint64_t seed, uint32_t n, struct tally *t)
{
    int twins = (int)(seed / 3 % 3 == 0 ? cons_faults(n) : 0);
    struct net *net = net_new(n, twins, seed);
    uint64_t trace;

    shape(net);
    net_start_all(net);
    if (!net_run(net, HEIGHT, LIMIT_MS))
        fail_msg("replay with: test_consensus_sim %" PRIu64 " %" PRIu64
                 " %u\n  n=%u twins=%d at %" PRIu64 " ms, heads at least %" PRIu64 ": %s",
                 seed, seed, n, n, twins, net->now_ms, net_min_head(net),
                 net->failure[0] != '\0' ? net->failure : "L1: no progress");
    assert_int_equal(net->bad_cnt, 0);
    for (int i = 0; i < net->cnt; i++) {
        if (!net->node[i]->faulty && net->node[i]->alarm_cnt != 0)
            fail_msg("seed %" PRIu64 ": alarm %d at id=%u", seed, (int)net->node[i]->alarm,
                     net->node[i]->id);
        t->evidence += net->node[i]->evidence_cnt;
    }
    t->events += net->event_cnt;
    t->msgs += net->msg_cnt;
    t->crashes += net->crash_cnt;
    t->losses += net->loss_cnt;
    t->dups += net->dup_cnt;
    t->splits += net->split_cnt;
    t->twins += (uint64_t)twins;
    t->re_rounds += net->reprepared_cnt;
    if (net->max_round > t->max_round)
        t->max_round = net->max_round;
    trace = net->trace;
    net_free(net);
    return trace;
}

static uint32_t size_of(uint64_t seed)
{
    static const uint32_t sizes[] = {4, 5, 7};
    return sizes[seed % MC_COUNT(sizes)];
}

static void seeds_keep_agreement_and_progress(void **state)
{
    struct tally t = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        (void)run_seed(seed, size_of(seed), &t);
    print_message("events %" PRIu64 " msgs %" PRIu64 " crashes %" PRIu64 " lost %" PRIu64
                  " dup %" PRIu64 " splits %" PRIu64 " twins %" PRIu64 " evidence %" PRIu64
                  " late rounds %" PRIu64 " max round %" PRIu64 "\n",
                  t.events, t.msgs, t.crashes, t.losses, t.dups, t.splits, t.twins, t.evidence,
                  t.re_rounds, t.max_round);
    /* A fault that never happened was not tested. */
    assert_true(t.crashes > 0);
    assert_true(t.losses > 0);
    assert_true(t.dups > 0);
    assert_true(t.splits > 0);
    assert_true(t.twins > 0);
    assert_true(t.evidence > 0);
    assert_true(t.re_rounds > 0);
}

static void a_seed_run_twice_gives_the_same_trace(void **state)
{
    struct tally t = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++)
        assert_int_equal(run_seed(seed, size_of(seed), &t), run_seed(seed, size_of(seed), &t));
}

static void small_and_odd_sets_survive_too(void **state)
{
    static const uint32_t sizes[] = {1, 2, 3, 6, 10};
    struct tally t = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++)
        (void)run_seed(seed, sizes[seed % MC_COUNT(sizes)], &t);
    assert_true(t.crashes > 0);
}

static void hear(void *arg, const struct cons_msg *m)
{
    liar_hear(arg, m);
}

/* Up to f identities lie with all means, the others crash and lose messages. */
static uint64_t run_liars(uint64_t seed, uint32_t n, struct tally *t)
{
    struct net *net = net_new(n, 0, seed);
    struct liar *l = calloc(1, sizeof *l);
    uint64_t trace;

    assert_non_null(l);
    l->cnt = cons_faults(n);
    for (uint32_t i = 0; i < l->cnt; i++)
        net->node[i]->faulty = net->node[i]->absent = true;
    net->hear_cb = hear;
    net->hear_arg = l;
    shape(net);
    net_start_all(net);
    while (net_min_head(net) < HEIGHT) {
        if (net->now_ms > LIMIT_MS || !net_tick(net))
            fail_msg("replay with: test_consensus_sim liars %" PRIu64 " %" PRIu64
                     " %u\n  at %" PRIu64 " ms, heads at least %" PRIu64 ": %s",
                     seed, seed, n, net->now_ms, net_min_head(net),
                     net->failure[0] != '\0' ? net->failure : "L1: no progress");
        liar_mischief(net, l);
    }
    assert_string_equal(net->failure, "");
    for (int i = 0; i < net->cnt; i++) {
        if (net->node[i]->alarm_cnt != 0)
            fail_msg("liars, seed %" PRIu64 ": alarm %d at id=%u", seed, (int)net->node[i]->alarm,
                     net->node[i]->id);
        t->evidence += net->node[i]->evidence_cnt;
    }
    t->events += net->event_cnt;
    t->lies += l->said_cnt;
    t->refused += net->bad_cnt;
    t->re_rounds += net->reprepared_cnt;
    trace = net->trace;
    free(l);
    net_free(net);
    return trace;
}

static void liars_change_nothing(void **state)
{
    struct tally t = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        (void)run_liars(seed, size_of(seed), &t);
    print_message("events %" PRIu64 " lies %" PRIu64 " refused %" PRIu64 " evidence %" PRIu64
                  " late rounds %" PRIu64 "\n",
                  t.events, t.lies, t.refused, t.evidence, t.re_rounds);
    assert_true(t.lies > 0);
    assert_true(t.refused > 0);
    assert_true(t.evidence > 0);
    assert_true(t.re_rounds > 0);
    assert_int_equal(run_liars(7, 4, &t), run_liars(7, 4, &t));
}

static int replay(int argc, char **argv)
{
    struct tally t = {0};
    bool liars = strcmp(argv[0], "liars") == 0 && argc > 1;
    uint64_t first, last;
    uint32_t n;
    argv += liars;
    argc -= liars;
    first = strtoull(argv[0], NULL, 10);
    last = argc > 1 ? strtoull(argv[1], NULL, 10) : first;
    n = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    for (uint64_t seed = first; seed <= last; seed++) {
        uint32_t size = n != 0 ? n : size_of(seed);
        printf("seed %" PRIu64 " trace %016" PRIx64 "\n", seed,
               liars ? run_liars(seed, size, &t) : run_seed(seed, size, &t));
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds_keep_agreement_and_progress),
        cmocka_unit_test(liars_change_nothing),
        cmocka_unit_test(small_and_odd_sets_survive_too),
        cmocka_unit_test(a_seed_run_twice_gives_the_same_trace),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    if (argc > 1)
        return replay(argc - 1, argv + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
