/* A sequence keeps insertion order while entries leave from anywhere, and shows pages of what is left.
 *
 *     entries   list at the key        pos 0, 1, 2 ...        an entry never moves; a removed one is emptied
 *     level 0   list at (key, 0)       bitmaps of 64 entries: bit set = still there
 *     level 1   list at (key, 1)       nodes of 64 counts, one for each bitmap
 *     level 2   list at (key, 2)       nodes of 64 counts, one for each node of level 1; and so on
 *
 * The highest level has one node, the root.  Adding and removing touch one node a level, a page walks down once for
 * each entry: O(log n) in all entries ever added, with base 64.  All of it is index data.
 * Errors are those of vm/host.h. */
#ifndef MC_VM_MODULES_SEQUENCE_H
#define MC_VM_MODULES_SEQUENCE_H

#include "vm/host.h"

/* Appends an entry (not empty).  *pos names it for vm_seq_remove(). */
MC_NODISCARD enum mc_err vm_seq_add(struct vm_call *c, const struct vm_key *key,
                                    struct mc_slice entry, uint64_t *pos);
/* Removes the entry at pos, which must be there: removing twice is our own mistake. */
MC_NODISCARD enum mc_err vm_seq_remove(struct vm_call *c, const struct vm_key *key, uint64_t pos);
/* Entries that are there. */
MC_NODISCARD enum mc_err vm_seq_len(struct vm_call *c, const struct vm_key *key, uint64_t *len);
/* Page, oldest first, as (string[] items, uint256 total) in out[0], out[1]; limit is cut to 100. */
MC_NODISCARD enum mc_err vm_seq_ret_page(struct vm_call *c, struct vm_val *out,
                                         const struct vm_key *key, uint64_t offset, uint64_t limit);

#endif
