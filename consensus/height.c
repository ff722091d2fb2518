/* Heights: is a message old, current or of the future; opening the next height. */
#include "consensus/core.h"

void cons_height_reset(struct cons *c, uint64_t height)
{
    c->height = height;
    c->round = 0;
    c->active = c->asked = c->answered = c->fetching = false;
    c->acc = (struct target){0};
    c->acc_vote = (struct vote_slot){0};
    c->decided = (struct target){0};
    c->prep.set = c->own_rc_pc.set = false;
    c->own_proposal = c->own_prepare = c->own_commit = c->own_rc = (struct own_vote){0};
    c->just.rc_cnt = 0;
    c->just.has_pc = false;
    memset(c->prepares, 0, sizeof c->prepares);
    memset(c->commits, 0, sizeof c->commits);
    for (size_t i = 0; i < MC_VALIDATORS_MAX; i++)
        c->rcs[i].used = false;
    memset(c->seen, 0, sizeof c->seen);
    memset(c->told, 0, sizeof c->told);
    for (size_t i = 0; i < CONS_BODY_CNT; i++)
        cons_body_drop(&c->bodies[i]);
    c->round_deadline_ms = c->resend_deadline_ms = 0;
}

static void clear_future(struct cons *c)
{
    memset(c->next.cnt, 0, sizeof c->next.cnt);
    c->next.has_proposal = false;
}

/* What came early is handled as if it came now.  What breaks the rules of this height is dropped. */
static void replay_future(struct cons *c)
{
    if (c->next.has_proposal) {
        struct cons_msg m = {.vote = c->next.proposal, .is_signed = true};
        m.body = mc_slice(c->next.body, c->next.body_len);
        c->stats.malformed += cons_height_msg(c, &m) != MC_OK;
    }
    for (uint32_t i = 0; i < MC_VALIDATORS_MAX; i++) {
        for (uint32_t k = 0; k < c->next.cnt[i]; k++) {
            struct cons_msg m = {.vote = c->next.votes[i][k], .is_signed = true};
            c->stats.malformed += cons_height_msg(c, &m) != MC_OK;
        }
    }
}

enum mc_err cons_height_open(struct cons *c, const struct cons_event *ev)
{
    const struct cons_valset *vs = ev->u.committed.valset;
    uint64_t height = ev->u.committed.height + 1;
    bool resume = !c->open && c->height == height;
    bool early = c->open && c->height + 1 == height;

    if (height == 0 || vs->cnt == 0 || vs->cnt > MC_VALIDATORS_MAX)
        return MC_EINVAL;
    if (c->open && height <= c->height)
        return MC_EINVAL;
    /* The log knows votes of a later height than the block store: the store was lost or restored from a copy.  What
     * we said up to there is not all in reach any more, so we stay silent until beyond it. */
    if (!c->open && c->height > height && c->floor < c->height)
        c->floor = c->height;
    if (!resume)
        cons_height_reset(c, height);
    c->open = true;
    c->vs = *vs;
    c->n = vs->cnt;
    c->q = cons_quorum(c->n);
    c->f = cons_faults(c->n);
    c->self = cons_valset_find(vs, c->cfg.self_pub);
    if (resume || ev->u.committed.work)
        cons_activate(c);
    if (resume)
        cons_resend(c);
    if (early)
        replay_future(c);
    clear_future(c);
    return MC_OK;
}

static void keep_future_vote(struct cons *c, const struct cons_vote *v)
{
    struct cons_vote *kept = c->next.votes[v->signer];
    uint32_t *cnt = &c->next.cnt[v->signer];

    for (uint32_t i = 0; i < *cnt; i++) {
        if (kept[i].type == v->type && kept[i].round == v->round &&
            mc_hash_eq(&kept[i].digest, &v->digest)) {
            c->stats.duplicate++;
            return;
        }
    }
    if (*cnt == CONS_FUTURE_MAX) {
        c->stats.far++;
        return;
    }
    kept[(*cnt)++] = *v;
    c->stats.buffered++;
}

static void keep_future_proposal(struct cons *c, const struct cons_msg *m)
{
    /* Only who will propose if the set stays may use the one place; after a change a resend must do. */
    if (c->next.has_proposal || m->vote.round != 0 || m->rc_cnt != 0 || m->pc != NULL ||
        m->vote.signer != cons_proposer(c->n, m->vote.height, 0)) {
        c->stats.far++;
        return;
    }
    c->next.has_proposal = true;
    c->next.proposal = m->vote;
    c->next.body_len = (uint32_t)m->body.n;
    if (m->body.n > 0)
        memcpy(c->next.body, m->body.p, m->body.n);
    c->stats.buffered++;
}

static enum mc_err keep_future(struct cons *c, const struct cons_msg *m)
{
    if (m->vote.signer >= MC_VALIDATORS_MAX || m->vote.round > CONS_ROUND_MAX)
        return MC_EMALFORM;
    if (m->body.n > c->cfg.body_bytes_max)
        return MC_EMALFORM;
    if (m->vote.height != c->height + 1)
        c->stats.far++;
    else if (m->vote.type == CONS_PROPOSAL)
        keep_future_proposal(c, m);
    else if (m->pc != NULL)
        c->stats.far++; /* a certificate has no place here; its sender repeats itself */
    else
        keep_future_vote(c, &m->vote);
    return MC_OK;
}

static enum mc_err check(const struct cons *c, const struct cons_msg *m)
{
    switch (m->vote.type) {
    case CONS_PROPOSAL:
        return cons_check_proposal(c, m);
    case CONS_PREPARE:
    case CONS_COMMIT:
        return cons_check_vote(c, &m->vote);
    case CONS_ROUND_CHANGE:
        return cons_check_round_change(c, m);
    }
    return MC_EMALFORM;
}

static struct own_vote *own_of(struct cons *c, enum cons_msg_type type)
{
    switch (type) {
    case CONS_PROPOSAL:
        return &c->own_proposal;
    case CONS_PREPARE:
        return &c->own_prepare;
    case CONS_COMMIT:
        return &c->own_commit;
    case CONS_ROUND_CHANGE:
        return &c->own_rc;
    }
    return NULL;
}

/* Our own signature: either what we just logged and signed, or proof that somebody else holds our key. */
static bool is_ours(struct cons *c, const struct cons_vote *v)
{
    struct own_vote *own = own_of(c, v->type);
    if (c->height <= c->floor)
        return false; /* said before the log was lost: expected, and not to be counted */
    if (!own->set || v->round > own->round ||
        (v->round == own->round && !mc_hash_eq(&v->digest, &own->digest))) {
        if (!c->alarmed)
            cons_raise(c, CONS_ALARM_KEY_TWICE);
        return false;
    }
    if (v->round == own->round) {
        own->has_sig = true;
        memcpy(own->sig, v->sig, sizeof own->sig);
    }
    return true;
}

static void note_seen(struct cons *c, uint32_t signer)
{
    uint32_t others = 0;
    c->seen[signer] = true;
    for (uint32_t i = 0; i < c->n; i++)
        others += c->seen[i] && (int32_t)i != c->self;
    /* One of f+1 is honest and had a reason to speak. */
    if (others > c->f)
        cons_activate(c);
}

enum mc_err cons_height_msg(struct cons *c, const struct cons_msg *m)
{
    enum mc_err err;
    if (!c->open || m->vote.height < c->height) {
        c->stats.stale++;
        return MC_OK;
    }
    if (m->vote.height > c->height)
        return keep_future(c, m);
    err = check(c, m);
    if (err != MC_OK)
        return err;
    if ((int32_t)m->vote.signer == c->self && !is_ours(c, &m->vote))
        return MC_OK;
    note_seen(c, m->vote.signer);
    if (m->vote.type == CONS_PROPOSAL)
        cons_round_proposal(c, m);
    else if (m->vote.type == CONS_ROUND_CHANGE)
        cons_rc_add(c, m);
    else
        cons_vote_add(c, &m->vote);
    return MC_OK;
}
