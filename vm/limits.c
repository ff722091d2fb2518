#include "vm/limits.h"

bool vm_limit_bytes(char letter, size_t *out)
{
    switch (letter) {
    case 'I':
        *out = 128;
        return true;
    case 'L':
        *out = 64;
        return true;
    case 'N':
    case 'H':
        *out = 256;
        return true;
    case 'U':
        *out = 512;
        return true;
    case 'T':
        *out = 2048;
        return true;
    case 'P':
        *out = SIZE_MAX;
        return true;
    default:
        return false;
    }
}

/* Letters that a type uses. */
static uint32_t letters(const struct vm_dtype *t)
{
    uint32_t n = 0;
    if (t->kind == VM_K_STR || t->kind == VM_K_BYTES)
        return 1;
    if (t->kind == VM_K_ARRAY)
        return letters(t->elem);
    if (t->kind == VM_K_TUPLE) {
        for (uint32_t i = 0; i < t->member_cnt; i++)
            n += letters(t->members[i].type);
    }
    return n;
}

bool vm_limits_fit(const struct vm_func *f)
{
    const char *limits = f->method->limits == NULL ? "" : f->method->limits;
    size_t n;
    for (const char *p = limits; *p != '\0'; p++) {
        if (!vm_limit_bytes(*p, &n))
            return false;
    }
    return strlen(limits) == letters(f->in);
}

static bool within(const struct vm_dtype *t, const struct vm_val *v, const char *limits)
{
    size_t max;
    if (t->kind == VM_K_STR || t->kind == VM_K_BYTES)
        return vm_limit_bytes(*limits, &max) && v->bytes.n <= max;
    if (t->kind == VM_K_ARRAY && letters(t->elem) > 0) {
        for (uint32_t i = 0; i < v->list.cnt; i++) {
            if (!within(t->elem, &v->list.v[i], limits))
                return false;
        }
    }
    if (t->kind == VM_K_TUPLE) {
        for (uint32_t i = 0; i < t->member_cnt; i++) {
            if (!within(t->members[i].type, &v->list.v[i], limits))
                return false;
            limits += letters(t->members[i].type);
        }
    }
    return true;
}

bool vm_limits_ok(const struct vm_func *f, const struct vm_val *in)
{
    const char *limits = f->method->limits;
    if (limits == NULL)
        return true;
    for (uint32_t i = 0; i < f->in->member_cnt; i++) {
        if (!within(f->in->members[i].type, &in[i], limits))
            return false;
        limits += letters(f->in->members[i].type);
    }
    return true;
}
