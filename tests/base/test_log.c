#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"

struct lines {
    struct mc_buf text;
    int cnt;
};

static void line_keep(void *arg, enum mc_log_level level, const char *text)
{
    struct lines *l = (struct lines *)arg;

    mc_buf_putf(&l->text, "%d|%s\n", (int)level, text);
    l->cnt++;
}

static void assert_lines(struct lines *l, const char *want)
{
    assert_true(mc_slice_eq(mc_buf_slice(&l->text), mc_slice_str(want)));
    mc_buf_reset(&l->text);
}

static void a_sink_gets_the_event_and_its_words(void **state)
{
    struct lines l = {{0}, 0};

    (void)state;
    mc_log_set_sink(line_keep, &l);
    MC_LOG(INFO, "cons.prepared", "h=%d r=%d", 7, 0);
    MC_LOG(WARN, "peer.lost", "%s", "");
    assert_lines(&l, "2|cons.prepared h=7 r=0\n1|peer.lost\n");
    mc_log_set_sink(NULL, NULL);
    mc_buf_free(&l.text);
}

static void lines_above_the_level_are_dropped(void **state)
{
    struct lines l = {{0}, 0};

    (void)state;
    mc_log_set_sink(line_keep, &l);
    MC_LOG(DEBUG, "a", "x=1");
    mc_log_set_level(MC_LOG_DEBUG);
    MC_LOG(DEBUG, "b", "x=1");
    mc_log_set_level(MC_LOG_ERROR);
    MC_LOG(WARN, "c", "x=1");
    MC_LOG(ERROR, "d", "x=1");
    mc_log_set_level(MC_LOG_INFO);
    assert_lines(&l, "3|b x=1\n0|d x=1\n");
    mc_log_set_sink(NULL, NULL);
    mc_buf_free(&l.text);
}

static void foreign_words_cannot_forge_a_line(void **state)
{
    struct lines l = {{0}, 0};

    (void)state;
    mc_log_set_sink(line_keep, &l);
    MC_LOG(INFO, "rpc.refused", "method=%s", "x\n2026 ERROR fake\r\t\x1b[31m\x7f");
    assert_lines(&l, "2|rpc.refused method=x?2026 ERROR fake???[31m?\n");
    mc_log_set_sink(NULL, NULL);
    mc_buf_free(&l.text);
}

static void long_words_are_cut(void **state)
{
    struct lines l = {{0}, 0};
    char words[10000];

    (void)state;
    memset(words, 'x', sizeof words);
    words[sizeof words - 1] = '\0';
    mc_log_set_sink(line_keep, &l);
    MC_LOG(INFO, "long", "%s", words);
    mc_log_write(MC_LOG_INFO, words, "%s", words);
    assert_int_equal(l.cnt, 2);
    assert_true(l.text.n < 2 * 2100);
    mc_log_set_sink(NULL, NULL);
    mc_buf_free(&l.text);
}

/* Runs one MC_LOG with stderr going to a pipe and returns what arrived there. */
static void stderr_read(char *out, size_t cap)
{
    int ends[2], saved = dup(STDERR_FILENO);
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    MC_LOG(WARN, "disk.slow", "ms=%d what=\"a\"", 12);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(ends[1]);
    n = read(ends[0], out, cap - 1);
    assert_true(n > 0);
    out[n] = '\0';
    close(ends[0]);
    close(saved);
}

static void a_text_line_has_time_level_event_and_words(void **state)
{
    char line[1024];
    int year = 0, ms = -1;

    (void)state;
    stderr_read(line, sizeof line);
    assert_int_equal(sscanf(line, "%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%3dZ", &year, &ms), 2);
    assert_true(year >= 2024 && ms >= 0);
    assert_string_equal(line + 24, " WARN  disk.slow ms=12 what=\"a\"\n");
}

static void a_json_line_is_one_object(void **state)
{
    char line[1024];
    struct mc_json_doc *doc = NULL;
    const struct mc_json *root;

    (void)state;
    mc_log_set_json(true);
    stderr_read(line, sizeof line);
    mc_log_set_json(false);
    assert_int_equal(mc_json_parse(&doc, mc_slice_str(line), 4, NULL), MC_OK);
    root = mc_json_root(doc);
    assert_true(mc_slice_eq(mc_json_str(mc_json_get(root, "level")), mc_slice_str("WARN")));
    assert_true(mc_slice_eq(mc_json_str(mc_json_get(root, "event")), mc_slice_str("disk.slow")));
    assert_true(
        mc_slice_eq(mc_json_str(mc_json_get(root, "text")), mc_slice_str("ms=12 what=\"a\"")));
    assert_int_equal(mc_json_str(mc_json_get(root, "time")).n, 24);
    mc_json_free(doc);
}

static void *write_many(void *arg)
{
    for (int i = 0; i < 500; i++)
        MC_LOG(INFO, "t", "n=%d", *(const int *)arg);
    return NULL;
}

static void lines_of_many_threads_stay_whole(void **state)
{
    struct lines l = {{0}, 0};
    pthread_t threads[4];
    int n = 5;

    (void)state;
    mc_log_set_sink(line_keep, &l);
    for (size_t i = 0; i < MC_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &n), 0);
    for (size_t i = 0; i < MC_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    mc_log_set_sink(NULL, NULL);
    assert_int_equal(l.cnt, 2000);
    assert_int_equal(l.text.n, 2000 * strlen("2|t n=5\n"));
    mc_buf_free(&l.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sink_gets_the_event_and_its_words),
        cmocka_unit_test(lines_above_the_level_are_dropped),
        cmocka_unit_test(foreign_words_cannot_forge_a_line),
        cmocka_unit_test(long_words_are_cut),
        cmocka_unit_test(a_text_line_has_time_level_event_and_words),
        cmocka_unit_test(a_json_line_is_one_object),
        cmocka_unit_test(lines_of_many_threads_stay_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
