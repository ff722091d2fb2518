#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/err.h"

static void every_number_has_a_text_of_its_own(void **state)
{
    static const enum mc_err all[] = {
#define ROW(name, number, text) name,
        MC_ERR_MAP(ROW)
#undef ROW
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(all); i++) {
        assert_string_not_equal(mc_err_text(all[i]), "unknown error number");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(mc_err_text(all[i]), mc_err_text(all[k]));
    }
    assert_string_equal(mc_err_text((enum mc_err)(-9999)), "unknown error number");
}

static void each_layer_puts_its_words_in_front(void **state)
{
    struct mc_errmsg em;

    (void)state;
    mc_errf(&em, "disk %s", "full");
    mc_errwrap(&em, "put block %d", 42);
    mc_errwrap(&em, "open node");
    assert_string_equal(em.text, "open node: put block 42: disk full");
}

static void a_failure_returns_its_number_and_its_words(void **state)
{
    struct mc_errmsg em;

    (void)state;
    assert_int_equal(mc_fail(&em, MC_ELIMIT, "%d is too much", 7), MC_ELIMIT);
    assert_string_equal(em.text, "7 is too much");
}

static void nobody_needs_to_listen(void **state)
{
    (void)state;
    mc_errf(NULL, "unheard %d", 1);
    mc_errwrap(NULL, "unheard");
    assert_int_equal(mc_fail(NULL, MC_EIO, "unheard"), MC_EIO);
}

static void long_words_are_cut_and_stay_terminated(void **state)
{
    struct mc_errmsg em;
    char words[2 * sizeof em.text];

    (void)state;
    memset(words, 'x', sizeof words);
    words[sizeof words - 1] = '\0';
    mc_errf(&em, "%s", words);
    assert_int_equal(strlen(em.text), sizeof em.text - 1);
    mc_errwrap(&em, "open node");
    assert_int_equal(strlen(em.text), sizeof em.text - 1);
    assert_memory_equal(em.text, "open node: xxx", 14);
    mc_errwrap(&em, "%s", words);
    assert_int_equal(strlen(em.text), sizeof em.text - 1);
    assert_null(strchr(em.text, ':'));
}

static void words_may_quote_themselves(void **state)
{
    struct mc_errmsg em;

    (void)state;
    mc_errf(&em, "inner");
    mc_errf(&em, "<%s>", em.text);
    assert_string_equal(em.text, "<inner>");
    mc_errwrap(&em, "again %s", em.text);
    assert_string_equal(em.text, "again <inner>: <inner>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_has_a_text_of_its_own),
        cmocka_unit_test(each_layer_puts_its_words_in_front),
        cmocka_unit_test(a_failure_returns_its_number_and_its_words),
        cmocka_unit_test(nobody_needs_to_listen),
        cmocka_unit_test(long_words_are_cut_and_stay_terminated),
        cmocka_unit_test(words_may_quote_themselves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
