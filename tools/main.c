/* Dispatch only: finds the row of commands.def whose words come first on the command line. */
#include <stdio.h>

#include "tools/say.h"
#include "vm/vm.h"

static const struct {
    const char *words;
    int (*fn)(int argc, char **argv);
    const char *help;
} commands[] = {
#define COMMAND(words, fn, help) {words, fn, help},
#include "tools/commands.def"
#undef COMMAND
};

/* How many arguments the words of a command take when they stand at the front of argv; 0: they do not. */
static int match(const char *words, int argc, char **argv)
{
    int used = 0;
    while (*words != 0) {
        size_t n = strcspn(words, " ");
        if (used >= argc || strlen(argv[used]) != n || memcmp(argv[used], words, n) != 0)
            return 0;
        used++;
        words += n;
        words += *words == ' ';
    }
    return used;
}

/* Lists all commands, or those of one group. */
static void list(FILE *to, const char *group)
{
    if (group == NULL)
        fputs("medichain " MC_VERSION " - command line of a MediChain network\n\n"
              "usage: medichain COMMAND [ARGUMENTS]      medichain COMMAND --help\n\n",
              to);
    for (size_t i = 0; i < MC_COUNT(commands); i++) {
        size_t n = group != NULL ? strlen(group) : 0;
        if (group == NULL || (strncmp(commands[i].words, group, n) == 0 &&
                              (commands[i].words[n] == ' ' || commands[i].words[n] == 0)))
            fprintf(to, "  %-22s %s\n", commands[i].words, commands[i].help);
    }
    if (group == NULL)
        fputs("\nexample:\n\n    medichain devnet --detach && medichain status\n", to);
}

static bool is_group(const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < MC_COUNT(commands); i++) {
        if (strncmp(commands[i].words, word, n) == 0 && commands[i].words[n] == ' ')
            return true;
    }
    return false;
}

static int wrong_command(int argc, char **argv)
{
    if (is_group(argv[0])) {
        bool help = argc > 1 && strcmp(argv[1], "--help") == 0;
        if (!help && argc > 1)
            tool_bad_usage("\"%s %s\" is not a command; these are:", argv[0], argv[1]);
        list(help ? stdout : stderr, argv[0]);
        return help ? TOOL_OK : TOOL_USAGE;
    }
    return tool_bad_usage("\"%s\" is not a command; medichain --help lists them", argv[0]);
}

int main(int argc, char **argv)
{
    struct mc_errmsg em;
    int best_used = 0;
    size_t best = 0;

    if (argc < 2) {
        list(stderr, NULL);
        return TOOL_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        list(stdout, NULL);
        return TOOL_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("medichain " MC_VERSION);
        return TOOL_OK;
    }
    for (size_t i = 0; i < MC_COUNT(commands); i++) {
        int used = match(commands[i].words, argc - 1, argv + 1);
        if (used > best_used) {
            best_used = used;
            best = i;
        }
    }
    if (best_used == 0)
        return wrong_command(argc - 1, argv + 1);
    if (mc_crypto_init(&em) != MC_OK)
        return tool_error("%s", em.text);
    vm_init();
    return commands[best].fn(argc - 1 - best_used, argv + 1 + best_used);
}
