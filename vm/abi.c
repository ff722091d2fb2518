#include "vm/abi.h"

#include <stdio.h>

#define WORD 32u

/* ------------------------------------------------------------------ decoding */

struct decoder {
    struct mc_arena *arena;
    struct mc_slice data;
    uint32_t values_left;
};

static enum mc_err decode(struct decoder *d, struct vm_val *out, const struct vm_dtype *t,
                          size_t head, size_t base);

static bool in_range(const struct decoder *d, size_t pos, size_t n)
{
    return pos <= d->data.n && n <= d->data.n - pos;
}

/* A word that is used as an offset or a length: what exceeds the data is outside anyway. */
static bool small_word(const struct decoder *d, size_t pos, size_t *out)
{
    static const uint8_t zeros[24];
    uint64_t v;
    if (!in_range(d, pos, WORD) || memcmp(d->data.p + pos, zeros, sizeof zeros) != 0)
        return false;
    v = mc_be64_get(d->data.p + pos + sizeof zeros);
    if (v > d->data.n)
        return false;
    *out = (size_t)v;
    return true;
}

bool vm_abi_from_word(struct vm_val *out, const struct vm_dtype *t, const uint8_t word[32])
{
    static const uint8_t zeros[32];
    memset(out, 0, sizeof *out);
    switch (t->kind) {
    case VM_K_UINT:
        out->num = mc_u256_from_be(word);
        return mc_u256_byte_len(&out->num) <= t->size / 8;
    case VM_K_BOOL:
        out->num = mc_u256_from_be(word);
        return mc_u256_u64_sat(&out->num) <= 1;
    case VM_K_ENUM:
        out->num = mc_u256_from_be(word);
        return mc_u256_u64_sat(&out->num) < t->size;
    case VM_K_ADDR:
        memcpy(out->addr.b, word + 12, sizeof out->addr.b);
        return memcmp(word, zeros, 12) == 0;
    case VM_K_WORD:
        memcpy(out->word.b, word, WORD);
        return memcmp(word + t->size, zeros, WORD - t->size) == 0;
    case VM_K_BYTES:
    case VM_K_STR:
    case VM_K_ARRAY:
    case VM_K_TUPLE:
        break;
    }
    return false;
}

static enum mc_err decode_list(struct decoder *d, struct vm_val *out, size_t cnt)
{
    if (cnt > d->values_left)
        return MC_EMALFORM;
    d->values_left -= (uint32_t)cnt;
    out->list.cnt = (uint32_t)cnt;
    out->list.v = mc_arena_calloc(d->arena, cnt, sizeof *out->list.v);
    return out->list.v == NULL && cnt > 0 ? MC_ENOMEM : MC_OK;
}

static enum mc_err decode_members(struct decoder *d, struct vm_val *v, const struct vm_dtype *t,
                                  size_t base)
{
    size_t head = base;
    for (uint32_t i = 0; i < t->member_cnt; i++) {
        enum mc_err err = decode(d, &v[i], t->members[i].type, head, base);
        if (err != MC_OK)
            return err;
        head += t->members[i].type->head_bytes;
    }
    return MC_OK;
}

static enum mc_err decode_array(struct decoder *d, struct vm_val *out, const struct vm_dtype *t,
                                size_t pos, size_t cnt)
{
    size_t head = pos;
    enum mc_err err;
    /* The heads of all elements must be there before anything is allocated for them. */
    if (cnt > (d->data.n - pos) / t->elem->head_bytes)
        return MC_EMALFORM;
    err = decode_list(d, out, cnt);
    for (size_t i = 0; i < cnt && err == MC_OK; i++) {
        err = decode(d, &out->list.v[i], t->elem, head, pos);
        head += t->elem->head_bytes;
    }
    return err;
}

static enum mc_err decode_tuple(struct decoder *d, struct vm_val *out, const struct vm_dtype *t,
                                size_t pos)
{
    enum mc_err err = decode_list(d, out, t->member_cnt);
    return err == MC_OK ? decode_members(d, out->list.v, t, pos) : err;
}

/* Decodes the value whose head is at `head`; its offset, if it has one, counts from `base`. */
static enum mc_err decode(struct decoder *d, struct vm_val *out, const struct vm_dtype *t,
                          size_t head, size_t base)
{
    size_t off, len, pos;
    if (!t->dynamic) {
        if (t->kind == VM_K_TUPLE)
            return decode_tuple(d, out, t, head);
        if (!in_range(d, head, WORD) || !vm_abi_from_word(out, t, d->data.p + head))
            return MC_EMALFORM;
        return MC_OK;
    }
    if (!small_word(d, head, &off))
        return MC_EMALFORM;
    pos = base + off;
    if (t->kind == VM_K_TUPLE)
        return decode_tuple(d, out, t, pos);
    if (!small_word(d, pos, &len))
        return MC_EMALFORM;
    pos += WORD;
    if (t->kind == VM_K_ARRAY)
        return decode_array(d, out, t, pos, len);
    if (!in_range(d, pos, len))
        return MC_EMALFORM;
    out->bytes = mc_slice(d->data.p + pos, len);
    return MC_OK;
}

enum mc_err vm_abi_decode(struct vm_val **out, struct mc_arena *a, const struct vm_dtype *t,
                          struct mc_slice data)
{
    struct decoder d = {a, data, VM_ABI_VALUES_MAX};
    struct vm_val top;
    enum mc_err err;
    MC_ASSERT(t->kind == VM_K_TUPLE);
    err = decode_tuple(&d, &top, t, 0);
    *out = err == MC_OK ? top.list.v : NULL;
    return err;
}

/* ------------------------------------------------------------------ encoding */

static size_t padded(size_t n)
{
    return (n + WORD - 1) / WORD * WORD;
}

static size_t members_size(const struct vm_dtype *t, const struct vm_val *v)
{
    size_t n = 0;
    for (uint32_t i = 0; i < t->member_cnt; i++)
        n += vm_abi_size(t->members[i].type, &v[i]);
    return n;
}

size_t vm_abi_size(const struct vm_dtype *t, const struct vm_val *v)
{
    size_t n = t->dynamic ? WORD : 0;
    switch (t->kind) {
    case VM_K_UINT:
    case VM_K_BOOL:
    case VM_K_ENUM:
    case VM_K_ADDR:
    case VM_K_WORD:
        return WORD;
    case VM_K_BYTES:
    case VM_K_STR:
        return n + WORD + padded(v->bytes.n);
    case VM_K_ARRAY:
        n += WORD;
        for (uint32_t i = 0; i < v->list.cnt; i++)
            n += vm_abi_size(t->elem, &v->list.v[i]);
        return n;
    case VM_K_TUPLE:
        MC_ASSERT(v->list.cnt == t->member_cnt);
        return n + members_size(t, v->list.v);
    }
    return n;
}

static void put_size(uint8_t *p, size_t v)
{
    memset(p, 0, WORD - 8);
    mc_be64_put(p + WORD - 8, v);
}

void vm_abi_topic(struct mc_hash *out, const struct vm_dtype *t, const struct vm_val *v)
{
    memset(out, 0, sizeof *out);
    switch (t->kind) {
    case VM_K_UINT:
        MC_ASSERT(mc_u256_byte_len(&v->num) <= t->size / 8);
        mc_u256_to_be(out->b, &v->num);
        break;
    case VM_K_BOOL:
        MC_ASSERT(mc_u256_u64_sat(&v->num) <= 1);
        out->b[31] = (uint8_t)v->num.w[0];
        break;
    case VM_K_ENUM:
        MC_ASSERT(mc_u256_u64_sat(&v->num) < t->size);
        out->b[31] = (uint8_t)v->num.w[0];
        break;
    case VM_K_ADDR:
        memcpy(out->b + 12, v->addr.b, sizeof v->addr.b);
        break;
    case VM_K_WORD:
        memcpy(out->b, v->word.b, t->size);
        break;
    case VM_K_BYTES:
    case VM_K_STR:
        mc_keccak256(out, v->bytes);
        break;
    case VM_K_ARRAY:
    case VM_K_TUPLE:
        MC_ASSERT(!"an array or a struct is not a topic");
    }
}

/* Writes a value: its head at head, what is dynamic at *tail, offsets counted from base. */
static void encode(const struct vm_dtype *t, const struct vm_val *v, uint8_t *head, uint8_t *base,
                   uint8_t **tail);

/* Sum of the heads of a tuple's members. */
static size_t heads(const struct vm_dtype *t)
{
    size_t n = 0;
    for (uint32_t i = 0; i < t->member_cnt; i++)
        n += t->members[i].type->head_bytes;
    return n;
}

static void encode_members(const struct vm_dtype *t, const struct vm_val *v, uint8_t *head,
                           uint8_t *base, uint8_t **tail)
{
    for (uint32_t i = 0; i < t->member_cnt; i++) {
        encode(t->members[i].type, &v[i], head, base, tail);
        head += t->members[i].type->head_bytes;
    }
}

static void encode_bytes(struct mc_slice s, uint8_t **tail)
{
    put_size(*tail, s.n);
    *tail += WORD;
    if (s.n > 0)
        memcpy(*tail, s.p, s.n);
    memset(*tail + s.n, 0, padded(s.n) - s.n);
    *tail += padded(s.n);
}

static void encode_array(const struct vm_dtype *t, const struct vm_val *v, uint8_t **tail)
{
    uint8_t *base = *tail + WORD;
    put_size(*tail, v->list.cnt);
    *tail = base + (size_t)v->list.cnt * t->elem->head_bytes;
    for (uint32_t i = 0; i < v->list.cnt; i++)
        encode(t->elem, &v->list.v[i], base + (size_t)i * t->elem->head_bytes, base, tail);
}

static void encode(const struct vm_dtype *t, const struct vm_val *v, uint8_t *head, uint8_t *base,
                   uint8_t **tail)
{
    uint8_t *at = *tail;
    if (!t->dynamic) {
        if (t->kind == VM_K_TUPLE)
            encode_members(t, v->list.v, head, base, tail);
        else
            vm_abi_topic((struct mc_hash *)head, t, v);
        return;
    }
    put_size(head, (size_t)(at - base));
    if (t->kind == VM_K_TUPLE) {
        *tail = at + heads(t);
        encode_members(t, v->list.v, at, at, tail);
    } else if (t->kind == VM_K_ARRAY) {
        encode_array(t, v, tail);
    } else {
        encode_bytes(v->bytes, tail);
    }
}

enum mc_err vm_abi_encode(struct mc_slice *out, struct mc_arena *a, const struct vm_dtype *t,
                          const struct vm_val *v)
{
    size_t n;
    uint8_t *p, *tail;
    MC_ASSERT(t->kind == VM_K_TUPLE);
    n = members_size(t, v);
    p = mc_arena_alloc(a, n);
    if (p == NULL)
        return MC_ENOMEM;
    tail = p + heads(t);
    encode_members(t, v, p, p, &tail);
    MC_ASSERT(tail == p + n);
    *out = mc_slice(p, n);
    return MC_OK;
}

/* ------------------------------------------------------------------ revert data */

static const uint8_t ERROR[4] = {0x08, 0xc3, 0x79, 0xa0}; /* Error(string) */
static const uint8_t PANIC[4] = {0x4e, 0x48, 0x7b, 0x71}; /* Panic(uint256) */

struct mc_slice vm_abi_error(struct mc_arena *a, struct mc_slice reason)
{
    size_t n = 4 + WORD + WORD + padded(reason.n);
    uint8_t *p = mc_arena_alloc(a, n), *tail = p + 4 + WORD;
    if (p == NULL)
        return mc_slice(NULL, 0);
    memcpy(p, ERROR, 4);
    put_size(p + 4, WORD);
    encode_bytes(reason, &tail);
    return mc_slice(p, n);
}

struct mc_slice vm_abi_panic(struct mc_arena *a, uint8_t code)
{
    uint8_t *p = mc_arena_alloc(a, 4 + WORD);
    if (p == NULL)
        return mc_slice(NULL, 0);
    memcpy(p, PANIC, 4);
    put_size(p + 4, code);
    return mc_slice(p, 4 + WORD);
}

static void put_reason(char *out, size_t cap, struct mc_slice s)
{
    size_t n = s.n < cap - 1 ? s.n : cap - 1;
    if (n > 0)
        memcpy(out, s.p, n);
    out[n] = '\0';
}

void vm_revert_reason(char *out, size_t cap, struct mc_slice data)
{
    static const struct vm_dtype str = {.kind = VM_K_STR, .dynamic = true, .head_bytes = 32};
    static const struct vm_param param = {"", &str, false};
    static const struct vm_dtype tuple = {
        .kind = VM_K_TUPLE, .dynamic = true, .members = &param, .member_cnt = 1, .head_bytes = 32};
    MC_ASSERT(cap > 0);
    out[0] = '\0';
    if (data.n == 36 && memcmp(data.p, PANIC, 4) == 0) {
        struct mc_u256 code = mc_u256_from_be(data.p + 4);
        char hex[67], text[80];
        int n;
        mc_u256_to_hex(hex, &code);
        n = snprintf(text, sizeof text, "Panic(%s)", hex);
        put_reason(out, cap, mc_slice(text, (size_t)n));
    } else if (data.n >= 4 && memcmp(data.p, ERROR, 4) == 0) {
        struct mc_arena arena = {0};
        struct vm_val *v;
        if (vm_abi_decode(&v, &arena, &tuple, mc_slice_skip(data, 4)) == MC_OK)
            put_reason(out, cap, v[0].bytes);
        mc_arena_free(&arena);
    }
}
