/* Catch-up as a table of moves: whom it asks, what it believes, whom it leaves alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/sync.h"

#define GRACE 100u

static struct peer_block blocks[PEER_BLOCKS_MAX];

static int setup(void **state)
{
    struct sync *s = calloc(1, sizeof *s);
    if (s == NULL)
        return -1;
    for (uint32_t i = 0; i < PEER_BLOCKS_MAX; i++)
        blocks[i] = (struct peer_block){mc_slice("body", 4), mc_slice("cert", 4)};
    sync_init(s, 10, GRACE, 0);
    for (uint32_t p = 0; p < 3; p++)
        sync_peer_up(s, p);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    sync_free(*state);
    free(*state);
    return 0;
}

static bool next(struct sync *s, struct sync_want *want, uint64_t now)
{
    uint32_t late;
    bool asked = sync_next(s, want, &late, now);
    assert_int_equal(late, UINT32_MAX);
    return asked;
}

/* Takes the next block and says that it went well. */
static void import_good(struct sync *s, uint64_t now)
{
    uint32_t liar;
    struct sync_block *b = sync_import(s);
    assert_non_null(b);
    uint64_t height = b->height;
    assert_int_equal(height, s->head + 1);
    mc_buf_free(&b->body);
    mc_buf_free(&b->cert);
    assert_null(sync_import(s)); /* one at a time */
    sync_head(s, height, now);
    sync_imported(s, true, &liar, now);
    assert_int_equal(liar, UINT32_MAX);
}

static void who_is_ahead_by_one_gets_time_before_it_is_asked(void **state)
{
    struct sync *s = *state;
    struct sync_want want;
    assert_false(next(s, &want, 1000));
    sync_peer_height(s, 0, 11, 1000);
    assert_true(sync_is_behind(s, 1000));
    assert_false(next(s, &want, 1000 + GRACE - 1));
    assert_true(next(s, &want, 1000 + GRACE));
    assert_int_equal(want.peer, 0);
    assert_int_equal(want.from, 11);
    assert_int_equal(want.cnt, 1);
    assert_false(next(s, &want, 1000 + GRACE)); /* one request at a time */
}

static void far_behind_it_asks_at_once_and_takes_peers_in_turn(void **state)
{
    struct sync *s = *state;
    struct sync_want a, b;
    for (uint32_t p = 0; p < 3; p++)
        sync_peer_height(s, p, 500, 0);
    assert_true(next(s, &a, 0));
    assert_int_equal(a.cnt, PEER_BLOCKS_MAX);
    assert_int_equal(sync_blocks(s, a.peer, a.from, blocks, 100, 0), MC_OK);
    assert_true(next(s, &b, 0));
    assert_int_not_equal(a.peer, b.peer);
    assert_int_equal(b.from, 111);
    for (uint32_t i = 0; i < 100; i++)
        import_good(s, 0);
    assert_null(sync_import(s));
    assert_int_equal(s->head, 110);
}

static void a_block_that_does_not_verify_bans_who_sent_it(void **state)
{
    struct sync *s = *state;
    struct sync_want want, again;
    uint32_t liar;
    sync_peer_height(s, 0, 400, 0);
    sync_peer_height(s, 1, 400, 0);
    assert_true(next(s, &want, 0));
    assert_int_equal(sync_blocks(s, want.peer, want.from, blocks, 5, 0), MC_OK);
    struct sync_block *b = sync_import(s);
    mc_buf_free(&b->body);
    mc_buf_free(&b->cert);
    sync_imported(s, false, &liar, 0);
    assert_int_equal(liar, want.peer);
    assert_null(sync_import(s)); /* the rest is not believed either */
    assert_true(next(s, &again, 0));
    assert_int_not_equal(again.peer, want.peer);
    assert_int_equal(again.from, 11);
}

static void who_claims_and_does_not_give_is_left_alone(void **state)
{
    struct sync *s = *state;
    struct sync_want want;
    uint32_t late;
    sync_peer_height(s, 2, UINT64_MAX - 1, 0);
    assert_true(next(s, &want, 0));
    assert_int_equal(sync_blocks(s, 2, want.from, blocks, 0, 0), MC_ENOTFOUND);
    assert_false(sync_is_behind(s, 0)); /* nobody honest is ahead */
    assert_false(next(s, &want, SYNC_BAN_MS - 1));
    assert_true(next(s, &want, SYNC_BAN_MS));
    assert_false(sync_next(s, &want, &late, SYNC_BAN_MS + SYNC_TIMEOUT_MS)); /* silence */
    assert_int_equal(late, 2);
    assert_int_equal(s->bans, 2);
}

static void a_height_that_falls_is_a_lie(void **state)
{
    struct sync *s = *state;
    sync_peer_height(s, 0, 400, 0);
    sync_peer_height(s, 0, 399, 0);
    assert_false(sync_is_behind(s, 0));
    assert_int_equal(s->bans, 1);
}

static void answers_that_nobody_asked_for_change_nothing(void **state)
{
    struct sync *s = *state;
    struct sync_want want;
    assert_int_equal(sync_blocks(s, 1, 11, blocks, 3, 0), MC_OK); /* late: dropped */
    assert_null(sync_import(s));
    sync_peer_height(s, 0, 400, 0);
    assert_true(next(s, &want, 0));
    assert_int_equal(sync_blocks(s, 1, 11, blocks, 3, 0), MC_OK); /* of another peer */
    assert_null(sync_import(s));
    assert_int_equal(sync_blocks(s, 0, 12, blocks, 3, 0), MC_EMALFORM); /* another range */
    assert_null(sync_import(s));
}

static void consensus_may_be_faster_than_an_import(void **state)
{
    struct sync *s = *state;
    struct sync_want want;
    uint32_t liar;
    sync_peer_height(s, 0, 30, 0);
    assert_true(next(s, &want, 0));
    assert_int_equal(sync_blocks(s, 0, 11, blocks, 5, 0), MC_OK);
    struct sync_block *b = sync_import(s);
    mc_buf_free(&b->body);
    mc_buf_free(&b->cert);
    sync_head(s, 12, 0); /* 11 and 12 came by consensus */
    sync_imported(s, true, &liar, 0);
    b = sync_import(s);
    assert_non_null(b);
    assert_int_equal(b->height, 13);
    mc_buf_free(&b->body);
    mc_buf_free(&b->cert);
}

static void the_queue_is_bounded(void **state)
{
    struct sync *s = *state;
    struct sync_want want;
    uint32_t rounds = 0;
    sync_peer_height(s, 0, 100000, 0);
    while (next(s, &want, 0) && rounds < 100) {
        assert_int_equal(sync_blocks(s, 0, want.from, blocks, want.cnt, 0), MC_OK);
        rounds++;
    }
    assert_true(rounds < 4);
    assert_true(s->cnt <= SYNC_QUEUE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_ahead_by_one_gets_time_before_it_is_asked, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(far_behind_it_asks_at_once_and_takes_peers_in_turn, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_block_that_does_not_verify_bans_who_sent_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_claims_and_does_not_give_is_left_alone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_height_that_falls_is_a_lie, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_that_nobody_asked_for_change_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(consensus_may_be_faster_than_an_import, setup, teardown),
        cmocka_unit_test_setup_teardown(the_queue_is_bounded, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
