/* Consensus messages, certificates, vote-log records, evidence and validator sets: what decodes has exactly one encoding, and
 * no message, whatever it says, harms a core that takes it as verified. */
#include <stdlib.h>

#include "consensus/consensus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 4096, VALIDATORS = 4 };

static void check_same(const struct mc_buf *b, struct mc_slice in)
{
    if (!b->oom && !mc_slice_eq(mc_buf_slice(b), in))
        abort();
}

static void make_valset(struct cons_valset *vs)
{
    memset(vs, 0, sizeof *vs);
    vs->cnt = VALIDATORS;
    for (uint8_t i = 0; i < VALIDATORS; i++) {
        uint8_t seed[32] = {i};
        struct mc_ed25519_key key;
        mc_ed25519_from_seed(&key, seed);
        memcpy(vs->v[i].pub, key.pub, 32);
        vs->v[i].addr.b[0] = (uint8_t)(i + 1);
    }
    if (cons_valset_seal(vs, NULL) != MC_OK)
        abort();
}

/* The first byte opens a height, so that messages of small heights meet an open one. */
static void feed_core(const struct cons_msg *m, const struct cons_valset *vs, uint8_t height)
{
    struct cons_cfg cfg = {.timeout_ms = 10, .timeout_max_ms = 100, .body_bytes_max = BODY_MAX};
    struct cons_event ev = {.type = CONS_EV_COMMITTED};
    struct cons_out out;
    struct cons *c;

    memcpy(cfg.self_pub, vs->v[0].pub, 32);
    c = cons_new(&cfg);
    if (c == NULL)
        return;
    ev.u.committed.height = height;
    ev.u.committed.valset = vs;
    ev.u.committed.work = true;
    if (cons_step(c, &out, &ev) != MC_OK)
        abort();
    for (uint64_t t = 0; t < 3; t++) {
        ev = (struct cons_event){.type = CONS_EV_MSG, .now_ms = t * 50};
        ev.u.msg = m;
        if (cons_step(c, &out, &ev) == MC_OK && out.send_cnt > 16)
            abort();
        ev = (struct cons_event){.type = CONS_EV_TIMER, .now_ms = t * 50 + 20};
        if (cons_step(c, &out, &ev) != MC_OK)
            abort();
    }
    ev = (struct cons_event){.type = CONS_EV_COMMITTED};
    ev.u.committed.height = (uint64_t)height + 1;
    ev.u.committed.valset = vs;
    if (cons_step(c, &out, &ev) != MC_OK)
        abort();
    cons_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cons_valset vs;
    struct cons_chain chain = {.chain_id = 1};
    struct mc_slice in;
    struct cons_msg m;
    struct cons_rec rec;
    struct cons_cert cert;
    struct cons_valset other;
    struct cons_evidence evidence;
    struct mc_arena a;
    struct mc_buf b = {0};
    uint8_t height;

    if (size == 0)
        return 0;
    if (vs.cnt == 0) {
        if (mc_crypto_init(NULL) != MC_OK)
            abort();
        make_valset(&vs);
    }
    height = data[0];
    in = mc_slice(data + 1, size - 1);
    mc_arena_init(&a, 0);
    if (cons_msg_decode(&m, &a, in, BODY_MAX, NULL) == MC_OK) {
        cons_msg_encode(&b, &m);
        check_same(&b, in);
        (void)!cons_msg_verify(&m, &chain, &vs, NULL);
        feed_core(&m, &vs, height);
    }
    mc_buf_reset(&b);
    if (cons_cert_decode(&cert, in, NULL) == MC_OK) {
        cons_cert_encode(&b, &cert);
        check_same(&b, in);
        (void)!cons_cert_verify(&cert, &chain, &vs, NULL);
    }
    mc_buf_reset(&b);
    if (cons_rec_decode(&rec, &a, in, NULL) == MC_OK) {
        cons_rec_encode(&b, &rec);
        check_same(&b, in);
    }
    mc_buf_reset(&b);
    if (cons_evidence_decode(&evidence, in, NULL) == MC_OK) {
        cons_evidence_encode(&b, &evidence);
        check_same(&b, in);
        (void)!cons_evidence_verify(&evidence, &chain, &vs, NULL);
    }
    mc_buf_reset(&b);
    if (cons_valset_from_rlp(&other, in, NULL) == MC_OK) {
        cons_valset_rlp(&b, &other);
        check_same(&b, in);
    }
    mc_buf_free(&b);
    mc_arena_free(&a);
    return 0;
}
