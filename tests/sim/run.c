#include "tests/sim/liar.h"
#include "tests/sim/sim.h"
#include "tests/sim/storage.h"

enum {
    GOOD_AFTER_MS = 4000,
    LIMIT_MS = 120000,
    EARLY_HEIGHT = 16, /* a fast network reaches this before GOOD_AFTER_MS: it becomes good then */
    BLOCKS_AFTER = 3,  /* decided by everybody on the good network */
    RING = 32,
};

/* Who is faulty, at most f at once.  All others crash, lose messages and misread clocks. */
enum role { ROLE_HONEST, ROLE_LIARS, ROLE_TWINS, ROLE_BACKUP, ROLE_AMNESIA, ROLE_CNT };

struct sim {
    struct net *net;
    struct liar *liar; /* NULL: nobody lies */
    enum role role;
    uint32_t split_pm, slow_pm, clock_pm, replay_pm;
    uint64_t swizzle; /* instances to cut one by one; 0: not swizzling */
    uint64_t clogged;
    bool healing;
    struct net_ev ring[RING]; /* recorded frames */
    uint32_t ring_cnt, ring_next;
    uint64_t good_head, good_msgs, good_ms; /* when the network became good */
};

static struct sim *sim_of; /* callbacks of the network carry no argument */

/* ---- partitions ---- */

static void cut_sides(struct net *net, uint64_t side, uint64_t bridge, bool one_way)
{
    for (int i = 0; i < net->cnt; i++) {
        uint64_t self = (uint64_t)1 << i;
        net->cut[i] = (side & self) != 0 ? ~side : one_way ? 0 : side;
        net->cut[i] = (bridge & self) != 0 ? 0 : net->cut[i] & ~bridge;
    }
}

/* FoundationDB's best pattern: links stop one by one and come back in another order. */
static void swizzle_step(struct sim *s)
{
    struct net *net = s->net;
    uint64_t from = s->healing ? s->clogged : s->swizzle & ~s->clogged;
    int i = (int)(net_rand(net) % (uint64_t)net->cnt);

    if (from == 0) {
        s->swizzle = s->healing ? 0 : s->swizzle;
        s->healing = !s->healing;
        return;
    }
    while ((from >> i & 1) == 0)
        i = (i + 1) % net->cnt;
    s->clogged ^= (uint64_t)1 << i;
    for (int k = 0; k < net->cnt; k++)
        net->cut[k] = (s->clogged >> k & 1) != 0 ? ~(uint64_t)0 : s->clogged;
}

static void split(struct sim *s)
{
    struct net *net = s->net;
    uint64_t one = (uint64_t)1 << net_rand(net) % (uint64_t)net->cnt;
    uint64_t all = ((uint64_t)1 << net->cnt) - 1, side = net_rand(net) & all;

    if (s->swizzle != 0) {
        swizzle_step(s);
        return;
    }
    switch (net_rand(net) % 8) {
    case 0:
        net->fault[SIM_N2_HALVES]++;
        cut_sides(net, side, 0, false);
        break;
    case 1:
        net->fault[SIM_N2_ISOLATE]++;
        cut_sides(net, one, 0, false);
        break;
    case 2:
        net->fault[SIM_N2_BRIDGE]++;
        cut_sides(net, side, one, false);
        break;
    case 3:
        net->fault[SIM_N2_ASYM]++;
        cut_sides(net, side, 0, true);
        break;
    case 4:
        net->fault[SIM_N2_SWIZZLE]++;
        s->swizzle = side;
        s->clogged = 0;
        s->healing = false;
        memset(net->cut, 0, sizeof net->cut);
        break;
    default:
        memset(net->cut, 0, sizeof net->cut);
        break;
    }
}

/* ---- clocks ---- */

static void disturb_clock(struct sim *s)
{
    struct net *net = s->net;
    int i = (int)(net_rand(net) % (uint64_t)net->cnt);
    struct net_node *nd = net->node[i];

    switch (net_rand(net) % 3) {
    case 0:
        net->fault[SIM_T1_JUMP]++;
        nd->clock_ahead_ms += net_rand(net) % 5000;
        if (nd->c != NULL)
            net_arm(net, i, 0);
        break;
    case 1:
        net->fault[SIM_T1_SKEW]++;
        nd->wall_ahead_ms = (int64_t)(net_rand(net) % 20000000) - 10000000;
        break;
    case 2:
        net->fault[SIM_T1_STOP]++;
        nd->stopped_until_ms = net->now_ms + net_rand(net) % 1500;
        if (nd->stopped_until_ms > net->faults.until_ms)
            nd->stopped_until_ms = net->faults.until_ms;
        break;
    }
}

/* ---- what the network calls ---- */

static void sent(struct net *net, const struct net_ev *ev)
{
    struct sim *s = sim_of;
    struct net_ev *place = &s->ring[s->ring_next];
    if (ev->type != NET_MSG || s->replay_pm == 0 || net->now_ms >= net->faults.until_ms)
        return;
    if (s->ring_cnt == RING)
        net_blob_unref(place->blob);
    else
        s->ring_cnt++;
    *place = *ev;
    place->blob->refs++;
    s->ring_next = (s->ring_next + 1) % RING;
}

static void replay_frame(struct sim *s)
{
    struct net *net = s->net;
    struct net_ev ev;
    if (s->ring_cnt == 0)
        return;
    ev = s->ring[net_rand(net) % s->ring_cnt];
    ev.to = (int)(net_rand(net) % (uint64_t)net->cnt);
    ev.at_ms = net->now_ms + 1;
    net->fault[SIM_N1_REPLAY]++;
    net_push(net, ev);
}

static void mischief(struct net *net)
{
    struct sim *s = sim_of;
    if (s->liar != NULL)
        liar_mischief(net, s->liar);
    if (net_chance(net, s->split_pm))
        split(s);
    if (net_chance(net, s->slow_pm)) {
        int i = (int)(net_rand(net) % (uint64_t)net->cnt);
        net->slow[i] = net->slow[i] == 0 ? net_rand(net) & net_rand(net) : 0;
    }
    if (net_chance(net, s->clock_pm))
        disturb_clock(s);
    if (net_chance(net, s->replay_pm))
        replay_frame(s);
}

static void hear(void *arg, const struct cons_msg *m)
{
    liar_hear(arg, m);
}

/* ---- one seed ---- */

static bool often(struct net *net, uint32_t *pm, uint32_t max)
{
    *pm = net_rand(net) % 2 == 0 ? (uint32_t)(1 + net_rand(net) % max) : 0;
    return *pm > 0;
}

/* Which faults this seed has, and how many: all on in few seeds, some in most (swarm testing). */
static void shape(struct sim *s)
{
    struct net *net = s->net;
    struct net_faults *f = &net->faults;

    f->delay_ms = 2 + (uint32_t)(net_rand(net) % 150);
    f->until_ms = GOOD_AFTER_MS;
    (void)often(net, &f->loss_pm, 250);
    (void)often(net, &f->dup_pm, 200);
    (void)often(net, &f->crash_pm, 8);
    (void)often(net, &s->split_pm, 12);
    (void)often(net, &s->slow_pm, 10);
    (void)often(net, &s->clock_pm, 10);
    (void)often(net, &s->replay_pm, 20);
    if (net_rand(net) % 2 == 0) {
        net->fault[SIM_T1_DRIFT]++;
        for (int i = 0; i < net->cnt; i++)
            net->node[i]->clock_pm = (uint32_t)(950 + net_rand(net) % 101);
    }
}

static void cast(struct sim *s, uint64_t seed)
{
    struct net *net = s->net;
    uint32_t f = cons_faults(net->n);

    for (uint32_t i = 0; i < f; i++) {
        struct net_node *nd = net->node[i];
        struct sim_store *store = nd->disk;
        nd->faulty = s->role == ROLE_LIARS || s->role == ROLE_TWINS || s->role == ROLE_BACKUP;
        nd->absent = s->role == ROLE_LIARS;
        store->will_restore = s->role == ROLE_BACKUP;
        store->will_lose = s->role == ROLE_AMNESIA;
    }
    if (s->role == ROLE_TWINS) {
        net->fault[SIM_TWINS]++;
        net->twins_hear = seed % 2 == 0;
        net->fault[SIM_C8_KEY_TWICE] += net->twins_hear;
    }
    if (s->role != ROLE_LIARS)
        return;
    s->liar = calloc(1, sizeof *s->liar);
    assert_non_null(s->liar);
    s->liar->cnt = f;
    s->liar->odd = true;
    net->hear_cb = hear;
    net->hear_arg = s->liar;
}

static uint64_t max_head(const struct net *net)
{
    uint64_t max = 0;
    for (int i = 0; i < net->cnt; i++) {
        if (!net->node[i]->faulty && net->node[i]->store.head > max)
            max = net->node[i]->store.head;
    }
    return max;
}

/* All running and at this height? */
static bool all_at(const struct net *net, uint64_t height)
{
    for (int i = 0; i < net->cnt; i++) {
        const struct net_node *nd = net->node[i];
        if (!nd->faulty && (nd->c == NULL || nd->store.head < height))
            return false;
    }
    return true;
}

/* The moment from which the network is good (GST of the papers). */
static void become_good(struct sim *s)
{
    struct net *net = s->net;
    net->faults.until_ms = net->now_ms;
    memset(net->cut, 0, sizeof net->cut);
    memset(net->slow, 0, sizeof net->slow);
    for (int i = 0; i < net->cnt; i++) {
        net->node[i]->wall_ahead_ms %= NET_DRIFT_MS / 2;
        net->node[i]->stopped_until_ms = 0;
    }
    s->good_head = max_head(net);
    s->good_msgs = net->msg_cnt;
    s->good_ms = net->now_ms;
}

/* L1: heights begun on the good network need few rounds.  L4: and nobody chatters. */
static void check_progress(struct sim *s)
{
    struct net *net = s->net;
    uint64_t n = net->n, rounds = cons_faults(net->n) + 2, secs, allowed;
    for (uint64_t h = s->good_head + 2; h <= s->good_head + BLOCKS_AFTER; h++) {
        for (int i = 0; i < net->cnt; i++) {
            const struct cons_cert *cc = net->node[i]->store.cert[h];
            if (!net->node[i]->faulty && cc != NULL && cc->round >= rounds)
                net_fail(net, "L1: h=%" PRIu64 " took %u rounds on a good network", h,
                         cc->round + 1);
        }
    }
    /* Four kinds of message, resent each half timeout, and a block needs as many again. */
    secs = (net->now_ms - s->good_ms) / 1000 + 1;
    allowed = n * n * 4 * (secs * 2000 / NET_TIMEOUT_MS + 4 * (max_head(net) - s->good_head + 1));
    if (net->msg_cnt - s->good_msgs > 2 * allowed)
        net_fail(net, "L4: %" PRIu64 " messages in %" PRIu64 " s", net->msg_cnt - s->good_msgs,
                 secs);
}

/* All timers run at their cap, equally fast, and validators stand at different rounds. */
static bool rounds_apart(const struct net *net)
{
    struct cons_status st;
    uint32_t low = UINT32_MAX, high = 0;
    for (int i = 0; i < net->cnt; i++) {
        if (net->node[i]->faulty || net->node[i]->c == NULL)
            continue;
        cons_status_get(net->node[i]->c, &st);
        low = st.round < low ? st.round : low;
        high = st.round > high ? st.round : high;
    }
    return low > 3 && low < high;
}

static void run(struct sim *s, const struct sim_how *how)
{
    struct net *net = s->net;
    bool good = false;
    net_start_all(net);
    while (!good || !all_at(net, s->good_head + BLOCKS_AFTER)) {
        if (!good && (net->now_ms >= net->faults.until_ms || max_head(net) >= EARLY_HEIGHT)) {
            good = true;
            become_good(s);
        }
        if (net->failure[0] != '\0')
            return;
        if (net->now_ms > LIMIT_MS && !how->strict && rounds_apart(net)) {
            net->state[SIM_ST_ROUNDS_APART]++;
            return;
        }
        if (net->now_ms > LIMIT_MS || !net_tick(net)) {
            net_fail(net, "L1: no progress beyond h=%" PRIu64 " of %" PRIu64, net_min_head(net),
                     s->good_head + BLOCKS_AFTER);
            return;
        }
    }
    check_progress(s);
    for (int i = 0; i < net->cnt; i++) {
        if (!net->node[i]->faulty && net->node[i]->alarm_cnt != 0)
            net_fail(net, "S16: alarm %d at the honest id=%u", (int)net->node[i]->alarm,
                     net->node[i]->id);
    }
}

static void add_up(struct sim_tally *t, const struct sim *s)
{
    const struct net *net = s->net;
    t->seeds++;
    t->events += net->event_cnt;
    t->msgs += net->msg_cnt;
    t->sim_ms += net->now_ms;
    t->blocks += max_head(net);
    t->lies += s->liar != NULL ? s->liar->said_cnt : 0;
    t->refused += net->bad_cnt;
    if (net->max_round > t->max_round)
        t->max_round = net->max_round;
    for (int i = 0; i < SIM_FAULT_CNT; i++)
        t->fault[i] += net->fault[i];
    for (int i = 0; i < SIM_STATE_CNT; i++)
        t->state[i] += net->state[i];
}

void sim_run(struct sim_result *out, struct sim_tally *t, uint64_t seed, uint32_t n,
             const struct sim_how *how)
{
    struct sim s = {.role = (enum role)(seed / 7 % ROLE_CNT)};
    int twins = s.role == ROLE_TWINS ? (int)cons_faults(n) : 0;

    s.net = net_new(n, twins, seed);
    sim_of = &s;
    sim_storage_attach(s.net, how->canary, how->page_cache);
    cast(&s, seed);
    shape(&s);
    s.net->build_ms = 20;
    s.net->mischief_cb = mischief;
    s.net->sent_cb = sent;
    run(&s, how);
    add_up(t, &s);
    out->trace = s.net->trace;
    snprintf(out->failure, sizeof out->failure, "%s", s.net->failure);
    for (uint32_t k = 0; k < s.ring_cnt; k++)
        net_blob_unref(s.ring[k].blob);
    sim_storage_free(s.net);
    net_free(s.net);
    free(s.liar);
}
