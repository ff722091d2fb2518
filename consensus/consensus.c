/* Creation, dispatch of events, and the outputs of a step. */
#include <stdlib.h>

#include "consensus/core.h"

static bool alloc_bodies(struct cons *c)
{
    for (size_t i = 0; i < CONS_BODY_CNT; i++) {
        c->bodies[i].buf = malloc(c->cfg.body_bytes_max);
        if (c->bodies[i].buf == NULL)
            return false;
    }
    c->next.body = malloc(c->cfg.body_bytes_max);
    return c->next.body != NULL;
}

struct cons *cons_new(const struct cons_cfg *cfg)
{
    struct cons *c;
    if (cfg->timeout_ms == 0 || cfg->timeout_max_ms < cfg->timeout_ms)
        return NULL;
    if (cfg->body_bytes_max > CONS_BODY_BYTES_MAX)
        return NULL;
    c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->cfg = *cfg;
    if (c->cfg.body_bytes_max == 0)
        c->cfg.body_bytes_max = CONS_BODY_BYTES_MAX;
    c->floor = cfg->abstain_height;
    c->self = -1;
    if (!alloc_bodies(c)) {
        cons_free(c);
        return NULL;
    }
    return c;
}

void cons_free(struct cons *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < CONS_BODY_CNT; i++)
        free(c->bodies[i].buf);
    free(c->next.body);
    free(c);
}

bool cons_may_vote(const struct cons *c)
{
    return c->open && c->self >= 0 && !c->alarmed && c->height > c->floor;
}

void cons_put_rec(struct cons *c, const struct cons_rec *rec)
{
    MC_ASSERT(c->persist_cnt < CONS_PERSIST_MAX);
    c->persist[c->persist_cnt++] = *rec;
}

void cons_put_msg(struct cons *c, enum cons_msg_type type, struct own_vote *own)
{
    struct cons_msg m = {.is_signed = own->has_sig};

    m.vote.type = type;
    m.vote.height = c->height;
    m.vote.round = own->round;
    m.vote.signer = (uint32_t)c->self;
    m.vote.digest = own->digest;
    memcpy(m.vote.sig, own->sig, sizeof m.vote.sig);
    if (type == CONS_PROPOSAL) {
        const struct body *b = cons_body_find(c, &own->digest);
        if (b == NULL)
            return; /* the log held the vote, another record the bytes, and that one is gone */
        m.body = mc_slice(b->buf, b->len);
        m.rcs = c->just.rc_cnt > 0 ? c->just.rcs : NULL;
        m.rc_cnt = c->just.rc_cnt;
        m.pc = c->just.has_pc ? &c->just.pc : NULL;
    }
    if (type == CONS_ROUND_CHANGE && c->own_rc_pc.set)
        m.pc = &c->own_rc_pc.cert;
    MC_ASSERT(c->send_cnt < CONS_SEND_MAX);
    c->send[c->send_cnt++] = m;
}

void cons_put_evidence(struct cons *c, const struct cons_vote *a, const struct cons_vote *b)
{
    /* One pair convicts; a liar may not use our memory or disk for more. */
    if (c->told[a->signer])
        return;
    if (c->has_evidence)
        return; /* a second liar within one step will repeat itself */
    c->told[a->signer] = true;
    c->has_evidence = true;
    c->evidence.a = *a;
    c->evidence.b = *b;
    c->stats.evidence++;
}

void cons_raise(struct cons *c, enum cons_alarm alarm)
{
    c->alarm = alarm;
    c->alarmed = true;
}

static void clear_outputs(struct cons *c)
{
    c->persist_cnt = 0;
    c->send_cnt = 0;
    c->has_propose = false;
    c->has_validate = false;
    c->has_fetch = false;
    c->has_commit = false;
    c->has_evidence = false;
    c->alarm = CONS_ALARM_NONE;
}

static uint64_t next_deadline(const struct cons *c)
{
    if (!c->open || !c->active || c->answered)
        return 0;
    if (c->round_deadline_ms == 0 || c->decided.set || !cons_may_vote(c))
        return c->resend_deadline_ms;
    return c->round_deadline_ms < c->resend_deadline_ms ? c->round_deadline_ms
                                                        : c->resend_deadline_ms;
}

static void give_outputs(const struct cons *c, struct cons_out *out)
{
    memset(out, 0, sizeof *out);
    out->persist = c->persist_cnt > 0 ? c->persist : NULL;
    out->persist_cnt = c->persist_cnt;
    out->send = c->send_cnt > 0 ? c->send : NULL;
    out->send_cnt = c->send_cnt;
    out->propose = c->has_propose ? &c->propose : NULL;
    out->validate = c->has_validate ? &c->validate : NULL;
    out->fetch = c->has_fetch ? &c->fetch : NULL;
    out->commit = c->has_commit ? &c->commit : NULL;
    out->commit_cert = c->has_commit ? &c->decided_cert : NULL;
    out->evidence = c->has_evidence ? &c->evidence : NULL;
    out->alarm = c->alarm;
    out->deadline_ms = next_deadline(c);
}

static enum mc_err take_body(struct cons *c, const struct cons_event *ev)
{
    const struct mc_hash *hash = &ev->u.body.hash;
    if (ev->u.body.body.n == 0 || ev->u.body.body.n > c->cfg.body_bytes_max)
        return MC_EINVAL;
    if (c->open && c->fetching && mc_hash_eq(&c->fetch.hash, hash))
        cons_body_put(c, hash, ev->u.body.body);
    return MC_OK;
}

static enum mc_err dispatch(struct cons *c, const struct cons_event *ev)
{
    enum mc_err err = MC_OK;
    switch (ev->type) {
    case CONS_EV_RECORD:
        return cons_restore(c, &ev->u.record);
    case CONS_EV_COMMITTED:
        return cons_height_open(c, ev);
    case CONS_EV_WORK:
        if (c->open)
            cons_activate(c);
        break;
    case CONS_EV_PROPOSAL:
        return cons_round_built(c, ev);
    case CONS_EV_VALIDATED:
        cons_body_verdict(c, &ev->u.validated.hash, ev->u.validated.fresh, ev->u.validated.verdict);
        break;
    case CONS_EV_MSG:
        err = cons_height_msg(c, ev->u.msg);
        c->stats.malformed += err == MC_EMALFORM;
        break;
    case CONS_EV_BODY:
        return take_body(c, ev);
    case CONS_EV_TIMER:
        cons_round_timer(c);
        break;
    }
    return err;
}

enum mc_err cons_step(struct cons *c, struct cons_out *out, const struct cons_event *ev)
{
    enum mc_err err;

    clear_outputs(c);
    if (ev->now_ms > c->now_ms)
        c->now_ms = ev->now_ms;
    err = dispatch(c, ev);
    if (err != MC_OK)
        return err;
    cons_advance(c);
    give_outputs(c, out);
    return MC_OK;
}
