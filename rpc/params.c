#include "rpc/params.h"

static const char *type_name(const struct mc_json *v)
{
    switch (mc_json_type(v)) {
    case MC_JSON_NULL:
        return "null";
    case MC_JSON_BOOL:
        return "a boolean";
    case MC_JSON_INT:
    case MC_JSON_DOUBLE:
        return "a number";
    case MC_JSON_STRING:
        return "a string";
    case MC_JSON_ARRAY:
        return "an array";
    case MC_JSON_OBJECT:
        return "an object";
    }
    return "nothing";
}

static bool bad(struct mc_errmsg *em, const char *words)
{
    mc_errf(em, "%s", words);
    return false;
}

static bool is_string(const struct mc_json *v, const char *want, struct mc_errmsg *em)
{
    if (mc_json_type(v) == MC_JSON_STRING)
        return true;
    mc_errf(em, "want %s, got %s", want, type_name(v));
    return false;
}

/* ---- values ---- */

bool rpc_val_u64(uint64_t *out, const struct mc_json *v, struct mc_errmsg *em)
{
    return is_string(v, "a hex quantity string", em) &&
           mc_hex_quantity(out, mc_json_str(v), em) == MC_OK;
}

bool rpc_val_u256(struct mc_u256 *out, const struct mc_json *v, struct mc_errmsg *em)
{
    return is_string(v, "a hex quantity string", em) &&
           mc_u256_from_hex(out, mc_json_str(v), em) == MC_OK;
}

/* n bytes in hex; the words are geth's, since people search for them. */
static bool fixed_read(uint8_t *out, size_t n, const struct mc_json *v, const char *what,
                       struct mc_errmsg *em)
{
    struct mc_slice s = mc_json_str(v);

    if (!is_string(v, "a hex string", em))
        return false;
    if (s.n < 2 || s.p[0] != '0' || (s.p[1] != 'x' && s.p[1] != 'X'))
        return bad(em, "hex string without 0x prefix");
    if (s.n - 2 != 2 * n) {
        mc_errf(em, "hex string has length %zu, want %zu for %s", s.n - 2, 2 * n, what);
        return false;
    }
    if (!mc_hex_decode(out, (const char *)s.p + 2, n))
        return bad(em, "hex string has a character that is no hex digit");
    return true;
}

bool rpc_val_addr(struct mc_addr *out, const struct mc_json *v, struct mc_errmsg *em)
{
    return fixed_read(out->b, sizeof out->b, v, "address", em);
}

bool rpc_val_hash(struct mc_hash *out, const struct mc_json *v, struct mc_errmsg *em)
{
    return fixed_read(out->b, sizeof out->b, v, "hash", em);
}

static bool data_read(struct mc_slice *out, struct mc_slice s, struct mc_arena *arena,
                      struct mc_errmsg *em)
{
    uint8_t *p;

    if (s.n < 2 || s.p[0] != '0' || (s.p[1] != 'x' && s.p[1] != 'X'))
        return bad(em, "hex string without 0x prefix");
    if (s.n % 2 != 0)
        return bad(em, "hex string of odd length");
    p = mc_arena_alloc(arena, (s.n - 2) / 2);
    if (p == NULL)
        return bad(em, "hex string is too long");
    if (!mc_hex_decode(p, (const char *)s.p + 2, (s.n - 2) / 2))
        return bad(em, "hex string has a character that is no hex digit");
    *out = mc_slice(p, (s.n - 2) / 2);
    return true;
}

bool rpc_val_data(struct mc_slice *out, const struct mc_json *v, struct mc_arena *arena,
                  struct mc_errmsg *em)
{
    return is_string(v, "a hex data string", em) && data_read(out, mc_json_str(v), arena, em);
}

bool rpc_val_slot(struct mc_hash *out, const struct mc_json *v, struct mc_errmsg *em)
{
    struct mc_slice s = mc_json_str(v);
    char digits[64];

    if (!is_string(v, "a hex string", em))
        return false;
    if (s.n < 3 || s.p[0] != '0' || (s.p[1] != 'x' && s.p[1] != 'X'))
        return bad(em, "storage slot without 0x prefix or digits");
    if (s.n > 66)
        return bad(em, "storage slot is longer than 32 bytes");
    memset(digits, '0', sizeof digits);
    memcpy(digits + 64 - (s.n - 2), s.p + 2, s.n - 2);
    if (!mc_hex_decode(out->b, digits, 32))
        return bad(em, "storage slot has a character that is no hex digit");
    return true;
}

bool rpc_val_block_number(struct rpc_block_id *out, const struct mc_json *v, struct mc_errmsg *em)
{
    static const struct {
        const char *name;
        enum rpc_tag tag;
    } tags[] = {{"latest", RPC_TAG_LATEST},
                {"pending", RPC_TAG_PENDING},
                {"earliest", RPC_TAG_EARLIEST},
                {"safe", RPC_TAG_SAFE},
                {"finalized", RPC_TAG_FINALIZED}};
    struct mc_slice s = mc_json_str(v);

    if (!is_string(v, "a block number or tag", em))
        return false;
    *out = (struct rpc_block_id){.tag = RPC_TAG_NUMBER};
    for (size_t i = 0; i < MC_COUNT(tags); i++) {
        if (mc_slice_eq(s, mc_slice_str(tags[i].name))) {
            out->tag = tags[i].tag;
            return true;
        }
    }
    if (mc_hex_quantity(&out->number, s, em) == MC_OK)
        return true;
    mc_errwrap(em, "neither a block tag nor a number");
    return false;
}

/* EIP-1898: {"blockHash": ..., "requireCanonical": ...} or {"blockNumber": ...}. */
static bool block_object_read(struct rpc_block_id *out, const struct mc_json *v,
                              struct mc_errmsg *em)
{
    const struct mc_json *hash = mc_json_get(v, "blockHash");
    const struct mc_json *number = mc_json_get(v, "blockNumber");
    const struct mc_json *canonical = mc_json_get(v, "requireCanonical");

    if (hash != NULL && number != NULL)
        return bad(em, "cannot specify both BlockHash and BlockNumber, choose one or the other");
    if (canonical != NULL && mc_json_type(canonical) != MC_JSON_BOOL)
        return bad(em, "requireCanonical must be a boolean");
    if (number != NULL)
        return rpc_val_block_number(out, number, em);
    if (hash == NULL)
        return bad(em, "block object has neither blockHash nor blockNumber");
    /* Every block that this chain knows is canonical: requireCanonical is met by being found. */
    *out = (struct rpc_block_id){.tag = RPC_TAG_HASH};
    return rpc_val_hash(&out->hash, hash, em);
}

bool rpc_val_block(struct rpc_block_id *out, const struct mc_json *v, struct mc_errmsg *em)
{
    if (mc_json_type(v) == MC_JSON_OBJECT)
        return block_object_read(out, v, em);
    if (mc_json_type(v) == MC_JSON_STRING && mc_json_str(v).n == 66) {
        *out = (struct rpc_block_id){.tag = RPC_TAG_HASH};
        return rpc_val_hash(&out->hash, v, em);
    }
    return rpc_val_block_number(out, v, em);
}

/* ---- parameters ---- */

const struct mc_json *rpc_arg(const struct rpc_ctx *c, size_t i)
{
    return mc_json_at(c->params, i);
}

bool rpc_arg_bad(struct rpc_ctx *c, size_t i)
{
    mc_errwrap(&c->em, "invalid argument %zu", i);
    c->code = RPC_INVALID_PARAMS;
    return false;
}

bool rpc_arg_u64(struct rpc_ctx *c, size_t i, uint64_t *out)
{
    return rpc_val_u64(out, rpc_arg(c, i), &c->em) || rpc_arg_bad(c, i);
}

bool rpc_arg_addr(struct rpc_ctx *c, size_t i, struct mc_addr *out)
{
    return rpc_val_addr(out, rpc_arg(c, i), &c->em) || rpc_arg_bad(c, i);
}

bool rpc_arg_hash(struct rpc_ctx *c, size_t i, struct mc_hash *out)
{
    return rpc_val_hash(out, rpc_arg(c, i), &c->em) || rpc_arg_bad(c, i);
}

bool rpc_arg_data(struct rpc_ctx *c, size_t i, struct mc_slice *out)
{
    bool ok = c->plain.p != NULL ? data_read(out, c->plain, c->arena, &c->em)
                                 : rpc_val_data(out, rpc_arg(c, i), c->arena, &c->em);

    return ok || rpc_arg_bad(c, i);
}

bool rpc_arg_bool(struct rpc_ctx *c, size_t i, bool *out)
{
    if (mc_json_type(rpc_arg(c, i)) != MC_JSON_BOOL) {
        mc_errf(&c->em, "want a boolean, got %s", type_name(rpc_arg(c, i)));
        return rpc_arg_bad(c, i);
    }
    *out = mc_json_bool(rpc_arg(c, i));
    return true;
}

bool rpc_arg_block_number(struct rpc_ctx *c, size_t i, struct rpc_block_id *out)
{
    return rpc_val_block_number(out, rpc_arg(c, i), &c->em) || rpc_arg_bad(c, i);
}

bool rpc_arg_block(struct rpc_ctx *c, size_t i, struct rpc_block_id *out)
{
    if (rpc_arg(c, i) == NULL) {
        *out = (struct rpc_block_id){.tag = RPC_TAG_LATEST};
        return true;
    }
    return rpc_val_block(out, rpc_arg(c, i), &c->em) || rpc_arg_bad(c, i);
}
