#include "consensus/core.h"

enum mc_err cons_check_vote(const struct cons *c, const struct cons_vote *v)
{
    if (v->signer >= c->n)
        return MC_EMALFORM;
    if (v->round > CONS_ROUND_MAX)
        return MC_EMALFORM;
    return MC_OK;
}

/* A prepared certificate of this height from before `below_round`. */
enum mc_err cons_check_pc(const struct cons *c, const struct cons_cert *pc, uint32_t below_round)
{
    uint32_t members = 0;
    if (pc->type != CONS_PREPARE || pc->height != c->height || pc->round >= below_round)
        return MC_EMALFORM;
    for (uint32_t i = 0; i < MC_VALIDATORS_MAX; i++) {
        if (!cons_cert_has(pc, i))
            continue;
        if (i >= c->n)
            return MC_EMALFORM;
        members++;
    }
    return members == pc->sig_cnt && members >= c->q ? MC_OK : MC_EMALFORM;
}
