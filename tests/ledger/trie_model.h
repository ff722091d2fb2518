/* A trie's slow twin for tests: pairs in a sorted array, the root computed anew each time
 * straight from the yellow paper; and a store of nodes by path that keeps every version.
 * Included by the trie tests only. */
#ifndef MC_TESTS_LEDGER_TRIE_MODEL_H
#define MC_TESTS_LEDGER_TRIE_MODEL_H

#include <stdio.h>
#include <stdlib.h>

#include "ledger/trie.h"

/* ---- xorshift: the same numbers on every machine ---- */

static inline uint32_t model_rand(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 32);
}

/* ---- nodes by path ---- */

#define MODEL_BUCKETS 4096u

struct model_version {
    struct trie_path path;
    uint32_t at; /* commit that wrote it */
    uint8_t *rlp;
    size_t n; /* 0: gone */
    struct model_version *older;
};

struct model_store {
    struct model_version *buckets[MODEL_BUCKETS]; /* newest first */
    uint32_t now;                                 /* commit being written */
    uint32_t read_at;                             /* reads see this commit and older ones */
    uint32_t load_cnt;
    uint32_t fail_at; /* this load and later ones fail; 0: none */
    bool corrupt;     /* loads answer with one bit turned */
};

static inline uint32_t model_bucket(const struct trie_path *p)
{
    uint32_t h = 2166136261u;

    for (uint32_t i = 0; i < p->n; i++)
        h = (h ^ p->nibbles[i]) * 16777619u;
    return (h ^ p->n) % MODEL_BUCKETS;
}

static inline bool model_same(const struct trie_path *a, const struct trie_path *b)
{
    return a->n == b->n && memcmp(a->nibbles, b->nibbles, a->n) == 0;
}

static inline struct model_version *model_find(struct model_store *s, const struct trie_path *p)
{
    struct model_version *v = s->buckets[model_bucket(p)];

    while (v != NULL && (v->at > s->read_at || !model_same(&v->path, p)))
        v = v->older;
    return v;
}

static inline enum mc_err model_load(void *arg, struct mc_buf *out, const struct trie_path *path,
                                     struct mc_errmsg *em)
{
    struct model_store *s = (struct model_store *)arg;
    struct model_version *v = model_find(s, path);

    s->load_cnt++;
    if (s->fail_at != 0 && s->load_cnt >= s->fail_at)
        return mc_fail(em, MC_EIO, "the disk is away");
    if (v == NULL || v->n == 0)
        return MC_ENOTFOUND;
    mc_buf_put(out, v->rlp, v->n);
    if (s->corrupt && out->n > 0)
        out->p[out->n / 2] ^= 4;
    return MC_OK;
}

static inline enum mc_err model_emit(void *arg, const struct trie_path *path, struct mc_slice rlp)
{
    struct model_store *s = (struct model_store *)arg;
    struct model_version *v = calloc(1, sizeof *v), **head = &s->buckets[model_bucket(path)];

    if (v == NULL)
        abort();
    v->path = *path;
    v->at = s->now;
    v->n = rlp.n;
    v->rlp = malloc(rlp.n + 1);
    if (v->rlp == NULL)
        abort();
    if (rlp.n > 0)
        memcpy(v->rlp, rlp.p, rlp.n);
    v->older = *head;
    *head = v;
    return MC_OK;
}

/* Paths that hold a node at read_at. */
static inline uint32_t model_live(struct model_store *s)
{
    uint32_t cnt = 0;

    for (uint32_t b = 0; b < MODEL_BUCKETS; b++) {
        for (struct model_version *v = s->buckets[b]; v != NULL; v = v->older)
            cnt += v->at <= s->read_at && model_find(s, &v->path) == v && v->n > 0;
    }
    return cnt;
}

static inline void model_store_free(struct model_store *s)
{
    for (uint32_t b = 0; b < MODEL_BUCKETS; b++) {
        while (s->buckets[b] != NULL) {
            struct model_version *v = s->buckets[b];
            s->buckets[b] = v->older;
            free(v->rlp);
            free(v);
        }
    }
}

/* ---- pairs and their root ---- */

#define MODEL_PAIRS_MAX 2048u
#define MODEL_VALUE_MAX 80u

struct model_pair {
    uint8_t nibbles[TRIE_PATH_MAX];
    uint32_t nibble_n;
    uint8_t key[32];
    uint8_t value[MODEL_VALUE_MAX];
    uint32_t key_n, value_n;
};

struct model {
    struct model_pair pairs[MODEL_PAIRS_MAX]; /* sorted by key */
    uint32_t cnt;
    uint32_t node_cnt; /* nodes under a hash of their own, counted by model_root() */
};

static inline void model_put(struct model *m, struct mc_slice key, struct mc_slice value)
{
    uint32_t at = 0;
    struct model_pair *p;

    while (at < m->cnt && mc_slice_cmp(mc_slice(m->pairs[at].key, m->pairs[at].key_n), key) < 0)
        at++;
    p = &m->pairs[at];
    if (at == m->cnt || !mc_slice_eq(mc_slice(p->key, p->key_n), key)) {
        if (value.n == 0)
            return;
        if (m->cnt == MODEL_PAIRS_MAX)
            abort();
        memmove(p + 1, p, (m->cnt++ - at) * sizeof *p);
    } else if (value.n == 0) {
        memmove(p, p + 1, (--m->cnt - at) * sizeof *p);
        return;
    }
    *p = (struct model_pair){.key_n = (uint32_t)key.n, .value_n = (uint32_t)value.n};
    memcpy(p->key, key.p, key.n);
    memcpy(p->value, value.p, value.n);
    p->nibble_n = 2 * p->key_n;
    for (uint32_t i = 0; i < p->key_n; i++) {
        p->nibbles[2 * i] = p->key[i] >> 4;
        p->nibbles[2 * i + 1] = p->key[i] & 15;
    }
}

/* Yellow paper, (194): HP(x, t). */
static inline void model_hp(struct mc_buf *out, const uint8_t *x, uint32_t n, bool leaf)
{
    struct mc_buf hp = {0};
    uint32_t i = 0;

    if (n % 2 != 0)
        mc_buf_put_u8(&hp, (uint8_t)(16 * ((leaf ? 2 : 0) + 1) + x[i++]));
    else
        mc_buf_put_u8(&hp, (uint8_t)(16 * (leaf ? 2 : 0)));
    for (; i < n; i += 2)
        mc_buf_put_u8(&hp, (uint8_t)(16 * x[i] + x[i + 1]));
    mc_rlp_put_bytes(out, mc_buf_slice(&hp));
    mc_buf_free(&hp);
}

static inline void model_structure(struct model *m, struct mc_buf *out, uint32_t lo, uint32_t hi,
                                   uint32_t i);

/* Yellow paper, (195): n(J, i). */
static inline void model_node(struct model *m, struct mc_buf *out, uint32_t lo, uint32_t hi,
                              uint32_t i)
{
    struct mc_buf c = {0};
    struct mc_hash h;

    if (lo == hi) {
        mc_rlp_put_u64(out, 0);
        return;
    }
    model_structure(m, &c, lo, hi, i);
    if (c.n < 32) {
        mc_buf_put_slice(out, mc_buf_slice(&c));
    } else {
        m->node_cnt++;
        mc_keccak256(&h, mc_buf_slice(&c));
        mc_rlp_put_bytes(out, mc_hash_slice(&h));
    }
    mc_buf_free(&c);
}

/* Yellow paper, (197): c(J, i). */
static inline void model_structure(struct model *m, struct mc_buf *out, uint32_t lo, uint32_t hi,
                                   uint32_t i)
{
    const struct model_pair *first = &m->pairs[lo], *last = &m->pairs[hi - 1];
    size_t mark = out->n;
    uint32_t j = i;

    if (hi - lo == 1) {
        model_hp(out, first->nibbles + i, first->nibble_n - i, true);
        mc_rlp_put_bytes(out, mc_slice(first->value, first->value_n));
        mc_rlp_wrap_list(out, mark);
        return;
    }
    while (j < first->nibble_n && j < last->nibble_n && first->nibbles[j] == last->nibbles[j])
        j++;
    if (j > i) {
        model_hp(out, first->nibbles + i, j - i, false);
        model_node(m, out, lo, hi, j);
        mc_rlp_wrap_list(out, mark);
        return;
    }
    if (first->nibble_n == i)
        lo++;
    for (uint8_t nibble = 0; nibble < 16; nibble++) {
        uint32_t end = lo;
        while (end < hi && m->pairs[end].nibbles[i] == nibble)
            end++;
        model_node(m, out, lo, end, i + 1);
        lo = end;
    }
    mc_rlp_put_bytes(out, first->nibble_n == i ? mc_slice(first->value, first->value_n)
                                               : mc_slice(NULL, 0));
    mc_rlp_wrap_list(out, mark);
}

static inline struct mc_hash model_root(struct model *m)
{
    struct mc_buf c = {0};
    struct mc_hash h = MC_KECCAK_EMPTY_TRIE;

    m->node_cnt = m->cnt != 0;
    if (m->cnt != 0) {
        model_structure(m, &c, 0, m->cnt, 0);
        mc_keccak256(&h, mc_buf_slice(&c));
    }
    mc_buf_free(&c);
    return h;
}

#endif
