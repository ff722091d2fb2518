#include "ledger/state.h"

#include <stdlib.h>

#define TABLE_FIRST 256u

struct cell_undo {
    struct cell *cell;
    struct mc_slice value;
    const struct ledger_account *account;
    uint8_t kind;
    bool dirty;
    bool known;
};

static const struct ledger_account account_none = {
    .storage_root = {{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45,
                      0xe6, 0x92, 0xc0, 0xf8, 0x6e, 0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c,
                      0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}},
    .code_hash = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                   0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                   0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}},
};

void ledger_state_init(struct state *s, struct store *store, uint64_t block,
                       struct cell_cache *cache, struct mc_arena *arena)
{
    *s = (struct state){.store = store, .block = block, .cache = cache, .arena = arena};
}

void ledger_state_free(struct state *s)
{
    if (s->it != NULL)
        s->store->ops->iter_free(s->it);
    free(s->table);
    free(s->journal);
}

void ledger_cell_key(uint8_t out[KEY_CELL_LEN], const struct mc_addr *a, const struct mc_hash *slot,
                     uint64_t pos)
{
    memcpy(out, a->b, 20);
    memcpy(out + 20, slot->b, 32);
    mc_be64_put(out + 52, pos);
}

void ledger_cell_key_account(uint8_t out[KEY_CELL_LEN], const struct mc_addr *a)
{
    memcpy(out, a->b, 20);
    memset(out + 20, 0, 40);
}

/* ------------------------------------------------------------------ the table */

static bool table_grow(struct state *s)
{
    size_t cap = s->cap == 0 ? TABLE_FIRST : s->cap * 2;
    struct cell **table = calloc(cap, sizeof(struct cell *));

    if (table == NULL)
        return false;
    for (size_t i = 0; i < s->cap; i++) {
        struct cell *c = s->table[i];
        size_t at;

        if (c == NULL)
            continue;
        for (at = ledger_cell_hash(c->key) & (cap - 1); table[at] != NULL;
             at = (at + 1) & (cap - 1))
            ;
        table[at] = c;
    }
    free(s->table);
    s->table = table;
    s->cap = cap;
    return true;
}

struct cell *ledger_state_cell(struct state *s, const uint8_t key[KEY_CELL_LEN])
{
    struct cell *c;
    size_t at;

    if (s->cnt * 2 >= s->cap && !table_grow(s))
        return NULL;
    for (at = ledger_cell_hash(key) & (s->cap - 1); s->table[at] != NULL;
         at = (at + 1) & (s->cap - 1)) {
        c = s->table[at];
        if (memcmp(c->key, key, KEY_CELL_LEN) == 0)
            return c;
    }
    c = mc_arena_calloc(s->arena, 1, sizeof *c);
    if (c == NULL)
        return NULL;
    memcpy(c->key, key, KEY_CELL_LEN);
    s->table[at] = c;
    s->cnt++;
    return c;
}

/* ------------------------------------------------------------------ reading below */

static enum mc_err account_bytes(struct state *s, struct cell *c, struct mc_slice rlp,
                                 struct mc_errmsg *em)
{
    struct ledger_account *a = mc_arena_alloc(s->arena, sizeof *a);
    enum mc_err err;

    if (a == NULL)
        return mc_fail(em, MC_ENOMEM, "state: out of memory");
    err = ledger_account_decode(a, rlp, em);
    if (err != MC_OK)
        return mc_fail(em, MC_ECORRUPT, "state: a stored account does not decode");
    c->account = a;
    return MC_OK;
}

static bool is_account_key(const uint8_t *key)
{
    static const uint8_t zeros[40];

    return memcmp(key + 20, zeros, sizeof zeros) == 0;
}

/* Takes a stored value apart; empty means absent. */
static enum mc_err cell_decode(struct state *s, struct cell *c, struct mc_slice stored,
                               struct mc_errmsg *em)
{
    if (is_account_key(c->key)) {
        c->kind = CELL_ACCOUNT;
        return stored.n == 0 ? MC_OK : account_bytes(s, c, stored, em);
    }
    if (stored.n == 0)
        return MC_OK;
    if (stored.p[0] > CELL_NONE)
        return mc_fail(em, MC_ECORRUPT, "state: a stored cell has kind %u", stored.p[0]);
    c->kind = stored.p[0];
    c->value = mc_arena_copy(s->arena, mc_slice_skip(stored, 1));
    return c->value.p == NULL ? mc_fail(em, MC_ENOMEM, "state: out of memory") : MC_OK;
}

/* The newest version at or below the state's block; empty when there is none. */
static enum mc_err store_newest(struct state *s, const uint8_t *key, struct mc_slice *out,
                                struct mc_errmsg *em)
{
    const struct store_ops *ops;
    uint8_t full[KEY_STATE_LEN];
    struct mc_slice found;

    *out = mc_slice(NULL, 0);
    if (s->store == NULL)
        return MC_OK;
    ops = s->store->ops;
    if (s->it == NULL)
        s->it = ops->iter_new(s->store, NULL, STORE_STATE, true);
    if (s->it == NULL)
        return mc_fail(em, MC_ENOMEM, "state: out of memory");
    memcpy(full, key, KEY_CELL_LEN);
    mc_be64_put(full + KEY_CELL_LEN, ~s->block);
    if (!ops->iter_seek(s->it, mc_slice(full, sizeof full), false))
        return ops->iter_error(s->it, em);
    found = ops->iter_key(s->it);
    if (found.n == KEY_STATE_LEN && memcmp(found.p, key, KEY_CELL_LEN) == 0)
        *out = ops->iter_value(s->it);
    return MC_OK;
}

static enum mc_err cell_fetch(struct state *s, struct cell *c, struct mc_errmsg *em)
{
    struct mc_slice stored;
    enum mc_err err = MC_OK;

    if (s->cache == NULL || !ledger_cell_cache_get(s->cache, c->key, &stored)) {
        err = store_newest(s, c->key, &stored, em);
        if (err == MC_OK && s->cache != NULL)
            ledger_cell_cache_put(s->cache, c->key, stored);
    }
    if (err == MC_OK)
        err = cell_decode(s, c, stored, em);
    c->known = c->fetched = err == MC_OK;
    return err;
}

/* The cell with its present value. */
static enum mc_err cell_get(struct state *s, const uint8_t *key, struct cell **out,
                            struct mc_errmsg *em)
{
    enum mc_err err;

    *out = ledger_state_cell(s, key);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "state: out of memory");
    if ((*out)->known)
        return MC_OK;
    err = cell_fetch(s, *out, em);
    if (err != MC_OK)
        mc_errwrap(em, "read cell");
    return err;
}

enum mc_err ledger_state_load(struct state *s, const uint8_t key[KEY_CELL_LEN],
                              struct mc_slice *out, enum cell_kind *kind, struct mc_errmsg *em)
{
    struct cell *c;
    enum mc_err err = cell_get(s, key, &c, em);

    if (err != MC_OK)
        return err;
    *out = c->value;
    if (kind != NULL)
        *kind = (enum cell_kind)c->kind;
    return MC_OK;
}

enum mc_err ledger_state_account(struct state *s, const struct mc_addr *a,
                                 struct ledger_account *out, struct mc_errmsg *em)
{
    uint8_t key[KEY_CELL_LEN];
    struct cell *c;
    enum mc_err err;

    ledger_cell_key_account(key, a);
    err = cell_get(s, key, &c, em);
    if (err != MC_OK)
        return err;
    *out = c->account == NULL ? account_none : *c->account;
    return MC_OK;
}

/* ------------------------------------------------------------------ writing and undoing */

static enum mc_err journal_add(struct state *s, struct cell *c, struct mc_errmsg *em)
{
    if (s->undo_cnt == s->undo_cap) {
        size_t cap = s->undo_cap == 0 ? 64 : s->undo_cap * 2;
        struct cell_undo *p = realloc(s->journal, cap * sizeof *p);

        if (p == NULL)
            return mc_fail(em, MC_ENOMEM, "state: out of memory");
        s->journal = p;
        s->undo_cap = cap;
    }
    s->journal[s->undo_cnt++] = (struct cell_undo){
        .cell = c,
        .value = c->value,
        .account = c->account,
        .kind = c->kind,
        .dirty = c->dirty,
        .known = c->known,
    };
    return MC_OK;
}

enum mc_err ledger_state_save(struct state *s, const uint8_t key[KEY_CELL_LEN], enum cell_kind kind,
                              struct mc_slice value, struct mc_errmsg *em)
{
    struct mc_slice copy = mc_arena_copy(s->arena, value);
    struct cell *c = copy.p == NULL ? NULL : ledger_state_cell(s, key);
    enum mc_err err;

    if (c == NULL)
        return mc_fail(em, MC_ENOMEM, "state: out of memory");
    /* The old value is not fetched: an undo makes the cell unknown again. */
    err = journal_add(s, c, em);
    if (err != MC_OK)
        return err;
    c->value = copy;
    c->kind = (uint8_t)kind;
    c->dirty = c->known = true;
    return MC_OK;
}

enum mc_err ledger_state_account_save(struct state *s, const struct mc_addr *a,
                                      const struct ledger_account *acct, struct mc_errmsg *em)
{
    struct ledger_account *copy = mc_arena_alloc(s->arena, sizeof *copy);
    uint8_t key[KEY_CELL_LEN];
    struct cell *c;
    enum mc_err err;

    ledger_cell_key_account(key, a);
    c = copy == NULL ? NULL : ledger_state_cell(s, key);
    if (c == NULL)
        return mc_fail(em, MC_ENOMEM, "state: out of memory");
    err = journal_add(s, c, em);
    if (err != MC_OK)
        return err;
    *copy = *acct;
    copy->exists = true;
    c->account = copy;
    c->kind = CELL_ACCOUNT;
    c->dirty = c->known = true;
    return MC_OK;
}

size_t ledger_state_mark(const struct state *s)
{
    return s->undo_cnt;
}

void ledger_state_rollback(struct state *s, size_t mark)
{
    while (s->undo_cnt > mark) {
        const struct cell_undo *u = &s->journal[--s->undo_cnt];

        u->cell->value = u->value;
        u->cell->account = u->account;
        u->cell->kind = u->kind;
        u->cell->dirty = u->dirty;
        u->cell->known = u->known;
    }
}

void ledger_state_settle(struct state *s)
{
    s->undo_cnt = 0;
}

int ledger_cell_order(const void *a, const void *b)
{
    const struct cell *const *x = a, *const *y = b;

    return memcmp((*x)->key, (*y)->key, KEY_CELL_LEN);
}

struct cell **ledger_state_dirty(struct state *s, size_t *cnt)
{
    struct cell **list = mc_arena_alloc(s->arena, (s->cnt + 1) * sizeof(struct cell *));
    size_t n = 0;

    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < s->cap; i++)
        if (s->table[i] != NULL && s->table[i]->dirty)
            list[n++] = s->table[i];
    qsort(list, n, sizeof(struct cell *),
          ledger_cell_order); /* the table's order is a matter of the seed */
    *cnt = n;
    return list;
}

/* ------------------------------------------------------------------ stored forms */

void ledger_account_encode(struct mc_buf *out, const struct ledger_account *a)
{
    size_t mark = out->n;

    mc_rlp_put_u64(out, a->nonce);
    mc_rlp_put_u256(out, &a->balance);
    mc_rlp_put_bytes(out, mc_hash_slice(&a->storage_root));
    mc_rlp_put_bytes(out, mc_hash_slice(&a->code_hash));
    mc_rlp_wrap_list(out, mark);
}

enum mc_err ledger_account_decode(struct ledger_account *out, struct mc_slice rlp,
                                  struct mc_errmsg *em)
{
    struct mc_rlp all = mc_rlp_open(rlp), r;
    enum mc_err err = mc_rlp_list(&all, &r, em);

    *out = (struct ledger_account){.exists = true};
    if (err == MC_OK)
        err = mc_rlp_u64(&r, &out->nonce, em);
    if (err == MC_OK)
        err = mc_rlp_u256(&r, &out->balance, em);
    if (err == MC_OK)
        err = mc_rlp_fixed(&r, out->storage_root.b, 32, em);
    if (err == MC_OK)
        err = mc_rlp_fixed(&r, out->code_hash.b, 32, em);
    if (err == MC_OK)
        err = mc_rlp_end(&r, em);
    return err == MC_OK ? mc_rlp_end(&all, em) : err;
}

void ledger_cell_encode(struct mc_buf *out, const struct cell *c)
{
    if (c->kind == CELL_ACCOUNT) {
        ledger_account_encode(out, c->account);
        return;
    }
    mc_buf_put_u8(out, c->kind);
    mc_buf_put_slice(out, c->value);
}
