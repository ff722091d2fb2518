/* Pause and version of the well-known modules, and the emergency pause. */
#include "vm/frame.h"
#include "vm/modules/governance_views.h"
#include "vm/state.h"

#define REQUEST_SECONDS 86400u
#define REQUEST_BYTES   16u /* member id 8, block time 8 */
#define FIRST_VERSION   1u
#define KIND_PAUSE      9u

static const struct vm_field state_fields[] = {
    VM_FIELD_STORED(struct vm_gov_module, paused_until, VM_T_U256),
    VM_FIELD_STORED(struct vm_gov_module, version, VM_T_U64),
    VM_FIELD_STORED(struct vm_gov_module, next_pause, VM_T_U8),
    VM_FIELD_STORED(struct vm_gov_module, pause_height, VM_T_U256),
    VM_FIELD_STORED(struct vm_gov_module, next_version, VM_T_U64),
    VM_FIELD_STORED(struct vm_gov_module, version_height, VM_T_U256),
};
static const struct vm_layout state_layout = VM_LAYOUT(NULL, struct vm_gov_module, state_fields);

struct requests {
    struct mc_slice packed;
};
static const struct vm_field request_fields[] = {
    VM_FIELD_STORED(struct requests, packed, VM_T_BYTES),
};
static const struct vm_layout requests_layout = VM_LAYOUT(NULL, struct requests, request_fields);

/* ------------------------------------------------------------------ state */

enum mc_err vm_gov_module_load(struct vm_call *c, const struct mc_addr *module,
                               struct vm_gov_module *m)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_MODULE, mc_addr_slice(module));
    bool found;
    VM_TRY(vm_get(c, &k, &state_layout, m, &found));
    if (!found)
        m->version = FIRST_VERSION;
    if (vm_gov_reached(c, &m->pause_height)) { /* kind 10 also ends an emergency pause */
        m->paused_until = m->next_pause == KIND_PAUSE ? MC_U256_MAX : MC_U256_ZERO;
        m->next_pause = 0;
        m->pause_height = MC_U256_ZERO;
    }
    if (vm_gov_reached(c, &m->version_height)) {
        m->version = m->next_version;
        m->next_version = 0;
        m->version_height = MC_U256_ZERO;
    }
    if (mc_u256_u64_sat(&m->paused_until) <= c->time_s)
        m->paused_until = MC_U256_ZERO;
    return MC_OK;
}

enum mc_err vm_gov_module_save(struct vm_call *c, const struct mc_addr *module,
                               const struct vm_gov_module *m)
{
    struct vm_key k = vm_key1(VM_GOV_TAG_MODULE, mc_addr_slice(module));
    return vm_put(c, &k, &state_layout, m);
}

bool vm_gov_module_paused(const struct vm_gov_module *m)
{
    return !mc_u256_is_zero(&m->paused_until);
}

const struct vm_module *vm_gov_module_at(const struct mc_addr *address)
{
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        if (mc_addr_eq(vm_module_well_known(m), address))
            return m;
    }
    return NULL;
}

enum mc_err vm_gov_paused(struct vm_call *c, const struct mc_addr *module, bool *out)
{
    struct vm_call at = vm_call_at(c, "Governance");
    struct vm_gov_module m;
    *out = false;
    VM_TRY(vm_gov_module_load(&at, module, &m));
    *out = vm_gov_module_paused(&m);
    return MC_OK;
}

/* ------------------------------------------------------------------ views */

struct module_view {
    struct mc_slice name;
    struct mc_addr account;
    uint64_t version;
    struct mc_u256 paused_until;
};
static const struct vm_field view_fields[] = {
    VM_FIELD_ABI(struct module_view, name, "name", VM_T_STR),
    VM_FIELD_ABI(struct module_view, account, "account", VM_T_ADDR),
    VM_FIELD_ABI(struct module_view, version, "version", VM_T_U64),
    VM_FIELD_ABI(struct module_view, paused_until, "pausedUntil", VM_T_U256),
};
const struct vm_layout VM_GOV_MODULE = VM_LAYOUT("Module", struct module_view, view_fields);

VM_HANDLER(vm_gov_get_modules)
{
    uint32_t cnt = vm_module_cnt();
    (void)in;
    out[0] = vm_list(c, cnt);
    VM_TRY(vm_ok(c));
    for (uint32_t i = 0; i < cnt; i++) {
        const struct vm_module *module = vm_module_at(i);
        struct module_view v = {.name = mc_slice_str(module->name),
                                .account = *vm_module_well_known(module)};
        struct vm_gov_module m;
        VM_TRY(vm_gov_module_load(c, &v.account, &m));
        v.version = m.version;
        v.paused_until = m.paused_until;
        vm_ret_tuple(c, &out[0].list.v[i], &VM_GOV_MODULE, &v);
    }
    return MC_OK;
}

VM_HANDLER(vm_gov_is_paused)
{
    const struct vm_module *module = vm_gov_module_at(&in[0].addr);
    struct vm_gov_module m;
    out[0] = vm_bool(false);
    if (module == NULL)
        VM_TRY(vm_module_of(c, &in[0].addr, &module));
    if (module == NULL)
        return MC_OK;
    VM_TRY(vm_gov_module_load(c, vm_module_well_known(module), &m));
    out[0] = vm_bool(vm_gov_module_paused(&m));
    return MC_OK;
}

/* ------------------------------------------------------------------ emergency pause */

struct call_for_pause {
    uint64_t id; /* of the caller's member */
    struct vm_key key;
    uint8_t *packed; /* requests that still count, with room for one more */
    uint32_t cnt;
    bool asked; /* the caller's is one of them */
};

/* Keeps the requests of the last 24 hours whose member is active. */
static enum mc_err requests_load(struct vm_call *c, struct call_for_pause *p)
{
    struct requests r;
    bool found;
    VM_TRY(vm_get(c, &p->key, &requests_layout, &r, &found));
    p->packed = vm_alloc(c, r.packed.n + REQUEST_BYTES);
    VM_TRY(vm_ok(c));
    for (; r.packed.n >= REQUEST_BYTES; r.packed = mc_slice_skip(r.packed, REQUEST_BYTES)) {
        uint64_t id = mc_be64_get(r.packed.p), time_s = mc_be64_get(r.packed.p + 8);
        struct vm_gov_member m;
        VM_TRY(vm_gov_member_load(c, id, &m));
        if (c->time_s >= time_s + REQUEST_SECONDS || !vm_gov_member_active(c, &m))
            continue;
        memcpy(p->packed + p->cnt++ * REQUEST_BYTES, r.packed.p, REQUEST_BYTES);
        p->asked |= id == p->id;
    }
    return MC_OK;
}

/* Adds the caller's request. */
static void requests_add(const struct vm_call *c, struct call_for_pause *p)
{
    uint8_t *at = p->packed + p->cnt++ * REQUEST_BYTES;
    mc_be64_put(at, p->id);
    mc_be64_put(at + 8, c->time_s);
}

static enum mc_err pause_now(struct vm_call *c, const struct mc_addr *address,
                             struct vm_gov_module *m)
{
    struct mc_u256 now = mc_u256_u64(c->time_s), seconds;
    VM_TRY(vm_gov_param(c, "gov.pauseSeconds", &seconds));
    if (!mc_u256_add(&m->paused_until, &now, &seconds))
        return vm_panic(c, 0x11);
    VM_TRY(vm_gov_module_save(c, address, m));
    struct vm_val ev[] = {vm_addr(address), vm_u256(&m->paused_until)};
    return vm_emit(c, VM_GOV_MODULE_PAUSED, ev);
}

/* in: module, reason. */
static enum mc_err request(struct vm_call *c, const struct vm_val *in, struct vm_gov_module *m,
                           struct call_for_pause *p)
{
    uint64_t listed, active, required;
    VM_TRY(vm_gov_member_cnt(c, &listed, &active));
    required = active / 3 + (active % 3 != 0);
    requests_add(c, p);
    struct requests r = {mc_slice(p->packed, p->cnt * REQUEST_BYTES)};
    if (p->cnt >= required)
        VM_TRY(vm_del(c, &p->key)); /* the pause clears the requests */
    else
        VM_TRY(vm_put(c, &p->key, &requests_layout, &r));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), vm_u64(p->cnt), vm_u64(required), in[1]};
    VM_TRY(vm_emit(c, VM_GOV_PAUSE_REQUESTED, ev));
    return p->cnt >= required ? pause_now(c, &in[0].addr, m) : MC_OK;
}

VM_HANDLER(vm_gov_emergency_pause)
{
    const struct vm_module *module = vm_gov_module_at(&in[0].addr);
    struct call_for_pause p = {.key = vm_key1(VM_GOV_TAG_REQUESTS, mc_addr_slice(&in[0].addr))};
    struct vm_gov_member me;
    struct vm_gov_module m;
    (void)out;
    VM_REQUIRE(c, module != NULL, "Unknown module");
    VM_REQUIRE(c, module != c->module, "Module cannot be paused");
    VM_TRY(vm_gov_module_load(c, &in[0].addr, &m));
    VM_REQUIRE(c, !vm_gov_module_paused(&m), "Module already paused");
    VM_TRY(vm_gov_member_by(c, &c->caller, &p.id, &me));
    VM_TRY(requests_load(c, &p));
    VM_REQUIRE(c, !p.asked, "Already requested");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Reason cannot be empty");
    return request(c, in, &m, &p);
}
