/* Running the programs of this build as a user does: arguments in; status, output and errors out. */
#ifndef MC_TESTS_TOOLS_PROGRAM_H
#define MC_TESTS_TOOLS_PROGRAM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/base.h"

#define PROGRAM_ARGS_MAX 20

struct program {
    int status; /* exit status; 128 + number for a signal */
    struct mc_buf out, err;
};

/* Path of medichain beside this test program. */
static inline const char *program_path(void)
{
    static char path[1024];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
    assert_true(n > 0);
    path[n] = 0;
    char *slash = strrchr(path, '/');
    memcpy(slash + 1, "medichain", sizeof "medichain");
    if (access(path, X_OK) != 0)
        fail_msg("%s is not built; build the whole tree first", path);
    return path;
}

static inline void program_free(struct program *p)
{
    mc_buf_free(&p->out);
    mc_buf_free(&p->err);
}

static inline void program_slurp(struct mc_buf *to, FILE *from)
{
    char chunk[4096];
    size_t n;
    mc_buf_reset(to);
    rewind(from);
    while ((n = fread(chunk, 1, sizeof chunk, from)) > 0)
        mc_buf_put(to, chunk, n);
    mc_buf_put_u8(to, 0);
    assert_false(to->oom);
    fclose(from);
}

/* Runs medichain with these arguments, the last one NULL, its standard input empty. */
static inline void program_run(struct program *p, const char *const *args)
{
    const char *argv[PROGRAM_ARGS_MAX + 2] = {program_path()};
    FILE *out = tmpfile(), *err = tmpfile();
    int status = 0;
    assert_non_null(out);
    assert_non_null(err);
    for (int i = 0; args[i] != NULL; i++) {
        assert_true(i < PROGRAM_ARGS_MAX);
        argv[i + 1] = args[i];
    }
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (freopen("/dev/null", "r", stdin) == NULL)
            _exit(126);
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    p->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    program_slurp(&p->out, out);
    program_slurp(&p->err, err);
}

/* Runs and checks: the status, and a text that must stand in the output or among the errors (NULL: any). */
static inline void program_expect(int status, const char *out, const char *err,
                                  const char *const *args)
{
    struct program p = {0};
    program_run(&p, args);
    if (p.status != status || (out != NULL && strstr((char *)p.out.p, out) == NULL) ||
        (err != NULL && strstr((char *)p.err.p, err) == NULL))
        fail_msg("medichain %s %s: status %d (wanted %d)\nwanted output: %s\noutput: %s\n"
                 "wanted errors: %s\nerrors: %s",
                 args[0], args[0] != NULL && args[1] != NULL ? args[1] : "", p.status, status,
                 out != NULL ? out : "any", p.out.p, err != NULL ? err : "any", p.err.p);
    program_free(&p);
}
#define EXPECT(status, out, err, ...)                                                              \
    program_expect(status, out, err, (const char *const[]){__VA_ARGS__, NULL})

/* A folder for one test program, removed at its end. */
static char program_dir[] = "/tmp/medichain-test-XXXXXX";

static inline int program_dir_make(void **state)
{
    (void)state;
    return mkdtemp(program_dir) == NULL;
}

static inline int program_dir_remove(void **state)
{
    (void)state;
    return mc_dir_remove(program_dir, NULL) != MC_OK;
}

/* dir/name in one of many static buffers. */
static inline const char *in_dir(const char *name)
{
    static char paths[64][256]; /* the oldest is used again */
    static unsigned next;
    char *path = paths[next++ % MC_COUNT(paths)];
    snprintf(path, 256, "%s/%s", program_dir, name);
    return path;
}

static inline void write_text(const char *path, const char *text)
{
    assert_int_equal(mc_file_write(path, mc_slice_str(text), 0600, NULL), MC_OK);
}

#endif
