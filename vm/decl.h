/* Solidity declarations: the text of a module's rows, parsed once into types.
 *
 *     "function getRecord(string recordId) view returns (MedicalRecord)"
 *         -> name, canonical signature, selector, input tuple, output tuple
 *
 * Types: uint8..uint256, bool, address, bytes1..bytes32, bytes, string, T[], a struct by the name of one of the
 * module's layouts, an enum by its name.  The words calldata, memory, external, public, view, pure and payable are understood.
 * Everything lives in the arena that the caller gives. */
#ifndef MC_VM_DECL_H
#define MC_VM_DECL_H

#include "vm/vm.h"

enum vm_kind {
    VM_K_UINT,  /* num */
    VM_K_BOOL,  /* num */
    VM_K_ENUM,  /* num */
    VM_K_ADDR,  /* addr */
    VM_K_WORD,  /* word: bytes1..bytes32, left aligned */
    VM_K_BYTES, /* bytes */
    VM_K_STR,   /* bytes */
    VM_K_ARRAY, /* list */
    VM_K_TUPLE  /* list */
};

struct vm_param;

struct vm_dtype {
    enum vm_kind kind;
    uint32_t size;               /* UINT: bits; WORD: bytes; ENUM: members, 256 when not told */
    bool dynamic;                /* encoded behind an offset */
    uint32_t head_bytes;         /* place in its parent's head: 32, or more for a static tuple */
    const char *sol_name;        /* struct's or enum's name; NULL for others */
    const struct vm_dtype *elem; /* ARRAY */
    const struct vm_param *members;
    uint32_t member_cnt; /* TUPLE */
};

struct vm_param {
    const char *name; /* "" when unnamed */
    const struct vm_dtype *type;
    bool indexed; /* events only */
};

struct vm_func {
    const char *name;
    const char *sig; /* "getRecord(string)" */
    uint8_t selector[4];
    bool view; /* view or pure */
    bool pure;
    bool payable;               /* takes value */
    const struct vm_dtype *in;  /* tuple of the parameters */
    const struct vm_dtype *out; /* tuple of the results */
    const struct vm_method *method;
};

struct vm_event {
    const char *name;
    const char *sig;
    struct mc_hash topic;
    const struct vm_dtype *params;
    const struct vm_dtype *data; /* tuple of the parameters that are not indexed */
    uint32_t indexed_cnt;        /* at most 3 */
};

/* Each parses a whole declaration; a text that does not parse, or names a type that m (NULL: no names) does not
 * know, is our own mistake. */
void vm_decl_func(struct vm_func *out, struct mc_arena *a, const struct vm_module *m,
                  const char *decl);
void vm_decl_event(struct vm_event *out, struct mc_arena *a, const struct vm_module *m,
                   const char *decl);

/* Parses one type from outside ("uint256[]"), for tests and tools.  NULL when it is not one. */
const struct vm_dtype *vm_decl_type(struct mc_arena *a, const struct vm_module *m,
                                    const char *text);

/* Appends the canonical name: "(string,uint8)[]". */
void vm_dtype_put(struct mc_buf *b, const struct vm_dtype *t);

#endif
