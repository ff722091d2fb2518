/* Rounds: what is due now?  PBFT's three phases, the timer, and the proposer's part. */
#include "consensus/core.h"

static uint64_t round_timeout_ms(const struct cons *c)
{
    uint64_t t = c->cfg.timeout_max_ms;
    /* T0 * 2^r up to the cap: uncapped doubling once made a chain wait for hours after an outage. */
    if (c->round < 32 && (uint64_t)c->cfg.timeout_ms << c->round < t)
        t = (uint64_t)c->cfg.timeout_ms << c->round;
    return t;
}

static uint64_t resend_ms(const struct cons *c)
{
    return c->cfg.timeout_ms / 2 + 1;
}

static void arm_round(struct cons *c)
{
    c->round_deadline_ms = c->now_ms + round_timeout_ms(c);
}

void cons_activate(struct cons *c)
{
    if (c->active && c->round_deadline_ms != 0)
        return;
    c->active = true;
    arm_round(c);
    c->resend_deadline_ms = c->now_ms + resend_ms(c);
}

void cons_round_enter(struct cons *c, uint32_t round)
{
    c->round = round;
    c->acc = (struct target){0};
    c->acc_vote = (struct vote_slot){0};
    c->asked = false;
    cons_activate(c);
    arm_round(c);
}

void cons_round_leave(struct cons *c, uint32_t to)
{
    if (cons_may_vote(c)) {
        struct cons_rec rec = {.type = CONS_REC_ROUND, .height = c->height, .round = to};
        c->own_rc_pc = c->prep;
        c->own_rc = (struct own_vote){.set = true, .round = to};
        cons_rc_digest(&c->own_rc.digest, c->prep.set, c->prep.cert.round, &c->prep.cert.digest);
        rec.digest = c->own_rc.digest;
        cons_put_rec(c, &rec);
        cons_put_msg(c, CONS_ROUND_CHANGE, &c->own_rc);
    }
    cons_round_enter(c, to);
}

void cons_resend(struct cons *c)
{
    if (!cons_may_vote(c))
        return;
    if (c->own_proposal.set && c->own_proposal.round == c->round)
        cons_put_msg(c, CONS_PROPOSAL, &c->own_proposal);
    if (c->own_prepare.set)
        cons_put_msg(c, CONS_PREPARE, &c->own_prepare);
    if (c->own_commit.set)
        cons_put_msg(c, CONS_COMMIT, &c->own_commit);
    if (c->own_rc.set && c->own_rc.round == c->round)
        cons_put_msg(c, CONS_ROUND_CHANGE, &c->own_rc);
}

void cons_round_timer(struct cons *c)
{
    if (!c->open || !c->active || c->answered)
        return;
    if (cons_may_vote(c) && !c->decided.set && c->now_ms >= c->round_deadline_ms &&
        c->round < CONS_ROUND_MAX) {
        c->stats.timeouts++;
        cons_round_leave(c, c->round + 1);
    }
    if (c->now_ms >= c->resend_deadline_ms) {
        c->fetching = false;
        cons_resend(c);
        c->resend_deadline_ms = c->now_ms + resend_ms(c);
    }
}

/* ---- accepting a proposal ---- */

static void meet_same_round(struct cons *c, const struct cons_msg *m)
{
    struct cons_vote first = m->vote;
    if (mc_hash_eq(&c->acc.digest, &m->vote.digest)) {
        c->stats.duplicate++;
        cons_body_put(c, &m->vote.digest, m->body); /* ours may have been dropped as wrong bytes */
        return;
    }
    if (!c->acc_vote.used)
        return; /* accepted before a restart: that signature is not in the log */
    first.digest = c->acc_vote.digest;
    memcpy(first.sig, c->acc_vote.sig, sizeof first.sig);
    cons_put_evidence(c, &first, &m->vote);
}

static void accept_proposal(struct cons *c, const struct cons_msg *m)
{
    const struct cons_vote *v = &m->vote;
    c->acc = (struct target){
        .set = true, .fresh = m->pc == NULL, .round = v->round, .digest = v->digest};
    c->acc_vote = (struct vote_slot){.used = true, .round = v->round, .digest = v->digest};
    memcpy(c->acc_vote.sig, v->sig, sizeof v->sig);
    cons_body_put(c, &v->digest, m->body);
    cons_activate(c);
}

void cons_round_proposal(struct cons *c, const struct cons_msg *m)
{
    const struct cons_vote *v = &m->vote;
    if (c->decided.set) {
        if (mc_hash_eq(&v->digest, &c->decided.digest))
            cons_body_put(c, &v->digest, m->body);
        return;
    }
    if (v->round < c->round) {
        c->stats.stale++;
        return;
    }
    if (v->round == c->round && c->acc.set) {
        meet_same_round(c, m);
        return;
    }
    if (v->round > c->round) {
        c->stats.round_jumps++;
        cons_round_enter(c, v->round);
    }
    accept_proposal(c, m);
}

/* ---- the proposer's part ---- */

static void propose(struct cons *c, struct body *b)
{
    struct cons_rec rec = {.type = CONS_REC_PROPOSAL,
                           .height = c->height,
                           .round = c->round,
                           .digest = b->hash,
                           .rcs = c->just.rcs,
                           .rc_cnt = c->just.rc_cnt,
                           .pc = c->just.has_pc ? &c->just.pc : NULL};
    if (!b->logged)
        rec.body = mc_slice(b->buf, b->len);
    b->logged = true;
    c->own_proposal = (struct own_vote){.set = true, .round = c->round, .digest = b->hash};
    cons_put_rec(c, &rec);
    cons_put_msg(c, CONS_PROPOSAL, &c->own_proposal);
}

enum mc_err cons_round_built(struct cons *c, const struct cons_event *ev)
{
    struct body *b;
    if (ev->u.proposal.body.n == 0 || ev->u.proposal.body.n > c->cfg.body_bytes_max)
        return MC_EINVAL;
    if (!c->open || !c->asked || c->decided.set || !cons_may_vote(c))
        return MC_OK;
    if (ev->u.proposal.height != c->height || ev->u.proposal.round != c->round)
        return MC_OK;
    if (c->own_proposal.set && c->own_proposal.round >= c->round)
        return MC_OK;
    b = cons_body_find(c, &ev->u.proposal.hash);
    if (b != NULL && !b->trusted)
        cons_body_drop(b);
    b = cons_body_put(c, &ev->u.proposal.hash, ev->u.proposal.body);
    b->trusted = true;
    propose(c, b);
    return MC_OK;
}

static void ask_for_block(struct cons *c)
{
    c->asked = true;
    c->has_propose = true;
    c->propose = (struct cons_want){.height = c->height, .round = c->round};
}

static void repropose(struct cons *c)
{
    struct body *b = cons_body_find(c, &c->just.pc.digest);
    if (b == NULL)
        cons_body_fetch(c, c->round, &c->just.pc.digest);
    else if (b->trusted)
        propose(c, b);
    else if (b->state != BODY_INVALID)
        cons_body_validate(c, b, c->round, false);
}

static void advance_proposer(struct cons *c)
{
    if (!c->active || !cons_may_vote(c) || c->asked)
        return;
    if ((uint32_t)c->self != cons_proposer(c->n, c->height, c->round))
        return;
    if (c->own_proposal.set && c->own_proposal.round >= c->round)
        return;
    if (c->round == 0) {
        c->just.rc_cnt = 0;
        c->just.has_pc = false;
        ask_for_block(c);
        return;
    }
    if (!cons_rc_justify(c))
        return;
    /* PBFT 1999, 4.4: the new primary continues the prepared request of the highest view. */
    if (c->just.has_pc)
        repropose(c);
    else
        ask_for_block(c);
}

/* ---- the phases ---- */

static void advance_prepare(struct cons *c)
{
    struct cons_rec rec = {.type = CONS_REC_PREPARE, .height = c->height, .round = c->round};
    struct body *b;

    if (!c->acc.set || !cons_may_vote(c))
        return;
    if (c->own_prepare.set && c->own_prepare.round >= c->round)
        return;
    b = cons_body_find(c, &c->acc.digest);
    if (b == NULL) {
        cons_body_fetch(c, c->round, &c->acc.digest);
        return;
    }
    if (b->state == BODY_UNKNOWN || (b->state == BODY_UNTIMELY && !c->acc.fresh))
        cons_body_validate(c, b, c->round, c->acc.fresh);
    if (b->state != BODY_VALID)
        return;
    c->own_prepare = (struct own_vote){.set = true, .round = c->round, .digest = c->acc.digest};
    rec.digest = c->acc.digest;
    if (!b->logged)
        rec.body = mc_slice(b->buf, b->len);
    b->logged = true;
    cons_put_rec(c, &rec);
    cons_put_msg(c, CONS_PREPARE, &c->own_prepare);
}

static void advance_commit(struct cons *c)
{
    struct cons_rec rec = {.type = CONS_REC_COMMIT, .height = c->height, .round = c->round};

    if (!c->acc.set || !cons_may_vote(c))
        return;
    if (!c->own_prepare.set || c->own_prepare.round != c->round ||
        !mc_hash_eq(&c->own_prepare.digest, &c->acc.digest))
        return;
    if (c->own_commit.set && c->own_commit.round >= c->round)
        return;
    if (cons_vote_cnt(c, CONS_PREPARE, c->round, &c->acc.digest) < c->q)
        return;
    /* The certificate is our lock: it goes to disk with the vote, or a restart could forget it. */
    c->prep.set = true;
    cons_vote_cert(c, &c->prep.cert, CONS_PREPARE, c->round, &c->acc.digest);
    c->own_commit = (struct own_vote){.set = true, .round = c->round, .digest = c->acc.digest};
    rec.digest = c->acc.digest;
    rec.pc = &c->prep.cert;
    cons_put_rec(c, &rec);
    cons_put_msg(c, CONS_COMMIT, &c->own_commit);
}

static void advance_decided(struct cons *c)
{
    struct body *b = cons_body_find(c, &c->decided.digest);
    if (b == NULL) {
        cons_activate(c); /* the resend timer repeats the fetch */
        cons_body_fetch(c, c->decided.round, &c->decided.digest);
        return;
    }
    if (b->state == BODY_INVALID) {
        if (!c->diverged)
            cons_raise(c, CONS_ALARM_DIVERGED);
        c->diverged = true;
        return;
    }
    if (b->state != BODY_VALID) {
        /* Not as a fresh block: a quorum stands behind it, our clock does not matter any more. */
        cons_body_validate(c, b, c->decided.round, false);
        return;
    }
    c->answered = true;
    c->has_commit = true;
    c->commit = (struct cons_block){.height = c->height,
                                    .round = c->decided.round,
                                    .hash = b->hash,
                                    .body = mc_slice(b->buf, b->len)};
}

void cons_advance(struct cons *c)
{
    uint32_t jump;
    if (!c->open || c->answered)
        return;
    if (c->decided.set) {
        advance_decided(c);
        return;
    }
    jump = cons_rc_jump(c);
    if (jump > c->round) {
        c->stats.round_jumps++;
        cons_round_leave(c, jump);
    }
    advance_proposer(c);
    advance_prepare(c);
    advance_commit(c);
}
