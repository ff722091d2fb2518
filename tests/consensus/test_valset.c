#include "rig.h"

static void quorums_overlap_in_an_honest_validator(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MC_VALIDATORS_MAX; n++) {
        uint32_t f = cons_faults(n), q = cons_quorum(n);
        if (2 * q - n < f + 1 || n - f < q) /* safety; progress with f silent */
            fail_msg("n=%u f=%u q=%u", n, f, q);
        if (q != (n + f) / 2 + 1)
            fail_msg("n=%u: q=%u is not the smallest safe quorum", n, q);
    }
}

static void quorum_is_the_published_table(void **state)
{
    static const uint32_t want[][3] = {/* n  f  q */
                                       {1, 0, 1},  {2, 0, 2},   {3, 0, 2},    {4, 1, 3},
                                       {5, 1, 4},  {6, 1, 4},   {7, 2, 5},    {9, 2, 6},
                                       {10, 3, 7}, {16, 5, 11}, {31, 10, 21}, {128, 42, 86}};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(want); i++) {
        assert_int_equal(cons_faults(want[i][0]), want[i][1]);
        assert_int_equal(cons_quorum(want[i][0]), want[i][2]);
    }
}

static void the_proposer_moves_on_with_height_and_round(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 9; n++) {
        for (uint64_t h = 0; h < 20; h++) {
            for (uint32_t r = 0; r < 20; r++)
                assert_int_equal(cons_proposer(n, h, r), (h + r) % n);
        }
    }
    assert_true(cons_proposer(7, UINT64_MAX, UINT32_MAX) < 7);
    assert_int_equal(cons_proposer(4, UINT64_MAX, 1), 0); /* the sum would have wrapped */
}

static void the_rlp_of_a_set_comes_back(void **state)
{
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    struct cons_valset vs, again;
    struct mc_buf rlp = {0};
    struct mc_hash hash;
    (void)state;
    for (uint32_t n = 1; n <= MC_VALIDATORS_MAX; n += 42) {
        rig_valset(&vs, key, n);
        mc_buf_reset(&rlp);
        cons_valset_rlp(&rlp, &vs);
        mc_keccak256(&hash, mc_buf_slice(&rlp));
        assert_true(mc_hash_eq(&hash, &vs.hash));
        assert_int_equal(cons_valset_from_rlp(&again, mc_buf_slice(&rlp), NULL), MC_OK);
        assert_int_equal(again.cnt, n);
        assert_true(mc_hash_eq(&again.hash, &vs.hash));
        for (size_t cut = 0; cut < rlp.n; cut += 7)
            assert_int_not_equal(cons_valset_from_rlp(&again, mc_slice(rlp.p, cut), NULL), MC_OK);
    }
    mc_buf_free(&rlp);
}

static void a_pair_is_account_then_key(void **state)
{
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    struct cons_valset vs;
    struct mc_buf rlp = {0};
    (void)state;
    rig_valset(&vs, key, 1);
    cons_valset_rlp(&rlp, &vs);
    assert_int_equal(rlp.n, 1 + 1 + 21 + 33);
    assert_int_equal(rlp.p[0], 0xc0 + 55);
    assert_int_equal(rlp.p[1], 0xc0 + 54);
    assert_int_equal(rlp.p[2], 0x80 + 20);
    assert_memory_equal(rlp.p + 3, vs.v[0].addr.b, 20);
    assert_int_equal(rlp.p[23], 0x80 + 32);
    assert_memory_equal(rlp.p + 24, vs.v[0].pub, 32);
    mc_buf_free(&rlp);
}

static void the_hash_depends_on_every_member_and_the_order(void **state)
{
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    struct cons_valset vs, other;
    struct cons_validator swap;
    (void)state;
    rig_valset(&vs, key, 4);
    other = vs;
    other.v[2].addr.b[5] ^= 1;
    assert_int_equal(cons_valset_seal(&other, NULL), MC_OK);
    assert_false(mc_hash_eq(&vs.hash, &other.hash));
    other = vs;
    swap = other.v[0];
    other.v[0] = other.v[1];
    other.v[1] = swap;
    assert_int_equal(cons_valset_seal(&other, NULL), MC_OK);
    assert_false(mc_hash_eq(&vs.hash, &other.hash));
    other = vs;
    other.cnt = 3;
    assert_int_equal(cons_valset_seal(&other, NULL), MC_OK);
    assert_false(mc_hash_eq(&vs.hash, &other.hash));
}

static void unusable_sets_are_refused_with_a_reason(void **state)
{
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    struct cons_valset good, bad;
    struct mc_errmsg em;
    (void)state;
    rig_valset(&good, key, 4);
    for (int i = 0; i < 6; i++) {
        em.text[0] = '\0';
        bad = good;
        if (i == 0)
            bad.cnt = 0;
        if (i == 1)
            bad.cnt = MC_VALIDATORS_MAX + 1;
        if (i == 2)
            memcpy(bad.v[3].pub, bad.v[1].pub, 32);
        if (i == 3)
            bad.v[3].addr = bad.v[1].addr;
        if (i == 4)
            bad.v[2].addr = MC_ADDR_ZERO;
        if (i == 5)
            memset(bad.v[2].pub, 0, 32); /* a point of small order */
        assert_int_equal(cons_valset_seal(&bad, &em), MC_EINVAL);
        assert_true(em.text[0] != '\0');
    }
}

static void members_are_found_by_key(void **state)
{
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    struct cons_valset vs;
    uint8_t nobody[32] = {0};
    (void)state;
    rig_valset(&vs, key, 5);
    for (int32_t i = 0; i < 5; i++)
        assert_int_equal(cons_valset_find(&vs, key[i].pub), i);
    assert_int_equal(cons_valset_find(&vs, nobody), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quorums_overlap_in_an_honest_validator),
        cmocka_unit_test(quorum_is_the_published_table),
        cmocka_unit_test(the_proposer_moves_on_with_height_and_round),
        cmocka_unit_test(the_rlp_of_a_set_comes_back),
        cmocka_unit_test(a_pair_is_account_then_key),
        cmocka_unit_test(the_hash_depends_on_every_member_and_the_order),
        cmocka_unit_test(unusable_sets_are_refused_with_a_reason),
        cmocka_unit_test(members_are_found_by_key),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
