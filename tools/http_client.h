/* HTTP/1.1 client for JSON-RPC over plain TCP: one connection, kept alive, blocking, with a deadline for each request.
 * llhttp parses; llhttp.h is included in http_client.c only. */
#ifndef MC_TOOLS_HTTP_CLIENT_H
#define MC_TOOLS_HTTP_CLIENT_H

#include "base/base.h"

/* ---- responses, for the client below and for callers with sockets of their own ---- */
struct http_parser;
/* NULL when memory is short.  body_bytes_max bounds what one response may hold. */
struct http_parser *http_parser_new(size_t body_bytes_max);
void http_parser_free(struct http_parser *p); /* NULL is allowed */
/* Feeds bytes up to the end of the response; *used says how many were taken.
 * MC_EMALFORM: no HTTP response; MC_ELIMIT: its body is too long. */
MC_NODISCARD enum mc_err http_parser_feed(struct http_parser *p, struct mc_slice bytes,
                                          size_t *used, struct mc_errmsg *em);
/* The peer closed: completes a response without a length.  MC_EMALFORM when it stops in the middle. */
MC_NODISCARD enum mc_err http_parser_eof(struct http_parser *p, struct mc_errmsg *em);
bool http_parser_done(const struct http_parser *p);
bool http_parser_keep_alive(const struct http_parser *p); /* of a finished response */
uint32_t http_parser_status(const struct http_parser *p);
struct mc_slice
http_parser_body(const struct http_parser *p); /* borrowed until the next response */
/* Ready for the next response; the body is gone. */
void http_parser_reset(struct http_parser *p);

/* ---- URLs ---- */
#define HTTP_HOST_MAX 256u
struct http_url {
    char host[HTTP_HOST_MAX]; /* without the brackets of an IPv6 address */
    char port[6];
    char path[HTTP_HOST_MAX]; /* "/" at least */
};
/* http://HOST[:PORT][/PATH].  MC_EUNSUPPORTED for https and the like, MC_EMALFORM otherwise. */
MC_NODISCARD enum mc_err http_url_parse(struct http_url *out, const char *text,
                                        struct mc_errmsg *em);
/* The port as a number; 0 when it is none. */
uint16_t http_url_port(const struct http_url *url);
/* A connected TCP socket without Nagle's delay; -1 with a sentence that says what to do. */
int http_connect(const struct http_url *url, uint64_t timeout_ms, struct mc_errmsg *em);
/* Appends the head of a request with a body of n bytes (GET: 0). */
void http_put_head(struct mc_buf *out, const struct http_url *url, const char *method,
                   const char *path, size_t n);

/* ---- client ---- */
struct http_client;
/* Does not connect yet.  Returned: http_client_free. */
MC_NODISCARD enum mc_err http_client_new(struct http_client **out, const char *url,
                                         uint64_t timeout_ms, struct mc_errmsg *em);
void http_client_free(struct http_client *c); /* NULL is allowed */
/* One request and its answer; path NULL is the URL's own.  A connection that the node closed meanwhile is opened again
 * once.  Out: status and body, borrowed until the next request. */
MC_NODISCARD enum mc_err http_client_request(struct http_client *c, const char *method,
                                             const char *path, struct mc_slice body,
                                             uint32_t *status, struct mc_slice *answer,
                                             struct mc_errmsg *em);

#endif
