/* ethereum/tests, KeyStoreTests: key files with their passwords and the secrets inside. */
#include "vectors.h"

/* "priv" as 32 bytes; some cases leave leading zeros out. */
static bool secret_of(uint8_t out[32], struct mc_slice hex)
{
    if (hex.n >= 2 && hex.p[0] == '0' && (hex.p[1] == 'x' || hex.p[1] == 'X'))
        hex = mc_slice_skip(hex, 2);
    memset(out, 0, 32);
    return hex.n % 2 == 0 && hex.n <= 64 &&
           mc_hex_decode(out + 32 - hex.n / 2, (const char *)hex.p, hex.n / 2);
}

/* The key file's text: given as an object, or as a string that holds it. */
static void file_text(struct mc_buf *out, const struct mc_json *v)
{
    if (mc_json_type(v) == MC_JSON_STRING)
        mc_buf_put_slice(out, mc_json_str(v));
    else
        mc_json_put(out, v);
}

static void check_opens(struct vectors_run *run, struct mc_slice file, struct mc_slice password,
                        const uint8_t want[32])
{
    struct mc_buf wrong = {0}, again = {0};
    struct mc_errmsg em = {{0}};
    uint8_t got[32];

    mc_buf_put_slice(&wrong, password);
    mc_buf_put_str(&wrong, "x");
    if (mc_keystore_open(got, file, password, &em) != MC_OK)
        vectors_fail(run, "refused: %s", em.text);
    else if (memcmp(got, want, 32) != 0)
        vectors_fail(run, "another secret than \"priv\" comes out");
    else if (mc_keystore_open(got, file, mc_buf_slice(&wrong), NULL) != MC_EAUTH)
        vectors_fail(run, "a wrong password is not refused");
    else if (mc_keystore_seal(&again, want, password, 2, &em) != MC_OK)
        vectors_fail(run, "cannot be sealed: %s", em.text);
    else if (mc_keystore_open(got, mc_buf_slice(&again), password, &em) != MC_OK)
        vectors_fail(run, "sealed again it does not open: %s", em.text);
    else if (memcmp(got, want, 32) != 0)
        vectors_fail(run, "sealed again, another secret comes out");
    mc_buf_free(&wrong);
    mc_buf_free(&again);
}

static void check_case(struct vectors_run *run, const struct mc_json *vcase, void *arg)
{
    const struct mc_json *json = mc_json_get(vcase, "json"), *priv = mc_json_get(vcase, "priv");
    struct mc_slice password = mc_json_str(mc_json_get(vcase, "password"));
    struct mc_buf file = {0};
    uint8_t want[32];

    (void)arg;
    if (json == NULL) {
        vectors_pass_over(run, "no key file in it");
        return;
    }
    file_text(&file, json);
    if (mc_json_type(priv) != MC_JSON_STRING) {
        if (mc_keystore_open(want, mc_buf_slice(&file), password, NULL) == MC_OK)
            vectors_fail(run, "a case without \"priv\" opens");
    } else if (!secret_of(want, mc_json_str(priv))) {
        vectors_fail(run, "\"priv\" is not hex");
    } else {
        check_opens(run, mc_buf_slice(&file), password, want);
    }
    mc_buf_free(&file);
}

int main(void)
{
    struct vectors_run run;
    struct mc_errmsg em;

    vectors_begin(&run, "KeyStoreTests");
    if (mc_crypto_init(&em) != MC_OK) {
        fprintf(stderr, "%s\n", em.text);
        return 1;
    }
    vectors_each(&run, check_case, NULL);
    return vectors_end(&run);
}
