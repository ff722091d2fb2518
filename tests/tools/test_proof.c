/* Proof bundles: what a bundle of a chain with changing validators proves, that no byte of it may change, and the
 * commands on a real chain. */
#include <time.h>

#include "tests/lib/chain.h"
#include "tests/lib/free_ports.h"
#include "tests/lib/store_mem.h"
#include "tests/tools/program.h"
#include "tools/consortium.h"
#include "tools/proof.h"

#define KEYS       8u
#define ID         "lab-1"
#define CHECKS_MAX 50u /* milliseconds for one verification */

/* ------------------------------------------------------------------ a chain with three validator sets */

/* Blocks 1 and 2 are decided by validators 0 to 3, 3 and 4 by 1 to 4, everything later by 4 to 7. */
struct rig {
    struct gen *gen;
    struct chain *c;
    struct mc_ed25519_key keys[KEYS];
    struct cons_valset sets[3];
    struct cons_chain chain;
};

static struct mc_errmsg em;

static void make_sets(struct rig *r)
{
    static const uint32_t first[3] = {0, 1, 4};
    for (uint32_t k = 0; k < 3; k++) {
        struct cons_valset *s = &r->sets[k];
        for (uint32_t i = first[k]; i < first[k] + 4; i++) {
            uint32_t at = s->cnt++;
            struct mc_addr a = chain_account(i);
            for (; at > 0 && memcmp(s->v[at - 1].addr.b, a.b, sizeof a.b) > 0; at--)
                s->v[at] = s->v[at - 1];
            s->v[at].addr = a;
            memcpy(s->v[at].pub, r->keys[i].pub, 32);
        }
        assert_ok(cons_valset_seal(s, &em));
    }
}

static void make_genesis(struct rig *r)
{
    struct consortium *k = calloc(1, sizeof *k);
    struct mc_u256 rich = mc_u256_u64(CHAIN_BALANCE);
    struct mc_buf text = {0};
    assert_non_null(k);
    consortium_init(k, CHAIN_ID);
    k->spec.time_ms = CHAIN_TIME_MS;
    for (uint32_t i = 0; i < KEYS; i++) {
        static const char *const names[] = {"North", "South", "East", "West"};
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        struct mc_addr a = chain_account(i);
        mc_ed25519_from_seed(&r->keys[i], seed);
        if (i < 4)
            assert_ok(consortium_add_member(k, names[i], &a, r->keys[i].pub, &em));
        assert_ok(consortium_add_account(k, &a, i < 4 ? i : UINT32_MAX, (1u << VM_ROLE_CNT) - 2u,
                                         &rich, &em));
    }
    assert_ok(consortium_add_param(k, "chain.permissioned", 0, &em));
    gen_write(&text, &k->spec);
    assert_ok(gen_parse(&r->gen, mc_buf_slice(&text), &em));
    mc_buf_free(&text);
    free(k);
}

static void sign(struct rig *r, struct mc_buf *out, const struct cons_valset *set, uint64_t height,
                 const struct mc_hash *digest, uint32_t signers)
{
    struct cons_cert *cert = calloc(1, sizeof *cert);
    struct cons_vote v = {.type = CONS_COMMIT, .height = height, .digest = *digest};
    uint8_t bytes[CONS_SIGN_BYTES_LEN];
    assert_non_null(cert);
    *cert = (struct cons_cert){.type = CONS_COMMIT, .height = height, .digest = *digest};
    cons_sign_bytes(bytes, &r->chain, &set->hash, &v);
    for (uint32_t i = 0; i < signers; i++) {
        uint32_t k = 0;
        while (memcmp(r->keys[k].pub, set->v[i].pub, 32) != 0)
            k++;
        mc_ed25519_sign(cert->sigs[cert->sig_cnt++], mc_slice(bytes, sizeof bytes), &r->keys[k]);
        cert->bitmap[i / 8] |= (uint8_t)(1u << i % 8);
    }
    cons_cert_encode(out, cert);
    free(cert);
}

/* Executes the queue as the next block, decided by sets[by], which names sets[next] for the one after it. */
static void block(struct rig *r, uint32_t by, uint32_t next)
{
    struct ledger_block_env env = chain_env(r->c);
    const struct ledger_header *header;
    struct ledger_exec *x = NULL;
    struct mc_buf cert = {0};
    struct mc_hash hash;
    env.mix_hash = r->sets[next].hash;
    assert_ok(ledger_exec_new(&x, r->c->l, &env, &em));
    for (uint32_t i = 0; i < r->c->queue_cnt; i++) {
        assert_ok(ledger_exec_tx(x, r->c->queue[i], &em));
        ledger_tx_unref(r->c->queue[i]);
    }
    r->c->queue_cnt = 0;
    assert_ok(ledger_exec_seal(x, &header, &hash, &em));
    sign(r, &cert, &r->sets[by], header->number, &hash, 3);
    assert_ok(ledger_commit(r->c->l, x, mc_buf_slice(&cert), &em));
    ledger_exec_free(x);
    mc_buf_free(&cert);
}

/* lab-1 is created in block 1 as the second of three transactions, and changed in block 4. */
static int rig_make(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    if (program_dir_make(NULL) != 0 || r == NULL || mc_crypto_init(&em) != MC_OK)
        return 1;
    vm_init();
    make_genesis(r);
    make_sets(r);
    r->c = calloc(1, sizeof *r->c);
    chain_setup(r->c);
    r->c->cfg = *gen_ledger_cfg(r->gen);
    r->c->genesis = *gen_ledger_genesis(r->gen);
    assert_ok(ledger_create(&r->c->l, store_mem_new(), &r->c->cfg, &r->c->genesis,
                            &r->c->genesis_hash, &em));
    r->chain = (struct cons_chain){CHAIN_ID, r->c->genesis_hash};
    chain_record(r->c, 0, "other");
    chain_record(r->c, 1, ID);
    chain_record(r->c, 2, "third");
    block(r, 0, 0);
    block(r, 0, 1);
    block(r, 1, 1);
    chain_call(r->c, 1, "MedicalRecordHash", "modifyRecord", "[\"" ID "\",\"0xchanged\",\"typo\"]");
    block(r, 1, 2);
    block(r, 2, 2);
    *state = r;
    return 0;
}

static int rig_free(void **state)
{
    struct rig *r = *state;
    chain_free(r->c);
    gen_free(r->gen);
    free(r);
    return program_dir_remove(state);
}

/* ------------------------------------------------------------------ a bundle of that chain */

static void put_block(struct rig *r, struct proof_bundle *b, struct proof_block *out, uint64_t n)
{
    struct ledger_block at = {0};
    struct mc_buf cert = {0};
    assert_ok(ledger_block_read(r->c->l, n, LEDGER_BLOCK_HEADER, &at, &b->arena, &em));
    assert_ok(ledger_certificate(r->c->l, n, &cert, &em));
    out->header = at.header_rlp;
    out->certificate = mc_arena_copy(&b->arena, mc_buf_slice(&cert));
    ledger_block_release(&at);
    mc_buf_free(&cert);
}

static void put_path(struct proof_path *out, const struct ledger_proof *p)
{
    out->cnt = p->node_cnt;
    for (uint32_t i = 0; i < p->node_cnt; i++)
        out->nodes[i] = p->nodes[i];
}

static void put_state(struct rig *r, struct proof_bundle *b, uint64_t n)
{
    const struct vm_module *m = vm_module_by_name(b->module);
    struct ledger_view *v;
    struct ledger_proof p;
    struct ledger_cell cell;
    struct mc_hash slot;
    put_block(r, b, &b->state, n);
    assert_ok(vm_proof_slot(&slot, m, b->id, &em));
    assert_ok(ledger_view_at(&v, r->c->l, n, &em));
    assert_ok(ledger_view_prove_account(v, vm_module_well_known(m), &p, &b->arena, &em));
    put_path(&b->account, &p);
    assert_ok(ledger_view_prove_slot(v, vm_module_well_known(m), &slot, &p, &b->arena, &em));
    put_path(&b->storage, &p);
    assert_ok(ledger_view_cell(v, vm_module_well_known(m), &slot, &cell, &b->arena, &em));
    assert_int_equal(cell.kind, VM_WORD_HASH);
    b->record = cell.value;
    ledger_view_close(v);
}

static void put_anchor(struct rig *r, struct proof_bundle *b, uint64_t n, uint64_t tx_i)
{
    struct ledger_block at = {0};
    struct mc_slice txs[4], receipts[4];
    put_block(r, b, &b->anchor, n);
    b->tx_i = tx_i;
    assert_ok(ledger_block_read(r->c->l, n, LEDGER_BLOCK_TXS | LEDGER_BLOCK_RECEIPTS, &at,
                                &b->arena, &em));
    assert_true(at.tx_cnt <= MC_COUNT(txs));
    for (uint32_t i = 0; i < at.tx_cnt; i++) {
        struct mc_buf raw = {0};
        txs[i] = at.txs[i]->raw;
        ledger_receipt_encode(&raw, &at.receipts[i]);
        receipts[i] = mc_arena_copy(&b->arena, mc_buf_slice(&raw));
        mc_buf_free(&raw);
    }
    assert_ok(proof_list_path(&b->tx, &b->arena, txs, at.tx_cnt, tx_i, &em));
    assert_ok(proof_list_path(&b->receipt, &b->arena, receipts, at.tx_cnt, tx_i, &em));
    ledger_block_release(&at);
}

static void put_link(struct rig *r, struct proof_bundle *b, uint64_t n, uint32_t set)
{
    struct proof_link *l = &b->links[b->link_cnt++];
    struct mc_buf rlp = {0};
    put_block(r, b, &l->block, n);
    cons_valset_rlp(&rlp, &r->sets[set]);
    l->validators = mc_arena_copy(&b->arena, mc_buf_slice(&rlp));
    mc_buf_free(&rlp);
}

/* State of block n; the hash of that time came with transaction tx_i of block `anchor`. */
static void bundle_make(struct rig *r, struct proof_bundle *b, uint64_t n, uint64_t anchor,
                        uint64_t tx_i)
{
    memset(b, 0, sizeof *b);
    b->module = mc_slice_str("MedicalRecordHash");
    b->id = mc_slice_str(ID);
    b->links = mc_arena_calloc(&b->arena, 4, sizeof *b->links);
    put_state(r, b, n);
    put_anchor(r, b, anchor, tx_i);
    if (n > 2)
        put_link(r, b, 2, 1);
    if (n > 4)
        put_link(r, b, 4, 2);
}

static enum mc_err check(const struct rig *r, const struct proof_bundle *b)
{
    struct proof_facts f;
    enum mc_err err = proof_check(&f, b, r->gen, &em);
    proof_facts_free(&f);
    return err;
}

/* ------------------------------------------------------------------ tests */

static void a_bundle_proves_hash_author_time_and_deciders(void **state)
{
    struct rig *r = *state;
    struct proof_bundle b;
    struct proof_facts f;
    struct mc_addr author = chain_account(1);
    bundle_make(r, &b, 1, 1, 1);
    assert_ok(proof_check(&f, &b, r->gen, &em));
    assert_true(mc_slice_eq(f.hash, mc_slice_str("0xhash-" ID)));
    assert_true(mc_addr_eq(&f.sender, &author));
    assert_false(f.modified);
    assert_int_equal(f.anchor.header.number, 1);
    assert_int_equal(ledger_header_time_ms(&f.anchor.header), CHAIN_TIME_MS + 1000);
    assert_int_equal(f.anchor.cert->sig_cnt, 3);
    assert_true(mc_hash_eq(&f.anchor.set->hash, &r->sets[0].hash));
    proof_facts_free(&f);
    proof_free(&b);
}

static void trust_passes_from_set_to_set(void **state)
{
    struct rig *r = *state;
    struct proof_bundle b;
    struct proof_facts f;
    bundle_make(r, &b, 5, 4, 0);
    assert_ok(proof_check(&f, &b, r->gen, &em));
    assert_true(f.modified);
    assert_true(mc_slice_eq(f.hash, mc_slice_str("0xchanged")));
    assert_true(mc_hash_eq(&f.anchor.set->hash, &r->sets[1].hash));
    assert_true(mc_hash_eq(&f.state.set->hash, &r->sets[2].hash));
    proof_facts_free(&f);
    proof_free(&b);
    bundle_make(r, &b, 3, 1, 1); /* an older state: the first hash, before the change */
    assert_ok(check(r, &b));
    proof_free(&b);
}

enum damage {
    NO_LINKS,
    ONE_LINK,
    SWAPPED,
    TWICE,
    WRONG_SET,
    TOO_FEW,
    ALIEN,
    OLD_ANCHOR,
    OTHER_TX,
    OTHER_ID,
    OTHER_RECORD,
    OTHER_MODULE,
    UNKNOWN_MODULE,
    NO_NODE,
    SWITCHED_CERT
};

/* Damages a good bundle of block 5 in one way; old is a good one of block 3, cert gets what is signed anew. */
static void damage(struct rig *r, struct proof_bundle *b, const struct proof_bundle *old,
                   struct mc_buf *cert, enum damage how)
{
    struct proof_link first = b->links[0];
    struct mc_hash hash;
    mc_keccak256(&hash, b->state.header);
    switch (how) {
    case NO_LINKS:
    case ONE_LINK:
        b->link_cnt = how == NO_LINKS ? 0 : 1;
        return;
    case SWAPPED:
        b->links[0] = b->links[1];
        b->links[1] = first;
        return;
    case TWICE:
        b->links[2] = b->links[1];
        b->link_cnt = 3;
        return;
    case WRONG_SET:
        b->links[1].validators = first.validators;
        return;
    case TOO_FEW:
        sign(r, cert, &r->sets[2], 5, &hash, 2);
        b->state.certificate = mc_buf_slice(cert);
        return;
    case ALIEN: /* the first validators sign a block that is not theirs to decide */
        sign(r, cert, &r->sets[0], 5, &hash, 4);
        b->state.certificate = mc_buf_slice(cert);
        return;
    case OLD_ANCHOR:
        b->anchor = old->anchor;
        b->tx = old->tx;
        b->receipt = old->receipt;
        b->tx_i = old->tx_i;
        return;
    case OTHER_TX:
        b->tx_i = 1;
        return;
    case OTHER_ID:
        b->id = mc_slice_str("third");
        return;
    case OTHER_RECORD:
        b->record = old->record;
        return;
    case OTHER_MODULE:
    case UNKNOWN_MODULE:
        b->module = mc_slice_str(how == OTHER_MODULE ? "DrugTrace" : "Nothing");
        return;
    case NO_NODE:
        b->storage.cnt--;
        return;
    case SWITCHED_CERT:
        b->state.certificate = b->anchor.certificate;
        return;
    }
}

static void what_does_not_follow_is_refused(void **state)
{
    static const struct {
        enum damage how;
        const char *words;
    } cases[] = {
        {NO_LINKS, "the block that shows the record: "},
        {ONE_LINK, "the block that shows the record: "},
        {SWAPPED, "a change of validators: "},
        {TWICE, "the changes of validators are not in order"},
        {WRONG_SET, "are not those that its header names"},
        {TOO_FEW, "2 of 3 signatures needed"},
        {ALIEN, "the block that shows the record: "},
        {OLD_ANCHOR, "is not from the block shown for it"},
        {OTHER_TX, "the transaction: "},
        {OTHER_ID, "the record: "},
        {OTHER_RECORD, "is not the one that the chain holds"},
        {OTHER_MODULE, "the module's account: "},
        {UNKNOWN_MODULE, "a module that this program does not know"},
        {NO_NODE, "the record: proof: ends"},
        {SWITCHED_CERT, "the votes are not for this block"},
    };
    struct rig *r = *state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        struct proof_bundle b, old;
        struct mc_buf cert = {0};
        bundle_make(r, &b, 5, 4, 0);
        bundle_make(r, &old, 3, 1, 1);
        damage(r, &b, &old, &cert, cases[i].how);
        if (check(r, &b) == MC_OK || strstr(em.text, cases[i].words) == NULL)
            fail_msg("case %zu: wanted \"%s\", got \"%s\"", i, cases[i].words, em.text);
        mc_buf_free(&cert);
        proof_free(&b);
        proof_free(&old);
    }
}

/* A log of another record, or a later hash, does not stand for this one. */
static void a_transaction_that_wrote_something_else_is_refused(void **state)
{
    struct rig *r = *state;
    struct proof_bundle b;
    for (uint64_t i = 0; i < 3; i += 2) { /* the neighbours in block 1 created other records */
        bundle_make(r, &b, 3, 1, i);
        assert_int_equal(check(r, &b), MC_EAUTH);
        assert_non_null(strstr(em.text, "did not write this hash"));
        proof_free(&b);
    }
}

/* True when the text is refused as a file or by what it says. */
static bool refused(const struct gen *g, struct mc_slice text)
{
    struct proof_bundle b;
    struct proof_facts f;
    bool bad = proof_read(&b, text, NULL) != MC_OK;
    if (!bad) {
        bad = proof_check(&f, &b, g, NULL) != MC_OK;
        proof_facts_free(&f);
    }
    proof_free(&b);
    return bad;
}

static void refuse_all_changes(const struct gen *g, struct mc_buf *text, size_t step)
{
    assert_false(refused(g, mc_buf_slice(text)));
    for (size_t i = 0; i < text->n; i += step) {
        uint8_t was = text->p[i];
        text->p[i] ^= (uint8_t)(1u << (i * 2654435761u >> 7) % 8);
        if (!refused(g, mc_buf_slice(text)))
            fail_msg("byte %zu: '%c' for '%c' was accepted", i, text->p[i], was);
        text->p[i] = was;
    }
    for (size_t cut = 0; cut < text->n; cut += 97)
        assert_true(refused(g, mc_slice(text->p, cut)));
    mc_buf_put_u8(text, '\n');
    assert_true(refused(g, mc_buf_slice(text)));
    text->n--;
}

static void no_byte_of_the_file_may_change(void **state)
{
    struct rig *r = *state;
    struct proof_bundle b;
    struct mc_buf text = {0};
    bundle_make(r, &b, 5, 4, 0);
    proof_write(&text, &b);
    assert_false(text.oom);
    assert_true(text.n < 20000);
    refuse_all_changes(r->gen, &text, 1);
    mc_buf_free(&text);
    proof_free(&b);
}

static void verification_takes_a_few_milliseconds(void **state)
{
    struct rig *r = *state;
    struct proof_bundle b;
    struct mc_buf text = {0};
    struct timespec from, to;
    double best = 1e9;
    bundle_make(r, &b, 5, 4, 0);
    proof_write(&text, &b);
    for (int i = 0; i < 5; i++) {
        clock_gettime(CLOCK_MONOTONIC, &from);
        assert_false(refused(r->gen, mc_buf_slice(&text)));
        clock_gettime(CLOCK_MONOTONIC, &to);
        double ms =
            (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
        best = ms < best ? ms : best;
    }
    printf("%zu bytes, verified in %.2f ms\n", text.n, best);
    assert_true(best < CHECKS_MAX);
    mc_buf_free(&text);
    proof_free(&b);
}

static void texts_that_are_no_bundle_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"format\":\"medichain-proof-1\"}",
        "{\"format\":\"medichain-proof-2\",\"module\":\"MedicalRecordHash\"}",
        "{\"format\":\"medichain-proof-1\",\"module\":\"MedicalRecordHash\",\"id\":\"x\","
        "\"record\":"
        "\"\",\"sets\":[],\"state\":{\"header\":\"\",\"certificate\":\"\",\"account\":[],"
        "\"storage\""
        ":[]},\"anchor\":{\"header\":\"\",\"certificate\":\"\",\"index\":0,\"transaction\":[],"
        "\"receipt\":[]}}\n"};
    struct rig *r = *state;
    for (size_t i = 0; i < MC_COUNT(texts); i++)
        assert_true(refused(r->gen, mc_slice_str(texts[i])));
}

/* ------------------------------------------------------------------ the commands on a devnet of one validator */

static const char *free_port(void)
{
    static char port[8];
    snprintf(port, sizeof port, "%u", free_ports());
    return port;
}

/* What is asked while the node runs; its end is that of the caller, also when something here fails. */
static int export_bundles(const char *net, const char *doc)
{
    struct program p = {0};
    const char *const steps[][12] = {
        {"record", "anchor", doc, "--id", "letter", "--dir", net},
        {"proof", "export", "--record", "letter", "--dir", net, "-o", in_dir("first.proof")},
        {"send", "MedicalRecordHash", "modifyRecord", "letter", "0xother", "typo", "--dir", net},
        {"proof", "export", "--record", "letter", "--dir", net, "-o", in_dir("second.proof")},
        {"send", "MedicalRecordHash", "deactivateRecord", "letter", "--dir", net},
        {"proof", "export", "--record", "letter", "--dir", net, "-o", in_dir("third.proof")},
        {"proof", "export", "--record", "none", "--dir", net, "-o", in_dir("none.proof")},
        {"proof", "export", "--record", "x", "--module", "Billing", "--dir", net, "-o", "x"},
    };
    static const char *const errors[] = {
        NULL, NULL, NULL, NULL, NULL, NULL, "no record \"none\"", "cannot be proven"};
    int failed = 0;
    for (size_t i = 0; i < MC_COUNT(steps) && failed == 0; i++) {
        program_run(&p, steps[i]);
        if (errors[i] == NULL ? p.status != 0
                              : p.status != 1 || strstr((char *)p.err.p, errors[i]) == NULL) {
            print_error("step %zu: status %d\n%s\n%s\n", i, p.status, p.out.p, p.err.p);
            failed = 1;
        }
    }
    program_free(&p);
    return failed;
}

static void an_exported_bundle_is_verified_with_the_node_stopped(void **state)
{
    const char *net = in_dir("net"), *doc = in_dir("letter.json"), *wrong = in_dir("wrong.json");
    const char *genesis = in_dir("net/genesis.json"), *first = in_dir("first.proof");
    const char *other = in_dir("other/genesis.json"), *bad = in_dir("bad.proof");
    struct mc_buf text = {0};
    struct gen *g = NULL;
    (void)state;
    write_text(doc, "{\"resourceType\":\"Observation\",\"value\":72}\n");
    write_text(wrong, "{\"resourceType\":\"Observation\",\"value\":73}\n");
    EXPECT(0, NULL, NULL, "devnet", "--dir", net, "--validators", "1", "--rpc-port", free_port(),
           "--detach");
    int failed = export_bundles(net, doc);
    EXPECT(0, "stopped", NULL, "devnet", "stop", "--dir", net);
    assert_int_equal(failed, 0);

    EXPECT(0, "which is the fingerprint of", NULL, "proof", "verify", first, "--genesis", genesis,
           "--document", doc);
    EXPECT(0, "1 of 1 validators", NULL, "proof", "verify", first, "--genesis", genesis);
    EXPECT(0, "\"verified\":true", NULL, "proof", "verify", first, "--genesis", genesis, "--json");
    EXPECT(0, "changed by", NULL, "proof", "verify", in_dir("second.proof"), "--genesis", genesis);
    EXPECT(0, "WITHDRAWN", NULL, "proof", "verify", in_dir("third.proof"), "--genesis", genesis);
    EXPECT(1, "is not the document", NULL, "proof", "verify", first, "--genesis", genesis,
           "--document", wrong);
    EXPECT(0, NULL, NULL, "genesis", "init", "--validators", "1", "--out", in_dir("other"),
           "--chain-id", "1337", "--passphrase-file", doc);
    EXPECT(1, "no: ", NULL, "proof", "verify", first, "--genesis", other);
    EXPECT(1, "\"verified\":false", NULL, "proof", "verify", first, "--genesis", other, "--json");
    EXPECT(1, "no: ", NULL, "proof", "verify", in_dir("nowhere"), "--genesis", genesis);
    EXPECT(2, NULL, "--genesis", "proof", "verify", first);
    EXPECT(2, NULL, "--record", "proof", "export", "-o", bad);

    assert_int_equal(mc_file_read(&text, first, PROOF_FILE_BYTES_MAX, NULL), MC_OK);
    assert_true(text.n < 20000);
    assert_ok(gen_load(&g, genesis, &em));
    refuse_all_changes(g, &text, 5); /* more than a thousand */
    text.p[text.n / 2] ^= 1;
    assert_int_equal(mc_file_write(bad, mc_buf_slice(&text), 0600, NULL), MC_OK);
    EXPECT(1, "no: ", NULL, "proof", "verify", bad, "--genesis", genesis);
    gen_free(g);
    mc_buf_free(&text);
}

/* Account 1's validator is voted out of two, from block 40 on; blocks are made by transfers. */
static int change_validators(const char *net, const char *doc)
{
    static const char second[] = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    struct program p = {0};
    const char *const steps[][12] = {
        {"record", "anchor", doc, "--id", "letter", "--dir", net},
        {"send", "Governance", "propose", "5", second, "", "0", "leaves", "40", "--dir", net},
        {"send", "Governance", "vote", "1", "true", "--from", "1", "--dir", net},
        {"tx", "send", "--to", "11", "--value", "1", "--dir", net},
        {"proof", "export", "--record", "letter", "--dir", net, "-o", in_dir("changed.proof")},
    };
    int failed = 0;
    for (size_t i = 0; i < MC_COUNT(steps) && failed == 0; i++) {
        for (int times = i == 3 ? 42 : 1; times > 0 && failed == 0; times--) {
            program_run(&p, steps[i]);
            failed = p.status != 0;
        }
        if (failed != 0)
            print_error("step %zu: status %d\n%s\n%s\n", i, p.status, p.out.p, p.err.p);
    }
    program_free(&p);
    return failed;
}

static void an_exported_bundle_follows_a_vote_on_validators(void **state)
{
    const char *net = in_dir("two"), *doc = in_dir("letter.json");
    const char *genesis = in_dir("two/genesis.json"), *file = in_dir("changed.proof");
    struct proof_bundle b;
    struct mc_buf text = {0};
    (void)state;
    write_text(doc, "{\"resourceType\":\"Observation\",\"value\":72}\n");
    EXPECT(0, NULL, NULL, "devnet", "--dir", net, "--validators", "2", "--rpc-port", free_port(),
           "--detach");
    int failed = change_validators(net, doc);
    EXPECT(0, "stopped", NULL, "devnet", "stop", "--dir", net);
    assert_int_equal(failed, 0);
    EXPECT(0, "2 of 2 validators", NULL, "proof", "verify", file, "--genesis", genesis);
    EXPECT(0, "1 of 1 validators", NULL, "proof", "verify", file, "--genesis", genesis,
           "--document", doc);
    assert_int_equal(mc_file_read(&text, file, PROOF_FILE_BYTES_MAX, NULL), MC_OK);
    assert_int_equal(proof_read(&b, mc_buf_slice(&text), NULL), MC_OK);
    assert_int_equal(b.link_cnt, 1);
    proof_free(&b);
    mc_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_proves_hash_author_time_and_deciders),
        cmocka_unit_test(trust_passes_from_set_to_set),
        cmocka_unit_test(what_does_not_follow_is_refused),
        cmocka_unit_test(a_transaction_that_wrote_something_else_is_refused),
        cmocka_unit_test(no_byte_of_the_file_may_change),
        cmocka_unit_test(verification_takes_a_few_milliseconds),
        cmocka_unit_test(texts_that_are_no_bundle_are_refused),
        cmocka_unit_test(an_exported_bundle_is_verified_with_the_node_stopped),
        cmocka_unit_test(an_exported_bundle_follows_a_vote_on_validators),
    };
    return cmocka_run_group_tests(tests, rig_make, rig_free);
}
