/* One core on a bench: hands in single events and looks at single outputs.  Signatures are made up (the core does
 * not check them); tests that need real ones use cons_msg_verify() themselves. */
#ifndef MC_TESTS_CONSENSUS_RIG_H
#define MC_TESTS_CONSENSUS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "consensus/consensus.h"

enum { RIG_T0 = 1000, RIG_T_MAX = 8000, RIG_LOG_MAX = 64 };

struct rig {
    struct cons *c;
    struct cons_out out;
    struct cons_valset vs;
    struct mc_ed25519_key key[MC_VALIDATORS_MAX];
    uint32_t n, self;
    uint64_t now_ms;
    struct mc_buf log[RIG_LOG_MAX]; /* encoded records */
    uint32_t log_cnt;
};

static inline void rig_valset(struct cons_valset *vs, struct mc_ed25519_key *key, uint32_t n)
{
    memset(vs, 0, sizeof *vs);
    vs->cnt = n;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t seed[32] = {9, (uint8_t)i};
        mc_ed25519_from_seed(&key[i], seed);
        memcpy(vs->v[i].pub, key[i].pub, 32);
        vs->v[i].addr.b[0] = (uint8_t)(i + 1);
    }
    assert_int_equal(cons_valset_seal(vs, NULL), MC_OK);
}

static inline void rig_core(struct rig *r)
{
    struct cons_cfg cfg = {.timeout_ms = RIG_T0, .timeout_max_ms = RIG_T_MAX, .body_bytes_max = 64};
    memcpy(cfg.self_pub, r->key[r->self].pub, 32);
    r->c = cons_new(&cfg);
    assert_non_null(r->c);
}

static inline struct rig *rig_new(uint32_t n, uint32_t self)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->n = n;
    r->self = self;
    r->now_ms = 100;
    rig_valset(&r->vs, r->key, n);
    rig_core(r);
    return r;
}

static inline void rig_free(struct rig *r)
{
    cons_free(r->c);
    for (uint32_t i = 0; i < r->log_cnt; i++)
        mc_buf_free(&r->log[i]);
    free(r);
}

static inline enum mc_err rig_step(struct rig *r, struct cons_event *ev)
{
    enum mc_err err;
    ev->now_ms = r->now_ms;
    memset(&r->out, 0, sizeof r->out);
    err = cons_step(r->c, &r->out, ev);
    if (err != MC_OK)
        return err;
    for (uint32_t i = 0; i < r->out.persist_cnt; i++) {
        assert_true(r->log_cnt < RIG_LOG_MAX);
        cons_rec_encode(&r->log[r->log_cnt++], &r->out.persist[i]);
    }
    return MC_OK;
}

static inline void rig_open(struct rig *r, uint64_t height, bool work)
{
    struct cons_event ev = {.type = CONS_EV_COMMITTED};
    ev.u.committed.height = height - 1;
    ev.u.committed.valset = &r->vs;
    ev.u.committed.work = work;
    assert_int_equal(rig_step(r, &ev), MC_OK);
}

static inline struct mc_hash rig_hash(uint8_t x)
{
    struct mc_hash h = {{x, 0xbb}};
    return h;
}

static inline struct cons_msg rig_vote(enum cons_msg_type type, uint32_t signer, uint64_t height,
                                       uint32_t round, struct mc_hash digest)
{
    struct cons_msg m = {.is_signed = true};
    m.vote.type = type;
    m.vote.signer = signer;
    m.vote.height = height;
    m.vote.round = round;
    m.vote.digest = digest;
    memset(m.vote.sig, (int)(signer + 1), sizeof m.vote.sig);
    return m;
}

static inline struct cons_msg rig_proposal(uint32_t signer, uint64_t height, uint32_t round,
                                           uint8_t block)
{
    static const uint8_t bytes[256][1] = {{0}};
    struct cons_msg m = rig_vote(CONS_PROPOSAL, signer, height, round, rig_hash(block));
    m.body = mc_slice(bytes[block], 1);
    return m;
}

static inline struct cons_cert rig_cert(enum cons_msg_type type, uint64_t height, uint32_t round,
                                        struct mc_hash digest, uint32_t cnt)
{
    struct cons_cert cc = {.type = type, .height = height, .round = round, .digest = digest};
    for (uint32_t i = 0; i < cnt; i++)
        cc.bitmap[i / 8] |= (uint8_t)(1u << i % 8);
    cc.sig_cnt = cnt;
    return cc;
}

static inline struct cons_msg rig_rc(uint32_t signer, uint64_t height, uint32_t round,
                                     const struct cons_cert *pc)
{
    struct cons_msg m = rig_vote(CONS_ROUND_CHANGE, signer, height, round, MC_HASH_ZERO);
    m.pc = pc;
    if (pc != NULL)
        cons_rc_digest(&m.vote.digest, true, pc->round, &pc->digest);
    return m;
}

static inline enum mc_err rig_msg(struct rig *r, const struct cons_msg *m)
{
    struct cons_event ev = {.type = CONS_EV_MSG};
    ev.u.msg = m;
    return rig_step(r, &ev);
}

static inline void rig_msg_ok(struct rig *r, struct cons_msg m)
{
    assert_int_equal(rig_msg(r, &m), MC_OK);
}

/* Signs what the core sends (one message) and feeds it back. */
static inline void rig_feed_back(struct rig *r)
{
    struct cons_msg m;
    assert_int_equal(r->out.send_cnt, 1);
    m = r->out.send[0];
    assert_int_equal(m.vote.signer, r->self);
    memset(m.vote.sig, 0x77, sizeof m.vote.sig);
    m.is_signed = true;
    rig_msg_ok(r, m);
}

static inline void rig_verdict(struct rig *r, uint8_t block, bool fresh, enum cons_verdict verdict)
{
    struct cons_event ev = {.type = CONS_EV_VALIDATED};
    ev.u.validated.hash = rig_hash(block);
    ev.u.validated.fresh = fresh;
    ev.u.validated.verdict = verdict;
    assert_int_equal(rig_step(r, &ev), MC_OK);
}

static inline void rig_built(struct rig *r, uint64_t height, uint32_t round, uint8_t block)
{
    struct cons_event ev = {.type = CONS_EV_PROPOSAL};
    uint8_t body[1] = {0};
    ev.u.proposal.height = height;
    ev.u.proposal.round = round;
    ev.u.proposal.hash = rig_hash(block);
    ev.u.proposal.body = mc_slice(body, 1);
    assert_int_equal(rig_step(r, &ev), MC_OK);
}

static inline void rig_body(struct rig *r, uint8_t block)
{
    struct cons_event ev = {.type = CONS_EV_BODY};
    uint8_t body[1] = {0};
    ev.u.body.hash = rig_hash(block);
    ev.u.body.body = mc_slice(body, 1);
    assert_int_equal(rig_step(r, &ev), MC_OK);
}

static inline void rig_work(struct rig *r)
{
    struct cons_event ev = {.type = CONS_EV_WORK};
    assert_int_equal(rig_step(r, &ev), MC_OK);
}

static inline void rig_timer_at(struct rig *r, uint64_t now_ms)
{
    struct cons_event ev = {.type = CONS_EV_TIMER};
    r->now_ms = now_ms;
    assert_int_equal(rig_step(r, &ev), MC_OK);
}

/* Runs timers until our round is `round`. */
static inline void rig_until_round(struct rig *r, uint32_t round)
{
    struct cons_status st;
    cons_status_get(r->c, &st);
    while (st.round < round) {
        rig_timer_at(r, r->now_ms + RIG_T_MAX);
        cons_status_get(r->c, &st);
    }
    assert_int_equal(st.round, round);
}

/* A new core from the first cnt records of the log, before its first height. */
static inline void rig_restart(struct rig *r, uint32_t cnt)
{
    struct mc_arena a;
    uint32_t kept = r->log_cnt;
    cons_free(r->c);
    rig_core(r);
    mc_arena_init(&a, 0);
    for (uint32_t i = 0; i < cnt; i++) {
        struct cons_event ev = {.type = CONS_EV_RECORD};
        assert_int_equal(cons_rec_decode(&ev.u.record, &a, mc_buf_slice(&r->log[i]), NULL), MC_OK);
        assert_int_equal(rig_step(r, &ev), MC_OK);
        assert_int_equal(r->out.send_cnt, 0);
    }
    mc_arena_free(&a);
    assert_int_equal(r->log_cnt, kept);
}

static inline bool rig_sends(const struct rig *r, enum cons_msg_type type)
{
    for (uint32_t i = 0; i < r->out.send_cnt; i++) {
        if (r->out.send[i].vote.type == type)
            return true;
    }
    return false;
}

static inline uint32_t rig_round(const struct rig *r)
{
    struct cons_status st;
    cons_status_get(r->c, &st);
    return st.round;
}

static inline struct cons_stats rig_stats(const struct rig *r)
{
    struct cons_status st;
    cons_status_get(r->c, &st);
    return st.stats;
}

#endif
