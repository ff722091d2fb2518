/* Cells of the running instance.  Private to vm/. */
#ifndef MC_VM_STATE_H
#define MC_VM_STATE_H

#include "vm/frame.h"

void vm_slot(struct mc_hash *out, const struct vm_key *k);
/* Charges view_load in a view. */
MC_NODISCARD enum mc_err vm_cell_load(struct vm_call *c, const struct mc_hash *slot, uint64_t pos,
                                      struct mc_slice *out);
/* Charges nothing; in a view it is our own mistake. */
MC_NODISCARD enum mc_err vm_cell_save(struct vm_call *c, const struct mc_hash *slot, uint64_t pos,
                                      enum vm_word word, struct mc_slice value);
/* Stored bytes that do not decode: ends the call with MC_ECORRUPT. */
MC_NODISCARD enum mc_err vm_cell_corrupt(struct vm_call *c);

#endif
