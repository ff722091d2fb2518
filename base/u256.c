#include "base/u256.h"

/* The compiler's own 128-bit integer carries between words. */
typedef unsigned __int128 u128;

const struct mc_u256 MC_U256_ZERO = {{0, 0, 0, 0}};
const struct mc_u256 MC_U256_MAX = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

struct mc_u256 mc_u256_u64(uint64_t v)
{
    return (struct mc_u256){{v, 0, 0, 0}};
}

bool mc_u256_is_zero(const struct mc_u256 *a)
{
    return (a->w[0] | a->w[1] | a->w[2] | a->w[3]) == 0;
}

int mc_u256_cmp(const struct mc_u256 *a, const struct mc_u256 *b)
{
    for (int i = 3; i >= 0; i--) {
        if (a->w[i] != b->w[i])
            return a->w[i] < b->w[i] ? -1 : 1;
    }
    return 0;
}

bool mc_u256_fits_u64(const struct mc_u256 *a)
{
    return (a->w[1] | a->w[2] | a->w[3]) == 0;
}

uint64_t mc_u256_u64_sat(const struct mc_u256 *a)
{
    return mc_u256_fits_u64(a) ? a->w[0] : UINT64_MAX;
}

bool mc_u256_add(struct mc_u256 *out, const struct mc_u256 *a, const struct mc_u256 *b)
{
    struct mc_u256 r;
    u128 carry = 0;

    for (int i = 0; i < 4; i++) {
        carry += (u128)a->w[i] + b->w[i];
        r.w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    if (carry != 0)
        return false;
    *out = r;
    return true;
}

bool mc_u256_sub(struct mc_u256 *out, const struct mc_u256 *a, const struct mc_u256 *b)
{
    struct mc_u256 r;
    uint64_t borrow = 0;

    for (int i = 0; i < 4; i++) {
        u128 d = (u128)a->w[i] - b->w[i] - borrow;
        r.w[i] = (uint64_t)d;
        borrow = (uint64_t)(d >> 64) & 1;
    }
    if (borrow != 0)
        return false;
    *out = r;
    return true;
}

bool mc_u256_mul(struct mc_u256 *out, const struct mc_u256 *a, const struct mc_u256 *b)
{
    uint64_t r[8] = {0};

    for (int i = 0; i < 4; i++) {
        u128 carry = 0;
        for (int j = 0; j < 4; j++) {
            carry += (u128)a->w[i] * b->w[j] + r[i + j];
            r[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
        r[i + 4] = (uint64_t)carry;
    }
    if ((r[4] | r[5] | r[6] | r[7]) != 0)
        return false;
    memcpy(out->w, r, sizeof out->w);
    return true;
}

/* Divides *a by a word in place and returns the remainder. */
static uint64_t div_word(struct mc_u256 *a, uint64_t d)
{
    u128 rem = 0;

    for (int i = 3; i >= 0; i--) {
        u128 cur = rem << 64 | a->w[i];
        a->w[i] = (uint64_t)(cur / d);
        rem = cur % d;
    }
    return (uint64_t)rem;
}

static void digits_split(uint32_t out[8], const struct mc_u256 *a)
{
    for (int i = 0; i < 4; i++) {
        out[2 * i] = (uint32_t)a->w[i];
        out[2 * i + 1] = (uint32_t)(a->w[i] >> 32);
    }
}

static void digits_join(struct mc_u256 *out, const uint32_t d[8])
{
    for (int i = 0; i < 4; i++)
        out->w[i] = (uint64_t)d[2 * i + 1] << 32 | d[2 * i];
}

static int digit_cnt(const uint32_t d[8])
{
    int n = 8;

    while (n > 0 && d[n - 1] == 0)
        n--;
    return n;
}

/* One quotient digit: estimates, multiplies and subtracts v[0..n) from u[0..n], adds back when too large. */
static uint32_t digit_step(uint32_t *u, const uint32_t *v, int n)
{
    uint64_t top = (uint64_t)u[n] << 32 | u[n - 1];
    uint64_t qhat = top / v[n - 1], rhat = top % v[n - 1];
    uint64_t carry = 0, borrow = 0;

    while (qhat >> 32 != 0 || qhat * v[n - 2] > (rhat << 32 | u[n - 2])) {
        qhat--;
        rhat += v[n - 1];
        if (rhat >> 32 != 0)
            break;
    }
    for (int i = 0; i <= n; i++) {
        uint64_t prod = (i < n ? qhat * v[i] : 0) + carry;
        uint64_t diff = (uint64_t)u[i] - (uint32_t)prod - borrow;
        carry = prod >> 32;
        u[i] = (uint32_t)diff;
        borrow = diff >> 63;
    }
    if (borrow == 0)
        return (uint32_t)qhat;
    carry = 0;
    for (int i = 0; i <= n; i++) {
        carry += (uint64_t)u[i] + (i < n ? v[i] : 0);
        u[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)(qhat - 1);
}

/* Knuth, TAOCP 2, 4.3.1, algorithm D, with 32-bit digits; the divisor has at least two of them. */
static void div_long(struct mc_u256 *quot, struct mc_u256 *rem, const struct mc_u256 *a,
                     const struct mc_u256 *b)
{
    uint32_t u[9], v[8], q[8] = {0};
    int n, m, shift;

    digits_split(u, a);
    digits_split(v, b);
    n = digit_cnt(v);
    m = digit_cnt(u);
    /* D1: the divisor's top bit is set, which keeps the estimate within 2 of the truth. */
    shift = __builtin_clz(v[n - 1]);
    u[8] = 0;
    for (int i = 8; i > 0; i--)
        u[i] = (uint32_t)(((uint64_t)u[i] << 32 | u[i - 1]) << shift >> 32);
    u[0] <<= shift;
    for (int i = n - 1; i > 0; i--)
        v[i] = (uint32_t)(((uint64_t)v[i] << 32 | v[i - 1]) << shift >> 32);
    v[0] <<= shift;
    for (int j = m - n; j >= 0; j--)
        q[j] = digit_step(u + j, v, n);
    digits_join(quot, q);
    for (int i = 0; i < 8; i++)
        u[i] = (uint32_t)(((uint64_t)u[i + 1] << 32 | u[i]) >> shift);
    digits_join(rem, u);
}

bool mc_u256_divmod(struct mc_u256 *quot, struct mc_u256 *rem, const struct mc_u256 *a,
                    const struct mc_u256 *b)
{
    struct mc_u256 q = *a, r = MC_U256_ZERO;

    if (mc_u256_is_zero(b))
        return false;
    if (mc_u256_cmp(a, b) < 0) {
        r = *a;
        q = MC_U256_ZERO;
    } else if (mc_u256_fits_u64(b)) {
        r.w[0] = div_word(&q, b->w[0]);
    } else {
        div_long(&q, &r, a, b);
    }
    if (quot != NULL)
        *quot = q;
    if (rem != NULL)
        *rem = r;
    return true;
}

/* ---- bytes and text ---- */

void mc_u256_to_be(uint8_t out[32], const struct mc_u256 *a)
{
    for (int i = 0; i < 4; i++)
        mc_be64_put(out + 8 * i, a->w[3 - i]);
}

struct mc_u256 mc_u256_from_be(const uint8_t in[32])
{
    return (struct mc_u256){
        {mc_be64_get(in + 24), mc_be64_get(in + 16), mc_be64_get(in + 8), mc_be64_get(in)}};
}

bool mc_u256_from_be_n(struct mc_u256 *out, struct mc_slice s)
{
    uint8_t be[32] = {0};

    if (s.n > sizeof be)
        return false;
    if (s.n > 0)
        memcpy(be + sizeof be - s.n, s.p, s.n);
    *out = mc_u256_from_be(be);
    return true;
}

size_t mc_u256_byte_len(const struct mc_u256 *a)
{
    for (size_t i = 4; i > 0; i--) {
        if (a->w[i - 1] != 0)
            return 8 * i - (size_t)__builtin_clzll(a->w[i - 1]) / 8;
    }
    return 0;
}

void mc_u256_to_hex(char out[67], const struct mc_u256 *a)
{
    uint8_t be[32];
    char digits[65];
    size_t skip = 0;

    mc_u256_to_be(be, a);
    mc_hex_encode(digits, be, sizeof be);
    while (skip < 63 && digits[skip] == '0')
        skip++;
    out[0] = '0';
    out[1] = 'x';
    memcpy(out + 2, digits + skip, sizeof digits - skip);
}

void mc_u256_to_dec(char out[79], const struct mc_u256 *a)
{
    struct mc_u256 v = *a;
    char digits[79];
    size_t i = sizeof digits - 1;

    digits[i] = '\0';
    do {
        /* 19 digits are what a 64-bit word can hold. */
        uint64_t part = div_word(&v, 10000000000000000000u);
        bool last = mc_u256_is_zero(&v);
        for (int k = 0; k < 19 && i > 0 && (!last || part != 0); k++) {
            digits[--i] = (char)('0' + part % 10);
            part /= 10;
        }
    } while (!mc_u256_is_zero(&v));
    if (digits[i] == '\0')
        digits[--i] = '0';
    memcpy(out, digits + i, sizeof digits - i);
}

enum mc_err mc_u256_from_hex(struct mc_u256 *out, struct mc_slice text, struct mc_errmsg *em)
{
    char digits[64];
    uint8_t be[32];
    size_t n;

    if (text.n < 2 || text.p[0] != '0' || (text.p[1] != 'x' && text.p[1] != 'X'))
        return mc_fail(em, MC_EMALFORM, "hex text does not start with 0x");
    n = text.n - 2;
    if (n == 0)
        return mc_fail(em, MC_EMALFORM, "hex quantity has no digits");
    if (text.p[2] == '0' && n > 1)
        return mc_fail(em, MC_EMALFORM, "hex quantity has a leading zero");
    if (n > sizeof digits)
        return mc_fail(em, MC_EMALFORM, "hex quantity is larger than 256 bits");
    memset(digits, '0', sizeof digits);
    memcpy(digits + sizeof digits - n, text.p + 2, n);
    if (!mc_hex_decode(be, digits, sizeof be))
        return mc_fail(em, MC_EMALFORM, "hex quantity has a character that is not a hex digit");
    *out = mc_u256_from_be(be);
    return MC_OK;
}

enum mc_err mc_u256_from_dec(struct mc_u256 *out, struct mc_slice text, struct mc_errmsg *em)
{
    const struct mc_u256 ten = {{10, 0, 0, 0}};
    struct mc_u256 v = MC_U256_ZERO;

    if (text.n == 0)
        return mc_fail(em, MC_EMALFORM, "decimal number has no digits");
    for (size_t i = 0; i < text.n; i++) {
        struct mc_u256 digit;
        if (text.p[i] < '0' || text.p[i] > '9')
            return mc_fail(em, MC_EMALFORM, "not a decimal digit at position %zu", i);
        digit = mc_u256_u64((uint64_t)(text.p[i] - '0'));
        if (!mc_u256_mul(&v, &v, &ten) || !mc_u256_add(&v, &v, &digit))
            return mc_fail(em, MC_EMALFORM, "decimal number is larger than 256 bits");
    }
    *out = v;
    return MC_OK;
}
