/* The grammar of RFC 8259, checked before json-c sees the text; private to base/.
 *
 * json-c's strict mode still lets NaN, Infinity, control characters in strings and keys with a NUL through,
 * cuts numbers to its range and keeps the last of two equal keys.  One pass over the text refuses the former
 * and counts what json-c's tree must then contain. */
#ifndef MC_BASE_JSON_SCAN_H
#define MC_BASE_JSON_SCAN_H

#include "base/bytes.h"

/* Nesting that the scan's own stack can follow. */
#define JSON_SCAN_DEPTH_MAX 256u

struct json_census {
    size_t member_cnt; /* key and value pairs over all objects */
    size_t value_cnt;  /* values of every type */
    size_t object_cnt;
};

/* Checks that text is one JSON value with white space around it.
 * Returns: NULL when it is, else a fixed text with the reason
 * Out:     census filled on NULL; at: the offset of the failure */
const char *json_scan(struct json_census *census, size_t *at, struct mc_slice text,
                      uint32_t depth_max);

/* A key as the text has it, escapes included, and the number of its object in the text. */
typedef void (*json_key_cb)(void *arg, size_t object, struct mc_slice raw);
/* Calls fn for each key of a text that json_scan accepts; the keys are borrowed from the text. */
void json_scan_keys(struct mc_slice text, uint32_t depth_max, json_key_cb fn, void *arg);

/* Bytes of the well-formed UTF-8 sequence at p (RFC 3629: no surrogate, nothing overlong); 0: not well formed. */
size_t json_utf8_len(const uint8_t *p, size_t n);

#endif
