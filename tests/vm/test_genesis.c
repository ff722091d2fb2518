/* Block 0 and the node's questions: members, permissions, parameters, validators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/memhost.h"

static struct vm_genesis_member members[2];
static struct vm_genesis_account accounts[2];
static struct vm_genesis_validator validators[2];
static struct vm_genesis_param params[1];
static struct vm_genesis g;

/* Two hospitals with a validator each; account 1 may send, account 2 may deploy only. */
static int setup(void **state)
{
    (void)state;
    assert_int_equal(mc_crypto_init(NULL), MC_OK);
    for (uint32_t i = 0; i < 2; i++) {
        struct mc_ed25519_key key;
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        mc_ed25519_from_seed(&key, seed);
        members[i] = (struct vm_genesis_member){memhost_account(10 + i), "Hospital"};
        accounts[i] = (struct vm_genesis_account){memhost_account(1 + i), i, (uint8_t)(i + 1),
                                                  i == 0 ? VM_DOCTOR : 0};
        validators[i] =
            (struct vm_genesis_validator){.account = memhost_account(20 + i), .member_i = i};
        memcpy(validators[i].public_key, key.pub, sizeof key.pub);
    }
    params[0] = (struct vm_genesis_param){"chain.gasLimit", mc_u256_u64(7000000)};
    g = (struct vm_genesis){.members = members,
                            .member_cnt = 2,
                            .accounts = accounts,
                            .account_cnt = 2,
                            .validators = validators,
                            .validator_cnt = 2,
                            .params = params,
                            .param_cnt = 1,
                            .unit_name = "Service Unit",
                            .unit_symbol = "SVU",
                            .unit_decimals = 2};
    return 0;
}

static struct vm_env env_of(struct memhost *h)
{
    return (struct vm_env){&h->host, &VM_GAS_DEFAULT, h->block_number, h->time_s, &h->arena};
}

static bool permitted(struct memhost *h, uint32_t account, bool deploy)
{
    struct mc_addr a = memhost_account(account);
    struct vm_env env = env_of(h);
    bool yes;
    assert_int_equal(vm_account_permitted(&yes, &env, &a, deploy), MC_OK);
    return yes;
}

static void accounts_may_do_what_block_0_says(void **state)
{
    static const struct {
        uint32_t account;
        bool send, deploy;
    } rows[] = {{10, true, true}, {1, true, false}, {2, false, true}, {3, false, false}};
    struct memhost *h = memhost_new_genesis(&g);
    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        assert_int_equal(permitted(h, rows[i].account, false), rows[i].send);
        assert_int_equal(permitted(h, rows[i].account, true), rows[i].deploy);
    }
    memhost_free(h);
    h = memhost_new(); /* chain.permissioned 0 */
    assert_true(permitted(h, 3, false) && permitted(h, 3, true));
    memhost_free(h);
}

static void parameters_are_set_or_default(void **state)
{
    struct memhost *h = memhost_new_genesis(&g);
    struct vm_env env = env_of(h);
    struct mc_u256 v;
    (void)state;
    assert_int_equal(vm_param_at(&v, &env, "chain.gasLimit"), MC_OK);
    assert_int_equal(v.w[0], 7000000);
    assert_int_equal(vm_param_at(&v, &env, "chain.permissioned"), MC_OK);
    assert_int_equal(v.w[0], 1);
    assert_int_equal(vm_param_at(&v, &env, "gov.votingBlocks"), MC_OK);
    assert_int_equal(v.w[0], 100800);
    memhost_free(h);
}

static void validators_come_ascending_with_keys_and_members(void **state)
{
    struct memhost *h;
    struct vm_genesis_validator out[3];
    struct vm_env env;
    uint32_t cnt;
    (void)state;
    validators[0].account = memhost_account(29); /* listed first, higher address */
    h = memhost_new_genesis(&g);
    env = env_of(h);
    assert_int_equal(vm_validators_at(out, 3, &cnt, &env), MC_OK);
    assert_int_equal(cnt, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const struct vm_genesis_validator *in = &validators[1 - i];
        assert_true(mc_addr_eq(&out[i].account, &in->account));
        assert_memory_equal(out[i].public_key, in->public_key, 32);
        assert_int_equal(out[i].member_i, in->member_i);
    }
    memhost_free(h);
}

static void roles_hold_from_the_first_block(void **state)
{
    struct memhost *h = memhost_new_genesis(&g);
    char args[256], hex[65];
    (void)state;
    mc_hex_encode(hex, vm_role_id(VM_DOCTOR)->b, 32);
    snprintf(args, sizeof args, "[\"0x%s\", %s]", hex, memhost_account_json(1));
    memhost_ok(h, "AccessControl", "hasRole", args, "true");
    snprintf(args, sizeof args, "[\"0x%s\", %s]", hex, memhost_account_json(2));
    memhost_ok(h, "AccessControl", "hasRole", args, "false");
    memhost_free(h);
}

/* Keeps nothing but the bytes that block 0 writes. */
struct digest {
    struct mc_buf b;
};

static enum mc_err digest_load(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                               uint64_t pos, struct mc_slice *out)
{
    (void)ctx, (void)self, (void)slot, (void)pos;
    *out = mc_slice(NULL, 0);
    return MC_OK;
}

static enum mc_err digest_save(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                               uint64_t pos, enum vm_word word, struct mc_slice value)
{
    struct digest *d = ctx;
    (void)word;
    mc_buf_put_slice(&d->b, mc_addr_slice(self));
    mc_buf_put_slice(&d->b, mc_hash_slice(slot));
    mc_buf_put_be64(&d->b, pos);
    mc_buf_put_slice(&d->b, value);
    return MC_OK;
}

static struct mc_hash digest_of(const struct vm_genesis *genesis)
{
    struct digest d = {{0}};
    struct vm_host host = {.ctx = &d, .load = digest_load, .save = digest_save};
    struct mc_arena arena = {0};
    struct vm_env env = {&host, &VM_GAS_DEFAULT, 0, 0, &arena};
    struct mc_hash h;
    assert_int_equal(vm_genesis_apply(&env, genesis, NULL), MC_OK);
    mc_keccak256(&h, mc_buf_slice(&d.b));
    mc_buf_free(&d.b);
    mc_arena_free(&arena);
    return h;
}

static void another_file_gives_another_block_0(void **state)
{
    struct vm_genesis minimal = {.unit_name = "Service Unit", .unit_symbol = "SVU"};
    struct mc_hash base, other;
    (void)state;
    vm_init();
    base = digest_of(&minimal);
    other = digest_of(&minimal);
    assert_true(mc_hash_eq(&base, &other));
    minimal.config_hash.b[31] = 1;
    other = digest_of(&minimal);
    assert_false(mc_hash_eq(&base, &other));
    minimal.config_hash.b[31] = 0;
    minimal.unit_decimals = 2;
    other = digest_of(&minimal);
    assert_false(mc_hash_eq(&base, &other));
    minimal.unit_decimals = 0;
    minimal.unit_name = "Unit";
    other = digest_of(&minimal);
    assert_false(mc_hash_eq(&base, &other));
}

static void a_contradiction_is_told_in_words(void **state)
{
    struct mc_errmsg em = {""};
    struct memhost *h = memhost_new();
    struct vm_env env = env_of(h);
    (void)state;
    params[0].name = "chain.colour";
    assert_int_equal(vm_genesis_apply(&env, &g, &em), MC_EINVAL);
    assert_string_equal(em.text, "unknown parameter \"chain.colour\"");
    memhost_free(h);
}

#define T(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(accounts_may_do_what_block_0_says),
        T(parameters_are_set_or_default),
        T(validators_come_ascending_with_keys_and_members),
        T(roles_hold_from_the_first_block),
        T(another_file_gives_another_block_0),
        T(a_contradiction_is_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
