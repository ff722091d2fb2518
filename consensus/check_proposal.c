/* Justify(r, d, RCC, PC): may this proposal be made at its round? */
#include "consensus/core.h"

/* A quorum of distinct members asked for the round; *top is the highest they prepared, NULL for none. */
static enum mc_err check_rcs(const struct cons *c, const struct cons_msg *m,
                             const struct cons_rc **top)
{
    bool seen[MC_VALIDATORS_MAX] = {false};

    *top = NULL;
    if (m->rc_cnt < c->q || m->rc_cnt > c->n)
        return MC_EMALFORM;
    for (uint32_t i = 0; i < m->rc_cnt; i++) {
        const struct cons_rc *rc = &m->rcs[i];
        if (rc->signer >= c->n || seen[rc->signer])
            return MC_EMALFORM;
        seen[rc->signer] = true;
        if (!rc->prepared)
            continue;
        if (rc->prep_round >= m->vote.round)
            return MC_EMALFORM;
        if (*top == NULL || rc->prep_round > (*top)->prep_round)
            *top = rc;
    }
    return MC_OK;
}

static bool claims(const struct cons_msg *m, uint32_t round, const struct mc_hash *digest)
{
    for (uint32_t i = 0; i < m->rc_cnt; i++) {
        const struct cons_rc *rc = &m->rcs[i];
        if (rc->prepared && rc->prep_round == round && mc_hash_eq(&rc->prep_digest, digest))
            return true;
    }
    return false;
}

enum mc_err cons_check_proposal(const struct cons *c, const struct cons_msg *m)
{
    const struct cons_rc *top;
    enum mc_err err = cons_check_vote(c, &m->vote);
    if (err != MC_OK)
        return err;
    if (m->vote.signer != cons_proposer(c->n, m->vote.height, m->vote.round))
        return MC_EMALFORM;
    if (m->body.n == 0 || m->body.n > c->cfg.body_bytes_max)
        return MC_EMALFORM;
    if (m->vote.round == 0)
        return m->rc_cnt == 0 && m->pc == NULL ? MC_OK : MC_EMALFORM;
    err = check_rcs(c, m, &top);
    if (err != MC_OK)
        return err;
    if (top == NULL)
        return m->pc == NULL ? MC_OK : MC_EMALFORM;
    /* Any prepared block below the highest may not be the one that a quorum committed to. */
    if (m->pc == NULL || m->pc->round != top->prep_round)
        return MC_EMALFORM;
    if (!mc_hash_eq(&m->pc->digest, &m->vote.digest))
        return MC_EMALFORM;
    if (!claims(m, m->pc->round, &m->pc->digest))
        return MC_EMALFORM;
    return cons_check_pc(c, m->pc, m->vote.round);
}
