#include "base/rlp.h"

/* Nesting that one check can follow; its stack of list ends lives on the C stack. */
#define RLP_CHECK_DEPTH_MAX 1024u

struct rlp_head {
    bool is_list;
    size_t head_len;    /* bytes of the header, 0 for a single byte that is its own encoding */
    size_t payload_len; /* bytes */
};

struct mc_rlp mc_rlp_open(struct mc_slice s)
{
    return (struct mc_rlp){s};
}

bool mc_rlp_done(const struct mc_rlp *r)
{
    return r->rest.n == 0;
}

bool mc_rlp_next_is_list(const struct mc_rlp *r)
{
    return r->rest.n > 0 && r->rest.p[0] >= 0xc0;
}

/* Length of more than 55 bytes, written in len_len bytes after the first one. */
static enum mc_err long_length(size_t *out, struct mc_slice s, size_t len_len, struct mc_errmsg *em)
{
    uint64_t len = 0;

    if (s.n - 1 < len_len)
        return mc_fail(em, MC_EMALFORM, "RLP: input ends inside a length");
    if (s.p[1] == 0)
        return mc_fail(em, MC_EMALFORM, "RLP: length has a leading zero");
    for (size_t i = 1; i <= len_len; i++)
        len = len << 8 | s.p[i];
    if (len <= 55)
        return mc_fail(em, MC_EMALFORM, "RLP: length %u is not in its shortest form",
                       (unsigned)len);
    if (len > s.n - 1 - len_len)
        return mc_fail(em, MC_EMALFORM, "RLP: item is longer than its container");
    *out = (size_t)len;
    return MC_OK;
}

/* Yellow paper, appendix B: the five ranges of the first byte. */
static enum mc_err head_read(struct rlp_head *h, struct mc_slice s, struct mc_errmsg *em)
{
    uint8_t first, base;

    if (s.n == 0)
        return mc_fail(em, MC_EMALFORM, "RLP: an item is missing");
    first = s.p[0];
    if (first < 0x80) {
        *h = (struct rlp_head){false, 0, 1};
        return MC_OK;
    }
    h->is_list = first >= 0xc0;
    base = h->is_list ? 0xc0 : 0x80;
    if (first - base > 55) {
        size_t len_len = (size_t)(first - base - 55);
        h->head_len = 1 + len_len;
        return long_length(&h->payload_len, s, len_len, em);
    }
    h->head_len = 1;
    h->payload_len = (size_t)(first - base);
    if (h->payload_len > s.n - 1)
        return mc_fail(em, MC_EMALFORM, "RLP: item is longer than its container");
    if (!h->is_list && h->payload_len == 1 && s.p[1] < 0x80)
        return mc_fail(em, MC_EMALFORM, "RLP: a byte below 0x80 has a header");
    return MC_OK;
}

static struct mc_slice payload(const struct rlp_head *h, struct mc_slice s)
{
    return mc_slice(s.p + h->head_len, h->payload_len);
}

static void advance(struct mc_rlp *r, const struct rlp_head *h)
{
    r->rest = mc_slice_skip(r->rest, h->head_len + h->payload_len);
}

/* The next item, which must be a string; the cursor stays. */
static enum mc_err string_peek(const struct mc_rlp *r, struct rlp_head *h, struct mc_slice *out,
                               struct mc_errmsg *em)
{
    enum mc_err err = head_read(h, r->rest, em);

    if (err != MC_OK)
        return err;
    if (h->is_list)
        return mc_fail(em, MC_EMALFORM, "RLP: a list where a string is due");
    *out = payload(h, r->rest);
    return MC_OK;
}

enum mc_err mc_rlp_bytes(struct mc_rlp *r, struct mc_slice *out, struct mc_errmsg *em)
{
    struct rlp_head h;
    enum mc_err err = string_peek(r, &h, out, em);

    if (err == MC_OK)
        advance(r, &h);
    return err;
}

enum mc_err mc_rlp_list(struct mc_rlp *r, struct mc_rlp *out, struct mc_errmsg *em)
{
    struct rlp_head h;
    enum mc_err err = head_read(&h, r->rest, em);
    struct mc_slice items;

    if (err != MC_OK)
        return err;
    if (!h.is_list)
        return mc_fail(em, MC_EMALFORM, "RLP: a string where a list is due");
    /* out may be r itself: the payload is taken before the cursor moves. */
    items = payload(&h, r->rest);
    advance(r, &h);
    out->rest = items;
    return MC_OK;
}

enum mc_err mc_rlp_raw(struct mc_rlp *r, struct mc_slice *out, struct mc_errmsg *em)
{
    struct rlp_head h;
    enum mc_err err = head_read(&h, r->rest, em);

    if (err != MC_OK)
        return err;
    *out = mc_slice(r->rest.p, h.head_len + h.payload_len);
    advance(r, &h);
    return MC_OK;
}

/* A string without leading zero of at most bytes_max bytes. */
static enum mc_err scalar_peek(const struct mc_rlp *r, struct rlp_head *h, struct mc_slice *out,
                               size_t bytes_max, struct mc_errmsg *em)
{
    enum mc_err err = string_peek(r, h, out, em);

    if (err != MC_OK)
        return err;
    if (out->n > bytes_max)
        return mc_fail(em, MC_EMALFORM, "RLP: integer of %zu bytes is larger than %zu bits", out->n,
                       8 * bytes_max);
    if (out->n > 0 && out->p[0] == 0)
        return mc_fail(em, MC_EMALFORM, "RLP: integer has a leading zero");
    return MC_OK;
}

enum mc_err mc_rlp_u64(struct mc_rlp *r, uint64_t *out, struct mc_errmsg *em)
{
    struct rlp_head h;
    struct mc_slice s = {0};
    enum mc_err err = scalar_peek(r, &h, &s, 8, em);
    uint64_t v = 0;

    if (err != MC_OK)
        return err;
    for (size_t i = 0; i < s.n; i++)
        v = v << 8 | s.p[i];
    *out = v;
    advance(r, &h);
    return MC_OK;
}

enum mc_err mc_rlp_u256(struct mc_rlp *r, struct mc_u256 *out, struct mc_errmsg *em)
{
    struct rlp_head h;
    struct mc_slice s = {0};
    enum mc_err err = scalar_peek(r, &h, &s, 32, em);

    if (err != MC_OK)
        return err;
    if (!mc_u256_from_be_n(out, s))
        return mc_fail(em, MC_EMALFORM, "RLP: integer is larger than 256 bits");
    advance(r, &h);
    return MC_OK;
}

enum mc_err mc_rlp_fixed(struct mc_rlp *r, uint8_t *out, size_t n, struct mc_errmsg *em)
{
    struct rlp_head h;
    struct mc_slice s = {0};
    enum mc_err err = string_peek(r, &h, &s, em);

    if (err != MC_OK)
        return err;
    if (s.n != n)
        return mc_fail(em, MC_EMALFORM, "RLP: string of %zu bytes where %zu are due", s.n, n);
    if (n > 0)
        memcpy(out, s.p, n);
    advance(r, &h);
    return MC_OK;
}

enum mc_err mc_rlp_end(const struct mc_rlp *r, struct mc_errmsg *em)
{
    if (r->rest.n != 0)
        return mc_fail(em, MC_EMALFORM, "RLP: %zu bytes too many", r->rest.n);
    return MC_OK;
}

enum mc_err mc_rlp_check(struct mc_slice s, uint32_t depth_max, struct mc_errmsg *em)
{
    const uint8_t *ends[RLP_CHECK_DEPTH_MAX + 1]; /* where each open list ends */
    uint32_t depth = 0;
    const uint8_t *p = s.p;

    if (depth_max > RLP_CHECK_DEPTH_MAX)
        return mc_fail(em, MC_EINVAL, "RLP: depth %u is above %u", (unsigned)depth_max,
                       RLP_CHECK_DEPTH_MAX);
    if (s.n == 0)
        return mc_fail(em, MC_EMALFORM, "RLP: an item is missing");
    ends[0] = s.p + s.n;
    do {
        struct rlp_head h;
        enum mc_err err = head_read(&h, mc_slice(p, (size_t)(ends[depth] - p)), em);
        if (err != MC_OK)
            return err;
        p += h.head_len;
        if (h.is_list) {
            if (depth == depth_max)
                return mc_fail(em, MC_EMALFORM, "RLP: lists are nested deeper than %u",
                               (unsigned)depth_max);
            ends[++depth] = p + h.payload_len;
        } else {
            p += h.payload_len;
        }
        while (depth > 0 && p == ends[depth])
            depth--;
    } while (depth > 0);
    if (p != ends[0])
        return mc_fail(em, MC_EMALFORM, "RLP: %zu bytes too many", (size_t)(ends[0] - p));
    return MC_OK;
}

/* ---- writing ---- */

/* Writes the header of n bytes into out and returns its length, at most 9. */
static size_t head_write(uint8_t out[9], uint8_t base, size_t n)
{
    size_t len_len = 0;

    if (n <= 55) {
        out[0] = (uint8_t)(base + n);
        return 1;
    }
    for (uint64_t v = n; v != 0; v >>= 8)
        len_len++;
    out[0] = (uint8_t)(base + 55 + len_len);
    for (size_t i = 0; i < len_len; i++)
        out[1 + i] = (uint8_t)((uint64_t)n >> 8 * (len_len - 1 - i));
    return 1 + len_len;
}

void mc_rlp_put_bytes(struct mc_buf *b, struct mc_slice s)
{
    uint8_t head[9];
    size_t head_len;

    if (s.n == 1 && s.p[0] < 0x80) {
        mc_buf_put_u8(b, s.p[0]);
        return;
    }
    head_len = head_write(head, 0x80, s.n);
    /* Both or nothing: a header without its string would be a lie. */
    if (s.n > SIZE_MAX - sizeof head || !mc_buf_reserve(b, head_len + s.n))
        return;
    mc_buf_put(b, head, head_len);
    mc_buf_put_slice(b, s);
}

void mc_rlp_put_u64(struct mc_buf *b, uint64_t v)
{
    uint8_t be[8];
    size_t skip = 0;

    mc_be64_put(be, v);
    while (skip < sizeof be && be[skip] == 0)
        skip++;
    mc_rlp_put_bytes(b, mc_slice(be + skip, sizeof be - skip));
}

void mc_rlp_put_u256(struct mc_buf *b, const struct mc_u256 *v)
{
    uint8_t be[32];
    size_t n = mc_u256_byte_len(v);

    mc_u256_to_be(be, v);
    mc_rlp_put_bytes(b, mc_slice(be + sizeof be - n, n));
}

void mc_rlp_put_list_header(struct mc_buf *b, size_t n)
{
    uint8_t head[9];

    mc_buf_put(b, head, head_write(head, 0xc0, n));
}

void mc_rlp_wrap_list(struct mc_buf *b, size_t mark)
{
    uint8_t head[9];
    size_t n, head_len;

    if (b->oom)
        return;
    MC_ASSERT(mark <= b->n);
    n = b->n - mark;
    head_len = head_write(head, 0xc0, n);
    if (!mc_buf_reserve(b, head_len))
        return;
    memmove(b->p + mark + head_len, b->p + mark, n);
    memcpy(b->p + mark, head, head_len);
    b->n += head_len;
}

size_t mc_rlp_list_header_len(size_t n)
{
    uint8_t head[9];

    return head_write(head, 0xc0, n);
}
