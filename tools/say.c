#include "tools/say.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void say(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
static void say(const char *fmt, va_list ap)
{
    fflush(stdout); /* order on a terminal */
    fputs("medichain: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
}

int tool_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
    return TOOL_NO;
}

int tool_bad_usage(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
    return TOOL_USAGE;
}

int tool_put(const struct mc_buf *text)
{
    if (text->oom)
        return tool_error("out of memory");
    if (text->n > 0)
        fwrite(text->p, 1, text->n, stdout);
    if (text->n == 0 || text->p[text->n - 1] != '\n')
        fputc('\n', stdout);
    if (fflush(stdout) != 0 || ferror(stdout))
        return tool_error("cannot write the answer to the standard output");
    return TOOL_OK;
}

/* Spreads compact JSON over lines; strings pass untouched. */
static void indent_text(struct mc_buf *out, struct mc_slice s)
{
    uint32_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = (char)s.p[i], next = i + 1 < s.n ? (char)s.p[i + 1] : 0;
        if (quoted) {
            mc_buf_put_u8(out, s.p[i]);
            if (c == '\\' && i + 1 < s.n)
                mc_buf_put_u8(out, s.p[++i]);
            else if (c == '"')
                quoted = false;
            continue;
        }
        quoted = c == '"';
        if (c == '}' || c == ']') {
            char before = i > 0 ? (char)s.p[i - 1] : 0;
            depth -= depth > 0;
            if (before != '{' && before != '[')
                mc_buf_putf(out, "\n%*s", (int)depth * 2, "");
        }
        mc_buf_put_u8(out, s.p[i]);
        if (c == ':')
            mc_buf_put_u8(out, ' ');
        if (c == '{' || c == '[') {
            depth++;
            if (next != '}' && next != ']')
                mc_buf_putf(out, "\n%*s", (int)depth * 2, "");
        } else if (c == ',') {
            mc_buf_putf(out, "\n%*s", (int)depth * 2, "");
        }
    }
}

int tool_put_json_text(struct mc_slice text, bool indent)
{
    struct mc_buf out = {0};
    if (indent)
        indent_text(&out, text);
    else
        mc_buf_put_slice(&out, text);
    int rc = tool_put(&out);
    mc_buf_free(&out);
    return rc;
}

int tool_put_json(const struct mc_json *v, bool indent)
{
    struct mc_buf text = {0};
    mc_json_put(&text, v);
    int rc =
        text.oom ? tool_error("out of memory") : tool_put_json_text(mc_buf_slice(&text), indent);
    mc_buf_free(&text);
    return rc;
}

void tool_progress(struct tool_progress *p, uint64_t done, uint64_t total)
{
    uint64_t tenth = total == 0 ? 10 : done * 10 / total;
    if (p->terminal == 0)
        p->terminal = isatty(STDERR_FILENO) ? 1 : -1;
    if (p->terminal > 0) {
        fprintf(stderr, "\r%s %" PRIu64 " of %" PRIu64 "%s", p->what, done, total,
                done >= total ? "\n" : "");
        fflush(stderr);
    } else if (tenth + 1 > p->shown) {
        fprintf(stderr, "%s %" PRIu64 " of %" PRIu64 "\n", p->what, done, total);
    }
    p->shown = tenth + 1;
}

/* True when the first medichain of $PATH is this file. */
static bool on_path(const char *self)
{
    const char *at = getenv("PATH");
    while (at != NULL && *at != 0) {
        char path[PATH_MAX], real[PATH_MAX];
        size_t n = strcspn(at, ":");
        int len = snprintf(path, sizeof path, "%.*s/medichain", (int)(n < 4000 ? n : 4000), at);
        if (len > 0 && access(path, X_OK) == 0)
            return realpath(path, real) != NULL && strcmp(real, self) == 0;
        at += n + (at[n] == ':');
    }
    return false;
}

const char *tool_self(void)
{
    static char path[PATH_MAX];
    ssize_t n = path[0] == 0 ? readlink("/proc/self/exe", path, sizeof path - 1) : 0;
    if (n < 0 || (n > 0 && on_path(path)))
        snprintf(path, sizeof path, "medichain");
    return path;
}

void tool_time_text(char out[32], uint64_t time_s)
{
    time_t t = (time_t)time_s;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || strftime(out, 32, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
        snprintf(out, 32, "%" PRIu64 " s", time_s);
}

uint64_t tool_now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t tool_now_ms(void)
{
    return tool_now_ns() / 1000000u;
}

void tool_sleep_ms(uint64_t ms)
{
    struct timespec ts = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000L};
    while (nanosleep(&ts, &ts) != 0)
        ; /* a signal: sleep the rest */
}
