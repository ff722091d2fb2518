/* Keccak-256 against published answers and against a second, slow reading of the Keccak reference; SHA-256. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/base.h"

/* ---- the reference, bit by bit: FIPS 202, 3.2, with Keccak's own padding ---- */

static uint64_t rotl(uint64_t v, unsigned n)
{
    return n == 0 ? v : v << n | v >> (64 - n);
}

/* FIPS 202, algorithm 5: bit t of the round constants' shift register. */
static unsigned rc_bit(unsigned t)
{
    unsigned r = 1;
    for (unsigned i = 0; i < t % 255; i++) {
        r <<= 1;
        if ((r & 0x100) != 0)
            r ^= 0x171;
    }
    return r & 1;
}

static void slow_round(uint64_t a[5][5], unsigned round)
{
    uint64_t c[5], b[5][5];

    for (int x = 0; x < 5; x++)
        c[x] = a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4];
    for (int x = 0; x < 5; x++)
        for (int y = 0; y < 5; y++)
            a[x][y] ^= c[(x + 4) % 5] ^ rotl(c[(x + 1) % 5], 1);
    memcpy(b, a, sizeof b);
    for (int t = 0, x = 1, y = 0; t < 24; t++) {
        b[x][y] = rotl(a[x][y], (unsigned)((t + 1) * (t + 2) / 2) % 64);
        int was_x = x;
        x = y;
        y = (2 * was_x + 3 * y) % 5;
    }
    for (int x = 0; x < 5; x++)
        for (int y = 0; y < 5; y++)
            a[y][(2 * x + 3 * y) % 5] = b[x][y];
    memcpy(b, a, sizeof b);
    for (int x = 0; x < 5; x++)
        for (int y = 0; y < 5; y++)
            a[x][y] = b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]);
    for (unsigned j = 0; j <= 6; j++)
        a[0][0] ^= (uint64_t)rc_bit(j + 7 * round) << ((1u << j) - 1);
}

static void slow_xor(uint64_t a[5][5], size_t at, uint8_t v)
{
    a[at / 8 % 5][at / 8 / 5] ^= (uint64_t)v << (at % 8 * 8);
}

static void slow_permute(uint64_t a[5][5])
{
    for (unsigned round = 0; round < 24; round++)
        slow_round(a, round);
}

static struct mc_hash slow_keccak256(const uint8_t *p, size_t n)
{
    uint64_t a[5][5] = {{0}};
    struct mc_hash out;
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        slow_xor(a, at++, p[i]);
        if (at == 136) {
            slow_permute(a);
            at = 0;
        }
    }
    slow_xor(a, at, 0x01);
    slow_xor(a, 135, 0x80);
    slow_permute(a);
    for (size_t i = 0; i < 32; i++)
        out.b[i] = (uint8_t)(a[i / 8 % 5][i / 8 / 5] >> (i % 8 * 8));
    return out;
}

/* ---- tests ---- */

static void assert_hex(const struct mc_hash *h, const char *want, const char *what)
{
    char text[65];
    mc_hex_encode(text, h->b, sizeof h->b);
    if (strcmp(text, want) != 0)
        fail_msg("%s: %s instead of %s", what, text, want);
}

static void fill(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 167 + i / 256 + 13);
}

static void keccak_gives_published_digests(void **state)
{
    static const struct {
        const char *text, *digest;
    } rows[] = {
        {"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
        {"The quick brown fox jumps over the lazy dog",
         "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"},
        {"transfer(address,uint256)",
         "a9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b"},
        {"Transfer(address,address,uint256)",
         "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"},
    };
    struct mc_hash h;

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        mc_keccak256(&h, mc_slice_str(rows[i].text));
        assert_hex(&h, rows[i].digest, rows[i].text);
    }
}

static void keccak_agrees_with_the_reference_at_every_length(void **state)
{
    uint8_t bytes[301];

    (void)state;
    fill(bytes, sizeof bytes);
    for (size_t n = 0; n < sizeof bytes; n++) {
        struct mc_hash want = slow_keccak256(bytes, n), got;
        mc_keccak256(&got, mc_slice(bytes, n));
        if (!mc_hash_eq(&got, &want))
            fail_msg("%zu bytes: digest differs from the reference", n);
    }
}

static void keccak_reads_bytes_at_any_alignment(void **state)
{
    uint8_t bytes[200 + 8], moved[200 + 8];

    (void)state;
    fill(bytes, sizeof bytes);
    struct mc_hash want = slow_keccak256(bytes, 200), got;
    for (size_t shift = 0; shift < 8; shift++) {
        memcpy(moved + shift, bytes, 200);
        mc_keccak256(&got, mc_slice(moved + shift, 200));
        assert_true(mc_hash_eq(&got, &want));
    }
}

static void keccak_of_parts_is_keccak_of_the_whole(void **state)
{
    uint8_t bytes[300];
    struct mc_hash want, got;

    (void)state;
    fill(bytes, sizeof bytes);
    mc_keccak256(&want, mc_slice(bytes, sizeof bytes));
    for (size_t i = 0; i <= sizeof bytes; i += 3) {
        for (size_t j = i; j <= sizeof bytes; j += 7) {
            const struct mc_slice parts[] = {mc_slice(bytes, i), mc_slice(bytes + i, j - i),
                                             mc_slice(NULL, 0),
                                             mc_slice(bytes + j, sizeof bytes - j)};
            mc_keccak256v(&got, parts, MC_COUNT(parts));
            if (!mc_hash_eq(&got, &want))
                fail_msg("cut at %zu and %zu: another digest", i, j);
        }
    }
    mc_keccak256v(&got, NULL, 0);
    assert_true(mc_hash_eq(&got, &MC_KECCAK_EMPTY));
}

static void the_constants_are_what_their_names_say(void **state)
{
    static const uint8_t empty_list = 0xc0, empty_string = 0x80;
    struct mc_hash h;

    (void)state;
    mc_keccak256(&h, mc_slice(NULL, 0));
    assert_true(mc_hash_eq(&h, &MC_KECCAK_EMPTY));
    mc_keccak256(&h, mc_slice(&empty_list, 1));
    assert_true(mc_hash_eq(&h, &MC_KECCAK_EMPTY_LIST));
    mc_keccak256(&h, mc_slice(&empty_string, 1));
    assert_true(mc_hash_eq(&h, &MC_KECCAK_EMPTY_TRIE));
}

static void sha256_gives_the_answers_of_fips_180(void **state)
{
    static const struct {
        const char *text, *digest;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    struct mc_hash h;

    (void)state;
    for (size_t i = 0; i < MC_COUNT(rows); i++) {
        mc_sha256(&h, mc_slice_str(rows[i].text));
        assert_hex(&h, rows[i].digest, rows[i].text);
    }
}

static void sha256_in_pieces_hashes_a_million_letters(void **state)
{
    struct mc_sha256 c;
    struct mc_hash h;
    char letters[1000];

    (void)state;
    memset(letters, 'a', sizeof letters);
    mc_sha256_init(&c);
    for (size_t left = 1000000, piece = 1; left > 0; left -= piece) {
        piece = left < piece % 997 + 1 ? left : piece % 997 + 1;
        mc_sha256_add(&c, mc_slice(letters, piece));
    }
    mc_sha256_end(&c, &h);
    assert_hex(&h, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
               "a million letters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak_gives_published_digests),
        cmocka_unit_test(keccak_agrees_with_the_reference_at_every_length),
        cmocka_unit_test(keccak_reads_bytes_at_any_alignment),
        cmocka_unit_test(keccak_of_parts_is_keccak_of_the_whole),
        cmocka_unit_test(the_constants_are_what_their_names_say),
        cmocka_unit_test(sha256_gives_the_answers_of_fips_180),
        cmocka_unit_test(sha256_in_pieces_hashes_a_million_letters),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
