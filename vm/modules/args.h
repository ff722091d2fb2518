/* Small things that most modules need: handlers, flags, pages and raw getters. */
#ifndef MC_VM_MODULES_ARGS_H
#define MC_VM_MODULES_ARGS_H

#include "vm/host.h"

/* Declares a method's handler. */
#define VM_HANDLER(name)                                                                           \
    enum mc_err name(struct vm_call *c, const struct vm_val *in, struct vm_val *out)

/* A bool argument. */
static inline bool vm_arg_bool(const struct vm_val *v)
{
    return !mc_u256_is_zero(&v->num);
}

/* Entries on the page (offset, limit) of a list of `total`; the limit is cut to 100. */
static inline uint32_t vm_page_cnt(uint64_t total, uint64_t offset, uint64_t limit)
{
    uint64_t n = offset < total ? total - offset : 0;
    if (n > limit)
        n = limit;
    return n > MC_LIST_PAGE_MAX ? MC_LIST_PAGE_MAX : (uint32_t)n;
}

/* Element in->num of a list as a string in out[0]: a raw array getter, empty revert data out of range. */
MC_NODISCARD static inline enum mc_err vm_ret_element(struct vm_call *c, struct vm_val *out,
                                                      const struct vm_key *k,
                                                      const struct vm_val *in)
{
    uint64_t len, i = vm_arg_u64(in);
    struct mc_slice s;
    VM_TRY(vm_list_len(c, k, &len));
    if (i >= len)
        return vm_revert_empty(c);
    VM_TRY(vm_list_at(c, k, i, &s));
    out[0] = vm_str(s);
    return MC_OK;
}

#endif
