#include "ledger/cache.h"

#include <pthread.h>
#include <stdlib.h>

#define BUCKETS_PER_BYTES 256u /* one bucket for so many bytes of the bound */

struct entry {
    struct entry *chain;         /* next in the bucket */
    struct entry *newer, *older; /* by use */
    uint64_t hash;
    uint32_t n;
    uint8_t key[KEY_CELL_LEN];
    uint8_t value[];
};

struct cell_cache {
    struct entry **buckets;
    size_t bucket_cnt; /* a power of two */
    struct entry *newest, *oldest;
    size_t bytes, bytes_max;
};

static pthread_once_t seed_once = PTHREAD_ONCE_INIT;
static uint64_t seed[2];

static void seed_make(void)
{
    mc_random(seed, sizeof seed);
    seed[1] |= 1u;
}

static uint64_t word_at(const uint8_t *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return w;
}

uint64_t ledger_cell_hash(const uint8_t key[KEY_CELL_LEN])
{
    unsigned __int128 m;
    uint64_t a, b;

    pthread_once(&seed_once, seed_make);
    a = word_at(key) ^ word_at(key + 12) ^ word_at(key + 20) ^ seed[0];
    b = word_at(key + 28) ^ (word_at(key + 52) * 0x9e3779b97f4a7c15u) ^ seed[1];
    m = (unsigned __int128)a * (b | 1u);
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

struct cell_cache *ledger_cell_cache_new(size_t bytes_max)
{
    struct cell_cache *c = calloc(1, sizeof *c);
    size_t cnt = 64;

    if (c == NULL)
        return NULL;
    while (cnt * BUCKETS_PER_BYTES < bytes_max)
        cnt *= 2;
    c->bytes_max = bytes_max;
    c->bucket_cnt = cnt;
    c->buckets = calloc(cnt, sizeof(struct entry *));
    if (c->buckets == NULL) {
        free(c);
        return NULL;
    }
    return c;
}

void ledger_cell_cache_free(struct cell_cache *c)
{
    struct entry *e, *next;

    if (c == NULL)
        return;
    for (e = c->newest; e != NULL; e = next) {
        next = e->older;
        free(e);
    }
    free(c->buckets);
    free(c);
}

static struct entry **find(struct cell_cache *c, const uint8_t *key, uint64_t hash)
{
    struct entry **at = &c->buckets[hash & (c->bucket_cnt - 1)];

    while (*at != NULL && ((*at)->hash != hash || memcmp((*at)->key, key, KEY_CELL_LEN) != 0))
        at = &(*at)->chain;
    return at;
}

static void use_unlink(struct cell_cache *c, struct entry *e)
{
    if (e->newer != NULL)
        e->newer->older = e->older;
    else
        c->newest = e->older;
    if (e->older != NULL)
        e->older->newer = e->newer;
    else
        c->oldest = e->newer;
}

static void use_front(struct cell_cache *c, struct entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    if (c->newest != NULL)
        c->newest->newer = e;
    else
        c->oldest = e;
    c->newest = e;
}

static size_t entry_bytes(size_t value_len)
{
    return sizeof(struct entry) + value_len + 16; /* and the allocator's share */
}

static void drop(struct cell_cache *c, struct entry **at)
{
    struct entry *e = *at;

    *at = e->chain;
    use_unlink(c, e);
    c->bytes -= entry_bytes(e->n);
    free(e);
}

bool ledger_cell_cache_get(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN],
                           struct mc_slice *value)
{
    struct entry *e = *find(c, key, ledger_cell_hash(key));

    if (e == NULL)
        return false;
    if (c->newest != e) {
        use_unlink(c, e);
        use_front(c, e);
    }
    *value = mc_slice(e->value, e->n);
    return true;
}

static void put_at(struct cell_cache *c, struct entry **at, uint64_t hash, const uint8_t *key,
                   struct mc_slice value)
{
    struct entry *e;

    if (*at != NULL && (*at)->n == value.n) {
        memcpy((*at)->value, value.p, value.n);
        return;
    }
    if (*at != NULL)
        drop(c, at);
    if (entry_bytes(value.n) > c->bytes_max / 8)
        return;
    e = malloc(sizeof *e + value.n);
    if (e == NULL)
        return;
    e->hash = hash;
    e->n = (uint32_t)value.n;
    memcpy(e->key, key, KEY_CELL_LEN);
    if (value.n > 0)
        memcpy(e->value, value.p, value.n);
    at = &c->buckets[hash & (c->bucket_cnt - 1)];
    e->chain = *at;
    *at = e;
    use_front(c, e);
    c->bytes += entry_bytes(value.n);
    while (c->bytes > c->bytes_max)
        drop(c, find(c, c->oldest->key, c->oldest->hash));
}

void ledger_cell_cache_put(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN],
                           struct mc_slice value)
{
    uint64_t hash = ledger_cell_hash(key);

    put_at(c, find(c, key, hash), hash, key, value);
}

void ledger_cell_cache_update(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN],
                              struct mc_slice value)
{
    uint64_t hash = ledger_cell_hash(key);
    struct entry **at = find(c, key, hash);

    if (*at != NULL)
        put_at(c, at, hash, key, value);
}

void ledger_cell_cache_drop(struct cell_cache *c, const uint8_t key[KEY_CELL_LEN])
{
    struct entry **at = find(c, key, ledger_cell_hash(key));

    if (*at != NULL)
        drop(c, at);
}
