/* Store: ordered key-value column families with snapshots and atomic synced batches; the engine hides behind this
 * header (store_rocksdb.c; tests have one in memory that fails on demand).
 *
 * Key layouts are tables in docs/formats.md.  Thread safe except for batches and iterators. */
#ifndef MC_LEDGER_STORE_H
#define MC_LEDGER_STORE_H

#include "base/base.h"

enum store_cf {
    STORE_META,   /* format, chain, head */
    STORE_HEADER, /* number -> header; hash -> number */
    STORE_BODY,   /* number, chunk -> transactions and receipts */
    STORE_STATE,  /* instance, slot, pos, ~block -> value: flat, versioned */
    STORE_TRIE,   /* owner, path, ~block -> node */
    STORE_TXHASH, /* transaction hash -> number, index */
    STORE_LOG,    /* address or topic, block -> positions */
    STORE_CF_CNT
};

struct store;
struct store_batch;
struct store_snap;
struct store_iter;

struct store_ops {
    void (*close)(struct store *s);
    /* Value at a snapshot (NULL: now), appended.  MC_ENOTFOUND. */
    enum mc_err (*get)(struct store *s, struct store_snap *snap, enum store_cf cf,
                       struct mc_slice key, struct mc_buf *out, struct mc_errmsg *em);
    struct store_snap *(*snap_new)(struct store *s);
    void (*snap_free)(struct store *s, struct store_snap *snap);
    struct store_iter *(*iter_new)(struct store *s, struct store_snap *snap, enum store_cf cf,
                                   bool one_prefix);
    void (*iter_free)(struct store_iter *it);
    /* First key >= key, or (back) last key <= key.  False at the end or on error; then iter_error tells which. */
    bool (*iter_seek)(struct store_iter *it, struct mc_slice key, bool back);
    bool (*iter_step)(struct store_iter *it, bool back);
    struct mc_slice (*iter_key)(struct store_iter *it);   /* borrowed until the next seek or step */
    struct mc_slice (*iter_value)(struct store_iter *it); /* likewise */
    enum mc_err (*iter_error)(struct store_iter *it, struct mc_errmsg *em);
    struct store_batch *(*batch_new)(struct store *s);
    void (*batch_free)(struct store_batch *b);
    void (*batch_put)(struct store_batch *b, enum store_cf cf, struct mc_slice key,
                      struct mc_slice value);
    void (*batch_del)(struct store_batch *b, enum store_cf cf, struct mc_slice key);
    /* Atomic and synced: after MC_OK a power cut does not lose it.  After an error nothing of it is visible and the
     * store refuses further writes. */
    enum mc_err (*batch_commit)(struct store *s, struct store_batch *b, struct mc_errmsg *em);
};
struct store {
    const struct store_ops *ops;
};

struct store_cfg {
    const char *path;
    bool create; /* make it when absent; else MC_ENOTFOUND */
    bool read_only;
    size_t write_buffer_bytes; /* 0: the default, chosen for a node below 150 MB */
    size_t cache_bytes;        /* 0: the default */
};
/* MC_EBUSY when another process has it open; MC_ECORRUPT with the engine's words and what to do. */
MC_NODISCARD enum mc_err store_rocksdb_open(struct store **out, const struct store_cfg *cfg,
                                            struct mc_errmsg *em);

#endif
