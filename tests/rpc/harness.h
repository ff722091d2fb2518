/* What the tests of rpc/ share: a server over the fake node, and calls as text. */
#ifndef MC_TESTS_RPC_HARNESS_H
#define MC_TESTS_RPC_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../lib/fakeports.h"
#include "rpc/rpc.h"

struct harness {
    struct fake_ports node;
    struct rpc_server *server;
    struct mc_buf reply; /* NUL-terminated text of the last answer */
};

static inline void harness_open_cfg(struct harness *h, const struct rpc_cfg *cfg)
{
    struct mc_errmsg em;

    memset(h, 0, sizeof *h);
    assert_int_equal(mc_crypto_init(&em), MC_OK);
    fake_ports_init(&h->node);
    assert_int_equal(rpc_server_new(&h->server, cfg, &h->node.ports, &em), MC_OK);
    rpc_server_tick(h->server, 1000);
}

static inline void harness_open(struct harness *h)
{
    harness_open_cfg(h, &(struct rpc_cfg){.devnet = true, .local = true});
}

static inline void harness_close(struct harness *h)
{
    mc_buf_free(&h->reply);
    rpc_server_free(h->server);
}

/* The answer to a request text; valid until the next one. */
static inline const char *ask_bytes(struct harness *h, struct mc_slice request)
{
    mc_buf_reset(&h->reply);
    rpc_handle(h->server, request, &h->reply);
    mc_buf_put_u8(&h->reply, 0);
    assert_false(h->reply.oom);
    return (const char *)h->reply.p;
}

static inline const char *ask(struct harness *h, const char *request)
{
    return ask_bytes(h, mc_slice_str(request));
}

/* Calls a method with id 1; params is the inside of the array. */
static inline const char *call(struct harness *h, const char *method, const char *params)
{
    struct mc_buf b = {0};
    const char *reply;

    mc_buf_putf(&b, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}", method,
                params);
    reply = ask_bytes(h, mc_buf_slice(&b));
    mc_buf_free(&b);
    return reply;
}

/* The same for a result and an error: only what differs is written down. */
static inline void expect_result(struct harness *h, const char *method, const char *params,
                                 const char *result)
{
    struct mc_buf want = {0};

    mc_buf_putf(&want, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":%s}", result);
    mc_buf_put_u8(&want, 0);
    assert_string_equal(call(h, method, params), (const char *)want.p);
    mc_buf_free(&want);
}

static inline void expect_error(struct harness *h, const char *method, const char *params, int code,
                                const char *words)
{
    struct mc_buf want = {0};

    mc_buf_putf(&want, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":%d,\"message\":", code);
    mc_json_put_str(&want, mc_slice_str(words));
    mc_buf_put_str(&want, "}}");
    mc_buf_put_u8(&want, 0);
    assert_string_equal(call(h, method, params), (const char *)want.p);
    mc_buf_free(&want);
}

static inline void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in: %s", part, text);
}

#endif
