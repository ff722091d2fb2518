/* Role names and ids.  Private to vm/. */
#ifndef MC_VM_ROLES_H
#define MC_VM_ROLES_H

/* Computes the role ids; part of vm_init(). */
void vm_roles_init(void);

#endif
