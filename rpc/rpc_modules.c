#include "rpc/server.h"
#include "rpc/write.h"

static size_t space_len(const char *name)
{
    return strcspn(name, "_");
}

/* Namespaces with at least one method that may be called here, each once. */
bool rpc_modules(struct rpc_ctx *c)
{
    const char *last = "";

    rpc_open(c->out, '{');
    for (size_t i = 0; i < RPC_METHOD_CNT; i++) {
        uint16_t row = c->server->by_name[i]; /* by name: a namespace's methods are neighbours */
        const char *name = rpc_methods[row].name;
        size_t n = space_len(name);
        if (!c->server->enabled[row] || (space_len(last) == n && memcmp(last, name, n) == 0))
            continue;
        last = name;
        mc_json_put_str(c->out, mc_slice(name, n));
        mc_buf_put_str(c->out, ":\"1.0\",");
    }
    rpc_close(c->out, '}');
    return true;
}
