/* EIP-712: the digest of typed data as wallets send it ({types, primaryType, domain, message}); private to rpc/. */
#ifndef MC_RPC_EIP712_H
#define MC_RPC_EIP712_H

#include "base/base.h"

/* MC_EMALFORM names the type or member that is wrong; MC_ELIMIT for too many or too deep types. */
MC_NODISCARD enum mc_err rpc_eip712_digest(struct mc_hash *out, const struct mc_json *typed_data,
                                           struct mc_arena *arena, struct mc_errmsg *em);

#endif
