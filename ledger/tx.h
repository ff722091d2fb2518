/* Transactions: Ethereum's legacy (EIP-155), access-list (EIP-2930) and dynamic-fee (EIP-1559)
 * envelopes.
 *
 * A decoded transaction is one heap block, reference counted, immutable once its sender is
 * known; pool, execution and queries share it, so a sender is recovered once per node. */
#ifndef MC_LEDGER_TX_H
#define MC_LEDGER_TX_H

#include "base/base.h"

enum ledger_tx_type { LEDGER_TX_LEGACY = 0, LEDGER_TX_ACCESS_LIST = 1, LEDGER_TX_DYNAMIC_FEE = 2 };

struct ledger_tx {
    enum ledger_tx_type type;
    uint64_t chain_id; /* 0: a legacy transaction without replay protection */
    uint64_t nonce;
    struct mc_u256 gas_price;        /* legacy and access-list; for dynamic-fee equal to max_fee */
    struct mc_u256 max_fee;          /* per gas; equals gas_price for the older types */
    struct mc_u256 max_priority_fee; /* per gas; equals gas_price for the older types */
    uint64_t gas;
    bool has_to; /* false: contract creation */
    struct mc_addr to;
    struct mc_u256 value;
    struct mc_slice data;        /* into raw */
    struct mc_slice access_list; /* RLP payload of the list, into raw; shape already checked */
    uint32_t access_addr_cnt;
    uint32_t access_key_cnt;
    uint64_t v; /* as on the wire: 27/28 or 35 + 2 * chain id + parity; parity for typed ones */
    struct mc_secp_sig sig;
    struct mc_hash hash;         /* transaction hash */
    struct mc_hash signing_hash; /* what the sender signed */
    struct mc_addr sender;       /* zero until ledger_tx_recover() */
    bool recovered;
    struct mc_slice raw; /* the canonical envelope, kept in the same block of memory */
    uint32_t refs;       /* atomic; use ledger_tx_ref/unref */
};

/* Decodes one canonical envelope, at most MC_TX_BYTES_MAX bytes; does not recover.  Returned:
 * one reference. The words name the field.  MC_EMALFORM: not canonical, or a field too wide;
 * MC_EUNSUPPORTED "transaction type not supported": blob, set-code and unknown types;
 * MC_EREJECT: the RLP is right and no state could make it valid: "nonce has max value", "max
 * priority fee per gas higher than max fee per gas", "gas * price exceeds 256 bits", "invalid
 * signature values: ..." (s high; r, s or v out of range). */
MC_NODISCARD enum mc_err ledger_tx_decode(struct ledger_tx **out, struct mc_slice raw,
                                          struct mc_errmsg *em);
/* Recovers the sender once; thread safe only while one thread owns tx.  MC_EAUTH: "invalid
 * sender". */
MC_NODISCARD enum mc_err ledger_tx_recover(struct ledger_tx *tx, struct mc_errmsg *em);
struct ledger_tx *ledger_tx_ref(const struct ledger_tx *tx);
void ledger_tx_unref(struct ledger_tx *tx); /* NULL is allowed */

/* Gas of the London rules: 21000, 53000 for a creation, calldata 16/4 (EIP-2028), access list
 * 2400/1900 a piece (EIP-2930).  Init code costs nothing beyond its bytes: EIP-3860 came after
 * London.  False on overflow. */
MC_NODISCARD bool ledger_tx_intrinsic_gas(uint64_t *out, const struct ledger_tx *tx);
/* min(max_fee, base_fee + max_priority_fee). */
struct mc_u256 ledger_tx_effective_price(const struct ledger_tx *tx,
                                         const struct mc_u256 *base_fee);

/* An unsigned transaction for signing: fields as above, data borrowed.  Appends the signed
 * envelope. */
struct ledger_tx_fields {
    enum ledger_tx_type type;
    uint64_t chain_id;
    uint64_t nonce;
    struct mc_u256 max_fee; /* gas_price for the older types */
    struct mc_u256 max_priority_fee;
    uint64_t gas;
    bool has_to;
    struct mc_addr to;
    struct mc_u256 value;
    struct mc_slice data;
    struct mc_slice access_list; /* RLP payload; empty for none */
};
MC_NODISCARD enum mc_err ledger_tx_sign(struct mc_buf *out, const struct ledger_tx_fields *f,
                                        const uint8_t secret[32], struct mc_errmsg *em);

/* JSON of a decoded transaction as `medichain tx decode` prints it (sender included when
 * recovered). */
void ledger_tx_json(struct mc_buf *out, const struct ledger_tx *tx);

#endif
