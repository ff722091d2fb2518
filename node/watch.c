#include "node/watch.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct watch {
    char path[4096];
    size_t file_bytes;
    bool torn;                  /* the file's last line has no end */
    struct cons_status scratch; /* loop thread */
    uint64_t told_height;       /* likewise: what of it was kept, a bit for each type */
    uint8_t told[MC_VALIDATORS_MAX];

    pthread_mutex_t lock; /* everything below */
    struct rpc_round round;
    struct rpc_seat seats[MC_VALIDATORS_MAX];
    uint64_t looked_ms, heard_ms[MC_VALIDATORS_MAX]; /* monotonic */
    struct rpc_peer peers[PEERS_MAX];
    char addr[PEERS_MAX][64];
    uint32_t peer_cnt;
    struct mc_buf evidence[WATCH_EVIDENCE_MAX]; /* a ring of JSON objects */
    uint32_t evidence_first, evidence_cnt;
};

/* ------------------------------------------------------------------ evidence */

static void ring_put(struct watch *w, struct mc_slice line)
{
    uint32_t at = (w->evidence_first + w->evidence_cnt) % WATCH_EVIDENCE_MAX;
    if (w->evidence_cnt == WATCH_EVIDENCE_MAX)
        w->evidence_first = (w->evidence_first + 1) % WATCH_EVIDENCE_MAX;
    else
        w->evidence_cnt++;
    mc_buf_reset(&w->evidence[at]);
    mc_buf_put_slice(&w->evidence[at], line);
}

static void read_lines(struct watch *w, struct mc_slice text)
{
    while (text.n > 0) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
        struct mc_json_doc *doc = NULL;
        if (end != NULL && mc_json_parse(&doc, mc_slice(text.p, n), 8, NULL) == MC_OK)
            ring_put(w, mc_slice(text.p, n));
        mc_json_free(doc);
        n += end != NULL;
        text = mc_slice(text.p + n, text.n - n);
    }
}

enum mc_err watch_open(struct watch **out, const char *data_dir, struct mc_errmsg *em)
{
    struct watch *w = calloc(1, sizeof *w);
    struct mc_buf text = {0};
    if (w == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    pthread_mutex_init(&w->lock, NULL);
    snprintf(w->path, sizeof w->path, "%s/evidence.jsonl", data_dir);
    enum mc_err err = mc_file_read(&text, w->path, 2u * WATCH_EVIDENCE_BYTES, em);
    if (err == MC_OK)
        read_lines(w, mc_buf_slice(&text));
    w->file_bytes = text.n;
    w->torn = text.n > 0 && text.p[text.n - 1] != '\n';
    mc_buf_free(&text);
    if (err != MC_OK && err != MC_ENOTFOUND) {
        watch_free(w);
        return err;
    }
    *out = w;
    return MC_OK;
}

void watch_free(struct watch *w)
{
    if (w == NULL)
        return;
    for (uint32_t i = 0; i < WATCH_EVIDENCE_MAX; i++)
        mc_buf_free(&w->evidence[i]);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

/* What a third party needs to check the signature with nothing but the validator's key. */
static void put_vote(struct mc_buf *b, const char *key, const struct cons_vote *v,
                     const struct cons_chain *chain, const struct mc_hash *set)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    cons_sign_bytes(bytes, chain, set, v);
    mc_buf_putf(b, ",\"%s\":{\"digest\":", key);
    mc_json_put_hex(b, mc_hash_slice(&v->digest));
    mc_buf_put_str(b, ",\"signedBytes\":");
    mc_json_put_hex(b, mc_slice(bytes, sizeof bytes));
    mc_buf_put_str(b, ",\"signature\":");
    mc_json_put_hex(b, mc_slice(v->sig, sizeof v->sig));
    mc_buf_put_u8(b, '}');
}

static void put_evidence(struct mc_buf *b, const struct cons_evidence *ev,
                         const struct cons_chain *chain, const struct cons_valset *vs,
                         uint64_t time_ms)
{
    static const char *const types[] = {[CONS_PROPOSAL] = "proposal",
                                        [CONS_PREPARE] = "prepare",
                                        [CONS_COMMIT] = "commit",
                                        [CONS_ROUND_CHANGE] = "roundChange"};
    const struct cons_validator *v = &vs->v[ev->a.signer];
    struct mc_buf raw = {0};
    cons_evidence_encode(&raw, ev);
    mc_buf_put_str(b, "{\"height\":");
    mc_json_put_quantity(b, ev->a.height);
    mc_buf_put_str(b, ",\"round\":");
    mc_json_put_quantity(b, ev->a.round);
    mc_buf_putf(b, ",\"type\":\"%s\",\"account\":", types[ev->a.type]);
    mc_json_put_hex(b, mc_slice(v->addr.b, sizeof v->addr.b));
    mc_buf_put_str(b, ",\"publicKey\":");
    mc_json_put_hex(b, mc_slice(v->pub, sizeof v->pub));
    put_vote(b, "first", &ev->a, chain, &vs->hash);
    put_vote(b, "second", &ev->b, chain, &vs->hash);
    mc_buf_put_str(b, ",\"raw\":");
    mc_json_put_hex(b, mc_buf_slice(&raw));
    mc_buf_put_str(b, ",\"seenMs\":");
    mc_json_put_quantity(b, time_ms);
    mc_buf_put_u8(b, '}');
    b->oom = b->oom || raw.oom;
    mc_buf_free(&raw);
}

static void append_line(struct watch *w, struct mc_slice line)
{
    if (w->file_bytes + line.n + 1 > WATCH_EVIDENCE_BYTES)
        return; /* the first offences are the ones that matter; memory has the newest */
    FILE *f = fopen(w->path, "a");
    bool good = f != NULL && (!w->torn || fputc('\n', f) == '\n') &&
                fwrite(line.p, 1, line.n, f) == line.n && fputc('\n', f) == '\n' &&
                fflush(f) == 0 && fdatasync(fileno(f)) == 0;
    if (f != NULL && fclose(f) != 0)
        good = false;
    if (good)
        w->file_bytes += line.n + 1;
    w->torn = !good;
    if (!good)
        MC_LOG(WARN, "evidence.not_kept", "path=%s", w->path);
}

/* One offence of each type, validator and height is enough: a liar that repeats itself must not keep the disk busy or
 * push others' offences out of memory. */
static bool is_told(struct watch *w, const struct cons_vote *v)
{
    uint8_t bit = (uint8_t)(1u << v->type);
    if (w->told_height != v->height)
        memset(w->told, 0, sizeof w->told);
    w->told_height = v->height;
    bool told = (w->told[v->signer] & bit) != 0;
    w->told[v->signer] |= bit;
    return told;
}

void watch_evidence(struct watch *w, const struct cons_evidence *ev, const struct cons_chain *chain,
                    const struct cons_valset *vs, uint64_t time_ms)
{
    struct mc_buf line = {0};
    if (ev->a.signer >= vs->cnt || is_told(w, &ev->a))
        return;
    put_evidence(&line, ev, chain, vs, time_ms);
    if (!line.oom) {
        pthread_mutex_lock(&w->lock);
        ring_put(w, mc_buf_slice(&line));
        pthread_mutex_unlock(&w->lock);
        append_line(w, mc_buf_slice(&line));
    }
    mc_buf_free(&line);
}

void watch_evidence_json(struct watch *w, struct mc_buf *out)
{
    mc_buf_put_u8(out, '[');
    pthread_mutex_lock(&w->lock);
    for (uint32_t i = 0; i < w->evidence_cnt; i++) {
        mc_buf_put_str(out, i > 0 ? "," : "");
        mc_buf_put_slice(out,
                         mc_buf_slice(&w->evidence[(w->evidence_first + i) % WATCH_EVIDENCE_MAX]));
    }
    pthread_mutex_unlock(&w->lock);
    mc_buf_put_u8(out, ']');
}

/* ------------------------------------------------------------------ round and peers */

static void look_round(struct watch *w, const struct cons_status *s, const struct cons_valset *vs)
{
    w->round = (struct rpc_round){.height = s->height,
                                  .round = s->round,
                                  .proposer = s->proposer,
                                  .quorum = s->q,
                                  .self = s->self,
                                  .voting = s->voting,
                                  .active = s->active,
                                  .seat_cnt = s->n < vs->cnt ? s->n : vs->cnt};
    for (uint32_t i = 0; i < w->round.seat_cnt; i++) {
        const struct cons_peer_status *p = &s->peer[i];
        struct rpc_seat *seat = &w->seats[i];
        *seat = (struct rpc_seat){.account = vs->v[i].addr,
                                  .seen = p->seen,
                                  .prepared = p->prepared,
                                  .committed = p->committed,
                                  .asked_round = p->asked_round};
        memcpy(seat->public_key, vs->v[i].pub, sizeof seat->public_key);
        w->heard_ms[i] = 0;
    }
}

static void look_peer(struct watch *w, const struct network_peer *p, int32_t seat)
{
    struct rpc_peer *to = &w->peers[w->peer_cnt];
    snprintf(w->addr[w->peer_cnt], sizeof w->addr[0], "%s", p->info.addr);
    *to = (struct rpc_peer){.connected = p->info.up,
                            .dialled = p->info.dialled,
                            .validator = seat >= 0,
                            .has_head = p->has_head,
                            .head = p->head,
                            .skew_ms = p->skew_ms,
                            .bytes_in = p->info.bytes_in,
                            .bytes_out = p->info.bytes_out};
    memcpy(to->public_key, p->info.pub, sizeof to->public_key);
    w->peer_cnt++;
    if (seat < 0 || (uint32_t)seat >= w->round.seat_cnt)
        return;
    w->seats[seat].connected = p->info.up;
    w->seats[seat].has_head = p->has_head;
    w->seats[seat].head = p->head;
    w->heard_ms[seat] = p->heard_ms;
}

void watch_look(struct watch *w, const struct engine *e, const struct network *net,
                const uint8_t self[32], uint64_t now_ms)
{
    const struct cons_valset *vs = engine_valset(e);
    struct network_peer p;
    engine_round(e, &w->scratch);
    pthread_mutex_lock(&w->lock);
    look_round(w, &w->scratch, vs);
    w->looked_ms = now_ms;
    w->peer_cnt = 0;
    for (uint32_t i = 0; net != NULL && i < PEERS_MAX; i++) {
        if (network_peer_get(net, i, &p))
            look_peer(w, &p, cons_valset_find(vs, p.info.pub));
    }
    int32_t own = self != NULL ? cons_valset_find(vs, self) : -1;
    if (own >= 0 && (uint32_t)own < w->round.seat_cnt) {
        w->seats[own].connected = w->seats[own].has_head = true;
        w->seats[own].head = engine_height(e) - 1;
        w->heard_ms[own] = now_ms;
    }
    for (uint32_t i = 0; i < w->round.seat_cnt; i++)
        w->round.reachable += w->seats[i].connected;
    pthread_mutex_unlock(&w->lock);
}

enum mc_err watch_round(struct watch *w, struct rpc_round *out, struct mc_arena *arena)
{
    struct rpc_seat *seats = mc_arena_calloc(arena, MC_VALIDATORS_MAX, sizeof *seats);
    if (seats == NULL)
        return MC_ENOMEM;
    pthread_mutex_lock(&w->lock);
    *out = w->round;
    for (uint32_t i = 0; i < out->seat_cnt; i++) {
        seats[i] = w->seats[i];
        seats[i].heard = w->heard_ms[i] != 0;
        if (seats[i].heard && w->looked_ms > w->heard_ms[i])
            seats[i].silent_s = (w->looked_ms - w->heard_ms[i]) / 1000u;
    }
    pthread_mutex_unlock(&w->lock);
    out->seats = seats;
    return MC_OK;
}

enum mc_err watch_peers(struct watch *w, struct rpc_peer **out, uint32_t *cnt,
                        struct mc_arena *arena)
{
    enum mc_err err = MC_OK;
    *out = mc_arena_calloc(arena, PEERS_MAX, sizeof **out);
    if (*out == NULL)
        return MC_ENOMEM;
    pthread_mutex_lock(&w->lock);
    *cnt = w->peer_cnt;
    for (uint32_t i = 0; i < *cnt; i++) {
        (*out)[i] = w->peers[i];
        (*out)[i].address = mc_arena_copy(arena, mc_slice_str(w->addr[i]));
        if (w->addr[i][0] != 0 && (*out)[i].address.p == NULL)
            err = MC_ENOMEM;
    }
    pthread_mutex_unlock(&w->lock);
    return err;
}
