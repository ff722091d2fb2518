#include "consensus/consensus.h"

uint32_t cons_quorum(uint32_t n)
{
    /* Not 2f+1: off n = 3f+1 two such quorums may share no honest validator (n = 6: 3 and 3). */
    return (2 * n + 2) / 3;
}

uint32_t cons_faults(uint32_t n)
{
    return n == 0 ? 0 : (n - 1) / 3;
}

uint32_t cons_proposer(uint32_t n, uint64_t height, uint32_t round)
{
    MC_ASSERT(n > 0);
    /* Reduced before the sum, which could wrap otherwise. */
    return (uint32_t)((height % n + round % n) % n);
}

int32_t cons_valset_find(const struct cons_valset *vs, const uint8_t pub[32])
{
    for (uint32_t i = 0; i < vs->cnt; i++) {
        if (memcmp(vs->v[i].pub, pub, 32) == 0)
            return (int32_t)i;
    }
    return -1;
}

static enum mc_err check_member(const struct cons_valset *vs, uint32_t i, struct mc_errmsg *em)
{
    const struct cons_validator *v = &vs->v[i];
    if (!mc_ed25519_pub_ok(v->pub))
        return mc_fail(em, MC_EINVAL, "validator %u: not a usable Ed25519 key", i);
    if (mc_addr_is_zero(&v->addr))
        return mc_fail(em, MC_EINVAL, "validator %u: the account is zero", i);
    for (uint32_t k = 0; k < i; k++) {
        if (memcmp(vs->v[k].pub, v->pub, 32) == 0)
            return mc_fail(em, MC_EINVAL, "validators %u and %u have the same key", k, i);
        if (mc_addr_eq(&vs->v[k].addr, &v->addr))
            return mc_fail(em, MC_EINVAL, "validators %u and %u have the same account", k, i);
    }
    return MC_OK;
}

enum mc_err cons_valset_seal(struct cons_valset *vs, struct mc_errmsg *em)
{
    struct mc_buf rlp = {0};
    enum mc_err err;

    if (vs->cnt == 0)
        return mc_fail(em, MC_EINVAL, "the validator set is empty");
    if (vs->cnt > MC_VALIDATORS_MAX)
        return mc_fail(em, MC_EINVAL, "%u validators; at most %u", vs->cnt, MC_VALIDATORS_MAX);
    for (uint32_t i = 0; i < vs->cnt; i++) {
        err = check_member(vs, i, em);
        if (err != MC_OK)
            return err;
    }
    cons_valset_rlp(&rlp, vs);
    err = mc_buf_check(&rlp, "validator set", em);
    if (err == MC_OK)
        mc_keccak256(&vs->hash, mc_buf_slice(&rlp));
    mc_buf_free(&rlp);
    return err;
}

void cons_valset_rlp(struct mc_buf *out, const struct cons_valset *vs)
{
    size_t list = out->n;
    for (uint32_t i = 0; i < vs->cnt; i++) {
        size_t pair = out->n;
        mc_rlp_put_bytes(out, mc_addr_slice(&vs->v[i].addr));
        mc_rlp_put_bytes(out, mc_slice(vs->v[i].pub, sizeof vs->v[i].pub));
        mc_rlp_wrap_list(out, pair);
    }
    mc_rlp_wrap_list(out, list);
}

static enum mc_err read_member(struct cons_validator *v, struct mc_rlp *list, struct mc_errmsg *em)
{
    struct mc_rlp pair;
    enum mc_err err = mc_rlp_list(list, &pair, em);
    if (err == MC_OK)
        err = mc_rlp_fixed(&pair, v->addr.b, sizeof v->addr.b, em);
    if (err == MC_OK)
        err = mc_rlp_fixed(&pair, v->pub, sizeof v->pub, em);
    if (err == MC_OK)
        err = mc_rlp_end(&pair, em);
    return err;
}

enum mc_err cons_valset_from_rlp(struct cons_valset *vs, struct mc_slice rlp, struct mc_errmsg *em)
{
    struct mc_rlp r = mc_rlp_open(rlp), list;
    enum mc_err err = mc_rlp_list(&r, &list, em);
    if (err == MC_OK)
        err = mc_rlp_end(&r, em);
    if (err != MC_OK)
        return err;
    memset(vs, 0, sizeof *vs);
    while (!mc_rlp_done(&list)) {
        if (vs->cnt == MC_VALIDATORS_MAX)
            return mc_fail(em, MC_EINVAL, "more than %u validators", MC_VALIDATORS_MAX);
        err = read_member(&vs->v[vs->cnt], &list, em);
        if (err != MC_OK)
            return err;
        vs->cnt++;
    }
    return cons_valset_seal(vs, em);
}
