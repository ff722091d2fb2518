/* JSON text by hand: what a response needs, without a tree. */
#include "base/json.h"
#include "base/json_scan.h"

/* The text of one byte that may not stand in a string literal as it is. */
static void escape_put(struct mc_buf *b, uint8_t c)
{
    static const char short_form[][2] = {{'"', '"'},  {'\\', '\\'}, {'\b', 'b'}, {'\f', 'f'},
                                         {'\n', 'n'}, {'\r', 'r'},  {'\t', 't'}};

    for (size_t i = 0; i < MC_COUNT(short_form); i++) {
        if (c == (uint8_t)short_form[i][0]) {
            mc_buf_put_u8(b, '\\');
            mc_buf_put_u8(b, (uint8_t)short_form[i][1]);
            return;
        }
    }
    mc_buf_putf(b, "\\u%04x", (unsigned)c);
}

void mc_json_put_str(struct mc_buf *b, struct mc_slice s)
{
    size_t done = 0, i = 0; /* bytes before `done` are written, those up to i need no escape */

    mc_buf_put_u8(b, '"');
    while (i < s.n) {
        uint8_t c = s.p[i];
        size_t len = c < 0x80 ? 1 : json_utf8_len(s.p + i, s.n - i);
        if (len != 0 && c >= 0x20 && c != '"' && c != '\\') {
            i += len;
            continue;
        }
        mc_buf_put(b, s.p + done, i - done);
        if (len == 0)
            mc_buf_put_str(b, "\xef\xbf\xbd");
        else
            escape_put(b, c);
        done = ++i;
    }
    if (s.n > done)
        mc_buf_put(b, s.p + done, s.n - done);
    mc_buf_put_u8(b, '"');
}

void mc_json_put_hex(struct mc_buf *b, struct mc_slice s)
{
    mc_buf_put_str(b, "\"0x");
    mc_buf_put_hex(b, s);
    mc_buf_put_u8(b, '"');
}

void mc_json_put_quantity(struct mc_buf *b, uint64_t v)
{
    static const char digits[] = "0123456789abcdef";
    char text[20]; /* quote, 0x, 16 digits, quote */
    size_t i = sizeof text;

    text[--i] = '"';
    do {
        text[--i] = digits[v & 15];
        v >>= 4;
    } while (v != 0);
    text[--i] = 'x';
    text[--i] = '0';
    text[--i] = '"';
    mc_buf_put(b, text + i, sizeof text - i);
}
