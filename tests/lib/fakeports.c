#include "fakeports.h"

#include <stdio.h>

const struct mc_addr FAKE_ALICE = {{0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
                                    0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0x01}};
const struct mc_addr FAKE_CONTRACT = {{0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
                                       0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0x02}};

static const uint8_t code[] = {0xef, 'N', 'M', 1, 'F', 'a', 'k', 'e'};
static const uint8_t bloom[256] = {[17] = 0x04, [255] = 0x20};
static const uint8_t extra[9] = {1, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0};

/* Error(string) "not allowed" in the ABI's encoding. */
static const uint8_t revert_words[100] = {0x08, 0xc3, 0x79, 0xa0, [35] = 0x20, [67] = 11,
                                          'n',  'o',  't',  ' ',  'a',         'l',
                                          'l',  'o',  'w',  'e',  'd'};

static struct fake_ports *of(void *ctx)
{
    return ctx;
}

static struct mc_hash hash_of(const char *what, uint64_t i)
{
    struct mc_hash h;
    char text[64];
    int n = snprintf(text, sizeof text, "%s %llu", what, (unsigned long long)i);

    mc_keccak256(&h, mc_slice(text, (size_t)n));
    return h;
}

/* ---- blocks ---- */

static const uint32_t tx_cnts[] = {0, 2, 1};

static uint32_t tx_cnt(uint64_t number)
{
    return number < MC_COUNT(tx_cnts) ? tx_cnts[number] : 0;
}

static void tx_signature(struct rpc_tx *tx)
{
    memset(tx->r, 0x11, sizeof tx->r);
    memset(tx->s, 0x22, sizeof tx->s);
    tx->r[0] = 0; /* a leading zero, which a quantity must not show */
    tx->y_parity = 1;
    tx->v = tx->type == 0 ? 1337 * 2 + 36 : 1;
}

static const struct mc_hash access_keys[1] = {{{[31] = 7}}};
static const struct rpc_access access_list[1] = {{{{[19] = 9}}, access_keys, 1}};

static void tx_fill(struct rpc_tx *tx, uint8_t type, uint64_t nonce, const char *name)
{
    static const uint8_t input[] = {0xde, 0xad, 0xbe, 0xef};

    *tx = (struct rpc_tx){.type = type,
                          .chain_id = 1337,
                          .has_chain_id = true,
                          .nonce = nonce,
                          .gas_price = mc_u256_u64(0),
                          .max_fee = mc_u256_u64(type == 2 ? 2000000000 : 0),
                          .max_priority_fee = mc_u256_u64(type == 2 ? 1000000000 : 0),
                          .gas = 100000,
                          .from = FAKE_ALICE,
                          .has_to = true,
                          .to = FAKE_CONTRACT,
                          .value = mc_u256_u64(5),
                          .input = mc_slice(input, sizeof input),
                          .hash = hash_of(name, nonce),
                          .raw = mc_slice(input, sizeof input)};
    if (type == 1) {
        tx->has_to = false;
        tx->access = access_list;
        tx->access_cnt = 1;
    }
    tx_signature(tx);
}

static void tx_mined(struct rpc_tx *tx, uint64_t number, uint32_t index)
{
    tx_fill(tx, number == 2 ? 1 : index == 0 ? 0 : 2, number == 2 ? 2 : index, "tx");
    tx->mined = true;
    tx->block_number = number;
    tx->block_hash = hash_of("block", number);
    tx->index = index;
}

static uint64_t f_head(void *ctx)
{
    return of(ctx)->head;
}

static enum mc_err f_resolve(void *ctx, const struct rpc_block_id *id, uint64_t *number,
                             struct mc_errmsg *em)
{
    uint64_t head = of(ctx)->head;

    if (id->tag == RPC_TAG_NUMBER) {
        *number = id->number;
        return id->number <= head ? MC_OK : mc_fail(em, MC_ENOTFOUND, "no such block");
    }
    if (id->tag == RPC_TAG_HASH) {
        for (*number = 0; *number <= head; (*number)++) {
            struct mc_hash h = hash_of("block", *number);
            if (mc_hash_eq(&h, &id->hash))
                return MC_OK;
        }
        return mc_fail(em, MC_ENOTFOUND, "no such block");
    }
    *number = id->tag == RPC_TAG_EARLIEST ? 0 : head;
    return MC_OK;
}

static enum mc_err f_block(void *ctx, const struct rpc_block_id *id, uint32_t what,
                           struct rpc_block *out, struct mc_arena *arena, struct mc_errmsg *em)
{
    uint64_t n;
    enum mc_err err = f_resolve(ctx, id, &n, em);
    struct rpc_tx *txs;

    if (err != MC_OK)
        return err;
    *out = (struct rpc_block){.number = n,
                              .hash = hash_of("block", n),
                              .parent_hash = n == 0 ? MC_HASH_ZERO : hash_of("block", n - 1),
                              .uncles_hash = MC_KECCAK_EMPTY_LIST,
                              .state_root = hash_of("state", n),
                              .txs_root = hash_of("txs", n),
                              .receipts_root = hash_of("receipts", n),
                              .mix_hash = hash_of("set", n),
                              .miner = {{[0] = 0x77, [19] = 0x01}},
                              .bloom = bloom,
                              .gas_limit = 60000000,
                              .gas_used = 30000 * (uint64_t)tx_cnt(n),
                              .time_s = 1700000000 + n,
                              .extra = mc_slice(extra, sizeof extra),
                              .size = 600 + n,
                              .tx_cnt = tx_cnt(n)};
    if ((what & RPC_BLOCK_TXS) != 0) {
        txs = mc_arena_calloc(arena, out->tx_cnt, sizeof *txs);
        if (txs == NULL)
            return MC_ENOMEM;
        for (uint32_t i = 0; i < out->tx_cnt; i++)
            tx_mined(&txs[i], n, i);
        out->txs = txs;
    }
    if ((what & RPC_BLOCK_RAW) != 0) {
        out->raw_header = mc_slice("\xc0\x01", 2);
        out->raw_block = mc_slice("\xc0\x02\x03", 3);
    }
    return MC_OK;
}

/* ---- logs and receipts ---- */

/* One log a block from block 1 on: its topics are "Anchored" and the block's parity. */
static void log_fill(struct rpc_log *log, uint64_t number)
{
    static const uint8_t data[32] = {[31] = 42};

    *log = (struct rpc_log){.address = FAKE_CONTRACT,
                            .topic_cnt = 2,
                            .topics = {hash_of("Anchored", 0), hash_of("parity", number % 2)},
                            .data = mc_slice(data, sizeof data),
                            .block_number = number,
                            .block_hash = hash_of("block", number),
                            .time_s = 1700000000 + number,
                            .tx_hash = hash_of("tx", number == 1 ? 0 : number),
                            .tx_i = 0,
                            .log_i = 0};
}

static enum mc_err receipt_fill(struct rpc_receipt *r, const struct rpc_tx *tx,
                                struct mc_arena *arena)
{
    bool failed = tx->type == 2;
    struct rpc_log *log = mc_arena_calloc(arena, 1, sizeof *log);

    if (log == NULL)
        return MC_ENOMEM;
    log_fill(log, tx->block_number);
    *r = (struct rpc_receipt){.type = tx->type,
                              .success = !failed,
                              .tx_hash = tx->hash,
                              .tx_i = tx->index,
                              .block_hash = tx->block_hash,
                              .block_number = tx->block_number,
                              .from = tx->from,
                              .has_to = tx->has_to,
                              .to = tx->to,
                              .has_contract = !tx->has_to,
                              .contract = FAKE_CONTRACT,
                              .cumulative_gas = 30000 * (uint64_t)(tx->index + 1),
                              .gas_used = 30000,
                              .bloom = bloom,
                              .logs = log,
                              .log_cnt = failed ? 0 : 1,
                              .raw = mc_slice("\xc1\x80", 2)};
    if (failed) {
        r->revert_data = mc_slice(revert_words, sizeof revert_words);
        r->revert_reason = mc_slice_str("not allowed");
    }
    return MC_OK;
}

static enum mc_err f_receipts(void *ctx, const struct rpc_block_id *id, struct rpc_receipt **out,
                              uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    uint64_t n;
    enum mc_err err = f_resolve(ctx, id, &n, em);

    if (err != MC_OK)
        return err;
    *cnt = tx_cnt(n);
    *out = mc_arena_calloc(arena, *cnt, sizeof **out);
    if (*out == NULL)
        return MC_ENOMEM;
    for (uint32_t i = 0; err == MC_OK && i < *cnt; i++) {
        struct rpc_tx tx;
        tx_mined(&tx, n, i);
        err = receipt_fill(&(*out)[i], &tx, arena);
    }
    return err;
}

static void pool_fill(struct rpc_pool_tx out[2])
{
    tx_fill(&out[0].tx, 2, 3, "pooled");
    out[0].queued = false;
    tx_fill(&out[1].tx, 0, 9, "pooled");
    out[1].queued = true;
}

static enum mc_err f_tx(void *ctx, const struct mc_hash *hash, struct rpc_tx *out,
                        struct mc_arena *arena, struct mc_errmsg *em)
{
    struct rpc_pool_tx pool[2];

    (void)ctx;
    (void)arena;
    for (uint64_t n = 1; n < MC_COUNT(tx_cnts); n++) {
        for (uint32_t i = 0; i < tx_cnt(n); i++) {
            tx_mined(out, n, i);
            if (mc_hash_eq(&out->hash, hash))
                return MC_OK;
        }
    }
    pool_fill(pool);
    for (size_t i = 0; i < 2; i++) {
        *out = pool[i].tx;
        if (mc_hash_eq(&out->hash, hash))
            return MC_OK;
    }
    return mc_fail(em, MC_ENOTFOUND, "no such transaction");
}

static enum mc_err f_receipt(void *ctx, const struct mc_hash *hash, struct rpc_receipt *out,
                             struct mc_arena *arena, struct mc_errmsg *em)
{
    struct fake_ports *f = of(ctx);
    struct rpc_tx tx;
    enum mc_err err;

    if (f->mined && mc_hash_eq(hash, &f->last_hash)) {
        tx_mined(&tx, 1, 0);
        tx.hash = f->last_hash;
        return receipt_fill(out, &tx, arena);
    }
    err = f_tx(ctx, hash, &tx, arena, em);
    if (err != MC_OK)
        return err;
    if (!tx.mined)
        return mc_fail(em, MC_ENOTFOUND, "not mined");
    return receipt_fill(out, &tx, arena);
}

static bool log_matches(const struct rpc_log *log, const struct rpc_log_query *q)
{
    bool ok = q->address_cnt == 0;

    for (uint32_t i = 0; i < q->address_cnt; i++)
        ok = ok || mc_addr_eq(&q->addresses[i], &log->address);
    for (uint32_t t = 0; ok && t < q->topic_cnt; t++) {
        bool any = q->topics[t].cnt == 0;
        if (t >= log->topic_cnt)
            return false;
        for (uint32_t i = 0; i < q->topics[t].cnt; i++)
            any = any || mc_hash_eq(&q->topics[t].any[i], &log->topics[t]);
        ok = any;
    }
    return ok;
}

static enum mc_err f_logs(void *ctx, const struct rpc_log_query *q, struct rpc_log **out,
                          uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    struct fake_ports *f = of(ctx);
    uint64_t from = q->from == 0 ? 1 : q->from;
    uint64_t room = q->to < from ? 0 : q->to - from + 1;

    *cnt = 0;
    *out = mc_arena_calloc(arena, room, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    for (uint64_t n = from; n <= q->to; n++) {
        log_fill(&(*out)[*cnt], n);
        if (log_matches(&(*out)[*cnt], q))
            (*cnt)++;
    }
    if (*cnt > f->rows_max)
        return mc_fail(em, MC_ELIMIT, "query returns more than %u logs; narrow the block range",
                       f->rows_max);
    return MC_OK;
}

/* ---- state and calls ---- */

static void account_fill(struct rpc_account *out, const struct mc_addr *a)
{
    *out = (struct rpc_account){.storage_root = MC_KECCAK_EMPTY_TRIE, .code_hash = MC_KECCAK_EMPTY};
    if (mc_addr_eq(a, &FAKE_ALICE)) {
        out->nonce = 3;
        out->balance = (struct mc_u256){{0, 54, 0, 0}}; /* 54 * 2^64: above 64 bits */
    }
    if (mc_addr_eq(a, &FAKE_CONTRACT)) {
        out->code = mc_slice(code, sizeof code);
        mc_keccak256(&out->code_hash, out->code);
        out->storage_root = hash_of("storage", 0);
    }
}

static enum mc_err f_account(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                             struct rpc_account *out, struct mc_arena *arena, struct mc_errmsg *em)
{
    uint64_t n;

    (void)arena;
    account_fill(out, a);
    return f_resolve(ctx, id, &n, em);
}

static enum mc_err f_storage(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                             const struct mc_hash *slot, struct mc_hash *word, struct mc_errmsg *em)
{
    uint64_t n;

    *word = MC_HASH_ZERO;
    if (mc_addr_eq(a, &FAKE_CONTRACT))
        word->b[31] = slot->b[31];
    return f_resolve(ctx, id, &n, em);
}

/* Slot 1 holds a record, slot 2 the integer 2, slot 3 a list. */
static enum mc_err f_cell(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                          const struct mc_hash *slot, struct rpc_cell *out, struct mc_arena *arena,
                          struct mc_errmsg *em)
{
    static const struct mc_slice values[] = {{NULL, 0},
                                             {(const uint8_t *)"\x91\x07", 2},
                                             {(const uint8_t *)"\x02", 1},
                                             {(const uint8_t *)"\x05", 1}};
    uint64_t n;
    uint8_t i = slot->b[31] & 3u;

    (void)arena;
    memset(out, 0, sizeof *out);
    if (mc_addr_eq(a, &FAKE_CONTRACT) && i > 0) {
        out->kind = (enum rpc_cell_kind)(i - 1);
        out->value = values[i];
        if (i == 1)
            mc_keccak256(&out->word, out->value);
        if (i == 2)
            out->word.b[31] = 2;
    }
    return f_resolve(ctx, id, &n, em);
}

static enum mc_err f_proof(void *ctx, const struct rpc_block_id *id, const struct mc_addr *a,
                           const struct mc_hash *slots, uint32_t slot_cnt,
                           struct rpc_account *account, struct rpc_proof *account_proof,
                           struct rpc_slot_proof *slot_proofs, struct mc_arena *arena,
                           struct mc_errmsg *em)
{
    static const struct mc_slice nodes[2] = {{(const uint8_t *)"\xc1\x01", 2},
                                             {(const uint8_t *)"\xc1\x02", 2}};

    for (uint32_t i = 0; i < slot_cnt; i++) {
        slot_proofs[i].slot = slots[i];
        slot_proofs[i].word = slots[i];
        slot_proofs[i].proof = (struct rpc_proof){nodes + 1, 1};
    }
    *account_proof = (struct rpc_proof){nodes, 2};
    return f_account(ctx, id, a, account, arena, em);
}

static void call_run(const struct rpc_call *call, struct rpc_call_result *out, struct mc_errmsg *em)
{
    static const uint8_t answer[32] = {[31] = 42};

    *out = (struct rpc_call_result){.err = MC_OK, .gas_used = 21464};
    switch (call->data.n == 0 ? FAKE_CALL_ANSWER : (enum fake_call)call->data.p[0]) {
    case FAKE_CALL_ANSWER:
        out->output = mc_slice(answer, sizeof answer);
        return;
    case FAKE_CALL_REVERT_WORDS:
        out->err = MC_EREVERT;
        out->output = mc_slice(revert_words, sizeof revert_words);
        out->reason = mc_slice_str("not allowed");
        return;
    case FAKE_CALL_REVERT_BARE:
        out->err = MC_EREVERT;
        return;
    case FAKE_CALL_OUT_OF_GAS:
        out->err = MC_EOUTOFGAS;
        return;
    case FAKE_CALL_REFUSED:
    case FAKE_CALL_BROKEN:
        out->err = MC_EREJECT;
        mc_errf(em, "insufficient funds for gas * price + value");
        return;
    }
}

static enum mc_err f_call(void *ctx, const struct rpc_block_id *id, const struct rpc_call *call,
                          struct rpc_call_result *out, struct mc_arena *arena, struct mc_errmsg *em)
{
    uint64_t n;
    enum mc_err err = f_resolve(ctx, id, &n, em);

    (void)arena;
    if (err == MC_OK && call->data.n > 0 && call->data.p[0] == FAKE_CALL_BROKEN)
        return mc_fail(em, MC_ECORRUPT, "block 2: checksum does not match");
    if (err == MC_OK)
        call_run(call, out, em);
    return err;
}

static enum mc_err f_estimate(void *ctx, const struct rpc_block_id *id, const struct rpc_call *call,
                              uint64_t *gas, struct rpc_call_result *out, struct mc_arena *arena,
                              struct mc_errmsg *em)
{
    *gas = 21500;
    return f_call(ctx, id, call, out, arena, em);
}

/* ---- pool ---- */

static enum mc_err f_submit(void *ctx, struct mc_slice raw, struct mc_hash *hash,
                            struct mc_errmsg *em)
{
    struct fake_ports *f = of(ctx);

    if (raw.n == 0)
        return mc_fail(em, MC_EMALFORM, "transaction: no bytes");
    if (raw.p[0] == FAKE_RAW_REFUSED)
        return mc_fail(em, MC_EREJECT, "nonce too low: next nonce 3, tx nonce 1");
    if (raw.p[0] == FAKE_RAW_BLOB)
        return mc_fail(em, MC_EUNSUPPORTED, "transaction type not supported");
    mc_keccak256(hash, raw);
    f->last_hash = *hash;
    f->submits++;
    f->nonce++;
    return MC_OK;
}

static enum mc_err f_pending_nonce(void *ctx, const struct mc_addr *a, uint64_t *nonce,
                                   struct mc_errmsg *em)
{
    struct fake_ports *f = of(ctx);

    (void)em;
    *nonce = mc_addr_eq(a, &FAKE_ALICE) ? 4 : mc_addr_eq(a, &f->dev) ? f->nonce : 0;
    return MC_OK;
}

static enum mc_err f_pool_status(void *ctx, struct rpc_pool_status *out)
{
    (void)ctx;
    *out = (struct rpc_pool_status){1, 1};
    return MC_OK;
}

static enum mc_err f_pool_content(void *ctx, const struct mc_addr *from, struct rpc_pool_tx **out,
                                  uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    (void)ctx;
    *cnt = from == NULL || mc_addr_eq(from, &FAKE_ALICE) ? 2 : 0;
    *out = mc_arena_calloc(arena, 2, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    pool_fill(*out);
    return MC_OK;
}

static enum mc_err f_pool_arrivals(void *ctx, uint64_t *cursor, struct mc_hash **out, uint32_t *cnt,
                                   struct mc_arena *arena, struct mc_errmsg *em)
{
    struct fake_ports *f = of(ctx);

    *cnt = (uint32_t)(f->arrivals - *cursor);
    *out = mc_arena_calloc(arena, *cnt, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < *cnt; i++)
        (*out)[i] = hash_of("arrival", *cursor + i);
    *cursor = f->arrivals;
    return MC_OK;
}

/* ---- devnet ---- */

static uint32_t f_dev_accounts(void *ctx, struct mc_addr *out, uint32_t cap)
{
    if (cap > 0)
        out[0] = of(ctx)->dev;
    return 1;
}

static enum mc_err f_dev_sign(void *ctx, const struct mc_addr *a, const struct mc_hash *digest,
                              struct mc_secp_sig *out, struct mc_errmsg *em)
{
    if (!mc_addr_eq(a, &of(ctx)->dev))
        return mc_fail(em, MC_ENOTFOUND, "unknown account");
    return mc_secp_sign(out, digest, of(ctx)->key);
}

static void envelope_put(struct mc_buf *b, const struct rpc_call *call)
{
    if (call->type != 0)
        mc_rlp_put_u64(b, 1337);
    mc_rlp_put_u64(b, call->nonce);
    if (call->type == 2)
        mc_rlp_put_u256(b, &call->max_priority_fee);
    mc_rlp_put_u256(b, &call->gas_price);
    mc_rlp_put_u64(b, call->gas);
    mc_rlp_put_bytes(b, call->has_to ? mc_addr_slice(&call->to) : mc_slice(NULL, 0));
    mc_rlp_put_u256(b, &call->value);
    mc_rlp_put_bytes(b, call->data);
    if (call->type != 0)
        mc_rlp_put_list_header(b, 0);
}

/* A proper envelope but for the access list, which stays empty. */
static enum mc_err f_dev_sign_tx(void *ctx, const struct rpc_call *call, struct mc_buf *raw,
                                 struct mc_errmsg *em)
{
    struct mc_buf b = {0};
    struct mc_hash digest;
    struct mc_secp_sig sig;
    struct mc_u256 r, s;
    enum mc_err err;

    envelope_put(&b, call);
    mc_keccak256(&digest, mc_buf_slice(&b));
    err = f_dev_sign(ctx, &call->from, &digest, &sig, em);
    if (err == MC_OK) {
        r = mc_u256_from_be(sig.r);
        s = mc_u256_from_be(sig.s);
        mc_rlp_put_u64(&b, call->type == 0 ? 1337 * 2 + 35 + sig.recid : sig.recid);
        mc_rlp_put_u256(&b, &r);
        mc_rlp_put_u256(&b, &s);
        if (call->type != 0)
            mc_buf_put_u8(raw, call->type);
        mc_rlp_put_list_header(raw, b.n);
        mc_buf_put_slice(raw, mc_buf_slice(&b));
    }
    mc_buf_free(&b);
    return err;
}

/* ---- the rest ---- */

static uint32_t f_modules(void *ctx, struct rpc_module *out, uint32_t cap, struct mc_arena *arena)
{
    (void)ctx;
    (void)arena;
    if (cap > 0)
        out[0] = (struct rpc_module){mc_slice_str("Fake"),
                                     mc_slice_str("[{\"type\":\"fallback\"}]"), FAKE_CONTRACT, 1};
    return 1;
}

static enum mc_err f_validators(void *ctx, uint64_t number, struct rpc_validator **out,
                                uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    (void)ctx;
    (void)number;
    *cnt = 1;
    *out = mc_arena_calloc(arena, 1, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    (*out)[0].account = (struct mc_addr){{[0] = 0x77, [19] = 0x01}};
    (*out)[0].public_key[0] = 0xed;
    return MC_OK;
}

static enum mc_err f_certificate(void *ctx, uint64_t number, struct mc_buf *out,
                                 struct mc_errmsg *em)
{
    (void)ctx;
    if (number == 0)
        return mc_fail(em, MC_ENOTFOUND, "block 0 has no certificate");
    mc_buf_put_str(out, "{\"round\":\"0x0\"}");
    return MC_OK;
}

/* One validator votes, the other one was never heard. */
static enum mc_err f_round(void *ctx, struct rpc_round *out, struct mc_arena *arena,
                           struct mc_errmsg *em)
{
    struct rpc_seat *seats = mc_arena_calloc(arena, 2, sizeof *seats);

    if (seats == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    seats[0] = (struct rpc_seat){.account = {{[0] = 0x77, [19] = 0x01}},
                                 .public_key = {0xed},
                                 .connected = true,
                                 .seen = true,
                                 .prepared = true,
                                 .asked_round = 1,
                                 .has_head = true,
                                 .head = of(ctx)->head,
                                 .heard = true,
                                 .silent_s = 4};
    seats[1].account = (struct mc_addr){{[0] = 0x77, [19] = 0x02}};
    *out = (struct rpc_round){.height = of(ctx)->head + 1,
                              .round = 1,
                              .proposer = 1,
                              .quorum = 2,
                              .self = of(ctx)->ready ? 0 : -1,
                              .voting = of(ctx)->ready,
                              .active = true,
                              .reachable = 1,
                              .why = mc_slice_str("1 more must come"),
                              .seconds_since_block = 12,
                              .time_ms = 1735689600000,
                              .seats = seats,
                              .seat_cnt = 2};
    return MC_OK;
}

static enum mc_err f_signers(void *ctx, uint64_t from, uint64_t to, struct rpc_signer **out,
                             uint32_t *cnt, struct mc_arena *arena, struct mc_errmsg *em)
{
    uint64_t blocks = to - from + (from > 0);

    (void)ctx;
    *out = mc_arena_calloc(arena, 1, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    *cnt = 1;
    **out = (struct rpc_signer){.account = {{[0] = 0x77, [19] = 0x01}},
                                .public_key = {0xed},
                                .blocks = blocks,
                                .proposed = 1,
                                .signatures = blocks - 1,
                                .missed = 1};
    return MC_OK;
}

static enum mc_err f_evidence(void *ctx, struct mc_buf *out, struct mc_errmsg *em)
{
    (void)ctx;
    (void)em;
    mc_buf_put_str(out, "[{\"height\":\"0x2\"}]");
    return MC_OK;
}

static enum mc_err f_node_info(void *ctx, struct rpc_node_info *out, struct mc_arena *arena,
                               struct mc_errmsg *em)
{
    (void)ctx;
    (void)arena;
    (void)em;
    *out = (struct rpc_node_info){.public_key = {0xed},
                                  .validator = true,
                                  .genesis = {{0x01}},
                                  .peer_host = mc_slice_str("127.0.0.1"),
                                  .peer_port = 30303,
                                  .data_dir = mc_slice_str("/var/lib/medichain"),
                                  .disk_free_bytes = 4096};
    return MC_OK;
}

static enum mc_err f_peers(void *ctx, struct rpc_peer **out, uint32_t *cnt, struct mc_arena *arena,
                           struct mc_errmsg *em)
{
    (void)ctx;
    *out = mc_arena_calloc(arena, 2, sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    *cnt = 2;
    (*out)[0] = (struct rpc_peer){.public_key = {0xed},
                                  .address = mc_slice_str("10.0.0.2:30303"),
                                  .connected = true,
                                  .validator = true,
                                  .has_head = true,
                                  .head = 2,
                                  .skew_ms = -15,
                                  .bytes_in = 100,
                                  .bytes_out = 200};
    (*out)[1] = (struct rpc_peer){.address = mc_slice_str("10.0.0.3:30303"), .dialled = true};
    return MC_OK;
}

static uint64_t f_peer_cnt(void *ctx)
{
    (void)ctx;
    return 3;
}

static void f_health(void *ctx, struct rpc_health *out)
{
    *out = (struct rpc_health){of(ctx)->ready, "no quorum for 12 s", of(ctx)->head, 3, 1};
}

static void f_metrics(void *ctx, struct mc_buf *out)
{
    (void)ctx;
    mc_buf_put_str(out, "# HELP fake_blocks Blocks.\n# TYPE fake_blocks gauge\nfake_blocks 3\n");
}

void fake_ports_init(struct fake_ports *f)
{
    struct mc_hash key;

    *f = (struct fake_ports){.head = 2, .rows_max = 100, .ready = true, .arrivals = 2};
    mc_keccak256(&key, mc_slice_str("cow"));
    memcpy(f->key, key.b, sizeof f->key);
    MC_ASSERT(mc_secp_address(&f->dev, f->key) == MC_OK);
    f->ports = (struct rpc_ports){.ctx = f,
                                  .chain_id = 1337,
                                  .client_version = "MediChain/0.1.0/linux-amd64/c17",
                                  .call_gas_max = 50000000,
                                  .log_rows_max = 100,
                                  .coinbase = {{[0] = 0x77, [19] = 0x01}},
                                  .head = f_head,
                                  .resolve = f_resolve,
                                  .account = f_account,
                                  .storage = f_storage,
                                  .cell = f_cell,
                                  .proof = f_proof,
                                  .block = f_block,
                                  .receipts = f_receipts,
                                  .tx = f_tx,
                                  .receipt = f_receipt,
                                  .logs = f_logs,
                                  .call = f_call,
                                  .estimate = f_estimate,
                                  .submit = f_submit,
                                  .pending_nonce = f_pending_nonce,
                                  .pool_status = f_pool_status,
                                  .pool_content = f_pool_content,
                                  .pool_arrivals = f_pool_arrivals,
                                  .dev_accounts = f_dev_accounts,
                                  .dev_sign = f_dev_sign,
                                  .dev_sign_tx = f_dev_sign_tx,
                                  .modules = f_modules,
                                  .validators = f_validators,
                                  .certificate_json = f_certificate,
                                  .round = f_round,
                                  .signers = f_signers,
                                  .evidence_json = f_evidence,
                                  .node_info = f_node_info,
                                  .peers = f_peers,
                                  .peer_cnt = f_peer_cnt,
                                  .health = f_health,
                                  .metrics = f_metrics};
}
