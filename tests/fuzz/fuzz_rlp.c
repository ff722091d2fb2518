/* RLP: whatever is accepted comes back byte for byte, because one value has one encoding. */
#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void item_copy(struct mc_buf *out, struct mc_rlp *r)
{
    struct mc_slice s = {0};
    struct mc_rlp list = {{0}};
    size_t mark = out->n;

    if (!mc_rlp_next_is_list(r)) {
        struct mc_rlp again = *r;
        struct mc_u256 v = MC_U256_ZERO;
        bool is_int = mc_rlp_u256(&again, &v, NULL) == MC_OK;
        if (mc_rlp_bytes(r, &s, NULL) != MC_OK)
            abort();
        if (is_int)
            mc_rlp_put_u256(out, &v);
        else
            mc_rlp_put_bytes(out, s);
        return;
    }
    if (mc_rlp_list(r, &list, NULL) != MC_OK)
        abort();
    while (!mc_rlp_done(&list))
        item_copy(out, &list);
    mc_rlp_wrap_list(out, mark);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mc_slice s = mc_slice(data, size);
    struct mc_rlp r = mc_rlp_open(s);
    struct mc_slice raw = {0};
    struct mc_errmsg em;
    struct mc_buf copy = {0};

    /* The cursor alone, over bytes that nobody has checked. */
    while (mc_rlp_raw(&r, &raw, &em) == MC_OK)
        ;
    if (mc_rlp_check(s, MC_RLP_DEPTH_MAX, &em) != MC_OK)
        return 0;
    r = mc_rlp_open(s);
    item_copy(&copy, &r);
    if (!mc_rlp_done(&r) || copy.oom || !mc_slice_eq(mc_buf_slice(&copy), s))
        abort();
    mc_buf_free(&copy);
    return 0;
}
