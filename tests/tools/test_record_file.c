#include "tools/record_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/medichain-record-XXXXXX";

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL;
}

static int remove_dir(void **state)
{
    (void)state;
    return mc_dir_remove(dir, NULL) != MC_OK;
}

static void put(char path[256], const char *name, const char *text)
{
    snprintf(path, 256, "%s/%s", dir, name);
    assert_int_equal(mc_file_write(path, mc_slice_str(text), 0644, NULL), MC_OK);
}

static void the_fingerprint_is_sha_256_of_the_bytes(void **state)
{
    char path[256], hash[65];
    (void)state;
    put(path, "abc", "abc"); /* FIPS 180-4, example B.1 */
    assert_int_equal(record_hash_file(hash, path, NULL), MC_OK);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    put(path, "abc", "");
    assert_int_equal(record_hash_file(hash, path, NULL), MC_OK);
    assert_string_equal(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    unlink(path);
    assert_int_equal(record_hash_file(hash, path, NULL), MC_ENOTFOUND);
}

static void ids_are_names_without_their_extension(void **state)
{
    static const struct {
        const char *path, *id;
    } cases[] = {
        {"a/b/report.json", "report"}, {"report", "report"}, {"x.tar.gz", "x.tar"},
        {"/.hidden", ".hidden"},       {"a/", NULL},         {"", NULL},
    };
    char id[RECORD_ID_MAX + 1], longest[300];
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        enum mc_err err = record_id_of_path(id, cases[i].path, NULL);
        if (cases[i].id == NULL)
            assert_int_equal(err, MC_EINVAL);
        else
            assert_string_equal(id, cases[i].id);
    }
    memset(longest, 'a', sizeof longest);
    longest[RECORD_ID_MAX] = 0;
    assert_int_equal(record_id_of_path(id, longest, NULL), MC_OK);
    longest[RECORD_ID_MAX] = 'a';
    longest[RECORD_ID_MAX + 1] = 0;
    assert_int_equal(record_id_of_path(id, longest, NULL), MC_EINVAL);
}

static void the_type_is_fhir_s_or_document(void **state)
{
    static const struct {
        const char *text, *type;
    } cases[] = {
        {"{\"resourceType\": \"Observation\", \"id\": \"x\"}", "Observation"},
        {"{\"resourceType\": 7}", "document"},
        {"{}", "document"},
        {"not json", "document"},
        {"{\"resourceType\": "
         "\"01234567890123456789012345678901234567890123456789012345678901234\"}",
         "document"},
    };
    char path[256], type[RECORD_TYPE_MAX + 1];
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        put(path, "typed", cases[i].text);
        record_type_of_file(type, path);
        assert_string_equal(type, cases[i].type);
    }
    unlink(path);
}

static void stored_hashes_compare_with_or_without_0x_in_any_case(void **state)
{
    static const char hash[65] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const struct {
        const char *stored;
        bool same;
    } cases[] = {
        {"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", true},
        {"0xBA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", true},
        {"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae", false},
        {"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a", false},
        {"", false},
        {"zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", false},
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(cases); i++)
        assert_int_equal(record_hash_eq(mc_slice_str(cases[i].stored), hash), cases[i].same);
}

static void a_folder_stands_for_its_files_in_order(void **state)
{
    char path[256], folder[200];
    struct record_file *list = NULL;
    size_t cnt = 0;
    (void)state;
    snprintf(folder, sizeof folder, "%s/sub", dir);
    assert_int_equal(mc_dir_make(folder, 0755, NULL), MC_OK);
    assert_int_equal(record_files_add(&list, &cnt, folder, NULL, NULL, NULL), MC_ENOTFOUND);
    put(path, "sub/b.json", "{}");
    put(path, "sub/a.json", "{\"resourceType\":\"Claim\"}");
    put(path, "sub/.hidden", "x");
    assert_int_equal(record_files_add(&list, &cnt, folder, NULL, NULL, NULL), MC_OK);
    assert_int_equal(cnt, 2);
    assert_string_equal(list[0].id, "a");
    assert_string_equal(list[0].type, "Claim");
    assert_string_equal(list[1].id, "b");
    assert_int_equal(record_files_add(&list, &cnt, folder, "id", NULL, NULL), MC_EINVAL);
    snprintf(path, sizeof path, "%s/sub/a.json", dir);
    assert_int_equal(record_files_add(&list, &cnt, path, "own-id", "Own", NULL), MC_OK);
    assert_int_equal(cnt, 3);
    assert_string_equal(list[2].id, "own-id");
    assert_string_equal(list[2].type, "Own");
    assert_int_equal(record_files_add(&list, &cnt, path, "", NULL, NULL), MC_EINVAL);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fingerprint_is_sha_256_of_the_bytes),
        cmocka_unit_test(ids_are_names_without_their_extension),
        cmocka_unit_test(the_type_is_fhir_s_or_document),
        cmocka_unit_test(stored_hashes_compare_with_or_without_0x_in_any_case),
        cmocka_unit_test(a_folder_stands_for_its_files_in_order),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
