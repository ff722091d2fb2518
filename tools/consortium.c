#include "tools/consortium.h"

#include <stdio.h>
#include <time.h>

void consortium_init(struct consortium *c, uint64_t chain_id)
{
    struct timespec now;
    memset(c, 0, sizeof *c);
    clock_gettime(CLOCK_REALTIME, &now);
    gen_spec_init(&c->spec);
    c->spec.chain_id = chain_id;
    c->spec.time_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    c->spec.members = c->members;
    c->spec.validators = c->validators;
    c->spec.accounts = c->accounts;
    c->spec.balances = c->balances;
    c->spec.params = c->params;
    c->spec.fingerprints = c->fingerprints;
    c->spec.fingerprint_cnt = gen_known_fingerprints(c->fingerprints);
}

enum mc_err consortium_add_account(struct consortium *c, const struct mc_addr *account,
                                   uint32_t member_i, uint32_t roles, const struct mc_u256 *balance,
                                   struct mc_errmsg *em)
{
    uint32_t i = 0;
    while (i < c->spec.account_cnt && !mc_addr_eq(&c->accounts[i].account, account))
        i++;
    if (i == CONSORTIUM_ACCOUNTS_MAX)
        return mc_fail(em, MC_ELIMIT, "more than %u accounts", CONSORTIUM_ACCOUNTS_MAX);
    if (i == c->spec.account_cnt)
        c->spec.account_cnt++;
    c->accounts[i] = (struct vm_genesis_account){
        .account = *account, .member_i = member_i, .permissions = 3, .roles = roles};
    c->balances[i] = *balance;
    return MC_OK;
}

enum mc_err consortium_add_member(struct consortium *c, const char *name,
                                  const struct mc_addr *account, const uint8_t public_key[32],
                                  struct mc_errmsg *em)
{
    uint32_t i = c->spec.member_cnt;
    if (i == CONSORTIUM_MEMBERS_MAX)
        return mc_fail(em, MC_ELIMIT, "more than %u members", CONSORTIUM_MEMBERS_MAX);
    if (name[0] == 0 || strlen(name) >= CONSORTIUM_NAME_MAX)
        return mc_fail(em, MC_EINVAL, "\"%.80s\": a member's name has 1 to %u bytes", name,
                       CONSORTIUM_NAME_MAX - 1);
    snprintf(c->names[i], CONSORTIUM_NAME_MAX, "%s", name);
    c->members[i] = (struct vm_genesis_member){.account = *account, .name = c->names[i]};
    c->validators[i] = (struct vm_genesis_validator){.account = *account, .member_i = i};
    memcpy(c->validators[i].public_key, public_key, 32);
    c->spec.member_cnt = i + 1;
    c->spec.validator_cnt = i + 1;
    return consortium_add_account(c, account, i, 0, &MC_U256_ZERO, em);
}

enum mc_err consortium_add_param(struct consortium *c, const char *name, uint64_t value,
                                 struct mc_errmsg *em)
{
    if (c->spec.param_cnt == MC_COUNT(c->params))
        return mc_fail(em, MC_ELIMIT, "more than %zu parameters", MC_COUNT(c->params));
    c->params[c->spec.param_cnt++] = (struct vm_genesis_param){name, mc_u256_u64(value)};
    return MC_OK;
}

enum mc_err consortium_write(const struct consortium *c, const char *path,
                             struct mc_hash *genesis_hash, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    struct gen *g = NULL;
    gen_write(&text, &c->spec);
    enum mc_err err = mc_buf_check(&text, path, em);
    if (err == MC_OK)
        err = gen_parse(&g, mc_buf_slice(&text), em);
    if (err == MC_OK)
        err = gen_hash(genesis_hash, g, em);
    if (err == MC_OK)
        err = mc_file_write(path, mc_buf_slice(&text), 0644, em);
    gen_free(g);
    mc_buf_free(&text);
    return err;
}
