/* "String too long": the letters of a method's row against its arguments. */
#ifndef MC_VM_LIMITS_H
#define MC_VM_LIMITS_H

#include "vm/decl.h"

/* The bytes that a letter of a method's row allows; SIZE_MAX when the handler decides.  False: no such letter. */
bool vm_limit_bytes(char letter, size_t *out);
/* True when the row has exactly one known letter for each string and bytes of the arguments. */
bool vm_limits_fit(const struct vm_func *f);
/* True when no string of the arguments is longer than its letter allows. */
bool vm_limits_ok(const struct vm_func *f, const struct vm_val *in);

#endif
