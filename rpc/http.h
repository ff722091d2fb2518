/* HTTP/1.1 requests from bytes, through llhttp; private to rpc/.  http.c is the only file that includes llhttp.h.
 *
 * Memory is bounded: fixed buffers for the few headers that count, the body up to a limit.  A request that breaks a
 * limit or the grammar ends the connection: what follows it cannot be trusted to be a request. */
#ifndef MC_RPC_HTTP_H
#define MC_RPC_HTTP_H

#include "base/base.h"

#define RPC_HTTP_HEAD_BYTES_MAX 16384u /* request line and headers together */
#define RPC_HTTP_HEADERS_MAX    100u

enum rpc_http_method { RPC_HTTP_POST, RPC_HTTP_GET, RPC_HTTP_OPTIONS, RPC_HTTP_OTHER };
enum rpc_http_event { RPC_HTTP_MORE, RPC_HTTP_REQUEST, RPC_HTTP_BAD };

/* A header's value, cut at the buffer's end. */
struct rpc_http_text {
    char s[256];
    uint16_t n;
    bool cut;    /* longer than the buffer */
    uint8_t cnt; /* how often the header came, 255 at most */
};

struct rpc_http_request {
    enum rpc_http_method method;
    uint8_t minor;             /* HTTP/1.minor */
    bool keep_alive;           /* the connection may go on after the answer */
    struct rpc_http_text path; /* request target, with its query */
    struct rpc_http_text host, origin, content_type, upgrade, expect, transfer, preflight;
    struct mc_buf body;
};

struct rpc_http_parser;

/* Returned parser: rpc_http_parser_free.  NULL: out of memory. */
struct rpc_http_parser *rpc_http_parser_new(size_t body_bytes_max);
void rpc_http_parser_free(struct rpc_http_parser *p);

/* Takes bytes up to the end of one request.
 * Returns: RPC_HTTP_MORE     all bytes were taken
 *          RPC_HTTP_REQUEST  a whole request is in *rpc_http_parser_request(); *used tells where the next one starts
 *          RPC_HTTP_BAD      *status and em say what to answer; the parser takes no more bytes */
enum rpc_http_event rpc_http_parser_feed(struct rpc_http_parser *p, size_t *used, int *status,
                                         struct mc_slice bytes, struct mc_errmsg *em);
/* The request that feed announced; valid until the next feed.  Its body may be swapped out. */
struct rpc_http_request *rpc_http_parser_request(struct rpc_http_parser *p);
/* True once per request, when its head asks for "100 Continue" and no body has come yet. */
bool rpc_http_parser_wants_continue(struct rpc_http_parser *p);
/* True between requests: not a byte of the next one has come. */
bool rpc_http_parser_idle(const struct rpc_http_parser *p);

#endif
