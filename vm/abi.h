/* Solidity's contract ABI: call data, results and event data.
 *
 * Decoding follows ABI coder v2: offsets may point anywhere into the data, also backwards or at shared bytes; bytes
 * after the last value and the padding of strings do not matter; but every length must lie within the data, and a
 * value outside its type (a dirty address, bool 2, uint8 256, an enum's missing member) is refused. */
#ifndef MC_VM_ABI_H
#define MC_VM_ABI_H

#include "vm/decl.h"

/* Values of one call: offsets that share bytes could otherwise multiply an array without end. */
#define VM_ABI_VALUES_MAX 65536u

/* Decodes the members of a tuple type from data (without selector).  Strings and bytes are borrowed from data.
 * Returns: MC_OK with out[0 .. t->member_cnt - 1] from the arena; MC_EMALFORM; MC_ENOMEM. */
MC_NODISCARD enum mc_err vm_abi_decode(struct vm_val **out, struct mc_arena *a,
                                       const struct vm_dtype *t, struct mc_slice data);

/* Encodes the members v[0 ..] of a tuple type.  A value that does not fit its type is our own mistake.
 * Returns: MC_OK with *out in the arena; MC_ENOMEM. */
MC_NODISCARD enum mc_err vm_abi_encode(struct mc_slice *out, struct mc_arena *a,
                                       const struct vm_dtype *t, const struct vm_val *v);

/* Bytes that the value takes, in the head and behind its offset. */
size_t vm_abi_size(const struct vm_dtype *t, const struct vm_val *v);

/* The 32-byte word of a static leaf; for an indexed string or bytes the hash of its bytes. */
void vm_abi_topic(struct mc_hash *out, const struct vm_dtype *t, const struct vm_val *v);
/* The value of a static leaf in a word; false when the word is outside the type. */
MC_NODISCARD bool vm_abi_from_word(struct vm_val *out, const struct vm_dtype *t,
                                   const uint8_t word[32]);

/* Revert data: Error(string) and Panic(uint256), in the arena; p is NULL when memory is exhausted. */
struct mc_slice vm_abi_error(struct mc_arena *a, struct mc_slice reason);
struct mc_slice vm_abi_panic(struct mc_arena *a, uint8_t code);

#endif
