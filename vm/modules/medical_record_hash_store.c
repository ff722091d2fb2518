/* Records, versions and chains of MedicalRecordHash in state. */
#include "vm/modules/medical_record_hash.h"

enum {
    TAG_VERSION = VM_MRH_TAG_RECORD + 1,
    TAG_CARRIED,
    TAG_CHAIN,
    TAG_ALL,
    TAG_PATIENT,
    TAG_DOCTOR,
    TAG_HASH
};

static const struct vm_field record_fields[] = {
    VM_FIELD(struct vm_mrh_record, patient_id, "patientId", VM_T_STR),
    VM_FIELD(struct vm_mrh_record, doctor_id, "doctorId", VM_T_STR),
    VM_FIELD(struct vm_mrh_record, record_type, "recordType", VM_T_STR),
    VM_FIELD(struct vm_mrh_record, hash, "hashValue", VM_T_STR),
    VM_FIELD(struct vm_mrh_record, time_s, "timestamp", VM_T_U64),
    VM_FIELD(struct vm_mrh_record, creator, "creator", VM_T_ADDR),
    VM_FIELD(struct vm_mrh_record, active, "isActive", VM_T_BOOL),
    VM_FIELD_STORED(struct vm_mrh_record, block, VM_T_U64),
    VM_FIELD_STORED(struct vm_mrh_record, change_cnt, VM_T_U64),
    VM_FIELD_STORED(struct vm_mrh_record, ended_s, VM_T_U64),
    VM_FIELD_STORED(struct vm_mrh_record, ended_block, VM_T_U64),
    VM_FIELD_STORED(struct vm_mrh_record, supersedes, VM_T_STR),
    VM_FIELD_STORED(struct vm_mrh_record, superseded_by, VM_T_STR),
    VM_FIELD_STORED(struct vm_mrh_record, chain, VM_T_STR),
};
const struct vm_layout VM_MRH_RECORD =
    VM_LAYOUT("MedicalRecord", struct vm_mrh_record, record_fields);

static const struct vm_field version_fields[] = {
    VM_FIELD(struct vm_mrh_version, hash, "hashValue", VM_T_STR),
    VM_FIELD(struct vm_mrh_version, time_s, "timestamp", VM_T_U64),
    VM_FIELD(struct vm_mrh_version, block, "blockNumber", VM_T_U64),
    VM_FIELD(struct vm_mrh_version, author, "author", VM_T_ADDR),
    VM_FIELD(struct vm_mrh_version, reason, "reason", VM_T_STR),
};
const struct vm_layout VM_MRH_VERSION = VM_LAYOUT("Version", struct vm_mrh_version, version_fields);

/* Part 1's view of a version. */
static const struct vm_field change_fields[] = {
    VM_FIELD_ABI(struct vm_mrh_version, hash, "newHash", VM_T_STR),
    VM_FIELD_ABI(struct vm_mrh_version, time_s, "timestamp", VM_T_U64),
    VM_FIELD_ABI(struct vm_mrh_version, author, "modifierAddress", VM_T_ADDR),
    VM_FIELD_ABI(struct vm_mrh_version, reason, "reason", VM_T_STR),
};
const struct vm_layout VM_MRH_CHANGE =
    VM_LAYOUT("ModificationHistory", struct vm_mrh_version, change_fields);

struct head {
    struct mc_slice id;
};
static const struct vm_field head_fields[] = {VM_FIELD_STORED(struct head, id, VM_T_STR)};
static const struct vm_layout head_layout = VM_LAYOUT(NULL, struct head, head_fields);

struct vm_key vm_mrh_all_key(void)
{
    return vm_key(TAG_ALL);
}

struct vm_key vm_mrh_patient_key(struct mc_slice patient_id)
{
    return vm_key1(TAG_PATIENT, patient_id);
}

struct vm_key vm_mrh_doctor_key(struct mc_slice doctor_id)
{
    return vm_key1(TAG_DOCTOR, doctor_id);
}

struct vm_key vm_mrh_hash_key(struct mc_slice hash)
{
    return vm_key1(TAG_HASH, hash);
}

static struct vm_key record_key(struct mc_slice id)
{
    return vm_key1(VM_MRH_TAG_RECORD, id);
}

static struct vm_key version_key(struct mc_slice id, uint64_t i)
{
    uint8_t be[8];
    mc_be64_put(be, i);
    return vm_key2(TAG_VERSION, id, mc_slice(be, sizeof be));
}

enum mc_err vm_mrh_load(struct vm_call *c, struct mc_slice id, struct vm_mrh_record *r, bool *found)
{
    struct vm_key k = record_key(id);
    return vm_get(c, &k, &VM_MRH_RECORD, r, found);
}

enum mc_err vm_mrh_save(struct vm_call *c, struct mc_slice id, const struct vm_mrh_record *r)
{
    struct vm_key k = record_key(id);
    return vm_put(c, &k, &VM_MRH_RECORD, r);
}

enum mc_err vm_mrh_require(struct vm_call *c, struct mc_slice id, struct vm_mrh_record *r)
{
    bool found;
    VM_TRY(vm_mrh_load(c, id, r, &found));
    VM_REQUIRE(c, found, "Record does not exist");
    return MC_OK;
}

enum mc_err vm_mrh_version(struct vm_call *c, struct mc_slice id, const struct vm_mrh_record *r,
                           uint64_t i, struct vm_mrh_version *v)
{
    bool found;
    if (r->change_cnt == 0) {
        MC_ASSERT(i == 0);
        *v = (struct vm_mrh_version){
            .hash = r->hash, .time_s = r->time_s, .block = r->block, .author = r->creator};
        return MC_OK;
    }
    struct vm_key k = version_key(id, i);
    VM_TRY(vm_get(c, &k, &VM_MRH_VERSION, v, &found));
    return found ? MC_OK : MC_ECORRUPT;
}

/* Lists the record under a hash that it did not carry before.  Version 0's hash was listed at creation; a mark
 * for each later one answers without a walk through the versions. */
static enum mc_err hash_index(struct vm_call *c, struct mc_slice id, struct mc_slice first,
                              struct mc_slice hash)
{
    uint64_t carried;
    struct vm_key mark = vm_key2(TAG_CARRIED, id, hash);
    struct vm_key list = vm_mrh_hash_key(hash);

    if (mc_slice_eq(first, hash))
        return MC_OK;
    VM_TRY(vm_get_u64(c, &mark, &carried));
    if (carried != 0)
        return MC_OK;
    VM_TRY(vm_put_u64(c, &mark, 1));
    return vm_list_push(c, &list, id);
}

enum mc_err vm_mrh_version_add(struct vm_call *c, struct mc_slice id, struct vm_mrh_record *r,
                               struct mc_slice hash, struct mc_slice reason)
{
    struct vm_mrh_version first, next = {hash, c->time_s, c->block_number, c->caller, reason};
    struct vm_key k = version_key(id, 0);

    VM_TRY(vm_mrh_version(c, id, r, 0, &first));
    if (r->change_cnt == 0)
        VM_TRY(vm_put(c, &k, &VM_MRH_VERSION, &first));
    VM_TRY(hash_index(c, id, first.hash, hash));
    r->change_cnt++;
    r->hash = hash;
    r->time_s = next.time_s;
    r->block = next.block;
    k = version_key(id, r->change_cnt);
    return vm_put(c, &k, &VM_MRH_VERSION, &next);
}

enum mc_err vm_mrh_head(struct vm_call *c, struct mc_slice id, const struct vm_mrh_record *r,
                        struct mc_slice *head)
{
    struct head h;
    bool found;
    struct vm_key k = vm_key1(TAG_CHAIN, r->chain.n != 0 ? r->chain : id);

    VM_TRY(vm_get(c, &k, &head_layout, &h, &found));
    *head = found ? h.id : id;
    return MC_OK;
}

enum mc_err vm_mrh_chain(struct vm_call *c, struct mc_slice old_id, struct vm_mrh_record *old,
                         struct mc_slice id, struct vm_mrh_record *r)
{
    struct head h = {id};
    r->chain = old->chain.n != 0 ? old->chain : old_id;
    r->supersedes = old_id;
    old->superseded_by = id;
    struct vm_key k = vm_key1(TAG_CHAIN, r->chain);
    return vm_put(c, &k, &head_layout, &h);
}
