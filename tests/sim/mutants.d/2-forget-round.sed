# a restart forgets the round it had changed to
/^static void restore_round/,/^}/s@reach_round(c, rec->round);@return;@
