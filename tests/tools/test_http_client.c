#include "tools/http_client.h"

#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY_MAX 64u

/* Feeds the text in pieces of `step` bytes; *used counts what was taken. */
static enum mc_err feed(struct http_parser *p, const char *text, size_t step, size_t *used)
{
    size_t n = strlen(text);
    *used = 0;
    while (*used < n && !http_parser_done(p)) {
        size_t took, piece = n - *used < step ? n - *used : step;
        enum mc_err err = http_parser_feed(p, mc_slice(text + *used, piece), &took, NULL);
        if (err != MC_OK)
            return err;
        *used += took;
    }
    return MC_OK;
}

static void responses_parse_whatever_pieces_they_come_in(void **state)
{
    static const struct {
        const char *text, *body;
        uint32_t status;
        bool keep;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", 200, true},
        {"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "", 503, true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
         "abcde", 200, true},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", "x", 200, false},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        for (size_t step = 1; step < 100; step += 7) {
            struct http_parser *p = http_parser_new(BODY_MAX);
            size_t used;
            assert_non_null(p);
            assert_int_equal(feed(p, cases[i].text, step, &used), MC_OK);
            assert_true(http_parser_done(p));
            assert_int_equal(used, strlen(cases[i].text));
            assert_int_equal(http_parser_status(p), cases[i].status);
            assert_int_equal(http_parser_keep_alive(p), cases[i].keep);
            struct mc_slice body = http_parser_body(p);
            assert_true(mc_slice_eq(body, mc_slice_str(cases[i].body)));
            http_parser_free(p);
        }
    }
}

static void a_second_response_is_left_for_the_next_turn(void **state)
{
    static const char one[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
    char two[2 * sizeof one];
    size_t used;
    struct http_parser *p = http_parser_new(BODY_MAX);
    (void)state;
    snprintf(two, sizeof two, "%s%s", one, one);
    assert_int_equal(http_parser_feed(p, mc_slice_str(two), &used, NULL), MC_OK);
    assert_true(http_parser_done(p));
    assert_int_equal(used, sizeof one - 1);
    http_parser_reset(p);
    assert_false(http_parser_done(p));
    assert_int_equal(http_parser_feed(p, mc_slice_str(two + used), &used, NULL), MC_OK);
    assert_true(http_parser_done(p));
    http_parser_free(p);
}

static void nonsense_and_too_much_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum mc_err err;
    } cases[] = {
        {"SSH-2.0-OpenSSH_9.2\r\n", MC_EMALFORM},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", MC_EMALFORM},
        {"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n"
         "0123456789012345678901234567890123456789012345678901234567890123456789",
         MC_ELIMIT},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        struct http_parser *p = http_parser_new(BODY_MAX);
        size_t used;
        assert_int_equal(feed(p, cases[i].text, 1000, &used), cases[i].err);
        http_parser_free(p);
    }
}

static void a_response_cut_short_is_an_error(void **state)
{
    struct http_parser *p = http_parser_new(BODY_MAX);
    size_t used;
    (void)state;
    assert_int_equal(feed(p, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", 1000, &used), MC_OK);
    assert_int_equal(http_parser_eof(p, NULL), MC_EMALFORM);
    http_parser_reset(p);
    assert_int_equal(http_parser_eof(p, NULL), MC_EMALFORM);
    http_parser_reset(p);
    /* Without a length the end of the connection is the end of the body. */
    assert_int_equal(feed(p, "HTTP/1.1 200 OK\r\n\r\nhe", 1000, &used), MC_OK);
    assert_int_equal(http_parser_eof(p, NULL), MC_OK);
    assert_int_equal(http_parser_body(p).n, 2);
    http_parser_free(p);
}

static void urls_are_read_or_refused(void **state)
{
    static const struct {
        const char *text;
        enum mc_err err;
        const char *host, *port, *path;
    } cases[] = {
        {"http://127.0.0.1:8545", MC_OK, "127.0.0.1", "8545", "/"},
        {"http://node.example/rpc", MC_OK, "node.example", "80", "/rpc"},
        {"http://[::1]:9000/", MC_OK, "::1", "9000", "/"},
        {"https://node.example", MC_EUNSUPPORTED, NULL, NULL, NULL},
        {"127.0.0.1:8545", MC_EMALFORM, NULL, NULL, NULL},
        {"http://", MC_EMALFORM, NULL, NULL, NULL},
        {"http://host:0", MC_EMALFORM, NULL, NULL, NULL},
        {"http://host:65536", MC_EMALFORM, NULL, NULL, NULL},
        {"http://host:12x", MC_EMALFORM, NULL, NULL, NULL},
        {"http://[::1", MC_EMALFORM, NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        struct http_url u;
        if (http_url_parse(&u, cases[i].text, NULL) != cases[i].err)
            fail_msg("%s", cases[i].text);
        if (cases[i].err == MC_OK) {
            assert_string_equal(u.host, cases[i].host);
            assert_string_equal(u.port, cases[i].port);
            assert_string_equal(u.path, cases[i].path);
        }
    }
}

/* ---- a server that answers each connection as told and then closes it ---- */

struct server {
    int fd;
    uint16_t port;
    const char *answers[4]; /* one a connection; NULL: close without an answer */
    uint32_t cnt;
    pthread_t thread;
};

static void *serve(void *arg)
{
    struct server *s = arg;
    for (uint32_t i = 0; i < s->cnt; i++) {
        char request[4096];
        int c = accept(s->fd, NULL, NULL);
        if (c < 0)
            return NULL;
        if (recv(c, request, sizeof request, 0) > 0 && s->answers[i] != NULL)
            (void)send(c, s->answers[i], strlen(s->answers[i]), MSG_NOSIGNAL);
        close(c);
    }
    return NULL;
}

static void server_start(struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t n = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(s->fd >= 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->fd, 4), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &n), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_end(struct server *s)
{
    pthread_join(s->thread, NULL);
    close(s->fd);
}

static void a_kept_connection_that_was_closed_is_opened_again(void **state)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    struct server s = {.answers = {ok, ok}, .cnt = 2};
    struct http_client *c = NULL;
    char url[64];
    uint32_t status = 0;
    struct mc_slice body;
    (void)state;
    server_start(&s);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", s.port);
    assert_int_equal(http_client_new(&c, url, 5000, NULL), MC_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            http_client_request(c, "POST", NULL, mc_slice_str("{}"), &status, &body, NULL), MC_OK);
        assert_int_equal(status, 200);
        assert_true(mc_slice_eq(body, mc_slice_str("ok")));
    }
    http_client_free(c);
    server_end(&s);
}

static void a_server_without_an_answer_gives_words(void **state)
{
    struct server s = {.answers = {NULL}, .cnt = 1};
    struct http_client *c = NULL;
    struct mc_errmsg em = {{0}};
    char url[64];
    uint32_t status;
    struct mc_slice body;
    (void)state;
    server_start(&s);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", s.port);
    assert_int_equal(http_client_new(&c, url, 5000, NULL), MC_OK);
    assert_int_equal(http_client_request(c, "GET", "/x", mc_slice(NULL, 0), &status, &body, &em),
                     MC_EIO);
    assert_non_null(strstr(em.text, "without an answer"));
    server_end(&s);
    /* Nobody listens any more. */
    assert_int_equal(http_client_request(c, "GET", "/x", mc_slice(NULL, 0), &status, &body, &em),
                     MC_EIO);
    assert_non_null(strstr(em.text, "medichain devnet"));
    http_client_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_parse_whatever_pieces_they_come_in),
        cmocka_unit_test(a_second_response_is_left_for_the_next_turn),
        cmocka_unit_test(nonsense_and_too_much_are_refused),
        cmocka_unit_test(a_response_cut_short_is_an_error),
        cmocka_unit_test(urls_are_read_or_refused),
        cmocka_unit_test(a_kept_connection_that_was_closed_is_opened_again),
        cmocka_unit_test(a_server_without_an_answer_gives_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
