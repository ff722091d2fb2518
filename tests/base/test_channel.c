/* The building blocks of channels between nodes: X25519 (RFC 7748) and keyed BLAKE2b (RFC 7693). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

static void unhex(uint8_t out[32], const char *hex)
{
    assert_true(mc_hex_decode(out, hex, 32));
}

/* RFC 7748, 6.1: Bob's secret and Alice's public key. */
static void the_published_exchange_gives_its_secret(void **state)
{
    uint8_t want[32], secret[32], pub[32], got[32];
    (void)state;
    unhex(secret, "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    unhex(pub, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    unhex(want, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_int_equal(mc_x25519_shared(got, secret, pub), MC_OK);
    assert_memory_equal(got, want, 32);
}

static void new_pairs_agree_and_differ(void **state)
{
    uint8_t pub[2][32], secret[2][32], shared[2][32];
    (void)state;
    for (int i = 0; i < 2; i++)
        mc_x25519_keypair(pub[i], secret[i]);
    assert_memory_not_equal(pub[0], pub[1], 32);
    for (int i = 0; i < 2; i++)
        assert_int_equal(mc_x25519_shared(shared[i], secret[i], pub[i ^ 1]), MC_OK);
    assert_memory_equal(shared[0], shared[1], 32);
}

/* The points whose multiple every eavesdropper knows. */
static void points_of_low_order_are_refused(void **state)
{
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t secret[32], own[32], pub[32], got[32];
    (void)state;
    mc_x25519_keypair(own, secret);
    for (size_t i = 0; i < MC_COUNT(points); i++) {
        unhex(pub, points[i]);
        assert_int_equal(mc_x25519_shared(got, secret, pub), MC_EAUTH);
    }
}

/* Against Python's hashlib.blake2b("abcdef", key 00 01 .. 1f, 32 bytes). */
static void a_keyed_hash_covers_its_parts_joined(void **state)
{
    const struct mc_slice one[] = {mc_slice("abcdef", 6)};
    const struct mc_slice three[] = {mc_slice("ab", 2), mc_slice(NULL, 0), mc_slice("cdef", 4)};
    uint8_t key[32], want[32], got[32];
    (void)state;
    for (uint8_t i = 0; i < 32; i++)
        key[i] = i;
    unhex(want, "4b27895482b5a5b9dc579b795d730c2adf4d190169065b22be5c1f913365c399");
    mc_blake2b_keyed(got, key, one, 1);
    assert_memory_equal(got, want, 32);
    mc_blake2b_keyed(got, key, three, 3);
    assert_memory_equal(got, want, 32);
    key[0] ^= 1;
    mc_blake2b_keyed(got, key, one, 1);
    assert_memory_not_equal(got, want, 32);
}

static int start(void **state)
{
    struct mc_errmsg em = {{0}};
    (void)state;
    return mc_crypto_init(&em) == MC_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_exchange_gives_its_secret),
        cmocka_unit_test(new_pairs_agree_and_differ),
        cmocka_unit_test(points_of_low_order_are_refused),
        cmocka_unit_test(a_keyed_hash_covers_its_parts_joined),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
