/* JSON: strict parsing through json-c (json.c is the only file that includes it), writing by hand.
 *
 * Parsing refuses: bytes after the value, invalid UTF-8, nesting deeper than depth_max, a key twice in one object,
 * comments and every other extension.  A tree is read-only afterwards and belongs to the document. */
#ifndef MC_BASE_JSON_H
#define MC_BASE_JSON_H

#include "base/bytes.h"

enum mc_json_type {
    MC_JSON_NULL,
    MC_JSON_BOOL,
    MC_JSON_INT,
    MC_JSON_DOUBLE,
    MC_JSON_STRING,
    MC_JSON_ARRAY,
    MC_JSON_OBJECT
};

struct mc_json_doc; /* owns the tree */
struct mc_json;     /* a borrowed value inside a document */

/* Returned document: mc_json_free.  MC_EMALFORM says at which byte. */
MC_NODISCARD enum mc_err mc_json_parse(struct mc_json_doc **out, struct mc_slice text,
                                       uint32_t depth_max, struct mc_errmsg *em);
void mc_json_free(struct mc_json_doc *doc); /* NULL is allowed */
const struct mc_json *mc_json_root(const struct mc_json_doc *doc);

/* The accessors accept NULL as a JSON null, so that a missing member reads as null. */
enum mc_json_type mc_json_type(const struct mc_json *v);
bool mc_json_bool(const struct mc_json *v); /* false unless a true */
/* The value of an integer in the 64-bit range; false for any other type or range. */
MC_NODISCARD bool mc_json_u64(const struct mc_json *v, uint64_t *out);
MC_NODISCARD bool mc_json_i64(const struct mc_json *v, int64_t *out);
struct mc_slice mc_json_str(const struct mc_json *v); /* empty unless a string */
size_t mc_json_len(const struct mc_json *v);          /* elements or members; 0 for scalars */
const struct mc_json *mc_json_at(const struct mc_json *v, size_t i); /* array element or NULL */
const struct mc_json *mc_json_get(const struct mc_json *v, const char *key); /* member or NULL */
/* Calls fn for each member in document order until it returns false. */
void mc_json_each(const struct mc_json *v,
                  bool (*fn)(void *arg, struct mc_slice key, const struct mc_json *val), void *arg);
/* Appends the value as compact JSON text (to echo an id). */
void mc_json_put(struct mc_buf *b, const struct mc_json *v);

/* Writing: appends a JSON string literal with all needed escapes; invalid UTF-8 becomes U+FFFD. */
void mc_json_put_str(struct mc_buf *b, struct mc_slice s);
/* "0x..." of bytes, and of a quantity, with the quotes. */
void mc_json_put_hex(struct mc_buf *b, struct mc_slice s);
void mc_json_put_quantity(struct mc_buf *b, uint64_t v);

#endif
