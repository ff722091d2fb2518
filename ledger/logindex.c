#include "ledger/logindex.h"

#include <stdlib.h>

struct mention {
    uint64_t head;       /* tag and the first seven bytes of what: decides most comparisons */
    const uint8_t *what; /* 20 or 32 bytes */
    uint32_t tx_i, log_i;
    char tag; /* 'a', '0'..'3' */
};

static struct mention mention(char tag, const uint8_t *what, uint32_t tx_i, uint32_t log_i)
{
    return (struct mention){(uint64_t)(uint8_t)tag << 56 | mc_be64_get(what) >> 8, what, tx_i,
                            log_i, tag};
}

static size_t what_len(char tag)
{
    return tag == 'a' ? 20 : 32;
}

/* Key order: '0' < ... < 'a'; then by bytes; then by place. */
static int mention_order(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    int d;

    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    d = memcmp(x->what, y->what, what_len(x->tag));
    if (d != 0)
        return d;
    return x->log_i < y->log_i ? -1 : x->log_i > y->log_i;
}

static struct mention *mentions(const struct kept_block *k, size_t *cnt, struct mc_arena *arena)
{
    struct mention *list;
    size_t max = 0, n = 0;

    for (uint32_t i = 0; i < k->tx_cnt; i++)
        max += k->receipts[i].log_cnt;
    list = mc_arena_alloc(arena, max * (1 + LEDGER_TOPICS_MAX) * sizeof *list);
    if (list == NULL)
        return NULL;
    for (uint32_t i = 0; i < k->tx_cnt; i++) {
        const struct ledger_receipt *r = &k->receipts[i];

        for (uint32_t j = 0; j < r->log_cnt; j++) {
            const struct ledger_log *log = &r->logs[j];
            uint32_t log_i = k->log_first[i] + j;

            list[n++] = mention('a', log->address.b, i, log_i);
            for (uint32_t t = 0; t < log->topic_cnt; t++)
                list[n++] = mention((char)('0' + t), log->topics[t].b, i, log_i);
        }
    }
    *cnt = n;
    return list;
}

static void put_leb128(struct mc_buf *out, uint32_t v)
{
    while (v >= 0x80) {
        mc_buf_put_u8(out, (uint8_t)(v | 0x80));
        v >>= 7;
    }
    mc_buf_put_u8(out, (uint8_t)v);
}

enum mc_err ledger_log_index_write(const struct kept_block *k, struct store_batch *b,
                                   const struct store_ops *ops, struct mc_arena *arena,
                                   struct mc_errmsg *em)
{
    struct mc_buf value = {NULL, 0, 0, false};
    uint8_t key[KEY_LOG_MAX];
    enum mc_err err = MC_OK;
    size_t cnt;
    struct mention *list = mentions(k, &cnt, arena);

    if (list == NULL)
        return mc_fail(em, MC_ENOMEM, "log index: out of memory");
    qsort(list, cnt, sizeof *list, mention_order);
    for (size_t i = 0, n; i < cnt && err == MC_OK; i += n) {
        struct log_place before = {0, 0};

        mc_buf_reset(&value);
        for (n = 0; i + n < cnt && list[i + n].tag == list[i].tag &&
                    memcmp(list[i + n].what, list[i].what, what_len(list[i].tag)) == 0;
             n++) {
            put_leb128(&value, list[i + n].tx_i - before.tx_i);
            put_leb128(&value, list[i + n].log_i - before.log_i);
            before = (struct log_place){list[i + n].tx_i, list[i + n].log_i};
        }
        err = mc_buf_check(&value, "log index", em);
        if (err == MC_OK)
            ops->batch_put(b, STORE_LOG,
                           key_log(key, list[i].tag, mc_slice(list[i].what, what_len(list[i].tag)),
                                   k->header.number),
                           mc_buf_slice(&value));
    }
    mc_buf_free(&value);
    return err;
}

static bool take_leb128(struct mc_slice *s, uint32_t *out)
{
    uint32_t v = 0;

    for (uint32_t shift = 0; shift < 32 && s->n > 0; shift += 7) {
        uint8_t byte = s->p[0];

        *s = mc_slice_skip(*s, 1);
        if (shift == 28 && byte > 0x0f)
            return false;
        v |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = v;
            return true;
        }
    }
    return false;
}

enum mc_err ledger_log_places_decode(struct mc_slice value, struct log_place **out, uint32_t *cnt,
                                     struct mc_arena *arena, struct mc_errmsg *em)
{
    struct log_place at = {0, 0}, d;
    uint32_t n = 0;

    *out = mc_arena_alloc(arena, (value.n / 2 + 1) * sizeof **out);
    if (*out == NULL)
        return mc_fail(em, MC_ENOMEM, "log index: out of memory");
    while (value.n > 0) {
        if (!take_leb128(&value, &d.tx_i) || !take_leb128(&value, &d.log_i))
            return mc_fail(em, MC_ECORRUPT, "log index: an entry does not decode");
        at.tx_i += d.tx_i;
        at.log_i += d.log_i;
        (*out)[n++] = at;
    }
    *cnt = n;
    return MC_OK;
}
