#include "tests/lib/words.h"

#include <stdio.h>
#include <stdlib.h>

static void hex_token(struct mc_buf *out, const char *p, size_t n, size_t width)
{
    char digits[2 * 64 + 1];
    uint8_t bytes[64];
    size_t len = (n + 1) / 2;
    if (n > 2 * sizeof bytes)
        abort();
    digits[0] = '0';
    memcpy(digits + n % 2, p, n);
    if (!mc_hex_decode(bytes, digits, len) || (width != 0 && len > width)) {
        fprintf(stderr, "words: bad token %.*s\n", (int)n, p);
        abort();
    }
    if (width != 0)
        mc_buf_put_zeros(out, width - len);
    mc_buf_put(out, bytes, len);
}

void words(struct mc_buf *out, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        if (n == 0) {
            text++;
            continue;
        }
        if (*text == '\'') {
            mc_buf_put(out, text + 1, n - 1);
            mc_buf_put_zeros(out, (32 - (n - 1) % 32) % 32);
        } else if (*text == 'x') {
            hex_token(out, text + 1, n - 1, 0);
        } else {
            hex_token(out, text, n, 32);
        }
        text += n;
    }
}
