/* The trie against its slow twin, over a store by path that keeps every version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "trie_model.h"

/* ---- help ---- */

enum keys { KEYS_HASHED, KEYS_CROWDED, KEYS_UNEQUAL };

/* HASHED: spread like real ones.  CROWDED: 32 bytes that part late, for extensions.  UNEQUAL: 0
 * to 4 bytes of two values, so that keys begin other keys. */
static struct mc_slice make_key(uint8_t out[32], enum keys kind, uint64_t *seed)
{
    uint32_t r = model_rand(seed) % 400;
    struct mc_hash h;

    if (kind == KEYS_HASHED) {
        mc_keccak256(&h, mc_slice(&r, sizeof r));
        memcpy(out, h.b, 32);
        return mc_slice(out, 32);
    }
    if (kind == KEYS_CROWDED) {
        memset(out, 0x11, 32);
        out[r % 4 * 9] = (uint8_t)(r / 4 % 3);
        out[31] = (uint8_t)(r / 12 % 5 * 16);
        return mc_slice(out, 32);
    }
    for (uint32_t i = 0; i < 4; i++)
        out[i] = (r >> i & 1) != 0 ? 0x21 : 0x20;
    return mc_slice(out, r % 5);
}

/* Short values make embedded nodes; a fifth of all removes. */
static struct mc_slice make_value(uint8_t out[MODEL_VALUE_MAX], uint64_t *seed)
{
    uint32_t kind = model_rand(seed) % 5;
    uint32_t n = kind == 0 ? 0 : kind < 3 ? 1 + model_rand(seed) % 3 : 1 + model_rand(seed) % 79;

    for (uint32_t i = 0; i < n; i++)
        out[i] = (uint8_t)model_rand(seed);
    return mc_slice(out, n);
}

static void must(enum mc_err err, const struct mc_errmsg *em)
{
    if (err != MC_OK)
        fail_msg("%d: %s", err, em->text);
}

static void put(struct trie *t, struct mc_slice key, struct mc_slice value)
{
    struct mc_errmsg em = {{0}};

    must(trie_put(t, key, value, &em), &em);
}

static struct mc_hash commit(struct trie *t, trie_emit_fn emit, struct model_store *s)
{
    struct mc_errmsg em = {{0}};
    struct mc_hash root = MC_HASH_ZERO;

    must(trie_commit(t, &root, emit, s, &em), &em);
    return root;
}

static void put_text(struct trie *t, const char *key, const char *value)
{
    put(t, mc_slice_str(key), mc_slice_str(value));
}

static void assert_hash(const struct mc_hash *h, const char *hex)
{
    char text[65];

    mc_hex_encode(text, h->b, sizeof h->b);
    assert_string_equal(text, hex);
}

struct proof {
    struct mc_buf bytes, ends;
    struct mc_slice nodes[TRIE_PATH_MAX + 1];
    uint32_t cnt;
};

static void prove(struct proof *p, struct trie *t, struct mc_slice key)
{
    struct mc_errmsg em = {{0}};
    uint32_t from = 0, end;

    *p = (struct proof){0};
    must(trie_prove(t, key, &p->bytes, &p->ends, &em), &em);
    for (size_t at = 0; at < p->ends.n; at += sizeof end, from = end) {
        memcpy(&end, p->ends.p + at, sizeof end);
        p->nodes[p->cnt++] = mc_slice(p->bytes.p + from, end - from);
    }
}

static void proof_free(struct proof *p)
{
    mc_buf_free(&p->bytes);
    mc_buf_free(&p->ends);
}

/* ---- known answers ---- */

static void an_empty_trie_has_the_known_root(void **state)
{
    struct trie *t = NULL;
    struct mc_hash root;
    struct mc_slice v;

    (void)state;
    assert_int_equal(trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL), MC_OK);
    root = commit(t, NULL, NULL);
    assert_true(mc_hash_eq(&root, &MC_KECCAK_EMPTY_TRIE));
    assert_int_equal(trie_get(t, mc_slice_str("a"), &v, NULL), MC_OK);
    assert_int_equal(v.n, 0);
    assert_int_equal(trie_bytes(t), 0);
    trie_free(t);
}

/* Published in ethereum/tests, TrieTests: dogs, puppy with its detours. */
static void published_roots_come_out(void **state)
{
    struct trie *t = NULL;
    struct mc_hash root;

    (void)state;
    assert_int_equal(trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL), MC_OK);
    put_text(t, "doe", "reindeer");
    put_text(t, "dog", "puppy");
    put_text(t, "dogglesworth", "cat");
    root = commit(t, NULL, NULL);
    assert_hash(&root, "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3");
    put_text(t, "doe", "");
    put_text(t, "dogglesworth", "");
    put_text(t, "do", "verb");
    put_text(t, "ether", "wookiedoo");
    put_text(t, "horse", "stallion");
    put_text(t, "shaman", "horse");
    put_text(t, "doge", "coin");
    put_text(t, "ether", "");
    put_text(t, "shaman", "");
    root = commit(t, NULL, NULL);
    assert_hash(&root, "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84");
    trie_free(t);
}

static void a_key_above_32_bytes_is_refused(void **state)
{
    uint8_t key[33] = {0};
    struct mc_errmsg em = {{0}};
    struct trie *t = NULL;
    struct mc_slice v;

    (void)state;
    assert_int_equal(trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL), MC_OK);
    assert_int_equal(trie_put(t, mc_slice(key, 33), mc_slice_str("v"), &em), MC_EINVAL);
    assert_string_equal(em.text, "trie: a key of 33 bytes, 32 are the most");
    assert_int_equal(trie_get(t, mc_slice(key, 33), &v, &em), MC_EINVAL);
    trie_free(t);
}

/* ---- random changes ---- */

struct world {
    struct model model;
    struct model_store store;
    struct trie *t;
    struct mc_hash root;
};

static struct world *world_new(void)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    w->root = MC_KECCAK_EMPTY_TRIE;
    w->store.read_at = UINT32_MAX;
    assert_int_equal(trie_new(&w->t, &w->root, model_load, &w->store), MC_OK);
    return w;
}

static void world_free(struct world *w)
{
    trie_free(w->t);
    model_store_free(&w->store);
    free(w);
}

static void world_change(struct world *w, enum keys kind, uint64_t *seed)
{
    uint8_t key_bytes[32], value_bytes[MODEL_VALUE_MAX];
    struct mc_slice key = make_key(key_bytes, kind, seed);
    struct mc_slice value = make_value(value_bytes, seed);

    put(w->t, key, value);
    model_put(&w->model, key, value);
}

static void world_commit(struct world *w)
{
    struct mc_hash want = model_root(&w->model);

    w->store.now++;
    w->root = commit(w->t, model_emit, &w->store);
    if (!mc_hash_eq(&w->root, &want))
        fail_msg("commit %u: another root", w->store.now);
    /* Nothing is missing and nothing is left over. */
    assert_int_equal(model_live(&w->store), w->model.node_cnt);
}

static void world_reopen(struct world *w)
{
    trie_free(w->t);
    assert_int_equal(trie_new(&w->t, &w->root, model_load, &w->store), MC_OK);
}

static void world_check_values(struct world *w)
{
    struct mc_errmsg em = {{0}};
    struct mc_slice v;

    for (uint32_t i = 0; i < w->model.cnt; i++) {
        const struct model_pair *p = &w->model.pairs[i];
        must(trie_get(w->t, mc_slice(p->key, p->key_n), &v, &em), &em);
        assert_true(mc_slice_eq(v, mc_slice(p->value, p->value_n)));
    }
}

static void random_changes_give_the_model_s_roots_and_nodes(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 60; round++) {
        uint64_t seed = round * 0x9e3779b97f4a7c15u;
        enum keys kind = (enum keys)(round % 3);
        struct world *w = world_new();
        for (uint32_t step = 0; step < 40; step++) {
            uint32_t changes = model_rand(&seed) % 30;
            for (uint32_t i = 0; i < changes; i++)
                world_change(w, kind, &seed);
            if (model_rand(&seed) % 4 == 0) /* a root in between must not lose what changed */
                (void)commit(w->t, NULL, NULL);
            if (model_rand(&seed) % 4 == 0)
                trie_trim(w->t, model_rand(&seed) % 6);
            world_commit(w);
            if (model_rand(&seed) % 3 == 0)
                trie_trim(w->t, model_rand(&seed) % 6);
            if (model_rand(&seed) % 5 == 0)
                world_reopen(w);
        }
        world_check_values(w);
        world_free(w);
    }
}

static void removing_everything_leaves_an_empty_store(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 12; round++) {
        uint64_t seed = round * 77777777777u;
        struct world *w = world_new();
        for (uint32_t i = 0; i < 300; i++)
            world_change(w, (enum keys)(round % 3), &seed);
        world_commit(w);
        while (w->model.cnt > 0) {
            struct model_pair p = w->model.pairs[model_rand(&seed) % w->model.cnt];
            if (model_rand(&seed) % 8 == 0) {
                world_commit(w);
                world_reopen(w); /* siblings are mere hashes then */
            }
            put(w->t, mc_slice(p.key, p.key_n), mc_slice(NULL, 0));
            model_put(&w->model, mc_slice(p.key, p.key_n), mc_slice(NULL, 0));
            if (model_rand(&seed) % 4 == 0)
                world_commit(w);
        }
        world_commit(w);
        assert_true(mc_hash_eq(&w->root, &MC_KECCAK_EMPTY_TRIE));
        assert_int_equal(model_live(&w->store), 0);
        assert_int_equal(trie_bytes(w->t), 0);
        world_free(w);
    }
}

static void past_roots_stay_readable(void **state)
{
    uint64_t seed = 4711;
    struct world *w = world_new();
    struct mc_hash roots[20];
    struct model *then = calloc(20, sizeof *then);

    (void)state;
    assert_non_null(then);
    for (uint32_t i = 0; i < 20; i++) {
        for (uint32_t k = 0; k < 40; k++)
            world_change(w, KEYS_HASHED, &seed);
        world_commit(w);
        roots[i] = w->root;
        then[i] = w->model;
    }
    for (uint32_t i = 0; i < 20; i++) {
        w->store.read_at = i + 1;
        w->root = roots[i];
        w->model = then[i];
        world_reopen(w);
        world_check_values(w);
    }
    free(then);
    world_free(w);
}

static void an_unchanged_trie_hands_out_nothing(void **state)
{
    uint64_t seed = 5;
    struct world *w = world_new();
    uint32_t i = 0;

    (void)state;
    while (i++ < 100)
        world_change(w, KEYS_HASHED, &seed);
    world_commit(w);
    /* The same value again is no change. */
    put(w->t, mc_slice(w->model.pairs[3].key, 32),
        mc_slice(w->model.pairs[3].value, w->model.pairs[3].value_n));
    put(w->t, mc_slice_str("an absent key"), mc_slice(NULL, 0));
    (void)commit(w->t, model_emit, &w->store);
    w->store.now++;
    w->store.read_at = w->store.now - 1;
    assert_int_equal(model_live(&w->store), w->model.node_cnt);
    (void)commit(w->t, model_emit, &w->store);
    for (uint32_t b = 0; b < MODEL_BUCKETS; b++)
        assert_true(w->store.buckets[b] == NULL || w->store.buckets[b]->at < w->store.now);
    world_free(w);
}

static void trimming_bounds_memory_and_keeps_the_trie(void **state)
{
    uint64_t seed = 99;
    struct world *w = world_new();
    size_t full, shallow;

    (void)state;
    for (uint32_t i = 0; i < 400; i++)
        world_change(w, KEYS_HASHED, &seed);
    full = trie_bytes(w->t);
    trie_trim(w->t, 0);
    assert_int_equal(trie_bytes(w->t), full); /* nothing of it is stored yet */
    world_commit(w);
    trie_trim(w->t, 1);
    shallow = trie_bytes(w->t);
    assert_true(shallow > 0 && shallow < full / 4);
    world_check_values(w);
    trie_trim(w->t, 0);
    assert_int_equal(trie_bytes(w->t), 0);
    world_check_values(w);
    world_free(w);
}

/* ---- a store that lies or fails ---- */

static void a_node_with_another_hash_is_corrupt_and_named(void **state)
{
    uint64_t seed = 3;
    struct world *w = world_new();
    struct mc_errmsg em = {{0}};
    struct mc_slice v;

    (void)state;
    for (uint32_t i = 0; i < 200; i++)
        world_change(w, KEYS_HASHED, &seed);
    world_commit(w);
    world_reopen(w);
    w->store.corrupt = true;
    assert_int_equal(trie_get(w->t, mc_slice(w->model.pairs[0].key, 32), &v, &em), MC_ECORRUPT);
    assert_string_equal(em.text, "trie node root: the stored node does not have the hash of its "
                                 "reference");
    w->store.corrupt = false;
    must(trie_get(w->t, mc_slice(w->model.pairs[0].key, 32), &v, &em), &em);
    world_free(w);
}

static void a_missing_node_is_corrupt_and_named(void **state)
{
    uint64_t seed = 3;
    struct world *w = world_new();
    struct trie_path at = {.n = 1};
    struct mc_errmsg em = {{0}};
    struct mc_slice v;

    (void)state;
    for (uint32_t i = 0; i < 300; i++)
        world_change(w, KEYS_HASHED, &seed);
    world_commit(w);
    at.nibbles[0] = w->model.pairs[0].nibbles[0];
    w->store.now++;
    assert_int_equal(model_emit(&w->store, &at, mc_slice(NULL, 0)), MC_OK);
    world_reopen(w);
    assert_int_equal(trie_get(w->t, mc_slice(w->model.pairs[0].key, 32), &v, &em), MC_ECORRUPT);
    assert_string_equal(em.text, "trie node 0: missing in the store");
    world_free(w);
}

/* Every load fails once; a change that failed has changed nothing, and works when the disk is
 * back. */
static void a_failing_load_leaves_the_trie_as_it_was(void **state)
{
    uint64_t seed = 8;

    (void)state;
    for (enum keys kind = KEYS_HASHED; kind <= KEYS_UNEQUAL; kind++) {
        struct world *w = world_new();
        for (uint32_t i = 0; i < 150; i++)
            world_change(w, kind, &seed);
        world_commit(w);
        while (w->model.cnt > 0) {
            struct model_pair p = w->model.pairs[model_rand(&seed) % w->model.cnt];
            struct mc_slice key = mc_slice(p.key, p.key_n);
            struct mc_errmsg em = {{0}};
            enum mc_err err = MC_EIO;
            for (uint32_t k = 1; err == MC_EIO; k++) {
                struct mc_hash root;
                world_reopen(w);
                w->store.load_cnt = 0;
                w->store.fail_at = k;
                err = trie_put(w->t, key, mc_slice(NULL, 0), &em);
                w->store.fail_at = 0;
                root = commit(w->t, NULL, NULL);
                if (err != MC_OK && !mc_hash_eq(&root, &w->root))
                    fail_msg("load %u: half a change", k);
            }
            must(err, &em);
            model_put(&w->model, key, mc_slice(NULL, 0));
            world_commit(w);
        }
        world_free(w);
    }
}

static enum mc_err refuse_emit(void *arg, const struct trie_path *path, struct mc_slice rlp)
{
    (void)arg;
    (void)path;
    (void)rlp;
    return MC_EIO;
}

static void a_failing_emitter_fails_the_commit(void **state)
{
    struct trie *t = NULL;
    struct mc_errmsg em = {{0}};
    struct mc_hash root;

    (void)state;
    assert_int_equal(trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL), MC_OK);
    put_text(t, "a", "b");
    assert_int_equal(trie_commit(t, &root, refuse_emit, NULL, &em), MC_EIO);
    assert_non_null(strstr(em.text, "trie node root: cannot be handed out"));
    trie_free(t);
}

/* ---- proofs ---- */

static void proofs_hold_for_present_and_absent_keys(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 9; round++) {
        uint64_t seed = round * 1234567;
        enum keys kind = (enum keys)(round % 3);
        struct world *w = world_new();
        for (uint32_t i = 0; i < 20 * round; i++)
            world_change(w, kind, &seed);
        world_commit(w);
        world_reopen(w);
        for (uint32_t i = 0; i < 60; i++) {
            uint8_t bytes[32];
            struct mc_slice key = make_key(bytes, kind, &seed), have, proved;
            struct mc_errmsg em = {{0}};
            struct proof p;
            prove(&p, w->t, key);
            must(trie_get(w->t, key, &have, &em), &em);
            must(trie_verify(&proved, &w->root, key, p.nodes, p.cnt, &em), &em);
            assert_true(mc_slice_eq(have, proved));
            proof_free(&p);
        }
        world_free(w);
    }
}

static void each_flipped_byte_of_a_proof_is_refused(void **state)
{
    uint64_t seed = 21;
    struct world *w = world_new();
    struct mc_slice v;
    struct proof p;

    (void)state;
    for (uint32_t i = 0; i < 200; i++)
        world_change(w, KEYS_HASHED, &seed);
    world_commit(w);
    for (uint32_t k = 0; k < 5; k++) {
        struct mc_slice key = mc_slice(w->model.pairs[k * 7].key, 32);
        prove(&p, w->t, key);
        for (size_t i = 0; i < p.bytes.n; i++) {
            p.bytes.p[i] ^= (uint8_t)(1u << i % 8);
            assert_int_equal(trie_verify(&v, &w->root, key, p.nodes, p.cnt, NULL), MC_EAUTH);
            assert_int_equal(v.n, 0);
            p.bytes.p[i] ^= (uint8_t)(1u << i % 8);
        }
        /* A proof cut short, one with a node too many, and one for another root. */
        assert_int_equal(trie_verify(&v, &w->root, key, p.nodes, p.cnt - 1, NULL), MC_EAUTH);
        p.nodes[p.cnt] = p.nodes[0];
        assert_int_equal(trie_verify(&v, &w->root, key, p.nodes, p.cnt + 1, NULL), MC_EAUTH);
        assert_int_equal(trie_verify(&v, &MC_HASH_ZERO, key, p.nodes, p.cnt, NULL), MC_EAUTH);
        proof_free(&p);
    }
    world_free(w);
}

static void the_empty_trie_proves_absence_without_nodes(void **state)
{
    struct trie *t = NULL;
    struct mc_slice v, key = mc_slice_str("k");
    struct proof p;

    (void)state;
    assert_int_equal(trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL), MC_OK);
    prove(&p, t, key);
    assert_int_equal(p.cnt, 0);
    assert_int_equal(trie_verify(&v, &MC_KECCAK_EMPTY_TRIE, key, NULL, 0, NULL), MC_OK);
    assert_int_equal(trie_verify(&v, &MC_HASH_ZERO, key, NULL, 0, NULL), MC_EAUTH);
    proof_free(&p);
    trie_free(t);
}

/* Nodes that hash right and are no nodes: what only a forger of the root could send. */
static void malformed_proof_nodes_are_refused(void **state)
{
    static const char *const nodes[] = {"c0",     "80",         "c3010203", "c28080", "c2c0c0",
                                        "c281ff", "c4829f0001", "c20080",   "c22080", "c3822000"};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(nodes); i++) {
        uint8_t bytes[16];
        size_t n = strlen(nodes[i]) / 2;
        struct mc_slice node = mc_slice(bytes, n), v;
        struct mc_errmsg em = {{0}};
        struct mc_hash root;
        assert_true(mc_hex_decode(bytes, nodes[i], n));
        mc_keccak256(&root, node);
        if (trie_verify(&v, &root, mc_slice(NULL, 0), &node, 1, &em) != MC_EAUTH)
            fail_msg("accepted: %s", nodes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_trie_has_the_known_root),
        cmocka_unit_test(published_roots_come_out),
        cmocka_unit_test(a_key_above_32_bytes_is_refused),
        cmocka_unit_test(random_changes_give_the_model_s_roots_and_nodes),
        cmocka_unit_test(removing_everything_leaves_an_empty_store),
        cmocka_unit_test(past_roots_stay_readable),
        cmocka_unit_test(an_unchanged_trie_hands_out_nothing),
        cmocka_unit_test(trimming_bounds_memory_and_keeps_the_trie),
        cmocka_unit_test(a_node_with_another_hash_is_corrupt_and_named),
        cmocka_unit_test(a_missing_node_is_corrupt_and_named),
        cmocka_unit_test(a_failing_load_leaves_the_trie_as_it_was),
        cmocka_unit_test(a_failing_emitter_fails_the_commit),
        cmocka_unit_test(proofs_hold_for_present_and_absent_keys),
        cmocka_unit_test(each_flipped_byte_of_a_proof_is_refused),
        cmocka_unit_test(the_empty_trie_proves_absence_without_nodes),
        cmocka_unit_test(malformed_proof_nodes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
