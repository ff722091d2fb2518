/* Certificates: a quorum's signatures under one statement, signers counted by index. */
#include "consensus/codec.h"

enum { CERT_FIELDS = 7 }; /* version, type, height, round, digest, bitmap, signatures */

bool cons_cert_has(const struct cons_cert *cc, uint32_t signer)
{
    return signer < MC_VALIDATORS_MAX && (cc->bitmap[signer / 8] >> (signer % 8) & 1) != 0;
}

static uint32_t bit_cnt(const struct cons_cert *cc)
{
    uint32_t cnt = 0;
    for (uint32_t i = 0; i < MC_VALIDATORS_MAX; i++)
        cnt += cons_cert_has(cc, i);
    return cnt;
}

void cons_codec_put_cert(struct mc_buf *out, const struct cons_cert *cc)
{
    if (cc == NULL) {
        mc_mp_put_nil(out);
        return;
    }
    mc_mp_put_array(out, CERT_FIELDS);
    mc_mp_put_uint(out, CONS_WIRE_VERSION);
    mc_mp_put_uint(out, (uint64_t)cc->type);
    mc_mp_put_uint(out, cc->height);
    mc_mp_put_uint(out, cc->round);
    mc_mp_put_bin(out, mc_hash_slice(&cc->digest));
    mc_mp_put_bin(out, mc_slice(cc->bitmap, sizeof cc->bitmap));
    mc_mp_put_bin(out, mc_slice(cc->sigs, (size_t)cc->sig_cnt * MC_ED25519_SIG_LEN));
}

static enum mc_err read_sigs(struct mc_mp *m, struct cons_cert *out, struct mc_errmsg *em)
{
    struct mc_slice sigs;
    enum mc_err err = mc_mp_fixed(m, out->bitmap, sizeof out->bitmap, em);
    if (err == MC_OK)
        err = mc_mp_bin(m, &sigs, sizeof out->sigs, em);
    if (err != MC_OK)
        return err;
    out->sig_cnt = bit_cnt(out);
    if (sigs.n != (size_t)out->sig_cnt * MC_ED25519_SIG_LEN)
        return mc_fail(em, MC_EMALFORM, "certificate: %zu signature bytes for %u signers", sigs.n,
                       out->sig_cnt);
    if (sigs.n > 0)
        memcpy(out->sigs, sigs.p, sigs.n);
    return MC_OK;
}

enum mc_err cons_codec_cert(struct mc_mp *m, struct cons_cert *out, struct mc_errmsg *em)
{
    uint32_t cnt = 0, type = 0;
    enum mc_err err = mc_mp_array(m, &cnt, CERT_FIELDS, em);

    memset(out, 0, sizeof *out);
    if (err == MC_OK && cnt != CERT_FIELDS)
        err = mc_fail(em, MC_EMALFORM, "certificate has %u fields", cnt);
    if (err == MC_OK)
        err = cons_codec_version(m, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &type, CONS_COMMIT, em);
    if (err == MC_OK && type < CONS_PREPARE)
        err = mc_fail(em, MC_EMALFORM, "certificate of type %u", type);
    out->type = (enum cons_msg_type)type;
    if (err == MC_OK)
        err = mc_mp_uint(m, &out->height, UINT64_MAX, em);
    if (err == MC_OK)
        err = cons_codec_u32(m, &out->round, CONS_ROUND_MAX, em);
    if (err == MC_OK)
        err = mc_mp_fixed(m, out->digest.b, sizeof out->digest.b, em);
    if (err == MC_OK)
        err = read_sigs(m, out, em);
    return err;
}

enum mc_err cons_codec_cert_or_nil(struct mc_mp *m, struct mc_arena *a,
                                   const struct cons_cert **out, struct mc_errmsg *em)
{
    enum mc_mp_type type;
    struct cons_cert *cc;
    enum mc_err err = mc_mp_peek(m, &type, em);

    *out = NULL;
    if (err != MC_OK)
        return err;
    if (type == MC_MP_NIL)
        return mc_mp_nil(m, em);
    cc = mc_arena_alloc(a, sizeof *cc);
    if (cc == NULL)
        return mc_fail(em, MC_ENOMEM, "certificate: out of memory");
    err = cons_codec_cert(m, cc, em);
    if (err == MC_OK)
        *out = cc;
    return err;
}

void cons_cert_encode(struct mc_buf *out, const struct cons_cert *cc)
{
    cons_codec_put_cert(out, cc);
}

enum mc_err cons_cert_decode(struct cons_cert *out, struct mc_slice wire, struct mc_errmsg *em)
{
    struct mc_mp m;
    enum mc_err err = mc_mp_open(&m, wire, em);
    if (err == MC_OK)
        err = cons_codec_cert(&m, out, em);
    if (err == MC_OK)
        err = mc_mp_end(&m, em);
    return err;
}

enum mc_err cons_cert_verify(const struct cons_cert *cc, const struct cons_chain *chain,
                             const struct cons_valset *vs, struct mc_errmsg *em)
{
    struct cons_vote v = {
        .type = cc->type, .height = cc->height, .round = cc->round, .digest = cc->digest};
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    uint32_t k = 0;

    if (cc->type != CONS_PREPARE && cc->type != CONS_COMMIT)
        return mc_fail(em, MC_EAUTH, "certificate of type %d", (int)cc->type);
    if (cc->sig_cnt != bit_cnt(cc))
        return mc_fail(em, MC_EAUTH, "certificate: %u signatures, %u signers", cc->sig_cnt,
                       bit_cnt(cc));
    if (cc->sig_cnt < cons_quorum(vs->cnt))
        return mc_fail(em, MC_EAUTH, "certificate: %u of %u signatures needed", cc->sig_cnt,
                       cons_quorum(vs->cnt));
    cons_sign_bytes(bytes, chain, &vs->hash, &v); /* the same for all: the signer is not inside */
    for (uint32_t i = 0; i < MC_VALIDATORS_MAX; i++) {
        if (!cons_cert_has(cc, i))
            continue;
        if (i >= vs->cnt)
            return mc_fail(em, MC_EAUTH, "certificate: signer %u of %u validators", i, vs->cnt);
        if (!mc_ed25519_verify(cc->sigs[k++], mc_slice(bytes, sizeof bytes), vs->v[i].pub))
            return mc_fail(em, MC_EAUTH, "certificate: bad signature of validator %u", i);
    }
    return MC_OK;
}
