/* Accounts and storage at a block. */
#include "rpc/params.h"
#include "rpc/write.h"

static bool account_read(struct rpc_ctx *c, struct rpc_account *out)
{
    struct rpc_block_id id;
    struct mc_addr a;
    enum mc_err err;

    if (!rpc_arg_addr(c, 0, &a) || !rpc_arg_block(c, 1, &id))
        return false;
    err = c->ports->account(c->ports->ctx, &id, &a, out, c->arena, &c->em);
    return err == MC_OK || rpc_fail_state(c, err);
}

bool eth_get_balance(struct rpc_ctx *c)
{
    struct rpc_account account;

    if (!account_read(c, &account))
        return false;
    rpc_value_u256(c->out, &account.balance);
    return true;
}

bool eth_get_code(struct rpc_ctx *c)
{
    struct rpc_account account;

    if (!account_read(c, &account))
        return false;
    mc_json_put_hex(c->out, account.code);
    return true;
}

bool eth_get_tx_count(struct rpc_ctx *c)
{
    struct rpc_account account;
    struct rpc_block_id id;
    struct mc_addr a;
    uint64_t nonce;
    enum mc_err err;

    if (!rpc_arg_addr(c, 0, &a) || !rpc_arg_block(c, 1, &id))
        return false;
    if (id.tag == RPC_TAG_PENDING) {
        err = c->ports->pending_nonce(c->ports->ctx, &a, &nonce, &c->em);
    } else {
        err = c->ports->account(c->ports->ctx, &id, &a, &account, c->arena, &c->em);
        nonce = err == MC_OK ? account.nonce : 0;
    }
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    mc_json_put_quantity(c->out, nonce);
    return true;
}

bool eth_get_storage_at(struct rpc_ctx *c)
{
    struct rpc_block_id id;
    struct mc_addr a;
    struct mc_hash slot, word;
    enum mc_err err;

    if (!rpc_arg_addr(c, 0, &a))
        return false;
    if (!rpc_val_slot(&slot, rpc_arg(c, 1), &c->em))
        return rpc_arg_bad(c, 1);
    if (!rpc_arg_block(c, 2, &id))
        return false;
    err = c->ports->storage(c->ports->ctx, &id, &a, &slot, &word, &c->em);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    mc_json_put_hex(c->out, mc_hash_slice(&word));
    return true;
}

/* ---- eth_getProof (EIP-1186) ---- */

static bool slots_read(struct rpc_ctx *c, const struct mc_json *list, struct mc_hash **out)
{
    size_t n = mc_json_len(list);

    if (mc_json_type(list) != MC_JSON_ARRAY) {
        mc_errf(&c->em, "want an array of storage keys");
        return rpc_arg_bad(c, 1);
    }
    if (n > RPC_SLOTS_MAX)
        return rpc_fail(c, RPC_REFUSED, "%zu storage keys exceed the limit of %u", n,
                        RPC_SLOTS_MAX);
    *out = mc_arena_calloc(c->arena, n, sizeof **out);
    if (*out == NULL)
        return rpc_fail_memory(c);
    for (size_t i = 0; i < n; i++) {
        if (!rpc_val_slot(&(*out)[i], mc_json_at(list, i), &c->em)) {
            mc_errwrap(&c->em, "storage key %zu", i);
            return rpc_arg_bad(c, 1);
        }
    }
    return true;
}

static void nodes_put(struct mc_buf *b, const char *key, const struct rpc_proof *p)
{
    rpc_key(b, key);
    rpc_open(b, '[');
    for (uint32_t i = 0; i < p->node_cnt; i++) {
        mc_json_put_hex(b, p->nodes[i]);
        rpc_comma(b);
    }
    rpc_close(b, ']');
    rpc_comma(b);
}

/* The key comes back in the form it was asked in: a whole word or a quantity (as geth does). */
static void slot_put(struct mc_buf *b, const struct rpc_slot_proof *p, const struct mc_json *asked)
{
    rpc_open(b, '{');
    if (mc_json_str(asked).n == 66)
        rpc_put_hash(b, "key", &p->slot);
    else
        rpc_put_word(b, "key", mc_hash_slice(&p->slot));
    rpc_put_word(b, "value", mc_hash_slice(&p->word));
    nodes_put(b, "proof", &p->proof);
    rpc_close(b, '}');
    rpc_comma(b);
}

static bool proof_put(struct rpc_ctx *c, const struct mc_addr *a, const struct rpc_account *account,
                      const struct rpc_proof *proof, const struct rpc_slot_proof *slots, size_t n)
{
    struct mc_buf *b = c->out;

    rpc_open(b, '{');
    rpc_put_addr(b, "address", a);
    nodes_put(b, "accountProof", proof);
    rpc_put_u256(b, "balance", &account->balance);
    rpc_put_hash(b, "codeHash", &account->code_hash);
    rpc_put_u64(b, "nonce", account->nonce);
    rpc_put_hash(b, "storageHash", &account->storage_root);
    rpc_key(b, "storageProof");
    rpc_open(b, '[');
    for (size_t i = 0; i < n; i++) {
        slot_put(b, &slots[i], mc_json_at(rpc_arg(c, 1), i));
        if (!rpc_room(c))
            return false;
    }
    rpc_close(b, ']');
    rpc_close(b, '}');
    return true;
}

bool eth_get_proof(struct rpc_ctx *c)
{
    struct rpc_block_id id;
    struct mc_addr a;
    struct mc_hash *slots = NULL;
    struct rpc_account account = {0};
    struct rpc_proof proof = {0};
    struct rpc_slot_proof *slot_proofs;
    size_t n = mc_json_len(rpc_arg(c, 1));
    enum mc_err err;

    if (!rpc_arg_addr(c, 0, &a) || !slots_read(c, rpc_arg(c, 1), &slots) ||
        !rpc_arg_block(c, 2, &id))
        return false;
    slot_proofs = mc_arena_calloc(c->arena, n, sizeof *slot_proofs);
    if (slot_proofs == NULL)
        return rpc_fail_memory(c);
    err = c->ports->proof(c->ports->ctx, &id, &a, slots, (uint32_t)n, &account, &proof, slot_proofs,
                          c->arena, &c->em);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    return proof_put(c, &a, &account, &proof, slot_proofs, n);
}
