#include "tests/sim/storage.h"

enum { DISK_FAULT_PM = 12, DAMAGE_PM = 250 };

static const struct mc_hash identity = {.b = {7}};

static struct sim_store *store_of(const struct net *net, int i)
{
    return net->node[i]->disk;
}

static void count_fault(struct net *net, enum sim_disk_mode mode)
{
    static const enum sim_fault id_of[] = {[SIM_DISK_KILL] = SIM_C1_KILL,
                                           [SIM_DISK_POWER] = SIM_C2_POWER,
                                           [SIM_DISK_TORN] = SIM_C3_TORN,
                                           [SIM_DISK_EIO] = SIM_C5_EIO,
                                           [SIM_DISK_FULL] = SIM_C4_FULL};
    if (mode != SIM_DISK_OK)
        net->fault[id_of[mode]]++;
}

/* Perhaps one of the next operations of this disk fails. */
static void arm(struct net *net, struct sim_disk *d)
{
    sim_disk_use(d);
    if (d->mode != SIM_DISK_OK || !net_chance(net, DISK_FAULT_PM))
        return;
    d->mode = (enum sim_disk_mode)(SIM_DISK_KILL + net_rand(net) % 5);
    d->fail_in = (uint32_t)(1 + net_rand(net) % 6);
}

static void put(struct net *net, int i, struct mc_slice payload)
{
    struct sim_disk *d = store_of(net, i)->disk;
    sim_disk_use(d);
    assert_int_equal(node_vote_log_append(d->log, payload, NULL), MC_OK);
}

static void keep_backup(struct sim_store *s)
{
    for (int k = 0; k < 2; k++) {
        mc_buf_reset(&s->old[k].cached);
        mc_buf_put_slice(&s->old[k].cached, mc_buf_slice(&s->disk->file[k].durable));
        s->old[k].exists = s->disk->file[k].exists;
    }
    s->has_old = true;
}

static bool sync_log(struct net *net, int i)
{
    struct sim_store *s = store_of(net, i);
    arm(net, s->disk);
    if (s->will_restore && !s->has_old && net_rand(net) % 8 == 0)
        keep_backup(s);
    return node_vote_log_sync(s->disk->log, NULL) == MC_OK;
}

static bool rotate_log(struct net *net, int i, struct mc_slice mark)
{
    struct sim_store *s = store_of(net, i);
    arm(net, s->disk);
    s->mark_height = net->node[i]->store.head;
    s->rotating = node_vote_log_rotate(s->disk->log, mark, NULL) != MC_OK;
    net->state[SIM_ST_ROTATE_FAILED] += s->rotating;
    return !s->rotating;
}

static bool holds(const struct mc_buf *b, struct mc_slice payload)
{
    return b->n > 0 && memmem(b->p, b->n, payload.p, payload.n) != NULL;
}

static bool durable(struct net *net, int i, struct mc_slice payload)
{
    const struct sim_disk *d = store_of(net, i)->disk;
    return holds(&d->file[0].durable, payload) && holds(&d->file[1].durable, payload);
}

static void forget_log(struct net_node *nd)
{
    for (uint64_t k = 0; k < nd->log_cnt; k++)
        net_blob_unref(nd->log[k].blob);
    nd->log_cnt = nd->log_synced = 0;
}

/* D5: asks q others for their newest certificate; the lost votes are at most one height above what it proves, and
 * the node stays silent for one more. */
static void lose_all(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    uint64_t best = 0;
    uint32_t asked = 0, start = (uint32_t)(net_rand(net) % net->n);
    for (uint32_t k = 0; k < net->n && asked < cons_quorum(net->n); k++) {
        const struct net_node *peer = net->node[(start + k) % net->n];
        if (peer == nd)
            continue;
        asked++;
        if (peer->store.head > best)
            best = peer->store.head;
    }
    net->fault[SIM_D5_LOST]++;
    sim_disk_wipe(store_of(net, i)->disk);
    forget_log(nd);
    for (uint64_t h = 0; h <= nd->store.head; h++) {
        free(nd->store.cert[h]);
        nd->store.cert[h] = NULL;
    }
    nd->store.head = 0;
    nd->abstain_height = best + 2;
}

static void restore_backup(struct net *net, int i)
{
    struct sim_store *s = store_of(net, i);
    net->fault[SIM_C8_KEY_TWICE]++;
    for (int k = 0; k < 2; k++) {
        struct sim_file *f = &s->disk->file[k];
        mc_buf_reset(&f->cached);
        mc_buf_reset(&f->durable);
        mc_buf_put_slice(&f->cached, mc_buf_slice(&s->old[k].cached));
        mc_buf_put_slice(&f->durable, mc_buf_slice(&s->old[k].cached));
        f->exists = s->old[k].exists;
    }
    s->has_old = false;
}

static void crash(struct net *net, int i)
{
    struct sim_store *s = store_of(net, i);
    struct sim_disk *d = s->disk;
    uint32_t flips = d->flip_cnt, cuts = d->cut_cnt;

    if (!d->failed)
        d->mode = (enum sim_disk_mode)(SIM_DISK_KILL + net_rand(net) % 3);
    count_fault(net, d->mode);
    sim_disk_settle(d);
    if (net_chance(net, DAMAGE_PM))
        sim_disk_damage(d, net_rand(net) % 2 == 0);
    net->fault[SIM_D1_FLIP] += d->flip_cnt - flips;
    net->fault[SIM_D2_FILE] += d->cut_cnt - cuts;
    if (s->has_old && net_chance(net, 500))
        restore_backup(net, i);
    if (s->will_lose && net_chance(net, 700)) {
        s->will_lose = false;
        lose_all(net, i);
    }
}

/* The records that come back, against what was written: all that was synced, and only what was written. */
static void replay(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    struct sim_store *s = store_of(net, i);
    struct mc_slice payload;
    uint64_t k = 0;

    while (node_vote_log_next(s->disk->log, &payload)) {
        if (k < nd->log_cnt &&
            mc_slice_eq(payload, mc_slice(nd->log[k].blob->bytes, nd->log[k].blob->len))) {
            k++;
        } else if (k == 0 && s->rotating) {
            struct cons_rec mark = {.type = CONS_REC_MARK, .height = s->mark_height};
            forget_log(nd);
            net_log_put(net, i, &mark);
            nd->log_synced = k = 1;
        } else {
            net_fail(net, "S8: id=%u: record %" PRIu64 " of the log was never written", nd->id, k);
            return;
        }
    }
    /* A crash between the two files of a rotation and then damage to the new one: the mark is gone, but the block
     * store knows its height. */
    if (s->rotating && k == 0)
        forget_log(nd);
    s->rotating = false;
    if (k < nd->log_synced)
        net_fail(net, "S8: id=%u: record %" PRIu64 " of %" PRIu64 " synced ones is lost", nd->id, k,
                 nd->log_synced);
    while (nd->log_cnt > k)
        net_blob_unref(nd->log[--nd->log_cnt].blob);
    nd->log_synced = k;
}

/* A restored backup: whatever it holds. */
static void replay_anything(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    struct mc_slice payload;
    forget_log(nd);
    while (node_vote_log_next(store_of(net, i)->disk->log, &payload)) {
        assert_true(nd->log_cnt + 1 < NET_LOG_MAX);
        nd->log[nd->log_cnt++] = (struct net_rec){.blob = net_blob_new(payload)};
    }
    nd->log_synced = nd->log_cnt;
}

static bool open_log(struct net *net, int i)
{
    struct net_node *nd = net->node[i];
    struct sim_store *s = store_of(net, i);
    struct node_vote_log_info info;
    struct mc_errmsg em = {0};
    enum mc_err err;

    arm(net, s->disk);
    err = node_vote_log_open(&s->disk->log, &info, "a", "b", &identity, &em);
    if (err != MC_OK) {
        s->disk->log = NULL; /* closed by itself */
        if (!s->disk->failed)
            net_fail(net, "S8: id=%u: %s", nd->id, em.text);
        count_fault(net, s->disk->mode); /* C7: a crash while it recovers */
        sim_disk_settle(s->disk);
        return false;
    }
    net->state[SIM_ST_LOG_REPAIRED] += info.repaired > 0;
    net->state[SIM_ST_TAIL_DROPPED] += info.dropped_len > 0;
    if (nd->faulty)
        replay_anything(net, i);
    else
        replay(net, i);
    return net->failure[0] == '\0';
}

const struct net_disk sim_storage = {.put_cb = put,
                                     .sync_cb = sync_log,
                                     .rotate_cb = rotate_log,
                                     .durable_cb = durable,
                                     .crash_cb = crash,
                                     .open_cb = open_log};

void sim_storage_attach(struct net *net, bool lies, bool cache_stays)
{
    net->disk = &sim_storage;
    for (int i = 0; i < net->cnt; i++) {
        struct sim_store *s = calloc(1, sizeof *s);
        assert_non_null(s);
        s->disk = calloc(1, sizeof *s->disk);
        assert_non_null(s->disk);
        s->disk->rng = &net->rng;
        s->disk->lies = lies;
        s->disk->cache_stays = cache_stays;
        net->node[i]->disk = s;
    }
}

void sim_storage_free(struct net *net)
{
    net->disk = NULL;
    for (int i = 0; i < net->cnt; i++) {
        struct sim_store *s = net->node[i]->disk;
        sim_disk_free(s->disk);
        for (int k = 0; k < 2; k++)
            mc_buf_free(&s->old[k].cached);
        free(s);
    }
}
