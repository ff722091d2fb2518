/* The store over RocksDB: families, snapshots, scans, refusals, damage, and a process killed while
 * it commits. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/chain.h"

static struct mc_errmsg em;
static char dir[] = "/tmp/mc_test_store_XXXXXX";

static int setup(void **state)
{
    (void)state;
    strcpy(dir + sizeof dir - 7, "XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    return mc_dir_remove(dir, &em);
}

static struct store *open_store(void)
{
    const struct store_cfg cfg = {.path = dir, .create = true};
    struct store *s;

    assert_ok(store_rocksdb_open(&s, &cfg, &em));
    return s;
}

static void put(struct store *s, enum store_cf cf, const char *key, const char *value)
{
    struct store_batch *b = s->ops->batch_new(s);

    s->ops->batch_put(b, cf, mc_slice_str(key), mc_slice_str(value));
    assert_ok(s->ops->batch_commit(s, b, &em));
    s->ops->batch_free(b);
}

static void has(struct store *s, struct store_snap *snap, enum store_cf cf, const char *key,
                const char *value)
{
    struct mc_buf got = {NULL, 0, 0, false};
    enum mc_err err = s->ops->get(s, snap, cf, mc_slice_str(key), &got, &em);

    if (value == NULL) {
        assert_int_equal(err, MC_ENOTFOUND);
    } else {
        assert_int_equal(err, MC_OK);
        assert_true(mc_slice_eq(mc_buf_slice(&got), mc_slice_str(value)));
    }
    mc_buf_free(&got);
}

static void families_are_apart_and_survive_a_restart(void **state)
{
    struct store *s = open_store();

    (void)state;
    put(s, STORE_META, "k", "meta");
    put(s, STORE_BODY, "k", "body");
    has(s, NULL, STORE_HEADER, "k", NULL);
    s->ops->close(s);
    s = open_store();
    has(s, NULL, STORE_META, "k", "meta");
    has(s, NULL, STORE_BODY, "k", "body");
    s->ops->close(s);
}

static void a_snapshot_stays_as_it_was(void **state)
{
    struct store *s = open_store();
    struct store_snap *snap;
    struct store_iter *it;

    (void)state;
    put(s, STORE_LOG, "a", "1");
    snap = s->ops->snap_new(s);
    put(s, STORE_LOG, "a", "2");
    put(s, STORE_LOG, "b", "2");
    has(s, snap, STORE_LOG, "a", "1");
    has(s, snap, STORE_LOG, "b", NULL);
    has(s, NULL, STORE_LOG, "a", "2");
    it = s->ops->iter_new(s, snap, STORE_LOG, false);
    assert_true(s->ops->iter_seek(it, mc_slice_str(""), false));
    assert_false(s->ops->iter_step(it, false));
    assert_ok(s->ops->iter_error(it, &em));
    s->ops->iter_free(it);
    s->ops->snap_free(s, snap);
    s->ops->close(s);
}

static void seeks_go_both_ways(void **state)
{
    struct store *s = open_store();
    struct store_iter *it;

    (void)state;
    put(s, STORE_BODY, "b", "2");
    put(s, STORE_BODY, "d", "4");
    it = s->ops->iter_new(s, NULL, STORE_BODY, false);
    assert_true(s->ops->iter_seek(it, mc_slice_str("c"), false));
    assert_true(mc_slice_eq(s->ops->iter_key(it), mc_slice_str("d")));
    assert_true(s->ops->iter_seek(it, mc_slice_str("c"), true));
    assert_true(mc_slice_eq(s->ops->iter_value(it), mc_slice_str("2")));
    assert_true(s->ops->iter_step(it, false));
    assert_true(s->ops->iter_step(it, true));
    assert_true(mc_slice_eq(s->ops->iter_key(it), mc_slice_str("b")));
    assert_false(s->ops->iter_seek(it, mc_slice_str("a"), true));
    s->ops->iter_free(it);
    s->ops->close(s);
}

static void a_batch_deletes_too(void **state)
{
    struct store *s = open_store();
    struct store_batch *b = s->ops->batch_new(s);

    (void)state;
    put(s, STORE_META, "k", "1");
    s->ops->batch_del(b, STORE_META, mc_slice_str("k"));
    assert_ok(s->ops->batch_commit(s, b, &em));
    s->ops->batch_free(b);
    has(s, NULL, STORE_META, "k", NULL);
    s->ops->close(s);
}

static void a_directory_in_use_is_refused_with_a_sentence(void **state)
{
    const struct store_cfg cfg = {.path = dir, .create = true};
    struct store *s = open_store(), *second = NULL;

    (void)state;
    assert_int_equal(store_rocksdb_open(&second, &cfg, &em), MC_EBUSY);
    assert_non_null(strstr(em.text, dir));
    assert_non_null(strstr(em.text, "is in use by another process"));
    assert_null(second);
    s->ops->close(s);
}

static void an_absent_database_is_not_made_unasked(void **state)
{
    const struct store_cfg cfg = {.path = dir};
    struct store *s;

    (void)state;
    assert_int_equal(store_rocksdb_open(&s, &cfg, &em), MC_ENOTFOUND);
    assert_non_null(strstr(em.text, dir));
}

static void a_reader_does_not_write(void **state)
{
    const struct store_cfg cfg = {.path = dir, .read_only = true};
    struct store *s = open_store();
    struct store_batch *b;

    (void)state;
    put(s, STORE_META, "k", "1");
    s->ops->close(s);
    assert_ok(store_rocksdb_open(&s, &cfg, &em));
    has(s, NULL, STORE_META, "k", "1");
    b = s->ops->batch_new(s);
    s->ops->batch_put(b, STORE_META, mc_slice_str("k"), mc_slice_str("2"));
    assert_int_equal(s->ops->batch_commit(s, b, &em), MC_EINVAL);
    s->ops->batch_free(b);
    s->ops->close(s);
}

/* Flips one byte in the middle of every file whose name ends so. */
static int damage_files(const char *suffix)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    int cnt = 0;

    while ((e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name), m = strlen(suffix);
        char path[512];
        uint8_t byte;
        off_t end;
        int fd;

        if (n < m || strcmp(e->d_name + n - m, suffix) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        fd = open(path, O_RDWR);
        assert_true(fd >= 0);
        end = lseek(fd, 0, SEEK_END);
        assert_int_equal(pread(fd, &byte, 1, end / 3), 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, end / 3), 1);
        close(fd);
        cnt++;
    }
    closedir(d);
    return cnt;
}

static void damage_is_told_and_never_served(void **state)
{
    const struct store_cfg cfg = {.path = dir, .create = true};
    struct mc_buf got = {NULL, 0, 0, false};
    struct store *s = open_store();
    char value[4000];
    enum mc_err err;

    (void)state;
    for (size_t i = 0; i < sizeof value - 1; i++)
        value[i] = (char)('a' + i * i % 23);
    value[sizeof value - 1] = '\0';
    put(s, STORE_STATE, "k", value);
    s->ops->close(s); /* flushes to a table file */
    assert_true(damage_files(".sst") > 0);
    err = store_rocksdb_open(&s, &cfg, &em);
    if (err == MC_OK) {
        err = s->ops->get(s, NULL, STORE_STATE, mc_slice_str("k"), &got, &em);
        s->ops->close(s);
    }
    assert_int_equal(err, MC_ECORRUPT);
    assert_non_null(strstr(em.text, "restore a backup"));
    mc_buf_free(&got);
}

static void a_damaged_manifest_is_told_at_open(void **state)
{
    const struct store_cfg cfg = {.path = dir, .create = true};
    struct store *s = open_store();
    char path[512];
    DIR *d;
    struct dirent *e;

    (void)state;
    put(s, STORE_META, "k", "1");
    s->ops->close(s);
    d = opendir(dir);
    while ((e = readdir(d)) != NULL) {
        if (strncmp(e->d_name, "MANIFEST-", 9) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        assert_int_equal(truncate(path, 20), 0);
    }
    closedir(d);
    assert_int_not_equal(store_rocksdb_open(&s, &cfg, &em), MC_OK);
    assert_non_null(strstr(em.text, dir));
}

/* ------------------------------------------------------------------ kill -9 around commits */

/* Commits blocks for ever; tells each committed number through the pipe. */
static void child_commits(int fd)
{
    struct chain *c = NULL;
    char id[32];

    for (uint64_t n = 1;; n++) {
        struct ledger_head head;

        if (c == NULL) {
            struct store *s = open_store();
            struct mc_buf found = {NULL, 0, 0, false};
            bool fresh =
                s->ops->get(s, NULL, STORE_META, mc_slice_str("head"), &found, &em) != MC_OK;

            c = fresh ? chain_new(s) : chain_reopen(s);
            mc_buf_free(&found);
        }
        snprintf(id, sizeof id, "%d-%u", (int)getpid(), (unsigned)n);
        chain_record(c, 0, id);
        chain_record(c, 1, "same");
        chain_block(c);
        ledger_head(c->l, &head);
        if (write(fd, &head.number, sizeof head.number) != sizeof head.number)
            _exit(1);
    }
}

static void no_answered_block_is_lost_when_the_process_is_killed(void **state)
{
    uint64_t told = 0, number;

    (void)state;
    for (unsigned round = 0; round < 12; round++) {
        struct chain *c;
        struct ledger_head head;
        int fds[2], status;
        pid_t pid;

        assert_int_equal(pipe(fds), 0);
        pid = fork();
        if (pid == 0) {
            close(fds[0]);
            child_commits(fds[1]);
        }
        close(fds[1]);
        usleep(60000 + round * 7919);
        kill(pid, SIGKILL);
        while (read(fds[0], &number, sizeof number) == (ssize_t)sizeof number)
            told = number;
        close(fds[0]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        if (told == 0) /* killed before the first block */
            continue;
        c = chain_reopen(open_store());
        ledger_head(c->l, &head);
        assert_true(head.number >= told && head.number <= told + 1);
        assert_ok(ledger_check(c->l, &c->genesis, NULL, NULL, &em));
        told = head.number;
        chain_free(c);
    }
    assert_true(told > 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(families_are_apart_and_survive_a_restart),
        CASE(a_snapshot_stays_as_it_was),
        CASE(seeks_go_both_ways),
        CASE(a_batch_deletes_too),
        CASE(a_directory_in_use_is_refused_with_a_sentence),
        CASE(an_absent_database_is_not_made_unasked),
        CASE(a_reader_does_not_write),
        CASE(damage_is_told_and_never_served),
        CASE(a_damaged_manifest_is_told_at_open),
        CASE(no_answered_block_is_lost_when_the_process_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
