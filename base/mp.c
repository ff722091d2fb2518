#include "base/mp.h"

#include <msgpack.h>

#include "base/limits.h"

/* msgpack-c writes; reading is a cursor of our own, because msgpack-c's unpacker builds a tree and reserves memory
 * for the lengths that the input claims. */

/* ---- writing: msgpack-c picks the shortest form of a value ---- */

/* A failed write needs no further answer: it stays in b->oom. */
static int buf_write(void *data, const char *p, size_t n)
{
    struct mc_buf *b = (struct mc_buf *)data;

    mc_buf_put(b, p, n);
    return b->oom ? -1 : 0;
}

void mc_mp_put_nil(struct mc_buf *b)
{
    msgpack_packer pk;

    msgpack_packer_init(&pk, b, buf_write);
    (void)msgpack_pack_nil(&pk);
}

void mc_mp_put_bool(struct mc_buf *b, bool v)
{
    msgpack_packer pk;

    msgpack_packer_init(&pk, b, buf_write);
    (void)(v ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk));
}

void mc_mp_put_uint(struct mc_buf *b, uint64_t v)
{
    msgpack_packer pk;

    msgpack_packer_init(&pk, b, buf_write);
    (void)msgpack_pack_uint64(&pk, v);
}

void mc_mp_put_bin(struct mc_buf *b, struct mc_slice s)
{
    msgpack_packer pk;

    /* The format has lengths of 32 bits; what we store is far smaller (limits.h). */
    MC_ASSERT(s.n <= UINT32_MAX);
    msgpack_packer_init(&pk, b, buf_write);
    if (mc_buf_reserve(b, s.n + 5) && msgpack_pack_bin(&pk, s.n) == 0)
        mc_buf_put_slice(b, s);
}

void mc_mp_put_str(struct mc_buf *b, struct mc_slice s)
{
    msgpack_packer pk;

    MC_ASSERT(s.n <= UINT32_MAX);
    msgpack_packer_init(&pk, b, buf_write);
    if (mc_buf_reserve(b, s.n + 5) && msgpack_pack_str(&pk, s.n) == 0)
        mc_buf_put_slice(b, s);
}

void mc_mp_put_array(struct mc_buf *b, uint32_t cnt)
{
    msgpack_packer pk;

    msgpack_packer_init(&pk, b, buf_write);
    (void)msgpack_pack_array(&pk, cnt);
}

void mc_mp_put_map(struct mc_buf *b, uint32_t cnt)
{
    msgpack_packer pk;

    msgpack_packer_init(&pk, b, buf_write);
    (void)msgpack_pack_map(&pk, cnt);
}

/* ---- reading ---- */

/* One value's first bytes: its type, and its number, byte length or count. */
struct mp_head {
    enum mc_mp_type type;
    size_t head_len; /* bytes before the content */
    uint64_t v;      /* bool, number, bytes of a bin or str, elements of an array, pairs of a map */
};

/* Bytes that follow the head and belong to the value itself; elements are values of their own. */
static inline size_t content_len(const struct mp_head *h)
{
    return h->type == MC_MP_BIN || h->type == MC_MP_STR ? (size_t)h->v : 0;
}

/* A big-endian number of width bytes after the first byte; min is the smallest that needs this form. */
static const char *head_wide(struct mp_head *h, struct mc_slice s, enum mc_mp_type type,
                             unsigned width, uint64_t min)
{
    uint64_t v = 0;

    if (s.n - 1 < width)
        return "input ends inside a value";
    for (unsigned i = 1; i <= width; i++)
        v = v << 8 | s.p[i];
    if (v < min)
        return "not the shortest form";
    *h = (struct mp_head){type, 1 + width, v};
    return NULL;
}

/* The forms with one fixed first byte, by the table in msgpack's spec.md, "Overview". */
static const char *head_tagged(struct mp_head *h, struct mc_slice s)
{
    switch (s.p[0]) {
    case 0xc0:
        *h = (struct mp_head){MC_MP_NIL, 1, 0};
        return NULL;
    case 0xc2:
    case 0xc3:
        *h = (struct mp_head){MC_MP_BOOL, 1, s.p[0] & 1};
        return NULL;
    case 0xc4:
        return head_wide(h, s, MC_MP_BIN, 1, 0);
    case 0xc5:
        return head_wide(h, s, MC_MP_BIN, 2, 0x100);
    case 0xc6:
        return head_wide(h, s, MC_MP_BIN, 4, 0x10000);
    case 0xcc:
        return head_wide(h, s, MC_MP_UINT, 1, 0x80);
    case 0xcd:
        return head_wide(h, s, MC_MP_UINT, 2, 0x100);
    case 0xce:
        return head_wide(h, s, MC_MP_UINT, 4, 0x10000);
    case 0xcf:
        return head_wide(h, s, MC_MP_UINT, 8, 0x100000000);
    case 0xd9:
        return head_wide(h, s, MC_MP_STR, 1, 32);
    case 0xda:
        return head_wide(h, s, MC_MP_STR, 2, 0x100);
    case 0xdb:
        return head_wide(h, s, MC_MP_STR, 4, 0x10000);
    case 0xdc:
        return head_wide(h, s, MC_MP_ARRAY, 2, 16);
    case 0xdd:
        return head_wide(h, s, MC_MP_ARRAY, 4, 0x10000);
    case 0xde:
        return head_wide(h, s, MC_MP_MAP, 2, 16);
    case 0xdf:
        return head_wide(h, s, MC_MP_MAP, 4, 0x10000);
    default:
        return "a float, negative integer, extension or reserved form";
    }
}

/* Reads one head and checks its length against the bytes present.  NULL when well formed, else the reason. */
static const char *head_read(struct mp_head *h, struct mc_slice s)
{
    const char *why = NULL;
    uint8_t first;

    if (s.n == 0)
        return "a value is missing";
    first = s.p[0];
    if (first < 0x80)
        *h = (struct mp_head){MC_MP_UINT, 1, first};
    else if (first < 0x90)
        *h = (struct mp_head){MC_MP_MAP, 1, first & 15};
    else if (first < 0xa0)
        *h = (struct mp_head){MC_MP_ARRAY, 1, first & 15};
    else if (first < 0xc0)
        *h = (struct mp_head){MC_MP_STR, 1, first & 31};
    else
        why = head_tagged(h, s);
    if (why != NULL)
        return why;
    switch (h->type) {
    case MC_MP_NIL:
    case MC_MP_BOOL:
    case MC_MP_UINT:
        return NULL;
    case MC_MP_BIN:
    case MC_MP_STR:
        return h->v > s.n - h->head_len ? "a string is longer than the input" : NULL;
    case MC_MP_ARRAY:
        return h->v > s.n - h->head_len ? "an array is longer than the input" : NULL;
    case MC_MP_MAP:
        return h->v > (s.n - h->head_len) / 2 ? "a map is longer than the input" : NULL;
    }
    return "unknown type";
}

/* Walks one whole value.  NULL and its length, or the reason and the place. */
static const char *value_walk(size_t *len, struct mc_slice s)
{
    uint64_t left[MC_MP_DEPTH_MAX + 1]; /* values still due at each depth */
    uint32_t depth = 0;

    *len = 0;
    left[0] = 1;
    for (;;) {
        struct mp_head h;
        const char *why = head_read(&h, mc_slice(s.p + *len, s.n - *len));
        if (why != NULL)
            return why;
        *len += h.head_len + content_len(&h);
        left[depth]--;
        if ((h.type == MC_MP_ARRAY || h.type == MC_MP_MAP) && h.v != 0) {
            if (depth == MC_MP_DEPTH_MAX)
                return "nested too deep";
            left[++depth] = h.type == MC_MP_MAP ? 2 * h.v : h.v;
        }
        while (left[depth] == 0) {
            if (depth == 0)
                return NULL;
            depth--;
        }
    }
}

enum mc_err mc_mp_open(struct mc_mp *m, struct mc_slice s, struct mc_errmsg *em)
{
    size_t len;
    const char *why = value_walk(&len, s);

    if (why != NULL)
        return mc_fail(em, MC_EMALFORM, "msgpack: %s, at byte %zu", why, len);
    if (len != s.n)
        return mc_fail(em, MC_EMALFORM, "msgpack: %zu bytes too many", s.n - len);
    m->rest = s;
    return MC_OK;
}

bool mc_mp_done(const struct mc_mp *m)
{
    return m->rest.n == 0;
}

static const char *type_text(enum mc_mp_type type)
{
    static const char *const text[] = {"nil", "bool", "uint", "bin", "str", "array", "map"};

    return text[type];
}

enum mc_err mc_mp_peek(const struct mc_mp *m, enum mc_mp_type *out, struct mc_errmsg *em)
{
    struct mp_head h;
    const char *why = head_read(&h, m->rest);

    if (why != NULL)
        return mc_fail(em, MC_EMALFORM, "msgpack: %s", why);
    *out = h.type;
    return MC_OK;
}

/* The next value's head if it has this type and its number is at most max; the cursor stays. */
static enum mc_err typed_peek(const struct mc_mp *m, struct mp_head *h, enum mc_mp_type type,
                              uint64_t max, struct mc_errmsg *em)
{
    const char *why = head_read(h, m->rest);

    if (why != NULL)
        return mc_fail(em, MC_EMALFORM, "msgpack: %s", why);
    if (h->type != type)
        return mc_fail(em, MC_EMALFORM, "msgpack: %s where %s is due", type_text(h->type),
                       type_text(type));
    if (h->v > max)
        return mc_fail(em, MC_EMALFORM, "msgpack: %s of %llu, at most %llu is allowed",
                       type_text(type), (unsigned long long)h->v, (unsigned long long)max);
    return MC_OK;
}

/* Takes the next value's head, and with it the bytes of a bin or str. */
static enum mc_err typed_take(struct mc_mp *m, struct mp_head *h, enum mc_mp_type type,
                              uint64_t max, struct mc_errmsg *em)
{
    enum mc_err err = typed_peek(m, h, type, max, em);

    if (err == MC_OK)
        m->rest = mc_slice_skip(m->rest, h->head_len + content_len(h));
    return err;
}

enum mc_err mc_mp_nil(struct mc_mp *m, struct mc_errmsg *em)
{
    struct mp_head h;

    return typed_take(m, &h, MC_MP_NIL, 0, em);
}

enum mc_err mc_mp_bool(struct mc_mp *m, bool *out, struct mc_errmsg *em)
{
    struct mp_head h = {0};
    enum mc_err err = typed_take(m, &h, MC_MP_BOOL, 1, em);

    if (err == MC_OK)
        *out = h.v != 0;
    return err;
}

enum mc_err mc_mp_uint(struct mc_mp *m, uint64_t *out, uint64_t max, struct mc_errmsg *em)
{
    struct mp_head h = {0};
    enum mc_err err = typed_take(m, &h, MC_MP_UINT, max, em);

    if (err == MC_OK)
        *out = h.v;
    return err;
}

static enum mc_err content_take(struct mc_mp *m, struct mc_slice *out, enum mc_mp_type type,
                                size_t bytes_max, struct mc_errmsg *em)
{
    const uint8_t *start = m->rest.p;
    struct mp_head h = {0};
    enum mc_err err = typed_take(m, &h, type, bytes_max, em);

    if (err == MC_OK)
        *out = mc_slice(start + h.head_len, (size_t)h.v);
    return err;
}

enum mc_err mc_mp_bin(struct mc_mp *m, struct mc_slice *out, size_t bytes_max, struct mc_errmsg *em)
{
    return content_take(m, out, MC_MP_BIN, bytes_max, em);
}

enum mc_err mc_mp_str(struct mc_mp *m, struct mc_slice *out, size_t bytes_max, struct mc_errmsg *em)
{
    return content_take(m, out, MC_MP_STR, bytes_max, em);
}

enum mc_err mc_mp_fixed(struct mc_mp *m, uint8_t *out, size_t n, struct mc_errmsg *em)
{
    struct mp_head h = {0};
    enum mc_err err = typed_peek(m, &h, MC_MP_BIN, n, em);

    if (err != MC_OK)
        return err;
    if (h.v != n)
        return mc_fail(em, MC_EMALFORM, "msgpack: bin of %llu bytes where %zu are due",
                       (unsigned long long)h.v, n);
    if (n > 0)
        memcpy(out, m->rest.p + h.head_len, n);
    m->rest = mc_slice_skip(m->rest, h.head_len + n);
    return MC_OK;
}

enum mc_err mc_mp_array(struct mc_mp *m, uint32_t *cnt, uint32_t max, struct mc_errmsg *em)
{
    struct mp_head h = {0};
    enum mc_err err = typed_take(m, &h, MC_MP_ARRAY, max, em);

    if (err == MC_OK)
        *cnt = (uint32_t)h.v;
    return err;
}

enum mc_err mc_mp_map(struct mc_mp *m, uint32_t *cnt, uint32_t max, struct mc_errmsg *em)
{
    struct mp_head h = {0};
    enum mc_err err = typed_take(m, &h, MC_MP_MAP, max, em);

    if (err == MC_OK)
        *cnt = (uint32_t)h.v;
    return err;
}

enum mc_err mc_mp_skip(struct mc_mp *m, struct mc_errmsg *em)
{
    size_t len;
    const char *why = value_walk(&len, m->rest);

    if (why != NULL)
        return mc_fail(em, MC_EMALFORM, "msgpack: %s", why);
    m->rest = mc_slice_skip(m->rest, len);
    return MC_OK;
}

enum mc_err mc_mp_end(const struct mc_mp *m, struct mc_errmsg *em)
{
    if (m->rest.n != 0)
        return mc_fail(em, MC_EMALFORM, "msgpack: %zu bytes too many", m->rest.n);
    return MC_OK;
}
