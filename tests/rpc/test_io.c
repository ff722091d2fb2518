/* The cases tests/rpc/<method>/<case>.io: a '//' line says what is shown, a '>>' line is a request, the '<<' line after it
 * the reply, compared whole.  Each file starts with a fresh server.  $ID in a reply stands for a new filter's id, in a
 * request for the last one seen.  Two lines act on the node: "## head N"
 * moves the chain's head, "## mined" gives what is submitted a receipt at once. */
#include <dirent.h>
#include <sys/stat.h>

#include "harness.h"
#include "rpc/methods.h"

#define ID_LEN 34u

struct player {
    struct harness h;
    char id[ID_LEN + 1];
    const char *path;
    int line;
    bool good, bad; /* seen a result, an error */
};

/* Appends `line` with each $ID replaced. */
static void id_put(struct mc_buf *out, const char *line, const char *id)
{
    for (;;) {
        const char *at = strstr(line, "$ID");
        if (at == NULL)
            break;
        mc_buf_put(out, line, (size_t)(at - line));
        mc_buf_put_str(out, id);
        line = at + 3;
    }
    mc_buf_put_str(out, line);
    mc_buf_put_u8(out, 0);
}

/* Takes the id out of the reply where the expected text has $ID. */
static void id_take(struct player *p, const char *want, const char *got)
{
    const char *at = strstr(want, "$ID");

    if (at == NULL || strlen(got) < (size_t)(at - want) + ID_LEN)
        return;
    memcpy(p->id, got + (at - want), ID_LEN);
}

static void reply_check(struct player *p, const char *want)
{
    const char *got = (const char *)p->h.reply.p;
    struct mc_buf b = {0};

    id_take(p, want, got);
    id_put(&b, want, p->id);
    if (strcmp(got, (const char *)b.p) != 0)
        fail_msg("%s:%d\n want %s\n got  %s", p->path, p->line, (const char *)b.p, got);
    mc_buf_free(&b);
    p->good = p->good || strstr(got, "\"result\":") != NULL;
    p->bad = p->bad || strstr(got, "\"error\":") != NULL;
}

static void line_play(struct player *p, const char *line)
{
    struct mc_buf b = {0};
    unsigned long long head;

    if (strncmp(line, ">> ", 3) == 0) {
        id_put(&b, line + 3, p->id);
        (void)ask_bytes(&p->h, mc_slice(b.p, b.n - 1));
        mc_buf_free(&b);
    } else if (strncmp(line, "<< ", 3) == 0) {
        reply_check(p, line + 3);
    } else if (strcmp(line, "<<") == 0) {
        reply_check(p, "");
    } else if (sscanf(line, "## head %llu", &head) == 1) {
        p->h.node.head = head;
    } else if (strcmp(line, "## mined") == 0) {
        p->h.node.mined = true;
    } else if (line[0] != '\0' && strncmp(line, "//", 2) != 0) {
        fail_msg("%s:%d: neither // nor >> nor <<", p->path, p->line);
    }
}

static void file_play(const char *path, bool *good, bool *bad)
{
    struct player p = {.path = path};
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    assert_non_null(f);
    harness_open(&p.h);
    while ((n = getline(&line, &cap, f)) > 0) {
        p.line++;
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        if (p.line == 1 && strncmp(line, "// ", 3) != 0)
            fail_msg("%s: the first line says what is shown", path);
        line_play(&p, line);
    }
    free(line);
    fclose(f);
    harness_close(&p.h);
    *good = *good || p.good;
    *bad = *bad || p.bad;
}

static size_t folder_play(const char *folder, bool *good, bool *bad)
{
    DIR *d = opendir(folder);
    size_t cnt = 0;

    if (d == NULL)
        fail_msg("no cases in %s", folder);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[512];
        if (strstr(e->d_name, ".io") == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        file_play(path, good, bad);
        cnt++;
    }
    closedir(d);
    return cnt;
}

static void every_method_has_a_good_and_a_bad_case_and_all_hold(void **state)
{
    size_t cnt = 0;

    (void)state;
    for (size_t i = 0; i < RPC_METHOD_CNT; i++) {
        char folder[256];
        bool good = false, bad = false;
        snprintf(folder, sizeof folder, "tests/rpc/%s", rpc_methods[i].name);
        cnt += folder_play(folder, &good, &bad);
        /* eth_blobBaseFee has nothing but an error to give. */
        if ((!good && strcmp(rpc_methods[i].name, "eth_blobBaseFee") != 0) || !bad)
            fail_msg("%s: want a case with a result and one with an error", folder);
    }
    printf("%zu case files\n", cnt);
}

static void protocol_cases_hold(void **state)
{
    bool good = false, bad = false;

    (void)state;
    assert_true(folder_play("tests/rpc/protocol", &good, &bad) > 0);
    assert_true(good);
    assert_true(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_has_a_good_and_a_bad_case_and_all_hold),
        cmocka_unit_test(protocol_cases_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
