/* Views: the state at one block.  History is only ever added to, and every read names the newest
 * version it may see, so a view needs no lock and no snapshot to stay at its block while others
 * commit. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/internal.h"

struct ledger_view {
    struct ledger *l;
    struct ledger_header header;
    struct machine m;
    struct mc_arena arena; /* cells that were read */
    struct store_iter *nodes;
    struct mc_addr owner; /* of the trie that is being proved */
};

static enum mc_err view_open(struct ledger_view **out, struct ledger *l,
                             const struct ledger_header *header, struct mc_errmsg *em)
{
    struct ledger_view *v = calloc(1, sizeof *v);

    if (v == NULL)
        return mc_fail(em, MC_ENOMEM, "open view: out of memory");
    v->l = l;
    v->header = *header;
    ledger_machine_init(&v->m, l->cfg, l->store, header->number, NULL, &v->arena, &v->arena);
    v->m.env.block_number = header->number;
    v->m.env.time_s = header->time_s;
    *out = v;
    return MC_OK;
}

enum mc_err ledger_view_latest(struct ledger_view **out, struct ledger *l, struct mc_errmsg *em)
{
    struct ledger_header header;

    *out = NULL;
    pthread_mutex_lock(&l->mu);
    header = l->head_header;
    pthread_mutex_unlock(&l->mu);
    return view_open(out, l, &header, em);
}

enum mc_err ledger_view_at(struct ledger_view **out, struct ledger *l, uint64_t number,
                           struct mc_errmsg *em)
{
    struct mc_arena arena = {.head = NULL};
    struct ledger_block b;
    enum mc_err err;

    *out = NULL;
    err = ledger_block_read(l, number, LEDGER_BLOCK_HEADER, &b, &arena, em);
    if (err == MC_OK)
        err = view_open(out, l, &b.header, em);
    mc_arena_free(&arena);
    return err;
}

void ledger_view_close(struct ledger_view *v)
{
    if (v == NULL)
        return;
    if (v->nodes != NULL)
        v->l->store->ops->iter_free(v->nodes);
    ledger_machine_free(&v->m);
    mc_arena_free(&v->arena);
    free(v);
}

uint64_t ledger_view_number(const struct ledger_view *v)
{
    return v->header.number;
}

const struct vm_env *ledger_view_env(struct ledger_view *v)
{
    return &v->m.env;
}

enum mc_err ledger_view_account(struct ledger_view *v, const struct mc_addr *a,
                                struct ledger_account *out, struct mc_errmsg *em)
{
    return ledger_state_account(&v->m.st, a, out, em);
}

/* The cell under a slot at position 0; value empty when there is none. */
static enum mc_err cell_load(struct ledger_view *v, const struct mc_addr *a,
                             const struct mc_hash *slot, struct ledger_cell *out,
                             struct mc_errmsg *em)
{
    uint8_t key[KEY_CELL_LEN];
    enum cell_kind kind;
    enum mc_err err;

    memset(out, 0, sizeof *out);
    if (mc_hash_is_zero(slot)) /* that key is the account's own cell; no record lives there */
        return MC_OK;
    ledger_cell_key(key, a, slot, 0);
    err = ledger_state_load(&v->m.st, key, &out->value, &kind, em);
    if (err != MC_OK || out->value.n == 0)
        return err;
    out->kind = (enum vm_word)kind;
    if (kind == CELL_HASH)
        mc_keccak256(&out->word, out->value);
    if (kind == CELL_INT && out->value.n <= 32)
        memcpy(out->word.b + 32 - out->value.n, out->value.p, out->value.n);
    return MC_OK;
}

enum mc_err ledger_view_storage(struct ledger_view *v, const struct mc_addr *a,
                                const struct mc_hash *slot, struct mc_hash *word,
                                struct mc_errmsg *em)
{
    struct ledger_cell cell;
    enum mc_err err = cell_load(v, a, slot, &cell, em);

    *word = cell.word;
    return err;
}

enum mc_err ledger_view_cell(struct ledger_view *v, const struct mc_addr *a,
                             const struct mc_hash *slot, struct ledger_cell *out,
                             struct mc_arena *arena, struct mc_errmsg *em)
{
    enum mc_err err = cell_load(v, a, slot, out, em);

    if (err != MC_OK || out->value.n == 0)
        return err;
    out->value = mc_arena_copy(arena, out->value);
    return out->value.p != NULL ? MC_OK : mc_fail(em, MC_ENOMEM, "cell: out of memory");
}

/* ------------------------------------------------------------------ proofs */

static enum mc_err view_node(void *arg, struct mc_buf *out, const struct trie_path *path,
                             struct mc_errmsg *em)
{
    struct ledger_view *v = arg;

    if (v->nodes == NULL)
        v->nodes = v->l->store->ops->iter_new(v->l->store, NULL, STORE_TRIE, true);
    if (v->nodes == NULL)
        return mc_fail(em, MC_ENOMEM, "proof: out of memory");
    return ledger_node_read(v->l->store, v->nodes, out, &v->owner, path, v->header.number, em);
}

/* Slices over the proof's nodes, copied into the arena. */
static enum mc_err proof_copy(struct ledger_proof *out, const struct mc_buf *nodes,
                              const struct mc_buf *ends, struct mc_slice value,
                              struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_slice all = mc_arena_copy(arena, mc_buf_slice(nodes));
    uint32_t from = 0, end;

    out->node_cnt = (uint32_t)(ends->n / sizeof end);
    out->nodes = mc_arena_calloc(arena, out->node_cnt, sizeof *out->nodes);
    out->value = mc_arena_copy(arena, value);
    if (all.p == NULL || out->nodes == NULL || out->value.p == NULL)
        return mc_fail(em, MC_ENOMEM, "proof: out of memory");
    for (uint32_t i = 0; i < out->node_cnt; i++) {
        memcpy(&end, ends->p + i * sizeof end, sizeof end);
        out->nodes[i] = mc_slice(all.p + from, end - from);
        from = end;
    }
    return MC_OK;
}

static enum mc_err prove(struct ledger_view *v, const struct mc_addr *owner,
                         const struct mc_hash *root, struct mc_slice plain_key,
                         struct ledger_proof *out, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_buf nodes = {NULL, 0, 0, false}, ends = {NULL, 0, 0, false};
    struct mc_slice value = mc_slice(NULL, 0);
    struct trie *t = NULL;
    struct mc_hash key;
    enum mc_err err;

    mc_keccak256(&key, plain_key);
    v->owner = *owner;
    err = trie_new(&t, root, view_node, v);
    if (err == MC_OK)
        err = trie_prove(t, mc_hash_slice(&key), &nodes, &ends, em);
    if (err == MC_OK)
        err = trie_get(t, mc_hash_slice(&key), &value, em);
    if (err == MC_OK)
        err = proof_copy(out, &nodes, &ends, value, arena, em);
    trie_free(t);
    mc_buf_free(&nodes);
    mc_buf_free(&ends);
    return err;
}

enum mc_err ledger_view_prove_account(struct ledger_view *v, const struct mc_addr *a,
                                      struct ledger_proof *out, struct mc_arena *arena,
                                      struct mc_errmsg *em)
{
    return prove(v, &MC_ADDR_ZERO, &v->header.state_root, mc_addr_slice(a), out, arena, em);
}

enum mc_err ledger_view_prove_slot(struct ledger_view *v, const struct mc_addr *a,
                                   const struct mc_hash *slot, struct ledger_proof *out,
                                   struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ledger_account acct;
    enum mc_err err = ledger_state_account(&v->m.st, a, &acct, em);

    return err == MC_OK ? prove(v, a, &acct.storage_root, mc_hash_slice(slot), out, arena, em)
                        : err;
}

/* ------------------------------------------------------------------ calls */

static enum mc_err check_call_funds(const struct ledger_account *from,
                                    const struct ledger_call *call, struct mc_errmsg *em)
{
    const struct mc_u256 gas = mc_u256_u64(call->gas);
    char who[43], have[79], want[79];
    struct mc_u256 need;

    if (mc_u256_mul(&need, &gas, &call->gas_price) && mc_u256_add(&need, &need, &call->value) &&
        mc_u256_cmp(&from->balance, &need) >= 0)
        return MC_OK;
    if (mc_u256_is_zero(&call->gas_price))
        return mc_fail(em, MC_EREJECT, "insufficient funds for transfer");
    mc_addr_checksum(who, &call->from);
    mc_u256_to_dec(have, &from->balance);
    mc_u256_to_dec(want, &need);
    return mc_fail(em, MC_EREJECT,
                   "insufficient funds for gas * price + value: address %s have %s want %s", who,
                   have, want);
}

static enum mc_err call_copy(struct ledger_call_result *out, const struct machine *m,
                             const struct outcome *o, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_slice logs = mc_arena_copy(arena, mc_slice(m->logs, m->log_cnt * sizeof *m->logs));

    out->output = mc_arena_copy(arena, o->output);
    if (logs.p == NULL || out->output.p == NULL)
        return mc_fail(em, MC_ENOMEM, "call: out of memory");
    out->logs = (struct ledger_log *)logs.p;
    out->log_cnt = m->log_cnt;
    for (uint32_t i = 0; i < out->log_cnt; i++) {
        out->logs[i].data = mc_arena_copy(arena, out->logs[i].data);
        if (out->logs[i].data.p == NULL)
            return mc_fail(em, MC_ENOMEM, "call: out of memory");
    }
    return MC_OK;
}

/* What the caller hears of an outcome. */
static enum mc_err call_outcome(struct ledger_call_result *out, const struct outcome *o,
                                struct mc_errmsg *em)
{
    out->err = o->err;
    if (o->err == MC_EUNSUPPORTED)
        out->err = mc_fail(em, MC_EREJECT, "unsupported contract code");
    if (o->err == MC_EEXIST)
        out->err = mc_fail(em, MC_EREJECT, "contract address collision");
    if (o->err == MC_EOUTOFGAS)
        mc_errf(em, "out of gas");
    if (o->err == MC_EREVERT)
        mc_errf(em, "execution reverted");
    return MC_OK;
}

static enum mc_err call_run(struct ledger_view *v, const struct ledger_call *call,
                            const struct ledger_account *from, uint64_t intrinsic,
                            struct ledger_call_result *out, struct mc_arena *arena,
                            struct mc_errmsg *em)
{
    struct message msg = {.from = call->from,
                          .nonce = from->nonce,
                          .has_to = call->has_to,
                          .to = call->to,
                          .value = call->value,
                          .data = call->data,
                          .gas = call->gas - intrinsic};
    size_t mark = ledger_state_mark(&v->m.st);
    struct outcome o;
    enum mc_err err;

    mc_arena_reset(&v->m.tx_arena);
    err = ledger_machine_run(&v->m, &o, &msg, em);
    if (err == MC_OK) {
        out->gas_used = call->gas - o.gas_left;
        err = call_copy(out, &v->m, &o, arena, em);
    }
    if (err == MC_OK && !call->has_to && o.err == MC_OK) {
        /* eth_call of a creation answers the deployed code, as an EVM would */
        const struct vm_module *made = ledger_creation_module(v->m.cfg, call->data);

        MC_ASSERT(made != NULL);
        out->output = vm_module_code(made);
    }
    ledger_state_rollback(&v->m.st, mark);
    return err == MC_OK ? call_outcome(out, &o, em) : err;
}

static bool call_intrinsic(uint64_t *out, const struct ledger_call *call)
{
    const struct ledger_tx shape = {.has_to = call->has_to,
                                    .data = call->data,
                                    .access_list = call->access_list,
                                    .access_addr_cnt = call->access_addr_cnt,
                                    .access_key_cnt = call->access_key_cnt};

    return ledger_tx_intrinsic_gas(out, &shape);
}

enum mc_err ledger_view_call(struct ledger_view *v, const struct ledger_call *call,
                             struct ledger_call_result *out, struct mc_arena *arena,
                             struct mc_errmsg *em)
{
    struct ledger_account from;
    uint64_t intrinsic;
    enum mc_err err = ledger_state_account(&v->m.st, &call->from, &from, em);

    *out = (struct ledger_call_result){.err = MC_OK};
    if (err != MC_OK)
        return err;
    out->err = check_call_funds(&from, call, em);
    if (out->err != MC_OK)
        return MC_OK;
    if (!call_intrinsic(&intrinsic, call) || intrinsic > call->gas) {
        out->err = mc_fail(em, MC_EREJECT, "intrinsic gas too low: have %" PRIu64 ", want %" PRIu64,
                           call->gas, intrinsic);
        return MC_OK;
    }
    return call_run(v, call, &from, intrinsic, out, arena, em);
}

enum mc_err ledger_view_estimate(struct ledger_view *v, const struct ledger_call *call,
                                 uint64_t *gas, struct ledger_call_result *out,
                                 struct mc_arena *arena, struct mc_errmsg *em)
{
    struct ledger_call attempt = *call;
    uint64_t low, high;
    enum mc_err err = ledger_view_call(v, call, out, arena, em);

    *gas = 0;
    if (err != MC_OK || out->err != MC_OK) {
        if (err == MC_OK && out->err == MC_EOUTOFGAS)
            mc_errf(em, "gas required exceeds allowance (%" PRIu64 ")", call->gas);
        return err;
    }
    /* Nothing refunds and no module looks at its gas, so what was used suffices; the search is for
     * the day that changes. */
    low = out->gas_used - 1;
    high = call->gas;
    attempt.gas = out->gas_used;
    while (low + 1 < high) {
        struct ledger_call_result trial;

        err = ledger_view_call(v, &attempt, &trial, arena, NULL);
        if (err != MC_OK)
            return err;
        if (trial.err == MC_OK)
            high = attempt.gas;
        else
            low = attempt.gas;
        attempt.gas = low + (high - low) / 2;
    }
    *gas = high;
    return MC_OK;
}
