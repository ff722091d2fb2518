/* The store over RocksDB; the only file that knows it.  Key layouts: docs/formats.md.
 *
 * Everything written is append-only (keys carry the block), except the head.  All column families
 * flush together (atomic flush), so that one slow family never holds the log of the others and
 * replay after a crash stays short. */
#include <rocksdb/c.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/store.h"

#define WRITE_BUFFER_BYTES         (24u * 1024u * 1024u) /* all families together */
#define CACHE_BYTES                (24u * 1024u * 1024u) /* blocks, indexes and filters together */
#define STATE_PREFIX_LEN           60u                   /* address, slot, position */
#define TRIE_PREFIX_LEN            53u                   /* owner, path */
#define BLOB_BYTES_MIN             1024u                 /* smaller bodies stay in the tables */
#define OPEN_FILES_MAX             256
#define KEPT_INFO_LOGS             2u
#define INFO_LOG_BYTES_MAX         (1024u * 1024u)
#define WAL_RECOVERY_POINT_IN_TIME 2 /* WALRecoveryMode::kPointInTimeRecovery */
#define INFO_LOG_WARN              2 /* InfoLogLevel::WARN_LEVEL */

static const char *const cf_names[STORE_CF_CNT + 1] = {"meta", "header", "body", "state",
                                                       "trie", "txhash", "log",  "default"};

struct rocks {
    struct store store; /* first: what callers hold */
    rocksdb_t *db;
    rocksdb_options_t *db_opts;
    rocksdb_options_t *cf_opts[STORE_CF_CNT + 1];
    rocksdb_column_family_handle_t *cfs[STORE_CF_CNT + 1];
    rocksdb_cache_t *cache;
    rocksdb_readoptions_t *read_now;
    rocksdb_writeoptions_t *write_synced;
    atomic_bool poisoned; /* a write failed: what is on disk is unknown until the next open */
    bool read_only;
    char path[];
};

struct store_snap {
    const rocksdb_snapshot_t *snap;
};

struct store_iter {
    const struct rocks *r;
    rocksdb_iterator_t *it;
    rocksdb_readoptions_t *opts;
};

struct store_batch {
    rocksdb_writebatch_t *wb;
    struct rocks *r;
};

static struct rocks *rocks_of(struct store *s)
{
    return (struct rocks *)s;
}

/* Copies and frees RocksDB's words, and names the kind of failure by them. */
static enum mc_err rocks_fail(const struct rocks *r, char *words, const char *doing,
                              struct mc_errmsg *em)
{
    enum mc_err err = MC_EIO;

    if (strncmp(words, "Corruption", 10) == 0) {
        err = MC_ECORRUPT;
        mc_errf(em,
                "data directory %s is damaged (%s: %s); restore a backup, or remove it and let the "
                "node fetch the chain from its peers",
                r->path, doing, words);
    } else if (strstr(words, "While lock file") != NULL || strstr(words, "lock hold by") != NULL) {
        err = MC_EBUSY;
        mc_errf(em, "data directory %s is in use by another process", r->path);
    } else {
        mc_errf(em, "data directory %s: %s: %s", r->path, doing, words);
    }
    rocksdb_free(words);
    return err;
}

static enum mc_err rocks_get(struct store *s, struct store_snap *snap, enum store_cf cf,
                             struct mc_slice key, struct mc_buf *out, struct mc_errmsg *em)
{
    struct rocks *r = rocks_of(s);
    rocksdb_readoptions_t *opts = r->read_now;
    rocksdb_pinnableslice_t *pin;
    enum mc_err err = MC_OK;
    char *words = NULL;
    const char *p;
    size_t n;

    if (snap != NULL) {
        opts = rocksdb_readoptions_create();
        rocksdb_readoptions_set_snapshot(opts, snap->snap);
    }
    pin = rocksdb_get_pinned_cf(r->db, opts, r->cfs[cf], (const char *)key.p, key.n, &words);
    if (snap != NULL)
        rocksdb_readoptions_destroy(opts);
    if (words != NULL)
        return rocks_fail(r, words, "read", em);
    if (pin == NULL)
        return MC_ENOTFOUND;
    p = rocksdb_pinnableslice_value(pin, &n);
    mc_buf_put(out, p, n);
    err = mc_buf_check(out, "stored value", em);
    rocksdb_pinnableslice_destroy(pin);
    return err;
}

static struct store_snap *rocks_snap_new(struct store *s)
{
    struct store_snap *snap = malloc(sizeof *snap);

    if (snap != NULL)
        snap->snap = rocksdb_create_snapshot(rocks_of(s)->db);
    return snap;
}

static void rocks_snap_free(struct store *s, struct store_snap *snap)
{
    if (snap == NULL)
        return;
    rocksdb_release_snapshot(rocks_of(s)->db, snap->snap);
    free(snap);
}

static struct store_iter *rocks_iter_new(struct store *s, struct store_snap *snap, enum store_cf cf,
                                         bool one_prefix)
{
    struct rocks *r = rocks_of(s);
    struct store_iter *it = malloc(sizeof *it);

    if (it == NULL)
        return NULL;
    it->r = r;
    it->opts = rocksdb_readoptions_create();
    if (snap != NULL)
        rocksdb_readoptions_set_snapshot(it->opts, snap->snap);
    if (one_prefix)
        rocksdb_readoptions_set_prefix_same_as_start(it->opts, 1);
    else
        rocksdb_readoptions_set_total_order_seek(it->opts, 1);
    it->it = rocksdb_create_iterator_cf(r->db, it->opts, r->cfs[cf]);
    return it;
}

static void rocks_iter_free(struct store_iter *it)
{
    if (it == NULL)
        return;
    rocksdb_iter_destroy(it->it);
    rocksdb_readoptions_destroy(it->opts);
    free(it);
}

static bool rocks_iter_seek(struct store_iter *it, struct mc_slice key, bool back)
{
    if (back)
        rocksdb_iter_seek_for_prev(it->it, (const char *)key.p, key.n);
    else
        rocksdb_iter_seek(it->it, (const char *)key.p, key.n);
    return rocksdb_iter_valid(it->it) != 0;
}

static bool rocks_iter_step(struct store_iter *it, bool back)
{
    if (back)
        rocksdb_iter_prev(it->it);
    else
        rocksdb_iter_next(it->it);
    return rocksdb_iter_valid(it->it) != 0;
}

static struct mc_slice rocks_iter_key(struct store_iter *it)
{
    size_t n;
    const char *p = rocksdb_iter_key(it->it, &n);

    return mc_slice(p, n);
}

static struct mc_slice rocks_iter_value(struct store_iter *it)
{
    size_t n;
    const char *p = rocksdb_iter_value(it->it, &n);

    return mc_slice(p, n);
}

static enum mc_err rocks_iter_error(struct store_iter *it, struct mc_errmsg *em)
{
    char *words = NULL;

    rocksdb_iter_get_error(it->it, &words);
    return words == NULL ? MC_OK : rocks_fail(it->r, words, "scan", em);
}

static struct store_batch *rocks_batch_new(struct store *s)
{
    struct store_batch *b = malloc(sizeof *b);

    if (b == NULL)
        return NULL;
    b->r = rocks_of(s);
    b->wb = rocksdb_writebatch_create();
    return b;
}

static void rocks_batch_free(struct store_batch *b)
{
    if (b == NULL)
        return;
    rocksdb_writebatch_destroy(b->wb);
    free(b);
}

static void rocks_batch_put(struct store_batch *b, enum store_cf cf, struct mc_slice key,
                            struct mc_slice value)
{
    rocksdb_writebatch_put_cf(b->wb, b->r->cfs[cf], (const char *)key.p, key.n,
                              (const char *)value.p, value.n);
}

static void rocks_batch_del(struct store_batch *b, enum store_cf cf, struct mc_slice key)
{
    rocksdb_writebatch_delete_cf(b->wb, b->r->cfs[cf], (const char *)key.p, key.n);
}

static enum mc_err rocks_batch_commit(struct store *s, struct store_batch *b, struct mc_errmsg *em)
{
    struct rocks *r = rocks_of(s);
    char *words = NULL;

    if (r->read_only)
        return mc_fail(em, MC_EINVAL, "data directory %s is open for reading only", r->path);
    if (atomic_load(&r->poisoned))
        return mc_fail(em, MC_EIO,
                       "data directory %s: an earlier write failed; no further write is tried",
                       r->path);
    rocksdb_write(r->db, r->write_synced, b->wb, &words);
    if (words == NULL)
        return MC_OK;
    atomic_store(&r->poisoned, true);
    return rocks_fail(r, words, "write", em);
}

static void rocks_close(struct store *s)
{
    struct rocks *r = rocks_of(s);
    uint32_t i;

    if (r->db != NULL) {
        /* A clean end leaves little log to replay at the next start. */
        if (!r->read_only && !atomic_load(&r->poisoned)) {
            rocksdb_flushoptions_t *fo = rocksdb_flushoptions_create();
            char *words = NULL;

            rocksdb_flushoptions_set_wait(fo, 1);
            for (i = 0; i < STORE_CF_CNT && words == NULL; i++)
                rocksdb_flush_cf(r->db, fo, r->cfs[i], &words);
            if (words != NULL) /* the write-ahead log has it all: nothing is lost */
                rocksdb_free(words);
            rocksdb_flushoptions_destroy(fo);
        }
        for (i = 0; i <= STORE_CF_CNT; i++)
            rocksdb_column_family_handle_destroy(r->cfs[i]);
        rocksdb_close(r->db);
    }
    for (i = 0; i <= STORE_CF_CNT; i++)
        if (r->cf_opts[i] != NULL)
            rocksdb_options_destroy(r->cf_opts[i]);
    if (r->db_opts != NULL)
        rocksdb_options_destroy(r->db_opts);
    if (r->cache != NULL)
        rocksdb_cache_destroy(r->cache);
    if (r->read_now != NULL)
        rocksdb_readoptions_destroy(r->read_now);
    if (r->write_synced != NULL)
        rocksdb_writeoptions_destroy(r->write_synced);
    free(r);
}

static const struct store_ops rocks_ops = {
    .close = rocks_close,
    .get = rocks_get,
    .snap_new = rocks_snap_new,
    .snap_free = rocks_snap_free,
    .iter_new = rocks_iter_new,
    .iter_free = rocks_iter_free,
    .iter_seek = rocks_iter_seek,
    .iter_step = rocks_iter_step,
    .iter_key = rocks_iter_key,
    .iter_value = rocks_iter_value,
    .iter_error = rocks_iter_error,
    .batch_new = rocks_batch_new,
    .batch_free = rocks_batch_free,
    .batch_put = rocks_batch_put,
    .batch_del = rocks_batch_del,
    .batch_commit = rocks_batch_commit,
};

/* ------------------------------------------------------------------ opening */

/* Options of the whole database.  Two of them have no call of their own in the C interface. */
static enum mc_err db_options(struct rocks *r, const struct store_cfg *cfg, size_t buffer_bytes,
                              struct mc_errmsg *em)
{
    rocksdb_options_t *base = rocksdb_options_create();
    char *words = NULL;

    r->db_opts = rocksdb_options_create();
    rocksdb_get_options_from_string(base, "track_and_verify_wals_in_manifest=true", r->db_opts,
                                    &words);
    rocksdb_options_destroy(base);
    if (words != NULL)
        return rocks_fail(r, words, "options", em);
    rocksdb_options_set_create_if_missing(r->db_opts, cfg->create);
    rocksdb_options_set_create_missing_column_families(r->db_opts, cfg->create);
    rocksdb_options_set_paranoid_checks(r->db_opts, 1);
    rocksdb_options_set_wal_recovery_mode(r->db_opts, WAL_RECOVERY_POINT_IN_TIME);
    rocksdb_options_set_atomic_flush(r->db_opts, 1);
    rocksdb_options_set_db_write_buffer_size(r->db_opts, buffer_bytes);
    rocksdb_options_set_max_total_wal_size(r->db_opts, 2 * (uint64_t)buffer_bytes);
    rocksdb_options_set_max_open_files(r->db_opts, OPEN_FILES_MAX);
    rocksdb_options_set_max_background_jobs(r->db_opts, 2);
    rocksdb_options_set_max_file_opening_threads(r->db_opts, 2);
    rocksdb_options_set_allow_mmap_reads(r->db_opts, 0);
    rocksdb_options_set_allow_mmap_writes(r->db_opts, 0);
    rocksdb_options_set_keep_log_file_num(r->db_opts, KEPT_INFO_LOGS);
    rocksdb_options_set_max_log_file_size(r->db_opts, INFO_LOG_BYTES_MAX);
    rocksdb_options_set_info_log_level(r->db_opts, INFO_LOG_WARN);
    rocksdb_options_set_stats_dump_period_sec(r->db_opts, 0);
    return MC_OK;
}

static void cf_blobs(rocksdb_options_t *o)
{
    /* Bodies are written once and never change: compaction need not copy them (measured: half the
     * bytes). */
    rocksdb_options_set_enable_blob_files(o, 1);
    rocksdb_options_set_min_blob_size(o, BLOB_BYTES_MIN);
    rocksdb_options_set_blob_file_size(o, 64u * 1024u * 1024u);
}

static void cf_options(struct rocks *r, uint32_t cf, size_t buffer_bytes, int compression)
{
    rocksdb_options_t *o = rocksdb_options_create();
    rocksdb_block_based_table_options_t *t = rocksdb_block_based_options_create();
    bool prefixed = cf == STORE_STATE || cf == STORE_TRIE;

    rocksdb_block_based_options_set_block_cache(t, r->cache);
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(t, 1);
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(t, 1);
    rocksdb_block_based_options_set_format_version(t, 5);
    if (prefixed || cf == STORE_TXHASH) {
        rocksdb_block_based_options_set_filter_policy(t,
                                                      rocksdb_filterpolicy_create_bloom_full(10));
        rocksdb_block_based_options_set_whole_key_filtering(t, cf == STORE_TXHASH);
    }
    if (prefixed) {
        size_t len = cf == STORE_STATE ? STATE_PREFIX_LEN : TRIE_PREFIX_LEN;

        rocksdb_options_set_prefix_extractor(o, rocksdb_slicetransform_create_fixed_prefix(len));
    }
    rocksdb_options_set_block_based_table_factory(o, t);
    rocksdb_block_based_options_destroy(t);
    rocksdb_options_set_compression(o, compression);
    rocksdb_options_set_blob_compression_type(o, compression);
    rocksdb_options_set_write_buffer_size(o, buffer_bytes);
    if (prefixed)
        rocksdb_options_set_memtable_prefix_bloom_size_ratio(o, 0.02);
    rocksdb_options_set_arena_block_size(o, 256u * 1024u);
    rocksdb_options_set_target_file_size_base(o, 16u * 1024u * 1024u);
    rocksdb_options_set_max_bytes_for_level_base(o, 64u * 1024u * 1024u);
    rocksdb_options_set_level_compaction_dynamic_level_bytes(o, 1);
    if (cf == STORE_BODY)
        cf_blobs(o);
    r->cf_opts[cf] = o;
}

static enum mc_err rocks_open(struct rocks *r, const struct store_cfg *cfg, int compression,
                              struct mc_errmsg *em)
{
    size_t buffer = cfg->write_buffer_bytes == 0 ? WRITE_BUFFER_BYTES : cfg->write_buffer_bytes;
    const rocksdb_options_t *opts[STORE_CF_CNT + 1];
    char *words = NULL;
    enum mc_err err;
    uint32_t i;

    r->cache = rocksdb_cache_create_lru(cfg->cache_bytes == 0 ? CACHE_BYTES : cfg->cache_bytes);
    r->read_now = rocksdb_readoptions_create();
    rocksdb_readoptions_set_verify_checksums(r->read_now, 1);
    r->write_synced = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(r->write_synced, 1);
    err = db_options(r, cfg, buffer, em);
    if (err != MC_OK)
        return err;
    for (i = 0; i <= STORE_CF_CNT; i++) {
        cf_options(r, i, buffer, compression);
        opts[i] = r->cf_opts[i];
    }
    if (cfg->read_only)
        r->db = rocksdb_open_for_read_only_column_families(r->db_opts, r->path, STORE_CF_CNT + 1,
                                                           cf_names, opts, r->cfs, 0, &words);
    else
        r->db = rocksdb_open_column_families(r->db_opts, r->path, STORE_CF_CNT + 1, cf_names, opts,
                                             r->cfs, &words);
    if (words != NULL) {
        r->db = NULL;
        return rocks_fail(r, words, "open", em);
    }
    return MC_OK;
}

static struct rocks *rocks_new(const struct store_cfg *cfg)
{
    size_t n = strlen(cfg->path) + 1;
    struct rocks *r = calloc(1, sizeof *r + n);

    if (r == NULL)
        return NULL;
    memcpy(r->path, cfg->path, n);
    r->store.ops = &rocks_ops;
    r->read_only = cfg->read_only;
    return r;
}

/* CURRENT names the live manifest: a directory without it holds no database. */
static bool database_exists(const char *path)
{
    char name[4096];
    int n = snprintf(name, sizeof name, "%s/CURRENT", path);

    return n > 0 && (size_t)n < sizeof name && access(name, F_OK) == 0;
}

enum mc_err store_rocksdb_open(struct store **out, const struct store_cfg *cfg,
                               struct mc_errmsg *em)
{
    static const int compressions[] = {rocksdb_lz4_compression, rocksdb_no_compression};
    struct mc_errmsg words = {{0}};
    enum mc_err err = MC_OK;

    *out = NULL;
    if (!database_exists(cfg->path)) {
        if (!cfg->create || cfg->read_only)
            return mc_fail(em, MC_ENOTFOUND, "no database in %s", cfg->path);
        err = mc_dir_make(cfg->path, 0700, em);
        if (err != MC_OK)
            return err;
    }
    for (size_t i = 0; i < MC_COUNT(compressions); i++) {
        struct rocks *r = rocks_new(cfg);

        if (r == NULL)
            return mc_fail(em, MC_ENOMEM, "open database: out of memory");
        err = rocks_open(r, cfg, compressions[i], &words);
        if (err == MC_OK) {
            *out = &r->store;
            return MC_OK;
        }
        rocks_close(&r->store);
        /* Some builds of the library come without LZ4; anything else is final. */
        if (strstr(words.text, "ompression type") == NULL)
            break;
    }
    return mc_fail(em, err, "%s", words.text);
}
