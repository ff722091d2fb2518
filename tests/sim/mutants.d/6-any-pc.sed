# any prepared certificate of the round changes will do, not the highest
/^enum mc_err cons_check_proposal/,/^}/s@m->pc->round != top->prep_round@m->pc->round > top->prep_round@
