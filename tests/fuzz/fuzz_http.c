/* Bytes of a connection: whatever comes, however it is cut, the answer is the same and memory stays bounded.
 * The first byte chooses the size of the pieces. */
#include <stdlib.h>

#include "../lib/fakeports.c"
#include "rpc/rpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fake_ports node;
static struct rpc_server *server;

static void setup(void)
{
    struct rpc_cfg cfg = {.body_bytes_max = 4096, .devnet = true, .cors_origins = "*"};

    if (server != NULL)
        return;
    if (mc_crypto_init(NULL) != MC_OK)
        abort();
    fake_ports_init(&node);
    if (rpc_server_new(&server, &cfg, &node.ports, NULL) != MC_OK)
        abort();
}

/* Appends what the connection sends; true when it closes. */
static bool take(struct rpc_conn *conn, struct rpc_conn_out *out, struct mc_buf *sent)
{
    for (;;) {
        struct rpc_job *job = out->job;
        bool close = out->close;
        mc_buf_put_slice(sent, out->send);
        if (job == NULL)
            return close;
        while (rpc_job_run(job) == RPC_JOB_WAIT)
            rpc_server_tick(server, rpc_job_deadline_ms(job));
        rpc_conn_answer(conn, job, out);
    }
}

static void play(struct mc_buf *sent, const uint8_t *data, size_t size, size_t piece)
{
    struct rpc_conn *conn;
    bool closed = false;

    if (rpc_conn_new(&conn, server) != MC_OK)
        abort();
    for (size_t at = 0; at < size && !closed; at += piece) {
        struct rpc_conn_out out;
        size_t n = size - at < piece ? size - at : piece;
        rpc_conn_feed(conn, mc_slice(data + at, n), &out);
        closed = take(conn, &out, sent);
    }
    rpc_conn_free(conn);
}

/* The interim answer depends on whether a body came along with its head. */
static void interim_drop(struct mc_buf *b)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const size_t n = sizeof text - 1;
    uint8_t *at;

    while (b->n > 0 && (at = memmem(b->p, b->n, text, n)) != NULL) {
        memmove(at, at + n, (size_t)(b->p + b->n - (at + n)));
        b->n -= n;
    }
}

static bool contains(const uint8_t *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL;
}

/* Answers that differ from one time to the next: counters, random ids, a clock that waits moved on. */
static bool repeatable(const uint8_t *data, size_t size)
{
    return !contains(data, size, "metrics") && !contains(data, size, "ilter") &&
           !contains(data, size, "Transaction") && !contains(data, size, "\\u");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mc_buf whole = {0}, pieces = {0};

    if (size < 2 || size > 16384)
        return 0;
    setup();
    play(&whole, data + 1, size - 1, size);
    play(&pieces, data + 1, size - 1, (size_t)data[0] + 1);
    interim_drop(&whole);
    interim_drop(&pieces);
    if (repeatable(data + 1, size - 1) && !mc_slice_eq(mc_buf_slice(&whole), mc_buf_slice(&pieces)))
        abort();
    mc_buf_free(&whole);
    mc_buf_free(&pieces);
    return 0;
}
