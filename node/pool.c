/* Senders and transactions hang in two hash tables; arrival order is a doubly linked list through the transactions.
 * The table slot comes from multiply-shift hashing with a random odd factor, so that nobody can make addresses that share
 * a slot; the table order never shows. */
#include "node/pool.h"

#include <pthread.h>
#include <stdlib.h>

#define ARRIVALS_CNT   65536u /* a power of two */
#define TABLE_BITS_MIN 10u

struct entry {
    struct ledger_tx *tx;
    struct sender *sender;
    uint64_t arrived_ms;
    struct entry *hash_next;               /* chain in the hash table */
    struct entry *prev, *next;             /* arrival order */
    struct entry *nonce_prev, *nonce_next; /* the sender's, ascending */
};

struct sender {
    struct mc_addr addr;
    uint64_t state_nonce;        /* at the head */
    struct pool_account account; /* as read when `account_gen` blocks had been committed */
    uint64_t account_gen;
    uint64_t build_nonce; /* scratch of pool_collect */
    uint64_t build_mark;
    struct entry *build_at;
    uint32_t cnt;
    struct entry *first, *last; /* by nonce */
    struct sender *hash_next;
};

struct pool {
    pthread_mutex_t lock;
    struct pool_cfg cfg;
    struct pool_source src;
    struct entry **by_hash;
    struct sender **by_addr;
    uint32_t table_cnt; /* of both tables: 2^(64 - table_shift) */
    uint32_t table_shift;
    uint64_t table_factor; /* random, odd */
    struct entry *oldest, *newest;
    uint32_t cnt;
    size_t bytes;
    uint64_t build_mark;
    struct entry *build_pos;  /* where pool_collect stopped; NULL: at the end */
    uint64_t commit_gen;      /* blocks committed since the start, plus 1 */
    struct mc_hash *arrivals; /* ring */
    uint64_t arrival_cnt;
    struct pool_stats stats;
};

static uint32_t hash_slot(const struct pool *p, const uint8_t *b)
{
    return (uint32_t)((mc_be64_get(b) * p->table_factor) >> p->table_shift);
}

enum mc_err pool_new(struct pool **out, const struct pool_cfg *cfg, const struct pool_source *src)
{
    struct pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return MC_ENOMEM;
    p->cfg = *cfg;
    p->src = *src;
    if (p->cfg.tx_max == 0)
        p->cfg.tx_max = 50000;
    if (p->cfg.bytes_max == 0)
        p->cfg.bytes_max = 64u << 20;
    if (p->cfg.per_sender_max == 0)
        p->cfg.per_sender_max = 1024;
    if (p->cfg.nonce_gap_max == 0)
        p->cfg.nonce_gap_max = 1024;
    if (p->cfg.expiry_ms == 0)
        p->cfg.expiry_ms = 3u * 3600u * 1000u;
    if (p->cfg.price_bump_pct == 0)
        p->cfg.price_bump_pct = 10;
    p->commit_gen = 1;
    p->table_cnt = 1u << TABLE_BITS_MIN;
    p->table_shift = 64 - TABLE_BITS_MIN;
    while (p->table_cnt < p->cfg.tx_max) {
        p->table_cnt *= 2;
        p->table_shift--;
    }
    mc_random(&p->table_factor, sizeof p->table_factor);
    p->table_factor |= 1;
    p->by_hash = calloc(p->table_cnt, sizeof(struct entry *));
    p->by_addr = calloc(p->table_cnt, sizeof(struct sender *));
    p->arrivals = calloc(ARRIVALS_CNT, sizeof *p->arrivals);
    if (p->by_hash == NULL || p->by_addr == NULL || p->arrivals == NULL ||
        pthread_mutex_init(&p->lock, NULL) != 0) {
        free(p->by_hash);
        free(p->by_addr);
        free(p->arrivals);
        free(p);
        return MC_ENOMEM;
    }
    *out = p;
    return MC_OK;
}

static struct entry *find_entry(struct pool *p, const struct mc_hash *hash)
{
    for (struct entry *e = p->by_hash[hash_slot(p, hash->b)]; e != NULL; e = e->hash_next) {
        if (mc_hash_eq(&e->tx->hash, hash))
            return e;
    }
    return NULL;
}

static struct sender *find_sender(struct pool *p, const struct mc_addr *a)
{
    for (struct sender *s = p->by_addr[hash_slot(p, a->b)]; s != NULL; s = s->hash_next) {
        if (mc_addr_eq(&s->addr, a))
            return s;
    }
    return NULL;
}

static void free_sender(struct pool *p, struct sender *s)
{
    struct sender **at = &p->by_addr[hash_slot(p, s->addr.b)];
    while (*at != s)
        at = &(*at)->hash_next;
    *at = s->hash_next;
    free(s);
}

/* Takes the entry out of both tables and both lists, and drops its reference.  Its sender stays. */
static void unlink_entry(struct pool *p, struct entry *e)
{
    struct entry **at = &p->by_hash[hash_slot(p, e->tx->hash.b)];
    struct sender *s = e->sender;

    if (s->build_at == e)
        s->build_at = e->nonce_next;
    if (p->build_pos == e)
        p->build_pos = e->next;
    while (*at != e)
        at = &(*at)->hash_next;
    *at = e->hash_next;
    *(e->prev != NULL ? &e->prev->next : &p->oldest) = e->next;
    *(e->next != NULL ? &e->next->prev : &p->newest) = e->prev;
    *(e->nonce_prev != NULL ? &e->nonce_prev->nonce_next : &s->first) = e->nonce_next;
    *(e->nonce_next != NULL ? &e->nonce_next->nonce_prev : &s->last) = e->nonce_prev;
    s->cnt--;
    p->cnt--;
    p->bytes -= e->tx->raw.n;
    ledger_tx_unref(e->tx);
    free(e);
}

void pool_free(struct pool *p)
{
    if (p == NULL)
        return;
    while (p->oldest != NULL) {
        struct sender *s = p->oldest->sender;
        unlink_entry(p, p->oldest);
        if (s->cnt == 0)
            free_sender(p, s);
    }
    pthread_mutex_destroy(&p->lock);
    free(p->by_hash);
    free(p->by_addr);
    free(p->arrivals);
    free(p);
}

static bool price_at_least(const struct mc_u256 *price, const struct mc_u256 *old,
                           uint32_t bump_pct)
{
    struct mc_u256 scaled, bound, hundred = mc_u256_u64(100), factor = mc_u256_u64(100 + bump_pct);
    if (mc_u256_cmp(price, old) <= 0)
        return false;
    /* Prices near 2^256 cannot be scaled; then only "more" is asked for. */
    if (!mc_u256_mul(&scaled, price, &hundred) || !mc_u256_mul(&bound, old, &factor))
        return true;
    return mc_u256_cmp(&scaled, &bound) >= 0;
}

/* What can be said without the sender's account. */
static enum mc_err check_static(const struct pool *p, const struct ledger_tx *tx,
                                struct mc_errmsg *em)
{
    uint64_t block_gas = 0, intrinsic = 0;
    struct mc_u256 min_price;

    if (tx->chain_id != p->cfg.chain_id) {
        if (tx->chain_id == 0 && tx->type == LEDGER_TX_LEGACY) {
            if (!p->cfg.allow_unprotected)
                return mc_fail(em, MC_EREJECT,
                               "only replay-protected (EIP-155) transactions allowed over RPC");
        } else {
            return mc_fail(em, MC_EREJECT, "invalid chain id for signer: have %llu want %llu",
                           (unsigned long long)tx->chain_id, (unsigned long long)p->cfg.chain_id);
        }
    }
    p->src.limits(p->src.ctx, &block_gas, &min_price);
    if (tx->gas > block_gas)
        return mc_fail(em, MC_EREJECT, "exceeds block gas limit");
    if (!ledger_tx_intrinsic_gas(&intrinsic, tx) || tx->gas < intrinsic)
        return mc_fail(em, MC_EREJECT, "intrinsic gas too low: gas %llu, minimum needed %llu",
                       (unsigned long long)tx->gas, (unsigned long long)intrinsic);
    if (mc_u256_cmp(&tx->max_priority_fee, &tx->max_fee) > 0)
        return mc_fail(em, MC_EREJECT, "max priority fee per gas higher than max fee per gas");
    if (mc_u256_cmp(&tx->max_fee, &p->cfg.base_fee) < 0)
        return mc_fail(em, MC_EREJECT, "max fee per gas less than block base fee");
    if (mc_u256_cmp(&tx->max_fee, &min_price) < 0)
        return mc_fail(em, MC_EREJECT, "transaction underpriced");
    return MC_OK;
}

static enum mc_err check_account(const struct pool *p, const struct ledger_tx *tx,
                                 const struct pool_account *acc, struct mc_errmsg *em)
{
    struct mc_u256 cost, gas = mc_u256_u64(tx->gas);

    if (tx->nonce < acc->nonce)
        return mc_fail(em, MC_EREJECT, "nonce too low: next nonce %llu, tx nonce %llu",
                       (unsigned long long)acc->nonce, (unsigned long long)tx->nonce);
    if (tx->nonce - acc->nonce > p->cfg.nonce_gap_max)
        return mc_fail(em, MC_EREJECT,
                       "nonce too high: next nonce %llu, tx nonce %llu, at most %llu ahead",
                       (unsigned long long)acc->nonce, (unsigned long long)tx->nonce,
                       (unsigned long long)p->cfg.nonce_gap_max);
    if (!acc->permitted)
        return mc_fail(em, MC_EREJECT, "account not permitted");
    if (!tx->has_to && !p->src.deployable(p->src.ctx, tx->data))
        return mc_fail(em, MC_EREJECT, "unsupported contract code");
    if (!mc_u256_mul(&cost, &gas, &tx->max_fee) || !mc_u256_add(&cost, &cost, &tx->value) ||
        mc_u256_cmp(&acc->balance, &cost) < 0)
        return mc_fail(em, MC_EREJECT, "insufficient funds for gas * price + value");
    return MC_OK;
}

/* The entry with the nonce, or NULL; *before is the last one below it. */
static struct entry *find_nonce(const struct sender *s, uint64_t nonce, struct entry **before)
{
    struct entry *e = s->last; /* new transactions mostly go to the end */
    while (e != NULL && e->tx->nonce > nonce)
        e = e->nonce_prev;
    if (e != NULL && e->tx->nonce == nonce) {
        *before = e->nonce_prev;
        return e;
    }
    *before = e;
    return NULL;
}

static enum mc_err check_room(const struct pool *p, const struct sender *s,
                              const struct ledger_tx *tx, struct mc_errmsg *em)
{
    if (s != NULL && s->cnt >= p->cfg.per_sender_max)
        return mc_fail(em, MC_EREJECT,
                       "txpool is full: %u transactions of this account are waiting", s->cnt);
    if (p->cnt >= p->cfg.tx_max || p->bytes + tx->raw.n > p->cfg.bytes_max)
        return mc_fail(em, MC_EREJECT, "txpool is full");
    return MC_OK;
}

static struct sender *new_sender(struct pool *p, const struct mc_addr *a, uint64_t state_nonce)
{
    struct sender *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->addr = *a;
    s->state_nonce = state_nonce;
    s->hash_next = p->by_addr[hash_slot(p, a->b)];
    p->by_addr[hash_slot(p, a->b)] = s;
    return s;
}

static void link_entry(struct pool *p, struct entry *e, struct sender *s, struct entry *before)
{
    struct entry **chain = &p->by_hash[hash_slot(p, e->tx->hash.b)];

    e->sender = s;
    e->hash_next = *chain;
    *chain = e;
    e->prev = p->newest;
    *(p->newest != NULL ? &p->newest->next : &p->oldest) = e;
    p->newest = e;
    e->nonce_prev = before;
    e->nonce_next = before != NULL ? before->nonce_next : s->first;
    *(before != NULL ? &before->nonce_next : &s->first) = e;
    *(e->nonce_next != NULL ? &e->nonce_next->nonce_prev : &s->last) = e;
    s->cnt++;
    p->cnt++;
    p->bytes += e->tx->raw.n;
    p->arrivals[p->arrival_cnt++ & (ARRIVALS_CNT - 1)] = e->tx->hash;
    p->stats.added++;
}

/* The sender's account at the head: read once a block for a sender that has transactions here. */
static enum mc_err read_account(struct pool *p, struct sender *s, const struct ledger_tx *tx,
                                struct pool_account *acc, struct mc_errmsg *em)
{
    if (s != NULL && tx->has_to && s->account_gen == p->commit_gen) {
        *acc = s->account;
        return MC_OK;
    }
    enum mc_err err = p->src.account(p->src.ctx, &tx->sender, !tx->has_to, acc, em);
    if (err == MC_OK && s != NULL && tx->has_to) {
        s->account = *acc;
        s->account_gen = p->commit_gen;
    }
    return err;
}

/* All checks; on MC_OK *sender may still be NULL (a newcomer), *same is the transaction to replace. */
static enum mc_err check_add(struct pool *p, const struct ledger_tx *tx, struct pool_account *acc,
                             struct sender **sender, struct entry **same, struct entry **before,
                             struct mc_errmsg *em)
{
    enum mc_err err = check_static(p, tx, em);
    if (err != MC_OK)
        return err;
    *sender = find_sender(p, &tx->sender);
    err = read_account(p, *sender, tx, acc, em);
    if (err != MC_OK)
        return err;
    /* The pool may already have heard of a block that this reading of the account precedes. */
    if (*sender != NULL && (*sender)->state_nonce > acc->nonce)
        acc->nonce = (*sender)->state_nonce;
    err = check_account(p, tx, acc, em);
    if (err != MC_OK)
        return err;
    *same = *sender != NULL ? find_nonce(*sender, tx->nonce, before) : NULL;
    if (*same == NULL)
        return check_room(p, *sender, tx, em);
    if (!price_at_least(&tx->max_fee, &(*same)->tx->max_fee, p->cfg.price_bump_pct) ||
        mc_u256_cmp(&tx->max_priority_fee, &(*same)->tx->max_priority_fee) < 0)
        return mc_fail(em, MC_EREJECT, "replacement transaction underpriced");
    return MC_OK;
}

static enum mc_err add_locked(struct pool *p, struct ledger_tx *tx, uint64_t now_ms,
                              struct mc_errmsg *em)
{
    struct pool_account acc = {0};
    struct sender *s = NULL;
    struct entry *same = NULL, *before = NULL, *e;
    enum mc_err err;

    if (find_entry(p, &tx->hash) != NULL)
        return mc_fail(em, MC_EREJECT, "already known");
    err = check_add(p, tx, &acc, &s, &same, &before, em);
    if (err != MC_OK)
        return err;
    e = calloc(1, sizeof *e);
    if (e != NULL && s == NULL)
        s = new_sender(p, &tx->sender, acc.nonce);
    if (e == NULL || s == NULL) {
        free(e);
        return mc_fail(em, MC_ENOMEM, "pool: out of memory");
    }
    if (acc.nonce > s->state_nonce)
        s->state_nonce = acc.nonce;
    if (same != NULL) {
        unlink_entry(p, same);
        p->stats.replaced++;
    }
    e->tx = ledger_tx_ref(tx);
    e->arrived_ms = now_ms;
    link_entry(p, e, s, before);
    return MC_OK;
}

enum mc_err pool_add(struct pool *p, struct ledger_tx *tx, uint64_t now_ms, struct mc_errmsg *em)
{
    MC_ASSERT(tx->recovered);
    pthread_mutex_lock(&p->lock);
    enum mc_err err = add_locked(p, tx, now_ms, em);
    if (err == MC_EREJECT)
        p->stats.refused++;
    pthread_mutex_unlock(&p->lock);
    return err;
}

/* The sender's next transaction for the block in work, or NULL. */
static struct entry *next_of(struct pool *p, struct sender *s)
{
    if (s->build_mark != p->build_mark) {
        s->build_mark = p->build_mark;
        s->build_nonce = s->state_nonce;
        s->build_at = s->first;
        while (s->build_at != NULL && s->build_at->tx->nonce < s->state_nonce)
            s->build_at = s->build_at->nonce_next;
    }
    struct entry *e = s->build_at;
    return e != NULL && e->tx->nonce == s->build_nonce ? e : NULL;
}

uint32_t pool_collect(struct pool *p, struct ledger_tx **out, uint32_t cap, uint64_t gas_max,
                      size_t bytes_max, bool again)
{
    uint32_t cnt = 0;
    pthread_mutex_lock(&p->lock);
    if (!again) {
        p->build_mark++;
        p->build_pos = p->oldest;
    }
    /* One place for each arrival, filled with its sender's next nonce: first come, first served between
     * senders, and nonce order within one.  What does not fit waits for the builder to ask again, or for the next
     * block, where it comes first. */
    for (; p->build_pos != NULL && cnt < cap; p->build_pos = p->build_pos->next) {
        struct sender *s = p->build_pos->sender;
        struct entry *e = next_of(p, s);
        if (e == NULL)
            continue;
        if (e->tx->gas > gas_max || e->tx->raw.n > bytes_max)
            break;
        out[cnt++] = ledger_tx_ref(e->tx);
        gas_max -= e->tx->gas;
        bytes_max -= e->tx->raw.n;
        s->build_at = e->nonce_next;
        s->build_nonce++;
    }
    pthread_mutex_unlock(&p->lock);
    return cnt;
}

/* The run at the state nonce is not empty. */
static bool has_run(const struct sender *s)
{
    const struct entry *e = s->first;
    while (e != NULL && e->tx->nonce < s->state_nonce)
        e = e->nonce_next;
    return e != NULL && e->tx->nonce == s->state_nonce;
}

bool pool_has_ready(struct pool *p)
{
    bool ready = false;
    pthread_mutex_lock(&p->lock);
    for (struct entry *at = p->oldest; at != NULL && !ready; at = at->next)
        ready = has_run(at->sender);
    pthread_mutex_unlock(&p->lock);
    return ready;
}

/* Moves the sender's nonce and removes what is below it. */
static void advance(struct pool *p, struct sender *s, uint64_t nonce)
{
    if (nonce > s->state_nonce)
        s->state_nonce = nonce;
    while (s->first != NULL && s->first->tx->nonce < s->state_nonce)
        unlink_entry(p, s->first);
    if (s->cnt == 0)
        free_sender(p, s);
}

void pool_committed(struct pool *p, struct ledger_tx *const *txs, uint32_t cnt)
{
    pthread_mutex_lock(&p->lock);
    p->commit_gen++;
    for (uint32_t i = 0; i < cnt; i++) {
        struct sender *s = find_sender(p, &txs[i]->sender);
        if (s != NULL)
            advance(p, s, txs[i]->nonce + 1);
    }
    pthread_mutex_unlock(&p->lock);
}

void pool_drop(struct pool *p, const struct ledger_tx *tx)
{
    struct pool_account acc = {0};
    pthread_mutex_lock(&p->lock);
    struct entry *e = find_entry(p, &tx->hash);
    if (e != NULL) {
        struct sender *s = e->sender;
        uint64_t nonce = s->state_nonce;
        unlink_entry(p, e);
        if (p->src.account(p->src.ctx, &tx->sender, false, &acc, NULL) == MC_OK)
            nonce = acc.nonce;
        advance(p, s, nonce);
    }
    pthread_mutex_unlock(&p->lock);
}

uint32_t pool_expire(struct pool *p, uint64_t now_ms)
{
    uint32_t cnt = 0;
    pthread_mutex_lock(&p->lock);
    while (p->oldest != NULL && p->oldest->arrived_ms + p->cfg.expiry_ms <= now_ms) {
        struct sender *s = p->oldest->sender;
        unlink_entry(p, p->oldest);
        if (s->cnt == 0)
            free_sender(p, s);
        cnt++;
    }
    p->stats.expired += cnt;
    pthread_mutex_unlock(&p->lock);
    return cnt;
}

struct ledger_tx *pool_find(struct pool *p, const struct mc_hash *hash)
{
    pthread_mutex_lock(&p->lock);
    struct entry *e = find_entry(p, hash);
    struct ledger_tx *tx = e != NULL ? ledger_tx_ref(e->tx) : NULL;
    pthread_mutex_unlock(&p->lock);
    return tx;
}

/* The nonce after the contiguous run that starts at the state nonce. */
static uint64_t run_end(const struct sender *s, uint64_t nonce)
{
    for (const struct entry *e = s->first; e != NULL; e = e->nonce_next) {
        if (e->tx->nonce > nonce)
            break;
        if (e->tx->nonce == nonce)
            nonce++;
    }
    return nonce;
}

enum mc_err pool_next_nonce(struct pool *p, const struct mc_addr *a, uint64_t *out,
                            struct mc_errmsg *em)
{
    struct pool_account acc = {0};
    pthread_mutex_lock(&p->lock);
    enum mc_err err = p->src.account(p->src.ctx, a, false, &acc, em);
    struct sender *s = find_sender(p, a);
    *out = acc.nonce;
    if (err == MC_OK && s != NULL)
        *out = run_end(s, acc.nonce > s->state_nonce ? acc.nonce : s->state_nonce);
    pthread_mutex_unlock(&p->lock);
    return err;
}

static bool is_queued(const struct entry *e)
{
    return e->tx->nonce >= run_end(e->sender, e->sender->state_nonce);
}

void pool_stats(struct pool *p, struct pool_stats *out)
{
    pthread_mutex_lock(&p->lock);
    *out = p->stats;
    out->bytes = p->bytes;
    out->pending = 0;
    for (uint32_t i = 0; i < p->table_cnt; i++) {
        for (const struct sender *s = p->by_addr[i]; s != NULL; s = s->hash_next)
            out->pending += run_end(s, s->state_nonce) - s->state_nonce;
    }
    out->queued = p->cnt - out->pending;
    pthread_mutex_unlock(&p->lock);
}

static int item_cmp(const void *a, const void *b)
{
    const struct ledger_tx *x = ((const struct pool_item *)a)->tx;
    const struct ledger_tx *y = ((const struct pool_item *)b)->tx;
    int c = memcmp(x->sender.b, y->sender.b, sizeof x->sender.b);
    if (c != 0)
        return c;
    return x->nonce < y->nonce ? -1 : x->nonce > y->nonce;
}

enum mc_err pool_list(struct pool *p, const struct mc_addr *from, struct pool_item **out,
                      uint32_t *cnt)
{
    uint32_t n = 0;
    pthread_mutex_lock(&p->lock);
    struct sender *only = from != NULL ? find_sender(p, from) : NULL;
    uint32_t cap = from == NULL ? p->cnt : only != NULL ? only->cnt : 0;
    struct pool_item *items = calloc(cap == 0 ? 1 : cap, sizeof *items);
    for (struct entry *e = p->oldest; items != NULL && e != NULL && n < cap; e = e->next) {
        if (from == NULL || e->sender == only)
            items[n++] = (struct pool_item){ledger_tx_ref(e->tx), is_queued(e)};
    }
    pthread_mutex_unlock(&p->lock);
    if (items == NULL)
        return MC_ENOMEM;
    qsort(items, n, sizeof *items, item_cmp);
    *out = items;
    *cnt = n;
    return MC_OK;
}

uint32_t pool_arrivals(struct pool *p, uint64_t *cursor, struct mc_hash *out, uint32_t cap)
{
    uint32_t cnt = 0;
    pthread_mutex_lock(&p->lock);
    if (*cursor > p->arrival_cnt)
        *cursor = p->arrival_cnt;
    if (p->arrival_cnt - *cursor > ARRIVALS_CNT)
        *cursor = p->arrival_cnt - ARRIVALS_CNT;
    while (*cursor < p->arrival_cnt && cnt < cap)
        out[cnt++] = p->arrivals[(*cursor)++ & (ARRIVALS_CNT - 1)];
    pthread_mutex_unlock(&p->lock);
    return cnt;
}
