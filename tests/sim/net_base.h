/* Parts of net.h: its types, randomness, event heap and signatures. */
#ifndef MC_TESTS_SIM_NET_BASE_H
#define MC_TESTS_SIM_NET_BASE_H

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "consensus/consensus.h"
#include "tests/sim/faults.h"

enum {
    NET_INSTANCES_MAX = 48,
    NET_HEIGHTS_MAX = 128,
    NET_ROUNDS_MAX = 96,
    NET_BODY_MAX = 256,
    NET_HEAP_MAX = 1 << 16,
    NET_BLOCK_LEN = 60,
    NET_DRIFT_MS = 2000,
    NET_TIMEOUT_MS = 200,
    NET_TIMEOUT_MAX_MS = 1600,
    NET_EPOCH_MS = 1000000000,
};

enum net_ev_type {
    NET_MSG,
    NET_VALIDATED,
    NET_BUILT,
    NET_TIMER,
    NET_SYNCED,
    NET_FETCH,
    NET_BODY,
    NET_ASK,
    NET_BLOCK,
    NET_CRASH,
    NET_START
};

struct net_blob {
    uint32_t refs;
    size_t len;
    uint8_t bytes[];
};

struct net_ev {
    uint64_t at_ms, seq;
    enum net_ev_type type;
    int to, from;
    uint32_t life;   /* the receiver's incarnation for its own events */
    uint64_t height; /* NET_ASK, NET_BLOCK, NET_BUILT */
    uint32_t round;
    struct mc_hash hash;
    bool fresh;
    bool forged;   /* NET_MSG: a liar broke its signature */
    uint64_t mark; /* NET_SYNCED: records up to here */
    struct net_blob *blob;
};

struct net_store {
    struct mc_hash hash[NET_HEIGHTS_MAX];
    uint8_t body[NET_HEIGHTS_MAX][NET_BODY_MAX];
    size_t len[NET_HEIGHTS_MAX];
    struct cons_cert *cert[NET_HEIGHTS_MAX];
    uint64_t head;
};

struct net_rec {
    struct net_blob *blob;
    enum cons_rec_type type;
    uint64_t height;
    uint32_t round;
    struct mc_hash digest;
};

enum { NET_LOG_MAX = 4096, NET_OUT_MAX = 256 };

struct net_node {
    struct cons *c;
    uint32_t id; /* identity: index into the validator set */
    bool faulty; /* a twin, or its original */
    bool absent; /* has no core: a liar's identity */
    bool idle;   /* never reports work */
    uint32_t life;
    uint64_t deadline_ms;
    struct net_rec log[NET_LOG_MAX];
    uint64_t log_cnt, log_synced;
    bool sync_running;
    struct net_blob *outbox[NET_OUT_MAX]; /* encoded messages waiting for the sync */
    uint64_t outbox_mark[NET_OUT_MAX];    /* ... of this many records */
    uint32_t outbox_cnt;
    bool committing;
    uint64_t commit_mark;
    struct cons_block commit;
    uint8_t commit_body[NET_BODY_MAX];
    struct cons_cert commit_cert;
    struct net_store store;
    uint32_t evidence_cnt, alarm_cnt, fetch_cnt, propose_cnt;
    struct cons_evidence evidence;
    enum cons_alarm alarm;
    uint64_t abstain_height;   /* after a lost log */
    uint64_t clock_ahead_ms;   /* monotonic clock: jumps, only forward */
    uint32_t clock_pm;         /* its rate per mille; 0: 1000 */
    int64_t wall_ahead_ms;     /* clock of block times */
    uint64_t stopped_until_ms; /* the process is stopped, or its machine sleeps */
    void *disk;                /* of net->disk */
};

/* What an identity has said in public. */
struct net_said {
    bool set;
    struct mc_hash digest;
};

struct net_faults {
    uint32_t delay_ms; /* 1 .. this */
    uint32_t loss_pm;  /* per mille */
    uint32_t dup_pm;
    uint32_t crash_pm;     /* per delivered event */
    uint32_t partition_pm; /* per delivered event: a new random split or healing */
    uint64_t until_ms;     /* afterwards the network is good and nobody crashes */
};

struct net;
/* A disk below the vote logs.  Without one a log is an array of which a crash keeps the synced part. */
struct net_disk {
    /* Adds a record to the group in memory. */
    void (*put_cb)(struct net *net, int i, struct mc_slice payload);
    /* Makes the group durable.  False: the process dies. */
    bool (*sync_cb)(struct net *net, int i);
    /* Replaces the log by one record.  False: the process dies. */
    bool (*rotate_cb)(struct net *net, int i, struct mc_slice mark);
    /* Is this record on disk for good?  Asked when a message leaves. */
    bool (*durable_cb)(struct net *net, int i, struct mc_slice payload);
    void (*crash_cb)(struct net *net, int i);
    /* Fills nd->log from the disk.  False: the process refuses to start, for now. */
    bool (*open_cb)(struct net *net, int i);
};

/* Hears every message that leaves an instance. */
typedef void (*net_hear_cb)(void *arg, const struct cons_msg *m);
/* True: the message is lost. */
typedef bool (*net_drop_cb)(struct net *net, int from, int to, const struct cons_msg *m);

struct net {
    uint32_t n;
    int cnt; /* instances */
    bool real_sigs;
    struct cons_chain chain;
    struct cons_valset vs;
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    struct net_node *node[NET_INSTANCES_MAX];
    struct net_ev *heap;
    size_t heap_cnt;
    uint64_t now_ms, seq, rng, build_seq;
    uint64_t trace; /* digest of everything that happened */
    uint64_t seed;
    struct net_faults faults;
    uint64_t cut[NET_INSTANCES_MAX];  /* [from]: bit per receiver that hears nothing */
    uint64_t slow[NET_INSTANCES_MAX]; /* [from]: bit per receiver whose link is slow */
    uint32_t wan_ms;                  /* fixed delay of every link */
    uint32_t build_ms;                /* to build a block */
    const struct net_disk *disk;
    /* More mischief after each event, and while messages are sent; NULL: none. */
    void (*mischief_cb)(struct net *net);
    void (*sent_cb)(struct net *net, const struct net_ev *ev);
    bool twins_hear; /* messages reach the other holder of the key too */
    uint64_t fault[SIM_FAULT_CNT];
    uint64_t state[SIM_STATE_CNT];
    uint64_t byte_cnt;
    net_drop_cb drop_cb;
    net_hear_cb hear_cb;
    void *hear_arg;
    struct net_said decided[NET_HEIGHTS_MAX];
    struct net_said *said;                                     /* [id][height][round][type] */
    uint32_t commit_round[MC_VALIDATORS_MAX][NET_HEIGHTS_MAX]; /* highest COMMIT sent + 1 */
    uint32_t rc_round[MC_VALIDATORS_MAX][NET_HEIGHTS_MAX];     /* highest round change sent */
    uint64_t msg_cnt, event_cnt, crash_cnt, loss_cnt, dup_cnt, split_cnt, reprepared_cnt, max_round;
    uint64_t bad_cnt; /* messages that a core called malformed */
    char failure[256];
};

static inline void net_fail(struct net *net, const char *fmt, ...) MC_PRINTF(2, 3);
static inline void net_fail(struct net *net, const char *fmt, ...)
{
    va_list ap;
    if (net->failure[0] != '\0')
        return;
    va_start(ap, fmt);
    vsnprintf(net->failure, sizeof net->failure, fmt, ap);
    va_end(ap);
}

static inline uint64_t net_rand(struct net *net)
{
    /* splitmix64 */
    uint64_t z = net->rng += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline bool net_chance(struct net *net, uint32_t per_mille)
{
    return per_mille > 0 && net->now_ms < net->faults.until_ms && net_rand(net) % 1000 < per_mille;
}

static inline void net_trace(struct net *net, uint64_t v)
{
    net->trace = (net->trace ^ v) * 0x100000001b3u;
    net->trace ^= net->trace >> 29;
}

static inline void net_trace_hash(struct net *net, const struct mc_hash *h)
{
    net_trace(net, mc_be64_get(h->b));
}

/* ---- blobs and the event heap ---- */

static inline struct net_blob *net_blob_new(struct mc_slice s)
{
    struct net_blob *b = malloc(sizeof *b + s.n);
    assert_non_null(b);
    b->refs = 1;
    b->len = s.n;
    if (s.n > 0)
        memcpy(b->bytes, s.p, s.n);
    return b;
}

static inline void net_blob_unref(struct net_blob *b)
{
    if (b != NULL && --b->refs == 0)
        free(b);
}

static inline bool net_before(const struct net_ev *a, const struct net_ev *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->seq < b->seq;
}

static inline void net_push(struct net *net, struct net_ev ev)
{
    size_t i = net->heap_cnt++;
    assert_true(net->heap_cnt <= NET_HEAP_MAX);
    ev.seq = net->seq++;
    if (ev.blob != NULL)
        ev.blob->refs++;
    while (i > 0 && net_before(&ev, &net->heap[(i - 1) / 2])) {
        net->heap[i] = net->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    net->heap[i] = ev;
}

static inline struct net_ev net_pop(struct net *net)
{
    struct net_ev top = net->heap[0], last = net->heap[--net->heap_cnt];
    size_t i = 0;
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= net->heap_cnt)
            break;
        if (k + 1 < net->heap_cnt && net_before(&net->heap[k + 1], &net->heap[k]))
            k++;
        if (!net_before(&net->heap[k], &last))
            break;
        net->heap[i] = net->heap[k];
        i = k;
    }
    if (net->heap_cnt > 0)
        net->heap[i] = last;
    return top;
}

/* ---- signatures: real, or a keyed hash that is cheap enough for many seeds ---- */

static inline void net_sign(struct net *net, struct cons_vote *v)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    cons_sign_bytes(bytes, &net->chain, &net->vs.hash, v);
    if (net->real_sigs) {
        mc_ed25519_sign(v->sig, mc_slice(bytes, sizeof bytes), &net->key[v->signer]);
    } else {
        struct mc_slice parts[2] = {mc_slice(net->key[v->signer].seed, 32),
                                    mc_slice(bytes, sizeof bytes)};
        struct mc_hash h;
        mc_keccak256v(&h, parts, 2);
        memcpy(v->sig, h.b, 32);
        memset(v->sig + 32, 0, 32);
    }
}

static inline bool net_vote_ok(struct net *net, const struct cons_vote *v)
{
    struct cons_vote again = *v;
    if (v->signer >= net->n)
        return false;
    net_sign(net, &again);
    return memcmp(again.sig, v->sig, sizeof v->sig) == 0;
}

static inline bool net_cert_ok(struct net *net, const struct cons_cert *cc)
{
    struct cons_vote v = {
        .type = cc->type, .height = cc->height, .round = cc->round, .digest = cc->digest};
    uint32_t k = 0;
    if (net->real_sigs)
        return cons_cert_verify(cc, &net->chain, &net->vs, NULL) == MC_OK;
    for (uint32_t i = 0; i < net->n; i++) {
        if (!cons_cert_has(cc, i))
            continue;
        v.signer = i;
        memcpy(v.sig, cc->sigs[k++], sizeof v.sig);
        if (!net_vote_ok(net, &v))
            return false;
    }
    return k == cc->sig_cnt && k >= cons_quorum(net->n);
}

static inline bool net_msg_ok(struct net *net, const struct cons_msg *m)
{
    if (net->real_sigs)
        return cons_msg_verify(m, &net->chain, &net->vs, NULL) == MC_OK;
    for (uint32_t i = 0; i < m->rc_cnt; i++) {
        struct cons_vote v = {.type = CONS_ROUND_CHANGE,
                              .height = m->vote.height,
                              .round = m->vote.round,
                              .signer = m->rcs[i].signer};
        cons_rc_digest(&v.digest, m->rcs[i].prepared, m->rcs[i].prep_round, &m->rcs[i].prep_digest);
        memcpy(v.sig, m->rcs[i].sig, sizeof v.sig);
        if (!net_vote_ok(net, &v))
            return false;
    }
    return net_vote_ok(net, &m->vote) && (m->pc == NULL || net_cert_ok(net, m->pc));
}

#endif
