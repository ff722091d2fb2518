/* ABI data as readable text: 32-byte words separated by spaces.
 *
 *     "20 5 'hello x0102"  ->  word 0x20, word 5, "hello" padded on the right, the two bytes 01 02 as they are
 *
 * A plain token is hex and padded on the left. */
#ifndef MC_TESTS_LIB_WORDS_H
#define MC_TESTS_LIB_WORDS_H

#include "base/base.h"

/* Appends the bytes; a token that is none of these aborts. */
void words(struct mc_buf *out, const char *text);

#endif
