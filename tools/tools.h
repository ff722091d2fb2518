/* tools: the medichain program, for operators, auditors and developers.
 *
 * main.c only dispatches: commands.def holds one row a command, and each group of commands is one file.  A command reads
 * its arguments with opts.h, talks to a node through rpc_client.h, prints with say.h and answers an exit status:
 *
 *     0  done, or the answer is yes      1  it failed, or the answer is no      2  wrong usage
 *
 * Everything runs in one thread. */
#ifndef MC_TOOLS_TOOLS_H
#define MC_TOOLS_TOOLS_H

#include "base/base.h"

enum tool_exit { TOOL_OK = 0, TOOL_NO = 1, TOOL_USAGE = 2 };

/* One prototype for each row: argv[0] is the first argument after the command's words. */
#define COMMAND(words, fn, help) int fn(int argc, char **argv);
#include "tools/commands.def"
#undef COMMAND

#endif
