/* Evidence outlives the process, in a file that may be torn, and never grows without bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/watch.h"

static char dir[] = "/tmp/medichain-watch-XXXXXX";
static struct cons_valset vs;
static struct cons_chain chain = {.chain_id = 3};
static struct mc_ed25519_key *key;

static int make(void **state)
{
    struct mc_errmsg em;
    (void)state;
    if (mc_crypto_init(&em) != MC_OK || mkdtemp(dir) == NULL)
        return 1;
    key = calloc(1, sizeof *key);
    if (key == NULL)
        return 1;
    mc_ed25519_from_seed(key, (const uint8_t[32]){7});
    vs.cnt = 1;
    memcpy(vs.v[0].pub, key->pub, sizeof key->pub);
    vs.v[0].addr.b[0] = 0xaa;
    return cons_valset_seal(&vs, &em) != MC_OK;
}

static int clean(void **state)
{
    (void)state;
    free(key);
    return mc_dir_remove(dir, NULL) != MC_OK;
}

static void sign(struct cons_vote *v)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    cons_sign_bytes(bytes, &chain, &vs.hash, v);
    mc_ed25519_sign(v->sig, mc_slice(bytes, sizeof bytes), key);
}

static void tell(struct watch *w, uint64_t height)
{
    struct cons_evidence ev = {
        .a = {.type = CONS_COMMIT, .height = height, .digest = {{1}}},
        .b = {.type = CONS_COMMIT, .height = height, .digest = {{2}}},
    };
    sign(&ev.a);
    sign(&ev.b);
    watch_evidence(w, &ev, &chain, &vs, 1735689600000);
}

static struct mc_json_doc *evidence(struct watch *w)
{
    struct mc_buf text = {0};
    struct mc_json_doc *doc = NULL;
    watch_evidence_json(w, &text);
    assert_int_equal(mc_json_parse(&doc, mc_buf_slice(&text), 8, NULL), MC_OK);
    mc_buf_free(&text);
    return doc;
}

static uint64_t height_at(const struct mc_json *list, size_t i)
{
    uint64_t h = 0;
    assert_int_equal(
        mc_hex_quantity(&h, mc_json_str(mc_json_get(mc_json_at(list, i), "height")), NULL), MC_OK);
    return h;
}

/* The bytes and signature of each vote are all that a judge needs, besides the key. */
static void check_vote(const struct mc_json *one, const char *which)
{
    uint8_t bytes[CONS_SIGN_BYTES_LEN], sig[MC_ED25519_SIG_LEN], pub[32];
    const struct mc_json *v = mc_json_get(one, which);
    assert_int_equal(
        mc_hex_fixed(bytes, sizeof bytes, mc_json_str(mc_json_get(v, "signedBytes")), NULL), MC_OK);
    assert_int_equal(mc_hex_fixed(sig, sizeof sig, mc_json_str(mc_json_get(v, "signature")), NULL),
                     MC_OK);
    assert_int_equal(
        mc_hex_fixed(pub, sizeof pub, mc_json_str(mc_json_get(one, "publicKey")), NULL), MC_OK);
    assert_true(mc_ed25519_verify(sig, mc_slice(bytes, sizeof bytes), pub));
}

static void evidence_can_be_checked_and_outlives_the_process(void **state)
{
    struct watch *w = NULL;
    struct mc_json_doc *doc;
    (void)state;
    assert_int_equal(watch_open(&w, dir, NULL), MC_OK);
    doc = evidence(w);
    assert_int_equal(mc_json_len(mc_json_root(doc)), 0);
    mc_json_free(doc);
    tell(w, 5);
    tell(w, 6);
    tell(w, 6); /* said again: kept once */
    watch_free(w);
    assert_int_equal(watch_open(&w, dir, NULL), MC_OK);
    doc = evidence(w);
    assert_int_equal(mc_json_len(mc_json_root(doc)), 2);
    assert_int_equal(height_at(mc_json_root(doc), 1), 6);
    check_vote(mc_json_at(mc_json_root(doc), 0), "first");
    check_vote(mc_json_at(mc_json_root(doc), 0), "second");
    mc_json_free(doc);
    watch_free(w);
}

static void a_torn_line_is_passed_over(void **state)
{
    char path[256];
    struct watch *w = NULL;
    struct mc_json_doc *doc;
    (void)state;
    snprintf(path, sizeof path, "%s/evidence.jsonl", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("{\"height\":\"0x1\"}\nnot json\n{\"height\":\"0x2\"}\n{\"height\":\"0x3\"", f);
    fclose(f);
    assert_int_equal(watch_open(&w, dir, NULL), MC_OK);
    doc = evidence(w);
    assert_int_equal(mc_json_len(mc_json_root(doc)), 2);
    assert_int_equal(height_at(mc_json_root(doc), 1), 2);
    mc_json_free(doc);
    tell(w, 9); /* begins a line of its own */
    watch_free(w);
    assert_int_equal(watch_open(&w, dir, NULL), MC_OK);
    doc = evidence(w);
    assert_int_equal(mc_json_len(mc_json_root(doc)), 3);
    assert_int_equal(height_at(mc_json_root(doc), 2), 9);
    mc_json_free(doc);
    watch_free(w);
}

static void memory_and_file_are_bounded(void **state)
{
    char path[256];
    struct watch *w = NULL;
    struct mc_json_doc *doc;
    (void)state;
    snprintf(path, sizeof path, "%s/evidence.jsonl", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (uint32_t i = 0; i < WATCH_EVIDENCE_BYTES / 64u - 8u; i++)
        fprintf(f, "{\"height\":\"0x1\",\"filler\":\"%035u\"}\n", i);
    long before = ftell(f);
    fclose(f);
    assert_int_equal(watch_open(&w, dir, NULL), MC_OK);
    for (uint64_t i = 0; i < 10; i++)
        tell(w, 100 + i);
    doc = evidence(w);
    assert_int_equal(mc_json_len(mc_json_root(doc)), WATCH_EVIDENCE_MAX);
    assert_int_equal(height_at(mc_json_root(doc), WATCH_EVIDENCE_MAX - 1), 109);
    mc_json_free(doc);
    watch_free(w);
    f = fopen(path, "r");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    assert_true(ftell(f) >= before && ftell(f) <= (long)WATCH_EVIDENCE_BYTES);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evidence_can_be_checked_and_outlives_the_process),
        cmocka_unit_test(a_torn_line_is_passed_over),
        cmocka_unit_test(memory_and_file_are_bounded),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
