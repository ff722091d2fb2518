/* ledger: transactions, blocks, tries, versioned state, execution and the store.
 *
 *   tx.h     envelopes, sender            trie.h   Merkle Patricia trie and proofs
 *   block.h  receipts, headers, blocks    store.h  column families behind one door
 *   chain.h  head, execution, views, queries
 *
 * It is the vm's host: state cells, logs and gas of native modules end here. */
#ifndef MC_LEDGER_LEDGER_H
#define MC_LEDGER_LEDGER_H

#include "ledger/block.h"
#include "ledger/chain.h"
#include "ledger/store.h"
#include "ledger/trie.h"
#include "ledger/tx.h"

#endif
