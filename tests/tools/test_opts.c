#include "tools/opts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct values {
    bool flag;
    const char *text;
    uint64_t num;
};

static int parse(struct values *v, int *argc, char **argv)
{
    const struct tool_opt opts[] = {
        TOOL_FLAG("--flag", &v->flag, "a flag"),
        TOOL_TEXT("--text", &v->text, "TEXT", "a text"),
        TOOL_UINT("--num", &v->num, 2, 9, "N", "a number"),
    };
    const struct tool_usage u = {"test", "A test.", "test", opts, MC_COUNT(opts), 0, 2};
    return tool_parse(&u, argc, argv);
}

static void flags_and_arguments_may_come_in_any_order(void **state)
{
    char *argv[] = {"one", "--flag", "--text", "a", "two", "--num=7"};
    int argc = 6;
    struct values v = {false, "preset", 3};
    (void)state;
    assert_int_equal(parse(&v, &argc, argv), TOOL_GO_ON);
    assert_int_equal(argc, 2);
    assert_string_equal(argv[0], "one");
    assert_string_equal(argv[1], "two");
    assert_true(v.flag);
    assert_string_equal(v.text, "a");
    assert_int_equal(v.num, 7);
}

static void defaults_stay_when_nothing_is_given(void **state)
{
    char *argv[] = {"one"};
    int argc = 1;
    struct values v = {false, "preset", 3};
    (void)state;
    assert_int_equal(parse(&v, &argc, argv), TOOL_GO_ON);
    assert_false(v.flag);
    assert_string_equal(v.text, "preset");
    assert_int_equal(v.num, 3);
}

static void everything_after_two_dashes_is_an_argument(void **state)
{
    char *argv[] = {"--", "--flag"};
    int argc = 2;
    struct values v = {false, NULL, 3};
    (void)state;
    assert_int_equal(parse(&v, &argc, argv), TOOL_GO_ON);
    assert_int_equal(argc, 1);
    assert_string_equal(argv[0], "--flag");
    assert_false(v.flag);
}

static void one_dash_makes_a_flag_only_where_the_table_says_so(void **state)
{
    char *argv[] = {"-o", "file", "-5", "-x"};
    int argc = 4;
    const char *to = NULL;
    const struct tool_opt opts[] = {TOOL_TEXT("-o", &to, "FILE", "a file")};
    const struct tool_usage u = {"test", "A test.", "test", opts, MC_COUNT(opts), 0, 2};
    (void)state;
    assert_int_equal(tool_parse(&u, &argc, argv), TOOL_GO_ON);
    assert_string_equal(to, "file");
    assert_int_equal(argc, 2);
    assert_string_equal(argv[0], "-5");
    assert_string_equal(argv[1], "-x");
}

static void an_equals_sign_may_start_an_empty_value(void **state)
{
    char *argv[] = {"--text="};
    int argc = 1;
    struct values v = {false, "preset", 3};
    (void)state;
    assert_int_equal(parse(&v, &argc, argv), TOOL_GO_ON);
    assert_string_equal(v.text, "");
}

static void help_ends_with_status_0(void **state)
{
    char *argv[] = {"--unknown", "--help"}, *first[] = {"--help", "--unknown"};
    int argc = 2;
    struct values v = {false, NULL, 3};
    (void)state;
    assert_int_equal(parse(&v, &argc, first), TOOL_OK);
    argc = 2;
    assert_int_equal(parse(&v, &argc, argv), TOOL_USAGE);
}

static void wrong_usage_ends_with_status_2(void **state)
{
    static char *const cases[][4] = {
        {"--nope"},      {"--text"},
        {"--num", "1"},  {"--num", "10"},
        {"--num", "x"},  {"--num", "-3"},
        {"--num", ""},   {"--flag=yes"},
        {"a", "b", "c"}, {"--num", "99999999999999999999999"},
        {"--tex", "a"},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        char *argv[4];
        struct values v = {false, NULL, 3};
        int argc = 0;
        while (argc < 4 && cases[i][argc] != NULL) {
            argv[argc] = cases[i][argc];
            argc++;
        }
        if (parse(&v, &argc, argv) != TOOL_USAGE)
            fail_msg("case %zu (%s) was accepted", i, cases[i][0]);
        assert_int_equal(v.num, 3);
    }
}

static void too_few_arguments_are_wrong_usage(void **state)
{
    const struct tool_usage u = {"test A", "A test.", "test a", NULL, 0, 1, 1};
    char *argv[] = {NULL};
    int argc = 0;
    (void)state;
    assert_int_equal(tool_parse(&u, &argc, argv), TOOL_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_and_arguments_may_come_in_any_order),
        cmocka_unit_test(defaults_stay_when_nothing_is_given),
        cmocka_unit_test(everything_after_two_dashes_is_an_argument),
        cmocka_unit_test(one_dash_makes_a_flag_only_where_the_table_says_so),
        cmocka_unit_test(an_equals_sign_may_start_an_empty_value),
        cmocka_unit_test(help_ends_with_status_0),
        cmocka_unit_test(wrong_usage_ends_with_status_2),
        cmocka_unit_test(too_few_arguments_are_wrong_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
