/* Reading and writing the members of key files; private to base (keystore.c, valkey.c).
 *
 * `field` is the member's full name for the error text: "crypto.kdfparams.n".  obj may be NULL or of another type:
 * the member is missing then.  Unless said otherwise a missing or malformed member gives MC_EMALFORM. */
#ifndef MC_BASE_KEYFILE_H
#define MC_BASE_KEYFILE_H

#include "base/json.h"

/* A key file is one JSON object of at most 64 KiB (MC_ELIMIT).  Returned document: mc_json_free. */
MC_NODISCARD enum mc_err mc_keyfile_parse(struct mc_json_doc **doc, struct mc_slice json,
                                          struct mc_errmsg *em);
/* True for the string `want` itself. */
bool mc_keyfile_is_text(const struct mc_json *v, const char *want);
/* MC_EUNSUPPORTED when the member is a string other than `want`. */
MC_NODISCARD enum mc_err mc_keyfile_text(const struct mc_json *obj, const char *key,
                                         const char *field, const char *want, struct mc_errmsg *em);
/* A whole number within min .. max.  Above max the answer is `above`: MC_ELIMIT for a cost. */
MC_NODISCARD enum mc_err mc_keyfile_int(const struct mc_json *obj, const char *key,
                                        const char *field, uint64_t min, uint64_t max,
                                        enum mc_err above, uint64_t *out, struct mc_errmsg *em);
/* Hex digits with or without 0x; n_min .. n_max bytes, their number into n. */
MC_NODISCARD enum mc_err mc_keyfile_hex(const struct mc_json *obj, const char *key,
                                        const char *field, uint8_t *out, size_t n_min, size_t n_max,
                                        size_t *n, struct mc_errmsg *em);
/* Appends the text `before` and n bytes as hex. */
void mc_keyfile_put_hex(struct mc_buf *out, const char *before, const void *p, size_t n);

#endif
