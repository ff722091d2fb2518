# accepts and votes for a proposal of a round that it has left
/^void cons_round_proposal/,/^}/s@if (v->round < c->round) {@if (v->round + 1 < c->round) {@
/^void cons_round_proposal/,/^}/s@v->round > c->round) {@v->round != c->round) {@
