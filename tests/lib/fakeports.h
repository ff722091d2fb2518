/* A node that is not there: rpc/ports.h over a chain of three blocks that is the same in every run.
 *
 *   block 0  genesis                     block 1  a transfer that logs, a call that failed
 *   block 2  a contract creation         pool     one waiting transaction, one behind a nonce gap
 *
 * Call data choose what a call does: its first byte is enum fake_call.  A raw transaction that starts with
 * FAKE_RAW_REFUSED is refused, any other one is admitted. */
#ifndef MC_TESTS_FAKEPORTS_H
#define MC_TESTS_FAKEPORTS_H

#include <stdatomic.h>

#include "rpc/ports.h"

enum fake_call {
    FAKE_CALL_ANSWER = 1,
    FAKE_CALL_REVERT_WORDS,
    FAKE_CALL_REVERT_BARE,
    FAKE_CALL_OUT_OF_GAS,
    FAKE_CALL_REFUSED,
    FAKE_CALL_BROKEN
};
enum { FAKE_RAW_REFUSED = 0xff, FAKE_RAW_BLOB = 0x03 };

struct fake_ports {
    struct rpc_ports ports;
    uint64_t head;     /* 2 at first; blocks above it are empty but for one log each */
    uint32_t rows_max; /* logs of one answer before MC_ELIMIT */
    bool ready;        /* /ready */
    bool mined;        /* what was submitted has a receipt */
    uint64_t arrivals; /* hashes that the pool has seen: keccak of the number */
    _Atomic uint64_t submits;
    _Atomic uint64_t nonce; /* of the unlocked account; counts admissions */
    struct mc_hash last_hash;
    uint8_t key[32];    /* keccak256("cow"), as in EIP-712's example */
    struct mc_addr dev; /* its account */
};

extern const struct mc_addr FAKE_ALICE, FAKE_CONTRACT;

/* Call mc_crypto_init() before. */
void fake_ports_init(struct fake_ports *f);

#endif
