/* Receipts, logs, bloom filters, London headers and blocks: stock Ethereum encodings (yellow
 * paper 4.3, EIP-2718, EIP-1559). */
#ifndef MC_LEDGER_BLOCK_H
#define MC_LEDGER_BLOCK_H

#include "ledger/tx.h"

struct ledger_bloom {
    uint8_t b[256];
};
void ledger_bloom_add(struct ledger_bloom *bloom, struct mc_slice item); /* an address or a topic */
void ledger_bloom_or(struct ledger_bloom *bloom, const struct ledger_bloom *other);
bool ledger_bloom_has(const struct ledger_bloom *bloom,
                      struct mc_slice item); /* false: surely not */

#define LEDGER_TOPICS_MAX 4u
struct ledger_log {
    struct mc_addr address;
    uint32_t topic_cnt;
    struct mc_hash topics[LEDGER_TOPICS_MAX];
    struct mc_slice data;
};

struct ledger_receipt {
    enum ledger_tx_type type;
    bool success;
    uint64_t cumulative_gas; /* of the block up to and including this transaction */
    uint64_t gas_used;
    struct ledger_bloom bloom;
    struct ledger_log *logs;
    uint32_t log_cnt;
    /* Beyond the consensus form; kept beside it in the store: */
    bool has_contract;
    struct mc_addr contract;     /* of a successful creation */
    struct mc_slice revert_data; /* of a failed one; cut to 4096 bytes */
};
/* Consensus encoding: type byte for typed ones, then RLP[status, cumulative gas, bloom, logs]. */
void ledger_receipt_encode(struct mc_buf *out, const struct ledger_receipt *r);

/* The 16 fields of a London header. */
struct ledger_header {
    struct mc_hash parent_hash;
    struct mc_hash uncles_hash; /* of the empty list, always */
    struct mc_addr miner;       /* proposer's account */
    struct mc_hash state_root;
    struct mc_hash txs_root;
    struct mc_hash receipts_root;
    struct ledger_bloom bloom;
    struct mc_u256 difficulty; /* 0 */
    uint64_t number;
    uint64_t gas_limit;
    uint64_t gas_used;
    uint64_t time_s;
    uint8_t extra[32]; /* version byte 1, then milliseconds as 8 big-endian bytes: 9 bytes */
    uint8_t extra_len;
    struct mc_hash mix_hash; /* hash of the validator set that decides the next block */
    uint8_t nonce[8];        /* 0 */
    struct mc_u256 base_fee;
};
#define LEDGER_EXTRA_LEN 9u
/* Block time in milliseconds from extra; 0 when the layout is not ours. */
uint64_t ledger_header_time_ms(const struct ledger_header *h);
void ledger_header_set_time_ms(struct ledger_header *h, uint64_t ms); /* sets time_s too */
void ledger_header_encode(struct mc_buf *out, const struct ledger_header *h);
MC_NODISCARD enum mc_err ledger_header_decode(struct ledger_header *out, struct mc_slice raw,
                                              struct mc_errmsg *em);
MC_NODISCARD enum mc_err ledger_header_hash(struct mc_hash *out, const struct ledger_header *h);

/* RLP[header, [transactions], []]: typed transactions as strings (EIP-2718).  header_rlp is
 * encoded already. */
void ledger_block_encode(struct mc_buf *out, struct mc_slice header_rlp,
                         const struct mc_slice *raw_txs, uint32_t cnt);

/* Roots of the transaction and receipt tries: key rlp(index). */
MC_NODISCARD enum mc_err ledger_list_root(struct mc_hash *out, const struct mc_slice *items,
                                          uint32_t cnt, struct mc_arena *arena);

/* keccak256(rlp(sender, nonce))[12..]. */
void ledger_create_address(struct mc_addr *out, const struct mc_addr *sender, uint64_t nonce);

#endif
