/* MedicalRecordHash: its table, and the methods that change state. */
#include "vm/modules/medical_record_hash.h"

#define BATCH_MAX 100u /* contracts/README.md, common rules */
#define WRITERS   (VM_CLINICAL | VM_ADMIN)

/* ------------------------------------------------------------------ creation */

struct record_input {
    struct mc_slice id, patient_id, doctor_id, record_type, hash;
};

/* Stores a checked record and emits RecordCreated. */
static enum mc_err record_store(struct vm_call *c, const struct record_input *in)
{
    struct vm_mrh_record r;
    bool found;

    VM_TRY(vm_mrh_load(c, in->id, &r, &found));
    VM_REQUIRE(c, !found, "Record already exists");
    r = (struct vm_mrh_record){.patient_id = in->patient_id,
                               .doctor_id = in->doctor_id,
                               .record_type = in->record_type,
                               .hash = in->hash,
                               .time_s = c->time_s,
                               .creator = c->caller,
                               .active = true,
                               .block = c->block_number};
    VM_TRY(vm_mrh_save(c, in->id, &r));

    struct vm_key all = vm_mrh_all_key(), patient = vm_mrh_patient_key(in->patient_id);
    struct vm_key doctor = vm_mrh_doctor_key(in->doctor_id), hash = vm_mrh_hash_key(in->hash);
    VM_TRY(vm_list_push(c, &all, in->id));
    VM_TRY(vm_list_push(c, &patient, in->id));
    VM_TRY(vm_list_push(c, &doctor, in->id));
    VM_TRY(vm_list_push(c, &hash, in->id));

    struct vm_val ev[] = {vm_str(in->id), vm_str(in->patient_id), vm_str(in->doctor_id),
                          vm_str(in->record_type), vm_str(in->hash)};
    return vm_emit(c, VM_MRH_CREATED, ev);
}

/* in: recordId, patientId, doctorId, recordType, hashValue. */
static enum mc_err record_create(struct vm_call *c, const struct vm_val *in)
{
    struct record_input r = {in[0].bytes, in[1].bytes, in[2].bytes, in[3].bytes, in[4].bytes};
    VM_REQUIRE(c, r.id.n != 0, "Record ID cannot be empty");
    VM_REQUIRE(c, r.patient_id.n != 0, "Patient ID cannot be empty");
    VM_REQUIRE(c, r.doctor_id.n != 0, "Doctor ID cannot be empty");
    VM_REQUIRE(c, r.hash.n != 0, "Hash value cannot be empty");
    return record_store(c, &r);
}

static enum mc_err create_record(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    (void)out;
    return record_create(c, in);
}

static enum mc_err batch_size(struct vm_call *c, const struct vm_val *list)
{
    VM_REQUIRE(c, list->list.cnt != 0, "Batch is empty");
    VM_REQUIRE(c, list->list.cnt <= BATCH_MAX, "Batch too large");
    return MC_OK;
}

static enum mc_err create_records(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    (void)out;
    VM_TRY(batch_size(c, &in[0]));
    for (uint32_t i = 0; i < in[0].list.cnt; i++)
        VM_TRY(record_create(c, in[0].list.v[i].list.v));
    return MC_OK;
}

/* "0x" and 64 lower-case digits, in the call's memory. */
static struct mc_slice word_text(struct vm_call *c, const struct mc_hash *h)
{
    char text[2 + 2 * sizeof h->b + 1] = "0x";
    mc_hex_encode(text + 2, h->b, sizeof h->b);
    return vm_copy(c, mc_slice(text, sizeof text - 1));
}

/* in: recordId, patientRef, authorRef, recordType, commitment. */
static enum mc_err commitment_create(struct vm_call *c, const struct vm_val *in)
{
    VM_REQUIRE(c, in[0].bytes.n != 0, "Record ID cannot be empty");
    bool zero = mc_hash_is_zero(&in[1].word) || mc_hash_is_zero(&in[2].word) ||
                mc_hash_is_zero(&in[4].word);
    VM_REQUIRE(c, !zero, "Commitment cannot be zero");
    struct record_input r = {in[0].bytes, word_text(c, &in[1].word), word_text(c, &in[2].word),
                             in[3].bytes, word_text(c, &in[4].word)};
    VM_TRY(record_store(c, &r));
    struct vm_val ev[] = {in[0], in[1], in[4], in[0]};
    return vm_emit(c, VM_MRH_COMMITTED, ev);
}

static enum mc_err create_committed(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    (void)out;
    VM_TRY(batch_size(c, &in[0]));
    for (uint32_t i = 0; i < in[0].list.cnt; i++)
        VM_TRY(commitment_create(c, in[0].list.v[i].list.v));
    return MC_OK;
}

/* ------------------------------------------------------------------ change and end */

static enum mc_err modify_record(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_mrh_record r;
    struct mc_slice id = in[0].bytes, hash = in[1].bytes, reason = in[2].bytes;

    (void)out;
    VM_TRY(vm_mrh_require(c, id, &r));
    VM_REQUIRE(c, r.active, "Record is not active");
    VM_REQUIRE(c, hash.n != 0, "New hash value cannot be empty");
    VM_REQUIRE(c, reason.n != 0, "Reason cannot be empty");
    VM_TRY(vm_mrh_version_add(c, id, &r, hash, reason));
    VM_TRY(vm_mrh_save(c, id, &r));
    struct vm_val ev[] = {in[0], in[1], vm_addr(&c->caller), in[2]};
    return vm_emit(c, VM_MRH_MODIFIED, ev);
}

/* Saves the record as ended and emits RecordDeactivated. */
static enum mc_err record_end(struct vm_call *c, struct mc_slice id, struct vm_mrh_record *r)
{
    r->active = false;
    r->ended_s = c->time_s;
    r->ended_block = c->block_number;
    VM_TRY(vm_mrh_save(c, id, r));
    struct vm_val ev[] = {vm_str(id), vm_addr(&c->caller)};
    return vm_emit(c, VM_MRH_DEACTIVATED, ev);
}

static enum mc_err deactivate_record(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_mrh_record r;
    (void)out;
    VM_TRY(vm_mrh_require(c, in[0].bytes, &r));
    VM_REQUIRE(c, r.active, "Record is not active");
    return record_end(c, in[0].bytes, &r);
}

static enum mc_err supersede_record(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_mrh_record old, new;
    struct mc_slice old_id = in[0].bytes, new_id = in[1].bytes;

    (void)out;
    VM_TRY(vm_mrh_require(c, old_id, &old));
    VM_TRY(vm_mrh_require(c, new_id, &new));
    VM_REQUIRE(c, old.active, "Record is not active");
    VM_REQUIRE(c, new.active, "Record is not active");
    VM_REQUIRE(c, !mc_slice_eq(old_id, new_id), "Cannot supersede itself");
    VM_REQUIRE(c, mc_slice_eq(old.patient_id, new.patient_id), "Patient mismatch");
    VM_REQUIRE(c, new.supersedes.n == 0, "Record already supersedes another");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Reason cannot be empty");
    VM_TRY(vm_mrh_chain(c, old_id, &old, new_id, &new));
    VM_TRY(vm_mrh_save(c, new_id, &new));
    VM_TRY(record_end(c, old_id, &old));
    struct vm_val ev[] = {in[0], in[1], in[0], in[1], vm_addr(&c->caller), in[2]};
    return vm_emit(c, VM_MRH_SUPERSEDED, ev);
}

/* ------------------------------------------------------------------ the table */

static const struct vm_method methods[] = {
    {"function createRecord(string recordId, string patientId, string doctorId, string recordType, "
     "string hashValue)",
     "IIILH", WRITERS | VM_AUDITOR, create_record},
    {"function modifyRecord(string recordId, string newHash, string reason)", "IHT", WRITERS,
     modify_record},
    {"function deactivateRecord(string recordId)", "I", WRITERS, deactivate_record},
    {"function getRecord(string recordId) view returns (MedicalRecord)", NULL, 0,
     vm_mrh_get_record},
    {"function getModificationHistory(string recordId) view returns (ModificationHistory[])", NULL,
     0, vm_mrh_get_modification_history},
    {"function getTotalRecords() view returns (uint256)", NULL, 0, vm_mrh_get_total_records},
    {"function verifyHash(string recordId, string hashToVerify) view returns (bool)", NULL, 0,
     vm_mrh_verify_hash},
    {"function medicalRecords(string) view returns (string patientId, string doctorId, string "
     "recordType, string hashValue, uint256 timestamp, address creator, bool isActive)",
     NULL, 0, vm_mrh_medical_records},
    {"function modificationHistory(string, uint256) view returns (string newHash, uint256 "
     "timestamp, address modifierAddress, string reason)",
     NULL, 0, vm_mrh_modification_history},
    {"function recordIds(uint256) view returns (string)", NULL, 0, vm_mrh_record_ids},
    {"function createRecords(RecordInput[] records)", "IIILH", WRITERS | VM_AUDITOR,
     create_records},
    {"function createCommittedRecords(CommitmentInput[] records)", "IL", WRITERS | VM_AUDITOR,
     create_committed},
    {"function verifyCommitment(string recordId, bytes32 contentHash, bytes32 salt) view returns "
     "(bool)",
     NULL, 0, vm_mrh_verify_commitment},
    {"function supersedeRecord(string oldRecordId, string newRecordId, string reason)", "IIT",
     WRITERS, supersede_record},
    {"function getSupersession(string recordId) view returns (string supersedes, string "
     "supersededBy, string head)",
     NULL, 0, vm_mrh_get_supersession},
    {"function verifyHashAtTime(string recordId, string hashToVerify, uint256 timestamp) view "
     "returns (bool)",
     NULL, 0, vm_mrh_verify_hash_at_time},
    {"function verifyHashAtBlock(string recordId, string hashToVerify, uint256 blockNumber) view "
     "returns (bool)",
     NULL, 0, vm_mrh_verify_hash_at_block},
    {"function getVersions(string recordId, uint256 offset, uint256 limit) view returns (Version[] "
     "versions, uint256 total)",
     NULL, 0, vm_mrh_get_versions},
    {"function getRecordIds(uint256 offset, uint256 limit) view returns (string[] ids, uint256 "
     "total)",
     NULL, 0, vm_mrh_get_record_ids},
    {"function getRecordsByPatient(string patientId, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_mrh_get_records_by_patient},
    {"function getRecordsByDoctor(string doctorId, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_mrh_get_records_by_doctor},
    {"function getRecordsByHash(string hashValue, uint256 offset, uint256 limit) view returns "
     "(string[] ids, uint256 total)",
     NULL, 0, vm_mrh_get_records_by_hash},
};

static const char *const events[] = {
    [VM_MRH_CREATED] = "event RecordCreated(string indexed recordId, string patientId, string "
                       "doctorId, string recordType, string hashValue)",
    [VM_MRH_MODIFIED] = "event RecordModified(string indexed recordId, string newHash, address "
                        "modifierAddress, string reason)",
    [VM_MRH_DEACTIVATED] = "event RecordDeactivated(string indexed recordId, address deactivator)",
    [VM_MRH_COMMITTED] = "event RecordCommitted(string indexed recordKey, bytes32 indexed "
                         "patientRef, bytes32 indexed commitment, string recordId)",
    [VM_MRH_SUPERSEDED] = "event RecordSuperseded(string indexed oldRecordKey, string indexed "
                          "newRecordKey, string oldRecordId, string newRecordId, address "
                          "supersededBy, string reason)",
};

/* Elements of the batches: they show in the ABI, their members are read where they arrive. */
static const struct vm_field input_fields[] = {
    VM_FIELD_ABI(struct record_input, id, "recordId", VM_T_STR),
    VM_FIELD_ABI(struct record_input, patient_id, "patientId", VM_T_STR),
    VM_FIELD_ABI(struct record_input, doctor_id, "doctorId", VM_T_STR),
    VM_FIELD_ABI(struct record_input, record_type, "recordType", VM_T_STR),
    VM_FIELD_ABI(struct record_input, hash, "hashValue", VM_T_STR),
};
static const struct vm_layout input_layout =
    VM_LAYOUT("RecordInput", struct record_input, input_fields);

struct commitment_input {
    struct mc_slice id;
    struct mc_hash patient_ref, author_ref;
    struct mc_slice record_type;
    struct mc_hash commitment;
};
static const struct vm_field commitment_fields[] = {
    VM_FIELD_ABI(struct commitment_input, id, "recordId", VM_T_STR),
    VM_FIELD_ABI(struct commitment_input, patient_ref, "patientRef", VM_T_HASH),
    VM_FIELD_ABI(struct commitment_input, author_ref, "authorRef", VM_T_HASH),
    VM_FIELD_ABI(struct commitment_input, record_type, "recordType", VM_T_STR),
    VM_FIELD_ABI(struct commitment_input, commitment, "commitment", VM_T_HASH),
};
static const struct vm_layout commitment_layout =
    VM_LAYOUT("CommitmentInput", struct commitment_input, commitment_fields);

static const struct vm_layout *const structs[] = {&VM_MRH_RECORD, &VM_MRH_CHANGE, &input_layout,
                                                  &commitment_layout, &VM_MRH_VERSION};

const struct vm_module vm_mod_medical_record_hash = {
    .name = "MedicalRecordHash",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .deployable = true,
};
