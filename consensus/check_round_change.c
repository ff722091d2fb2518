#include "consensus/core.h"

enum mc_err cons_check_round_change(const struct cons *c, const struct cons_msg *m)
{
    struct mc_hash claim;
    enum mc_err err = cons_check_vote(c, &m->vote);
    if (err != MC_OK)
        return err;
    if (m->vote.round == 0)
        return MC_EMALFORM;
    if (m->pc == NULL)
        return mc_hash_is_zero(&m->vote.digest) ? MC_OK : MC_EMALFORM;
    err = cons_check_pc(c, m->pc, m->vote.round);
    if (err != MC_OK)
        return err;
    /* The signature covers round and block of the certificate through the digest. */
    cons_rc_digest(&claim, true, m->pc->round, &m->pc->digest);
    return mc_hash_eq(&claim, &m->vote.digest) ? MC_OK : MC_EMALFORM;
}
