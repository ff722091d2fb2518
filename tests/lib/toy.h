/* A small module that uses every kind of row: for tests of the executor. */
#ifndef MC_TESTS_LIB_TOY_H
#define MC_TESTS_LIB_TOY_H

#include "vm/vm.h"

#define TOY_ADDR 0x1fffu

extern const struct vm_module toy_module; /* "Toy" */
/* vm_init() and the toy at TOY_ADDR; a repeat call does nothing. */
void toy_init(void);

#endif
