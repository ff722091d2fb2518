/* Whose key signs: an account of the devnet, or a keystore file with its passphrase. */
#ifndef MC_TOOLS_SIGNER_H
#define MC_TOOLS_SIGNER_H

#include "tools/passphrase.h"

struct tool_signer_src {
    const char *from;     /* index 0..19 or address of a devnet account */
    const char *keystore; /* file; wins over from */
    struct tool_pass_src pass;
};
#define TOOL_SIGNER_PRESET                                                                         \
    {                                                                                              \
        "0", NULL, TOOL_PASS_PRESET                                                                \
    }
#define TOOL_SIGNER_OPTS(s)                                                                        \
    TOOL_TEXT("--from", &(s)->from, "WHO", "devnet account: its number 0 to 19, or its address"),  \
        TOOL_TEXT("--keystore", &(s)->keystore, "FILE", "sign with the account in this file"),     \
        TOOL_PASS_OPTS(&(s)->pass)

struct tool_signer {
    uint8_t *secret; /* guarded memory */
    struct mc_addr addr;
};
/* Returned key: tool_signer_free. */
MC_NODISCARD enum mc_err tool_signer_open(struct tool_signer *out,
                                          const struct tool_signer_src *src, struct mc_errmsg *em);
void tool_signer_free(struct tool_signer *s);

/* 0x and 40 digits, or the number of a devnet account. */
MC_NODISCARD enum mc_err tool_address(struct mc_addr *out, const char *text, struct mc_errmsg *em);

#endif
