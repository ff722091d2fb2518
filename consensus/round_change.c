/* Round changes: who wants to leave the round, with what prepared, and what follows for the next proposer. */
#include "consensus/core.h"

void cons_rc_add(struct cons *c, const struct cons_msg *m)
{
    const struct cons_vote *v = &m->vote;
    struct rc_slot *s = &c->rcs[v->signer];

    if (s->used && s->round == v->round) {
        struct cons_vote first = *v;
        if (mc_hash_eq(&s->digest, &v->digest)) {
            c->stats.duplicate++;
            return;
        }
        first.digest = s->digest;
        memcpy(first.sig, s->sig, sizeof first.sig);
        cons_put_evidence(c, &first, v);
        return;
    }
    if (s->used && s->round > v->round) {
        c->stats.stale++;
        return;
    }
    s->used = true;
    s->round = v->round;
    s->digest = v->digest;
    memcpy(s->sig, v->sig, sizeof s->sig);
    s->prepared = m->pc != NULL;
    if (s->prepared)
        s->pc = *m->pc;
}

uint32_t cons_rc_jump(const struct cons *c)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t at_least = 0, y = c->rcs[i].round;
        if (!c->rcs[i].used || y <= best)
            continue;
        for (uint32_t k = 0; k < c->n; k++)
            at_least += c->rcs[k].used && c->rcs[k].round >= y;
        if (at_least > c->f)
            best = y;
    }
    return best;
}

static void justify_with(struct cons *c, uint32_t i, const struct cons_cert **top)
{
    struct cons_rc *rc = &c->just.rcs[c->just.rc_cnt++];
    const struct rc_slot *s = &c->rcs[i];

    memset(rc, 0, sizeof *rc);
    rc->signer = i;
    rc->prepared = s->prepared;
    memcpy(rc->sig, s->sig, sizeof rc->sig);
    if (!s->prepared)
        return;
    rc->prep_round = s->pc.round;
    rc->prep_digest = s->pc.digest;
    if (*top == NULL || s->pc.round > (*top)->round)
        *top = &s->pc;
}

bool cons_rc_justify(struct cons *c)
{
    const struct cons_cert *top = NULL;
    uint32_t cnt = 0;

    for (uint32_t i = 0; i < c->n; i++)
        cnt += c->rcs[i].used && c->rcs[i].round == c->round;
    if (cnt < c->q)
        return false;
    c->just.rc_cnt = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        if (c->rcs[i].used && c->rcs[i].round == c->round)
            justify_with(c, i, &top);
    }
    c->just.has_pc = top != NULL;
    if (top != NULL)
        c->just.pc = *top;
    return true;
}
