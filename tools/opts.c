#include "tools/opts.h"

#include <inttypes.h>
#include <stdio.h>

#include "tools/say.h"

static const struct tool_opt *find(const struct tool_usage *u, const char *arg, size_t n)
{
    for (uint32_t i = 0; i < u->opt_cnt; i++) {
        if (strlen(u->opts[i].name) == n && memcmp(u->opts[i].name, arg, n) == 0)
            return &u->opts[i];
    }
    return NULL;
}

static int bad(const struct tool_usage *u, const char *words, const char *arg)
{
    return tool_bad_usage("%s %s\nusage: %s\nTry --help.", arg, words, u->line);
}

static int set(const struct tool_usage *u, const struct tool_opt *o, const char *value)
{
    struct mc_u256 num;
    switch (o->kind) {
    case TOOL_OPT_FLAG:
        *(bool *)o->to = true;
        return TOOL_GO_ON;
    case TOOL_OPT_TEXT:
        *(const char **)o->to = value;
        return TOOL_GO_ON;
    case TOOL_OPT_UINT:
        if (mc_u256_from_dec(&num, mc_slice_str(value), NULL) != MC_OK)
            return bad(u, "needs a whole number", o->name);
        if (!mc_u256_fits_u64(&num) || num.w[0] < o->min || num.w[0] > o->max)
            return tool_bad_usage("%s takes %" PRIu64 " to %" PRIu64 ", not %s", o->name, o->min,
                                  o->max, value);
        *(uint64_t *)o->to = num.w[0];
        return TOOL_GO_ON;
    }
    return TOOL_USAGE;
}

/* Reads the flag at argv[*i] and its value; *i moves to the last argument that was used. */
static int read_flag(const struct tool_usage *u, int argc, char **argv, int *i)
{
    const char *arg = argv[*i], *eq = strchr(arg, '=');
    size_t n = eq != NULL ? (size_t)(eq - arg) : strlen(arg);
    const struct tool_opt *o = find(u, arg, n);
    if (o == NULL)
        return bad(u, "is not a flag of this command", arg);
    if (o->kind == TOOL_OPT_FLAG) {
        if (eq != NULL)
            return bad(u, "takes no value", o->name);
        return set(u, o, NULL);
    }
    if (eq != NULL)
        return set(u, o, eq + 1);
    if (*i + 1 >= argc)
        return bad(u, "needs a value", arg);
    *i += 1;
    return set(u, o, argv[*i]);
}

/* One dash alone makes no flag: "-5" is a number, unless the table has that very name ("-o"). */
static bool is_flag(const struct tool_usage *u, const char *arg)
{
    return (arg[0] == '-' && arg[1] == '-') || find(u, arg, strlen(arg)) != NULL;
}

int tool_parse(const struct tool_usage *u, int *argc, char **argv)
{
    int pos = 0;
    bool flags = true;
    for (int i = 0; i < *argc; i++) {
        const char *arg = argv[i];
        int rc = TOOL_GO_ON;
        if (flags && (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)) {
            tool_help(u);
            return TOOL_OK;
        }
        if (flags && strcmp(arg, "--") == 0)
            flags = false;
        else if (flags && is_flag(u, arg))
            rc = read_flag(u, *argc, argv, &i);
        else
            argv[pos++] = argv[i];
        if (rc != TOOL_GO_ON)
            return rc;
    }
    *argc = pos;
    if ((uint32_t)pos < u->pos_min)
        return tool_bad_usage("something is missing\nusage: %s\nTry --help.", u->line);
    if ((uint32_t)pos > u->pos_max)
        return bad(u, "is one argument too many", argv[u->pos_max]);
    return TOOL_GO_ON;
}

static void put_preset(const struct tool_opt *o)
{
    switch (o->kind) {
    case TOOL_OPT_FLAG:
        return;
    case TOOL_OPT_TEXT:
        if (*(const char **)o->to != NULL)
            printf(" (default %s)", *(const char **)o->to);
        return;
    case TOOL_OPT_UINT:
        if (*(uint64_t *)o->to != UINT64_MAX)
            printf(" (default %" PRIu64 ")", *(uint64_t *)o->to);
        return;
    }
}

void tool_help(const struct tool_usage *u)
{
    printf("usage: %s\n\n%s\n", u->line, u->about);
    if (u->opt_cnt > 0)
        puts("");
    for (uint32_t i = 0; i < u->opt_cnt; i++) {
        const struct tool_opt *o = &u->opts[i];
        char left[64];
        snprintf(left, sizeof left, "%s %s", o->name, o->value != NULL ? o->value : "");
        printf("  %-26s %s", left, o->help);
        put_preset(o);
        puts("");
    }
    printf("\nexample:\n\n    %s\n\nexit status: 0 done or yes, 1 failed or no, 2 wrong usage\n",
           u->example);
}
