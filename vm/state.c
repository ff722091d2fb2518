/* Cells: keys, loading and saving with their gas, integers and lists.  Records are in record.c. */
#include "vm/state.h"

/* ------------------------------------------------------------------ keys */

#define KEY_PART_MAX 256u

struct vm_key vm_key(uint8_t tag)
{
    struct vm_key k;
    k.b[0] = tag;
    k.n = 1;
    return k;
}

static void key_append(struct vm_key *k, uint32_t len_word, const uint8_t *p, size_t n)
{
    MC_ASSERT(n + 2 <= VM_KEY_BYTES_MAX - k->n);
    k->b[k->n] = (uint8_t)(len_word >> 8);
    k->b[k->n + 1] = (uint8_t)len_word;
    if (n > 0)
        memcpy(k->b + k->n + 2, p, n);
    k->n += n + 2;
}

void vm_key_add(struct vm_key *k, struct mc_slice part)
{
    struct mc_hash h;
    if (part.n <= KEY_PART_MAX) {
        key_append(k, (uint32_t)part.n, part.p, part.n);
        return;
    }
    /* No length is 0xffff, so no stored key can be met. */
    mc_keccak256(&h, part);
    key_append(k, 0xffff, h.b, sizeof h.b);
}

struct vm_key vm_key1(uint8_t tag, struct mc_slice a)
{
    struct vm_key k = vm_key(tag);
    vm_key_add(&k, a);
    return k;
}

struct vm_key vm_key2(uint8_t tag, struct mc_slice a, struct mc_slice b)
{
    struct vm_key k = vm_key1(tag, a);
    vm_key_add(&k, b);
    return k;
}

/* A slot is a pure function of its key, and the same few keys (the caller's roles, the module's pause, a
 * parameter, a record that is looked up and then written) come up in every transaction: each thread remembers the last
 * ones.  It saves some six hashes a transaction. */
#define MEMO_CNT     256u /* a power of two */
#define MEMO_KEY_MAX 61u  /* longer keys are hashed each time */

struct slot_memo {
    uint8_t n; /* 0: empty */
    uint8_t key[MEMO_KEY_MAX];
    struct mc_hash slot;
};

static uint32_t memo_index(const struct vm_key *k)
{
    uint32_t h = 2166136261u; /* FNV-1a: only where to look, never part of a result */
    for (size_t i = 0; i < k->n; i++)
        h = (h ^ k->b[i]) * 16777619u;
    return (h ^ h >> 16) & (MEMO_CNT - 1);
}

void vm_slot(struct mc_hash *out, const struct vm_key *k)
{
    static _Thread_local struct slot_memo memo[MEMO_CNT];
    struct slot_memo *m;

    if (k->n > MEMO_KEY_MAX) {
        mc_keccak256(out, mc_slice(k->b, k->n));
        return;
    }
    m = &memo[memo_index(k)];
    if (m->n != k->n || memcmp(m->key, k->b, k->n) != 0) {
        mc_keccak256(&m->slot, mc_slice(k->b, k->n));
        memcpy(m->key, k->b, k->n);
        m->n = (uint8_t)k->n;
    }
    *out = m->slot;
}

/* ------------------------------------------------------------------ cells */

static enum mc_err keep(struct vm_call *c, enum mc_err err)
{
    if (err != MC_OK)
        c->frame->failed = err;
    return err;
}

enum mc_err vm_cell_load(struct vm_call *c, const struct mc_hash *slot, uint64_t pos,
                         struct mc_slice *out)
{
    const struct vm_env *env = c->frame->env;
    VM_TRY(vm_ok(c));
    if (c->frame->view)
        VM_TRY(vm_charge(c, env->gas->view_load));
    *out = mc_slice(NULL, 0);
    return keep(c, env->host->load(env->host->ctx, &c->self, slot, pos, out));
}

enum mc_err vm_cell_save(struct vm_call *c, const struct mc_hash *slot, uint64_t pos,
                         enum vm_word word, struct mc_slice value)
{
    const struct vm_host *host = c->frame->env->host;
    MC_ASSERT(!c->read_only);
    VM_TRY(vm_ok(c));
    return keep(c, host->save(host->ctx, &c->self, slot, pos, word, value));
}

enum mc_err vm_cell_corrupt(struct vm_call *c)
{
    return keep(c, MC_ECORRUPT);
}

/* ------------------------------------------------------------------ integers */

static enum mc_err num_of(struct vm_call *c, struct mc_slice s, struct mc_u256 *out)
{
    if (s.n > 0 && s.p[0] == 0)
        return vm_cell_corrupt(c);
    return mc_u256_from_be_n(out, s) ? MC_OK : vm_cell_corrupt(c);
}

/* Writes the bytes without leading zeros; none for zero. */
static struct mc_slice num_bytes(uint8_t buf[32], const struct mc_u256 *v)
{
    size_t n = mc_u256_byte_len(v);
    mc_u256_to_be(buf, v);
    return mc_slice(buf + 32 - n, n);
}

enum mc_err vm_get_num(struct vm_call *c, const struct vm_key *k, struct mc_u256 *out)
{
    struct mc_hash slot;
    struct mc_slice s;
    *out = MC_U256_ZERO;
    vm_slot(&slot, k);
    VM_TRY(vm_cell_load(c, &slot, 0, &s));
    return num_of(c, s, out);
}

enum mc_err vm_put_num(struct vm_call *c, const struct vm_key *k, const struct mc_u256 *v)
{
    uint8_t buf[32];
    struct mc_slice s = num_bytes(buf, v);
    struct mc_hash slot;
    VM_TRY(vm_charge(c, c->frame->env->gas->stored_byte * s.n));
    vm_slot(&slot, k);
    return vm_cell_save(c, &slot, 0, VM_WORD_INT, s);
}

enum mc_err vm_get_u64(struct vm_call *c, const struct vm_key *k, uint64_t *out)
{
    struct mc_u256 v;
    *out = 0;
    VM_TRY(vm_get_num(c, k, &v));
    if (!mc_u256_fits_u64(&v))
        return vm_cell_corrupt(c);
    *out = v.w[0];
    return MC_OK;
}

enum mc_err vm_put_u64(struct vm_call *c, const struct vm_key *k, uint64_t v)
{
    struct mc_u256 num = mc_u256_u64(v);
    return vm_put_num(c, k, &num);
}

/* ------------------------------------------------------------------ lists */

static enum mc_err len_at(struct vm_call *c, const struct mc_hash *slot, uint64_t *len)
{
    struct mc_u256 v = MC_U256_ZERO;
    struct mc_slice s;
    *len = 0;
    VM_TRY(vm_cell_load(c, slot, 0, &s));
    VM_TRY(num_of(c, s, &v));
    if (!mc_u256_fits_u64(&v))
        return vm_cell_corrupt(c);
    *len = v.w[0];
    return MC_OK;
}

static enum mc_err len_put(struct vm_call *c, const struct mc_hash *slot, uint64_t len)
{
    struct mc_u256 v = mc_u256_u64(len);
    uint8_t buf[32];
    return vm_cell_save(c, slot, 0, VM_WORD_NONE, num_bytes(buf, &v));
}

enum mc_err vm_list_len(struct vm_call *c, const struct vm_key *k, uint64_t *len)
{
    struct mc_hash slot;
    *len = 0;
    vm_slot(&slot, k);
    return len_at(c, &slot, len);
}

/* An index at or beyond the length reads as empty. */
enum mc_err vm_list_at(struct vm_call *c, const struct vm_key *k, uint64_t i, struct mc_slice *out)
{
    struct mc_hash slot;
    *out = mc_slice(NULL, 0);
    if (i == UINT64_MAX)
        return vm_ok(c);
    vm_slot(&slot, k);
    return vm_cell_load(c, &slot, i + 1, out);
}

enum mc_err vm_list_push(struct vm_call *c, const struct vm_key *k, struct mc_slice v)
{
    struct mc_hash slot;
    uint64_t len;
    VM_TRY(vm_charge(c, c->frame->env->gas->index_entry));
    vm_slot(&slot, k);
    VM_TRY(len_at(c, &slot, &len));
    VM_TRY(vm_cell_save(c, &slot, len + 1, VM_WORD_NONE, v));
    return len_put(c, &slot, len + 1);
}

enum mc_err vm_list_set(struct vm_call *c, const struct vm_key *k, uint64_t i, struct mc_slice v)
{
    struct mc_hash slot;
    uint64_t len;
    VM_TRY(vm_charge(c, c->frame->env->gas->index_entry));
    vm_slot(&slot, k);
    VM_TRY(len_at(c, &slot, &len));
    MC_ASSERT(i < len);
    return vm_cell_save(c, &slot, i + 1, VM_WORD_NONE, v);
}

enum mc_err vm_list_pop(struct vm_call *c, const struct vm_key *k)
{
    struct mc_hash slot;
    uint64_t len;
    vm_slot(&slot, k);
    VM_TRY(len_at(c, &slot, &len));
    MC_ASSERT(len > 0);
    VM_TRY(vm_cell_save(c, &slot, len, VM_WORD_NONE, mc_slice(NULL, 0)));
    return len_put(c, &slot, len - 1);
}

static enum mc_err ret_range(struct vm_call *c, struct vm_val *out, const struct vm_key *k,
                             uint64_t first, uint64_t cnt, bool backwards)
{
    struct mc_hash slot;
    struct vm_val list = vm_list(c, (uint32_t)cnt);
    VM_TRY(vm_ok(c));
    vm_slot(&slot, k);
    for (uint64_t i = 0; i < cnt; i++) {
        uint64_t at = backwards ? first - i : first + i;
        VM_TRY(vm_cell_load(c, &slot, at + 1, &list.list.v[i].bytes));
    }
    *out = list;
    return MC_OK;
}

enum mc_err vm_ret_page(struct vm_call *c, struct vm_val *out, const struct vm_key *k,
                        uint64_t offset, uint64_t limit, bool newest_first)
{
    uint64_t len, cnt;
    VM_TRY(vm_list_len(c, k, &len));
    cnt = offset < len ? len - offset : 0;
    if (cnt > limit)
        cnt = limit;
    if (cnt > MC_LIST_PAGE_MAX)
        cnt = MC_LIST_PAGE_MAX;
    out[1] = vm_u64(len);
    return ret_range(c, &out[0], k, newest_first && cnt > 0 ? len - 1 - offset : offset, cnt,
                     newest_first);
}

enum mc_err vm_ret_all(struct vm_call *c, struct vm_val *out, const struct vm_key *k)
{
    uint64_t len;
    VM_TRY(vm_list_len(c, k, &len));
    VM_REQUIRE(c, len <= MC_LIST_RESULT_MAX, "Result too large");
    return ret_range(c, &out[0], k, 0, len, false);
}
