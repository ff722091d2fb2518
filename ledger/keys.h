/* Key layouts of the store (docs/formats.md has them as tables).  Integers are big endian, so that
 * byte order is number order; versions are stored as ~block, so that one forward seek finds the
 * newest at or below a block. */
#ifndef MC_LEDGER_KEYS_H
#define MC_LEDGER_KEYS_H

#include "base/base.h"

#define LEDGER_FORMAT 1u /* version of everything in the store */

/* STORE_META */
#define KEY_FORMAT "format" /* be32 LEDGER_FORMAT */
#define KEY_CHAIN  "chain"  /* be64 chain id, hash of block 0 */
#define KEY_HEAD   "head"   /* be64 number, hash */

/* STORE_HEADER: 'n' number -> hash, be32 transaction count, header RLP; 'h' hash -> be64 number;
 * 'c' number -> commit certificate. */
#define KEY_NUMBER_LEN 9u
#define KEY_HASH_LEN   33u

/* STORE_BODY: number, be32 index of the chunk's first transaction. */
#define KEY_BODY_LEN 12u

/* STORE_STATE: address 20, slot 32, position 8, ~block 8.  The account itself has slot zero,
 * position zero. */
#define KEY_CELL_LEN  60u
#define KEY_STATE_LEN 68u

/* STORE_TRIE: owner 20 (zero: the account trie), nibble count 1, nibbles two a byte 32, ~block 8. */
#define KEY_NODE_LEN 53u
#define KEY_TRIE_LEN 61u

/* STORE_LOG: 'a' address or '0'..'3' topic of that position, block 8. */
#define KEY_LOG_MAX 41u

static inline struct mc_slice key_number(uint8_t out[KEY_NUMBER_LEN], char tag, uint64_t number)
{
    out[0] = (uint8_t)tag;
    mc_be64_put(out + 1, number);
    return mc_slice(out, KEY_NUMBER_LEN);
}

static inline struct mc_slice key_hash(uint8_t out[KEY_HASH_LEN], const struct mc_hash *h)
{
    out[0] = 'h';
    memcpy(out + 1, h->b, sizeof h->b);
    return mc_slice(out, KEY_HASH_LEN);
}

static inline struct mc_slice key_body(uint8_t out[KEY_BODY_LEN], uint64_t number, uint32_t tx_i)
{
    mc_be64_put(out, number);
    mc_be32_put(out + 8, tx_i);
    return mc_slice(out, KEY_BODY_LEN);
}

/* tag 'a' with 20 bytes, or '0'..'3' with 32. */
static inline struct mc_slice key_log(uint8_t out[KEY_LOG_MAX], char tag, struct mc_slice what,
                                      uint64_t number)
{
    out[0] = (uint8_t)tag;
    memcpy(out + 1, what.p, what.n);
    mc_be64_put(out + 1 + what.n, number);
    return mc_slice(out, 1 + what.n + 8);
}

#endif
