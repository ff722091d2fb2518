#include "rig.h"

/* One of each kind, as rich as it gets. */
struct samples {
    struct cons_cert pc;
    struct cons_rc rcs[4];
    struct cons_msg m[7];
};

static void make(struct samples *s)
{
    s->pc = rig_cert(CONS_PREPARE, 300, 1, rig_hash(4), 3);
    memset(s->rcs, 0, sizeof s->rcs);
    for (uint32_t i = 0; i < 4; i++) {
        s->rcs[i].signer = i;
        memset(s->rcs[i].sig, (int)i + 3, 64);
    }
    s->rcs[2].prepared = true;
    s->rcs[2].prep_round = 1;
    s->rcs[2].prep_digest = rig_hash(4);
    s->m[0] = rig_proposal(1, 1, 0, 9);
    s->m[1] = rig_proposal(1, 300, 2, 4);
    s->m[1].rcs = s->rcs;
    s->m[1].rc_cnt = 4;
    s->m[1].pc = &s->pc;
    s->m[2] = rig_vote(CONS_PREPARE, 127, UINT64_MAX, CONS_ROUND_MAX, rig_hash(1));
    s->m[3] = rig_vote(CONS_COMMIT, 0, 0, 0, MC_HASH_ZERO);
    s->m[4] = rig_rc(3, 70000, 70000, NULL);
    s->m[5] = rig_rc(3, 300, 2, &s->pc);
    s->m[6] = rig_proposal(1, 300, 2, 4);
    s->m[6].rcs = s->rcs;
    s->m[6].rc_cnt = 2;
}

static enum mc_err decode(struct cons_msg *m, struct mc_arena *a, struct mc_slice s)
{
    mc_arena_reset(a);
    return cons_msg_decode(m, a, s, 64, NULL);
}

static void every_message_comes_back_the_same(void **state)
{
    struct samples *s = calloc(1, sizeof *s);
    struct mc_arena a;
    struct mc_buf b = {0}, b2 = {0};
    (void)state;
    assert_non_null(s);
    make(s);
    mc_arena_init(&a, 0);
    for (size_t i = 0; i < MC_COUNT(s->m); i++) {
        struct cons_msg m;
        mc_buf_reset(&b);
        mc_buf_reset(&b2);
        cons_msg_encode(&b, &s->m[i]);
        assert_int_equal(decode(&m, &a, mc_buf_slice(&b)), MC_OK);
        assert_int_equal(m.vote.type, s->m[i].vote.type);
        assert_int_equal(m.vote.signer, s->m[i].vote.signer);
        assert_int_equal(m.rc_cnt, s->m[i].rc_cnt);
        cons_msg_encode(&b2, &m);
        assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&b2)));
    }
    mc_buf_free(&b);
    mc_buf_free(&b2);
    mc_arena_free(&a);
    free(s);
}

static void cut_messages_and_trailing_bytes_are_refused(void **state)
{
    struct samples *s = calloc(1, sizeof *s);
    struct mc_arena a;
    struct mc_buf b = {0};
    struct cons_msg m;
    (void)state;
    assert_non_null(s);
    make(s);
    mc_arena_init(&a, 0);
    for (size_t i = 0; i < MC_COUNT(s->m); i++) {
        mc_buf_reset(&b);
        cons_msg_encode(&b, &s->m[i]);
        for (size_t cut = 0; cut < b.n; cut++)
            assert_int_equal(decode(&m, &a, mc_slice(b.p, cut)), MC_EMALFORM);
        mc_buf_put_u8(&b, 0xc0);
        assert_int_equal(decode(&m, &a, mc_buf_slice(&b)), MC_EMALFORM);
    }
    mc_buf_free(&b);
    mc_arena_free(&a);
    free(s);
}

/* Whatever a changed byte decodes to has exactly those bytes: there is one form. */
static void a_changed_byte_is_refused_or_means_exactly_what_it_says(void **state)
{
    struct samples *s = calloc(1, sizeof *s);
    struct mc_arena a;
    struct mc_buf b = {0}, b2 = {0};
    struct cons_msg m;
    uint32_t refused = 0;
    (void)state;
    assert_non_null(s);
    make(s);
    mc_arena_init(&a, 0);
    for (size_t i = 0; i < MC_COUNT(s->m); i++) {
        mc_buf_reset(&b);
        cons_msg_encode(&b, &s->m[i]);
        for (size_t k = 0; k < b.n * 255; k++) {
            uint8_t was = b.p[k / 255];
            b.p[k / 255] = (uint8_t)(was + 1 + k % 255);
            if (decode(&m, &a, mc_buf_slice(&b)) == MC_OK) {
                mc_buf_reset(&b2);
                cons_msg_encode(&b2, &m);
                assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&b2)));
            } else {
                refused++;
            }
            b.p[k / 255] = was;
        }
    }
    assert_true(refused > 1000);
    mc_buf_free(&b);
    mc_buf_free(&b2);
    mc_arena_free(&a);
    free(s);
}

static void limits_hold_before_anything_is_allocated(void **state)
{
    struct mc_arena a;
    struct mc_buf b = {0};
    struct cons_msg m = rig_proposal(0, 1, 0, 1);
    uint8_t body[65] = {0};
    static const uint8_t bomb[] = {0x9a, 1, 1, 1, 0, 0xdd, 0xff, 0xff, 0xff, 0xff};
    (void)state;
    mc_arena_init(&a, 0);
    m.body = mc_slice(body, 64);
    cons_msg_encode(&b, &m);
    assert_int_equal(decode(&m, &a, mc_buf_slice(&b)), MC_OK);
    mc_buf_reset(&b);
    m.body = mc_slice(body, 65);
    cons_msg_encode(&b, &m);
    assert_int_not_equal(decode(&m, &a, mc_buf_slice(&b)), MC_OK);
    assert_int_equal(decode(&m, &a, mc_slice(bomb, sizeof bomb)), MC_EMALFORM);
    assert_true(a.total < 4096 * 1024);
    mc_buf_free(&b);
    mc_arena_free(&a);
}

static void fields_out_of_range_are_refused(void **state)
{
    struct mc_arena a;
    (void)state;
    mc_arena_init(&a, 0);
    for (int i = 0; i < 5; i++) {
        struct cons_msg m = rig_vote(CONS_PREPARE, 1, 1, 1, rig_hash(1));
        struct mc_buf b = {0};
        if (i == 0)
            m.vote.signer = MC_VALIDATORS_MAX;
        if (i == 1)
            m.vote.round = CONS_ROUND_MAX + 1;
        if (i == 2)
            m.vote.type = (enum cons_msg_type)5;
        if (i == 3)
            m.vote.type = (enum cons_msg_type)0;
        cons_msg_encode(&b, &m);
        if (i == 4)
            b.p[1] = 2; /* a version to come */
        assert_int_equal(decode(&m, &a, mc_buf_slice(&b)), MC_EMALFORM);
        mc_buf_free(&b);
    }
    mc_arena_free(&a);
}

static void a_nested_round_change_without_certificate_names_no_block(void **state)
{
    struct samples *s = calloc(1, sizeof *s);
    struct mc_arena a;
    struct mc_buf b = {0};
    struct cons_msg m;
    (void)state;
    assert_non_null(s);
    make(s);
    mc_arena_init(&a, 0);
    s->rcs[0].prep_digest = rig_hash(1);
    cons_msg_encode(&b, &s->m[1]);
    assert_int_equal(decode(&m, &a, mc_buf_slice(&b)), MC_EMALFORM);
    mc_buf_free(&b);
    mc_arena_free(&a);
    free(s);
}

static void records_come_back_and_cut_ones_do_not(void **state)
{
    struct samples *s = calloc(1, sizeof *s);
    struct mc_arena a;
    struct mc_buf b = {0}, b2 = {0};
    struct cons_rec out;
    (void)state;
    assert_non_null(s);
    make(s);
    mc_arena_init(&a, 0);
    for (int type = CONS_REC_MARK; type <= CONS_REC_ROUND; type++) {
        struct cons_rec rec = {.type = (enum cons_rec_type)type,
                               .height = 9,
                               .round = 2,
                               .digest = rig_hash(3),
                               .body = mc_slice_str("body"),
                               .rcs = s->rcs,
                               .rc_cnt = 4,
                               .pc = &s->pc};
        mc_buf_reset(&b);
        mc_buf_reset(&b2);
        cons_rec_encode(&b, &rec);
        assert_int_equal(cons_rec_decode(&out, &a, mc_buf_slice(&b), NULL), MC_OK);
        assert_int_equal(out.type, type);
        cons_rec_encode(&b2, &out);
        assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&b2)));
        for (size_t cut = 0; cut < b.n; cut++)
            assert_int_equal(cons_rec_decode(&out, &a, mc_slice(b.p, cut), NULL), MC_EMALFORM);
    }
    mc_buf_free(&b);
    mc_buf_free(&b2);
    mc_arena_free(&a);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_comes_back_the_same),
        cmocka_unit_test(cut_messages_and_trailing_bytes_are_refused),
        cmocka_unit_test(a_changed_byte_is_refused_or_means_exactly_what_it_says),
        cmocka_unit_test(limits_hold_before_anything_is_allocated),
        cmocka_unit_test(fields_out_of_range_are_refused),
        cmocka_unit_test(a_nested_round_change_without_certificate_names_no_block),
        cmocka_unit_test(records_come_back_and_cut_ones_do_not),
    };
    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
