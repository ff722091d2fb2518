#include "rpc/render.h"

#include "rpc/write.h"

void rpc_render_access(struct mc_buf *b, const struct rpc_access *list, uint32_t cnt)
{
    rpc_open(b, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        rpc_open(b, '{');
        rpc_put_addr(b, "address", &list[i].address);
        rpc_key(b, "storageKeys");
        rpc_open(b, '[');
        for (uint32_t k = 0; k < list[i].key_cnt; k++) {
            mc_json_put_hex(b, mc_hash_slice(&list[i].keys[k]));
            rpc_comma(b);
        }
        rpc_close(b, ']');
        rpc_close(b, '}');
        rpc_comma(b);
    }
    rpc_close(b, ']');
}

static void tx_place_put(struct mc_buf *b, const struct rpc_tx *tx)
{
    if (!tx->mined) {
        rpc_put_null(b, "blockHash");
        rpc_put_null(b, "blockNumber");
        rpc_put_null(b, "transactionIndex");
        return;
    }
    rpc_put_hash(b, "blockHash", &tx->block_hash);
    rpc_put_u64(b, "blockNumber", tx->block_number);
    rpc_put_u64(b, "transactionIndex", tx->index);
}

static void tx_fees_put(struct mc_buf *b, const struct rpc_tx *tx)
{
    /* Before a block has fixed the effective price, the most that may be paid is what there is to say. */
    rpc_put_u256(b, "gasPrice", tx->type == 2 && !tx->mined ? &tx->max_fee : &tx->gas_price);
    if (tx->type == 2) {
        rpc_put_u256(b, "maxFeePerGas", &tx->max_fee);
        rpc_put_u256(b, "maxPriorityFeePerGas", &tx->max_priority_fee);
    }
}

void rpc_render_tx(struct mc_buf *b, const struct rpc_tx *tx)
{
    rpc_open(b, '{');
    tx_place_put(b, tx);
    rpc_put_hash(b, "hash", &tx->hash);
    rpc_put_addr(b, "from", &tx->from);
    if (tx->has_to)
        rpc_put_addr(b, "to", &tx->to);
    else
        rpc_put_null(b, "to");
    rpc_put_u64(b, "nonce", tx->nonce);
    rpc_put_u64(b, "gas", tx->gas);
    tx_fees_put(b, tx);
    rpc_put_u256(b, "value", &tx->value);
    rpc_put_data(b, "input", tx->input);
    rpc_put_u64(b, "type", tx->type);
    if (tx->type != 0) {
        rpc_key(b, "accessList");
        rpc_render_access(b, tx->access, tx->access_cnt);
        rpc_comma(b);
    }
    if (tx->has_chain_id)
        rpc_put_u64(b, "chainId", tx->chain_id);
    rpc_put_u64(b, "v", tx->v);
    rpc_put_word(b, "r", mc_slice(tx->r, sizeof tx->r));
    rpc_put_word(b, "s", mc_slice(tx->s, sizeof tx->s));
    if (tx->type != 0)
        rpc_put_u64(b, "yParity", tx->y_parity);
    rpc_close(b, '}');
}

void rpc_render_log(struct mc_buf *b, const struct rpc_log *log)
{
    rpc_open(b, '{');
    rpc_put_addr(b, "address", &log->address);
    rpc_key(b, "topics");
    rpc_open(b, '[');
    for (uint32_t i = 0; i < log->topic_cnt; i++) {
        mc_json_put_hex(b, mc_hash_slice(&log->topics[i]));
        rpc_comma(b);
    }
    rpc_close(b, ']');
    rpc_comma(b);
    rpc_put_data(b, "data", log->data);
    rpc_put_u64(b, "blockNumber", log->block_number);
    rpc_put_hash(b, "transactionHash", &log->tx_hash);
    rpc_put_u64(b, "transactionIndex", log->tx_i);
    rpc_put_hash(b, "blockHash", &log->block_hash);
    rpc_put_u64(b, "blockTimestamp", log->time_s);
    rpc_put_u64(b, "logIndex", log->log_i);
    rpc_put_bool(b, "removed", false); /* finality is immediate */
    rpc_close(b, '}');
}

bool rpc_render_logs(struct rpc_ctx *c, const struct rpc_log *logs, uint32_t cnt)
{
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        rpc_render_log(c->out, &logs[i]);
        rpc_comma(c->out);
        if (!rpc_room(c))
            return false;
    }
    rpc_close(c->out, ']');
    return true;
}

/* Why a failed transaction failed: words where there are some, else what it returned. */
static void revert_put(struct mc_buf *b, const struct rpc_receipt *r)
{
    if (r->revert_reason.n > 0)
        rpc_put_text(b, "revertReason", r->revert_reason);
    else if (r->revert_data.n > 0)
        rpc_put_data(b, "revertReason", r->revert_data);
    else
        rpc_put_null(b, "revertReason");
}

static void receipt_parties_put(struct mc_buf *b, const struct rpc_receipt *r)
{
    rpc_put_addr(b, "from", &r->from);
    if (r->has_to)
        rpc_put_addr(b, "to", &r->to);
    else
        rpc_put_null(b, "to");
    if (r->has_contract)
        rpc_put_addr(b, "contractAddress", &r->contract);
    else
        rpc_put_null(b, "contractAddress");
}

bool rpc_render_receipt(struct rpc_ctx *c, const struct rpc_receipt *r)
{
    struct mc_buf *b = c->out;

    rpc_open(b, '{');
    rpc_put_hash(b, "transactionHash", &r->tx_hash);
    rpc_put_u64(b, "transactionIndex", r->tx_i);
    rpc_put_hash(b, "blockHash", &r->block_hash);
    rpc_put_u64(b, "blockNumber", r->block_number);
    receipt_parties_put(b, r);
    rpc_put_u64(b, "cumulativeGasUsed", r->cumulative_gas);
    rpc_put_u64(b, "gasUsed", r->gas_used);
    rpc_put_u256(b, "effectiveGasPrice", &r->effective_price);
    rpc_key(b, "logs");
    if (!rpc_render_logs(c, r->logs, r->log_cnt))
        return false;
    rpc_comma(b);
    rpc_put_data(b, "logsBloom", mc_slice(r->bloom, 256));
    rpc_put_u64(b, "status", r->success ? 1 : 0);
    rpc_put_u64(b, "type", r->type);
    if (!r->success)
        revert_put(b, r);
    rpc_close(b, '}');
    return rpc_room(c);
}

static void header_put(struct mc_buf *b, const struct rpc_block *k, bool pending)
{
    rpc_put_u64(b, "number", k->number);
    if (pending) {
        rpc_put_null(b, "hash");
        rpc_put_null(b, "nonce");
        rpc_put_null(b, "miner");
    } else {
        rpc_put_hash(b, "hash", &k->hash);
        rpc_put_data(b, "nonce", mc_slice(k->nonce, sizeof k->nonce));
        rpc_put_addr(b, "miner", &k->miner);
    }
    rpc_put_hash(b, "parentHash", &k->parent_hash);
    rpc_put_hash(b, "sha3Uncles", &k->uncles_hash);
    rpc_put_data(b, "logsBloom", mc_slice(k->bloom, 256));
    rpc_put_hash(b, "transactionsRoot", &k->txs_root);
    rpc_put_hash(b, "stateRoot", &k->state_root);
    rpc_put_hash(b, "receiptsRoot", &k->receipts_root);
    rpc_put_hash(b, "mixHash", &k->mix_hash);
    rpc_put_u64(b, "difficulty", 0); /* of every block of this chain */
    rpc_put_data(b, "extraData", k->extra);
    rpc_put_u64(b, "size", k->size);
    rpc_put_u64(b, "gasLimit", k->gas_limit);
    rpc_put_u64(b, "gasUsed", k->gas_used);
    rpc_put_u64(b, "timestamp", k->time_s);
    rpc_put_u256(b, "baseFeePerGas", &k->base_fee);
}

bool rpc_render_block(struct rpc_ctx *c, const struct rpc_block *block, bool full, bool pending)
{
    struct mc_buf *b = c->out;

    rpc_open(b, '{');
    header_put(b, block, pending);
    rpc_key(b, "transactions");
    rpc_open(b, '[');
    for (uint32_t i = 0; i < block->tx_cnt; i++) {
        if (full)
            rpc_render_tx(b, &block->txs[i]);
        else
            mc_json_put_hex(b, mc_hash_slice(&block->txs[i].hash));
        rpc_comma(b);
        if (!rpc_room(c))
            return false;
    }
    rpc_close(b, ']');
    mc_buf_put_str(b, ",\"uncles\":[]}");
    return true;
}
