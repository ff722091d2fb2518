/* A call's memory and the small values that handlers make. */
#include "vm/frame.h"

enum mc_err vm_ok(struct vm_call *c)
{
    return c->frame->failed;
}

static void *exhausted(struct vm_call *c)
{
    if (c->frame->failed == MC_OK)
        c->frame->failed = MC_ENOMEM;
    memset(c->frame->reserve, 0, sizeof c->frame->reserve);
    return c->frame->reserve;
}

void *vm_alloc(struct vm_call *c, size_t n)
{
    void *p = mc_arena_calloc(c->frame->env->arena, 1, n == 0 ? 1 : n);
    return p == NULL ? exhausted(c) : p;
}

struct mc_slice vm_copy(struct vm_call *c, struct mc_slice s)
{
    return vm_concat(c, &s, 1);
}

struct mc_slice vm_concat(struct vm_call *c, const struct mc_slice *parts, size_t cnt)
{
    size_t n = 0, at = 0;
    uint8_t *p;
    for (size_t i = 0; i < cnt; i++)
        n += parts[i].n;
    p = mc_arena_alloc(c->frame->env->arena, n == 0 ? 1 : n);
    if (p == NULL)
        return mc_slice(exhausted(c), 0);
    for (size_t i = 0; i < cnt; i++) {
        if (parts[i].n > 0)
            memcpy(p + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return mc_slice(p, n);
}

struct vm_val vm_str(struct mc_slice s)
{
    return (struct vm_val){.bytes = s};
}

struct vm_val vm_cstr(const char *s)
{
    return vm_str(mc_slice_str(s));
}

struct vm_val vm_u64(uint64_t v)
{
    return (struct vm_val){.num = mc_u256_u64(v)};
}

struct vm_val vm_u256(const struct mc_u256 *v)
{
    return (struct vm_val){.num = *v};
}

struct vm_val vm_bool(bool v)
{
    return vm_u64(v ? 1 : 0);
}

struct vm_val vm_addr(const struct mc_addr *a)
{
    return (struct vm_val){.addr = *a};
}

struct vm_val vm_word(const struct mc_hash *h)
{
    return (struct vm_val){.word = *h};
}

struct vm_val vm_list(struct vm_call *c, uint32_t cnt)
{
    struct vm_val v = {.list = {vm_alloc(c, cnt * sizeof v), cnt}};
    return v;
}

uint64_t vm_arg_u64(const struct vm_val *v)
{
    return mc_u256_u64_sat(&v->num);
}
