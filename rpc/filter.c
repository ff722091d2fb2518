#include "rpc/filter.h"

#include <pthread.h>
#include <stdlib.h>

struct slot {
    char id[RPC_FILTER_ID_LEN + 1]; /* "": free */
    struct rpc_filter filter;
    void *lists; /* addresses and topics of the criteria, one allocation */
    uint64_t used_ms;
};

struct rpc_filters {
    pthread_mutex_t lock;
    uint32_t cnt_max;
    uint64_t idle_ms;
    struct slot slots[];
};

struct rpc_filters *rpc_filters_new(uint32_t cnt_max, uint64_t idle_ms)
{
    struct rpc_filters *t = calloc(1, sizeof *t + (size_t)cnt_max * sizeof t->slots[0]);

    if (t == NULL)
        return NULL;
    pthread_mutex_init(&t->lock, NULL);
    t->cnt_max = cnt_max;
    t->idle_ms = idle_ms;
    return t;
}

static void slot_free(struct slot *s)
{
    free(s->lists);
    *s = (struct slot){0};
}

void rpc_filters_free(struct rpc_filters *t)
{
    if (t == NULL)
        return;
    for (uint32_t i = 0; i < t->cnt_max; i++)
        slot_free(&t->slots[i]);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static size_t lists_size(const struct rpc_criteria *c)
{
    size_t n = c->query.address_cnt * sizeof(struct mc_addr);

    for (size_t i = 0; i < MC_COUNT(c->query.topics); i++)
        n += c->query.topics[i].cnt * sizeof(struct mc_hash);
    return n;
}

/* Copies the lists into mem, which has lists_size() bytes, and points the criteria there. */
static void lists_move(struct rpc_criteria *c, uint8_t *mem)
{
    size_t n = c->query.address_cnt * sizeof(struct mc_addr);

    if (n > 0) {
        memcpy(mem, c->query.addresses, n);
        c->query.addresses = (const struct mc_addr *)mem;
        mem += n;
    }
    for (size_t i = 0; i < MC_COUNT(c->query.topics); i++) {
        n = c->query.topics[i].cnt * sizeof(struct mc_hash);
        if (n == 0)
            continue;
        memcpy(mem, c->query.topics[i].any, n);
        c->query.topics[i].any = (const struct mc_hash *)mem;
        mem += n;
    }
}

static bool expired(const struct rpc_filters *t, const struct slot *s, uint64_t now_ms)
{
    return now_ms > s->used_ms && now_ms - s->used_ms > t->idle_ms;
}

/* A free slot, after clearing out what has expired; NULL: none. */
static struct slot *slot_take(struct rpc_filters *t, uint64_t now_ms)
{
    struct slot *found = NULL;

    for (uint32_t i = 0; i < t->cnt_max; i++) {
        struct slot *s = &t->slots[i];
        if (s->id[0] != '\0' && expired(t, s, now_ms))
            slot_free(s);
        if (s->id[0] == '\0' && found == NULL)
            found = s;
    }
    return found;
}

static struct slot *slot_find(struct rpc_filters *t, struct mc_slice id)
{
    for (uint32_t i = 0; i < t->cnt_max; i++) {
        struct slot *s = &t->slots[i];
        if (s->id[0] != '\0' && mc_slice_eq(id, mc_slice(s->id, RPC_FILTER_ID_LEN)))
            return s;
    }
    return NULL;
}

static void id_make(char id[RPC_FILTER_ID_LEN + 1])
{
    uint8_t raw[16];

    mc_random(raw, sizeof raw);
    raw[0] |= 0x80;
    id[0] = '0';
    id[1] = 'x';
    mc_hex_encode(id + 2, raw, sizeof raw);
}

enum mc_err rpc_filters_add(struct rpc_filters *t, char id[RPC_FILTER_ID_LEN + 1],
                            const struct rpc_filter *f, uint64_t now_ms)
{
    size_t n = lists_size(&f->criteria);
    uint8_t *lists = malloc(n == 0 ? 1 : n);
    struct slot *s;

    if (lists == NULL)
        return MC_ENOMEM;
    pthread_mutex_lock(&t->lock);
    s = slot_take(t, now_ms);
    if (s != NULL) {
        id_make(id);
        memcpy(s->id, id, sizeof s->id);
        s->filter = *f;
        s->lists = lists;
        s->used_ms = now_ms;
        lists_move(&s->filter.criteria, lists);
    }
    pthread_mutex_unlock(&t->lock);
    if (s == NULL)
        free(lists);
    return s == NULL ? MC_ELIMIT : MC_OK;
}

enum mc_err rpc_filters_get(struct rpc_filters *t, struct rpc_filter *out, struct mc_slice id,
                            uint64_t now_ms, struct mc_arena *arena)
{
    enum mc_err err = MC_ENOTFOUND;
    struct slot *s;

    pthread_mutex_lock(&t->lock);
    s = slot_find(t, id);
    if (s != NULL && !expired(t, s, now_ms)) {
        uint8_t *mem = mc_arena_alloc(arena, lists_size(&s->filter.criteria));
        err = mem == NULL ? MC_ENOMEM : MC_OK;
        if (mem != NULL) {
            *out = s->filter;
            lists_move(&out->criteria, mem);
            s->used_ms = now_ms;
        }
    }
    pthread_mutex_unlock(&t->lock);
    return err;
}

void rpc_filters_advance(struct rpc_filters *t, struct mc_slice id, uint64_t from, uint64_t to)
{
    struct slot *s;

    pthread_mutex_lock(&t->lock);
    s = slot_find(t, id);
    if (s != NULL && s->filter.position == from)
        s->filter.position = to;
    pthread_mutex_unlock(&t->lock);
}

bool rpc_filters_remove(struct rpc_filters *t, struct mc_slice id, uint64_t now_ms)
{
    struct slot *s;
    bool there;

    pthread_mutex_lock(&t->lock);
    s = slot_find(t, id);
    there = s != NULL && !expired(t, s, now_ms);
    if (s != NULL)
        slot_free(s);
    pthread_mutex_unlock(&t->lock);
    return there;
}
