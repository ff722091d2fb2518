/* What workers may see of the loop's state: the open round, the peers, contradicting votes.
 *
 * The loop thread refreshes a copy each half second and hands in evidence as it comes; everybody else reads under the
 * lock.  Evidence is kept in <dataDir>/evidence.jsonl, one JSON object a line, so that it outlives the process. */
#ifndef MC_NODE_WATCH_H
#define MC_NODE_WATCH_H

#include "node/engine.h"
#include "node/network_uv.h"
#include "rpc/ports.h"

#define WATCH_LOOK_MS        500u
#define WATCH_EVIDENCE_MAX   256u                 /* in memory, the newest */
#define WATCH_EVIDENCE_BYTES (4u * 1024u * 1024u) /* the file does not grow beyond this */

struct watch;

/* Reads what an earlier run has left; a line that is torn or no JSON is passed over. */
MC_NODISCARD enum mc_err watch_open(struct watch **out, const char *data_dir, struct mc_errmsg *em);
void watch_free(struct watch *w); /* NULL is allowed */

/* ---- loop thread ---- */
/* Takes the copies; net NULL: no peers.  now_ms is monotonic. */
void watch_look(struct watch *w, const struct engine *e, const struct network *net,
                const uint8_t self[32], uint64_t now_ms);
/* Two signed votes of one validator of vs that contradict each other; time_ms since 1970.  The first of each type,
 * validator and height is kept. */
void watch_evidence(struct watch *w, const struct cons_evidence *ev, const struct cons_chain *chain,
                    const struct cons_valset *vs, uint64_t time_ms);

/* ---- any thread ---- */
/* Everything of the round but why, seconds_since_block and time_ms.  MC_ENOMEM. */
MC_NODISCARD enum mc_err watch_round(struct watch *w, struct rpc_round *out,
                                     struct mc_arena *arena);
MC_NODISCARD enum mc_err watch_peers(struct watch *w, struct rpc_peer **out, uint32_t *cnt,
                                     struct mc_arena *arena);
/* Appends a JSON array. */
void watch_evidence_json(struct watch *w, struct mc_buf *out);

#endif
