#include "tools/doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What all rules look at. */
struct facts {
    struct doctor_report *out;
    const struct doctor_node *nodes;
    uint32_t cnt, answering;
    const struct doctor_node *first;   /* that answers; the others are compared with it */
    const struct doctor_node *witness; /* of the highest open height, then of the highest round */
    uint64_t best, now_s;
    uint32_t reach; /* most validators that one node reaches */
    bool moved;     /* a head moved while we asked */
};

static void find(struct facts *f, const char *code, const struct doctor_node *n, const char *fmt,
                 ...) MC_PRINTF(4, 5);
static void find(struct facts *f, const char *code, const struct doctor_node *n, const char *fmt,
                 ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct doctor_report *r = f->out;
    r->healthy = false;
    mc_buf_putf(&r->findings, "%s%s%s\n", n != NULL ? n->name : "", n != NULL ? ": " : "", text);
    mc_buf_putf(&r->json, "%s{\"code\":\"%s\",\"node\":", r->finding_cnt++ > 0 ? "," : "", code);
    if (n != NULL)
        mc_json_put_str(&r->json, mc_slice_str(n->url));
    else
        mc_buf_put_str(&r->json, "null");
    mc_buf_put_str(&r->json, ",\"text\":");
    mc_json_put_str(&r->json, mc_slice_str(text));
    mc_buf_put_u8(&r->json, '}');
}

static void gather(struct facts *f)
{
    for (uint32_t i = 0; i < f->cnt; i++) {
        const struct doctor_node *n = &f->nodes[i];
        if (!n->answers)
            continue;
        f->answering++;
        if (f->first == NULL)
            f->first = n;
        if (n->head > f->best)
            f->best = n->head;
        f->moved = f->moved || n->head_later > n->head;
        if (!n->has_round)
            continue;
        if (n->reachable > f->reach)
            f->reach = n->reachable;
        if (f->witness == NULL || n->height > f->witness->height ||
            (n->height == f->witness->height && n->round > f->witness->round))
            f->witness = n;
    }
}

/* ------------------------------------------------------------------ one node */

static void judge_identity(struct facts *f, const struct doctor_node *n)
{
    const struct doctor_node *a = f->first;
    if (n->chain_id != a->chain_id)
        find(f, "chain", n, "follows chain %" PRIu64 ", %s follows chain %" PRIu64, n->chain_id,
             a->name, a->chain_id);
    if (strcmp(n->genesis, a->genesis) != 0)
        find(f, "genesis", n,
             "has another genesis: its block 0 is %s, that of %s is %s; give both the same genesis "
             "file",
             n->genesis, a->name, a->genesis);
    else if (strcmp(n->common_hash, a->common_hash) != 0)
        find(f, "fork", n,
             "has another block at a height that %s has: %s against %s%s; keep both data "
             "directories, this must not happen",
             a->name, n->common_hash, a->common_hash,
             strcmp(n->common_root, a->common_root) != 0 ? ", with another state root" : "");
    if (strcmp(n->version, a->version) != 0)
        find(f, "version", n, "runs %s, %s runs %s", n->version, a->name, a->version);
}

static void judge_state(struct facts *f, const struct doctor_node *n)
{
    if (n->head_later + DOCTOR_LAG <= f->best)
        find(f, "lag", n, "lags: its newest block is %" PRIu64 ", others have %" PRIu64,
             n->head_later, f->best);
    if (n->skew_ms > DOCTOR_SKEW_MS || n->skew_ms < -DOCTOR_SKEW_MS)
        find(f, "clock", n, "its clock is %.1f s %s this machine's: set both by NTP",
             (double)llabs(n->skew_ms) / 1000, n->skew_ms > 0 ? "ahead of" : "behind");
    if (n->has_disk && n->disk_free_bytes < DOCTOR_DISK_BYTES)
        find(f, "disk", n, "%" PRIu64 " MiB are free on the disk of its data",
             n->disk_free_bytes / (1024u * 1024u));
    if (n->time_s > f->now_s + DOCTOR_SKEW_MS / 1000)
        find(f, "clock", n, "its newest block is dated %" PRIu64 " s ahead of this machine's clock",
             n->time_s - f->now_s);
}

static void judge_vote(struct facts *f, const struct doctor_node *n)
{
    bool quorum = n->reachable >= n->quorum;
    if (!n->has_round)
        return;
    if (n->self >= 0 && !n->voting)
        find(f, "not_voting", n, "is a validator but does not vote: %s",
             !n->ready && quorum
                 ? n->why
                 : "it abstains until it knows that it cannot contradict an earlier vote of its "
                   "own");
    else if (!n->ready && quorum)
        find(f, "not_ready", n, "%s", n->why);
    if (!quorum && f->reach >= n->quorum)
        find(f, "reach", n, "reaches %u of %u validators, another node %u: look at its network",
             n->reachable, n->seat_cnt, f->reach);
}

static void judge_node(struct facts *f, const struct doctor_node *n)
{
    if (!n->answers && n->dead)
        find(f, "dead", n, "its process does not run; `medichain devnet restart %s` starts it",
             n->name + sizeof "node");
    else if (!n->answers)
        find(f, "silent_node", n, "%s does not answer: %s", n->url, n->silence);
    else {
        judge_identity(f, n);
        judge_state(f, n);
        judge_vote(f, n);
    }
}

/* ------------------------------------------------------------------ one validator, seen by all */

struct sight {
    bool itself;            /* it is one of those asked, and answers */
    uint32_t linked, apart; /* others that are connected to it, and not */
    const struct doctor_node *apart_node;
    bool seen, heard;
    uint64_t silent_s;
};

static void look_at(struct sight *s, const struct facts *f, uint32_t seat)
{
    const struct doctor_node *w = f->witness;
    *s = (struct sight){.silent_s = UINT64_MAX};
    for (uint32_t i = 0; i < f->cnt; i++) {
        const struct doctor_node *n = &f->nodes[i];
        if (!n->answers || !n->has_round || seat >= n->seat_cnt ||
            strcmp(n->seats[seat].account, w->seats[seat].account) != 0)
            continue; /* another validator set: it lags, which is said elsewhere */
        const struct doctor_seat *v = &n->seats[seat];
        s->seen = s->seen || (n->height == w->height && v->seen);
        if (n->self == (int32_t)seat) {
            s->itself = true;
            continue;
        }
        if (v->heard && v->silent_s < s->silent_s) {
            s->heard = true;
            s->silent_s = v->silent_s;
        }
        if (v->connected)
            s->linked++;
        else {
            s->apart++;
            s->apart_node = n;
        }
    }
}

static void judge_seat(struct facts *f, uint32_t i)
{
    const struct doctor_node *w = f->witness;
    const char *account = w->seats[i].account;
    struct sight s;
    char since[64] = "never";
    look_at(&s, f, i);
    if (s.heard)
        snprintf(since, sizeof since, "%" PRIu64 " s ago", s.silent_s);
    if (s.apart > 0 && s.linked == 0)
        find(f, "silent", NULL,
             "validator %u (%s) is silent at height %" PRIu64
             ", round %u: no node that answers is connected to it; last heard %s",
             i, account, w->height, w->round, since);
    else if (s.apart > 0)
        find(f, "link", s.apart_node, "is not connected to validator %u (%s), others are", i,
             account);
    else if (!s.seen && w->active && w->round > 0)
        find(f, "mute", NULL,
             "validator %u (%s) is connected but said nothing at height %" PRIu64 ", round %u", i,
             account, w->height, w->round);
}

/* ------------------------------------------------------------------ the chain */

static void judge_chain(struct facts *f)
{
    const struct doctor_node *w = f->witness;
    struct mc_buf *b = &f->out->chain;
    if (f->answering == 0) {
        mc_buf_putf(b, "nothing is known of the chain: no node answers");
    } else if (w == NULL) {
        mc_buf_putf(b, "the newest block is %" PRIu64 "; no node tells how deciding goes", f->best);
    } else if (f->moved) {
        mc_buf_putf(b, "the chain advances, now past block %" PRIu64, f->best);
    } else if (f->reach < w->quorum) {
        f->out->healthy = false;
        mc_buf_putf(b,
                    "the chain stands still at height %" PRIu64 ", round %u, since %" PRIu64
                    " s: %u of %u validators are together, a block needs %u, so %u more must come",
                    w->height, w->round, w->since_block_s, f->reach, w->seat_cnt, w->quorum,
                    w->quorum - f->reach);
    } else if (w->active && w->round > 0) {
        f->out->healthy = false;
        mc_buf_putf(b,
                    "the chain has not decided height %" PRIu64
                    " yet: it is in round %u, proposer is validator %u",
                    w->height, w->round, w->proposer);
    } else {
        mc_buf_putf(b,
                    "the chain is able to advance: block %" PRIu64 " is %" PRIu64
                    " s old, %s; %u of %u validators are together, a block needs %u",
                    f->best, w->since_block_s,
                    w->active || w->pending > 0 ? "the next one is being decided"
                                                : "nothing waits for the next one",
                    f->reach, w->seat_cnt, w->quorum);
    }
}

void doctor_judge(struct doctor_report *out, const struct doctor_node *nodes, uint32_t cnt,
                  uint64_t now_s)
{
    struct facts f = {.out = out, .nodes = nodes, .cnt = cnt, .now_s = now_s};
    *out = (struct doctor_report){.healthy = true};
    gather(&f);
    judge_chain(&f);
    for (uint32_t i = 0; i < cnt; i++)
        judge_node(&f, &nodes[i]);
    for (uint32_t i = 0; f.witness != NULL && i < f.witness->seat_cnt; i++)
        judge_seat(&f, i);
}

void doctor_report_free(struct doctor_report *r)
{
    mc_buf_free(&r->chain);
    mc_buf_free(&r->findings);
    mc_buf_free(&r->json);
}
