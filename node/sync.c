#include "node/sync.h"

void sync_init(struct sync *s, uint64_t head, uint32_t grace_ms, uint64_t now_ms)
{
    memset(s, 0, sizeof *s);
    s->head = head;
    s->head_ms = now_ms;
    s->grace_ms = grace_ms;
}

static void drop_first(struct sync *s)
{
    struct sync_block *b = &s->queue[s->first];
    s->bytes -= b->body.n + b->cert.n;
    mc_buf_free(&b->body);
    mc_buf_free(&b->cert);
    s->first = (s->first + 1) % SYNC_QUEUE_MAX;
    s->cnt--;
}

void sync_free(struct sync *s)
{
    while (s->cnt > 0)
        drop_first(s);
}

/* ------------------------------------------------------------------ peers */

static void ban(struct sync *s, uint32_t peer, uint64_t now_ms)
{
    s->peer[peer].banned_until_ms = now_ms + SYNC_BAN_MS;
    s->bans++;
}

static bool is_ahead(const struct sync *s, uint32_t peer, uint64_t height, uint64_t now_ms)
{
    const struct sync_peer *p = &s->peer[peer];
    return p->up && p->height > height && now_ms >= p->banned_until_ms;
}

bool sync_is_behind(const struct sync *s, uint64_t now_ms)
{
    for (uint32_t i = 0; i < SYNC_PEERS_MAX; i++) {
        if (is_ahead(s, i, s->head, now_ms))
            return true;
    }
    return false;
}

void sync_peer_up(struct sync *s, uint32_t peer)
{
    s->peer[peer].up = true;
    s->peer[peer].told = false;
    s->peer[peer].height = 0;
}

void sync_peer_down(struct sync *s, uint32_t peer)
{
    s->peer[peer].up = false;
    if (s->asking && s->ask_peer == peer)
        s->asking = false;
}

void sync_peer_height(struct sync *s, uint32_t peer, uint64_t height, uint64_t now_ms)
{
    struct sync_peer *p = &s->peer[peer];
    /* An honest node's head never falls while it is connected (CometBFT ASA-2025-001). */
    if (p->told && height < p->height)
        ban(s, peer, now_ms);
    p->told = true;
    p->height = height;
    if (!s->behind && sync_is_behind(s, now_ms)) {
        s->behind = true;
        s->head_ms = now_ms;
    }
}

void sync_head(struct sync *s, uint64_t head, uint64_t now_ms)
{
    if (head <= s->head)
        return;
    s->head = head;
    s->head_ms = now_ms;
    s->behind = sync_is_behind(s, now_ms);
    while (s->cnt > 0 && s->queue[s->first].height <= head)
        drop_first(s);
}

/* ------------------------------------------------------------------ asking */

static uint64_t next_height(const struct sync *s)
{
    uint64_t h = s->head + 1 + (s->importing ? 1 : 0);
    if (s->cnt > 0)
        h = s->queue[(s->first + s->cnt - 1) % SYNC_QUEUE_MAX].height + 1;
    return h;
}

static bool may_wait(const struct sync *s, uint64_t now_ms)
{
    if (s->importing || s->cnt > 0 || now_ms >= s->head_ms + s->grace_ms)
        return false;
    for (uint32_t i = 0; i < SYNC_PEERS_MAX; i++) {
        if (is_ahead(s, i, s->head + SYNC_FAR, now_ms))
            return false;
    }
    return true;
}

bool sync_next(struct sync *s, struct sync_want *out, uint32_t *late, uint64_t now_ms)
{
    *late = UINT32_MAX;
    if (s->asking && now_ms >= s->ask_ms + SYNC_TIMEOUT_MS) {
        s->asking = false;
        *late = s->ask_peer;
        ban(s, s->ask_peer, now_ms);
    }
    if (s->asking || s->cnt > PEER_BLOCKS_MAX || s->bytes > SYNC_QUEUE_BYTES / 2 ||
        may_wait(s, now_ms))
        return false;
    uint64_t from = next_height(s);
    for (uint32_t k = 1; k <= SYNC_PEERS_MAX; k++) {
        uint32_t i = (s->turn + k) % SYNC_PEERS_MAX;
        if (!is_ahead(s, i, from - 1, now_ms))
            continue;
        s->turn = s->ask_peer = i;
        s->asking = true;
        s->ask_from = from;
        s->ask_ms = now_ms;
        s->ask_cnt = PEER_BLOCKS_MAX;
        if (s->peer[i].height - from + 1 < s->ask_cnt)
            s->ask_cnt = (uint32_t)(s->peer[i].height - from + 1);
        s->requests++;
        *out = (struct sync_want){.peer = i, .from = from, .cnt = s->ask_cnt};
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ answers */

static enum mc_err keep(struct sync *s, uint64_t height, uint32_t peer, const struct peer_block *b)
{
    struct sync_block *q = &s->queue[(s->first + s->cnt) % SYNC_QUEUE_MAX];
    memset(q, 0, sizeof *q);
    q->height = height;
    q->peer = peer;
    mc_buf_put_slice(&q->body, b->body);
    mc_buf_put_slice(&q->cert, b->cert);
    if (q->body.oom || q->cert.oom) {
        mc_buf_free(&q->body);
        mc_buf_free(&q->cert);
        return MC_ENOMEM;
    }
    s->bytes += q->body.n + q->cert.n;
    s->cnt++;
    return MC_OK;
}

enum mc_err sync_blocks(struct sync *s, uint32_t peer, uint64_t from,
                        const struct peer_block *blocks, uint32_t cnt, uint64_t now_ms)
{
    enum mc_err err = MC_OK;
    if (!s->asking || s->ask_peer != peer)
        return MC_OK;
    s->asking = false;
    if (from != s->ask_from || cnt > s->ask_cnt) {
        ban(s, peer, now_ms);
        return MC_EMALFORM;
    }
    if (cnt == 0) {
        ban(s, peer, now_ms);
        return MC_ENOTFOUND;
    }
    for (uint32_t i = 0; i < cnt && err == MC_OK; i++) {
        if (from + i == next_height(s) && s->cnt < SYNC_QUEUE_MAX)
            err = keep(s, from + i, peer, &blocks[i]);
    }
    return err;
}

struct sync_block *sync_import(struct sync *s)
{
    if (s->importing || s->cnt == 0)
        return NULL;
    struct sync_block *b = &s->queue[s->first];
    if (b->height !=
        s->head + 1) { /* consensus was faster than an import: these are asked for anew */
        while (s->cnt > 0)
            drop_first(s);
        return NULL;
    }
    s->importing = true;
    s->import_peer = b->peer;
    s->bytes -= b->body.n + b->cert.n;
    s->first = (s->first + 1) % SYNC_QUEUE_MAX;
    s->cnt--;
    return b;
}

void sync_imported(struct sync *s, bool good, uint32_t *liar, uint64_t now_ms)
{
    *liar = UINT32_MAX;
    s->importing = false;
    if (good) {
        s->imported++;
        return;
    }
    *liar = s->import_peer;
    ban(s, s->import_peer, now_ms);
    while (s->cnt > 0) /* what follows came after it, from whomever: ask anew */
        drop_first(s);
}
