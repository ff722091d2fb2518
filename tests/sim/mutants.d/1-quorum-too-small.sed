# q too small: n - f - 1 voters, two such quorums need not share an honest one
/^uint32_t cons_quorum/,/^}/s@return (2 \* n + 2) / 3;@return (2 * n + 2) / 3 - 1;@
