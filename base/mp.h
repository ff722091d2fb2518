/* msgpack with bounded decoding; the only file that includes msgpack.h is mp.c.
 *
 * Writing goes to a buffer and always picks the shortest form, so one value has one encoding.
 * Reading: mp_open() first walks the whole input without allocating: every length is checked against the bytes
 * present, nesting against MC_MP_DEPTH_MAX, and each form must be the shortest.  Only then are values read one
 * after the other with a cursor, in the order written.  Values are borrowed from the input.
 * Types used by MediChain: nil, bool, unsigned integers, bin, str, array, map.  Floats, ext and negative
 * integers are refused: no format of ours has them. */
#ifndef MC_BASE_MP_H
#define MC_BASE_MP_H

#include "base/bytes.h"
#include "base/u256.h"

enum mc_mp_type { MC_MP_NIL, MC_MP_BOOL, MC_MP_UINT, MC_MP_BIN, MC_MP_STR, MC_MP_ARRAY, MC_MP_MAP };

struct mc_mp {
    struct mc_slice rest; /* unread, already checked bytes */
};

void mc_mp_put_nil(struct mc_buf *b);
void mc_mp_put_bool(struct mc_buf *b, bool v);
void mc_mp_put_uint(struct mc_buf *b, uint64_t v);
void mc_mp_put_bin(struct mc_buf *b, struct mc_slice s);
void mc_mp_put_str(struct mc_buf *b, struct mc_slice s);
void mc_mp_put_array(struct mc_buf *b, uint32_t cnt); /* cnt values follow */
void mc_mp_put_map(struct mc_buf *b, uint32_t cnt);   /* cnt pairs follow */

/* Checks that s is exactly one msgpack value and opens it.  MC_EMALFORM otherwise. */
MC_NODISCARD enum mc_err mc_mp_open(struct mc_mp *m, struct mc_slice s, struct mc_errmsg *em);
bool mc_mp_done(const struct mc_mp *m);
/* Type of the next value; MC_EMALFORM at the end. */
MC_NODISCARD enum mc_err mc_mp_peek(const struct mc_mp *m, enum mc_mp_type *out,
                                    struct mc_errmsg *em);
/* Each takes one value of exactly that type, else MC_EMALFORM and the cursor stays. */
MC_NODISCARD enum mc_err mc_mp_nil(struct mc_mp *m, struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_mp_bool(struct mc_mp *m, bool *out, struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_mp_uint(struct mc_mp *m, uint64_t *out, uint64_t max,
                                    struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_mp_bin(struct mc_mp *m, struct mc_slice *out, size_t bytes_max,
                                   struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_mp_str(struct mc_mp *m, struct mc_slice *out, size_t bytes_max,
                                   struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_mp_fixed(struct mc_mp *m, uint8_t *out, size_t n,
                                     struct mc_errmsg *em); /* bin of n bytes */
MC_NODISCARD enum mc_err mc_mp_array(struct mc_mp *m, uint32_t *cnt, uint32_t max,
                                     struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_mp_map(struct mc_mp *m, uint32_t *cnt, uint32_t max,
                                   struct mc_errmsg *em);
/* Skips one value with everything in it. */
MC_NODISCARD enum mc_err mc_mp_skip(struct mc_mp *m, struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_mp_end(const struct mc_mp *m, struct mc_errmsg *em);

#endif
