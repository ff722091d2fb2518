#include "node/ports_convert.h"

static enum mc_err no_memory(struct mc_errmsg *em)
{
    return mc_fail(em, MC_ENOMEM, "answer: out of memory");
}

/* The list's shape was checked when the transaction was decoded. */
static enum mc_err read_access(struct rpc_tx *out, const struct ledger_tx *tx,
                               struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_rlp list = mc_rlp_open(tx->access_list);
    struct rpc_access *access = mc_arena_calloc(arena, tx->access_addr_cnt + 1u, sizeof *access);
    struct mc_hash *keys = mc_arena_calloc(arena, tx->access_key_cnt + 1u, sizeof *keys);
    uint32_t cnt = 0, key_cnt = 0;

    if (access == NULL || keys == NULL)
        return no_memory(em);
    while (!mc_rlp_done(&list) && cnt < tx->access_addr_cnt) {
        struct mc_rlp entry, slots;
        struct rpc_access *a = &access[cnt++];
        enum mc_err err = mc_rlp_list(&list, &entry, em);
        if (err == MC_OK)
            err = mc_rlp_fixed(&entry, a->address.b, sizeof a->address.b, em);
        if (err == MC_OK)
            err = mc_rlp_list(&entry, &slots, em);
        a->keys = &keys[key_cnt];
        while (err == MC_OK && !mc_rlp_done(&slots) && key_cnt < tx->access_key_cnt) {
            err = mc_rlp_fixed(&slots, keys[key_cnt++].b, sizeof keys->b, em);
            a->key_cnt++;
        }
        if (err != MC_OK)
            return err;
    }
    out->access = access;
    out->access_cnt = cnt;
    return MC_OK;
}

enum mc_err convert_tx(struct rpc_tx *out, const struct ledger_tx *tx, const struct tx_at *at,
                       bool copy, struct mc_arena *arena, struct mc_errmsg *em)
{
    memset(out, 0, sizeof *out);
    out->type = (uint8_t)tx->type;
    out->chain_id = tx->chain_id;
    out->has_chain_id = tx->chain_id != 0;
    out->nonce = tx->nonce;
    out->gas_price = at != NULL ? ledger_tx_effective_price(tx, &at->base_fee) : tx->max_fee;
    out->max_fee = tx->max_fee;
    out->max_priority_fee = tx->max_priority_fee;
    out->gas = tx->gas;
    out->from = tx->sender;
    out->has_to = tx->has_to;
    out->to = tx->to;
    out->value = tx->value;
    out->raw = copy ? mc_arena_copy(arena, tx->raw) : tx->raw;
    if (out->raw.p == NULL)
        return no_memory(em);
    if (tx->data.n > 0)
        out->input = mc_slice(out->raw.p + (tx->data.p - tx->raw.p), tx->data.n);
    out->v = tx->v;
    out->y_parity = tx->sig.recid;
    memcpy(out->r, tx->sig.r, sizeof out->r);
    memcpy(out->s, tx->sig.s, sizeof out->s);
    out->hash = tx->hash;
    if (at != NULL) {
        out->mined = true;
        out->block_hash = at->block_hash;
        out->block_number = at->number;
        out->index = at->index;
    }
    return read_access(out, tx, arena, em);
}

static enum mc_err convert_logs(struct rpc_receipt *out, const struct ledger_receipt *r,
                                const struct tx_at *at, uint64_t time_s, uint32_t log_first_i,
                                struct mc_arena *arena, struct mc_errmsg *em)
{
    struct rpc_log *logs = mc_arena_calloc(arena, r->log_cnt + 1u, sizeof *logs);
    if (logs == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < r->log_cnt; i++) {
        struct ledger_log_row row = {.log = r->logs[i],
                                     .number = at->number,
                                     .block_hash = at->block_hash,
                                     .tx_hash = out->tx_hash,
                                     .tx_i = at->index,
                                     .log_i = log_first_i + i,
                                     .time_s = time_s};
        convert_log(&logs[i], &row);
    }
    out->logs = logs;
    out->log_cnt = r->log_cnt;
    return MC_OK;
}

enum mc_err convert_receipt(struct rpc_receipt *out, const struct ledger_tx *tx,
                            const struct ledger_receipt *r, const struct tx_at *at, uint64_t time_s,
                            uint32_t log_first_i, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_buf raw = {0};
    char reason[512];
    uint8_t *bloom = mc_arena_alloc(arena, sizeof r->bloom.b);

    memset(out, 0, sizeof *out);
    if (bloom == NULL)
        return no_memory(em);
    memcpy(bloom, r->bloom.b, sizeof r->bloom.b);
    out->bloom = bloom;
    out->type = (uint8_t)r->type;
    out->success = r->success;
    out->tx_hash = tx->hash;
    out->tx_i = at->index;
    out->block_hash = at->block_hash;
    out->block_number = at->number;
    out->from = tx->sender;
    out->has_to = tx->has_to;
    out->to = tx->to;
    out->has_contract = r->has_contract;
    out->contract = r->contract;
    out->cumulative_gas = r->cumulative_gas;
    out->gas_used = r->gas_used;
    out->effective_price = ledger_tx_effective_price(tx, &at->base_fee);
    ledger_receipt_encode(&raw, r);
    out->raw = mc_arena_copy(arena, mc_buf_slice(&raw));
    bool oom = raw.oom || out->raw.p == NULL;
    mc_buf_free(&raw);
    if (oom)
        return no_memory(em);
    if (!r->success) {
        vm_revert_reason(reason, sizeof reason, r->revert_data);
        out->revert_data = mc_arena_copy(arena, r->revert_data);
        out->revert_reason = mc_arena_copy(arena, mc_slice_str(reason));
    }
    return convert_logs(out, r, at, time_s, log_first_i, arena, em);
}

void convert_log(struct rpc_log *out, const struct ledger_log_row *row)
{
    memset(out, 0, sizeof *out);
    out->address = row->log.address;
    out->topic_cnt = row->log.topic_cnt;
    memcpy(out->topics, row->log.topics, sizeof out->topics);
    out->data = row->log.data;
    out->block_number = row->number;
    out->block_hash = row->block_hash;
    out->time_s = row->time_s;
    out->tx_hash = row->tx_hash;
    out->tx_i = row->tx_i;
    out->log_i = row->log_i;
}

static enum mc_err convert_txs(struct rpc_block *out, const struct ledger_block *b,
                               struct mc_arena *arena, struct mc_errmsg *em)
{
    struct rpc_tx *txs = mc_arena_calloc(arena, b->tx_cnt + 1u, sizeof *txs);
    struct tx_at at = {b->header.number, b->hash, 0, b->header.base_fee};
    if (txs == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < b->tx_cnt; i++) {
        at.index = i;
        enum mc_err err = convert_tx(&txs[i], b->txs[i], &at, true, arena, em);
        if (err != MC_OK)
            return err;
    }
    out->txs = txs;
    out->tx_cnt = b->tx_cnt;
    return MC_OK;
}

static enum mc_err convert_raw(struct rpc_block *out, const struct ledger_block *b,
                               struct mc_arena *arena, struct mc_errmsg *em)
{
    struct mc_buf raw = {0};
    struct mc_slice *raws = mc_arena_calloc(arena, b->tx_cnt + 1u, sizeof *raws);
    if (raws == NULL)
        return no_memory(em);
    for (uint32_t i = 0; i < b->tx_cnt; i++)
        raws[i] = b->txs[i]->raw;
    ledger_block_encode(&raw, b->header_rlp, raws, b->tx_cnt);
    out->size = raw.n;
    out->raw_header = mc_arena_copy(arena, b->header_rlp);
    out->raw_block = mc_arena_copy(arena, mc_buf_slice(&raw));
    bool oom = raw.oom || out->raw_block.p == NULL || out->raw_header.p == NULL;
    mc_buf_free(&raw);
    return oom ? no_memory(em) : MC_OK;
}

enum mc_err convert_block(struct rpc_block *out, const struct ledger_block *b, uint32_t what,
                          struct mc_arena *arena, struct mc_errmsg *em)
{
    const struct ledger_header *h = &b->header;
    uint8_t *bloom = mc_arena_alloc(arena, sizeof h->bloom.b);

    memset(out, 0, sizeof *out);
    if (bloom == NULL)
        return no_memory(em);
    memcpy(bloom, h->bloom.b, sizeof h->bloom.b);
    out->bloom = bloom;
    out->number = h->number;
    out->hash = b->hash;
    out->parent_hash = h->parent_hash;
    out->uncles_hash = h->uncles_hash;
    out->state_root = h->state_root;
    out->txs_root = h->txs_root;
    out->receipts_root = h->receipts_root;
    out->mix_hash = h->mix_hash;
    out->miner = h->miner;
    out->gas_limit = h->gas_limit;
    out->gas_used = h->gas_used;
    out->time_s = h->time_s;
    out->extra = mc_arena_copy(arena, mc_slice(h->extra, h->extra_len));
    memcpy(out->nonce, h->nonce, sizeof out->nonce);
    out->base_fee = h->base_fee;
    enum mc_err err = convert_txs(out, b, arena, em);
    if (err == MC_OK && (what & RPC_BLOCK_RAW) != 0)
        err = convert_raw(out, b, arena, em);
    else if (err == MC_OK) {
        size_t payload = 0; /* the size alone: list and string headers, and the payloads */
        for (uint32_t i = 0; i < b->tx_cnt; i++) {
            size_t n = b->txs[i]->raw.n;
            payload += n + (b->txs[i]->type == LEDGER_TX_LEGACY ? 0 : mc_rlp_list_header_len(n));
        }
        payload += mc_rlp_list_header_len(payload) + b->header_rlp.n + 1;
        out->size = payload + mc_rlp_list_header_len(payload);
    }
    return err;
}

enum mc_err convert_access(struct mc_buf *out, const struct rpc_access *access, uint32_t cnt,
                           uint32_t *key_cnt, struct mc_errmsg *em)
{
    *key_cnt = 0;
    for (uint32_t i = 0; i < cnt; i++) {
        size_t entry = out->n;
        mc_rlp_put_bytes(out, mc_addr_slice(&access[i].address));
        size_t slots = out->n;
        for (uint32_t k = 0; k < access[i].key_cnt; k++)
            mc_rlp_put_bytes(out, mc_hash_slice(&access[i].keys[k]));
        mc_rlp_wrap_list(out, slots);
        mc_rlp_wrap_list(out, entry);
        *key_cnt += access[i].key_cnt;
    }
    return mc_buf_check(out, "access list", em);
}
