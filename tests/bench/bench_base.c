/* What base costs, one line each: name, a tab, nanoseconds a call (the median of several repeats). */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/base.h"

#define REPEATS   9
#define TX_LEN    631 /* a signed createRecord transaction */
#define REPEAT_NS 20e6

struct job {
    struct mc_hash digest;
    struct mc_secp_sig sig;
    uint8_t bytes[1024];
    uint8_t key[32];
    struct mc_buf tx;  /* RLP list of TX_LEN bytes */
    struct mc_buf out; /* reused */
    char text[2 * TX_LEN + 1];
    uint32_t sink; /* results end here, so that no call can be left out */
};

typedef void (*job_cb)(struct job *j);

static void must(enum mc_err err)
{
    if (err != MC_OK) {
        fprintf(stderr, "bench_base: %s\n", mc_err_text(err));
        exit(1);
    }
}

static void recover(struct job *j)
{
    struct mc_addr a;
    must(mc_secp_recover(&a, &j->digest, &j->sig));
    j->sink += a.b[0];
}

static void sign(struct job *j)
{
    struct mc_secp_sig sig;
    must(mc_secp_sign(&sig, &j->digest, j->key));
    j->sink += sig.r[0];
}

static void keccak(struct job *j, size_t n)
{
    struct mc_hash h;
    mc_keccak256(&h, mc_slice(j->bytes, n));
    j->bytes[0] = h.b[0];
}

static void keccak_32(struct job *j)
{
    keccak(j, 32);
}

static void keccak_64(struct job *j)
{
    keccak(j, 64);
}

static void keccak_136(struct job *j)
{
    keccak(j, 136);
}

static void keccak_576(struct job *j)
{
    keccak(j, 576);
}

static void sha256(struct job *j, size_t n)
{
    struct mc_hash h;
    mc_sha256(&h, mc_slice(j->bytes, n));
    j->bytes[0] = h.b[0];
}

static void sha256_64(struct job *j)
{
    sha256(j, 64);
}

static void sha256_1024(struct job *j)
{
    sha256(j, 1024);
}

/* The items of a legacy transaction around 521 bytes of call data. */
static void tx_encode(struct mc_buf *b, const struct job *j)
{
    mc_buf_reset(b);
    mc_rlp_put_u64(b, 70000);
    mc_rlp_put_u64(b, 1000000000);
    mc_rlp_put_u64(b, 200000);
    mc_rlp_put_bytes(b, mc_slice(j->key, 20));
    mc_rlp_put_u64(b, 0);
    mc_rlp_put_bytes(b, mc_slice(j->bytes + 1, 521));
    mc_rlp_put_u64(b, 2710);
    mc_rlp_put_bytes(b, mc_slice(j->sig.r, 32));
    mc_rlp_put_bytes(b, mc_slice(j->sig.s, 32));
    mc_rlp_wrap_list(b, 0);
}

static void rlp_encode(struct job *j)
{
    tx_encode(&j->out, j);
    j->sink += (uint32_t)j->out.n;
}

static void rlp_decode(struct job *j)
{
    struct mc_rlp r = mc_rlp_open(mc_buf_slice(&j->tx)), list;
    struct mc_slice data;
    struct mc_u256 wide[3];
    uint64_t narrow[4];
    uint8_t to[20];

    must(mc_rlp_list(&r, &list, NULL));
    for (size_t i = 0; i < 3; i++)
        must(mc_rlp_u64(&list, &narrow[i], NULL));
    must(mc_rlp_fixed(&list, to, sizeof to, NULL));
    must(mc_rlp_u256(&list, &wide[0], NULL));
    must(mc_rlp_bytes(&list, &data, NULL));
    must(mc_rlp_u64(&list, &narrow[3], NULL));
    must(mc_rlp_u256(&list, &wide[1], NULL));
    must(mc_rlp_u256(&list, &wide[2], NULL));
    must(mc_rlp_end(&list, NULL));
    must(mc_rlp_end(&r, NULL));
    j->sink += (uint32_t)(data.n + wide[2].w[0] + narrow[3] + to[0]);
}

static void hex_encode(struct job *j)
{
    mc_hex_encode(j->text, j->tx.p, TX_LEN);
    j->sink += (uint32_t)j->text[0];
}

static void hex_decode(struct job *j)
{
    uint8_t bytes[TX_LEN];
    must(mc_hex_decode(bytes, j->text, TX_LEN) ? MC_OK : MC_EMALFORM);
    j->sink += bytes[TX_LEN - 1];
}

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double run_ns(struct job *j, job_cb fn, uint64_t cnt)
{
    double start = now_ns();
    for (uint64_t i = 0; i < cnt; i++)
        fn(j);
    return now_ns() - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct job *j, const char *name, job_cb fn)
{
    double ns[REPEATS];
    uint64_t cnt = 1;

    while (run_ns(j, fn, cnt) < REPEAT_NS)
        cnt *= 2;
    for (size_t i = 0; i < REPEATS; i++)
        ns[i] = run_ns(j, fn, cnt) / (double)cnt;
    qsort(ns, REPEATS, sizeof ns[0], by_size);
    printf("%s\t%.1f\n", name, ns[REPEATS / 2]);
}

static void prepare(struct job *j)
{
    struct mc_errmsg em;

    if (mc_crypto_init(&em) != MC_OK) {
        fprintf(stderr, "bench_base: %s\n", em.text);
        exit(1);
    }
    memset(j->key, 0x46, sizeof j->key);
    for (size_t i = 0; i < sizeof j->bytes; i++)
        j->bytes[i] = (uint8_t)(i * 31 + 7);
    mc_keccak256(&j->digest, mc_slice(j->bytes, sizeof j->bytes));
    must(mc_secp_sign(&j->sig, &j->digest, j->key));
    tx_encode(&j->tx, j);
    if (j->tx.n != TX_LEN) {
        fprintf(stderr, "bench_base: the transaction has %zu bytes\n", j->tx.n);
        exit(1);
    }
    hex_encode(j);
}

int main(void)
{
    static const struct {
        const char *name;
        job_cb fn;
    } rows[] = {
        {"secp256k1_recover", recover}, {"secp256k1_sign", sign},
        {"keccak256_32", keccak_32},    {"keccak256_64", keccak_64},
        {"keccak256_136", keccak_136},  {"keccak256_576", keccak_576},
        {"sha256_64", sha256_64},       {"sha256_1024", sha256_1024},
        {"rlp_encode_631", rlp_encode}, {"rlp_decode_631", rlp_decode},
        {"hex_encode_631", hex_encode}, {"hex_decode_631", hex_decode},
    };
    static struct job j;

    prepare(&j);
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        measure(&j, rows[i].name, rows[i].fn);
    mc_buf_free(&j.tx);
    mc_buf_free(&j.out);
    return j.sink == 0; /* never: it only keeps the results alive */
}
