#include "base/json_scan.h"

enum container { IN_TOP, IN_ARRAY, IN_OBJECT };

struct scan {
    const uint8_t *p; /* next byte */
    const uint8_t *end;
    struct json_census census;
    uint32_t depth;
    uint32_t depth_max;
    uint8_t stack[JSON_SCAN_DEPTH_MAX + 1]; /* enum container of each open level */
    size_t serial[JSON_SCAN_DEPTH_MAX + 1]; /* number of the object open at each level */
    json_key_cb key_cb;                     /* NULL: nobody asks */
    void *key_arg;
};

static bool is_tail(const uint8_t *p, uint8_t low, uint8_t high)
{
    return *p >= low && *p <= high;
}

/* The table of RFC 3629, section 4. */
size_t json_utf8_len(const uint8_t *p, size_t n)
{
    uint8_t low = 0x80, high = 0xbf;
    size_t len;

    if (n == 0)
        return 0;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n < len)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (!is_tail(p + 1, low, high))
        return 0;
    for (size_t i = 2; i < len; i++) {
        if (!is_tail(p + i, 0x80, 0xbf))
            return 0;
    }
    return len;
}

static void space_skip(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

/* What follows a backslash. */
static const char *escape_scan(struct scan *s, bool is_key)
{
    unsigned code = 0;
    uint8_t raw[2];

    if (s->p == s->end)
        return "the text ends inside a string";
    switch (*s->p++) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return NULL;
    case 'u':
        break;
    default:
        s->p--;
        return "unknown escape";
    }
    if (s->end - s->p < 4)
        return "the text ends inside a string";
    if (!mc_hex_decode(raw, (const char *)s->p, 2))
        return "\\u needs four hex digits";
    code = (unsigned)raw[0] << 8 | raw[1];
    /* json-c keeps keys as C strings: two that differ after a NUL would be one. */
    if (is_key && code == 0)
        return "a key contains a NUL";
    s->p += 4;
    return NULL;
}

/* A string after its opening quote. */
static const char *string_scan(struct scan *s, bool is_key)
{
    while (s->p < s->end) {
        uint8_t c = *s->p;
        size_t len;
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            s->p++;
            continue;
        }
        if (c == '"') {
            s->p++;
            return NULL;
        }
        if (c == '\\') {
            const char *why;
            s->p++;
            why = escape_scan(s, is_key);
            if (why != NULL)
                return why;
            continue;
        }
        if (c < 0x20)
            return "a control character in a string";
        len = json_utf8_len(s->p, (size_t)(s->end - s->p));
        if (len == 0)
            return "not UTF-8";
        s->p += len;
    }
    return "the text ends inside a string";
}

static bool digit_at(const struct scan *s)
{
    return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

/* Takes digits; false when there is none.  *v is their value, *over set when it exceeds 64 bits. */
static bool digits_scan(struct scan *s, uint64_t *v, bool *over)
{
    if (!digit_at(s))
        return false;
    while (digit_at(s)) {
        uint64_t next;
        if (__builtin_mul_overflow(*v, (uint64_t)10, &next) ||
            __builtin_add_overflow(next, (uint64_t)(*s->p - '0'), &next))
            *over = true;
        else
            *v = next;
        s->p++;
    }
    return true;
}

static const char *number_scan(struct scan *s)
{
    bool negative = *s->p == '-', over = false, unused = false, whole = true;
    uint64_t v = 0, ignored = 0;

    if (negative)
        s->p++;
    if (s->p + 1 < s->end && s->p[0] == '0' && s->p[1] >= '0' && s->p[1] <= '9')
        return "a number has a leading zero";
    if (!digits_scan(s, &v, &over))
        return negative ? "a number has no digits" : "not a JSON value";
    if (s->p < s->end && *s->p == '.') {
        whole = false;
        s->p++;
        if (!digits_scan(s, &ignored, &unused))
            return "a fraction has no digits";
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        whole = false;
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
            s->p++;
        if (!digits_scan(s, &ignored, &unused))
            return "an exponent has no digits";
    }
    if (whole && (over || (negative && v > (uint64_t)1 << 63)))
        return "an integer is outside the 64-bit range";
    return NULL;
}

static const char *word_scan(struct scan *s, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
        return "not a JSON value";
    s->p += n;
    return NULL;
}

static const char *container_open(struct scan *s, enum container kind)
{
    if (s->depth == s->depth_max)
        return "nested too deep";
    s->p++;
    s->stack[++s->depth] = (uint8_t)kind;
    s->serial[s->depth] = s->census.object_cnt;
    return NULL;
}

/* A key and its colon; the value follows. */
static const char *key_scan(struct scan *s)
{
    const uint8_t *start;
    const char *why;

    space_skip(s);
    if (s->p == s->end || *s->p != '"')
        return "a key in quotes is due";
    start = ++s->p;
    why = string_scan(s, true);
    if (why != NULL)
        return why;
    s->census.member_cnt++;
    if (s->key_cb != NULL)
        s->key_cb(s->key_arg, s->serial[s->depth], mc_slice(start, (size_t)(s->p - start) - 1));
    space_skip(s);
    if (s->p == s->end || *s->p != ':')
        return "a colon is due";
    s->p++;
    return NULL;
}

/* One scalar, or the opening of a container. */
static const char *value_scan(struct scan *s)
{
    space_skip(s);
    if (s->p == s->end)
        return "a value is missing";
    s->census.value_cnt++;
    switch (*s->p) {
    case '{':
        s->census.object_cnt++;
        return container_open(s, IN_OBJECT);
    case '[':
        return container_open(s, IN_ARRAY);
    case '"':
        s->p++;
        return string_scan(s, false);
    case 't':
        return word_scan(s, "true");
    case 'f':
        return word_scan(s, "false");
    case 'n':
        return word_scan(s, "null");
    default:
        return number_scan(s);
    }
}

/* True when the container that value_scan has just opened is empty; it is closed then. */
static bool empty_close(struct scan *s)
{
    uint8_t close = s->stack[s->depth] == IN_OBJECT ? '}' : ']';

    space_skip(s);
    if (s->p == s->end || *s->p != close)
        return false;
    s->p++;
    s->depth--;
    return true;
}

/* After a value: closes containers up to a comma or the end of all.  Sets *more when a value is due. */
static const char *after_value(struct scan *s, bool *more)
{
    while (s->depth > 0) {
        bool object = s->stack[s->depth] == IN_OBJECT;
        space_skip(s);
        if (s->p == s->end)
            return "the text ends inside an object or array";
        if (*s->p == ',') {
            s->p++;
            *more = true;
            return object ? key_scan(s) : NULL;
        }
        if (*s->p != (object ? '}' : ']'))
            return object ? "a comma or } is due" : "a comma or ] is due";
        s->p++;
        s->depth--;
    }
    *more = false;
    return NULL;
}

static const char *text_scan(struct scan *s)
{
    bool more = true;

    while (more) {
        uint32_t depth = s->depth;
        const char *why = value_scan(s);
        if (why == NULL && s->depth > depth && !empty_close(s)) {
            why = s->stack[s->depth] == IN_OBJECT ? key_scan(s) : NULL;
            if (why != NULL)
                return why;
            continue;
        }
        if (why == NULL)
            why = after_value(s, &more);
        if (why != NULL)
            return why;
    }
    space_skip(s);
    return s->p == s->end ? NULL : "bytes after the value";
}

static void scan_open(struct scan *s, struct mc_slice text, uint32_t depth_max)
{
    MC_ASSERT(depth_max <= JSON_SCAN_DEPTH_MAX);
    s->p = text.p;
    s->end = text.n == 0 ? text.p : text.p + text.n;
    s->census = (struct json_census){0};
    s->depth = 0;
    s->depth_max = depth_max;
    s->stack[0] = IN_TOP;
    s->serial[0] = 0;
    s->key_cb = NULL;
    s->key_arg = NULL;
}

const char *json_scan(struct json_census *census, size_t *at, struct mc_slice text,
                      uint32_t depth_max)
{
    struct scan s;
    const char *why;

    scan_open(&s, text, depth_max);
    why = text_scan(&s);
    *at = text.n == 0 ? 0 : (size_t)(s.p - text.p);
    *census = s.census;
    return why;
}

void json_scan_keys(struct mc_slice text, uint32_t depth_max, json_key_cb fn, void *arg)
{
    struct scan s;

    scan_open(&s, text, depth_max);
    s.key_cb = fn;
    s.key_arg = arg;
    (void)text_scan(&s);
}
