/* Account and validator key files from hostile bytes.  What opens is sealed and opened again. */
#include <stdlib.h>

#include "base/base.h"

/* Costs that mc_keystore_open() allows would still stop a fuzzer, so files with a number above 64 are left out; their
 * bounds are tested in tests/base/test_keystore.c.  Numbers inside of strings (hex, salts) do not count. */
static bool is_dear(const uint8_t *p, size_t n)
{
    bool in_string = false;
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++) {
        if (!in_string && p[i] >= '0' && p[i] <= '9') {
            value = value * 10 + (uint64_t)(p[i] - '0');
            if (value > 8192) /* Argon2id's least memory */
                return true;
            continue;
        }
        if (value > 64 && value != 8192)
            return true;
        value = 0;
        if (p[i] == '"')
            in_string = !in_string;
        else if (in_string && p[i] == '\\')
            i++;
    }
    return false;
}

static void account(struct mc_slice json, struct mc_slice passphrase)
{
    uint8_t secret[32], again[32];
    struct mc_errmsg em;
    struct mc_buf b = {0};

    if (mc_keystore_open(secret, json, passphrase, &em) != MC_OK)
        return;
    if (mc_keystore_seal(&b, secret, passphrase, 1, &em) != MC_OK)
        abort();
    if (mc_keystore_open(again, mc_buf_slice(&b), passphrase, &em) != MC_OK)
        abort();
    if (memcmp(secret, again, sizeof secret) != 0)
        abort();
    mc_buf_free(&b);
}

static void validator(struct mc_slice json)
{
    uint8_t seed[32], again[32];
    struct mc_slice none = {NULL, 0};
    struct mc_errmsg em;
    struct mc_buf b = {0};

    if (mc_valkey_open(seed, json, none, &em) != MC_OK)
        return;
    if (mc_valkey_seal(&b, seed, none, &em) != MC_OK)
        abort();
    if (mc_valkey_open(again, mc_buf_slice(&b), none, &em) != MC_OK)
        abort();
    if (memcmp(seed, again, sizeof seed) != 0)
        abort();
    mc_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mc_slice json = mc_slice(data, size);

    if (mc_crypto_init(NULL) != MC_OK)
        abort();
    if (is_dear(data, size))
        return 0;
    account(json, mc_slice_str("short"));
    validator(json);
    return 0;
}
