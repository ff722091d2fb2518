#include "rpc/write.h"

void rpc_open(struct mc_buf *b, char bracket)
{
    mc_buf_put_u8(b, (uint8_t)bracket);
}

void rpc_close(struct mc_buf *b, char bracket)
{
    if (b->oom)
        return;
    if (b->n > 0 && b->p[b->n - 1] == ',')
        b->p[b->n - 1] = (uint8_t)bracket;
    else
        mc_buf_put_u8(b, (uint8_t)bracket);
}

void rpc_key(struct mc_buf *b, const char *key)
{
    size_t n = strlen(key);

    if (!mc_buf_reserve(b, n + 3))
        return;
    b->p[b->n] = '"';
    memcpy(b->p + b->n + 1, key, n);
    b->p[b->n + n + 1] = '"';
    b->p[b->n + n + 2] = ':';
    b->n += n + 3;
}

void rpc_put_u64(struct mc_buf *b, const char *key, uint64_t v)
{
    rpc_key(b, key);
    mc_json_put_quantity(b, v);
    rpc_comma(b);
}

void rpc_value_u256(struct mc_buf *b, const struct mc_u256 *v)
{
    char text[67];

    if (mc_u256_fits_u64(v)) {
        mc_json_put_quantity(b, v->w[0]);
        return;
    }
    mc_u256_to_hex(text, v);
    mc_buf_put_u8(b, '"');
    mc_buf_put_str(b, text);
    mc_buf_put_u8(b, '"');
}

void rpc_put_u256(struct mc_buf *b, const char *key, const struct mc_u256 *v)
{
    rpc_key(b, key);
    rpc_value_u256(b, v);
    rpc_comma(b);
}

void rpc_put_data(struct mc_buf *b, const char *key, struct mc_slice s)
{
    rpc_key(b, key);
    mc_json_put_hex(b, s);
    rpc_comma(b);
}

void rpc_put_hash(struct mc_buf *b, const char *key, const struct mc_hash *h)
{
    rpc_put_data(b, key, mc_hash_slice(h));
}

void rpc_put_addr(struct mc_buf *b, const char *key, const struct mc_addr *a)
{
    rpc_put_data(b, key, mc_addr_slice(a));
}

void rpc_put_bool(struct mc_buf *b, const char *key, bool v)
{
    rpc_key(b, key);
    mc_buf_put_str(b, v ? "true," : "false,");
}

void rpc_put_null(struct mc_buf *b, const char *key)
{
    rpc_key(b, key);
    mc_buf_put_str(b, "null,");
}

void rpc_put_text(struct mc_buf *b, const char *key, struct mc_slice s)
{
    rpc_key(b, key);
    mc_json_put_str(b, s);
    rpc_comma(b);
}

void rpc_put_word(struct mc_buf *b, const char *key, struct mc_slice be)
{
    struct mc_u256 v = MC_U256_ZERO;

    MC_ASSERT(mc_u256_from_be_n(&v, be));
    rpc_put_u256(b, key, &v);
}
