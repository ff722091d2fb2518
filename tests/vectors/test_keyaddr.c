/* ethereum/tests, BasicTests/keyaddrtest.json: seed to key to address, and a signature.
 *
 * The published "sig_of_emptystring" is of no digest that we know: neither Keccak-256, SHA-256 nor SHA-3 of the empty
 * string, plain, doubled or with Ethereum's or Bitcoin's message prefix, gives the key's address.  Its range and form
 * are checked; that the key signs for its address is checked with a signature of our own. */
#include "vectors.h"

static bool hex_member(uint8_t *out, size_t n, const struct mc_json *v, const char *key)
{
    struct mc_slice s = mc_json_str(mc_json_get(v, key));

    if (s.n >= 2 && s.p[0] == '0' && s.p[1] == 'x')
        s = mc_slice_skip(s, 2);
    return s.n == 2 * n && mc_hex_decode(out, (const char *)s.p, n);
}

static bool decimal_member(uint8_t out[32], const struct mc_json *v, const char *key)
{
    struct mc_u256 n;

    if (mc_u256_from_dec(&n, mc_json_str(mc_json_get(v, key)), NULL) != MC_OK)
        return false;
    mc_u256_to_be(out, &n);
    return true;
}

/* order - s with the other recovery id: the same signature in its low form. */
static void lower(struct mc_secp_sig *sig)
{
    static const uint8_t order_be[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
                                         0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b,
                                         0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
    struct mc_u256 order = mc_u256_from_be(order_be), s = mc_u256_from_be(sig->s), low;

    if (mc_u256_sub(&low, &order, &s))
        mc_u256_to_be(sig->s, &low);
    sig->recid ^= 1;
}

static void check_published(struct vectors_run *run, const struct mc_json *v)
{
    struct mc_slice text = mc_json_str(mc_json_get(v, "v"));
    struct mc_secp_sig sig = {0};
    struct mc_addr got;

    if (text.n != 2 || text.p[0] != '2' || (text.p[1] != '7' && text.p[1] != '8') ||
        !decimal_member(sig.r, v, "r") || !decimal_member(sig.s, v, "s")) {
        vectors_fail(run, "the signature does not read");
        return;
    }
    sig.recid = text.p[1] == '8';
    /* The file is older than EIP-2, and a high s occurs in it: refused as it stands, good in its low form. */
    if ((sig.s[0] & 0x80) != 0) {
        if (mc_secp_recover(&got, &MC_KECCAK_EMPTY, &sig) != MC_EAUTH)
            vectors_fail(run, "a high s is not refused");
        lower(&sig);
    }
    if (mc_secp_recover(&got, &MC_KECCAK_EMPTY, &sig) != MC_OK)
        vectors_fail(run, "nothing recovers from the signature");
}

static void check_own(struct vectors_run *run, const uint8_t key[32], const struct mc_addr *want)
{
    struct mc_secp_sig sig;
    struct mc_addr got;

    if (mc_secp_sign(&sig, &MC_KECCAK_EMPTY, key) != MC_OK)
        vectors_fail(run, "the key does not sign");
    else if (mc_secp_recover(&got, &MC_KECCAK_EMPTY, &sig) != MC_OK || !mc_addr_eq(&got, want))
        vectors_fail(run, "its signature does not recover to its address");
}

static void check_case(struct vectors_run *run, const struct mc_json *vcase, void *arg)
{
    const struct mc_json *seed = mc_json_get(vcase, "seed"),
                         *sig = mc_json_get(vcase, "sig_of_emptystring");
    struct mc_hash made;
    uint8_t key[32];
    struct mc_addr want, got;

    (void)arg;
    if (mc_json_type(seed) != MC_JSON_STRING) {
        run->skip_cnt++; /* other files of the folder: hex prefix, difficulty and so on */
        return;
    }
    mc_keccak256(&made, mc_json_str(seed));
    if (!hex_member(key, 32, vcase, "key") || !hex_member(want.b, 20, vcase, "addr"))
        vectors_fail(run, "\"key\" or \"addr\" does not read");
    else if (memcmp(made.b, key, 32) != 0)
        vectors_fail(run, "the seed hashes to another key");
    else if (mc_secp_address(&got, key) != MC_OK || !mc_addr_eq(&got, &want))
        vectors_fail(run, "the key has another address");
    else
        check_own(run, key, &want);
    if (sig != NULL)
        check_published(run, sig);
}

int main(void)
{
    struct vectors_run run;
    struct mc_errmsg em;

    vectors_begin(&run, "BasicTests");
    if (mc_crypto_init(&em) != MC_OK) {
        fprintf(stderr, "%s\n", em.text);
        return 1;
    }
    vectors_each(&run, check_case, NULL);
    return vectors_end(&run);
}
