/* Every cap of MediChain, with its reason, and the relations between them checked by the compiler. */
#ifndef MC_BASE_LIMITS_H
#define MC_BASE_LIMITS_H

/* A transaction on the wire.  geth's pool takes 128 KiB; an encrypted record payload is at most 128 KiB
 * (record.maxPayloadBytes), plus wrapped keys and ABI framing. */
#define MC_TX_BYTES_MAX (256u * 1024u)
/* A block's transactions together: bounds memory for one execution and one peer frame. */
#define MC_BLOCK_BYTES_MAX (8u * 1024u * 1024u)
/* Transactions in a block: at 21,000 gas each this is more than the largest gas limit a vote can set lets in. */
#define MC_BLOCK_TXS_MAX 50000u
/* Validators that one round's vote sets are sized for (bitmaps of 128 bits). */
#define MC_VALIDATORS_MAX 128u
/* Nesting of msgpack values: records hold arrays of tuples of scalars. */
#define MC_MP_DEPTH_MAX 16u
/* Nesting of RLP items in a transaction: envelope, access list, entry, keys. */
#define MC_RLP_DEPTH_MAX 16u
/* Nesting of JSON in requests and files. */
#define MC_JSON_DEPTH_MAX 32u
/* Memory of one arena unless its owner says otherwise: a request or a block may not take the machine. */
#define MC_ARENA_BYTES_MAX (256u * 1024u * 1024u)
/* A JSON-RPC request body, a batch's length, a response. */
#define MC_RPC_BODY_BYTES_MAX     (5u * 1024u * 1024u)
#define MC_RPC_BATCH_MAX          1000u
#define MC_RPC_RESPONSE_BYTES_MAX (25u * 1024u * 1024u)
/* Genesis and configuration files. */
#define MC_CONFIG_BYTES_MAX (16u * 1024u * 1024u)
/* Calls between modules in one transaction: claim -> billing -> payment is three deep. */
#define MC_CALL_DEPTH_MAX 8u
/* Entries that an unpaged list view answers (contracts/README.md, common rules). */
#define MC_LIST_RESULT_MAX 10000u
/* Entries of one page. */
#define MC_LIST_PAGE_MAX 100u

_Static_assert(MC_TX_BYTES_MAX <= MC_BLOCK_BYTES_MAX, "a transaction fits a block");
_Static_assert(2u * MC_TX_BYTES_MAX < MC_RPC_BODY_BYTES_MAX, "a transaction in hex fits a request");

#endif
