#include "vm/decl.h"

#include <stdlib.h>

/* Longest parameter list of a declaration; Solidity's own stack allows fewer. */
#define PARAMS_MAX 32u

struct parser {
    const char *p;
    struct mc_arena *arena;
    const struct vm_module *module; /* where struct and enum names are looked up */
};

struct token {
    const char *p;
    size_t n; /* 0: not an identifier */
};

static void *take(struct mc_arena *a, size_t cnt, size_t size)
{
    void *p = mc_arena_calloc(a, cnt == 0 ? 1 : cnt, size);
    MC_ASSERT(p != NULL);
    return p;
}

static char *take_text(struct mc_arena *a, const char *p, size_t n)
{
    char *s = take(a, n + 1, 1);
    memcpy(s, p, n);
    return s;
}

static bool is_word(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
           ch == '_' || ch == '$';
}

static void skip_space(struct parser *ps)
{
    while (*ps->p == ' ' || *ps->p == '\n' || *ps->p == '\t')
        ps->p++;
}

static struct token next_word(struct parser *ps)
{
    struct token t;
    skip_space(ps);
    t.p = ps->p;
    while (is_word(*ps->p))
        ps->p++;
    t.n = (size_t)(ps->p - t.p);
    return t;
}

static bool is(struct token t, const char *word)
{
    return t.n == strlen(word) && memcmp(t.p, word, t.n) == 0;
}

static bool next_is(struct parser *ps, char ch)
{
    skip_space(ps);
    if (*ps->p != ch)
        return false;
    ps->p++;
    return true;
}

/* ------------------------------------------------------------------ types */

static struct vm_dtype *leaf(struct mc_arena *a, enum vm_kind kind, uint32_t size, bool dynamic)
{
    struct vm_dtype *t = take(a, 1, sizeof *t);
    t->kind = kind;
    t->size = size;
    t->dynamic = dynamic;
    t->head_bytes = 32;
    return t;
}

static struct vm_dtype *array_of(struct mc_arena *a, const struct vm_dtype *elem)
{
    struct vm_dtype *t = leaf(a, VM_K_ARRAY, 0, true);
    t->elem = elem;
    return t;
}

/* Takes the parameters as they stand: v belongs to the arena already. */
static struct vm_dtype *tuple_of(struct mc_arena *a, const struct vm_param *v, uint32_t cnt)
{
    struct vm_dtype *t = leaf(a, VM_K_TUPLE, 0, false);
    uint32_t head = 0;
    t->members = v;
    t->member_cnt = cnt;
    for (uint32_t i = 0; i < cnt; i++) {
        head += v[i].type->head_bytes;
        t->dynamic = t->dynamic || v[i].type->dynamic;
    }
    t->head_bytes = t->dynamic ? 32 : head;
    return t;
}

/* The digits after a type's stem, or `none` when there are none; 0 when they are not a number. */
static uint32_t suffix(struct token t, size_t stem, uint32_t none)
{
    uint32_t v = 0;
    if (t.n == stem)
        return none;
    if (t.n > stem + 3 || t.p[stem] == '0')
        return 0;
    for (size_t i = stem; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9')
            return 0;
        v = v * 10 + (uint32_t)(t.p[i] - '0');
    }
    return v;
}

static const struct vm_dtype *elementary(struct parser *ps, struct token t)
{
    if (is(t, "bool"))
        return leaf(ps->arena, VM_K_BOOL, 0, false);
    if (is(t, "address"))
        return leaf(ps->arena, VM_K_ADDR, 0, false);
    if (is(t, "string"))
        return leaf(ps->arena, VM_K_STR, 0, true);
    if (is(t, "bytes"))
        return leaf(ps->arena, VM_K_BYTES, 0, true);
    if (t.n >= 4 && memcmp(t.p, "uint", 4) == 0) {
        uint32_t bits = suffix(t, 4, 256);
        if (bits != 0 && bits <= 256 && bits % 8 == 0)
            return leaf(ps->arena, VM_K_UINT, bits, false);
    }
    if (t.n > 5 && memcmp(t.p, "bytes", 5) == 0) {
        uint32_t bytes = suffix(t, 5, 0);
        if (bytes != 0 && bytes <= 32)
            return leaf(ps->arena, VM_K_WORD, bytes, false);
    }
    return NULL;
}

/* An entry of vm_module.enums is "Name", or "Name:members" where an argument's range is to be checked. */
static const struct vm_dtype *enum_by_name(struct parser *ps, struct token t)
{
    for (uint32_t i = 0; ps->module != NULL && i < ps->module->enum_cnt; i++) {
        const char *name = ps->module->enums[i];
        size_t n = strcspn(name, ":");
        struct vm_dtype *e;
        if (n != t.n || memcmp(name, t.p, n) != 0)
            continue;
        e = leaf(ps->arena, VM_K_ENUM,
                 name[n] == ':' ? (uint32_t)strtoul(name + n + 1, NULL, 10) : 256, false);
        MC_ASSERT(e->size >= 1 && e->size <= 256);
        e->sol_name = take_text(ps->arena, t.p, t.n);
        return e;
    }
    return NULL;
}

static const struct vm_dtype *layout_type(struct parser *ps, const struct vm_layout *l);

static const struct vm_dtype *field_type(struct parser *ps, const struct vm_field *f)
{
    struct mc_arena *a = ps->arena;
    const struct vm_dtype *t = NULL;
    switch (f->type) {
    case VM_T_U64:
    case VM_T_U256:
        return leaf(a, VM_K_UINT, 256, false);
    case VM_T_U8:
        return leaf(a, VM_K_UINT, 8, false);
    case VM_T_ENUM:
        MC_ASSERT(f->of != NULL);
        t = enum_by_name(ps, (struct token){f->of, strlen(f->of)});
        break;
    case VM_T_BOOL:
        return leaf(a, VM_K_BOOL, 0, false);
    case VM_T_ADDR:
        return leaf(a, VM_K_ADDR, 0, false);
    case VM_T_HASH:
        return leaf(a, VM_K_WORD, 32, false);
    case VM_T_STR:
        return leaf(a, VM_K_STR, 0, true);
    case VM_T_BYTES:
        return leaf(a, VM_K_BYTES, 0, true);
    case VM_T_STRS:
        return array_of(a, leaf(a, VM_K_STR, 0, true));
    case VM_T_ADDRS:
        return array_of(a, leaf(a, VM_K_ADDR, 0, false));
    case VM_T_TUPLE:
        return layout_type(ps, f->layout);
    case VM_T_TUPLES:
        return array_of(a, layout_type(ps, f->layout));
    }
    MC_ASSERT(t != NULL);
    return t;
}

static const struct vm_dtype *layout_type(struct parser *ps, const struct vm_layout *l)
{
    struct vm_param *v = take(ps->arena, l->field_cnt, sizeof *v);
    struct vm_dtype *t;
    uint32_t cnt = 0;
    for (uint32_t i = 0; i < l->field_cnt; i++) {
        if (l->fields[i].use == VM_STORED)
            continue;
        v[cnt].name = l->fields[i].name;
        v[cnt].type = field_type(ps, &l->fields[i]);
        cnt++;
    }
    MC_ASSERT(cnt > 0);
    t = tuple_of(ps->arena, v, cnt);
    t->sol_name = l->name;
    return t;
}

static const struct vm_dtype *struct_by_name(struct parser *ps, struct token t)
{
    for (uint32_t i = 0; ps->module != NULL && i < ps->module->struct_cnt; i++) {
        const struct vm_layout *l = ps->module->structs[i];
        MC_ASSERT(l->name != NULL);
        if (is(t, l->name))
            return layout_type(ps, l);
    }
    return NULL;
}

/* A type with its array brackets; NULL when there is none. */
static const struct vm_dtype *parse_type(struct parser *ps)
{
    struct token t = next_word(ps);
    const struct vm_dtype *d = elementary(ps, t);
    if (d == NULL)
        d = enum_by_name(ps, t);
    if (d == NULL)
        d = struct_by_name(ps, t);
    while (d != NULL && next_is(ps, '[')) {
        if (!next_is(ps, ']'))
            return NULL;
        d = array_of(ps->arena, d);
    }
    return d;
}

/* ------------------------------------------------------------------ declarations */

/* What may follow a type: indexed, a data location, a name. */
static void parse_param(struct parser *ps, struct vm_param *out)
{
    out->type = parse_type(ps);
    MC_ASSERT(out->type != NULL);
    out->name = "";
    for (;;) {
        struct token t = next_word(ps);
        if (t.n == 0)
            return;
        if (is(t, "indexed")) {
            out->indexed = true;
        } else if (!is(t, "calldata") && !is(t, "memory")) {
            MC_ASSERT(out->name[0] == '\0');
            out->name = take_text(ps->arena, t.p, t.n);
        }
    }
}

static const struct vm_dtype *parse_params(struct parser *ps)
{
    struct vm_param *v = take(ps->arena, PARAMS_MAX, sizeof *v);
    uint32_t cnt = 0;
    MC_ASSERT(next_is(ps, '('));
    if (!next_is(ps, ')')) {
        do {
            MC_ASSERT(cnt < PARAMS_MAX);
            parse_param(ps, &v[cnt++]);
        } while (next_is(ps, ','));
        MC_ASSERT(next_is(ps, ')'));
    }
    return tuple_of(ps->arena, v, cnt);
}

void vm_dtype_put(struct mc_buf *b, const struct vm_dtype *t)
{
    switch (t->kind) {
    case VM_K_UINT:
        mc_buf_putf(b, "uint%u", t->size);
        break;
    case VM_K_BOOL:
        mc_buf_put_str(b, "bool");
        break;
    case VM_K_ENUM:
        mc_buf_put_str(b, "uint8");
        break;
    case VM_K_ADDR:
        mc_buf_put_str(b, "address");
        break;
    case VM_K_WORD:
        mc_buf_putf(b, "bytes%u", t->size);
        break;
    case VM_K_BYTES:
        mc_buf_put_str(b, "bytes");
        break;
    case VM_K_STR:
        mc_buf_put_str(b, "string");
        break;
    case VM_K_ARRAY:
        vm_dtype_put(b, t->elem);
        mc_buf_put_str(b, "[]");
        break;
    case VM_K_TUPLE:
        for (uint32_t i = 0; i < t->member_cnt; i++) {
            mc_buf_put_u8(b, i == 0 ? '(' : ',');
            vm_dtype_put(b, t->members[i].type);
        }
        mc_buf_put_str(b, t->member_cnt == 0 ? "()" : ")");
        break;
    }
}

static char *signature(struct mc_arena *a, const char *name, const struct vm_dtype *params,
                       struct mc_hash *hash)
{
    struct mc_buf b = {0};
    char *sig;
    mc_buf_put_str(&b, name);
    vm_dtype_put(&b, params);
    MC_ASSERT(!b.oom);
    sig = take_text(a, (const char *)b.p, b.n);
    mc_keccak256(hash, mc_buf_slice(&b));
    mc_buf_free(&b);
    return sig;
}

static const char *parse_name(struct parser *ps, const char *keyword)
{
    struct token name;
    MC_ASSERT(is(next_word(ps), keyword));
    name = next_word(ps);
    MC_ASSERT(name.n > 0);
    return take_text(ps->arena, name.p, name.n);
}

static void parse_end(struct parser *ps)
{
    (void)next_is(ps, ';');
    skip_space(ps);
    MC_ASSERT(*ps->p == '\0');
}

void vm_decl_func(struct vm_func *out, struct mc_arena *a, const struct vm_module *m,
                  const char *decl)
{
    struct parser ps = {decl, a, m};
    struct mc_hash h;
    memset(out, 0, sizeof *out);
    out->name = parse_name(&ps, "function");
    out->in = parse_params(&ps);
    for (;;) {
        struct token t = next_word(&ps);
        if (t.n == 0)
            break;
        if (is(t, "returns")) {
            MC_ASSERT(out->out == NULL);
            out->out = parse_params(&ps);
            continue;
        }
        out->pure = out->pure || is(t, "pure");
        out->view = out->view || is(t, "view") || is(t, "pure");
        out->payable = out->payable || is(t, "payable");
        MC_ASSERT(is(t, "view") || is(t, "pure") || is(t, "external") || is(t, "public") ||
                  is(t, "payable"));
    }
    MC_ASSERT(!(out->payable && out->view));
    parse_end(&ps);
    if (out->out == NULL)
        out->out = tuple_of(a, NULL, 0);
    out->sig = signature(a, out->name, out->in, &h);
    memcpy(out->selector, h.b, sizeof out->selector);
}

void vm_decl_event(struct vm_event *out, struct mc_arena *a, const struct vm_module *m,
                   const char *decl)
{
    struct parser ps = {decl, a, m};
    struct vm_param *data;
    uint32_t cnt = 0;
    memset(out, 0, sizeof *out);
    out->name = parse_name(&ps, "event");
    out->params = parse_params(&ps);
    parse_end(&ps);
    out->sig = signature(a, out->name, out->params, &out->topic);
    data = take(a, out->params->member_cnt, sizeof *data);
    for (uint32_t i = 0; i < out->params->member_cnt; i++) {
        const struct vm_param *p = &out->params->members[i];
        if (!p->indexed) {
            data[cnt++] = *p;
            continue;
        }
        /* An indexed array or struct is hashed in a form of its own; no interface has one. */
        MC_ASSERT(p->type->kind != VM_K_ARRAY && p->type->kind != VM_K_TUPLE);
        out->indexed_cnt++;
    }
    MC_ASSERT(out->indexed_cnt <= 3);
    out->data = tuple_of(a, data, cnt);
}

const struct vm_dtype *vm_decl_type(struct mc_arena *a, const struct vm_module *m, const char *text)
{
    struct parser ps = {text, a, m};
    const struct vm_dtype *t = parse_type(&ps);
    return t != NULL && *ps.p == '\0' ? t : NULL;
}
