/* The channel between nodes: who gets through, and that nothing edited, replayed or reflected does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/peer_link.h"

struct pair {
    struct mc_ed25519_key key[2];
    struct peer_link *link[2]; /* 0 dials */
    struct peer_link_cfg cfg[2];
};

static void init(struct pair *p)
{
    memset(p, 0, sizeof *p);
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        mc_ed25519_from_seed(&p->key[i], seed);
        p->cfg[i] = (struct peer_link_cfg){
            .dialer = i == 0, .chain = {.chain_id = 7, .genesis = {{9}}}, .key = &p->key[i]};
    }
    p->cfg[0].expect = p->key[1].pub;
}

static void open_links(struct pair *p)
{
    struct mc_errmsg em = {{0}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(peer_link_new(&p->link[i], &p->cfg[i], &em), MC_OK);
}

static void close_links(struct pair *p)
{
    peer_link_free(p->link[0]);
    peer_link_free(p->link[1]);
    p->link[0] = p->link[1] = NULL;
}

/* Feeds bytes; takes what happened until there is no more.  Counts UP events and keeps the last frame. */
struct seen {
    uint32_t ups, frames;
    struct mc_buf last;
    struct mc_errmsg em;
};

static enum mc_err give(struct peer_link *l, struct mc_slice bytes, struct seen *s)
{
    enum peer_link_event ev = PEER_LINK_FRAME;
    struct mc_slice payload;
    enum mc_err err = peer_link_feed(l, bytes, &s->em);
    while (err == MC_OK && ev != PEER_LINK_MORE) {
        err = peer_link_next(l, &ev, &payload, &s->em);
        if (err != MC_OK)
            return err;
        s->ups += ev == PEER_LINK_UP;
        if (ev == PEER_LINK_FRAME) {
            s->frames++;
            mc_buf_reset(&s->last);
            mc_buf_put_slice(&s->last, payload);
        }
    }
    return err;
}

/* Carries handshake bytes to and fro in pieces, flipping one bit of byte `flip` of all that is carried (SIZE_MAX: none).
 * Returns the first error of either side. */
static enum mc_err shake(struct pair *p, size_t piece, size_t flip, size_t *carried,
                         struct seen seen[2])
{
    size_t at = 0;
    enum mc_err err = MC_OK;
    for (int idle = 0, from = 0; idle < 2 && err == MC_OK; from ^= 1) {
        struct mc_buf b = {0};
        peer_link_take(p->link[from], &b);
        idle = b.n == 0 ? idle + 1 : 0;
        for (size_t i = 0; i < b.n; i++, at++) {
            if (at == flip)
                b.p[i] ^= 0x10;
        }
        for (size_t i = 0; i < b.n && err == MC_OK; i += piece) {
            size_t n = b.n - i < piece ? b.n - i : piece;
            err = give(p->link[from ^ 1], mc_slice(b.p + i, n), &seen[from ^ 1]);
        }
        mc_buf_free(&b);
    }
    if (carried != NULL)
        *carried = at;
    return err;
}

static void both_know_each_other_however_the_stream_is_cut(void **state)
{
    struct pair p;
    (void)state;
    init(&p);
    for (size_t piece = 1; piece < 250; piece++) {
        struct seen seen[2] = {0};
        open_links(&p);
        if (shake(&p, piece, SIZE_MAX, NULL, seen) != MC_OK)
            fail_msg("piece %zu: %s%s", piece, seen[0].em.text, seen[1].em.text);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(seen[i].ups, 1);
            assert_true(peer_link_is_up(p.link[i]));
            assert_memory_equal(peer_link_peer(p.link[i]), p.key[i ^ 1].pub, 32);
        }
        close_links(&p);
    }
}

static void an_edited_handshake_never_brings_both_up(void **state)
{
    struct pair p;
    size_t carried = 0;
    struct seen first[2] = {0};
    (void)state;
    init(&p);
    open_links(&p);
    assert_int_equal(shake(&p, SIZE_MAX, SIZE_MAX, &carried, first), MC_OK);
    close_links(&p);
    for (size_t flip = 0; flip < carried; flip++) {
        struct seen seen[2] = {0};
        open_links(&p);
        enum mc_err err = shake(&p, SIZE_MAX, flip, NULL, seen);
        /* A length that was made larger only leaves its receiver waiting; it never comes up. */
        if (err == MC_OK && peer_link_is_up(p.link[0]) && peer_link_is_up(p.link[1]))
            fail_msg("byte %zu was changed and nobody noticed", flip);
        close_links(&p);
    }
}

static void who_is_not_the_expected_one_is_refused(void **state)
{
    struct pair p;
    struct seen seen[2] = {0};
    (void)state;
    init(&p);
    p.cfg[0].expect = p.key[0].pub; /* not the listener */
    open_links(&p);
    assert_int_equal(shake(&p, SIZE_MAX, SIZE_MAX, NULL, seen), MC_EAUTH);
    assert_non_null(strstr(seen[0].em.text, "another key"));
    close_links(&p);
    init(&p);
    p.cfg[0].expect = NULL;
    p.cfg[1].key = &p.key[0]; /* the same identity at both ends */
    open_links(&p);
    assert_int_equal(shake(&p, SIZE_MAX, SIZE_MAX, NULL, seen), MC_EAUTH);
    assert_non_null(strstr(seen[0].em.text, "own key"));
    close_links(&p);
}

static void other_chains_and_versions_are_named(void **state)
{
    static const struct {
        uint64_t chain_id;
        uint8_t genesis;
        uint16_t low, high;
        const char *words;
    } rows[] = {
        {8, 9, 1, 1, "is on chain 8"},
        {7, 1, 1, 1, "another genesis"},
        {7, 9, 2, 3, "versions 2 to 3"},
        {7, 9, 2, 1, "versions 2 to 1"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct pair p;
        struct seen seen[2] = {0};
        init(&p);
        p.cfg[0].chain.chain_id = rows[i].chain_id;
        p.cfg[0].chain.genesis.b[0] = rows[i].genesis;
        p.cfg[0].version_min = rows[i].low;
        p.cfg[0].version_max = rows[i].high;
        open_links(&p);
        assert_int_equal(shake(&p, SIZE_MAX, SIZE_MAX, NULL, seen), MC_EMISMATCH);
        if (strstr(seen[1].em.text, rows[i].words) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", seen[1].em.text, rows[i].words);
        close_links(&p);
    }
}

static void a_low_order_key_is_refused(void **state)
{
    struct pair p;
    struct mc_buf hello = {0};
    struct seen s = {0};
    (void)state;
    init(&p);
    open_links(&p);
    peer_link_take(p.link[0], &hello);
    assert_int_equal(hello.n, PEER_LINK_HELLO_LEN);
    memset(hello.p + PEER_LINK_HELLO_LEN - 32, 0, 32); /* the point of order 4 */
    assert_int_equal(give(p.link[1], mc_buf_slice(&hello), &s), MC_EAUTH);
    assert_non_null(strstr(s.em.text, "low order"));
    mc_buf_free(&hello);
    close_links(&p);
}

static void a_reflected_or_replayed_handshake_ends(void **state)
{
    struct pair p;
    struct mc_buf hello = {0}, proof = {0};
    struct seen s = {0};
    (void)state;
    init(&p);
    open_links(&p);
    peer_link_take(p.link[0], &hello);
    assert_int_equal(give(p.link[0], mc_buf_slice(&hello), &s), MC_EAUTH); /* reflected */
    close_links(&p);

    /* A recorded dialer's side, played to the same listener again: its ephemeral key is another. */
    open_links(&p);
    mc_buf_reset(&hello);
    peer_link_take(p.link[0], &hello);
    assert_int_equal(give(p.link[1], mc_buf_slice(&hello), &s), MC_OK);
    peer_link_take(p.link[1], &proof);
    assert_int_equal(give(p.link[0], mc_buf_slice(&proof), &s), MC_OK);
    mc_buf_reset(&proof);
    peer_link_take(p.link[0], &proof);
    peer_link_free(p.link[1]);
    assert_int_equal(peer_link_new(&p.link[1], &p.cfg[1], NULL), MC_OK);
    s.ups = 0;
    assert_int_equal(give(p.link[1], mc_buf_slice(&hello), &s), MC_OK);
    assert_int_equal(give(p.link[1], mc_buf_slice(&proof), &s), MC_EAUTH);
    assert_int_equal(s.ups, 0);
    mc_buf_free(&hello);
    mc_buf_free(&proof);
    close_links(&p);
}

static void frames_arrive_in_order_over_changes_of_key(void **state)
{
    struct pair p;
    struct seen seen[2] = {0};
    (void)state;
    init(&p);
    p.cfg[0].rekey_frames = p.cfg[1].rekey_frames = 3;
    open_links(&p);
    assert_int_equal(shake(&p, SIZE_MAX, SIZE_MAX, NULL, seen), MC_OK);
    for (uint32_t k = 0; k < 20; k++) {
        for (int from = 0; from < 2; from++) {
            struct mc_buf wire = {0};
            uint8_t text[5] = {(uint8_t)k, (uint8_t)from, 1, 2, 3};
            assert_int_equal(peer_link_seal(p.link[from], &wire, mc_slice(text, k % 6)), MC_OK);
            assert_int_equal(give(p.link[from ^ 1], mc_buf_slice(&wire), &seen[from ^ 1]), MC_OK);
            assert_int_equal(seen[from ^ 1].frames, k + 1);
            assert_true(mc_slice_eq(mc_buf_slice(&seen[from ^ 1].last), mc_slice(text, k % 6)));
            mc_buf_free(&wire);
        }
    }
    mc_buf_free(&seen[0].last);
    mc_buf_free(&seen[1].last);
    close_links(&p);
}

static void a_changed_swapped_or_repeated_frame_ends_the_channel(void **state)
{
    struct pair p;
    (void)state;
    init(&p);
    for (int kind = 0; kind < 4; kind++) {
        struct seen seen[2] = {0};
        struct mc_buf a = {0}, b = {0};
        open_links(&p);
        assert_int_equal(shake(&p, SIZE_MAX, SIZE_MAX, NULL, seen), MC_OK);
        assert_int_equal(peer_link_seal(p.link[0], &a, mc_slice("first", 5)), MC_OK);
        assert_int_equal(peer_link_seal(p.link[0], &b, mc_slice("second", 6)), MC_OK);
        if (kind == 0) { /* out of order */
            assert_int_equal(give(p.link[1], mc_buf_slice(&b), &seen[1]), MC_EAUTH);
        } else if (kind == 1) { /* twice */
            assert_int_equal(give(p.link[1], mc_buf_slice(&a), &seen[1]), MC_OK);
            assert_int_equal(give(p.link[1], mc_buf_slice(&a), &seen[1]), MC_EAUTH);
        } else if (kind == 2) { /* one bit */
            a.p[a.n - 1] ^= 1;
            assert_int_equal(give(p.link[1], mc_buf_slice(&a), &seen[1]), MC_EAUTH);
        } else { /* back to its sender */
            assert_int_equal(give(p.link[0], mc_buf_slice(&a), &seen[0]), MC_EAUTH);
        }
        mc_buf_free(&a);
        mc_buf_free(&b);
        mc_buf_free(&seen[0].last);
        mc_buf_free(&seen[1].last);
        close_links(&p);
    }
}

static void frames_are_capped_before_memory_is_taken(void **state)
{
    struct pair p;
    struct seen seen[2] = {0};
    struct mc_buf hello = {0};
    const uint8_t early[4] = {0, 0, 4, 1}, late[4] = {0xff, 0xff, 0xff, 0xff},
                  tiny[4] = {0, 0, 0, 15};
    (void)state;
    init(&p);
    open_links(&p);
    peer_link_take(p.link[0], &hello);
    assert_int_equal(give(p.link[1], mc_buf_slice(&hello), &seen[1]), MC_OK);
    assert_int_equal(give(p.link[1], mc_slice(early, 4), &seen[1]), MC_ELIMIT);
    close_links(&p);
    for (int i = 0; i < 2; i++) {
        open_links(&p);
        assert_int_equal(shake(&p, SIZE_MAX, SIZE_MAX, NULL, seen), MC_OK);
        assert_int_equal(give(p.link[i], mc_slice(i == 0 ? late : tiny, 4), &seen[i]), MC_ELIMIT);
        close_links(&p);
    }
    mc_buf_free(&hello);
}

static void what_is_not_the_protocol_is_noticed_at_once(void **state)
{
    struct pair p;
    struct seen s = {0};
    (void)state;
    init(&p);
    open_links(&p);
    assert_int_equal(give(p.link[1], mc_slice_str("GET / HTTP/1.1\r\n"), &s), MC_EMALFORM);
    close_links(&p);
}

static int start(void **state)
{
    struct mc_errmsg em = {{0}};
    (void)state;
    return mc_crypto_init(&em) == MC_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_know_each_other_however_the_stream_is_cut),
        cmocka_unit_test(an_edited_handshake_never_brings_both_up),
        cmocka_unit_test(who_is_not_the_expected_one_is_refused),
        cmocka_unit_test(other_chains_and_versions_are_named),
        cmocka_unit_test(a_low_order_key_is_refused),
        cmocka_unit_test(a_reflected_or_replayed_handshake_ends),
        cmocka_unit_test(frames_arrive_in_order_over_changes_of_key),
        cmocka_unit_test(a_changed_swapped_or_repeated_frame_ends_the_channel),
        cmocka_unit_test(frames_are_capped_before_memory_is_taken),
        cmocka_unit_test(what_is_not_the_protocol_is_noticed_at_once),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
