/* A ranked set picks entries of a list and shows pages of them in the order of that list.
 *
 *     entries   list at `base`                  every entry ever, in order of creation; never changes
 *     level 0   list at (key, 0, i)             bitmap of 64 entries: bit set = in the set
 *     level 1   list at (key, 1, i)             64 counts, one for each bitmap; and so on
 *
 * Several sets over one list sort its entries by state: an entry that changes its state leaves one set and joins
 * another, and stands in each in order of its creation, not of its change.  A node is a list of one element and is
 * written when it first counts something.  Adding, removing and finding the entry of a page touch one node a level:
 * O(log n) in the length of the list, with base 64.  (vm/modules/sequence.h keeps its entries in order of joining.)
 * Errors are those of vm/host.h. */
#ifndef MC_VM_MODULES_RANKED_H
#define MC_VM_MODULES_RANKED_H

#include "vm/host.h"

/* Entry pos of the list of `len` entries joins the set, in which it is not. */
MC_NODISCARD enum mc_err vm_ranked_add(struct vm_call *c, const struct vm_key *key, uint64_t len,
                                       uint64_t pos);
/* Entry pos leaves the set, in which it is. */
MC_NODISCARD enum mc_err vm_ranked_remove(struct vm_call *c, const struct vm_key *key, uint64_t len,
                                          uint64_t pos);
/* Page of the set's entries as (string[] items, uint256 total) in out[0], out[1]; limit is cut to 100. */
MC_NODISCARD enum mc_err vm_ranked_ret_page(struct vm_call *c, struct vm_val *out,
                                            const struct vm_key *key, const struct vm_key *base,
                                            uint64_t offset, uint64_t limit);

#endif
