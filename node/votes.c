#include "node/votes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_LEN 1300u

static enum mc_err make_paths(char path[2][PATH_LEN], const struct votes_cfg *cfg,
                              struct mc_errmsg *em)
{
    char dir[1200];
    for (int i = 0; i < 2; i++) {
        snprintf(dir, sizeof dir, "%s/votes-%c", cfg->data_dir, "ab"[i]);
        snprintf(path[i], PATH_LEN, "%s/log", dir);
        enum mc_err err = mc_dir_make(dir, 0700, em);
        if (err != MC_OK)
            return err;
    }
    return MC_OK;
}

/* Kept for whoever wants to know what happened; the newest loss replaces an older one. */
static enum mc_err put_aside(char path[2][PATH_LEN], struct mc_errmsg *em)
{
    char lost[PATH_LEN * 2 + 8];
    for (int i = 0; i < 2; i++) {
        snprintf(lost, sizeof lost, "%.*s.lost", (int)PATH_LEN, path[i]);
        if (rename(path[i], lost) != 0 && errno != ENOENT)
            return mc_fail(em, MC_EIO, "rename %s: %s", path[i], strerror(errno));
    }
    MC_LOG(WARN, "votes.lost", "the damaged vote log is kept as %s", lost);
    return MC_OK;
}

enum mc_err votes_open(struct node_vote_log **out, bool *empty, const struct votes_cfg *cfg,
                       struct mc_errmsg *em)
{
    char path[2][PATH_LEN];
    struct node_vote_log_info info = {0};
    struct mc_hash identity;
    const struct mc_slice parts[] = {mc_hash_slice(&cfg->chain.genesis), mc_slice(cfg->pub, 32)};

    mc_keccak256v(&identity, parts, MC_COUNT(parts));
    enum mc_err err = make_paths(path, cfg, em);
    if (err == MC_OK)
        err = node_vote_log_open(out, &info, path[0], path[1], &identity, em);
    if (err == MC_ECORRUPT && cfg->amnesia) {
        err = put_aside(path, em);
        if (err == MC_OK)
            err = node_vote_log_open(out, &info, path[0], path[1], &identity, em);
    } else if (err == MC_ECORRUPT) {
        mc_errwrap(em, "what this validator voted is lost; restart it with amnesia set to go on "
                       "without, after a pause that keeps the chain safe");
    }
    if (err != MC_OK) {
        mc_errwrap(em, "vote log");
        return err;
    }
    *empty = info.rec_cnt == 0;
    MC_LOG(INFO, "votes.open", "created=%d records=%" PRIu64 " repaired=%u", info.created,
           info.rec_cnt, info.repaired);
    return MC_OK;
}

static void settling_path(char out[PATH_LEN], const char *data_dir)
{
    snprintf(out, PATH_LEN, "%s/votes-a/settling", data_dir);
}

enum mc_err votes_settling_begin(const char *data_dir, struct mc_errmsg *em)
{
    char path[PATH_LEN];
    settling_path(path, data_dir);
    return mc_file_write(path, mc_slice_str("this node began with nothing\n"), 0644, em);
}

void votes_settling_end(const char *data_dir)
{
    char path[PATH_LEN];
    settling_path(path, data_dir);
    (void)unlink(path); /* a leftover beside a log that holds records means nothing */
}

bool votes_is_settling(const char *data_dir)
{
    char path[PATH_LEN];
    settling_path(path, data_dir);
    return access(path, F_OK) == 0;
}
