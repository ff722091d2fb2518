/* Checking a chain: every block is executed again from block 0 on, by the same code, over a store
 * that does not write but compares.  Each key that the block would have written must be there with
 * the same bytes; at the end the number of keys must agree too, so that nothing is there that no
 * block wrote.
 *
 *     ledger over struct check_store ── put ──> compare with the store, count
 *                                    └─ get, scan ──> the store (older versions: proved already)
 *
 * History is only ever added to, so the store itself serves as the scratch copy: nothing is copied,
 * and memory stays that of one block. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/internal.h"

struct check_store {
    struct store store;
    struct store *real;
    uint64_t seen[STORE_CF_CNT];
    uint64_t last; /* the head: only there META's head is compared */
    struct mc_buf scratch;
    enum mc_err err; /* first difference */
    struct mc_errmsg em;
};

struct store_batch {
    struct check_store *cs;
};

static const char *const cf_words[STORE_CF_CNT] = {
    "database entry", "block header", "block body",      "state cell",
    "trie node",      "hash index",   "log index entry",
};

static struct check_store *cs_of(struct store *s)
{
    return (struct check_store *)s;
}

static enum mc_err cs_get(struct store *s, struct store_snap *snap, enum store_cf cf,
                          struct mc_slice key, struct mc_buf *out, struct mc_errmsg *em)
{
    struct store *real = cs_of(s)->real;

    return real->ops->get(real, snap, cf, key, out, em);
}

static struct store_iter *cs_iter_new(struct store *s, struct store_snap *snap, enum store_cf cf,
                                      bool one_prefix)
{
    struct store *real = cs_of(s)->real;

    return real->ops->iter_new(real, snap, cf, one_prefix);
}

static struct store_batch *cs_batch_new(struct store *s)
{
    struct store_batch *b = malloc(sizeof *b);

    if (b != NULL)
        b->cs = cs_of(s);
    return b;
}

static void cs_batch_free(struct store_batch *b)
{
    free(b);
}

static void differs(struct check_store *cs, enum store_cf cf, struct mc_slice key, const char *how)
{
    struct mc_buf hex = {NULL, 0, 0, false};

    mc_buf_put_hex(&hex, key);
    mc_buf_put_u8(&hex, 0);
    cs->err = mc_fail(&cs->em, MC_ECORRUPT, "%s %s %s", cf_words[cf],
                      hex.oom ? "?" : (const char *)hex.p, how);
    mc_buf_free(&hex);
}

static bool is_old_head(const struct check_store *cs, enum store_cf cf, struct mc_slice key,
                        struct mc_slice value)
{
    return cf == STORE_META && mc_slice_eq(key, mc_slice_str(KEY_HEAD)) &&
           mc_be64_get(value.p) != cs->last;
}

static void cs_batch_put(struct store_batch *b, enum store_cf cf, struct mc_slice key,
                         struct mc_slice value)
{
    struct check_store *cs = b->cs;
    enum mc_err err;

    if (cs->err != MC_OK || is_old_head(cs, cf, key, value))
        return;
    mc_buf_reset(&cs->scratch);
    err = cs->real->ops->get(cs->real, NULL, cf, key, &cs->scratch, &cs->em);
    if (err == MC_ENOTFOUND)
        differs(cs, cf, key, "is missing");
    else if (err != MC_OK)
        cs->err = err;
    else if (!mc_slice_eq(mc_buf_slice(&cs->scratch), value))
        differs(cs, cf, key, "is not what the block makes it");
    cs->seen[cf]++;
}

static enum mc_err cs_batch_commit(struct store *s, struct store_batch *b, struct mc_errmsg *em)
{
    struct check_store *cs = cs_of(s);

    (void)b;
    if (cs->err != MC_OK)
        mc_errf(em, "%s", cs->em.text);
    return cs->err;
}

static void cs_close(struct store *s)
{
    (void)s; /* the real store stays open */
}

/* Scans go to the real store; only reading by key and writing are special. */
static void cs_init(struct check_store *cs, struct store_ops *ops, struct ledger *l)
{
    *cs = (struct check_store){.real = l->store};
    *ops = *l->store->ops;
    ops->close = cs_close;
    ops->get = cs_get;
    ops->iter_new = cs_iter_new;
    ops->batch_new = cs_batch_new;
    ops->batch_free = cs_batch_free;
    ops->batch_put = cs_batch_put;
    ops->batch_commit = cs_batch_commit;
    cs->store.ops = ops;
}

/* ------------------------------------------------------------------ one block */

/* Decodes and recovers anew: a stored sender proves nothing. */
static enum mc_err run_tx(struct ledger_exec *x, const struct ledger_tx *stored,
                          struct mc_errmsg *em)
{
    struct ledger_tx *tx = NULL;
    enum mc_err err = ledger_tx_decode(&tx, stored->raw, em);

    if (err == MC_OK)
        err = ledger_tx_recover(tx, em);
    if (err == MC_OK)
        err = ledger_exec_tx(x, tx, em);
    ledger_tx_unref(tx);
    return err == MC_EREJECT || err == MC_EAUTH || err == MC_EMALFORM ? MC_ECORRUPT : err;
}

static enum mc_err run_block(struct ledger *shadow, const struct ledger_block *b,
                             struct mc_slice certificate, struct mc_errmsg *em)
{
    const struct ledger_block_env env = {.time_ms = ledger_header_time_ms(&b->header),
                                         .miner = b->header.miner,
                                         .mix_hash = b->header.mix_hash,
                                         .gas_limit = b->header.gas_limit};
    const struct ledger_header *header;
    struct ledger_exec *x = NULL;
    struct mc_hash hash;
    enum mc_err err = ledger_exec_new(&x, shadow, &env, em);

    if (err == MC_EREJECT)
        err = MC_ECORRUPT;
    for (uint32_t i = 0; err == MC_OK && i < b->tx_cnt; i++) {
        err = run_tx(x, b->txs[i], em);
        if (err != MC_OK)
            mc_errwrap(em, "transaction %u", i);
    }
    if (err == MC_OK)
        err = ledger_exec_seal(x, &header, &hash, em);
    if (err == MC_OK && !mc_hash_eq(&hash, &b->hash))
        err = mc_fail(em, MC_ECORRUPT, "executing it again gives another %s",
                      !mc_hash_eq(&header->state_root, &b->header.state_root) ? "state root"
                      : !mc_hash_eq(&header->receipts_root, &b->header.receipts_root)
                          ? "receipts root"
                          : "header");
    if (err == MC_OK)
        err = ledger_commit(shadow, x, certificate, em);
    ledger_exec_free(x);
    return err;
}

static enum mc_err check_block(struct ledger *l, struct ledger *shadow, uint64_t number,
                               struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_buf certificate = {NULL, 0, 0, false};
    struct ledger_block b = {.tx_cnt = 0};
    enum mc_err err = ledger_block_read(l, number, LEDGER_BLOCK_TXS, &b, arena, em);

    if (err == MC_OK)
        err = ledger_certificate(l, number, &certificate, em);
    if (err == MC_OK)
        err = run_block(shadow, &b, mc_buf_slice(&certificate), em);
    ledger_block_release(&b);
    mc_buf_free(&certificate);
    if (err != MC_OK)
        mc_errwrap(em, "block %" PRIu64, number);
    return err;
}

/* ------------------------------------------------------------------ the whole chain */

static enum mc_err check_genesis(struct ledger *l, struct ledger *shadow,
                                 const struct ledger_genesis *g, struct mc_errmsg *em)
{
    struct mc_hash hash;
    enum mc_err err = ledger_run_genesis(shadow, g, &hash, em);

    if (err == MC_OK && !mc_hash_eq(&hash, &l->head.genesis_hash))
        err = mc_fail(em, MC_ECORRUPT, "the genesis file makes another block 0");
    if (err != MC_OK)
        mc_errwrap(em, "block 0");
    return err;
}

/* Every key was written by a block: as many are there as were compared. */
static enum mc_err check_counts(struct check_store *cs, struct mc_errmsg *em)
{
    const struct store_ops *ops = cs->real->ops;
    enum mc_err err = MC_OK;

    for (uint32_t cf = 0; cf < STORE_CF_CNT && err == MC_OK; cf++) {
        struct store_iter *it = ops->iter_new(cs->real, NULL, (enum store_cf)cf, false);
        uint64_t cnt = 0;
        bool more;

        if (it == NULL)
            return mc_fail(em, MC_ENOMEM, "check: out of memory");
        for (more = ops->iter_seek(it, mc_slice("", 0), false); more;
             more = ops->iter_step(it, false))
            cnt++;
        err = ops->iter_error(it, em);
        ops->iter_free(it);
        if (err == MC_OK && cnt != cs->seen[cf])
            err = mc_fail(em, MC_ECORRUPT,
                          "the database has %" PRIu64 " entries of kind \"%s\", the blocks make "
                          "%" PRIu64,
                          cnt, cf_words[cf], cs->seen[cf]);
    }
    return err;
}

enum mc_err ledger_check(struct ledger *l, const struct ledger_genesis *g, ledger_check_cb progress,
                         void *arg, struct mc_errmsg *em)
{
    struct mc_arena arena = {.head = NULL};
    struct check_store cs;
    struct ledger_head head;
    struct ledger *shadow = NULL;
    struct store_ops ops;
    enum mc_err err;

    ledger_head(l, &head);
    cs_init(&cs, &ops, l);
    cs.last = head.number;
    err = ledger_new(&shadow, &cs.store, l->cfg, em);
    if (err != MC_OK)
        return err;
    err = check_genesis(l, shadow, g, em);
    for (uint64_t n = 1; err == MC_OK && n <= head.number; n++) {
        mc_arena_reset(&arena);
        err = check_block(l, shadow, n, &arena, em);
        if (err == MC_OK && progress != NULL)
            progress(arg, n, head.number);
    }
    if (err == MC_OK)
        err = check_counts(&cs, em);
    ledger_close(shadow);
    mc_buf_free(&cs.scratch);
    mc_arena_free(&arena);
    return err;
}
