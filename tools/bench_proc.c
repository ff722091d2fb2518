#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/bench.h"

/* utime and stime of a stat file, in nanoseconds; name gets the text in parentheses. */
static bool read_stat(const char *path, char name[32], uint64_t *cpu_ns)
{
    char text[1024];
    FILE *f = fopen(path, "re");
    size_t n = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f != NULL)
        fclose(f);
    text[n] = 0;
    char *open = strchr(text, '('), *close = strrchr(text, ')'), *rest;
    if (open == NULL || close == NULL || close < open)
        return false;
    snprintf(name, 32, "%.*s", (int)(close - open - 1 < 31 ? close - open - 1 : 31), open + 1);
    rest = close + 1;
    for (int field = 3; field < 14 && rest != NULL; field++)
        rest = strchr(rest + 1, ' '); /* now before field 14, utime */
    if (rest == NULL)
        return false;
    uint64_t ticks = strtoull(rest, &rest, 10);
    ticks += strtoull(rest, &rest, 10);
    *cpu_ns = ticks * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
    return true;
}

static void add_thread(struct bench_proc *p, const char *name, uint64_t cpu_ns)
{
    uint32_t i = 0;
    while (i < p->thread_cnt && strcmp(p->threads[i].name, name) != 0)
        i++;
    if (i == BENCH_THREADS_MAX)
        i--; /* the last row takes what does not fit */
    if (i == p->thread_cnt)
        snprintf(p->threads[p->thread_cnt++].name, sizeof p->threads[0].name, "%s", name);
    p->threads[i].cpu_ns += cpu_ns;
}

static void read_threads(struct bench_proc *out, int64_t pid)
{
    char path[320], name[32];
    uint64_t cpu_ns;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/task", pid);
    DIR *d = opendir(path);
    if (d == NULL)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%" PRId64 "/task/%s/stat", pid, e->d_name);
        if (read_stat(path, name, &cpu_ns))
            add_thread(out, name, cpu_ns);
    }
    closedir(d);
}

bool bench_proc_read(struct bench_proc *out, int64_t pid)
{
    char path[64], line[256], name[32];
    memset(out, 0, sizeof *out);
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    if (pid <= 0 || !read_stat(path, name, &out->cpu_ns))
        return false;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/status", pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0)
            out->rss_kib = strtoull(line + 6, NULL, 10);
        else if (strncmp(line, "VmHWM:", 6) == 0)
            out->peak_kib = strtoull(line + 6, NULL, 10);
    }
    if (f != NULL)
        fclose(f);
    read_threads(out, pid);
    return true;
}
