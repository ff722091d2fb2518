/* The execution behind a call: gas, revert data, memory.  Private to vm/.
 *
 * One struct vm_frame lives through one vm_run() (or one question of the node); every struct vm_call of it, the first
 * and those that vm_call_at() and vm_call_module() make, points to the same frame. */
#ifndef MC_VM_FRAME_H
#define MC_VM_FRAME_H

#include "vm/vm.h"

/* What vm_alloc() hands out when memory is exhausted: callers may write this much without asking vm_ok(). */
#define VM_RESERVE_BYTES 4096u

struct vm_frame {
    const struct vm_env *env;
    const struct vm_purse *purse; /* NULL: no value can move */
    uint64_t gas_left;
    struct mc_slice revert; /* revert data after MC_EREVERT */
    enum mc_err failed;     /* sticky: MC_ENOMEM, MC_EOUTOFGAS or a fatal error of the host */
    uint32_t depth;         /* calls between modules, 0 for the transaction's own */
    bool view;              /* the transaction calls a view: loads are charged */
    struct mc_buf scratch;  /* a record being encoded */
    _Alignas(16) uint8_t reserve[VM_RESERVE_BYTES];
};

void vm_frame_init(struct vm_frame *f, const struct vm_env *env, uint64_t gas);
void vm_frame_free(struct vm_frame *f);

/* vm_revert() for a reason that is not a C string. */
MC_NODISCARD enum mc_err vm_revert_bytes(struct vm_call *c, struct mc_slice reason);

/* A context of the frame for an instance of a module; caller and origin as given. */
struct vm_call vm_frame_call(struct vm_frame *f, const struct vm_module *m,
                             const struct mc_addr *self, const struct mc_addr *caller);

/* A read-only context of the well-known instance of a module ("Governance") within c's execution: same block, same
 * gas, same caller and origin as c.  The module must be registered; vm_get() and vm_list_*() on it read that
 * instance's cells, vm_put() on it asserts. */
struct vm_call vm_call_at(const struct vm_call *c, const char *module);

/* The same for the instance at any address, with c's own module. */
struct vm_call vm_call_self_at(const struct vm_call *c, const struct mc_addr *self);

#endif
