#include <inttypes.h>

#include "rpc/methods.h"

bool net_version(struct rpc_ctx *c)
{
    mc_buf_putf(c->out, "\"%" PRIu64 "\"", c->ports->chain_id);
    return true;
}

bool net_listening(struct rpc_ctx *c)
{
    mc_buf_put_str(c->out, "true"); /* who gets this answer was listened to */
    return true;
}

bool net_peer_count(struct rpc_ctx *c)
{
    mc_json_put_quantity(c->out, c->ports->peer_cnt(c->ports->ctx));
    return true;
}
