#include "base/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>

#include "base/json_scan.h"
#include "base/limits.h"

/* Memory that json-c takes, measured with 0.16: an object's table starts with 16 slots, and a table in
 * growth holds its old slots too.  The sum bounds what a small text of many braces can make us allocate. */
#define OBJECT_BYTES 800u
#define MEMBER_BYTES 200u
#define VALUE_BYTES  160u

#define KEY_SHOWN_MAX 60 /* bytes of a key that an error quotes */

struct mc_json_doc {
    json_object *root; /* NULL: the text is null */
};

/* struct mc_json is json-c's object under another name; a tree is read-only, hence the const. */
static json_object *object_of(const struct mc_json *v)
{
    return (json_object *)(uintptr_t)v;
}

static const struct mc_json *json_of(const json_object *o)
{
    return (const struct mc_json *)o;
}

/* ---- parsing ---- */

/* Members that json-c kept.  Fewer than the text has means that one replaced an equal key. */
static size_t member_cnt(json_object *o)
{
    size_t n = 0;

    if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(o); i++)
            n += member_cnt(json_object_array_get_idx(o, i));
    } else if (json_object_is_type(o, json_type_object)) {
        n = (size_t)json_object_object_length(o);
        json_object_object_foreach(o, key, val)
        {
            (void)key;
            n += member_cnt(val);
        }
    }
    return n;
}

struct key_at {
    size_t object;
    struct mc_slice raw;
};

static void key_keep(void *arg, size_t object, struct mc_slice raw)
{
    struct key_at key = {object, raw};

    mc_buf_put((struct mc_buf *)arg, &key, sizeof key);
}

static int key_order(const void *a, const void *b)
{
    const struct key_at *x = (const struct key_at *)a, *y = (const struct key_at *)b;
    int order = mc_slice_cmp(x->raw, y->raw);

    if (x->object != y->object)
        return x->object < y->object ? -1 : 1;
    if (order != 0)
        return order;
    return x->raw.p < y->raw.p ? -1 : x->raw.p > y->raw.p;
}

/* Says which key is there twice.  Two spellings of one key (with an escape) are not told apart here. */
static enum mc_err twice_fail(struct mc_slice text, uint32_t depth_max, struct mc_errmsg *em)
{
    struct mc_buf list = {0};
    struct key_at *keys;
    size_t cnt;

    mc_errf(em, "JSON: a key appears twice in one object");
    json_scan_keys(text, depth_max, key_keep, &list);
    cnt = list.n / sizeof *keys;
    keys = (struct key_at *)(void *)list.p;
    if (cnt > 1)
        qsort(keys, cnt, sizeof *keys, key_order);
    for (size_t i = 1; i < cnt; i++) {
        if (keys[i].object == keys[i - 1].object && mc_slice_eq(keys[i].raw, keys[i - 1].raw)) {
            int shown = keys[i].raw.n > KEY_SHOWN_MAX ? KEY_SHOWN_MAX : (int)keys[i].raw.n;
            mc_errf(em, "JSON: key \"%.*s\" appears twice in one object, at byte %zu", shown,
                    (const char *)keys[i].raw.p, (size_t)(keys[i].raw.p - text.p));
            break;
        }
    }
    mc_buf_free(&list);
    return MC_EMALFORM;
}

static enum mc_err tree_make(json_object **out, struct mc_slice text, uint32_t depth_max,
                             struct mc_errmsg *em)
{
    json_tokener *tok = json_tokener_new_ex((int)depth_max + 1);
    enum json_tokener_error rc;
    enum mc_err err = MC_OK;

    if (tok == NULL)
        return mc_fail(em, MC_ENOMEM, "JSON: out of memory");
    json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    *out = json_tokener_parse_ex(tok, (const char *)text.p, (int)text.n);
    rc = json_tokener_get_error(tok);
    if (rc == json_tokener_continue) {
        /* A number at the top level ends only with the text: a NUL says so. */
        *out = json_tokener_parse_ex(tok, "", 1);
        rc = json_tokener_get_error(tok);
    }
    if (rc != json_tokener_success)
        err = mc_fail(em, MC_EMALFORM, "JSON: %s, at byte %zu", json_tokener_error_desc(rc),
                      json_tokener_get_parse_end(tok));
    json_tokener_free(tok);
    return err;
}

static enum mc_err text_check(struct json_census *census, struct mc_slice text, uint32_t depth_max,
                              struct mc_errmsg *em)
{
    size_t at = 0;
    const char *why;

    if (depth_max == 0 || depth_max > JSON_SCAN_DEPTH_MAX)
        return mc_fail(em, MC_EINVAL, "JSON: depth must be 1 to %u", JSON_SCAN_DEPTH_MAX);
    if (text.n > INT_MAX)
        return mc_fail(em, MC_ELIMIT, "JSON: text of %zu bytes is too long", text.n);
    why = json_scan(census, &at, text, depth_max);
    if (why != NULL)
        return mc_fail(em, MC_EMALFORM, "JSON: %s, at byte %zu", why, at);
    /* No sum of these overflows: the text is shorter than 2^31 bytes. */
    if (census->object_cnt * OBJECT_BYTES + census->member_cnt * MEMBER_BYTES +
            census->value_cnt * VALUE_BYTES >
        MC_ARENA_BYTES_MAX)
        return mc_fail(em, MC_ELIMIT, "JSON: %zu objects, %zu members and %zu values are too many",
                       census->object_cnt, census->member_cnt, census->value_cnt);
    return MC_OK;
}

enum mc_err mc_json_parse(struct mc_json_doc **out, struct mc_slice text, uint32_t depth_max,
                          struct mc_errmsg *em)
{
    struct json_census census;
    struct mc_json_doc *doc;
    json_object *root = NULL;
    enum mc_err err = text_check(&census, text, depth_max, em);

    if (err != MC_OK)
        return err;
    err = tree_make(&root, text, depth_max, em);
    if (err != MC_OK)
        return err;
    if (member_cnt(root) != census.member_cnt) {
        json_object_put(root);
        return twice_fail(text, depth_max, em);
    }
    doc = malloc(sizeof *doc);
    if (doc == NULL) {
        json_object_put(root);
        return mc_fail(em, MC_ENOMEM, "JSON: out of memory");
    }
    doc->root = root;
    *out = doc;
    return MC_OK;
}

void mc_json_free(struct mc_json_doc *doc)
{
    if (doc == NULL)
        return;
    json_object_put(doc->root);
    free(doc);
}

const struct mc_json *mc_json_root(const struct mc_json_doc *doc)
{
    return json_of(doc->root);
}

/* ---- reading ---- */

enum mc_json_type mc_json_type(const struct mc_json *v)
{
    switch (json_object_get_type(object_of(v))) {
    case json_type_null:
        return MC_JSON_NULL;
    case json_type_boolean:
        return MC_JSON_BOOL;
    case json_type_double:
        return MC_JSON_DOUBLE;
    case json_type_int:
        return MC_JSON_INT;
    case json_type_object:
        return MC_JSON_OBJECT;
    case json_type_array:
        return MC_JSON_ARRAY;
    case json_type_string:
        return MC_JSON_STRING;
    }
    return MC_JSON_NULL;
}

bool mc_json_bool(const struct mc_json *v)
{
    return mc_json_type(v) == MC_JSON_BOOL && json_object_get_boolean(object_of(v));
}

/* json-c answers the nearest value in range; the sign tells which of its two getters is exact. */
bool mc_json_u64(const struct mc_json *v, uint64_t *out)
{
    if (mc_json_type(v) != MC_JSON_INT || json_object_get_int64(object_of(v)) < 0)
        return false;
    *out = json_object_get_uint64(object_of(v));
    return true;
}

bool mc_json_i64(const struct mc_json *v, int64_t *out)
{
    if (mc_json_type(v) != MC_JSON_INT || json_object_get_uint64(object_of(v)) > INT64_MAX)
        return false;
    *out = json_object_get_int64(object_of(v));
    return true;
}

struct mc_slice mc_json_str(const struct mc_json *v)
{
    json_object *o = object_of(v);

    if (mc_json_type(v) != MC_JSON_STRING)
        return mc_slice("", 0);
    return mc_slice(json_object_get_string(o), (size_t)json_object_get_string_len(o));
}

size_t mc_json_len(const struct mc_json *v)
{
    if (mc_json_type(v) == MC_JSON_ARRAY)
        return json_object_array_length(object_of(v));
    if (mc_json_type(v) == MC_JSON_OBJECT)
        return (size_t)json_object_object_length(object_of(v));
    return 0;
}

const struct mc_json *mc_json_at(const struct mc_json *v, size_t i)
{
    if (mc_json_type(v) != MC_JSON_ARRAY || i >= json_object_array_length(object_of(v)))
        return NULL;
    return json_of(json_object_array_get_idx(object_of(v), i));
}

const struct mc_json *mc_json_get(const struct mc_json *v, const char *key)
{
    json_object *member = NULL;

    if (mc_json_type(v) != MC_JSON_OBJECT)
        return NULL;
    if (!json_object_object_get_ex(object_of(v), key, &member))
        return NULL;
    return json_of(member);
}

void mc_json_each(const struct mc_json *v,
                  bool (*fn)(void *arg, struct mc_slice key, const struct mc_json *val), void *arg)
{
    if (mc_json_type(v) != MC_JSON_OBJECT)
        return;
    json_object_object_foreach(object_of(v), key, val)
    {
        if (!fn(arg, mc_slice_str(key), json_of(val)))
            return;
    }
}

/* ---- echo ---- */

static void double_put(struct mc_buf *b, json_object *o)
{
    /* json-c keeps a parsed double's own text beside it; the echo is then exact. */
    const char *text = (const char *)json_object_get_userdata(o);

    if (text != NULL)
        mc_buf_put_str(b, text);
    else
        mc_buf_putf(b, "%.17g", json_object_get_double(o));
}

static void array_put(struct mc_buf *b, const struct mc_json *v)
{
    mc_buf_put_u8(b, '[');
    for (size_t i = 0; i < mc_json_len(v); i++) {
        if (i > 0)
            mc_buf_put_u8(b, ',');
        mc_json_put(b, mc_json_at(v, i));
    }
    mc_buf_put_u8(b, ']');
}

static void object_put(struct mc_buf *b, const struct mc_json *v)
{
    bool first = true;

    mc_buf_put_u8(b, '{');
    json_object_object_foreach(object_of(v), key, val)
    {
        if (!first)
            mc_buf_put_u8(b, ',');
        first = false;
        mc_json_put_str(b, mc_slice_str(key));
        mc_buf_put_u8(b, ':');
        mc_json_put(b, json_of(val));
    }
    mc_buf_put_u8(b, '}');
}

void mc_json_put(struct mc_buf *b, const struct mc_json *v)
{
    int64_t i;

    switch (mc_json_type(v)) {
    case MC_JSON_NULL:
        mc_buf_put_str(b, "null");
        return;
    case MC_JSON_BOOL:
        mc_buf_put_str(b, mc_json_bool(v) ? "true" : "false");
        return;
    case MC_JSON_INT:
        if (mc_json_i64(v, &i))
            mc_buf_putf(b, "%" PRId64, i);
        else
            mc_buf_putf(b, "%" PRIu64, json_object_get_uint64(object_of(v)));
        return;
    case MC_JSON_DOUBLE:
        double_put(b, object_of(v));
        return;
    case MC_JSON_STRING:
        mc_json_put_str(b, mc_json_str(v));
        return;
    case MC_JSON_ARRAY:
        array_put(b, v);
        return;
    case MC_JSON_OBJECT:
        object_put(b, v);
        return;
    }
}
