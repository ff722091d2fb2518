#include "ledger/machine.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ the host that modules see */

static enum mc_err host_load(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                             uint64_t pos, struct mc_slice *out)
{
    struct machine *m = ctx;
    uint8_t key[KEY_CELL_LEN];

    ledger_cell_key(key, self, slot, pos);
    return ledger_state_load(&m->st, key, out, NULL, &m->em);
}

static enum mc_err host_save(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                             uint64_t pos, enum vm_word word, struct mc_slice value)
{
    struct machine *m = ctx;
    uint8_t key[KEY_CELL_LEN];

    /* Only position 0 of a slot has a word in the trie. */
    MC_ASSERT(pos == 0 || word == VM_WORD_NONE);
    ledger_cell_key(key, self, slot, pos);
    return ledger_state_save(&m->st, key, (enum cell_kind)word, value, &m->em);
}

static enum mc_err host_log(void *ctx, const struct mc_addr *self, const struct mc_hash *topics,
                            uint32_t topic_cnt, struct mc_slice data)
{
    struct machine *m = ctx;
    struct ledger_log *log;

    MC_ASSERT(topic_cnt <= LEDGER_TOPICS_MAX);
    if (m->log_cnt == m->log_cap) {
        uint32_t cap = m->log_cap == 0 ? 8 : m->log_cap * 2;
        struct ledger_log *p = realloc(m->logs, cap * sizeof *p);

        if (p == NULL)
            return mc_fail(&m->em, MC_ENOMEM, "log: out of memory");
        m->logs = p;
        m->log_cap = cap;
    }
    log = &m->logs[m->log_cnt];
    *log = (struct ledger_log){.address = *self, .topic_cnt = topic_cnt};
    if (topic_cnt > 0)
        memcpy(log->topics, topics, topic_cnt * sizeof *topics);
    log->data = mc_arena_copy(m->keep, data);
    if (log->data.p == NULL)
        return mc_fail(&m->em, MC_ENOMEM, "log: out of memory");
    m->log_cnt++;
    return MC_OK;
}

static enum mc_err host_code_hash(void *ctx, const struct mc_addr *addr, struct mc_hash *out)
{
    struct machine *m = ctx;
    struct ledger_account a;
    enum mc_err err = ledger_state_account(&m->st, addr, &a, &m->em);

    if (err == MC_OK)
        *out = mc_hash_eq(&a.code_hash, &MC_KECCAK_EMPTY) ? MC_HASH_ZERO : a.code_hash;
    return err;
}

void ledger_machine_init(struct machine *m, const struct ledger_cfg *cfg, struct store *store,
                         uint64_t state_block, struct cell_cache *cache, struct mc_arena *cells,
                         struct mc_arena *keep)
{
    *m = (struct machine){.cfg = cfg, .keep = keep};
    ledger_state_init(&m->st, store, state_block, cache, cells);
    mc_arena_init(&m->tx_arena, 0);
    m->host = (struct vm_host){m, host_load, host_save, host_log, host_code_hash};
    m->env = (struct vm_env){.host = &m->host, .gas = &cfg->gas, .arena = &m->tx_arena};
}

void ledger_machine_free(struct machine *m)
{
    ledger_state_free(&m->st);
    mc_arena_free(&m->tx_arena);
    free(m->logs);
}

/* ------------------------------------------------------------------ creation */

void ledger_creation_fingerprint(struct mc_hash *out, struct mc_slice code)
{
    /* solc ends the code with CBOR metadata and its length in two bytes. */
    if (code.n >= 2) {
        size_t trailer = ((size_t)code.p[code.n - 2] << 8 | code.p[code.n - 1]) + 2;

        if (trailer <= code.n)
            code.n -= trailer;
    }
    mc_keccak256(out, code);
}

const struct vm_module *ledger_creation_module(const struct ledger_cfg *cfg, struct mc_slice data)
{
    const struct vm_module *module = vm_module_of_init_code(data);
    struct mc_hash print;

    if (module != NULL || cfg->fingerprint_cnt == 0)
        return module;
    ledger_creation_fingerprint(&print, data);
    for (uint32_t i = 0; i < cfg->fingerprint_cnt; i++)
        if (mc_hash_eq(&cfg->fingerprints[i].code_hash, &print))
            return cfg->fingerprints[i].module;
    return NULL;
}

enum mc_err ledger_machine_instance_add(struct machine *m, const struct mc_addr *at,
                                        const struct vm_module *module, struct mc_errmsg *em)
{
    struct ledger_account a;
    enum mc_err err = ledger_state_account(&m->st, at, &a, em);

    if (err != MC_OK)
        return err;
    a.nonce = 1;
    a.code_hash = *vm_module_code_hash(module);
    return ledger_state_account_save(&m->st, at, &a, em);
}

/* ------------------------------------------------------------------ one message */

static enum mc_err transfer(struct machine *m, const struct mc_addr *from, const struct mc_addr *to,
                            const struct mc_u256 *value, struct mc_errmsg *em)
{
    struct ledger_account a;
    enum mc_err err;

    if (mc_u256_is_zero(value)) /* EIP-161: touching with nothing makes no account */
        return MC_OK;
    err = ledger_state_account(&m->st, from, &a, em);
    if (err != MC_OK)
        return err;
    if (!mc_u256_sub(&a.balance, &a.balance, value))
        return mc_fail(em, MC_EINVAL, "transfer beyond the balance");
    err = ledger_state_account_save(&m->st, from, &a, em);
    if (err == MC_OK)
        err = ledger_state_account(&m->st, to, &a, em);
    if (err != MC_OK)
        return err;
    if (!mc_u256_add(&a.balance, &a.balance, value))
        return mc_fail(em, MC_ECORRUPT, "all balances together exceed 256 bits");
    return ledger_state_account_save(&m->st, to, &a, em);
}

/* A module pays out of its own balance; what it does not have cannot leave. */
static enum mc_err host_pay(void *ctx, const struct mc_addr *from, const struct mc_addr *to,
                            const struct mc_u256 *amount)
{
    struct machine *m = ctx;

    return transfer(m, from, to, amount, &m->em);
}

static enum mc_err run_module(struct machine *m, struct outcome *out, const struct message *msg,
                              const struct mc_addr *self, const struct vm_module *module,
                              bool create)
{
    struct vm_msg vmsg = {.module = module,
                          .self = *self,
                          .caller = msg->from,
                          .has_value = !mc_u256_is_zero(&msg->value),
                          .input = msg->data,
                          .gas = msg->gas};
    const struct vm_purse purse = {m, host_pay};
    struct vm_result res = {.gas_left = 0};

    out->err = create ? vm_create(&res, &m->env, &vmsg)
                      : vm_run_value(&res, &m->env, &vmsg, &purse, &msg->value);
    out->gas_left = res.gas_left;
    out->output = res.output;
    if (out->err == MC_OK || out->err == MC_EREVERT || out->err == MC_EOUTOFGAS)
        return MC_OK;
    return out->err;
}

static enum mc_err create(struct machine *m, struct outcome *out, const struct message *msg,
                          struct mc_errmsg *em)
{
    const struct vm_module *module = ledger_creation_module(m->cfg, msg->data);
    struct ledger_account there;
    enum mc_err err;

    ledger_create_address(&out->contract, &msg->from, msg->nonce);
    if (module == NULL) {
        out->err = MC_EUNSUPPORTED;
        out->gas_left = msg->gas;
        return MC_OK;
    }
    err = ledger_state_account(&m->st, &out->contract, &there, em);
    if (err != MC_OK)
        return err;
    if (there.nonce != 0 || !mc_hash_eq(&there.code_hash, &MC_KECCAK_EMPTY)) { /* EIP-684 */
        out->err = MC_EEXIST;
        out->gas_left = 0;
        return MC_OK;
    }
    err = ledger_machine_instance_add(m, &out->contract, module, em);
    if (err == MC_OK)
        err = transfer(m, &msg->from, &out->contract, &msg->value, em);
    if (err != MC_OK)
        return err;
    return run_module(m, out, msg, &out->contract, module, true);
}

static enum mc_err call(struct machine *m, struct outcome *out, const struct message *msg,
                        struct mc_errmsg *em)
{
    const struct vm_module *module;
    struct ledger_account callee;
    enum mc_err err = transfer(m, &msg->from, &msg->to, &msg->value, em);

    if (err == MC_OK)
        err = ledger_state_account(&m->st, &msg->to, &callee, em);
    if (err != MC_OK)
        return err;
    if (mc_hash_eq(&callee.code_hash, &MC_KECCAK_EMPTY)) {
        out->err = MC_OK;
        out->gas_left = msg->gas;
        return MC_OK;
    }
    module = vm_module_by_code_hash(&callee.code_hash);
    if (module == NULL)
        return mc_fail(em, MC_ECORRUPT, "an account has code that no module of this program has");
    return run_module(m, out, msg, &msg->to, module, false);
}

enum mc_err ledger_machine_run(struct machine *m, struct outcome *out, const struct message *msg,
                               struct mc_errmsg *em)
{
    size_t mark = ledger_state_mark(&m->st);
    enum mc_err err;

    *out = (struct outcome){.err = MC_OK};
    m->log_cnt = 0;
    m->em.text[0] = '\0';
    err = msg->has_to ? call(m, out, msg, em) : create(m, out, msg, em);
    if (err != MC_OK || out->err != MC_OK) {
        ledger_state_rollback(&m->st, mark);
        m->log_cnt = 0;
    }
    if (err != MC_OK && m->em.text[0] != '\0')
        mc_errf(em, "%s", m->em.text);
    return err;
}
