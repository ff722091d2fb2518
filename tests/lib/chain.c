#include "tests/lib/chain.h"

#include <stdlib.h>

#define GAS_LIMIT 1000000000u

static void must_ok(enum mc_err err, const struct mc_errmsg *em)
{
    if (err != MC_OK) {
        mc_log_write(MC_LOG_ERROR, "test.chain", "%s: %s", mc_err_text(err), em->text);
        abort();
    }
}

static void *must(void *p)
{
    MC_ASSERT(p != NULL);
    return p;
}

void chain_secret(uint8_t out[32], uint32_t i)
{
    memset(out, 0, 32);
    out[31] = (uint8_t)(i + 1);
}

struct mc_addr chain_account(uint32_t i)
{
    uint8_t secret[32];
    struct mc_addr a;

    chain_secret(secret, i);
    MC_ASSERT(mc_secp_address(&a, secret) == MC_OK);
    return a;
}

static void genesis_fill(struct chain *c)
{
    static const uint8_t seed[32] = {7};
    struct vm_genesis *g = &c->genesis.vm;
    struct mc_ed25519_key key;

    c->member = (struct vm_genesis_member){chain_account(0), "Hospital"};
    c->validator = (struct vm_genesis_validator){.account = chain_account(0)};
    mc_ed25519_from_seed(&key, seed);
    memcpy(c->validator.public_key, key.pub, sizeof key.pub);
    for (uint32_t i = 0; i < CHAIN_ACCOUNTS; i++) {
        c->balances[i].account = c->accounts[i].account = chain_account(i);
        c->balances[i].balance = mc_u256_u64(CHAIN_BALANCE);
        c->accounts[i].member_i = i == 0 ? 0 : UINT32_MAX;
        c->accounts[i].permissions = 3;
        c->accounts[i].roles = (1u << VM_ROLE_CNT) - 2u; /* all but DEFAULT_ADMIN */
    }
    c->params[0] = (struct vm_genesis_param){"chain.permissioned", MC_U256_ZERO};
    c->params[1] = (struct vm_genesis_param){"chain.gasLimit", mc_u256_u64(GAS_LIMIT)};
    *g = (struct vm_genesis){.members = &c->member,
                             .member_cnt = 1,
                             .accounts = c->accounts,
                             .account_cnt = CHAIN_ACCOUNTS,
                             .validators = &c->validator,
                             .validator_cnt = 1,
                             .params = c->params,
                             .param_cnt = 2,
                             .unit_name = "Service Unit",
                             .unit_symbol = "SVU",
                             .unit_decimals = 2};
    c->genesis.time_ms = CHAIN_TIME_MS;
    c->genesis.gas_limit = GAS_LIMIT;
    c->genesis.balances = c->balances;
    c->genesis.balance_cnt = CHAIN_ACCOUNTS;
}

void chain_setup(struct chain *c)
{
    struct mc_errmsg em;

    must_ok(mc_crypto_init(&em), &em);
    vm_init();
    *c = (struct chain){.cfg = {.chain_id = CHAIN_ID, .gas = VM_GAS_DEFAULT}};
    genesis_fill(c);
}

struct chain *chain_new(struct store *store)
{
    struct chain *c = must(calloc(1, sizeof *c));
    struct mc_errmsg em = {{0}};

    chain_setup(c);
    must_ok(ledger_create(&c->l, store, &c->cfg, &c->genesis, &c->genesis_hash, &em), &em);
    return c;
}

struct chain *chain_reopen(struct store *store)
{
    struct chain *c = must(calloc(1, sizeof *c));
    struct mc_errmsg em = {{0}};
    struct ledger_view *v;

    chain_setup(c);
    must_ok(ledger_create(&c->l, NULL, &c->cfg, &c->genesis, &c->genesis_hash, &em), &em);
    must_ok(ledger_open(&c->l, store, &c->cfg, &c->genesis_hash, &em), &em);
    must_ok(ledger_view_latest(&v, c->l, &em), &em);
    for (uint32_t i = 0; i < CHAIN_ACCOUNTS; i++) {
        struct mc_addr a = chain_account(i);
        struct ledger_account acct;

        must_ok(ledger_view_account(v, &a, &acct, &em), &em);
        c->nonces[i] = acct.nonce;
    }
    ledger_view_close(v);
    return c;
}

static void queue_drop(struct chain *c)
{
    for (uint32_t i = 0; i < c->queue_cnt; i++)
        ledger_tx_unref(c->queue[i]);
    c->queue_cnt = 0;
}

void chain_free(struct chain *c)
{
    queue_drop(c);
    free(c->queue);
    ledger_close(c->l);
    free(c);
}

void chain_data(struct mc_buf *out, const char *module, const char *method, const char *args)
{
    const struct vm_module *m = vm_module_by_name(mc_slice_str(module));
    struct mc_errmsg em = {{0}};
    struct mc_json_doc *doc;

    MC_ASSERT(m != NULL);
    must_ok(mc_json_parse(&doc, mc_slice_str(args), MC_JSON_DEPTH_MAX, &em), &em);
    must_ok(vm_call_data_from_json(out, m, method, mc_json_root(doc), &em), &em);
    mc_json_free(doc);
}

struct ledger_tx *chain_sign(struct chain *c, uint32_t from, struct ledger_tx_fields f)
{
    struct mc_buf raw = {NULL, 0, 0, false};
    struct mc_errmsg em = {{0}};
    struct ledger_tx *tx;
    uint8_t secret[32];

    f.chain_id = CHAIN_ID;
    f.nonce = c->nonces[from]++;
    chain_secret(secret, from);
    must_ok(ledger_tx_sign(&raw, &f, secret, &em), &em);
    must_ok(ledger_tx_decode(&tx, mc_buf_slice(&raw), &em), &em);
    must_ok(ledger_tx_recover(tx, &em), &em);
    mc_buf_free(&raw);
    return tx;
}

void chain_queue(struct chain *c, uint32_t from, struct ledger_tx_fields f)
{
    if (c->queue_cnt == c->queue_cap) {
        c->queue_cap = c->queue_cap == 0 ? 64 : c->queue_cap * 2;
        c->queue = must(realloc(c->queue, c->queue_cap * sizeof(struct ledger_tx *)));
    }
    c->queue[c->queue_cnt++] = chain_sign(c, from, f);
}

void chain_transfer(struct chain *c, uint32_t from, const struct mc_addr *to, uint64_t value)
{
    chain_queue(c, from,
                (struct ledger_tx_fields){
                    .gas = 21000, .has_to = true, .to = *to, .value = mc_u256_u64(value)});
}

void chain_call(struct chain *c, uint32_t from, const char *module, const char *method,
                const char *args)
{
    const struct vm_module *m = vm_module_by_name(mc_slice_str(module));
    struct mc_buf data = {NULL, 0, 0, false};

    chain_data(&data, module, method, args);
    chain_queue(c, from,
                (struct ledger_tx_fields){.type = LEDGER_TX_DYNAMIC_FEE,
                                          .gas = 500000,
                                          .has_to = true,
                                          .to = *vm_module_well_known(m),
                                          .data = mc_buf_slice(&data)});
    mc_buf_free(&data);
}

void chain_record(struct chain *c, uint32_t from, const char *id)
{
    struct mc_buf args = {NULL, 0, 0, false};

    mc_buf_putf(&args, "[\"%s\",\"patient-%s\",\"doctor\",\"LAB\",\"0xhash-%s\"]", id, id, id);
    mc_buf_put_u8(&args, 0);
    chain_call(c, from, "MedicalRecordHash", "createRecord", (const char *)args.p);
    mc_buf_free(&args);
}

struct ledger_block_env chain_env(struct chain *c)
{
    struct ledger_head head;

    ledger_head(c->l, &head);
    return (struct ledger_block_env){.time_ms = head.time_ms + 1000,
                                     .miner = {{0xaa}},
                                     .mix_hash = {{0xbb}},
                                     .gas_limit = head.gas_limit};
}

enum mc_err chain_try_block(struct chain *c, struct mc_errmsg *em)
{
    const struct ledger_block_env env = chain_env(c);
    const struct ledger_header *header;
    struct ledger_exec *x = NULL;
    struct mc_hash hash;
    enum mc_err err = ledger_exec_new(&x, c->l, &env, em);

    for (uint32_t i = 0; i < c->queue_cnt && err == MC_OK; i++)
        err = ledger_exec_tx(x, c->queue[i], em);
    if (err == MC_OK)
        err = ledger_exec_seal(x, &header, &hash, em);
    if (err == MC_OK)
        err = ledger_commit(c->l, x, mc_slice_str("certificate"), em);
    ledger_exec_free(x);
    queue_drop(c);
    return err;
}

void chain_block(struct chain *c)
{
    struct mc_errmsg em = {{0}};

    must_ok(chain_try_block(c, &em), &em);
}
