#include "tests/lib/store_mem.h"

#include <stdlib.h>

struct entry {
    uint8_t *key, *value;
    size_t key_len, value_len;
};

struct family {
    struct entry *v; /* sorted by key */
    size_t cnt, cap;
};

struct mem {
    struct store store;
    struct family cf[STORE_CF_CNT];
    uint64_t ops, fail_at;
    bool survive, poisoned;
};

struct store_batch {
    struct mem *m;
    struct put {
        enum store_cf cf;
        struct entry e;
        bool del;
    } * puts;
    size_t cnt, cap;
};

struct store_iter {
    struct mem *m;
    enum store_cf cf;
    bool failed, valid;
    struct mc_buf key; /* where it stands; found again at each step, so writes do not disturb it */
};

static struct mem *mem_of(const struct store *s)
{
    return (struct mem *)(uintptr_t)s;
}

static void *must(void *p)
{
    MC_ASSERT(p != NULL);
    return p;
}

static uint8_t *dup_bytes(struct mc_slice s)
{
    uint8_t *p = must(malloc(s.n + 1));

    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return p;
}

static bool op_fails(struct mem *m)
{
    m->ops++;
    return m->fail_at != 0 && m->ops == m->fail_at;
}

/* First entry >= key. */
static size_t lower(const struct family *f, struct mc_slice key)
{
    size_t lo = 0, hi = f->cnt;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (mc_slice_cmp(mc_slice(f->v[mid].key, f->v[mid].key_len), key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool is_at(const struct family *f, size_t i, struct mc_slice key)
{
    return i < f->cnt && mc_slice_eq(mc_slice(f->v[i].key, f->v[i].key_len), key);
}

static enum mc_err mem_get(struct store *s, struct store_snap *snap, enum store_cf cf,
                           struct mc_slice key, struct mc_buf *out, struct mc_errmsg *em)
{
    struct mem *m = mem_of(s);
    size_t i = lower(&m->cf[cf], key);

    MC_ASSERT(snap == NULL);
    if (op_fails(m))
        return mc_fail(em, MC_EIO, "injected read error");
    if (!is_at(&m->cf[cf], i, key))
        return MC_ENOTFOUND;
    mc_buf_put(out, m->cf[cf].v[i].value, m->cf[cf].v[i].value_len);
    return MC_OK;
}

static struct store_snap *mem_snap_new(struct store *s)
{
    (void)s;
    return NULL;
}

static void mem_snap_free(struct store *s, struct store_snap *snap)
{
    (void)s, (void)snap;
}

static struct store_iter *mem_iter_new(struct store *s, struct store_snap *snap, enum store_cf cf,
                                       bool one_prefix)
{
    struct store_iter *it = must(calloc(1, sizeof *it));

    MC_ASSERT(snap == NULL);
    (void)one_prefix;
    it->m = mem_of(s);
    it->cf = cf;
    return it;
}

static void mem_iter_free(struct store_iter *it)
{
    if (it == NULL)
        return;
    mc_buf_free(&it->key);
    free(it);
}

/* Stands on entry i, or nowhere. */
static bool stand(struct store_iter *it, size_t i)
{
    const struct family *f = &it->m->cf[it->cf];

    it->valid = i < f->cnt;
    if (!it->valid)
        return false;
    mc_buf_reset(&it->key);
    mc_buf_put(&it->key, f->v[i].key, f->v[i].key_len);
    return true;
}

static bool mem_iter_seek(struct store_iter *it, struct mc_slice key, bool back)
{
    const struct family *f = &it->m->cf[it->cf];
    size_t i = lower(f, key);

    it->failed = op_fails(it->m);
    if (it->failed)
        return it->valid = false;
    if (back && !is_at(f, i, key))
        i = i == 0 ? f->cnt : i - 1;
    return stand(it, i);
}

static bool mem_iter_step(struct store_iter *it, bool back)
{
    const struct family *f = &it->m->cf[it->cf];
    size_t i = lower(f, mc_buf_slice(&it->key));

    it->failed = op_fails(it->m);
    if (it->failed)
        return it->valid = false;
    if (back)
        return stand(it, i == 0 ? f->cnt : i - 1);
    return stand(it, is_at(f, i, mc_buf_slice(&it->key)) ? i + 1 : i);
}

static struct mc_slice mem_iter_key(struct store_iter *it)
{
    MC_ASSERT(it->valid);
    return mc_buf_slice(&it->key);
}

static struct mc_slice mem_iter_value(struct store_iter *it)
{
    const struct family *f = &it->m->cf[it->cf];
    size_t i = lower(f, mc_buf_slice(&it->key));

    MC_ASSERT(it->valid);
    return mc_slice(f->v[i].value, f->v[i].value_len);
}

static enum mc_err mem_iter_error(struct store_iter *it, struct mc_errmsg *em)
{
    return it->failed ? mc_fail(em, MC_EIO, "injected scan error") : MC_OK;
}

static struct store_batch *mem_batch_new(struct store *s)
{
    struct store_batch *b = must(calloc(1, sizeof *b));

    b->m = mem_of(s);
    return b;
}

static void entry_free(struct entry *e)
{
    free(e->key);
    free(e->value);
}

static void mem_batch_free(struct store_batch *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->cnt; i++)
        entry_free(&b->puts[i].e);
    free(b->puts);
    free(b);
}

static void batch_add(struct store_batch *b, enum store_cf cf, struct mc_slice key,
                      struct mc_slice value, bool del)
{
    if (b->cnt == b->cap) {
        b->cap = b->cap == 0 ? 64 : b->cap * 2;
        b->puts = must(realloc(b->puts, b->cap * sizeof *b->puts));
    }
    b->puts[b->cnt++] =
        (struct put){.cf = cf, .e = {dup_bytes(key), dup_bytes(value), key.n, value.n}, .del = del};
}

static void mem_batch_put(struct store_batch *b, enum store_cf cf, struct mc_slice key,
                          struct mc_slice value)
{
    batch_add(b, cf, key, value, false);
}

static void mem_batch_del(struct store_batch *b, enum store_cf cf, struct mc_slice key)
{
    batch_add(b, cf, key, mc_slice("", 0), true);
}

static void remove_entry(struct family *f, size_t i)
{
    entry_free(&f->v[i]);
    memmove(&f->v[i], &f->v[i + 1], (f->cnt - i - 1) * sizeof *f->v);
    f->cnt--;
}

void store_mem_put(struct store *s, enum store_cf cf, struct mc_slice key, struct mc_slice value)
{
    struct family *f = &mem_of(s)->cf[cf];
    size_t i = lower(f, key);

    if (is_at(f, i, key)) {
        free(f->v[i].value);
        f->v[i].value = dup_bytes(value);
        f->v[i].value_len = value.n;
        return;
    }
    if (f->cnt == f->cap) {
        f->cap = f->cap == 0 ? 64 : f->cap * 2;
        f->v = must(realloc(f->v, f->cap * sizeof *f->v));
    }
    memmove(&f->v[i + 1], &f->v[i], (f->cnt - i) * sizeof *f->v);
    f->v[i] = (struct entry){dup_bytes(key), dup_bytes(value), key.n, value.n};
    f->cnt++;
}

static enum mc_err mem_batch_commit(struct store *s, struct store_batch *b, struct mc_errmsg *em)
{
    struct mem *m = mem_of(s);

    if (m->poisoned)
        return mc_fail(em, MC_EIO, "an earlier write failed; no further write is tried");
    if (op_fails(m)) {
        m->poisoned = true;
        return mc_fail(em, MC_EIO, "injected write error");
    }
    for (size_t i = 0; i < b->cnt; i++) {
        struct put *p = &b->puts[i];
        struct mc_slice key = mc_slice(p->e.key, p->e.key_len);
        size_t at = lower(&m->cf[p->cf], key);

        if (!p->del)
            store_mem_put(s, p->cf, key, mc_slice(p->e.value, p->e.value_len));
        else if (is_at(&m->cf[p->cf], at, key))
            remove_entry(&m->cf[p->cf], at);
    }
    return MC_OK;
}

void store_mem_free(struct store *s)
{
    struct mem *m = mem_of(s);

    for (uint32_t cf = 0; cf < STORE_CF_CNT; cf++) {
        for (size_t i = 0; i < m->cf[cf].cnt; i++)
            entry_free(&m->cf[cf].v[i]);
        free(m->cf[cf].v);
    }
    free(m);
}

static void mem_close(struct store *s)
{
    if (!mem_of(s)->survive)
        store_mem_free(s);
}

static const struct store_ops mem_ops = {
    .close = mem_close,
    .get = mem_get,
    .snap_new = mem_snap_new,
    .snap_free = mem_snap_free,
    .iter_new = mem_iter_new,
    .iter_free = mem_iter_free,
    .iter_seek = mem_iter_seek,
    .iter_step = mem_iter_step,
    .iter_key = mem_iter_key,
    .iter_value = mem_iter_value,
    .iter_error = mem_iter_error,
    .batch_new = mem_batch_new,
    .batch_free = mem_batch_free,
    .batch_put = mem_batch_put,
    .batch_del = mem_batch_del,
    .batch_commit = mem_batch_commit,
};

struct store *store_mem_new(void)
{
    struct mem *m = must(calloc(1, sizeof *m));

    m->store.ops = &mem_ops;
    return &m->store;
}

void store_mem_survive(struct store *s)
{
    mem_of(s)->survive = true;
}

void store_mem_reopen(struct store *s)
{
    mem_of(s)->poisoned = false;
}

void store_mem_fail_at(struct store *s, uint64_t k)
{
    mem_of(s)->ops = 0;
    mem_of(s)->fail_at = k;
}

uint64_t store_mem_ops(const struct store *s)
{
    return mem_of(s)->ops;
}

size_t store_mem_cnt(const struct store *s, enum store_cf cf)
{
    return mem_of(s)->cf[cf].cnt;
}

void store_mem_damage(struct store *s, enum store_cf cf, size_t i)
{
    struct entry *e = &mem_of(s)->cf[cf].v[i];

    MC_ASSERT(e->value_len > 0);
    e->value[e->value_len / 2] ^= 1;
}

void store_mem_del(struct store *s, enum store_cf cf, size_t i)
{
    remove_entry(&mem_of(s)->cf[cf], i);
}
