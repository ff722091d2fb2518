/* Errors: one table of numbers, and words for people in a buffer the caller owns.
 *
 * A function that can fail returns enum mc_err.  Where the failure is known it writes a sentence with
 * mc_errf(); on the way up each layer may put its own context in front with mc_errwrap(), so that the
 * operator reads "open node: put block 42: write batch: disk full".
 * MC_ASSERT is for our own mistakes only and stays on in release builds; no byte from a peer, a client
 * or the disk may reach one. */
#ifndef MC_BASE_ERR_H
#define MC_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MC_NODISCARD            __attribute__((warn_unused_result))
#define MC_PRINTF(fmt_i, arg_i) __attribute__((format(printf, fmt_i, arg_i)))
#define MC_COUNT(a)             (sizeof(a) / sizeof((a)[0]))

#define MC_ERR_MAP(X)                                                                              \
    X(MC_OK, 0, "ok")                                                                              \
    X(MC_ENOMEM, -1, "out of memory")                                                              \
    X(MC_EINVAL, -2, "argument outside its range")                                                 \
    X(MC_EMALFORM, -3, "bytes from outside do not decode")                                         \
    X(MC_ELIMIT, -4, "a limit is exceeded")                                                        \
    X(MC_ENOTFOUND, -5, "not found")                                                               \
    X(MC_EIO, -6, "the operating system reports an error")                                         \
    X(MC_ECORRUPT, -7, "stored data fails its own check: stop")                                    \
    X(MC_EBUSY, -8, "already in use")                                                              \
    X(MC_EEXIST, -9, "already there")                                                              \
    X(MC_EMISMATCH, -10, "belongs to another chain, format or version")                            \
    X(MC_EAUTH, -11, "a signature, key or passphrase is wrong")                                    \
    X(MC_EREJECT, -12, "well formed, but refused by the rules")                                    \
    X(MC_EREVERT, -13, "execution reverted")                                                       \
    X(MC_EOUTOFGAS, -14, "out of gas")                                                             \
    X(MC_EUNSUPPORTED, -15, "not supported")

enum mc_err {
#define MC_ERR_ENUM(name, number, text) name = (number),
    MC_ERR_MAP(MC_ERR_ENUM)
#undef MC_ERR_ENUM
};

/* Words for people.  Always NUL-terminated; too long a text is cut. */
struct mc_errmsg {
    char text[512];
};

/* The table's text for an error number; a fixed string. */
const char *mc_err_text(enum mc_err err);

/* Replaces the words.  em may be NULL: nothing happens then. */
void mc_errf(struct mc_errmsg *em, const char *fmt, ...) MC_PRINTF(2, 3);

/* Puts "prefix: " in front of the words.  em may be NULL. */
void mc_errwrap(struct mc_errmsg *em, const char *fmt, ...) MC_PRINTF(2, 3);

/* mc_errf() and the error number in one expression: `return mc_fail(em, MC_EMALFORM, "...");`
 * A macro, so that the compiler sees which number comes back and can tell what is initialised where. */
#define mc_fail(em, err, ...) (mc_errf((em), __VA_ARGS__), (err))

/* Prints the broken condition to stderr and aborts.  Called by MC_ASSERT only. */
_Noreturn void mc_assert_failed(const char *cond, const char *file, int line);

#define MC_ASSERT(cond) ((cond) ? (void)0 : mc_assert_failed(#cond, __FILE__, __LINE__))

#endif
