/* Values of the ABI as JSON: arguments of the command line, results and logs for people and programs.
 *
 * A struct is an object, a list an array, an integer wider than 32 bits a decimal string (JavaScript's numbers end
 * at 2^53), bytes and words hex, an address in its checksum form. */
#include "vm/abi.h"
#include "vm/registry.h"

/* ------------------------------------------------------------------ JSON to values */

struct reader {
    struct mc_arena *arena;
    struct mc_errmsg *em;
};

static enum mc_err from_json(struct reader *r, struct vm_val *out, const struct vm_dtype *t,
                             const struct mc_json *j);

static enum mc_err num_from_json(struct reader *r, struct mc_u256 *out, const struct vm_dtype *t,
                                 const struct mc_json *j)
{
    struct mc_slice s = mc_json_str(j);
    uint64_t v, max = t->kind == VM_K_ENUM ? t->size - 1 : 1;
    if (mc_json_type(j) == MC_JSON_BOOL && t->kind == VM_K_BOOL)
        *out = mc_u256_u64(mc_json_bool(j));
    else if (mc_json_u64(j, &v))
        *out = mc_u256_u64(v);
    else if (s.n >= 2 && s.p[0] == '0' && s.p[1] == 'x' && mc_u256_from_hex(out, s, NULL) == MC_OK)
        ; /* taken */
    else if (mc_u256_from_dec(out, s, NULL) != MC_OK)
        return mc_fail(r->em, MC_EMALFORM, "expected a %s",
                       t->kind == VM_K_BOOL ? "true or false" : "number");
    if (t->kind == VM_K_UINT ? mc_u256_byte_len(out) > t->size / 8 : mc_u256_u64_sat(out) > max)
        return mc_fail(r->em, MC_EMALFORM, "number out of range");
    return MC_OK;
}

/* Hex digits into the arena. */
static enum mc_err hex_from_json(struct reader *r, struct mc_slice *out, const struct mc_json *j)
{
    struct mc_buf b = {0};
    enum mc_err err = mc_hex_data(&b, mc_json_str(j), MC_TX_BYTES_MAX, r->em);
    if (err == MC_OK) {
        *out = mc_arena_copy(r->arena, mc_buf_slice(&b));
        err = b.n > 0 && out->p == NULL ? MC_ENOMEM : MC_OK;
    }
    mc_buf_free(&b);
    return err;
}

static enum mc_err list_from_json(struct reader *r, struct vm_val *out, uint32_t cnt)
{
    out->list.cnt = cnt;
    out->list.v = mc_arena_calloc(r->arena, cnt == 0 ? 1 : cnt, sizeof *out->list.v);
    return out->list.v == NULL ? mc_fail(r->em, MC_ENOMEM, "out of memory") : MC_OK;
}

static enum mc_err array_from_json(struct reader *r, struct vm_val *out, const struct vm_dtype *t,
                                   const struct mc_json *j)
{
    size_t cnt = mc_json_len(j);
    enum mc_err err;
    if (mc_json_type(j) != MC_JSON_ARRAY || cnt > VM_ABI_VALUES_MAX)
        return mc_fail(r->em, MC_EMALFORM, "expected an array");
    err = list_from_json(r, out, (uint32_t)cnt);
    for (uint32_t i = 0; i < cnt && err == MC_OK; i++) {
        err = from_json(r, &out->list.v[i], t->elem, mc_json_at(j, i));
        if (err != MC_OK)
            mc_errwrap(r->em, "element %u", i);
    }
    return err;
}

/* A struct is an object with its members' names, or an array in their order. */
static enum mc_err tuple_from_json(struct reader *r, struct vm_val *out, const struct vm_dtype *t,
                                   const struct mc_json *j)
{
    bool object = mc_json_type(j) == MC_JSON_OBJECT;
    enum mc_err err;
    if (!object && mc_json_type(j) != MC_JSON_ARRAY)
        return mc_fail(r->em, MC_EMALFORM, "expected an object or an array");
    if (mc_json_len(j) != t->member_cnt)
        return mc_fail(r->em, MC_EMALFORM, "expected %u values, found %zu", t->member_cnt,
                       mc_json_len(j));
    err = list_from_json(r, out, t->member_cnt);
    for (uint32_t i = 0; i < t->member_cnt && err == MC_OK; i++) {
        const struct vm_param *p = &t->members[i];
        const struct mc_json *v = object ? mc_json_get(j, p->name) : mc_json_at(j, i);
        err = from_json(r, &out->list.v[i], p->type, v);
        if (err != MC_OK)
            mc_errwrap(r->em, "%s", p->name);
    }
    return err;
}

static enum mc_err word_from_json(struct reader *r, struct vm_val *out, const struct vm_dtype *t,
                                  const struct mc_json *j)
{
    return mc_hex_fixed(out->word.b, t->size, mc_json_str(j), r->em);
}

static enum mc_err from_json(struct reader *r, struct vm_val *out, const struct vm_dtype *t,
                             const struct mc_json *j)
{
    switch (t->kind) {
    case VM_K_UINT:
    case VM_K_BOOL:
    case VM_K_ENUM:
        return num_from_json(r, &out->num, t, j);
    case VM_K_ADDR:
        return mc_hex_fixed(out->addr.b, sizeof out->addr.b, mc_json_str(j), r->em);
    case VM_K_WORD:
        return word_from_json(r, out, t, j);
    case VM_K_BYTES:
        return hex_from_json(r, &out->bytes, j);
    case VM_K_STR:
        if (mc_json_type(j) != MC_JSON_STRING)
            return mc_fail(r->em, MC_EMALFORM, "expected a string");
        out->bytes = mc_json_str(j);
        return MC_OK;
    case VM_K_ARRAY:
        return array_from_json(r, out, t, j);
    case VM_K_TUPLE:
        return tuple_from_json(r, out, t, j);
    }
    return MC_EMALFORM;
}

static enum mc_err args_from_json(struct reader *r, struct vm_val *v, const struct vm_func *f,
                                  const struct mc_json *args)
{
    if (mc_json_type(args) != MC_JSON_ARRAY)
        return mc_fail(r->em, MC_EMALFORM, "arguments: expected a JSON array");
    if (mc_json_len(args) != f->in->member_cnt)
        return mc_fail(r->em, MC_EMALFORM, "%s takes %u arguments, not %zu", f->sig,
                       f->in->member_cnt, mc_json_len(args));
    for (uint32_t i = 0; i < f->in->member_cnt; i++) {
        const struct vm_param *p = &f->in->members[i];
        enum mc_err err = from_json(r, &v[i], p->type, mc_json_at(args, i));
        if (err != MC_OK) {
            mc_errwrap(r->em, "argument %u (%s)", i + 1, p->name);
            return err;
        }
    }
    return MC_OK;
}

static const struct vm_func *find(const struct vm_module *m, const char *method,
                                  struct mc_errmsg *em)
{
    const struct vm_func *f = vm_entry_func_by_name(vm_entry_of(m), method);
    if (f == NULL)
        mc_errf(em, "%s has no method %s", m->name, method);
    return f;
}

enum mc_err vm_call_data_from_json(struct mc_buf *out, const struct vm_module *m,
                                   const char *method, const struct mc_json *args,
                                   struct mc_errmsg *em)
{
    struct mc_arena arena = {0};
    struct reader r = {&arena, em};
    const struct vm_func *f = find(m, method, em);
    struct vm_val top;
    struct mc_slice data;
    enum mc_err err;
    if (f == NULL)
        return MC_ENOTFOUND;
    err = list_from_json(&r, &top, f->in->member_cnt);
    if (err == MC_OK)
        err = args_from_json(&r, top.list.v, f, args);
    if (err == MC_OK)
        err = vm_abi_encode(&data, &arena, f->in, top.list.v);
    if (err == MC_OK) {
        mc_buf_put(out, f->selector, sizeof f->selector);
        mc_buf_put_slice(out, data);
        err = mc_buf_check(out, "call data", em);
    }
    mc_arena_free(&arena);
    return err;
}

/* ------------------------------------------------------------------ values to JSON */

static void to_json(struct mc_buf *b, const struct vm_dtype *t, const struct vm_val *v);

static void num_to_json(struct mc_buf *b, const struct vm_dtype *t, const struct mc_u256 *v)
{
    char dec[79];
    mc_u256_to_dec(dec, v);
    if (t->kind == VM_K_ENUM || t->size <= 32)
        mc_buf_put_str(b, dec);
    else
        mc_buf_putf(b, "\"%s\"", dec);
}

/* Members without a name go by their position. */
static void object_to_json(struct mc_buf *b, const struct vm_param *v, uint32_t cnt,
                           const struct vm_val *vals)
{
    mc_buf_put_u8(b, '{');
    for (uint32_t i = 0; i < cnt; i++) {
        if (i > 0)
            mc_buf_put_u8(b, ',');
        if (v[i].name[0] != '\0')
            mc_buf_putf(b, "\"%s\":", v[i].name);
        else
            mc_buf_putf(b, "\"%u\":", i);
        to_json(b, v[i].type, &vals[i]);
    }
    mc_buf_put_u8(b, '}');
}

static void array_to_json(struct mc_buf *b, const struct vm_dtype *t, const struct vm_val *v)
{
    mc_buf_put_u8(b, '[');
    for (uint32_t i = 0; i < v->list.cnt; i++) {
        if (i > 0)
            mc_buf_put_u8(b, ',');
        to_json(b, t->elem, &v->list.v[i]);
    }
    mc_buf_put_u8(b, ']');
}

static void to_json(struct mc_buf *b, const struct vm_dtype *t, const struct vm_val *v)
{
    char addr[43];
    switch (t->kind) {
    case VM_K_UINT:
    case VM_K_ENUM:
        num_to_json(b, t, &v->num);
        break;
    case VM_K_BOOL:
        mc_buf_put_str(b, mc_u256_is_zero(&v->num) ? "false" : "true");
        break;
    case VM_K_ADDR:
        mc_addr_checksum(addr, &v->addr);
        mc_buf_putf(b, "\"%s\"", addr);
        break;
    case VM_K_WORD:
        mc_json_put_hex(b, mc_slice(v->word.b, t->size));
        break;
    case VM_K_BYTES:
        mc_json_put_hex(b, v->bytes);
        break;
    case VM_K_STR:
        mc_json_put_str(b, v->bytes);
        break;
    case VM_K_ARRAY:
        array_to_json(b, t, v);
        break;
    case VM_K_TUPLE:
        object_to_json(b, t->members, t->member_cnt, v->list.v);
        break;
    }
}

enum mc_err vm_result_to_json(struct mc_buf *out, const struct vm_module *m, const char *method,
                              struct mc_slice data, struct mc_errmsg *em)
{
    struct mc_arena arena = {0};
    const struct vm_func *f = find(m, method, em);
    struct vm_val *v;
    enum mc_err err;
    if (f == NULL)
        return MC_ENOTFOUND;
    err = vm_abi_decode(&v, &arena, f->out, data);
    if (err != MC_OK)
        mc_errf(em, "the result of %s does not decode", f->sig);
    else if (f->out->member_cnt == 0)
        mc_buf_put_str(out, "null");
    else if (f->out->member_cnt == 1)
        to_json(out, f->out->members[0].type, &v[0]);
    else
        object_to_json(out, f->out->members, f->out->member_cnt, v);
    mc_arena_free(&arena);
    return err == MC_OK ? mc_buf_check(out, "result", em) : err;
}

/* ------------------------------------------------------------------ logs */

static enum mc_err topic_to_val(struct vm_val *out, struct vm_param *p, const struct mc_hash *topic)
{
    static const struct vm_dtype hash = {.kind = VM_K_WORD, .size = 32, .head_bytes = 32};
    if (p->type->dynamic)
        p->type = &hash;
    return vm_abi_from_word(out, p->type, topic->b) ? MC_OK : MC_EMALFORM;
}

/* Puts topics and data back into the declared order. */
static enum mc_err log_values(struct mc_arena *a, const struct vm_event *e, struct vm_param *params,
                              struct vm_val *vals, const struct mc_hash *topics,
                              struct mc_slice data)
{
    uint32_t topic_i = 1, data_i = 0;
    struct vm_val *dv;
    enum mc_err err = vm_abi_decode(&dv, a, e->data, data);
    for (uint32_t i = 0; i < e->params->member_cnt && err == MC_OK; i++) {
        params[i] = e->params->members[i];
        if (params[i].indexed)
            err = topic_to_val(&vals[i], &params[i], &topics[topic_i++]);
        else
            vals[i] = dv[data_i++];
    }
    return err;
}

enum mc_err vm_log_to_json(struct mc_buf *out, const struct vm_module *m,
                           const struct mc_hash *topics, uint32_t topic_cnt, struct mc_slice data,
                           struct mc_errmsg *em)
{
    const struct vm_event *e = topic_cnt > 0 ? vm_entry_event(vm_entry_of(m), &topics[0]) : NULL;
    struct mc_arena arena = {0};
    struct vm_param *params;
    struct vm_val *vals;
    enum mc_err err;
    if (e == NULL)
        return mc_fail(em, MC_ENOTFOUND, "no event of %s has this topic", m->name);
    if (topic_cnt != 1 + e->indexed_cnt)
        return mc_fail(em, MC_EMALFORM, "%s has %u topics, not %u", e->sig, 1 + e->indexed_cnt,
                       topic_cnt);
    params = mc_arena_calloc(&arena, e->params->member_cnt + 1u, sizeof *params);
    vals = mc_arena_calloc(&arena, e->params->member_cnt + 1u, sizeof *vals);
    err = params == NULL || vals == NULL ? MC_ENOMEM
                                         : log_values(&arena, e, params, vals, topics, data);
    if (err == MC_OK) {
        mc_buf_putf(out, "{\"event\":\"%s\",\"args\":", e->name);
        object_to_json(out, params, e->params->member_cnt, vals);
        mc_buf_put_u8(out, '}');
        err = mc_buf_check(out, "log", em);
    } else {
        mc_errf(em, "a log of %s does not decode", e->sig);
    }
    mc_arena_free(&arena);
    return err;
}
