/* Modules over JSON-RPC: views and signed transactions, arguments and results as JSON. */
#ifndef MC_TOOLS_CONTRACT_H
#define MC_TOOLS_CONTRACT_H

#include "tools/rpc_client.h"
#include "tools/signer.h"
#include "vm/vm.h"

/* The module with that name.  MC_ENOTFOUND lists the names there are. */
MC_NODISCARD enum mc_err tool_module(const struct vm_module **out, const char *name,
                                     struct mc_errmsg *em);
/* The module at a well-known address; NULL when there is none. */
const struct vm_module *tool_module_at(const struct mc_addr *addr);

/* Command line arguments as the text of a JSON array: true, false, ["a"], {..} and "quoted" stay JSON, the rest becomes a
 * string, numbers and 0x... too, as the ABI's JSON wants them. */
void tool_args_json(struct mc_buf *out, int argc, char **argv);

/* A view: encodes, eth_call at a block tag ("latest", "0x10"), decodes.  Returned: *doc, mc_json_free.
 * at NULL: the well-known instance.  Errors as tool_rpc_call, and those of the codec. */
MC_NODISCARD enum mc_err tool_view(struct mc_json_doc **doc, struct tool_rpc *r,
                                   const struct vm_module *m, const struct mc_addr *at,
                                   const char *method, struct mc_slice args_json, const char *tag,
                                   const struct mc_addr *from, struct mc_errmsg *em);
/* Call data from JSON text, appended. */
MC_NODISCARD enum mc_err tool_call_data(struct mc_buf *out, const struct vm_module *m,
                                        const char *method, struct mc_slice args_json,
                                        struct mc_errmsg *em);

struct tool_tx {
    bool has_to;
    struct mc_addr to;
    struct mc_u256 value; /* wei */
    struct mc_slice data;
    uint64_t gas;   /* UINT64_MAX: what the node estimates and an eighth more */
    uint64_t nonce; /* UINT64_MAX: the account's next one */
};
/* Signs here and submits.  MC_EREVERT, MC_EREJECT with the node's words. */
MC_NODISCARD enum mc_err tool_tx_submit(struct mc_hash *hash, struct tool_rpc *r,
                                        const struct tool_signer *who, const struct tool_tx *tx,
                                        struct mc_errmsg *em);
/* Waits for the receipt; borrowed until the next call.  MC_EBUSY when it is not there in time. */
MC_NODISCARD enum mc_err tool_receipt(const struct mc_json **out, struct tool_rpc *r,
                                      const struct mc_hash *hash, uint64_t timeout_ms,
                                      struct mc_errmsg *em);

#endif
