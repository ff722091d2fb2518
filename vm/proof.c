/* Records as evidence: where a record stands in the state and what its bytes say, outside of any call.
 *
 * This is the one place that knows which record of a module a proof bundle is about; a module that is to be provable
 * gets a row below. */
#include <inttypes.h>

#include "vm/modules/medical_record_hash.h"
#include "vm/state.h"
#include "vm/vm.h"

#define ID_BYTES_MAX 128u /* limit ID of the contracts' common rules */

/* The record under (tag, id). */
struct provable {
    const char *module;
    uint8_t tag;
    const struct vm_layout *layout;
};

static const struct provable provables[] = {
    {"MedicalRecordHash", VM_MRH_TAG_RECORD, &VM_MRH_RECORD},
};

static const struct provable *find(const struct vm_module *m)
{
    for (size_t i = 0; i < MC_COUNT(provables); i++) {
        if (strcmp(provables[i].module, m->name) == 0)
            return &provables[i];
    }
    return NULL;
}

enum mc_err vm_proof_slot(struct mc_hash *slot, const struct vm_module *m, struct mc_slice id,
                          struct mc_errmsg *em)
{
    const struct provable *p = find(m);
    if (p == NULL)
        return mc_fail(em, MC_EUNSUPPORTED,
                       "records of %s cannot be proven by a bundle; those of "
                       "%s can",
                       m->name, provables[0].module);
    if (id.n == 0 || id.n > ID_BYTES_MAX)
        return mc_fail(em, MC_EINVAL, "a record id has 1 to %u bytes", ID_BYTES_MAX);
    struct vm_key k = vm_key1(p->tag, id);
    mc_keccak256(slot, mc_slice(k.b, k.n));
    return MC_OK;
}

/* ------------------------------------------------------------------ fields as JSON */

/* Of the types that the records above store; a row with others needs a case here. */
static enum mc_err put_value(struct mc_buf *out, struct mc_mp *mp, const struct vm_field *f,
                             struct mc_errmsg *em)
{
    struct mc_slice s = {NULL, 0};
    struct mc_addr a = MC_ADDR_ZERO;
    uint64_t v = 0;
    bool yes = false;
    enum mc_err err;
    switch (f->type) {
    case VM_T_U64:
        err = mc_mp_uint(mp, &v, UINT64_MAX, em);
        mc_buf_putf(out, "%" PRIu64, v);
        return err;
    case VM_T_BOOL:
        err = mc_mp_bool(mp, &yes, em);
        mc_buf_put_str(out, yes ? "true" : "false");
        return err;
    case VM_T_ADDR:
        err = mc_mp_fixed(mp, a.b, sizeof a.b, em);
        mc_json_put_hex(out, mc_addr_slice(&a));
        return err;
    case VM_T_STR:
        err = mc_mp_bin(mp, &s, SIZE_MAX, em);
        mc_json_put_str(out, s);
        return err;
    case VM_T_U8:
    case VM_T_ENUM:
    case VM_T_U256:
    case VM_T_HASH:
    case VM_T_BYTES:
    case VM_T_STRS:
    case VM_T_ADDRS:
    case VM_T_TUPLE:
    case VM_T_TUPLES:
        break;
    }
    return mc_fail(em, MC_EUNSUPPORTED, "%s has a type that is not shown", f->name);
}

enum mc_err vm_proof_record_json(struct mc_buf *out, const struct vm_module *m,
                                 struct mc_slice record, struct mc_errmsg *em)
{
    const struct provable *p = find(m);
    struct mc_mp mp;
    uint32_t cnt = 0;
    if (p == NULL)
        return mc_fail(em, MC_EUNSUPPORTED, "records of %s cannot be shown", m->name);
    enum mc_err err = mc_mp_open(&mp, record, em);
    if (err == MC_OK)
        err = mc_mp_array(&mp, &cnt, p->layout->field_cnt, em);
    mc_buf_put_u8(out, '{');
    /* An older record may be shorter: what it lacks is left out. */
    for (uint32_t i = 0, n = 0; i < p->layout->field_cnt && n < cnt && err == MC_OK; i++) {
        const struct vm_field *f = &p->layout->fields[i];
        if (f->use == VM_ABI)
            continue;
        mc_buf_putf(out, "%s\"%s\":", n++ == 0 ? "" : ",", f->name);
        err = put_value(out, &mp, f, em);
    }
    mc_buf_put_u8(out, '}');
    if (err == MC_OK)
        err = mc_mp_end(&mp, em);
    if (err != MC_OK)
        mc_errwrap(em, "a record of %s", m->name);
    return err;
}
