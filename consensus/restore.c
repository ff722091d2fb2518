/* Restart: the records of the vote log, in order, bring back what we said, so that we never say otherwise. */
#include "consensus/core.h"

static void reach_round(struct cons *c, uint32_t round)
{
    if (round <= c->round)
        return;
    c->round = round;
    c->acc = (struct target){0};
}

static void restore_proposal(struct cons *c, const struct cons_rec *rec)
{
    reach_round(c, rec->round);
    c->own_proposal = (struct own_vote){.set = true, .round = rec->round, .digest = rec->digest};
    c->just.rc_cnt = rec->rc_cnt;
    if (rec->rc_cnt > 0)
        memcpy(c->just.rcs, rec->rcs, rec->rc_cnt * sizeof *rec->rcs);
    c->just.has_pc = rec->pc != NULL;
    if (rec->pc != NULL)
        c->just.pc = *rec->pc;
}

static void restore_prepare(struct cons *c, const struct cons_rec *rec)
{
    reach_round(c, rec->round);
    c->own_prepare = (struct own_vote){.set = true, .round = rec->round, .digest = rec->digest};
    c->acc = (struct target){.set = true, .round = rec->round, .digest = rec->digest};
}

static void restore_commit(struct cons *c, const struct cons_rec *rec)
{
    reach_round(c, rec->round);
    c->own_commit = (struct own_vote){.set = true, .round = rec->round, .digest = rec->digest};
    c->prep.set = true;
    c->prep.cert = *rec->pc;
}

static void restore_round(struct cons *c, const struct cons_rec *rec)
{
    reach_round(c, rec->round);
    c->own_rc_pc = c->prep;
    c->own_rc = (struct own_vote){.set = true, .round = rec->round, .digest = rec->digest};
}

static void restore_mark(struct cons *c, uint64_t height)
{
    if (c->floor < height)
        c->floor = height;
    if (c->height <= height)
        cons_height_reset(c, 0);
}

/* Only our own log reaches this, but it comes from a disk. */
static bool is_sane(const struct cons *c, const struct cons_rec *rec)
{
    if (rec->height == 0 || rec->height < c->height)
        return false;
    if (rec->round > CONS_ROUND_MAX || rec->rc_cnt > MC_VALIDATORS_MAX)
        return false;
    if (rec->body.n > c->cfg.body_bytes_max)
        return false;
    return rec->type != CONS_REC_COMMIT || rec->pc != NULL;
}

enum mc_err cons_restore(struct cons *c, const struct cons_rec *rec)
{
    if (c->open)
        return MC_EINVAL;
    if (rec->type == CONS_REC_MARK) {
        restore_mark(c, rec->height);
        return MC_OK;
    }
    if (!is_sane(c, rec))
        return MC_EINVAL;
    if (rec->height <= c->floor)
        return MC_OK; /* we stay silent at that height anyway */
    if (rec->height > c->height)
        cons_height_reset(c, rec->height);
    if (rec->body.n > 0) {
        struct body *b = cons_body_put(c, &rec->digest, rec->body);
        b->logged = true;
        b->trusted = true;
    }
    c->active = true;
    switch (rec->type) {
    case CONS_REC_PROPOSAL:
        restore_proposal(c, rec);
        break;
    case CONS_REC_PREPARE:
        restore_prepare(c, rec);
        break;
    case CONS_REC_COMMIT:
        restore_commit(c, rec);
        break;
    case CONS_REC_ROUND:
        restore_round(c, rec);
        break;
    case CONS_REC_MARK:
        break;
    }
    return MC_OK;
}
