/* Records: a layout drives the stored msgpack array; the ABI tuple is in tuple.c. */
#include "vm/state.h"

/* ------------------------------------------------------------------ writing */

static const void *member(const struct vm_field *f, const void *rec)
{
    return (const uint8_t *)rec + f->offset;
}

static void put_record(struct mc_buf *b, const struct vm_layout *l, const void *rec);

static void put_field(struct mc_buf *b, const struct vm_field *f, const void *rec)
{
    const void *p = member(f, rec);
    uint8_t be[32];
    switch (f->type) {
    case VM_T_U64:
        mc_mp_put_uint(b, *(const uint64_t *)p);
        break;
    case VM_T_U8:
    case VM_T_ENUM:
        mc_mp_put_uint(b, *(const uint8_t *)p);
        break;
    case VM_T_U256: {
        size_t n = mc_u256_byte_len(p);
        mc_u256_to_be(be, p);
        mc_mp_put_bin(b, mc_slice(be + 32 - n, n));
        break;
    }
    case VM_T_BOOL:
        mc_mp_put_bool(b, *(const bool *)p);
        break;
    case VM_T_ADDR:
        mc_mp_put_bin(b, mc_addr_slice(p));
        break;
    case VM_T_HASH:
        mc_mp_put_bin(b, mc_hash_slice(p));
        break;
    case VM_T_STR:
    case VM_T_BYTES:
        mc_mp_put_bin(b, *(const struct mc_slice *)p); /* raw bytes, so never msgpack's str */
        break;
    case VM_T_STRS: {
        const struct vm_strs *s = p;
        mc_mp_put_array(b, s->cnt);
        for (uint32_t i = 0; i < s->cnt; i++)
            mc_mp_put_bin(b, s->v[i]);
        break;
    }
    case VM_T_ADDRS: {
        const struct vm_addrs *s = p;
        mc_mp_put_array(b, s->cnt);
        for (uint32_t i = 0; i < s->cnt; i++)
            mc_mp_put_bin(b, mc_addr_slice(&s->v[i]));
        break;
    }
    case VM_T_TUPLE:
        put_record(b, f->layout, p);
        break;
    case VM_T_TUPLES: {
        const struct vm_tuples *s = p;
        mc_mp_put_array(b, s->cnt);
        for (uint32_t i = 0; i < s->cnt; i++)
            put_record(b, f->layout, (const uint8_t *)s->v + i * f->layout->size);
        break;
    }
    }
}

/* A nested record has the form of a record. */
static void put_record(struct mc_buf *b, const struct vm_layout *l, const void *rec)
{
    uint32_t stored = 0;
    for (uint32_t i = 0; i < l->field_cnt; i++)
        stored += l->fields[i].use != VM_ABI;
    mc_mp_put_array(b, stored);
    for (uint32_t i = 0; i < l->field_cnt; i++) {
        if (l->fields[i].use != VM_ABI)
            put_field(b, &l->fields[i], rec);
    }
}

enum mc_err vm_put(struct vm_call *c, const struct vm_key *k, const struct vm_layout *l,
                   const void *rec)
{
    struct mc_buf *b = &c->frame->scratch;
    struct mc_hash slot;
    VM_TRY(vm_ok(c));
    mc_buf_reset(b);
    put_record(b, l, rec);
    if (b->oom) {
        c->frame->failed = MC_ENOMEM;
        return MC_ENOMEM;
    }
    VM_TRY(vm_charge(c, c->frame->env->gas->stored_byte * b->n));
    vm_slot(&slot, k);
    return vm_cell_save(c, &slot, 0, VM_WORD_HASH, mc_buf_slice(b));
}

enum mc_err vm_del(struct vm_call *c, const struct vm_key *k)
{
    struct mc_hash slot;
    vm_slot(&slot, k);
    return vm_cell_save(c, &slot, 0, VM_WORD_HASH, mc_slice(NULL, 0));
}

/* ------------------------------------------------------------------ reading */

static enum mc_err read_u8(struct mc_mp *mp, uint8_t *out)
{
    uint64_t v;
    enum mc_err err = mc_mp_uint(mp, &v, UINT8_MAX, NULL);
    if (err == MC_OK)
        *out = (uint8_t)v;
    return err;
}

static enum mc_err read_num(struct mc_mp *mp, struct mc_u256 *out)
{
    struct mc_slice s;
    enum mc_err err = mc_mp_bin(mp, &s, 32, NULL);
    if (err == MC_OK && !mc_u256_from_be_n(out, s))
        err = MC_EMALFORM;
    return err;
}

static enum mc_err read_strs(struct vm_call *c, struct mc_mp *mp, struct vm_strs *out)
{
    uint32_t cnt;
    enum mc_err err = mc_mp_array(mp, &cnt, UINT32_MAX, NULL);
    if (err != MC_OK)
        return err;
    out->v = vm_alloc(c, cnt * sizeof *out->v);
    VM_TRY(vm_ok(c));
    out->cnt = cnt;
    for (uint32_t i = 0; i < cnt && err == MC_OK; i++)
        err = mc_mp_bin(mp, &out->v[i], SIZE_MAX, NULL);
    return err;
}

static enum mc_err read_addrs(struct vm_call *c, struct mc_mp *mp, struct vm_addrs *out)
{
    uint32_t cnt;
    enum mc_err err = mc_mp_array(mp, &cnt, UINT32_MAX, NULL);
    if (err != MC_OK)
        return err;
    out->v = vm_alloc(c, cnt * sizeof *out->v);
    VM_TRY(vm_ok(c));
    out->cnt = cnt;
    for (uint32_t i = 0; i < cnt && err == MC_OK; i++)
        err = mc_mp_fixed(mp, out->v[i].b, sizeof out->v[i].b, NULL);
    return err;
}

static enum mc_err read_members(struct vm_call *c, struct mc_mp *mp, const struct vm_layout *l,
                                void *rec);

static enum mc_err read_tuples(struct vm_call *c, struct mc_mp *mp, const struct vm_layout *l,
                               struct vm_tuples *out)
{
    uint32_t cnt;
    enum mc_err err = mc_mp_array(mp, &cnt, UINT32_MAX, NULL);
    if (err != MC_OK)
        return err;
    out->v = vm_alloc(c, cnt * l->size);
    VM_TRY(vm_ok(c));
    out->cnt = cnt;
    for (uint32_t i = 0; i < cnt && err == MC_OK; i++)
        err = read_members(c, mp, l, (uint8_t *)out->v + i * l->size);
    return err;
}

static enum mc_err read_field(struct vm_call *c, struct mc_mp *mp, const struct vm_field *f,
                              void *rec)
{
    void *p = (uint8_t *)rec + f->offset;
    switch (f->type) {
    case VM_T_U64:
        return mc_mp_uint(mp, p, UINT64_MAX, NULL);
    case VM_T_U8:
    case VM_T_ENUM:
        return read_u8(mp, p);
    case VM_T_U256:
        return read_num(mp, p);
    case VM_T_BOOL:
        return mc_mp_bool(mp, p, NULL);
    case VM_T_ADDR:
        return mc_mp_fixed(mp, p, sizeof(struct mc_addr), NULL);
    case VM_T_HASH:
        return mc_mp_fixed(mp, p, sizeof(struct mc_hash), NULL);
    case VM_T_STR:
    case VM_T_BYTES:
        return mc_mp_bin(mp, p, SIZE_MAX, NULL);
    case VM_T_STRS:
        return read_strs(c, mp, p);
    case VM_T_ADDRS:
        return read_addrs(c, mp, p);
    case VM_T_TUPLE:
        return read_members(c, mp, f->layout, p);
    case VM_T_TUPLES:
        return read_tuples(c, mp, f->layout, p);
    }
    return MC_EMALFORM;
}

/* What an older, shorter record lacks stays zero. */
static enum mc_err read_members(struct vm_call *c, struct mc_mp *mp, const struct vm_layout *l,
                                void *rec)
{
    uint32_t cnt;
    enum mc_err err = mc_mp_array(mp, &cnt, l->field_cnt, NULL);
    for (uint32_t i = 0; i < l->field_cnt && err == MC_OK && cnt > 0; i++) {
        if (l->fields[i].use == VM_ABI)
            continue;
        err = read_field(c, mp, &l->fields[i], rec);
        cnt--;
    }
    /* More values than the layout stores: not written by us. */
    return err == MC_OK && cnt > 0 ? MC_EMALFORM : err;
}

static enum mc_err read_record(struct vm_call *c, struct mc_slice s, const struct vm_layout *l,
                               void *rec)
{
    struct mc_mp mp;
    enum mc_err err = mc_mp_open(&mp, s, NULL);
    if (err == MC_OK)
        err = read_members(c, &mp, l, rec);
    return err == MC_OK ? mc_mp_end(&mp, NULL) : err;
}

enum mc_err vm_get(struct vm_call *c, const struct vm_key *k, const struct vm_layout *l, void *rec,
                   bool *found)
{
    struct mc_hash slot;
    struct mc_slice s;
    enum mc_err err;
    memset(rec, 0, l->size);
    *found = false;
    vm_slot(&slot, k);
    VM_TRY(vm_cell_load(c, &slot, 0, &s));
    if (s.n == 0)
        return MC_OK;
    err = read_record(c, s, l, rec);
    if (err == MC_EMALFORM || err == MC_ELIMIT)
        return vm_cell_corrupt(c);
    *found = err == MC_OK;
    return err;
}
