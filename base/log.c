#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"

#define LOG_TEXT_MAX 2048 /* bytes of one event's words; longer ones are cut */

static _Atomic(enum mc_log_level) level_max = MC_LOG_INFO;
static atomic_bool json_lines;

/* Guards the sink, and keeps a line whole. */
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static mc_log_sink_cb log_sink;
static void *log_sink_arg;

void mc_log_set_level(enum mc_log_level max)
{
    atomic_store(&level_max, max);
}

enum mc_log_level mc_log_level(void)
{
    return atomic_load_explicit(&level_max, memory_order_relaxed);
}

void mc_log_set_sink(mc_log_sink_cb sink, void *arg)
{
    pthread_mutex_lock(&log_lock);
    log_sink = sink;
    log_sink_arg = arg;
    pthread_mutex_unlock(&log_lock);
}

void mc_log_set_json(bool json)
{
    atomic_store(&json_lines, json);
}

static const char *level_text(enum mc_log_level level)
{
    switch (level) {
    case MC_LOG_ERROR:
        return "ERROR";
    case MC_LOG_WARN:
        return "WARN";
    case MC_LOG_INFO:
        return "INFO";
    case MC_LOG_DEBUG:
        return "DEBUG";
    }
    return "?";
}

/* UTC with milliseconds, RFC 3339. */
static void time_text(char out[32])
{
    struct timespec now;
    struct tm tm;
    char seconds[24];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out, 32, "%s.%03dZ", seconds, (int)(now.tv_nsec / 1000000));
}

/* Words may quote a peer or a client: no byte of theirs may start a line of its own. */
static void controls_blank(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

static void line_make(struct mc_buf *line, enum mc_log_level level, const char *event,
                      const char *words)
{
    char when[32];

    time_text(when);
    if (!atomic_load(&json_lines)) {
        mc_buf_putf(line, "%s %-5s %s%s%s\n", when, level_text(level), event,
                    words[0] == '\0' ? "" : " ", words);
        return;
    }
    mc_buf_putf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":", when, level_text(level));
    mc_json_put_str(line, mc_slice_str(event));
    mc_buf_put_str(line, ",\"text\":");
    mc_json_put_str(line, mc_slice_str(words));
    mc_buf_put_str(line, "}\n");
}

static void line_write(struct mc_slice line)
{
    while (line.n > 0) {
        ssize_t n = write(STDERR_FILENO, line.p, line.n);
        /* Nothing is left to report a broken stderr to. */
        if (n <= 0)
            return;
        line = mc_slice_skip(line, (size_t)n);
    }
}

void mc_log_write(enum mc_log_level level, const char *event, const char *fmt, ...)
{
    char text[LOG_TEXT_MAX];
    int event_len = snprintf(text, sizeof text / 2, "%s ", event);
    size_t at;
    va_list ap;

    at = event_len < 0 ? 0 : (size_t)event_len;
    if (at >= sizeof text / 2)
        at = sizeof text / 2 - 1;
    va_start(ap, fmt);
    vsnprintf(text + at, sizeof text - at, fmt, ap);
    va_end(ap);
    controls_blank(text);

    pthread_mutex_lock(&log_lock);
    if (log_sink != NULL) {
        if (text[at] == '\0' && at > 0)
            text[at - 1] = '\0';
        log_sink(log_sink_arg, level, text);
    } else {
        struct mc_buf line = {0};
        line_make(&line, level, event, text + at);
        line_write(mc_buf_slice(&line));
        mc_buf_free(&line);
    }
    pthread_mutex_unlock(&log_lock);
}
