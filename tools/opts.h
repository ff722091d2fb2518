/* Arguments of a command: one table of flags, which also prints the help.
 *
 *     --flag        --name VALUE        --name=VALUE        --  (what follows is no flag)
 *
 * A variable's value before parsing is its default. */
#ifndef MC_TOOLS_OPTS_H
#define MC_TOOLS_OPTS_H

#include "tools/tools.h"

enum tool_opt_kind { TOOL_OPT_FLAG, TOOL_OPT_TEXT, TOOL_OPT_UINT };

struct tool_opt {
    const char *name; /* "--dir" */
    enum tool_opt_kind kind;
    void *to;          /* bool *, const char ** (borrowed from argv) or uint64_t * */
    uint64_t min, max; /* of a number */
    const char *value; /* what the help calls the value: "DIR" */
    const char *help;  /* one line */
};

/* Rows of a table. */
#define TOOL_FLAG(name, to, help)                                                                  \
    {                                                                                              \
        name, TOOL_OPT_FLAG, to, 0, 0, NULL, help                                                  \
    }
#define TOOL_TEXT(name, to, value, help)                                                           \
    {                                                                                              \
        name, TOOL_OPT_TEXT, to, 0, 0, value, help                                                 \
    }
#define TOOL_UINT(name, to, min, max, value, help)                                                 \
    {                                                                                              \
        name, TOOL_OPT_UINT, to, min, max, value, help                                             \
    }

struct tool_usage {
    const char *line;    /* "medichain tx decode HEX [--chain-id C]" */
    const char *about;   /* a sentence or more */
    const char *example; /* a whole command line */
    const struct tool_opt *opts;
    uint32_t opt_cnt;
    uint32_t pos_min, pos_max; /* arguments that are no flags */
};

/* Parsing went well and the command goes on. */
#define TOOL_GO_ON (-1)

/* Reads argv: afterwards argv[0 .. *argc - 1] are the arguments that are no flags, in order.
 * Returns: TOOL_GO_ON; TOOL_OK after --help was printed to stdout; TOOL_USAGE after a sentence on stderr. */
int tool_parse(const struct tool_usage *u, int *argc, char **argv);

/* Prints the help of one command to stdout. */
void tool_help(const struct tool_usage *u);

#endif
