/* Records as ABI tuples and back; the stored form is in record.c. */
#include "vm/state.h"

/* ------------------------------------------------------------------ to ABI values */

static struct vm_val strs_val(struct vm_call *c, const struct vm_strs *s)
{
    struct vm_val v = vm_list(c, s->cnt);
    for (uint32_t i = 0; vm_ok(c) == MC_OK && i < s->cnt; i++)
        v.list.v[i] = vm_str(s->v[i]);
    return v;
}

static struct vm_val addrs_val(struct vm_call *c, const struct vm_addrs *s)
{
    struct vm_val v = vm_list(c, s->cnt);
    for (uint32_t i = 0; vm_ok(c) == MC_OK && i < s->cnt; i++)
        v.list.v[i] = vm_addr(&s->v[i]);
    return v;
}

static struct vm_val tuples_val(struct vm_call *c, const struct vm_layout *l,
                                const struct vm_tuples *s)
{
    struct vm_val v = vm_list(c, s->cnt);
    for (uint32_t i = 0; vm_ok(c) == MC_OK && i < s->cnt; i++)
        vm_ret_tuple(c, &v.list.v[i], l, (const uint8_t *)s->v + i * l->size);
    return v;
}

static struct vm_val field_val(struct vm_call *c, const struct vm_field *f, const void *rec)
{
    const void *p = (const uint8_t *)rec + f->offset;
    switch (f->type) {
    case VM_T_U64:
        return vm_u64(*(const uint64_t *)p);
    case VM_T_U8:
    case VM_T_ENUM:
        return vm_u64(*(const uint8_t *)p);
    case VM_T_U256:
        return vm_u256(p);
    case VM_T_BOOL:
        return vm_bool(*(const bool *)p);
    case VM_T_ADDR:
        return vm_addr(p);
    case VM_T_HASH:
        return vm_word(p);
    case VM_T_STR:
    case VM_T_BYTES:
        return vm_str(*(const struct mc_slice *)p);
    case VM_T_STRS:
        return strs_val(c, p);
    case VM_T_ADDRS:
        return addrs_val(c, p);
    case VM_T_TUPLE: {
        struct vm_val v;
        vm_ret_tuple(c, &v, f->layout, p);
        return v;
    }
    case VM_T_TUPLES:
        return tuples_val(c, f->layout, p);
    }
    return vm_u64(0);
}

void vm_ret_members(struct vm_call *c, struct vm_val *out, const struct vm_layout *l,
                    const void *rec)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->field_cnt; i++) {
        if (l->fields[i].use != VM_STORED)
            out[n++] = field_val(c, &l->fields[i], rec);
    }
}

void vm_ret_tuple(struct vm_call *c, struct vm_val *out, const struct vm_layout *l, const void *rec)
{
    uint32_t cnt = 0;
    for (uint32_t i = 0; i < l->field_cnt; i++)
        cnt += l->fields[i].use != VM_STORED;
    *out = vm_list(c, cnt);
    vm_ret_members(c, out->list.v, l, rec);
}

/* ------------------------------------------------------------------ from ABI values */

static void strs_take(struct vm_call *c, struct vm_strs *s, const struct vm_val *in)
{
    struct mc_slice *v = vm_alloc(c, in->list.cnt * sizeof *v);
    if (vm_ok(c) != MC_OK)
        return;
    for (uint32_t i = 0; i < in->list.cnt; i++)
        v[i] = in->list.v[i].bytes;
    *s = (struct vm_strs){v, in->list.cnt};
}

static void addrs_take(struct vm_call *c, struct vm_addrs *s, const struct vm_val *in)
{
    struct mc_addr *v = vm_alloc(c, in->list.cnt * sizeof *v);
    if (vm_ok(c) != MC_OK)
        return;
    for (uint32_t i = 0; i < in->list.cnt; i++)
        v[i] = in->list.v[i].addr;
    *s = (struct vm_addrs){v, in->list.cnt};
}

static void tuples_take(struct vm_call *c, struct vm_tuples *s, const struct vm_layout *l,
                        const struct vm_val *in)
{
    uint8_t *v = vm_alloc(c, in->list.cnt * l->size);
    if (vm_ok(c) != MC_OK)
        return;
    for (uint32_t i = 0; i < in->list.cnt; i++)
        vm_arg_tuple(c, v + i * l->size, l, &in->list.v[i]);
    *s = (struct vm_tuples){v, in->list.cnt};
}

static void field_take(struct vm_call *c, const struct vm_field *f, void *rec,
                       const struct vm_val *in)
{
    void *p = (uint8_t *)rec + f->offset;
    switch (f->type) {
    case VM_T_U64:
        *(uint64_t *)p = mc_u256_u64_sat(&in->num);
        break;
    case VM_T_U8:
    case VM_T_ENUM:
        *(uint8_t *)p = (uint8_t)in->num.w[0]; /* the decoder checked the range */
        break;
    case VM_T_U256:
        *(struct mc_u256 *)p = in->num;
        break;
    case VM_T_BOOL:
        *(bool *)p = !mc_u256_is_zero(&in->num);
        break;
    case VM_T_ADDR:
        *(struct mc_addr *)p = in->addr;
        break;
    case VM_T_HASH:
        *(struct mc_hash *)p = in->word;
        break;
    case VM_T_STR:
    case VM_T_BYTES:
        *(struct mc_slice *)p = in->bytes;
        break;
    case VM_T_STRS:
        strs_take(c, p, in);
        break;
    case VM_T_ADDRS:
        addrs_take(c, p, in);
        break;
    case VM_T_TUPLE:
        vm_arg_tuple(c, p, f->layout, in);
        break;
    case VM_T_TUPLES:
        tuples_take(c, p, f->layout, in);
        break;
    }
}

void vm_arg_tuple(struct vm_call *c, void *rec, const struct vm_layout *l, const struct vm_val *in)
{
    uint32_t n = 0;
    memset(rec, 0, l->size);
    for (uint32_t i = 0; i < l->field_cnt; i++) {
        if (l->fields[i].use != VM_STORED)
            field_take(c, &l->fields[i], rec, &in->list.v[n++]);
    }
    MC_ASSERT(n == in->list.cnt);
}
