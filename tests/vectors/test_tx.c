/* ethereum/tests, TransactionTests, judged by the fork London on chain 1: bytes that must be refused, or the hash, the
 * sender and the intrinsic gas that must come out. */
#include "vectors.h"

#include "ledger/ledger.h"

#define CHAIN_ID 1u /* of the vectors */

/* Everything that a node of chain 1 checks without looking at its state. */
static enum mc_err judge(struct ledger_tx **out, uint64_t *gas, struct mc_slice raw,
                         struct mc_errmsg *em)
{
    enum mc_err err = ledger_tx_decode(out, raw, em);
    struct ledger_tx *tx = *out;

    if (err == MC_OK)
        err = ledger_tx_recover(tx, em);
    if (err != MC_OK)
        return err;
    if (tx->chain_id != CHAIN_ID && (tx->type != LEDGER_TX_LEGACY || tx->chain_id != 0))
        return mc_fail(em, MC_EREJECT, "invalid chain id");
    if (!ledger_tx_intrinsic_gas(gas, tx) || *gas > tx->gas)
        return mc_fail(em, MC_EREJECT, "intrinsic gas too low");
    return MC_OK;
}

static bool is_hex(struct mc_slice got, const struct mc_json *want)
{
    struct mc_buf b = {0};
    bool same = mc_hex_data(&b, mc_json_str(want), MC_TX_BYTES_MAX, NULL) == MC_OK &&
                mc_slice_eq(got, mc_buf_slice(&b));

    mc_buf_free(&b);
    return same;
}

static void check_accepted(struct vectors_run *run, const struct ledger_tx *tx, uint64_t gas,
                           const struct mc_json *want)
{
    const struct mc_json *want_gas = mc_json_get(want, "intrinsicGas");
    uint64_t g = 0;

    if (!is_hex(mc_hash_slice(&tx->hash), mc_json_get(want, "hash")))
        vectors_fail(run, "another hash");
    if (!is_hex(mc_addr_slice(&tx->sender), mc_json_get(want, "sender")))
        vectors_fail(run, "another sender");
    /* Older files do not state the gas. */
    if (mc_json_type(want_gas) == MC_JSON_STRING) {
        g = strtoull((const char *)mc_json_str(want_gas).p, NULL, 16);
        if (g != gas)
            vectors_fail(run, "intrinsic gas %llu, not %llu", (unsigned long long)gas,
                         (unsigned long long)g);
    }
}

static void check_case(struct vectors_run *run, const struct mc_json *vcase, void *arg)
{
    const struct mc_json *want = mc_json_get(mc_json_get(vcase, "result"), "London");
    bool refused = mc_json_get(want, "exception") != NULL;
    struct ledger_tx *tx = NULL;
    struct mc_errmsg em = {{0}};
    struct mc_buf raw = {0};
    uint64_t gas = 0;
    enum mc_err err;

    (void)arg;
    if (mc_json_type(want) != MC_JSON_OBJECT) {
        vectors_pass_over(run, "no verdict for London");
        return;
    }
    err =
        mc_hex_data(&raw, mc_json_str(mc_json_get(vcase, "txbytes")), VECTORS_FILE_BYTES_MAX, &em);
    if (!refused && raw.n > MC_TX_BYTES_MAX) {
        vectors_pass_over(run, "larger than any transaction may be here");
        mc_buf_free(&raw);
        return;
    }
    if (err == MC_OK)
        err = judge(&tx, &gas, mc_buf_slice(&raw), &em);
    if (refused && err == MC_OK)
        vectors_fail(run, "accepted");
    else if (!refused && err != MC_OK)
        vectors_fail(run, "refused: %s", em.text);
    else if (err == MC_OK)
        check_accepted(run, tx, gas, want);
    if (refused && err != MC_OK && getenv("MC_VECTORS_VERBOSE") != NULL)
        printf("%s: %s\n", run->name, em.text);
    ledger_tx_unref(tx);
    mc_buf_free(&raw);
}

int main(void)
{
    struct vectors_run run;
    struct mc_errmsg em = {{0}};

    vectors_begin(&run, "TransactionTests");
    if (mc_crypto_init(&em) != MC_OK) {
        fprintf(stderr, "%s\n", em.text);
        return 1;
    }
    vectors_each(&run, check_case, NULL);
    return vectors_end(&run);
}
