#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[PATH_MAX / 2];

static int folder_make(void **state)
{
    const char *tmp = getenv("TMPDIR");

    (void)state;
    snprintf(folder, sizeof folder, "%s/mc_test_file.XXXXXX", tmp == NULL ? "/tmp" : tmp);
    return mkdtemp(folder) == NULL;
}

static int folder_remove(void **state)
{
    (void)state;
    return mc_dir_remove(folder, NULL);
}

/* A path in the test's folder; good until the fourth next call. */
static const char *at(const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

static int entry_cnt(const char *path)
{
    DIR *d = opendir(path);
    int n = 0;

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void a_written_file_reads_back_and_leaves_nothing_beside_it(void **state)
{
    struct mc_buf b = {0};
    struct stat st;

    (void)state;
    assert_int_equal(mc_dir_make(at("w"), 0755, NULL), MC_OK);
    assert_int_equal(mc_file_write(at("w/key"), mc_slice_str("first"), 0644, NULL), MC_OK);
    assert_int_equal(mc_file_write(at("w/key"), mc_slice_str("second one"), 0600, NULL), MC_OK);
    mc_buf_put_str(&b, ">");
    assert_int_equal(mc_file_read(&b, at("w/key"), 100, NULL), MC_OK);
    assert_true(mc_slice_eq(mc_buf_slice(&b), mc_slice_str(">second one")));
    assert_int_equal(stat(at("w/key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(entry_cnt(at("w")), 1);
    mc_buf_free(&b);
}

static void a_file_of_many_steps_reads_back(void **state)
{
    struct mc_buf b = {0}, back = {0};

    (void)state;
    for (uint32_t i = 0; i < 100000; i++)
        mc_buf_put_be32(&b, i);
    assert_int_equal(mc_file_write(at("big"), mc_buf_slice(&b), 0600, NULL), MC_OK);
    assert_int_equal(mc_file_read(&back, at("big"), 400000, NULL), MC_OK);
    assert_true(mc_slice_eq(mc_buf_slice(&b), mc_buf_slice(&back)));
    mc_buf_free(&b);
    mc_buf_free(&back);
}

static void a_file_above_the_limit_is_refused_and_nothing_appended(void **state)
{
    struct mc_buf b = {0};
    struct mc_errmsg em;

    (void)state;
    assert_int_equal(mc_file_write(at("five"), mc_slice_str("12345"), 0600, NULL), MC_OK);
    assert_int_equal(mc_file_read(&b, at("five"), 4, &em), MC_ELIMIT);
    assert_non_null(strstr(em.text, "/five: larger than 4 bytes"));
    assert_int_equal(b.n, 0);
    assert_int_equal(mc_file_read(&b, at("five"), 5, NULL), MC_OK);
    assert_int_equal(b.n, 5);
    mc_buf_free(&b);
}

static void what_cannot_be_read_is_named(void **state)
{
    struct mc_buf b = {0};
    struct mc_errmsg em;

    (void)state;
    assert_int_equal(mc_file_read(&b, at("none"), 4, &em), MC_ENOTFOUND);
    assert_non_null(strstr(em.text, "/none: No such file"));
    assert_int_equal(mc_file_read(&b, folder, 4, &em), MC_EIO);
    assert_non_null(strstr(em.text, folder));
    mc_buf_free(&b);
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
    struct mc_errmsg em;

    (void)state;
    assert_int_equal(mc_file_write(at("none/x"), mc_slice_str("1"), 0600, &em), MC_ENOTFOUND);
    assert_int_equal(mc_dir_make(at("d/taken"), 0755, NULL), MC_OK);
    assert_int_equal(mc_file_write(at("d/taken"), mc_slice_str("1"), 0600, &em), MC_EIO);
    assert_non_null(strstr(em.text, "d/taken"));
    assert_int_equal(entry_cnt(at("d")), 1);
}

static void folders_are_made_with_their_parents_and_again(void **state)
{
    struct mc_errmsg em;

    (void)state;
    assert_int_equal(mc_dir_make(at("p/q/r/"), 0755, NULL), MC_OK);
    assert_int_equal(mc_dir_make(at("p/q/r"), 0755, NULL), MC_OK);
    assert_int_equal(entry_cnt(at("p/q")), 1);
    assert_int_equal(mc_file_write(at("p/file"), mc_slice_str("1"), 0600, NULL), MC_OK);
    assert_int_equal(mc_dir_make(at("p/file"), 0755, &em), MC_EIO);
    assert_non_null(strstr(em.text, "a file is in the way"));
    assert_int_equal(mc_dir_make(at("p/file/x"), 0755, &em), MC_EIO);
    assert_int_equal(mc_dir_make("", 0755, &em), MC_EINVAL);
}

static void a_removed_tree_is_gone_and_what_links_point_to_stays(void **state)
{
    struct mc_buf b = {0};

    (void)state;
    assert_int_equal(mc_dir_make(at("keep"), 0755, NULL), MC_OK);
    assert_int_equal(mc_file_write(at("keep/me"), mc_slice_str("1"), 0600, NULL), MC_OK);
    assert_int_equal(mc_dir_make(at("go/a/b"), 0755, NULL), MC_OK);
    assert_int_equal(mc_file_write(at("go/a/f"), mc_slice_str("1"), 0600, NULL), MC_OK);
    assert_int_equal(symlink(at("keep"), at("go/a/link")), 0);
    assert_int_equal(symlink("nowhere", at("go/dangling")), 0);
    assert_int_equal(mc_dir_remove(at("go"), NULL), MC_OK);
    assert_int_equal(access(at("go"), F_OK), -1);
    assert_int_equal(mc_file_read(&b, at("keep/me"), 1, NULL), MC_OK);
    assert_int_equal(mc_dir_remove(at("go"), NULL), MC_OK);
    mc_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_written_file_reads_back_and_leaves_nothing_beside_it),
        cmocka_unit_test(a_file_of_many_steps_reads_back),
        cmocka_unit_test(a_file_above_the_limit_is_refused_and_nothing_appended),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(what_cannot_be_written_leaves_nothing),
        cmocka_unit_test(folders_are_made_with_their_parents_and_again),
        cmocka_unit_test(a_removed_tree_is_gone_and_what_links_point_to_stays),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
