/* What a signature covers, and its verification.  The verifier rebuilds the signed bytes from parsed fields, never
 * from received bytes. */
#include "consensus/codec.h"

#define DOMAIN     "MediChain/pbft/1"
#define DOMAIN_LEN (sizeof DOMAIN - 1)

_Static_assert(CONS_SIGN_BYTES_LEN == DOMAIN_LEN + 1 + 8 + 32 + 32 + 1 + 8 + 4 + 32,
               "layout below");

void cons_rc_digest(struct mc_hash *out, bool prepared, uint32_t prep_round,
                    const struct mc_hash *prep_digest)
{
    uint8_t b[4 + 32];
    if (!prepared) {
        *out = MC_HASH_ZERO;
        return;
    }
    mc_be32_put(b, prep_round);
    memcpy(b + 4, prep_digest->b, 32);
    mc_keccak256(out, mc_slice(b, sizeof b));
}

void cons_sign_bytes(uint8_t out[CONS_SIGN_BYTES_LEN], const struct cons_chain *chain,
                     const struct mc_hash *valset_hash, const struct cons_vote *vote)
{
    uint8_t *p = out;
    memcpy(p, DOMAIN, DOMAIN_LEN);
    p += DOMAIN_LEN;
    *p++ = (uint8_t)CONS_WIRE_VERSION;
    mc_be64_put(p, chain->chain_id);
    p += 8;
    memcpy(p, chain->genesis.b, 32);
    p += 32;
    memcpy(p, valset_hash->b, 32);
    p += 32;
    /* The type is inside: a PREPARE must never pass as a COMMIT. */
    *p++ = (uint8_t)vote->type;
    mc_be64_put(p, vote->height);
    p += 8;
    mc_be32_put(p, vote->round);
    p += 4;
    memcpy(p, vote->digest.b, 32);
}

enum mc_err cons_vote_verify(const struct cons_vote *v, const struct cons_chain *chain,
                             const struct cons_valset *vs, const char *what, struct mc_errmsg *em)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    if (v->signer >= vs->cnt)
        return mc_fail(em, MC_EAUTH, "%s: signer %u of %u validators", what, v->signer, vs->cnt);
    cons_sign_bytes(bytes, chain, &vs->hash, v);
    if (!mc_ed25519_verify(v->sig, mc_slice(bytes, sizeof bytes), vs->v[v->signer].pub))
        return mc_fail(em, MC_EAUTH, "%s: bad signature of validator %u", what, v->signer);
    return MC_OK;
}

static enum mc_err verify_nested(const struct cons_msg *m, const struct cons_chain *chain,
                                 const struct cons_valset *vs, struct mc_errmsg *em)
{
    for (uint32_t i = 0; i < m->rc_cnt; i++) {
        const struct cons_rc *rc = &m->rcs[i];
        struct cons_vote v = {.type = CONS_ROUND_CHANGE,
                              .height = m->vote.height,
                              .round = m->vote.round,
                              .signer = rc->signer};
        enum mc_err err;
        cons_rc_digest(&v.digest, rc->prepared, rc->prep_round, &rc->prep_digest);
        memcpy(v.sig, rc->sig, sizeof v.sig);
        err = cons_vote_verify(&v, chain, vs, "nested round change", em);
        if (err != MC_OK)
            return err;
    }
    return m->pc == NULL ? MC_OK : cons_cert_verify(m->pc, chain, vs, em);
}

enum mc_err cons_msg_verify(const struct cons_msg *m, const struct cons_chain *chain,
                            const struct cons_valset *vs, struct mc_errmsg *em)
{
    enum mc_err err = cons_vote_verify(&m->vote, chain, vs, "message", em);
    if (err != MC_OK)
        return err;
    if (m->rc_cnt > vs->cnt)
        return mc_fail(em, MC_EAUTH, "%u round changes of %u validators", m->rc_cnt, vs->cnt);
    return verify_nested(m, chain, vs, em);
}
