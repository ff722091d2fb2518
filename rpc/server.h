/* The server's shared state: configuration, method switches, counters, filters; private to rpc/. */
#ifndef MC_RPC_SERVER_H
#define MC_RPC_SERVER_H

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/methods.h"

struct rpc_filters;

struct rpc_stat {
    _Atomic uint64_t calls, errors, time_ns;
};

struct rpc_server {
    struct rpc_cfg cfg; /* defaults filled in; its texts are our own copies */
    struct rpc_ports ports;
    struct rpc_filters *filters;
    bool enabled[RPC_METHOD_CNT];
    uint16_t by_name[RPC_METHOD_CNT]; /* rows of rpc_methods in the order of their names */
    struct rpc_stat stats[RPC_METHOD_CNT];
    _Atomic uint64_t now_ms;        /* rpc_server_tick */
    _Atomic uint64_t http_requests; /* whole requests read */
    _Atomic uint64_t http_refused;  /* answered with a status from 400 on */
    _Atomic uint64_t
        invalid_requests;      /* JSON-RPC: parse errors, invalid requests, unknown methods */
    pthread_mutex_t send_lock; /* eth_sendTransaction: from choosing a nonce to its admission */
};

/* The row of a method that may be called here; -1: none. */
int rpc_server_method(const struct rpc_server *s, struct mc_slice name);
uint64_t rpc_server_now(const struct rpc_server *s);
/* True when the comma-separated list names the item or is "*"; case counts for nothing.  NULL is an empty list. */
bool rpc_list_has(const char *list, struct mc_slice item);

#endif
