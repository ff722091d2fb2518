/* This node as a machine: its identity, its disk, its connections.  For the operator on the machine itself. */
#include "rpc/params.h"
#include "rpc/write.h"

bool admin_node_info(struct rpc_ctx *c)
{
    struct rpc_node_info n = {0};
    enum mc_err err = c->ports->node_info(c->ports->ctx, &n, c->arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_port(c, err);
    rpc_open(c->out, '{');
    rpc_put_text(c->out, "name", mc_slice_str(c->ports->client_version));
    rpc_put_data(c->out, "publicKey", mc_slice(n.public_key, sizeof n.public_key));
    rpc_put_bool(c->out, "validator", n.validator);
    rpc_put_u64(c->out, "chainId", c->ports->chain_id);
    rpc_put_hash(c->out, "genesis", &n.genesis);
    rpc_put_u64(c->out, "head", c->ports->head(c->ports->ctx));
    rpc_put_text(c->out, "peerHost", n.peer_host);
    rpc_put_u64(c->out, "peerPort", n.peer_port);
    rpc_put_text(c->out, "dataDir", n.data_dir);
    rpc_put_u64(c->out, "diskFreeBytes", n.disk_free_bytes);
    rpc_close(c->out, '}');
    return true;
}

static void peer_put(struct mc_buf *b, const struct rpc_peer *p)
{
    rpc_open(b, '{');
    rpc_put_data(b, "publicKey", mc_slice(p->public_key, sizeof p->public_key));
    rpc_put_text(b, "address", p->address);
    rpc_put_bool(b, "connected", p->connected);
    rpc_put_bool(b, "inbound", !p->dialled);
    rpc_put_bool(b, "validator", p->validator);
    if (p->has_head)
        rpc_put_u64(b, "head", p->head);
    else
        rpc_put_null(b, "head");
    rpc_key(b, "clockSkewMs"); /* may be below zero, which no quantity can */
    mc_buf_putf(b, "%lld,", (long long)p->skew_ms);
    rpc_put_u64(b, "bytesIn", p->bytes_in);
    rpc_put_u64(b, "bytesOut", p->bytes_out);
    rpc_close(b, '}');
    rpc_comma(b);
}

/* Peers that are connected or configured. */
bool admin_peers(struct rpc_ctx *c)
{
    struct rpc_peer *list = NULL;
    uint32_t cnt = 0;
    enum mc_err err = c->ports->peers(c->ports->ctx, &list, &cnt, c->arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_port(c, err);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++)
        peer_put(c->out, &list[i]);
    rpc_close(c->out, ']');
    return true;
}
