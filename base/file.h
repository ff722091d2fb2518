/* Small files: configuration, keys, genesis.  Reading is bounded; writing is atomic and durable. */
#ifndef MC_BASE_FILE_H
#define MC_BASE_FILE_H

#include "base/bytes.h"

/* Appends the whole file.  MC_ENOTFOUND, MC_EIO, or MC_ELIMIT above bytes_max; the message names the path. */
MC_NODISCARD enum mc_err mc_file_read(struct mc_buf *out, const char *path, size_t bytes_max,
                                      struct mc_errmsg *em);
/* Writes a temporary file beside it, syncs it, renames it and syncs the directory.  mode as in open(2). */
MC_NODISCARD enum mc_err mc_file_write(const char *path, struct mc_slice data, uint32_t mode,
                                       struct mc_errmsg *em);
/* Makes a directory and its parents; an existing one is fine. */
MC_NODISCARD enum mc_err mc_dir_make(const char *path, uint32_t mode, struct mc_errmsg *em);
/* Removes a directory tree; a missing one is fine.  Symbolic links are removed, not followed. */
MC_NODISCARD enum mc_err mc_dir_remove(const char *path, struct mc_errmsg *em);

#endif
