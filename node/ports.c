#include "node/ports.h"

#include <stdlib.h>
#include <time.h>

#include "consensus/consensus.h"
#include "node/ports_convert.h"
#include "node/watch.h"

#define CLIENT_VERSION "MediChain/" MC_VERSION "/linux/c17"

static uint64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

/* ------------------------------------------------------------------ blocks by name */

static uint64_t port_head(void *ctx)
{
    struct ports *p = ctx;
    struct ledger_head head;
    ledger_head(p->ledger, &head);
    return head.number;
}

static enum mc_err port_resolve(void *ctx, const struct rpc_block_id *id, uint64_t *number,
                                struct mc_errmsg *em)
{
    struct ports *p = ctx;
    uint64_t head = port_head(ctx);
    switch (id->tag) {
    case RPC_TAG_NUMBER:
        *number = id->number;
        return id->number <= head ? MC_OK : mc_fail(em, MC_ENOTFOUND, "block not found");
    case RPC_TAG_HASH:
        return ledger_block_number(p->ledger, &id->hash, number, em);
    case RPC_TAG_EARLIEST:
        *number = 0;
        return MC_OK;
    case RPC_TAG_LATEST:
    case RPC_TAG_PENDING:
    case RPC_TAG_SAFE:
    case RPC_TAG_FINALIZED:
        *number = head;
        return MC_OK;
    }
    return MC_EINVAL;
}

static enum mc_err open_view(struct ports *p, const struct rpc_block_id *id, struct ledger_view **v,
                             struct mc_errmsg *em)
{
    uint64_t number = 0;
    if (id->tag != RPC_TAG_NUMBER && id->tag != RPC_TAG_HASH && id->tag != RPC_TAG_EARLIEST)
        return ledger_view_latest(v, p->ledger, em);
    enum mc_err err = port_resolve(p, id, &number, em);
    return err == MC_OK ? ledger_view_at(v, p->ledger, number, em) : err;
}

/* ------------------------------------------------------------------ state */

static void fill_account(struct rpc_account *out, const struct ledger_account *a)
{
    const struct vm_module *m = vm_module_by_code_hash(&a->code_hash);
    out->nonce = a->nonce;
    out->balance = a->balance;
    out->storage_root = a->storage_root;
    out->code_hash = a->code_hash;
    out->code = m != NULL ? vm_module_code(m) : mc_slice(NULL, 0);
}

static enum mc_err port_account(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                                struct rpc_account *out, struct mc_arena *arena,
                                struct mc_errmsg *em)
{
    struct ledger_view *v = NULL;
    struct ledger_account account = {0};
    (void)arena;
    enum mc_err err = open_view(ctx, id, &v, em);
    if (err != MC_OK)
        return err;
    err = ledger_view_account(v, a, &account, em);
    if (err == MC_OK)
        fill_account(out, &account);
    ledger_view_close(v);
    return err;
}

static enum mc_err port_storage(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                                const struct mc_hash *slot, struct mc_hash *word,
                                struct mc_errmsg *em)
{
    struct ledger_view *v = NULL;
    enum mc_err err = open_view(ctx, id, &v, em);
    if (err != MC_OK)
        return err;
    err = ledger_view_storage(v, a, slot, word, em);
    ledger_view_close(v);
    return err;
}

static enum rpc_cell_kind cell_kind(enum vm_word kind)
{
    switch (kind) {
    case VM_WORD_HASH:
        return RPC_CELL_RECORD;
    case VM_WORD_INT:
        return RPC_CELL_INTEGER;
    case VM_WORD_NONE:
        break;
    }
    return RPC_CELL_INDEX;
}

static enum mc_err port_cell(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                             const struct mc_hash *slot, struct rpc_cell *out,
                             struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ledger_view *v = NULL;
    struct ledger_cell cell = {0};
    enum mc_err err = open_view(ctx, id, &v, em);
    if (err != MC_OK)
        return err;
    err = ledger_view_cell(v, a, slot, &cell, arena, em);
    *out = (struct rpc_cell){cell_kind(cell.kind), cell.value, cell.word};
    ledger_view_close(v);
    return err;
}

static enum mc_err port_proof(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                              const struct mc_hash *slots, uint32_t slot_cnt,
                              struct rpc_account *account, struct rpc_proof *account_proof,
                              struct rpc_slot_proof *slot_proofs, struct mc_arena *arena,
                              struct mc_errmsg *em)
{
    struct ledger_view *v = NULL;
    struct ledger_account la = {0};
    struct ledger_proof proof = {0};
    enum mc_err err = open_view(ctx, id, &v, em);
    if (err != MC_OK)
        return err;
    err = ledger_view_account(v, a, &la, em);
    if (err == MC_OK)
        err = ledger_view_prove_account(v, a, &proof, arena, em);
    fill_account(account, &la);
    *account_proof = (struct rpc_proof){proof.nodes, proof.node_cnt};
    for (uint32_t i = 0; err == MC_OK && i < slot_cnt; i++) {
        struct rpc_slot_proof *s = &slot_proofs[i];
        memset(&proof, 0, sizeof proof);
        s->slot = slots[i];
        err = ledger_view_storage(v, a, &slots[i], &s->word, em);
        if (err == MC_OK)
            err = ledger_view_prove_slot(v, a, &slots[i], &proof, arena, em);
        s->proof = (struct rpc_proof){proof.nodes, proof.node_cnt};
    }
    ledger_view_close(v);
    return err;
}

/* ------------------------------------------------------------------ blocks, transactions, receipts, logs */

static enum mc_err port_block(void *ctx, const struct rpc_block_id *id, uint32_t what,
                              struct rpc_block *out, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct ledger_block b = {0};
    uint64_t number = 0;
    enum mc_err err = port_resolve(ctx, id, &number, em);
    /* Transactions are read in any case: their hashes and the block's size are part of every answer. */
    if (err == MC_OK)
        err = ledger_block_read(p->ledger, number, LEDGER_BLOCK_TXS, &b, arena, em);
    if (err != MC_OK)
        return err;
    err = convert_block(out, &b, what, arena, em);
    ledger_block_release(&b);
    return err;
}

static enum mc_err port_receipts(void *ctx, const struct rpc_block_id *id, struct rpc_receipt **out,
                                 uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct ledger_block b = {0};
    uint64_t number = 0;
    uint32_t log_i = 0;
    enum mc_err err = port_resolve(ctx, id, &number, em);
    if (err == MC_OK)
        err = ledger_block_read(p->ledger, number, LEDGER_BLOCK_TXS | LEDGER_BLOCK_RECEIPTS, &b,
                                arena, em);
    if (err != MC_OK)
        return err;
    *out = mc_arena_calloc(arena, b.tx_cnt + 1u, sizeof **out);
    *cnt = b.tx_cnt;
    if (*out == NULL)
        err = mc_fail(em, MC_ENOMEM, "receipts: out of memory");
    struct tx_at at = {number, b.hash, 0, b.header.base_fee};
    for (uint32_t i = 0; err == MC_OK && i < b.tx_cnt; i++) {
        at.index = i;
        err = convert_receipt(&(*out)[i], b.txs[i], &b.receipts[i], &at, b.header.time_s, log_i,
                              arena, em);
        log_i += b.receipts[i].log_cnt;
    }
    ledger_block_release(&b);
    return err;
}

static enum mc_err read_mined(struct ports *p, const struct mc_hash *hash,
                              struct ledger_tx_read *out, struct tx_at *at, struct mc_arena *arena,
                              struct mc_errmsg *em)
{
    struct ledger_tx_place place;
    enum mc_err err = ledger_tx_find(p->ledger, hash, &place, em);
    if (err == MC_OK)
        err = ledger_tx_read(p->ledger, &place, out, arena, em);
    if (err == MC_OK)
        *at = (struct tx_at){place.number, out->block_hash, place.index, out->header.base_fee};
    return err;
}

static enum mc_err port_tx(void *ctx, const struct mc_hash *hash, struct rpc_tx *out,
                           struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct ledger_tx_read r = {0};
    struct tx_at at;
    /* The pool first: between the two look-ups a transaction can only move from the pool into the chain. */
    struct ledger_tx *waiting = pool_find(p->pool, hash);
    enum mc_err err = read_mined(p, hash, &r, &at, arena, em);
    if (err == MC_OK)
        err = convert_tx(out, r.tx, &at, true, arena, em);
    else if (err == MC_ENOTFOUND && waiting != NULL)
        err = convert_tx(out, waiting, NULL, true, arena, em);
    ledger_tx_unref(r.tx);
    ledger_tx_unref(waiting);
    return err;
}

static enum mc_err port_receipt(void *ctx, const struct mc_hash *tx_hash, struct rpc_receipt *out,
                                struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ledger_tx_read r = {0};
    struct tx_at at;
    enum mc_err err = read_mined(ctx, tx_hash, &r, &at, arena, em);
    if (err == MC_OK)
        err =
            convert_receipt(out, r.tx, &r.receipt, &at, r.header.time_s, r.log_first_i, arena, em);
    ledger_tx_unref(r.tx);
    return err;
}

static enum mc_err port_logs(void *ctx, const struct rpc_log_query *q, struct rpc_log **out,
                             uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct ledger_log_row *rows = NULL;
    struct ledger_log_query lq = {.from = q->from,
                                  .to = q->to,
                                  .addresses = q->addresses,
                                  .address_cnt = q->address_cnt,
                                  .topic_cnt = q->topic_cnt,
                                  .rows_max = p->log_rows_max};
    for (uint32_t i = 0; i < q->topic_cnt; i++) {
        lq.topics[i].any = q->topics[i].any;
        lq.topics[i].cnt = q->topics[i].cnt;
    }
    *cnt = 0;
    enum mc_err err = ledger_logs(p->ledger, &lq, &rows, cnt, arena, em);
    if (err != MC_OK)
        return err;
    *out = mc_arena_calloc(arena, *cnt + 1u, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "logs: out of memory");
    for (uint32_t i = 0; i < *cnt; i++)
        convert_log(&(*out)[i], &rows[i]);
    return MC_OK;
}

/* ------------------------------------------------------------------ calls */

static enum mc_err to_ledger_call(struct ledger_call *out, const struct rpc_call *call,
                                  uint64_t gas_max, struct mc_buf *access, struct mc_errmsg *em)
{
    uint32_t key_cnt = 0;
    enum mc_err err = convert_access(access, call->access, call->access_cnt, &key_cnt, em);
    *out = (struct ledger_call){.from = call->from,
                                .has_to = call->has_to,
                                .to = call->to,
                                .gas = call->has_gas && call->gas < gas_max ? call->gas : gas_max,
                                .gas_price = call->gas_price,
                                .value = call->value,
                                .data = call->data,
                                .access_list = mc_buf_slice(access),
                                .access_addr_cnt = call->access_cnt,
                                .access_key_cnt = key_cnt};
    return err;
}

static void from_ledger_result(struct rpc_call_result *out, const struct ledger_call_result *r,
                               struct mc_arena *arena)
{
    char reason[512];
    out->err = r->err;
    out->output = r->output;
    out->gas_used = r->gas_used;
    if (r->err == MC_EREVERT) {
        vm_revert_reason(reason, sizeof reason, r->output);
        out->reason = mc_arena_copy(arena, mc_slice_str(reason));
    }
}

static enum mc_err run_call(struct ports *p, const struct rpc_block_id *id,
                            const struct rpc_call *call, uint64_t *gas, struct rpc_call_result *out,
                            struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ledger_view *v = NULL;
    struct ledger_call lc;
    struct ledger_call_result r = {0};
    struct mc_buf access = {0};
    enum mc_err err = to_ledger_call(&lc, call, p->call_gas_max, &access, em);
    if (err == MC_OK)
        err = open_view(p, id, &v, em);
    if (err == MC_OK) {
        err = gas == NULL ? ledger_view_call(v, &lc, &r, arena, em)
                          : ledger_view_estimate(v, &lc, gas, &r, arena, em);
        ledger_view_close(v);
    }
    mc_buf_free(&access);
    if (err == MC_OK)
        from_ledger_result(out, &r, arena);
    return err;
}

static enum mc_err port_call(void *ctx, const struct rpc_block_id *id, const struct rpc_call *call,
                             struct rpc_call_result *out, struct mc_arena *arena,
                             struct mc_errmsg *em)
{
    return run_call(ctx, id, call, NULL, out, arena, em);
}

static enum mc_err port_estimate(void *ctx, const struct rpc_block_id *id,
                                 const struct rpc_call *call, uint64_t *gas,
                                 struct rpc_call_result *out, struct mc_arena *arena,
                                 struct mc_errmsg *em)
{
    return run_call(ctx, id, call, gas, out, arena, em);
}

/* ------------------------------------------------------------------ pool */

static enum mc_err port_submit(void *ctx, struct mc_slice raw, struct mc_hash *hash,
                               struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct ledger_tx *tx = NULL;
    struct ledger_tx_place place;
    enum mc_err err = ledger_tx_decode(&tx, raw, em);
    if (err != MC_OK)
        return err;
    err = ledger_tx_recover(tx, em);
    if (err == MC_OK)
        err = pool_add(p->pool, tx, now_ms(), em);
    /* Sent again after it was mined: the client wants to hear that, not that the nonce is used. */
    if (err == MC_EREJECT && ledger_tx_find(p->ledger, &tx->hash, &place, NULL) == MC_OK)
        mc_errf(em, "already known");
    if (err == MC_OK) {
        *hash = tx->hash;
        if (p->submitted != NULL)
            p->submitted(p->arg, tx);
        p->pool_wake(p->arg);
    }
    ledger_tx_unref(tx);
    return err;
}

static enum mc_err port_pending_nonce(void *ctx, const struct mc_addr *a, uint64_t *nonce,
                                      struct mc_errmsg *em)
{
    struct ports *p = ctx;
    return pool_next_nonce(p->pool, a, nonce, em);
}

static enum mc_err port_pool_status(void *ctx, struct rpc_pool_status *out)
{
    struct ports *p = ctx;
    struct pool_stats s;
    pool_stats(p->pool, &s);
    out->pending = s.pending;
    out->queued = s.queued;
    return MC_OK;
}

static enum mc_err port_pool_content(void *ctx, const struct mc_addr *from,
                                     struct rpc_pool_tx **out, uint32_t *cnt,
                                     struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct pool_item *items = NULL;
    enum mc_err err = pool_list(p->pool, from, &items, cnt);
    if (err != MC_OK)
        return mc_fail(em, err, "pool: %s", mc_err_text(err));
    *out = mc_arena_calloc(arena, *cnt + 1u, sizeof **out);
    if (*out == NULL)
        err = mc_fail(em, MC_ENOMEM, "pool: out of memory");
    for (uint32_t i = 0; i < *cnt; i++) {
        if (err == MC_OK) {
            (*out)[i].queued = items[i].queued;
            err = convert_tx(&(*out)[i].tx, items[i].tx, NULL, true, arena, em);
        }
        ledger_tx_unref(items[i].tx);
    }
    free(items);
    return err;
}

#define ARRIVALS_ANSWER_MAX 10000u

static enum mc_err port_pool_arrivals(void *ctx, uint64_t *cursor, struct mc_hash **out,
                                      uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    *out = mc_arena_alloc(arena, ARRIVALS_ANSWER_MAX * sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "pool: out of memory");
    *cnt = pool_arrivals(p->pool, cursor, *out, ARRIVALS_ANSWER_MAX);
    return MC_OK;
}

static enum mc_err source_account(void *ctx, const struct mc_addr *a, bool deploy,
                                  struct pool_account *out, struct mc_errmsg *em)
{
    struct ports_source *s = ctx;
    struct ledger_view *v = NULL;
    struct ledger_account account = {0};
    enum mc_err err = ledger_view_latest(&v, s->ledger, em);
    if (err != MC_OK)
        return err;
    err = ledger_view_account(v, a, &account, em);
    if (err == MC_OK)
        err = vm_account_permitted(&out->permitted, ledger_view_env(v), a, deploy);
    out->nonce = account.nonce;
    out->balance = account.balance;
    ledger_view_close(v);
    return err;
}

static bool source_deployable(void *ctx, struct mc_slice data)
{
    const struct ports_source *s = ctx;
    return ledger_deployable(s->ledger, data);
}

/* The lowest price is a parameter of the chain: it can change with each block. */
static void source_limits(void *ctx, uint64_t *block_gas, struct mc_u256 *min_price)
{
    struct ports_source *s = ctx;
    struct ledger_view *v = NULL;
    struct ledger_head head;
    ledger_head(s->ledger, &head);
    *block_gas = head.gas_limit;
    if ((!s->known || s->number != head.number) &&
        ledger_view_latest(&v, s->ledger, NULL) == MC_OK) {
        s->known = vm_param_at(&s->min_price, ledger_view_env(v), "chain.minGasPrice") == MC_OK;
        s->number = head.number;
        ledger_view_close(v);
    }
    *min_price = s->min_price;
}

void ports_pool_source(struct pool_source *out, struct ports_source *s, struct ledger *l)
{
    *s = (struct ports_source){.ledger = l};
    *out = (struct pool_source){.ctx = s,
                                .account = source_account,
                                .deployable = source_deployable,
                                .limits = source_limits};
}

/* ------------------------------------------------------------------ devnet keys */

static uint32_t port_dev_accounts(void *ctx, struct mc_addr *out, uint32_t cap)
{
    struct ports *p = ctx;
    uint32_t cnt = p->dev == NULL ? 0 : cap < DEV_KEYS_CNT ? cap : DEV_KEYS_CNT;
    for (uint32_t i = 0; i < cnt; i++)
        out[i] = p->dev->addr[i];
    return cnt;
}

static enum mc_err find_key(const struct ports *p, const struct mc_addr *a, const uint8_t **out,
                            struct mc_errmsg *em)
{
    *out = p->dev != NULL ? dev_keys_find(p->dev, a) : NULL;
    return *out != NULL ? MC_OK : mc_fail(em, MC_EREJECT, "unknown account");
}

static enum mc_err port_dev_sign(void *ctx, const struct mc_addr *a, const struct mc_hash *digest,
                                 struct mc_secp_sig *out, struct mc_errmsg *em)
{
    const uint8_t *secret = NULL;
    enum mc_err err = find_key(ctx, a, &secret, em);
    return err == MC_OK ? mc_secp_sign(out, digest, secret) : err;
}

static enum mc_err port_dev_sign_tx(void *ctx, const struct rpc_call *call, struct mc_buf *raw,
                                    struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct mc_buf access = {0};
    const uint8_t *secret = NULL;
    uint32_t key_cnt = 0;
    enum mc_err err = find_key(p, &call->from, &secret, em);
    if (err == MC_OK)
        err = convert_access(&access, call->access, call->access_cnt, &key_cnt, em);
    if (err == MC_OK) {
        struct ledger_tx_fields f = {.type = (enum ledger_tx_type)call->type,
                                     .chain_id = p->chain_id,
                                     .nonce = call->nonce,
                                     .max_fee = call->gas_price,
                                     .max_priority_fee = call->max_priority_fee,
                                     .gas = call->gas,
                                     .has_to = call->has_to,
                                     .to = call->to,
                                     .value = call->value,
                                     .data = call->data,
                                     .access_list = mc_buf_slice(&access)};
        err = ledger_tx_sign(raw, &f, secret, em);
    }
    mc_buf_free(&access);
    return err;
}

/* ------------------------------------------------------------------ modules, validators, certificates */

static uint32_t port_modules(void *ctx, struct rpc_module *out, uint32_t cap,
                             struct mc_arena *arena)
{
    struct ports *p = ctx;
    uint32_t cnt = vm_module_cnt() < cap ? vm_module_cnt() : cap;
    (void)arena;
    for (uint32_t i = 0; i < cnt; i++) {
        const struct vm_module *m = vm_module_at(i);
        out[i] = (struct rpc_module){.name = mc_slice_str(m->name),
                                     .abi_json = p->module_abi[i],
                                     .address = *vm_module_well_known(m),
                                     .version = 1};
    }
    return cnt;
}

/* The validators that decided the block: those that the state after its parent names. */
static enum mc_err port_validators(void *ctx, uint64_t number, struct rpc_validator **out,
                                   uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct vm_genesis_validator v[MC_VALIDATORS_MAX];
    struct ledger_view *view = NULL;
    if (number > port_head(ctx))
        return mc_fail(em, MC_ENOTFOUND, "block not found");
    enum mc_err err = ledger_view_at(&view, p->ledger, number == 0 ? 0 : number - 1, em);
    if (err != MC_OK)
        return err;
    err = vm_validators_at(v, MC_VALIDATORS_MAX, cnt, ledger_view_env(view));
    ledger_view_close(view);
    if (err != MC_OK)
        return err;
    *out = mc_arena_calloc(arena, *cnt + 1u, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "validators: out of memory");
    for (uint32_t i = 0; i < *cnt; i++) {
        (*out)[i].account = v[i].account;
        memcpy((*out)[i].public_key, v[i].public_key, sizeof v[i].public_key);
    }
    return MC_OK;
}

static void put_signatures(struct mc_buf *out, const struct cons_cert *cert)
{
    uint32_t n = 0;
    mc_buf_put_str(out, ",\"signatures\":[");
    for (uint32_t i = 0; i < MC_VALIDATORS_MAX && n < cert->sig_cnt; i++) {
        if (!cons_cert_has(cert, i))
            continue;
        mc_buf_putf(out, "%s{\"validator\":%u,\"signature\":", n == 0 ? "" : ",", i);
        mc_json_put_hex(out, mc_slice(cert->sigs[n++], MC_ED25519_SIG_LEN));
        mc_buf_put_u8(out, '}');
    }
    mc_buf_put_u8(out, ']');
}

static enum mc_err port_certificate(void *ctx, uint64_t number, struct mc_buf *out,
                                    struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct mc_buf raw = {0};
    struct cons_cert *cert = calloc(1, sizeof *cert);
    enum mc_err err = cert != NULL ? ledger_certificate(p->ledger, number, &raw, em) : MC_ENOMEM;
    if (err == MC_OK && raw.n == 0)
        err = mc_fail(em, MC_ENOTFOUND, "block 0 has no certificate");
    if (err == MC_OK)
        err = cons_cert_decode(cert, mc_buf_slice(&raw), em);
    if (err == MC_OK) {
        mc_buf_put_str(out, "{\"number\":");
        mc_json_put_quantity(out, cert->height);
        mc_buf_put_str(out, ",\"round\":");
        mc_json_put_quantity(out, cert->round);
        mc_buf_put_str(out, ",\"blockHash\":");
        mc_json_put_hex(out, mc_hash_slice(&cert->digest));
        put_signatures(out, cert);
        mc_buf_put_str(out, ",\"raw\":");
        mc_json_put_hex(out, mc_buf_slice(&raw));
        mc_buf_put_u8(out, '}');
    }
    free(cert);
    mc_buf_free(&raw);
    return err;
}

/* ------------------------------------------------------------------ seeing */

static enum mc_err port_round(void *ctx, struct rpc_round *out, struct mc_arena *arena,
                              struct mc_errmsg *em)
{
    struct ports *p = ctx;
    struct rpc_health h = {0};
    enum mc_err err = watch_round(p->watch, out, arena);
    if (err != MC_OK)
        return mc_fail(em, err, "round: %s", mc_err_text(err));
    p->health(p->arg, &h);
    if (!h.ready)
        out->why = mc_arena_copy(arena, mc_slice_str(h.why));
    out->seconds_since_block = h.seconds_since_block;
    out->time_ms = p->wall_ms();
    return MC_OK;
}

/* Sums over a range of blocks.  place[i] is where the set's validator i stands in the list. */
struct tally {
    struct ports *p;
    struct rpc_signer *list;
    uint32_t cnt, cap;
    struct mc_hash set; /* hash of the validator set below */
    struct rpc_validator *validators;
    uint32_t validator_cnt;
    uint32_t place[MC_VALIDATORS_MAX];
    struct cons_cert cert;
    struct mc_arena scratch; /* of one block */
};

static enum mc_err tally_place(struct tally *t, const struct rpc_validator *v, uint32_t *place,
                               struct mc_arena *arena, struct mc_errmsg *em)
{
    for (*place = 0; *place < t->cnt; (*place)++) {
        if (memcmp(t->list[*place].public_key, v->public_key, sizeof v->public_key) == 0 &&
            memcmp(&t->list[*place].account, &v->account, sizeof v->account) == 0)
            return MC_OK;
    }
    if (t->cnt == t->cap) {
        uint32_t cap = t->cap == 0 ? MC_VALIDATORS_MAX : 2 * t->cap;
        struct rpc_signer *list = mc_arena_calloc(arena, cap, sizeof *list);
        if (list == NULL)
            return mc_fail(em, MC_ENOMEM, "signers: out of memory");
        if (t->cnt > 0)
            memcpy(list, t->list, t->cnt * sizeof *list);
        t->list = list;
        t->cap = cap;
    }
    t->list[t->cnt].account = v->account;
    memcpy(t->list[t->cnt++].public_key, v->public_key, sizeof v->public_key);
    return MC_OK;
}

/* Sets change seldom: the header before names the set, and only another one is read. */
static enum mc_err tally_set(struct tally *t, uint64_t number, const struct mc_hash *set,
                             struct mc_arena *arena, struct mc_errmsg *em)
{
    if (t->validators != NULL && memcmp(&t->set, set, sizeof *set) == 0)
        return MC_OK;
    enum mc_err err = port_validators(t->p, number, &t->validators, &t->validator_cnt, arena, em);
    t->set = *set;
    for (uint32_t i = 0; err == MC_OK && i < t->validator_cnt; i++)
        err = tally_place(t, &t->validators[i], &t->place[i], arena, em);
    return err;
}

static enum mc_err tally_block(struct tally *t, uint64_t number, struct mc_arena *arena,
                               struct mc_errmsg *em)
{
    struct ledger_block parent = {0}, b = {0};
    struct mc_buf raw = {0};
    mc_arena_reset(&t->scratch);
    enum mc_err err =
        ledger_block_read(t->p->ledger, number - 1, LEDGER_BLOCK_HEADER, &parent, &t->scratch, em);
    if (err == MC_OK)
        err = ledger_block_read(t->p->ledger, number, LEDGER_BLOCK_HEADER, &b, &t->scratch, em);
    if (err == MC_OK)
        err = tally_set(t, number, &parent.header.mix_hash, arena, em);
    if (err == MC_OK)
        err = ledger_certificate(t->p->ledger, number, &raw, em);
    if (err == MC_OK)
        err = cons_cert_decode(&t->cert, mc_buf_slice(&raw), em);
    for (uint32_t i = 0; err == MC_OK && i < t->validator_cnt; i++) {
        struct rpc_signer *s = &t->list[t->place[i]];
        bool has = cons_cert_has(&t->cert, i);
        s->blocks++;
        s->signatures += has;
        s->missed += !has;
        s->proposed += memcmp(&s->account, &b.header.miner, sizeof s->account) == 0;
    }
    mc_buf_free(&raw);
    ledger_block_release(&parent);
    ledger_block_release(&b);
    return err;
}

static enum mc_err port_signers(void *ctx, uint64_t from, uint64_t to, struct rpc_signer **out,
                                uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct tally *t = calloc(1, sizeof *t);
    enum mc_err err = MC_OK;
    if (t == NULL)
        return mc_fail(em, MC_ENOMEM, "signers: out of memory");
    t->p = ctx;
    mc_arena_init(&t->scratch, 16u * 1024u * 1024u);
    for (uint64_t h = from > 0 ? from : 1; err == MC_OK && h <= to;
         h++) /* 0 was decided by nobody */
        err = tally_block(t, h, arena, em);
    mc_arena_free(&t->scratch);
    *out = t->list;
    *cnt = t->cnt;
    free(t);
    return err;
}

static enum mc_err port_evidence(void *ctx, struct mc_buf *out, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    watch_evidence_json(p->watch, out);
    return out->oom ? mc_fail(em, MC_ENOMEM, "evidence: out of memory") : MC_OK;
}

static enum mc_err port_node_info(void *ctx, struct rpc_node_info *out, struct mc_arena *arena,
                                  struct mc_errmsg *em)
{
    struct ports *p = ctx;
    (void)arena;
    return p->info(p->arg, out, em);
}

static enum mc_err port_peers(void *ctx, struct rpc_peer **out, uint32_t *cnt,
                              struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ports *p = ctx;
    enum mc_err err = watch_peers(p->watch, out, cnt, arena);
    return err == MC_OK ? MC_OK : mc_fail(em, err, "peers: %s", mc_err_text(err));
}

static uint64_t port_peer_cnt(void *ctx)
{
    struct rpc_health h = {0};
    struct ports *p = ctx;
    p->health(p->arg, &h);
    return h.peers;
}

static void port_health(void *ctx, struct rpc_health *out)
{
    struct ports *p = ctx;
    p->health(p->arg, out);
}

static void port_metrics(void *ctx, struct mc_buf *out)
{
    struct ports *p = ctx;
    p->metrics(p->arg, out);
}

/* ------------------------------------------------------------------ opening */

static enum mc_err make_abi_texts(struct ports *p, struct mc_errmsg *em)
{
    p->module_abi = calloc(vm_module_cnt() + 1u, sizeof *p->module_abi);
    for (uint32_t i = 0; p->module_abi != NULL && i < vm_module_cnt(); i++) {
        struct mc_buf text = {0};
        vm_abi_json(&text, vm_module_at(i));
        p->module_abi[i] = mc_buf_slice(&text); /* the slice owns the buffer's bytes from here on */
        if (text.oom)
            return mc_fail(em, MC_ENOMEM, "module ABI: out of memory");
    }
    return p->module_abi != NULL ? MC_OK : mc_fail(em, MC_ENOMEM, "module ABI: out of memory");
}

enum mc_err ports_open(struct rpc_ports *out, struct ports *p, struct mc_errmsg *em)
{
    *out = (struct rpc_ports){
        .ctx = p,
        .chain_id = p->chain_id,
        .client_version = CLIENT_VERSION,
        .log_rows_max = p->log_rows_max,
        .call_gas_max = p->call_gas_max,
        .head = port_head,
        .resolve = port_resolve,
        .account = port_account,
        .storage = port_storage,
        .cell = port_cell,
        .proof = port_proof,
        .block = port_block,
        .receipts = port_receipts,
        .tx = port_tx,
        .receipt = port_receipt,
        .logs = port_logs,
        .call = port_call,
        .estimate = port_estimate,
        .submit = port_submit,
        .pending_nonce = port_pending_nonce,
        .pool_status = port_pool_status,
        .pool_content = port_pool_content,
        .pool_arrivals = port_pool_arrivals,
        .dev_accounts = port_dev_accounts,
        .dev_sign = port_dev_sign,
        .dev_sign_tx = port_dev_sign_tx,
        .modules = port_modules,
        .validators = port_validators,
        .certificate_json = port_certificate,
        .round = port_round,
        .signers = port_signers,
        .evidence_json = port_evidence,
        .node_info = port_node_info,
        .peers = port_peers,
        .peer_cnt = port_peer_cnt,
        .health = port_health,
        .metrics = port_metrics,
    };
    return make_abi_texts(p, em);
}

void ports_close(struct ports *p)
{
    for (uint32_t i = 0; p->module_abi != NULL && i < vm_module_cnt(); i++)
        free((void *)(uintptr_t)p->module_abi[i].p);
    free(p->module_abi);
    p->module_abi = NULL;
}
