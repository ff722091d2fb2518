/* Lying validators for net.h: they hear everything that anybody sends, hold the keys of up to f identities, and say
 * whatever might hurt: votes for several blocks, round changes that forget or choose their lock, proposals with
 * chosen justifications to chosen receivers, wrong bodies. */
#ifndef MC_TESTS_SIM_LIAR_H
#define MC_TESTS_SIM_LIAR_H

#include "net.h"

enum { LIAR_ROUNDS = 12, LIAR_BLOCKS = 8 };

struct liar_block {
    struct mc_hash hash;
    uint8_t body[NET_BODY_MAX];
    size_t len;
};

/* What was overheard at the newest height. */
struct liar {
    uint64_t height;
    uint32_t round; /* highest heard at it */
    uint32_t cnt;   /* identities 0 .. cnt-1 lie */
    bool odd;       /* forges, floods and speaks of far places too */
    struct liar_block blocks[LIAR_BLOCKS];
    uint32_t block_cnt;
    struct cons_vote prepares[MC_VALIDATORS_MAX][LIAR_ROUNDS]; /* type 0: not heard */
    struct cons_rc rcs[MC_VALIDATORS_MAX][LIAR_ROUNDS];
    bool has_rc[MC_VALIDATORS_MAX][LIAR_ROUNDS];
    struct cons_cert pc;                                     /* scratch */
    struct net_said said[MC_VALIDATORS_MAX][LIAR_ROUNDS][5]; /* by our identities, last */
    uint64_t said_cnt;
};

static inline void liar_reset(struct liar *l, uint64_t height)
{
    l->height = height;
    l->round = 0;
    l->block_cnt = 0;
    memset(l->prepares, 0, sizeof l->prepares);
    memset(l->has_rc, 0, sizeof l->has_rc);
    memset(l->said, 0, sizeof l->said);
}

static inline void liar_learn_block(struct liar *l, const struct mc_hash *hash,
                                    struct mc_slice body)
{
    struct liar_block *b;
    for (uint32_t i = 0; i < l->block_cnt; i++) {
        if (mc_hash_eq(&l->blocks[i].hash, hash))
            return;
    }
    if (l->block_cnt == LIAR_BLOCKS)
        return;
    b = &l->blocks[l->block_cnt++];
    b->hash = *hash;
    b->len = body.n;
    memcpy(b->body, body.p, body.n);
}

static inline void liar_hear(struct liar *l, const struct cons_msg *m)
{
    const struct cons_vote *v = &m->vote;
    if (v->height > l->height)
        liar_reset(l, v->height);
    if (v->height != l->height || v->round >= LIAR_ROUNDS)
        return;
    if (v->round > l->round)
        l->round = v->round;
    if (v->type == CONS_PROPOSAL)
        liar_learn_block(l, &v->digest, m->body);
    if (v->type == CONS_PREPARE)
        l->prepares[v->signer][v->round] = *v;
    if (v->type == CONS_ROUND_CHANGE) {
        struct cons_rc *rc = &l->rcs[v->signer][v->round];
        memset(rc, 0, sizeof *rc);
        rc->signer = v->signer;
        rc->prepared = m->pc != NULL;
        if (m->pc != NULL) {
            rc->prep_round = m->pc->round;
            rc->prep_digest = m->pc->digest;
        }
        memcpy(rc->sig, v->sig, sizeof rc->sig);
        l->has_rc[v->signer][v->round] = true;
    }
}

/* A prepared certificate from what honest validators said, filled up with our own votes. */
static inline bool liar_make_pc(struct net *net, struct liar *l, uint32_t round,
                                const struct mc_hash *digest)
{
    struct cons_cert *pc = &l->pc;
    memset(pc, 0, sizeof *pc);
    pc->type = CONS_PREPARE;
    pc->height = l->height;
    pc->round = round;
    pc->digest = *digest;
    for (uint32_t i = 0; i < net->n; i++) {
        struct cons_vote v = l->prepares[i][round];
        if (i < l->cnt) {
            v = (struct cons_vote){.type = CONS_PREPARE,
                                   .height = l->height,
                                   .round = round,
                                   .signer = i,
                                   .digest = *digest};
            net_sign(net, &v);
        }
        if (v.type != CONS_PREPARE || !mc_hash_eq(&v.digest, digest))
            continue;
        pc->bitmap[i / 8] |= (uint8_t)(1u << i % 8);
        memcpy(pc->sigs[pc->sig_cnt++], v.sig, sizeof v.sig);
    }
    return pc->sig_cnt >= cons_quorum(net->n);
}

/* Any certificate that exists below a round; high: the highest.  False: none. */
static inline bool liar_any_pc(struct net *net, struct liar *l, uint32_t below, bool high)
{
    bool found = false;
    for (uint32_t r = 0; r < below && r < LIAR_ROUNDS; r++) {
        uint32_t round = high && below <= LIAR_ROUNDS ? below - 1 - r : r;
        for (uint32_t b = 0; b < l->block_cnt && !found; b++)
            found = liar_make_pc(net, l, round, &l->blocks[b].hash);
        if (found)
            return true;
    }
    return false;
}

/* Two of ours at the same place? */
static inline void liar_note(struct net *net, struct liar *l, const struct cons_vote *v)
{
    struct net_said *s;
    if (v->height != l->height || v->round >= LIAR_ROUNDS || v->signer >= l->cnt)
        return;
    s = &l->said[v->signer][v->round][v->type];
    if (s->set && !mc_hash_eq(&s->digest, &v->digest))
        net->fault[v->type == CONS_PROPOSAL ? SIM_B1_PROPOSALS : SIM_B2_VOTES]++;
    s->set = true;
    s->digest = v->digest;
}

static inline void liar_wire(struct net *net, struct liar *l, struct cons_msg *m, bool forged)
{
    struct mc_buf b = {0};
    struct net_blob *blob;
    uint64_t to_mask = net_rand(net) | net_rand(net), all = 0;
    cons_msg_encode(&b, m);
    blob = net_blob_new(mc_buf_slice(&b));
    l->said_cnt++;
    for (int to = (int)l->cnt; to < net->cnt; to++) {
        all |= (uint64_t)1 << to;
        if ((to_mask >> to & 1) != 0)
            net_wire(net, (struct net_ev){.type = NET_MSG,
                                          .to = to,
                                          .from = (int)(m->vote.signer % l->cnt),
                                          .forged = forged,
                                          .blob = blob});
    }
    net->fault[SIM_B7_WITHHOLD] += (to_mask & all) != all;
    net_blob_unref(blob);
    mc_buf_free(&b);
}

/* To some receivers only. */
static inline void liar_say(struct net *net, struct liar *l, struct cons_msg *m)
{
    net_sign(net, &m->vote);
    liar_note(net, l, &m->vote);
    liar_wire(net, l, m, false);
}

static inline void liar_vote(struct net *net, struct liar *l, struct cons_msg *m)
{
    if (l->block_cnt == 0)
        return;
    m->vote.type = net_rand(net) % 2 == 0 ? CONS_PREPARE : CONS_COMMIT;
    m->vote.digest = l->blocks[net_rand(net) % l->block_cnt].hash;
    liar_say(net, l, m);
}

static inline void liar_round_change(struct net *net, struct liar *l, struct cons_msg *m)
{
    m->vote.type = CONS_ROUND_CHANGE;
    m->vote.round++;
    if (net_rand(net) % 2 == 0 && liar_any_pc(net, l, m->vote.round, net_rand(net) % 2 == 0)) {
        m->pc = &l->pc;
        cons_rc_digest(&m->vote.digest, true, l->pc.round, &l->pc.digest);
    }
    net_sign(net, &m->vote);
    liar_hear(l, m); /* usable in our own proposals */
    liar_say(net, l, m);
}

/* Our round change to `round`, claiming l->pc or nothing. */
static inline struct cons_rc liar_rc(struct net *net, struct liar *l, uint32_t id, uint32_t round,
                                     bool claim)
{
    struct cons_rc rc = {.signer = id, .prepared = claim};
    struct cons_vote v = {
        .type = CONS_ROUND_CHANGE, .height = l->height, .round = round, .signer = id};
    if (claim) {
        rc.prep_round = l->pc.round;
        rc.prep_digest = l->pc.digest;
    }
    cons_rc_digest(&v.digest, claim, rc.prep_round, &rc.prep_digest);
    net_sign(net, &v);
    memcpy(rc.sig, v.sig, sizeof rc.sig);
    return rc;
}

/* Round changes for a round: honest ones as heard, ours as it suits; which of them, is our choice too.  Now and then
 * too few, or one of ours again to fill up. */
static inline uint32_t liar_rcs(struct net *net, struct liar *l, uint32_t round, bool claim,
                                struct cons_rc out[MC_VALIDATORS_MAX])
{
    uint32_t cnt = 0, start = (uint32_t)(net_rand(net) % net->n);
    uint32_t want = cons_quorum(net->n) - (net_rand(net) % 4 == 0);
    for (uint32_t k = 0; k < net->n && cnt < want; k++) {
        uint32_t i = (start + k) % net->n;
        if (i < l->cnt)
            out[cnt++] = liar_rc(net, l, i, round, claim);
        else if (l->has_rc[i][round])
            out[cnt++] = l->rcs[i][round];
    }
    if (cnt + 1 == cons_quorum(net->n) && net_rand(net) % 2 == 0)
        out[cnt++] = liar_rc(net, l, 0, round, claim);
    return cnt;
}

/* Mostly the block that the certificate is for. */
static inline void liar_continue(struct net *net, struct liar *l, struct cons_msg *m,
                                 uint8_t body[NET_BODY_MAX])
{
    for (uint32_t i = 0; i < l->block_cnt; i++) {
        const struct liar_block *b = &l->blocks[i];
        if (!mc_hash_eq(&b->hash, &l->pc.digest) || net_rand(net) % 4 == 0)
            continue;
        m->vote.digest = b->hash;
        memcpy(body, b->body, b->len);
        m->body = mc_slice(body, b->len);
    }
}

static inline void liar_propose(struct net *net, struct liar *l, struct cons_msg *m)
{
    struct cons_rc rcs[MC_VALIDATORS_MAX];
    uint8_t body[NET_BODY_MAX];
    struct net_node *model = net->node[net->cnt - 1]; /* an honest chain to build on */
    m->vote.type = CONS_PROPOSAL;
    m->vote.signer = cons_proposer(net->n, l->height, m->vote.round);
    if (m->vote.signer >= l->cnt || model->store.head + 1 != l->height)
        return;
    if (l->block_cnt > 0 && net_rand(net) % 2 == 0) {
        const struct liar_block *b = &l->blocks[net_rand(net) % l->block_cnt];
        m->vote.digest = b->hash;
        memcpy(body, b->body, b->len);
        m->body = mc_slice(body, b->len);
    } else {
        m->body.n = net_block_build(net, model, l->height, body, &m->vote.digest);
        m->body.p = body;
        if (net_rand(net) % 4 == 0) { /* of another height, on another parent, or from the future */
            static const uint8_t at[] = {7, 20, 54};
            net->fault[SIM_B8_BLOCK]++;
            body[at[net_rand(net) % sizeof at]] ^= 3;
            mc_keccak256(&m->vote.digest, m->body);
        }
    }
    if (m->vote.round > 0) {
        if (net_rand(net) % 2 == 0 && liar_any_pc(net, l, m->vote.round, net_rand(net) % 2 == 0)) {
            m->pc = &l->pc;
            liar_continue(net, l, m, body);
        }
        net->fault[SIM_B5_JUSTIFY]++;
        m->rcs = rcs;
        m->rc_cnt = liar_rcs(net, l, m->vote.round, m->pc != NULL, rcs);
    }
    if (net_rand(net) % 8 == 0)
        body[51] ^= 1; /* bytes that are not this block's */
    liar_learn_block(l, &m->vote.digest, m->body);
    liar_say(net, l, m);
}

/* Somebody's vote with a broken signature. */
static inline void liar_forge(struct net *net, struct liar *l, struct cons_msg *m)
{
    m->vote.type = net_rand(net) % 2 == 0 ? CONS_PREPARE : CONS_COMMIT;
    m->vote.signer = (uint32_t)(net_rand(net) % net->n);
    if (l->block_cnt > 0)
        m->vote.digest = l->blocks[0].hash;
    net_sign(net, &m->vote);
    m->vote.sig[net_rand(net) % 32] ^= (uint8_t)(1u << net_rand(net) % 8);
    liar_wire(net, l, m, true);
}

/* Rightly signed, at a place where nobody is. */
static inline void liar_far(struct net *net, struct liar *l, struct cons_msg *m)
{
    static const uint64_t ahead[] = {0, 1, 2, 1000, UINT64_MAX};
    net->fault[SIM_B4_FAR]++;
    m->vote.type = net_rand(net) % 2 == 0 ? CONS_PREPARE : CONS_COMMIT;
    m->vote.height += ahead[net_rand(net) % MC_COUNT(ahead)];
    m->vote.round = (uint32_t)(net_rand(net) % 100000);
    if (l->block_cnt > 0)
        m->vote.digest = l->blocks[0].hash;
    liar_say(net, l, m);
}

/* CVE-2022-26534: one round change to a huge round once dragged a whole network along. */
static inline void liar_flood(struct net *net, struct liar *l, struct cons_msg *m)
{
    m->vote.type = CONS_ROUND_CHANGE;
    for (uint32_t k = 0; k < 8; k++) {
        net->fault[SIM_B6_FLOOD]++;
        m->vote.round = k % 2 == 0 ? CONS_ROUND_MAX - k : (uint32_t)(1 + net_rand(net) % 5000);
        m->vote.digest = MC_HASH_ZERO;
        liar_say(net, l, m);
    }
}

static inline void liar_act(struct net *net, struct liar *l)
{
    struct cons_msg m = {.is_signed = true};
    if (l->height == 0 || l->height >= NET_HEIGHTS_MAX)
        return;
    m.vote.height = l->height;
    m.vote.signer = (uint32_t)(net_rand(net) % l->cnt);
    m.vote.round = (uint32_t)(net_rand(net) % (l->round + 2));
    if (net_rand(net) % 2 == 0)
        m.vote.round = l->round;
    if (m.vote.round >= LIAR_ROUNDS - 1)
        m.vote.round = LIAR_ROUNDS - 2;
    switch (net_rand(net) % (l->odd ? 7 : 4)) {
    case 0:
    case 1:
        liar_vote(net, l, &m);
        break;
    case 2:
        liar_round_change(net, l, &m);
        break;
    case 3:
        liar_propose(net, l, &m);
        break;
    case 4:
        liar_forge(net, l, &m);
        break;
    case 5:
        liar_far(net, l, &m);
        break;
    case 6:
        liar_flood(net, l, &m);
        break;
    }
}

/* After every event; hears all messages through net->hear_cb. */
static inline void liar_mischief(struct net *net, struct liar *l)
{
    /* Each lie causes further events; a liar that floods is the transport's concern. */
    if (net_rand(net) % 12 == 0 && net->heap_cnt < 1000)
        liar_act(net, l);
}

#endif
