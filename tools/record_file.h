/* Files as records: their fingerprint, their default id and type. */
#ifndef MC_TOOLS_RECORD_FILE_H
#define MC_TOOLS_RECORD_FILE_H

#include "base/base.h"

#define RECORD_ID_MAX   128u /* bytes: limit ID of contracts/README.md */
#define RECORD_TYPE_MAX 64u  /* limit LABEL */
#define RECORD_PATH_MAX 4096u

struct record_file {
    char path[RECORD_PATH_MAX];
    char id[RECORD_ID_MAX + 1];
    char type[RECORD_TYPE_MAX + 1];
    char hash[65]; /* SHA-256, lower-case hex without prefix */
};

/* SHA-256 of a file's bytes, any size. */
MC_NODISCARD enum mc_err record_hash_file(char out[65], const char *path, struct mc_errmsg *em);
/* Name without folder and without its last extension.  MC_EINVAL when empty or longer than RECORD_ID_MAX. */
MC_NODISCARD enum mc_err record_id_of_path(char out[RECORD_ID_MAX + 1], const char *path,
                                           struct mc_errmsg *em);
/* FHIR's resourceType of a JSON file; "document" for everything else. */
void record_type_of_file(char out[RECORD_TYPE_MAX + 1], const char *path);
/* True when a stored hash is this fingerprint: hex of any case, with or without 0x. */
bool record_hash_eq(struct mc_slice stored, const char hash[65]);

/* Reads one file, or all regular files of a folder (not its subfolders) in the order of their names; hidden files are left
 * out.  Appends to *list, which the caller frees.  id and type may be NULL for the defaults. */
MC_NODISCARD enum mc_err record_files_add(struct record_file **list, size_t *cnt, const char *path,
                                          const char *id, const char *type, struct mc_errmsg *em);

#endif
