/* Heights: has one come, which come next, which is free. */
#include "vm/modules/governance.h"
#include "vm/state.h"

#define HEIGHT_BYTES 32u
#define PAYLOAD_MAX  20u

struct vm_key vm_gov_id_key(uint8_t tag, uint64_t id)
{
    uint8_t be[8];
    mc_be64_put(be, id);
    return vm_key1(tag, mc_slice(be, sizeof be));
}

bool vm_gov_reached(const struct vm_call *c, const struct mc_u256 *height)
{
    return !mc_u256_is_zero(height) && mc_u256_fits_u64(height) && height->w[0] <= c->block_number;
}

bool vm_gov_ahead(const struct vm_call *c, const struct mc_u256 *height)
{
    return !mc_u256_is_zero(height) && !vm_gov_reached(c, height);
}

/* ------------------------------------------------------------------ entries */

enum mc_err vm_gov_sched_at(struct vm_call *c, const struct vm_key *k, uint64_t i,
                            struct mc_u256 *height, struct mc_slice *payload)
{
    struct mc_slice s;
    VM_TRY(vm_list_at(c, k, i, &s));
    if (s.n < HEIGHT_BYTES)
        return vm_cell_corrupt(c);
    if (height != NULL)
        *height = mc_u256_from_be(s.p);
    if (payload != NULL)
        *payload = mc_slice_skip(s, HEIGHT_BYTES);
    return MC_OK;
}

/* Number of entries at or below a height. */
static enum mc_err count(struct vm_call *c, const struct vm_key *k, const struct mc_u256 *height,
                         uint64_t *cnt)
{
    uint64_t lo = 0, hi;
    VM_TRY(vm_list_len(c, k, &hi));
    while (lo < hi) {
        uint64_t mid = lo + (hi - lo) / 2;
        struct mc_u256 h;
        VM_TRY(vm_gov_sched_at(c, k, mid, &h, NULL));
        if (mc_u256_cmp(&h, height) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    *cnt = lo;
    return MC_OK;
}

enum mc_err vm_gov_sched_due(struct vm_call *c, const struct vm_key *k, uint64_t *cnt)
{
    struct mc_u256 now = mc_u256_u64(c->block_number);
    return count(c, k, &now, cnt);
}

/* What counts later moves up one place: that is at most what has been approved and is still ahead, and nothing when
 * heights are approved in order, which is what activationHeight 0 does. */
enum mc_err vm_gov_sched_add(struct vm_call *c, const struct vm_key *k,
                             const struct mc_u256 *height, struct mc_slice payload)
{
    uint8_t entry[HEIGHT_BYTES + PAYLOAD_MAX];
    uint64_t at, len;
    struct mc_slice s;
    MC_ASSERT(payload.n <= PAYLOAD_MAX);
    mc_u256_to_be(entry, height);
    if (payload.n > 0)
        memcpy(entry + HEIGHT_BYTES, payload.p, payload.n);
    VM_TRY(count(c, k, height, &at));
    VM_TRY(vm_list_len(c, k, &len));
    VM_TRY(vm_list_push(c, k, mc_slice(entry, HEIGHT_BYTES + payload.n)));
    for (uint64_t i = len; i > at; i--) {
        VM_TRY(vm_list_at(c, k, i - 1, &s));
        VM_TRY(vm_list_set(c, k, i, s));
    }
    return at == len ? MC_OK : vm_list_set(c, k, at, mc_slice(entry, HEIGHT_BYTES + payload.n));
}

/* ------------------------------------------------------------------ changes of the validator set */

/* Heights in the schedule are distinct, so those from `first` on are an unbroken run exactly as long as entry i has
 * height + (i - first): the end of the run is found by halving. */
static enum mc_err run_end(struct vm_call *c, const struct vm_key *k, uint64_t first, uint64_t len,
                           struct mc_u256 *height)
{
    struct mc_u256 start = *height;
    uint64_t lo = first, hi = len;
    while (lo < hi) {
        uint64_t mid = lo + (hi - lo) / 2;
        struct mc_u256 h, off = mc_u256_u64(mid - first), want;
        VM_TRY(vm_gov_sched_at(c, k, mid, &h, NULL));
        if (mc_u256_add(&want, &start, &off) && mc_u256_cmp(&h, &want) == 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    struct mc_u256 steps = mc_u256_u64(lo - first);
    return mc_u256_add(height, &start, &steps) ? MC_OK : vm_panic(c, 0x11);
}

enum mc_err vm_gov_set_change(struct vm_call *c, struct mc_u256 *height)
{
    struct vm_key k = vm_key(VM_GOV_TAG_SET_CHANGES);
    struct mc_u256 one = mc_u256_u64(1), before = MC_U256_ZERO;
    uint64_t first, len;
    VM_TRY(vm_list_len(c, &k, &len));
    if (mc_u256_sub(&before, height, &one))
        VM_TRY(count(c, &k, &before, &first));
    else
        first = 0;
    VM_TRY(run_end(c, &k, first, len, height));
    return vm_gov_sched_add(c, &k, height, mc_slice(NULL, 0));
}
