/* JSON-RPC to one node: a call's result as JSON, a refusal as words. */
#ifndef MC_TOOLS_RPC_CLIENT_H
#define MC_TOOLS_RPC_CLIENT_H

#include "tools/opts.h"

/* Which node, for the rows TOOL_LINK_OPTS adds to a command's table. */
struct tool_link {
    const char *rpc; /* URL; NULL: that of the devnet in dir, else http://127.0.0.1:8545 */
    const char *dir; /* a devnet's directory; NULL: ./devnet when there is one */
    uint64_t timeout_s;
};
#define TOOL_LINK_PRESET                                                                           \
    {                                                                                              \
        NULL, NULL, 30                                                                             \
    }
#define TOOL_LINK_OPTS(l)                                                                          \
    TOOL_TEXT("--rpc", &(l)->rpc, "URL", "the node, for example http://127.0.0.1:8545"),           \
        TOOL_TEXT("--dir", &(l)->dir, "DIR", "take the node of the devnet in DIR"),                \
        TOOL_UINT("--timeout", &(l)->timeout_s, 1, 3600, "S", "seconds to wait for an answer")

struct tool_rpc;
/* Does not connect yet.  Returned: tool_rpc_close. */
MC_NODISCARD enum mc_err tool_rpc_open(struct tool_rpc **out, const struct tool_link *link,
                                       struct mc_errmsg *em);
MC_NODISCARD enum mc_err tool_rpc_open_url(struct tool_rpc **out, const char *url,
                                           uint64_t timeout_ms, struct mc_errmsg *em);
void tool_rpc_close(struct tool_rpc *r); /* NULL is allowed */
const char *tool_rpc_url(const struct tool_rpc *r);

/* Calls a method; params is the text of a JSON array.  *result is borrowed until the next call.
 * MC_EREVERT: error code 3; MC_EREJECT: any other error the node answers; the words are the node's.
 * MC_EIO, MC_EMALFORM: the connection, or an answer that is no JSON-RPC. */
MC_NODISCARD enum mc_err tool_rpc_call(struct tool_rpc *r, const char *method,
                                       struct mc_slice params, const struct mc_json **result,
                                       struct mc_errmsg *em);
/* The same with params formatted like printf; nothing is escaped. */
MC_NODISCARD enum mc_err tool_rpc_callf(struct tool_rpc *r, const struct mc_json **result,
                                        struct mc_errmsg *em, const char *method, const char *fmt,
                                        ...) MC_PRINTF(5, 6);
/* A result that is a quantity. */
MC_NODISCARD enum mc_err tool_rpc_quantity(struct tool_rpc *r, const char *method,
                                           const char *params, uint64_t *out, struct mc_errmsg *em);
/* GET of a path such as "/ready". */
MC_NODISCARD enum mc_err tool_rpc_get(struct tool_rpc *r, const char *path, uint32_t *status,
                                      struct mc_slice *body, struct mc_errmsg *em);

/* The text of a JSON-RPC request, appended. */
void tool_rpc_request(struct mc_buf *out, uint64_t id, const char *method, struct mc_slice params);
/* Reads an answer's text: the result borrowed from *doc, which the caller frees; errors as tool_rpc_call. */
MC_NODISCARD enum mc_err tool_rpc_answer(struct mc_json_doc **doc, const struct mc_json **result,
                                         struct mc_slice text, struct mc_errmsg *em);

/* Members of results: a quantity, or 0 when it is not one; hex bytes into a buffer (false when it is not). */
uint64_t tool_json_quantity(const struct mc_json *v);
bool tool_json_bytes(struct mc_buf *out, const struct mc_json *v);
bool tool_json_hash(struct mc_hash *out, const struct mc_json *v);

#endif
