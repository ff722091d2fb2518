#include "rig.h"

static struct cons_valset vs;
static struct mc_ed25519_key key[MC_VALIDATORS_MAX];
static struct cons_chain chain;

static struct cons_cert signed_cert(enum cons_msg_type type, uint32_t n, uint32_t cnt)
{
    struct cons_cert cc = rig_cert(type, 12, 3, rig_hash(1), cnt);
    struct cons_vote v = {.type = type, .height = 12, .round = 3, .digest = rig_hash(1)};
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    rig_valset(&vs, key, n);
    chain = (struct cons_chain){.chain_id = 77, .genesis = {{5}}};
    cons_sign_bytes(bytes, &chain, &vs.hash, &v);
    for (uint32_t i = 0; i < cnt; i++)
        mc_ed25519_sign(cc.sigs[i], mc_slice(bytes, sizeof bytes), &key[i]);
    return cc;
}

static enum mc_err verify(const struct cons_cert *cc)
{
    struct mc_errmsg em = {0};
    enum mc_err err = cons_cert_verify(cc, &chain, &vs, &em);
    assert_true((err == MC_OK) == (em.text[0] == '\0'));
    return err;
}

static void a_quorum_is_enough_and_one_less_is_not(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 10; n++) {
        struct cons_cert cc = signed_cert(CONS_COMMIT, n, cons_quorum(n));
        assert_int_equal(verify(&cc), MC_OK);
        cc = signed_cert(CONS_COMMIT, n, n);
        assert_int_equal(verify(&cc), MC_OK);
        cc = signed_cert(CONS_COMMIT, n, cons_quorum(n) - 1);
        assert_int_equal(verify(&cc), MC_EAUTH);
    }
}

static void any_single_changed_field_is_refused(void **state)
{
    const struct cons_cert good = signed_cert(CONS_COMMIT, 7, 5);
    const struct cons_chain good_chain = chain;
    struct cons_cert bad;
    (void)state;
    assert_int_equal(verify(&good), MC_OK);
    bad = good;
    bad.type = CONS_PREPARE; /* a prepared block is not a decided one */
    assert_int_equal(verify(&bad), MC_EAUTH);
    bad.type = CONS_PROPOSAL;
    assert_int_equal(verify(&bad), MC_EAUTH);
    bad = good;
    bad.height++;
    assert_int_equal(verify(&bad), MC_EAUTH);
    bad = good;
    bad.round--;
    assert_int_equal(verify(&bad), MC_EAUTH);
    for (size_t i = 0; i < 32; i++) {
        bad = good;
        bad.digest.b[i] ^= 1;
        assert_int_equal(verify(&bad), MC_EAUTH);
    }
    for (size_t i = 0; i < (size_t)5 * 64; i++) {
        bad = good;
        bad.sigs[i / 64][i % 64] ^= 4;
        assert_int_equal(verify(&bad), MC_EAUTH);
    }
    for (size_t i = 0; i < MC_VALIDATORS_MAX; i++) {
        bad = good;
        bad.bitmap[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(verify(&bad), MC_EAUTH);
    }
    chain.chain_id++;
    assert_int_equal(verify(&good), MC_EAUTH);
    chain = good_chain;
    chain.genesis.b[31] ^= 1;
    assert_int_equal(verify(&good), MC_EAUTH);
    chain = good_chain;
    vs.hash.b[0] ^= 1;
    assert_int_equal(verify(&good), MC_EAUTH);
}

static void one_signer_does_not_make_a_quorum(void **state)
{
    struct cons_cert cc = signed_cert(CONS_COMMIT, 4, 1);
    (void)state;
    for (int i = 1; i < 3; i++)
        memcpy(cc.sigs[i], cc.sigs[0], 64);
    cc.sig_cnt = 3; /* three signatures, one bit */
    assert_int_equal(verify(&cc), MC_EAUTH);
    cc.bitmap[0] = 7; /* claimed as three members' */
    assert_int_equal(verify(&cc), MC_EAUTH);
}

static void signers_outside_the_set_do_not_count(void **state)
{
    struct cons_cert cc = signed_cert(CONS_COMMIT, 5, 4);
    (void)state;
    rig_valset(&vs, key, 3); /* the same keys, a smaller set */
    assert_int_equal(verify(&cc), MC_EAUTH);
}

static void the_encoding_comes_back_and_nothing_shorter_does(void **state)
{
    const struct cons_cert cc = signed_cert(CONS_PREPARE, 128, 86);
    struct cons_cert again;
    struct mc_buf b = {0}, b2 = {0};
    (void)state;
    cons_cert_encode(&b, &cc);
    assert_int_equal(cons_cert_decode(&again, mc_buf_slice(&b), NULL), MC_OK);
    assert_int_equal(verify(&again), MC_OK);
    cons_cert_encode(&b2, &again);
    assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&b2)));
    for (size_t cut = 0; cut < b.n; cut++)
        assert_int_equal(cons_cert_decode(&again, mc_slice(b.p, cut), NULL), MC_EMALFORM);
    mc_buf_put_u8(&b, 0);
    assert_int_equal(cons_cert_decode(&again, mc_buf_slice(&b), NULL), MC_EMALFORM);
    mc_buf_free(&b);
    mc_buf_free(&b2);
}

static void the_number_of_signatures_must_match_the_bitmap(void **state)
{
    struct cons_cert cc = signed_cert(CONS_COMMIT, 4, 3), again;
    struct mc_buf b = {0};
    (void)state;
    cc.bitmap[0] |= 8;
    cons_cert_encode(&b, &cc);
    assert_int_equal(cons_cert_decode(&again, mc_buf_slice(&b), NULL), MC_EMALFORM);
    mc_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quorum_is_enough_and_one_less_is_not),
        cmocka_unit_test(any_single_changed_field_is_refused),
        cmocka_unit_test(one_signer_does_not_make_a_quorum),
        cmocka_unit_test(signers_outside_the_set_do_not_count),
        cmocka_unit_test(the_encoding_comes_back_and_nothing_shorter_does),
        cmocka_unit_test(the_number_of_signatures_must_match_the_bitmap),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
