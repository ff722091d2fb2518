/* The transaction object of eth_call, eth_estimateGas, eth_sendTransaction and their like. */
#include "rpc/params.h"

struct reader {
    struct rpc_ctx *c;
    const struct mc_json *obj;
};

static bool bad(struct reader *r, const char *words)
{
    mc_errf(&r->c->em, "%s", words);
    return false;
}

static bool in_field(struct reader *r, bool ok, const char *key)
{
    if (!ok)
        mc_errwrap(&r->c->em, "%s", key);
    return ok;
}

/* Optional members: *has says whether it is there. */
static bool addr_field(struct reader *r, const char *key, bool *has, struct mc_addr *out)
{
    const struct mc_json *v = mc_json_get(r->obj, key);

    *has = v != NULL;
    return v == NULL || in_field(r, rpc_val_addr(out, v, &r->c->em), key);
}

static bool u64_field(struct reader *r, const char *key, bool *has, uint64_t *out)
{
    const struct mc_json *v = mc_json_get(r->obj, key);

    *has = v != NULL;
    return v == NULL || in_field(r, rpc_val_u64(out, v, &r->c->em), key);
}

static bool u256_field(struct reader *r, const char *key, bool *has, struct mc_u256 *out)
{
    const struct mc_json *v = mc_json_get(r->obj, key);

    *has = v != NULL;
    return v == NULL || in_field(r, rpc_val_u256(out, v, &r->c->em), key);
}

static bool data_fields(struct reader *r, struct mc_slice *out)
{
    const struct mc_json *input = mc_json_get(r->obj, "input");
    const struct mc_json *data = mc_json_get(r->obj, "data");
    struct mc_slice a = {NULL, 0}, b = {NULL, 0};

    if (input != NULL && !in_field(r, rpc_val_data(&a, input, r->c->arena, &r->c->em), "input"))
        return false;
    if (data != NULL && !in_field(r, rpc_val_data(&b, data, r->c->arena, &r->c->em), "data"))
        return false;
    if (input != NULL && data != NULL && !mc_slice_eq(a, b))
        return bad(r, "both data and input are set and not equal; use input to pass call data");
    *out = input != NULL ? a : b;
    return true;
}

static bool access_keys(struct reader *r, struct rpc_access *out, const struct mc_json *keys)
{
    size_t n = mc_json_len(keys);
    struct mc_hash *list;

    if (keys != NULL && mc_json_type(keys) != MC_JSON_ARRAY)
        return bad(r, "storageKeys must be an array");
    if (n > RPC_LIST_MAX)
        return bad(r, "too many storage keys");
    list = mc_arena_calloc(r->c->arena, n, sizeof *list);
    if (list == NULL)
        return bad(r, "out of memory");
    for (size_t i = 0; i < n; i++) {
        if (!rpc_val_hash(&list[i], mc_json_at(keys, i), &r->c->em))
            return false;
    }
    out->keys = list;
    out->key_cnt = (uint32_t)n;
    return true;
}

static bool access_field(struct reader *r, struct rpc_call *call, bool *has)
{
    const struct mc_json *v = mc_json_get(r->obj, "accessList");
    size_t n = mc_json_len(v);
    struct rpc_access *list;

    *has = v != NULL;
    if (v == NULL)
        return true;
    if (mc_json_type(v) != MC_JSON_ARRAY)
        return bad(r, "accessList must be an array");
    if (n > RPC_LIST_MAX)
        return bad(r, "accessList has too many entries");
    list = mc_arena_calloc(r->c->arena, n, sizeof *list);
    if (list == NULL)
        return bad(r, "out of memory");
    for (size_t i = 0; i < n; i++) {
        const struct mc_json *e = mc_json_at(v, i);
        if (mc_json_type(e) != MC_JSON_OBJECT)
            return bad(r, "accessList entry is not an object");
        if (!in_field(r,
                      rpc_val_addr(&list[i].address, mc_json_get(e, "address"), &r->c->em) &&
                          access_keys(r, &list[i], mc_json_get(e, "storageKeys")),
                      "accessList"))
            return false;
    }
    call->access = list;
    call->access_cnt = (uint32_t)n;
    return true;
}

static bool fee_fields(struct reader *r, struct rpc_tx_args *out)
{
    struct rpc_call *call = &out->call;
    struct mc_u256 max_fee = MC_U256_ZERO;

    if (!u256_field(r, "gasPrice", &out->has_gas_price, &call->gas_price) ||
        !u256_field(r, "maxFeePerGas", &out->has_max_fee, &max_fee) ||
        !u256_field(r, "maxPriorityFeePerGas", &out->has_tip, &call->max_priority_fee))
        return false;
    if (out->has_gas_price && (out->has_max_fee || out->has_tip))
        return bad(r, "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
    if (out->has_max_fee && mc_u256_cmp(&call->max_priority_fee, &max_fee) > 0)
        return bad(r, "maxPriorityFeePerGas is higher than maxFeePerGas");
    if (!out->has_gas_price)
        call->gas_price = max_fee;
    return true;
}

/* The type follows from the fields; one that is given must agree with them. */
static bool type_field(struct reader *r, struct rpc_tx_args *out, bool has_access)
{
    bool has_type, dynamic = out->has_max_fee || out->has_tip;
    uint64_t type = 0;

    if (mc_json_get(r->obj, "blobVersionedHashes") != NULL ||
        mc_json_get(r->obj, "authorizationList") != NULL)
        return bad(r, "transaction type not supported");
    if (!u64_field(r, "type", &has_type, &type))
        return false;
    if (!has_type)
        type = !out->has_gas_price ? 2 : has_access ? 1 : 0;
    if (type > 2)
        return bad(r, "transaction type not supported");
    if ((type == 2 && out->has_gas_price) || (type < 2 && dynamic) || (type == 0 && has_access))
        return bad(r, "type: does not fit the fee and access list fields");
    out->call.type = (uint8_t)type;
    return true;
}

static bool chain_field(struct reader *r)
{
    uint64_t id = 0;
    bool has;

    if (!u64_field(r, "chainId", &has, &id))
        return false;
    if (!has || id == r->c->ports->chain_id)
        return true;
    mc_errf(&r->c->em, "chainId does not match the node's (have=%llu, want=%llu)",
            (unsigned long long)id, (unsigned long long)r->c->ports->chain_id);
    return false;
}

static bool object_read(struct reader *r, struct rpc_tx_args *out)
{
    struct rpc_call *call = &out->call;
    bool has_value, has_access;

    if (mc_json_type(r->obj) != MC_JSON_OBJECT)
        return bad(r, "want a transaction object");
    return addr_field(r, "from", &call->has_from, &call->from) &&
           addr_field(r, "to", &call->has_to, &call->to) &&
           u64_field(r, "gas", &call->has_gas, &call->gas) && fee_fields(r, out) &&
           u256_field(r, "value", &has_value, &call->value) &&
           u64_field(r, "nonce", &call->has_nonce, &call->nonce) && data_fields(r, &call->data) &&
           access_field(r, call, &has_access) && type_field(r, out, has_access) && chain_field(r);
}

bool rpc_arg_tx(struct rpc_ctx *c, size_t i, struct rpc_tx_args *out)
{
    struct reader r = {c, rpc_arg(c, i)};

    *out = (struct rpc_tx_args){0};
    return object_read(&r, out) || rpc_arg_bad(c, i);
}
