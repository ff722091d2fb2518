/* What the RPC room asks of the node, in plain structures; node/ implements it over ledger and pool.
 *
 * Every function may be called from any worker thread, at the same time, and returns at once (disk reads aside).
 * Memory of results comes from the request's arena.  Common errors: MC_ENOTFOUND (the answer is null), MC_EREJECT (a
 * refusal whose words go to the client with code -32000), MC_ELIMIT (likewise), MC_EMALFORM and MC_EUNSUPPORTED (the
 * transaction bytes; -32000 with the words), MC_ENOMEM, MC_EIO, MC_ECORRUPT (-32603). */
#ifndef MC_RPC_PORTS_H
#define MC_RPC_PORTS_H

#include "base/base.h"

/* A block as the client names it. */
enum rpc_tag {
    RPC_TAG_NUMBER,
    RPC_TAG_HASH,
    RPC_TAG_LATEST,
    RPC_TAG_PENDING,
    RPC_TAG_EARLIEST,
    RPC_TAG_SAFE,
    RPC_TAG_FINALIZED
};
struct rpc_block_id {
    enum rpc_tag tag;
    uint64_t number;
    struct mc_hash hash;
};

struct rpc_access { /* one entry of an access list */
    struct mc_addr address;
    const struct mc_hash *keys;
    uint32_t key_cnt;
};

struct rpc_tx {
    uint8_t type; /* 0, 1, 2 */
    uint64_t chain_id;
    bool has_chain_id; /* false: legacy without replay protection */
    uint64_t nonce;
    struct mc_u256 gas_price; /* effective once mined */
    struct mc_u256 max_fee, max_priority_fee;
    uint64_t gas;
    struct mc_addr from;
    bool has_to;
    struct mc_addr to;
    struct mc_u256 value;
    struct mc_slice input;
    const struct rpc_access *access;
    uint32_t access_cnt;
    uint64_t v;
    uint8_t y_parity;
    uint8_t r[32], s[32];
    struct mc_hash hash;
    struct mc_slice raw;
    bool mined; /* the three below count */
    struct mc_hash block_hash;
    uint64_t block_number;
    uint32_t index;
};

struct rpc_log {
    struct mc_addr address;
    uint32_t topic_cnt;
    struct mc_hash topics[4];
    struct mc_slice data;
    uint64_t block_number;
    struct mc_hash block_hash;
    uint64_t time_s;
    struct mc_hash tx_hash;
    uint32_t tx_i;
    uint32_t log_i; /* in the block */
};

struct rpc_receipt {
    uint8_t type;
    bool success;
    struct mc_hash tx_hash;
    uint32_t tx_i;
    struct mc_hash block_hash;
    uint64_t block_number;
    struct mc_addr from;
    bool has_to;
    struct mc_addr to;
    bool has_contract;
    struct mc_addr contract;
    uint64_t cumulative_gas, gas_used;
    struct mc_u256 effective_price;
    const uint8_t *bloom; /* 256 bytes */
    const struct rpc_log *logs;
    uint32_t log_cnt;
    struct mc_slice revert_data;   /* of a failed transaction */
    struct mc_slice revert_reason; /* its words; empty when there are none */
    struct mc_slice raw;           /* consensus encoding, for debug_getRawReceipts */
};

struct rpc_block {
    uint64_t number;
    struct mc_hash hash, parent_hash, uncles_hash, state_root, txs_root, receipts_root, mix_hash;
    struct mc_addr miner;
    const uint8_t *bloom; /* 256 bytes */
    uint64_t gas_limit, gas_used, time_s;
    struct mc_slice extra;
    uint8_t nonce[8];
    struct mc_u256 base_fee;
    uint64_t size; /* bytes of the block's RLP */
    const struct rpc_tx *txs;
    uint32_t tx_cnt;
    struct mc_slice raw_header, raw_block; /* filled when asked for */
};
enum { RPC_BLOCK_HEADER = 0, RPC_BLOCK_TXS = 1, RPC_BLOCK_RAW = 2 };

struct rpc_proof {
    const struct mc_slice *nodes;
    uint32_t node_cnt;
};
struct rpc_slot_proof {
    struct mc_hash slot;
    struct mc_hash word;
    struct rpc_proof proof;
};
enum rpc_cell_kind { RPC_CELL_RECORD, RPC_CELL_INTEGER, RPC_CELL_INDEX };
/* What a module keeps under a storage slot. */
struct rpc_cell {
    enum rpc_cell_kind kind;
    struct mc_slice
        value; /* a record's bytes, which the word is the keccak256 of; an integer's; an index's */
    struct mc_hash word;
};
struct rpc_account {
    uint64_t nonce;
    struct mc_u256 balance;
    struct mc_hash storage_root, code_hash;
    struct mc_slice code;
};

struct rpc_call {
    bool has_from, has_to, has_gas;
    struct mc_addr from, to;
    uint64_t gas;
    uint8_t type;
    struct mc_u256 gas_price; /* legacy price, or max fee */
    struct mc_u256 max_priority_fee;
    struct mc_u256 value;
    struct mc_slice data;
    const struct rpc_access *access;
    uint32_t access_cnt;
    bool has_nonce;
    uint64_t nonce;
};
struct rpc_call_result {
    enum mc_err err; /* MC_OK, MC_EREVERT, MC_EOUTOFGAS, MC_EREJECT (em) */
    struct mc_slice output;
    struct mc_slice reason; /* words of Error(string) or of a panic; empty when there are none */
    uint64_t gas_used;
};

struct rpc_log_query {
    uint64_t from, to;
    const struct mc_addr *addresses;
    uint32_t address_cnt;
    struct {
        const struct mc_hash *any;
        uint32_t cnt;
    } topics[4];
    uint32_t topic_cnt;
};

struct rpc_pool_status {
    uint64_t pending, queued;
};
/* Transactions of the pool in (sender, nonce) order; queued: behind a nonce gap. */
struct rpc_pool_tx {
    struct rpc_tx tx;
    bool queued;
};

struct rpc_module {
    struct mc_slice name, abi_json;
    struct mc_addr address;
    uint64_t version;
};

struct rpc_validator {
    struct mc_addr account;
    uint8_t public_key[32];
};

/* What a node knows of one validator of the open height. */
struct rpc_seat {
    struct mc_addr account;
    uint8_t public_key[32];
    bool connected;       /* or this node itself */
    bool seen;            /* said something valid at this height */
    bool prepared;        /* at this round */
    bool committed;       /* likewise */
    uint32_t asked_round; /* highest round it asked for at this height; 0: none */
    bool has_head;
    uint64_t head; /* newest block that it announced */
    bool heard;
    uint64_t silent_s; /* since its last message, of any kind */
};
/* How deciding the open height goes, at most a second ago. */
struct rpc_round {
    uint64_t height;
    uint32_t round, proposer, quorum;
    int32_t self;        /* this node's place among the seats, -1: it observes */
    bool voting;         /* its votes count */
    bool active;         /* there is something to decide: the round's timer runs */
    uint32_t reachable;  /* validators that are connected, this node included when it is one */
    struct mc_slice why; /* why this node is of no use now; empty: it is */
    uint64_t seconds_since_block;
    uint64_t time_ms; /* this node's clock, now, since 1970 */
    const struct rpc_seat *seats;
    uint32_t seat_cnt;
};
/* What one validator did in a range of blocks. */
struct rpc_signer {
    struct mc_addr account;
    uint8_t public_key[32];
    uint64_t blocks;             /* that it was a validator of */
    uint64_t proposed;           /* of these */
    uint64_t signatures, missed; /* in their commit certificates, and not in them */
};
#define RPC_SIGNER_BLOCKS_MAX 10000u /* of one question */

struct rpc_node_info {
    uint8_t public_key[32]; /* under which peers know it */
    bool validator;         /* it has a validator's key, in use or not */
    struct mc_hash genesis;
    struct mc_slice peer_host; /* where it listens for peers; empty: it does not */
    uint16_t peer_port;
    struct mc_slice data_dir;
    uint64_t disk_free_bytes; /* where its data are */
};
struct rpc_peer {
    uint8_t public_key[32];
    struct mc_slice address;
    bool connected, dialled; /* dialled: by this node */
    bool validator;          /* of the open height */
    bool has_head;
    uint64_t head;   /* newest block that it announced */
    int64_t skew_ms; /* its clock minus this node's, when it connected or last told its head */
    uint64_t bytes_in, bytes_out;
};

struct rpc_health {
    bool ready;
    const char *why; /* one sentence when not ready */
    uint64_t head, peers;
    uint64_t seconds_since_block;
};

struct rpc_ports {
    void *ctx;
    /* Fixed for the node's life. */
    uint64_t chain_id;
    const char *client_version; /* "MediChain/0.1.0/linux-amd64/c17" */
    uint64_t call_gas_max;      /* cap of eth_call and eth_estimateGas */
    uint32_t log_rows_max;
    struct mc_addr coinbase;

    uint64_t (*head)(void *ctx);
    /* Number of the newest block, its gas limit and base fee. */
    enum mc_err (*resolve)(void *ctx, const struct rpc_block_id *id, uint64_t *number,
                           struct mc_errmsg *em);
    enum mc_err (*account)(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                           struct rpc_account *out, struct mc_arena *arena, struct mc_errmsg *em);
    enum mc_err (*storage)(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                           const struct mc_hash *slot, struct mc_hash *word, struct mc_errmsg *em);
    /* The value behind a storage word.  MC_ENOTFOUND: the block is unknown; an absent cell has an empty value. */
    enum mc_err (*cell)(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                        const struct mc_hash *slot, struct rpc_cell *out, struct mc_arena *arena,
                        struct mc_errmsg *em);
    enum mc_err (*proof)(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                         const struct mc_hash *slots, uint32_t slot_cnt,
                         struct rpc_account *account, struct rpc_proof *account_proof,
                         struct rpc_slot_proof *slot_proofs, struct mc_arena *arena,
                         struct mc_errmsg *em);
    enum mc_err (*block)(void *ctx, const struct rpc_block_id *id, uint32_t what,
                         struct rpc_block *out, struct mc_arena *arena, struct mc_errmsg *em);
    enum mc_err (*receipts)(void *ctx, const struct rpc_block_id *id, struct rpc_receipt **out,
                            uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em);
    /* Mined or waiting in the pool. */
    enum mc_err (*tx)(void *ctx, const struct mc_hash *hash, struct rpc_tx *out,
                      struct mc_arena *arena, struct mc_errmsg *em);
    enum mc_err (*receipt)(void *ctx, const struct mc_hash *tx_hash, struct rpc_receipt *out,
                           struct mc_arena *arena, struct mc_errmsg *em);
    enum mc_err (*logs)(void *ctx, const struct rpc_log_query *q, struct rpc_log **out,
                        uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em);
    enum mc_err (*call)(void *ctx, const struct rpc_block_id *id, const struct rpc_call *call,
                        struct rpc_call_result *out, struct mc_arena *arena, struct mc_errmsg *em);
    enum mc_err (*estimate)(void *ctx, const struct rpc_block_id *id, const struct rpc_call *call,
                            uint64_t *gas, struct rpc_call_result *out, struct mc_arena *arena,
                            struct mc_errmsg *em);
    /* Decodes, recovers, checks and admits to the pool; *hash is set on MC_OK. */
    enum mc_err (*submit)(void *ctx, struct mc_slice raw, struct mc_hash *hash,
                          struct mc_errmsg *em);
    /* Nonce of the sender's next transaction, pool included. */
    enum mc_err (*pending_nonce)(void *ctx, const struct mc_addr *a, uint64_t *nonce,
                                 struct mc_errmsg *em);
    enum mc_err (*pool_status)(void *ctx, struct rpc_pool_status *out);
    /* from NULL: everybody. */
    enum mc_err (*pool_content)(void *ctx, const struct mc_addr *from, struct rpc_pool_tx **out,
                                uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em);
    /* Hashes of pool arrivals since a cursor (0 at first), for pending-transaction filters; *cursor moves on. */
    enum mc_err (*pool_arrivals)(void *ctx, uint64_t *cursor, struct mc_hash **out, uint32_t *cnt,
                                 struct mc_arena *arena, struct mc_errmsg *em);

    /* Devnet only: accounts whose keys the node holds; 0 otherwise. */
    uint32_t (*dev_accounts)(void *ctx, struct mc_addr *out, uint32_t cap);
    /* Signs a digest with an unlocked account.  MC_ENOTFOUND: "unknown account". */
    enum mc_err (*dev_sign)(void *ctx, const struct mc_addr *a, const struct mc_hash *digest,
                            struct mc_secp_sig *out, struct mc_errmsg *em);
    /* Signs a transaction, all fields given (call->gas, nonce, prices); appends the envelope. */
    enum mc_err (*dev_sign_tx)(void *ctx, const struct rpc_call *call, struct mc_buf *raw,
                               struct mc_errmsg *em);

    uint32_t (*modules)(void *ctx, struct rpc_module *out, uint32_t cap, struct mc_arena *arena);
    enum mc_err (*validators)(void *ctx, uint64_t number, struct rpc_validator **out, uint32_t *cnt,
                              struct mc_arena *arena, struct mc_errmsg *em);
    /* JSON of the commit certificate; MC_ENOTFOUND for block 0 and unknown blocks. */
    enum mc_err (*certificate_json)(void *ctx, uint64_t number, struct mc_buf *out,
                                    struct mc_errmsg *em);
    enum mc_err (*round)(void *ctx, struct rpc_round *out, struct mc_arena *arena,
                         struct mc_errmsg *em);
    /* from <= to, both known blocks, at most RPC_SIGNER_BLOCKS_MAX. */
    enum mc_err (*signers)(void *ctx, uint64_t from, uint64_t to, struct rpc_signer **out,
                           uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em);
    /* A JSON array of contradicting votes, the oldest first. */
    enum mc_err (*evidence_json)(void *ctx, struct mc_buf *out, struct mc_errmsg *em);
    enum mc_err (*node_info)(void *ctx, struct rpc_node_info *out, struct mc_arena *arena,
                             struct mc_errmsg *em);
    enum mc_err (*peers)(void *ctx, struct rpc_peer **out, uint32_t *cnt, struct mc_arena *arena,
                         struct mc_errmsg *em);
    uint64_t (*peer_cnt)(void *ctx);
    void (*health)(void *ctx, struct rpc_health *out);
    void (*metrics)(void *ctx, struct mc_buf *out); /* Prometheus text of everything outside rpc/ */
};

#endif
