/* Passphrases: the first line of a file or of a descriptor, or a prompt without echo; never from the command line, where
 * every user of the machine could read them. */
#ifndef MC_TOOLS_PASSPHRASE_H
#define MC_TOOLS_PASSPHRASE_H

#include "tools/opts.h"

#define TOOL_PASSPHRASE_MAX 1024u

struct tool_pass_src {
    const char *file; /* NULL: not from a file */
    uint64_t fd;      /* UINT64_MAX: not from a descriptor */
};
#define TOOL_PASS_PRESET                                                                           \
    {                                                                                              \
        NULL, UINT64_MAX                                                                           \
    }
#define TOOL_PASS_OPTS(p)                                                                          \
    TOOL_TEXT("--passphrase-file", &(p)->file, "FILE", "its first line is the passphrase"),        \
        TOOL_UINT("--passphrase-fd", &(p)->fd, 0, 1023, "N", "the same from an open descriptor")

/* Reads it into guarded memory, NUL-terminated.  Returned: mc_secret_free.  With neither file nor descriptor it asks at the
 * terminal, twice when `again`; MC_EINVAL when there is none. */
MC_NODISCARD enum mc_err tool_passphrase(char **out, const struct tool_pass_src *src,
                                         const char *prompt, bool again, struct mc_errmsg *em);

#endif
