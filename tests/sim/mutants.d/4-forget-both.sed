# a restart forgets round and prepared certificate
/^static void restore_round/,/^}/s@reach_round(c, rec->round);@return;@
/^static void restore_commit/,/^}/s@c->prep.set = true;@c->prep.set = false;@
