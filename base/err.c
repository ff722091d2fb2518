#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *mc_err_text(enum mc_err err)
{
    switch (err) {
#define MC_ERR_CASE(name, number, text)                                                            \
    case name:                                                                                     \
        return text;
        MC_ERR_MAP(MC_ERR_CASE)
#undef MC_ERR_CASE
    }
    return "unknown error number";
}

MC_PRINTF(2, 0)
static void errmsg_vset(struct mc_errmsg *em, const char *fmt, va_list ap)
{
    /* The arguments may point into em->text itself, so the words are made beside it first. */
    char text[sizeof((struct mc_errmsg *)0)->text];

    if (vsnprintf(text, sizeof text, fmt, ap) < 0)
        snprintf(text, sizeof text, "(error text cannot be formatted)");
    memcpy(em->text, text, sizeof em->text);
}

void mc_errf(struct mc_errmsg *em, const char *fmt, ...)
{
    va_list ap;

    if (em == NULL)
        return;
    va_start(ap, fmt);
    errmsg_vset(em, fmt, ap);
    va_end(ap);
}

void mc_errwrap(struct mc_errmsg *em, const char *fmt, ...)
{
    va_list ap;
    struct mc_errmsg prefix;
    size_t prefix_len, text_len, room;

    if (em == NULL)
        return;
    va_start(ap, fmt);
    errmsg_vset(&prefix, fmt, ap);
    va_end(ap);

    prefix_len = strlen(prefix.text);
    if (prefix_len + 2 >= sizeof em->text) {
        *em = prefix;
        return;
    }
    memcpy(prefix.text + prefix_len, ": ", 2);
    prefix_len += 2;
    text_len = strnlen(em->text, sizeof em->text - 1);
    room = sizeof em->text - 1 - prefix_len;
    if (text_len > room)
        text_len = room;
    memmove(em->text + prefix_len, em->text, text_len);
    memcpy(em->text, prefix.text, prefix_len);
    em->text[prefix_len + text_len] = '\0';
}

_Noreturn void mc_assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "%s:%d: broken condition: %s\n", file, line, cond);
    fflush(stderr);
    abort();
}
