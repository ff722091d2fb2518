/* The registered modules with everything derived from their tables.  Read-only after vm_init(). */
#ifndef MC_VM_REGISTRY_H
#define MC_VM_REGISTRY_H

#include "vm/decl.h"

struct vm_entry {
    const struct vm_module *module;
    struct mc_addr addr;  /* well-known */
    uint64_t active_from; /* height of the first block that may call it */
    struct vm_func *funcs;
    struct vm_func **by_selector; /* ascending */
    struct vm_func **by_sig;      /* ascending by text */
    struct vm_event **events_by_sig;
    struct vm_event *events; /* in the order of the module's table */
    struct mc_slice code;
    struct mc_hash code_hash;
};

/* Adds a module, addresses ascending: vm_init() for each row of modules.def, and tests with a module of theirs. */
void vm_registry_add(const struct vm_module *m, const char *name, uint32_t addr,
                     uint64_t active_from);
/* The entry of a registered module; another one is our own mistake. */
const struct vm_entry *vm_entry_of(const struct vm_module *m);
/* NULL: unknown. */
const struct vm_entry *vm_entry_by_name(struct mc_slice name);
const struct vm_func *vm_entry_func(const struct vm_entry *e, const uint8_t selector[4]);
const struct vm_func *vm_entry_func_by_name(const struct vm_entry *e, const char *name);
const struct vm_event *vm_entry_event(const struct vm_entry *e, const struct mc_hash *topic);

#endif
