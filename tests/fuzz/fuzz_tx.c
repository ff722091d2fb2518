/* Transactions: an accepted envelope, built again from its decoded fields, is the same bytes. */
#include <stdlib.h>

#include "ledger/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_word(struct mc_buf *b, const uint8_t word[32])
{
    struct mc_u256 v = mc_u256_from_be(word);

    mc_rlp_put_u256(b, &v);
}

static void encode(struct mc_buf *b, const struct ledger_tx *tx)
{
    size_t mark = tx->type != LEDGER_TX_LEGACY;

    if (tx->type != LEDGER_TX_LEGACY) {
        mc_buf_put_u8(b, (uint8_t)tx->type);
        mc_rlp_put_u64(b, tx->chain_id);
    }
    mc_rlp_put_u64(b, tx->nonce);
    if (tx->type == LEDGER_TX_DYNAMIC_FEE)
        mc_rlp_put_u256(b, &tx->max_priority_fee);
    mc_rlp_put_u256(b, &tx->max_fee);
    mc_rlp_put_u64(b, tx->gas);
    mc_rlp_put_bytes(b, tx->has_to ? mc_addr_slice(&tx->to) : mc_slice(NULL, 0));
    mc_rlp_put_u256(b, &tx->value);
    mc_rlp_put_bytes(b, tx->data);
    if (tx->type != LEDGER_TX_LEGACY) {
        mc_rlp_put_list_header(b, tx->access_list.n);
        mc_buf_put_slice(b, tx->access_list);
    }
    mc_rlp_put_u64(b, tx->v);
    put_word(b, tx->sig.r);
    put_word(b, tx->sig.s);
    mc_rlp_wrap_list(b, mark);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct ledger_tx *tx = NULL;
    struct mc_errmsg em = {{0}};
    struct mc_buf b = {0}, json = {0};
    uint64_t gas = 0;

    if (!ready && mc_crypto_init(&em) != MC_OK)
        abort();
    ready = true;
    if (ledger_tx_decode(&tx, mc_slice(data, size), &em) != MC_OK) {
        if (tx != NULL || em.text[0] == '\0')
            abort();
        return 0;
    }
    encode(&b, tx);
    if (b.oom || !mc_slice_eq(mc_buf_slice(&b), mc_slice(data, size)))
        abort();
    if (!ledger_tx_intrinsic_gas(&gas, tx) || gas < 21000)
        abort();
    (void)!ledger_tx_recover(tx, &em);
    ledger_tx_json(&json, tx);
    mc_buf_free(&json);
    mc_buf_free(&b);
    ledger_tx_unref(tx);
    return 0;
}
