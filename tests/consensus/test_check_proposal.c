#include "rig.h"

/* Round 2 of height 1 is proposed by validator 3 of 4; validator 1 says it prepared block 4 at round 1. */
struct offer {
    struct cons_rc rcs[6];
    struct cons_cert pc;
    struct cons_msg m;
};

static void make(struct offer *o)
{
    memset(o, 0, sizeof *o);
    for (uint32_t i = 0; i < 6; i++)
        o->rcs[i].signer = i;
    o->rcs[0].prepared = true;
    o->rcs[0].prep_round = 0;
    o->rcs[0].prep_digest = rig_hash(9);
    o->rcs[1].prepared = true;
    o->rcs[1].prep_round = 1;
    o->rcs[1].prep_digest = rig_hash(4);
    o->pc = rig_cert(CONS_PREPARE, 1, 1, rig_hash(4), 3);
    o->m = rig_proposal(3, 1, 2, 4);
    o->m.rcs = o->rcs;
    o->m.rc_cnt = 3;
    o->m.pc = &o->pc;
}

static void spoil(struct offer *o, int what)
{
    static const uint8_t big[65] = {0};
    switch (what) {
    case 0: /* below a quorum */
        o->m.rc_cnt = 2;
        break;
    case 1: /* one signer twice */
        o->rcs[2].signer = 1;
        break;
    case 2: /* a stranger */
        o->rcs[2].signer = 4;
        break;
    case 3: /* prepared in a round that has not been */
        o->rcs[2] = o->rcs[1];
        o->rcs[2].signer = 2;
        o->rcs[2].prep_round = 2;
        break;
    case 4: /* ignores what was prepared */
        o->m.pc = NULL;
        break;
    case 5: /* continues the lower of two */
        o->pc = rig_cert(CONS_PREPARE, 1, 0, rig_hash(9), 3);
        o->m.vote.digest = rig_hash(9);
        break;
    case 6: /* proposes another block than the certificate's */
        o->m.vote.digest = rig_hash(5);
        break;
    case 7: /* certificate of commits */
        o->pc.type = CONS_COMMIT;
        break;
    case 8: /* of another height */
        o->pc.height = 2;
        break;
    case 9: /* of too few */
        o->pc = rig_cert(CONS_PREPARE, 1, 1, rig_hash(4), 2);
        break;
    case 10: /* nobody claimed this block */
        o->rcs[1].prep_digest = rig_hash(7);
        break;
    case 11: /* nobody prepared, yet a certificate */
        o->rcs[0].prepared = o->rcs[1].prepared = false;
        break;
    case 12: /* not the proposer of this round */
        o->m.vote.signer = 2;
        break;
    case 13:
        o->m.body = mc_slice(NULL, 0);
        break;
    case 14:
        o->m.body = mc_slice(big, sizeof big);
        break;
    case 15: /* more round changes than validators */
        o->m.rc_cnt = 5;
        break;
    case 16: /* a justification without a round to justify */
        o->m.vote.round = 0;
        o->m.vote.signer = 1;
        break;
    case 17: /* the certificate counts a stranger */
        o->pc.bitmap[0] = 0x83;
        break;
    }
}

static void a_justified_proposal_moves_us_to_its_round(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct offer *o = calloc(1, sizeof *o);
    (void)state;
    assert_non_null(o);
    rig_open(r, 1, true);
    make(o);
    assert_int_equal(rig_msg(r, &o->m), MC_OK);
    assert_int_equal(rig_round(r), 2);
    assert_non_null(r->out.validate);
    assert_false(r->out.validate->fresh);
    rig_verdict(r, 4, false, CONS_VALID);
    assert_true(rig_sends(r, CONS_PREPARE));
    assert_int_equal(r->out.send[0].vote.round, 2);
    free(o);
    rig_free(r);
}

static void every_unjustified_proposal_is_refused_and_changes_nothing(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct offer *o = calloc(1, sizeof *o);
    (void)state;
    assert_non_null(o);
    rig_open(r, 1, true);
    for (int i = 0; i < 18; i++) {
        make(o);
        spoil(o, i);
        if (rig_msg(r, &o->m) != MC_EMALFORM)
            fail_msg("case %d was taken", i);
        assert_int_equal(rig_round(r), 0);
    }
    make(o);
    assert_int_equal(rig_msg(r, &o->m), MC_OK);
    free(o);
    rig_free(r);
}

static void a_fresh_proposal_needs_a_quorum_without_locks(void **state)
{
    struct rig *r = rig_new(4, 0);
    struct offer *o = calloc(1, sizeof *o);
    (void)state;
    assert_non_null(o);
    rig_open(r, 1, true);
    make(o);
    memset(&o->rcs[0].prep_digest, 0, 32);
    memset(&o->rcs[1].prep_digest, 0, 32);
    o->rcs[0].prepared = o->rcs[1].prepared = false;
    o->rcs[0].prep_round = o->rcs[1].prep_round = 0;
    o->m.pc = NULL;
    assert_int_equal(rig_msg(r, &o->m), MC_OK);
    assert_non_null(r->out.validate);
    assert_true(r->out.validate->fresh);
    free(o);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_justified_proposal_moves_us_to_its_round),
        cmocka_unit_test(every_unjustified_proposal_is_refused_and_changes_nothing),
        cmocka_unit_test(a_fresh_proposal_needs_a_quorum_without_locks),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
