/* The modules byte for byte: tests/vm/module_vectors.txt, call by call on one chain. */
#include "tests/vm/args_text.h"

#define FILE_NAME  "tests/vm/module_vectors.txt"
#define LINE_BYTES 16384

static struct memhost *h;
static unsigned line_no;

static void bytes_of(struct mc_buf *b, const char *hex)
{
    size_t n = strlen(hex) / 2;
    assert_int_equal(strlen(hex) % 2, 0);
    mc_buf_reset(b);
    assert_true(mc_buf_reserve(b, n + 1));
    assert_true(mc_hex_decode(b->p, hex, n));
    b->n = n;
}

static void same(const char *what, struct mc_slice got, const char *hex)
{
    struct mc_buf b = {0};
    mc_buf_put_hex(&b, got);
    mc_buf_put_u8(&b, 0);
    if (strcmp((const char *)b.p, hex) != 0)
        fail_msg("%s:%u: %s\n  gave     %s\n  expected %s", FILE_NAME, line_no, what, b.p, hex);
    mc_buf_free(&b);
}

/* Words after the first, in place; missing ones are "". */
static void words(char *line, const char *out[3])
{
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < 3; i++) {
        char *space = strchr(line, ' ');
        out[i] = "";
        if (space == NULL)
            continue;
        *space = '\0';
        line = space + 1;
        out[i] = line;
    }
}

static void call(struct mh_res *r, const char *const w[3])
{
    struct mc_buf data = {0};
    const struct vm_module *m = vm_module_by_name(mc_slice_str(w[0]));
    assert_non_null(m);
    bytes_of(&data, w[2]);
    h->caller = memhost_account((uint32_t)strtoul(w[1], NULL, 10));
    memhost_call_data(h, r, w[0], *vm_module_well_known(m), mc_buf_slice(&data));
    mc_buf_free(&data);
}

static void log_same(uint32_t i, const char *const w[3])
{
    if (i >= h->log_cnt)
        fail_msg("%s:%u: only %u logs", FILE_NAME, line_no, h->log_cnt);
    const struct mh_log *l = &h->logs[i];
    same("topics", mc_slice(l->topics, l->topic_cnt * sizeof l->topics[0]), w[0]);
    same("log data", l->data, w[1]);
}

static void answers_are_those_of_the_encoding(void **state)
{
    static const uint32_t roles[] = {VM_DOCTOR, VM_ADMIN,   VM_MANUFACTURER, VM_PHARMACIST,
                                     VM_NURSE,  VM_PATIENT, VM_EMERGENCY};
    static char line[LINE_BYTES];
    struct mh_res r = {0};
    const char *w[3];
    uint32_t logs = 0, calls = 0;
    FILE *f = fopen(FILE_NAME, "r");

    (void)state;
    assert_non_null(f);
    h = memhost_new();
    for (uint32_t i = 0; i < MC_COUNT(roles); i++)
        memhost_grant(h, memhost_account(i + 1), roles[i]);
    for (line_no = 1; fgets(line, sizeof line, f) != NULL; line_no++) {
        assert_non_null(strchr(line, '\n'));
        if (line[0] == '#')
            continue;
        words(line, w);
        if (strcmp(line, "call") == 0) {
            if (calls++ > 0)
                assert_int_equal(logs, h->log_cnt); /* no log beyond those expected */
            logs = 0;
            call(&r, w);
        } else if (strcmp(line, "log") == 0) {
            log_same(logs++, w);
        } else {
            enum mc_err want = strcmp(line, "gives") == 0 ? MC_OK : MC_EREVERT;
            if (r.err != want)
                fail_msg("%s:%u: %s: %s", FILE_NAME, line_no, mc_err_text(r.err), r.reason);
            same("answer", r.output, w[0]);
        }
    }
    assert_int_equal(logs, h->log_cnt);
    assert_true(calls > 100);
    fclose(f);
    memhost_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_those_of_the_encoding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
