#include "node/peer_link.h"

#include <stdlib.h>

#define MAGIC     "MCPEERS1"
#define MAGIC_LEN 8u
#define AUTH_LEN  96u /* static key 32, signature 64 */
#define KEEP_MAX  (1024u * 1024u)

enum state { WAIT_HELLO, WAIT_AUTH, UP };

struct cipher {
    uint8_t key[32];
    uint64_t counter, bytes;
};

/* The part that is secret; in guarded memory. */
struct secrets {
    uint8_t eph_secret[MC_X25519_LEN];
    uint8_t master[32];
    struct cipher tx, rx;
};

struct peer_link {
    struct peer_link_cfg cfg;
    enum state state;
    bool told_up;
    uint8_t expect[32];
    uint8_t hello[PEER_LINK_HELLO_LEN];  /* ours */
    uint8_t theirs[PEER_LINK_HELLO_LEN]; /* the other's */
    uint8_t auth_ours[AUTH_LEN], auth_theirs[AUTH_LEN];
    struct mc_hash transcript;
    uint8_t peer[32];
    struct secrets *s;
    struct mc_buf in;
    size_t in_pos; /* bytes of in already used */
    struct mc_buf out;
};

/* ------------------------------------------------------------------ hello */

static void put_be16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static uint16_t get_be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void make_hello(struct peer_link *l)
{
    uint8_t *p = l->hello;
    memcpy(p, MAGIC, MAGIC_LEN);
    put_be16(p + 8, l->cfg.version_min);
    put_be16(p + 10, l->cfg.version_max);
    mc_be64_put(p + 12, l->cfg.chain.chain_id);
    memcpy(p + 20, l->cfg.chain.genesis.b, 32);
    mc_x25519_keypair(p + 52, l->s->eph_secret);
}

enum mc_err peer_link_new(struct peer_link **out, const struct peer_link_cfg *cfg,
                          struct mc_errmsg *em)
{
    struct peer_link *l = calloc(1, sizeof *l);
    if (l != NULL)
        l->s = mc_secret_new(sizeof *l->s);
    if (l == NULL || l->s == NULL) {
        free(l);
        return mc_fail(em, MC_ENOMEM, "peer link: out of memory");
    }
    l->cfg = *cfg;
    if (cfg->version_max == 0)
        l->cfg.version_min = l->cfg.version_max = PEER_LINK_VERSION;
    if (cfg->rekey_frames == 0)
        l->cfg.rekey_frames = PEER_LINK_REKEY_FRAMES;
    if (cfg->expect != NULL) {
        memcpy(l->expect, cfg->expect, sizeof l->expect);
        l->cfg.expect = l->expect;
    }
    make_hello(l);
    if (cfg->dialer)
        mc_buf_put(&l->out, l->hello, sizeof l->hello);
    *out = l;
    return MC_OK;
}

void peer_link_free(struct peer_link *l)
{
    if (l == NULL)
        return;
    mc_secret_free(l->s);
    mc_buf_free(&l->in);
    mc_buf_free(&l->out);
    free(l);
}

static enum mc_err check_hello(const struct peer_link *l, struct mc_errmsg *em)
{
    const uint8_t *p = l->theirs;
    uint16_t low = get_be16(p + 8), high = get_be16(p + 10);
    if (memcmp(p, MAGIC, MAGIC_LEN) != 0)
        return mc_fail(em, MC_EMALFORM, "does not speak the peer protocol");
    if (low > high || low > l->cfg.version_max || high < l->cfg.version_min)
        return mc_fail(em, MC_EMISMATCH, "speaks protocol versions %u to %u, this node %u to %u",
                       low, high, l->cfg.version_min, l->cfg.version_max);
    if (mc_be64_get(p + 12) != l->cfg.chain.chain_id)
        return mc_fail(em, MC_EMISMATCH, "is on chain %llu, this node on %llu",
                       (unsigned long long)mc_be64_get(p + 12),
                       (unsigned long long)l->cfg.chain.chain_id);
    if (memcmp(p + 20, l->cfg.chain.genesis.b, 32) != 0)
        return mc_fail(em, MC_EMISMATCH, "has another genesis file");
    if (memcmp(p + 52, l->hello + 52, MC_X25519_LEN) == 0)
        return mc_fail(em, MC_EAUTH, "our own hello came back");
    return MC_OK;
}

/* ------------------------------------------------------------------ keys */

static void derive(uint8_t out[32], const uint8_t key[32], const char *label,
                   const struct mc_hash *context)
{
    const struct mc_slice parts[] = {mc_slice_str(label), mc_hash_slice(context)};
    mc_blake2b_keyed(out, key, parts, MC_COUNT(parts));
}

static void set_keys(struct peer_link *l, const char *dialer, const char *listener,
                     const struct mc_hash *context)
{
    memset(&l->s->tx, 0, sizeof l->s->tx);
    memset(&l->s->rx, 0, sizeof l->s->rx);
    derive(l->s->tx.key, l->s->master, l->cfg.dialer ? dialer : listener, context);
    derive(l->s->rx.key, l->s->master, l->cfg.dialer ? listener : dialer, context);
}

/* Everything said so far goes into the transcript; every key and signature depends on it. */
static enum mc_err agree(struct peer_link *l, struct mc_errmsg *em)
{
    uint8_t shared[32];
    const uint8_t *dialer = l->cfg.dialer ? l->hello : l->theirs;
    const uint8_t *listener = l->cfg.dialer ? l->theirs : l->hello;
    const struct mc_slice parts[] = {mc_slice_str("medichain peer hello 1"),
                                     mc_slice(dialer, PEER_LINK_HELLO_LEN),
                                     mc_slice(listener, PEER_LINK_HELLO_LEN)};

    if (mc_x25519_shared(shared, l->s->eph_secret, l->theirs + 52) != MC_OK)
        return mc_fail(em, MC_EAUTH, "its ephemeral key is of low order");
    mc_keccak256v(&l->transcript, parts, MC_COUNT(parts));
    derive(l->s->master, shared, "medichain peer master 1", &l->transcript);
    mc_secret_wipe(shared, sizeof shared);
    mc_secret_wipe(l->s->eph_secret, sizeof l->s->eph_secret);
    set_keys(l, "handshake dialer", "handshake listener", &l->transcript);
    return MC_OK;
}

/* After both proofs: session keys that depend on both identities. */
static void finish(struct peer_link *l)
{
    struct mc_hash context;
    const uint8_t *dialer = l->cfg.dialer ? l->auth_ours : l->auth_theirs;
    const uint8_t *listener = l->cfg.dialer ? l->auth_theirs : l->auth_ours;
    const struct mc_slice parts[] = {mc_slice_str("medichain peer session 1"),
                                     mc_hash_slice(&l->transcript), mc_slice(dialer, AUTH_LEN),
                                     mc_slice(listener, AUTH_LEN)};
    mc_keccak256v(&context, parts, MC_COUNT(parts));
    set_keys(l, "session dialer", "session listener", &context);
    mc_secret_wipe(l->s->master, sizeof l->s->master);
    memcpy(l->peer, l->auth_theirs, sizeof l->peer);
    l->state = UP;
}

/* ------------------------------------------------------------------ frames */

static void nonce_of(uint8_t out[MC_AEAD_NONCE_LEN], const struct cipher *c)
{
    memset(out, 0, MC_AEAD_NONCE_LEN);
    mc_be64_put(out + MC_AEAD_NONCE_LEN - 8, c->counter);
}

/* Both ends count the same frames and bytes, so both turn to the next key at the same frame. */
static void step_cipher(const struct peer_link *l, struct cipher *c, size_t n)
{
    c->counter++;
    c->bytes += n;
    if (c->counter < l->cfg.rekey_frames && c->bytes < PEER_LINK_REKEY_BYTES)
        return;
    derive(c->key, c->key, "rekey", &MC_HASH_ZERO);
    c->counter = c->bytes = 0;
}

static enum mc_err seal(struct peer_link *l, struct mc_buf *out, struct mc_slice payload)
{
    uint8_t nonce[MC_AEAD_NONCE_LEN];
    size_t n = payload.n + MC_AEAD_TAG_LEN;
    if (!mc_buf_reserve(out, 4 + n))
        return MC_ENOMEM;
    nonce_of(nonce, &l->s->tx);
    mc_be32_put(out->p + out->n, (uint32_t)n);
    mc_aead_seal(out->p + out->n + 4, payload, nonce, l->s->tx.key);
    out->n += 4 + n;
    step_cipher(l, &l->s->tx, n);
    return MC_OK;
}

enum mc_err peer_link_seal(struct peer_link *l, struct mc_buf *out, struct mc_slice payload)
{
    if (payload.n + MC_AEAD_TAG_LEN > PEER_LINK_FRAME_MAX)
        return MC_ELIMIT;
    return l->state == UP ? seal(l, out, payload) : MC_EINVAL;
}

/* Takes one whole frame from the input and opens it in place.  False without an error: not all of it is there. */
static bool open_frame(struct peer_link *l, struct mc_slice *payload, enum mc_err *err,
                       struct mc_errmsg *em)
{
    uint8_t nonce[MC_AEAD_NONCE_LEN];
    uint8_t *p = l->in.p + l->in_pos;
    size_t have = l->in.n - l->in_pos,
           cap = l->state == UP ? PEER_LINK_FRAME_MAX : PEER_LINK_EARLY_MAX;
    *err = MC_OK;
    if (have < 4)
        return false;
    size_t n = mc_be32_get(p);
    if (n < MC_AEAD_TAG_LEN || n > cap) {
        *err = mc_fail(em, MC_ELIMIT, "a frame of %zu bytes; %zu are allowed here", n, cap);
        return false;
    }
    if (have < 4 + n)
        return false;
    nonce_of(nonce, &l->s->rx);
    if (mc_aead_open(p + 4, mc_slice(p + 4, n), nonce, l->s->rx.key) != MC_OK) {
        *err = mc_fail(em, MC_EAUTH, "a frame that is not genuine");
        return false;
    }
    step_cipher(l, &l->s->rx, n);
    *payload = mc_slice(p + 4, n - MC_AEAD_TAG_LEN);
    l->in_pos += 4 + n;
    return true;
}

/* ------------------------------------------------------------------ proofs of identity */

static void auth_bytes(struct mc_buf *out, const struct peer_link *l, bool by_dialer,
                       const uint8_t self[32], const uint8_t other[32])
{
    static const uint8_t nobody[32];
    mc_buf_put_str(out, "medichain peer auth 1");
    mc_buf_put_u8(out, by_dialer ? 1 : 2);
    mc_buf_put(out, l->transcript.b, 32);
    mc_buf_put(out, self, 32);
    mc_buf_put(out, other != NULL ? other : nobody, 32);
}

/* The listener speaks first and does not yet know to whom; the dialer signs both keys. */
static enum mc_err send_auth(struct peer_link *l)
{
    struct mc_buf b = {0};
    const uint8_t *other = l->cfg.dialer ? l->auth_theirs : NULL;
    auth_bytes(&b, l, l->cfg.dialer, l->cfg.key->pub, other);
    enum mc_err err = b.oom ? MC_ENOMEM : MC_OK;
    if (err == MC_OK) {
        memcpy(l->auth_ours, l->cfg.key->pub, 32);
        mc_ed25519_sign(l->auth_ours + 32, mc_buf_slice(&b), l->cfg.key);
        err = seal(l, &l->out, mc_slice(l->auth_ours, AUTH_LEN));
    }
    mc_buf_free(&b);
    return err;
}

static enum mc_err check_auth(struct peer_link *l, struct mc_slice payload, struct mc_errmsg *em)
{
    struct mc_buf b = {0};
    if (payload.n != AUTH_LEN)
        return mc_fail(em, MC_EMALFORM, "a proof of %zu bytes", payload.n);
    memcpy(l->auth_theirs, payload.p, AUTH_LEN);
    if (mc_secret_eq(l->auth_theirs, l->cfg.key->pub, 32))
        return mc_fail(em, MC_EAUTH, "has this node's own key");
    if (l->cfg.expect != NULL && memcmp(l->auth_theirs, l->cfg.expect, 32) != 0)
        return mc_fail(em, MC_EAUTH, "has another key than the configuration names");
    auth_bytes(&b, l, !l->cfg.dialer, l->auth_theirs, l->cfg.dialer ? NULL : l->cfg.key->pub);
    enum mc_err err = b.oom ? mc_fail(em, MC_ENOMEM, "out of memory") : MC_OK;
    if (err == MC_OK && (!mc_ed25519_pub_ok(l->auth_theirs) ||
                         !mc_ed25519_verify(l->auth_theirs + 32, mc_buf_slice(&b), l->auth_theirs)))
        err = mc_fail(em, MC_EAUTH, "does not prove its key");
    mc_buf_free(&b);
    return err;
}

/* ------------------------------------------------------------------ the steps */

enum mc_err peer_link_feed(struct peer_link *l, struct mc_slice bytes, struct mc_errmsg *em)
{
    if (l->in_pos > 0) {
        memmove(l->in.p, l->in.p + l->in_pos, l->in.n - l->in_pos);
        l->in.n -= l->in_pos;
        l->in_pos = 0;
    }
    if (l->in.n == 0 &&
        l->in.cap > KEEP_MAX) /* one large frame does not keep its memory for ever */
        mc_buf_free(&l->in);
    mc_buf_put_slice(&l->in, bytes);
    return mc_buf_check(&l->in, "peer link", em);
}

/* True when a step was made; then try the next one. */
static bool on_hello(struct peer_link *l, enum mc_err *err, struct mc_errmsg *em)
{
    *err = MC_OK;
    if (l->in.n - l->in_pos < PEER_LINK_HELLO_LEN) {
        size_t n = l->in.n - l->in_pos < MAGIC_LEN ? l->in.n - l->in_pos : MAGIC_LEN;
        if (n > 0 && memcmp(l->in.p + l->in_pos, MAGIC, n) != 0)
            *err = mc_fail(em, MC_EMALFORM, "does not speak the peer protocol");
        return false;
    }
    memcpy(l->theirs, l->in.p + l->in_pos, PEER_LINK_HELLO_LEN);
    l->in_pos += PEER_LINK_HELLO_LEN;
    *err = check_hello(l, em);
    if (*err == MC_OK)
        *err = agree(l, em);
    if (*err == MC_OK && !l->cfg.dialer) {
        mc_buf_put(&l->out, l->hello, sizeof l->hello);
        *err = send_auth(l);
    }
    l->state = WAIT_AUTH;
    return *err == MC_OK;
}

static bool on_auth(struct peer_link *l, enum mc_err *err, struct mc_errmsg *em)
{
    struct mc_slice payload;
    if (!open_frame(l, &payload, err, em))
        return false;
    *err = check_auth(l, payload, em);
    if (*err == MC_OK && l->cfg.dialer)
        *err = send_auth(l);
    if (*err == MC_OK)
        finish(l);
    return *err == MC_OK;
}

enum mc_err peer_link_next(struct peer_link *l, enum peer_link_event *ev, struct mc_slice *payload,
                           struct mc_errmsg *em)
{
    enum mc_err err = MC_OK;
    *ev = PEER_LINK_MORE;
    *payload = mc_slice(NULL, 0);
    if (l->state == WAIT_HELLO && !on_hello(l, &err, em))
        return err;
    if (l->state == WAIT_AUTH && !on_auth(l, &err, em))
        return err;
    if (!l->told_up) {
        l->told_up = true;
        *ev = PEER_LINK_UP;
        return MC_OK;
    }
    if (open_frame(l, payload, &err, em))
        *ev = PEER_LINK_FRAME;
    return err;
}

void peer_link_take(struct peer_link *l, struct mc_buf *out)
{
    mc_buf_put_slice(out, mc_buf_slice(&l->out));
    mc_buf_reset(&l->out);
}

bool peer_link_is_up(const struct peer_link *l)
{
    return l->state == UP;
}

const uint8_t *peer_link_peer(const struct peer_link *l)
{
    return l->peer;
}
