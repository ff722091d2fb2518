/* Stand-ins for what AccessControl and Governance answer, for tests of the executor alone. */
#ifndef MC_TESTS_LIB_GUARD_DOUBLE_H
#define MC_TESTS_LIB_GUARD_DOUBLE_H

#include "vm/guard.h"

struct guard_double {
    struct mc_addr account[32];
    uint32_t roles[32];
    uint32_t cnt;
    struct mc_addr suspended; /* this account is; zero: nobody */
    struct mc_addr barred;    /* may neither send nor deploy; zero: nobody */
    struct mc_addr paused;    /* this module is; zero: none */
};
extern struct guard_double guard_double;

void guard_double_reset(void);
void guard_double_grant(const struct mc_addr *account, uint32_t roles);

#endif
