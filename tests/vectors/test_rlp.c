/* ethereum/tests, RLPTests: values to encode ("in" to "out"), and bytes to judge ("VALID", "INVALID"). */
#include "vectors.h"

#define DEPTH_MAX 1024u /* the vectors nest deeper than any transaction */

/* "#123": an integer of any size, as big-endian bytes; false when not decimal. */
static bool big_bytes(struct mc_buf *out, struct mc_slice dec)
{
    out->n = 0;
    for (size_t i = 0; i < dec.n; i++) {
        unsigned carry = (unsigned)(dec.p[i] - '0');
        if (carry > 9)
            return false;
        for (size_t k = out->n; k > 0; k--) {
            carry += 10u * out->p[k - 1];
            out->p[k - 1] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry != 0) {
            mc_buf_put_u8(out, 0);
            memmove(out->p + 1, out->p, out->n - 1);
            out->p[0] = (uint8_t)carry;
        }
    }
    return true;
}

/* Encodes the "in" of a case.  False where it is of no kind that the vectors use. */
static bool value_encode(struct mc_buf *out, const struct mc_json *v)
{
    struct mc_slice s = mc_json_str(v);
    struct mc_buf big = {0};
    uint64_t small = 0;
    size_t mark = out->n;
    bool ok = true;

    switch (mc_json_type(v)) {
    case MC_JSON_STRING:
        if (s.n > 1 && s.p[0] == '#') {
            ok = big_bytes(&big, mc_slice_skip(s, 1));
            mc_rlp_put_bytes(out, mc_buf_slice(&big));
            mc_buf_free(&big);
        } else {
            mc_rlp_put_bytes(out, s);
        }
        return ok;
    case MC_JSON_INT:
        if (!mc_json_u64(v, &small))
            return false;
        mc_rlp_put_u64(out, small);
        return true;
    case MC_JSON_ARRAY:
        for (size_t i = 0; ok && i < mc_json_len(v); i++)
            ok = value_encode(out, mc_json_at(v, i));
        mc_rlp_wrap_list(out, mark);
        return ok;
    case MC_JSON_NULL:
    case MC_JSON_BOOL:
    case MC_JSON_DOUBLE:
    case MC_JSON_OBJECT:
        return false;
    }
    return false;
}

/* Reads every item through the cursor and writes it again: what is canonical comes back byte for byte. */
static bool item_copy(struct mc_buf *out, struct mc_rlp *r, struct mc_errmsg *em)
{
    struct mc_slice s = {0};
    struct mc_rlp list = {{0}};
    size_t mark = out->n;

    if (!mc_rlp_next_is_list(r)) {
        if (mc_rlp_bytes(r, &s, em) != MC_OK)
            return false;
        mc_rlp_put_bytes(out, s);
        return true;
    }
    if (mc_rlp_list(r, &list, em) != MC_OK)
        return false;
    while (!mc_rlp_done(&list)) {
        if (!item_copy(out, &list, em))
            return false;
    }
    mc_rlp_wrap_list(out, mark);
    return true;
}

static void valid_check(struct vectors_run *run, struct mc_slice bytes)
{
    struct mc_rlp r = mc_rlp_open(bytes);
    struct mc_errmsg em = {{0}};
    struct mc_buf copy = {0};

    if (mc_rlp_check(bytes, DEPTH_MAX, &em) != MC_OK)
        vectors_fail(run, "refused: %s", em.text);
    else if (!item_copy(&copy, &r, &em) || mc_rlp_end(&r, &em) != MC_OK)
        vectors_fail(run, "the cursor refuses: %s", em.text);
    else if (!mc_slice_eq(mc_buf_slice(&copy), bytes))
        vectors_fail(run, "written again it differs");
    mc_buf_free(&copy);
}

static void encode_check(struct vectors_run *run, const struct mc_json *in, struct mc_slice bytes)
{
    struct mc_buf made = {0};

    if (!value_encode(&made, in))
        vectors_fail(run, "\"in\" is of an unknown kind");
    else if (!mc_slice_eq(mc_buf_slice(&made), bytes))
        vectors_fail(run, "\"in\" encodes to other bytes than \"out\"");
    mc_buf_free(&made);
    valid_check(run, bytes);
}

static void check_case(struct vectors_run *run, const struct mc_json *vcase, void *arg)
{
    const struct mc_json *in = mc_json_get(vcase, "in");
    struct mc_slice word = mc_json_str(in), out = mc_json_str(mc_json_get(vcase, "out"));
    struct mc_buf bytes = {0};

    (void)arg;
    /* Some files of the collection leave the 0x out. */
    if (out.n >= 2 && out.p[0] == '0' && out.p[1] == 'x')
        out = mc_slice_skip(out, 2);
    if (out.n % 2 != 0 || !mc_buf_reserve(&bytes, out.n / 2 + 1) ||
        !mc_hex_decode(bytes.p, (const char *)out.p, out.n / 2)) {
        vectors_fail(run, "\"out\" is not hex");
        mc_buf_free(&bytes);
        return;
    }
    bytes.n = out.n / 2;
    if (mc_slice_eq(word, mc_slice_str("INVALID"))) {
        if (mc_rlp_check(mc_buf_slice(&bytes), DEPTH_MAX, NULL) == MC_OK)
            vectors_fail(run, "bytes that are no RLP are accepted");
    } else if (mc_slice_eq(word, mc_slice_str("VALID"))) {
        valid_check(run, mc_buf_slice(&bytes));
    } else {
        encode_check(run, in, mc_buf_slice(&bytes));
    }
    mc_buf_free(&bytes);
}

int main(void)
{
    struct vectors_run run;

    vectors_begin(&run, "RLPTests");
    vectors_each(&run, check_case, NULL);
    return vectors_end(&run);
}
