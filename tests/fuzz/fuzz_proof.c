/* Proof bundles from hostile hands.  What is read is written again to the same bytes; the corpus holds a bundle of this
 * very genesis file, so that mutations of it reach every step of the check. */
#include <stdlib.h>

#include "tools/consortium.h"
#include "tools/proof.h"

#define ACCOUNTS 8u
#define MEMBERS  4u

/* The genesis file of tests/tools/test_proof.c. */
static struct gen *make_genesis(void)
{
    static const char *const names[MEMBERS] = {"North", "South", "East", "West"};
    static struct consortium k;
    struct mc_u256 rich = mc_u256_u64(1000000000000000000u);
    struct mc_buf text = {0};
    struct gen *g = NULL;
    bool ok = true;
    consortium_init(&k, 31337);
    k.spec.time_ms = 1700000000000u;
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        uint8_t secret[32] = {0}, seed[32] = {(uint8_t)(i + 1)};
        struct mc_ed25519_key key;
        struct mc_addr a;
        secret[31] = (uint8_t)(i + 1);
        mc_ed25519_from_seed(&key, seed);
        ok = ok && mc_secp_address(&a, secret) == MC_OK;
        if (ok && i < MEMBERS)
            ok = consortium_add_member(&k, names[i], &a, key.pub, NULL) == MC_OK;
        ok = ok && consortium_add_account(&k, &a, i < MEMBERS ? i : UINT32_MAX,
                                          (1u << VM_ROLE_CNT) - 2u, &rich, NULL) == MC_OK;
    }
    ok = ok && consortium_add_param(&k, "chain.permissioned", 0, NULL) == MC_OK;
    gen_write(&text, &k.spec);
    if (!ok || text.oom || gen_parse(&g, mc_buf_slice(&text), NULL) != MC_OK)
        abort();
    mc_buf_free(&text);
    return g;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gen *genesis;
    struct proof_bundle b;
    struct mc_buf again = {0};

    if (genesis == NULL) {
        if (mc_crypto_init(NULL) != MC_OK)
            abort();
        vm_init();
        genesis = make_genesis();
    }
    if (proof_read(&b, mc_slice(data, size), NULL) == MC_OK) {
        struct proof_facts f;
        proof_write(&again, &b);
        if (!mc_slice_eq(mc_buf_slice(&again), mc_slice(data, size)))
            abort();
        (void)!proof_check(&f, &b, genesis, NULL);
        proof_facts_free(&f);
    }
    mc_buf_free(&again);
    proof_free(&b);
    return 0;
}
