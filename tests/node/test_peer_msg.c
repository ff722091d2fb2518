/* Messages between nodes: each comes back as it was, and nothing else is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/peer_list.h"
#include "node/peer_msg.h"

static const struct mc_slice some_txs[] = {{(const uint8_t *)"abc", 3}, {(const uint8_t *)"d", 1}};
static const struct peer_block some_blocks[] = {
    {{(const uint8_t *)"body", 4}, {(const uint8_t *)"cert", 4}},
    {{(const uint8_t *)"x", 1}, {(const uint8_t *)"y", 1}},
};

static void all_types(struct peer_msg out[9])
{
    const struct mc_hash hash = {{1, 2, 3}};
    const struct peer_msg list[9] = {
        {.type = PEER_HELLO, .height = 7, .hash = hash, .time_ms = 99, .bytes = mc_slice("me", 2)},
        {.type = PEER_CONS, .bytes = mc_slice("vote", 4)},
        {.type = PEER_TXS, .txs = some_txs, .cnt = 2},
        {.type = PEER_GET_BODY, .hash = hash},
        {.type = PEER_BODY, .hash = hash, .bytes = mc_slice("block", 5)},
        {.type = PEER_GET_BLOCKS, .height = 5, .cnt = PEER_BLOCKS_MAX},
        {.type = PEER_BLOCKS, .height = 5, .blocks = some_blocks, .cnt = 2},
        {.type = PEER_PING, .height = 1, .time_ms = 2},
        {.type = PEER_PONG, .height = 1, .time_ms = UINT64_MAX},
    };
    memcpy(out, list, sizeof list);
}

static void each_message_comes_back_the_same(void **state)
{
    struct peer_msg list[9], got;
    (void)state;
    all_types(list);
    for (size_t i = 0; i < MC_COUNT(list); i++) {
        struct mc_arena a = {0};
        struct mc_buf b = {0}, again = {0};
        struct mc_errmsg em = {{0}};
        peer_msg_encode(&b, &list[i]);
        if (peer_msg_decode(&got, &a, mc_buf_slice(&b), &em) != MC_OK)
            fail_msg("type %d: %s", (int)list[i].type, em.text);
        assert_int_equal(got.type, list[i].type);
        assert_int_equal(got.height, list[i].height);
        assert_int_equal(got.cnt, list[i].cnt);
        peer_msg_encode(&again, &got);
        assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&again)));
        mc_buf_free(&b);
        mc_buf_free(&again);
        mc_arena_free(&a);
    }
}

static void a_cut_or_longer_message_is_refused(void **state)
{
    struct peer_msg list[9], got;
    (void)state;
    all_types(list);
    for (size_t i = 0; i < MC_COUNT(list); i++) {
        struct mc_arena a = {0};
        struct mc_buf b = {0};
        peer_msg_encode(&b, &list[i]);
        for (size_t n = 0; n < b.n; n++)
            assert_int_equal(peer_msg_decode(&got, &a, mc_slice(b.p, n), NULL), MC_EMALFORM);
        mc_buf_put_u8(&b, 0);
        assert_int_equal(peer_msg_decode(&got, &a, mc_buf_slice(&b), NULL), MC_EMALFORM);
        mc_buf_free(&b);
        mc_arena_free(&a);
    }
}

static void counts_and_sizes_have_caps(void **state)
{
    struct mc_arena a = {0};
    struct mc_buf b = {0};
    struct peer_msg got;
    (void)state;
    mc_mp_put_array(&b, 2);
    mc_mp_put_uint(&b, PEER_TXS);
    mc_mp_put_array(&b, PEER_TXS_MAX + 1);
    for (uint32_t i = 0; i <= PEER_TXS_MAX; i++)
        mc_mp_put_bin(&b, mc_slice("t", 1));
    assert_int_equal(peer_msg_decode(&got, &a, mc_buf_slice(&b), NULL), MC_EMALFORM);
    mc_buf_reset(&b);
    mc_mp_put_array(&b, 3);
    mc_mp_put_uint(&b, PEER_GET_BLOCKS);
    mc_mp_put_uint(&b, 1);
    mc_mp_put_uint(&b, PEER_BLOCKS_MAX + 1);
    assert_int_equal(peer_msg_decode(&got, &a, mc_buf_slice(&b), NULL), MC_EMALFORM);
    mc_buf_reset(&b);
    mc_mp_put_array(&b, 2);
    mc_mp_put_uint(&b, PEER_PONG + 1);
    mc_mp_put_nil(&b);
    assert_int_equal(peer_msg_decode(&got, &a, mc_buf_slice(&b), NULL), MC_EMALFORM);
    mc_buf_free(&b);
    mc_arena_free(&a);
}

#define KEY  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY2 "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void a_list_of_peers_is_read_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *text;
        uint32_t cnt; /* UINT32_MAX: refused */
        const char *host;
        uint16_t port;
    } rows[] = {
        {"", 0, "", 0},
        {KEY, 1, "", 0},
        {"0x" KEY "@node-1.example:30303", 1, "node-1.example", 30303},
        {KEY "@[::1]:1, " KEY2, 2, "::1", 1},
        {KEY "," KEY, UINT32_MAX, "", 0},
        {KEY "@host", UINT32_MAX, "", 0},
        {KEY "@host:", UINT32_MAX, "", 0},
        {KEY "@host:70000", UINT32_MAX, "", 0},
        {KEY "@:1", UINT32_MAX, "", 0},
        {KEY "x", UINT32_MAX, "", 0},
        {"zz" KEY, UINT32_MAX, "", 0},
        {"@host:1", UINT32_MAX, "", 0},
    };
    struct peer_addr *list = test_calloc(PEER_LIST_MAX, sizeof *list);
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        uint32_t cnt = 0;
        struct mc_errmsg em = {{0}};
        enum mc_err err = peer_list_parse(list, &cnt, rows[i].text, &em);
        if ((err == MC_OK) != (rows[i].cnt != UINT32_MAX))
            fail_msg("\"%s\": %s", rows[i].text, em.text);
        if (err != MC_OK)
            continue;
        assert_int_equal(cnt, rows[i].cnt);
        if (cnt > 0) {
            assert_string_equal(list[0].host, rows[i].host);
            assert_int_equal(list[0].port, rows[i].port);
        }
    }
    test_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_comes_back_the_same),
        cmocka_unit_test(a_cut_or_longer_message_is_refused),
        cmocka_unit_test(counts_and_sizes_have_caps),
        cmocka_unit_test(a_list_of_peers_is_read_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
