#include "node/peer_msg.h"

static void put_hash(struct mc_buf *out, const struct mc_hash *h)
{
    mc_mp_put_bin(out, mc_hash_slice(h));
}

/* Members of the array, its type included. */
static uint32_t field_cnt(enum peer_msg_type type)
{
    switch (type) {
    case PEER_HELLO:
        return 5;
    case PEER_CONS:
    case PEER_TXS:
    case PEER_GET_BODY:
        return 2;
    case PEER_BODY:
    case PEER_GET_BLOCKS:
    case PEER_BLOCKS:
    case PEER_PING:
    case PEER_PONG:
        return 3;
    }
    return 0;
}

void peer_msg_encode(struct mc_buf *out, const struct peer_msg *m)
{
    mc_mp_put_array(out, field_cnt(m->type));
    mc_mp_put_uint(out, m->type);
    switch (m->type) {
    case PEER_HELLO:
        mc_mp_put_uint(out, m->height);
        put_hash(out, &m->hash);
        mc_mp_put_uint(out, m->time_ms);
        mc_mp_put_str(out, m->bytes);
        break;
    case PEER_CONS:
        mc_mp_put_bin(out, m->bytes);
        break;
    case PEER_TXS:
        mc_mp_put_array(out, m->cnt);
        for (uint32_t i = 0; i < m->cnt; i++)
            mc_mp_put_bin(out, m->txs[i]);
        break;
    case PEER_GET_BODY:
        put_hash(out, &m->hash);
        break;
    case PEER_BODY:
        put_hash(out, &m->hash);
        mc_mp_put_bin(out, m->bytes);
        break;
    case PEER_GET_BLOCKS:
        mc_mp_put_uint(out, m->height);
        mc_mp_put_uint(out, m->cnt);
        break;
    case PEER_BLOCKS:
        mc_mp_put_uint(out, m->height);
        mc_mp_put_array(out, m->cnt);
        for (uint32_t i = 0; i < m->cnt; i++) {
            mc_mp_put_array(out, 2);
            mc_mp_put_bin(out, m->blocks[i].body);
            mc_mp_put_bin(out, m->blocks[i].cert);
        }
        break;
    case PEER_PING:
    case PEER_PONG:
        mc_mp_put_uint(out, m->height);
        mc_mp_put_uint(out, m->time_ms);
        break;
    }
}

static enum mc_err get_txs(struct peer_msg *m, struct mc_mp *mp, struct mc_arena *a,
                           struct mc_errmsg *em)
{
    size_t bytes = 0;
    enum mc_err err = mc_mp_array(mp, &m->cnt, PEER_TXS_MAX, em);
    if (err != MC_OK)
        return err;
    struct mc_slice *txs = mc_arena_calloc(a, m->cnt + 1u, sizeof *txs);
    if (txs == NULL)
        return mc_fail(em, MC_ENOMEM, "transactions: out of memory");
    for (uint32_t i = 0; i < m->cnt && err == MC_OK; i++) {
        err = mc_mp_bin(mp, &txs[i], MC_TX_BYTES_MAX, em);
        bytes += err == MC_OK ? txs[i].n : 0;
        if (bytes > PEER_TXS_BYTES_MAX)
            err = mc_fail(em, MC_EMALFORM, "a batch of more than %u bytes", PEER_TXS_BYTES_MAX);
    }
    m->txs = txs;
    return err;
}

static enum mc_err get_block(struct peer_block *b, struct mc_mp *mp, struct mc_errmsg *em)
{
    uint32_t two = 0;
    enum mc_err err = mc_mp_array(mp, &two, 2, em);
    if (err == MC_OK && two != 2)
        err = mc_fail(em, MC_EMALFORM, "a block of %u parts", two);
    if (err == MC_OK)
        err = mc_mp_bin(mp, &b->body, CONS_BODY_BYTES_MAX, em);
    if (err == MC_OK)
        err = mc_mp_bin(mp, &b->cert, PEER_CERT_MAX, em);
    return err;
}

static enum mc_err get_blocks(struct peer_msg *m, struct mc_mp *mp, struct mc_arena *a,
                              struct mc_errmsg *em)
{
    enum mc_err err = mc_mp_uint(mp, &m->height, UINT64_MAX, em);
    if (err == MC_OK)
        err = mc_mp_array(mp, &m->cnt, PEER_BLOCKS_MAX, em);
    if (err != MC_OK)
        return err;
    struct peer_block *blocks = mc_arena_calloc(a, m->cnt + 1u, sizeof *blocks);
    if (blocks == NULL)
        return mc_fail(em, MC_ENOMEM, "blocks: out of memory");
    for (uint32_t i = 0; i < m->cnt && err == MC_OK; i++)
        err = get_block(&blocks[i], mp, em);
    m->blocks = blocks;
    return err;
}

static enum mc_err get_hello(struct peer_msg *m, struct mc_mp *mp, struct mc_errmsg *em)
{
    enum mc_err err = mc_mp_uint(mp, &m->height, UINT64_MAX, em);
    if (err == MC_OK)
        err = mc_mp_fixed(mp, m->hash.b, sizeof m->hash.b, em);
    if (err == MC_OK)
        err = mc_mp_uint(mp, &m->time_ms, UINT64_MAX, em);
    return err == MC_OK ? mc_mp_str(mp, &m->bytes, PEER_CLIENT_MAX, em) : err;
}

static enum mc_err get_two(uint64_t *a, uint64_t *b, uint64_t b_max, struct mc_mp *mp,
                           struct mc_errmsg *em)
{
    enum mc_err err = mc_mp_uint(mp, a, UINT64_MAX, em);
    return err == MC_OK ? mc_mp_uint(mp, b, b_max, em) : err;
}

static enum mc_err get_fields(struct peer_msg *m, struct mc_mp *mp, struct mc_arena *a,
                              struct mc_errmsg *em)
{
    uint64_t cnt = 0;
    enum mc_err err = MC_OK;
    switch (m->type) {
    case PEER_HELLO:
        return get_hello(m, mp, em);
    case PEER_CONS:
        return mc_mp_bin(mp, &m->bytes, CONS_BODY_BYTES_MAX + CONS_MSG_OVERHEAD_MAX, em);
    case PEER_TXS:
        return get_txs(m, mp, a, em);
    case PEER_GET_BODY:
        return mc_mp_fixed(mp, m->hash.b, sizeof m->hash.b, em);
    case PEER_BODY:
        err = mc_mp_fixed(mp, m->hash.b, sizeof m->hash.b, em);
        return err == MC_OK ? mc_mp_bin(mp, &m->bytes, CONS_BODY_BYTES_MAX, em) : err;
    case PEER_GET_BLOCKS:
        err = get_two(&m->height, &cnt, PEER_BLOCKS_MAX, mp, em);
        m->cnt = (uint32_t)cnt;
        return err;
    case PEER_BLOCKS:
        return get_blocks(m, mp, a, em);
    case PEER_PING:
    case PEER_PONG:
        return get_two(&m->height, &m->time_ms, UINT64_MAX, mp, em);
    }
    return MC_EMALFORM;
}

enum mc_err peer_msg_decode(struct peer_msg *out, struct mc_arena *a, struct mc_slice wire,
                            struct mc_errmsg *em)
{
    struct mc_mp mp;
    uint32_t cnt = 0;
    uint64_t type = 0;
    memset(out, 0, sizeof *out);
    enum mc_err err = mc_mp_open(&mp, wire, em);
    if (err == MC_OK)
        err = mc_mp_array(&mp, &cnt, 5, em);
    if (err == MC_OK)
        err = mc_mp_uint(&mp, &type, PEER_PONG, em);
    out->type = (enum peer_msg_type)type;
    if (err == MC_OK && (type == 0 || cnt != field_cnt(out->type)))
        err = mc_fail(em, MC_EMALFORM, "message type %u with %u fields", (unsigned)type, cnt);
    if (err == MC_OK)
        err = get_fields(out, &mp, a, em);
    return err == MC_OK ? mc_mp_end(&mp, em) : err;
}
