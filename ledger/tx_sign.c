/* Building and signing an envelope: the client's side of tx.c. */
#include "ledger/tx.h"

/* The fields that are signed, as RLP items without a list header. */
static void put_fields(struct mc_buf *b, const struct ledger_tx_fields *f)
{
    if (f->type != LEDGER_TX_LEGACY)
        mc_rlp_put_u64(b, f->chain_id);
    mc_rlp_put_u64(b, f->nonce);
    if (f->type == LEDGER_TX_DYNAMIC_FEE)
        mc_rlp_put_u256(b, &f->max_priority_fee);
    mc_rlp_put_u256(b, &f->max_fee);
    mc_rlp_put_u64(b, f->gas);
    mc_rlp_put_bytes(b, f->has_to ? mc_addr_slice(&f->to) : mc_slice(NULL, 0));
    mc_rlp_put_u256(b, &f->value);
    mc_rlp_put_bytes(b, f->data);
    if (f->type != LEDGER_TX_LEGACY) {
        mc_rlp_put_list_header(b, f->access_list.n);
        mc_buf_put_slice(b, f->access_list);
    }
}

/* b holds the fields; they stay, the list is made and undone around them. */
static enum mc_err signing_hash(struct mc_hash *out, const struct ledger_tx_fields *f,
                                struct mc_slice fields, struct mc_errmsg *em)
{
    struct mc_buf b = {0};
    enum mc_err err;

    mc_buf_put_slice(&b, fields);
    if (f->type == LEDGER_TX_LEGACY && f->chain_id != 0) { /* EIP-155 */
        mc_rlp_put_u64(&b, f->chain_id);
        mc_rlp_put_u64(&b, 0);
        mc_rlp_put_u64(&b, 0);
    }
    mc_rlp_wrap_list(&b, 0);
    err = mc_buf_check(&b, "transaction to sign", em);
    if (err == MC_OK) {
        const uint8_t type = (uint8_t)f->type;
        const struct mc_slice parts[] = {mc_slice(&type, 1), mc_buf_slice(&b)};
        if (f->type == LEDGER_TX_LEGACY)
            mc_keccak256(out, mc_buf_slice(&b));
        else
            mc_keccak256v(out, parts, MC_COUNT(parts));
    }
    mc_buf_free(&b);
    return err;
}

static uint64_t wire_v(const struct ledger_tx_fields *f, uint8_t recid)
{
    if (f->type != LEDGER_TX_LEGACY)
        return recid;
    return f->chain_id == 0 ? 27u + recid : 35u + 2 * f->chain_id + recid;
}

static void put_signature(struct mc_buf *b, const struct ledger_tx_fields *f,
                          const struct mc_secp_sig *sig)
{
    struct mc_u256 r = mc_u256_from_be(sig->r), s = mc_u256_from_be(sig->s);

    mc_rlp_put_u64(b, wire_v(f, sig->recid));
    mc_rlp_put_u256(b, &r);
    mc_rlp_put_u256(b, &s);
}

static enum mc_err check_fields(const struct ledger_tx_fields *f, struct mc_errmsg *em)
{
    /* EIP-155's v has 64 bits here, as everywhere on the wire. */
    if (f->type == LEDGER_TX_LEGACY && f->chain_id > (UINT64_MAX - 36) / 2)
        return mc_fail(em, MC_EINVAL, "chain id: too large for a legacy transaction");
    if (f->type == LEDGER_TX_LEGACY && f->access_list.n > 0)
        return mc_fail(em, MC_EINVAL, "access list: a legacy transaction has none");
    return MC_OK;
}

enum mc_err ledger_tx_sign(struct mc_buf *out, const struct ledger_tx_fields *f,
                           const uint8_t secret[32], struct mc_errmsg *em)
{
    struct mc_buf b = {0};
    struct mc_secp_sig sig;
    struct mc_hash digest;
    enum mc_err err = check_fields(f, em);

    if (err != MC_OK)
        return err;
    put_fields(&b, f);
    err = mc_buf_check(&b, "transaction to sign", em);
    if (err == MC_OK)
        err = signing_hash(&digest, f, mc_buf_slice(&b), em);
    if (err == MC_OK && (err = mc_secp_sign(&sig, &digest, secret)) != MC_OK)
        mc_errf(em, "transaction: the secret key is not valid");
    if (err == MC_OK) {
        put_signature(&b, f, &sig);
        mc_rlp_wrap_list(&b, 0);
        if (f->type != LEDGER_TX_LEGACY)
            mc_buf_put_u8(out, (uint8_t)f->type);
        mc_buf_put_slice(out, mc_buf_slice(&b));
        err = b.oom ? mc_buf_check(&b, "signed transaction", em)
                    : mc_buf_check(out, "signed transaction", em);
    }
    mc_buf_free(&b);
    return err;
}
