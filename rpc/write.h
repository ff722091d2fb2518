/* JSON text of the results: members with their keys, straight into the answer; private to rpc/.
 *
 * Each member ends with a comma; rpc_close() puts the bracket in the last one's place. */
#ifndef MC_RPC_WRITE_H
#define MC_RPC_WRITE_H

#include "base/base.h"

void rpc_open(struct mc_buf *b, char bracket);
void rpc_close(struct mc_buf *b, char bracket);
static inline void rpc_comma(struct mc_buf *b)
{
    mc_buf_put_u8(b, ',');
}
/* "key": of a value that the caller appends, with a comma behind it. */
void rpc_key(struct mc_buf *b, const char *key);

void rpc_put_u64(struct mc_buf *b, const char *key, uint64_t v); /* quantity */
void rpc_put_u256(struct mc_buf *b, const char *key, const struct mc_u256 *v);
void rpc_put_data(struct mc_buf *b, const char *key, struct mc_slice s);
void rpc_put_hash(struct mc_buf *b, const char *key, const struct mc_hash *h);
void rpc_put_addr(struct mc_buf *b, const char *key, const struct mc_addr *a);
void rpc_put_bool(struct mc_buf *b, const char *key, bool v);
void rpc_put_null(struct mc_buf *b, const char *key);
void rpc_put_text(struct mc_buf *b, const char *key, struct mc_slice s);
/* Up to 32 big-endian bytes as a quantity. */
void rpc_put_word(struct mc_buf *b, const char *key, struct mc_slice be);

/* A quantity in quotes, no key and no comma. */
void rpc_value_u256(struct mc_buf *b, const struct mc_u256 *v);

#endif
