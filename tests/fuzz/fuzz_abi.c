/* ABI: what decodes has one canonical form, which decodes to itself.  The first byte picks the types. */
#include <stdlib.h>

#include "vm/abi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The parameter lists of the interfaces, by shape. */
static const char *const decls[] = {
    "function f(string id, string b, uint256 c, address d, bool e, bytes32 g)",
    "function f(string[] ids, address[] who, uint8 c)",
    "function f(Row[] rows)",
    "function f(string a, Row b, Row[] c, bytes d)",
    "function f(bytes[] a, uint256[] b, State s)",
    "function f(uint256[][] a, string[][] b)",
};

struct row {
    struct mc_slice id;
    uint64_t n;
    struct mc_hash h;
    struct mc_slice b;
    struct vm_strs tags;
    struct vm_addrs who;
    uint8_t state;
};
static const struct vm_field row_fields[] = {
    VM_FIELD(struct row, id, "id", VM_T_STR),       VM_FIELD(struct row, n, "n", VM_T_U64),
    VM_FIELD(struct row, h, "h", VM_T_HASH),        VM_FIELD(struct row, b, "b", VM_T_BYTES),
    VM_FIELD(struct row, tags, "t", VM_T_STRS),     VM_FIELD(struct row, who, "w", VM_T_ADDRS),
    VM_FIELD_ENUM(struct row, state, "s", "State"),
};
static const struct vm_layout row_layout = VM_LAYOUT("Row", struct row, row_fields);
static const struct vm_layout *const structs[] = {&row_layout};
static const char *const enums[] = {"State:4"};
static const struct vm_module module = {
    .name = "Fuzz", .structs = structs, .struct_cnt = 1, .enums = enums, .enum_cnt = 1};

static void must(enum mc_err err)
{
    if (err != MC_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mc_arena types, arena;
    static struct vm_func funcs[MC_COUNT(decls)];
    const struct vm_dtype *t;
    struct vm_val *v, *back;
    struct mc_slice once, twice;
    char reason[64];

    if (size == 0)
        return 0;
    for (size_t i = 0; funcs[i % MC_COUNT(decls)].in == NULL; i++)
        vm_decl_func(&funcs[i], &types, &module, decls[i]);
    t = funcs[data[0] % MC_COUNT(decls)].in;
    vm_revert_reason(reason, sizeof reason, mc_slice(data + 1, size - 1));
    mc_arena_reset(&arena);
    if (vm_abi_decode(&v, &arena, t, mc_slice(data + 1, size - 1)) != MC_OK)
        return 0;
    /* Shared bytes grow when each value gets its own copy; that may exceed the arena. */
    if (vm_abi_encode(&once, &arena, t, v) != MC_OK)
        return 0;
    must(vm_abi_decode(&back, &arena, t, once));
    must(vm_abi_encode(&twice, &arena, t, back));
    if (!mc_slice_eq(once, twice))
        abort();
    return 0;
}
