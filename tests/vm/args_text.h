/* Texts for module tests: JSON arguments and expected answers. */
#ifndef MC_TESTS_VM_ARGS_TEXT_H
#define MC_TESTS_VM_ARGS_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/memhost.h"

#define TEXT_BYTES 65536u

/* printf into one of 64 rotating static buffers. */
MC_PRINTF(1, 2) static inline const char *text(const char *fmt, ...)
{
    static char buf[64][TEXT_BYTES];
    static unsigned turn;
    char *out = buf[turn++ % 64];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(out, TEXT_BYTES, fmt, ap);
    va_end(ap);
    assert_true(n >= 0 && n < (int)TEXT_BYTES);
    return out;
}

/* A string of n bytes. */
static inline const char *longer(size_t n)
{
    static char buf[8][4096];
    static unsigned turn;
    char *out = buf[turn++ % 8];
    assert_true(n < sizeof buf[0]);
    memset(out, 'x', n);
    out[n] = '\0';
    return out;
}

/* "0x..." of keccak256 of a text: how an indexed string shows in a log. */
static inline const char *topic(const char *s)
{
    static char buf[16][67];
    static unsigned turn;
    char *out = buf[turn++ % 16];
    struct mc_hash h;
    mc_keccak256(&h, mc_slice_str(s));
    out[0] = '0';
    out[1] = 'x';
    mc_hex_encode(out + 2, h.b, sizeof h.b);
    return out;
}

/* Checks that a call reverts without data, as a raw array getter does out of range. */
static inline void reverts_empty(struct memhost *h, const char *module, const char *method,
                                 const char *args)
{
    struct mh_res r;
    memhost_call(h, &r, module, method, args);
    assert_int_equal(r.err, MC_EREVERT);
    assert_int_equal(r.output.n, 0);
}

#define ZERO_ADDR "0x0000000000000000000000000000000000000000"

#endif
