/* PREPARE and COMMIT votes: who said what, and is it a quorum?  Counted by validator index. */
#include "consensus/core.h"

static struct vote_slot *slot_of(struct cons *c, const struct cons_vote *v)
{
    if (v->type == CONS_PREPARE)
        return &c->prepares[v->signer][v->round % CONS_WINDOW];
    return &c->commits[v->signer][v->round % CONS_WINDOW];
}

static const struct vote_slot *slot_at(const struct cons *c, enum cons_msg_type type, uint32_t i,
                                       uint32_t round, const struct mc_hash *digest)
{
    const struct vote_slot *s = &c->commits[i][round % CONS_WINDOW];
    if (type == CONS_PREPARE)
        s = &c->prepares[i][round % CONS_WINDOW];
    if (!s->used || s->round != round || !mc_hash_eq(&s->digest, digest))
        return NULL;
    return s;
}

uint32_t cons_vote_cnt(const struct cons *c, enum cons_msg_type type, uint32_t round,
                       const struct mc_hash *digest)
{
    uint32_t cnt = 0;
    for (uint32_t i = 0; i < c->n; i++)
        cnt += slot_at(c, type, i, round, digest) != NULL;
    return cnt;
}

void cons_vote_cert(const struct cons *c, struct cons_cert *out, enum cons_msg_type type,
                    uint32_t round, const struct mc_hash *digest)
{
    memset(out, 0, sizeof *out);
    out->type = type;
    out->height = c->height;
    out->round = round;
    out->digest = *digest;
    for (uint32_t i = 0; i < c->n; i++) {
        const struct vote_slot *s = slot_at(c, type, i, round, digest);
        if (s == NULL)
            continue;
        out->bitmap[i / 8] |= (uint8_t)(1u << (i % 8));
        memcpy(out->sigs[out->sig_cnt++], s->sig, sizeof s->sig);
    }
}

/* Same round, same type: the same words again, or a lie. */
static void meet_same_round(struct cons *c, const struct vote_slot *s, const struct cons_vote *v)
{
    struct cons_vote first = *v;
    if (mc_hash_eq(&s->digest, &v->digest)) {
        c->stats.duplicate++;
        return;
    }
    first.digest = s->digest;
    memcpy(first.sig, s->sig, sizeof first.sig);
    cons_put_evidence(c, &first, v);
}

static void note_commit_quorum(struct cons *c, const struct cons_vote *v)
{
    if (c->decided.set)
        return;
    /* Same round for all of them, but any round: a slow COMMIT of a round long left still decides. */
    if (cons_vote_cnt(c, CONS_COMMIT, v->round, &v->digest) < c->q)
        return;
    c->decided = (struct target){.set = true, .round = v->round, .digest = v->digest};
    cons_vote_cert(c, &c->decided_cert, CONS_COMMIT, v->round, &v->digest);
}

void cons_vote_add(struct cons *c, const struct cons_vote *v)
{
    struct vote_slot *s = slot_of(c, v);
    if (v->round > c->round && v->round - c->round > CONS_WINDOW_AHEAD) {
        c->stats.far++;
        return;
    }
    if (s->used && s->round == v->round) {
        meet_same_round(c, s, v);
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
    if (v->type == CONS_COMMIT)
        note_commit_quorum(c, v);
}
