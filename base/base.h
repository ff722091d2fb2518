/* base: what every other room stands on.
 *
 *   err.h      error numbers and words            log.h      one line an event
 *   bytes.h    slices, buffers, hex               arena.h    memory for one job
 *   u256.h     checked 256-bit integers           file.h     bounded reads, atomic writes
 *   rlp.h      Ethereum's encoding                mp.h       msgpack, bounded
 *   json.h     strict JSON                        hash.h     Keccak-256, SHA-256
 *   crypto.h   keys and signatures                keystore.h encrypted keys
 *   limits.h   every cap, with its reason
 *
 * Other rooms include this file only.  Third-party headers appear in one .c file each. */
#ifndef MC_BASE_BASE_H
#define MC_BASE_BASE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/keystore.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mp.h"
#include "base/rlp.h"
#include "base/u256.h"

#endif
