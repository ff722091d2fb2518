/* Records as evidence: where they stand and what their bytes say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "vm/vm.h"

static const struct vm_module *module(const char *name)
{
    const struct vm_module *m = vm_module_by_name(mc_slice_str(name));
    assert_non_null(m);
    return m;
}

static void a_slot_is_the_hash_of_tag_and_id(void **state)
{
    struct mc_hash got, want;
    (void)state;
    assert_int_equal(vm_proof_slot(&got, module("MedicalRecordHash"), mc_slice_str("rc"), NULL),
                     MC_OK);
    mc_keccak256(&want, mc_slice("\x01\x00\x02rc", 5)); /* docs/formats.md, State cells */
    assert_true(mc_hash_eq(&got, &want));
}

static void ids_and_modules_without_records_are_refused(void **state)
{
    const struct vm_module *m = module("MedicalRecordHash");
    uint8_t id[129];
    struct mc_hash slot;
    struct mc_buf out = {0};
    (void)state;
    memset(id, 'x', sizeof id);
    assert_int_equal(vm_proof_slot(&slot, m, mc_slice(id, 128), NULL), MC_OK);
    assert_int_equal(vm_proof_slot(&slot, m, mc_slice(id, 129), NULL), MC_EINVAL);
    assert_int_equal(vm_proof_slot(&slot, m, mc_slice(NULL, 0), NULL), MC_EINVAL);
    assert_int_equal(vm_proof_slot(&slot, module("Billing"), mc_slice(id, 1), NULL),
                     MC_EUNSUPPORTED);
    assert_int_equal(vm_proof_record_json(&out, module("Billing"), mc_slice("\x90", 1), NULL),
                     MC_EUNSUPPORTED);
    mc_buf_free(&out);
}

/* The stored fields of a record, the last `left_out` of them missing as in an older one. */
static void put_record(struct mc_buf *b, uint32_t left_out, uint64_t number)
{
    static const uint8_t creator[20] = {0xaa, [19] = 0x01};
    mc_mp_put_array(b, 14 - left_out);
    mc_mp_put_bin(b, mc_slice_str("p"));
    mc_mp_put_bin(b, mc_slice_str("d\""));
    mc_mp_put_bin(b, mc_slice_str("LAB"));
    mc_mp_put_bin(b, mc_slice_str("0x12"));
    mc_mp_put_uint(b, number);
    mc_mp_put_bin(b, mc_slice(creator, sizeof creator));
    mc_mp_put_bool(b, true);
    for (uint32_t i = 0; i < 4; i++)
        mc_mp_put_uint(b, i);
    for (uint32_t i = left_out; i < 3; i++)
        mc_mp_put_bin(b, mc_slice_str("s"));
}

#define FIELDS                                                                                     \
    "{\"patientId\":\"p\",\"doctorId\":\"d\\\"\",\"recordType\":\"LAB\",\"hashValue\":\"0x12\","   \
    "\"timestamp\":18446744073709551615,\"creator\":"                                              \
    "\"0xaa00000000000000000000000000000000000001\",\"isActive\":true,\"block\":0,"                \
    "\"change_cnt\":1,\"ended_s\":2,\"ended_block\":3"

static void a_record_shows_its_fields_by_name(void **state)
{
    static const char *const texts[] = {
        FIELDS ",\"supersedes\":\"s\",\"superseded_by\":\"s\",\"chain\":\"s\"}",
        FIELDS ",\"supersedes\":\"s\",\"superseded_by\":\"s\"}", FIELDS ",\"supersedes\":\"s\"}",
        FIELDS "}"};
    (void)state;
    for (uint32_t left_out = 0; left_out < MC_COUNT(texts); left_out++) {
        struct mc_buf record = {0}, out = {0};
        put_record(&record, left_out, UINT64_MAX);
        assert_int_equal(
            vm_proof_record_json(&out, module("MedicalRecordHash"), mc_buf_slice(&record), NULL),
            MC_OK);
        mc_buf_put_u8(&out, 0);
        assert_string_equal((char *)out.p, texts[left_out]);
        mc_buf_free(&record);
        mc_buf_free(&out);
    }
}

static void bytes_that_are_no_record_are_refused(void **state)
{
    const struct vm_module *m = module("MedicalRecordHash");
    struct mc_buf record = {0};
    (void)state;
    put_record(&record, 0, 7);
    for (size_t n = 0; n < record.n; n++) {
        struct mc_buf out = {0};
        assert_int_not_equal(vm_proof_record_json(&out, m, mc_slice(record.p, n), NULL), MC_OK);
        mc_buf_free(&out);
    }
    mc_buf_put_u8(&record, 0xc0);
    struct mc_buf out = {0};
    assert_int_not_equal(vm_proof_record_json(&out, m, mc_buf_slice(&record), NULL), MC_OK);
    mc_buf_free(&out);
    record.n--;
    record.p[1] = 0xa1; /* a str of one byte where every text is a bin */
    assert_int_not_equal(vm_proof_record_json(&out, m, mc_buf_slice(&record), NULL), MC_OK);
    mc_buf_free(&out);
    mc_buf_free(&record);
}

static int setup(void **state)
{
    (void)state;
    vm_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_is_the_hash_of_tag_and_id),
        cmocka_unit_test(ids_and_modules_without_records_are_refused),
        cmocka_unit_test(a_record_shows_its_fields_by_name),
        cmocka_unit_test(bytes_that_are_no_record_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
