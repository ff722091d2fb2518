/* ethereum/tests, ABITests: types and arguments to encode; each result must also decode and come back. */
#include "vectors.h"

#include "vm/abi.h"

/* Text is taken as it stands where the type is bytes; "0x..." as hex where it is an address. */
static bool value_of(struct mc_arena *a, struct vm_val *out, const struct vm_dtype *t,
                     const struct mc_json *j)
{
    struct mc_slice s = mc_json_str(j);
    struct mc_buf hex = {0};
    uint64_t v = 0;
    bool ok = true;

    switch (t->kind) {
    case VM_K_UINT:
        out->num = mc_u256_u64(mc_json_u64(j, &v) ? v : 0);
        if (mc_json_type(j) == MC_JSON_STRING)
            return mc_u256_from_dec(&out->num, s, NULL) == MC_OK ||
                   mc_u256_from_hex(&out->num, s, NULL) == MC_OK;
        return mc_json_type(j) == MC_JSON_INT;
    case VM_K_BOOL:
        out->num = mc_u256_u64(mc_json_bool(j) || (mc_json_u64(j, &v) && v == 1));
        return true;
    case VM_K_ADDR:
        return mc_hex_fixed(out->addr.b, sizeof out->addr.b, s, NULL) == MC_OK;
    case VM_K_WORD:
        if (s.n > t->size)
            return mc_hex_fixed(out->word.b, t->size, s, NULL) == MC_OK;
        memcpy(out->word.b, s.p, s.n);
        return true;
    case VM_K_BYTES:
        if (s.n >= 2 && s.p[0] == '0' && s.p[1] == 'x' &&
            mc_hex_data(&hex, s, MC_TX_BYTES_MAX, NULL) == MC_OK)
            s = mc_arena_copy(a, mc_buf_slice(&hex));
        mc_buf_free(&hex);
        out->bytes = s;
        return true;
    case VM_K_STR:
        out->bytes = s;
        return mc_json_type(j) == MC_JSON_STRING;
    case VM_K_ARRAY:
        out->list.cnt = (uint32_t)mc_json_len(j);
        out->list.v = mc_arena_calloc(a, out->list.cnt + 1u, sizeof *out->list.v);
        for (uint32_t i = 0; ok && i < out->list.cnt; i++)
            ok = value_of(a, &out->list.v[i], t->elem, mc_json_at(j, i));
        return ok;
    case VM_K_ENUM:
    case VM_K_TUPLE:
        break;
    }
    return false;
}

/* The types as one parameter list.  False where one of them is no type of our interfaces. */
static bool types_of(struct mc_arena *a, struct vm_func *f, const struct mc_json *types)
{
    struct mc_buf decl = {0};
    bool known = mc_json_type(types) == MC_JSON_ARRAY;

    mc_buf_put_str(&decl, "function f(");
    for (size_t i = 0; known && i < mc_json_len(types); i++) {
        struct mc_slice s = mc_json_str(mc_json_at(types, i));
        const char *text = mc_arena_printf(a, "%.*s", (int)s.n, (const char *)s.p);
        known = vm_decl_type(a, NULL, text) != NULL;
        mc_buf_putf(&decl, "%s%s", i > 0 ? "," : "", text);
    }
    mc_buf_put(&decl, ")", 2);
    if (known)
        vm_decl_func(f, a, NULL, (const char *)decl.p);
    mc_buf_free(&decl);
    return known;
}

static void compare(struct vectors_run *run, struct mc_arena *a, const struct vm_dtype *t,
                    const struct vm_val *v, struct mc_slice expected)
{
    struct mc_slice got, again;
    struct vm_val *back;

    if (vm_abi_encode(&got, a, t, v) != MC_OK || !mc_slice_eq(got, expected))
        vectors_fail(run, "encodes differently");
    else if (vm_abi_decode(&back, a, t, expected) != MC_OK)
        vectors_fail(run, "the result does not decode");
    else if (vm_abi_encode(&again, a, t, back) != MC_OK || !mc_slice_eq(again, expected))
        vectors_fail(run, "decodes to other values");
}

static void check_case(struct vectors_run *run, const struct mc_json *vcase, void *arg)
{
    struct mc_slice hex = mc_json_str(mc_json_get(vcase, "result"));
    const struct mc_json *args = mc_json_get(vcase, "args");
    struct mc_arena arena = {0};
    struct vm_val *v;
    uint8_t *expected;
    struct vm_func f;
    bool ok = true;

    (void)arg;
    if (hex.n >= 2 && hex.p[1] == 'x')
        hex = mc_slice_skip(hex, 2);
    if (!types_of(&arena, &f, mc_json_get(vcase, "types"))) {
        vectors_pass_over(run, "a type that no interface has");
    } else {
        v = mc_arena_calloc(&arena, f.in->member_cnt + 1u, sizeof *v);
        expected = mc_arena_calloc(&arena, 1, hex.n / 2 + 1);
        for (uint32_t i = 0; ok && i < f.in->member_cnt; i++)
            ok = value_of(&arena, &v[i], f.in->members[i].type, mc_json_at(args, i));
        if (!ok || !mc_hex_decode(expected, (const char *)hex.p, hex.n / 2))
            vectors_fail(run, "arguments or result are not understood");
        else
            compare(run, &arena, f.in, v, mc_slice(expected, hex.n / 2));
    }
    mc_arena_free(&arena);
}

int main(void)
{
    struct vectors_run run;

    vectors_begin(&run, "ABITests");
    vectors_each(&run, check_case, NULL);
    return vectors_end(&run);
}
