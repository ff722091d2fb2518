#include "rig.h"

struct world {
    struct cons_chain chain;
    struct cons_valset vs;
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    struct cons_cert pc;
    struct cons_rc rcs[3];
    struct cons_msg m;
};

static void sign(struct world *w, struct cons_vote *v)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    cons_sign_bytes(bytes, &w->chain, &w->vs.hash, v);
    mc_ed25519_sign(v->sig, mc_slice(bytes, sizeof bytes), &w->key[v->signer]);
}

/* A proposal of round 2 that carries three signed round changes and a prepared certificate of round 1. */
static struct world *make(void)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->chain = (struct cons_chain){.chain_id = 5, .genesis = {{6}}};
    rig_valset(&w->vs, w->key, 4);
    w->pc = rig_cert(CONS_PREPARE, 8, 1, rig_hash(4), 3);
    for (uint32_t i = 0; i < 3; i++) {
        struct cons_msg p = rig_vote(CONS_PREPARE, i, 8, 1, rig_hash(4));
        struct cons_msg rc = rig_rc(i, 8, 2, i == 2 ? &w->pc : NULL);
        sign(w, &p.vote);
        memcpy(w->pc.sigs[i], p.vote.sig, 64);
        sign(w, &rc.vote);
        w->rcs[i].signer = i;
        memcpy(w->rcs[i].sig, rc.vote.sig, 64);
    }
    w->rcs[2].prepared = true;
    w->rcs[2].prep_round = 1;
    w->rcs[2].prep_digest = rig_hash(4);
    w->m = rig_proposal(2, 8, 2, 4);
    w->m.rcs = w->rcs;
    w->m.rc_cnt = 3;
    w->m.pc = &w->pc;
    sign(w, &w->m.vote);
    return w;
}

static enum mc_err verify(const struct world *w)
{
    struct mc_errmsg em = {0};
    return cons_msg_verify(&w->m, &w->chain, &w->vs, &em);
}

static void a_full_proposal_verifies(void **state)
{
    struct world *w = make();
    (void)state;
    assert_int_equal(verify(w), MC_OK);
    free(w);
}

static void change(struct world *w, int what)
{
    switch (what) {
    case 0:
        w->m.vote.type = CONS_PREPARE;
        break;
    case 1:
        w->m.vote.height++;
        break;
    case 2:
        w->m.vote.round++;
        break;
    case 3:
        w->m.vote.digest.b[31] ^= 1;
        break;
    case 4:
        w->m.vote.signer = 1;
        break;
    case 5:
        w->m.vote.signer = 4;
        break;
    case 6:
        w->m.vote.sig[63] ^= 0x20;
        break;
    case 7:
        w->chain.chain_id = 6;
        break;
    case 8:
        w->chain.genesis.b[0] ^= 1;
        break;
    case 9:
        w->vs.hash.b[0] ^= 1;
        break;
    case 10:
        w->rcs[0].sig[0] ^= 1;
        break;
    case 11:
        w->rcs[0].signer = 3;
        break;
    case 12: /* a liar claims that another prepared something */
        w->rcs[0].prepared = true;
        break;
    case 13: /* ... or hides that it did */
        w->rcs[2].prepared = false;
        break;
    case 14:
        w->rcs[2].prep_round = 0;
        break;
    case 15:
        w->rcs[2].prep_digest.b[0] ^= 1;
        break;
    case 16:
        w->pc.sigs[1][5] ^= 1;
        break;
    case 17:
        w->pc.round = 0;
        break;
    case 18:
        w->pc.type = CONS_COMMIT;
        break;
    case 19:
        w->m.rc_cnt = 200;
        break;
    }
}

static void any_single_changed_field_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct world *w = make();
        change(w, i);
        if (verify(w) != MC_EAUTH)
            fail_msg("change %d went unnoticed", i);
        free(w);
    }
}

static void a_prepare_signature_is_not_a_commit_signature(void **state)
{
    struct world *w = make();
    (void)state;
    w->m = rig_vote(CONS_PREPARE, 1, 8, 0, rig_hash(1));
    sign(w, &w->m.vote);
    assert_int_equal(verify(w), MC_OK);
    w->m.vote.type = CONS_COMMIT;
    assert_int_equal(verify(w), MC_EAUTH);
    free(w);
}

static void the_signed_bytes_are_laid_out_as_documented(void **state)
{
    struct cons_chain chain = {.chain_id = 0x0102030405060708u, .genesis = {{0xaa}}};
    struct mc_hash set = {{0xbb}};
    struct cons_vote v = {.type = CONS_COMMIT, .height = 9, .round = 7, .digest = {{0xcc}}};
    uint8_t b[CONS_SIGN_BYTES_LEN];
    (void)state;
    cons_sign_bytes(b, &chain, &set, &v);
    assert_memory_equal(b, "MediChain/pbft/1", 16);
    assert_int_equal(b[16], 1);
    assert_int_equal(mc_be64_get(b + 17), chain.chain_id);
    assert_memory_equal(b + 25, chain.genesis.b, 32);
    assert_memory_equal(b + 57, set.b, 32);
    assert_int_equal(b[89], CONS_COMMIT);
    assert_int_equal(mc_be64_get(b + 90), 9);
    assert_int_equal(mc_be32_get(b + 98), 7);
    assert_memory_equal(b + 102, v.digest.b, 32);
}

static void what_was_prepared_is_bound_by_the_round_change_digest(void **state)
{
    struct mc_hash a, b, block = rig_hash(1), other = rig_hash(2);
    (void)state;
    cons_rc_digest(&a, false, 3, &block);
    assert_true(mc_hash_is_zero(&a));
    cons_rc_digest(&a, true, 3, &block);
    cons_rc_digest(&b, true, 4, &block);
    assert_false(mc_hash_eq(&a, &b));
    cons_rc_digest(&b, true, 3, &other);
    assert_false(mc_hash_eq(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_proposal_verifies),
        cmocka_unit_test(any_single_changed_field_is_refused),
        cmocka_unit_test(a_prepare_signature_is_not_a_commit_signature),
        cmocka_unit_test(the_signed_bytes_are_laid_out_as_documented),
        cmocka_unit_test(what_was_prepared_is_bound_by_the_round_change_digest),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
