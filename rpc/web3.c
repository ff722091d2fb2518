#include "rpc/params.h"

bool web3_client_version(struct rpc_ctx *c)
{
    mc_json_put_str(c->out, mc_slice_str(c->ports->client_version));
    return true;
}

bool web3_sha3(struct rpc_ctx *c)
{
    struct mc_slice data;
    struct mc_hash h;

    if (!rpc_arg_data(c, 0, &data))
        return false;
    mc_keccak256(&h, data);
    mc_json_put_hex(c->out, mc_hash_slice(&h));
    return true;
}
