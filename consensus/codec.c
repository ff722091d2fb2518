/* Wire form of messages and vote-log records: msgpack arrays with one form per value, so that decode and encode
 * give the same bytes.  Signatures never cover wire bytes: see sign.c. */
#include "consensus/codec.h"

enum {
    VOTE_FIELDS = 7,      /* version, type, height, round, digest, signer, signature */
    RC_FIELDS = 8,        /* and certificate or nil */
    PROPOSAL_FIELDS = 10, /* and body, round changes, certificate or nil */
    NESTED_RC_FIELDS = 5, /* signer, prepared, round, digest, signature */
    REC_FIELDS = 8, /* version, type, height, round, digest, body, round changes, certificate */
};

enum mc_err cons_codec_u32(struct mc_mp *m, uint32_t *out, uint32_t max, struct mc_errmsg *em)
{
    uint64_t v = 0;
    enum mc_err err = mc_mp_uint(m, &v, max, em);
    if (err == MC_OK)
        *out = (uint32_t)v;
    return err;
}

enum mc_err cons_codec_version(struct mc_mp *m, struct mc_errmsg *em)
{
    uint32_t version = 0;
    enum mc_err err = cons_codec_u32(m, &version, UINT32_MAX, em);
    if (err != MC_OK)
        return err;
    if (version != CONS_WIRE_VERSION)
        return mc_fail(em, MC_EMALFORM, "consensus format %u; this node speaks %u", version,
                       CONS_WIRE_VERSION);
    return MC_OK;
}

void cons_codec_put_rcs(struct mc_buf *out, const struct cons_rc *rcs, uint32_t cnt)
{
    mc_mp_put_array(out, cnt);
    for (uint32_t i = 0; i < cnt; i++) {
        mc_mp_put_array(out, NESTED_RC_FIELDS);
        mc_mp_put_uint(out, rcs[i].signer);
        mc_mp_put_bool(out, rcs[i].prepared);
        mc_mp_put_uint(out, rcs[i].prep_round);
        mc_mp_put_bin(out, mc_hash_slice(&rcs[i].prep_digest));
        mc_mp_put_bin(out, mc_slice(rcs[i].sig, sizeof rcs[i].sig));
    }
}

static enum mc_err read_rc(struct mc_mp *m, struct cons_rc *rc, struct mc_errmsg *em)
{
    uint32_t cnt = 0;
    enum mc_err err = mc_mp_array(m, &cnt, NESTED_RC_FIELDS, em);
    if (err != MC_OK)
        return err;
    if (cnt != NESTED_RC_FIELDS)
        return mc_fail(em, MC_EMALFORM, "nested round change has %u fields", cnt);
    err = cons_codec_u32(m, &rc->signer, MC_VALIDATORS_MAX - 1, em);
    if (err == MC_OK)
        err = mc_mp_bool(m, &rc->prepared, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &rc->prep_round, CONS_ROUND_MAX, em);
    if (err == MC_OK)
        err = mc_mp_fixed(m, rc->prep_digest.b, sizeof rc->prep_digest.b, em);
    if (err == MC_OK)
        err = mc_mp_fixed(m, rc->sig, sizeof rc->sig, em);
    if (err != MC_OK)
        return err;
    /* One form: what is not prepared has no round and no block. */
    if (!rc->prepared && (rc->prep_round != 0 || !mc_hash_is_zero(&rc->prep_digest)))
        return mc_fail(em, MC_EMALFORM, "nested round change names a block it did not prepare");
    return MC_OK;
}

enum mc_err cons_codec_rcs(struct mc_mp *m, struct mc_arena *a, const struct cons_rc **out,
                           uint32_t *cnt, struct mc_errmsg *em)
{
    struct cons_rc *rcs;
    enum mc_err err = mc_mp_array(m, cnt, MC_VALIDATORS_MAX, em);
    *out = NULL;
    if (err != MC_OK || *cnt == 0)
        return err;
    rcs = mc_arena_calloc(a, *cnt, sizeof *rcs);
    if (rcs == NULL)
        return mc_fail(em, MC_ENOMEM, "round changes: out of memory");
    for (uint32_t i = 0; i < *cnt; i++) {
        err = read_rc(m, &rcs[i], em);
        if (err != MC_OK)
            return err;
    }
    *out = rcs;
    return MC_OK;
}

void cons_msg_encode(struct mc_buf *out, const struct cons_msg *m)
{
    const struct cons_vote *v = &m->vote;
    uint32_t fields = VOTE_FIELDS;

    if (v->type == CONS_PROPOSAL)
        fields = PROPOSAL_FIELDS;
    if (v->type == CONS_ROUND_CHANGE)
        fields = RC_FIELDS;
    mc_mp_put_array(out, fields);
    mc_mp_put_uint(out, CONS_WIRE_VERSION);
    mc_mp_put_uint(out, (uint64_t)v->type);
    mc_mp_put_uint(out, v->height);
    mc_mp_put_uint(out, v->round);
    mc_mp_put_bin(out, mc_hash_slice(&v->digest));
    mc_mp_put_uint(out, v->signer);
    mc_mp_put_bin(out, mc_slice(v->sig, sizeof v->sig));
    if (v->type == CONS_PROPOSAL) {
        mc_mp_put_bin(out, m->body);
        cons_codec_put_rcs(out, m->rcs, m->rc_cnt);
    }
    if (v->type == CONS_PROPOSAL || v->type == CONS_ROUND_CHANGE)
        cons_codec_put_cert(out, m->pc);
}

static enum mc_err read_vote(struct mc_mp *m, struct cons_vote *v, struct mc_errmsg *em)
{
    uint32_t type = 0;
    enum mc_err err = cons_codec_u32(m, &type, CONS_ROUND_CHANGE, em);
    if (err == MC_OK && type < CONS_PROPOSAL)
        err = mc_fail(em, MC_EMALFORM, "message type %u", type);
    v->type = (enum cons_msg_type)type;
    if (err == MC_OK)
        err = mc_mp_uint(m, &v->height, UINT64_MAX, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &v->round, CONS_ROUND_MAX, em);
    if (err == MC_OK)
        err = mc_mp_fixed(m, v->digest.b, sizeof v->digest.b, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &v->signer, MC_VALIDATORS_MAX - 1, em);
    if (err == MC_OK)
        err = mc_mp_fixed(m, v->sig, sizeof v->sig, em);
    return err;
}

static enum mc_err check_field_cnt(enum cons_msg_type type, uint32_t cnt, struct mc_errmsg *em)
{
    uint32_t want = VOTE_FIELDS;
    if (type == CONS_PROPOSAL)
        want = PROPOSAL_FIELDS;
    if (type == CONS_ROUND_CHANGE)
        want = RC_FIELDS;
    if (cnt != want)
        return mc_fail(em, MC_EMALFORM, "message of type %d has %u fields", (int)type, cnt);
    return MC_OK;
}

enum mc_err cons_msg_decode(struct cons_msg *out, struct mc_arena *a, struct mc_slice wire,
                            size_t body_bytes_max, struct mc_errmsg *em)
{
    struct mc_mp m;
    uint32_t cnt = 0;
    enum mc_err err = mc_mp_open(&m, wire, em);

    memset(out, 0, sizeof *out);
    if (err == MC_OK)
        err = mc_mp_array(&m, &cnt, PROPOSAL_FIELDS, em);
    if (err == MC_OK)
        err = cons_codec_version(&m, em);
    if (err == MC_OK)
        err = read_vote(&m, &out->vote, em);
    if (err == MC_OK)
        err = check_field_cnt(out->vote.type, cnt, em);
    if (err == MC_OK && out->vote.type == CONS_PROPOSAL)
        err = mc_mp_bin(&m, &out->body, body_bytes_max, em);
    if (err == MC_OK && out->vote.type == CONS_PROPOSAL)
        err = cons_codec_rcs(&m, a, &out->rcs, &out->rc_cnt, em);
    if (err == MC_OK && cnt != VOTE_FIELDS)
        err = cons_codec_cert_or_nil(&m, a, &out->pc, em);
    if (err == MC_OK)
        err = mc_mp_end(&m, em);
    out->is_signed = true;
    return err;
}

void cons_rec_encode(struct mc_buf *out, const struct cons_rec *rec)
{
    mc_mp_put_array(out, REC_FIELDS);
    mc_mp_put_uint(out, CONS_WIRE_VERSION);
    mc_mp_put_uint(out, (uint64_t)rec->type);
    mc_mp_put_uint(out, rec->height);
    mc_mp_put_uint(out, rec->round);
    mc_mp_put_bin(out, mc_hash_slice(&rec->digest));
    mc_mp_put_bin(out, rec->body);
    cons_codec_put_rcs(out, rec->rcs, rec->rc_cnt);
    cons_codec_put_cert(out, rec->pc);
}

static enum mc_err read_rec_head(struct mc_mp *m, struct cons_rec *rec, struct mc_errmsg *em)
{
    uint32_t type = 0;
    enum mc_err err = cons_codec_u32(m, &type, CONS_REC_ROUND, em);
    if (err == MC_OK && type < CONS_REC_MARK)
        err = mc_fail(em, MC_EMALFORM, "record type %u", type);
    rec->type = (enum cons_rec_type)type;
    if (err == MC_OK)
        err = mc_mp_uint(m, &rec->height, UINT64_MAX, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &rec->round, CONS_ROUND_MAX, em);
    if (err == MC_OK)
        err = mc_mp_fixed(m, rec->digest.b, sizeof rec->digest.b, em);
    return err;
}

enum mc_err cons_rec_decode(struct cons_rec *out, struct mc_arena *a, struct mc_slice wire,
                            struct mc_errmsg *em)
{
    struct mc_mp m;
    uint32_t cnt = 0;
    enum mc_err err = mc_mp_open(&m, wire, em);

    memset(out, 0, sizeof *out);
    if (err == MC_OK)
        err = mc_mp_array(&m, &cnt, REC_FIELDS, em);
    if (err == MC_OK && cnt != REC_FIELDS)
        err = mc_fail(em, MC_EMALFORM, "vote record has %u fields", cnt);
    if (err == MC_OK)
        err = cons_codec_version(&m, em);
    if (err == MC_OK)
        err = read_rec_head(&m, out, em);
    if (err == MC_OK)
        err = mc_mp_bin(&m, &out->body, wire.n, em);
    if (err == MC_OK)
        err = cons_codec_rcs(&m, a, &out->rcs, &out->rc_cnt, em);
    if (err == MC_OK)
        err = cons_codec_cert_or_nil(&m, a, &out->pc, em);
    if (err == MC_OK)
        err = mc_mp_end(&m, em);
    return err;
}
