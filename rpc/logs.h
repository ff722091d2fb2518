/* Looking up logs by criteria; private to rpc/. */
#ifndef MC_RPC_LOGS_H
#define MC_RPC_LOGS_H

#include "rpc/params.h"

/* Appends the logs that the criteria name as a JSON array. */
bool rpc_logs_answer(struct rpc_ctx *c, const struct rpc_criteria *criteria);

#endif
