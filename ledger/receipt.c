/* Receipts in their consensus form: EIP-658 status, EIP-2718 type byte. */
#include "ledger/block.h"
#include "ledger/rlp_head.h"

#define ADDR_ITEM_LEN 21u /* header and 20 bytes */
#define HASH_ITEM_LEN 33u

static size_t log_payload_len(const struct ledger_log *log)
{
    size_t topics = (size_t)log->topic_cnt * HASH_ITEM_LEN;

    return ADDR_ITEM_LEN + rlp_head_len(topics) + topics + rlp_string_len(log->data);
}

static void put_log(struct mc_buf *out, const struct ledger_log *log)
{
    mc_rlp_put_list_header(out, log_payload_len(log));
    mc_rlp_put_bytes(out, mc_addr_slice(&log->address));
    mc_rlp_put_list_header(out, (size_t)log->topic_cnt * HASH_ITEM_LEN);
    for (uint32_t i = 0; i < log->topic_cnt; i++)
        mc_rlp_put_bytes(out, mc_hash_slice(&log->topics[i]));
    mc_rlp_put_bytes(out, log->data);
}

static size_t u64_item_len(uint64_t v)
{
    size_t n = 1;

    if (v < 0x80)
        return 1;
    for (; v != 0; v >>= 8)
        n++;
    return n;
}

void ledger_receipt_encode(struct mc_buf *out, const struct ledger_receipt *r)
{
    size_t logs = 0, payload;

    /* Lengths first: a header in front of bytes that are already there would have to move them. */
    for (uint32_t i = 0; i < r->log_cnt; i++) {
        size_t n = log_payload_len(&r->logs[i]);
        logs += rlp_head_len(n) + n;
    }
    payload = 1 + u64_item_len(r->cumulative_gas) + rlp_head_len(sizeof r->bloom.b) +
              sizeof r->bloom.b + rlp_head_len(logs) + logs;
    if (!mc_buf_reserve(out, 1 + RLP_HEAD_MAX + payload))
        return;
    if (r->type != LEDGER_TX_LEGACY)
        mc_buf_put_u8(out, (uint8_t)r->type);
    mc_rlp_put_list_header(out, payload);
    mc_rlp_put_u64(out, r->success ? 1 : 0);
    mc_rlp_put_u64(out, r->cumulative_gas);
    mc_rlp_put_bytes(out, mc_slice(r->bloom.b, sizeof r->bloom.b));
    mc_rlp_put_list_header(out, logs);
    for (uint32_t i = 0; i < r->log_cnt; i++)
        put_log(out, &r->logs[i]);
}
