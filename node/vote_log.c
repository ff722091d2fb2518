#include "node/vote_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MAGIC_LEN = 8,
    CHAIN_LEN = 16,
    HEAD_LEN = MAGIC_LEN + 8 + 8 + 32 + 4, /* of a file */
    HEAD_CRC = HEAD_LEN - 4,
    REC_SYNCED = 8,
    REC_SIZE = 16,
    REC_CHAIN = 20,
    REC_CRC = REC_CHAIN + CHAIN_LEN,
    REC_LEN = REC_CRC + 4, /* of a record's header */
};

static const uint8_t MAGIC[MAGIC_LEN] = {'M', 'C', 'V', 'O', 'T', 'E', 'S', '1'};

/* Syncs one descriptor on request, beside the caller's own. */
struct syncer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool started;
    bool busy; /* a sync is asked for or running */
    bool quit;
    int fd;
    int result; /* errno of the last sync */
};

struct node_vote_log {
    char *path[2];
    int fd[2];
    struct mc_hash identity;
    uint64_t generation;
    uint64_t next_seq;   /* of the next record */
    uint64_t synced_seq; /* highest durable one */
    uint64_t file_len;   /* bytes in each file */
    uint8_t chain[CHAIN_LEN];
    struct mc_buf group; /* encoded records not yet written */
    bool failed;
    struct mc_buf image; /* the files' content, for replay */
    size_t replay;       /* offset of the next record in it */
    struct syncer syncer;
};

/* ---- CRC32C (Castagnoli, reflected 0x82f63b78), eight bytes at a time ---- */

static uint32_t crc_table[8][256];
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

static void crc_init(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = (c & 1) != 0 ? c >> 1 ^ 0x82f63b78u : c >> 1;
        crc_table[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++) {
        for (int k = 1; k < 8; k++)
            crc_table[k][i] = crc_table[k - 1][i] >> 8 ^ crc_table[0][crc_table[k - 1][i] & 0xff];
    }
}

static uint32_t crc_add(uint32_t crc, struct mc_slice s)
{
    const uint8_t *p = s.p;
    size_t n = s.n;
    for (; n >= 8; p += 8, n -= 8) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = crc_table[7][crc & 0xff] ^ crc_table[6][crc >> 8 & 0xff] ^
              crc_table[5][crc >> 16 & 0xff] ^ crc_table[4][crc >> 24] ^ crc_table[3][p[4]] ^
              crc_table[2][p[5]] ^ crc_table[1][p[6]] ^ crc_table[0][p[7]];
    }
    while (n-- > 0)
        crc = crc >> 8 ^ crc_table[0][(crc ^ *p++) & 0xff];
    return crc;
}

static uint32_t crc32c(struct mc_slice a, struct mc_slice b)
{
    return ~crc_add(crc_add(0xffffffffu, a), b);
}

/* ---- layout ---- */

static void chain_next(uint8_t chain[CHAIN_LEN], struct mc_slice head)
{
    struct mc_slice parts[2] = {mc_slice(chain, CHAIN_LEN), head};
    struct mc_hash h;
    mc_keccak256v(&h, parts, 2);
    memcpy(chain, h.b, CHAIN_LEN);
}

static void chain_start(uint8_t chain[CHAIN_LEN], struct mc_slice file_head)
{
    memset(chain, 0, CHAIN_LEN);
    chain_next(chain, file_head);
}

static void put_file_head(struct mc_buf *out, const struct node_vote_log *log, uint64_t first_seq)
{
    size_t at = out->n;
    mc_buf_put(out, MAGIC, MAGIC_LEN);
    mc_buf_put_be64(out, log->generation);
    mc_buf_put_be64(out, first_seq);
    mc_buf_put_slice(out, mc_hash_slice(&log->identity));
    if (!out->oom)
        mc_buf_put_be32(out, crc32c(mc_slice(out->p + at, HEAD_CRC), mc_slice(NULL, 0)));
}

/* Appends a record and moves seq and chain on. */
static void put_rec(struct mc_buf *out, struct node_vote_log *log, struct mc_slice payload)
{
    uint8_t head[REC_LEN];
    mc_be64_put(head, log->next_seq);
    mc_be64_put(head + REC_SYNCED, log->synced_seq);
    mc_be32_put(head + REC_SIZE, (uint32_t)payload.n);
    memcpy(head + REC_CHAIN, log->chain, CHAIN_LEN);
    mc_be32_put(head + REC_CRC, crc32c(mc_slice(head, REC_CRC), payload));
    mc_buf_put(out, head, sizeof head);
    mc_buf_put_slice(out, payload);
    log->next_seq++;
    chain_next(log->chain, mc_slice(head, sizeof head));
}

static bool file_head_ok(struct mc_slice s)
{
    if (s.n < HEAD_LEN || memcmp(s.p, MAGIC, MAGIC_LEN) != 0)
        return false;
    return mc_be32_get(s.p + HEAD_CRC) == crc32c(mc_slice(s.p, HEAD_CRC), mc_slice(NULL, 0));
}

/* Length of the whole record at this offset when its own check holds, else 0. */
static size_t rec_at(struct mc_slice s, size_t off)
{
    const uint8_t *p;
    size_t n;
    if (off > s.n || s.n - off < REC_LEN)
        return 0;
    p = s.p + off;
    n = mc_be32_get(p + REC_SIZE);
    if (n > s.n - off - REC_LEN)
        return 0;
    if (mc_be32_get(p + REC_CRC) != crc32c(mc_slice(p, REC_CRC), mc_slice(p + REC_LEN, n)))
        return 0;
    return REC_LEN + n;
}

/* ---- reading: one good image out of two files ---- */

struct source {
    struct mc_buf bytes;
    bool usable; /* present, with a good header of the newest generation */
};

static size_t next_rec(const struct node_vote_log *log, struct mc_slice s, size_t off)
{
    size_t n = rec_at(s, off);
    if (n == 0 || mc_be64_get(s.p + off) != log->next_seq)
        return 0;
    return memcmp(s.p + off + REC_CHAIN, log->chain, CHAIN_LEN) == 0 ? n : 0;
}

/* Is there a record behind `off` that was written when the missing one had already been synced? */
static bool synced_beyond(const struct node_vote_log *log, struct mc_slice s, size_t off)
{
    for (; off < s.n && s.n - off >= REC_LEN; off++) {
        uint64_t seq = mc_be64_get(s.p + off), synced = mc_be64_get(s.p + off + REC_SYNCED);
        if (seq <= log->next_seq || synced >= seq || synced < log->next_seq)
            continue;
        if (rec_at(s, off) != 0)
            return true;
    }
    return false;
}

/* Takes each record from whichever file has it whole.  Both files hold the same bytes at the same offsets. */
static enum mc_err merge(struct node_vote_log *log, const struct source src[2],
                         struct node_vote_log_info *info, struct mc_errmsg *em)
{
    size_t off = HEAD_LEN, longest = 0;
    for (;;) {
        size_t n = 0;
        for (int i = 0; i < 2 && n == 0; i++) {
            struct mc_slice s = mc_buf_slice(&src[i].bytes);
            n = src[i].usable ? next_rec(log, s, off) : 0;
            if (n > 0)
                mc_buf_put(&log->image, s.p + off, n);
        }
        if (n == 0)
            break;
        if (log->image.oom)
            return mc_fail(em, MC_ENOMEM, "vote log: out of memory");
        chain_next(log->chain, mc_slice(log->image.p + off, REC_LEN));
        log->next_seq++;
        info->rec_cnt++;
        off += n;
    }
    for (int i = 0; i < 2; i++) {
        if (!src[i].usable)
            continue;
        if (synced_beyond(log, mc_buf_slice(&src[i].bytes), off))
            return mc_fail(em, MC_ECORRUPT,
                           "vote log: record %" PRIu64 " at byte %zu is damaged in both %s and %s",
                           log->next_seq, off, log->path[0], log->path[1]);
        if (src[i].bytes.n > longest)
            longest = src[i].bytes.n;
    }
    info->dropped_len = longest > off ? longest - off : 0;
    return MC_OK;
}

static enum mc_err read_sources(struct node_vote_log *log, struct source src[2], uint32_t *present,
                                struct mc_errmsg *em)
{
    *present = 0;
    for (int i = 0; i < 2; i++) {
        enum mc_err err =
            mc_file_read(&src[i].bytes, log->path[i], (size_t)NODE_VOTE_LOG_BYTES_MAX, em);
        if (err != MC_OK && err != MC_ENOTFOUND)
            return err;
        *present += err == MC_OK;
        src[i].usable = err == MC_OK && file_head_ok(mc_buf_slice(&src[i].bytes));
    }
    return MC_OK;
}

/* Picks the newest header.  After a crash within a rotation the older file holds nothing that the mark does not say. */
static enum mc_err choose_head(struct node_vote_log *log, struct source src[2],
                               struct mc_errmsg *em)
{
    const uint8_t *head = NULL;
    for (int i = 0; i < 2; i++) {
        if (src[i].usable && (head == NULL || mc_be64_get(src[i].bytes.p + MAGIC_LEN) >
                                                  mc_be64_get(head + MAGIC_LEN)))
            head = src[i].bytes.p;
    }
    if (head == NULL)
        return mc_fail(em, MC_ECORRUPT, "vote log: neither %s nor %s has a whole header",
                       log->path[0], log->path[1]);
    if (memcmp(head + MAGIC_LEN + 16, log->identity.b, 32) != 0)
        return mc_fail(em, MC_EMISMATCH, "vote log %s belongs to another chain or validator key",
                       log->path[0]);
    for (int i = 0; i < 2; i++)
        src[i].usable = src[i].usable && memcmp(src[i].bytes.p, head, HEAD_LEN) == 0;
    log->generation = mc_be64_get(head + MAGIC_LEN);
    log->next_seq = mc_be64_get(head + MAGIC_LEN + 8);
    mc_buf_put(&log->image, head, HEAD_LEN);
    chain_start(log->chain, mc_slice(head, HEAD_LEN));
    return mc_buf_check(&log->image, "vote log", em);
}

static enum mc_err create_image(struct node_vote_log *log, struct mc_errmsg *em)
{
    log->generation = 1;
    log->next_seq = 1;
    put_file_head(&log->image, log, 1);
    if (!log->image.oom)
        chain_start(log->chain, mc_buf_slice(&log->image));
    return mc_buf_check(&log->image, "vote log", em);
}

/* Fills log->image and rewrites each file that differs from it. */
static enum mc_err load(struct node_vote_log *log, struct node_vote_log_info *info,
                        struct mc_errmsg *em)
{
    struct source src[2] = {0};
    uint32_t present = 0;
    enum mc_err err = read_sources(log, src, &present, em);

    if (err == MC_OK && present == 0) {
        info->created = true;
        err = create_image(log, em);
    } else if (err == MC_OK) {
        err = choose_head(log, src, em);
        if (err == MC_OK)
            err = merge(log, src, info, em);
    }
    for (int i = 0; i < 2 && err == MC_OK; i++) {
        bool same = mc_slice_eq(mc_buf_slice(&src[i].bytes), mc_buf_slice(&log->image));
        /* Rewritten even when equal: after a kill between write and sync the bytes we read are in the page cache
         * only, and the votes in them are about to be sent again. */
        err = mc_file_write(log->path[i], mc_buf_slice(&log->image), 0600, em);
        info->repaired += !info->created && !same;
    }
    log->file_len = log->image.n;
    log->synced_seq = log->next_seq - 1;
    log->replay = HEAD_LEN;
    mc_buf_free(&src[0].bytes);
    mc_buf_free(&src[1].bytes);
    return err;
}

/* ---- the second file's syncs ---- */

static void *syncer_main(void *arg)
{
    struct syncer *s = arg;
    pthread_mutex_lock(&s->lock);
    while (!s->quit) {
        int result;
        if (!s->busy) {
            pthread_cond_wait(&s->cond, &s->lock);
            continue;
        }
        pthread_mutex_unlock(&s->lock);
        result = fdatasync(s->fd) == 0 ? 0 : errno;
        pthread_mutex_lock(&s->lock);
        s->result = result;
        s->busy = false;
        pthread_cond_broadcast(&s->cond);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static enum mc_err syncer_start(struct syncer *s, struct mc_errmsg *em)
{
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->cond, NULL);
    if (pthread_create(&s->thread, NULL, syncer_main, s) != 0)
        return mc_fail(em, MC_EIO, "vote log: no thread for the second file");
    s->started = true;
    return MC_OK;
}

static void syncer_ask(struct syncer *s, int fd)
{
    pthread_mutex_lock(&s->lock);
    s->fd = fd;
    s->busy = true;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
}

static int syncer_wait(struct syncer *s)
{
    int result;
    pthread_mutex_lock(&s->lock);
    while (s->busy)
        pthread_cond_wait(&s->cond, &s->lock);
    result = s->result;
    pthread_mutex_unlock(&s->lock);
    return result;
}

static void syncer_stop(struct syncer *s)
{
    if (!s->started)
        return;
    pthread_mutex_lock(&s->lock);
    s->quit = true;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->cond);
    pthread_mutex_destroy(&s->lock);
}

/* ---- public ---- */

static enum mc_err open_files(struct node_vote_log *log, struct mc_errmsg *em)
{
    for (int i = 0; i < 2; i++) {
        if (log->fd[i] >= 0)
            close(log->fd[i]);
        log->fd[i] = open(log->path[i], O_WRONLY | O_CLOEXEC);
        if (log->fd[i] < 0)
            return mc_fail(em, MC_EIO, "open %s: %s", log->path[i], strerror(errno));
    }
    return MC_OK;
}

enum mc_err node_vote_log_open(struct node_vote_log **out, struct node_vote_log_info *info,
                               const char *path_a, const char *path_b,
                               const struct mc_hash *identity, struct mc_errmsg *em)
{
    struct node_vote_log *log = calloc(1, sizeof *log);
    enum mc_err err = MC_OK;

    pthread_once(&crc_once, crc_init);
    memset(info, 0, sizeof *info);
    if (log == NULL)
        return mc_fail(em, MC_ENOMEM, "vote log: out of memory");
    log->fd[0] = log->fd[1] = -1;
    log->identity = *identity;
    log->path[0] = strdup(path_a);
    log->path[1] = strdup(path_b);
    if (log->path[0] == NULL || log->path[1] == NULL)
        err = mc_fail(em, MC_ENOMEM, "vote log: out of memory");
    if (err == MC_OK)
        err = load(log, info, em);
    if (err == MC_OK)
        err = open_files(log, em);
    if (err == MC_OK)
        err = syncer_start(&log->syncer, em);
    if (err != MC_OK) {
        node_vote_log_close(log);
        return err;
    }
    *out = log;
    return MC_OK;
}

void node_vote_log_close(struct node_vote_log *log)
{
    if (log == NULL)
        return;
    syncer_stop(&log->syncer);
    for (int i = 0; i < 2; i++) {
        if (log->fd[i] >= 0)
            close(log->fd[i]);
        free(log->path[i]);
    }
    mc_buf_free(&log->group);
    mc_buf_free(&log->image);
    free(log);
}

bool node_vote_log_next(struct node_vote_log *log, struct mc_slice *payload)
{
    size_t n;
    if (log->replay >= log->image.n)
        return false;
    n = mc_be32_get(log->image.p + log->replay + REC_SIZE);
    *payload = mc_slice(log->image.p + log->replay + REC_LEN, n);
    log->replay += REC_LEN + n;
    return true;
}

static enum mc_err give_up(struct node_vote_log *log, enum mc_err err)
{
    log->failed = true;
    return err;
}

static enum mc_err check_usable(const struct node_vote_log *log, struct mc_errmsg *em)
{
    if (log->failed)
        return mc_fail(em, MC_EIO, "vote log: refused after an earlier failure");
    return MC_OK;
}

enum mc_err node_vote_log_append(struct node_vote_log *log, struct mc_slice payload,
                                 struct mc_errmsg *em)
{
    enum mc_err err = check_usable(log, em);
    if (err != MC_OK)
        return err;
    if (payload.n > NODE_VOTE_LOG_BYTES_MAX - REC_LEN ||
        log->file_len + log->group.n + REC_LEN + payload.n > NODE_VOTE_LOG_BYTES_MAX)
        return give_up(log, mc_fail(em, MC_ELIMIT, "vote log: more than %u bytes at one height",
                                    NODE_VOTE_LOG_BYTES_MAX));
    mc_buf_free(&log->image);
    log->replay = 0;
    put_rec(&log->group, log, payload);
    err = mc_buf_check(&log->group, "vote log", em);
    return err == MC_OK ? MC_OK : give_up(log, err);
}

static enum mc_err write_all(const struct node_vote_log *log, int i, struct mc_errmsg *em)
{
    size_t done = 0;
    while (done < log->group.n) {
        ssize_t n = pwrite(log->fd[i], log->group.p + done, log->group.n - done,
                           (off_t)(log->file_len + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return mc_fail(em, MC_EIO, "write %s: %s", log->path[i],
                           n < 0 ? strerror(errno) : "nothing was written");
        done += (size_t)n;
    }
    return MC_OK;
}

static enum mc_err sync_both(struct node_vote_log *log, struct mc_errmsg *em)
{
    int a, b;
    syncer_ask(&log->syncer, log->fd[1]);
    a = fdatasync(log->fd[0]) == 0 ? 0 : errno;
    b = syncer_wait(&log->syncer);
    if (a != 0 || b != 0)
        return mc_fail(em, MC_EIO, "sync %s: %s", log->path[a != 0 ? 0 : 1],
                       strerror(a != 0 ? a : b));
    return MC_OK;
}

enum mc_err node_vote_log_sync(struct node_vote_log *log, struct mc_errmsg *em)
{
    enum mc_err err = check_usable(log, em);
    if (err != MC_OK || log->group.n == 0)
        return err;
    for (int i = 0; i < 2 && err == MC_OK; i++)
        err = write_all(log, i, em);
    if (err == MC_OK)
        err = sync_both(log, em);
    if (err != MC_OK)
        return give_up(log, err);
    log->file_len += log->group.n;
    log->synced_seq = log->next_seq - 1;
    mc_buf_reset(&log->group);
    return MC_OK;
}

enum mc_err node_vote_log_rotate(struct node_vote_log *log, struct mc_slice mark,
                                 struct mc_errmsg *em)
{
    struct mc_buf file = {0};
    enum mc_err err = check_usable(log, em);

    if (err != MC_OK)
        return err;
    MC_ASSERT(log->group.n == 0);
    MC_ASSERT(mark.n < NODE_VOTE_LOG_BYTES_MAX - HEAD_LEN - REC_LEN);
    log->generation++;
    put_file_head(&file, log, log->next_seq);
    if (!file.oom)
        chain_start(log->chain, mc_buf_slice(&file));
    put_rec(&file, log, mark);
    err = mc_buf_check(&file, "vote log", em);
    /* Each replacement is atomic; between the two, the newer generation counts. */
    for (int i = 0; i < 2 && err == MC_OK; i++)
        err = mc_file_write(log->path[i], mc_buf_slice(&file), 0600, em);
    if (err == MC_OK)
        err = open_files(log, em);
    if (err != MC_OK)
        (void)give_up(log, err);
    log->file_len = file.n;
    log->synced_seq = log->next_seq - 1;
    mc_buf_free(&log->image);
    mc_buf_free(&file);
    return err;
}

uint64_t node_vote_log_bytes(const struct node_vote_log *log)
{
    return log->file_len + log->group.n;
}

uint32_t node_vote_log_unsynced(const struct node_vote_log *log)
{
    return (uint32_t)(log->next_seq - 1 - log->synced_seq);
}
