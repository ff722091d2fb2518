/* The chain's life: opening, block 0, the head. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/internal.h"

#define CELL_CACHE_BYTES (8u * 1024u * 1024u)
#define TRIE_BYTES       (12u * 1024u * 1024u)

static const struct mc_slice nothing = {NULL, 0};

enum mc_err ledger_new(struct ledger **out, struct store *store, const struct ledger_cfg *cfg,
                       struct mc_errmsg *em)
{
    struct ledger *l = calloc(1, sizeof *l);
    size_t bytes = cfg->state_cache_bytes;

    if (l != NULL)
        l->cache = ledger_cell_cache_new(bytes == 0 ? CELL_CACHE_BYTES : bytes * 2 / 5);
    if (l == NULL || l->cache == NULL) {
        free(l);
        return mc_fail(em, MC_ENOMEM, "open chain: out of memory");
    }
    l->store = store;
    l->cfg = cfg;
    ledger_forest_init(&l->forest, store, bytes == 0 ? TRIE_BYTES : bytes * 3 / 5);
    pthread_mutex_init(&l->mu, NULL);
    *out = l;
    return MC_OK;
}

/* Everything but the store. */
static void ledger_delete(struct ledger *l)
{
    for (uint32_t i = 0; i < KEPT_BLOCKS_MAX; i++)
        ledger_kept_unref(l->kept[i]);
    ledger_forest_free(&l->forest);
    ledger_cell_cache_free(l->cache);
    pthread_mutex_destroy(&l->mu);
    free(l);
}

void ledger_close(struct ledger *l)
{
    struct store *store;

    if (l == NULL)
        return;
    store = l->store;
    ledger_delete(l);
    if (store != NULL)
        store->ops->close(store);
}

bool ledger_deployable(const struct ledger *l, struct mc_slice data)
{
    return ledger_creation_module(l->cfg, data) != NULL;
}

void ledger_head(struct ledger *l, struct ledger_head *out)
{
    pthread_mutex_lock(&l->mu);
    *out = l->head;
    pthread_mutex_unlock(&l->mu);
}

enum mc_err ledger_next_gas_limit(uint64_t *out, struct machine *m, uint64_t number,
                                  uint64_t fallback, struct mc_errmsg *em)
{
    struct vm_env env = m->env;
    struct mc_u256 limit;
    enum mc_err err;

    env.block_number = number + 1;
    err = vm_param_at(&limit, &env, "chain.gasLimit");
    if (err == MC_ENOTFOUND) {
        *out = fallback;
        return MC_OK;
    }
    if (err != MC_OK)
        return mc_fail(em, err, "chain.gasLimit: %s",
                       m->em.text[0] != '\0' ? m->em.text : mc_err_text(err));
    /* No vote may stop the chain for good: zero does not count. */
    *out = mc_u256_is_zero(&limit) ? fallback : mc_u256_u64_sat(&limit);
    return MC_OK;
}

/* ------------------------------------------------------------------ block 0 */

static enum mc_err genesis_balance(struct ledger_exec *x, const struct ledger_genesis_account *b,
                                   struct mc_errmsg *em)
{
    struct ledger_account a;
    enum mc_err err = ledger_state_account(&x->m.st, &b->account, &a, em);

    if (err == MC_OK && !mc_u256_add(&a.balance, &a.balance, &b->balance))
        err = mc_fail(em, MC_EINVAL, "genesis: balances exceed 256 bits");
    return err == MC_OK ? ledger_state_account_save(&x->m.st, &b->account, &a, em) : err;
}

/* All balances together must fit, so that no transfer or fee can ever overflow one. */
static enum mc_err genesis_accounts(struct ledger_exec *x, const struct ledger_genesis *g,
                                    struct mc_errmsg *em)
{
    struct mc_u256 total = MC_U256_ZERO;
    enum mc_err err = MC_OK;

    for (uint32_t i = 0; i < vm_module_cnt() && err == MC_OK; i++) {
        const struct vm_module *m = vm_module_at(i);

        err = ledger_machine_instance_add(&x->m, vm_module_well_known(m), m, em);
    }
    for (uint32_t i = 0; i < g->balance_cnt && err == MC_OK; i++) {
        if (!mc_u256_add(&total, &total, &g->balances[i].balance))
            return mc_fail(em, MC_EINVAL, "genesis: all balances together exceed 256 bits");
        err = genesis_balance(x, &g->balances[i], em);
    }
    return err;
}

enum mc_err ledger_run_genesis(struct ledger *l, const struct ledger_genesis *g,
                               struct mc_hash *genesis_hash, struct mc_errmsg *em)
{
    const struct ledger_header *header;
    struct ledger_exec *x = NULL;
    enum mc_err err = ledger_exec_new_genesis(&x, l, g, em);

    if (err == MC_OK)
        err = genesis_accounts(x, g, em);
    if (err == MC_OK) {
        err = vm_genesis_apply(&x->m.env, &g->vm, em);
        ledger_state_settle(&x->m.st);
    }
    if (err == MC_OK)
        err = ledger_exec_seal(x, &header, genesis_hash, em);
    if (err == MC_OK && l->store != NULL)
        err = ledger_commit(l, x, nothing, em);
    ledger_exec_free(x);
    return err;
}

enum mc_err ledger_create(struct ledger **out, struct store *store, const struct ledger_cfg *cfg,
                          const struct ledger_genesis *g, struct mc_hash *genesis_hash,
                          struct mc_errmsg *em)
{
    struct mc_buf found = {NULL, 0, 0, false};
    struct ledger *l = NULL;
    enum mc_err err = MC_OK;

    *out = NULL;
    if (store != NULL) {
        err = store->ops->get(store, NULL, STORE_META, mc_slice_str(KEY_CHAIN), &found, em);
        mc_buf_free(&found);
        if (err == MC_OK)
            return mc_fail(em, MC_EEXIST, "the database holds a chain already");
        if (err != MC_ENOTFOUND)
            return err;
    }
    err = ledger_new(&l, store, cfg, em);
    if (err != MC_OK)
        return err;
    MC_ASSERT(l != NULL);
    err = ledger_run_genesis(l, g, genesis_hash, em);
    if (err != MC_OK || store == NULL) {
        ledger_delete(l);
        return err;
    }
    *out = l;
    return MC_OK;
}

/* ------------------------------------------------------------------ an existing chain */

static enum mc_err meta_get(struct store *store, const char *name, uint8_t *out, size_t n,
                            struct mc_errmsg *em)
{
    struct mc_buf found = {NULL, 0, 0, false};
    enum mc_err err = store->ops->get(store, NULL, STORE_META, mc_slice_str(name), &found, em);

    if (err == MC_OK && found.n != n)
        err = mc_fail(em, MC_ECORRUPT, "database: entry \"%s\" has %zu bytes, not %zu", name,
                      found.n, n);
    if (err == MC_OK)
        memcpy(out, found.p, n);
    mc_buf_free(&found);
    return err;
}

static enum mc_err check_format(struct store *store, struct mc_errmsg *em)
{
    uint8_t format[4];
    enum mc_err err = meta_get(store, KEY_FORMAT, format, sizeof format, em);

    if (err == MC_ENOTFOUND)
        return mc_fail(em, MC_ENOTFOUND, "the database is empty");
    if (err == MC_OK && mc_be32_get(format) != LEDGER_FORMAT)
        err = mc_fail(em, MC_EMISMATCH,
                      "the database has format %" PRIu32 ", this program reads format %u",
                      mc_be32_get(format), LEDGER_FORMAT);
    return err;
}

static enum mc_err check_chain(struct store *store, const struct ledger_cfg *cfg,
                               const struct mc_hash *genesis_hash, struct mc_errmsg *em)
{
    char have[65], want[65];
    uint8_t chain[40];
    enum mc_err err = meta_get(store, KEY_CHAIN, chain, sizeof chain, em);

    if (err != MC_OK)
        return err == MC_ENOTFOUND ? mc_fail(em, MC_ECORRUPT, "database: no chain identity") : err;
    if (mc_be64_get(chain) != cfg->chain_id)
        return mc_fail(em, MC_EMISMATCH,
                       "the database belongs to chain %" PRIu64 ", the genesis file is of chain "
                       "%" PRIu64,
                       mc_be64_get(chain), cfg->chain_id);
    if (memcmp(chain + 8, genesis_hash->b, 32) != 0) {
        mc_hex_encode(have, chain + 8, 32);
        mc_hex_encode(want, genesis_hash->b, 32);
        return mc_fail(em, MC_EMISMATCH,
                       "the database belongs to another chain: its block 0 is 0x%s, the genesis "
                       "file makes 0x%s",
                       have, want);
    }
    return MC_OK;
}

/* The head's header must hash to the recorded hash and link to its parent, and its state root must
 * be there. */
static enum mc_err check_head(struct ledger *l, const struct ledger_block *b, struct mc_errmsg *em)
{
    struct mc_arena arena = {.head = NULL};
    struct mc_slice value;
    struct ledger_block parent = {.tx_cnt = 0};
    struct mc_hash hash;
    struct trie *t;
    enum mc_err err = MC_OK;

    mc_keccak256(&hash, b->header_rlp);
    if (!mc_hash_eq(&hash, &l->head.hash) || !mc_hash_eq(&b->hash, &l->head.hash))
        return mc_fail(em, MC_ECORRUPT, "database: block %" PRIu64 " does not match its hash",
                       l->head.number);
    if (l->head.number > 0)
        err = ledger_header_read(l, l->head.number - 1, &parent, &arena, em);
    if (err == MC_OK && l->head.number > 0 && !mc_hash_eq(&parent.hash, &b->header.parent_hash))
        err = mc_fail(em, MC_ECORRUPT, "database: block %" PRIu64 " does not follow its parent",
                      l->head.number);
    mc_arena_free(&arena);
    if (err != MC_OK)
        return err == MC_ENOTFOUND ? MC_ECORRUPT : err;
    ledger_forest_begin(&l->forest, l->head.number);
    err = ledger_forest_trie(&l->forest, &t, &MC_ADDR_ZERO, &b->header.state_root, em);
    if (err == MC_OK)
        err = trie_get(t, mc_hash_slice(&MC_HASH_ZERO), &value, em);
    ledger_forest_end(&l->forest);
    ledger_forest_settle(&l->forest);
    if (err != MC_OK)
        return mc_fail(em, MC_ECORRUPT,
                       "database: the state of block %" PRIu64 " is not there: restore a backup",
                       l->head.number);
    return MC_OK;
}

static enum mc_err head_gas_limit(struct ledger *l, struct mc_errmsg *em)
{
    struct mc_arena arena = {.head = NULL};
    struct machine m;
    enum mc_err err;

    ledger_machine_init(&m, l->cfg, l->store, l->head.number, NULL, &arena, &arena);
    m.env.time_s = l->head_header.time_s;
    err =
        ledger_next_gas_limit(&l->head.gas_limit, &m, l->head.number, l->head_header.gas_limit, em);
    ledger_machine_free(&m);
    mc_arena_free(&arena);
    return err;
}

static enum mc_err head_load(struct ledger *l, const struct mc_hash *genesis_hash,
                             struct mc_errmsg *em)
{
    struct mc_arena arena = {.head = NULL};
    struct ledger_block b = {.tx_cnt = 0};
    uint8_t head[40];
    enum mc_err err = meta_get(l->store, KEY_HEAD, head, sizeof head, em);

    if (err == MC_OK) {
        l->head.number = mc_be64_get(head);
        memcpy(l->head.hash.b, head + 8, 32);
        err = ledger_header_read(l, l->head.number, &b, &arena, em);
    }
    if (err == MC_ENOTFOUND)
        err = mc_fail(em, MC_ECORRUPT, "database: the newest block is not there");
    if (err == MC_OK)
        err = check_head(l, &b, em);
    if (err == MC_OK) {
        l->head.genesis_hash = *genesis_hash;
        l->head.time_ms = ledger_header_time_ms(&b.header);
        l->head_header = b.header;
        err = head_gas_limit(l, em);
    }
    mc_arena_free(&arena);
    return err;
}

enum mc_err ledger_open(struct ledger **out, struct store *store, const struct ledger_cfg *cfg,
                        const struct mc_hash *genesis_hash, struct mc_errmsg *em)
{
    struct ledger *l = NULL;
    enum mc_err err = check_format(store, em);

    *out = NULL;
    if (err == MC_OK)
        err = check_chain(store, cfg, genesis_hash, em);
    if (err == MC_OK)
        err = ledger_new(&l, store, cfg, em);
    if (err != MC_OK)
        return err;
    MC_ASSERT(l != NULL);
    err = head_load(l, genesis_hash, em);
    if (err != MC_OK) {
        ledger_delete(l);
        return err;
    }
    *out = l;
    return MC_OK;
}
