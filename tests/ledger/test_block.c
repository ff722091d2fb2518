/* Blocks, list roots and created addresses against @ethereumjs/mpt 10.1, @ethereumjs/block 10.1
 * and ethers 6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/ledger.h"

#define ITEMS_MAX 70000u

static void assert_hash(const struct mc_hash *h, const char *hex)
{
    char text[65];

    mc_hex_encode(text, h->b, sizeof h->b);
    assert_string_equal(text, hex);
}

/* Item i has 1 + 37 i mod 200 bytes, byte k of it is 7 i + 3 k + 1. */
static struct mc_slice *make_items(struct mc_arena *a, uint32_t cnt)
{
    struct mc_slice *items = mc_arena_calloc(a, cnt + 1, sizeof *items);

    assert_non_null(items);
    for (uint32_t i = 0; i < cnt; i++) {
        size_t n = 1 + i * 37u % 200u;
        uint8_t *p = mc_arena_alloc(a, n);
        assert_non_null(p);
        for (size_t k = 0; k < n; k++)
            p[k] = (uint8_t)(i * 7 + k * 3 + 1);
        items[i] = mc_slice(p, n);
    }
    return items;
}

static void list_roots_are_those_of_another_library(void **state)
{
    static const struct {
        uint32_t cnt;
        const char *root;
    } rows[] = {
        {0, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"},
        {1, "ac92bc8d02906a87a573c32c72bb427036f0e43d7a7375c5c491ebba064add15"},
        {2, "618ecb34ff4dc847df1a2d9ff026d15c7df16debfdfa6633bf8224196958a551"},
        {3, "3514054f37e4bac17f16d531a1ad8deb6ae0bbe78d09bf356e2f253e91cfec50"},
        {16, "a2b080dc9a40b060ec13a4faa78658930ee12f279c88f10d0eacbee8bb909cfb"},
        {17, "600c3118971bbbd6d53e5d5c08d682bc5b3272c93a8700ad45e0e5c27d49efbf"},
        {127, "8316ca7b278b13a3967ea5067fdc26f4d5f94a0c2f766357ff966c868a99fdef"},
        {128, "7d8184fa75e27516814affbf765eebfcaf2cad14d53cda82a145682234c4af34"},
        {129, "a4f17f4f03bc5efc8493f3ee6d38f4f7c08c1581a3978156a07ab7421bf9e175"},
        {130, "8ee8de357ef34ceb82221f1b47257fb27b6db76b87dcd80f900dd3c0bb97f957"},
        {255, "f9162b603e4a694e1b7196b86c31cb15bd7aaf8925d64da1a34b21f2c243bb07"},
        {256, "5427d9dfc67e207d5c40efc50805defeb133fcb623947d575f4a8d42cb9a01c4"},
        {257, "014d14fb49eb794845ed73d7a48647ce0a53800ea183523875f9a83614313ca8"},
        {300, "86b201e7da1b8909b57904e1ddf3de19ea11169defd03d42a84ca13ce26911fb"},
        {1000, "111acdf32657c897fd7a21106af19d75b66587f5aee1518c86c483d463961004"},
    };

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        struct mc_arena a = {0};
        struct mc_hash root;
        struct mc_slice *items = make_items(&a, rows[i].cnt);
        assert_int_equal(ledger_list_root(&root, items, rows[i].cnt, &a), MC_OK);
        assert_hash(&root, rows[i].root);
        mc_arena_free(&a);
    }
}

/* Leaves below 32 bytes are part of their branch. */
static void tiny_items_are_embedded(void **state)
{
    static const uint8_t bytes[20] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                      11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    struct mc_slice items[20];
    struct mc_arena a = {0};
    struct mc_hash root;

    (void)state;
    for (size_t i = 0; i < MC_COUNT(items); i++)
        items[i] = mc_slice(&bytes[i], 1);
    assert_int_equal(ledger_list_root(&root, items, MC_COUNT(items), &a), MC_OK);
    assert_hash(&root, "84d0b1e90b089fa3dcbc0d09a61c6118317cb5f07fdfccd57f82abd216cfd8c4");
    mc_arena_free(&a);
}

static void list_roots_are_those_of_the_trie(void **state)
{
    static const uint32_t cnts[] = {5, 64, 126, 131, 200, 511, 513, 5000, 66000};
    struct mc_arena a = {0};
    struct mc_slice *items = make_items(&a, ITEMS_MAX);

    (void)state;
    for (size_t i = 0; i < MC_COUNT(cnts); i++) {
        struct trie *t = NULL;
        struct mc_hash got, want;
        struct mc_buf key = {0};
        assert_int_equal(trie_new(&t, &MC_KECCAK_EMPTY_TRIE, NULL, NULL), MC_OK);
        for (uint32_t k = 0; k < cnts[i]; k++) {
            mc_buf_reset(&key);
            mc_rlp_put_u64(&key, k);
            assert_int_equal(trie_put(t, mc_buf_slice(&key), items[k], NULL), MC_OK);
        }
        assert_int_equal(trie_commit(t, &want, NULL, NULL, NULL), MC_OK);
        assert_int_equal(ledger_list_root(&got, items, cnts[i], &a), MC_OK);
        if (!mc_hash_eq(&got, &want))
            fail_msg("%u items", cnts[i]);
        trie_free(t);
        mc_buf_free(&key);
    }
    mc_arena_free(&a);
}

static void a_list_root_without_memory_says_so(void **state)
{
    static const uint8_t byte = 1;
    struct mc_slice items[100];
    struct mc_arena a;
    struct mc_hash root;

    (void)state;
    for (size_t i = 0; i < MC_COUNT(items); i++)
        items[i] = mc_slice(&byte, 1);
    mc_arena_init(&a, 64);
    assert_int_equal(ledger_list_root(&root, items, MC_COUNT(items), &a), MC_ENOMEM);
    mc_arena_free(&a);
}

static void put_hex(struct mc_buf *b, const char *hex)
{
    size_t n = strlen(hex) / 2;

    assert_true(mc_buf_reserve(b, n));
    assert_true(mc_hex_decode(b->p + b->n, hex, n));
    b->n += n;
}

static void a_block_holds_typed_transactions_as_strings(void **state)
{
    static const char *const header =
        "f90207a0a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a01dcc4d"
        "e8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d4934794c2c2c2c2c2c2c2c2c2c2"
        "c2c2c2c2c2c2c2c2c2c2a0a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3"
        "a3a3a3a0a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a0a5a5a5"
        "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5b901000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000080000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000000007f000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000008084012345678401c9c380808468c815058901000001994d921c03a0a6a6a6a6"
        "a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6880000000000000000843b9a"
        "ca07";
    static const char *const txs[] = {
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764"
        "00008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cb"
        "e9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
        "02f8db0180809a010000000000000000000000000000000000000000000000000084b2d05e0094cd"
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcda08000000000000000000000000000000000000000"
        "000000000000000000000000b83c0000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000c001a022958b"
        "9a8dd41431086a0e4e393085db1d824cc792fec217b7039a9a63bb2dc2a03029ff89f728b34ae3b7"
        "6892bf94327516c6ba9dde24c03678ef905be54ebc59"};
    struct mc_buf header_rlp = {0}, raw[2] = {{0}}, out = {0};
    struct mc_slice raws[2];
    struct mc_hash h;

    (void)state;
    put_hex(&header_rlp, header);
    for (size_t i = 0; i < 2; i++) {
        put_hex(&raw[i], txs[i]);
        raws[i] = mc_buf_slice(&raw[i]);
    }
    ledger_block_encode(&out, mc_buf_slice(&header_rlp), raws, 2);
    assert_false(out.oom);
    mc_keccak256(&h, mc_buf_slice(&out));
    assert_hash(&h, "95ecf53701199d05ed109fff30ae83cc3a086ed45571a00070f9621189b5ae5e");
    mc_buf_free(&header_rlp);
    mc_buf_free(&raw[0]);
    mc_buf_free(&raw[1]);
    mc_buf_free(&out);
}

static void created_addresses_follow_the_nonce(void **state)
{
    static const struct {
        uint64_t nonce;
        const char *address;
    } rows[] = {
        {0, "0x72665d3e94Cb4f374b7728F1ab21A3115C4D50Eb"},
        {127, "0xedcbE1825489a8395A9d09876654bC8ea3d19e0e"},
        {128, "0x330EDd805D34afcB7c5F87c87Cb886945714ccb7"},
        {UINT64_C(1) << 63, "0xd0aA1aDC50Ee870AE46F0e3FBDF8DAC3bA730218"},
    };
    struct mc_addr sender, got;

    (void)state;
    assert_true(mc_hex_decode(sender.b, "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f", 20));
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        char text[43];
        ledger_create_address(&got, &sender, rows[i].nonce);
        mc_addr_checksum(text, &got);
        assert_string_equal(text, rows[i].address);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_roots_are_those_of_another_library),
        cmocka_unit_test(tiny_items_are_embedded),
        cmocka_unit_test(list_roots_are_those_of_the_trie),
        cmocka_unit_test(a_list_root_without_memory_says_so),
        cmocka_unit_test(a_block_holds_typed_transactions_as_strings),
        cmocka_unit_test(created_addresses_follow_the_nonce),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
