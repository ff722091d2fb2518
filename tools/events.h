/* Events of modules in a node's logs: topics by name, and log rows as JSON. */
#ifndef MC_TOOLS_EVENTS_H
#define MC_TOOLS_EVENTS_H

#include "tools/contract.h"

/* Topic of the event with that name.  MC_ENOTFOUND lists the module's events. */
MC_NODISCARD enum mc_err tool_event_topic(struct mc_hash *out, const struct vm_module *m,
                                          const char *name, struct mc_errmsg *em);
/* Appends {"module","event","args",...} with block, transaction and index of a log as eth_getLogs gives it; what no module
 * of ours has emitted shows with its topics and data. */
void tool_event_json(struct mc_buf *out, const struct mc_json *log);

#endif
