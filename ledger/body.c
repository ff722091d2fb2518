#include "ledger/body.h"

#define FLAG_SUCCESS  1u
#define FLAG_CONTRACT 2u

/* ------------------------------------------------------------------ writing */

static void put_bytes(struct mc_buf *out, struct mc_slice s)
{
    mc_buf_put_be32(out, (uint32_t)s.n);
    mc_buf_put_slice(out, s);
}

void ledger_body_chunk_begin(struct mc_buf *out, uint32_t first_i, uint32_t log_first)
{
    mc_buf_reset(out);
    mc_buf_put_be32(out, first_i);
    mc_buf_put_be32(out, 0);
    mc_buf_put_be32(out, log_first);
}

static void put_log(struct mc_buf *out, const struct ledger_log *log)
{
    mc_buf_put_slice(out, mc_addr_slice(&log->address));
    mc_buf_put_u8(out, (uint8_t)log->topic_cnt);
    mc_buf_put(out, log->topics, log->topic_cnt * sizeof log->topics[0]);
    put_bytes(out, log->data);
}

void ledger_body_chunk_add(struct mc_buf *out, const struct ledger_tx *tx,
                           const struct ledger_receipt *r)
{
    unsigned flags = (r->success ? FLAG_SUCCESS : 0) | (r->has_contract ? FLAG_CONTRACT : 0);
    size_t mark;

    mc_buf_put_slice(out, mc_addr_slice(&tx->sender));
    put_bytes(out, tx->raw);
    mark = out->n;
    mc_buf_put_be32(out, 0);
    mc_buf_put_u8(out, (uint8_t)flags);
    mc_buf_put_be64(out, r->gas_used);
    mc_buf_put_be64(out, r->cumulative_gas);
    if (r->has_contract)
        mc_buf_put_slice(out, mc_addr_slice(&r->contract));
    put_bytes(out, r->revert_data);
    mc_buf_put_be32(out, r->log_cnt);
    for (uint32_t i = 0; i < r->log_cnt; i++)
        put_log(out, &r->logs[i]);
    if (out->oom)
        return;
    mc_be32_put(out->p + mark, (uint32_t)(out->n - mark - 4));
    mc_be32_put(out->p + 4, mc_be32_get(out->p + 4) + 1);
}

/* ------------------------------------------------------------------ reading */

/* Takes n bytes from the front; false when there are fewer. */
static bool take(struct mc_slice *s, size_t n, struct mc_slice *out)
{
    if (s->n < n)
        return false;
    *out = mc_slice(s->p, n);
    *s = mc_slice_skip(*s, n);
    return true;
}

static bool take_u32(struct mc_slice *s, uint32_t *out)
{
    struct mc_slice b;

    if (!take(s, 4, &b))
        return false;
    *out = mc_be32_get(b.p);
    return true;
}

static bool take_bytes(struct mc_slice *s, struct mc_slice *out)
{
    uint32_t n;

    return take_u32(s, &n) && take(s, n, out);
}

static bool take_fixed(struct mc_slice *s, void *out, size_t n)
{
    struct mc_slice b;

    if (!take(s, n, &b))
        return false;
    memcpy(out, b.p, n);
    return true;
}

enum mc_err ledger_body_open(struct body_reader *r, struct mc_slice chunk, struct mc_errmsg *em)
{
    *r = (struct body_reader){.rest = chunk};
    if (!take_u32(&r->rest, &r->head.first_i) || !take_u32(&r->rest, &r->head.cnt) ||
        !take_u32(&r->rest, &r->head.log_first))
        return mc_fail(em, MC_ECORRUPT, "body chunk: too short");
    r->next_i = r->head.first_i;
    r->next_log = r->head.log_first;
    return MC_OK;
}

static void receipt_bloom(struct ledger_receipt *r)
{
    memset(&r->bloom, 0, sizeof r->bloom);
    for (uint32_t i = 0; i < r->log_cnt; i++) {
        ledger_bloom_add(&r->bloom, mc_addr_slice(&r->logs[i].address));
        for (uint32_t j = 0; j < r->logs[i].topic_cnt; j++)
            ledger_bloom_add(&r->bloom, mc_hash_slice(&r->logs[i].topics[j]));
    }
}

static bool take_log(struct mc_slice *s, struct ledger_log *log, struct mc_arena *arena)
{
    uint8_t cnt;

    if (!take_fixed(s, log->address.b, sizeof log->address.b) || !take_fixed(s, &cnt, 1) ||
        cnt > LEDGER_TOPICS_MAX)
        return false;
    log->topic_cnt = cnt;
    if (!take_fixed(s, log->topics, cnt * sizeof log->topics[0]) || !take_bytes(s, &log->data))
        return false;
    log->data = mc_arena_copy(arena, log->data);
    return log->data.p != NULL;
}

static bool take_receipt(struct mc_slice s, struct ledger_receipt *r, struct mc_arena *arena)
{
    uint8_t head[17];

    if (!take_fixed(&s, head, sizeof head))
        return false;
    r->success = (head[0] & FLAG_SUCCESS) != 0;
    r->has_contract = (head[0] & FLAG_CONTRACT) != 0;
    r->gas_used = mc_be64_get(head + 1);
    r->cumulative_gas = mc_be64_get(head + 9);
    if (r->has_contract && !take_fixed(&s, r->contract.b, sizeof r->contract.b))
        return false;
    if (!take_bytes(&s, &r->revert_data) || !take_u32(&s, &r->log_cnt))
        return false;
    if (r->log_cnt > s.n) /* a log is longer than a byte: bound the memory by what is there */
        return false;
    r->revert_data = mc_arena_copy(arena, r->revert_data);
    r->logs = mc_arena_calloc(arena, r->log_cnt, sizeof *r->logs);
    if (r->revert_data.p == NULL || r->logs == NULL)
        return false;
    for (uint32_t i = 0; i < r->log_cnt; i++)
        if (!take_log(&s, &r->logs[i], arena))
            return false;
    receipt_bloom(r);
    return s.n == 0;
}

/* Number of logs without decoding them all: it follows the head and the revert data. */
static bool log_cnt_of(struct mc_slice s, uint32_t *out)
{
    struct mc_slice skipped;
    uint8_t head[17];

    return take_fixed(&s, head, sizeof head) &&
           ((head[0] & FLAG_CONTRACT) == 0 || take(&s, 20, &skipped)) && take_bytes(&s, &skipped) &&
           take_u32(&s, out);
}

enum mc_err ledger_body_next(struct body_reader *r, struct ledger_tx **tx,
                             struct ledger_receipt *receipt, struct mc_arena *arena,
                             struct mc_errmsg *em)
{
    struct mc_slice raw, rec;
    struct mc_addr sender;
    uint32_t log_cnt;
    enum mc_err err;

    if (!take_fixed(&r->rest, sender.b, sizeof sender.b) || !take_bytes(&r->rest, &raw) ||
        !take_bytes(&r->rest, &rec) || !log_cnt_of(rec, &log_cnt) || raw.n == 0)
        return mc_fail(em, MC_ECORRUPT, "body chunk: transaction %u does not decode", r->next_i);
    if (receipt != NULL) {
        *receipt = (struct ledger_receipt){.type = raw.p[0] < 0x80 ? (enum ledger_tx_type)raw.p[0]
                                                                   : LEDGER_TX_LEGACY};
        if (!take_receipt(rec, receipt, arena))
            return mc_fail(em, MC_ECORRUPT, "body chunk: receipt %u does not decode", r->next_i);
    }
    if (tx != NULL) {
        err = ledger_tx_decode(tx, raw, em);
        if (err != MC_OK)
            return err == MC_ENOMEM
                       ? err
                       : mc_fail(em, MC_ECORRUPT, "body chunk: transaction %u does not decode",
                                 r->next_i);
        (*tx)->sender = sender;
        (*tx)->recovered = true;
    }
    r->next_i++;
    r->next_log += log_cnt;
    return MC_OK;
}
