/* Pages derived from the tables: the committed ones, and what a page says of each kind of row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>

#include "tests/lib/toy.h"
#include "vm/registry.h"

#define PAGES "docs/modules"
#define AGAIN "write them again:  medichain artifacts docs --out " PAGES

static int setup(void **state)
{
    (void)state;
    toy_init();
    return 0;
}

static bool contains(struct mc_slice text, const char *what)
{
    return memmem(text.p, text.n, what, strlen(what)) != NULL;
}

static bool is_toy(const struct vm_module *m)
{
    return m == &toy_module;
}

static void the_committed_pages_are_what_the_tables_give(void **state)
{
    struct mc_buf file = {0}, text = {0};
    (void)state;
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        struct mc_errmsg em = {""};
        char path[256];
        if (is_toy(m))
            continue;
        snprintf(path, sizeof path, PAGES "/%s.md", m->name);
        mc_buf_reset(&file);
        mc_buf_reset(&text);
        if (mc_file_read(&file, path, 1u << 20, &em) != MC_OK)
            fail_msg("%s; " AGAIN, em.text);
        vm_module_doc(&text, m);
        if (!mc_slice_eq(mc_buf_slice(&file), mc_buf_slice(&text)))
            fail_msg("%s is not what the tables of %s give; " AGAIN, path, m->name);
    }
    mc_buf_free(&file);
    mc_buf_free(&text);
}

static void no_page_is_left_of_a_module_that_went(void **state)
{
    DIR *dir = opendir(PAGES);
    (void)state;
    assert_non_null(dir);
    for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
        size_t n = strlen(d->d_name);
        if (d->d_name[0] == '.')
            continue;
        if (n < 3 || strcmp(d->d_name + n - 3, ".md") != 0 ||
            vm_module_by_name(mc_slice(d->d_name, n - 3)) == NULL)
            fail_msg(PAGES "/%s belongs to no module", d->d_name);
    }
    closedir(dir);
}

/* docs/modules.md is written by hand: what it says of a module's place is checked, so that it cannot fall behind. */
static void the_guide_names_every_module_and_state(void **state)
{
    struct mc_buf guide = {0};
    struct mc_errmsg em = {""};
    (void)state;
    if (mc_file_read(&guide, "docs/modules.md", 1u << 20, &em) != MC_OK)
        fail_msg("%s", em.text);
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        const struct mc_addr *a = vm_module_well_known(m);
        char row[128];
        if (is_toy(m))
            continue;
        snprintf(row, sizeof row, "| %02x%02x | [%s](modules/%s.md) |", a->b[18], a->b[19], m->name,
                 m->name);
        if (!contains(mc_buf_slice(&guide), row))
            fail_msg("docs/modules.md has no row: %s", row);
        for (uint32_t j = 0; j < m->enum_cnt; j++) {
            snprintf(row, sizeof row, "| %s | %.*s | 0 NONE, ", m->name,
                     (int)strcspn(m->enums[j], ":"), m->enums[j]);
            if (!contains(mc_buf_slice(&guide), row))
                fail_msg("docs/modules.md has no row: %s...", row);
        }
    }
    mc_buf_free(&guide);
}

/* Where a page says that the function decides, the guide says how. */
static void the_guide_says_who_calls_what_has_no_role(void **state)
{
    struct mc_buf guide = {0};
    struct mc_errmsg em = {""};
    (void)state;
    if (mc_file_read(&guide, "docs/modules.md", 1u << 20, &em) != MC_OK)
        fail_msg("%s", em.text);
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        const struct vm_entry *e = vm_entry_of(m);
        for (uint32_t j = 0; j < m->method_cnt; j++) {
            char word[128];
            if (is_toy(m) || e->funcs[j].view || m->methods[j].roles != 0)
                continue;
            snprintf(word, sizeof word, "`%s`", e->funcs[j].name);
            if (!contains(mc_buf_slice(&guide), word))
                fail_msg("docs/modules.md, who may call: %s %s is missing", m->name, word);
        }
    }
    mc_buf_free(&guide);
}

static void a_page_tells_each_kind_of_row(void **state)
{
    static const char *const lines[] = {
        "# Toy\n",
        "- Address: `0x0000000000000000000000000000000000001fFF`\n",
        "### put\n\n```solidity\nfunction put(",
        "`0x1003e2d2`, of `add(uint256)`\n", /* the selector that call data in test_json.c has */
        "`pairs[].name` 64, `words[]` 128, `blob` 2048, `one.name` 256\n",
        "### Put\n\n```solidity\nevent Put(string indexed id, address indexed owner,",
        "- topic 1: `id`, as keccak256 of the text\n- topic 2: `owner`\n- gas: 1500, ",
        "struct Pair {\n    string name;\n    uint256 value;\n}\n",
        "    Kind kind;\n",
        "    uint8 age;\n",
        "- `Kind`\n",
        "- 15000 for each call that changes state\n",
    };
    struct mc_buf text = {0};
    (void)state;
    vm_module_doc(&text, &toy_module);
    for (size_t i = 0; i < MC_COUNT(lines); i++) {
        if (!contains(mc_buf_slice(&text), lines[i]))
            fail_msg("no \"%s\" in\n%.*s", lines[i], (int)text.n, (const char *)text.p);
    }
    /* Stored only: not part of the ABI. */
    assert_false(contains(mc_buf_slice(&text), "secret"));
    mc_buf_free(&text);
}

static void roles_and_limits_name_what_they_bind(void **state)
{
    static const struct {
        const char *module, *line;
    } rows[] = {
        {"Billing", "- Who: ADMIN, PHARMACIST\n- At most (bytes): `invoiceId` 128, "
                    "`encounterId` 128\n"},
        {"Billing", "`invoiceId` 128, `lines[].code` 64, `lines[].refId` 128\n"},
        {"MedicalRecord", "`keys[].wrappedKey` as the function checks it"},
        {"ServicePayment", "- Takes value\n"},
        {"Governance", "- Checks of its own before those of a function"},
        {"AccessControl", "- Who: no role is asked in general; "},
    };
    struct mc_buf text = {0};
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        mc_buf_reset(&text);
        vm_module_doc(&text, vm_module_by_name(mc_slice_str(rows[i].module)));
        if (!contains(mc_buf_slice(&text), rows[i].line))
            fail_msg("%s: no \"%s\"", rows[i].module, rows[i].line);
    }
    mc_buf_free(&text);
}

static void no_line_of_a_declaration_runs_over(void **state)
{
    struct mc_buf text = {0};
    (void)state;
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        bool code = false;
        mc_buf_reset(&text);
        vm_module_doc(&text, vm_module_at(i));
        mc_buf_put_u8(&text, 0);
        for (char *line = strtok((char *)text.p, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            code ^= strncmp(line, "```", 3) == 0;
            if (code && strlen(line) > 96)
                fail_msg("%s: %zu columns: %s", vm_module_at(i)->name, strlen(line), line);
        }
    }
    mc_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_committed_pages_are_what_the_tables_give),
        cmocka_unit_test(no_page_is_left_of_a_module_that_went),
        cmocka_unit_test(the_guide_names_every_module_and_state),
        cmocka_unit_test(the_guide_says_who_calls_what_has_no_role),
        cmocka_unit_test(a_page_tells_each_kind_of_row),
        cmocka_unit_test(roles_and_limits_name_what_they_bind),
        cmocka_unit_test(no_line_of_a_declaration_runs_over),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
