/* RLP (Ethereum yellow paper, appendix B), canonical form only.
 *
 * Reading: a cursor over borrowed bytes.  Every read checks the form first: a length in its shortest form, a
 * single byte below 0x80 as itself, nothing past the end.  Nothing is allocated and nothing recurses.
 * Writing: to a buffer; a list is written by appending its payload and then wrapping it. */
#ifndef MC_BASE_RLP_H
#define MC_BASE_RLP_H

#include "base/bytes.h"
#include "base/u256.h"

/* Unread bytes of one list payload, or of a top-level item. */
struct mc_rlp {
    struct mc_slice rest;
};

struct mc_rlp mc_rlp_open(struct mc_slice s);
bool mc_rlp_done(const struct mc_rlp *r); /* nothing left */
/* True when an item follows and it is a list; false for a string or the end. */
bool mc_rlp_next_is_list(const struct mc_rlp *r);

/* Each read takes one item.  Errors: MC_EMALFORM with a reason; the cursor does not move then. */
MC_NODISCARD enum mc_err mc_rlp_bytes(struct mc_rlp *r, struct mc_slice *out, struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_rlp_list(struct mc_rlp *r, struct mc_rlp *out, struct mc_errmsg *em);
/* The whole encoding of the next item, header included, string or list (not checked inside). */
MC_NODISCARD enum mc_err mc_rlp_raw(struct mc_rlp *r, struct mc_slice *out, struct mc_errmsg *em);
/* Scalars: no leading zero byte, zero is the empty string. */
MC_NODISCARD enum mc_err mc_rlp_u64(struct mc_rlp *r, uint64_t *out, struct mc_errmsg *em);
MC_NODISCARD enum mc_err mc_rlp_u256(struct mc_rlp *r, struct mc_u256 *out, struct mc_errmsg *em);
/* A string of exactly n bytes. */
MC_NODISCARD enum mc_err mc_rlp_fixed(struct mc_rlp *r, uint8_t *out, size_t n,
                                      struct mc_errmsg *em);
/* MC_EMALFORM unless everything was read. */
MC_NODISCARD enum mc_err mc_rlp_end(const struct mc_rlp *r, struct mc_errmsg *em);
/* Checks one whole item, nested lists included, to depth_max; iterative, no recursion beyond depth_max. */
MC_NODISCARD enum mc_err mc_rlp_check(struct mc_slice s, uint32_t depth_max, struct mc_errmsg *em);

void mc_rlp_put_bytes(struct mc_buf *b, struct mc_slice s);
void mc_rlp_put_u64(struct mc_buf *b, uint64_t v);
void mc_rlp_put_u256(struct mc_buf *b, const struct mc_u256 *v);
/* A list header for a payload of n bytes; the caller appends the payload itself. */
void mc_rlp_put_list_header(struct mc_buf *b, size_t n);
/* Turns everything appended since `mark` (a former b->n) into the payload of a list, by moving it. */
void mc_rlp_wrap_list(struct mc_buf *b, size_t mark);
/* Bytes that the header of a list with this payload takes: 1 to 9. */
size_t mc_rlp_list_header_len(size_t n);

#endif
