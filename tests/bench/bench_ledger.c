/* Figures of the ledger's own work: name, value and unit a line, separated by tabs.  Processor
 * time of this thread, the best of a few rounds, so that other work on the machine counts
 * little. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/ledger.h"

#define ROUNDS     5u
#define BLOCK_TXS  1000u
#define DATA_BYTES 516u /* makes 631 bytes of a legacy transaction: a createRecord */
#define VALUE_LEN  72u  /* an account in the state trie, about */

static struct ledger_tx_fields fields_of(uint64_t nonce, struct mc_slice data)
{
    struct ledger_tx_fields f = {.type = LEDGER_TX_LEGACY,
                                 .chain_id = 1337,
                                 .nonce = nonce,
                                 .gas = 300000,
                                 .has_to = true,
                                 .data = data};

    f.to.b[19] = 4;
    return f;
}

static uint64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void print(const char *name, uint64_t ns, uint64_t ops)
{
    printf("%s\t%" PRIu64 "\tns/op\n", name, ns / ops);
}

static void must(enum mc_err err)
{
    if (err == MC_OK)
        return;
    fprintf(stderr, "bench: %s\n", mc_err_text(err));
    exit(1);
}

/* ---- transactions ---- */

static struct mc_slice raws[BLOCK_TXS];

static void make_txs(struct mc_arena *a)
{
    uint8_t secret[32], data[DATA_BYTES];

    memset(secret, 7, sizeof secret);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 31 % 251);
    for (uint64_t i = 0; i < BLOCK_TXS; i++) {
        struct ledger_tx_fields f = fields_of(i, mc_slice(data, sizeof data));
        struct mc_buf b = {0};
        must(ledger_tx_sign(&b, &f, secret, NULL));
        raws[i] = mc_arena_copy(a, mc_buf_slice(&b));
        mc_buf_free(&b);
    }
    printf("tx_bytes\t%zu\tbytes\n", raws[BLOCK_TXS - 1].n);
}

static void bench_tx(void)
{
    uint64_t decode_ns = UINT64_MAX, recover_ns = UINT64_MAX;
    static struct ledger_tx *txs[BLOCK_TXS];

    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint64_t t0 = now_ns(), t1, t2;
        for (uint32_t i = 0; i < BLOCK_TXS; i++)
            must(ledger_tx_decode(&txs[i], raws[i], NULL));
        t1 = now_ns();
        for (uint32_t i = 0; i < BLOCK_TXS; i++)
            must(ledger_tx_recover(txs[i], NULL));
        t2 = now_ns();
        for (uint32_t i = 0; i < BLOCK_TXS; i++)
            ledger_tx_unref(txs[i]);
        decode_ns = t1 - t0 < decode_ns ? t1 - t0 : decode_ns;
        recover_ns = t2 - t1 < recover_ns ? t2 - t1 : recover_ns;
    }
    print("tx_decode", decode_ns, BLOCK_TXS);
    print("tx_recover", recover_ns, BLOCK_TXS);
}

/* ---- list roots ---- */

static void bench_list(const char *name, const struct mc_slice *items)
{
    uint64_t best = UINT64_MAX;
    struct mc_arena a = {0};
    struct mc_hash root;

    for (uint32_t round = 0; round < 4 * ROUNDS; round++) {
        uint64_t t0 = now_ns(), ns;
        must(ledger_list_root(&root, items, BLOCK_TXS, &a));
        ns = now_ns() - t0;
        best = ns < best ? ns : best;
        mc_arena_reset(&a);
    }
    print(name, best, BLOCK_TXS);
    mc_arena_free(&a);
}

/* One event with three topics and 256 bytes: encoding and bloom included. */
static void bench_receipts(struct mc_arena *a)
{
    static uint8_t data[256];
    struct ledger_log log = {.topic_cnt = 3, .data = mc_slice(data, sizeof data)};
    static struct mc_slice items[BLOCK_TXS];
    struct mc_buf b = {0};
    uint64_t t0 = now_ns();

    for (uint32_t i = 0; i < BLOCK_TXS; i++) {
        struct ledger_receipt r = {.success = true, .logs = &log, .log_cnt = 1};
        mc_be32_put(log.topics[1].b, i);
        r.cumulative_gas = 120000u * (i + 1);
        ledger_bloom_add(&r.bloom, mc_addr_slice(&log.address));
        for (uint32_t t = 0; t < log.topic_cnt; t++)
            ledger_bloom_add(&r.bloom, mc_hash_slice(&log.topics[t]));
        mc_buf_reset(&b);
        ledger_receipt_encode(&b, &r);
        items[i] = mc_arena_copy(a, mc_buf_slice(&b));
    }
    print("receipt_encode_and_bloom", now_ns() - t0, BLOCK_TXS);
    printf("receipt_bytes\t%zu\tbytes\n", items[0].n);
    mc_buf_free(&b);
    bench_list("receipt_trie_per_tx", items);
}

/* ---- the state trie ---- */

static void key_of(struct mc_hash *out, uint64_t i)
{
    uint8_t be[8];

    mc_be64_put(be, i);
    mc_keccak256(out, mc_slice(be, sizeof be));
}

static enum mc_err drop(void *arg, const struct trie_path *path, struct mc_slice rlp)
{
    uint64_t *bytes = (uint64_t *)arg;

    *bytes += path->n + rlp.n;
    return MC_OK;
}

/* Rewrites `per_commit` random keys, several times over; keys and values are made beforehand. */
static void bench_update(struct trie *t, uint64_t keys, uint32_t per_commit, const char *name)
{
    uint32_t commits = per_commit >= 1000 ? 20 : per_commit >= 100 ? 100 : 2000;
    uint64_t best = UINT64_MAX, total = 0, rand = 88172645463325252u, emitted = 0;
    struct mc_hash *at = calloc(per_commit, sizeof *at), root;
    uint8_t value[VALUE_LEN] = {0};

    if (at == NULL)
        must(MC_ENOMEM);
    for (uint32_t round = 0; round < 3; round++, total = 0) {
        for (uint32_t c = 0; c < commits; c++) {
            uint64_t t0;
            for (uint32_t i = 0; i < per_commit; i++) {
                rand ^= rand << 13;
                rand ^= rand >> 7;
                rand ^= rand << 17;
                key_of(&at[i], rand % keys);
            }
            t0 = now_ns();
            for (uint32_t i = 0; i < per_commit; i++) {
                mc_be64_put(value, t0 + i);
                must(trie_put(t, mc_hash_slice(&at[i]), mc_slice(value, sizeof value), NULL));
            }
            must(trie_commit(t, &root, drop, &emitted, NULL));
            total += now_ns() - t0;
        }
        best = total < best ? total : best;
    }
    print(name, best, (uint64_t)commits * per_commit);
    free(at);
}

static void bench_trie(uint64_t keys, const char *label)
{
    static const uint32_t per_commit[] = {1, 100, 1000};
    uint8_t value[VALUE_LEN] = {1};
    uint64_t emitted = 0, t0 = now_ns();
    struct trie *t = NULL;
    struct mc_hash root;
    char name[64];

    must(trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL));
    for (uint64_t i = 0; i < keys; i++) {
        struct mc_hash key;
        key_of(&key, i);
        mc_be64_put(value + 8, i);
        must(trie_put(t, mc_hash_slice(&key), mc_slice(value, sizeof value), NULL));
    }
    must(trie_commit(t, &root, drop, &emitted, NULL));
    snprintf(name, sizeof name, "trie_fill_%s", label);
    print(name, now_ns() - t0, keys);
    printf("trie_bytes_per_key_%s\t%zu\tbytes\n", label, trie_bytes(t) / (size_t)keys);
    for (size_t i = 0; i < MC_COUNT(per_commit); i++) {
        snprintf(name, sizeof name, "trie_update_%s_%" PRIu32 "_per_commit", label, per_commit[i]);
        bench_update(t, keys, per_commit[i], name);
    }
    trie_free(t);
}

int main(void)
{
    struct mc_arena a = {0};

    must(mc_crypto_init(NULL));
    make_txs(&a);
    bench_tx();
    bench_list("tx_trie_per_tx", raws);
    bench_receipts(&a);
    bench_trie(10000, "10k");
    bench_trie(1000000, "1M");
    mc_arena_free(&a);
    return 0;
}
