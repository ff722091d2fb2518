#include "tools/record_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Larger JSON files are anchored all the same; only their type is not looked up. */
#define TYPE_BYTES_MAX (4u * 1024u * 1024u)

enum mc_err record_hash_file(char out[65], const char *path, struct mc_errmsg *em)
{
    static uint8_t chunk[65536];
    struct mc_sha256 c;
    struct mc_hash h;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return mc_fail(em, errno == ENOENT ? MC_ENOTFOUND : MC_EIO, "%s: %s", path,
                       strerror(errno));
    mc_sha256_init(&c);
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            mc_errf(em, "%s: %s", path, strerror(errno));
            close(fd);
            return MC_EIO;
        }
        if (n == 0)
            break;
        mc_sha256_add(&c, mc_slice(chunk, (size_t)n));
    }
    close(fd);
    mc_sha256_end(&c, &h);
    mc_hex_encode(out, h.b, 32);
    return MC_OK;
}

enum mc_err record_id_of_path(char out[RECORD_ID_MAX + 1], const char *path, struct mc_errmsg *em)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t n = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    if (n == 0 || n > RECORD_ID_MAX)
        return mc_fail(em, MC_EINVAL, "%s: its name makes no record id of 1 to %u bytes; give --id",
                       path, RECORD_ID_MAX);
    memcpy(out, name, n);
    out[n] = 0;
    return MC_OK;
}

void record_type_of_file(char out[RECORD_TYPE_MAX + 1], const char *path)
{
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    snprintf(out, RECORD_TYPE_MAX + 1, "document");
    if (mc_file_read(&text, path, TYPE_BYTES_MAX, NULL) == MC_OK &&
        mc_json_parse(&doc, mc_buf_slice(&text), MC_JSON_DEPTH_MAX, NULL) == MC_OK) {
        struct mc_slice s = mc_json_str(mc_json_get(mc_json_root(doc), "resourceType"));
        if (s.n > 0 && s.n <= RECORD_TYPE_MAX && memchr(s.p, 0, s.n) == NULL)
            snprintf(out, RECORD_TYPE_MAX + 1, "%.*s", (int)s.n, (const char *)s.p);
    }
    mc_json_free(doc);
    mc_buf_free(&text);
}

bool record_hash_eq(struct mc_slice stored, const char hash[65])
{
    uint8_t a[32], b[32];
    if (stored.n == 66 && stored.p[0] == '0' && (stored.p[1] | 0x20) == 'x')
        stored = mc_slice_skip(stored, 2);
    return stored.n == 64 && mc_hex_decode(a, (const char *)stored.p, 32) &&
           mc_hex_decode(b, hash, 32) && memcmp(a, b, 32) == 0;
}

static enum mc_err add_file(struct record_file **list, size_t *cnt, const char *path,
                            const char *id, const char *type, struct mc_errmsg *em)
{
    struct record_file *grown, *f;
    enum mc_err err;
    if (strlen(path) >= RECORD_PATH_MAX)
        return mc_fail(em, MC_EINVAL, "%.100s...: the path is too long", path);
    if (id != NULL && (id[0] == 0 || strlen(id) > RECORD_ID_MAX))
        return mc_fail(em, MC_EINVAL, "--id: 1 to %u bytes", RECORD_ID_MAX);
    if (type != NULL && strlen(type) > RECORD_TYPE_MAX)
        return mc_fail(em, MC_EINVAL, "--type: at most %u bytes", RECORD_TYPE_MAX);
    grown = realloc(*list, (*cnt + 1) * sizeof **list);
    if (grown == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    *list = grown;
    f = &grown[*cnt];
    snprintf(f->path, sizeof f->path, "%s", path);
    err = record_hash_file(f->hash, path, em);
    if (err != MC_OK)
        return err;
    if (id != NULL)
        snprintf(f->id, sizeof f->id, "%s", id);
    else
        err = record_id_of_path(f->id, path, em);
    if (type != NULL)
        snprintf(f->type, sizeof f->type, "%s", type);
    else
        record_type_of_file(f->type, path);
    *cnt += err == MC_OK;
    return err;
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static enum mc_err add_folder(struct record_file **list, size_t *cnt, const char *dir,
                              const char *type, struct mc_errmsg *em)
{
    struct dirent **names = NULL;
    enum mc_err err = MC_OK;
    int n = scandir(dir, &names, visible, alphasort);
    if (n < 0)
        return mc_fail(em, MC_EIO, "%s: %s", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        char path[RECORD_PATH_MAX];
        struct stat st;
        int len = snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        if (err == MC_OK && len > 0 && (size_t)len < sizeof path && stat(path, &st) == 0 &&
            S_ISREG(st.st_mode))
            err = add_file(list, cnt, path, NULL, type, em);
        free(names[i]);
    }
    free(names);
    return err;
}

enum mc_err record_files_add(struct record_file **list, size_t *cnt, const char *path,
                             const char *id, const char *type, struct mc_errmsg *em)
{
    struct stat st;
    size_t before = *cnt;
    if (stat(path, &st) != 0)
        return mc_fail(em, MC_ENOTFOUND, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return add_file(list, cnt, path, id, type, em);
    if (id != NULL)
        return mc_fail(em, MC_EINVAL,
                       "--id names one file, and %s is a folder: leave it out and "
                       "each file's own name is its id",
                       path);
    enum mc_err err = add_folder(list, cnt, path, type, em);
    if (err == MC_OK && *cnt == before)
        err = mc_fail(em, MC_ENOTFOUND, "%s: no files in this folder", path);
    return err;
}
