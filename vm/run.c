#include "vm/abi.h"
#include "vm/frame.h"
#include "vm/guard.h"
#include "vm/limits.h"
#include "vm/registry.h"

const struct vm_gas VM_GAS_DEFAULT = {
    .call = 15000,
    .stored_byte = 32,
    .index_entry = 3000,
    .log = 375,
    .log_topic = 375,
    .log_byte = 8,
    .view_load = 100,
};

/* ------------------------------------------------------------------ frames and contexts */

void vm_frame_init(struct vm_frame *f, const struct vm_env *env, uint64_t gas)
{
    /* The reserve is cleared when it is handed out, not here. */
    memset(f, 0, offsetof(struct vm_frame, reserve));
    f->env = env;
    f->gas_left = gas;
}

void vm_frame_free(struct vm_frame *f)
{
    mc_buf_free(&f->scratch);
}

struct vm_call vm_frame_call(struct vm_frame *f, const struct vm_module *m,
                             const struct mc_addr *self, const struct mc_addr *caller)
{
    struct vm_call c = {.self = *self,
                        .caller = *caller,
                        .origin = *caller,
                        .block_number = f->env->block_number,
                        .time_s = f->env->time_s,
                        .well_known = mc_addr_eq(self, vm_module_well_known(m)),
                        .module = m,
                        .frame = f};
    return c;
}

struct vm_call vm_call_self_at(const struct vm_call *c, const struct mc_addr *self)
{
    struct vm_call at = *c;
    at.self = *self;
    at.well_known = mc_addr_eq(self, vm_module_well_known(c->module));
    at.read_only = true;
    return at;
}

struct vm_call vm_call_at(const struct vm_call *c, const char *module)
{
    const struct vm_entry *e = vm_entry_by_name(mc_slice_str(module));
    struct vm_call at = *c;
    MC_ASSERT(e != NULL);
    at.module = e->module;
    return vm_call_self_at(&at, &e->addr);
}

enum mc_err vm_module_of(struct vm_call *c, const struct mc_addr *addr,
                         const struct vm_module **out)
{
    const struct vm_host *host = c->frame->env->host;
    struct mc_hash h;
    enum mc_err err;
    *out = NULL;
    VM_TRY(vm_ok(c));
    err = host->code_hash(host->ctx, addr, &h);
    if (err != MC_OK) {
        c->frame->failed = err;
        return err;
    }
    *out = vm_module_by_code_hash(&h);
    return MC_OK;
}

/* ------------------------------------------------------------------ refusing */

enum mc_err vm_revert_empty(struct vm_call *c)
{
    c->frame->revert = mc_slice(NULL, 0);
    return MC_EREVERT;
}

static enum mc_err refuse(struct vm_call *c, struct mc_slice data)
{
    if (data.p == NULL) {
        c->frame->failed = MC_ENOMEM;
        return MC_ENOMEM;
    }
    c->frame->revert = data;
    return MC_EREVERT;
}

enum mc_err vm_revert(struct vm_call *c, const char *reason)
{
    return vm_revert_bytes(c, mc_slice_str(reason));
}

enum mc_err vm_revert_bytes(struct vm_call *c, struct mc_slice reason)
{
    return refuse(c, vm_abi_error(c->frame->env->arena, reason));
}

enum mc_err vm_panic(struct vm_call *c, uint8_t code)
{
    return refuse(c, vm_abi_panic(c->frame->env->arena, code));
}

/* ------------------------------------------------------------------ gas */

enum mc_err vm_charge(struct vm_call *c, uint64_t gas)
{
    struct vm_frame *f = c->frame;
    VM_TRY(vm_ok(c));
    if (gas > f->gas_left) {
        f->gas_left = 0;
        f->failed = MC_EOUTOFGAS;
        return MC_EOUTOFGAS;
    }
    f->gas_left -= gas;
    return MC_OK;
}

/* ------------------------------------------------------------------ value */

enum mc_err vm_pay(struct vm_call *c, const struct mc_addr *to, const struct mc_u256 *amount)
{
    const struct vm_purse *purse = c->frame->purse;
    enum mc_err err;
    VM_TRY(vm_ok(c));
    if (mc_u256_is_zero(amount))
        return MC_OK;
    MC_ASSERT(!c->read_only);
    /* Without a purse no value comes in, so none is there to go out. */
    MC_ASSERT(purse != NULL);
    err = purse->pay(purse->ctx, &c->self, to, amount);
    if (err != MC_OK)
        c->frame->failed = err;
    return err;
}

/* ------------------------------------------------------------------ the common checks */

static enum mc_err guard_account(struct vm_call *c, bool deploy)
{
    bool yes;
    VM_TRY(vm_gov_paused(c, vm_module_well_known(c->module), &yes));
    VM_REQUIRE(c, !yes, "Module is paused");
    VM_TRY(vm_gov_permitted(c, &c->caller, deploy, &yes));
    VM_REQUIRE(c, yes, "Account is not permitted");
    VM_TRY(vm_ac_suspended(c, &c->caller, &yes));
    VM_REQUIRE(c, !yes, "Account is suspended");
    return MC_OK;
}

enum mc_err vm_guard_common(struct vm_call *c, const struct vm_method *m)
{
    VM_TRY(guard_account(c, false));
    return m->roles == 0 ? MC_OK : vm_require_role(c, m->roles);
}

static enum mc_err guard(struct vm_call *c, const struct vm_func *f, const struct vm_val *in)
{
    VM_TRY(vm_charge(c, c->frame->env->gas->call));
    if (c->module->guard != NULL)
        VM_TRY(c->module->guard(c, f->method, in));
    else
        VM_TRY(vm_guard_common(c, f->method));
    VM_REQUIRE(c, vm_limits_ok(f, in), "String too long");
    return MC_OK;
}

/* ------------------------------------------------------------------ calls */

/* Malformed data and values are refused with empty data before anything else is looked at: as Solidity does. */
static enum mc_err call(struct vm_call *c, struct mc_slice *output, const struct vm_msg *msg)
{
    struct mc_arena *a = c->frame->env->arena;
    const struct vm_entry *e = vm_entry_of(c->module);
    const struct vm_func *f;
    struct vm_val *in, *out;
    enum mc_err err;
    if (msg->input.n < 4 || c->block_number < e->active_from)
        return vm_revert_empty(c);
    f = vm_entry_func(e, msg->input.p);
    if (f == NULL || (msg->has_value && !(f->payable && c->frame->purse != NULL)))
        return vm_revert_empty(c);
    err = vm_abi_decode(&in, a, f->in, mc_slice_skip(msg->input, 4));
    if (err != MC_OK)
        return err == MC_EMALFORM ? vm_revert_empty(c) : err;
    c->read_only = f->view;
    c->frame->view = f->view;
    if (!f->view)
        VM_TRY(guard(c, f, in));
    out = vm_alloc(c, f->out->member_cnt * sizeof *out);
    VM_TRY(f->method->fn(c, in, out));
    VM_TRY(vm_ok(c));
    return vm_abi_encode(output, a, f->out, out);
}

/* Ends the execution.  An error that a host function met stays the call's result, whatever the handler made of it. */
static enum mc_err finish(struct vm_result *out, struct vm_frame *f, enum mc_err err)
{
    vm_frame_free(f);
    if (f->failed != MC_OK)
        err = f->failed;
    out->gas_left = err == MC_EOUTOFGAS ? 0 : f->gas_left;
    if (err == MC_EREVERT)
        out->output = f->revert;
    else if (err != MC_OK)
        out->output = mc_slice(NULL, 0);
    return err;
}

enum mc_err vm_run(struct vm_result *out, const struct vm_env *env, const struct vm_msg *msg)
{
    struct vm_frame f;
    struct vm_call c;
    memset(out, 0, sizeof *out);
    vm_frame_init(&f, env, msg->gas);
    c = vm_frame_call(&f, msg->module, &msg->self, &msg->caller);
    return finish(out, &f, call(&c, &out->output, msg));
}

enum mc_err vm_run_value(struct vm_result *out, const struct vm_env *env, const struct vm_msg *msg,
                         const struct vm_purse *purse, const struct mc_u256 *value)
{
    struct vm_msg m = *msg;
    struct vm_frame f;
    struct vm_call c;
    memset(out, 0, sizeof *out);
    m.has_value = !mc_u256_is_zero(value);
    vm_frame_init(&f, env, msg->gas);
    f.purse = purse;
    c = vm_frame_call(&f, m.module, &m.self, &m.caller);
    c.value = *value;
    return finish(out, &f, call(&c, &out->output, &m));
}

static enum mc_err create(struct vm_call *c, const struct vm_msg *msg)
{
    const struct vm_entry *e = vm_entry_of(c->module);
    if (msg->has_value || !c->module->deployable || c->block_number < e->active_from)
        return vm_revert_empty(c);
    VM_TRY(vm_charge(c, c->frame->env->gas->call));
    VM_TRY(guard_account(c, true));
    return c->module->init == NULL ? MC_OK : c->module->init(c, NULL, NULL);
}

enum mc_err vm_create(struct vm_result *out, const struct vm_env *env, const struct vm_msg *msg)
{
    struct vm_frame f;
    struct vm_call c;
    memset(out, 0, sizeof *out);
    vm_frame_init(&f, env, msg->gas);
    c = vm_frame_call(&f, msg->module, &msg->self, &msg->caller);
    return finish(out, &f, create(&c, msg));
}

enum mc_err vm_call_module(struct vm_call *c, const char *module, vm_handler_fn fn,
                           const struct vm_val *in, struct vm_val *out)
{
    struct vm_call callee = vm_call_at(c, module);
    bool paused;
    enum mc_err err;
    /* Modules call each other along a fixed graph that is three deep. */
    MC_ASSERT(c->frame->depth < MC_CALL_DEPTH_MAX);
    callee.read_only = c->read_only;
    callee.caller = c->self;
    callee.value = MC_U256_ZERO;
    VM_TRY(vm_ok(c));
    VM_REQUIRE(c, c->well_known, "Not available on this instance");
    VM_TRY(vm_gov_paused(c, &callee.self, &paused));
    VM_REQUIRE(c, !paused, "Module is paused");
    c->frame->depth++;
    err = fn(&callee, in, out);
    c->frame->depth--;
    return err;
}
