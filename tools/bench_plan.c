#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/ledger.h"
#include "tools/bench.h"
#include "tools/devnet_file.h"
#include "tools/http_client.h"
#include "tools/record_file.h"
#include "tools/say.h"

#define PATIENTS 1000u
#define DOCTORS  50u
/* A fee cap as existing back ends send it; on a free chain nobody is charged. */
#define FEE_CAP_WEI 1000000000u
#define RECOVER_MS  400u

struct sender {
    uint8_t secret[32]; /* publicly known */
    struct mc_addr addr;
    uint64_t nonce;
};

struct making {
    struct bench_plan *p;
    const struct bench_cfg *cfg;
    struct http_url url;
    struct sender senders[BENCH_SENDERS_MAX];
    struct record_file *files;
    size_t file_cnt;
    uint8_t salt[16]; /* makes the record ids of this run its own */
    uint64_t chain_id;
    const struct vm_module *module;
    struct mc_hash *digests; /* of the first transactions, for the recover rate */
    struct mc_secp_sig *sigs;
    uint32_t sample_cnt;
};

#define SAMPLES 512u

static enum mc_err open_senders(struct making *m, struct tool_rpc *rpc, struct mc_errmsg *em)
{
    enum mc_err err = tool_rpc_quantity(rpc, "eth_chainId", "[]", &m->chain_id, em);
    for (uint32_t i = 0; i < m->cfg->senders && err == MC_OK; i++) {
        struct sender *s = &m->senders[i];
        const struct mc_json *v = NULL;
        char addr[41];
        uint64_t mined = 0;
        err = devnet_account(s->secret, &s->addr, i, em);
        mc_hex_encode(addr, s->addr.b, 20);
        if (err == MC_OK)
            err = tool_rpc_callf(rpc, &v, em, "eth_getTransactionCount", "[\"0x%s\",\"pending\"]",
                                 addr);
        if (err == MC_OK)
            err = mc_hex_quantity(&s->nonce, mc_json_str(v), em);
        if (err == MC_OK)
            err = tool_rpc_callf(rpc, &v, em, "eth_getTransactionCount", "[\"0x%s\",\"latest\"]",
                                 addr);
        if (err == MC_OK)
            mined = tool_json_quantity(v);
        if (err == MC_OK && mined != s->nonce)
            err = mc_fail(em, MC_EBUSY,
                          "account %u still has %" PRIu64
                          " transactions in the pool; wait until they "
                          "are in a block",
                          i, s->nonce - mined);
    }
    return err;
}

/* Record i: opaque ids of 32 hex digits; the hash covers the file and the record's number, since no two documents of a
 * hospital are equal. */
static void put_args(struct mc_buf *b, const struct making *m, uint32_t i)
{
    const struct record_file *f = &m->files[i % m->file_cnt];
    struct mc_hash id, patient, doctor, doc;
    uint8_t num[4], who[5] = {'p'};
    mc_be32_put(num, i);
    const struct mc_slice id_parts[] = {mc_slice(m->salt, 16), mc_slice(num, 4)};
    mc_keccak256v(&id, id_parts, 2);
    mc_be32_put(who + 1, i % PATIENTS);
    mc_keccak256(&patient, mc_slice(who, 5));
    who[0] = 'd';
    mc_be32_put(who + 1, i % DOCTORS);
    mc_keccak256(&doctor, mc_slice(who, 5));
    struct mc_sha256 c;
    mc_sha256_init(&c);
    mc_sha256_add(&c, mc_slice_str(f->hash));
    mc_sha256_add(&c, mc_hash_slice(&id));
    mc_sha256_end(&c, &doc);
    mc_buf_put_str(b, "[\"");
    mc_buf_put_hex(b, mc_slice(id.b, 16));
    mc_buf_put_str(b, "\",\"");
    mc_buf_put_hex(b, mc_slice(patient.b, 16));
    mc_buf_put_str(b, "\",\"");
    mc_buf_put_hex(b, mc_slice(doctor.b, 16));
    mc_buf_put_str(b, "\",");
    mc_json_put_str(b, mc_slice_str(f->type));
    mc_buf_put_str(b, ",\"");
    mc_buf_put_hex(b, mc_hash_slice(&doc));
    mc_buf_put_str(b, "\"]");
}

static enum mc_err sign_one(struct mc_buf *raw, struct making *m, struct sender *s, uint32_t i,
                            struct mc_buf *scratch, struct mc_errmsg *em)
{
    struct mc_buf data = {0};
    mc_buf_reset(scratch);
    put_args(scratch, m, i);
    enum mc_err err = tool_call_data(&data, m->module, "createRecord", mc_buf_slice(scratch), em);
    struct ledger_tx_fields f = {.type = LEDGER_TX_DYNAMIC_FEE,
                                 .chain_id = m->chain_id,
                                 .nonce = s->nonce++,
                                 .max_fee = mc_u256_u64(FEE_CAP_WEI),
                                 .gas = m->cfg->gas,
                                 .has_to = true,
                                 .to = *vm_module_well_known(m->module),
                                 .data = mc_buf_slice(&data)};
    mc_buf_reset(raw);
    if (err == MC_OK)
        err = ledger_tx_sign(raw, &f, s->secret, em);
    mc_buf_free(&data);
    return err;
}

static enum mc_err keep_sample(struct making *m, struct mc_slice raw, struct mc_errmsg *em)
{
    struct ledger_tx *tx = NULL;
    if (m->sample_cnt == SAMPLES)
        return MC_OK;
    enum mc_err err = ledger_tx_decode(&tx, raw, em);
    if (err == MC_OK) {
        m->digests[m->sample_cnt] = tx->signing_hash;
        m->sigs[m->sample_cnt++] = tx->sig;
    }
    ledger_tx_unref(tx);
    return err;
}

/* One request of up to `batch` transactions: a single call, or a JSON-RPC batch. */
static enum mc_err put_request(struct making *m, struct bench_lane *lane, uint32_t lane_i,
                               uint32_t first, uint32_t cnt, struct mc_buf *body,
                               struct mc_buf *raw, struct mc_buf *scratch, struct mc_errmsg *em)
{
    struct bench_request *r = &lane->requests[lane->request_cnt++];
    bool many = m->cfg->batch > 1;
    mc_buf_reset(body);
    mc_buf_put_str(body, many ? "[" : "");
    for (uint32_t k = 0; k < cnt; k++) {
        uint32_t i = first + k, of_lane = i % lane->sender_cnt;
        struct sender *s = &m->senders[lane_i + of_lane * m->p->lane_cnt];
        enum mc_err err = sign_one(raw, m, s, i, scratch, em);
        if (err == MC_OK)
            err = keep_sample(m, mc_buf_slice(raw), em);
        if (err != MC_OK)
            return err;
        mc_keccak256(&m->p->txs[i].hash, mc_buf_slice(raw));
        m->p->tx_bytes += raw->n;
        mc_buf_putf(body,
                    "%s{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"eth_sendRawTransaction\","
                    "\"params\":[",
                    k > 0 ? "," : "", i);
        mc_json_put_hex(body, mc_buf_slice(raw));
        mc_buf_put_str(body, "]}");
    }
    mc_buf_put_str(body, many ? "]" : "");
    r->at = lane->text.n;
    r->first = first;
    r->cnt = cnt;
    http_put_head(&lane->text, &m->url, "POST", NULL, body->n);
    mc_buf_put_slice(&lane->text, mc_buf_slice(body));
    r->n = lane->text.n - r->at;
    return mc_buf_check(&lane->text, "requests", em);
}

static enum mc_err make_lanes(struct making *m, struct mc_errmsg *em)
{
    struct tool_progress progress = {.what = "signed"};
    struct mc_buf body = {0}, raw = {0}, scratch = {0};
    struct bench_plan *p = m->p;
    enum mc_err err = MC_OK;
    uint32_t next = 0;
    for (uint32_t l = 0; l < p->lane_cnt && err == MC_OK; l++) {
        struct bench_lane *lane = &p->lanes[l];
        uint32_t end = (uint32_t)((uint64_t)p->tx_cnt * (l + 1) / p->lane_cnt);
        lane->sender_cnt = ((uint32_t)m->cfg->senders - l + p->lane_cnt - 1) / p->lane_cnt;
        lane->requests = calloc((end - next) / m->cfg->batch + 1, sizeof *lane->requests);
        if (lane->requests == NULL)
            err = mc_fail(em, MC_ENOMEM, "out of memory");
        while (next < end && err == MC_OK) {
            uint32_t cnt = end - next < m->cfg->batch ? end - next : (uint32_t)m->cfg->batch;
            err = put_request(m, lane, l, next, cnt, &body, &raw, &scratch, em);
            next += cnt;
            tool_progress(&progress, next, p->tx_cnt);
        }
    }
    mc_buf_free(&body);
    mc_buf_free(&raw);
    mc_buf_free(&scratch);
    return err;
}

static uint32_t slot_of(const struct bench_plan *p, const struct mc_hash *h)
{
    return mc_be32_get(h->b) & p->slot_mask; /* a hash is its own hash */
}

uint32_t bench_plan_find(const struct bench_plan *p, const struct mc_hash *hash)
{
    for (uint32_t s = slot_of(p, hash); p->slots[s] != 0; s = (s + 1) & p->slot_mask) {
        if (mc_hash_eq(&p->txs[p->slots[s] - 1].hash, hash))
            return p->slots[s] - 1;
    }
    return UINT32_MAX;
}

static enum mc_err index_hashes(struct bench_plan *p, struct mc_errmsg *em)
{
    uint32_t size = 16;
    while (size < 2 * p->tx_cnt)
        size *= 2;
    p->slots = calloc(size, sizeof *p->slots);
    if (p->slots == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    p->slot_mask = size - 1;
    for (uint32_t i = 0; i < p->tx_cnt; i++) {
        uint32_t s = slot_of(p, &p->txs[i].hash);
        while (p->slots[s] != 0)
            s = (s + 1) & p->slot_mask;
        p->slots[s] = i + 1;
    }
    return MC_OK;
}

static enum mc_err measure_recover(struct making *m, struct mc_errmsg *em)
{
    uint64_t start = tool_now_ns(), now = start, done = 0;
    while (now - start < RECOVER_MS * 1000000u) {
        for (uint32_t i = 0; i < m->sample_cnt; i++) {
            struct mc_addr a;
            if (mc_secp_recover(&a, &m->digests[i], &m->sigs[i]) != MC_OK)
                return mc_fail(em, MC_EAUTH, "a transaction signed here does not recover");
        }
        done += m->sample_cnt;
        now = tool_now_ns();
    }
    m->p->recover_per_s = (double)done * 1e9 / (double)(now - start);
    return MC_OK;
}

enum mc_err bench_files(struct record_file **list, size_t *cnt, const char *path,
                        struct mc_errmsg *em)
{
    enum mc_err err = record_files_add(list, cnt, path, NULL, NULL, em);
    if (err != MC_OK)
        mc_errwrap(em, "name a folder with files to anchor with --records DIR");
    return err;
}

enum mc_err bench_plan_make(struct bench_plan *out, const struct bench_cfg *cfg,
                            struct tool_rpc *rpc, struct mc_errmsg *em)
{
    struct making m = {.p = out, .cfg = cfg};
    memset(out, 0, sizeof *out);
    out->tx_cnt = (uint32_t)cfg->count;
    out->lane_cnt = (uint32_t)(cfg->connections < cfg->senders ? cfg->connections : cfg->senders);
    out->txs = calloc(cfg->count, sizeof *out->txs);
    m.digests = calloc(SAMPLES, sizeof *m.digests);
    m.sigs = calloc(SAMPLES, sizeof *m.sigs);
    mc_random(m.salt, sizeof m.salt);
    enum mc_err err = http_url_parse(&m.url, cfg->url, em);
    if (out->txs == NULL || m.digests == NULL || m.sigs == NULL)
        err = mc_fail(em, MC_ENOMEM, "out of memory");
    if (err == MC_OK)
        err = tool_module(&m.module, "MedicalRecordHash", em);
    if (err == MC_OK)
        err = bench_files(&m.files, &m.file_cnt, cfg->records, em);
    out->file_cnt = (uint32_t)m.file_cnt;
    if (err == MC_OK)
        err = open_senders(&m, rpc, em);
    if (err == MC_OK)
        err = make_lanes(&m, em);
    if (err == MC_OK)
        err = index_hashes(out, em);
    if (err == MC_OK)
        err = measure_recover(&m, em);
    free(m.files);
    free(m.digests);
    free(m.sigs);
    return err;
}

void bench_plan_free(struct bench_plan *p)
{
    for (uint32_t l = 0; l < p->lane_cnt; l++) {
        mc_buf_free(&p->lanes[l].text);
        free(p->lanes[l].requests);
    }
    free(p->txs);
    free(p->slots);
    memset(p, 0, sizeof *p);
}
