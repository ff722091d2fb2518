/* The vote log: what this validator has said, durable before it is sent.
 *
 * Two files with the same bytes, written and synced together, so that a torn tail can be told from rot: damage in
 * one is repaired from the other, the same tail missing in both was never sent.  Apart from the block store, so
 * that restoring a database copy cannot roll votes back.
 *
 *   file    magic "MCVOTES1" 8 | generation 8 | first seq 8 | identity 32 | CRC32C 4 | record ...
 *   record  seq 8 | synced 8 | length 4 | chain 16 | CRC32C 4 | payload
 *
 * Integers are big endian.  A CRC covers everything of its header before it, and the payload.  `chain` ties a record
 * to all before it; `synced` is the highest seq that was durable when the record was written: what lies above it may
 * be lost in a crash without anything sent being lost.
 *
 *   node_vote_log_open -> node_vote_log_next until false -> node_vote_log_append* , node_vote_log_sync -> send ...
 *   node_vote_log_rotate after a committed height -> node_vote_log_close
 *
 * Threads: one at a time.  A helper thread inside syncs the second file while the caller syncs the first.
 * Errors: after MC_EIO or MC_ENOMEM from append, sync or rotate the log refuses everything; the caller stops the
 * process and sends nothing more (a failed sync may not be tried again: the page cache can lie). */
#ifndef MC_NODE_VOTE_LOG_H
#define MC_NODE_VOTE_LOG_H

#include "base/base.h"

/* A log that grows beyond this without a committed height is refused: 128 rounds with a full body each. */
#define NODE_VOTE_LOG_BYTES_MAX (1024u * 1024u * 1024u)
/* Rotate at the next committed height once the log is larger. */
#define NODE_VOTE_LOG_ROTATE_BYTES (16u * 1024u * 1024u)

struct node_vote_log;

/* What open found. */
struct node_vote_log_info {
    bool created;         /* neither file was there: a first start, or the log was lost */
    uint32_t repaired;    /* files rewritten: missing, damaged, or with a torn tail */
    uint64_t rec_cnt;     /* records to replay */
    uint64_t dropped_len; /* bytes of a torn tail, never sent */
};

/* Opens or creates the two files; their directories must exist.  identity binds the log to a chain and a key.
 * Returns: MC_OK         *out is returned, close it
 *          MC_EMISMATCH  the log of another chain or key
 *          MC_ECORRUPT   both files are damaged before their tail: votes are lost; vote only after the operator
 *                        has confirmed amnesia mode.  The files are left as they are
 *          MC_EIO, MC_ELIMIT, MC_ENOMEM */
MC_NODISCARD enum mc_err node_vote_log_open(struct node_vote_log **out,
                                            struct node_vote_log_info *info, const char *path_a,
                                            const char *path_b, const struct mc_hash *identity,
                                            struct mc_errmsg *em);
/* The next stored payload, oldest first; false at the end.  Borrowed until the first append or rotate, after which
 * it always returns false. */
bool node_vote_log_next(struct node_vote_log *log, struct mc_slice *payload);
/* Adds a record to the group in memory; nothing is durable before node_vote_log_sync(). */
MC_NODISCARD enum mc_err node_vote_log_append(struct node_vote_log *log, struct mc_slice payload,
                                              struct mc_errmsg *em);
/* Writes the group to both files and waits until both are on disk.  Nothing to do: MC_OK at once. */
MC_NODISCARD enum mc_err node_vote_log_sync(struct node_vote_log *log, struct mc_errmsg *em);
/* Replaces all records by one (a mark that names the committed height).  The group must have been synced. */
MC_NODISCARD enum mc_err node_vote_log_rotate(struct node_vote_log *log, struct mc_slice mark,
                                              struct mc_errmsg *em);
uint64_t node_vote_log_bytes(const struct node_vote_log *log);    /* of one file, group included */
uint32_t node_vote_log_unsynced(const struct node_vote_log *log); /* records in the group */
void node_vote_log_close(
    struct node_vote_log *log); /* NULL is allowed; an unsynced group is lost */

#endif
