/* Words for people and data for programs: errors to stderr, answers to stdout, progress where it helps. */
#ifndef MC_TOOLS_SAY_H
#define MC_TOOLS_SAY_H

#include "tools/tools.h"

/* "medichain: ..." on stderr.  Returns TOOL_NO, so that a command can `return tool_error(...)`. */
int tool_error(const char *fmt, ...) MC_PRINTF(1, 2);
/* The same for wrong usage.  Returns TOOL_USAGE. */
int tool_bad_usage(const char *fmt, ...) MC_PRINTF(1, 2);

/* Writes the text and a newline to stdout.  Returns TOOL_OK, or TOOL_NO with a sentence when the text could not be built or
 * written (a full disk behind a pipe must not look like success). */
int tool_put(const struct mc_buf *text);
/* The value as indented JSON and a newline to stdout; returns as tool_put. */
int tool_put_json(const struct mc_json *v, bool indent);
/* The same from JSON text that this program made. */
int tool_put_json_text(struct mc_slice text, bool indent);

/* "done of total": redrawn on a terminal, a line each tenth otherwise; on stderr.  Zeroed at the start. */
struct tool_progress {
    const char *what;
    uint64_t shown; /* last tenth printed, plus one */
    int terminal;   /* 0 unknown, 1 yes, -1 no */
};
void tool_progress(struct tool_progress *p, uint64_t done, uint64_t total);

/* How a user calls this program: "medichain" when $PATH leads to it, else its path.  A fixed string. */
const char *tool_self(void);

/* UTC as "2025-01-31 12:00:00"; seconds since 1970. */
void tool_time_text(char out[32], uint64_t time_s);
/* Milliseconds and nanoseconds of a clock that never goes back. */
uint64_t tool_now_ms(void);
uint64_t tool_now_ns(void);
void tool_sleep_ms(uint64_t ms);

#endif
