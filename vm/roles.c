/* Roles and parameters as modules ask for them; AccessControl and Governance answer (guard.h). */
#include "vm/roles.h"
#include "vm/frame.h"
#include "vm/guard.h"

static const char *const names[VM_ROLE_CNT] = {
    "DEFAULT_ADMIN", "ADMIN",   "DOCTOR",   "NURSE",        "PHARMACIST", "LAB_TECHNICIAN",
    "PATIENT",       "INSURER", "SUPPLIER", "MANUFACTURER", "AUDITOR",    "EMERGENCY",
};

static struct mc_hash ids[VM_ROLE_CNT]; /* filled by vm_roles_init */

/* Bit number of a single role. */
static uint32_t role_i(uint32_t role)
{
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        if (role == 1u << i)
            return i;
    }
    MC_ASSERT(!"not one role");
    return 0;
}

void vm_roles_init(void)
{
    /* DEFAULT_ADMIN_ROLE is zero; the others are the hash of their name. */
    for (uint32_t i = 1; i < VM_ROLE_CNT; i++) {
        struct mc_slice parts[2] = {mc_slice_str(names[i]), mc_slice_str("_ROLE")};
        mc_keccak256v(&ids[i], parts, MC_COUNT(parts));
    }
}

const char *vm_role_name(uint32_t role)
{
    return names[role_i(role)];
}

const struct mc_hash *vm_role_id(uint32_t role)
{
    return &ids[role_i(role)];
}

enum mc_err vm_roles_held(struct vm_call *c, const struct mc_addr *account, uint32_t mask,
                          uint32_t *held)
{
    *held = 0;
    VM_TRY(vm_ok(c));
    return vm_ac_roles_held(c, account, mask, held);
}

enum mc_err vm_missing_role(struct vm_call *c, uint32_t mask)
{
    struct mc_slice parts[2 * VM_ROLE_CNT], text;
    size_t cnt = 0;
    MC_ASSERT(mask != 0);
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        if ((mask & 1u << i) == 0)
            continue;
        parts[cnt] = mc_slice_str(cnt == 0 ? "Missing role: " : "|");
        parts[cnt + 1] = mc_slice_str(names[i]);
        cnt += 2;
    }
    text = vm_concat(c, parts, cnt);
    VM_TRY(vm_ok(c));
    return vm_revert_bytes(c, text);
}

enum mc_err vm_require_role(struct vm_call *c, uint32_t mask)
{
    uint32_t held;
    VM_TRY(vm_roles_held(c, &c->caller, mask, &held));
    return (held & mask) != 0 ? MC_OK : vm_missing_role(c, mask);
}

enum mc_err vm_param(struct vm_call *c, const char *name, struct mc_u256 *out)
{
    *out = MC_U256_ZERO;
    VM_TRY(vm_ok(c));
    return vm_gov_param(c, name, out);
}
