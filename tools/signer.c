#include "tools/signer.h"

#include "tools/devnet_file.h"

#define KEY_FILE_BYTES_MAX (64u * 1024u)

static bool is_index(const char *text, uint32_t *i)
{
    struct mc_u256 v;
    if (mc_u256_from_dec(&v, mc_slice_str(text), NULL) != MC_OK ||
        mc_u256_u64_sat(&v) >= DEVNET_ACCOUNT_CNT)
        return false;
    *i = (uint32_t)v.w[0];
    return true;
}

enum mc_err tool_address(struct mc_addr *out, const char *text, struct mc_errmsg *em)
{
    uint8_t secret[32];
    uint32_t i;
    if (is_index(text, &i))
        return devnet_account(secret, out, i, em);
    enum mc_err err = mc_hex_fixed(out->b, 20, mc_slice_str(text), em);
    if (err != MC_OK)
        mc_errwrap(em, "\"%.60s\" is neither an address nor the number of a devnet account", text);
    return err;
}

static enum mc_err from_devnet(struct tool_signer *s, const char *who, struct mc_errmsg *em)
{
    struct mc_addr wanted;
    enum mc_err err = tool_address(&wanted, who, em);
    for (uint32_t i = 0; err == MC_OK && i < DEVNET_ACCOUNT_CNT; i++) {
        err = devnet_account(s->secret, &s->addr, i, em);
        if (err == MC_OK && mc_addr_eq(&s->addr, &wanted))
            return MC_OK;
    }
    if (err != MC_OK)
        return err;
    return mc_fail(em, MC_ENOTFOUND,
                   "%.60s is not one of the devnet's accounts; give its key file with --keystore",
                   who);
}

static enum mc_err from_keystore(struct tool_signer *s, const struct tool_signer_src *src,
                                 struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    char *pass = NULL;
    enum mc_err err = mc_file_read(&text, src->keystore, KEY_FILE_BYTES_MAX, em);
    if (err == MC_OK)
        err = tool_passphrase(&pass, &src->pass, "passphrase of the account", false, em);
    if (err == MC_OK) {
        err = mc_keystore_open(s->secret, mc_buf_slice(&text), mc_slice_str(pass), em);
        if (err != MC_OK)
            mc_errwrap(em, "%s", src->keystore);
    }
    if (err == MC_OK)
        err = mc_secp_address(&s->addr, s->secret);
    mc_secret_free(pass);
    mc_buf_free(&text);
    return err;
}

enum mc_err tool_signer_open(struct tool_signer *out, const struct tool_signer_src *src,
                             struct mc_errmsg *em)
{
    out->secret = mc_secret_new(32);
    if (out->secret == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    enum mc_err err =
        src->keystore != NULL ? from_keystore(out, src, em) : from_devnet(out, src->from, em);
    if (err != MC_OK)
        tool_signer_free(out);
    return err;
}

void tool_signer_free(struct tool_signer *s)
{
    mc_secret_free(s->secret);
    s->secret = NULL;
}
