/* Bodies: the bytes of the few blocks that the open height is about.  A fixed number of buffers. */
#include "consensus/core.h"

struct body *cons_body_find(struct cons *c, const struct mc_hash *hash)
{
    for (size_t i = 0; i < CONS_BODY_CNT; i++) {
        if (c->bodies[i].used && mc_hash_eq(&c->bodies[i].hash, hash))
            return &c->bodies[i];
    }
    return NULL;
}

static bool is_wanted(const struct cons *c, const struct mc_hash *hash)
{
    if (c->acc.set && mc_hash_eq(&c->acc.digest, hash))
        return true;
    if (c->own_proposal.set && mc_hash_eq(&c->own_proposal.digest, hash))
        return true;
    if (c->decided.set && mc_hash_eq(&c->decided.digest, hash))
        return true;
    if (c->prep.set && mc_hash_eq(&c->prep.cert.digest, hash))
        return true;
    /* We said PREPARE: a later proposer may need these bytes, and ours may be the only copy left. */
    if (c->own_prepare.set && mc_hash_eq(&c->own_prepare.digest, hash))
        return true;
    return c->just.has_pc && mc_hash_eq(&c->just.pc.digest, hash);
}

/* A free place; else the oldest that nothing refers to.  There is one: at most six are wanted. */
static struct body *place(struct cons *c)
{
    struct body *best = NULL;
    for (size_t i = 0; i < CONS_BODY_CNT; i++) {
        struct body *b = &c->bodies[i];
        if (!b->used)
            return b;
        if (!is_wanted(c, &b->hash) && (best == NULL || b->use < best->use))
            best = b;
    }
    MC_ASSERT(best != NULL);
    return best;
}

struct body *cons_body_put(struct cons *c, const struct mc_hash *hash, struct mc_slice bytes)
{
    struct body *b = cons_body_find(c, hash);
    if (b != NULL)
        return b;
    MC_ASSERT(bytes.n <= c->cfg.body_bytes_max);
    b = place(c);
    cons_body_drop(b);
    b->used = true;
    b->hash = *hash;
    b->len = (uint32_t)bytes.n;
    b->use = ++c->body_use;
    if (bytes.n > 0)
        memcpy(b->buf, bytes.p, bytes.n);
    return b;
}

void cons_body_drop(struct body *b)
{
    uint8_t *buf = b->buf;
    memset(b, 0, sizeof *b);
    b->buf = buf;
}

void cons_body_verdict(struct cons *c, const struct mc_hash *hash, bool fresh,
                       enum cons_verdict verdict)
{
    struct body *b = cons_body_find(c, hash);
    if (b == NULL || !b->pending || b->pending_fresh != fresh)
        return; /* asked for in another round, or dropped since */
    b->pending = false;
    switch (verdict) {
    case CONS_VALID:
        b->state = BODY_VALID;
        b->trusted = true;
        break;
    case CONS_INVALID:
        b->state = fresh ? BODY_UNTIMELY : BODY_INVALID;
        break;
    case CONS_WRONG_BODY:
        cons_body_drop(b);
        break;
    }
}

void cons_body_validate(struct cons *c, struct body *b, uint32_t round, bool fresh)
{
    if (b->pending && b->pending_fresh == fresh)
        return;
    b->pending = true;
    b->pending_fresh = fresh;
    c->has_validate = true;
    c->validate = (struct cons_block){.height = c->height,
                                      .round = round,
                                      .hash = b->hash,
                                      .body = mc_slice(b->buf, b->len),
                                      .fresh = fresh};
}

void cons_body_fetch(struct cons *c, uint32_t round, const struct mc_hash *hash)
{
    if (c->fetching && mc_hash_eq(&c->fetch.hash, hash))
        return; /* asked already; again at the next resend */
    c->fetching = true;
    c->has_fetch = true;
    c->fetch = (struct cons_want){.height = c->height, .round = round, .hash = *hash};
}

bool cons_body_get(const struct cons *c, const struct mc_hash *hash, struct mc_slice *body)
{
    for (size_t i = 0; i < CONS_BODY_CNT; i++) {
        const struct body *b = &c->bodies[i];
        if (b->used && b->trusted && mc_hash_eq(&b->hash, hash)) {
            *body = mc_slice(b->buf, b->len);
            return true;
        }
    }
    return false;
}
