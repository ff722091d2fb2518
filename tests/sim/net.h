/* A small network of consensus cores over a fake network, disk and clock, all from one seed.
 *
 * Each instance has a vote log in memory of which a crash keeps the synced prefix only, and a block store.  Own
 * messages are fed back at once; what leaves waits for the sync, as in the node.  The checks S1, S6, S7, S8, S9
 * run when a message leaves or a block is decided.  Without faults configured it delivers every message after
 * one millisecond, which the scripted tests use.  A twin is a second instance with the key of another one. */
#ifndef MC_TESTS_SIM_NET_H
#define MC_TESTS_SIM_NET_H

#include "net_check.h"

/* ---- clocks ---- */

static inline uint64_t net_clock(const struct net *net, const struct net_node *nd)
{
    uint32_t pm = nd->clock_pm == 0 ? 1000 : nd->clock_pm;
    return nd->clock_ahead_ms + net->now_ms * pm / 1000;
}

static inline uint64_t net_wall(const struct net *net, const struct net_node *nd)
{
    return (uint64_t)((int64_t)(NET_EPOCH_MS + net->now_ms) + nd->wall_ahead_ms);
}

/* Arms the node's timer for a time of its own clock. */
static inline void net_arm(struct net *net, int i, uint64_t deadline_ms)
{
    struct net_node *nd = net->node[i];
    uint32_t pm = nd->clock_pm == 0 ? 1000 : nd->clock_pm;
    uint64_t now = net_clock(net, nd), wait = 0;
    if (deadline_ms > now)
        wait = ((deadline_ms - now) * 1000 + pm - 1) / pm;
    net_push(
        net,
        (struct net_ev){
            .type = NET_TIMER, .to = i, .from = i, .life = nd->life, .at_ms = net->now_ms + wait});
}

/* ---- blocks of this little chain: height, parent, builder, counter, time ---- */

static inline size_t net_block_build(struct net *net, const struct net_node *nd, uint64_t height,
                                     uint8_t body[NET_BODY_MAX], struct mc_hash *hash)
{
    mc_be64_put(body, height);
    memcpy(body + 8, nd->store.hash[height - 1].b, 32);
    mc_be32_put(body + 40, nd->id);
    mc_be64_put(body + 44, ++net->build_seq);
    mc_be64_put(body + 52, net_wall(net, nd));
    mc_keccak256(hash, mc_slice(body, NET_BLOCK_LEN));
    return NET_BLOCK_LEN;
}

static inline enum cons_verdict net_block_check(const struct net *net, const struct net_node *nd,
                                                const struct net_ev *e)
{
    struct mc_slice body = mc_slice(e->blob->bytes, e->blob->len);
    struct mc_hash is;
    mc_keccak256(&is, body);
    if (!mc_hash_eq(&is, &e->hash))
        return CONS_WRONG_BODY;
    if (body.n != NET_BLOCK_LEN || mc_be64_get(body.p) != e->height ||
        e->height != nd->store.head + 1)
        return CONS_INVALID;
    if (memcmp(body.p + 8, nd->store.hash[e->height - 1].b, 32) != 0)
        return CONS_INVALID;
    if (e->fresh && mc_be64_get(body.p + 52) > net_wall(net, nd) + NET_DRIFT_MS)
        return CONS_INVALID;
    return CONS_VALID;
}

/* ---- sending ---- */

static inline uint64_t net_delay(struct net *net)
{
    if (net->faults.delay_ms <= 1 || net->now_ms >= net->faults.until_ms)
        return 1;
    net->fault[SIM_N1_DELAY]++;
    return 1 + net_rand(net) % net->faults.delay_ms;
}

/* Puts an event on the wire from one instance to another, through the faults. */
static inline void net_wire(struct net *net, struct net_ev ev)
{
    uint32_t copies = 1;
    if (net->sent_cb != NULL)
        net->sent_cb(net, &ev);
    if ((net->cut[ev.from] >> ev.to & 1) != 0) {
        net->loss_cnt++;
        return;
    }
    if (net_chance(net, net->faults.loss_pm)) {
        net->loss_cnt++;
        net->fault[SIM_N1_LOSS]++;
        return;
    }
    if (net_chance(net, net->faults.dup_pm)) {
        net->dup_cnt++;
        net->fault[SIM_N1_DUP]++;
        copies = 2;
    }
    while (copies-- > 0) {
        ev.at_ms = net->now_ms + net->wan_ms + net_delay(net);
        if ((net->slow[ev.from] >> ev.to & 1) != 0) {
            net->fault[SIM_N3_SLOW]++;
            ev.at_ms += 300 + net_rand(net) % 1700;
        }
        net_push(net, ev);
    }
}

static inline void net_decode(struct net *net, struct mc_arena *a, const struct net_blob *b,
                              struct cons_msg *m)
{
    (void)net;
    mc_arena_reset(a);
    assert_int_equal(cons_msg_decode(m, a, mc_slice(b->bytes, b->len), NET_BODY_MAX, NULL), MC_OK);
}

static inline void net_broadcast(struct net *net, int from, struct net_blob *blob)
{
    struct mc_arena a;
    struct cons_msg m;
    mc_arena_init(&a, 0);
    net_decode(net, &a, blob, &m);
    net_check_leaving(net, from, &m);
    if (net->hear_cb != NULL)
        net->hear_cb(net->hear_arg, &m);
    for (int to = 0; to < net->cnt; to++) {
        if (to == from || (!net->twins_hear && net->node[to]->id == net->node[from]->id))
            continue;
        if (net->node[to]->absent)
            continue; /* liars overhear everything anyway */
        if (net->drop_cb != NULL && net->drop_cb(net, from, to, &m))
            continue;
        net->msg_cnt++;
        net->byte_cnt += blob->len;
        net_wire(net, (struct net_ev){.type = NET_MSG, .to = to, .from = from, .blob = blob});
    }
    mc_arena_free(&a);
}

static inline void net_outputs(struct net *net, int i, const struct cons_out *out);

static inline enum mc_err net_step(struct net *net, int i, struct cons_event *ev)
{
    struct cons_out out;
    enum mc_err err;
    ev->now_ms = net_clock(net, net->node[i]);
    err = cons_step(net->node[i]->c, &out, ev);
    if (err == MC_OK)
        net_outputs(net, i, &out);
    return err;
}

static inline void net_log_put(struct net *net, int i, const struct cons_rec *rec)
{
    struct net_node *nd = net->node[i];
    struct mc_buf b = {0};
    struct net_rec *r = &nd->log[nd->log_cnt++];
    assert_true(nd->log_cnt < NET_LOG_MAX);
    cons_rec_encode(&b, rec);
    r->blob = net_blob_new(mc_buf_slice(&b));
    r->type = rec->type;
    r->height = rec->height;
    r->round = rec->round;
    r->digest = rec->digest;
    if (net->disk != NULL && rec->type != CONS_REC_MARK)
        net->disk->put_cb(net, i, mc_buf_slice(&b));
    mc_buf_free(&b);
}

static inline void net_want_sync(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    struct net_ev ev = {.type = NET_SYNCED, .to = i, .from = i, .life = nd->life};
    if (nd->sync_running)
        return;
    nd->sync_running = true;
    ev.mark = nd->log_cnt;
    ev.at_ms = net->now_ms + (net->faults.delay_ms > 1 ? net_rand(net) % 4 : 0);
    net_push(net, ev);
}

/* Signs our message, keeps it for the network until the sync, and feeds it back. */
static inline void net_send(struct net *net, int i, const struct cons_msg *unsigned_msg)
{
    struct net_node *nd = net->node[i];
    struct cons_msg m = *unsigned_msg;
    struct mc_buf b = {0};
    struct cons_event ev = {.type = CONS_EV_MSG};
    struct mc_arena a;
    struct net_blob *blob;
    uint8_t known[MC_ED25519_SIG_LEN];

    memcpy(known, m.vote.sig, sizeof known);
    net_sign(net, &m.vote);
    if (m.is_signed && memcmp(known, m.vote.sig, sizeof known) != 0)
        net_fail(net, "a resend has another signature");
    cons_msg_encode(&b, &m);
    blob = net_blob_new(mc_buf_slice(&b));
    mc_buf_free(&b);
    assert_true(nd->outbox_cnt < NET_OUT_MAX);
    nd->outbox[nd->outbox_cnt] = blob;
    nd->outbox_mark[nd->outbox_cnt++] = nd->log_cnt;
    mc_arena_init(&a, 0);
    net_decode(net, &a, blob, &m);
    ev.u.msg = &m;
    if (!unsigned_msg->is_signed && net_step(net, i, &ev) != MC_OK)
        net_fail(net, "id=%u: own message refused", nd->id);
    mc_arena_free(&a);
}

static inline void net_outputs(struct net *net, int i, const struct cons_out *o)
{
    struct net_node *nd = net->node[i];
    /* Feeding our own message back ends the life of the pointers: take what is needed first. */
    struct cons_out out = *o;
    struct cons_msg send[16];
    struct net_blob *sends[16];
    uint32_t send_cnt = out.send_cnt;

    for (uint32_t k = 0; k < out.persist_cnt; k++)
        net_log_put(net, i, &out.persist[k]);
    for (uint32_t k = 0; k < send_cnt; k++) {
        struct mc_buf b = {0};
        send[k] = out.send[k];
        cons_msg_encode(&b, &send[k]);
        sends[k] = net_blob_new(mc_buf_slice(&b));
        mc_buf_free(&b);
    }
    nd->deadline_ms = out.deadline_ms;
    if (out.deadline_ms != 0)
        net_arm(net, i, out.deadline_ms);
    if (out.deadline_ms > net_clock(net, nd) + NET_TIMEOUT_MAX_MS)
        net_fail(net, "L4: id=%u waits longer than the cap of its timer", nd->id);
    if (out.propose != NULL) {
        nd->propose_cnt++;
        net_push(net, (struct net_ev){.type = NET_BUILT,
                                      .to = i,
                                      .from = i,
                                      .life = nd->life,
                                      .height = out.propose->height,
                                      .round = out.propose->round,
                                      .at_ms = net->now_ms + net->build_ms + net_delay(net)});
    }
    if (out.validate != NULL) {
        struct net_ev ev = {.type = NET_VALIDATED, .to = i, .from = i, .life = nd->life};
        ev.hash = out.validate->hash;
        ev.height = out.validate->height;
        ev.fresh = out.validate->fresh;
        ev.at_ms = net->now_ms + net_delay(net);
        ev.blob = net_blob_new(out.validate->body);
        net_push(net, ev);
        net_blob_unref(ev.blob);
    }
    if (out.fetch != NULL) {
        nd->fetch_cnt++;
        net->state[SIM_ST_FETCH]++;
        for (int to = 0; to < net->cnt; to++) {
            if (to != i && !net->node[to]->absent)
                net_wire(net, (struct net_ev){
                                  .type = NET_FETCH, .to = to, .from = i, .hash = out.fetch->hash});
        }
    }
    if (out.evidence != NULL) {
        nd->evidence_cnt++;
        net->state[SIM_ST_EVIDENCE]++;
        nd->evidence = *out.evidence;
        if (!net_vote_ok(net, &out.evidence->a) || !net_vote_ok(net, &out.evidence->b) ||
            mc_hash_eq(&out.evidence->a.digest, &out.evidence->b.digest))
            net_fail(net, "S16: evidence that convicts nobody");
        for (int k = 0; k < net->cnt; k++) {
            if (net->node[k]->id == out.evidence->a.signer && !net->node[k]->faulty &&
                !net->drop_cb)
                net_fail(net, "S16: evidence against the honest id=%u", out.evidence->a.signer);
        }
    }
    if (out.alarm != CONS_ALARM_NONE) {
        nd->alarm_cnt++;
        net->state[SIM_ST_KEY_TWICE] += out.alarm == CONS_ALARM_KEY_TWICE;
        nd->alarm = out.alarm;
    }
    if (out.commit != NULL) {
        nd->committing = true;
        nd->commit_mark = nd->log_cnt;
        nd->commit = *out.commit;
        nd->commit_cert = *out.commit_cert;
        assert_true(out.commit->body.n <= NET_BODY_MAX);
        memcpy(nd->commit_body, out.commit->body.p, out.commit->body.n);
    }
    if (out.persist_cnt > 0 || send_cnt > 0 || out.commit != NULL)
        net_want_sync(net, i);
    for (uint32_t k = 0; k < send_cnt; k++) {
        struct mc_arena a;
        struct cons_msg m;
        mc_arena_init(&a, 0);
        net_decode(net, &a, sends[k], &m);
        m.is_signed = send[k].is_signed;
        net_send(net, i, &m);
        mc_arena_free(&a);
        net_blob_unref(sends[k]);
    }
}

/* ---- life of an instance ---- */

static inline void net_committed(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    struct cons_event ev = {.type = CONS_EV_COMMITTED};
    ev.u.committed.height = nd->store.head;
    ev.u.committed.valset = &net->vs;
    ev.u.committed.work = !nd->idle;
    if (net_step(net, i, &ev) != MC_OK)
        net_fail(net, "id=%u: height %" PRIu64 " refused", nd->id, nd->store.head);
}

static inline void net_crash(struct net *net, int i);

/* The process stops by itself, and somebody starts it again later. */
static inline void net_die(struct net *net, int i)
{
    net_crash(net, i);
    net_push(net, (struct net_ev){
                      .type = NET_START, .to = i, .at_ms = net->now_ms + 1 + net_rand(net) % 500});
}

static inline bool net_rotate(struct net *net, int i, const struct cons_rec *mark)
{
    struct mc_buf b = {0};
    bool ok = true;
    if (net->disk == NULL)
        return true;
    cons_rec_encode(&b, mark);
    ok = net->disk->rotate_cb(net, i, mc_buf_slice(&b));
    mc_buf_free(&b);
    return ok;
}

static inline void net_store_block(struct net *net, int i, uint64_t height,
                                   const struct mc_hash *hash, struct mc_slice body,
                                   const struct cons_cert *cc)
{
    struct net_node *nd = net->node[i];
    struct net_store *s = &nd->store;
    net_check_decided(net, nd, height, hash, cc);
    if (net->failure[0] != '\0')
        return;
    assert_int_equal(height, s->head + 1);
    s->head = height;
    s->hash[height] = *hash;
    memcpy(s->body[height], body.p, body.n);
    s->len[height] = body.n;
    s->cert[height] = malloc(sizeof *cc);
    assert_non_null(s->cert[height]);
    *s->cert[height] = *cc;
    net->reprepared_cnt += cc->round > 1;
    net->state[SIM_ST_LATE_ROUND] += cc->round > 1;
    if (nd->abstain_height != 0 && height > nd->abstain_height) {
        nd->abstain_height = 0;
        net->state[SIM_ST_AMNESIA_EXIT]++;
    }
    net_trace(net, height << 8 ^ (uint64_t)i);
    net_trace_hash(net, hash);
    /* Now and then the log is cut down to a mark. */
    if (net_rand(net) % 4 == 0 && nd->log_synced == nd->log_cnt) {
        struct cons_rec mark = {.type = CONS_REC_MARK, .height = height};
        if (!net_rotate(net, i, &mark)) {
            net_die(net, i);
            return;
        }
        for (uint64_t k = 0; k < nd->log_cnt; k++)
            net_blob_unref(nd->log[k].blob);
        nd->log_cnt = 0;
        for (uint32_t k = 0; k < nd->outbox_cnt; k++)
            nd->outbox_mark[k] = 0;
        net_log_put(net, i, &mark);
        nd->log_synced = nd->log_cnt;
    }
    net_committed(net, i);
}

static inline void net_start(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    struct cons_cfg cfg = {.timeout_ms = NET_TIMEOUT_MS + 8 * net->wan_ms,
                           .timeout_max_ms = NET_TIMEOUT_MAX_MS,
                           .body_bytes_max = NET_BODY_MAX};
    struct mc_arena a;

    memcpy(cfg.self_pub, net->vs.v[nd->id].pub, 32);
    if (net->disk != NULL && !net->disk->open_cb(net, i)) {
        net_push(net, (struct net_ev){.type = NET_START, .to = i, .at_ms = net->now_ms + 200});
        return;
    }
    cfg.abstain_height = nd->abstain_height;
    nd->c = cons_new(&cfg);
    assert_non_null(nd->c);
    mc_arena_init(&a, 0);
    for (uint64_t k = 0; k < nd->log_cnt; k++) {
        struct cons_event ev = {.type = CONS_EV_RECORD};
        struct mc_slice wire = mc_slice(nd->log[k].blob->bytes, nd->log[k].blob->len);
        mc_arena_reset(&a);
        assert_int_equal(cons_rec_decode(&ev.u.record, &a, wire, NULL), MC_OK);
        if (net_step(net, i, &ev) != MC_OK)
            net_fail(net, "id=%u: record %" PRIu64 " refused", nd->id, k);
    }
    mc_arena_free(&a);
    net_committed(net, i);
}

static inline void net_crash(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    if (nd->c != NULL && net->disk != NULL)
        net->disk->crash_cb(net, i);
    cons_free(nd->c);
    nd->c = NULL;
    nd->life++;
    if (net->disk == NULL) { /* otherwise open_cb says what the disk kept */
        for (uint64_t k = nd->log_synced; k < nd->log_cnt; k++)
            net_blob_unref(nd->log[k].blob);
        nd->log_cnt = nd->log_synced;
    }
    for (uint32_t k = 0; k < nd->outbox_cnt; k++)
        net_blob_unref(nd->outbox[k]);
    nd->outbox_cnt = 0;
    nd->sync_running = nd->committing = false;
    nd->deadline_ms = 0;
}

/* ---- events ---- */

static inline void net_on_synced(struct net *net, int i, uint64_t mark)
{
    struct net_node *nd = net->node[i];
    uint32_t kept = 0;
    nd->sync_running = false;
    if (net->disk != NULL) {
        if (!net->disk->sync_cb(net, i)) {
            net_die(net, i);
            return;
        }
        mark = nd->log_cnt; /* one call writes and syncs all that was appended */
    }
    nd->log_synced = mark > nd->log_cnt ? nd->log_cnt : mark;
    for (uint32_t k = 0; k < nd->outbox_cnt; k++) {
        if (nd->outbox_mark[k] > nd->log_synced) {
            nd->outbox[kept] = nd->outbox[k];
            nd->outbox_mark[kept++] = nd->outbox_mark[k];
            continue;
        }
        net_broadcast(net, i, nd->outbox[k]);
        net_blob_unref(nd->outbox[k]);
    }
    nd->outbox_cnt = kept;
    if (nd->log_synced < nd->log_cnt || kept > 0)
        net_want_sync(net, i);
    if (nd->committing && nd->commit_mark <= nd->log_synced) {
        nd->committing = false;
        if (net->disk != NULL && net_chance(net, 20)) {
            net->fault[SIM_C1_KILL]++;
            net->state[SIM_ST_CRASH_BEFORE_APPLY]++;
            net_die(net, i);
            return;
        }
        if (nd->commit.height == nd->store.head + 1)
            net_store_block(net, i, nd->commit.height, &nd->commit.hash,
                            mc_slice(nd->commit_body, nd->commit.body.n), &nd->commit_cert);
    }
}

static inline void net_on_msg(struct net *net, int i, const struct net_ev *e)
{
    struct net_node *nd = net->node[i];
    struct cons_event ev = {.type = CONS_EV_MSG};
    struct mc_arena a;
    struct cons_msg m;

    mc_arena_init(&a, 0);
    net_decode(net, &a, e->blob, &m);
    net_trace(net,
              m.vote.height << 32 | m.vote.round << 8 | (uint32_t)m.vote.type << 4 | m.vote.signer);
    net_trace_hash(net, &m.vote.digest);
    if (net_msg_ok(net, &m) == e->forged)
        net_fail(net, "S5: a signature that is %s", e->forged ? "forged passes" : "good fails");
    if (e->forged) { /* the transport drops it and the link */
        net->fault[SIM_B3_FORGED]++;
        mc_arena_free(&a);
        return;
    }
    net_check_heard(net, &m.vote);
    if (m.vote.height <= nd->store.head) /* its sender is behind: give it the block */
        net_push(net, (struct net_ev){.type = NET_ASK,
                                      .to = i,
                                      .from = e->from,
                                      .height = m.vote.height,
                                      .at_ms = net->now_ms});
    else if (m.vote.height > nd->store.head + 1) /* we are behind */
        net_wire(net, (struct net_ev){
                          .type = NET_ASK, .to = e->from, .from = i, .height = nd->store.head + 1});
    ev.u.msg = &m;
    net->bad_cnt += net_step(net, i, &ev) != MC_OK;
    mc_arena_free(&a);
}

static inline void net_on_block(struct net *net, int i, const struct net_ev *e)
{
    struct net_node *nd = net->node[i];
    const struct net_store *s = &net->node[e->from]->store;
    if (e->height != nd->store.head + 1 || nd->committing)
        return;
    if (e->height > s->head)
        return; /* its disk was lost while the answer was under way */
    net_store_block(net, i, e->height, &s->hash[e->height],
                    mc_slice(s->body[e->height], s->len[e->height]), s->cert[e->height]);
}

static inline void net_on_ask(struct net *net, int i, const struct net_ev *e)
{
    if (e->height <= net->node[i]->store.head)
        net_wire(net,
                 (struct net_ev){.type = NET_BLOCK, .to = e->from, .from = i, .height = e->height});
}

static inline void net_on_fetch(struct net *net, int i, const struct net_ev *e)
{
    struct mc_slice body;
    struct net_ev reply = {.type = NET_BODY, .to = e->from, .from = i, .hash = e->hash};
    if (!cons_body_get(net->node[i]->c, &e->hash, &body))
        return;
    reply.blob = net_blob_new(body);
    net_wire(net, reply);
    net_blob_unref(reply.blob);
}

static inline void net_on_built(struct net *net, int i, const struct net_ev *e)
{
    struct net_node *nd = net->node[i];
    uint8_t body[NET_BODY_MAX];
    struct cons_event ev = {.type = CONS_EV_PROPOSAL};
    if (e->height != nd->store.head + 1)
        return;
    ev.u.proposal.height = e->height;
    ev.u.proposal.round = e->round;
    ev.u.proposal.body.n = net_block_build(net, nd, e->height, body, &ev.u.proposal.hash);
    ev.u.proposal.body.p = body;
    assert_int_equal(net_step(net, i, &ev), MC_OK);
}

static inline void net_own_event(struct net *net, const struct net_ev *e)
{
    struct net_node *nd = net->node[e->to];
    struct cons_event ev = {0};
    switch (e->type) {
    case NET_VALIDATED:
        ev.type = CONS_EV_VALIDATED;
        ev.u.validated.hash = e->hash;
        ev.u.validated.fresh = e->fresh;
        ev.u.validated.verdict = net_block_check(net, nd, e);
        assert_int_equal(net_step(net, e->to, &ev), MC_OK);
        break;
    case NET_TIMER:
        if (nd->deadline_ms == 0 || nd->deadline_ms > net_clock(net, nd))
            break; /* replaced by a later one */
        nd->deadline_ms = 0;
        ev.type = CONS_EV_TIMER;
        assert_int_equal(net_step(net, e->to, &ev), MC_OK);
        break;
    case NET_BUILT:
        net_on_built(net, e->to, e);
        break;
    case NET_SYNCED:
        net_on_synced(net, e->to, e->mark);
        break;
    case NET_MSG:
    case NET_FETCH:
    case NET_BODY:
    case NET_ASK:
    case NET_BLOCK:
    case NET_CRASH:
    case NET_START:
        break;
    }
}

static inline void net_deliver(struct net *net, const struct net_ev *e)
{
    struct cons_event ev = {0};
    switch (e->type) {
    case NET_MSG:
        net_on_msg(net, e->to, e);
        break;
    case NET_FETCH:
        net_on_fetch(net, e->to, e);
        break;
    case NET_BODY:
        ev.type = CONS_EV_BODY;
        ev.u.body.hash = e->hash;
        ev.u.body.body = mc_slice(e->blob->bytes, e->blob->len);
        assert_int_equal(net_step(net, e->to, &ev), MC_OK);
        break;
    case NET_ASK:
        net_on_ask(net, e->to, e);
        break;
    case NET_BLOCK:
        net_on_block(net, e->to, e);
        break;
    case NET_VALIDATED:
    case NET_BUILT:
    case NET_TIMER:
    case NET_SYNCED:
        if (e->life == net->node[e->to]->life)
            net_own_event(net, e);
        break;
    case NET_CRASH:
        net->crash_cnt++;
        net_crash(net, e->to);
        break;
    case NET_START:
        break;
    }
}

static inline void net_mischief(struct net *net)
{
    if (net_chance(net, net->faults.crash_pm)) {
        int i = (int)(net_rand(net) % (uint64_t)net->cnt);
        if (net->node[i]->c != NULL) {
            net_push(net, (struct net_ev){.type = NET_CRASH, .to = i, .at_ms = net->now_ms});
            net_push(net, (struct net_ev){.type = NET_START,
                                          .to = i,
                                          .at_ms = net->now_ms + 1 + net_rand(net) % 500});
        }
    }
    if (net_chance(net, net->faults.partition_pm)) {
        uint64_t side = net->cut[0] == 0 ? net_rand(net) : 0;
        for (int i = 0; i < net->cnt; i++)
            net->cut[i] = side == 0 ? 0 : (side >> i & 1) != 0 ? ~side : side;
        net->split_cnt += side != 0;
    }
    if (net->now_ms >= net->faults.until_ms)
        memset(net->cut, 0, sizeof net->cut);
    if (net->mischief_cb != NULL)
        net->mischief_cb(net);
}

/* One event.  False when none is left, or a check failed. */
static inline bool net_tick(struct net *net)
{
    struct net_ev e;
    if (net->heap_cnt == 0 || net->failure[0] != '\0')
        return false;
    e = net_pop(net);
    net->now_ms = e.at_ms;
    if (e.type != NET_CRASH && e.type != NET_START &&
        net->node[e.to]->stopped_until_ms > e.at_ms) { /* it waits in the socket */
        e.at_ms = net->node[e.to]->stopped_until_ms;
        net_push(net, e);
        net_blob_unref(e.blob);
        return true;
    }
    net->event_cnt++;
    net_trace(net, e.at_ms << 16 ^ (uint64_t)e.type << 8 ^ (uint64_t)e.to);
    if (e.type == NET_START) {
        if (net->node[e.to]->c == NULL)
            net_start(net, e.to);
    } else if (net->node[e.to]->c != NULL) {
        net_deliver(net, &e);
    }
    net_blob_unref(e.blob);
    net_mischief(net);
    return true;
}

static inline uint64_t net_min_head(const struct net *net)
{
    uint64_t min = UINT64_MAX;
    for (int i = 0; i < net->cnt; i++) {
        if (net->node[i]->c != NULL && !net->node[i]->faulty && net->node[i]->store.head < min)
            min = net->node[i]->store.head;
    }
    return min;
}

/* Runs until every running honest instance has this height.  False after limit_ms, or a failed check. */
static inline bool net_run(struct net *net, uint64_t height, uint64_t limit_ms)
{
    while (net_min_head(net) < height) {
        if (net->now_ms > limit_ms || !net_tick(net))
            return false;
    }
    return net->failure[0] == '\0';
}

static inline struct net *net_new(uint32_t n, int twins, uint64_t seed)
{
    struct net *net = calloc(1, sizeof *net);
    assert_non_null(net);
    net->n = n;
    net->cnt = (int)n + twins;
    net->seed = net->rng = seed;
    net->chain.chain_id = 1337;
    net->heap = calloc(NET_HEAP_MAX, sizeof *net->heap);
    net->said = calloc((size_t)n * NET_HEIGHTS_MAX * NET_ROUNDS_MAX * 5, sizeof *net->said);
    assert_non_null(net->heap);
    assert_non_null(net->said);
    net->vs.cnt = n;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t key_seed[32] = {1, (uint8_t)i};
        mc_ed25519_from_seed(&net->key[i], key_seed);
        memcpy(net->vs.v[i].pub, net->key[i].pub, 32);
        net->vs.v[i].addr.b[19] = (uint8_t)(i + 1);
    }
    assert_int_equal(cons_valset_seal(&net->vs, NULL), MC_OK);
    for (int i = 0; i < net->cnt; i++) {
        net->node[i] = calloc(1, sizeof *net->node[i]);
        assert_non_null(net->node[i]);
        net->node[i]->id = (uint32_t)i % n;
        net->node[i]->faulty = i >= (int)n || i < twins;
    }
    return net;
}

static inline void net_start_all(struct net *net)
{
    for (int i = 0; i < net->cnt; i++) {
        if (net->node[i]->c == NULL && !net->node[i]->absent)
            net_start(net, i);
    }
}

static inline void net_free(struct net *net)
{
    while (net->heap_cnt > 0) {
        struct net_ev e = net_pop(net);
        net_blob_unref(e.blob);
    }
    for (int i = 0; i < net->cnt; i++) {
        struct net_node *nd = net->node[i];
        nd->log_synced = 0;
        net_crash(net, i);
        for (size_t h = 0; h < NET_HEIGHTS_MAX; h++)
            free(nd->store.cert[h]);
        free(nd);
    }
    free(net->heap);
    free(net->said);
    free(net);
}

#endif
