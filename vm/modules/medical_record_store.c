/* Records, versions and payloads of MedicalRecord in state. */
#include "vm/modules/medical_record.h"
#include "vm/state.h"

static const struct vm_field record_fields[] = {
    VM_FIELD(struct vm_mr_record, patient, "patient", VM_T_ADDR),
    VM_FIELD(struct vm_mr_record, author, "author", VM_T_ADDR),
    VM_FIELD(struct vm_mr_record, category, "category", VM_T_STR),
    VM_FIELD(struct vm_mr_record, commitment, "commitment", VM_T_HASH),
    VM_FIELD(struct vm_mr_record, ciphertext_hash, "ciphertextHash", VM_T_HASH),
    VM_FIELD(struct vm_mr_record, encoding, "encoding", VM_T_STR),
    VM_FIELD(struct vm_mr_record, uri, "uri", VM_T_STR),
    VM_FIELD(struct vm_mr_record, size, "size", VM_T_U256),
    VM_FIELD(struct vm_mr_record, version, "version", VM_T_U64),
    VM_FIELD(struct vm_mr_record, created_s, "createdAt", VM_T_U64),
    VM_FIELD(struct vm_mr_record, updated_s, "updatedAt", VM_T_U64),
    VM_FIELD_ENUM(struct vm_mr_record, state, "state", "RecordState"),
    VM_FIELD_STORED(struct vm_mr_record, ver_author, VM_T_ADDR),
    VM_FIELD_STORED(struct vm_mr_record, ver_time_s, VM_T_U64),
    VM_FIELD_STORED(struct vm_mr_record, ver_block, VM_T_U64),
    VM_FIELD_STORED(struct vm_mr_record, ver_reason, VM_T_STR),
    VM_FIELD_STORED(struct vm_mr_record, shred_party, VM_T_U8),
    VM_FIELD_STORED(struct vm_mr_record, shred_by, VM_T_ADDR),
    VM_FIELD_STORED(struct vm_mr_record, shred_s, VM_T_U64),
};
const struct vm_layout VM_MR_RECORD = VM_LAYOUT("Record", struct vm_mr_record, record_fields);

static const struct vm_field version_fields[] = {
    VM_FIELD(struct vm_mr_version, number, "version", VM_T_U64),
    VM_FIELD(struct vm_mr_version, commitment, "commitment", VM_T_HASH),
    VM_FIELD(struct vm_mr_version, ciphertext_hash, "ciphertextHash", VM_T_HASH),
    VM_FIELD(struct vm_mr_version, author, "author", VM_T_ADDR),
    VM_FIELD(struct vm_mr_version, time_s, "timestamp", VM_T_U64),
    VM_FIELD(struct vm_mr_version, block, "blockNumber", VM_T_U64),
    VM_FIELD(struct vm_mr_version, reason, "reason", VM_T_STR),
};
const struct vm_layout VM_MR_VERSION = VM_LAYOUT("Version", struct vm_mr_version, version_fields);

struct payload {
    struct mc_slice bytes;
};
static const struct vm_field payload_fields[] = {
    VM_FIELD_STORED(struct payload, bytes, VM_T_BYTES),
};
static const struct vm_layout payload_layout = VM_LAYOUT(NULL, struct payload, payload_fields);

struct vm_key vm_mr_addr_key(uint8_t tag, const struct mc_addr *account)
{
    return vm_key1(tag, mc_addr_slice(account));
}

/* ------------------------------------------------------------------ records */

enum mc_err vm_mr_load(struct vm_call *c, struct mc_slice id, struct vm_mr_record *r, bool *found)
{
    struct vm_key k = vm_key1(VM_MR_TAG_RECORD, id);
    return vm_get(c, &k, &VM_MR_RECORD, r, found);
}

enum mc_err vm_mr_save(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r)
{
    struct vm_key k = vm_key1(VM_MR_TAG_RECORD, id);
    return vm_put(c, &k, &VM_MR_RECORD, r);
}

enum mc_err vm_mr_require(struct vm_call *c, struct mc_slice id, struct vm_mr_record *r)
{
    bool found;
    VM_TRY(vm_mr_load(c, id, r, &found));
    VM_REQUIRE(c, found, "Record does not exist");
    return MC_OK;
}

enum mc_err vm_mr_require_active(struct vm_call *c, struct mc_slice id, struct vm_mr_record *r)
{
    VM_TRY(vm_mr_require(c, id, r));
    VM_REQUIRE(c, r->state == VM_MR_IS_ACTIVE, "Record is not active");
    return MC_OK;
}

/* ------------------------------------------------------------------ versions */

static struct vm_key version_key(struct mc_slice id, uint64_t i)
{
    uint8_t be[8];
    mc_be64_put(be, i);
    return vm_key2(VM_MR_TAG_VERSION, id, mc_slice(be, sizeof be));
}

enum mc_err vm_mr_version(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r,
                          uint64_t i, struct vm_mr_version *v)
{
    struct vm_key k = version_key(id, i);
    bool found;
    if (i == r->version) {
        *v = (struct vm_mr_version){.number = i,
                                    .commitment = r->commitment,
                                    .ciphertext_hash = r->ciphertext_hash,
                                    .author = r->ver_author,
                                    .time_s = r->ver_time_s,
                                    .block = r->ver_block,
                                    .reason = r->ver_reason};
        return MC_OK;
    }
    VM_TRY(vm_get(c, &k, &VM_MR_VERSION, v, &found));
    return found ? MC_OK : vm_cell_corrupt(c);
}

enum mc_err vm_mr_version_save(struct vm_call *c, struct mc_slice id, const struct vm_mr_version *v)
{
    struct vm_key k = version_key(id, v->number);
    return vm_put(c, &k, &VM_MR_VERSION, v);
}

/* ------------------------------------------------------------------ payloads */

enum mc_err vm_mr_payload(struct vm_call *c, struct mc_slice id, struct mc_slice *payload)
{
    struct vm_key k = vm_key1(VM_MR_TAG_PAYLOAD, id);
    struct payload p;
    bool found;
    VM_TRY(vm_get(c, &k, &payload_layout, &p, &found));
    *payload = p.bytes;
    return MC_OK;
}

enum mc_err vm_mr_payload_save(struct vm_call *c, struct mc_slice id, struct mc_slice payload)
{
    struct vm_key k = vm_key1(VM_MR_TAG_PAYLOAD, id);
    struct payload p = {payload};
    return payload.n == 0 ? vm_del(c, &k) : vm_put(c, &k, &payload_layout, &p);
}
