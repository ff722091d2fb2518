#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/vote_log.h"

static char dir[64];
static char path[2][96];
static const struct mc_hash ID = {{7}};

static void fresh(void)
{
    unlink(path[0]);
    unlink(path[1]);
}

static struct node_vote_log *open_ok(struct node_vote_log_info *info)
{
    struct node_vote_log *log = NULL;
    struct mc_errmsg em = {0};
    enum mc_err err = node_vote_log_open(&log, info, path[0], path[1], &ID, &em);
    if (err != MC_OK)
        fail_msg("open: %s: %s", mc_err_text(err), em.text);
    return log;
}

static enum mc_err open_err(void)
{
    struct node_vote_log *log = NULL;
    struct node_vote_log_info info;
    enum mc_err err = node_vote_log_open(&log, &info, path[0], path[1], &ID, NULL);
    node_vote_log_close(log);
    return err;
}

static void append(struct node_vote_log *log, const char *text)
{
    assert_int_equal(node_vote_log_append(log, mc_slice_str(text), NULL), MC_OK);
}

static void sync_ok(struct node_vote_log *log)
{
    assert_int_equal(node_vote_log_sync(log, NULL), MC_OK);
}

/* What a restart would replay, as "a,b,c". */
static void replay(struct node_vote_log *log, char *out, size_t size)
{
    struct mc_slice s;
    size_t n = 0;
    out[0] = '\0';
    while (node_vote_log_next(log, &s))
        n += (size_t)snprintf(out + n, size - n, "%s%.*s", n > 0 ? "," : "", (int)s.n,
                              (const char *)s.p);
}

static void expect(const char *want, struct node_vote_log_info *info)
{
    char got[256];
    struct node_vote_log *log = open_ok(info);
    replay(log, got, sizeof got);
    node_vote_log_close(log);
    if (strcmp(got, want) != 0)
        fail_msg("replayed \"%s\", expected \"%s\"", got, want);
}

static void load(int i, struct mc_buf *b)
{
    mc_buf_reset(b);
    assert_int_equal(mc_file_read(b, path[i], 1 << 20, NULL), MC_OK);
}

static void store(int i, struct mc_slice s)
{
    assert_int_equal(mc_file_write(path[i], s, 0600, NULL), MC_OK);
}

static void assert_mirrored(void)
{
    struct mc_buf a = {0}, b = {0};
    load(0, &a);
    load(1, &b);
    assert_true(mc_slice_eq(mc_buf_slice(&a), mc_buf_slice(&b)));
    mc_buf_free(&a);
    mc_buf_free(&b);
}

/* Three synced groups: one, two+three, four. */
static void write_sample(void)
{
    struct node_vote_log_info info;
    struct node_vote_log *log;
    fresh();
    log = open_ok(&info);
    assert_true(info.created);
    append(log, "one");
    sync_ok(log);
    append(log, "two");
    append(log, "three");
    assert_int_equal(node_vote_log_unsynced(log), 2);
    sync_ok(log);
    append(log, "four");
    sync_ok(log);
    assert_int_equal(node_vote_log_unsynced(log), 0);
    node_vote_log_close(log);
    assert_mirrored();
}

enum { HEAD = 60, REC = 40 };
/* Ends of the records of write_sample(). */
static const size_t ends[] = {HEAD, HEAD + REC + 3, HEAD + 2 * REC + 6, HEAD + 3 * REC + 11,
                              HEAD + 4 * REC + 15};
static const char *const prefix[] = {"", "one", "one,two", "one,two,three", "one,two,three,four"};

static void records_come_back_in_order(void **state)
{
    struct node_vote_log_info info;
    struct mc_slice s;
    struct node_vote_log *log;
    (void)state;
    write_sample();
    expect("one,two,three,four", &info);
    assert_false(info.created);
    assert_int_equal(info.repaired, 0);
    assert_int_equal(info.rec_cnt, 4);
    log = open_ok(&info);
    append(log, "five");
    assert_false(node_vote_log_next(log, &s));
    sync_ok(log);
    node_vote_log_close(log);
    expect("one,two,three,four,five", &info);
}

static void an_unsynced_group_is_not_there_after_a_crash(void **state)
{
    struct node_vote_log_info info;
    struct node_vote_log *log;
    (void)state;
    write_sample();
    log = open_ok(&info);
    append(log, "five");
    node_vote_log_close(log);
    expect("one,two,three,four", &info);
}

static void a_tail_torn_in_both_at_any_byte_is_dropped(void **state)
{
    struct mc_buf b = {0};
    (void)state;
    write_sample();
    load(0, &b);
    assert_int_equal(b.n, ends[4]);
    for (size_t cut = HEAD; cut < b.n; cut++) {
        struct node_vote_log_info info;
        size_t k = 0;
        while (k < 4 && ends[k + 1] <= cut)
            k++;
        store(0, mc_slice(b.p, cut));
        store(1, mc_slice(b.p, cut));
        expect(prefix[k], &info);
        assert_int_equal(info.dropped_len, cut - ends[k]);
        assert_mirrored();
    }
    mc_buf_free(&b);
}

static void a_tail_torn_in_one_at_any_byte_is_repaired(void **state)
{
    struct mc_buf b = {0};
    (void)state;
    write_sample();
    load(0, &b);
    for (size_t cut = 0; cut < b.n; cut++) {
        struct node_vote_log_info info;
        store((int)(cut % 2), mc_slice(b.p, cut));
        expect("one,two,three,four", &info);
        assert_int_equal(info.repaired, 1);
        assert_mirrored();
    }
    mc_buf_free(&b);
}

static void a_flipped_bit_in_one_file_is_repaired(void **state)
{
    struct mc_buf b = {0};
    (void)state;
    write_sample();
    load(0, &b);
    for (size_t i = 0; i < b.n * 8; i++) {
        struct node_vote_log_info info;
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
        store((int)(i % 2), mc_buf_slice(&b));
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
        expect("one,two,three,four", &info);
        assert_int_equal(info.repaired, 1);
        assert_mirrored();
    }
    mc_buf_free(&b);
}

static void different_damage_in_each_file_is_merged(void **state)
{
    struct mc_buf b = {0};
    struct node_vote_log_info info;
    (void)state;
    write_sample();
    load(0, &b);
    b.p[ends[0] + 5] ^= 1;
    store(0, mc_buf_slice(&b));
    b.p[ends[0] + 5] ^= 1;
    b.p[ends[2] + 5] ^= 1;
    store(1, mc_buf_slice(&b));
    expect("one,two,three,four", &info);
    assert_int_equal(info.repaired, 2);
    mc_buf_free(&b);
}

static void the_same_damage_in_both_is_amnesia_unless_at_the_tail(void **state)
{
    struct mc_buf b = {0};
    (void)state;
    write_sample();
    load(0, &b);
    for (size_t i = 0; i < b.n; i++) {
        struct node_vote_log_info info;
        b.p[i] ^= 0x10;
        store(0, mc_buf_slice(&b));
        store(1, mc_buf_slice(&b));
        b.p[i] ^= 0x10;
        if (i < ends[3]) {
            if (open_err() != MC_ECORRUPT)
                fail_msg("damage at byte %zu of both files went unnoticed", i);
        } else {
            expect("one,two,three", &info); /* the last group: may never have been synced */
        }
    }
    mc_buf_free(&b);
}

static void a_hole_within_an_unsynced_group_is_a_torn_tail(void **state)
{
    struct mc_buf b = {0};
    struct node_vote_log_info info;
    (void)state;
    write_sample();
    load(0, &b);
    /* "two" lost, "three" of the same group written back, "four" never written: nothing of it was sent. */
    memset(b.p + ends[1], 0, ends[2] - ends[1]);
    store(0, mc_slice(b.p, ends[3]));
    store(1, mc_slice(b.p, ends[3]));
    expect("one", &info);
    mc_buf_free(&b);
}

static void a_missing_file_is_made_again_from_the_other(void **state)
{
    struct node_vote_log_info info;
    (void)state;
    for (int i = 0; i < 2; i++) {
        write_sample();
        unlink(path[i]);
        expect("one,two,three,four", &info);
        assert_false(info.created);
        assert_int_equal(info.repaired, 1);
        assert_mirrored();
    }
}

static void both_files_missing_is_reported_as_created(void **state)
{
    struct node_vote_log_info info;
    (void)state;
    write_sample();
    fresh();
    expect("", &info);
    assert_true(info.created);
}

static void the_log_of_another_key_is_refused(void **state)
{
    struct mc_hash other = {{8}};
    struct node_vote_log *log = NULL;
    struct node_vote_log_info info;
    (void)state;
    write_sample();
    assert_int_equal(node_vote_log_open(&log, &info, path[0], path[1], &other, NULL), MC_EMISMATCH);
}

static void rotation_leaves_one_mark_and_appends_continue(void **state)
{
    struct node_vote_log_info info;
    struct node_vote_log *log;
    uint64_t before;
    (void)state;
    write_sample();
    log = open_ok(&info);
    before = node_vote_log_bytes(log);
    assert_int_equal(node_vote_log_rotate(log, mc_slice_str("mark"), NULL), MC_OK);
    assert_true(node_vote_log_bytes(log) < before);
    append(log, "next");
    sync_ok(log);
    node_vote_log_close(log);
    assert_mirrored();
    expect("mark,next", &info);
    assert_int_equal(info.repaired, 0);
}

static void a_crash_between_the_two_rotations_keeps_the_mark(void **state)
{
    struct mc_buf old = {0};
    struct node_vote_log_info info;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct node_vote_log *log;
        write_sample();
        load(i, &old);
        log = open_ok(&info);
        assert_int_equal(node_vote_log_rotate(log, mc_slice_str("mark"), NULL), MC_OK);
        node_vote_log_close(log);
        store(i, mc_buf_slice(&old));
        expect("mark", &info);
        assert_int_equal(info.repaired, 1);
        assert_mirrored();
    }
    mc_buf_free(&old);
}

static void a_failed_write_refuses_everything_after_it(void **state)
{
    struct node_vote_log_info info;
    struct rlimit was, small;
    struct node_vote_log *log;
    uint8_t big[4096] = {0};
    (void)state;
    write_sample();
    log = open_ok(&info);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 1024;
    assert_int_equal(node_vote_log_append(log, mc_slice(big, sizeof big), NULL), MC_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(node_vote_log_sync(log, NULL), MC_EIO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    /* Space is back, but what the files hold is unknown. */
    assert_int_equal(node_vote_log_sync(log, NULL), MC_EIO);
    assert_int_equal(node_vote_log_append(log, mc_slice_str("x"), NULL), MC_EIO);
    assert_int_equal(node_vote_log_rotate(log, mc_slice_str("x"), NULL), MC_EIO);
    node_vote_log_close(log);
    expect("one,two,three,four", &info);
}

static void large_records_survive(void **state)
{
    struct node_vote_log_info info;
    struct node_vote_log *log;
    struct mc_slice got;
    uint8_t *big = malloc(300001);
    (void)state;
    assert_non_null(big);
    for (size_t i = 0; i < 300001; i++)
        big[i] = (uint8_t)(i * 31 >> 3);
    fresh();
    log = open_ok(&info);
    assert_int_equal(node_vote_log_append(log, mc_slice(big, 300001), NULL), MC_OK);
    sync_ok(log);
    node_vote_log_close(log);
    log = open_ok(&info);
    assert_true(node_vote_log_next(log, &got));
    assert_true(mc_slice_eq(got, mc_slice(big, 300001)));
    assert_false(node_vote_log_next(log, &got));
    node_vote_log_close(log);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_in_order),
        cmocka_unit_test(an_unsynced_group_is_not_there_after_a_crash),
        cmocka_unit_test(a_tail_torn_in_both_at_any_byte_is_dropped),
        cmocka_unit_test(a_tail_torn_in_one_at_any_byte_is_repaired),
        cmocka_unit_test(a_flipped_bit_in_one_file_is_repaired),
        cmocka_unit_test(different_damage_in_each_file_is_merged),
        cmocka_unit_test(the_same_damage_in_both_is_amnesia_unless_at_the_tail),
        cmocka_unit_test(a_hole_within_an_unsynced_group_is_a_torn_tail),
        cmocka_unit_test(a_missing_file_is_made_again_from_the_other),
        cmocka_unit_test(both_files_missing_is_reported_as_created),
        cmocka_unit_test(the_log_of_another_key_is_refused),
        cmocka_unit_test(rotation_leaves_one_mark_and_appends_continue),
        cmocka_unit_test(a_crash_between_the_two_rotations_keeps_the_mark),
        cmocka_unit_test(a_failed_write_refuses_everything_after_it),
        cmocka_unit_test(large_records_survive),
    };
    int failed;
    snprintf(dir, sizeof dir, "/tmp/mc-vote-log-XXXXXX");
    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(path[0], sizeof path[0], "%s/votes.a", dir);
    snprintf(path[1], sizeof path[1], "%s/votes.b", dir);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    fresh();
    rmdir(dir);
    return failed;
}
