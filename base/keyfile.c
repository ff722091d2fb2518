/* What reading account and validator key files has in common. */
#include <inttypes.h>

#include "base/keyfile.h"
#include "base/limits.h"

#define FILE_BYTES_MAX 65536u /* real files stay below 2 KiB */

bool mc_keyfile_is_text(const struct mc_json *v, const char *want)
{
    return mc_json_type(v) == MC_JSON_STRING && mc_slice_eq(mc_json_str(v), mc_slice_str(want));
}

enum mc_err mc_keyfile_text(const struct mc_json *obj, const char *key, const char *field,
                            const char *want, struct mc_errmsg *em)
{
    const struct mc_json *v = mc_json_get(obj, key);

    if (mc_json_type(v) != MC_JSON_STRING)
        return mc_fail(em, MC_EMALFORM, "%s: missing or not a string", field);
    if (!mc_keyfile_is_text(v, want))
        return mc_fail(em, MC_EUNSUPPORTED, "%s: only \"%s\" is supported", field, want);
    return MC_OK;
}

enum mc_err mc_keyfile_int(const struct mc_json *obj, const char *key, const char *field,
                           uint64_t min, uint64_t max, enum mc_err above, uint64_t *out,
                           struct mc_errmsg *em)
{
    if (!mc_json_u64(mc_json_get(obj, key), out))
        return mc_fail(em, MC_EMALFORM, "%s: missing or not a whole number", field);
    if (*out < min)
        return mc_fail(em, MC_EMALFORM, "%s: %" PRIu64 " is below %" PRIu64, field, *out, min);
    if (*out > max)
        return mc_fail(em, above, "%s: %" PRIu64 " is above %" PRIu64, field, *out, max);
    return MC_OK;
}

enum mc_err mc_keyfile_hex(const struct mc_json *obj, const char *key, const char *field,
                           uint8_t *out, size_t n_min, size_t n_max, size_t *n,
                           struct mc_errmsg *em)
{
    const struct mc_json *v = mc_json_get(obj, key);
    struct mc_slice s = mc_json_str(v);

    if (mc_json_type(v) != MC_JSON_STRING)
        return mc_fail(em, MC_EMALFORM, "%s: missing or not a string", field);
    if (s.n >= 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'X'))
        s = mc_slice_skip(s, 2);
    if (s.n % 2 != 0)
        return mc_fail(em, MC_EMALFORM, "%s: odd number of hex digits", field);
    if (s.n / 2 < n_min || s.n / 2 > n_max)
        return mc_fail(em, MC_EMALFORM, "%s: %zu bytes where %zu to %zu belong", field, s.n / 2,
                       n_min, n_max);
    if (!mc_hex_decode(out, (const char *)s.p, s.n / 2))
        return mc_fail(em, MC_EMALFORM, "%s: not a hex digit", field);
    *n = s.n / 2;
    return MC_OK;
}

enum mc_err mc_keyfile_parse(struct mc_json_doc **doc, struct mc_slice json, struct mc_errmsg *em)
{
    if (json.n > FILE_BYTES_MAX)
        return mc_fail(em, MC_ELIMIT, "%zu bytes are too many for a key file", json.n);
    enum mc_err err = mc_json_parse(doc, json, MC_JSON_DEPTH_MAX, em);
    if (err == MC_OK && mc_json_type(mc_json_root(*doc)) != MC_JSON_OBJECT) {
        mc_json_free(*doc);
        *doc = NULL;
        err = mc_fail(em, MC_EMALFORM, "not a JSON object");
    }
    return err;
}

void mc_keyfile_put_hex(struct mc_buf *out, const char *before, const void *p, size_t n)
{
    mc_buf_put_str(out, before);
    mc_buf_put_hex(out, mc_slice(p, n));
}
