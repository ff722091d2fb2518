/* msgpack: whatever is accepted comes back byte for byte through the reader and the writer. */
#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(enum mc_err err)
{
    if (err != MC_OK)
        abort();
}

static void value_copy(struct mc_buf *out, struct mc_mp *m)
{
    enum mc_mp_type type = MC_MP_NIL;
    struct mc_slice s = {0};
    uint32_t cnt = 0;
    uint64_t v = 0;
    bool yes = false;

    must(mc_mp_peek(m, &type, NULL));
    switch (type) {
    case MC_MP_NIL:
        must(mc_mp_nil(m, NULL));
        mc_mp_put_nil(out);
        return;
    case MC_MP_BOOL:
        must(mc_mp_bool(m, &yes, NULL));
        mc_mp_put_bool(out, yes);
        return;
    case MC_MP_UINT:
        must(mc_mp_uint(m, &v, UINT64_MAX, NULL));
        mc_mp_put_uint(out, v);
        return;
    case MC_MP_BIN:
        must(mc_mp_bin(m, &s, SIZE_MAX, NULL));
        mc_mp_put_bin(out, s);
        return;
    case MC_MP_STR:
        must(mc_mp_str(m, &s, SIZE_MAX, NULL));
        mc_mp_put_str(out, s);
        return;
    case MC_MP_ARRAY:
        must(mc_mp_array(m, &cnt, UINT32_MAX, NULL));
        mc_mp_put_array(out, cnt);
        for (uint32_t i = 0; i < cnt; i++)
            value_copy(out, m);
        return;
    case MC_MP_MAP:
        must(mc_mp_map(m, &cnt, UINT32_MAX, NULL));
        mc_mp_put_map(out, cnt);
        for (uint64_t i = 0; i < 2 * (uint64_t)cnt; i++)
            value_copy(out, m);
        return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mc_slice s = mc_slice(data, size);
    struct mc_mp m = {s};
    struct mc_buf copy = {0};
    struct mc_errmsg em;

    /* The cursor alone, over bytes that nobody has checked. */
    while (mc_mp_skip(&m, &em) == MC_OK)
        ;
    if (mc_mp_open(&m, s, &em) != MC_OK)
        return 0;
    value_copy(&copy, &m);
    if (!mc_mp_done(&m) || copy.oom || !mc_slice_eq(mc_buf_slice(&copy), s))
        abort();
    must(mc_mp_open(&m, s, NULL));
    must(mc_mp_skip(&m, NULL));
    must(mc_mp_end(&m, NULL));
    mc_buf_free(&copy);
    return 0;
}
