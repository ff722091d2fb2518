/* Prices.  The chain's base fee is fixed by its genesis and nobody bids for a place: the tip to offer is 0. */
#include <stdlib.h>

#include "rpc/params.h"
#include "rpc/write.h"

#define HISTORY_MAX        1024u /* blocks of one answer, as geth's */
#define HISTORY_REWARD_MAX 128u  /* with rewards each block's transactions and receipts are read */
#define PERCENTILES_MAX    100u

static bool header_read(struct rpc_ctx *c, uint64_t number, uint32_t what, struct rpc_block *out,
                        struct mc_arena *arena)
{
    struct rpc_block_id id = {.tag = RPC_TAG_NUMBER, .number = number};
    enum mc_err err = c->ports->block(c->ports->ctx, &id, what, out, arena, &c->em);

    return err == MC_OK || rpc_fail_state(c, err);
}

bool eth_gas_price(struct rpc_ctx *c)
{
    struct rpc_block block;

    if (!header_read(c, c->ports->head(c->ports->ctx), RPC_BLOCK_HEADER, &block, c->arena))
        return false;
    rpc_value_u256(c->out, &block.base_fee);
    return true;
}

/* Never an error: ethers would then offer 1 gwei, which an account without funds cannot pay. */
bool eth_max_priority_fee(struct rpc_ctx *c)
{
    mc_json_put_quantity(c->out, 0);
    return true;
}

bool eth_blob_base_fee(struct rpc_ctx *c)
{
    return rpc_fail(c, RPC_REFUSED, "blob transactions are not supported on this chain");
}

/* ---- eth_feeHistory ---- */

struct history {
    uint64_t first, cnt;
    double percentiles[PERCENTILES_MAX]; /* 0 .. 100, ascending */
    size_t percentile_cnt;
    bool rewards;
};

struct tip {
    struct mc_u256 price;
    uint64_t gas_used;
};

static bool percentiles_read(struct rpc_ctx *c, struct history *h)
{
    const struct mc_json *list = rpc_arg(c, 2);
    double last = 0;

    h->percentile_cnt = mc_json_len(list);
    h->rewards = h->percentile_cnt > 0;
    if (list != NULL && mc_json_type(list) != MC_JSON_ARRAY) {
        mc_errf(&c->em, "want an array of percentiles");
        return rpc_arg_bad(c, 2);
    }
    if (h->percentile_cnt > PERCENTILES_MAX) {
        mc_errf(&c->em, "more than %u percentiles", PERCENTILES_MAX);
        return rpc_arg_bad(c, 2);
    }
    for (size_t i = 0; i < h->percentile_cnt; i++) {
        const struct mc_json *v = mc_json_at(list, i);
        enum mc_json_type t = mc_json_type(v);
        double p = -1;
        if (t == MC_JSON_INT || t == MC_JSON_DOUBLE) {
            struct mc_buf text = {0};
            mc_json_put(&text, v);
            mc_buf_put_u8(&text, 0);
            p = text.oom ? -1 : strtod((const char *)text.p, NULL);
            mc_buf_free(&text);
        }
        if (!(p >= last && p <= 100)) {
            mc_errf(&c->em, "percentile %zu: want numbers from 0 to 100 in ascending order", i);
            return rpc_arg_bad(c, 2);
        }
        h->percentiles[i] = last = p;
    }
    return true;
}

/* A quantity, or a plain number as some libraries send. */
static bool count_read(struct rpc_ctx *c, uint64_t *out)
{
    return mc_json_u64(rpc_arg(c, 0), out) || rpc_arg_u64(c, 0, out);
}

static bool history_read(struct rpc_ctx *c, struct history *h)
{
    struct rpc_block_id id;
    uint64_t newest, head = c->ports->head(c->ports->ctx), cap;
    enum mc_err err;

    *h = (struct history){0};
    if (!count_read(c, &h->cnt) || !rpc_arg_block_number(c, 1, &id) || !percentiles_read(c, h))
        return false;
    if (id.tag == RPC_TAG_NUMBER && id.number > head)
        return rpc_fail(c, RPC_REFUSED, "request beyond head block: requested %llu, head %llu",
                        (unsigned long long)id.number, (unsigned long long)head);
    err = c->ports->resolve(c->ports->ctx, &id, &newest, &c->em);
    if (err != MC_OK)
        return rpc_fail_state(c, err);
    cap = h->rewards ? HISTORY_REWARD_MAX : HISTORY_MAX;
    if (h->cnt > cap)
        h->cnt = cap;
    if (h->cnt > newest + 1)
        h->cnt = newest + 1;
    h->first = newest + 1 - h->cnt;
    return true;
}

static int tip_cmp(const void *a, const void *b)
{
    return mc_u256_cmp(&((const struct tip *)a)->price, &((const struct tip *)b)->price);
}

/* What a block's transactions paid above the base fee, the cheapest first. */
static bool tips_read(struct rpc_ctx *c, const struct rpc_block *block, struct mc_arena *arena,
                      struct tip **out)
{
    struct rpc_block_id id = {.tag = RPC_TAG_NUMBER, .number = block->number};
    struct rpc_receipt *list = NULL;
    uint32_t cnt = 0;
    enum mc_err err = c->ports->receipts(c->ports->ctx, &id, &list, &cnt, arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_state(c, err);
    if (cnt != block->tx_cnt)
        return rpc_fail(c, RPC_INTERNAL, "block has %u transactions and %u receipts", block->tx_cnt,
                        cnt);
    *out = mc_arena_calloc(arena, cnt, sizeof **out);
    if (*out == NULL)
        return rpc_fail_memory(c);
    for (uint32_t i = 0; i < cnt; i++) {
        struct tip *t = &(*out)[i];
        t->gas_used = list[i].gas_used;
        if (!mc_u256_sub(&t->price, &list[i].effective_price, &block->base_fee))
            t->price = MC_U256_ZERO;
    }
    qsort(*out, cnt, sizeof **out, tip_cmp);
    return true;
}

/* The tip at which p percent of the block's gas were used by cheaper or equal ones. */
static bool reward_put(struct rpc_ctx *c, const struct history *h, const struct rpc_block *block,
                       struct mc_arena *arena)
{
    struct tip *tips = NULL;
    uint32_t at = 0;
    uint64_t sum;

    if (!tips_read(c, block, arena, &tips))
        return false;
    sum = block->tx_cnt > 0 ? tips[0].gas_used : 0;
    rpc_open(c->out, '[');
    for (size_t i = 0; i < h->percentile_cnt; i++) {
        double due = (double)block->gas_used * h->percentiles[i] / 100;
        while (at + 1 < block->tx_cnt && (double)sum < due)
            sum += tips[++at].gas_used;
        rpc_value_u256(c->out, block->tx_cnt > 0 ? &tips[at].price : &MC_U256_ZERO);
        rpc_comma(c->out);
    }
    rpc_close(c->out, ']');
    rpc_comma(c->out);
    return true;
}

/* One pass over the blocks: fees, ratios and rewards go to three buffers. */
struct columns {
    struct mc_buf fees, ratios;
};

static bool row_put(struct rpc_ctx *c, const struct history *h, uint64_t number,
                    struct columns *cols, struct mc_arena *scratch)
{
    struct rpc_block block;

    if (!header_read(c, number, h->rewards ? RPC_BLOCK_TXS : RPC_BLOCK_HEADER, &block, scratch))
        return false;
    rpc_value_u256(&cols->fees, &block.base_fee);
    rpc_comma(&cols->fees);
    if (number + 1 == h->first + h->cnt) /* the next block's: the base fee never changes */
        rpc_value_u256(&cols->fees, &block.base_fee);
    mc_buf_putf(&cols->ratios, "%.6g,",
                block.gas_limit == 0 ? 0 : (double)block.gas_used / (double)block.gas_limit);
    return !h->rewards || reward_put(c, h, &block, scratch);
}

static bool rows_put(struct rpc_ctx *c, const struct history *h, struct columns *cols)
{
    struct mc_arena scratch;
    bool ok = true;

    if (h->rewards) {
        rpc_key(c->out, "reward");
        rpc_open(c->out, '[');
    }
    mc_arena_init(&scratch, 0);
    for (uint64_t i = 0; ok && i < h->cnt; i++) {
        ok = row_put(c, h, h->first + i, cols, &scratch);
        mc_arena_reset(&scratch);
    }
    mc_arena_free(&scratch);
    if (h->rewards) {
        rpc_close(c->out, ']');
        rpc_comma(c->out);
    }
    return ok;
}

static bool history_put(struct rpc_ctx *c, const struct history *h, struct columns *cols)
{
    rpc_open(c->out, '{');
    rpc_put_u64(c->out, "oldestBlock", h->first);
    if (!rows_put(c, h, cols))
        return false;
    if (cols->fees.oom || cols->ratios.oom)
        return rpc_fail_memory(c);
    mc_buf_put_str(c->out, "\"baseFeePerGas\":[");
    mc_buf_put_slice(c->out, mc_buf_slice(&cols->fees));
    mc_buf_put_str(c->out, "],\"gasUsedRatio\":[");
    if (cols->ratios.n > 0)
        mc_buf_put(c->out, cols->ratios.p, cols->ratios.n - 1);
    mc_buf_put_str(c->out, "]}");
    return true;
}

bool eth_fee_history(struct rpc_ctx *c)
{
    struct history h;
    struct columns cols = {0};
    bool ok;

    if (!history_read(c, &h))
        return false;
    if (h.cnt == 0) {
        mc_buf_put_str(c->out, "{\"oldestBlock\":\"0x0\",\"gasUsedRatio\":[]}");
        return true;
    }
    ok = history_put(c, &h, &cols);
    mc_buf_free(&cols.fees);
    mc_buf_free(&cols.ratios);
    return ok;
}
