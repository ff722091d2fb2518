# the round changes in a proposal are not held against it: any block may follow
/^enum mc_err cons_check_proposal/,/^}/s@if (top == NULL)@if (m->pc == NULL)@
/^enum mc_err cons_check_proposal/,/^}/s@return m->pc == NULL ? MC_OK : MC_EMALFORM;@return MC_OK;@
