/* Parts of net.h: the invariants, checked when a message leaves or a block is decided. */
#ifndef MC_TESTS_SIM_NET_CHECK_H
#define MC_TESTS_SIM_NET_CHECK_H

#include "net_base.h"

static inline struct net_said *net_said_at(struct net *net, const struct cons_vote *v)
{
    if (v->height >= NET_HEIGHTS_MAX || v->round >= NET_ROUNDS_MAX) {
        net_fail(net, "h=%" PRIu64 " r=%u is beyond what the test can check", v->height, v->round);
        return &net->said[0];
    }
    return &net->said[((v->signer * NET_HEIGHTS_MAX + v->height) * NET_ROUNDS_MAX + v->round) * 5 +
                      (uint32_t)v->type];
}

static inline bool net_logged(struct net *net, int i, const struct cons_vote *v)
{
    static const enum cons_rec_type rec_of[] = {[CONS_PROPOSAL] = CONS_REC_PROPOSAL,
                                                [CONS_PREPARE] = CONS_REC_PREPARE,
                                                [CONS_COMMIT] = CONS_REC_COMMIT,
                                                [CONS_ROUND_CHANGE] = CONS_REC_ROUND};
    const struct net_node *nd = net->node[i];
    for (uint64_t k = 0; k < nd->log_synced; k++) {
        const struct net_rec *r = &nd->log[k];
        if (r->type == rec_of[v->type] && r->height == v->height && r->round == v->round &&
            mc_hash_eq(&r->digest, &v->digest))
            return net->disk == NULL ||
                   net->disk->durable_cb(net, i, mc_slice(r->blob->bytes, r->blob->len));
    }
    return false;
}

static inline const struct net_said *net_said_by(const struct net *net, uint32_t id,
                                                 uint64_t height, uint32_t round,
                                                 enum cons_msg_type type)
{
    return &net->said[((id * NET_HEIGHTS_MAX + height) * NET_ROUNDS_MAX + round) * 5 +
                      (uint32_t)type];
}

/* Could a quorum, liars included, have committed to this block at this round? */
static inline bool net_maybe_decided(const struct net *net, uint64_t height, uint32_t round,
                                     const struct mc_hash *digest)
{
    uint32_t cnt = 0;
    for (uint32_t id = 0; id < net->n; id++) {
        const struct net_said *s = net_said_by(net, id, height, round, CONS_COMMIT);
        cnt += net->node[id]->faulty || (s->set && mc_hash_eq(&s->digest, digest));
    }
    return cnt >= cons_quorum(net->n);
}

/* What keeps S1 true whoever gets to know of it: no honest PREPARE for another block after a round that may have
 * decided.  Checked from both sides, so that the order of sending does not matter. */
static inline void net_check_lock(struct net *net, const struct cons_vote *v)
{
    for (uint32_t id = 0; id < net->n; id++) {
        if (net->node[id]->faulty)
            continue;
        if (v->type == CONS_COMMIT && net_maybe_decided(net, v->height, v->round, &v->digest)) {
            for (uint32_t r = v->round + 1; r <= net->max_round && r < NET_ROUNDS_MAX; r++) {
                const struct net_said *p = net_said_by(net, id, v->height, r, CONS_PREPARE);
                if (p->set && !mc_hash_eq(&p->digest, &v->digest))
                    net_fail(net,
                             "S9: h=%" PRIu64 ": id=%u PREPAREd another block at r=%u, "
                             "COMMITs at r=%u may decide",
                             v->height, id, r, v->round);
            }
        }
        for (uint32_t r = 0; v->type == CONS_PREPARE && r < v->round && r < NET_ROUNDS_MAX; r++) {
            const struct net_said *k = net_said_by(net, id, v->height, r, CONS_COMMIT);
            if (k->set && !mc_hash_eq(&k->digest, &v->digest) &&
                net_maybe_decided(net, v->height, r, &k->digest))
                net_fail(net,
                         "S9: h=%" PRIu64 ": id=%u PREPAREs another block at r=%u, "
                         "COMMITs at r=%u may decide",
                         v->height, v->signer, v->round, r);
        }
    }
}

/* A message is about to leave the process. */
static inline void net_check_leaving(struct net *net, int i, const struct cons_msg *m)
{
    const struct net_node *nd = net->node[i];
    const struct cons_vote *v = &m->vote;
    struct net_said *said = net_said_at(net, v);
    uint32_t *commit_round = &net->commit_round[v->signer][v->height % NET_HEIGHTS_MAX];
    uint32_t *rc_round = &net->rc_round[v->signer][v->height % NET_HEIGHTS_MAX];

    if (v->round > net->max_round)
        net->max_round = v->round;
    if (nd->faulty)
        return;
    /* A resend too: after a restart it may rest on what only the page cache remembers. */
    if (v->height > nd->store.head && !net_logged(net, i, v))
        net_fail(net, "S8: id=%u h=%" PRIu64 " r=%u type=%d: not in the log", v->signer, v->height,
                 v->round, (int)v->type);
    if (said->set) { /* a resend */
        if (!mc_hash_eq(&said->digest, &v->digest))
            net_fail(net, "S6: id=%u h=%" PRIu64 " r=%u type=%d: two digests", v->signer, v->height,
                     v->round, (int)v->type);
        return;
    }
    said->set = true;
    said->digest = v->digest;
    net_check_lock(net, v);
    if ((v->type == CONS_PREPARE || v->type == CONS_COMMIT) && v->round < *rc_round)
        net_fail(net, "S7: id=%u h=%" PRIu64 ": vote at r=%u after round change to %u", v->signer,
                 v->height, v->round, *rc_round);
    if (v->type == CONS_COMMIT && v->round + 1 > *commit_round)
        *commit_round = v->round + 1;
    if (v->type == CONS_ROUND_CHANGE) {
        if (v->round > *rc_round)
            *rc_round = v->round;
        if (*commit_round > 0 && *commit_round - 1 < v->round &&
            (m->pc == NULL || m->pc->round < *commit_round - 1))
            net_fail(net, "S9: id=%u h=%" PRIu64 ": round change to %u forgets COMMIT of %u",
                     v->signer, v->height, v->round, *commit_round - 1);
    }
}

/* A message that counts as this validator's: it must have said so itself. */
static inline void net_check_heard(struct net *net, const struct cons_vote *v)
{
    const struct net_said *said;
    if (net->node[v->signer]->faulty)
        return;
    said = net_said_at(net, v);
    if (!said->set || !mc_hash_eq(&said->digest, &v->digest))
        net_fail(net, "S5: id=%u never said h=%" PRIu64 " r=%u type=%d", v->signer, v->height,
                 v->round, (int)v->type);
}

static inline void net_check_decided(struct net *net, const struct net_node *nd, uint64_t height,
                                     const struct mc_hash *hash, const struct cons_cert *cc)
{
    struct net_said *d;
    if (height >= NET_HEIGHTS_MAX) {
        net_fail(net, "too many heights");
        return;
    }
    d = &net->decided[height];
    if (d->set && !mc_hash_eq(&d->digest, hash) && !nd->faulty)
        net_fail(net, "S1: h=%" PRIu64 ": two blocks", height);
    if (!d->set && !nd->faulty) {
        d->set = true;
        d->digest = *hash;
    }
    if (cc->type != CONS_COMMIT || cc->height != height || !mc_hash_eq(&cc->digest, hash) ||
        !net_cert_ok(net, cc))
        net_fail(net, "S2: h=%" PRIu64 ": bad certificate", height);
}

#endif
