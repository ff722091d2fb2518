/* What a native contract module may ask of the chain, and how a module describes itself.
 *
 * A module is one file vm/modules/<name>.c with one table of methods, one of events and one field table for each
 * record; everything else (selectors, topics, argument decoding, result encoding, ABI JSON, artifacts,
 * documentation) is derived from the tables, whose rows are Solidity declarations.
 *
 *     transaction ──> vm_run(): decode ──> common checks (pause, permission, suspension, role, lengths)
 *                                               └──> handler(c, in, out) ──> vm_get/put/list_*, vm_emit
 *                                                                                └──> struct vm_host (ledger/)
 *
 * Determinism: a handler sees the call, the block's number and time, and state; nothing else.  Every loop is bounded by
 * a page limit or by the size of the arguments.  Memory comes from the call's arena: nothing is freed, everything
 * is gone when the transaction ends.  One thread executes one call.
 *
 * Errors of all functions here: MC_OK; MC_EREVERT with the revert data set; MC_EOUTOFGAS; or a fatal error of the
 * machine (MC_ENOMEM, MC_EIO, MC_ECORRUPT), which a handler only passes on. */
#ifndef MC_VM_HOST_H
#define MC_VM_HOST_H

#include "base/base.h"

struct vm_call;
struct vm_module;

/* ------------------------------------------------------------------ the chain's side (ledger/ implements it) */

/* What the storage trie holds for a value (architecture.md, Formats, State). */
enum vm_word {
    VM_WORD_HASH, /* a record: the word is keccak256 of its bytes */
    VM_WORD_INT, /* one integer, value = its big-endian bytes without leading zeros: the word is the integer */
    VM_WORD_NONE /* index data: not in the trie one by one; the instance's index digest covers it */
};

/* A cell of an instance is addressed by slot = keccak256(record key) and pos (0 for a record; for a list 0 is its
 * length and i + 1 its element i). */
struct vm_host {
    void *ctx;
    /* The cell's value, borrowed until the transaction ends; empty when absent. */
    enum mc_err (*load)(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                        uint64_t pos, struct mc_slice *out);
    /* Sets the cell; an empty value removes it.  The bytes are copied. */
    enum mc_err (*save)(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                        uint64_t pos, enum vm_word word, struct mc_slice value);
    /* Appends a log entry of the running transaction; topics and data are copied. */
    enum mc_err (*log)(void *ctx, const struct mc_addr *self, const struct mc_hash *topics,
                       uint32_t topic_cnt, struct mc_slice data);
    /* Code hash of any account; zero for one that does not exist or has no code. */
    enum mc_err (*code_hash)(void *ctx, const struct mc_addr *addr, struct mc_hash *out);
};

/* The chain's balances, as far as modules touch them. */
struct vm_purse {
    void *ctx;
    /* Moves amount from a module's account to another one; the module holds it. */
    enum mc_err (*pay)(void *ctx, const struct mc_addr *from, const struct mc_addr *to,
                       const struct mc_u256 *amount);
};

/* ------------------------------------------------------------------ the call, as a handler sees it */

struct vm_call {
    struct mc_addr self;   /* the instance that runs */
    struct mc_addr caller; /* msg.sender: the account, or the calling module */
    struct mc_addr origin; /* the transaction's sender */
    struct mc_u256 value;  /* msg.value, in self's balance already; 0 when a module calls */
    uint64_t block_number; /* of the block being built, or of the block read */
    uint64_t time_s;       /* block.timestamp */
    bool well_known;       /* self is the module's genesis address */
    bool read_only;        /* a view: save and log are our own mistake */
    const struct vm_module *module;
    struct vm_frame *frame; /* the executor's own */
};

/* Memory until the end of the transaction, zeroed; NULL never: on exhaustion the call ends with MC_ENOMEM, which
 * the next host function reports; so check with VM_TRY(vm_ok(c)) before use of large blocks. */
void *vm_alloc(struct vm_call *c, size_t n);
MC_NODISCARD enum mc_err vm_ok(struct vm_call *c);
struct mc_slice vm_copy(struct vm_call *c, struct mc_slice s);
struct mc_slice vm_concat(struct vm_call *c, const struct mc_slice *parts, size_t cnt);

/* ------------------------------------------------------------------ refusing */

/* Sets Error(string) and returns MC_EREVERT. */
MC_NODISCARD enum mc_err vm_revert(struct vm_call *c, const char *reason);
/* Sets Panic(uint256); 0x11 is arithmetic overflow. */
MC_NODISCARD enum mc_err vm_panic(struct vm_call *c, uint8_t code);
/* Empty revert data: malformed input, raw array getter out of range. */
MC_NODISCARD enum mc_err vm_revert_empty(struct vm_call *c);

#define VM_TRY(expr)                                                                               \
    do {                                                                                           \
        enum mc_err vm_try_err_ = (expr);                                                          \
        if (vm_try_err_ != MC_OK)                                                                  \
            return vm_try_err_;                                                                    \
    } while (0)
#define VM_REQUIRE(c, cond, reason)                                                                \
    do {                                                                                           \
        if (!(cond))                                                                               \
            return vm_revert((c), (reason));                                                       \
    } while (0)

/* ------------------------------------------------------------------ ABI values */

/* One decoded argument, or one value to encode; which member counts follows from the declared type. */
struct vm_val {
    union {
        struct mc_u256 num;    /* uintN, bool (0 or 1), enum */
        struct mc_addr addr;   /* address */
        struct mc_hash word;   /* bytes32 */
        struct mc_slice bytes; /* string, bytes: borrowed */
        struct {
            struct vm_val *v;
            uint32_t cnt;
        } list; /* array elements, or tuple members in order */
    };
};

struct vm_val vm_str(struct mc_slice s);
struct vm_val vm_cstr(const char *s);
struct vm_val vm_u64(uint64_t v);
struct vm_val vm_u256(const struct mc_u256 *v);
struct vm_val vm_bool(bool v);
struct vm_val vm_addr(const struct mc_addr *a);
struct vm_val vm_word(const struct mc_hash *h);
/* A list of cnt zeroed values in the call's arena. */
struct vm_val vm_list(struct vm_call *c, uint32_t cnt);
/* The argument as uint64; UINT64_MAX when larger (used for offsets, limits and indexes). */
uint64_t vm_arg_u64(const struct vm_val *v);

/* ------------------------------------------------------------------ records */

/* C type of the member, and its ABI type. */
enum vm_type {
    VM_T_U64,   /* uint64_t            uint256 */
    VM_T_U8,    /* uint8_t             uint8 */
    VM_T_ENUM,  /* uint8_t             uint8, internalType enum <of> */
    VM_T_U256,  /* struct mc_u256      uint256 */
    VM_T_BOOL,  /* bool                bool */
    VM_T_ADDR,  /* struct mc_addr      address */
    VM_T_HASH,  /* struct mc_hash      bytes32 */
    VM_T_STR,   /* struct mc_slice     string */
    VM_T_BYTES, /* struct mc_slice     bytes */
    VM_T_STRS,  /* struct vm_strs      string[] */
    VM_T_ADDRS, /* struct vm_addrs     address[] */
    VM_T_TUPLE, /* the nested struct   struct of <layout> */
    VM_T_TUPLES /* struct vm_tuples    struct of <layout>, [] */
};

struct vm_strs {
    struct mc_slice *v;
    uint32_t cnt;
};
struct vm_addrs {
    struct mc_addr *v;
    uint32_t cnt;
};
struct vm_tuples {
    void *v; /* cnt times layout->size */
    uint32_t cnt;
};

enum vm_field_use {
    VM_BOTH = 0,   /* stored, and part of the ABI tuple */
    VM_STORED = 1, /* stored only */
    VM_ABI = 2     /* part of the ABI tuple only: the handler fills it */
};

struct vm_field {
    const char *name; /* ABI name */
    enum vm_type type;
    enum vm_field_use use;
    uint16_t offset; /* in the C struct */
    const char *of;  /* enum name for VM_T_ENUM, else NULL */
    const struct vm_layout
        *layout; /* of the nested struct for VM_T_TUPLE and VM_T_TUPLES, else NULL */
};

#define VM_FIELD_USE(st, member, abi_name, type_, use_, of_, layout_)                              \
    {                                                                                              \
        abi_name, type_, use_, (uint16_t)offsetof(st, member), of_, layout_                        \
    }
#define VM_FIELD(st, member, abi_name, type_)                                                      \
    VM_FIELD_USE(st, member, abi_name, type_, VM_BOTH, NULL, NULL)
#define VM_FIELD_STORED(st, member, type_)                                                         \
    VM_FIELD_USE(st, member, #member, type_, VM_STORED, NULL, NULL)
#define VM_FIELD_ABI(st, member, abi_name, type_)                                                  \
    VM_FIELD_USE(st, member, abi_name, type_, VM_ABI, NULL, NULL)
#define VM_FIELD_ENUM(st, member, abi_name, enum_)                                                 \
    VM_FIELD_USE(st, member, abi_name, VM_T_ENUM, VM_BOTH, enum_, NULL)
#define VM_FIELD_ENUM_ABI(st, member, abi_name, enum_)                                             \
    VM_FIELD_USE(st, member, abi_name, VM_T_ENUM, VM_ABI, enum_, NULL)
/* A nested struct, stored and in the ABI with the fields that its own layout stores and shows. */
#define VM_FIELD_TUPLE(st, member, abi_name, layout_)                                              \
    VM_FIELD_USE(st, member, abi_name, VM_T_TUPLE, VM_BOTH, NULL, layout_)
#define VM_FIELD_TUPLE_ABI(st, member, abi_name, layout_)                                          \
    VM_FIELD_USE(st, member, abi_name, VM_T_TUPLE, VM_ABI, NULL, layout_)
/* An array of nested structs. */
#define VM_FIELD_TUPLES(st, member, abi_name, layout_)                                             \
    VM_FIELD_USE(st, member, abi_name, VM_T_TUPLES, VM_BOTH, NULL, layout_)
#define VM_FIELD_TUPLES_ABI(st, member, abi_name, layout_)                                         \
    VM_FIELD_USE(st, member, abi_name, VM_T_TUPLES, VM_ABI, NULL, layout_)

/* A record or a Solidity struct, or both at once.  Stored form: msgpack array of the stored fields in order. */
struct vm_layout {
    const char *name; /* Solidity struct name; NULL when it never shows in the ABI */
    size_t size;      /* sizeof the C struct */
    const struct vm_field *fields;
    uint32_t field_cnt;
};
#define VM_LAYOUT(name_, st, fields_)                                                              \
    {                                                                                              \
        name_, sizeof(st), fields_, (uint32_t)MC_COUNT(fields_)                                    \
    }

/* out->list = the ABI members of the record, in order: a returned struct. */
void vm_ret_tuple(struct vm_call *c, struct vm_val *out, const struct vm_layout *l,
                  const void *rec);
/* The same members as separate return values out[0], out[1], ...: a raw getter. */
void vm_ret_members(struct vm_call *c, struct vm_val *out, const struct vm_layout *l,
                    const void *rec);
/* The reverse, for a struct among the arguments: fills the ABI members of *rec (size l->size, zeroed first) from the
 * decoded tuple; strings stay borrowed from the call data.  An integer too large for a uint64_t member reads as
 * UINT64_MAX. */
void vm_arg_tuple(struct vm_call *c, void *rec, const struct vm_layout *l, const struct vm_val *in);

/* ------------------------------------------------------------------ state */

/* A record key: a tag byte that is unique in the module (1..255), then parts, each with a 2-byte length. */
#define VM_KEY_BYTES_MAX 1024
struct vm_key {
    uint8_t b[VM_KEY_BYTES_MAX];
    size_t n;
};
struct vm_key vm_key(uint8_t tag);
/* A part longer than 256 bytes (only a view can be given one, and nothing is stored under it) counts by its hash.
 * Beyond the room is our own mistake; three parts of any length always fit. */
void vm_key_add(struct vm_key *k, struct mc_slice part);
struct vm_key vm_key1(uint8_t tag, struct mc_slice a);
struct vm_key vm_key2(uint8_t tag, struct mc_slice a, struct mc_slice b);

/* Reads a record into *rec (size l->size, zeroed first); *found false leaves zeros.  Slices are borrowed until the
 * transaction ends.  Fields added at the end of a layout later read as zero from older records. */
MC_NODISCARD enum mc_err vm_get(struct vm_call *c, const struct vm_key *k,
                                const struct vm_layout *l, void *rec, bool *found);
/* Charges gas for the stored bytes. */
MC_NODISCARD enum mc_err vm_put(struct vm_call *c, const struct vm_key *k,
                                const struct vm_layout *l, const void *rec);
MC_NODISCARD enum mc_err vm_del(struct vm_call *c, const struct vm_key *k);
/* One integer; absent reads as zero, and zero removes. */
MC_NODISCARD enum mc_err vm_get_u64(struct vm_call *c, const struct vm_key *k, uint64_t *out);
MC_NODISCARD enum mc_err vm_put_u64(struct vm_call *c, const struct vm_key *k, uint64_t v);
MC_NODISCARD enum mc_err vm_get_num(struct vm_call *c, const struct vm_key *k, struct mc_u256 *out);
MC_NODISCARD enum mc_err vm_put_num(struct vm_call *c, const struct vm_key *k,
                                    const struct mc_u256 *v);

/* Lists: index data in insertion order; an element is a short byte string (an id, an address).
 * push, and set of an element, charge one index entry. */
MC_NODISCARD enum mc_err vm_list_len(struct vm_call *c, const struct vm_key *k, uint64_t *len);
MC_NODISCARD enum mc_err vm_list_at(struct vm_call *c, const struct vm_key *k, uint64_t i,
                                    struct mc_slice *out);
MC_NODISCARD enum mc_err vm_list_push(struct vm_call *c, const struct vm_key *k, struct mc_slice v);
MC_NODISCARD enum mc_err vm_list_set(struct vm_call *c, const struct vm_key *k, uint64_t i,
                                     struct mc_slice v);
MC_NODISCARD enum mc_err vm_list_pop(struct vm_call *c, const struct vm_key *k);
/* Page of a list of strings as (string[] items, uint256 total) in out[0], out[1]; limit is cut to 100.
 * newest_first counts the offset from the end. */
MC_NODISCARD enum mc_err vm_ret_page(struct vm_call *c, struct vm_val *out, const struct vm_key *k,
                                     uint64_t offset, uint64_t limit, bool newest_first);
/* The whole list as string[] in out[0]; "Result too large" beyond 10000. */
MC_NODISCARD enum mc_err vm_ret_all(struct vm_call *c, struct vm_val *out, const struct vm_key *k);

/* ------------------------------------------------------------------ logs and gas */

/* Emits row event_i of the module's events; vals in the declared order.  An indexed string is hashed. */
MC_NODISCARD enum mc_err vm_emit(struct vm_call *c, uint32_t event_i, const struct vm_val *vals);
MC_NODISCARD enum mc_err vm_charge(struct vm_call *c, uint64_t gas);
/* Pays from self's chain balance, which must suffice: a module that pays more than it took is our own mistake.  An
 * amount of 0 does nothing. */
MC_NODISCARD enum mc_err vm_pay(struct vm_call *c, const struct mc_addr *to,
                                const struct mc_u256 *amount);

/* ------------------------------------------------------------------ roles, accounts, parameters, other modules */

/* In the order in which "Missing role" names them. */
enum vm_role {
    VM_DEFAULT_ADMIN = 1u << 0,
    VM_ADMIN = 1u << 1,
    VM_DOCTOR = 1u << 2,
    VM_NURSE = 1u << 3,
    VM_PHARMACIST = 1u << 4,
    VM_LAB_TECHNICIAN = 1u << 5,
    VM_PATIENT = 1u << 6,
    VM_INSURER = 1u << 7,
    VM_SUPPLIER = 1u << 8,
    VM_MANUFACTURER = 1u << 9,
    VM_AUDITOR = 1u << 10,
    VM_EMERGENCY = 1u << 11
};
#define VM_ROLE_CNT  12u
#define VM_CLINICAL  ((uint32_t)(VM_DOCTOR | VM_NURSE | VM_LAB_TECHNICIAN | VM_PHARMACIST))
#define VM_CUSTODIAN (VM_CLINICAL | VM_MANUFACTURER | VM_SUPPLIER | VM_ADMIN)

/* "ADMIN" ... for a single role bit. */
const char *vm_role_name(uint32_t role);
/* keccak256("ADMIN_ROLE") ..., zero for DEFAULT_ADMIN. */
const struct mc_hash *vm_role_id(uint32_t role);
/* The roles of `mask` that the account holds now by the AccessControl at its well-known address. */
MC_NODISCARD enum mc_err vm_roles_held(struct vm_call *c, const struct mc_addr *account,
                                       uint32_t mask, uint32_t *held);
/* Reverts with "Missing role: A|B" for the roles of mask. */
MC_NODISCARD enum mc_err vm_missing_role(struct vm_call *c, uint32_t mask);
/* Reverts with "Missing role: ..." unless the caller holds one of mask. */
MC_NODISCARD enum mc_err vm_require_role(struct vm_call *c, uint32_t mask);
/* A parameter of contracts/README.md by name, default included. */
MC_NODISCARD enum mc_err vm_param(struct vm_call *c, const char *name, struct mc_u256 *out);
/* The module whose instance lives at an address; *out NULL when there is none. */
MC_NODISCARD enum mc_err vm_module_of(struct vm_call *c, const struct mc_addr *addr,
                                      const struct vm_module **out);
/* Well-known address of a module by name ("Prescription"). */
const struct mc_addr *vm_module_addr(const char *name);

/* Calls a method of a well-known module by C handler within this transaction, caller = this instance; the callee's
 * pause is checked first ("Module is paused").  in and out as the handler's declaration says. */
typedef enum mc_err (*vm_handler_fn)(struct vm_call *c, const struct vm_val *in,
                                     struct vm_val *out);
MC_NODISCARD enum mc_err vm_call_module(struct vm_call *c, const char *module, vm_handler_fn fn,
                                        const struct vm_val *in, struct vm_val *out);

/* ------------------------------------------------------------------ a module's table */

struct vm_method {
    /* Solidity declaration: "function getRecord(string recordId) view returns (MedicalRecord)".  Struct and enum names
     * are those of the module's layouts and enums; unnamed parameters are allowed.  Views say "view" (or "pure"). */
    const char *decl;
    /* One letter for each string or bytes in the arguments, depth first, an array's or tuple's element once:
     * I 128, L 64, N 256, H 256, U 512, T 2048, P unlimited here (checked by the handler).  NULL for none. */
    const char *limits;
    uint32_t roles; /* any of these suffices; 0: everybody, or the handler decides */
    vm_handler_fn fn;
};

struct vm_module {
    const char *name; /* "MedicalRecordHash" */
    const struct vm_method *methods;
    uint32_t method_cnt;
    const char *const
        *events; /* "event RecordModified(string indexed recordId, string newHash, ...)" */
    uint32_t event_cnt;
    const struct vm_layout *const *structs; /* layouts that show in the ABI, nested ones first */
    uint32_t struct_cnt;
    const char *const *enums; /* names of Solidity enums used in declarations: "ItemState", or
                                 "ItemState:8" with its member count where it is an argument */
    uint32_t enum_cnt;
    bool deployable;    /* more instances by a creation transaction */
    vm_handler_fn init; /* constructor of a fresh instance (caller = deployer); NULL for none */
    /* Checks that run for every state-changing call before "String too long"; NULL: the common order (pause,
     * permission, suspension, the row's roles).  Governance and AccessControl part 2 replace parts of it. */
    enum mc_err (*guard)(struct vm_call *c, const struct vm_method *m, const struct vm_val *in);
};

/* The common order of checks, for a guard that only adds to it. */
MC_NODISCARD enum mc_err vm_guard_common(struct vm_call *c, const struct vm_method *m);

#endif
