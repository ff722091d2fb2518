/* Parameters: names, ranges and defaults of contracts/README.md, and their values by height. */
#include "vm/frame.h"
#include "vm/modules/governance_views.h"

#define ANY UINT64_MAX /* no upper bound */

struct range {
    const char *name;
    uint64_t fallback;
    uint64_t min, max;
};
/* In order of name (bytes).  chain.minGasPrice has the one bound that is no uint64: in_range() knows it. */
static const struct range ranges[] = {
    {"chain.gasLimit", 60000000, 1000000, 1000000000},
    {"chain.minGasPrice", 0, 0, ANY},
    {"chain.permissioned", 1, 0, 1},
    {"consent.allowOptOut", 1, 0, 1},
    {"consent.emergencyMaxSeconds", 14400, 1, 604800},
    {"consent.maxSeconds", 315360000, 1, 3153600000},
    {"gov.minActivationBlocks", 20, 1, 1000000},
    {"gov.pauseSeconds", 259200, 1, 31536000},
    {"gov.votingBlocks", 100800, 1, 100000000},
    {"insurance.appealSeconds", 15552000, 0, 315360000},
    {"insurance.dualControlAbove", 0, 0, ANY},
    {"insurance.requireConsent", 1, 0, 1},
    {"payment.approvals", 2, 1, 100},
    {"payment.dualControlAbove", 0, 0, ANY},
    {"payment.operationSeconds", 604800, 1, 31536000},
    {"prescription.defaultSeconds", 259200, 1, 31622400},
    {"prescription.requireReview", 1, 0, 1},
    {"record.maxPayloadBytes", 16384, 0, 131072},
};
#define MIN_GAS_PRICE 1u /* its row */

struct param {
    struct mc_slice key; /* not stored */
    struct mc_u256 value;
    struct mc_u256 next; /* counts from next_height on */
    struct mc_u256 next_height;
};
static const struct vm_field param_fields[] = {
    VM_FIELD_ABI(struct param, key, "key", VM_T_STR),
    VM_FIELD(struct param, value, "value", VM_T_U256),
    VM_FIELD(struct param, next, "pendingValue", VM_T_U256),
    VM_FIELD(struct param, next_height, "pendingHeight", VM_T_U256),
};
const struct vm_layout VM_GOV_PARAMETER = VM_LAYOUT("Parameter", struct param, param_fields);

uint32_t vm_gov_param_find(struct mc_slice name)
{
    uint32_t lo = 0, hi = (uint32_t)MC_COUNT(ranges);
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int order = mc_slice_cmp(mc_slice_str(ranges[mid].name), name);
        if (order == 0)
            return mid;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return UINT32_MAX;
}

bool vm_gov_param_in_range(uint32_t i, const struct mc_u256 *v)
{
    const struct range *r = &ranges[i];
    if (i == MIN_GAS_PRICE)
        return (v->w[2] | v->w[3]) == 0; /* below 2**128 */
    if (r->max == ANY)
        return true;
    return mc_u256_fits_u64(v) && v->w[0] >= r->min && v->w[0] <= r->max;
}

/* ------------------------------------------------------------------ values */

static enum mc_err load(struct vm_call *c, uint32_t i, struct param *p)
{
    struct mc_slice name = mc_slice_str(ranges[i].name);
    struct vm_key k = vm_key1(VM_GOV_TAG_PARAM, name);
    bool found;
    VM_TRY(vm_get(c, &k, &VM_GOV_PARAMETER, p, &found));
    p->key = name;
    if (!found)
        p->value = mc_u256_u64(ranges[i].fallback);
    if (vm_gov_reached(c, &p->next_height)) {
        p->value = p->next;
        p->next = MC_U256_ZERO;
        p->next_height = MC_U256_ZERO;
    }
    return MC_OK;
}

enum mc_err vm_gov_param_set(struct vm_call *c, uint32_t i, const struct mc_u256 *v,
                             const struct mc_u256 *height)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_PARAM, mc_slice_str(ranges[i].name));
    struct param p;
    VM_TRY(load(c, i, &p));
    if (mc_u256_is_zero(height)) {
        p.value = *v;
    } else {
        p.next = *v;
        p.next_height = *height;
    }
    return vm_put(c, &k, &VM_GOV_PARAMETER, &p);
}

enum mc_err vm_gov_param(struct vm_call *c, const char *name, struct mc_u256 *out)
{
    struct vm_call at = vm_call_at(c, "Governance");
    uint32_t i = vm_gov_param_find(mc_slice_str(name));
    struct param p;
    MC_ASSERT(i != UINT32_MAX);
    *out = MC_U256_ZERO;
    VM_TRY(load(&at, i, &p));
    *out = p.value;
    return MC_OK;
}

/* ------------------------------------------------------------------ views */

VM_HANDLER(vm_gov_get_parameter)
{
    uint32_t i = vm_gov_param_find(in[0].bytes);
    struct param p;
    VM_REQUIRE(c, i != UINT32_MAX, "Unknown parameter");
    VM_TRY(load(c, i, &p));
    vm_ret_tuple(c, &out[0], &VM_GOV_PARAMETER, &p);
    return MC_OK;
}

VM_HANDLER(vm_gov_get_parameters)
{
    uint64_t offset = vm_arg_u64(&in[0]);
    uint32_t cnt = vm_page_cnt(MC_COUNT(ranges), offset, vm_arg_u64(&in[1]));
    struct param p;
    out[0] = vm_list(c, cnt);
    out[1] = vm_u64(MC_COUNT(ranges));
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        VM_TRY(load(c, (uint32_t)offset + i, &p));
        vm_ret_tuple(c, &out[0].list.v[i], &VM_GOV_PARAMETER, &p);
    }
    return MC_OK;
}
