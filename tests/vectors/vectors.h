/* Published test vectors: where they are, and one call for every case in them.
 *
 *   int main(void)
 *   {
 *       struct vectors_run run;
 *       vectors_begin(&run, "RLPTests");           leaves with status 77 where the folder is absent
 *       vectors_each(&run, check_case, NULL);      may be called again; arg reaches the callback
 *       return vectors_end(&run);                  prints the counts; 0 when every case passed
 *   }
 *
 * The vectors lie in the folder that MC_VECTORS names, or in ../shared/vectors/ethereum-tests; either may be
 * that folder itself or the one that holds it.  A file is a JSON object of cases by name, or an array of cases. */
#ifndef MC_TESTS_VECTORS_H
#define MC_TESTS_VECTORS_H

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/base.h"

#define VECTORS_SKIPPED        77
#define VECTORS_FILE_BYTES_MAX (256u * 1024u * 1024u)
#define VECTORS_JSON_DEPTH_MAX 64u

struct vectors_run {
    char root[PATH_MAX]; /* the folder of the group */
    char file[PATH_MAX]; /* of the case at hand */
    char name[256];      /* of the case at hand */
    unsigned long case_cnt;
    unsigned long skip_cnt; /* cases that do not apply to us */
    unsigned long fail_cnt;
};

typedef void (*vectors_case_cb)(struct vectors_run *run, const struct mc_json *vcase, void *arg);

/* Notes that the case at hand failed and prints why; the run goes on. */
static inline void vectors_fail(struct vectors_run *run, const char *fmt, ...) MC_PRINTF(2, 3);
static inline void vectors_fail(struct vectors_run *run, const char *fmt, ...)
{
    va_list ap;

    run->fail_cnt++;
    fprintf(stderr, "FAIL %s: %s: ", run->file, run->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

/* Notes that the case at hand does not apply, and says so. */
static inline void vectors_pass_over(struct vectors_run *run, const char *why)
{
    run->skip_cnt++;
    printf("not applicable: %s: %s: %s\n", run->file, run->name, why);
}

static inline bool vectors_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Finds the group's folder, for example "RLPTests", or leaves the program as skipped. */
static inline void vectors_begin(struct vectors_run *run, const char *group)
{
    const char *at = getenv("MC_VECTORS");

    *run = (struct vectors_run){0};
    if (at == NULL || at[0] == '\0')
        at = "../shared/vectors";
    if (snprintf(run->root, sizeof run->root, "%s/ethereum-tests/%s", at, group) > 0 &&
        vectors_is_dir(run->root))
        return;
    if (snprintf(run->root, sizeof run->root, "%s/%s", at, group) > 0 && vectors_is_dir(run->root))
        return;
    printf("skipped: no %s under %s (set MC_VECTORS to the folder of ethereum-tests)\n", group, at);
    exit(VECTORS_SKIPPED);
}

struct vectors_call {
    struct vectors_run *run;
    vectors_case_cb fn;
    void *arg;
};

static inline bool vectors_member(void *arg, struct mc_slice key, const struct mc_json *val)
{
    struct vectors_call *call = (struct vectors_call *)arg;

    snprintf(call->run->name, sizeof call->run->name, "%.*s", (int)key.n, (const char *)key.p);
    call->run->case_cnt++;
    call->fn(call->run, val, call->arg);
    return true;
}

static inline void vectors_file(struct vectors_call *call, const char *path)
{
    struct vectors_run *run = call->run;
    struct mc_json_doc *doc = NULL;
    struct mc_errmsg em = {{0}};
    struct mc_buf text = {0};
    const struct mc_json *root;

    snprintf(run->file, sizeof run->file, "%s", path);
    snprintf(run->name, sizeof run->name, "(file)");
    if (mc_file_read(&text, path, VECTORS_FILE_BYTES_MAX, &em) != MC_OK ||
        mc_json_parse(&doc, mc_buf_slice(&text), VECTORS_JSON_DEPTH_MAX, &em) != MC_OK) {
        vectors_fail(run, "%s", em.text);
        mc_buf_free(&text);
        return;
    }
    root = mc_json_root(doc);
    mc_json_each(root, vectors_member, call);
    for (size_t i = 0; mc_json_type(root) == MC_JSON_ARRAY && i < mc_json_len(root); i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu", i);
        vectors_member(call, mc_slice_str(name), mc_json_at(root, i));
    }
    mc_json_free(doc);
    mc_buf_free(&text);
}

static inline void vectors_folder(struct vectors_call *call, const char *path)
{
    struct dirent **entries = NULL;
    int cnt = scandir(path, &entries, NULL, alphasort);

    for (int i = 0; i < cnt; i++) {
        const char *name = entries[i]->d_name;
        size_t n = strlen(name);
        char child[PATH_MAX];
        int len = snprintf(child, sizeof child, "%s/%s", path, name);
        if (name[0] != '.' && len > 0 && (size_t)len < sizeof child) {
            if (vectors_is_dir(child))
                vectors_folder(call, child);
            else if (n > 5 && strcmp(name + n - 5, ".json") == 0)
                vectors_file(call, child);
        }
        free(entries[i]);
    }
    free(entries);
}

/* Calls fn for every case of every *.json below the group's folder, in the order of the names. */
static inline void vectors_each(struct vectors_run *run, vectors_case_cb fn, void *arg)
{
    struct vectors_call call = {run, fn, arg};

    vectors_folder(&call, run->root);
}

/* Prints the counts.  Returns the program's exit status: 1 also when no case was found. */
static inline int vectors_end(const struct vectors_run *run)
{
    printf("%s: %lu cases, %lu not applicable, %lu failed\n", run->root, run->case_cnt,
           run->skip_cnt, run->fail_cnt);
    return run->fail_cnt != 0 || run->case_cnt == run->skip_cnt;
}

#endif
