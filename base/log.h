/* Log: one line an event, a stable name first and then key=value.  Thread safe.
 *
 * ERROR wakes a person, WARN is odd, INFO is a state change, DEBUG is for one developer.  No patient data, names or
 * record contents: hashes and addresses only. */
#ifndef MC_BASE_LOG_H
#define MC_BASE_LOG_H

#include "base/err.h"

enum mc_log_level { MC_LOG_ERROR, MC_LOG_WARN, MC_LOG_INFO, MC_LOG_DEBUG };

/* Lines go to stderr unless a sink is set (tests read them that way).  The text has no newline. */
typedef void (*mc_log_sink_cb)(void *arg, enum mc_log_level level, const char *text);
void mc_log_set_level(enum mc_log_level max);
enum mc_log_level mc_log_level(void);
void mc_log_set_sink(mc_log_sink_cb sink, void *arg);
void mc_log_set_json(bool json); /* one JSON object a line instead of text */
void mc_log_write(enum mc_log_level level, const char *event, const char *fmt, ...) MC_PRINTF(3, 4);

#define MC_LOG(level, event, ...)                                                                  \
    do {                                                                                           \
        if (MC_LOG_##level <= mc_log_level())                                                      \
            mc_log_write(MC_LOG_##level, event, __VA_ARGS__);                                      \
    } while (0)

#endif
