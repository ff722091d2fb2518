/* What the RPC room itself costs for one call, with a node behind it that answers at once.
 *
 *   bench_rpc [seconds per row] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../lib/fakeports.h"
#include "rpc/rpc.h"

static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void row_print(const char *what, uint64_t calls, double took_s)
{
    printf("%-44s %8.2f us\n", what, took_s / (double)calls * 1e6);
}

static void bench_handle(struct rpc_server *s, const char *what, struct mc_slice request,
                         double for_s)
{
    struct mc_buf out = {0};
    double begin = now_s(), took = 0;
    uint64_t calls = 0;

    while (took < for_s) {
        for (size_t i = 0; i < 1000; i++) {
            mc_buf_reset(&out);
            rpc_handle(s, request, &out);
        }
        calls += 1000;
        took = now_s() - begin;
    }
    mc_buf_free(&out);
    row_print(what, calls, took);
}

/* The whole way of a connection: HTTP in, job, HTTP out. */
static void bench_conn(struct rpc_server *s, const char *what, struct mc_slice body, double for_s)
{
    struct mc_buf request = {0};
    struct rpc_conn *conn;
    double begin = now_s(), took = 0;
    uint64_t calls = 0;

    mc_buf_putf(&request,
                "POST / HTTP/1.1\r\nHost: 127.0.0.1:8545\r\nUser-Agent: bench\r\nAccept: */*\r\n"
                "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                body.n);
    mc_buf_put_slice(&request, body);
    if (rpc_conn_new(&conn, s) != MC_OK)
        abort();
    while (took < for_s) {
        for (size_t i = 0; i < 1000; i++) {
            struct rpc_conn_out out;
            rpc_conn_feed(conn, mc_buf_slice(&request), &out);
            if (out.job == NULL || rpc_job_run(out.job) != RPC_JOB_DONE)
                abort();
            rpc_conn_answer(conn, out.job, &out);
        }
        calls += 1000;
        took = now_s() - begin;
    }
    rpc_conn_free(conn);
    mc_buf_free(&request);
    row_print(what, calls, took);
}

static void raw_tx_put(struct mc_buf *b)
{
    mc_buf_put_str(b, "{\"jsonrpc\":\"2.0\",\"id\":12345,\"method\":\"eth_sendRawTransaction\","
                      "\"params\":[\"0x02");
    for (size_t i = 1; i < 631; i++)
        mc_buf_putf(b, "%02x", (unsigned)(i * 7 & 0xff));
    mc_buf_put_str(b, "\"]}");
}

#define CALL(method, params)                                                                       \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":[" params "]}"

static void bench_all(struct fake_ports *node, struct rpc_server *s, double for_s)
{
    static const struct {
        const char *what, *request;
    } rows[] = {
        {"eth_chainId", CALL("eth_chainId", "")},
        {"eth_getBlockByNumber, 2 transactions", CALL("eth_getBlockByNumber", "\"0x1\",true")},
        {"eth_call", CALL("eth_call", "{\"to\":\"0xcccccccccccccccccccccccccccccccccccccc02\","
                                      "\"data\":\"0x01\"},\"latest\"")},
        {"eth_getLogs, 2 logs", CALL("eth_getLogs", "{\"fromBlock\":\"0x0\"}")}};
    struct mc_buf raw = {0};
    struct mc_hash hash;
    double begin, took;

    for (size_t i = 0; i < MC_COUNT(rows); i++)
        bench_handle(s, rows[i].what, mc_slice_str(rows[i].request), for_s);
    raw_tx_put(&raw);
    bench_handle(s, "eth_sendRawTransaction, 631 bytes", mc_buf_slice(&raw), for_s);
    bench_conn(s, "the same over HTTP", mc_buf_slice(&raw), for_s);
    begin = now_s();
    for (size_t i = 0; i < 100000; i++) {
        if (node->ports.submit(node, mc_slice(raw.p, 631), &hash, NULL) != MC_OK)
            abort();
    }
    took = now_s() - begin;
    row_print("  of that the fake node's submit (a Keccak)", 100000, took);
    mc_buf_free(&raw);
}

int main(int argc, char **argv)
{
    struct fake_ports node;
    struct rpc_server *s;
    struct rpc_cfg cfg = {0};

    if (mc_crypto_init(NULL) != MC_OK)
        return 1;
    fake_ports_init(&node);
    if (rpc_server_new(&s, &cfg, &node.ports, NULL) != MC_OK)
        return 1;
    bench_all(&node, s, argc > 1 ? atof(argv[1]) : 1);
    rpc_server_free(s);
    return 0;
}
