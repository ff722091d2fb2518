/* Execution of a block: the London rules with a base fee that genesis fixes. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/internal.h"

/* ------------------------------------------------------------------ life */

static enum mc_err exec_alloc(struct ledger_exec **out, struct ledger *l, uint64_t number,
                              const struct ledger_block_env *env, struct mc_errmsg *em)
{
    struct ledger_exec *x = calloc(1, sizeof *x);

    if (x != NULL)
        x->blk = ledger_kept_new();
    if (x == NULL || x->blk == NULL) {
        free(x);
        return mc_fail(em, MC_ENOMEM, "new block: out of memory");
    }
    x->l = l;
    x->number = number;
    x->env = *env;
    mc_arena_init(&x->cells, 0);
    ledger_machine_init(&x->m, l->cfg, number == 0 ? NULL : l->store, number == 0 ? 0 : number - 1,
                        number == 0 ? NULL : l->cache, &x->cells, &x->blk->arena);
    x->m.env.block_number = number;
    x->m.env.time_s = env->time_ms / 1000;
    *out = x;
    return MC_OK;
}

enum mc_err ledger_exec_new(struct ledger_exec **out, struct ledger *l,
                            const struct ledger_block_env *env, struct mc_errmsg *em)
{
    *out = NULL;
    if (l->broken)
        return mc_fail(em, MC_EIO, "an earlier block could not be stored: restart the node");
    if (env->time_ms <= l->head.time_ms)
        return mc_fail(em, MC_EREJECT,
                       "block time %" PRIu64 " ms is not after its parent's %" PRIu64, env->time_ms,
                       l->head.time_ms);
    if (env->gas_limit != l->head.gas_limit)
        return mc_fail(em, MC_EREJECT, "block gas limit %" PRIu64 ", must be %" PRIu64,
                       env->gas_limit, l->head.gas_limit);
    return exec_alloc(out, l, l->head.number + 1, env, em);
}

enum mc_err ledger_exec_new_genesis(struct ledger_exec **out, struct ledger *l,
                                    const struct ledger_genesis *g, struct mc_errmsg *em)
{
    const struct ledger_block_env env = {
        .time_ms = g->time_ms, .mix_hash = g->validator_set_hash, .gas_limit = g->gas_limit};

    return exec_alloc(out, l, 0, &env, em);
}

void ledger_exec_free(struct ledger_exec *x)
{
    if (x == NULL)
        return;
    if (x->l->grown == x) { /* sealed and not committed */
        ledger_forest_forget(&x->l->forest);
        x->l->grown = NULL;
    }
    ledger_machine_free(&x->m);
    mc_arena_free(&x->cells);
    ledger_kept_unref(x->blk);
    free(x->nodes);
    free(x);
}

uint32_t ledger_exec_tx_cnt(const struct ledger_exec *x)
{
    return x->blk->tx_cnt;
}

uint64_t ledger_exec_gas_used(const struct ledger_exec *x)
{
    return x->gas_used;
}

void ledger_exec_set_mix_hash(struct ledger_exec *x, const struct mc_hash *mix_hash)
{
    MC_ASSERT(!x->sealed);
    x->env.mix_hash = *mix_hash;
}

enum mc_err ledger_exec_validators(struct ledger_exec *x, struct vm_genesis_validator *out,
                                   uint32_t cap, uint32_t *cnt)
{
    mc_arena_reset(&x->m.tx_arena);
    return vm_validators_at(out, cap, cnt, &x->m.env);
}

/* ------------------------------------------------------------------ may it be in this block? */

/* What a check needs, computed once. */
struct purchase {
    struct ledger_account sender;
    uint64_t intrinsic;
    struct mc_u256 price;   /* per gas, effective */
    struct mc_u256 upfront; /* gas * price */
};

static const char *addr_text(char buf[43], const struct mc_addr *a)
{
    mc_addr_checksum(buf, a);
    return buf;
}

static enum mc_err check_room(const struct ledger_exec *x, const struct ledger_tx *tx,
                              struct mc_errmsg *em)
{
    if (x->blk->tx_cnt >= MC_BLOCK_TXS_MAX)
        return mc_fail(em, MC_EREJECT, "block is full: %u transactions", MC_BLOCK_TXS_MAX);
    if (x->body_bytes + tx->raw.n > MC_BLOCK_BYTES_MAX)
        return mc_fail(em, MC_EREJECT, "block is full: %u bytes", MC_BLOCK_BYTES_MAX);
    if (tx->gas > x->env.gas_limit)
        return mc_fail(em, MC_EREJECT, "exceeds block gas limit");
    if (tx->gas > x->env.gas_limit - x->gas_used)
        return mc_fail(em, MC_EREJECT, "gas limit reached");
    return MC_OK;
}

static enum mc_err check_sender(struct ledger_exec *x, const struct ledger_tx *tx,
                                const struct ledger_account *a, struct mc_errmsg *em)
{
    char who[43];
    enum mc_err err;
    bool permitted;

    if (tx->chain_id == 0)
        return mc_fail(em, MC_EREJECT, "only replay-protected (EIP-155) transactions allowed");
    if (tx->chain_id != x->l->cfg->chain_id)
        return mc_fail(em, MC_EREJECT,
                       "invalid chain id for signer: have %" PRIu64 " want %" PRIu64, tx->chain_id,
                       x->l->cfg->chain_id);
    if (tx->nonce != a->nonce)
        return mc_fail(em, MC_EREJECT, "nonce too %s: address %s, tx: %" PRIu64 " state: %" PRIu64,
                       tx->nonce < a->nonce ? "low" : "high", addr_text(who, &tx->sender),
                       tx->nonce, a->nonce);
    if (!mc_hash_eq(&a->code_hash, &MC_KECCAK_EMPTY)) /* EIP-3607 */
        return mc_fail(em, MC_EREJECT, "sender not an eoa: address %s",
                       addr_text(who, &tx->sender));
    err = vm_account_permitted(&permitted, &x->m.env, &tx->sender, false);
    if (err != MC_OK)
        return mc_fail(em, err, "permission of %s: %s", addr_text(who, &tx->sender),
                       x->m.em.text[0] != '\0' ? x->m.em.text : mc_err_text(err));
    if (!permitted)
        return mc_fail(em, MC_EREJECT, "account not permitted: address %s",
                       addr_text(who, &tx->sender));
    return MC_OK;
}

static enum mc_err check_fees(struct ledger_exec *x, const struct ledger_tx *tx, struct purchase *p,
                              struct mc_errmsg *em)
{
    const struct mc_u256 *base = &x->l->cfg->base_fee;
    const struct mc_u256 gas = mc_u256_u64(tx->gas);
    char who[43], have[79], want[79];
    struct mc_u256 most;
    bool fits;

    if (mc_u256_cmp(&tx->max_fee, base) < 0) { /* EIP-1559 */
        mc_u256_to_dec(have, &tx->max_fee);
        mc_u256_to_dec(want, base);
        return mc_fail(em, MC_EREJECT,
                       "max fee per gas less than block base fee: address %s, maxFeePerGas: %s, "
                       "baseFee: %s",
                       addr_text(who, &tx->sender), have, want);
    }
    p->price = ledger_tx_effective_price(tx, base);
    fits = mc_u256_mul(&most, &gas, &tx->max_fee) && mc_u256_add(&most, &most, &tx->value) &&
           mc_u256_mul(&p->upfront, &gas, &p->price);
    if (!fits || mc_u256_cmp(&p->sender.balance, &most) < 0) {
        mc_u256_to_dec(have, &p->sender.balance);
        if (fits)
            mc_u256_to_dec(want, &most);
        return mc_fail(em, MC_EREJECT,
                       "insufficient funds for gas * price + value: address %s have %s want %s",
                       addr_text(who, &tx->sender), have, fits ? want : "more than 256 bits");
    }
    if (!ledger_tx_intrinsic_gas(&p->intrinsic, tx) || p->intrinsic > tx->gas)
        return mc_fail(em, MC_EREJECT, "intrinsic gas too low: have %" PRIu64 ", want %" PRIu64,
                       tx->gas, p->intrinsic);
    return MC_OK;
}

/* ------------------------------------------------------------------ one transaction */

static bool grow_txs(struct kept_block *k)
{
    uint32_t cap = k->tx_cap == 0 ? 64 : k->tx_cap * 2;
    void *p;

    if (k->tx_cnt < k->tx_cap)
        return true;
    p = realloc(k->txs, cap * sizeof(struct ledger_tx *));
    if (p == NULL)
        return false;
    k->txs = p;
    p = realloc(k->receipts, cap * sizeof *k->receipts);
    if (p == NULL)
        return false;
    k->receipts = p;
    p = realloc(k->log_first, cap * sizeof *k->log_first);
    if (p == NULL)
        return false;
    k->log_first = p;
    k->tx_cap = cap;
    return true;
}

static enum mc_err buy_gas(struct ledger_exec *x, const struct ledger_tx *tx, struct purchase *p,
                           struct mc_errmsg *em)
{
    if (!mc_u256_sub(&p->sender.balance, &p->sender.balance, &p->upfront))
        return mc_fail(em, MC_EINVAL, "gas beyond the balance");
    p->sender.nonce++;
    return ledger_state_account_save(&x->m.st, &tx->sender, &p->sender, em);
}

static enum mc_err credit(struct ledger_exec *x, const struct mc_addr *who,
                          const struct mc_u256 *price, uint64_t gas, struct mc_errmsg *em)
{
    const struct mc_u256 units = mc_u256_u64(gas);
    struct ledger_account a;
    struct mc_u256 amount;
    enum mc_err err;

    if (!mc_u256_mul(&amount, price, &units))
        return mc_fail(em, MC_EINVAL, "fee over 256 bits"); /* gas * price was checked */
    if (mc_u256_is_zero(&amount))
        return MC_OK;
    err = ledger_state_account(&x->m.st, who, &a, em);
    if (err != MC_OK)
        return err;
    if (!mc_u256_add(&a.balance, &a.balance, &amount))
        return mc_fail(em, MC_ECORRUPT, "all balances together exceed 256 bits");
    return ledger_state_account_save(&x->m.st, who, &a, em);
}

static enum mc_err settle_gas(struct ledger_exec *x, const struct ledger_tx *tx,
                              const struct purchase *p, uint64_t gas_used, struct mc_errmsg *em)
{
    struct mc_u256 tip;
    enum mc_err err = credit(x, &tx->sender, &p->price, tx->gas - gas_used, em);

    if (err != MC_OK)
        return err;
    /* The base fee's part belongs to nobody: EIP-1559 burns it. */
    if (!mc_u256_sub(&tip, &p->price, &x->l->cfg->base_fee))
        return mc_fail(em, MC_EINVAL, "price below the base fee");
    return credit(x, &x->env.miner, &tip, gas_used, em);
}

/* Address and first topic (the event) repeat from log to log: their bits are kept, which saves two
 * hashes of three. */
static void log_bloom(struct ledger_exec *x, struct ledger_bloom *bloom,
                      const struct ledger_log *log)
{
    if (log->topic_cnt == 0) {
        ledger_bloom_add(bloom, mc_addr_slice(&log->address));
        return;
    }
    if (!x->has_event || !mc_addr_eq(&x->event_addr, &log->address) ||
        !mc_hash_eq(&x->event, &log->topics[0])) {
        memset(&x->event_bloom, 0, sizeof x->event_bloom);
        ledger_bloom_add(&x->event_bloom, mc_addr_slice(&log->address));
        ledger_bloom_add(&x->event_bloom, mc_hash_slice(&log->topics[0]));
        x->event_addr = log->address;
        x->event = log->topics[0];
        x->has_event = true;
    }
    ledger_bloom_or(bloom, &x->event_bloom);
    for (uint32_t j = 1; j < log->topic_cnt; j++)
        ledger_bloom_add(bloom, mc_hash_slice(&log->topics[j]));
}

static enum mc_err receipt_add(struct ledger_exec *x, const struct ledger_tx *tx,
                               const struct outcome *o, uint64_t gas_used, struct mc_errmsg *em)
{
    struct kept_block *k = x->blk;
    struct ledger_receipt *r = &k->receipts[k->tx_cnt];
    struct mc_slice logs = mc_slice(x->m.logs, x->m.log_cnt * sizeof *x->m.logs);
    struct mc_slice why = o->err == MC_EREVERT ? o->output : mc_slice(NULL, 0);

    if (why.n > 4096)
        why.n = 4096;
    *r = (struct ledger_receipt){.type = tx->type,
                                 .success = o->err == MC_OK,
                                 .cumulative_gas = x->gas_used + gas_used,
                                 .gas_used = gas_used,
                                 .log_cnt = x->m.log_cnt};
    r->has_contract = r->success && !tx->has_to;
    if (r->has_contract)
        r->contract = o->contract;
    logs = mc_arena_copy(&k->arena, logs);
    why = mc_arena_copy(&k->arena, why);
    if (logs.p == NULL || why.p == NULL)
        return mc_fail(em, MC_ENOMEM, "receipt: out of memory");
    r->logs = (struct ledger_log *)logs.p;
    r->revert_data = why;
    for (uint32_t i = 0; i < r->log_cnt; i++)
        log_bloom(x, &r->bloom, &r->logs[i]);
    k->log_first[k->tx_cnt] = x->log_cnt;
    k->txs[k->tx_cnt++] = ledger_tx_ref(tx);
    x->log_cnt += r->log_cnt;
    x->gas_used += gas_used;
    x->body_bytes += tx->raw.n;
    return MC_OK;
}

static enum mc_err tx_run(struct ledger_exec *x, const struct ledger_tx *tx, struct purchase *p,
                          struct mc_errmsg *em)
{
    const struct message msg = {.from = tx->sender,
                                .nonce = tx->nonce,
                                .has_to = tx->has_to,
                                .to = tx->to,
                                .value = tx->value,
                                .data = tx->data,
                                .gas = tx->gas - p->intrinsic};
    struct outcome o;
    uint64_t gas_used;
    enum mc_err err = buy_gas(x, tx, p, em);

    if (err == MC_OK)
        err = ledger_machine_run(&x->m, &o, &msg, em);
    if (err != MC_OK)
        return err;
    gas_used = tx->gas - o.gas_left;
    err = settle_gas(x, tx, p, gas_used, em);
    return err == MC_OK ? receipt_add(x, tx, &o, gas_used, em) : err;
}

enum mc_err ledger_exec_tx(struct ledger_exec *x, const struct ledger_tx *tx, struct mc_errmsg *em)
{
    struct purchase p = {.intrinsic = 0};
    enum mc_err err;

    MC_ASSERT(!x->sealed);
    MC_ASSERT(tx->recovered);
    if (x->number != x->l->head.number + 1)
        return mc_fail(em, MC_EREJECT, "block %" PRIu64 " is decided already", x->number);
    mc_arena_reset(&x->m.tx_arena);
    x->m.em.text[0] = '\0';
    if (!grow_txs(x->blk))
        return mc_fail(em, MC_ENOMEM, "block: out of memory");
    err = ledger_state_account(&x->m.st, &tx->sender, &p.sender, em);
    if (err == MC_OK)
        err = check_room(x, tx, em);
    if (err == MC_OK)
        err = check_sender(x, tx, &p.sender, em);
    if (err == MC_OK)
        err = check_fees(x, tx, &p, em);
    if (err == MC_OK)
        err = tx_run(x, tx, &p, em);
    if (err == MC_OK)
        ledger_state_settle(&x->m.st);
    else
        ledger_state_rollback(&x->m.st, 0);
    return err;
}
