/* HTTP as clients and attackers speak it, through a connection and the whole way to an answer. */
#include "harness.h"

#define BODY     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}"
#define BODY_LEN "59"
#define HEAD     "POST / HTTP/1.1\r\nHost: localhost:8545\r\nContent-Type: application/json\r\n"
#define POST     HEAD "Content-Length: " BODY_LEN "\r\n\r\n" BODY
#define ANSWER   "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x539\"}"
#define OK       "HTTP/1.1 200 OK\r\nContent-Length: 41\r\nContent-Type: application/json\r\n\r\n" ANSWER

struct wire {
    struct harness h;
    struct rpc_conn *conn;
    struct mc_buf sent; /* everything that came back */
    uint32_t jobs;
    bool closed;
};

static void wire_open_cfg(struct wire *w, const struct rpc_cfg *cfg)
{
    memset(w, 0, sizeof *w);
    harness_open_cfg(&w->h, cfg);
    assert_int_equal(rpc_conn_new(&w->conn, w->h.server), MC_OK);
}

static void wire_open(struct wire *w)
{
    wire_open_cfg(w, &(struct rpc_cfg){0});
}

static void wire_close(struct wire *w)
{
    mc_buf_free(&w->sent);
    rpc_conn_free(w->conn);
    harness_close(&w->h);
}

static void take(struct wire *w, struct rpc_conn_out *out)
{
    for (;;) {
        struct rpc_job *job = out->job;
        mc_buf_put_slice(&w->sent, out->send);
        w->closed = w->closed || out->close;
        assert_false(out->upgrade);
        if (job == NULL)
            return;
        w->jobs++;
        assert_int_equal(rpc_job_run(job), RPC_JOB_DONE);
        rpc_conn_answer(w->conn, job, out);
    }
}

/* Sends an exact copy, so that the address sanitizer sees a read past its end. */
static void send_bytes(struct wire *w, const char *p, size_t n)
{
    struct rpc_conn_out out;
    char *copy = malloc(n == 0 ? 1 : n);

    assert_non_null(copy);
    memcpy(copy, p, n);
    rpc_conn_feed(w->conn, mc_slice(copy, n), &out);
    free(copy);
    take(w, &out);
}

static void send_text(struct wire *w, const char *s)
{
    send_bytes(w, s, strlen(s));
}

static const char *text(struct wire *w)
{
    mc_buf_put_u8(&w->sent, 0);
    w->sent.n--;
    return (const char *)w->sent.p;
}

/* One connection, one text, the whole answer. */
static void expect(const char *request, const char *answer, bool closed)
{
    struct wire w;

    wire_open(&w);
    send_text(&w, request);
    assert_string_equal(text(&w), answer);
    assert_int_equal(w.closed, closed);
    wire_close(&w);
}

static void expect_status(const char *request, const char *status, const char *words, bool closed)
{
    struct wire w;

    wire_open(&w);
    send_text(&w, request);
    assert_has(text(&w), status);
    assert_has(text(&w), words);
    if (w.closed != closed)
        fail_msg("closed=%d after %s", w.closed, request);
    if (closed)
        assert_has(text(&w), "Connection: close\r\n");
    wire_close(&w);
}

static void a_request_is_answered_wherever_it_is_cut(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= strlen(POST); cut++) {
        struct wire w;
        wire_open(&w);
        send_bytes(&w, POST, cut);
        assert_int_equal(rpc_conn_idle(w.conn), cut == 0 || cut == strlen(POST));
        send_bytes(&w, &(POST)[cut], strlen(POST) - cut);
        assert_string_equal(text(&w), OK);
        assert_true(rpc_conn_idle(w.conn));
        wire_close(&w);
    }
}

static void a_request_may_come_byte_by_byte_again_and_again(void **state)
{
    struct wire w;

    (void)state;
    wire_open(&w);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < strlen(POST); i++)
            send_bytes(&w, &(POST)[i], 1);
    }
    assert_string_equal(text(&w), OK OK OK);
    assert_false(w.closed);
    wire_close(&w);
}

static void pipelined_requests_are_answered_in_order_one_at_a_time(void **state)
{
    struct wire w;
    struct rpc_conn_out out;
    struct rpc_job *first;

    (void)state;
    wire_open(&w);
    rpc_conn_feed(w.conn, mc_slice_str(POST POST "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                  &out);
    first = out.job;
    assert_non_null(first);
    rpc_conn_feed(w.conn, mc_slice_str(POST), &out); /* while a job is out */
    assert_null(out.job);
    assert_int_equal(out.send.n, 0);
    assert_false(rpc_conn_idle(w.conn));
    assert_int_equal(rpc_job_run(first), RPC_JOB_DONE);
    rpc_conn_answer(w.conn, first, &out);
    take(&w, &out);
    assert_int_equal(w.jobs, 2);
    assert_string_equal(text(&w), OK OK "HTTP/1.1 200 OK\r\nContent-Length: 16\r\nContent-Type: "
                                        "application/json\r\n\r\n{\"status\":\"ok\"}\n" OK);
    wire_close(&w);
}

static void a_chunked_body_is_put_together(void **state)
{
    (void)state;
    expect(HEAD "Transfer-Encoding: chunked\r\n\r\n"
                "1e\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"metho\r\n"
                "1D;ext=1\r\nd\":\"eth_chainId\",\"params\":[]}\r\n0\r\nHost: evil\r\n\r\n" POST,
           OK OK, false);
}

static void keep_alive_follows_the_version_and_the_header(void **state)
{
    (void)state;
    expect_status(HEAD "Connection: close\r\nContent-Length: " BODY_LEN "\r\n\r\n" BODY, "200 OK",
                  ANSWER, true);
    expect_status("POST / HTTP/1.0\r\nHost: localhost\r\nContent-Type: "
                  "application/json\r\nContent-Length: " BODY_LEN "\r\n\r\n" BODY,
                  "200 OK", ANSWER, true);
    expect("POST / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\nContent-Type: "
           "application/json\r\nContent-Length: " BODY_LEN "\r\n\r\n" BODY,
           "HTTP/1.1 200 OK\r\nContent-Length: 41\r\nContent-Type: application/json\r\nConnection: "
           "keep-alive\r\n\r\n" ANSWER,
           false);
}

static void content_types_of_clients_are_taken_and_others_refused(void **state)
{
    static const struct {
        const char *line, *status;
    } rows[] = {{"Content-Type: application/json\r\n", "200 OK"},
                {"Content-Type: application/json; charset=utf-8\r\n", "200 OK"},
                {"content-type: Application/JSON;charset=UTF-8\r\n", "200 OK"},
                {"Content-Type: application/json-rpc\r\n", "200 OK"},
                {"Content-Type: application/jsonrequest\r\n", "200 OK"},
                {"Content-Type: text/plain\r\n", "415 Unsupported"},
                {"Content-Type: application/jsonx\r\n", "415 Unsupported"},
                {"Content-Type: application/x-www-form-urlencoded\r\n", "415 Unsupported"},
                {"Content-Type:\r\n", "415 Unsupported"},
                {"", "415 Unsupported"}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char request[512];
        snprintf(request, sizeof request,
                 "POST / HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: " BODY_LEN
                 "\r\n\r\n" BODY,
                 rows[i].line);
        expect_status(request, rows[i].status, "\"jsonrpc\":\"2.0\"", false);
    }
}

static void only_hosts_of_the_list_are_served(void **state)
{
    static const struct {
        const char *host, *status;
    } rows[] = {{"localhost", "200 OK"},
                {"LOCALHOST:1", "200 OK"},
                {"127.0.0.1:8545", "200 OK"},
                {"[::1]:8545", "200 OK"},
                {"[::1]", "200 OK"},
                {"evil.example", "403 Forbidden"},
                {"localhost.evil", "403 Forbidden"},
                {"[::2]:1", "403 Forbidden"},
                {"", "403 Forbidden"},
                {"[", "403 Forbidden"}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char request[512];
        snprintf(request, sizeof request, "GET /metrics HTTP/1.1\r\nHost: %s\r\n\r\n",
                 rows[i].host);
        expect_status(request, rows[i].status, "HTTP/1.1 ", false);
    }
    /* Probes are answered whatever name they come by. */
    expect_status("GET /health HTTP/1.1\r\nHost: 10.1.2.3:8545\r\n\r\n", "200 OK", "ok", false);
}

static void bad_requests_are_refused_with_words(void **state)
{
    static const struct {
        const char *request, *status, *words;
        bool closed;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "405 Method Not Allowed", "POST", false},
        {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "Allow: POST, OPTIONS\r\n", "-32000", false},
        {"PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n", "405 Method Not Allowed", "POST", true},
        {"CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", "405 Method Not Allowed", "POST", true},
        {"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n", "404 Not Found", "no such path", false},
        {"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", "404 Not Found",
         "go to /", false},
        {"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
         "501 Not Implemented", "WebSocket", true},
        {"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "400 Bad Request", "Host", true},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", "400 Bad Request", "Host",
         true},
        {HEAD "Content-Length: 99999999\r\n\r\n", "413 Content Too Large", "too large", true},
        {HEAD "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Bad Request", "",
         true},
        {HEAD "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "400 Bad Request", "",
         true},
        {HEAD "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", "400 Bad Request", "", true},
        {HEAD "Content-Length: -1\r\n\r\n", "400 Bad Request", "", true},
        {HEAD "Content-Length: 18446744073709551616\r\n\r\n", "400 Bad Request", "", true},
        {HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n", "400 Bad Request", "chunked", true},
        {HEAD "Transfer-Encoding: gzip\r\n\r\n", "400 Bad Request", "", true},
        {HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400 Bad Request", "", true},
        {HEAD "bad header\r\n\r\n", "400 Bad Request", "malformed", true},
        {"POST / HTTP/2.0\r\nHost: localhost\r\n\r\n", "505 HTTP", "HTTP/1.1", true},
        {"\x16\x03\x01\x02", "400 Bad Request", "malformed", true},
        {"nonsense\r\n\r\n", "400 Bad Request", "malformed", true}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++)
        expect_status(rows[i].request, rows[i].status, rows[i].words, rows[i].closed);
}

/* Feeds `unit` until the connection closes; fails when more than max bytes went in. */
static void flood(struct wire *w, const char *unit, size_t max)
{
    for (size_t n = 0; !w->closed; n += strlen(unit)) {
        if (n > max)
            fail_msg("%zu bytes taken and no refusal", n);
        send_text(w, unit);
    }
}

static void endless_heads_and_bodies_are_cut_off(void **state)
{
    static const struct {
        const char *start, *unit, *status;
        size_t max;
    } rows[] = {
        {"POST /", "aaaaaaaaaaaaaaaa", "431", 20000},
        {"POST / HTTP/1.1\r\n", "aaaaaaaaaaaaaaaa", "431", 20000},
        {"POST / HTTP/1.1\r\nA: ", "aaaaaaaaaaaaaaaa", "431", 20000},
        {"POST / HTTP/1.1\r\nA:", "                ", "431", 100000},
        {"POST / HTTP/1.1\r\n", "a:b\r\n", "431", 20000},
        {HEAD "Transfer-Encoding: chunked\r\n\r\n", "10\r\naaaaaaaaaaaaaaaa\r\n", "413", 20000},
        {HEAD "Transfer-Encoding: chunked\r\n\r\n1;", "aaaaaaaaaaaaaaaa", "413", 200000},
        {HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n", "a:b\r\n", "431", 20000}};

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct wire w;
        wire_open_cfg(&w, &(struct rpc_cfg){.body_bytes_max = 1000});
        send_text(&w, rows[i].start);
        flood(&w, rows[i].unit, rows[i].max);
        assert_has(text(&w), rows[i].status);
        wire_close(&w);
    }
}

static void what_waits_behind_a_job_is_bounded(void **state)
{
    struct wire w;
    struct rpc_conn_out out;
    struct rpc_job *job;
    static char junk[100000];

    (void)state;
    wire_open_cfg(&w, &(struct rpc_cfg){.body_bytes_max = 1000});
    rpc_conn_feed(w.conn, mc_slice_str(POST), &out);
    job = out.job;
    memset(junk, 'G', sizeof junk);
    rpc_conn_feed(w.conn, mc_slice(junk, sizeof junk), &out);
    assert_int_equal(rpc_job_run(job), RPC_JOB_DONE);
    rpc_conn_answer(w.conn, job, &out);
    take(&w, &out);
    assert_has(text(&w), ANSWER);
    assert_has(text(&w), "Connection: close\r\n");
    assert_true(w.closed);
    wire_close(&w);
}

static void a_flood_of_ready_made_answers_ends(void **state)
{
    struct wire w;
    struct mc_buf many = {0};

    (void)state;
    wire_open(&w);
    for (size_t i = 0; i < 100000; i++)
        mc_buf_put_str(&many, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    send_bytes(&w, (const char *)many.p, many.n);
    assert_true(w.closed);
    assert_true(w.sent.n < 300000);
    mc_buf_free(&many);
    wire_close(&w);
}

static void an_offer_of_http2_does_not_disturb_a_request(void **state)
{
    (void)state; /* Java's client makes it with each first request */
    expect(HEAD "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
                "Content-Length: " BODY_LEN "\r\n\r\n" BODY POST,
           OK OK, false);
}

static void who_asks_for_continue_gets_it_before_the_body(void **state)
{
    struct wire w;

    (void)state;
    wire_open(&w);
    send_text(&w, HEAD "Expect: 100-continue\r\nContent-Length: " BODY_LEN "\r\n\r\n");
    assert_string_equal(text(&w), "HTTP/1.1 100 Continue\r\n\r\n");
    send_text(&w, BODY);
    assert_string_equal(text(&w), "HTTP/1.1 100 Continue\r\n\r\n" OK);
    wire_close(&w);
}

static void origins_of_the_list_may_read_answers(void **state)
{
    static const char preflight[] =
        "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example\r\n"
        "Access-Control-Request-Method: POST\r\n\r\n";
    static const char post[] =
        HEAD "Origin: https://a.example\r\nContent-Length: " BODY_LEN "\r\n\r\n" BODY;
    struct wire w;

    (void)state;
    wire_open_cfg(&w, &(struct rpc_cfg){.cors_origins = "https://b.example, https://a.example"});
    send_text(&w, preflight);
    assert_has(text(&w), "HTTP/1.1 204 No Content\r\n");
    assert_has(text(&w), "Access-Control-Allow-Origin: https://a.example\r\nVary: Origin\r\n");
    assert_has(text(&w), "Access-Control-Allow-Headers: Content-Type\r\n");
    mc_buf_reset(&w.sent);
    send_text(&w, post);
    assert_has(text(&w), "Access-Control-Allow-Origin: https://a.example\r\n");
    assert_has(text(&w), ANSWER);
    wire_close(&w);

    wire_open(&w); /* no list: the browser is told no */
    send_text(&w, preflight);
    assert_has(text(&w), "403 Forbidden");
    assert_null(strstr(text(&w), "Access-Control-Allow-Origin"));
    wire_close(&w);
}

static void health_and_readiness_are_told(void **state)
{
    struct wire w;

    (void)state;
    wire_open(&w);
    send_text(&w, "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_has(text(&w), "200 OK");
    assert_has(text(&w),
               "{\"ready\":true,\"why\":null,\"head\":2,\"peers\":3,\"secondsSinceBlock\":1}\n");
    mc_buf_reset(&w.sent);
    w.h.node.ready = false;
    send_text(&w, "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_has(text(&w), "503 Service Unavailable");
    assert_has(text(&w), "\"why\":\"no quorum for 12 s\"");
    wire_close(&w);
}

static void metrics_count_requests_and_methods(void **state)
{
    struct wire w;

    (void)state;
    wire_open(&w);
    send_text(&w, POST POST);
    mc_buf_reset(&w.sent);
    send_text(&w, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_has(text(&w), "fake_blocks 3\n");
    assert_has(
        text(&w),
        "# TYPE medichain_rpc_http_requests_total counter\nmedichain_rpc_http_requests_total 3\n");
    assert_has(text(&w), "medichain_rpc_calls_total{method=\"eth_chainId\"} 2\n");
    assert_has(text(&w), "medichain_rpc_errors_total{method=\"eth_chainId\"} 0\n");
    assert_has(text(&w), "medichain_rpc_seconds_total{method=\"eth_chainId\"} 0.0");
    wire_close(&w);
}

static void a_connection_may_go_while_its_job_runs(void **state)
{
    struct wire w;
    struct rpc_conn_out out;

    (void)state;
    wire_open(&w);
    rpc_conn_feed(w.conn, mc_slice_str(POST), &out);
    rpc_conn_free(w.conn);
    w.conn = NULL;
    assert_int_equal(rpc_job_run(out.job), RPC_JOB_DONE);
    rpc_job_free(out.job);
    wire_close(&w);
}

static void notifications_get_an_empty_answer(void **state)
{
    (void)state;
    expect(HEAD "Content-Length: 40\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"}",
           "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: application/json\r\n\r\n", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered_wherever_it_is_cut),
        cmocka_unit_test(a_request_may_come_byte_by_byte_again_and_again),
        cmocka_unit_test(pipelined_requests_are_answered_in_order_one_at_a_time),
        cmocka_unit_test(a_chunked_body_is_put_together),
        cmocka_unit_test(keep_alive_follows_the_version_and_the_header),
        cmocka_unit_test(content_types_of_clients_are_taken_and_others_refused),
        cmocka_unit_test(only_hosts_of_the_list_are_served),
        cmocka_unit_test(bad_requests_are_refused_with_words),
        cmocka_unit_test(endless_heads_and_bodies_are_cut_off),
        cmocka_unit_test(what_waits_behind_a_job_is_bounded),
        cmocka_unit_test(a_flood_of_ready_made_answers_ends),
        cmocka_unit_test(an_offer_of_http2_does_not_disturb_a_request),
        cmocka_unit_test(who_asks_for_continue_gets_it_before_the_body),
        cmocka_unit_test(origins_of_the_list_may_read_answers),
        cmocka_unit_test(health_and_readiness_are_told),
        cmocka_unit_test(metrics_count_requests_and_methods),
        cmocka_unit_test(a_connection_may_go_while_its_job_runs),
        cmocka_unit_test(notifications_get_an_empty_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
