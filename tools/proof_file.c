/* A bundle's bytes: compact JSON with members in one order and bytes as base64 (RFC 4648, section 4), so that a reader
 * can write again what it read and compare.  That makes every other spelling of the same bundle a damaged file. */
#include <inttypes.h>

#include "tools/proof.h"

/* ------------------------------------------------------------------ base64 */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_base64(struct mc_buf *b, struct mc_slice s)
{
    mc_buf_put_u8(b, '"');
    for (size_t i = 0; i < s.n; i += 3) {
        size_t n = s.n - i < 3 ? s.n - i : 3;
        uint32_t v = (uint32_t)s.p[i] << 16;
        v |= n > 1 ? (uint32_t)s.p[i + 1] << 8 : 0;
        v |= n > 2 ? s.p[i + 2] : 0;
        mc_buf_put_u8(b, (uint8_t)digits[v >> 18]);
        mc_buf_put_u8(b, (uint8_t)digits[v >> 12 & 63]);
        mc_buf_put_u8(b, n > 1 ? (uint8_t)digits[v >> 6 & 63] : '=');
        mc_buf_put_u8(b, n > 2 ? (uint8_t)digits[v & 63] : '=');
    }
    mc_buf_put_u8(b, '"');
}

/* Value of one character; -1 for none of ours. */
static int digit(uint8_t c)
{
    const char *at = c != 0 ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* Padding and left-over bits are not checked here: the comparison of the whole text does. */
static bool read_base64(struct mc_slice *out, struct mc_slice text, struct mc_arena *a)
{
    uint8_t *to = mc_arena_alloc(a, text.n / 4 * 3 + 3);
    uint32_t v = 0, bits = 0;
    if (to == NULL)
        return false;
    *out = mc_slice(to, 0);
    for (size_t i = 0; i < text.n && text.p[i] != '='; i++) {
        int d = digit(text.p[i]);
        if (d < 0)
            return false;
        v = v << 6 | (uint32_t)d;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            to[out->n++] = (uint8_t)(v >> bits);
        }
    }
    return true;
}

/* ------------------------------------------------------------------ writing */

static void put_member(struct mc_buf *b, const char *key, struct mc_slice s)
{
    mc_buf_putf(b, "\"%s\":", key);
    put_base64(b, s);
}

static void put_block(struct mc_buf *b, const struct proof_block *block)
{
    put_member(b, "header", block->header);
    mc_buf_put_u8(b, ',');
    put_member(b, "certificate", block->certificate);
}

static void put_path(struct mc_buf *b, const char *key, const struct proof_path *p)
{
    mc_buf_putf(b, ",\"%s\":[", key);
    for (uint32_t i = 0; i < p->cnt; i++) {
        if (i > 0)
            mc_buf_put_u8(b, ',');
        put_base64(b, p->nodes[i]);
    }
    mc_buf_put_u8(b, ']');
}

void proof_write(struct mc_buf *out, const struct proof_bundle *b)
{
    mc_buf_put_str(out, "{\"format\":\"" PROOF_FORMAT "\",\"module\":");
    mc_json_put_str(out, b->module);
    mc_buf_put_str(out, ",\"id\":");
    mc_json_put_str(out, b->id);
    mc_buf_put_u8(out, ',');
    put_member(out, "record", b->record);
    mc_buf_put_str(out, ",\"sets\":[");
    for (uint32_t i = 0; i < b->link_cnt; i++) {
        mc_buf_put_str(out, i == 0 ? "{" : ",{");
        put_block(out, &b->links[i].block);
        mc_buf_put_u8(out, ',');
        put_member(out, "validators", b->links[i].validators);
        mc_buf_put_u8(out, '}');
    }
    mc_buf_put_str(out, "],\"state\":{");
    put_block(out, &b->state);
    put_path(out, "account", &b->account);
    put_path(out, "storage", &b->storage);
    mc_buf_put_str(out, "},\"anchor\":{");
    put_block(out, &b->anchor);
    mc_buf_putf(out, ",\"index\":%" PRIu64, b->tx_i);
    put_path(out, "transaction", &b->tx);
    put_path(out, "receipt", &b->receipt);
    mc_buf_put_str(out, "}}\n");
}

/* ------------------------------------------------------------------ reading */

struct reader {
    struct mc_arena *arena;
    bool bad; /* something is missing or of another type; the comparison would find it, too */
};

static struct mc_slice get_bytes(struct reader *r, const struct mc_json *v)
{
    struct mc_slice out = {NULL, 0};
    if (mc_json_type(v) != MC_JSON_STRING || !read_base64(&out, mc_json_str(v), r->arena))
        r->bad = true;
    return out;
}

/* A name is kept beyond the document's life. */
static struct mc_slice get_name(struct reader *r, const struct mc_json *v)
{
    struct mc_slice s = mc_arena_copy(r->arena, mc_json_str(v));
    if (s.n == 0 || s.p == NULL)
        r->bad = true;
    return s;
}

static void get_block(struct reader *r, struct proof_block *out, const struct mc_json *v)
{
    out->header = get_bytes(r, mc_json_get(v, "header"));
    out->certificate = get_bytes(r, mc_json_get(v, "certificate"));
}

static void get_path(struct reader *r, struct proof_path *out, const struct mc_json *v)
{
    size_t n = mc_json_len(v);
    if (mc_json_type(v) != MC_JSON_ARRAY || n > PROOF_NODES_MAX) {
        r->bad = true;
        return;
    }
    out->cnt = (uint32_t)n;
    for (uint32_t i = 0; i < out->cnt; i++)
        out->nodes[i] = get_bytes(r, mc_json_at(v, i));
}

static void get_links(struct reader *r, struct proof_bundle *out, const struct mc_json *v)
{
    size_t n = mc_json_len(v);
    if (mc_json_type(v) != MC_JSON_ARRAY || n > PROOF_LINKS_MAX) {
        r->bad = true;
        return;
    }
    out->links = mc_arena_calloc(r->arena, n + 1, sizeof *out->links);
    if (out->links == NULL) {
        r->bad = true;
        return;
    }
    out->link_cnt = (uint32_t)n;
    for (uint32_t i = 0; i < out->link_cnt; i++) {
        const struct mc_json *link = mc_json_at(v, i);
        get_block(r, &out->links[i].block, link);
        out->links[i].validators = get_bytes(r, mc_json_get(link, "validators"));
    }
}

static bool get_bundle(struct proof_bundle *out, const struct mc_json *root)
{
    struct reader r = {.arena = &out->arena};
    const struct mc_json *state = mc_json_get(root, "state"), *anchor = mc_json_get(root, "anchor");
    out->module = get_name(&r, mc_json_get(root, "module"));
    out->id = get_name(&r, mc_json_get(root, "id"));
    out->record = get_bytes(&r, mc_json_get(root, "record"));
    get_links(&r, out, mc_json_get(root, "sets"));
    get_block(&r, &out->state, state);
    get_path(&r, &out->account, mc_json_get(state, "account"));
    get_path(&r, &out->storage, mc_json_get(state, "storage"));
    get_block(&r, &out->anchor, anchor);
    get_path(&r, &out->tx, mc_json_get(anchor, "transaction"));
    get_path(&r, &out->receipt, mc_json_get(anchor, "receipt"));
    return mc_json_u64(mc_json_get(anchor, "index"), &out->tx_i) && !r.bad;
}

enum mc_err proof_read(struct proof_bundle *out, struct mc_slice text, struct mc_errmsg *em)
{
    struct mc_json_doc *doc = NULL;
    struct mc_buf again = {0};
    memset(out, 0, sizeof *out);
    mc_arena_init(&out->arena, 4u * PROOF_FILE_BYTES_MAX);
    if (text.n > PROOF_FILE_BYTES_MAX)
        return mc_fail(em, MC_ELIMIT, "larger than %u bytes: no proof bundle",
                       PROOF_FILE_BYTES_MAX);
    enum mc_err err = mc_json_parse(&doc, text, 8, em);
    if (err != MC_OK) {
        mc_errwrap(em, "not a proof bundle");
        return err;
    }
    const struct mc_json *root = mc_json_root(doc);
    if (!mc_slice_eq(mc_json_str(mc_json_get(root, "format")), mc_slice_str(PROOF_FORMAT)))
        err = mc_fail(em, MC_EMALFORM, "not a proof bundle of format " PROOF_FORMAT);
    else if (!get_bundle(out, root))
        err = mc_fail(em, MC_EMALFORM, "not a proof bundle: a member is missing or damaged");
    mc_json_free(doc);
    if (err != MC_OK)
        return err;
    proof_write(&again, out);
    err = mc_buf_check(&again, "proof bundle", em);
    if (err == MC_OK && !mc_slice_eq(mc_buf_slice(&again), text))
        err = mc_fail(em, MC_EMALFORM,
                      "the file was changed: it is not written as a proof bundle is");
    mc_buf_free(&again);
    return err;
}

/* ------------------------------------------------------------------ paths in a block's lists */

static enum mc_err put_item(struct trie *t, uint64_t i, struct mc_slice item, struct mc_errmsg *em)
{
    struct mc_buf key = {0};
    mc_rlp_put_u64(&key, i);
    enum mc_err err = mc_buf_check(&key, "trie key", em);
    if (err == MC_OK)
        err = trie_put(t, mc_buf_slice(&key), item, em);
    mc_buf_free(&key);
    return err;
}

/* Cuts the nodes that trie_prove() wrote one behind the other. */
static enum mc_err cut_nodes(struct proof_path *out, struct mc_arena *arena,
                             const struct mc_buf *nodes, const struct mc_buf *ends,
                             struct mc_errmsg *em)
{
    struct mc_slice all = mc_arena_copy(arena, mc_buf_slice(nodes));
    size_t cnt = ends->n / sizeof(uint32_t);
    uint32_t from = 0, end;
    if (all.p == NULL || cnt > PROOF_NODES_MAX)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    for (out->cnt = 0; out->cnt < cnt; out->cnt++) {
        memcpy(&end, ends->p + out->cnt * sizeof end, sizeof end);
        out->nodes[out->cnt] = mc_slice(all.p + from, end - from);
        from = end;
    }
    return MC_OK;
}

enum mc_err proof_list_path(struct proof_path *out, struct mc_arena *arena,
                            const struct mc_slice *items, uint32_t cnt, uint64_t i,
                            struct mc_errmsg *em)
{
    struct mc_buf key = {0}, nodes = {0}, ends = {0};
    struct trie *t = NULL;
    enum mc_err err = trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL);
    for (uint32_t j = 0; j < cnt && err == MC_OK; j++)
        err = put_item(t, j, items[j], em);
    mc_rlp_put_u64(&key, i);
    if (err == MC_OK)
        err = mc_buf_check(&key, "trie key", em);
    if (err == MC_OK)
        err = trie_prove(t, mc_buf_slice(&key), &nodes, &ends, em);
    if (err == MC_OK)
        err = cut_nodes(out, arena, &nodes, &ends, em);
    trie_free(t);
    mc_buf_free(&key);
    mc_buf_free(&nodes);
    mc_buf_free(&ends);
    return err;
}

void proof_free(struct proof_bundle *b)
{
    mc_arena_free(&b->arena);
}
