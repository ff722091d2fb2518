#include <inttypes.h>

#include "rpc/params.h"
#include "rpc/render.h"
#include "rpc/write.h"

bool txpool_status(struct rpc_ctx *c)
{
    struct rpc_pool_status st = {0};
    enum mc_err err = c->ports->pool_status(c->ports->ctx, &st);

    if (err != MC_OK)
        return rpc_fail_port(c, err);
    rpc_open(c->out, '{');
    rpc_put_u64(c->out, "pending", st.pending);
    rpc_put_u64(c->out, "queued", st.queued);
    rpc_close(c->out, '}');
    return true;
}

static void tx_put(struct mc_buf *b, const struct rpc_tx *tx)
{
    rpc_render_tx(b, tx);
}

/* "0xTO: VALUE wei + GAS gas x PRICE wei", as geth writes it. */
static void words_put(struct mc_buf *b, const struct rpc_tx *tx)
{
    char to[43], value[79], price[79];

    mc_u256_to_dec(value, &tx->value);
    mc_u256_to_dec(price, tx->type == 2 ? &tx->max_fee : &tx->gas_price);
    if (tx->has_to)
        mc_addr_checksum(to, &tx->to);
    mc_buf_putf(b, "\"%s: %s wei + %" PRIu64 " gas \xc3\x97 %s wei\"",
                tx->has_to ? to : "contract creation", value, tx->gas, price);
}

/* One sender's transactions from list[*i] on, those of one kind: "NONCE": ..., */
static bool sender_put(struct rpc_ctx *c, const struct rpc_pool_tx *list, uint32_t cnt, uint32_t *i,
                       bool queued, void (*put)(struct mc_buf *, const struct rpc_tx *))
{
    const struct mc_addr *from = &list[*i].tx.from;

    for (; *i < cnt && mc_addr_eq(&list[*i].tx.from, from); (*i)++) {
        if (list[*i].queued != queued)
            continue;
        mc_buf_putf(c->out, "\"%" PRIu64 "\":", list[*i].tx.nonce);
        put(c->out, &list[*i].tx);
        rpc_comma(c->out);
        if (!rpc_room(c))
            return false;
    }
    return true;
}

static bool kind_put(struct rpc_ctx *c, const struct rpc_pool_tx *list, uint32_t cnt, bool queued,
                     bool by_sender, void (*put)(struct mc_buf *, const struct rpc_tx *))
{
    rpc_key(c->out, queued ? "queued" : "pending");
    rpc_open(c->out, '{');
    for (uint32_t i = 0; i < cnt;) {
        size_t mark = c->out->n, body;
        char text[43];
        if (by_sender) {
            mc_addr_checksum(text, &list[i].tx.from);
            rpc_key(c->out, text);
            rpc_open(c->out, '{');
        }
        body = c->out->n;
        if (!sender_put(c, list, cnt, &i, queued, put))
            return false;
        if (c->out->n == body) {
            c->out->n = mark; /* this sender has none of the kind */
        } else if (by_sender) {
            rpc_close(c->out, '}');
            rpc_comma(c->out);
        }
    }
    rpc_close(c->out, '}');
    rpc_comma(c->out);
    return true;
}

static bool content_answer(struct rpc_ctx *c, const struct mc_addr *from,
                           void (*put)(struct mc_buf *, const struct rpc_tx *))
{
    struct rpc_pool_tx *list = NULL;
    uint32_t cnt = 0;
    enum mc_err err = c->ports->pool_content(c->ports->ctx, from, &list, &cnt, c->arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_port(c, err);
    rpc_open(c->out, '{');
    if (!kind_put(c, list, cnt, false, from == NULL, put) ||
        !kind_put(c, list, cnt, true, from == NULL, put))
        return false;
    rpc_close(c->out, '}');
    return true;
}

bool txpool_content(struct rpc_ctx *c)
{
    return content_answer(c, NULL, tx_put);
}

bool txpool_content_from(struct rpc_ctx *c)
{
    struct mc_addr from;

    return rpc_arg_addr(c, 0, &from) && content_answer(c, &from, tx_put);
}

bool txpool_inspect(struct rpc_ctx *c)
{
    return content_answer(c, NULL, words_put);
}
