#include "rig.h"

struct world {
    struct cons_chain chain;
    struct cons_valset vs;
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
};

static void sign(struct world *w, struct cons_vote *v)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    cons_sign_bytes(bytes, &w->chain, &w->vs.hash, v);
    mc_ed25519_sign(v->sig, mc_slice(bytes, sizeof bytes), &w->key[v->signer]);
}

static struct world *make(struct cons_evidence *e)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->chain.chain_id = 3;
    rig_valset(&w->vs, w->key, 4);
    e->a = rig_vote(CONS_COMMIT, 2, 9, 1, rig_hash(1)).vote;
    e->b = rig_vote(CONS_COMMIT, 2, 9, 1, rig_hash(2)).vote;
    sign(w, &e->a);
    sign(w, &e->b);
    return w;
}

static void two_signed_contradictions_convict(void **state)
{
    struct cons_evidence e, again;
    struct world *w = make(&e);
    struct mc_buf b = {0}, b2 = {0};
    (void)state;
    assert_int_equal(cons_evidence_verify(&e, &w->chain, &w->vs, NULL), MC_OK);
    cons_evidence_encode(&b, &e);
    assert_int_equal(cons_evidence_decode(&again, mc_buf_slice(&b), NULL), MC_OK);
    assert_int_equal(cons_evidence_verify(&again, &w->chain, &w->vs, NULL), MC_OK);
    cons_evidence_encode(&b2, &again);
    assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&b2)));
    for (size_t cut = 0; cut < b.n; cut++)
        assert_int_equal(cons_evidence_decode(&again, mc_slice(b.p, cut), NULL), MC_EMALFORM);
    mc_buf_free(&b);
    mc_buf_free(&b2);
    free(w);
}

static void the_innocent_are_not_convicted(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct cons_evidence e;
        struct world *w = make(&e);
        if (i == 0)
            e.b = e.a; /* said twice */
        if (i == 1) {  /* voted in two rounds */
            e.b.round = 2;
            sign(w, &e.b);
        }
        if (i == 2) { /* at two heights */
            e.b.height = 10;
            sign(w, &e.b);
        }
        if (i == 3) { /* PREPARE and COMMIT */
            e.b.type = CONS_PREPARE;
            sign(w, &e.b);
        }
        if (i == 4) { /* two validators */
            e.b.signer = 1;
            sign(w, &e.b);
        }
        if (i == 5)
            e.a.sig[0] ^= 1;
        if (i == 6)
            e.b.digest.b[9] ^= 1;
        if (i == 7)
            w->chain.chain_id = 4;
        if (i == 8)
            e.a.signer = e.b.signer = 4;
        if (cons_evidence_verify(&e, &w->chain, &w->vs, NULL) != MC_EAUTH)
            fail_msg("case %d convicts", i);
        free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_signed_contradictions_convict),
        cmocka_unit_test(the_innocent_are_not_convicted),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
