# a restart forgets the prepared certificate
/^static void restore_commit/,/^}/s@c->prep.set = true;@c->prep.set = false;@
