/* Block 0 and the node's questions between blocks: contexts without a transaction. */
#include "vm/frame.h"
#include "vm/guard.h"

/* Record of Governance that binds everything else in the genesis file.  Modules number their tags from 1. */
#define TAG_GENESIS 255u

struct genesis_rec {
    struct mc_hash config_hash;
    struct vm_unit unit;
};

static const struct vm_field genesis_fields[] = {
    VM_FIELD_STORED(struct genesis_rec, config_hash, VM_T_HASH),
    VM_FIELD_STORED(struct genesis_rec, unit.name, VM_T_STR),
    VM_FIELD_STORED(struct genesis_rec, unit.symbol, VM_T_STR),
    VM_FIELD_STORED(struct genesis_rec, unit.decimals, VM_T_U8),
};
static const struct vm_layout genesis_layout = VM_LAYOUT(NULL, struct genesis_rec, genesis_fields);

/* A context of a well-known instance with no caller; gas does not run out. */
static struct vm_call context(struct vm_frame *f, const struct vm_env *env, const char *module)
{
    const struct vm_module *m = vm_module_by_name(mc_slice_str(module));
    MC_ASSERT(m != NULL);
    vm_frame_init(f, env, UINT64_MAX);
    return vm_frame_call(f, m, vm_module_well_known(m), &MC_ADDR_ZERO);
}

static enum mc_err finish(struct vm_frame *f, enum mc_err err)
{
    vm_frame_free(f);
    return f->failed != MC_OK ? f->failed : err;
}

static enum mc_err put_config(struct vm_call *c, const struct vm_genesis *g)
{
    struct vm_key k = vm_key(TAG_GENESIS);
    struct genesis_rec rec = {
        .config_hash = g->config_hash,
        .unit = {.name = mc_slice_str(g->unit_name),
                 .symbol = mc_slice_str(g->unit_symbol),
                 .decimals = g->unit_decimals},
    };
    return vm_put(c, &k, &genesis_layout, &rec);
}

enum mc_err vm_genesis_apply(const struct vm_env *env, const struct vm_genesis *g,
                             struct mc_errmsg *em)
{
    struct vm_frame f;
    struct vm_call c = context(&f, env, "Governance");
    enum mc_err err = put_config(&c, g);
    if (err == MC_OK)
        err = vm_gov_genesis(&c, g, em);
    err = finish(&f, err);
    if (err != MC_OK)
        return err;
    c = context(&f, env, "AccessControl");
    return finish(&f, vm_ac_genesis(&c, g, em));
}

enum mc_err vm_genesis_unit(struct vm_call *c, struct vm_unit *out)
{
    struct vm_call at = vm_call_at(c, "Governance");
    struct vm_key k = vm_key(TAG_GENESIS);
    struct genesis_rec rec;
    bool found;
    VM_TRY(vm_get(&at, &k, &genesis_layout, &rec, &found));
    *out = rec.unit;
    return found ? MC_OK : MC_ECORRUPT;
}

enum mc_err vm_account_permitted(bool *out, const struct vm_env *env, const struct mc_addr *account,
                                 bool deploy)
{
    struct vm_frame f;
    struct vm_call c = context(&f, env, "Governance");
    c.read_only = true;
    return finish(&f, vm_gov_permitted(&c, account, deploy, out));
}

enum mc_err vm_param_at(struct mc_u256 *out, const struct vm_env *env, const char *name)
{
    struct vm_frame f;
    struct vm_call c = context(&f, env, "Governance");
    c.read_only = true;
    return finish(&f, vm_gov_param(&c, name, out));
}

enum mc_err vm_validators_at(struct vm_genesis_validator *out, uint32_t cap, uint32_t *cnt,
                             const struct vm_env *env)
{
    struct vm_frame f;
    struct vm_call c = context(&f, env, "Governance");
    c.read_only = true;
    return finish(&f, vm_gov_validators(&c, out, cap, cnt));
}
