/* Evidence of equivocation, to keep, show and hand on: anybody with the validator set can check it. */
#include "consensus/codec.h"

enum { EVIDENCE_FIELDS = 9 }; /* see codec.h */

void cons_evidence_encode(struct mc_buf *out, const struct cons_evidence *e)
{
    mc_mp_put_array(out, EVIDENCE_FIELDS);
    mc_mp_put_uint(out, CONS_WIRE_VERSION);
    mc_mp_put_uint(out, (uint64_t)e->a.type);
    mc_mp_put_uint(out, e->a.height);
    mc_mp_put_uint(out, e->a.round);
    mc_mp_put_uint(out, e->a.signer);
    mc_mp_put_bin(out, mc_hash_slice(&e->a.digest));
    mc_mp_put_bin(out, mc_slice(e->a.sig, sizeof e->a.sig));
    mc_mp_put_bin(out, mc_hash_slice(&e->b.digest));
    mc_mp_put_bin(out, mc_slice(e->b.sig, sizeof e->b.sig));
}

static enum mc_err read_head(struct mc_mp *m, struct cons_vote *v, struct mc_errmsg *em)
{
    uint32_t cnt = 0, type = 0;
    enum mc_err err = mc_mp_array(m, &cnt, EVIDENCE_FIELDS, em);
    if (err == MC_OK && cnt != EVIDENCE_FIELDS)
        err = mc_fail(em, MC_EMALFORM, "evidence has %u fields", cnt);
    if (err == MC_OK)
        err = cons_codec_version(m, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &type, CONS_ROUND_CHANGE, em);
    if (err == MC_OK && type < CONS_PROPOSAL)
        err = mc_fail(em, MC_EMALFORM, "evidence of type %u", type);
    v->type = (enum cons_msg_type)type;
    if (err == MC_OK)
        err = mc_mp_uint(m, &v->height, UINT64_MAX, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &v->round, CONS_ROUND_MAX, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &v->signer, MC_VALIDATORS_MAX - 1, em);
    return err;
}

static enum mc_err read_statement(struct mc_mp *m, struct cons_vote *v, struct mc_errmsg *em)
{
    enum mc_err err = mc_mp_fixed(m, v->digest.b, sizeof v->digest.b, em);
    if (err == MC_OK)
        err = mc_mp_fixed(m, v->sig, sizeof v->sig, em);
    return err;
}

enum mc_err cons_evidence_decode(struct cons_evidence *out, struct mc_slice wire,
                                 struct mc_errmsg *em)
{
    struct mc_mp m;
    enum mc_err err = mc_mp_open(&m, wire, em);

    memset(out, 0, sizeof *out);
    if (err == MC_OK)
        err = read_head(&m, &out->a, em);
    out->b = out->a;
    if (err == MC_OK)
        err = read_statement(&m, &out->a, em);
    if (err == MC_OK)
        err = read_statement(&m, &out->b, em);
    if (err == MC_OK)
        err = mc_mp_end(&m, em);
    return err;
}

enum mc_err cons_evidence_verify(const struct cons_evidence *e, const struct cons_chain *chain,
                                 const struct cons_valset *vs, struct mc_errmsg *em)
{
    enum mc_err err;
    if (e->a.type != e->b.type || e->a.height != e->b.height || e->a.round != e->b.round ||
        e->a.signer != e->b.signer)
        return mc_fail(em, MC_EAUTH, "evidence: the statements are not about the same vote");
    if (mc_hash_eq(&e->a.digest, &e->b.digest))
        return mc_fail(em, MC_EAUTH, "evidence: the statements agree");
    err = cons_vote_verify(&e->a, chain, vs, "evidence", em);
    if (err == MC_OK)
        err = cons_vote_verify(&e->b, chain, vs, "evidence", em);
    return err;
}
