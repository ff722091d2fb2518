/* London headers: yellow paper 4.3 and EIP-1559's base fee as the 16th field. */
#include "ledger/block.h"

#define EXTRA_VERSION    1u
#define HEADER_BYTES_MAX 1024u /* all 16 fields at their longest are below 700 */

uint64_t ledger_header_time_ms(const struct ledger_header *h)
{
    if (h->extra_len != LEDGER_EXTRA_LEN || h->extra[0] != EXTRA_VERSION)
        return 0;
    return mc_be64_get(h->extra + 1);
}

void ledger_header_set_time_ms(struct ledger_header *h, uint64_t ms)
{
    h->time_s = ms / 1000;
    memset(h->extra, 0, sizeof h->extra);
    h->extra[0] = EXTRA_VERSION;
    mc_be64_put(h->extra + 1, ms);
    h->extra_len = LEDGER_EXTRA_LEN;
}

static void put_hash(struct mc_buf *out, const struct mc_hash *h)
{
    mc_rlp_put_bytes(out, mc_hash_slice(h));
}

void ledger_header_encode(struct mc_buf *out, const struct ledger_header *h)
{
    size_t mark = out->n;

    if (!mc_buf_reserve(out, HEADER_BYTES_MAX))
        return;
    put_hash(out, &h->parent_hash);
    put_hash(out, &h->uncles_hash);
    mc_rlp_put_bytes(out, mc_addr_slice(&h->miner));
    put_hash(out, &h->state_root);
    put_hash(out, &h->txs_root);
    put_hash(out, &h->receipts_root);
    mc_rlp_put_bytes(out, mc_slice(h->bloom.b, sizeof h->bloom.b));
    mc_rlp_put_u256(out, &h->difficulty);
    mc_rlp_put_u64(out, h->number);
    mc_rlp_put_u64(out, h->gas_limit);
    mc_rlp_put_u64(out, h->gas_used);
    mc_rlp_put_u64(out, h->time_s);
    mc_rlp_put_bytes(out, mc_slice(h->extra, h->extra_len));
    put_hash(out, &h->mix_hash);
    mc_rlp_put_bytes(out, mc_slice(h->nonce, sizeof h->nonce));
    mc_rlp_put_u256(out, &h->base_fee);
    mc_rlp_wrap_list(out, mark);
}

static enum mc_err named(enum mc_err err, const char *name, struct mc_errmsg *em)
{
    if (err != MC_OK)
        mc_errwrap(em, "header: %s", name);
    return err;
}

static enum mc_err read_hash(struct mc_rlp *r, struct mc_hash *out, const char *name,
                             struct mc_errmsg *em)
{
    return named(mc_rlp_fixed(r, out->b, sizeof out->b, em), name, em);
}

static enum mc_err read_u64(struct mc_rlp *r, uint64_t *out, const char *name, struct mc_errmsg *em)
{
    return named(mc_rlp_u64(r, out, em), name, em);
}

static enum mc_err read_roots(struct mc_rlp *r, struct ledger_header *h, struct mc_errmsg *em)
{
    enum mc_err err = read_hash(r, &h->parent_hash, "parent hash", em);

    if (err == MC_OK)
        err = read_hash(r, &h->uncles_hash, "uncles hash", em);
    if (err == MC_OK)
        err = named(mc_rlp_fixed(r, h->miner.b, sizeof h->miner.b, em), "miner", em);
    if (err == MC_OK)
        err = read_hash(r, &h->state_root, "state root", em);
    if (err == MC_OK)
        err = read_hash(r, &h->txs_root, "transactions root", em);
    if (err == MC_OK)
        err = read_hash(r, &h->receipts_root, "receipts root", em);
    if (err == MC_OK)
        err = named(mc_rlp_fixed(r, h->bloom.b, sizeof h->bloom.b, em), "logs bloom", em);
    return err;
}

static enum mc_err read_numbers(struct mc_rlp *r, struct ledger_header *h, struct mc_errmsg *em)
{
    enum mc_err err = named(mc_rlp_u256(r, &h->difficulty, em), "difficulty", em);

    if (err == MC_OK)
        err = read_u64(r, &h->number, "number", em);
    if (err == MC_OK)
        err = read_u64(r, &h->gas_limit, "gas limit", em);
    if (err == MC_OK)
        err = read_u64(r, &h->gas_used, "gas used", em);
    if (err == MC_OK)
        err = read_u64(r, &h->time_s, "time", em);
    return err;
}

static enum mc_err read_extra(struct mc_rlp *r, struct ledger_header *h, struct mc_errmsg *em)
{
    struct mc_slice s;
    enum mc_err err = mc_rlp_bytes(r, &s, em);

    if (err == MC_OK && s.n > sizeof h->extra)
        err = mc_fail(em, MC_EMALFORM, "%zu bytes where 32 are the most", s.n);
    if (err != MC_OK)
        return named(err, "extra data", em);
    if (s.n > 0)
        memcpy(h->extra, s.p, s.n);
    h->extra_len = (uint8_t)s.n;
    return MC_OK;
}

enum mc_err ledger_header_decode(struct ledger_header *out, struct mc_slice raw,
                                 struct mc_errmsg *em)
{
    struct ledger_header h = {0};
    struct mc_rlp outer = mc_rlp_open(raw), r;
    enum mc_err err = named(mc_rlp_list(&outer, &r, em), "list", em);

    if (err == MC_OK)
        err = named(mc_rlp_end(&outer, em), "list", em);
    if (err == MC_OK)
        err = read_roots(&r, &h, em);
    if (err == MC_OK)
        err = read_numbers(&r, &h, em);
    if (err == MC_OK)
        err = read_extra(&r, &h, em);
    if (err == MC_OK)
        err = read_hash(&r, &h.mix_hash, "mix hash", em);
    if (err == MC_OK)
        err = named(mc_rlp_fixed(&r, h.nonce, sizeof h.nonce, em), "nonce", em);
    if (err == MC_OK)
        err = named(mc_rlp_u256(&r, &h.base_fee, em), "base fee", em);
    if (err == MC_OK)
        err = named(mc_rlp_end(&r, em), "fields beyond London's", em);
    if (err == MC_OK)
        *out = h;
    return err;
}

enum mc_err ledger_header_hash(struct mc_hash *out, const struct ledger_header *h)
{
    struct mc_buf b = {0};

    ledger_header_encode(&b, h);
    if (b.oom)
        return MC_ENOMEM;
    mc_keccak256(out, mc_buf_slice(&b));
    mc_buf_free(&b);
    return MC_OK;
}
