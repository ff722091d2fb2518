/* Bytes of a peer: before, in and after the handshake, cut anywhere; and the messages inside, each with one encoding.
 *
 * Byte 0 chooses: bit 0 which end gets the bytes, bits 1-2 what they are.  Byte 1 is the size of the pieces. */
#include <stdlib.h>

#include "node/peer_link.h"
#include "node/peer_list.h"
#include "node/peer_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RAW = 0, AFTER_HANDSHAKE = 1, SEALED = 2, LIST = 3 };

static struct mc_ed25519_key keys[2];

static struct peer_link *make(int i)
{
    struct peer_link_cfg cfg = {
        .dialer = i == 0, .chain = {.chain_id = 1}, .key = &keys[i], .rekey_frames = 2};
    struct peer_link *l = NULL;
    if (peer_link_new(&l, &cfg, NULL) != MC_OK)
        abort();
    return l;
}

/* Feeds pieces; a frame that comes out must be `want` when that is given. */
static enum mc_err give(struct peer_link *l, struct mc_slice bytes, size_t piece,
                        const struct mc_slice *want, uint32_t *frames)
{
    enum mc_err err = MC_OK;
    for (size_t i = 0; i < bytes.n && err == MC_OK; i += piece) {
        enum peer_link_event ev = PEER_LINK_FRAME;
        err = peer_link_feed(l, mc_slice(bytes.p + i, bytes.n - i < piece ? bytes.n - i : piece),
                             NULL);
        while (err == MC_OK && ev != PEER_LINK_MORE) {
            struct mc_slice payload;
            err = peer_link_next(l, &ev, &payload, NULL);
            if (err != MC_OK || ev != PEER_LINK_FRAME)
                continue;
            if (want == NULL || !mc_slice_eq(payload, *want))
                abort();
            (*frames)++;
        }
    }
    return err;
}

static void shake(struct peer_link *l[2])
{
    uint32_t frames = 0;
    for (int k = 0; k < 4; k++) {
        struct mc_buf b = {0};
        peer_link_take(l[k & 1], &b);
        if (give(l[(k & 1) ^ 1], mc_buf_slice(&b), SIZE_MAX, NULL, &frames) != MC_OK)
            abort();
        mc_buf_free(&b);
    }
    if (!peer_link_is_up(l[0]) || !peer_link_is_up(l[1]))
        abort();
}

static void try_message(struct mc_slice in)
{
    struct mc_arena a;
    struct mc_buf b = {0};
    struct peer_msg m;
    mc_arena_init(&a, 1u << 20);
    if (peer_msg_decode(&m, &a, in, NULL) == MC_OK) {
        peer_msg_encode(&b, &m);
        if (!b.oom && !mc_slice_eq(mc_buf_slice(&b), in))
            abort();
    }
    mc_buf_free(&b);
    mc_arena_free(&a);
}

static void try_list(struct mc_slice in)
{
    struct peer_addr *list = malloc(PEER_LIST_MAX * sizeof *list);
    char *text = malloc(in.n + 1);
    uint32_t cnt = 0;
    if (list == NULL || text == NULL)
        abort();
    if (in.n > 0)
        memcpy(text, in.p, in.n);
    text[in.n] = 0;
    if (peer_list_parse(list, &cnt, text, NULL) == MC_OK && cnt > PEER_LIST_MAX)
        abort();
    free(list);
    free(text);
}

static void try_link(struct mc_slice in, int end, int what, size_t piece)
{
    struct peer_link *l[2] = {make(0), make(1)};
    struct mc_buf wire = {0};
    uint32_t frames = 0;
    if (what != RAW)
        shake(l);
    if (what == SEALED) {
        if (peer_link_seal(l[end ^ 1], &wire, in) != MC_OK ||
            peer_link_seal(l[end ^ 1], &wire, in) != MC_OK ||
            give(l[end], mc_buf_slice(&wire), piece, &in, &frames) != MC_OK || frames != 2)
            abort();
    } else {
        (void)give(l[end], in, piece, NULL, &frames); /* nobody can make a frame without the key */
    }
    mc_buf_free(&wire);
    peer_link_free(l[0]);
    peer_link_free(l[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct mc_errmsg em;
    if (!ready) {
        uint8_t seed[2][32] = {{1}, {2}};
        if (mc_crypto_init(&em) != MC_OK)
            abort();
        mc_ed25519_from_seed(&keys[0], seed[0]);
        mc_ed25519_from_seed(&keys[1], seed[1]);
        ready = true;
    }
    if (size < 2)
        return 0;
    struct mc_slice in = mc_slice(data + 2, size - 2);
    int what = data[0] >> 1 & 3;
    try_message(in);
    if (what == LIST)
        try_list(in);
    else
        try_link(in, data[0] & 1, what, data[1] == 0 ? SIZE_MAX : data[1]);
    return 0;
}
