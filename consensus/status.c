/* A view of the core for people: who is silent at which round. */
#include "consensus/core.h"

static bool said(const struct vote_slot window[CONS_WINDOW], uint32_t round)
{
    const struct vote_slot *s = &window[round % CONS_WINDOW];
    return s->used && s->round == round;
}

void cons_status_get(const struct cons *c, struct cons_status *out)
{
    memset(out, 0, sizeof *out);
    out->stats = c->stats;
    out->self = c->self;
    if (!c->open)
        return;
    out->height = c->height;
    out->round = c->round;
    out->n = c->n;
    out->q = c->q;
    out->voting = cons_may_vote(c);
    out->active = c->active;
    out->decided = c->answered;
    out->has_proposal = c->acc.set;
    out->has_prepared = c->prep.set;
    out->proposer = cons_proposer(c->n, c->height, c->round);
    if (c->acc.set) {
        out->proposal = c->acc.digest;
        out->prepare_cnt = cons_vote_cnt(c, CONS_PREPARE, c->round, &c->acc.digest);
        out->commit_cnt = cons_vote_cnt(c, CONS_COMMIT, c->round, &c->acc.digest);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        out->peer[i].seen = c->seen[i];
        out->peer[i].prepared = said(c->prepares[i], c->round);
        out->peer[i].committed = said(c->commits[i], c->round);
        out->peer[i].asked_round = c->rcs[i].used ? c->rcs[i].round : 0;
    }
}
