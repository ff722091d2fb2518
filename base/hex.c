/* Hex digits, and the two forms that Ethereum's JSON gives them: data and quantity. */
#include "base/bytes.h"
#include "base/hash.h"

static const char hex_digits[] = "0123456789abcdef";

/* Value of a digit; 0x80 for every other character, so that one OR over a text finds a bad one. */
#define BAD 0x80
static const uint8_t hex_value[256] = {
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x00 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x10 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x20 */
    0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   BAD, BAD, BAD, BAD, BAD, BAD, /* 0x30 */
    BAD, 10,  11,  12,  13,  14,  15,  BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x40 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x50 */
    BAD, 10,  11,  12,  13,  14,  15,  BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x60 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x70 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x80 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0x90 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0xa0 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0xb0 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0xc0 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0xd0 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0xe0 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 0xf0 */
};

static void digits_put(char *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex_digits[p[i] >> 4];
        out[2 * i + 1] = hex_digits[p[i] & 15];
    }
}

void mc_hex_encode(char *out, const uint8_t *p, size_t n)
{
    digits_put(out, p, n);
    out[2 * n] = '\0';
}

void mc_buf_put_hex(struct mc_buf *b, struct mc_slice s)
{
    if (s.n > SIZE_MAX / 4) {
        b->oom = true;
        return;
    }
    if (s.n == 0 || !mc_buf_reserve(b, 2 * s.n))
        return;
    digits_put((char *)b->p + b->n, s.p, s.n);
    b->n += 2 * s.n;
}

bool mc_hex_decode(uint8_t *out, const char *s, size_t n)
{
    const uint8_t *t = (const uint8_t *)s;
    uint8_t seen = 0;

    /* Checked first: the promise is that out stays untouched, and out may alias s. */
    for (size_t i = 0; i < 2 * n; i++)
        seen |= hex_value[t[i]];
    if (seen & BAD)
        return false;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(hex_value[t[2 * i]] << 4 | hex_value[t[2 * i + 1]]);
    return true;
}

/* Strips the prefix; *digits is what follows it. */
static enum mc_err prefix_skip(struct mc_slice *digits, struct mc_slice text, struct mc_errmsg *em)
{
    if (text.n < 2 || text.p[0] != '0' || (text.p[1] != 'x' && text.p[1] != 'X'))
        return mc_fail(em, MC_EMALFORM, "hex text does not start with 0x");
    *digits = mc_slice_skip(text, 2);
    return MC_OK;
}

static enum mc_err bad_digit(struct mc_slice digits, struct mc_errmsg *em)
{
    size_t i = 0;

    while (i < digits.n && hex_value[digits.p[i]] != BAD)
        i++;
    return mc_fail(em, MC_EMALFORM, "not a hex digit at position %zu", i + 2);
}

enum mc_err mc_hex_data(struct mc_buf *out, struct mc_slice text, size_t bytes_max,
                        struct mc_errmsg *em)
{
    struct mc_slice digits;
    enum mc_err err = prefix_skip(&digits, text, em);
    size_t n;

    if (err != MC_OK)
        return err;
    if (digits.n % 2 != 0)
        return mc_fail(em, MC_EMALFORM, "hex text has an odd number of digits");
    n = digits.n / 2;
    if (n > bytes_max)
        return mc_fail(em, MC_ELIMIT, "%zu bytes of hex data exceed the limit of %zu", n,
                       bytes_max);
    if (n == 0)
        return MC_OK;
    if (!mc_buf_reserve(out, n))
        return mc_fail(em, MC_ENOMEM, "hex data: out of memory");
    if (!mc_hex_decode(out->p + out->n, (const char *)digits.p, n))
        return bad_digit(digits, em);
    out->n += n;
    return MC_OK;
}

enum mc_err mc_hex_fixed(uint8_t *out, size_t n, struct mc_slice text, struct mc_errmsg *em)
{
    struct mc_slice digits;
    enum mc_err err = prefix_skip(&digits, text, em);

    if (err != MC_OK)
        return err;
    if (digits.n % 2 != 0)
        return mc_fail(em, MC_EMALFORM, "hex text has an odd number of digits");
    if (digits.n / 2 != n)
        return mc_fail(em, MC_EMALFORM, "hex text has %zu bytes, not %zu", digits.n / 2, n);
    if (!mc_hex_decode(out, (const char *)digits.p, n))
        return bad_digit(digits, em);
    return MC_OK;
}

enum mc_err mc_hex_quantity(uint64_t *out, struct mc_slice text, struct mc_errmsg *em)
{
    struct mc_slice digits;
    enum mc_err err = prefix_skip(&digits, text, em);
    uint64_t v = 0;

    if (err != MC_OK)
        return err;
    if (digits.n == 0)
        return mc_fail(em, MC_EMALFORM, "hex quantity has no digits");
    if (digits.p[0] == '0' && digits.n > 1)
        return mc_fail(em, MC_EMALFORM, "hex quantity has a leading zero");
    for (size_t i = 0; i < digits.n; i++) {
        if (hex_value[digits.p[i]] == BAD)
            return bad_digit(digits, em);
        if (i < 16)
            v = v << 4 | hex_value[digits.p[i]];
    }
    if (digits.n > 16)
        return mc_fail(em, MC_EMALFORM, "hex quantity is larger than 64 bits");
    *out = v;
    return MC_OK;
}

void mc_addr_checksum(char out[43], const struct mc_addr *a)
{
    struct mc_hash h;

    out[0] = '0';
    out[1] = 'x';
    mc_hex_encode(out + 2, a->b, sizeof a->b);
    /* EIP-55: a letter is a capital where the same nibble of keccak256 of the text is 8 or more. */
    mc_keccak256(&h, mc_slice(out + 2, 40));
    for (size_t i = 0; i < 40; i++) {
        uint8_t nibble = (uint8_t)(i % 2 == 0 ? h.b[i / 2] >> 4 : h.b[i / 2] & 15);
        if (out[2 + i] >= 'a' && nibble >= 8)
            out[2 + i] = (char)(out[2 + i] - 'a' + 'A');
    }
}
