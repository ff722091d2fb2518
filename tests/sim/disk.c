#include "tests/sim/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static struct sim_disk *disk; /* the one in use */

uint64_t sim_disk_rand(struct sim_disk *d)
{
    uint64_t z = *d->rng += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* True: this operation is the failing one, or comes after it. */
static bool op_fails(void)
{
    if (disk->failed)
        return true;
    if (disk->fail_in == 0 || --disk->fail_in > 0)
        return false;
    disk->failed = true;
    return true;
}

static struct sim_file *file_of(const char *path)
{
    return &disk->file[path[0] == 'b'];
}

static void buf_set(struct mc_buf *b, struct mc_slice s)
{
    mc_buf_reset(b);
    mc_buf_put_slice(b, s);
    MC_ASSERT(!b->oom);
}

static int sim_open(const char *path, int flags)
{
    (void)flags;
    if (op_fails()) {
        errno = EIO;
        return -1;
    }
    return 100 + (path[0] == 'b');
}

static int sim_close(int fd)
{
    (void)fd;
    return 0;
}

static void cached_write(struct sim_file *f, const uint8_t *p, size_t n, size_t off)
{
    while (f->cached.n < off + n)
        mc_buf_put_u8(&f->cached, 0);
    MC_ASSERT(!f->cached.oom);
    memcpy(f->cached.p + off, p, n);
}

static ssize_t sim_pwrite(int fd, const void *p, size_t n, off_t off)
{
    struct sim_file *f = &disk->file[fd - 100];
    bool before = disk->failed;
    if (op_fails()) {
        /* What was under way when it stopped: a part of the bytes. */
        if (!before && disk->mode != SIM_DISK_EIO && n > 0)
            cached_write(f, p, sim_disk_rand(disk) % n, (size_t)off);
        errno = disk->mode == SIM_DISK_FULL ? ENOSPC : EIO;
        return -1;
    }
    cached_write(f, p, n, (size_t)off);
    return (ssize_t)n;
}

static int sim_fdatasync(int fd)
{
    struct sim_file *f = &disk->file[fd - 100];
    if (op_fails()) {
        errno = EIO;
        return -1;
    }
    if (!disk->lies)
        buf_set(&f->durable, mc_buf_slice(&f->cached));
    return 0;
}

static enum mc_err sim_file_read(struct mc_buf *out, const char *path, size_t bytes_max,
                                 struct mc_errmsg *em)
{
    struct sim_file *f = file_of(path);
    (void)bytes_max;
    if (op_fails())
        return mc_fail(em, MC_EIO, "read %s: input/output error", path);
    if (!f->exists)
        return mc_fail(em, MC_ENOTFOUND, "%s is not there", path);
    buf_set(out, mc_buf_slice(&f->cached));
    return MC_OK;
}

/* Atomic: the rename is there or not. */
static enum mc_err sim_file_write(const char *path, struct mc_slice data, uint32_t mode,
                                  struct mc_errmsg *em)
{
    struct sim_file *f = file_of(path);
    (void)mode;
    if (op_fails())
        return mc_fail(em, MC_EIO, "write %s: input/output error", path);
    buf_set(&f->cached, data);
    buf_set(&f->durable, data);
    f->exists = true;
    return MC_OK;
}

/* The log's helper thread, which syncs its second file, does its work where the log waits for it. */
static int sim_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock);

#define open                       sim_open
#define close                      sim_close
#define pwrite                     sim_pwrite
#define fdatasync                  sim_fdatasync
#define mc_file_read               sim_file_read
#define mc_file_write              sim_file_write
#define pthread_create(t, a, f, x) ((void)(f), (void)(x), 0)
#define pthread_join(t, r)         ((void)(t))
#define pthread_cond_wait(c, l)    sim_cond_wait(c, l)
#include "node/vote_log.c"
#undef open
#undef close
#undef pthread_cond_wait

static int sim_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock)
{
    struct syncer *s = (struct syncer *)(void *)((char *)cond - offsetof(struct syncer, cond));
    (void)lock;
    MC_ASSERT(s->busy);
    s->result = sim_fdatasync(s->fd) == 0 ? 0 : errno;
    s->busy = false;
    return 0;
}

void sim_disk_use(struct sim_disk *d)
{
    disk = d;
}

/* Unsynced bytes after a power cut: none, a prefix, or any of the sectors with what was there before between them. */
static void lose_unsynced(struct sim_disk *d, struct sim_file *f)
{
    struct mc_buf left = {0};
    size_t keep = f->cached.n;

    if (d->mode == SIM_DISK_TORN && keep > f->durable.n) {
        d->torn_cnt++;
        keep = f->durable.n + sim_disk_rand(d) % (keep - f->durable.n + 1);
        mc_buf_put(&left, f->cached.p, keep);
        for (size_t at = f->durable.n; at < keep; at += SIM_SECTOR) {
            size_t n = keep - at < SIM_SECTOR ? keep - at : SIM_SECTOR;
            if (sim_disk_rand(d) % 2 == 0)
                memset(left.p + at, 0, n);
        }
    } else {
        mc_buf_put_slice(&left, mc_buf_slice(&f->durable));
    }
    MC_ASSERT(!left.oom);
    buf_set(&f->cached, mc_buf_slice(&left));
    buf_set(&f->durable, mc_buf_slice(&left));
    mc_buf_free(&left);
}

void sim_disk_settle(struct sim_disk *d)
{
    sim_disk_use(d);
    node_vote_log_close(d->log);
    d->log = NULL;
    for (int i = 0; i < 2; i++) {
        struct sim_file *f = &d->file[i];
        if (d->mode == SIM_DISK_POWER || d->mode == SIM_DISK_TORN)
            lose_unsynced(d, f);
        else if (!d->cache_stays)
            buf_set(&f->durable, mc_buf_slice(&f->cached));
    }
    d->mode = SIM_DISK_OK;
    d->fail_in = 0;
    d->failed = false;
}

void sim_disk_damage(struct sim_disk *d, bool flip)
{
    struct sim_file *f = &d->file[sim_disk_rand(d) % 2];
    if (!f->exists || f->cached.n == 0)
        return;
    if (flip) {
        f->cached.p[sim_disk_rand(d) % f->cached.n] ^= (uint8_t)(1u << sim_disk_rand(d) % 8);
        d->flip_cnt++;
    } else if (sim_disk_rand(d) % 3 == 0) {
        f->exists = false;
        mc_buf_reset(&f->cached);
        d->cut_cnt++;
    } else {
        f->cached.n = sim_disk_rand(d) % f->cached.n;
        d->cut_cnt++;
    }
    buf_set(&f->durable, mc_buf_slice(&f->cached));
}

void sim_disk_wipe(struct sim_disk *d)
{
    for (int i = 0; i < 2; i++) {
        d->file[i].exists = false;
        mc_buf_reset(&d->file[i].cached);
        mc_buf_reset(&d->file[i].durable);
    }
}

void sim_disk_free(struct sim_disk *d)
{
    sim_disk_use(d);
    node_vote_log_close(d->log);
    for (int i = 0; i < 2; i++) {
        mc_buf_free(&d->file[i].cached);
        mc_buf_free(&d->file[i].durable);
    }
    free(d);
}
