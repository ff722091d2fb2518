/* Every registered module against the published list of selectors and topics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "vm/vm.h"

#define LIST "../shared/spec/contracts/selectors.txt"

/* The paragraph of the list that starts with "<name>:"; empty when there is none. */
static struct mc_slice paragraph(struct mc_slice list, const char *name)
{
    size_t n = strlen(name);
    for (size_t at = 0; at + n < list.n; at++) {
        const uint8_t *p = list.p + at, *end;
        if ((at > 0 && p[-1] != '\n') || memcmp(p, name, n) != 0 || p[n] != ':')
            continue;
        end = memmem(p, list.n - at, "\n\n", 2);
        return mc_slice(p, end == NULL ? list.n - at : (size_t)(end + 1 - p));
    }
    return mc_slice(NULL, 0);
}

static void selectors_and_topics_are_the_published_ones(void **state)
{
    struct mc_buf list = {0}, text = {0};
    struct mc_errmsg em;
    (void)state;
    if (mc_file_read(&list, LIST, 1u << 20, &em) != MC_OK) {
        print_message("skipped: " LIST " is not here\n");
        mc_buf_free(&list);
        skip();
    }
    vm_init();
    assert_true(vm_module_cnt() > 0);
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        mc_buf_reset(&text);
        vm_selectors_text(&text, m);
        if (!mc_slice_eq(mc_buf_slice(&text), paragraph(mc_buf_slice(&list), m->name)))
            fail_msg("%s differs:\n%.*s", m->name, (int)text.n, (const char *)text.p);
    }
    mc_buf_free(&text);
    mc_buf_free(&list);
}

/* Without the list: well-known functions of the earlier contracts that back ends call. */
static void the_earlier_contracts_functions_have_their_selectors(void **state)
{
    static const struct {
        const char *module, *line;
    } rows[] = {
        {"MedicalRecordHash", "  0x0aeacb5e  getTotalRecords()  view\n"},
        {"DrugTrace", "  0x310aac69  getTotalItems()  view\n"},
        {"DrugTrace", "  0x29d0e262  transferItem(string,address,string,string)\n"},
    };
    struct mc_buf text = {0};
    (void)state;
    vm_init();
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        const struct vm_module *m = vm_module_by_name(mc_slice_str(rows[i].module));
        assert_non_null(m);
        mc_buf_reset(&text);
        vm_selectors_text(&text, m);
        assert_non_null(memmem(text.p, text.n, rows[i].line, strlen(rows[i].line)));
    }
    mc_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_and_topics_are_the_published_ones),
        cmocka_unit_test(the_earlier_contracts_functions_have_their_selectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
