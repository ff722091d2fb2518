/* vm: native contract modules behind Ethereum's calling convention.
 *
 * ledger/ is the host: it gives vm_run() a struct vm_host over the state of one block and gets results, logs and gas
 * back.  Everything here is pure: same state and same call, same result, byte for byte. */
#ifndef MC_VM_VM_H
#define MC_VM_VM_H

#include "vm/host.h"

/* Gas beyond Ethereum's intrinsic cost (contracts/README.md, common rules); part of the genesis file. */
struct vm_gas {
    uint64_t call;        /* each state-changing call: 15000 */
    uint64_t stored_byte; /* 32 */
    uint64_t index_entry; /* 3000 */
    uint64_t log;         /* 375 */
    uint64_t log_topic;   /* 375 */
    uint64_t log_byte;    /* 8 */
    uint64_t view_load;   /* each cell a view reads: 100; bounds eth_call */
};
extern const struct vm_gas VM_GAS_DEFAULT;

struct vm_env {
    const struct vm_host *host;
    const struct vm_gas *gas;
    uint64_t block_number;
    uint64_t time_s;
    struct mc_arena *arena; /* the transaction's memory: results live there */
};

struct vm_msg {
    const struct vm_module *module; /* by vm_module_by_code_hash() of the callee */
    struct mc_addr self;
    struct mc_addr caller;
    bool has_value;        /* value sent: only vm_run_value() may run a payable method with it */
    struct mc_slice input; /* call data */
    uint64_t gas;          /* left after the intrinsic cost */
};

struct vm_result {
    uint64_t gas_left;
    struct mc_slice output; /* return data, or revert data with MC_EREVERT */
};

/* Runs one call.
 * Returns: MC_OK; MC_EREVERT with output; MC_EOUTOFGAS (gas_left 0); or a fatal error, which stops the node.
 *          After anything but MC_OK the caller undoes the state changes. */
MC_NODISCARD enum mc_err vm_run(struct vm_result *out, const struct vm_env *env,
                                const struct vm_msg *msg);

/* The same for a message that carries value, which the host moved to msg->self already; msg->has_value is ignored.
 * purse lets the module pay out of its own balance; vm_run() has none, so a module that holds money runs through
 * here even when the message carries no value.  The caller undoes payments, too, after anything but MC_OK. */
MC_NODISCARD enum mc_err vm_run_value(struct vm_result *out, const struct vm_env *env,
                                      const struct vm_msg *msg, const struct vm_purse *purse,
                                      const struct mc_u256 *value);

/* Checks deployment permission of the caller and runs the constructor for a fresh instance at msg->self; input is
 * ignored.  Error(string) "Account is not permitted" and so on as for a call. */
MC_NODISCARD enum mc_err vm_create(struct vm_result *out, const struct vm_env *env,
                                   const struct vm_msg *msg);

/* ------------------------------------------------------------------ registry */

/* Call once from one thread before anything else: parses the tables, computes selectors and topics.  A wrong
 * declaration is our own mistake and asserts. */
void vm_init(void);
uint32_t vm_module_cnt(void);
const struct vm_module *vm_module_at(uint32_t i);                        /* in address order */
const struct vm_module *vm_module_by_name(struct mc_slice name);         /* NULL: unknown */
const struct vm_module *vm_module_by_code_hash(const struct mc_hash *h); /* NULL: no code of ours */
const struct mc_addr *vm_module_well_known(const struct vm_module *m);
/* Height of the first block that may call or deploy the module; before, calls revert with empty data. */
uint64_t vm_module_active_from(const struct vm_module *m);
/* EF 4E 4D 01 and the name: deployed code and creation data alike. */
struct mc_slice vm_module_code(const struct vm_module *m);
const struct mc_hash *vm_module_code_hash(const struct vm_module *m);
/* The module that creation data asks for by the native marker; NULL when it is not the marker, the name is
 * unknown or the module is not deployable. */
const struct vm_module *vm_module_of_init_code(struct mc_slice init_code);

/* ------------------------------------------------------------------ derived texts */

/* The ABI as a JSON array, internalType "struct <Module>.X" as a Hardhat artifact has it. */
void vm_abi_json(struct mc_buf *out, const struct vm_module *m);
/* Hardhat artifact (hh-sol-artifact-1). */
void vm_artifact_json(struct mc_buf *out, const struct vm_module *m);
/* Lines as in contracts/selectors.txt: "  0x........  name(types)  view" and "  0x<topic>  Event(types)". */
void vm_selectors_text(struct mc_buf *out, const struct vm_module *m);
/* A page for people in Markdown: address, functions with who may call them and their limits, events, types, gas.
 * docs/modules/<Module>.md is this text. */
void vm_module_doc(struct mc_buf *out, const struct vm_module *m);

/* Encodes call data for a method given its name and textual arguments (JSON array): for the command line.
 * MC_EMALFORM names the argument; MC_ENOTFOUND the method. */
MC_NODISCARD enum mc_err vm_call_data_from_json(struct mc_buf *out, const struct vm_module *m,
                                                const char *method, const struct mc_json *args,
                                                struct mc_errmsg *em);
/* Renders return data of a method, or a log, as JSON with names: for the command line and the audit. */
MC_NODISCARD enum mc_err vm_result_to_json(struct mc_buf *out, const struct vm_module *m,
                                           const char *method, struct mc_slice data,
                                           struct mc_errmsg *em);
/* {"event":"RecordCreated","args":{...}}; an indexed string shows as its hash.  MC_ENOTFOUND: unknown topic. */
MC_NODISCARD enum mc_err vm_log_to_json(struct mc_buf *out, const struct vm_module *m,
                                        const struct mc_hash *topics, uint32_t topic_cnt,
                                        struct mc_slice data, struct mc_errmsg *em);
/* The reason in Error(string), "Panic(0x11)" for a panic, "" otherwise; in the buffer, NUL-terminated, cut to fit. */
void vm_revert_reason(char *out, size_t cap, struct mc_slice data);

/* ------------------------------------------------------------------ evidence */

/* The storage slot of the record with that id, for eth_getProof and proof bundles (docs/proof-format.md).
 * MC_EUNSUPPORTED: the module has no record that a bundle proves; MC_EINVAL: no id has that length. */
MC_NODISCARD enum mc_err vm_proof_slot(struct mc_hash *slot, const struct vm_module *m,
                                       struct mc_slice id, struct mc_errmsg *em);
/* Appends a stored record as a JSON object, its fields by name in stored order.  MC_EUNSUPPORTED as above; MC_EMALFORM:
 * no record of that module; what was appended is to be dropped then. */
MC_NODISCARD enum mc_err vm_proof_record_json(struct mc_buf *out, const struct vm_module *m,
                                              struct mc_slice record, struct mc_errmsg *em);

/* ------------------------------------------------------------------ genesis and the node's questions */

struct vm_genesis_member {
    struct mc_addr account;
    const char *name;
};
struct vm_genesis_account {
    struct mc_addr account;
    uint32_t member_i;   /* index of its member, or UINT32_MAX for none */
    uint8_t permissions; /* 1 send, 2 deploy */
    uint32_t roles;      /* VM_ role bits */
};
struct vm_genesis_validator {
    struct mc_addr account;
    uint8_t public_key[32];
    uint32_t member_i;
};
struct vm_genesis_param {
    const char *name;
    struct mc_u256 value;
};
struct vm_genesis {
    const struct vm_genesis_member *members;
    uint32_t member_cnt;
    const struct vm_genesis_account *accounts;
    uint32_t account_cnt;
    const struct vm_genesis_validator *validators;
    uint32_t validator_cnt;
    const struct vm_genesis_param *params;
    uint32_t param_cnt;
    const char *unit_name; /* ServicePayment's unit, fixed for the chain's life */
    const char *unit_symbol;
    uint8_t unit_decimals;
    struct mc_hash
        config_hash; /* of everything else in the genesis file (gas schedule, fingerprints): bound
                                   into the state so that two files never share a genesis block */
};
/* Writes members, accounts, roles, validators and parameters into the state of block 0.  MC_EINVAL with words for a
 * contradiction (unknown parameter, value out of its range, a validator key twice). */
MC_NODISCARD enum mc_err vm_genesis_apply(const struct vm_env *env, const struct vm_genesis *g,
                                          struct mc_errmsg *em);

/* May the account send, or deploy?  Used by the pool and by block validation alike. */
MC_NODISCARD enum mc_err vm_account_permitted(bool *out, const struct vm_env *env,
                                              const struct mc_addr *account, bool deploy);
/* A parameter's value at env's block. */
MC_NODISCARD enum mc_err vm_param_at(struct mc_u256 *out, const struct vm_env *env,
                                     const char *name);
/* The validator set that decides height env->block_number + 1, as stored: fills at most cap entries. */
MC_NODISCARD enum mc_err vm_validators_at(struct vm_genesis_validator *out, uint32_t cap,
                                          uint32_t *cnt, const struct vm_env *env);

#endif
