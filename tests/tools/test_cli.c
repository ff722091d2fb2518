/* The command line as its users meet it: exit status, output, and errors that say what to do next. */
#include "tests/tools/program.h"

/* EIP-155's own example: nonce 9, 20 gwei, 21000 gas, to 0x3535..., 1 ether, chain 1. */
#define EIP155_TX                                                                                  \
    "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0" \
    "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b" \
    "3800ccf555c9f3dc64214b297fb1966a3b6d83"

static void help_and_wrong_words_have_their_statuses(void **state)
{
    (void)state;
    EXPECT(0, "record verify", NULL, "--help");
    EXPECT(0, "medichain ", NULL, "--version");
    EXPECT(0, "tx send", NULL, "tx", "--help");
    EXPECT(2, NULL, "tx decode", "tx");
    EXPECT(2, NULL, "not a command", "nonsense");
    EXPECT(2, NULL, "not a command", "tx", "nonsense");
    EXPECT(2, NULL, "not a flag", "status", "--nonsense");
    EXPECT(2, NULL, "something is missing", "tx", "decode");
}

static void every_command_has_help_with_an_example(void **state)
{
    static const char *const commands[][3] = {
#define COMMAND(words, fn, help) {words},
#include "tools/commands.def"
#undef COMMAND
    };
    (void)state;
    for (size_t i = 0; i < MC_COUNT(commands); i++) {
        char text[64];
        const char *args[4] = {text, NULL, NULL, NULL};
        snprintf(text, sizeof text, "%s", commands[i][0]);
        char *space = strchr(text, ' ');
        if (space != NULL) {
            *space = 0;
            args[1] = space + 1;
        }
        args[space != NULL ? 2 : 1] = "--help";
        program_expect(0, "example:", NULL, args);
    }
}

static void a_transaction_decodes_or_is_refused(void **state)
{
    (void)state;
    EXPECT(0, "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F", NULL, "tx", "decode", EIP155_TX);
    EXPECT(0, "\"nonce\":\"0x9\"", NULL, "tx", "decode", "--json", EIP155_TX, "--chain-id", "1");
    EXPECT(0, "\"chainId\":\"0x1\"", NULL, "tx", "decode", "--json", &EIP155_TX[2]);
    EXPECT(1, "{\"error\":\"invalid chain id", NULL, "tx", "decode", EIP155_TX, "--chain-id", "5");
    EXPECT(1, "{\"error\":", NULL, "tx", "decode", "0xf86c");
    EXPECT(1, "{\"error\":\"transaction type not supported", NULL, "tx", "decode", "0x03c0");
    EXPECT(1, "{\"error\":", NULL, "tx", "decode", "hello");
    EXPECT(1, "{\"error\":", NULL, "tx", "decode", "0x");
    EXPECT(2, NULL, "--chain-id", "tx", "decode", EIP155_TX, "--chain-id", "x");
}

static void an_account_key_survives_its_file(void **state)
{
    const char *pw = in_dir("pw"), *hex = in_dir("hex"), *file = in_dir("account.json"),
               *out = in_dir("out");
    struct mc_buf text = {0};
    (void)state;
    write_text(pw, "correct horse\n");
    /* The first devnet account: publicly known. */
    write_text(hex, "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80\n");
    EXPECT(0, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", NULL, "key", "import", "--secret-file",
           hex, "--out", file, "--passphrase-file", pw);
    EXPECT(1, NULL, "exists already", "key", "import", "--secret-file", hex, "--out", file,
           "--passphrase-file", pw);
    EXPECT(0, "\"address\":\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"", NULL, "key", "show",
           file, "--json");
    EXPECT(0, "0x", NULL, "key", "sign", file, "--message", "hello", "--passphrase-file", pw);
    EXPECT(2, NULL, "--message", "key", "sign", file, "--passphrase-file", pw);
    EXPECT(0, out, NULL, "key", "export", file, "--out", out, "--passphrase-file", pw);
    assert_int_equal(mc_file_read(&text, out, 1000, NULL), MC_OK);
    assert_memory_equal(text.p, "ac0974be", 8);
    mc_buf_free(&text);
    write_text(pw, "wrong\n");
    EXPECT(1, NULL, "passphrase", "key", "sign", file, "--message", "x", "--passphrase-file", pw);
    EXPECT(1, NULL, "not a key file", "key", "show", pw);
    EXPECT(2, NULL, "--out", "key", "new");
}

static void a_validator_key_signs(void **state)
{
    const char *pw = in_dir("pw"), *file = in_dir("validator.json");
    (void)state;
    write_text(pw, "correct horse\n");
    EXPECT(0, "public key 0x", NULL, "key", "new", "--validator", "--out", file,
           "--passphrase-file", pw);
    EXPECT(0, "\"publicKey\":\"0x", NULL, "key", "show", "--json", file);
    EXPECT(0, "\"signature\":\"0x", NULL, "key", "sign", file, "--hex", "0x00ff", "--json",
           "--passphrase-file", pw);
}

static void a_passphrase_never_comes_from_the_command_line(void **state)
{
    (void)state;
    EXPECT(2, NULL, "--passphrase", "key", "new", "--out", in_dir("never"), "--passphrase", "x");
}

static void write_changed(const char *to, struct mc_slice text, const char *from, const char *into)
{
    struct mc_buf b = {0};
    const uint8_t *at = memmem(text.p, text.n, from, strlen(from));
    assert_non_null(at);
    mc_buf_put(&b, text.p, (size_t)(at - text.p));
    mc_buf_put_str(&b, into);
    mc_buf_put(&b, at + strlen(from), text.n - (size_t)(at - text.p) - strlen(from));
    assert_int_equal(mc_file_write(to, mc_buf_slice(&b), 0644, NULL), MC_OK);
    mc_buf_free(&b);
}

static void a_damaged_genesis_file_names_the_key(void **state)
{
    static const struct {
        const char *from, *into, *words;
    } cases[] = {
        {"\"chainId\": 4711", "\"chainId\": \"4711\"", "chainId"},
        {"\"chainId\"", "\"chainID\"", "chainID"},
        {"\"format\": 1", "\"format\": 2", "format"},
        {"\"publicKey\": \"0x", "\"publicKey\": \"0xzz", "publicKey"},
        {"Hospital 1\"", "Hospital 1", "JSON"},
        {"\"decimals\": 2", "\"decimals\": 99", "decimals"},
    };
    const char *pw = in_dir("pw"), *net = in_dir("net"), *file = in_dir("net/genesis.json"),
               *bad = in_dir("bad.json");
    struct mc_buf text = {0};
    (void)state;
    write_text(pw, "correct horse\n");
    EXPECT(2, NULL, "--chain-id", "genesis", "init", "--validators", "1", "--out", net);
    EXPECT(0, "1 validators", NULL, "genesis", "init", "--validators", "1", "--out", net,
           "--chain-id", "4711", "--passphrase-file", pw);
    EXPECT(1, NULL, "exists already", "genesis", "init", "--validators", "1", "--out", net,
           "--chain-id", "4711", "--passphrase-file", pw);
    EXPECT(0, "valid", NULL, "genesis", "validate", file);
    EXPECT(0, "chain id      4711", NULL, "genesis", "inspect", file);
    EXPECT(0, "\"chainId\": 4711", NULL, "genesis", "inspect", "--json", file);
    EXPECT(0, "0x", NULL, "genesis", "hash", file);
    assert_int_equal(access(in_dir("net/validator0/node.json"), R_OK), 0);
    assert_int_equal(mc_file_read(&text, file, 1000000, NULL), MC_OK);
    for (size_t i = 0; i < MC_COUNT(cases); i++) {
        write_changed(bad, mc_buf_slice(&text), cases[i].from, cases[i].into);
        EXPECT(1, NULL, cases[i].words, "genesis", "validate", bad);
    }
    EXPECT(1, NULL, "nowhere.json", "genesis", "hash", in_dir("nowhere.json"));
    mc_buf_free(&text);
}

static void a_list_of_validators_makes_the_same_file_for_everybody(void **state)
{
    const char *list = in_dir("list.json"), *net = in_dir("listed");
    (void)state;
    write_text(list, "[{\"name\": \"St. Example\", \"account\": "
                     "\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\", \"publicKey\": "
                     "\"0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\"}]");
    EXPECT(0, "1 validators", NULL, "genesis", "init", "--validators", list, "--out", net,
           "--chain-id", "9");
    EXPECT(0, "St. Example", NULL, "genesis", "inspect", in_dir("listed/genesis.json"));
    write_text(list, "[{\"name\": \"X\", \"account\": \"0x12\", \"publicKey\": \"0x\"}]");
    EXPECT(1, NULL, "\"account\"", "genesis", "init", "--validators", list, "--out", in_dir("l2"),
           "--chain-id", "9");
}

static void artifacts_are_written_and_recognised(void **state)
{
    const char *out = in_dir("artifacts"), *file = in_dir("artifacts/MedicalRecordHash.json"),
               *odd = in_dir("odd.json");
    (void)state;
    EXPECT(2, NULL, "--out", "artifacts");
    EXPECT(0, "MedicalRecordHash", NULL, "artifacts", "--out", out);
    assert_int_equal(access(in_dir("artifacts/DrugTrace.abi.json"), R_OK), 0);
    EXPECT(0, "\"module\":\"MedicalRecordHash\"", NULL, "artifacts", "fingerprint", file, "--json");
    EXPECT(2, NULL, "--out", "artifacts", "docs");
    EXPECT(0, "Billing.md", NULL, "artifacts", "docs", "--out", in_dir("pages"));
    EXPECT(0, "[\"Governance.md\",", NULL, "artifacts", "docs", "--out", in_dir("pages"), "--json");
    assert_int_equal(access(in_dir("pages/ServicePayment.md"), R_OK), 0);
    /* Two bytes of code, then a trailer of three: 0xa1aa 0x0001 with its length. */
    write_text(odd, "{\"bytecode\": {\"object\": \"0x6001a10001\"}}");
    EXPECT(0, "0x", NULL, "artifacts", "fingerprint", odd);
    write_text(odd, "{\"abi\": []}");
    EXPECT(1, NULL, "bytecode", "artifacts", "fingerprint", odd);
    write_text(odd, "{\"bytecode\": \"0x60__$lib$__\"}");
    EXPECT(1, NULL, "library", "artifacts", "fingerprint", odd);
}

static void without_a_node_the_errors_say_how_to_start_one(void **state)
{
    (void)state;
    EXPECT(1, NULL, "medichain devnet", "status", "--rpc", "http://127.0.0.1:1");
    EXPECT(1, NULL, "medichain devnet", "block", "--dir", in_dir("none"));
    EXPECT(1, NULL, "medichain devnet", "devnet", "stop", "--dir", in_dir("none"));
    EXPECT(1, NULL, "http://", "status", "--rpc", "https://127.0.0.1:1");
    EXPECT(2, NULL, "no module", "send", "Nothing", "x", "--rpc", "http://127.0.0.1:1");
    EXPECT(2, NULL, "no method", "send", "DrugTrace", "x", "--rpc", "http://127.0.0.1:1");
    EXPECT(1, NULL, "nowhere", "record", "verify", in_dir("nowhere"), "--id", "x");
    EXPECT(2, NULL, "--genesis", "db", "check");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_and_wrong_words_have_their_statuses),
        cmocka_unit_test(every_command_has_help_with_an_example),
        cmocka_unit_test(a_transaction_decodes_or_is_refused),
        cmocka_unit_test(an_account_key_survives_its_file),
        cmocka_unit_test(a_validator_key_signs),
        cmocka_unit_test(a_passphrase_never_comes_from_the_command_line),
        cmocka_unit_test(a_damaged_genesis_file_names_the_key),
        cmocka_unit_test(a_list_of_validators_makes_the_same_file_for_everybody),
        cmocka_unit_test(artifacts_are_written_and_recognised),
        cmocka_unit_test(without_a_node_the_errors_say_how_to_start_one),
    };
    return cmocka_run_group_tests(tests, program_dir_make, program_dir_remove);
}
