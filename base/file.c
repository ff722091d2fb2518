#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP_BYTES 65536u
#define WALK_FDS        16 /* directories that a removal keeps open at once */

static enum mc_err os_error(struct mc_errmsg *em, const char *what, const char *path)
{
    int number = errno;

    return mc_fail(em, number == ENOENT ? MC_ENOTFOUND : MC_EIO, "%s %s: %s", what, path,
                   strerror(number));
}

/* ---- reading ---- */

static enum mc_err fd_read(struct mc_buf *out, int fd, const char *path, size_t bytes_max,
                           struct mc_errmsg *em)
{
    size_t start = out->n;

    for (;;) {
        ssize_t n;
        if (!mc_buf_reserve(out, READ_STEP_BYTES))
            return mc_fail(em, MC_ENOMEM, "read %s: out of memory", path);
        n = read(fd, out->p + out->n, READ_STEP_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mc_fail(em, MC_EIO, "read %s: %s", path, strerror(errno));
        if (n == 0)
            return MC_OK;
        out->n += (size_t)n;
        if (out->n - start > bytes_max)
            return mc_fail(em, MC_ELIMIT, "read %s: larger than %zu bytes", path, bytes_max);
    }
}

enum mc_err mc_file_read(struct mc_buf *out, const char *path, size_t bytes_max,
                         struct mc_errmsg *em)
{
    size_t start = out->n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum mc_err err;

    if (fd < 0)
        return os_error(em, "open", path);
    err = fd_read(out, fd, path, bytes_max, em);
    if (err != MC_OK)
        out->n = start;
    close(fd);
    return err;
}

/* ---- writing ---- */

static bool fd_write(int fd, struct mc_slice data)
{
    while (data.n > 0) {
        ssize_t n = write(fd, data.p, data.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data = mc_slice_skip(data, (size_t)n);
    }
    return true;
}

/* Makes a rename in the directory of path durable. */
static enum mc_err parent_sync(const char *path, struct mc_errmsg *em)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX];
    enum mc_err err = MC_OK;
    int fd;

    if (slash == NULL)
        snprintf(dir, sizeof dir, ".");
    else
        snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return os_error(em, "open folder", dir);
    if (fsync(fd) != 0)
        err = os_error(em, "sync folder", dir);
    close(fd);
    return err;
}

static enum mc_err temp_write(const char *temp, struct mc_slice data, uint32_t mode,
                              struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);

    if (fd < 0)
        return os_error(em, "create", temp);
    if (!fd_write(fd, data))
        err = os_error(em, "write", temp);
    else if (fsync(fd) != 0)
        err = os_error(em, "sync", temp);
    /* Some file systems report a full disk only here. */
    if (close(fd) != 0 && err == MC_OK)
        err = os_error(em, "close", temp);
    return err;
}

enum mc_err mc_file_write(const char *path, struct mc_slice data, uint32_t mode,
                          struct mc_errmsg *em)
{
    static atomic_uint serial;
    char temp[PATH_MAX];
    enum mc_err err;
    int n = snprintf(temp, sizeof temp, "%s.%ld.%u.tmp", path, (long)getpid(),
                     atomic_fetch_add(&serial, 1));

    if (n < 0 || (size_t)n >= sizeof temp)
        return mc_fail(em, MC_EINVAL, "write %s: path is too long", path);
    err = temp_write(temp, data, mode, em);
    if (err == MC_OK && rename(temp, path) != 0)
        err = os_error(em, "rename to", path);
    if (err != MC_OK) {
        unlink(temp);
        return err;
    }
    return parent_sync(path, em);
}

/* ---- directories ---- */

static enum mc_err one_dir_make(const char *path, uint32_t mode, struct mc_errmsg *em)
{
    struct stat st;

    if (mkdir(path, (mode_t)mode) == 0)
        return MC_OK;
    if (errno != EEXIST)
        return os_error(em, "make folder", path);
    if (stat(path, &st) != 0)
        return os_error(em, "make folder", path);
    if (!S_ISDIR(st.st_mode))
        return mc_fail(em, MC_EIO, "make folder %s: a file is in the way", path);
    return MC_OK;
}

enum mc_err mc_dir_make(const char *path, uint32_t mode, struct mc_errmsg *em)
{
    char part[PATH_MAX];
    size_t n = strlen(path);

    if (n == 0 || n >= sizeof part)
        return mc_fail(em, MC_EINVAL, "make folder: path is empty or too long");
    memcpy(part, path, n + 1);
    for (size_t i = 1; i < n; i++) {
        enum mc_err err;
        if (part[i] != '/')
            continue;
        part[i] = '\0';
        err = one_dir_make(part, mode, em);
        if (err != MC_OK)
            return err;
        part[i] = '/';
    }
    return one_dir_make(path, mode, em);
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path) == 0 || errno == ENOENT ? 0 : errno;
}

enum mc_err mc_dir_remove(const char *path, struct mc_errmsg *em)
{
    int rc = nftw(path, entry_remove, WALK_FDS, FTW_DEPTH | FTW_PHYS);

    if (rc == 0 || (rc == -1 && errno == ENOENT))
        return MC_OK;
    return mc_fail(em, MC_EIO, "remove %s: %s", path, strerror(rc == -1 ? errno : rc));
}
