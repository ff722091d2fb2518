/* ethereum/tests, TrieTests: pairs put in order (null removes), or an object whose order does not matter; files with
 * "secure" in their name hash the keys first.  Every key that is left is proved against the root as well. */
#include "vectors.h"

#include "ledger/ledger.h"

/* Text as it stands, or the bytes of 0x and hex digits. */
static struct mc_slice text_bytes(struct mc_arena *a, const struct mc_json *v)
{
    struct mc_slice s = mc_json_str(v);
    struct mc_buf b = {0};

    if (s.n >= 2 && s.p[0] == '0' && s.p[1] == 'x' &&
        mc_hex_data(&b, s, VECTORS_FILE_BYTES_MAX, NULL) == MC_OK)
        s = mc_arena_copy(a, mc_buf_slice(&b));
    else
        s = mc_arena_copy(a, s);
    mc_buf_free(&b);
    return s;
}

struct pairs {
    struct mc_arena *arena;
    struct mc_slice *keys, *values;
    size_t cnt;
    bool secure;
};

static void pair_add(struct pairs *p, struct mc_slice key, const struct mc_json *value)
{
    struct mc_hash h;

    if (p->secure) {
        mc_keccak256(&h, key);
        key = mc_arena_copy(p->arena, mc_hash_slice(&h));
    }
    p->keys[p->cnt] = key;
    p->values[p->cnt++] = text_bytes(p->arena, value);
}

static bool member_add(void *arg, struct mc_slice key, const struct mc_json *value)
{
    struct pairs *p = (struct pairs *)arg;
    struct mc_buf b = {0};

    if (key.n >= 2 && key.p[0] == '0' && key.p[1] == 'x' &&
        mc_hex_data(&b, key, VECTORS_FILE_BYTES_MAX, NULL) == MC_OK)
        key = mc_arena_copy(p->arena, mc_buf_slice(&b));
    mc_buf_free(&b);
    pair_add(p, key, value);
    return true;
}

/* False where the file has another layout (trietestnextprev.json lists bare keys). */
static bool pairs_read(struct pairs *p, const struct mc_json *in)
{
    size_t cnt = mc_json_len(in);

    p->keys = mc_arena_calloc(p->arena, cnt + 1, sizeof *p->keys);
    p->values = mc_arena_calloc(p->arena, cnt + 1, sizeof *p->values);
    if (p->keys == NULL || p->values == NULL)
        return false;
    if (mc_json_type(in) == MC_JSON_OBJECT) {
        mc_json_each(in, member_add, p);
        return true;
    }
    if (mc_json_type(in) != MC_JSON_ARRAY)
        return false;
    for (size_t i = 0; i < cnt; i++) {
        const struct mc_json *pair = mc_json_at(in, i);
        if (mc_json_type(pair) != MC_JSON_ARRAY || mc_json_len(pair) != 2)
            return false;
        pair_add(p, text_bytes(p->arena, mc_json_at(pair, 0)), mc_json_at(pair, 1));
    }
    return true;
}

static void check_proof(struct vectors_run *run, struct trie *t, const struct mc_hash *root,
                        struct mc_slice key)
{
    struct mc_slice nodes[TRIE_PATH_MAX + 1], value = {0}, proved = {0};
    struct mc_buf bytes = {0}, ends = {0};
    struct mc_errmsg em = {{0}};
    uint32_t cnt = 0, from = 0, end;

    if (trie_prove(t, key, &bytes, &ends, &em) != MC_OK || trie_get(t, key, &value, &em) != MC_OK)
        vectors_fail(run, "%s", em.text);
    for (size_t at = 0; at < ends.n; at += sizeof end, from = end) {
        memcpy(&end, ends.p + at, sizeof end);
        nodes[cnt++] = mc_slice(bytes.p + from, end - from);
    }
    if (trie_verify(&proved, root, key, nodes, cnt, &em) != MC_OK)
        vectors_fail(run, "the proof does not hold: %s", em.text);
    else if (!mc_slice_eq(proved, value))
        vectors_fail(run, "the proof gives another value");
    mc_buf_free(&bytes);
    mc_buf_free(&ends);
}

static void check_order(struct vectors_run *run, const struct pairs *p, const struct mc_hash *want,
                        bool backward)
{
    struct trie *t = NULL;
    struct mc_errmsg em = {{0}};
    struct mc_hash root = MC_HASH_ZERO;
    enum mc_err err = trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL);

    for (size_t i = 0; err == MC_OK && i < p->cnt; i++) {
        size_t at = backward ? p->cnt - 1 - i : i;
        err = trie_put(t, p->keys[at], p->values[at], &em);
    }
    if (err == MC_OK)
        err = trie_commit(t, &root, NULL, NULL, &em);
    if (err != MC_OK)
        vectors_fail(run, "%s", em.text);
    else if (!mc_hash_eq(&root, want))
        vectors_fail(run, "another root%s", backward ? " when put backward" : "");
    for (size_t i = 0; err == MC_OK && i < p->cnt; i++)
        check_proof(run, t, &root, p->keys[i]);
    trie_free(t);
}

static void check_case(struct vectors_run *run, const struct mc_json *vcase, void *arg)
{
    const struct mc_json *in = mc_json_get(vcase, "in");
    const char *name = strrchr(run->file, '/');
    struct mc_arena arena = {0};
    struct pairs p = {.arena = &arena};
    struct mc_errmsg em = {{0}};
    struct mc_hash want;

    (void)arg;
    p.secure = strcasestr(name != NULL ? name : run->file, "secure") != NULL;
    if (!pairs_read(&p, in)) {
        vectors_pass_over(run, "no pairs of key and value");
    } else if (mc_hex_fixed(want.b, sizeof want.b, mc_json_str(mc_json_get(vcase, "root")), &em) !=
               MC_OK) {
        vectors_fail(run, "root: %s", em.text);
    } else {
        check_order(run, &p, &want, false);
        if (mc_json_type(in) == MC_JSON_OBJECT)
            check_order(run, &p, &want, true);
    }
    mc_arena_free(&arena);
}

int main(void)
{
    struct vectors_run run;

    vectors_begin(&run, "TrieTests");
    vectors_each(&run, check_case, NULL);
    return vectors_end(&run);
}
