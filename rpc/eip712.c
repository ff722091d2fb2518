#include "rpc/eip712.h"

#define TYPES_MAX 64u /* struct types in one document */
#define DEPTH_MAX MC_JSON_DEPTH_MAX

/* A type name taken apart: "Person[3][]" is base "Person" with two suffixes. */
struct type_ref {
    struct mc_slice base;
    struct mc_slice suffixes;
};

struct typed {
    struct mc_arena *arena;
    struct mc_errmsg *em;
    struct mc_slice names[TYPES_MAX]; /* struct types in document order */
    const struct mc_json *members[TYPES_MAX];
    struct mc_hash hashes[TYPES_MAX]; /* typeHash, when known */
    bool known[TYPES_MAX];
    size_t name_cnt;
};

static enum mc_err fail(struct typed *t, const char *words)
{
    return mc_fail(t->em, MC_EMALFORM, "%s", words);
}

static enum mc_err encode_value(struct typed *t, struct mc_hash *out, struct mc_slice type,
                                const struct mc_json *v, uint32_t depth);

/* ---- types ---- */

static bool name_add(void *arg, struct mc_slice key, const struct mc_json *val)
{
    struct typed *t = arg;

    if (t->name_cnt < TYPES_MAX) {
        t->names[t->name_cnt] = key;
        t->members[t->name_cnt] = val;
    }
    t->name_cnt++;
    return true;
}

static struct type_ref type_split(struct mc_slice type)
{
    const uint8_t *p = type.n == 0 ? NULL : memchr(type.p, '[', type.n);
    size_t n = p == NULL ? type.n : (size_t)(p - type.p);

    return (struct type_ref){mc_slice(type.p, n), mc_slice_skip(type, n)};
}

/* Index of a struct type; name_cnt when it is none. */
static size_t name_find(const struct typed *t, struct mc_slice name)
{
    size_t i = 0;

    while (i < t->name_cnt && !mc_slice_eq(t->names[i], name))
        i++;
    return i;
}

/* Marks the types that a struct refers to, directly or not.  The mark comes first, so a circle ends. */
static enum mc_err reach(struct typed *t, bool seen[TYPES_MAX], size_t from)
{
    size_t stack[TYPES_MAX], n = 0;

    seen[from] = true;
    stack[n++] = from;
    while (n > 0) {
        const struct mc_json *members = t->members[stack[--n]];
        if (mc_json_type(members) != MC_JSON_ARRAY)
            return fail(t, "types: a type is not an array of members");
        for (size_t i = 0; i < mc_json_len(members); i++) {
            const struct mc_json *m = mc_json_at(members, i);
            size_t k = name_find(t, type_split(mc_json_str(mc_json_get(m, "type"))).base);
            if (k < t->name_cnt && !seen[k]) {
                seen[k] = true;
                stack[n++] = k; /* each type once: the stack cannot overflow */
            }
        }
    }
    return MC_OK;
}

static void encode_type_put(struct typed *t, struct mc_buf *b, size_t type_i)
{
    const struct mc_json *members = t->members[type_i];

    mc_buf_put_slice(b, t->names[type_i]);
    mc_buf_put_u8(b, '(');
    for (size_t i = 0; i < mc_json_len(members); i++) {
        const struct mc_json *m = mc_json_at(members, i);
        if (i > 0)
            mc_buf_put_u8(b, ',');
        mc_buf_put_slice(b, mc_json_str(mc_json_get(m, "type")));
        mc_buf_put_u8(b, ' ');
        mc_buf_put_slice(b, mc_json_str(mc_json_get(m, "name")));
    }
    mc_buf_put_u8(b, ')');
}

/* The unwritten reached type whose name is smallest; name_cnt: none. */
static size_t next_type(const struct typed *t, const bool seen[TYPES_MAX])
{
    size_t best = t->name_cnt;

    for (size_t i = 0; i < t->name_cnt; i++) {
        if (seen[i] && (best == t->name_cnt || mc_slice_cmp(t->names[i], t->names[best]) < 0))
            best = i;
    }
    return best;
}

/* encodeType: the type itself, then those it refers to in the order of their names. */
static enum mc_err type_hash(struct typed *t, struct mc_hash *out, size_t type_i)
{
    bool seen[TYPES_MAX] = {false};
    struct mc_buf text = {0};
    enum mc_err err;

    if (t->known[type_i]) {
        *out = t->hashes[type_i];
        return MC_OK;
    }
    err = reach(t, seen, type_i);
    if (err != MC_OK)
        return err;
    seen[type_i] = false;
    encode_type_put(t, &text, type_i);
    for (size_t i = next_type(t, seen); i < t->name_cnt; i = next_type(t, seen)) {
        seen[i] = false;
        encode_type_put(t, &text, i);
    }
    err = mc_buf_check(&text, "typed data", t->em);
    mc_keccak256(&t->hashes[type_i], mc_buf_slice(&text));
    mc_buf_free(&text);
    t->known[type_i] = err == MC_OK;
    *out = t->hashes[type_i];
    return err;
}

/* ---- values ---- */

static bool starts(struct mc_slice s, const char *with)
{
    size_t n = strlen(with);

    return s.n >= n && memcmp(s.p, with, n) == 0;
}

/* The number behind "uint", "int" or "bytes"; 0 when there is none or it is no number. */
static uint32_t width_of(struct mc_slice type, size_t prefix)
{
    uint32_t v = 0;

    if (type.n - prefix > 3)
        return 0;
    for (size_t i = prefix; i < type.n; i++) {
        if (type.p[i] < '0' || type.p[i] > '9')
            return 0;
        v = v * 10 + (uint32_t)(type.p[i] - '0');
    }
    return v;
}

/* 0x and up to 64 digits, leading zeros allowed. */
static bool hex_integer_read(struct mc_u256 *out, struct mc_slice s)
{
    char digits[64];
    uint8_t be[32];

    if (s.n < 3 || s.n > 66)
        return false;
    memset(digits, '0', sizeof digits);
    memcpy(digits + 64 - (s.n - 2), s.p + 2, s.n - 2);
    if (!mc_hex_decode(be, digits, 32))
        return false;
    *out = mc_u256_from_be(be);
    return true;
}

/* Magnitude and sign of a JSON number or of decimal or hex text. */
static bool integer_read(struct mc_u256 *out, bool *negative, const struct mc_json *v)
{
    struct mc_slice s = mc_json_str(v);
    int64_t i;
    uint64_t u;

    *negative = false;
    if (mc_json_u64(v, &u)) {
        *out = mc_u256_u64(u);
        return true;
    }
    if (mc_json_i64(v, &i)) {
        *negative = true;
        *out = mc_u256_u64(0 - (uint64_t)i);
        return true;
    }
    if (starts(s, "-")) {
        *negative = true;
        s = mc_slice_skip(s, 1);
    }
    return starts(s, "0x") ? hex_integer_read(out, s) : mc_u256_from_dec(out, s, NULL) == MC_OK;
}

/* 2^bits as a big-endian word with one bit; bits below 256. */
static struct mc_u256 power_of_two(uint32_t bits)
{
    struct mc_u256 v = MC_U256_ZERO;

    v.w[bits / 64] = (uint64_t)1 << (bits % 64);
    return v;
}

/* Two's complement of the magnitude in 256 bits, after checking the range of the type. */
static enum mc_err encode_integer(struct typed *t, struct mc_hash *out, struct mc_slice type,
                                  const struct mc_json *v)
{
    bool is_signed = type.p[0] == 'i', negative;
    uint32_t bits = width_of(type, is_signed ? 3 : 4);
    struct mc_u256 mag, limit;

    if (bits < 8 || bits > 256 || bits % 8 != 0)
        return fail(t, "no such integer type");
    if (!integer_read(&mag, &negative, v))
        return fail(t, "not an integer");
    if (mc_u256_is_zero(&mag))
        negative = false;
    if (negative && !is_signed)
        return fail(t, "negative value of an unsigned type");
    if (is_signed || bits < 256) {
        limit = power_of_two(is_signed ? bits - 1 : bits);
        if (negative ? mc_u256_cmp(&mag, &limit) > 0 : mc_u256_cmp(&mag, &limit) >= 0)
            return fail(t, "integer is outside its type's range");
    }
    if (negative) {
        struct mc_u256 one = mc_u256_u64(1), rest;
        MC_ASSERT(mc_u256_sub(&rest, &mag, &one));
        for (size_t i = 0; i < 4; i++)
            mag.w[i] = ~rest.w[i];
    }
    mc_u256_to_be(out->b, &mag);
    return MC_OK;
}

static enum mc_err encode_address(struct typed *t, struct mc_hash *out, const struct mc_json *v)
{
    memset(out->b, 0, 12);
    return mc_hex_fixed(out->b + 12, 20, mc_json_str(v), t->em);
}

/* "bytes" and "bytes1" to "bytes32". */
static enum mc_err encode_bytes(struct typed *t, struct mc_hash *out, struct mc_slice type,
                                const struct mc_json *v)
{
    uint32_t n = width_of(type, 5);
    struct mc_buf raw = {0};
    enum mc_err err = mc_hex_data(&raw, mc_json_str(v), MC_RPC_BODY_BYTES_MAX, t->em);

    if (err == MC_OK && type.n == 5) {
        mc_keccak256(out, mc_buf_slice(&raw));
    } else if (err == MC_OK && (n < 1 || n > 32 || raw.n != n)) {
        err = fail(t, "bytes do not fit their type");
    } else if (err == MC_OK) {
        memset(out->b, 0, sizeof out->b);
        memcpy(out->b, raw.p, raw.n);
    }
    mc_buf_free(&raw);
    return err;
}

static enum mc_err encode_atom(struct typed *t, struct mc_hash *out, struct mc_slice type,
                               const struct mc_json *v)
{
    if (mc_slice_eq(type, mc_slice_str("string"))) {
        if (mc_json_type(v) != MC_JSON_STRING)
            return fail(t, "not a string");
        mc_keccak256(out, mc_json_str(v));
        return MC_OK;
    }
    if (mc_slice_eq(type, mc_slice_str("bool"))) {
        if (mc_json_type(v) != MC_JSON_BOOL)
            return fail(t, "not a boolean");
        *out = MC_HASH_ZERO;
        out->b[31] = mc_json_bool(v);
        return MC_OK;
    }
    if (mc_slice_eq(type, mc_slice_str("address")))
        return encode_address(t, out, v);
    if (starts(type, "bytes"))
        return encode_bytes(t, out, type, v);
    if (starts(type, "uint") || starts(type, "int"))
        return encode_integer(t, out, type, v);
    return fail(t, "unknown type");
}

/* hashStruct: keccak256(typeHash ‖ encodeData). */
static enum mc_err hash_struct(struct typed *t, struct mc_hash *out, size_t type_i,
                               const struct mc_json *v, uint32_t depth)
{
    const struct mc_json *members = t->members[type_i];
    struct mc_buf data = {0};
    struct mc_hash word;
    enum mc_err err = type_hash(t, &word, type_i);

    if (err == MC_OK && mc_json_type(v) != MC_JSON_OBJECT)
        err = fail(t, "not an object");
    mc_buf_put(&data, word.b, sizeof word.b);
    for (size_t i = 0; err == MC_OK && i < mc_json_len(members); i++) {
        const struct mc_json *m = mc_json_at(members, i);
        struct mc_slice name = mc_json_str(mc_json_get(m, "name"));
        char *key = mc_arena_printf(t->arena, "%.*s", (int)name.n, (const char *)name.p);
        if (key == NULL)
            return mc_buf_free(&data), mc_fail(t->em, MC_ENOMEM, "typed data: out of memory");
        err = encode_value(t, &word, mc_json_str(mc_json_get(m, "type")), mc_json_get(v, key),
                           depth + 1);
        if (err != MC_OK)
            mc_errwrap(t->em, "%.64s", key);
        mc_buf_put(&data, word.b, sizeof word.b);
    }
    if (err == MC_OK)
        err = mc_buf_check(&data, "typed data", t->em);
    mc_keccak256(out, mc_buf_slice(&data));
    mc_buf_free(&data);
    return err;
}

/* An array: keccak256 of its elements' encodings.  The last suffix is the outermost dimension. */
static enum mc_err encode_array(struct typed *t, struct mc_hash *out, struct mc_slice type,
                                const struct mc_json *v, uint32_t depth)
{
    size_t open = type.n - 1;
    struct mc_slice element, length;
    struct mc_buf data = {0};
    struct mc_hash word;
    enum mc_err err = MC_OK;

    while (open > 0 && type.p[open] != '[')
        open--;
    element = mc_slice(type.p, open);
    length = mc_slice(type.p + open + 1, type.n - open - 2);
    if (mc_json_type(v) != MC_JSON_ARRAY)
        return fail(t, "not an array");
    if (length.n > 0 && width_of(length, 0) != mc_json_len(v))
        return fail(t, "array has another length than its type");
    for (size_t i = 0; err == MC_OK && i < mc_json_len(v); i++) {
        err = encode_value(t, &word, element, mc_json_at(v, i), depth + 1);
        mc_buf_put(&data, word.b, sizeof word.b);
    }
    if (err == MC_OK)
        err = mc_buf_check(&data, "typed data", t->em);
    mc_keccak256(out, mc_buf_slice(&data));
    mc_buf_free(&data);
    return err;
}

static enum mc_err encode_value(struct typed *t, struct mc_hash *out, struct mc_slice type,
                                const struct mc_json *v, uint32_t depth)
{
    size_t type_i = name_find(t, type);

    *out = MC_HASH_ZERO;
    if (depth > DEPTH_MAX)
        return mc_fail(t->em, MC_ELIMIT, "typed data is nested too deep");
    if (type.n > 2 && type.p[type.n - 1] == ']')
        return encode_array(t, out, type, v, depth);
    if (type_i == t->name_cnt)
        return encode_atom(t, out, type, v);
    if (v == NULL) /* a missing struct is a word of zeros, as wallets have it */
        return MC_OK;
    return hash_struct(t, out, type_i, v, depth);
}

static enum mc_err named_hash(struct typed *t, struct mc_hash *out, struct mc_slice name,
                              const struct mc_json *v, const char *where)
{
    size_t i = name_find(t, name);
    enum mc_err err;

    if (i == t->name_cnt)
        return mc_fail(t->em, MC_EMALFORM, "types: %.*s is missing",
                       (int)(name.n > 64 ? 64 : name.n), (const char *)name.p);
    err = hash_struct(t, out, i, v, 0);
    if (err != MC_OK)
        mc_errwrap(t->em, "%s", where);
    return err;
}

enum mc_err rpc_eip712_digest(struct mc_hash *out, const struct mc_json *typed_data,
                              struct mc_arena *arena, struct mc_errmsg *em)
{
    const struct mc_json *types = mc_json_get(typed_data, "types");
    struct typed t = {.arena = arena, .em = em};
    struct mc_slice domain_type = mc_slice_str("EIP712Domain");
    struct mc_slice primary = mc_json_str(mc_json_get(typed_data, "primaryType"));
    struct mc_hash domain, message;
    size_t parts = 2;
    enum mc_err err;

    if (mc_json_type(types) != MC_JSON_OBJECT)
        return mc_fail(em, MC_EMALFORM, "typed data: types must be an object");
    mc_json_each(types, name_add, &t);
    if (t.name_cnt > TYPES_MAX)
        return mc_fail(em, MC_ELIMIT, "typed data: more than %u types", TYPES_MAX);
    err = named_hash(&t, &domain, domain_type, mc_json_get(typed_data, "domain"), "domain");
    if (err != MC_OK)
        return err;
    if (!mc_slice_eq(primary, domain_type)) {
        err = named_hash(&t, &message, primary, mc_json_get(typed_data, "message"), "message");
        parts = 3;
    }
    if (err == MC_OK)
        mc_keccak256v(out,
                      (struct mc_slice[]){mc_slice("\x19\x01", 2), mc_hash_slice(&domain),
                                          mc_hash_slice(&message)},
                      parts);
    return err;
}
