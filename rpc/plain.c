#include "rpc/plain.h"

struct cursor {
    const uint8_t *p, *end;
};

static void space_skip(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\r' || *c->p == '\t'))
        c->p++;
}

/* Takes one byte, and the white space before it. */
static bool take(struct cursor *c, char want)
{
    space_skip(c);
    if (c->p == c->end || *c->p != (uint8_t)want)
        return false;
    c->p++;
    return true;
}

/* A string of printable ASCII without escapes; the slice is what stands between its quotes. */
static bool string_take(struct cursor *c, struct mc_slice *out)
{
    const uint8_t *begin, *close;

    if (!take(c, '"'))
        return false;
    begin = c->p;
    close = begin == c->end ? NULL : memchr(begin, '"', (size_t)(c->end - begin));
    if (close == NULL)
        return false;
    for (const uint8_t *p = begin; p < close; p++) {
        if (*p < 0x20 || *p > 0x7e || *p == '\\')
            return false;
    }
    *out = mc_slice(begin, (size_t)(close - begin));
    c->p = close + 1;
    return true;
}

static bool id_take(struct cursor *c, struct mc_slice *out)
{
    struct mc_slice inside;
    const uint8_t *begin;

    space_skip(c);
    begin = c->p;
    if (c->p < c->end && *c->p == '"') {
        if (!string_take(c, &inside))
            return false;
        *out = mc_slice(begin, (size_t)(c->p - begin));
        return true;
    }
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    *out = mc_slice(begin, (size_t)(c->p - begin));
    return out->n > 0 && out->n <= 18 && (out->n == 1 || *begin != '0');
}

/* Each member sets a bit of its own; one that comes twice is not plain. */
enum { HAS_VERSION = 1, HAS_ID = 2, HAS_METHOD = 4, HAS_PARAMS = 8, HAS_ALL = 15 };

static unsigned member_take(struct cursor *c, struct rpc_plain *out)
{
    struct mc_slice key, value;

    if (!string_take(c, &key) || !take(c, ':'))
        return 0;
    if (mc_slice_eq(key, mc_slice_str("id")))
        return id_take(c, &out->id) ? HAS_ID : 0;
    if (mc_slice_eq(key, mc_slice_str("params")))
        return take(c, '[') && string_take(c, &out->param) && take(c, ']') ? HAS_PARAMS : 0;
    if (!string_take(c, &value))
        return 0;
    if (mc_slice_eq(key, mc_slice_str("jsonrpc")))
        return mc_slice_eq(value, mc_slice_str("2.0")) ? HAS_VERSION : 0;
    if (mc_slice_eq(key, mc_slice_str("method")))
        return mc_slice_eq(value, mc_slice_str(RPC_PLAIN_METHOD)) ? HAS_METHOD : 0;
    return 0;
}

bool rpc_plain_read(struct rpc_plain *out, struct mc_slice text)
{
    struct cursor c = {text.p, text.n == 0 ? text.p : text.p + text.n};
    struct rpc_plain got = {{NULL, 0}, {NULL, 0}};
    unsigned has = 0;

    if (text.n == 0 || !take(&c, '{'))
        return false;
    do {
        unsigned bit = member_take(&c, &got);
        if (bit == 0 || (has & bit) != 0)
            return false;
        has |= bit;
    } while (take(&c, ','));
    if (has != HAS_ALL || !take(&c, '}'))
        return false;
    space_skip(&c);
    if (c.p != c.end)
        return false;
    *out = got;
    return true;
}
